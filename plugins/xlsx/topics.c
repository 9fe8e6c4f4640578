/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of workbooks mean. */
#include "registry/topic.h"

static const Topic xlsx_topics[] = {
    {"bad-range", "a range of cells is not understood",
     "A range is written as in a spreadsheet: \"B2:F100\", \"B:F\", \"2:100\", or \"B2\" for all from there on."},
    {"bad-workbook", "a workbook is damaged",
     "A part of it is missing or cannot be read. Open it in a spreadsheet and save it again."},
    {"names-do-not-fit", "the names given are not as many as the columns",
     "names = {...} must name each column of the table. range says which columns these are."},
    {"not-a-workbook", "a file is no workbook that can be read",
     "Workbooks are read in the format xlsx (and xlsm), without a password. Save others as xlsx or as CSV."},
    {"unknown-sheet", "a workbook has no sheet of this name or number",
     "The message names the nearest one and lists them."},
    {"workbook-limit", "a workbook unpacks to far more than it should",
     "A file that a person made never does. For a sheet with a few cells far apart say which are the table: range = "
     "\"A1:F100\"."},
};
REGISTER_TOPICS(xlsx_topics);
