/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a text of a script for gnuplot: the quoted string must hold nothing that means something to gnuplot or a
 * shell, and read back as what was meant. The first byte chooses lines and percent. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plot/fonts.h"
#include "plot/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_safe(char c)
{
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         (c && strchr(" ,.:;()=+-", c) != NULL);
}

/* Reads a string as gnuplot does; traps on anything that is not plain, \n or three octal digits. */
static void read_back(const Text *quoted, Text *out)
{
  const char *s = quoted->data;
  if (quoted->size < 2 || s[0] != '"' || s[quoted->size - 1] != '"') {
    __builtin_trap();
  }
  for (size_t at = 1; at + 1 < quoted->size; at++) {
    if (s[at] != '\\') {
      if (!is_safe(s[at])) {
        __builtin_trap();
      }
      text_char(out, s[at]);
    } else if (s[at + 1] == 'n') {
      text_char(out, '\n');
      at++;
    } else {
      int value = 0;
      for (int digit = 1; digit <= 3; digit++) {
        if (s[at + (size_t)digit] < '0' || s[at + (size_t)digit] > '7') {
          __builtin_trap();
        }
        value = 8 * value + (s[at + (size_t)digit] - '0');
      }
      if (value < 0x20 || value > 255) {
        __builtin_trap();
      }
      text_char(out, (char)value);
      at += 3;
    }
  }
}

/* The text as it should be shown: an independent account of what the quoting promises. */
static void expect(const char *text, size_t n, int lines, int percent, Text *out)
{
  for (size_t at = 0; at < n;) {
    uint32_t code = 0;
    const size_t length = utf8_decode(text + at, n - at, &code);
    const int control = code < 0x20 || (code >= 0x7F && code < 0xA0) || (code & 0xFFFE) == 0xFFFE;
    if (length == 0 || (control && code != '\n' && code != '\t')) {
      text_char(out, '?');
    } else if (control) {
      text_char(out, code == '\n' && lines ? '\n' : ' ');
    } else {
      text_add(out, text + at, length);
      if (code == '%' && percent) {
        text_char(out, '%');
      }
    }
    at += length ? length : 1;
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size < 1) {
    return 0;
  }
  const int lines = data[0] & 1, percent = data[0] >> 1 & 1;
  const char *text = (const char *)data + 1;
  Text quoted = {0}, read = {0}, wanted = {0};
  script_quote(&quoted, text, size - 1, lines, percent);
  read_back(&quoted, &read);
  expect(text, size - 1, lines, percent, &wanted);
  if (read.size != wanted.size || (read.size && memcmp(read.data, wanted.data, read.size) != 0)) {
    __builtin_trap();
  }
  static CodeSet set;
  memset(&set, 0, sizeof set);
  const int any = code_set_add(&set, text, size - 1);
  if (any != code_set_meets(&set, text, size - 1) || any == code_set_empty(&set)) {
    __builtin_trap();
  }
  code_set_remove(&set, text, size - 1);
  code_set_remove(&set, "0-10ffff", 8);
  if (!code_set_empty(&set)) {
    __builtin_trap();
  }
  text_free(&quoted);
  text_free(&read);
  text_free(&wanted);
  return 0;
}
