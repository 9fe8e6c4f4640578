/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slice.h -- which statements of a session make a variable.
 *
 * Goes backwards from the end: a statement is kept when it gave a new value to something that is needed, and what it
 * mentions is needed from there on. Which variables a statement gave a value is known from its facts, since the session
 * compared them before and after; what it reads is taken from its text (chunk_names.h). When in doubt a statement is
 * kept:
 *
 * - A function is followed to all names that the statements which made it mention, as they are when it is called.
 * - A value that a statement may change without its name saying so (a function with a state of its own, a table too
 * large
 *   or too odd to be compared) makes every statement that mentions it needed; values that were in one statement
 *   together may hold one another and count as one.
 * - load, require, dofile, primitive{...}, _ENV and the like: always kept.
 * - A file that was written, and read later by a kept statement; when names are not known, any file.
 * - math.random: all that came before it.
 *
 * O(steps * names).
 */
#ifndef ASSAY_JOURNAL_SLICE_H
#define ASSAY_JOURNAL_SLICE_H

#include "journal/steps.h"

/* Sets keep[i] for the steps that make `object`, or, when it is NULL, all variables. STATUS_NAME "no-such-object" with
 * the nearest name when no statement gave the object a value. */
Status slice_steps(const Steps *steps, const char *object, bool *keep, Error *e) MUST_USE;

/* The script of these steps; those whose shown value is needed as `_` assign it. object: NULL for a session. */
Status slice_write(const Steps *steps, const bool *keep, const char *version, const char *object, Text *out,
                   Error *e) MUST_USE;

#endif
