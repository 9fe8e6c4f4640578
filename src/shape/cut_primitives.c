/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cut and cut_points. */
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "registry/registry.h"
#include "shape/cut.h"
#include "shape/group_primitives.h"

/* clang-format off */
#define CUT_OPTIONS(O) \
  O(column, COLUMN, OPTION_REQUIRED, 1, 0, "numeric", "", "the numbers") \
  O(bins, INT, "5", 2, 1e6, "", "", "how many bins") \
  O(how, CHOICE, OPTION_UNSET, 0, 0, "width|quantiles|custom", "", \
    "equal widths, equal numbers of rows, or at; width, or custom when at is given") \
  O(at, VALUE, OPTION_UNSET, 1, 0, "", "", "cut points from the lowest to the highest; math.huge for no end") \
  O(right, BOOL, "true", 0, 0, "", "", "whether a number equal to a cut point falls into the bin below it") \
  O(ties, CHOICE, "error", 0, 0, "error|merge|order", "", \
    "quantiles that coincide: refuse, merge them, or deal equal numbers by row") \
  O(labels, TEXTS, OPTION_UNSET, 1, 0, "", "", "names of the bins, from the lowest on")
/* clang-format on */
#define INTO_OPTION(O)                      \
  O(into, TEXT, OPTION_UNSET, 1, 0, "", "", \
    "name of the new column; the column's with _band after it when not given")
typedef struct CutPrimitiveOptions {
  CUT_OPTIONS(OPTION_FIELD)
  INTO_OPTION(OPTION_FIELD)
} CutPrimitiveOptions;
#define ROW(...) OPTION_ROW_OF(CutPrimitiveOptions, __VA_ARGS__)
static const Option cut_options[] = {CUT_OPTIONS(ROW) INTO_OPTION(ROW)};
#undef ROW

enum {
#define CUT_NUMBER(field, ...) CUT_OPTION_##field,
  CUT_OPTIONS(CUT_NUMBER)
};

static bool is_given(const Call *call, int option)
{
  return call->given >> option & 1;
}

static Status bad_points(const Value *value, Error *e)
{
  Text shown = {0};
  value_show(value, &shown);
  (void)error_set(e, STATUS_ARGUMENT, "wrong-type", _("option 'at' must be a list of numbers, not %s"),
                  text_data(&shown));
  text_free(&shown);
  error_hint(e, _("write at = {0, 100, 500}; math.huge stands for no end"));
  return STATUS_ARGUMENT;
}

static Status read_points(const Value *value, Arena *arena, CutOptions *cut, Error *e)
{
  if (value->kind != VALUE_LIST) {
    return bad_points(value, e);
  }
  double *points = arena_alloc(arena, value->list.n, sizeof *points);
  if (!points) {
    return error_memory(e, 0, _("cut points"));
  }
  for (size_t i = 0; i < value->list.n; i++) {
    const Value *item = &value->list.items[i];
    if (item->kind != VALUE_INT && item->kind != VALUE_NUMBER) {
      return bad_points(value, e);
    }
    points[i] = item->kind == VALUE_INT ? (double)item->integer : item->number;
  }
  cut->at = points;
  cut->n_at = value->list.n;
  return STATUS_OK;
}

static Status useless(const char *option, const char *why, Error *e)
{
  return error_set(e, STATUS_ARGUMENT, "option-without-use", _("the option '%1$s' means nothing %2$s"), option,
                   why);
}

static Status read_options(const Call *call, CutOptions *cut, Error *e)
{
  static const char *const ties[] = {"error", "merge", "order"};
  const CutPrimitiveOptions *o = call->options;
  const char *how = o->how ? o->how : o->at ? "custom" : "width";
  *cut = (CutOptions){.bins = (size_t)o->bins,
                      .right = o->right,
                      .labels = o->labels.n > 0 ? o->labels.items : NULL,
                      .n_labels = o->labels.n};
  cut->how = strcmp(how, "width") == 0 ? CUT_WIDTH : strcmp(how, "custom") == 0 ? CUT_CUSTOM : CUT_QUANTILES;
  while (strcmp(ties[cut->ties], o->ties) != 0) {
    cut->ties++;
  }
  if (cut->how != CUT_QUANTILES && is_given(call, CUT_OPTION_ties)) {
    return useless("ties", _("without how = \"quantiles\""), e);
  }
  if (cut->how == CUT_QUANTILES && cut->ties == CUT_TIES_ORDER && is_given(call, CUT_OPTION_right)) {
    return useless("right", _("with ties = \"order\""), e);
  }
  if (cut->how != CUT_CUSTOM) {
    return o->at ? useless("at", _("without how = \"custom\""), e) : STATUS_OK;
  }
  if (is_given(call, CUT_OPTION_bins)) {
    return useless("bins", _("beside the cut points in 'at'"), e);
  }
  if (!o->at) {
    return error_set(e, STATUS_ARGUMENT, "missing-option",
                     _("how = \"custom\" needs the cut points: at = {0, 100, 500}"));
  }
  return read_points(o->at, &call->task->arena, cut, e);
}

static Status make_cut(const Call *call, Cut *cut, Error *e)
{
  const CutPrimitiveOptions *o = call->options;
  const Frame *frame = call->data->frame;
  CutOptions options;
  size_t column = 0;
  *cut = (Cut){0};
  Status status = read_options(call, &options, e);
  if (status == STATUS_OK) {
    status = frame_need(frame, o->column, &column, e);
  }
  if (status == STATUS_OK) {
    status = cut_column(frame_column(frame, column), o->column, &options, call->task, cut, e);
  }
  return status;
}

