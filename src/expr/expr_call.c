/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls in expressions: which function, aggregate or window is meant, by name and types; if, coalesce and between. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "expr/expr_check.h"

/* A row of one of the tables that has the name. */
typedef struct Candidate {
  const Function *function;
  const ShapeFunction *shape;
  bool window;
  const char *types, *arguments;
} Candidate;

enum { CANDIDATES_MOST = 32, LETTERS_MOST = 16 };

static size_t candidates(const char *name, Candidate *out)
{
  size_t n = 0;
  const Function *function;
  const ShapeFunction *shape;
  for (size_t i = 0; (function = function_at(i)) && n < CANDIDATES_MOST; i++) {
    if (strcmp(function->name, name) == 0) {
      out[n++] = (Candidate){function, NULL, false, function->types, function->arguments};
    }
  }
  for (size_t i = 0; (shape = aggregate_at(i)) && n < CANDIDATES_MOST; i++) {
    if (strcmp(shape->name, name) == 0) {
      out[n++] = (Candidate){NULL, shape, false, shape->types, shape->arguments};
    }
  }
  for (size_t i = 0; (shape = window_at(i)) && n < CANDIDATES_MOST; i++) {
    if (strcmp(shape->name, name) == 0) {
      out[n++] = (Candidate){NULL, shape, true, shape->types, shape->arguments};
    }
  }
  return n;
}

bool expr_is_function(const char *name)
{
  Candidate found[CANDIDATES_MOST];
  return candidates(name, found) > 0 || strcmp(name, "if") == 0 || strcmp(name, "coalesce") == 0 ||
         strcmp(name, "between") == 0;
}

/* ---- types */

typedef struct Shape {
  char letters[LETTERS_MOST];
  size_t n, least;
  bool repeats;     /* the last one */
  char result;
} Shape;

static Shape shape_of(const char *types)
{
  Shape shape = {.least = SIZE_MAX};
  for (; *types && *types != ':'; types++) {
    if (*types == '?') {
      shape.least = shape.least == SIZE_MAX ? shape.n : shape.least;
    } else if (*types == '*') {
      shape.repeats = true;
    } else if (shape.n < LETTERS_MOST) {
      shape.letters[shape.n++] = *types;
    }
  }
  shape.least = shape.least == SIZE_MAX ? shape.n : shape.least;
  shape.result = *types ? types[1] : 'f';
  return shape;
}

static char letter_at(const Shape *shape, size_t i)
{
  return shape->letters[i < shape->n ? i : shape->n - 1];
}

char expr_letter(const char *types, size_t i)
{
  const Shape shape = shape_of(types);
  return letter_at(&shape, i);
}

static bool takes_count(const Shape *shape, size_t n)
{
  return n >= shape->least && (n <= shape->n || (shape->repeats && shape->n > 0));
}

/* 0: it may not; 1: widened or read; 2: as it is. */
static int takes(char letter, const Node *node)
{
  const Type type = expr_plain_type(node->type);
  switch (letter) {
  case 'f':
  case 'k':
    if (letter == 'k' && node->kind != NODE_CONSTANT) {
      return 0;
    }
    return !node->any && type == TYPE_FLOAT64 ? 2 : expr_convertible(node, TYPE_FLOAT64);
  case 'n': return !node->any && type_is_numeric(type) ? 2 : node->any || type == TYPE_BOOL;
  case 'i':
    if (node->kind == NODE_CONSTANT && type == TYPE_FLOAT64 && !node->missing &&
        node->cell.real == floor(node->cell.real) && fabs(node->cell.real) < 0x1p53) {
      return 1;
    }
    return !node->any && type == TYPE_INT64 ? 2 : node->any;
  case 'b': return !node->any && type == TYPE_BOOL ? 2 : node->any;
  case 't': return !node->any && type == TYPE_TIMESTAMP ? 2 : expr_convertible(node, TYPE_TIMESTAMP);
  case 'K': return node->kind == NODE_CONSTANT && type == TYPE_STRING && !node->any ? 2 : 0;
  case 's': return !node->any && type == TYPE_STRING ? 2 : node->any;
  case 'e': return !node->any && type == TYPE_SET ? 2 : 0;
  default: return 2;
  }
}

/* 0: the call does not fit; else 1 plus how many inputs stay as they are. *bad: the first that does not fit. */
static size_t fitness(const Candidate *candidate, const Node *call, size_t *bad)
{
  const Shape shape = shape_of(candidate->types);
  size_t kept = 0;
  *bad = call->n;
  if (!takes_count(&shape, call->n)) {
    return 0;
  }
  for (size_t i = 0; i < call->n; i++) {
    const int how = takes(letter_at(&shape, i), call->inputs[i]);
    if (how == 0 || (call->inputs[i]->type == TYPE_SET && candidate->function && letter_at(&shape, i) != 'e')) {
      *bad = i;
      return 0;
    }
    kept += how == 2;
  }
  return 1 + kept;
}

