/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/file.h"

static void collect_output(void *context, const char *bytes, size_t n)
{
  text_add(&((Played *)context)->output, bytes, n);
}

static void collect_note(void *context, const char *line)
{
  text_puts(&((Played *)context)->notes, line);
  text_char(&((Played *)context)->notes, '\n');
}

static ViewStyle plain_style(void *context)
{
  ViewStyle style;
  (void)context;
  style_init(&style);
  style.width = 100;
  style.height = 40;
  return style;
}

static void wait_for_job(void *context, Job *job)
{
  static const struct timespec pause = {.tv_nsec = 100000};
  (void)context;
  while (!job_done(job) && !job_abandoned(job)) {
    nanosleep(&pause, NULL);
  }
}

Status played_open(Played *played, PlayedAs as, Error *e)
{
  const char *root = getenv("ROOT") ? getenv("ROOT") : ".";
  const SessionHooks hooks = {.context = played,
                              .write = collect_output,
                              .note = collect_note,
                              .wait = as == PLAYED_PROMPT ? wait_for_job : NULL,
                              .style = plain_style,
                              .interactive = as != PLAYED_BATCH};
  static const char *const arguments[] = {"test"};
  const SessionSettings settings = {.seed = 1, .home = root, .arguments = arguments, .n_arguments = 1};
  memset(played, 0, sizeof *played);
  file_set_home(root);
  return session_new(&hooks, &settings, &played->session, e);
}

void played_close(Played *played)
{
  session_free(played->session);
  text_free(&played->output);
  text_free(&played->notes);
}

Played *played_new(PlayedAs as)
{
  Played *played = mem_zero(1, sizeof *played);
  Error e;
  error_clear(&e);
  assert_non_null(played);
  if (played_open(played, as, &e) != STATUS_OK) {
    fail_msg("%s", e.what);
  }
  return played;
}

void played_free(Played *played)
{
  played_close(played);
  mem_free(played);
}

RunState played_run(Played *played, const char *chunk)
{
  text_reset(&played->output);
  text_reset(&played->notes);
  return session_run(played->session, chunk, "prompt", true, &played->outcome);
}

const char *played_done(Played *played, const char *chunk)
{
  const RunState state = played_run(played, chunk);
  if (state != RUN_DONE) {
    const Error *e = &played->outcome.error;
    fail_msg("%s: state %d, %s: %s (%s), %s", chunk, (int)state, e->id, e->what, e->hint, e->where);
  }
  return text_data(&played->output);
}
