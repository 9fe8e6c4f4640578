/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The import report: lines for the file (csv_report_file.c), a line per type with the columns of which there is no
 * more to say, a line for each other column, and the call that decides otherwise. A type gets a reason when it is
 * not plain from the cells: a text column that is mostly, or wholly, made of what looks like values. */
#include <stdio.h>
#include <string.h>

#include "io/csv_reader.h"
#include "io/report_columns.h"
#include "io/report_text.h"

enum { CELL_MOST = 30 };

typedef enum Group { GROUP_BOOL, GROUP_NUMBER, GROUP_TIME, GROUP_UTC, GROUPS } Group;

static int group_of(CsvKind kind)
{
  static const int groups[CSV_KINDS] = {[CSV_BOOL] = GROUP_BOOL,
                                        [CSV_INT] = GROUP_NUMBER,
                                        [CSV_FLOAT] = GROUP_NUMBER,
                                        [CSV_TIME] = GROUP_TIME,
                                        [CSV_TIME_UTC] = GROUP_UTC};
  return kind >= CSV_BOOL && kind <= CSV_TIME_UTC ? groups[kind] : -1;
}

/* What most of a text column's cells would be, -1 when none is a value. Ties: the group that came first. */
static int main_group(const CsvSeen *seen)
{
  size_t count[GROUPS] = {0};
  uint64_t first[GROUPS];
  int best = -1;
  memset(first, 0xFF, sizeof first);
  for (int kind = CSV_BOOL; kind <= CSV_TIME_UTC; kind++) {
    const int group = group_of((CsvKind)kind);
    count[group] += seen->count[kind];
    first[group] = seen->first[kind] < first[group] ? seen->first[kind] : first[group];
  }
  for (int group = 0; group < GROUPS; group++) {
    const bool more =
        best < 0 || count[group] > count[best] || (count[group] == count[best] && first[group] < first[best]);
    best = count[group] > 0 && more ? group : best;
  }
  return best;
}

/* The first cell that is not of the main group, and its kind; CSV_KINDS when there is none. */
static CsvKind culprit(const CsvSeen *seen, int group, uint64_t *offset)
{
  CsvKind found = CSV_KINDS;
  *offset = UINT64_MAX;
  for (int kind = CSV_BOOL; kind < CSV_KINDS; kind++) {
    const bool other = kind >= CSV_TEXT || group_of((CsvKind)kind) != group;
    if (other && seen->count[kind] > 0 && seen->first[kind] < *offset) {
      *offset = seen->first[kind];
      found = (CsvKind)kind;
    }
  }
  return found;
}

/* Codes, quoted values and values are worth a reason; plain words are not, unless they are the fewer. */
static bool is_obvious(const CsvSeen *seen)
{
  size_t all = 0;
  for (int kind = CSV_BOOL; kind < CSV_KINDS; kind++) {
    all += seen->count[kind];
  }
  return seen->count[CSV_TEXT] > all / 2 || all == 0;
}

static const char *reason_of(CsvKind kind, int group)
{
  switch (kind) {
    case CSV_ZERO_FIRST:
      return _("has a leading zero");
    case CSV_LONG_NUMBER:
      return _("has more than 18 digits");
    case CSV_PLUS_FIRST:
      return _("begins with '+'");
    case CSV_ODD_DECIMAL:
      return _("begins with '+' or a needless zero");
    case CSV_TOO_LARGE:
      return _("is too large for float64");
    case CSV_QUOTED:
      return _("is in quotes");
    case CSV_TIME:
    case CSV_TIME_UTC:
      if (group == GROUP_TIME || group == GROUP_UTC) {
        return group == GROUP_TIME ? _("has a zone, others have none") : _("has no zone, others have one");
      }
      break;
    default:
      break;
  }
  return group == GROUP_BOOL     ? _("is not true or false")
         : group == GROUP_NUMBER ? _("is no number")
                                 : _("is no date");
}

static void add_reason(const CsvReader *reader, const CsvSeen *seen, Text *out)
{
  const int group = main_group(seen);
  uint64_t offset;
  const CsvKind kind = culprit(seen, group, &offset);
  if (is_obvious(seen) || kind == CSV_KINDS) {
    return;
  }
  Text cell = {0};
  csv_excerpt(reader, offset, CELL_MOST, &cell);
  text_printf(out, _(", because '%1$s' at line %2$zu %3$s"), text_data(&cell), csv_line(reader, offset),
              reason_of(kind, group));
  out->failed = out->failed || cell.failed;
  text_free(&cell);
}

