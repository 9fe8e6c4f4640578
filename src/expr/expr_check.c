/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names and types of an expression: columns and parameters are found, numbers widened, texts beside times read as
 * times, what is constant computed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "expr/expr_check.h"
#include "frame/parse_number.h"
#include "frame/parse_time.h"
#include "frame/zone.h"

static Status check(Compiler *c, Node **node);

/* ---- what things are called */

static const char *type_words(Type type)
{
  switch (type) {
  case TYPE_FLOAT64:
  case TYPE_INT64: return _("a number");
  case TYPE_BOOL: return _("true or false");
  case TYPE_TIMESTAMP: return _("a time");
  case TYPE_SET: return _("a set");
  default: return _("text");
  }
}

const char *expr_type_words(const Node *node)
{
  return node->any ? _("missing") : type_words(node->type);
}

void expr_describe(const Node *node, char out[EXPR_WORDS])
{
  if (node->kind == NODE_COLUMN) {
    snprintf(out, EXPR_WORDS, _("column '%1$.60s' (%2$s)"), node->name, expr_type_words(node));
  } else if (node->kind == NODE_CONSTANT && node->type == TYPE_STRING && !node->missing) {
    snprintf(out, EXPR_WORDS, _("the text '%.*s'"), (int)(node->cell.span.length < 40 ? node->cell.span.length : 40),
             node->cell.span.bytes);
  } else if (node->kind == NODE_CONSTANT && node->type == TYPE_INT64 && !node->missing) {
    snprintf(out, EXPR_WORDS, _("the number %" PRId64), node->cell.integer);
  } else {
    snprintf(out, EXPR_WORDS, "%s", expr_type_words(node));
  }
}

/* ---- flags */

void expr_gather(Node *node)
{
  bool same = node->kind != NODE_AGGREGATE && node->kind != NODE_WINDOW;
  const Column *category = NULL;
  node->constant = node->kind == NODE_CONSTANT || (node->kind != NODE_COLUMN && node->kind != NODE_AGGREGATE &&
                                                   node->kind != NODE_WINDOW);
  for (size_t i = 0; i < node->n; i++) {
    const Node *input = node->inputs[i];
    node->constant = node->constant && input->constant;
    node->aggregate |= input->aggregate;
    node->window |= input->window;
    node->bare |= input->bare;
    node->stage = input->stage > node->stage ? input->stage : node->stage;
    if (!input->constant) {
      same = same && input->category && (!category || category == input->category);
      category = input->category;
    }
  }
  node->category = same ? category : NULL;
  if (node->kind == NODE_AGGREGATE || node->kind == NODE_WINDOW) {
    node->aggregate |= node->kind == NODE_AGGREGATE;
    node->window = node->kind == NODE_WINDOW; /* what is inside of an aggregate does not count */
    node->bare = node->kind == NODE_WINDOW;
    node->stage++;
  }
}

/* Replaces *node by a cast of it. */
static Status cast(Compiler *c, Node **node, Type type)
{
  Node *old = *node, *made = expr_node(c, NODE_CAST, old->at, old->end, 1);
  if (!made) {
    return STATUS_MEMORY;
  }
  made->inputs[0] = old;
  made->type = type;
  expr_gather(made);
  *node = made;
  return STATUS_OK;
}

static void widen_cell(Node *node, Type type)
{
  if (node->type == TYPE_BOOL) {
    node->cell = (Cell){.integer = node->cell.flag};
  }
  if (type == TYPE_FLOAT64) {
    node->cell = (Cell){.real = (double)node->cell.integer};
  }
  node->type = type;
}

/* A text as typed beside a time: 'yyyy-mm-dd'. */
static Status read_time(Compiler *c, Node *node)
{
  const Span span = node->cell.span;
  int64_t value;
  if (!parse_time(span.bytes, span.length, &value, &node->utc)) {
    (void)expr_error(c, node->at, STATUS_ARGUMENT, "wrong-type", _("'%.*s' is no date or time"),
                     (int)(span.length < 60 ? span.length : 60), span.bytes);
    (void)error_hint(c->e, _("beside a time write @2024-01-31 or '2024-01-31 10:30'"));
    return STATUS_ARGUMENT;
  }
  node->cell = (Cell){.integer = value};
  node->type = TYPE_TIMESTAMP;
  return STATUS_OK;
}

