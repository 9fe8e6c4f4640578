/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv_mend.h"

#include <limits.h>
#include <string.h>

#include "core/alloc.h"
#include "io/csv_rejects.h"
#include "io/csv_solve.h"

enum {
  COST_MOST = 12,       /* of a reading by csv_solve that is believed */
  LINES_TOGETHER = 8,   /* that a record with a wrong quote may take */
  SOLVE_WORK = 1 << 24, /* squares of delimiters, for the whole file */
  FOOTER_MOST = 50,     /* lines */
  ROW_MOST = 1 << 14,   /* bytes of a row that is looked for behind a broken one */
  LONG_QUOTE = 1 << 20  /* bytes after which a quote that is not closed is given up */
};

/* Where the new text stood after the last whole row. */
typedef struct Mark {
  size_t text, records, rejected, blank;
  CsvMark marks[MEND_KINDS];
  size_t lines;    /* since then */
  size_t at, line; /* of the first of them */
  bool parted;     /* a blank line came first */
  bool weak;       /* they look like a footer */
} Mark;

typedef struct Mender {
  const CsvPlan *plan;
  const CsvOptions *options;
  const char *bytes, *path;
  size_t size, at, line, n;
  bool check_utf8, bare_returns, blank_before, other_table;
  size_t rows, work;
  CsvRecord record, other, best;
  Text cell, header; /* scratch; the header as it was written */
  Mark mark;
  CsvMended *out;
  CsvRejects rejects;
  bool failed;
} Mender;

static void count(Mender *mender, CsvMendKind kind, size_t n)
{
  CsvMark *mark = &mender->out->marks[kind];
  mark->line = mark->count == 0 ? mender->line : mark->line;
  mark->count += n;
}

static size_t lines_in(const Mender *mender, size_t begin, size_t end)
{
  size_t n = 0;
  for (const char *p = mender->bytes + begin, *stop = mender->bytes + end;
       p < stop && (p = memchr(p, '\n', (size_t)(stop - p))); p++) {
    n++;
  }
  for (size_t i = begin; mender->bare_returns && i < end; i++) {
    n += mender->bytes[i] == '\r' &&
         (i + 1 >= mender->size || (mender->bytes[i + 1] != '\n' && mender->bytes[i + 1] != '\r'));
  }
  return n;
}

/* ---- What is written ---- */

static void add_place(Mender *mender, size_t origin)
{
  CsvMended *out = mender->out;
  if (out->n == out->room) {
    const size_t room = out->room * 2 + 256;
    CsvPlace *grown = mem_resize(out->places, room, sizeof *grown);
    if (!grown) {
      mender->failed = true;
      return;
    }
    out->places = grown;
    out->room = room;
  }
  out->places[out->n++] = (CsvPlace){out->text.size, origin, mender->line};
}

static bool needs_quotes(const char *text, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    if (text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r') {
      return true;
    }
  }
  return false;
}

static void add_field(Text *out, const char *text, size_t n, bool quoted)
{
  if (!quoted && !needs_quotes(text, n)) {
    text_add(out, text, n);
    return;
  }
  text_char(out, '"');
  for (const char *quote; n > 0 && (quote = memchr(text, '"', n));) {
    const size_t part = (size_t)(quote - text) + 1;
    text_add(out, text, part);
    text_char(out, '"');
    text += part;
    n -= part;
  }
  text_add(out, text, n);
  text_char(out, '"');
}

/* The text of a part in mender->cell; blanks at its end do not count when they are padding. */
static void take_cell(Mender *mender, const CsvGrammar *grammar, const CsvPart *part)
{
  text_reset(&mender->cell);
  const size_t nuls = csv_part_text(grammar, mender->bytes, part, &mender->cell);
  if (nuls) {
    count(mender, MEND_NUL, nuls);
  }
  while (grammar->padded && !part->quoted && mender->cell.size > 0 &&
         mender->cell.data[mender->cell.size - 1] == ' ') {
    mender->cell.data[--mender->cell.size] = '\0';
  }
  mender->failed = mender->failed || mender->cell.failed;
}

