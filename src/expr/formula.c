/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas into terms. A term is the rising list of its variables' numbers; lists of terms are made by the operators and
 * hold no term twice. As in R a - turns the meaning of 1 and 0 to its right, so that - 1 takes the intercept away. */
#include "expr/formula.h"

#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/text.h"
#include "expr/formula_scan.h"

enum { NESTING_MOST = 100, PRODUCTS_MOST = 4000000 };

typedef struct Term {
  const uint32_t *variables;
  uint32_t n;
} Term;

typedef struct Terms {
  Term *items;
  size_t n, room;
  Map *seen;                      /* the items' bytes; made at need, freed with the list's owner */
} Terms;

typedef struct Parser {
  Scan scan;
  const Frame *frame;
  Arena *arena;
  Error *e;
  Map *labels;                    /* of variables */
  FormulaVariable *variables;
  size_t n_variables, room;
  Map *left;                      /* names on the left side */
  Text expanded;
  size_t copied;                  /* bytes of the source that are in `expanded` */
  bool plus, intercept;           /* plus: whether 1 adds the intercept */
  unsigned depth;
} Parser;

static Status formula_error(Parser *p, size_t at, const char *what)
{
  error_set(p->e, STATUS_FORMAT, "bad-formula", "%s", what);
  error_caret(p->e, p->scan.source.text, p->scan.source.length, at);
  return error_hint(p->e, _("a formula is like y ~ a + b:c + log(d) - 1; ?formulas lists what there is"));
}

static Status no_memory(Parser *p)
{
  return error_memory(p->e, 0, "formula");
}

static Status advance(Parser *p)
{
  return scan_next(&p->scan, p->e);
}

/* ---- Lists of terms */

static void terms_drop(Terms *t)
{
  map_free(t->seen);
  t->seen = NULL;
}

static Status too_large(Parser *p)
{
  error_set(p->e, STATUS_LIMIT, "formula-too-large", _("the formula has more than %d terms"), FORMULA_TERMS_MOST);
  return error_hint(p->e, _("name the interactions that matter instead of a product or power of many columns"));
}

/* Adds a term (copied when `copy`) unless it is there already. */
static Status add_term(Parser *p, Terms *t, Term term)
{
  bool fresh;
  size_t number;
  Status status = STATUS_OK;
  t->seen = t->seen ? t->seen : map_new();
  if (!t->seen) {
    return no_memory(p);
  }
  TRY(map_put(t->seen, (const char *)term.variables, term.n * sizeof *term.variables, &number, &fresh, p->e));
  if (!fresh) {
    return STATUS_OK;
  }
  if (t->n >= FORMULA_TERMS_MOST) {
    return too_large(p);
  }
  if (t->n == t->room) {
    const size_t room = t->room ? 2 * t->room : 8;
    Term *items = arena_alloc(p->arena, room, sizeof *items);
    if (!items) {
      return no_memory(p);
    }
    if (t->n > 0) {
      memcpy(items, t->items, t->n * sizeof *items);
    }
    t->items = items;
    t->room = room;
  }
  t->items[t->n++] = term;
done:
  return status;
}

static Status add_all(Parser *p, Terms *to, const Terms *from)
{
  Status status = STATUS_OK;
  for (size_t i = 0; i < from->n; i++) {
    TRY(add_term(p, to, from->items[i]));
  }
done:
  return status;
}

/* The variables of either, rising. */
static Status join_terms(Parser *p, Term a, Term b, Term *out)
{
  uint32_t *all = arena_alloc(p->arena, (size_t)a.n + b.n + 1, sizeof *all), n = 0;
  if (!all) {
    return no_memory(p);
  }
  for (uint32_t i = 0, j = 0; i < a.n || j < b.n;) {
    const uint32_t x = i < a.n ? a.variables[i] : UINT32_MAX, y = j < b.n ? b.variables[j] : UINT32_MAX;
    all[n++] = x < y ? x : y;
    i += x <= y;
    j += y <= x;
  }
  *out = (Term){all, n};
  return STATUS_OK;
}

