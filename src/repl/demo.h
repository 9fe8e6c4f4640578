/* SPDX-License-Identifier: GPL-3.0-or-later */
/* demo.h -- demonstrations and lessons as they run (demo_script.h says how they are written).
 *
 * At the prompt a step is told, its statements shown, and the reader decides: an empty line runs them and tells the next, a
 * single letter goes elsewhere, and any other line is a statement of the reader's own, with the same variables. Going back
 * undoes (.undo) what changed variables since. Before a question's step the reader's statements are answers, judged by
 * value: a hint after the first wrong one, the answer after the third. How far one came is kept (demo_progress.h).
 *
 * Without a prompt all steps run one after the other, answers as if they had been typed, steppers to their end.
 */
#ifndef ASSAY_REPL_DEMO_H
#define ASSAY_REPL_DEMO_H

#include "console/console.h"

typedef struct Demo Demo;

/* Reads home/lua/demos/NAME.lua; STATUS_NAME with the nearest name when there is none. */
Status demo_open(const char *home, const char *name, Demo **out, Error *e) MUST_USE;
void demo_free(Demo *demo);

/* "name  title" of every demonstration, a line each. */
Status demo_list(const char *home, Text *out, Error *e) MUST_USE;

/* For ConsoleFaces.demo: a demonstration to be begun by who ran the statement, in console->wish. */
Status demo_wish(Console *console, const char *name, Text *out, Error *e) MUST_USE;

/* What became of a line. */
typedef enum DemoAnswer {
  DEMO_NOT_MINE, /* a line of the prompt's own */
  DEMO_TAKEN,
  DEMO_LEFT,     /* q: the reader has left */
  DEMO_ENDED,    /* that was all */
  DEMO_EXIT      /* os.exit in a step: outcome->code */
} DemoAnswer;

/* At a prompt: tells the first step, or offers to go on where the reader left. alone: the program ends with it. */
DemoAnswer demo_begin(Demo *demo, Console *console, bool alone);

/* A line that begins a statement, before anything else looks at it. */
DemoAnswer demo_line(Demo *demo, const char *line, RunOutcome *outcome);

/* After a statement of the reader's own has run. */
DemoAnswer demo_after(Demo *demo, RunState state);

/* Whether an empty line goes on, so that the space bar may stand for one. */
bool demo_waits(const Demo *demo);

/* All steps one after the other. */
RunState demo_through(Demo *demo, Console *console, RunOutcome *outcome);

#endif
