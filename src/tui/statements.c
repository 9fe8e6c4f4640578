/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/statements.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bind/forecast.h"
#include "console/signals.h"
#include "core/alloc.h"
#include "tui/tui_inside.h"

enum { LINES_MOST = 10000, FORESEEN_MOST = 50 };

typedef struct Query {
  char *expression;
  TuiAnswer then;
  void *owner;
} Query;

struct Statements {
  StatementLine *lines;
  size_t n, room;
  size_t next;       /* the first that may wait */
  Query *queries;
  size_t n_queries, queries_room;
  Query running;     /* the query at work; then NULL: none, or it was forgotten */
  bool runs, asks;   /* a statement is at work; a query is */
};

Statements *statements_new(void)
{
  return mem_zero(1, sizeof(Statements));
}

static void free_line(StatementLine *line)
{
  mem_free(line->lua);
  mem_free(line->error);
  mem_free(line->unknown);
}

void statements_free(Statements *statements)
{
  for (size_t i = 0; statements && i < statements->n; i++) {
    free_line(&statements->lines[i]);
  }
  for (size_t i = 0; statements && i < statements->n_queries; i++) {
    mem_free(statements->queries[i].expression);
  }
  if (statements) {
    mem_free(statements->lines);
    mem_free(statements->queries);
    mem_free(statements);
  }
}

const StatementLine *statements_all(Tui *tui, size_t *n)
{
  *n = tui->statements->n;
  return tui->statements->lines;
}

const char *line_state_name(LineState state)
{
  static const char *const names[LINE_STATES] = {N_("waits"), N_("runs"), N_("done"), N_("failed"), N_("stopped"),
                                                 N_("dropped")};
  return _(names[state]);
}

/* ---- adding */

static bool grow(void **list, size_t n, size_t *room, size_t size)
{
  if (n < *room) {
    return true;
  }
  const size_t more = *room ? 2 * *room : 16;
  void *moved = mem_resize(*list, more, size);
  if (moved) {
    *list = moved;
    *room = more;
  }
  return moved != NULL;
}

static void no_memory(Tui *tui)
{
  Error e = {0};
  (void)error_memory(&e, 0, _("a statement"));
  tui_error(tui, &e);
}

/* Lines that ended long ago are forgotten. */
static void forget_old(Statements *statements)
{
  const size_t half = LINES_MOST / 2;
  if (statements->n < LINES_MOST || statements->next < half || statements->runs) {
    return;
  }
  for (size_t i = 0; i < half; i++) {
    free_line(&statements->lines[i]);
  }
  memmove(statements->lines, statements->lines + half, (statements->n - half) * sizeof *statements->lines);
  statements->n -= half;
  statements->next -= half;
}

/* How long one that waits will take, as far as that can be known now. */
static void foresee(Tui *tui, StatementLine *line)
{
  const Forecast forecast = session_forecast(tui->console->session, line->lua);
  mem_free(line->unknown);
  line->forecast = forecast.known ? forecast.seconds : -1;
  line->unknown = forecast.known ? NULL : mem_string(forecast.why);
}

/* What the next ones are forecast to take, after a statement may have made or changed what they work on. */
static void foresee_next(Tui *tui)
{
  Statements *statements = tui->statements;
  size_t asked = 0;
  for (size_t i = statements->next; i < statements->n && asked < FORESEEN_MOST; i++) {
    if (statements->lines[i].state == LINE_WAITS) {
      foresee(tui, &statements->lines[i]);
      asked++;
    }
  }
}

void tui_run_then(Tui *tui, const char *lua, TuiThen then, void *owner)
{
  Statements *statements = tui->statements;
  forget_old(statements);
  char *copy = mem_string(lua);
  if (!copy || !grow((void **)&statements->lines, statements->n, &statements->room, sizeof *statements->lines)) {
    mem_free(copy);
    no_memory(tui);
    return;
  }
  StatementLine *line = &statements->lines[statements->n++];
  *line = (StatementLine){.lua = copy, .then = then, .owner = owner, .forecast = -1};
  foresee(tui, line);
  tui_redraw(tui);
}

