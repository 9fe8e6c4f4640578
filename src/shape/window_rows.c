/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows that take their cell from another row. */
#include "shape/window_parts.h"

static Status lag_cell(const Window *w, Running *run, size_t place, Error *e)
{
  (void)e;
  const bool there = place - run->begin >= w->n;
  w->rows[window_row(w, place)] = there ? (uint32_t)window_row(w, place - w->n) : NO_ROW;
  return STATUS_OK;
}

static Status lead_cell(const Window *w, Running *run, size_t place, Error *e)
{
  (void)e;
  const bool there = run->end - place > w->n;
  w->rows[window_row(w, place)] = there ? (uint32_t)window_row(w, place + w->n) : NO_ROW;
  return STATUS_OK;
}

/* n counts from 1; from the end when the number given is below 0. */
static Status nth_cell(const Window *w, Running *run, size_t place, Error *e)
{
  (void)e;
  const bool last = w->kind == WINDOW_LAST_VALUE || (w->kind == WINDOW_NTH_VALUE && w->call->numbers[1] < 0);
  const bool there = run->end - run->begin >= w->n;
  const size_t from = last ? run->end - w->n : run->begin + w->n - 1;
  w->rows[window_row(w, place)] = there ? (uint32_t)window_row(w, from) : NO_ROW;
  return STATUS_OK;
}

/* fill_up comes here from the last row down. */
static Status fill_cell(const Window *w, Running *run, size_t place, Error *e)
{
  (void)e;
  const size_t row = window_row(w, place);
  if (column_valid(w->x, row)) {
    run->row = (uint32_t)row;
  }
  w->rows[row] = run->row;
  return STATUS_OK;
}

WindowCell window_rows_cell(int kind)
{
  switch (kind) {
  case WINDOW_LAG: return lag_cell;
  case WINDOW_LEAD: return lead_cell;
  case WINDOW_FIRST_VALUE:
  case WINDOW_LAST_VALUE:
  case WINDOW_NTH_VALUE: return nth_cell;
  case WINDOW_FILL_DOWN:
  case WINDOW_FILL_UP: return fill_cell;
  default: return NULL;
  }
}
