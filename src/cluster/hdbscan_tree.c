/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the spanning tree to clusters: the hierarchy with edges of one length taken together, the condensed tree, the
 * choice of clusters, and what rows have from it. Ids: rows are 0 .. n-1, joins of the hierarchy n, n + 1, ... */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/density.h"
#include "cluster/hdbscan.h"
#include "core/alloc.h"

enum { NONE = UINT32_MAX };

typedef struct Joins {
  size_t n, count;
  double *lambda;                      /* of each join */
  double *rank;                        /* of each join */
  uint32_t *first, *last;              /* of each join: children, as a list ... */
  uint32_t *next;                      /* ... linked by id */
  uint32_t *size;                      /* rows, by id of a join */
  uint32_t *parent, *current;          /* union-find over rows; the id of a root's present part */
} Joins;

static int compare_edges(const void *a, const void *b)
{
  const HdbscanEdge *x = a, *y = b;
  if (x->rank != y->rank) {
    return x->rank < y->rank ? -1 : 1;
  }
  return x->a != y->a ? (x->a > y->a) - (x->a < y->a) : (x->b > y->b) - (x->b < y->b);
}

static void joins_free(Joins *j)
{
  mem_free(j->lambda);
  mem_free(j->rank);
  mem_free(j->first);
  mem_free(j->last);
  mem_free(j->next);
  mem_free(j->size);
  mem_free(j->parent);
  mem_free(j->current);
}

static Status joins_new(Joins *j, size_t n, Error *e)
{
  *j = (Joins){.n = n};
  j->lambda = mem_alloc(n, sizeof *j->lambda);
  j->rank = mem_alloc(n, sizeof *j->rank);
  j->first = mem_alloc(n, sizeof *j->first);
  j->last = mem_alloc(n, sizeof *j->last);
  j->next = mem_alloc(2 * n, sizeof *j->next);
  j->size = mem_alloc(n, sizeof *j->size);
  j->parent = mem_alloc(n, sizeof *j->parent);
  j->current = mem_alloc(n, sizeof *j->current);
  if (!j->lambda || !j->rank || !j->first || !j->last || !j->next || !j->size || !j->parent || !j->current) {
    return error_memory(e, n * 44, _("a hierarchy"));
  }
  for (size_t i = 0; i < n; i++) {
    j->parent[i] = j->current[i] = (uint32_t)i;
  }
  return STATUS_OK;
}

static uint32_t find(uint32_t *parent, uint32_t row)
{
  while (parent[row] != row) {
    parent[row] = parent[parent[row]];
    row = parent[row];
  }
  return row;
}

static uint32_t size_of(const Joins *j, uint32_t id)
{
  return id < j->n ? 1 : j->size[id - j->n];
}

static bool is_of_rank(const Joins *j, uint32_t id, double rank)
{
  return id >= j->n && j->rank[id - j->n] == rank;
}

static void add_child(Joins *j, uint32_t join, uint32_t child)
{
  const size_t at = join - j->n;
  j->next[j->last[at]] = child;
  j->last[at] = child;
  j->next[child] = NONE;
  j->size[at] += size_of(j, child);
}

static void add_children(Joins *j, uint32_t join, uint32_t other)
{
  const size_t at = join - j->n, from = other - j->n;
  j->next[j->last[at]] = j->first[from];
  j->last[at] = j->last[from];
  j->size[at] += j->size[from];
}

static uint32_t new_join(Joins *j, uint32_t a, uint32_t b, double rank)
{
  const size_t at = j->count++;
  j->rank[at] = rank;
  j->first[at] = j->last[at] = a;
  j->next[a] = NONE;
  j->size[at] = size_of(j, a);
  const uint32_t id = (uint32_t)(j->n + at);
  add_child(j, id, b);
  return id;
}

static void join_edge(Joins *j, const HdbscanEdge *edge)
{
  const uint32_t a = find(j->parent, edge->a), b = find(j->parent, edge->b);
  uint32_t x = j->current[a], y = j->current[b];
  if (!is_of_rank(j, x, edge->rank)) {
    const uint32_t swap = x;
    x = y;
    y = swap;
  }
  if (!is_of_rank(j, x, edge->rank)) {
    x = new_join(j, y, x, edge->rank);
  } else if (is_of_rank(j, y, edge->rank)) {
    add_children(j, x, y);
  } else {
    add_child(j, x, y);
  }
  const uint32_t root = size_of(j, j->current[a]) >= size_of(j, j->current[b]) ? a : b;
  j->parent[a] = j->parent[b] = root;
  j->current[root] = x;
}

