/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table_view.h -- the part of a frame that is on the screen: which cells, how wide, and drawing them.
 *
 *     #      name      spend  since        <- names; the row numbers' place at the left
 *     string   float64  timestamp           <- types, where there is room
 *   > 7 客户    120.50  2026-01-31           <- > the cursor's row, * a chosen one
 *   *  8 Zoë         NA  2026-02-01
 *
 * Nothing is copied and nothing is looked at but what is drawn, and a sample of SAMPLE rows spread over each column
 * when it is first drawn. The sample makes its width and its decimals; both only grow when a wider number comes by, so
 * that columns stay where they are while rows scroll. Memory: a few bytes for each column, and a bit for each row once
 * one is chosen. Numbers are never cut; texts and names are, with a mark, unless the column is set to its whole width.
 *
 * Columns marked frozen stand at the left whatever scrolls; hidden ones are left out. The cursor is always on the
 * screen, on a column that is not hidden; `header` puts it on the names.
 */
#ifndef ASSAY_TUI_TABLE_VIEW_H
#define ASSAY_TUI_TABLE_VIEW_H

#include "frame/frame.h"
#include "view/cells.h"
#include "view/number.h"

enum { TABLE_SLOTS = 128, TABLE_PAD = 2 };

typedef struct TableColumn {
  NumberFormat format; /* of float64 */
  int width;           /* 0: not looked at yet */
  int sort;            /* place among the sort keys, 0: none */
  bool falling, hidden, frozen, whole, right;
} TableColumn;

typedef struct TableView {
  Frame *frame;          /* referenced; NULL: nothing to see */
  TableColumn *columns;  /* of the frame */
  size_t row, column;    /* the cursor */
  bool header;
  size_t top, left;      /* the first row; the first column that scrolls */
  uint64_t *chosen;      /* a bit for each row; NULL: none is */
  size_t n_chosen, n_hidden;
  Text find;             /* cells that hold this text are marked; "" none */
  bool find_case;
  int find_column;       /* -1: in all */
  /* As last placed: */
  size_t height;         /* rows that fit */
  int gutter;
  bool types, no_types; /* no_types: asked for */
  struct TableSlot {
    size_t column;
    int x, width;
    bool scrolls;
  } slots[TABLE_SLOTS];
  size_t n_slots;
  size_t last;           /* the column behind the last one on the screen */
} TableView;

/* Takes a reference and shows the frame from its beginning. keep: the columns are the same (in number, names, types):
 * their marks and widths stay. Errors: STATUS_MEMORY; then nothing was changed. */
Status table_view_show(TableView *view, const Frame *frame, bool keep, Error *e) MUST_USE;
void table_view_free(TableView *view);
bool table_view_same_columns(const TableView *view, const Frame *frame);

/* Moving; clamped. move_column goes over hidden ones. */
void table_view_to_row(TableView *view, size_t row);
void table_view_move_row(TableView *view, int64_t by);
void table_view_move_column(TableView *view, int by);
void table_view_to_column(TableView *view, size_t column);

void table_view_hide(TableView *view, size_t column, bool hide); /* refused for the last one seen */

/* Choosing rows. false: no memory. */
bool table_view_is_chosen(const TableView *view, size_t row);
bool table_view_choose(TableView *view, size_t row, bool chosen);
bool table_view_choose_range(TableView *view, size_t from, size_t to);
void table_view_choose_none(TableView *view);

/* A cell as it is shown. O(its length). */
void table_view_cell(const TableView *view, size_t row, size_t column, Text *out);

/* Whether the cell holds the text looked for. */
bool table_view_found(TableView *view, size_t row, size_t column);

/* Lays the table out for an area, so that the cursor is within; then draws it. O(cells of the area). */
void table_view_place(TableView *view, Cells *cells, Rect area);
void table_view_draw(TableView *view, Cells *cells, Rect area, bool focused);

/* The cell at a place of the area as last drawn: false when there is none. A name gives header. */
bool table_view_at(const TableView *view, int x, int y, size_t *row, size_t *column, bool *header);

#endif
