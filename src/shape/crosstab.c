/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shape/crosstab.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"

enum { POLL = 1 << 18 };

/* One side of the table: its groups, and at which place each stands. */
typedef struct Side {
  Groups *groups;
  Frame *keys;
  size_t *order; /* group at each place */
  size_t n;      /* places: groups, less that of missing cells when it is dropped */
} Side;

typedef struct Table {
  const Frame *frame;
  const CrosstabOptions *options;
  Task *task;
  Side side[2];        /* rows, columns */
  int64_t *whole;      /* a cell per group pair: counts, or sums of whole weights */
  double *real, *rest; /* sums of real weights, and what rounding lost */
  size_t left_out;
} Table;

static Status no_memory(const Table *t, Error *e)
{
  return error_memory(e, t->side[0].groups ? t->side[0].groups->n * 8 : 0, _("a cross table"));
}

static Status open_side(Table *t, int which, size_t column, Error *e)
{
  Side *side = &t->side[which];
  Status status;
  TRY(groups_make(t->frame, &column, 1, t->task, &side->groups, e));
  TRY(groups_keys(side->groups, t->frame, &column, 1, &side->keys, e));
  TRY(pivot_order(side->keys, t->options->order, t->task, &side->order, e));
  for (size_t i = 0; i < side->groups->n; i++) {
    if (!t->options->drop_missing || column_valid(frame_column(side->keys, 0), side->order[i])) {
      side->order[side->n++] = side->order[i];
    }
  }
done:
  return status;
}

static Status overflow(Error *e)
{
  (void)error_set(e, STATUS_DATA, "overflow", _("a sum of weights is beyond the range of int64"));
  error_hint(e, _("make the weights float64"));
  return STATUS_DATA;
}

static Status add_row(Table *t, size_t row, size_t cell, Error *e)
{
  const Column *weight = t->options->weight;
  if (t->real) {
    const double x = column_float(weight, row), sum = t->real[cell] + x;
    if (isfinite(sum)) {
      t->rest[cell] += fabs(t->real[cell]) >= fabs(x) ? (t->real[cell] - sum) + x : (x - sum) + t->real[cell];
    }
    t->real[cell] = sum;
    return STATUS_OK;
  }
  return __builtin_add_overflow(t->whole[cell], weight ? column_int(weight, row) : 1, &t->whole[cell]) ? overflow(e)
                                                                                                       : STATUS_OK;
}

static uint32_t group_of(const Groups *groups, size_t row)
{
  return groups->of_row ? groups->of_row[row] : 0;
}

