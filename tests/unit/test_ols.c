/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ols.c -- regress.ols below Lua: fit, file and predictions with memory that runs out anywhere, on one and two
 * threads, stopped at any moment, and from files that somebody has changed. The figures are in
 * tests/reference/ols.lua. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/pool.h"
#include "core/random.h"
#include "frame/builder.h"
#include "registry/model.h"
#include "registry/registry.h"
#include "regress/quartiles.h"
#include "sweep.h"

enum { TRIES = 300, HITS = 3 };

/* ---- calls as a face makes them */

typedef struct Named {
  const char *name;
  Value value;
} Named;

static Value text(const char *bytes)
{
  return (Value){.kind = VALUE_TEXT, .text = {(char *)bytes, strlen(bytes)}};
}

/* The values stay the caller's. task: NULL for one of its own. */
static Status call_with(Task *given, size_t threads, const char *family, const char *name, const Value *data,
                        const Named *named, size_t n, Value *out, Error *e)
{
  const Primitive *primitive = registry_get(family, name);
  Task own;
  Task *task = given ? given : &own;
  Text notes = {0};
  uint64_t set;
  Value items[8];
  char *names[8];
  for (size_t i = 0; i < n; i++) {
    items[i] = named[i].value;
    names[i] = (char *)named[i].name;
  }
  const Arguments arguments = {.named = {.kind = VALUE_MAP, .list = {items, names, n}}};
  if (!given) {
    task_init(task, 1);
    task->threads = threads;
  }
  *out = (Value){.kind = VALUE_NONE};
  void *options = arena_alloc(&task->arena, 1, primitive->options_size);
  Status status = options ? options_check(primitive, &arguments, data->kind == VALUE_FRAME ? data->frame : NULL,
                                          &task->arena, options, &set, e)
                          : error_memory(e, 0, "options");
  if (status == STATUS_OK) {
    Call call = {
        .primitive = primitive, .task = task, .data = data, .options = options, .given = set, .notes = &notes};
    status = primitive->run(&call, out, e);
  }
  if (!given) {
    task_free(task);
  }
  text_free(&notes);
  return status;
}

/* ---- data: a line through a number, a text with levels, and noise; weights with some zeros, some missing cells */