static void write_record(Mender *mender, const CsvGrammar *grammar, const CsvRecord *record, size_t origin)
{
  Text *out = &mender->out->text;
  add_place(mender, origin);
  for (size_t i = 0; i < mender->n; i++) {
    if (i > 0) {
      text_char(out, ',');
    }
    if (i < record->n) {
      take_cell(mender, grammar, &record->parts[i]);
      add_field(out, text_data(&mender->cell), mender->cell.size, record->parts[i].quoted);
      const bool blank = mender->n == 1 && mender->cell.size == 0 && !record->parts[i].quoted;
      text_puts(out, blank ? "NA" : ""); /* an empty line could be the text's end */
    }
  }
  text_char(out, '\n');
  mender->failed = mender->failed || out->failed;
}

static void reject(Mender *mender, size_t begin, size_t end, const char *reason)
{
  count(mender, MEND_REJECTED, 1);
  if (!csv_rejects_add(&mender->rejects, mender->line, begin, reason, mender->bytes + begin, end - begin)) {
    mender->failed = true;
  }
}

/* ---- How a record is judged ---- */
static bool fits(Mender *mender, const CsvGrammar *grammar, const CsvRecord *record)
{
  bool good = true;
  for (size_t i = 0; good && i < record->n && i < mender->n; i++) {
    if (mender->plan->shapes[i] != SHAPE_WORD) {
      take_cell(mender, grammar, &record->parts[i]);
      good = csv_cell_fits(mender->plan->shapes[i], text_data(&mender->cell), mender->cell.size);
    }
  }
  return good;
}

static size_t filled_cells(const Mender *mender, const CsvRecord *record)
{
  size_t n = 0;
  for (size_t i = 0; i < record->n; i++) { n += !csv_part_empty(mender->bytes, &record->parts[i]); }
  return n;
}

/* All cells behind the columns are empty. */
static bool surplus_empty(const Mender *mender, const CsvRecord *record)
{
  for (size_t i = mender->n; i < record->n; i++) {
    if (record->parts[i].end > record->parts[i].begin && !csv_part_empty(mender->bytes, &record->parts[i])) {
      return false;
    }
  }
  return true;
}

/* A row of text over columns of values is a header. */
static bool is_header_like(Mender *mender, const CsvRecord *record)
{
  size_t values = 0, words = 0, other = 0;
  for (size_t i = 0; i < record->n && i < mender->n; i++) {
    const CsvPart *part = &record->parts[i];
    const CsvShape shape = csv_shape(mender->bytes + part->begin, part->end - part->begin);
    if (mender->plan->shapes[i] != SHAPE_WORD) {
      values++;
      words += shape == SHAPE_WORD;
      other += shape != SHAPE_WORD && shape != SHAPE_EMPTY;
    }
  }
  return values > 0 && words * 2 >= values && other == 0;
}

static bool is_blank_line(const Mender *mender, size_t at, size_t *next)
{
  const CsvGrammar *grammar = &mender->plan->grammar;
  const char *bytes = mender->bytes;
  while (at < mender->size && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\0') &&
         (grammar->blanks || !csv_delimiter_at(grammar, bytes, mender->size, at)) &&
         (mender->n > 1 || bytes[at] == '\0')) {
    at++;
  }
  *next = at;
  if (at >= mender->size) {
    return true;
  }
  const size_t n = csv_line_end(grammar, bytes, mender->size, at);
  *next = at + n + (n == 0 && bytes[at] == '\r');
  return n > 0 || bytes[at] == '\r';
}

static bool begins_with_comment(const Mender *mender, size_t at)
{
  const char *comment = mender->plan->comment;
  const size_t n = strlen(comment);
  return n > 0 && mender->size - at >= n && memcmp(mender->bytes + at, comment, n) == 0;
}

static bool has_quote(const Mender *mender, const CsvPart *part)
{
  return mender->plan->grammar.quote &&
         memchr(mender->bytes + part->begin, mender->plan->grammar.quote, part->end - part->begin);
}

