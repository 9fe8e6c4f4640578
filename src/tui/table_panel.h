/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table_panel.h -- a panel with a frame of any size: rows and columns scroll, nothing is copied.
 *
 * What is shown is an expression of the session and its frame. Filtering and sorting make a longer expression
 * (table_steps.h), which is asked for by tui_query off the record; until the answer is there the former rows stay, and
 * the title says what is being done. `y` gives the expression, `K` keeps it under a name, which is a statement. Draws
 * the cells on the screen only (table_view.h).
 */
#ifndef ASSAY_TUI_TABLE_PANEL_H
#define ASSAY_TUI_TABLE_PANEL_H

#include "tui/table_steps.h"
#include "tui/table_view.h"
#include "tui/tui.h"

typedef struct TablePanel TablePanel;

struct TablePanel {
  /* May be set in open: */
  void *context;
  void (*moved)(Tui *tui, void *context, size_t row, size_t column); /* the cursor is at another cell */
  void (*enter)(Tui *tui, void *context, size_t row);                /* Enter on a row; else it shows the cell */
  const char *empty;     /* what is said when there is no frame */
  bool untitled;         /* the title leaves the expression out */
  bool fixed;            /* the frame is none of the session's: no filter, no sort, nothing to keep */
  /* The panel's own; read only: */
  Frame *frame;          /* what is shown (the view's reference); NULL: nothing */
  Text base;             /* the Lua of the frame that was given */
  Text lua;              /* the Lua of what is shown, hidden columns left out */
  size_t row, column;    /* the cursor */
  /* Internal: */
  TableView view;
  Frame *given;          /* the frame that the base stands for */
  TableSteps steps;      /* as wished */
  TableSteps shown;      /* as shown; the same but while a query is under way */
  bool working;          /* a query is under way */
  bool follows;          /* that of table_panel_follow: what the given frame has is not to be seen meanwhile */
  size_t anchor;         /* where a range of rows begins */
  Text typed;            /* a filter that failed, to be mended; a name that is taken */
  Text sought;           /* what is looked for */
  int sought_column;     /* -1: in all */
  Column *matches;       /* rows that hold it (bool), of the frame shown; NULL: not known yet */
  size_t n_matches;
  const Frame *asked;    /* the frame that they were asked for; never looked into */
  int direction;         /* to go when they are there; 0: to choose them */
  bool gone;             /* the cursor is on the next one already */
  bool fresh;            /* nothing was gone to yet: the cursor's own row counts */
};

extern const PanelClass table_panel;

/* Shows the frame that the expression stands for (a variable's name, `seg.tidy`); takes a reference. NULL: nothing.
 * With the same expression as before the filter, the order, hidden columns and the cursor stay where they can. */
void table_panel_show(Tui *tui, TablePanel *panel, const char *expression, const Frame *frame);

/* Adds the expression of what is shown. */
void table_panel_lua(const TablePanel *panel, Text *out);

/* Filters further by an expression, as `f` does; puts the cursor on a cell. */
void table_panel_filter(Tui *tui, TablePanel *panel, const char *expression);
/* The same with steps (may be NULL) in the place of those there are, and then a filter ("": none). */
void table_panel_follow(Tui *tui, TablePanel *panel, const TableSteps *steps, const char *filter);
void table_panel_move(Tui *tui, TablePanel *panel, size_t row, size_t column);

#endif
