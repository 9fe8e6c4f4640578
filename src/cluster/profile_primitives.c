/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.profile, for every model that labels rows. */
#include <string.h>

#include "cluster/profile.h"
#include "cluster/segment_labels_primitives.h"
#include "registry/model.h"

#define PROFILE_OPTIONS(O) \
  O(data, FRAME, OPTION_REQUIRED, 1, 0, "", "", "the rows to profile; also with columns that were not fitted on") \
  O(top, INT, "5", 0, 1e6, "", "rows", "variables shown per segment, 0 for all") \
  O(value, TEXT, OPTION_UNSET, 1, 0, "", "", \
    "a numeric column, such as spend: its sum in each segment and share of the total") \
  O(adjust, CHOICE, "bh", 0, 0, "bh|holm|none", "", \
    "how p is adjusted for the number of tests: Benjamini-Hochberg (false discoveries), Holm (any false one)")
typedef struct ProfileOptions {
  PROFILE_OPTIONS(OPTION_FIELD)
} ProfileOptions;
#define ROW(...) OPTION_ROW_OF(ProfileOptions, __VA_ARGS__)
static const Option profile_options[] = {PROFILE_OPTIONS(ROW)};
#undef ROW

static ProfileAdjust adjust_of(const char *choice)
{
  return strcmp(choice, "holm") == 0 ? PROFILE_HOLM : strcmp(choice, "none") == 0 ? PROFILE_NONE : PROFILE_BH;
}

static void add_notes(const Call *call, const ProfileOptions *options, const ProfileResult *result)
{
  if (options->top > 0 && (size_t)options->top < result->compared) {
    text_printf(call->notes, _("%1$zu of %2$zu variables shown for each segment; top = 0 shows all\n"),
                (size_t)options->top, result->compared);
  }
  if (result->left_out > 0) {
    text_printf(call->notes, _("columns not compared (ids, times, texts of many levels, or no spread): %zu\n"),
                result->left_out);
  }
}

static Status run_profile(Call *call, Value *out, Error *e)
{
  const ProfileOptions *options = call->options;
  const Model *model = call->data->model;
  SegmentLabels labels = {0};
  ProfileResult result = {0};
  ProfileAsk ask = {
      .top = (size_t)options->top, .adjust = adjust_of(options->adjust), .value = SIZE_MAX, .skip = SIZE_MAX};
  Status status;
  if (options->value) {
    TRY(segment_number_column(options->data, options->value, &ask.value, e));
  }
  ask.skip = segment_own_column(model, options->data);
  ask.fitted = segment_fitted(model, options->data, &call->task->arena);
  TRY(ask.fitted ? STATUS_OK : error_memory(e, 0, _("a profile")));
  TRY(segment_labels(call, model, options->data, &labels, e));
  TRY(profile_segments(call->task, options->data, labels.labels, labels.k, &ask, &result, e));
  *out = value_of_frame(result.frame);
  add_notes(call, options, &result);
done:
  segment_labels_free(&labels);
  return status;
}

static const Primitive profile = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "profile",
    .version = 1,
    .summary = "what sets each segment apart from the rest",
    .details =
        "For each segment and variable, also those not fitted on (fitted says which), the largest differences first. "
        "difference is the effect size. Numeric variables: mean inside and outside the segment, their difference in "
        "standard "
        "deviations of the whole column. Category variables and texts of few levels: the level whose share differs "
        "most, its "
        "shares, the difference in units of sqrt(p (1 - p)), p being its share of all rows. p is that of Welch's t "
        "test, for "
        "categories and booleans of Pearson's chi-squared test over all levels; p_adjusted takes all tests of the "
        "profile "
        "as one family. With many rows everything is significant, so look at difference; and for fitted variables p "
        "means "
        "little, since the segments were made to differ in them. difference * sqrt(rows inside * rows outside / rows) "
        "is "
        "the v-test of a numeric variable. value adds the segment's sum of a column and its share of the total.",
    .takes = VALUE_MODEL,
    .takes_class = "cluster",
    .main = "data",
    .options = profile_options,
    .n_options = sizeof profile_options / sizeof *profile_options,
    .options_size = sizeof(ProfileOptions),
    .gives = VALUE_FRAME,
    .returns = "a frame: cluster variable level difference inside outside p p_adjusted fitted size share, with value "
               "also value "
               "value_share",
    .reference =
        "Cohen 1988, Statistical Power Analysis for the Behavioral Sciences (d, with the overall standard deviation); "
        "Welch 1947; Benjamini and Hochberg 1995; Holm 1979; Lebart, Morineau and Piron 1995 (v-test)",
    .example = "df = read \"datasets/iris/iris.csv\"\ndf:kmeans{k = 3}:profile(df)",
    .where = WHERE_JOB,
    .run = run_profile};
REGISTER_PRIMITIVE(profile);
