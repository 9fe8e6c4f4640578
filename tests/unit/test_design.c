/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas and their matrices against R's model.matrix (tests/reference/design.R makes tests/reference/data/design.txt),
 * and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/random.h"
#include "expr/design.h"
#include "expr/formula.h"
#include "frame/builder.h"
#include "sweep.h"

enum { N = 12 };

/* ---- The data of design.R */

static const double y[N] = {3.1, 2.7, 5.9, 4.4, 8.2, 6.6, 7.3, 1.9, 9.4, 5.5, 4.1, 6.8};
static const double x[N] = {1, 2.5, 3, 4.5, 5, 6, 7.5, 8, 9, 10.5, 11, 12};
static const double z[N] = {0.3, 1.7, 0.9, 2.2, 1.1, 3.4, 0.2, 2.9, 1.4, 3.8, 0.6, 2.5};
static const double w[N] = {2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11};
static const int64_t k[N] = {1, 2, 3, 1, 2, 3, 10, 1, 2, 3, 10, 2};
static const char *const region[N] = {"north", "south", "east", "west", "east", "north",
                                      "south", "west", "north", "east", "south", "west"};
static const char *const kind[N] = {"b", "a", "b", "a", "c", "c", "b", "a", "c", "a", "b", "c"};
static const bool flag[N] = {1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0};
static const double odd[N] = {5, 3, 8, 1, 9, 2, 7, 4, 6, 12, 10, 11};

/* Some rows of it, x + add and z * times; kind is a category, region a string. */
static Frame *frame_of_rows(const size_t *rows, size_t n, double add, double times)
{
  Draft *draft = draft_new();
  double cells[4][N];
  int64_t numbers[N];
  Builder *regions = builder_new(TYPE_STRING, n), *kinds = builder_new(TYPE_CATEGORY, n), *flags = builder_new(TYPE_BOOL, n);
  double odds[N];
  for (size_t i = 0; i < n; i++) {
    const size_t r = rows ? rows[i] : i;
    cells[0][i] = y[r];
    cells[1][i] = x[r] + add;
    cells[2][i] = z[r] * times;
    cells[3][i] = w[r];
    odds[i] = odd[r];
    numbers[i] = k[r];
    builder_text(regions, region[r], strlen(region[r]));
    builder_text(kinds, kind[r], 1);
    builder_bool(flags, flag[r]);
  }
  static const char *const names[] = {"y", "x", "z", "w"};
  for (size_t i = 0; i < 4; i++) {
    draft_floats(draft, names[i], cells[i], n);
  }
  draft_ints(draft, "k", numbers, n);
  draft_builder(draft, "region", regions);
  draft_builder(draft, "kind", kinds);
  draft_builder(draft, "flag", flags);
  draft_floats(draft, "odd name", odds, n);
  Frame *frame = NULL;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

static Frame *data(void)
{
  return frame_of_rows(NULL, N, 0, 1);
}

static Frame *new_data(void)
{
  static const size_t rows[] = {2, 7, 4, 11, 0};
  return frame_of_rows(rows, 5, .25, 2);
}

static Task task;

static Design *make(const char *formula, const Frame *frame, bool response)
{
  const DesignOptions options = {.response = response};
  Design *design;
  Error e;
  error_clear(&e);
  if (design_make(formula, frame, &options, &task, &design, &e) != STATUS_OK) {
    fail_msg("%s: %s (%s)", formula, e.what, e.id);
  }
  return design;
}

/* The same cells come column by column, of all rows and of some. */
static void compare_columns(const Design *design, const double *rows, size_t first, size_t count)
{
  const size_t d = design_columns(design);
  double *buffer = malloc((count * d + 1) * sizeof *buffer);
  const double **columns = malloc((d + 1) * sizeof *columns);
  design_column_block(design, first, count, buffer, columns);
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < d; j++) {
      assert_memory_equal(&columns[j][i], &rows[(first + i) * d + j], sizeof **columns);
    }
  }
  free(buffer);
  free(columns);
}

/* ---- Against R */

