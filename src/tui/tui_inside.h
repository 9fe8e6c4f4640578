/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tui_inside.h -- the inside of the dashboard, for the files that are it; pages and panels do not include it. */
#ifndef ASSAY_TUI_TUI_INSIDE_H
#define ASSAY_TUI_TUI_INSIDE_H

#include "tui/input.h"
#include "tui/layout.h"
#include "tui/screen.h"
#include "tui/key_script.h"
#include "tui/statements.h"
#include "tui/tui.h"

enum { BACK_MOST = 32, NAME_SIZE = 128, WINDOW_WIDTH = 90 };

/* A page and what it has made of itself. */
typedef struct PageRun {
  const Page *page;
  void *state;      /* NULL: not open */
  Layout layout;
  bool loaded;      /* the layout is */
  Error error;      /* why it could not be opened */
} PageRun;

/* What lies over the page. */
typedef enum Overlay { OVERLAY_NONE, OVERLAY_KEYS, OVERLAY_POPUP } Overlay;

typedef struct Place {
  size_t page;
  char object[NAME_SIZE];
} Place;

typedef struct Palette Palette; /* palette.h */

struct Tui {
  Console *console;
  TuiSettings settings;
  Screen *screen;
  ConsoleScreen hooks;
  Cells cells;
  PageRun *pages;
  size_t n_pages, at;       /* the page that is shown */
  Place back[BACK_MOST];
  size_t n_back;
  Statements *statements;
  Input *input;
  Palette *palette;
  SessionVariable *objects;
  size_t n_objects;
  char subject[NAME_SIZE];
  bool steady;
  bool begun;               /* it was shown before */
  bool on;                  /* it has the screen */
  bool leave;
  bool dirty;               /* the screen is not what it should be */
  double drawn;             /* when it was drawn last */
  int draw_timer, tick_timer;
  Job *job;
  double cancelled;         /* when the job was asked to stop; 0: it was not */
  int presses;              /* of Ctrl-C before this job */
  Overlay overlay;
  Text popup, popup_title;
  Text popup_shown;         /* the text, its lines broken for a window of popup_columns */
  int popup_columns;
  int popup_width;          /* of the screen for which that was done; 0: not done yet */
  size_t popup_top;
  Text message;
  ViewRole message_role;
  Error error;              /* behind the message; STATUS_OK: none */
  Text last;                /* the statement that stands at the foot */
  LineState last_state;
  bool captures;            /* what is printed is shown when the statement has ended */
  Text output;              /* what it printed */
  DashboardOutcome outcome;
  /* --keys */
  Script script;
  size_t step;
  bool wants_job, pens;
  Text saved;
};

/* ---- tui.c */
PageRun *tui_page(Tui *tui);
void tui_draw(Tui *tui);                     /* now */
void tui_key(Tui *tui, const Key *key);
void tui_refresh_objects(Tui *tui);
void tui_pump(Tui *tui);                     /* runs what waits, until nothing does */
void tui_let_go(Tui *tui);                   /* gives the screen back while a statement still runs */
bool tui_round(Tui *tui);                    /* between rounds of the loop: draws when it is time; true: it is left */
bool tui_open(Tui *tui, size_t page);        /* false: it cannot be */
void tui_begin_page(Tui *tui, size_t page, const char *object);

/* ---- tui_draw.c */
void draw_all(Tui *tui, Rect *cursor, bool *has_cursor);

/* ---- tui_actions.c: of the dashboard itself */
extern const Action tui_actions[];
extern const size_t n_tui_actions;
const PanelSlot *tui_focused(Tui *tui, void **panel);      /* NULL: the page has no panels */

/* Calls with each action that is at hand, and its context: the focused panel's, the page's, the dashboard's. Ends when
 * the function gives true. */
typedef bool (*ActionVisitor)(Tui *tui, const Action *action, void *panel, void *context);
bool tui_each_action(Tui *tui, ActionVisitor visit, void *context);
bool tui_applies(Tui *tui, const Action *action, void *panel);

/* ---- tui_jobs.c: the hooks of the session while the dashboard has the screen */
void tui_hooks(Tui *tui);
void tui_tick(Tui *tui);

/* ---- tui_script.c: --keys */
Status tui_play(Tui *tui, Error *e) MUST_USE;
void tui_play_on(Tui *tui);                  /* the steps that come while a job runs */

#endif
