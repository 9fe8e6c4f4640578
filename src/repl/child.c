/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/child.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

/* The program's own ways with signals must not be inherited: a child needs SIGPIPE and Ctrl-C for itself. */
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

pid_t child_start(char *const *argv, int input)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  pid_t child = 0;
  posix_spawn_file_actions_init(&actions);
  if (input >= 0) {
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  }
  posix_spawnattr_init(&attributes);
  set_signals(&attributes);
  if (posix_spawnp(&child, argv[0], &actions, &attributes, argv, environ) != 0) {
    child = 0;
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

int child_wait(pid_t child)
{
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      return 127;
    }
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int child_shell(const char *line)
{
  char *const argv[] = {(char *)"sh", (char *)"-c", (char *)line, NULL};
  const pid_t child = child_start(argv, -1);
  return child > 0 ? child_wait(child) : 127;
}
