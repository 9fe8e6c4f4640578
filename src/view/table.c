/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/table.h"

#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "view/number.h"
#include "view/width.h"

enum {
  ROWS_SHOWN = 20,       /* when the caller does not say */
  ROWS_LEAST = 2,        /* on the lowest screen: first and last */
  LINES_AROUND = 5,      /* names, types, rule, marks, and the prompt; footer apart */
  TEXT_LEAST = 16,       /* columns of a text or name that are kept before columns are left out */
  TEXT_MOST = 40,        /* a text gets no more of a screen's width */
  TEXT_MOST_WIDE = 200,  /* nor of a page without limit: one huge cell must not blow up every row */
  HIDDEN_LINES = 4       /* names of columns left out */
};

/* A column as it is laid out. */
typedef struct Field {
  const Column *column; /* NULL: the rows' numbers */
  const char *name;
  NumberFormat format;  /* of float64 */
  bool right;
  size_t wanted;        /* columns of the widest cell, type or name; not counted far beyond text_most */
  size_t natural;       /* the same, but a text takes no more than text_most */
  size_t least;         /* fewer and the field is left out */
  size_t width;
} Field;

typedef struct Table {
  const Frame *frame;
  const ViewStyle *style;
  TableOptions options;
  bool ascii;
  bool cut;             /* some text or name is cut */
  size_t rows, head, tail;
  size_t footer;        /* lines to be kept for it */
  Field *fields;
  size_t n, shown;      /* fields laid out; columns of the frame among them: its first ones */
  size_t text_most;
  Text cell;            /* scratch */
} Table;

/* ---- Cells --------------------------------------------------------------------------------------------- */

static bool field_valid(const Field *field, size_t row)
{
  return !field->column || column_valid(field->column, row);
}

/* The cell's text into the scratch. */
static void cell_text(Table *table, const Field *field, size_t row)
{
  text_reset(&table->cell);
  if (!field->column) {
    text_printf(&table->cell, "%zu", row + 1);
  } else if (column_type(field->column) == TYPE_FLOAT64 && column_valid(field->column, row)) {
    char number[NUMBER_SIZE];
    number_text(&field->format, column_float(field->column, row), number);
    text_puts(&table->cell, number);
  } else {
    column_cell_text(field->column, row, &table->cell);
  }
}

/* The number of the i-th row shown. */
static size_t shown_row(const Table *table, size_t i)
{
  return i < table->head ? i : table->rows - table->tail + (i - table->head);
}

static size_t shown_rows(const Table *table)
{
  return table->head + table->tail;
}

/* ---- Layout -------------------------------------------------------------------------------------------- */

static size_t least_of(size_t a, size_t b)
{
  return a < b ? a : b;
}

static size_t most_of(size_t a, size_t b)
{
  return a > b ? a : b;
}

/* How many rows go above and below the marks; one row alone is never replaced by marks. */
static void choose_rows(Table *table)
{
  size_t most = table->options.rows > 0 ? table->options.rows : ROWS_SHOWN;
  if (table->options.rows == 0 && table->style->height > 0) {
    const int room = table->style->height - LINES_AROUND - (int)table->footer;
    most = room > ROWS_SHOWN ? ROWS_SHOWN : room < ROWS_LEAST ? ROWS_LEAST : (size_t)room;
  }
  const bool whole = table->rows <= most || table->rows - most == 1;
  table->tail = whole ? 0 : most / 2;
  table->head = whole ? table->rows : most - table->tail;
}

static void see_numbers(const Table *table, Field *field)
{
  number_begin(&field->format, style_digits(table->style));
  for (size_t i = 0; i < shown_rows(table); i++) {
    const size_t row = shown_row(table, i);
    if (column_valid(field->column, row)) {
      number_see(&field->format, column_float(field->column, row));
    }
  }
  number_settle(&field->format);
}

static size_t widest_cell(Table *table, const Field *field)
{
  size_t widest = 1;
  for (size_t i = 0; i < shown_rows(table); i++) {
    cell_text(table, field, shown_row(table, i));
    const char *text = text_data(&table->cell);
    widest = most_of(widest, width_up_to(text, table->cell.size, table->text_most, table->ascii));
  }
  return widest;
}