bool expr_convertible(const Node *node, Type type)
{
  if (type == TYPE_SET && node->any) {
    return false;
  }
  const Type from = expr_plain_type(node->type);
  const bool widens = (type == TYPE_FLOAT64 && (from == TYPE_INT64 || from == TYPE_BOOL)) ||
                      (type == TYPE_INT64 && from == TYPE_BOOL);
  const bool time =
      type == TYPE_TIMESTAMP && from == TYPE_STRING && node->kind == NODE_CONSTANT && node->literal && !node->missing;
  return node->any || from == expr_plain_type(type) || widens || time;
}

bool expr_convert(Compiler *c, Node **node, Type type, Status *status)
{
  Node *old = *node;
  *status = STATUS_OK;
  if (!expr_convertible(old, type)) {
    return false;
  }
  if (old->any) {
    old->any = false;
    old->type = type;
    memset(&old->cell, 0, sizeof old->cell);
    if (type == TYPE_STRING) {
      old->cell.span.bytes = "";
    }
  } else if (expr_plain_type(old->type) == expr_plain_type(type)) {
    return true;
  } else if (type == TYPE_TIMESTAMP) {
    *status = read_time(c, old);
  } else if (old->kind == NODE_CONSTANT) {
    widen_cell(old, type);
  } else {
    *status = cast(c, node, type);
  }
  return true;
}

/* ---- one type for several */

/* The type that all of them fit; false: they do not, the last of the two being nodes[*odd]. */
static bool common_type(Node *const *nodes, size_t n, Type *type, size_t *odd)
{
  bool known = false;
  for (size_t i = 0; i < n; i++) {
    const Type own = expr_plain_type(nodes[i]->type);
    if (nodes[i]->any) {
      continue;
    }
    if (!known || own == *type) {
      *type = own;
    } else if (own < TYPE_TIMESTAMP && *type < TYPE_TIMESTAMP) {
      *type = own == TYPE_FLOAT64 || *type == TYPE_FLOAT64 ? TYPE_FLOAT64 : TYPE_INT64;
    } else if (own == TYPE_TIMESTAMP || *type == TYPE_TIMESTAMP) {
      *type = TYPE_TIMESTAMP;
    } else {
      *odd = i;
      return false;
    }
    known = true;
  }
  *type = known ? *type : TYPE_FLOAT64;
  for (size_t i = 0; i < n; i++) {
    if (!expr_convertible(nodes[i], *type)) {
      *odd = i;
      return false;
    }
  }
  return true;
}

static const char *clash_hint(const Node *a, const Node *b)
{
  const Type x = expr_plain_type(a->type), y = expr_plain_type(b->type);
  const bool texts = x == TYPE_STRING || y == TYPE_STRING, numbers = x < TYPE_BOOL || y < TYPE_BOOL;
  const Node *text = x == TYPE_STRING ? a : b;
  double value;
  if (x == TYPE_SET || y == TYPE_SET) {
    return _("sets go with 'item' in x, size(x), x is missing");
  }
  if (texts && numbers && text->kind == NODE_CONSTANT &&
      parse_float_forced(text->cell.span.bytes, text->cell.span.length, &value)) {
    return _("take the quotes off the number");
  }
  if (texts && numbers) {
    return _("float64(x) reads a text as a number; a text to compare with stands in quotes");
  }
  if (x == TYPE_STRING && y == TYPE_STRING) {
    return _("texts are joined by concat(a, b); float64(x) reads one as a number");
  }
  if (x == TYPE_TIMESTAMP || y == TYPE_TIMESTAMP) {
    return texts ? _("beside a time write @2024-01-31 or '2024-01-31 10:30'")
                 : _("add_days(t, 3) moves a time; t1 - t2 is the number of days between two");
  }
  return texts ? _("true and false stand without quotes") : _("float64(x) makes a number");
}

