/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_column.h -- the page of one column: how others lead to it. */
#ifndef ASSAY_TUI_PAGE_COLUMN_H
#define ASSAY_TUI_PAGE_COLUMN_H

#include "tui/table_steps.h"
#include "tui/tui.h"

/* Goes to the page of a column of a frame: that of the expression base and the steps (NULL: none). */
void column_page_go(Tui *tui, const char *base, const TableSteps *steps, const Frame *frame, size_t column);

#endif
