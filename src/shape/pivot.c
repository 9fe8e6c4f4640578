/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells are aggregates of the groups of all keys; each new column picks its own of them. */
#include "shape/pivot.h"

#include <string.h>

#include "core/alloc.h"
#include "frame/append.h"
#include "shape/join_rows.h"

typedef struct Pivot {
  const Frame *frame;
  const PivotOptions *options;
  Task *task;
  Groups *rows, *columns, *cells;
  Frame *row_keys, *column_keys;
  size_t *order;               /* of the column groups */
  Column **values;             /* a cell per group of cells, and perhaps the fill behind them */
  uint32_t *begin, *of_column; /* the cells of each column group */
  uint32_t *picked;            /* one column's cells by row */
  const char **names;
  Column **made;
  size_t n;
} Pivot;

static Status no_memory(Error *e)
{
  return error_memory(e, 0, _("a pivot"));
}

static uint32_t group_of(const Groups *groups, size_t row)
{
  return groups->of_row ? groups->of_row[row] : 0;
}

static Status make_groups(const Pivot *p, const size_t *columns, size_t n, Groups **out, Error *e)
{
  return n > 0 ? groups_make(p->frame, columns, n, p->task, out, e) : groups_whole(frame_rows(p->frame), out, e);
}

static Status check_columns(const Pivot *p, Error *e)
{
  const PivotOptions *o = p->options;
  for (size_t i = 0; i < o->n_rows; i++) {
    for (size_t j = 0; j < o->n_columns; j++) {
      if (o->rows[i] == o->columns[j]) {
        return error_set(e, STATUS_ARGUMENT, "column-twice", _("column '%s' stands in rows and in columns"),
                         frame_name(p->frame, o->rows[i]));
      }
    }
  }
  return STATUS_OK;
}

static Status find_groups(Pivot *p, Error *e)
{
  const PivotOptions *o = p->options;
  const size_t n = o->n_rows + o->n_columns;
  size_t *all = arena_alloc(&p->task->arena, n, sizeof *all);
  Status status;
  if (!all) {
    return no_memory(e);
  }
  memcpy(all, o->rows, o->n_rows * sizeof *all);
  memcpy(all + o->n_rows, o->columns, o->n_columns * sizeof *all);
  TRY(make_groups(p, o->rows, o->n_rows, &p->rows, e));
  TRY(make_groups(p, o->columns, o->n_columns, &p->columns, e));
  TRY(make_groups(p, all, n, &p->cells, e));
  TRY(groups_keys(p->rows, p->frame, o->rows, o->n_rows, &p->row_keys, e));
  TRY(groups_keys(p->columns, p->frame, o->columns, o->n_columns, &p->column_keys, e));
  TRY(pivot_order(p->column_keys, o->order, p->task, &p->order, e));
done:
  return status;
}

static Status check_width(const Pivot *p, Error *e)
{
  const size_t values = p->options->n_values ? p->options->n_values : 1, columns = p->columns->n;
  if (columns <= p->options->most / values) {
    return STATUS_OK;
  }
  (void)error_set(e, STATUS_LIMIT, "pivot-columns", _("this makes %1$zu columns, more than %2$zu"),
                  columns * values, p->options->most);
  error_hint(e, _("turn round a column with fewer different cells, or raise the limit: most = %zu"),
             columns * values);
  return STATUS_LIMIT;
}

/* ---- one row per cell */

static void key_text(const Frame *keys, size_t row, Text *out)
{
  for (size_t i = 0; i < frame_columns(keys); i++) {
    text_printf(out, "%s%s = ", out->size ? ", " : "", frame_name(keys, i));
    column_cell_text(frame_column(keys, i), row, out);
  }
}

