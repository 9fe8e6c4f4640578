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

typedef struct Fit {
  DensityFit begun;
  double bandwidth;       /* negative: by quantile */
  MeanshiftState state;
  MeanshiftSettings settings;
  MeanshiftResult result;
} Fit;

static void fit_free(void *of)
{
  Fit *fit = of;
  density_fit_free(&fit->begun);
  meanshift_state_free(&fit->state);
  meanshift_result_free(&fit->result);
}

/* ---- the fit */

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const MeanshiftOptions *o = options;
  Fit *fit = of;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .weights = o->weights, .missing = o->missing,
                          .sample = o->sample, .seed = (uint64_t)o->seed};
  fit->bandwidth = call->given & GIVEN_BANDWIDTH ? o->bandwidth : -1;
  if (fit->bandwidth == 0) {
    return error_set(e, STATUS_ARGUMENT, "out-of-range", _("bandwidth is 0, but must be above"));
  }
  return density_nothing_kept(density_prepare(call, data, &ask, "euclidean", &fit->begun, e), "windows", e);
}

static Status find_bandwidth(Call *call, const MeanshiftOptions *o, Fit *fit, Error *e)
{
  const Variables *v = &fit->begun.input.variables;
  const Status status =
      meanshift_bandwidth(call->task, fit->begun.input.values, v->n, v->d, o->quantile, &fit->bandwidth, e);
  if (status == STATUS_OK && !(fit->bandwidth > 0)) {
    fit->bandwidth = 1; /* all rows are equal, and any window has them all */
  } else if (status == STATUS_OK) {
    text_printf(call->notes, _("bandwidth = %1$.6g was chosen by quantile = %2$g; larger gives fewer clusters\n"),
                fit->bandwidth, o->quantile);
  }
  return status;
}

static void note_result(const MeanshiftOptions *o, const Fit *fit, Text *notes)
{
  const MeanshiftResult *r = &fit->result;
  density_note_stop(r->stopped_at, _("centres are where windows stand now; some would still come together\n"), notes);
  if (r->complete && r->stopped > 0) {
    text_printf(notes, _("points that did not come to rest in max_iter = %1$lld steps: %2$lld\n"), (long long)o->max_iter,
                (long long)r->stopped);
  }
  density_notes(&fit->begun.input, r->sizes, r->k, r->noise,
                (DensityCures){_("far = \"assign\" or a larger bandwidth takes in more rows"), _("a smaller bandwidth parts it")},
                notes);
}

static Status work(Call *call, const void *options, void *of, Error *e)
{
  const MeanshiftOptions *o = options;
  Fit *fit = of;
  const ClusterInput *input = &fit->begun.input;
  Status status;
  if (fit->bandwidth < 0) {
    TRY(find_bandwidth(call, o, fit, e));
  }
  fit->settings = (MeanshiftSettings){.bandwidth = fit->bandwidth, .gaussian = strcmp(o->kernel, "gaussian") == 0,
                                      .bins = o->bins, .noise = strcmp(o->far, "noise") == 0,
                                      .max_iterations = (size_t)o->max_iter};
  TRY(meanshift_fit(call->task, fit->begun.index, input->values, input->variables.n, input->variables.d, input->weights,
                    &fit->settings, &fit->state, &fit->result, e));
  note_result(o, fit, call->notes);
done:
  return density_nothing_kept(status, "windows", e);
}

/* ---- the model */

static Draft *make_glance(const Fit *fit)
{
  const MeanshiftResult *r = &fit->result;
  Draft *draft = density_glance(&fit->begun.input, r->k, r->noise);
  draft_float(draft, "bandwidth", fit->settings.bandwidth);
  draft_int(draft, "seeds", (int64_t)r->seeds);
  draft_int(draft, "iterations", r->iterations);
  draft_bool(draft, "converged", r->stopped == 0);
  return draft;
}

/* Of a stopped fit: where windows stand, and on which step. */
static Status put_state(Model *model, const Fit *fit, Error *e)
{
  const MeanshiftState *s = &fit->state;
  Draft *draft = draft_new();
  const Status status = density_put_matrix(model, "state_ends", &fit->begun.input, s->ends, s->n_seeds, e);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  density_draft_floats(draft, "moved", s->moved, s->n_seeds);
  density_draft_floats(draft, "mass", s->masses, s->n_seeds);
  draft_ints(draft, "steps", s->steps, s->n_seeds);
  return density_put(model, "state_seeds", draft, e);
}

