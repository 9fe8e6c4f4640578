/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of the rows so far: what the aggregate of the name gives for them, missing cells passed over. And
 * figures of a row and one before it. */
#include <math.h>

#include "shape/groups_items.h"
#include "shape/window_parts.h"

/* Whether the place has a cell, which then counts. */
static bool next_cell(const Window *w, Running *run, size_t row)
{
  const bool there = column_valid(w->x, row);
  run->n += there;
  return there;
}

static Status sum_cell(const Window *w, Running *run, size_t place, Error *e)
{
  const size_t row = window_row(w, place);
  const bool there = next_cell(w, run, row);
  if (w->type == TYPE_FLOAT64) {
    if (there) {
      sum_add(&run->sum, cell_float(w->x, row));
    }
    give_float(w, row, sum_value(run->sum));
    return STATUS_OK;
  }
  if (there) {
    whole_add(&run->total, cell_int(w->x, row));
  }
  give_int(w, row, (int64_t)run->total.low);
  return whole_fits(run->total) ? STATUS_OK : window_overflow(w, row, e);
}

static Status mean_cell(const Window *w, Running *run, size_t place, Error *e)
{
  (void)e;
  const size_t row = window_row(w, place);
  if (next_cell(w, run, row)) {
    if (w->whole) {
      whole_add(&run->total, cell_int(w->x, row));
    } else {
      sum_add(&run->sum, cell_float(w->x, row));
    }
  }
  if (run->n > 0) {
    give_float(w, row, (w->whole ? whole_value(run->total) : sum_value(run->sum)) / (double)run->n);
  }
  return STATUS_OK;
}

static Status extreme_cell(const Window *w, Running *run, size_t place, Error *e)
{
  (void)e;
  const size_t row = window_row(w, place);
  const bool least = w->kind == WINDOW_CUMULATIVE_MIN, begins = run->n == 0;
  if (next_cell(w, run, row)) {
    if (w->whole) {
      const int64_t x = cell_int(w->x, row);
      run->integer = begins || (least ? x < run->integer : x > run->integer) ? x : run->integer;
    } else {
      const double x = cell_float(w->x, row);
      run->value = begins || isnan(run->value) || (least ? x < run->value : x > run->value) ? x : run->value;
    }
  }
  if (run->n > 0 && w->whole) {
    give_int(w, row, run->integer);
  } else if (run->n > 0) {
    give_float(w, row, run->value);
  }
  return STATUS_OK;
}

static Status count_cell(const Window *w, Running *run, size_t place, Error *e)
{
  (void)e;
  const size_t row = window_row(w, place);
  (void)next_cell(w, run, row);
  give_int(w, row, (int64_t)run->n);
  return STATUS_OK;
}

static Status product_cell(const Window *w, Running *run, size_t place, Error *e)
{
  (void)e;
  const size_t row = window_row(w, place);
  const bool begins = run->n == 0;
  if (next_cell(w, run, row)) {
    run->value = begins ? cell_float(w->x, row) : run->value * cell_float(w->x, row);
  }
  if (run->n > 0) {
    give_float(w, row, run->value);
  }
  return STATUS_OK;
}

static Status ewm_cell(const Window *w, Running *run, size_t place, Error *e)
{
  (void)e;
  const size_t row = window_row(w, place);
  const bool begins = run->n == 0;
  if (next_cell(w, run, row)) {
    const double x = cell_float(w->x, row);
    run->value = begins ? x : w->alpha * x + (1 - w->alpha) * run->value;
  }
  if (run->n > 0) {
    give_float(w, row, run->value);
  }
  return STATUS_OK;
}

/* ---- the group's sum ---- */

Status window_share_begin(const Window *w, Running *run, Error *e)
{
  for (size_t place = run->begin; place < run->end; place++) {
    if (place % PIECE_POLL == 0 && task_cancelled(w->task)) {
      return error_cancelled(e);
    }
    const size_t row = window_row(w, place);
    if (column_valid(w->x, row)) {
      if (w->whole) {
        whole_add(&run->total, cell_int(w->x, row));
      } else {
        sum_add(&run->sum, cell_float(w->x, row));
      }
    }
  }
  run->value = w->whole ? whole_value(run->total) : sum_value(run->sum);
  return STATUS_OK;
}

static Status share_cell(const Window *w, Running *run, size_t place, Error *e)
{
  (void)e;
  const size_t row = window_row(w, place);
  if (column_valid(w->x, row)) {
    give_float(w, row, cell_float(w->x, row) / run->value);
  }
  return STATUS_OK;
}

/* ---- a row and one before it ---- */

static bool has_both(const Window *w, const Running *run, size_t place, size_t *row, size_t *before)
{
  if (place - run->begin < w->n) {
    return false;
  }
  *row = window_row(w, place);
  *before = window_row(w, place - w->n);
  return column_valid(w->x, *row) && column_valid(w->x, *before);
}

static Status difference_cell(const Window *w, Running *run, size_t place, Error *e)
{
  size_t row, before;
  if (!has_both(w, run, place, &row, &before)) {
    return STATUS_OK;
  }
  if (w->type == TYPE_FLOAT64) {
    give_float(w, row, cell_float(w->x, row) - cell_float(w->x, before));
    return STATUS_OK;
  }
  int64_t difference;
  if (__builtin_sub_overflow(cell_int(w->x, row), cell_int(w->x, before), &difference)) {
    return window_overflow(w, row, e);
  }
  give_int(w, row, difference);
  return STATUS_OK;
}

static Status growth_cell(const Window *w, Running *run, size_t place, Error *e)
{
  (void)e;
  size_t row, before;
  if (has_both(w, run, place, &row, &before)) {
    const double from = cell_float(w->x, before);
    give_float(w, row, (cell_float(w->x, row) - from) / from);
  }
  return STATUS_OK;
}

WindowCell window_running_cell(int kind)
{
  switch (kind) {
  case WINDOW_CUMULATIVE_SUM: return sum_cell;
  case WINDOW_CUMULATIVE_MEAN: return mean_cell;
  case WINDOW_CUMULATIVE_MIN:
  case WINDOW_CUMULATIVE_MAX: return extreme_cell;
  case WINDOW_CUMULATIVE_COUNT: return count_cell;
  case WINDOW_CUMULATIVE_PRODUCT: return product_cell;
  case WINDOW_SHARE: return share_cell;
  case WINDOW_DIFFERENCE: return difference_cell;
  case WINDOW_GROWTH: return growth_cell;
  case WINDOW_EWM: return ewm_cell;
  default: return NULL;
  }
}
