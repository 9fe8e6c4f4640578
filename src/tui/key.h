/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key.h -- keys by number and by name.
 *
 * A key is a character as typed (its code point), one of the names below, or either with Ctrl or Alt. Names are what
 * tmux calls them, so that actions, the hint bar, help and key scripts are written alike:
 *
 *   a  A  /  é       a character; Space; Comma is "," itself
 *   Enter Esc Tab BTab BSpace Delete Insert
 *   Up Down Left Right Home End PageUp PageDown
 *   F1 .. F12
 *   C-a              Ctrl with a letter; C-Left and the like with arrows
 *   S-Up             Shift, with arrows only: a shifted character is another character
 *   M-a              Alt (or Esc just before)
 *   Click WheelUp WheelDown    the mouse, at x y of the screen
 */
#ifndef ASSAY_TUI_KEY_H
#define ASSAY_TUI_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  KEYS_NAMED = 0x110000, /* code points end here */
  K_UP = KEYS_NAMED, K_DOWN, K_LEFT, K_RIGHT, K_HOME, K_END, K_PAGE_UP, K_PAGE_DOWN,
  K_INSERT, K_DELETE, K_BACKSPACE, K_ENTER, K_TAB, K_BACK_TAB, K_ESCAPE,
  K_CLICK, K_WHEEL_UP, K_WHEEL_DOWN,
  K_F1, K_F12 = K_F1 + 11,
  KEYS_END,
  K_CTRL = 1 << 24, K_ALT = 1 << 25, K_SHIFT = 1 << 26,
  K_PASTED = 1 << 27 /* a character that was pasted: text for the input line, never a command */
};

typedef struct Key {
  uint32_t code;
  int x, y;       /* of the mouse; within a panel's area when the panel gets it */
} Key;

/* The code of a name; 0 for none. */
uint32_t key_named(const char *name, size_t n);

enum { KEY_LABEL_SIZE = 16 };

/* The name, for hints: "Enter", "C-p", "é". */
void key_label(uint32_t code, char out[KEY_LABEL_SIZE]);

/* Whether the key is one of a list of names with blanks between: "j Down". */
bool key_is(uint32_t code, const char *names);

/* A character that can be typed into a text, and its bytes with a NUL. */
bool key_is_text(uint32_t code);
void key_text(uint32_t code, char out[5]);

#endif