static void column_sums(const Design *design, double *sums)
{
  const size_t d = design_columns(design), n = design_rows(design);
  double *block = malloc((n * d + 1) * sizeof *block), *again = malloc((d + 1) * sizeof *again);
  design_block(design, 0, n, block);
  compare_columns(design, block, 0, n);
  compare_columns(design, block, 2, n - 3);
  memset(sums, 0, d * sizeof *sums);
  for (size_t i = 0; i < n; i++) {
    design_block(design, i, 1, again);
    assert_memory_equal(again, block + i * d, d * sizeof *block);
    for (size_t j = 0; j < d; j++) {
      sums[j] += block[i * d + j] * sqrt((double)i + 1);
    }
  }
  free(block);
  free(again);
}

typedef struct Fitted {
  char formula[1024];
  Design *fit, *like, *restored;
  double sums[512], new_sums[512], restored_sums[512];
  size_t seen;
} Fitted;

static void fit(Fitted *f, const Frame *old, const Frame *fresh)
{
  const DesignOptions options = {0};
  Frame *plan;
  f->seen = 0;
  f->fit = make(f->formula, old, false);
  assert_true(design_columns(f->fit) <= 512);
  assert_int_equal(design_like(f->fit, fresh, &options, &task, &f->like, NULL), STATUS_OK);
  assert_int_equal(design_plan(f->fit, &plan, NULL), STATUS_OK);
  char *formula = strdup(design_formula(f->fit));
  column_sums(f->fit, f->sums);
  design_free(f->fit); /* the others must not need it */
  Error e;
  error_clear(&e);
  if (design_of_plan(formula, plan, fresh, &options, &task, &f->restored, &e) != STATUS_OK) {
    fail_msg("%s as %s: %s", f->formula, formula, e.what);
  }
  column_sums(f->like, f->new_sums);
  column_sums(f->restored, f->restored_sums);
  frame_unref(plan);
  free(formula);
}

static void check_column(Fitted *f, char *line, int *bad)
{
  char *name = strtok(line, "\t");
  const double sum = atof(strtok(NULL, "\t")), new_sum = atof(strtok(NULL, "\t"));
  const size_t j = f->seen++;
  if (j >= design_columns(f->like) || strcmp(design_name(f->like, j), name) != 0 ||
      strcmp(design_name(f->restored, j), name) != 0) {
    print_error("%s: column %zu is %s, not %s\n", f->formula, j,
                j < design_columns(f->like) ? design_name(f->like, j) : "missing", name);
    ++*bad;
    return;
  }
  const double size = 1e-11 * (1 + fabs(sum)), new_size = 1e-11 * (1 + fabs(new_sum));
  if (!(fabs(f->sums[j] - sum) <= size) || !(fabs(f->new_sums[j] - new_sum) <= new_size) ||
      memcmp(&f->new_sums[j], &f->restored_sums[j], sizeof(double)) != 0) {
    print_error("%s: %s sums to %.15g, not %.15g; new %.15g, not %.15g; restored %.15g\n", f->formula, name, f->sums[j], sum,
                f->new_sums[j], new_sum, f->restored_sums[j]);
    ++*bad;
  }
}

static void end_formula(Fitted *f, int *bad)
{
  if (f->like && f->seen != design_columns(f->like)) {
    print_error("%s: %zu columns, not %zu\n", f->formula, design_columns(f->like), f->seen);
    ++*bad;
  }
  design_free(f->like);
  design_free(f->restored);
  f->like = f->restored = NULL;
}

static void test_r(void **state)
{
  (void)state;
  char path[1024], line[1024];
  snprintf(path, sizeof path, "%s/tests/reference/data/design.txt", getenv("ROOT") ? getenv("ROOT") : ".");
  FILE *file = fopen(path, "r");
  if (!file) {
    fail_msg("%s is not there", path);
  }
  Frame *old = data(), *fresh = new_data();
  static Fitted f;
  int bad = 0, formulas = 0;
  while (fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(line, "formula ", 8) == 0) {
      end_formula(&f, &bad);
      snprintf(f.formula, sizeof f.formula, "%s", line + 8);
      fit(&f, old, fresh);
      formulas++;
    } else {
      check_column(&f, line, &bad);
    }
  }
  end_formula(&f, &bad);
  fclose(file);
  frame_unref(old);
  frame_unref(fresh);
  assert_int_equal(bad, 0);
  assert_true(formulas > 60);
}

