/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions and statements when memory runs out anywhere: each ends in a clear error or in success, nothing
 * leaks, and the session goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/pool.h"
#include "plug/plug.h"
#include "session_fixture.h"
#include "sweep.h"

/* ---- a session */

static Status open_and_close(void *context, Error *e)
{
  Played played;
  (void)context;
  const Status status = played_open(&played, PLAYED_PROMPT_IN_PLACE, e);
  played_close(&played);
  return status;
}

static void test_open(void **state)
{
  (void)state;
  const int64_t count = sweep(open_and_close, NULL);
  assert_true(count > 500);
}

/* ---- statements */

static const char *const statements[] = {
    "1 + 1",
    "x = {1, 2, {a = 'text'}} return x",
    "print(('%d %s'):format(5, 'words'), {}, nil)",
    "frame{a = {1, 2, NA}, b = {'x', 'yy', 'é'}, c = {1.5, 2, 3}, d = {true, NA, false}, e = {{'p', 'q'}, {}, NA}}",
    "frame{{'b', df.x}, {'a', {1, 2, 3, 4, 5, 6}}}",
    "df",
    "df.x",
    "m",
    "df:head(2):row(1)",
    "for i, r in df:rows() do last = r.x end return last",
    "df:select('y', 'x'):tail(3)",
    "df:schema()",
    "df:describe()",
    "df.x:gt(2) & ~df.y:eq('a') | df.x:lt(9)",
    "read(path):report()",
    "read(path, {types = {x = 'string', y = 'category'}})",
    "df:write(path .. '.out')",
    "df:kmeans{k = 2, on = {'x', 'z'}, scale = 'zscore', starts = 2, silhouette = true}",
    "df:kmeans{k = 2, on = 'x', init = frame{x = {1, 5}}, weights = 'z', refine = 'swap'}",
    "m:tidy()",
    "m:glance()",
    "m:predict(df)",
    "m:augment(df)",
    "m:profile(df)",
    "m:why('betweenss')",
    "m:options()",
    "m:continue()",
    "m:save(path .. '.model')",
    "model.load(saved):tidy()",
    "primitive{family = 'shop', name = 'part', takes = 'frame', summary = 'part', main = 'n', options = "
    "{{name = 'n', kind = 'int', default = 2, help = 'how many'}, {name = 'by', kind = 'columns', help = 'h'}}, "
    "run = function(d, o) return d:head(o.n), o end}",
    "df:some{n = 3, by = {'x', 'y'}}",
    "pcall(df.head, df, 'x')",
    "local fine, e = pcall(function() return df.nothing end) return tostring(e), e.id, e.hint, e.where",
    "select(2, pcall(coroutine.wrap(function() for i = 1, 3 do coroutine.yield(df:head(i)) end error({}) end)))",
    "load('return #df')()",
    "tostring(plot.scatter(df, {x = 'x', y = 'z', color = 'y'}))",
    "m:plot('sizes'):data()",
    "tostring(m:plot())",
    "m:plot('profile')",
    "df:ols('z ~ x'):plot('coefficients')",
    "plot.hist(df, {x = 'z', color = 'y', xlim = {0, NA}})",
    "string.rep('x', 10000):gsub('x', {x = 'y'})",
};

static const char preparation[] =
    "df = frame{x = {1, 2, 3, 7, 8, 9}, y = {'a', 'b', 'a', 'b', 'a', 'c'}, z = {1.5, 0.5, 1, 4, 2, 1}} kept = 'kept' "
    "m = df:kmeans{k = 2, on = {'x', 'z'}} path = os.tmpname() df:write(path) saved = os.tmpname() m:save(saved) "
    "primitive{family = 'shop', name = 'some', takes = 'frame', summary = 'some', "
    "options = {{name = 'n', kind = 'int', help = 'h'}, {name = 'by', kind = 'columns', help = 'h'}}, "
    "run = function(d, o) return d:head(o.n) end}";

/* A failure that is no want of memory, or one that is not called so. */
static bool is_odd(const Played *p, RunState state)
{
  const Error *e = &p->outcome.error;
  return state != RUN_DONE &&
         (state != RUN_FAILED || e->status != STATUS_MEMORY || strcmp(e->id, "out-of-memory") != 0);
}

static bool goes_on(Played *p)
{
  return played_run(p, "kept .. #df .. m.k") == RUN_DONE && strcmp(text_data(&p->output), "kept62\n") == 0;
}

/* Allocations of a statement that has all memory. */
static int64_t allocations(Played *p, const char *chunk)
{
  played_done(p, chunk);
  const int64_t before = mem_count();
  played_done(p, chunk);
  return mem_count() - before;
}

/* Runs a statement with its n-th and all later allocations failing, for n up to success; most: how many n to
 * try. A text that a statement could not show in full is no failure of it. */
