/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames as CSV. What a reader takes for something else than the cell is prevented here: texts that look like
 * values are quoted, and whole numbers of a float64 column get a ".0". */
#include <string.h>

#include "core/text.h"
#include "io/csv.h"
#include "io/csv_shape.h"
#include "io/text_write.h"

typedef struct Style {
  char delimiter;
  bool alone;               /* the frame has one column */
} Style;

static void add_quoted(Text *out, const char *text, size_t length)
{
  text_char(out, '"');
  for (const char *quote; length > 0 && (quote = memchr(text, '"', length));) {
    const size_t part = (size_t)(quote - text) + 1;
    text_add(out, text, part);
    text_char(out, '"');
    text += part;
    length -= part;
  }
  text_add(out, text, length);
  text_char(out, '"');
}

static void add_field(Text *out, const char *text, size_t length, const Style *style)
{
  if (csv_needs_quotes(text, length, style->delimiter, style->alone)) {
    add_quoted(out, text, length);
  } else {
    text_add(out, text, length);
  }
}

/* A value's text; only that of a set may need quotes. */
static void add_value(const Column *column, size_t row, const Style *style, Text *cell, Text *out)
{
  text_reset(cell);
  column_cell_text(column, row, cell);
  out->failed = out->failed || cell->failed;
  const char *text = text_data(cell);
  if (column_type(column) == TYPE_SET) {
    add_field(out, text, cell->size, style);
    return;
  }
  text_add(out, text, cell->size);
  if (column_type(column) == TYPE_FLOAT64 && strspn(text, "-0123456789") == cell->size) {
    text_puts(out, ".0");
  }
}

static void add_cell(const Column *column, size_t row, const Style *style, Text *cell, Text *out)
{
  if (!column_valid(column, row)) {
    text_puts(out, style->alone ? "NA" : ""); /* an empty line could be the file's end */
  } else if (type_is_text(column_type(column))) {
    size_t length;
    const char *text = column_text(column, row, &length);
    add_field(out, text, length, style);
  } else {
    add_value(column, row, style, cell, out);
  }
}

static void add_row(const void *context, const Frame *frame, size_t row, Text *cell, Text *out)
{
  const Style *style = context;
  for (size_t i = 0; i < frame_columns(frame); i++) {
    if (i > 0) {
      text_char(out, style->delimiter);
    }
    add_cell(frame_column(frame, i), row, style, cell, out);
  }
  text_char(out, '\n');
}

Status text_write_delimited(const Frame *frame, const TextTarget *to, char delimiter, Task *task, Error *e)
{
  if (frame_columns(frame) == 0) {
    error_set(e, STATUS_DATA, "csv-no-columns", _("a frame without columns has no CSV form"));
    (void)error_hint(e, _("write a frame that has at least one column"));
    return STATUS_DATA;
  }
  Text head = {0};
  const Style style = {delimiter, frame_columns(frame) == 1};
  for (size_t i = 0; i < frame_columns(frame); i++) {
    const char *name = frame_name(frame, i);
    if (i > 0) {
      text_char(&head, delimiter);
    }
    add_field(&head, name, strlen(name), &style);
  }
  text_char(&head, '\n');
  const TextForm form = {.head = &head, .row = add_row, .context = &style};
  const Status status = text_write(frame, &form, to, task, e);
  text_free(&head);
  return status;
}

Status csv_write(const Frame *frame, const char *path, Task *task, Error *e)
{
  return text_write_delimited(frame, &(TextTarget){.path = path}, ',', task, e);
}
