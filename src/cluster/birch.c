/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes hold their groups side by side, so that the nearest is found in one run over memory. */
#include "cluster/birch.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"

typedef struct Node Node;

/* A group is `stride` numbers: weight, sum of squared deviations, mean. */
struct Node {
  size_t n;
  bool leaf;
  double *groups;  /* (branching + 1) x stride: one more than stays */
  Node **children; /* NULL in a leaf */
};

typedef struct Tree {
  Task *task;
  size_t d, stride, branching;
  double threshold;
  Node *root;
  size_t groups, levels;
} Tree;

static double *group_at(const Tree *t, const Node *node, size_t i)
{
  return node->groups + i * t->stride;
}

static void node_free(Node *node)
{
  if (!node) {
    return;
  }
  for (size_t i = 0; node->children && i < node->n; i++) {
    node_free(node->children[i]);
  }
  mem_free(node->children);
  mem_free(node->groups);
  mem_free(node);
}

static Node *node_new(const Tree *t, bool leaf)
{
  Node *node = mem_zero(1, sizeof *node);
  if (!node) {
    return NULL;
  }
  node->leaf = leaf;
  node->groups = mem_alloc(t->branching + 1, t->stride * sizeof *node->groups);
  node->children = leaf ? NULL : mem_zero(t->branching + 1, sizeof(Node *));
  if (!node->groups || (!leaf && !node->children)) {
    node_free(node);
    return NULL;
  }
  return node;
}

static double square_apart(const double *a, const double *b, size_t d)
{
  double sum = 0;
  for (size_t c = 0; c < d; c++) {
    sum += (a[c] - b[c]) * (a[c] - b[c]);
  }
  return sum;
}

static size_t nearest_group(const Tree *t, const Node *node, const double *mean)
{
  size_t best = 0;
  double least = INFINITY;
  for (size_t i = 0; i < node->n; i++) {
    const double square = square_apart(group_at(t, node, i) + 2, mean, t->d);
    if (square < least) {
      least = square;
      best = i;
    }
  }
  return best;
}

/* Squared deviations of both together. */
static double joined_square(const Tree *t, const double *a, const double *b)
{
  return a[1] + b[1] + a[0] * b[0] / (a[0] + b[0]) * square_apart(a + 2, b + 2, t->d);
}

static void join_group(const Tree *t, double *a, const double *b)
{
  const double weight = a[0] + b[0], share = b[0] / weight;
  a[1] = joined_square(t, a, b);
  for (size_t c = 0; c < t->d; c++) {
    a[2 + c] += (b[2 + c] - a[2 + c]) * share;
  }
  a[0] = weight;
}

static void put_group(const Tree *t, Node *node, const double *group, Node *child)
{
  memcpy(group_at(t, node, node->n), group, t->stride * sizeof *group);
  if (!node->leaf) {
    node->children[node->n] = child;
  }
  node->n++;
}

static void sum_node(const Tree *t, const Node *node, double *out)
{
  memcpy(out, group_at(t, node, 0), t->stride * sizeof *out);
  for (size_t i = 1; i < node->n; i++) {
    join_group(t, out, group_at(t, node, i));
  }
}

static void farthest_pair(const Tree *t, const Node *node, size_t *a, size_t *b)
{
  double most = -1;
  for (size_t i = 0; i < node->n; i++) {
    for (size_t j = i + 1; j < node->n; j++) {
      const double square = square_apart(group_at(t, node, i) + 2, group_at(t, node, j) + 2, t->d);
      if (square > most) {
        most = square;
        *a = i;
        *b = j;
      }
    }
  }
}

/* The groups of a full node go to two nodes: to that of the nearer of the two farthest, of equals the second. */
static Status split_node(const Tree *t, Node *node, Node *halves[2], Error *e)
{
  size_t a = 0, b = 1;
  halves[0] = node_new(t, node->leaf);
  halves[1] = node_new(t, node->leaf);
  if (!halves[0] || !halves[1]) {
    node_free(halves[0]);
    node_free(halves[1]);
    return error_memory(e, 0, _("the tree of groups"));
  }
  farthest_pair(t, node, &a, &b);
  for (size_t i = 0; i < node->n; i++) {
    const double *mean = group_at(t, node, i) + 2;
    const bool first = i == a || square_apart(mean, group_at(t, node, a) + 2, t->d) <
                                     square_apart(mean, group_at(t, node, b) + 2, t->d);
    put_group(t, halves[!first], group_at(t, node, i), node->leaf ? NULL : node->children[i]);
  }
  node->n = 0;
  return STATUS_OK;
}

