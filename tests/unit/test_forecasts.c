/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What judges and explains a clustering says beforehand how long it will take: as the fits it makes, times how many they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "cluster/refit_primitives.h"
#include "core/pool.h"
#include "core/random.h"
#include "frame/builder.h"
#include "registry/model.h"
#include "registry/registry.h"

enum { D = 8 };

/* n rows of five heaps in eight columns. */
static Frame *heaps(size_t n)
{
  static const char *const names[D] = {"a", "b", "c", "d", "e", "f", "g", "h"};
  Random random = random_new(5, 1);
  Draft *draft = draft_new();
  Frame *frame = NULL;
  double *x = test_malloc(n * sizeof *x);
  for (size_t j = 0; j < D; j++) {
    for (size_t i = 0; i < n; i++) {
      x[i] = (double)((i % 5 * (j + 2)) % 7) * 4 + random_normal(&random);
    }
    draft_floats(draft, names[j], x, n);
  }
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  test_free(x);
  return frame;
}

/* Columns c0.. of n rows with numbers 1..classes at random. */
static Frame *clusterings(size_t n, size_t m, uint64_t classes)
{
  static const char *const names[] = {"c0", "c1", "c2", "c3", "c4", "c5"};
  Random random = random_new(6, 1);
  Draft *draft = draft_new();
  Frame *frame = NULL;
  int64_t *x = test_malloc(n * sizeof *x);
  for (size_t j = 0; j < m; j++) {
    for (size_t i = 0; i < n; i++) {
      x[i] = 1 + (int64_t)random_below(&random, classes);
    }
    draft_ints(draft, names[j], x, n);
  }
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  test_free(x);
  return frame;
}

static Model *fit(const char *method, const Frame *data, int64_t k, int64_t sample)
{
  Task task;
  Text notes = {0};
  Model *model = NULL;
  const RefitChange changes[] = {{"k", value_of_int(k)}, {"sample", value_of_int(sample)}};
  task_init(&task, 1);
  Call call = {.task = &task, .notes = &notes};
  assert_int_equal(refit(&call, registry_get("cluster", method), NULL, changes, 2, data, &model, NULL), STATUS_OK);
  text_free(&notes);
  task_free(&task);
  return model;
}

/* The forecast of a primitive with up to two options. */
static Status forecast(const char *name, const Value *data, const Frame *context, const char *const *options, const Value *values,
                       size_t n, Cost *out, Error *e)
{
  const Primitive *primitive = registry_get("cluster", name);
  Value items[2];
  char *names[2];
  memcpy(items, values, n * sizeof *items);
  memcpy(names, options, n * sizeof *names);
  Arguments arguments = {.named = {.kind = VALUE_MAP, .list = {.items = items, .names = names, .n = n}}};
  Task task;
  Text notes = {0};
  *out = (Cost){0};
  task_init(&task, 1);
  void *checked = arena_alloc(&task.arena, 1, primitive->options_size);
  Call call = {.primitive = primitive, .task = &task, .data = data, .options = checked, .notes = &notes};
  assert_int_equal(options_check(primitive, &arguments, context, &task.arena, checked, &call.given, NULL), STATUS_OK);
  assert_non_null(primitive->cost);
  const Status status = primitive->cost(&call, out, e);
  text_free(&notes);
  task_free(&task);
  return status;
}

static double seconds(const char *name, Model *model, const Frame *data, const char *option, int64_t value)
{
  const Value of = value_of_model(model);
  const Value values[] = {{.kind = VALUE_FRAME, .frame = (Frame *)data}, value_of_int(value)};
  const char *const options[] = {"data", option};
  Cost cost;
  assert_int_equal(forecast(name, &of, NULL, options, values, option ? 2 : 1, &cost, NULL), STATUS_OK);
  assert_true(cost.bytes > (double)frame_rows(data) * D * 8);
  return cost.seconds;
}

static void near(double a, double b, double share)
{
  if (!(fabs(a - b) <= share * b)) {
    fail_msg("%g is not near %g", a, b);
  }
}

