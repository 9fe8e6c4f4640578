/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repl.h -- the prompt: lines become statements, statements run, values are shown.
 *
 * At a terminal lines come from readline's callback interface, driven by the loop; otherwise (-i with
 * input that is no terminal) they are read as they are, without prompt or history. A statement that is not
 * complete goes on at a prompt such as `(>> ` (continuation.h). The line editor is put on the terminal and
 * taken off it around every statement, so that another face can use the terminal in between.
 */
#ifndef ASSAY_REPL_REPL_H
#define ASSAY_REPL_REPL_H

#include "console/console.h"
#include "repl/demo.h"

typedef struct ReplSettings {
  const char *home;    /* folder with lua/demos */
  const char *version; /* for the banner */
  const char *rc;      /* script to run first; NULL: none */
  bool no_history;     /* nothing is kept, and nothing is said of it */
  Demo *demo;          /* to be told at the prompt, borrowed; the prompt ends with it. NULL: none */
} ReplSettings;

/* Runs the prompt until it is left. *code: 0, or what os.exit gave. */
Status repl_run(Console *console, const ReplSettings *settings, int *code, Error *e) MUST_USE;

#endif
