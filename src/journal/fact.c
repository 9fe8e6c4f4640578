/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts to lines and back. */
#include "journal/fact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const fact_words[FACT_KIND_COUNT] = {"read", "wrote", "uses", "sets", "shows", "gives"};

/* ---- Writing */

static bool is_bare(const char *name)
{
  return *name && name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-")] == '\0';
}

void fact_write_name(const char *name, Text *out)
{
  if (is_bare(name)) {
    text_puts(out, name);
    return;
  }
  text_char(out, '"');
  for (; *name; name++) {
    if (*name == '\n' || *name == '\r') {
      text_puts(out, *name == '\n' ? "\\n" : "\\r");
    } else {
      text_puts(out, *name == '"' || *name == '\\' ? "\\" : "");
      text_char(out, *name);
    }
  }
  text_char(out, '"');
}

static void put_number(const char *key, double x, Text *out)
{
  char number[32];
  text_of_double(x, number);
  text_printf(out, " %s=%s", key, number);
}

static void put_count(const char *key, uint64_t n, Text *out)
{
  text_printf(out, " %s=%llu", key, (unsigned long long)n);
}

static void put_digest(Digest digest, Text *out)
{
  char text[33];
  digest_text(digest, text);
  text_printf(out, " digest=%s", text);
}

static void begin_line(uint64_t step, const char *word, Text *out)
{
  text_printf(out, "--= %llu %s", (unsigned long long)step, word);
}

static void write_column(uint64_t step, const ColumnFact *column, Text *out)
{
  begin_line(step, ". ", out);
  fact_write_name(column->name, out);
  text_printf(out, " %s", column->type);
  if (*column->value) {
    text_puts(out, " value=");
    fact_write_name(column->value, out);
  } else {
    put_count("n", column->n, out);
    put_count("missing", column->missing, out);
  }
  if (column->numeric && !*column->value) {
    put_number("sum", column->sum, out);
    put_number("squares", column->squares, out);
    put_number("min", column->low, out);
    put_number("max", column->high, out);
  }
  put_digest(column->digest, out);
  text_char(out, '\n');
}

static void write_sizes(const Fact *fact, Text *out)
{
  const bool frame = strcmp(fact->what, "frame") == 0;
  if (frame || strcmp(fact->what, "column") == 0) {
    put_count("rows", fact->rows, out);
  }
  if (frame) {
    put_count("columns", fact->columns, out);
  }
  if (fact->kind <= FACT_WROTE || strcmp(fact->what, "text") == 0) {
    put_count("bytes", fact->bytes, out);
  }
}

void fact_write(uint64_t step, const Fact *fact, Text *out)
{
  begin_line(step, fact_words[fact->kind], out);
  text_char(out, ' ');
  fact_write_name(fact->name, out);
  if (*fact->what) {
    text_char(out, ' ');
    fact_write_name(fact->what, out);
  }
  if (*fact->class) {
    text_puts(out, " class=");
    fact_write_name(fact->class, out);
    text_printf(out, " seed=%lld", (long long)fact->seed);
    text_puts(out, fact->partial ? " complete=false" : "");
  }
  if (*fact->value) {
    text_puts(out, " value=");
    fact_write_name(fact->value, out);
  }
  write_sizes(fact, out);
  if (fact->more) {
    put_count("more", fact->more, out);
  }
  if (fact->digested) {
    put_digest(fact->digest, out);
  }
  text_char(out, '\n');
  for (size_t i = 0; i < fact->n_described; i++) {
    write_column(step, &fact->described[i], out);
  }
}

void fact_write_run(uint64_t step, const RunFact *run, Text *out)
{
  begin_line(step, run->failed ? "failed " : "done", out);
  if (run->failed) {
    fact_write_name(*run->id ? run->id : "error", out);
  }
  text_printf(out, " at=%s", run->at);
  text_printf(out, " wall=%.3g\n", run->wall);
}

void fact_write_machine(const RunFact *run, Text *out)
{
  text_puts(out, "--@ machine");
  put_count("seed", run->seed, out);
  put_count("threads", run->threads, out);
  text_printf(out, " isa=%s libm=%s blas=", run->isa, run->libm);
  fact_write_name(run->blas, out);
  text_char(out, '\n');
}

