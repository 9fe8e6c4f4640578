/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "console/signals.h"
#include "console/terminal.h"
#include "view/number.h"
#include "view/width.h"

static const double first_after = 0.3, every = 0.1, patience = 1.0; /* seconds */

typedef struct Wait {
  Console *console;
  Job *job;
  double cancelled; /* when it was asked to stop; 0: not yet */
  int presses;      /* of Ctrl-C before this wait */
  bool drawn;
} Wait;

bool progress_shown(const Console *console)
{
  const char *term = getenv("TERM");
  return console->error_terminal && !console->settings.quiet && !console->settings.plain && term && *term &&
         strcmp(term, "dumb") != 0;
}

/* "42%, 1.2 s, 1.7 s left"; without a known total only the time. */
static void add_state(Text *line, double done, double total, double seconds)
{
  char elapsed[NUMBER_SIZE], left[NUMBER_SIZE];
  const double share = total > 0 ? fmin(done / total, 1) : 0;
  if (total > 0) {
    text_printf(line, " %.0f%%,", floor(share * 100));
  }
  number_duration(seconds, elapsed);
  if (share > 0.01 && seconds > 1) {
    number_duration(seconds / share - seconds, left);
    text_printf(line, _(" %1$s, %2$s left"), elapsed, left);
  } else {
    text_printf(line, " %s", elapsed);
  }
}

static void describe(Wait *wait, Text *line)
{
  Task *task = job_task(wait->job);
  const char *phase = atomic_load(&task->phase);
  const double objective = atomic_load(&task->objective);
  text_puts(line, job_name(wait->job));
  if (phase && *phase) {
    text_printf(line, ", %s", phase);
  }
  text_char(line, ':');
  const double done = (double)atomic_load(&task->done), total = (double)atomic_load(&task->total);
  add_state(line, done, total, job_seconds(wait->job));
  if (isfinite(objective)) {
    char text[NUMBER_SIZE];
    number_one(objective, 6, text);
    text_printf(line, _(", objective %s"), text);
  }
  text_puts(line, wait->cancelled > 0 ? _(", stopping") : _("  (Ctrl-C stops)"));
}

static void draw(Wait *wait)
{
  const ViewStyle style = console_error_style(wait->console);
  Text line = {0}, out = {0};
  describe(wait, &line);
  text_char(&out, '\r');
  width_cut(&out, text_data(&line), line.size, style_width(&style) - 1, style_ascii(&style));
  text_puts(&out, "\033[K");
  console_flush(wait->console);
  fwrite(text_data(&out), 1, out.size, stderr);
  fflush(stderr);
  wait->drawn = true;
  text_free(&line);
  text_free(&out);
}

static void wipe(Wait *wait)
{
  if (wait->drawn) {
    fputs("\r\033[K", stderr);
    fflush(stderr);
    wait->drawn = false;
  }
}

static void give_up_on(Wait *wait)
{
  Text text = {0};
  wipe(wait);
  text_printf(&text, _("%s does not stop; it is left behind and its result will be dropped"),
              job_name(wait->job));
  console_note(wait->console, text_data(&text));
  text_free(&text);
  wait->console->abandoned = true;
  job_abandon(wait->job);
}

static void on_tick(void *context)
{
  Wait *wait = context;
  const double now = clock_wall();
  if (wait->cancelled <= 0 && task_cancelled(job_task(wait->job))) {
    wait->cancelled = now;
  }
  if (wait->cancelled > 0 && now - wait->cancelled >= patience && signals_presses() - wait->presses >= 2) {
    give_up_on(wait);
  } else if (progress_shown(wait->console) && job_seconds(wait->job) >= first_after) {
    draw(wait);
  }
}

static bool is_over(void *context)
{
  const Wait *wait = context;
  return job_done(wait->job) || job_abandoned(wait->job);
}

/* On the job's thread. */
static void on_done(void *context)
{
  loop_wake(context);
}

void progress_wait(void *context, Job *job)
{
  Wait wait = {.console = context, .job = job, .presses = signals_presses()};
  Error e = {0};
  int timer = 0;
  if (job_done(job)) {
    return;
  }
  signals_job(true);
  terminal_quiet(true);
  job_on_done(job, on_done, wait.console->loop);
  Status status = loop_timer(wait.console->loop, every, on_tick, &wait, &timer, &e);
  if (status == STATUS_OK) {
    status = loop_run(wait.console->loop, is_over, &wait, &e);
    loop_timer_stop(wait.console->loop, timer);
  }
  while (status != STATUS_OK && !is_over(&wait)) { /* no memory for a timer: wait without a line */
    usleep(10000);
  }
  wipe(&wait);
  terminal_quiet(false);
  signals_job(false);
}
