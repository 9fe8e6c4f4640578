/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of formulas, and how R writes what stands between them. */
#include <string.h>

#include "core/text.h"
#include "expr/formula.h"
#include "expr/formula_scan.h"

static char byte_at(const Scan *scan, size_t i)
{
  return i < scan->source.length ? scan->source.text[i] : '\0';
}

static bool in_name(char c)
{
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

Status scan_next(Scan *scan, Error *e)
{
  while (byte_at(scan, scan->position) == ' ' || (byte_at(scan, scan->position) >= '\t' && byte_at(scan, scan->position) <= '\r')) {
    scan->position++;
  }
  const size_t at = scan->position;
  const char c = byte_at(scan, at), next = byte_at(scan, at + 1);
  size_t length = 1;
  if (c == '~' && next != '=') {
    scan->kind = WORD_TILDE;
  } else if (c == ':') {
    scan->kind = WORD_COLON;
  } else if (c == '.' && !in_name(next)) {
    scan->kind = WORD_DOT;
  } else if (c == '%' && scan->source.length - at >= 4 && memcmp(scan->source.text + at, "%in%", 4) == 0) {
    scan->kind = WORD_WITHIN;
    length = 4;
  } else {
    const Status status = expr_token(&scan->source, &scan->position, &scan->token, scan->arena, e);
    scan->kind = (int)scan->token.kind;
    return status;
  }
  scan->token = (Token){.at = at, .end = at + length};
  scan->position = at + length;
  return STATUS_OK;
}

/* ---- Labels */

typedef enum Space { SPACE_NONE, SPACE_BOTH, SPACE_AFTER } Space;

static Space space_of(int kind, bool unary)
{
  switch (kind) {
    case TOKEN_EQ: case TOKEN_NE: case TOKEN_LT: case TOKEN_LE: case TOKEN_GT: case TOKEN_GE:
    case TOKEN_MUL: case TOKEN_FLOOR: case TOKEN_MOD: case WORD_WITHIN: case WORD_TILDE:
      return SPACE_BOTH;
    case TOKEN_ADD: case TOKEN_SUB:
      return unary ? SPACE_NONE : SPACE_BOTH;
    case TOKEN_COMMA:
      return SPACE_AFTER;
    default:
      return SPACE_NONE;
  }
}

/* Names, numbers and the like: two of them need a blank between. */
static bool is_word(int kind)
{
  return (kind >= TOKEN_INT && kind <= TOKEN_NA) || kind == WORD_DOT;
}

/* Whether a value may end with this word, so that a + or - after it has two sides. */
static bool ends_value(int kind)
{
  return kind == TOKEN_CLOSE || kind == TOKEN_CLOSE_LIST || kind == WORD_DOT ||
         (kind >= TOKEN_INT && kind <= TOKEN_PARAMETER) || (kind >= TOKEN_MISSING && kind <= TOKEN_NA);
}

static void add_text(Text *out, const Token *token)
{
  text_char(out, '"');
  for (size_t i = 0; i < token->length; i++) {
    text_add(out, token->text[i] == '"' ? "\"\"" : token->text + i, token->text[i] == '"' ? 2 : 1);
  }
  text_char(out, '"');
}

static void add_space(Text *out)
{
  if (out->size > 0 && out->data[out->size - 1] != ' ') {
    text_char(out, ' ');
  }
}

Status formula_label(const char *text, size_t length, const char *whole, Arena *arena, const char **out, Error *e)
{
  Scan scan = {.source = {text, length, whole}, .arena = arena};
  Text label = {0};
  int last = TOKEN_OPEN;
  Status status;
  *out = "";
  TRY(scan_next(&scan, e));
  while (scan.kind != TOKEN_END) {
    const Space space = space_of(scan.kind, !ends_value(last));
    if (space == SPACE_BOTH || (is_word(scan.kind) && is_word(last)) || (scan.kind == TOKEN_SUB && is_word(last) && !ends_value(last))) {
      add_space(&label);
    }
    if (scan.kind == TOKEN_TEXT) {
      add_text(&label, &scan.token);
    } else {
      text_add(&label, text + scan.token.at, scan.token.end - scan.token.at);
    }
    if (space != SPACE_NONE) {
      add_space(&label);
    }
    last = scan.kind;
    TRY(scan_next(&scan, e));
  }
  TRY(text_status(&label, e));
  *out = arena_text(arena, text_data(&label), label.size);
  if (!*out) {
    TRY(error_memory(e, label.size, "formula"));
  }
done:
  text_free(&label);
  return status;
}

static bool is_keyword(const char *name)
{
  static const char *const words[] = {"or", "and", "not", "in", "is", "missing", "true", "false", "NA"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strcmp(words[i], name) == 0) {
      return true;
    }
  }
  return false;
}

const char *formula_name(const char *name, Arena *arena)
{
  bool plain = in_name(name[0]) && !(name[0] >= '0' && name[0] <= '9') && !is_keyword(name);
  for (const char *c = name; *c; c++) {
    plain = plain && (in_name(*c) || *c == '.');
  }
  if (plain) {
    return name;
  }
  Text quoted = {0};
  text_char(&quoted, '`');
  for (const char *c = name; *c; c++) {
    text_add(&quoted, *c == '`' ? "``" : c, *c == '`' ? 2 : 1);
  }
  text_char(&quoted, '`');
  const char *copy = quoted.failed ? NULL : arena_text(arena, text_data(&quoted), quoted.size);
  text_free(&quoted);
  return copy;
}
