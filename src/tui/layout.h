/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layout.h -- where the panels of a page are: a tree of splits, with one of them in focus.
 *
 * Written as Page.layout says: "names:26|(rows/detail:30%)". A split whose parts would be under 16 columns or 4 lines
 * shows only the part with the focus. What the user changes (sizes, direction, zoom) is written the same way, and kept
 * per page in $XDG_STATE_HOME/assay/layouts, a line "PAGE LAYOUT" each; a line that does not fit the page is not used.
 */
#ifndef ASSAY_TUI_LAYOUT_H
#define ASSAY_TUI_LAYOUT_H

#include "tui/page.h"

enum { LAYOUT_SLOTS = 12 };

typedef struct LayoutNode {
  char kind;          /* '|', '/', or 0: a slot */
  int slot;           /* of the page */
  int share;          /* 0: the rest */
  bool percent;
  int first, second;  /* parts of a split */
} LayoutNode;

typedef struct Layout {
  LayoutNode nodes[2 * LAYOUT_SLOTS];
  int n, root;
  int focus;          /* a slot */
  bool zoomed;
  Rect rects[LAYOUT_SLOTS]; /* by slot, with border; width 0: not shown */
} Layout;

/* false: the text does not name every slot of the page exactly once, and nothing was changed. */
bool layout_read(Layout *layout, const Page *page, const char *text);
void layout_write(const Layout *layout, const Page *page, Text *out);

void layout_place(Layout *layout, Rect area);
void layout_focus_next(Layout *layout, const Page *page, int step);
void layout_grow(Layout *layout, int by, bool down); /* the focused panel's columns or lines */
void layout_turn(Layout *layout);                    /* side by side or one above the other */

/* The user's layouts. */
void layout_load(Layout *layout, const Page *page);
Status layout_save(const Layout *layout, const Page *page, Error *e) MUST_USE;

#endif
