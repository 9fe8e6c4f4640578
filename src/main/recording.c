/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/recording.h"

#include "journal/journal.h"
#include "journal/journal_file.h"
#include "math/blas.h"

static Status record(Console *console, const JournalSettings *settings, Error *e)
{
  Journal *journal = NULL;
  const Status status = journal_new(settings, &journal, e);
  return status == STATUS_OK ? session_record(console->session, journal, e) : status;
}

Status recording_begin(Console *console, const Flags *flags, Error *e)
{
  const bool prompt = console->settings.interactive;
  JournalSettings settings = {.version = ASSAY_VERSION,
                              .path = flags->journal,
                              .chosen = flags->journal != NULL,
                              .seed = flags->seed,
                              .blas = blas_kernel};
  Text path = {0};
  Error no_place = {0};
  if (!prompt && !flags->journal) {
    return STATUS_OK;
  }
  if (flags->no_journal) {
    settings.path = NULL;
    settings.chosen = false;
  } else if (!flags->journal) {
    const bool found = journal_new_path(&path, &no_place) == STATUS_OK;
    settings.path = found ? text_data(&path) : NULL;
  }
  const Status status = record(console, &settings, e);
  if (no_place.status != STATUS_OK) {
    console_note(console, no_place.what);
  }
  text_free(&path);
  return status;
}

Status recording_in_memory(Console *console, uint64_t seed, Error *e)
{
  const JournalSettings settings = {
    .version = ASSAY_VERSION, .seed = seed, .describe_all = true, .blas = blas_kernel};
  return record(console, &settings, e);
}
