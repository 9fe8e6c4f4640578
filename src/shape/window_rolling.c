/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Figures of the last n rows, or of those of a length of time, without taking anything away again: what leaves a
 * window by subtraction leaves its rounding behind, and Inf or NaN never leave. A window has two parts. The later one
 * grows row by row; of the earlier one the figures of each of its ends are kept, so that rows leave it by taking the
 * next shorter end. When the earlier part is used up, ends are made of all rows of the window, from the last one down.
 * Each row is joined three times at most, however long the window. Parts of variances are joined as Chan, Golub and
 * LeVeque 1983. */
#include <math.h>

#include "core/alloc.h"
#include "shape/groups_items.h"
#include "shape/window_parts.h"

static void join_moments(Rolled *to, const Rolled *from)
{
  if (from->n == 0) {
    return;
  }
  if (to->n == 0) {
    to->mean = from->mean;
    to->squares = from->squares;
    return;
  }
  const double n = (double)(to->n + from->n), delta = from->mean - to->mean;
  to->squares += from->squares + delta * delta * ((double)to->n * (double)from->n / n);
  to->mean += delta * ((double)from->n / n);
}

static void join_extremes(const Window *w, Rolled *to, const Rolled *from)
{
  const bool least = w->kind == WINDOW_ROLLING_MIN;
  if (w->whole && from->n > 0) {
    const bool better = least ? from->whole_extreme < to->whole_extreme : from->whole_extreme > to->whole_extreme;
    to->whole_extreme = to->n == 0 || better ? from->whole_extreme : to->whole_extreme;
  } else if (!w->whole && !isnan(from->extreme)) {
    const bool better = least ? from->extreme < to->extreme : from->extreme > to->extreme;
    to->extreme = isnan(to->extreme) || better ? from->extreme : to->extreme;
  }
}

/* to = to and from; from are the later rows, or the earlier ones: no figure minds. */
static void join(const Window *w, Rolled *to, const Rolled *from)
{
  switch (w->kind) {
  case WINDOW_ROLLING_SUM:
  case WINDOW_ROLLING_MEAN:
    if (w->whole) {
      const uint64_t low = to->whole.low + from->whole.low;
      to->whole.high += from->whole.high + (low < to->whole.low);
      to->whole.low = low;
    } else {
      sum_add(&to->sum, from->sum.value);
      to->sum.rest += from->sum.rest;
    }
    break;
  case WINDOW_ROLLING_SD:
    join_moments(to, from);
    break;
  case WINDOW_ROLLING_MIN:
  case WINDOW_ROLLING_MAX:
    join_extremes(w, to, from);
    break;
  default:
    break;
  }
  to->n += from->n;
}

static Rolled nothing(void)
{
  return (Rolled){.extreme = (double)NAN};
}

static Rolled one_row(const Window *w, size_t row)
{
  Rolled one = nothing();
  if (!column_valid(w->x, row)) {
    return one;
  }
  one.n = 1;
  if (w->kind == WINDOW_ROLLING_COUNT) {
    return one;
  }
  if (w->whole && w->kind != WINDOW_ROLLING_SD) {
    one.whole_extreme = cell_int(w->x, row);
    whole_add(&one.whole, one.whole_extreme);
  } else {
    const double x = cell_float(w->x, row);
    one.extreme = one.mean = one.sum.value = x;
    one.squares = x - x; /* NaN for Inf, as the variance is */
  }
  return one;
}

static Status give(const Window *w, size_t row, const Rolled *all, Error *e)
{
  if (all->n < w->least) {
    return STATUS_OK;
  }
  const double n = (double)all->n;
  switch (w->kind) {
  case WINDOW_ROLLING_COUNT:
    give_int(w, row, (int64_t)all->n);
    break;
  case WINDOW_ROLLING_SUM:
    if (!w->whole) {
      give_float(w, row, sum_value(all->sum));
    } else if (whole_fits(all->whole)) {
      give_int(w, row, (int64_t)all->whole.low);
    } else {
      return window_overflow(w, row, e);
    }
    break;
  case WINDOW_ROLLING_MEAN:
    if (all->n > 0) {
      give_float(w, row, (w->whole ? whole_value(all->whole) : sum_value(all->sum)) / n);
    }
    break;
  case WINDOW_ROLLING_SD:
    if (all->n > 1) {
      give_float(w, row, sqrt(all->squares / (n - 1)));
    }
    break;
  default:
    if (all->n > 0 && w->whole) {
      give_int(w, row, all->whole_extreme);
    } else if (all->n > 0) {
      give_float(w, row, all->extreme);
    }
  }
  return STATUS_OK;
}

static Status more_room(const Window *w, Behind *behind, size_t n, Error *e)
{
  if (n <= behind->room) {
    return STATUS_OK;
  }
  const size_t room = n < 64 ? 64 : n + n / 2;
  const Status status = task_reserve(w->task, room * sizeof *behind->items, _("rolling figures"), e);
  if (status != STATUS_OK) {
    return status;
  }
  Rolled *items = mem_resize(behind->items, room, sizeof *items);
  if (!items) {
    return items_no_memory(room, sizeof *items, e);
  }
  *behind = (Behind){items, room};
  return STATUS_OK;
}

/* All rows of the window, low .. place, become the earlier part. */
static Status make_ends(const Window *w, Running *run, size_t place, Error *e)
{
  const Status status = more_room(w, run->behind, place + 1 - run->low, e);
  if (status != STATUS_OK) {
    return status;
  }
  Rolled end = nothing();
  for (size_t i = place + 1; i-- > run->low;) {
    if (i % PIECE_POLL == 0 && task_cancelled(w->task)) {
      return error_cancelled(e);
    }
    Rolled one = one_row(w, window_row(w, i));
    join(w, &one, &end);
    end = one;
    run->behind->items[i - run->low] = end;
  }
  run->base = run->low;
  run->middle = place + 1;
  run->front = nothing();
  return STATUS_OK;
}

/* Moves low on; false when the row has no time and so no window. */
static bool find_low(const Window *w, Running *run, size_t place)
{
  if (!w->time) {
    run->low = place - run->begin < w->n ? run->begin : place + 1 - w->n;
    return true;
  }
  const size_t row = window_row(w, place);
  int64_t from;
  if (!column_valid(w->time, row)) {
    return false;
  }
  if (!calendar_add(cell_int(w->time, row), w->span.unit, -w->span.count, &from)) {
    return true; /* before all times there are: nothing leaves */
  }
  while (cell_int(w->time, window_row(w, run->low)) <= from) {
    run->low++;
  }
  return true;
}

static Status rolling_cell(const Window *w, Running *run, size_t place, Error *e)
{
  const size_t row = window_row(w, place);
  if (place == run->begin) {
    run->front = nothing();
    run->low = run->middle = run->base = place;
  }
  if (!find_low(w, run, place)) {
    return STATUS_OK;
  }
  const Rolled one = one_row(w, row);
  join(w, &run->front, &one);
  const Status status = run->low > run->middle ? make_ends(w, run, place, e) : STATUS_OK;
  if (status != STATUS_OK) {
    return status;
  }
  Rolled all = run->front;
  if (run->low < run->middle) {
    all = run->behind->items[run->low - run->base];
    join(w, &all, &run->front);
  }
  return give(w, row, &all, e);
}

WindowCell window_rolling_cell(int kind)
{
  return kind >= WINDOW_ROLLING_SUM && kind <= WINDOW_ROLLING_COUNT ? rolling_cell : NULL;
}
