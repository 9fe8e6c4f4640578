/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error_text.h -- an Error in full: what happened, where, the text as typed with a caret, what to do, its
 * id.
 *
 *   error: 'regoin' is not a column of customers (12 columns)
 *     in frame.mutate, segment.lua:3:14
 *     spend + regoin * 2
 *             ^
 *     did you mean 'region'?
 *     [unknown-column: ?unknown-column explains]
 *
 * Of an error of the user's own Lua code the place stands in front: "error: stdin:2: syntax error near '+'".
 *
 * At most 20 lines, none wider than the style's width unless that is under 12; what does not fit ends in a
 * mark. Of a text of several lines the caret's is shown, and of a line too long for the screen the part
 * around the caret. The caret stands by display width. An interruption is the one word, since it is no
 * mistake.
 */
#ifndef ASSAY_VIEW_ERROR_TEXT_H
#define ASSAY_VIEW_ERROR_TEXT_H

#include "core/text.h"
#include "view/style.h"

/* Adds the lines, each ending in \n; nothing when e holds no error. */
void error_text(const Error *e, const ViewStyle *style, Text *out);

/* The same in one line, cut to the width: "what (hint)", for status lines. No line end. */
void error_line(const Error *e, const ViewStyle *style, Text *out);

#endif
