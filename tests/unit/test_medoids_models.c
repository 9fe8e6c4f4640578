/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_medoids_models.c -- k-medoids, k-modes and silhouettes as a face calls them: a fit stopped anywhere, saved,
 * loaded and gone on with ends as one that was never stopped; memory that runs out anywhere on the way; models from
 * broken files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/pool.h"
#include "frame/builder.h"
#include "registry/model.h"
#include "registry/registry.h"
#include "sweep.h"

enum { N = 90 };

static Value data, square;

/* Two numbers, two texts, labels. */
static Frame *make_frame(size_t n)
{
  static const char *const cities[] = {"Linz", "Graz", "Wien"}, *const kinds[] = {"old", "new"};
  Builder *const a = builder_new(TYPE_FLOAT64, n), *const b = builder_new(TYPE_FLOAT64, n);
  Builder *const c = builder_new(TYPE_CATEGORY, n), *const d = builder_new(TYPE_CATEGORY, n);
  Draft *const draft = draft_new();
  Frame *frame = NULL;
  for (size_t i = 0; i < n; i++) {
    const size_t group = i * i % 3;
    builder_float(a, (double)(group * 50 + i * 37 % 41));
    builder_float(b, (double)(i * 13 % 29) / 7 + (double)(group == 1 ? 9 : 0));
    builder_text(c, cities[(group + (i % 5 == 0)) % 3], 4);
    builder_text(d, kinds[i % 7 < 3], 3);
  }
  draft_builder(draft, "a", a);
  draft_builder(draft, "b", b);
  draft_builder(draft, "city", c);
  draft_builder(draft, "kind", d);
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

/* Options: pairs of a name and a value, ended by NULL. */
typedef struct Case {
  const char *name;
  const char *names[4];
  Value values[4];
} Case;

static Value text_value(const char *text)
{
  return (Value){.kind = VALUE_TEXT, .text = {(char *)text, strlen(text)}};
}

static Status run_primitive(const char *family, const char *name, const Value *on, Arguments arguments,
                            TraceFunction trace, void *context, Task *task, Value *out, Error *e)
{
  const Primitive *const primitive = registry_get(family, name);
  Text notes = {0};
  uint64_t given;
  *out = (Value){.kind = VALUE_NONE};
  assert_non_null(primitive);
  task->trace = trace;
  task->trace_context = context;
  void *const options = arena_alloc(&task->arena, 1, primitive->options_size + 1);
  Status status = options ? options_check(primitive, &arguments, on->kind == VALUE_FRAME ? on->frame : NULL,
                                          &task->arena, options, &given, e)
                          : error_memory(e, 0, "options");
  if (status == STATUS_OK) {
    Call call = {
        .primitive = primitive, .task = task, .data = on, .options = options, .given = given, .notes = &notes};
    status = primitive->run(&call, out, e);
  }
  text_free(&notes);
  return status;
}

static Status fit(const Case *c, const Value *on, TraceFunction trace, void *context, Task *task, Value *out,
                  Error *e)
{
  size_t n = 0;
  while (n < 4 && c->names[n]) {
    n++;
  }
  const Arguments arguments = {
      .named = {.kind = VALUE_MAP, .list = {.items = (Value *)c->values, .names = (char **)c->names, .n = n}}};
  return run_primitive("cluster", c->name, on, arguments, trace, context, task, out, e);
}

/* ---- stopped anywhere */

typedef struct Stop {
  Task *task;
  int64_t left;
} Stop;

static void stop_later(void *context, const TraceStep *step)
{
  Stop *const stop = context;
  (void)step;
  if (stop->left-- == 0) {
    task_cancel(stop->task);
  }
}

static Model *through_a_file(Model *model)
{
  Text bytes = {0};
  Model *loaded = NULL;
  Error e;
  error_clear(&e);
  assert_int_equal(model_to_bytes(model, &bytes, NULL), STATUS_OK);
  if (model_of_bytes(text_data(&bytes), bytes.size, "here", &loaded, &e) != STATUS_OK) {
    fail_msg("%s: %s", e.id, e.what);
  }
  text_free(&bytes);
  model_unref(model);
  return loaded;
}

static bool is_complete(const Model *model)
{
  const Column *complete;
  return model_figure(model, "complete", &complete) && column_int(complete, 0) != 0;
}

static Model *go_on(Model *model, int64_t steps)
{
  Task task;
  Stop stop = {&task, steps};
  Text notes = {0};
  Model *next = NULL;
  task_init(&task, 1);
  task.trace = stop_later;
  task.trace_context = &stop;
  Call call = {.primitive = model_primitive(model), .task = &task, .data = &data, .notes = &notes};
  assert_int_equal(model_primitive(model)->model->proceed(&call, model, data.frame, &next, NULL), STATUS_OK);
  task_free(&task);
  text_free(&notes);
  model_unref(model);
  return next;
}

static Digest digest_of(const Model *model, const char *frame)
{
  return frame_digest(model_frame(model, frame));
}

static void assert_same_frame(const Model *a, const Model *b, const char *frame)
{
  const Digest x = digest_of(a, frame), y = digest_of(b, frame);
  assert_true(x.high == y.high && x.low == y.low);
}

static void test_stopped(void **state)
{
  (void)state;
  const Case cases[] = {
      {"pam", {"k"}, {value_of_int(6)}},
      {"pam", {"k", "metric", "init"}, {value_of_int(5), text_value("gower"), text_value("random")}},
      {"clara", {"k", "sample_size"}, {value_of_int(4), value_of_int(20)}},
      {"kmodes", {"k", "init"}, {value_of_int(3), text_value("random")}},
      {"kprototypes", {"k", "starts"}, {value_of_int(4), value_of_int(6)}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    for (int64_t first = 0; first < 4; first++) {
      Task task;
      Stop stop = {&task, first};
      Value whole, part;
      task_init(&task, 1);
      assert_int_equal(fit(&cases[i], &data, NULL, NULL, &task, &whole, NULL), STATUS_OK);
      task_free(&task);
      task_init(&task, 1);
      assert_int_equal(fit(&cases[i], &data, stop_later, &stop, &task, &part, NULL), STATUS_OK);
      task_free(&task);
      Model *model = part.model;
      assert_false(is_complete(model));
      for (int64_t round = 0; !is_complete(model); round++) {
        model = go_on(through_a_file(model), 6 + round);
        assert_true(round < 50);
      }
      model = through_a_file(model);
      assert_same_frame(whole.model, model, "tidy");
      assert_same_frame(whole.model, model, "glance");
      assert_same_frame(whole.model, model, "labels");
      model_unref(model);
      value_free(&whole);
    }
  }
}

/* ---- without memory */

static Status whole_way(void *context, Error *e)
{
  const Case *const c = context;
  const Value *const on =
      c->values[1].kind == VALUE_TEXT && strcmp(c->values[1].text.bytes, "given") == 0 ? &square : &data;
  Task task;
  Value out = {.kind = VALUE_NONE};
  Text bytes = {0}, notes = {0};
  Model *loaded = NULL;
  Frame *predicted = NULL;
  Frame *head = NULL;
  Status status;
  task_init(&task, 1);
  TRY(fit(c, on, NULL, NULL, &task, &out, e));
  if (out.kind == VALUE_MODEL) {
    TRY(model_to_bytes(out.model, &bytes, e));
    TRY(model_of_bytes(text_data(&bytes), bytes.size, "here", &loaded, e));
    Call call = {.primitive = model_primitive(loaded), .task = &task, .data = on, .notes = &notes};
    TRY(frame_slice(on->frame, 0, strcmp(c->name, "silhouette") == 0 || on == &square ? frame_rows(on->frame) : 20,
                    &head, e));
    TRY(model_primitive(loaded)->model->predict(&call, loaded, head, &predicted, e));
  }
done:
  value_free(&out);
  text_free(&bytes);
  text_free(&notes);
  model_unref(loaded);
  frame_unref(predicted);
  frame_unref(head);
  task_free(&task);
  return status;
}

static const Case ways[] = {
    {"pam", {"k"}, {{.kind = VALUE_INT, .integer = 3}}},
    {"pam", {"k", "metric"}, {{.kind = VALUE_INT, .integer = 3}, {.kind = VALUE_TEXT, .text = {(char *)"gower", 5}}}},
    {"pam", {"k", "metric"}, {{.kind = VALUE_INT, .integer = 3}, {.kind = VALUE_TEXT, .text = {(char *)"given", 5}}}},
    {"clara", {"k"}, {{.kind = VALUE_INT, .integer = 3}}},
    {"gower", {"as"}, {{.kind = VALUE_TEXT, .text = {(char *)"pairs", 5}}}},
    {"gower", {"as"}, {{.kind = VALUE_TEXT, .text = {(char *)"summary", 7}}}},
    {"silhouette", {"cluster"}, {{.kind = VALUE_TEXT, .text = {(char *)"city", 4}}}},
    {"kmodes", {"k"}, {{.kind = VALUE_INT, .integer = 3}}},
    {"kprototypes", {"k"}, {{.kind = VALUE_INT, .integer = 3}}},
};

static void test_without_memory(void **state)
{
  (void)state;
  pool_set_threads(1);
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    assert_true(sweep_every(whole_way, (void *)&ways[i], 17) > 30);
  }
}

/* ---- broken files: each byte of the text part in turn is another one; nothing may be read that is not there */

static void test_broken_files(void **state)
{
  (void)state;
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    const Value *const on = i == 2 ? &square : &data;
    Task task;
    Value out;
    Text bytes = {0};
    task_init(&task, 1);
    assert_int_equal(fit(&ways[i], on, NULL, NULL, &task, &out, NULL), STATUS_OK);
    if (out.kind == VALUE_MODEL) {
      assert_int_equal(model_to_bytes(out.model, &bytes, NULL), STATUS_OK);
    }
    for (size_t at = 0; at < bytes.size; at += 41) {
      Model *model = NULL;
      const char kept = bytes.data[at];
      bytes.data[at] = (char)(kept ^ (1 << at % 7));
      if (model_of_bytes(text_data(&bytes), bytes.size, "here", &model, NULL) == STATUS_OK) {
        Text notes = {0};
        Frame *predicted = NULL;
        Call call = {.primitive = model_primitive(model), .task = &task, .data = on, .notes = &notes};
        if (model_primitive(model)->model->predict(&call, model, on->frame, &predicted, NULL) == STATUS_OK) {
          assert_int_equal(frame_rows(predicted), frame_rows(on->frame));
        }
        frame_unref(predicted);
        text_free(&notes);
      }
      model_unref(model);
      bytes.data[at] = kept;
    }
    text_free(&bytes);
    value_free(&out);
    task_free(&task);
  }
}

static int make_data(void **state)
{
  (void)state;
  Task task;
  const Case gower = {"gower", {NULL}, {{.kind = VALUE_NONE}}};
  Frame *head;
  pool_set_threads(1);
  data = value_of_frame(make_frame(N));
  assert_int_equal(frame_slice(data.frame, 0, 30, &head, NULL), STATUS_OK);
  const Value few = value_of_frame(head);
  task_init(&task, 1);
  assert_int_equal(fit(&gower, &few, NULL, NULL, &task, &square, NULL), STATUS_OK);
  task_free(&task);
  frame_unref(head);
  return 0;
}

static int drop_data(void **state)
{
  (void)state;
  value_free(&data);
  value_free(&square);
  pool_close();
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_stopped),
      cmocka_unit_test(test_without_memory),
      cmocka_unit_test(test_broken_files),
  };
  return cmocka_run_group_tests(tests, make_data, drop_data);
}
