/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.meanshift: from a frame to a model. Labels follow from the centres but for rows as near to two of them: the
 * model keeps those of the fit. */
#include <math.h>
#include <string.h>

#include "cluster/density_model_primitives.h"
#include "cluster/meanshift.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"

#define ROW(...) OPTION_ROW_OF(MeanshiftOptions, __VA_ARGS__)
static const Option meanshift_options[] = {MEANSHIFT_OPTIONS(ROW)};
#undef ROW
enum { N_OPTIONS = sizeof meanshift_options / sizeof *meanshift_options, GIVEN_BANDWIDTH = 1 };
#define MOST_PAIRS 1.5e10 /* 220,000 rows by default: an hour and more in eight columns */

static const Primitive meanshift; /* below: it points to the functions that need it */

typedef struct Fit {
  ClusterInput input;
  Neighbours *index;
  MeanshiftSettings settings;
  MeanshiftResult result;
} Fit;

static void fit_free(Fit *fit)
{
  cluster_input_free(&fit->input);
  neighbours_free(fit->index);
  meanshift_result_free(&fit->result);
}

/* ---- the fit */

static Status find_bandwidth(Call *call, const MeanshiftOptions *o, Fit *fit, Error *e)
{
  const Variables *v = &fit->input.variables;
  if (call->given & GIVEN_BANDWIDTH) {
    fit->settings.bandwidth = o->bandwidth;
    return o->bandwidth > 0 ? STATUS_OK
                            : error_set(e, STATUS_ARGUMENT, "out-of-range", _("bandwidth is 0, but must be above"));
  }
  const Status status =
      meanshift_bandwidth(call->task, fit->input.values, v->n, v->d, o->quantile, &fit->settings.bandwidth, e);
  if (status == STATUS_OK && !(fit->settings.bandwidth > 0)) {
    fit->settings.bandwidth = 1; /* all rows are equal, and any window has them all */
  } else if (status == STATUS_OK) {
    text_printf(call->notes, _("bandwidth = %1$.6g was chosen by quantile = %2$g; larger gives fewer clusters\n"),
                fit->settings.bandwidth, o->quantile);
  }
  return status;
}

static Status fit_frame(Call *call, const MeanshiftOptions *o, Fit *fit, Error *e)
{
  const Variables *v = &fit->input.variables;
  Status status;
  fit->settings = (MeanshiftSettings){.gaussian = strcmp(o->kernel, "gaussian") == 0, .bins = o->bins,
                                      .noise = strcmp(o->far, "noise") == 0, .max_iterations = (size_t)o->max_iter};
  TRY(find_bandwidth(call, o, fit, e));
  TRY(neighbours_new(call->task, fit->input.values, v->n, v->d, density_metric("euclidean"), NEIGHBOURS_AUTO,
                     &fit->index, e));
  TRY(meanshift_fit(call->task, fit->index, fit->input.values, v->n, v->d, fit->input.weights, &fit->settings,
                    &fit->result, e));
  if (fit->result.stopped > 0) {
    text_printf(call->notes, _("points that did not come to rest in max_iter = %1$lld steps: %2$lld\n"),
                (long long)o->max_iter, (long long)fit->result.stopped);
  }
  density_notes(&fit->input, fit->result.sizes, fit->result.k, fit->result.noise, call->notes);
done:
  return status;
}

/* ---- the model */

