/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page.h -- what a page of the dashboard is made of. The manual for those who write pages.
 *
 * A page is a constant Page in a file of its own, page_NAME.c, that registers itself; nothing else is touched. It has
 * a state of its own, panels that lie in that state, and a table of actions. The dashboard does the rest: it lays the
 * panels out for the size there is, draws their borders, moves the focus (Tab), zooms (z), keeps the layout; it finds
 * the action of a key, and makes the hint bar, the help of `?` and the palette (C-p) of the actions' texts. So an
 * action is written once, and a key that is in no action's row does not exist.
 *
 *   typedef struct State { ListPanel names; TablePanel rows; } State;      zeroed before open
 *   static const PanelSlot slots[] = {
 *     {.name = "names", .title = N_("Session"), .class = &list_panel, .at = offsetof(State, names)},
 *     {.name = "rows", .title = N_("Rows"), .class = &table_panel, .at = offsetof(State, rows)}};
 *   static const Action actions[] = {
 *     {.key = "d", .name = N_("describe"), .group = N_("Look"), .help = N_("figures of all columns"), .run = describe}};
 *   static const Page data = {.order = 10, .name = "data", .title = N_("Data"), .state_size = sizeof(State),
 *                             .layout = "names:26|rows", ...};
 *   REGISTER_PAGE(data);
 *
 * Rules
 * - Everything runs on the main thread, in a key, a tick or a draw. draw only draws: it looks at the state and at the
 *   cells, evaluates nothing, and takes under 5 ms. What changes the screen calls tui_redraw; drawing is put off and
 *   gathered, at most 20 times a second.
 * - What changes the session is a Lua line: tui_run (tui.h). What only looks is a Lua expression: tui_query, which
 *   never blocks, or tui_evaluate where it is certain to be quick. While a job runs no Lua starts: both wait in a
 *   queue, keys and drawing go on. So keep references (frames, models) of what is shown, not names.
 * - After every statement all open pages get `changed`: look at tui_objects again and drop what is gone.
 * - Sizes from 40 x 10 to 300 x 100: draw for the area given, whatever it is. Say with words and glyphs what colours
 *   say.
 * - Figures that depend on time or machine go through tui_seconds, which hides them where screens are compared.
 * - Texts a user sees: _() when shown, N_() in tables. Group names are tasks ("Find", "Sort"), not parts of the screen.
 * - report writes what the page shows as plain lines, for `assay report --plain`: no boxes, states in words.
 * - A key of the page stands for something else in none of its panels: the same key must not do two things on one
 *   screen. tests/unit/test_tui_keys.c looks.
 * - Memory: states are freed by the dashboard after close. A failing open says so in an Error; the page is then shown
 *   as that error and tried again when it is gone to.
 */
#ifndef ASSAY_TUI_PAGE_H
#define ASSAY_TUI_PAGE_H

#include "bind/job.h"
#include "bind/session_values.h"
#include "tui/key.h"
#include "view/cells.h"

typedef struct Tui Tui;

/* Something the user can do. context is the page's state, of a panel's actions the panel, of the dashboard's own
 * NULL. */
typedef struct Action {
  const char *key;   /* "s", "Enter", "j Down": the first name is shown; "": only in the palette */
  const char *name;  /* one or two words, for the hint bar: "sort" */
  const char *help;  /* one line without full stop, for ? and the palette */
  const char *group; /* the task it belongs to, a heading of ? */
  void (*run)(Tui *tui, void *context);
  bool (*applies)(Tui *tui, void *context); /* NULL: always. Where not, the key does nothing and hints leave it out */
  bool quiet;        /* not in the hint bar: moving about, and what is rare */
} Action;

/* A kind of panel: something that shows a value and knows nothing of what it means. The functions may be NULL. */
typedef struct PanelClass {
  const char *name;
  void (*close)(Tui *tui, void *panel);
  /* area is inside the border. focused: the panel that keys go to. */
  void (*draw)(Tui *tui, void *panel, Cells *cells, Rect area, bool focused);
  /* A key that is no action of the panel; true when it was used. Clicks and wheels come here too. */
  bool (*key)(Tui *tui, void *panel, const Key *key);
  void (*title)(Tui *tui, void *panel, Text *out); /* goes behind the slot's title: "customers, row 7 of 200" */
  void (*report)(Tui *tui, void *panel, const ViewStyle *style, Text *out);
  const Action *actions;
  size_t n_actions;
} PanelClass;

/* Where a page has a panel. */
typedef struct PanelSlot {
  const char *name, *title; /* name: of the layout; title: of the border */
  const PanelClass *class;
  size_t at;                /* offset of the panel in the page's state */
} PanelSlot;

typedef struct Page {
  int order;                /* of the tabs; steps of ten */
  const char *name, *title; /* name: "data", for tui_go and the saved layout; title: of the tab, one short word */
  const char *help;         /* what the page is for: a few lines, above the keys of ? */
  size_t state_size;
  const PanelSlot *slots;
  size_t n_slots;
  /* Names of slots: "a|b" side by side, "a/b" one above the other, brackets, and behind a name ":26" lines or
   * columns, or ":30%"; what has none shares the rest. What gets too small is left out, and shown when the focus
   * comes to it. */
  const char *layout;
  const Action *actions;
  size_t n_actions;
  Status (*open)(Tui *tui, void *state, Error *e); /* before the page is first shown */
  void (*close)(Tui *tui, void *state);            /* panels are closed behind it */
  /* The page is to show this variable of the session ("" : whatever it likes). Called when the user goes to it. */
  void (*show)(Tui *tui, void *state, const char *object);
  /* Whether a variable is best looked at here: Run goes there with what it made. NULL: none is; Data shows any. */
  bool (*suits)(const SessionVariable *variable);
  void (*changed)(Tui *tui, void *state);          /* a statement has run */
  void (*tick)(Tui *tui, void *state);             /* while it is shown and a job runs, ten times a second */
  void (*draw)(Tui *tui, void *state, Cells *cells, Rect area); /* of pages without slots: the whole area */
  bool (*key)(Tui *tui, void *state, const Key *key); /* what no action and no panel took */
  void (*lua)(Tui *tui, void *state, Text *out);   /* the Lua that makes what is shown now, for `y` */
  void (*report)(Tui *tui, void *state, const ViewStyle *style, Text *out); /* NULL: its panels' reports */
  /* A job of a statement (not of a query) is about to begin, before its thread does: where to listen to its task's trace (core/task.h), on whose
   * thread the listener then is called. true: it is watched, and gets a thread of its own however short it is forecast
   * to be, so that the listener may wait (but not while it is cancelled). Pages with it are opened then, if need be. */
  bool (*job)(Tui *tui, void *state, Job *job);
  void (*job_ended)(Tui *tui, void *state, Job *job); /* the last moment at which the job may be looked at */
  void (*left)(Tui *tui, void *state);             /* the prompt comes back: a job must not wait for the user now */
} Page;

#define REGISTER_PAGE(page)                    \
  static const Page *const page##_registered   \
      __attribute__((used, section("assay_pages"), aligned(sizeof(void *)))) = &(page)

/* All pages in order. */
size_t pages_count(void);
const Page *pages_at(size_t index);
const Page *pages_find(const char *name);

#endif
