/* SPDX-License-Identifier: GPL-3.0-or-later */
/* m:plot() of hierarchical clustering: the upper part of the tree, and the heights of the last merges. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chart/chart_parts.h"
#include "cluster/hierarchical_model_primitives.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"

enum { TIPS = 30, SERIES_MOST = 9, HEIGHTS = 20, ROOM = 8 * TIPS };

/* The tree's last merges; what lies below them are tips. */
typedef struct Dendrogram {
  Hierarchy h;
  size_t n, shown;  /* merges shown: the last ones */
  int32_t *cluster; /* 2 n: of each node, -1: of several */
  double *x, *y;    /* 2 n: where a node stands */
  uint32_t *tips;   /* from left to right */
  size_t n_tips;
  double *lines; /* ROOM numbers x of a series, then its y */
} Dendrogram;

static Status refuse_axes(const PlotRequest *request, Error *e)
{
  if (!request->x[0] && !request->y[0]) {
    return STATUS_OK;
  }
  return error_set(e, STATUS_ARGUMENT, "option-without-use",
                   _("the options 'x' and 'y' mean nothing for the chart '%s'"), request->kind);
}

static bool is_tip(const Dendrogram *t, uint32_t node)
{
  return node < t->n || node - t->n < t->n - 1 - t->shown;
}

/* The last merges of a fit that was stopped are not known. */
static Status need_whole(const Hierarchy *h, Error *e)
{
  if (hierarchy_is_whole(h)) {
    return STATUS_OK;
  }
  error_set(e, STATUS_STATE, "tree-not-whole", _("the merges so far leave %1$zu parts of %2$zu rows, and no tree to draw"),
            hierarchy_parts(h), h->tree.n);
  return error_hint(e, _("go on with m = m:continue() first; m:plot(\"sizes\") shows the parts"));
}

/* Clusters of the rows, from the leaves, and of all nodes. */
static Status read_clusters(Dendrogram *t, const Model *model, Error *e)
{
  const Frame *leaves = model_frame(model, "leaves");
  size_t at, cluster;
  if (!leaves || frame_rows(leaves) != t->n || !frame_find(leaves, "at", &at) ||
      !frame_find(leaves, "cluster", &cluster)) {
    return cluster_model_broken(e);
  }
  for (size_t i = 0; i < t->n; i++) {
    const double row = column_float(frame_column(leaves, at), i),
                 label = column_float(frame_column(leaves, cluster), i);
    if (!(row >= 1 && row <= (double)t->n) || !(label >= 1 && label <= (double)t->n)) {
      return cluster_model_broken(e);
    }
    t->cluster[(size_t)row - 1] = (int32_t)label - 1;
  }
  for (size_t i = 0; i < t->h.tree.merges; i++) {
    const int32_t a = t->cluster[t->h.tree.first[i]], b = t->cluster[t->h.tree.second[i]];
    t->cluster[t->n + i] = a == b ? a : -1;
  }
  return STATUS_OK;
}

/* Tips from left to right by a walk from the top, then merges half way between their parts. */
static void place_nodes(Dendrogram *t)
{
  uint32_t stack[2 * TIPS];
  size_t depth = 0;
  stack[depth++] = (uint32_t)(2 * t->n - 2);
  while (depth > 0) {
    const uint32_t node = stack[--depth];
    if (is_tip(t, node)) {
      t->x[node] = (double)t->n_tips;
      t->y[node] = node < t->n ? 0 : t->h.tree.height[node - t->n];
      t->tips[t->n_tips++] = node;
    } else {
      stack[depth++] = t->h.tree.second[node - t->n];
      stack[depth++] = t->h.tree.first[node - t->n];
    }
  }
  for (size_t i = t->n - 1 - t->shown; i + 1 < t->n; i++) {
    t->x[t->n + i] = (t->x[t->h.tree.first[i]] + t->x[t->h.tree.second[i]]) / 2;
    t->y[t->n + i] = t->h.tree.height[i];
  }
}

