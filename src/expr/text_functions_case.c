/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Case and forms of Unicode's texts. Case is Unicode's full mapping without a language: a letter may become several
 * (ß is SS in capitals), and a sigma at a word's end is ς. The letters that become several are found by their case
 * folding, which has the same parts. */
#include <utf8proc.h>

#include "expr/text_functions.h"

enum { PARTS_MOST = 8 };

typedef utf8proc_int32_t Code;

static void add_code(Text *buffer, Code code)
{
  utf8proc_uint8_t bytes[4];
  text_add(buffer, (const char *)bytes, (size_t)utf8proc_encode_char(code, bytes));
}

/* A small letter that becomes several, as its parts in small letters; else 1 and the letter. */
static size_t several(Code code, Code parts[PARTS_MOST])
{
  int boundary = 0;
  const utf8proc_category_t category = utf8proc_category(code);
  parts[0] = code;
  if (code < 0x80 || (category != UTF8PROC_CATEGORY_LL && category != UTF8PROC_CATEGORY_LT)) {
    return 1;
  }
  const utf8proc_ssize_t n = utf8proc_decompose_char(code, parts, PARTS_MOST, UTF8PROC_CASEFOLD, &boundary);
  if (n > 1) {
    return (size_t)n;
  }
  parts[0] = code;
  return 1;
}

static void add_upper(Text *buffer, Code code)
{
  Code parts[PARTS_MOST];
  const size_t n = several(code, parts);
  for (size_t i = 0; i < n; i++) {
    add_code(buffer, utf8proc_toupper(parts[i]));
  }
}

/* At the beginning of a word. */
static void add_title(Text *buffer, Code code)
{
  Code parts[PARTS_MOST];
  const Code simple = utf8proc_totitle(code);
  const size_t n = several(code, parts);
  if (n == 1 || (simple != code && code != 0xDF) || utf8proc_category(code) == UTF8PROC_CATEGORY_LT) {
    add_code(buffer, simple);
    return;
  }
  add_code(buffer, utf8proc_toupper(parts[0]));
  for (size_t i = 1; i < n; i++) {
    add_code(buffer, parts[i]);
  }
}

static bool is_cased(Code code)
{
  const utf8proc_category_t category = utf8proc_category(code);
  return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL || category == UTF8PROC_CATEGORY_LT;
}

/* Marks and signs that do not end a word. */
static bool is_ignored(Code code)
{
  const utf8proc_category_t category = utf8proc_category(code);
  return code == '\'' || code == 0x2019 || code == 0xAD || category == UTF8PROC_CATEGORY_MN ||
         category == UTF8PROC_CATEGORY_ME || category == UTF8PROC_CATEGORY_CF || category == UTF8PROC_CATEGORY_LM;
}

/* Whether the text goes on with a letter that has case. */
static bool letter_follows(const char *bytes, size_t length)
{
  for (size_t at = 0; at < length;) {
    uint32_t code;
    at += utf8_decode(bytes + at, length - at, &code);
    if (!is_ignored((Code)code)) {
      return is_cased((Code)code);
    }
  }
  return false;
}

/* rest: the text after the code point; word: whether a letter stands before it. */
static void add_lower(Text *buffer, Code code, Span rest, bool word)
{
  if (code == 0x130) { /* I with a dot keeps it */
    add_code(buffer, 'i');
    add_code(buffer, 0x307);
  } else if (code == 0x3A3) {
    add_code(buffer, word && !letter_follows(rest.bytes, rest.length) ? 0x3C2 : 0x3C3);
  } else {
    add_code(buffer, utf8proc_tolower(code));
  }
}

typedef enum CaseKind { CASE_LOWER, CASE_UPPER, CASE_TITLE } CaseKind;

static bool in_word(Code code)
{
  const utf8proc_category_t category = utf8proc_category(code);
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_NO);
}

/* ASCII runs of a text that has other letters, too; gives the byte after the run, and whether a letter ends it. */
static size_t change_run(Span text, size_t at, CaseKind kind, bool *cased, Text *buffer)
{
  for (; at < text.length && (unsigned char)text.bytes[at] < 0x80; at++) {
    const char c = text.bytes[at], small = (char)(c | 0x20);
    const bool letter = small >= 'a' && small <= 'z';
    text_char(buffer, !letter ? c : kind == CASE_UPPER ? (char)(c & ~0x20) : small);
    *cased = c == '\'' ? *cased : letter;
  }
  return at;
}

