/* SPDX-License-Identifier: GPL-3.0-or-later */
/* workbook.h -- what a workbook says of all of its sheets: names, shared strings, which number formats are dates.
 *
 * Reference: ECMA-376 part 1, 18 (SpreadsheetML); parts are found by their relationships.
 */
#ifndef XLSX_WORKBOOK_H
#define XLSX_WORKBOOK_H

#include "core/text.h"
#include "package.h"

typedef struct WorkbookSheet {
  char *name, *part, *relation; /* relation: its id in the workbook's relationships */
  bool hidden;
} WorkbookSheet;

typedef enum CellFormat { FORMAT_NUMBER, FORMAT_DATE, FORMAT_TIME /* of a day, or a span */ } CellFormat;

typedef struct Workbook {
  Package *package;
  WorkbookSheet *sheets;
  size_t n_sheets;
  bool since_1904;
  uint8_t *formats;             /* a CellFormat per cell style */
  size_t n_formats;
  Text strings;                 /* the shared ones, one after the other */
  size_t *ends;                 /* where each ends */
  size_t n_strings;
} Workbook;

/* The package stays the caller's. workbook_close is due in any case. */
Status workbook_open(Package *package, Workbook *out, Error *e) MUST_USE;
void workbook_close(Workbook *workbook);

/* What a number format's code or built-in number makes of a number. */
CellFormat format_of_code(const char *code);
CellFormat format_of_number(int number);

/* Adds text with _x000D_ and the like undone. */
void text_add_unescaped(Text *out, const char *text, size_t length);

#endif