/* A quote in a field that does not begin with one. */
static bool has_stray(const Mender *mender, const CsvRecord *record)
{
  for (size_t i = 0; i < record->n; i++) {
    if (!record->parts[i].quoted && has_quote(mender, &record->parts[i])) {
      return true;
    }
  }
  return false;
}

/* All cells fit their columns, but for those that have a quote in them. */
static bool fits_but_quotes(Mender *mender, const CsvRecord *record)
{
  bool good = true;
  for (size_t i = 0; good && i < mender->n; i++) {
    if (mender->plan->shapes[i] != SHAPE_WORD && !has_quote(mender, &record->parts[i])) {
      take_cell(mender, &mender->plan->grammar, &record->parts[i]);
      good = csv_cell_fits(mender->plan->shapes[i], text_data(&mender->cell), mender->cell.size);
    }
  }
  return good;
}

/* Whether a row begins with the line here: as many fields as there are columns, sound quotes, cells that fit. */
static bool is_row(Mender *mender, size_t at)
{
  const size_t size = mender->size - at > ROW_MOST ? at + ROW_MOST : mender->size;
  csv_lex(&mender->plan->grammar, mender->bytes, size, at, mender->n, SIZE_MAX, &mender->other);
  return mender->n > 2 && mender->other.n == mender->n && !mender->other.open && mender->other.odd == 0 &&
         fits(mender, &mender->plan->grammar, &mender->other);
}

/* The best reading of one to some lines by putting quotes right; false: none. A line that
 * begins a row by itself is no part of the one above. */
static bool solve(Mender *mender, size_t at, size_t *next)
{
  const CsvGrammar *grammar = &mender->plan->grammar;
  unsigned best = UINT_MAX;
  size_t stop = at, quotes = 0;
  for (size_t lines = 0; lines < LINES_TOGETHER && stop < mender->size && mender->work < SOLVE_WORK; lines++) {
    size_t behind;
    const size_t from = stop, end = csv_line_stop(grammar, mender->bytes, mender->size, stop, &behind);
    for (size_t i = from; i < end; i++) {
      quotes += mender->bytes[i] == grammar->quote;
    }
    if (!grammar->quote || quotes == 0 || end - at > LONG_QUOTE || (lines > 0 && is_row(mender, from))) {
      break;
    }
    const unsigned cost =
        csv_solve(grammar, mender->bytes, at, end, mender->plan->shapes, mender->n, &mender->other);
    mender->failed = mender->failed || mender->other.failed;
    mender->work += (mender->n + (end - at) / 8) * 4;
    if (cost < best) {
      best = cost;
      *next = behind;
      const CsvRecord swap = mender->best;
      mender->best = mender->other;
      mender->other = swap;
    }
    stop = behind;
  }
  return best <= COST_MOST && fits_but_quotes(mender, &mender->best);
}

/* A line with another delimiter than the rest of the file. */
static bool other_delimiter(Mender *mender, size_t at, CsvGrammar *out)
{
  static const char delimiters[] = ",;\t|: ";
  size_t next;
  const size_t end = csv_line_stop(&mender->plan->grammar, mender->bytes, mender->size, at, &next);
  for (const char *c = delimiters; *c && mender->n > (strchr(": ", *c) ? 2 : 1); c++) {
    CsvGrammar grammar = mender->plan->grammar;
    if (*c == grammar.delimiter[0] || !memchr(mender->bytes + at, *c, end - at)) {
      continue;
    }
    grammar.delimiter[0] = *c;
    grammar.delimiter[1] = '\0';
    grammar.blanks = false;
    csv_lex(&grammar, mender->bytes, mender->size, at, mender->n, at + LONG_QUOTE, &mender->best);
    if (mender->best.n == mender->n && !mender->best.open && !mender->best.odd &&
        fits(mender, &grammar, &mender->best)) {
      *out = grammar;
      return true;
    }
  }
  return false;
}