static Status make_tidy(const Fit *fit, Frame **out, Error *e)
{
  const MeanshiftResult *r = &fit->result;
  Draft *draft = cluster_tidy_begin(&fit->input, r->sizes, r->k, r->noise);
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  cluster_tidy_floats(draft, "window", r->weights, r->k, r->noise > 0);
  const Status status = cluster_tidy_centres(draft, &fit->input, r->centres, NULL, r->k, r->noise > 0, e);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

static Status make_glance(const Fit *fit, int64_t seed, Frame **out, Error *e)
{
  const MeanshiftResult *r = &fit->result;
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  density_glance_begin(draft, &fit->input, r->k, r->noise);
  draft_float(draft, "bandwidth", fit->settings.bandwidth);
  draft_int(draft, "seeds", (int64_t)r->seeds);
  draft_int(draft, "iterations", r->iterations);
  draft_bool(draft, "converged", r->stopped == 0);
  density_glance_end(draft, &fit->input, true, "");
  draft_int(draft, "seed", seed);
  return draft_finish(draft, out, e);
}

static Status fill_model(Call *call, Model *model, const Fit *fit, int64_t seed, Error *e)
{
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", make_tidy(fit, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(fit, seed, &frame, e), &frame, e));
  TRY(cluster_put_variables(model, &fit->input, e));
  TRY(cluster_put_centres(model, &fit->input, fit->result.centres, fit->result.k, e));
  TRY(cluster_put_labels(model, &fit->input, fit->result.labels, NULL, e));
  TRY(model_set_notes(model, text_data(call->notes), e));
done:
  return status;
}

static Status run_meanshift(Call *call, Value *out, Error *e)
{
  const MeanshiftOptions *o = call->options;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .weights = o->weights, .missing = o->missing,
                          .sample = o->sample, .seed = (uint64_t)o->seed};
  Fit fit = {0};
  Model *model = NULL;
  Status status;
  TRY(cluster_input(call, call->data->frame, &ask, &fit.input, e));
  TRY(fit_frame(call, o, &fit, e));
  TRY(model_new(&meanshift, o, &model, e));
  TRY(fill_model(call, model, &fit, o->seed, e));
  model_set_data(model, call->data->frame);
  text_reset(call->notes); /* the card shows them */
  *out = (Value){.kind = VALUE_MODEL, .model = model};
  model = NULL;
done:
  model_unref(model);
  fit_free(&fit);
  return status;
}

/* A window chosen by quantile has that share of the rows, and every row climbs by dozens of windows. */
static Status check_windows(const Call *call, const MeanshiftOptions *o, double n, Error *e)
{
  const double pairs = n * n * o->quantile;
  if (o->bins || call->given & GIVEN_BANDWIDTH || pairs <= MOST_PAIRS) {
    return STATUS_OK;
  }
  error_set(e, STATUS_LIMIT, "too-large",
            _("n = %1$.0f rows look at %2$.1e others in each of dozens of steps, as windows have %3$g of the rows"), n, pairs,
            o->quantile);
  return error_hint(e, _("bins = true begins from a grid; sample = 20000; a smaller quantile or bandwidth; or hdbscan"));
}

/* Windows of about a third of the rows, with their rims looked at. */
static Status meanshift_cost(const Call *call, Cost *out, Error *e)
{
  const MeanshiftOptions *o = call->options;
  *out = density_cost(call, o->on, "euclidean", 60, o->sample);
  const double n = o->sample > 0 ? fmin((double)o->sample, (double)frame_rows(call->data->frame))
                                 : (double)frame_rows(call->data->frame);
  out->seconds += o->bins ? n * 1e-6 : n * sqrt(n) * 1e-7 + n * n * 1e-9;
  return check_windows(call, o, n, e);
}

/* ---- new rows, files */

/* The labels of the fit, when these are its rows. */
static void take_fitted(const Model *model, const ClusterInput *input, int32_t *labels)
{
  Frame *fitted = cluster_fitted(model, input->data);
  for (size_t i = 0; fitted && i < input->variables.n; i++) {
    const Column *cells = frame_column(fitted, 0);
    const size_t row = cluster_row_number(input, i) - 1;
    labels[i] = column_valid(cells, row) ? (int32_t)column_int(cells, row) - 1 : labels[i];
  }
  frame_unref(fitted);
}

