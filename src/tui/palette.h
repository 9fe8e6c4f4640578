/* SPDX-License-Identifier: GPL-3.0-or-later */
/* palette.h -- the command palette: every action of every page and every primitive, found by some of its letters.
 *
 * What is typed matches an entry when its letters stand in the entry in this order; better are those at the beginnings of
 * words and those that follow one another. Enter does it: an action on its page, a primitive in the form of the page
 * "run", or, where there is none, as a Lua line to be completed.
 */
#ifndef ASSAY_TUI_PALETTE_H
#define ASSAY_TUI_PALETTE_H

#include "tui/tui.h"

typedef struct Palette Palette;

Palette *palette_new(void);
void palette_free(Palette *palette);
bool palette_is_open(const Palette *palette);
void palette_open(Tui *tui, Palette *palette);
bool palette_key(Tui *tui, Palette *palette, const Key *key);
void palette_draw(Tui *tui, Palette *palette, Cells *cells, Rect area, Rect *cursor);

/* How well the letters of `typed` are found in `text`; 0: not at all. O(|text| |typed|). */
int palette_score(const char *typed, const char *text);

#endif
