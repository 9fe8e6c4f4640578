/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.hdbscan: from a frame to a model. The model keeps the rows of the fit ("points"), where each leaves the
 * hierarchy
 * ("rows") and the condensed tree ("tree"), which is what new rows are placed by. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart/chart_parts.h"
#include "cluster/density_model_primitives.h"
#include "cluster/hdbscan.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"

#define ROW(...) OPTION_ROW_OF(HdbscanOptions, __VA_ARGS__)
static const Option hdbscan_options[] = {HDBSCAN_OPTIONS(ROW)};
#undef ROW
enum { N_OPTIONS = sizeof hdbscan_options / sizeof *hdbscan_options };

typedef struct Fit {
  DensityFit begun;
  HdbscanSpan span;
  char stopped_at[32];
  HdbscanSettings settings;
  HdbscanResult result;
} Fit;

static void fit_free(void *of)
{
  Fit *fit = of;
  density_fit_free(&fit->begun);
  hdbscan_span_free(&fit->span);
  hdbscan_result_free(&fit->result);
}

/* ---- the model */

/* A figure of the chosen clusters. */
static void tidy_figure(Draft *draft, const char *name, const HdbscanResult *r, size_t offset)
{
  double *values = mem_alloc(r->k, sizeof *values);
  for (size_t c = 0; values && c < r->k; c++) {
    memcpy(&values[c], (const char *)&r->tree[r->chosen[c]] + offset, sizeof *values);
  }
  if (values) {
    cluster_tidy_floats(draft, name, values, r->k, r->noise > 0);
  } else {
    draft_column(draft, name, NULL);
  }
  mem_free(values);
}

static Draft *make_tidy(const Fit *fit)
{
  const HdbscanResult *r = &fit->result;
  Draft *draft = cluster_tidy_begin(&fit->begun.input, r->sizes, r->k, r->noise);
  tidy_figure(draft, "stability", r, offsetof(HdbscanNode, stability));
  tidy_figure(draft, "birth", r, offsetof(HdbscanNode, birth));
  tidy_figure(draft, "death", r, offsetof(HdbscanNode, death));
  return draft;
}

static Draft *make_glance(const Fit *fit)
{
  const HdbscanResult *r = &fit->result;
  Draft *draft = density_glance(&fit->begun.input, r->k, r->noise);
  draft_int(draft, "min_cluster_size", (int64_t)fit->settings.min_cluster_size);
  draft_int(draft, "min_points", (int64_t)fit->settings.min_points);
  draft_int(draft, "nodes", (int64_t)r->nodes);
  draft_text(draft, "index", neighbours_kind_name(neighbours_kind(fit->begun.index)));
  return draft;
}

static Draft *make_tree(const HdbscanResult *r)
{
  static const char *const names[] = {"node", "parent", "cluster", "size"};
  static const char *const figures[] = {"birth", "death", "deepest", "stability"};
  Builder *ints[4], *floats[4];
  Draft *draft = draft_new();
  bool enough = draft;
  for (int j = 0; j < 4; j++) {
    ints[j] = builder_new(TYPE_INT64, r->nodes);
    floats[j] = builder_new(TYPE_FLOAT64, r->nodes);
    enough = enough && ints[j] && floats[j];
  }
  for (size_t i = 0; enough && i < r->nodes; i++) {
    const HdbscanNode *node = &r->tree[i];
    const int64_t numbers[] = {(int64_t)i + 1, node->parent + 1, node->label + 1, node->size};
    const double values[] = {node->birth, node->death, node->deepest, node->stability};
    for (int j = 0; j < 4; j++) {
      builder_int(ints[j], numbers[j]);
      builder_float(floats[j], values[j]);
    }
  }
  for (int j = 0; j < 4; j++) {
    draft_builder(draft, names[j], ints[j]);
  }
  for (int j = 0; j < 4; j++) {
    draft_builder(draft, figures[j], floats[j]);
  }
  return draft;
}

