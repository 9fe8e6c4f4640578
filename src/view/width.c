/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/width.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>
#include <wchar.h>

enum {
  CLUSTER_MOST = 32,    /* code points; the longest emoji sequences have 14, stream-safe text 30 marks */
  EMOJI_STYLE = 0xFE0F, /* asks for the emoji form of the character before it */
  ESCAPE_SIZE = 16
};

/* What is shown as one: a cluster, or something shown as an escape. */
typedef struct Piece {
  size_t bytes, width;
  uint32_t code; /* the first code point */
  bool escape;
} Piece;

static bool is_plain_byte(char c)
{
  return c >= 0x20 && c < 0x7F;
}

/* The escape's text, and its length. */
static size_t escape_text(uint32_t code, size_t bytes, char out[ESCAPE_SIZE])
{
  const char *name = code == '\n' ? "\\n" : code == '\t' ? "\\t" : code == '\r' ? "\\r" : NULL;
  if (name) {
    return (size_t)snprintf(out, ESCAPE_SIZE, "%s", name);
  }
  return (size_t)snprintf(out, ESCAPE_SIZE, bytes > 1 ? "\\u{%X}" : "\\x%02X", (unsigned)code);
}

static Piece escaped(uint32_t code, size_t bytes)
{
  char text[ESCAPE_SIZE];
  return (Piece){.bytes = bytes, .width = escape_text(code, bytes, text), .code = code, .escape = true};
}

/* What annex 29 takes the code point for. */
static int boundary_class(uint32_t code)
{
  return (int)utf8proc_get_property((utf8proc_int32_t)code)->boundclass;
}

/* Whether the code point may go out as it is. */
static bool is_shown(uint32_t code, bool ascii)
{
  if (code < 0x80) {
    return is_plain_byte((char)code);
  }
  return !ascii && boundary_class(code) != UTF8PROC_BOUNDCLASS_CONTROL && wcwidth((wchar_t)code) >= 0;
}

