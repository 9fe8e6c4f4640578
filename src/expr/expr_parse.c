/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From words to a tree, by binding powers. Nesting is limited, so that no text can exhaust the stack; the height
 * of chains like a + b + c ... too. Reference: Pratt 1973, Top Down Operator Precedence. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "expr/expr_node.h"

/* Binding powers, loosest first. */
enum { BIND_NONE, BIND_OR, BIND_AND, BIND_NOT, BIND_COMPARE, BIND_SUM, BIND_PRODUCT, BIND_SIGN, BIND_POWER };

typedef struct Parser {
  Compiler *c;
  Token token;      /* the next one */
  size_t position;  /* behind it */
  size_t last_end;  /* of the token before */
  unsigned nesting;
} Parser;

Status expr_error(Compiler *c, size_t at, Status status, const char *id, const char *format, ...)
{
  char what[sizeof c->e->what];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  error_set(c->e, status, id, "%s", what);
  (void)expr_caret(&c->source, at, c->e);
  return status;
}

Node *expr_node(Compiler *c, NodeKind kind, size_t at, size_t end, size_t inputs)
{
  Node *node = arena_alloc(c->arena, 1, sizeof *node);
  Node **list = inputs ? arena_alloc(c->arena, inputs, sizeof *list) : NULL;
  if (!node || (inputs && !list)) {
    (void)error_memory(c->e, 0, _("an expression"));
    return NULL;
  }
  node->kind = kind;
  node->at = at;
  node->end = end;
  node->inputs = list;
  node->n = inputs;
  node->zone = "";
  node->id = c->n_nodes++;
  return node;
}

static Status syntax(Parser *p, size_t at, const char *what, const char *hint)
{
  (void)expr_error(p->c, at, STATUS_FORMAT, "bad-expression", "%s", what);
  (void)error_hint(p->c->e, "%s", hint);
  return STATUS_FORMAT;
}

static Status advance(Parser *p)
{
  p->last_end = p->token.end;
  return expr_token(&p->c->source, &p->position, &p->token, p->c->arena, p->c->e);
}

static Status parse(Parser *p, int least, Node **out);

static Status no_operand(Parser *p)
{
  const Token *token = &p->token;
  if (token->kind == TOKEN_END) {
    return p->c->source.length == 0 || p->last_end == 0
               ? syntax(p, 0, _("the expression is empty"), _("write one like \"spend / visits\""))
               : syntax(p, token->at, _("the expression ends where a value should follow"),
                        _("a value is a column, a number, 'a text', a call or (an expression)"));
  }
  (void)expr_error(p->c, token->at, STATUS_FORMAT, "bad-expression", _("a value should stand before '%.*s'"),
                   (int)(token->end - token->at < 60 ? token->end - token->at : 60), p->c->source.text + token->at);
  (void)error_hint(p->c->e, token->kind == TOKEN_MISSING
                                ? _("write x is missing; a column of this name stands in backquotes")
                                : _("a value is a column, a number, 'a text', a call or (an expression)"));
  return STATUS_FORMAT;
}

/* The token as a leaf. */
static Status leaf(Parser *p, Node **out)
{
  const Token token = p->token;
  const NodeKind kind = token.kind == TOKEN_NAME || token.kind == TOKEN_QUOTED ? NODE_NAME
                        : token.kind == TOKEN_PARAMETER                        ? NODE_PARAMETER
                                                                               : NODE_CONSTANT;
  Node *node = expr_node(p->c, kind, token.at, token.end, 0);
  if (!node) {
    return STATUS_MEMORY;
  }
  *out = node;
  node->name = kind == NODE_CONSTANT ? NULL : token.text;
  node->constant = kind == NODE_CONSTANT;
  switch (token.kind) {
  case TOKEN_INT: node->type = TYPE_INT64; node->cell.integer = token.integer; break;
  case TOKEN_FLOAT: node->type = TYPE_FLOAT64; node->cell.real = token.number; break;
  case TOKEN_TRUE:
  case TOKEN_FALSE: node->type = TYPE_BOOL; node->cell.flag = token.kind == TOKEN_TRUE; break;
  case TOKEN_NA: node->any = true; node->missing = 1; break;
  case TOKEN_TIME:
    node->type = TYPE_TIMESTAMP;
    node->cell.integer = token.integer;
    node->literal = true;
    node->utc = token.utc;
    break;
  case TOKEN_TEXT:
    node->type = TYPE_STRING;
    node->cell.span = (Span){token.text, token.length};
    node->literal = true;
    break;
  default: break;
  }
  return advance(p);
}

