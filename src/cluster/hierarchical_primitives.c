/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.hierarchical, and cut of its models. */
#include <math.h>
#include <string.h>

#include "cluster/hierarchical_distances_primitives.h"
#include "cluster/hierarchical_model_primitives.h"
#include "cluster/linkage_centres.h"
#include "cluster/linkage_divisive.h"
#include "cluster/linkage_graph.h"
#include "core/alloc.h"
#include "math/neighbours.h"
#include "registry/registry.h"
#include "registry/model_fit.h"

#define ROW(...) OPTION_ROW_OF(HierarchicalOptions, __VA_ARGS__)
static const Option hierarchical_options[] = {HIERARCHICAL_OPTIONS(ROW)};
#undef ROW

static const Primitive hierarchical; /* below: it points to the functions that need it */

enum { COPHENETIC_MOST = 5000 };

typedef enum Way { WAY_VECTORS, WAY_MATRIX, WAY_GRAPH } Way;

/* How a fit goes about it; options that cannot be together are refused. */
static Status choose_way(const HierarchicalOptions *o, Hierarchy *h, Way *way, Error *e)
{
  Metric metric;
  LinkageKind kind;
  if (!metric_of_name(o->metric, &metric) || !linkage_of_name(o->linkage, &kind)) {
    return error_set(e, STATUS_ARGUMENT, "out-of-range", "%s %s", o->metric, o->linkage); /* choices, checked before */
  }
  h->metric = metric;
  h->kind = kind;
  if (o->weights && !linkage_uses_weights(kind)) {
    error_set(e, STATUS_ARGUMENT, "option-without-use", _("linkage '%s' does not look at weights"), o->linkage);
    return error_hint(e, _("average, ward, ward_d and centroid do"));
  }
  if (o->neighbours > 0 && !linkage_has_graph(kind, metric)) {
    error_set(e, STATUS_ARGUMENT, "option-without-use", _("neighbours cannot go with linkage '%1$s' of metric '%2$s'"),
              o->linkage, o->metric);
    return error_hint(e, _("single, complete and average take any metric, ward euclidean"));
  }
  *way = o->neighbours > 0 ? WAY_GRAPH : linkage_has_vectors(kind, metric) && !o->distances ? WAY_VECTORS : WAY_MATRIX;
  return STATUS_OK;
}

/* complete, average and mcquitty make a triangle for the clusters that the first merges leave: of n rows 0.70 to 0.75. */
static double bytes_needed(Way way, LinkageKind kind, bool given, double n, double d, double neighbours)
{
  const double rows = n * d * 8;
  const bool rounds = !given && (kind == LINKAGE_COMPLETE || kind == LINKAGE_AVERAGE || kind == LINKAGE_MCQUITTY);
  return way == WAY_MATRIX  ? rows * 2 + n * (n - 1) * (rounds ? 2.3 : 4) + n * 300
         : way == WAY_GRAPH ? rows * 3 + n * (neighbours * 70 + 240)
                            : rows * 3 + centres_bytes((size_t)n, (size_t)d) + n * 120;
}

static Status check_size(const Task *task, Way way, LinkageKind kind, size_t n, size_t d, const HierarchicalOptions *o, Error *e)
{
  if (n > LINKAGE_ROWS_MOST) {
    return error_set(e, STATUS_LIMIT, "too-large", _("n = %zu is more than a tree can have"), n);
  }
  return cluster_check_size(task, n, bytes_needed(way, kind, o->distances != NULL, (double)n, (double)d, (double)o->neighbours),
                            o->distances         ? _("given distances of fewer rows")
                            : way == WAY_MATRIX ? _("linkage = \"ward\" or \"single\" keep no distances of all pairs; or "
                                                    "sample = 20000, neighbours = 10, birch, hdbscan")
                                                : _("sample = 20000, or birch"),
                            e);
}

/* ---- input */

