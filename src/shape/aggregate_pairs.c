/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Aggregates that ask which different cells a group has: rows are grouped by the group and the cell together. */
#include "core/alloc.h"
#include "shape/aggregate_kinds.h"
#include "shape/groups_items.h"
#include "shape/join_rows.h"

typedef struct Pairs {
  const Groups *groups;
  const Column *x;
  Task *task;
  uint32_t *codes;   /* of rows */
  size_t *first;     /* a pair's first row */
  size_t n;
} Pairs;

static size_t group_of(const Pairs *pairs, size_t pair)
{
  return pairs->groups->of_row ? pairs->groups->of_row[pairs->first[pair]] : 0;
}

static Status count_distinct(const Pairs *pairs, Column **out, Error *e)
{
  const size_t n = pairs->groups->n;
  Result result;
  const Status status = result_make(&result, TYPE_INT64, NULL, n, e);
  if (status != STATUS_OK) {
    return status;
  }
  for (size_t group = 0; group < n; group++) {
    result_int(&result, group, 0);
  }
  int64_t *counts = storage_data(result.values);
  for (size_t pair = 0; pair < pairs->n; pair++) {
    if (pair % PIECE_POLL == 0 && task_cancelled(pairs->task)) {
      result_free(&result);
      return error_cancelled(e);
    }
    counts[group_of(pairs, pair)] += column_valid(pairs->x, pairs->first[pair]);
  }
  return result_finish(&result, out, e);
}

/* Pairs stand in order of appearance, so the first of several equally frequent ones stays. */
static Status find_modes(const Pairs *pairs, uint32_t *counts, uint32_t *most, uint32_t *rows, Error *e)
{
  for (size_t row = 0; row < pairs->groups->rows; row++) {
    if (row % PIECE_POLL == 0 && task_cancelled(pairs->task)) {
      return error_cancelled(e);
    }
    counts[pairs->codes[row]]++;
  }
  for (size_t group = 0; group < pairs->groups->n; group++) {
    rows[group] = NO_ROW;
  }
  for (size_t pair = 0; pair < pairs->n; pair++) {
    if (pair % PIECE_POLL == 0 && task_cancelled(pairs->task)) {
      return error_cancelled(e);
    }
    const size_t group = group_of(pairs, pair);
    if (column_valid(pairs->x, pairs->first[pair]) && counts[pair] > most[group]) {
      most[group] = counts[pair];
      rows[group] = (uint32_t)pairs->first[pair];
    }
  }
  return STATUS_OK;
}

static Status modes(const Pairs *pairs, Column **out, Error *e)
{
  const size_t n = pairs->groups->n;
  uint32_t *counts = mem_zero(pairs->n, sizeof *counts), *most = mem_zero(n, sizeof *most);
  uint32_t *rows = mem_alloc(n, sizeof *rows);
  Status status;
  if (!counts || !most || !rows) {
    TRY(items_no_memory(pairs->n, sizeof *counts, e));
  }
  TRY(find_modes(pairs, counts, most, rows, e));
  TRY(column_pick(pairs->x, rows, n, true, pairs->task, out, e));
done:
  mem_free(counts);
  mem_free(most);
  mem_free(rows);
  return status;
}

Status aggregate_pairs(const ShapeCall *call, Groups *groups, Task *task, Column **out, Error *e)
{
  Pairs pairs = {.groups = groups, .x = call->columns[0], .task = task};
  Status status;
  TRY(groups_pairs(groups, pairs.x, task, &pairs.codes, &pairs.first, &pairs.n, e));
  status = call->function->kind == AGGREGATE_DISTINCT ? count_distinct(&pairs, out, e) : modes(&pairs, out, e);
done:
  mem_free(pairs.codes);
  mem_free(pairs.first);
  return status;
}
