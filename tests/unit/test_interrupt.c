/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ctrl-C at random moments: a second thread sends a signal to the main one, whose handler calls
 * session_interrupt as the prompt's does. Every statement must end soon after the first press that came while
 * it ran, and the session must go on with its variables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/pool.h"
#include "core/random.h"
#include "session_fixture.h"

enum {
  REPEATS = 100, /* of a main case */
  SOME = 12,     /* of any other */
  HITS = 8,      /* presses that must come at the right time; a test goes on until they did */
  TRIES_MOST = 2000,
  STUCK_SECONDS = 1000 /* what no press ends, an alarm does */
};

/* How many times slower than a plain build this one is: sanitizers and valgrind get by with fewer repeats. */
static double slowness = 1;

static int fewer(int wanted)
{
  const int n = (int)(wanted / slowness);
  return n > 3 ? n : 3;
}

static Session *volatile pressed; /* the session that the handler interrupts */
static atomic_int presses;        /* of the present statement; 0: none came while it ran */
static _Atomic double pressed_at;

static void on_signal(int number)
{
  (void)number;
  const int n = session_interrupt(pressed);
  if (n > 0) {
    atomic_store(&pressed_at, clock_wall());
    atomic_store(&presses, n);
  }
}

/* A thread that presses after some time, and again until a press came while the statement ran. */
typedef struct Presser {
  pthread_t thread, main;
  double delay;
  int wanted;       /* presses, one after the other */
  atomic_bool over; /* the statement has ended */
} Presser;

