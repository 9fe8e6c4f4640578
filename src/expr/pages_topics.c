/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help pages of the functions of expressions, made from their tables: ?functions, ?round ... They are written
 * once, at the first question, into memory of their own. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "expr/function.h"
#include "registry/help.h"
#include "shape/aggregate.h"

enum { PAGES_MOST = 500, PAGE_BYTES = 256 * 1024 };

/* A row of any of the tables. */
typedef struct Row {
  const char *name, *types, *arguments, *help;
  const char *kind;
} Row;

static char bytes[PAGE_BYTES];
static size_t used;
static Topic pages[PAGES_MOST];
static TopicTable table = {pages, 0};

static void put(const char *format, ...) PRINTF(1, 2);

static void put(const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  const int n = vsnprintf(bytes + used, sizeof bytes - used, format, arguments);
  va_end(arguments);
  if (n > 0) {
    used = used + (size_t)n < sizeof bytes ? used + (size_t)n : sizeof bytes - 1;
  }
}

/* Row i of all tables one after the other; false past the end. */
static bool row_at(size_t i, Row *out)
{
  static const Row built_in[] = {
      {.name = "between", .types = "aaa:b", "x, low, high", "whether low <= x and x <= high", "of one row"},
      {.name = "coalesce", .types = "a*:a", "x, y, ...", "the first that is not missing", "of one row"},
      {.name = "if", .types = "baa:a", "condition, a, b",
       "a where the condition is true, b where it is false; if(c, a, c2, b, ... z) asks on", "of one row"}};
  enum { BUILT_IN = sizeof built_in / sizeof *built_in };
  if (i < BUILT_IN) {
    *out = built_in[i];
    return true;
  }
  i -= BUILT_IN;
  const Function *function;
  size_t n = 0;
  for (; (function = function_at(n)); n++) {
    if (n == i) {
      *out = (Row){function->name, function->types, function->arguments, function->help, "of one row"};
      return true;
    }
  }
  i -= n;
  for (n = 0; aggregate_at(n); n++) {
  }
  const ShapeFunction *shape = i < n ? aggregate_at(i) : window_at(i - n);
  if (shape) {
    *out = (Row){shape->name, shape->types, shape->arguments, shape->help, i < n ? "an aggregate" : "a window"};
  }
  return shape != NULL;
}

static const char *letter_words(char letter)
{
  switch (letter) {
  case 'f':
  case 'n': return _("number");
  case 'i': return _("whole number");
  case 'b': return _("true or false");
  case 't': return _("time");
  case 's': return _("text");
  case 'e': return _("set");
  case 'k': return _("constant number");
  case 'K': return _("constant text");
  default: return _("anything");
  }
}

/* "number, perhaps whole number; gives number". */
static void put_types(const char *types)
{
  bool optional = false;
  const char *comma = "";
  for (; *types && *types != ':'; types++) {
    if (*types == '?') {
      optional = true;
    } else if (*types == '*') {
      put(_(" ..."));
    } else {
      put("%s%s%s", comma, optional ? _("perhaps ") : "", letter_words(*types));
      comma = ", ";
    }
  }
  put("%s%s", comma[0] ? _("; gives ") : _("gives "), letter_words(types[0] ? types[1] : 'a'));
}

static void put_row(const Row *row)
{
  put("%s(%s): %s.\n  ", row->name, row->arguments, row->help);
  put_types(row->types);
  put(_(" (%s)\n"), strcmp(row->kind, "of one row") == 0 ? _("of one row")
                    : strcmp(row->kind, "a window") == 0 ? _("a window")
                                                         : _("an aggregate"));
}

static bool has_page(const char *name)
{
  for (size_t i = 0; i < table.n; i++) {
    if (strcmp(pages[i].name, name) == 0) {
      return true;
    }
  }
  return false;
}

static void add_page(const char *name, const char *summary)
{
  const char *text = bytes + used;
  Row row;
  for (size_t i = 0; row_at(i, &row); i++) {
    if (strcmp(row.name, name) == 0) {
      put_row(&row);
    }
  }
  put(_("\nA function of expressions: ?expressions, ?functions."));
  used++; /* the NUL */
  pages[table.n++] = (Topic){name, summary, text};
}

/* ---- the list */

static void put_name(const char *name, const char **last)
{
  if (!*last || strcmp(*last, name) != 0) {
    put(" %s", name);
  }
  *last = name;
}

static void put_tables(void)
{
  const FunctionTable *functions;
  for (size_t i = 0; (functions = function_table_at(i)); i++) {
    const char *last = NULL;
    const char *end = strstr(functions->name, "_functions");
    put("\n%.*s:", end ? (int)(end - functions->name) : (int)strlen(functions->name), functions->name);
    for (size_t k = 0; k < functions->n; k++) {
      put_name(functions->functions[k].name, &last);
    }
  }
}

static bool stands_before(const ShapeFunction *(*at)(size_t), size_t i)
{
  size_t k = 0;
  while (k < i && strcmp(at(k)->name, at(i)->name) != 0) {
    k++;
  }
  return k < i;
}

static void put_shapes(const char *title, const ShapeFunction *(*at)(size_t))
{
  put("\n%s:", title);
  for (size_t i = 0; at(i); i++) {
    if (!stands_before(at, i)) {
      put(" %s", at(i)->name);
    }
  }
}

static void add_list(void)
{
  const char *text = bytes + used;
  put(_("?NAME explains one. Cell by cell:\nchoice: between coalesce if"));
  put_tables();
  put(_("\n\nA cell per group, from the cells of all its rows; missing ones are skipped:"));
  put_shapes(_("aggregates"), aggregate_at);
  put(_("\n\nA cell per row, from other rows of its group:"));
  put_shapes(_("windows"), window_at);
  used++;
  pages[table.n++] = (Topic){"functions", _("what can be called in expressions"), text};
}

static const TopicTable *make_pages(void)
{
  if (table.n == 0) {
    Row row;
    add_list();
    for (size_t i = 0; row_at(i, &row) && table.n < PAGES_MOST; i++) {
      if (!has_page(row.name)) {
        add_page(row.name, row.help);
      }
    }
  }
  return &table;
}

static const TopicSource function_topics = {"function", make_pages};
REGISTER_TOPIC_SOURCE(function_topics);