static Draft *make_rows(const HdbscanResult *r)
{
  Draft *draft = draft_new();
  Builder *node = builder_new(TYPE_INT64, r->n);
  for (size_t i = 0; node && i < r->n; i++) {
    builder_int(node, r->node[i] + 1);
  }
  draft_builder(draft, "node", node);
  draft_floats(draft, "lambda", r->lambda, r->n);
  draft_floats(draft, "core", r->core, r->n);
  return draft;
}

/* Of a stopped fit: the edges of the spanning tree so far, and what is known beside them. */
static Status put_state(Model *model, const HdbscanSpan *span, size_t n, Error *e)
{
  const size_t m = span->n_edges;
  double *ranks = mem_alloc(m, sizeof *ranks);
  uint32_t *ends = mem_alloc(2 * m, sizeof *ends);
  Draft *edges = draft_new(), *rows = draft_new();
  Status status;
  TRY(ranks && ends ? STATUS_OK : error_memory(e, m * 16, _("a spanning tree")));
  for (size_t i = 0; i < m; i++) {
    ranks[i] = span->edges[i].rank;
    ends[i] = span->edges[i].a;
    ends[m + i] = span->edges[i].b;
  }
  density_draft_floats(edges, "rank", ranks, m);
  density_draft_places(edges, "a", ends, m);
  density_draft_places(edges, "b", ends + m, m);
  density_draft_floats(rows, "core", span->core, n);
  density_draft_floats(rows, "near", span->near, n);
  density_draft_places(rows, "to", span->to, n);
  Draft *taken = edges;
  edges = NULL;
  TRY(density_put(model, "state_edges", taken, e));
  taken = rows;
  rows = NULL;
  TRY(density_put(model, "state_rows", taken, e));
done:
  draft_free(edges);
  draft_free(rows);
  mem_free(ranks);
  mem_free(ends);
  return status;
}

static const char *const figures_of_rows[] = {"probability", "outlier", NULL};

static Status fill(Model *model, const void *options, const void *of, Error *e)
{
  const Fit *fit = of;
  const HdbscanResult *r = &fit->result;
  const ClusterInput *input = &fit->begun.input;
  Status status;
  TRY(density_put_tidy(model, make_tidy(fit), input, NULL, r->labels, r->k, r->noise, e));
  TRY(density_put_glance(model, make_glance(fit), input, fit->stopped_at, ((const HdbscanOptions *)options)->seed, e));
  TRY(cluster_put_variables(model, input, e));
  TRY(density_put_labels(model, input, r->labels, figures_of_rows, (const double *const[]){r->probability, r->outlier}, e));
  TRY(density_put_matrix(model, "points", input, input->values, r->n, e));
  TRY(density_put(model, "rows", make_rows(r), e));
  TRY(density_put(model, "tree", make_tree(r), e));
  if (!r->complete) {
    TRY(put_state(model, &fit->span, r->n, e));
  }
done:
  return status;
}

/* ---- the fit */

static Status prepare(Call *call, const Frame *data, const void *options, void *of, Error *e)
{
  const HdbscanOptions *o = options;
  Fit *fit = of;
  HdbscanSettings *s = &fit->settings;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .missing = o->missing, .sample = o->sample,
                          .seed = (uint64_t)o->seed};
  Status status;
  TRY(density_prepare(call, data, &ask, o->metric, &fit->begun, e));
  const size_t n = fit->begun.input.variables.n;
  *s = (HdbscanSettings){.min_cluster_size = (size_t)o->min_cluster_size, .leaf = strcmp(o->method, "leaf") == 0,
                         .single = o->single, .part = strcmp(o->leave, "part") == 0, .eps = o->eps, .alpha = o->alpha};
  s->min_points = (size_t)(o->min_points > 0 ? o->min_points : o->min_cluster_size);
  if (s->min_points > n) {
    text_printf(call->notes, _("min_points = %1$zu is more than there are rows; %2$zu is used\n"), s->min_points, n);
    s->min_points = n;
  }
