/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_model.c -- models as data: what they hold, their digest, to bytes and back, the verbs, memory that
 * fails. Hostile files are test_model_file.c's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame/builder.h"
#include "sample.h"
#include "sweep.h"

REGISTER_PRIMITIVE(sample_primitive);

/* ---- a second model, which can do all that models can */

static Status predict_twice(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  (void)call;
  (void)model;
  (void)e;
  Draft *draft = draft_new();
  const size_t n = frame_rows(data);
  Builder *fitted = builder_new(TYPE_FLOAT64, n), *class = builder_new(TYPE_INT64, n);
  for (size_t i = 0; fitted && class && i < n; i++) {
    builder_float(fitted, (double)i / 2);
    builder_int(class, (int64_t)i % 2 + 1);
  }
  if (class) {
    builder_role(class, ROLE_LABEL);
  }
  draft_builder(draft, "fitted", fitted);
  draft_builder(draft, "class", class);
  return draft_finish(draft, out, e);
}

static Status proceed_to_self(Call *call, const Model *model, const Frame *data, Model **out, Error *e)
{
  (void)call;
  (void)data;
  (void)e;
  *out = model_ref(model);
  return STATUS_OK;
}

static const ModelClass able_class = {
    .size = sizeof(ModelClass), .predict = predict_twice, .proceed = proceed_to_self};
static Primitive able; /* test.able, in the registry while the tests run */

static int add_able(void **state)
{
  (void)state;
  able = sample_primitive;
  able.name = "able";
  able.method = "able";
  able.model = &able_class;
  able.context = &able;
  return registry_add(&able, NULL) == STATUS_OK ? 0 : -1;
}

