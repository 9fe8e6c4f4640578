/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A passport for people: the lines of its card, and Markdown. */
#include <stdio.h>
#include <string.h>

#include "cluster/passport_primitives.h"

static bool there(const Column *column, size_t row)
{
  return column && column_valid(column, row);
}

static double number(const Model *model, const char *name, size_t row)
{
  return column_float(passport_column(model, "tidy", name), row);
}

static bool has(const Model *model, const char *name, size_t row)
{
  return there(passport_column(model, "tidy", name), row);
}

/* "105 rows (23.9%), 41.2% of spend (mean 3890)" */
static void put_size(const Model *model, size_t row, Text *out)
{
  text_printf(out, _("%1$.0f rows (%2$.1f%%)"), number(model, "size", row), 100 * number(model, "share", row));
  if (has(model, "value_share", row)) {
    text_printf(out, _(", %.1f%% of "), 100 * number(model, "value_share", row));
    passport_put_text(passport_column(model, "glance", "value_of"), 0, out);
  }
  if (has(model, "value_mean", row)) {
    char mean[32];
    passport_number(number(model, "value_mean", row), mean);
    text_printf(out, _(" (mean %s)"), mean);
  }
}

static void put_history(const Model *model, size_t row, const char *before, const char *after, Text *out)
{
  if (has(model, "stability", row)) {
    text_printf(out, _("%1$sstability %2$.2f%3$s"), before, number(model, "stability", row), after);
  }
  if (has(model, "former", row)) {
    text_printf(out, _("%1$swas segment %2$.0f; %3$.1f%% of its rows were there%4$s"), before,
                number(model, "former", row), 100 * number(model, "kept", row), after);
  } else if (has(model, "kept", row)) {
    text_printf(out, _("%1$snew: no former segment belongs to it%2$s"), before, after);
  }
  if (has(model, "share_change", row)) {
    text_printf(out, _("%1$sshare before %2$.1f%%, change %3$+.1f points%4$s"), before,
                100 * number(model, "share_before", row), 100 * number(model, "share_change", row), after);
  }
}

static void put_rows(const Model *model, size_t segment, const char *kind, Text *out)
{
  const Column *cluster = passport_column(model, "rows", "cluster"), *kinds = passport_column(model, "rows", "kind");
  const Column *rows = passport_column(model, "rows", "row");
  size_t shown = 0, length;
  for (size_t i = 0; cluster && kinds && rows && i < column_rows(cluster); i++) {
    const char *text = column_text(kinds, i, &length);
    if (column_int(cluster, i) == (int64_t)segment + 1 && length == strlen(kind) && memcmp(text, kind, length) == 0) {
      text_printf(out, "%s%lld", shown++ > 0 ? ", " : "", (long long)column_int(rows, i));
    }
  }
}

/* "rows to look at: 12, 40; at the border: 7, 99" or nothing. */
static void put_looks(const Model *model, size_t segment, const char *before, const char *after, Text *out)
{
  Text typical = {0}, border = {0};
  put_rows(model, segment, "typical", &typical);
  put_rows(model, segment, "border", &border);
  if (typical.size > 0) {
    text_printf(out, _("%1$stypical rows: %2$s"), before, text_data(&typical));
    if (border.size > 0) {
      text_printf(out, _("; at the border: %s"), text_data(&border));
    }
    text_puts(out, after);
  }
  text_free(&typical);
  text_free(&border);
}

static void put_rule(const Model *model, size_t row, Text *out)
{
  passport_put_text(passport_column(model, "tidy", "rule"), row, out);
}

void passport_card(const Model *model, Text *out)
{
  const size_t k = frame_rows(model_frame(model, "tidy"));
  for (size_t i = 0; i < k; i++) {
    text_printf(out, "%s%zu  ", i ? "\n" : "", i + 1);
    passport_put_text(passport_column(model, "tidy", "name"), i, out);
    text_puts(out, ": ");
    put_size(model, i, out);
    text_puts(out, "\n   ");
    passport_put_text(passport_column(model, "tidy", "differences"), i, out);
    if (has(model, "rule", i)) {
      text_puts(out, _("\n   rule: "));
      put_rule(model, i, out);
      text_printf(out, _(" (precision %1$.2f, recall %2$.2f)"), number(model, "precision", i),
                  number(model, "recall", i));
    }
    put_history(model, i, "\n   ", "", out);
    put_looks(model, i, "\n   ", "", out);
  }
}