static const char *letter_words(char letter)
{
  switch (letter) {
  case 'f':
  case 'n': return _("a number");
  case 'i': return _("a whole number");
  case 'b': return _("true or false");
  case 't': return _("a time");
  case 's': return _("a text");
  case 'e': return _("a set");
  case 'k': return _("a constant number");
  case 'K': return _("a constant text");
  default: return _("any value");
  }
}

static Status wrong_count(Compiler *c, const Node *call, const Candidate *candidate, const Shape *shape)
{
  char wanted[64];
  if (shape->repeats) {
    snprintf(wanted, sizeof wanted, _("at least %zu"), shape->least);
  } else if (shape->least < shape->n) {
    snprintf(wanted, sizeof wanted, _("%1$zu to %2$zu"), shape->least, shape->n);
  } else {
    snprintf(wanted, sizeof wanted, "%zu", shape->n);
  }
  (void)expr_error(c, call->at, STATUS_ARGUMENT, "wrong-arguments", _("%1$s takes %2$s arguments, not %3$zu"),
                   call->name, wanted, call->n);
  (void)error_hint(c->e, _("write %1$s(%2$s); ?%1$s explains it"), call->name, candidate->arguments);
  return STATUS_ARGUMENT;
}

/* What makes an input fit, and where to read more. */
static const char *cure(char letter, const Node *input)
{
  const Type type = expr_plain_type(input->type);
  if ((letter == 'f' || letter == 'n' || letter == 'i') && type == TYPE_STRING) {
    return _("float64(x) and int64(x) read a text as a number; ?%s");
  }
  if (letter == 'i' && type == TYPE_FLOAT64) {
    return _("int64(round(x)) makes a whole number; ?%s");
  }
  if (letter == 's' && type != TYPE_SET) {
    return _("text(x) writes a value as text; ?%s");
  }
  if (letter == 't' && type == TYPE_STRING) {
    return _("parse_date(x, '%%d.%%m.%%Y') reads a text as a time; ?%s");
  }
  return letter == 'k' || letter == 'K' ? _("write the value itself there, or a $parameter; ?%s")
                                        : _("?%s explains it");
}

/* None of the rows fits: by the one that comes furthest. */
static Status refuse(Compiler *c, const Node *call, const Candidate *found, size_t n)
{
  const Candidate *best = NULL;
  size_t best_bad = 0;
  for (size_t i = 0; i < n; i++) {
    size_t bad;
    const Shape shape = shape_of(found[i].types);
    if (takes_count(&shape, call->n) && fitness(&found[i], call, &bad) == 0 && (!best || bad > best_bad)) {
      best = &found[i];
      best_bad = bad;
    }
  }
  if (!best) {
    const Shape shape = shape_of(found[0].types);
    return wrong_count(c, call, &found[0], &shape);
  }
  const Shape shape = shape_of(best->types);
  char words[EXPR_WORDS];
  expr_describe(call->inputs[best_bad], words);
  (void)expr_error(c, call->inputs[best_bad]->at, STATUS_ARGUMENT, "wrong-type",
                   _("%1$s(%2$s) needs %3$s here, not %4$s"), call->name, best->arguments,
                   letter_words(letter_at(&shape, best_bad)), words);
  (void)error_hint(c->e, cure(letter_at(&shape, best_bad), call->inputs[best_bad]), call->name);
  return STATUS_ARGUMENT;
}

/* ---- conversions of the inputs */

/* Inputs whose letter is `letter` come to one type. */
static Status unify_letter(Compiler *c, Node *call, const Shape *shape, char letter)
{
  Node *nodes[EXPR_ARGUMENTS_MOST];
  size_t n = 0;
  for (size_t i = 0; i < call->n; i++) {
    if (letter_at(shape, i) == letter) {
      nodes[n++] = call->inputs[i];
    }
  }
  Type type;
  const char *zone = "";
  Status status = n > 0 ? expr_unify(c, nodes, n, call->name, call->at, &type, &zone) : STATUS_OK;
  for (size_t i = 0, next = 0; i < call->n && status == STATUS_OK; i++) {
    if (letter_at(shape, i) == letter) {
      call->inputs[i] = nodes[next++];
      if (letter == 'n' && call->inputs[i]->type == TYPE_BOOL) {
        (void)expr_convert(c, &call->inputs[i], TYPE_INT64, &status);
      }
    }
  }
  return status;
}