static void make_joins(Joins *j, Metric metric, HdbscanEdge *edges)
{
  const double most = 0x1p1000 / (double)j->n; /* distances of denormals: sums over rows stay finite */
  double shortest = 0;
  qsort(edges, j->n - 1, sizeof *edges, compare_edges);
  for (size_t i = 0; i + 1 < j->n && shortest == 0; i++) {
    shortest = metric_unrank(metric, edges[i].rank);
  }
  for (size_t i = 0; i + 1 < j->n; i++) {
    join_edge(j, &edges[i]);
  }
  for (size_t i = 0; i < j->count; i++) {
    const double distance = metric_unrank(metric, j->rank[i]);
    const double lambda = 1 / (distance > 0 ? distance : shortest > 0 ? shortest / 2 : 1);
    j->lambda[i] = lambda < most ? lambda : most;
  }
}

/* ---- the condensed tree */

typedef struct Step {
  uint32_t id;
  int32_t node;
} Step;

typedef struct Condense {
  const Joins *joins;
  size_t least;        /* min_cluster_size */
  bool part;           /* rows always leave with their part */
  HdbscanResult *out;
  size_t room;         /* of out->tree */
  Step *steps;         /* a stack of at most n */
  uint32_t *ids;       /* another, for the rows below an id */
  size_t depth;
} Condense;

static Status new_node(Condense *c, int32_t parent, uint32_t size, double birth, Error *e)
{
  HdbscanResult *out = c->out;
  if (out->nodes == c->room) {
    const size_t room = 2 * c->room + 16;
    HdbscanNode *tree = mem_resize(out->tree, room, sizeof *tree);
    if (!tree) {
      return error_memory(e, room * sizeof *tree, _("a hierarchy"));
    }
    out->tree = tree;
    c->room = room;
  }
  out->tree[out->nodes++] = (HdbscanNode){.parent = parent, .label = -1, .size = size, .birth = birth, .death = birth};
  return STATUS_OK;
}

/* All rows below an id leave the node, together or each at its own time. */
static void leave(Condense *c, uint32_t id, int32_t node, double lambda)
{
  const Joins *j = c->joins;
  size_t depth = 1;
  c->ids[0] = id;
  if (id < j->n) {
    c->out->lambda[id] = lambda;
    c->out->node[id] = node;
    return;
  }
  while (depth > 0) {
    id = c->ids[--depth];
    for (uint32_t child = j->first[id - j->n]; child != NONE; child = j->next[child]) {
      if (child < j->n) {
        c->out->lambda[child] = c->part ? lambda : j->lambda[id - j->n];
        c->out->node[child] = node;
      } else {
        c->ids[depth++] = child;
      }
    }
  }
}

/* A join is cut: parts of enough rows are new clusters, or the cluster goes on in the only one. */
static Status cut_join(Condense *c, Step step, Error *e)
{
  const Joins *j = c->joins;
  const double lambda = j->lambda[step.id - j->n];
  size_t large = 0;
  Status status = STATUS_OK;
  for (uint32_t child = j->first[step.id - j->n]; child != NONE; child = j->next[child]) {
    large += size_of(j, child) >= c->least;
  }
  for (uint32_t child = j->first[step.id - j->n]; status == STATUS_OK && child != NONE; child = j->next[child]) {
    const uint32_t size = size_of(j, child);
    int32_t node = step.node;
    if (size < c->least) {
      leave(c, child, node, lambda);
      continue;
    }
    if (large > 1) {
      status = new_node(c, step.node, size, lambda, e);
      node = (int32_t)c->out->nodes - 1;
    }
    c->steps[c->depth++] = (Step){child, node};
  }
  return status;
}

