/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_tree_models.c -- hierarchical, birch and spectral as a face calls them, stopped on the way: what is kept, and what is
 * said where nothing can be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/pool.h"
#include "frame/builder.h"
#include "registry/model.h"
#include "registry/registry.h"

enum { N = 600 };

/* Two variables in three groups; all pairs of four rows. */
static Frame *make_points(void)
{
  double x[N], y[N];
  Draft *const draft = draft_new();
  Frame *frame = NULL;
  for (size_t i = 0; i < N; i++) {
    x[i] = (double)(i % 3 * 20) + (double)(i * 37 % 101) / 25;
    y[i] = (double)(i * 53 % 97) / 25;
  }
  draft_floats(draft, "x", x, N);
  draft_floats(draft, "y", y, N);
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

static Frame *make_pairs(void)
{
  static const double a[] = {1, 1, 1, 2, 2, 3}, b[] = {2, 3, 4, 3, 4, 4}, distance[] = {1, 5, 6, 5, 6, 2};
  Draft *const draft = draft_new();
  Frame *frame = NULL;
  draft_floats(draft, "a", a, 6);
  draft_floats(draft, "b", b, 6);
  draft_floats(draft, "distance", distance, 6);
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

/* A listener that presses Ctrl-C at a step, and looks at all of them. */
typedef struct Watch {
  Task task;
  int64_t press_at, steps; /* press_at 0: before the fit; below: never */
  bool states;             /* whether any step had a state */
} Watch;

static void watch_step(void *context, const TraceStep *step)
{
  Watch *const w = context;
  w->states = w->states || step->state;
  if (++w->steps == w->press_at) {
    task_cancel(&w->task);
  }
}

typedef struct Named {
  const char *name;
  Value value;
} Named;

static Value number(double value)
{
  return (Value){.kind = VALUE_INT, .integer = (int64_t)value};
}

static Value word(const char *text)
{
  return (Value){.kind = VALUE_TEXT, .text = {(char *)text, strlen(text)}};
}

static Status fit(const char *method, Frame *frame, const Named *given, size_t n_given, Watch *w, Model **out, Error *e)
{
  const Primitive *const primitive = registry_get("cluster", method);
  char *names[4];
  Value values[4], result = {.kind = VALUE_NONE};
  const Value data = {.kind = VALUE_FRAME, .frame = frame};
  Text notes = {0};
  uint64_t bits;
  assert_non_null(primitive);
  assert_true(n_given <= 4);
  for (size_t i = 0; i < n_given; i++) {
    names[i] = (char *)given[i].name;
    values[i] = given[i].value;
  }
  Arguments arguments = {.named = {.kind = VALUE_MAP, .list = {.items = values, .names = names, .n = n_given}}};
  task_init(&w->task, 1);
  w->task.trace = watch_step;
  w->task.trace_context = w;
  if (w->press_at == 0) {
    task_cancel(&w->task);
  }
  void *const options = arena_alloc(&w->task.arena, 1, primitive->options_size + 1);
  assert_non_null(options);
  assert_int_equal(options_check(primitive, &arguments, frame, &w->task.arena, options, &bits, e), STATUS_OK);
  Call call = {.primitive = primitive, .task = &w->task, .data = &data, .options = options, .given = bits, .notes = &notes};
  const Status status = primitive->run(&call, &result, e);
  *out = status == STATUS_OK ? result.model : NULL;
  text_free(&notes);
  return status;
}

static bool says(const Model *model, const char *frame, const char *column, size_t row, const char *part)
{
  const Frame *const found = model_frame(model, frame);
  size_t at, length;
  assert_non_null(found);
  assert_true(frame_find(found, column, &at));
  const char *const text = column_text(frame_column(found, at), row, &length);
  return part[0] ? memmem(text, length, part, strlen(part)) != NULL : length == 0;
}

static bool is_complete(const Model *model)
{
  const Frame *const glance = model_frame(model, "glance");
  size_t at;
  assert_true(frame_find(glance, "complete", &at));
  return column_int(frame_column(glance, at), 0) == 1;
}

static bool notes_say(const Model *model, const char *part)
{
  const Frame *const notes = model_frame(model, "notes");
  bool found = false;
  for (size_t row = 0; notes && row < frame_rows(notes); row++) {
    size_t length;
    const char *const text = column_text(frame_column(notes, 0), row, &length);
    found = found || memmem(text, length, part, strlen(part)) != NULL;
  }
  return found;
}

static void test_birch(void **state)
{
  (void)state;
  Frame *const frame = make_points();
  const Named options[] = {{"k", number(3)}, {"leaves", number(40)}};
  Watch whole = {.press_at = -1}, stopped = {.press_at = 1};
  Model *model;
  assert_int_equal(fit("birch", frame, options, 2, &whole, &model, NULL), STATUS_OK);
  assert_true(whole.steps == (int64_t)model_number(model, "rebuilt") + 1);
  assert_true(whole.steps > 1 && is_complete(model) && says(model, "glance", "reason", 0, ""));
  model_unref(model);
  task_free(&whole.task);

  /* The first tree is made anew when the 41st group is found. */
  assert_int_equal(fit("birch", frame, options, 2, &stopped, &model, NULL), STATUS_OK);
  assert_true(!is_complete(model) && model_number(model, "k") == 3);
  assert_true(says(model, "glance", "reason", 0, "interrupted") && says(model, "glance", "stopped_at", 0, "row 42 of 600"));
  assert_true(notes_say(model, "stopped at row 42 of 600") && task_cancelled(&stopped.task));
  const Frame *const tidy = model_frame(model, "tidy");
  size_t size;
  assert_true(frame_find(tidy, "size", &size));
  for (size_t c = 0; c < 3; c++) { /* every row has a cluster */
    assert_int_equal(column_int(frame_column(tidy, size), c), N / 3);
  }
  model_unref(model);
  task_free(&stopped.task);
  frame_unref(frame);
}

/* A tree of too few groups for k, and none at all. */
static void test_birch_nothing(void **state)
{
  (void)state;
  Frame *const frame = make_points();
  const Named options[] = {{"k", number(50)}, {"leaves", number(40)}};
  for (int64_t press = 1; press >= 0; press--) {
    Watch w = {.press_at = press};
    Model *model;
    Error e = {0};
    assert_int_equal(fit("birch", frame, options, 2, &w, &model, &e), STATUS_CANCELLED);
    assert_true(press == 0 || strstr(e.hint, "nothing was kept"));
    error_clear(&e);
    task_free(&w.task);
  }
  frame_unref(frame);
}

static void test_hierarchical(void **state)
{
  (void)state;
  Frame *const frame = make_points();
  static const char *const linkages[] = {"ward", "average", "single"};
  for (size_t i = 0; i < 3; i++) {
    const Named options[] = {{"k", number(3)}, {"linkage", word(linkages[i])}};
    for (int64_t press = -1; press <= 5; press += 6) {
      Watch w = {.press_at = press};
      Model *model;
      assert_int_equal(fit("hierarchical", frame, options, 2, &w, &model, NULL), STATUS_OK);
      assert_true(press < 0 ? w.steps == N - 1 : w.steps == press);
      assert_true(isnan(model_number(model, "cophenetic")) == (press > 0));
      assert_true(notes_say(model, "was not finished; the tree is complete") == (press > 0));
      assert_true(is_complete(model) && model_number(model, "k") == 3);
      model_unref(model);
      task_free(&w.task);
    }
  }
  frame_unref(frame);
}

static void test_hierarchical_nothing(void **state)
{
  (void)state;
  Frame *const pairs = make_pairs();
  double x[] = {1, 2, 3, 4};
  Draft *const draft = draft_new();
  Frame *frame = NULL;
  draft_floats(draft, "x", x, 4);
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  const Named options[] = {{"k", number(2)}, {"distances", {.kind = VALUE_FRAME, .frame = pairs}}};
  Watch w = {.press_at = 0};
  Model *model;
  Error e = {0};
  assert_int_equal(fit("hierarchical", frame, options, 2, &w, &model, &e), STATUS_CANCELLED);
  assert_non_null(strstr(e.hint, "nothing was kept: no clusters had merged yet"));
  error_clear(&e);
  task_free(&w.task);
  frame_unref(frame);
  frame_unref(pairs);
}

static void test_spectral(void **state)
{
  (void)state;
  Frame *const frame = make_points();
  const Named options[] = {{"k", number(4)}};
  for (int64_t press = -1; press <= 2; press += 3) {
    Watch w = {.press_at = press};
    Model *model;
    assert_int_equal(fit("spectral", frame, options, 1, &w, &model, NULL), STATUS_OK);
    assert_true(w.steps > 1 && !w.states);
    assert_true(is_complete(model) == (press < 0) && model_number(model, "k") >= 1);
    assert_true(says(model, "glance", "stopped_at", 0, press < 0 ? "" : "start 1"));
    assert_true(notes_say(model, "the eigenvectors are complete") == (press > 0));
    model_unref(model);
    task_free(&w.task);
  }
  frame_unref(frame);
}

/* Stopped at whatever point: a model that says so or is complete, or an error; which has a reason behind the first look at the
 * rows. */
static void test_stops(void **state)
{
  (void)state;
  static const char *const methods[] = {"birch", "hierarchical", "spectral"};
  Frame *const frame = make_points();
  const Named options[] = {{"k", number(3)}};
  pool_set_threads(1);
  for (size_t i = 0; i < 3; i++) {
    size_t refused = 0, kept = 0;
    bool came = true;
    for (int64_t poll = 1; came; poll += 1 + poll / 6) {
      Watch w = {.press_at = -1};
      Model *model;
      Error e = {0};
      task_cancel_at(poll);
      const Status status = fit(methods[i], frame, options, 1, &w, &model, &e);
      came = task_polls_left() <= 0;
      assert_true(status == STATUS_OK || (came && status == STATUS_CANCELLED));
      refused += status == STATUS_CANCELLED && strstr(e.hint, "nothing was kept");
      kept += came && status == STATUS_OK;
      if (status == STATUS_OK) {
        assert_true(is_complete(model) == says(model, "glance", "reason", 0, ""));
        assert_true(came || is_complete(model));
        model_unref(model);
      }
      error_clear(&e);
      task_free(&w.task);
    }
    assert_true(refused > 0 && (kept > 0 || i == 2)); /* spectral: the eigenvectors take nearly all of the time */
  }
  task_cancel_at(0);
  pool_set_threads(0);
  frame_unref(frame);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_birch), cmocka_unit_test(test_birch_nothing), cmocka_unit_test(test_hierarchical),
    cmocka_unit_test(test_hierarchical_nothing), cmocka_unit_test(test_spectral),
    cmocka_unit_test(test_stops),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
