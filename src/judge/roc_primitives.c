/* SPDX-License-Identifier: GPL-3.0-or-later */
/* judge.roc and m:confusion: how well scores tell two classes apart. */
#include "judge/roc_primitives.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "registry/registry.h"
#include "registry/topic.h"

#define ROW(...) OPTION_ROW_OF(RocOptions, __VA_ARGS__)
static const Option roc_options[] = {ROC_OPTIONS(ROW)};
#undef ROW

/* ---- reading truth */

static bool less(const Column *cells, size_t row, const Text *text, const Text *other, size_t of_other)
{
  if (!type_is_text(column_type(cells))) {
    return column_float(cells, row) < column_float(cells, of_other);
  }
  return strcmp(text_data(text), text_data(other)) < 0;
}

/* Which values the column has: one or two. */
static Status find_values(const Column *cells, const char *name, Text *values, size_t *n, Error *e)
{
  size_t first[2] = {0, 0};
  Text text = {0};
  Status status = STATUS_OK;
  *n = 0;
  for (size_t row = 0; status == STATUS_OK && row < column_rows(cells); row++) {
    if (!column_valid(cells, row)) {
      continue;
    }
    text_reset(&text);
    column_cell_text(cells, row, &text);
    status = text_status(&text, e);
    bool known = false;
    for (size_t i = 0; i < *n; i++) {
      known = known || strcmp(text_data(&values[i]), text_data(&text)) == 0;
    }
    if (known || status != STATUS_OK) {
      continue;
    }
    if (*n == 2) {
      status = error_set(e, STATUS_DATA, "not-two-classes", _("column '%1$s' has more than two values: %2$s, %3$s, %4$s ..."), name,
                         text_data(&values[0]), text_data(&values[1]), text_data(&text));
      error_hint(e, _("make a boolean of it: df:mutate{\"hit = %1$s == '%2$s'\"}"), name, text_data(&values[0]));
      continue;
    }
    text_puts(&values[*n], text_data(&text));
    first[(*n)++] = row;
    status = text_status(&values[*n - 1], e);
  }
  if (status == STATUS_OK && *n == 2 && less(cells, first[1], &values[1], &values[0], first[0])) {
    const Text swap = values[0];
    values[0] = values[1];
    values[1] = swap;
  }
  text_free(&text);
  return status;
}

/* The text of the positive value. */
static Status choose_positive(const Column *cells, const RocOptions *o, Text *out, Error *e)
{
  Text values[2] = {{0}, {0}};
  size_t n = 0;
  Status status = find_values(cells, o->truth, values, &n, e);
  if (status == STATUS_OK && o->positive) {
    bool found = false;
    for (size_t i = 0; i < n; i++) {
      found = found || strcmp(text_data(&values[i]), o->positive) == 0;
    }
    text_puts(out, o->positive);
    if (!found) {
      status = error_set(e, STATUS_NAME, "unknown-level", _("'%1$s' is no value of column '%2$s'"), o->positive, o->truth);
      error_hint(e, _("its values: %1$s, %2$s"), n > 0 ? text_data(&values[0]) : "", n > 1 ? text_data(&values[1]) : "");
    }
  } else if (status == STATUS_OK && n > 0) {
    text_puts(out, column_type(cells) == TYPE_BOOL ? "true" : text_data(&values[n - 1]));
  }
  text_free(&values[0]);
  text_free(&values[1]);
  return status == STATUS_OK ? text_status(out, e) : status;
}

/* ---- rows */

typedef struct Judged {
  double *scores;
  bool *truth;
  size_t n, dropped;
  Text positive;
  Binary binary;
} Judged;

static Status refuse_missing(const Frame *data, size_t score, size_t truth, Error *e)
{
  const size_t a = column_missing(frame_column(data, score)), b = column_missing(frame_column(data, truth));
  error_set(e, STATUS_DATA, "missing-values", _("missing cells: %1$zu, in %2$s"), a + b, frame_name(data, a ? score : truth));
  error_hint(e, _("missing = \"drop\" leaves those rows out"));
  return STATUS_DATA;
}