/* What there is to say of a column besides its type. */
static void add_details(const CsvReader *reader, size_t i, const Column *column, Text *out)
{
  const CsvSeen *seen = &reader->seen[i];
  const size_t missing = column_missing(column);
  const bool text = type_is_text(column_type(column));
  if (reader->columns[i].forced) {
    text_puts(out, _(", as asked for"));
  } else if (reader->columns[i].unknown) {
    text_puts(out, reader->rows > 0 ? _(", because every cell is missing") : _(", because there are no rows"));
  } else if (text) {
    add_reason(reader, seen, out);
  }
  if (missing > 0) {
    text_printf(out, _("; missing: %zu"), missing);
  }
  if (!text && seen->count[CSV_BLANKS] > 0) {
    text_printf(out, _(", of them blanks: %1$zu, first at line %2$zu"), seen->count[CSV_BLANKS],
                csv_line(reader, seen->first[CSV_BLANKS]));
  }
}

/* A line for each type that has columns without details, then a line for each column that has some, then what was
 * said of columns besides. */
static void add_columns(const CsvReader *reader, const Column *const *columns, const char *const *refined,
                        Text *out)
{
  ReportColumns lines = {0};
  Text details = {0};
  for (size_t k = 0; k < reader->n_picked; k++) {
    const size_t i = reader->picked[k];
    text_reset(&details);
    if (refined && refined[k][0]) {
      text_puts(&lines.others, refined[k]);
      continue;
    }
    add_details(reader, i, columns[k], &details);
    report_columns_add(&lines, reader->names[i], column_type(columns[k]), text_data(&details));
    out->failed = out->failed || details.failed;
  }
  report_columns_put(&lines, out);
  text_free(&details);
}

/* A text column that would read as numbers if asked to: the type to ask for. */
static bool other_type(const CsvSeen *seen, Type *type)
{
  const size_t decimals = seen->count[CSV_FLOAT] + seen->count[CSV_ODD_DECIMAL];
  const size_t whole = seen->count[CSV_ZERO_FIRST] + seen->count[CSV_PLUS_FIRST];
  const size_t other = seen->count[CSV_BOOL] + seen->count[CSV_TIME] + seen->count[CSV_TIME_UTC] +
                       seen->count[CSV_TEXT] + seen->count[CSV_LONG_NUMBER] + seen->count[CSV_TOO_LARGE] +
                       seen->count[CSV_QUOTED] + seen->count[CSV_BLANKS];
  *type = decimals > 0 ? TYPE_FLOAT64 : TYPE_INT64;
  return whole + seen->count[CSV_ODD_DECIMAL] > 0 && other == 0;
}

/* The call that decides otherwise, for the column where that is likeliest wanted. */
static void add_call(const CsvReader *reader, const Column *const *columns, Text *out)
{
  size_t chosen = 0;
  Type type = TYPE_STRING;
  for (size_t k = reader->n_picked; k > 0; k--) {
    if (!type_is_text(column_type(columns[k - 1]))) {
      chosen = k - 1;
    }
  }
  for (size_t k = reader->n_picked; k > 0; k--) {
    const size_t i = reader->picked[k - 1];
    Type other;
    if (!reader->columns[i].forced && type_is_text(column_type(columns[k - 1])) &&
        other_type(&reader->seen[i], &other)) {
      chosen = k - 1;
      type = other;
    }
  }
  const char *name = reader->names[reader->picked[chosen]];
  text_puts(out, _("to decide otherwise:\n"));
  text_puts(out, "  read(");
  report_string(out, reader->path);
  text_puts(out, ", {");
  report_types(out, name, type_name(type));
  text_puts(out, "})\n");
}

Status csv_report(const CsvReader *reader, const Column *const *columns, const char *const *refined, Text *out,
                  Error *e)
{
  csv_report_file(reader, columns, out);
  add_columns(reader, columns, refined, out);
  add_call(reader, columns, out);
  return text_status(out, e);
}