static void sleep_for(double seconds)
{
  const struct timespec time = {.tv_sec = (time_t)seconds,
                                .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
  nanosleep(&time, NULL);
}

static void *press(void *context)
{
  Presser *presser = context;
  sleep_for(presser->delay);
  while (atomic_load(&presses) < presser->wanted && !atomic_load(&presser->over)) {
    pthread_kill(presser->main, SIGUSR1);
    sleep_for(100e-6);
  }
  return NULL;
}

/* Runs a statement with a press after `delay` seconds. The seconds from the last press to the end of the
 * statement. */
static double run_pressed(Played *p, const char *chunk, double delay, int wanted)
{
  Presser presser = {.main = pthread_self(), .delay = delay, .wanted = wanted};
  pressed = p->session;
  atomic_store(&presses, 0);
  atomic_init(&presser.over, false);
  assert_int_equal(pthread_create(&presser.thread, NULL, press, &presser), 0);
  played_run(p, chunk);
  const double end = clock_wall();
  atomic_store(&presser.over, true);
  pthread_join(presser.thread, NULL);
  return atomic_load(&presses) ? end - atomic_load(&pressed_at) : 0;
}

/* ---- statements that never end by themselves */

typedef struct Endless {
  const char *name, *code;
} Endless;

static const Endless endless[] = {
    {"plain loop", "while true do end"},
    {"loop with work", "local s = 0 while true do s = s + math.sin(s) end"},
    {"pcall in a loop", "while true do pcall(function() while true do end end) end"},
    {"short pcall in a loop", "while true do pcall(error, 'x') end"},
    {"xpcall in a loop",
     "while true do xpcall(function() while true do end end, function(e) return e end) end"},
    {"recursion under pcall", "local function f() while true do pcall(f) end end f()"},
    {"wrap in a loop", "local f = coroutine.wrap(function() while true do coroutine.yield() end end) "
                       "while true do f() end"},
    {"loop in a wrap", "coroutine.wrap(function() while true do end end)()"},
    {"resume in a loop",
     "while true do coroutine.resume(coroutine.create(function() while true do end end)) end"},
    {"short coroutines", "while true do coroutine.wrap(function() end)() end"},
    {"pcall in coroutine in pcall in coroutine",
     "while true do pcall(coroutine.wrap(function() while true do pcall(function() "
     "while true do coroutine.resume(coroutine.create(function() while true do pcall(error) end end)) end end) "
     "end end)) end"},
    {"coroutines five deep", "local function nest(n) while true do if n == 0 then pcall(error) else "
                             "coroutine.resume(coroutine.create(nest), n - 1) end end end nest(5)"},
    {"closing a coroutine", "local co = coroutine.create(function() local x <close> = setmetatable({}, "
                            "{__close = function() while true do end end}) coroutine.yield() end) "
                            "coroutine.resume(co) coroutine.close(co)"},
    {"an error that closes", "pcall(coroutine.wrap(function() local x <close> = setmetatable({}, "
                             "{__close = function() while true do end end}) error('x') end))"},
    {"sort", "while true do table.sort({3, 2, 1, 5, 4}, function(a, b) return a < b end) end"},
    {"gsub", "while true do string.gsub('aaaa', 'a', function() end) end"},
    {"metamethods", "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) "
                    "while true do pcall(function() return t[1] end) end"},
    {"goto", "::again:: goto again"},
    {"iterator", "for i in function() return 1 end do end"},
    {"a shown value", "return setmetatable({}, {__tostring = function() while true do end end})"},
    {"a thrown value", "error(setmetatable({}, {__tostring = function() while true do end end}))"},
    {"short verbs", "while true do df:head(2) end"},
    {"short verbs under pcall", "while true do pcall(function() df:head(2) end) end"},
    {"verbs that fail", "while true do pcall(function() df:head(-1) end) end"},
    {"comparisons", "while true do local c = df.x:gt(1) & df.y:lt(3) end"},
    {"rows", "while true do for i, r in df:rows() do end end"},
    {"frames made", "while true do frame{a = {1, 2, 3}, b = {'x', 'y', NA}} end"},
    {"predictions", "while true do m:predict(df) end"},
    {"a primitive of Lua", "while true do shop.spin(df) end"},
    {"a primitive of Lua under pcall", "while true do pcall(shop.spin, df) end"},
    {"a loop of fits", "while true do last = df:kmeans{k = 2, starts = 3} end"},
    {"a loop of fits under pcall", "while true do pcall(function() last = df:kmeans{k = 2} end) end"},
    {"a loop of fits in coroutines",
     "while true do coroutine.wrap(function() last = df:kmeans(2) end)() end"},
    {"a loop of fits and verbs", "while true do last = df:kmeans(2) last:augment(df):describe() end"},
};

static const char preparation[] =
    "kept = {1, 2, 3} x, y = {}, {} for i = 1, 200 do x[i], y[i] = i % 7 + i / 1000, i % 5 end "
    "df = frame{x = x, y = y} m = df:kmeans{k = 2} "
    "primitive{family = 'shop', name = 'spin', takes = 'frame', summary = 'spins', "
    "run = function(d) for i = 1, 1000 do local n = #d end end}";

static void assert_usable(Played *p, const char *after)
{
  pressed = NULL;
  if (strcmp(played_done(p, "#kept + #df + m.k"), "205\n") != 0) {
    fail_msg("after %s: %s", after, text_data(&p->output));
  }
}

/* The thread sanitizer holds a signal back until the thread calls a function that it knows, which a loop in
 * Lua never does. */
static void need_signals(void)
{
#ifdef __SANITIZE_THREAD__
  skip();
#endif
}

static double random_delay(Random *random, double most)
{
  return random_uniform(random) * most;
}

static void run_endless(Played *p, const Endless *one, int repeats, Random *random)
{
  for (int i = 0; i < repeats; i++) {
    const double late = run_pressed(p, one->code, random_delay(random, 0.001), 1);
    if (p->outcome.state != RUN_INTERRUPTED || p->outcome.code != 130) {
      fail_msg("%s: state %d, %s", one->name, (int)p->outcome.state, p->outcome.error.what);
    }
    assert_string_equal(p->outcome.error.id, "interrupted");
    if (late > 1) {
      fail_msg("%s: stopped %.2f s after the press", one->name, late);
    }
    assert_usable(p, one->name);
  }
}

/* All of them in one session. */
static void test_endless(PlayedAs as, uint64_t stream, int repeats)
{
  need_signals();
  Played *p = played_new(as);
  Random random = random_new(1, stream);
  played_done(p, preparation);
  for (size_t i = 0; i < sizeof endless / sizeof *endless; i++) {
    run_endless(p, &endless[i], repeats, &random);
  }
  played_free(p);
}

static void test_endless_at_prompt(void **state)
{
  (void)state;
  test_endless(PLAYED_PROMPT, 1, fewer(SOME));
}

static void test_endless_in_place(void **state)
{
  (void)state;
  test_endless(PLAYED_PROMPT_IN_PLACE, 2, fewer(SOME));
}

static void test_endless_in_batch(void **state)
{
  (void)state;
  test_endless(PLAYED_BATCH, 3, fewer(SOME));
}

/* The main cases, often. */
static void test_main_cases(void **state)
{
  static const char *const names[] = {"plain loop", "pcall in a loop", "wrap in a loop",
                                      "pcall in coroutine in pcall in coroutine", "a loop of fits"};
  (void)state;
  need_signals();
  Played *p = played_new(PLAYED_PROMPT);
  Random random = random_new(1, 4);
  played_done(p, preparation);
  for (size_t i = 0; i < sizeof endless / sizeof *endless; i++) {
    for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
      if (strcmp(endless[i].name, names[j]) == 0) {
        run_endless(p, &endless[i], fewer(REPEATS), &random);
      }
    }
  }
  played_free(p);
}

/* ---- fits */

/* A fit of some milliseconds with every stage: starts, iterations, swaps. text(m) has all bits of its frames.
 */