/* Lambdas of rows end where their cluster parts. Stability, death and deepest follow from rows and children. */
static Status rate_nodes(HdbscanResult *out, Error *e)
{
  double *parts = mem_alloc(out->nodes, sizeof *parts); /* lambda at which a node parts */
  if (!parts) {
    return error_memory(e, out->nodes * sizeof *parts, _("a hierarchy"));
  }
  for (size_t i = 0; i < out->nodes; i++) {
    parts[i] = INFINITY;
  }
  for (size_t i = 1; i < out->nodes; i++) {
    HdbscanNode *parent = &out->tree[out->tree[i].parent];
    parts[out->tree[i].parent] = parent->death = out->tree[i].birth;
    parent->stability += (double)out->tree[i].size * (out->tree[i].birth - parent->birth);
  }
  for (size_t i = 0; i < out->n; i++) {
    HdbscanNode *node = &out->tree[out->node[i]];
    out->lambda[i] = out->lambda[i] < parts[out->node[i]] ? out->lambda[i] : parts[out->node[i]];
    node->stability += out->lambda[i] - node->birth;
    node->death = out->lambda[i] > node->death ? out->lambda[i] : node->death;
  }
  for (size_t i = out->nodes; i-- > 0;) {
    HdbscanNode *node = &out->tree[i];
    node->deepest = node->death > node->deepest ? node->death : node->deepest;
    if (node->parent >= 0 && out->tree[node->parent].deepest < node->deepest) {
      out->tree[node->parent].deepest = node->deepest;
    }
  }
  mem_free(parts);
  return STATUS_OK;
}

static Status condense(const Joins *j, const HdbscanSettings *settings, HdbscanResult *out, Error *e)
{
  Condense c = {.joins = j, .least = settings->min_cluster_size, .part = settings->part, .out = out};
  Status status;
  c.steps = mem_alloc(j->n, sizeof *c.steps);
  c.ids = mem_alloc(j->n, sizeof *c.ids);
  TRY(c.steps && c.ids ? STATUS_OK : error_memory(e, j->n * 12, _("a hierarchy")));
  TRY(new_node(&c, -1, (uint32_t)j->n, 0, e));
  if (j->n == 1) {
    leave(&c, 0, 0, 0);
    goto done;
  }
  /* The last join holds all rows. */
  c.steps[c.depth++] = (Step){j->current[find(j->parent, 0)], 0};
  while (c.depth > 0) {
    TRY(cut_join(&c, c.steps[--c.depth], e));
  }
  status = rate_nodes(out, e);
done:
  mem_free(c.steps);
  mem_free(c.ids);
  return status;
}

/* ---- the choice. label: 0 chosen, -1 not; children stand behind their parents. */

static Status choose_stable(HdbscanResult *out, bool single, Error *e)
{
  double *sum = mem_zero(out->nodes, sizeof *sum); /* of what is chosen below */
  if (!sum) {
    return error_memory(e, out->nodes * sizeof *sum, _("a hierarchy"));
  }
  for (size_t i = out->nodes; i-- > 0;) {
    HdbscanNode *node = &out->tree[i];
    const bool own = (i > 0 || single) && !(sum[i] > node->stability);
    node->label = own ? 0 : -1;
    if (node->parent >= 0) {
      sum[node->parent] += own ? node->stability : sum[i];
    }
  }
  mem_free(sum);
  return STATUS_OK;
}

static void choose_leaves(HdbscanResult *out, bool single)
{
  for (size_t i = out->nodes; i-- > 0;) {
    HdbscanNode *node = &out->tree[i];
    node->label = node->label == -2 ? -1 : i > 0 || single ? 0 : -1;
    if (node->parent >= 0) {
      out->tree[node->parent].label = -2; /* not a leaf */
    }
  }
}

/* Only the highest chosen node of each branch stays chosen. */
static void drop_nested(HdbscanResult *out, uint8_t *below)
{
  for (size_t i = 0; i < out->nodes; i++) {
    HdbscanNode *node = &out->tree[i];
    below[i] = node->parent >= 0 && (below[node->parent] || out->tree[node->parent].label == 0);
    node->label = below[i] ? -1 : node->label;
  }
}

/* A chosen node that began at a distance below eps gives its place to the first ancestor that began above, or to that
 * below the root. */
static void merge_close(HdbscanResult *out, double eps, bool single)
{
  for (size_t i = out->nodes; i-- > 1;) {
    size_t at = i;
    if (out->tree[i].label != 0) {
      continue;
    }
    while (1 / out->tree[at].birth < eps) {
      const size_t parent = (size_t)out->tree[at].parent;
      if (parent == 0) {
        at = single ? 0 : at;
        break;
      }
      at = parent;
    }
    out->tree[i].label = -1;
    out->tree[at].label = 0;
  }
}

