/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop.c -- poll over the watched descriptors and a pipe that signals and other threads write to.
 *
 * A round asks poll once and calls what is due: signals, the wake function, timers, descriptors. A
 * callback may run the loop again; what poll said before is stale then, so the outer round ends at once
 * and asks anew. Flags, not the pipe's bytes, say what happened: a full pipe loses nothing. Reference: D.
 * J. Bernstein, the self-pipe trick.
 */
#include "loop/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/clock.h"

typedef struct Watch {
  int fd;
  LoopFunction function;
  void *context;
  unsigned long since; /* the round it was made in: that round's poll knew nothing of it */
} Watch;

typedef struct Timer {
  int number;
  double period, next;
  LoopFunction function;
  void *context;
} Timer;

struct Loop {
  int pipe[2];
  Watch *watches;
  Timer *timers;
  struct pollfd *polls; /* room for every watch and the pipe */
  size_t n_watches, watches_room, n_timers, timers_room, polls_room;
  int last_timer;
  unsigned long round;
  LoopFunction wake;
  void *wake_context;
};

/* What a signal handler reads: fixed storage, written before the handler is installed. */
typedef struct Caught {
  void (*at_once)(int);
  LoopFunction function;
  void *context;
  struct sigaction former;
  bool taken;
} Caught;

enum { SIGNALS = 65 };

static Caught caught[SIGNALS];
static volatile sig_atomic_t arrived[SIGNALS];
static volatile sig_atomic_t wake_fd = -1;
static atomic_bool woken;
static bool loop_exists;

static void poke(void)
{
  const char byte = 'w';
  const int fd = wake_fd;
  if (fd >= 0 && write(fd, &byte, 1) < 0) {
    return; /* full: a wake is under way already */
  }
}

static void on_signal(int signal)
{
  const int before = errno;
  void (*at_once)(int) = caught[signal].at_once;
  if (at_once) {
    at_once(signal);
  }
  arrived[signal] = 1;
  poke();
  errno = before;
}

Status loop_new(Loop **out, Error *e)
{
  *out = NULL;
  if (loop_exists) {
    return error_set(e, STATUS_STATE, "loop-exists", _("there is a loop already"));
  }
  Loop *loop = mem_zero(1, sizeof *loop);
  if (!loop) {
    return error_memory(e, sizeof *loop, _("the event loop"));
  }
  if (pipe2(loop->pipe, O_NONBLOCK | O_CLOEXEC) != 0) {
    mem_free(loop);
    return error_set(e, STATUS_FILE, "no-pipe", _("cannot make a pipe: %s"), _(strerror(errno)));
  }
  memset((void *)arrived, 0, sizeof arrived);
  atomic_store(&woken, false);
  wake_fd = loop->pipe[1];
  loop_exists = true;
  *out = loop;
  return STATUS_OK;
}

void loop_free(Loop *loop)
{
  if (!loop) {
    return;
  }
  for (int i = 1; i < SIGNALS; i++) {
    if (caught[i].taken) {
      sigaction(i, &caught[i].former, NULL);
      caught[i] = (Caught){0};
    }
  }
  wake_fd = -1;
  close(loop->pipe[0]);
  close(loop->pipe[1]);
  mem_free(loop->watches);
  mem_free(loop->timers);
  mem_free(loop->polls);
  mem_free(loop);
  loop_exists = false;
}

/* Makes room for one more element. */
static Status grow(void **items, size_t n, size_t *room, size_t size, Error *e)
{
  if (n < *room) {
    return STATUS_OK;
  }
  const size_t more = *room ? *room * 2 : 8;
  void *moved = mem_resize(*items, more, size);
  if (!moved) {
    return error_memory(e, more * size, _("the event loop"));
  }
  *items = moved;
  *room = more;
  return STATUS_OK;
}

static Watch *watch_of(const Loop *loop, int fd)
{
  for (size_t i = 0; i < loop->n_watches; i++) {
    if (loop->watches[i].fd == fd) {
      return &loop->watches[i];
    }
  }
  return NULL;
}

Status loop_watch(Loop *loop, int fd, LoopFunction function, void *context, Error *e)
{
  const Watch made = {fd, function, context, loop->round};
  Watch *there = watch_of(loop, fd);
  if (there) {
    *there = made;
    return STATUS_OK;
  }
  Status status = STATUS_OK;
  TRY(grow((void **)&loop->watches, loop->n_watches, &loop->watches_room, sizeof *loop->watches, e));
  TRY(grow((void **)&loop->polls, loop->n_watches + 1, &loop->polls_room, sizeof *loop->polls, e));
  loop->watches[loop->n_watches++] = made;
done:
  return status;
}

void loop_unwatch(Loop *loop, int fd)
{
  Watch *there = watch_of(loop, fd);
  if (there) {
    *there = loop->watches[--loop->n_watches];
  }
}

Status loop_timer(Loop *loop, double seconds, LoopFunction function, void *context, int *timer, Error *e)
{
  *timer = 0;
  const Status status =
      grow((void **)&loop->timers, loop->n_timers, &loop->timers_room, sizeof *loop->timers, e);
  if (status != STATUS_OK) {
    return status;
  }
  const double period = seconds > 1e-3 ? seconds : 1e-3;
  *timer = ++loop->last_timer;
  loop->timers[loop->n_timers++] = (Timer){*timer, period, clock_wall() + period, function, context};
  return STATUS_OK;
}

