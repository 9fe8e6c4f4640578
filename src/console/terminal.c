/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static struct termios found;
static volatile sig_atomic_t have_found, paste_on, quiet_on, screen_on;
static char screen_leave[256];

static bool in_foreground(void)
{
  return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

void terminal_open(void)
{
  if (!have_found && isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &found) == 0) {
    have_found = 1;
    atexit(terminal_restore);
  }
}

/* Bytes for the terminal, whichever stream still leads there. */
static void tell(const char *bytes, size_t n)
{
  const int fd = isatty(STDOUT_FILENO) ? STDOUT_FILENO : STDERR_FILENO;
  if (isatty(fd) && write(fd, bytes, n) < 0) {
    return; /* the terminal is gone */
  }
}

void terminal_restore(void)
{
  static const char paste_off[] = "\033[?2004l";
  const int before = errno;
  if (have_found && in_foreground()) {
    tcsetattr(STDIN_FILENO, TCSANOW, &found);
    if (paste_on) {
      tell(paste_off, sizeof paste_off - 1);
    }
    if (screen_on) {
      tell(screen_leave, strlen(screen_leave));
    }
  }
  errno = before;
}

void terminal_paste(bool on)
{
  paste_on = on;
}

void terminal_screen(const char *leave)
{
  screen_on = 0;
  if (leave) {
    snprintf(screen_leave, sizeof screen_leave, "%s", leave);
    screen_on = 1;
  }
}

static void set_echo(bool on)
{
  struct termios modes = found;
  if (!on) {
    modes.c_lflag &= ~(tcflag_t)ECHO;
  }
  tcsetattr(STDIN_FILENO, TCSANOW, &modes);
}

void terminal_quiet(bool on)
{
  if (have_found && quiet_on != on && in_foreground()) {
    quiet_on = on;
    set_echo(!on);
  }
}

void terminal_suspend(void)
{
  struct termios modes;
  struct sigaction standard = {.sa_handler = SIG_DFL}, former;
  sigset_t stop, mask;
  const bool have_modes = have_found && tcgetattr(STDIN_FILENO, &modes) == 0;
  terminal_restore();
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  sigaction(SIGTSTP, &standard, &former);
  kill(getpid(), SIGTSTP);
  sigprocmask(SIG_UNBLOCK, &stop, &mask); /* in a handler it was blocked: here the process stops */
  sigprocmask(SIG_SETMASK, &mask, NULL);
  sigaction(SIGTSTP, &former, NULL);
  if (have_modes && in_foreground()) {
    tcsetattr(STDIN_FILENO, TCSANOW, &modes);
  }
}
