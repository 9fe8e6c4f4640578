/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/replay_step.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "journal/chunk_names.h"
#include "journal/journal.h"
#include "console/signals.h"

void replayer_open(Replayer *replayer, Console *console)
{
  *replayer = (Replayer){.console = console, .tainted = map_new()};
}

void replayer_close(Replayer *replayer)
{
  map_free(replayer->tainted);
  mem_free(replayer->is_tainted);
}

/* ---- Fits that were stopped */

static bool mentions_tainted(const Replayer *replayer, const ChunkNames *names)
{
  for (size_t i = 0; replayer->tainted && i < map_size(replayer->tainted); i++) {
    if (replayer->is_tainted[i] && names_have(names->mentions, map_key(replayer->tainted, i, NULL))) {
      return true;
    }
  }
  return false;
}

static void taint(Replayer *replayer, const char *name, bool tainted)
{
  size_t number;
  bool *grown;
  if (!replayer->tainted || map_put(replayer->tainted, name, strlen(name), &number, NULL, NULL) != STATUS_OK) {
    return;
  }
  if (number >= replayer->room) {
    grown = mem_resize(replayer->is_tainted, 2 * number + 16, sizeof *grown);
    if (!grown) {
      return;
    }
    memset(grown + replayer->room, 0, 2 * number + 16 - replayer->room);
    replayer->is_tainted = grown;
    replayer->room = 2 * number + 16;
  }
  replayer->is_tainted[number] = tainted;
}

/* Whether the step has to do with a fit that was stopped; what it made has then too. */
static bool follow_taint(Replayer *replayer, const Step *step)
{
  ChunkNames names;
  bool tainted = chunk_names(step->text, &names, NULL) != STATUS_OK || mentions_tainted(replayer, &names);
  chunk_names_free(&names);
  for (size_t i = 0; i < step->n; i++) {
    tainted = tainted || step->facts[i].partial;
  }
  for (size_t i = 0; i < step->n; i++) {
    if (step->facts[i].kind == FACT_SETS) {
      taint(replayer, step->facts[i].name, tainted);
    } else if (step->facts[i].kind == FACT_SHOWS) {
      taint(replayer, "_", tainted);
    }
  }
  return tainted;
}

/* ---- Running */

static void go_where(Replayer *replayer, const Step *step)
{
  if (!*step->folder || strlen(step->folder) >= sizeof replayer->folder ||
      strcmp(step->folder, replayer->folder) == 0) {
    return;
  }
  strcpy(replayer->folder, step->folder);
  if (chdir(step->folder) != 0) { /* a journal of another machine: paths are of the present folder */
    Text note = {0};
    text_printf(&note, _("the folder %s is not there; files are looked for in the working directory"), step->folder);
    console_note(replayer->console, text_data(&note));
    text_free(&note);
  }
}

/* One that failed is run as it was, and its failure is not passed on. */
static RunState run_failed(Replayer *replayer, const Step *step, RunOutcome *outcome)
{
  *outcome = (RunOutcome){0};
  signals_begin();
  const RunState state = session_run(replayer->console->session, step->text, "journal", false, outcome);
  signals_end();
  return state;
}

/* The record names kernels where they change; that may have been with an earlier step. */
static void know_kernels(Replayer *replayer, Step *step)
{
  if (*step->run.libm) {
    snprintf(replayer->blas, sizeof replayer->blas, "%s", step->run.blas);
    snprintf(replayer->libm, sizeof replayer->libm, "%s", step->run.libm);
  }
  step->run.blas = replayer->blas;
  step->run.libm = replayer->libm;
}

static Status take_facts(Replayer *replayer, size_t from, Replayed *now, Error *e)
{
  const Console *console = replayer->console;
  Text text = {0};
  Status status = journal_text(session_journal(console->session), from, &text, e);
  if (status == STATUS_OK) {
    status = steps_read(text_data(&text), &now->steps, e);
  }
  if (status == STATUS_OK && now->steps.n > 0) {
    now->step = &now->steps.items[now->steps.n - 1];
    know_kernels(replayer, &now->steps.items[now->steps.n - 1]);
  }
  text_free(&text);
  return status;
}

RunState replayer_step(Replayer *replayer, const Steps *steps, size_t i, RunOutcome *outcome, Replayed *now)
{
  const Step *step = &steps->items[i];
  Console *console = replayer->console;
  Error e = {0};
  const char *expression = NULL;
  const size_t from = journal_size(session_journal(console->session));
  RunState state = RUN_FAILED;
  *now = (Replayed){.tainted = follow_taint(replayer, step)};
  go_where(replayer, step);
  if (step->run.failed) {
    state = run_failed(replayer, step, outcome);
  } else {
    const bool shows = step_expression(step, &expression);
    state = console_run(console, shows ? expression : step->text, "journal", true, outcome);
  }
  if (take_facts(replayer, from, now, &e) != STATUS_OK) {
    console_error(console, &e);
  }
  return state;
}

void replayed_free(Replayed *now)
{
  steps_free(&now->steps);
}