void loop_timer_stop(Loop *loop, int timer)
{
  for (size_t i = 0; i < loop->n_timers; i++) {
    if (loop->timers[i].number == timer) {
      loop->timers[i] = loop->timers[--loop->n_timers];
      return;
    }
  }
}

Status loop_signal(Loop *loop, int signal, void (*at_once)(int), LoopFunction function, void *context,
                   Error *e)
{
  (void)loop;
  if (signal < 1 || signal >= SIGNALS) {
    return error_set(e, STATUS_ARGUMENT, "no-such-signal", _("there is no signal %d"), signal);
  }
  Caught *entry = &caught[signal];
  entry->at_once = at_once;
  entry->function = function;
  entry->context = context;
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  if (sigaction(signal, &action, entry->taken ? NULL : &entry->former) != 0) {
    return error_set(e, STATUS_STATE, "signal-refused", _("cannot take over signal %1$d: %2$s"), signal,
                     _(strerror(errno)));
  }
  entry->taken = true;
  return STATUS_OK;
}

void loop_wake(Loop *loop)
{
  (void)loop;
  atomic_store(&woken, true);
  poke();
}

void loop_on_wake(Loop *loop, LoopFunction function, void *context)
{
  loop->wake = function;
  loop->wake_context = context;
}

static bool anything_arrived(void)
{
  if (atomic_load(&woken)) {
    return true;
  }
  for (int i = 1; i < SIGNALS; i++) {
    if (arrived[i]) {
      return true;
    }
  }
  return false;
}

/* Milliseconds until the next timer, rounded up so that poll does not return before it; -1 for none. */
static int patience(const Loop *loop)
{
  if (anything_arrived()) {
    return 0;
  }
  if (loop->n_timers == 0) {
    return -1;
  }
  double next = loop->timers[0].next;
  for (size_t i = 1; i < loop->n_timers; i++) {
    next = fmin(next, loop->timers[i].next);
  }
  return (int)fmin(fmax(ceil((next - clock_wall()) * 1e3), 0), 1e6);
}

/* Each of the following gives false when a callback ran the loop itself, so that this round must end. */
static bool call_signals(Loop *loop, unsigned long round)
{
  for (int i = 1; i < SIGNALS; i++) {
    if (!arrived[i]) {
      continue;
    }
    arrived[i] = 0;
    if (caught[i].function) {
      caught[i].function(caught[i].context);
    }
    if (loop->round != round) {
      return false;
    }
  }
  if (atomic_exchange(&woken, false) && loop->wake) {
    loop->wake(loop->wake_context);
  }
  return loop->round == round;
}

/* A timer that is late is called once, and counts from now on. */
static bool call_timers(Loop *loop, unsigned long round)
{
  const double now = clock_wall();
  for (size_t i = 0; i < loop->n_timers;) {
    Timer *timer = &loop->timers[i];
    if (timer->next > now) {
      i++;
      continue;
    }
    timer->next = now + timer->period;
    timer->function(timer->context);
    if (loop->round != round) {
      return false;
    }
    i = 0; /* the list may have changed */
  }
  return true;
}

static void call_watches(Loop *loop, size_t polled, unsigned long round)
{
  for (size_t i = 0; i < polled; i++) {
    const struct pollfd asked = loop->polls[i];
    const Watch *watch = asked.revents ? watch_of(loop, asked.fd) : NULL;
    if (!watch || watch->since == round) {
      continue;
    }
    watch->function(watch->context);
    if (loop->round != round) {
      return;
    }
    if (asked.revents & POLLNVAL) {
      loop_unwatch(loop, asked.fd); /* closed behind our back: it would be "ready" for ever */
    }
  }
}

static Status run_round(Loop *loop, Error *e)
{
  struct pollfd only = {0}; /* before the first watch there is no array */
  struct pollfd *polls = loop->polls ? loop->polls : &only;
  const size_t n = loop->n_watches;
  for (size_t i = 0; i < n; i++) {
    polls[i] = (struct pollfd){loop->watches[i].fd, POLLIN, 0};
  }
  polls[n] = (struct pollfd){loop->pipe[0], POLLIN, 0};
  const unsigned long round = ++loop->round;
  const int ready = poll(polls, n + 1, patience(loop));
  if (ready < 0 && errno != EINTR && errno != EAGAIN) {
    return error_set(e, STATUS_INTERNAL, "poll-failed", _("cannot wait for input: %s"), _(strerror(errno)));
  }
  if (ready > 0 && polls[n].revents) {
    char bytes[256];
    while (read(loop->pipe[0], bytes, sizeof bytes) > 0) {
    }
  }
  if (call_signals(loop, round) && call_timers(loop, round) && ready > 0) {
    call_watches(loop, n, round);
  }
  return STATUS_OK;
}

Status loop_run(Loop *loop, bool (*done)(void *context), void *context, Error *e)
{
  while (!done(context)) {
    const Status status = run_round(loop, e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  return STATUS_OK;
}