/* ---- Terms: labels as R's terms() gives them (R 4.2.2) */

static void check_terms(const char *text, const char *labels, bool intercept)
{
  Frame *frame = data();
  Arena arena = {0};
  const Formula *f;
  Error e;
  char list[1024] = "";
  error_clear(&e);
  if (formula_parse(text, frame, &arena, &f, &e) != STATUS_OK) {
    fail_msg("%s: %s", text, e.what);
  }
  for (size_t i = 0; i < f->n_terms; i++) {
    snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i > 0 ? " | " : "", f->terms[i].label);
  }
  assert_string_equal(list, labels);
  assert_int_equal(f->intercept, intercept);
  arena_free(&arena);
  frame_unref(frame);
}

static void test_terms(void **state)
{
  (void)state;
  check_terms("y ~ x*z + w", "x | z | w | x:z", true);
  check_terms("y ~ x:z + x", "x | x:z", true);
  check_terms("y ~ z:x + x", "x | z:x", true);
  check_terms("y ~ (x + z + w)^2 - x:w", "x | z | w | x:z | z:w", true);
  check_terms("y ~ (x + z)^9", "x | z | x:z", true);
  check_terms("y ~ x + z %in% w", "x | z:w", true);
  check_terms("y ~ (x + z) %in% w", "x:w | z:w", true);
  check_terms("y ~ (x + z)/w", "x | z | x:z:w", true);
  check_terms("y ~ x/z/w", "x | x:z | x:z:w", true);
  check_terms("y ~ x*z*w - x:z:w", "x | z | w | x:z | x:w | z:w", true);
  check_terms("y ~ -1", "", false);
  check_terms("y ~ 0 + x", "x", false);
  check_terms("y ~ x - 0", "x", true);
  check_terms("y ~ x - (z + 1)", "x", false);
  check_terms("y ~ x - 1 + 1", "x", true);
  check_terms("y ~ . - x - z - w - k - `odd name`", "region | kind | flag", true);
  check_terms("y~log(x)+log( x )+I((x+1)^2)", "log(x) | I((x + 1)^2)", true);
  check_terms("~ x:x + y", "x | y", true);
  check_terms("log(y) ~ x + offset(w) + offset(w):x", "x", true);
  check_terms("y + x ~ y + z", "y | z", true);
  check_terms("~ if(flag and not x>=-2,'it''s',\"q\"\"\")", "if(flag and not x >= -2, \"it's\", \"q\"\"\")", true);
}

/* ---- What else a design has */

static void test_response_and_offset(void **state)
{
  (void)state;
  Frame *frame = data();
  Design *d = make("log(y) ~ x + offset(w) + offset(x * 2)", frame, true);
  double out[N];
  design_response(d, 0, N, out);
  assert_true(out[3] == log(4.4));
  double room[2];
  assert_true(design_response_block(d, 3, 2, room)[0] == log(4.4));
  assert_int_equal(design_response_levels(d), 0);
  assert_string_equal(design_response_name(d), "log(y)");
  assert_true(design_has_offset(d));
  design_offset(d, 2, 3, out);
  assert_true(out[0] == 4 + 6 && out[2] == 6 + 10);
  design_free(d);
  d = make("kind ~ region*x", frame, true);
  assert_int_equal(design_response_levels(d), 3);
  assert_string_equal(design_response_level(d, 0), "a");
  design_response(d, 3, 2, out);
  assert_true(out[0] == 0 && out[1] == 2);
  assert_true(design_response_block(d, 4, 2, room)[0] == 2);
  assert_int_equal(design_factors(d), 1);
  size_t levels;
  assert_string_equal(design_factor(d, 0, &levels), "region");
  assert_int_equal(levels, 4);
  assert_string_equal(design_factor_level(d, 0, 0), "east");
  assert_int_equal(design_terms(d), 3);
  assert_string_equal(design_term(d, 2), "region:x");
  assert_int_equal(design_term_of(d, 0), 0);
  assert_int_equal(design_term_of(d, 5), 3);
  assert_true(design_intercept(d) && !design_has_offset(d) && !design_kept(d));
  design_free(d);
  d = make("flag ~ x", frame, true);
  assert_string_equal(design_response_level(d, 1), "TRUE");
  design_response(d, 0, N, out);
  assert_true(out[0] == 1 && out[1] == 0);
  design_free(d);
  frame_unref(frame);
}

