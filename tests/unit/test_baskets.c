/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Baskets where memory runs out, and as they are cancelled. What they give is in tests/lua/baskets.lua. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "frame/builder.h"
#include "io/baskets.h"
#include "sweep.h"

static const char lines[] = "milk,bread\n\"a, b\",,milk\n\nbutter,bread,rum\n";

static Status read_lines(Task *task, Frame **out, Error *e)
{
  const BasketLines how = {.quote = '"'};
  return baskets_of_lines(lines, sizeof lines - 1, "x.txt", &how, NULL, task, out, e);
}

/* Whether the first step worked, the frame is done with. */
static void drop(Frame **frame)
{
  frame_unref(*frame);
  *frame = NULL;
}

/* Lines to long, long to baskets, these to one-hot, and that to baskets again. */
static Status go_round(Task *task, Error *e)
{
  static const size_t columns[] = {1, 2, 3, 4, 5};
  Frame *baskets = NULL, *with_id = NULL, *rows = NULL, *gathered = NULL, *hot = NULL, *last = NULL;
  Column *ids = NULL;
  Text notes = {0};
  static const int64_t id[] = {7, 8, 9, 10};
  Status status;
  TRY(read_lines(task, &baskets, e));
  TRY(column_of_ints(id, 4, &ids, e));
  TRY(frame_with(baskets, "id", ids, &with_id, e));
  TRY(baskets_to_long(with_id, 0, "item", task, &notes, &rows, e));
  assert_int_equal(frame_rows(rows), 7);
  TRY(baskets_of_long(rows, 1, 0, task, &notes, &gathered, e));
  assert_int_equal(frame_rows(gathered), 3);
  TRY(baskets_to_onehot(gathered, 1, task, &hot, e));
  assert_int_equal(frame_columns(hot), 6);
  TRY(baskets_of_onehot(hot, columns, 5, NULL, 0, task, &notes, &last, e));
  const Digest a = frame_digest(gathered), b = frame_digest(last);
  assert_true(a.high == b.high && a.low == b.low);
done:
  drop(&baskets);
  drop(&with_id);
  drop(&rows);
  drop(&gathered);
  drop(&hot);
  drop(&last);
  column_unref(ids);
  text_free(&notes);
  return status;
}

static Status run(void *context, Error *e)
{
  Task task;
  (void)context;
  task_init(&task, 1);
  task.threads = 1;
  const Status status = go_round(&task, e);
  task_free(&task);
  return status;
}

static void test_memory(void **state)
{
  (void)state;
  assert_true(sweep(run, NULL) > 60);
}

static void test_cancel(void **state)
{
  (void)state;
  static const size_t columns[] = {1};
  Task task;
  Frame *frame, *out;
  Column *ids;
  Text notes = {0};
  static const int64_t id[] = {1, 0, 1, 0};
  task_init(&task, 1);
  assert_int_equal(read_lines(&task, &frame, NULL), STATUS_OK);
  assert_int_equal(column_of_ints(id, 4, &ids, NULL), STATUS_OK);
  assert_int_equal(frame_with(frame, "id", ids, &out, NULL), STATUS_OK);
  frame_unref(frame);
  frame = out;
  task_cancel(&task);
  assert_int_equal(read_lines(&task, &out, NULL), STATUS_CANCELLED);
  assert_int_equal(baskets_to_long(frame, 0, "item", &task, &notes, &out, NULL), STATUS_CANCELLED);
  assert_int_equal(baskets_to_onehot(frame, 0, &task, &out, NULL), STATUS_CANCELLED);
  assert_int_equal(baskets_of_long(frame, 1, 0, &task, &notes, &out, NULL), STATUS_CANCELLED);
  assert_int_equal(baskets_of_onehot(frame, columns, 1, NULL, 0, &task, &notes, &out, NULL),
                   STATUS_CANCELLED);
  column_unref(ids);
  frame_unref(frame);
  text_free(&notes);
  task_free(&task);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory), cmocka_unit_test(test_cancel)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
