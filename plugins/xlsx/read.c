/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One sheet of a workbook to a frame: which sheet, where the table begins, what its columns are called. */
#include "read.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "io/report_text.h"
#include "sheet.h"

enum { NAMES_SHOWN = 20, TITLES_MOST = 20, ROWS_MORE = 100, YEAR_FIRST = 1900, YEAR_LAST = 2100, TABLE_LEAST = 3 };

typedef struct Reading {
  const ReadRequest *request;
  const char *path;
  Task *task;
  Package *package;
  Workbook workbook;
  size_t sheet;
  CellRange range;
  SheetCells cells;
  size_t header, first;     /* rows of the cells; header SIZE_MAX: none */
  size_t left, columns;
  size_t titles, blanks;    /* rows above the header that were passed over */
  char **names;
  Text source, call, report;
} Reading;

/* ---- which sheet */

static void list_sheets(const Workbook *w, Text *out)
{
  for (size_t i = 0; i < w->n_sheets && i < NAMES_SHOWN; i++) {
    text_printf(out, "%s%zu %s%s", i ? ", " : "", i + 1, w->sheets[i].name, w->sheets[i].hidden ? _(" (hidden)") : "");
  }
  text_puts(out, w->n_sheets > NAMES_SHOWN ? ", ..." : "");
}

static Status unknown_sheet(const Reading *r, const char *name, Error *e)
{
  const Workbook *w = &r->workbook;
  const char *names[NAMES_SHOWN];
  const size_t n = w->n_sheets < NAMES_SHOWN ? w->n_sheets : NAMES_SHOWN;
  Text list = {0};
  for (size_t i = 0; i < n; i++) {
    names[i] = w->sheets[i].name;
  }
  list_sheets(w, &list);
  error_set(e, STATUS_NAME, "unknown-sheet", _("'%1$s' has no sheet '%2$s'"), r->path, name);
  const size_t near = text_nearest(name, names, n);
  (void)(near < n ? error_hint(e, _("did you mean '%1$s'? sheets: %2$.400s"), names[near], text_data(&list))
                  : error_hint(e, _("sheets: %.400s"), text_data(&list)));
  text_free(&list);
  return STATUS_NAME;
}

/* The sheet of a name, or else of a number; without either the first that is not hidden. */
static Status find_sheet(Reading *r, const char *wanted, Error *e)
{
  const Workbook *w = &r->workbook;
  size_t found = SIZE_MAX;
  for (size_t i = w->n_sheets; i-- > 0;) {
    const WorkbookSheet *sheet = &w->sheets[i];
    const bool fits = wanted ? strcmp(sheet->name, wanted) == 0 : !sheet->hidden && sheet->part;
    found = fits ? i : found;
  }
  if (found == SIZE_MAX && wanted) {
    char *end;
    const unsigned long number = strtoul(wanted, &end, 10);
    found = *wanted >= '1' && *wanted <= '9' && *end == '\0' && number <= w->n_sheets ? number - 1 : SIZE_MAX;
  }
  if (found == SIZE_MAX && wanted) {
    return unknown_sheet(r, wanted, e);
  }
  found = found == SIZE_MAX ? 0 : found; /* all are hidden */
  if (w->n_sheets == 0 || !w->sheets[found].part) {
    return error_set(e, STATUS_DATA, "bad-data", _("'%1$s' has no cells in %2$s"), r->path,
                     w->n_sheets ? w->sheets[found].name : _("any sheet"));
  }
  r->sheet = found;
  return STATUS_OK;
}

static Status find_range(Reading *r, Error *e)
{
  r->range = (CellRange){0, 0, SHEET_ROWS - 1, SHEET_COLUMNS - 1};
  if (!r->request->range || range_parse(r->request->range, &r->range)) {
    return STATUS_OK;
  }
  error_set(e, STATUS_ARGUMENT, "bad-range", _("'%s' is no range of cells"), r->request->range);
  return error_hint(e, _("such as \"B2:F100\", \"B:F\", or \"B2\" for all from there on"));
}

/* ---- where the table begins */

static size_t filled(const Reading *r, size_t row)
{
  size_t n = 0;
  for (size_t c = 0; c < gather_columns(r->cells.gather); c++) {
    n += gather_kind(r->cells.gather, row, c) != GATHER_NONE;
  }
  return n;
}

/* Whether a row of one cell alone, in a table of several columns, is a title above it. */
static bool is_title(const Reading *r, size_t row, size_t width)
{
  return width >= TABLE_LEAST && filled(r, row) == 1;
}