bool fact_same_machine(const RunFact *a, const RunFact *b)
{
  return a->seed == b->seed && a->threads == b->threads && strcmp(a->isa, b->isa) == 0 &&
         strcmp(a->libm, b->libm) == 0 && strcmp(a->blas, b->blas) == 0;
}

/* ---- Reading */

typedef struct LineReader {
  const char *at, *end;
  Arena *arena;
  bool failed; /* no memory */
} LineReader;

static void pass_blanks(LineReader *r)
{
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\r')) {
    r->at++;
  }
}

static char *take(LineReader *r, const char *start, size_t n)
{
  char *text = arena_text(r->arena, start, n);
  r->failed = r->failed || !text;
  return text;
}

/* Takes the backslashes out of text. */
static void unquote(char *text)
{
  char *to = text;
  for (; *text; text++) {
    if (*text == '\\' && text[1]) {
      text++;
      *to++ = (char)(*text == 'n' ? '\n' : *text == 'r' ? '\r' : *text);
    } else {
      *to++ = *text;
    }
  }
  *to = '\0';
}

/* A word up to a blank or, where `stop` is set, an '='; or a text in quotes. "" at the end of the line. */
static const char *take_word(LineReader *r, char stop)
{
  pass_blanks(r);
  const char *start = r->at;
  if (r->at < r->end && *r->at == '"') {
    for (r->at++; r->at < r->end && *r->at != '"'; r->at++) {
      r->at += *r->at == '\\' && r->at + 1 < r->end;
    }
    char *text = take(r, start + 1, (size_t)(r->at - start - 1));
    r->at += r->at < r->end;
    if (text) {
      unquote(text);
    }
    return text ? text : "";
  }
  while (r->at < r->end && *r->at != ' ' && *r->at != stop) {
    r->at++;
  }
  const char *text = take(r, start, (size_t)(r->at - start));
  return text ? text : "";
}

/* The next "key=value"; false at the end of the line. */
static bool take_pair(LineReader *r, const char **key, const char **value)
{
  pass_blanks(r);
  if (r->at >= r->end || r->failed) {
    return false;
  }
  const char *start = r->at;
  *key = take_word(r, '=');
  *value = "";
  if (r->at < r->end && *r->at == '=') {
    r->at++;
    *value = take_word(r, ' ');
  }
  return r->at > start && !r->failed;
}

static uint64_t count_of(const char *text)
{
  return *text >= '0' && *text <= '9' ? strtoull(text, NULL, 10) : 0;
}

static double number_of(const char *text)
{
  return strcmp(text, "NaN") == 0   ? NAN
         : strcmp(text, "Inf") == 0  ? INFINITY
         : strcmp(text, "-Inf") == 0 ? -INFINITY
                                     : strtod(text, NULL);
}

static bool digest_of(const char *text, Digest *out)
{
  char half[17] = "", *end;
  if (strlen(text) != 32 || strspn(text, "0123456789abcdef") != 32) {
    return false;
  }
  memcpy(half, text, 16);
  out->high = strtoull(half, &end, 16);
  out->low = strtoull(text + 16, &end, 16);
  return true;
}

static void read_value_pairs(LineReader *r, Fact *fact)
{
  const char *key, *value;
  fact->class = fact->value = "";
  fact->seed = -1;
  while (take_pair(r, &key, &value)) {
    if (strcmp(key, "digest") == 0) {
      fact->digested = digest_of(value, &fact->digest);
    } else if (strcmp(key, "class") == 0) {
      fact->class = value;
    } else if (strcmp(key, "value") == 0) {
      fact->value = value;
    } else if (strcmp(key, "complete") == 0) {
      fact->partial = strcmp(value, "false") == 0;
    } else if (strcmp(key, "seed") == 0) {
      fact->seed = strtoll(value, NULL, 10);
    } else {
      uint64_t *const field = strcmp(key, "rows") == 0      ? &fact->rows
                              : strcmp(key, "columns") == 0 ? &fact->columns
                              : strcmp(key, "bytes") == 0   ? &fact->bytes
                                                            : NULL;
      if (field) {
        *field = count_of(value);
      } else if (strcmp(key, "more") == 0) {
        fact->more = count_of(value);
      }
    }
  }
}

/* The figures of a single cell. */
static void take_cell(ColumnFact *column, const char *value)
{
  column->value = value;
  column->n = 1;
  if (column->numeric) {
    column->sum = column->low = column->high = number_of(value);
    column->squares = column->sum * column->sum;
  }
}

