/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_fit_memory.c -- the whole way of the main job below Lua, with memory that runs out anywhere on it:
 * a CSV file is read, a model fitted, saved, loaded, and its predictions are those of the model that was
 * never saved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/pool.h"
#include "io/csv.h"
#include "sample.h"
#include "sweep.h"

static char csv_path[300], model_path[300];

/* A call of a primitive as a face makes it: options checked, then run. Takes the arguments. */
static Status call(const char *family, const char *name, const Value *data, Arguments arguments,
                   size_t threads, Value *out, Error *e)
{
  const Primitive *primitive = registry_get(family, name);
  const Frame *frame = data->kind == VALUE_FRAME ? data->frame : NULL;
  Task task;
  Text notes = {0};
  uint64_t given;
  task_init(&task, 1);
  task.threads = threads;
  *out = (Value){.kind = VALUE_NONE};
  void *options = arena_alloc(&task.arena, 1, primitive->options_size);
  Status status = options ? options_check(primitive, &arguments, frame, &task.arena, options, &given, e)
                          : error_memory(e, 0, "options");
  if (status == STATUS_OK) {
    Call made = {.primitive = primitive,
                 .task = &task,
                 .data = data,
                 .options = options,
                 .given = given,
                 .notes = &notes};
    status = primitive->run(&made, out, e);
  }
  task_free(&task);
  text_free(&notes);
  return status;
}

/* The same with one option, given by name, or none; the value stays the caller's. */
static Status call_with(const char *family, const char *name, const Value *data, const char *option,
                        Value value, size_t threads, Value *out, Error *e)
{
  char *names[] = {(char *)option};
  const Arguments arguments = {
    .named = {.kind = VALUE_MAP, .list = {.items = &value, .names = names, .n = option ? 1 : 0}}};
  return call(family, name, data, arguments, threads, out, e);
}

static Value borrowed(const char *text)
{
  return (Value){.kind = VALUE_TEXT, .text = {(char *)text, strlen(text)}};
}

typedef struct Way {
  size_t threads;
  Digest fitted, predicted; /* of the clean run; zero before it */
} Way;

/* True when the digest is that of the clean run. */
static bool as_before(Digest *known, Digest now)
{
  if (known->high == 0 && known->low == 0) {
    *known = now;
  }
  return known->high == now.high && known->low == now.low;
}

static Status run_way(void *context, Error *e)
{
  Way *way = context;
  const Value none = {.kind = VALUE_NONE};
  Value frame = none, model = none, nothing = none, loaded = none, predicted = none;
  Status status;
  TRY(call_with("frame", "read", &none, "path", borrowed(csv_path), way->threads, &frame, e));
  TRY(call_with("cluster", "kmeans", &frame, "k", value_of_int(3), way->threads, &model, e));
  TRY(call_with("model", "save", &model, "path", borrowed(model_path), way->threads, &nothing, e));
  TRY(call_with("model", "load", &none, "path", borrowed(model_path), way->threads, &loaded, e));
  TRY(call_with("model", "predict", &loaded, "data", frame, way->threads, &predicted, e));
  if (!as_before(&way->fitted, model_digest(model.model)) ||
      !as_before(&way->fitted, model_digest(loaded.model)) ||
      !as_before(&way->predicted, frame_digest(predicted.frame))) {
    status = error_set(e, STATUS_INTERNAL, "not-supported", "another result than before");
  }
done:
  value_free(&frame);
  value_free(&model);
  value_free(&nothing);
  value_free(&loaded);
  value_free(&predicted);
  return status;
}

static void test_one_thread(void **state)
{
  (void)state;
  Way way = {.threads = 1};
  assert_true(sweep_every(run_way, &way, 7) > 500);
}

static void test_two_threads(void **state)
{
  (void)state;
  Way one = {.threads = 1}, two = {.threads = 2};
  assert_int_equal(run_way(&one, NULL), STATUS_OK);
  assert_true(sweep_every(run_way, &two, 19) > 500);
  assert_true(as_before(&one.fitted, two.fitted) && as_before(&one.predicted, two.predicted));
}

/* Enough memory for the data, not for the fit: a refusal that says so, and nothing is lost. */
static void test_limit(void **state)
{
  (void)state;
  Way way = {.threads = 2};
  assert_int_equal(run_way(&way, NULL), STATUS_OK);
  const size_t before = mem_in_use();
  size_t refused = 0;
  for (size_t room = 1000; room < 100000000; room += room / 3) {
    Error e;
    error_clear(&e);
    mem_limit(before + room);
    const Status status = run_way(&way, &e);
    mem_limit(0);
    assert_true(status == STATUS_OK ||
                ((status == STATUS_MEMORY || status == STATUS_LIMIT) && e.what[0] && e.hint[0]));
    assert_int_equal(mem_in_use(), before);
    refused += status != STATUS_OK;
  }
  assert_true(refused > 5);
  assert_int_equal(run_way(&way, NULL), STATUS_OK);
}

static int make_file(void **state)
{
  (void)state;
  const char *base = getenv("TMPDIR");
  snprintf(csv_path, sizeof csv_path, "%s/assay-fit-%ld.csv", base ? base : "/tmp", (long)getpid());
  snprintf(model_path, sizeof model_path, "%s/assay-fit-%ld.assay", base ? base : "/tmp", (long)getpid());
  FILE *file = fopen(csv_path, "w");
  if (!file) {
    return -1;
  }
  fputs("name,spend,visits\n", file);
  for (int i = 0; i < 60; i++) {
    fprintf(file, "\"客户 %d\",%d.%d,%d\n", i, i % 3 * 100 + i % 7, i % 10, i % 3 * 5 + i % 2);
  }
  pool_set_threads(2);
  return fclose(file);
}

static int drop_files(void **state)
{
  (void)state;
  pool_close();
  unlink(model_path);
  return unlink(csv_path);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_one_thread),
    cmocka_unit_test(test_two_threads),
    cmocka_unit_test(test_limit),
  };
  return cmocka_run_group_tests(tests, make_file, drop_files);
}