static Status choose(const HdbscanSettings *s, HdbscanResult *out, Error *e)
{
  uint8_t *below = mem_zero(out->nodes, 1);
  Status status = below ? STATUS_OK : error_memory(e, out->nodes, _("a hierarchy"));
  if (status == STATUS_OK && s->leaf) {
    choose_leaves(out, s->single);
  } else if (status == STATUS_OK) {
    status = choose_stable(out, s->single, e);
  }
  if (status == STATUS_OK) {
    drop_nested(out, below);
    if (s->eps > 0) {
      merge_close(out, s->eps, s->single);
      drop_nested(out, below);
    }
  }
  mem_free(below);
  return status;
}

/* ---- rows */

/* A row of the whole data as a cluster belongs to it only if it stays long enough. */
static bool stays(const HdbscanSettings *s, const HdbscanResult *out, size_t row)
{
  return out->lambda[row] >= (s->eps > 0 ? 1 / s->eps : out->tree[0].death);
}

/* chosen: room for the chosen node that each node lies within, -1: none. Nodes may lie in each other thousands deep. */
static void label_rows(const HdbscanSettings *s, HdbscanResult *out, int32_t *chosen)
{
  for (size_t i = 0; i < out->nodes; i++) {
    const HdbscanNode *node = &out->tree[i];
    chosen[i] = node->label >= 0 ? (int32_t)i : node->parent < 0 ? -1 : chosen[node->parent];
  }
  for (size_t i = 0; i < out->n; i++) {
    const int32_t node = chosen[out->node[i]];
    out->labels[i] = node < 0 || (node == 0 && !stays(s, out, i)) ? -1 : out->tree[node].label;
    out->noise += out->labels[i] < 0;
  }
}

static void rate_rows(HdbscanResult *out)
{
  for (size_t i = 0; i < out->n; i++) {
    const double lambda = out->lambda[i], deepest = out->tree[out->node[i]].deepest;
    const double death = out->labels[i] < 0 ? 0 : out->tree[out->chosen[out->labels[i]]].death;
    out->probability[i] = out->labels[i] < 0 ? 0 : lambda < death ? lambda / death : 1;
    out->outlier[i] = deepest > 0 ? (deepest - lambda) / deepest : 0;
  }
}

static Status number_clusters(const HdbscanSettings *s, HdbscanResult *out, Error *e)
{
  int32_t *nodes = mem_alloc(out->nodes, sizeof *nodes), *old = mem_alloc(out->nodes, sizeof *old);
  Status status = nodes && old ? STATUS_OK : error_memory(e, out->nodes * 8, _("clusters"));
  for (size_t i = 0; status == STATUS_OK && i < out->nodes; i++) {
    if (out->tree[i].label == 0) {
      nodes[out->k] = (int32_t)i;
      out->tree[i].label = (int32_t)out->k++;
    }
  }
  if (status == STATUS_OK) {
    label_rows(s, out, old);
    status = density_renumber(out->labels, out->n, out->k, &out->sizes, old, e);
  }
  out->chosen = status == STATUS_OK ? mem_alloc(out->k, sizeof *out->chosen) : NULL;
  if (status == STATUS_OK && !out->chosen) {
    status = error_memory(e, 0, _("clusters"));
  }
  for (size_t j = 0; status == STATUS_OK && j < out->k; j++) {
    out->chosen[j] = nodes[old[j]];
    out->tree[out->chosen[j]].label = (int32_t)j;
  }
  mem_free(nodes);
  mem_free(old);
  return status;
}

Status hdbscan_choose(const HdbscanSettings *settings, Metric metric, HdbscanEdge *edges, size_t n, HdbscanResult *out,
                      Error *e)
{
  Joins joins;
  Status status;
  TRY(joins_new(&joins, n, e));
  make_joins(&joins, metric, edges);
  TRY(condense(&joins, settings, out, e));
  TRY(choose(settings, out, e));
  TRY(number_clusters(settings, out, e));
  rate_rows(out);
done:
  joins_free(&joins);
  return status;
}

int32_t hdbscan_place(const HdbscanNode *tree, int32_t node, double lambda, double *probability)
{
  while (node > 0 && tree[node].birth >= lambda) {
    node = tree[node].parent;
  }
  while (node > 0 && tree[node].label < 0) {
    node = tree[node].parent;
  }
  const HdbscanNode *found = &tree[node];
  if (found->label < 0 || (node == 0 && lambda < found->death)) {
    *probability = 0;
    return -1;
  }
  *probability = found->death > lambda ? lambda / found->death : 1;
  return found->label;
}