static Status convert_input(Compiler *c, Node **node, char letter)
{
  static const struct {
    char letter;
    Type type;
  } types[] = {{'f', TYPE_FLOAT64}, {'k', TYPE_FLOAT64}, {'i', TYPE_INT64},
               {'b', TYPE_BOOL},    {'s', TYPE_STRING},  {'t', TYPE_TIMESTAMP}};
  Status status = STATUS_OK;
  if (letter == 'i' && (*node)->kind == NODE_CONSTANT && (*node)->type == TYPE_FLOAT64 && !(*node)->any) {
    (*node)->cell = (Cell){.integer = (int64_t)(*node)->cell.real};
    (*node)->type = TYPE_INT64;
  }
  if ((letter == 'n' && (*node)->type == TYPE_BOOL) || (letter == 'a' && (*node)->any)) {
    (void)expr_convert(c, node, TYPE_INT64, &status);
  }
  for (size_t i = 0; i < sizeof types / sizeof *types && status == STATUS_OK; i++) {
    if (types[i].letter == letter) {
      (void)expr_convert(c, node, types[i].type, &status);
    }
  }
  return status;
}

static Status convert_inputs(Compiler *c, Node *call, const Candidate *candidate, const Shape *shape)
{
  Status status = STATUS_OK;
  if (candidate->function) {
    status = unify_letter(c, call, shape, 't');
    if (status == STATUS_OK && (shape->result == 'n' || shape->result == 'a')) {
      status = unify_letter(c, call, shape, shape->result);
    }
  }
  for (size_t i = 0; i < call->n && status == STATUS_OK; i++) {
    status = convert_input(c, &call->inputs[i], letter_at(shape, i));
  }
  return status;
}

static void result_type(Node *call, const Shape *shape)
{
  static const char letters[] = "fibtse";
  static const Type types[] = {TYPE_FLOAT64, TYPE_INT64, TYPE_BOOL, TYPE_TIMESTAMP, TYPE_STRING, TYPE_SET};
  const char *letter = strchr(letters, shape->result);
  call->type = letter && *letter ? types[letter - letters] : TYPE_FLOAT64;
  for (size_t i = call->n; i-- > 0;) {
    const char own = letter_at(shape, i);
    if (own == shape->result && (own == 'n' || own == 'a')) {
      call->type = call->inputs[i]->type;
    }
    if (call->inputs[i]->type == TYPE_TIMESTAMP && !call->inputs[i]->literal) {
      call->zone = call->inputs[i]->zone;
    }
  }
  if (call->type != TYPE_TIMESTAMP) {
    call->zone = "";
  }
}

/* ---- functions and aggregates */

/* An input as functions see it; NULL: no memory. */
static const Cells *constant_cells(Compiler *c, Node *node)
{
  Cells *cells = arena_alloc(c->arena, 1, sizeof *cells);
  if (cells) {
    *cells = (Cells){.type = expr_plain_type(node->type), .zone = node->zone, .constant = true, .values = &node->cell,
                     .missing = &node->missing};
  }
  return cells;
}

static Status make_function(Compiler *c, Node *node, const Function *function)
{
  const Cells **constants = arena_alloc(c->arena, node->n, sizeof *constants);
  Type *types = arena_alloc(c->arena, node->n, sizeof *types);
  if (!constants || !types) {
    return error_memory(c->e, 0, _("an expression"));
  }
  for (size_t i = 0; i < node->n; i++) {
    types[i] = expr_plain_type(node->inputs[i]->type);
    if (node->inputs[i]->kind == NODE_CONSTANT && !(constants[i] = constant_cells(c, node->inputs[i]))) {
      return error_memory(c->e, 0, _("an expression"));
    }
  }
  node->kind = NODE_FUNCTION;
  node->type = expr_plain_type(node->type);
  node->call = (FunctionCall){.function = function, .constants = constants, .types = types, .n = node->n};
  if (function->release) {
    node->next = c->functions;
    c->functions = node;
  }
  const Status status = function->prepare ? function->prepare(&node->call, &node->zone, c->arena, c->e) : STATUS_OK;
  return status == STATUS_OK ? status : expr_caret(&c->source, node->at, c->e);
}

static Status make_shape(Compiler *c, Node *node, const Candidate *candidate)
{
  if (node->n > AGGREGATE_ARGUMENTS) {
    return expr_error(c, node->at, STATUS_ARGUMENT, "wrong-arguments", _("%s has too many arguments"), node->name);
  }
  node->kind = candidate->window ? NODE_WINDOW : NODE_AGGREGATE;
  node->shape = candidate->shape;
  return STATUS_OK;
}