/* Given distances say nothing of variables: the rows are those of the data, and there are no means. */
static Status given_input(Call *call, const Frame *data, const HierarchicalOptions *o, Hierarchy *h, Error *e)
{
  Variables *v = &h->input.variables;
  const char *useless = o->on.n > 0                           ? "on"
                        : strcmp(o->scale, "none") != 0       ? "scale"
                        : o->neighbours > 0                   ? "neighbours"
                        : o->sample > 0                       ? "sample"
                        : strcmp(o->metric, "euclidean") != 0 ? "metric"
                        : o->weights                          ? "weights"
                                                              : NULL;
  (void)call;
  if (useless) {
    return error_set(e, STATUS_ARGUMENT, "option-without-use", _("the option '%s' means nothing for given distances"),
                     useless);
  }
  h->input.data = data;
  v->n = h->input.usable = frame_rows(data);
  if (v->n == 0) {
    return error_set(e, STATUS_DATA, "bad-data", _("there are no rows"));
  }
  v->columns = mem_alloc(1, sizeof *v->columns);
  v->shift = mem_alloc(1, sizeof *v->shift);
  v->factor = mem_alloc(1, sizeof *v->factor);
  return v->columns && v->shift && v->factor ? STATUS_OK : error_memory(e, 0, _("variables"));
}

static Status row_input(Call *call, const Frame *data, const HierarchicalOptions *o, Hierarchy *h, Error *e)
{
  const ClusterAsk ask = {.on = o->on,
                          .scale = o->scale,
                          .weights = o->weights,
                          .missing = o->missing,
                          .sample = o->sample,
                          .seed = (uint64_t)o->seed};
  const Status status = cluster_input(call, data, &ask, &h->input, e);
  for (size_t i = 0; status == STATUS_OK && h->input.weights && i < h->input.variables.n; i++) {
    if (!(h->input.weights[i] > 0)) {
      error_set(e, STATUS_DATA, "bad-weight",
                _("row %1$zu of column '%2$s' is 0, but a row in a tree stands for more than none"),
                cluster_row_number(&h->input, i), o->weights);
      return error_hint(e, _("leave it out: df:filter(\"%s > 0\")"), o->weights);
    }
  }
  return status;
}

/* ---- fit */

static Status fit_graph(Task *task, const HierarchicalOptions *o, Hierarchy *h, Text *notes, Error *e)
{
  const ClusterInput *in = &h->input;
  const size_t n = in->variables.n, wanted = (size_t)o->neighbours + 1, k = wanted < n ? wanted : n;
  Neighbours *index = NULL;
  uint32_t *rows = mem_alloc(n, k * sizeof *rows);
  Status status;
  TRY(rows ? STATUS_OK : error_memory(e, n * k * sizeof *rows, _("neighbours")));
  task_phase(task, N_("neighbours"));
  TRY(neighbours_new(task, in->values, n, in->variables.d, h->metric, NEIGHBOURS_AUTO, &index, e));
  TRY(neighbours_nearest(task, index, NULL, n, k, rows, NULL, e));
  TRY(linkage_graph(task, in->values, n, in->variables.d, h->metric, h->kind, in->weights, rows, k, &h->state,
                    &h->tree, &h->pieces, e));
  if (h->pieces > 1) {
    text_printf(notes, _("the neighbours leave %zu pieces, which were joined last by their centres\n"), h->pieces);
  }
done:
  neighbours_free(index);
  mem_free(rows);
  return status;
}

/* A triangle of given distances. */
static Status given_triangle(Task *task, const HierarchicalOptions *o, size_t n, double **out, Error *e)
{
  const size_t count = linkage_cells(n);
  *out = mem_alloc(count + 1, sizeof **out);
  task_phase(task, N_("distances"));
  return *out ? hierarchical_distances(task, o->distances, n, *out, e)
              : error_memory(e, count * sizeof **out, _("the distances of all pairs"));
}

/* A triangle of the distances of rows. */
static Status row_triangle(Task *task, const Hierarchy *h, double **out, Error *e)
{
  const Variables *v = &h->input.variables;
  const size_t count = linkage_cells(v->n);
  *out = mem_alloc(count + 1, sizeof **out);
  task_phase(task, N_("distances"));
  return *out ? linkage_distances(task, h->input.values, v->n, v->d, h->metric, *out, e)
              : error_memory(e, count * sizeof **out, _("the distances of all pairs"));
}

static Status fit_matrix(Task *task, const HierarchicalOptions *o, Hierarchy *h, Error *e)
{
  const ClusterInput *in = &h->input;
  const size_t n = in->variables.n;
  const bool divisive = h->kind == LINKAGE_DIVISIVE;
  double *cells = NULL;
  Status status;
  if (!o->distances && !divisive) {
    return linkage_rows(task, in->values, n, in->variables.d, h->metric, h->kind, in->weights, &h->state, &h->tree, e);
  }
  TRY(o->distances ? given_triangle(task, o, n, &cells, e) : row_triangle(task, h, &cells, e));
  TRY(divisive ? linkage_divisive(task, cells, n, &h->tree, e)
               : linkage_matrix(task, cells, n, h->kind, NULL, &h->state, &h->tree, e));
done:
  mem_free(cells);
  return status;
}

