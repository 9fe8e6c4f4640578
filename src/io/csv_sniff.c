/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv_sniff.h"

#include <string.h>
#include <strings.h>

#include "core/alloc.h"

enum {
  SAMPLE_FIRST = 1 << 16, /* bytes */
  SAMPLE_MOST = 1 << 26,
  SAMPLE_STEP = 8,
  RECORDS_WANTED = 4,
  RECORDS_MOST = 300,
  COLUMNS_MOST = 64, /* whose cells are looked at */
  TAIL_BYTES = 1 << 16,
  SKIP_BYTES = 1 << 20,
  FOOTER_BYTES = 1 << 12,
  FOOTER_LINES = 50
};

typedef struct Score {
  double value;
  size_t width, records, faults, values; /* values: columns of values */
  double share;
  size_t first;         /* fields of the first record */
  size_t quoted;        /* fields in sound quotes, */
  size_t doubled;       /* with doubled ones in them */
  double body;          /* share, without a first record of another width */
  double parted, tight; /* of records, that have a delimiter; of these, that have no blank behind it */
  size_t gaps;          /* fields with nothing in them */
} Score;

typedef struct Counts {
  size_t width[RECORDS_MOST];
  unsigned char odd[RECORDS_MOST];
  size_t records;
  size_t shapes[COLUMNS_MOST][SHAPE_COUNT];
} Counts;

static bool starts_with(const char *text, size_t length, const char *word)
{
  const size_t n = strlen(word);
  return length >= n && memcmp(text, word, n) == 0;
}

const char *csv_comment_mark(const char *text, size_t length)
{
  static const char *const marks[] = {"#", "%", "//", NULL};
  for (const char *const *mark = marks; *mark; mark++) {
    if (starts_with(text, length, *mark)) {
      return *mark;
    }
  }
  return "";
}

/* Reads the record again as one line, with its quotes if they find their partners there. */
static void relex_line(const CsvGrammar *grammar, const CsvSample *sample, size_t at, CsvRecord *record)
{
  CsvGrammar plain = *grammar;
  size_t next;
  const size_t end = csv_line_stop(grammar, sample->bytes, sample->size, at, &next);
  csv_lex(grammar, sample->bytes, end, at, 0, SIZE_MAX, record);
  if (record->open) {
    plain.quote = '\0';
    csv_lex(&plain, sample->bytes, end, at, 0, SIZE_MAX, record);
  }
  record->next = next;
  record->open = true;
}

bool csv_sample_next(const CsvGrammar *grammar, const CsvSample *sample, size_t *at, CsvRecord *record)
{
  while (*at < sample->size) {
    while (sample->bytes[*at] == '\r' && *at + 1 < sample->size && sample->bytes[*at + 1] != '\n') {
      ++*at; /* LF CR: what is behind the LF is a blank line */
    }
    csv_lex(grammar, sample->bytes, sample->size, *at, sample->wanted, SIZE_MAX, record);
    if (record->open || (record->odd > 0 && record->breaks > 0)) {
      relex_line(grammar, sample, *at, record);
    }
    *at = record->next;
    const bool cut = record->next >= sample->size && !sample->whole;
    if (!cut && !(record->n == 1 && csv_part_empty(sample->bytes, &record->parts[0]) && !record->parts[0].quoted)) {
      return !record->failed;
    }
  }
  return false;
}

/* A cell's worth as a sign of a right cut. */
static double worth(CsvShape shape, const CsvPart *part)
{
  static const double worths[SHAPE_COUNT] = {[SHAPE_EMPTY] = 0.85, [SHAPE_NUMBER] = 1, [SHAPE_TIME] = 1,
                                             [SHAPE_BOOL] = 1,     [SHAPE_WORD] = 0.9, [SHAPE_ODD] = 0.1};
  return part->quoted && !part->open ? 0.95 : worths[shape];
}