static Frame *with_holes(void)
{
  Frame *frame = data(), *out = NULL;
  Builder *holes = builder_new(TYPE_FLOAT64, N);
  for (size_t i = 0; i < N; i++) {
    if (i == 1 || i == 6) {
      builder_missing(holes);
    } else {
      builder_float(holes, (double)i);
    }
  }
  Column *column;
  assert_int_equal(builder_finish(holes, &column, NULL), STATUS_OK);
  assert_int_equal(frame_with(frame, "holes", column, &out, NULL), STATUS_OK);
  column_unref(column);
  frame_unref(frame);
  return out;
}

static void test_missing(void **state)
{
  (void)state;
  Frame *frame = with_holes();
  DesignOptions options = {0};
  Design *d;
  Error e;
  error_clear(&e);
  assert_int_equal(design_make("~ x + holes", frame, &options, &task, &d, &e), STATUS_DATA);
  assert_string_equal(e.id, "missing-values");
  assert_string_equal(e.what, "2 of 12 rows lack a value: holes 2");
  d = make("~ . - holes", frame, false); /* not looked at */
  design_free(d);
  options.drop = true;
  assert_int_equal(design_make("~ holes + poly(x, 2) + region", frame, &options, &task, &d, NULL), STATUS_OK);
  assert_int_equal(design_rows(d), 10);
  assert_int_equal(design_dropped(d), 2);
  assert_int_equal(design_kept(d)[1], 2);
  double row[7];
  design_block(d, 1, 1, row);
  assert_true(row[1] == 2 && design_columns(d) == 7);
  double rows[70];
  design_block(d, 0, 10, rows);
  compare_columns(d, rows, 0, 10);
  design_free(d);
  frame_unref(frame);
}

/* ---- Refusals */

static void refused(const char *formula, const char *id, int caret, const char *hint)
{
  Frame *frame = with_holes();
  const DesignOptions options = {0};
  Design *d;
  Error e;
  error_clear(&e);
  const Status status = design_make(formula, frame, &options, &task, &d, &e);
  assert_null(d);
  if (status == STATUS_OK || strcmp(e.id, id) != 0 || (caret >= 0 && e.caret != caret) || !strstr(e.hint, hint) || !e.what[0]) {
    fail_msg("%s: %s: %s; caret %d; %s", formula, e.id, e.what, e.caret, e.hint);
  }
  frame_unref(frame);
}

static void test_refusals(void **state)
{
  (void)state;
  refused("y ~ x + regoin", "unknown-column", 8, "region");
  refused("y ~ x + log(zz)", "unknown-column", 12, "");
  refused("y ~ x + lgo(z)", "unknown-function", 8, "log");
  refused("y ~ x + (z", "bad-formula", 8, "");
  refused("y ~ x + z)", "bad-formula", 9, "");
  refused("y ~ x z", "bad-formula", 6, "");
  refused("y ~ x +", "bad-formula", 7, "");
  refused("y ~ 2*x", "bad-formula", 4, "");
  refused("x + z", "bad-formula", 5, "");
  refused("y ~ x ~ z", "bad-formula", 6, "");
  refused("y ~ x^z", "bad-formula", 6, "");
  refused("y ~ x^0", "bad-formula", 6, "");
  refused("y ~ x > 3", "bad-formula", 6, "");
  refused("y ~ log(x", "bad-formula", 7, "");
  refused("y ~ poly(x)", "bad-formula", -1, "poly(x, 2)");
  refused("y ~ poly(x, 0)", "bad-formula", 12, "poly(x, 2)");
  refused("y ~ poly(x, 99)", "bad-formula", 12, "poly(x, 2)");
  refused("y ~ poly(x, 2, rwa = true)", "bad-formula", 15, "raw");
  refused("y ~ factor(x, levels = 3)", "bad-formula", 14, "ref");
  refused("y ~ factor()", "bad-formula", 4, "");
  refused("y ~ 'text'", "bad-formula", 4, "");
  refused("y ~ factor(region, ref = 'nroth')", "unknown-level", -1, "north");
  refused("y ~ poly(k, 4)", "few-values", -1, "");
  refused("y ~ poly(region, 2)", "wrong-type", -1, "");
  refused("y ~ offset(region)", "wrong-type", -1, "");
  refused("y ~ log(x - 1)", "not-finite", -1, "");
  refused("y ~ I(x - mean(x))", "not-by-row", -1, "mutate");
  refused("y ~ factor(left(region, 0))", "one-level", -1, "- factor(left(region, 0))");
  refused("y ~ I(@2024-01-01)", "wrong-type", -1, "days_between");
  refused("y ~ holes", "missing-values", -1, "drop");
  refused("y ~ I($min)", "unknown-parameter", -1, "");
}

