/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of databases mean. */
#include "registry/topic.h"

static const Topic sqlite_topics[] = {
    {"bad-query", "it is not clear what is wanted of a database",
     "Say one of table and sql, in the options or behind the path: \"sqlite:shop.db?table=orders\"."},
    {"database-busy", "another program has locked a database",
     "It was waited for two seconds. Try again when it has ended."},
    {"database-error", "a database could not be read or written",
     "The message has the reason that SQLite gave. When writing failed the database is as it was before."},
    {"nan-in-database", "a column has NaN, which SQLite cannot keep",
     "SQLite would make it NULL, which reads back as missing. Make these cells missing yourself, or leave the column "
     "out."},
    {"not-a-database", "a file is no SQLite database",
     "It begins otherwise, is damaged, or is encrypted. sqlite3 FILE \"pragma integrity_check\" tells more."},
    {"sql-error", "SQLite does not understand a query",
     "The message is SQLite's own; the caret shows where it stopped reading."},
    {"sql-writes", "a query given to read changes the database",
     "read runs one statement that gives rows. Use the sqlite3 program for anything else."},
    {"table-columns", "a frame does not fit the table it is to be added to",
     "The table must have the columns of the frame, and no others, of types that hold them. Select or rename "
     "columns first, or write another table."},
    {"unknown-table", "a database has no table of this name", "The message names the nearest one and lists them."},
    {"which-table", "a database has several tables, or none",
     "Say which with table = \"name\"; the message lists them."},
};
REGISTER_TOPICS(sqlite_topics);
