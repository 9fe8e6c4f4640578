/* SPDX-License-Identifier: GPL-3.0-or-later */
/* form_panel.h -- a panel with the form of a primitive (form.h): fields with what may stand in them, help and errors at the field,
 * and the call that will be made.
 *
 * Keys: Up Down go over the fields; Enter edits (with completion), Space takes the next choice, or opens the list of columns or
 * choices, BSpace goes back to the default, r runs.
 */
#ifndef ASSAY_TUI_FORM_PANEL_H
#define ASSAY_TUI_FORM_PANEL_H

#include "tui/form.h"
#include "tui/tui.h"

typedef struct FormPanel {
  /* Set in open: */
  void *context;
  void (*run)(Tui *tui, void *context, const char *lua); /* the call, when the form is in order */
  const char *empty;  /* what is said when there is no form */
  /* The panel's own: */
  Form form;
  size_t at;          /* line of the cursor: fields, and choices of those that are open */
  size_t top;
  size_t editing;     /* the field that the input line is for */
} FormPanel;

extern const PanelClass form_panel;

/* The form of a primitive: data is the session's subject if it fits, else the first object that does; the result's name is free. */
void form_panel_open(Tui *tui, FormPanel *panel, const Primitive *primitive);

/* Another data object, by its variable's name. */
void form_panel_data(Tui *tui, FormPanel *panel, const char *name);

#endif
