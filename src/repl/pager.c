/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "repl/child.h"

/* Starts it with `input` as standard input; gives 0 when that failed. less shows colour (R), scrolls wide tables
 * sideways (S) and ends by itself when all fits (F). */
static pid_t start(int input)
{
  const char *pager = getenv("PAGER");
  char *const shell[] = {(char *)"sh", (char *)"-c", (char *)pager, NULL};
  char *const less[] = {(char *)"less", (char *)"-FIRSX", NULL};
  if (pager) {
    setenv("LESS", "FIRSX", 0); /* where the user does not say otherwise */
  }
  return child_start(pager ? shell : less, input);
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
  const int status = child_wait(child);
  return status != 126 && status != 127;
}

static bool is_wanted(const Console *console)
{
  const char *pager = getenv("PAGER");
  const bool terminals = console->input_terminal && console->output_terminal;
  return terminals && !console->settings.plain && (!pager || *pager) &&
         session_may_start(console->session, "PAGER", NULL) == STATUS_OK;
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
