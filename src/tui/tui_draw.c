/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands on the screen: tabs, the page, the foot, and what lies over the page. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/palette.h"
#include "tui/tui_inside.h"
#include "view/error_text.h"
#include "view/width.h"

enum { WIDTH_LEAST = 40, HEIGHT_LEAST = 10, FOOT = 3, FOOT_SMALL = 2, LOW = 16 };

/* ---- the head: tabs, and what runs */

static void put_job(Tui *tui, Text *out)
{
  Job *job = tui->job;
  char seconds[32];
  if (!job) {
    text_puts(out, tui_busy(tui) ? _("working") : "");
    return;
  }
  const Task *task = job_task(job);
  const double done = (double)atomic_load(&task->done), total = (double)atomic_load(&task->total);
  tui_seconds(tui, job_seconds(job), seconds);
  text_puts(out, job_name(job));
  if (total > 0 && !tui->steady) {
    text_printf(out, " %.0f%%", floor(fmin(done / total, 1) * 100));
  }
  text_printf(out, " %s", seconds);
  text_puts(out, task_cancelled(task) ? _(", stopping") : "");
}

/* The tab of page i, its title cut to `most` columns, tight: nothing between key and title; the present one is in brackets and whole, so that it is seen without
 * colour. The key of the tenth page is 0. */
static void put_tab(const Tui *tui, size_t i, size_t most, bool tight, Text *out)
{
  const char *title = _(tui->pages[i].page->title);
  const bool present = i == tui->at, ascii = tui->cells.ascii;
  const size_t n = strlen(title), whole = width_of(title, n, ascii);
  text_puts(out, present ? "[" : i == 0 || tui->at + 1 != i ? " " : "");
  if (i < 10) {
    text_printf(out, "%zu", (i + 1) % 10);
  }
  if (present || most > 0) {
    text_puts(out, i < 10 && !tight ? " " : "");
    size_t bytes = n;
    while (!present && width_of(title, bytes, ascii) > most) {
      bytes = utf8_whole(title, bytes - 1);
    }
    width_add(out, title, present || whole <= most ? n : bytes, ascii);
  }
  text_puts(out, present ? "]" : "");
}

static int tabs_width(const Tui *tui, size_t most, bool tight)
{
  Text all = {0};
  for (size_t i = 0; i < tui->n_pages; i++) {
    put_tab(tui, i, most, tight, &all);
  }
  const int width = (int)width_of(text_data(&all), all.size, tui->cells.ascii);
  text_free(&all);
  return width;
}

/* As much of the titles as there is room for; under three letters none. tight: whole, with no blank behind the keys. */
static size_t tabs_room(const Tui *tui, int width, bool *tight)
{
  enum { TITLE_MOST = 20, TITLE_LEAST = 3 };
  size_t most = TITLE_MOST;
  *tight = tabs_width(tui, most, false) > width && tabs_width(tui, most, true) <= width;
  while (most >= TITLE_LEAST && tabs_width(tui, most, *tight) > width) {
    most--;
  }
  return most >= TITLE_LEAST ? most : 0;
}

static void draw_head(Tui *tui, Rect line)
{
  Cells *cells = &tui->cells;
  Text job = {0}, tab = {0};
  const Pen bar = pen_reverse(VIEW_PLAIN), present = {.bold = true};
  cells_fill(cells, line, bar);
  put_job(tui, &job);
  const int right = (int)width_of(text_data(&job), job.size, cells->ascii);
  bool tight = false;
  const size_t most = tabs_room(tui, line.width - (right > 0 ? right + 2 : 0), &tight);
  int at = 0;
  for (size_t i = 0; i < tui->n_pages; i++) {
    text_reset(&tab);
    put_tab(tui, i, most, tight, &tab);
    at = cells_put(cells, line, 0, at, i == tui->at ? present : bar, text_data(&tab));
  }
  if (right > 0 && at + right + 1 <= line.width) {
    cells_put(cells, line, 0, line.width - right - 1, bar, text_data(&job));
  }
  text_free(&job);
  text_free(&tab);
}

/* ---- the foot: the last statement, messages, hints */