static Status clash(Compiler *c, const char *what, size_t at, const Node *a, const Node *b)
{
  char left[EXPR_WORDS], right[EXPR_WORDS];
  expr_describe(a, left);
  expr_describe(b, right);
  (void)expr_error(c, at, STATUS_ARGUMENT, "wrong-type", _("'%1$s' cannot join %2$s and %3$s"), what, left, right);
  (void)error_hint(c->e, "%s", clash_hint(a, b));
  return STATUS_ARGUMENT;
}

static Status two_clocks(Compiler *c, size_t at)
{
  (void)expr_error(c, at, STATUS_ARGUMENT, "wrong-type", _("a time of a zone and a time without zone have no order"));
  (void)error_hint(c->e, _("bring both to one kind first: ?functions lists what does"));
  return STATUS_ARGUMENT;
}

/* A time as typed is the wall's time in the zone of what it stands beside, unless it ends with Z. */
static Status literal_in_zone(Compiler *c, Node *node, const char *zone)
{
  if (!node->literal || node->missing || node->utc || zone[0] == '\0') {
    return node->utc && zone[0] == '\0' && node->literal ? two_clocks(c, node->at) : STATUS_OK;
  }
  const Zone *found;
  ZoneSpan span = {0};
  const Status status = zone_find(zone, strlen(zone), &found, c->e);
  if (status == STATUS_OK) {
    node->cell.integer = zone_utc(found, node->cell.integer, &span);
    node->utc = true;
  }
  return status;
}

/* Times of all inputs must be of one kind: wall times, or points in time. */
static Status same_clock(Compiler *c, Node *const *nodes, size_t n, size_t at, const char **zone)
{
  const Node *first = NULL;
  for (size_t i = 0; i < n; i++) {
    if (nodes[i]->literal || (nodes[i]->kind == NODE_CONSTANT && nodes[i]->missing)) {
      continue;
    }
    if (first && (first->zone[0] == '\0') != (nodes[i]->zone[0] == '\0')) {
      return two_clocks(c, at);
    }
    first = first ? first : nodes[i];
  }
  *zone = first ? first->zone : "";
  Status status = STATUS_OK;
  for (size_t i = 0; first && i < n && status == STATUS_OK; i++) {
    status = literal_in_zone(c, nodes[i], *zone);
  }
  return status;
}

Status expr_same_clock(Compiler *c, Node *x, Node *const *literals, size_t n)
{
  Status status = STATUS_OK;
  for (size_t i = 0; i < n && !x->literal && status == STATUS_OK; i++) {
    status = literal_in_zone(c, literals[i], x->zone);
  }
  return status;
}

Status expr_unify(Compiler *c, Node **nodes, size_t n, const char *what, size_t at, Type *type, const char **zone)
{
  size_t odd = 0;
  if (!common_type(nodes, n, type, &odd)) {
    const Node *other = nodes[0];
    for (size_t i = 0; i < n && (other->any || other == nodes[odd] ||
                                 expr_plain_type(other->type) == expr_plain_type(nodes[odd]->type));
         i++) {
      other = nodes[i];
    }
    return clash(c, what, at, other, nodes[odd]);
  }
  Status status = STATUS_OK;
  for (size_t i = 0; i < n && status == STATUS_OK; i++) {
    (void)expr_convert(c, &nodes[i], *type, &status);
  }
  *zone = "";
  return status == STATUS_OK && *type == TYPE_TIMESTAMP ? same_clock(c, nodes, n, at, zone) : status;
}

/* ---- leaves */

