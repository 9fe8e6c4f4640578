/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "registry/diff.h"

enum { POLL = 4096 };

typedef struct Comparison {
  Task *task;
  const Frame *a, *b;
  const DiffFrames *how;
  Builder *column, *status, *type_a, *type_b, *cells, *first, *largest; /* of tidy */
  Builder *row, *where, *in_a, *in_b;                                   /* of cells */
  size_t listed, differing, total;
} Comparison;

/* What one column came to. */
typedef struct ColumnDiff {
  size_t cells, first; /* first: row from 1, 0 for none */
  double largest;      /* NaN: no numbers */
} ColumnDiff;

static void put(Builder *builder, const char *text)
{
  builder_text(builder, text, strlen(text));
}

/* Whether two columns can be compared cell by cell. */
static bool comparable(const Column *a, const Column *b)
{
  const Type x = column_type(a), y = column_type(b);
  return x == y || (type_is_text(x) && type_is_text(y)) || (type_is_numeric(x) && type_is_numeric(y));
}

static bool same_number(double a, double b, double tolerance)
{
  return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= tolerance * fmax(fabs(a), fabs(b));
}

static bool same_text(const Column *a, const Column *b, size_t row)
{
  size_t n, m;
  const char *x = column_text(a, row, &n), *y = column_text(b, row, &m);
  return n == m && memcmp(x, y, n) == 0;
}

static bool same_as_shown(const Column *a, const Column *b, size_t row)
{
  Text x = {0}, y = {0};
  column_cell_text(a, row, &x);
  column_cell_text(b, row, &y);
  const bool same = strcmp(text_data(&x), text_data(&y)) == 0;
  text_free(&x);
  text_free(&y);
  return same;
}

static bool same_cell(const Column *a, const Column *b, size_t row, double tolerance)
{
  const bool there = column_valid(a, row);
  if (there != column_valid(b, row) || !there) {
    return there == column_valid(b, row);
  }
  if (type_is_text(column_type(a))) {
    return same_text(a, b, row);
  }
  if (column_type(a) == TYPE_SET) {
    return same_as_shown(a, b, row);
  }
  if (column_type(a) != TYPE_FLOAT64 && column_type(b) != TYPE_FLOAT64 && tolerance == 0) {
    return column_int(a, row) == column_int(b, row);
  }
  return same_number(column_float(a, row), column_float(b, row), tolerance);
}

static void list_cell(Comparison *c, const char *name, size_t row, const Column *a, const Column *b)
{
  Text text = {0};
  if (c->listed++ >= c->how->cells) {
    return;
  }
  builder_int(c->row, (int64_t)row + 1);
  put(c->where, name);
  column_cell_text(a, row, &text);
  put(c->in_a, text_data(&text));
  text_reset(&text);
  column_cell_text(b, row, &text);
  put(c->in_b, text_data(&text));
  text_free(&text);
}

static Status compare_cells(Comparison *c, const char *name, const Column *a, const Column *b, ColumnDiff *out,
                            Error *e)
{
  const size_t n = column_rows(a) < column_rows(b) ? column_rows(a) : column_rows(b);
  const bool numeric = type_is_numeric(column_type(a));
  *out = (ColumnDiff){.largest = NAN};
  if (column_rows(a) == column_rows(b) && column_type(a) == column_type(b)) {
    const Digest x = column_digest(a), y = column_digest(b);
    if (x.high == y.high && x.low == y.low) {
      return STATUS_OK;
    }
  }
  for (size_t row = 0; row < n; row++) {
    if (row % POLL == 0 && task_cancelled(c->task)) {
      return error_cancelled(e);
    }
    if (same_cell(a, b, row, c->how->tolerance)) {
      continue;
    }
    out->first = out->cells++ == 0 ? row + 1 : out->first;
    if (numeric && column_valid(a, row) && column_valid(b, row)) {
      out->largest = fmax(out->largest, fabs(column_float(a, row) - column_float(b, row)));
    }
    list_cell(c, name, row, a, b);
  }
  return STATUS_OK;
}

static void add_row(Comparison *c, const char *name, const char *status, const Column *a, const Column *b,
                    const ColumnDiff *diff)
{
  put(c->column, name);
  put(c->status, status);
  put(c->type_a, a ? type_name(column_type(a)) : "");
  put(c->type_b, b ? type_name(column_type(b)) : "");
  builder_int(c->cells, (int64_t)diff->cells);
  if (diff->first > 0) {
    builder_int(c->first, (int64_t)diff->first);
  } else {
    builder_missing(c->first);
  }
  if (isnan(diff->largest)) {
    builder_missing(c->largest);
  } else {
    builder_float(c->largest, diff->largest);
  }
}

