/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Searching texts for others as they stand, and cutting them. Bytes are compared: in UTF-8 a character never begins
 * within another one. */
#include "expr/text_functions.h"

size_t text_find(Span text, Span part, size_t from)
{
  if (part.length == 0) {
    return from;
  }
  if (text.length < from || text.length - from < part.length) {
    return text.length;
  }
  const char *found = memmem(text.bytes + from, text.length - from, part.bytes, part.length);
  return found ? (size_t)(found - text.bytes) : text.length;
}

/* Whether text_find's place is a find: an empty part is everywhere. */
static bool is_found(Span text, Span part, size_t at)
{
  return part.length == 0 || at < text.length;
}

static Status apply_find(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena, (void)e;
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i), part = CELL_TEXT(&in[1], i);
    const size_t at = text_find(text, part, 0);
    put_int(out, i, is_found(text, part, at) ? (int64_t)text_codes((Span){text.bytes, at}) + 1 : 0);
  }
  return STATUS_OK;
}

static Status apply_contains(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena, (void)e;
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i), part = CELL_TEXT(&in[1], i);
    put_bool(out, i, is_found(text, part, text_find(text, part, 0)));
  }
  return STATUS_OK;
}

static Status apply_starts(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena, (void)e;
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i), part = CELL_TEXT(&in[1], i);
    put_bool(out, i, part.length <= text.length && memcmp(text.bytes, part.bytes, part.length) == 0);
  }
  return STATUS_OK;
}

static Status apply_ends(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena, (void)e;
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i), part = CELL_TEXT(&in[1], i);
    put_bool(out, i, part.length <= text.length &&
                         memcmp(text.bytes + text.length - part.length, part.bytes, part.length) == 0);
  }
  return STATUS_OK;
}

static Status apply_replace(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call;
  Status status = STATUS_OK;
  Text buffer = {0};
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i), part = CELL_TEXT(&in[1], i), with = CELL_TEXT(&in[2], i);
    size_t at = part.length > 0 ? text_find(text, part, 0) : text.length, done_to = 0;
    if (at == text.length) {
      put_text(out, i, text.bytes, text.length);
      continue;
    }
    for (; at < text.length; at = text_find(text, part, done_to)) {
      text_add(&buffer, text.bytes + done_to, at - done_to);
      text_add(&buffer, with.bytes, with.length);
      done_to = at + part.length;
    }
    text_add(&buffer, text.bytes + done_to, text.length - done_to);
    TRY(text_keep(&buffer, out, i, arena, e));
  }
done:
  text_free(&buffer);
  return status;
}

/* ---- Cutting */

static int64_t count_parts(Span text, Span between)
{
  int64_t n = 1;
  for (size_t at = text_find(text, between, 0); at < text.length; n++) {
    at = text_find(text, between, at + between.length);
  }
  return n;
}

static Status refuse_part(Error *e)
{
  return error_set(e, STATUS_ARGUMENT, "bad-place", _("parts count from 1, or from the end by -1, not 0"));
}

static Status apply_split(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena;
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i), between = CELL_TEXT(&in[1], i);
    int64_t n = CELL_INT(&in[2], i);
    if (n == 0) {
      return refuse_part(e);
    }
    if (between.length == 0) {
      return error_set(e, STATUS_ARGUMENT, "bad-separator", _("a text cannot be split at nothing"));
    }
    n = n < 0 ? count_parts(text, between) + n : n - 1;
    size_t start = 0, end = text_find(text, between, 0);
    for (; n > 0 && end < text.length; n--) {
      start = end + between.length;
      end = text_find(text, between, start);
    }
    put_text(out, i, text.bytes + start, end - start);
    if (n != 0) {
      put_missing(out, i);
    }
  }
  return STATUS_OK;
}

/* The next run of characters that are no blanks, from byte *at on; *at moves behind it. */
static Span next_word(Span text, size_t *at)
{
  Span word = {text.bytes, 0};
  while (*at < text.length) {
    uint32_t code;
    const size_t length = utf8_decode(text.bytes + *at, text.length - *at, &code);
    if (text_is_space(code) && word.length > 0) {
      break;
    }
    if (!text_is_space(code)) {
      word.bytes = word.length > 0 ? word.bytes : text.bytes + *at;
      word.length += length;
    }
    *at += length;
  }
  return word;
}

static int64_t count_words(Span text)
{
  int64_t n = 0;
  for (size_t at = 0; next_word(text, &at).length > 0;) {
    n++;
  }
  return n;
}

static Status apply_word(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena;
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(&in[0], i);
    int64_t n = CELL_INT(&in[1], i);
    if (n == 0) {
      return refuse_part(e);
    }
    n = n < 0 ? count_words(text) + n + 1 : n;
    Span word = {text.bytes, 0};
    for (size_t at = 0; n > 0; n--) {
      word = next_word(text, &at);
      if (word.length == 0) {
        break;
      }
    }
    put_text(out, i, word.bytes, word.length);
    if (word.length == 0) {
      put_missing(out, i);
    }
  }
  return STATUS_OK;
}

static Status apply_words(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call, (void)arena, (void)e;
  FOR_CELLS(i, rows, out) {
    put_int(out, i, count_words(CELL_TEXT(in, i)));
  }
  return STATUS_OK;
}

static const Function find_functions[] = {
    {.name = "find", .types = "ss:i", .arguments = "text, part",
     .help = "place of the first occurrence, in code points from 1; 0 when there is none", .apply = apply_find},
    {.name = "contains", .types = "ss:b", .arguments = "text, part", .help = "whether a text occurs in another",
     .apply = apply_contains},
    {.name = "starts_with", .types = "ss:b", .arguments = "text, part", .help = "whether it begins so",
     .apply = apply_starts},
    {.name = "ends_with", .types = "ss:b", .arguments = "text, part", .help = "whether it ends so", .apply = apply_ends},
    {.name = "replace", .types = "sss:s", .arguments = "text, part, with",
     .help = "every occurrence of a text replaced by another", .apply = apply_replace},
    {.name = "split", .types = "ssi:s", .arguments = "text, between, n",
     .help = "part n between separators, from 1, or from the end by -1; missing when there are fewer",
     .apply = apply_split},
    {.name = "word", .types = "si:s", .arguments = "text, n",
     .help = "word n between blanks, from 1, or from the end by -1; missing when there are fewer", .apply = apply_word},
    {.name = "words", .types = "s:i", .arguments = "text", .help = "number of words between blanks", .apply = apply_words},
};
REGISTER_FUNCTIONS(find_functions);