static Status find_column(Compiler *c, Node *node)
{
  const Frame *frame = c->scope->frame;
  size_t column = 0;
  if (!frame || !frame_find(frame, node->name, &column)) {
    const size_t near = frame ? text_nearest(node->name, frame_names(frame), frame_columns(frame)) : 0;
    (void)expr_error(c, node->at, STATUS_NAME, "unknown-column", _("there is no column '%s'"), node->name);
    if (frame && near < frame_columns(frame)) {
      (void)error_hint(c->e, _("did you mean '%s'?"), frame_name(frame, near));
    } else if (expr_is_function(node->name)) {
      (void)error_hint(c->e, _("%1$s is a function: write %1$s(...)"), node->name);
    } else {
      (void)error_hint(c->e, _("a text stands in quotes: '%s'"), node->name);
    }
    return STATUS_NAME;
  }
  node->kind = NODE_COLUMN;
  node->column = column;
  node->source = frame_column(frame, column);
  node->type = column_type(node->source);
  node->zone = node->type == TYPE_TIMESTAMP ? column_zone(node->source) : "";
  node->category = node->type == TYPE_CATEGORY ? node->source : NULL;
  node->bare = true;
  return STATUS_OK;
}

static Status unknown_parameter(Compiler *c, const Node *node)
{
  const char *names[64] = {NULL};
  const size_t n = c->scope->n_parameters < 64 ? c->scope->n_parameters : 64;
  for (size_t i = 0; i < n; i++) {
    names[i] = c->scope->parameters[i].name;
  }
  const size_t near = text_nearest(node->name, names, n);
  (void)expr_error(c, node->at, STATUS_NAME, "unknown-parameter", _("the parameter $%s has no value"), node->name);
  if (near < n) {
    (void)error_hint(c->e, _("did you mean $%s?"), names[near]);
  } else {
    (void)error_hint(c->e, _("give it by its name: {%s = value}"), node->name);
  }
  return STATUS_NAME;
}

static Status find_parameter(Compiler *c, Node *node)
{
  const ExprParameter *parameter = NULL;
  for (size_t i = 0; i < c->scope->n_parameters && !parameter; i++) {
    parameter = strcmp(c->scope->parameters[i].name, node->name) == 0 ? &c->scope->parameters[i] : NULL;
  }
  if (!parameter) {
    return unknown_parameter(c, node);
  }
  if (parameter->used) {
    *parameter->used = true;
  }
  node->kind = NODE_CONSTANT;
  node->constant = true;
  node->type = expr_plain_type(parameter->type);
  node->any = parameter->missing;
  node->missing = parameter->missing;
  node->literal = node->type == TYPE_STRING;
  switch (node->type) {
  case TYPE_FLOAT64: node->cell.real = parameter->number; break;
  case TYPE_BOOL: node->cell.flag = parameter->integer != 0; break;
  case TYPE_STRING:
    node->cell.span.length = parameter->missing ? 0 : parameter->length;
    if (!parameter->missing && (utf8_check(parameter->text, parameter->length) < parameter->length ||
                                memchr(parameter->text, '\0', parameter->length))) {
      return expr_error(c, node->at, STATUS_ARGUMENT, "wrong-type", _("the text of $%s is not UTF-8, or has a NUL"),
                        node->name);
    }
    node->cell.span.bytes = arena_text(c->arena, parameter->missing ? "" : parameter->text, node->cell.span.length);
    return node->cell.span.bytes ? STATUS_OK : error_memory(c->e, parameter->length, _("a text"));
  default: node->cell.integer = parameter->integer;
  }
  return STATUS_OK;
}

/* ---- operations */

const char *expr_op_text(const Node *node)
{
  static const char *const texts[] = {
      [TOKEN_OR] = "or", [TOKEN_AND] = "and", [TOKEN_NOT] = "not", [TOKEN_EQ] = "==",    [TOKEN_NE] = "!=",
      [TOKEN_LT] = "<",  [TOKEN_LE] = "<=",   [TOKEN_GT] = ">",    [TOKEN_GE] = ">=",    [TOKEN_ADD] = "+",
      [TOKEN_SUB] = "-", [TOKEN_MUL] = "*",   [TOKEN_DIV] = "/",   [TOKEN_FLOOR] = "//", [TOKEN_MOD] = "%",
      [TOKEN_POW] = "^", [TOKEN_IN] = "in"};
  return texts[node->op];
}

