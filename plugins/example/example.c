/* SPDX-License-Identifier: GPL-3.0-or-later */
/* example.benford: do the first digits of a column follow Benford's law?
 *
 * The smallest useful plugin in C: one primitive, declared as those of the program are. Amounts of money, populations
 * and the like begin with digit d with probability log10(1 + 1/d); invented figures often do not.
 */
#include <math.h>

#include "frame/builder.h"
#include "plug/plugin.h"

enum { DIGITS = 9, POLL_ROWS = 4096 };

#define BENFORD_OPTIONS(O) O(column, COLUMN, OPTION_REQUIRED, 1, 0, "numeric", "", "column of numbers")
typedef struct BenfordOptions {
  BENFORD_OPTIONS(OPTION_FIELD)
} BenfordOptions;
#define ROW(...) OPTION_ROW_OF(BenfordOptions, __VA_ARGS__)
static const Option benford_options[] = {BENFORD_OPTIONS(ROW)};
#undef ROW

typedef struct Tally {
  int64_t count[DIGITS], n, left_out; /* left_out: zeros, NaN and infinities */
} Tally;

/* 1 to 9, or 0 for a number without a first digit. Read from the shortest decimal text, so that 0.3 has a 3. */
static int first_digit(double x)
{
  char text[32];
  text_of_double(x, text);
  for (const char *c = text; *c && *c != 'e'; c++) {
    if (*c >= '1' && *c <= '9') {
      return *c - '0';
    }
  }
  return 0;
}

static Status tally_column(const Task *task, const Column *column, Tally *tally, Error *e)
{
  for (size_t row = 0; row < column_rows(column); row++) {
    if (row % POLL_ROWS == 0 && task_cancelled(task)) {
      return error_cancelled(e);
    }
    if (!column_valid(column, row)) {
      continue;
    }
    const int digit = first_digit(column_float(column, row));
    if (digit == 0) {
      tally->left_out++;
    } else {
      tally->count[digit - 1]++;
      tally->n++;
    }
  }
  return tally->n > 0 ? STATUS_OK : error_set(e, STATUS_DATA, "bad-data", _("no cell has a first digit"));
}

/* Pearson's statistic against Benford's shares. */
static double chi_squared(const Tally *tally)
{
  double sum = 0;
  for (int i = 0; i < DIGITS; i++) {
    const double expected = (double)tally->n * log10(1 + 1.0 / (i + 1));
    const double gap = (double)tally->count[i] - expected;
    sum += gap * gap / expected;
  }
  return sum;
}

/* The upper tail of chi-squared with 8 degrees of freedom: a Poisson sum, since 8 is even. */
static double upper_tail(double x)
{
  const double half = x / 2;
  return exp(-half) * (1 + half * (1 + half / 2 * (1 + half / 3)));
}

static Status run_benford(Call *call, Value *out, Error *e)
{
  const BenfordOptions *options = call->options;
  const Frame *data = call->data->frame;
  Tally tally = {0};
  Frame *frame = NULL;
  size_t column = 0;
  Status status;
  TRY(frame_need(data, options->column, &column, e));
  TRY(tally_column(call->task, frame_column(data, column), &tally, e));
  const double statistic = chi_squared(&tally);
  Draft *draft = draft_new();
  draft_int(draft, "n", tally.n);
  draft_int(draft, "left_out", tally.left_out);
  draft_float(draft, "statistic", statistic);
  draft_int(draft, "df", DIGITS - 1);
  draft_float(draft, "p_value", upper_tail(statistic));
  TRY(draft_finish(draft, &frame, e));
  *out = value_of_frame(frame);
done:
  return status;
}

static const Primitive benford = {
    .size = sizeof(Primitive),
    .family = "example",
    .name = "benford",
    .version = 1,
    .summary = "whether first digits follow Benford's law",
    .details =
        "Pearson's chi-squared test of the first digits 1 to 9 against log10(1 + 1/d). Missing cells do not count; "
        "zeros, NaN and infinities have no first digit and are counted in left_out. In large data every small "
        "departure is significant: look at example.digits too.",
    .takes = VALUE_FRAME,
    .main = "column",
    .options = benford_options,
    .n_options = 1,
    .options_size = sizeof(BenfordOptions),
    .gives = VALUE_FRAME,
    .returns = "a frame of one row: n left_out statistic df p_value",
    .reference = "Benford 1938",
    .example = "df = read \"datasets/credit/credit.csv\"\ndf:benford \"credit_amount\"",
    .where = WHERE_JOB,
    .run = run_benford};
REGISTER_PRIMITIVE(benford);

ASSAY_PLUGIN(example, NULL)
