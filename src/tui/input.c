/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/input.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "tui/tui_inside.h"
#include "view/width.h"

enum { HISTORIES = 16, ENTRIES_MOST = 200 };

typedef struct Entries {
  char *name;
  char *lines[ENTRIES_MOST];
  size_t n;
} Entries;

struct Input {
  InputRequest request; /* its texts are ours */
  char *prompt, *before, *after;
  bool open;
  Text text;
  size_t point;         /* byte offset of the cursor */
  Text note;
  ViewRole note_role;
  bool note_fits;       /* behind the text, as it was drawn last */
  Entries histories[HISTORIES];
  Entries *history;     /* of the open line; NULL: none */
  size_t recall;        /* which of its lines is shown; n: what was typed */
  Text typed;
  Completions completions;
  size_t candidate;     /* the one that stands in the line, from 1; 0: none */
  size_t from, to;      /* the bytes that it takes */
};

Input *input_new(void)
{
  return mem_zero(1, sizeof(Input));
}

void input_free(Input *input)
{
  if (!input) {
    return;
  }
  input_close(input);
  for (size_t i = 0; i < HISTORIES; i++) {
    for (size_t k = 0; k < input->histories[i].n; k++) {
      mem_free(input->histories[i].lines[k]);
    }
    mem_free(input->histories[i].name);
  }
  text_free(&input->text);
  text_free(&input->note);
  text_free(&input->typed);
  mem_free(input);
}

bool input_is_open(const Input *input)
{
  return input->open;
}

const char *input_line_text(const Input *input)
{
  return text_data(&input->text);
}

/* ---- histories */

static Entries *history_of(Input *input, const char *name)
{
  for (size_t i = 0; name && i < HISTORIES; i++) {
    Entries *entries = &input->histories[i];
    if (!entries->name) {
      entries->name = mem_string(name);
      return entries->name ? entries : NULL;
    }
    if (strcmp(entries->name, name) == 0) {
      return entries;
    }
  }
  return NULL;
}

static void keep(Entries *entries, const char *line)
{
  if (!entries || !*line || (entries->n > 0 && strcmp(entries->lines[entries->n - 1], line) == 0)) {
    return;
  }
  char *copy = mem_string(line);
  if (copy && entries->n == ENTRIES_MOST) {
    mem_free(entries->lines[0]);
    memmove(entries->lines, entries->lines + 1, (ENTRIES_MOST - 1) * sizeof *entries->lines);
    entries->n--;
  }
  if (copy) {
    entries->lines[entries->n++] = copy;
  }
}

/* ---- opening and closing */

static void drop_completions(Input *input)
{
  completions_free(&input->completions);
  input->completions = (Completions){0};
  input->candidate = 0;
}

void input_close(Input *input)
{
  input->open = false;
  drop_completions(input);
  mem_free(input->prompt);
  mem_free(input->before);
  mem_free(input->after);
  frame_unref((Frame *)input->request.frame); /* ours: input_open */
  input->request.frame = NULL;
  input->prompt = input->before = input->after = NULL;
}

static void set_text(Input *input, const char *text)
{
  char *copy = mem_string(text);
  text_reset(&input->text);
  text_puts(&input->text, copy ? copy : "");
  input->point = input->text.size;
  mem_free(copy);
}

void input_open(Input *input, const InputRequest *request)
{
  char *text = request->text ? mem_string(request->text) : NULL;
  const Frame *frame = request->frame ? frame_ref(request->frame) : NULL;
  input_close(input);
  input->request = *request;
  input->request.frame = frame;
  input->prompt = mem_string(request->prompt);
  input->before = request->before ? mem_string(request->before) : NULL;
  input->after = request->after ? mem_string(request->after) : NULL;
  input->history = history_of(input, request->history);
  input->recall = input->history ? input->history->n : 0;
  text_reset(&input->note);
  set_text(input, text ? text : "");
  mem_free(text);
  input->open = true;
}

void tui_ask(Tui *tui, const InputRequest *request)
{
  input_open(tui->input, request);
  tui_redraw(tui);
}

void input_set_note(Input *input, ViewRole role, const char *note)
{
  text_reset(&input->note);
  text_puts(&input->note, note);
  input->note_role = role;
}

