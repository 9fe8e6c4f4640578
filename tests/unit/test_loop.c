/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_loop.c -- watches, timers, signals and wakes, alone and nested. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "loop/loop.h"

typedef struct Fixture {
  Loop *loop;
  int pipe[2], other[2];
  int calls, ticks, timer, wakes, signals;
  int stop_at;
  pthread_t caller;
} Fixture;

static void reached(const Fixture *f, Status status)
{
  assert_int_equal(status, STATUS_OK);
  assert_non_null(f->loop);
}

static int set_up(void **state)
{
  static Fixture fixture;
  Error e = {0};
  fixture = (Fixture){.stop_at = 1, .caller = pthread_self()};
  *state = &fixture;
  assert_int_equal(pipe2(fixture.pipe, O_NONBLOCK), 0);
  assert_int_equal(pipe2(fixture.other, O_NONBLOCK), 0);
  reached(&fixture, loop_new(&fixture.loop, &e));
  return 0;
}

static int tear_down(void **state)
{
  Fixture *f = *state;
  loop_free(f->loop);
  for (int i = 0; i < 2; i++) {
    close(f->pipe[i]);
    close(f->other[i]);
  }
  return 0;
}

static bool enough_calls(void *context)
{
  const Fixture *f = context;
  return f->calls >= f->stop_at;
}

static bool enough_ticks(void *context)
{
  const Fixture *f = context;
  return f->ticks >= f->stop_at;
}

static bool woke(void *context)
{
  const Fixture *f = context;
  return f->wakes > 0;
}

static void put(int fd)
{
  assert_int_equal(write(fd, "x", 1), 1);
}

static void on_byte(void *context)
{
  Fixture *f = context;
  char byte;
  assert_int_equal(read(f->pipe[0], &byte, 1), 1);
  f->calls++;
}

static void on_tick(void *context)
{
  Fixture *f = context;
  f->ticks++;
}

static void watch_reads_each_byte(void **state)
{
  Fixture *f = *state;
  Error e = {0};
  reached(f, loop_watch(f->loop, f->pipe[0], on_byte, f, &e));
  put(f->pipe[1]);
  put(f->pipe[1]);
  f->stop_at = 2;
  reached(f, loop_run(f->loop, enough_calls, f, &e));
  assert_int_equal(f->calls, 2);
}

static void on_hang_up(void *context)
{
  Fixture *f = context;
  char byte;
  assert_int_equal(read(f->pipe[0], &byte, 1), 0);
  f->calls++;
}

static void watch_tells_of_a_closed_end(void **state)
{
  Fixture *f = *state;
  Error e = {0};
  reached(f, loop_watch(f->loop, f->pipe[0], on_hang_up, f, &e));
  close(f->pipe[1]);
  f->pipe[1] = -1;
  reached(f, loop_run(f->loop, enough_calls, f, &e));
  assert_int_equal(f->calls, 1);
}

static void on_byte_stop_both(void *context)
{
  Fixture *f = context;
  f->calls++;
  loop_unwatch(f->loop, f->pipe[0]);
  loop_unwatch(f->loop, f->other[0]);
}

static void unwatch_in_a_callback_holds_at_once(void **state)
{
  Fixture *f = *state;
  Error e = {0};
  reached(f, loop_watch(f->loop, f->pipe[0], on_byte_stop_both, f, &e));
  reached(f, loop_watch(f->loop, f->other[0], on_byte_stop_both, f, &e));
  put(f->pipe[1]);
  put(f->other[1]);
  reached(f, loop_run(f->loop, enough_calls, f, &e));
  int timer;
  reached(f, loop_timer(f->loop, 0.01, on_tick, f, &timer, &e));
  reached(f, loop_run(f->loop, enough_ticks, f, &e));
  assert_int_equal(f->calls, 1);
}

