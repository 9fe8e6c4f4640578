/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking up an earlier session: which journals there are, and the statements that make their variables. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/file.h"
#include "journal/journal_check.h"
#include "journal/journal_file.h"
#include "journal/slice.h"
#include "main/replay.h"
#include "main/replay_step.h"

enum { LISTED = 20 };

static Status read_steps(const char *path, Steps *steps, Error *e)
{
  char *bytes = NULL;
  size_t size;
  *steps = (Steps){0};
  Status status = file_read(path, 0, &bytes, &size, e);
  if (status == STATUS_OK) {
    status = steps_read(bytes, steps, e);
  }
  mem_free(bytes);
  return status;
}

static void note(Console *console, Text *line)
{
  console_note(console, text_data(line));
  text_reset(line);
}

/* ---- The list */

static void put_line(const char *text, size_t most, Text *out)
{
  const size_t n = strcspn(text, "\n");
  const size_t shown = n < most ? n : utf8_whole(text, most);
  text_add(out, text, shown);
  text_puts(out, text[shown] ? " ..." : "");
}

static const char *how_ended(const JournalEntry *entry, const Steps *steps)
{
  return entry->alive ? _("running") : steps->ended ? _("ended") : _("broken off");
}

static void list_entry(size_t number, const JournalEntry *entry, Text *out)
{
  Steps steps;
  Error e = {0};
  if (read_steps(entry->path, &steps, &e) == STATUS_OK) {
    const Step *last = steps.n > 0 ? &steps.items[steps.n - 1] : NULL;
    text_printf(out, _("%1$2zu  %2$s  %3$4zu statements  %4$-10s  "), number, steps.began, steps.n,
                how_ended(entry, &steps));
    put_line(last ? last->text : "", 60, out);
    text_char(out, '\n');
  } else {
    text_printf(out, "%2zu  %s\n", number, e.what);
  }
  steps_free(&steps);
}

static Status entries(JournalList *list, Text *folder, Error *e)
{
  *list = (JournalList){0};
  const Status status = journal_folder(folder, e);
  return status == STATUS_OK ? journal_list(text_data(folder), LISTED, list, e) : status;
}

int resume_list(Console *console)
{
  JournalList list;
  Text folder = {0}, out = {0};
  Error e = {0};
  const Status status = entries(&list, &folder, &e);
  for (size_t i = 0; i < list.n; i++) {
    list_entry(i + 1, &list.items[i], &out);
  }
  if (status != STATUS_OK) {
    console_error(console, &e);
  } else {
    text_printf(&out, list.n ? _("in %s; assay resume takes up the newest, assay resume N another\n")
                             : _("no journals of this folder, in %s\n"),
                text_data(&folder));
    console_text(console, &out);
  }
  journal_list_free(&list);
  text_free(&folder);
  text_free(&out);
  return status == STATUS_OK ? 0 : 1;
}

/* ---- Which */

static Status no_session(const char *topic, Error *e)
{
  if (topic) {
    error_set(e, STATUS_NAME, "no-session", _("there is no journal %s"), topic);
  } else {
    error_set(e, STATUS_NAME, "no-session", _("no earlier session of this folder can be taken up"));
  }
  return error_hint(
      e, _("assay resume --list shows the journals of this folder; journals belong to the folder they began in"));
}

/* Path of the journal that is meant; running: the statement it was killed in, "" for none. */
static Status choose(const char *topic, Text *path, Text *running, Error *e)
{
  JournalList list = {0};
  Text folder = {0};
  char *end = NULL;
  const unsigned long number = topic ? strtoul(topic, &end, 10) : 0;
  Status status = STATUS_OK;
  if (topic && (*end || !*topic)) {
    text_puts(path, topic);
    return text_status(path, e);
  }
  TRY(entries(&list, &folder, e));
  for (size_t i = 0; i < list.n && path->size == 0; i++) {
    const JournalEntry *entry = &list.items[i];
    if (topic ? i + 1 == number : !entry->alive) {
      text_puts(path, entry->path);
      text_puts(running, entry->running ? entry->running : "");
    }
  }
  status = path->size > 0 ? text_status(path, e) : no_session(topic, e);
done:
  journal_list_free(&list);
  text_free(&folder);
  return status;
}

