/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Aggregates that look at a group's cells one after the other or all together: quantiles, first and last along an
 * order, texts joined, sets. Groups are cut into pieces of about equal rows for the threads. */
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/text.h"
#include "frame/builder.h"
#include "shape/aggregate_kinds.h"
#include "shape/groups_items.h"
#include "shape/join_rows.h"

enum { PIECE_ROWS = 1 << 15 };

typedef struct Members {
  const ShapeCall *call;
  const Groups *groups;
  const Column *x;
  Task *task;
  size_t pieces;
  double *values;     /* quantiles, by group */
  bool *there;        /* whether the group has one */
  uint32_t *rows;     /* first, last, nth */
} Members;

/* The first group of a piece: the first that begins at or after the piece's part of the rows. */
static size_t first_group(const Members *m, size_t piece)
{
  if (!m->groups->start) {
    return piece == 0 ? 0 : m->groups->n;
  }
  const size_t wanted = piece < m->pieces ? m->groups->rows / m->pieces * piece : SIZE_MAX;
  size_t low = 0, high = m->groups->n;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (m->groups->start[middle] < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/* ---- quantiles ---- */

static size_t numbers_of_group(const Members *m, size_t group, size_t *there, double *out)
{
  const size_t end = group_end(m->groups, group);
  size_t n = 0;
  *there = 0;
  for (size_t i = group_begin(m->groups, group); i < end; i++) {
    const size_t row = group_row(m->groups, i);
    if (column_valid(m->x, row)) {
      ++*there;
      out[n] = cell_float(m->x, row);
      n += out[n] == out[n];
    }
  }
  return n;
}

static Status quantile_piece(void *context, size_t piece, size_t worker, Error *e)
{
  (void)worker;
  const Members *m = context;
  const ShapeCall *call = m->call;
  const bool median = call->function->kind == AGGREGATE_MEDIAN;
  const double share = median ? 0.5 : call->numbers[1];
  const int type = !median && call->n > 2 ? (int)call->numbers[2] : 7;
  const size_t end = first_group(m, piece + 1);
  size_t most = 0, done = 0;
  for (size_t g = first_group(m, piece); g < end; g++) {
    const size_t rows = group_end(m->groups, g) - group_begin(m->groups, g);
    most = rows > most ? rows : most;
  }
  double *values = mem_alloc(most, sizeof *values);
  Status status = values ? STATUS_OK : items_no_memory(most, sizeof *values, e);
  for (size_t g = first_group(m, piece); g < end && status == STATUS_OK; g++) {
    done += group_end(m->groups, g) - group_begin(m->groups, g) + 1;
    if (done >= PIECE_POLL) {
      done = 0;
      if (task_cancelled(m->task)) {
        status = error_cancelled(e);
        break;
      }
    }
    size_t there;
    const size_t n = numbers_of_group(m, g, &there, values);
    double value = (double)NAN;
    status = n > 0 ? select_quantile(values, n, share, type, m->task, &value, e) : STATUS_OK;
    m->values[g] = value;
    m->there[g] = there > 0;
  }
  mem_free(values);
  return status;
}

static Status quantiles(Members *m, Column **out, Error *e)
{
  const size_t n = m->groups->n;
  Result result = {0};
  Status status;
  TRY(task_reserve(m->task, m->groups->rows * sizeof(double), _("quantiles"), e));
  m->values = mem_alloc(n, sizeof *m->values);
  m->there = mem_alloc(n, sizeof *m->there);
  if (!m->values || !m->there) {
    TRY(items_no_memory(n, sizeof *m->values, e));
  }
  TRY(items_run(m->task, m->pieces, quantile_piece, m, e));
  TRY(result_make(&result, TYPE_FLOAT64, NULL, n, e));
  for (size_t g = 0; g < n; g++) {
    if (m->there[g]) {
      result_float(&result, g, m->values[g]);
    }
  }
  status = result_finish(&result, out, e);
done:
  mem_free(m->values);
  mem_free(m->there);
  return status;
}

/* ---- the n-th cell ---- */

/* The row of the n-th cell that is not missing, from the end when n < 0; NO_ROW when there are not so many. */
static uint32_t nth_row(const Members *m, size_t group, int64_t n)
{
  const size_t begin = group_begin(m->groups, group), end = group_end(m->groups, group);
  int64_t left = n < 0 ? -n : n;
  for (size_t i = 0; i < end - begin; i++) {
    const size_t row = group_row(m->groups, n < 0 ? end - 1 - i : begin + i);
    if (column_valid(m->x, row) && --left == 0) {
      return (uint32_t)row;
    }
  }
  return NO_ROW;
}

static Status nth_piece(void *context, size_t piece, size_t worker, Error *e)
{
  (void)worker;
  const Members *m = context;
  const int kind = m->call->function->kind;
  const int64_t n = kind == AGGREGATE_FIRST ? 1 : kind == AGGREGATE_LAST ? -1 : (int64_t)m->call->numbers[1];
  const size_t end = first_group(m, piece + 1);
  for (size_t g = first_group(m, piece); g < end; g++) {
    if (g % 1024 == 0 && task_cancelled(m->task)) {
      return error_cancelled(e);
    }
    m->rows[g] = nth_row(m, g, n);
  }
  return STATUS_OK;
}

static Status nth_cells(Members *m, Column **out, Error *e)
{
  const size_t n = m->groups->n;
  Status status;
  m->rows = mem_alloc(n, sizeof *m->rows);
  if (!m->rows) {
    TRY(items_no_memory(n, sizeof *m->rows, e));
  }
  TRY(items_run(m->task, m->pieces, nth_piece, m, e));
  TRY(column_pick(m->x, m->rows, n, true, m->task, out, e));
done:
  mem_free(m->rows);
  return status;
}

/* ---- texts ---- */

static void add_item(Builder *builder, const Members *m, size_t row)
{
  size_t length;
  const char *text = column_text(m->x, row, &length);
  builder_item(builder, text, length);
}

/* The texts of a group one after the other; false when there is none. */
static bool join_texts(const Members *m, size_t group, Text *text)
{
  const char *between = m->call->n > 1 ? m->call->texts[1] : ", ";
  bool any = false;
  text_reset(text);
  for (size_t i = group_begin(m->groups, group); i < group_end(m->groups, group); i++) {
    const size_t row = group_row(m->groups, i);
    if (column_valid(m->x, row)) {
      size_t length;
      const char *cell = column_text(m->x, row, &length);
      if (any) {
        text_puts(text, between);
      }
      text_add(text, cell, length);
      any = true;
    }
  }
  return any;
}

static Status build_sets(const Members *m, Builder *builder, Error *e)
{
  size_t done = 0;
  for (size_t g = 0; g < m->groups->n; g++) {
    for (size_t i = group_begin(m->groups, g); i < group_end(m->groups, g); i++) {
      if (++done % 1024 == 0 && task_cancelled(m->task)) {
        return error_cancelled(e);
      }
      const size_t row = group_row(m->groups, i);
      if (column_valid(m->x, row)) {
        add_item(builder, m, row);
      }
    }
    builder_set(builder);
  }
  return STATUS_OK;
}

static Status build_texts(const Members *m, Builder *builder, Error *e)
{
  Text text = {0};
  Status status = STATUS_OK;
  for (size_t g = 0; g < m->groups->n && status == STATUS_OK; g++) {
    if (g % 256 == 0 && task_cancelled(m->task)) {
      status = error_cancelled(e);
    } else if (!join_texts(m, g, &text)) {
      builder_missing(builder);
    } else {
      status = text_status(&text, e);
      builder_text(builder, text_data(&text), text.size);
    }
  }
  text_free(&text);
  return status;
}

static Status build(const Members *m, Column **out, Error *e)
{
  const bool sets = m->call->function->kind == AGGREGATE_SET;
  Builder *builder = builder_new(sets ? TYPE_SET : TYPE_STRING, m->groups->n);
  if (!builder) {
    return items_no_memory(m->groups->n, 8, e);
  }
  const Status status = sets ? build_sets(m, builder, e) : build_texts(m, builder, e);
  if (status != STATUS_OK) {
    builder_free(builder);
    return status;
  }
  return builder_finish(builder, out, e);
}

Status aggregate_members(const ShapeCall *call, Groups *groups, Task *task, Column **out, Error *e)
{
  Status status;
  if (groups->of_row && !groups->arranged) {
    TRY(groups_arrange(groups, NULL, NULL, 0, task, e));
  }
  Members m = {.call = call, .groups = groups, .x = call->columns[0], .task = task};
  /* More pieces than threads, since pieces of as many groups may have unequal rows. */
  m.pieces = pieces_for(task, groups->rows, PIECE_ROWS) * 4;
  switch (call->function->kind) {
  case AGGREGATE_MEDIAN:
  case AGGREGATE_QUANTILE:
    status = quantiles(&m, out, e);
    break;
  case AGGREGATE_CONCAT:
  case AGGREGATE_SET:
    status = build(&m, out, e);
    break;
  default:
    status = nth_cells(&m, out, e);
  }
done:
  return status;
}
