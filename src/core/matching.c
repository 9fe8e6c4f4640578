/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/matching.h"

#include "core/alloc.h"

/* Rows are the smaller side. Index 0 of every array stands for "none", rows and columns count from 1. */
typedef struct Matching {
  const size_t *counts;
  size_t rows, columns;
  bool turned; /* rows are clusters of b */
  int64_t *row_price, *column_price, *slack;
  size_t *row_of, *from; /* of each column */
  bool *seen;
} Matching;

static int64_t cost(const Matching *m, size_t row, size_t column)
{
  return -(int64_t)(m->turned ? m->counts[(column - 1) * m->rows + row - 1]
                              : m->counts[(row - 1) * m->columns + column - 1]);
}

/* Looks from a column's row at all unseen columns; gives the one that is reached at least cost. */
static size_t look(Matching *m, size_t at)
{
  const size_t row = m->row_of[at];
  size_t best = 0;
  for (size_t j = 1; j <= m->columns; j++) {
    if (m->seen[j]) {
      continue;
    }
    const int64_t reduced = cost(m, row, j) - m->row_price[row] - m->column_price[j];
    if (reduced < m->slack[j]) {
      m->slack[j] = reduced;
      m->from[j] = at;
    }
    best = best == 0 || m->slack[j] < m->slack[best] ? j : best;
  }
  return best;
}

static void pay(Matching *m, int64_t delta)
{
  for (size_t j = 0; j <= m->columns; j++) {
    if (m->seen[j]) {
      m->row_price[m->row_of[j]] += delta;
      m->column_price[j] -= delta;
    } else {
      m->slack[j] -= delta;
    }
  }
}

/* Gives a row a column, moving others along the cheapest path. */
static void augment(Matching *m, size_t row)
{
  size_t at = 0;
  m->row_of[0] = row;
  for (size_t j = 0; j <= m->columns; j++) {
    m->slack[j] = INT64_MAX / 2;
    m->seen[j] = false;
  }
  do {
    m->seen[at] = true;
    const size_t next = look(m, at);
    pay(m, m->slack[next]);
    at = next;
  } while (m->row_of[at] != 0);
  while (at != 0) {
    const size_t before = m->from[at];
    m->row_of[at] = m->row_of[before];
    at = before;
  }
}

static Status begin(Matching *m, Error *e)
{
  m->row_price = mem_zero(m->rows + 1, sizeof *m->row_price);
  m->column_price = mem_zero(m->columns + 1, sizeof *m->column_price);
  m->slack = mem_zero(m->columns + 1, sizeof *m->slack);
  m->row_of = mem_zero(m->columns + 1, sizeof *m->row_of);
  m->from = mem_zero(m->columns + 1, sizeof *m->from);
  m->seen = mem_zero(m->columns + 1, sizeof *m->seen);
  return m->row_price && m->column_price && m->slack && m->row_of && m->from && m->seen
           ? STATUS_OK
           : error_memory(e, 0, _("pairs of clusters"));
}

static void end(Matching *m)
{
  mem_free(m->row_price);
  mem_free(m->column_price);
  mem_free(m->slack);
  mem_free(m->row_of);
  mem_free(m->from);
  mem_free(m->seen);
}

Status matching_largest(const Task *task, const size_t *counts, size_t a, size_t b, size_t *pair, Error *e)
{
  const bool turned = a > b;
  Matching m = {.counts = counts, .rows = turned ? b : a, .columns = turned ? a : b, .turned = turned};
  for (size_t i = 0; i < a; i++) {
    pair[i] = SIZE_MAX;
  }
  Status status = begin(&m, e);
  for (size_t row = 1; status == STATUS_OK && row <= m.rows; row++) {
    augment(&m, row);
    status = task_cancelled(task) ? error_cancelled(e) : STATUS_OK;
  }
  for (size_t j = 1; status == STATUS_OK && j <= m.columns; j++) {
    const size_t row = m.row_of[j];
    if (row != 0 && cost(&m, row, j) < 0) {
      pair[turned ? j - 1 : row - 1] = turned ? row - 1 : j - 1;
    }
  }
  end(&m);
  return status;
}