static void draw_statement(Tui *tui, Rect line)
{
  Text text = {0};
  if (tui->last.size == 0) {
    return;
  }
  text_printf(&text, "> %s", tui->last.data);
  Text state = {0};
  const size_t waiting = statements_count_waiting(tui->statements);
  text_puts(&state, tui->last_state == LINE_DONE ? "" : line_state_name(tui->last_state));
  if (waiting > 0) {
    text_printf(&state, _("%1$s%2$zu more waiting"), state.size ? ", " : "", waiting);
  }
  const int right = (int)width_of(text_data(&state), state.size, tui->cells.ascii);
  cells_left(&tui->cells, line, 0, 0, line.width - right - 1, pen_of(VIEW_MUTED), text_data(&text), text.size);
  cells_put(&tui->cells, line, 0, line.width - right, pen_of(VIEW_WARNING), text_data(&state));
  text_free(&text);
  text_free(&state);
}

/* The message, or the input line; without either, on a low screen, the last statement. */
static void draw_message(Tui *tui, Rect line, bool low, Rect *cursor, bool *has_cursor)
{
  static const char *const more = N_("  (Enter for more)");
  Cells *cells = &tui->cells;
  if (input_is_open(tui->input)) {
    int column = 0;
    input_draw(tui->input, cells, line, &column);
    *cursor = (Rect){line.x + column, line.y, 1, 1};
    *has_cursor = true;
  } else if (tui->message.size > 0) {
    const char *behind = tui->error.status != STATUS_OK ? _(more) : "";
    const int right = (int)width_of(behind, strlen(behind), cells->ascii);
    Text text = {0};
    text_printf(&text, "%s%s", tui->message_role == VIEW_ERROR ? _("error: ") : "", tui->message.data);
    const size_t room = line.width > right ? (size_t)(line.width - right) : 0;
    Text cut = {0};
    width_cut(&cut, text.data, text.size, room, cells->ascii);
    const int at = cells_put(cells, line, 0, 0, pen_of(tui->message_role), text_data(&cut));
    cells_put(cells, line, 0, at, pen_of(VIEW_MUTED), behind);
    text_free(&cut);
    text_free(&text);
  } else if (low) {
    draw_statement(tui, line);
  }
}

/* What most belongs to the place stands first: four of the panel, then those of the page, then the panel's others and those of the
 * dashboard. */
typedef enum HintPass { HINTS_PANEL, HINTS_PAGE, HINTS_REST } HintPass;
enum { PANEL_HINTS_FIRST = 4 };

typedef struct Hints {
  Tui *tui;
  Rect line;
  int at;
  char seen[256];    /* keys that are taken: the first who has a key gets it */
  HintPass pass;
  int n;             /* of the panel's that stand first */
} Hints;

static void put_hint(Hints *hints, const char *key, size_t n, const char *name)
{
  Cells *cells = &hints->tui->cells;
  const int width = 2 + (int)n + 1 + (int)width_of(name, strlen(name), cells->ascii);
  if (hints->at + width > hints->line.width) {
    return;
  }
  int at = hints->at + (hints->at > 0 ? 2 : 0);
  at = cells_putn(cells, hints->line, 0, at, (Pen){.reverse = true, .bold = true}, key, n);
  hints->at = cells_put(cells, hints->line, 0, at + 1, pen_reverse(VIEW_PLAIN), name);
}

/* Whether an action's hint is of this pass. */
static bool has_turn(Tui *tui, Hints *hints, const void *owner)
{
  const bool of_page = owner && owner == tui_page(tui)->state;
  switch (hints->pass) {
    case HINTS_PANEL:
      return owner && !of_page && hints->n < PANEL_HINTS_FIRST;
    case HINTS_PAGE:
      return of_page;
    default:
      return true;
  }
}

static bool add_hint(Tui *tui, const Action *action, void *owner, void *context)
{
  Hints *hints = context;
  const size_t n = strcspn(action->key, " ");
  char mark[24];
  snprintf(mark, sizeof mark, " %.*s ", (int)n, action->key);
  if (action->quiet || n == 0 || n > 16 || strstr(hints->seen, mark) || !has_turn(tui, hints, owner)) {
    return false;
  }
  hints->n++;
  strncat(hints->seen, mark, sizeof hints->seen - strlen(hints->seen) - 1);
  put_hint(hints, action->key, n, _(action->name));
  return false;
}

