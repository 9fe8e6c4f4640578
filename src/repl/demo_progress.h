/* SPDX-License-Identifier: GPL-3.0-or-later */
/* demo_progress.h -- how far the reader came in each demonstration, so that it can be taken up another day.
 *
 * One text file, $XDG_STATE_HOME/assay/lessons (that variable's default is ~/.local/state), a line "NAME STEP" for each that
 * was left in the middle. Without a home, or where it cannot be written, nothing is remembered and nothing is said.
 */
#ifndef ASSAY_REPL_DEMO_PROGRESS_H
#define ASSAY_REPL_DEMO_PROGRESS_H

#include <stddef.h>

/* The step that comes next, from 0: 0 when there is nothing to go on with. */
size_t demo_progress(const char *name);

/* step 0: forgets it. */
void demo_progress_keep(const char *name, size_t step);

#endif