done:
  return density_nothing_kept(status, "spanning tree", e);
}

/* n rows have fewer than n edges, and each joins two parts. */
static Status read_edges(const Frame *frame, HdbscanSpan *span, size_t n, Error *e)
{
  const size_t m = frame ? frame_rows(frame) : n;
  double *ranks = mem_alloc(m, sizeof *ranks);
  uint32_t *a = mem_alloc(m, sizeof *a), *b = mem_alloc(m, sizeof *b);
  bool forest;
  Status status;
  TRY(ranks && a && b ? STATUS_OK : error_memory(e, m * 16, _("a spanning tree")));
  TRY(frame && m < n && density_read_floats(frame, "rank", m, ranks) && density_read_places(frame, "a", m, (uint32_t)n, a) &&
              density_read_places(frame, "b", m, (uint32_t)n, b)
          ? STATUS_OK : cluster_model_broken(e));
  for (size_t i = 0; i < m; i++) {
    TRY(a[i] < n && b[i] < n && ranks[i] >= 0 ? STATUS_OK : cluster_model_broken(e));
    span->edges[i] = (HdbscanEdge){ranks[i], a[i], b[i]};
  }
  span->n_edges = m;
  TRY(hdbscan_span_check(span, n, &forest, e));
  TRY(forest ? STATUS_OK : cluster_model_broken(e));
done:
  mem_free(ranks);
  mem_free(a);
  mem_free(b);
  return status;
}

static Status resume(const Model *model, const void *options, void *of, Error *e)
{
  (void)options;
  Fit *fit = of;
  const Frame *rows = model_frame(model, "state_rows");
  const size_t n = fit->begun.input.variables.n;
  Status status;
  TRY(hdbscan_span_new(n, &fit->span, e));
  TRY(density_read_floats(rows, "core", n, fit->span.core) && density_read_floats(rows, "near", n, fit->span.near) &&
              density_read_places(rows, "to", n, (uint32_t)n, fit->span.to)
          ? STATUS_OK : cluster_model_broken(e));
  TRY(read_edges(model_frame(model, "state_edges"), &fit->span, n, e));
done:
  return status;
}

static void note_result(Fit *fit, Text *notes)
{
  const HdbscanResult *r = &fit->result;
  if (!r->complete) {
    snprintf(fit->stopped_at, sizeof fit->stopped_at, "spanning tree, %.0f%%",
             floor(100 * (double)fit->span.n_edges / (double)(r->n - 1)));
    density_note_stop(fit->stopped_at, _("there are no clusters before the spanning tree is whole: all rows count as noise\n"),
                      notes);
    return;
  }
  if (r->k == 0 && !fit->settings.single) {
    text_puts(notes, _("the rows never part into two clusters of min_cluster_size; single = true allows one\n"));
  }
  density_notes(&fit->begun.input, r->sizes, r->k, r->noise,
                (DensityCures){_("a smaller min_points or another min_cluster_size can take in more rows"),
                               _("method = \"leaf\" parts it")},
                notes);
}

static Status work(Call *call, const void *options, void *of, Error *e)
{
  (void)options;
  Fit *fit = of;
  const ClusterInput *input = &fit->begun.input;
  const Status status = hdbscan_fit(call->task, fit->begun.index, input->values, input->variables.n, input->variables.d,
                                    fit->begun.metric, &fit->settings, &fit->span, &fit->result, e);
  if (status == STATUS_OK) {
    note_result(fit, call->notes);
  }
  return density_nothing_kept(status, "spanning tree", e);
}

/* Fitted to processor seconds, as dbscan's:
 *
 *   rows           1,000   10,000   100,000   1,000,000
 *   2 columns      0.001    0.016      0.27         3.4
 *   8 columns      0.002    0.099       2.1          37      4 columns 0.37, 16 columns 11 at 100,000; cosine 11 for 20,000 rows */
