/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/hierarchical_model_primitives.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/density_model_primitives.h"
#include "cluster/labels.h"
#include "core/alloc.h"
#include "registry/registry.h"

void hierarchy_free(Hierarchy *h)
{
  cluster_input_free(&h->input);
  linkage_tree_free(&h->tree);
  linkage_state_free(&h->state);
  mem_free(h->labels);
  mem_free(h->sizes);
  mem_free(h->weights);
  mem_free(h->tops);
  mem_free(h->centres);
}

bool hierarchy_is_whole(const Hierarchy *h)
{
  return h->tree.merges + 1 >= h->tree.n;
}

size_t hierarchy_parts(const Hierarchy *h)
{
  return h->tree.n - h->tree.merges;
}

/* ---- cutting */

/* Weights, means and highest merges of the clusters. */
static void describe_cut(Hierarchy *h)
{
  const size_t n = h->tree.n, d = h->input.variables.d;
  memset(h->weights, 0, h->k * sizeof *h->weights);
  memset(h->tops, 0, h->k * sizeof *h->tops);
  memset(h->centres, 0, h->k * d * sizeof *h->centres);
  for (size_t i = 0; i < n; i++) {
    const size_t c = (size_t)h->labels[i];
    const double weight = h->input.weights ? h->input.weights[i] : 1;
    h->weights[c] += weight;
    for (size_t j = 0; j < d; j++) {
      h->centres[c * d + j] += (h->input.values[i * d + j] - h->centres[c * d + j]) * (weight / h->weights[c]);
    }
  }
}

/* Of each cluster the largest height of a merge within it: a merge is within when both its ends are of one cluster. */
static Status find_tops(Hierarchy *h, Error *e)
{
  const size_t n = h->tree.n;
  int32_t *cluster = mem_alloc(2 * n, sizeof *cluster); /* of each node; -1: of several */
  if (!cluster) {
    return error_memory(e, 2 * n * sizeof *cluster, _("a tree"));
  }
  memcpy(cluster, h->labels, n * sizeof *cluster);
  for (size_t i = 0; i < h->tree.merges; i++) {
    const int32_t a = cluster[h->tree.first[i]], b = cluster[h->tree.second[i]];
    cluster[n + i] = a == b ? a : -1;
    if (a == b && a >= 0) {
      h->tops[a] = fmax(h->tops[a], h->tree.height[i]);
    }
  }
  mem_free(cluster);
  return STATUS_OK;
}

static Status choose_cut(const Hierarchy *h, int64_t k, double height, size_t *chosen, Text *notes, Error *e)
{
  if (k > 0 && height > 0) {
    return error_set(e, STATUS_ARGUMENT, "option-without-use", _("give k or height, not both"));
  }
  if (k > 0 && (uint64_t)k > h->tree.n) {
    return error_set(e, STATUS_ARGUMENT, "out-of-range", _("k is %1$lld, but there are %2$zu rows"), (long long)k,
                     h->tree.n);
  }
  if (!hierarchy_is_whole(h)) {
    const size_t parts = hierarchy_parts(h);
    *chosen = height > 0 ? 0 : (size_t)k > parts ? (size_t)k : parts;
    return STATUS_OK;
  }
  *chosen = k > 0 ? (size_t)k : height > 0 ? 0 : hierarchical_widest_gap(&h->tree);
  if (k == 0 && !(height > 0)) {
    text_printf(notes, _("k = %zu, where the heights leave the widest gap; m:cut(k) cuts elsewhere\n"), *chosen);
  }
  return STATUS_OK;
}

Status hierarchy_cut(Hierarchy *h, int64_t k, double height, Text *notes, Error *e)
{
  const size_t n = h->tree.n, d = h->input.variables.d;
  size_t used;
  Status status;
  h->labels = mem_alloc(n, sizeof *h->labels);
  TRY(h->labels ? STATUS_OK : error_memory(e, n * sizeof *h->labels, _("labels")));
  TRY(choose_cut(h, k, height, &h->k, notes, e));
  TRY(h->k > 0 ? linkage_cut(&h->tree, h->k, h->labels, e) : linkage_cut_height(&h->tree, height, &h->k, h->labels, e));
  h->sizes = mem_alloc(h->k, sizeof *h->sizes);
  h->weights = mem_alloc(h->k, sizeof *h->weights);
  h->tops = mem_alloc(h->k, sizeof *h->tops);
  h->centres = mem_alloc(h->k, (d + 1) * sizeof *h->centres);
  TRY(h->sizes && h->weights && h->tops && h->centres ? STATUS_OK : error_memory(e, 0, _("clusters")));
  TRY(labels_number(h->labels, n, h->k, NULL, h->sizes, &used, e));
  describe_cut(h);
  TRY(find_tops(h, e));
done:
  return status;
}

