/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expr_node.h -- the inside of an expression: a tree of typed operations. For src/expr/expr*.c only.
 *
 * expr_parse makes the tree with names and calls as they stand; expr_check finds columns, functions and types,
 * puts in casts, and computes what does not depend on the rows. Nodes live in the arena. A node's `at` is the byte
 * that errors point at.
 */
#ifndef ASSAY_EXPR_EXPR_NODE_H
#define ASSAY_EXPR_EXPR_NODE_H

#include "expr/expr.h"
#include "expr/expr_lex.h"
#include "expr/function.h"
#include "shape/aggregate.h"

enum { EXPR_NESTING_MOST = 200, EXPR_HEIGHT_MOST = 2000, EXPR_ARGUMENTS_MOST = 1000 };

typedef enum NodeKind {
  NODE_CONSTANT,
  NODE_NAME,       /* before the check: a column */
  NODE_CALL,       /* before the check: name(...) */
  NODE_PARAMETER,  /* before the check */
  NODE_LIST,       /* [a, b]: only to the right of in */
  NODE_COLUMN,
  NODE_CAST,       /* int64 or bool to float64, bool to int64 */
  NODE_ARITHMETIC, /* both inputs and the node are float64, or int64; timestamps: DAYS_BETWEEN */
  NODE_COMPARE,    /* both inputs of one type, or int64 against float64 */
  NODE_LOGIC,      /* and, or, not */
  NODE_MISSING,    /* x is missing; negated: is not missing */
  NODE_IN_LIST,
  NODE_IN_SET,
  NODE_IF,         /* condition, then, else */
  NODE_COALESCE,
  NODE_FUNCTION,
  NODE_AGGREGATE,
  NODE_WINDOW,
  NODE_LEVELS      /* depends on one category column alone: computed for its levels and looked up */
} NodeKind;

/* One cell. */
typedef union Cell {
  double real;
  int64_t integer; /* int64, timestamp */
  uint8_t flag;
  Span span;
} Cell;

/* Constants of a list, sorted, no two equal. */
typedef struct ConstantList {
  size_t n;
  bool missing;      /* NA is among them */
  const void *items; /* double, int64_t or Span, by the left side's type */
} ConstantList;

/* Codes of a set column's levels in order of their texts, for what is looked up per row. */
typedef struct SetLevels {
  size_t n;
  const int32_t *order;
  int32_t code;      /* of a constant; -1: no set has it */
} SetLevels;

typedef struct Node Node;
struct Node {
  NodeKind kind;
  TokenKind op;          /* ARITHMETIC, COMPARE, LOGIC */
  Type type;
  bool constant;         /* the same cell in every row, known without data */
  bool any;              /* NA as typed: takes any type */
  bool negated;          /* MISSING, IN_* */
  bool literal;          /* a text or time as typed or a $parameter */
  bool utc;              /* a time as typed, with a Z */
  bool aggregate, window, bare; /* in the tree: aggregates; windows; columns or windows outside of aggregates */
  uint8_t missing;       /* CONSTANT: the cell is NA */
  unsigned id;           /* CAST and after: number in the expression */
  unsigned height, stage; /* stage: aggregates and windows to compute before this one, one after the other */
  size_t at, end;
  const Column *category; /* the tree depends on this category column and constants alone; NULL: not so */
  const char *name;      /* NAME, CALL, PARAMETER */
  const char *zone;      /* timestamps */
  Node **inputs;
  size_t n;
  Cell cell;             /* CONSTANT */
  size_t column;         /* COLUMN: number */
  const Column *source;  /* COLUMN; IN_SET and LEVELS: the set or category column */
  FunctionCall call;     /* FUNCTION */
  const ShapeFunction *shape; /* AGGREGATE, WINDOW */
  ConstantList list;
  SetLevels levels;
  Node *next;            /* functions with something to release */
};

struct Expr {
  Source source;         /* a copy in the arena */
  const ExprScope *scope;
  const Frame *frame;
  Node *root;
  Node *functions;       /* those with release, linked */
  unsigned n_nodes;
};

typedef struct Compiler {
  Source source;
  const ExprScope *scope;
  Arena *arena;
  Error *e;
  Node *functions;
  unsigned n_nodes;
} Compiler;

/* A new node at bytes at .. end; NULL: no memory, with the error set. */
Node *expr_node(Compiler *c, NodeKind kind, size_t at, size_t end, size_t inputs) MUST_USE;

/* The tree of the whole text. */
Status expr_parse(Compiler *c, Node **root) MUST_USE;

/* Types it, in place. *root may become another node. */
Status expr_check(Compiler *c, Node **root) MUST_USE;

/* An error at a node or byte; gives the status. */
Status expr_error(Compiler *c, size_t at, Status status, const char *id, const char *format, ...) PRINTF(5, 6);

#endif
