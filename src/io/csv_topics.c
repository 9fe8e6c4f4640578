/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of reading CSV mean. */
#include "registry/help.h"

static const Topic csv_topics[] = {
    {"csv-after-quote", "a quoted field goes on behind its closing quote",
     "Between the quote and the next delimiter or line end nothing may stand. A quote that belongs to the text is doubled: "
     "\"say \"\"hello\"\"\"."},
    {"csv-blank-line", "an empty line among the rows",
     "Blank lines are passed over. In a file of one column a blank line is a missing cell."},
    {"csv-carriage-return", "a carriage return stands alone",
     "Lines end in LF, CRLF or CR; inside a field a carriage return must be in quotes."},
    {"csv-long-field", "a field is longer than a reader takes", "Most often a quote was opened and not closed."},
    {"csv-names", "names that do not fit the columns",
     "The option names gives a name to each column of the file, in order; so there must be as many as columns."},
    {"csv-no-columns", "a frame without columns cannot be written", "A CSV file begins with its columns' names."},
    {"csv-open-quote", "a quote is never closed",
     "The message names the line where it opens. Close it at the end of its field, or double it if it belongs to the text."},
    {"csv-option", "an option of reading text has an unusable value",
     "quote and escape take one character of ASCII, delimiter at most seven, comment at most seven; \"\" stands for none. The "
     "quote and the delimiter must differ."},
    {"csv-packed", "a file is an archive", "Unpack it first. Files packed by gzip or zstd are read as they are."},
    {"csv-ragged", "a row has more or fewer fields than the table",
     "With ragged = \"error\" nothing is read then. With \"auto\", missing cells are added at the end of a short row whose cells fit "
     "their columns, empty fields at the end of a long one are dropped, and other such rows go to df:rejects(). A row is never "
     "shifted or merged."},
    {"csv-type", "a cell does not fit the type asked for",
     "The message has the line and the cell. Mend it, or leave the column out of types = {...} and see in df:report() what it "
     "is read as."},
    {"csv-types", "a fault of ours in finding types", "Please report it, with the file if you can."},
};
REGISTER_TOPICS(csv_topics);
