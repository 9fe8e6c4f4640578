/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Baskets from lines of a text. */
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "io/baskets.h"

enum { POLL_BASKETS = 1024, SNIFF_LINES = 10000 };

typedef struct Lines {
  const char *bytes, *at, *end, *path;
  BasketLines how;
  Task *task;
  Builder *sets;
  Text scratch;
  size_t line;               /* from 1 */
  size_t items, empty_items; /* given, repeats too; and those without a text */
  bool found;                /* the separator was found out */
  size_t lines_with;         /* how many of the looked at lines have it */
  size_t lines_looked;
} Lines;

static bool is_blank(char c)
{
  return c == ' ' || c == '\t';
}

static bool is_end(const Lines *lines, const char *at)
{
  return at == lines->end || *at == '\n' || *at == '\r';
}

static bool is_separator(const Lines *lines, char c)
{
  return c == lines->how.separator || (lines->how.separator == ' ' && c == '\t');
}

/* Which of the usual separators most lines have. Ties: the one that is rarer within items. */
static void find_separator(Lines *lines)
{
  static const char candidates[] = "\t;|,";
  size_t count[sizeof candidates] = {0};
  bool in_line[sizeof candidates] = {false};
  bool quoted = false;
  for (const char *at = lines->at; at < lines->end && lines->lines_looked < SNIFF_LINES; at++) {
    const char *found = strchr(candidates, *at);
    quoted = quoted != (lines->how.quote && *at == lines->how.quote);
    if (found && *at && !quoted && !in_line[found - candidates]) {
      in_line[found - candidates] = true;
      count[found - candidates]++;
    } else if (*at == '\n') {
      memset(in_line, 0, sizeof in_line);
      lines->lines_looked++;
      quoted = false;
    }
  }
  lines->lines_looked += lines->lines_looked == 0;
  size_t best = 0;
  for (size_t i = 1; candidates[i]; i++) {
    best = count[i] > count[best] ? i : best;
  }
  lines->found = true;
  lines->lines_with = count[best];
  lines->how.separator = count[best] > 0 ? candidates[best] : ' ';
}

static Status bad_quote(const Lines *lines, const char *what, const char *line, const char *at, size_t number,
                        Error *e)
{
  const char *stop = at;
  while (!is_end(lines, stop)) {
    stop++;
  }
  error_set(e, STATUS_FORMAT, "baskets-quote", "%s", what);
  (void)error_where(e, _("%1$s, line %2$zu"), lines->path, number);
  (void)error_caret(e, line, (size_t)(stop - line), (size_t)(at - line));
  (void)error_hint(
      e, _("double a quote that belongs to an item, or read with quote = \"\" when quotes mean nothing"));
  return STATUS_FORMAT;
}

/* An item in quotes, which may hold separators and line ends. */
static Status quoted_item(Lines *lines, const char *line, Error *e)
{
  const char *open = lines->at++, quote = lines->how.quote;
  const size_t number = lines->line;
  text_reset(&lines->scratch);
  for (;; lines->at++) {
    if (lines->at == lines->end) {
      return bad_quote(lines, _("a quote is never closed"), line, open, number, e);
    }
    if (*lines->at == quote) {
      if (lines->end - lines->at < 2 || lines->at[1] != quote) {
        break;
      }
      lines->at++;
    }
    lines->line += *lines->at == '\n';
    text_char(&lines->scratch, *lines->at);
  }
  lines->at++;
  while (!is_end(lines, lines->at) && is_blank(*lines->at) && !is_separator(lines, *lines->at)) {
    lines->at++;
  }
  if (!is_end(lines, lines->at) && !is_separator(lines, *lines->at)) {
    return bad_quote(lines, _("an item goes on behind its closing quote"), line, lines->at, number, e);
  }
  if (lines->scratch.size > 0) {
    builder_item(lines->sets, lines->scratch.data, lines->scratch.size);
    lines->items++;
  } else {
    lines->empty_items++;
  }
  return STATUS_OK;
}

static void plain_item(Lines *lines)
{
  const char *begin = lines->at;
  while (!is_end(lines, lines->at) && !is_separator(lines, *lines->at)) {
    lines->at++;
  }
  const char *stop = lines->at;
  while (stop > begin && is_blank(stop[-1])) {
    stop--;
  }
  if (stop > begin) {
    builder_item(lines->sets, begin, (size_t)(stop - begin));
    lines->items++;
  } else if (lines->how.separator != ' ') {
    lines->empty_items++; /* runs of blanks are one separator */
  }
}

static Status read_basket(Lines *lines, Error *e)
{
  const char *line = lines->at;
  bool more = true;
  while (more) {
    while (!is_end(lines, lines->at) && is_blank(*lines->at) &&
           (lines->how.separator == ' ' || !is_separator(lines, *lines->at))) {
      lines->at++;
    }
    if (is_end(lines, lines->at) && lines->at == line) {
      break; /* a blank line has no items, not an empty one */
    }
    if (!is_end(lines, lines->at) && lines->how.quote && *lines->at == lines->how.quote) {
      const Status status = quoted_item(lines, line, e);
      if (status != STATUS_OK) {
        return status;
      }
    } else if (!is_end(lines, lines->at) || is_separator(lines, lines->at[-1])) {
      plain_item(lines);
    }
    more = !is_end(lines, lines->at);
    lines->at += more;
  }
  builder_set(lines->sets);
  return STATUS_OK;
}

