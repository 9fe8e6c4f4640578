/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page Watch: what runs and waits, and the running fit step by step: its objective, its state as a picture, its words; with
 * pause, single steps, looking back, finishing now and cancel. Any method that reports steps is shown, none is known here. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart/chart_parts.h"
#include "core/alloc.h"
#include "frame/builder.h"
#include "tui/chart_panel.h"
#include "tui/list_panel.h"
#include "tui/statements.h"
#include "tui/text_panel.h"
#include "tui/watch_record.h"
#include "view/number.h"

enum { CURVE_MOST = 2000, TRAIL = 24, TRAIL_ROWS = 12 };

typedef struct State {
  ListPanel jobs;
  ChartPanel curve, picture;
  TextPanel words;
  WatchRecord *record;   /* of the job that runs, or ran last; NULL: none yet */
  char name[64];         /* its primitive */
  bool runs;
  bool finishing;        /* it was asked to end with what it has */
  bool back;             /* looking at step `at`, not at the newest */
  size_t at;
  size_t drawn;          /* steps when the charts were made */
} State;

/* ---- the steps as charts */

static const char *const xy[] = {"x", "y"};

static Status columns_of(const double *x, const double *y, size_t n, Column **out, Error *e)
{
  Status status = column_of_floats(x, n, &out[0], e);
  return status == STATUS_OK ? column_of_floats(y, n, &out[1], e) : status;
}

static Status add(Chart *chart, ChartMark mark, const char *name, const double *x, const double *y, size_t n, Error *e)
{
  Column *columns[2] = {NULL, NULL};
  Status status = columns_of(x, y, n, columns, e);
  if (status == STATUS_OK) {
    status = chart_add_columns(chart, mark, name, xy, (const Column *const *)columns, 2, e);
  }
  column_unref(columns[0]);
  column_unref(columns[1]);
  return status;
}

