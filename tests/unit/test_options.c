/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_options.c -- arguments to typed options and back: every kind of option against every kind of value,
 * ranges, choices, columns, main options, defaults, messages, memory that fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "sample.h"
#include "sweep.h"

/* What one call needs; made by begin, given back by end. */
typedef struct Trial {
  const Primitive *primitive;
  Arguments arguments;
  Frame *data;
  Arena arena;
  SampleOptions options;
  uint64_t given;
  Error e;
} Trial;

static Status check(Trial *t)
{
  error_clear(&t->e);
  memset(&t->options, 0xAB, sizeof t->options);
  return options_check(t->primitive ? t->primitive : &sample_primitive, &t->arguments, t->data, &t->arena,
                       &t->options, &t->given, &t->e);
}

static void end(Trial *t)
{
  arguments_free(&t->arguments);
  arena_free(&t->arena);
  frame_unref(t->data);
}

/* sample{count = 1, NAME = value}, or sample{count = value}. */
static Arguments named(const char *name, Value value)
{
  const char *const names[] = {"count", name};
  const bool count = strcmp(name, "count") == 0;
  const Value both[] = {count ? value : value_of_int(1), value};
  return (Arguments){.named = map_value(count ? 1 : 2, names, both)};
}

/* ---- kinds */

enum { N_VALUES = 14 };

/* A value of every kind; texts and numbers that suit the sample's ranges. */
static Value value_of_kind(size_t i)
{
  static const char *const names[] = {"spend"};
  switch (i) {
  case 0: return (Value){.kind = VALUE_MISSING};
  case 1: return value_of_bool(true);
  case 2: return value_of_int(1);
  case 3: return value_of_number(0.5);
  case 4: return value_of_number(1);
  case 5: return text_value("x");
  case 6: return LIST(text_value("x"), text_value("y"));
  case 7: return LIST(text_value("x"), value_of_int(1));
  case 8: return map_value(1, names, &(const Value){.kind = VALUE_INT, .integer = 1});
  case 9: {
    const Value item = text_value("string");
    return map_value(1, names, &item);
  }
  case 10: {
    Frame *frame = sample_frame(2);
    Value column = value_of_column(column_ref(frame_column(frame, 0)));
    frame_unref(frame);
    return column;
  }
  case 11: return value_of_frame(sample_frame(2));
  case 12: {
    Model *model = NULL;
    assert_int_equal(sample_model(0, &model, NULL), STATUS_OK);
    return value_of_model(model);
  }
  default: {
    Value other = text_value("a function");
    other.kind = VALUE_OTHER;
    return other;
  }
  }
}

/* Which of the values above an option of a kind takes, a bit each. */
static unsigned taken(OptionKind kind)
{
  switch (kind) {
  case OPTION_INT: return 1 << 2 | 1 << 4;
  case OPTION_NUMBER: return 1 << 2 | 1 << 3 | 1 << 4;
  case OPTION_BOOL: return 1 << 1;
  case OPTION_TEXT:
  case OPTION_EXPRESSION:
  case OPTION_COLUMN: return 1 << 5;
  case OPTION_TEXTS:
  case OPTION_ORDER:
  case OPTION_EXPRESSIONS:
  case OPTION_COLUMNS: return 1 << 5 | 1 << 6;
  case OPTION_FRAME: return 1 << 11;
  case OPTION_CHOICE_FRAME: return 1 << 11; /* "x" is none of the choices */
  case OPTION_TEXT_MAP: return 1 << 9;      /* of names; of types "x" is no choice either */
  case OPTION_VALUE: return (1 << N_VALUES) - 1;
  default: return 0;
  }
}

