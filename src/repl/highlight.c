/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/highlight.h"

#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "view/lua_text.h"
#include "view/width.h"

enum { LINE_MOST = 4096 }; /* bytes; longer lines stay plain */

/* Where a cell is, from the first column of the prompt's line. */
typedef struct Place {
  size_t row, column;
} Place;

/* The place after `n` columns of text more, and a character never cut in two at the right edge. */
static Place advance(Place place, size_t width, size_t columns)
{
  if (place.column + width > columns) {
    place = (Place){place.row + 1, 0};
  }
  place.column += width;
  if (place.column == columns) {
    place = (Place){place.row + 1, 0};
  }
  return place;
}

/* Bytes and columns of the character at s, as readline shows it: control characters as ^X. */
static size_t character(const char *s, size_t n, size_t *width)
{
  uint32_t code;
  const size_t length = utf8_decode(s, n, &code);
  const unsigned char c = (unsigned char)*s;
  *width = c < 0x20 || c == 0x7F ? 2 : length ? width_of(s, length, false) : 1;
  return length ? length : 1;
}

static Place place_of(const Highlight *h, size_t n, size_t columns)
{
  Place place = {h->prompt / columns, h->prompt % columns};
  for (size_t i = 0; i < n;) {
    size_t width;
    if (rl_line_buffer[i] == '\n') {
      place = (Place){place.row + 1, 0};
      i++;
      continue;
    }
    i += character(rl_line_buffer + i, n - i, &width);
    place = advance(place, width, columns);
  }
  return place;
}

static void move(Text *out, Place from, Place to)
{
  if (to.row < from.row) {
    text_printf(out, "\x1b[%zuA", from.row - to.row);
  } else if (to.row > from.row) {
    text_printf(out, "\x1b[%zuB", to.row - from.row);
  }
  text_char(out, '\r');
  if (to.column > 0) {
    text_printf(out, "\x1b[%zuC", to.column);
  }
}

/* Writes bytes from .. to of the line, breaking lines where the terminal does. */
static Place write_part(Text *out, Place place, size_t from, size_t to, size_t columns)
{
  for (size_t i = from; i < to;) {
    size_t width;
    if (rl_line_buffer[i] == '\n') {
      text_puts(out, "\x1b[K\r\n");
      place = (Place){place.row + 1, 0};
      i++;
      continue;
    }
    const size_t length = character(rl_line_buffer + i, to - i, &width);
    const unsigned char c = (unsigned char)rl_line_buffer[i];
    if (place.column + width > columns) {
      text_puts(out, "\r\n");
    }
    if (c < 0x20 || c == 0x7F) {
      text_char(out, '^');
      text_char(out, (char)(c ^ 0x40));
    } else {
      text_add(out, rl_line_buffer + i, length);
    }
    place = advance(place, width, columns);
    if (place.column == 0) {
      text_puts(out, "\r\n");
    }
    i += length;
  }
  return place;
}

/* The pending lines and the present one as one text, so that a long string that began earlier is known. */
static Place write_line(const Highlight *h, const ViewStyle *style, Place place, size_t columns, Text *out)
{
  Text whole = {0};
  text_add(&whole, text_data(h->pending), h->pending->size);
  const size_t before = whole.size;
  text_add(&whole, rl_line_buffer, (size_t)rl_end);
  const bool command = before == 0 && (rl_line_buffer[0] == '.' || rl_line_buffer[0] == '?');
  for (size_t at = 0; at < whole.size && !whole.failed;) {
    ViewRole role = VIEW_PLAIN;
    const size_t end = command ? whole.size : lua_text_part(whole.data, whole.size, at, &role);
    if (end > before) {
      style_on(style, role, out);
      place = write_part(out, place, at > before ? at - before : 0, end - before, columns);
      style_off(style, role, out);
    }
    at = end;
  }
  text_free(&whole);
  return place;
}

/* The card, on the line below the last one; the cursor stands at `end` before, and at its line's beginning after. */
static void write_card(Highlight *h, const ViewStyle *style, size_t columns, Text *out)
{
  Text whole = {0}, card = {0};
  text_add(&whole, text_data(h->pending), h->pending->size);
  text_add(&whole, rl_line_buffer, (size_t)rl_point);
  if (!h->console->settings.no_card) {
    session_call_card(h->console->session, text_data(&whole), whole.size, &card);
  }
  if (card.size > 0 && !card.failed) {
    text_puts(out, "\r\n\x1b[J");
    style_on(style, VIEW_MUTED, out);
    width_cut(out, text_data(&card), card.size, columns - 1, style_ascii(style));
    style_off(style, VIEW_MUTED, out);
    text_puts(out, "\x1b[A");
    h->shown = true;
  } else if (h->shown) {
    text_puts(out, "\x1b[J");
    h->shown = false;
  }
  text_free(&whole);
  text_free(&card);
}

static bool can_draw(void)
{
  const char *term = getenv("TERM");
  return term && *term && strcmp(term, "dumb") != 0 && rl_end <= LINE_MOST && !RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_NUMERICARG | RL_STATE_COMPLETING |
                                            RL_STATE_MOREINPUT);
}

void highlight_draw(Highlight *h)
{
  int rows, columns;
  rl_get_screen_size(&rows, &columns);
  ViewStyle style = console_style(h->console);
  const ConsoleSettings *settings = &h->console->settings;
  style.color = style.color && !settings->no_highlight;
  if (!can_draw() || columns < 8 || style.plain || (settings->no_card && settings->no_highlight && !h->shown)) {
    return;
  }
  const size_t width = (size_t)columns;
  const Place start = place_of(h, 0, width), point = place_of(h, (size_t)rl_point, width);
  const Place end = place_of(h, (size_t)rl_end, width);
  if (end.row + 2 >= (size_t)rows || (rl_end == 0 && !h->shown)) {
    return;
  }
  Text out = {0};
  move(&out, point, start);
  const Place at = write_line(h, &style, start, width, &out);
  if (!settings->no_card || h->shown) {
    write_card(h, &style, width, &out);
  }
  move(&out, at, point);
  if (!out.failed) {
    fwrite(out.data, 1, out.size, h->screen);
    fflush(h->screen);
  }
  text_free(&out);
}

void highlight_clear(Highlight *h)
{
  if (!h->shown) {
    return;
  }
  int rows, columns;
  rl_get_screen_size(&rows, &columns);
  const size_t width = columns > 0 ? (size_t)columns : 80;
  const Place point = place_of(h, (size_t)rl_point, width), end = place_of(h, (size_t)rl_end, width);
  Text out = {0};
  move(&out, point, end);
  text_puts(&out, "\x1b[J");
  move(&out, end, point);
  if (!out.failed) {
    fwrite(out.data, 1, out.size, h->screen);
    fflush(h->screen);
  }
  text_free(&out);
  h->shown = false;
}