static size_t mode_of(const Counts *counts, size_t *most)
{
  size_t best = 0;
  *most = 0;
  for (size_t i = 0; i < counts->records; i++) {
    size_t n = 0;
    for (size_t k = i; k < counts->records; k++) {
      n += counts->width[k] == counts->width[i];
    }
    const bool more = counts->width[i] >= 2 && (best < 2 || n > *most || (n == *most && counts->width[i] > best));
    if (more || best == 0) {
      best = counts->width[i];
      *most = n;
    }
  }
  return best;
}

/* How much of its cells a column has of its main kind, and whether that is one of values. */
static double evenness(const size_t *shapes, bool *values)
{
  size_t all = 0, most = 0, best = SHAPE_WORD;
  for (size_t shape = SHAPE_NUMBER; shape < SHAPE_COUNT; shape++) {
    all += shapes[shape];
    best = shapes[shape] > most ? shape : best;
    most = shapes[shape] > most ? shapes[shape] : most;
  }
  *values = all > 0 && csv_shape_is_value((CsvShape)best) && most * 10 >= all * 8;
  return all == 0 ? 0.8 : (double)most / (double)all;
}

static void count_cells(const CsvGrammar *grammar, const CsvSample *sample, size_t width, Counts *counts,
                        CsvRecord *record, double *quality)
{
  size_t at = 0, cells = 0;
  double sum = 0;
  memset(counts->shapes, 0, sizeof counts->shapes);
  for (size_t row = 0; row < counts->records && csv_sample_next(grammar, sample, &at, record); row++) {
    for (size_t i = 0; record->n == width && i < width && i < COLUMNS_MOST; i++) {
      const CsvPart *part = &record->parts[i];
      const CsvShape shape = csv_shape(sample->bytes + part->begin, part->end - part->begin);
      sum += worth(shape, part);
      cells++;
      counts->shapes[i][shape] += row > 0;
    }
  }
  *quality = cells ? sum / (double)cells : 0;
}

/* How good a table the sample is in this grammar. */
static void measure(const CsvGrammar *grammar, const CsvSample *sample, double prior, CsvRecord *record, Score *out)
{
  Counts counts = {.records = 0};
  size_t at = 0, most, comments = 0;
  *out = (Score){.value = 0};
  while (counts.records < RECORDS_MOST && csv_sample_next(grammar, sample, &at, record)) {
    counts.odd[counts.records] = record->odd > 0 || record->open;
    out->faults += record->odd > 0 || record->open;
    comments += csv_comment_mark(sample->bytes + record->begin, record->end - record->begin)[0] && record->n == 1;
    if (record->n > 1) {
      const CsvPart *second = &record->parts[1];
      out->parted++;
      out->tight += second->begin == second->end || sample->bytes[second->begin] != ' ';
    }
    for (size_t i = 0; i < record->n && !(record->odd && record->breaks); i++) {
      out->gaps += record->parts[i].begin == record->parts[i].end;
      out->quoted += record->parts[i].quoted && !record->parts[i].open;
      out->doubled += record->parts[i].quoted && !record->parts[i].open && record->parts[i].escaped && !grammar->escape;
    }
    counts.width[counts.records++] = record->n;
  }
  out->records = counts.records;
  out->tight = out->parted > 0 ? out->tight / out->parted : 0;
  out->parted = counts.records ? out->parted / (double)counts.records : 0;
  out->width = counts.records ? mode_of(&counts, &most) : 1;
  out->first = counts.records ? counts.width[0] : 0;
  if (out->width < 2) {
    return;
  }
  const size_t rows = counts.records - (comments < counts.records - most ? comments : counts.records - most);
  size_t under = 0;
  for (size_t i = 0; i < counts.records; i++) {
    under += counts.width[i] >= 2 && counts.width[i] <= counts.width[0];
  }
  out->share = (double)most / (double)rows;
  out->body = out->first != out->width && rows > 1 ? (double)most / (double)(rows - 1) : out->share;
  const double ragged = out->first >= 3 ? 0.6 * (double)under / (double)counts.records : 0;
  out->share = ragged > out->share ? ragged : out->share;
  double quality, even = 0;
  count_cells(grammar, sample, out->width, &counts, record, &quality);
  const size_t columns = out->width < COLUMNS_MOST ? out->width : COLUMNS_MOST;
  for (size_t i = 0; i < columns; i++) {
    bool values;
    even += evenness(counts.shapes[i], &values);
    out->values += values;
  }
  even = counts.records > 1 ? even / (double)columns : 0.8;
  const double faulty = (double)out->faults / (double)counts.records;
  const double width = 1 - 0.5 / (double)out->width;
  out->value = out->share * out->share * quality * (0.6 + 0.4 * even) * prior * width * (1 - faulty * 0.8) *
               (out->first == out->width ? 1.05 : 1);
}

