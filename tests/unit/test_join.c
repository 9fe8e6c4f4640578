/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_join.c -- joins against nested loops over all pairs of rows: every way, kind of key and number of threads;
 * joins as of a time against a scan; refusals; memory that fails. */
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
#include "shape/join.h"
#include "sweep.h"

/* ---- random frames: a row number and keys with few values */

static void add_key(Builder *builder, Type type, uint64_t draw)
{
  char text[24];
  if (draw % 7 == 6) {
    builder_missing(builder);
    return;
  }
  switch (type) {
    case TYPE_FLOAT64:
      builder_float(builder, draw % 5 == 4   ? (draw % 2 ? (double)NAN : 2.5)
                             : draw % 5 == 0 ? (draw % 2 ? -0.0 : 0.0)
                                             : (double)(draw % 5));
      break;
    case TYPE_INT64:
    case TYPE_TIMESTAMP:
      builder_int(builder, (int64_t)(draw % 5));
      break;
    case TYPE_BOOL:
      builder_bool(builder, draw % 2);
      break;
    default:
      snprintf(text, sizeof text, "k%d", (int)(draw % 5));
      builder_text(builder, text, draw % 5 == 4 ? 0 : strlen(text));
  }
}

static Frame *random_frame(const char *row, const Type *types, size_t n_keys, size_t rows, Random *random)
{
  static const char *const names[] = {"a", "b"};
  Draft *draft = draft_new();
  Builder *number = builder_new(TYPE_INT64, rows);
  for (size_t i = 0; i < rows; i++) {
    builder_int(number, (int64_t)i);
  }
  draft_builder(draft, row, number);
  for (size_t k = 0; k < n_keys; k++) {
    Builder *key = builder_new(types[k], rows);
    for (size_t i = 0; i < rows; i++) {
      add_key(key, types[k], random_below(random, 1000));
    }
    draft_builder(draft, names[k], key);
  }
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

static bool cells_equal(const Column *a, size_t i, const Column *b, size_t j, bool match_missing)
{
  if (!column_valid(a, i) || !column_valid(b, j)) {
    return match_missing && column_valid(a, i) == column_valid(b, j);
  }
  if (type_is_text(column_type(a))) {
    size_t n, m;
    const char *s = column_text(a, i, &n), *t = column_text(b, j, &m);
    return n == m && memcmp(s, t, n) == 0;
  }
  const double x = column_float(a, i), y = column_float(b, j);
  return x == y || (isnan(x) && isnan(y));
}

static bool rows_equal(const Frame *a, size_t i, const Frame *b, size_t j, size_t n_keys, bool match_missing)
{
  for (size_t k = 1; k <= n_keys; k++) {
    if (!cells_equal(frame_column(a, k), i, frame_column(b, k), j, match_missing)) {
      return false;
    }
  }
  return true;
}

/* ---- the join again, by loops: row numbers of both sides, -1 for none */

enum { MOST = 40 * 40 + 80 };

typedef struct Expected {
  int64_t left[MOST], right[MOST];
  size_t n;
} Expected;

static void expect(Expected *x, int64_t left, int64_t right)
{
  x->left[x->n] = left;
  x->right[x->n++] = right;
}

static void loops(const Frame *a, const Frame *b, const JoinOptions *o, Expected *x)
{
  bool partner[64] = {false};
  x->n = 0;
  for (size_t i = 0; i < frame_rows(a); i++) {
    size_t partners = 0;
    for (size_t j = 0; j < frame_rows(b); j++) {
      if (o->how == JOIN_CROSS || rows_equal(a, i, b, j, o->n, o->match_missing)) {
        partner[j] = true;
        if (partners++ == 0 ? o->how != JOIN_ANTI : o->how != JOIN_ANTI && o->how != JOIN_SEMI) {
          expect(x, (int64_t)i, (int64_t)j);
        }
      }
    }
    if (partners == 0 && (o->how == JOIN_LEFT || o->how == JOIN_FULL || o->how == JOIN_ANTI)) {
      expect(x, (int64_t)i, -1);
    }
  }
  for (size_t j = 0; (o->how == JOIN_RIGHT || o->how == JOIN_FULL) && j < frame_rows(b); j++) {
    if (!partner[j]) {
      expect(x, -1, (int64_t)j);
    }
  }
}

static int64_t number_at(const Frame *frame, const char *name, size_t row)
{
  size_t at;
  assert_true(frame_find(frame, name, &at));
  const Column *column = frame_column(frame, at);
  return column_valid(column, row) ? column_int(column, row) : -1;
}

static void check_result(const Frame *out, const Frame *a, const Frame *b, const JoinOptions *o, const Expected *x)
{
  const bool right = o->how != JOIN_SEMI && o->how != JOIN_ANTI;
  assert_int_equal(frame_rows(out), x->n);
  for (size_t c = 0; c < frame_columns(out); c++) {
    assert_int_equal(column_check(frame_column(out, c), NULL), STATUS_OK);
  }
  for (size_t i = 0; i < x->n; i++) {
    assert_int_equal(number_at(out, "left", i), x->left[i]);
    if (right) {
      assert_int_equal(number_at(out, "right", i), x->right[i]);
    }
    for (size_t k = 1; k <= o->n && o->how != JOIN_CROSS; k++) { /* keys come from the side that has the row */
      const Frame *from = x->left[i] >= 0 ? a : b;
      const size_t row = (size_t)(x->left[i] >= 0 ? x->left[i] : x->right[i]);
      assert_true(cells_equal(frame_column(out, k), i, frame_column(from, k), row, true));
    }
  }
}

static Status join(const Frame *a, const Frame *b, const JoinOptions *o, Frame **out, Text *notes, Error *e)
{
  Task task;
  task_init(&task, 1);
  const Status status = frame_join(a, b, o, &task, out, notes, e);
  task_free(&task);
  return status;
}

static const Type pairs[][4] = {{TYPE_INT64, TYPE_INT64, TYPE_BOOL, TYPE_BOOL},
                                {TYPE_FLOAT64, TYPE_FLOAT64, TYPE_STRING, TYPE_STRING},
                                {TYPE_INT64, TYPE_FLOAT64, TYPE_CATEGORY, TYPE_STRING},
                                {TYPE_CATEGORY, TYPE_CATEGORY, TYPE_FLOAT64, TYPE_INT64},
                                {TYPE_STRING, TYPE_CATEGORY, TYPE_INT64, TYPE_INT64},
                                {TYPE_TIMESTAMP, TYPE_TIMESTAMP, TYPE_CATEGORY, TYPE_CATEGORY},
                                {TYPE_STRING, TYPE_STRING, TYPE_CATEGORY, TYPE_CATEGORY},
                                {TYPE_BOOL, TYPE_BOOL, TYPE_FLOAT64, TYPE_FLOAT64}};

static void one_case(const Type *types, size_t n_keys, Random *random)
{
  static const char *const names[] = {"a", "b"};
  const Type left[] = {types[0], types[2]}, right[] = {types[1], types[3]};
  static Expected x;
  Frame *a = random_frame("left", left, n_keys, random_below(random, 40), random);
  Frame *b = random_frame("right", right, n_keys, random_below(random, 40), random);
  for (int how = JOIN_INNER; how <= JOIN_CROSS; how++) {
    for (int missing = 0; missing < 2; missing++) {
      const JoinOptions o = {.left = names,
                             .right = names,
                             .n = how == JOIN_CROSS ? 0 : n_keys,
                             .how = (JoinHow)how,
                             .match_missing = missing,
                             .suffix = "_right"};
      Frame *out;
      assert_int_equal(join(a, b, &o, &out, NULL, NULL), STATUS_OK);
      loops(a, b, &o, &x);
      check_result(out, a, b, &o, &x);
      frame_unref(out);
    }
  }
  frame_unref(a);
  frame_unref(b);
}

static void test_loops(void **state)
{
  (void)state;
  Random random = random_new(11, 0);
  for (size_t round = 0; round < 12; round++) {
    for (size_t p = 0; p < sizeof pairs / sizeof *pairs; p++) {
      one_case(pairs[p], 1, &random);
      one_case(pairs[p], 2, &random);
    }
  }
}

/* ---- large: parts of the table, and threads */

static Frame *large_frame(const char *row, Type type, size_t rows, uint64_t range, uint64_t seed)
{
  Random random = random_new(seed, 0);
  Draft *draft = draft_new();
  Builder *number = builder_new(TYPE_INT64, rows), *key = builder_new(type, rows);
  for (size_t i = 0; i < rows; i++) {
    const uint64_t draw = random_below(&random, range);
    char text[24];
    builder_int(number, (int64_t)i);
    if (type == TYPE_INT64) {
      builder_int(key, (int64_t)draw);
    } else {
      builder_text(key, text, (size_t)snprintf(text, sizeof text, "key %d", (int)draw));
    }
  }
  draft_builder(draft, row, number);
  draft_builder(draft, "key", key);
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

static void test_large(void **state)
{
  static const char *const names[] = {"key"};
  (void)state;
  for (int type = 0; type < 2; type++) {
    const Type types[] = {TYPE_INT64, TYPE_STRING};
    Frame *a = large_frame("left", types[type], 200000, 150000, 1),
          *b = large_frame("right", types[type], 160000, 150000, 2);
    for (int turn = 0; turn < 2; turn++) {
      const JoinOptions o = {.left = names, .right = names, .n = 1, .how = JOIN_FULL, .suffix = "_right"};
      Digest first = {0, 0};
      static const size_t threads[] = {1, 2, 7};
      for (size_t t = 0; t < 3; t++) {
        pool_set_threads(threads[t]);
        Frame *out;
        assert_int_equal(join(turn ? b : a, turn ? a : b, &o, &out, NULL, NULL), STATUS_OK);
        const Digest digest = frame_digest(out);
        first = t == 0 ? digest : first;
        assert_true(digest.high == first.high && digest.low == first.low);
        if (t == 0) { /* as many pairs as the counts of each key say */
          static uint32_t counts[2][150000];
          memset(counts, 0, sizeof counts);
          size_t pairs_wanted = 0;
          for (size_t i = 0; type == 0 && i < 200000; i++) {
            counts[0][column_int(frame_column(a, 1), i)]++;
            counts[1][i < 160000 ? column_int(frame_column(b, 1), i) : 0] += i < 160000;
          }
          for (size_t k = 0; k < 150000; k++) {
            const size_t l = counts[0][k], r = counts[1][k];
            pairs_wanted += l && r ? l * r : l + r;
          }
          assert_true(type != 0 || frame_rows(out) == pairs_wanted);
        }
        frame_unref(out);
      }
    }
    frame_unref(a);
    frame_unref(b);
  }
  pool_set_threads(0);
}

/* ---- as of a time */

static Frame *timed_frame(const char *row, Type type, size_t rows, Random *random)
{
  Draft *draft = draft_new();
  Builder *number = builder_new(TYPE_INT64, rows), *key = builder_new(TYPE_INT64, rows),
          *time = builder_new(type, rows);
  for (size_t i = 0; i < rows; i++) {
    builder_int(number, (int64_t)i);
    builder_int(key, (int64_t)random_below(random, 3));
    const uint64_t draw = random_below(random, 30);
    if (draw == 29) {
      builder_missing(time);
    } else if (type == TYPE_FLOAT64) {
      builder_float(time, draw == 28 ? (double)NAN : (double)draw / 2);
    } else {
      builder_int(time, (int64_t)draw / 2);
    }
  }
  draft_builder(draft, row, number);
  draft_builder(draft, "key", key);
  draft_builder(draft, "at", time);
  Frame *frame;
  assert_int_equal(draft_finish(draft, &frame, NULL), STATUS_OK);
  return frame;
}

/* The partner by a scan of all right rows; of equals the last one looking back, the first one looking ahead. */
static int64_t scan(const Frame *a, size_t i, const Frame *b, const JoinOptions *o)
{
  int64_t best = -1;
  double best_gap = INFINITY;
  bool best_back = false;
  for (size_t j = 0; j < frame_rows(b); j++) {
    const Column *s = frame_column(a, 2), *t = frame_column(b, 2);
    if (!column_valid(s, i) || !column_valid(t, j) ||
        (o->n && column_int(frame_column(a, 1), i) != column_int(frame_column(b, 1), j))) {
      continue;
    }
    const double gap = column_float(s, i) - column_float(t, j);
    const bool back = gap >= 0;
    if (isnan(gap) || (o->tolerance >= 0 && fabs(gap) > o->tolerance) ||
        (o->direction == JOIN_BACKWARD && gap < 0) || (o->direction == JOIN_FORWARD && gap > 0)) {
      continue;
    }
    const bool last = back && o->direction != JOIN_FORWARD;
    const bool better = fabs(gap) < best_gap || (fabs(gap) == best_gap && (back != best_back ? back : last));
    if (better) {
      best = (int64_t)j;
      best_gap = fabs(gap);
      best_back = back;
    }
  }
  return best;
}

static void test_asof(void **state)
{
  static const char *const names[] = {"key"};
  static const Type types[][2] = {{TYPE_INT64, TYPE_INT64},
                                  {TYPE_TIMESTAMP, TYPE_TIMESTAMP},
                                  {TYPE_FLOAT64, TYPE_FLOAT64},
                                  {TYPE_INT64, TYPE_FLOAT64}};
  (void)state;
  Random random = random_new(4, 0);
  for (size_t round = 0; round < 80; round++) {
    Frame *a = timed_frame("left", types[round % 4][0], random_below(&random, 30), &random);
    Frame *b = timed_frame("right", types[round % 4][1], random_below(&random, 30), &random);
    for (int direction = 0; direction < 3; direction++) {
      const JoinOptions o = {.left = names,
                             .right = names,
                             .n = round / 4 % 2,
                             .how = round % 3 ? JOIN_LEFT : JOIN_INNER,
                             .suffix = "_right",
                             .asof = {"at", "at"},
                             .direction = (JoinDirection)direction,
                             .tolerance = round % 5 ? -1 : 2};
      Frame *out;
      assert_int_equal(join(a, b, &o, &out, NULL, NULL), STATUS_OK);
      size_t row = 0;
      for (size_t i = 0; i < frame_rows(a); i++) {
        const int64_t partner = scan(a, i, b, &o);
        if (partner >= 0 || o.how == JOIN_LEFT) {
          assert_int_equal(number_at(out, "left", row), i);
          assert_int_equal(number_at(out, "right", row), partner);
          row++;
        }
      }
      assert_int_equal(frame_rows(out), row);
      frame_unref(out);
    }
    frame_unref(a);
    frame_unref(b);
  }
}

/* Numbers that doubles cannot tell apart are told apart. */
static void test_exact_numbers(void **state)
{
  static const char *const names[] = {"key"};
  (void)state;
  Draft *draft = draft_new();
  draft_ints(draft, "key",
             (const int64_t[]){INT64_C(9007199254740993), INT64_C(9007199254740992), INT64_MAX, INT64_MIN}, 4);
  Frame *a, *b, *out;
  assert_int_equal(draft_finish(draft, &a, NULL), STATUS_OK);
  draft = draft_new();
  draft_floats(draft, "key", (const double[]){0x1p53, 0x1p63, -0x1p63, 0.5, INFINITY}, 5);
  draft_ints(draft, "n", (const int64_t[]){0, 1, 2, 3, 4}, 5);
  assert_int_equal(draft_finish(draft, &b, NULL), STATUS_OK);
  const JoinOptions o = {.left = names, .right = names, .n = 1, .how = JOIN_LEFT, .suffix = "_right"};
  assert_int_equal(join(a, b, &o, &out, NULL, NULL), STATUS_OK);
  const int64_t wanted[] = {-1, 0, -1, 2};
  for (size_t i = 0; i < 4; i++) {
    assert_int_equal(number_at(out, "n", i), wanted[i]);
  }
  frame_unref(out);
  frame_unref(a);
  frame_unref(b);
}

static void said(const Frame *a, const Frame *b, JoinHow how, const char *const *words, size_t n)
{
  static const char *const names[] = {"key"};
  const JoinOptions o = {.left = names, .right = names, .n = 1, .how = how, .suffix = "_right"};
  Text notes = {0};
  Frame *out;
  assert_int_equal(join(a, b, &o, &out, &notes, NULL), STATUS_OK);
  for (size_t i = 0; i < n; i++) {
    assert_non_null(strstr(text_data(&notes), words[i]));
  }
  assert_true(n > 0 || notes.size == 0);
  text_free(&notes);
  frame_unref(out);
}

/* Rows without a partner, keys that multiply and columns under other names are said; semi and anti say nothing. */
static void test_notes(void **state)
{
  (void)state;
  Draft *draft = draft_new();
  draft_ints(draft, "key", (const int64_t[]){1, 2, 2, 3}, 4);
  draft_ints(draft, "x", (const int64_t[]){1, 2, 3, 4}, 4);
  Frame *a, *b;
  assert_int_equal(draft_finish(draft, &a, NULL), STATUS_OK);
  draft = draft_new();
  draft_ints(draft, "key", (const int64_t[]){2, 2, 3, 4, 5}, 5);
  draft_ints(draft, "x", (const int64_t[]){1, 2, 3, 4, 5}, 5);
  assert_int_equal(draft_finish(draft, &b, NULL), STATUS_OK);
  said(a, b, JOIN_FULL,
       (const char *const[]){
           "1 of 4 left rows have no partner: missing cells", "2 of 5 right rows have no partner: missing",
           "1 keys stand in several rows of both frames and multiply (the first: key = 2, 2 x 2 rows)",
           "column 'x' of the right frame is 'x_right'"},
       4);
  said(a, b, JOIN_INNER,
       (const char *const[]){"1 of 4 left rows have no partner and are left out", "2 of 5 right rows"}, 2);
  said(a, b, JOIN_SEMI, NULL, 0);
  said(a, b, JOIN_ANTI, NULL, 0);
  frame_unref(a);
  frame_unref(b);
}

/* A result without room is refused with its size before it is made. */
static void test_explosion(void **state)
{
  static const char *const names[] = {"key"};
  (void)state;
  Frame *a = large_frame("left", TYPE_INT64, 60000, 1, 1), *b = large_frame("right", TYPE_INT64, 60000, 1, 2);
  Task task;
  task_init(&task, 1);
  task.budget = 100 << 20;
  for (int cross = 0; cross < 2; cross++) {
    const JoinOptions o = {
        .left = names, .right = names, .n = !cross, .how = cross ? JOIN_CROSS : JOIN_LEFT, .suffix = "_right"};
    Frame *out = (Frame *)8;
    Error e;
    error_clear(&e);
    assert_int_equal(frame_join(a, b, &o, &task, &out, NULL, &e), STATUS_LIMIT);
    assert_null(out);
    assert_non_null(strstr(e.what, "a join of 3600000000 rows"));
  }
  task_free(&task);
  frame_unref(a);
  frame_unref(b);
}

static Status run_join(void *context, Error *e)
{
  Frame *const *frames = context;
  static const char *const names[] = {"a", "b"};
  const JoinOptions o = {.left = names, .right = names, .n = 2, .how = JOIN_FULL, .suffix = "_right"};
  Frame *out;
  Text notes = {0};
  const Status status = join(frames[0], frames[1], &o, &out, &notes, e);
  assert_true((out != NULL) == (status == STATUS_OK));
  frame_unref(out);
  text_free(&notes);
  return status;
}

static Status run_asof(void *context, Error *e)
{
  Frame *const *frames = context;
  static const char *const names[] = {"a"};
  const JoinOptions o = {.left = names,
                         .right = names,
                         .n = 1,
                         .how = JOIN_INNER,
                         .suffix = "_right",
                         .asof = {"left", "right"},
                         .tolerance = -1};
  Frame *out;
  const Status status = join(frames[0], frames[1], &o, &out, NULL, e);
  frame_unref(out);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  Random random = random_new(3, 0);
  const Type left[] = {TYPE_CATEGORY, TYPE_STRING}, right[] = {TYPE_CATEGORY, TYPE_CATEGORY};
  Frame *frames[] = {random_frame("left", left, 2, 50, &random), random_frame("right", right, 2, 60, &random)};
  pool_set_threads(1);
  assert_true(sweep(run_join, frames) > 30);
  assert_true(sweep(run_asof, frames) > 20);
  pool_set_threads(0);
  frame_unref(frames[0]);
  frame_unref(frames[1]);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_loops), cmocka_unit_test(test_large),
                                     cmocka_unit_test(test_asof),  cmocka_unit_test(test_exact_numbers),
                                     cmocka_unit_test(test_notes), cmocka_unit_test(test_explosion),
                                     cmocka_unit_test(test_memory)};
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  pool_close();
  return failed;
}
