/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window_parts.h -- a window function at work: groups go to threads in pieces, each group's rows are gone through along
 * its arrangement, and every row gets a cell. For window*.c.
 */
#ifndef ASSAY_SHAPE_WINDOW_PARTS_H
#define ASSAY_SHAPE_WINDOW_PARTS_H

#include <string.h>

#include "shape/aggregate_slots.h"
#include "shape/join_rows.h"
#include "shape/span.h"

enum WindowKind {
  WINDOW_ROW_NUMBER, WINDOW_RANK, WINDOW_DENSE_RANK, WINDOW_PERCENT_RANK, WINDOW_CUME_DIST, WINDOW_NTILE,
      WINDOW_RANK_OF,
  WINDOW_RANK_OF_TIES, WINDOW_LAG, WINDOW_LEAD, WINDOW_FIRST_VALUE, WINDOW_LAST_VALUE, WINDOW_NTH_VALUE,
  WINDOW_FILL_DOWN, WINDOW_FILL_UP, WINDOW_CUMULATIVE_SUM, WINDOW_CUMULATIVE_MEAN, WINDOW_CUMULATIVE_MIN,
  WINDOW_CUMULATIVE_MAX, WINDOW_CUMULATIVE_COUNT, WINDOW_CUMULATIVE_PRODUCT, WINDOW_ROLLING_SUM, WINDOW_ROLLING_MEAN,
  WINDOW_ROLLING_MIN, WINDOW_ROLLING_MAX, WINDOW_ROLLING_SD, WINDOW_ROLLING_COUNT, WINDOW_SHARE, WINDOW_DIFFERENCE,
  WINDOW_GROWTH, WINDOW_EWM, WINDOW_KINDS
};

/* What rolls: any part of a window, to be joined with the part that follows it. */
typedef struct Rolled {
  uint64_t n;                   /* cells that are there */
  Sum sum;
  WholeSum whole;
  double extreme;               /* NaN: no number yet */
  int64_t whole_extreme;
  double mean, squares;         /* sum of squares around the mean */
} Rolled;

typedef struct Window {
  const ShapeCall *call;
  int kind;
  const Groups *groups;
  const Column *x;
  bool whole;                   /* x is of int64, bool or timestamp */
  size_t n;                     /* rows of lag, rolling, ntile ... */
  uint64_t least;               /* rolling: cells that must be there */
  const Column *time;           /* rolling by time: of the rows, rising within a group; NULL: by rows */
  TimeSpan span;
  double alpha;
  Type type;                    /* of the result */
  int64_t *values;              /* or doubles, by row; NULL for kinds that give rows */
  uint8_t *there;
  uint32_t *rows;               /* NO_ROW: no row */
  size_t pieces;
  Task *task;
} Window;

typedef struct Behind {
  Rolled *items;
  size_t room;
} Behind;

/* A group on its way: what has come so far. */
typedef struct Running {
  size_t begin, end;            /* the group's places */
  uint64_t n;
  size_t rank, dense, peers_end;
  Sum sum;
  WholeSum total;
  double value;
  int64_t integer;
  uint32_t row;
  Rolled front;                 /* rolling: of the places from middle on */
  size_t low, middle, base;     /* the window's first place; behind[i] is of the places base + i .. middle - 1 */
  Behind *behind;
} Running;

typedef Status (*WindowCell)(const Window *w, Running *run, size_t place, Error *e);

/* The function of a kind, from the file that knows it; NULL: another one does. */
WindowCell window_rank_cell(int kind);
WindowCell window_rows_cell(int kind);
WindowCell window_running_cell(int kind);
WindowCell window_rolling_cell(int kind);

/* The group's sum before its cells, for share. */
Status window_share_begin(const Window *w, Running *run, Error *e) MUST_USE;

static inline size_t window_row(const Window *w, size_t place)
{
  return group_row(w->groups, place);
}

static inline int64_t cell_int(const Column *column, size_t row)
{
  return column->type == TYPE_BOOL ? column_int(column, row) : ((const int64_t *)column->values.data)[row];
}

static inline void give_float(const Window *w, size_t row, double value)
{
  memcpy(&w->values[row], &value, sizeof value);
  w->there[row] = 1;
}

static inline void give_int(const Window *w, size_t row, int64_t value)
{
  w->values[row] = value;
  w->there[row] = 1;
}

/* STATUS_DATA "overflow" at a row. */
Status window_overflow(const Window *w, size_t row, Error *e);

#endif