/* Every term of a with every one of b, into out. */
static Status multiply(Parser *p, const Terms *a, const Terms *b, Terms *out)
{
  Status status = STATUS_OK;
  if (b->n > 0 && a->n > PRODUCTS_MOST / b->n) {
    return too_large(p);
  }
  for (size_t i = 0; i < a->n; i++) {
    for (size_t j = 0; j < b->n; j++) {
      Term term;
      TRY(join_terms(p, a->items[i], b->items[j], &term));
      TRY(add_term(p, out, term));
    }
  }
done:
  return status;
}

/* All variables of a list as one term. */
static Status whole_of(Parser *p, const Terms *t, Term *out)
{
  Status status = STATUS_OK;
  *out = (Term){NULL, 0};
  for (size_t i = 0; i < t->n; i++) {
    TRY(join_terms(p, *out, t->items[i], out));
  }
done:
  return status;
}

static bool same_term(Term a, Term b)
{
  return a.n == b.n && (a.n == 0 || memcmp(a.variables, b.variables, a.n * sizeof *a.variables) == 0);
}

/* Takes the terms of b out of a. */
static void remove_terms(Terms *a, const Terms *b)
{
  size_t kept = 0;
  for (size_t i = 0; i < a->n; i++) {
    bool gone = false;
    for (size_t j = 0; j < b->n && !gone; j++) {
      gone = same_term(a->items[i], b->items[j]);
    }
    a->items[kept] = a->items[i];
    kept += !gone;
  }
  if (kept < a->n) {
    a->n = kept;
    terms_drop(a); /* what is out may come in again */
  }
}

/* After remove_terms the map of what is there has to be made anew. */
static Status refresh(Parser *p, Terms *t)
{
  Status status = STATUS_OK;
  if (!t->seen) {
    const Terms old = *t;
    *t = (Terms){0};
    TRY(add_all(p, t, &old));
  }
done:
  return status;
}

/* ---- Variables */

/* The number of a variable, new or known by its label. */
static Status need_variable(Parser *p, const FormulaVariable *variable, uint32_t *number)
{
  size_t n;
  bool fresh;
  Status status;
  TRY(map_put(p->labels, variable->label, strlen(variable->label), &n, &fresh, p->e));
  *number = (uint32_t)n;
  if (!fresh) {
    return STATUS_OK;
  }
  if (p->n_variables == p->room) {
    const size_t room = p->room ? 2 * p->room : 16;
    FormulaVariable *variables = arena_alloc(p->arena, room, sizeof *variables);
    if (!variables) {
      return no_memory(p);
    }
    if (p->n_variables > 0) {
      memcpy(variables, p->variables, p->n_variables * sizeof *variables);
    }
    p->variables = variables;
    p->room = room;
  }
  p->variables[p->n_variables++] = *variable;
done:
  return status;
}

static Status add_variable(Parser *p, const FormulaVariable *variable, Terms *out)
{
  uint32_t *number = arena_alloc(p->arena, 1, sizeof *number);
  Status status;
  if (!number) {
    return no_memory(p);
  }
  TRY(need_variable(p, variable, number));
  TRY(add_term(p, out, (Term){number, 1}));
done:
  return status;
}

/* ---- Functions */

typedef struct Slice {
  size_t at, end;
  const char *name;        /* of "name = value"; NULL */
  size_t value;            /* where the value begins */
} Slice;

enum { ARGUMENTS_MOST = 8 };

