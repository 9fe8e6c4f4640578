/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/spectral.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "math/neighbours.h"

enum { SIGMA_NEIGHBOUR = 7, GAP_MOST = 10 };

void spectral_graph_free(SpectralGraph *graph)
{
  mem_free(graph->first);
  mem_free(graph->columns);
  mem_free(graph->values);
  *graph = (SpectralGraph){0};
}

void spectral_layout_free(SpectralLayout *layout)
{
  mem_free(layout->eigenvalues);
  mem_free(layout->vectors);
  *layout = (SpectralLayout){0};
}

static Status graph_new(size_t n, size_t cells, SpectralGraph *out, Error *e)
{
  *out = (SpectralGraph){.n = n};
  out->first = mem_zero(n + 2, sizeof *out->first);
  out->columns = mem_alloc(cells, sizeof *out->columns);
  out->values = mem_alloc(cells, sizeof *out->values);
  if (out->first && out->columns && out->values) {
    return STATUS_OK;
  }
  spectral_graph_free(out);
  return error_memory(e, cells * 12, _("the graph"));
}

/* ---- knn */

/* The neighbours of each row: itself is left out, and of equally near ones the lower numbers stay. */
static Status find_neighbours(Task *task, const double *values, size_t n, size_t d, size_t k, uint32_t *rows, Error *e)
{
  Neighbours *index = NULL;
  uint32_t *found = mem_alloc(n, (k + 1) * sizeof *found);
  Status status;
  task_phase(task, N_("neighbours"));
  TRY(found ? STATUS_OK : error_memory(e, n * (k + 1) * sizeof *found, _("neighbours")));
  TRY(neighbours_new(task, values, n, d, (Metric){METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO, &index, e));
  TRY(neighbours_nearest(task, index, NULL, n, k + 1, found, NULL, e));
  for (size_t i = 0; i < n; i++) {
    size_t used = 0;
    for (size_t j = 0; j <= k && used < k; j++) {
      if (found[i * (k + 1) + j] != i) {
        rows[i * k + used++] = found[i * (k + 1) + j];
      }
    }
  }
done:
  neighbours_free(index);
  mem_free(found);
  return status;
}

typedef struct Edge {
  uint32_t to;
  double value;
} Edge;

static int compare_edges(const void *one, const void *two)
{
  const Edge *a = one, *b = two;
  return a->to < b->to ? -1 : a->to > b->to;
}

/* Sorts the edges of a row and adds up those to the same column; gives how many are left. */
static size_t join_edges(Edge *edges, size_t n)
{
  size_t kept = 0;
  qsort(edges, n, sizeof *edges, compare_edges);
  for (size_t i = 0; i < n; i++) {
    if (kept > 0 && edges[kept - 1].to == edges[i].to) {
      edges[kept - 1].value += edges[i].value;
    } else {
      edges[kept++] = edges[i];
    }
  }
  return kept;
}

/* Half of each connection goes to both of its ends. */
static Status connect(const uint32_t *rows, size_t n, size_t k, SpectralGraph *out, Error *e)
{
  Edge *edges = mem_alloc(n, 2 * k * sizeof *edges);
  Status status;
  TRY(edges ? STATUS_OK : error_memory(e, n * 2 * k * sizeof *edges, _("the graph")));
  TRY(graph_new(n, 2 * n * k, out, e));
  for (size_t i = 0; i < n * k; i++) {
    out->first[i / k + 2]++;
    out->first[rows[i] + (size_t)2]++;
  }
  for (size_t i = 2; i < n + 2; i++) {
    out->first[i] += out->first[i - 1];
  }
  for (size_t i = 0; i < n * k; i++) { /* first[i + 1] moves from the begin of row i to its end */
    edges[out->first[i / k + 1]++] = (Edge){rows[i], 0.5};
    edges[out->first[rows[i] + (size_t)1]++] = (Edge){(uint32_t)(i / k), 0.5};
  }
  size_t used = 0, begin = 0;
  for (size_t i = 0; i < n; i++) {
    const size_t end = out->first[i + 1], kept = join_edges(edges + begin, end - begin);
    out->first[i] = used;
    for (size_t j = 0; j < kept; j++) {
      out->columns[used] = edges[begin + j].to;
      out->values[used++] = edges[begin + j].value;
    }
    begin = end;
  }
  out->first[n] = used;
done:
  mem_free(edges);
  return status;
}

Status spectral_graph_knn(Task *task, const double *values, size_t n, size_t d, size_t neighbours, SpectralGraph *out,
                          Error *e)
{
  const size_t k = neighbours < n ? neighbours : n - 1;
  *out = (SpectralGraph){0};
  if (k == 0) {
    return graph_new(n, 0, out, e);
  }
  uint32_t *rows = mem_alloc(n, k * sizeof *rows);
  Status status = rows ? find_neighbours(task, values, n, d, k, rows, e) : error_memory(e, n * k * 4, _("neighbours"));
  if (status == STATUS_OK) {
    status = connect(rows, n, k, out, e);
  }
  mem_free(rows);
  return status;
}

/* ---- rbf */

static int compare_numbers(const void *one, const void *two)
{
  const double a = *(const double *)one, b = *(const double *)two;
  return (a > b) - (a < b);
}

Status spectral_gamma(Task *task, const double *values, size_t n, size_t d, double *gamma, Error *e)
{
  Neighbours *index = NULL;
  double *distances = mem_alloc(n, sizeof *distances);
  const size_t nth = SIGMA_NEIGHBOUR + 1 < n ? SIGMA_NEIGHBOUR + 1 : n;
  Status status;
  TRY(distances ? STATUS_OK : error_memory(e, n * sizeof *distances, _("neighbours")));
  TRY(neighbours_new(task, values, n, d, (Metric){METRIC_EUCLIDEAN, 2}, NEIGHBOURS_AUTO, &index, e));
  TRY(neighbours_kth(task, index, nth, distances, e));
  qsort(distances, n, sizeof *distances, compare_numbers);
  const double sigma = distances[n / 2];
  *gamma = sigma > 0 ? 1 / (2 * sigma * sigma) : 1;
  *gamma = isfinite(*gamma) && *gamma > 0 ? *gamma : 1;
done:
  neighbours_free(index);
  mem_free(distances);
  return status;
}

typedef struct Dense {
  const double *values;
  size_t d;
  double gamma;
  SpectralGraph *graph;
  const Task *task;
} Dense;

static Status dense_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)sum, (void)worker;
  const Dense *dense = context;
  const size_t n = dense->graph->n;
  for (size_t i = first; i < first + count; i++) {
    if (task_cancelled(dense->task)) {
      return error_cancelled(e);
    }
    double *out = dense->graph->values + i * (n - 1);
    uint32_t *columns = dense->graph->columns + i * (n - 1);
    const double *x = dense->values + i * dense->d;
    const Metric metric = {METRIC_SQEUCLIDEAN, 2};
    distance_row(metric, x, dense->values, i, dense->d, out);
    distance_row(metric, x, dense->values + (i + 1) * dense->d, n - i - 1, dense->d, out + i);
    for (size_t j = 0; j + 1 < n; j++) {
      const double affinity = exp(-dense->gamma * out[j]);
      out[j] = affinity > SPECTRAL_FAINT ? affinity : 0;
      columns[j] = (uint32_t)(j < i ? j : j + 1);
    }
  }
  return STATUS_OK;
}