static void write_notes(const Call *call, const Cut *cut)
{
  if (cut->merged > 0) {
    text_printf(call->notes, _("cut points that coincide were merged: %1$zu bins instead of %2$zu\n"), cut->bins,
                cut->bins + cut->merged);
  }
  if (cut->outside > 0) {
    text_printf(call->notes, _("%zu rows lie outside of the cut points: missing cells\n"), cut->outside);
  }
  if (cut->nan > 0) {
    text_printf(call->notes, _("%zu rows are NaN: missing cells\n"), cut->nan);
  }
}

static Status run_cut(Call *call, Value *out, Error *e)
{
  const CutPrimitiveOptions *o = call->options;
  Cut cut;
  Column *column = NULL;
  Frame *frame = NULL;
  const char *into = o->into ? o->into : arena_printf(&call->task->arena, "%s_band", o->column);
  Status status;
  if (!into) {
    return error_memory(e, 0, _("a name"));
  }
  TRY(make_cut(call, &cut, e));
  TRY(cut_category(&cut, frame_rows(call->data->frame), call->task, &column, e));
  TRY(frame_with(call->data->frame, into, column, &frame, e));
  note_groups_left(call);
  write_notes(call, &cut);
  *out = value_of_frame(frame);
done:
  column_unref(column);
  cut_free(&cut);
  return status;
}

static Status points_frame(const Cut *cut, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Builder *bins = builder_new(TYPE_INT64, cut->bins), *labels = builder_new(TYPE_CATEGORY, cut->bins);
  int64_t total = 0;
  double *shares = mem_alloc(cut->bins, sizeof *shares);
  if (!draft || !bins || !labels || !shares) {
    draft_free(draft);
    builder_free(bins);
    builder_free(labels);
    mem_free(shares);
    return error_memory(e, 0, _("cut points"));
  }
  for (size_t i = 0; i < cut->bins; i++) {
    total += cut->count[i];
  }
  for (size_t i = 0; i < cut->bins; i++) {
    builder_int(bins, (int64_t)i + 1);
    builder_text(labels, cut->labels[i], strlen(cut->labels[i]));
    shares[i] = total > 0 ? (double)cut->count[i] / (double)total : (double)NAN;
  }
  draft_builder(draft, "bin", bins);
  draft_builder(draft, "label", labels);
  draft_floats(draft, "low", cut->low, cut->bins);
  draft_floats(draft, "high", cut->high, cut->bins);
  draft_ints(draft, "n", cut->count, cut->bins);
  draft_floats(draft, "share", shares, cut->bins);
  mem_free(shares);
  return draft_finish(draft, out, e);
}

static Status run_points(Call *call, Value *out, Error *e)
{
  Cut cut;
  Frame *frame = NULL;
  Status status;
  TRY(make_cut(call, &cut, e));
  TRY(points_frame(&cut, &frame, e));
  write_notes(call, &cut);
  *out = value_of_frame(frame);
done:
  cut_free(&cut);
  return status;
}

#define SIZED                                                                                         \
  .size = sizeof(Primitive), .family = "frame", .version = 1, .takes = VALUE_FRAME, .main = "column", \
  .gives = VALUE_FRAME
#define HYNDMAN "Hyndman and Fan 1996, Sample Quantiles in Statistical Packages (type 7)"

static const Primitive cut_primitive = {SIZED,
                                        .name = "cut",
                                        .summary = "numbers into bins, as a category with ordered levels",
                                        .details = "The levels show the cut points, \"(100, 500]\": a bracket "
                                                   "stands beside an end that belongs to the bin. The lowest bin "
                                                   "has its lower end (with right = false the highest its upper "
                                                   "one). Quantiles are of R's type 7. Where they coincide "
                                                   "because many numbers are equal, ties = \"merge\" makes fewer "
                                                   "bins, \"order\" deals equal numbers by row, so that bins are "
                                                   "of equal size. cut_points shows the bins.",
                                        .options = cut_options,
                                        .n_options = sizeof cut_options / sizeof *cut_options,
                                        .options_size = sizeof(CutPrimitiveOptions),
                                        .returns = "the frame with the new column at the end",
                                        .reference = HYNDMAN,
                                        .example = "df = read \"datasets/credit/credit.csv\"\n"
                                                   "df:cut{\"credit_amount\", at = {0, 1000, 5000, math.huge}, "
                                                   "labels = {\"small\", \"medium\", \"large\"}, into = \"size\"}",
                                        .where = WHERE_JOB,
                                        .run = run_cut};
REGISTER_PRIMITIVE(cut_primitive);

static const Primitive points_primitive = {
    SIZED,
    .name = "cut_points",
    .summary = "the bins that cut would make",
    .details = "Takes cut's options. With ties = \"order\" low and high are the least and the largest number of "
               "the bin.",
    .options = cut_options,
    .n_options = sizeof cut_options / sizeof *cut_options - 1,
    .options_size = sizeof(CutPrimitiveOptions),
    .returns = "a frame: bin label low high n share",
    .reference = HYNDMAN,
    .example = "df = read \"datasets/credit/credit.csv\"\ndf:cut_points{\"age\", bins = 4, how = \"quantiles\"}",
    .where = WHERE_JOB,
    .run = run_points};
REGISTER_PRIMITIVE(points_primitive);
