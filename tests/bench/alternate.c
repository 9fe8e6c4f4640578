/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times whole processes, in turn, so that a slow spell of the machine hits all of them alike.
 *
 *   alternate RUNS -- COMMAND ARG... -- COMMAND ARG...
 *
 * After one untimed run of each, every round starts each command once with its output thrown away and
 * waits for it. Prints a line per command: median, least and greatest time in milliseconds from
 * posix_spawn to the end, separated by tabs. A command that fails is not run again and prints "failed". */
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { MOST_COMMANDS = 16, MOST_RUNS = 1000 };

extern char **environ;

static double times[MOST_COMMANDS][MOST_RUNS];
static bool failed[MOST_COMMANDS];

static double now_ms(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Milliseconds, or -1 if the command could not be run or did not exit with 0. */
static double run_once(char **command, const posix_spawn_file_actions_t *quiet)
{
  pid_t child;
  int status = 0;
  double start = now_ms();
  if (posix_spawnp(&child, command[0], quiet, NULL, command, environ) != 0) {
    return -1;
  }
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return -1;
  }
  return now_ms() - start;
}

static int by_size(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void report(double *samples, int runs)
{
  qsort(samples, (size_t)runs, sizeof *samples, by_size);
  double median = runs % 2 ? samples[runs / 2] : (samples[runs / 2 - 1] + samples[runs / 2]) / 2;
  printf("%.3f\t%.3f\t%.3f\n", median, samples[0], samples[runs - 1]);
}

/* Cuts the words at each "--" in place; returns how many commands there are. */
static int split(char **words, int count, char **commands[MOST_COMMANDS])
{
  int found = 0;
  for (int i = 0; i < count; i++) {
    if (strcmp(words[i], "--") == 0) {
      words[i] = NULL;
      if (i + 1 < count && found < MOST_COMMANDS) {
        commands[found++] = &words[i + 1];
      }
    }
  }
  return found;
}

int main(int count, char **words)
{
  char **commands[MOST_COMMANDS];
  int runs = count > 1 ? atoi(words[1]) : 0;
  int found = count > 2 ? split(words + 2, count - 2, commands) : 0;
  if (runs < 1 || runs > MOST_RUNS || found == 0) {
    fprintf(stderr, "usage: alternate RUNS -- COMMAND ARG... -- COMMAND ARG...\n");
    return 2;
  }
  posix_spawn_file_actions_t quiet;
  if (posix_spawn_file_actions_init(&quiet) != 0 ||
      posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0) != 0 ||
      posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0) != 0) {
    return 1;
  }
  for (int round = -1; round < runs; round++) {
    for (int c = 0; c < found; c++) {
      double time = failed[c] ? -1 : run_once(commands[c], &quiet);
      failed[c] = time < 0;
      times[c][round < 0 ? 0 : round] = time;
    }
  }
  posix_spawn_file_actions_destroy(&quiet);
  for (int c = 0; c < found; c++) {
    if (failed[c]) {
      printf("failed\n");
    } else {
      report(times[c], runs);
    }
  }
  return 0;
}
