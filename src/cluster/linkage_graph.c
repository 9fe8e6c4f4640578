/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A heap holds all connections between living clusters, and old ones of dead clusters, which are passed over when they
 * come up. Nodes are numbered as in the tree: rows, then merges in their order. */
#include "cluster/linkage_graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/linkage_state.h"
#include "core/alloc.h"

typedef struct Link {
  uint32_t to;
  double value;
} Link;

typedef struct Links {
  Link *items; /* a part of the graph's block, or its own memory */
  uint32_t n, room;
  bool own;
} Links;

typedef struct Entry {
  double value;
  uint32_t low, high; /* lowest rows of the two clusters */
  uint32_t a, b;      /* nodes */
} Entry;

typedef struct Graph {
  Task *task;
  size_t n, d, done;
  LinkageKind kind;
  Metric metric;
  double *centre;      /* n x d, by the lowest row of a cluster */
  double *size;        /* 2 n, by node; 0: dead */
  uint32_t *lowest;    /* 2 n */
  uint32_t *mark, *at; /* 2 n: of a merge, where a neighbour stands in the new list */
  Links *links;        /* 2 n */
  Link *block;
  uint64_t *edges;
  size_t n_edges;
  Entry *heap;
  size_t n_heap, room;
  LinkageState *state; /* the merges so far; of a fit that goes on more than `done` */
} Graph;

bool linkage_has_graph(LinkageKind kind, Metric metric)
{
  return kind == LINKAGE_SINGLE || kind == LINKAGE_COMPLETE || kind == LINKAGE_AVERAGE ||
         (kind == LINKAGE_WARD && metric.kind == METRIC_EUCLIDEAN);
}

/* ---- heap */

static bool entry_before(const Entry *a, const Entry *b)
{
  if (a->value != b->value) {
    return a->value < b->value;
  }
  return a->low != b->low ? a->low < b->low : a->high < b->high;
}

static void sift_down(Graph *g, size_t at)
{
  const Entry moving = g->heap[at];
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= g->n_heap) {
      break;
    }
    child += child + 1 < g->n_heap && entry_before(&g->heap[child + 1], &g->heap[child]);
    if (!entry_before(&g->heap[child], &moving)) {
      break;
    }
    g->heap[at] = g->heap[child];
    at = child;
  }
  g->heap[at] = moving;
}

static Entry entry_of(const Graph *g, uint32_t a, uint32_t b, double value)
{
  const uint32_t x = g->lowest[a], y = g->lowest[b];
  return (Entry){value, x < y ? x : y, x < y ? y : x, a, b};
}