typedef struct Choice {
  CsvGrammar grammar;
  Score score;
} Choice;

static void try_grammar(const CsvGrammar *grammar, const CsvSample *sample, double prior, CsvRecord *record,
                        Choice *best)
{
  Score score;
  measure(grammar, sample, prior, record, &score);
  if (score.value > best->score.value) {
    *best = (Choice){*grammar, score};
  }
}

/* A backslash before a quote or a delimiter. */
static bool may_escape(const CsvGrammar *grammar, const CsvSample *sample)
{
  const char *p = sample->bytes, *end = p + sample->size;
  while (p < end && (p = memchr(p, '\\', (size_t)(end - p))) && p + 1 < end) {
    if (p[1] == grammar->quote || (p[1] == grammar->delimiter[0] && p[1])) {
      return true;
    }
    p += 2;
  }
  return false;
}

/* Two single quotes, one after the other. */
static bool has_doubled(const CsvSample *sample)
{
  const char *p = sample->bytes, *end = p + sample->size;
  while (p < end && (p = memchr(p, '\'', (size_t)(end - p))) && p + 1 < end) {
    if (p[1] == '\'') {
      return true;
    }
    p++;
  }
  return false;
}

/* The ways to quote that the sample may be written in, for one delimiter. */
static void try_quotes(CsvGrammar grammar, const CsvSample *sample, const CsvOptions *options, double prior,
                       CsvRecord *record, Choice *best)
{
  static const char quotes[] = {'"', '\'', '\0'};
  Choice mine = {.score = {.value = 0}};
  bool sound = false;
  for (size_t i = 0; i < sizeof quotes; i++) {
    grammar.quote = options->quote ? options->quote[0] : quotes[i];
    const bool there = i == 0 || memchr(sample->bytes, i == 1 ? '\'' : '"', sample->size);
    if (!options->quote && (!there || (i == 2 && sound))) {
      continue;
    }
    grammar.escape = options->escape ? options->escape[0] : '\0';
    Choice this = {.score = {.value = 0}};
    measure(&grammar, sample, prior * (i == 1 ? 0.99 : i == 2 ? 0.97 : 1), record, &this.score);
    this.grammar = grammar;
    if (i == 1 && this.score.quoted < mine.score.quoted) {
      continue;
    }
    if (i == 1 && mine.score.quoted == 0 && this.score.doubled > 0 && this.score.faults == 0 &&
        this.score.share >= mine.score.share) {
      mine = this; /* 'O''Neil' says it, where nothing speaks for double quotes */
      break;
    }
    sound = sound || (i == 0 && this.score.quoted > 0 && this.score.quoted >= this.score.faults);
    mine = this.score.value > mine.score.value ? this : mine;
    if (!options->escape && may_escape(&grammar, sample)) {
      grammar.escape = '\\';
      try_grammar(&grammar, sample, prior * 0.995, record, &mine);
    }
    if (options->quote ||
        (i == 0 && mine.score.share >= 1 && mine.score.faults == 0 && mine.score.value > 0.7 * prior &&
         (mine.score.quoted > 0 || !has_doubled(sample)))) {
      break;
    }
  }
  if (mine.score.value > best->score.value) {
    *best = mine;
  }
}