static Frame *one_row(bool complete)
{
  Draft *draft = draft_new();
  draft_int(draft, "n", 3);
  draft_bool(draft, "complete", complete);
  Frame *frame = NULL;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

static Model *able_model(bool complete)
{
  Model *model = NULL;
  assert_int_equal(model_new(&able, NULL, &model, NULL), STATUS_OK);
  assert_int_equal(model_set_frame(model, "glance", one_row(complete), NULL), STATUS_OK);
  return model;
}

static Model *made(int depth)
{
  Model *model = NULL;
  assert_int_equal(sample_model(depth, &model, NULL), STATUS_OK);
  return model;
}

/* ---- contents */

static void test_contents(void **state)
{
  (void)state;
  const size_t before = mem_in_use();
  Model *model = made(1);
  assert_ptr_equal(model_primitive(model), &sample_primitive);
  assert_string_equal(model_name(model), "test.sample");
  assert_int_equal(model_options(model)->kind, VALUE_MAP);
  assert_true(model_option_number(model, "count", -1) == 7);
  assert_true(model_option_number(model, "share", -1) == 0.1);
  assert_true(model_option_number(model, "scale", -1) == -1);
  assert_true(model_option_number(model, "nothing", -1) == -1);
  assert_string_equal(model_option_text(model, "scale"), "zscore");
  assert_null(model_option_text(model, "count"));
  assert_null(model_option_text(model, "nothing"));
  static const char *const frames[] = {"option.other", "tidy", "glance", "all", "no rows"};
  assert_int_equal(model_frames(model), 5);
  for (size_t i = 0; i < 5; i++) {
    assert_string_equal(model_frame_name(model, i), frames[i]);
    assert_non_null(model_frame(model, frames[i]));
  }
  assert_null(model_frame(model, "nothing"));
  assert_int_equal(frame_rows(model_frame(model, "option.other")), 5);
  assert_int_equal(model_children(model), 2);
  assert_string_equal(model_child_name(model, 1), "second");
  assert_int_equal(model_children(model_child(model, 1)), 0);
  assert_true(model_bytes(model) > frame_bytes(model_frame(model, "all")) * 3);
  Model *second = model_ref(model);
  model_unref(model);
  assert_string_equal(model_name(second), "test.sample");
  model_unref(second);
  model_unref(NULL);
  assert_int_equal(mem_in_use(), before);
}

static void test_figures(void **state)
{
  (void)state;
  Model *model = made(0);
  const Column *column = NULL;
  assert_true(model_figure(model, "total", &column));
  assert_int_equal(column_int(column, 0), 10);
  assert_true(model_number(model, "rest") == 7);
  assert_true(isnan(model_number(model, "reason")));
  assert_true(isnan(model_number(model, "nothing")));
  assert_false(model_figure(model, "nothing", &column));
  Frame *three = sample_frame(3);
  assert_int_equal(model_set_frame(model, "glance", three, NULL),
                   STATUS_OK); /* in the place of the first one */
  assert_int_equal(model_frames(model), 5);
  assert_false(model_figure(model, "spend", &column)); /* not one row */
  model_unref(model);
}

static void test_data(void **state)
{
  (void)state;
  Model *model = made(0);
  Frame *data = sample_frame(4);
  assert_null(model_data(model));
  model_set_data(model, data);
  frame_unref(data);
  assert_int_equal(frame_rows(model_data(model)), 4);
  model_set_data(model, NULL);
  assert_null(model_data(model));
  model_unref(model);
}

/* ---- digests */

static bool same_digest(const Model *a, const Model *b)
{
  const Digest x = model_digest(a), y = model_digest(b);
  return x.high == y.high && x.low == y.low;
}

static Model *with_options(const SampleOptions *options)
{
  Model *model = NULL;
  assert_int_equal(model_new(&sample_primitive, options, &model, NULL), STATUS_OK);
  return model;
}

/* Every option counts, also what a message would cut: the twelfth item of a list, the end of a long text. */
static void test_digest_of_options(void **state)
{
  (void)state;
  const char *items[12] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
  char label[101], other_label[101];
  memset(label, 'x', 100);
  label[100] = '\0';
  strcpy(other_label, label);
  other_label[99] = 'y';
  Frame *frame = sample_frame(2), *wider = sample_frame(3);
  SampleOptions options[10];
  for (size_t i = 0; i < 10; i++) {
    options[i] = (SampleOptions){.count = 1, .whole = 1, .label = label, .on = {items, 11}, .scale = "none"};
  }
  options[1].label = other_label;
  options[2].on.n = 12;
  options[3].count = 2;
  options[4].share = 1;
  options[5].share = -1;
  options[6].scale = "range";
  options[7].title = "none";
  options[8].other = frame;
  options[9].other = wider;
  Model *models[10];
  for (size_t i = 0; i < 10; i++) {
    models[i] = with_options(&options[i]);
    for (size_t j = 0; j < i; j++) {
      assert_false(same_digest(models[i], models[j]));
    }
  }
  Model *again = with_options(&options[1]);
  assert_true(same_digest(models[1], again));
  model_unref(again);
  items[10] = "z";
  again = with_options(&options[1]);
  assert_false(same_digest(models[1], again));
  model_unref(again);
  for (size_t i = 0; i < 10; i++) {
    model_unref(models[i]);
  }
  frame_unref(frame);
  frame_unref(wider);
}

static void test_digest_of_parts(void **state)
{
  (void)state;
  Model *a = made(1), *b = made(1);
  assert_true(same_digest(a, b));
  assert_int_equal(model_set_frame(b, "more", sample_frame(1), NULL), STATUS_OK);
  assert_false(same_digest(a, b));
  assert_int_equal(model_set_frame(a, "mere", sample_frame(1), NULL), STATUS_OK);
  assert_false(same_digest(a, b)); /* the name counts */
  assert_int_equal(model_set_frame(a, "more", sample_frame(1), NULL), STATUS_OK);
  model_unref(a);
  a = made(1);
  assert_int_equal(model_set_child(a, "third", made(0), NULL), STATUS_OK);
  model_unref(b);
  b = made(1);
  assert_false(same_digest(a, b));
  assert_int_equal(model_set_child(b, "third", able_model(true), NULL), STATUS_OK);
  assert_false(same_digest(a, b));
  mem_fail_from(0); /* no memory is needed, so that a digest is never that of half a model */
  const bool same = same_digest(a, a), different = !same_digest(a, b);
  mem_fail_from(-1);
  assert_true(same && different);
  model_unref(a);
  model_unref(b);
}

/* ---- to bytes and back */

static Model *round_trip(const Model *model)
{
  Text bytes = {0}, again = {0};
  Model *back = NULL;
  Error e;
  error_clear(&e);
  if (model_to_bytes(model, &bytes, &e) != STATUS_OK ||
      model_of_bytes(text_data(&bytes), bytes.size, "x", &back, &e) != STATUS_OK) {
    fail_msg("%s", e.what);
  }
  assert_int_equal(model_to_bytes(back, &again, &e), STATUS_OK);
  assert_int_equal(bytes.size, again.size);
  assert_memory_equal(text_data(&bytes), text_data(&again), bytes.size);
  assert_true(same_digest(model, back));
  text_free(&bytes);
  text_free(&again);
  return back;
}

static void assert_same_columns(const Frame *a, const Frame *b)
{
  assert_int_equal(frame_rows(a), frame_rows(b));
  assert_int_equal(frame_columns(a), frame_columns(b));
  for (size_t i = 0; i < frame_columns(a); i++) {
    const Column *x = frame_column(a, i), *y = frame_column(b, i);
    assert_string_equal(frame_name(a, i), frame_name(b, i));
    assert_int_equal(column_type(x), column_type(y));
    assert_int_equal(column_role(x), column_role(y));
    assert_int_equal(column_missing(x), column_missing(y));
    assert_string_equal(column_zone(x), column_zone(y));
    assert_int_equal(column_check(y, NULL), STATUS_OK);
    Text cells = {0}, others = {0};
    for (size_t row = 0; row < column_rows(x); row++) {
      column_cell_text(x, row, &cells);
      column_cell_text(y, row, &others);
    }
    assert_string_equal(text_data(&cells), text_data(&others));
    text_free(&cells);
    text_free(&others);
  }
}

static void test_round_trip(void **state)
{
  (void)state;
  const size_t before = mem_in_use();
  for (int depth = 0; depth < 3; depth++) {
    Model *model = made(depth), *back = round_trip(model);
    assert_string_equal(model_name(back), "test.sample");
    assert_true(values_equal(model_options(model), model_options(back)));
    assert_int_equal(model_frames(back), 5);
    for (size_t i = 0; i < 5; i++) {
      assert_string_equal(model_frame_name(model, i), model_frame_name(back, i));
      assert_same_columns(model_frame(model, model_frame_name(model, i)),
                          model_frame(back, model_frame_name(model, i)));
    }
    assert_int_equal(model_children(back), depth ? 2 : 0);
    model_unref(model);
    model_unref(back);
  }
  assert_int_equal(mem_in_use(), before);
}

/* A model whose options are any value: lists, maps whose names look like the file's own marks, bytes. */
static void assert_value_returns(Value value)
{
  Model *model =
      with_options(&(const SampleOptions){.count = 1, .label = "l", .scale = "none", .extra = &value});
  assert_int_equal(model_set_frame(model, "tidy", sample_frame(1), NULL), STATUS_OK);
  assert_int_equal(model_set_frame(model, "glance", sample_frame(1), NULL), STATUS_OK);
  Model *back = round_trip(model);
  assert_true(
      values_equal(value_get(model_options(model), "extra"), value_get(model_options(back), "extra")));
  model_unref(model);
  model_unref(back);
  value_free(&value);
}

static Value pair(const char *name, Value item)
{
  return map_value(1, &name, &item);
}

static void test_values_of_any_kind(void **state)
{
  (void)state;
  static const char *const names[] = {"z", "a", "number", "map", ""};
  const Value items[] = {value_of_int(1), text_value("Inf"), text_value("NaN"), EMPTY_LIST,
                         value_of_bool(false)};
  assert_value_returns((Value){.kind = VALUE_MISSING});
  assert_value_returns(value_of_number((double)NAN));
  assert_value_returns(value_of_number((double)INFINITY));
  assert_value_returns(value_of_number(-0.0));
  assert_value_returns(value_of_number(5e-324));
  assert_value_returns(value_of_number(1e300));
  assert_value_returns(value_of_number(0.1 + 0.2));
  assert_value_returns(value_of_number(-1.7976931348623157e308));
  assert_value_returns(value_of_number(3)); /* a number, not a whole number */
  assert_value_returns(value_of_int(INT64_MIN));
  assert_value_returns(value_of_int(INT64_MAX));
  assert_value_returns(text_value(""));
  assert_value_returns(text_value("客户 \"\\\n\x01"));
  assert_value_returns(bytes_value("a\0b", 3));
  assert_value_returns(bytes_value("\xFF\xFE\x80", 3));
  assert_value_returns(EMPTY_LIST);
  assert_value_returns(map_value(0, names, items));
  assert_value_returns(map_value(5, names, items)); /* in the order given */
  assert_value_returns(pair("number", text_value("Inf")));
  assert_value_returns(pair("number", text_value("12")));
  assert_value_returns(pair("number", value_of_int(12)));
  assert_value_returns(pair("map", pair("number", text_value("NaN"))));
  assert_value_returns(pair("map", pair("map", EMPTY_LIST)));
  assert_value_returns(pair("bytes", text_value("6162")));
  assert_value_returns(pair("missing", value_of_bool(true)));
  assert_value_returns(
      LIST((Value){.kind = VALUE_MISSING}, LIST(EMPTY_LIST, pair("x", value_of_number(0.1)))));
}

/* What cannot be kept is refused when it is saved, not when it is read: nothing is worse than a file one
 * cannot open. */
static void refuse_value(Value value, const char *word)
{
  Model *model =
      with_options(&(const SampleOptions){.count = 1, .label = "l", .scale = "none", .extra = &value});
  Text bytes = {0};
  Error e;
  error_clear(&e);
  assert_int_equal(model_to_bytes(model, &bytes, &e), STATUS_DATA);
  if (!strstr(e.what, word)) {
    fail_msg("'%s' is not in: %s", word, e.what);
  }
  assert_int_equal(bytes.size, 0);
  text_free(&bytes);
  model_unref(model);
  value_free(&value);
}

static void test_values_refused(void **state)
{
  (void)state;
  Value deep = EMPTY_LIST;
  for (size_t i = 0; i < 6; i++) {
    deep = LIST(deep);
  }
  Value copy;
  assert_int_equal(value_copy(&deep, &copy, NULL), STATUS_OK);
  assert_value_returns(copy);
  for (size_t i = 0; i < 20; i++) {
    deep = LIST(deep);
  }
  refuse_value(deep, "deep");
  refuse_value(pair("\xFF", EMPTY_LIST), "UTF-8");
  refuse_value(LIST(value_of_model(made(0))), "'extra'");
  refuse_value(LIST(value_of_frame(sample_frame(1))), "'extra'");
}

static void test_children_too_deep(void **state)
{
  (void)state;
  Model *model = made(0);
  for (size_t i = 0; i < 7; i++) {
    Model *outer = made(0);
    assert_int_equal(model_set_child(outer, "inner", model, NULL), STATUS_OK);
    model = outer;
  }
  model_unref(round_trip(model));
  for (size_t i = 0; i < 3; i++) {
    Model *outer = made(0);
    assert_int_equal(model_set_child(outer, "inner", model, NULL), STATUS_OK);
    model = outer;
  }
  Text bytes = {0};
  Error e;
  error_clear(&e);
  assert_int_equal(model_to_bytes(model, &bytes, &e), STATUS_DATA);
  assert_non_null(strstr(e.what, "deep"));
  text_free(&bytes);
  model_unref(model);
}

/* A part of a frame keeps the dictionary of the whole; after a save its cells read the same. */
static void test_part_of_a_frame(void **state)
{
  (void)state;
  Frame *whole = sample_frame(40), *part = NULL;
  static const size_t rows[] = {20, 3, 35, 4, 4};
  assert_int_equal(frame_take(whole, rows, 5, &part, NULL), STATUS_OK);
  Model *model = made(0);
  assert_int_equal(model_set_frame(model, "part", part, NULL), STATUS_OK);
  Model *back = round_trip(model);
  assert_same_columns(model_frame(model, "part"), model_frame(back, "part"));
  frame_unref(whole);
  model_unref(model);
  model_unref(back);
}

/* Odd texts inside a JSON text inside a JSON text: names of frames and children. */
static void test_odd_names(void **state)
{
  (void)state;
  static const char *const names[] = {"", "\"", "\\", "客户", "a/b.0.values", "__metadata__", "\n"};
  Model *model = made(0);
  for (size_t i = 0; i < 7; i++) {
    assert_int_equal(model_set_frame(model, names[i], sample_frame(i), NULL), STATUS_OK);
    assert_int_equal(model_set_child(model, names[i], made(0), NULL), STATUS_OK);
  }
  Model *back = round_trip(model);
  for (size_t i = 0; i < 7; i++) {
    assert_int_equal(frame_rows(model_frame(back, names[i])), i);
    assert_string_equal(model_child_name(back, i), names[i]);
  }
  model_unref(model);
  model_unref(back);
}

static void test_files(void **state)
{
  (void)state;
  const char *base = getenv("TMPDIR");
  char path[300];
  snprintf(path, sizeof path, "%s/assay-model-%ld", base ? base : "/tmp", (long)getpid());
  Model *model = made(1), *back = (Model *)8;
  Error e;
  error_clear(&e);
  assert_int_equal(model_load(path, &back, &e), STATUS_FILE);
  assert_null(back);
  assert_string_equal(e.id, "no-such-file");
  error_clear(&e);
  assert_int_equal(model_save(model, path, &e), STATUS_OK);
  assert_int_equal(model_load(path, &back, &e), STATUS_OK);
  assert_true(same_digest(model, back));
  model_unref(back);
  assert_int_equal(unlink(path), 0);
  assert_int_equal(model_save(model, "/nowhere/at/all", &e), STATUS_FILE);
  error_clear(&e);
  assert_int_equal(model_load("/", &back, &e), STATUS_FILE);
  error_clear(&e);
  assert_int_equal(model_load("/dev/null", &back, &e), STATUS_FORMAT);
  assert_non_null(strstr(e.what, "'/dev/null' is no usable model file"));
  model_unref(model);
}

/* ---- verbs */

static Status run_verb(const char *verb, const Model *model, const void *options, Value *out, Text *notes,
                       Error *e)
{
  Task task;
  task_init(&task, 1);
  const Primitive *primitive = registry_get("model", verb);
  const Value data = value_of_model((Model *)model);
  Call call = {
      .primitive = primitive, .task = &task, .data = &data, .options = options, .given = 1, .notes = notes};
  *out = (Value){.kind = VALUE_NONE};
  error_clear(e);
  const Status status = primitive->run(&call, out, e);
  task_free(&task);
  return status;
}

static void test_verbs(void **state)
{
  (void)state;
  Model *model = made(0);
  Frame *data = sample_frame(4);
  const void *with_data[] = {data, NULL};
  Value out;
  Text notes = {0};
  Error e;
  assert_int_equal(run_verb("tidy", model, NULL, &out, &notes, &e), STATUS_OK);
  assert_int_equal(frame_rows(out.frame), 3);
  value_free(&out);
  assert_int_equal(run_verb("glance", model, NULL, &out, &notes, &e), STATUS_OK);
  assert_int_equal(frame_rows(out.frame), 1);
  value_free(&out);
  assert_int_equal(run_verb("options", model, NULL, &out, &notes, &e), STATUS_OK);
  assert_true(values_equal(&out, model_options(model)));
  value_free(&out);
  static const char *const refused[] = {"predict", "augment", "continue"};
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(run_verb(refused[i], model, with_data, &out, &notes, &e), STATUS_STATE);
    assert_string_equal(e.id, "not-supported");
    assert_non_null(strstr(e.what, "test.sample cannot "));
  }
  model_unref(model);
  model = able_model(true);
  assert_int_equal(run_verb("tidy", model, NULL, &out, &notes, &e), STATUS_STATE);
  assert_int_equal(run_verb("predict", model, with_data, &out, &notes, &e), STATUS_OK);
  assert_int_equal(frame_columns(out.frame), 2);
  value_free(&out);
  frame_unref(data);
  model_unref(model);
  text_free(&notes);
}

