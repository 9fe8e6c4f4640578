/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <math.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "frame/builder.h"
#include "shape/groups_items.h"
#include "shape/window_parts.h"

enum { PIECE_ROWS = 1 << 15 };

static WindowCell cell_of_kind(int kind)
{
  WindowCell cell = window_rank_cell(kind);
  cell = cell ? cell : window_rows_cell(kind);
  cell = cell ? cell : window_running_cell(kind);
  return cell ? cell : window_rolling_cell(kind);
}

Status window_overflow(const Window *w, size_t row, Error *e)
{
  (void)error_set(e, STATUS_DATA, "overflow", _("%1$s is beyond int64 at row %2$zu"), w->call->function->name, row + 1);
  (void)error_hint(e, _("take %s(float64(x))"), w->call->function->name);
  return STATUS_DATA;
}

/* ---- arguments ---- */

static Status bad_number(const ShapeCall *call, double number, const char *wants, Error *e)
{
  (void)error_set(e, STATUS_ARGUMENT, "out-of-range", _("%1$s takes %2$s, not %3$g"), call->function->name, wants,
                  number);
  (void)error_hint(e, _("write %1$s(%2$s)"), call->function->name, call->function->arguments);
  return STATUS_ARGUMENT;
}

/* A number of rows, from `low` on. */
static Status rows_of(const ShapeCall *call, size_t argument, double low, size_t *out, Error *e)
{
  const double number = call->numbers[argument];
  if (!(number >= low && number <= 0x1p53 && number == floor(number))) {
    return bad_number(call, number, low > 0 ? _("a whole number from 1 on") : _("a whole number from 0 on"), e);
  }
  *out = number < (double)UINT32_MAX ? (size_t)number : UINT32_MAX;
  return STATUS_OK;
}

static Status nth_of(Window *w, Error *e)
{
  const double number = w->call->numbers[1];
  if (number == 0 || number != floor(number) || !(fabs(number) <= 0x1p53)) {
    return bad_number(w->call, number, _("1, 2, 3 ... or from the end -1, -2 ..."), e);
  }
  const double places = fabs(number);
  w->n = places < (double)UINT32_MAX ? (size_t)places : UINT32_MAX;
  return STATUS_OK;
}

/* A length of time in the place of a number of rows: along the order's first column. */
static Status time_of(Window *w, Error *e)
{
  const OrderKey *key = w->groups->n_keys > 0 ? w->groups->keys : NULL;
  if (!key || key->column->type != TYPE_TIMESTAMP || key->falling || key->missing_first) {
    (void)error_set(e, STATUS_ARGUMENT, "needs-order", _("%1$s(x, '%2$s') needs an order by a time that rises"),
                    w->call->function->name, w->call->texts[1]);
    (void)error_hint(e, _("give one beside the expression: order = \"date\""));
    return STATUS_ARGUMENT;
  }
  w->time = key->column;
  return span_parse(w->call->texts[1], &w->span, e);
}

static Status rolling_arguments(Window *w, Error *e)
{
  size_t least = 0;
  if (strchr(w->call->function->types, 'K')) {
    const Status status = w->call->n > 2 ? rows_of(w->call, 2, 0, &least, e) : STATUS_OK;
    w->least = w->call->n > 2 || w->kind == WINDOW_ROLLING_COUNT ? least : 1;
    return status == STATUS_OK ? time_of(w, e) : status;
  }
  Status status = rows_of(w->call, 1, 1, &w->n, e);
  if (status == STATUS_OK && w->call->n > 2) {
    status = rows_of(w->call, 2, 0, &least, e);
  } else if (w->kind != WINDOW_ROLLING_COUNT) {
    least = w->n;
  }
  w->least = least;
  return status;
}

static Status check_ties(const ShapeCall *call, Error *e)
{
  static const char *const known[] = {"min", "max", "average", "dense", "first"};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (strcmp(call->texts[1], known[i]) == 0) {
      return STATUS_OK;
    }
  }
  (void)error_set(e, STATUS_ARGUMENT, "out-of-range", _("rank_of has no ties '%s'"), call->texts[1]);
  (void)error_hint(e, _("ties are 'min', 'max', 'average', 'dense' or 'first'"));
  return STATUS_ARGUMENT;
}

