/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter, mutate, agg and compute: the verbs that take expressions. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "expr/expr.h"
#include "expr/expr_lex.h"
#include "registry/registry.h"

/* What all of them share: values for $names, and groups. */
typedef struct Verb {
  Call *call;
  const Frame *frame;
  const OptionTexts *by, *order;
  const Value *rest;
  ExprParameter *parameters;
  size_t n_parameters;
  bool *used;
  Groups *groups;
  const size_t *keys;    /* columns grouped by */
  size_t n_keys;
} Verb;

/* ---- values for $names */

static Status set_parameter(const char *name, const Value *value, ExprParameter *out, Error *e)
{
  out->name = name;
  switch (value->kind) {
  case VALUE_NUMBER: out->type = TYPE_FLOAT64; out->number = value->number; return STATUS_OK;
  case VALUE_INT: out->type = TYPE_INT64; out->integer = value->integer; return STATUS_OK;
  case VALUE_BOOL: out->type = TYPE_BOOL; out->integer = value->flag; return STATUS_OK;
  case VALUE_MISSING: out->type = TYPE_STRING; out->missing = true; return STATUS_OK;
  case VALUE_TEXT:
    out->type = TYPE_STRING;
    out->text = value->text.bytes;
    out->length = value->text.length;
    return STATUS_OK;
  default:
    error_set(e, STATUS_ARGUMENT, "wrong-type", _("$%1$s cannot be %2$s"), name, value_kind_name(value->kind));
    (void)error_hint(e, _("a number, a text, true, false or NA stands for a $name"));
    return STATUS_ARGUMENT;
  }
}

/* Whether $name occurs in the text. */
static bool mentions(const char *text, const char *name, Arena *arena)
{
  const Source source = {text, strlen(text), NULL};
  size_t position = 0;
  Token token;
  Error ignored;
  do {
    error_clear(&ignored);
    if (expr_token(&source, &position, &token, arena, &ignored) != STATUS_OK) {
      return false;
    }
  } while (token.kind != TOKEN_END && !(token.kind == TOKEN_PARAMETER && strcmp(token.text, name) == 0));
  return token.kind != TOKEN_END;
}

static Status add_parameter(Verb *verb, size_t item, Error *e)
{
  ExprParameter *parameter = &verb->parameters[verb->n_parameters];
  parameter->used = &verb->used[verb->n_parameters++];
  return set_parameter(verb->rest->list.names[item], &verb->rest->list.items[item], parameter, e);
}

static Status open_parameters(Verb *verb, Error *e)
{
  const size_t n = verb->rest ? verb->rest->list.n : 0;
  Arena *arena = &verb->call->task->arena;
  verb->parameters = arena_alloc(arena, n, sizeof *verb->parameters);
  verb->used = arena_alloc(arena, n, sizeof *verb->used);
  return verb->parameters && verb->used ? STATUS_OK : error_memory(e, 0, _("arguments"));
}

/* A value that nothing refers to is a mistake. */
static Status refuse_unused(const Verb *verb, Error *e)
{
  const Primitive *primitive = verb->call->primitive;
  const char *names[16];
  size_t n = 0;
  for (; n < primitive->n_options && n < 16; n++) {
    names[n] = primitive->options[n].name;
  }
  for (size_t i = 0; i < verb->n_parameters; i++) {
    const char *name = verb->parameters[i].name;
    if (!verb->used[i]) {
      const size_t near = text_nearest(name, names, n);
      error_set(e, STATUS_NAME, "unknown-parameter", _("'%1$s' is no option of %2$s, and no expression has $%1$s"),
                name, primitive->name);
      (void)(near < n ? error_hint(e, _("did you mean the option '%s'?"), names[near])
                      : error_hint(e, _("write $%s in the expression where the value is wanted"), name));
      return STATUS_NAME;
    }
  }
  return STATUS_OK;
}

/* ---- groups */

static Status find_keys(Verb *verb, Error *e)
{
  verb->keys = frame_keys(verb->frame, &verb->n_keys);
  if (verb->by->n == 0) {
    return STATUS_OK;
  }
  size_t *columns = arena_alloc(&verb->call->task->arena, verb->by->n, sizeof *columns);
  Status status = columns ? STATUS_OK : error_memory(e, 0, _("columns"));
  for (size_t i = 0; i < verb->by->n && status == STATUS_OK; i++) {
    status = frame_need(verb->frame, verb->by->items[i], &columns[i], e);
    for (size_t k = 0; k < i && status == STATUS_OK; k++) {
      if (columns[k] == columns[i]) {
        return error_set(e, STATUS_ARGUMENT, "column-twice", _("column '%s' is given twice in by"),
                         verb->by->items[i]);
      }
    }
  }
  verb->keys = columns;
  verb->n_keys = verb->by->n;
  return status;
}

