/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pasted.h -- texts of several lines that the line editor gives at once: pasted, or an earlier statement called back. */
#ifndef ASSAY_REPL_PASTED_H
#define ASSAY_REPL_PASTED_H

#include <stdbool.h>

#include "bind/session.h"
#include "core/text.h"

/* Adds the text without prompts: one copied from a session brings them along. When the first line has one, they come off
 * all lines. O(bytes). */
void pasted_clean(const char *text, Text *out);

/* Whether each statement of the text, behind the lines `before` of one that is not complete, can run by itself, as if typed,
 * so that every value is shown. A text that makes sense as a whole only (a line that goes on with the one above, a local
 * variable), or one of 64 kB and more, runs as a whole. */
bool pasted_in_pieces(Session *session, const char *before, const char *text);

#endif