static void test_large(void **state)
{
  (void)state;
  Draft *draft = draft_new();
  char name[16];
  double cells[3] = {1, 2, 3};
  for (int i = 0; i < 300; i++) {
    snprintf(name, sizeof name, "v%d", i);
    draft_floats(draft, name, cells, 3);
  }
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  const DesignOptions options = {0};
  Design *d;
  Error e;
  error_clear(&e);
  assert_int_equal(design_make("~ .^2", frame, &options, &task, &d, &e), STATUS_LIMIT);
  assert_string_equal(e.id, "formula-too-large");
  error_clear(&e);
  assert_int_equal(design_make("~ (v1 + v2 + factor(v3))^3 + .", frame, &options, &task, &d, &e), STATUS_OK);
  design_free(d);
  error_clear(&e);
  assert_int_equal(design_make("~ poly(v1, 2):poly(v2, 2) + ((((((v1))))))", frame, &options, &task, &d, &e), STATUS_OK);
  design_free(d);
  frame_unref(frame);
}

static void test_other_data(void **state)
{
  (void)state;
  Frame *old = data(), *fresh = new_data(), *texts = NULL;
  const DesignOptions options = {0}, wants = {.response = true};
  Design *d, *like;
  Error e;
  error_clear(&e);
  static const size_t few[] = {0, 2, 4, 5};
  Frame *part = frame_of_rows(few, 4, 0, 1);
  d = make("y ~ region + x", part, true);
  assert_int_equal(design_like(d, old, &options, &task, &like, &e), STATUS_DATA);
  assert_string_equal(e.id, "unseen-level");
  assert_string_equal(e.what, "region has the level 'south', which was not there at the fit");
  assert_null(like);
  design_free(d);
  /* A number that became text. */
  size_t column;
  assert_true(frame_find(old, "region", &column));
  assert_int_equal(frame_with(old, "x", frame_column(old, column), &texts, NULL), STATUS_OK);
  d = make("y ~ x", old, true);
  error_clear(&e);
  assert_int_equal(design_like(d, texts, &options, &task, &like, &e), STATUS_ARGUMENT);
  assert_string_equal(e.id, "wrong-type");
  /* The response comes along when it is asked for. */
  assert_int_equal(design_like(d, fresh, &wants, &task, &like, NULL), STATUS_OK);
  double out[5];
  design_response(like, 0, 5, out);
  assert_true(out[0] == y[2]);
  design_free(like);
  design_free(d);
  /* No rows at all to predict. */
  Frame *none;
  assert_int_equal(frame_slice(old, 0, 0, &none, NULL), STATUS_OK);
  d = make("y ~ region*poly(x, 2)", old, false);
  assert_int_equal(design_like(d, none, &options, &task, &like, NULL), STATUS_OK);
  assert_int_equal(design_rows(like), 0);
  design_free(like);
  design_free(d);
  error_clear(&e);
  assert_int_equal(design_make("y ~ x", none, &options, &task, &d, &e), STATUS_DATA);
  assert_string_equal(e.id, "no-rows");
  frame_unref(none);
  frame_unref(old);
  frame_unref(fresh);
  frame_unref(part);
  frame_unref(texts);
}