/* Whether a record over several lines has swallowed rows: some line within it is one by itself. */
static bool has_swallowed(Mender *mender, const CsvRecord *record)
{
  size_t next, at;
  (void)csv_line_stop(&mender->plan->grammar, mender->bytes, mender->size, record->begin, &at);
  for (size_t lines = 0; at < record->end && lines < LINES_TOGETHER; lines++) {
    const size_t end = csv_line_stop(&mender->plan->grammar, mender->bytes, mender->size, at, &next);
    csv_lex(&mender->plan->grammar, mender->bytes, end, at, mender->n, SIZE_MAX, &mender->other);
    if ((mender->other.n == mender->n && !mender->other.open && mender->n > 1) || is_row(mender, at)) {
      return true;
    }
    at = next;
  }
  return false;
}

/* ---- The end of the table ---- */

static void set_mark(Mender *mender)
{
  mender->mark = (Mark){.text = mender->out->text.size, .records = mender->out->n, .rejected = mender->rejects.n};
  memcpy(mender->mark.marks, mender->out->marks, sizeof mender->mark.marks);
}

/* A line behind the last whole row, which may be of a footer. */
static void note_tail(Mender *mender, const CsvRecord *record, bool footer)
{
  Mark *mark = &mender->mark;
  mark->parted = mark->parted || mender->blank_before;
  if (mark->lines == 0) {
    mark->at = record->begin;
    mark->line = mender->line;
    mark->weak = true;
  }
  mark->weak = mark->weak && footer;
  mark->lines++;
}

/* Takes back what the lines of a footer became. */
static void cut_footer(Mender *mender)
{
  const Mark *mark = &mender->mark;
  CsvMended *out = mender->out;
  if (mender->options->footer_given || mark->lines == 0 || mark->lines > FOOTER_MOST || mark->records == 0 ||
      mender->n < 2 || mender->other_table || !mark->weak) {
    return;
  }
  const size_t lines = mark->lines;
  const CsvMark blank = out->marks[MEND_BLANK];
  out->text.size = mark->text;
  out->n = mark->records;
  csv_rejects_cut(&mender->rejects, mark->rejected);
  memcpy(out->marks, mark->marks, sizeof out->marks);
  out->marks[MEND_BLANK] = blank;
  out->marks[MEND_FOOTER] = (CsvMark){lines, mark->line};
  size_t next;
  const size_t end = csv_line_stop(&mender->plan->grammar, mender->bytes, mender->size, mark->at, &next);
  csv_add_clean(&out->footer, mender->bytes + mark->at,
                end - mark->at < 200 ? end - mark->at : utf8_whole(mender->bytes + mark->at, 200));
}

/* ---- Records ---- */

static Status ragged_error(const Mender *mender, const CsvRecord *record, Error *e)
{
  error_set(e, STATUS_FORMAT, "csv-ragged",
            record->n == 1 ? _("line %1$zu has %2$zu field, the table has %3$zu columns")
                           : _("line %1$zu has %2$zu fields, the table has %3$zu columns"),
            mender->line, record->n, mender->n);
  (void)error_where(e, _("%1$s, line %2$zu, byte offset %3$zu"), mender->path, mender->line, record->begin);
  return error_hint(e, _("ragged = \"auto\" keeps what is certain and puts the rest into df:rejects()"));
}

/* Hardly any cells, and the first of them no value of its column: "Source: the shop". */
static bool is_footer_like(Mender *mender, const CsvRecord *record)
{
  const CsvPart *first = &record->parts[0];
  const unsigned char shape = mender->plan->shapes[0];
  const bool value = csv_shape_is_value((CsvShape)shape);
  const bool fits_first = csv_cell_fits(shape, mender->bytes + first->begin, first->end - first->begin);
  const bool parted = mender->blank_before || mender->mark.parted;
  const size_t filled = filled_cells(mender, record), most = mender->n / 3 > 1 ? mender->n / 3 : 1;
  if (parted && record->n != mender->n &&
      (filled * 2 <= mender->n || !fits(mender, &mender->plan->grammar, record))) {
    return true;
  }
  return record->n < mender->n && filled <= most && (value ? !fits_first : mender->n >= 3);
}