static void test_augment(void **state)
{
  (void)state;
  Model *model = able_model(true);
  Frame *data = sample_frame(4), *clash = NULL;
  const void *options[] = {data, NULL};
  Value out, again;
  Text notes = {0};
  Error e;
  assert_int_equal(run_verb("augment", model, options, &out, &notes, &e), STATUS_OK);
  assert_int_equal(frame_columns(out.frame), 9);
  assert_string_equal(frame_name(out.frame, 7), "fitted");
  assert_int_equal(column_role(frame_column(out.frame, 7)), ROLE_PREDICTED);
  assert_int_equal(column_role(frame_column(out.frame, 8)), ROLE_LABEL);
  assert_int_equal(notes.size, 0);
  options[0] = out.frame; /* once more: the columns are replaced, and that is said */
  assert_int_equal(run_verb("augment", model, options, &again, &notes, &e), STATUS_OK);
  assert_int_equal(frame_columns(again.frame), 9);
  assert_string_equal(text_data(&notes), "column 'fitted' of an earlier model was replaced\n"
                                         "column 'class' of an earlier model was replaced\n");
  value_free(&again);
  value_free(&out);
  assert_int_equal(frame_with(data, "class", frame_column(data, 0), &clash, NULL), STATUS_OK);
  options[0] = clash;
  assert_int_equal(run_verb("augment", model, options, &out, &notes, &e), STATUS_NAME);
  assert_string_equal(e.id, "name-clash");
  assert_non_null(strstr(e.what, "'class'"));
  assert_non_null(strstr(e.hint, "m:predict(df)"));
  Frame *none = NULL;
  Task task;
  task_init(&task, 1);
  Call call = {.primitive = &able, .task = &task, .notes = &notes};
  assert_int_equal(model_augment(&call, model, clash, &none, NULL),
                   STATUS_NAME); /* the status without an error, too */
  assert_null(none);
  task_free(&task);
  frame_unref(clash);
  frame_unref(data);
  model_unref(model);
  text_free(&notes);
}

