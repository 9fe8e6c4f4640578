/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expr_check.h -- the parts of the check of names and types (expr_check.c, expr_call.c, expr_in.c). For
 * src/expr/expr*.c only. All errors point at a byte and say which types met.
 */
#ifndef ASSAY_EXPR_EXPR_CHECK_H
#define ASSAY_EXPR_EXPR_CHECK_H

#include "expr/expr_node.h"

enum { EXPR_WORDS = 160 };

/* Texts of either kind are one. */
static inline Type expr_plain_type(Type type)
{
  return type == TYPE_CATEGORY ? TYPE_STRING : type;
}

/* What a node's type is called: "text", "a number"; and the node: "column 'x' (text)". */
const char *expr_type_words(const Node *node);
void expr_describe(const Node *node, char out[EXPR_WORDS]);
const char *expr_op_text(const Node *node);

/* Whether there is a function, an aggregate or a window of that name. */
bool expr_is_function(const char *name);

/* Makes the input the wanted type where that may be: widens numbers, reads a constant text as a time, gives NA its
 * type. False with nothing changed when it may not be; *status is not OK when that failed. */
bool expr_convertible(const Node *node, Type type);
bool expr_convert(Compiler *c, Node **node, Type type, Status *status);

/* Brings nodes to one type; `what` joins them (an operator or a function's name). zone: of times. */
Status expr_unify(Compiler *c, Node **nodes, size_t n, const char *what, size_t at, Type *type,
                  const char **zone) MUST_USE;

/* Times as typed in a list become times of the zone of x. */
Status expr_same_clock(Compiler *c, Node *x, Node *const *literals, size_t n) MUST_USE;
Status expr_need_bool(Compiler *c, Node **node, const char *who) MUST_USE;

/* Types of a comparison, whose node is then complete. */
Status expr_check_compare(Compiler *c, Node *node) MUST_USE;

/* What a node is, from its inputs: constant, with aggregates, of one category. */
void expr_gather(Node *node);

/* x in [...], 'a' in items. */
Status expr_check_list(Compiler *c, Node *node) MUST_USE;
Status expr_check_set(Compiler *c, Node *node) MUST_USE;

/* Makes a call a function, aggregate or window that fits its inputs, or what if, coalesce and between stand for. */
Status expr_check_call(Compiler *c, Node *node) MUST_USE;

/* The letter of argument i in a table's types: "fk:f". */
char expr_letter(const char *types, size_t i);

/* Computes a node that does not depend on rows, in place; what fails is left as it is, for the rows to say. */
Status expr_fold(Compiler *c, Node *node) MUST_USE;

#endif
