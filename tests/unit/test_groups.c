/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_groups.c -- groups and order against a slow reference on random columns of every type; the same on 1, 2 and 7
 * threads; ranges at the edges of int64; cancel, budget and memory that fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/random.h"
#include "frame/builder.h"
#include "shape/groups.h"
#include "sweep.h"

/* ---- random columns with few different cells ---- */

static const char *const words[] = {"", "a", "ab", "b", "customer_0000000001", "customer_0000000002",
                                    "customer_00000000021",
                                    "Zebra", "\xc3\xa9t\xc3\xa9", "\xe4\xb8\xad\xe6\x96\x87"};
static const double floats[] = {0.0, -0.0, 1.5, -1.5, 1e300, -1e300, 5e-324, INFINITY, -INFINITY, NAN};
static const int64_t wholes[] = {INT64_MIN, INT64_MAX, 0, -1, 1, 7, INT64_MAX - 1, INT64_MIN + 1, 1000000007, -7};

enum { CHOICES = 10, WIDE = 1 }; /* WIDE: of many different cells */

static void append_random(Builder *builder, Type type, Random *random, bool wide)
{
  const uint64_t i = random_below(random, CHOICES);
  char text[40];
  switch (type) {
  case TYPE_FLOAT64:
    builder_float(builder, wide ? (double)random_below(random, 5000) / 8 - 200 : floats[i]);
    break;
  case TYPE_INT64:
  case TYPE_TIMESTAMP:
    builder_int(builder, wide ? (int64_t)random_bits(random) % 3000 * 1000000 : i < 4 ? wholes[i] : (int64_t)i);
    break;
  case TYPE_BOOL:
    builder_bool(builder, i % 2);
    break;
  case TYPE_SET:
    for (uint64_t item = 0; item < 3; item++) {
      const uint64_t word = random_below(random, CHOICES);
      if (word > 4) {
        builder_item(builder, words[word], strlen(words[word]));
      }
    }
    builder_set(builder);
    break;
  default:
    if (wide) {
      snprintf(text, sizeof text, "a common beginning %llu", (unsigned long long)random_below(random, 5000));
    }
    builder_text(builder, wide ? text : words[i], strlen(wide ? text : words[i]));
  }
}

static Column *random_column(Type type, size_t rows, uint64_t seed, double missing, bool wide)
{
  Random random = random_new(seed, (uint64_t)type);
  Builder *builder = builder_new(type, rows);
  for (size_t row = 0; row < rows; row++) {
    if (random_uniform(&random) < missing) {
      builder_missing(builder);
    } else {
      append_random(builder, type, &random, wide);
    }
  }
  Column *column;
  assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
  return column;
}

