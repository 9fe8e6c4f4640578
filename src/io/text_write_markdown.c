/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames as tables of GitHub's Markdown (github.github.com/gfm, section 4.10). */
#include <ctype.h>
#include <string.h>

#include "io/format.h"
#include "io/text_write.h"

static bool is_word(const char *text, size_t n, size_t at)
{
  return at < n && (isalnum((unsigned char)text[at]) || (unsigned char)text[at] >= 0x80);
}

/* An underscore inside a word is one; elsewhere it would begin or end emphasis. */
static bool is_markup(const char *text, size_t n, size_t at)
{
  return strchr("\\|`*~<[]", text[at]) ||
         (text[at] == '_' && !(at > 0 && is_word(text, n, at - 1) && is_word(text, n, at + 1)));
}

static void add_escaped(Text *out, const char *text, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (text[i] == '\n' || text[i] == '\r') {
      const bool pair = text[i] == '\r' && i + 1 < n && text[i + 1] == '\n';
      text_puts(out, pair ? "" : "<br>");
    } else if (text[i] == '&') {
      text_puts(out, "&amp;");
    } else {
      text_puts(out, is_markup(text, n, i) ? "\\" : "");
      text_char(out, text[i]);
    }
  }
}

static void add_row(const void *context, const Frame *frame, size_t row, Text *cell, Text *out)
{
  (void)context;
  for (size_t i = 0; i < frame_columns(frame); i++) {
    text_reset(cell);
    column_cell_text(frame_column(frame, i), row, cell);
    text_puts(out, "| ");
    add_escaped(out, text_data(cell), cell->size);
    text_char(out, ' ');
  }
  text_puts(out, "|\n");
}

Status text_write_markdown(const Frame *frame, const TextTarget *to, Task *task, Error *e)
{
  const size_t n = frame_columns(frame);
  if (n == 0) {
    error_set(e, STATUS_DATA, "markdown-no-columns", _("a frame without columns has no Markdown form"));
    (void)error_hint(e, _("write a frame that has at least one column"));
    return STATUS_DATA;
  }
  Text head = {0};
  for (size_t i = 0; i < n; i++) {
    const char *name = frame_name(frame, i);
    text_puts(&head, "| ");
    add_escaped(&head, name, strlen(name));
    text_char(&head, ' ');
  }
  text_puts(&head, "|\n");
  for (size_t i = 0; i < n; i++) {
    text_puts(&head, type_is_numeric(column_type(frame_column(frame, i))) ? "| ---: " : "| --- ");
  }
  text_puts(&head, "|\n");
  const TextForm form = {.head = &head, .row = add_row};
  const Status status = text_write(frame, &form, to, task, e);
  text_free(&head);
  return status;
}

static Status write_markdown(const Frame *frame, const WriteRequest *request, Task *task, Error *e)
{
  return text_write_markdown(frame, &(TextTarget){request->path, request->text}, task, e);
}

static const Format markdown_format = {.size = sizeof(Format),
                                       .name = "markdown",
                                       .extensions = "md|markdown",
                                       .summary = "a table of GitHub's Markdown",
                                       .write = write_markdown, .is_text = true};
REGISTER_FORMAT(markdown_format);
