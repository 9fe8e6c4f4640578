/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.birch: from a frame to a model. */
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "cluster/birch.h"
#include "cluster/cluster_model_primitives.h"
#include "cluster/hierarchical.h"
#include "cluster/kmeans.h"
#include "cluster/labels.h"
#include "cluster/linkage_tree.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"
#include "registry/model_fit.h"

#define ROW(...) OPTION_ROW_OF(BirchOptions, __VA_ARGS__)
static const Option birch_options[] = {BIRCH_OPTIONS(ROW)};
#undef ROW

typedef struct Fit {
  ClusterInput input;
  BirchGroups groups;
  int32_t *group_labels; /* groups.n: the cluster of each group */
  int32_t *rows;         /* n: the group of each row, then its cluster */
  double *distances;     /* n: squared, to the group's mean */
  double *withinss;      /* k */
  int64_t *sizes;
  double *means;         /* k x d: of the rows of each cluster */
  size_t k;
  char stopped_at[64];   /* empty: complete */
} Fit;

static void fit_free(void *of)
{
  Fit *f = of;
  cluster_input_free(&f->input);
  birch_groups_free(&f->groups);
  mem_free(f->group_labels);
  mem_free(f->rows);
  mem_free(f->distances);
  mem_free(f->withinss);
  mem_free(f->sizes);
  mem_free(f->means);
}

/* ---- clusters of groups */

static Status by_ward(Task *task, const BirchOptions *o, Fit *f, Text *notes, Error *e)
{
  const double *weights = strcmp(o->final, "ward_weighted") == 0 ? f->groups.weights : NULL;
  LinkageTree tree = {0};
  Status status;
  TRY(linkage_vectors(task, f->groups.means, f->groups.n, f->groups.d, (Metric){METRIC_EUCLIDEAN, 2}, LINKAGE_WARD,
                      weights, NULL, &tree, e));
  f->k = o->k > 0 ? (size_t)o->k : hierarchical_widest_gap(&tree);
  if (o->k == 0) {
    text_printf(notes, _("k = %zu, where Ward's heights leave the widest gap between groups\n"), f->k);
  }
  TRY(linkage_cut(&tree, f->k, f->group_labels, e));
done:
  linkage_tree_free(&tree);
  return status;
}

static Status by_kmeans(Task *task, const BirchOptions *o, Fit *f, Error *e)
{
  KmeansSettings settings = kmeans_settings((size_t)o->k);
  KmeansState state = {0};
  KmeansResult result = {0};
  const Rows rows = rows_of_matrix(f->groups.means, f->groups.n, f->groups.d);
  settings.seed = (uint64_t)o->seed;
  Status status = kmeans_fit(task, &rows, f->groups.weights, &settings, &state, &result, e);
  if (status == STATUS_OK && !result.complete) {
    status = error_cancelled(e);
  }
  if (status == STATUS_OK) {
    f->k = result.k;
    memcpy(f->group_labels, result.labels, f->groups.n * sizeof *f->group_labels);
  }
  kmeans_state_free(&state);
  kmeans_result_free(&result);
  return status;
}

static Status cluster_groups(Task *task, const BirchOptions *o, Fit *f, Text *notes, Error *e)
{
  const size_t n = f->groups.n;
  f->group_labels = mem_alloc(n, sizeof *f->group_labels);
  if (!f->group_labels) {
    return error_memory(e, n * sizeof *f->group_labels, _("labels"));
  }
  if (strcmp(o->final, "none") == 0) {
    f->k = n;
    for (size_t i = 0; i < n; i++) {
      f->group_labels[i] = (int32_t)i;
    }
    return STATUS_OK;
  }
  if ((uint64_t)o->k > n && f->stopped_at[0]) {
    return error_cancelled(e);
  }
  if ((uint64_t)o->k > n) {
    error_set(e, STATUS_DATA, "too-few-groups", _("k is %1$lld, but the tree has %2$zu groups"), (long long)o->k, n);
    const double threshold = f->groups.threshold;
    return threshold > 0 ? error_hint(e, _("a smaller threshold (it is %g) makes more groups"), threshold)
                         : error_hint(e, _("choose k up to %zu"), n);
  }
  if (strcmp(o->final, "kmeans") != 0) {
    return by_ward(task, o, f, notes, e);
  }
  return o->k > 0 ? by_kmeans(task, o, f, e)
                  : error_set(e, STATUS_ARGUMENT, "missing-option", _("final = \"kmeans\" needs k"));
}

