/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_columns.h -- the lines of a report about columns: one for each type with the columns of which there is nothing
 * else to say, then one for each of the others. All zero is empty. Out of memory marks `out` as failed.
 */
#ifndef ASSAY_IO_REPORT_COLUMNS_H
#define ASSAY_IO_REPORT_COLUMNS_H

#include "core/text.h"
#include "frame/column.h"

typedef struct ReportColumns {
  Text lists[TYPE_COUNT];
  Text others;            /* whole lines; callers may add some */
} ReportColumns;

/* details: what follows "name: type", "" for nothing. */
void report_columns_add(ReportColumns *columns, const char *name, Type type, const char *details);

/* Adds the lines and frees the lists. */
void report_columns_put(ReportColumns *columns, Text *out);
void report_columns_free(ReportColumns *columns);

#endif
