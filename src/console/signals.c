/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "console/terminal.h"

enum { INTERRUPTED = 130, STACK_SIZE = 1 << 16 };

static Session *volatile session;
static volatile sig_atomic_t is_interactive, presses, last_press, job_waits;
static volatile sig_atomic_t prompt_waits, idle_press, idle_stop, closing;
static PromptSignals prompt;
static timer_t deadline;
static bool have_deadline;

/* Milliseconds of a clock that only runs forward, small enough for a sig_atomic_t to wrap round
 * harmlessly. */
static int milliseconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int)((unsigned long)now.tv_sec * 1000UL % 1000000000UL) + (int)(now.tv_nsec / 1000000);
}

static void arm(int after)
{
  const struct itimerspec when = {.it_value = {after / 1000, (long)(after % 1000) * 1000000L}};
  if (have_deadline) {
    timer_settime(deadline, 0, &when, NULL);
  }
}

static void say(const char *text)
{
  if (isatty(STDERR_FILENO) && write(STDERR_FILENO, text, strlen(text)) < 0) {
    return;
  }
}

/* Gives the terminal back, on a line of its own. */
static void give_back(void)
{
  if (prompt_waits) {
    say("\n");
  }
  terminal_restore();
}

static _Noreturn void leave(int code)
{
  give_back();
  _exit(code);
}

/* The deadline passed and the statement still runs. */
static void on_deadline(int signal)
{
  (void)signal;
  const int before = errno;
  if (presses >= (is_interactive ? 3 : 2)) {
    say("\n");
    leave(INTERRUPTED);
  }
  if (presses > 0 && is_interactive && !job_waits) {
    say(_("\nstill stopping; pressing Ctrl-C twice more leaves assay\n"));
  }
  errno = before;
}

/* Whether the program is about to end by itself: then it may, unless it is asked once more. */
static bool ends_anyway(void)
{
  return closing && closing++ == 1;
}

static void on_press(int signal)
{
  (void)signal;
  const int now = milliseconds();
  if (ends_anyway()) {
    return;
  }
  if (!session || session_interrupt(session) == 0) {
    if (!is_interactive) {
      leave(INTERRUPTED);
    }
    idle_press = 1;
    return;
  }
  const bool soon = presses > 0 && now - last_press < 2000 && now >= last_press;
  presses++;
  last_press = now;
  if (job_waits) {
    return;
  }
  if (presses == 1) {
    arm(1000);
  } else if (soon && presses >= (is_interactive ? 3 : 2)) {
    arm(300);
  }
}

static void after_press(void *context)
{
  (void)context;
  if (idle_press) {
    idle_press = 0;
    if (prompt_waits) {
      prompt.interrupt(prompt.context);
    }
  }
}

static void on_end(int signal)
{
  if (!ends_anyway()) {
    leave(128 + signal);
  }
}

/* Gives the terminal back, then lets the signal do what it does by itself. */
static void on_fault(int signal)
{
  give_back();
  raise(signal); /* the handler was taken off when it was called */
}

static void on_stop(int signal)
{
  (void)signal;
  if (prompt_waits) {
    idle_stop = 1; /* the prompt must take itself off the screen first */
  } else {
    terminal_suspend();
  }
}

static void after_stop(void *context)
{
  (void)context;
  if (idle_stop) {
    idle_stop = 0;
    if (prompt_waits) {
      prompt.suspend(prompt.context);
    } else {
      terminal_suspend();
    }
  }
}

static void after_resize(void *context)
{
  (void)context;
  if (prompt_waits) {
    prompt.resize(prompt.context);
  }
}

/* Sanitizers and debuggers that already listen keep their place. */
static void install_fault(int signal)
{
  const int flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
  struct sigaction action = {.sa_handler = on_fault, .sa_flags = flags}, former;
  sigemptyset(&action.sa_mask);
  if (sigaction(signal, NULL, &former) == 0 && former.sa_handler == SIG_DFL) {
    sigaction(signal, &action, NULL);
  }
}

static void install_faults(void)
{
  static char memory[STACK_SIZE]; /* a stack that ran over cannot hold the handler */
  static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT};
  stack_t now, own = {.ss_sp = memory, .ss_size = sizeof memory};
  if (sigaltstack(NULL, &now) == 0 && (now.ss_flags & SS_DISABLE)) {
    sigaltstack(&own, NULL);
  }
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
    install_fault(faults[i]);
  }
}

static void install_deadline(void)
{
  struct sigaction action = {.sa_handler = on_deadline, .sa_flags = SA_RESTART};
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
  sigemptyset(&action.sa_mask);
  have_deadline =
      sigaction(SIGALRM, &action, NULL) == 0 && timer_create(CLOCK_MONOTONIC, &event, &deadline) == 0;
}

/* A signal that the starter of the program chose to ignore (nohup) stays ignored. */
static bool ignored(int signal)
{
  struct sigaction now;
  return sigaction(signal, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

/* So that a statement that waits for input comes back. */
static void without_restart(int signal)
{
  struct sigaction action;
  if (sigaction(signal, NULL, &action) == 0) {
    action.sa_flags &= ~SA_RESTART;
    sigaction(signal, &action, NULL);
  }
}

Status signals_install(Loop *loop, bool interactive, Error *e)
{
  Status status = STATUS_OK;
  is_interactive = interactive;
  signal(SIGPIPE, SIG_IGN);
  install_deadline();
  install_faults();
  if (interactive || !ignored(SIGINT)) {
    TRY(loop_signal(loop, SIGINT, on_press, after_press, NULL, e));
    without_restart(SIGINT);
  }
  TRY(loop_signal(loop, SIGTERM, on_end, NULL, NULL, e));
  if (!ignored(SIGHUP)) {
    TRY(loop_signal(loop, SIGHUP, on_end, NULL, NULL, e));
  }
  if (interactive) {
    TRY(loop_signal(loop, SIGWINCH, NULL, after_resize, NULL, e));
  }
  if (!ignored(SIGTSTP)) { /* in batch too: a live line turns the echo off */
    TRY(loop_signal(loop, SIGTSTP, on_stop, after_stop, NULL, e));
  }
done:
  return status;
}

void signals_session(Session *to)
{
  session = to;
}

void signals_closing(void)
{
  session = NULL;
  closing = 1;
}

void signals_prompt(const PromptSignals *on_screen)
{
  prompt_waits = 0;
  if (on_screen) {
    idle_press = idle_stop = 0; /* came before: a pager's, or for what is over */
    prompt = *on_screen;
    prompt_waits = 1;
  }
}

void signals_begin(void)
{
  presses = 0;
  job_waits = 0;
}

void signals_end(void)
{
  arm(0);
  presses = 0;
  idle_press = 0; /* came as the statement ended: meant for it */
}

int signals_presses(void)
{
  return presses;
}

void signals_job(bool waiting)
{
  job_waits = waiting;
}
