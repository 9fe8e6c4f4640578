/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A screen that nobody sees: what is drawn stays in the dashboard's cells, from which scripts of keys save it. */
#include "core/alloc.h"
#include "tui/screen.h"

typedef struct None {
  Screen screen;
  int width, height;
} None;

static Status enter(Screen *screen, const ConsoleSettings *settings, bool color, Error *e)
{
  (void)screen;
  (void)settings;
  (void)color;
  (void)e;
  return STATUS_OK;
}

static void nothing(Screen *screen)
{
  (void)screen;
}

static void size(Screen *screen, int *width, int *height)
{
  const None *none = (const None *)screen;
  *width = none->width;
  *height = none->height;
}

static void show(Screen *screen, const Cells *cells, const Rect *cursor)
{
  (void)screen;
  (void)cells;
  (void)cursor;
}

static bool no_key(Screen *screen, Key *out)
{
  (void)screen;
  (void)out;
  return false;
}

static bool not_ascii(Screen *screen)
{
  (void)screen;
  return false;
}

static void free_none(Screen *screen)
{
  mem_free(screen);
}

static const ScreenClass none_class = {enter, nothing, size, show, no_key, nothing, not_ascii, free_none};

Status screen_none_new(int width, int height, Screen **out, Error *e)
{
  None *none = mem_zero(1, sizeof *none);
  *out = (Screen *)none;
  if (!none) {
    return error_memory(e, sizeof *none, _("the screen"));
  }
  *none = (None){{&none_class}, width, height};
  return STATUS_OK;
}

void screen_none_resize(Screen *screen, int width, int height)
{
  None *none = (None *)screen;
  none->width = width;
  none->height = height;
}
