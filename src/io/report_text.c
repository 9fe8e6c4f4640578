/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts and names as Lua writes them. */
#include "io/report_text.h"

#include <string.h>

void report_string(Text *out, const char *text)
{
  text_char(out, '"');
  for (; *text; text++) {
    const unsigned char c = (unsigned char)*text;
    if (c < 0x20 || c == 0x7F) {
      text_printf(out, "\\%03u", c);
    } else {
      text_puts(out, c == '"' || c == '\\' ? "\\" : "");
      text_char(out, *text);
    }
  }
  text_char(out, '"');
}

static bool is_lua_name(const char *name)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  static const char *const words[] = {"and",      "break",  "do",   "else", "elseif", "end",  "false", "for",
                                      "function", "goto",   "if",   "in",   "local",  "nil",  "not",   "or",
                                      "repeat",   "return", "then", "true", "until",  "while"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strcmp(name, words[i]) == 0) {
      return false;
    }
  }
  const bool digit = *name >= '0' && *name <= '9';
  return *name && !digit && name[strspn(name, letters)] == '\0';
}

void report_key(Text *out, const char *name)
{
  if (is_lua_name(name)) {
    text_puts(out, name);
  } else {
    text_char(out, '[');
    report_string(out, name);
    text_char(out, ']');
  }
}

void report_types(Text *out, const char *name, const char *type)
{
  text_puts(out, "types = {");
  report_key(out, name);
  text_puts(out, " = ");
  report_string(out, type);
  text_char(out, '}');
}
