/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames as tables of HTML: <table> with a head and a body; numbers have the class "number", missing cells are empty and have
 * the class "missing". For pages; not read back. */
#include <string.h>

#include "io/format.h"
#include "io/text_write.h"

static void add_escaped(Text *out, const char *text, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    switch (text[i]) {
    case '&': text_puts(out, "&amp;"); break;
    case '<': text_puts(out, "&lt;"); break;
    case '>': text_puts(out, "&gt;"); break;
    case '"': text_puts(out, "&quot;"); break;
    case '\n': text_puts(out, "<br>"); break;
    default: text_char(out, text[i]);
    }
  }
}

static void add_row(const void *context, const Frame *frame, size_t row, Text *cell, Text *out)
{
  (void)context;
  text_puts(out, "<tr>");
  for (size_t i = 0; i < frame_columns(frame); i++) {
    const Column *column = frame_column(frame, i);
    if (!column_valid(column, row)) {
      text_puts(out, "<td class=\"missing\"></td>");
      continue;
    }
    text_reset(cell);
    column_cell_text(column, row, cell);
    text_puts(out, type_is_numeric(column_type(column)) ? "<td class=\"number\">" : "<td>");
    add_escaped(out, text_data(cell), cell->size);
    text_puts(out, "</td>");
  }
  text_puts(out, "</tr>\n");
}

static Status write_html(const Frame *frame, const WriteRequest *request, Task *task, Error *e)
{
  Text head = {0};
  text_puts(&head, "<table>\n<thead><tr>");
  for (size_t i = 0; i < frame_columns(frame); i++) {
    text_puts(&head, "<th>");
    add_escaped(&head, frame_name(frame, i), strlen(frame_name(frame, i)));
    text_puts(&head, "</th>");
  }
  text_puts(&head, "</tr></thead>\n<tbody>\n");
  const TextForm form = {.head = &head, .row = add_row, .tail = "</tbody>\n</table>\n"};
  const Status status = text_write(frame, &form, &(TextTarget){request->path, request->text}, task, e);
  text_free(&head);
  return status;
}

static const Format html_format = {.size = sizeof(Format), .name = "html", .extensions = "html|htm",
                                   .summary = "a table of HTML", .write = write_html, .is_text = true};
REGISTER_FORMAT(html_format);
