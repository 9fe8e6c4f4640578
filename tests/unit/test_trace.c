/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps of any primitive, recorded: one that knows nothing of step(), one that tells more than is kept, memory that runs
 * out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "registry/primitive.h"
#include "session_fixture.h"

enum { ROWS = 1000, COLUMNS = 500, MANY = 40 }; /* a state of 4 MB: 16 of them fit into 64 MB */

/* Halves a number ten times; its state is two rows of three. The objective rises. */
static Status run_halve(Call *call, Value *out, Error *e)
{
  double state[6] = {1, 2, 3, 4, 5, 6};
  (void)e;
  for (int64_t i = 1; i <= 10; i++) {
    for (size_t c = 0; c < 6; c++) {
      state[c] /= 2;
    }
    task_step(call->task, &(TraceStep){.phase = "halving", .start = 1, .iteration = i, .objective = (double)(i * i),
                                       .changed = -1, .state = state, .rows = 2, .columns = 3});
  }
  *out = value_of_int(10);
  return STATUS_OK;
}

static Status run_flood(Call *call, Value *out, Error *e)
{
  double *state = mem_zero((size_t)ROWS * COLUMNS, sizeof *state);
  if (!state) {
    return error_memory(e, 0, "flood");
  }
  for (int64_t i = 1; i <= MANY; i++) {
    state[0] = (double)i;
    task_step(call->task, &(TraceStep){.phase = "start", .start = 1, .iteration = i, .objective = 100.0 - (double)i,
                                       .changed = i, .state = state, .rows = ROWS, .columns = COLUMNS});
  }
  mem_free(state);
  *out = value_of_int(MANY);
  return STATUS_OK;
}

#define PROBE(function)                                                                                          \
  {.size = sizeof(Primitive), .family = "probe", .name = #function, .version = 1, .summary = "steps",            \
   .takes = VALUE_FRAME, .gives = VALUE_INT, .returns = "a number", .reference = "", .example = "",              \
   .where = WHERE_JOB, .run = run_##function}

static const Primitive halve = PROBE(halve);
static const Primitive flood = PROBE(flood);
REGISTER_PRIMITIVE(halve);
REGISTER_PRIMITIVE(flood);

static void test_any_primitive(void **unused)
{
  (void)unused;
  for (PlayedAs as = PLAYED_PROMPT; as <= PLAYED_BATCH; as++) {
    Played *played = played_new(as);
    played_done(played, "df = frame{a = {1, 2}}; s = step(df, 'halve')");
    assert_string_equal(played_done(played, "print(#s, s.at, s.model)"), "10\t1\t10\n");
    const char *shown = played_done(played, "print(s:next())");
    assert_non_null(strstr(shown, "halve, step 2 of 10: halving, iteration 2\n"));
    assert_non_null(strstr(shown, "0.25"));
    assert_non_null(strstr(shown, "1.50"));
    assert_non_null(strstr(shown, "step 2: objective rose from 1 to 4 (3e+02 %)"));
    assert_string_equal(played_done(played, "print(s:state(10)[\"3\"][2] * 1024)"), "6.0\n");
    assert_string_equal(played_done(played, "print(s:model_at(2), s:plot(2))"), "nil\tnil\n");
    played_free(played);
  }
}

static void test_bounded(void **unused)
{
  (void)unused;
  Played *played = played_new(PLAYED_BATCH);
  const size_t before = mem_in_use();
  played_done(played, "s = step(frame{a = {1}}, 'flood')");
  assert_true(mem_in_use() - before < (size_t)72 << 20);
  assert_string_equal(played_done(played, "print(s.trace:count())"), "17\t40\n");
  assert_string_equal(played_done(played, "print(s.list[16].iteration, s.list[17].iteration)"), "16\t40\n");
  assert_string_equal(played_done(played, "print(s.trace:state(17)[\"1\"][1])"), "40.0\n");
  assert_non_null(strstr(played_done(played, "print(s:run())"), "(23 steps before the last were not kept)"));
  played_free(played);
}

static void test_out_of_memory(void **unused)
{
  (void)unused;
  size_t refused = 0, fine = 0;
  for (int64_t n = 0; n < 400; n += 3) {
    Played *played = played_new(PLAYED_BATCH);
    played_done(played, "df = frame{a = {1, 2}}");
    mem_fail_from(n);
    const RunState state = played_run(played, "s = step(df, 'halve')");
    mem_fail_from(-1);
    refused += state == RUN_FAILED;
    fine += state == RUN_DONE;
    assert_string_equal(played_done(played, "print(1 + 1)"), "2\n");
    played_free(played);
  }
  assert_true(refused > 0 && fine > 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_any_primitive), cmocka_unit_test(test_bounded),
                                     cmocka_unit_test(test_out_of_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
