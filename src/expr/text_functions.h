/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_functions.h -- texts of cells: what the sources of text functions share.
 *
 * Cells are valid UTF-8 without NUL, and so is what functions make of them. Lengths and places count code points from 1;
 * negative ones count from the end, -1 being the last. A result that equals its argument is borrowed from it.
 */
#ifndef ASSAY_EXPR_TEXT_FUNCTIONS_H
#define ASSAY_EXPR_TEXT_FUNCTIONS_H

#include "core/text.h"
#include "expr/function_cells.h"

enum { TEXT_CELL_MOST = 1 << 24 }; /* bytes of a cell that pad and repeat make */

/* The first byte past ASCII, or length. */
size_t text_ascii(Span text);

/* Code points in it; the byte offset of code point k (from 0), or the length when there are fewer. */
size_t text_codes(Span text);
size_t text_offset(Span text, size_t k);

/* White space of Unicode, and the invisible U+200B and U+FEFF. */
bool text_is_space(uint32_t code);
Span text_trim(Span text, bool left, bool right);

/* The place of `part` at or after byte `from`; text.length when it is not there. */
size_t text_find(Span text, Span part, size_t from);

/* Code points of a text in the arena; NULL: no memory. */
uint32_t *text_decode(Span text, Arena *arena, size_t *n);

/* Copies the buffer to the arena as cell i and empties it. */
Status text_keep(Text *buffer, Cells *out, size_t i, Arena *arena, Error *e) MUST_USE;

/* A cell of any type as text. */
void text_of_cell(const Cells *cells, size_t i, Text *buffer);

#endif