static bool belongs(const Dendrogram *t, uint32_t node, int32_t cluster, bool all)
{
  return !is_tip(t, node) && (all || t->cluster[node] == cluster);
}

static void add_corner(Dendrogram *t, size_t *used, double x, double y)
{
  t->lines[*used] = x;
  t->lines[ROOM + *used] = y;
  ++*used;
}

/* A walk around the part of the tree below a node that is of one cluster (-1: above the cut): a line without a gap,
 * which goes back the way it came. */
static void walk(Dendrogram *t, uint32_t node, int32_t cluster, bool all, size_t *used)
{
  const uint32_t parts[] = {t->h.tree.first[node - t->n], t->h.tree.second[node - t->n]};
  for (int side = 0; side < 2; side++) {
    const uint32_t part = parts[side];
    add_corner(t, used, t->x[part], t->y[node]);
    add_corner(t, used, t->x[part], t->y[part]);
    if (belongs(t, part, cluster, all)) {
      walk(t, part, cluster, all, used);
      add_corner(t, used, t->x[part], t->y[part]);
    }
    add_corner(t, used, t->x[part], t->y[node]);
  }
}

/* The brackets of one cluster's merges, which hang together. */
static Status add_brackets(Dendrogram *t, Chart *chart, int32_t cluster, bool all, const char *name, Error *e)
{
  static const char *const roles[] = {"x", "y"};
  Column *columns[2] = {NULL, NULL};
  size_t used = 0;
  Status status = STATUS_OK;
  for (size_t i = t->n - 1; i-- > t->n - 1 - t->shown && used == 0;) {
    if (belongs(t, (uint32_t)(t->n + i), cluster, all)) {
      walk(t, (uint32_t)(t->n + i), cluster, all, &used);
    }
  }
  if (used > 0) {
    TRY(column_of_floats(t->lines, used, &columns[0], e));
    TRY(column_of_floats(t->lines + ROOM, used, &columns[1], e));
    TRY(chart_add_columns(chart, CHART_LINE, name, roles, (const Column *const *)columns, 2, e));
  }
done:
  column_unref(columns[0]);
  column_unref(columns[1]);
  return status;
}

/* A point for each tip with the number of its rows. */
static Status add_tips(const Dendrogram *t, Chart *chart, Error *e)
{
  Draft *draft = draft_new();
  Builder *x = builder_new(TYPE_FLOAT64, t->n_tips), *y = builder_new(TYPE_FLOAT64, t->n_tips),
          *label = builder_new(TYPE_STRING, t->n_tips);
  Frame *frame = NULL;
  if (!draft || !x || !y || !label) {
    draft_free(draft);
    builder_free(x);
    builder_free(y);
    builder_free(label);
    return error_memory(e, 0, _("a chart"));
  }
  for (size_t i = 0; i < t->n_tips; i++) {
    const uint32_t node = t->tips[i];
    char text[24];
    const int length = snprintf(text, sizeof text, "%u", node < t->n ? 1U : t->h.tree.rows[node - t->n]);
    builder_float(x, t->x[node]);
    builder_float(y, t->y[node]);
    builder_text(label, text, (size_t)length);
  }
  draft_builder(draft, "x", x);
  draft_builder(draft, "y", y);
  draft_builder(draft, "label", label);
  Status status = draft_finish(draft, &frame, e);
  if (status == STATUS_OK) {
    status = chart_add(chart, CHART_POINTS, _("rows"), frame, e);
  }
  frame_unref(frame);
  return status;
}

static Status add_clusters(Dendrogram *t, Chart *chart, size_t k, Error *e)
{
  if (k > SERIES_MOST) {
    return add_brackets(t, chart, 0, true, _("merges"), e);
  }
  Status status = add_brackets(t, chart, -1, false, _("above the cut"), e);
  for (size_t c = 0; status == STATUS_OK && c < k; c++) {
    char name[64];
    snprintf(name, sizeof name, _("cluster %zu"), c + 1);
    status = add_brackets(t, chart, (int32_t)c, false, name, e);
  }
  return status;
}

