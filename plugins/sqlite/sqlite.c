/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The format sqlite: what the program sees of this plugin. */
#include <string.h>

#include "base.h"
#include "plug/plugin.h"

static bool knows(const char *head, size_t n)
{
  return n >= 16 && memcmp(head, "SQLite format 3", 16) == 0;
}

static const Format sqlite_format = {
  .size = sizeof(Format), .name = "sqlite", .extensions = "db|sqlite|sqlite3", .scheme = "sqlite",
  .summary = "a table of a SQLite database, or a query to it", .takes = FORMAT_TABLE | FORMAT_SQL, .knows = knows,
  .read = sqlite_read, .write = sqlite_write};
REGISTER_FORMAT(sqlite_format);

ASSAY_PLUGIN(sqlite, NULL)
