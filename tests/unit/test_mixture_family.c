/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mixtures, latent classes, fuzzy c-means, maps, density methods and components as primitives: memory that runs out anywhere, a stop at
 * any step with the continuation's bits, threads and instruction sets that change nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/mixture_kernels.h"
#include "core/cpu.h"
#include "core/pool.h"
#include "frame/builder.h"
#include "registry/model.h"
#include "registry/registry.h"
#include "sweep.h"

typedef struct Setting {
  const char *name;
  double number; /* NaN: the text */
  const char *text;
} Setting;

typedef struct Method {
  const char *family, *name;
  Setting settings[6];
} Method;

static const Method methods[] = {
    {"cluster", "mixture", {{"k", NAN, "1:3"}, {"starts", 2, NULL}, {"model", NAN, "auto"}}},
    {"cluster",
     "mixture",
     {{"k", 3, NULL}, {"model", NAN, "full"}, {"init", NAN, "random"}, {"starts", 3, NULL}, {"reg", 1e-6, NULL}}},
    {"cluster", "mixture", {{"k", 3, NULL}, {"model", NAN, "VVI"}, {"init", NAN, "kmeans"}, {"weights", NAN, "w"}}},
    {"cluster", "mixture", {{"k", 3, NULL}, {"model", NAN, "VVE"}, {"weights", NAN, "w"}, {"tol", 1e-9, NULL}}},
    {"cluster", "mixture", {{"k", NAN, "1:3"}, {"model", NAN, "EVE"}, {"starts", 2, NULL}}},
    {"cluster", "latent_class", {{"k", NAN, "1:3"}, {"starts", 3, NULL}, {"max_iter", 40, NULL}}},
    {"cluster", "fuzzy", {{"k", 3, NULL}, {"starts", 2, NULL}, {"m", 1.7, NULL}}},
    {"cluster", "som", {{"x", 4, NULL}, {"y", 3, NULL}, {"epochs", 12, NULL}, {"k", 3, NULL}}},
    {"cluster", "som", {{"x", 3, NULL}, {"y", 2, NULL}, {"epochs", 6, NULL}, {"method", NAN, "online"}}},
    {"cluster", "dbscan", {{"min_points", 6, NULL}}},
    {"cluster", "dbscan", {{"eps", 1.5, NULL}, {"weights", NAN, "w"}, {"border", NAN, "first"}}},
    {"cluster", "optics", {{"min_points", 4, NULL}}},
    {"cluster", "optics", {{"cut", 1.5, NULL}, {"metric", NAN, "manhattan"}, {"sample", 80, NULL}}},
    {"cluster", "hdbscan", {{"min_cluster_size", 6, NULL}}},
    {"cluster", "meanshift", {{"quantile", 0.2, NULL}, {"weights", NAN, "w"}}},
    {"cluster", "meanshift", {{"bandwidth", 2.5, NULL}, {"kernel", NAN, "gaussian"}, {"far", NAN, "noise"}}},
    {"reduce", "pca", {{"scale", NAN, "zscore"}}},
};
enum { METHODS = sizeof methods / sizeof *methods, ROWS = 96 };

static Frame *data;

static double roll(uint64_t *seed)
{
  *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (double)(*seed >> 11) / 0x1p53 - 0.5;
}

