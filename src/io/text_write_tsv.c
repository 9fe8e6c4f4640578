/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TSV: CSV with tabs. A file that is called so and has a tab in its first lines is read with it; else the
 * delimiter is found out as for any table of text. */
#include <string.h>

#include "io/format.h"
#include "io/input_text.h"
#include "io/text_write.h"

static Status read_tsv(const ReadRequest *request, Task *task, Frame **out, Error *e)
{
  CsvOptions options = *request->csv;
  char head[INPUT_HEAD];
  size_t n = 0;
  *out = NULL;
  if (!options.delimiter && strcmp(request->path, "-") != 0) {
    const Status status = input_head(request->path, head, &n, e);
    if (status != STATUS_OK) {
      return status;
    }
    options.delimiter = memchr(head, '\t', n) ? "\t" : NULL;
  }
  return csv_read(request->path, &options, task, out, e);
}

static Status write_tsv(const Frame *frame, const WriteRequest *request, Task *task, Error *e)
{
  return text_write_delimited(frame, &(TextTarget){request->path, request->text}, '\t', task, e);
}

static const Format tsv_format = {.size = sizeof(Format),
                                  .name = "tsv",
                                  .extensions = "tsv|tab",
                                  .summary = "text with tabs between fields",
                                  .takes = FORMAT_TEXT,
                                  .read = read_tsv,
                                  .write = write_tsv, .is_text = true};
REGISTER_FORMAT(tsv_format);
