/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.choose below Lua: stopped after any k it keeps the ks that are complete, threads and instruction sets change nothing,
 * and memory may run out anywhere, with samples and without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cluster/refit_primitives.h"
#include "core/cpu.h"
#include "core/pool.h"
#include "core/random.h"
#include "frame/builder.h"
#include "registry/model.h"
#include "registry/registry.h"
#include "sweep.h"

enum { ROWS = 600, KS = 4 };

static Frame *data;

/* Four heaps in two columns. */
static Frame *make_data(void)
{
  double x[ROWS], y[ROWS];
  Random random = random_new(3, 1);
  Draft *draft = draft_new();
  Frame *frame = NULL;
  for (size_t i = 0; i < ROWS; i++) {
    x[i] = (double)(i % 2) * 8 + random_normal(&random);
    y[i] = (double)(i % 4 / 2) * 8 + random_normal(&random);
  }
  draft_floats(draft, "x", x, ROWS);
  draft_floats(draft, "y", y, ROWS);
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

/* Stops the task when `at` ks are done. */
typedef struct Stop {
  Task *task;
  size_t done, at;
} Stop;

static void on_step(void *context, const TraceStep *step)
{
  Stop *stop = context;
  assert_string_equal(step->phase, "choose"); /* those of the fits within are not told */
  if (++stop->done == stop->at) {
    task_cancel(stop->task);
  }
}

/* sample: rows of the trials and of the pairs, 0 for all. */
static Status run(int64_t sample, size_t threads, size_t stop_at, Model **out, Error *e)
{
  const Primitive *primitive = registry_get("cluster", "choose");
  char range[] = "2:5";
  static const char *const options_given[] = {"k", "references", "resamples", "trial_rows", "pairs"};
  Value items[] = {{.kind = VALUE_TEXT, .text = {range, 3}}, value_of_int(3), value_of_int(3),
                   value_of_int(sample ? sample : ROWS), value_of_int(sample ? sample : ROWS)};
  char *names[5];
  memcpy(names, options_given, sizeof names);
  Arguments arguments = {.named = {.kind = VALUE_MAP, .list = {.items = items, .names = names, .n = 5}}};
  const Value frame = {.kind = VALUE_FRAME, .frame = data};
  Value made = {.kind = VALUE_NONE};
  Task task;
  Text notes = {0};
  task_init(&task, 1);
  Stop stop = {.task = &task, .at = stop_at};
  task.threads = threads;
  task.trace = on_step;
  task.trace_context = &stop;
  void *options = arena_alloc(&task.arena, 1, primitive->options_size);
  Call call = {.primitive = primitive, .task = &task, .data = &frame, .options = options, .notes = &notes};
  Status status = options ? options_check(primitive, &arguments, data, &task.arena, options, &call.given, e)
                          : error_memory(e, 0, "options");
  status = status == STATUS_OK ? primitive->run(&call, &made, e) : status;
  *out = made.model;
  task_free(&task);
  text_free(&notes);
  return status;
}

static bool is_complete(const Model *model)
{
  const Column *complete;
  assert_true(model_figure(model, "complete", &complete));
  return column_float(complete, 0) == 1;
}

/* The first n rows of both, cell by cell. */
static void same_rows(const Frame *a, const Frame *b, size_t n)
{
  assert_int_equal(frame_rows(b), n);
  assert_int_equal(frame_columns(a), frame_columns(b));
  for (size_t j = 0; j < frame_columns(a); j++) {
    for (size_t i = 0; i < n; i++) {
      const Column *x = frame_column(a, j), *y = frame_column(b, j);
      assert_int_equal(column_valid(x, i), column_valid(y, i));
      assert_true(!column_valid(x, i) || column_float(x, i) == column_float(y, i));
    }
  }
}

static void a_stop_keeps_the_ks_that_are_complete(void **state)
{
  (void)state;
  for (int sampled = 0; sampled < 2; sampled++) {
    Model *whole = NULL;
    assert_int_equal(run(sampled * 100, 2, 0, &whole, NULL), STATUS_OK);
    assert_true(is_complete(whole));
    const Frame *all = model_frame(whole, "tidy");
    assert_int_equal(frame_rows(all), KS);
    for (size_t at = 1; at < KS; at++) {
      Model *part = NULL;
      assert_int_equal(run(sampled * 100, 2, at, &part, NULL), STATUS_OK);
      assert_false(is_complete(part));
      same_rows(all, model_frame(part, "tidy"), at);
      model_unref(part);
    }
    model_unref(whole);
  }
}

static void threads_and_sets_change_nothing(void **state)
{
  (void)state;
  const Isa most = cpu_isa();
  for (int sampled = 0; sampled < 2; sampled++) {
    Digest known = {0};
    for (int way = 0; way < 3; way++) {
      Model *model = NULL;
      cpu_isa_force(way == 2 ? (Isa)0 : most);
      assert_int_equal(run(sampled * 100, way == 0 ? 1 : 3, 0, &model, NULL), STATUS_OK);
      known = way == 0 ? model_digest(model) : known;
      assert_true(known.high == model_digest(model).high && known.low == model_digest(model).low);
      model_unref(model);
    }
  }
  cpu_isa_force(most);
}

/* The method says how long; the rows are all, or a round number, or the least. */
static void fits_are_bounded_by_their_forecast(void **state)
{
  const RefitChange k = {"k", value_of_int(4)};
  const Value frame = {.kind = VALUE_FRAME, .frame = data};
  Task task;
  Text notes = {0};
  size_t rows;
  Cost cost;
  (void)state;
  task_init(&task, 1);
  Call call = {.task = &task, .data = &frame, .notes = &notes};
  RefitFits fits = {.method = registry_get("cluster", "kmeans"), .changes = &k, .n_changes = 1, .n = 10, .least = 20};
  assert_int_equal(refit_cost(&call, fits.method, NULL, &k, 1, data, &cost, NULL), STATUS_OK);
  assert_true(cost.seconds > 0);
  static const struct {
    double share;
    size_t most, rows;
  } cases[] = {{10.1, 0, ROWS}, {10.1, 1000, ROWS}, {10.1, 300, 300}, {9, 0, 500}, {4, 0, 200}, {1, 0, 50}, {0.1, 0, 20}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    fits.seconds = cases[i].share * cost.seconds;
    fits.most = cases[i].most;
    assert_int_equal(refit_rows(&call, &fits, data, &rows, NULL), STATUS_OK);
    assert_int_equal(rows, cases[i].rows);
  }
  text_free(&notes);
  task_free(&task);
}

static Status run_choose(void *context, Error *e)
{
  Model *model = NULL;
  const Status status = run(*(const int64_t *)context, 2, 0, &model, e);
  model_unref(model);
  return status;
}

static void memory_may_run_out(void **state)
{
  (void)state;
  for (int64_t sample = 0; sample <= 100; sample += 100) {
    assert_true(sweep_every(run_choose, &sample, 211) > 500);
  }
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
    cmocka_unit_test(a_stop_keeps_the_ks_that_are_complete),
    cmocka_unit_test(threads_and_sets_change_nothing),
    cmocka_unit_test(fits_are_bounded_by_their_forecast),
    cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests(tests, begin, end);
}
