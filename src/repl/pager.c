/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* The program's own ways with signals must not be inherited: a pager needs SIGPIPE and Ctrl-C for itself. */
static void set_signals(posix_spawnattr_t *attributes)
{
  sigset_t standard, none;
  sigemptyset(&none);
  sigemptyset(&standard);
  sigaddset(&standard, SIGPIPE);
  sigaddset(&standard, SIGINT);
  sigaddset(&standard, SIGTSTP);
  posix_spawnattr_setsigdefault(attributes, &standard);
  posix_spawnattr_setsigmask(attributes, &none);
  posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

/* Starts it with `input` as standard input; gives 0 when that failed. less shows colour (R), scrolls wide tables
 * sideways (S) and ends by itself when all fits (F). */
static pid_t start(int input)
{
  const char *pager = getenv("PAGER");
  char *const shell[] = {(char *)"sh", (char *)"-c", (char *)pager, NULL};
  char *const less[] = {(char *)"less", (char *)"-FIRSX", NULL};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  pid_t child = 0;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawnattr_init(&attributes);
  set_signals(&attributes);
  if (pager) {
    setenv("LESS", "FIRSX", 0); /* where the user does not say otherwise */
  }
  char *const *argv = pager ? shell : less;
  if (posix_spawnp(&child, argv[0], &actions, &attributes, argv, environ) != 0) {
    child = 0;
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

/* The reader may leave before the end: that is no error. */
static void feed(int fd, const Text *text)
{
  size_t from = 0;
  while (from < text->size) {
    const ssize_t put = write(fd, text->data + from, text->size - from);
    if (put < 0 && errno != EINTR) {
      return;
    }
    from += put > 0 ? (size_t)put : 0;
  }
}

/* False when it never ran: the shell says so with 126 or 127. */
static bool ran(pid_t child)
{
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return !WIFEXITED(status) || (WEXITSTATUS(status) != 126 && WEXITSTATUS(status) != 127);
}

static bool is_wanted(const Console *console)
{
  const char *pager = getenv("PAGER");
  const bool terminals = console->input_terminal && console->output_terminal;
  return terminals && !console->settings.plain && (!pager || *pager);
}

void pager_show(Console *console, const Text *text)
{
  int ends[2];
  bool shown = false;
  if (is_wanted(console) && pipe2(ends, O_CLOEXEC) == 0) {
    console_flush(console);
    const pid_t child = start(ends[0]);
    close(ends[0]);
    if (child > 0) {
      feed(ends[1], text);
    }
    close(ends[1]);
    shown = child > 0 && ran(child);
  }
  if (!shown) {
    console_text(console, text);
  }
}
