/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/theme.h"

/* A colour for every kind of terminal. */
typedef struct Tint {
  int rgb, of256, of16, of8;
} Tint;

typedef struct RoleLook {
  Tint tint;
  unsigned attributes;      /* with colours */
  unsigned mono;            /* without */
} RoleLook;

#define NO_TINT {LOOK_DEFAULT, LOOK_DEFAULT, LOOK_DEFAULT, LOOK_DEFAULT}

static const RoleLook dark[VIEW_ROLES] = {
  [VIEW_PLAIN] = {NO_TINT, 0, 0},
  [VIEW_TITLE] = {NO_TINT, LOOK_BOLD, LOOK_BOLD},
  [VIEW_HEADER] = {NO_TINT, LOOK_BOLD, LOOK_BOLD},
  [VIEW_MUTED] = {{0x949494, 246, 8, LOOK_DEFAULT}, 0, 0},
  [VIEW_NUMBER] = {{0x87D7D7, 116, 14, 6}, 0, 0},
  [VIEW_ERROR] = {{0xFF8787, 210, 9, 1}, LOOK_BOLD, LOOK_BOLD},
  [VIEW_WARNING] = {{0xFFD75F, 221, 11, 3}, 0, LOOK_UNDERLINE},
  [VIEW_KEYWORD] = {{0xD7AFFF, 183, 13, 5}, 0, LOOK_BOLD},
  [VIEW_STRING] = {{0xAFD787, 150, 10, 2}, 0, 0},
};

static const RoleLook light[VIEW_ROLES] = {
  [VIEW_PLAIN] = {NO_TINT, 0, 0},
  [VIEW_TITLE] = {NO_TINT, LOOK_BOLD, LOOK_BOLD},
  [VIEW_HEADER] = {NO_TINT, LOOK_BOLD, LOOK_BOLD},
  [VIEW_MUTED] = {{0x6C6C6C, 242, 8, LOOK_DEFAULT}, 0, 0},
  [VIEW_NUMBER] = {{0x005F87, 24, 4, 4}, 0, 0},
  [VIEW_ERROR] = {{0xAF0000, 124, 1, 1}, LOOK_BOLD, LOOK_BOLD},
  [VIEW_WARNING] = {{0x875F00, 94, 3, 3}, 0, LOOK_UNDERLINE},
  [VIEW_KEYWORD] = {{0x8700AF, 91, 5, 5}, 0, LOOK_BOLD},
  [VIEW_STRING] = {{0x005F00, 22, 2, 2}, 0, 0},
};

/* Nothing dim, nothing but what differs much from any ground. */
static const RoleLook contrast[VIEW_ROLES] = {
  [VIEW_TITLE] = {NO_TINT, LOOK_BOLD, LOOK_BOLD},
  [VIEW_PLAIN] = {NO_TINT, 0, 0},
  [VIEW_HEADER] = {NO_TINT, LOOK_BOLD | LOOK_UNDERLINE, LOOK_BOLD | LOOK_UNDERLINE},
  [VIEW_MUTED] = {NO_TINT, 0, 0},
  [VIEW_NUMBER] = {NO_TINT, 0, 0},
  [VIEW_ERROR] = {NO_TINT, LOOK_BOLD | LOOK_REVERSE, LOOK_BOLD | LOOK_REVERSE},
  [VIEW_WARNING] = {NO_TINT, LOOK_BOLD | LOOK_UNDERLINE, LOOK_BOLD | LOOK_UNDERLINE},
  [VIEW_KEYWORD] = {NO_TINT, LOOK_BOLD, LOOK_BOLD},
  [VIEW_STRING] = {NO_TINT, 0, 0},
};

static const RoleLook *const roles[THEMES] = {
  [THEME_DARK] = dark, [THEME_LIGHT] = light, [THEME_CONTRAST] = contrast, [THEME_MONO] = dark};

/* Okabe and Ito: sky blue, orange, bluish green, vermilion, reddish purple, yellow, blue. */
static const Tint series_dark[] = {
  {0x56B4E9, 74, 12, 4}, {0xE69F00, 214, 11, 3}, {0x009E73, 36, 14, 6}, {0xD55E00, 166, 9, 1},
  {0xCC79A7, 175, 13, 5}, {0xF0E442, 227, 10, 2}, {0x0072B2, 25, 4, 7},
};
static const Tint series_light[] = {
  {0x0072B2, 25, 4, 4}, {0xC27C00, 172, 3, 3}, {0x007A5A, 29, 6, 6}, {0xB84C00, 130, 1, 1},
  {0xA3477A, 132, 5, 5}, {0x8A7F00, 100, 2, 2}, {0x2E86C1, 31, 12, 0},
};
static const Tint ramp_dark[INK_LEVELS] = {
  {0x0072B2, 31, 4, 4}, {0x56B4E9, 74, 14, 6}, {0xE69F00, 214, 11, 3}, {0xD55E00, 202, 9, 1}};
static const Tint ramp_light[INK_LEVELS] = {
  {0x56B4E9, 74, 6, 6}, {0x0072B2, 25, 4, 4}, {0xC27C00, 172, 3, 3}, {0xB84C00, 130, 1, 1}};

enum { SERIES = sizeof series_dark / sizeof *series_dark };

static int color_of(Tint tint, int colors)
{
  return colors > 256 ? tint.rgb : colors == 256 ? tint.of256 : colors >= 16 ? tint.of16 : tint.of8;
}

static Look ink_look(Theme theme, unsigned ink, int colors)
{
  const Tint *series = theme == THEME_LIGHT ? series_light : series_dark;
  const Tint *ramp = theme == THEME_LIGHT ? ramp_light : ramp_dark;
  const unsigned more = theme == THEME_CONTRAST ? LOOK_BOLD : 0;
  if (ink == INK_MUTED) {
    return (Look){color_of(roles[theme][VIEW_MUTED].tint, colors), 0};
  }
  if (ink >= INK_RAMP) {
    return (Look){color_of(ramp[(ink - INK_RAMP) % INK_LEVELS], colors), more};
  }
  return (Look){color_of(series[(ink - INK_SERIES) % SERIES], colors), more};
}

static unsigned pen_attributes(Pen pen)
{
  return (pen.bold ? LOOK_BOLD : 0u) | (pen.underline ? LOOK_UNDERLINE : 0u);
}

Look theme_look(Theme theme, Pen pen, int colors)
{
  const bool mono = colors < 8 || theme == THEME_MONO;
  const RoleLook *role = &roles[theme][pen.role < VIEW_ROLES ? pen.role : VIEW_PLAIN];
  Look look = {LOOK_DEFAULT, role->mono};
  if (!mono) {
    look = (Look){color_of(role->tint, colors), role->attributes};
    if (pen.ink != INK_NONE) {
      look = ink_look(theme, pen.ink, colors);
    }
  }
  look.attributes |= pen_attributes(pen);
  look.attributes ^= pen.reverse ? LOOK_REVERSE : 0;
  return look;
}
