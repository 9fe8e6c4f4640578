/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diff.frames, diff.models, and what their answers have beside tidy and glance. */
#include <string.h>

#include "registry/diff.h"
#include "registry/registry.h"

#define SIZED .size = sizeof(Primitive), .family = "diff", .version = 1
#define OPTIONS(list, type) .options = list, .n_options = sizeof list / sizeof *list, .options_size = sizeof(type)

/* ---- The answer as a model */

static Status make_answer(const Primitive *primitive, const char *more, DiffParts *parts, Value *out, Error *e)
{
  Model *model = NULL;
  Status status = model_new(primitive, NULL, &model, e);
  struct {
    const char *name;
    Frame **frame;
  } const frames[] = {{"tidy", &parts->tidy}, {"glance", &parts->glance}, {more, &parts->more}};
  for (size_t i = 0; i < sizeof frames / sizeof *frames && status == STATUS_OK; i++) {
    Frame *frame = *frames[i].frame;
    *frames[i].frame = NULL;
    status = model_set_frame(model, frames[i].name, frame, e);
  }
  frame_unref(parts->tidy);
  frame_unref(parts->glance);
  frame_unref(parts->more);
  if (status != STATUS_OK) {
    model_unref(model);
    return status;
  }
  *out = value_of_model(model);
  return STATUS_OK;
}

static int64_t count(const Model *model, const char *name)
{
  return (int64_t)model_number(model, name);
}

/* ---- Frames */

#define FRAMES_OPTIONS(O) \
  O(other, FRAME, OPTION_REQUIRED, 1, 0, "", "", "the frame to compare with") \
  O(tolerance, NUMBER, "0", 0, 1, "", "", "relative difference up to which numbers are the same") \
  O(cells, INT, "1000", 0, 1e9, "", "cells", "how many to list at most") \
  O(all, BOOL, "false", 0, 0, "", "", "list columns that are the same too")
typedef struct FramesOptions {
  FRAMES_OPTIONS(OPTION_FIELD)
} FramesOptions;
#define ROW(...) OPTION_ROW_OF(FramesOptions, __VA_ARGS__)
static const Option frames_options[] = {FRAMES_OPTIONS(ROW)};
#undef ROW

static Status run_frames(Call *call, Value *out, Error *e)
{
  const FramesOptions *options = call->options;
  const DiffFrames how = {.tolerance = options->tolerance, .cells = (size_t)options->cells, .all = options->all};
  DiffParts parts = {0};
  const Status status = diff_frames(call->task, call->data->frame, options->other, &how, &parts, e);
  if (status != STATUS_OK) {
    frame_unref(parts.tidy);
    frame_unref(parts.glance);
    frame_unref(parts.more);
    return status;
  }
  return make_answer(call->primitive, "cells", &parts, out, e);
}

static Status cost_frames(const Call *call, Cost *out, Error *e)
{
  (void)e;
  const double cells = (double)frame_rows(call->data->frame) * (double)frame_columns(call->data->frame);
  *out = (Cost){.bytes = 1e5, .seconds = 2e-9 * cells};
  return STATUS_OK;
}

static void frames_headline(const Model *model, Text *out)
{
  if (count(model, "rows_a") != count(model, "rows_b")) {
    text_printf(out, _("%1$lld rows against %2$lld; "), (long long)count(model, "rows_a"),
                (long long)count(model, "rows_b"));
  }
  if (count(model, "columns_differ") == 0) {
    text_puts(out, _("no column differs"));
  } else {
    text_printf(out, _("%1$lld columns differ, %2$lld cells"), (long long)count(model, "columns_differ"),
                (long long)count(model, "cells_differ"));
  }
}

static const ModelClass frames_class = {.size = sizeof(ModelClass), .headline = frames_headline};

static const Primitive frames = {
    SIZED,
    .name = "frames",
    .method = "diff",
    .summary = "what differs between two frames",
    .details =
        "Columns are compared by name, cells by row. diff(a, b) is the same. The answer's tidy() has a row for each "
        "column that differs, cells() the first cells that do.",
    .takes = VALUE_FRAME,
    .main = "other",
    OPTIONS(frames_options, FramesOptions),
    .gives = VALUE_MODEL,
    .returns = "a model: tidy column status type_a type_b cells first_row largest, glance with counts and identical",
    .reference = "",
    .example = "a = read \"datasets/iris/iris.csv\"\nb = a:mutate(\"petal_width = if(petal_width > 2.4, 2.4, "
               "petal_width)\")\n"
               "d = diff(a, b)\nd:tidy()\nd:cells()",
    .where = WHERE_JOB,
    .cost = cost_frames,
    .run = run_frames,
    .model = &frames_class};