static Status open_groups(Verb *verb, Error *e)
{
  Task *task = verb->call->task;
  Status status = verb->n_keys > 0 ? groups_make(verb->frame, verb->keys, verb->n_keys, task, &verb->groups, e)
                                   : groups_whole(frame_rows(verb->frame), &verb->groups, e);
  if (status == STATUS_OK && verb->order->n > 0) {
    OrderKey *keys = arena_alloc(&task->arena, verb->order->n, sizeof *keys);
    status = keys ? order_keys(verb->frame, verb->order, false, keys, e) : error_memory(e, 0, _("columns"));
    if (status == STATUS_OK) {
      status = groups_arrange(verb->groups, verb->frame, keys, verb->order->n, task, e);
    }
  }
  return status;
}

/* An expression of rows needs groups only for what looks at several rows. */
static Status groups_for(Verb *verb, const Expr *expr, Error *e)
{
  const bool needs = expr_has_aggregate(expr) || expr_has_window(expr);
  return needs && !verb->groups ? open_groups(verb, e) : STATUS_OK;
}

static Status compile(Verb *verb, const Frame *frame, const char *text, size_t begin, Expr **out, Error *e)
{
  const ExprScope scope = {frame, verb->parameters, verb->n_parameters};
  return expr_compile(text + begin, strlen(text) - begin, text, &scope, &verb->call->task->arena, out, e);
}

/* The cells of an expression for the rows of a frame, which may have more columns than the verb's own. */
static Status compute(Verb *verb, const Frame *frame, const char *text, size_t begin, Column **out, Error *e)
{
  Expr *expr;
  *out = NULL;
  Status status = compile(verb, frame, text, begin, &expr, e);
  if (status == STATUS_OK) {
    status = groups_for(verb, expr, e);
  }
  if (status == STATUS_OK) {
    status = expr_rows(expr, verb->groups, verb->call->task, out, e);
  }
  expr_release(expr);
  return status;
}

/* ---- filter and compute */

#define FILTER_OPTIONS(O)                                                                                            \
  O(condition, CONDITION, OPTION_REQUIRED, 1, 0, "", "", "which rows to keep")                                       \
  O(by, COLUMNS, OPTION_UNSET, 0, 0, "", "", "columns whose equal cells make a group for aggregates and windows")   \
  O(order, ORDER, OPTION_UNSET, 0, 0, "", "", "order of a group's rows for windows, first and last")                \
  O(parameters, REST, OPTION_UNSET, 0, 0, "", "", "values for the $names in the condition")
typedef struct FilterOptions {
  FILTER_OPTIONS(OPTION_FIELD)
} FilterOptions;
#define ROW(...) OPTION_ROW_OF(FilterOptions, __VA_ARGS__)
static const Option filter_options[] = {FILTER_OPTIONS(ROW)};
#undef ROW

#define COMPUTE_OPTIONS(O)                                                                                           \
  O(expression, EXPRESSION, OPTION_REQUIRED, 1, 0, "", "", "what to compute for each row")                           \
  O(by, COLUMNS, OPTION_UNSET, 0, 0, "", "", "columns whose equal cells make a group for aggregates and windows")   \
  O(order, ORDER, OPTION_UNSET, 0, 0, "", "", "order of a group's rows for windows, first and last")                \
  O(parameters, REST, OPTION_UNSET, 0, 0, "", "", "values for the $names in the expression")
typedef struct ComputeOptions {
  COMPUTE_OPTIONS(OPTION_FIELD)
} ComputeOptions;
#define ROW(...) OPTION_ROW_OF(ComputeOptions, __VA_ARGS__)
static const Option compute_options[] = {COMPUTE_OPTIONS(ROW)};
#undef ROW

/* Parameters and keys of a verb whose further names are all parameters. */
static Status open_verb(Verb *verb, Error *e)
{
  Status status = open_parameters(verb, e);
  for (size_t i = 0; status == STATUS_OK && verb->rest && i < verb->rest->list.n; i++) {
    status = add_parameter(verb, i, e);
  }
  return status == STATUS_OK ? find_keys(verb, e) : status;
}