/* How many of the sample's lines are values as a whole; *rest (or NULL): of those behind the first. */
static double line_values(const CsvSample *sample, const CsvGrammar *base, CsvRecord *record, double *rest)
{
  CsvGrammar lines = *base;
  size_t at = 0, n = 0, values = 0, first = 0;
  lines.delimiter[0] = '\0';
  lines.quote = '"';
  while (n < RECORDS_MOST && csv_sample_next(&lines, sample, &at, record)) {
    const CsvPart *part = &record->parts[0];
    const char *text = sample->bytes + part->begin;
    const size_t length = part->end - part->begin;
    values += csv_shape_is_value(csv_shape(text, length)) || csv_may_become_value(text, length) ||
              (part->quoted && !record->odd);
    first = n == 0 ? values : first;
    n++;
  }
  if (rest) {
    *rest = n > 1 ? (double)(values - first) / (double)(n - 1) : 1;
  }
  return n ? (double)values / (double)n : 0;
}

static CsvGrammar parted_by(const CsvGrammar *base, char c)
{
  CsvGrammar grammar = *base;
  grammar.delimiter[0] = c;
  grammar.delimiter[1] = '\0';
  return grammar;
}

/* Separators that also stand in texts, dates and times: they must part values, in nearly all lines. */
static void try_weak(const CsvGrammar *base, const CsvSample *sample, const CsvOptions *options, CsvRecord *record,
                     Choice *best)
{
  static const char weak[] = CSV_WEAK_DELIMITERS;
  double rest;
  const double whole = line_values(sample, base, record, &rest);
  for (const char *c = weak; *c; c++) {
    const bool pair = *c == ':' && memmem(sample->bytes, sample->size, "::", 2);
    if (!memchr(sample->bytes, *c, sample->size)) {
      continue;
    }
    Choice mine = {.score = {.value = 0}};
    CsvGrammar grammar = parted_by(base, *c);
    const double prior = *c == '^' || *c == '~' ? 0.85 : *c == ' ' ? 0.75 : 0.7;
    if (pair) {
      grammar.delimiter[1] = ':';
      grammar.delimiter[2] = '\0';
      try_quotes(grammar, sample, options, 0.85, record, &mine);
      grammar = parted_by(base, *c);
    }
    try_quotes(grammar, sample, options, prior, record, &mine);
    if (*c == ' ') {
      Choice runs = {.score = {.value = 0}};
      grammar.blanks = true;
      try_quotes(grammar, sample, options, prior * 0.97, record, &runs);
      const bool even = mine.score.gaps > 0 && runs.score.value > 0 && runs.score.body >= mine.score.body;
      mine = even || runs.score.value > mine.score.value ? runs : mine;
    }
    const bool pure = *c == ' ' && mine.score.values == mine.score.width && mine.score.body >= 0.95;
    if (mine.score.body >= 0.8 && mine.score.values > 0 && (whole < 0.5 || (pure && rest < 0.98)) &&
        mine.score.value > best->score.value) {
      *best = mine;
    }
  }
}

/* Fields that "::" or "||" parts: each of the characters stands beside another one, and no more than one. One line
 * may have an empty field. */
static bool is_doubled(const CsvSample *sample, char c)
{
  const char *p = sample->bytes, *end = p + sample->size;
  if (!c || strchr(",;\t %", c)) {
    return false;
  }
  while (p < end && (p = memchr(p, c, (size_t)(end - p)))) {
    const char *behind = p;
    while (behind < end && *behind == c) {
      behind++;
    }
    if (behind - p != 2 && (behind < end || sample->whole)) {
      return false;
    }
    p = behind;
  }
  return true;
}