static const char *field_type(const Field *field)
{
  return field->column ? type_name(column_type(field->column)) : "";
}

static void measure(Table *table, Field *field)
{
  const bool is_float = field->column && column_type(field->column) == TYPE_FLOAT64;
  field->right = !field->column || type_is_numeric(column_type(field->column));
  if (is_float) {
    see_numbers(table, field);
  }
  const size_t most = table->text_most, cells = widest_cell(table, field);
  const size_t name = width_up_to(field->name, strlen(field->name), most, table->ascii);
  const size_t type = table->options.inner ? 0 : strlen(field_type(field));
  field->wanted = most_of(cells, most_of(name, type));
  field->natural = most_of(field->right ? cells : least_of(cells, most), most_of(least_of(name, most), type));
  field->least = most_of(field->right ? cells : least_of(cells, TEXT_LEAST),
                         most_of(least_of(name, TEXT_LEAST), type));
}

static size_t gap(const Table *table)
{
  return table->style->plain ? 2 : 3;
}

/* Takes columns from the left while their least widths fit; columns behind them are not looked at. */
static void choose_columns(Table *table)
{
  const size_t room = style_width(table->style), columns = frame_columns(table->frame);
  size_t taken = 0, next = 0;
  table->n = 0;
  if (table->options.row_numbers) {
    table->fields[table->n++] = (Field){.name = ""};
    measure(table, &table->fields[0]);
    taken = table->fields[0].least;
  }
  for (; next < columns; next++) {
    Field *field = &table->fields[table->n];
    *field = (Field){.column = frame_column(table->frame, next), .name = frame_name(table->frame, next)};
    measure(table, field);
    const size_t more = field->least + (table->n > 0 ? gap(table) : 0);
    if (taken + more > room && next > 0) {
      break;
    }
    taken += more;
    table->n++;
  }
  table->shown = next;
}

/* Gives out the room that is left, a column at a time to each field that wants more. A first column wider
 * than the screen is cut to it. */
static void share_width(Table *table)
{
  const size_t room = style_width(table->style);
  size_t taken = table->n > 0 ? gap(table) * (table->n - 1) : 0;
  for (size_t i = 0; i < table->n; i++) {
    table->fields[i].width = table->fields[i].least;
    taken += table->fields[i].least;
  }
  for (bool wanted = true; wanted && taken < room;) {
    wanted = false;
    for (size_t i = 0; i < table->n && taken < room; i++) {
      Field *field = &table->fields[i];
      if (field->width < field->natural) {
        field->width++;
        taken++;
        wanted = true;
      }
    }
  }
  if (taken > room && table->n > 0) {
    Field *last = &table->fields[table->n - 1];
    const size_t excess = taken - room;
    last->width = last->width > excess ? last->width - excess : 1;
  }
  table->cut = false;
  for (size_t i = 0; i < table->n; i++) {
    table->cut = table->cut || table->fields[i].width < table->fields[i].wanted;
  }
}

/* ---- Lines --------------------------------------------------------------------------------------------- */

static void separator(const Table *table, size_t field, Text *out)
{
  if (field > 0 && table->style->plain) {
    text_puts(out, "  ");
  } else if (field > 0) {
    text_char(out, ' ');
    style_put(table->style, VIEW_MUTED, style_glyph(table->style, GLYPH_VERTICAL), out);
    text_char(out, ' ');
  }
}

/* One cell in its field; the last one is not filled up with blanks on its right. */
static void put_cell(const Table *table, size_t i, ViewRole role, const char *text, size_t length, Text *out)
{
  const Field *field = &table->fields[i];
  const size_t full = width_up_to(text, length, field->width, table->ascii);
  const size_t blanks = full < field->width ? field->width - full : 0;
  separator(table, i, out);
  if (field->right) {
    text_repeat(out, " ", blanks);
  }
  style_on(table->style, role, out);
  const size_t used = width_cut(out, text, length, field->width, table->ascii);
  style_off(table->style, role, out);
  if (!field->right && i + 1 < table->n) {
    text_repeat(out, " ", field->width - used);
  } else if (i + 1 < table->n) {
    text_repeat(out, " ", field->width - used - blanks);
  }
}

