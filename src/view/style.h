/* SPDX-License-Identifier: GPL-3.0-or-later */
/* style.h -- what the output is like, and what pieces of text mean.
 *
 * Everything in this layer is written for a ViewStyle: a size, and whether colour and characters beyond
 * ASCII may be used. Roles say what a piece is; only here do they become escape sequences, and only with
 * `color`. No colour carries a meaning of its own: whatever is coloured also says it in words or by its
 * place.
 */
#ifndef ASSAY_VIEW_STYLE_H
#define ASSAY_VIEW_STYLE_H

#include <stdbool.h>

#include "core/text.h"

/* What points and lines of charts are made of. AUTO: blocks, or . and ' where only ASCII may be used. */
typedef enum ViewDots { VIEW_DOTS_AUTO, VIEW_DOTS_BRAILLE, VIEW_DOTS_BLOCKS, VIEW_DOTS_ASCII } ViewDots;

typedef struct ViewStyle {
  int width;        /* columns; 0: no limit (files, a pager that scrolls sideways) */
  int height;       /* lines; 0: no limit, cards still show at most 20 rows of a table */
  bool ascii;       /* no byte above 0x7F */
  bool color;
  bool marks;       /* in the place of colour: roles and inks as bytes that only view/cells.h understands */
  bool plain;       /* no lines, boxes or blocks: for screen readers; tables are set with blanks */
  ViewDots dots;    /* charts; ascii and plain go before */
  int digits;       /* significant digits of numbers; 0: 6 */
  const char *more; /* how to see what was left out (".last shows all"), for footers; NULL: no word of it */
} ViewStyle;

typedef enum ViewRole {
  VIEW_PLAIN,
  VIEW_TITLE,   /* of a card or chart */
  VIEW_HEADER,  /* names of columns, keys */
  VIEW_MUTED,   /* types, rules, footers, missing cells */
  VIEW_NUMBER,
  VIEW_ERROR,
  VIEW_WARNING,
  VIEW_KEYWORD, /* of Lua, while it is typed */
  VIEW_STRING,
  VIEW_ROLES
} ViewRole;

typedef enum Glyph {
  GLYPH_VERTICAL,
  GLYPH_HORIZONTAL,
  GLYPH_CROSS,
  GLYPH_CORNER,     /* where the axes of a chart meet */
  GLYPH_TICK_LEFT,  /* a tick of the upright axis, of the other */
  GLYPH_TICK_BELOW,
  GLYPH_ELLIPSIS,   /* three columns in ASCII */
  GLYPH_TIMES,
  GLYPH_DOT,        /* between the parts of a line */
  GLYPHS
} Glyph;

/* 80 x 24, no colour, ASCII unless the process's locale is UTF-8. */
void style_init(ViewStyle *style);

/* Whether only ASCII may be used: asked for, or the locale's character set is not UTF-8. */
bool style_ascii(const ViewStyle *style);

/* Significant digits and columns to use (columns: a large number when there is no limit). */
int style_digits(const ViewStyle *style);
size_t style_width(const ViewStyle *style);

const char *style_glyph(const ViewStyle *style, Glyph glyph);

/* Begins and ends a role; nothing without colour. Roles do not nest. */
void style_on(const ViewStyle *style, ViewRole role, Text *out);
void style_off(const ViewStyle *style, ViewRole role, Text *out);

/* A trusted text in a role. */
void style_put(const ViewStyle *style, ViewRole role, const char *text, Text *out);

/* The colours of charts: of the series 1, 2 ..., of axes and rules, and four from little to much. Colours of series
 * repeat after six, so their characters must differ. */
enum { INK_NONE = 0, INK_SERIES = 1, INK_MUTED = 250, INK_RAMP = 251, INK_LEVELS = 4 };

/* How they are written with `marks`: control characters, which no text of data contains (width.h). Behind the first
 * comes STYLE_BASE + role, behind the second two times STYLE_BASE + four bits of the ink; the third ends both. */
enum { STYLE_ROLE = 1, STYLE_INK = 2, STYLE_OFF = 3, STYLE_BASE = 0x40 };

/* Begins and ends an ink; nothing without colour. */
void style_ink_on(const ViewStyle *style, unsigned ink, Text *out);
void style_ink_off(const ViewStyle *style, unsigned ink, Text *out);

/* The dots to draw with; never VIEW_DOTS_AUTO. */
ViewDots style_dots(const ViewStyle *style);

/* A text (escaped where it must be) wrapped at the width, in a role; ends in a line end. margin, at and
 * lines as in WidthWrap; at also is where the text begins. Gives the number of lines. */
size_t style_paragraph(const ViewStyle *style, ViewRole role, const char *text, size_t margin, size_t at,
                       size_t lines, Text *out);

/* A message of the program: "error: ...", "warning: ..." or, in any other role, "note: ...", wrapped.
 * Gives the lines. */
size_t style_message(const ViewStyle *style, ViewRole role, const char *message, size_t lines, Text *out);

#endif
