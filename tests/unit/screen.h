/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen.h -- what a terminal would make of a text: columns taken, and what must not be in it.
 *
 * Counts widths by its own few rules (wcwidth of each code point, nothing for what follows a joiner, for skin
 * tones and marks, two for an emoji in its picture form), so that it does not repeat the mistakes of
 * src/view/width.c.
 */
#ifndef ASSAY_TESTS_SCREEN_H
#define ASSAY_TESTS_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

/* Columns of a line; escape sequences of colour count nothing. Fails the test where the line has a control
 * character or bytes that are not UTF-8. */
size_t screen_width(const char *line, size_t n);

/* The next line of a text, without its end; false behind the last one. Fails the test if the last line has
 * no end. */
bool screen_line(const char **text, const char **line, size_t *n);

/* Fails the test if a line is wider than `width` or ends in a blank, or with `ascii` has a byte above 0x7F.
 * Gives the number of lines. */
size_t screen_check(const char *text, size_t width, bool ascii);

/* The column (from 0) of the index-th `mark` in the line, or (size_t)-1. */
size_t screen_column(const char *line, size_t n, const char *mark, size_t index);

/* Fails the test unless `count` lines from the first-th on have their marks in the same columns. */
void screen_aligned(const char *text, size_t first, size_t count, const char *mark);

#endif
