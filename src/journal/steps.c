/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/steps.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "journal/chunk_lex.h"

typedef struct Parser {
  Steps *steps;
  const char *text;
  const char *from;      /* where what is no mark begins */
  const char *counted;   /* up to where lines were counted, and how many there were */
  size_t lines;
  bool closed;           /* the mark closed a statement */
  Text failed;           /* of "--! " lines, not yet closed by "--= N failed" */
  size_t failed_line;
  const char *folder;
  RunFact machine;       /* of the steps to come */
  Fact *last;            /* whose columns follow */
  size_t described_room;
  Error *e;
} Parser;

/* ---- Room */

static Status grow(void **items, size_t n, size_t *room, size_t size, Arena *arena, Error *e)
{
  if (n < *room) {
    return STATUS_OK;
  }
  const size_t more = *room ? 2 * *room : 8;
  void *grown = arena_alloc(arena, more, size);
  if (!grown) {
    return error_memory(e, more * size, _("a journal"));
  }
  if (n > 0) {
    memcpy(grown, *items, n * size);
  }
  *items = grown;
  *room = more;
  return STATUS_OK;
}

static Status add_step(Parser *p, const char *text, size_t length, size_t line, Step **out)
{
  Steps *steps = p->steps;
  void *items = steps->items;
  const Status status = grow(&items, steps->n, &steps->room, sizeof *steps->items, &steps->arena, p->e);
  steps->items = items;
  if (status != STATUS_OK) {
    return status;
  }
  Step *step = &steps->items[steps->n];
  *step = (Step){.line = line, .folder = p->folder, .run = p->machine};
  step->text = arena_text(&steps->arena, text, length);
  if (!step->text) {
    return error_memory(p->e, length, _("a journal"));
  }
  steps->n++;
  *out = step;
  return STATUS_OK;
}

/* ---- Text between marks */

/* Places come in rising order, but for a few steps back. */
static size_t line_of(Parser *p, const char *at)
{
  if (!p->counted || at < p->counted) {
    p->counted = p->text;
    p->lines = 1;
  }
  for (; p->counted < at; p->counted++) {
    p->lines += *p->counted == '\n';
  }
  return p->lines;
}

static void trim(const char **start, const char **end)
{
  while (*start < *end && isspace((unsigned char)**start)) {
    (*start)++;
  }
  while (*end > *start && isspace((unsigned char)(*end)[-1])) {
    (*end)--;
  }
}

/* Whether there is more than comments from start to end. */
static bool has_code(const char *start, const char *end)
{
  Word word;
  do {
    word = chunk_word(&start);
  } while (word.kind == WORD_COMMENT);
  return word.kind != WORD_END && word.start < end;
}

/* Comments above the first statement are the file's, not the statement's. */
static const char *behind_comments(const char *start, const char *end)
{
  const char *at = start;
  for (Word word = chunk_word(&at); word.kind == WORD_COMMENT && word.start < end; word = chunk_word(&at)) {
    start = at;
  }
  return start;
}

/* The machine is known already. */
static void take_run(Step *step, const FactLine *line)
{
  step->number = line->step;
  step->run.failed = line->run.failed;
  step->run.id = line->run.id;
  step->run.at = line->run.at;
  step->run.wall = line->run.wall;
}

static Status close_statement(Parser *p, const char *end, const FactLine *line)
{
  const char *start = p->from;
  Step *step;
  if (p->steps->n == 0) {
    start = behind_comments(start, end);
  }
  trim(&start, &end);
  const Status status = add_step(p, start, (size_t)(end - start), line_of(p, start), &step);
  if (status == STATUS_OK) {
    take_run(step, line);
  }
  return status;
}

static Status close_failed(Parser *p, const FactLine *line)
{
  Step *step;
  if (p->failed.failed) {
    return error_memory(p->e, 0, _("a journal"));
  }
  const Status status = add_step(p, text_data(&p->failed), p->failed.size, p->failed_line, &step);
  text_reset(&p->failed);
  if (status == STATUS_OK) {
    take_run(step, line);
  }
  return status;
}