/* After a name and its bracket: the arguments up to the closing bracket, which is the present word at the end. */
static Status read_arguments(Parser *p, Slice out[ARGUMENTS_MOST], size_t *n)
{
  const size_t opened = p->scan.token.at;
  size_t depth = 1;
  const char *word = NULL;
  bool fresh = true;
  Status status;
  *n = 0;
  TRY(advance(p));
  out[0] = (Slice){.at = p->scan.token.at, .value = p->scan.token.at};
  for (;; ) {
    const int kind = p->scan.kind;
    if (kind == TOKEN_END) {
      return formula_error(p, opened, _("this bracket is not closed"));
    }
    depth += kind == TOKEN_OPEN || kind == TOKEN_OPEN_LIST;
    depth -= kind == TOKEN_CLOSE || kind == TOKEN_CLOSE_LIST;
    if (depth == 0 || (depth == 1 && kind == TOKEN_COMMA)) {
      out[*n].end = p->scan.token.at;
      ++*n;
      if (depth == 0) {
        return STATUS_OK;
      }
      if (*n == ARGUMENTS_MOST) {
        --*n; /* further ones are a function's own affair */
      }
    }
    const bool begins = fresh && kind == TOKEN_NAME;
    const bool assigns = word && depth == 1 && kind == TOKEN_EQ && p->scan.source.text[p->scan.token.at + 1] != '=';
    fresh = depth == 1 && kind == TOKEN_COMMA;
    const char *name = assigns ? word : NULL;
    word = begins ? p->scan.token.text : NULL;
    TRY(advance(p));
    if (fresh) {
      out[*n] = (Slice){.at = p->scan.token.at, .value = p->scan.token.at};
    } else if (assigns) {
      out[*n].name = name;
      out[*n].value = p->scan.token.at;
    }
  }
done:
  return status;
}

/* The one token of a slice's value. */
static Status value_of(Parser *p, const Slice *slice, Token *token)
{
  size_t position = slice->value;
  const Source source = {p->scan.source.text, slice->end, p->scan.source.text};
  Token after;
  Status status;
  TRY(expr_token(&source, &position, token, p->arena, p->e));
  TRY(expr_token(&source, &position, &after, p->arena, p->e));
  if (after.kind != TOKEN_END) {
    TRY(formula_error(p, after.at, _("one value was expected here")));
  }
done:
  return status;
}

static Status bad_argument(Parser *p, const Slice *slice, const char *usage)
{
  error_set(p->e, STATUS_FORMAT, "bad-formula", _("this argument is not understood"));
  error_caret(p->e, p->scan.source.text, p->scan.source.length, slice->at);
  return error_hint(p->e, _("it is used so: %s"), usage);
}

static Status factor_arguments(Parser *p, const Slice *slices, size_t n, FormulaVariable *v)
{
  Status status = STATUS_OK;
  for (size_t i = 1; i < n; i++) {
    Token token;
    if (!slices[i].name || strcmp(slices[i].name, "ref") != 0) {
      return bad_argument(p, &slices[i], "factor(region, ref = \"north\")");
    }
    TRY(value_of(p, &slices[i], &token));
    const bool literal = token.kind == TOKEN_INT || token.kind == TOKEN_FLOAT || token.kind == TOKEN_TRUE || token.kind == TOKEN_FALSE;
    v->reference = token.kind == TOKEN_TEXT ? token.text
                   : literal ? arena_text(p->arena, p->scan.source.text + token.at, token.end - token.at) : NULL;
    if (!v->reference) {
      return token.kind == TOKEN_TEXT || literal ? no_memory(p) : bad_argument(p, &slices[i], "factor(region, ref = \"north\")");
    }
  }
done:
  return status;
}

static Status poly_arguments(Parser *p, const Slice *slices, size_t n, FormulaVariable *v)
{
  static const char usage[] = "poly(x, 2) or poly(x, 2, raw = true)";
  Status status = STATUS_OK;
  v->degree = 0;
  for (size_t i = 1; i < n; i++) {
    Token token;
    TRY(value_of(p, &slices[i], &token));
    const bool degree = !slices[i].name ? i == 1 : strcmp(slices[i].name, "degree") == 0;
    if (degree && token.kind == TOKEN_INT && token.integer >= 1 && token.integer <= FORMULA_DEGREE_MOST) {
      v->degree = (size_t)token.integer;
    } else if (!degree && slices[i].name && strcmp(slices[i].name, "raw") == 0 &&
               (token.kind == TOKEN_TRUE || token.kind == TOKEN_FALSE)) {
      v->raw = token.kind == TOKEN_TRUE;
    } else {
      return bad_argument(p, &slices[i], usage);
    }
  }
  if (v->degree == 0) {
    return bad_argument(p, &slices[0], usage);
  }
done:
  return status;
}