static const DensityRate hdbscan_rate = {.factor = 8e-7, .power = 1.105, .steep = 0.0287, .flat = 0.0186, .pair = 3.2e-9};

static Status hdbscan_cost(const Call *call, Cost *out, Error *e)
{
  (void)e;
  const HdbscanOptions *o = call->options;
  *out = density_cost(call, o->on, o->metric, 260, o->sample, hdbscan_rate);
  return STATUS_OK;
}

/* ---- new rows */

/* What predict needs of a model. */
typedef struct Fitted {
  size_t n, nodes, min_points;
  double alpha;
  Metric metric;
  double *points;
  const Frame *rows, *tree;
  HdbscanNode *nodes_of;
  Neighbours *index;
} Fitted;

static bool read_tree(Fitted *f)
{
  f->nodes_of = mem_zero(f->nodes, sizeof *f->nodes_of);
  for (size_t i = 0; f->nodes_of && i < f->nodes; i++) {
    f->nodes_of[i] = (HdbscanNode){.parent = (int32_t)density_int(f->tree, "parent", i) - 1,
                                   .label = (int32_t)density_int(f->tree, "cluster", i) - 1,
                                   .birth = density_float(f->tree, "birth", i),
                                   .death = density_float(f->tree, "death", i)};
  }
  return f->nodes_of;
}

static Status fitted_open(Call *call, const Model *model, size_t d, Fitted *f, Error *e)
{
  const Frame *points = model_frame(model, "points");
  *f = (Fitted){.n = frame_rows(points), .rows = model_frame(model, "rows"), .tree = model_frame(model, "tree")};
  f->nodes = frame_rows(f->tree);
  f->alpha = model_option_number(model, "alpha", 1);
  if (!cluster_size_cell(model_frame(model, "glance"), "min_points", &f->min_points) ||
      !density_metric_of(model, &f->metric)) {
    return cluster_model_broken(e);
  }
  f->points = cluster_matrix(points);
  if (!f->points || !read_tree(f)) {
    return error_memory(e, 0, _("the model's rows"));
  }
  return neighbours_new(call->task, f->points, f->n, d, f->metric, NEIGHBOURS_AUTO, &f->index, e);
}

static void fitted_close(Fitted *f)
{
  mem_free(f->points);
  mem_free(f->nodes_of);
  neighbours_free(f->index);
}

/* The fitted row at the least mutual reachability distance, among the nearest ones; *lambda: 1 / that distance. */
static size_t place_among(const Fitted *f, const uint32_t *rows, const double *distances, size_t k, double *lambda)
{
  const size_t at = f->min_points >= 2 ? (f->min_points - 2 < k ? f->min_points - 2 : k - 1) : 0;
  const double own = f->min_points >= 2 ? distances[at] : 0;
  double least = INFINITY;
  size_t nearest = 0;
  for (size_t j = 0; j < k; j++) {
    const double core = density_float(f->rows, "core", rows[j]), far = distances[j] / f->alpha;
    const double reach = core > far ? core : far;
    if ((own > reach ? own : reach) < least) {
      least = own > reach ? own : reach;
      nearest = j;
    }
  }
  *lambda = 1 / least;
  return nearest;
}

/* A row that equals one of the fit is where that is; another where the nearest one is, at its own density. */
static int32_t place_row(const Fitted *f, const uint32_t *rows, const double *distances, size_t k, double *probability,
                         double *outlier)
{
  size_t nearest = 0;
  double lambda;
  if (distances[0] == 0) {
    lambda = density_float(f->rows, "lambda", rows[0]);
  } else {
    nearest = place_among(f, rows, distances, k, &lambda);
  }
  const int32_t node = (int32_t)density_int(f->rows, "node", rows[nearest]) - 1;
  const double deepest = density_float(f->tree, "deepest", (size_t)node);
  *outlier = deepest > 0 && lambda < deepest ? (deepest - lambda) / deepest : 0;
  return hdbscan_place(f->nodes_of, node, lambda, probability);
}

