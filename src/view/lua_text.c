/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/lua_text.h"

#include <ctype.h>
#include <string.h>

static bool is_name(char c)
{
  return isalnum((unsigned char)c) || c == '_';
}

/* The end of a long bracket that opens at `from` ([[ or [==[), n when it is not closed; 0: none opens there. */
static size_t long_bracket(const char *text, size_t n, size_t from)
{
  size_t level = 0;
  if (from >= n || text[from] != '[') {
    return 0;
  }
  while (from + 1 + level < n && text[from + 1 + level] == '=') {
    level++;
  }
  if (from + 1 + level >= n || text[from + 1 + level] != '[') {
    return 0;
  }
  for (size_t i = from + level + 2; i + level + 1 < n; i++) {
    if (text[i] == ']' && text[i + level + 1] == ']' && strspn(text + i + 1, "=") == level) {
      return i + level + 2;
    }
  }
  return n;
}

static size_t comment_end(const char *text, size_t n, size_t from)
{
  const size_t long_end = long_bracket(text, n, from + 2);
  if (long_end > 0) {
    return long_end;
  }
  const char *line_end = memchr(text + from, '\n', n - from);
  return line_end ? (size_t)(line_end - text) : n;
}

/* A string may go over a line's end behind a backslash, and behind \z, which takes in all blanks. */
static size_t string_end(const char *text, size_t n, size_t from)
{
  size_t i = from + 1;
  while (i < n && text[i] != text[from] && text[i] != '\n') {
    const bool blanks = text[i] == '\\' && i + 1 < n && text[i + 1] == 'z';
    i += text[i] == '\\' ? 2 : 1;
    while (blanks && i < n && isspace((unsigned char)text[i])) {
      i++;
    }
  }
  return i >= n ? n : i + (text[i] == text[from]);
}

static size_t number_end(const char *text, size_t n, size_t from)
{
  size_t i = from;
  while (i < n && (is_name(text[i]) || text[i] == '.' ||
                   ((text[i] == '+' || text[i] == '-') && i > from && strchr("eEpP", text[i - 1]) &&
                    !(text[from] == '0' && strchr("xX", text[from + 1]) && strchr("eE", text[i - 1]))))) {
    i++;
  }
  return i;
}

static bool is_keyword(const char *word, size_t n)
{
  static const char *const keywords[] = {"and",      "break",  "do",   "else", "elseif", "end",   "false", "for",
                                         "function", "goto",   "if",   "in",   "local",  "nil",   "not",   "or",
                                         "repeat",   "return", "then", "true", "until",  "while"};
  for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
    if (strlen(keywords[i]) == n && strncmp(keywords[i], word, n) == 0) {
      return true;
    }
  }
  return false;
}

size_t lua_text_part(const char *text, size_t n, size_t from, ViewRole *role)
{
  const char c = text[from];
  size_t end = from + 1;
  *role = VIEW_PLAIN;
  if (c == '-' && from + 1 < n && text[from + 1] == '-') {
    *role = VIEW_MUTED;
    return comment_end(text, n, from);
  }
  if (c == '"' || c == '\'') {
    *role = VIEW_STRING;
    return string_end(text, n, from);
  }
  if (c == '[' && (end = long_bracket(text, n, from)) > 0) {
    *role = VIEW_STRING;
    return end;
  }
  if (isdigit((unsigned char)c)) {
    *role = VIEW_NUMBER;
    return number_end(text, n, from);
  }
  end = from + 1;
  if (is_name(c)) {
    while (end < n && is_name(text[end])) {
      end++;
    }
    *role = is_keyword(text + from, end - from) ? VIEW_KEYWORD : VIEW_PLAIN;
    return end;
  }
  while (end < n && !is_name(text[end]) && !strchr("-\"'[", text[end])) {
    end++;
  }
  return end;
}