/* ---- frames of a cut */

static Status make_tidy(const Hierarchy *h, Frame **out, Error *e)
{
  Draft *draft = cluster_tidy_begin(&h->input, h->sizes, h->k, 0);
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  if (h->input.weights) {
    cluster_tidy_floats(draft, "weight", h->weights, h->k, false);
  }
  cluster_tidy_floats(draft, "height", h->tops, h->k, false);
  const Status status = cluster_tidy_centres(draft, &h->input, h->centres, h->labels, h->k, false, e);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

static int64_t count_inversions(const LinkageTree *tree)
{
  int64_t inversions = 0;
  for (size_t i = 1; i < tree->merges; i++) {
    inversions += tree->height[i] < tree->height[i - 1];
  }
  return inversions;
}

/* Figures of the tree come from the model that was cut before, when there is one. */
static double figure(const Model *before, const char *name, double now)
{
  return before ? model_number(before, name) : now;
}

static Status make_glance(const Hierarchy *h, const Model *before, Frame **out, Error *e)
{
  const size_t n = h->tree.n;
  char stopped_at[64] = "";
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  if (!hierarchy_is_whole(h)) {
    snprintf(stopped_at, sizeof stopped_at, "merge %zu of %zu", h->tree.merges, n - 1);
  }
  draft_int(draft, "n", (int64_t)n);
  draft_int(draft, "k", (int64_t)h->k);
  draft_float(draft, "below", h->k < n && h->k > 0 ? h->tree.height[n - h->k - 1] : 0);
  draft_float(draft, "above", h->k > hierarchy_parts(h) ? h->tree.height[n - h->k] : NAN);
  draft_float(draft, "top", n > 1 && hierarchy_is_whole(h) ? h->tree.height[n - 2] : NAN);
  draft_float(draft, "cophenetic", figure(before, "cophenetic", h->cophenetic));
  draft_float(draft, "coefficient", linkage_coefficient(&h->tree));
  draft_int(draft, "inversions", count_inversions(&h->tree));
  draft_int(draft, "pieces", (int64_t)figure(before, "pieces", (double)h->pieces));
  draft_bool(draft, "complete", hierarchy_is_whole(h));
  draft_text(draft, "reason", hierarchy_is_whole(h) ? "" : "interrupted");
  draft_text(draft, "stopped_at", stopped_at);
  draft_int(draft, "dropped", (int64_t)figure(before, "dropped", (double)h->input.variables.dropped));
  return draft_finish(draft, out, e);
}

Status hierarchy_put_cut(Model *model, const Hierarchy *h, const Model *before, Error *e)
{
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", make_tidy(h, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(h, before, &frame, e), &frame, e));
  if (h->input.variables.d > 0) {
    TRY(cluster_put_centres(model, &h->input, h->centres, h->k, e));
  }
done:
  return status;
}

/* ---- frames of the tree */

static int64_t signed_node(const LinkageTree *tree, uint32_t node)
{
  return node < tree->n ? -(int64_t)node - 1 : (int64_t)(node - tree->n) + 1;
}

static Status make_merge(const LinkageTree *tree, Frame **out, Error *e)
{
  const size_t merges = tree->merges;
  Draft *draft = draft_new();
  Builder *columns[4];
  bool made = draft != NULL;
  for (size_t c = 0; c < 4; c++) {
    columns[c] = builder_new(TYPE_INT64, merges);
    made = made && columns[c];
  }
  for (size_t i = 0; made && i < merges; i++) {
    builder_int(columns[0], (int64_t)i + 1);
    builder_int(columns[1], signed_node(tree, tree->first[i]));
    builder_int(columns[2], signed_node(tree, tree->second[i]));
    builder_int(columns[3], tree->rows[i]);
  }
  if (!made) {
    draft_free(draft);
    for (size_t c = 0; c < 4; c++) {
      builder_free(columns[c]);
    }
    return error_memory(e, merges * 40, _("a model"));
  }
  draft_builder(draft, "merge", columns[0]);
  draft_builder(draft, "a", columns[1]);
  draft_builder(draft, "b", columns[2]);
  draft_floats(draft, "height", tree->height, merges);
  draft_builder(draft, "size", columns[3]);
  return draft_finish(draft, out, e);
}

/* position row at cluster; numbers: the data's number of each row of the fit. */
static Status make_leaves(const Hierarchy *h, const int64_t *numbers, Frame **out, Error *e)
{
  const size_t n = h->tree.n;
  uint32_t *order = mem_alloc(n, sizeof *order);
  int64_t *cells = mem_alloc(n, 4 * sizeof *cells);
  Draft *draft = draft_new();
  Status status = order && cells && draft ? linkage_order(&h->tree, order, e) : error_memory(e, n * 36, _("a model"));
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    cells[i] = (int64_t)i + 1;
    cells[n + i] = numbers[order[i]];
    cells[2 * n + i] = (int64_t)order[i] + 1;
    cells[3 * n + i] = h->labels[order[i]] + 1;
  }
  if (status == STATUS_OK) {
    draft_ints(draft, "position", cells, n);
    draft_ints(draft, "row", cells + n, n);
    draft_ints(draft, "at", cells + 2 * n, n);
    draft_ints(draft, "cluster", cells + 3 * n, n);
    status = draft_finish(draft, out, e);
  } else {
    draft_free(draft);
  }
  mem_free(order);
  mem_free(cells);
  return status;
}

