/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts as they stand: length, parts, blanks, making them. Case and forms are in text_functions_case.c, searching in
 * text_functions_find.c. */
#include "expr/text_functions.h"

#include <inttypes.h>
#include <utf8proc.h>

#include "frame/calendar.h"

/* ---- Shared */

size_t text_ascii(Span text)
{
  size_t i = 0;
  for (uint64_t word; i + 8 <= text.length; i += 8) {
    memcpy(&word, text.bytes + i, 8);
    if (word & UINT64_C(0x8080808080808080)) {
      break;
    }
  }
  while (i < text.length && (unsigned char)text.bytes[i] < 0x80) {
    i++;
  }
  return i;
}

static bool continues(char c)
{
  return ((unsigned char)c & 0xC0) == 0x80;
}

size_t text_codes(Span text)
{
  size_t n = 0;
  for (size_t i = 0; i < text.length; i++) {
    n += !continues(text.bytes[i]);
  }
  return n;
}

size_t text_offset(Span text, size_t k)
{
  size_t i = text_ascii(text);
  if (k <= i) {
    return k;
  }
  for (k -= i; i < text.length && k > 0; k--) {
    do {
      i++;
    } while (i < text.length && continues(text.bytes[i]));
  }
  return i;
}

uint32_t *text_decode(Span text, Arena *arena, size_t *n)
{
  uint32_t *codes = arena_alloc(arena, text.length + 1, sizeof *codes);
  *n = 0;
  for (size_t i = 0; codes && i < text.length; ++*n) {
    const size_t length = utf8_decode(text.bytes + i, text.length - i, &codes[*n]);
    i += length > 0 ? length : 1;
  }
  return codes;
}

bool text_is_space(uint32_t code)
{
  return (code >= 9 && code <= 13) || (code >= 0x1C && code <= 0x20) || code == 0x85 || code == 0xA0 || code == 0x1680 ||
         (code >= 0x2000 && code <= 0x200B) || code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F ||
         code == 0x3000 || code == 0xFEFF;
}

Span text_trim(Span text, bool left, bool right)
{
  uint32_t code;
  while (left && text.length > 0) {
    const size_t length = utf8_decode(text.bytes, text.length, &code);
    if (length == 0 || !text_is_space(code)) {
      break;
    }
    text.bytes += length;
    text.length -= length;
  }
  while (right && text.length > 0) {
    size_t start = text.length - 1;
    while (start > 0 && continues(text.bytes[start])) {
      start--;
    }
    if (utf8_decode(text.bytes + start, text.length - start, &code) == 0 || !text_is_space(code)) {
      break;
    }
    text.length = start;
  }
  return text;
}

Status text_keep(Text *buffer, Cells *out, size_t i, Arena *arena, Error *e)
{
  const Status status = text_status(buffer, e);
  if (status != STATUS_OK) {
    return status;
  }
  const size_t length = buffer->size;
  const char *copy = arena_text(arena, text_data(buffer), length);
  if (!copy) {
    return error_memory(e, length, "text");
  }
  put_text(out, i, copy, length);
  text_reset(buffer);
  return STATUS_OK;
}

static void add_time(const Cells *cells, int64_t time, Text *buffer)
{
  const Civil c = calendar_civil(time);
  const char *sign = c.year < 0 ? "-" : c.year > 9999 ? "+" : "";
  text_printf(buffer, "%s%04" PRId64 "-%02d-%02d", sign, c.year < 0 ? -c.year : c.year, c.month, c.day);
  const bool zoned = cells->zone && cells->zone[0];
  if (!zoned && calendar_truncate(time, UNIT_DAY) == time) {
    return;
  }
  text_printf(buffer, " %02d:%02d:%02d", c.hour, c.minute, c.second);
  if (c.microsecond > 0) {
    text_printf(buffer, ".%06d", c.microsecond);
    while (buffer->size > 0 && buffer->data[buffer->size - 1] == '0') {
      buffer->data[--buffer->size] = '\0';
    }
  }
  text_puts(buffer, zoned ? "Z" : "");
}

