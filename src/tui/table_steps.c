/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/table_steps.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "core/alloc.h"

/* ---- the list */

Status steps_add(TableSteps *steps, StepKind kind, const char *text, bool falling, Error *e)
{
  char *copy = text ? mem_string(text) : NULL;
  TableStep *items = mem_resize(steps->items, steps->n + 1, sizeof *items);
  if (items) {
    steps->items = items;
  }
  if (!items || (text && !copy)) {
    mem_free(copy);
    return error_memory(e, 0, _("the steps of a table"));
  }
  items[steps->n++] = (TableStep){.kind = kind, .falling = falling, .text = copy};
  return STATUS_OK;
}

void steps_cut(TableSteps *steps, size_t n)
{
  while (steps->n > n) {
    mem_free(steps->items[--steps->n].text);
  }
}

void table_steps_free(TableSteps *steps)
{
  steps_cut(steps, 0);
  mem_free(steps->items);
  *steps = (TableSteps){0};
}

Status steps_copy(const TableSteps *from, TableSteps *to, Error *e)
{
  TableSteps copy = {0};
  for (size_t i = 0; i < from->n; i++) {
    const Status status = steps_add(&copy, from->items[i].kind, from->items[i].text, from->items[i].falling, e);
    if (status != STATUS_OK) {
      table_steps_free(&copy);
      return status;
    }
  }
  table_steps_free(to);
  *to = copy;
  return STATUS_OK;
}

static bool is_rows(const TableStep *step)
{
  return step->kind == STEP_FILTER || step->kind == STEP_SORT;
}

bool steps_have_rows(const TableSteps *steps)
{
  for (size_t i = 0; i < steps->n; i++) {
    if (is_rows(&steps->items[i])) {
      return true;
    }
  }
  return false;
}

/* The first step of rows at or behind i. */
static const TableStep *next_rows(const TableSteps *steps, size_t *i)
{
  while (*i < steps->n && !is_rows(&steps->items[*i])) {
    ++*i;
  }
  return *i < steps->n ? &steps->items[(*i)++] : NULL;
}

bool steps_equal_rows(const TableSteps *a, const TableSteps *b)
{
  for (size_t i = 0, j = 0;;) {
    const TableStep *x = next_rows(a, &i), *y = next_rows(b, &j);
    if (!x || !y) {
      return !x && !y;
    }
    if (x->kind != y->kind || x->falling != y->falling || strcmp(x->text, y->text) != 0) {
      return false;
    }
  }
}

bool steps_hidden(const TableSteps *steps, const char *column)
{
  for (size_t i = steps->n; i > 0; i--) {
    const TableStep *step = &steps->items[i - 1];
    if (step->kind == STEP_SHOW) {
      return false;
    }
    if (step->kind == STEP_HIDE && strcmp(step->text, column) == 0) {
      return true;
    }
  }
  return false;
}

/* ---- orders */

/* Whether a later step of the same run of sorts, which ends before `end`, has the column too. */
static bool sorted_again(const TableSteps *steps, size_t i, size_t end)
{
  for (size_t j = i + 1; j < end; j++) {
    if (steps->items[j].kind == STEP_SORT && strcmp(steps->items[j].text, steps->items[i].text) == 0) {
      return true;
    }
  }
  return false;
}

/* Where the run of sorts that ends before `end` begins. */
static size_t run_start(const TableSteps *steps, size_t end)
{
  while (end > 0 && steps->items[end - 1].kind != STEP_FILTER) {
    end--;
  }
  return end;
}

int steps_sort_key(const TableSteps *steps, const char *column, bool *falling)
{
  size_t end = steps->n;
  for (size_t i = end; i > 0 && steps->items[i - 1].kind != STEP_SORT; i--) {
    end = i - 1; /* filters behind the last sort leave its order as it was */
  }
  const size_t start = run_start(steps, end);
  int place = 0;
  for (size_t i = end; i > start; i--) {
    const TableStep *step = &steps->items[i - 1];
    if (step->kind != STEP_SORT || sorted_again(steps, i - 1, end)) {
      continue;
    }
    place++;
    if (strcmp(step->text, column) == 0) {
      *falling = step->falling;
      return place;
    }
  }
  return 0;
}

