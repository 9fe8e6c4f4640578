/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.som: from a frame to a model, and back. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/cluster_options.h"
#include "cluster/labels.h"
#include "cluster/som_model_primitives.h"
#include "core/alloc.h"
#include "registry/model_fit.h"

#define ROW(...) OPTION_ROW_OF(SomOptions, __VA_ARGS__)
static const Option som_options[] = {SOM_OPTIONS(ROW)};
#undef ROW
enum { N_OPTIONS = sizeof som_options / sizeof *som_options };

static void fit_free(void *of)
{
  SomFit *fit = of;
  cluster_input_free(&fit->input);
  mem_free(fit->state.codes);
  som_result_free(&fit->result);
  mem_free(fit->group);
  mem_free(fit->labels);
  mem_free(fit->sizes);
}

static Status settings_of(Call *call, const SomOptions *o, SomFit *fit, Error *e)
{
  SomSettings *s = &fit->settings;
  const Rows rows = cluster_rows(&fit->input);
  const bool hexagonal = strcmp(o->grid, "hexagonal") == 0;
  *s = (SomSettings){.grid = {.x = (size_t)o->x, .y = (size_t)o->y, .hexagonal = hexagonal, .toroidal = o->toroidal},
                     .online = strcmp(o->method, "online") == 0, .bubble = strcmp(o->neighbourhood, "bubble") == 0,
                     .random_start = strcmp(o->init, "random") == 0, .epochs = (size_t)o->epochs,
                     .radius = o->radius > 0 ? o->radius : NAN, .radius_end = o->radius_end, .alpha = o->alpha,
                     .alpha_end = o->alpha_end, .seed = (uint64_t)o->seed};
  if ((o->x == 0) != (o->y == 0)) {
    return error_set(e, STATUS_ARGUMENT, "out-of-range", _("give both sides of the grid, x and y, or neither"));
  }
  if (o->x == 0) {
    const Status status = som_grid_of(call->task, &rows, hexagonal, &s->grid, e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  if (hexagonal && o->toroidal && s->grid.y % 2) {
    error_set(e, STATUS_ARGUMENT, "out-of-range",
              _("a hexagonal grid without edges needs an even number of rows, and y is %zu"), s->grid.y);
    return error_hint(e, _("y = %zu, or grid = \"rectangular\""), s->grid.y + 1);
  }
  if (s->grid.x * s->grid.y > SOM_UNITS_MOST) {
    return error_set(e, STATUS_ARGUMENT, "out-of-range", _("a grid of %1$zu units is too large; at most %2$d"),
                     s->grid.x * s->grid.y, (int)SOM_UNITS_MOST);
  }
  if (o->k > 0 && (size_t)o->k > s->grid.x * s->grid.y) {
    error_set(e, STATUS_ARGUMENT, "out-of-range", _("k is %1$lld, but the grid has %2$zu units"), (long long)o->k,
              s->grid.x * s->grid.y);
    return error_hint(e, _("choose k up to %zu, or more units with x and y"), s->grid.x * s->grid.y);
  }
  return STATUS_OK;
}

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const SomOptions *o = options;
  SomFit *fit = of;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .weights = o->weights, .missing = o->missing,
                          .sample = o->sample, .seed = (uint64_t)o->seed};
  const Status status = cluster_input(call, data, &ask, &fit->input, e);
  return status == STATUS_OK ? settings_of(call, o, fit, e) : status;
}

/* Clusters: groups of units, or each unit; numbered by their rows, those without rows last. */
static Status make_clusters(Call *call, const SomOptions *o, SomFit *fit, Error *e)
{
  const SomResult *r = &fit->result;
  const size_t n = fit->input.variables.n;
  fit->k = o->k > 0 ? (size_t)o->k : r->units;
  int32_t *order = mem_alloc(fit->k, sizeof *order), *number = mem_alloc(fit->k, sizeof *number);
  size_t used;
  Status status;
  fit->group = mem_alloc(r->units, sizeof *fit->group);
  fit->labels = mem_alloc(n, sizeof *fit->labels);
  fit->sizes = mem_zero(fit->k, sizeof *fit->sizes);
  if (!order || !number || !fit->group || !fit->labels || !fit->sizes) {
    TRY(error_memory(e, n * sizeof *fit->labels, _("labels")));
  }
  if (o->k > 0) {
    TRY(som_cut(call->task, r->codes, r->units, r->d, fit->k, fit->group, e));
  }
  for (size_t u = 0; o->k == 0 && u < r->units; u++) {
    fit->group[u] = (int32_t)u;
  }
  for (size_t i = 0; i < n; i++) {
    fit->labels[i] = fit->group[r->unit[i]];
  }
  TRY(labels_number(fit->labels, n, fit->k, order, fit->sizes, &used, e));
  for (size_t c = 0; c < fit->k; c++) {
    number[order[c]] = (int32_t)c;
  }
  for (size_t u = 0; u < r->units; u++) {
    fit->group[u] = number[fit->group[u]];
  }
done:
  mem_free(order);
  mem_free(number);
  return status;
}