static Choice one_column(const CsvGrammar *base, const CsvOptions *options)
{
  Choice choice = {.grammar = *base, .score = {.value = 0}};
  choice.grammar.quote = options->quote ? options->quote[0] : '"';
  choice.grammar.escape = options->escape ? options->escape[0] : '\0';
  return choice;
}

static Choice choose(const CsvGrammar *base, const CsvSample *sample, const CsvOptions *options, CsvRecord *record)
{
  static const char strong[] = CSV_DELIMITERS;
  static const double priors[] = {1, 1, 0.99, 0.97, 0.95, 0.95, 0.95};
  Choice best = one_column(base, options);
  char sure;
  if (best.grammar.quote == '"' && !best.grammar.escape && csv_is_sure(sample, &sure)) {
    best.grammar.delimiter[0] = sure;
    return best;
  }
  for (size_t i = 0; strong[i]; i++) {
    if (memchr(sample->bytes, strong[i], sample->size)) {
      try_quotes(parted_by(base, strong[i]), sample, options, priors[i], record, &best);
    }
  }
  if (best.score.value < 0.6 && !(best.score.share >= 1 && best.score.faults == 0)) {
    try_weak(base, sample, options, record, &best);
  }
  size_t next;
  const size_t line = csv_line_stop(base, sample->bytes, sample->size, 0, &next);
  const bool uneven =
      best.score.first == 1 || (best.score.share < 1 && csv_shape(sample->bytes, line) == SHAPE_NUMBER);
  const bool number = uneven && line_values(sample, base, record, NULL) >= 0.8;
  const bool clear =
      best.score.value >= 0.2 || (best.score.share >= 0.3 && best.score.parted >= 0.5 && best.score.tight >= 0.8);
  if (!clear || number) {
    best.grammar = one_column(base, options).grammar;
  } else if (best.score.records > 1 && is_doubled(sample, best.grammar.delimiter[0])) {
    best.grammar.delimiter[1] = best.grammar.delimiter[0];
    best.grammar.delimiter[2] = '\0';
  }
  return best;
}

/* With a delimiter that is given, or none, only quotes are to be found. */
static Choice choose_quotes(const CsvGrammar *base, const CsvSample *sample, const CsvOptions *options,
                            CsvRecord *record)
{
  CsvGrammar grammar = *base;
  (void)strncpy(grammar.delimiter, options->delimiter, CSV_DELIMITER_MOST);
  grammar.quote = options->quote ? options->quote[0] : '"';
  grammar.escape = options->escape ? options->escape[0] : '\0';
  Choice best = {.grammar = grammar, .score = {.value = 0}};
  if (grammar.delimiter[0]) {
    try_quotes(grammar, sample, options, 1, record, &best);
  }
  return best;
}

/* Blanks behind (nearly) all delimiters belong to them. */
static bool is_padded(const CsvGrammar *grammar, const CsvSample *sample, CsvRecord *record)
{
  size_t at = 0, all = 0, padded = 0;
  const char delimiter = grammar->delimiter[0];
  for (size_t n = 0;
       delimiter && delimiter != ' ' && n < RECORDS_MOST && csv_sample_next(grammar, sample, &at, record); n++) {
    for (size_t i = 1; i < record->n; i++) {
      const CsvPart *part = &record->parts[i];
      const size_t begin = part->begin - part->quoted;
      all++;
      padded += (begin < sample->size && sample->bytes[begin] == ' ') ||
                (part->quoted && sample->bytes[begin - 1] == ' ');
    }
  }
  return all > 0 && padded * 100 >= all * 95;
}

/* Carriage returns end lines when there are no line feeds, or hardly any. */
static bool ends_in_cr(const CsvSample *sample)
{
  size_t feeds = 0, returns = 0;
  for (size_t i = 0; i < sample->size; i++) {
    feeds += sample->bytes[i] == '\n';
    returns += sample->bytes[i] == '\r' && i + 1 < sample->size && sample->bytes[i + 1] != '\n' &&
               sample->bytes[i + 1] != '\r';
  }
  return returns > feeds * 4;
}