static Status fit_tree(Call *call, const HierarchicalOptions *o, Way way, Hierarchy *h, Error *e)
{
  const ClusterInput *in = &h->input;
  return way == WAY_GRAPH     ? fit_graph(call->task, o, h, call->notes, e)
         : way == WAY_VECTORS ? linkage_vectors(call->task, in->values, in->variables.n, in->variables.d, h->metric, h->kind,
                                                in->weights, &h->state, &h->tree, e)
                              : fit_matrix(call->task, o, h, e);
}

/* A press leaves the tree as it is, which is whole, without this figure. */
static Status correlate(Task *task, const HierarchicalOptions *o, Hierarchy *h, Text *notes, Error *e)
{
  const ClusterInput *in = &h->input;
  const size_t n = in->variables.n;
  const LinkageRows rows = {in->values, in->variables.d, h->metric};
  LinkageTriangle triangle = {NULL, n};
  LinkageSource source = {linkage_source_rows, &rows};
  double *cells = NULL;
  Status status;
  h->cophenetic = NAN;
  if (strcmp(o->cophenetic, "no") == 0 || (strcmp(o->cophenetic, "auto") == 0 && n > COPHENETIC_MOST)) {
    return STATUS_OK;
  }
  task_phase(task, N_("cophenetic correlation"));
  if (o->distances) {
    TRY(given_triangle(task, o, n, &cells, e));
    triangle.cells = cells;
    source = (LinkageSource){linkage_source_triangle, &triangle};
  }
  TRY(linkage_cophenetic(task, &h->tree, &source, &h->cophenetic, e));
done:
  mem_free(cells);
  if (status == STATUS_CANCELLED) {
    error_clear(e);
    status = STATUS_OK;
    text_puts(notes, _("the cophenetic correlation was not finished; the tree is complete\n"));
  }
  return status;
}

/* Who asked for predict must know whether data are those of the fit: given distances leave no variables to compare. */
static Status put_fitted(Model *model, const Frame *data, Error *e)
{
  char digest[33];
  Frame *frame = NULL;
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  digest_text(frame_digest(data), digest);
  draft_text(draft, "digest", digest);
  return model_set_made(model, "fitted", draft_finish(draft, &frame, e), &frame, e);
}

static void note_centres(const Hierarchy *h, Text *notes)
{
  if ((h->kind == LINKAGE_CENTROID || h->kind == LINKAGE_MEDIAN || h->kind == LINKAGE_WARD_D) &&
      h->metric.kind == METRIC_EUCLIDEAN && h->input.variables.d > 0) {
    text_puts(notes,
              _("heights are R's on plain distances; metric = \"sqeuclidean\" makes them those of the centres\n"));
  }
}

/* ---- the steps of a model */

typedef struct Fit {
  Hierarchy h;
  Way way;
} Fit;

static void fit_free(void *of)
{
  hierarchy_free(&((Fit *)of)->h);
}

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const HierarchicalOptions *o = options;
  Fit *fit = of;
  Hierarchy *h = &fit->h;
  Status status;
  TRY(choose_way(o, h, &fit->way, e));
  TRY(o->distances ? given_input(call, data, o, h, e) : row_input(call, data, o, h, e));
  TRY(check_size(call->task, fit->way, h->kind, h->input.variables.n, h->input.variables.d, o, e));
done:
  return status;
}

static Status resume(const Model *model, const void *options, void *of, Error *e)
{
  (void)options;
  return hierarchy_read_state(model, &((Fit *)of)->h.state, e);
}

static void note_parts(const Hierarchy *h, const HierarchicalOptions *o, Text *notes)
{
  text_printf(notes, _("stopped at merge %1$zu of %2$zu; m:continue() goes on\n"), h->tree.merges, h->tree.n - 1);
  text_printf(notes, _("clusters are the parts that the merges so far leave: %zu\n"), hierarchy_parts(h));
  if (h->k > hierarchy_parts(h)) {
    text_printf(notes, _("cut as asked for these are %zu\n"), h->k);
  }
  if (h->kind == LINKAGE_SINGLE && o->neighbours == 0) {
    text_puts(notes, _("these are parts of a spanning tree; further rows may come between rows that it joins\n"));
  }
}