static void test_continue(void **state)
{
  (void)state;
  Model *model = able_model(true), *partial = able_model(false);
  Frame *data = sample_frame(4), *other = sample_frame(5), *equal = sample_frame(4);
  const void *options[] = {NULL};
  Value out;
  Text notes = {0};
  Error e;
  assert_int_equal(run_verb("continue", model, options, &out, &notes, &e), STATUS_OK);
  assert_ptr_equal(out.model, model);
  assert_non_null(strstr(text_data(&notes), "nothing was left to do"));
  value_free(&out);
  assert_int_equal(run_verb("continue", partial, options, &out, &notes, &e), STATUS_STATE);
  assert_string_equal(e.id, "no-data");
  assert_non_null(strstr(e.hint, "m:continue(df)"));
  options[0] = other; /* what it was fitted to is not known: any frame will do */
  assert_int_equal(run_verb("continue", partial, options, &out, &notes, &e), STATUS_OK);
  value_free(&out);
  model_set_data(partial, data);
  assert_int_equal(run_verb("continue", partial, options, &out, &notes, &e), STATUS_DATA);
  assert_non_null(strstr(e.what, "not the data the model was fitted to"));
  options[0] = equal;
  assert_int_equal(run_verb("continue", partial, options, &out, &notes, &e), STATUS_OK);
  value_free(&out);
  options[0] = NULL;
  assert_int_equal(run_verb("continue", partial, options, &out, &notes, &e), STATUS_OK);
  value_free(&out);
  frame_unref(data);
  frame_unref(other);
  frame_unref(equal);
  model_unref(model);
  model_unref(partial);
  text_free(&notes);
}

