/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.spherical: from a frame to a model. */
#include "cluster/centre_search_primitives.h"
#include "cluster/segment_plot_primitives.h"

#define ROW(...) OPTION_ROW_OF(CentreOptions, __VA_ARGS__)
static const Option spherical_options[] = {CENTRE_OPTIONS(ROW)};
#undef ROW

/* Rows as directions; one of zeros has none. */
static Status directions(const ClusterInput *input, Error *e)
{
  size_t zero;
  if (!centre_normalise(input->values, input->variables.n, input->variables.d, &zero)) {
    error_set(e, STATUS_DATA, "no-direction", _("row %zu has only zeros: it points nowhere"), cluster_row_number(input, zero));
    return error_hint(e, _("filter such rows out"));
  }
  return STATUS_OK;
}

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const CentreOptions *o = options;
  CentreFit *fit = of;
  size_t zero;
  const Status status = centre_prepare(call, data, o, directions, fit, e);
  if (status == STATUS_OK && fit->centres && !centre_normalise(fit->centres, (size_t)o->k, fit->input.variables.d, &zero)) {
    return error_set(e, STATUS_ARGUMENT, "no-direction", _("init: row %zu has only zeros"), zero + 1);
  }
  return status;
}

static Status work(Call *call, const void *options, void *fit, Error *e)
{
  return centre_work(call, options, CENTRE_DIRECTION, fit, e);
}

static Status nearest(Task *task, const double *x, size_t n, size_t d, const double *centres, size_t k, int32_t *labels,
                      double *distances, Error *e)
{
  return centre_assign(task, CENTRE_DIRECTION, x, n, d, centres, k, labels, distances, e);
}

static Status predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  return centre_predict(call, model, data, directions, nearest, out, e);
}

/* Seconds: 20 iterations a start at half a nanosecond per term. */
static Status cost(const Call *call, Cost *out, Error *e)
{
  const CentreOptions *o = call->options;
  const Frame *data = call->data->frame;
  const double n = (double)frame_rows(data), d = (double)(o->on.n ? o->on.n : frame_columns(data)), k = (double)o->k;
  (void)e;
  out->bytes = n * d * 8 + n * 36 + k * d * 64;
  out->seconds = n * (k + 1) * d * 20 * (double)o->starts * 0.5e-9;
  return STATUS_OK;
}

#define COST {"cost", "sum over rows of 1 - cosine between the row and the centre of its cluster", "", "0 (every row points as its centre) to n"}
static const Figure figures[] = {CENTRE_FIGURES(COST)};
#undef COST

static const ModelSteps spherical_steps = {.fit_size = sizeof(CentreFit), .prepare = prepare, .resume = centre_resume, .work = work,
                                           .fill = centre_fill, .free = centre_fit_free};

static const ModelClass class = {.size = sizeof(ModelClass), .predict = predict, .proceed = model_proceed,
                                 .headline = cluster_headline, .check = centre_model_check, .plots = SEGMENT_PLOTS,
                                 .plot = segment_plot, .steps = &spherical_steps};

static const Primitive spherical = {
  .size = sizeof(Primitive), .family = "cluster", .name = "spherical", .version = 1,
  .summary = "spherical k-means: splits rows into k clusters by direction, not by size",
  .details = "Finds k directions so that the cosines between rows and their nearest direction are large: rows count by the mix of their "
             "values, not by how much there is of them, as wanted for shares of a budget or counts of words. Each row is "
             "brought to length 1 first, centres are means brought to length 1. A row of zeros has no direction and is refused. "
             "With scale, directions are those of the scaled variables; zscore then compares shapes around the mean.",
  .takes = VALUE_FRAME, .main = "k", .options = spherical_options,
  .n_options = sizeof spherical_options / sizeof *spherical_options, .options_size = sizeof(CentreOptions),
  .gives = VALUE_MODEL, .returns = "a model; tidy: cluster size share cost and the centre's direction in each variable; new rows go to the nearest "
                                  "direction, with distance 1 - cosine",
  .reference = "Dhillon and Modha 2001; Hornik, Feinerer, Kober and Buchta 2012",
  .example = "df = read \"datasets/iris/iris.csv\"\ndf:spherical{k = 3}",
  .where = WHERE_JOB, .cost = cost, .figures = figures, .n_figures = sizeof figures / sizeof *figures, .run = model_run,
  .model = &class};
REGISTER_PRIMITIVE(spherical);