static void many_watches(void **state)
{
  Fixture *f = *state;
  Error e = {0};
  int pipes[40][2];
  for (int i = 0; i < 40; i++) {
    assert_int_equal(pipe2(pipes[i], O_NONBLOCK), 0);
    reached(f, loop_watch(f->loop, pipes[i][0], on_tick, f, &e));
  }
  reached(f, loop_watch(f->loop, f->pipe[0], on_byte, f, &e));
  put(f->pipe[1]);
  reached(f, loop_run(f->loop, enough_calls, f, &e));
  assert_int_equal(f->ticks, 0);
  for (int i = 0; i < 40; i++) {
    loop_unwatch(f->loop, pipes[i][0]);
    close(pipes[i][0]);
    close(pipes[i][1]);
  }
}

static void timers_keep_their_period(void **state)
{
  Fixture *f = *state;
  Error e = {0};
  int timer;
  const double start = clock_wall();
  reached(f, loop_timer(f->loop, 0.02, on_tick, f, &timer, &e));
  f->stop_at = 5;
  reached(f, loop_run(f->loop, enough_ticks, f, &e));
  const double seconds = clock_wall() - start;
  assert_true(seconds >= 0.0999);
  assert_true(seconds < 5);
}

static void on_tick_stop(void *context)
{
  Fixture *f = context;
  f->ticks++;
  loop_timer_stop(f->loop, f->timer);
}

static void timer_stopped_in_its_own_call(void **state)
{
  Fixture *f = *state;
  Error e = {0};
  int other;
  reached(f, loop_timer(f->loop, 0.001, on_tick_stop, f, &f->timer, &e));
  reached(f, loop_run(f->loop, enough_ticks, f, &e));
  assert_int_equal(f->ticks, 1);
  reached(f, loop_timer(f->loop, 0.03, on_tick, f, &other, &e));
  f->stop_at = 2;
  reached(f, loop_run(f->loop, enough_ticks, f, &e));
  assert_int_equal(f->ticks, 2);
}

static volatile sig_atomic_t at_once_calls;

static void at_once(int signal)
{
  at_once_calls += signal == SIGUSR1;
}

static void on_usr1(void *context)
{
  Fixture *f = context;
  assert_true(pthread_equal(f->caller, pthread_self()));
  f->calls++;
}

static void former(int signal)
{
  (void)signal;
  at_once_calls = -1;
}

static void signals_come_twice_and_go_back(void **state)
{
  Fixture *f = *state;
  Error e = {0};
  struct sigaction action = {.sa_handler = former}, now;
  sigaction(SIGUSR1, &action, NULL);
  at_once_calls = 0;
  reached(f, loop_signal(f->loop, SIGUSR1, at_once, on_usr1, f, &e));
  raise(SIGUSR1);
  assert_int_equal(at_once_calls, 1);
  assert_int_equal(f->calls, 0);
  reached(f, loop_run(f->loop, enough_calls, f, &e));
  assert_int_equal(f->calls, 1);
  loop_free(f->loop);
  sigaction(SIGUSR1, NULL, &now);
  assert_true(now.sa_handler == former);
  signal(SIGUSR1, SIG_DFL);
  reached(f, loop_new(&f->loop, &e));
}

static void a_bad_signal_is_refused(void **state)
{
  Fixture *f = *state;
  Error e = {0};
  assert_int_equal(loop_signal(f->loop, SIGKILL, NULL, NULL, NULL, &e), STATUS_STATE);
  error_clear(&e);
  assert_int_equal(loop_signal(f->loop, 9999, NULL, NULL, NULL, &e), STATUS_ARGUMENT);
}

static void on_wake(void *context)
{
  Fixture *f = context;
  assert_true(pthread_equal(f->caller, pthread_self()));
  f->wakes++;
}

static void *wake_from_thread(void *context)
{
  Fixture *f = context;
  usleep(20000);
  for (int i = 0; i < 100000; i++) { /* more than a pipe holds */
    loop_wake(f->loop);
  }
  return NULL;
}

static void wakes_from_another_thread(void **state)
{
  Fixture *f = *state;
  Error e = {0};
  pthread_t thread;
  loop_on_wake(f->loop, on_wake, f);
  assert_int_equal(pthread_create(&thread, NULL, wake_from_thread, f), 0);
  reached(f, loop_run(f->loop, woke, f, &e));
  pthread_join(thread, NULL);
  f->wakes = 0;
  reached(f, loop_run(f->loop, woke, f, &e)); /* the last of them is never lost */
}