void text_of_cell(const Cells *cells, size_t i, Text *buffer)
{
  char number[32];
  Span text;
  switch (cells->type) {
    case TYPE_FLOAT64:
      text_of_double(CELL(cells, double, i), number);
      text_puts(buffer, number);
      break;
    case TYPE_INT64:
      text_printf(buffer, "%" PRId64, CELL_INT(cells, i));
      break;
    case TYPE_BOOL:
      text_puts(buffer, CELL(cells, uint8_t, i) ? "true" : "false");
      break;
    case TYPE_TIMESTAMP:
      add_time(cells, CELL_INT(cells, i), buffer);
      break;
    case TYPE_SET:
      column_cell_text(cells->column, cells->first + (cells->constant ? 0 : i), buffer);
      break;
    default:
      text = CELL_TEXT(cells, i);
      text_add(buffer, text.bytes, text.length);
  }
}

/* ---- Length and parts */

static Status apply_length(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena, (void)e;
  FOR_CELLS(i, rows, out) {
    put_int(out, i, (int64_t)text_codes(CELL_TEXT(in, i)));
  }
  return STATUS_OK;
}

/* The byte after the grapheme that begins at byte `at`. */
static size_t grapheme_end(Span text, size_t at)
{
  utf8proc_int32_t state = 0;
  uint32_t code, next;
  at += utf8_decode(text.bytes + at, text.length - at, &code);
  while (at < text.length) {
    const size_t length = utf8_decode(text.bytes + at, text.length - at, &next);
    if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)code, (utf8proc_int32_t)next, &state)) {
      break;
    }
    at += length;
    code = next;
  }
  return at;
}

static Status apply_graphemes(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena, (void)e;
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(in, i);
    int64_t n = 0;
    for (size_t at = 0; at < text.length; n++) {
      at = grapheme_end(text, at);
    }
    put_int(out, i, n);
  }
  return STATUS_OK;
}

/* Code points first .. first + count - 1 (from 0); what lies outside of the text is left out. */
static Span part(Span text, int64_t first, int64_t count)
{
  if (first < 0) {
    count = count < -first ? 0 : count + first;
    first = 0;
  }
  const size_t start = text_offset(text, (size_t)first);
  const Span rest = {text.bytes + start, text.length - start};
  return (Span){rest.bytes, text_offset(rest, (size_t)count)};
}

static Status refuse_count(int64_t count, Error *e)
{
  return error_set(e, STATUS_ARGUMENT, "bad-count", _("a number of characters cannot be %lld"), (long long)count);
}

static Status apply_substr(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i);
    const int64_t from = CELL_INT(&in[1], i), count = call->n > 2 ? CELL_INT(&in[2], i) : INT64_MAX;
    if (count < 0) {
      return refuse_count(count, e);
    }
    if (from == 0 || from == INT64_MIN) {
      return error_set(e, STATUS_ARGUMENT, "bad-place", _("places of characters count from 1, or from the end by -1, not %lld"),
                       (long long)from);
    }
    const Span taken = part(text, from > 0 ? from - 1 : (int64_t)text_codes(text) + from, count);
    put_text(out, i, taken.bytes, taken.length);
  }
  return STATUS_OK;
}

static Status apply_left(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena;
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i);
    const int64_t count = CELL_INT(&in[1], i);
    if (count < 0) {
      return refuse_count(count, e);
    }
    put_text(out, i, text.bytes, text_offset(text, (size_t)count));
  }
  return STATUS_OK;
}

static Status apply_right(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena;
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i);
    const int64_t count = CELL_INT(&in[1], i), n = (int64_t)text_codes(text);
    if (count < 0) {
      return refuse_count(count, e);
    }
    const size_t start = text_offset(text, (size_t)(count < n ? n - count : 0));
    put_text(out, i, text.bytes + start, text.length - start);
  }
  return STATUS_OK;
}

/* Graphemes change places, not bytes or marks: an accent stays on its letter. */
static Status apply_reverse(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call;
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(in, i);
    char *copy = arena_alloc(arena, text.length + 1, 1);
    if (!copy) {
      return error_memory(e, text.length, "text");
    }
    for (size_t at = 0, end; at < text.length; at = end) {
      end = grapheme_end(text, at);
      memcpy(copy + text.length - end, text.bytes + at, end - at);
    }
    put_text(out, i, copy, text.length);
  }
  return STATUS_OK;
}

/* ---- Blanks */

static void trim_all(const Cells *in, size_t rows, Cells *out, bool left, bool right)
{
  FOR_CELLS(i, rows, out) {
    const Span text = text_trim(CELL_TEXT(in, i), left, right);
    put_text(out, i, text.bytes, text.length);
  }
}

