/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theme.h -- what pens look like: a table of roles and inks by theme and by how many colours there are. No curses here.
 *
 * Inks of series follow Okabe and Ito (2008), whose colours are told apart by people with any kind of colour vision; on
 * 8 and 16 colours those of view/style.c. Without colours roles are attributes only, and glyphs tell series apart.
 */
#ifndef ASSAY_TUI_THEME_H
#define ASSAY_TUI_THEME_H

#include "console/settings.h"
#include "view/cells.h"

enum { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_UNDERLINE = 4, LOOK_REVERSE = 8, LOOK_DEFAULT = -1 };

typedef struct Look {
  int color;          /* 0xRRGGBB with more than 256 colours, else the number of one; LOOK_DEFAULT: the terminal's */
  unsigned attributes;
} Look;

/* colors: 0 (mono), 8, 16, 256 or more. */
Look theme_look(Theme theme, Pen pen, int colors);

#endif
