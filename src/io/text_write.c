/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See text_write.h: blocks of rows, in rounds of a few per thread. */
#include "io/text_write.h"

#include <string.h>

#include "core/alloc.h"
#include "core/file.h"
#include "core/pool.h"
#include "core/reduce.h"

enum { BLOCK_CELLS = 1 << 15, BLOCKS_PER_THREAD = 4 };

typedef struct Writer {
  const Frame *frame;
  const TextForm *form;
  const Task *task;
  size_t block_rows, first_block;
  Text *blocks; /* of one round */
  Text *cells;  /* scratch, per thread */
} Writer;

static void format_block(void *context, size_t item, size_t worker)
{
  Writer *writer = context;
  Text *out = &writer->blocks[item], *cell = &writer->cells[worker];
  const size_t first = (writer->first_block + item) * writer->block_rows,
               rest = frame_rows(writer->frame) - first;
  const size_t end = first + (rest < writer->block_rows ? rest : writer->block_rows);
  text_reset(out);
  for (size_t row = first; row < end && !task_cancelled(writer->task); row++) {
    writer->form->row(writer->form->context, writer->frame, row, cell, out);
  }
  out->failed = out->failed || cell->failed;
}

/* Where it goes: one of the two. */
typedef struct Sink {
  FileWriter *file;
  Text *text;
} Sink;

static Status put(Sink *to, const char *bytes, size_t n, Error *e)
{
  if (to->file) {
    return file_write(to->file, bytes, n, e);
  }
  text_add(to->text, bytes, n);
  return text_status(to->text, e);
}

static Status write_text(const Text *text, Sink *to, Error *e)
{
  const Status status = text_status(text, e);
  return status == STATUS_OK ? put(to, text_data(text), text->size, e) : status;
}

/* Formats and writes `n` blocks. */
static Status write_round(Writer *writer, size_t n, Sink *to, Task *task, Error *e)
{
  pool_run(task->threads, n, format_block, writer);
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    status = task_cancelled(task) ? error_cancelled(e) : write_text(&writer->blocks[i], to, e);
  }
  return status;
}

static Status write_rows(const Frame *frame, const TextForm *form, Sink *to, Task *task, Error *e)
{
  const size_t threads = task_threads(task), round = threads * BLOCKS_PER_THREAD, rows = frame_rows(frame);
  const size_t columns = frame_columns(frame),
               block_rows = columns < BLOCK_CELLS && columns > 0 ? BLOCK_CELLS / columns : 1;
  const size_t blocks = rows / block_rows + (rows % block_rows != 0);
  Writer writer = {.frame = frame, .form = form, .task = task, .block_rows = block_rows};
  Status status = STATUS_OK;
  writer.blocks = mem_zero(round, sizeof *writer.blocks);
  writer.cells = mem_zero(threads, sizeof *writer.cells);
  if (!writer.blocks || !writer.cells) {
    TRY(error_memory(e, 0, _("a block of rows")));
  }
  for (; writer.first_block < blocks; writer.first_block += round) {
    const size_t rest = blocks - writer.first_block;
    TRY(write_round(&writer, rest < round ? rest : round, to, task, e));
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

/* A name that promises what the file would not be. */
static Status refuse_packed(const char *path, Error *e)
{
  static const char *const endings[] = {".gz", ".zst"};
  const size_t length = strlen(path);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    const size_t n = strlen(endings[i]);
    if (length > n && strcasecmp(path + length - n, endings[i]) == 0) {
      error_set(e, STATUS_ARGUMENT, "not-packed",
                _("'%s' would hold plain text: packed files are read, not written"), path);
      (void)error_hint(e, _("write it without %s, then pack it"), endings[i]);
      return STATUS_ARGUMENT;
    }
  }
  return STATUS_OK;
}

static Status write_all(const Frame *frame, const TextForm *form, Sink *to, Task *task, Error *e)
{
  Status status = STATUS_OK;
  task_phase(task, _("writing rows"));
  if (form->head) {
    TRY(write_text(form->head, to, e));
  }
  TRY(write_rows(frame, form, to, task, e));
  if (form->tail) {
    TRY(put(to, form->tail, strlen(form->tail), e));
  }
done:
  return status;
}

Status text_write(const Frame *frame, const TextForm *form, const TextTarget *target, Task *task, Error *e)
{
  Sink to = {.text = target->text};
  if (to.text) {
    return write_all(frame, form, &to, task, e);
  }
  Status status = STATUS_OK;
  TRY(refuse_packed(target->path, e));
  TRY(file_create(target->path, &to.file, e));
  TRY(write_all(frame, form, &to, task, e));
  return file_commit(to.file, e);
done:
  file_discard(to.file);
  return status;
}