static void they_grow_with_the_work(void **state)
{
  (void)state;
  Frame *few = heaps(2000), *many = heaps(200000);
  Model *five = fit("kmeans", few, 5, 0), *ten = fit("kmeans", few, 10, 0);
  const double ten_rounds = seconds("stability", five, few, "rounds", 10);
  near(seconds("stability", five, few, "rounds", 50), 5 * ten_rounds, 1e-9);
  near(seconds("stability", five, many, "rounds", 10), 100 * ten_rounds, 0.01);
  assert_true(seconds("stability", ten, few, "rounds", 10) > 1.5 * ten_rounds);
  /* 3 scales, 8 variables, 3 seeds: 14 fits to all rows instead of 10 to 63 % of them */
  near(seconds("sensitivity", five, few, NULL, 0), 1.4 / (1 - exp(-1)) * ten_rounds, 0.01);
  near(seconds("sensitivity", five, few, "seeds", 0), 1.1 / (1 - exp(-1)) * ten_rounds, 0.01);
  const double rules = seconds("segment_rules", five, few, NULL, 0), rules_many = seconds("segment_rules", five, many, NULL, 0);
  assert_true(rules_many > 20 * rules && rules_many < 100 * rules);
  assert_true(seconds("segment_rules", ten, many, NULL, 0) > 1.5 * rules_many);
  const double passport = seconds("passport", five, many, NULL, 0);
  assert_true(passport > rules_many && passport < 1.5 * rules_many);
  model_unref(five);
  model_unref(ten);
  frame_unref(few);
  frame_unref(many);
}

/* The model was fitted to a few rows; to many the method cannot be. */
static void what_the_method_refuses_is_refused(void **state)
{
  (void)state;
  static const char *const names[] = {"stability", "sensitivity"};
  static const char *const options[] = {"data"};
  Frame *few = heaps(100), *many = heaps(400000);
  Model *model = fit("pam", few, 3, 0);
  const Value of = value_of_model(model), data = {.kind = VALUE_FRAME, .frame = many};
  for (size_t i = 0; i < 2; i++) {
    Error e = {0};
    Cost cost;
    assert_int_equal(forecast(names[i], &of, NULL, options, &data, 1, &cost, &e), STATUS_LIMIT);
    assert_string_equal(e.id, "too-large");
    error_clear(&e);
  }
  model_unref(model);
  frame_unref(few);
  frame_unref(many);
}

static Cost of_consensus(size_t n, size_t m, uint64_t classes)
{
  char names[6][3] = {"c0", "c1", "c2", "c3", "c4", "c5"};
  Value texts[6];
  Frame *frame = clusterings(n, m, classes);
  for (size_t j = 0; j < m; j++) {
    texts[j] = (Value){.kind = VALUE_TEXT, .text = {names[j], 2}};
  }
  const Value of = {.kind = VALUE_FRAME, .frame = frame}, by = {.kind = VALUE_LIST, .list = {.items = texts, .n = m}};
  static const char *const options[] = {"by"};
  Cost cost;
  assert_int_equal(forecast("consensus", &of, frame, options, &by, 1, &cost, NULL), STATUS_OK);
  frame_unref(frame);
  return cost;
}

/* By the patterns of clusters, which are guessed from some rows: 4^3 of them however many rows there are, or nearly as many as rows. */
static void a_consensus_is_forecast_by_its_patterns(void **state)
{
  (void)state;
  near(of_consensus(200000, 3, 4).seconds, 0.108, 0.05);
  near(of_consensus(200000, 3, 4).bytes, 200000 * 40 + 64 * 64 * 4, 0.001);
  const double few = of_consensus(2000, 6, 8).seconds, more = of_consensus(8000, 6, 8).seconds;
  assert_true(more > 8 * few && more < 20 * few);
}

static int begin(void **state)
{
  (void)state;
  pool_set_threads(2);
  return 0;
}

static int end(void **state)
{
  (void)state;
  pool_close();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(they_grow_with_the_work),
    cmocka_unit_test(what_the_method_refuses_is_refused),
    cmocka_unit_test(a_consensus_is_forecast_by_its_patterns),
  };
  return cmocka_run_group_tests(tests, begin, end);
}
