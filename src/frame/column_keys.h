/* SPDX-License-Identifier: GPL-3.0-or-later */
/* column_keys.h -- the cells of a column in rising order, and how many differ.
 *
 * A key is an unsigned number that orders as its cell does: for int64 and timestamp the value with its sign
 * bit turned, for float64 the same for positive numbers and all bits turned for negative ones. -0 has the key
 * of 0, and every NaN has KEY_NAN, above the key of Inf. Missing cells have no key. All functions honour a
 * cancel within 20 ms; errors: STATUS_MEMORY, STATUS_LIMIT (the task's budget), STATUS_CANCELLED. Reference:
 * Knuth, The Art of Computer Programming 3, 5.2.5 (sorting by distribution).
 */
#ifndef ASSAY_FRAME_COLUMN_KEYS_H
#define ASSAY_FRAME_COLUMN_KEYS_H

#include "core/task.h"
#include "frame/column.h"

#define KEY_NAN UINT64_MAX

typedef struct Keys {
  uint64_t *key;
  size_t n;       /* cells that are not missing */
} Keys;

/* The sorted keys of a float64, int64 or timestamp column; keys_free them. O(rows), with room for two
 * copies. */
Status column_keys(const Column *column, const Task *task, Keys *out, Error *e) MUST_USE;
void keys_free(Keys *keys);

/* How many keys differ; how many lie below KEY_NAN. */
Status keys_distinct(const Keys *keys, const Task *task, size_t *distinct, Error *e) MUST_USE;
size_t keys_ordered(const Keys *keys);

double key_float(uint64_t key);
int64_t key_int(uint64_t key);

/* The number of distinct cells that are not missing, exactly, of a column of any type. O(rows). */
Status column_distinct(const Column *column, const Task *task, size_t *distinct, Error *e) MUST_USE;

#endif
