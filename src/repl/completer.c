/* SPDX-License-Identifier: GPL-3.0-or-later */
/* completer.c -- readline is told that the word begins where the line does, since only the session knows
 * where it does in Lua; each match therefore carries the line before it, which the list leaves out again. */
#include "repl/completer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <readline/readline.h>

#include "repl/command.h"
#include "view/width.h"

enum { GAP = 2, LINES_LEFT = 2 };

static Console *console;
static const Text *before;
static size_t word_at; /* in the line: where the matches of the last call begin */

/* What readline frees: the line up to `from`, then the candidate. */
static char *match(const char *line, size_t from, const char *item, size_t length)
{
  char *text = malloc(from + length + 1);
  if (text) {
    memcpy(text, line, from);
    memcpy(text + from, item, length);
    text[from + length] = '\0';
  }
  return text;
}

static size_t common_prefix(const Completions *found)
{
  size_t length = strlen(found->items[0]);
  for (size_t i = 1; i < found->n; i++) {
    size_t same = 0;
    while (same < length && found->items[i][same] == found->items[0][same]) {
      same++;
    }
    length = same;
  }
  while (length > 0 && (found->items[0][length] & 0xC0) == 0x80) {
    length--; /* not within a character */
  }
  return length;
}

/* readline's form of a result: the common beginning, then all candidates unless there is one only, then
 * NULL. */
static char **matches_of(const Completions *found, const char *line, size_t from)
{
  char **matches = calloc(found->n + 2, sizeof *matches);
  if (!matches) {
    return NULL;
  }
  matches[0] = match(line, from, found->items[0], common_prefix(found));
  for (size_t i = 0; found->n > 1 && i < found->n; i++) {
    matches[i + 1] = match(line, from, found->items[i], strlen(found->items[i]));
  }
  return matches;
}

static void set_ending(const Completions *found)
{
  const size_t length = strlen(found->items[0]);
  const bool folder = length > 0 && found->items[0][length - 1] == '/';
  rl_completion_append_character = folder ? '\0' : found->append;
  rl_sort_completion_matches = 0;
}

/* The candidates for the line up to the cursor, `from` counted in the line; false when there are none. */
static bool look_up(const char *line, size_t point, Completions *found)
{
  if (before->size == 0 && command_complete(console->session, line, point, found)) {
    return found->n > 0;
  }
  Text whole = {0};
  Error e = {0};
  text_add(&whole, text_data(before), before->size);
  text_add(&whole, line, point);
  const Status status = session_complete(console->session, text_data(&whole), whole.size, found, &e);
  text_free(&whole);
  if (status != STATUS_OK) {
    *found = (Completions){0};
    return false;
  }
  if (found->n == 0 || found->from < before->size) {
    completions_free(found);
    return false;
  }
  found->from -= before->size;
  return true;
}

static char **on_complete(const char *text, int start, int end)
{
  Completions found = {0};
  char **matches = NULL;
  (void)text;
  (void)start;
  rl_attempted_completion_over = 1; /* never readline's own guess */
  rl_completion_append_character = '\0';
  if (look_up(rl_line_buffer, (size_t)end, &found)) {
    word_at = found.from;
    matches = matches_of(&found, rl_line_buffer, found.from);
    set_ending(&found);
    completions_free(&found);
  }
  return matches;
}

static size_t widest_of(char *const *items, size_t n, bool ascii)
{
  size_t widest = 1;
  for (size_t i = 0; i < n; i++) {
    const size_t width = width_of(items[i] + word_at, strlen(items[i] + word_at), ascii);
    widest = width > widest ? width : widest;
  }
  return widest;
}

/* Lists candidates in columns, to be read downwards, on no more than the screen. */
static void add_list(char *const *items, size_t n, const ViewStyle *style, Text *out)
{
  const bool ascii = style_ascii(style);
  const size_t width = style_width(style) - 1, widest = widest_of(items, n, ascii);
  const size_t fit = (width + GAP) / (widest + GAP), columns = fit ? fit : 1;
  const size_t most = style->height > 2 * LINES_LEFT ? (size_t)(style->height - LINES_LEFT) : LINES_LEFT;
  const size_t shown = n > most * columns ? (most - 1) * columns : n;
  const size_t rows = (shown + columns - 1) / columns;
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = row; i < shown; i += rows) {
      const char *item = items[i] + word_at;
      if (i + rows >= shown) {
        width_cut(out, item, strlen(item), width, ascii);
      } else {
        width_left(out, item, strlen(item), widest + GAP, ascii);
      }
    }
    text_char(out, '\n');
  }
  if (shown < n) {
    text_printf(out, _("%zu more: type on to narrow the list\n"), n - shown);
  }
}

static void on_list(char **matches, int n, int longest)
{
  const ViewStyle style = console_style(console);
  Text out = {0};
  (void)longest;
  add_list(matches + 1, (size_t)n, &style, &out);
  rl_crlf();
  fwrite(text_data(&out), 1, out.size, rl_outstream);
  text_free(&out);
  rl_on_new_line();
  rl_redisplay();
}

void completer_install(Console *shown_on, const Text *taken)
{
  console = shown_on;
  before = taken;
  rl_attempted_completion_function = on_complete;
  rl_completion_display_matches_hook = on_list;
  rl_completer_word_break_characters = "";
  rl_basic_word_break_characters = "";
  rl_completer_quote_characters = NULL;
}
