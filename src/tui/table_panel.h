/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table_panel.h -- a panel with a frame of any size: rows and columns scroll, nothing is copied.
 *
 * What is shown is an expression of the session and its frame. Sorting, filtering and hiding make a longer
 * expression, which is asked for by tui_query; `y` gives it. Draws the rows on the screen only, O(cells shown).
 */
#ifndef ASSAY_TUI_TABLE_PANEL_H
#define ASSAY_TUI_TABLE_PANEL_H

#include "tui/tui.h"

typedef struct TablePanel {
  /* May be set in open: */
  void *context;
  void (*moved)(Tui *tui, void *context, size_t row, size_t column); /* the cursor is at another cell */
  void (*enter)(Tui *tui, void *context, size_t row);                /* Enter on a row */
  const char *empty;     /* what is said when there is no frame */
  /* The panel's own: */
  Frame *frame;          /* what is shown; NULL: nothing */
  Text base;             /* the Lua of the frame that was given */
  Text lua;              /* the Lua of what is shown */
  size_t row, column;    /* the cursor */
  size_t top, left;      /* the first row and column shown */
  int height;
} TablePanel;

extern const PanelClass table_panel;

/* Shows the frame that the expression stands for (a variable's name, `seg.tidy`); takes a reference. NULL: nothing. */
void table_panel_show(Tui *tui, TablePanel *panel, const char *expression, const Frame *frame);

#endif