static Status add_rows(Table *t, Error *e)
{
  const Column *rows = frame_column(t->frame, t->options->rows),
               *columns = frame_column(t->frame, t->options->columns);
  const Column *weight = t->options->weight;
  const bool drop = t->options->drop_missing;
  const size_t width = t->side[1].groups->n;
  for (size_t row = 0; row < frame_rows(t->frame); row++) {
    if (row % POLL == 0 && task_cancelled(t->task)) {
      return error_cancelled(e);
    }
    if ((drop && (!column_valid(rows, row) || !column_valid(columns, row))) ||
        (weight && !column_valid(weight, row))) {
      t->left_out++;
      continue;
    }
    const size_t cell = (size_t)group_of(t->side[0].groups, row) * width + group_of(t->side[1].groups, row);
    const Status status = add_row(t, row, cell, e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  return STATUS_OK;
}

static Status count(Table *t, Error *e)
{
  const size_t cells = t->side[0].groups->n * t->side[1].groups->n;
  const bool real = t->options->weight && column_type(t->options->weight) == TYPE_FLOAT64;
  Status status = task_reserve(t->task, cells * 16, _("a cross table"), e);
  if (status != STATUS_OK) {
    return status;
  }
  if (real) {
    t->real = mem_zero(cells, sizeof *t->real);
    t->rest = mem_zero(cells, sizeof *t->rest);
  } else {
    t->whole = mem_zero(cells, sizeof *t->whole);
  }
  if (!(real ? t->real && t->rest : t->whole != NULL)) {
    return no_memory(t, e);
  }
  status = add_rows(t, e);
  for (size_t i = 0; real && i < cells; i++) {
    t->real[i] += t->rest[i];
  }
  return status;
}

/* ---- the result */

/* The cell at a place; a place past the last is the margin. */
static Status cell_at(const Table *t, size_t row, size_t column, double *real, int64_t *whole, Error *e)
{
  const size_t rows[2] = {row < t->side[0].n ? row : 0, row < t->side[0].n ? row + 1 : t->side[0].n};
  const size_t columns[2] = {column < t->side[1].n ? column : 0, column < t->side[1].n ? column + 1 : t->side[1].n};
  const size_t width = t->side[1].groups->n;
  *real = 0;
  *whole = 0;
  for (size_t i = rows[0]; i < rows[1]; i++) {
    for (size_t j = columns[0]; j < columns[1]; j++) {
      const size_t cell = t->side[0].order[i] * width + t->side[1].order[j];
      if (t->real) {
        *real += t->real[cell];
      } else if (__builtin_add_overflow(*whole, t->whole[cell], whole)) {
        return overflow(e);
      }
    }
  }
  *real = t->real ? *real : (double)*whole;
  return STATUS_OK;
}

/* The figure that stands for 100 %. */
static Status base_of(const Table *t, size_t row, size_t column, double *base, Error *e)
{
  int64_t whole;
  const CrosstabPercent percent = t->options->percent;
  return cell_at(t, percent == PERCENT_ROWS ? row : SIZE_MAX, percent == PERCENT_COLUMNS ? column : SIZE_MAX, base,
                 &whole, e);
}

static Status add_cell(const Table *t, size_t row, size_t column, Builder *builder, Error *e)
{
  double real, base;
  int64_t whole;
  Status status = cell_at(t, row, column, &real, &whole, e);
  if (status != STATUS_OK) {
    return status;
  }
  if (t->options->percent != PERCENT_NONE) {
    status = base_of(t, row, column, &base, e);
    if (status == STATUS_OK && base != 0) {
      builder_float(builder, 100 * real / base);
    } else {
      builder_missing(builder);
    }
  } else if (t->real) {
    builder_float(builder, real);
  } else {
    builder_int(builder, whole);
  }
  return status;
}

static Status make_cells(const Table *t, size_t column, Column **out, Error *e)
{
  const size_t rows = t->side[0].n + t->options->margins;
  Builder *builder = builder_new(t->real || t->options->percent != PERCENT_NONE ? TYPE_FLOAT64 : TYPE_INT64, rows);
  Status status = builder ? STATUS_OK : no_memory(t, e);
  for (size_t row = 0; status == STATUS_OK && row < rows; row++) {
    status = task_cancelled(t->task) ? error_cancelled(e) : add_cell(t, row, column, builder, e);
  }
  if (status != STATUS_OK) {
    builder_free(builder);
    return status;
  }
  return builder_finish(builder, out, e);
}

static void place_text(const Table *t, int which, size_t place, Text *out)
{
  const Side *side = &t->side[which];
  text_reset(out);
  if (place < side->n) {
    column_cell_text(frame_column(side->keys, 0), side->order[place], out);
  } else {
    text_puts(out, "total");
  }
  if (out->size == 0) {
    text_puts(out, "empty");
  }
}

static Status twice(const char *text, size_t length, Error *e)
{
  (void)error_set(e, STATUS_DATA, "name-twice", _("two rows of the table would be called '%.*s'"),
                  (int)(length < 100 ? length : 100), text);
  error_hint(e, _("change the cells first, or leave the missing ones or the margins out"));
  return STATUS_DATA;
}

static Status make_labels(const Table *t, Column **out, Error *e)
{
  const size_t rows = t->side[0].n + t->options->margins;
  Builder *builder = builder_new(TYPE_CATEGORY, rows);
  Text text = {0};
  if (!builder) {
    return no_memory(t, e);
  }
  for (size_t row = 0; row < rows; row++) {
    place_text(t, 0, row, &text);
    builder_text(builder, text_data(&text), text.size);
  }
  Status status = text_status(&text, e);
  if (status == STATUS_OK) {
    status = builder_finish(builder, out, e);
  } else {
    builder_free(builder);
  }
  if (status == STATUS_OK && column_levels(*out) < rows) {
    size_t row = 0, length; /* levels are numbered as they come, so the first that comes again has a lower number */
    while (column_code(*out, row) == (int32_t)row) {
      row++;
    }
    const char *label = column_text(*out, row, &length);
    status = twice(label, length, e);
    column_unref(*out);
    *out = NULL;
  }
  text_free(&text);
  return status;
}

static Status make_frame(const Table *t, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Column *column = NULL;
  Text name = {0};
  Status status = draft ? make_labels(t, &column, e) : no_memory(t, e);
  if (status == STATUS_OK) {
    draft_column(draft, frame_name(t->frame, t->options->rows), column);
  }
  for (size_t i = 0; status == STATUS_OK && i < t->side[1].n + t->options->margins; i++) {
    status = make_cells(t, i, &column, e);
    place_text(t, 1, i, &name);
    if (status == STATUS_OK) {
      draft_column(draft, text_data(&name), column);
    }
  }
  if (status == STATUS_OK) {
    status = text_status(&name, e);
  }
  text_free(&name);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

static Status check_width(const Table *t, Error *e)
{
  const size_t columns = t->side[1].n, most = t->options->most;
  if (columns <= most &&
      (t->side[0].groups->n == 0 || t->side[1].groups->n <= SIZE_MAX / 16 / t->side[0].groups->n)) {
    return STATUS_OK;
  }
  (void)error_set(e, STATUS_LIMIT, "pivot-columns", _("this makes %1$zu columns, more than %2$zu"), columns, most);
  error_hint(e,
             _("take the column with fewer different cells for columns, cut numbers first, or raise the "
               "limit: most = %zu"),
             columns);
  return STATUS_LIMIT;
}

static void table_free(Table *t)
{
  for (int i = 0; i < 2; i++) {
    groups_free(t->side[i].groups);
    frame_unref(t->side[i].keys);
    mem_free(t->side[i].order);
  }
  mem_free(t->whole);
  mem_free(t->real);
  mem_free(t->rest);
}

Status frame_crosstab(const Frame *frame, const CrosstabOptions *options, Task *task, Frame **out, size_t *left_out,
                      Error *e)
{
  Table t = {.frame = frame, .options = options, .task = task};
  Status status;
  *out = NULL;
  TRY(open_side(&t, 0, options->rows, e));
  TRY(open_side(&t, 1, options->columns, e));
  TRY(check_width(&t, e));
  TRY(count(&t, e));
  TRY(make_frame(&t, out, e));
  *left_out = t.left_out;
done:
  if (status == STATUS_DATA && e && strcmp(e->id, "name-twice") == 0) {
    (void)error_hint(e, _("rename the column of the rows, or change the cells"));
  }
  table_free(&t);
  return status;
}