static Status work(Call *call, const void *options, void *of, Error *e)
{
  const HierarchicalOptions *o = options;
  Fit *fit = of;
  Hierarchy *h = &fit->h;
  const bool began = h->state.done > 0;
  Status status;
  h->cophenetic = NAN;
  note_centres(h, call->notes);
  TRY(cluster_nothing_kept(fit_tree(call, o, fit->way, h, e),
                           began ? _("the model that was to go on stands as it was")
                           : h->kind == LINKAGE_DIVISIVE
                               ? _("nothing was kept: a divisive tree stands when all clusters are split; sample = 20000 takes less time")
                               : _("nothing was kept: no clusters had merged yet"), e));
  linkage_tell(call->task, &h->tree);
  if (hierarchy_is_whole(h)) {
    TRY(correlate(call->task, o, h, call->notes, e));
  }
  TRY(hierarchy_cut(h, o->k, o->height, call->notes, e));
  if (hierarchy_is_whole(h)) {
    cluster_note_sizes(&h->input, h->sizes, h->k, call->notes);
  } else {
    note_parts(h, o, call->notes);
  }
done:
  return status;
}

/* Given distances are as large as all the rest: only a stopped fit needs them again. */
static void keep(const void *of, void *options)
{
  HierarchicalOptions *o = options;
  o->distances = hierarchy_is_whole(&((const Fit *)of)->h) ? NULL : o->distances;
}

static Status fill(Model *model, const void *options, const void *of, Error *e)
{
  const HierarchicalOptions *o = options;
  const Hierarchy *h = &((const Fit *)of)->h;
  Status status;
  TRY(hierarchy_put_cut(model, h, NULL, e));
  TRY(hierarchy_put_tree(model, h, e));
  TRY(o->distances ? put_fitted(model, h->input.data, e) : STATUS_OK);
  TRY(hierarchy_is_whole(h) ? STATUS_OK : hierarchy_put_state(model, &h->state, e));
done:
  return status;
}

static const ModelSteps hierarchical_steps = {.fit_size = sizeof(Fit), .prepare = prepare, .resume = resume, .work = work,
                                              .keep = keep, .fill = fill, .free = fit_free};

/* Processor seconds. A matrix: measured with 6,000 to 20,000 rows of 4 and 8 columns. A graph: 32,000 to a million rows of 2 to 8
 * columns, 10 neighbours. */
static double seconds_needed(Way way, LinkageKind kind, double n, double d, double neighbours)
{
  switch (way) {
  case WAY_MATRIX:
    return n * n * (d * 0.8e-9 + (linkage_is_monotone(kind) && kind != LINKAGE_DIVISIVE ? 10e-9 : 40e-9));
  case WAY_GRAPH:
    return n * neighbours * 2e-6 + 1.4e-6 * pow(n, 1 + d / (d + 16));
  default:
    return linkage_vectors_seconds(kind, (size_t)n, (size_t)d);
  }
}

static Status hierarchical_cost(const Call *call, Cost *out, Error *e)
{
  const HierarchicalOptions *o = call->options;
  ClusterExtent x = cluster_extent(call->data->frame, o->on, o->sample, o->missing);
  Hierarchy h = {0};
  Way way;
  const Status status = choose_way(o, &h, &way, e);
  if (status != STATUS_OK) {
    return status;
  }
  x.d = o->distances ? 0 : x.d;
  out->bytes = (double)x.n * (double)x.d * 8; /* the rest is refused with an alternative */
  out->seconds = seconds_needed(way, h.kind, (double)x.n, (double)x.d, (double)o->neighbours);
  return x.exact ? check_size(call->task, way, h.kind, x.n, x.d, o, e) : STATUS_OK;
}

/* ---- predict */

static Status refuse_new_rows(Error *e)
{
  error_set(e, STATUS_STATE, "not-supported", _("the model was fitted to given distances, so it knows no new rows"));
  return error_hint(e, _("its own rows: m:augment of the frame of the fit"));
}

