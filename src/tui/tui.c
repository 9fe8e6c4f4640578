/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/tui.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "console/signals.h"
#include "console/terminal.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "tui/palette.h"
#include "tui/tui_inside.h"
#include "view/number.h"

static const double FRAME_SECONDS = 1.0 / 60; /* at most one drawing in this time */

/* ---- making and freeing */

static Status make_pages(Tui *tui, Error *e)
{
  tui->n_pages = pages_count();
  tui->pages = mem_zero(tui->n_pages, sizeof *tui->pages);
  if (!tui->pages) {
    return error_memory(e, 0, _("the dashboard"));
  }
  for (size_t i = 0; i < tui->n_pages; i++) {
    tui->pages[i].page = pages_at(i);
  }
  return STATUS_OK;
}

static Status make_parts(Tui *tui, Error *e)
{
  tui->statements = statements_new();
  tui->input = input_new();
  tui->palette = palette_new();
  if (!tui->statements || !tui->input || !tui->palette) {
    return error_memory(e, 0, _("the dashboard"));
  }
  return make_pages(tui, e);
}

Status tui_new(Console *console, const TuiSettings *settings, Tui **out, Error *e)
{
  Status status = STATUS_OK;
  Tui *tui = mem_zero(1, sizeof *tui);
  *out = NULL;
  if (!tui) {
    return error_memory(e, sizeof *tui, _("the dashboard"));
  }
  tui->console = console;
  tui->settings = *settings;
  tui->steady = settings->keys != NULL;
  snprintf(tui->subject, sizeof tui->subject, "%s", settings->object ? settings->object : "");
  tui_hooks(tui);
  TRY(make_parts(tui, e));
  if (settings->keys) {
    TRY(key_script_read(settings->keys, &tui->script, e));
    TRY(screen_none_new(settings->width, settings->height, &tui->screen, e));
  } else {
    TRY(screen_curses_new(&tui->screen, e));
  }
  *out = tui;
  tui = NULL;
done:
  tui_free(tui);
  return status;
}

static void close_page(Tui *tui, PageRun *run)
{
  const Page *page = run->page;
  if (!run->state) {
    return;
  }
  if (page->close) {
    page->close(tui, run->state);
  }
  for (size_t i = 0; i < page->n_slots; i++) {
    void *panel = (char *)run->state + page->slots[i].at;
    tui_forget(tui, panel);
    if (page->slots[i].class->close) {
      page->slots[i].class->close(tui, panel);
    }
  }
  tui_forget(tui, run->state);
  mem_free(run->state);
  run->state = NULL;
}

void tui_free(Tui *tui)
{
  if (!tui) {
    return;
  }
  for (size_t i = 0; tui->statements && tui->pages && i < tui->n_pages; i++) {
    close_page(tui, &tui->pages[i]);
  }
  if (tui->screen) {
    tui->screen->class->free(tui->screen);
  }
  mem_free(tui->pages);
  session_list_free(tui->objects, tui->n_objects);
  statements_free(tui->statements);
  input_free(tui->input);
  palette_free(tui->palette);
  cells_free(&tui->cells);
  key_script_free(&tui->script);
  Text *const texts[] = {&tui->popup, &tui->popup_shown, &tui->popup_title, &tui->message, &tui->last, &tui->output,
                         &tui->outcome.statements, &tui->outcome.shown, &tui->saved};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    text_free(texts[i]);
  }
  mem_free(tui);
}

/* ---- the session */

Session *tui_session(Tui *tui)
{
  return tui->console->session;
}

const SessionVariable *tui_objects(Tui *tui, size_t *n)
{
  *n = tui->n_objects;
  return tui->objects;
}

const SessionVariable *tui_object(Tui *tui, const char *name)
{
  for (size_t i = 0; i < tui->n_objects; i++) {
    if (strcmp(tui->objects[i].name, name) == 0) {
      return &tui->objects[i];
    }
  }
  return NULL;
}

const char *tui_subject(Tui *tui)
{
  return tui->subject;
}

void tui_choose(Tui *tui, const char *name)
{
  if (name != tui->subject) { /* pages are told of the subject by itself */
    snprintf(tui->subject, sizeof tui->subject, "%s", name);
  }
}

/* Another frame or model under the name it had. */
static bool is_renewed(const SessionVariable *former, const SessionVariable *now)
{
  return (now->kind == VALUE_FRAME && (former->kind != VALUE_FRAME || former->value.frame != now->value.frame)) ||
         (now->kind == VALUE_MODEL && (former->kind != VALUE_MODEL || former->value.model != now->value.model));
}