/* The objective over the steps, with a line at the one that is looked at. */
static Status make_curve(State *state, Task *task, Chart **out, Error *e)
{
  double *cells = mem_alloc(2 * CURVE_MOST, sizeof *cells);
  Chart *chart = NULL;
  WatchStep first;
  Status status;
  TRY(cells ? STATUS_OK : error_memory(e, 0, _("a chart")));
  const size_t n = watch_record_curve(state->record, CURVE_MOST, cells, cells + CURVE_MOST);
  const char *measure = watch_record_step(state->record, 0, false, &first) ? first.measure : NULL;
  TRY(chart_begin("line", NULL, _("step"), NULL, measure, NULL, &chart, e));
  TRY(add(chart, CHART_LINE, "", cells, cells + CURVE_MOST, n, e));
  if (n == 1) {
    TRY(add(chart, CHART_POINTS, "", cells, cells + CURVE_MOST, n, e));
  }
  if (state->back) {
    TRY(chart_add_upright(chart, (double)state->at + 1, e));
  }
  TRY(chart_finish(chart, task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  mem_free(cells);
  return status;
}

/* The way of one row of the state over the last steps of its start. */
static Status add_trail(State *state, size_t newest, size_t row, const WatchStep *now, Chart *chart, Error *e)
{
  const size_t columns = now->columns;
  double x[TRAIL], y[TRAIL];
  size_t n = 0;
  for (size_t i = newest >= TRAIL ? newest - TRAIL + 1 : 0; i <= newest && n < TRAIL; i++) {
    WatchStep step;
    if (!watch_record_step(state->record, i, true, &step)) {
      continue;
    }
    if (step.state && row < step.rows && step.columns == columns && step.start == now->start) {
      x[n] = step.state[row * columns];
      y[n++] = columns > 1 ? step.state[row * columns + 1] : (double)row + 1;
    }
    mem_free(step.state);
  }
  return n > 1 ? add(chart, CHART_LINE, "", x, y, n, e) : STATUS_OK;
}

/* The rows of the state by its first two columns, each with its number. */
static Status add_rows(const WatchStep *step, Chart *chart, Error *e)
{
  static const char *const roles[] = {"x", "y", "label"};
  double *cells = mem_alloc(2 * step->rows, sizeof *cells);
  Builder *names = builder_new(TYPE_STRING, step->rows);
  Column *columns[3] = {NULL, NULL, NULL};
  Status status = cells && names ? STATUS_OK : error_memory(e, 0, _("a chart"));
  for (size_t i = 0; status == STATUS_OK && i < step->rows; i++) {
    char name[24];
    snprintf(name, sizeof name, "%zu", i + 1);
    builder_text(names, name, strlen(name));
    cells[i] = step->state[i * step->columns];
    cells[step->rows + i] = step->columns > 1 ? step->state[i * step->columns + 1] : (double)i + 1;
  }
  if (status == STATUS_OK) {
    status = builder_finish(names, &columns[2], e);
    names = NULL;
  }
  if (status == STATUS_OK) {
    status = columns_of(cells, cells + step->rows, step->rows, columns, e);
  }
  if (status == STATUS_OK) {
    status = chart_add_columns(chart, CHART_POINTS, "", roles, (const Column *const *)columns, 3, e);
  }
  builder_free(names);
  for (size_t i = 0; i < 3; i++) {
    column_unref(columns[i]);
  }
  mem_free(cells);
  return status;
}

static Status make_picture(State *state, size_t index, const WatchStep *step, Task *task, Chart **out, Error *e)
{
  Chart *chart = NULL;
  Status status;
  TRY(chart_begin("state", NULL, _("first column of the state"), NULL, step->columns > 1 ? _("second column") : _("row"), NULL,
                  &chart, e));
  for (size_t row = 0; row < step->rows && step->rows <= TRAIL_ROWS; row++) {
    TRY(add_trail(state, index, row, step, chart, e));
  }
  TRY(add_rows(step, chart, e));
  TRY(chart_finish(chart, task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  return status;
}

static void show_chart(Tui *tui, ChartPanel *panel, Status made, Chart *chart, const Error *e)
{
  if (made == STATUS_OK) {
    chart_panel_show(tui, panel, chart);
  } else {
    chart_panel_words(tui, panel, e->what);
  }
  chart_unref(chart);
}

/* The step that is looked at, from 0. */
static size_t index_of(const State *state)
{
  const size_t n = watch_record_size(state->record);
  return state->back && state->at < n ? state->at : n - 1;
}

/* The newest statement that does not wait; NULL: none has run. */
static const StatementLine *last_run(Tui *tui)
{
  size_t n;
  const StatementLine *lines = statements_all(tui, &n);
  while (n > 0 && lines[n - 1].state == LINE_WAITS) {
    n--;
  }
  return n > 0 ? &lines[n - 1] : NULL;
}

static void renew(Tui *tui, State *state)
{
  Task task;
  Chart *chart = NULL;
  Error e = {0};
  WatchStep step;
  text_panel_renew(tui, &state->words);
  if (!state->record || watch_record_size(state->record) == 0) {
    const StatementLine *last = last_run(tui);
    const char *why = state->runs ? _("no step yet") : !last ? _("nothing has run yet: C-p finds a method, or the page Run")
                      : last->state == LINE_FAILED ? _("no steps: what ran last failed")
                                                   : _("no steps: what ran last had none");
    chart_panel_words(tui, &state->curve, why);
    chart_panel_words(tui, &state->picture, "");
    return;
  }
  task_init(&task, 1);
  Status status = make_curve(state, &task, &chart, &e);
  show_chart(tui, &state->curve, status, chart, &e);
  chart = NULL;
  error_clear(&e);
  const size_t index = index_of(state);
  if (watch_record_step(state->record, index, true, &step) && step.state) {
    status = make_picture(state, index, &step, &task, &chart, &e);
    show_chart(tui, &state->picture, status, chart, &e);
  } else {
    chart_panel_words(tui, &state->picture, _("this step has no state to be shown"));
  }
  mem_free(step.state);
  task_free(&task);
  state->drawn = watch_record_size(state->record);
}

/* ---- words */

/* paused: the clock goes on, so that it says nothing of what is left. */
static void put_progress(Tui *tui, Job *job, bool paused, Text *out)
{
  static const double worth_saying = 0.1; /* seconds */
  Task *task = job_task(job);
  const double done = (double)atomic_load(&task->done), total = (double)atomic_load(&task->total), past = job_seconds(job);
  const char *phase = atomic_load(&task->phase);
  char took[32];
  tui_seconds(tui, past, took);
  text_printf(out, _("%1$s, %2$s"), job_name(job), took);
  if (phase) {
    text_printf(out, ", %s", phase);
  }
  if (total > 0 && !tui_steady(tui)) {
    char share[NUMBER_SIZE], left[32];
    number_percent(done / total, share);
    const double rest = done > 0 && !paused ? past * (total - done) / done : 0;
    tui_seconds(tui, rest, left);
    text_printf(out, rest > worth_saying ? _(", %1$s done, about %2$s left") : ", %1$s", share, left);
  }
  text_puts(out, "\n");
}

static void write_words(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  State *state = context;
  WatchStep step;
  Text text = {0};
  if (tui_job(tui)) {
    put_progress(tui, tui_job(tui), state->runs && watch_record_paused(state->record), &text);
  } else if (state->name[0]) {
    text_printf(&text, _("%s: ended\n"), state->name);
  }
  if (state->record && watch_record_size(state->record) > 0 && watch_record_step(state->record, index_of(state), false, &step)) {
    char objective[NUMBER_SIZE];
    number_one(step.objective, style_digits(style), objective);
    text_printf(&text, _("step %1$zu of %2$zu: %3$s, iteration %4$lld"), index_of(state) + 1, watch_record_size(state->record),
                step.phase ? step.phase : "", (long long)step.iteration);
    text_printf(&text, "\n%s %s", step.measure, objective);
    if (step.changed >= 0) {
      text_printf(&text, ", %s %lld", step.counts ? _(step.counts) : _("rows that moved"), (long long)step.changed);
    }
    text_puts(&text, "\n");
    if (state->runs && watch_record_paused(state->record)) {
      text_puts(&text, _("paused: Space goes on, Right takes one step\n"));
    } else if (state->back) {
      text_puts(&text, _("looking back; C-Right: the newest\n"));
    }
  }
  (void)style_paragraph(style, VIEW_PLAIN, text_data(&text), 0, 0, 0, out);
  text_free(&text);
}

/* ---- the list of statements, newest first */

static size_t count(Tui *tui, void *context)
{
  size_t n;
  (void)context;
  (void)statements_all(tui, &n);
  return n;
}

static const StatementLine *line_of(Tui *tui, size_t index)
{
  size_t n;
  const StatementLine *lines = statements_all(tui, &n);
  return index < n ? &lines[n - 1 - index] : NULL;
}

/* How long one that waits will take, or that nobody knows. */
static void put_forecast(Tui *tui, const StatementLine *line, Text *out)
{
  char takes[32];
  if (line->forecast < 0) {
    text_puts(out, _(", time not known"));
    return;
  }
  tui_seconds(tui, line->forecast, takes);
  text_printf(out, _(", about %s"), takes);
}

static void item(Tui *tui, void *context, size_t index, ListItem *out)
{
  static const char *const marks[LINE_STATES] = {[LINE_WAITS] = ".", [LINE_RUNS] = ">", [LINE_DONE] = " ", [LINE_FAILED] = "!",
                                                 [LINE_STOPPED] = "x", [LINE_DROPPED] = "-"};
  const StatementLine *line = line_of(tui, index);
  char took[32];
  (void)context;
  if (!line) {
    return;
  }
  snprintf(out->mark, sizeof out->mark, "%s", marks[line->state]);
  text_puts(&out->text, line->lua);
  out->role = line->state == LINE_FAILED ? VIEW_ERROR : VIEW_PLAIN;
  tui_seconds(tui, line->seconds, took);
  text_puts(&out->note, line_state_name(line->state));
  out->keeps_note = true;
  if (line->state == LINE_WAITS) {
    put_forecast(tui, line, &out->note);
  } else if (line->state == LINE_DONE) {
    text_printf(&out->note, line->partial ? _(", partial, %s") : ", %s", took);
  }
}

/* What went wrong; one that waits is taken out. */
static void enter(Tui *tui, void *context, size_t index)
{
  const StatementLine *line = line_of(tui, index);
  Text text = {0};
  (void)context;
  if (!line) {
    return;
  }
  text_printf(&text, "%1$s\n%2$s", line->lua, line->error ? line->error : line_state_name(line->state));
  if (line->state == LINE_WAITS) {
    put_forecast(tui, line, &text);
    text_printf(&text, ": %s", line->unknown ? line->unknown : _("forecast from the size of its data"));
  }
  text_char(&text, '\n');
  tui_popup(tui, _("Statement"), &text);
  text_free(&text);
}

static void drop(Tui *tui, void *context)
{
  State *state = context;
  size_t n;
  (void)statements_all(tui, &n);
  if (state->jobs.at < n) {
    statements_drop(tui, n - 1 - state->jobs.at);
    tui_redraw(tui);
  }
}

static bool waits(Tui *tui, void *context)
{
  const State *state = context;
  const StatementLine *line = line_of(tui, state->jobs.at);
  return line && line->state == LINE_WAITS;
}

/* ---- actions */

static bool has_steps(Tui *tui, void *context)
{
  const State *state = context;
  (void)tui;
  return state->record && watch_record_size(state->record) > 0;
}

static bool is_running(Tui *tui, void *context)
{
  (void)context;
  return tui_job(tui) != NULL;
}

/* Nobody can let it go on while the prompt has the screen. */
static void go_on_unseen(Tui *tui, void *context)
{
  State *state = context;
  (void)tui;
  if (state->runs) {
    watch_record_pause(state->record, false);
  }
}

static bool can_pause(Tui *tui, void *context)
{
  const State *state = context;
  (void)tui;
  return state->record && state->runs;
}

static void pause_or_go(Tui *tui, void *context)
{
  State *state = context;
  state->back = false;
  watch_record_pause(state->record, !watch_record_paused(state->record));
  renew(tui, state);
}

static void step_on(Tui *tui, void *context)
{
  State *state = context;
  if (state->back && state->at + 1 < watch_record_size(state->record)) {
    state->at++;
  } else {
    state->back = false;
    if (state->runs && watch_record_paused(state->record)) {
      watch_record_pass(state->record);
    }
  }
  renew(tui, state);
}

static void step_back(Tui *tui, void *context)
{
  State *state = context;
  const size_t at = index_of(state);
  if (state->runs && !watch_record_paused(state->record)) {
    watch_record_pause(state->record, true);
  }
  state->back = true;
  state->at = at > 0 ? at - 1 : 0;
  renew(tui, state);
}

static void first(Tui *tui, void *context)
{
  State *state = context;
  state->back = true;
  state->at = 0;
  renew(tui, state);
}

static void newest(Tui *tui, void *context)
{
  State *state = context;
  state->back = false;
  renew(tui, state);
}

static void finish_now(Tui *tui, void *context)
{
  State *state = context;
  const bool stepped = has_steps(tui, state);
  state->finishing = true;
  tui_cancel(tui);
  tui_message(tui, VIEW_PLAIN, "%s", stepped ? _("asked to finish now, with what it has")
                                             : _("asked to finish now; before its first step it has nothing to keep"));
}

/* What was to be kept was nothing: said, since "stopped" alone would leave one looking for it. */
static void say_kept(Tui *tui, State *state)
{
  const StatementLine *last = last_run(tui);
  if (last && last->state == LINE_STOPPED) {
    tui_message(tui, VIEW_WARNING, has_steps(tui, state) ? _("stopped; %s keeps nothing when it is stopped")
                                                         : _("stopped; %s had made no step yet, so there was nothing to keep"),
                state->name);
  }
}

static void changed(Tui *tui, void *context)
{
  State *state = context;
  if (state->finishing && !tui_job(tui)) {
    state->finishing = false;
    say_kept(tui, state);
  }
  if (!tui_job(tui)) {
    renew(tui, state);
  }
}

/* The second press drops the result. */
static void cancel(Tui *tui, void *context)
{
  State *state = context;
  state->finishing = false;
  tui_cancel(tui);
  tui_cancel(tui);
  tui_message(tui, VIEW_PLAIN, "%s", _("asked to stop; its result is dropped"));
}

/* ---- the page */

static Status open(Tui *tui, void *context, Error *e)
{
  State *state = context;
  (void)e;
  state->jobs = (ListPanel){.context = state, .count = count, .item = item, .enter = enter,
                            .empty = _("no statement has run in the dashboard yet")};
  state->words = (TextPanel){.context = state, .write = write_words, .leaves = true, .stale = true};
  renew(tui, state);
  return STATUS_OK;
}

static void close(Tui *tui, void *context)
{
  State *state = context;
  (void)tui;
  watch_record_unref(state->record);
}

static bool job_begins(Tui *tui, void *context, Job *job)
{
  State *state = context;
  WatchRecord *record = job_task(job)->trace ? NULL : watch_record_new();
  if (!record) {
    return false;
  }
  watch_record_unref(state->record);
  state->record = record;
  state->runs = true;
  state->finishing = state->back = false;
  state->drawn = 0;
  snprintf(state->name, sizeof state->name, "%s", job_name(job));
  watch_record_listen(record, job_task(job));
  renew(tui, state);
  return true;
}

static void job_ended(Tui *tui, void *context, Job *job)
{
  State *state = context;
  if (job_abandoned(job) && !job_done(job)) {
    (void)watch_record_ref(state->record); /* its thread may write to it for as long as it lives: never freed */
  }
  state->runs = false;
  renew(tui, state);
}

static void tick(Tui *tui, void *context)
{
  State *state = context;
  if (state->record && !state->back && watch_record_size(state->record) != state->drawn) {
    renew(tui, state);
  }
  text_panel_renew(tui, &state->words);
}

static void report(Tui *tui, void *context, const ViewStyle *style, Text *out)
{
  State *state = context;
  write_words(tui, state, style, out);
  list_panel.report(tui, &state->jobs, style, out);
}

static const Action actions[] = {
  {.key = "Space", .name = N_("pause"), .help = N_("holds the fit between two steps, and lets it go on"), .group = N_("Watch"),
   .run = pause_or_go, .applies = can_pause},
  {.key = "Right n", .name = N_("next step"), .help = N_("the next step: of those there are, or of a fit that is paused"),
   .group = N_("Watch"), .run = step_on, .applies = has_steps},
  {.key = "Left p", .name = N_("step before"), .help = N_("the step before; a fit that runs is paused"), .group = N_("Watch"),
   .run = step_back, .applies = has_steps},
  {.key = "C-Left", .name = N_("first step"), .help = N_("the first step"), .group = N_("Watch"), .run = first, .applies = has_steps,
   .quiet = true},
  {.key = "C-Right", .name = N_("newest step"), .help = N_("the newest step"), .group = N_("Watch"), .run = newest, .applies = has_steps,
   .quiet = true},
  {.key = "f", .name = N_("finish now"), .help = N_("stops the fit and keeps what it has: a partial result that can be continued"),
   .group = N_("Run"), .run = finish_now, .applies = is_running},
  {.key = "x", .name = N_("cancel"), .help = N_("stops the fit and drops its result"), .group = N_("Run"), .run = cancel,
   .applies = is_running},
  {.key = "D", .name = N_("drop"), .help = N_("takes a statement that waits out of the queue"), .group = N_("Run"), .run = drop,
   .applies = waits},
};

static const PanelSlot slots[] = {
  {.name = "curve", .title = N_("Objective"), .class = &chart_panel, .at = offsetof(State, curve)},
  {.name = "picture", .title = N_("State"), .class = &chart_panel, .at = offsetof(State, picture)},
  {.name = "words", .title = N_("Step"), .class = &text_panel, .at = offsetof(State, words)},
  {.name = "jobs", .title = N_("Statements"), .class = &list_panel, .at = offsetof(State, jobs)},
};

static const Page watch = {
  .order = 70,
  .name = "watch",
  .title = N_("Watch"),
  .help = N_("The fit that runs, step by step, and the statements of the dashboard: those that wait, the one that runs, those that "
             "ran. Any method that reports its steps can be watched, paused and finished early."),
  .state_size = sizeof(State),
  .slots = slots,
  .n_slots = sizeof slots / sizeof *slots,
  .layout = "(curve|picture)/(words|jobs):9",
  .actions = actions,
  .n_actions = sizeof actions / sizeof *actions,
  .open = open,
  .close = close,
  .changed = changed,
  .job = job_begins,
  .left = go_on_unseen,
  .job_ended = job_ended,
  .tick = tick,
  .report = report,
};
REGISTER_PAGE(watch);
