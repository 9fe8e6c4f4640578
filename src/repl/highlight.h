/* SPDX-License-Identifier: GPL-3.0-or-later */
/* highlight.h -- the line being typed in colour, and a line about the call it stands in below it.
 *
 * readline draws the line as it always does. When no key is waiting, the same text is written over it with colours, and the
 * cursor put back by movements that are relative, so that scrolling does no harm. Nothing is drawn while readline searches or
 * completes, on a terminal without colour or cursor movements, or when the line is taller than the screen.
 */
#ifndef ASSAY_REPL_HIGHLIGHT_H
#define ASSAY_REPL_HIGHLIGHT_H

#include <stdio.h>

#include "core/text.h"
#include "console/console.h"

typedef struct Highlight {
  const Console *console;
  FILE *screen;          /* where readline draws */
  size_t prompt;         /* columns of the prompt */
  const Text *pending;   /* lines before this one, of a statement that is not complete */
  bool shown;            /* the card is on the screen now */
} Highlight;

/* Draws over the present line; call when no input is waiting. */
void highlight_draw(Highlight *highlight);

/* Takes the card off the screen: before a line is taken, dropped, or the list of completions shown. */
void highlight_clear(Highlight *highlight);

#endif
