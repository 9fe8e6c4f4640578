/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/linkage_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"

void linkage_tree_free(LinkageTree *tree)
{
  mem_free(tree->first);
  mem_free(tree->second);
  mem_free(tree->height);
  mem_free(tree->rows);
  *tree = (LinkageTree){0};
}

static Status tree_new(size_t n, size_t merges, LinkageTree *out, Error *e)
{
  *out = (LinkageTree){.n = n, .merges = merges};
  out->first = mem_alloc(merges, sizeof *out->first);
  out->second = mem_alloc(merges, sizeof *out->second);
  out->height = mem_alloc(merges, sizeof *out->height);
  out->rows = mem_alloc(merges, sizeof *out->rows);
  if (out->first && out->second && out->height && out->rows) {
    return STATUS_OK;
  }
  linkage_tree_free(out);
  return error_memory(e, 0, _("a tree"));
}

static int compare_steps(const void *one, const void *two)
{
  const LinkageStep *a = one, *b = two;
  if (a->height != b->height) {
    return a->height < b->height ? -1 : 1;
  }
  if (a->a != b->a) {
    return a->a < b->a ? -1 : 1;
  }
  return a->b < b->b ? -1 : a->b > b->b;
}

static uint32_t find_root(uint32_t *parent, uint32_t row)
{
  while (parent[row] != row) {
    parent[row] = parent[parent[row]];
    row = parent[row];
  }
  return row;
}

/* node: of the cluster whose root a row is. The larger cluster's root stays, so that paths are short. */
static void join(LinkageTree *tree, size_t at, const LinkageStep *step, uint32_t *parent, uint32_t *node)
{
  const uint32_t n = (uint32_t)tree->n;
  uint32_t a = find_root(parent, step->a), b = find_root(parent, step->b);
  const uint32_t rows_a = node[a] < n ? 1 : tree->rows[node[a] - n], rows_b = node[b] < n ? 1 : tree->rows[node[b] - n];
  tree->first[at] = node[a] < node[b] ? node[a] : node[b];
  tree->second[at] = node[a] < node[b] ? node[b] : node[a];
  tree->height[at] = step->height;
  tree->rows[at] = rows_a + rows_b;
  if (rows_a < rows_b) {
    const uint32_t other = a;
    a = b;
    b = other;
  }
  parent[b] = a;
  node[a] = n + (uint32_t)at;
}

Status linkage_tree_of_steps(LinkageStep *steps, size_t n, size_t merges, bool sort, LinkageTree *out, Error *e)
{
  uint32_t *parent = mem_alloc(n, sizeof *parent), *node = mem_alloc(n, sizeof *node);
  Status status = parent && node ? STATUS_OK : error_memory(e, n * sizeof *node, _("a tree"));
  if (status == STATUS_OK) {
    status = tree_new(n, merges, out, e);
  }
  if (status == STATUS_OK && sort && merges > 1) {
    qsort(steps, merges, sizeof *steps, compare_steps);
  }
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    parent[i] = node[i] = (uint32_t)i;
  }
  for (size_t i = 0; status == STATUS_OK && i < merges; i++) {
    join(out, i, &steps[i], parent, node);
  }
  mem_free(parent);
  mem_free(node);
  return status;
}

void linkage_tell(Task *task, const LinkageTree *tree)
{
  for (size_t i = 0; task->trace && i < tree->merges && !task_cancelled(task); i++) {
    task_step(task, &(TraceStep){.phase = "merge", .start = 1, .iteration = (int64_t)i + 1, .measure = "height",
                                 .objective = tree->height[i], .changed = (int64_t)tree->rows[i],
                                 .counts = N_("rows in the new cluster")});
  }
}

/* The rows below a node; stack has room for the nodes of a tree's depth and one. */
static size_t leaves_below(const LinkageTree *tree, uint32_t top, uint32_t *stack, uint32_t *order)
{
  size_t depth = 0, done = 0;
  stack[depth++] = top;
  while (depth > 0) {
    const uint32_t node = stack[--depth];
    if (node < tree->n) {
      order[done++] = node;
    } else {
      stack[depth++] = tree->second[node - tree->n];
      stack[depth++] = tree->first[node - tree->n];
    }
  }
  return done;
}

/* Of each of the 2 n nodes the one whose cluster it belongs to, itself where none is above it. cut[i]: merge i is undone, and
 * so are those above it; NULL: none is. */
