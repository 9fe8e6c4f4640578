/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "function_call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/text.h"
#include "expr/text_functions.h"
#include "frame/parse_time.h"
#include "sweep.h"

enum { ROWS = 3, ARGUMENTS = 8 };

extern const FunctionTable *const __start_assay_functions[];
extern const FunctionTable *const __stop_assay_functions[];

static Text answer;
static Error last;

Argument when_in(const char *utc_iso, const char *zone)
{
  Argument a = {.type = TYPE_TIMESTAMP, .zone = zone};
  bool utc;
  assert_true(parse_time(utc_iso, strlen(utc_iso), &a.integer, &utc));
  return a;
}

Argument when(const char *iso)
{
  return when_in(iso, "");
}

const char *last_hint(void)
{
  return last.hint;
}

int last_caret(void)
{
  return last.caret;
}

/* Whether the arguments' types fit a row of the table; result: its type. */
static bool fits(const Function *f, size_t n, const Argument *a, Type *result)
{
  const char letters[] = "fibtsae", *t = f->types;
  static const Type types[] = {TYPE_FLOAT64, TYPE_INT64, TYPE_BOOL, TYPE_TIMESTAMP, TYPE_STRING, TYPE_COUNT, TYPE_SET};
  size_t i = 0;
  bool optional = false;
  for (; *t != ':'; t++) {
    if (*t == '?') {
      optional = true;
      continue;
    }
    if (i == n) {
      if (!optional) {
        return false;
      }
      continue;
    }
    do {
      const Type wanted = types[strchr(letters, *t) - letters];
      if (wanted != TYPE_COUNT && wanted != a[i].type) {
        return false;
      }
      i++;
    } while (t[1] == '*' && i < n);
    t += t[1] == '*';
  }
  *result = types[strchr(letters, t[1]) - letters];
  return i == n;
}

static const Function *find(const char *name, size_t n, const Argument *a, Type *result)
{
  for (const FunctionTable *const *t = __start_assay_functions; t < __stop_assay_functions; t++) {
    for (size_t i = 0; i < (*t)->n; i++) {
      if (strcmp((*t)->functions[i].name, name) == 0 && fits(&(*t)->functions[i], n, a, result)) {
        return &(*t)->functions[i];
      }
    }
  }
  fail_msg("no function %s for these %zu arguments", name, n);
  return NULL;
}

const Function *function_named(const char *name)
{
  for (const FunctionTable *const *t = __start_assay_functions; t < __stop_assay_functions; t++) {
    for (size_t i = 0; i < (*t)->n; i++) {
      if (strcmp((*t)->functions[i].name, name) == 0) {
        return &(*t)->functions[i];
      }
    }
  }
  return NULL;
}

static size_t width(Type type)
{
  return type == TYPE_STRING ? sizeof(Span) : type == TYPE_BOOL ? 1 : 8;
}

static bool fill(Cells *cells, const Argument *a, bool constant, Arena *arena)
{
  const size_t rows = constant ? 1 : ROWS, size = width(a->type);
  *cells = (Cells){.type = a->type, .zone = a->zone ? a->zone : "", .constant = constant};
  cells->missing = arena_alloc(arena, rows, 1);
  char *values = cells->values = arena_alloc(arena, rows, size);
  for (size_t i = 0; cells->missing && values && i < rows; i++) {
    const Span text = {a->text, a->length};
    const uint8_t flag = (uint8_t)a->integer;
    cells->missing[i] = a->missing;
    memcpy(values + i * size,
           a->type == TYPE_STRING    ? (const void *)&text
           : a->type == TYPE_FLOAT64 ? (const void *)&a->real
           : a->type == TYPE_BOOL    ? (const void *)&flag
                                     : (const void *)&a->integer, size);
  }
  return cells->missing && values;
}

typedef struct Once {
  const Function *function;
  const Argument *arguments;
  size_t n;
  unsigned constants;   /* bit k: argument k is constant */
  Type result;
} Once;

