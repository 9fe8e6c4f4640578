/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/replay.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/file.h"
#include "core/map.h"
#include "journal/journal.h"
#include "journal/journal_check.h"
#include "main/recording.h"
#include "main/replay_step.h"

enum { DIFFERENCES_MOST = 20 };

typedef struct Tally {
  size_t steps, same, skipped, differ; /* skipped: not compared */
  size_t digests, figures, unknown;    /* facts */
  bool kernels;                        /* some step ran on other kernels */
  RunFact was, is;                     /* of that step */
} Tally;

typedef struct Replay {
  Console *console;
  const Flags *flags;
  Steps steps;
  Replayer replayer;
  Tally tally;
} Replay;

/* ---- Files in the place of others */

static Status read_names(const Steps *steps, Map *names, Error *e)
{
  Status status = STATUS_OK;
  for (size_t i = 0; i < steps->n; i++) {
    for (size_t j = 0; j < steps->items[i].n && status == STATUS_OK; j++) {
      const Fact *fact = &steps->items[i].facts[j];
      size_t number;
      if (fact->kind == FACT_READ) {
        status = map_put(names, fact->name, strlen(fact->name), &number, NULL, e);
      }
    }
  }
  return status;
}

static const char *last_part(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/* A file is meant by its path, its name, or its name without what is behind the point. */
static bool is_meant(const char *path, const char *word, size_t length)
{
  const char *name = last_part(path);
  return (strlen(path) == length && strncmp(path, word, length) == 0) ||
         (strlen(name) == length && strncmp(name, word, length) == 0) ||
         (strcspn(name, ".") == length && strncmp(name, word, length) == 0);
}

static Status ambiguous(const Map *names, const char *given, Error *e)
{
  Text list = {0};
  for (size_t i = 0; i < map_size(names) && i < 8; i++) {
    text_printf(&list, "%s%s", i ? ", " : "", map_key(names, i, NULL));
  }
  if (map_size(names) == 0) {
    error_set(e, STATUS_DATA, "no-such-input", _("the file says of no statement that it read a file"));
  } else {
    error_set(e, STATUS_DATA, "no-such-input", _("--data %1$s: it is not plain which file to replace: %2$s"), given,
              text_data(&list));
    (void)error_hint(e, _("write --data NAME=FILE with one of these names"));
  }
  text_free(&list);
  return STATUS_DATA;
}

/* "name=path", or a path when there is one input only. */
static Status swap(Replay *replay, const Map *names, const char *given, Error *e)
{
  const char *equals = strchr(given, '=');
  const char *from = NULL;
  char whole[PATH_MAX];
  for (size_t i = 0; equals && i < map_size(names) && !from; i++) {
    from = is_meant(map_key(names, i, NULL), given, (size_t)(equals - given)) ? map_key(names, i, NULL) : NULL;
  }
  const char *to = from ? equals + 1 : given;
  from = !from && map_size(names) == 1 ? map_key(names, 0, NULL) : from;
  if (!from) {
    return ambiguous(names, given, e);
  }
  replay->replayer.swapped = arena_string(&replay->steps.arena, from);
  return session_swap_file(replay->console->session, from, realpath(to, whole) ? whole : to, e);
}

static Status swap_files(Replay *replay, Error *e)
{
  Map *names = map_new();
  Status status = names ? read_names(&replay->steps, names, e) : error_memory(e, 0, _("names"));
  for (size_t i = 0; i < replay->flags->n_data && status == STATUS_OK; i++) {
    status = swap(replay, names, replay->flags->data[i], e);
  }
  map_free(names);
  return status;
}

/* ---- What is said */

static void put_first_line(const char *text, Text *out)
{
  const size_t n = strcspn(text, "\n"), most = 160;
  const size_t shown = n < most ? n : utf8_whole(text, most);
  text_add(out, text, shown);
  text_puts(out, text[shown] ? " ..." : "");
}

static void say_difference(Replay *replay, const Step *step, const StepCheck *check)
{
  Text out = {0};
  text_printf(&out, _("step %1$llu (line %2$zu) differs: "), (unsigned long long)step->number, step->line);
  put_first_line(step->text, &out);
  text_char(&out, '\n');
  text_puts(&out, text_data(&check->what));
  console_text(replay->console, &out);
  text_free(&out);
}

static void say_kernels(const Tally *tally, Text *out)
{
  if (tally->kernels) {
    text_printf(
        out,
        _("other kernels than then (BLAS %1$s, C library %2$s; now %3$s, %4$s): compared by figures where not "
          "bit by bit\n"),
        tally->was.blas, tally->was.libm, tally->is.blas, tally->is.libm);
  }
}

static void say_result(Replay *replay)
{
  const Tally *tally = &replay->tally;
  Text out = {0};
  say_kernels(tally, &out);
  if (tally->digests + tally->figures + tally->unknown == 0 && tally->differ == 0) {
    text_printf(&out, _("%1$zu steps ran; %2$s says nothing that could be compared\n"), tally->steps,
                replay->flags->topic);
  } else if (tally->differ > 0) {
    text_printf(&out, _("%1$zu of %2$zu steps compared so far differ\n"), tally->differ, tally->steps - tally->skipped);
  } else {
    text_printf(&out, _("%1$zu steps: the same (%2$zu values bit by bit, %3$zu by their figures)\n"), tally->same,
                tally->digests, tally->figures);
  }
  if (tally->unknown > 0) {
    text_printf(&out, _("%zu values could not be compared\n"), tally->unknown);
  }
  if (tally->skipped > 0) {
    text_printf(&out, _("%zu steps were not compared: a fit was stopped then and ran to its end now\n"),
                tally->skipped);
  }
  console_text(replay->console, &out);
  text_free(&out);
}

/* ---- Running */

/* False when the replay is over. */
static bool judge(Replay *replay, const Step *step, const Replayed *now)
{
  Tally *tally = &replay->tally;
  StepCheck check;
  Error e = {0};
  tally->steps++;
  if (now->tainted) {
    tally->skipped++;
    return true;
  }
  if (check_step(step, now->step, replay->replayer.swapped, &check, &e) != STATUS_OK) {
    console_error(replay->console, &e);
    check_free(&check);
    return false;
  }
  tally->digests += check.digests;
  tally->figures += check.figures;
  tally->unknown += check.unknown;
  tally->same += !check.differs;
  tally->differ += check.differs;
  if (*step->run.at && !check_same_kernel(&step->run, &now->step->run)) {
    tally->kernels = true;
    tally->was = step->run;
    tally->is = (RunFact){.blas = arena_string(&replay->steps.arena, now->step->run.blas),
                          .libm = arena_string(&replay->steps.arena, now->step->run.libm)};
  }
  if (check.differs) {
    say_difference(replay, step, &check);
  }
  const bool go_on = !check.differs || (replay->flags->n_data > 0 && tally->differ < DIFFERENCES_MOST);
  check_free(&check);
  return go_on;
}

/* Gives the exit status of a step that failed, 0 to go on, -1 to end. */
static int run_one(Replay *replay, size_t i)
{
  const Step *step = &replay->steps.items[i];
  Replayed now = {0};
  RunOutcome outcome;
  const RunState state = replayer_step(&replay->replayer, &replay->steps, i, &outcome, &now);
  int code = 0;
  if (state == RUN_EXIT) {
    code = outcome.code ? outcome.code : -1;
  } else if (state != RUN_DONE && !step->run.failed) {
    Text note = {0};
    text_printf(&note, _("step %1$llu, line %2$zu of %3$s failed"), (unsigned long long)step->number, step->line,
                replay->flags->topic);
    console_note(replay->console, text_data(&note));
    text_free(&note);
    code = outcome.code;
  } else if (replay->flags->check && now.step && !judge(replay, step, &now)) {
    code = -1;
  }
  replayed_free(&now);
  return code;
}

static int run_all(Replay *replay)
{
  int code = 0;
  for (size_t i = 0; i < replay->steps.n && code == 0; i++) {
    if (step_runs(&replay->steps.items[i])) {
      code = run_one(replay, i);
    }
  }
  if (replay->steps.torn) {
    console_note(replay->console, _("the journal's last statement was cut off and did not run"));
  }
  if (code > 0) {
    return code;
  }
  if (replay->flags->check) {
    say_result(replay);
  }
  return replay->tally.differ > 0 ? 1 : 0;
}

static Status open_replay(Replay *replay, Error *e)
{
  char *bytes = NULL;
  size_t size;
  Status status = file_read(replay->flags->topic, 0, &bytes, &size, e);
  if (status == STATUS_OK) {
    const char *start = bytes[0] == '#' ? strchrnul(bytes, '\n') : bytes;
    status = steps_read(start, &replay->steps, e);
  }
  if (status == STATUS_OK) {
    status = recording_in_memory(replay->console, replay->flags->seed, e);
  }
  if (status == STATUS_OK) {
    status = swap_files(replay, e);
  }
  mem_free(bytes);
  return status;
}

int replay_run(Console *console, const Flags *flags)
{
  Replay replay = {.console = console, .flags = flags};
  Error e = {0};
  int code = 1;
  replayer_open(&replay.replayer, console);
  if (open_replay(&replay, &e) != STATUS_OK) {
    console_error(console, &e);
  } else {
    code = run_all(&replay);
  }
  replayer_close(&replay.replayer);
  steps_free(&replay.steps);
  return code;
}