static size_t count_records(const CsvGrammar *grammar, const CsvSample *sample, CsvRecord *record)
{
  size_t at = 0, n = 0;
  while (n < RECORDS_WANTED && csv_sample_next(grammar, sample, &at, record) && !record->open) {
    n++;
  }
  return n;
}

static Status check_options(const CsvOptions *options, Error *e)
{
  const char *const texts[] = {options->quote, options->escape, options->delimiter, options->comment};
  static const char *const names[] = {"quote", "escape", "delimiter", "comment"};
  static const size_t most[] = {1, 1, CSV_DELIMITER_MOST, CSV_COMMENT_MOST};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (texts[i] && (strlen(texts[i]) > most[i] || strpbrk(texts[i], "\r\n"))) {
      error_set(e, STATUS_ARGUMENT, "csv-option", _("'%1$s' is not a value for the option '%2$s'"), texts[i],
                names[i]);
      return error_hint(e, _("it takes at most %zu characters of ASCII, and no line ends"), most[i]);
    }
  }
  if (options->delimiter && options->delimiter[0] && options->quote &&
      strcmp(options->delimiter, options->quote) == 0) {
    error_set(e, STATUS_ARGUMENT, "csv-option", _("'%s' cannot be both the delimiter and the quote"),
              options->quote);
    return error_hint(e, _("leave one of them out, and it is found out"));
  }
  return STATUS_OK;
}

/* Passes over lines, at most so many, whose ends lie within the next piece of the file; gives their number. */
static Status skip_piece(const CsvSource *source, CsvView *view, size_t most, CsvPlan *plan, size_t *passed, Error *e)
{
  const CsvGrammar lines = {.cr = true};
  const uint64_t left = plan->end - plan->begin;
  const size_t size = left < SKIP_BYTES ? (size_t)left : SKIP_BYTES;
  const char *text = csv_view(source, view, plan->begin, plan->begin + size, e);
  size_t at = 0, next = 0;
  *passed = 0;
  while (text && *passed < most) {
    (void)csv_line_stop(&lines, text, size, at, &next);
    if (next + 2 >= size) {
      break; /* perhaps in the midst of \r\r\n */
    }
    at = next;
    ++*passed;
  }
  plan->begin += at;
  return text ? STATUS_OK : e->status;
}

/* Moves the plan's beginning behind the lines to skip. */
static Status skip_lines(const CsvSource *source, const CsvOptions *options, CsvView *view, CsvPlan *plan, Error *e)
{
  const CsvGrammar lines = {.cr = true};
  for (size_t i = 0; options->skip_given && i < options->skip && plan->begin < plan->end; i++) {
    uint64_t place;
    size_t passed;
    Status status = skip_piece(source, view, options->skip - i, plan, &passed, e);
    if (status == STATUS_OK && passed > 0) {
      i += passed - 1;
      continue;
    }
    status = status == STATUS_OK ? csv_next_line(source, view, plan->begin, plan->end, &place, e) : status;
    if (status != STATUS_OK) {
      return status;
    }
    const uint64_t most = place - plan->begin < TAIL_BYTES ? place - plan->begin : TAIL_BYTES;
    const char *text = csv_view(source, view, plan->begin, plan->begin + most, e);
    if (!text) {
      return e->status;
    }
    size_t next;
    (void)csv_line_stop(&lines, text, (size_t)most, 0, &next);
    plan->begin = next < most || most < TAIL_BYTES ? plan->begin + next : place;
  }
  return STATUS_OK;
}