/* name(...): the present word is the bracket. */
static Status parse_call(Parser *p, const char *name, size_t at, Terms *out)
{
  static const struct { const char *name; FormulaKind kind; } known[] = {
      {"I", FORMULA_VALUE}, {"factor", FORMULA_FACTOR}, {"poly", FORMULA_POLY}, {"offset", FORMULA_OFFSET}};
  const char *text = p->scan.source.text;
  Slice slices[ARGUMENTS_MOST + 1];
  size_t n;
  FormulaVariable v = {.kind = FORMULA_VALUE, .text = text + at, .at = at};
  Status status;
  TRY(read_arguments(p, slices, &n));
  const size_t end = p->scan.token.end;
  v.length = end - at;
  TRY(formula_label(text + at, v.length, text, p->arena, &v.label, p->e));
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (strcmp(known[i].name, name) == 0) {
      if (slices[0].at >= slices[0].end) {
        return formula_error(p, at, _("this function needs an argument"));
      }
      v.kind = known[i].kind;
      v.text = text + slices[0].at;
      v.length = slices[0].end - slices[0].at;
      if (v.kind == FORMULA_FACTOR) {
        TRY(factor_arguments(p, slices, n, &v));
      } else if (v.kind == FORMULA_POLY) {
        TRY(poly_arguments(p, slices, n, &v));
      } else if (n > 1) {
        return bad_argument(p, &slices[1], i == 0 ? "I(a^2)" : "offset(a)");
      }
    }
  }
  TRY(advance(p));
  TRY(add_variable(p, &v, out));
done:
  return status;
}

/* ---- Names */

static Status parse_column(Parser *p, const Token *token, Terms *out)
{
  size_t column;
  if (frame_need(p->frame, token->text, &column, p->e) != STATUS_OK) {
    return error_caret(p->e, p->scan.source.text, p->scan.source.length, token->at);
  }
  const char *label = formula_name(token->text, p->arena);
  if (!label) {
    return no_memory(p);
  }
  const FormulaVariable v = {.kind = FORMULA_VALUE, .label = label, .text = label, .length = strlen(label), .at = token->at};
  return add_variable(p, &v, out);
}

/* A dot: all columns but those on the left side and those that a model has made; residuals would explain all. */
static Status parse_dot(Parser *p, size_t at, Terms *out)
{
  Status status = STATUS_OK;
  text_add(&p->expanded, p->scan.source.text + p->copied, at - p->copied);
  p->copied = at + 1;
  text_char(&p->expanded, '(');
  for (size_t i = 0; i < frame_columns(p->frame); i++) {
    const char *name = frame_name(p->frame, i);
    size_t number;
    if (map_get(p->left, name, strlen(name), &number) || column_role(frame_column(p->frame, i)) != ROLE_NONE) {
      continue;
    }
    const char *label = formula_name(name, p->arena);
    if (!label) {
      return no_memory(p);
    }
    text_puts(&p->expanded, out->n > 0 ? " + " : "");
    text_puts(&p->expanded, label);
    const FormulaVariable v = {.kind = FORMULA_VALUE, .label = label, .text = label, .length = strlen(label), .at = at};
    TRY(add_variable(p, &v, out));
  }
  text_puts(&p->expanded, out->n > 0 ? ")" : "0)");
  if (out->n == 0) {
    TRY(formula_error(p, at, _("there is no column that . could stand for")));
  }
done:
  return status;
}

/* ---- Operators, tightest first */

static Status parse_sum(Parser *p, Terms *out);