static Status read_rows(const Frame *data, size_t score, size_t truth, const RocOptions *o, Judged *j, Error *e)
{
  const Column *scores = frame_column(data, score), *cells = frame_column(data, truth);
  const size_t rows = frame_rows(data);
  Text text = {0};
  Status status = STATUS_OK;
  j->scores = mem_alloc(rows + 1, sizeof *j->scores);
  j->truth = mem_alloc(rows + 1, sizeof *j->truth);
  if (!j->scores || !j->truth) {
    return error_memory(e, rows * sizeof *j->scores, _("scores"));
  }
  for (size_t row = 0; status == STATUS_OK && row < rows; row++) {
    if (!column_valid(scores, row) || !column_valid(cells, row)) {
      j->dropped++;
      continue;
    }
    const double value = column_float(scores, row);
    if (!isfinite(value)) {
      status = error_set(e, STATUS_DATA, "not-finite", _("row %1$zu of column '%2$s' is not a finite number"), row + 1,
                         frame_name(data, score));
      continue;
    }
    text_reset(&text);
    column_cell_text(cells, row, &text);
    status = text_status(&text, e);
    j->scores[j->n] = value;
    j->truth[j->n++] = status == STATUS_OK && strcmp(text_data(&text), text_data(&j->positive)) == 0;
  }
  text_free(&text);
  return status == STATUS_OK && j->dropped > 0 && o->missing[0] != 'd' ? refuse_missing(data, score, truth, e) : status;
}

static const Primitive roc; /* below */

static Status run_roc(Call *call, Value *out, Error *e)
{
  const RocOptions *o = call->options;
  const Frame *data = call->data->frame;
  Judged j = {0};
  Model *model = NULL;
  size_t score = 0, truth = 0;
  Status status;
  TRY(frame_need(data, o->score, &score, e));
  TRY(frame_need(data, o->truth, &truth, e));
  if (column_type(frame_column(data, truth)) == TYPE_SET) {
    TRY(error_set(e, STATUS_ARGUMENT, "wrong-column-type", _("column '%s' holds sets; truth has two values"), o->truth));
  }
  TRY(choose_positive(frame_column(data, truth), o, &j.positive, e));
  TRY(read_rows(data, score, truth, o, &j, e));
  TRY(binary_judge(call->task, j.scores, j.truth, j.n, (size_t)o->bins, o->level, &j.binary, e));
  TRY(model_new(&roc, o, &model, e));
  TRY(roc_model_fill(model, &j.binary, o, j.dropped, text_data(&j.positive), e));
  *out = value_of_model(model);
  model = NULL;
done:
  model_unref(model);
  binary_free(&j.binary);
  text_free(&j.positive);
  mem_free(j.scores);
  mem_free(j.truth);
  return status;
}

static Status roc_cost(const Call *call, Cost *out, Error *e)
{
  const double n = (double)frame_rows(call->data->frame);
  (void)e;
  out->bytes = n * 200;
  out->seconds = n * 4e-7;
  return STATUS_OK;
}

static const Figure roc_figures[] = {
  {"n", "rows judged", "", "some hundred at least"},
  {"positives", "rows that are positive", "", "some dozen at least"},
  {"share", "share of positives", "{positives} / {n}", "0 to 1"},
  {"auc", "chance that a positive scores above a negative, ties half: the area under the ROC curve", "",
   "0.5: no better than chance; 1: apart; under 0.5: the wrong way round"},
  {"conf_low", "lower end of the area's interval (DeLong)", "", "above 0.5 if the scores tell anything"},
  {"conf_high", "upper end of the area's interval (DeLong)", "", "up to 1"},
  {"gini", "the area from chance on, doubled", "2 * {auc} - 1", "0 to 1"},
  {"ap", "average precision: the area under the precision-recall curve, by steps", "", "share: chance; 1: apart"},
  {"ks", "largest distance of the two distribution functions", "", "0 to 1"},
  {"ks_threshold", "the threshold where that is", "", "among the scores"},
  {"brier", "mean squared difference of probability and truth", "", "0 to 0.25; lower is better"},
  {"log_loss", "mean of -log of the probability of what happened", "", "0 upwards; lower is better"},
  {"ece", "expected calibration error: mean distance of score and share of positives, by bins of scores", "", "near 0"},
  {"best_threshold", "the threshold of the greatest profit: benefit for each positive called, less cost for each row called", "",
   "among the scores; missing: call nobody"},
  {"best_profit", "the profit there", "", "0 or more"},
  {"dropped", "rows left out for missing cells", "", "0"},
};

