/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua_text.h -- the parts of a Lua text, for colouring it while it is typed.
 *
 * A part is a run of bytes with one role. Text that is not finished (an open string, a long comment) is a part to its end.
 * Nothing is checked: every text has parts. O(length).
 */
#ifndef ASSAY_VIEW_LUA_TEXT_H
#define ASSAY_VIEW_LUA_TEXT_H

#include <stddef.h>

#include "view/style.h"

/* The part that begins at `from` (< n); gives its end (> from) and its role: VIEW_PLAIN, VIEW_KEYWORD, VIEW_STRING,
 * VIEW_NUMBER or VIEW_MUTED (a comment). Parts lie side by side, so a text is walked from 0. */
size_t lua_text_part(const char *text, size_t n, size_t from, ViewRole *role);

#endif