static Status parse_one(Parser *p, Terms *out)
{
  const Token token = p->scan.token;
  const int kind = p->scan.kind;
  Status status;
  TRY(advance(p));
  if (kind == TOKEN_NAME && p->scan.kind == TOKEN_OPEN) {
    return parse_call(p, token.text, token.at, out);
  }
  if (kind == TOKEN_NAME || kind == TOKEN_QUOTED) {
    return parse_column(p, &token, out);
  }
  if (kind == WORD_DOT) {
    return parse_dot(p, token.at, out);
  }
  if (kind == TOKEN_INT && (token.integer == 0 || token.integer == 1)) {
    p->intercept = (token.integer == 1) == p->plus;
    return STATUS_OK;
  }
  if (kind != TOKEN_OPEN) {
    return formula_error(p, token.at, kind == TOKEN_END ? _("the formula ends too early")
                                      : kind == TOKEN_INT || kind == TOKEN_FLOAT
                                          ? _("only 0 and 1 can stand by themselves, for the intercept")
                                          : _("a column, a function or a bracket was expected here"));
  }
  if (++p->depth > NESTING_MOST) {
    return formula_error(p, token.at, _("too many brackets within one another"));
  }
  TRY(parse_sum(p, out));
  p->depth--;
  if (p->scan.kind != TOKEN_CLOSE) {
    return formula_error(p, token.at, _("this bracket is not closed"));
  }
  TRY(advance(p));
done:
  return status;
}

static Status parse_power(Parser *p, Terms *out)
{
  Terms base = {0}, power = {0};
  Status status;
  TRY(parse_one(p, &base));
  while (p->scan.kind == TOKEN_POW) {
    TRY(advance(p));
    if (p->scan.kind != TOKEN_INT || p->scan.token.integer < 1) {
      TRY(formula_error(p, p->scan.token.at, _("a power of terms is a whole number from 1 on")));
    }
    /* A power that adds nothing is the last one that does. */
    power = (Terms){0};
    TRY(add_all(p, &power, &base));
    for (int64_t i = 1; i < p->scan.token.integer; i++) {
      Terms next = {0};
      status = multiply(p, &base, &power, &next);
      const bool grown = next.n != power.n;
      terms_drop(&power);
      power = next;
      TRY(status);
      if (!grown) {
        break;
      }
    }
    terms_drop(&base);
    base = power;
    power = (Terms){0};
    TRY(advance(p));
  }
  TRY(add_all(p, out, &base));
done:
  terms_drop(&base);
  terms_drop(&power);
  return status;
}

/* a:b and, looser, a %in% b */
static Status parse_interaction(Parser *p, Terms *out)
{
  Terms left = {0}, right = {0}, all = {0};
  Status status;
  TRY(parse_power(p, &left));
  while (p->scan.kind == WORD_COLON) {
    TRY(advance(p));
    TRY(parse_power(p, &right));
    TRY(multiply(p, &left, &right, &all));
    terms_drop(&left);
    terms_drop(&right);
    left = all;
    right = all = (Terms){0};
  }
  TRY(add_all(p, out, &left));
done:
  terms_drop(&left);
  terms_drop(&right);
  terms_drop(&all);
  return status;
}

static Status parse_within(Parser *p, Terms *out)
{
  Terms left = {0}, right = {0}, all = {0};
  Status status;
  TRY(parse_interaction(p, &left));
  while (p->scan.kind == WORD_WITHIN) {
    Terms group = {0};
    Term whole;
    TRY(advance(p));
    TRY(parse_interaction(p, &right));
    TRY(whole_of(p, &right, &whole));
    group = (Terms){.items = &whole, .n = 1};
    TRY(multiply(p, &left, &group, &all));
    terms_drop(&left);
    terms_drop(&right);
    left = all;
    right = all = (Terms){0};
  }
  TRY(add_all(p, out, &left));
done:
  terms_drop(&left);
  terms_drop(&right);
  terms_drop(&all);
  return status;
}