static const ModelClass roc_class = {.size = sizeof(ModelClass), .headline = roc_headline, .check = roc_check, .plots = ROC_PLOTS,
                                     .plot = roc_plot};

static const Primitive roc = {
  .size = sizeof(Primitive), .family = "judge", .name = "roc", .version = 1,
  .summary = "how well scores tell two classes apart: ROC, lift, calibration, profit",
  .details = "Judges any column of scores against what happened. The area under the curve has DeLong's interval; brier, log_loss, "
             "ece and the calibration are there when all scores lie between 0 and 1. With benefit and cost, profit says which "
             "threshold pays. m:confusion(0.4) gives the table at a threshold, m:lift() and m:calibration() the others.",
  .takes = VALUE_FRAME, .main = "score", .options = roc_options, .n_options = sizeof roc_options / sizeof *roc_options,
  .options_size = sizeof(RocOptions), .gives = VALUE_MODEL,
  .returns = "a model; tidy: threshold tp fp fn tn tpr fpr precision profit; lift: part n positives rate lift captured low high; "
             "calibration: bin n mean rate",
  .reference = "Fawcett 2006, Pattern Recognition Letters 27; DeLong, DeLong and Clarke-Pearson 1988; Sun and Xu 2014",
  .example = "df = read \"datasets/titanic/titanic.csv\"\ndf = df:mutate{\"p = if(sex == 'female', 0.7, 0.2)\"}\n"
             "m = df:roc{score = \"p\", truth = \"survived\"}\nm:confusion(0.5)",
  .where = WHERE_JOB, .cost = roc_cost, .figures = roc_figures, .n_figures = sizeof roc_figures / sizeof *roc_figures,
  .run = run_roc, .model = &roc_class};
REGISTER_PRIMITIVE(roc);

/* ---- verbs */

#define CONFUSION_OPTIONS(O) \
  O(threshold, NUMBER, OPTION_REQUIRED, 1, 0, "", "", "rows with this score or more are called positive")
typedef struct ConfusionOptions {
  CONFUSION_OPTIONS(OPTION_FIELD)
} ConfusionOptions;
#define ROW(...) OPTION_ROW_OF(ConfusionOptions, __VA_ARGS__)
static const Option confusion_options[] = {CONFUSION_OPTIONS(ROW)};
#undef ROW

static int64_t count_at(const Frame *tidy, const char *name, size_t row)
{
  size_t column;
  return frame_find(tidy, name, &column) ? column_int(frame_column(tidy, column), row) : 0;
}

