/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames as CSV. Blocks of rows become text in parallel and are written in order. What a reader takes for
 * something else than the cell is prevented here: texts that look like values are quoted, and whole numbers
 * of a float64 column get a ".0". */
#include <stdatomic.h>
#include <string.h>

#include "core/alloc.h"
#include "core/file.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "core/text.h"
#include "io/csv.h"
#include "io/csv_cell.h"

enum { BLOCK_CELLS = 1 << 15, BLOCKS_PER_THREAD = 4 };

typedef struct Writer {
  const Frame *frame;
  const Task *task;
  size_t block_rows, first_block;
  Text *blocks; /* of one round */
  Text *cells;  /* scratch, per thread */
} Writer;

static bool is_edge(char c)
{
  return c == ' ' || c == '\t';
}

static bool needs_quotes(const char *text, size_t length)
{
  if (length == 0 || is_edge(text[0]) || is_edge(text[length - 1]) || csv_kind(text, length) < CSV_TEXT) {
    return true;
  }
  for (size_t i = 0; i < length; i++) {
    if (text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r') {
      return true;
    }
  }
  return length >= 3 &&
         memcmp(text, "\xEF\xBB\xBF", 3) == 0; /* else a byte order mark, at the start of the file */
}

static void add_quoted(Text *out, const char *text, size_t length)
{
  text_char(out, '"');
  for (const char *quote; length > 0 && (quote = memchr(text, '"', length));) {
    const size_t part = (size_t)(quote - text) + 1;
    text_add(out, text, part);
    text_char(out, '"');
    text += part;
    length -= part;
  }
  text_add(out, text, length);
  text_char(out, '"');
}

static void add_field(Text *out, const char *text, size_t length)
{
  if (needs_quotes(text, length)) {
    add_quoted(out, text, length);
  } else {
    text_add(out, text, length);
  }
}

/* A value's text; only that of a set may need quotes. */
static void add_value(const Column *column, size_t row, Text *cell, Text *out)
{
  text_reset(cell);
  column_cell_text(column, row, cell);
  out->failed = out->failed || cell->failed;
  const char *text = text_data(cell);
  if (column_type(column) == TYPE_SET) {
    add_field(out, text, cell->size);
    return;
  }
  text_add(out, text, cell->size);
  if (column_type(column) == TYPE_FLOAT64 && strspn(text, "-0123456789") == cell->size) {
    text_puts(out, ".0");
  }
}

static void add_cell(const Writer *writer, const Column *column, size_t row, Text *cell, Text *out)
{
  if (!column_valid(column, row)) {
    text_puts(out, frame_columns(writer->frame) == 1 ? "NA" : ""); /* an empty line could be the file's end */
  } else if (type_is_text(column_type(column))) {
    size_t length;
    const char *text = column_text(column, row, &length);
    add_field(out, text, length);
  } else {
    add_value(column, row, cell, out);
  }
}

static void format_block(void *context, size_t item, size_t worker)
{
  Writer *writer = context;
  Text *out = &writer->blocks[item];
  const Frame *frame = writer->frame;
  const size_t first = (writer->first_block + item) * writer->block_rows, rest = frame_rows(frame) - first;
  const size_t end = first + (rest < writer->block_rows ? rest : writer->block_rows);
  text_reset(out);
  for (size_t row = first; row < end && !task_cancelled(writer->task); row++) {
    for (size_t i = 0; i < frame_columns(frame); i++) {
      if (i > 0) {
        text_char(out, ',');
      }
      add_cell(writer, frame_column(frame, i), row, &writer->cells[worker], out);
    }
    text_char(out, '\n');
  }
}

static Status write_header(const Frame *frame, FileWriter *file, Error *e)
{
  Text line = {0};
  for (size_t i = 0; i < frame_columns(frame); i++) {
    const char *name = frame_name(frame, i);
    text_puts(&line, i > 0 ? "," : "");
    add_field(&line, name, strlen(name));
  }
  text_char(&line, '\n');
  Status status = text_status(&line, e);
  if (status == STATUS_OK) {
    status = file_write(file, line.data, line.size, e);
  }
  text_free(&line);
  return status;
}

/* Formats and writes `n` blocks. */
static Status write_round(Writer *writer, size_t n, FileWriter *file, Task *task, Error *e)
{
  pool_run(task->threads, n, format_block, writer);
  for (size_t i = 0; i < n; i++) {
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
    Status status = text_status(&writer->blocks[i], e);
    if (status == STATUS_OK) {
      status = file_write(file, text_data(&writer->blocks[i]), writer->blocks[i].size, e);
    }
    if (status != STATUS_OK) {
      return status;
    }
  }
  return STATUS_OK;
}

static Status write_rows(const Frame *frame, FileWriter *file, Task *task, Error *e)
{
  const size_t threads = task_threads(task), round = threads * BLOCKS_PER_THREAD, rows = frame_rows(frame);
  const size_t columns = frame_columns(frame), block_rows = columns < BLOCK_CELLS ? BLOCK_CELLS / columns : 1;
  const size_t blocks = rows / block_rows + (rows % block_rows != 0);
  Writer writer = {.frame = frame, .task = task, .block_rows = block_rows};
  Status status = STATUS_OK;
  writer.blocks = mem_zero(round, sizeof *writer.blocks);
  writer.cells = mem_zero(threads, sizeof *writer.cells);
  if (!writer.blocks || !writer.cells) {
    TRY(error_memory(e, 0, _("a block of rows")));
  }
  for (; writer.first_block < blocks; writer.first_block += round) {
    const size_t rest = blocks - writer.first_block;
    TRY(write_round(&writer, rest < round ? rest : round, file, task, e));
    const size_t done = (writer.first_block + round) * block_rows;
    task_progress(task, done < rows ? done : rows, rows);
  }
done:
  for (size_t i = 0; writer.blocks && i < round; i++) {
    text_free(&writer.blocks[i]);
  }
  for (size_t i = 0; writer.cells && i < threads; i++) {
    text_free(&writer.cells[i]);
  }
  mem_free(writer.blocks);
  mem_free(writer.cells);
  return status;
}

Status csv_write(const Frame *frame, const char *path, Task *task, Error *e)
{
  FileWriter *file;
  if (frame_columns(frame) == 0) {
    error_set(e, STATUS_DATA, "csv-no-columns", _("a frame without columns has no CSV form"));
    (void)error_hint(e, _("write a frame that has at least one column"));
    return STATUS_DATA;
  }
  Status status = file_create(path, &file, e);
  if (status != STATUS_OK) {
    return status;
  }
  task_phase(task, _("writing rows"));
  TRY(write_header(frame, file, e));
  TRY(write_rows(frame, file, task, e));
  return file_commit(file, e);
done:
  file_discard(file);
  return status;
}