/* Rows go to the nearest group. Clusters without rows go; the others are numbered largest first, groups with them. */
static Status label_rows(Task *task, Fit *f, Error *e)
{
  const size_t n = f->input.variables.n;
  const Rows rows = cluster_rows(&f->input);
  size_t used;
  int32_t *order = mem_alloc(f->k, sizeof *order), *fresh = mem_alloc(f->k, sizeof *fresh);
  Status status;
  f->rows = mem_alloc(n, sizeof *f->rows);
  f->distances = mem_alloc(n, sizeof *f->distances);
  f->sizes = mem_alloc(f->k, sizeof *f->sizes);
  f->withinss = mem_zero(f->k, sizeof *f->withinss);
  TRY(order && fresh && f->rows && f->distances && f->sizes && f->withinss ? STATUS_OK
                                                                           : error_memory(e, n * 12, _("labels")));
  TRY(kmeans_assign(task, &rows, f->groups.means, f->groups.n, f->rows, f->distances, NULL, e));
  for (size_t i = 0; i < n; i++) {
    f->rows[i] = f->group_labels[f->rows[i]];
  }
  TRY(labels_number(f->rows, n, f->k, order, f->sizes, &used, e));
  for (size_t c = 0; c < f->k; c++) {
    fresh[order[c]] = (int32_t)c;
  }
  for (size_t i = 0; i < f->groups.n; i++) {
    f->group_labels[i] = fresh[f->group_labels[i]];
  }
  f->k = used;
done:
  mem_free(order);
  mem_free(fresh);
  return status;
}

/* ---- model */

/* Means of the rows of each cluster, and squared deviations from them. */
static double *cluster_means(Fit *f)
{
  const size_t d = f->input.variables.d, n = f->input.variables.n;
  double *means = mem_zero(f->k, d * sizeof *means), *counts = mem_zero(f->k, sizeof *counts);
  for (size_t i = 0; means && counts && i < n; i++) {
    const size_t c = (size_t)f->rows[i];
    const double weight = f->input.weights ? f->input.weights[i] : 1;
    counts[c] += weight;
    for (size_t j = 0; weight > 0 && j < d; j++) {
      const double apart = f->input.values[i * d + j] - means[c * d + j];
      means[c * d + j] += apart * (weight / counts[c]);
      f->withinss[c] += weight * apart * (f->input.values[i * d + j] - means[c * d + j]);
    }
  }
  if (!counts) {
    mem_free(means);
    means = NULL;
  }
  mem_free(counts);
  return means;
}

