/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "expr/expr_lex.h"

#include <string.h>

#include "core/text.h"
#include "frame/parse_number.h"
#include "frame/parse_time.h"

Status expr_caret(const Source *source, size_t at, Error *e)
{
  const size_t before = source->whole ? (size_t)(source->text - source->whole) : 0;
  return source->whole ? error_caret(e, source->whole, before + source->length, before + at)
                       : error_caret(e, source->text, source->length, at);
}

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

static bool begins_name(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool in_name(char c)
{
  return begins_name(c) || is_digit(c) || c == '.';
}

/* The byte at a place, NUL past the end. */
static char byte_at(const Source *source, size_t at)
{
  return at < source->length ? source->text[at] : '\0';
}

static bool is_blank(char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The quote at the token's begin to its end, with doubled quotes made single. */
static Status quoted(const Source *source, size_t *position, Token *token, Arena *arena, Error *e)
{
  const char quote = source->text[token->at];
  char *out = arena_alloc(arena, source->length - token->at + 1, 1);
  size_t at = token->at + 1, n = 0;
  if (!out) {
    return error_memory(e, source->length, _("a text"));
  }
  for (;; at++) {
    if (at >= source->length) {
      error_set(e, STATUS_FORMAT, "bad-expression",
                quote == '`' ? _("a name in backquotes has no end") : _("a text has no end"));
      (void)error_hint(e, _("close it with %c; a quote inside of it is written twice"), quote);
      return expr_caret(source, token->at, e);
    }
    if (source->text[at] == quote && byte_at(source, at + 1) != quote) {
      break;
    }
    at += source->text[at] == quote;
    out[n++] = source->text[at];
  }
  token->text = out;
  token->length = n;
  token->kind = quote == '`' ? TOKEN_QUOTED : TOKEN_TEXT;
  *position = at + 1;
  return STATUS_OK;
}

static size_t digits_end(const Source *source, size_t at)
{
  while (is_digit(byte_at(source, at))) {
    at++;
  }
  return at;
}

static Status bad_number(const Source *source, size_t from, size_t to, Error *e)
{
  error_set(e, STATUS_FORMAT, "bad-expression", _("'%.*s' is no number"), (int)(to - from < 100 ? to - from : 100),
            source->text + from);
  (void)error_hint(e, _("a number is like 12, 1.5 or 1e-3; a name that begins with a digit stands in backquotes"));
  return expr_caret(source, from, e);
}

static Status number(const Source *source, size_t *position, Token *token, Error *e)
{
  size_t end = digits_end(source, token->at);
  bool whole = true;
  if (byte_at(source, end) == '.') {
    end = digits_end(source, end + 1);
    whole = false;
  }
  if (byte_at(source, end) == 'e' || byte_at(source, end) == 'E') {
    size_t power = end + 1;
    power += byte_at(source, power) == '+' || byte_at(source, power) == '-';
    end = digits_end(source, power);
    whole = false;
  }
  size_t rest = end;
  while (in_name(byte_at(source, rest))) {
    rest++;
  }
  const char *text = source->text + token->at;
  const size_t length = end - token->at;
  if (rest > end || !parse_float_forced(text, length, &token->number)) {
    return bad_number(source, token->at, rest, e);
  }
  token->kind = TOKEN_FLOAT;
  if (whole && parse_int_forced(text, length, &token->integer)) {
    token->kind = TOKEN_INT;
  } else if (whole) {
    error_set(e, STATUS_FORMAT, "bad-expression", _("%.*s is beyond the whole numbers that int64 holds"), (int)length,
              text);
    (void)error_hint(e, _("write it with a point for the nearest float64: %.*s.0"), (int)length, text);
    return expr_caret(source, token->at, e);
  }
  *position = end;
  return STATUS_OK;
}

/* Digits and what stands between them in a time. */
static Status time_literal(const Source *source, size_t *position, Token *token, Error *e)
{
  size_t end = token->at + 1;
  while (is_digit(byte_at(source, end)) || (byte_at(source, end) && strchr("-:.TZ", byte_at(source, end)))) {
    end++;
  }
  const size_t length = end - token->at - 1;
  if (!parse_time(source->text + token->at + 1, length, &token->integer, &token->utc)) {
    error_set(e, STATUS_FORMAT, "bad-expression", _("'@%.*s' is no date or time"), (int)(length < 60 ? length : 60),
              source->text + token->at + 1);
    (void)error_hint(e, _("write @2024-01-31 or @2024-01-31T10:30"));
    return expr_caret(source, token->at, e);
  }
  token->kind = TOKEN_TIME;
  *position = end;
  return STATUS_OK;
}

static TokenKind keyword(const char *text)
{
  static const struct {
    const char *word;
    TokenKind kind;
  } words[] = {{"or", TOKEN_OR},     {"and", TOKEN_AND},         {"not", TOKEN_NOT},   {"in", TOKEN_IN},
               {"is", TOKEN_IS},     {"missing", TOKEN_MISSING}, {"true", TOKEN_TRUE}, {"false", TOKEN_FALSE},
               {"NA", TOKEN_NA}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strcmp(text, words[i].word) == 0) {
      return words[i].kind;
    }
  }
  return TOKEN_NAME;
}

static Status name(const Source *source, size_t *position, Token *token, bool parameter, Arena *arena, Error *e)
{
  const size_t from = token->at + parameter;
  size_t end = from;
  while (in_name(byte_at(source, end))) {
    end++;
  }
  if (end == from || !begins_name(byte_at(source, from))) {
    error_set(e, STATUS_FORMAT, "bad-expression", _("a name must follow the $"));
    (void)error_hint(e, _("df:filter(\"spend > $least\", {least = 100})"));
    return expr_caret(source, token->at, e);
  }
  token->text = arena_text(arena, source->text + from, end - from);
  token->length = end - from;
  if (!token->text) {
    return error_memory(e, end - from, _("a name"));
  }
  token->kind = parameter ? TOKEN_PARAMETER : keyword(token->text);
  *position = end;
  return STATUS_OK;
}

/* Marks, longest first. A TOKEN_END is one that users of other languages try; its hint says what to write. */
static const struct {
  const char *mark;
  TokenKind kind;
  const char *hint;
} marks[] = {
    {"&&", TOKEN_END, N_("write and")},
    {"||", TOKEN_END, N_("write or")},
    {"<>", TOKEN_END, N_("write !=")},
    {"**", TOKEN_END, N_("write ^")},
    {"=>", TOKEN_END, N_("write >=")},
    {"=<", TOKEN_END, N_("write <=")},
    {"..", TOKEN_END, N_("texts are joined by concat(a, b)")},
    {"==", TOKEN_EQ, NULL},
    {"!=", TOKEN_NE, NULL},
    {"~=", TOKEN_NE, NULL},
    {"<=", TOKEN_LE, NULL},
    {">=", TOKEN_GE, NULL},
    {"//", TOKEN_FLOOR, NULL},
    {"=", TOKEN_EQ, NULL},
    {"<", TOKEN_LT, NULL},
    {">", TOKEN_GT, NULL},
    {"+", TOKEN_ADD, NULL},
    {"-", TOKEN_SUB, NULL},
    {"*", TOKEN_MUL, NULL},
    {"/", TOKEN_DIV, NULL},
    {"%", TOKEN_MOD, NULL},
    {"^", TOKEN_POW, NULL},
    {"(", TOKEN_OPEN, NULL},
    {")", TOKEN_CLOSE, NULL},
    {"[", TOKEN_OPEN_LIST, NULL},
    {"]", TOKEN_CLOSE_LIST, NULL},
    {",", TOKEN_COMMA, NULL},
    {"!", TOKEN_END, N_("write not")},
    {"&", TOKEN_END, N_("write and")},
    {"|", TOKEN_END, N_("write or")},
    {"{", TOKEN_END, N_("a list of constants is [a, b]")},
    {"?", TOKEN_END, N_("write if(condition, a, b)")},
    {";", TOKEN_END, N_("one expression at a time")},
};

static Status mark(const Source *source, size_t *position, Token *token, Error *e)
{
  const char *hint = _("?expressions lists what there is; an odd name stands in backquotes");
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
    const size_t length = strlen(marks[i].mark);
    if (source->length - token->at >= length && memcmp(source->text + token->at, marks[i].mark, length) == 0) {
      token->kind = marks[i].kind;
      *position = token->at + length;
      if (token->kind != TOKEN_END) {
        return STATUS_OK;
      }
      hint = _(marks[i].hint);
      break;
    }
  }
  uint32_t code;
  const size_t length = *position > token->at
                            ? *position - token->at
                            : utf8_decode(source->text + token->at, source->length - token->at, &code);
  error_set(e, STATUS_FORMAT, "bad-expression", _("'%.*s' has no meaning here"), (int)length,
            source->text + token->at);
  (void)error_hint(e, "%s", hint);
  return expr_caret(source, token->at, e);
}

Status expr_token(const Source *source, size_t *position, Token *token, Arena *arena, Error *e)
{
  while (is_blank(byte_at(source, *position)) && *position < source->length) {
    (*position)++;
  }
  *token = (Token){.kind = TOKEN_END, .at = *position, .end = *position};
  if (*position >= source->length) {
    return STATUS_OK;
  }
  const char c = source->text[*position];
  const bool point = c == '.' && is_digit(byte_at(source, *position + 1));
  Status status;
  if (c == '\'' || c == '"' || c == '`') {
    status = quoted(source, position, token, arena, e);
  } else if (is_digit(c) || point) {
    status = number(source, position, token, e);
  } else if (c == '@') {
    status = time_literal(source, position, token, e);
  } else if (begins_name(c) || c == '$') {
    status = name(source, position, token, c == '$', arena, e);
  } else {
    status = mark(source, position, token, e);
  }
  token->end = *position;
  return status;
}
