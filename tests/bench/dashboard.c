/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times the dashboard as a user meets it, through a pseudo-terminal of 80 x 24, on a frame of 1,000,000 rows.
 *
 *   dashboard RUNS ASSAY
 *
 * Prints a line each, "name TAB median TAB least TAB greatest TAB aim": milliseconds from a key to its last byte, bytes that a
 * cursor key sends, screens a second and processor time of each when the next key comes as soon as a screen is there, wakes
 * of all its threads a second while nothing is pressed. */
#include <dirent.h>
#include <sys/resource.h>

#include "terminal.h"

static const char f2[] = "\x1bOQ", down[] = "\x1bOB", up[] = "\x1bOA", page_down[] = "\x1b[6~";

enum { SCREENS = 200, QUIET = 40 };

static void report_aim(const char *name, double *values, int runs, const char *aim)
{
  qsort(values, (size_t)runs, sizeof *values, by_size);
  printf("%s\t%.4g\t%.4g\t%.4g\t%s\n", name, values[runs / 2], values[0], values[runs - 1], aim);
  fflush(stdout);
}

/* Bytes that come until none has come for `quiet` ms, the first within `patience`; the time of the last. */
static size_t drain(Session *session, int patience, int quiet, double *last)
{
  size_t bytes = 0;
  struct pollfd poller = {.fd = session->terminal, .events = POLLIN};
  while (poll(&poller, 1, bytes == 0 ? patience : quiet) > 0) {
    const ssize_t n = read(session->terminal, session->text, ROOM);
    if (n <= 0) {
      fail("it has ended");
    }
    bytes += (size_t)n;
    *last = now();
  }
  session->size = 0;
  return bytes;
}

static size_t answer(Session *session, int quiet, double *last)
{
  const size_t bytes = drain(session, PATIENCE, quiet, last);
  if (bytes == 0) {
    fail("a key");
  }
  return bytes;
}

static void time_keys(Session *session, const char *name, int runs, bool count)
{
  double times[MOST_RUNS], bytes[MOST_RUNS], last = 0;
  for (int i = -1; i < runs; i++) {
    const double start = now();
    put(session, i % 2 ? down : up);
    bytes[i < 0 ? 0 : i] = (double)answer(session, QUIET, &last);
    times[i < 0 ? 0 : i] = last - start;
  }
  report_aim(name, times, runs, "50");
  if (count) {
    report_aim("bytes that a cursor key sends", bytes, runs, "2000");
  }
}

/* Seconds of the processor that the program has used. */
static double processor(const Session *session)
{
  char path[64];
  unsigned long user = 0, kernel = 0;
  snprintf(path, sizeof path, "/proc/%d/stat", (int)session->child);
  FILE *file = fopen(path, "r");
  if (!file || fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) != 2) {
    fail(path);
  }
  fclose(file);
  return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

static void time_screens(Session *session, int runs)
{
  double screens[MOST_RUNS], work[MOST_RUNS], last = 0;
  for (int i = 0; i < runs; i++) {
    const double start = now(), before = processor(session);
    for (int j = 0; j < SCREENS; j++) {
      put(session, page_down);
      (void)answer(session, 1, &last);
    }
    screens[i] = SCREENS / (now() - start) * 1e3;
    work[i] = (processor(session) - before) / SCREENS * 1e3;
  }
  report_aim("screens a second, Page Down", screens, runs, "60 (it draws no more)");
  report_aim("  ms of processor for each", work, runs, "-");
}

/* Times that threads of the program went to sleep by themselves. */
static double wakes(const Session *session)
{
  char path[320], line[128];
  double sum = 0;
  snprintf(path, sizeof path, "/proc/%d/task", (int)session->child);
  DIR *tasks = opendir(path);
  for (struct dirent *task; tasks && (task = readdir(tasks));) {
    snprintf(path, sizeof path, "/proc/%d/task/%s/status", (int)session->child, task->d_name);
    FILE *file = *task->d_name == '.' ? NULL : fopen(path, "r");
    double n;
    while (file && fgets(line, sizeof line, file)) {
      sum += sscanf(line, "voluntary_ctxt_switches: %lf", &n) == 1 ? n : 0;
    }
    if (file) {
      fclose(file);
    }
  }
  if (tasks) {
    closedir(tasks);
  }
  return sum;
}

static void count_wakes(const Session *session)
{
  double rates[3];
  for (int i = 0; i < 3; i++) {
    const double before = wakes(session), start = now();
    usleep(1000000);
    rates[i] = (wakes(session) - before) / (now() - start) * 1e3;
  }
  report_aim("wakes a second while nothing is pressed", rates, 3, "0");
}

static void time_first_screens(Session *session, const char *program, int runs)
{
  double times[MOST_RUNS];
  for (int i = 0; i < runs; i++) {
    begin(session, program);
    run(session, "x, y = {}, {} for i = 1, 1e6 do x[i] = i * 7919 % 10007; y[i] = i * i % 9973 / 7 end df = frame{x = x, y = y} x, y = nil, nil");
    const double start = now();
    put(session, f2);
    wait_for(session, "1,000,000 rows");
    times[i] = now() - start;
    if (i + 1 < runs) {
      finish(session);
    }
  }
  report_aim("first screen of 1,000,000 rows, ms", times, runs, "300");
}

int main(int argc, char **argv)
{
  static Session session;
  double last;
  const int runs = argc == 3 ? atoi(argv[1]) : 0;
  if (runs < 1 || runs > MOST_RUNS) {
    fputs("dashboard: usage: dashboard RUNS ASSAY\n", stderr);
    return 2;
  }
  time_first_screens(&session, argv[2], runs);
  put(&session, "1");
  wait_for(&session, "of 1,000,000");
  (void)drain(&session, 2000, 2000, &last); /* what the summary asked for is done */
  time_keys(&session, "cursor key and redraw, ms", runs, true);
  time_screens(&session, runs);
  count_wakes(&session);
  put(&session, ":fit = df:kmeans{k = 60, starts = 1000, refine = 'none'}\r");
  wait_for(&session, "runs");
  (void)drain(&session, QUIET, QUIET, &last);
  time_keys(&session, "the same while a fit uses all cores, ms", runs, false);
  finish(&session);
  return 0;
}
