/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen.h -- what the dashboard is shown on: the terminal, by curses, or nothing but a file.
 */
#ifndef ASSAY_TUI_SCREEN_H
#define ASSAY_TUI_SCREEN_H

#include "console/settings.h"
#include "tui/key.h"
#include "view/cells.h"

typedef struct Screen Screen;

typedef struct ScreenClass {
  /* Takes the terminal over; what stood on it comes back with leave. Errors: "no-screen", STATUS_STATE. */
  Status (*enter)(Screen *screen, const ConsoleSettings *settings, bool color, Error *e);
  void (*leave)(Screen *screen);
  void (*size)(Screen *screen, int *width, int *height);
  /* Puts out what differs from what is shown. cursor: NULL hides it. */
  void (*show)(Screen *screen, const Cells *cells, const Rect *cursor);
  bool (*key)(Screen *screen, Key *out); /* the next key that is there; false: none */
  void (*resized)(Screen *screen);       /* SIGWINCH, or back from Ctrl-Z: all is drawn anew */
  bool (*ascii)(Screen *screen);         /* it shows ASCII only */
  void (*free)(Screen *screen);
} ScreenClass;

struct Screen {
  const ScreenClass *class;
};

Status screen_curses_new(Screen **out, Error *e) MUST_USE;

/* Without a terminal: width x height, never a key by itself. */
Status screen_none_new(int width, int height, Screen **out, Error *e) MUST_USE;
void screen_none_resize(Screen *screen, int width, int height);

#endif