static void note_result(const SomFit *fit, Text *notes)
{
  const SomResult *r = &fit->result;
  if (!r->complete) {
    text_printf(notes, _("stopped at %s; m:continue() goes on\n"), r->stopped_at);
  }
  if (r->empty > r->units / 2) {
    text_printf(notes, _("units without rows: %1$zu of %2$zu; a smaller grid would do\n"), r->empty, r->units);
  }
  if (r->topographic > 0.2) {
    text_printf(notes,
                _("%.0f %% of the rows have their second nearest unit elsewhere on the grid: it is folded; more "
                  "epochs, a larger "
                  "radius_end or a smaller grid\n"),
                100 * r->topographic);
  }
}

static Status work(Call *call, const void *options, void *of, Error *e)
{
  SomFit *fit = of;
  const Rows rows = cluster_rows(&fit->input);
  Status status = som_fit(call->task, &rows, fit->input.weights, &fit->settings, &fit->state, &fit->result, e);
  if (status != STATUS_OK) {
    return status;
  }
  const bool cancelled = task_cancelled(call->task);
  atomic_store(&call->task->cancel, false); /* a partial map is cut too */
  status = make_clusters(call, options, fit, e);
  if (cancelled) {
    task_cancel(call->task);
  }
  if (status == STATUS_OK) {
    note_result(fit, call->notes);
  }
  return status;
}

static Status resume(const Model *model, const void *options, void *fit, Error *e)
{
  (void)options;
  return som_model_state(model, fit, e);
}

static Status fill(Model *model, const void *options, const void *fit, Error *e)
{
  return som_model_fill(model, fit, options, e);
}

/* ---- predict: the nearest unit, and the cluster it belongs to */

static Status predicted_frame(const ClusterInput *input, const int32_t *labels, const int32_t *unit,
                              const double *distance, Frame **out, Error *e)
{
  const size_t n = input->variables.n;
  double *numbers = mem_alloc(n, sizeof *numbers);
  Draft *draft = cluster_predicted(input, labels);
  if (!draft || !numbers) {
    draft_free(draft);
    mem_free(numbers);
    return error_memory(e, n * sizeof *numbers, _("labels"));
  }
  for (size_t i = 0; i < n; i++) {
    numbers[i] = unit[i] + 1;
  }
  cluster_predicted_floats(draft, "unit", input, numbers);
  cluster_predicted_floats(draft, "distance", input, distance);
  mem_free(numbers);
  return draft_finish(draft, out, e);
}

static Status som_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  const Frame *codes = model_frame(model, "codes");
  const size_t units = frame_rows(codes);
  double *matrix = cluster_matrix(codes), *distance = NULL;
  int32_t *group = mem_alloc(units, sizeof *group), *labels = NULL, *unit = NULL;
  ClusterInput input = {0};
  Status status;
  *out = NULL;
  TRY(matrix && group ? STATUS_OK : error_memory(e, 0, _("the map")));
  TRY(som_model_groups(model, group, e));
  TRY(cluster_input_of_model(call, model, data, &input, e));
  const size_t n = input.variables.n;
  labels = mem_alloc(n, sizeof *labels);
  unit = mem_alloc(n, sizeof *unit);
  distance = mem_alloc(n, sizeof *distance);
  TRY(labels && unit && distance ? STATUS_OK : error_memory(e, n * sizeof *distance, _("labels")));
  if (n > 0) {
    const Rows rows = cluster_rows(&input);
    TRY(som_assign(call->task, &rows, matrix, units, unit, NULL, distance, e));
  }
  for (size_t i = 0; i < n; i++) {
    labels[i] = group[unit[i]];
  }
  status = predicted_frame(&input, labels, unit, distance, out, e);
done:
  cluster_input_free(&input);
  mem_free(matrix);
  mem_free(group);
  mem_free(labels);
  mem_free(unit);
  mem_free(distance);
  return status;
}

static Status som_cost(const Call *call, Cost *out, Error *e)
{
  const SomOptions *o = call->options;
  const double n = (double)frame_rows(call->data->frame);
  const double d = (double)(o->on.n ? o->on.n : frame_columns(call->data->frame));
  const double units = o->x > 0 && o->y > 0 ? (double)o->x * (double)o->y : fmin(5 * sqrt(n), SOM_UNITS_MOST);
  const bool online = strcmp(o->method, "online") == 0;
  (void)e;
  out->bytes = n * d * 8 + n * 24 + units * units * 16 + units * d * 8 * 80;
  out->seconds = (double)o->epochs * (n * units * d * (online ? 1.5e-9 : 0.3e-9) + units * units * d * 1e-9);
  return STATUS_OK;
}

