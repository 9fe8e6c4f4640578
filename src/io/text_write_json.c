/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames as JSON: an object per row. The keys are escaped once, not once per row. */
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "io/json.h"
#include "io/text_write.h"

typedef struct Form {
  bool lines;
  Text *keys; /* per column: "name": with its quotes and colon */
} Form;

/* The length of the beginning that needs no escape. */
static size_t plain_length(const char *text, size_t n)
{
  size_t i = 0;
  while (i < n && text[i] != '"' && text[i] != '\\' && (unsigned char)text[i] >= 0x20 && text[i] != 0x7F) {
    i++;
  }
  return i;
}

static void add_escape(Text *out, char c)
{
  static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
  const char *found = strchr(from, c);
  if (found) {
    text_char(out, '\\');
    text_char(out, to[found - from]);
  } else {
    text_printf(out, "\\u%04x", (unsigned char)c);
  }
}

static void add_string(Text *out, const char *text, size_t n)
{
  text_char(out, '"');
  while (n > 0) {
    const size_t plain = plain_length(text, n);
    text_add(out, text, plain);
    if (plain < n) {
      add_escape(out, text[plain]);
    }
    text += plain + (plain < n);
    n -= plain + (plain < n);
  }
  text_char(out, '"');
}

static void add_number(Text *out, double value)
{
  char number[32];
  text_of_double(value, number);
  const bool special = isnan(value) || isinf(value), whole = !special && !strpbrk(number, ".eE");
  text_puts(out, special ? "\"" : "");
  text_puts(out, number);
  text_puts(out, special ? "\"" : whole ? ".0" : "");
}

/* ISO 8601 has a T between date and time. */
static void add_time(const Column *column, size_t row, Text *cell, Text *out)
{
  text_reset(cell);
  column_cell_text(column, row, cell);
  char *blank = cell->size > 0 ? memchr(cell->data, ' ', cell->size) : NULL;
  if (blank) {
    *blank = 'T';
  }
  add_string(out, text_data(cell), cell->size);
}

static void add_items(const Column *column, size_t row, Text *out)
{
  const int32_t *codes;
  const size_t n = column_set(column, row, &codes);
  text_char(out, '[');
  for (size_t i = 0; i < n; i++) {
    size_t length;
    const char *item = column_level(column, (size_t)codes[i], &length);
    text_puts(out, i > 0 ? ", " : "");
    add_string(out, item, length);
  }
  text_char(out, ']');
}

static void add_cell(const Column *column, size_t row, Text *cell, Text *out)
{
  size_t length;
  const char *text;
  if (!column_valid(column, row)) {
    text_puts(out, "null");
    return;
  }
  switch (column_type(column)) {
    case TYPE_FLOAT64: add_number(out, column_float(column, row)); break;
    case TYPE_INT64:
    case TYPE_BOOL: column_cell_text(column, row, out); break;
    case TYPE_TIMESTAMP: add_time(column, row, cell, out); break;
    case TYPE_SET: add_items(column, row, out); break;
    default: text = column_text(column, row, &length); add_string(out, text, length);
  }
}

static void add_row(const void *context, const Frame *frame, size_t row, Text *cell, Text *out)
{
  const Form *form = context;
  text_puts(out, form->lines ? "" : row > 0 ? ",\n" : "\n");
  text_char(out, '{');
  for (size_t i = 0; i < frame_columns(frame); i++) {
    text_puts(out, i > 0 ? ", " : "");
    text_add(out, text_data(&form->keys[i]), form->keys[i].size);
    add_cell(frame_column(frame, i), row, cell, out);
  }
  text_puts(out, form->lines ? "}\n" : "}");
}

Status text_write_json(const Frame *frame, const TextTarget *to, bool lines, Task *task, Error *e)
{
  const size_t n = frame_columns(frame);
  Form form = {.lines = lines, .keys = mem_zero(n, sizeof(Text))};
  Text head = {0};
  Status status;
  if (!form.keys) {
    return error_memory(e, 0, _("names"));
  }
  for (size_t i = 0; i < n; i++) {
    const char *name = frame_name(frame, i);
    add_string(&form.keys[i], name, strlen(name));
    text_puts(&form.keys[i], ": ");
    TRY(text_status(&form.keys[i], e));
  }
  text_puts(&head, lines ? "" : "[");
  const TextForm text = {.head = &head,
                         .row = add_row,
                         .context = &form,
                         .tail = lines                   ? NULL
                                 : frame_rows(frame) > 0 ? "\n]\n"
                                                         : "]\n"};
  TRY(text_write(frame, &text, to, task, e));
done:
  for (size_t i = 0; i < n; i++) {
    text_free(&form.keys[i]);
  }
  mem_free(form.keys);
  text_free(&head);
  return status;
}

/* ---- The formats ---- */

static Status write_array(const Frame *frame, const WriteRequest *request, Task *task, Error *e)
{
  return text_write_json(frame, &(TextTarget){request->path, request->text}, false, task, e);
}

static Status write_lines(const Frame *frame, const WriteRequest *request, Task *task, Error *e)
{
  return text_write_json(frame, &(TextTarget){request->path, request->text}, true, task, e);
}

static const Format json_format = {.size = sizeof(Format),
                                   .name = "json",
                                   .extensions = "json",
                                   .summary = "JSON: an array of objects, a row each, and what is like it",
                                   .knows = json_knows,
                                   .read = json_read,
                                   .write = write_array, .is_text = true};
REGISTER_FORMAT(json_format);

static const Format jsonl_format = {.size = sizeof(Format),
                                    .name = "jsonl",
                                    .extensions = "jsonl|ndjson",
                                    .summary = "JSON lines: an object per line",
                                    .read = json_read_lines,
                                    .write = write_lines, .is_text = true};
REGISTER_FORMAT(jsonl_format);
