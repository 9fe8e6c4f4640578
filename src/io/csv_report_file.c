/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first half of the import report: how the file is written, where its table is, what was wrong with rows, each
 * with the call that decides otherwise. What is as everybody expects it (commas, names in the first line) takes no
 * line. */
#include <string.h>

#include "io/csv_reader.h"
#include "io/report_text.h"

enum { NAMES_MOST = 5 };

static void add_file(const CsvReader *reader, const Column *const *columns, Text *out)
{
  size_t missing = 0;
  for (size_t k = 0; k < reader->n_picked; k++) {
    missing += column_missing(columns[k]);
  }
  text_printf(out, _("%1$s: rows: %2$zu, columns: %3$zu, bytes: %4$llu, missing cells: %5$zu\n"), reader->path,
              reader->rows, reader->n_picked, (unsigned long long)reader->bytes, missing);
  text_puts(out, reader->notes);
  if (reader->plan->mark) {
    text_puts(out, _("a byte order mark at the start was passed over\n"));
  }
}

static const char *delimiter_name(const CsvGrammar *grammar)
{
  return grammar->blanks                         ? _("runs of blanks")
         : strcmp(grammar->delimiter, "\t") == 0 ? _("tabs")
         : strcmp(grammar->delimiter, " ") == 0  ? _("blanks")
         : strcmp(grammar->delimiter, ",") == 0  ? _("commas")
         : strcmp(grammar->delimiter, ";") == 0  ? _("semicolons")
                                                 : NULL;
}

/* How fields are parted and quoted, when it is not by commas and double quotes. */
static void add_grammar(const CsvReader *reader, Text *out)
{
  const CsvGrammar *grammar = &reader->plan->grammar;
  const CsvOptions *options = reader->options;
  if (!options->delimiter && grammar->delimiter[0] && (strcmp(grammar->delimiter, ",") != 0 || grammar->padded)) {
    const char *name = delimiter_name(grammar);
    text_puts(out, _("fields are parted by "));
    if (name) {
      text_puts(out, name);
    } else {
      report_string(out, grammar->delimiter);
    }
    text_puts(out, grammar->padded ? _(" and blanks\n") : "\n");
  }
  if (!options->delimiter && !grammar->delimiter[0]) {
    text_puts(out, _("no delimiter was found: each line is one field\n"));
  }
  if (!options->quote && grammar->quote != '"') {
    text_puts(out, grammar->quote ? _("fields are quoted by '\n") : _("quotes stand for themselves\n"));
  }
  if (!options->escape && grammar->escape) {
    text_printf(out, _("'%c' takes the next character as it is\n"), grammar->escape);
  }
  if (grammar->cr) {
    text_puts(out, _("lines end in CR\n"));
  }
}

static void add_header(const CsvReader *reader, Text *out)
{
  const CsvPlan *plan = reader->plan;
  const size_t line = reader->mended && reader->mended->n ? reader->mended->places[0].line
                                                          : csv_count_lines(&reader->source, 0, plan->table) + 1;
  if (line > 1 && !reader->options->skip_given) {
    text_printf(out, _("lines above the table were passed over: %zu\n"), line - 1);
  }
  if (plan->header_rows == 0 && reader->options->header == CSV_HEADER_AUTO) {
    text_puts(out, _("the first line is a row, not a header\n"));
  }
  if (plan->header_rows > 1) {
    text_printf(out, _("the header has %zu lines, joined by column\n"), plan->header_rows);
  }
  if (plan->row_names) {
    text_puts(out, _("the header has no name for the first column\n"));
  } else if (plan->header_rows && plan->header_fields < plan->columns) {
    text_printf(out, _("the header has %1$zu names for %2$zu columns\n"), plan->header_fields, plan->columns);
  }
}

/* The columns that got their names in one way, at most some of them. */
static void add_names(const CsvReader *reader, CsvNaming naming, const char *format, Text *out)
{
  Text list = {0};
  size_t n = 0;
  for (size_t i = 0; i < reader->n; i++) {
    if (reader->naming[i] == naming && n++ < NAMES_MOST) {
      text_printf(&list, "%s'%s'", n > 1 ? ", " : "", reader->names[i]);
    }
  }
  if (n > NAMES_MOST) {
    text_puts(&list, ", ...");
  }
  if (n > 0) {
    text_puts(out, format);
    text_printf(out, "%s\n", text_data(&list));
  }
  out->failed = out->failed || list.failed;
  text_free(&list);
}

