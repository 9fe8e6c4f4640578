/* SPDX-License-Identifier: GPL-3.0-or-later */
/* continuation.h -- the prompt of a statement's further lines, which says what is open.
 *
 * Its form is "OPEN>> ": the bracket ("(>> "), the string or comment ("[[>> ", "--[[>> ") or the block ("for>> ",
 * "function>> ") that was opened last and is not closed; ">> " when nothing is, as behind an operator. All of it is ASCII,
 * so that its bytes are its columns. None of these can begin a line of Lua, which is how they are known in pasted text.
 */
#ifndef ASSAY_REPL_CONTINUATION_H
#define ASSAY_REPL_CONTINUATION_H

#include <stddef.h>

enum { CONTINUATION_SIZE = 16 }; /* bytes, with the NUL */

/* Writes the prompt behind the n bytes of `text`, which are the lines so far, each with its line end. O(n). */
void continuation_prompt(const char *text, size_t n, char prompt[CONTINUATION_SIZE]);

/* Bytes of a prompt at the beginning of a line, the first one's ("> ") or a further one's; 0: there is none. */
size_t continuation_skip(const char *line);

#endif
