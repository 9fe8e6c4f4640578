/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the table begins in a sample whose grammar is known, which rows name its columns, and what the columns
 * hold.
 *
 * Rows are looked at as cells with shapes. Lines before the first row of the usual width are above the table, but
 * for a header that is a little shorter or longer than the rows. A row of text over columns of values is a header;
 * so is a row of text over text, unless its texts come again below: "republican, n, y" over votes is one of them. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/digest.h"
#include "io/csv_sniff.h"

enum { ROWS_MOST = 1000, SHAPES_MOST = 1 << 20 };

typedef struct Row {
  size_t begin, width, filled; /* fields; those that are not empty */
  size_t cells;                /* where its cells begin among all */
  bool last_empty;             /* its last field is */
  bool comment, faulty;        /* begins as one; its quotes are wrong */
} Row;

/* A cell: its shape, and whether it stands in quotes. */
typedef struct Cell {
  unsigned char shape, quoted, needless; /* needless: in quotes that it does not need */
  int32_t number;                        /* of a whole number of at most 9 digits, else -1 */
  uint32_t hash;                         /* of its text */
} Cell;

typedef struct Layout {
  CsvSample sample;
  CsvPlan *plan;
  Row *rows;
  size_t n;
  Cell *cells;
  size_t used, room;
  size_t width;  /* of most rows */
  size_t first;  /* the header or first row */
  bool needless; /* some quotes are not needed */
} Layout;