REGISTER_PRIMITIVE(frames);

static Status run_cells(Call *call, Value *out, Error *e)
{
  return model_give(call, "cells", out, e);
}

static const Primitive cells = {SIZED,
                                .name = "cells",
                                .summary = "the first cells that differ between two frames",
                                .takes = VALUE_MODEL,
                                .takes_class = "diff",
                                .gives = VALUE_FRAME,
                                .returns = "a frame: row column a b",
                                .reference = "",
                                .example = "a = frame{x = {1, 2, 3}}\nb = frame{x = {1, 2, 4}}\ndiff(a, b):cells()",
                                .where = WHERE_MAIN,
                                .run = run_cells};
REGISTER_PRIMITIVE(cells);

/* ---- Fits */

#define MODELS_OPTIONS(O) \
  O(other, VALUE, OPTION_REQUIRED, 1, 0, "", "", "the fit to compare with") \
  O(data, FRAME, OPTION_UNSET, 1, 0, "", "", "rows to label by both; when not given those the fits were made of")
typedef struct ModelsOptions {
  MODELS_OPTIONS(OPTION_FIELD)
} ModelsOptions;
#define ROW(...) OPTION_ROW_OF(ModelsOptions, __VA_ARGS__)
static const Option models_options[] = {MODELS_OPTIONS(ROW)};
#undef ROW

static Status run_models(Call *call, Value *out, Error *e)
{
  const ModelsOptions *options = call->options;
  DiffParts parts = {0};
  if (options->other->kind != VALUE_MODEL) {
    return error_set(e, STATUS_ARGUMENT, "wrong-type", _("a fit can only be compared with a fit, not with %s"),
                     value_kind_name(options->other->kind));
  }
  const Status status = diff_models(call, call->data->model, options->other->model, options->data, &parts, e);
  if (status != STATUS_OK) {
    frame_unref(parts.tidy);
    frame_unref(parts.glance);
    frame_unref(parts.more);
    return status;
  }
  return make_answer(call->primitive, "moved", &parts, out, e);
}

static void models_headline(const Model *model, Text *out)
{
  const Column *identical;
  if (model_figure(model, "identical", &identical) && column_int(identical, 0)) {
    text_puts(out, _("nothing differs"));
    return;
  }
  text_printf(out, _("%1$lld options, %2$lld figures, %3$lld cells of components, %4$lld of the data differ"),
              (long long)count(model, "options_differ"), (long long)count(model, "figures_differ"),
              (long long)count(model, "components_differ"), (long long)count(model, "data_differ"));
  if (count(model, "rows_compared") > 0) {
    text_printf(out, _("; %1$lld of %2$lld rows moved"), (long long)count(model, "rows_moved"),
                (long long)count(model, "rows_compared"));
  }
}

static const ModelClass models_class = {.size = sizeof(ModelClass), .headline = models_headline};

static const Primitive models = {
    SIZED,
    .name = "models",
    .method = "diff",
    .summary = "what differs between two fits of one method",
    .details = "Options, figures, components (coefficients by term, clusters by the rows they share) and the data "
               "the fits were "
               "made of. diff(a, b) is the same. Where both put rows into clusters, moved() has the rows that are "
               "not in the "
               "cluster that belongs to their former one.",
    .takes = VALUE_MODEL,
    .main = "other",
    OPTIONS(models_options, ModelsOptions),
    .gives = VALUE_MODEL,
    .returns = "a model: tidy part name figure a b change, glance with counts and identical",
    .reference = "",
    .example =
        "df = read \"datasets/iris/iris.csv\"\na = df:kmeans{k = 3}\nb = df:kmeans{k = 3, scale = \"zscore\"}\n"
        "d = diff(a, b)\nd:moved():head(3)",
    .where = WHERE_JOB,
    .run = run_models,
    .model = &models_class};
REGISTER_PRIMITIVE(models);

static Status run_moved(Call *call, Value *out, Error *e)
{
  return model_give(call, "moved", out, e);
}

static const Primitive moved = {SIZED,
                                .name = "moved",
                                .summary = "the rows that two fits put into different clusters",
                                .takes = VALUE_MODEL,
                                .takes_class = "diff",
                                .gives = VALUE_FRAME,
                                .returns = "a frame: row a b, the clusters of either",
                                .reference = "",
                                .example = "df = read \"datasets/iris/iris.csv\"\ndiff(df:kmeans{k = 3}, df:kmeans{k "
                                           "= 3, scale = \"zscore\"}):moved():count(\"b\")",
                                .where = WHERE_MAIN,
                                .run = run_moved};
REGISTER_PRIMITIVE(moved);