/* a * b: a + b + a:b. a / b: a + b within all of a. */
static Status parse_product(Parser *p, Terms *out)
{
  Terms left = {0}, right = {0}, all = {0};
  Status status;
  TRY(parse_within(p, &left));
  while (p->scan.kind == TOKEN_MUL || p->scan.kind == TOKEN_DIV) {
    const bool nests = p->scan.kind == TOKEN_DIV;
    Term whole;
    Terms group = {.items = &whole, .n = 1};
    TRY(advance(p));
    TRY(parse_within(p, &right));
    TRY(add_all(p, &all, &left));
    if (!nests) {
      TRY(add_all(p, &all, &right));
    }
    TRY(whole_of(p, &left, &whole));
    TRY(multiply(p, nests ? &group : &left, &right, &all));
    terms_drop(&left);
    terms_drop(&right);
    left = all;
    right = all = (Terms){0};
  }
  TRY(add_all(p, out, &left));
done:
  terms_drop(&left);
  terms_drop(&right);
  terms_drop(&all);
  return status;
}

static Status parse_sum(Parser *p, Terms *out)
{
  Terms all = {0}, next = {0};
  Status status = STATUS_OK;
  bool first = true;
  while (first || p->scan.kind == TOKEN_ADD || p->scan.kind == TOKEN_SUB) {
    const bool minus = p->scan.kind == TOKEN_SUB, sign = minus || p->scan.kind == TOKEN_ADD;
    first = false;
    if (sign) {
      TRY(advance(p));
    }
    p->plus = p->plus != minus;
    TRY(parse_product(p, &next));
    p->plus = p->plus != minus;
    if (minus) {
      remove_terms(&all, &next);
      TRY(refresh(p, &all));
    } else {
      TRY(add_all(p, &all, &next));
    }
    terms_drop(&next);
    next = (Terms){0};
  }
  TRY(add_all(p, out, &all));
done:
  terms_drop(&all);
  terms_drop(&next);
  return status;
}

/* ---- The whole */

/* Everything up to the ~; names in it are left out of the dot. An I( ) around all of it is R's way to write an
 * expression. */
static Status parse_left(Parser *p, Formula *f)
{
  FormulaVariable *response = NULL;
  size_t end = 0, number, depth = 0, outside = 0, inner = 0, inner_end = 0;
  bool fresh;
  Status status;
  TRY(advance(p));
  const size_t at = p->scan.token.at;
  const bool wrap = p->scan.kind == TOKEN_NAME && strcmp(p->scan.token.text, "I") == 0;
  while (p->scan.kind != WORD_TILDE) {
    if (p->scan.kind == TOKEN_END) {
      TRY(formula_error(p, p->scan.token.at, _("a formula has a ~ between the response and the terms")));
    }
    if (p->scan.kind == TOKEN_NAME || p->scan.kind == TOKEN_QUOTED) {
      TRY(map_put(p->left, p->scan.token.text, strlen(p->scan.token.text), &number, &fresh, p->e));
    }
    depth += p->scan.kind == TOKEN_OPEN;
    inner = inner == 0 && depth == 1 ? p->scan.token.end : inner;
    depth -= p->scan.kind == TOKEN_CLOSE && depth > 0;
    outside += depth == 0; /* words outside of brackets: only I and the last bracket, when it is around all */
    inner_end = p->scan.token.at;
    end = p->scan.token.end;
    TRY(advance(p));
  }
  if (end > 0) {
    response = arena_alloc(p->arena, 1, sizeof *response);
    if (!response) {
      TRY(no_memory(p));
    }
    const char *text = p->scan.source.text;
    *response = (FormulaVariable){.text = text + at, .length = end - at, .at = at};
    TRY(formula_label(response->text, response->length, text, p->arena, &response->label, p->e));
    if (wrap && outside == 2 && inner > 0 && inner_end > inner) {
      response->text = text + inner;
      response->length = inner_end - inner;
    }
  }
  f->response = response;
  TRY(advance(p));
done:
  return status;
}