static int32_t whole_number(const char *text, size_t length)
{
  int32_t value = 0;
  for (size_t i = 0; i < length; i++) {
    if (text[i] < '0' || text[i] > '9') {
      return -1;
    }
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

static bool add_cells(Layout *layout, const CsvRecord *record, Row *row)
{
  if (layout->room - layout->used < record->n) {
    const size_t room = layout->room * 2 + record->n + 256;
    Cell *grown = mem_resize(layout->cells, room, sizeof *grown);
    if (!grown) {
      return false;
    }
    layout->cells = grown;
    layout->room = room;
  }
  row->cells = layout->used;
  for (size_t i = 0; i < record->n; i++) {
    const CsvPart *part = &record->parts[i];
    const char *text = layout->sample.bytes + part->begin;
    const size_t length = part->end - part->begin;
    const CsvShape shape = csv_shape(text, length);
    layout->cells[layout->used++] =
        (Cell){.shape = (unsigned char)shape,
               .quoted = part->quoted,
               .needless = part->quoted && !csv_needs_quotes(text, length, ',', record->n == 1),
               .number = length > 0 && length < 10 ? whole_number(text, length) : -1,
               .hash = (uint32_t)digest_hash(text, length)};
    row->filled += length > 0 && !csv_part_empty(layout->sample.bytes, part);
    row->last_empty = length == 0 && !part->quoted;
  }
  return true;
}

static Status read_rows(Layout *layout, Error *e)
{
  CsvRecord record = {.parts = NULL};
  size_t at = 0;
  bool good = true;
  layout->rows = mem_alloc(ROWS_MOST, sizeof *layout->rows);
  good = layout->rows != NULL;
  while (good && layout->n < ROWS_MOST && layout->used < SHAPES_MOST &&
         csv_sample_next(&layout->plan->grammar, &layout->sample, &at, &record)) {
    Row row = {.begin = record.begin, .width = record.n, .faulty = record.open};
    row.comment = csv_comment_mark(layout->sample.bytes + record.begin, record.end - record.begin)[0] != '\0';
    good = add_cells(layout, &record, &row);
    layout->rows[layout->n++] = row;
  }
  good = good && !record.failed;
  csv_record_free(&record);
  return good ? STATUS_OK : error_memory(e, 0, _("a sample of rows"));
}

static const Cell *cell_of(const Layout *layout, size_t row, size_t column)
{
  return &layout->cells[layout->rows[row].cells + column];
}

/* The width that most rows have; a wide one wins a tie. */
static size_t usual_width(const Layout *layout)
{
  size_t best = 1, most = 0;
  for (size_t i = 0; i < layout->n; i++) {
    size_t n = 0;
    for (size_t k = 0; k < layout->n; k++) {
      n += layout->rows[k].width == layout->rows[i].width;
    }
    if (n > most || (n == most && layout->rows[i].width > best)) {
      best = layout->rows[i].width;
      most = n;
    }
  }
  return best;
}

/* A row that is too wide and has a carriage return in it: rows that end in CR alone, now and then. */
static bool has_glued_rows(const Layout *layout)
{
  for (size_t i = 0; i < layout->n && layout->width > 1; i++) {
    const size_t begin = layout->rows[i].begin;
    const size_t end = i + 1 < layout->n ? layout->rows[i + 1].begin : layout->sample.size;
    const char *at = memchr(layout->sample.bytes + begin, '\r', end - begin);
    if (layout->rows[i].width > layout->width && at && at + 1 < layout->sample.bytes + end && at[1] != '\n') {
      return true;
    }
  }
  return false;
}

/* All cells are words, but for empty ones at the end. */
static bool is_all_words(const Layout *layout, size_t row)
{
  size_t n = layout->rows[row].width;
  while (n > 0 && cell_of(layout, row, n - 1)->shape == SHAPE_EMPTY) {
    n--;
  }
  for (size_t i = 0; i < n; i++) {
    if (cell_of(layout, row, i)->shape < SHAPE_WORD) {
      return false;
    }
  }
  return n > 0;
}

/* A title padded with delimiters to the table's width. */
static bool is_padded_title(const Layout *layout, size_t row)
{
  const Row *this = &layout->rows[row];
  const size_t least = layout->width / 4 > 1 ? layout->width / 4 : 1;
  if (layout->width < 3 || row + 1 >= layout->n || this->filled > least) {
    return false;
  }
  for (size_t next = row + 1; next < layout->n && next < row + 8; next++) {
    if (layout->rows[next].width >= layout->width && layout->rows[next].filled * 3 >= layout->width * 2) {
      return true;
    }
  }
  return false;
}

/* The header may have fields that no row has, or lack some. */
static bool is_odd_header(const Layout *layout, size_t row)
{
  const size_t width = layout->rows[row].width;
  if (layout->rows[row].comment || width == layout->width || width < 2 || !is_all_words(layout, row)) {
    return false;
  }
  return width > layout->width || width * 3 >= layout->width * 2;
}

static void count_shapes(const Layout *layout, size_t from, size_t column, size_t counts[SHAPE_COUNT])
{
  memset(counts, 0, SHAPE_COUNT * sizeof *counts);
  for (size_t row = from; row < layout->n; row++) {
    if (layout->rows[row].width == layout->width && !layout->rows[row].faulty &&
        !(layout->rows[row].comment && layout->width == 1)) {
      counts[cell_of(layout, row, column)->shape]++;
    }
  }
}

/* The shape of nearly all cells of a column from a row on; SHAPE_WORD when they differ, SHAPE_EMPTY when all are.
 */
static CsvShape column_shape(const Layout *layout, size_t from, size_t column)
{
  size_t counts[SHAPE_COUNT];
  count_shapes(layout, from, column, counts);
  const size_t all =
      counts[SHAPE_NUMBER] + counts[SHAPE_TIME] + counts[SHAPE_BOOL] + counts[SHAPE_WORD] + counts[SHAPE_ODD];
  for (size_t shape = SHAPE_NUMBER; shape <= SHAPE_BOOL; shape++) {
    if (counts[shape] > 0 && counts[shape] * 100 >= all * 80) {
      return (CsvShape)shape;
    }
  }
  return all ? SHAPE_WORD : SHAPE_EMPTY;
}

/* Years that rise by one, as names. */
static bool is_run(const Layout *layout, size_t row)
{
  int32_t last = -1;
  size_t n = 0;
  for (size_t i = 0; i < layout->rows[row].width; i++) {
    const int32_t number = cell_of(layout, row, i)->number;
    if (number < 0) {
      continue;
    }
    if (number < 1800 || number > 2100 || (last >= 0 && number != last + 1)) {
      return false;
    }
    last = number;
    n++;
  }
  return n >= 2;
}

/* Most cells of a column stand in quotes; a missing one tells nothing. */
static bool is_quoted_column(const Layout *layout, size_t from, size_t column)
{
  size_t all = 0, quoted = 0;
  for (size_t row = from; row < layout->n; row++) {
    if (layout->rows[row].width == layout->width && !layout->rows[row].faulty) {
      const Cell *cell = cell_of(layout, row, column);
      all += cell->quoted || cell->shape != SHAPE_EMPTY;
      quoted += cell->quoted;
    }
  }
  return quoted * 2 > all;
}

/* Values in quotes that are needed are texts. */
static bool holds_values(const Layout *layout, size_t from, size_t column)
{
  return csv_shape_is_value(column_shape(layout, from, column)) &&
         (layout->needless || !is_quoted_column(layout, from, column));
}

/* What a row says for and against being a header over the rows from `body` on. */
static void weigh(const Layout *layout, size_t row, size_t body, size_t *over, size_t *alike, size_t *values)
{
  const size_t width = layout->rows[row].width < layout->width ? layout->rows[row].width : layout->width;
  *over = *alike = *values = 0;
  for (size_t i = 0; i < width; i++) {
    const Cell *cell = cell_of(layout, row, i);
    const bool clear = !cell->quoted || (layout->needless && (body >= layout->n || is_quoted_column(layout, body, i)));
    const bool value = csv_shape_is_value((CsvShape)cell->shape) && clear;
    *values += value;
    if (holds_values(layout, body, i)) {
      *over +=
          cell->shape >= SHAPE_WORD || (!clear && cell->shape != SHAPE_EMPTY && !is_quoted_column(layout, body, i));
      *alike += value;
    }
  }
}

static void find_first(Layout *layout)
{
  size_t i = 0;
  while (i < layout->n && (layout->rows[i].width != layout->width || is_padded_title(layout, i) ||
                           (layout->rows[i].comment && layout->width == 1))) {
    i++;
  }
  if (i == layout->n) {
    i = 0;
  } else if (i > 0 && is_odd_header(layout, i - 1)) {
    size_t over, alike, values;
    weigh(layout, i, i + 1, &over, &alike, &values);
    i -= over == 0; /* else it is the header itself */
  }
  layout->first = i;
}

static bool is_same_row(const Layout *layout, size_t a, size_t b)
{
  for (size_t i = 0; i < layout->width; i++) {
    if (cell_of(layout, a, i)->hash != cell_of(layout, b, i)->hash) {
      return false;
    }
  }
  return true;
}

/* A column's first text comes again below, more than once and among others. Alone it would be an answer that is
 * named as its column. Rows that are the first as a whole may be its header written again; of one column, all are. */
static bool comes_again(const Layout *layout, size_t column)
{
  const uint32_t first = cell_of(layout, layout->first, column)->hash;
  size_t again = 0;
  bool others = false;
  for (size_t row = layout->first + 1; row < layout->n && !(again > 1 && others); row++) {
    if (layout->rows[row].width == layout->width && !layout->rows[row].faulty) {
      const Cell *cell = cell_of(layout, row, column);
      const bool same = cell->hash == first;
      again += same && (layout->width == 1 || !is_same_row(layout, layout->first, row));
      others = others || (!same && cell->shape != SHAPE_EMPTY);
    }
  }
  return again > 1 && others;
}

/* Most texts of the first row come again below in their columns, so it is a row as they are. Names seldom do. */
static bool is_row_of_texts(const Layout *layout)
{
  const size_t width = layout->rows[layout->first].width;
  size_t filled = 0, again = 0;
  for (size_t i = 0; width == layout->width && i < width; i++) {
    if (cell_of(layout, layout->first, i)->shape != SHAPE_EMPTY) {
      filled++;
      again += comes_again(layout, i);
    }
  }
  return again * 2 > filled;
}

static bool has_header(const Layout *layout)
{
  size_t over, alike, values;
  weigh(layout, layout->first, layout->first + 1, &over, &alike, &values);
  if (layout->first + 1 >= layout->n) {
    return values == 0;
  }
  if (alike > 0 && is_run(layout, layout->first)) {
    return true;
  }
  return over > 0 ? over >= alike : alike == 0 && !is_row_of_texts(layout);
}

/* A further row of text over columns of values: units, or the second half of names. */
static bool is_header_too(const Layout *layout, size_t row)
{
  size_t over, alike, values;
  if (row + 1 >= layout->n || layout->rows[row].width != layout->width || layout->rows[row].faulty) {
    return false;
  }
  weigh(layout, row, row + 1, &over, &alike, &values);
  size_t first_over, first_alike, first_values, kinds = 0;
  weigh(layout, layout->first, row + 1, &first_over, &first_alike, &first_values);
  for (size_t i = 0; i < layout->width; i++) {
    if (csv_shape_is_value((CsvShape)cell_of(layout, row, i)->shape)) {
      return false; /* in quotes too: a first row of codes */
    }
    kinds += holds_values(layout, row + 1, i);
  }
  return values == 0 && alike == 0 && over >= 2 && over * 2 > kinds && first_alike == 0;
}

static size_t header_rows(const Layout *layout, const CsvOptions *options)
{
  if (layout->n == 0 || options->header == CSV_HEADER_NO) {
    return 0;
  }
  if (options->header == CSV_HEADER_AUTO && !has_header(layout)) {
    return 0;
  }
  size_t rows = 1;
  while (options->header == CSV_HEADER_AUTO && rows < CSV_HEADER_MOST &&
         is_header_too(layout, layout->first + rows)) {
    rows++;
  }
  return rows;
}

/* All rows of the usual width end in an empty field: the delimiter ends their lines. */
static bool ends_in_delimiter(const Layout *layout)
{
  size_t rows = 0;
  for (size_t i = layout->first + 1; i < layout->n; i++) {
    if (layout->rows[i].width == layout->width) {
      rows++;
      if (!layout->rows[i].last_empty) {
        return false;
      }
    }
  }
  return rows > 0;
}

static bool has_needless_quotes(const Layout *layout)
{
  for (size_t i = 0; i < layout->n; i++) {
    for (size_t k = 0; k < layout->rows[i].width && !layout->rows[i].faulty; k++) {
      if (cell_of(layout, i, k)->needless) {
        return true;
      }
    }
  }
  return false;
}

/* Quotes everywhere tell nothing, unless all are needed: then each of them may be meant. What is above the table does
 * not count, and a row in twenty may have lost a quote, but not the first. */
static bool is_all_quoted(const Layout *layout)
{
  size_t rows = 0, bare = 0;
  for (size_t i = layout->first; i < layout->n; i++) {
    if (layout->rows[i].faulty || layout->rows[i].width != layout->width) {
      continue;
    }
    size_t quoted = 0;
    for (size_t k = 0; k < layout->plan->columns && k < layout->width; k++) {
      quoted += cell_of(layout, i, k)->quoted;
    }
    const size_t least = layout->width - layout->rows[i].last_empty;
    const bool all = quoted >= layout->plan->columns || quoted >= least;
    if (!all && i == layout->first) {
      return false;
    }
    bare += !all;
    rows++;
  }
  return layout->needless && bare * 20 <= rows;
}

static void find_columns(Layout *layout)
{
  CsvPlan *plan = layout->plan;
  const size_t header = plan->header_rows ? layout->rows[layout->first].width : layout->width;
  plan->columns = layout->width;
  plan->header_fields = header;
  if (header > layout->width) {
    plan->columns = header;
  } else if (header < layout->width && ends_in_delimiter(layout)) {
    plan->columns = layout->width - 1;
    plan->ends = true;
  }
  bool first_named = false; /* R's way: the names of rows stand in front, in quotes or as words or numbers */
  if (plan->header_rows && header + 1 == plan->columns) {
    size_t counts[SHAPE_COUNT];
    count_shapes(layout, layout->first + 1, layout->width - 1, counts);
    first_named = counts[SHAPE_EMPTY] * 2 < layout->n;
  }
  plan->row_names = first_named;
}

/* Lines that begin with a mark and are no rows make it the file's comment. */
static void find_comment(const Layout *layout, const CsvOptions *options)
{
  CsvPlan *plan = layout->plan;
  plan->comment_given = options->comment != NULL;
  if (options->comment) {
    memcpy(plan->comment, options->comment, strlen(options->comment) + 1);
    return;
  }
  for (size_t i = 0; i < layout->n && !plan->comment[0]; i++) {
    const Row *row = &layout->rows[i];
    if (row->comment && (row->width != layout->width || layout->width == 1) && i != layout->first) {
      const char *text = layout->sample.bytes + row->begin;
      const char *mark = csv_comment_mark(text, layout->sample.size - row->begin);
      memcpy(plan->comment, mark, strlen(mark) + 1);
    }
  }
}

static Status find_shapes(const Layout *layout, Error *e)
{
  CsvPlan *plan = layout->plan;
  plan->shapes = mem_alloc(plan->columns, 1);
  if (!plan->shapes) {
    return error_memory(e, plan->columns, _("a plan"));
  }
  for (size_t i = 0; i < plan->columns; i++) {
    const CsvShape shape =
        i < layout->width ? column_shape(layout, layout->first + plan->header_rows, i) : SHAPE_EMPTY;
    plan->shapes[i] = csv_shape_is_value(shape) ? (unsigned char)shape : SHAPE_WORD;
  }
  return STATUS_OK;
}

/* Rows that a comment's mark given by the user begins are none. */
static void drop_comments(Layout *layout, const CsvOptions *options)
{
  const size_t length = options->comment ? strlen(options->comment) : 0;
  size_t n = 0;
  for (size_t i = 0; length && i < layout->n; i++) {
    const Row row = layout->rows[i];
    const bool comment = layout->sample.size - row.begin >= length &&
                         memcmp(layout->sample.bytes + row.begin, options->comment, length) == 0;
    layout->rows[n] = row;
    n += !comment;
  }
  layout->n = length ? n : layout->n;
  for (size_t i = 0; options->comment && i < layout->n; i++) {
    layout->rows[i].comment = false;
  }
}

Status csv_layout(const CsvSample *sample, const CsvOptions *options, CsvPlan *plan, Error *e)
{
  Layout layout = {.sample = *sample, .plan = plan, .width = 1};
  Status status;
  TRY(read_rows(&layout, e));
  drop_comments(&layout, options);
  layout.width = usual_width(&layout);
  if (has_glued_rows(&layout)) {
    layout.sample.wanted = layout.width;
    layout.n = layout.used = 0;
    mem_free(layout.rows);
    TRY(read_rows(&layout, e));
    drop_comments(&layout, options);
  }
  layout.needless = has_needless_quotes(&layout);
  if (options->skip_given) {
    layout.first = 0;
  } else {
    find_first(&layout);
  }
  plan->table = plan->begin + (layout.n ? layout.rows[layout.first].begin : 0);
  plan->header_rows = header_rows(&layout, options);
  find_columns(&layout);
  plan->all_quoted = is_all_quoted(&layout);
  plan->first_quoted = !layout.needless && is_quoted_column(&layout, layout.first + plan->header_rows, 0);
  for (size_t i = layout.first + plan->header_rows; i < layout.n; i++) {
    plan->last_may_lack = plan->last_may_lack || (layout.rows[i].width == layout.width && layout.rows[i].last_empty);
  }
  find_comment(&layout, options);
  TRY(find_shapes(&layout, e));
  const CsvGrammar *grammar = &plan->grammar;
  plan->strict = strlen(grammar->delimiter) <= 1 && !grammar->escape && !grammar->blanks && !grammar->padded &&
                 !grammar->cr && !plan->comment[0] && plan->header_rows <= 1 &&
                 plan->header_fields == plan->columns && grammar->delimiter[0] != '\n' &&
                 plan->columns == layout.width;
done:
  mem_free(layout.rows);
  mem_free(layout.cells);
  return status;
}
