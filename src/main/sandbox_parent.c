/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/sandbox_parent.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "core/clock.h"

static const char child_variable[] = "ASSAY_SANDBOX_CHILD";
enum { VARIABLES_MOST = 64, HANDED_ON = 2 };

static volatile sig_atomic_t child; /* process number; 0: none */

bool sandbox_is_child(void)
{
  const char *parent = getenv(child_variable);
  if (!parent || strtol(parent, NULL, 10) != (long)getppid()) {
    return false;
  }
  (void)unsetenv(child_variable);
  (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
  return true;
}

/* ---- the child's environment */

static bool is_kept(const char *variable)
{
  static const char *const names[] = {"TERM=",     "COLORTERM=", "COLUMNS=",     "LINES=", "LANG=",        "LANGUAGE=",
                                      "LC_",       "NO_COLOR=",  "FORCE_COLOR=", "TZ=",    "TZDIR=",       "ASSAY_HOME=",
                                      "ASSAY_ISA=", "ASSAY_CHARTS=", "ASSAY_OPENBLAS=", "OPENBLAS_", "LD_LIBRARY_PATH=",
                                      "ASAN_OPTIONS=", "UBSAN_OPTIONS=", "TSAN_OPTIONS=", "LSAN_OPTIONS="};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strncmp(variable, names[i], strlen(names[i])) == 0) {
      return true;
    }
  }
  return false;
}

static void choose_environment(char *chosen[VARIABLES_MOST], char *mark)
{
  size_t n = 0;
  chosen[n++] = mark;
  for (char **variable = environ; *variable && n + 1 < VARIABLES_MOST; variable++) {
    if (is_kept(*variable)) {
      chosen[n++] = *variable;
    }
  }
  chosen[n] = NULL;
}

/* ---- signals: Ctrl-C reaches the child by itself; requests to end are handed on */

typedef struct Former {
  struct sigaction interrupt, quit, ends[HANDED_ON];
  sigset_t mask;
} Former;

static const int handed_on[HANDED_ON] = {SIGTERM, SIGHUP};

static void hand_on(int number)
{
  const int before = errno;
  if (child > 0) {
    (void)kill((pid_t)child, number);
  }
  errno = before;
}

static void take_signals(Former *former)
{
  struct sigaction ignore = {.sa_handler = SIG_IGN}, hand = {.sa_handler = hand_on, .sa_flags = SA_RESTART};
  sigset_t ended;
  sigemptyset(&ended);
  sigaddset(&ended, SIGCHLD);
  sigprocmask(SIG_BLOCK, &ended, &former->mask);
  sigaction(SIGINT, &ignore, &former->interrupt);
  sigaction(SIGQUIT, &ignore, &former->quit);
  for (size_t i = 0; i < HANDED_ON; i++) {
    sigaction(handed_on[i], NULL, &former->ends[i]);
    if (former->ends[i].sa_handler != SIG_IGN) {
      sigaction(handed_on[i], &hand, NULL);
    }
  }
}

static void give_signals(const Former *former)
{
  sigaction(SIGINT, &former->interrupt, NULL);
  sigaction(SIGQUIT, &former->quit, NULL);
  for (size_t i = 0; i < HANDED_ON; i++) {
    sigaction(handed_on[i], &former->ends[i], NULL);
  }
  sigprocmask(SIG_SETMASK, &former->mask, NULL);
}

static int start(char **argv, const Former *former, pid_t *started)
{
  char mark[64], *chosen[VARIABLES_MOST];
  posix_spawnattr_t attributes;
  sigset_t standard;
  snprintf(mark, sizeof mark, "%s=%ld", child_variable, (long)getpid());
  choose_environment(chosen, mark);
  sigemptyset(&standard);
  if (former->interrupt.sa_handler != SIG_IGN) {
    sigaddset(&standard, SIGINT);
  }
  if (former->quit.sa_handler != SIG_IGN) {
    sigaddset(&standard, SIGQUIT);
  }
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigdefault(&attributes, &standard);
  posix_spawnattr_setsigmask(&attributes, &former->mask);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  const int failed = posix_spawn(started, "/proc/self/exe", NULL, &attributes, argv, chosen);
  posix_spawnattr_destroy(&attributes);
  return failed;
}

/* ---- the end */

/* Waits until the child has ended, or the wall clock says `until`; then it is killed and *late is true. */
static int wait_until(pid_t pid, double until, bool *late)
{
  int status = 0;
  sigset_t ended;
  sigemptyset(&ended);
  sigaddset(&ended, SIGCHLD);
  while (waitpid(pid, &status, WNOHANG) == 0) {
    const double left = until - clock_wall();
    const struct timespec pause = {.tv_sec = left < 1 ? 0 : 1, .tv_nsec = left >= 1 || left < 0 ? 0 : (long)(left * 1e9)};
    if (left <= 0) {
      *late = true;
      (void)kill(pid, SIGKILL);
      (void)waitpid(pid, &status, 0);
      break;
    }
    (void)sigtimedwait(&ended, NULL, &pause);
  }
  return status;
}

static Status judge(int status, bool late, double wall, int *code, Error *e)
{
  if (!late && WIFEXITED(status)) {
    *code = WEXITSTATUS(status);
    return STATUS_OK;
  }
  *code = 1;
  if (late) {
    error_set(e, STATUS_LIMIT, "sandbox-time", _("the sandbox stopped the script: it still waited after %g s"), wall);
  } else if (WTERMSIG(status) == SIGXCPU) {
    error_set(e, STATUS_LIMIT, "sandbox-time",
              _("the sandbox stopped the script: it went on when its processor time was over"));
    return error_hint(e, _("--time gives it more, such as --time 60"));
  } else {
    error_set(e, STATUS_STATE, "sandbox-ended", _("the sandboxed process was ended by signal %1$d (%2$s)"),
              WTERMSIG(status), strsignal(WTERMSIG(status)));
  }
  return e->status;
}

Status sandbox_run(char **argv, const Flags *flags, int *code, Error *e)
{
  Former former;
  struct termios terminal;
  pid_t pid = 0;
  bool late = false;
  const double wall = flags->prompt ? 1e12 : 5 * flags->time.all + 5;
  const bool has_terminal = tcgetattr(STDIN_FILENO, &terminal) == 0;
  take_signals(&former);
  const int failed = start(argv, &former, &pid);
  *code = 1;
  if (failed) {
    give_signals(&former);
    return error_set(e, STATUS_STATE, "sandbox-ended", _("the sandboxed process did not start: %s"), _(strerror(failed)));
  }
  child = pid;
  const int status = wait_until(pid, clock_wall() + wall, &late);
  child = 0;
  if (has_terminal && (late || WIFSIGNALED(status))) {
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
  }
  give_signals(&former);
  return judge(status, late, wall, code, e);
}
