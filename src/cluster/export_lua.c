/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segments as a Lua function without dependencies (Lua 5.1 and later), and as JSON. */
#include <string.h>

#include "cluster/export.h"

/* Bytes that a Lua text cannot hold as they are become \ddd. */
static void put_text(const char *text, Text *out)
{
  text_char(out, '"');
  for (; *text; text++) {
    const unsigned char c = (unsigned char)*text;
    if (c < 0x20 || c == 0x7f) {
      text_printf(out, "\\%03d", c);
    } else {
      text_puts(out, c == '"' || c == '\\' ? "\\" : "");
      text_add(out, text, 1);
    }
  }
  text_char(out, '"');
}

static void put_comment(const char *text, Text *out)
{
  text_puts(out, "-- ");
  for (; *text; text++) {
    text_char(out, *text == '\n' || *text == '\r' ? ' ' : *text);
  }
  text_char(out, '\n');
}

static void put_numbers(const double *values, size_t n, Text *out)
{
  text_char(out, '{');
  for (size_t i = 0; i < n; i++) {
    text_puts(out, i ? ", " : "");
    export_number(values[i], "", out);
  }
  text_char(out, '}');
}

/* The distance of the scaled row x to the centre m, in the order of predict's operations. */
static const char *distance_lines(ExportMetric metric)
{
  return metric == EXPORT_ABSOLUTE ? "      local off = x[j] - m[j]\n      d = d + (off < 0 and -off or off)\n"
       : metric == EXPORT_LARGEST  ? "      local off = x[j] - m[j]\n      off = off < 0 and -off or off\n"
                                     "      d = off > d and off or d\n"
                                   : "      local off = x[j] - m[j]\n      d = d + off * off\n";
}

static const char sphere_lines[] = "  local largest, square = 0.0, 0.0\n"
                                   "  for j = 1, #x do\n"
                                   "    local size = x[j] < 0 and -x[j] or x[j]\n"
                                   "    largest = size > largest and size or largest\n"
                                   "  end\n"
                                   "  if largest == 0 then\n"
                                   "    return nil\n"
                                   "  end\n"
                                   "  for j = 1, #x do\n"
                                   "    x[j] = x[j] / largest\n"
                                   "    square = square + x[j] * x[j]\n"
                                   "  end\n"
                                   "  local root = math.sqrt(square)\n"
                                   "  for j = 1, #x do\n"
                                   "    x[j] = x[j] / root\n"
                                   "  end\n";

static void put_centres(const Export *x, Text *out)
{
  text_puts(out, "local names = {");
  for (size_t j = 0; j < x->d; j++) {
    text_puts(out, j ? ", " : "");
    put_text(x->names[j], out);
  }
  text_puts(out, "}\nlocal shift = ");
  put_numbers(x->shift, x->d, out);
  text_puts(out, "\nlocal factor = ");
  put_numbers(x->factor, x->d, out);
  text_puts(out, "\nlocal centres = {\n");
  for (size_t c = 0; c < x->k; c++) {
    text_puts(out, "  ");
    put_numbers(x->centres + c * x->d, x->d, out);
    text_puts(out, ",\n");
  }
  text_puts(out, "}\nreturn function(row)\n"
                 "  local x = {}\n"
                 "  for j = 1, #names do\n"
                 "    local value = row[names[j]]\n"
                 "    if type(value) ~= \"number\" or value ~= value then\n"
                 "      return nil\n"
                 "    end\n"
                 "    x[j] = (value + 0.0 - shift[j]) / factor[j]\n"
                 "  end\n");
  text_puts(out, x->metric == EXPORT_SPHERE ? sphere_lines : "");
  text_puts(out, "  local best, nearest\n"
                 "  for c = 1, #centres do\n"
                 "    local m, d = centres[c], 0.0\n"
                 "    for j = 1, #m do\n");
  text_puts(out, distance_lines(x->metric));
  text_puts(out, "    end\n"
                 "    if not nearest or d < nearest then\n"
                 "      best, nearest = c, d\n"
                 "    end\n"
                 "  end\n"
                 "  return best\n"
                 "end\n");
}

static void put_condition(const ExportCondition *c, Text *out)
{
  if (strcmp(c->operator, "in") == 0) {
    for (size_t i = 0; i < c->n_levels; i++) {
      text_puts(out, i ? " or " : "(");
      text_puts(out, "row[");
      put_text(c->column, out);
      text_puts(out, "] == ");
      put_text(c->levels[i], out);
    }
    text_char(out, ')');
  } else if (c->operator[1] == '=') {
    text_puts(out, "number(row[");
    put_text(c->column, out);
    text_printf(out, "]) %s ", c->operator);
    export_number(c->value, "", out);
  } else {
    text_puts(out, "row[");
    put_text(c->column, out);
    text_printf(out, "] == %s", c->operator);
  }
}

static void put_rules(const Export *x, Text *out)
{
  text_puts(out, "local function number(value)\n"
                 "  return type(value) == \"number\" and value or 0 / 0\n"
                 "end\n"
                 "return function(row)\n");
  for (size_t i = 0; i < x->n_rules; i++) {
    text_puts(out, i ? "  elseif " : "  if ");
    for (size_t j = 0; j < x->rules[i].n; j++) {
      text_puts(out, j ? " and " : "");
      put_condition(&x->rules[i].conditions[j], out);
    }
    text_printf(out, " then\n    return %lld\n", (long long)x->rules[i].cluster);
  }
  text_puts(out, x->n_rules > 0 ? "  end\n  return nil\nend\n" : "  return number(nil) == row and 0 or nil\nend\n");
}

void export_lua(const Export *x, Text *out)
{
  put_comment(x->about, out);
  if (x->rules) {
    put_rules(x, out);
  } else {
    put_centres(x, out);
  }
}