static Status make_tidy(const Fit *f, Frame **out, Error *e)
{
  Draft *draft = cluster_tidy_begin(&f->input, f->sizes, f->k, 0);
  double *groups = mem_zero(f->k, sizeof *groups);
  Status status = draft && groups ? STATUS_OK : error_memory(e, 0, _("a model"));
  for (size_t i = 0; status == STATUS_OK && i < f->groups.n; i++) {
    if ((size_t)f->group_labels[i] < f->k) {
      groups[f->group_labels[i]]++;
    }
  }
  if (status == STATUS_OK) {
    cluster_tidy_floats(draft, "groups", groups, f->k, false);
    cluster_tidy_floats(draft, "withinss", f->withinss, f->k, false);
    status = cluster_tidy_centres(draft, &f->input, f->means, f->rows, f->k, false, e);
  }
  mem_free(groups);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

static Status make_glance(const BirchOptions *o, const Fit *f, Frame **out, Error *e)
{
  double within = 0;
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  for (size_t c = 0; c < f->k; c++) {
    within += f->withinss[c];
  }
  draft_int(draft, "n", (int64_t)f->input.variables.n);
  draft_int(draft, "k", (int64_t)f->k);
  draft_int(draft, "groups", (int64_t)f->groups.n);
  draft_float(draft, "threshold", f->groups.threshold);
  draft_int(draft, "levels", (int64_t)f->groups.levels);
  draft_int(draft, "rebuilt", (int64_t)f->groups.rebuilt);
  draft_float(draft, "inertia", within);
  draft_bool(draft, "complete", !f->stopped_at[0]);
  draft_text(draft, "reason", f->stopped_at[0] ? "interrupted" : "");
  draft_text(draft, "stopped_at", f->stopped_at);
  draft_int(draft, "seed", o->seed);
  draft_int(draft, "dropped", (int64_t)f->input.variables.dropped);
  return draft_finish(draft, out, e);
}

/* cluster weight radius of each group; its mean is in the frame "groups". */
static Status make_group_figures(const Fit *f, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Builder *cluster = builder_new(TYPE_INT64, f->groups.n);
  if (!draft || !cluster) {
    draft_free(draft);
    builder_free(cluster);
    return error_memory(e, 0, _("a model"));
  }
  for (size_t i = 0; i < f->groups.n; i++) {
    builder_int(cluster, f->group_labels[i] + 1);
  }
  draft_builder(draft, "cluster", cluster);
  draft_floats(draft, "weight", f->groups.weights, f->groups.n);
  draft_floats(draft, "radius", f->groups.radii, f->groups.n);
  return draft_finish(draft, out, e);
}

static Status fill(Model *model, const void *options, const void *of, Error *e)
{
  const Fit *f = of;
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", make_tidy(f, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(options, f, &frame, e), &frame, e));
  TRY(cluster_put_variables(model, &f->input, e));
  TRY(cluster_put_centres(model, &f->input, f->means, f->k, e));
  TRY(model_set_made(model, "groups", cluster_matrix_frame(&f->input, f->groups.means, f->groups.n, &frame, e), &frame, e));
  TRY(model_set_made(model, "group_figures", make_group_figures(f, &frame, e), &frame, e));
done:
  return status;
}

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const BirchOptions *o = options;
  Fit *f = of;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .weights = o->weights, .missing = o->missing, .sample = o->sample,
                          .seed = (uint64_t)o->seed};
  return cluster_input(call, data, &ask, &f->input, e);
}

static void note_groups(const BirchOptions *o, const Fit *f, Text *notes)
{
  if (f->stopped_at[0]) {
    text_printf(notes, _("stopped at %s: groups are those of the rows before, and every row has the cluster of the nearest "
                         "group\n"), f->stopped_at);
  }
  if (f->groups.rebuilt > 0 && o->threshold > 0) {
    text_printf(notes, _("the threshold grew from %1$g to %2$g, so that there are no more groups than leaves = %3$lld\n"),
                o->threshold, f->groups.threshold, (long long)o->leaves);
  }
}

static Status find_clusters(Call *call, const BirchOptions *o, Fit *f, Error *e)
{
  Status status;
  TRY(cluster_groups(call->task, o, f, call->notes, e));
  TRY(label_rows(call->task, f, e));
  f->means = cluster_means(f);
  TRY(f->means ? STATUS_OK : error_memory(e, f->k * f->input.variables.d * sizeof *f->means, _("centres")));
  cluster_note_sizes(&f->input, f->sizes, f->k, call->notes);
  text_puts(call->notes, _("groups depend on the order of the rows\n"));
done:
  return status;
}