static Status run_units(Call *call, Value *out, Error *e)
{
  return model_give(call, "units", out, e);
}

static const Figure som_figures[] = {
    {"n", "rows used in the fit", "", "far more than units"},
    {"k", "number of clusters: groups of units, or the units", "", "the option k, else x times y"},
    {"x", "columns of the grid", "", "5 sqrt(n) units in all, unless given"},
    {"y", "rows of the grid", "", "as x"},
    {"quantisation", "mean distance of rows to the codes of their units, in scaled units", "",
     "falls with more units; compare with k-means of as many clusters"},
    {"topographic", "share of rows whose second nearest unit is no neighbour of the nearest", "",
     "0 to 1; below 0.1 the map keeps neighbours together"},
    {"explained", "1 less the sum of squared distances to the codes over that to the mean", "", "0 to 1"},
    {"empty", "units without rows", "", "few; they lie between groups"},
    {"epochs", "passes over all rows", "", "the option, unless interrupted"},
    {"complete", "whether the fit ran to its end", "", "true; false after an interruption: m:continue() goes on"},
    {"reason", "why the fit ended early", "", "empty or interrupted"},
    {"stopped_at", "where an interrupted fit stopped", "", "empty when complete"},
    {"seed", "seed of the random choices", "", "any; batch with init = pca makes none"},
    {"dropped", "rows left out for missing cells", "", "0"},
};

static const ModelSteps som_steps = {.fit_size = sizeof(SomFit), .prepare = prepare, .resume = resume, .work = work,
                                     .fill = fill, .free = fit_free};

static const ModelClass som_class = {.size = sizeof(ModelClass),
                                     .predict = som_predict,
                                     .proceed = model_proceed,
                                     .headline = som_headline,
                                     .check = som_model_check,
                                     .plots = SOM_PLOTS,
                                     .plot = som_plot, .steps = &som_steps};

static const Primitive som = {.size = sizeof(Primitive),
                              .family = "cluster",
                              .name = "som",
                              .version = 1,
                              .summary = "self-organising map: rows on a grid of units, near ones together",
                              .details = "Lays a grid of units through the rows so that neighbouring units have "
                                         "similar codes. m:units() has every unit with its "
                                         "place, code, rows and distance to its neighbours (U-matrix: ridges separate "
                                         "groups); m:plot(\"planes\", {x = variable}) "
                                         "shows one variable on the grid. With k the units are cut into k clusters by "
                                         "Ward's linkage of their codes; else each "
                                         "unit is a cluster. Batch training starts on the principal components and "
                                         "knows no chance. New rows go to the unit with "
                                         "the nearest code, and to its cluster.",
                              .takes = VALUE_FRAME,
                              .options = som_options,
                              .n_options = N_OPTIONS,
                              .options_size = sizeof(SomOptions),
                              .gives = VALUE_MODEL,
                              .returns = "a model; tidy: cluster size share and the mean in each variable; predict: "
                                         "cluster and unit (nearest code), distance",
                              .reference = "Kohonen 2001; Ultsch and Siemon 1990 (U-matrix)",
                              .example = "df = read \"datasets/iris/iris.csv\"\nm = df:som{x = 5, y = 5, scale = "
                                         "\"zscore\", k = 3}\nm:units():head(5)",
                              .where = WHERE_JOB,
                              .cost = som_cost,
                              .figures = som_figures,
                              .n_figures = sizeof som_figures / sizeof *som_figures,
                              .run = model_run,
                              .model = &som_class};
REGISTER_PRIMITIVE(som);

static const Primitive units = {.size = sizeof(Primitive),
                                .family = "cluster",
                                .name = "units",
                                .version = 1,
                                .takes = VALUE_MODEL,
                                .takes_class = "cluster",
                                .gives = VALUE_FRAME,
                                .reference = "",
                                .where = WHERE_MAIN,
                                .summary = "the units of a self-organising map",
                                .returns = "a frame, a row per unit: unit, column and row of the grid, x and y of its "
                                           "place, cluster, rows, u_distance (mean "
                                           "distance to the neighbours' codes), distance (mean of its rows), and its "
                                           "code in the data's units",
                                .example = "df = read \"datasets/iris/iris.csv\"\ndf:som{x = 4, y = 3, scale = "
                                           "\"zscore\"}:units()",
                                .run = run_units};
REGISTER_PRIMITIVE(units);
