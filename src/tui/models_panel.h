/* SPDX-License-Identifier: GPL-3.0-or-later */
/* models_panel.h -- the list of those models of the session that a page is about, one of them shown.
 *
 * A slot of class list_panel at the offset of `list`.
 */
#ifndef ASSAY_TUI_MODELS_PANEL_H
#define ASSAY_TUI_MODELS_PANEL_H

#include "tui/list_panel.h"

typedef struct ModelsPanel {
  ListPanel list;
  /* Set in open: */
  void *context;
  bool (*has)(const SessionVariable *variable);                                /* which objects are listed */
  void (*note)(const SessionVariable *model, Text *out);                       /* behind the name; NULL: its type */
  void (*show)(Tui *tui, void *context, const SessionVariable *model);         /* NULL: there is none */
  void (*entered)(Tui *tui, void *context);                                    /* Enter, after show; may be NULL */
  const char *shown;                                                           /* the page's name of the one it shows */
} ModelsPanel;

/* The panel with its callbacks set, and `empty` as in list_panel.h. */
void models_panel_open(ModelsPanel *panel, const char *empty);

/* Model number `index` of the list; NULL: there are fewer. Borrowed until the next statement ends. O(variables). */
const SessionVariable *models_panel_at(Tui *tui, const ModelsPanel *panel, size_t index);

/* Shows the one of this name, else the one shown, else the session's subject, else the first. */
void models_panel_choose(Tui *tui, ModelsPanel *panel, const char *name);

#endif