static Status predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  ClusterInput input = {0};
  const Frame *frame = model_frame(model, "centres");
  const char *far = model_option_text(model, "far");
  double *centres = cluster_matrix(frame), *distances = NULL, reach = INFINITY;
  int32_t *labels = NULL;
  Draft *draft = NULL;
  Status status;
  TRY(cluster_input_of_model(call, model, data, &input, e));
  const size_t n = input.variables.n;
  if (far && strcmp(far, "noise") == 0 && !cluster_cell(model_frame(model, "glance"), "bandwidth", false, &reach)) {
    TRY(cluster_model_broken(e));
  }
  labels = mem_alloc(n, sizeof *labels);
  distances = mem_alloc(n, sizeof *distances);
  TRY(centres && labels && distances ? STATUS_OK : error_memory(e, 0, _("labels")));
  TRY(meanshift_assign(call->task, centres, frame_rows(frame), input.values, n, input.variables.d, reach, labels,
                       distances, e));
  take_fitted(model, &input, labels);
  draft = cluster_predicted(&input, labels);
  TRY(draft ? STATUS_OK : error_memory(e, 0, _("labels")));
  cluster_predicted_floats(draft, "distance", &input, distances);
  status = draft_finish(draft, out, e);
done:
  cluster_input_free(&input);
  mem_free(centres);
  mem_free(labels);
  mem_free(distances);
  return status;
}

static Status check(const Model *model, Error *e)
{
  size_t rows;
  const Status status = cluster_model_check(model, e);
  if (status != STATUS_OK) {
    return status;
  }
  return density_sound_matrix(model, "centres", &rows) && rows > 0 ? STATUS_OK : cluster_model_broken(e);
}

static const ModelClass meanshift_class = {.size = sizeof(ModelClass),
                                           .predict = predict,
                                           .headline = cluster_headline,
                                           .check = check,
                                           .plots = SEGMENT_PLOTS,
                                           .plot = segment_plot};

static const Figure meanshift_figures[] = {
  {"n", "rows used in the fit", "", "any"},
  {"k", "number of clusters", "", "2 to a few dozen for segments people can work with"},
  {"noise", "rows beyond the bandwidth of every centre (far = \"noise\")", "", "0 unless far = \"noise\""},
  {"noise_share", "share of the rows that are noise", "{noise} / {n}", "0 to about 0.3"},
  {"bandwidth", "radius of the window, in scaled units", "", "about the radius of the hills that matter"},
  {"seeds", "points that were moved", "", "n, or with bins far fewer"},
  {"iterations", "most steps of a point", "", "below max_iter"},
  {"converged", "whether every point came to rest", "", "true"},
  {"complete", "whether the fit came to its end", "", "true"},
  {"reason", "why it did not", "", "empty"},
  {"stopped_at", "where a stopped fit is", "", "empty"},
  {"dropped", "rows left out for missing cells", "", "0"},
  {"seed", "seed of the sample", "", "any"},
};

static const Primitive meanshift = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "meanshift",
    .version = 1,
    .summary = "mean shift: clusters are the hills of the density, as many as there are at a bandwidth",
    .details = "From every row (bins = true: from a grid) a point climbs to the mean of the rows within the bandwidth "
               "until it rests; the tops "
               "are the centres, and of tops within a bandwidth of each other that with the most rows around it stays. "
               "Without bandwidth it is "
               "estimated as scikit-learn does, and said. New rows go to the nearest centre, with far = \"noise\" only "
               "if it is within the bandwidth.",
    .takes = VALUE_FRAME,
    .main = "bandwidth",
    .options = meanshift_options,
    .n_options = N_OPTIONS,
    .options_size = sizeof(MeanshiftOptions),
    .gives = VALUE_MODEL,
    .returns = "a model; tidy: cluster size share window (weight of the rows within the bandwidth of the centre) and "
               "the centre in each "
               "variable; predict: cluster (nearest centre), distance",
    .reference = "Fukunaga and Hostetler 1975; Comaniciu and Meer 2002",
    .example = "df = read \"datasets/iris/iris.csv\"\nm = df:meanshift(1.0)\nm:tidy()",
    .where = WHERE_JOB,
    .cost = meanshift_cost,
    .figures = meanshift_figures,
    .n_figures = sizeof meanshift_figures / sizeof *meanshift_figures,
    .run = run_meanshift,
    .model = &meanshift_class};
REGISTER_PRIMITIVE(meanshift);
