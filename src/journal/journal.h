/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.h -- the record of a session: every statement with facts (fact.h), in memory and in a file.
 *
 * The file is Lua (steps.h) and is appended to after every statement, in one write: text and how it went at once, facts
 * about values when they are known. Values that are small together (INLINE_BYTES) are described at once; larger ones
 * by a thread of the journal's own, so that a statement never waits for a hash of a gigabyte. What waits to be
 * described may hold QUEUE_BYTES at most: then the next statement waits. A column's digest is kept with the column, a
 * value that was described once is not described again, so the echo of a frame that has been seen costs nothing.
 *
 * The file is made at the first statement: mode 0600, in folders of mode 0700, locked (flock) while the session
 * lives. Beside it stands NAME.running with the statement that runs now: a session that was killed leaves it behind.
 * The file outlives the death of the program, not that of the machine (it is not synced). When it cannot be written the
 * session goes on and journal_trouble says so once; what was not written is kept, for journal_switch.
 *
 * All functions are for the main thread. Statements cost a few microseconds, and two system calls beside the write.
 */
#ifndef ASSAY_JOURNAL_JOURNAL_H
#define ASSAY_JOURNAL_JOURNAL_H

#include "journal/fact.h"

enum { JOURNAL_INLINE_BYTES = 256 << 10, JOURNAL_QUEUE_BYTES = 256 << 20 };

typedef struct Journal Journal;

/* What a statement had to do with a value or a file. The journal takes name and value. */
typedef struct JournalItem {
  FactKind kind;
  char *name;    /* mem_string */
  Value value;   /* VALUE_NONE for a file */
} JournalItem;

typedef struct JournalSettings {
  const char *version;           /* of the program; borrowed as all texts here */
  const char *path;              /* the file; NULL: none, in memory only */
  bool chosen;                   /* the user named the file: it may be a device, and an older journal is replaced */
  uint64_t seed;
  bool describe_all;             /* each fact has its columns, also of values that were described before */
  void (*blas)(Text *out);       /* writes the kernel of BLAS, nothing when it was not loaded; may be NULL */
} JournalSettings;

typedef struct JournalStep {
  const char *text;              /* as typed */
  bool expression;               /* a value that is no statement */
  bool failed;
  const char *id;                /* of the error */
  double wall;
  JournalItem *items;            /* taken over, also on failure; the array stays the caller's */
  size_t n;
} JournalStep;

/* With settings->chosen the file is opened now: STATUS_STATE "not-a-journal" when it is something else. */
Status journal_new(const JournalSettings *settings, Journal **out, Error *e) MUST_USE;

/* Waits a little for what is to be described, ends the file. */
void journal_free(Journal *journal);

/* Before a statement runs, and after it; both never fail: see journal_trouble. */
void journal_begin(Journal *journal, const char *text);
void journal_step(Journal *journal, const JournalStep *step);

/* The variables are again as they were before a step: it stands behind "--! " from now on, in the file too. */
void journal_undone(Journal *journal, uint64_t step);

/* The number of the newest step, 0 before the first. */
uint64_t journal_steps(const Journal *journal);

/* Once after something went wrong with the file: true, and e filled. */
bool journal_trouble(Journal *journal, Error *e);

/* Stops and starts writing to the file. Statements of the time in between are never written to it. */
Status journal_switch(Journal *journal, bool on, Error *e) MUST_USE;
bool journal_is_on(const Journal *journal);
const char *journal_path(const Journal *journal); /* "" for memory only */

/* What was recorded from a byte on, as in a file; waits until every value is described. */
Status journal_text(Journal *journal, size_t from, Text *out, Error *e) MUST_USE;
size_t journal_size(Journal *journal);

/* The time of day as "2026-11-22T04:31:09Z". */
void journal_time(char out[32]);

#endif