static void draw_input_hints(Hints *hints)
{
  const Input *input = hints->tui->input;
  if (input_draw_long_note(input, &hints->tui->cells, hints->line)) {
    return;
  }
  put_hint(hints, "Enter", 5, _("take"));
  put_hint(hints, "Esc", 3, _("give up"));
  if (input_completes(input)) {
    put_hint(hints, "Tab", 3, _("complete"));
  }
  if (input_recalls(input)) {
    put_hint(hints, "Up", 2, _("earlier"));
  }
}

static void draw_hints(Tui *tui, Rect line)
{
  Hints hints = {.tui = tui, .line = line, .seen = " ? "};
  cells_fill(&tui->cells, line, pen_reverse(VIEW_PLAIN));
  if (input_is_open(tui->input)) {
    draw_input_hints(&hints);
    return;
  }
  if (palette_is_open(tui->palette)) {
    put_hint(&hints, "Enter", 5, _("do it"));
    put_hint(&hints, "Esc", 3, _("give up"));
    put_hint(&hints, "Down", 4, _("next"));
    return;
  }
  put_hint(&hints, "?", 1, _("help"));
  put_hint(&hints, "q", 1, _("back"));
  if (tui_busy(tui)) {
    put_hint(&hints, "C-x", 3, _("stop"));
    strcat(hints.seen, " C-x ");
  }
  for (hints.pass = HINTS_PANEL; hints.pass <= HINTS_REST; hints.pass++) {
    (void)tui_each_action(tui, add_hint, &hints);
  }
}

/* ---- the page */

static void draw_slot(Tui *tui, PageRun *run, size_t i)
{
  const PanelSlot *slot = &run->page->slots[i];
  const Rect rect = run->layout.rects[i];
  const bool focused = run->layout.focus == (int)i;
  void *panel = (char *)run->state + slot->at;
  Text title = {0};
  if (rect.width <= 0 || rect.height <= 0) {
    return;
  }
  text_puts(&title, _(slot->title));
  if (slot->class->title) {
    Text more = {0};
    slot->class->title(tui, panel, &more);
    text_printf(&title, "%s%s", more.size ? ": " : "", text_data(&more));
    text_free(&more);
  }
  const Rect inner = cells_box(&tui->cells, rect, pen_of(focused ? VIEW_PLAIN : VIEW_MUTED), text_data(&title),
                               focused && run->page->n_slots > 1);
  if (slot->class->draw) {
    slot->class->draw(tui, panel, &tui->cells, inner, focused);
  }
  text_free(&title);
}

static void draw_page(Tui *tui, Rect area)
{
  PageRun *run = tui_page(tui);
  if (!run->state) {
    const ViewStyle style = cells_style(&tui->cells, area);
    Text text = {0};
    error_text(&run->error, &style, &text);
    cells_text(&tui->cells, area, 0, 0, &text);
    text_free(&text);
    return;
  }
  if (run->page->draw) {
    run->page->draw(tui, run->state, &tui->cells, area);
    return;
  }
  layout_place(&run->layout, area);
  for (size_t i = 0; i < run->page->n_slots; i++) {
    draw_slot(tui, run, i);
  }
}

/* ---- over the page */

typedef struct Keys {
  Text text;           /* headings and lines */
  const char *group;
  const char *groups[32];
  size_t n_groups;
} Keys;

static bool note_group(Tui *tui, const Action *action, void *panel, void *context)
{
  Keys *keys = context;
  (void)tui;
  (void)panel;
  for (size_t i = 0; i < keys->n_groups; i++) {
    if (strcmp(keys->groups[i], action->group) == 0) {
      return false;
    }
  }
  if (keys->n_groups < sizeof keys->groups / sizeof *keys->groups) {
    keys->groups[keys->n_groups++] = action->group;
  }
  return false;
}