static Frame *rows_of(size_t n, bool missing)
{
  Draft *draft = draft_new();
  Builder *y = builder_new(TYPE_FLOAT64, n), *x = builder_new(TYPE_FLOAT64, n), *w = builder_new(TYPE_INT64, n),
          *g = builder_new(TYPE_CATEGORY, n);
  static const char *const levels[] = {"north", "south", "east"};
  Random random = random_new(3, 0);
  for (size_t i = 0; i < n; i++) {
    const double at = random_normal(&random);
    const uint64_t level = random_below(&random, 3);
    builder_float(y, 2 + 0.5 * at + (double)level + random_normal(&random));
    if (missing && i % 11 == 7) {
      builder_missing(x);
    } else {
      builder_float(x, at);
    }
    builder_int(w, (int64_t)(i % 5));
    builder_text(g, levels[level], strlen(levels[level]));
  }
  draft_builder(draft, "y", y);
  draft_builder(draft, "x", x);
  draft_builder(draft, "w", w);
  draft_builder(draft, "g", g);
  Frame *frame = NULL;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

static Status fit(Task *task, size_t threads, Frame *frame, const char *formula, bool weighted, Value *out, Error *e)
{
  const Value data = value_of_frame(frame);
  const Named named[] = {{"formula", text(formula)}, {"missing", text("drop")}, {"weights", text("w")}};
  return call_with(task, threads, "regress", "ols", &data, named, weighted ? 3 : 2, out, e);
}

static Status predict(Task *task, size_t threads, const Value *model, Frame *frame, Value *out, Error *e)
{
  const Named named[] = {{"data", value_of_frame(frame)}, {"interval", text("prediction")}};
  return call_with(task, threads, "model", "augment", model, named, 2, out, e);
}

/* ---- memory */

typedef struct Way {
  Frame *frame;
  size_t threads;
  bool weighted;
  Digest fitted, predicted; /* of the clean run; zero before it */
} Way;

static bool as_before(Digest *known, Digest now)
{
  if (known->high == 0 && known->low == 0) {
    *known = now;
  }
  return known->high == now.high && known->low == now.low;
}

/* Fit, to bytes and back, predict. */
static Status run_way(void *context, Error *e)
{
  Way *way = context;
  Value model = {.kind = VALUE_NONE}, predicted = model, again = model;
  Model *read = NULL;
  Text bytes = {0};
  Status status;
  TRY(fit(NULL, way->threads, way->frame, "y ~ poly(x, 2) + g + I(2 * w) + w", way->weighted, &model, e));
  TRY(model_to_bytes(model.model, &bytes, e));
  TRY(model_of_bytes(bytes.data, bytes.size, "memory", &read, e));
  again = value_of_model(model_ref(read));
  TRY(predict(NULL, way->threads, &again, way->frame, &predicted, e));
  if (!as_before(&way->fitted, model_digest(model.model)) || !as_before(&way->fitted, model_digest(read)) ||
      !as_before(&way->predicted, frame_digest(predicted.frame))) {
    status = error_set(e, STATUS_INTERNAL, "not-supported", "another result than before");
  }
done:
  value_free(&model);
  value_free(&predicted);
  value_free(&again);
  model_unref(read);
  text_free(&bytes);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  Frame *frame = rows_of(60, true);
  for (int weighted = 0; weighted < 2; weighted++) {
    Way way = {.frame = frame, .threads = 1, .weighted = weighted};
    assert_true(sweep_every(run_way, &way, 7) > 300);
    Way two = {.frame = frame, .threads = 2, .weighted = weighted};
    assert_true(sweep_every(run_way, &two, 31) > 300);
    assert_true(as_before(&way.fitted, two.fitted) && as_before(&way.predicted, two.predicted));
  }
  frame_unref(frame);
}

/* Rows enough for many blocks and for the Gram matrix: the same bits on any number of threads. */
static void test_threads(void **state)
{
  (void)state;
  Frame *frame = rows_of(50000, true);
  Way one = {.frame = frame, .threads = 1, .weighted = true}, two = one;
  Error e;
  error_clear(&e);
  assert_int_equal(run_way(&one, &e), STATUS_OK);
  two.threads = 2;
  assert_int_equal(run_way(&two, &e), STATUS_OK);
  assert_true(as_before(&one.fitted, two.fitted) && as_before(&one.predicted, two.predicted));
  frame_unref(frame);
}

/* A limit that the residuals alone go beyond: a refusal that has a reason. */
static void test_limit(void **state)
{
  (void)state;
  Frame *frame = rows_of(50000, false);
  const size_t before = mem_in_use();
  size_t refused = 0;
  for (size_t room = 20000; room < 50000000; room += room / 2) {
    Value model;
    Error e;
    error_clear(&e);
    mem_limit(before + room);
    const Status status = fit(NULL, 2, frame, "y ~ x + g", false, &model, &e);
    mem_limit(0);
    assert_true(status == STATUS_OK || ((status == STATUS_MEMORY || status == STATUS_LIMIT) && e.what[0]));
    value_free(&model);
    assert_int_equal(mem_in_use(), before);
    refused += status != STATUS_OK;
  }
  assert_true(refused > 2);
  frame_unref(frame);
}

/* ---- cancel */

typedef struct Stopper {
  Task *task;
  double delay;
} Stopper;

static void *stop(void *context)
{
  Stopper *stopper = context;
  const struct timespec time = {.tv_nsec = (long)(stopper->delay * 1e9)};
  nanosleep(&time, NULL);
  task_cancel(stopper->task);
  return NULL;
}

/* Stops a fit, or a prediction, after some time, or before it begins (delay below 0). Gives whether it was stopped. */
static bool stopped(Frame *frame, const Value *model, double delay)
{
  Task task;
  Error e;
  Value out;
  pthread_t thread;
  task_init(&task, 1);
  error_clear(&e);
  Stopper stopper = {.task = &task, .delay = delay};
  const size_t before = mem_in_use();
  if (delay < 0) {
    task_cancel(&task);
  } else {
    assert_int_equal(pthread_create(&thread, NULL, stop, &stopper), 0);
  }
  const Status status = model ? predict(&task, 2, model, frame, &out, &e)
                              : fit(&task, 2, frame, "y ~ poly(x, 12) + g * poly(x, 5)", true, &out, &e);
  if (delay >= 0) {
    pthread_join(thread, NULL);
  }
  if (status != STATUS_OK) {
    assert_int_equal(status, STATUS_CANCELLED);
    assert_string_equal(e.id, "interrupted");
  }
  value_free(&out);
  task_free(&task);
  assert_int_equal(mem_in_use(), before);
  return status == STATUS_CANCELLED;
}

static void test_cancel(void **state)
{
  (void)state;
  Frame *frame = rows_of(80000, true);
  Value model;
  Error e;
  error_clear(&e);
  assert_true(stopped(frame, NULL, -1));
  size_t fits = 0, predictions = 0;
  for (int i = 0; i < TRIES && (i < 12 || fits < HITS); i++) { /* a busy machine may be late with a press */
    fits += stopped(frame, NULL, 1e-3 * (i % 12));
  }
  assert_true(fits >= HITS);
  assert_int_equal(fit(NULL, 2, frame, "y ~ poly(x, 12) + g * poly(x, 5)", false, &model, &e), STATUS_OK);
  assert_true(stopped(frame, &model, -1));
  for (int i = 0; i < TRIES && (i < 8 || predictions < HITS); i++) {
    predictions += stopped(frame, &model, 0.5e-3 * (i % 8));
  }
  assert_true(predictions >= HITS);
  value_free(&model);
  frame_unref(frame);
}

/* ---- files that somebody has changed */

/* What a model that was read does with data: an answer or an error, and no more than that. */
static void use(const Model *model, Frame *frame)
{
  Value data = value_of_model(model_ref(model)), out;
  Error e;
  error_clear(&e);
  const Status status = predict(NULL, 1, &data, frame, &out, &e);
  assert_true(status == STATUS_OK || (e.id[0] && e.what[0]));
  value_free(&out);
  const ModelClass *class = model_primitive(model)->model;
  Text lines = {0};
  class->headline(model, &lines);
  class->figures(model, &lines);
  text_free(&lines);
  value_free(&data);
}

static void test_changed_bytes(void **state)
{
  (void)state;
  Frame *frame = rows_of(40, false);
  Value model;
  Text bytes = {0};
  Error e;
  error_clear(&e);
  assert_int_equal(fit(NULL, 1, frame, "y ~ poly(x, 2) + g", true, &model, &e), STATUS_OK);
  assert_int_equal(model_to_bytes(model.model, &bytes, &e), STATUS_OK);
  const size_t before = mem_in_use();
  Random random = random_new(5, 0);
  size_t read = 0;
  for (int round = 0; round < 1000; round++) {
    char old[3];
    size_t at[3];
    const size_t changes = 1 + random_below(&random, 3);
    for (size_t i = 0; i < changes; i++) {
      at[i] = 8 + random_below(&random, bytes.size - 8);
      old[i] = bytes.data[at[i]];
      bytes.data[at[i]] =
          (char)(random_below(&random, 2) ? '0' + random_below(&random, 10) : random_below(&random, 256));
    }
    Model *changed = NULL;
    Error why;
    error_clear(&why);
    if (model_of_bytes(bytes.data, bytes.size, "memory", &changed, &why) == STATUS_OK) {
      read++;
      use(changed, frame);
      model_unref(changed);
    }
    for (size_t i = changes; i-- > 0;) {
      bytes.data[at[i]] = old[i];
    }
    assert_int_equal(mem_in_use(), before);
  }
  assert_true(read > 25);
  text_free(&bytes);
  value_free(&model);
  frame_unref(frame);
}

/* Frames that are sound but not of this model. */
static void test_changed_frames(void **state)
{
  (void)state;
  static const char *const names[] = {"tidy", "glance", "root", "plan", "residuals"};
  Frame *frame = rows_of(40, false), *other = rows_of(3, true);
  Value model, further;
  Error e;
  error_clear(&e);
  assert_int_equal(fit(NULL, 1, frame, "y ~ x + g", false, &model, &e), STATUS_OK);
  assert_int_equal(fit(NULL, 1, frame, "y ~ x", false, &further, &e), STATUS_OK);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    for (int from_model = 0; from_model < 2; from_model++) {
      Text bytes = {0};
      Model *copy = NULL, *read = NULL;
      assert_int_equal(model_new(model_primitive(model.model), NULL, &copy, NULL), STATUS_OK);
      for (size_t f = 0; f < model_frames(model.model); f++) {
        const char *name = model_frame_name(model.model, f);
        const Frame *taken = model_frame(model.model, name);
        if (strcmp(name, names[i]) == 0) {
          taken = from_model ? model_frame(further.model, name) : other;
        }
        assert_int_equal(model_set_frame(copy, name, frame_ref(taken), NULL), STATUS_OK);
      }
      assert_int_equal(model_to_bytes(copy, &bytes, NULL), STATUS_OK);
      if (model_of_bytes(bytes.data, bytes.size, "memory", &read, NULL) == STATUS_OK) {
        Value value = value_of_model(read), out;
        Error why;
        error_clear(&why);
        const Status status = predict(NULL, 1, &value, frame, &out, &why);
        /* Another fit's glance is as good as its own: only sigma differs. Its plan lacks a variable. */
        const bool harmless = strcmp(names[i], "residuals") == 0 || (from_model && strcmp(names[i], "glance") == 0);
        assert_true(harmless || status != STATUS_OK);
        value_free(&out);
        value_free(&value);
      }
      text_free(&bytes);
      model_unref(copy);
    }
  }
  value_free(&model);
  value_free(&further);
  frame_unref(other);
  frame_unref(frame);
}