static Status put_leaves(Model *model, const Hierarchy *h, const int64_t *numbers, Error *e)
{
  Frame *frame = NULL;
  return model_set_made(model, "leaves", make_leaves(h, numbers, &frame, e), &frame, e);
}

static Status make_weights(const Hierarchy *h, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a model"));
  }
  draft_floats(draft, "weight", h->input.weights, h->tree.n);
  return draft_finish(draft, out, e);
}

Status hierarchy_put_tree(Model *model, const Hierarchy *h, Error *e)
{
  const size_t n = h->tree.n;
  Frame *frame = NULL;
  int64_t *numbers = mem_alloc(n, sizeof *numbers);
  Status status;
  TRY(numbers ? STATUS_OK : error_memory(e, n * sizeof *numbers, _("a model")));
  for (size_t i = 0; i < n; i++) {
    numbers[i] = (int64_t)cluster_row_number(&h->input, i);
  }
  TRY(model_set_made(model, "merge", make_merge(&h->tree, &frame, e), &frame, e));
  TRY(put_leaves(model, h, numbers, e));
  TRY(cluster_put_variables(model, &h->input, e));
  TRY(cluster_put_labels(model, &h->input, h->labels, NULL, e));
  if (h->input.weights) {
    TRY(model_set_made(model, "weights", make_weights(h, &frame, e), &frame, e));
  }
  if (h->input.variables.d > 0) {
    TRY(model_set_made(model, "rows", cluster_matrix_frame(&h->input, h->input.values, n, &frame, e), &frame, e));
  }
done:
  mem_free(numbers);
  return status;
}

/* ---- and back */

static const Column *cells_of(const Model *model, const char *frame, const char *name, Type type)
{
  size_t column;
  const Frame *found = model_frame(model, frame);
  if (!found || !frame_find(found, name, &column)) {
    return NULL;
  }
  const Column *cells = frame_column(found, column);
  return column_type(cells) == type && column_missing(cells) == 0 ? cells : NULL;
}

/* A node of R's sign: false when it is no row and no merge before this one, or was used already. */
static bool read_node(int64_t number, size_t n, size_t merge, bool *used, uint32_t *out)
{
  if (number == 0 || number < -(int64_t)n || number > (int64_t)merge) {
    return false;
  }
  *out = number < 0 ? (uint32_t)(-number - 1) : (uint32_t)(n + (size_t)number - 1);
  const bool fresh = !used[*out];
  used[*out] = true;
  return fresh;
}

