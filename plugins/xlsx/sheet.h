/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet.h -- the cells of one sheet, gathered by row and column.
 *
 * Formulas give the value the workbook has kept for them. Errors (#N/A ...) and empty texts are missing. A date is a
 * number whose format shows it so: days since 1899-12-30, a fraction being the time, to the millisecond; serials
 * below 60 count from the day after, since 1900 has a 29 February there (60); or days since 1904-01-01. A time of day
 * alone is a fraction of a day.
 */
#ifndef XLSX_SHEET_H
#define XLSX_SHEET_H

#include "io/gather.h"
#include "workbook.h"

enum { SHEET_ROWS = 1048576, SHEET_COLUMNS = 16384, CELL_NAME = 16 };

/* Cells from and to, from 0, both included. */
typedef struct CellRange {
  size_t top, left, bottom, right;
} CellRange;

typedef struct SheetCells {
  Gather *gather;               /* rows and columns counted from the range's own corner */
  size_t first_column;          /* the first with a cell */
  size_t rows;                  /* with cells */
  size_t errors, times, empty;  /* error cells; times of day; empty texts */
  char error_cell[CELL_NAME], error_text[16], merged[2 * CELL_NAME];
  size_t n_merged;              /* ranges; merged: the first */
} SheetCells;

/* `most`: stop after so many rows with cells. Errors: "bad-workbook", "workbook-limit". */
Status sheet_read(const Workbook *workbook, const WorkbookSheet *sheet, const CellRange *range, size_t most,
                  SheetCells *out, Error *e) MUST_USE;

/* "B2:F100", "B2", "B:F", "2:100", "B2:F" (open below); also with the sheet's name and '!' in front, and with $. False
 * when it is no range. */
bool range_parse(const char *text, CellRange *out);
void cell_name(size_t row, size_t column, char out[CELL_NAME]);

#endif
