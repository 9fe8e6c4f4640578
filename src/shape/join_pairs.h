/* SPDX-License-Identifier: GPL-3.0-or-later */
/* join_pairs.h -- the rows of a join's result as pairs of row numbers. For join.c. */
#ifndef ASSAY_SHAPE_JOIN_PAIRS_H
#define ASSAY_SHAPE_JOIN_PAIRS_H

#include "shape/join.h"
#include "shape/join_match.h"

/* Row i of the result is left row left[i] beside right row right[i]; NO_ROW: missing cells. */
typedef struct JoinPairs {
  uint32_t *left, *right; /* left NULL: the left rows as they are; right NULL: no columns of the right frame */
  size_t n;               /* rows of the result */
  size_t tail;            /* of them, at the end, right rows without a partner */
  bool holes;             /* right has NO_ROW */
} JoinPairs;

/* bytes_left, bytes_right: of a row of the columns that will be made, for the forecast. */
Status join_pairs(const JoinMatch *match, const JoinFigures *figures, JoinHow how, const double row_bytes[2],
                  Task *task, JoinPairs *out, Error *e) MUST_USE;
Status join_cross(const size_t rows[2], const double row_bytes[2], Task *task, JoinPairs *out, Error *e) MUST_USE;

/* Partners by time. match gives the rows of each key; it is arranged anew. */
Status join_asof(JoinMatch *match, const Column *const times[2], const JoinOptions *options, Task *task,
                 JoinPairs *out, Error *e) MUST_USE;
void join_pairs_free(JoinPairs *pairs);

#endif
