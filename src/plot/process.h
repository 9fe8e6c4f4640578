/* SPDX-License-Identifier: GPL-3.0-or-later */
/* process.h -- runs another program to its end: text in, texts out, a deadline, and nothing of it left behind.
 *
 * No shell takes part. The child has a group of its own, a folder of its own to work in, standard signals, and an
 * environment of a few names: PATH, HOME and what fonts need, LC_ALL=C.UTF-8, TZ=UTC, TMPDIR its folder. While its
 * input is written its two outputs are read, so neither side waits for the other. A cancel of the task or the
 * deadline sends its group SIGTERM, and SIGKILL a quarter of a second later; it is always waited for. A child that
 * reads no more is no error by itself, and SIGPIPE never comes: input goes through a socket.
 */
#ifndef ASSAY_PLOT_PROCESS_H
#define ASSAY_PLOT_PROCESS_H

#include "core/task.h"
#include "core/text.h"

typedef struct ProcessRequest {
  const char *program;             /* its full path */
  const char *const *arguments;    /* from arguments[0] on, NULL at the end */
  const char *folder;              /* to work in; NULL: the present one */
  const char *input;
  size_t input_size;
  double timeout;                  /* seconds */
  size_t most;                     /* bytes kept of each output; what is beyond is read and dropped */
} ProcessRequest;

typedef struct ProcessResult {
  bool timed_out;
  int signal;                      /* that ended it; 0: it ended by itself, with... */
  int code;                        /* ... this status */
  bool input_refused;              /* it did not read all of its input */
  Text out, err;                   /* the caller's to free, also after an error */
} ProcessResult;

/* Errors: STATUS_CANCELLED, STATUS_MEMORY, STATUS_FILE "no-process" when it cannot be started. Polls every 20 ms. */
Status process_run(const ProcessRequest *request, Task *task, ProcessResult *result, Error *e) MUST_USE;

/* The first executable file of that name in the folders of PATH that begin with a slash; false: none. */
bool process_find(const char *name, char *path, size_t size);

#endif
