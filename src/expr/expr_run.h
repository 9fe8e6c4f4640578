/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expr_run.h -- the run of an expression: blocks of at most BLOCK_ROWS rows, dealt to threads. For
 * src/expr/expr*.c only.
 *
 * A worker keeps slots (buffers of a block) in a list, so that a chain of operations needs two or three of them
 * and they stay in the cache. The tree's root writes its values straight to where the result lies (Block.out). A
 * piece is what an input came to: cells of a block, borrowed from a column or standing in a slot.
 *
 * `skip` marks the rows that nobody asks for: those that if, coalesce, and, or have decided otherwise. An error in
 * such a row is none.
 */
#ifndef ASSAY_EXPR_EXPR_RUN_H
#define ASSAY_EXPR_EXPR_RUN_H

#include "core/reduce.h"
#include "expr/expr_node.h"

/* What a tree over one category column came to, per level and, last, for missing cells. */
typedef struct Table {
  bool ready;
  void *values;      /* as in Cells; texts: NULL */
  uint8_t *missing;
  int32_t *codes;    /* texts: into levels */
  Span *levels;
  size_t n_levels;
} Table;

typedef struct Worker {
  Arena arena;         /* of a block: texts that functions make */
  struct Slot *free;
  struct Slot *all;
} Worker;

/* One evaluation of one expression. */
typedef struct Run {
  const Expr *expr;
  const Task *task;        /* NULL at compile time */
  const Groups *groups;    /* NULL: all rows are one group */
  bool per_group;          /* a cell per group, else per row */
  Column **results;        /* of aggregates and windows, by node id */
  Table *tables;           /* by node id */
  int32_t **recodes;       /* by node id: own codes of a leaf to those of the result's dictionary */
  const Column *over;      /* set: the "rows" are the levels of this column, and one for missing */
  Worker *workers;
  size_t n_workers;
} Run;

typedef struct Slot {
  struct Slot *next, *next_all;
  void *values;
  uint8_t *missing;
} Slot;

typedef struct Piece {
  Cells cells;
  Slot *slot;      /* NULL: borrowed */
  bool clean;      /* nothing is missing */
} Piece;

typedef struct Block {
  const Run *run;
  Worker *worker;
  size_t first, count;
  const uint8_t *skip;  /* NULL: all rows count */
  void *out;            /* where the root's values go; NULL: anywhere */
  bool coded;           /* texts are wanted as int64 codes of run->coding */
  unsigned depth;
  Error *e;
} Block;

extern const uint8_t expr_zeros[BLOCK_ROWS]; /* nothing is missing */

static inline size_t expr_width(Type type)
{
  return type == TYPE_BOOL ? 1 : type == TYPE_STRING || type == TYPE_CATEGORY ? sizeof(Span) : 8;
}

/* The cells of a node for the block. */
Status expr_eval(Block *block, const Node *node, Piece *out) MUST_USE;
void expr_done(Block *block, Piece *piece); /* gives its slot back */

/* A piece of the node's type to be filled; its missing cells are those of the inputs together. constant: one cell. */
Status expr_piece(Block *block, const Node *node, const Piece *inputs, size_t n, Piece *out) MUST_USE;
Status expr_slot(Block *block, Slot **out) MUST_USE;
void expr_slot_done(Block *block, Slot *slot);

/* Makes missing cells of a piece its own, so that they may be written. */
Status expr_own_missing(Block *block, Piece *piece) MUST_USE;

/* An error of a row of the block: adds the row's number and the place. */
Status expr_row_error(Block *block, const Node *node, size_t row, bool constant);

/* Operations (expr_operate.c), their inputs evaluated; and those that evaluate their own (expr_choose.c). */
Status expr_arithmetic(Block *block, const Node *node, const Piece *inputs, Piece *out) MUST_USE;
Status expr_compare(Block *block, const Node *node, const Piece *inputs, Piece *out) MUST_USE;
Status expr_lookup(Block *block, const Node *node, const Piece *inputs, Piece *out) MUST_USE;
Status expr_logic(Block *block, const Node *node, Piece *out) MUST_USE;
Status expr_if(Block *block, const Node *node, Piece *out) MUST_USE;
Status expr_coalesce(Block *block, const Node *node, Piece *out) MUST_USE;
Status expr_apply(Block *block, const Node *node, Piece *out) MUST_USE;

/* The leaves: columns, results, tables (expr_leaf.c). */
Status expr_leaf(Block *block, const Node *node, Piece *out) MUST_USE;

/* A leaf of texts as codes of the result's dictionary. */
Status expr_code_leaf(Block *block, const Node *node, Piece *out) MUST_USE;

/* Life of a run. expr_run_tables makes the tables of the tree's NODE_LEVELS. */
Status expr_run_open(Run *run, const Expr *expr, Task *task, Error *e) MUST_USE;
Status expr_run_tables(Run *run, const Node *node, Error *e) MUST_USE;
void expr_run_close(Run *run);
void expr_worker_close(Worker *worker);

/* The cells of a node for all rows (or groups) as a column (expr_column.c). */
Status expr_materialise(Run *run, const Node *node, Task *task, Column **out, Error *e) MUST_USE;

/* Makes a column of a cell per group one of a cell per row. */
Status expr_spread(const Run *run, Column **column, Error *e) MUST_USE;

#endif
