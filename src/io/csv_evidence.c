/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv_evidence.h"

#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "frame/parse_number.h"
#include "frame/parse_time.h"
#include "io/csv_cell.h"

enum { SAMPLE_CELLS = 256 };

/* ---- Words for missing */

static void add_marker(Markers *markers, const char *text)
{
  const unsigned char first = (unsigned char)text[0];
  markers->texts[markers->n] = text;
  markers->lengths[markers->n++] = strlen(text);
  markers->firsts[first / 64] |= UINT64_C(1) << (first % 64);
}

void markers_usual(Markers *markers)
{
  static const char *const usual[] = {
      "NA",   "N/A",     "n/a",     "na",      "n.a.",    "N.A.",    "#N/A",    "#NA",          "<NA>",
      "NULL", "null",    "Null",    "(null)",  "NaN",     "nan",     "NAN",     "None",         "none",
      "NONE", "nil",     "missing", "Missing", "MISSING", "unknown", "Unknown", "UNKNOWN",      "-",
      "--",   "---",     "?",       "??",      ".",       "..",      "...",     "\xE2\x80\x93", "\xE2\x80\x94",
      "\\N",  "#VALUE!", "#REF!",   "#DIV/0!", "#NAME?",  "#NULL!",  "#NUM!",   "NaT",          "not available"};
  memset(markers, 0, sizeof *markers);
  for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
    add_marker(markers, usual[i]);
  }
}

bool markers_asked(Markers *markers, const char *const *texts, size_t n)
{
  memset(markers, 0, sizeof *markers);
  markers->asked = true;
  for (size_t i = 0; i < n && i < MARKERS_MOST; i++) {
    add_marker(markers, texts[i]);
  }
  return n <= MARKERS_MOST;
}

int markers_find(const Markers *markers, const char *text, size_t length)
{
  const unsigned char first = length > 0 ? (unsigned char)text[0] : 0;
  if (!(markers->firsts[first / 64] >> (first % 64) & 1)) {
    return -1;
  }
  for (size_t i = 0; i < markers->n; i++) {
    if (markers->lengths[i] == length && memcmp(markers->texts[i], text, length) == 0) {
      return (int)i;
    }
  }
  return -1;
}

/* ---- Sums */

static void tally(Tally *tally, size_t item, size_t weight)
{
  tally->first = tally->n == 0 || item < tally->first ? item : tally->first;
  tally->n += weight;
}

static void tally_merge(Tally *tally, const Tally *other)
{
  if (other->n > 0) {
    tally->first = tally->n == 0 || other->first < tally->first ? other->first : tally->first;
    tally->n += other->n;
  }
}

void evidence_clear(Evidence *evidence)
{
  memset(evidence, 0, sizeof *evidence);
  evidence->systems = SYSTEMS_ALL;
  evidence->orders = ORDERS_ALL;
  evidence->digits_least = SIZE_MAX;
}

void evidence_merge(Evidence *a, const Evidence *b)
{
  Tally *const to[] = {&a->blanks,      &a->texts,       &a->bools,      &a->codes,      &a->markers,  &a->numbers,
                       &a->decorated,   &a->currency,    &a->percents,   &a->others,     &a->plus,     &a->marked,
                       &a->decimals[0], &a->decimals[1], &a->exponents,  &a->times,      &a->zoned,    &a->two_digits,
                       &a->odd,         &a->against[0],  &a->against[1], &a->against[2], &a->unsettled};
  const Tally *const from[] = {&b->blanks,     &b->texts,      &b->bools,       &b->codes,       &b->markers,
                               &b->numbers,    &b->decorated,  &b->currency,    &b->percents,    &b->others,
                               &b->plus,       &b->marked,     &b->decimals[0], &b->decimals[1], &b->exponents,
                               &b->times,      &b->zoned,      &b->two_digits,  &b->odd,         &b->against[0],
                               &b->against[1], &b->against[2], &b->unsettled};
  for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
    tally_merge(to[i], from[i]);
  }
  for (size_t i = 0; i < MARKERS_MOST; i++) {
    tally_merge(&a->marker[i], &b->marker[i]);
  }
  for (size_t i = 0; i < 3; i++) {
    a->currencies[i] |= b->currencies[i];
  }
  a->systems &= b->systems;
  a->negatives += b->negatives;
  a->digits_least = b->digits_least < a->digits_least ? b->digits_least : a->digits_least;
  a->digits_most = b->digits_most > a->digits_most ? b->digits_most : a->digits_most;
  a->orders &= b->orders;
  a->differs |= b->differs;
  a->styles |= b->styles;
}