static void test_every_kind(void **state)
{
  (void)state;
  const size_t before = mem_in_use();
  for (size_t i = 0; i < SAMPLE_N_OPTIONS; i++) {
    const Option *option = &sample_primitive.options[i];
    for (size_t j = 0; j < N_VALUES; j++) {
      const unsigned extra = i == SAMPLE_names ? 1 << 5 : 0; /* any text may be the name for all */
      const bool fits = (taken(option->kind) | extra) >> j & 1;
      if (i == SAMPLE_offset && (j == 2 || j == 4)) {
        continue; /* 1 is out of its range */
      }
      Trial t = {.arguments = named(option->name, value_of_kind(j))};
      const Status status = check(&t);
      if (fits) {
        assert_int_equal(status, STATUS_OK);
        assert_true(t.given >> i & 1);
      } else {
        assert_int_equal(status, STATUS_ARGUMENT);
        assert_true(strcmp(t.e.id, "wrong-type") == 0 || (j == 5 && strcmp(t.e.id, "unknown-choice") == 0));
        assert_non_null(strstr(t.e.what, option->name));
        assert_string_equal(t.e.where + strlen("test.sample, "), option->name);
      }
      end(&t);
    }
  }
  assert_int_equal(mem_in_use(), before);
}

static void test_fields(void **state)
{
  (void)state;
  static const char *const all[] = {"count", "whole", "share", "fast", "quiet", "label", "tags", "scale",
                                    "mode",  "by",    "key",   "on",   "other", "init",  "types", "names"};
  static const char *const types_of[] = {"b", "a"};
  const Value kinds[] = {text_value("int64"), text_value("string")};
  const Value values[] = {value_of_number(42),
                          value_of_int(INT64_MAX),
                          value_of_int(1),
                          value_of_bool(false),
                          value_of_bool(true),
                          text_value("x y"),
                          LIST(text_value("p"), text_value("")),
                          text_value("range"),
                          text_value("slow"),
                          text_value("region"),
                          text_value("basket"),
                          text_value("orders"),
                          value_of_frame(sample_frame(1)),
                          value_of_frame(sample_frame(2)),
                          map_value(2, types_of, kinds),
                          text_value("all")};
  Trial t = {.arguments.named = map_value(16, all, values), .data = sample_frame(4)};
  assert_int_equal(check(&t), STATUS_OK);
  const SampleOptions *o = &t.options;
  assert_int_equal(o->count, 42);
  assert_true(o->whole == INT64_MAX && o->share == 1 && !o->fast && o->quiet);
  assert_string_equal(o->label, "x y");
  assert_null(o->title);
  assert_int_equal(o->tags.n, 2);
  assert_string_equal(o->tags.items[0], "p");
  assert_string_equal(o->tags.items[1], "");
  assert_string_equal(o->scale, "range");
  assert_string_equal(o->mode, "slow");
  assert_string_equal(o->by, "region");
  assert_string_equal(o->key, "basket");
  assert_int_equal(o->on.n, 1);
  assert_string_equal(o->on.items[0], "orders");
  assert_int_equal(frame_rows(o->other), 1);
  assert_null(o->init.choice);
  assert_int_equal(frame_rows(o->init.frame), 2);
  assert_null(o->types.all);
  assert_int_equal(o->types.n, 2);
  assert_string_equal(o->types.names[0], "b");
  assert_string_equal(o->types.items[0], "int64");
  assert_string_equal(o->names.all, "all");
  assert_int_equal(o->names.n, 0);
  uint64_t expected = 0;
  for (size_t i = 0; i < 16; i++) {
    for (size_t j = 0; j < SAMPLE_N_OPTIONS; j++) {
      expected |= (uint64_t)(strcmp(sample_primitive.options[j].name, all[i]) == 0) << j;
    }
  }
  assert_true(t.given == expected);
  end(&t);
}

static void test_defaults(void **state)
{
  (void)state;
  Trial t = {.arguments = named("count", value_of_int(1))};
  assert_int_equal(check(&t), STATUS_OK);
  const SampleOptions *o = &t.options;
  assert_true(t.given == 1);
  assert_int_equal(o->offset, 0);
  assert_int_equal(o->whole, -3);
  assert_true(o->share == 0.25 && o->number == 0 && o->fast && !o->quiet);
  assert_string_equal(o->label, "plain");
  assert_int_equal(o->tags.n, 1);
  assert_string_equal(o->tags.items[0], "one");
  assert_int_equal(o->words.n, 0);
  assert_string_equal(o->scale, "none");
  assert_null(o->mode);
  assert_null(o->by);
  assert_int_equal(o->on.n, 0);
  assert_null(o->other);
  assert_string_equal(o->init.choice, "spread");
  assert_null(o->init.frame);
  assert_null(o->types.all);
  assert_null(o->extra);
  assert_int_equal(o->preset->kind, VALUE_TEXT); /* lives as long as the arena, not the reader */
  assert_string_equal(o->preset->text.bytes, "as set");
  end(&t);
}