static Status insert(Tree *t, Node *node, const double *group, bool *full, Error *e);

/* The child's group follows what went into it; a child that split becomes two. */
static Status insert_below(Tree *t, Node *node, size_t at, const double *group, bool *full, Error *e)
{
  bool child_full = false;
  Node *halves[2];
  Status status = insert(t, node->children[at], group, &child_full, e);
  if (status != STATUS_OK || !child_full) {
    if (status == STATUS_OK) {
      join_group(t, group_at(t, node, at), group);
    }
    *full = false;
    return status;
  }
  status = split_node(t, node->children[at], halves, e);
  if (status == STATUS_OK) {
    node_free(node->children[at]);
    node->children[at] = halves[0];
    sum_node(t, halves[0], group_at(t, node, at));
    sum_node(t, halves[1], group_at(t, node, node->n));
    node->children[node->n++] = halves[1];
    *full = node->n > t->branching;
  }
  return status;
}

static Status insert(Tree *t, Node *node, const double *group, bool *full, Error *e)
{
  const size_t at = nearest_group(t, node, group + 2);
  if (!node->leaf) {
    return insert_below(t, node, at, group, full, e);
  }
  if (node->n > 0) {
    double *near = group_at(t, node, at);
    if (joined_square(t, near, group) <= t->threshold * t->threshold * (near[0] + group[0])) {
      join_group(t, near, group);
      *full = false;
      return STATUS_OK;
    }
  }
  put_group(t, node, group, NULL);
  t->groups++;
  *full = node->n > t->branching;
  return STATUS_OK;
}

static Status insert_root(Tree *t, const double *group, Error *e)
{
  bool full = false;
  Node *halves[2], *root;
  Status status = insert(t, t->root, group, &full, e);
  if (status != STATUS_OK || !full) {
    return status;
  }
  root = node_new(t, false);
  status = root ? split_node(t, t->root, halves, e) : error_memory(e, 0, _("the tree of groups"));
  if (status != STATUS_OK) {
    node_free(root);
    return status;
  }
  node_free(t->root);
  t->root = root;
  for (int half = 0; half < 2; half++) {
    sum_node(t, halves[half], group_at(t, root, root->n));
    root->children[root->n++] = halves[half];
  }
  t->levels++;
  return STATUS_OK;
}

/* ---- leaves, and a tree made anew */

static void list_groups(const Tree *t, const Node *node, double **next)
{
  for (size_t i = 0; i < node->n; i++) {
    if (node->leaf) {
      memcpy(*next, group_at(t, node, i), t->stride * sizeof **next);
      *next += t->stride;
    } else {
      list_groups(t, node->children[i], next);
    }
  }
}

/* The least radius that two groups of a leaf would have together, averaged over leaves with two groups or more. */
static void tightest(const Tree *t, const Node *node, double *sum, double *count)
{
  double least = INFINITY;
  for (size_t i = 0; i < node->n; i++) {
    if (!node->leaf) {
      tightest(t, node->children[i], sum, count);
      continue;
    }
    for (size_t j = 0; j < i; j++) {
      const double *a = group_at(t, node, i), *b = group_at(t, node, j);
      least = fmin(least, joined_square(t, a, b) / (a[0] + b[0]));
    }
  }
  if (isfinite(least)) {
    *sum += sqrt(least);
    ++*count;
  }
}

static Status rebuild(Tree *t, Error *e)
{
  Tree fresh = {.task = t->task, .d = t->d, .stride = t->stride, .branching = t->branching, .levels = 1};
  double sum = 0, count = 0;
  double *groups = mem_alloc(t->groups, t->stride * sizeof *groups), *next = groups;
  Status status = STATUS_OK;
  tightest(t, t->root, &sum, &count);
  fresh.threshold = fmax(t->threshold * 1.25, count > 0 ? sum / count : 0);
  fresh.root = groups ? node_new(&fresh, true) : NULL;
  TRY(fresh.root ? STATUS_OK : error_memory(e, t->groups * t->stride * sizeof *groups, _("the tree of groups")));
  list_groups(t, t->root, &next);
  for (size_t i = 0; i < t->groups; i++) {
    TRY(task_cancelled(t->task) ? error_cancelled(e) : insert_root(&fresh, groups + i * t->stride, e));
  }
  node_free(t->root);
  *t = fresh;
  fresh.root = NULL;
done:
  node_free(fresh.root);
  mem_free(groups);
  return status;
}

