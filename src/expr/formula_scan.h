/* SPDX-License-Identifier: GPL-3.0-or-later */
/* formula_scan.h -- words of a formula: those of expressions, and ~ : . %in%. For src/expr/formula*.c only. */
#ifndef ASSAY_EXPR_FORMULA_SCAN_H
#define ASSAY_EXPR_FORMULA_SCAN_H

#include "expr/expr_lex.h"

enum { WORD_TILDE = 100, WORD_COLON, WORD_DOT, WORD_WITHIN };

typedef struct Scan {
  Source source;
  size_t position;
  Arena *arena;
  int kind;           /* TokenKind or one of the above */
  Token token;        /* at and end are always set */
} Scan;

/* Reads the next word. */
Status scan_next(Scan *scan, Error *e) MUST_USE;

#endif