/* ---- Marks */

static Step *step_numbered(Parser *p, uint64_t number)
{
  for (size_t i = p->steps->n; i > 0; i--) {
    if (p->steps->items[i - 1].number == number) {
      return &p->steps->items[i - 1];
    }
  }
  return NULL;
}

static Status take_fact(Parser *p, const FactLine *line)
{
  Step *step = step_numbered(p, line->step);
  p->last = NULL;
  if (!step) {
    return STATUS_OK;
  }
  void *facts = step->facts;
  const Status status = grow(&facts, step->n, &step->room, sizeof *step->facts, &p->steps->arena, p->e);
  step->facts = facts;
  if (status == STATUS_OK) {
    p->last = &step->facts[step->n++];
    *p->last = line->fact;
    p->described_room = 0;
  }
  return status;
}

static Status take_column(Parser *p, const FactLine *line)
{
  if (!p->last) {
    return STATUS_OK;
  }
  void *columns = p->last->described;
  const Status status =
      grow(&columns, p->last->n_described, &p->described_room, sizeof *p->last->described, &p->steps->arena, p->e);
  p->last->described = columns;
  if (status == STATUS_OK) {
    p->last->described[p->last->n_described++] = line->column;
  }
  return status;
}

static Status take_facts(Parser *p, const Word *word)
{
  FactLine line;
  Status status = fact_read(word->start, word->length, &p->steps->arena, &line, p->e);
  if (status != STATUS_OK) {
    return status;
  }
  switch (line.kind) {
    case LINE_RUN:
      p->closed = !line.run.failed;
      return p->closed ? close_statement(p, word->start, &line) : close_failed(p, &line);
    case LINE_FACT:
      return take_fact(p, &line);
    case LINE_COLUMN:
      return take_column(p, &line);
    default:
      return STATUS_OK;
  }
}

static void take_failed(Parser *p, const Word *word)
{
  if (p->failed.size == 0) {
    p->failed_line = line_of(p, word->start);
  } else {
    text_char(&p->failed, '\n');
  }
  const size_t skip = word->length > 3 && word->start[3] == ' ' ? 4 : 3;
  text_add(&p->failed, word->start + skip, word->length - skip);
}

/* "--@ journal assay=1.0 began=..." is read by the reader of facts, as a value's pairs. */
static const char *pair_of(Parser *p, const Word *word, const char *key, const char *otherwise)
{
  const size_t n = strlen(key);
  for (const char *at = word->start + 1; at + n < word->start + word->length; at++) {
    if (at[-1] == ' ' && strncmp(at, key, n) == 0 && at[n] == '=') {
      const char *start = at + n + 1, *end = start + strcspn(start, " \r\n");
      if (*start == '"') {
        for (end = ++start; end < word->start + word->length && *end != '"'; end++) {
          end += *end == '\\' && end[1] == '"';
        }
      }
      const char *text = arena_text(&p->steps->arena, start, (size_t)(end - start));
      return text ? text : otherwise;
    }
  }
  return otherwise;
}

/* The last statement that changed something is undone first, so that those behind it changed nothing. */
static void undo_steps(Parser *p, const char *number)
{
  const uint64_t first = strtoull(number, NULL, 10);
  for (size_t i = p->steps->n; i > 0 && first > 0 && p->steps->items[i - 1].number >= first; i--) {
    p->steps->items[i - 1].undone = true;
  }
}

static Status take_session(Parser *p, const Word *word)
{
  Steps *steps = p->steps;
  const char *at = word->start + 3;
  const Word kind = chunk_word(&at);
  if (word_is(&kind, "journal")) {
    steps->journal = true;
    steps->ended = false;
    steps->version = pair_of(p, word, "assay", "");
    steps->began = pair_of(p, word, "began", "");
  } else if (word_is(&kind, "ended")) {
    steps->ended = true;
  } else if (word_is(&kind, "undone")) {
    undo_steps(p, pair_of(p, word, "step", "0"));
  } else if (word_is(&kind, "machine")) {
    return fact_read_machine(at, (size_t)(word->start + word->length - at), &steps->arena, &p->machine, p->e);
  }
  p->folder = pair_of(p, word, "folder", p->folder);
  return STATUS_OK;
}

