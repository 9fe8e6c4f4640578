/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <signal.h>
#include <sys/time.h>

#include "bind/sandbox.h"
#include "bind/sandbox_layout.h"
#include "core/clock.h"

/* A tick is 20 ms of processor time, as the timer counts it: on a machine that is shared the clock may jump ahead of it, so
 * the time between the soft stop and the hard one is counted in ticks. */
enum { TICK = 20000, GRACE = 20, CLOSING = 50 };

/* Shared with the signal's handler, which runs on the main thread: all others block every signal. */
static struct {
  Session *session;  /* NULL: nobody to stop softly */
  SandboxTime most, used;
  double last;       /* processor time at the last tick */
  int over;          /* ticks after the limit was reached */
} watch;

static _Noreturn void end_process(void)
{
  sigset_t xcpu;
  sigemptyset(&xcpu);
  sigaddset(&xcpu, SIGXCPU);
  signal(SIGXCPU, SIG_DFL);
  sigprocmask(SIG_UNBLOCK, &xcpu, NULL);
  for (;;) {
    raise(SIGXCPU);
  }
}

/* As a press of Ctrl-C: the task is cancelled, and the hook stays until the statement has ended. */
static void stop(Session *session)
{
  Task *task = atomic_load(&session->task);
  session->limited = 1;
  if (task) {
    task_cancel(task);
  }
  interrupt_stop(session, session->running);
}

static void on_tick(int number)
{
  (void)number;
  const int before = errno;
  const double now = clock_processor(), spent = now - watch.last;
  const bool computes = watch.session && atomic_load(&watch.session->task);
  watch.last = now;
  watch.used.all += spent;
  watch.used.lua += computes ? 0 : spent;
  if (watch.used.all > watch.most.all || watch.used.lua > watch.most.lua) {
    if (watch.over++ > GRACE) {
      end_process();
    }
    if (watch.session) {
      stop(watch.session);
    }
  }
  errno = before;
}

static void hold(bool held)
{
  sigset_t tick;
  sigemptyset(&tick);
  sigaddset(&tick, SIGPROF);
  sigprocmask(held ? SIG_BLOCK : SIG_UNBLOCK, &tick, NULL);
}

void sandbox_time(Session *session, const SandboxTime *most)
{
  static const struct itimerval every = {.it_interval = {.tv_usec = TICK}, .it_value = {.tv_usec = TICK}};
  struct sigaction action = {.sa_handler = on_tick, .sa_flags = SA_RESTART | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  watch.session = session;
  watch.most = *most;
  watch.used = (SandboxTime){0};
  watch.over = 0;
  watch.last = clock_processor();
  sigaction(SIGPROF, &action, NULL);
  hold(false);
  setitimer(ITIMER_PROF, &every, NULL);
}

void sandbox_time_closing(void)
{
  if (watch.session) {
    hold(true);
    watch.session = NULL;
    watch.most = (SandboxTime){0};
    watch.over = GRACE - CLOSING;
    watch.last = clock_processor();
    hold(false);
  }
}

void sandbox_rest(const Session *session)
{
  if (watch.session == session && session->hooks.interactive) {
    hold(true);
    watch.used = (SandboxTime){0};
    watch.over = 0;
    watch.last = clock_processor();
    hold(false);
  }
}

bool sandbox_stopped(const Session *session, Error *e)
{
  if (!session->limited) {
    return false;
  }
  error_clear(e);
  const bool lua = watch.used.all <= watch.most.all;
  error_set(e, STATUS_LIMIT, "sandbox-time",
            lua ? _("the sandbox stopped the script: its Lua code took more than %g s of processor time")
                : _("the sandbox stopped the script: it took more than %g s of processor time"),
            lua ? watch.most.lua : watch.most.all);
  error_hint(e, _("--time gives it more, such as --time 60"));
  return true;
}
