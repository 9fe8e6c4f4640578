/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that are chosen, the cell as a whole, and copies.
 *
 * A copy is always written to one file, copied.csv in the state folder, so that it is there whatever the terminal can
 * do; it is also offered to the terminal's clipboard (OSC 52), which not every terminal takes and none confirms. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "tui/table_parts.h"
#include "view/width.h"

enum { CLIPBOARD_MOST = 74000 /* bytes that common terminals take */, COPY_MOST = 256 << 20 };

/* ---- choosing */

static void no_memory(Tui *tui)
{
  tui_message(tui, VIEW_ERROR, "%s", _("not enough memory to mark rows"));
}

static void choose_row(Tui *tui, TablePanel *panel, bool chosen, int64_t step)
{
  if (!table_view_choose(&panel->view, panel->view.row, chosen)) {
    no_memory(tui);
  }
  panel->anchor = panel->view.row;
  if (step != 0 && !(step < 0 && panel->view.row == 0)) {
    table_view_move_row(&panel->view, step);
  }
  table_sync(tui, panel);
}

void table_choose(Tui *tui, void *context)
{
  TablePanel *panel = context;
  choose_row(tui, panel, !table_view_is_chosen(&panel->view, panel->view.row), 1);
}

static void choose_along(Tui *tui, TablePanel *panel, int64_t step)
{
  choose_row(tui, panel, true, step);
  if (!table_view_choose(&panel->view, panel->view.row, true)) {
    no_memory(tui);
  }
}

void table_choose_up(Tui *tui, void *context) { choose_along(tui, context, -1); }
void table_choose_down(Tui *tui, void *context) { choose_along(tui, context, 1); }

static void choose_between(Tui *tui, TablePanel *panel, size_t from, size_t to)
{
  if (!table_view_choose_range(&panel->view, from, to)) {
    no_memory(tui);
  }
  panel->anchor = to;
  table_sync(tui, panel);
}

void table_choose_range(Tui *tui, void *context)
{
  TablePanel *panel = context;
  choose_between(tui, panel, panel->view.n_chosen > 0 ? panel->anchor : panel->view.row, panel->view.row);
}

void table_choose_all(Tui *tui, void *context)
{
  TablePanel *panel = context;
  choose_between(tui, panel, 0, frame_rows(panel->frame) - 1);
}

void table_choose_none(Tui *tui, void *context)
{
  TablePanel *panel = context;
  table_view_choose_none(&panel->view);
  table_sync(tui, panel);
}

bool table_has_chosen(Tui *tui, void *context)
{
  (void)tui;
  return ((TablePanel *)context)->view.n_chosen > 0;
}

/* ---- the whole cell */

static void put_items(const Column *cells, size_t row, Text *out)
{
  const int32_t *codes;
  const size_t n = column_set(cells, row, &codes);
  text_printf(out, _("items: %zu"), n);
  for (size_t i = 0; i < n; i++) {
    size_t length;
    const char *item = column_level(cells, (size_t)codes[i], &length);
    text_puts(out, "\n  ");
    text_add(out, item, length);
  }
}

/* All digits, all items, all lines; where the text has lines of its own they stay. */
static void whole_cell(const Column *cells, size_t row, Text *out)
{
  size_t length;
  if (column_valid(cells, row) && type_is_text(column_type(cells))) {
    const char *text = column_text(cells, row, &length);
    text_add(out, text, length);
  } else if (column_valid(cells, row) && column_type(cells) == TYPE_SET) {
    put_items(cells, row, out);
  } else {
    column_cell_text(cells, row, out);
  }
}

/* Wrapped to the width, line by line. */
static void wrap_lines(const ViewStyle *style, const Text *text, Text *out)
{
  const char *at = text_data(text), *end = at + text->size;
  const WidthWrap wrap = {.width = style_width(style), .ascii = style_ascii(style)};
  while (at <= end) {
    const char *line = memchr(at, '\n', (size_t)(end - at));
    const size_t n = (size_t)((line ? line : end) - at);
    if (n == 0) {
      text_char(out, '\n');
    } else {
      width_wrap(out, at, n, &wrap);
    }
    at += n + 1;
  }
}