static Status refuse_duplicate(const Pivot *p, size_t row, Error *e)
{
  const uint32_t cell = group_of(p->cells, row);
  size_t n = 0;
  for (size_t i = 0; i < p->cells->rows; i++) {
    n += group_of(p->cells, i) == cell;
  }
  Text text = {0};
  key_text(p->row_keys, group_of(p->rows, row), &text);
  key_text(p->column_keys, group_of(p->columns, row), &text);
  (void)error_set(e, STATUS_DATA, "pivot-duplicates", _("%1$zu rows have %2$.200s"), n, text_data(&text));
  text_free(&text);
  error_hint(e, _("say what becomes of several rows: agg = \"sum\", \"mean\", \"first\", \"count\" ..."));
  return STATUS_DATA;
}

static Status take_values(Pivot *p, Error *e)
{
  for (size_t row = 0; p->cells->n < p->cells->rows && row < p->cells->rows; row++) {
    if (p->cells->first[group_of(p->cells, row)] != row) {
      return refuse_duplicate(p, row, e);
    }
  }
  for (size_t v = 0; v < p->options->n_values; v++) {
    const Column *column = frame_column(p->frame, p->options->values[v]);
    const Status status = column_take(column, p->cells->first, p->cells->n, &p->values[v], e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  return STATUS_OK;
}

static Status aggregate_values(Pivot *p, Error *e)
{
  const PivotOptions *o = p->options;
  const size_t n = o->n_values ? o->n_values : 1;
  ShapeCall *calls = arena_alloc(&p->task->arena, n, sizeof *calls);
  if (!calls) {
    return no_memory(e);
  }
  for (size_t v = 0; v < n; v++) {
    const Column *column = o->n_values ? frame_column(p->frame, o->values[v]) : NULL;
    const Status status =
        pivot_aggregate(o->aggregate, column, column ? frame_name(p->frame, o->values[v]) : "", &calls[v], e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  return aggregate_run(calls, n, p->cells, p->task, p->values, e);
}

/* A cell for groups that do not occur stands behind the others. */
static Status add_fill(Pivot *p, const Column *fill, Error *e)
{
  for (size_t v = 0; v < (p->options->n_values ? p->options->n_values : 1); v++) {
    const AppendPart parts[] = {{p->values[v], p->cells->n}, {fill, 1}};
    Column *both = NULL;
    const Status status = columns_append(parts, 2, p->task, &both, e);
    if (status != STATUS_OK) {
      if (status == STATUS_DATA) {
        error_hint(e, _("fill must go with the type of the cells"));
      }
      return status;
    }
    column_unref(p->values[v]);
    p->values[v] = both;
  }
  return STATUS_OK;
}

static Status make_values(Pivot *p, Error *e)
{
  const PivotOptions *o = p->options;
  static const int64_t zero = 0;
  p->values = arena_alloc(&p->task->arena, o->n_values + 1, sizeof *p->values);
  if (!p->values) {
    return no_memory(e);
  }
  Status status = o->aggregate ? aggregate_values(p, e) : take_values(p, e);
  if (status == STATUS_OK && o->fill) {
    return add_fill(p, o->fill, e);
  }
  if (status == STATUS_OK && o->aggregate && strcmp(o->aggregate, "count") == 0) {
    Column *none = NULL;
    status = column_of_ints(&zero, 1, &none, e);
    status = status == STATUS_OK ? add_fill(p, none, e) : status;
    column_unref(none);
  }
  return status;
}

/* ---- the new columns */

static Status deal_cells(Pivot *p, Error *e)
{
  const size_t columns = p->columns->n, cells = p->cells->n;
  p->begin = mem_zero(columns + 2, sizeof *p->begin);
  p->of_column = mem_alloc(cells, sizeof *p->of_column);
  p->picked = mem_alloc(p->rows->n, sizeof *p->picked);
  if (!p->begin || !p->of_column || !p->picked) {
    return no_memory(e);
  }
  for (size_t i = 0; i < cells; i++) {
    p->begin[group_of(p->columns, p->cells->first[i]) + 2]++;
  }
  for (size_t i = 1; i < columns + 2; i++) {
    p->begin[i] += p->begin[i - 1];
  }
  for (size_t i = 0; i < cells; i++) {
    p->of_column[p->begin[group_of(p->columns, p->cells->first[i]) + 1]++] = (uint32_t)i;
  }
  return STATUS_OK;
}

static Status pick_column(Pivot *p, size_t value, size_t column, Column **out, Error *e)
{
  const size_t rows = p->rows->n;
  const uint32_t none = column_rows(p->values[value]) > p->cells->n ? (uint32_t)p->cells->n : NO_ROW;
  for (size_t i = 0; i < rows; i++) {
    p->picked[i] = none;
  }
  for (uint32_t i = p->begin[column]; i < p->begin[column + 1]; i++) {
    p->picked[group_of(p->rows, p->cells->first[p->of_column[i]])] = p->of_column[i];
  }
  return column_pick(p->values[value], p->picked, rows, none == NO_ROW, p->task, out, e);
}

static Status name_column(const Pivot *p, size_t value, size_t column, const char **out, Error *e)
{
  const PivotOptions *o = p->options;
  Text text = {0};
  if (o->n_values > 1) {
    text_printf(&text, "%s%s", frame_name(p->frame, o->values[value]), o->separator);
  }
  text_puts(&text, o->prefix);
  for (size_t i = 0; i < o->n_columns; i++) {
    text_puts(&text, i ? o->separator : "");
    column_cell_text(frame_column(p->column_keys, i), column, &text);
  }
  if (text.size == 0) {
    text_puts(&text, _("empty"));
  }
  Status status = text_status(&text, e);
  if (status == STATUS_OK) {
    *out = arena_text(&p->task->arena, text_data(&text), text.size);
    status = *out ? STATUS_OK : no_memory(e);
  }
  text_free(&text);
  return status;
}

static Status make_columns(Pivot *p, Error *e)
{
  const size_t values = p->options->n_values ? p->options->n_values : 1;
  const size_t most = frame_columns(p->row_keys) + values * p->columns->n;
  p->names = arena_alloc(&p->task->arena, most, sizeof *p->names);
  p->made = arena_alloc(&p->task->arena, most, sizeof *p->made);
  if (!p->names || !p->made) {
    return no_memory(e);
  }
  for (; p->n < frame_columns(p->row_keys); p->n++) {
    p->names[p->n] = frame_name(p->row_keys, p->n);
    p->made[p->n] = column_ref(frame_column(p->row_keys, p->n));
  }
  for (size_t v = 0; v < values; v++) {
    for (size_t c = 0; c < p->columns->n; c++) {
      Status status = name_column(p, v, p->order[c], &p->names[p->n], e);
      if (status == STATUS_OK) {
        status = pick_column(p, v, p->order[c], &p->made[p->n], e);
      }
      if (status != STATUS_OK) {
        return status;
      }
      p->n++;
    }
  }
  return STATUS_OK;
}

static void pivot_free(Pivot *p)
{
  for (size_t i = 0; p->made && i < p->n; i++) {
    column_unref(p->made[i]);
  }
  for (size_t v = 0; p->values && v <= p->options->n_values; v++) {
    column_unref(p->values[v]);
  }
  groups_free(p->rows);
  groups_free(p->columns);
  groups_free(p->cells);
  frame_unref(p->row_keys);
  frame_unref(p->column_keys);
  mem_free(p->order);
  mem_free(p->begin);
  mem_free(p->of_column);
  mem_free(p->picked);
}

Status frame_pivot(const Frame *frame, const PivotOptions *options, Task *task, Frame **out, Error *e)
{
  Pivot p = {.frame = frame, .options = options, .task = task};
  Status status;
  *out = NULL;
  TRY(check_columns(&p, e));
  TRY(find_groups(&p, e));
  TRY(check_width(&p, e));
  TRY(make_values(&p, e));
  TRY(deal_cells(&p, e));
  TRY(make_columns(&p, e));
  TRY(frame_new(p.names, (const Column *const *)p.made, p.n, out, e));
done:
  if (status == STATUS_DATA && e && strcmp(e->id, "name-twice") == 0) {
    (void)error_hint(e, _("give the new columns a prefix: prefix = \"is_\""));
  }
  pivot_free(&p);
  return status;
}