static const char *nearest_function(const char *name)
{
  const char *names[512] = {"if", "coalesce", "between"};
  size_t n = 3;
  for (size_t i = 0; n < 510 && function_at(i); i++) {
    names[n++] = function_at(i)->name;
  }
  for (size_t i = 0; n < 510 && aggregate_at(i); i++) {
    names[n++] = aggregate_at(i)->name;
  }
  for (size_t i = 0; n < 510 && window_at(i); i++) {
    names[n++] = window_at(i)->name;
  }
  const size_t near = text_nearest(name, names, n);
  return near < n ? names[near] : NULL;
}

/* What a function is called in R, pandas, SQL or a spreadsheet, where no spelling would lead there. */
static const char *called_here(const char *name)
{
  static const char *const names[][2] = {
      {"avg", "mean"}, {"average", "mean"}, {"std", "sd"}, {"stddev", "sd"}, {"stdev", "sd"}, {"variance", "var"},
      {"corr", "cor"}, {"percentile", "quantile"}, {"weighted_mean", "wmean"}, {"n", "count"}, {"nunique", "distinct"},
      {"n_distinct", "distinct"}, {"group_concat", "string_agg"}, {"listagg", "string_agg"}, {"arg_min", "min_by"},
      {"arg_max", "max_by"}, {"cumsum", "cumulative_sum"}, {"cumprod", "cumulative_product"},
      {"cummax", "cumulative_max"}, {"cummin", "cumulative_min"}, {"cummean", "cumulative_mean"}, {"shift", "lag"},
      {"diff", "difference"}, {"pct_change", "growth"}, {"ffill", "fill_down"}, {"bfill", "fill_up"},
      {"rolling_std", "rolling_sd"}, {"rolling_var", "rolling_sd"}, {"min_rank", "rank"}, {"ifelse", "if"},
      {"if_else", "if"}, {"iif", "if"}, {"iff", "if"}, {"where", "if"}, {"case_when", "if"}, {"ifnull", "coalesce"},
      {"nvl", "coalesce"}, {"fillna", "coalesce"}, {"replace_na", "coalesce"}, {"nchar", "length"}, {"len", "length"},
      {"strlen", "length"}, {"toupper", "upper"}, {"ucase", "upper"}, {"tolower", "lower"}, {"lcase", "lower"},
      {"paste", "concat"}, {"paste0", "concat"}, {"mid", "substr"}, {"slice", "substr"}, {"strip", "trim"},
      {"trimws", "trim"}, {"gsub", "replace_regex"}, {"regexp_replace", "replace_regex"},
      {"regex_replace", "replace_regex"}, {"grepl", "matches"}, {"str_detect", "matches"},
      {"regexp_matches", "matches"},
      {"regexp_extract", "extract"}, {"strftime", "format_date"}, {"strptime", "parse_date"},
      {"date_trunc", "trunc_to"}, {"floor_date", "trunc_to"}, {"datediff", "days_between"},
      {"date_diff", "days_between"}, {"dayofweek", "weekday"}, {"wday", "weekday"}, {"dayofyear", "yearday"},
      {"day_of_year", "yearday"}, {"yday", "yearday"}, {"isoweek", "week"}, {"ln", "log"}, {"ceiling", "ceil"},
      {"pmin", "least"}, {"pmax", "greatest"}, {"power", "pow"}, {"is.na", "x is missing"},
      {"is_na", "x is missing"}, {"isna", "x is missing"}, {"isnull", "x is missing"}, {"is_null", "x is missing"},
      {"is_missing", "x is missing"}, {"notna", "x is not missing"}, {"notnull", "x is not missing"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strcmp(name, names[i][0]) == 0) {
      return names[i][1];
    }
  }
  return NULL;
}

static Status unknown_function(Compiler *c, const Node *node)
{
  const char *here = called_here(node->name), *near = here ? here : nearest_function(node->name);
  size_t column;
  (void)expr_error(c, node->at, STATUS_NAME, "unknown-function", _("there is no function '%s'"), node->name);
  if (near) {
    (void)error_hint(c->e, _("did you mean %s?"), near);
  } else if (c->scope->frame && frame_find(c->scope->frame, node->name, &column)) {
    (void)error_hint(c->e, _("%s is a column: an operator such as * should stand before the bracket"), node->name);
  } else {
    (void)error_hint(c->e, _("?functions lists what there is"));
  }
  return STATUS_NAME;
}