static bool fill_tree(const Column *a, const Column *b, const Column *height, bool *used, LinkageTree *tree)
{
  const size_t n = tree->n;
  for (size_t i = 0; i < tree->merges; i++) {
    if (!read_node(column_int(a, i), n, i, used, &tree->first[i]) ||
        !read_node(column_int(b, i), n, i, used, &tree->second[i])) {
      return false;
    }
    const uint32_t x = tree->first[i], y = tree->second[i];
    tree->height[i] = column_float(height, i);
    tree->rows[i] = (x < n ? 1 : tree->rows[x - n]) + (y < n ? 1 : tree->rows[y - n]);
    if (!isfinite(tree->height[i])) {
      return false;
    }
  }
  return true;
}

static Status read_tree(const Model *model, LinkageTree *tree, Error *e)
{
  const Column *a = cells_of(model, "merge", "a", TYPE_INT64), *b = cells_of(model, "merge", "b", TYPE_INT64);
  const Column *height = cells_of(model, "merge", "height", TYPE_FLOAT64);
  const Frame *glance = model_frame(model, "glance");
  size_t n;
  bool complete;
  if (!a || !b || !height || !cluster_size_cell(glance, "n", &n) || n < 1 || !cluster_flag_cell(glance, "complete", &complete) ||
      n > LINKAGE_ROWS_MOST || column_rows(a) > n - 1 || (column_rows(a) == n - 1) != complete) {
    return cluster_model_broken(e);
  }
  tree->n = n;
  tree->merges = column_rows(a);
  tree->first = mem_alloc(n, sizeof *tree->first);
  tree->second = mem_alloc(n, sizeof *tree->second);
  tree->height = mem_alloc(n, sizeof *tree->height);
  tree->rows = mem_alloc(n, sizeof *tree->rows);
  bool *used = mem_zero(2 * n, sizeof *used);
  Status status = tree->first && tree->second && tree->height && tree->rows && used
                      ? STATUS_OK
                      : error_memory(e, n * 24, _("a tree"));
  if (status == STATUS_OK && !fill_tree(a, b, height, used, tree)) {
    status = cluster_model_broken(e);
  }
  mem_free(used);
  return status;
}

static Status read_rows(const Model *model, ClusterInput *input, Error *e)
{
  const Frame *rows = model_frame(model, "rows"), *variables = model_frame(model, "variables");
  const Column *shift = cells_of(model, "variables", "shift", TYPE_FLOAT64);
  const Column *factor = cells_of(model, "variables", "factor", TYPE_FLOAT64);
  Variables *v = &input->variables;
  if (!variables || !shift || !factor || (rows && !cluster_is_matrix(rows, v->n, frame_rows(variables)))) {
    return cluster_model_broken(e);
  }
  v->d = rows ? frame_columns(rows) : 0;
  input->data = rows;
  v->columns = mem_alloc(v->d, sizeof *v->columns);
  v->shift = mem_alloc(v->d, sizeof *v->shift);
  v->factor = mem_alloc(v->d, sizeof *v->factor);
  input->values = rows ? cluster_matrix(rows) : NULL;
  if (!v->columns || !v->shift || !v->factor || (rows && !input->values)) {
    return error_memory(e, v->n * v->d * sizeof(double), _("the rows"));
  }
  for (size_t j = 0; j < v->d; j++) {
    v->columns[j] = j;
    v->shift[j] = column_float(shift, j);
    v->factor[j] = column_float(factor, j);
  }
  for (size_t i = 0; i < v->n * v->d; i++) {
    if (!isfinite(input->values[i])) {
      return cluster_model_broken(e);
    }
  }
  return STATUS_OK;
}

static Status read_weights(const Model *model, ClusterInput *input, Error *e)
{
  const Column *cells = cells_of(model, "weights", "weight", TYPE_FLOAT64);
  if (!model_frame(model, "weights")) {
    return STATUS_OK;
  }
  if (!cells || column_rows(cells) != input->variables.n) {
    return cluster_model_broken(e);
  }
  input->weights = mem_alloc(input->variables.n, sizeof *input->weights);
  if (!input->weights) {
    return error_memory(e, input->variables.n * sizeof *input->weights, _("weights"));
  }
  column_block(cells, 0, input->variables.n, input->weights, 1);
  for (size_t i = 0; i < input->variables.n; i++) {
    if (!(input->weights[i] > 0) || isinf(input->weights[i])) {
      return cluster_model_broken(e);
    }
  }
  return STATUS_OK;
}

