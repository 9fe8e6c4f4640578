/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of writing text files mean. */
#include "registry/help.h"

static const Topic text_write_topics[] = {
    {"markdown-no-columns", "a frame without columns cannot be written as Markdown",
     "A table begins with the names of its columns."},
    {"not-packed", "files are not written packed",
     "A file called .gz or .zst is unpacked when it is read, but writing makes plain text. Write it under "
     "its name without "
     "that ending, and pack it with gzip or zstd."},
    {"unwritten-format", "the name promises a kind of file that is not written",
     "A file called .parquet or .rds that held CSV would mislead whoever opens it. The programs that these files belong "
     "to read .csv too. With format = \"csv\" the name does not matter."},
    {"writing", "what files keep of a frame, and what not",
     "df:write \"shop.csv\": the name's ending tells the format. Every cell is written in full, and a double comes "
     "back with all its bits. No text format keeps zones other than UTC, or tells category from string; further:\n"
     "CSV, TSV: not kept: the type of a column without a value. Sets come back with types = {x = \"set\"}; whole "
     "numbers of more than 18 digits and years outside 1 to 9999 with their types. A text that looks like a value or "
     "like NA is quoted, and quotes make it text.\n"
     "JSON, JSON lines: not kept: the type of a column without a value, and the columns of a frame without rows. Columns "
     "of texts that are all dates come back as dates, unless types = \"string\". NaN and infinities are texts, read as "
     "numbers among others.\n"
     "SQLite: keeps all types, also of empty columns; has no negative zero, and refuses NaN. Written in one "
     "transaction: table = \"name\", append = true.\n"
     "Markdown: a table for people; not read back.\n\n"
     "A file appears whole or not at all: after an error, a full disk or a kill the old one is as it was."},
};
REGISTER_TOPICS(text_write_topics);