/* A press while rows are read ends the reading; clusters are then made of the groups so far. */
static Status work(Call *call, const void *options, void *of, Error *e)
{
  const BirchOptions *o = options;
  Fit *f = of;
  const BirchSettings settings = {o->threshold, (size_t)o->branching, (size_t)o->leaves};
  const Rows rows = cluster_rows(&f->input);
  Status status = birch_fit(call->task, &rows, f->input.weights, &settings, &f->groups, e);
  if (status != STATUS_OK) {
    return cluster_nothing_kept(status, _("nothing was kept: no row was in a group yet"), e);
  }
  const bool stopped = f->groups.rows < rows.n;
  if (stopped) {
    snprintf(f->stopped_at, sizeof f->stopped_at, "row %zu of %zu", f->groups.rows + 1, rows.n);
    atomic_store(&call->task->cancel, false); /* a second press stops the assignment too */
  }
  note_groups(o, f, call->notes);
  status = find_clusters(call, o, f, e);
  if (stopped) {
    task_cancel(call->task);
  }
  return cluster_nothing_kept(status, _("nothing was kept: rows had no clusters yet"), e);
}

static const ModelSteps birch_steps = {.fit_size = sizeof(Fit), .prepare = prepare, .work = work, .fill = fill, .free = fit_free};

/* On the way down a tree a row looks at `branching` groups in each node. Measured with 100,000 to 1,000,000 rows of 2 to 32
 * columns. */
static Status birch_cost(const Call *call, Cost *out, Error *e)
{
  const BirchOptions *o = call->options;
  const ClusterExtent x = cluster_extent(call->data->frame, o->on, o->sample, o->missing);
  const double n = (double)x.n, d = (double)x.d;
  const size_t groups = x.n < (size_t)o->leaves ? x.n : (size_t)o->leaves;
  (void)e;
  out->bytes = n * (d * 8 + 12) + (double)groups * (d + 2) * 24;
  out->seconds = n * (double)o->branching * (d + 10) * 1.8e-9 + linkage_vectors_seconds(LINKAGE_WARD, groups, x.d);
  return STATUS_OK;
}

/* ---- predict */

static const Column *group_column(const Model *model, const char *name)
{
  size_t column;
  const Frame *figures = model_frame(model, "group_figures");
  return figures && frame_find(figures, name, &column) ? frame_column(figures, column) : NULL;
}

static Status assign_groups(Call *call, const Model *model, const ClusterInput *input, int32_t *labels,
                            double *distances, Error *e)
{
  const Frame *groups = model_frame(model, "groups");
  const Column *cluster = group_column(model, "cluster");
  const Rows rows = cluster_rows(input);
  double *means = cluster_matrix(groups);
  Status status = means ? kmeans_assign(call->task, &rows, means, frame_rows(groups), labels, distances, NULL, e)
                        : error_memory(e, 0, _("groups"));
  for (size_t i = 0; status == STATUS_OK && i < input->variables.n; i++) {
    labels[i] = (int32_t)column_int(cluster, (size_t)labels[i]) - 1;
    distances[i] = sqrt(distances[i]);
  }
  mem_free(means);
  return status;
}

static Status birch_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  ClusterInput input = {0};
  int32_t *labels = NULL;
  double *distances = NULL;
  Draft *draft;
  Status status;
  TRY(cluster_input_of_model(call, model, data, &input, e));
  labels = mem_alloc(input.variables.n, sizeof *labels);
  distances = mem_alloc(input.variables.n, sizeof *distances);
  TRY(labels && distances ? STATUS_OK : error_memory(e, input.variables.n * 12, _("labels")));
  TRY(input.variables.n > 0 ? assign_groups(call, model, &input, labels, distances, e) : STATUS_OK);
  draft = cluster_predicted(&input, labels);
  TRY(draft ? STATUS_OK : error_memory(e, 0, _("labels")));
  cluster_predicted_floats(draft, "distance", &input, distances);
  status = draft_finish(draft, out, e);
done:
  mem_free(labels);
  mem_free(distances);
  cluster_input_free(&input);
  return status;
}

