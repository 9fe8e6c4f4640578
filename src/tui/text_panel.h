/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_panel.h -- a panel with a text made for its size: the card of any value, help, a report.
 *
 * The text is written again when the panel's size or the look changes, or text_panel_renew asks for it. Keys: Up Down
 * Left Right PageUp PageDown Home End (j k h l g G).
 */
#ifndef ASSAY_TUI_TEXT_PANEL_H
#define ASSAY_TUI_TEXT_PANEL_H

#include "tui/tui.h"

typedef struct TextPanel {
  /* Set in open, or by the functions below. Writes for style->width columns, with view's functions. */
  void *context;
  void (*write)(Tui *tui, void *context, const ViewStyle *style, Text *out);
  bool unlimited;     /* style->height is 0: no text is shortened to the height; it can be scrolled */
  bool leaves;        /* Space, Left and Right to the page, which has something else for them */
  /* The panel's own: */
  Value value;
  Text text, title;
  int width, height;
  size_t top, left, lines;
  bool stale;
} TextPanel;

extern const PanelClass text_panel;

void text_panel_renew(Tui *tui, TextPanel *panel);

/* Shows a value's card (view/value_text.h); takes a reference or copy. NULL: empties it. title: as in "Card: seg". */
void text_panel_value(Tui *tui, TextPanel *panel, const char *title, const Value *value);

/* Shows a fixed text (wrapped at the width). */
void text_panel_words(Tui *tui, TextPanel *panel, const char *words);

#endif