static Status pick(Compiler *c, Node *node)
{
  Candidate found[CANDIDATES_MOST];
  const size_t n = candidates(node->name, found);
  const Candidate *best = NULL;
  size_t most = 0, bad;
  for (size_t i = 0; i < n; i++) {
    const size_t fit = fitness(&found[i], node, &bad);
    if (fit > most) {
      most = fit;
      best = &found[i];
    }
  }
  if (!best) {
    return n > 0 ? refuse(c, node, found, n) : unknown_function(c, node);
  }
  const Shape shape = shape_of(best->types);
  const Status status = convert_inputs(c, node, best, &shape);
  if (status != STATUS_OK) {
    return status;
  }
  result_type(node, &shape);
  return best->function ? make_function(c, node, best->function) : make_shape(c, node, best);
}

/* ---- what is built in */

static Status need_inputs(Compiler *c, const Node *node, bool fits, const char *arguments)
{
  if (fits) {
    return STATUS_OK;
  }
  (void)expr_error(c, node->at, STATUS_ARGUMENT, "wrong-arguments", _("%1$s cannot have %2$zu arguments"), node->name,
                   node->n);
  (void)error_hint(c->e, _("write %1$s(%2$s)"), node->name, arguments);
  return STATUS_ARGUMENT;
}

static Status same_type(Compiler *c, Node *node, Node **nodes, size_t n)
{
  const Status status = expr_unify(c, nodes, n, node->name, node->at, &node->type, &node->zone);
  for (size_t i = 0; i < n && status == STATUS_OK; i++) {
    if (nodes[i]->type == TYPE_SET) {
      (void)expr_error(c, nodes[i]->at, STATUS_ARGUMENT, "wrong-type", _("%s does not take sets"), node->name);
      return error_hint(c->e, _("sets go with 'item' in x, size(x), x is missing"));
    }
  }
  return status;
}

/* if(c, a, b), and if(c, a, c2, b, ... z): the first condition that is true decides. */
static Status make_if(Compiler *c, Node *node)
{
  Status status = need_inputs(c, node, node->n >= 3 && node->n % 2 == 1, _("condition, then, else"));
  Node *values[EXPR_ARGUMENTS_MOST];
  size_t n = 0;
  for (size_t i = 0; i < node->n && status == STATUS_OK; i++) {
    if (i % 2 == 0 && i + 1 < node->n) {
      status = expr_need_bool(c, &node->inputs[i], _("a condition"));
    } else {
      values[n++] = node->inputs[i];
    }
  }
  status = status == STATUS_OK ? same_type(c, node, values, n) : status;
  if (status != STATUS_OK) {
    return status;
  }
  node->kind = NODE_IF;
  for (size_t i = 0; i < n; i++) {
    node->inputs[i + 1 < n ? 2 * i + 1 : 2 * i] = values[i];
  }
  return STATUS_OK;
}

static Status make_coalesce(Compiler *c, Node *node)
{
  const Status status = need_inputs(c, node, node->n >= 1, _("x, y"));
  node->kind = NODE_COALESCE;
  return status == STATUS_OK ? same_type(c, node, node->inputs, node->n) : status;
}

static Status compare_with(Compiler *c, Node *node, TokenKind op, Node *bound, Node **out)
{
  Node *made = expr_node(c, NODE_COMPARE, node->at, node->end, 2);
  if (!made) {
    return STATUS_MEMORY;
  }
  made->op = op;
  made->inputs[0] = node->inputs[0];
  made->inputs[1] = bound;
  *out = made;
  return expr_check_compare(c, made);
}

/* x >= low and x <= high. */
static Status make_between(Compiler *c, Node *node)
{
  Node *low = NULL, *high = NULL;
  Status status = need_inputs(c, node, node->n == 3, _("x, low, high"));
  status = status == STATUS_OK ? compare_with(c, node, TOKEN_GE, node->inputs[1], &low) : status;
  status = status == STATUS_OK ? compare_with(c, node, TOKEN_LE, node->inputs[2], &high) : status;
  if (status != STATUS_OK) {
    return status;
  }
  node->kind = NODE_LOGIC;
  node->op = TOKEN_AND;
  node->type = TYPE_BOOL;
  node->inputs[0] = low;
  node->inputs[1] = high;
  node->n = 2;
  return STATUS_OK;
}

Status expr_check_call(Compiler *c, Node *node)
{
  static const struct {
    const char *name;
    Status (*make)(Compiler *, Node *);
  } built_in[] = {{"if", make_if}, {"coalesce", make_coalesce}, {"between", make_between}};
  for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++) {
    if (strcmp(node->name, built_in[i].name) == 0) {
      return built_in[i].make(c, node);
    }
  }
  return pick(c, node);
}
