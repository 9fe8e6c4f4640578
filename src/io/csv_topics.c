/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of reading CSV mean. */
#include "registry/help.h"

static const Topic csv_topics[] = {
    {"csv-after-quote", "a quoted field goes on behind its closing quote",
     "Between the quote and the next comma or line end nothing may stand. A quote that belongs to the text is doubled: "
     "\"say \"\"hello\"\"\"."},
    {"csv-blank-line", "an empty line among the rows",
     "Blank lines are passed over at the end of a file only. In a file of one column a blank line is a missing cell."},
    {"csv-carriage-return", "a carriage return stands alone",
     "Lines end in LF or CRLF. Files of old Macs are converted with tr '\\r' '\\n'; inside a field it must be in quotes."},
    {"csv-empty", "a CSV file has no header", "The first line must name the columns, parted by commas."},
    {"csv-header-name", "a column has no name", "Give each column a name in the first line."},
    {"csv-header-twice", "two columns have one name", "Give each column a name of its own in the first line."},
    {"csv-long-field", "a field is longer than a reader takes", "Most often a quote was opened and not closed."},
    {"csv-no-columns", "a frame without columns cannot be written", "A CSV file begins with its columns' names."},
    {"csv-open-quote", "a quote is never closed",
     "The message names the line where it opens. Close it at the end of its field, or double it if it belongs to the text."},
    {"csv-packed", "a file is compressed", "Unpack it first; CSV is read from plain text."},
    {"csv-ragged", "a row has more or fewer fields than the header",
     "Nothing was read: a row is never shifted, merged or dropped. Most often a field with a comma lacks its quotes, or a "
     "separator other than the comma is used."},
    {"csv-type", "a cell does not fit the type asked for",
     "The message has the line and the cell. Mend it, or leave the column out of types = {...} and see in df:report() what it "
     "is read as."},
    {"csv-types", "a fault of ours in finding types", "Please report it, with the file if you can."},
};
REGISTER_TOPICS(csv_topics);
