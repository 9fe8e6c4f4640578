/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.h -- a frame as a bounded card of text.
 *
 *   name   │   spend │ since
 *   string │ float64 │ timestamp
 *   ───────┼─────────┼───────────
 *   客户   │  120.50 │ 2026-01-31
 *   …      │       … │ …
 *   Zoë    │      NA │ 2026-02-01
 *   100000 rows × 3 columns (2 shown); .last shows all
 *
 * Rows: all when they are few, else head and tail with a row of marks between them. Columns: as many from
 * the left as fit, numbers whole, texts cut with a mark where room is short (never below 16 columns); the
 * names of the others are listed below. Nothing is left out without a word. Every separator of a table is
 * in the same column of the screen on each line, and no line is wider than the style's width unless that
 * is under 12. Numbers: view/number.h, from the rows shown only.
 *
 * With style->plain: no lines, columns two blanks apart. Cells are escaped as width.h says.
 */
#ifndef ASSAY_VIEW_TABLE_H
#define ASSAY_VIEW_TABLE_H

#include "core/text.h"
#include "frame/frame.h"
#include "view/style.h"

#define TABLE_ALL_ROWS SIZE_MAX

typedef struct TableOptions {
  size_t rows;      /* most rows shown; 0: 20, or style->height - 6 where that is fewer; TABLE_ALL_ROWS */
  bool row_numbers; /* a first column with the rows' numbers, from 1 */
  bool inner;       /* within a card: no types, a footer only when rows or columns were left out */
} TableOptions;

/* Adds the frame's card; lines end in \n. options may be NULL. Errors: STATUS_MEMORY, when out is marked
 * failed too. O(cells shown), twice. */
Status table_render(const Frame *frame, const TableOptions *options, const ViewStyle *style, Text *out,
                    Error *e) MUST_USE;

/* The most lines that table_render writes for a table with this many rows to be shown, footer of one line
 * included: for sharing a screen among several tables. */
size_t table_lines(size_t rows, const TableOptions *options);

#endif