/* Keys of the sorts in [start, end), the last one first; quoted as Lua, or in words. */
static void put_keys(const TableSteps *steps, size_t start, size_t end, bool lua, Text *out)
{
  Text key = {0};
  bool first = true;
  for (size_t i = end; i > start; i--) {
    const TableStep *step = &steps->items[i - 1];
    if (step->kind != STEP_SORT || sorted_again(steps, i - 1, end)) {
      continue;
    }
    text_reset(&key);
    text_puts(&key, step->falling ? "-" : "");
    text_puts(&key, step->text);
    text_puts(out, first ? "" : ", ");
    if (lua) {
      lua_quote(text_data(&key), key.size, out);
    } else {
      text_add(out, text_data(&key), key.size);
    }
    first = false;
  }
  out->failed = out->failed || key.failed;
  text_free(&key);
}

/* The end of the run of sorts that begins at i. */
static size_t run_end(const TableSteps *steps, size_t i)
{
  while (i < steps->n && steps->items[i].kind != STEP_FILTER) {
    i++;
  }
  return i;
}

/* ---- Lua */

void steps_lua_rows(const TableSteps *steps, const char *base, Text *out)
{
  text_puts(out, base);
  for (size_t i = 0; i < steps->n; i++) {
    const TableStep *step = &steps->items[i];
    if (step->kind == STEP_FILTER) {
      text_puts(out, ":filter(");
      lua_quote(step->text, strlen(step->text), out);
      text_puts(out, ")");
    } else if (step->kind == STEP_SORT) {
      const size_t end = run_end(steps, i);
      text_puts(out, ":sort(");
      put_keys(steps, i, end, true, out);
      text_puts(out, ")");
      i = end - 1;
    }
  }
}

static size_t last_show(const TableSteps *steps)
{
  for (size_t i = steps->n; i > 0; i--) {
    if (steps->items[i - 1].kind == STEP_SHOW) {
      return i;
    }
  }
  return 0;
}

void steps_lua(const TableSteps *steps, const char *base, Text *out)
{
  steps_lua_rows(steps, base, out);
  bool any = false;
  for (size_t i = last_show(steps); i < steps->n; i++) {
    const TableStep *step = &steps->items[i];
    if (step->kind == STEP_HIDE) {
      text_puts(out, any ? ", " : ":drop(");
      lua_quote(step->text, strlen(step->text), out);
      any = true;
    }
  }
  text_puts(out, any ? ")" : "");
}

void steps_words(const TableSteps *steps, Text *out)
{
  const size_t start = out->size;
  for (size_t i = 0; i < steps->n; i++) {
    const TableStep *step = &steps->items[i];
    if (!is_rows(step)) {
      continue;
    }
    text_puts(out, out->size > start ? "; " : "");
    if (step->kind == STEP_FILTER) {
      text_puts(out, step->text);
    } else {
      const size_t end = run_end(steps, i);
      text_puts(out, _("by "));
      put_keys(steps, i, end, false, out);
      i = end - 1;
    }
  }
}

void lua_quote(const char *text, size_t n, Text *out)
{
  text_char(out, '"');
  for (size_t i = 0; i < n; i++) {
    const unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\') {
      text_char(out, '\\');
      text_char(out, (char)c);
    } else if (c == '\n') {
      text_puts(out, "\\n");
    } else if (c < 0x20 || c == 0x7F) {
      text_printf(out, "\\x%02X", c);
    } else {
      text_char(out, (char)c);
    }
  }
  text_char(out, '"');
}

bool lua_is_name(const char *text)
{
  static const char *const words[] = {"and",      "break", "do",  "else", "elseif", "end",   "false", "for",
                                      "function", "goto",  "if",  "in",   "local",  "nil",   "not",   "or",
                                      "repeat",   "return", "then", "true", "until", "while"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strcmp(words[i], text) == 0) {
      return false;
    }
  }
  const char *at = text;
  while (isalnum((unsigned char)*at) || *at == '_') {
    at++;
  }
  return at > text && *at == '\0' && !isdigit((unsigned char)*text);
}