static unsigned height_of(const Node *node)
{
  unsigned height = 0;
  for (size_t i = 0; i < node->n; i++) {
    height = node->inputs[i]->height > height ? node->inputs[i]->height : height;
  }
  return height + 1;
}

static Status too_high(Parser *p, Node *node)
{
  node->height = height_of(node);
  return node->height <= EXPR_HEIGHT_MOST
             ? STATUS_OK
             : syntax(p, node->at, _("the expression has more than 2000 operations one upon the other"),
                      _("make it in steps: name = expression, name2 = ..."));
}

/* Makes the chain of items the node's inputs. */
static Status take_items(Parser *p, Node *first, size_t n, Node *node)
{
  node->inputs = arena_alloc(p->c->arena, n, sizeof *node->inputs);
  if (!node->inputs) {
    return error_memory(p->c->e, 0, _("an expression"));
  }
  for (Node *item = first, *next; item; item = next) {
    next = item->next;
    item->next = NULL;
    node->inputs[node->n++] = item;
  }
  return too_high(p, node);
}

/* Between items: a comma and another one, or the end. */
static Status item_end(Parser *p, TokenKind close, size_t open_at)
{
  if (p->token.kind == TOKEN_COMMA) {
    const Status status = advance(p);
    return status == STATUS_OK && p->token.kind == close ? no_operand(p) : status;
  }
  if (p->token.kind == TOKEN_END) {
    return syntax(p, open_at, _("this bracket is not closed"), _("write f(a, b) or [a, b]"));
  }
  return p->token.kind == close
             ? STATUS_OK
             : syntax(p, p->token.at, _("',' or a closing bracket should stand here"), _("write f(a, b) or [a, b]"));
}

/* Items up to the closing bracket, the opening one being the current token. */
static Status items(Parser *p, TokenKind close, size_t open_at, Node *node)
{
  Node *first = NULL, **last = &first;
  size_t n = 0;
  Status status = advance(p);
  while (status == STATUS_OK && p->token.kind != close) {
    if (p->token.kind == TOKEN_END) {
      return syntax(p, open_at, _("this bracket is not closed"), _("write f(a, b) or [a, b]"));
    }
    if (n++ == EXPR_ARGUMENTS_MOST) {
      return syntax(p, p->token.at, _("more than 1000 items between brackets"),
                    _("join with a frame of the items instead"));
    }
    status = parse(p, BIND_NONE, last);
    if (status == STATUS_OK) {
      last = &(*last)->next;
      status = item_end(p, close, open_at);
    }
  }
  node->end = p->token.end;
  if (status == STATUS_OK) {
    status = advance(p);
  }
  return status == STATUS_OK ? take_items(p, first, n, node) : status;
}

/* A name, or a call when a bracket follows. */
static Status name_or_call(Parser *p, Node **out)
{
  const bool may_call = p->token.kind == TOKEN_NAME;
  const Status status = leaf(p, out);
  if (status != STATUS_OK || !may_call || p->token.kind != TOKEN_OPEN) {
    return status;
  }
  (*out)->kind = NODE_CALL;
  return items(p, TOKEN_CLOSE, p->token.at, *out);
}

static Status brackets(Parser *p, Node **out)
{
  const size_t open = p->token.at;
  Status status = advance(p);
  if (status == STATUS_OK) {
    status = parse(p, BIND_NONE, out);
  }
  if (status != STATUS_OK) {
    return status;
  }
  if (p->token.kind == TOKEN_COMMA) {
    return syntax(p, p->token.at, _("',' has no meaning here"), _("a list of constants is [a, b]"));
  }
  if (p->token.kind != TOKEN_CLOSE) {
    return p->token.kind == TOKEN_END
               ? syntax(p, open, _("this bracket is not closed"), _("add the ')'"))
               : syntax(p, p->token.at, _("an operator or ')' should stand here"), _("?expressions"));
  }
  return advance(p);
}

