/* SPDX-License-Identifier: GPL-3.0-or-later */
/* width.h -- how many columns a text takes on a terminal, and cutting, padding and wrapping by columns.
 *
 * The unit is the grapheme cluster (Unicode annex 29, by utf8proc). Its width is the sum of wcwidth of its
 * code points in the process's locale; emoji sequences (joined families, skin tones, U+FE0F) take two
 * columns, as annex 11 has it.
 *
 * Text is data and may be hostile. What goes out here never moves the cursor or changes the terminal's
 * state, and takes exactly the columns that were counted. So these are shown as escapes:
 *   \n \t \r, other control characters and bytes that are not UTF-8 as \xNN;
 *   \u{NNNN}: control, direction and format characters beyond ASCII, code points unknown to the locale,
 *   marks with nothing to stand on, and the rest of a cluster of more than 32 code points; with `ascii` every
 *   code point beyond ASCII.
 * Backslashes of the data stay as they are: the escapes are for eyes, not for reading back.
 *
 * All functions are linear in what they put out (plus the width asked for), also on texts of megabytes.
 */
#ifndef ASSAY_VIEW_WIDTH_H
#define ASSAY_VIEW_WIDTH_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text.h"

/* Columns taken by s[0..n) as shown. */
size_t width_of(const char *s, size_t n, bool ascii);

/* The same, but stops counting once it is more than most: for cells that will be cut. */
size_t width_up_to(const char *s, size_t n, size_t most, bool ascii);

/* Columns taken by the first `bytes` bytes of s[0..n): where a caret stands under it. */
size_t width_before(const char *s, size_t n, size_t bytes, bool ascii);

/* The part of s[0..n), n >= 1, that comes first: a cluster, or something that is shown as an escape. */
typedef struct WidthPart {
  size_t bytes, columns;
  bool escaped;
} WidthPart;

WidthPart width_part(const char *s, size_t n, bool ascii);

/* Adds the text, whole. */
void width_add(Text *out, const char *s, size_t n, bool ascii);

/* Adds the text if it takes at most `most` columns, else its beginning and a mark: … or ... (fewer dots
 * where there is no room). Gives the columns taken, at most `most`; may be one fewer before a mark when
 * the next character is wide. */
size_t width_cut(Text *out, const char *s, size_t n, size_t most, bool ascii);

/* width_cut, then blanks up to exactly `width` columns: text on the left, or on the right. */
void width_left(Text *out, const char *s, size_t n, size_t width, bool ascii);
void width_right(Text *out, const char *s, size_t n, size_t width, bool ascii);

/* How width_wrap sets a paragraph. */
typedef struct WidthWrap {
  size_t width;      /* of the lines; at least 8 is used */
  size_t margin;     /* blanks before the second and further lines; at most half of the width is used */
  size_t at;         /* columns already taken on the first line */
  size_t lines;      /* most lines, the last one ending in a mark when there was more; 0: no limit */
  bool ascii;
} WidthWrap;

/* Adds the text broken at blanks and beside wide characters (words longer than a line are broken anywhere) and at line
 * ends in it; no line of Chinese begins with a closing mark or ends with an opening one.
 * Each line ends in \n, the last one too. Gives the number of lines. */
size_t width_wrap(Text *out, const char *s, size_t n, const WidthWrap *wrap);

#endif