static void accept(Mender *mender, const CsvGrammar *grammar, const CsvRecord *record)
{
  write_record(mender, grammar, record, record->begin);
  mender->rows++;
  const bool thin = mender->n >= 3 && filled_cells(mender, record) <= 1 &&
                    (mender->blank_before || !fits(mender, grammar, record));
  if (record->n < mender->n || thin) {
    note_tail(mender, record, thin || is_footer_like(mender, record));
  } else {
    set_mark(mender);
  }
}

static void reject_record(Mender *mender, const CsvRecord *record, const char *reason)
{
  reject(mender, record->begin, record->end, reason);
  note_tail(mender, record, is_footer_like(mender, record));
}

/* A row that stands in quotes as a whole, its own quotes doubled. */
static bool unwrap(Mender *mender, const CsvRecord *record)
{
  const CsvGrammar *grammar = &mender->plan->grammar;
  const char *bytes = mender->bytes;
  Text inner = {0};
  if (mender->n < 2 || record->n != 1 || !record->parts[0].quoted || record->parts[0].open || record->odd > 0) {
    return false;
  }
  (void)csv_part_text(grammar, bytes, &record->parts[0], &inner);
  mender->failed = mender->failed || inner.failed;
  bool good = !inner.failed && inner.size > 0;
  if (good) {
    mender->bytes = text_data(&inner);
    csv_lex(grammar, mender->bytes, inner.size, 0, mender->n, SIZE_MAX, &mender->best);
    good = mender->best.n == mender->n && mender->best.next == inner.size && !mender->best.open &&
           mender->best.odd == 0 && fits(mender, grammar, &mender->best);
    if (good) {
      count(mender, MEND_QUOTES, 1);
      mender->best.begin = mender->at;
      accept(mender, grammar, &mender->best);
    }
    mender->bytes = bytes;
  }
  text_free(&inner);
  return good;
}

/* A record with another number of fields than there are columns, and no way to put it right. */
static Status settle_ragged(Mender *mender, const CsvGrammar *grammar, const CsvRecord *record, Error *e)
{
  const CsvRagged mode = mender->options->ragged;
  if (mode == CSV_RAGGED_ERROR) {
    return ragged_error(mender, record, e);
  } else if (mode == CSV_RAGGED_REJECT) {
    reject_record(mender, record, record->n < mender->n ? _("too few fields") : _("too many fields"));
  } else if (record->n > mender->n &&
             (!surplus_empty(mender, record) ||
              (mode == CSV_RAGGED_AUTO && record->n == mender->n + 1 && mender->plan->last_may_lack))) {
    reject_record(mender, record, _("too many fields")); /* the empty one may be a last cell that was shifted */
  } else if (mode == CSV_RAGGED_AUTO && !fits(mender, grammar, record)) {
    reject_record(mender, record,
                  record->n < mender->n ? _("too few fields, and some do not fit their columns")
                                        : _("too many fields, and some do not fit their columns"));
  } else {
    count(mender, record->n < mender->n ? MEND_FILLED : MEND_CUT, 1);
    accept(mender, grammar, record);
  }
  return STATUS_OK;
}

/* Whether another table begins here, below a blank line. */
static bool begins_table(Mender *mender, const CsvRecord *record)
{
  if (!mender->blank_before || mender->rows < 2 || record->n < 2 || mender->n < 2) {
    return false;
  }
  if (record->n == mender->n) {
    return is_header_like(mender, record);
  }
  if (record->next >= mender->size) {
    return false;
  }
  csv_lex(&mender->plan->grammar, mender->bytes, mender->size, record->next, 0, LONG_QUOTE + record->next,
          &mender->other);
  return mender->other.n == record->n && mender->other.next < mender->size;
}

