/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expr_lex.h -- the words of an expression, one after the other.
 *
 * A text stands in '...' or "..."; the quote itself is written twice. There are no other escapes, so that a pattern
 * needs no more backslashes than it has. A name is made of letters (any character beyond ASCII counts as one),
 * digits, _ and . and begins with a letter or _; any other stands in `...`. @2024-01-31, @2024-01-31T10:30 are
 * times. Numbers without point and exponent are int64. O(length) altogether. Errors: STATUS_FORMAT "bad-expression".
 */
#ifndef ASSAY_EXPR_EXPR_LEX_H
#define ASSAY_EXPR_EXPR_LEX_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/error.h"

typedef enum TokenKind {
  TOKEN_END,
  TOKEN_INT,
  TOKEN_FLOAT,
  TOKEN_TEXT,
  TOKEN_TIME,
  TOKEN_NAME,      /* also of functions */
  TOKEN_QUOTED,    /* `a name` */
  TOKEN_PARAMETER, /* $name */
  TOKEN_OR, TOKEN_AND, TOKEN_NOT, TOKEN_IN, TOKEN_IS, TOKEN_MISSING, TOKEN_TRUE, TOKEN_FALSE, TOKEN_NA,
  TOKEN_EQ, TOKEN_NE, TOKEN_LT, TOKEN_LE, TOKEN_GT, TOKEN_GE,
  TOKEN_ADD, TOKEN_SUB, TOKEN_MUL, TOKEN_DIV, TOKEN_FLOOR, TOKEN_MOD, TOKEN_POW,
  TOKEN_OPEN, TOKEN_CLOSE, TOKEN_OPEN_LIST, TOKEN_CLOSE_LIST, TOKEN_COMMA
} TokenKind;

typedef struct Token {
  TokenKind kind;
  size_t at, end;       /* bytes of the text */
  const char *text;     /* names, parameters (without $) and texts, NUL-terminated, in the arena */
  size_t length;
  int64_t integer;      /* INT; TIME: microseconds */
  double number;        /* FLOAT */
  bool utc;             /* TIME with a Z */
} Token;

/* An expression as typed: text[0..length), perhaps a part of `whole`. */
typedef struct Source {
  const char *text;
  size_t length;
  const char *whole;
} Source;

/* Reads the token at or after *position and moves it behind. */
Status expr_token(const Source *source, size_t *position, Token *token, Arena *arena, Error *e) MUST_USE;

/* Adds the text as typed with a caret at byte `at`; gives e's status. */
Status expr_caret(const Source *source, size_t at, Error *e);

#endif