void table_cell(Tui *tui, void *context)
{
  const TablePanel *panel = context;
  const Column *cells = frame_column(panel->frame, panel->view.column);
  const ViewStyle style = tui_window(tui);
  Text cell = {0}, shown = {0}, title = {0};
  char row[32];
  whole_cell(cells, panel->view.row, &cell);
  wrap_lines(&style, &cell, &shown);
  table_count(panel->view.row + 1, row);
  text_printf(&title, _("%1$s, row %2$s (%3$s)"), frame_name(panel->frame, panel->view.column), row,
              type_name(column_type(cells)));
  tui_popup(tui, text_data(&title), &shown);
  text_free(&cell);
  text_free(&shown);
  text_free(&title);
}

/* ---- CSV */

static void put_field(const char *text, size_t n, bool alone, Text *out)
{
  bool plain = n > 0 || alone;
  for (size_t i = 0; i < n && plain; i++) {
    plain = !strchr(",\"\r\n", text[i]) || text[i] == '\0';
  }
  if (plain) {
    text_add(out, text, n);
    return;
  }
  text_char(out, '"');
  for (size_t i = 0; i < n; i++) {
    text_add(out, text + i, 1);
    if (text[i] == '"') {
      text_char(out, '"');
    }
  }
  text_char(out, '"');
}

/* Missing cells are empty; an empty text stands in quotes. */
static void put_cell(const Column *cells, size_t row, bool alone, Text *scratch, Text *out)
{
  if (!column_valid(cells, row)) {
    return;
  }
  text_reset(scratch);
  column_cell_text(cells, row, scratch);
  put_field(text_data(scratch), scratch->size, alone, out);
}

static void put_header(const TablePanel *panel, Text *out)
{
  bool first = true;
  for (size_t i = 0; i < frame_columns(panel->frame); i++) {
    if (!panel->view.columns[i].hidden) {
      const char *name = frame_name(panel->frame, i);
      text_puts(out, first ? "" : ",");
      put_field(name, strlen(name), false, out);
      first = false;
    }
  }
  text_char(out, '\n');
}

static void put_row(const TablePanel *panel, size_t row, Text *scratch, Text *out)
{
  bool first = true;
  for (size_t i = 0; i < frame_columns(panel->frame); i++) {
    if (!panel->view.columns[i].hidden) {
      text_puts(out, first ? "" : ",");
      put_cell(frame_column(panel->frame, i), row, false, scratch, out);
      first = false;
    }
  }
  text_char(out, '\n');
}

void table_csv(const TablePanel *panel, Text *out)
{
  Text scratch = {0};
  const size_t words = panel->view.n_chosen > 0 ? frame_rows(panel->frame) / 64 + 1 : 0;
  if (words == 0) {
    put_cell(frame_column(panel->frame, panel->view.column), panel->view.row, true, &scratch, out);
  } else {
    put_header(panel, out);
  }
  for (size_t word = 0; word < words && out->size < COPY_MOST; word++) {
    for (uint64_t rest = panel->view.chosen[word]; rest != 0; rest &= rest - 1) {
      put_row(panel, word * 64 + (size_t)__builtin_ctzll(rest), &scratch, out);
    }
  }
  out->failed = out->failed || scratch.failed;
  text_free(&scratch);
}

/* ---- where copies go */