static Status push(Graph *g, uint32_t a, uint32_t b, double value, Error *e)
{
  if (g->n_heap == g->room) {
    const size_t room = g->room + g->room / 2 + 64;
    Entry *heap = mem_resize(g->heap, room, sizeof *heap);
    if (!heap) {
      return error_memory(e, room * sizeof *heap, _("connections"));
    }
    g->heap = heap;
    g->room = room;
  }
  const Entry entry = entry_of(g, a, b, value);
  size_t at = g->n_heap++;
  while (at > 0 && entry_before(&entry, &g->heap[(at - 1) / 2])) {
    g->heap[at] = g->heap[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  g->heap[at] = entry;
  return STATUS_OK;
}

/* The nearest two that live; false: none is left. */
static bool pop(Graph *g, Entry *out)
{
  while (g->n_heap > 0) {
    *out = g->heap[0];
    g->heap[0] = g->heap[--g->n_heap];
    if (g->n_heap > 0) {
      sift_down(g, 0);
    }
    if (g->size[out->a] > 0 && g->size[out->b] > 0) {
      return true;
    }
  }
  return false;
}

/* ---- distances */

static double ward_distance(const Graph *g, uint32_t a, uint32_t b)
{
  const double *x = g->centre + (size_t)g->lowest[a] * g->d, *y = g->centre + (size_t)g->lowest[b] * g->d;
  const double sa = g->size[a], sb = g->size[b];
  return distance_pair((Metric){METRIC_SQEUCLIDEAN, 2}, x, y, g->d) * (2 * (sa * sb) / (sa + sb));
}

static double first_distance(const Graph *g, uint32_t a, uint32_t b)
{
  return g->kind == LINKAGE_WARD
             ? ward_distance(g, a, b)
             : distance_pair(g->metric, g->centre + (size_t)a * g->d, g->centre + (size_t)b * g->d, g->d);
}

/* Both parts of a cluster are connected to the same one. */
static double join_values(const Graph *g, double a, double b, double size_a, double size_b)
{
  return g->kind == LINKAGE_SINGLE     ? fmin(a, b)
         : g->kind == LINKAGE_COMPLETE ? fmax(a, b)
                                       : (size_a * a + size_b * b) / (size_a + size_b);
}

/* ---- connections */

static Status append_link(Graph *g, uint32_t node, uint32_t to, double value, Error *e)
{
  Links *l = &g->links[node];
  if (l->n == l->room) {
    uint32_t living = 0;
    for (uint32_t i = 0; i < l->n; i++) {
      if (g->size[l->items[i].to] > 0) {
        l->items[living++] = l->items[i];
      }
    }
    l->n = living;
  }
  if (l->n == l->room) {
    const uint32_t room = l->room + l->room / 2 + 4;
    Link *items = mem_alloc(room, sizeof *items);
    if (!items) {
      return error_memory(e, room * sizeof *items, _("connections"));
    }
    if (l->n > 0) {
      memcpy(items, l->items, l->n * sizeof *items);
    }
    if (l->own) {
      mem_free(l->items);
    }
    *l = (Links){items, l->n, room, true};
  }
  l->items[l->n++] = (Link){to, value};
  return STATUS_OK;
}

static void drop_links(Graph *g, uint32_t node)
{
  if (g->links[node].own) {
    mem_free(g->links[node].items);
  }
  g->links[node] = (Links){0};
}

/* The living neighbours of part `from` go into the list of the new node. */
static void gather(Graph *g, uint32_t node, uint32_t from, double size_before, double size_from)
{
  const Links *l = &g->links[from];
  Links *out = &g->links[node];
  for (uint32_t i = 0; i < l->n; i++) {
    const uint32_t to = l->items[i].to;
    if (!(g->size[to] > 0)) {
      continue;
    }
    if (g->mark[to] == node) {
      double *value = &out->items[g->at[to]].value;
      *value = join_values(g, *value, l->items[i].value, size_before, size_from);
    } else {
      g->mark[to] = node;
      g->at[to] = out->n;
      out->items[out->n++] = l->items[i];
    }
  }
}

static void merge_centres(Graph *g, uint32_t a, uint32_t b, double size_a, double size_b, uint32_t lowest)
{
  const double *x = g->centre + (size_t)g->lowest[a] * g->d, *y = g->centre + (size_t)g->lowest[b] * g->d;
  double *out = g->centre + (size_t)lowest * g->d;
  for (size_t c = 0; c < g->d; c++) {
    out[c] = (size_a * x[c] + size_b * y[c]) / (size_a + size_b);
  }
}

/* heap false: a merge made again, whose connections come into the heap later. */
static Status merge_nodes(Graph *g, uint32_t a, uint32_t b, bool heap, Error *e)
{
  const uint32_t node = (uint32_t)(g->n + g->done++);
  const uint32_t lowest = g->lowest[a] < g->lowest[b] ? g->lowest[a] : g->lowest[b];
  const double size_a = g->size[a], size_b = g->size[b];
  const uint32_t room = g->links[a].n + g->links[b].n;
  Status status = STATUS_OK;
  g->size[a] = g->size[b] = 0;
  g->size[node] = size_a + size_b;
  g->lowest[node] = lowest;
  merge_centres(g, a, b, size_a, size_b, lowest);
  g->links[node] = (Links){mem_alloc(room, sizeof(Link)), 0, room, true};
  if (!g->links[node].items) {
    return error_memory(e, room * sizeof(Link), _("connections"));
  }
  gather(g, node, a, 0, size_a);
  gather(g, node, b, size_a, size_b);
  drop_links(g, a);
  drop_links(g, b);
  for (uint32_t i = 0; status == STATUS_OK && i < g->links[node].n; i++) {
    Link *link = &g->links[node].items[i];
    link->value = g->kind == LINKAGE_WARD ? ward_distance(g, node, link->to) : link->value;
    TRY(append_link(g, link->to, node, link->value, e));
    TRY(heap ? push(g, link->to, node, link->value, e) : STATUS_OK);
  }
done:
  return status;
}

/* ---- from neighbours to connections */

static int compare_edges(const void *one, const void *two)
{
  const uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)two;
  return a < b ? -1 : a > b;
}

static Status make_edges(Graph *g, const uint32_t *neighbours, size_t k, Error *e)
{
  g->edges = mem_alloc(g->n, k * sizeof *g->edges);
  if (!g->edges) {
    return error_memory(e, g->n * k * sizeof *g->edges, _("connections"));
  }
  size_t n = 0, kept = 0;
  for (size_t i = 0; i < g->n * k; i++) {
    const uint64_t row = i / k, other = neighbours[i];
    if (row != other) {
      g->edges[n++] = row < other ? row << 32 | other : other << 32 | row;
    }
  }
  qsort(g->edges, n, sizeof *g->edges, compare_edges);
  for (size_t i = 0; i < n; i++) {
    if (kept == 0 || g->edges[i] != g->edges[kept - 1]) {
      g->edges[kept++] = g->edges[i];
    }
  }
  g->n_edges = kept;
  return STATUS_OK;
}

static Status connect(Graph *g, Error *e)
{
  const size_t n = g->n_edges;
  g->block = mem_alloc(n, 2 * sizeof *g->block);
  g->heap = mem_alloc(n + 1, sizeof *g->heap);
  g->room = n + 1;
  if (!g->block || !g->heap) {
    return error_memory(e, n * 56, _("connections"));
  }
  for (size_t i = 0; i < n; i++) {
    g->links[g->edges[i] >> 32].room++;
    g->links[g->edges[i] & UINT32_MAX].room++;
  }
  Link *next = g->block;
  for (size_t i = 0; i < g->n; i++) {
    g->links[i].items = next;
    next += g->links[i].room;
  }
  for (size_t i = 0; i < n; i++) {
    const uint32_t a = (uint32_t)(g->edges[i] >> 32), b = (uint32_t)(g->edges[i] & UINT32_MAX);
    const double value = first_distance(g, a, b);
    g->links[a].items[g->links[a].n++] = (Link){b, value};
    g->links[b].items[g->links[b].n++] = (Link){a, value};
    g->heap[g->n_heap++] = entry_of(g, a, b, value);
  }
  for (size_t at = n / 2; at-- > 0;) {
    sift_down(g, at);
  }
  return STATUS_OK;
}

/* ---- components */

/* The tree of the components' centres gives the last merges. */
static Status top_tree(Graph *g, const double *centres, const double *sizes, size_t count, LinkageTree *tree, Error *e)
{
  if (linkage_has_vectors(g->kind, g->metric)) {
    return linkage_vectors(g->task, centres, count, g->d, g->metric, g->kind, sizes, NULL, tree, e);
  }
  double *cells = mem_alloc(linkage_cells(count) + 1, sizeof *cells);
  Status status = cells ? linkage_distances(g->task, centres, count, g->d, g->metric, cells, e)
                        : error_memory(e, linkage_cells(count) * sizeof *cells, _("the distances"));
  if (status == STATUS_OK) {
    status = linkage_matrix(g->task, cells, count, g->kind, sizes, NULL, tree, e);
  }
  mem_free(cells);
  return status;
}

static void add_top(Graph *g, const LinkageTree *tree, uint32_t *rows)
{
  double highest = 0;
  for (size_t i = 0; i < g->done; i++) {
    highest = fmax(highest, g->state->steps[i].height);
  }
  for (size_t i = 0; i + 1 < tree->n; i++) {
    highest = fmax(highest, tree->height[i]);
    linkage_record(g->state, rows[tree->first[i]], rows[tree->second[i]], highest);
    rows[tree->n + i] = rows[tree->first[i]];
  }
}

static Status join_components(Graph *g, size_t count, Error *e)
{
  LinkageTree tree = {0};
  double *centres = mem_alloc(count, g->d * sizeof *centres), *sizes = mem_alloc(count, sizeof *sizes);
  uint32_t *rows = mem_alloc(count, 2 * sizeof *rows);
  size_t at = 0;
  Status status;
  TRY(centres && sizes && rows ? STATUS_OK : error_memory(e, count * g->d * 8, _("connections")));
  for (size_t node = 0; node < 2 * g->n; node++) {
    if (g->size[node] > 0) {
      rows[at] = g->lowest[node];
      sizes[at] = g->size[node];
      memcpy(centres + at++ * g->d, g->centre + (size_t)g->lowest[node] * g->d, g->d * sizeof *centres);
    }
  }
  TRY(top_tree(g, centres, sizes, count, &tree, e));
  add_top(g, &tree, rows);
done:
  linkage_tree_free(&tree);
  mem_free(centres);
  mem_free(sizes);
  mem_free(rows);
  return status;
}

/* ---- all */

static Status graph_new(Graph *g, const double *values, const double *weights, Error *e)
{
  const size_t n = g->n;
  g->centre = mem_alloc(n, g->d * sizeof *g->centre);
  g->size = mem_zero(2 * n, sizeof *g->size);
  g->lowest = mem_alloc(2 * n, sizeof *g->lowest);
  g->mark = mem_zero(2 * n, sizeof *g->mark);
  g->at = mem_alloc(2 * n, sizeof *g->at);
  g->links = mem_zero(2 * n, sizeof *g->links);
  if (!g->centre || !g->size || !g->lowest || !g->mark || !g->at || !g->links) {
    return error_memory(e, n * (g->d + 8) * 8, _("connections"));
  }
  memcpy(g->centre, values, n * g->d * sizeof *values);
  for (size_t i = 0; i < n; i++) {
    g->size[i] = weights ? weights[i] : 1;
    g->lowest[i] = (uint32_t)i;
  }
  return STATUS_OK;
}

static void graph_free(Graph *g)
{
  for (size_t i = 0; g->links && i < 2 * g->n; i++) {
    drop_links(g, (uint32_t)i);
  }
  mem_free(g->centre);
  mem_free(g->size);
  mem_free(g->lowest);
  mem_free(g->mark);
  mem_free(g->at);
  mem_free(g->links);
  mem_free(g->block);
  mem_free(g->edges);
  mem_free(g->heap);
}

/* The merges of a stopped fit. Of a connection's two ends the older one is first, as in the heap; so sums have the same bits. */
static Status merge_again(Graph *g, Error *e)
{
  const LinkageState *s = g->state;
  uint32_t *node = mem_alloc(g->n, sizeof *node); /* of the cluster whose lowest row it is */
  Status status = node ? STATUS_OK : error_memory(e, g->n * sizeof *node, _("connections"));
  for (size_t i = 0; status == STATUS_OK && i < g->n; i++) {
    node[i] = (uint32_t)i;
  }
  while (status == STATUS_OK && g->done < s->done) {
    const LinkageStep *step = &s->steps[g->done];
    const uint32_t a = node[step->a], b = node[step->b], made = (uint32_t)(g->n + g->done);
    TRY(task_cancelled(g->task) ? error_cancelled(e) : STATUS_OK);
    TRY(step->a < step->b && g->size[a] > 0 && g->size[b] > 0 ? STATUS_OK : linkage_state_broken(e));
    TRY(merge_nodes(g, a < b ? a : b, a < b ? b : a, false, e));
    node[step->a] = made;
  }
  g->n_heap = 0;
  for (uint32_t at = 0; status == STATUS_OK && at < g->n + g->done; at++) {
    for (uint32_t i = 0; g->size[at] > 0 && status == STATUS_OK && i < g->links[at].n; i++) {
      const Link *link = &g->links[at].items[i];
      status = link->to > at && g->size[link->to] > 0 ? push(g, at, link->to, link->value, e) : STATUS_OK;
    }
  }
done:
  mem_free(node);
  return status;
}

static Status run(Graph *g, size_t *components, Error *e)
{
  Entry entry;
  Status status = STATUS_OK;
  while (g->done + 1 < g->n && !task_cancelled(g->task) && pop(g, &entry)) {
    linkage_record(g->state, entry.low, entry.high, g->kind == LINKAGE_WARD ? sqrt(entry.value) : entry.value);
    TRY(merge_nodes(g, entry.a, entry.b, true, e));
    if (g->done % 256 == 0) {
      task_progress(g->task, g->done, g->n - 1);
    }
  }
  TRY(g->done + 1 < g->n && task_cancelled(g->task) ? error_cancelled(e) : STATUS_OK);
  *components = g->n - g->done;
  if (*components > LINKAGE_COMPONENTS_MOST) {
    TRY(error_set(e, STATUS_DATA, "graph-in-pieces", _("the graph of nearest neighbours has %zu separate pieces"),
                  *components));
  }
  if (*components > 1) {
    TRY(join_components(g, *components, e));
  }
done:
  return status;
}

Status linkage_graph(Task *task, const double *values, size_t n, size_t d, Metric metric, LinkageKind kind,
                     const double *weights, const uint32_t *neighbours, size_t k, LinkageState *kept, LinkageTree *out,
                     size_t *components, Error *e)
{
  LinkageState own = {0}, *state = kept ? kept : &own;
  Graph g = {.task = task, .n = n, .d = d, .kind = kind, .metric = metric, .state = state};
  LinkageStep *steps = NULL;
  Status status;
  *out = (LinkageTree){0};
  *components = 0;
  task_phase(task, N_("linkage"));
  TRY(graph_new(&g, values, weights, e));
  TRY(make_edges(&g, neighbours, k, e));
  TRY(connect(&g, e));
  TRY(linkage_state_begin(state, n, e));
  TRY(state->done > 0 ? linkage_state_end(state, kept, merge_again(&g, e), e) : STATUS_OK);
  TRY(linkage_state_end(state, kept, run(&g, components, e), e));
  *components = state->done + 1 < n ? 0 : *components;
  steps = mem_alloc(state->done, sizeof *steps);
  TRY(steps ? STATUS_OK : error_memory(e, state->done * sizeof *steps, _("connections")));
  memcpy(steps, state->steps, state->done * sizeof *steps);
  TRY(linkage_tree_of_steps(steps, n, state->done, false, out, e));
done:
  mem_free(steps);
  linkage_state_free(&own);
  graph_free(&g);
  return status;
}