/* ---- all */

static void tell(const Tree *t, const char *phase, size_t iteration)
{
  task_step(t->task, &(TraceStep){.phase = phase, .start = 1, .iteration = (int64_t)iteration, .measure = "threshold",
                                  .objective = t->threshold, .changed = (int64_t)t->groups, .counts = N_("groups")});
}

static Status keep_few(Tree *t, size_t leaves, size_t *rebuilt, Error *e)
{
  Status status = STATUS_OK;
  while (status == STATUS_OK && t->groups > leaves) {
    status = rebuild(t, e);
    if (status == STATUS_OK) {
      tell(t, "tree", ++*rebuilt);
    }
  }
  return status;
}

static Status take_rows(Tree *t, const Rows *rows, const double *weights, size_t leaves, BirchGroups *out, Error *e)
{
  double *buffer = mem_alloc(BLOCK_ROWS, rows->d * sizeof *buffer), *group = mem_alloc(t->stride, sizeof *group);
  Status status;
  TRY(buffer && group ? STATUS_OK : error_memory(e, 0, _("the tree of groups")));
  while (out->rows < rows->n) {
    const size_t first = out->rows, left = rows->n - first, count = left < BLOCK_ROWS ? left : BLOCK_ROWS;
    const double *values;
    TRY(rows->block(rows, first, count, buffer, &values, e));
    while (out->rows < first + count) {
      group[0] = weights ? weights[out->rows] : 1;
      group[1] = 0;
      memcpy(group + 2, values + (out->rows - first) * t->d, t->d * sizeof *group);
      TRY(task_cancelled(t->task) ? error_cancelled(e) : group[0] > 0 ? insert_root(t, group, e) : STATUS_OK);
      out->rows++;
      TRY(keep_few(t, leaves, &out->rebuilt, e));
    }
    task_progress(t->task, out->rows, rows->n);
  }
done:
  mem_free(buffer);
  mem_free(group);
  return status;
}

static Status give_groups(const Tree *t, BirchGroups *out, Error *e)
{
  const size_t n = t->groups, d = t->d;
  double *groups = mem_alloc(n, t->stride * sizeof *groups), *next = groups;
  out->n = n;
  out->d = d;
  out->threshold = t->threshold;
  out->levels = t->levels;
  out->means = mem_alloc(n, d * sizeof *out->means);
  out->weights = mem_alloc(n, sizeof *out->weights);
  out->radii = mem_alloc(n, sizeof *out->radii);
  if (!groups || !out->means || !out->weights || !out->radii) {
    mem_free(groups);
    birch_groups_free(out);
    return error_memory(e, n * t->stride * sizeof *groups, _("the tree of groups"));
  }
  list_groups(t, t->root, &next);
  for (size_t i = 0; i < n; i++) {
    const double *group = groups + i * t->stride;
    out->weights[i] = group[0];
    out->radii[i] = sqrt(group[1] / group[0]);
    memcpy(out->means + i * d, group + 2, d * sizeof *group);
  }
  mem_free(groups);
  return STATUS_OK;
}

void birch_groups_free(BirchGroups *groups)
{
  mem_free(groups->means);
  mem_free(groups->weights);
  mem_free(groups->radii);
  *groups = (BirchGroups){0};
}

Status birch_fit(Task *task, const Rows *rows, const double *weights, const BirchSettings *settings, BirchGroups *out,
                 Error *e)
{
  Tree t = {.task = task,
            .d = rows->d,
            .stride = rows->d + 2,
            .branching = settings->branching,
            .threshold = settings->threshold,
            .levels = 1};
  Status status;
  *out = (BirchGroups){0};
  task_phase(task, N_("groups"));
  t.root = node_new(&t, true);
  TRY(t.root ? STATUS_OK : error_memory(e, 0, _("the tree of groups")));
  status = take_rows(&t, rows, weights, settings->leaves, out, e);
  if (status == STATUS_CANCELLED && t.groups > 0) {
    error_clear(e);
    status = STATUS_OK;
  }
  TRY(status);
  tell(&t, "groups", 1);
  TRY(give_groups(&t, out, e));
done:
  node_free(t.root);
  return status;
}