static void change_case(Span text, CaseKind kind, Text *buffer)
{
  bool cased = false, word = false; /* what stands before: a letter that has case; any part of a word */
  for (size_t at = 0; at < text.length;) {
    uint32_t decoded;
    if (kind != CASE_TITLE && (unsigned char)text.bytes[at] < 0x80) {
      at = change_run(text, at, kind, &cased, buffer);
      continue;
    }
    at += utf8_decode(text.bytes + at, text.length - at, &decoded);
    const Code code = (Code)decoded;
    const Span rest = {text.bytes + at, text.length - at};
    if (kind == CASE_UPPER) {
      add_upper(buffer, code);
    } else if (kind == CASE_TITLE && !word && in_word(code)) {
      add_title(buffer, code);
    } else {
      add_lower(buffer, code, rest, cased);
    }
    cased = is_ignored(code) ? cased : is_cased(code);
    word = in_word(code) || (word && is_ignored(code));
  }
}

/* ASCII: nothing to do, or one byte for another. */
static bool change_ascii(Span text, CaseKind kind, Span *out, Arena *arena)
{
  const char first = kind == CASE_LOWER ? 'A' : 'a', last = kind == CASE_LOWER ? 'Z' : 'z';
  size_t i = 0;
  while (i < text.length && !(text.bytes[i] >= first && text.bytes[i] <= last)) {
    i++;
  }
  *out = text;
  if (i == text.length) {
    return true;
  }
  char *copy = arena_text(arena, text.bytes, text.length);
  for (; copy && i < text.length; i++) {
    copy[i] = (char)(copy[i] >= first && copy[i] <= last ? copy[i] ^ 0x20 : copy[i]);
  }
  out->bytes = copy;
  return copy != NULL;
}

static Status apply_case(CaseKind kind, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  Status status = STATUS_OK;
  Text buffer = {0};
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(in, i);
    if (kind != CASE_TITLE && text_ascii(text) == text.length) {
      Span changed;
      if (!change_ascii(text, kind, &changed, arena)) {
        TRY(error_memory(e, text.length, "text"));
      }
      put_text(out, i, changed.bytes, changed.length);
    } else {
      change_case(text, kind, &buffer);
      TRY(text_keep(&buffer, out, i, arena, e));
    }
  }
done:
  text_free(&buffer);
  return status;
}

static Status apply_lower(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call;
  return apply_case(CASE_LOWER, in, rows, out, arena, e);
}

static Status apply_upper(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call;
  return apply_case(CASE_UPPER, in, rows, out, arena, e);
}

static Status apply_title(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call;
  return apply_case(CASE_TITLE, in, rows, out, arena, e);
}

/* ---- Forms */

/* Takes the marks that make accents out of decomposed text. */
static size_t drop_marks(Code *codes, size_t n)
{
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    const Code c = codes[i];
    const bool mark = (c >= 0x300 && c <= 0x36F) || (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x1DC0 && c <= 0x1DFF) ||
                      (c >= 0x20D0 && c <= 0x20FF) || (c >= 0xFE20 && c <= 0xFE2F);
    codes[kept] = c;
    kept += !mark;
  }
  return kept;
}

/* Decomposes by some options, perhaps drops marks, and puts together again by others. */
static Status reform(Span text, int apart, int together, bool strip, Span *out, Arena *arena, Error *e)
{
  const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text.bytes;
  size_t room = text.length + 8;
  for (int round = 0; round < 2; round++) {
    Code *codes = arena_alloc(arena, room + 1, sizeof *codes);
    if (!codes) {
      break;
    }
    utf8proc_ssize_t n = utf8proc_decompose(bytes, (utf8proc_ssize_t)text.length, codes, (utf8proc_ssize_t)room,
                                            (utf8proc_option_t)apart);
    if (n < 0) {
      return error_set(e, STATUS_LIMIT, "text-too-long", _("a text cannot be put into another form: %s"), utf8proc_errmsg(n));
    }
    if ((size_t)n <= room) {
      n = strip ? (utf8proc_ssize_t)drop_marks(codes, (size_t)n) : n;
      const utf8proc_ssize_t length = utf8proc_reencode(codes, n, (utf8proc_option_t)together);
      *out = (Span){(const char *)codes, (size_t)length};
      return STATUS_OK;
    }
    room = (size_t)n;
  }
  return error_memory(e, room * sizeof(Code), "text");
}

