/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The language's calls: compile, then run in stages. Aggregates and windows whose arguments need none are computed
 * first, all aggregates of a stage in one go; then those that are built on them; last the expressions themselves. */
#include "expr/expr.h"

#include <string.h>

#include "core/alloc.h"
#include "core/text.h"
#include "expr/expr_check.h"
#include "expr/expr_run.h"

/* ---- compiling */

static void release(Node *functions)
{
  for (Node *node = functions; node; node = node->next) {
    node->call.function->release(&node->call);
  }
}

/* A copy of the text as typed, since errors of the run point into it too. */
static Status copy_source(Source *source, Arena *arena, Error *e)
{
  const char *all = source->whole ? source->whole : source->text;
  const size_t before = (size_t)(source->text - all), size = before + source->length;
  char *copy = arena_text(arena, all, size);
  if (!copy) {
    return error_memory(e, size, _("an expression"));
  }
  *source = (Source){copy + before, source->length, source->whole ? copy : NULL};
  return STATUS_OK;
}

/* Columns hold UTF-8 without NUL, and so must what they are made from. */
static Status check_bytes(const Source *source, Error *e)
{
  const char *nul = source->length ? memchr(source->text, '\0', source->length) : NULL;
  const size_t bad = nul ? (size_t)(nul - source->text) : utf8_check(source->text, source->length);
  if (bad == source->length) {
    return STATUS_OK;
  }
  error_set(e, STATUS_FORMAT, "bad-expression",
            nul ? _("byte %zu of the expression is NUL") : _("byte %zu of the expression is not UTF-8"), bad + 1);
  (void)error_hint(e, _("write the expression in UTF-8"));
  return expr_caret(source, bad, e);
}

Status expr_compile(const char *text, size_t length, const char *whole, const ExprScope *scope, Arena *arena,
                    Expr **out, Error *e)
{
  Error own;
  error_clear(&own);
  Compiler c = {.source = {text, length, whole}, .scope = scope, .arena = arena, .e = e ? e : &own};
  Node *root = NULL;
  Expr *expr = arena_alloc(arena, 1, sizeof *expr);
  *out = NULL;
  Status status = expr ? copy_source(&c.source, arena, c.e) : error_memory(c.e, sizeof *expr, _("an expression"));
  if (status == STATUS_OK) {
    status = check_bytes(&c.source, c.e);
  }
  if (status == STATUS_OK) {
    status = expr_parse(&c, &root);
  }
  if (status == STATUS_OK) {
    status = expr_check(&c, &root);
  }
  if (status != STATUS_OK) {
    release(c.functions);
    return status;
  }
  *expr =
      (Expr){.source = c.source, .frame = scope->frame, .root = root, .functions = c.functions, .n_nodes = c.n_nodes};
  *out = expr;
  return STATUS_OK;
}

void expr_release(Expr *expr)
{
  if (expr) {
    release(expr->functions);
    expr->functions = NULL;
  }
}

/* A name before a single '='. */
Status expr_split(const char *text, Arena *arena, const char **name, size_t *begin, Error *e)
{
  const Source source = {text, strlen(text), NULL};
  Token token, equals;
  size_t position = 0;
  Error ignored;
  error_clear(&ignored);
  *name = NULL;
  *begin = 0;
  if (expr_token(&source, &position, &token, arena, &ignored) != STATUS_OK ||
      (token.kind != TOKEN_NAME && token.kind != TOKEN_QUOTED) ||
      expr_token(&source, &position, &equals, arena, &ignored) != STATUS_OK || equals.kind != TOKEN_EQ ||
      equals.end - equals.at != 1) {
    return ignored.status == STATUS_MEMORY ? error_memory(e, 0, _("an expression")) : STATUS_OK;
  }
  if (token.length == 0) {
    error_set(e, STATUS_FORMAT, "bad-expression", _("a column's name is empty"));
    (void)expr_caret(&source, token.at, e);
    return STATUS_FORMAT;
  }
  *name = token.text;
  *begin = position;
  return STATUS_OK;
}

