/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_wait.c -- waiting for a job: presses of Ctrl-C that it heeds, and a job that heeds none and is left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "registry/registry.h"
#include "console/console.h"

static atomic_int runs, ends;
static const double LONG = 4; /* seconds that a deaf job lasts */

/* Ends after LONG seconds, or, when it listens, soon after it is asked to. */
static Status work(Call *call, bool listens, Value *out, Error *e)
{
  const double start = clock_wall();
  atomic_fetch_add(&runs, 1);
  while (clock_wall() - start < LONG) {
    usleep(5000);
    if (listens && task_cancelled(call->task)) {
      return error_cancelled(e);
    }
  }
  atomic_fetch_add(&ends, 1);
  *out = (Value){.kind = VALUE_INT, .integer = 1};
  return STATUS_OK;
}

static Status run_deaf(Call *call, Value *out, Error *e)
{
  return work(call, false, out, e);
}

static Status run_polite(Call *call, Value *out, Error *e)
{
  return work(call, true, out, e);
}

#define PRIMITIVE(function)                                                                         \
  {.size = sizeof(Primitive), .family = "probe", .name = #function, .version = 1, .summary = "waits", \
   .takes = VALUE_NONE, .options = NULL, .gives = VALUE_INT, .returns = "1", .reference = "",       \
   .example = "", .where = WHERE_JOB, .run = run_##function}

static const Primitive deaf = PRIMITIVE(deaf);
static const Primitive polite = PRIMITIVE(polite);
REGISTER_PRIMITIVE(deaf);
REGISTER_PRIMITIVE(polite);

typedef struct Fixture {
  Console console;
  Session *session;
} Fixture;

/* What a press is: a signal to the main thread, at given seconds after the start. */
typedef struct Presses {
  pthread_t to;
  double at[3];
} Presses;

static void *press(void *context)
{
  const Presses *presses = context;
  const double start = clock_wall();
  for (int i = 0; i < 3 && presses->at[i] > 0; i++) {
    while (clock_wall() - start < presses->at[i]) {
      usleep(2000);
    }
    pthread_kill(presses->to, SIGINT);
  }
  return NULL;
}

static RunState run_pressed(Fixture *f, const char *statement, Presses presses, double *seconds)
{
  RunOutcome outcome;
  pthread_t thread;
  presses.to = pthread_self();
  assert_int_equal(pthread_create(&thread, NULL, press, &presses), 0);
  const double start = clock_wall();
  const RunState state = console_run(&f->console, statement, "test", false, &outcome);
  *seconds = clock_wall() - start;
  pthread_join(thread, NULL);
  return state;
}

static int set_up(void **state)
{
  static Fixture fixture;
  const ConsoleSettings settings = {.interactive = true, .quiet = true};
  const SessionSettings session = {.seed = 1, .home = "."};
  SessionHooks hooks;
  Error e = {0};
  memset(&fixture, 0, sizeof fixture);
  if (console_open(&fixture.console, &settings, &e) != STATUS_OK) {
    return -1;
  }
  console_hooks(&fixture.console, &hooks);
  if (session_new(&hooks, &session, &fixture.session, &e) != STATUS_OK) {
    return -1;
  }
  console_attach(&fixture.console, fixture.session);
  *state = &fixture;
  return 0;
}

static void a_polite_job_stops_at_the_first_press(void **state)
{
  Fixture *f = *state;
  double seconds;
  assert_int_equal(run_pressed(f, "probe.polite()", (Presses){.at = {0.2}}, &seconds), RUN_INTERRUPTED);
  assert_true(seconds < 2);
  assert_false(f->console.abandoned);
}

static void two_quick_presses_do_not_leave_it_behind(void **state)
{
  Fixture *f = *state;
  double seconds;
  assert_int_equal(run_pressed(f, "probe.polite()", (Presses){.at = {0.1, 0.101, 0.102}}, &seconds), RUN_INTERRUPTED);
  assert_true(seconds < 2);
  assert_false(f->console.abandoned);
}

static void a_deaf_job_is_left_behind_by_the_second_press(void **state)
{
  Fixture *f = *state;
  RunOutcome outcome;
  double seconds;
  const int before = atomic_load(&ends);
  assert_int_equal(run_pressed(f, "x = probe.deaf()", (Presses){.at = {0.2, 0.4}}, &seconds), RUN_INTERRUPTED);
  assert_true(seconds >= 1.1 && seconds < LONG - 1);
  assert_int_equal(atomic_load(&ends), before);
  assert_true(f->console.abandoned);
  /* the session goes on while the job still runs, and after it has ended: its result went nowhere */
  assert_int_equal(console_run(&f->console, "y = 41 + 1", "test", false, &outcome), RUN_DONE);
  for (int i = 0; i < 1500 && atomic_load(&ends) == before; i++) {
    usleep(10000);
  }
  assert_int_equal(atomic_load(&ends), before + 1);
  assert_int_equal(console_run(&f->console, "assert(y == 42 and rawget(_ENV or _G, 'x') == nil)", "test", false, &outcome),
                   RUN_DONE);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_polite_job_stops_at_the_first_press),
    cmocka_unit_test(two_quick_presses_do_not_leave_it_behind),
    cmocka_unit_test(a_deaf_job_is_left_behind_by_the_second_press),
  };
  return cmocka_run_group_tests_name("wait", tests, set_up, NULL);
}
