/* SPDX-License-Identifier: GPL-3.0-or-later */
/* join.h -- two frames side by side, by keys, by every pair of rows, or by the nearest time.
 *
 * Rows come in the order of the left frame; for each of them its partners in the order of the right frame; then,
 * for right and full, the right rows without a partner in their order. Columns: those of the left frame, then those
 * of the right one without its keys; a right column whose name is taken gets the suffix. Where right rows without a
 * partner are kept, the key columns hold their keys. When keys are equal, and what missing keys do: join_keys.h.
 * O(left + right + result), on all threads.
 *
 * As of a time: each left row has at most one partner, among the right rows of its keys the one that lies nearest
 * in `asof` in the direction given, at most `tolerance` away; of several equally near the last one (backward, and
 * nearest when it looks back) or the first one (forward); nearest looks back when both sides are as near. Rows
 * whose time is missing have no partner, nor have NaN. The right frame's time stays a column. O(right log right)
 * unless sorted.
 */
#ifndef ASSAY_SHAPE_JOIN_H
#define ASSAY_SHAPE_JOIN_H

#include "core/task.h"
#include "core/text.h"
#include "frame/frame.h"

typedef enum JoinHow { JOIN_INNER, JOIN_LEFT, JOIN_RIGHT, JOIN_FULL, JOIN_SEMI, JOIN_ANTI, JOIN_CROSS } JoinHow;

/* How many partners rows may have: "one to many" says that a right row has at most one. */
typedef enum JoinExpect { JOIN_ANY, JOIN_ONE_TO_ONE, JOIN_ONE_TO_MANY, JOIN_MANY_TO_ONE } JoinExpect;

typedef enum JoinDirection { JOIN_BACKWARD, JOIN_FORWARD, JOIN_NEAREST } JoinDirection;

typedef struct JoinOptions {
  const char *const *left, *const
                               *right; /* names of the keys, in pairs; n = 0 for cross, and for asof without keys */
  size_t n;
  JoinHow how; /* asof: inner or left */
  JoinExpect expect;
  bool match_missing;
  const char *suffix;
  const char *asof[2]; /* columns of the left and the right frame; NULL: no such join */
  JoinDirection direction;
  double tolerance; /* in units of the columns (times: microseconds); negative: none */
} JoinOptions;

/* What was dropped, filled, repeated and renamed are lines in notes. Errors: STATUS_NAME "unknown-column",
 * STATUS_ARGUMENT "join-types", "join-asof", STATUS_DATA "join-expect" with the first key, "name-clash";
 * STATUS_LIMIT "memory-budget" with the number of rows before they are made, "join-rows". */
Status frame_join(const Frame *left, const Frame *right, const JoinOptions *options, Task *task, Frame **out,
                  Text *notes, Error *e) MUST_USE;

#endif