static Status match_expression(Verb *verb, const char *text, size_t **rows, size_t *n, size_t *unknown, Error *e)
{
  Expr *expr;
  Status status = compile(verb, verb->frame, text, 0, &expr, e);
  if (status == STATUS_OK) {
    status = groups_for(verb, expr, e);
  }
  if (status == STATUS_OK) {
    status = expr_matches(expr, verb->groups, verb->call->task, rows, n, unknown, e);
  }
  expr_release(expr);
  return status;
}

static Status match_column(const Verb *verb, const Column *column, size_t **rows, size_t *n, size_t *unknown,
                           Error *e)
{
  if (column_rows(column) != frame_rows(verb->frame)) {
    error_set(e, STATUS_ARGUMENT, "wrong-length", _("the column has %1$zu rows and the frame %2$zu"),
              column_rows(column), frame_rows(verb->frame));
    error_hint(e, _("make the condition from columns of the same frame"));
    return STATUS_ARGUMENT;
  }
  return expr_true_rows(column, rows, n, unknown, e);
}

static void note_kept(Text *notes, size_t kept, size_t all, size_t unknown)
{
  text_printf(notes, _("kept %1$zu of %2$zu rows"), kept, all);
  if (unknown > 0) {
    text_printf(notes, _("; for %zu the condition is missing, and they are left out"), unknown);
  }
  text_char(notes, '\n');
}

static Status run_filter(Call *call, Value *out, Error *e)
{
  const FilterOptions *options = call->options;
  Verb verb = {.call = call,
               .frame = call->data->frame,
               .by = &options->by,
               .order = &options->order,
               .rest = options->parameters};
  size_t *rows = NULL, n = 0, unknown = 0;
  Frame *frame = NULL;
  Status status;
  TRY(open_verb(&verb, e));
  if (options->condition->kind == VALUE_COLUMN) {
    TRY(match_column(&verb, options->condition->column, &rows, &n, &unknown, e));
  } else {
    TRY(match_expression(&verb, options->condition->text.bytes, &rows, &n, &unknown, e));
  }
  TRY(refuse_unused(&verb, e));
  TRY(frame_take(verb.frame, rows, n, &frame, e));
  note_kept(call->notes, n, frame_rows(verb.frame), unknown);
  *out = value_of_frame(frame);
done:
  mem_free(rows);
  groups_free(verb.groups);
  return status;
}

static Status run_compute(Call *call, Value *out, Error *e)
{
  const ComputeOptions *options = call->options;
  Verb verb = {.call = call,
               .frame = call->data->frame,
               .by = &options->by,
               .order = &options->order,
               .rest = options->parameters};
  Column *column = NULL;
  Status status;
  TRY(open_verb(&verb, e));
  TRY(compute(&verb, verb.frame, options->expression, 0, &column, e));
  TRY(refuse_unused(&verb, e));
  *out = value_of_column(column);
  column = NULL;
done:
  column_unref(column);
  groups_free(verb.groups);
  return status;
}

/* ---- mutate and agg */

#define MUTATE_OPTIONS(O)                                                                                            \
  O(columns, EXPRESSIONS, OPTION_UNSET, 0, 0, "", "", "new or changed columns, one after the other")                \
  O(by, COLUMNS, OPTION_UNSET, 0, 0, "", "", "columns whose equal cells make a group for aggregates and windows")   \
  O(order, ORDER, OPTION_UNSET, 0, 0, "", "", "order of a group's rows for windows, first and last")                \
  O(named, REST, OPTION_UNSET, 0, 0, "", "", "columns by name, or values for the $names in expressions")
typedef struct MutateOptions {
  MUTATE_OPTIONS(OPTION_FIELD)
} MutateOptions;
#define ROW(...) OPTION_ROW_OF(MutateOptions, __VA_ARGS__)
static const Option mutate_options[] = {MUTATE_OPTIONS(ROW)};
#undef ROW

#define AGG_OPTIONS(O)                                                                                               \
  O(columns, EXPRESSIONS, OPTION_UNSET, 0, 0, "", "", "one cell per group each")                                     \
  O(by, COLUMNS, OPTION_UNSET, 0, 0, "", "", "columns to group by")                                                  \
  O(order, ORDER, OPTION_UNSET, 0, 0, "", "", "order of a group's rows for windows, first and last")                \
  O(named, REST, OPTION_UNSET, 0, 0, "", "", "columns by name, or values for the $names in expressions")
typedef struct AggOptions {
  AGG_OPTIONS(OPTION_FIELD)
} AggOptions;
#define ROW(...) OPTION_ROW_OF(AggOptions, __VA_ARGS__)
static const Option agg_options[] = {AGG_OPTIONS(ROW)};
#undef ROW

