/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resample: aggregates by period, with the periods between that do not occur. */
#include <string.h>

#include "core/alloc.h"
#include "expr/expr.h"
#include "frame/append.h"
#include "registry/registry.h"
#include "shape/join_rows.h"
#include "shape/resample.h"

/* clang-format off */
#define RESAMPLE_OPTIONS(O) \
  O(time, COLUMN, OPTION_REQUIRED, 1, 0, "", "", "column of times") \
  O(every, TEXT, OPTION_REQUIRED, 1, 0, "", "", \
    "length of a period: \"month\", \"week\", \"7 days\", \"15 minutes\"") \
  O(agg, EXPRESSIONS, OPTION_UNSET, 1, 0, "", "", \
    "expressions with aggregates, \"n = count()\"; the number of rows when not given") \
  O(by, COLUMNS, OPTION_UNSET, 1, 0, "", "", "columns whose groups each have a sequence of their own") \
  O(complete, CHOICE, "group", 0, 0, "none|group|all", "", \
    "periods that do not occur: left out, filled within each group, or within all")
/* clang-format on */
typedef struct ResampleOptions {
  RESAMPLE_OPTIONS(OPTION_FIELD)
} ResampleOptions;
#define ROW(...) OPTION_ROW_OF(ResampleOptions, __VA_ARGS__)
static const Option resample_options[] = {RESAMPLE_OPTIONS(ROW)};
#undef ROW

typedef struct Resample {
  Call *call;
  const ResampleOptions *options;
  Task *task;
  Frame *frame;        /* the rows that have a time */
  const Column *times; /* of it */
  Periods periods;
  int64_t *number; /* of its rows */
  const size_t *by;
  size_t n_by;
  Groups *groups, *cells; /* by `by`; by `by` and the period */
  Sequence sequence;
  size_t n; /* results */
  const char **names;
  Column **results; /* a cell per group of cells, and that of no rows behind them */
} Resample;

static Status no_memory(Error *e)
{
  return error_memory(e, 0, _("a resampled frame"));
}

static Status find_by(Resample *r, Error *e)
{
  const Frame *data = r->call->data->frame;
  if (r->options->by.n == 0) {
    r->by = frame_keys(data, &r->n_by);
    return STATUS_OK;
  }
  size_t *by = arena_alloc(&r->task->arena, r->options->by.n, sizeof *by);
  Status status = by ? STATUS_OK : no_memory(e);
  for (size_t i = 0; status == STATUS_OK && i < r->options->by.n; i++) {
    status = frame_need(data, r->options->by.items[i], &by[i], e);
  }
  r->by = by;
  r->n_by = r->options->by.n;
  return status;
}

/* Leaves out the rows without a time. */
static Status keep_rows(Resample *r, Error *e)
{
  const Frame *data = r->call->data->frame;
  const size_t rows = frame_rows(data);
  size_t n = 0;
  if (r->periods.missing == 0) {
    r->frame = frame_ref(data);
    r->number = r->periods.number;
    r->periods.number = NULL;
    return STATUS_OK;
  }
  Status status = groups_check_rows(rows, e);
  uint32_t *kept = mem_alloc(rows, sizeof *kept);
  r->number = mem_alloc(rows, sizeof *r->number);
  if (status == STATUS_OK && (!kept || !r->number)) {
    status = no_memory(e);
  }
  for (size_t row = 0; status == STATUS_OK && row < rows; row++) {
    if (r->periods.number[row] != INT64_MIN) {
      r->number[n] = r->periods.number[row];
      kept[n++] = (uint32_t)row;
    }
  }
  if (status == STATUS_OK) {
    status = frame_pick(data, kept, n, false, r->task, &r->frame, e);
    text_printf(r->call->notes, _("rows left out because '%1$s' is missing: %2$zu\n"), r->options->time,
                r->periods.missing);
  }
  mem_free(kept);
  return status;
}

static Status open_rows(Resample *r, Error *e)
{
  const Frame *data = r->call->data->frame;
  TimeSpan every;
  size_t time = 0;
  Status status;
  TRY(span_parse(r->options->every, &every, e));
  TRY(frame_need(data, r->options->time, &time, e));
  TRY(find_by(r, e));
  for (size_t i = 0; i < r->n_by; i++) {
    if (r->by[i] == time) {
      TRY(error_set(e, STATUS_ARGUMENT, "column-twice", _("column '%s' cannot be the time and a group"),
                    r->options->time));
    }
  }
  TRY(periods_of(frame_column(data, time), r->options->time, &every, r->task, &r->periods, e));
  TRY(keep_rows(r, e));
  r->times = frame_column(r->frame, time);
done:
  return status;
}

