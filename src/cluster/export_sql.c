/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/export.h"

enum { TERMS_MOST = 4000 };

/* exponent: what a number without one gets: "E0" where a plain 4.2 would be a decimal, else "". */
void export_number(double value, const char *exponent, Text *out)
{
  char text[40];
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) {
      break;
    }
  }
  const bool has_exponent = strchr(text, 'e') != NULL;
  text_puts(out, text);
  text_puts(out, has_exponent ? "" : strchr(text, '.') ? exponent : exponent[0] ? exponent : ".0");
}

static void put_number(double value, Text *out)
{
  const bool negative = value < 0;
  text_puts(out, negative ? "(" : "");
  export_number(value, "E0", out);
  text_puts(out, negative ? ")" : "");
}

static void put_quoted(const char *text, char quote, Text *out)
{
  text_char(out, quote);
  for (; *text; text++) {
    text_add(out, text, 1);
    if (*text == quote) {
      text_char(out, quote);
    }
  }
  text_char(out, quote);
}

/* A comment must not end early. */
static void put_comment(const char *text, Text *out)
{
  text_puts(out, "-- ");
  for (; *text; text++) {
    text_char(out, *text == '\n' || *text == '\r' ? ' ' : *text);
  }
  text_char(out, '\n');
}

static void put_scaled(const Export *x, size_t j, Text *out)
{
  if (x->shift[j] == 0 && x->factor[j] == 1) {
    put_quoted(x->names[j], '"', out);
    return;
  }
  text_puts(out, "((");
  put_quoted(x->names[j], '"', out);
  text_puts(out, " - ");
  put_number(x->shift[j], out);
  text_puts(out, ") / ");
  put_number(x->factor[j], out);
  text_char(out, ')');
}

/* The difference of a variable from a centre; scaled values by name where a subquery has them. */
static void put_difference(const Export *x, size_t c, size_t j, bool named, Text *out)
{
  text_char(out, '(');
  if (named) {
    text_printf(out, "z%zu", j + 1);
  } else {
    put_scaled(x, j, out);
  }
  text_puts(out, " - ");
  put_number(x->centres[c * x->d + j], out);
  text_char(out, ')');
}

static void put_distance(const Export *x, size_t c, bool named, Text *out)
{
  for (size_t j = 0; j < x->d; j++) {
    text_puts(out, j ? " + " : "");
    if (x->metric == EXPORT_ABSOLUTE) {
      text_puts(out, "ABS");
    } else {
      put_difference(x, c, j, named, out);
      text_puts(out, " * ");
    }
    put_difference(x, c, j, named, out);
  }
}

/* Nothing before a cluster was the nearest, so it is when it is no farther than those behind it. */
static void put_whens(const Export *x, bool named, Text *out)
{
  for (size_t c = 0; c + 1 < x->k; c++) {
    text_puts(out, "\n  WHEN ");
    for (size_t other = c + 1; other < x->k; other++) {
      text_puts(out, other > c + 1 ? "\n   AND " : "");
      if (named) {
        text_printf(out, "d%1$zu <= d%2$zu", c + 1, other + 1);
        continue;
      }
      put_distance(x, c, false, out);
      text_puts(out, "\n     <= ");
      put_distance(x, other, false, out);
    }
    text_printf(out, "\n    THEN %zu", c + 1);
  }
  text_printf(out, "\n  ELSE %zu\nEND", x->k);
}

static void put_missing(const Export *x, Text *out)
{
  text_puts(out, "CASE\n  WHEN ");
  for (size_t j = 0; j < x->d; j++) {
    text_puts(out, j ? " OR " : "");
    put_quoted(x->names[j], '"', out);
    text_puts(out, " IS NULL");
  }
  text_puts(out, " THEN NULL");
}

/* The distances once, in a subquery that sees the row around it. */
static void put_subquery(const Export *x, Text *out)
{
  put_missing(x, out);
  text_puts(out, "\n  ELSE (SELECT CASE");
  put_whens(x, true, out);
  text_puts(out, "\n  FROM (SELECT ");
  for (size_t c = 0; c < x->k; c++) {
    text_puts(out, c ? ",\n    " : "");
    put_distance(x, c, true, out);
    text_printf(out, " AS d%zu", c + 1);
  }
  text_puts(out, "\n  FROM (SELECT ");
  for (size_t j = 0; j < x->d; j++) {
    text_puts(out, j ? ", " : "");
    put_scaled(x, j, out);
    text_printf(out, " AS z%zu", j + 1);
  }
  text_puts(out, ") AS scaled) AS distances)\nEND");
}

static void put_centres(const Export *x, Text *out)
{
  if (x->k > 1 && x->k * (x->k - 1) * x->d > TERMS_MOST) {
    put_subquery(x, out);
    return;
  }
  put_missing(x, out);
  put_whens(x, false, out);
}

/* ---- rules */

static void put_condition(const ExportCondition *c, Text *out)
{
  if (strcmp(c->operator, "false") == 0) {
    text_puts(out, "NOT ");
  }
  put_quoted(c->column, '"', out);
  if (strcmp(c->operator, "in") == 0) {
    text_puts(out, " IN (");
    for (size_t i = 0; i < c->n_levels; i++) {
      text_puts(out, i ? ", " : "");
      put_quoted(c->levels[i], '\'', out);
    }
    text_char(out, ')');
  } else if (c->operator[1] == '=') {
    text_printf(out, " %s ", c->operator);
    put_number(c->value, out);
  }
}

static void put_rules(const Export *x, Text *out)
{
  text_puts(out, "CASE");
  for (size_t i = 0; i < x->n_rules; i++) {
    text_puts(out, "\n  WHEN ");
    for (size_t j = 0; j < x->rules[i].n; j++) {
      text_puts(out, j ? " AND " : "");
      put_condition(&x->rules[i].conditions[j], out);
    }
    text_printf(out, " THEN %lld", (long long)x->rules[i].cluster);
  }
  text_puts(out, x->n_rules > 0 ? "" : "\n  WHEN 1 = 0 THEN 0");
  text_puts(out, "\n  ELSE NULL\nEND");
}

Status export_sql(const Export *x, const char *table, const char *column, Text *out, Error *e)
{
  if (!x->rules && (x->metric == EXPORT_LARGEST || x->metric == EXPORT_SPHERE)) {
    error_set(e, STATUS_STATE, "no-sql", _("the distances of %s need functions that standard SQL does not have"),
              x->method);
    return error_hint(e, _("take lua or json, or the rules: m:passport(df):export(\"segments.sql\")"));
  }
  put_comment(x->about, out);
  if (table) {
    text_puts(out, "SELECT t.*, ");
  }
  if (x->rules) {
    put_rules(x, out);
  } else {
    put_centres(x, out);
  }
  if (table) {
    text_puts(out, " AS ");
    put_quoted(column, '"', out);
    text_puts(out, "\nFROM ");
    put_quoted(table, '"', out);
    text_puts(out, " AS t;");
  }
  text_char(out, '\n');
  return text_status(out, e);
}