/* A variable that was not there before, or is another table or model now, is what the user will go on with. */
static void choose_newest(Tui *tui, const SessionVariable *former, size_t n_former)
{
  for (size_t i = 0, j = 0; n_former > 0 && i < tui->n_objects; i++) { /* both in order of name */
    while (j < n_former && strcmp(former[j].name, tui->objects[i].name) < 0) {
      j++;
    }
    const bool had = j < n_former && strcmp(former[j].name, tui->objects[i].name) == 0;
    if (!had || is_renewed(&former[j], &tui->objects[i])) {
      tui_choose(tui, tui->objects[i].name);
    }
  }
}

/* After a statement: the list is made anew, and all open pages look at it. */
void tui_refresh_objects(Tui *tui)
{
  SessionVariable *objects = NULL;
  size_t n = 0;
  Error e = {0};
  if (session_list(tui->console->session, &objects, &n, &e) != STATUS_OK) {
    tui_error(tui, &e);
    return;
  }
  SessionVariable *former = tui->objects;
  const size_t n_former = tui->n_objects;
  char subject[NAME_SIZE];
  snprintf(subject, sizeof subject, "%s", tui->subject);
  tui->objects = objects;
  tui->n_objects = n;
  for (size_t i = 0; i < tui->n_pages; i++) {
    PageRun *run = &tui->pages[i];
    if (run->state && run->page->changed) {
      run->page->changed(tui, run->state);
    }
  }
  if (tui_object(tui, subject)) { /* pages choose what they show, which the user may have left long ago */
    tui_choose(tui, subject);
  }
  choose_newest(tui, former, n_former);
  session_list_free(former, n_former);
  tui_redraw(tui);
}

Job *tui_job(Tui *tui)
{
  return tui->job;
}

void tui_cancel(Tui *tui)
{
  if (tui_busy(tui)) {
    session_interrupt(tui->console->session);
    tui_redraw(tui);
  }
}

void tui_pump(Tui *tui)
{
  while (!tui->leave && statements_waiting(tui->statements)) {
    statements_next(tui, tui->statements);
  }
}

/* ---- pages */

PageRun *tui_page(Tui *tui)
{
  return &tui->pages[tui->at];
}

static void load_layout(PageRun *run)
{
  if (!run->loaded) {
    layout_load(&run->layout, run->page);
    run->loaded = true;
  }
}

bool tui_open(Tui *tui, size_t at)
{
  PageRun *run = &tui->pages[at];
  const Page *page = run->page;
  if (run->state) {
    return true;
  }
  load_layout(run);
  error_clear(&run->error);
  run->state = mem_zero(page->state_size ? page->state_size : 1, 1);
  if (!run->state) {
    (void)error_memory(&run->error, page->state_size, _("a page"));
    return false;
  }
  if (page->open && page->open(tui, run->state, &run->error) != STATUS_OK) {
    close_page(tui, run);
    return false;
  }
  return true;
}

void tui_begin_page(Tui *tui, size_t at, const char *object)
{
  tui->at = at;
  if (tui_object(tui, object)) { /* else the name of a method, a topic ... */
    tui_choose(tui, object);
  }
  if (tui_open(tui, at) && tui->pages[at].page->show) {
    tui->pages[at].page->show(tui, tui->pages[at].state, object);
  }
  tui_redraw(tui);
}

static size_t page_number(const Tui *tui, const char *name)
{
  for (size_t i = 0; i < tui->n_pages; i++) {
    if (strcmp(tui->pages[i].page->name, name) == 0) {
      return i;
    }
  }
  return tui->n_pages;
}

void tui_go(Tui *tui, const char *name, const char *object)
{
  const size_t page = page_number(tui, name);
  if (page >= tui->n_pages) {
    tui_message(tui, VIEW_WARNING, _("there is no page '%s'"), name);
    return;
  }
  if (tui->n_back == BACK_MOST) {
    tui->n_back--;
    memmove(tui->back, tui->back + 1, tui->n_back * sizeof *tui->back);
  }
  tui->back[tui->n_back].page = tui->at;
  snprintf(tui->back[tui->n_back++].object, NAME_SIZE, "%s", tui->subject);
  tui_begin_page(tui, page, object);
}