static void find_top(Reading *r)
{
  const size_t rows = gather_rows(r->cells.gather);
  size_t at = 0, width = 0;
  if (r->request->csv->skip_given) {
    r->first = r->request->csv->skip < rows ? r->request->csv->skip : rows;
    return;
  }
  while (at < rows && filled(r, at) == 0) {
    at++;
  }
  r->blanks = at;
  for (size_t row = at; row < rows && row < at + 2 * TITLES_MOST; row++) {
    const size_t n = filled(r, row);
    width = n > width ? n : width;
  }
  for (size_t n = 0; !r->request->range && n < TITLES_MOST && at + 1 < rows && is_title(r, at, width); n++) {
    r->titles++;
    for (at++; at < rows && filled(r, at) == 0; at++) {
      r->blanks++;
    }
  }
  r->first = at;
}

/* All texts, or texts and years: "region 2023 2024". */
static bool looks_like_header(const Reading *r, size_t row)
{
  const Gather *g = r->cells.gather;
  size_t texts = 0, others = 0;
  for (size_t c = 0; c < gather_columns(g); c++) {
    Text cell = {0};
    const GatherKind kind = gather_kind(g, row, c);
    gather_show(g, row, c, &cell);
    const long year = kind == GATHER_INT ? strtol(text_data(&cell), NULL, 10) : 0;
    texts += kind == GATHER_TEXT;
    others += kind != GATHER_TEXT && kind != GATHER_NONE && !(year >= YEAR_FIRST && year <= YEAR_LAST);
    text_free(&cell);
  }
  return texts > 0 && others == 0;
}

static void find_header(Reading *r)
{
  const CsvHeader wanted = r->request->csv->header;
  const size_t rows = gather_rows(r->cells.gather);
  const bool header =
      r->first < rows && (wanted == CSV_HEADER_YES || (wanted == CSV_HEADER_AUTO && looks_like_header(r, r->first)));
  r->header = header ? r->first : SIZE_MAX;
  r->first += header;
}

/* ---- names */

static Status take_name(Reading *r, size_t column, Error *e)
{
  Text cell = {0};
  if (r->header != SIZE_MAX) {
    gather_show(r->cells.gather, r->header, r->left + column, &cell);
  }
  const char *text = text_data(&cell);
  size_t length = cell.size;
  while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\n')) {
    length--;
  }
  const size_t blanks = strspn(text, " \n");
  const bool trimmed = length < cell.size || blanks > 0;
  r->names[column] = length > blanks ? mem_text(text + blanks, length - blanks) : mem_string("");
  if (trimmed && r->names[column] && *r->names[column]) {
    text_printf(&r->report, _("the header's blanks around '%s' were taken off\n"), r->names[column]);
  }
  const Status status = r->names[column] ? text_status(&cell, e) : error_memory(e, 0, _("the columns' names"));
  text_free(&cell);
  return status;
}

static Status take_names(Reading *r, Error *e)
{
  const CsvOptions *options = r->request->csv;
  Status status = STATUS_OK;
  if (options->n_headings > 0 && options->n_headings != r->columns) {
    error_set(e, STATUS_ARGUMENT, "names-do-not-fit", _("%1$zu names for %2$zu columns"), options->n_headings,
              r->columns);
    return error_hint(e, _("names must name every column of the sheet; range says which these are"));
  }
  r->names = mem_zero(r->columns + 1, sizeof *r->names);
  if (!r->names) {
    return error_memory(e, 0, _("the columns' names"));
  }
  for (size_t i = 0; status == STATUS_OK && i < r->columns; i++) {
    if (options->n_headings > 0) {
      r->names[i] = mem_string(options->headings[i]);
      status = r->names[i] ? STATUS_OK : error_memory(e, 0, _("the columns' names"));
    } else {
      status = take_name(r, i, e);
    }
  }
  return status;
}

/* ---- the report */

static void report_sheets(Reading *r)
{
  const Workbook *w = &r->workbook;
  if (w->n_sheets > 1) {
    Text list = {0};
    size_t other = r->sheet ? 0 : 1;
    list_sheets(w, &list);
    text_printf(&r->report, _("sheets: %s\n"), text_data(&list));
    if (!r->request->sheet) {
      text_puts(&r->report, _("the first was read; another: "));
      text_puts(&r->report, "read(");
      report_string(&r->report, r->path);
      text_puts(&r->report, ", {sheet = ");
      report_string(&r->report, w->sheets[other].name);
      text_puts(&r->report, "})\n");
    }
    text_free(&list);
  }
}

static void report_place(Reading *r)
{
  const size_t top = r->range.top;
  if (r->titles > 0) {
    text_printf(&r->report, _("rows above the header that look like titles, passed over: %zu\n"), r->titles);
  }
  if (r->blanks > 0) {
    text_printf(&r->report, _("blank rows above the table, passed over: %zu\n"), r->blanks);
  }
  if (r->left > 0 && !r->request->range) {
    text_printf(&r->report, _("blank columns left of the table, passed over: %zu\n"), r->left);
  }
  if (r->header != SIZE_MAX) {
    text_printf(&r->report, _("row %zu names the columns\n"), r->header + top + 1);
  } else {
    text_puts(&r->report, _("no row names the columns; if the first does: header = true\n"));
  }
}