/* The place behind the `wanted`th line end from the back of a text; 0: it has not so many. */
static size_t footer_start(const char *text, size_t size, size_t wanted)
{
  size_t i = size, found = 0;
  while (i > 0 && (text[i - 1] == '\n' || text[i - 1] == '\r')) {
    i--;
  }
  for (; i > 0; i--) {
    found += text[i - 1] == '\n' || (text[i - 1] == '\r' && i < size && text[i] != '\n');
    if (found == wanted) {
      break;
    }
  }
  return i;
}

/* Moves the plan's end before the lines at the end; blank lines behind them do not count. */
static Status cut_footer(const CsvSource *source, const CsvOptions *options, CsvView *view, CsvPlan *plan, Error *e)
{
  if (!options->footer_given || options->footer == 0) {
    return STATUS_OK;
  }
  uint64_t begin = plan->end;
  size_t place = 0;
  for (uint64_t size = TAIL_BYTES; place == 0 && begin > plan->begin; size *= SAMPLE_STEP) {
    begin = plan->end - plan->begin > size ? plan->end - size : plan->begin;
    const char *text = csv_view(source, view, begin, plan->end, e);
    if (!text) {
      return e->status;
    }
    place = footer_start(text, (size_t)(plan->end - begin), options->footer);
  }
  plan->end = begin + place;
  return STATUS_OK;
}

/* Chooses on a sample that grows until it has some records. */
static Status choose_grammar(const CsvSource *source, const CsvOptions *options, CsvView *view, CsvPlan *plan,
                             CsvSample *sample, Error *e)
{
  CsvRecord record = {.parts = NULL};
  const uint64_t rest = plan->end - plan->begin;
  Status status = STATUS_OK;
  bool enough = false;
  for (uint64_t size = SAMPLE_FIRST; status == STATUS_OK && !enough; size *= SAMPLE_STEP) {
    sample->size = (size_t)(size < rest ? size : rest);
    sample->whole = sample->size == rest;
    sample->bytes = csv_view(source, view, plan->begin, plan->begin + sample->size, e);
    if (!sample->bytes) {
      status = e->status;
      break;
    }
    const CsvGrammar base = {.cr = ends_in_cr(sample)};
    const Choice best = options->delimiter ? choose_quotes(&base, sample, options, &record)
                                           : choose(&base, sample, options, &record);
    plan->grammar = best.grammar;
    plan->grammar.padded = is_padded(&plan->grammar, sample, &record);
    enough =
        sample->whole || size >= SAMPLE_MOST || count_records(&plan->grammar, sample, &record) >= RECORDS_WANTED;
    status = record.failed ? error_memory(e, 0, _("a record")) : STATUS_OK;
  }
  csv_record_free(&record);
  return status;
}

/* The delimiter that a first line "sep=;" tells, as Excel understands it; the plan then begins behind it. */
static Status take_told(const CsvSource *source, CsvView *view, CsvPlan *plan, char told[2], Error *e)
{
  enum { TOLD = 5 };
  const uint64_t rest = plan->end - plan->begin, n = rest < TOLD + 2 ? rest : TOLD + 2;
  const char *text = csv_view(source, view, plan->begin, plan->begin + n, e);
  told[0] = told[1] = '\0';
  if (!text) {
    return e->status;
  }
  const CsvGrammar lines = {.cr = true};
  const size_t end = n > TOLD ? csv_line_end(&lines, text, (size_t)n, TOLD) : 0;
  if (end > 0 && strncasecmp(text, "sep=", TOLD - 1) == 0 && text[TOLD - 1] &&
      strchr(CSV_DELIMITERS CSV_WEAK_DELIMITERS, text[TOLD - 1])) {
    told[0] = text[TOLD - 1];
    plan->begin += TOLD + end;
  }
  return STATUS_OK;
}

