/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sheet.h"

#include <math.h>
#include <string.h>

#include "frame/parse_number.h"
#include "frame/parse_time.h"
#include "xml.h"

static const double day_us = 86400e6, day_ms = 86400e3;
static const double serial_most = 2958465.9999999998; /* 9999-12-31 */
enum { DAYS_1900 = 25569, DAYS_1904 = 24107, LEAP_SERIAL = 60 }; /* days from there to 1970 */

/* A table may be this much larger than its cells. */
static const size_t area_always = 50000000, area_by_cell = 100;

typedef enum CellType { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOL, CELL_ERROR, CELL_DATE } CellType;

typedef struct Parse {
  const Workbook *workbook;
  const CellRange *range;
  SheetCells *out;
  size_t most, row, column, next, last_row, cells;
  CellType type;
  size_t style;
  bool in_cell, in_value, in_phonetic, finished;
  Text text;
  const char *wrong;   /* what is not as it should be */
} Parse;

/* ---- values */

static CellFormat format_at(const Parse *p)
{
  return p->style < p->workbook->n_formats ? (CellFormat)p->workbook->formats[p->style] : FORMAT_NUMBER;
}

/* Microseconds since 1970 of a serial number; false when it is no date. */
static bool serial_time(const Workbook *w, double serial, int64_t *out)
{
  if (!(serial >= 0 && serial <= serial_most)) {
    return false;
  }
  const double days = w->since_1904 ? serial - DAYS_1904 : serial - DAYS_1900 + (serial < LEAP_SERIAL);
  const double whole = floor(days);
  *out = (int64_t)whole * (int64_t)day_us + (int64_t)nearbyint((days - whole) * day_ms) * 1000;
  return true;
}

static void put_number(Parse *p, size_t row, size_t column, double value)
{
  Gather *gather = p->out->gather;
  const CellFormat format = format_at(p);
  int64_t time;
  if (format == FORMAT_DATE && serial_time(p->workbook, value, &time)) {
    gather_time(gather, row, column, time, false);
  } else if (format == FORMAT_TIME) {
    p->out->times++;
    gather_float(gather, row, column, value);
  } else {
    gather_number(gather, row, column, value);
  }
}

static void put_text(Parse *p, size_t row, size_t column, const char *text, size_t length)
{
  if (length == 0) {
    p->out->empty++;
  } else {
    gather_text(p->out->gather, row, column, text, length);
  }
}

static void put_shared(Parse *p, size_t row, size_t column)
{
  const Workbook *w = p->workbook;
  int64_t number;
  if (!parse_int_forced(text_data(&p->text), p->text.size, &number) || number < 0 || (uint64_t)number >= w->n_strings) {
    p->wrong = _("a cell refers to a text that is not there");
    return;
  }
  const size_t from = number ? w->ends[number - 1] : 0;
  put_text(p, row, column, text_data(&w->strings) + from, w->ends[number] - from);
}

static void put_error(Parse *p)
{
  if (p->out->errors++ == 0) {
    cell_name(p->row, p->column, p->out->error_cell);
    text_add(&p->text, "", 0);
    const size_t n = p->text.size < sizeof p->out->error_text - 1 ? p->text.size : sizeof p->out->error_text - 1;
    memcpy(p->out->error_text, text_data(&p->text), n);
    p->out->error_text[n] = '\0';
  }
}

static void put_inline(Parse *p, size_t row, size_t column)
{
  Text plain = {0};
  if (memmem(text_data(&p->text), p->text.size, "_x", 2)) {
    text_add_unescaped(&plain, text_data(&p->text), p->text.size);
    put_text(p, row, column, text_data(&plain), plain.size);
    p->text.failed = p->text.failed || plain.failed;
    text_free(&plain);
  } else {
    put_text(p, row, column, text_data(&p->text), p->text.size);
  }
}

