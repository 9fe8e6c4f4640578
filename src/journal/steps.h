/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steps.h -- a journal, or any Lua file, taken apart into statements and what is said of them.
 *
 * A journal is a Lua file. What is not Lua stands in comments that begin their line: "--= " facts (fact.h), "--! " a
 * statement that failed, "--@ " of the session. A statement goes up to its line "--= N done"; facts may come later,
 * found by their number. Marks inside strings and long comments are none. A file without marks is one step. Text
 * behind the last mark is a step when the file is a script; in a journal that was not ended it is the torn end, kept
 * apart. O(length). Files of others are read too: nothing in them is trusted.
 */
#ifndef ASSAY_JOURNAL_STEPS_H
#define ASSAY_JOURNAL_STEPS_H

#include "journal/fact.h"

typedef struct Step {
  uint64_t number;
  size_t line;             /* of its text, from 1 */
  const char *text;        /* as it stands in the file, without blanks around; of a failed one as it was typed */
  const char *folder;      /* where it ran, "" when not said */
  bool undone;             /* by .undo, or without effect since it came between a statement and its undoing */
  RunFact run;             /* at "" when there is no such line */
  Fact *facts;
  size_t n, room;
} Step;

typedef struct Steps {
  Arena arena;             /* holds all texts */
  Step *items;
  size_t n, room;
  const char *version, *began, *torn;
  bool journal, ended;     /* begun as a journal; ended as one */
} Steps;

/* Also when it fails, steps are to be freed. */
Status steps_read(const char *text, Steps *out, Error *e) MUST_USE;
void steps_free(Steps *steps);

/* The lines of a step; `before`: the run of the step above, whose machine need not be said again, or NULL. */
void step_write(const Step *step, const RunFact *before, Text *out);
void step_write_failed(const char *text, Text *out); /* behind "--! " */

/* Whether running it again matters: it succeeded, or failed after it had given variables a value. */
bool step_runs(const Step *step);

/* "_ = x" of a value that was shown: gives x and true. */
bool step_expression(const Step *step, const char **expression);

static inline bool digest_same(Digest a, Digest b)
{
  return a.high == b.high && a.low == b.low;
}

#endif