static void sweep_statement(Played *p, const char *chunk, int64_t most)
{
  const int64_t count = allocations(p, chunk), step = count / most + 1;
  RunState state = RUN_FAILED;
  for (int64_t n = 0; n <= count || state != RUN_DONE; n += step) {
    assert_true(n < 3 * count + 1000);
    mem_fail_from(n);
    state = played_run(p, chunk);
    mem_fail_from(-1);
    if (is_odd(p, state)) {
      fail_msg("%s with %lld of %lld allocations: %s, %s", chunk, (long long)n, (long long)count,
               p->outcome.error.id, p->outcome.error.what);
    }
    if (!goes_on(p)) {
      fail_msg("%s with %lld allocations: the session is broken: %s", chunk, (long long)n,
               p->outcome.error.what);
    }
  }
}

static void remove_files(Played *p)
{
  played_done(p,
              "for _, name in ipairs{path, saved, path .. '.out', path .. '.model'} do os.remove(name) end");
}

static void test_statements(void **state)
{
  (void)state;
  const size_t before = mem_in_use();
  Played *p = played_new(PLAYED_PROMPT_IN_PLACE);
  played_done(p, preparation);
  for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
    sweep_statement(p, statements[i], 400);
  }
  remove_files(p);
  played_free(p);
  plug_close();
  pool_close();
  assert_int_equal(mem_in_use(), before);
}

/* With jobs on threads of their own, where starting the thread may fail too. */
static void test_statements_with_jobs(void **state)
{
  (void)state;
  Played *p = played_new(PLAYED_PROMPT);
  played_done(p, preparation);
  for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
    sweep_statement(p, statements[i], 40);
  }
  remove_files(p);
  played_free(p);
}

/* ---- what the prompt asks */

static Status ask(void *context, Error *e)
{
  Played *p = context;
  Text text = {0};
  Completions found = {0};
  Status status = session_complete(p->session, "df:kmeans{on = {\"", 17, &found, e);
  completions_free(&found);
  if (status == STATUS_OK) {
    status = session_variables(p->session, &text, e);
  }
  if (status == STATUS_OK) {
    status = session_last(p->session, &text, e);
  }
  if (status == STATUS_OK) {
    status = session_help(p->session, "kmeans", &text, e);
  }
  text_free(&text);
  return status;
}

static void test_prompt(void **state)
{
  (void)state;
  Played *p = played_new(PLAYED_PROMPT_IN_PLACE);
  played_done(p, preparation);
  played_done(p, "df");
  played_done(p, "collectgarbage() collectgarbage('stop')");
  const int64_t count = mem_count();
  Error e;
  error_clear(&e);
  assert_int_equal(ask(p, &e), STATUS_OK);
  const int64_t most = mem_count() - count;
  Status status = STATUS_MEMORY;
  for (int64_t n = 0; n <= most || status != STATUS_OK; n++) {
    error_clear(&e);
    assert_true(n < 3 * most + 1000);
    mem_fail_from(n);
    status = ask(p, &e);
    mem_fail_from(-1);
    if (status != STATUS_OK && (status != STATUS_MEMORY || strcmp(e.id, "out-of-memory") != 0)) {
      fail_msg("with %lld allocations: %s, %s", (long long)n, e.id, e.what);
    }
  }
  assert_true(goes_on(p));
  remove_files(p);
  played_free(p);
}

/* --memory as a script meets it: a refusal with both figures, or an error, and after it there is room again.
 */
static void test_limit(void **state)
{
  (void)state;
  Played *p = played_new(PLAYED_PROMPT_IN_PLACE);
  played_done(p, preparation);
  mem_limit(mem_in_use() + (8u << 20));
  for (int i = 0; i < 20; i++) {
    assert_int_equal(played_run(p, "local t = {} for i = 1, 1e9 do t[i] = {i} end"), RUN_FAILED);
    assert_string_equal(p->outcome.error.id, "out-of-memory");
    assert_int_equal(played_run(p, "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end"),
                     RUN_FAILED);
    assert_string_equal(p->outcome.error.id, "out-of-memory");
    assert_true(goes_on(p));
    played_done(p, "local t = {} for i = 1, 1000 do t[i] = i end big = frame{x = t}");
  }
  assert_int_equal(played_run(p, "big:kmeans{k = 1000, max_iter = 1, starts = 1000000}"), RUN_FAILED);
  mem_limit(0);
  remove_files(p);
  played_free(p);
}

/* Sessions one after the other leave nothing behind. */
static void test_many_sessions(void **state)
{
  (void)state;
  Error e;
  error_clear(&e);
  assert_int_equal(open_and_close(NULL, &e), STATUS_OK);
  const size_t before = mem_in_use();
  for (int i = 0; i < 50; i++) {
    Played *p = played_new(PLAYED_PROMPT);
    played_done(
        p, "primitive{family = 'shop', name = 'one', summary = 's', run = print} df = frame{x = {1, 2}}");
    played_run(p, "df:kmeans(5)");
    played_free(p);
  }
  assert_int_equal(mem_in_use(), before);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_many_sessions), cmocka_unit_test(test_open),
      cmocka_unit_test(test_statements),    cmocka_unit_test(test_statements_with_jobs),
      cmocka_unit_test(test_prompt),        cmocka_unit_test(test_limit),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  plug_close();
  pool_close();
  return failed;
}
