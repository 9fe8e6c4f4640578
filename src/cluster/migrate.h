/* SPDX-License-Identifier: GPL-3.0-or-later */
/* migrate.h -- who moved between two segmentations of the same rows or customers.
 *
 * Segments of either side are numbered from 1 and have names; 0 is none. What belongs together is said by names (two
 * dates, one vocabulary) or by the pairing with most rows in common (two fits, whose numbers mean nothing:
 * core/matching.h). A row stayed when its segment now is the one that belongs to its former one; rows in a segment on
 * one side only entered or left.
 */
#ifndef ASSAY_CLUSTER_MIGRATE_H
#define ASSAY_CLUSTER_MIGRATE_H

#include "core/task.h"
#include "frame/frame.h"

typedef struct MigrateSide {
  int64_t *labels; /* of the rows compared: 1..k, 0: none */
  size_t k;
  const char **names; /* k */
} MigrateSide;

typedef struct Migrate {
  Task *task;
  MigrateSide from, to;
  size_t n;
  bool by_name;
  const size_t *row_from, *row_to; /* rows in either frame, from 0; SIZE_MAX: not there; NULL: 0, 1, ... */
  const Column *id_from, *id_to;   /* what rows are called, or NULL */
  /* what migrate_count finds, in the task's arena */
  size_t *counts; /* (from.k + 1) x (to.k + 1) rows */
  size_t *pair;   /* from.k: the segment of `to` that belongs to each, from 1; 0: none */
  size_t both, stayed, entered, left;
  double ari; /* of the rows in a segment on both sides; NaN: none */
} Migrate;

/* Errors: STATUS_MEMORY, STATUS_CANCELLED. O(n + k^3). */
Status migrate_count(Migrate *m, Error *e) MUST_USE;

/* from to rows share_from share_to stayed: a row for each pair of segments that share rows. */
Status migrate_tidy(const Migrate *m, Frame **out, Error *e) MUST_USE;
/* from to rows jaccard kept: a row for each former segment. */
Status migrate_matches(const Migrate *m, Frame **out, Error *e) MUST_USE;
/* Those who moved, entered or left: row (and row_now, id where there are) from to. */
Status migrate_movers(const Migrate *m, Frame **out, Error *e) MUST_USE;
Status migrate_glance(const Migrate *m, Frame **out, Error *e) MUST_USE;

#endif