static void find_tops(const LinkageTree *tree, const bool *cut, uint32_t *top)
{
  const size_t n = tree->n;
  for (size_t node = 0; node < 2 * n; node++) {
    top[node] = (uint32_t)node;
  }
  for (size_t i = tree->merges; i-- > 0;) {
    if (!cut || !cut[i]) {
      top[tree->first[i]] = top[tree->second[i]] = top[n + i];
    }
  }
}

Status linkage_order(const LinkageTree *tree, uint32_t *order, Error *e)
{
  const size_t n = tree->n;
  uint32_t *stack = mem_alloc(n + 1, sizeof *stack), *top = mem_alloc(n, 2 * sizeof *top);
  bool *seen = mem_zero(n, 2 * sizeof *seen);
  const Status status = stack && top && seen ? STATUS_OK : error_memory(e, n * 14, _("a tree"));
  if (status == STATUS_OK) {
    find_tops(tree, NULL, top);
  }
  for (size_t row = 0, done = 0; status == STATUS_OK && row < n; row++) {
    if (!seen[top[row]]) {
      seen[top[row]] = true;
      done += leaves_below(tree, top[row], stack, order + done);
    }
  }
  mem_free(stack);
  mem_free(top);
  mem_free(seen);
  return status;
}

/* Labels by first appearance. */
static Status label_rows(const LinkageTree *tree, const bool *cut, size_t *k, int32_t *labels, Error *e)
{
  const size_t n = tree->n;
  uint32_t *top = mem_alloc(2 * n, sizeof *top);
  int32_t *number = mem_alloc(2 * n, sizeof *number);
  if (!top || !number) {
    mem_free(top);
    mem_free(number);
    return error_memory(e, 2 * n * sizeof *top, _("a tree"));
  }
  find_tops(tree, cut, top);
  for (size_t node = 0; node < 2 * n; node++) {
    number[node] = -1;
  }
  int32_t used = 0;
  for (size_t row = 0; row < n; row++) {
    int32_t *own = &number[top[row]];
    *own = *own < 0 ? used++ : *own;
    labels[row] = *own;
  }
  *k = (size_t)used;
  mem_free(top);
  mem_free(number);
  return STATUS_OK;
}

Status linkage_cut(const LinkageTree *tree, size_t k, int32_t *labels, Error *e)
{
  bool *cut = mem_zero(tree->n, sizeof *cut);
  if (!cut) {
    return error_memory(e, tree->n, _("a tree"));
  }
  for (size_t i = tree->n - k; i < tree->merges; i++) {
    cut[i] = true;
  }
  const Status status = label_rows(tree, cut, &k, labels, e);
  mem_free(cut);
  return status;
}

Status linkage_cut_height(const LinkageTree *tree, double height, size_t *k, int32_t *labels, Error *e)
{
  const size_t n = tree->n;
  bool *cut = mem_zero(n, sizeof *cut);
  if (!cut) {
    return error_memory(e, n, _("a tree"));
  }
  for (size_t i = 0; i < tree->merges; i++) {
    const uint32_t a = tree->first[i], b = tree->second[i];
    cut[i] = !(tree->height[i] <= height) || (a >= n && cut[a - n]) || (b >= n && cut[b - n]);
  }
  const Status status = label_rows(tree, cut, k, labels, e);
  mem_free(cut);
  return status;
}

double linkage_coefficient(const LinkageTree *tree)
{
  const size_t n = tree->n;
  if (n < 2 || tree->merges + 1 < n || !(tree->height[n - 2] > 0)) {
    return NAN;
  }
  double sum = 0;
  for (size_t i = 0; i + 1 < n; i++) {
    const double first = 1 - tree->height[i] / tree->height[n - 2];
    sum += (tree->first[i] < n ? first : 0) + (tree->second[i] < n ? first : 0);
  }
  return sum / (double)n;
}

/* ---- cophenetic correlation */

typedef struct Pairs {
  const LinkageTree *tree;
  const LinkageSource *source;
  uint32_t *order;
  uint32_t *between; /* the merge that joins leaf i of the order with leaf i + 1 */
  double *buffers;   /* n numbers for each worker */
  const Task *task;
} Pairs;

typedef struct Products {
  double n, x, y, xx, yy, xy; /* count, means, sums of products around them */
} Products;

static void add_products(void *context, void *sum, const void *other)
{
  (void)context;
  Products *a = sum;
  const Products *b = other;
  const double n = a->n + b->n;
  if (b->n == 0) {
    return;
  }
  const double dx = b->x - a->x, dy = b->y - a->y, both = a->n * b->n / n;
  a->xx += b->xx + dx * dx * both;
  a->yy += b->yy + dy * dy * both;
  a->xy += b->xy + dx * dy * both;
  a->x += dx * b->n / n;
  a->y += dy * b->n / n;
  a->n = n;
}

