/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list_panel.h -- a panel with a list of lines to choose from: names, jobs, findings, topics.
 *
 * The owner has the items; the panel asks for those that are on the screen. Keys: Up Down PageUp PageDown Home End (j
 * k g G), Enter, a letter does nothing. A click chooses, the wheel scrolls.
 */
#ifndef ASSAY_TUI_LIST_PANEL_H
#define ASSAY_TUI_LIST_PANEL_H

#include "tui/tui.h"

typedef struct ListPanel ListPanel;

/* One item for eyes: a mark, its text on the left, a note on the right (dropped where there is no room). */
typedef struct ListItem {
  char mark[8];      /* "", "*", "!": never a colour alone */
  Text text, note;   /* the panel frees them */
  ViewRole role;
  bool heading;      /* cannot be chosen */
  bool keeps_note;   /* where there is no room for both the text is cut */
} ListItem;

struct ListPanel {
  /* Set in open: */
  void *context;
  size_t (*count)(Tui *tui, void *context);
  void (*item)(Tui *tui, void *context, size_t index, ListItem *out);
  void (*moved)(Tui *tui, void *context, size_t index); /* the cursor is at another item; may be NULL */
  void (*enter)(Tui *tui, void *context, size_t index); /* Enter, a second click; may be NULL */
  const char *empty;     /* what an empty list says: what to do about it */
  /* The panel's own: */
  size_t at, top;
  int height;
};

extern const PanelClass list_panel;

/* Moves the cursor (to the last item where there are fewer), without `moved`. */
void list_panel_set(Tui *tui, ListPanel *panel, size_t index);

#endif
