/* SPDX-License-Identifier: GPL-3.0-or-later */
/* save.h -- the minimal script of a session, or of one object, as a file. */
#ifndef ASSAY_JOURNAL_SAVE_H
#define ASSAY_JOURNAL_SAVE_H

#include "journal/journal.h"

/* Writes the statements that make `object` (NULL: all that ran) to path, at once or not at all; a file there that was not made
 * so is not replaced. version: of the program, for the head. *kept of *all steps were written. Errors: STATUS_STATE "not-ours",
 * those of slice_steps and of files. */
Status journal_save(Journal *journal, const char *path, const char *object, const char *version, size_t *kept, size_t *all,
                    Error *e) MUST_USE;

#endif
