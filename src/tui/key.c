/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/key.h"

#include <stdio.h>
#include <string.h>

#include "core/text.h"

static const struct {
  const char *name;
  uint32_t code;
} named[] = {
  {"Up", K_UP}, {"Down", K_DOWN}, {"Left", K_LEFT}, {"Right", K_RIGHT}, {"Home", K_HOME}, {"End", K_END},
  {"PageUp", K_PAGE_UP}, {"PageDown", K_PAGE_DOWN}, {"Insert", K_INSERT}, {"Delete", K_DELETE},
  {"BSpace", K_BACKSPACE}, {"Enter", K_ENTER}, {"Tab", K_TAB}, {"BTab", K_BACK_TAB}, {"Esc", K_ESCAPE},
  {"Click", K_CLICK}, {"WheelUp", K_WHEEL_UP}, {"WheelDown", K_WHEEL_DOWN}, {"Space", ' '},
};

enum { NAMED = sizeof named / sizeof *named };

static uint32_t plain_key(const char *name, size_t n)
{
  uint32_t code = 0;
  int number = 0;
  if (n > 0 && utf8_decode(name, n, &code) == n) {
    return code;
  }
  for (size_t i = 0; i < NAMED; i++) {
    if (strlen(named[i].name) == n && memcmp(named[i].name, name, n) == 0) {
      return named[i].code;
    }
  }
  if (n >= 2 && n <= 3 && name[0] == 'F') {
    for (size_t i = 1; i < n; i++) {
      number = name[i] >= '0' && name[i] <= '9' ? number * 10 + (name[i] - '0') : 99;
    }
  }
  return number >= 1 && number <= 12 ? (uint32_t)(K_F1 + number - 1) : 0;
}

uint32_t key_named(const char *name, size_t n)
{
  uint32_t modifiers = 0;
  while (n > 2 && name[1] == '-' && (name[0] == 'C' || name[0] == 'M' || name[0] == 'S')) {
    modifiers |= name[0] == 'C' ? K_CTRL : name[0] == 'M' ? K_ALT : K_SHIFT;
    name += 2;
    n -= 2;
  }
  const uint32_t code = plain_key(name, n);
  return code ? code | modifiers : 0;
}

/* The bytes of a code point. */
static void put_character(uint32_t code, char out[5])
{
  if (code < 0x80) {
    snprintf(out, 5, "%c", (char)code);
  } else if (code < 0x800) {
    snprintf(out, 5, "%c%c", (char)(0xC0 | code >> 6), (char)(0x80 | (code & 63)));
  } else if (code < 0x10000) {
    snprintf(out, 5, "%c%c%c", (char)(0xE0 | code >> 12), (char)(0x80 | (code >> 6 & 63)), (char)(0x80 | (code & 63)));
  } else {
    snprintf(out, 5, "%c%c%c%c", (char)(0xF0 | code >> 18), (char)(0x80 | (code >> 12 & 63)),
             (char)(0x80 | (code >> 6 & 63)), (char)(0x80 | (code & 63)));
  }
}

void key_text(uint32_t code, char out[5])
{
  put_character(code, out);
}

void key_label(uint32_t code, char out[KEY_LABEL_SIZE])
{
  const uint32_t plain = code & ~(uint32_t)(K_CTRL | K_ALT | K_SHIFT);
  char base[KEY_LABEL_SIZE - 6] = "";
  for (size_t i = 0; i < NAMED && !base[0]; i++) {
    if (named[i].code == plain) {
      snprintf(base, sizeof base, "%s", named[i].name);
    }
  }
  if (!base[0] && plain >= K_F1 && plain <= K_F12) {
    snprintf(base, sizeof base, "F%u", (unsigned)(plain - K_F1 + 1));
  } else if (!base[0]) {
    put_character(plain, base);
  }
  snprintf(out, KEY_LABEL_SIZE, "%s%s%s%s", code & K_CTRL ? "C-" : "", code & K_ALT ? "M-" : "", code & K_SHIFT ? "S-" : "",
           base);
}

bool key_is(uint32_t code, const char *names)
{
  while (*names) {
    const size_t n = strcspn(names, " ");
    if (n > 0 && key_named(names, n) == code) {
      return true;
    }
    names += n;
    names += strspn(names, " ");
  }
  return false;
}

bool key_is_text(uint32_t code)
{
  return code >= ' ' && code != 0x7F && code < KEYS_NAMED;
}