bool expr_has_aggregate(const Expr *expr)
{
  return expr->root->aggregate;
}

static bool has_window(const Node *node)
{
  bool found = node->kind == NODE_WINDOW;
  for (size_t i = 0; i < node->n && !found; i++) {
    found = has_window(node->inputs[i]);
  }
  return found;
}

bool expr_has_window(const Expr *expr)
{
  return has_window(expr->root);
}

bool expr_is_column(const Expr *expr, size_t *column)
{
  *column = expr->root->column;
  return expr->root->kind == NODE_COLUMN;
}

/* ---- stages */

enum { CALLS_MOST = 4096 };

/* The calls of one stage, of one or more runs. */
typedef struct Stage {
  Run *runs[CALLS_MOST];
  const Node *nodes[CALLS_MOST];
  ShapeCall calls[CALLS_MOST];
  Column *results[CALLS_MOST];
  size_t n;
  bool full;
} Stage;

static void gather(Run *run, const Node *node, unsigned number, NodeKind kind, Stage *stage)
{
  if (node->kind == kind && node->stage == number) {
    stage->full = stage->full || stage->n == CALLS_MOST;
    if (!run->results[node->id] && !stage->full) {
      stage->runs[stage->n] = run;
      stage->nodes[stage->n++] = node;
    }
    return;
  }
  for (size_t i = 0; i < node->n && node->stage >= number; i++) {
    gather(run, node->inputs[i], number, kind, stage);
  }
}

/* The arguments of a call: columns of the rows, constants as they are. */
static Status make_call(Run *run, const Node *node, ShapeCall *call, Task *task, Error *e)
{
  Run rows = *run;
  Status status = STATUS_OK;
  rows.per_group = false;
  *call = (ShapeCall){.function = node->shape, .n = node->n};
  for (size_t i = 0; i < node->n && status == STATUS_OK; i++) {
    const Node *input = node->inputs[i];
    const char letter = expr_letter(node->shape->types, i);
    if (letter == 'k') {
      call->numbers[i] = input->cell.real;
    } else if (letter == 'K') {
      call->texts[i] = input->cell.span.bytes;
    } else {
      Column *column = NULL;
      status = expr_materialise(&rows, input, task, &column, e);
      call->columns[i] = column;
    }
  }
  return status;
}

static void drop_calls(Stage *stage)
{
  for (size_t i = 0; i < stage->n; i++) {
    for (size_t k = 0; k < AGGREGATE_ARGUMENTS; k++) {
      column_unref((Column *)stage->calls[i].columns[k]);
    }
  }
}

/* All of a stage's aggregates at once. When that fails, one by one, so that the error can point at the one that
 * did. */
static Status run_aggregates(Stage *stage, Groups *groups, Task *task, Error *e)
{
  Error own;
  error_clear(&own);
  Status status = aggregate_run(stage->calls, stage->n, groups, task, stage->results, &own);
  const bool ours =
      status != STATUS_OK && status != STATUS_MEMORY && status != STATUS_CANCELLED && status != STATUS_LIMIT;
  for (size_t i = 0; ours && i < stage->n && e; i++) {
    error_clear(e);
    if (aggregate_run(&stage->calls[i], 1, groups, task, &stage->results[i], e) != STATUS_OK) {
      return expr_caret(&stage->runs[i]->expr->source, stage->nodes[i]->at, e);
    }
    column_unref(stage->results[i]);
    stage->results[i] = NULL;
  }
  if (status != STATUS_OK && e && e->status == STATUS_OK) {
    *e = own;
  }
  return status;
}

static Status run_windows(Stage *stage, Groups *groups, Task *task, Error *e)
{
  Status status = STATUS_OK;
  for (size_t i = 0; i < stage->n && status == STATUS_OK; i++) {
    status = window_run(&stage->calls[i], groups, task, &stage->results[i], e);
    if (status != STATUS_OK && e) {
      (void)expr_caret(&stage->runs[i]->expr->source, stage->nodes[i]->at, e);
    }
  }
  return status;
}