static Status apply_trim(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena, (void)e;
  trim_all(in, rows, out, true, true);
  return STATUS_OK;
}

static Status apply_ltrim(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena, (void)e;
  trim_all(in, rows, out, true, false);
  return STATUS_OK;
}

static Status apply_rtrim(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena, (void)e;
  trim_all(in, rows, out, false, true);
  return STATUS_OK;
}

static Status apply_is_blank(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena, (void)e;
  for (size_t i = 0; i < rows; i++) {
    out->missing[i] = 0;
    put_bool(out, i, CELL_MISSING(in, i) || text_trim(CELL_TEXT(in, i), true, false).length == 0);
  }
  return STATUS_OK;
}

/* Several blanks in a row are one, none at the ends. */
static Status apply_squeeze(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call;
  Status status = STATUS_OK;
  Text buffer = {0};
  FOR_CELLS(i, rows, out) {
    const Span text = text_trim(CELL_TEXT(in, i), true, true);
    bool blank = false;
    for (size_t at = 0; at < text.length;) {
      uint32_t code;
      const size_t length = utf8_decode(text.bytes + at, text.length - at, &code);
      if (text_is_space(code)) {
        blank = true;
      } else {
        text_add(&buffer, " ", blank);
        text_add(&buffer, text.bytes + at, length);
        blank = false;
      }
      at += length;
    }
    TRY(text_keep(&buffer, out, i, arena, e));
  }
done:
  text_free(&buffer);
  return status;
}

/* ---- Making texts */

static Status too_long(size_t times, Error *e)
{
  return error_set(e, STATUS_LIMIT, "text-too-long", _("%zu characters are too many for a cell"), times);
}

static Status apply_repeat(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call;
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i);
    const int64_t times = CELL_INT(&in[1], i);
    if (times < 0) {
      return refuse_count(times, e);
    }
    if (text.length > 0 && (uint64_t)times > TEXT_CELL_MOST / text.length) {
      return too_long((size_t)times, e);
    }
    const size_t length = text.length * (size_t)(text.length > 0 ? times : 0);
    char *copy = arena_alloc(arena, length + 1, 1);
    if (!copy) {
      return error_memory(e, length, "text");
    }
    for (size_t at = 0; at < length; at += text.length) {
      memcpy(copy + at, text.bytes, text.length);
    }
    put_text(out, i, copy, length);
  }
  return STATUS_OK;
}

static Status pad(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, bool left, Arena *arena, Error *e)
{
  Status status = STATUS_OK;
  Text buffer = {0};
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i), with = call->n > 2 ? CELL_TEXT(&in[2], i) : (Span){" ", 1};
    const int64_t width = CELL_INT(&in[1], i), n = (int64_t)text_codes(text);
    if (text_codes(with) != 1) {
      TRY(error_set(e, STATUS_ARGUMENT, "bad-padding", _("a text is padded with one character, not with '%.*s'"), SHOWN(with)));
    }
    if (width > TEXT_CELL_MOST / 4) {
      TRY(too_long((size_t)width, e));
    }
    text_add(&buffer, text.bytes, left ? 0 : text.length);
    for (int64_t k = n; k < width; k++) {
      text_add(&buffer, with.bytes, with.length);
    }
    text_add(&buffer, text.bytes, left ? text.length : 0);
    TRY(text_keep(&buffer, out, i, arena, e));
  }
done:
  text_free(&buffer);
  return status;
}

static Status apply_pad_left(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  return pad(call, in, rows, out, true, arena, e);
}

static Status apply_pad_right(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  return pad(call, in, rows, out, false, arena, e);
}

static Status apply_concat(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  Status status = STATUS_OK;
  Text buffer = {0};
  FOR_CELLS(i, rows, out) {
    for (size_t k = 0; k < call->n; k++) {
      text_of_cell(&in[k], i, &buffer);
    }
    TRY(text_keep(&buffer, out, i, arena, e));
  }
done:
  text_free(&buffer);
  return status;
}

