/* SPDX-License-Identifier: GPL-3.0-or-later */
/* completer.h -- Tab: the session says what may stand there, readline inserts and lists it.
 *
 * The session sees the whole statement up to the cursor, earlier lines included, and evaluates nothing. At
 * the beginning of a statement the prompt's own commands are completed here, and topics behind `?` and
 * `.help`. A list longer than the screen is cut, and says by how many.
 */
#ifndef ASSAY_REPL_COMPLETER_H
#define ASSAY_REPL_COMPLETER_H

#include "console/console.h"

/* Puts completion into readline. before: the lines of the statement that were taken already, with their
 * line ends; borrowed. */
void completer_install(Console *console, const Text *before);

#endif
