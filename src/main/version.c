/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/version.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <curses.h>
#include <jansson.h>
#include <lua.h>
#include <readline/readline.h>
#include <utf8proc.h>

#include "core/clock.h"
#include "core/cpu.h"
#include "math/blas.h"

static const double patience = 2; /* seconds for gnuplot */

/* Reads from fd until its end or the deadline; false when that passed. */
static bool read_until(int fd, double deadline, Text *out)
{
  char bytes[512];
  for (;;) {
    const double left = deadline - clock_wall();
    struct pollfd ready = {fd, POLLIN, 0};
    if (left <= 0) {
      return false;
    }
    if (poll(&ready, 1, (int)(left * 1e3) + 1) <= 0) {
      continue;
    }
    const ssize_t n = read(fd, bytes, sizeof bytes);
    if (n == 0 || (n < 0 && errno != EINTR)) {
      return n == 0;
    }
    text_add(out, bytes, n > 0 ? (size_t)n : 0);
  }
}

static pid_t start(char *const argv[], int output)
{
  posix_spawn_file_actions_t actions;
  pid_t child = 0;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  if (posix_spawnp(&child, argv[0], &actions, NULL, argv, environ) != 0) {
    child = 0;
  }
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

static void describe_gnuplot(Text *out)
{
  char *const argv[] = {(char *)"gnuplot", (char *)"--version", NULL};
  Text said = {0};
  int ends[2], status = 0;
  if (pipe(ends) != 0) {
    return;
  }
  const pid_t child = start(argv, ends[1]);
  close(ends[1]);
  if (child > 0) {
    if (!read_until(ends[0], clock_wall() + patience, &said)) {
      kill(child, SIGKILL);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  close(ends[0]);
  if (child <= 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 127)) {
    text_puts(out, _("gnuplot not found (plots are drawn in the terminal only)\n"));
  } else if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && said.size > 0) {
    text_add(out, said.data, strcspn(said.data, "\n"));
    text_char(out, '\n');
  } else {
    text_puts(out, _("gnuplot does not answer\n"));
  }
  text_free(&said);
}

void version_describe(Text *out)
{
  text_puts(out, "assay " ASSAY_VERSION "\n" LUA_RELEASE "\n");
  text_printf(out, "readline %s\n", rl_library_version);
  text_printf(out, "%s\n", curses_version());
  blas_describe(out);
  text_printf(out, _("\nkernels of assay: %s\n"), cpu_isa_name(cpu_isa()));
  describe_gnuplot(out);
  text_printf(out, "jansson %s\n", jansson_version_str());
  text_printf(out, "utf8proc %s\n", utf8proc_version());
}