/* A column to make: by an expression, or a value that came by name. */
typedef struct Item {
  const char *name;
  const char *text;     /* NULL: value */
  size_t begin;
  const Value *value;
} Item;

typedef struct Items {
  Item *items;
  size_t n, listed;     /* those of the list come first */
} Items;

static int compare_items(const void *a, const void *b)
{
  return strcmp(((const Item *)a)->name, ((const Item *)b)->name);
}

static bool is_mentioned(const Verb *verb, const OptionTexts *list, const char *name)
{
  Arena *arena = &verb->call->task->arena;
  bool found = false;
  for (size_t i = 0; i < list->n && !found; i++) {
    found = mentions(list->items[i], name, arena);
  }
  for (size_t i = 0; verb->rest && i < verb->rest->list.n && !found; i++) {
    const Value *value = &verb->rest->list.items[i];
    found = value->kind == VALUE_TEXT && mentions(value->text.bytes, name, arena);
  }
  return found;
}

static Status list_item(const Verb *verb, const char *text, Item *item, Error *e)
{
  const Status status = expr_split(text, &verb->call->task->arena, &item->name, &item->begin, e);
  item->text = text;
  if (status == STATUS_OK && !item->name) {
    item->name = text + strspn(text, " \t\n"); /* called by its text */
  }
  return status;
}

/* The list's expressions in order, then columns by name in byte order; names that stand as $name are parameters. */
static Status read_items(Verb *verb, const OptionTexts *list, Items *out, Error *e)
{
  const size_t n_rest = verb->rest ? verb->rest->list.n : 0;
  out->items = arena_alloc(&verb->call->task->arena, list->n + n_rest, sizeof *out->items);
  Status status = out->items ? open_parameters(verb, e) : error_memory(e, 0, _("columns"));
  for (; out->n < list->n && status == STATUS_OK; out->n++) {
    status = list_item(verb, list->items[out->n], &out->items[out->n], e);
  }
  out->listed = out->n;
  for (size_t i = 0; i < n_rest && status == STATUS_OK; i++) {
    const Value *value = &verb->rest->list.items[i];
    if (is_mentioned(verb, list, verb->rest->list.names[i])) {
      status = add_parameter(verb, i, e);
      continue;
    }
    const bool text = value->kind == VALUE_TEXT;
    out->items[out->n++] = (Item){verb->rest->list.names[i], text ? value->text.bytes : NULL, 0, value};
  }
  if (status == STATUS_OK && out->n == 0) {
    error_set(e, STATUS_ARGUMENT, "missing-option", _("%s needs at least one column to make"),
              verb->call->primitive->name);
    (void)error_hint(e, "%s", verb->call->primitive->example);
    return STATUS_ARGUMENT;
  }
  if (status == STATUS_OK) {
    qsort(out->items + out->listed, out->n - out->listed, sizeof *out->items, compare_items);
  }
  return status;
}

/* A column given as it is, or a number, true, false or NA for every row. */
static Status value_column(const Verb *verb, const Item *item, Column **out, Error *e)
{
  if (item->value->kind == VALUE_COLUMN) {
    *out = column_ref(item->value->column);
    if (column_rows(*out) == frame_rows(verb->frame)) {
      return STATUS_OK;
    }
    error_set(e, STATUS_ARGUMENT, "wrong-length", _("'%1$s' has %2$zu rows and the frame %3$zu"), item->name,
              column_rows(*out), frame_rows(verb->frame));
    column_unref(*out);
    *out = NULL;
    return STATUS_ARGUMENT;
  }
  ExprParameter parameter = {.name = item->name};
  Expr *expr = NULL;
  Status status = set_parameter("value", item->value, &parameter, NULL);
  if (status != STATUS_OK) {
    error_set(e, STATUS_ARGUMENT, "wrong-type", _("'%1$s' cannot be %2$s"), item->name,
              value_kind_name(item->value->kind));
    error_hint(e, _("an expression, a column, a number, true, false or NA; cells are a column by frame{{\"%s\", "
                    "{1, 2}}}"), item->name);
  } else {
    const ExprScope scope = {verb->frame, &parameter, 1};
    status = expr_compile("$value", 6, NULL, &scope, &verb->call->task->arena, &expr, e);
  }
  return status == STATUS_OK ? expr_rows(expr, NULL, verb->call->task, out, e) : status;
}