/* The data themselves are not saved, but what they were is: after a load only the same will do. */
static void test_data_after_load(void **state)
{
  (void)state;
  Model *model = able_model(false);
  Frame *data = sample_frame(4), *other = sample_frame(5), *equal = sample_frame(4);
  assert_int_equal(model_set_frame(model, "tidy", sample_frame(1), NULL), STATUS_OK);
  model_set_data(model, data);
  Model *back = round_trip(model);
  assert_null(model_data(back));
  const void *options[] = {NULL};
  Value out;
  Text notes = {0};
  Error e;
  assert_int_equal(run_verb("continue", back, options, &out, &notes, &e), STATUS_STATE);
  assert_string_equal(e.id, "no-data");
  options[0] = other;
  assert_int_equal(run_verb("continue", back, options, &out, &notes, &e), STATUS_DATA);
  options[0] = equal;
  assert_int_equal(run_verb("continue", back, options, &out, &notes, &e), STATUS_OK);
  value_free(&out);
  frame_unref(data);
  frame_unref(other);
  frame_unref(equal);
  model_unref(model);
  model_unref(back);
  text_free(&notes);
}

static void test_why(void **state)
{
  (void)state;
  Model *model = made(0);
  Text text = {0};
  Error e;
  error_clear(&e);
  assert_int_equal(model_why(model, "n", &text, &e), STATUS_OK);
  assert_string_equal(text_data(&text), "n = 3\n  is       number of rows\n  range    1 or more\n");
  text_reset(&text);
  assert_int_equal(model_why(model, "rest", &text, &e), STATUS_OK);
  assert_string_equal(text_data(&text), "rest = 7\n  is       what is left\n"
                                        "  formula  {total} - {n} of {no such figure} {\n"
                                        "  here     10 - 3 of no such figure {\n  range    0 to {total}\n");
  text_reset(&text);
  assert_int_equal(model_why(model, "totl", &text, &e), STATUS_NAME);
  assert_string_equal(e.id, "unknown-name");
  assert_non_null(strstr(e.what, "test.sample has no figure 'totl'"));
  assert_non_null(strstr(e.hint, "'total'"));
  assert_int_equal(text.size, 0);
  text_free(&text);
  model_unref(model);
}