enum { BATCH = 4096 }; /* new rows whose neighbours are held at a time */

static Status place_rows(Call *call, const Fitted *f, const ClusterInput *input, int32_t *labels, double *probability,
                         double *outlier, Error *e)
{
  const size_t d = input->variables.d, k = 2 * f->min_points < f->n ? 2 * f->min_points : f->n;
  uint32_t *rows = mem_alloc(BATCH * k, sizeof *rows);
  double *distances = mem_alloc(BATCH * k, sizeof *distances);
  Status status = rows && distances ? STATUS_OK : error_memory(e, BATCH * k * 12, _("lists of neighbours"));
  for (size_t first = 0; status == STATUS_OK && first < input->variables.n; first += BATCH) {
    const size_t count = input->variables.n - first < BATCH ? input->variables.n - first : BATCH;
    status = neighbours_nearest(call->task, f->index, input->values + first * d, count, k, rows, distances, e);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
      labels[first + i] =
          place_row(f, rows + i * k, distances + i * k, k, &probability[first + i], &outlier[first + i]);
    }
  }
  mem_free(rows);
  mem_free(distances);
  return status;
}

static Status label_new(Call *call, const Model *model, const ClusterInput *input, int32_t *labels,
                        double *const *figures, Error *e)
{
  Fitted fitted = {0};
  Status status = fitted_open(call, model, input->variables.d, &fitted, e);
  if (status == STATUS_OK) {
    status = place_rows(call, &fitted, input, labels, figures[0], figures[1], e);
  }
  fitted_close(&fitted);
  return status;
}

static Status predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  return density_predict(call, model, data, figures_of_rows, label_new, out, e);
}

/* ---- the condensed tree as a chart */

enum { BARS_MOST = 200 };

/* The nodes of one series as intervals from birth to death, each at its height. */
static Status add_nodes(Chart *chart, const Frame *tree, const double *height, const uint8_t *shown, bool chosen,
                        const char *name, Error *e)
{
  static const char *const roles[] = {"x", "low", "high", "y"};
  const size_t n = frame_rows(tree);
  double *room = mem_alloc(4 * n, sizeof *room);
  Column *columns[4] = {NULL};
  size_t used = 0;
  Status status = room ? STATUS_OK : error_memory(e, 0, _("a chart"));
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    if (shown[i] && (density_int(tree, "cluster", i) > 0) == chosen) {
      room[used] = room[2 * n + used] = density_float(tree, "death", i);
      room[n + used] = density_float(tree, "birth", i);
      room[3 * n + used++] = height[i];
    }
  }
  for (int j = 0; status == STATUS_OK && used > 0 && j < 4; j++) {
    status = column_of_floats(room + (size_t)j * n, used, &columns[j], e);
  }
  if (status == STATUS_OK && used > 0) {
    status = chart_add_columns(chart, CHART_INTERVALS, name, roles, (const Column *const *)columns, 4, e);
  }
  for (int j = 0; j < 4; j++) {
    column_unref(columns[j]);
  }
  mem_free(room);
  return status;
}

/* Nodes stand one above the other in the order of the tree (children behind parents), the root lowest; of many only the
 * largest are shown. */
static size_t place_nodes(const Frame *tree, double *height, uint8_t *shown)
{
  const size_t n = frame_rows(tree);
  int64_t least = 0;
  size_t many = n;
  while (many > BARS_MOST) { /* a threshold that leaves few enough */
    least = least * 5 / 4 + 1;
    many = 0;
    for (size_t i = 0; i < n; i++) {
      many += density_int(tree, "size", i) >= least;
    }
  }
  size_t at = 0;
  for (size_t i = 0; i < n; i++) {
    shown[i] = density_int(tree, "size", i) >= least;
    height[i] = shown[i] ? (double)++at : 0;
  }
  return n - at;
}

