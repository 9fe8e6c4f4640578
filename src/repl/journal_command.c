/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/journal_command.h"

#include <string.h>

#include "core/alloc.h"
#include "core/file.h"
#include "journal/save.h"


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
  size_t kept, all;
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

static Status save(Console *console, const char *argument, Saving *saving, Error *e)
{
  Status status = STATUS_OK;
  if (!session_journal(console->session)) {
    return error_set(e, STATUS_STATE, "no-journal", _("the statements of this session were not recorded"));
  }
  TRY(read_argument(argument, saving, e));
  TRY(journal_save(session_journal(console->session), text_data(&saving->path), saving->object, ASSAY_VERSION, &saving->kept,
                   &saving->all, e));
done:
  return status;
}

void save_command(Console *console, const char *argument)
{
  Saving saving = {0};
  Error e = {0};
  if (save(console, argument, &saving, &e) == STATUS_OK) {
    Text line = {0};
    text_printf(&line, _("%1$zu of %2$zu statements written to %3$s"), saving.kept, saving.all,
                text_data(&saving.path));
    note(console, &line);
    text_free(&line);
  } else {
    console_error(console, &e);
  }
  text_free(&saving.path);
}