static Status not_numbers(Compiler *c, const Node *node)
{
  const Node *a = node->inputs[0], *b = node->n > 1 ? node->inputs[1] : NULL;
  if (b) {
    return clash(c, expr_op_text(node), node->at, a, b);
  }
  char words[EXPR_WORDS];
  expr_describe(a, words);
  (void)expr_error(c, node->at, STATUS_ARGUMENT, "wrong-type", _("'%1$s' needs a number, not %2$s"),
                   expr_op_text(node), words);
  (void)error_hint(c->e, _("float64(x) reads a text as a number"));
  return STATUS_ARGUMENT;
}

/* t1 - t2: days between, a float64. */
static Status check_days(Compiler *c, Node *node)
{
  Type type;
  const char *zone;
  const Status status = expr_unify(c, node->inputs, 2, expr_op_text(node), node->at, &type, &zone);
  node->type = TYPE_FLOAT64;
  return status;
}

static Status check_arithmetic(Compiler *c, Node *node)
{
  bool real = node->op == TOKEN_DIV || node->op == TOKEN_POW, times = false, numbers = true;
  for (size_t i = 0; i < node->n; i++) {
    const Node *input = node->inputs[i];
    real = real || (!input->any && input->type == TYPE_FLOAT64);
    times = times || (!input->any && input->type == TYPE_TIMESTAMP);
    numbers = numbers && (input->any || input->type < TYPE_TIMESTAMP);
  }
  if (times && node->op == TOKEN_SUB && node->n == 2 && expr_convertible(node->inputs[0], TYPE_TIMESTAMP) &&
      expr_convertible(node->inputs[1], TYPE_TIMESTAMP)) {
    return check_days(c, node);
  }
  if (!numbers) {
    return not_numbers(c, node);
  }
  Status status = STATUS_OK;
  node->type = real ? TYPE_FLOAT64 : TYPE_INT64;
  for (size_t i = 0; i < node->n && status == STATUS_OK; i++) {
    (void)expr_convert(c, &node->inputs[i], node->type, &status);
  }
  return status;
}

/* A whole number that is a double too stands beside a float64 as one, which compares faster. */
static Status plain_constants(Compiler *c, Node *node)
{
  Status status = STATUS_OK;
  for (size_t i = 0; i < 2 && status == STATUS_OK; i++) {
    Node *own = node->inputs[i];
    if (own->kind == NODE_CONSTANT && own->type == TYPE_INT64 && node->inputs[1 - i]->type == TYPE_FLOAT64 &&
        own->cell.integer >= -(INT64_C(1) << 53) && own->cell.integer <= INT64_C(1) << 53) {
      (void)expr_convert(c, &node->inputs[i], TYPE_FLOAT64, &status);
    }
  }
  return status;
}

Status expr_check_compare(Compiler *c, Node *node)
{
  const Node *a = node->inputs[0], *b = node->inputs[1];
  Type type;
  const char *zone;
  node->type = TYPE_BOOL;
  expr_gather(node);
  if (!a->any && !b->any && type_is_numeric(a->type) && type_is_numeric(b->type)) {
    return plain_constants(c, node); /* int64 against float64 by their true values */
  }
  if ((a->type == TYPE_SET && !a->any) || (b->type == TYPE_SET && !b->any)) {
    return clash(c, expr_op_text(node), node->at, a, b);
  }
  const Status status = expr_unify(c, node->inputs, 2, expr_op_text(node), node->at, &type, &zone);
  expr_gather(node); /* a cast may stand in between now */
  return status;
}

