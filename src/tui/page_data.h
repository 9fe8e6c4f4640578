/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_data.h -- the page of the session's objects: how others lead to rows of a table. */
#ifndef ASSAY_TUI_PAGE_DATA_H
#define ASSAY_TUI_PAGE_DATA_H

#include "tui/table_steps.h"
#include "tui/tui.h"

/* Shows the frame that base stands for with the steps, and a filter behind them (NULL: none). */
void data_page_go(Tui *tui, const char *base, const TableSteps *steps, const char *filter);

#endif