static Frame *random_frame(const Type *types, size_t n, size_t rows, uint64_t seed, double missing, bool wide)
{
  Draft *draft = draft_new();
  char name[24];
  for (size_t i = 0; i < n; i++) {
    snprintf(name, sizeof name, "c%zu", i);
    draft_column(draft, name, random_column(types[i], rows, seed + i, missing, wide));
  }
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

/* ---- the slow reference: written from the headers' words, cell by cell ---- */

static int text_order(const char *a, size_t n_a, const char *b, size_t n_b)
{
  for (size_t i = 0; i < n_a && i < n_b; i++) {
    if (a[i] != b[i]) {
      return (unsigned char)a[i] < (unsigned char)b[i] ? -1 : 1;
    }
  }
  return n_a < n_b ? -1 : n_a > n_b;
}

static int level_order(const Column *column, int32_t a, int32_t b)
{
  size_t n_a, n_b;
  const char *text_a = column_level(column, (size_t)a, &n_a), *text_b = column_level(column, (size_t)b, &n_b);
  return text_order(text_a, n_a, text_b, n_b);
}

/* The set's items in the order of their texts. */
static size_t sorted_items(const Column *column, size_t row, int32_t items[8])
{
  const int32_t *codes;
  const size_t n = column_set(column, row, &codes);
  for (size_t i = 0; i < n; i++) {
    size_t at = i;
    for (; at > 0 && level_order(column, items[at - 1], codes[i]) > 0; at--) {
      items[at] = items[at - 1];
    }
    items[at] = codes[i];
  }
  return n;
}

static int set_order(const Column *column, size_t a, size_t b)
{
  int32_t items_a[8], items_b[8];
  const size_t n_a = sorted_items(column, a, items_a), n_b = sorted_items(column, b, items_b);
  for (size_t i = 0; i < n_a && i < n_b; i++) {
    const int order = level_order(column, items_a[i], items_b[i]);
    if (order) {
      return order;
    }
  }
  return n_a < n_b ? -1 : n_a > n_b;
}

static int cell_order(const Column *column, size_t a, size_t b)
{
  size_t n_a, n_b;
  switch (column_type(column)) {
  case TYPE_FLOAT64: {
    const double x = column_float(column, a), y = column_float(column, b);
    return isnan(x) || isnan(y) ? isnan(x) - isnan(y) : x < y ? -1 : x > y;
  }
  case TYPE_CATEGORY:
  case TYPE_STRING: {
    const char *text_a = column_text(column, a, &n_a), *text_b = column_text(column, b, &n_b);
    return text_order(text_a, n_a, text_b, n_b);
  }
  case TYPE_SET:
    return set_order(column, a, b);
  default:
    return column_int(column, a) < column_int(column, b) ? -1 : column_int(column, a) > column_int(column, b);
  }
}

static int keys_order(const OrderKey *keys, size_t n, size_t a, size_t b)
{
  for (size_t i = 0; i < n; i++) {
    const bool in_a = column_valid(keys[i].column, a), in_b = column_valid(keys[i].column, b);
    if (!in_a && !in_b) {
      continue;
    }
    if (!in_a || !in_b) {
      return in_a == keys[i].missing_first ? 1 : -1;
    }
    const int order = cell_order(keys[i].column, a, b);
    if (order) {
      return keys[i].falling ? -order : order;
    }
  }
  return 0;
}

static void check_groups(const Frame *frame, const size_t *columns, size_t n, const Groups *groups)
{
  OrderKey keys[8];
  for (size_t i = 0; i < n; i++) {
    keys[i] = (OrderKey){.column = frame_column(frame, columns[i])};
  }
  const size_t rows = frame_rows(frame);
  assert_int_equal(groups->rows, rows);
  size_t seen = 0;
  for (size_t row = 0; row < rows; row++) {
    size_t group = 0;
    while (group < seen && keys_order(keys, n, groups->first[group], row) != 0) {
      group++;
    }
    if (group == seen) {
      assert_true(seen < groups->n);
      assert_int_equal(groups->first[group], row);
      seen++;
    }
    assert_int_equal(groups->of_row[row], group);
  }
  assert_int_equal(groups->n, seen);
}

static Groups *made(const Frame *frame, const size_t *columns, size_t n, size_t threads)
{
  Task task;
  task_init(&task, 1);
  task.threads = threads;
  pool_set_threads(threads);
  Groups *groups;
  Error e = {0};
  if (groups_make(frame, columns, n, &task, &groups, &e) != STATUS_OK) {
    fail_msg("%s", e.what);
  }
  task_free(&task);
  pool_set_threads(0);
  return groups;
}

static const size_t first_columns[] = {0, 1, 2, 3, 4, 5, 6};

static void test_every_type(void **state)
{
  (void)state;
  for (int type = 0; type < TYPE_COUNT; type++) {
    for (int variant = 0; variant < 4; variant++) {
      const Type types[] = {(Type)type};
      Frame *frame = random_frame(types, 1, 700, 5 + (uint64_t)variant, variant % 2 ? 0.1 : 0, variant / 2);
      Groups *groups = made(frame, first_columns, 1, 2);
      check_groups(frame, first_columns, 1, groups);
      groups_free(groups);
      frame_unref(frame);
    }
  }
}

static void test_several_keys(void **state)
{
  (void)state;
  Random random = random_new(3, 0);
  for (int round = 0; round < 60; round++) {
    Type types[6];
    const size_t n = 1 + random_below(&random, 6);
    for (size_t i = 0; i < n; i++) {
      types[i] = (Type)random_below(&random, TYPE_COUNT);
    }
    const size_t rows = random_below(&random, 400);
    Frame *frame = random_frame(types, n, rows, 100 + (uint64_t)round, 0.1, random_below(&random, 2));
    Groups *groups = made(frame, first_columns, n, 1 + random_below(&random, 3));
    check_groups(frame, first_columns, n, groups);
    groups_free(groups);
    frame_unref(frame);
  }
}

static Frame *one_column(Column *column)
{
  Draft *draft = draft_new();
  draft_column(draft, "x", column);
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

static void assert_same_groups(const Groups *a, const Groups *b)
{
  assert_int_equal(a->n, b->n);
  assert_memory_equal(a->of_row, b->of_row, a->rows * sizeof *a->of_row);
  assert_memory_equal(a->first, b->first, a->n * sizeof *a->first);
}

/* Enough rows for several pieces; slots, hashes and texts. Numbered by a plain table of all that was seen. */
static void test_many_rows_and_threads(void **state)
{
  (void)state;
  enum { ROWS = 300000, KINDS = 5 };
  for (int kind = 0; kind < KINDS; kind++) {
    Random random = random_new(17, (uint64_t)kind);
    static uint32_t value[ROWS], number[1 << 18];
    const uint64_t different = kind == 0 ? 5 : kind == 4 ? 1 << 18 : 70000;
    Builder *builder = builder_new(kind == 3 ? TYPE_STRING : kind == 2 ? TYPE_FLOAT64 : TYPE_INT64, ROWS);
    for (size_t row = 0; row < ROWS; row++) {
      char text[24];
      value[row] = (uint32_t)random_below(&random, different);
      if (kind == 3) {
        builder_text(builder, text, (size_t)snprintf(text, sizeof text, "id%u", value[row]));
      } else if (kind == 2) {
        builder_float(builder, value[row] / 3.0);
      } else {
        builder_int(builder, kind == 1 ? (int64_t)value[row] << 33 : (int64_t)value[row] - 5);
      }
    }
    Column *column;
    assert_int_equal(builder_finish(builder, &column, NULL), STATUS_OK);
    Frame *frame = one_column(column);
    Groups *one = made(frame, first_columns, 1, 1);
    memset(number, 0, sizeof number);
    uint32_t n = 0;
    for (size_t row = 0; row < ROWS; row++) {
      if (!number[value[row]]) {
        number[value[row]] = ++n;
        assert_int_equal(one->first[n - 1], row);
      }
      assert_int_equal(one->of_row[row], number[value[row]] - 1);
    }
    assert_int_equal(one->n, n);
    for (size_t threads = 2; threads <= 7; threads += 5) {
      Groups *more = made(frame, first_columns, 1, threads);
      assert_same_groups(one, more);
      groups_free(more);
    }
    groups_free(one);
    frame_unref(frame);
  }
}

static void test_no_rows_and_whole(void **state)
{
  (void)state;
  const Type types[] = {TYPE_INT64, TYPE_STRING, TYPE_SET, TYPE_CATEGORY};
  Frame *frame = random_frame(types, 4, 0, 1, 0, false);
  Groups *groups = made(frame, first_columns, 4, 2);
  assert_int_equal(groups->n, 0);
  groups_free(groups);
  for (size_t i = 0; i < 4; i++) {
    groups = made(frame, first_columns + i, 1, 2);
    assert_int_equal(groups->n, 0);
    groups_free(groups);
  }
  frame_unref(frame);
  assert_int_equal(groups_whole(0, &groups, NULL), STATUS_OK);
  assert_int_equal(groups->n, 1);
  assert_null(groups->of_row);
  Task task;
  task_init(&task, 1);
  assert_int_equal(groups_arrange(groups, NULL, NULL, 0, &task, NULL), STATUS_OK);
  assert_int_equal(groups->start[1], 0);
  groups_free(groups);
  task_free(&task);
}

static void test_keys_frame(void **state)
{
  (void)state;
  const Type types[] = {TYPE_CATEGORY, TYPE_INT64};
  Frame *frame = random_frame(types, 2, 200, 9, 0.2, false), *keys;
  const size_t columns[] = {1, 0};
  Groups *groups = made(frame, columns, 2, 1);
  assert_int_equal(groups_keys(groups, frame, columns, 2, &keys, NULL), STATUS_OK);
  assert_string_equal(frame_name(keys, 0), "c1");
  assert_string_equal(frame_name(keys, 1), "c0");
  assert_int_equal(frame_rows(keys), groups->n);
  Column *taken;
  assert_int_equal(column_take(frame_column(frame, 1), groups->first, groups->n, &taken, NULL), STATUS_OK);
  const Digest a = column_digest(taken), b = column_digest(frame_column(keys, 0));
  assert_memory_equal(&a, &b, sizeof a);
  column_unref(taken);
  frame_unref(keys);
  groups_free(groups);
  frame_unref(frame);
}

/* ---- order ---- */

static void check_order(const OrderKey *keys, size_t n, size_t rows, const size_t *order)
{
  bool *seen = mem_zero(rows, 1);
  for (size_t i = 0; i < rows; i++) {
    assert_true(order[i] < rows && !seen[order[i]]);
    seen[order[i]] = true;
    if (i > 0) {
      const int step = keys_order(keys, n, order[i - 1], order[i]);
      assert_true(step < 0 || (step == 0 && order[i - 1] < order[i]));
      const int ours = order_compare(keys, n, order[i - 1], order[i]);
      assert_int_equal((ours > 0) - (ours < 0), (step > 0) - (step < 0));
    }
  }
  mem_free(seen);
}

static void sort_and_check(const Frame *frame, Random *random, size_t n)
{
  OrderKey keys[8];
  for (size_t i = 0; i < n; i++) {
    keys[i] = (OrderKey){frame_column(frame, i), random_below(random, 2), random_below(random, 2)};
  }
  size_t *kept = NULL;
  for (size_t threads = 1; threads <= 7; threads += 3) {
    Task task;
    task_init(&task, 1);
    task.threads = threads;
    pool_set_threads(threads);
    size_t *order;
    assert_int_equal(order_rows(keys, n, frame_rows(frame), &task, &order, NULL), STATUS_OK);
    check_order(keys, n, frame_rows(frame), order);
    if (kept) {
      assert_memory_equal(kept, order, frame_rows(frame) * sizeof *order);
    }
    mem_free(kept);
    kept = order;
    task_free(&task);
  }
  pool_set_threads(0);
  mem_free(kept);
}

static void test_order_of_every_type(void **state)
{
  (void)state;
  Random random = random_new(8, 0);
  for (int type = 0; type < TYPE_COUNT; type++) {
    for (int variant = 0; variant < 6; variant++) {
      const Type types[] = {(Type)type};
      const size_t rows = variant < 4 ? 500 : variant == 4 ? 30 : 70000;
      Frame *frame = random_frame(types, 1, rows, 50 + (uint64_t)variant, variant % 2 ? 0.1 : 0, variant > 1);
      sort_and_check(frame, &random, 1);
      frame_unref(frame);
    }
  }
}

static void test_order_of_several(void **state)
{
  (void)state;
  Random random = random_new(9, 0);
  for (int round = 0; round < 60; round++) {
    Type types[6];
    const size_t n = 1 + random_below(&random, 6);
    for (size_t i = 0; i < n; i++) {
      types[i] = (Type)random_below(&random, TYPE_COUNT);
    }
    Frame *frame = random_frame(types, n, random_below(&random, 300), 7 + (uint64_t)round, 0.15,
                                random_below(&random, 2));
    sort_and_check(frame, &random, n);
    frame_unref(frame);
  }
}

static void test_order_keys(void **state)
{
  (void)state;
  Draft *draft = draft_new();
  const double x[] = {1, 2};
  draft_floats(draft, "amount", x, 2);
  draft_floats(draft, "-day", x, 2);
  draft_floats(draft, "day", x, 2);
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  const char *const texts[] = {"-amount", "-day", "--day", "amount"};
  OrderKey keys[4];
  assert_int_equal(order_keys(frame, &(OptionTexts){texts, 4}, true, keys, NULL), STATUS_OK);
  assert_ptr_equal(keys[0].column, frame_column(frame, 0));
  assert_true(keys[0].falling && keys[0].missing_first);
  assert_ptr_equal(keys[1].column, frame_column(frame, 1)); /* a column called so comes first */
  assert_false(keys[1].falling);
  assert_ptr_equal(keys[2].column, frame_column(frame, 1));
  assert_true(keys[2].falling);
  assert_false(keys[3].falling);
  const char *const wrong[] = {"-amonut"};
  Error e = {0};
  assert_int_equal(order_keys(frame, &(OptionTexts){wrong, 1}, false, keys, &e), STATUS_NAME);
  assert_string_equal(e.id, "unknown-column");
  assert_non_null(strstr(e.hint, "'amount'"));
  frame_unref(frame);
}

static void test_arrange(void **state)
{
  (void)state;
  const Type types[] = {TYPE_CATEGORY, TYPE_FLOAT64, TYPE_STRING};
  Frame *frame = random_frame(types, 3, 900, 31, 0.1, false);
  Groups *groups = made(frame, first_columns, 1, 2);
  Task task;
  task_init(&task, 1);
  const OrderKey keys[] = {{frame_column(frame, 1), true, false}, {frame_column(frame, 2), false, true}};
  for (size_t n = 0; n <= 2; n++) {
    assert_int_equal(groups_arrange(groups, frame, keys, n, &task, NULL), STATUS_OK);
    assert_int_equal(groups->ordered, n > 0);
    assert_int_equal(groups->start[0], 0);
    assert_int_equal(groups->start[groups->n], 900);
    for (size_t g = 0; g < groups->n; g++) {
      for (size_t i = groups->start[g]; i < groups->start[g + 1]; i++) {
        assert_int_equal(groups->of_row[groups->arranged[i]], g);
        if (i > groups->start[g]) {
          const int step = keys_order(keys, n, groups->arranged[i - 1], groups->arranged[i]);
          assert_true(step < 0 || (step == 0 && groups->arranged[i - 1] < groups->arranged[i]));
        }
      }
    }
    const size_t *kept = groups->arranged;
    assert_int_equal(groups_arrange(groups, frame, keys, n, &task, NULL), STATUS_OK);
    assert_ptr_equal(kept, groups->arranged); /* the same order is not made twice */
  }
  groups_free(groups);
  frame_unref(frame);
  task_free(&task);
}

/* ---- what can go wrong ---- */

static Status all_steps(void *context, Error *e)
{
  const Frame *frame = context;
  Task task;
  task_init(&task, 1);
  task.threads = 1; /* allocations of pieces must come in one order */
  Groups *groups = NULL;
  Frame *keys = NULL;
  const OrderKey order[] = {{frame_column(frame, 0), false, false}, {frame_column(frame, 1), true, false},
                            {frame_column(frame, 2), false, false}, {frame_column(frame, 3), false, false}};
  Status status;
  TRY(groups_make(frame, first_columns, 4, &task, &groups, e));
  TRY(groups_arrange(groups, frame, order, 4, &task, e));
  TRY(groups_arrange(groups, frame, order, 0, &task, e));
  TRY(groups_keys(groups, frame, first_columns, 2, &keys, e));
done:
  frame_unref(keys);
  groups_free(groups);
  task_free(&task);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  const Type types[] = {TYPE_INT64, TYPE_STRING, TYPE_SET, TYPE_CATEGORY};
  Frame *frame = random_frame(types, 4, 1500, 3, 0.1, true);
  sweep(all_steps, frame);
  frame_unref(frame);
}

static void test_cancel_and_budget(void **state)
{
  (void)state;
  const Type types[] = {TYPE_INT64, TYPE_STRING};
  Frame *frame = random_frame(types, 2, 20000, 3, 0.1, true);
  for (size_t i = 0; i < 2; i++) {
    Task task;
    task_init(&task, 1);
    task_cancel(&task);
    Groups *groups;
    Error e = {0};
    assert_int_equal(groups_make(frame, first_columns + i, 1, &task, &groups, &e), STATUS_CANCELLED);
    assert_null(groups);
    const OrderKey key = {frame_column(frame, i), false, false};
    size_t *order;
    assert_int_equal(order_rows(&key, 1, 20000, &task, &order, NULL), STATUS_CANCELLED);
    assert_null(order);
    task_init(&task, 1);
    task.budget = 50000;
    error_clear(&e);
    assert_int_equal(groups_make(frame, first_columns + i, 1, &task, &groups, &e), STATUS_LIMIT);
    assert_string_equal(e.id, "memory-budget");
    assert_int_equal(order_rows(&key, 1, 20000, &task, &order, NULL), STATUS_LIMIT);
    task_free(&task);
  }
  frame_unref(frame);
  Error e = {0};
  assert_int_equal(groups_check_rows(UINT32_MAX - (size_t)1, &e), STATUS_OK);
  assert_int_equal(groups_check_rows(UINT32_MAX, &e), STATUS_LIMIT);
  assert_string_equal(e.id, "too-many-rows");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_type),          cmocka_unit_test(test_several_keys),
    cmocka_unit_test(test_many_rows_and_threads), cmocka_unit_test(test_no_rows_and_whole),
    cmocka_unit_test(test_keys_frame),          cmocka_unit_test(test_order_of_every_type),
    cmocka_unit_test(test_order_of_several),    cmocka_unit_test(test_order_keys),
    cmocka_unit_test(test_arrange),             cmocka_unit_test(test_memory),
    cmocka_unit_test(test_cancel_and_budget),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