void tui_run(Tui *tui, const char *lua)
{
  tui_run_then(tui, lua, NULL, NULL);
}

void tui_runf(Tui *tui, const char *format, ...)
{
  Text line = {0};
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  const int n = vsnprintf(NULL, 0, format, arguments);
  char *bytes = n >= 0 ? mem_alloc((size_t)n + 1, 1) : NULL;
  if (bytes) {
    vsnprintf(bytes, (size_t)n + 1, format, again);
    tui_run(tui, bytes);
  } else {
    no_memory(tui);
  }
  mem_free(bytes);
  text_free(&line);
  va_end(again);
  va_end(arguments);
}

/* A later question by the same asker takes the place of one that waits, and stops one that is being answered. */
void tui_query(Tui *tui, const char *expression, TuiAnswer then, void *owner)
{
  Statements *statements = tui->statements;
  char *copy = mem_string(expression);
  if (!copy) {
    no_memory(tui);
    return;
  }
  if (statements->asks && statements->running.then == then && statements->running.owner == owner) {
    statements->running.then = NULL;
    if (tui->job) {
      task_cancel(job_task(tui->job));
    }
  }
  for (size_t i = 0; i < statements->n_queries; i++) {
    Query *query = &statements->queries[i];
    if (query->then == then && query->owner == owner) {
      mem_free(query->expression);
      query->expression = copy;
      return;
    }
  }
  if (!grow((void **)&statements->queries, statements->n_queries, &statements->queries_room,
            sizeof *statements->queries)) {
    mem_free(copy);
    no_memory(tui);
    return;
  }
  statements->queries[statements->n_queries++] = (Query){copy, then, owner};
}

void tui_forget(Tui *tui, void *owner)
{
  Statements *statements = tui->statements;
  size_t kept = 0;
  for (size_t i = statements->next; i < statements->n; i++) {
    StatementLine *line = &statements->lines[i];
    line->then = line->owner == owner ? NULL : line->then;
  }
  for (size_t i = 0; i < statements->n_queries; i++) {
    if (statements->queries[i].owner == owner) {
      mem_free(statements->queries[i].expression);
    } else {
      statements->queries[kept++] = statements->queries[i];
    }
  }
  statements->n_queries = kept;
  if (statements->running.owner == owner) {
    statements->running.then = NULL;
  }
}

void statements_drop(Tui *tui, size_t index)
{
  Statements *statements = tui->statements;
  if (index < statements->n && statements->lines[index].state == LINE_WAITS) {
    StatementLine *line = &statements->lines[index];
    line->state = LINE_DROPPED;
    if (line->then) {
      line->then(tui, line->owner, NULL);
    }
    tui_redraw(tui);
  }
}

/* ---- running */

size_t statements_count_waiting(const Statements *statements)
{
  size_t n = 0;
  for (size_t i = statements->next; i < statements->n; i++) {
    n += statements->lines[i].state == LINE_WAITS;
  }
  return n;
}

bool statements_waiting(const Statements *statements)
{
  if (statements->runs || statements->asks) {
    return false;
  }
  return statements->n_queries > 0 || statements_count_waiting(statements) > 0;
}

bool tui_busy(Tui *tui)
{
  return tui->statements->runs || tui->statements->asks || session_runs(tui->console->session);
}

static LineState state_of(RunState state)
{
  return state == RUN_FAILED ? LINE_FAILED : state == RUN_INTERRUPTED ? LINE_STOPPED : LINE_DONE;
}

/* What a statement printed: one line is a message, more are a text of their own. */
static void show_output(Tui *tui, const char *title)
{
  Text output = tui->output;
  tui->output = (Text){0};
  const char *end = output.size ? strchr(output.data, '\n') : NULL;
  if (output.size == 0) {
    text_free(&output);
  } else if (!end || !end[1]) {
    tui_message(tui, VIEW_PLAIN, "%.*s", (int)(end ? (size_t)(end - output.data) : output.size), output.data);
    text_free(&output);
  } else {
    tui_popup(tui, title, &output);
  }
}

