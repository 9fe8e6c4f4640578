/* SPDX-License-Identifier: GPL-3.0-or-later */
/* function_cells.h -- what functions of the expression language have in common: cells, constants, texts made. */
#ifndef ASSAY_EXPR_FUNCTION_CELLS_H
#define ASSAY_EXPR_FUNCTION_CELLS_H

#include <string.h>

#include "core/task.h"
#include "core/text.h"
#include "expr/function.h"

#define CELL_TEXT(cells, i) CELL(cells, Span, i)
#define CELL_INT(cells, i) CELL(cells, int64_t, i)
#define CELL_MISSING(cells, i) ((cells)->missing[(cells)->constant ? 0 : (i)])

/* For each row whose result is not missing already. */
#define FOR_CELLS(i, rows, out)           \
  for (size_t i = 0; i < (rows); i++)     \
    if (!(out)->missing[i])

static inline void put_text(Cells *out, size_t i, const char *bytes, size_t length)
{
  ((Span *)out->values)[i] = (Span){bytes, length};
}

static inline void put_int(Cells *out, size_t i, int64_t value)
{
  ((int64_t *)out->values)[i] = value;
}

static inline void put_float(Cells *out, size_t i, double value)
{
  ((double *)out->values)[i] = value;
}

static inline void put_bool(Cells *out, size_t i, bool value)
{
  ((uint8_t *)out->values)[i] = value;
}

static inline void put_missing(Cells *out, size_t i)
{
  out->missing[i] = 1;
}

static inline bool same_text(Span a, const char *b)
{
  return strlen(b) == a.length && memcmp(a.bytes, b, a.length) == 0;
}

/* The argument's one cell, or NULL when it differs from row to row (or was not given). */
static inline const Cells *constant_cell(const FunctionCall *call, size_t argument)
{
  return argument < call->n ? call->constants[argument] : NULL;
}

/* A cancel is asked for each so many bytes of work. */
static inline bool stop_asked(const FunctionCall *call)
{
  return call->task && task_cancelled(call->task);
}

/* How much of a value is shown in an error. */
enum { SHOWN_MOST = 60 };
#define SHOWN(span) (int)utf8_whole((span).bytes, (span).length < SHOWN_MOST ? (span).length : SHOWN_MOST), (span).bytes

#endif