static Status plot_tree(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  const Frame *tree = model_frame(model, "tree");
  const size_t n = frame_rows(tree);
  double *height = mem_alloc(n, sizeof *height);
  uint8_t *shown = mem_alloc(n, 1);
  Chart *chart = NULL;
  Status status;
  TRY(height && shown ? STATUS_OK : error_memory(e, 0, _("a chart")));
  const size_t hidden = place_nodes(tree, height, shown);
  TRY(chart_begin("tree", request->title, _("lambda, 1 / distance"), NULL, _("parts, those that part later above"),
                  NULL, &chart, e));
  TRY(add_nodes(chart, tree, height, shown, true, _("clusters"), e));
  TRY(add_nodes(chart, tree, height, shown, false, _("not chosen"), e));
  if (hidden > 0) {
    TRY(chart_add_note(chart, e, _("smaller parts not shown: %zu"), hidden));
  }
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  mem_free(height);
  mem_free(shown);
  return status;
}

static Status plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  return strcmp(request->kind, "tree") == 0 ? plot_tree(call, model, request, out, e)
                                            : segment_plot(call, model, request, out, e);
}

/* ---- files */

/* Parents stand before their children, clusters are those of tidy. */
static bool sound_tree(const Frame *tree, int64_t k)
{
  if (!tree || frame_rows(tree) < 1 || frame_rows(tree) > INT32_MAX ||
      !density_sound_ints(tree, "parent", 0, (int64_t)frame_rows(tree)) || !density_sound_ints(tree, "cluster", 0, k) ||
      !density_sound_ints(tree, "size", 0, INT64_MAX)) {
    return false;
  }
  static const char *const figures[] = {"birth", "death", "deepest", "stability"};
  for (int j = 0; j < 4; j++) {
    if (!density_sound_floats(tree, figures[j], -1e308, 1.7e308)) {
      return false;
    }
  }
  for (size_t i = 0; i < frame_rows(tree); i++) {
    const int64_t parent = density_int(tree, "parent", i);
    if (parent > (int64_t)i || (parent == 0) != (i == 0)) {
      return false;
    }
  }
  return true;
}

static Status check(const Model *model, Error *e)
{
  const Frame *rows = model_frame(model, "rows"), *tree = model_frame(model, "tree"),
              *glance = model_frame(model, "glance");
  size_t points, k, min_points;
  Metric metric;
  const Status status = cluster_model_check(model, e);
  if (status != STATUS_OK) {
    return status;
  }
  const double alpha = model_option_number(model, "alpha", 1);
  if (!cluster_size_cell(glance, "k", &k) || !cluster_size_cell(glance, "min_points", &min_points) ||
      !density_sound_matrix(model, "points", &points) || points < 1 || min_points < 1 || min_points > points || !rows ||
      frame_rows(rows) != points || !sound_tree(tree, (int64_t)k) ||
      !density_sound_ints(rows, "node", 1, (int64_t)frame_rows(tree)) ||
      !density_sound_floats(rows, "core", 0, 1.7e308) || !density_sound_floats(rows, "lambda", 0, 1.7e308) ||
      !density_metric_of(model, &metric) || !(alpha > 0)) {
    return cluster_model_broken(e);
  }
  return STATUS_OK;
}

static const ModelSteps hdbscan_steps = {
    .fit_size = sizeof(Fit), .prepare = prepare, .resume = resume, .work = work, .fill = fill, .free = fit_free};

static const ModelClass hdbscan_class = {.size = sizeof(ModelClass), .predict = predict, .proceed = model_proceed,
                                         .headline = density_headline, .check = check,
                                         .plots = SEGMENT_PLOTS "|tree", .plot = plot, .steps = &hdbscan_steps};

