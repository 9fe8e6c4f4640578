/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times the prompt as a user meets it, through a pseudo-terminal of 80 x 24.
 *
 *   prompt RUNS ASSAY
 *
 * Prints a line each, "name TAB median TAB least TAB greatest", in milliseconds from a key to the bytes that answer it:
 * a cold start until the prompt, a Tab on a frame of 10,000 columns, the echo of tables of 1,000,000 elements. Ends with
 * status 1 when an answer does not come within 30 seconds. */
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
  fprintf(stderr, "prompt: no answer: %s\n", what);
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

static void time_start(Session *session, const char *program, int runs)
{
  double times[MOST_RUNS];
  for (int i = -1; i < runs; i++) { /* the first is not counted */
    const double start = now();
    begin(session, program);
    wait_for(session, "leaves"); /* the banner's last word */
    wait_for(session, "> ");
    times[i < 0 ? 0 : i] = now() - start;
    finish(session);
  }
  report("cold start to the prompt", times, runs);
}

static void run(Session *session, const char *statement)
{
  put(session, statement);
  put(session, " print('do' .. 'ne')\r");
  wait_for(session, "done\r");
}

/* From `keys` to `answer`, behind `before` typed and echoed; the line is dropped afterwards. */
static void time_keys(Session *session, const char *name, const char *before, const char *keys, const char *answer, int runs)
{
  double times[MOST_RUNS];
  for (int i = -1; i < runs; i++) {
    put(session, "print('re' .. 'ady')\r");
    wait_for(session, "ready\r");
    put(session, before);
    wait_for(session, before);
    const double start = now();
    put(session, keys);
    wait_for(session, answer);
    times[i < 0 ? 0 : i] = now() - start;
    put(session, "\x15");
  }
  report(name, times, runs);
}

int main(int argc, char **argv)
{
  static Session session;
  const int runs = argc == 3 ? atoi(argv[1]) : 0;
  if (runs < 1 || runs > MOST_RUNS) {
    fputs("prompt: usage: prompt RUNS ASSAY\n", stderr);
    return 2;
  }
  time_start(&session, argv[2], runs);
  begin(&session, argv[2]);
  run(&session, "w = {} for i = 1, 10000 do w['column' .. i] = {i} end w = frame(w)");
  run(&session, "t = {} for i = 1, 1e6 do t[i] = i end");
  run(&session, "k = {} for i = 1, 1e6 do k['key' .. i] = i end");
  time_keys(&session, "Tab, 10,000 columns", "w.column", "123\t\t", "column1239", runs);
  time_keys(&session, "echo of 1,000,000 items", "t", "\r", "999980 more", runs);
  time_keys(&session, "echo of 1,000,000 keys", "k", "\r", "999980 more", runs);
  finish(&session);
  return 0;
}