static Status reform_all(int apart, int together, bool strip, const Cells *in, size_t rows, Cells *out, Arena *arena,
                         Error *e)
{
  Status status = STATUS_OK;
  FOR_CELLS(i, rows, out) {
    Span text = CELL_TEXT(in, i);
    if (text_ascii(text) < text.length || (apart & UTF8PROC_CASEFOLD)) {
      TRY(reform(text, apart, together, strip, &text, arena, e));
    }
    put_text(out, i, text.bytes, text.length);
  }
done:
  return status;
}

enum { APART = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE, TOGETHER = UTF8PROC_STABLE | UTF8PROC_COMPOSE };

static const struct {
  const char *name;
  int apart, together;
} forms[] = {{"nfc", TOGETHER, TOGETHER},
             {"nfd", APART, APART},
             {"nfkc", TOGETHER | UTF8PROC_COMPAT, TOGETHER | UTF8PROC_COMPAT},
             {"nfkd", APART | UTF8PROC_COMPAT, APART | UTF8PROC_COMPAT}};

static Status prepare_normalise(FunctionCall *call, const char **zone, Arena *arena, Error *e)
{
  (void)zone, (void)arena;
  const Cells *form = constant_cell(call, 1);
  if (!form) {
    return error_set(e, STATUS_ARGUMENT, "not-constant", _("the form must be the same in all rows"));
  }
  if (form->missing[0]) {
    return STATUS_OK;
  }
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    if (same_text(CELL_TEXT(form, 0), forms[i].name)) {
      call->state = (void *)&forms[i];
      return STATUS_OK;
    }
  }
  error_set(e, STATUS_ARGUMENT, "bad-choice", _("'%.*s' is no form of texts"), SHOWN(CELL_TEXT(form, 0)));
  error_hint(e, _("the forms are nfc, nfd, nfkc and nfkd"));
  return STATUS_ARGUMENT;
}

static Status apply_normalise(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  const int *form = call->state ? &((const __typeof__(*forms) *)call->state)->apart : &forms[0].apart;
  return reform_all(form[0], form[1], false, in, rows, out, arena, e);
}

static Status apply_strip_accents(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call;
  return reform_all(APART, TOGETHER, true, in, rows, out, arena, e);
}

static Status apply_casefold(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call;
  return reform_all(UTF8PROC_CASEFOLD, 0, false, in, rows, out, arena, e);
}

/* Full-width forms of ASCII, the ideographic blank, and the full-width signs of currency. */
static Code half(Code code)
{
  static const Code signs[] = {0xA2, 0xA3, 0xAC, 0xAF, 0xA6, 0xA5, 0x20A9};
  return code >= 0xFF01 && code <= 0xFF5E   ? code - 0xFEE0
         : code == 0x3000                   ? ' '
         : code >= 0xFFE0 && code <= 0xFFE6 ? signs[code - 0xFFE0]
                                            : code;
}

static Status apply_halfwidth(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)call;
  Status status = STATUS_OK;
  Text buffer = {0};
  FOR_CELLS(i, rows, out) {
    const Span text = CELL_TEXT(in, i);
    if (text_ascii(text) == text.length) {
      put_text(out, i, text.bytes, text.length);
      continue;
    }
    for (size_t at = 0; at < text.length;) {
      uint32_t code;
      at += utf8_decode(text.bytes + at, text.length - at, &code);
      add_code(&buffer, half((Code)code));
    }
    TRY(text_keep(&buffer, out, i, arena, e));
  }
done:
  text_free(&buffer);
  return status;
}

static const Function case_functions[] = {
    {.name = "lower", .types = "s:s", .arguments = "text", .help = "in small letters", .apply = apply_lower},
    {.name = "upper", .types = "s:s", .arguments = "text", .help = "in capital letters", .apply = apply_upper},
    {.name = "title", .types = "s:s", .arguments = "text", .help = "each word with a capital first", .apply = apply_title},
    {.name = "casefold", .types = "s:s", .arguments = "text",
     .help = "as letters are compared without regard to case: straße and STRASSE become one", .apply = apply_casefold},
    {.name = "normalise", .types = "ss:s", .arguments = "text, form",
     .help = "in one of Unicode's forms, so that equal texts have equal bytes: nfc, nfd, nfkc (also ligatures, full-width "
             "letters) or nfkd", .prepare = prepare_normalise, .apply = apply_normalise},
    {.name = "strip_accents", .types = "s:s", .arguments = "text", .help = "without accents: é becomes e",
     .apply = apply_strip_accents},
    {.name = "halfwidth", .types = "s:s", .arguments = "text",
     .help = "with full-width letters, digits, signs and blanks made the usual ones", .apply = apply_halfwidth},
};
REGISTER_FUNCTIONS(case_functions);
