/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/journal_command.h"

#include <string.h>

#include "core/alloc.h"
#include "core/file.h"
#include "journal/journal.h"
#include "journal/slice.h"

static const char made_by[] = "-- Made by assay";

static void note(Console *console, Text *line)
{
  console_note(console, text_data(line));
  text_reset(line);
}

/* ---- .journal */

static void say_where(Console *console, Journal *journal)
{
  Text line = {0};
  const char *path = journal_path(journal);
  if (!*path) {
    text_puts(&line, _("no journal is kept; .save still has the statements of this session"));
    note(console, &line);
  } else {
    text_printf(&line,
                journal_is_on(journal) ? _("the journal is on, %llu statements so far:")
                                       : _("the journal is off, %llu statements so far; .journal on goes on with it:"),
                (unsigned long long)journal_steps(journal));
    note(console, &line);
    text_printf(&line, "  %s", path); /* to be copied: it stays in one piece */
    note(console, &line);
  }
  text_free(&line);
}

void journal_command(Console *console, const char *argument)
{
  Journal *journal = session_journal(console->session);
  Error e = {0};
  const bool on = strcmp(argument, "on") == 0, off = strcmp(argument, "off") == 0;
  if (!journal) {
    console_note(console, _("no journal is kept"));
  } else if (*argument && !on && !off) {
    console_note(console, _(".journal takes on or off"));
  } else if (*argument && journal_switch(journal, on, &e) != STATUS_OK) {
    console_error(console, &e);
  } else {
    say_where(console, journal);
  }
}

/* ---- .save */

typedef struct Saving {
  Text path;
  const char *object; /* NULL: all */
  Steps steps;
  bool *keep;
  size_t kept;
  Text script;
} Saving;

/* "FILE OBJECT", the file in quotes where its name has blanks. */
static Status read_argument(const char *argument, Saving *saving, Error *e)
{
  const bool quoted = *argument == '"' || *argument == '\'';
  const char *start = argument + quoted;
  const char *end = quoted ? strchrnul(start, *argument) : start + strcspn(start, " \t");
  text_add(&saving->path, start, (size_t)(end - start));
  end += quoted && *end;
  end += strspn(end, " \t");
  saving->object = *end ? end : NULL;
  if (saving->path.size == 0) {
    return error_set(e, STATUS_ARGUMENT, "command-argument",
                     _(".save needs a file: .save segments.lua, or .save segments.lua seg"));
  }
  return text_status(&saving->path, e);
}

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

static Status make_script(Console *console, Saving *saving, Error *e)
{
  Text record = {0};
  Status status = journal_text(session_journal(console->session), 0, &record, e);
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
             ? slice_write(&saving->steps, saving->keep, ASSAY_VERSION, saving->object, &saving->script, e)
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

static Status save(Console *console, const char *argument, Saving *saving, Error *e)
{
  Status status = STATUS_OK;
  if (!session_journal(console->session)) {
    return error_set(e, STATUS_STATE, "no-journal", _("the statements of this session were not recorded"));
  }
  TRY(read_argument(argument, saving, e));
  TRY(check_target(text_data(&saving->path), e));
  TRY(make_script(console, saving, e));
  TRY(write_file(text_data(&saving->path), &saving->script, e));
done:
  return status;
}

void save_command(Console *console, const char *argument)
{
  Saving saving = {0};
  Error e = {0};
  if (save(console, argument, &saving, &e) == STATUS_OK) {
    Text line = {0};
    text_printf(&line, _("%1$zu of %2$zu statements written to %3$s"), saving.kept, saving.steps.n,
                text_data(&saving.path));
    note(console, &line);
    text_free(&line);
  } else {
    console_error(console, &e);
  }
  mem_free(saving.keep);
  steps_free(&saving.steps);
  text_free(&saving.path);
  text_free(&saving.script);
}