static Status fitted_rows(const Model *model, const Frame *data, Frame **out, Error *e)
{
  const Frame *fitted = model_frame(model, "fitted"), *labels = model_frame(model, "labels");
  char digest[33];
  size_t column, length;
  digest_text(frame_digest(data), digest);
  if (!fitted || !labels || frame_rows(fitted) != 1 || !frame_find(fitted, "digest", &column) ||
      !type_is_text(column_type(frame_column(fitted, column))) || frame_rows(labels) != frame_rows(data)) {
    return refuse_new_rows(e);
  }
  const char *kept = column_text(frame_column(fitted, column), 0, &length);
  if (length != strlen(digest) || memcmp(kept, digest, length) != 0) {
    return refuse_new_rows(e);
  }
  *out = frame_ref(labels);
  return STATUS_OK;
}

/* The labels of the rows in the fit, from the model's leaves. */
static Status rule_labels(const Model *model, const Hierarchy *h, int32_t *labels, Error *e)
{
  const Frame *leaves = model_frame(model, "leaves");
  size_t at, cluster, k;
  if (!leaves || frame_rows(leaves) != h->tree.n || !frame_find(leaves, "at", &at) ||
      !frame_find(leaves, "cluster", &cluster) || !cluster_size_cell(model_frame(model, "glance"), "k", &k)) {
    return cluster_model_broken(e);
  }
  for (size_t i = 0; i < h->tree.n; i++) {
    const double row = column_float(frame_column(leaves, at), i),
                 label = column_float(frame_column(leaves, cluster), i);
    if (!(row >= 1 && row <= (double)h->tree.n) || !(label >= 1 && label <= (double)k)) {
      return cluster_model_broken(e);
    }
    labels[(size_t)row - 1] = (int32_t)label - 1;
  }
  return STATUS_OK;
}

/* Centres and weights of the clusters anew, from rows and labels. */
static Status make_rule(const Model *model, Hierarchy *h, HierarchicalRule *rule, Error *e)
{
  const size_t n = h->tree.n, d = h->input.variables.d;
  const Frame *centres = model_frame(model, "centres");
  Status status;
  h->labels = mem_alloc(n, sizeof *h->labels);
  TRY(h->labels ? rule_labels(model, h, h->labels, e) : error_memory(e, n * sizeof *h->labels, _("labels")));
  TRY(centres && frame_columns(centres) == d ? STATUS_OK : cluster_model_broken(e));
  h->k = frame_rows(centres);
  h->centres = cluster_matrix(centres);
  h->weights = mem_zero(h->k, sizeof *h->weights);
  TRY(h->centres && h->weights ? STATUS_OK : error_memory(e, 0, _("centres")));
  for (size_t i = 0; i < n; i++) {
    TRY((size_t)h->labels[i] < h->k ? STATUS_OK : cluster_model_broken(e));
    h->weights[h->labels[i]] += h->input.weights ? h->input.weights[i] : 1;
  }
  *rule = (HierarchicalRule){.kind = h->kind,
                             .metric = h->metric,
                             .n = n,
                             .d = d,
                             .k = h->k,
                             .rows = h->input.values,
                             .labels = h->labels,
                             .centres = h->centres,
                             .weights = h->weights};
done:
  return status;
}

static Status assign_frame(Call *call, const ClusterInput *input, const HierarchicalRule *rule, Frame **out, Error *e)
{
  const size_t m = input->variables.n;
  int32_t *labels = mem_alloc(m, sizeof *labels);
  double *distances = mem_alloc(m, sizeof *distances);
  Draft *draft = NULL;
  Status status;
  TRY(labels && distances ? STATUS_OK : error_memory(e, m * 12, _("labels")));
  TRY(m > 0 ? hierarchical_assign(call->task, rule, input->values, m, labels, distances, e) : STATUS_OK);
  draft = cluster_predicted(input, labels);
  TRY(draft ? STATUS_OK : error_memory(e, 0, _("labels")));
  cluster_predicted_floats(draft, "distance", input, distances);
  status = draft_finish(draft, out, e);
done:
  mem_free(labels);
  mem_free(distances);
  return status;
}

Status hierarchical_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  Hierarchy h = {0};
  ClusterInput input = {0};
  HierarchicalRule rule;
  Status status;
  if (!model_frame(model, "rows")) {
    return fitted_rows(model, data, out, e);
  }
  *out = cluster_fitted(model, data);
  if (*out) {
    return STATUS_OK;
  }
  TRY(hierarchy_of_model(model, &h, e));
  TRY(make_rule(model, &h, &rule, e));
  TRY(cluster_input_of_model(call, model, data, &input, e));
  TRY(assign_frame(call, &input, &rule, out, e));