static Status copy_path(Text *path, Error *e)
{
  const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
  if (state && *state == '/') {
    text_printf(path, "%s/assay", state);
  } else if (home && *home) {
    text_printf(path, "%s/.local/state/assay", home);
  } else {
    return error_set(e, STATUS_STATE, "no-home", _("HOME is not set"));
  }
  if (text_status(path, e) != STATUS_OK) {
    return e->status;
  }
  for (char *slash = strchr(path->data + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    mkdir(path->data, 0700); /* what fails shows when the file is made */
    *slash = '/';
  }
  mkdir(path->data, 0700);
  text_puts(path, "/copied.csv");
  return text_status(path, e);
}

static Status write_copy(const char *path, const Text *text, Error *e)
{
  FileWriter *writer;
  Status status = file_create(path, &writer, e);
  if (status != STATUS_OK) {
    return status;
  }
  status = file_write(writer, text_data(text), text->size, e);
  if (status != STATUS_OK) {
    file_discard(writer);
    return status;
  }
  return file_commit(writer, e);
}

static void put_base64(const Text *text, Text *out)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const unsigned char *bytes = (const unsigned char *)text_data(text);
  for (size_t i = 0; i < text->size; i += 3) {
    const size_t n = text->size - i < 3 ? text->size - i : 3;
    unsigned word = (unsigned)bytes[i] << 16;
    word |= n > 1 ? (unsigned)bytes[i + 1] << 8 : 0;
    word |= n > 2 ? bytes[i + 2] : 0;
    for (size_t j = 0; j < 4; j++) {
      text_char(out, j <= n ? letters[word >> (18 - 6 * j) & 63] : '=');
    }
  }
}

/* Terminals that may know OSC 52; others could show it as text. */
static bool may_take(const char *term)
{
  static const char *const names[] = {"xterm", "tmux",    "screen", "alacritty", "foot",
                                      "kitty", "wezterm", "rxvt",   "st-"};
  for (size_t i = 0; term && i < sizeof names / sizeof *names; i++) {
    if (strncmp(term, names[i], strlen(names[i])) == 0) {
      return true;
    }
  }
  return false;
}

/* The sequence moves nothing on the screen, so it may stand between two updates of it. */
static bool offer_clipboard(Tui *tui, const Text *text)
{
  if (tui_steady(tui) || text->size > CLIPBOARD_MOST || !isatty(STDOUT_FILENO) || !may_take(getenv("TERM"))) {
    return false;
  }
  Text sequence = {0};
  text_puts(&sequence, "\033]52;c;");
  put_base64(text, &sequence);
  text_char(&sequence, '\a');
  size_t done = 0;
  while (!sequence.failed && done < sequence.size) {
    const ssize_t n = write(STDOUT_FILENO, sequence.data + done, sequence.size - done);
    if (n < 0 && errno != EINTR) {
      break;
    }
    done += n > 0 ? (size_t)n : 0;
  }
  const bool whole = sequence.size > 0 && done == sequence.size;
  text_free(&sequence);
  return whole;
}

/* "~/.local/state/assay/copied.csv". */
static const char *short_path(const char *path, Text *scratch)
{
  const char *home = getenv("HOME");
  const size_t n = home ? strlen(home) : 0;
  if (n > 1 && strncmp(path, home, n) == 0 && path[n] == '/') {
    text_printf(scratch, "~%s", path + n);
    return text_data(scratch);
  }
  return path;
}

static void say_copied(Tui *tui, const TablePanel *panel, const char *path, bool offered)
{
  char rows[32];
  table_count(panel->view.n_chosen, rows);
  Text what = {0};
  if (panel->view.n_chosen > 0) {
    text_printf(&what, _("rows copied: %s"), rows);
  } else {
    text_puts(&what, _("cell copied"));
  }
  const char *format = offered ? _("%1$s, to the clipboard if the terminal lets, and to %2$s") : _("%1$s, to %2$s");
  tui_message(tui, VIEW_PLAIN, format, text_data(&what), path);
  text_free(&what);
}

void table_copy(Tui *tui, void *context)
{
  const TablePanel *panel = context;
  Text text = {0}, path = {0}, eyes = {0};
  Error e = {0};
  Status status = copy_path(&path, &e);
  if (status == STATUS_OK) {
    table_csv(panel, &text);
    status = text_status(&text, &e);
  }
  if (text.size >= COPY_MOST) {
    tui_message(tui, VIEW_WARNING, "%s", _("too much for a copy: K keeps the table, and df:write(path) writes it"));
    goto done;
  }
  if (status == STATUS_OK) {
    status = write_copy(text_data(&path), &text, &e);
  }
  if (status == STATUS_OK) {
    say_copied(tui, panel, short_path(text_data(&path), &eyes), offer_clipboard(tui, &text));
  } else {
    tui_error(tui, &e);
  }
done:
  text_free(&text);
  text_free(&path);
  text_free(&eyes);
}
