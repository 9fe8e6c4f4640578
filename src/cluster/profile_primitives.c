/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.profile, for every model that labels rows. */
#include "cluster/profile.h"
#include "core/alloc.h"
#include "registry/model.h"

#define PROFILE_OPTIONS(O)                                                                                \
  O(data, FRAME, OPTION_REQUIRED, 1, 0, "", "", "the rows to profile; also with columns that were not fitted on") \
  O(top, INT, "5", 0, 1e6, "", "rows", "variables shown per segment, 0 for all")
typedef struct ProfileOptions {
  PROFILE_OPTIONS(OPTION_FIELD)
} ProfileOptions;
#define ROW(...) OPTION_ROW_OF(ProfileOptions, __VA_ARGS__)
static const Option profile_options[] = {PROFILE_OPTIONS(ROW)};
#undef ROW

/* The label column among the model's columns for the data. */
static const Column *label_column(const Frame *predicted)
{
  for (size_t i = 0; i < frame_columns(predicted); i++) {
    if (column_role(frame_column(predicted, i)) == ROLE_LABEL) {
      return frame_column(predicted, i);
    }
  }
  return NULL;
}

/* Labels as numbers, 0 where missing, and the largest of them. */
static Status copy_labels(const Column *column, int64_t **out, size_t *k, Error *e)
{
  const size_t n = column_rows(column);
  int64_t *labels = mem_alloc(n, sizeof *labels);
  *out = labels;
  *k = 0;
  if (!labels) {
    return error_memory(e, n * sizeof *labels, _("labels"));
  }
  for (size_t row = 0; row < n; row++) {
    labels[row] = column_valid(column, row) ? column_int(column, row) : 0;
    *k = labels[row] > (int64_t)*k ? (size_t)labels[row] : *k;
  }
  return STATUS_OK;
}

static Status run_profile(Call *call, Value *out, Error *e)
{
  const ProfileOptions *options = call->options;
  const Model *model = call->data->model;
  const ModelClass *class = model_primitive(model)->model;
  Frame *predicted = NULL;
  int64_t *labels = NULL;
  size_t k = 0;
  ProfileResult result = {0};
  Status status = STATUS_OK;
  if (!class || !class->predict) {
    return error_set(e, STATUS_STATE, "not-supported", _("a model of %s has no segments"), model_name(model));
  }
  TRY(class->predict(call, model, options->data, &predicted, e));
  const Column *label = label_column(predicted);
  if (!label) {
    status = error_set(e, STATUS_STATE, "not-supported", _("a model of %s has no segments"), model_name(model));
    goto done;
  }
  TRY(copy_labels(label, &labels, &k, e));
  TRY(profile_segments(call->task, options->data, labels, k, (size_t)options->top, &result, e));
  *out = value_of_frame(result.frame);
  if (options->top > 0 && (size_t)options->top < result.compared) {
    text_printf(call->notes, _("%1$zu of %2$zu variables shown for each segment; top = 0 shows all\n"), (size_t)options->top,
                result.compared);
  }
  if (result.left_out > 0) {
    text_printf(call->notes, _("columns not compared (texts without levels, or no spread): %zu\n"), result.left_out);
  }
done:
  frame_unref(predicted);
  mem_free(labels);
  return status;
}

static const Primitive profile = {
  .size = sizeof(Primitive), .family = "cluster", .name = "profile", .version = 1,
  .summary = "what sets each segment apart from the rest",
  .details = "Numeric variables: mean inside and outside the segment, and their difference in standard deviations of the whole "
             "column. Category variables: the level whose share differs most, its shares, and the difference in units of "
             "sqrt(p (1 - p)). The largest differences come first.",
  .takes = VALUE_MODEL, .takes_class = "cluster", .main = "data", .options = profile_options, .n_options = 2,
  .options_size = sizeof(ProfileOptions), .gives = VALUE_FRAME,
  .returns = "a frame: cluster variable level difference inside outside size share",
  .reference = "Cohen 1988, Statistical Power Analysis for the Behavioral Sciences (d, with the overall standard deviation)",
  .example = "df = read \"datasets/iris/iris.csv\"\ndf:kmeans{k = 3}:profile(df)", .where = WHERE_JOB, .run = run_profile};
REGISTER_PRIMITIVE(profile);