static const char fit_preparation[] =
    "x, y, kept = {}, {}, 'kept' for i = 1, 2000 do x[i] = math.sin(i * 1.3) * 9 + i % 11 "
    "y[i] = math.cos(i * 0.7) * 7 + i % 13 end df = frame{x = x, y = y} x, y = nil, nil "
    "options = {k = 12, starts = 3, seed = 5} path = os.tmpname() "
    "function text(m) local parts = {} for _, f in ipairs{m:tidy(), m:glance(), m:predict(df)} do "
    "for name, c in pairs(f) do parts[#parts + 1] = name for i = 1, #c do local v = c[i] "
    "parts[#parts + 1] = math.type(v) == 'float' and string.format('%a', v) or tostring(v) end end end "
    "return table.concat(parts, ' ') end "
    "whole = text(df:kmeans(options)) m = nil";

static double seconds_of_fit(Played *p)
{
  played_done(p, "df:kmeans(options);");
  return p->outcome.wall;
}

/* What a fit left behind: none, partial or whole. */
static bool is_partial(Played *p)
{
  return strcmp(played_done(p, "rawget(_ENV, 'm') and not m.complete or false"), "true\n") == 0;
}

static bool is_there(Played *p)
{
  return strcmp(played_done(p, "rawget(_ENV, 'm') ~= nil"), "true\n") == 0;
}

static void check_partial(Played *p)
{
  played_done(p, "assert(m.reason == 'interrupted' and m.stopped_at ~= '' and m.k == 12 and m.n == 2000)");
  played_done(
      p, "local sum, inertia = 0, 0 for _, r in m:tidy():rows() do sum = sum + r.size inertia = inertia + "
         "r.withinss end assert(sum == 2000) assert(math.abs(inertia / m.inertia - 1) < 1e-12)");
  played_done(p, "assert(#m:predict(df) == 2000)");
}

/* One long fit: a press keeps the partial result, the variable is assigned, and continuing it, with or
 * without further presses, gives the bits of a fit that was never stopped. */
static void fit_once(Played *p, double whole, Random *random, int *partial)
{
  (void)run_pressed(p, "m = nil m = df:kmeans(options)", random_delay(random, whole), 1);
  if (p->outcome.state == RUN_INTERRUPTED) { /* before there was anything to keep, or just after the fit */
    assert_string_equal(p->outcome.error.id, "interrupted");
  } else {
    assert_int_equal(p->outcome.state, RUN_DONE);
    assert_true(is_there(p));
  }
  if (is_partial(p)) {
    ++*partial;
    check_partial(p);
  }
  for (int further = 0; further < 2 && is_partial(p); further++) {
    (void)run_pressed(p, "m = m:continue()", random_delay(random, whole), 1);
    assert_true(is_there(p));
  }
  if (is_partial(p)) {
    played_done(p, "m:save(path) m = model.load(path)");
    played_done(p, "m = m:continue(df)");
  }
  if (is_there(p)) {
    played_done(p, "assert(m.complete and text(m) == whole)");
  }
  assert_string_equal(played_done(p, "kept"), "kept\n");
}

static void test_fit(PlayedAs as, uint64_t stream)
{
  Played *p = played_new(as);
  Random random = random_new(1, stream);
  int partial = 0;
  played_done(p, fit_preparation);
  const double whole = seconds_of_fit(p);
  for (int i = 0; i < fewer(REPEATS / 2) || (partial < fewer(HITS) && i < TRIES_MOST); i++) {
    fit_once(p, whole, &random, &partial);
  }
  assert_true(partial >= fewer(HITS));
  played_done(p, "os.remove(path)");
  played_free(p);
}

static void test_fit_at_prompt(void **state)
{
  (void)state;
  test_fit(PLAYED_PROMPT, 5);
}

static void test_fit_in_place(void **state)
{
  (void)state;
  test_fit(PLAYED_PROMPT_IN_PLACE, 6);
}

/* After a partial result the statement goes on, with other verbs too, but not to another fit. */
static void test_after_partial(void **state)
{
  (void)state;
  Played *p = played_new(PLAYED_PROMPT);
  Random random = random_new(1, 7);
  int partial = 0;
  played_done(p, fit_preparation);
  const double whole = seconds_of_fit(p);
  for (int i = 0; i < fewer(REPEATS / 2) || (partial < fewer(HITS) && i < TRIES_MOST); i++) {
    played_done(p, "m, sizes, other = nil, nil, nil");
    (void)run_pressed(p, "m = df:kmeans(options) sizes = m:tidy() other = df:kmeans(options)",
                      random_delay(&random, whole), 1);
    const RunOutcome outcome = p->outcome;
    if (!is_partial(p)) {
      continue;
    }
    partial++;
    assert_true(outcome.partial);
    assert_int_equal(outcome.state, RUN_INTERRUPTED);
    played_done(p, "assert(rawget(_ENV, 'other') == nil)");
    played_done(p, "assert(rawget(_ENV, 'sizes') and #sizes == 12)");
  }
  assert_true(partial >= fewer(HITS));
  played_free(p);
}