static Status read_arguments(Window *w, Error *e)
{
  const ShapeCall *call = w->call;
  w->n = 1;
  switch (w->kind) {
  case WINDOW_NTILE:
    return rows_of(call, 0, 1, &w->n, e);
  case WINDOW_LAG:
  case WINDOW_LEAD:
  case WINDOW_DIFFERENCE:
  case WINDOW_GROWTH:
    return call->n > 1 ? rows_of(call, 1, 0, &w->n, e) : STATUS_OK;
  case WINDOW_NTH_VALUE:
    return nth_of(w, e);
  case WINDOW_RANK_OF_TIES:
    return check_ties(call, e);
  case WINDOW_EWM:
    w->alpha = call->numbers[1];
    return w->alpha > 0 && w->alpha <= 1 ? STATUS_OK : bad_number(call, w->alpha, _("a share above 0, at most 1"), e);
  default:
    return window_rolling_cell(w->kind) ? rolling_arguments(w, e) : STATUS_OK;
  }
}

static Status check_order(const ShapeCall *call, const Groups *groups, Error *e)
{
  if (!call->function->needs_order || groups->ordered) {
    return STATUS_OK;
  }
  (void)error_set(e, STATUS_ARGUMENT, "needs-order", _("%s() needs an order of the rows"), call->function->name);
  (void)error_hint(e, _("give one beside the expression: order = \"date\" or order = \"-amount\"; or take "
                         "rank_of(x)"));
  return STATUS_ARGUMENT;
}

static Type result_type(const Window *w)
{
  const char *result = strchr(w->call->function->types, ':') + 1;
  switch (*result) {
  case 'i': return TYPE_INT64;
  case 'f': return TYPE_FLOAT64;
  default: return w->x->type;
  }
}

/* ---- groups ---- */

static size_t first_group(const Window *w, size_t piece)
{
  const Groups *groups = w->groups;
  if (!groups->start || piece >= w->pieces) {
    return piece == 0 ? 0 : groups->n;
  }
  const size_t wanted = groups->rows / w->pieces * piece;
  size_t low = 0, high = groups->n;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (groups->start[middle] < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

static Status poll_rows(const Window *w, size_t *done, Error *e)
{
  if (++*done < PIECE_POLL) {
    return STATUS_OK;
  }
  *done = 0;
  return task_cancelled(w->task) ? error_cancelled(e) : STATUS_OK;
}

static Status run_group(const Window *w, Running *run, WindowCell cell, size_t *done, Error *e)
{
  const bool backwards = w->kind == WINDOW_FILL_UP;
  Status status = w->kind == WINDOW_SHARE ? window_share_begin(w, run, e) : STATUS_OK;
  for (size_t i = run->begin; i < run->end && status == STATUS_OK; i++) {
    status = poll_rows(w, done, e);
    if (status == STATUS_OK) {
      status = cell(w, run, backwards ? run->end - 1 - (i - run->begin) : i, e);
    }
  }
  return status;
}

static Status run_piece(void *context, size_t piece, size_t worker, Error *e)
{
  (void)worker;
  const Window *w = context;
  const WindowCell cell = cell_of_kind(w->kind);
  const size_t first = first_group(w, piece), end = first_group(w, piece + 1);
  size_t done = 0;
  Behind behind = {NULL, 0};
  Status status = STATUS_OK;
  for (size_t g = first; g < end && status == STATUS_OK; g++) {
    Running run = {.begin = group_begin(w->groups, g), .end = group_end(w->groups, g), .row = NO_ROW,
                   .behind = &behind};
    status = run_group(w, &run, cell, &done, e);
  }
  mem_free(behind.items);
  return status;
}

/* ---- results ---- */

typedef struct Packing {
  const Window *w;
  Result *result;
} Packing;

static Status pack_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)sum, (void)worker, (void)e;
  const Packing *packing = context;
  uint64_t *words = storage_data(packing->result->valid);
  for (size_t i = first; i < first + count; i++) {
    words[i / 64] |= (uint64_t)packing->w->there[i] << (i % 64);
  }
  return STATUS_OK;
}

static Status run_values(Window *w, Column **out, Error *e)
{
  Result result = {0};
  const size_t rows = w->groups->rows;
  Status status;
  w->there = mem_zero(rows, 1);
  if (!w->there) {
    TRY(items_no_memory(rows, 1, e));
  }
  TRY(result_make(&result, w->type, w->x, rows, e));
  w->values = storage_data(result.values);
  TRY(items_run(w->task, w->pieces, run_piece, w, e));
  Packing packing = {w, &result};
  const Reduce reduce = {.block = pack_block, .context = &packing};
  TRY(rows_reduce(w->task, rows, &reduce, NULL, e));
  TRY(result_finish(&result, out, e));
done:
  result_free(&result);
  mem_free(w->there);
  return status;
}