/* Sets of a group are wanted per row where an expression of rows uses them: other types are spread as they are
 * read. */
static Status keep_result(Stage *stage, size_t i, Error *e)
{
  Run *run = stage->runs[i];
  const bool set = column_type(stage->results[i]) == TYPE_SET && stage->nodes[i]->kind == NODE_AGGREGATE;
  const Status status = set && !run->per_group ? expr_spread(run, &stage->results[i], e) : STATUS_OK;
  run->results[stage->nodes[i]->id] = stage->results[i];
  stage->results[i] = NULL;
  return status;
}

static Status run_kind(Run *runs, size_t n, unsigned number, NodeKind kind, Groups *groups, Task *task, Error *e)
{
  Stage *stage = mem_zero(1, sizeof *stage);
  Status status = STATUS_OK;
  if (!stage) {
    return error_memory(e, sizeof *stage, _("an expression"));
  }
  for (size_t i = 0; i < n; i++) {
    gather(&runs[i], runs[i].expr->root, number, kind, stage);
  }
  if (stage->full) {
    status = error_set(e, STATUS_LIMIT, "too-many-aggregates", _("more than %d aggregates at once"), CALLS_MOST);
  }
  for (size_t i = 0; i < stage->n && status == STATUS_OK; i++) {
    status = make_call(stage->runs[i], stage->nodes[i], &stage->calls[i], task, e);
  }
  if (status == STATUS_OK && stage->n > 0) {
    status = kind == NODE_AGGREGATE ? run_aggregates(stage, groups, task, e) : run_windows(stage, groups, task, e);
  }
  for (size_t i = 0; i < stage->n && status == STATUS_OK; i++) {
    status = keep_result(stage, i, e);
  }
  for (size_t i = 0; i < stage->n; i++) {
    column_unref(stage->results[i]);
  }
  drop_calls(stage);
  mem_free(stage);
  return status;
}

static Status run_stages(Run *runs, size_t n, Groups *groups, Task *task, Error *e)
{
  unsigned last = 0;
  Status status = STATUS_OK;
  for (size_t i = 0; i < n; i++) {
    last = runs[i].expr->root->stage > last ? runs[i].expr->root->stage : last;
  }
  for (unsigned number = 1; number <= last && status == STATUS_OK; number++) {
    status = run_kind(runs, n, number, NODE_AGGREGATE, groups, task, e);
    if (status == STATUS_OK) {
      status = run_kind(runs, n, number, NODE_WINDOW, groups, task, e);
    }
  }
  return status;
}

/* ---- running */

/* Groups for an expression that has none: all rows are one, in row order. */
static Status need_groups(const Expr *expr, Groups **groups, Groups **own, Task *task, Error *e)
{
  const bool window = expr_has_window(expr);
  Status status = STATUS_OK;
  *own = NULL;
  if (!*groups && (expr->root->aggregate || window)) {
    status = groups_whole(expr->frame ? frame_rows(expr->frame) : 0, own, e);
    *groups = *own;
  }
  if (status == STATUS_OK && window && !(*groups)->arranged) {
    status = groups_arrange(*groups, expr->frame, NULL, 0, task, e);
  }
  return status;
}

Status expr_rows(const Expr *expr, Groups *groups, Task *task, Column **out, Error *e)
{
  Groups *own;
  Run run = {.expr = NULL};
  *out = NULL;
  Status status = need_groups(expr, &groups, &own, task, e);
  run.groups = groups;
  if (status == STATUS_OK) {
    status = expr_run_open(&run, expr, task, e);
  }
  if (status == STATUS_OK) {
    status = run_stages(&run, 1, groups, task, e);
  }
  if (status == STATUS_OK) {
    status = expr_materialise(&run, expr->root, task, out, e);
  }
  expr_run_close(&run);
  groups_free(own);
  return status;
}