static bool repeats_header(Mender *mender, const CsvRecord *record)
{
  if (mender->header.size == 0 || record->n != mender->n || !is_header_like(mender, record)) {
    return false;
  }
  const size_t size = mender->out->text.size, n = mender->out->n;
  write_record(mender, &mender->plan->grammar, record, record->begin);
  Text *text = &mender->out->text;
  const bool same = !mender->failed && text->size - size == mender->header.size &&
                    memcmp(text->data + size, mender->header.data, mender->header.size) == 0;
  text->size = mender->failed ? text->size : size;
  mender->out->n = mender->failed ? mender->out->n : n;
  return same;
}

/* The record at mender->at, which csv_lex did not find well formed; gives where the next one begins. */
static Status mend_record(Mender *mender, size_t *next, Error *e)
{
  const CsvGrammar *grammar = &mender->plan->grammar;
  CsvRecord *record = &mender->record;
  CsvGrammar other;
  if (mender->options->ragged == CSV_RAGGED_AUTO && record->n != mender->n &&
      other_delimiter(mender, mender->at, &other)) {
    count(mender, MEND_DELIMITER, 1);
    *next = mender->best.next;
    accept(mender, &other, &mender->best);
    return STATUS_OK;
  }
  if (mender->options->ragged == CSV_RAGGED_AUTO && unwrap(mender, record)) {
    *next = record->next;
    return STATUS_OK;
  }
  const bool doubtful = record->odd > 0 || record->open || has_stray(mender, record) ||
                        (record->breaks > 0 && has_swallowed(mender, record));
  if (doubtful && solve(mender, mender->at, next)) {
    count(mender, MEND_QUOTES, 1);
    mender->best.begin = mender->at;
    accept(mender, grammar, &mender->best);
    return STATUS_OK;
  }
  size_t behind;
  const size_t end = csv_line_stop(grammar, mender->bytes, mender->size, mender->at, &behind);
  if (record->open || (record->breaks > 0 && has_swallowed(mender, record))) {
    csv_lex(grammar, mender->bytes, end, mender->at, 0, SIZE_MAX, record);
    record->next = behind;
  }
  *next = record->next;
  if (record->n == mender->n) {
    count(mender, MEND_QUOTES, 1);
    accept(mender, grammar, record);
    return STATUS_OK;
  }
  return settle_ragged(mender, grammar, record, e);
}

static bool is_utf8(const Mender *mender, const CsvRecord *record)
{
  return !mender->check_utf8 ||
         utf8_check(mender->bytes + record->begin, record->end - record->begin) == record->end - record->begin;
}

static Status one_record(Mender *mender, Error *e)
{
  CsvRecord *record = &mender->record;
  const CsvGrammar *grammar = &mender->plan->grammar;
  Status status = STATUS_OK;
  csv_lex(grammar, mender->bytes, mender->size, mender->at, mender->n, mender->at + LONG_QUOTE, record);
  size_t next = record->next;
  if (!record->failed && record->open && record->end < mender->size) { /* perhaps it is only long */
    csv_lex(grammar, mender->bytes, mender->size, mender->at, mender->n, SIZE_MAX, record);
    next = record->next;
  }
  mender->failed = mender->failed || record->failed;
  const bool ended = mender->plan->ends && record->n == mender->n + 1 && surplus_empty(mender, record);
  record->n -= ended && !record->failed;
  const bool sound = record->n == mender->n && record->odd == 0 && !record->open;
  const bool comment = begins_with_comment(mender, mender->at) &&
                       (mender->plan->comment_given || record->n != mender->n || mender->n == 1);
  if (mender->failed) {
    return error_memory(e, 0, mender->path);
  }
  if (comment) {
    (void)csv_line_stop(grammar, mender->bytes, mender->size, mender->at, &next);
    count(mender, MEND_COMMENT, 1);
  } else if (!is_utf8(mender, record)) {
    const size_t end = csv_line_stop(grammar, mender->bytes, mender->size, mender->at, &next);
    record->end = end;
    reject_record(mender, record, _("is not UTF-8"));
  } else if (mender->other_table || begins_table(mender, record)) {
    mender->other_table = true;
    reject_record(mender, record, _("belongs to another table below"));
  } else if (sound && repeats_header(mender, record)) {
    reject_record(mender, record, _("repeats the header"));
  } else if (sound) {
    accept(mender, grammar, record);
  } else {
    status = mend_record(mender, &next, e);
  }
  mender->line += lines_in(mender, mender->at, next);
  mender->at = next;
  mender->blank_before = false;
  return status;
}

