/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of baskets, told by its extension, so that `read` and `assay dash` need not be told. */
#include <string.h>

#include "core/alloc.h"
#include "io/baskets.h"
#include "io/format.h"
#include "io/input_text.h"

/* A basket is a set of items and nothing else. */
static Status check_request(const Frame *frame, const CsvOptions *csv, Error *e)
{
  size_t column;
  for (size_t i = 0; csv && i < csv->n_columns; i++) {
    const Status status = frame_need(frame, csv->columns[i], &column, e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  for (size_t i = 0; csv && i < csv->n_forced; i++) {
    const Status status = frame_need(frame, csv->names[i], &column, e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  bool sets = !csv || !csv->all_text;
  for (size_t i = 0; csv && i < csv->n_forced; i++) {
    sets = sets && csv->types[i] == TYPE_SET;
  }
  if (sets) {
    return STATUS_OK;
  }
  error_set(e, STATUS_ARGUMENT, "not-supported", _("baskets are read as sets of items, not as another type"));
  (void)error_hint(e, _("format = \"csv\" reads the file as a table"));
  return STATUS_ARGUMENT;
}

static Status read_file(const ReadRequest *request, Task *task, Frame **out, Error *e)
{
  static const BasketLines lines = {.quote = '"'};
  const CsvOptions *csv = request->csv;
  const bool input = strcmp(request->path, "-") == 0;
  Text notes = {0};
  Frame *all = NULL;
  char *bytes = NULL;
  size_t size;
  Status status;
  *out = NULL;
  TRY(input_text(request->path, NULL, task, &bytes, &size, &notes, e));
  TRY(baskets_of_lines(bytes, size, input ? _("standard input") : request->path, &lines, &notes, task, &all, e));
  TRY(check_request(all, csv, e));
  if (csv && csv->rows_given && csv->rows < frame_rows(all)) {
    TRY(frame_slice(all, 0, csv->rows, out, e));
  } else {
    *out = frame_ref(all);
  }
done:
  mem_free(bytes);
  text_free(&notes);
  frame_unref(all);
  return status;
}

static const Format baskets_format = {.size = sizeof(Format), .name = "baskets", .extensions = "baskets|basket",
                                      .summary = "a basket per line, its items parted by a separator", .read = read_file};
REGISTER_FORMAT(baskets_format);