void input_note(Tui *tui, ViewRole role, const char *format, ...)
{
  char note[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(note, sizeof note, format, arguments);
  va_end(arguments);
  input_set_note(tui->input, role, note);
  tui_redraw(tui);
}

/* ---- editing */

static size_t next_point(const Input *input)
{
  const size_t left = input->text.size - input->point;
  return left ? input->point + width_part(input->text.data + input->point, left, false).bytes : input->point;
}

static size_t earlier_point(const Input *input)
{
  size_t at = 0, before = 0;
  while (at < input->point) {
    before = at;
    at += width_part(input->text.data + at, input->text.size - at, false).bytes;
  }
  return before;
}

static bool in_word(const Input *input, size_t at)
{
  const unsigned char c = (unsigned char)input->text.data[at];
  return isalnum(c) || c == '_' || c >= 0x80;
}

static size_t word_left(const Input *input)
{
  size_t at = input->point;
  while (at > 0 && !in_word(input, at - 1)) {
    at--;
  }
  while (at > 0 && in_word(input, at - 1)) {
    at--;
  }
  return at;
}

static size_t word_right(const Input *input)
{
  size_t at = input->point;
  while (at < input->text.size && !in_word(input, at)) {
    at++;
  }
  while (at < input->text.size && in_word(input, at)) {
    at++;
  }
  return at;
}

/* Puts bytes in the place of text[from .. to). */
static void replace(Input *input, size_t from, size_t to, const char *bytes, size_t n)
{
  Text made = {0};
  text_add(&made, text_data(&input->text), from);
  text_add(&made, bytes, n);
  text_puts(&made, text_data(&input->text) + to);
  if (!made.failed) {
    text_free(&input->text);
    input->text = made;
    input->point = from + n;
  } else {
    text_free(&made);
  }
}

static void recall(Input *input, int step)
{
  const Entries *entries = input->history;
  if (!entries || (step < 0 && input->recall == 0) || (step > 0 && input->recall >= entries->n)) {
    return;
  }
  if (input->recall == entries->n) {
    text_reset(&input->typed);
    text_puts(&input->typed, text_data(&input->text));
  }
  input->recall = step < 0 ? input->recall - 1 : input->recall + 1;
  set_text(input, input->recall < entries->n ? entries->lines[input->recall] : text_data(&input->typed));
}

/* ---- completion */

/* What all candidates begin with. */
static size_t common_length(const Completions *completions)
{
  size_t n = strlen(completions->items[0]);
  for (size_t i = 1; i < completions->n; i++) {
    size_t k = 0;
    while (k < n && completions->items[i][k] == completions->items[0][k]) {
      k++;
    }
    n = k;
  }
  return n;
}

static void list_candidates(Input *input)
{
  Text list = {0};
  for (size_t i = 0; i < input->completions.n && list.size < 200; i++) {
    text_printf(&list, "%s%s", i ? "  " : "", input->completions.items[i]);
  }
  input_set_note(input, VIEW_MUTED, text_data(&list));
  text_free(&list);
}

static bool find_in_expression(Input *input)
{
  Error e = {0};
  if (expression_complete(input->request.frame, text_data(&input->text), input->point, &input->completions, &e) != STATUS_OK ||
      input->completions.n == 0) {
    drop_completions(input);
    return false;
  }
  input->from = input->completions.from;
  input->to = input->point;
  return true;
}

static bool find_completions(Tui *tui, Input *input)
{
  if (input->request.frame) {
    return find_in_expression(input);
  }
  Text line = {0};
  Error e = {0};
  text_puts(&line, input->before ? input->before : "");
  const size_t shift = line.size;
  text_puts(&line, text_data(&input->text));
  text_puts(&line, input->after ? input->after : "");
  const Status status = session_complete(tui->console->session, text_data(&line), shift + input->point,
                                         &input->completions, &e);
  const bool found = status == STATUS_OK && input->completions.n > 0 && input->completions.from >= shift;
  if (found) {
    input->from = input->completions.from - shift;
    input->to = input->point;
  } else {
    drop_completions(input);
  }
  text_free(&line);
  return found;
}

/* The first Tab adds what is certain; further ones go through the candidates. */
static void complete(Tui *tui, Input *input)
{
  if (!input_completes(input)) {
    return;
  }
  if (input->completions.n > 1) {
    input->candidate = input->candidate % input->completions.n + 1;
    const char *item = input->completions.items[input->candidate - 1];
    replace(input, input->from, input->to, item, strlen(item));
    input->to = input->point;
    return;
  }
  if (find_completions(tui, input)) {
    replace(input, input->from, input->to, input->completions.items[0], common_length(&input->completions));
    input->to = input->point;
    if (input->completions.n == 1) {
      drop_completions(input);
    } else {
      list_candidates(input);
    }
  }
}

/* ---- keys */

/* A key that moves or changes; false when it is none. */
static bool edit_key(Input *input, uint32_t code)
{
  const size_t end = input->text.size;
  char bytes[5];
  if (key_is_text(code & ~(uint32_t)K_PASTED)) {
    key_text(code & ~(uint32_t)K_PASTED, bytes);
    replace(input, input->point, input->point, bytes, strlen(bytes));
  } else if (key_is(code, "BSpace C-h")) {
    replace(input, earlier_point(input), input->point, "", 0);
  } else if (key_is(code, "Delete C-d")) {
    const size_t at = input->point;
    replace(input, at, next_point(input), "", 0);
  } else if (key_is(code, "C-w M-BSpace")) {
    replace(input, word_left(input), input->point, "", 0);
  } else if (key_is(code, "C-u")) {
    replace(input, 0, input->point, "", 0);
  } else if (key_is(code, "C-k")) {
    replace(input, input->point, end, "", 0);
  } else {
    return false;
  }
  return true;
}

static bool move_key(Input *input, uint32_t code)
{
  if (key_is(code, "Left C-b")) {
    input->point = earlier_point(input);
  } else if (key_is(code, "Right C-f")) {
    input->point = next_point(input);
  } else if (key_is(code, "Home C-a")) {
    input->point = 0;
  } else if (key_is(code, "End C-e")) {
    input->point = input->text.size;
  } else if (key_is(code, "C-Left M-b")) {
    input->point = word_left(input);
  } else if (key_is(code, "C-Right M-f")) {
    input->point = word_right(input);
  } else {
    return false;
  }
  return true;
}

static void changed(Tui *tui, Input *input)
{
  text_reset(&input->note);
  if (input->request.changed) {
    input->request.changed(tui, input->request.context, text_data(&input->text));
  }
}

/* done may open another line: this one is closed before, and opened again when it was wrong. */
static void take(Tui *tui, Input *input)
{
  const InputRequest request = input->request;
  char *text = mem_string(text_data(&input->text));
  keep(input->history, text ? text : "");
  input->open = false;
  const bool fine = !text || request.done(tui, request.context, text);
  if (!fine && !input->open) {
    input->open = true;
    input->recall = input->history ? input->history->n : 0;
  } else if (fine && !input->open) {
    input_close(input);
  }
  mem_free(text);
}

static void give_up(Tui *tui, Input *input)
{
  const InputRequest request = input->request;
  input_close(input);
  request.done(tui, request.context, NULL);
}

bool input_key(Tui *tui, Input *input, const Key *key)
{
  const uint32_t code = key->code;
  const bool edits = code != K_TAB && edit_key(input, code);
  if (code != K_TAB) {
    drop_completions(input);
  }
  if (edits) {
    changed(tui, input);
  } else if (code == K_ENTER) {
    take(tui, input);
  } else if (key_is(code, "Esc C-g C-c")) {
    give_up(tui, input);
  } else if (code == K_TAB) {
    complete(tui, input);
    const bool lists = input->completions.n > 1 && input->candidate == 0; /* what fits stands where the count would */
    if (input->request.changed && !lists) {
      input->request.changed(tui, input->request.context, text_data(&input->text));
    }
  } else if (key_is(code, "Up C-p Down C-n")) {
    recall(input, key_is(code, "Up C-p") ? -1 : 1);
    changed(tui, input);
  } else if (!move_key(input, code)) {
    return false;
  }
  tui_redraw(tui);
  return true;
}

/* ---- drawing */

void input_draw(Input *input, Cells *cells, Rect area, int *cursor)
{
  const char *text = text_data(&input->text), *prompt = input->prompt ? input->prompt : "";
  const bool ascii = cells->ascii;
  const int at = cells_put(cells, area, 0, 0, pen_of(VIEW_HEADER), prompt);
  const int room = area.width - at - 1;
  const int before = (int)width_before(text, input->text.size, input->point, ascii);
  const int all = (int)width_of(text, input->text.size, ascii);
  const int skip = before > room && room > 0 ? before - room : 0;
  Rect field = rect_columns(area, at, area.width - at);
  Text line = {0};
  text_puts(&line, text);
  cells_text(cells, field, 0, (size_t)skip, &line);
  *cursor = at + before - skip;
  const int behind = at + all - skip + 2;
  input->note_fits = input->note.size == 0 || (int)width_of(input->note.data, input->note.size, ascii) <= area.width - behind;
  if (input->note.size > 0 && input->note_fits) {
    cells_left(cells, area, 0, behind, area.width - behind, pen_of(input->note_role), input->note.data, input->note.size);
  }
  text_free(&line);
}

bool input_draw_long_note(const Input *input, Cells *cells, Rect area)
{
  if (input->note_fits) {
    return false;
  }
  cells_fill(cells, area, pen_of(VIEW_PLAIN));
  cells_left(cells, area, 0, 0, area.width, pen_of(input->note_role), input->note.data, input->note.size);
  return true;
}

bool input_completes(const Input *input)
{
  return input->before || input->request.frame;
}

bool input_recalls(const Input *input)
{
  return input->history != NULL;
}
