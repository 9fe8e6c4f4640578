/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pager.h -- long text through $PAGER, else less -FIRSX, when both ends are terminals; printed as it is
 * otherwise. */
#ifndef ASSAY_REPL_PAGER_H
#define ASSAY_REPL_PAGER_H

#include "console/console.h"

/* Shows the text and comes back when the pager has ended. An empty PAGER, --plain, or a pager that cannot
 * be started: the text is printed. */
void pager_show(Console *console, const Text *text);

#endif
