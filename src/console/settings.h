/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.h -- what the user sets of the faces: `.set digits 8` and assay.set{digits = 8}. */
#ifndef ASSAY_CONSOLE_SETTINGS_H
#define ASSAY_CONSOLE_SETTINGS_H

#include <stdbool.h>

#include "core/text.h"

/* Colours of the dashboard; src/tui/theme.c has a row for each. */
typedef enum Theme { THEME_DARK, THEME_LIGHT, THEME_CONTRAST, THEME_MONO, THEMES } Theme;

typedef struct ConsoleSettings {
  bool quiet;       /* no banner, live line or times */
  bool no_color, color, plain, ascii; /* color: also where it would not be */
  bool interactive; /* there will be a prompt */
  int digits;       /* significant digits of numbers; 0: six */
  bool no_card, no_highlight; /* of the line being typed */
  bool mouse;       /* the dashboard takes the mouse, which then selects no text */
  Theme theme;
} ConsoleSettings;

/* Errors: "bad-setting". */
Status settings_set(ConsoleSettings *settings, const char *name, const char *value, Error *e) MUST_USE;

/* A line for each: name, value, what it is. */
void settings_list(const ConsoleSettings *settings, Text *out);

/* "dark", "light" ... */
const char *theme_name(Theme theme);

#endif