/* The lowest threshold of tidy at or above the one asked for; row 0 is above all scores. */
static size_t row_at(const Frame *tidy, double threshold)
{
  size_t column, low = 0, high = frame_rows(tidy);
  if (!frame_find(tidy, "threshold", &column)) {
    return 0;
  }
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    if (column_float(frame_column(tidy, column), middle) >= threshold) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

static double ratio(double a, double b)
{
  return b > 0 ? a / b : NAN;
}

static Status run_confusion(Call *call, Value *out, Error *e)
{
  const ConfusionOptions *o = call->options;
  const Model *model = call->data->model;
  const Frame *tidy = model_frame(model, "tidy");
  const size_t row = row_at(tidy, o->threshold);
  const double tp = (double)count_at(tidy, "tp", row), fp = (double)count_at(tidy, "fp", row), fn = (double)count_at(tidy, "fn", row),
               tn = (double)count_at(tidy, "tn", row), n = tp + fp + fn + tn;
  const double chance = ((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn)) / n / n, accuracy = (tp + tn) / n;
  Frame *frame = NULL;
  Draft *draft = draft_new();
  draft_float(draft, "threshold", o->threshold);
  draft_int(draft, "tp", (int64_t)tp);
  draft_int(draft, "fp", (int64_t)fp);
  draft_int(draft, "fn", (int64_t)fn);
  draft_int(draft, "tn", (int64_t)tn);
  draft_float(draft, "accuracy", accuracy);
  draft_float(draft, "precision", ratio(tp, tp + fp));
  draft_float(draft, "recall", ratio(tp, tp + fn));
  draft_float(draft, "specificity", ratio(tn, tn + fp));
  draft_float(draft, "f1", ratio(2 * tp, 2 * tp + fp + fn));
  draft_float(draft, "kappa", chance < 1 ? (accuracy - chance) / (1 - chance) : NAN);
  draft_float(draft, "mcc", ratio(tp * tn - fp * fn, sqrt((tp + fp) * (tp + fn)) * sqrt((tn + fp) * (tn + fn))));
  draft_float(draft, "profit", model_option_number(model, "benefit", 1) * tp - model_option_number(model, "cost", 0) * (tp + fp));
  const Status status = draft_finish(draft, &frame, e);
  if (status == STATUS_OK) {
    *out = value_of_frame(frame);
  }
  return status;
}

static Status run_lift(Call *call, Value *out, Error *e)
{
  return model_give(call, "lift", out, e);
}

static Status run_calibration(Call *call, Value *out, Error *e)
{
  return model_give(call, "calibration", out, e);
}

#define OF_ROC                                                                                                        \
  .size = sizeof(Primitive), .family = "judge", .version = 1, .takes = VALUE_MODEL, .takes_class = "judge", .gives = VALUE_FRAME, \
  .reference = "", .where = WHERE_MAIN
#define FIT "df = read(\"datasets/titanic/titanic.csv\"):mutate{\"p = if(sex == 'female', 0.7, 0.2)\"}\n" \
            "m = df:roc{score = \"p\", truth = \"survived\"}\n"

static const Primitive confusion = {
  OF_ROC, .name = "confusion", .main = "threshold", .options = confusion_options, .n_options = 1,
  .options_size = sizeof(ConfusionOptions), .summary = "who is called what at a threshold, and the figures of that",
  .details = "tp, fp, fn, tn: rows called positive rightly and wrongly, and negative wrongly and rightly. mcc is the correlation of call "
             "and truth, kappa their agreement beyond chance. A figure whose divisor is 0 is missing.",
  .returns = "a frame of one row: threshold tp fp fn tn accuracy precision recall specificity f1 kappa mcc profit",
  .example = FIT "m:confusion(0.5)", .run = run_confusion};
REGISTER_PRIMITIVE(confusion);

static const Primitive lift = {
  OF_ROC, .name = "lift", .summary = "shares of positives among the rows of highest score, part by part",
  .details = "rate is the share of positives in a part, lift that over the share of all, captured the share of all positives in this "
             "part and those before it.",
  .returns = "a frame: part n positives rate lift captured low high", .example = FIT "m:lift()", .run = run_lift};
REGISTER_PRIMITIVE(lift);

static const Primitive calibration = {
  OF_ROC, .name = "calibration", .summary = "whether scores are the chances they claim to be",
  .details = "For bins of equal width: the mean score and the share of positives, which should be alike. Bins without rows are left out.",
  .returns = "a frame: bin n mean rate", .example = FIT "m:calibration()", .run = run_calibration};
REGISTER_PRIMITIVE(calibration);

static const Topic judge_topics[] = {
  {"not-two-classes", "a column of truth with more than two values",
   "ROC curves are of two classes. Compare one class with all others: df:mutate{\"hit = region == 'north'\"}."},
  {"one-class", "all rows are of one class",
   "Curves and figures need rows of both classes. Was the frame filtered by the outcome, or is positive = the wrong value?"},
};
REGISTER_TOPICS(judge_topics);