static bool add_key_line(Tui *tui, const Action *action, void *panel, void *context)
{
  Keys *keys = context;
  char key[24];
  size_t n = 0;
  (void)panel;
  if (strcmp(action->group, keys->group) != 0 || !*action->key) {
    return false;
  }
  for (const char *c = action->key; *c && n + 1 < sizeof key; c++) {
    key[n++] = *c;
  }
  key[n] = '\0';
  text_puts(&keys->text, "  ");
  width_left(&keys->text, key, n, 10, tui->cells.ascii);
  text_printf(&keys->text, " %s\n", _(action->help));
  return false;
}

/* The page's help, then all keys by task. */
static void write_keys(Tui *tui, const ViewStyle *style, Keys *keys)
{
  const Page *page = tui_page(tui)->page;
  if (page->help) {
    (void)style_paragraph(style, VIEW_PLAIN, _(page->help), 0, 0, 0, &keys->text);
  }
  (void)tui_each_action(tui, note_group, keys);
  for (size_t i = 0; i < keys->n_groups; i++) {
    keys->group = keys->groups[i];
    style_put(style, VIEW_HEADER, _(keys->group), &keys->text);
    text_char(&keys->text, '\n');
    (void)tui_each_action(tui, add_key_line, keys);
  }
  style_put(style, VIEW_HEADER, _("Pages"), &keys->text);
  text_printf(&keys->text, "\n  %-10s %s\n", "1 .. 9 0", _("the pages named at the top"));
}

static Rect window(Rect area, int width, int height)
{
  width = width > area.width ? area.width : width;
  height = height > area.height ? area.height : height;
  return rect_part(area, (Rect){(area.width - width) / 2, (area.height - height) / 2, width, height});
}

/* A text in a window. */
static void draw_window(Tui *tui, Rect area, int width, const char *title, const Text *text, size_t top, size_t lines)
{
  const Rect box = window(area, width, lines + 2 > 1000 ? 1002 : (int)lines + 2);
  cells_fill(&tui->cells, box, (Pen){0});
  const Rect inner = cells_box(&tui->cells, box, (Pen){0}, title, true);
  cells_text(&tui->cells, rect_columns(inner, 1, inner.width - 2), top, 0, text);
  cells_scroll(&tui->cells, inner, top, lines);
}

static int window_width(Rect area)
{
  return area.width > WINDOW_WIDTH + 10 ? WINDOW_WIDTH : area.width;
}

static size_t count_lines(const Text *text)
{
  size_t n = 0;
  for (size_t i = 0; i < text->size; i++) {
    n += text->data[i] == '\n' || i + 1 == text->size;
  }
  return n;
}

static void draw_keys(Tui *tui, Rect area)
{
  Keys keys = {0};
  char title[80];
  const ViewStyle style = cells_style(&tui->cells, (Rect){0, 0, window_width(area) - 4, 1});
  write_keys(tui, &style, &keys);
  const size_t lines = count_lines(&keys.text), height = area.height > 3 ? (size_t)area.height - 2 : 1;
  const size_t screens = (lines + height - 1) / height;
  if (tui->popup_top >= screens) {
    tui->overlay = OVERLAY_NONE;
    text_free(&keys.text);
    return;
  }
  if (screens > 1) {
    snprintf(title, sizeof title, _("Keys %1$zu of %2$zu: ? goes on, any other key closes"), tui->popup_top + 1, screens);
  } else {
    snprintf(title, sizeof title, "%s", _("Keys: any key closes"));
  }
  draw_window(tui, area, window_width(area), title, &keys.text, tui->popup_top * height, lines);
  text_free(&keys.text);
}

/* The next line of a text from *at on, without its end; false behind the last one. */
static bool next_line(const Text *text, size_t *at, const char **line, size_t *n)
{
  if (*at >= text->size) {
    return false;
  }
  *line = text->data + *at;
  const char *end = memchr(*line, '\n', text->size - *at);
  *n = end ? (size_t)(end - *line) : text->size - *at;
  *at += *n + 1;
  return true;
}

