/* SPDX-License-Identifier: GPL-3.0-or-later */
/* function_call.h -- calls functions of the expression language without the language: prepare, apply, release, as the
 * engine does. Each call is made with all mixtures of constant and other arguments (unless the function wants a
 * constant), which must agree. */
#ifndef ASSAY_TESTS_FUNCTION_CALL_H
#define ASSAY_TESTS_FUNCTION_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "expr/function_cells.h"

typedef struct Argument {
  Type type;
  bool missing;
  double real;
  int64_t integer;
  const char *text;
  size_t length;
  const char *zone;
} Argument;

#define S(string) (Argument){.type = TYPE_STRING, .text = (string), .length = strlen(string)}
#define I(number) (Argument){.type = TYPE_INT64, .integer = (number)}
#define F(number) (Argument){.type = TYPE_FLOAT64, .real = (number)}
#define B(flag) (Argument){.type = TYPE_BOOL, .integer = (flag)}
#define NONE(kind) (Argument){.type = (kind), .missing = true}
Argument when(const char *iso);                        /* wall time */
Argument when_in(const char *utc_iso, const char *zone);

/* The result as text ("NA", floats in full, timestamps as text() writes them and " ZONE"), or "id: what" of an error.
 * Stays until the next call. */
const char *call_function(const char *name, size_t n, const Argument *arguments);

/* error.hint of the last call, and where its caret stood (-1: none). */
const char *last_hint(void);
int last_caret(void);

#define CALL(name, ...)                                                                                        \
  call_function(name, sizeof((Argument[]){__VA_ARGS__}) / sizeof(Argument), (Argument[]){__VA_ARGS__})
#define CHECK(expected, name, ...) check_call(__FILE__, __LINE__, expected, name, CALL(name, __VA_ARGS__))
#define CHECK_ERROR(id, name, ...) check_error(__FILE__, __LINE__, id, name, CALL(name, __VA_ARGS__))
void check_call(const char *file, int line, const char *expected, const char *name, const char *given);
void check_error(const char *file, int line, const char *id, const char *name, const char *given);

/* The table's row of a name, the first one. */
const Function *function_named(const char *name);

/* Calls it with memory running out at each allocation. */
void sweep_function(const char *name, size_t n, const Argument *arguments);
#define SWEEP(name, ...)                                                                                       \
  sweep_function(name, sizeof((Argument[]){__VA_ARGS__}) / sizeof(Argument), (Argument[]){__VA_ARGS__})

#endif