/* Groups of (by, period), the rows of each in order of time. */
static Status make_groups(Resample *r, Error *e)
{
  const size_t rows = frame_rows(r->frame), n = r->n_by + 1;
  const char **names = arena_alloc(&r->task->arena, n, sizeof *names);
  const Column **columns = arena_alloc(&r->task->arena, n, sizeof *columns);
  size_t *all = arena_alloc(&r->task->arena, n, sizeof *all);
  Column *numbers = NULL;
  Frame *keys = NULL;
  Status status;
  if (!names || !columns || !all) {
    return no_memory(e);
  }
  TRY(column_of_ints(r->number, rows, &numbers, e));
  for (size_t i = 0; i < n; i++) {
    names[i] = i < r->n_by ? frame_name(r->frame, r->by[i]) : r->options->time;
    columns[i] = i < r->n_by ? frame_column(r->frame, r->by[i]) : numbers;
    all[i] = i;
  }
  TRY(frame_new(names, columns, n, &keys, e));
  TRY(r->n_by > 0 ? groups_make(keys, all, r->n_by, r->task, &r->groups, e) : groups_whole(rows, &r->groups, e));
  TRY(groups_make(keys, all, n, r->task, &r->cells, e));
  const OrderKey by_time = {.column = r->times};
  TRY(groups_arrange(r->cells, r->frame, &by_time, 1, r->task, e));
done:
  column_unref(numbers);
  frame_unref(keys);
  return status;
}

static Status make_sequence(Resample *r, Error *e)
{
  static const struct {
    const char *name;
    SequenceKind kind;
  } kinds[] = {{"none", SEQUENCE_OCCURRING}, {"group", SEQUENCE_GROUP}, {"all", SEQUENCE_ALL}};
  const size_t n = r->cells->n;
  uint32_t *group = mem_alloc(n, sizeof *group);
  int64_t *number = mem_alloc(n, sizeof *number);
  size_t kind = 0;
  Status status = group && number ? STATUS_OK : no_memory(e);
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    const size_t row = r->cells->first[i];
    group[i] = r->groups->of_row ? r->groups->of_row[row] : 0;
    number[i] = r->number[row];
  }
  while (strcmp(kinds[kind].name, r->options->complete) != 0) {
    kind++;
  }
  if (status == STATUS_OK) {
    status = sequence_make(group, number, n, kinds[kind].kind, r->task, &r->sequence, e);
  }
  mem_free(group);
  mem_free(number);
  return status;
}

/* ---- results */

/* Compiles one text against a frame and runs it over its groups. */
static Status evaluate(const Resample *r, const Frame *frame, Groups *groups, const char *text, Column **out,
                       const char **name, Error *e)
{
  const ExprScope scope = {.frame = frame};
  size_t begin = 0;
  Expr *expr = NULL;
  Status status;
  TRY(expr_split(text, &r->task->arena, name, &begin, e));
  TRY(expr_compile(text + begin, strlen(text) - begin, text, &scope, &r->task->arena, &expr, e));
  const Expr *const exprs[] = {expr};
  TRY(expr_groups(exprs, 1, groups, r->task, out, e));
  *name = *name ? *name : text + begin;
done:
  expr_release(expr);
  return status;
}

/* The cells of all groups, and what the expression gives of no rows: 0 for counts and sums, missing for the rest.
 */
static Status make_result(const Resample *r, const Frame *none, Groups *nothing, const char *text, Column **out,
                          const char **name, Error *e)
{
  Column *cells = NULL, *empty = NULL;
  Status status;
  TRY(evaluate(r, r->frame, r->cells, text, &cells, name, e));
  TRY(evaluate(r, none, nothing, text, &empty, name, e));
  TRY(columns_append((const AppendPart[]){{cells, r->cells->n}, {empty, 1}}, 2, r->task, out, e));
done:
  column_unref(cells);
  column_unref(empty);
  return status;
}

