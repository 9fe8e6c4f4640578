/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/report_columns.h"

void report_columns_add(ReportColumns *columns, const char *name, Type type, const char *details)
{
  if (details[0]) {
    text_printf(&columns->others, "%s: %s%s\n", name, type_name(type), details);
  } else {
    text_printf(&columns->lists[type], "%s%s", columns->lists[type].size > 0 ? ", " : "", name);
  }
}

void report_columns_put(ReportColumns *columns, Text *out)
{
  for (int type = 0; type < TYPE_COUNT; type++) {
    const Text *list = &columns->lists[type];
    if (list->size > 0) {
      text_printf(out, _("%1$s columns: %2$s\n"), type_name((Type)type), text_data(list));
    }
    out->failed = out->failed || list->failed;
  }
  text_puts(out, text_data(&columns->others));
  out->failed = out->failed || columns->others.failed;
  report_columns_free(columns);
}

void report_columns_free(ReportColumns *columns)
{
  for (int type = 0; type < TYPE_COUNT; type++) {
    text_free(&columns->lists[type]);
  }
  text_free(&columns->others);
}
