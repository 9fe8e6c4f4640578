/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_layout.h -- what profile*.c share: findings on their way to the frame. */
#ifndef ASSAY_CLUSTER_PROFILE_LAYOUT_H
#define ASSAY_CLUSTER_PROFILE_LAYOUT_H

#include "cluster/profile.h"

/* One line of the profile. */
typedef struct Finding {
  size_t column;
  const char *level; /* borrowed from the column, NULL for numeric variables */
  size_t level_length;
  double inside, outside, difference, p, adjusted;
} Finding;

typedef struct Profile {
  Task *task;
  const Frame *data;
  const ProfileAsk *ask; /* NULL: no tests */
  const int64_t *labels;
  size_t n, k, columns;
  size_t *sizes;     /* k + 1, [0] the rows in no segment */
  double *values;    /* k + 1 sums, or NULL */
  Finding *findings; /* k lists of `columns` */
  size_t *found;     /* findings in each list */
  Column **texts;    /* of each column: what levels are borrowed from, or NULL */
} Profile;

/* Sorts the findings, adjusts their p values, makes the frame. */
Status profile_frame(Profile *p, Frame **out, Error *e) MUST_USE;

#endif
