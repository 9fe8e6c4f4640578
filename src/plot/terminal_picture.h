/* SPDX-License-Identifier: GPL-3.0-or-later */
/* terminal_picture.h -- pictures as what a terminal is sent to show them.
 *
 * Reference: the graphics protocol of the terminal kitty, sw.kovidgoyal.net/kitty/graphics-protocol.
 */
#ifndef ASSAY_PLOT_TERMINAL_PICTURE_H
#define ASSAY_PLOT_TERMINAL_PICTURE_H

#include "core/text.h"

/* A PNG in the pieces that kitty's protocol asks for: base64, at most 4,096 bytes each. Ends in a line end. */
void terminal_picture_kitty(const char *png, size_t n, Text *out);

#endif
