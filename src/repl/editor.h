/* SPDX-License-Identifier: GPL-3.0-or-later */
/* editor.h -- a statement edited in $VISUAL or $EDITOR. */
#ifndef ASSAY_REPL_EDITOR_H
#define ASSAY_REPL_EDITOR_H

#include "core/text.h"

/* Writes the text to a file of its own (0600, NAME.lua), runs the editor on it, and puts what was saved in its place. The
 * terminal must be in its usual modes. Errors, with the text left as it was: STATUS_FILE; STATUS_STATE "editor-failed" when the
 * editor cannot be started or ends with a status other than 0. */
Status editor_edit(Text *text, Error *e) MUST_USE;

#endif
