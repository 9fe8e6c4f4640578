/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/save.h"

#include <string.h>

#include "core/alloc.h"
#include "core/file.h"
#include "journal/slice.h"

static const char made_by[] = "-- Made by assay";

typedef struct Saving {
  const char *object; /* NULL: all */
  Steps steps;
  bool *keep;
  size_t kept;
  Text script;
} Saving;

/* A file that somebody wrote is not replaced. */
static Status check_target(const char *path, Error *e)
{
  char *bytes = NULL;
  size_t size = 0;
  if (!file_exists(path)) {
    return STATUS_OK;
  }
  const bool read = file_read(path, 64 << 20, &bytes, &size, NULL) == STATUS_OK;
  const bool ours = read && (size == 0 || strncmp(bytes, made_by, sizeof made_by - 1) == 0);
  mem_free(bytes);
  if (ours) {
    return STATUS_OK;
  }
  error_set(e, STATUS_STATE, "not-ours", _("%s is there already and was not made by .save"), path);
  return error_hint(e, _("name another file, or remove that one"));
}

static void keep_all(Saving *saving)
{
  for (size_t i = 0; i < saving->steps.n; i++) {
    saving->keep[i] = step_runs(&saving->steps.items[i]);
  }
}

static Status make_script(Journal *journal, const char *version, Saving *saving, Error *e)
{
  Text record = {0};
  Status status = journal_text(journal, 0, &record, e);
  if (status == STATUS_OK) {
    status = steps_read(text_data(&record), &saving->steps, e);
  }
  text_free(&record);
  if (status != STATUS_OK) {
    return status;
  }
  saving->keep = mem_zero(saving->steps.n, sizeof *saving->keep);
  if (!saving->keep) {
    return error_memory(e, 0, _("a script"));
  }
  if (saving->object) {
    status = slice_steps(&saving->steps, saving->object, saving->keep, e);
  } else {
    keep_all(saving);
  }
  for (size_t i = 0; i < saving->steps.n; i++) {
    saving->kept += saving->keep[i];
  }
  return status == STATUS_OK
             ? slice_write(&saving->steps, saving->keep, version, saving->object, &saving->script, e)
             : status;
}

static Status write_file(const char *path, const Text *text, Error *e)
{
  FileWriter *writer = NULL;
  Status status = file_create(path, &writer, e);
  if (status != STATUS_OK) {
    return status;
  }
  status = file_write(writer, text_data(text), text->size, e);
  if (status != STATUS_OK) {
    file_discard(writer);
    return status;
  }
  return file_commit(writer, e);
}

Status journal_save(Journal *journal, const char *path, const char *object, const char *version, size_t *kept, size_t *all, Error *e)
{
  Saving saving = {.object = object};
  Status status;
  TRY(check_target(path, e));
  TRY(make_script(journal, version, &saving, e));
  TRY(write_file(path, &saving.script, e));
  *kept = saving.kept;
  *all = saving.steps.n;
done:
  mem_free(saving.keep);
  steps_free(&saving.steps);
  text_free(&saving.script);
  return status;
}
