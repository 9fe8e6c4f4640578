/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The numbers of a script: lines within it, or bytes of a file beside it. */
#include <string.h>

#include "plot/script_layout.h"

Block block_begin(Writer *writer, size_t columns)
{
  const Block block = {.number = ++writer->n_blocks, .columns = columns, .start = writer->script->data.size};
  if (!writer->request->data_file) {
    text_printf(&writer->blocks, "$data%zu << EOD\n", block.number);
  }
  return block;
}

void block_row(Writer *writer, Block *block, const double *values)
{
  block->rows++;
  if (writer->request->data_file) {
    text_add(&writer->script->data, (const char *)values, block->columns * sizeof *values);
    return;
  }
  for (size_t i = 0; i < block->columns; i++) {
    text_puts(&writer->blocks, i > 0 ? " " : "");
    put_number(&writer->blocks, values[i]);
  }
  text_char(&writer->blocks, '\n');
}

static void put_file(const Writer *writer, size_t start, Text *out)
{
  script_quote(out, writer->request->data_file, strlen(writer->request->data_file), false, false);
  text_printf(out, " binary skip=%zu endian=%s ", start, __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? "little" : "big");
}

void block_end(Writer *writer, Block *block)
{
  if (!writer->request->data_file) {
    text_puts(&writer->blocks, "EOD\n");
    text_printf(&block->source, "$data%zu", block->number);
    return;
  }
  put_file(writer, block->start, &block->source);
  text_printf(&block->source, "record=(%zu) format=\"", block->rows);
  text_repeat(&block->source, "%float64", block->columns);
  text_char(&block->source, '"');
}

void block_free(Block *block)
{
  text_free(&block->source);
}

/* The values of a cell of a matrix in the script: its count, or the four parts of its colour. */
static void put_cell(GridKind kind, Text *out)
{
  if (kind == GRID_COUNTS) {
    text_puts(out, "($3 > 0 ? $3 : NaN)");
    return;
  }
  static const int divisors[] = {1 << 16, 1 << 8, 1, 1 << 24};
  for (int i = 0; i < 4; i++) {
    text_printf(out, "%s(int($3 / %d) %% 256)", i > 0 ? ":" : "", divisors[i]);
  }
}

/* The same in the data file, as gnuplot takes it without reckoning: floats, NaN for none; or four bytes. */
static void put_cell_bytes(GridKind kind, uint32_t cell, Text *out)
{
  if (kind == GRID_COUNTS) {
    const float count = cell > 0 ? (float)cell : NAN;
    text_add(out, (const char *)&count, sizeof count);
  } else {
    const unsigned char parts[4] = {(unsigned char)(cell >> 16), (unsigned char)(cell >> 8), (unsigned char)cell,
                                    (unsigned char)(cell >> 24)};
    text_add(out, (const char *)parts, sizeof parts);
  }
}

void grid_put(Writer *writer, const uint32_t *cells, size_t columns, size_t rows, GridKind kind, Text *out)
{
  const ChartAxis *x = chart_x(writer->chart), *y = chart_y(writer->chart);
  const double left = axis_place(writer, x, x->low), low = axis_place(writer, y, y->low);
  const double across = axis_place(writer, x, x->high) / (double)columns - left / (double)columns;
  const double up = axis_place(writer, y, y->high) / (double)rows - low / (double)rows;
  if (writer->request->data_file) {
    put_file(writer, writer->script->data.size, out);
    text_printf(out, "array=(%zu,%zu) format=\"%s\" origin=(%.17g,%.17g) dx=%.17g dy=%.17g using %s", columns, rows,
                kind == GRID_COUNTS ? "%float32" : "%uchar%uchar%uchar%uchar", left + across / 2, low + up / 2,
                across, up, kind == GRID_COUNTS ? "1" : "1:2:3:4");
    for (size_t i = 0; i < columns * rows; i++) {
      put_cell_bytes(kind, cells[i], &writer->script->data);
    }
    return;
  }
  const size_t number = ++writer->n_blocks;
  text_printf(&writer->blocks, "$data%zu << EOD\n", number);
  for (size_t i = 0; i < columns * rows; i++) {
    text_printf(&writer->blocks, "%u%c", cells[i], i % columns + 1 == columns ? '\n' : ' ');
  }
  text_puts(&writer->blocks, "EOD\n");
  text_printf(out, "$data%zu matrix using (%.17g + $1 * %.17g):(%.17g + $2 * %.17g):", number, left + across / 2,
              across, low + up / 2, up);
  put_cell(kind, out);
}

void put_element(Writer *writer, const Block *block, const char *columns, const char *title, size_t n,
                 const char *style)
{
  if (block->rows == 0) {
    return;
  }
  Text *out = &writer->plot;
  text_puts(out, writer->n_elements++ > 0 ? ", \\\n  " : "");
  text_add(out, text_data(&block->source), block->source.size);
  text_printf(out, " using %s", columns);
  if (n > 0) {
    text_puts(out, " title ");
    put_text(writer, out, title, n, 40, false, false);
    writer->n_keys++;
  } else {
    text_puts(out, " notitle");
  }
  text_printf(out, " with %s", style);
}
