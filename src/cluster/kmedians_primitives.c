/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.kmedians: from a frame to a model. */
#include "cluster/centre_search_primitives.h"
#include "cluster/segment_plot_primitives.h"

#define ROW(...) OPTION_ROW_OF(CentreOptions, __VA_ARGS__)
static const Option kmedians_options[] = {CENTRE_OPTIONS(ROW)};
#undef ROW

static Status prepare(Call *call, const Frame *data, const void *options, void *fit, Error *e)
{
  return centre_prepare(call, data, options, NULL, fit, e);
}

static Status work(Call *call, const void *options, void *fit, Error *e)
{
  return centre_work(call, options, CENTRE_MEDIAN, fit, e);
}

static Status nearest(Task *task, const double *x, size_t n, size_t d, const double *centres, size_t k, int32_t *labels,
                      double *distances, Error *e)
{
  return centre_assign(task, CENTRE_MEDIAN, x, n, d, centres, k, labels, distances, e);
}

static Status predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  return centre_predict(call, model, data, NULL, nearest, out, e);
}

/* Seconds: 20 iterations a start at half a nanosecond per term. */
static Status cost(const Call *call, Cost *out, Error *e)
{
  const CentreOptions *o = call->options;
  const Frame *data = call->data->frame;
  const double n = (double)frame_rows(data), d = (double)(o->on.n ? o->on.n : frame_columns(data)), k = (double)o->k;
  (void)e;
  out->bytes = n * d * 8 + n * 68 + k * d * 64;
  out->seconds = n * (k + 12) * d * 20 * (double)o->starts * 0.5e-9;
  return STATUS_OK;
}

#define COST {"cost", "sum over rows of the absolute differences to the centre of their cluster, in scaled units", "", "0 (every row on its centre) upwards; falls as k grows"}
static const Figure figures[] = {CENTRE_FIGURES(COST)};
#undef COST

static const ModelSteps kmedians_steps = {.fit_size = sizeof(CentreFit), .prepare = prepare, .resume = centre_resume, .work = work,
                                          .fill = centre_fill, .free = centre_fit_free};

static const ModelClass class = {.size = sizeof(ModelClass), .predict = predict, .proceed = model_proceed,
                                 .headline = cluster_headline, .check = centre_model_check, .plots = SEGMENT_PLOTS,
                                 .plot = segment_plot, .steps = &kmedians_steps};

static const Primitive kmedians = {
  .size = sizeof(Primitive), .family = "cluster", .name = "kmedians", .version = 1,
  .summary = "k-medians: splits rows into k clusters around medians",
  .details = "Finds k centres so that the sum of absolute differences from each row to its nearest centre is small, over all variables. "
             "A centre is the median of its rows in each variable, so that a few values far off, as amounts of money have, do "
             "not move it. Starts several times from spread-out rows and keeps the best. With scale, distances and cost are in "
             "scaled units, centres in the data's. Medians are of each variable apart: a centre need not be like any row; "
             "cluster.pam has rows for centres.",
  .takes = VALUE_FRAME, .main = "k", .options = kmedians_options,
  .n_options = sizeof kmedians_options / sizeof *kmedians_options, .options_size = sizeof(CentreOptions),
  .gives = VALUE_MODEL, .returns = "a model; tidy: cluster size share cost and the median in each variable; new rows go to the nearest centre, "
                                  "with distance the sum of absolute differences",
  .reference = "Bradley, Mangasarian and Street 1996; Leisch 2006",
  .example = "df = read \"datasets/iris/iris.csv\"\ndf:kmedians{k = 3}",
  .where = WHERE_JOB, .cost = cost, .figures = figures, .n_figures = sizeof figures / sizeof *figures, .run = model_run,
  .model = &class};
REGISTER_PRIMITIVE(kmedians);
