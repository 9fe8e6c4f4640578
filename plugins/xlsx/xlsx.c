/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The format xlsx: what the program sees of this plugin. */
#include <string.h>

#include "plug/plugin.h"
#include "read.h"

static bool knows(const char *head, size_t n)
{
  return n > 4 && memcmp(head, "PK\3\4", 4) == 0 &&
         (memmem(head, n, "[Content_Types].xml", 19) || memmem(head, n, "xl/", 3));
}

static const Format xlsx_format = {
  .size = sizeof(Format), .name = "xlsx", .extensions = "xlsx|xlsm|xls|xlsb", .summary = "a sheet of an Excel workbook",
  .takes = FORMAT_SHEET, .knows = knows, .read = xlsx_read};
REGISTER_FORMAT(xlsx_format);

ASSAY_PLUGIN(xlsx, NULL)