static bool is_pictograph(uint32_t code)
{
  return boundary_class(code) == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

static bool is_keycap(uint32_t code)
{
  return (code >= '0' && code <= '9') || code == '#' || code == '*';
}

static size_t cluster_width(uint32_t base, size_t sum, bool emoji_style)
{
  if (emoji_style && (is_keycap(base) || is_pictograph(base))) {
    return 2;
  }
  return sum > 2 && is_pictograph(base) ? 2 : sum;
}

/* The cluster that begins with the shown code point `base` of `bytes` bytes. */
static Piece cluster_at(const char *s, size_t n, uint32_t base, size_t bytes, bool ascii)
{
  utf8proc_int32_t state = 0;
  uint32_t before = base, code;
  size_t sum = (size_t)wcwidth((wchar_t)base), at = bytes;
  bool emoji_style = false;
  for (size_t points = 1; at < n && points < CLUSTER_MOST; points++) {
    const size_t more = utf8_decode(s + at, n - at, &code);
    if (more == 0 || !is_shown(code, ascii) ||
        utf8proc_grapheme_break_stateful((utf8proc_int32_t)before, (utf8proc_int32_t)code, &state)) {
      break;
    }
    sum += (size_t)wcwidth((wchar_t)code);
    emoji_style = emoji_style || code == EMOJI_STYLE;
    before = code;
    at += more;
  }
  return (Piece){.bytes = at, .width = cluster_width(base, sum, emoji_style), .code = base};
}

/* The piece at the beginning of s[0..n), n >= 1. */
static Piece piece_at(const char *s, size_t n, bool ascii)
{
  if (is_plain_byte(s[0]) && (n == 1 || (unsigned char)s[1] < 0x80)) {
    return (Piece){.bytes = 1, .width = 1, .code = (uint32_t)s[0]};
  }
  uint32_t code;
  const size_t bytes = utf8_decode(s, n, &code);
  if (bytes == 0) {
    return escaped((unsigned char)s[0], 1);
  }
  if (!is_shown(code, ascii)) {
    return escaped(code, bytes);
  }
  const Piece piece = cluster_at(s, n, code, bytes, ascii);
  return piece.width == 0 ? escaped(code, bytes) : piece;
}

static void piece_add(Text *out, const char *s, const Piece *piece)
{
  if (piece->escape) {
    char text[ESCAPE_SIZE];
    text_add(out, text, escape_text(piece->code, piece->bytes, text));
  } else {
    text_add(out, s, piece->bytes);
  }
}

WidthPart width_part(const char *s, size_t n, bool ascii)
{
  const Piece piece = piece_at(s, n, ascii);
  return (WidthPart){piece.bytes, piece.width, piece.escape};
}

size_t width_up_to(const char *s, size_t n, size_t most, bool ascii)
{
  size_t width = 0;
  for (size_t i = 0; i < n && width <= most;) {
    const Piece piece = piece_at(s + i, n - i, ascii);
    width += piece.width;
    i += piece.bytes;
  }
  return width;
}

size_t width_of(const char *s, size_t n, bool ascii)
{
  return width_up_to(s, n, SIZE_MAX, ascii);
}

size_t width_before(const char *s, size_t n, size_t bytes, bool ascii)
{
  size_t width = 0;
  for (size_t i = 0; i < n;) {
    const Piece piece = piece_at(s + i, n - i, ascii);
    if (i + piece.bytes > bytes) {
      break;
    }
    width += piece.width;
    i += piece.bytes;
  }
  return width;
}

void width_add(Text *out, const char *s, size_t n, bool ascii)
{
  for (size_t i = 0; i < n;) {
    const Piece piece = piece_at(s + i, n - i, ascii);
    piece_add(out, s + i, &piece);
    i += piece.bytes;
  }
}

/* The mark of what was cut, in at most `most` columns; gives its width. */
static size_t cut_mark(Text *out, size_t most, bool ascii)
{
  const size_t dots = ascii ? (most < 3 ? most : 3) : (most < 1 ? most : 1);
  if (ascii) {
    text_repeat(out, ".", dots);
  } else {
    text_repeat(out, "…", dots);
  }
  return dots;
}

/* Finds how many bytes of s fit into `most` columns, and their width. */
static size_t fitting(const char *s, size_t n, size_t most, bool ascii, size_t *width)
{
  size_t i = 0;
  *width = 0;
  while (i < n) {
    const Piece piece = piece_at(s + i, n - i, ascii);
    if (*width + piece.width > most) {
      break;
    }
    *width += piece.width;
    i += piece.bytes;
  }
  return i;
}

/* As much as fits into `most` columns together with a mark, and the mark. */
static size_t cut_with_mark(Text *out, const char *s, size_t n, size_t most, bool ascii)
{
  const size_t mark = ascii ? 3 : 1;
  size_t width = 0;
  if (most > mark) {
    width_add(out, s, fitting(s, n, most - mark, ascii, &width), ascii);
  }
  return width + cut_mark(out, most - width, ascii);
}

size_t width_cut(Text *out, const char *s, size_t n, size_t most, bool ascii)
{
  size_t width;
  if (fitting(s, n, most, ascii, &width) < n) {
    return cut_with_mark(out, s, n, most, ascii);
  }
  width_add(out, s, n, ascii);
  return width;
}

void width_left(Text *out, const char *s, size_t n, size_t width, bool ascii)
{
  const size_t used = width_cut(out, s, n, width, ascii);
  text_repeat(out, " ", width - used);
}

void width_right(Text *out, const char *s, size_t n, size_t width, bool ascii)
{
  const size_t whole = width_up_to(s, n, width, ascii);
  if (whole <= width) {
    text_repeat(out, " ", width - whole);
    width_add(out, s, n, ascii);
  } else {
    width_left(out, s, n, width, ascii);
  }
}

/* Scripts without blanks (Chinese, Japanese; annex 14) may be broken between any two characters, but no line begins with
 * a closing mark or ends with an opening one. */
static bool is_one_of(const char *const *marks, const char *s, size_t n)
{
  for (; *marks; marks++) {
    if (strlen(*marks) == n && memcmp(*marks, s, n) == 0) {
      return true;
    }
  }
  return false;
}

/* Whether a line may end between two neighbouring pieces, none of them a blank. */
static bool may_part(const char *before, Piece left, const char *after, Piece right)
{
  static const char *const opening[] = {"（", "「", "『", "【", "《", "〈", "“", "‘", "(", "[", "{", "'", "\"", NULL};
  static const char *const closing[] = {"，", "。", "、", "；", "：", "！", "？", "）", "」", "』", "】", "》", "〉", "”", "’", "…",
                                        ",", ".", ";", ":", "!", "?", ")", "]", "}", "%", "'", "\"", "ー", "々", NULL};
  return ((left.width == 2 && left.bytes > 1) || (right.width == 2 && right.bytes > 1)) &&
         !is_one_of(opening, before, left.bytes) && !is_one_of(closing, after, right.bytes);
}

/* The end of the line that begins at s: how many bytes it shows and, in *next, where the following line
 * begins. With `started`, other text stands on the line already, so that a first word that does not fit
 * may go to the next line. */
static size_t line_end(const char *s, size_t n, size_t room, bool started, bool ascii, size_t *next)
{
  size_t width = 0, end = 0, ink = 0; /* end: of the last whole word that fits; ink: of the last non-blank */
  bool has_break = false;
  Piece before = {0};
  size_t i = 0;
  while (i < n && s[i] != '\n') {
    const Piece piece = piece_at(s + i, n - i, ascii);
    const bool blank = s[i] == ' ' && piece.bytes == 1;
    if ((blank && ink > 0) || (!blank && i > 0 && ink == i && may_part(s + i - before.bytes, before, s + i, piece))) {
      has_break = true;
      end = ink;
    }
    width += piece.width;
    if (width > room && !blank) {
      if (!has_break && !started) {
        end = i > 0 ? i : piece.bytes;
      }
      for (*next = end; *next < n && s[*next] == ' '; ++*next) {
      }
      return end;
    }
    i += piece.bytes;
    ink = blank ? ink : i;
    before = piece;
  }
  *next = i < n ? i + 1 : n;
  return ink;
}

/* The last line that is allowed, with a mark if not all of the text is on it. */
static void last_line(Text *out, const char *s, size_t n, size_t room, bool ascii)
{
  const char *end = memchr(s, '\n', n);
  const size_t length = end ? (size_t)(end - s) : n;
  if (length + 1 < n) {
    cut_with_mark(out, s, length, room, ascii);
  } else {
    width_cut(out, s, length, room, ascii);
  }
  text_char(out, '\n');
}

size_t width_wrap(Text *out, const char *s, size_t n, const WidthWrap *wrap)
{
  const size_t width = wrap->width < 8 ? 8 : wrap->width;
  const size_t margin = wrap->margin > width / 2 ? width / 2 : wrap->margin;
  size_t at = wrap->at, line = 1, from = 0;
  for (;; line++) {
    const size_t room = at < width ? width - at : 0;
    if (line == wrap->lines) {
      last_line(out, s + from, n - from, room, wrap->ascii);
      break;
    }
    size_t next;
    const size_t length = line_end(s + from, n - from, room, at > margin, wrap->ascii, &next);
    width_add(out, s + from, length, wrap->ascii);
    text_char(out, '\n');
    from += next;
    if (from >= n) {
      break;
    }
    text_repeat(out, " ", margin);
    at = margin;
  }
  return line;
}
