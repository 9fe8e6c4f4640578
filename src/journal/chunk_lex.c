/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/chunk_lex.h"

#include <string.h>

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

static bool begins_name(char c)
{
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_keyword(const char *start, size_t n)
{
  static const char *const words[] = {"and",   "break", "do",  "else", "elseif", "end",    "false", "for",
                                      "function", "goto", "if", "in",  "local",  "nil",    "not",   "or",
                                      "repeat", "return", "then", "true", "until", "while"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strlen(words[i]) == n && memcmp(words[i], start, n) == 0) {
      return true;
    }
  }
  return false;
}

/* The number of '=' of a long bracket "[==[" at p, or -1. */
static int long_level(const char *p)
{
  const size_t n = *p == '[' ? strspn(p + 1, "=") : 0;
  return *p == '[' && p[1 + n] == '[' ? (int)n : -1;
}

/* Behind the bracket that closes the long one at p. */
static const char *long_end(const char *p, int level)
{
  for (p += 2 + level; *p; p++) {
    if (*p == ']' && strspn(p + 1, "=") == (size_t)level && p[1 + level] == ']') {
      return p + 2 + level;
    }
  }
  return p;
}

static const char *short_end(const char *p)
{
  const char quote = *p++;
  while (*p && *p != quote && *p != '\n') {
    if (*p == '\\' && p[1] == 'z') { /* passes over blanks and line ends */
      p += 2 + strspn(p + 2, " \t\r\n\v\f");
    } else {
      p += *p == '\\' && p[1] ? 2 : 1;
    }
  }
  return *p == quote ? p + 1 : p;
}

static const char *comment_end(const char *p)
{
  const int level = long_level(p + 2);
  return level >= 0 ? long_end(p + 2, level) : p + strcspn(p, "\n");
}

/* Lua takes digits, letters, points, and a sign behind an exponent; "3..2" is no number of Lua either. */
static const char *number_end(const char *p)
{
  const bool hex = p[0] == '0' && (p[1] == 'x' || p[1] == 'X');
  const char *const exponents = hex ? "pP" : "eE";
  while (*p && (is_digit(*p) || begins_name(*p) || *p == '.')) {
    p += strchr(exponents, *p) && (p[1] == '+' || p[1] == '-') ? 2 : 1;
  }
  return p;
}

static const char *symbol_end(const char *p)
{
  static const char *const symbols[] = {"...", "..", "==", "~=", "<=", ">=", "//", "<<", ">>", "::"};
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
    if (strncmp(p, symbols[i], strlen(symbols[i])) == 0) {
      return p + strlen(symbols[i]);
    }
  }
  return p + 1;
}

static const char *name_end(const char *p)
{
  while (begins_name(*p) || is_digit(*p)) {
    p++;
  }
  return p;
}

Word chunk_word(const char **at)
{
  const char *start = *at + strspn(*at, " \t\r\n\v\f"), *end = start;
  WordKind kind = WORD_END;
  if (begins_name(*start)) {
    end = name_end(start);
    kind = is_keyword(start, (size_t)(end - start)) ? WORD_KEYWORD : WORD_NAME;
  } else if (is_digit(*start) || (*start == '.' && is_digit(start[1]))) {
    kind = WORD_NUMBER;
    end = number_end(start);
  } else if (start[0] == '-' && start[1] == '-') {
    kind = WORD_COMMENT;
    end = comment_end(start);
  } else if (*start == '"' || *start == '\'') {
    kind = WORD_TEXT;
    end = short_end(start);
  } else if (long_level(start) >= 0) {
    kind = WORD_TEXT;
    end = long_end(start, long_level(start));
  } else if (*start) {
    kind = WORD_SYMBOL;
    end = symbol_end(start);
  }
  *at = end;
  return (Word){kind, start, (size_t)(end - start)};
}

bool word_is(const Word *word, const char *text)
{
  return strlen(text) == word->length && memcmp(text, word->start, word->length) == 0;
}