static void put_value(Parse *p, size_t row, size_t column)
{
  const char *text = text_data(&p->text);
  const size_t length = p->text.size;
  double value;
  int64_t time;
  bool utc;
  if (p->type == CELL_NUMBER &&
      (parse_short_decimal(text, length, &value) || parse_float_forced(text, length, &value))) {
    put_number(p, row, column, value);
  } else if (p->type == CELL_SHARED) {
    put_shared(p, row, column);
  } else if (p->type == CELL_BOOL && length == 1 && (*text == '0' || *text == '1')) {
    gather_bool(p->out->gather, row, column, *text == '1');
  } else if (p->type == CELL_ERROR) {
    put_error(p);
  } else if (p->type == CELL_DATE && parse_time(text, length, &time, &utc)) {
    gather_time(p->out->gather, row, column, time, utc);
  } else {
    put_inline(p, row, column);
  }
}

/* ---- cells */

/* The row and column that r="B12" says; those that follow the last cell when it says nothing. */
static void read_place(Parse *p, const char *place)
{
  size_t row = p->row, column = p->next;
  if (place) {
    size_t letters = 0, digits = 0;
    while (*place >= 'A' && *place <= 'Z' && letters <= SHEET_COLUMNS) {
      letters = letters * 26 + (size_t)(*place++ - 'A') + 1;
    }
    while (*place >= '0' && *place <= '9' && digits <= SHEET_ROWS) {
      digits = digits * 10 + (size_t)(*place++ - '0');
    }
    column = *place || letters == 0 ? SHEET_COLUMNS : letters - 1;
    row = digits == 0 ? SHEET_ROWS : digits - 1;
  }
  if (row >= SHEET_ROWS || column >= SHEET_COLUMNS) {
    p->wrong = _("a cell has no place");
    return;
  }
  p->row = row;
  p->column = column;
  p->next = column + 1;
}

static CellType cell_type(const char *type)
{
  if (!type || strcmp(type, "n") == 0) {
    return CELL_NUMBER;
  }
  return strcmp(type, "s") == 0   ? CELL_SHARED
         : strcmp(type, "b") == 0 ? CELL_BOOL
         : strcmp(type, "e") == 0 ? CELL_ERROR
         : strcmp(type, "d") == 0 ? CELL_DATE
                                  : CELL_TEXT; /* str, inlineStr */
}

static void begin_cell(Parse *p, const char **attributes)
{
  const char *place = NULL, *type = NULL, *style = NULL;
  int64_t number = 0;
  for (; attributes[0]; attributes += 2) { /* r, s and t have no prefix */
    const char *name = attributes[0];
    if (name[0] && !name[1]) {
      place = name[0] == 'r' ? attributes[1] : place;
      style = name[0] == 's' ? attributes[1] : style;
      type = name[0] == 't' ? attributes[1] : type;
    }
  }
  read_place(p, place);
  p->type = cell_type(type);
  p->style = style && parse_int_forced(style, strlen(style), &number) && number >= 0 ? (size_t)number : 0;
  p->in_cell = true;
  p->in_value = p->in_phonetic = false;
  text_reset(&p->text);
}

static void end_cell(Parse *p)
{
  const CellRange *range = p->range;
  SheetCells *out = p->out;
  p->in_cell = p->in_value = false;
  const bool inside =
      p->row >= range->top && p->row <= range->bottom && p->column >= range->left && p->column <= range->right;
  if (p->wrong || !inside || (p->text.size == 0 && p->type != CELL_SHARED && p->type != CELL_TEXT)) {
    return;
  }
  const size_t row = p->row - range->top, column = p->column - range->left;
  const bool fresh = row != p->last_row; /* rows rise, but need not */
  put_value(p, row, column);
  p->cells++;
  out->rows += fresh;
  p->last_row = row;
  out->first_column = column < out->first_column ? column : out->first_column;
  const size_t area = gather_rows(out->gather) * gather_columns(out->gather);
  if (area > area_always && area / area_by_cell > p->cells + area_always / area_by_cell) {
    p->wrong = "";
  }
}

