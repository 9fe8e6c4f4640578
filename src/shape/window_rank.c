/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places along the order: as in SQL:2003. Rows are equal when all keys of the order are. */
#include "shape/window_parts.h"

static bool same_place(const Window *w, size_t a, size_t b)
{
  return order_compare(w->groups->keys, w->groups->n_keys, window_row(w, a), window_row(w, b)) == 0;
}

static Status row_number_cell(const Window *w, Running *run, size_t place, Error *e)
{
  (void)e;
  give_int(w, window_row(w, place), (int64_t)(place - run->begin) + 1);
  return STATUS_OK;
}

/* Sets rank and dense to those of the place. */
static void step_rank(const Window *w, Running *run, size_t place)
{
  if (place == run->begin || !same_place(w, place - 1, place)) {
    run->rank = place - run->begin + 1;
    run->dense++;
  }
}

static Status rank_cell(const Window *w, Running *run, size_t place, Error *e)
{
  (void)e;
  step_rank(w, run, place);
  give_int(w, window_row(w, place), (int64_t)(w->kind == WINDOW_RANK ? run->rank : run->dense));
  return STATUS_OK;
}

static Status percent_rank_cell(const Window *w, Running *run, size_t place, Error *e)
{
  (void)e;
  step_rank(w, run, place);
  const size_t rows = run->end - run->begin;
  give_float(w, window_row(w, place), rows > 1 ? (double)(run->rank - 1) / (double)(rows - 1) : 0);
  return STATUS_OK;
}

/* Sets peers_end; the equals of a place are looked for once, at the first of them. */
static Status find_peers(const Window *w, Running *run, size_t place, Error *e)
{
  if (place != run->begin && place != run->peers_end) {
    return STATUS_OK;
  }
  for (run->peers_end = place + 1; run->peers_end < run->end && same_place(w, place, run->peers_end);
       run->peers_end++) {
    if (run->peers_end % 4096 == 0 && task_cancelled(w->task)) {
      return error_cancelled(e);
    }
  }
  return STATUS_OK;
}

static Status cume_dist_cell(const Window *w, Running *run, size_t place, Error *e)
{
  const Status status = find_peers(w, run, place, e);
  give_float(w, window_row(w, place), (double)(run->peers_end - run->begin) / (double)(run->end - run->begin));
  return status;
}

static Status ntile_cell(const Window *w, Running *run, size_t place, Error *e)
{
  (void)e;
  const size_t rows = run->end - run->begin, at = place - run->begin;
  const size_t size = rows / w->n, larger = rows % w->n, edge = larger * (size + 1);
  const size_t part = at < edge ? at / (size + 1) : larger + (at - edge) / size;
  give_int(w, window_row(w, place), (int64_t)part + 1);
  return STATUS_OK;
}

static double tied_rank(const Window *w, const Running *run, size_t place)
{
  const char *ties = w->call->texts[1];
  const double last = (double)(run->peers_end - run->begin);
  switch (ties[0]) {
  case 'm': return ties[1] == 'i' ? (double)run->rank : last;
  case 'd': return (double)run->dense;
  case 'a': return ((double)run->rank + last) / 2;
  default: return (double)(place - run->begin + 1);
  }
}

/* The groups are arranged by x here; missing cells stand at the end and have no rank. */
static Status rank_of_cell(const Window *w, Running *run, size_t place, Error *e)
{
  const size_t row = window_row(w, place);
  if (!column_valid(w->x, row)) {
    return STATUS_OK;
  }
  step_rank(w, run, place);
  if (w->kind == WINDOW_RANK_OF) {
    give_int(w, row, (int64_t)run->rank);
    return STATUS_OK;
  }
  const Status status = find_peers(w, run, place, e);
  give_float(w, row, tied_rank(w, run, place));
  return status;
}

WindowCell window_rank_cell(int kind)
{
  switch (kind) {
  case WINDOW_ROW_NUMBER: return row_number_cell;
  case WINDOW_RANK:
  case WINDOW_DENSE_RANK: return rank_cell;
  case WINDOW_PERCENT_RANK: return percent_rank_cell;
  case WINDOW_CUME_DIST: return cume_dist_cell;
  case WINDOW_NTILE: return ntile_cell;
  case WINDOW_RANK_OF:
  case WINDOW_RANK_OF_TIES: return rank_of_cell;
  default: return NULL;
  }
}
