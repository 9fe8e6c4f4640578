/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sample.h -- what the tests of the registry share: a primitive with an option of every kind, whose model
 * keeps whatever it is given, a frame with a column of every type, and values built in one line. */
#ifndef ASSAY_TESTS_SAMPLE_H
#define ASSAY_TESTS_SAMPLE_H

#include "registry/model.h"
#include "registry/registry.h"

/* clang-format off */
#define SAMPLE_OPTIONS(O) \
  O(count,  INT,          OPTION_REQUIRED, 1, 100, "", "rows", "how many") \
  O(offset, INT,          OPTION_UNSET, 5, 10, "", "", "an offset that cannot be 0") \
  O(whole,  INT,          "-3", 1, 0, "", "", "any whole number") \
  O(share,  NUMBER,       "0.25", 0, 1, "", "", "a share") \
  O(number, NUMBER,       OPTION_UNSET, 1, 0, "", "m", "any number") \
  O(fast,   BOOL,         "true", 0, 0, "", "", "whether to hurry") \
  O(quiet,  BOOL,         OPTION_UNSET, 0, 0, "", "", "whether to be quiet") \
  O(label,  TEXT,         "plain", 0, 0, "", "", "a label") \
  O(title,  TEXT,         OPTION_UNSET, 0, 0, "", "", "a title") \
  O(tags,   TEXTS,        "one", 0, 3, "", "", "at most three tags") \
  O(words,  TEXTS,        OPTION_UNSET, 1, 0, "", "", "at least one word") \
  O(scale,  CHOICE,       "none", 0, 0, "none|zscore|range", "", "a scale") \
  O(mode,   CHOICE,       OPTION_UNSET, 0, 0, "fast|slow", "", "a mode") \
  O(by,     COLUMN,       OPTION_UNSET, 0, 0, "text", "", "a text column") \
  O(key,    COLUMN,       OPTION_UNSET, 0, 0, "", "", "any column") \
  O(on,     COLUMNS,      OPTION_UNSET, 0, 0, "numeric", "", "numeric columns") \
  O(other,  FRAME,        OPTION_UNSET, 0, 0, "", "", "another frame") \
  O(init,   CHOICE_FRAME, "spread", 0, 0, "spread|random", "", "a way or a frame") \
  O(types,  TEXT_MAP,     OPTION_UNSET, 0, 0, "int64|string", "", "types by name") \
  O(names,  TEXT_MAP,     OPTION_UNSET, 0, 0, "", "", "new names by name") \
  O(extra,  VALUE,        OPTION_UNSET, 0, 0, "", "", "anything") \
  O(preset, VALUE,        "as set", 0, 0, "", "", "anything")
/* clang-format on */

typedef struct SampleOptions {
  SAMPLE_OPTIONS(OPTION_FIELD)
} SampleOptions;

enum {
#define NUMBER_OF(field, ...) SAMPLE_##field,
  SAMPLE_OPTIONS(NUMBER_OF)
#undef NUMBER_OF
  SAMPLE_N_OPTIONS
};

/* test.sample: main is count; its model has no needs of its own. A test that wants it in the registry says
 * REGISTER_PRIMITIVE(sample_primitive). test.sample_list is the same with tags as main. */
extern const Primitive sample_primitive, sample_list_primitive;

/* test.any, as in fuzz_model.c: one option of any value, a model of any frames. */
extern const Primitive any_primitive;

/* Columns spend float64, orders int64, member bool, day timestamp, region category, note string, basket
 * set; some cells missing, odd texts and numbers. NULL when memory fails. */
Frame *sample_frame(size_t rows);

/* A model of test.sample with every option set, frames "tidy", "glance" and "all" (sample_frame), an
 * option frame, and child models to a depth. */
Status sample_model(int depth, Model **out, Error *e) MUST_USE;

/* Values; they fail the test when memory fails. The list makers take what they are given. */
Value text_value(const char *text);
Value bytes_value(const char *bytes, size_t n);
Value list_value(size_t n, const Value *items);
Value map_value(size_t n, const char *const *names, const Value *items);
#define LIST(...) \
  list_value(sizeof((Value[]){__VA_ARGS__}) / sizeof(Value), (const Value[]){__VA_ARGS__})
#define EMPTY_LIST list_value(0, NULL)

/* Equal in kind and content, to the bit; frames and columns by digest. */
bool values_equal(const Value *a, const Value *b);

#endif