static void pass_end(Lines *lines)
{
  if (lines->at < lines->end) {
    const bool pair = *lines->at == '\r' && lines->end - lines->at > 1 && lines->at[1] == '\n';
    lines->at += 1 + pair;
    lines->line++;
  }
}

static Status read_all(Lines *lines, Error *e)
{
  for (size_t n = 1; lines->at < lines->end; n++) {
    const Status status = read_basket(lines, e);
    if (status != STATUS_OK) {
      return status;
    }
    pass_end(lines);
    if (n % POLL_BASKETS == 0) {
      task_progress(lines->task, (uint64_t)(lines->at - lines->bytes), (uint64_t)(lines->end - lines->bytes));
      if (task_cancelled(lines->task)) {
        return error_cancelled(e);
      }
    }
  }
  return task_cancelled(lines->task) ? error_cancelled(e) : STATUS_OK;
}

static const char *separator_name(char separator, char name[4])
{
  if (separator == ' ') {
    return _("blanks");
  }
  if (separator == '\t') {
    return "\"\\t\"";
  }
  memcpy(name, (const char[]){'"', separator, '"', '\0'}, 4);
  return name;
}

static void add_report(const Lines *lines, const Column *sets, const Text *notes, Text *out)
{
  size_t items = 0, empty = 0, largest = 0;
  const size_t baskets = column_rows(sets);
  char name[4];
  for (size_t row = 0; row < baskets; row++) {
    const int32_t *codes;
    const size_t n = column_set(sets, row, &codes);
    items += n;
    empty += n == 0;
    largest = n > largest ? n : largest;
  }
  text_printf(out, _("%1$s: baskets: %2$zu, items in all: %3$zu, different items: %4$zu\n"), lines->path,
              baskets, items, column_levels(sets));
  if (baskets > 0 && items > 0) {
    text_printf(out, _("items in a basket: %1$.4g on average, at most %2$zu; density: %3$.4g\n"),
                (double)items / (double)baskets, largest,
                (double)items / (double)baskets / (double)column_levels(sets));
  }
  text_puts(out, notes ? text_data(notes) : "");
  text_printf(out, _("separator: %s"), separator_name(lines->how.separator, name));
  if (lines->found && lines->how.separator != ' ') {
    text_printf(out, _(", which %1$zu of the first %2$zu lines have; sep = \" \" decides otherwise"),
                lines->lines_with, lines->lines_looked);
  } else if (lines->found) {
    text_puts(out, _(", since no line has a tab, semicolon, bar or comma; sep = \",\" decides otherwise"));
  }
  text_char(out, '\n');
  if (empty > 0) {
    text_printf(out, _("empty baskets: %zu\n"), empty);
  }
  if (lines->empty_items > 0) {
    text_printf(out, _("empty items dropped: %zu\n"), lines->empty_items);
  }
  if (lines->items > items) {
    text_printf(out, _("items given twice in a basket, dropped: %zu\n"), lines->items - items);
  }
}

static Status finish(Lines *lines, const Text *notes, Frame **out, Error *e)
{
  Column *sets = NULL;
  Frame *bare = NULL;
  Text report = {0};
  Builder *builder = lines->sets;
  static const char *const names[] = {"items"};
  Status status;
  lines->sets = NULL;
  TRY(builder_finish(builder, &sets, e));
  add_report(lines, sets, notes, &report);
  TRY(text_status(&report, e));
  const Column *const columns[] = {sets};
  TRY(frame_new(names, columns, 1, &bare, e));
  TRY(frame_with_origin(bare, text_data(&report), NULL, out, e));
done:
  text_free(&report);
  column_unref(sets);
  frame_unref(bare);
  return status;
}

Status baskets_of_lines(const char *bytes, size_t size, const char *path, const BasketLines *how,
                        const Text *notes, Task *task, Frame **out, Error *e)
{
  Lines lines = {
      .bytes = bytes, .at = bytes, .end = bytes + size, .path = path, .how = *how, .task = task, .line = 1};
  Status status = STATUS_OK;
  *out = NULL;
  task_phase(task, _("reading baskets"));
  lines.sets = builder_new(TYPE_SET, 0);
  if (!lines.sets) {
    return error_memory(e, 0, _("baskets"));
  }
  while (how->header && !is_end(&lines, lines.at)) {
    lines.at++;
  }
  if (how->header) {
    pass_end(&lines);
  }
  if (!lines.how.separator) {
    find_separator(&lines);
  }
  TRY(read_all(&lines, e));
  TRY(lines.scratch.failed ? error_memory(e, 0, _("an item")) : STATUS_OK);
  TRY(finish(&lines, notes, out, e));
done:
  builder_free(lines.sets);
  text_free(&lines.scratch);
  return status;
}