static Status resume(const Model *model, const void *options, void *of, Error *e)
{
  const MeanshiftOptions *o = options;
  Fit *fit = of;
  MeanshiftState *s = &fit->state;
  const Frame *ends = model_frame(model, "state_ends"), *seeds = model_frame(model, "state_seeds");
  size_t n;
  if (!seeds || !ends || !density_sound_matrix(model, "state_ends", &n) || n == 0 || frame_rows(seeds) != n ||
      frame_columns(ends) != fit->begun.input.variables.d || !density_sound_ints(seeds, "steps", 0, o->max_iter) ||
      !cluster_cell(model_frame(model, "glance"), "bandwidth", false, &fit->bandwidth) || !(fit->bandwidth > 0)) {
    return cluster_model_broken(e);
  }
  *s = (MeanshiftState){.n_seeds = n, .ends = cluster_matrix(ends), .moved = mem_alloc(n, sizeof *s->moved),
                        .masses = mem_alloc(n, sizeof *s->masses), .steps = mem_alloc(n, sizeof *s->steps)};
  if (!s->ends || !s->moved || !s->masses || !s->steps) {
    return error_memory(e, n * 24, _("seeds"));
  }
  for (size_t i = 0; i < n; i++) {
    s->steps[i] = density_int(seeds, "steps", i);
  }
  return density_read_floats(seeds, "moved", n, s->moved) && density_read_floats(seeds, "mass", n, s->masses)
           ? STATUS_OK : cluster_model_broken(e);
}

static Status fill(Model *model, const void *options, const void *of, Error *e)
{
  const Fit *fit = of;
  const MeanshiftResult *r = &fit->result;
  const ClusterInput *input = &fit->begun.input;
  Draft *tidy = cluster_tidy_begin(input, r->sizes, r->k, r->noise);
  Status status;
  cluster_tidy_floats(tidy, "window", r->weights, r->k, r->noise > 0);
  TRY(density_put_tidy(model, tidy, input, r->centres, NULL, r->k, r->noise, e));
  TRY(density_put_glance(model, make_glance(fit), input, r->stopped_at, ((const MeanshiftOptions *)options)->seed, e));
  TRY(cluster_put_variables(model, input, e));
  TRY(cluster_put_centres(model, input, r->centres, r->k, e));
  TRY(cluster_put_labels(model, input, r->labels, NULL, e));
  if (!r->complete) {
    TRY(put_state(model, fit, e));
  }
done:
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

/* Fitted to processor seconds, as dbscan's, for the bandwidth of the default quantile; a given one may need far less:
 *
 *   rows                   1,000    5,000    20,000   100,000   1,000,000
 *   2 columns              0.035     0.40       3.3        51   (refused)
 *   8 columns              0.081      2.5        73                          4 columns 1.7 at 5,000
 *   2 columns, from bins   0.013    0.053     0.073      0.13         1.1
 *   8 columns, from bins   0.028     0.17       1.3        19         280
 *
 * Part of the short ones is the estimate of the bandwidth, from all pairs of at most 2,000 rows. */
static Status meanshift_cost(const Call *call, Cost *out, Error *e)
{
  const MeanshiftOptions *o = call->options;
  const ClusterExtent extent = cluster_extent(call->data->frame, o->on, o->sample, o->missing);
  const double n = (double)extent.n, d = (double)extent.d, wide = log2(fmin(d, 8) / 2) / 2;
  const double climb = o->bins ? 1.1e-6 * pow(n, 1 + 0.4 * wide) : pow(10, -5.96 - 1.94 * wide) * pow(n, 1.5 + 0.77 * wide);
  const double pairs = call->given & GIVEN_BANDWIDTH ? 0 : pow(fmin(n, 2000), 2) * 7.5e-9;
  *out = (Cost){.bytes = n * (32 * d + 24 + 80), .seconds = climb * fmax(d / 8, 1) + pairs + n * d * 1e-8};
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

static const ModelSteps meanshift_steps = {
    .fit_size = sizeof(Fit), .prepare = prepare, .resume = resume, .work = work, .fill = fill, .free = fit_free};

static const ModelClass meanshift_class = {.size = sizeof(ModelClass), .predict = predict, .proceed = model_proceed,
                                           .headline = cluster_headline, .check = check,
                                           .plots = SEGMENT_PLOTS, .plot = segment_plot, .steps = &meanshift_steps};

static const Figure meanshift_figures[] = {
  {"n", "rows used in the fit", "", "any"},
  {"k", "number of clusters", "", "2 to a few dozen for segments people can work with"},
  {"noise", "rows beyond the bandwidth of every centre (far = \"noise\")", "", "0 unless far = \"noise\""},
  {"noise_share", "share of the rows that are noise", "{noise} / {n}", "0 to about 0.3"},
  {"bandwidth", "radius of the window, in scaled units", "", "about the radius of the hills that matter"},
  {"seeds", "points that were moved", "", "n, or with bins far fewer"},
  {"iterations", "most steps of a point", "", "below max_iter"},
  {"converged", "whether every point came to rest", "", "true"},
  {"complete", "whether the fit came to its end", "", "true; false after an interruption: m:continue() goes on"},
  {"reason", "why it did not", "", "empty or interrupted"},
  {"stopped_at", "where a stopped fit is: the step, and the share of windows at rest", "", "empty when complete"},
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
               "if it is within the bandwidth. Ctrl-C keeps where windows stand, as centres; m:continue() goes on to what an "
               "unbroken fit gives.",
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
    .run = model_run,
    .model = &meanshift_class};
REGISTER_PRIMITIVE(meanshift);
