/* SPDX-License-Identifier: GPL-3.0-or-later */
/* function.h -- a function of the expression language that works cell by cell, declared once: name, types, help and
 * code in a row of a table. Help, completion, type checks and the reference come from it.
 *
 * An expression is evaluated a block of rows at a time, on several threads. A function gets its arguments' cells as
 * arrays and fills an array of results. Functions keep no state but what `prepare` made.
 */
#ifndef ASSAY_EXPR_FUNCTION_H
#define ASSAY_EXPR_FUNCTION_H

#include "core/arena.h"
#include "core/error.h"
#include "frame/column.h"

/* A text of a cell: UTF-8, not NUL-terminated. */
typedef struct Span {
  const char *bytes;
  size_t length;
} Span;

/* The cells of an argument or a result for the rows of a block. */
typedef struct Cells {
  Type type;            /* FLOAT64 INT64 BOOL TIMESTAMP STRING (text of either kind) SET */
  const char *zone;     /* of timestamps: "" is wall time */
  bool constant;        /* cell 0 stands for every row */
  void *values;         /* double, int64_t, uint8_t (0 or 1), int64_t (microseconds), Span; sets: see column, first */
  uint8_t *missing;     /* per cell, 1: missing; what its value is then does not matter. Never NULL. */
  const Column *column; /* sets: their column, cell i being row first + i */
  size_t first;
} Cells;

typedef struct Function Function;

typedef struct FunctionCall {
  const Function *function;
  const Cells *const *constants; /* per argument: its one cell if it is constant, else NULL; known at compile time */
  const Type *types;             /* of the arguments */
  size_t n;                      /* arguments */
  void *state;                   /* what prepare made */
  const struct Task *task;       /* to ask for a cancel where a cell may take long; NULL: nobody to ask */
} FunctionCall;

/* Cell i of an argument, constant or not. */
#define CELL(cells, type, i) (((const type *)(cells)->values)[(cells)->constant ? 0 : (i)])

enum { FUNCTION_SEES_MISSING = 1 }; /* else a missing argument makes the result missing before apply is asked */

struct Function {
  const char *name;
  /* As ShapeFunction.types (shape/aggregate.h): f n i b t s a, e for sets, ? and *. "ss?i:b", "t:i", "aa*:a". Results
   * of type t have the zone of the first timestamp argument unless prepare sets another one. */
  const char *types;
  const char *arguments;         /* for help: "text, pattern" */
  const char *help;              /* one line, no full stop */
  unsigned flags;
  /* Once per use in an expression, when its arguments' types and constants are known: compiles a pattern, finds a zone,
   * refuses a constant. `zone`: of the result, if it is a timestamp. May be NULL. */
  Status (*prepare)(FunctionCall *call, const char **zone, Arena *arena, Error *e);
  void (*release)(FunctionCall *call); /* frees what prepare made outside of the arena; may be NULL */
  /* Fills out->values and out->missing for `rows` cells; both are there, missing is 1 already where an argument is (those
   * rows may be passed over). Texts of the result live in the arena, which belongs to this block and thread, or are
   * borrowed from arguments. An error names the value; the caller adds the row and the place. */
  Status (*apply)(const FunctionCall *call, const Cells *arguments, size_t rows, Cells *out, Arena *arena, Error *e);
};

typedef struct FunctionTable {
  const Function *functions;
  size_t n;
  const char *name;      /* "math_functions": ?functions lists them under what stands before _functions */
} FunctionTable;

/* Puts an array of functions into the language at link time. */
#define REGISTER_FUNCTIONS(array)                                                                       \
  static const FunctionTable array##_table = {array, sizeof array / sizeof *array, #array};            \
  static const FunctionTable *const array##_registered                                                  \
      __attribute__((used, section("assay_functions"), aligned(sizeof(void *)))) = &array##_table

/* All functions in order of their names; NULL past the end. */
const Function *function_at(size_t index);

/* The tables in order of their names; NULL past the end. */
const FunctionTable *function_table_at(size_t index);

#endif