static Status dendrogram_new(Dendrogram *t, const Model *model, Error *e)
{
  Status status = hierarchy_of_model(model, &t->h, e);
  if (status != STATUS_OK) {
    return status;
  }
  status = need_whole(&t->h, e);
  if (status != STATUS_OK) {
    return status;
  }
  t->n = t->h.tree.n;
  t->shown = t->n - 1 < TIPS - 1 ? t->n - 1 : TIPS - 1;
  t->cluster = mem_alloc(2 * t->n, sizeof *t->cluster);
  t->x = mem_zero(4 * t->n, sizeof *t->x);
  t->y = t->x + 2 * t->n;
  t->tips = mem_alloc(TIPS + 1, sizeof *t->tips);
  t->lines = mem_alloc(2 * ROOM, sizeof *t->lines);
  status = t->cluster && t->x && t->tips && t->lines ? read_clusters(t, model, e) : error_memory(e, 0, _("a chart"));
  if (status == STATUS_OK) {
    place_nodes(t);
  }
  return status;
}

static void dendrogram_free(Dendrogram *t)
{
  hierarchy_free(&t->h);
  mem_free(t->cluster);
  mem_free(t->x);
  mem_free(t->tips);
  mem_free(t->lines);
}

static Status plot_dendrogram(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  Dendrogram t = {0};
  Chart *chart = NULL;
  Status status;
  TRY(refuse_axes(request, e));
  TRY(dendrogram_new(&t, model, e));
  TRY(chart_begin("dendrogram", request->title, "", NULL, _("height"), NULL, &chart, e));
  TRY(add_clusters(&t, chart, (size_t)model_number(model, "k"), e));
  TRY(add_tips(&t, chart, e));
  if (t.n_tips < t.n) {
    TRY(chart_add_note(chart, e, _("the last %1$zu of %2$zu merges; numbers are rows below a tip"), t.shown, t.n - 1));
  }
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  chart_unref(chart);
  dendrogram_free(&t);
  return status;
}

/* The height at which k clusters become k - 1, over k. */
static Status plot_heights(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  static const char *const roles[] = {"x", "y"};
  double x[HEIGHTS], y[HEIGHTS];
  Column *columns[2] = {NULL, NULL};
  Hierarchy h = {0};
  Chart *chart = NULL;
  size_t used = 0;
  Status status;
  TRY(refuse_axes(request, e));
  TRY(hierarchy_of_model(model, &h, e));
  TRY(need_whole(&h, e));
  for (size_t k = 2; k <= h.tree.n && used < HEIGHTS; k++) {
    x[used] = (double)k;
    y[used++] = h.tree.height[h.tree.n - k];
  }
  TRY(chart_begin("heights", request->title, _("number of clusters"), NULL, _("height of the merge that ends it"), NULL,
                  &chart, e));
  TRY(column_of_floats(x, used, &columns[0], e));
  TRY(column_of_floats(y, used, &columns[1], e));
  TRY(chart_add_columns(chart, CHART_LINE, "", roles, (const Column *const *)columns, 2, e));
  TRY(chart_add_columns(chart, CHART_POINTS, "", roles, (const Column *const *)columns, 2, e));
  TRY(chart_add_note(chart, e, _("this model has %.0f clusters; a steep fall behind a number speaks for it"),
                     model_number(model, "k")));
  TRY(chart_finish(chart, call->task, e));
  *out = chart_ref(chart);
done:
  column_unref(columns[0]);
  column_unref(columns[1]);
  chart_unref(chart);
  hierarchy_free(&h);
  return status;
}

Status hierarchical_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e)
{
  return strcmp(request->kind, "dendrogram") == 0 ? plot_dendrogram(call, model, request, out, e)
         : strcmp(request->kind, "heights") == 0  ? plot_heights(call, model, request, out, e)
                                                  : segment_plot(call, model, request, out, e);
}
