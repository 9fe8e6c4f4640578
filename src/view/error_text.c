/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/error_text.h"

#include <stdio.h>
#include <string.h>

#include "view/width.h"

/* The most lines of each part; with 2 of text and caret they are 20. */
enum { WHAT_LINES = 8, WHERE_LINES = 3, HINT_LINES = 6, ID_LINES = 1 };
enum { MARGIN = 2 };

/* An Error's field may have been cut by its size within a character; what is left of that is not shown. */
static size_t whole_length(const char *field, size_t size)
{
  const size_t length = strlen(field);
  if (length + 1 < size) {
    return length;
  }
  for (size_t tail = 1; tail <= 3 && tail <= length; tail++) {
    const unsigned char first = (unsigned char)field[length - tail];
    uint32_t code;
    if (first >= 0xC0) {
      return utf8_decode(field + length - tail, tail, &code) == tail ? length : length - tail;
    }
  }
  return length;
}

/* A field after a lead of its own, in from the left. */
static void paragraph(const char *lead, const char *field, size_t size, ViewRole role, size_t lines,
                      const ViewStyle *style, Text *out)
{
  char copy[sizeof((Error *)0)->what];
  const size_t length = whole_length(field, size);
  memcpy(copy, field, length);
  copy[length] = '\0';
  text_repeat(out, " ", MARGIN);
  style_put(style, role, lead, out);
  style_paragraph(style, role, copy, MARGIN, MARGIN + strlen(lead), lines, out);
}

/* The line of the text the caret points at: its bytes and the caret's offset in it. */
typedef struct CaretLine {
  const char *start;
  size_t length, caret;
} CaretLine;

static CaretLine caret_line(const Error *e)
{
  const size_t length = strlen(e->text);
  const size_t caret = (size_t)e->caret > length ? length : (size_t)e->caret;
  size_t from = caret, to = caret;
  while (from > 0 && e->text[from - 1] != '\n') {
    from--;
  }
  while (to < length && e->text[to] != '\n') {
    to++;
  }
  return (CaretLine){.start = e->text + from, .length = to - from, .caret = caret - from};
}

/* Bytes to leave out on the left so that the caret and a third of the room behind it can be seen. Ends of
 * characters are found by their widths, so nothing is cut in two. */
static size_t hidden_bytes(const CaretLine *line, size_t room, size_t mark, bool ascii)
{
  const size_t all = width_of(line->start, line->length, ascii);
  const size_t before = width_before(line->start, line->length, line->caret, ascii);
  if (all <= room || before + mark < room) {
    return 0;
  }
  const size_t keep = room > 3 * mark ? (room - mark) * 2 / 3 : 1;
  size_t skip = 0;
  while (skip < line->caret && before - width_before(line->start, line->length, skip, ascii) > keep) {
    skip++;
  }
  return skip;
}

static void put_caret(const Error *e, const ViewStyle *style, Text *out)
{
  const bool ascii = style_ascii(style);
  const char *dots = style_glyph(style, GLYPH_ELLIPSIS);
  const size_t mark = ascii ? 3 : 1;
  CaretLine line = caret_line(e);
  const size_t room = style_width(style) > MARGIN + 4 ? style_width(style) - MARGIN : 4;
  const size_t skip = hidden_bytes(&line, room, mark, ascii);
  text_repeat(out, " ", MARGIN);
  text_puts(out, skip > 0 ? dots : "");
  const size_t left = skip > 0 ? mark : 0;
  const char *shown = line.start + skip;
  width_cut(out, shown, line.length - skip, room - left, ascii);
  text_char(out, '\n');
  const size_t at = left + width_before(shown, line.length - skip, line.caret - skip, ascii);
  text_repeat(out, " ", MARGIN + (at < room ? at : room - 1));
  style_put(style, VIEW_ERROR, "^", out);
  text_char(out, '\n');
}

static void put_text(const Error *e, const ViewStyle *style, Text *out)
{
  if (e->caret >= 0) {
    put_caret(e, style, out);
  } else {
    paragraph("", e->text, sizeof e->text, VIEW_PLAIN, 2, style, out);
  }
}

/* An error of the user's own Lua code: its place stands in front, as compilers write it and editors look for it. */
static bool is_of_script(const Error *e)
{
  return e->where[0] != '\0' && (strcmp(e->id, "syntax-error") == 0 || strcmp(e->id, "lua-error") == 0);
}

/* "error: stdin:2: what happened"; the place is never broken, so that it can be searched for. */
static void placed_message(const Error *e, const char *what, const ViewStyle *style, Text *out)
{
  const char *label = _("error: ");
  const size_t length = whole_length(e->where, sizeof e->where);
  const bool ascii = style_ascii(style);
  const size_t at = width_of(label, strlen(label), ascii) + width_of(e->where, length, ascii) + 2;
  style_put(style, VIEW_ERROR, label, out);
  width_add(out, e->where, length, ascii);
  text_puts(out, ": ");
  style_paragraph(style, VIEW_PLAIN, what, MARGIN, at, WHAT_LINES, out);
}

void error_text(const Error *e, const ViewStyle *style, Text *out)
{
  if (e->status == STATUS_OK) {
    return;
  }
  const bool placed = is_of_script(e);
  char what[sizeof e->what];
  const size_t length = whole_length(e->what, sizeof e->what);
  memcpy(what, e->what, length);
  what[length] = '\0';
  if (e->status == STATUS_CANCELLED) {
    style_paragraph(style, VIEW_WARNING, what, MARGIN, 0, WHAT_LINES, out);
    return;
  }
  if (placed) {
    placed_message(e, what, style, out);
  } else {
    style_message(style, VIEW_ERROR, what, WHAT_LINES, out);
  }
  if (e->where[0] != '\0' && !placed) {
    paragraph(_("in "), e->where, sizeof e->where, VIEW_MUTED, WHERE_LINES, style, out);
  }
  if (e->text[0] != '\0') {
    put_text(e, style, out);
  }
  if (e->hint[0] != '\0') {
    paragraph("", e->hint, sizeof e->hint, VIEW_PLAIN, HINT_LINES, style, out);
  }
  if (e->id[0] != '\0') {
    char id[sizeof e->id * 2 + 64];
    snprintf(id, sizeof id, _("[%1$s: ?%1$s explains]"), e->id);
    text_repeat(out, " ", MARGIN);
    style_paragraph(style, VIEW_MUTED, id, MARGIN, MARGIN, ID_LINES, out);
  }
}

void error_line(const Error *e, const ViewStyle *style, Text *out)
{
  char line[sizeof e->what + sizeof e->hint + 8];
  const int what = (int)whole_length(e->what, sizeof e->what);
  const int hint = (int)whole_length(e->hint, sizeof e->hint);
  const char *format = hint > 0 ? "%.*s (%.*s)" : "%.*s%.*s";
  const int length = snprintf(line, sizeof line, format, what, e->what, hint, e->hint);
  width_cut(out, line, (size_t)length, style_width(style), style_ascii(style));
}