/* Rows that have no other row get the number given. */
static Status numbers_or(const Window *w, double otherwise, Column **out, Error *e)
{
  const size_t rows = w->groups->rows;
  Result result;
  if (w->x->type == TYPE_INT64 && !(otherwise == floor(otherwise) && fabs(otherwise) <= 0x1p53)) {
    return bad_number(w->call, otherwise, _("a whole number beside whole numbers"), e);
  }
  const Status status = result_make(&result, w->x->type, w->x, rows, e);
  if (status != STATUS_OK) {
    return status;
  }
  for (size_t i = 0; i < rows; i++) {
    const uint32_t row = w->rows[i];
    if (i % PIECE_POLL == 0 && task_cancelled(w->task)) {
      result_free(&result);
      return error_cancelled(e);
    }
    if (row != NO_ROW && !column_valid(w->x, row)) {
      continue;
    }
    if (w->x->type == TYPE_INT64) {
      result_int(&result, i, row == NO_ROW ? (int64_t)otherwise : cell_int(w->x, row));
    } else {
      result_float(&result, i, row == NO_ROW ? otherwise : cell_float(w->x, row));
    }
  }
  return result_finish(&result, out, e);
}

static Status texts_or(const Window *w, const char *otherwise, Column **out, Error *e)
{
  const size_t rows = w->groups->rows;
  Builder *builder = builder_new(w->x->type, rows);
  if (!builder) {
    return items_no_memory(rows, 8, e);
  }
  for (size_t i = 0; i < rows; i++) {
    const uint32_t row = w->rows[i];
    size_t length;
    if (i % 4096 == 0 && task_cancelled(w->task)) {
      builder_free(builder);
      return error_cancelled(e);
    }
    if (row == NO_ROW) {
      builder_text(builder, otherwise, strlen(otherwise));
    } else if (column_valid(w->x, row)) {
      const char *text = column_text(w->x, row, &length);
      builder_text(builder, text, length);
    } else {
      builder_missing(builder);
    }
  }
  return builder_finish(builder, out, e);
}

static Status run_rows(Window *w, Column **out, Error *e)
{
  const size_t rows = w->groups->rows;
  Status status;
  w->rows = mem_alloc(rows, sizeof *w->rows);
  if (!w->rows) {
    TRY(items_no_memory(rows, sizeof *w->rows, e));
  }
  TRY(items_run(w->task, w->pieces, run_piece, w, e));
  const bool otherwise = (w->kind == WINDOW_LAG || w->kind == WINDOW_LEAD) && w->call->n > 2;
  if (!otherwise) {
    status = column_pick(w->x, w->rows, rows, true, w->task, out, e);
  } else if (w->call->texts[2]) {
    status = texts_or(w, w->call->texts[2], out, e);
  } else {
    status = numbers_or(w, w->call->numbers[2], out, e);
  }
done:
  mem_free(w->rows);
  return status;
}

/* rank_of has an order of its own: that of its cells, in groups of which all else is shared. */
static Status run_by_cells(const Window *window, Column **out, Error *e)
{
  Window w = *window;
  const OrderKey key = {w.x, false, false};
  Groups sorted = {.rows = w.groups->rows, .n = w.groups->n, .of_row = w.groups->of_row, .first = w.groups->first};
  Status status;
  TRY(groups_arrange(&sorted, NULL, &key, 1, w.task, e));
  w.groups = &sorted;
  status = run_values(&w, out, e);
done:
  groups_release(&sorted);
  return status;
}

Status window_run(const ShapeCall *call, Groups *groups, Task *task, Column **out, Error *e)
{
  *out = NULL;
  Window w = {.call = call, .kind = call->function->kind, .groups = groups, .x = call->columns[0], .task = task};
  Status status;
  TRY(check_order(call, groups, e));
  TRY(read_arguments(&w, e));
  TRY(groups_check_rows(groups->rows, e));
  w.whole = w.x && w.x->type != TYPE_FLOAT64;
  w.type = result_type(&w);
  w.pieces = pieces_for(task, groups->rows, PIECE_ROWS) * 4;
  if (w.kind == WINDOW_RANK_OF || w.kind == WINDOW_RANK_OF_TIES) {
    return run_by_cells(&w, out, e);
  }
  if (groups->of_row && !groups->arranged) {
    TRY(groups_arrange(groups, NULL, NULL, 0, task, e));
  }
  status = window_rows_cell(w.kind) ? run_rows(&w, out, e) : run_values(&w, out, e);
done:
  return status;
}