/* ---- quartiles by bins, against a sort */

static int compare(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double number_like(Random *random, int kind, size_t i)
{
  switch (kind) {
  case 0:
    return random_normal(random);
  case 1:
    return (double)random_below(random, 7); /* many equal ones */
  case 2:
    return i == 11 ? 1e300 : random_normal(random); /* all but one in a bin */
  case 3:
    return 0.25; /* no range */
  case 4:
    return i % 2 ? -1e308 : 1e308; /* a range beyond doubles */
  default:
    return i % 4 < 2 ? random_uniform(random) : 1000 + random_uniform(random); /* the median between two heaps */
  }
}

static void test_quartiles(void **state)
{
  (void)state;
  static const size_t sizes[] = {1, 2, 3, 4, 5, 1000, 65536, 65537, 99999, 100001, 200002};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    for (int kind = 0; kind < 6; kind++) {
      const size_t n = sizes[s];
      double *values = mem_alloc(n, sizeof *values), *sorted = mem_alloc(n, sizeof *sorted), out[QUARTILES];
      Random random = random_new(s, (uint64_t)kind);
      Task task;
      task_init(&task, 1);
      for (size_t i = 0; i < n; i++) {
        sorted[i] = values[i] = number_like(&random, kind, i);
      }
      qsort(sorted, n, sizeof *sorted, compare);
      assert_int_equal(quartiles(values, n, &task, out, NULL), STATUS_OK);
      for (int q = 0; q < QUARTILES; q++) {
        const double place = (double)(n - 1) * (q * 0.25), part = place - floor(place);
        const size_t k = (size_t)place;
        const double want =
            part > 0 && sorted[k] < sorted[k + 1] ? (1 - part) * sorted[k] + part * sorted[k + 1] : sorted[k];
        assert_true(out[q] == want);
      }
      task_free(&task);
      mem_free(values);
      mem_free(sorted);
    }
  }
}

