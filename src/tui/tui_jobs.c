/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hooks of the session while the dashboard has the screen: what is printed is caught, and while a job runs the loop goes
 * on, so that keys are answered and progress is seen. */
#include <math.h>

#include "console/progress.h"
#include "console/signals.h"
#include "core/clock.h"
#include "tui/tui_inside.h"

static const double TICK_SECONDS = 0.1, PATIENCE = 1.0;

enum { OUTPUT_MOST = 1 << 22 };

static void hook_write(void *context, const char *bytes, size_t n)
{
  Tui *tui = context;
  if (tui->captures && tui->output.size + n <= OUTPUT_MOST) {
    text_add(&tui->output, bytes, n);
  }
}

static void hook_note(void *context, const char *line)
{
  Tui *tui = context;
  if (tui->captures) { /* notes of what was only looked at are no news */
    tui_message(tui, VIEW_WARNING, "%s", line);
  }
}

static ViewStyle hook_style(void *context)
{
  return tui_style(context);
}

/* ---- jobs */

static bool hook_begins(void *context, Job *job)
{
  Tui *tui = context;
  bool watched = false;
  tui->job = job;
  tui->cancelled = 0;
  for (size_t i = 0; i < tui->n_pages && tui->captures; i++) { /* of statements only, not of what is looked at */
    const Page *page = tui->pages[i].page;
    if (page->job && tui_open(tui, i)) {
      watched = page->job(tui, tui->pages[i].state, job) || watched;
    }
  }
  return watched;
}

static void hook_ended(void *context, Job *job)
{
  Tui *tui = context;
  for (size_t i = 0; i < tui->n_pages && tui->captures; i++) {
    PageRun *run = &tui->pages[i];
    if (run->state && run->page->job_ended) {
      run->page->job_ended(tui, run->state, job);
    }
  }
  tui->job = NULL;
  tui_redraw(tui);
}

static void give_up_on(Tui *tui, Job *job)
{
  tui_message(tui, VIEW_WARNING, _("%s does not stop; it is left behind and its result will be dropped"), job_name(job));
  tui->console->abandoned = true;
  job_abandon(job);
}

void tui_tick(Tui *tui)
{
  PageRun *run = tui_page(tui);
  Job *job = tui->job;
  const double now = clock_wall();
  if (!job) {
    return;
  }
  if (tui->cancelled <= 0 && task_cancelled(job_task(job))) {
    tui->cancelled = now;
  }
  if (tui->cancelled > 0 && now - tui->cancelled >= PATIENCE && signals_presses() - tui->presses >= 2) {
    give_up_on(tui, job);
  }
  if (run->state && run->page->tick) {
    run->page->tick(tui, run->state);
  }
  tui_redraw(tui);
}

static void on_tick(void *context)
{
  tui_tick(context);
}

/* On the job's thread. */
static void on_done(void *context)
{
  loop_wake(context);
}

static bool job_is_over(void *context)
{
  Tui *tui = context;
  const bool left = tui_round(tui);
  return job_done(tui->job) || job_abandoned(tui->job) || left;
}

static void hook_wait(void *context, Job *job)
{
  Tui *tui = context;
  Loop *loop = tui->console->loop;
  Error e = {0};
  int timer = 0;
  Job *const former = tui->job;
  if (job_done(job)) {
    return;
  }
  tui->job = job;
  tui->presses = signals_presses();
  signals_job(true);
  job_on_done(job, on_done, loop);
  tui_play_on(tui);
  if (loop_timer(loop, TICK_SECONDS, on_tick, tui, &timer, &e) == STATUS_OK) {
    if (loop_run(loop, job_is_over, tui, &e) != STATUS_OK) {
      task_cancel(job_task(job));
    }
    loop_timer_stop(loop, timer);
  }
  signals_job(false);
  tui->job = former;
  if (!job_done(job) && !job_abandoned(job)) { /* the dashboard was left, or there was no memory to wait in it */
    if (tui->leave && tui->on) {
      tui_let_go(tui);
    }
    progress_wait(tui->console, job);
  }
}

void tui_hooks(Tui *tui)
{
  tui->hooks = (ConsoleScreen){.context = tui,
                               .write = hook_write,
                               .note = hook_note,
                               .wait = hook_wait,
                               .begins = hook_begins,
                               .ended = hook_ended,
                               .style = hook_style};
}