/* ---- memory */

static Status run_make(void *context, Error *e)
{
  (void)context;
  Model *model = NULL;
  const Status status = sample_model(1, &model, e);
  model_unref(model);
  return status;
}

typedef struct Kept {
  Model *model;
  Text bytes;
} Kept;

static Status run_write(void *context, Error *e)
{
  const Kept *kept = context;
  Text bytes = {0};
  Status status = model_to_bytes(kept->model, &bytes, e);
  if (status == STATUS_OK &&
      (bytes.size != kept->bytes.size || memcmp(bytes.data, kept->bytes.data, bytes.size) != 0)) {
    status = STATUS_INTERNAL;
  }
  text_free(&bytes);
  return status;
}

static Status run_read(void *context, Error *e)
{
  const Kept *kept = context;
  Model *model = NULL;
  Status status = model_of_bytes(kept->bytes.data, kept->bytes.size, "x", &model, e);
  if (status == STATUS_OK && !same_digest(model, kept->model)) {
    status = STATUS_INTERNAL;
  }
  model_unref(model);
  return status;
}

static Status run_why(void *context, Error *e)
{
  const Kept *kept = context;
  Text text = {0};
  const Status status = model_why(kept->model, "rest", &text, e);
  text_free(&text);
  return status;
}

static Status run_augment(void *context, Error *e)
{
  Frame *data = sample_frame(4), *out = NULL;
  if (!data) {
    return error_memory(e, 0, "a frame");
  }
  Task task;
  Text notes = {0};
  task_init(&task, 1);
  Call call = {.primitive = &able, .task = &task, .notes = &notes};
  const Status status = model_augment(&call, context, data, &out, e);
  frame_unref(data);
  frame_unref(out);
  task_free(&task);
  text_free(&notes);
  return status;
}

