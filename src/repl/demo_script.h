/* SPDX-License-Identifier: GPL-3.0-or-later */
/* demo_script.h -- demonstrations and lessons as they are written: Lua scripts whose comments are the narration.
 *
 * lua/demos/NAME.lua is an ordinary script. Its first comment line (after the licence line) is its title for the list. Each
 * further block of comment lines that begin in column one, and the statements up to the next block, are a step: the comment
 * is told, then the statements run as if typed, a statement ending where the prompt would take it. Within a block a bare
 * "--" parts paragraphs, and lines indented by two blanks or more stay as they are. Three kinds of lines are no narration:
 *
 *   --? NAMES   the step is a question: the reader types what the statements do. Right is what gives the variables NAMES
 *               the same values or, without names, shows the same value.
 *   --! TEXT    a hint for it, shown after the first wrong answer
 *   --> NAME    after the statements the reader steps through the variable NAME, a stepper (?step)
 */
#ifndef ASSAY_REPL_DEMO_SCRIPT_H
#define ASSAY_REPL_DEMO_SCRIPT_H

#include "core/text.h"

typedef struct DemoStep {
  Text narration;  /* paragraphs, each a line */
  Text code;       /* statements; empty: nothing runs */
  bool asks;
  Text names, hint;
  Text stepper;    /* "": none */
} DemoStep;

typedef struct DemoScript {
  char *name;
  DemoStep *steps;
  size_t n;
} DemoScript;

/* Reads home/lua/demos/NAME.lua. Errors: STATUS_NAME "unknown-demo" with the nearest name; "no-demos"; those of files. */
Status demo_script_read(const char *home, const char *name, DemoScript *out, Error *e) MUST_USE;
void demo_script_free(DemoScript *script);

/* "name  title" of every demonstration, a line each. */
Status demo_script_list(const char *home, Text *out, Error *e) MUST_USE;

/* The line behind one; the end of the text behind the last. */
const char *demo_line_end(const char *line);
const char *demo_next_line(const char *line);

/* Whether there is a statement in it. */
bool demo_has_code(const DemoStep *step);

/* "a, b": the variables that a step's statements give values to, as their lines begin. */
void demo_variables(const DemoStep *step, Text *out);

#endif