static Status run_once(void *context, Error *e)
{
  const Once *once = context;
  const Function *f = once->function;
  Arena arena = {0};
  Cells in[ARGUMENTS], out = {.type = once->result, .zone = ""};
  const Cells *constants[ARGUMENTS];
  Type types[ARGUMENTS];
  Status status = STATUS_OK;
  FunctionCall call = {.function = f, .constants = constants, .types = types, .n = once->n};
  bool there = true;
  for (size_t k = once->n; k-- > 0;) {
    there = fill(&in[k], &once->arguments[k], once->constants >> k & 1, &arena) && there;
    constants[k] = in[k].constant ? &in[k] : NULL;
    types[k] = in[k].type;
    out.zone = in[k].type == TYPE_TIMESTAMP ? in[k].zone : out.zone;
  }
  out.missing = arena_alloc(&arena, ROWS, 1);
  out.values = arena_alloc(&arena, ROWS, width(out.type));
  if (!there || !out.missing || !out.values) {
    TRY(error_memory(e, 0, "test"));
  }
  if (f->prepare) {
    TRY(f->prepare(&call, &out.zone, &arena, e));
  }
  for (size_t i = 0; i < ROWS; i++) {
    for (size_t k = 0; k < once->n && !(f->flags & FUNCTION_SEES_MISSING); k++) {
      out.missing[i] |= CELL_MISSING(&in[k], i);
    }
  }
  TRY(f->apply(&call, in, ROWS, &out, &arena, e));
  text_reset(&answer);
  for (size_t i = 0; i < ROWS; i++) {
    Text cell = {0};
    if (out.missing[i]) {
      text_puts(&cell, "NA");
    } else {
      text_of_cell(&out, i, &cell);
      text_printf(&cell, "%s%s", out.type == TYPE_TIMESTAMP && out.zone[0] ? " " : "",
                  out.type == TYPE_TIMESTAMP ? out.zone : "");
    }
    if (text_status(&cell, NULL) == STATUS_OK && i > 0 && answer.size > 0) {
      assert_string_equal(text_data(&cell), text_data(&answer));
    } else {
      text_puts(&answer, text_data(&cell));
    }
    text_free(&cell);
  }
done:
  if (f->release) {
    f->release(&call);
  }
  arena_free(&arena);
  return status;
}

const char *call_function(const char *name, size_t n, const Argument *arguments)
{
  Type result;
  const Function *f = find(name, n, arguments, &result);
  char first[4096] = "", id[48];
  for (unsigned mixture = 1u << n; mixture-- > 0;) {
    const Once once = {f, arguments, n, mixture, result};
    Error e;
    error_clear(&e);
    if (run_once((void *)&once, &e) != STATUS_OK) {
      text_reset(&answer);
      text_printf(&answer, "%s: %s", e.id, e.what);
    }
    snprintf(id, sizeof id, "%s", e.id);
    if (mixture + 1 == 1u << n) {
      last = e;
      snprintf(first, sizeof first, "%s", text_data(&answer));
    } else if (strcmp(id, "not-constant") != 0 && strcmp(first, text_data(&answer)) != 0) {
      fail_msg("%s: %s with constants, %s with mixture %u", name, first, text_data(&answer), mixture);
    }
  }
  text_reset(&answer);
  text_puts(&answer, first);
  return text_data(&answer);
}

void check_call(const char *file, int line, const char *expected, const char *name, const char *given)
{
  if (strcmp(expected, given) != 0) {
    print_error("%s:%d: %s gave %s, not %s\n", file, line, name, given, expected);
    _fail(file, line);
  }
}

void check_error(const char *file, int line, const char *id, const char *name, const char *given)
{
  if (strncmp(given, id, strlen(id)) != 0 || given[strlen(id)] != ':') {
    print_error("%s:%d: %s gave %s, not %s\n", file, line, name, given, id);
    _fail(file, line);
  }
}

void sweep_function(const char *name, size_t n, const Argument *arguments)
{
  Once once = {.arguments = arguments, .n = n};
  once.function = find(name, n, arguments, &once.result);
  for (unsigned i = 0; i < 2; i++) {
    once.constants = i ? (1u << n) - 1 : 0;
    Error e;
    error_clear(&e);
    if (run_once(&once, &e) == STATUS_ARGUMENT) {
      continue; /* wants a constant */
    }
    text_free(&answer); /* what stays from call to call is not a leak */
    text_repeat(&answer, " ", 4096);
    sweep(run_once, &once);
  }
}
