/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flags.h -- the command line, taken apart and checked before anything runs. */
#ifndef ASSAY_MAIN_FLAGS_H
#define ASSAY_MAIN_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

typedef enum MainTask {
  TASK_RUN,
  TASK_USAGE,
  TASK_VERSION,
  TASK_DEMO,
  TASK_HELP,
  TASK_REFERENCE,
  TASK_REPLAY,
  TASK_RESUME,
  TASK_DASH,
  TASK_REPORT
} MainTask;

/* -e and -l, in the order given. */
typedef struct FlagItem {
  bool is_module;
  const char *text;
} FlagItem;

typedef struct Flags {
  MainTask task;
  FlagItem *items;
  size_t n_items;
  bool has_code;             /* some -e */
  bool prompt;               /* -i */
  bool quiet, no_rc, no_color, color, plain, ascii, list;
  bool automatic;            /* a demonstration runs through without waiting */
  uint64_t seed;
  size_t threads, memory;    /* 0: as many as there are; no limit */
  const char *format;        /* what values are shown as; NULL: text */
  const char *topic;         /* of help, demo or reference, the file of replay, resume, dash or report; NULL: none */
  bool no_journal, check, sandbox, timed;
  struct {
    double lua, all;         /* of a sandboxed script: seconds of processor time outside primitives, and with them */
  } time;
  const char *journal;       /* file of the journal; NULL: the usual place */
  const char *keys, *save_screen; /* the dashboard from a file of keys; where its screens go. NULL: neither */
  int width, height;         /* of its screen; 0: 80 x 24 */
  const char **data;         /* of --data, in the order given */
  size_t n_data;
  char **script;             /* the script and its arguments; NULL: none */
  size_t n_script;
} Flags;

/* Fills flags from the command line; what it holds is borrowed from argv, but for items. Any error is one
 * of usage. */
Status flags_read(int argc, char **argv, Flags *flags, Error *e) MUST_USE;
void flags_free(Flags *flags);

/* What --help prints. */
const char *flags_usage(void);

#endif