/* The first of two ready descriptors runs the loop and empties both; the outer round must not call the
 * second. */
static void on_byte_nested(void *context)
{
  Fixture *f = context;
  Error e = {0};
  char byte;
  while (read(f->pipe[0], &byte, 1) == 1 || read(f->other[0], &byte, 1) == 1) {
  }
  int timer;
  f->calls++;
  f->stop_at = f->ticks + 1;
  reached(f, loop_timer(f->loop, 0.005, on_tick, f, &timer, &e));
  reached(f, loop_run(f->loop, enough_ticks, f, &e));
  loop_timer_stop(f->loop, timer);
  f->stop_at = 1;
}

static void nested_run_makes_the_outer_round_stale(void **state)
{
  Fixture *f = *state;
  Error e = {0};
  reached(f, loop_watch(f->loop, f->pipe[0], on_byte_nested, f, &e));
  reached(f, loop_watch(f->loop, f->other[0], on_byte_nested, f, &e));
  put(f->pipe[1]);
  put(f->other[1]);
  reached(f, loop_run(f->loop, enough_calls, f, &e));
  assert_int_equal(f->calls, 1);
  assert_int_equal(f->ticks, 1);
}

static void on_byte_move(void *context)
{
  Fixture *f = context;
  Error e = {0};
  f->calls++;
  loop_unwatch(f->loop, f->other[0]);
  reached(f, loop_watch(f->loop, f->other[0], on_tick, f, &e));
  loop_unwatch(f->loop, f->pipe[0]);
}

static void a_watch_made_in_a_round_waits_for_the_next(void **state)
{
  Fixture *f = *state;
  Error e = {0};
  reached(f, loop_watch(f->loop, f->pipe[0], on_byte_move, f, &e));
  reached(f, loop_watch(f->loop, f->other[0], on_byte, f, &e));
  put(f->pipe[1]);
  put(f->other[1]);
  reached(f, loop_run(f->loop, enough_calls, f, &e));
  assert_int_equal(f->calls, 1);
  assert_int_equal(f->ticks, 0);
  reached(f, loop_run(f->loop, enough_ticks, f, &e));
}

static void one_loop_at_a_time(void **state)
{
  (void)state;
  Error e = {0};
  Loop *second;
  assert_int_equal(loop_new(&second, &e), STATUS_STATE);
  assert_null(second);
}

static Status make_and_fill(Error *e)
{
  Loop *loop = NULL;
  Status status = STATUS_OK;
  int timer;
  TRY(loop_new(&loop, e));
  for (int fd = 0; fd < 20; fd++) {
    TRY(loop_watch(loop, fd, on_tick, NULL, e));
    TRY(loop_timer(loop, 1, on_tick, NULL, &timer, e));
  }
done:
  loop_free(loop);
  return status;
}

static void every_failed_allocation_is_told(void **state)
{
  Fixture *f = *state;
  loop_free(f->loop);
  f->loop = NULL;
  Status status = STATUS_MEMORY;
  for (int64_t allowed = 0; status != STATUS_OK; allowed++) {
    Error e = {0};
    const size_t before = mem_in_use();
    mem_fail_from(allowed);
    status = make_and_fill(&e);
    mem_fail_from(-1);
    assert_int_equal(mem_in_use(), before);
    assert_true(status == STATUS_OK || (status == STATUS_MEMORY && e.what[0]));
    assert_true(allowed < 100);
  }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
  const struct CMUnitTest tests[] = {
    CASE(watch_reads_each_byte),
    CASE(watch_tells_of_a_closed_end),
    CASE(unwatch_in_a_callback_holds_at_once),
    CASE(many_watches),
    CASE(timers_keep_their_period),
    CASE(timer_stopped_in_its_own_call),
    CASE(signals_come_twice_and_go_back),
    CASE(a_bad_signal_is_refused),
    CASE(wakes_from_another_thread),
    CASE(nested_run_makes_the_outer_round_stale),
    CASE(a_watch_made_in_a_round_waits_for_the_next),
    CASE(one_loop_at_a_time),
    CASE(every_failed_allocation_is_told),
  };
  return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