static const Figure hdbscan_figures[] = {
  {"n", "rows used in the fit", "", "many times min_cluster_size"},
  {"k", "number of clusters", "", "2 to a few dozen for segments people can work with"},
  {"noise", "rows that are in no cluster", "", "a part of n that suits the data: some are all noise between clusters"},
  {"noise_share", "share of the rows that are noise", "{noise} / {n}", "0 to about 0.3"},
  {"min_cluster_size", "the fewest rows that are a cluster", "", "the smallest group that would be of use"},
  {"min_points", "the core distance is that to this nearest row, itself counted", "", "larger: smoother, more noise"},
  {"nodes", "parts in the condensed tree, the whole data among them", "", "m:condensed() shows them"},
  {"index", "how neighbours were found: kd-tree, ball tree, or brute force", "", "brute force costs n * n"},
  {"complete", "whether the fit came to its end", "", "true; false after an interruption: m:continue() goes on"},
  {"reason", "why it did not", "", "empty or interrupted"},
  {"stopped_at", "where a stopped fit is: the share of the spanning tree's edges", "", "empty when complete"},
  {"dropped", "rows left out for missing cells", "", "0"},
  {"seed", "seed of the sample", "", "any"},
};

static const Primitive hdbscan = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "hdbscan",
    .version = 1,
    .summary = "HDBSCAN*: clusters of any shape and different density, and how far each row is an outlier",
    .details = "Looks at all densities at once: as the distance shrinks the rows fall apart, and a part of at least "
               "min_cluster_size rows is "
               "a cluster for as long as it lasts. Those with the largest stability (sum over rows of lambda at "
               "leaving less lambda at the "
               "beginning, lambda = 1 / distance) are chosen, none within another. Edges of one length are cut "
               "together, as in the paper, so the result "
               "does not depend on the order of rows. probability: how long a row stays with its cluster, from 0 to 1. "
               "outlier: GLOSH. Rows have no weights: one that stands for three is three rows. "
               "New rows go where the fitted row at the least mutual reachability distance is at the new row's "
               "density, or are noise; a row that equals a fitted one goes where that is. Ctrl-C keeps the spanning tree so far, from which there are no clusters yet; m:continue() "
               "goes on to what an unbroken fit gives.",
    .takes = VALUE_FRAME,
    .main = "min_cluster_size",
    .options = hdbscan_options,
    .n_options = N_OPTIONS,
    .options_size = sizeof(HdbscanOptions),
    .gives = VALUE_MODEL,
    .returns = "a model; tidy: cluster size share stability birth death (lambdas) and the mean of each variable, noise "
               "as cluster 0; "
               "predict: cluster (that of the fitted row at the least mutual reachability distance, if it was there at "
               "that density), "
               "probability, outlier",
    .reference =
        "Campello, Moulavi and Sander 2013; Campello, Moulavi, Zimek and Sander 2015; Malzer and Baum 2020 (eps)",
    .example = "df = read \"datasets/iris/iris.csv\"\nm = df:hdbscan(5)\nm:tidy()",
    .where = WHERE_JOB,
    .cost = hdbscan_cost,
    .figures = hdbscan_figures,
    .n_figures = sizeof hdbscan_figures / sizeof *hdbscan_figures,
    .run = model_run,
    .model = &hdbscan_class};
REGISTER_PRIMITIVE(hdbscan);

static Status run_condensed(Call *call, Value *out, Error *e)
{
  return model_give(call, "tree", out, e);
}

static const Primitive condensed = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "condensed",
    .version = 1,
    .summary =
        "the condensed tree of hdbscan: which parts of at least min_cluster_size rows there are, and for how long",
    .details = "Of hdbscan. Node 1 is all rows. birth and death are lambda, 1 / distance; cluster is the number in "
               "tidy of a part that was chosen, else 0.",
    .takes = VALUE_MODEL,
    .takes_class = "cluster",
    .gives = VALUE_FRAME,
    .returns = "a frame, a row per node: node parent cluster size birth death deepest stability",
    .reference = "",
    .example = "df = read \"datasets/iris/iris.csv\"\ndf:hdbscan(5):condensed()",
    .where = WHERE_MAIN,
    .run = run_condensed};
REGISTER_PRIMITIVE(condensed);