static Status compare_column(Comparison *c, size_t i, Error *e)
{
  const char *name = frame_name(c->a, i);
  const Column *a = frame_column(c->a, i);
  size_t other;
  ColumnDiff diff = {.largest = NAN};
  if (!frame_find(c->b, name, &other)) {
    c->differing++;
    add_row(c, name, "only_a", a, NULL, &diff);
    return STATUS_OK;
  }
  const Column *b = frame_column(c->b, other);
  if (comparable(a, b)) {
    const Status status = compare_cells(c, name, a, b, &diff, e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  const bool type = column_type(a) != column_type(b);
  const char *status = diff.cells > 0 ? "differs" : type ? "type" : "same";
  c->total += diff.cells;
  c->differing += strcmp(status, "same") != 0;
  if (c->how->all || strcmp(status, "same") != 0) {
    add_row(c, name, status, a, b, &diff);
  }
  return STATUS_OK;
}

static Status compare(Comparison *c, Error *e)
{
  Status status = STATUS_OK;
  for (size_t i = 0; i < frame_columns(c->a) && status == STATUS_OK; i++) {
    task_progress(c->task, i, frame_columns(c->a));
    status = compare_column(c, i, e);
  }
  for (size_t i = 0; i < frame_columns(c->b); i++) {
    size_t other;
    const ColumnDiff none = {.largest = NAN};
    if (!frame_find(c->a, frame_name(c->b, i), &other)) {
      c->differing++;
      add_row(c, frame_name(c->b, i), "only_b", NULL, frame_column(c->b, i), &none);
    }
  }
  return status;
}

static Status begin(Comparison *c, Error *e)
{
  Builder **const texts[] = {&c->column, &c->status, &c->type_a, &c->type_b, &c->where, &c->in_a, &c->in_b};
  bool sound = true;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    *texts[i] = builder_new(TYPE_STRING, 16);
    sound = sound && *texts[i];
  }
  c->cells = builder_new(TYPE_INT64, 16);
  c->first = builder_new(TYPE_INT64, 16);
  c->row = builder_new(TYPE_INT64, 16);
  c->largest = builder_new(TYPE_FLOAT64, 16);
  return sound && c->cells && c->first && c->row && c->largest ? STATUS_OK : error_memory(e, 0, _("a comparison"));
}

static void drop(Comparison *c)
{
  Builder *const all[] = {c->column, c->status, c->type_a, c->type_b, c->where, c->in_a,
                          c->in_b,   c->cells,  c->first,  c->row,    c->largest};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    builder_free(all[i]);
  }
}

/* The builders go into the drafts, whatever comes of it. */
static Status finish(Comparison *c, DiffParts *out, Error *e)
{
  Draft *tidy = draft_new(), *cells = draft_new(), *glance = draft_new();
  const bool rows = frame_rows(c->a) == frame_rows(c->b);
  draft_builder(tidy, "column", c->column);
  draft_builder(tidy, "status", c->status);
  draft_builder(tidy, "type_a", c->type_a);
  draft_builder(tidy, "type_b", c->type_b);
  draft_builder(tidy, "cells", c->cells);
  draft_builder(tidy, "first_row", c->first);
  draft_builder(tidy, "largest", c->largest);
  draft_builder(cells, "row", c->row);
  draft_builder(cells, "column", c->where);
  draft_builder(cells, "a", c->in_a);
  draft_builder(cells, "b", c->in_b);
  draft_int(glance, "rows_a", (int64_t)frame_rows(c->a));
  draft_int(glance, "rows_b", (int64_t)frame_rows(c->b));
  draft_int(glance, "columns_a", (int64_t)frame_columns(c->a));
  draft_int(glance, "columns_b", (int64_t)frame_columns(c->b));
  draft_int(glance, "columns_differ", (int64_t)c->differing);
  draft_int(glance, "cells_differ", (int64_t)c->total);
  draft_bool(glance, "identical", rows && c->differing == 0);
  Status status = draft_finish(tidy, &out->tidy, e);
  const Status second = draft_finish(cells, &out->more, e), third = draft_finish(glance, &out->glance, e);
  status = status != STATUS_OK ? status : second != STATUS_OK ? second : third;
  return status;
}

Status diff_frames(Task *task, const Frame *a, const Frame *b, const DiffFrames *how, DiffParts *out, Error *e)
{
  Comparison c = {.task = task, .a = a, .b = b, .how = how};
  Status status = begin(&c, e);
  *out = (DiffParts){0};
  if (status == STATUS_OK) {
    status = compare(&c, e);
  }
  if (status != STATUS_OK) {
    drop(&c);
    return status;
  }
  return finish(&c, out, e);
}