static void read_column_pairs(LineReader *r, ColumnFact *column)
{
  const char *key, *value;
  column->value = "";
  column->numeric = strcmp(column->type, "float64") == 0 || strcmp(column->type, "int64") == 0;
  while (take_pair(r, &key, &value)) {
    if (strcmp(key, "n") == 0) {
      column->n = count_of(value);
    } else if (strcmp(key, "value") == 0) {
      take_cell(column, value);
    } else if (strcmp(key, "missing") == 0) {
      column->missing = count_of(value);
    } else if (strcmp(key, "digest") == 0) {
      (void)digest_of(value, &column->digest);
    } else {
      double *const field = strcmp(key, "sum") == 0       ? &column->sum
                            : strcmp(key, "squares") == 0 ? &column->squares
                            : strcmp(key, "min") == 0     ? &column->low
                            : strcmp(key, "max") == 0     ? &column->high
                                                          : NULL;
      if (field) {
        *field = number_of(value);
      }
    }
  }
}

static void read_run_pairs(LineReader *r, RunFact *run)
{
  const char *key, *value;
  run->isa = run->libm = run->blas = "";
  run->at = run->at ? run->at : "";
  while (take_pair(r, &key, &value)) {
    if (strcmp(key, "at") == 0) {
      run->at = value;
    } else if (strcmp(key, "isa") == 0) {
      run->isa = value;
    } else if (strcmp(key, "libm") == 0) {
      run->libm = value;
    } else if (strcmp(key, "blas") == 0) {
      run->blas = value;
    } else if (strcmp(key, "wall") == 0) {
      run->wall = number_of(value);
    } else if (strcmp(key, "seed") == 0) {
      run->seed = count_of(value);
    } else if (strcmp(key, "threads") == 0) {
      run->threads = count_of(value);
    }
  }
}

static FactKind kind_of(const char *word)
{
  FactKind kind = FACT_READ;
  while (kind < FACT_KIND_COUNT && strcmp(word, fact_words[kind]) != 0) {
    kind++;
  }
  return kind;
}

/* Whether the next word is a key already: a file has no word for its type. */
static bool pair_follows(LineReader *r)
{
  pass_blanks(r);
  const char *at = r->at;
  while (at < r->end && *at >= 'a' && *at <= 'z') {
    at++;
  }
  return at < r->end && *at == '=';
}

static void read_line(LineReader *r, const char *word, FactLine *out)
{
  const FactKind kind = kind_of(word);
  if (kind < FACT_KIND_COUNT) {
    out->kind = LINE_FACT;
    out->fact.kind = kind;
    out->fact.name = take_word(r, ' ');
    out->fact.what = pair_follows(r) ? "" : take_word(r, ' ');
    read_value_pairs(r, &out->fact);
  } else if (strcmp(word, ".") == 0) {
    out->kind = LINE_COLUMN;
    out->column.name = take_word(r, ' ');
    out->column.type = take_word(r, ' ');
    read_column_pairs(r, &out->column);
  } else if (strcmp(word, "done") == 0 || strcmp(word, "failed") == 0) {
    out->kind = LINE_RUN;
    out->run.failed = word[0] == 'f';
    out->run.id = out->run.failed ? take_word(r, ' ') : "";
    read_run_pairs(r, &out->run);
  }
}

Status fact_read_machine(const char *line, size_t length, Arena *arena, RunFact *out, Error *e)
{
  LineReader r = {.at = line, .end = line + length, .arena = arena};
  *out = (RunFact){.id = "", .at = ""};
  read_run_pairs(&r, out);
  return r.failed ? error_memory(e, 0, _("a journal")) : STATUS_OK;
}

Status fact_read(const char *line, size_t length, Arena *arena, FactLine *out, Error *e)
{
  LineReader r = {.at = line, .end = line + length, .arena = arena};
  *out = (FactLine){.kind = LINE_OTHER};
  if (length < 5 || memcmp(line, "--= ", 4) != 0 || line[4] < '0' || line[4] > '9') {
    return STATUS_OK;
  }
  r.at += 4;
  out->step = count_of(take_word(&r, ' '));
  read_line(&r, take_word(&r, ' '), out);
  return r.failed ? error_memory(e, 0, _("a journal")) : STATUS_OK;
}