static void report_cells(Reading *r, size_t blank)
{
  const SheetCells *c = &r->cells;
  if (blank > 0) {
    text_printf(&r->report, _("blank rows in the table, kept as missing: %zu\n"), blank);
  }
  if (c->errors > 0) {
    text_printf(&r->report, _("cells with an error, read as missing: %1$zu (%2$s first, %3$s)\n"), c->errors,
                c->error_cell, c->error_text);
  }
  if (c->n_merged > 0) {
    text_printf(
        &r->report,
        _("merged cells: %1$zu (%2$s first); the value is in the first cell of each, the others are missing\n"),
        c->n_merged, c->merged);
  }
  if (c->times > 0) {
    text_printf(&r->report, _("times of day without a date, read as fractions of a day: %zu\n"), c->times);
  }
  if (c->empty > 0) {
    text_printf(&r->report, _("empty texts, read as missing: %zu\n"), c->empty);
  }
}

static size_t blank_rows(const Reading *r, size_t rows)
{
  size_t above = 0; /* rows with cells above the data */
  for (size_t row = 0; row < r->first; row++) {
    above += filled(r, row) > 0;
  }
  const size_t all = gather_rows(r->cells.gather) - r->first, with = r->cells.rows - above;
  return rows == all && all > with ? all - with : 0;
}

static Status make_frame(Reading *r, Frame **out, Error *e)
{
  const CsvOptions *options = r->request->csv;
  size_t rows = gather_rows(r->cells.gather) - r->first;
  const size_t blank = blank_rows(r, rows);
  rows = options->rows_given && options->rows < rows ? options->rows : rows;
  report_sheets(r);
  report_place(r);
  report_cells(r, blank);
  const GatherPlan plan = {.source = text_data(&r->source),
                           .call = text_data(&r->call),
                           .first = r->first,
                           .rows = rows,
                           .left = r->left,
                           .columns = r->columns,
                           .names = (const char *const *)r->names,
                           .shown = r->range.top + 1,
                           .markers = true,
                           .options = options};
  return gather_finish(r->cells.gather, &plan, r->task, &r->report, out, e);
}

/* ---- all of it */

static void find_width(Reading *r)
{
  const size_t columns = gather_columns(r->cells.gather);
  const bool ranged = r->request->range != NULL;
  r->left = ranged || r->cells.first_column >= columns ? 0 : r->cells.first_column;
  r->columns = columns - r->left;
  if (ranged && r->range.right < SHEET_COLUMNS - 1) { /* all that was asked for, blank or not */
    r->columns = r->range.right - r->range.left + 1;
  }
}

static Status read_sheet(Reading *r, Frame **out, Error *e)
{
  const CsvOptions *options = r->request->csv;
  const WorkbookSheet *sheet;
  size_t most = SIZE_MAX;
  Status status;
  TRY(find_range(r, e));
  TRY(workbook_open(r->package, &r->workbook, e));
  TRY(find_sheet(r, r->request->sheet, e));
  sheet = &r->workbook.sheets[r->sheet];
  text_printf(&r->source, _("%1$s, sheet %2$s"), r->path, sheet->name);
  text_puts(&r->call, "read(");
  report_string(&r->call, r->path);
  text_puts(&r->call, ", {sheet = ");
  report_string(&r->call, sheet->name);
  if (options->rows_given && options->rows < SHEET_ROWS) {
    most = options->rows + (options->skip_given ? options->skip : 0) + ROWS_MORE;
  }
  TRY(sheet_read(&r->workbook, sheet, &r->range, most, &r->cells, e));
  find_width(r);
  find_top(r);
  find_header(r);
  TRY(take_names(r, e));
  TRY(make_frame(r, out, e));
done:
  return status;
}

Status xlsx_read_package(Package *package, const ReadRequest *request, Frame **out, Error *e)
{
  Reading r = {.request = request, .path = package_path(package), .task = package_task(package), .package = package};
  *out = NULL;
  const Status status = read_sheet(&r, out, e);
  for (size_t i = 0; r.names && i < r.columns; i++) {
    mem_free(r.names[i]);
  }
  mem_free(r.names);
  gather_free(r.cells.gather);
  workbook_close(&r.workbook);
  text_free(&r.source);
  text_free(&r.call);
  text_free(&r.report);
  return status;
}

Status xlsx_read(const ReadRequest *request, Task *task, Frame **out, Error *e)
{
  Package *package = NULL;
  *out = NULL;
  Status status = package_open(request->path, task, &package, e);
  if (status == STATUS_OK) {
    status = xlsx_read_package(package, request, out, e);
  }
  package_close(package);
  return status;
}