Status hierarchy_of_model(const Model *model, Hierarchy *out, Error *e)
{
  const char *linkage = model_option_text(model, "linkage"), *metric = model_option_text(model, "metric");
  Status status;
  *out = (Hierarchy){.cophenetic = NAN};
  if (!linkage || !linkage_of_name(linkage, &out->kind) || !metric || !metric_of_name(metric, &out->metric)) {
    TRY(cluster_model_broken(e));
  }
  TRY(read_tree(model, &out->tree, e));
  out->input.variables.n = out->input.usable = out->tree.n;
  TRY(read_rows(model, &out->input, e));
  TRY(read_weights(model, &out->input, e));
done:
  if (status != STATUS_OK) {
    hierarchy_free(out);
    *out = (Hierarchy){0};
  }
  return status;
}

/* ---- where a stopped fit stands */

static Draft *draft_steps(const LinkageState *s)
{
  Draft *draft = draft_new();
  uint32_t *ends = mem_alloc(s->done, 3 * sizeof *ends);
  double *heights = mem_alloc(s->done, sizeof *heights);
  if (!draft || !ends || !heights) {
    draft_free(draft);
    mem_free(ends);
    mem_free(heights);
    return NULL;
  }
  for (size_t i = 0; i < s->done; i++) {
    ends[i] = s->steps[i].a;
    ends[s->done + i] = s->steps[i].b;
    ends[2 * s->done + i] = s->round[i];
    heights[i] = s->steps[i].height;
  }
  density_draft_places(draft, "a", ends, s->done);
  density_draft_places(draft, "b", ends + s->done, s->done);
  density_draft_floats(draft, "height", heights, s->done);
  density_draft_places(draft, "round", ends + 2 * s->done, s->done);
  mem_free(ends);
  mem_free(heights);
  return draft;
}

Status hierarchy_put_state(Model *model, const LinkageState *s, Error *e)
{
  Draft *state = draft_new(), *rows = draft_new(), *chain = draft_new();
  Status status;
  draft_int(state, "n", (int64_t)s->n);
  draft_int(state, "rounds", (int64_t)s->rounds);
  draft_int(state, "until", (int64_t)s->until);
  density_draft_places(rows, "nearest", s->nearest, s->n);
  density_draft_floats(rows, "bound", s->bound, s->n);
  density_draft_places(chain, "place", s->chain, s->length);
  status = density_put(model, "state", state, e);
  status = status == STATUS_OK ? density_put(model, "state_rows", rows, e) : (draft_free(rows), status);
  status = status == STATUS_OK ? density_put(model, "state_chain", chain, e) : (draft_free(chain), status);
  return status == STATUS_OK ? density_put(model, "state_steps", draft_steps(s), e) : status;
}

static bool read_steps(const Frame *frame, LinkageState *s)
{
  const size_t done = s->done;
  uint32_t *ends = mem_alloc(done, 2 * sizeof *ends);
  double *heights = mem_alloc(done, sizeof *heights);
  bool sound = ends && heights && density_read_places(frame, "a", done, (uint32_t)s->n, ends) &&
               density_read_places(frame, "b", done, (uint32_t)s->n, ends + done) &&
               density_read_floats(frame, "height", done, heights) &&
               density_read_places(frame, "round", done, (uint32_t)(2 * s->n), s->round);
  for (size_t i = 0; sound && i < done; i++) {
    s->steps[i] = (LinkageStep){ends[i], ends[done + i], heights[i]};
    sound = isfinite(heights[i]) && s->round[i] != LINKAGE_NOBODY;
  }
  mem_free(ends);
  mem_free(heights);
  return sound;
}

Status hierarchy_read_state(const Model *model, LinkageState *out, Error *e)
{
  const Frame *state = model_frame(model, "state"), *steps = model_frame(model, "state_steps"),
              *rows = model_frame(model, "state_rows"), *chain = model_frame(model, "state_chain");
  size_t n, rounds, until;
  if (!steps || !chain || !cluster_size_cell(state, "n", &n) || n < 2 || n > LINKAGE_ROWS_MOST || frame_rows(steps) >= n ||
      frame_rows(steps) < 1 || frame_rows(chain) > n || !cluster_size_cell(state, "rounds", &rounds) || rounds > n ||
      !cluster_size_cell(state, "until", &until) || !rows || frame_rows(rows) != n) {
    return cluster_model_broken(e);
  }
  const Status status = linkage_state_new(n, out, e);
  if (status != STATUS_OK) {
    return status;
  }
  out->done = frame_rows(steps);
  out->rounds = rounds;
  out->until = until;
  out->length = frame_rows(chain);
  return read_steps(steps, out) && density_read_places(rows, "nearest", n, (uint32_t)n, out->nearest) &&
                 density_read_floats(rows, "bound", n, out->bound) &&
                 density_read_places(chain, "place", out->length, (uint32_t)n, out->chain)
             ? STATUS_OK
             : cluster_model_broken(e);
}