done:
  cluster_input_free(&input);
  hierarchy_free(&h);
  return status;
}

static void hierarchical_headline(const Model *model, Text *out)
{
  const char *linkage = model_option_text(model, "linkage");
  if (model_frame(model, "rows")) {
    cluster_headline(model, out);
  } else {
    text_printf(out, _("%1$.0f clusters of %2$.0f rows on given distances"), model_number(model, "k"),
                model_number(model, "n"));
  }
  text_printf(out, _("; linkage %s"), linkage ? linkage : "");
}

/* ---- descriptors */

static const Figure hierarchical_figures[] = {
    {"n", "rows in the tree", "", "at least 2"},
    {"k", "clusters of this cut", "", "what you can act on; m:plot(\"heights\") shows where merges become expensive"},
    {"below", "height of the last merge that was made", "", "well below `above`: the cut lies in a gap"},
    {"above", "height of the first merge that was not made; missing for one cluster", "", "well above `below`"},
    {"top", "height of the last merge of all", "", "at least above, unless merges fall"},
    {"cophenetic", "correlation between the distance of two rows and the height at which they meet, over all pairs", "",
     "over 0.8: the tree tells the distances well; missing when not computed (cophenetic = \"yes\")"},
    {"coefficient", "agglomerative (divisive) coefficient: the mean over rows of 1 - height of the row's first merge / top", "",
     "0 to 1; near 1 is strong structure, but it grows with n (Kaufman and Rousseeuw 1990)"},
    {"inversions", "merges lower than the one before", "", "0, but for centroid, median and with neighbours"},
    {"pieces", "parts that the graph of neighbours leaves; 0 without a graph, or when not complete", "", "1"},
    {"complete", "whether all merges are made", "", "true; false after an interruption: m:continue() goes on"},
    {"reason", "why they are not", "", "empty or interrupted"},
    {"stopped_at", "how many merges a stopped fit has made", "", "empty when complete"},
    {"dropped", "rows left out for missing cells", "", "0"},
};

static const ModelClass hierarchical_class = {.size = sizeof(ModelClass),
                                              .predict = hierarchical_predict,
                                              .proceed = model_proceed,
                                              .headline = hierarchical_headline,
                                              .check = hierarchical_check,
                                              .plots = HIERARCHICAL_PLOTS,
                                              .plot = hierarchical_plot,
                                              .steps = &hierarchical_steps};

static const Primitive hierarchical = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "hierarchical",
    .version = 1,
    .summary = "hierarchical clustering: merges the nearest rows, then clusters, into a tree that can be cut anywhere",
    .details = "Gives R's hclust heights for every linkage, and with divisive those of R's diana: a cluster is parted by the row "
               "with the largest mean distance to the others, which those follow that are nearer to it than to the rest; "
               "the height is the cluster's diameter. ward (Euclidean) and ward_d, centroid and median "
               "(sqeuclidean) keep centres, "
               "single keeps one distance for each row: memory grows with n, and with few columns a million rows take "
               "well under a "
               "minute (ward). complete, average and mcquitty keep half of the distances of all pairs, 2.3 n^2 bytes, the "
               "others all of them, 4 n^2. neighbours = 10 lets only "
               "clusters merge that "
               "nearest neighbours connect. With weights a row counts as that many equal rows. Ties go to the lowest "
               "rows; where "
               "distances are equal, another order can give another tree. New rows: single takes the cluster of the "
               "nearest row, "
               "complete that whose farthest row is nearest, average, mcquitty and divisive the least mean distance, ward and "
               "ward_d the least "
               "growth of the sum of squares, centroid and median the nearest mean; a row that equals one of the fit goes where that is. Ctrl-C keeps the merges "
               "so far (of divisive nothing), with the parts "
               "that they leave as clusters; m:continue() makes the distances anew, repeats these merges without looking for "
               "them, and goes on to what an unbroken fit gives.",
    .takes = VALUE_FRAME,
    .main = "k",
    .options = hierarchical_options,
    .n_options = sizeof hierarchical_options / sizeof *hierarchical_options,
    .options_size = sizeof(HierarchicalOptions),
    .gives = VALUE_MODEL,
    .returns =
        "a model; tidy: cluster size share height and the mean of each variable; frames merge (R's signs) and leaves; "
        "predict by the linkage's own distance",
    .reference = "Muellner 2013 (fastcluster); Ward 1963; Lance and Williams 1967; Murtagh and Legendre 2014; Kaufman and Rousseeuw 1990 "
                 "(diana)",
    .example = "df = read \"datasets/iris/iris.csv\"\nm = df:hierarchical{k = 3, linkage = \"average\"}\nm:cut(2)",
    .where = WHERE_JOB,
    .cost = hierarchical_cost,
    .figures = hierarchical_figures,
    .n_figures = sizeof hierarchical_figures / sizeof *hierarchical_figures,
    .run = model_run,
    .model = &hierarchical_class};