/* Blank lines; in a file of one column they are missing cells, but at its end. */
static bool pass_blank(Mender *mender)
{
  size_t next, lines = 0;
  const size_t at = mender->at;
  size_t end = at;
  while (end < mender->size && is_blank_line(mender, end, &next)) {
    end = next;
    lines++;
  }
  if (lines == 0 || (mender->n == 1 && end < mender->size)) {
    return false;
  }
  count(mender, MEND_BLANK, lines);
  mender->blank_before = true;
  mender->line += lines_in(mender, at, end);
  mender->at = end;
  return true;
}

/* ---- The header ---- */

/* The names of several header rows, joined by column; a name above several columns stands before the first only. */
static void join_names(Mender *mender, const CsvRecord *record, Text *names, bool *quoted, size_t row)
{
  size_t above = SIZE_MAX;
  for (size_t i = 0; i < mender->n; i++) {
    const size_t shift = mender->plan->row_names;
    const size_t from = i - shift;
    if (i < shift || from >= record->n) {
      continue;
    }
    take_cell(mender, &mender->plan->grammar, &record->parts[from]);
    quoted[i] = quoted[i] || record->parts[from].quoted;
    const bool empty = csv_part_empty(mender->bytes, &record->parts[from]);
    if (row == 0 && empty && above != SIZE_MAX && mender->plan->header_rows > 1) {
      text_puts(&names[i], text_data(&names[above]));
    } else if (!empty) {
      text_puts(&names[i], row > 0 && names[i].size > 0 ? " " : "");
      text_add(&names[i], text_data(&mender->cell), mender->cell.size);
      above = i;
    }
    mender->failed = mender->failed || names[i].failed;
  }
}

static Status write_header(Mender *mender, Error *e)
{
  Text *names = mem_zero(mender->n, sizeof *names);
  bool *quoted = mem_zero(mender->n, sizeof *quoted);
  const size_t origin = mender->at, line = mender->line;
  mender->failed = !names || !quoted;
  for (size_t row = 0; !mender->failed && row < mender->plan->header_rows && mender->at < mender->size; row++) {
    while (pass_blank(mender)) {
    }
    if (mender->at < mender->size) {
      csv_lex(&mender->plan->grammar, mender->bytes, mender->size, mender->at, row ? 0 : mender->plan->header_fields,
              mender->at + LONG_QUOTE, &mender->record);
      if (mender->record.open) {
        size_t next;
        const size_t end = csv_line_stop(&mender->plan->grammar, mender->bytes, mender->size, mender->at, &next);
        csv_lex(&mender->plan->grammar, mender->bytes, end, mender->at, 0, SIZE_MAX, &mender->record);
        mender->record.next = next;
      }
      mender->failed = mender->failed || mender->record.failed;
      join_names(mender, &mender->record, names, quoted, row);
      mender->line += lines_in(mender, mender->at, mender->record.next);
      mender->at = mender->record.next;
    }
  }
  if (!mender->failed) {
    const size_t after = mender->line;
    mender->line = line;
    add_place(mender, origin);
    mender->line = after;
    for (size_t i = 0; i < mender->n; i++) {
      text_puts(&mender->out->text, i > 0 ? "," : "");
      add_field(&mender->out->text, text_data(&names[i]), names[i].size, quoted[i]);
    }
    text_char(&mender->out->text, '\n');
    text_add(&mender->header, text_data(&mender->out->text), mender->out->text.size);
    mender->failed = mender->failed || mender->out->text.failed || mender->header.failed;
  }
  for (size_t i = 0; names && i < mender->n; i++) {
    text_free(&names[i]);
  }
  mem_free(names);
  mem_free(quoted);
  return mender->failed ? error_memory(e, 0, mender->path) : STATUS_OK;
}

