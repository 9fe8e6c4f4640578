/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table_parts.h -- what the sources of table_panel.h share. */
#ifndef ASSAY_TUI_TABLE_PARTS_H
#define ASSAY_TUI_TABLE_PARTS_H

#include "tui/table_panel.h"

/* ---- table_panel.c */

/* The cursor, the frame or the steps have changed: brings the fields for others up to date, and redraws. */
void table_sync(Tui *tui, TablePanel *panel);

bool table_has_rows(Tui *tui, void *context);    /* there is a row under the cursor */
bool table_has_columns(Tui *tui, void *context);
bool table_can_work(Tui *tui, void *context);    /* the same, of a frame of the session */

/* The panel's actions, for panels that have it for a part (their first one). */
enum { TABLE_ACTIONS = 38 };
extern const Action table_actions[TABLE_ACTIONS];

/* "1,200". */
void table_count(size_t n, char out[32]);

/* ---- table_work.c: filters and orders */

void table_filter(Tui *tui, void *context);
void table_filter_equal(Tui *tui, void *context);
void table_sort_rising(Tui *tui, void *context);
void table_sort_falling(Tui *tui, void *context);
void table_undo(Tui *tui, void *context);
bool table_can_undo(Tui *tui, void *context);
void table_restart(Tui *tui, void *context);
void table_hide(Tui *tui, void *context);
void table_show_all(Tui *tui, void *context);
bool table_has_hidden(Tui *tui, void *context);
void table_keep(Tui *tui, void *context);
void table_work_begin(Tui *tui, TablePanel *panel); /* the rows of panel->steps are to be shown */
void table_work_forget(Tui *tui, TablePanel *panel);

/* ---- table_search.c */

void table_search_column(Tui *tui, void *context);
void table_search_all(Tui *tui, void *context);
void table_search_next(Tui *tui, void *context);
void table_search_former(Tui *tui, void *context);
bool table_searches(Tui *tui, void *context);
void table_choose_found(Tui *tui, void *context);
void table_search_forget(TablePanel *panel); /* what was found, not what was looked for */

/* ---- table_copy.c: rows chosen, cells, copies */

void table_choose(Tui *tui, void *context);
void table_choose_up(Tui *tui, void *context);
void table_choose_down(Tui *tui, void *context);
void table_choose_range(Tui *tui, void *context);
void table_choose_all(Tui *tui, void *context);
void table_choose_none(Tui *tui, void *context);
bool table_has_chosen(Tui *tui, void *context);
void table_cell(Tui *tui, void *context);
void table_copy(Tui *tui, void *context);

/* The rows chosen, or with none the cell, as CSV: columns that are not hidden. */
void table_csv(const TablePanel *panel, Text *out);

#endif