/* All pairs of leaf `at` with those to its right. */
static Products row_products(const Pairs *p, size_t at, double *distances)
{
  const size_t count = p->tree->n - at - 1;
  Products sum = {.n = (double)count};
  p->source->distances(p->source->context, p->order[at], p->order + at + 1, count, distances);
  uint32_t top = 0;
  for (size_t j = 0; j < count; j++) {
    top = p->between[at + j] > top ? p->between[at + j] : top;
    sum.x += distances[j];
    sum.y += p->tree->height[top];
  }
  sum.x /= sum.n;
  sum.y /= sum.n;
  top = 0;
  for (size_t j = 0; j < count; j++) {
    top = p->between[at + j] > top ? p->between[at + j] : top;
    const double x = distances[j] - sum.x, y = p->tree->height[top] - sum.y;
    sum.xx += x * x;
    sum.yy += y * y;
    sum.xy += x * y;
  }
  return sum;
}

/* Leaves are taken from both ends in turn, so that blocks have the same work. */
static Status products_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pairs *p = context;
  const size_t n = p->tree->n;
  for (size_t i = first; i < first + count; i++) {
    const size_t at = i % 2 == 0 ? i / 2 : n - 1 - i / 2;
    if (task_cancelled(p->task)) {
      return error_cancelled(e);
    }
    if (at + 1 < n) {
      const Products row = row_products(p, at, p->buffers + worker * n);
      add_products(NULL, sum, &row);
    }
  }
  return STATUS_OK;
}

/* The merges in the order of the leaves: an in-order walk. */
static Status find_between(const LinkageTree *tree, uint32_t *between, Error *e)
{
  const size_t n = tree->n;
  uint32_t *stack = mem_alloc(n + 1, sizeof *stack);
  if (!stack) {
    return error_memory(e, n * sizeof *stack, _("a tree"));
  }
  size_t depth = 0, done = 0;
  uint32_t node = (uint32_t)(2 * n - 2);
  for (;;) {
    while (node >= n) {
      stack[depth++] = node - (uint32_t)n;
      node = tree->first[node - n];
    }
    if (depth == 0) {
      break;
    }
    const uint32_t merge = stack[--depth];
    between[done++] = merge;
    node = tree->second[merge];
  }
  mem_free(stack);
  return STATUS_OK;
}

Status linkage_cophenetic(Task *task, const LinkageTree *tree, const LinkageSource *source, double *out, Error *e)
{
  const size_t n = tree->n;
  Pairs p = {.tree = tree, .source = source, .task = task};
  const Reduce reduce = {.size = sizeof(Products), .block = products_block, .merge = add_products, .context = &p};
  Products sum = {0};
  Status status;
  *out = NAN;
  if (n < 2) {
    return STATUS_OK;
  }
  p.order = mem_alloc(n, sizeof *p.order);
  p.between = mem_alloc(n, sizeof *p.between);
  p.buffers = mem_alloc(task_threads(task) * n, sizeof *p.buffers);
  TRY(p.order && p.between && p.buffers ? STATUS_OK : error_memory(e, n * sizeof *p.buffers, _("a tree")));
  TRY(linkage_order(tree, p.order, e));
  TRY(find_between(tree, p.between, e));
  TRY(rows_reduce(task, n, &reduce, &sum, e));
  *out = sum.xx > 0 && sum.yy > 0 ? sum.xy / (sqrt(sum.xx) * sqrt(sum.yy)) : NAN;
done:
  mem_free(p.order);
  mem_free(p.between);
  mem_free(p.buffers);
  return status;
}

void linkage_source_rows(const void *rows, uint32_t row, const uint32_t *others, size_t count, double *out)
{
  const LinkageRows *source = rows;
  const double *x = source->values + (size_t)row * source->d;
  for (size_t j = 0; j < count; j++) {
    out[j] = distance_pair(source->metric, x, source->values + (size_t)others[j] * source->d, source->d);
  }
}

void linkage_source_triangle(const void *triangle, uint32_t row, const uint32_t *others, size_t count, double *out)
{
  const LinkageTriangle *source = triangle;
  for (size_t j = 0; j < count; j++) {
    const size_t low = row < others[j] ? row : others[j], high = row < others[j] ? others[j] : row;
    out[j] = source->cells[linkage_at(source->n, low, high)];
  }
}