/* The first column or window that no aggregate makes one cell of. */
static const Node *first_bare(const Node *node)
{
  if (node->kind == NODE_COLUMN || node->kind == NODE_WINDOW) {
    return node;
  }
  for (size_t i = 0; i < node->n && node->kind != NODE_AGGREGATE; i++) {
    const Node *found = first_bare(node->inputs[i]);
    if (found) {
      return found;
    }
  }
  return NULL;
}

static Status refuse_bare(const Expr *expr, Error *e)
{
  const Node *node = first_bare(expr->root);
  if (!node) {
    return STATUS_OK;
  }
  if (node->kind == NODE_WINDOW) {
    error_set(e, STATUS_ARGUMENT, "not-aggregated", _("%s gives a cell per row, and a group has one"), node->name);
    (void)error_hint(e, _("put an aggregate around it: mean(%s(...))"), node->name);
  } else {
    error_set(e, STATUS_ARGUMENT, "not-aggregated", _("column '%s' has a cell per row, and a group has one"),
              node->name);
    (void)error_hint(e, type_is_numeric(node->type) ? _("say which: mean(%1$s), sum(%1$s), first(%1$s) ...")
                                                    : _("say which: first(%1$s), mode(%1$s), distinct(%1$s) ..."),
                     node->name);
  }
  (void)expr_caret(&expr->source, node->at, e);
  return STATUS_ARGUMENT;
}

static Status open_runs(const Expr *const *exprs, size_t n, Groups *groups, Run *runs, Task *task, Error *e)
{
  Status status = STATUS_OK;
  for (size_t i = 0; i < n && status == STATUS_OK; i++) {
    runs[i].groups = groups;
    runs[i].per_group = true;
    status = refuse_bare(exprs[i], e);
    if (status == STATUS_OK) {
      status = expr_run_open(&runs[i], exprs[i], task, e);
    }
    if (status == STATUS_OK && expr_has_window(exprs[i]) && !groups->arranged) {
      status = groups_arrange(groups, exprs[i]->frame, NULL, 0, task, e);
    }
  }
  return status;
}

Status expr_groups(const Expr *const *exprs, size_t n, Groups *groups, Task *task, Column **out, Error *e)
{
  Run *runs = mem_zero(n, sizeof *runs);
  memset(out, 0, n * sizeof *out);
  Status status =
      runs ? open_runs(exprs, n, groups, runs, task, e) : error_memory(e, n * sizeof *runs, _("an expression"));
  if (status == STATUS_OK) {
    status = run_stages(runs, n, groups, task, e);
  }
  for (size_t i = 0; i < n && status == STATUS_OK; i++) {
    status = expr_materialise(&runs[i], exprs[i]->root, task, &out[i], e);
  }
  for (size_t i = 0; runs && i < n; i++) {
    expr_run_close(&runs[i]);
  }
  for (size_t i = 0; i < n && status != STATUS_OK; i++) {
    column_unref(out[i]);
    out[i] = NULL;
  }
  mem_free(runs);
  return status;
}

/* ---- conditions */

static Status need_condition(const Expr *expr, Error *e)
{
  if (expr->root->type == TYPE_BOOL) {
    return STATUS_OK;
  }
  error_set(e, STATUS_ARGUMENT, "wrong-type", _("a condition is true or false for each row, and this is %s"),
            expr_type_words(expr->root));
  (void)error_hint(e, _("compare it with something: x > 0, x == 'a', x in ['a', 'b'], x is not missing"));
  (void)expr_caret(&expr->source, expr->root->at, e);
  return STATUS_ARGUMENT;
}

Status expr_matches(const Expr *expr, Groups *groups, Task *task, size_t **rows, size_t *n, size_t *unknown, Error *e)
{
  Column *column = NULL;
  *rows = NULL;
  *n = *unknown = 0;
  Status status = need_condition(expr, e);
  if (status == STATUS_OK) {
    status = expr_rows(expr, groups, task, &column, e);
  }
  if (status == STATUS_OK) {
    status = expr_true_rows(column, rows, n, unknown, e);
  }
  column_unref(column);
  return status;
}