/* Whether the bytes are what width.h shows as it is: no marks of roles, which must stay whole. */
static bool is_bare(const char *line, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (line[i] == STYLE_ROLE || line[i] == STYLE_INK || line[i] == STYLE_OFF) {
      return false;
    }
  }
  return true;
}

/* Lines that are too long for the window go on below, further in than they began. */
static void break_popup(Tui *tui, size_t width)
{
  const bool ascii = tui->cells.ascii;
  const char *line;
  size_t n;
  text_reset(&tui->popup_shown);
  for (size_t at = 0; next_line(&tui->popup, &at, &line, &n);) {
    size_t margin = 0;
    while (margin < n && line[margin] == ' ') {
      margin++;
    }
    const WidthWrap wrap = {.width = width, .margin = margin + 2, .at = margin, .ascii = ascii};
    if (!is_bare(line, n) || width_up_to(line, n, width, ascii) <= width) {
      text_add(&tui->popup_shown, line, n);
      text_char(&tui->popup_shown, '\n');
    } else {
      text_repeat(&tui->popup_shown, " ", margin);
      width_wrap(&tui->popup_shown, line + margin, n - margin, &wrap);
    }
  }
}

/* As wide as its longest line asks for. */
static int popup_width(const Tui *tui, Rect area)
{
  const size_t most = area.width > 4 ? (size_t)area.width - 4 : 0;
  size_t width = (size_t)(window_width(area) - 4), n;
  const char *line;
  for (size_t at = 0; next_line(&tui->popup, &at, &line, &n);) {
    const size_t wide = is_bare(line, n) ? width_up_to(line, n, most, tui->cells.ascii) : 0;
    width = wide > width ? wide : width;
  }
  return (int)(width < most ? width : most) + 4;
}

static void draw_popup(Tui *tui, Rect area)
{
  if (tui->popup_width != area.width) {
    tui->popup_width = area.width;
    tui->popup_columns = popup_width(tui, area);
    break_popup(tui, (size_t)(tui->popup_columns - 4));
  }
  const size_t lines = count_lines(&tui->popup_shown), height = area.height > 3 ? (size_t)area.height - 2 : 1;
  const size_t most = lines > height ? lines - height : 0;
  tui->popup_top = tui->popup_top > most ? most : tui->popup_top;
  draw_window(tui, area, tui->popup_columns, text_data(&tui->popup_title), &tui->popup_shown, tui->popup_top, lines);
}

/* ---- all of it */

static void draw_too_small(Tui *tui, Rect area)
{
  Text text = {0};
  const ViewStyle style = cells_style(&tui->cells, area);
  char words[160];
  snprintf(words, sizeof words, _("assay needs %1$d x %2$d; this is %3$d x %4$d. q leaves"), WIDTH_LEAST, HEIGHT_LEAST,
           area.width, area.height);
  (void)style_paragraph(&style, VIEW_PLAIN, words, 0, 0, 0, &text);
  cells_text(&tui->cells, area, 0, 0, &text);
  text_free(&text);
}

void draw_all(Tui *tui, Rect *cursor, bool *has_cursor)
{
  const Rect all = cells_all(&tui->cells);
  cells_fill(&tui->cells, all, (Pen){0});
  if (all.width < WIDTH_LEAST || all.height < HEIGHT_LEAST) {
    draw_too_small(tui, all);
    return;
  }
  const bool low = all.height < LOW;
  const int foot = low ? FOOT_SMALL : FOOT;
  const Rect area = rect_lines(all, 1, all.height - 1 - foot);
  draw_head(tui, rect_lines(all, 0, 1));
  draw_page(tui, area);
  if (!low) {
    draw_statement(tui, rect_lines(all, all.height - 3, 1));
  }
  draw_message(tui, rect_lines(all, all.height - 2, 1), low, cursor, has_cursor);
  draw_hints(tui, rect_lines(all, all.height - 1, 1));
  if (tui->overlay == OVERLAY_KEYS) {
    draw_keys(tui, area);
  } else if (tui->overlay == OVERLAY_POPUP) {
    draw_popup(tui, area);
  } else if (palette_is_open(tui->palette)) {
    palette_draw(tui, tui->palette, &tui->cells, area, cursor);
    *has_cursor = true;
  }
}
