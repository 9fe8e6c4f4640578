/* SPDX-License-Identifier: GPL-3.0-or-later */
/* join_match.h -- which rows of two frames have the same keys.
 *
 * Equal keys of both sides get one number, by a hash table over the smaller side that the larger one is looked up
 * in. The numbers are only names for keys; what is made of them goes by row order, so that a result does not depend
 * on which side was smaller or on threads. Expected O(left + right). Reference: Balkesen, Teubner, Alonso and Oezsu
 * 2013, Main-memory hash joins on multi-core CPUs (ICDE): the table is made in parts, each by one thread.
 */
#ifndef ASSAY_SHAPE_JOIN_MATCH_H
#define ASSAY_SHAPE_JOIN_MATCH_H

#include "shape/join_keys.h"
#include "shape/join_rows.h"

typedef struct JoinMatch {
  size_t rows[2];
  size_t ids;         /* key numbers lie below */
  uint32_t *id[2];    /* of each row of a side; NO_ROW: its key is not on the smaller side, or matches nothing */
  uint32_t *count[2]; /* rows of each key on a side */
  /* Right rows of key i, in row order: order[start[i]] .. order[start[i] + count[1][i] - 1]. */
  uint32_t *start, *order;
} JoinMatch;

/* What the numbers say of the whole. */
typedef struct JoinFigures {
  size_t pairs;       /* left x right rows of equal keys; SIZE_MAX: more than that */
  size_t matched[2];  /* rows of a side that have a partner */
  size_t repeated[2]; /* keys with a partner that stand in several rows of a side */
  size_t both;        /* keys that stand in several rows of both sides */
} JoinFigures;

/* Errors: STATUS_LIMIT "join-rows" for 2^32 - 1 rows and more; memory, limit, cancelled. */
Status join_match(const JoinKeys *keys, const size_t rows[2], Task *task, JoinMatch *out, Error *e) MUST_USE;
void join_match_free(JoinMatch *match);

/* Gives each key's right rows in the order of `rows` (the right rows in some order) instead of row order. */
Status join_arrange(JoinMatch *match, const size_t *rows, Task *task, Error *e) MUST_USE;

Status join_figures(const JoinMatch *match, Task *task, JoinFigures *out, Error *e) MUST_USE;

#endif