/* A second press ends the statement that the first one left going. */
static void test_two_presses(void **state)
{
  (void)state;
  need_signals();
  Played *p = played_new(PLAYED_PROMPT);
  Random random = random_new(1, 8);
  played_done(p, fit_preparation);
  const double whole = seconds_of_fit(p);
  for (int i = 0; i < fewer(REPEATS / 2); i++) {
    const double late =
        run_pressed(p, "m = df:kmeans(options) while true do end", random_delay(&random, whole), 2);
    assert_int_equal(p->outcome.state, RUN_INTERRUPTED);
    assert_true(late < 1);
  }
  assert_string_equal(played_done(p, "kept"), "kept\n");
  played_free(p);
}

/* In batch one press ends the script, whatever runs. */
static void test_fit_in_batch(void **state)
{
  (void)state;
  Played *p = played_new(PLAYED_BATCH);
  Random random = random_new(1, 9);
  int interrupted = 0;
  played_done(p, fit_preparation);
  const double whole = seconds_of_fit(p);
  for (int i = 0; i < fewer(REPEATS / 2) || (interrupted < fewer(HITS) && i < TRIES_MOST); i++) {
    (void)run_pressed(p, "m = df:kmeans(options) m:augment(df):describe() print('end')",
                      random_delay(&random, whole), 1);
    if (p->outcome.state == RUN_INTERRUPTED) {
      interrupted++;
      assert_int_equal(p->outcome.code, 130);
      assert_string_equal(text_data(&p->output), "");
    } else {
      assert_int_equal(p->outcome.state, RUN_DONE);
    }
  }
  assert_true(interrupted >= fewer(HITS));
  played_done(p, "assert(kept == 'kept' and #df == 2000)");
  played_free(p);
}

/* ---- nothing runs */

static void test_idle(void **state)
{
  (void)state;
  Played *p = played_new(PLAYED_PROMPT);
  assert_int_equal(session_interrupt(p->session), 0);
  assert_string_equal(played_done(p, "1 + 1"), "2\n");
  assert_int_equal(session_interrupt(p->session), 0);
  played_done(p, "for i = 1, 1000 do pcall(error) end");
  Completions found;
  assert_int_equal(session_complete(p->session, "ma", 2, &found, NULL), STATUS_OK);
  completions_free(&found);
  assert_int_equal(session_interrupt(p->session), 0);
  assert_string_equal(played_done(p, "1 + 2"), "3\n");
  played_free(p);
}

/* A coroutine that was stopped runs again in a later statement. */
static void test_stopped_coroutine(void **state)
{
  (void)state;
  need_signals();
  Played *p = played_new(PLAYED_PROMPT);
  played_done(p,
              "n = 0 co = coroutine.create(function() while true do n = n + 1 coroutine.yield(n) end end)");
  for (int i = 0; i < 20; i++) {
    (void)run_pressed(p, "while true do if not coroutine.resume(co) then break end end while true do end",
                      0.0005, 1);
    assert_int_equal(p->outcome.state, RUN_INTERRUPTED);
    played_done(
        p, "if coroutine.status(co) == 'dead' then co = coroutine.create(function() while true do n = n + 1 "
           "coroutine.yield(n) end end) end");
    played_done(p, "for i = 1, 100 do assert(coroutine.resume(co)) end");
  }
  played_free(p);
}

/* Processor seconds of the fit below, on the machine where the number of repeats was chosen. */
static const double PLAIN_SECONDS = 0.02;

static int prepare(void **state)
{
  struct sigaction action = {.sa_handler = on_signal};
  Played *p = played_new(PLAYED_PROMPT_IN_PLACE);
  (void)state;
  played_done(p, fit_preparation);
  played_done(p, "df:kmeans(options);");
  slowness = fmax(1, p->outcome.processor / PLAIN_SECONDS);
  played_done(p, "os.remove(path)");
  played_free(p);
  sigemptyset(&action.sa_mask);
  alarm(STUCK_SECONDS);
  return sigaction(SIGUSR1, &action, NULL);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_main_cases),        cmocka_unit_test(test_endless_at_prompt),
      cmocka_unit_test(test_endless_in_place),  cmocka_unit_test(test_endless_in_batch),
      cmocka_unit_test(test_fit_at_prompt),     cmocka_unit_test(test_fit_in_place),
      cmocka_unit_test(test_after_partial),     cmocka_unit_test(test_two_presses),
      cmocka_unit_test(test_fit_in_batch),      cmocka_unit_test(test_idle),
      cmocka_unit_test(test_stopped_coroutine),
  };
  const int failed = cmocka_run_group_tests(tests, prepare, NULL);
  pool_close();
  return failed;
}