static Status birch_check(const Model *model, Error *e)
{
  const Frame *groups = model_frame(model, "groups"), *variables = model_frame(model, "variables");
  const Column *cluster = group_column(model, "cluster");
  size_t k;
  const Status status = cluster_model_check(model, e);
  if (status != STATUS_OK) {
    return status;
  }
  if (!groups || !cluster_is_matrix(groups, frame_rows(groups), frame_rows(variables)) || frame_rows(groups) < 1 ||
      !cluster || column_type(cluster) != TYPE_INT64 || column_rows(cluster) != frame_rows(groups) ||
      column_missing(cluster) > 0 || !cluster_size_cell(model_frame(model, "glance"), "k", &k)) {
    return cluster_model_broken(e);
  }
  for (size_t i = 0; i < frame_rows(groups); i++) {
    if (column_int(cluster, i) < 1 || (uint64_t)column_int(cluster, i) > frame_rows(groups)) {
      return cluster_model_broken(e);
    }
    for (size_t j = 0; j < frame_columns(groups); j++) {
      if (!isfinite(column_float(frame_column(groups, j), i))) {
        return cluster_model_broken(e);
      }
    }
  }
  return STATUS_OK;
}

static const Figure birch_figures[] = {
    {"n", "rows used in the fit", "", "many times groups"},
    {"k", "clusters with rows", "", "the option"},
    {"groups", "groups in the leaves of the tree", "", "many times k, far fewer than n"},
    {"threshold", "largest radius of a group in the end", "", "well below the distance of clusters"},
    {"levels", "levels of the tree", "", "1 to 5"},
    {"rebuilt", "how often the tree was made anew with a larger threshold", "", "0 when the threshold was chosen well"},
    {"inertia", "sum of squared distances from each row to the mean of its cluster, in scaled units", "",
     "a little above that of k-means"},
    {"complete", "whether all rows are in the groups", "", "true; false after an interruption"},
    {"reason", "why the fit ended early", "", "empty, or interrupted"},
    {"stopped_at", "the first row that is in no group", "", "empty when complete"},
    {"seed", "seed of the random choices of final = \"kmeans\" and of a sample", "", "any"},
    {"dropped", "rows left out for missing cells", "", "0"},
};

static const ModelClass birch_class = {.size = sizeof(ModelClass),
                                       .predict = birch_predict,
                                       .headline = cluster_headline,
                                       .check = birch_check,
                                       .plots = SEGMENT_PLOTS,
                                       .plot = segment_plot,
                                       .steps = &birch_steps};

static const Primitive birch = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "birch",
    .version = 1,
    .summary = "small dense groups in one pass over the rows, then clusters of these groups (BIRCH)",
    .details = "Takes the rows in their order into a tree of groups no wider than the threshold, then clusters the "
               "groups' means by "
               "Ward's linkage or k-means. So it goes to very many rows with little memory. The order of the rows "
               "matters: shuffle "
               "them where they are sorted. A row, also a new one, has the cluster of the group whose mean is nearest.",
    .takes = VALUE_FRAME,
    .main = "k",
    .options = birch_options,
    .n_options = sizeof birch_options / sizeof *birch_options,
    .options_size = sizeof(BirchOptions),
    .gives = VALUE_MODEL,
    .returns =
        "a model; tidy: cluster size share groups withinss and the mean of each variable; predict by the nearest group",
    .reference = "Zhang, Ramakrishnan and Livny 1996; Lang and Schubert 2020 (BETULA)",
    .example = "df = read \"datasets/iris/iris.csv\"\ndf:birch{k = 3, threshold = 0.5}",
    .where = WHERE_JOB,
    .cost = birch_cost,
    .figures = birch_figures,
    .n_figures = sizeof birch_figures / sizeof *birch_figures,
    .run = model_run,
    .model = &birch_class};
REGISTER_PRIMITIVE(birch);
