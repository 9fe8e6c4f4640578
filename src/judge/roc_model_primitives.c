/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "judge/roc_primitives.h"

static double ratio(double a, double b)
{
  return b > 0 ? a / b : NAN;
}

static double profit_at(const BinaryPoint *p, const RocOptions *o)
{
  return o->benefit * (double)p->tp - o->cost * (double)(p->tp + p->fp);
}

/* ---- tidy: columns of all points */

typedef double (*PointFigure)(const BinaryPoint *p, const RocOptions *o);

static double threshold_of(const BinaryPoint *p, const RocOptions *o)
{
  (void)o;
  return isfinite(p->threshold) ? p->threshold : NAN;
}

static double tpr_of(const BinaryPoint *p, const RocOptions *o)
{
  (void)o;
  return ratio((double)p->tp, (double)(p->tp + p->fn));
}

static double fpr_of(const BinaryPoint *p, const RocOptions *o)
{
  (void)o;
  return ratio((double)p->fp, (double)(p->fp + p->tn));
}

static double precision_of(const BinaryPoint *p, const RocOptions *o)
{
  (void)o;
  return ratio((double)p->tp, (double)(p->tp + p->fp));
}

static void put_figure(Draft *draft, const char *name, const Binary *b, const RocOptions *o, PointFigure figure, double *cells)
{
  for (size_t i = 0; i < b->n_points; i++) {
    cells[i] = figure(&b->points[i], o);
  }
  draft_floats(draft, name, cells, b->n_points);
}

static void put_count(Draft *draft, const char *name, const Binary *b, size_t offset, int64_t *cells)
{
  for (size_t i = 0; i < b->n_points; i++) {
    memcpy(&cells[i], (const char *)&b->points[i] + offset, sizeof *cells);
  }
  draft_ints(draft, name, cells, b->n_points);
}

static Status make_points(const Binary *b, const RocOptions *o, Frame **out, Error *e)
{
  double *cells = mem_alloc(b->n_points, sizeof *cells);
  int64_t *counts = mem_alloc(b->n_points, sizeof *counts);
  Draft *draft = cells && counts ? draft_new() : NULL;
  if (!draft) {
    mem_free(cells);
    mem_free(counts);
    return error_memory(e, b->n_points * sizeof *cells, _("thresholds"));
  }
  put_figure(draft, "threshold", b, o, threshold_of, cells);
  put_count(draft, "tp", b, offsetof(BinaryPoint, tp), counts);
  put_count(draft, "fp", b, offsetof(BinaryPoint, fp), counts);
  put_count(draft, "fn", b, offsetof(BinaryPoint, fn), counts);
  put_count(draft, "tn", b, offsetof(BinaryPoint, tn), counts);
  put_figure(draft, "tpr", b, o, tpr_of, cells);
  put_figure(draft, "fpr", b, o, fpr_of, cells);
  put_figure(draft, "precision", b, o, precision_of, cells);
  put_figure(draft, "profit", b, o, profit_at, cells);
  mem_free(cells);
  mem_free(counts);
  return draft_finish(draft, out, e);
}

/* ---- lift and calibration */

enum { PART_COLUMNS = 5 };

static Status make_lift(const Binary *b, Frame **out, Error *e)
{
  const size_t n = b->bins;
  double *cells = mem_alloc(PART_COLUMNS * n, sizeof *cells);
  int64_t *counts = mem_alloc(3 * n, sizeof *counts), captured = 0;
  Draft *draft = cells && counts ? draft_new() : NULL;
  size_t used = 0;
  for (size_t i = 0; draft && i < n; i++) {
    const BinaryBin *p = &b->parts[i];
    if (p->n == 0) { /* fewer rows than parts */
      continue;
    }
    const double rate = ratio((double)p->positives, (double)p->n);
    captured += p->positives;
    counts[used] = (int64_t)used + 1;
    counts[n + used] = p->n;
    counts[2 * n + used] = p->positives;
    cells[used] = rate;
    cells[n + used] = rate / ((double)b->positives / (double)b->n);
    cells[2 * n + used] = (double)captured / (double)b->positives;
    cells[3 * n + used] = p->low;
    cells[4 * n + used] = p->high;
    used++;
  }
  Status status = draft ? STATUS_OK : error_memory(e, 0, _("parts"));
  if (status == STATUS_OK) {
    static const char *const names[] = {"rate", "lift", "captured", "low", "high"};
    draft_ints(draft, "part", counts, used);
    draft_ints(draft, "n", counts + n, used);
    draft_ints(draft, "positives", counts + 2 * n, used);
    for (size_t j = 0; j < PART_COLUMNS; j++) {
      draft_floats(draft, names[j], cells + j * n, used);
    }
    status = draft_finish(draft, out, e);
  }
  mem_free(cells);
  mem_free(counts);
  return status;
}

static Status make_calibration(const Binary *b, Frame **out, Error *e)
{
  const size_t n = b->bins;
  double *cells = mem_alloc(2 * n, sizeof *cells);
  int64_t *counts = mem_alloc(2 * n, sizeof *counts);
  Draft *draft = cells && counts ? draft_new() : NULL;
  size_t used = 0;
  for (size_t i = 0; draft && i < n; i++) {
    const BinaryBin *p = &b->widths[i];
    if (p->n > 0) {
      counts[used] = (int64_t)i + 1;
      counts[n + used] = p->n;
      cells[used] = p->mean;
      cells[n + used] = (double)p->positives / (double)p->n;
      used++;
    }
  }
  Status status = draft ? STATUS_OK : error_memory(e, 0, _("bins"));
  if (status == STATUS_OK) {
    draft_ints(draft, "bin", counts, used);
    draft_ints(draft, "n", counts + n, used);
    draft_floats(draft, "mean", cells, used);
    draft_floats(draft, "rate", cells + n, used);
    status = draft_finish(draft, out, e);
  }
  mem_free(cells);
  mem_free(counts);
  return status;
}