static void add_number(Evidence *evidence, const ParsedAmount *amount, size_t item, size_t weight)
{
  const bool point = strchr(amount->digits, '.') != NULL, comma = strchr(amount->digits, ',') != NULL;
  const bool plain = !amount->currency && !amount->percent && !amount->parentheses && !amount->plus;
  tally(&evidence->numbers, item, weight);
  if (!plain || (amount->marked && !(amount->systems & 1U << SYSTEM_POINT))) {
    tally(&evidence->decorated, item, weight);
  }
  if (amount->currency) {
    tally(&evidence->currency, item, weight);
    evidence->currencies[amount->currency / 32] |= 1U << (amount->currency % 32);
  }
  if (amount->percent) {
    tally(&evidence->percents, item, weight);
  } else if (strspn(amount->digits, "0") < amount->n) {
    tally(&evidence->others, item, weight);
  }
  if (amount->marked) {
    tally(&evidence->marked, item, weight);
    evidence->digits_least = amount->whole < evidence->digits_least ? amount->whole : evidence->digits_least;
    evidence->digits_most = amount->whole > evidence->digits_most ? amount->whole : evidence->digits_most;
  }
  if (amount->plus) {
    tally(&evidence->plus, item, weight);
  }
  if (point) {
    tally(&evidence->decimals[0], item, weight);
  }
  if (comma) {
    tally(&evidence->decimals[1], item, weight);
  }
  if (amount->exponential) {
    tally(&evidence->exponents, item, weight);
  }
  const bool code = amount->zero_first || (!amount->marked && !amount->exponential && amount->n > PARSE_DIGITS_MOST);
  if (code) {
    tally(&evidence->codes, item, weight);
  }
  evidence->negatives += amount->negative ? weight : 0;
  evidence->systems &= amount->systems;
}

static unsigned pairs_that_differ(const ParsedMoment *moment)
{
  return (moment_differs(moment, ORDER_YMD | ORDER_DMY) ? 1U : 0) |
         (moment_differs(moment, ORDER_YMD | ORDER_MDY) ? 2U : 0) |
         (moment_differs(moment, ORDER_DMY | ORDER_MDY) ? 4U : 0);
}

static void add_time(Evidence *evidence, const ParsedMoment *moment, bool odd, size_t item, size_t weight)
{
  tally(&evidence->times, item, weight);
  if (moment->zoned) {
    tally(&evidence->zoned, item, weight);
  }
  if (moment->two_digits) {
    tally(&evidence->two_digits, item, weight);
  }
  if (odd) {
    tally(&evidence->odd, item, weight);
  }
  if (!moment->settled) {
    tally(&evidence->unsettled, item, weight);
  }
  for (int i = 0; i < 3; i++) {
    if (!(moment->orders >> i & 1)) {
      tally(&evidence->against[i], item, weight);
    }
  }
  evidence->orders &= moment->orders;
  evidence->differs |= pairs_that_differ(moment);
  evidence->styles |= moment->style;
}

/* Whether the text may be a number or date at all, by its first bytes: nearly all plain texts go by here. */
static bool may_be_value(const char *text, size_t length)
{
  size_t digits = 0;
  for (size_t i = 0; i < length && i < 64; i++) {
    digits += (unsigned char)(text[i] - '0') < 10;
  }
  return digits > 0;
}

/* 1e999 has no double. */
static bool is_in_range(const ParsedAmount *amount)
{
  double value;
  return !amount->exponential || amount_value(amount, (NumberSystem)__builtin_ctz(amount->systems), &value);
}