Status spectral_graph_rbf(Task *task, const double *values, size_t n, size_t d, double *gamma, SpectralGraph *out,
                          Error *e)
{
  Status status = STATUS_OK;
  *out = (SpectralGraph){0};
  if (*gamma == 0 && n > 1) {
    status = spectral_gamma(task, values, n, d, gamma, e);
  }
  if (status == STATUS_OK) {
    status = graph_new(n, n * (n - 1), out, e);
  }
  if (status != STATUS_OK) {
    return status;
  }
  for (size_t i = 0; i <= n; i++) {
    out->first[i] = i * (n - 1);
  }
  Dense dense = {values, d, *gamma, out, task};
  const Reduce reduce = {.block = dense_block, .context = &dense};
  status = rows_reduce(task, n, &reduce, NULL, e);
  if (status != STATUS_OK) {
    spectral_graph_free(out);
  }
  return status;
}

/* ---- Laplacian */

typedef struct Laplacian {
  Task *task;
  const SpectralGraph *graph;
  double *scale; /* 1 / root of a row's sum, 0 without connections */
  uint32_t *component;
  size_t components;
  const double *x; /* of the product at hand */
  double *y;
} Laplacian;

static Status product_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)sum, (void)worker, (void)e;
  const Laplacian *l = context;
  const SpectralGraph *g = l->graph;
  for (size_t i = first; i < first + count; i++) {
    double total = 0;
    for (size_t at = g->first[i]; at < g->first[i + 1]; at++) {
      total += g->values[at] * (l->scale[g->columns[at]] * l->x[g->columns[at]]);
    }
    l->y[i] = l->scale[i] * total;
  }
  return STATUS_OK;
}

/* y = D^-1/2 W D^-1/2 x */
static Status product(void *context, const double *x, double *y, Error *e)
{
  Laplacian *l = context;
  l->x = x;
  l->y = y;
  const Reduce reduce = {.block = product_block, .context = l};
  return rows_reduce(l->task, l->graph->n, &reduce, NULL, e);
}