/* ---- Running */

static void say_what(Console *console, const char *path, const Steps *steps, const bool *keep, const Text *running)
{
  Text line = {0};
  size_t kept = 0, left = 0;
  for (size_t i = 0; i < steps->n; i++) {
    kept += keep[i];
    left += !keep[i] && !steps->items[i].run.failed;
  }
  text_printf(&line, _("taking up the session of %s:"), steps->began);
  note(console, &line);
  text_printf(&line, "  %s", path); /* to be copied, in one piece */
  note(console, &line);
  text_printf(&line, _("%1$zu statements make its variables and run again; %2$zu that made none do not (figures shown, "
                       "files written)"),
              kept, left);
  note(console, &line);
  if (running->size > 0) {
    text_puts(&line, _("when the session broke off this was running, and does not run again: "));
    put_line(text_data(running), 200, &line);
    note(console, &line);
  }
  text_free(&line);
}

static void show_statement(Console *console, const char *text)
{
  Text out = {0};
  while (*text) {
    const size_t n = strcspn(text, "\n");
    text_puts(&out, out.size ? ">> " : "> ");
    text_add(&out, text, n);
    text_char(&out, '\n');
    text += n + (text[n] == '\n');
  }
  console_text(console, &out);
  text_free(&out);
}

static void compare(Console *console, const Step *step, const Replayed *now, size_t *differ)
{
  StepCheck check = {0};
  Error e = {0};
  if (!now->step || now->tainted) {
    return;
  }
  if (check_step(step, now->step, NULL, &check, &e) != STATUS_OK) {
    console_error(console, &e);
  } else if (check.differs) {
    Text line = {0};
    text_puts(&line, _("this did not come out as it did then:"));
    note(console, &line);
    text_free(&line);
    console_text(console, &check.what);
    ++*differ;
  }
  check_free(&check);
}

static bool run_kept(Console *console, const Steps *steps, const bool *keep, size_t *differ)
{
  Replayer replayer;
  bool going = true;
  replayer_open(&replayer, console);
  for (size_t i = 0; i < steps->n && going; i++) {
    RunOutcome outcome;
    Replayed now;
    if (!keep[i]) {
      continue;
    }
    show_statement(console, steps->items[i].text);
    const RunState state = replayer_step(&replayer, steps, i, &outcome, &now);
    compare(console, &steps->items[i], &now, differ);
    replayed_free(&now);
    going = state == RUN_DONE || steps->items[i].run.failed;
  }
  replayer_close(&replayer);
  return going;
}

static Status resume(Console *console, const char *topic, Error *e)
{
  Text path = {0}, running = {0};
  Steps steps = {0};
  bool *keep = NULL;
  size_t differ = 0;
  Status status = STATUS_OK;
  TRY(choose(topic, &path, &running, e));
  TRY(read_steps(text_data(&path), &steps, e));
  keep = mem_zero(steps.n, sizeof *keep);
  if (!keep) {
    TRY(error_memory(e, 0, _("a slice")));
  }
  TRY(slice_steps(&steps, NULL, keep, e));
  say_what(console, text_data(&path), &steps, keep, &running);
  if (!run_kept(console, &steps, keep, &differ)) {
    console_note(console, _("a statement failed; what comes after it did not run"));
  } else if (differ == 0) {
    console_note(console, _("the variables are back; .vars lists them"));
  } else {
    console_note(console, _("the variables are back, but not all as they were: see above"));
  }
done:
  mem_free(keep);
  steps_free(&steps);
  text_free(&path);
  text_free(&running);
  return status;
}

bool resume_run(Console *console, const char *topic)
{
  Error e = {0};
  const bool done = resume(console, topic, &e) == STATUS_OK;
  if (!done) {
    console_error(console, &e);
  }
  return done;
}