/* ---- errors */

static void refuse(Arguments arguments, Frame *data, Status status, const char *id, const char *what,
                   const char *hint)
{
  Trial t = {.arguments = arguments, .data = data};
  assert_int_equal(check(&t), status);
  assert_string_equal(t.e.id, id);
  assert_non_null(strstr(t.e.what, what));
  assert_non_null(strstr(t.e.hint, hint));
  Error *none = NULL;
  assert_int_equal(options_check(&sample_primitive, &t.arguments, data, &t.arena, &t.options, &t.given, none),
                   status);
  end(&t);
}

static void test_ranges(void **state)
{
  (void)state;
  static const struct {
    const char *name;
    double value;
    const char *id; /* NULL: legal */
  } rows[] = {{"count", 1, NULL},          {"count", 100, NULL},       {"count", 0, "out-of-range"},
              {"count", 101, "out-of-range"}, {"count", -5, "out-of-range"}, {"count", 1.5, "wrong-type"},
              {"count", 1e300, "wrong-type"}, {"count", (double)NAN, "wrong-type"},
              {"count", (double)INFINITY, "wrong-type"}, {"whole", -0.0, NULL}, {"whole", -9e15, NULL},
              {"whole", 0x1p60, "wrong-type"}, {"share", 0, NULL},      {"share", -0.0, NULL},
              {"share", 1, NULL},          {"share", 1.0000000001, "out-of-range"},
              {"share", -5e-324, "out-of-range"}, {"share", (double)NAN, "out-of-range"},
              {"share", -(double)INFINITY, "out-of-range"}, {"number", 1e308, NULL},
              {"number", (double)INFINITY, NULL}, {"number", (double)NAN, "out-of-range"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    Trial t = {.arguments = named(rows[i].name, value_of_number(rows[i].value))};
    assert_int_equal(check(&t), rows[i].id ? STATUS_ARGUMENT : STATUS_OK);
    assert_string_equal(t.e.id, rows[i].id ? rows[i].id : "");
    end(&t);
  }
  refuse(named("count", value_of_int(101)), NULL, STATUS_ARGUMENT, "out-of-range",
         "option 'count' must be a whole number 1..100, not 101", "");
  refuse(named("share", value_of_int(2)), NULL, STATUS_ARGUMENT, "out-of-range", "a number 0..1, not 2", "");
}

static void test_lists(void **state)
{
  (void)state;
  Trial t = {.arguments = named("tags", EMPTY_LIST)};
  assert_int_equal(check(&t), STATUS_OK);
  assert_int_equal(t.options.tags.n, 0);
  end(&t);
  t = (Trial){.arguments = named("tags", LIST(text_value("a"), text_value("b"), text_value("c")))};
  assert_int_equal(check(&t), STATUS_OK);
  assert_int_equal(t.options.tags.n, 3);
  end(&t);
  refuse(named("tags", LIST(text_value("a"), text_value("b"), text_value("c"), text_value("d"))), NULL,
         STATUS_ARGUMENT, "out-of-range", "'tags'", "");
  refuse(named("words", EMPTY_LIST), NULL, STATUS_ARGUMENT, "out-of-range", "'words'", "");
  refuse(named("tags", LIST(LIST(text_value("a")))), NULL, STATUS_ARGUMENT, "wrong-type", "'tags'", "");
}

static void test_choices(void **state)
{
  (void)state;
  refuse(named("scale", text_value("zscor")), NULL, STATUS_ARGUMENT, "unknown-choice",
         "one of none, zscore, range, not \"zscor\"", "did you mean 'zscore'?");
  refuse(named("scale", text_value("")), NULL, STATUS_ARGUMENT, "unknown-choice", "not \"\"", "");
  refuse(named("scale", text_value("none|zscore")), NULL, STATUS_ARGUMENT, "unknown-choice", "none|zscore",
         "");
  refuse(named("init", text_value("sprad")), NULL, STATUS_ARGUMENT, "unknown-choice", "'init'", "'spread'");
  refuse(named("types", text_value("int46")), NULL, STATUS_ARGUMENT, "unknown-choice", "'types'", "'int64'");
  static const char *const names[] = {"a", "b"};
  const Value items[] = {text_value("int64"), text_value("strng")};
  refuse(named("types", map_value(2, names, items)), NULL, STATUS_ARGUMENT, "unknown-choice", "\"strng\"",
         "'string'");
}

/* A text with a NUL in it is no C string: taking it would cut it without a word. */
static void test_texts_with_nul(void **state)
{
  (void)state;
  static const char *const options[] = {"label", "scale", "by", "init", "names"};
  for (size_t i = 0; i < 5; i++) {
    refuse(named(options[i], bytes_value("none\0x", 6)), NULL, STATUS_ARGUMENT, "wrong-type", "none\\000x",
           "");
  }
  refuse(named("tags", LIST(bytes_value("\0", 1))), NULL, STATUS_ARGUMENT, "wrong-type", "\\000", "");
}

static void test_columns(void **state)
{
  (void)state;
  static const struct {
    const char *option, *column, *id;
  } rows[] = {{"on", "spend", NULL},
              {"on", "orders", NULL},
              {"on", "member", NULL},
              {"on", "day", "wrong-column-type"},
              {"on", "region", "wrong-column-type"},
              {"on", "note", "wrong-column-type"},
              {"on", "basket", "wrong-column-type"},
              {"by", "region", NULL},
              {"by", "note", NULL},
              {"by", "basket", "wrong-column-type"},
              {"by", "spend", "wrong-column-type"},
              {"key", "basket", NULL},
              {"key", "day", NULL},
              {"key", "spent", "unknown-column"},
              {"on", "", "unknown-column"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    Trial t = {.arguments = named(rows[i].option, text_value(rows[i].column)), .data = sample_frame(3)};
    const bool name = rows[i].id && strcmp(rows[i].id, "unknown-column") == 0;
    assert_int_equal(check(&t), name ? STATUS_NAME : rows[i].id ? STATUS_ARGUMENT : STATUS_OK);
    assert_string_equal(t.e.id, rows[i].id ? rows[i].id : "");
    if (rows[i].id) {
      assert_string_equal(t.e.where + strlen("test.sample, "), rows[i].option);
    }
    end(&t);
  }
  refuse(named("on", text_value("day")), sample_frame(1), STATUS_ARGUMENT, "wrong-column-type",
         "column 'day' is timestamp; option 'on' takes numeric columns", "");
  refuse(named("key", text_value("spent")), sample_frame(1), STATUS_NAME, "unknown-column", "spent", "spend");
  refuse(named("on", LIST(text_value("spend"), text_value("orders"), text_value("spend"))), sample_frame(1),
         STATUS_ARGUMENT, "column-twice", "'spend' twice", "");
  Trial t = {.arguments = named("key", text_value("not checked without a frame"))};
  assert_int_equal(check(&t), STATUS_OK);
  end(&t);
}

static void test_names_of_options(void **state)
{
  (void)state;
  refuse(named("lable", text_value("x")), NULL, STATUS_NAME, "unknown-option",
         "test.sample has no option 'lable'", "did you mean 'label'? options: count, offset, whole");
  refuse(named("zzzzzz", text_value("x")), NULL, STATUS_NAME, "unknown-option", "zzzzzz", "options: count, ");
  refuse((Arguments){.named = map_value(0, NULL, NULL)}, NULL, STATUS_ARGUMENT, "missing-option",
         "test.sample needs option 'count' (a whole number 1..100): how many", "");
  refuse((Arguments){0}, NULL, STATUS_ARGUMENT, "missing-option", "'count'", "");
  Primitive bare = sample_primitive;
  bare.n_options = 0;
  Trial t = {.primitive = &bare, .arguments = named("x", value_of_int(1))};
  assert_int_equal(check(&t), STATUS_NAME);
  assert_string_equal(t.e.hint, "it takes no options");
  end(&t);
}

/* ---- main */

static Trial positional(const Primitive *primitive, Value list)
{
  const char *const count[] = {"count"};
  const Value one = value_of_int(1);
  Trial t = {.primitive = primitive, .arguments.positional = list};
  if (primitive != &sample_primitive) {
    t.arguments.named = map_value(1, count, &one);
  }
  return t;
}

static void test_main_value(void **state)
{
  (void)state;
  Trial t = positional(&sample_primitive, LIST(value_of_int(7)));
  assert_int_equal(check(&t), STATUS_OK);
  assert_int_equal(t.options.count, 7);
  assert_true(t.given == 1);
  end(&t);
  refuse((Arguments){.positional = LIST(value_of_int(7), text_value("more"))}, NULL, STATUS_ARGUMENT,
         "too-many-arguments", "does not know what \"more\" is for",
         "only 'count' may be given without a name");
  refuse((Arguments){.positional = LIST(LIST(value_of_int(7)))}, NULL, STATUS_ARGUMENT, "wrong-type",
         "not {7}", "");
  Arguments twice = named("count", value_of_int(1));
  twice.positional = LIST(value_of_int(2));
  refuse(twice, NULL, STATUS_ARGUMENT, "option-twice", "'count' is given twice", "");
  t = positional(&sample_primitive, EMPTY_LIST);
  assert_int_equal(check(&t), STATUS_ARGUMENT);
  assert_string_equal(t.e.id, "missing-option");
  end(&t);
  Primitive without = sample_list_primitive;
  without.main = NULL;
  t = positional(&without, LIST(value_of_int(7)));
  assert_int_equal(check(&t), STATUS_ARGUMENT);
  assert_string_equal(t.e.id, "too-many-arguments");
  assert_string_equal(t.e.hint, "name the options: {name = value}");
  end(&t);
}

static void test_main_list(void **state)
{
  (void)state;
  Value lists[] = {LIST(text_value("a")), LIST(text_value("a"), text_value("b")), LIST(LIST(text_value("a"))),
                   LIST(LIST(text_value("a"), text_value("b"), text_value("c"))), LIST(EMPTY_LIST)};
  static const size_t expected[] = {1, 2, 1, 3, 0};
  for (size_t i = 0; i < 5; i++) {
    Trial t = positional(&sample_list_primitive, lists[i]);
    assert_int_equal(check(&t), STATUS_OK);
    assert_int_equal(t.options.tags.n, expected[i]);
    assert_true(t.given == (1 | 1 << SAMPLE_tags));
    end(&t);
  }
  Value wrong[] = {LIST(value_of_int(1)), LIST(LIST(text_value("a")), LIST(text_value("b"))),
                   LIST(text_value("a"), text_value("b"), text_value("c"), text_value("d"))};
  static const char *const ids[] = {"wrong-type", "wrong-type", "out-of-range"};
  for (size_t i = 0; i < 3; i++) {
    Trial t = positional(&sample_list_primitive, wrong[i]);
    assert_int_equal(check(&t), STATUS_ARGUMENT);
    assert_string_equal(t.e.id, ids[i]);
    end(&t);
  }
}

/* ---- back to values */

/* The options of a call, once more as arguments: the same options come out, and the same values again. */
static void assert_round_trip(Trial *t)
{
  Arguments again = {0};
  SampleOptions options;
  uint64_t given;
  Value values;
  Error e;
  error_clear(&e);
  assert_int_equal(check(t), STATUS_OK);
  assert_int_equal(options_values(&sample_primitive, &t->options, &again.named, &e), STATUS_OK);
  assert_int_equal(options_check(&sample_primitive, &again, t->data, &t->arena, &options, &given, &e),
                   STATUS_OK);
  assert_int_equal(options_values(&sample_primitive, &options, &values, &e), STATUS_OK);
  assert_true(values_equal(&again.named, &values));
  /* A struct that is equal in all but addresses gives the same values; numbers are compared here too. */
  assert_true(options.count == t->options.count && options.offset == t->options.offset &&
              options.whole == t->options.whole && options.share == t->options.share &&
              options.number == t->options.number && options.fast == t->options.fast &&
              options.quiet == t->options.quiet && options.tags.n == t->options.tags.n);
  value_free(&values);
  arguments_free(&again);
}

static void test_round_trip(void **state)
{
  (void)state;
  const size_t before = mem_in_use();
  Trial t = {.arguments = named("count", value_of_int(1))};
  assert_round_trip(&t);
  end(&t);
  for (size_t i = 0; i < SAMPLE_N_OPTIONS; i++) {
    for (size_t j = 0; j < N_VALUES; j++) {
      t = (Trial){.arguments = named(sample_primitive.options[i].name, value_of_kind(j))};
      if (check(&t) == STATUS_OK) {
        assert_round_trip(&t);
      }
      end(&t);
    }
  }
  t = (Trial){.arguments = named("tags", EMPTY_LIST)}; /* not the default again */
  assert_round_trip(&t);
  end(&t);
  t = (Trial){.arguments = named("on", LIST(text_value("spend"), text_value("orders"))),
              .data = sample_frame(2)};
  assert_round_trip(&t);
  end(&t);
  assert_int_equal(mem_in_use(), before);
}

static void test_values_of_options(void **state)
{
  (void)state;
  Trial t = {.arguments = named("count", value_of_int(9))};
  Value values;
  Text text = {0};
  assert_int_equal(check(&t), STATUS_OK);
  assert_int_equal(options_values(&sample_primitive, &t.options, &values, NULL), STATUS_OK);
  value_show(&values, &text);
  assert_string_equal(text_data(&text),
                      "{count = 9, whole = -3, share = 0.25, fast = true, label = \"plain\", "
                      "tags = {\"one\"}, scale = \"none\", init = \"spread\", preset = \"as set\"}");
  text_free(&text);
  value_free(&values);
  end(&t);
}

/* ---- memory */

static Status run_check(void *context, Error *e)
{
  const Trial *t = context;
  Arena arena = {0};
  SampleOptions options;
  uint64_t given;
  Value values = {.kind = VALUE_NONE};
  Status status = options_check(&sample_primitive, &t->arguments, t->data, &arena, &options, &given, e);
  if (status == STATUS_OK) {
    status = options_values(&sample_primitive, &options, &values, e);
  }
  if (status == STATUS_OK && (options.tags.n != 2 || strcmp(options.preset->text.bytes, "as set") != 0 ||
                              !value_get(&values, "types") || value_get(&values, "types")->list.n != 1)) {
    status = STATUS_INTERNAL;
  }
  value_free(&values);
  arena_free(&arena);
  return status;
}

static void test_memory_fails(void **state)
{
  (void)state;
  static const char *const names[] = {"count", "tags", "scale", "on", "other", "types", "extra"};
  static const char *const one[] = {"spend"};
  const Value type = text_value("int64");
  const Value values[] = {value_of_int(3), LIST(text_value("a"), text_value("b")), text_value("range"),
                          LIST(text_value("spend"), text_value("orders")), value_of_frame(sample_frame(2)),
                          map_value(1, one, &type), LIST(LIST(text_value("deep")), value_of_int(1))};
  Trial t = {.arguments.named = map_value(7, names, values), .data = sample_frame(2)};
  assert_true(sweep(run_check, &t) > 20);
  end(&t);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_kind),       cmocka_unit_test(test_fields),
    cmocka_unit_test(test_defaults),         cmocka_unit_test(test_ranges),
    cmocka_unit_test(test_lists),            cmocka_unit_test(test_choices),
    cmocka_unit_test(test_texts_with_nul),   cmocka_unit_test(test_columns),
    cmocka_unit_test(test_names_of_options), cmocka_unit_test(test_main_value),
    cmocka_unit_test(test_main_list),        cmocka_unit_test(test_round_trip),
    cmocka_unit_test(test_values_of_options), cmocka_unit_test(test_memory_fails),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