/* Three groups in three columns of numbers and three of answers; a weight. */
static Frame *make_data(void)
{
  double columns[4][ROWS];
  uint64_t seed = 5;
  Draft *draft = draft_new();
  Frame *frame = NULL;
  for (size_t i = 0; i < ROWS; i++) {
    for (size_t c = 0; c < 3; c++) {
      columns[c][i] = (double)(i % 3) * (c == 1 ? -3 : 4) + 3 * roll(&seed) + (c == 2 ? columns[0][i] / 2 : 0);
    }
    columns[3][i] = (double)(i % 4 + 1);
  }
  draft_floats(draft, "a", columns[0], ROWS);
  draft_floats(draft, "b", columns[1], ROWS);
  draft_floats(draft, "c", columns[2], ROWS);
  draft_floats(draft, "w", columns[3], ROWS);
  for (int q = 0; q < 3; q++) {
    static const char *const names[] = {"q1", "q2", "q3"}, *const levels[] = {"no", "maybe", "yes"};
    const char *cells[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
      cells[i] = i % 17 == (size_t)q ? NULL : levels[(i % 3 + (roll(&seed) > 0.2)) % 3];
    }
    draft_texts(draft, names[q], cells, ROWS);
  }
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

/* Stops the task at one step. */
typedef struct Stop {
  Task *task;
  size_t step, at;
} Stop;

static void on_step(void *context, const TraceStep *step)
{
  Stop *stop = context;
  (void)step;
  if (stop->step++ == stop->at) {
    task_cancel(stop->task);
  }
}

/* The options of a method; 'on' goes to the numbers for all but latent classes. */
static Arguments arguments_of(const Method *method, Value *items, char **names, Value *on)
{
  size_t n = 0;
  for (; n < 5 && method->settings[n].name; n++) {
    const Setting *s = &method->settings[n];
    names[n] = (char *)s->name;
    items[n] = !isnan(s->number) && s->number == floor(s->number) ? value_of_int((int64_t)s->number)
               : !isnan(s->number)                                ? value_of_number(s->number)
                                   : (Value){.kind = VALUE_TEXT, .text = {(char *)s->text, strlen(s->text)}};
  }
  if (strcmp(method->name, "latent_class") != 0) {
    static const char *const texts[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++) {
      on[i] = (Value){.kind = VALUE_TEXT, .text = {(char *)texts[i], 1}};
    }
    names[n] = (char *)"on";
    items[n++] = (Value){.kind = VALUE_LIST, .list = {.items = on, .n = 3}};
  }
  return (Arguments){.named = {.kind = VALUE_MAP, .list = {.items = items, .names = names, .n = n}}};
}

/* Fits, stopped at a step (SIZE_MAX: not), or goes on with `from`. */
static Status fit(const Method *method, size_t threads, size_t stop_at, const Model *from, size_t *steps, Model **out,
                  Error *e)
{
  const Primitive *primitive = registry_get(method->family, method->name);
  Value items[8], on[3], made = {.kind = VALUE_NONE};
  char *names[8];
  Arguments arguments = arguments_of(method, items, names, on);
  const Value frame = {.kind = VALUE_FRAME, .frame = data};
  Task task;
  Text notes = {0};
  uint64_t given;
  task_init(&task, 1);
  Stop stop = {.task = &task, .at = stop_at};
  task.threads = threads;
  task.trace = on_step;
  task.trace_context = &stop;
  void *options = arena_alloc(&task.arena, 1, primitive->options_size);
  Call call = {.primitive = primitive, .task = &task, .data = &frame, .options = options, .notes = &notes};
  Status status = options ? STATUS_OK : error_memory(e, 0, "options");
  if (status == STATUS_OK && from) {
    status = primitive->model->proceed(&call, from, data, out, e);
  } else if (status == STATUS_OK) {
    status = options_check(primitive, &arguments, data, &task.arena, options, &given, e);
    call.given = given;
    status = status == STATUS_OK ? primitive->run(&call, &made, e) : status;
    *out = made.model;
  }
  if (steps) {
    *steps = stop.step;
  }
  task_free(&task);
  text_free(&notes);
  return status;
}

static bool same(Digest a, Digest b)
{
  return a.high == b.high && a.low == b.low;
}

static void threads_and_sets_change_nothing(void **state)
{
  (void)state;
  const Isa most = cpu_isa();
  for (size_t m = 0; m < METHODS; m++) {
    Digest known = {0};
    for (int way = 0; way < 4; way++) {
      Model *model = NULL;
      Error e = {0};
      cpu_isa_force(way == 3 ? (Isa)0 : most);
      if (fit(&methods[m], (size_t)way % 3 + 1, SIZE_MAX, NULL, NULL, &model, &e) != STATUS_OK) {
        fail_msg("%s: %s", methods[m].name, e.what);
      }
      known = way == 0 ? model_digest(model) : known;
      if (!same(known, model_digest(model))) {
        fail_msg("method %zu (%s), way %d: other bits", m, methods[m].name, way);
      }
      model_unref(model);
    }
    cpu_isa_force(most);
  }
}

/* Stopped at every few steps, saved, loaded, and continued. */
static void continuing_gives_the_same_bits(void **state)
{
  (void)state;
  for (size_t m = 0; m < METHODS; m++) {
    Model *whole = NULL;
    size_t steps = 0;
    assert_int_equal(fit(&methods[m], 2, SIZE_MAX, NULL, &steps, &whole, NULL), STATUS_OK);
    for (size_t at = 0; at + 1 < steps; at += steps / 13 + 1) {
      Model *part = NULL, *rest = NULL, *back = NULL;
      Text bytes = {0};
      Error e = {0};
      const Status status = fit(&methods[m], 2, at, NULL, NULL, &part, &e);
      if (status == STATUS_CANCELLED) {
        continue; /* before there was anything */
      }
      assert_int_equal(status, STATUS_OK);
      const Column *complete;
      assert_true(model_figure(part, "complete", &complete));
      if (column_float(complete, 0) == 0) {
        assert_int_equal(model_to_bytes(part, &bytes, &e), STATUS_OK);
        if (model_of_bytes(text_data(&bytes), bytes.size, "test", &back, &e) != STATUS_OK) {
          fail_msg("%s, step %zu: %s", methods[m].name, at, e.what);
        }
        if (fit(&methods[m], 1, SIZE_MAX, back, NULL, &rest, &e) != STATUS_OK) {
          fail_msg("%s, step %zu: %s", methods[m].name, at, e.what);
        }
        if (!same(model_digest(whole), model_digest(rest))) {
          fail_msg("%s, stopped at step %zu of %zu: other bits", methods[m].name, at, steps);
        }
      }
      text_free(&bytes);
      model_unref(part);
      model_unref(back);
      model_unref(rest);
    }
    model_unref(whole);
  }
}

/* Puts a frame of one column into a model, and says whether that goes on. */
static Status goes_on_with(const Method *method, Model *model, const char *name, const double *values, size_t n)
{
  Draft *draft = draft_new();
  Frame *frame = NULL;
  Model *rest = NULL;
  draft_floats(draft, "value", values, n);
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  assert_int_equal(model_set_frame(model, name, frame, NULL), STATUS_OK);
  const Status status = fit(method, 1, SIZE_MAX, model, NULL, &rest, NULL);
  model_unref(rest);
  return status;
}

/* A stopped fit whose common orientation is not one is refused; other axes than it had are only other axes. */
static void an_orientation_that_is_none(void **state)
{
  (void)state;
  const Method method = {"cluster", "mixture", {{"k", 3, NULL}, {"model", NAN, "EVE"}, {"tol", 1e-12, NULL}}};
  const double none[] = {1, 0, 0, 0, NAN, 0, 0, 0, 1}, huge[] = {1, 0, 0, 0, INFINITY, 0, 0, 0, 1};
  const double others[] = {0.6, 0.8, 0, -0.8, 0.6, 0, 0, 0, 1}, flat[9] = {0};
  Model *part = NULL;
  assert_int_equal(fit(&method, 1, 2, NULL, NULL, &part, NULL), STATUS_OK);
  const Column *complete;
  assert_true(model_figure(part, "complete", &complete) && column_float(complete, 0) == 0);
  assert_int_equal(goes_on_with(&method, part, "state_axes", none, 9), STATUS_FORMAT);
  assert_int_equal(goes_on_with(&method, part, "state_axes", huge, 9), STATUS_FORMAT);
  assert_int_equal(goes_on_with(&method, part, "state_axes", others, 8), STATUS_FORMAT);
  assert_int_equal(goes_on_with(&method, part, "state_axes", others, 9), STATUS_OK);
  assert_int_equal(goes_on_with(&method, part, "state_axes", flat, 9), STATUS_OK);
  model_unref(part);
}

static Status run_method(void *context, Error *e)
{
  const Method *method = context;
  Model *model = NULL, *back = NULL;
  Text bytes = {0};
  Status status;
  TRY(fit(method, 2, SIZE_MAX, NULL, NULL, &model, e));
  TRY(model_to_bytes(model, &bytes, e));
  TRY(model_of_bytes(text_data(&bytes), bytes.size, "test", &back, e));
  if (!same(model_digest(model), model_digest(back))) {
    status = error_set(e, STATUS_INTERNAL, "not-supported", "another model than was saved");
  }
done:
  text_free(&bytes);
  model_unref(model);
  model_unref(back);
  return status;
}

static void memory_may_run_out(void **state)
{
  (void)state;
  for (size_t m = 0; m < METHODS; m++) {
    assert_true(sweep_every(run_method, (void *)&methods[m], m == 0 ? 41 : 5) > 50);
  }
}

/* exp and log against the C library's, on every instruction set with the same bits. */
static void exponentials_are_exact(void **state)
{
  enum { N = 8000 };
  static double x[N], y[3][N], z[3][N];
  (void)state;
  const Isa most = cpu_isa();
  for (int isa = 0; isa <= (int)most; isa++) {
    cpu_isa_force((Isa)isa);
    for (int i = 0; i < N; i++) {
      x[i] = -745.0 * i / N;
    }
    mixture_kernels()->exponentials(x, N, y[isa]);
    for (int i = 0; i < N; i++) {
      assert_true(x[i] <= -700 ? y[isa][i] == 0 : fabs(y[isa][i] / exp(x[i]) - 1) < 4e-16);
      x[i] = 1 + i * 0.01;
    }
    mixture_kernels()->logarithms(x, N, z[isa]);
    for (int i = 0; i < N; i++) {
      assert_true(fabs(z[isa][i] - log(x[i])) <= 4e-16 * fmax(log(x[i]), 1e-3));
    }
    assert_memory_equal(y[0], y[isa], sizeof y[0]);
    assert_memory_equal(z[0], z[isa], sizeof z[0]);
  }
  cpu_isa_force(most);
}

static int begin(void **state)
{
  (void)state;
  pool_set_threads(3);
  data = make_data();
  return 0;
}

static int end(void **state)
{
  (void)state;
  frame_unref(data);
  pool_close();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(exponentials_are_exact),
    cmocka_unit_test(threads_and_sets_change_nothing),
    cmocka_unit_test(continuing_gives_the_same_bits),
    cmocka_unit_test(an_orientation_that_is_none),
    cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests(tests, begin, end);
}