REGISTER_PRIMITIVE(hierarchical);

#define CUT_OPTIONS(O)                                                                                                 \
  O(k, INT, "0", 0, 1e9, "", "", "number of clusters")                                                                 \
  O(height, NUMBER, "0", 0, 1e300, "", "", "cut at this height in the place of k: no cluster has a merge above it")
typedef struct CutOptions {
  CUT_OPTIONS(OPTION_FIELD)
} CutOptions;
#define ROW(...) OPTION_ROW_OF(CutOptions, __VA_ARGS__)
static const Option cut_options[] = {CUT_OPTIONS(ROW)};
#undef ROW

/* The options of the fit with another k and height. */
static Status cut_model(Call *call, const Model *before, const CutOptions *o, Model **out, Error *e)
{
  Arguments arguments = {0};
  HierarchicalOptions options;
  Model *model = NULL;
  Status status;
  TRY(model_options_again(call, &hierarchical, before, NULL, &arguments, &options, e));
  options.k = o->k;
  options.height = o->height;
  TRY(model_new(&hierarchical, &options, &model, e));
  *out = model;
done:
  arguments_free(&arguments);
  return status;
}

static Status run_cut(Call *call, Value *out, Error *e)
{
  const CutOptions *o = call->options;
  const Model *before = call->data->model;
  Hierarchy h = {0};
  Model *model = NULL;
  Status status;
  if (model_primitive(before) != &hierarchical) {
    return error_set(e, STATUS_ARGUMENT, "not-supported", _("a model of %s has no tree to cut"), model_name(before));
  }
  TRY(hierarchy_of_model(before, &h, e));
  if (!hierarchy_is_whole(&h) && o->k > 0 && (size_t)o->k < hierarchy_parts(&h)) {
    error_set(e, STATUS_STATE, "tree-not-whole", _("k is %1$lld, but the merges so far leave %2$zu parts"), (long long)o->k,
              hierarchy_parts(&h));
    TRY(error_hint(e, _("go on with m = m:continue() first, or cut at a height")));
  }
  TRY(hierarchy_cut(&h, o->k, o->height, call->notes, e));
  TRY(cut_model(call, before, o, &model, e));
  TRY(hierarchy_put_cut(model, &h, before, e));
  TRY(hierarchy_relabel(model, &h, before, e));
  if (hierarchy_is_whole(&h)) {
    cluster_note_sizes(&h.input, h.sizes, h.k, call->notes);
  }
  TRY(model_set_notes(model, text_data(call->notes), e));
  text_reset(call->notes);
  if (model_data(before)) {
    model_set_data(model, model_data(before));
  }
  *out = value_of_model(model);
  model = NULL;
done:
  model_unref(model);
  hierarchy_free(&h);
  return status;
}

static const Primitive cut = {.size = sizeof(Primitive),
                              .family = "cluster",
                              .name = "cut",
                              .version = 1,
                              .summary = "cuts the tree of a hierarchical clustering elsewhere",
                              .details = "Nothing is computed anew but the clusters. Neither k nor height: where the "
                                         "heights leave the widest gap between "
                                         "2 and 10 clusters. A tree that was stopped is cut into the parts it has, or more.",
                              .takes = VALUE_MODEL,
                              .takes_class = "cluster",
                              .main = "k",
                              .options = cut_options,
                              .n_options = sizeof cut_options / sizeof *cut_options,
                              .options_size = sizeof(CutOptions),
                              .gives = VALUE_MODEL,
                              .returns = "the model with other clusters",
                              .reference = "",
                              .example =
                                  "df = read \"datasets/iris/iris.csv\"\nm = df:hierarchical(3)\nm:cut{height = 10}",
                              .where = WHERE_JOB,
                              .run = run_cut};
REGISTER_PRIMITIVE(cut);
