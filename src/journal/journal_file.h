/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal_file.h -- the file of a journal, where journals lie, and files as facts. For journal.c, but for the last
 * part.
 *
 * A write that fails switches the file off, cuts it back to what was whole, and remembers from where the record is
 * missing. Devices are written to as they are: never made, cut, locked or changed in mode.
 */
#ifndef ASSAY_JOURNAL_JOURNAL_FILE_H
#define ASSAY_JOURNAL_JOURNAL_FILE_H

#include "journal/fact.h"

typedef struct JournalFile {
  Text path;
  int fd, running;         /* open plus 1, 0: not yet */
  bool regular, on, chosen;
  bool told;               /* trouble was fetched */
  Error trouble;
  size_t passed;           /* bytes of the record so far */
  size_t written;          /* the first of these that the file lacks, when writing failed */
  bool failed;
  size_t good;             /* bytes of the file that are whole */
} JournalFile;

/* path NULL: no file. chosen: opens it at once. */
Status journal_file_name(JournalFile *file, const char *path, bool chosen, Error *e) MUST_USE;
void journal_file_append(JournalFile *file, const char *bytes, size_t n);

/* What stands from byte `from` of the record on, of `size` bytes, becomes `tail`, which is longer. Only where the
 * file has all of the record; else it stays as it is. */
void journal_file_rewrite(JournalFile *file, size_t from, size_t size, const Text *tail);
void journal_file_running(JournalFile *file, const char *text); /* "": nothing runs */
bool journal_file_trouble(JournalFile *file, Error *e);
Status journal_file_switch(JournalFile *file, bool on, const char *record, size_t size, Error *e) MUST_USE;
bool journal_file_is_on(const JournalFile *file);
void journal_file_close(JournalFile *file);

/* Bytes and digest of a file by its path; its name alone when it is none that can be read again. */
Status journal_file_fact(FactKind kind, const char *path, Fact *out) MUST_USE;
size_t journal_file_size(const char *path);
size_t journal_model_bytes(const Model *model);

/* ---- Where journals lie */

/* The folder of the working directory's journals: .assay/journal where there is a folder .assay, else
 * $XDG_STATE_HOME/assay/journal/NAME-HASH (or below ~/.local/state), by the directory's name and path. STATUS_STATE
 * "no-home" when HOME is not set. */
Status journal_folder(Text *out, Error *e) MUST_USE;

/* A name in that folder for a session that begins now: "2026-11-22_04-31-09_4711.lua". */
Status journal_new_path(Text *out, Error *e) MUST_USE;

typedef struct JournalEntry {
  char *path;
  bool alive;              /* a session writes to it */
  char *running;           /* the statement that ran when it was killed; NULL: none */
} JournalEntry;

typedef struct JournalList {
  JournalEntry *items;     /* newest first */
  size_t n;
} JournalList;

/* Of a folder, at most `most`. A folder that is not there has none. */
Status journal_list(const char *folder, size_t most, JournalList *out, Error *e) MUST_USE;
void journal_list_free(JournalList *list);

#endif
