/* SPDX-License-Identifier: GPL-3.0-or-later */
/* graphics.h -- whether the terminal shows pictures: asked of it once, when first wanted.
 *
 * The terminal is asked by kitty's query followed by the request for its attributes (DA1), which every terminal
 * answers: a sixel terminal with the attribute 4, one of kitty's kind with OK before that. It has 300 ms. Nothing is
 * asked unless input and output are a terminal in the foreground, TERM names one, and CI is not set. A multiplexer
 * speaks for itself and not for the terminal around it, so its claim of sixel does not count. ASSAY_GRAPHICS=none,
 * sixel or kitty decides without asking.
 *
 * What was typed meanwhile is kept: the line editor reads it from graphics_typed. An answer that comes too late is
 * dropped by the line editor. References: xterm's control sequences (DA1), the graphics protocol of kitty.
 */
#ifndef ASSAY_REPL_GRAPHICS_H
#define ASSAY_REPL_GRAPHICS_H

#include <stdbool.h>
#include <stddef.h>

#include "bind/session.h"

/* For SessionHooks.graphics. */
void graphics_ask(void *context, SessionGraphics *out);

/* The next byte that was typed while the terminal was asked, or -1; whether there is one. */
int graphics_typed(void);
bool graphics_waits(void);

/* ---- for tests */

/* Takes answers out of what was read: sets *sixel, *kitty and *done, and gives the number of the other bytes, moved
 * to the front. An unfinished sequence at the end stays. */
size_t graphics_parse(char *bytes, size_t n, bool *sixel, bool *kitty, bool *done);

#endif