static Status join(Parser *p, NodeKind kind, Token op, Node *left, Node *right, Node **out)
{
  Node *node = expr_node(p->c, kind, op.at, op.end, 1 + (right != NULL));
  if (!node) {
    return STATUS_MEMORY;
  }
  node->op = op.kind;
  node->inputs[0] = left;
  if (right) {
    node->inputs[1] = right;
  }
  *out = node;
  return too_high(p, node);
}

/* not x, -x, +x. */
static Status prefix(Parser *p, int least, Node **out)
{
  const Token op = p->token;
  Status status = advance(p);
  if (status == STATUS_OK) {
    status = parse(p, least, out);
  }
  if (status != STATUS_OK || op.kind == TOKEN_ADD) {
    return status;
  }
  return join(p, op.kind == TOKEN_NOT ? NODE_LOGIC : NODE_ARITHMETIC, op, *out, NULL, out);
}

static Status operand(Parser *p, Node **out)
{
  switch (p->token.kind) {
  case TOKEN_OPEN: return brackets(p, out);
  case TOKEN_NOT: return prefix(p, BIND_NOT, out);
  case TOKEN_SUB:
  case TOKEN_ADD: return prefix(p, BIND_SIGN, out);
  case TOKEN_NAME:
  case TOKEN_QUOTED: return name_or_call(p, out);
  case TOKEN_INT:
  case TOKEN_FLOAT:
  case TOKEN_TEXT:
  case TOKEN_TIME:
  case TOKEN_PARAMETER:
  case TOKEN_TRUE:
  case TOKEN_FALSE:
  case TOKEN_NA: return leaf(p, out);
  case TOKEN_OPEN_LIST:
    return syntax(p, p->token.at, _("a list stands only behind in"), _("write x in [1, 2, 3]"));
  default: return no_operand(p);
  }
}

/* What a token binds with behind a value; BIND_NONE: it ends the value. */
static int binding(TokenKind kind)
{
  switch (kind) {
  case TOKEN_OR: return BIND_OR;
  case TOKEN_AND: return BIND_AND;
  case TOKEN_EQ: case TOKEN_NE: case TOKEN_LT: case TOKEN_LE: case TOKEN_GT: case TOKEN_GE:
  case TOKEN_IN: case TOKEN_IS: case TOKEN_NOT: return BIND_COMPARE;
  case TOKEN_ADD: case TOKEN_SUB: return BIND_SUM;
  case TOKEN_MUL: case TOKEN_DIV: case TOKEN_FLOOR: case TOKEN_MOD: return BIND_PRODUCT;
  case TOKEN_POW: return BIND_POWER;
  default: return BIND_NONE;
  }
}

/* Behind `is`: [not] missing. */
static Status is_missing(Parser *p, Token op, Node **left)
{
  Status status = advance(p);
  const bool negated = status == STATUS_OK && p->token.kind == TOKEN_NOT;
  if (negated) {
    status = advance(p);
  }
  if (status == STATUS_OK && p->token.kind != TOKEN_MISSING && p->token.kind != TOKEN_NA) {
    return syntax(p, p->token.at, _("'is' goes with missing only"),
                  _("write x is missing or x is not missing; x == y compares"));
  }
  if (status == STATUS_OK) {
    status = join(p, NODE_MISSING, op, *left, NULL, left);
    (*left)->negated = negated;
  }
  return status == STATUS_OK ? advance(p) : status;
}

