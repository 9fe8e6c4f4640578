/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "cluster/export.h"

static void put_text(const char *text, Text *out)
{
  text_char(out, '"');
  for (; *text; text++) {
    const unsigned char c = (unsigned char)*text;
    if (c < 0x20) {
      text_printf(out, "\\u%04x", c);
    } else {
      text_puts(out, c == '"' || c == '\\' ? "\\" : "");
      text_add(out, text, 1);
    }
  }
  text_char(out, '"');
}

static void put_centres(const Export *x, Text *out)
{
  static const char *const metrics[] = {"sqeuclidean", "manhattan", "chebyshev", "spherical"};
  text_printf(out, "  \"assign\": \"nearest centre\",\n  \"metric\": \"%s\",\n  \"variables\": [", metrics[x->metric]);
  for (size_t j = 0; j < x->d; j++) {
    text_puts(out, j ? ",\n    {\"name\": " : "\n    {\"name\": ");
    put_text(x->names[j], out);
    text_puts(out, ", \"shift\": ");
    export_number(x->shift[j], "", out);
    text_puts(out, ", \"factor\": ");
    export_number(x->factor[j], "", out);
    text_char(out, '}');
  }
  text_puts(out, "\n  ],\n  \"clusters\": [");
  for (size_t c = 0; c < x->k; c++) {
    text_printf(out, "%1$s\n    {\"cluster\": %2$zu, \"centre\": [", c ? "," : "", c + 1);
    for (size_t j = 0; j < x->d; j++) {
      text_puts(out, j ? ", " : "");
      export_number(x->centres[c * x->d + j], "", out);
    }
    text_puts(out, "]}");
  }
  text_puts(out, "\n  ]\n");
}

static void put_condition(const ExportCondition *c, Text *out)
{
  text_puts(out, "{\"column\": ");
  put_text(c->column, out);
  text_printf(out, ", \"operator\": \"%s\"", c->operator);
  if (strcmp(c->operator, "in") == 0) {
    text_puts(out, ", \"value\": [");
    for (size_t i = 0; i < c->n_levels; i++) {
      text_puts(out, i ? ", " : "");
      put_text(c->levels[i], out);
    }
    text_char(out, ']');
  } else if (c->operator[1] == '=') {
    text_puts(out, ", \"value\": ");
    export_number(c->value, "", out);
  }
  text_char(out, '}');
}

static void put_rules(const Export *x, Text *out)
{
  text_puts(out, "  \"assign\": \"first rule\",\n  \"rules\": [");
  for (size_t i = 0; i < x->n_rules; i++) {
    text_printf(out, "%1$s\n    {\"cluster\": %2$lld, \"conditions\": [", i ? "," : "", (long long)x->rules[i].cluster);
    for (size_t j = 0; j < x->rules[i].n; j++) {
      text_puts(out, j ? ", " : "");
      put_condition(&x->rules[i].conditions[j], out);
    }
    text_puts(out, "]}");
  }
  text_puts(out, "\n  ]\n");
}

void export_json(const Export *x, Text *out)
{
  text_puts(out, "{\n  \"format\": \"assay-segments\",\n  \"version\": 1,\n  \"method\": ");
  put_text(x->method, out);
  text_puts(out, ",\n");
  if (x->rules) {
    put_rules(x, out);
  } else {
    put_centres(x, out);
  }
  text_puts(out, "}\n");
}