void tui_go_best(Tui *tui, const char *object)
{
  const SessionVariable *variable = tui_object(tui, object);
  const char *best = "data";
  for (size_t i = 0; variable && i < tui->n_pages; i++) { /* in order: the more particular pages stand before Models */
    const Page *page = tui->pages[i].page;
    if (page->suits && page->suits(variable)) {
      best = page->name;
      break;
    }
  }
  tui_go(tui, best, object);
}

void tui_back(Tui *tui)
{
  if (tui->n_back == 0) {
    tui_leave(tui);
    return;
  }
  const Place *place = &tui->back[--tui->n_back];
  tui->at = place->page;
  tui_choose(tui, place->object);
  tui_redraw(tui);
}

void tui_leave(Tui *tui)
{
  tui->leave = true;
}

void tui_focus(Tui *tui, const char *slot)
{
  PageRun *run = tui_page(tui);
  for (size_t i = 0; i < run->page->n_slots; i++) {
    if (strcmp(run->page->slots[i].name, slot) == 0) {
      run->layout.focus = (int)i;
      tui_redraw(tui);
    }
  }
}

/* ---- messages */

void tui_message(Tui *tui, ViewRole role, const char *format, ...)
{
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  text_reset(&tui->message);
  text_puts(&tui->message, line);
  tui->message_role = role;
  error_clear(&tui->error);
  tui_redraw(tui);
}

void tui_error(Tui *tui, const Error *e)
{
  if (e && e->status != STATUS_OK) {
    const Error kept = *e;
    tui_message(tui, VIEW_ERROR, "%s", kept.what);
    tui->error = kept;
  }
}

void tui_popup(Tui *tui, const char *title, Text *text)
{
  text_free(&tui->popup);
  tui->popup = *text;
  tui->popup_width = 0;
  *text = (Text){0};
  text_reset(&tui->popup_title);
  text_puts(&tui->popup_title, title);
  tui->popup_top = 0;
  tui->overlay = OVERLAY_POPUP;
  tui_redraw(tui);
}

ViewStyle tui_window(Tui *tui)
{
  ViewStyle style = tui_style(tui);
  style.width = style.width > WINDOW_WIDTH + 10 ? WINDOW_WIDTH - 4 : style.width > 12 ? style.width - 4 : 8;
  style.height = 0;
  return style;
}

bool tui_steady(Tui *tui)
{
  return tui->steady;
}

void tui_seconds(Tui *tui, double seconds, char out[32])
{
  char text[NUMBER_SIZE];
  number_duration(seconds, text);
  snprintf(out, 32, "%.31s", tui->steady ? "-" : text);
}

ViewStyle tui_style(Tui *tui)
{
  ViewStyle style = console_style(tui->console);
  if (tui->cells.width > 0) {
    style.width = tui->cells.width;
    style.height = tui->cells.height > 6 ? tui->cells.height - 4 : tui->cells.height;
  }
  style.color = false;
  style.more = NULL;
  if (tui->steady) {
    style.dots = VIEW_DOTS_AUTO;
  }
  return style;
}

/* ---- drawing, put off so that what comes at once is drawn once */

static void on_draw_timer(void *context)
{
  Tui *tui = context;
  loop_timer_stop(tui->console->loop, tui->draw_timer);
  tui->draw_timer = 0;
}

static Status fit_cells(Tui *tui, Error *e)
{
  int width = 0, height = 0;
  tui->screen->class->size(tui->screen, &width, &height);
  if (width == tui->cells.width && height == tui->cells.height) {
    return STATUS_OK;
  }
  ViewStyle style = tui_style(tui);
  style.ascii = style.ascii || tui->screen->class->ascii(tui->screen);
  return cells_resize(&tui->cells, width, height, &style, e);
}

void tui_draw(Tui *tui)
{
  Error e = {0};
  Rect cursor = {0};
  bool has_cursor = false;
  if (!tui->on || fit_cells(tui, &e) != STATUS_OK) {
    return;
  }
  tui->dirty = false;
  tui->drawn = clock_wall();
  draw_all(tui, &cursor, &has_cursor);
  tui->screen->class->show(tui->screen, &tui->cells, has_cursor ? &cursor : NULL);
}

void tui_redraw(Tui *tui)
{
  tui->dirty = true;
}

/* Between two rounds of the loop. */
static void draw_when_due(Tui *tui)
{
  Error e = {0};
  const double wait = tui->drawn + FRAME_SECONDS - clock_wall();
  if (!tui->dirty || tui->draw_timer) {
    return;
  }
  if (wait <= 0 || loop_timer(tui->console->loop, wait, on_draw_timer, tui, &tui->draw_timer, &e) != STATUS_OK) {
    tui_draw(tui);
  }
}