void evidence_add(Evidence *evidence, const Markers *markers, const char *text, size_t length, size_t item,
                  size_t weight)
{
  ParsedAmount amount;
  ParsedMoment moment;
  bool truth, utc;
  int64_t value;
  double number;
  const int marker = markers_find(markers, text, length);
  if (marker >= 0) {
    tally(&evidence->markers, item, weight);
    tally(&evidence->marker[marker], item, weight);
    return;
  }
  parse_trim(&text, &length);
  const int trimmed = markers_find(markers, text, length);
  if (length == 0) {
    tally(&evidence->blanks, item, weight);
  } else if (trimmed >= 0) {
    tally(&evidence->markers, item, weight);
    tally(&evidence->marker[trimmed], item, weight);
  } else if (parse_bool(text, length, &truth)) {
    tally(&evidence->bools, item, weight);
  } else if (parse_special(text, length, &number)) {
    tally(&evidence->numbers, item, weight);
    tally(&evidence->exponents, item, weight); /* a float at any rate */
  } else if (!may_be_value(text, length) || csv_kind(text, length) == CSV_TOO_LARGE) {
    tally(&evidence->texts, item, weight);
  } else if (parse_amount(text, length, &amount) && is_in_range(&amount)) {
    add_number(evidence, &amount, item, weight);
  } else if (parse_moment(text, length, &moment)) {
    add_time(evidence, &moment, !parse_time(text, length, &value, &utc), item, weight);
  } else {
    tally(&evidence->texts, item, weight);
  }
}

/* ---- Columns */

typedef struct Look {
  const Column *column;
  const Markers *markers;
  const size_t *weights; /* of levels; NULL: items are rows */
} Look;

static void look_init(void *context, void *sum)
{
  (void)context;
  evidence_clear(sum);
}

static void look_merge(void *context, void *sum, const void *other)
{
  (void)context;
  evidence_merge(sum, other);
}

static Status look_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Look *look = context;
  (void)worker;
  (void)e;
  for (size_t i = first; i < first + count; i++) {
    size_t length;
    if (look->weights) {
      if (look->weights[i] > 0) {
        const char *text = column_level(look->column, i, &length);
        evidence_add(sum, look->markers, text, length, i, look->weights[i]);
      }
    } else if (column_valid(look->column, i)) {
      const char *text = column_text(look->column, i, &length);
      evidence_add(sum, look->markers, text, length, i, 1);
    }
  }
  return STATUS_OK;
}

Status level_counts(const Column *column, size_t **counts, Error *e)
{
  const size_t rows = column_rows(column), missing = column_missing(column);
  size_t *n = mem_zero(column_levels(column) + 1, sizeof *n);
  *counts = n;
  if (!n) {
    return error_memory(e, column_levels(column) * sizeof *n, _("levels"));
  }
  for (size_t row = 0; row < rows; row++) {
    if (missing == 0 || column_valid(column, row)) {
      n[column_code(column, row)]++;
    }
  }
  return STATUS_OK;
}

Status evidence_of(const Column *column, const Markers *markers, Task *task, Evidence *out, Error *e)
{
  size_t *weights = NULL;
  const bool levels = column_type(column) == TYPE_CATEGORY;
  Status status = levels ? level_counts(column, &weights, e) : STATUS_OK;
  evidence_clear(out);
  if (status == STATUS_OK) {
    Look look = {column, markers, weights};
    const Reduce reduce = {sizeof(Evidence), look_init, look_block, look_merge, &look};
    status = rows_reduce(task, levels ? column_levels(column) : column_rows(column), &reduce, out, e);
  }
  mem_free(weights);
  return status;
}

void evidence_sample(const Column *column, const Markers *markers, Evidence *out)
{
  const size_t rows = column_rows(column), n = rows < SAMPLE_CELLS ? rows : SAMPLE_CELLS;
  evidence_clear(out);
  for (size_t i = 0; i < n; i++) {
    const size_t row = n < rows ? (size_t)((double)rows / (double)n * (double)i) : i;
    if (column_valid(column, row)) {
      size_t length;
      const char *text = column_text(column, row, &length);
      evidence_add(out, markers, text, length, row, 1);
    }
  }
}