/* <row r="5">: a row without a number follows the last one. */
static void begin_row(Parse *p, const char **attributes)
{
  const char *text = xml_attribute(attributes, "r");
  int64_t number;
  if (text) {
    const bool fine = parse_int_forced(text, strlen(text), &number) && number > 0 && number <= SHEET_ROWS;
    p->row = fine ? (size_t)number - 1 : p->row;
    p->wrong = fine ? p->wrong : _("a row has no number");
  } else if (p->row + 1 >= SHEET_ROWS && p->row != SIZE_MAX) {
    p->wrong = _("it has too many rows");
  } else {
    p->row++;
  }
  p->next = 0;
  p->finished = p->finished || p->out->rows > p->most || (p->row != SIZE_MAX && p->row > p->range->bottom);
}

static void note_merged(Parse *p, const char **attributes)
{
  const char *place = xml_attribute(attributes, "ref");
  if (p->out->n_merged++ == 0 && place) {
    const size_t n = strlen(place) < sizeof p->out->merged - 1 ? strlen(place) : sizeof p->out->merged - 1;
    memcpy(p->out->merged, place, n);
    p->out->merged[n] = '\0';
  }
}

/* ---- the parser's calls */

static void on_start(void *context, const char *name, const char **attributes)
{
  Parse *p = context;
  if (p->in_cell) {
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
      p->in_value = !p->in_phonetic;
    } else if (strcmp(name, "rPh") == 0) {
      p->in_phonetic = true;
    }
  } else if (strcmp(name, "c") == 0) {
    begin_cell(p, attributes);
  } else if (strcmp(name, "row") == 0) {
    begin_row(p, attributes);
  } else if (strcmp(name, "mergeCell") == 0) {
    note_merged(p, attributes);
  }
}

static void on_end(void *context, const char *name)
{
  Parse *p = context;
  if (!p->in_cell) {
    return;
  }
  if (strcmp(name, "c") == 0) {
    end_cell(p);
  } else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
    p->in_value = false;
  } else if (strcmp(name, "rPh") == 0) {
    p->in_phonetic = false;
  }
}

static void on_text(void *context, const char *text, int length)
{
  Parse *p = context;
  if (p->in_value) {
    text_add(&p->text, text, (size_t)length);
  }
}

static Status check(void *context, bool *done, Error *e)
{
  const Parse *p = context;
  const char *path = package_path(p->workbook->package);
  if (p->wrong && *p->wrong) {
    return error_set(e, STATUS_FORMAT, "bad-workbook", _("'%1$s' is damaged: %2$s"), path, p->wrong);
  }
  if (p->wrong) {
    error_set(e, STATUS_LIMIT, "workbook-limit", _("'%1$s': a few cells far apart span %2$zu rows and %3$zu columns"),
              path, gather_rows(p->out->gather), gather_columns(p->out->gather));
    return error_hint(e, _("say which cells are the table: range = \"A1:F100\""));
  }
  *done = p->finished;
  task_progress(package_task(p->workbook->package), p->row == SIZE_MAX ? 0 : p->row, 0);
  const Status status = gather_status(p->out->gather, e);
  return status == STATUS_OK ? text_status(&p->text, e) : status;
}

Status sheet_read(const Workbook *workbook, const WorkbookSheet *sheet, const CellRange *range, size_t most,
                  SheetCells *out, Error *e)
{
  static const XmlHandlers handlers = {.start = on_start, .end = on_end, .text = on_text, .check = check};
  *out = (SheetCells){.gather = gather_new(), .first_column = SHEET_COLUMNS};
  Parse p = {.workbook = workbook, .range = range, .out = out, .most = most, .row = SIZE_MAX, .last_row = SIZE_MAX};
  if (!out->gather) {
    return error_memory(e, 0, _("cells"));
  }
  task_phase(package_task(workbook->package), "cells");
  const Status status = xml_read(workbook->package, sheet->part, &handlers, &p, e);
  text_free(&p.text);
  return status;
}