/* ---- the terminal's events */

static void on_input(void *context)
{
  Tui *tui = context;
  Key key;
  while (!tui->leave && tui->on && tui->screen->class->key(tui->screen, &key)) {
    tui_key(tui, &key);
  }
}

static void on_interrupt(void *context)
{
  tui_leave(context);
}

static void on_resize(void *context)
{
  Tui *tui = context;
  tui->screen->class->resized(tui->screen);
  tui_redraw(tui);
}

static Status take_screen(Tui *tui, Error *e);
static void give_screen(Tui *tui);

static void on_suspend(void *context)
{
  Tui *tui = context;
  Error e = {0};
  give_screen(tui);
  terminal_suspend();
  if (take_screen(tui, &e) != STATUS_OK) {
    tui_leave(tui);
  }
  tui->screen->class->resized(tui->screen);
  tui_redraw(tui);
}

static Status take_screen(Tui *tui, Error *e)
{
  const PromptSignals signals = {tui, on_interrupt, on_suspend, on_resize};
  const bool color = console_style(tui->console).color;
  Status status = STATUS_OK;
  TRY(tui->screen->class->enter(tui->screen, &tui->console->settings, color, e));
  tui->on = true;
  tui->console->screen = &tui->hooks;
  if (!tui->settings.keys) {
    TRY(loop_watch(tui->console->loop, STDIN_FILENO, on_input, tui, e));
    signals_prompt(&signals);
  }
done:
  if (status != STATUS_OK && tui->on) {
    give_screen(tui);
  }
  return status;
}

static void give_screen(Tui *tui)
{
  if (!tui->settings.keys) {
    signals_prompt(NULL);
    loop_unwatch(tui->console->loop, STDIN_FILENO);
  }
  if (tui->draw_timer) {
    on_draw_timer(tui);
  }
  tui->screen->class->leave(tui->screen);
  tui->console->screen = NULL;
  tui->on = false;
}

void tui_let_go(Tui *tui)
{
  give_screen(tui);
  for (size_t i = 0; i < tui->n_pages; i++) {
    PageRun *run = &tui->pages[i];
    if (run->state && run->page->left) {
      run->page->left(tui, run->state);
    }
  }
}

bool tui_round(Tui *tui)
{
  draw_when_due(tui);
  return tui->leave;
}

static bool has_work(void *context)
{
  Tui *tui = context;
  draw_when_due(tui);
  return tui->leave || statements_waiting(tui->statements);
}

static Status run_at_terminal(Tui *tui, Error *e)
{
  Status status = STATUS_OK;
  while (!tui->leave && status == STATUS_OK) {
    tui_pump(tui);
    if (!tui->leave) {
      status = loop_run(tui->console->loop, has_work, tui, e);
    }
  }
  return status;
}

/* The page to begin with: the one that was left; at first the summary, if there is a table to sum up. */
static size_t first_page(Tui *tui, const char *asked)
{
  const size_t page = page_number(tui, asked), summary = page_number(tui, "summary");
  for (size_t i = 0; i < tui->n_objects && !tui->begun && !*tui->subject; i++) {
    if (tui->objects[i].kind == VALUE_FRAME) {
      tui_choose(tui, tui->objects[i].name);
    }
  }
  const SessionVariable *object = tui_object(tui, tui->subject);
  const bool sums_up = !tui->begun && object && object->kind == VALUE_FRAME;
  tui->begun = true;
  return page < tui->n_pages ? page : sums_up && summary < tui->n_pages ? summary : tui->at;
}

Status tui_show(Tui *tui, const char *page, DashboardOutcome *outcome, Error *e)
{
  Status status = STATUS_OK;
  *outcome = (DashboardOutcome){0};
  tui->leave = false;
  tui->n_back = 0;
  tui->cells.width = 0; /* the settings may have changed */
  TRY(take_screen(tui, e));
  tui_refresh_objects(tui);
  tui_begin_page(tui, first_page(tui, page), tui->subject);
  status = tui->settings.keys ? tui_play(tui, e) : run_at_terminal(tui, e);
  if (tui->on) {
    tui_let_go(tui);
  }
done:
  tui->outcome.waiting = statements_count_waiting(tui->statements);
  *outcome = tui->outcome;
  tui->outcome = (DashboardOutcome){0};
  return status;
}