/* Sees missing cells: they are left out together with their separator. */
static Status apply_join(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  Status status = STATUS_OK;
  Text buffer = {0};
  for (size_t i = 0; i < rows; i++) {
    bool first = true;
    out->missing[i] = CELL_MISSING(&in[0], i);
    for (size_t k = 1; k < call->n && !out->missing[i]; k++) {
      if (!CELL_MISSING(&in[k], i)) {
        const Span between = CELL_TEXT(&in[0], i);
        text_add(&buffer, between.bytes, first ? 0 : between.length);
        text_of_cell(&in[k], i, &buffer);
        first = false;
      }
    }
    TRY(text_keep(&buffer, out, i, arena, e));
  }
done:
  text_free(&buffer);
  return status;
}

static Status apply_code(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena, (void)e;
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(in, i);
    uint32_t code = 0;
    if (text.length == 0 || utf8_decode(text.bytes, text.length, &code) == 0) {
      put_missing(out, i);
    }
    put_int(out, i, code);
  }
  return STATUS_OK;
}

static Status apply_char(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call;
  FOR_CELLS(i, rows, out) {
    const int64_t code = CELL_INT(in, i);
    if (code <= 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
      return error_set(e, STATUS_ARGUMENT, "bad-code", _("%lld is no character's number"), (long long)code);
    }
    utf8proc_uint8_t *bytes = arena_alloc(arena, 4, 1);
    if (!bytes) {
      return error_memory(e, 4, "text");
    }
    put_text(out, i, (const char *)bytes, (size_t)utf8proc_encode_char((utf8proc_int32_t)code, bytes));
  }
  return STATUS_OK;
}

static const Function text_functions[] = {
    {.name = "length", .types = "s:i", .arguments = "text", .help = "number of code points", .apply = apply_length},
    {.name = "graphemes", .types = "s:i", .arguments = "text",
     .help = "number of characters as readers count them: a letter with its accents, an emoji with its modifiers",
     .apply = apply_graphemes},
    {.name = "substr", .types = "si?i:s", .arguments = "text, from, length",
     .help = "code points from a place on (1 the first, -1 the last), at most so many", .apply = apply_substr},
    {.name = "left", .types = "si:s", .arguments = "text, n", .help = "the first n code points", .apply = apply_left},
    {.name = "right", .types = "si:s", .arguments = "text, n", .help = "the last n code points", .apply = apply_right},
    {.name = "reverse", .types = "s:s", .arguments = "text", .help = "back to front, accents staying on their letters",
     .apply = apply_reverse},
    {.name = "trim", .types = "s:s", .arguments = "text", .help = "without blanks of any width at both ends",
     .apply = apply_trim},
    {.name = "ltrim", .types = "s:s", .arguments = "text", .help = "without blanks at the beginning", .apply = apply_ltrim},
    {.name = "rtrim", .types = "s:s", .arguments = "text", .help = "without blanks at the end", .apply = apply_rtrim},
    {.name = "squeeze", .types = "s:s", .arguments = "text",
     .help = "with one blank where there are several, and none at the ends", .apply = apply_squeeze},
    {.name = "is_blank", .types = "s:b", .arguments = "text", .help = "whether it is missing, empty or nothing but blanks",
     .flags = FUNCTION_SEES_MISSING, .apply = apply_is_blank},
    {.name = "repeat", .types = "si:s", .arguments = "text, n", .help = "n copies one after the other",
     .apply = apply_repeat},
    {.name = "pad_left", .types = "si?s:s", .arguments = "text, width, with",
     .help = "filled up at the left with a character (a blank) to a width in code points", .apply = apply_pad_left},
    {.name = "pad_right", .types = "si?s:s", .arguments = "text, width, with",
     .help = "filled up at the right with a character (a blank) to a width in code points", .apply = apply_pad_right},
    {.name = "concat", .types = "a*:s", .arguments = "x, ...",
     .help = "values of any type as one text; missing when one of them is", .apply = apply_concat},
    {.name = "join_text", .types = "sa*:s", .arguments = "between, x, ...",
     .help = "values as one text with something between; missing ones are left out", .flags = FUNCTION_SEES_MISSING,
     .apply = apply_join},
    {.name = "text", .types = "a:s", .arguments = "x", .help = "a value as text", .apply = apply_concat},
    {.name = "code", .types = "s:i", .arguments = "text", .help = "number of the first code point", .apply = apply_code},
    {.name = "char", .types = "i:s", .arguments = "n", .help = "the character of a code point's number",
     .apply = apply_char},
};
REGISTER_FUNCTIONS(text_functions);
