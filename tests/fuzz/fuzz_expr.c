/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_expr.c -- any text as an expression over a frame of all types. It is refused with a message that points
 * into it, or makes columns that keep every invariant: the same on one thread as on two, and per row and per
 * group. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "expr/expr.h"
#include "frame/builder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROWS = 70 };

static void require(bool holds)
{
  if (!holds) {
    abort();
  }
}

static Column *column_of(Type type)
{
  static const char *const texts[] = {"a", "bc", "", "d\xc3\xa9", "12", "2024-01-31"};
  Builder *b = builder_new(type, ROWS);
  for (int i = 0; i < ROWS; i++) {
    if (i % 7 == 3) {
      builder_missing(b);
      continue;
    }
    switch (type) {
    case TYPE_FLOAT64: builder_float(b, (i - 20) / 4.0); break;
    case TYPE_INT64: builder_int(b, i % 11 - 3); break;
    case TYPE_TIMESTAMP: builder_int(b, i * INT64_C(90061000000)); break;
    case TYPE_BOOL: builder_bool(b, i % 3 == 0); break;
    case TYPE_SET: builder_item(b, texts[i % 6], strlen(texts[i % 6])); builder_set(b); break;
    default: builder_text(b, texts[i % 6], strlen(texts[i % 6]));
    }
  }
  Column *column = NULL;
  require(builder_finish(b, &column, NULL) == STATUS_OK);
  return column;
}

static const Frame *frame(void)
{
  static const char *const names[] = {"x", "i", "b", "t", "c", "s", "e"};
  static Frame *made;
  if (!made) {
    Draft *draft = draft_new();
    for (int type = 0; type < TYPE_COUNT; type++) {
      draft_column(draft, names[type], column_of((Type)type));
    }
    require(draft_finish(draft, &made, NULL) == STATUS_OK);
  }
  return made;
}

static void check(Status status, Column *column, const Error *e, size_t size)
{
  require((status == STATUS_OK) == (column != NULL));
  require(status == STATUS_OK || (e->what[0] && e->id[0] && e->status == status));
  require(e->caret < (int)sizeof e->text && (status == STATUS_OK || e->caret <= (int)size + 8));
  require(!column || column_check(column, NULL) == STATUS_OK);
}

/* What the expression gives per row, or per group; NULL: an error. */
static Column *run(const Expr *expr, bool groups, size_t threads, size_t size)
{
  Task task;
  Error e;
  Column *column = NULL;
  Groups *dealt = NULL;
  const size_t key = 4;
  task_init(&task, 1);
  task.threads = threads;
  error_clear(&e);
  require(groups_make(frame(), &key, 1, &task, &dealt, NULL) == STATUS_OK);
  require(groups_arrange(dealt, frame(), NULL, 0, &task, NULL) == STATUS_OK);
  const Status status =
      groups ? expr_groups(&expr, 1, dealt, &task, &column, &e) : expr_rows(expr, dealt, &task, &column, &e);
  check(status, column, &e, size);
  require(!column || column_rows(column) == (groups ? dealt->n : ROWS));
  groups_free(dealt);
  task_free(&task);
  return column;
}

static void compare(Column *a, Column *b)
{
  require((a != NULL) == (b != NULL));
  if (a) {
    const Digest x = column_digest(a), y = column_digest(b);
    require(x.high == y.high && x.low == y.low);
  }
  column_unref(a);
  column_unref(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  bool used = false;
  const ExprParameter parameter = {.name = "p", .type = TYPE_INT64, .integer = 3, .used = &used};
  const ExprScope scope = {frame(), &parameter, 1};
  Arena arena = {0};
  Expr *expr;
  Error e;
  char *text = mem_text((const char *)data, size);
  const char *name;
  size_t begin;
  error_clear(&e);
  mem_limit(mem_in_use() + (256 << 20)); /* repeat() may ask for much */
  require(expr_split(text, &arena, &name, &begin, &e) == STATUS_OK || e.status == STATUS_FORMAT);
  error_clear(&e);
  const Status status = expr_compile(text, size, NULL, &scope, &arena, &expr, &e);
  require((status == STATUS_OK) == (expr != NULL));
  if (status != STATUS_OK) {
    require(e.what[0] && e.id[0] && e.status == status);
    require(status == STATUS_MEMORY || (e.caret >= 0 && e.text[0] != '\0') || size == 0 || e.caret == 0);
  } else {
    compare(run(expr, false, 1, size), run(expr, false, 2, size));
    compare(run(expr, true, 1, size), run(expr, true, 2, size));
  }
  expr_release(expr);
  arena_free(&arena);
  mem_free(text);
  mem_limit(0);
  return 0;
}