/* ---- the expression language (expr/expr_lex.h) */

static bool is_plain_name(const char *name)
{
  static const char *const words[] = {"or", "and", "not", "in", "is", "missing", "true", "false", "NA"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strcmp(words[i], name) == 0) {
      return false;
    }
  }
  if (*name == '\0' || isdigit((unsigned char)*name) || *name == '.') {
    return false;
  }
  for (; *name; name++) {
    const unsigned char c = (unsigned char)*name;
    if (c < 0x80 && !isalnum(c) && c != '_' && c != '.') {
      return false;
    }
  }
  return true;
}

/* The text between quotes of its kind, those within it twice. */
static void put_between(char quote, const char *text, size_t n, Text *out)
{
  text_char(out, quote);
  for (size_t i = 0; i < n; i++) {
    text_char(out, text[i]);
    if (text[i] == quote) {
      text_char(out, quote);
    }
  }
  text_char(out, quote);
}

void expression_name(const char *name, Text *out)
{
  if (is_plain_name(name)) {
    text_puts(out, name);
  } else {
    put_between('`', name, strlen(name), out);
  }
}

static void put_number(const char *name, double value, Text *out)
{
  char number[32];
  if (isnan(value)) {
    text_printf(out, "is_nan(%s)", name);
  } else if (isinf(value)) {
    text_printf(out, "is_infinite(%1$s) and %1$s %2$s 0", name, value > 0 ? ">" : "<");
  } else {
    text_of_double(value, number);
    text_printf(out, "%s == %s", name, number);
  }
}

static void put_set(const Column *cells, size_t row, const char *name, Text *out)
{
  const int32_t *codes;
  const size_t n = column_set(cells, row, &codes);
  text_printf(out, "size(%1$s) == %2$zu", name, n);
  for (size_t i = 0; i < n; i++) {
    size_t length;
    const char *item = column_level(cells, (size_t)codes[i], &length);
    text_puts(out, " and ");
    put_between('\'', item, length, out);
    text_printf(out, " in %s", name);
  }
}

void expression_time(const Column *cells, size_t row, const char *name, const char *relation, Text *out)
{
  const int64_t time = column_int(cells, row);
  if (*column_zone(cells) || time % 1000000 != 0) {
    text_printf(out, "int64(%1$s) %2$s %3$lld", name, relation, (long long)time);
    return;
  }
  Text shown = {0};
  column_cell_text(cells, row, &shown);
  for (char *at = shown.data; at && *at; at++) {
    *at = *at == ' ' ? 'T' : *at;
  }
  text_printf(out, "%1$s %2$s @%3$s", name, relation, text_data(&shown));
  out->failed = out->failed || shown.failed;
  text_free(&shown);
}

static void put_cell(const Column *cells, size_t row, const char *name, Text *out)
{
  size_t length;
  const char *text;
  switch (column_type(cells)) {
  case TYPE_FLOAT64:
    put_number(name, column_float(cells, row), out);
    break;
  case TYPE_INT64:
    text_printf(out, "%1$s == %2$lld", name, (long long)column_int(cells, row));
    break;
  case TYPE_BOOL:
    text_printf(out, column_int(cells, row) ? "%s" : "not %s", name);
    break;
  case TYPE_TIMESTAMP:
    expression_time(cells, row, name, "==", out);
    break;
  case TYPE_SET:
    put_set(cells, row, name, out);
    break;
  default:
    text = column_text(cells, row, &length);
    text_printf(out, "%s == ", name);
    put_between('\'', text, length, out);
  }
}

void expression_equal(const Frame *frame, size_t column, size_t row, Text *out)
{
  const Column *cells = frame_column(frame, column);
  Text name = {0};
  expression_name(frame_name(frame, column), &name);
  if (column_valid(cells, row)) {
    put_cell(cells, row, text_data(&name), out);
  } else {
    text_printf(out, "%s is missing", text_data(&name));
  }
  out->failed = out->failed || name.failed;
  text_free(&name);
}