static void add_marks(const CsvReader *reader, Text *out)
{
  static const char *const formats[MEND_KINDS] = {
      [MEND_FILLED] =
          N_("rows with too few fields, filled with missing cells at the end: %1$zu, first at line %2$zu\n"),
      [MEND_CUT] =
          N_("rows with empty fields too many at the end, which were dropped: %1$zu, first at line %2$zu\n"),
      [MEND_QUOTES] = N_("rows with wrong quotes, put right: %1$zu, first at line %2$zu\n"),
      [MEND_DELIMITER] = N_("rows with another delimiter than the file's: %1$zu, first at line %2$zu\n"),
      [MEND_BLANK] = N_("blank lines passed over: %1$zu, first at line %2$zu\n"),
      [MEND_COMMENT] = N_("comment lines passed over: %1$zu, first at line %2$zu\n"),
      [MEND_NUL] = N_("NUL bytes dropped: %1$zu, first at line %2$zu\n"),
      [MEND_FOOTER] = N_("lines below the table passed over: %1$zu, first at line %2$zu\n"),
      [MEND_REJECTED] = N_("rows rejected: %1$zu, first at line %2$zu; see df:rejects()\n"),
  };
  for (int kind = 0; reader->mended && kind < MEND_KINDS; kind++) {
    const CsvMark *mark = &reader->mended->marks[kind];
    if (mark->count > 0) {
      text_printf(out, _(formats[kind]), mark->count, mark->line);
    }
  }
  if (reader->mended && reader->mended->marks[MEND_REJECTED].count > 0 && reader->notes[0]) {
    text_puts(out, _("  their offsets count in the text unpacked and as UTF-8\n"));
  }
  if (reader->plan->footer_lines > 0) {
    text_printf(out, _("lines below the table passed over (footer = 0 keeps them): %zu\n"),
                reader->plan->footer_lines);
  }
  if (reader->mended && reader->mended->footer.size > 0) {
    text_printf(out, _("  the first of them: %s\n"), text_data(&reader->mended->footer));
  }
  if (reader->blank_lines > 0) {
    text_printf(out, _("blank lines at the end were passed over: %zu\n"), reader->blank_lines);
  }
}

static void add_option(const char *name, const char *value, Text *out)
{
  text_printf(out, ", %s = ", name);
  report_string(out, value);
}

/* The call that reads the file in the same way without finding anything out. */
static void add_same(const CsvReader *reader, Text *out)
{
  const CsvPlan *plan = reader->plan;
  const CsvGrammar *grammar = &plan->grammar;
  const char quote[2] = {grammar->quote, '\0'}, escape[2] = {grammar->escape, '\0'};
  const size_t line = reader->mended && reader->mended->n ? reader->mended->places[0].line
                                                          : csv_count_lines(&reader->source, 0, plan->table) + 1;
  const bool plain = strcmp(grammar->delimiter, ",") == 0 && grammar->quote == '"' && !grammar->escape &&
                     !grammar->padded && !plan->comment[0] && plan->header_rows == 1 && line == 1;
  if (plain || plan->header_rows > 1 || grammar->padded || grammar->blanks) {
    return;
  }
  text_puts(out, _("the same by hand:\n  read("));
  report_string(out, reader->path);
  text_puts(out, ", {header = ");
  text_puts(out, plan->header_rows ? "true" : "false");
  add_option("delimiter", grammar->delimiter, out);
  if (grammar->quote != '"') {
    add_option("quote", quote, out);
  }
  if (grammar->escape) {
    add_option("escape", escape, out);
  }
  if (plan->comment[0]) {
    add_option("comment", plan->comment, out);
  }
  if (line > 1) {
    text_printf(out, ", skip = %zu", line - 1);
  }
  text_puts(out, "})\n");
}

void csv_report_file(const CsvReader *reader, const Column *const *columns, Text *out)
{
  add_file(reader, columns, out);
  add_grammar(reader, out);
  add_header(reader, out);
  add_names(reader, CSV_TRIMMED, _("blanks around names were taken off: "), out);
  if (reader->plan->header_rows > 0) {
    add_names(reader, CSV_UNNAMED, _("columns without a name (names = {...} gives them some): "), out);
  }
  add_names(reader, CSV_REPEATED, _("names that stand twice got a number (names = {...} gives others): "), out);
  add_marks(reader, out);
  add_same(reader, out);
}