static Status measure(Laplacian *l, Error *e)
{
  const SpectralGraph *g = l->graph;
  l->scale = mem_alloc(g->n, sizeof *l->scale);
  l->component = mem_alloc(g->n, sizeof *l->component);
  uint32_t *queue = mem_alloc(g->n, sizeof *queue);
  if (!l->scale || !l->component || !queue) {
    mem_free(queue);
    return error_memory(e, g->n * 16, _("the graph"));
  }
  for (size_t i = 0; i < g->n; i++) {
    double sum = 0;
    for (size_t at = g->first[i]; at < g->first[i + 1]; at++) {
      sum += g->values[at];
    }
    l->scale[i] = sum > 0 ? 1 / sqrt(sum) : 0;
    l->component[i] = UINT32_MAX;
  }
  for (size_t root = 0; root < g->n; root++) {
    size_t done = 0, end = 0;
    if (l->component[root] != UINT32_MAX) {
      continue;
    }
    l->component[root] = (uint32_t)l->components;
    queue[end++] = (uint32_t)root;
    while (done < end) {
      const uint32_t row = queue[done++];
      for (size_t at = g->first[row]; at < g->first[row + 1]; at++) {
        const uint32_t other = g->columns[at];
        if (g->values[at] > 0 && l->component[other] == UINT32_MAX) {
          l->component[other] = (uint32_t)l->components;
          queue[end++] = other;
        }
      }
    }
    l->components++;
  }
  mem_free(queue);
  return STATUS_OK;
}

/* The first vectors are known: the roots of the rows' sums over one component, the largest components first. */
static Status known_vectors(const Laplacian *l, size_t k, double *vectors, Error *e)
{
  const size_t n = l->graph->n;
  double *squares = mem_zero(l->components, sizeof *squares);
  size_t *rows = mem_zero(l->components, sizeof *rows), *place = mem_alloc(l->components, sizeof *place);
  if (!squares || !rows || !place) {
    mem_free(squares);
    mem_free(rows);
    mem_free(place);
    return error_memory(e, l->components * 24, _("eigenvectors"));
  }
  for (size_t i = 0; i < n; i++) {
    rows[l->component[i]]++;
    squares[l->component[i]] += l->scale[i] > 0 ? 1 / (l->scale[i] * l->scale[i]) : 1;
  }
  for (size_t c = 0; c < l->components; c++) {
    place[c] = SIZE_MAX;
  }
  for (size_t at = 0; at < k; at++) {
    size_t best = SIZE_MAX;
    for (size_t c = 0; c < l->components; c++) {
      best = place[c] == SIZE_MAX && (best == SIZE_MAX || rows[c] > rows[best]) ? c : best;
    }
    place[best] = at;
  }
  memset(vectors, 0, k * n * sizeof *vectors);
  for (size_t i = 0; i < n; i++) {
    const size_t c = l->component[i];
    if (place[c] != SIZE_MAX) {
      vectors[place[c] * n + i] = (l->scale[i] > 0 ? 1 / l->scale[i] : 1) / sqrt(squares[c]);
    }
  }
  mem_free(squares);
  mem_free(rows);
  mem_free(place);
  return STATUS_OK;
}

Status spectral_layout(Task *task, const SpectralGraph *graph, size_t k, uint64_t seed, SpectralLayout *out, Error *e)
{
  const size_t n = graph->n;
  Laplacian l = {.task = task, .graph = graph};
  Status status;
  *out = (SpectralLayout){.n = n, .k = k, .report.converged = true};
  task_phase(task, N_("eigenvectors"));
  out->eigenvalues = mem_zero(k, sizeof *out->eigenvalues);
  out->vectors = mem_alloc(k, n * sizeof *out->vectors);
  TRY(out->eigenvalues && out->vectors ? STATUS_OK : error_memory(e, k * n * 8, _("eigenvectors")));
  TRY(measure(&l, e));
  out->components = l.components;
  const size_t known = l.components < k ? l.components : k;
  TRY(known_vectors(&l, known, out->vectors, e));
  if (known < k) {
    const SymmetricOperator operator= {.n = n, .product = product, .context = &l};
    const SymmetricSearch search = {
        .k = k - known, .tolerance = 1e-8, .seed = seed, .known = out->vectors, .n_known = known};
    TRY(symmetric_largest(task, &operator, & search, out->eigenvalues + known, out->vectors + known * n, &out->report,
                          e));
  }
  for (size_t i = known; i < k; i++) {
    out->eigenvalues[i] = fmax(0, 1 - out->eigenvalues[i]);
    symmetric_fix_sign(out->vectors + i * n, n);
  }
done:
  if (status != STATUS_OK) {
    spectral_layout_free(out);
  }
  mem_free(l.scale);
  mem_free(l.component);
  return status;
}

size_t spectral_widest_gap(const SpectralLayout *layout)
{
  size_t best = 1;
  double widest = -1;
  if (layout->components > 1) {
    return layout->components < layout->k ? layout->components : layout->k;
  }
  for (size_t k = 2; k < layout->k && k <= GAP_MOST; k++) {
    const double gap = layout->eigenvalues[k] - layout->eigenvalues[k - 1];
    best = gap > widest ? k : best;
    widest = fmax(gap, widest);
  }
  return best;
}

void spectral_rows(const SpectralLayout *layout, size_t k, double *out)
{
  const size_t n = layout->n;
  for (size_t i = 0; i < n; i++) {
    double square = 0;
    for (size_t c = 0; c < k; c++) {
      out[i * k + c] = layout->vectors[c * n + i];
      square += out[i * k + c] * out[i * k + c];
    }
    for (size_t c = 0; c < k && square > 0; c++) {
      out[i * k + c] /= sqrt(square);
    }
  }
}