static void put_names(const Table *table, Text *out)
{
  for (size_t i = 0; i < table->n; i++) {
    put_cell(table, i, VIEW_HEADER, table->fields[i].name, strlen(table->fields[i].name), out);
  }
  text_char(out, '\n');
  if (!table->options.inner) {
    for (size_t i = 0; i < table->n; i++) {
      const char *type = field_type(&table->fields[i]);
      put_cell(table, i, VIEW_MUTED, type, strlen(type), out);
    }
    text_char(out, '\n');
  }
}

static void put_rule(const Table *table, Text *out)
{
  if (table->style->plain) {
    return;
  }
  const char *line = style_glyph(table->style, GLYPH_HORIZONTAL);
  style_on(table->style, VIEW_MUTED, out);
  for (size_t i = 0; i < table->n; i++) {
    if (i > 0) {
      text_puts(out, line);
      text_puts(out, style_glyph(table->style, GLYPH_CROSS));
      text_puts(out, line);
    }
    text_repeat(out, line, table->fields[i].width);
  }
  style_off(table->style, VIEW_MUTED, out);
  text_char(out, '\n');
}

static void put_row(Table *table, size_t row, Text *out)
{
  for (size_t i = 0; i < table->n; i++) {
    const Field *field = &table->fields[i];
    cell_text(table, field, row);
    const ViewRole role = field->column && field_valid(field, row) ? VIEW_PLAIN : VIEW_MUTED;
    put_cell(table, i, role, text_data(&table->cell), table->cell.size, out);
  }
  text_char(out, '\n');
}

static void put_marks(const Table *table, Text *out)
{
  const char *mark = style_glyph(table->style, GLYPH_ELLIPSIS);
  for (size_t i = 0; i < table->n; i++) {
    put_cell(table, i, VIEW_MUTED, mark, strlen(mark), out);
  }
  text_char(out, '\n');
}

static void put_rows(Table *table, Text *out)
{
  for (size_t i = 0; i < shown_rows(table) && !out->failed && !table->cell.failed; i++) {
    if (i == table->head) {
      put_marks(table, out);
    }
    put_row(table, shown_row(table, i), out);
  }
}

/* ---- Footer -------------------------------------------------------------------------------------------- */

static void shape(const Table *table, Text *line)
{
  const size_t columns = frame_columns(table->frame);
  text_printf(line, table->rows == 1 ? _("%zu row") : _("%zu rows"), table->rows);
  text_printf(line, " %s ", style_glyph(table->style, GLYPH_TIMES));
  text_printf(line, columns == 1 ? _("%zu column") : _("%zu columns"), columns);
}

/* "(20 shown)", "(20 rows, 6 columns shown)", "(long texts cut)". */
static void left_out(const Table *table, Text *line)
{
  const bool rows = table->tail > 0, columns = table->shown < frame_columns(table->frame);
  if (rows && columns) {
    const char *format = table->shown == 1 ? _(" (%1$zu rows, %2$zu column shown")
                                           : _(" (%1$zu rows, %2$zu columns shown");
    text_printf(line, format, shown_rows(table), table->shown);
  } else if (rows) {
    text_printf(line, _(" (%zu shown"), shown_rows(table));
  } else if (columns) {
    text_printf(line, table->shown == 1 ? _(" (%zu column shown") : _(" (%zu columns shown"), table->shown);
  }
  if (table->cut) {
    text_puts(line, rows || columns ? ", " : " (");
    text_puts(line, _("long texts cut"));
  }
  if (rows || columns || table->cut) {
    text_char(line, ')');
    if (table->style->more) {
      text_puts(line, "; ");
      text_puts(line, table->style->more);
    }
  }
}