/* ---- The whole ---- */

static void mender_free(Mender *mender)
{
  csv_record_free(&mender->record);
  csv_record_free(&mender->other);
  csv_record_free(&mender->best);
  text_free(&mender->cell);
  text_free(&mender->header);
  csv_rejects_free(&mender->rejects);
}

static bool has_bare_return(const char *bytes, size_t size)
{
  for (const char *at; size > 0 && (at = memchr(bytes, '\r', size));) {
    size -= (size_t)(at + 1 - bytes);
    bytes = at + 1;
    if (size == 0 || (bytes[0] != '\n' && bytes[0] != '\r')) {
      return true;
    }
  }
  return false;
}

static Status check_utf8(Mender *mender, bool settled, Error *e)
{
  const size_t bad = utf8_check(mender->bytes, mender->size);
  mender->check_utf8 = bad < mender->size;
  if (!mender->check_utf8 || settled) {
    return STATUS_OK;
  }
  error_set(e, STATUS_FORMAT, "not-utf8", _("'%1$s' is not UTF-8 at byte offset %2$zu"), mender->path, bad);
  (void)error_where(e, _("%1$s, byte offset %2$zu"), mender->path, bad);
  return error_hint(e, _("name its encoding: encoding = \"WINDOWS-1252\""));
}

static Status all_records(Mender *mender, Task *task, Error *e)
{
  const size_t most = mender->options->rows_given ? mender->options->rows : SIZE_MAX;
  Status status = STATUS_OK;
  for (size_t n = 0; status == STATUS_OK && mender->at < mender->size && mender->rows < most; n++) {
    if (!pass_blank(mender)) {
      status = one_record(mender, e);
    }
    if (n % 1024 == 0) {
      task_progress(task, mender->at, mender->size);
    }
    if (status == STATUS_OK && n % 64 == 0 && task_cancelled(task)) {
      status = error_cancelled(e);
    }
  }
  if (status == STATUS_OK && mender->rows < most) {
    cut_footer(mender);
  }
  return status;
}

Status csv_mend(const char *bytes, size_t size, const char *path, const CsvPlan *plan, const CsvOptions *options,
                bool settled, Task *task, CsvMended *out, Error *e)
{
  Status status;
  *out = (CsvMended){.n = 0};
  Mender mender = {.plan = plan, .options = options, .bytes = bytes, .path = path, .n = plan->columns, .out = out};
  mender.size = (size_t)(plan->end < size ? plan->end : size);
  mender.bare_returns = has_bare_return(bytes, mender.size);
  mender.at = (size_t)(plan->table < mender.size ? plan->table : mender.size);
  mender.line = 1 + lines_in(&mender, 0, mender.at);
  task_phase(task, _("mending rows"));
  TRY(task_reserve(task, mender.size + mender.size / 4, path, e));
  TRY(check_utf8(&mender, settled, e));
  if (plan->header_rows > 0) {
    TRY(write_header(&mender, e));
  }
  set_mark(&mender);
  TRY(all_records(&mender, task, e));
  if (mender.failed) {
    TRY(error_memory(e, 0, path));
  }
  TRY(csv_rejects_frame(&mender.rejects, &out->rejects, e));
done:
  mender_free(&mender);
  if (status != STATUS_OK) {
    csv_mended_free(out);
  }
  return status;
}

void csv_mended_free(CsvMended *mended)
{
  text_free(&mended->text);
  text_free(&mended->footer);
  mem_free(mended->places);
  frame_unref(mended->rejects);
  *mended = (CsvMended){.n = 0};
}

const CsvPlace *csv_place(const CsvMended *mended, uint64_t made)
{
  size_t low = 0, high = mended->n;
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    if (mended->places[middle].made <= made) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return &mended->places[low];
}