static bool has_offset(const Parser *p, Term term)
{
  for (uint32_t i = 0; i < term.n; i++) {
    if (p->variables[term.variables[i]].kind == FORMULA_OFFSET) {
      return true;
    }
  }
  return false;
}

static Status label_term(Parser *p, Term term, const char **out)
{
  Text label = {0};
  for (uint32_t i = 0; i < term.n; i++) {
    text_puts(&label, i > 0 ? ":" : "");
    text_puts(&label, p->variables[term.variables[i]].label);
  }
  Status status;
  TRY(text_status(&label, p->e));
  *out = arena_text(p->arena, text_data(&label), label.size);
  if (!*out) {
    TRY(no_memory(p));
  }
done:
  text_free(&label);
  return status;
}

/* Offsets and the response go; what stays is put in order of degree. */
static Status order_terms(Parser *p, const Terms *all, Formula *f)
{
  FormulaTerm *terms = arena_alloc(p->arena, all->n, sizeof *terms);
  uint32_t *offsets = arena_alloc(p->arena, p->n_variables, sizeof *offsets), highest = 0;
  Status status = STATUS_OK;
  if (!terms || !offsets) {
    TRY(no_memory(p));
  }
  for (size_t i = 0; i < all->n; i++) {
    highest = all->items[i].n > highest ? all->items[i].n : highest;
  }
  for (uint32_t degree = 1; degree <= highest; degree++) {
    for (size_t i = 0; i < all->n; i++) {
      const Term term = all->items[i];
      if (term.n != degree || has_offset(p, term) ||
          (degree == 1 && f->response && strcmp(p->variables[term.variables[0]].label, f->response->label) == 0)) {
        continue;
      }
      FormulaTerm *kept = &terms[f->n_terms++];
      *kept = (FormulaTerm){.variables = term.variables, .n = term.n};
      TRY(label_term(p, term, &kept->label));
    }
  }
  for (uint32_t i = 0; i < p->n_variables; i++) {
    offsets[f->n_offsets] = i;
    f->n_offsets += p->variables[i].kind == FORMULA_OFFSET;
  }
  f->terms = terms;
  f->offsets = offsets;
done:
  return status;
}

static Status finish(Parser *p, Formula *f)
{
  Status status;
  text_add(&p->expanded, p->scan.source.text + p->copied, p->scan.source.length - p->copied);
  TRY(text_status(&p->expanded, p->e));
  f->expanded = arena_text(p->arena, text_data(&p->expanded), p->expanded.size);
  if (!f->expanded) {
    TRY(no_memory(p));
  }
  f->source = p->scan.source.text;
  f->variables = p->variables;
  f->n_variables = p->n_variables;
  f->intercept = p->intercept;
done:
  return status;
}

Status formula_parse(const char *text, const Frame *frame, Arena *arena, const Formula **out, Error *e)
{
  Formula *f = arena_alloc(arena, 1, sizeof *f);
  const char *copy = arena_string(arena, text);
  Parser p = {.frame = frame, .arena = arena, .e = e, .plus = true, .intercept = true, .labels = map_new(), .left = map_new()};
  Terms all = {0};
  Status status;
  *out = NULL;
  if (!f || !copy || !p.labels || !p.left) {
    TRY(no_memory(&p));
  }
  p.scan = (Scan){.source = {copy, strlen(copy), NULL}, .arena = arena};
  TRY(parse_left(&p, f));
  TRY(parse_sum(&p, &all));
  if (p.scan.kind != TOKEN_END) {
    TRY(formula_error(&p, p.scan.token.at,
                      p.scan.kind == TOKEN_CLOSE ? _("this bracket was not opened")
                                                 : _("an operator was expected here: + - : * / ^ or %in%")));
  }
  TRY(order_terms(&p, &all, f));
  TRY(finish(&p, f));
  *out = f;
done:
  terms_drop(&all);
  map_free(p.labels);
  map_free(p.left);
  text_free(&p.expanded);
  return status;
}