/* Names that stand in a list of a bounded number of lines; "and 90 more" when there is no room for all. */
static void hidden_names(const Table *table, Text *line)
{
  const size_t columns = frame_columns(table->frame), width = least_of(style_width(table->style), 200);
  const size_t room = width * (HIDDEN_LINES - 1);
  text_puts(line, _("not shown: "));
  size_t used = line->size;
  for (size_t i = table->shown; i < columns; i++) {
    const char *name = frame_name(table->frame, i);
    used += least_of(width_up_to(name, strlen(name), TEXT_MOST, table->ascii), TEXT_MOST) + 2;
    if (i > table->shown && used > room && i + 1 < columns) {
      text_printf(line, _("and %zu more"), columns - i);
      return;
    }
    width_cut(line, name, strlen(name), TEXT_MOST, table->ascii);
    text_puts(line, i + 1 < columns ? ", " : "");
  }
}

/* "grouped by: region, year". */
static void group_names(const Table *table, Text *line)
{
  size_t n;
  const size_t *keys = frame_keys(table->frame, &n);
  text_puts(line, _("grouped by: "));
  for (size_t i = 0; i < n; i++) {
    const char *name = frame_name(table->frame, keys[i]);
    text_puts(line, i > 0 ? ", " : "");
    width_cut(line, name, strlen(name), TEXT_MOST, table->ascii);
  }
}

static void put_footer(Table *table, Text *out)
{
  size_t keys;
  (void)frame_keys(table->frame, &keys);
  const bool hidden = table->shown < frame_columns(table->frame);
  if (table->options.inner && !hidden && table->tail == 0) {
    return;
  }
  text_reset(&table->cell);
  shape(table, &table->cell);
  left_out(table, &table->cell);
  style_paragraph(table->style, VIEW_MUTED, text_data(&table->cell), 2, 0, 0, out);
  if (hidden) {
    text_reset(&table->cell);
    hidden_names(table, &table->cell);
    style_paragraph(table->style, VIEW_MUTED, text_data(&table->cell), 2, 0, HIDDEN_LINES, out);
  }
  if (keys > 0) {
    text_reset(&table->cell);
    group_names(table, &table->cell);
    style_paragraph(table->style, VIEW_MUTED, text_data(&table->cell), 2, 0, HIDDEN_LINES, out);
  }
}

static size_t footer_lines(Table *table)
{
  Text footer = {0};
  put_footer(table, &footer);
  size_t lines = 0;
  for (size_t i = 0; i < footer.size; i++) {
    lines += footer.data[i] == '\n';
  }
  text_free(&footer);
  return lines;
}

/* ---- All ----------------------------------------------------------------------------------------------- */

/* On a low screen a footer of several lines takes them from the rows, and with fewer rows other columns may
 * fit; each pass keeps at least as many lines for the footer as the one before. */
static void lay_out(Table *table)
{
  for (int pass = 0; pass < 5; pass++) {
    choose_rows(table);
    choose_columns(table);
    share_width(table);
    const size_t lines = footer_lines(table);
    if (lines <= table->footer) {
      break;
    }
    table->footer = lines;
  }
}

Status table_render(const Frame *frame, const TableOptions *options, const ViewStyle *style, Text *out,
                    Error *e)
{
  Table table = {.frame = frame, .style = style, .rows = frame_rows(frame), .footer = 1};
  table.ascii = style_ascii(style);
  table.options = options ? *options : (TableOptions){0};
  table.text_most = style->width > 0 ? TEXT_MOST : TEXT_MOST_WIDE;
  table.fields = mem_zero(frame_columns(frame) + 2, sizeof *table.fields);
  if (!table.fields) {
    out->failed = true;
    return error_memory(e, 0, _("a table"));
  }
  if (frame_columns(frame) > 0) {
    lay_out(&table);
    put_names(&table, out);
    put_rule(&table, out);
    put_rows(&table, out);
  }
  put_footer(&table, out);
  out->failed = out->failed || table.cell.failed;
  text_free(&table.cell);
  mem_free(table.fields);
  return text_status(out, e);
}

size_t table_lines(size_t rows, const TableOptions *options)
{
  const bool inner = options && options->inner;
  return rows + (inner ? 4 : 5); /* names, rule, marks, footer; types */
}