static Status make_results(Resample *r, Error *e)
{
  static const char *const standard[] = {"n = count()"};
  const OptionTexts texts = r->options->agg.n > 0 ? r->options->agg : (OptionTexts){standard, 1};
  Frame *none = NULL;
  Groups *nothing = NULL;
  Status status;
  r->results = arena_alloc(&r->task->arena, texts.n, sizeof *r->results);
  r->names = arena_alloc(&r->task->arena, texts.n, sizeof *r->names);
  if (!r->results || !r->names) {
    return no_memory(e);
  }
  TRY(frame_slice(r->frame, 0, 0, &none, e));
  TRY(groups_whole(0, &nothing, e));
  const OrderKey by_time = {.column = frame_column(none, 0)};
  TRY(groups_arrange(nothing, none, &by_time, 1, r->task, e));
  for (; r->n < texts.n; r->n++) {
    TRY(make_result(r, none, nothing, texts.items[r->n], &r->results[r->n], &r->names[r->n], e));
  }
done:
  groups_free(nothing);
  frame_unref(none);
  return status;
}

static Status make_frame(const Resample *r, Frame **out, Error *e)
{
  const Sequence *s = &r->sequence;
  const size_t n = 1 + r->n_by + r->n;
  const char **names = arena_alloc(&r->task->arena, n, sizeof *names);
  Column **columns = arena_alloc(&r->task->arena, n, sizeof *columns);
  Frame *keys = NULL;
  Status status;
  if (!names || !columns) {
    return no_memory(e);
  }
  names[0] = r->options->time;
  TRY(periods_column(&r->periods, s->number, s->n, &columns[0], e));
  TRY(groups_keys(r->groups, r->frame, r->by, r->n_by, &keys, e));
  for (size_t i = 0; i < r->n_by; i++) {
    names[1 + i] = frame_name(keys, i);
    TRY(column_pick(frame_column(keys, i), s->group, s->n, false, r->task, &columns[1 + i], e));
  }
  for (size_t i = 0; i < s->n; i++) {
    s->cell[i] = s->cell[i] == NO_ROW ? (uint32_t)r->cells->n : s->cell[i];
  }
  for (size_t i = 0; i < r->n; i++) {
    names[1 + r->n_by + i] = r->names[i];
    TRY(column_pick(r->results[i], s->cell, s->n, false, r->task, &columns[1 + r->n_by + i], e));
  }
  TRY(frame_new(names, (const Column *const *)columns, n, out, e));
done:
  for (size_t i = 0; i < n; i++) {
    column_unref(columns[i]);
  }
  frame_unref(keys);
  return status;
}

static void resample_free(Resample *r)
{
  for (size_t i = 0; r->results && i < r->n; i++) {
    column_unref(r->results[i]);
  }
  frame_unref(r->frame);
  groups_free(r->groups);
  groups_free(r->cells);
  periods_free(&r->periods);
  sequence_free(&r->sequence);
  mem_free(r->number);
}

static Status run_resample(Call *call, Value *out, Error *e)
{
  Resample r = {.call = call, .options = call->options, .task = call->task};
  Frame *frame = NULL;
  Status status;
  TRY(open_rows(&r, e));
  TRY(make_groups(&r, e));
  TRY(make_results(&r, e));
  TRY(make_sequence(&r, e));
  TRY(make_frame(&r, &frame, e));
  if (r.sequence.empty > 0) {
    text_printf(call->notes, _("periods without rows: %1$zu of %2$zu\n"), r.sequence.empty, r.sequence.n);
  }
  *out = value_of_frame(frame);
done:
  resample_free(&r);
  return status;
}

static const Primitive resample_primitive = {
    .size = sizeof(Primitive),
    .family = "frame",
    .name = "resample",
    .version = 1,
    .summary = "aggregates by period of time, in a regular sequence",
    .details = "Each row belongs to the period its time lies in; the result has the periods' beginnings and the "
               "aggregates, groups in order of first appearance, periods in order. Periods that do not occur "
               "stand there too, with what the expressions give of no rows: 0 for count and sum, missing for the "
               "rest. Within a period rows are taken in the order of time, for first and last. Weeks begin on "
               "Monday. Several days, hours or weeks (\"7 days\") are counted from the day (weeks: the Monday) "
               "of the earliest time, several months from January. Times with a zone go by its clock; periods of at most "
               "an hour are of equal length where clocks change. Rows without a time are left out and counted.",
    .takes = VALUE_FRAME,
    .main = "agg",
    .options = resample_options,
    .n_options = sizeof resample_options / sizeof *resample_options,
    .options_size = sizeof(ResampleOptions),
    .gives = VALUE_FRAME,
    .returns = "a frame: the time, the groups' columns, then the results",
    .reference = "",
    .example = "df = read \"datasets/orders/orders.csv\"\n"
               "df:resample{\"revenue = sum(quantity * price)\", time = \"date\", every = \"month\"}",
    .where = WHERE_JOB,
    .run = run_resample};
REGISTER_PRIMITIVE(resample_primitive);
