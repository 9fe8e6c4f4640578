/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_formula.c -- any bytes as a formula over a small frame. It is refused with a message, or makes a matrix; what the
 * formula becomes when its dots are written out has the same terms, and the plan gives the same matrix again. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/text.h"
#include "expr/design.h"
#include "expr/formula.h"
#include "frame/builder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROWS = 6, CELLS_MOST = 200000 };

static void require(bool holds)
{
  if (!holds) {
    abort();
  }
}

static Frame *small_frame(void)
{
  static const double x[ROWS] = {1, 2.5, -3, 4, 0, 7}, z[ROWS] = {2, 1, 2, 5, 4, 3};
  static const int64_t k[ROWS] = {1, 2, 3, 1, 2, 1};
  static const char *const a[ROWS] = {"u", "v", "w", "u", "v", "u"};
  Draft *draft = draft_new();
  Frame *frame = NULL;
  Builder *flag = builder_new(TYPE_BOOL, ROWS), *hole = builder_new(TYPE_FLOAT64, ROWS);
  for (int i = 0; i < ROWS; i++) {
    builder_bool(flag, i % 2);
    if (i == 3) {
      builder_missing(hole);
    } else {
      builder_float(hole, i);
    }
  }
  draft_floats(draft, "x", x, ROWS);
  draft_floats(draft, "z", z, ROWS);
  draft_ints(draft, "k", k, ROWS);
  draft_texts(draft, "a", a, ROWS);
  draft_builder(draft, "b", flag);
  draft_builder(draft, "h", hole);
  require(draft_finish(draft, &frame, NULL) == STATUS_OK);
  return frame;
}

static void same_terms(const char *text, const Frame *frame)
{
  Arena arena = {0};
  const Formula *f, *g;
  require(formula_parse(text, frame, &arena, &f, NULL) == STATUS_OK);
  require(formula_parse(f->expanded, frame, &arena, &g, NULL) == STATUS_OK);
  require(f->n_terms == g->n_terms && f->intercept == g->intercept && f->n_offsets == g->n_offsets);
  for (size_t i = 0; i < f->n_terms; i++) {
    require(strcmp(f->terms[i].label, g->terms[i].label) == 0);
  }
  arena_free(&arena);
}

static void same_matrix(const Design *d, const Design *other)
{
  const size_t columns = design_columns(d), rows = design_rows(d);
  require(columns == design_columns(other) && rows == design_rows(other));
  if (columns * rows > CELLS_MOST) {
    return;
  }
  double *x = mem_alloc(rows * columns, sizeof *x), *y = mem_alloc(rows * columns, sizeof *y);
  require(x && y);
  design_block(d, 0, rows, x);
  design_block(other, 0, rows, y);
  require(memcmp(x, y, rows * columns * sizeof *x) == 0);
  for (size_t j = 0; j < columns; j++) {
    require(strcmp(design_name(d, j), design_name(other, j)) == 0);
  }
  mem_free(x);
  mem_free(y);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size > 400 || utf8_check((const char *)data, size) < size || memchr(data, 0, size)) {
    return 0;
  }
  char *text = mem_text((const char *)data, size);
  Frame *frame = small_frame(), *plan;
  Design *d, *again;
  Task task;
  Error e;
  const DesignOptions options = {.drop = size % 2};
  task_init(&task, 1);
  error_clear(&e);
  const Status status = design_make(text, frame, &options, &task, &d, &e);
  require((status == STATUS_OK) == (d != NULL));
  require(status == STATUS_OK || (e.what[0] && e.id[0]));
  if (d) {
    same_terms(text, frame);
    require(design_plan(d, &plan, NULL) == STATUS_OK);
    if (design_of_plan(design_formula(d), plan, frame, &options, &task, &again, &e) == STATUS_OK) {
      same_matrix(d, again);
      design_free(again);
    } else {
      abort();
    }
    frame_unref(plan);
    design_free(d);
  }
  frame_unref(frame);
  task_free(&task);
  mem_free(text);
  return 0;
}