/* Behind [not] in: a list of constants, or a set. */
static Status in_what(Parser *p, Token op, bool negated, Node **left)
{
  Node *right = NULL;
  Status status = advance(p);
  if (status == STATUS_OK && p->token.kind == TOKEN_OPEN_LIST) {
    right = expr_node(p->c, NODE_LIST, p->token.at, p->token.end, 0);
    status = right ? items(p, TOKEN_CLOSE_LIST, p->token.at, right) : STATUS_MEMORY;
  } else if (status == STATUS_OK) {
    status = parse(p, BIND_SUM, &right);
  }
  if (status == STATUS_OK) {
    status = join(p, right->kind == NODE_LIST ? NODE_IN_LIST : NODE_IN_SET, op, *left, right, left);
  }
  if (status == STATUS_OK) {
    (*left)->negated = negated;
  }
  return status;
}

static Status compare(Parser *p, Node **left)
{
  Token op = p->token;
  if (op.kind == TOKEN_IS) {
    return is_missing(p, op, left);
  }
  bool negated = false;
  if (op.kind == TOKEN_NOT) {
    const Status status = advance(p);
    if (status != STATUS_OK) {
      return status;
    }
    if (p->token.kind != TOKEN_IN) {
      return syntax(p, p->token.at, _("'in' should follow 'not' here"),
                    _("write x not in [1, 2], or not before the comparison"));
    }
    negated = true;
    op.kind = TOKEN_IN;
  }
  if (op.kind == TOKEN_IN) {
    return in_what(p, op, negated, left);
  }
  Node *right = NULL;
  Status status = advance(p);
  if (status == STATUS_OK) {
    status = parse(p, BIND_SUM, &right);
  }
  return status == STATUS_OK ? join(p, NODE_COMPARE, op, *left, right, left) : status;
}

static Status infix(Parser *p, int power, Node **left)
{
  const Token op = p->token;
  if (power == BIND_COMPARE) {
    const Status status = compare(p, left);
    return status == STATUS_OK && binding(p->token.kind) == BIND_COMPARE
               ? syntax(p, p->token.at, _("comparisons do not chain"),
                        _("write a < b and b < c, or between(b, a, c)"))
               : status;
  }
  Node *right = NULL;
  Status status = advance(p);
  if (status == STATUS_OK) {
    status = parse(p, op.kind == TOKEN_POW ? BIND_SIGN : power + 1, &right);
  }
  if (status == STATUS_OK) {
    status = join(p, power <= BIND_AND ? NODE_LOGIC : NODE_ARITHMETIC, op, *left, right, left);
  }
  return status;
}

static Status parse(Parser *p, int least, Node **out)
{
  if (++p->nesting > EXPR_NESTING_MOST) {
    return syntax(p, p->token.at, _("the expression is nested more than 200 deep"),
                  _("make it in steps: name = expression, name2 = ..."));
  }
  Status status = operand(p, out);
  for (int power = BIND_NONE; status == STATUS_OK; ) {
    power = binding(p->token.kind);
    if (power == BIND_NONE || power < least) {
      break;
    }
    status = infix(p, power, out);
  }
  p->nesting--;
  return status;
}

/* Words that follow a whole expression. */
static Status left_over(Parser *p)
{
  const Token *token = &p->token;
  if (token->kind == TOKEN_CLOSE || token->kind == TOKEN_CLOSE_LIST) {
    return syntax(p, token->at, _("this bracket was never opened"), _("take it away, or open it before"));
  }
  (void)expr_error(p->c, token->at, STATUS_FORMAT, "bad-expression", _("an operator should stand before '%.*s'"),
                   (int)(token->end - token->at < 60 ? token->end - token->at : 60), p->c->source.text + token->at);
  (void)error_hint(p->c->e,
                   token->kind == TOKEN_NAME && (strcmp(token->text, "AND") == 0 || strcmp(token->text, "OR") == 0)
                       ? _("and, or, not are written in small letters")
                       : _("a name with blanks stands in backquotes, a text in quotes"));
  return STATUS_FORMAT;
}

Status expr_parse(Compiler *c, Node **root)
{
  Parser parser = {.c = c};
  Status status = expr_token(&c->source, &parser.position, &parser.token, c->arena, c->e);
  if (status == STATUS_OK) {
    status = parse(&parser, BIND_NONE, root);
  }
  return status == STATUS_OK && parser.token.kind != TOKEN_END ? left_over(&parser) : status;
}