static Status add_column(Verb *verb, const Item *item, const Frame *from, Frame **frame, Error *e)
{
  Column *column = NULL;
  Frame *wider = NULL;
  Status status =
      item->text ? compute(verb, from, item->text, item->begin, &column, e) : value_column(verb, item, &column, e);
  if (status == STATUS_OK) {
    status = frame_with(*frame, item->name, column, &wider, e);
  } else {
    (void)error_where(e, _("%1$s.%2$s, column '%3$s'"), verb->call->primitive->family, verb->call->primitive->name,
                      item->name);
  }
  if (status == STATUS_OK) {
    frame_unref(*frame);
    *frame = wider;
  }
  column_unref(column);
  return status;
}

static Status run_mutate(Call *call, Value *out, Error *e)
{
  const MutateOptions *options = call->options;
  Verb verb = {
      .call = call, .frame = call->data->frame, .by = &options->by, .order = &options->order, .rest = options->named};
  Items items = {.n = 0};
  Frame *frame = frame_ref(verb.frame);
  Status status;
  TRY(read_items(&verb, &options->columns, &items, e));
  TRY(find_keys(&verb, e));
  for (size_t i = 0; i < items.n; i++) {
    TRY(add_column(&verb, &items.items[i], i < items.listed ? frame : verb.frame, &frame, e));
  }
  TRY(refuse_unused(&verb, e));
  *out = value_of_frame(frame);
  frame = NULL;
done:
  frame_unref(frame);
  groups_free(verb.groups);
  return status;
}

static Status refuse_value(const Item *item, Error *e)
{
  error_set(e, STATUS_ARGUMENT, "wrong-type",
            _("'%s' is neither an option nor an expression, and no expression has it as $name"), item->name);
  error_hint(e, _("write {%s = \"mean(x)\"}"), item->name);
  return STATUS_ARGUMENT;
}

/* The results beside the keys. */
static Status join_results(const Verb *verb, const Items *items, Column *const *columns, Frame **out, Error *e)
{
  Frame *keys = NULL;
  const size_t n_all = verb->n_keys + items->n;
  const char **names = arena_alloc(&verb->call->task->arena, n_all, sizeof *names);
  const Column **all = arena_alloc(&verb->call->task->arena, n_all, sizeof *all);
  Status status = names && all ? STATUS_OK : error_memory(e, 0, _("columns"));
  if (status == STATUS_OK && verb->n_keys > 0) {
    status = groups_keys(verb->groups, verb->frame, verb->keys, verb->n_keys, &keys, e);
  }
  for (size_t i = 0; i < n_all && status == STATUS_OK; i++) {
    const bool key = i < verb->n_keys;
    names[i] = key ? frame_name(keys, i) : items->items[i - verb->n_keys].name;
    all[i] = key ? frame_column(keys, i) : columns[i - verb->n_keys];
    for (size_t k = 0; k < i && status == STATUS_OK; k++) {
      if (strcmp(names[k], names[i]) == 0) {
        status = error_set(e, STATUS_ARGUMENT, "column-twice", _("the result would have two columns '%s'"), names[i]);
        (void)error_hint(e, _("give one of them another name: \"name = %s\""), "mean(x)");
      }
    }
  }
  if (status == STATUS_OK) {
    status = frame_new(names, all, n_all, out, e);
  }
  frame_unref(keys);
  return status;
}

static Status compile_items(Verb *verb, const Items *items, Expr **exprs, Error *e)
{
  Status status = STATUS_OK;
  for (size_t i = 0; i < items->n && status == STATUS_OK; i++) {
    const Item *item = &items->items[i];
    status = item->text ? compile(verb, verb->frame, item->text, item->begin, &exprs[i], e) : refuse_value(item, e);
  }
  return status;
}

static Status run_agg(Call *call, Value *out, Error *e)
{
  const AggOptions *options = call->options;
  Verb verb = {
      .call = call, .frame = call->data->frame, .by = &options->by, .order = &options->order, .rest = options->named};
  Items items = {.n = 0};
  Expr **exprs = NULL;
  Column **columns = NULL;
  Frame *frame = NULL;
  Status status;
  TRY(read_items(&verb, &options->columns, &items, e));
  TRY(find_keys(&verb, e));
  exprs = arena_alloc(&call->task->arena, items.n, sizeof *exprs);
  columns = arena_alloc(&call->task->arena, items.n, sizeof *columns);
  TRY(exprs && columns ? STATUS_OK : error_memory(e, 0, _("columns")));
  TRY(compile_items(&verb, &items, exprs, e));
  TRY(refuse_unused(&verb, e));
  task_phase(call->task, _("grouping"));
  TRY(open_groups(&verb, e));
  task_phase(call->task, _("summing up"));
  TRY(expr_groups((const Expr *const *)exprs, items.n, verb.groups, call->task, columns, e));
  TRY(join_results(&verb, &items, columns, &frame, e));
  *out = value_of_frame(frame);
done:
  for (size_t i = 0; exprs && columns && i < items.n; i++) {
    expr_release(exprs[i]);
    column_unref(columns[i]);
  }
  groups_free(verb.groups);
  return status;
}