/* ---- glance */

static Status make_glance(const Binary *b, const RocOptions *o, size_t dropped, Frame **out, Error *e)
{
  size_t best = 0;
  for (size_t i = 1; i < b->n_points; i++) {
    best = profit_at(&b->points[i], o) > profit_at(&b->points[best], o) ? i : best;
  }
  Draft *draft = draft_new();
  draft_int(draft, "n", (int64_t)b->n);
  draft_int(draft, "positives", b->positives);
  draft_float(draft, "share", (double)b->positives / (double)b->n);
  draft_float(draft, "auc", b->auc);
  draft_float(draft, "conf_low", b->auc_low);
  draft_float(draft, "conf_high", b->auc_high);
  draft_float(draft, "gini", 2 * b->auc - 1);
  draft_float(draft, "ap", b->ap);
  draft_float(draft, "ks", b->ks);
  draft_float(draft, "ks_threshold", isfinite(b->ks_threshold) ? b->ks_threshold : NAN);
  draft_float(draft, "brier", b->brier);
  draft_float(draft, "log_loss", b->log_loss);
  draft_float(draft, "ece", b->ece);
  draft_float(draft, "best_threshold", threshold_of(&b->points[best], o));
  draft_float(draft, "best_profit", profit_at(&b->points[best], o));
  draft_int(draft, "dropped", (int64_t)dropped);
  return draft_finish(draft, out, e);
}

static void add_notes(const Binary *b, size_t dropped, const char *positive, Text *notes)
{
  text_printf(notes, _("positive: %s\n"), positive);
  if (dropped > 0) {
    text_printf(notes, _("rows left out for missing cells: %zu\n"), dropped);
  }
  if (!b->probabilities) {
    text_puts(notes, _("scores are no probabilities: brier, log_loss, ece and the calibration are left out\n"));
  }
  if (b->auc_high < 0.5) {
    text_puts(notes, _("high scores go with the other class: is positive = the wrong value, or the score upside down?\n"));
  }
}

Status roc_model_fill(Model *model, const Binary *b, const RocOptions *o, size_t dropped, const char *positive, Error *e)
{
  Frame *frame = NULL;
  Text notes = {0};
  Status status;
  TRY(model_set_made(model, "tidy", make_points(b, o, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(b, o, dropped, &frame, e), &frame, e));
  TRY(model_set_made(model, "lift", make_lift(b, &frame, e), &frame, e));
  if (b->widths) {
    TRY(model_set_made(model, "calibration", make_calibration(b, &frame, e), &frame, e));
  }
  add_notes(b, dropped, positive, &notes);
  TRY(text_status(&notes, e));
  TRY(model_set_notes(model, text_data(&notes), e));
done:
  text_free(&notes);
  return status;
}

void roc_headline(const Model *model, Text *out)
{
  const char *score = model_option_text(model, "score"), *truth = model_option_text(model, "truth");
  text_printf(out, _("'%1$s' against '%2$s' in %3$.0f rows: area %4$.3f (%5$.3f to %6$.3f)"), score ? score : "", truth ? truth : "",
              model_number(model, "n"), model_number(model, "auc"), model_number(model, "conf_low"), model_number(model, "conf_high"));
}

/* Columns of numbers of one type without missing cells, but where `may` is set. */
static bool has_column(const Frame *frame, const char *name, Type type, bool may)
{
  size_t column;
  return frame && frame_find(frame, name, &column) && column_type(frame_column(frame, column)) == type &&
         (may || column_missing(frame_column(frame, column)) == 0);
}

Status roc_check(const Model *model, Error *e)
{
  static const char *const counts[] = {"tp", "fp", "fn", "tn"}, *const shares[] = {"rate", "lift", "captured"};
  const Frame *tidy = model_frame(model, "tidy"), *lift = model_frame(model, "lift"), *bins = model_frame(model, "calibration");
  bool sound = tidy && frame_rows(tidy) > 0 && has_column(tidy, "threshold", TYPE_FLOAT64, true) &&
               has_column(tidy, "tpr", TYPE_FLOAT64, true) && has_column(tidy, "fpr", TYPE_FLOAT64, true) &&
               has_column(tidy, "profit", TYPE_FLOAT64, true) && has_column(lift, "part", TYPE_INT64, false);
  for (size_t i = 0; sound && i < 4; i++) {
    sound = has_column(tidy, counts[i], TYPE_INT64, false);
  }
  for (size_t i = 0; sound && i < 3; i++) {
    sound = has_column(lift, shares[i], TYPE_FLOAT64, false);
  }
  if (sound && bins) {
    sound = has_column(bins, "mean", TYPE_FLOAT64, false) && has_column(bins, "rate", TYPE_FLOAT64, false);
  }
  return sound ? STATUS_OK : error_set(e, STATUS_FORMAT, "bad-model-file", _("the model of roc lacks frames or figures it needs"));
}
