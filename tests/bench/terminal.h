/* SPDX-License-Identifier: GPL-3.0-or-later */
/* terminal.h -- the program at a pseudo-terminal of 80 x 24, for the benchmarks that time what a user sees. Ends with status 1 when an
 * answer does not come within 30 seconds. */
#ifndef ASSAY_BENCH_TERMINAL_H
#define ASSAY_BENCH_TERMINAL_H

#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_RUNS = 1000, ROOM = 1 << 16, PATIENCE = 30000 };

typedef struct Session {
  pid_t child;
  int terminal;
  char text[ROOM]; /* what came and has not been waited for */
  size_t size;
} Session;

static double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void fail(const char *what)
{
  fprintf(stderr, "no answer: %s\n", what);
  exit(1);
}

static void begin(Session *session, const char *program)
{
  struct winsize size = {.ws_row = 24, .ws_col = 80};
  session->size = 0;
  session->child = forkpty(&session->terminal, NULL, NULL, &size);
  if (session->child == 0) {
    setenv("TERM", "xterm-256color", 1);
    execl(program, program, (char *)NULL);
    _exit(127);
  } else if (session->child < 0) {
    fail("no terminal");
  }
}

/* Reads until `wanted` has come, and forgets all up to its end. */
static void wait_for(Session *session, const char *wanted)
{
  const double end = now() + PATIENCE;
  char *found;
  while (!(found = memmem(session->text, session->size, wanted, strlen(wanted)))) {
    struct pollfd poller = {.fd = session->terminal, .events = POLLIN};
    if (session->size > ROOM / 2) { /* an answer is never cut: the later half stays */
      session->size -= ROOM / 4;
      memmove(session->text, session->text + ROOM / 4, session->size);
    }
    const ssize_t n = poll(&poller, 1, 1000) > 0 ? read(session->terminal, session->text + session->size, ROOM / 4) : 0;
    if (n < 0 || now() > end) {
      fail(wanted);
    }
    session->size += (size_t)n;
  }
  const size_t used = (size_t)(found - session->text) + strlen(wanted);
  session->size -= used;
  memmove(session->text, session->text + used, session->size);
}

static void put(Session *session, const char *keys)
{
  const size_t n = strlen(keys);
  if (write(session->terminal, keys, n) != (ssize_t)n) {
    fail(keys);
  }
}

static void finish(Session *session)
{
  kill(session->child, SIGKILL);
  close(session->terminal);
  waitpid(session->child, NULL, 0);
}

static int by_size(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void report(const char *name, double *times, int runs)
{
  qsort(times, (size_t)runs, sizeof *times, by_size);
  printf("%s\t%.2f\t%.2f\t%.2f\n", name, times[runs / 2], times[0], times[runs - 1]);
  fflush(stdout);
}

static void run(Session *session, const char *statement)
{
  put(session, statement);
  put(session, " print('do' .. 'ne')\r");
  wait_for(session, "done\r");
}

#endif