/* Cluster numbers are levels. */
static void test_labels(void **state)
{
  (void)state;
  Frame *frame = data(), *labelled;
  size_t column;
  Column *label;
  assert_true(frame_find(frame, "k", &column));
  assert_int_equal(column_with_role(frame_column(frame, column), ROLE_LABEL, &label, NULL), STATUS_OK);
  assert_int_equal(frame_with(frame, "k", label, &labelled, NULL), STATUS_OK);
  Design *d = make("y ~ k", labelled, true), *like;
  assert_int_equal(design_columns(d), 4);
  assert_string_equal(design_name(d, 3), "k10");
  const DesignOptions options = {0};
  assert_int_equal(design_like(d, frame, &options, &task, &like, NULL), STATUS_OK); /* without the role, too */
  assert_int_equal(design_columns(like), 4);
  design_free(like);
  design_free(d);
  column_unref(label);
  frame_unref(labelled);
  frame_unref(frame);
}

/* Damaged plans: refused, never more. */
static void test_damaged_plans(void **state)
{
  (void)state;
  Frame *frame = data(), *plan, *bad;
  const DesignOptions options = {0};
  Design *d = make("y ~ region + poly(x, 2)", frame, false), *out;
  assert_int_equal(design_plan(d, &plan, NULL), STATUS_OK);
  const size_t rows = frame_rows(plan);
  for (size_t cut = 0; cut < rows; cut++) {
    assert_int_equal(frame_slice(plan, cut, rows - cut - 1, &bad, NULL), STATUS_OK);
    const Status status = design_of_plan(design_formula(d), bad, frame, &options, &task, &out, NULL);
    assert_true(status == STATUS_FORMAT || status == STATUS_DATA);
    frame_unref(bad);
    size_t twice[32], n = 0;
    for (size_t i = 0; i < rows; i++) {
      twice[n++] = i;
      if (i == cut) {
        twice[n++] = i;
      }
    }
    assert_int_equal(frame_take(plan, twice, n, &bad, NULL), STATUS_OK);
    const Status more = design_of_plan(design_formula(d), bad, frame, &options, &task, &out, NULL);
    if (more == STATUS_OK) { /* one more row of a polynomial may go unseen */
      design_free(out);
    }
    assert_true(more == STATUS_FORMAT || more == STATUS_OK);
    frame_unref(bad);
  }
  assert_int_equal(frame_slice(plan, 0, 0, &bad, NULL), STATUS_OK);
  assert_int_equal(design_of_plan(design_formula(d), bad, frame, &options, &task, &out, NULL), STATUS_FORMAT);
  assert_int_equal(design_of_plan(design_formula(d), frame, frame, &options, &task, &out, NULL), STATUS_FORMAT);
  frame_unref(bad);
  frame_unref(plan);
  design_free(d);
  frame_unref(frame);
}

static Status run_all(void *context, Error *e)
{
  const DesignOptions options = {.drop = true, .response = true};
  Design *d = NULL, *like = NULL, *again = NULL;
  Frame *plan = NULL;
  Status status;
  TRY(design_make("kind ~ poly(x, 2)*region + factor(k, ref = 10) + log(z) + holes", context, &options, &task, &d, e));
  TRY(design_like(d, context, &options, &task, &like, e));
  TRY(design_plan(d, &plan, e));
  TRY(design_of_plan(design_formula(d), plan, context, &options, &task, &again, e));
  assert_int_equal(design_columns(again), 1 + 2 + 3 + 3 + 1 + 1 + 6);
done:
  design_free(d);
  design_free(like);
  design_free(again);
  frame_unref(plan);
  arena_free(&task.arena);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  Frame *frame = with_holes();
  task.threads = 1;
  sweep(run_all, frame);
  task.threads = 0;
  frame_unref(frame);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_r),         cmocka_unit_test(test_terms),      cmocka_unit_test(test_response_and_offset),
      cmocka_unit_test(test_missing),   cmocka_unit_test(test_refusals),   cmocka_unit_test(test_large),
      cmocka_unit_test(test_other_data), cmocka_unit_test(test_labels),    cmocka_unit_test(test_damaged_plans),
      cmocka_unit_test(test_memory),
  };
  task_init(&task, 1);
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  task_free(&task);
  return failed;
}
