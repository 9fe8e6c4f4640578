/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/summary_shapes.h"

#include <math.h>
#include <string.h>

enum { RUN = 64 };

bool shape_has(const Column *column)
{
  const Type type = column_type(column);
  return type_is_numeric(type) || type == TYPE_TIMESTAMP || type == TYPE_BOOL;
}

size_t shape_rows(const Frame *frame)
{
  const size_t rows = frame_rows(frame), columns = frame_columns(frame);
  const size_t most = columns > 0 ? SHAPE_CELLS / columns : 0;
  const size_t room = most > SHAPE_ROWS_LEAST ? most : SHAPE_ROWS_LEAST;
  return rows < room ? rows : room;
}

/* Calls with runs of rows until `rows` of them were seen. */
typedef struct Runs {
  const Column *column;
  size_t all, n, at; /* rows of the column, runs, the next one */
  size_t rows;
  double cells[RUN];
} Runs;

static Runs runs_of(const Column *column, size_t rows)
{
  const size_t n = rows / RUN + (rows % RUN != 0);
  return (Runs){.column = column, .all = column_rows(column), .n = n, .rows = rows};
}

/* The number of cells of the next run; 0: there is none. */
static size_t next_run(Runs *runs)
{
  if (runs->at == runs->n) {
    return 0;
  }
  const size_t i = runs->at++;
  const bool whole = runs->rows == runs->all;
  const size_t spread = runs->n > 1 ? (size_t)((double)(runs->all - RUN) * (double)i / (double)(runs->n - 1)) : 0;
  const size_t first = whole ? i * RUN : spread, rest = runs->all - first;
  const size_t count = rest < RUN ? rest : RUN;
  column_block(runs->column, first, count, runs->cells, 1);
  return count;
}

/* Whole numbers get bins that hold equally many of them, so that no bin is empty for want of numbers. */
static size_t choose_bins(const Column *column, double low, double high, double *width)
{
  const Type type = column_type(column);
  const double range = high - low + 1;
  if ((type == TYPE_INT64 || type == TYPE_BOOL) && range < 0x1p50) {
    *width = ceil(range / SHAPE_BINS);
    return (size_t)ceil(range / *width);
  }
  *width = high / SHAPE_BINS - low / SHAPE_BINS;
  return *width > 0 ? SHAPE_BINS : 1;
}

size_t shape_count(const Column *column, size_t rows, size_t counts[SHAPE_BINS])
{
  double low = INFINITY, high = -INFINITY, width;
  Runs runs = runs_of(column, rows);
  memset(counts, 0, SHAPE_BINS * sizeof *counts);
  for (size_t n; (n = next_run(&runs)) > 0;) {
    for (size_t i = 0; i < n; i++) {
      const double x = runs.cells[i];
      low = isfinite(x) && x < low ? x : low;
      high = isfinite(x) && x > high ? x : high;
    }
  }
  if (!(low <= high)) {
    return 0;
  }
  const size_t bins = choose_bins(column, low, high, &width);
  runs = runs_of(column, rows);
  for (size_t n; (n = next_run(&runs)) > 0;) {
    for (size_t i = 0; i < n; i++) {
      const double at = bins > 1 ? runs.cells[i] / width - low / width : 0;
      if (isfinite(runs.cells[i])) {
        counts[!(at > 0) ? 0 : at >= (double)bins ? bins - 1 : (size_t)at]++;
      }
    }
  }
  return bins;
}

void shape_text(const size_t *counts, size_t n, bool ascii, Text *out)
{
  static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  static const char *const letters[] = {"_", "-", "-", "=", "=", "+", "#", "#"};
  size_t most = 0;
  for (size_t i = 0; i < n; i++) {
    most = counts[i] > most ? counts[i] : most;
  }
  for (size_t i = 0; i < n; i++) {
    const size_t level = most > 0 ? (size_t)(8.0 * (double)counts[i] / (double)most) : 0;
    if (counts[i] == 0) {
      text_puts(out, ascii ? "." : "·");
    } else {
      text_puts(out, (ascii ? letters : blocks)[level > 7 ? 7 : level]);
    }
  }
}