static void remember(Tui *tui, const char *lua)
{
  text_puts(&tui->outcome.statements, lua);
  text_char(&tui->outcome.statements, '\n');
}

static void finish_line(Tui *tui, size_t index, const RunOutcome *outcome)
{
  StatementLine *line = &tui->statements->lines[index];
  const TuiThen then = line->then;
  line->state = state_of(outcome->state);
  line->seconds = outcome->wall;
  line->partial = outcome->partial;
  line->error = outcome->state == RUN_FAILED ? mem_string(outcome->error.what) : NULL;
  tui->last_state = line->state;
  if (outcome->state == RUN_EXIT) {
    tui->outcome.exit = true;
    tui->outcome.code = outcome->code;
    tui->leave = true;
  } else if (outcome->state == RUN_FAILED) {
    tui_error(tui, &outcome->error);
  } else if (outcome->state == RUN_INTERRUPTED) {
    tui_message(tui, VIEW_WARNING, "%s", _("stopped"));
  } else if (outcome->partial) {
    tui_message(tui, VIEW_WARNING, "%s", _("stopped: the result so far was kept; its method :continue() goes on"));
  }
  if (then) {
    then(tui, line->owner, outcome);
  }
}

static void run_line(Tui *tui, size_t index)
{
  Statements *statements = tui->statements;
  RunOutcome outcome;
  StatementLine *line = &statements->lines[index];
  char *lua = mem_string(line->lua); /* the list may move meanwhile */
  if (!lua) {
    line->state = LINE_DROPPED;
    no_memory(tui);
    return;
  }
  line->state = LINE_RUNS;
  statements->next = index;
  statements->runs = true;
  text_reset(&tui->last);
  text_puts(&tui->last, lua);
  tui->last_state = LINE_RUNS;
  remember(tui, lua);
  tui_draw(tui);
  tui->captures = true;
  signals_begin();
  session_run(tui->console->session, lua, "dashboard", true, &outcome);
  const bool pressed = signals_presses() > 0;
  signals_end();
  tui->captures = false;
  statements->runs = false;
  finish_line(tui, index, &outcome);
  if (pressed && tui->on) { /* what the handler may have said stands on the screen */
    tui->screen->class->resized(tui->screen);
  }
  show_output(tui, lua);
  mem_free(lua);
  tui_refresh_objects(tui);
  foresee_next(tui);
}

static void answer(Tui *tui, Value *value, const Error *e)
{
  Statements *statements = tui->statements;
  const Query query = statements->running;
  statements->asks = false;
  statements->running.then = NULL;
  if (query.then) {
    query.then(tui, query.owner, value, e);
  }
  tui_redraw(tui);
}

static void run_query(Tui *tui)
{
  Statements *statements = tui->statements;
  Value value;
  Error e = {0};
  statements->running = statements->queries[0];
  statements->n_queries--;
  memmove(statements->queries, statements->queries + 1, statements->n_queries * sizeof *statements->queries);
  statements->asks = true;
  char *expression = statements->running.expression;
  signals_begin();
  const Status status = session_evaluate(tui->console->session, expression, &value, &e);
  signals_end();
  answer(tui, &value, status == STATUS_OK ? NULL : &e);
  value_free(&value);
  mem_free(expression);
}

void statements_next(Tui *tui, Statements *statements)
{
  for (size_t i = statements->next; i < statements->n; i++) {
    if (statements->lines[i].state == LINE_WAITS) {
      run_line(tui, i);
      return;
    }
    statements->next = i + 1;
  }
  if (statements->n_queries > 0) {
    run_query(tui);
  }
}

Status tui_evaluate(Tui *tui, const char *expression, Value *out, Error *e)
{
  return session_evaluate(tui->console->session, expression, out, e);
}