/* ---- descriptors */

/* Some nanoseconds per row and operation; results of eight bytes per cell. */
static Status forecast(const Call *call, Cost *out, Error *e)
{
  (void)e;
  const double rows = (double)frame_rows(call->data->frame);
  /* What functions of texts and wide windows take, so that these have a live line. */
  *out = (Cost){.bytes = rows * 8, .seconds = rows * 200e-9};
  return STATUS_OK;
}

#define CREDIT "df = read \"datasets/credit/credit.csv\"\n"
#define SIZED .size = sizeof(Primitive), .family = "frame", .version = 1, .takes = VALUE_FRAME, .reference = ""
#define OPTIONS(list, type) .options = list, .n_options = sizeof list / sizeof *list, .options_size = sizeof(type)

static const Primitive filter_primitive = {SIZED,
                                           .name = "filter",
                                           .summary = "keeps the rows for which a condition is true",
                                           .details = "Rows for which the condition is missing are left out, and "
                                                      "counted in the note. Values of Lua come in by name: "
                                                      "df:filter(\"age > $least\", {least = 40}). A column of "
                                                      "booleans or a function of a row may stand for the condition. "
                                                      "?expressions is the language.",
                                           .main = "condition",
                                           OPTIONS(filter_options, FilterOptions),
                                           .gives = VALUE_FRAME,
                                           .returns = "a frame with these rows, in their order",
                                           .example =
                                               CREDIT "df:filter(\"age > 40 and purpose == 'education'\"):head(3)",
                                           .where = WHERE_JOB,
                                           .cost = forecast,
                                           .run = run_filter};
REGISTER_PRIMITIVE(filter_primitive);

static const Primitive mutate_primitive = {
    SIZED,
    .name = "mutate",
    .summary = "adds columns, or changes them, by expressions",
    .details = "A list of \"name = expression\" is done in order, and later ones see earlier ones. A table {name = "
               "\"expression\"} "
               "has no order: its columns are made in byte order of their names, each from the frame as it came in; "
               "a number, true, "
               "false or a column may stand there too. ?expressions is the language.",
    .main = "columns",
    OPTIONS(mutate_options, MutateOptions),
    .gives = VALUE_FRAME,
    .returns = "the frame with the columns; one of the same name keeps its place",
    .example = CREDIT "df:mutate{\"rate = credit_amount / duration\", \"share = rate / sum(rate)\"}:head(3)",
    .where = WHERE_JOB,
    .cost = forecast,
    .run = run_mutate};
REGISTER_PRIMITIVE(mutate_primitive);

static const Primitive agg_primitive = {
    SIZED,
    .name = "agg",
    .summary = "one row per group: counts, sums, means and the like",
    .details = "Groups are those of by, or of df:group(...), in order of first appearance; without any all rows are "
               "one group. A result "
               "without a name is called by its text. Missing cells are skipped. ?functions lists the aggregates.",
    .main = "columns",
    OPTIONS(agg_options, AggOptions),
    .gives = VALUE_FRAME,
    .returns = "a frame: the group's cells, then the results",
    .example = CREDIT "df:agg({\"n = count()\", \"mean(credit_amount)\"}, {by = \"purpose\"})",
    .where = WHERE_JOB,
    .cost = forecast,
    .run = run_agg};
REGISTER_PRIMITIVE(agg_primitive);

static const Primitive compute_primitive = {SIZED,
                                            .name = "compute",
                                            .summary = "an expression's cells as a column",
                                            .main = "expression",
                                            OPTIONS(compute_options, ComputeOptions),
                                            .gives = VALUE_COLUMN,
                                            .returns = "a column, a cell per row",
                                            .example = CREDIT "df:compute(\"credit_amount / duration\")[1]",
                                            .where = WHERE_JOB,
                                            .cost = forecast,
                                            .run = run_compute};
REGISTER_PRIMITIVE(compute_primitive);