Status expr_need_bool(Compiler *c, Node **node, const char *who)
{
  Status status = STATUS_OK;
  const Node *input = *node;
  if ((input->any || input->type == TYPE_BOOL) && expr_convert(c, node, TYPE_BOOL, &status)) {
    return status;
  }
  char words[EXPR_WORDS];
  expr_describe(input, words);
  (void)expr_error(c, input->at, STATUS_ARGUMENT, "wrong-type", _("%1$s needs true or false, not %2$s"), who, words);
  (void)error_hint(c->e, input->type == TYPE_STRING || input->type == TYPE_CATEGORY ? _("compare it: x == 'yes'")
                                                                                    : _("compare it: x != 0"));
  return STATUS_ARGUMENT;
}

static Status check_logic(Compiler *c, Node *node)
{
  char who[16];
  snprintf(who, sizeof who, "'%s'", expr_op_text(node));
  Status status = STATUS_OK;
  node->type = TYPE_BOOL;
  for (size_t i = 0; i < node->n && status == STATUS_OK; i++) {
    status = expr_need_bool(c, &node->inputs[i], who);
  }
  return status;
}

static Status check_missing(Compiler *c, Node *node)
{
  Status status = STATUS_OK;
  node->type = TYPE_BOOL;
  if (node->inputs[0]->any) {
    (void)expr_convert(c, &node->inputs[0], TYPE_BOOL, &status);
  }
  return status;
}

static Status check_inputs(Compiler *c, Node *node)
{
  Status status = STATUS_OK;
  for (size_t i = 0; i < node->n && status == STATUS_OK; i++) {
    status = check(c, &node->inputs[i]);
  }
  return status;
}

static Status check_operation(Compiler *c, Node *node)
{
  const Status status = check_inputs(c, node);
  if (status != STATUS_OK) {
    return status;
  }
  switch (node->kind) {
  case NODE_ARITHMETIC: return check_arithmetic(c, node);
  case NODE_COMPARE: return expr_check_compare(c, node);
  case NODE_LOGIC: return check_logic(c, node);
  case NODE_MISSING: return check_missing(c, node);
  case NODE_IN_LIST: return expr_check_list(c, node);
  case NODE_IN_SET: return expr_check_set(c, node);
  default: return STATUS_OK; /* a list: for what it stands in to check */
  }
}

static Status check(Compiler *c, Node **node)
{
  Status status;
  switch ((*node)->kind) {
  case NODE_CONSTANT: return STATUS_OK;
  case NODE_NAME: return find_column(c, *node);
  case NODE_PARAMETER: return find_parameter(c, *node);
  case NODE_CALL:
    status = check_inputs(c, *node);
    status = status == STATUS_OK ? expr_check_call(c, *node) : status;
    break;
  default: status = check_operation(c, *node);
  }
  if (status == STATUS_OK) {
    expr_gather(*node);
  }
  return status == STATUS_OK && (*node)->constant && (*node)->kind != NODE_CONSTANT ? expr_fold(c, *node) : status;
}

/* Puts a NODE_LEVELS above every largest tree that depends on one category column alone. Worth it when there are few
 * levels, or fewer than rows. */
static Status lower(Compiler *c, Node **node)
{
  Node *old = *node;
  if (old->category && old->kind != NODE_COLUMN) {
    const size_t levels = column_levels(old->category);
    if (levels > 1024 && levels > column_rows(old->category)) {
      return STATUS_OK;
    }
    Node *made = expr_node(c, NODE_LEVELS, old->at, old->end, 1);
    if (!made) {
      return STATUS_MEMORY;
    }
    made->inputs[0] = old;
    made->type = old->type == TYPE_STRING ? TYPE_CATEGORY : old->type;
    made->zone = old->zone;
    made->source = old->category;
    made->bare = true;
    *node = made;
    return STATUS_OK;
  }
  Status status = STATUS_OK;
  for (size_t i = 0; i < old->n && status == STATUS_OK; i++) {
    status = lower(c, &old->inputs[i]);
  }
  return status;
}

Status expr_check(Compiler *c, Node **root)
{
  Status status = check(c, root);
  if (status == STATUS_OK && (*root)->any) {
    (void)expr_convert(c, root, TYPE_STRING, &status);
  }
  return status == STATUS_OK ? lower(c, root) : status;
}