/* ---- another cut */

/* The cells of `cluster` that are not missing, in their order, become the labels. */
static Status make_labels(const Hierarchy *h, const Frame *before, Frame **out, Error *e)
{
  size_t column, at = 0;
  if (!before || !frame_find(before, "cluster", &column)) {
    return cluster_model_broken(e);
  }
  const Column *cells = frame_column(before, column);
  Draft *draft = draft_new();
  Builder *builder = builder_new(TYPE_INT64, column_rows(cells));
  if (!draft || !builder) {
    draft_free(draft);
    builder_free(builder);
    return error_memory(e, 0, _("labels"));
  }
  for (size_t row = 0; row < column_rows(cells); row++) {
    if (column_valid(cells, row) && at < h->tree.n) {
      builder_int(builder, h->labels[at++] + 1);
    } else {
      builder_missing(builder);
    }
  }
  builder_role(builder, ROLE_LABEL);
  draft_builder(draft, "cluster", builder);
  return draft_finish(draft, out, e);
}

/* The data's numbers of the rows of the fit, from the leaves. */
static Status read_numbers(const Model *before, size_t n, int64_t *numbers, Error *e)
{
  const Column *row = cells_of(before, "leaves", "row", TYPE_INT64), *at = cells_of(before, "leaves", "at", TYPE_INT64);
  if (!row || !at || column_rows(row) != n) {
    return cluster_model_broken(e);
  }
  for (size_t i = 0; i < n; i++) {
    if (column_int(at, i) < 1 || (uint64_t)column_int(at, i) > n) {
      return cluster_model_broken(e);
    }
    numbers[column_int(at, i) - 1] = column_int(row, i);
  }
  return STATUS_OK;
}

static Status copy_frame(Model *model, const Model *before, const char *name, Error *e)
{
  const Frame *frame = model_frame(before, name);
  return frame ? model_set_frame(model, name, frame_ref(frame), e) : STATUS_OK;
}

Status hierarchy_relabel(Model *model, const Hierarchy *h, const Model *before, Error *e)
{
  static const char *const same[] = {"merge",      "variables",   "rows",       "weights",     "fitted",
                                     "state", "state_steps", "state_rows", "state_chain"};
  Frame *frame = NULL;
  int64_t *numbers = mem_zero(h->tree.n, sizeof *numbers);
  Status status;
  TRY(numbers ? STATUS_OK : error_memory(e, h->tree.n * sizeof *numbers, _("a model")));
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
    TRY(copy_frame(model, before, same[i], e));
  }
  TRY(read_numbers(before, h->tree.n, numbers, e));
  TRY(put_leaves(model, h, numbers, e));
  TRY(model_set_made(model, "labels", make_labels(h, model_frame(before, "labels"), &frame, e), &frame, e));
done:
  mem_free(numbers);
  return status;
}

Status hierarchical_check(const Model *model, Error *e)
{
  Hierarchy h;
  size_t k;
  Status status = cluster_model_check(model, e);
  if (status == STATUS_OK) {
    status = hierarchy_of_model(model, &h, e);
  }
  if (status != STATUS_OK) {
    return status;
  }
  int64_t *numbers = mem_alloc(h.tree.n, sizeof *numbers);
  status = !numbers ? error_memory(e, 0, _("a model")) : read_numbers(model, h.tree.n, numbers, e);
  if (status == STATUS_OK && (!cluster_size_cell(model_frame(model, "glance"), "k", &k) || k < 1 || k > h.tree.n ||
                              !model_frame(model, "labels"))) {
    status = cluster_model_broken(e);
  }
  mem_free(numbers);
  hierarchy_free(&h);
  return status;
}
