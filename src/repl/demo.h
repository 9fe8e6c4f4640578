/* SPDX-License-Identifier: GPL-3.0-or-later */
/* demo.h -- demonstrations: Lua scripts whose comments are the narration.
 *
 * lua/demos/NAME.lua is an ordinary script. Its first comment line (after the licence line) is its title
 * for the list. Each further block of comment lines that begin in column one, and the statements up to the
 * next block, are a step: the comment is told, then the statements run as if typed, a statement ending
 * where the prompt would take it. Within a block a bare "--" parts paragraphs, and lines indented by two
 * blanks or more stay as they are.
 */
#ifndef ASSAY_REPL_DEMO_H
#define ASSAY_REPL_DEMO_H

#include "repl/console.h"

typedef struct Demo Demo;

/* Reads home/lua/demos/NAME.lua; STATUS_NAME with the nearest name when there is none. */
Status demo_open(const char *home, const char *name, Demo **out, Error *e) MUST_USE;
void demo_free(Demo *demo);

/* "name  title" of every demonstration, a line each. */
Status demo_list(const char *home, Text *out, Error *e) MUST_USE;

/* Tells the next step and, with `code`, shows its statements; false when there is no further one. */
bool demo_tell(Demo *demo, Console *console, bool code);

/* Whether nothing is left: the step that was told is the last one and has no statements. */
bool demo_ended(const Demo *demo);

/* Runs the step that was told, each statement shown before its output (a single one only with `show`). */
RunState demo_step(Demo *demo, Console *console, bool show, RunOutcome *outcome);

/* All steps one after the other. */
RunState demo_through(Demo *demo, Console *console, RunOutcome *outcome);

#endif