/* ---- Markdown */

/* Text of data, with what Markdown would take for markup escaped. */
static void put_escaped(const char *text, size_t length, Text *out)
{
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '\n' || text[i] == '\r') {
      text_char(out, ' ');
      continue;
    }
    if (strchr("\\`*_{}[]<>#|~&", text[i])) {
      text_char(out, '\\');
    }
    text_char(out, text[i]);
  }
}

static void put_cell(const Column *column, size_t row, Text *out)
{
  if (there(column, row)) {
    size_t length;
    const char *text = column_text(column, row, &length);
    put_escaped(text, length, out);
  }
}

/* Code in as many backquotes as its content needs. */
static void put_code(const Column *column, size_t row, Text *out)
{
  size_t length, longest = 0, run = 0;
  const char *text = column_text(column, row, &length);
  for (size_t i = 0; i < length; i++) {
    run = text[i] == '`' ? run + 1 : 0;
    longest = run > longest ? run : longest;
  }
  text_repeat(out, "`", longest + 1);
  text_puts(out, longest > 0 ? " " : "");
  for (size_t i = 0; i < length; i++) {
    text_char(out, text[i] == '\n' || text[i] == '\r' ? ' ' : text[i]);
  }
  text_puts(out, longest > 0 ? " " : "");
  text_repeat(out, "`", longest + 1);
}

static void put_differences(const Model *model, size_t segment, Text *out)
{
  const Column *cluster = passport_column(model, "differences", "cluster");
  const Column *variable = passport_column(model, "differences", "variable"),
               *level = passport_column(model, "differences", "level");
  const Column *inside = passport_column(model, "differences", "inside"),
               *outside = passport_column(model, "differences", "outside");
  const Column *difference = passport_column(model, "differences", "difference");
  const Column *p = passport_column(model, "differences", "p_adjusted");
  text_puts(out,
            _("\n| variable | inside | outside | difference | p adjusted |\n| --- | ---: | ---: | ---: | ---: |\n"));
  for (size_t row = 0; row < column_rows(cluster); row++) {
    if (column_int(cluster, row) != (int64_t)segment + 1) {
      continue;
    }
    text_puts(out, "| ");
    put_cell(variable, row, out);
    if (there(level, row)) {
      text_puts(out, " = ");
      put_cell(level, row, out);
    }
    char in[32], rest[32];
    if (there(level, row)) {
      snprintf(in, sizeof in, "%.1f%%", 100 * column_float(inside, row));
      snprintf(rest, sizeof rest, "%.1f%%", 100 * column_float(outside, row));
    } else {
      passport_number(column_float(inside, row), in);
      passport_number(column_float(outside, row), rest);
    }
    text_printf(out, " | %s | %s | %+.2f | ", in, rest, column_float(difference, row));
    if (there(p, row)) {
      text_printf(out, "%.2g", column_float(p, row));
    }
    text_puts(out, " |\n");
  }
}

static void put_segment(const Model *model, size_t i, Text *out)
{
  text_printf(out, "\n## %zu. ", i + 1);
  put_cell(passport_column(model, "tidy", "name"), i, out);
  text_puts(out, "\n\n- ");
  put_size(model, i, out);
  text_puts(out, "\n");
  if (has(model, "rule", i)) {
    text_puts(out, _("- rule: "));
    put_code(passport_column(model, "tidy", "rule"), i, out);
    text_printf(out, _(", precision %1$.3f, recall %2$.3f\n"), number(model, "precision", i),
                number(model, "recall", i));
  } else {
    text_puts(out, _("- no rule tells it from the rest\n"));
  }
  put_history(model, i, "- ", "\n", out);
  put_looks(model, i, "- ", "\n", out);
  put_differences(model, i, out);
}

Status passport_markdown(const Model *model, Text *out, Error *e)
{
  const Model *fit = model_child(model, 0);
  text_printf(out, _("# %.0f segments\n\n"), model_number(model, "k"));
  text_printf(out, _("%1$.0f rows by %2$s; %3$.0f in no segment.\n"), model_number(model, "n"), model_name(fit),
              model_number(model, "unassigned"));
  for (size_t i = 0; i < frame_rows(model_frame(model, "tidy")); i++) {
    put_segment(model, i, out);
  }
  text_puts(
      out,
      _("\nDifferences are in standard deviations of the whole column, for shares in units of sqrt(p (1 - p)).\n"));
  return text_status(out, e);
}