/* ---- forecasts */

static void test_cost(void **state)
{
  (void)state;
  const Primitive *ols = registry_get("regress", "ols");
  Frame *small = rows_of(50, false), *large = rows_of(100000, false);
  double seconds[3];
  const char *const formulas[] = {"y ~ x", "y ~ x", "y ~ poly(x, 12) * g"};
  for (size_t i = 0; i < 3; i++) {
    Value data = value_of_frame(i == 0 ? small : large);
    const char *const options[] = {formulas[i], NULL, "error"}; /* as the struct begins */
    Call call = {.primitive = ols, .data = &data, .options = options};
    Cost cost = {0};
    assert_int_equal(ols->cost(&call, &cost, NULL), STATUS_OK);
    assert_true(cost.bytes > 0 && cost.seconds > 0);
    seconds[i] = cost.seconds;
  }
  assert_true(seconds[0] < 0.002 && seconds[1] > seconds[0] && seconds[2] > 2 * seconds[1]);
  frame_unref(small);
  frame_unref(large);
}

static int open_pool(void **state)
{
  (void)state;
  pool_set_threads(2);
  return 0;
}

static int close_pool(void **state)
{
  (void)state;
  pool_close();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_memory),    cmocka_unit_test(test_threads),       cmocka_unit_test(test_limit),
      cmocka_unit_test(test_cancel),    cmocka_unit_test(test_changed_bytes), cmocka_unit_test(test_changed_frames),
      cmocka_unit_test(test_quartiles), cmocka_unit_test(test_cost),
  };
  return cmocka_run_group_tests(tests, open_pool, close_pool);
}