static bool is_mark(const Parser *p, const Word *word)
{
  const bool first = word->start == p->text || word->start[-1] == '\n';
  return word->kind == WORD_COMMENT && first && word->length >= 3 && strchr("=!@", word->start[2]);
}

/* Text above a mark that closes nothing, which somebody wrote into the file, stays with the statement below. */
static Status take_mark(Parser *p, const Word *word)
{
  Status status = STATUS_OK;
  p->closed = false;
  if (word->start[2] == '=') {
    status = take_facts(p, word);
  } else if (word->start[2] == '!') {
    take_failed(p, word);
  } else {
    status = take_session(p, word);
  }
  if (p->closed || !has_code(p->from, word->start)) {
    p->from = word->start + word->length;
  }
  return status;
}

static Status take_rest(Parser *p)
{
  const char *start = p->from, *end = p->text + strlen(p->text);
  Step *step;
  if (!has_code(start, end)) {
    return STATUS_OK;
  }
  trim(&start, &end);
  if (p->steps->journal && !p->steps->ended) {
    p->steps->torn = arena_text(&p->steps->arena, start, (size_t)(end - start));
    return p->steps->torn ? STATUS_OK : error_memory(p->e, 0, _("a journal"));
  }
  return add_step(p, start, (size_t)(end - start), line_of(p, start), &step);
}

Status steps_read(const char *text, Steps *out, Error *e)
{
  *out = (Steps){.version = "", .began = ""};
  Parser p = {.steps = out, .text = text, .from = text, .folder = "", .e = e};
  p.machine = (RunFact){.id = "", .at = "", .isa = "", .libm = "", .blas = ""};
  const char *at = text;
  Status status = STATUS_OK;
  for (Word word = chunk_word(&at); word.kind != WORD_END && status == STATUS_OK; word = chunk_word(&at)) {
    if (is_mark(&p, &word)) {
      status = take_mark(&p, &word);
    }
  }
  if (status == STATUS_OK) {
    status = take_rest(&p);
  }
  text_free(&p.failed);
  return status;
}

void steps_free(Steps *steps)
{
  arena_free(&steps->arena);
  *steps = (Steps){0};
}

/* ---- Writing */

void step_write_failed(const char *text, Text *out)
{
  while (*text) {
    const size_t n = strcspn(text, "\n");
    text_puts(out, "--! ");
    text_add(out, text, n);
    text_char(out, '\n');
    text += n + (text[n] == '\n');
  }
}

void step_write(const Step *step, const RunFact *before, Text *out)
{
  if (*step->run.at && (!before || !fact_same_machine(before, &step->run))) {
    fact_write_machine(&step->run, out);
  }
  if (step->run.failed) {
    step_write_failed(step->text, out);
  } else {
    text_puts(out, step->text);
    text_char(out, '\n');
  }
  if (*step->run.at) {
    fact_write_run(step->number, &step->run, out);
  }
  for (size_t i = 0; i < step->n; i++) {
    fact_write(step->number, &step->facts[i], out);
  }
}

/* ---- Asking */

bool step_runs(const Step *step)
{
  bool sets = false;
  for (size_t i = 0; i < step->n; i++) {
    sets = sets || step->facts[i].kind == FACT_SETS;
  }
  return !step->undone && (!step->run.failed || (sets && strcmp(step->run.id, "interrupted") != 0));
}

bool step_expression(const Step *step, const char **expression)
{
  const char *at = step->text;
  const Word name = chunk_word(&at), equals = chunk_word(&at);
  *expression = at + strspn(at, " ");
  return word_is(&name, "_") && word_is(&equals, "=") && equals.kind == WORD_SYMBOL && **expression;
}