static void test_memory_fails(void **state)
{
  (void)state;
  Kept kept = {.model = made(1)};
  assert_int_equal(model_to_bytes(kept.model, &kept.bytes, NULL), STATUS_OK);
  assert_true(sweep(run_make, NULL) > 100);
  assert_true(sweep_every(run_write, &kept, 3) > 100);
  assert_true(sweep_every(run_read, &kept, 7) > 100);
  assert_true(sweep(run_why, &kept) > 0);
  model_unref(kept.model);
  text_free(&kept.bytes);
  Model *model = able_model(true);
  assert_true(sweep(run_augment, model) > 10);
  model_unref(model);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_contents),           cmocka_unit_test(test_figures),
    cmocka_unit_test(test_data),               cmocka_unit_test(test_digest_of_options),
    cmocka_unit_test(test_digest_of_parts),    cmocka_unit_test(test_round_trip),
    cmocka_unit_test(test_values_of_any_kind), cmocka_unit_test(test_values_refused),
    cmocka_unit_test(test_children_too_deep),  cmocka_unit_test(test_part_of_a_frame),
    cmocka_unit_test(test_odd_names),          cmocka_unit_test(test_files),
    cmocka_unit_test(test_verbs),              cmocka_unit_test(test_augment),
    cmocka_unit_test(test_continue),           cmocka_unit_test(test_data_after_load),
    cmocka_unit_test(test_why),                cmocka_unit_test(test_memory_fails),
  };
  return cmocka_run_group_tests(tests, add_able, NULL);
}