/* Lines at the end that are no rows: one cell, or hardly any, where a row has several and others of their kind. */
static bool is_footer_line(const CsvPlan *plan, const char *line, size_t size, CsvRecord *record)
{
  size_t filled = 0;
  csv_lex(&plan->grammar, line, size, 0, 0, SIZE_MAX, record);
  if (record->failed) {
    return false;
  }
  for (size_t i = 0; i < record->n; i++) {
    filled += !csv_part_empty(line, &record->parts[i]);
  }
  const CsvPart *first = &record->parts[0];
  const CsvShape shape = csv_shape(line + first->begin, first->end - first->begin);
  const bool value = csv_shape_is_value((CsvShape)plan->shapes[0]) && !plan->first_quoted;
  const bool misfit = value && shape == SHAPE_WORD;
  const bool cut = value && shape == plan->shapes[0]; /* the beginning of a row */
  const bool few = record->n == 1 && (plan->columns > 3 || misfit) && !cut;
  return plan->columns >= 3 && filled > 0 && !memchr(line, plan->grammar.quote, size) &&
         (few || (filled == 1 && record->n == plan->columns && misfit));
}

/* Cuts such lines off, so that they do not cost the fast reader. */
static Status find_footer(const CsvSource *source, const CsvOptions *options, CsvView *view, CsvPlan *plan,
                          Error *e)
{
  const uint64_t least = plan->table > plan->end - plan->begin ? plan->end : plan->table;
  const uint64_t begin = plan->end - least > FOOTER_BYTES ? plan->end - FOOTER_BYTES : least;
  if (options->footer_given || options->rows_given || plan->grammar.cr || plan->grammar.escape ||
      begin >= plan->end || plan->columns < 3) {
    return STATUS_OK;
  }
  const char *text = csv_view(source, view, begin, plan->end, e);
  CsvRecord record = {.parts = NULL};
  size_t end = text ? (size_t)(plan->end - begin) : 0, cut = end;
  for (size_t lines = 0; text && lines < FOOTER_LINES; lines++) {
    while (end > 0 && (text[end - 1] == '\n' || text[end - 1] == '\r')) {
      end--;
    }
    size_t start = end;
    while (start > 0 && text[start - 1] != '\n') {
      start--;
    }
    if (start == 0 || !is_footer_line(plan, text + start, end - start, &record)) {
      break;
    }
    plan->footer_lines++;
    cut = end = start;
  }
  if (text && plan->footer_lines > 0) {
    plan->end = begin + cut;
  }
  const bool failed = record.failed;
  csv_record_free(&record);
  return !text ? e->status : failed ? error_memory(e, 0, _("a record")) : STATUS_OK;
}

Status csv_sniff(const CsvSource *source, const CsvOptions *options, Task *task, CsvPlan *plan, Error *e)
{
  CsvView view = {NULL, 0};
  CsvSample sample = {.bytes = NULL};
  Status status;
  *plan = (CsvPlan){.end = source->size, .columns = 1};
  TRY(check_options(options, e));
  const char *head = csv_view(source, &view, 0, source->size < 3 ? source->size : 3, e);
  if (!head) {
    TRY(e->status);
  }
  plan->mark = source->size >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0;
  plan->begin = plan->mark ? 3 : 0;
  TRY(skip_lines(source, options, &view, plan, e));
  TRY(cut_footer(source, options, &view, plan, e));
  TRY(task_cancelled(task) ? error_cancelled(e) : STATUS_OK);
  CsvOptions told = *options;
  char delimiter[2];
  if (!options->skip_given && !options->delimiter) {
    TRY(take_told(source, &view, plan, delimiter, e));
    told.delimiter = delimiter[0] ? delimiter : NULL;
  }
  TRY(choose_grammar(source, &told, &view, plan, &sample, e));
  TRY(csv_layout(&sample, options, plan, e));
  TRY(find_footer(source, options, &view, plan, e));
done:
  csv_view_free(&view);
  if (status != STATUS_OK) {
    csv_plan_free(plan);
  }
  return status;
}

void csv_plan_free(CsvPlan *plan)
{
  mem_free(plan->shapes);
  plan->shapes = NULL;
}
