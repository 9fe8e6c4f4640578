/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recording.h -- the journal of this run: where it lies, and that a session writes it.
 *
 * A prompt keeps one always, below XDG state (journal/journal_file.h), but for --no-journal: then statements are
 * remembered for .save and no file is made. Without a prompt there is a journal only with --journal FILE; each -e and
 * the script are one step each then. --journal FILE names the file in both cases. */
#ifndef ASSAY_MAIN_RECORDING_H
#define ASSAY_MAIN_RECORDING_H

#include "main/flags.h"
#include "console/console.h"

/* Without a place for it the prompt goes on without a file, and says so; a file that was named must be possible. */
Status recording_begin(Console *console, const Flags *flags, Error *e) MUST_USE;

/* A record in memory, with the columns of every value: for replay. */
Status recording_in_memory(Console *console, uint64_t seed, Error *e) MUST_USE;

#endif
