/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Spectral clustering by way of landmarks: the Nystrom method of Fowlkes, Belongie, Chung and Malik 2004 (IEEE Trans.
 * Pattern Anal. Mach. Intell. 26), in its one-shot form for a kernel.
 *
 * A are the affinities among m landmarks and c those of a row to them; C A^+ C', with a row of C for each row, stands
 * for all n^2 affinities (a row's to itself included). With R'R = A^+ the degrees are c'w, w = A^+ C'1, and the
 * eigenvectors are those of the m x m matrix R (sum of c c' / degree) R', carried to the rows. C is made three times, a
 * piece at a time, and never kept. */
#include <math.h>
#include <string.h>

#include "cluster/spectral.h"
#include "core/alloc.h"
#include "core/random.h"
#include "core/reduce.h"
#include "math/distance.h"
#include "math/least_squares_kernels.h"

enum { LANDMARK_STREAM = 0x5e, JUDGED_MOST = 1000 };
static const Metric squares = {METRIC_SQEUCLIDEAN, 2};
static const double RANK_LEAST = 1e-10; /* of the largest eigenvalue: what is less counts as 0 */

/* Memory of one thread, for a piece of rows. */
typedef struct Piece {
  double *columns;  /* width x KERNEL_STRIDE: affinities, a column per landmark */
  double *degree, *least; /* KERNEL_ROWS: also the squared distance to the nearest landmark */
  uint32_t *nearest;
} Piece;

typedef struct Pass {
  Task *task;
  const SpectralMap *map;
  const double *values;
  size_t n, width, workers;
  Piece *pieces;
  double *vectors;   /* k x n, when these are wanted */
  double *distances; /* n, or NULL */
} Pass;

void spectral_map_free(SpectralMap *map)
{
  mem_free(map->landmarks);
  mem_free(map->weights);
  mem_free(map->vectors);
  *map = (SpectralMap){0};
}

static void pass_free(Pass *pass)
{
  for (size_t i = 0; pass->pieces && i < pass->workers; i++) {
    mem_free(pass->pieces[i].columns);
    mem_free(pass->pieces[i].nearest);
  }
  mem_free(pass->pieces);
}

static Status pass_new(Task *task, const SpectralMap *map, const double *values, size_t n, Pass *out, Error *e)
{
  const size_t width = (map->m + KERNEL_TILE - 1) / KERNEL_TILE * KERNEL_TILE;
  const size_t cells = width * KERNEL_STRIDE + 2 * KERNEL_ROWS;
  *out = (Pass){.task = task, .map = map, .values = values, .n = n, .width = width, .workers = task_threads(task)};
  out->pieces = mem_zero(out->workers, sizeof *out->pieces);
  for (size_t i = 0; out->pieces && i < out->workers; i++) {
    Piece *piece = &out->pieces[i];
    piece->columns = mem_zero(cells, sizeof *piece->columns);
    piece->nearest = mem_alloc(KERNEL_ROWS, sizeof *piece->nearest);
    if (!piece->columns || !piece->nearest) {
      return error_memory(e, cells * sizeof *piece->columns, _("affinities"));
    }
    piece->degree = piece->columns + width * KERNEL_STRIDE;
    piece->least = piece->degree + KERNEL_ROWS;
  }
  return out->pieces ? STATUS_OK : error_memory(e, out->workers * sizeof *out->pieces, _("affinities"));
}

/* ---- affinities of a piece of rows */

static double affinity_of(const SpectralMap *map, double square)
{
  const double affinity = exp(-map->gamma * square);
  return affinity > SPECTRAL_FAINT ? affinity : 0;
}

static void find_affinities(const Pass *pass, const Piece *piece, size_t first, size_t count)
{
  const SpectralMap *map = pass->map;
  const size_t padded = (count + 7) / 8 * 8;
  for (size_t j = 0; j < map->m; j++) {
    double *column = piece->columns + j * KERNEL_STRIDE;
    distance_row(squares, map->landmarks + j * map->d, pass->values + first * map->d, count, map->d, column);
    for (size_t i = 0; i < count; i++) {
      if (j == 0 || column[i] < piece->least[i]) {
        piece->least[i] = column[i];
        piece->nearest[i] = (uint32_t)j;
      }
      column[i] = affinity_of(map, column[i]);
    }
    for (size_t i = count; i < padded; i++) {
      column[i] = 0;
    }
  }
}

/* The affinities of a row become those of its nearest landmark, and so does its degree. */
static void go_with_nearest(const SpectralMap *map, const Piece *piece, size_t row)
{
  const double *nearest = map->landmarks + piece->nearest[row] * map->d;
  piece->degree[row] = 0;
  for (size_t j = 0; j < map->m; j++) {
    double *cell = piece->columns + j * KERNEL_STRIDE + row;
    *cell = affinity_of(map, distance_pair(squares, map->landmarks + j * map->d, nearest, map->d));
    piece->degree[row] += map->weights[j] * *cell;
  }
}

/* Divides each row by the root of its degree. A row that is near no landmark has none that can be trusted: it goes with
 * the nearest. Gives how many these are. */
static size_t divide_by_degrees(const Pass *pass, const Piece *piece, size_t count)
{
  const SpectralMap *map = pass->map;
  size_t far = 0;
  memset(piece->degree, 0, count * sizeof *piece->degree);
  for (size_t j = 0; j < map->m; j++) {
    least_squares_kernels()->add(map->weights[j], piece->columns + j * KERNEL_STRIDE, count, piece->degree);
  }
  for (size_t i = 0; i < count; i++) {
    if (!(piece->degree[i] > SPECTRAL_FAINT)) {
      go_with_nearest(map, piece, i);
      far++;
    }
    piece->degree[i] = piece->degree[i] > SPECTRAL_FAINT ? 1 / sqrt(piece->degree[i]) : 0;
  }
  for (size_t j = 0; j < map->m; j++) {
    double *column = piece->columns + j * KERNEL_STRIDE;
    for (size_t i = 0; i < count; i++) {
      column[i] *= piece->degree[i];
    }
  }
  return far;
}

/* ---- the three passes */

static Status sum_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *pass = context;
  const Piece *piece = &pass->pieces[worker];
  double *sums = sum;
  for (size_t at = 0; at < count; at += KERNEL_ROWS) {
    const size_t rows = count - at < KERNEL_ROWS ? count - at : KERNEL_ROWS;
    find_affinities(pass, piece, first + at, rows);
    for (size_t j = 0; j < pass->map->m; j++) {
      for (size_t i = 0; i < rows; i++) {
        sums[j] += piece->columns[j * KERNEL_STRIDE + i];
      }
    }
    if (task_cancelled(pass->task)) {
      return error_cancelled(e);
    }
  }
  return STATUS_OK;
}

static void sum_merge(void *context, void *sum, const void *other)
{
  const Pass *pass = context;
  least_squares_kernels()->add(1, other, pass->map->m, sum);
}

/* Sums c c' / degree (the upper triangle), and behind them rows that go with their nearest landmark. */
static Status gram_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  enum { COLUMNS_AT_A_TIME = 64 };
  const Pass *pass = context;
  const Piece *piece = &pass->pieces[worker];
  double *gram = sum;
  for (size_t at = 0; at < count; at += KERNEL_ROWS) {
    const size_t rows = count - at < KERNEL_ROWS ? count - at : KERNEL_ROWS, padded = (rows + 7) / 8 * 8;
    find_affinities(pass, piece, first + at, rows);
    gram[pass->width * pass->width] += (double)divide_by_degrees(pass, piece, rows);
    for (size_t from = 0; from < pass->width; from += COLUMNS_AT_A_TIME) {
      const size_t to = pass->width - from < COLUMNS_AT_A_TIME ? pass->width : from + COLUMNS_AT_A_TIME;
      least_squares_kernels()->gram(piece->columns, padded, pass->width, from, to, gram);
      if (task_cancelled(pass->task)) {
        return error_cancelled(e);
      }
    }
  }
  return STATUS_OK;
}

static void gram_merge(void *context, void *sum, const void *other)
{
  const Pass *pass = context;
  const size_t width = pass->width;
  for (size_t j = 0; j < width; j++) {
    least_squares_kernels()->add(1, (const double *)other + j * width + j, width - j, (double *)sum + j * width + j);
  }
  ((double *)sum)[width * width] += ((const double *)other)[width * width];
}

static Status place_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *pass = context;
  const SpectralMap *map = pass->map;
  const Piece *piece = &pass->pieces[worker];
  (void)sum;
  for (size_t at = 0; at < count; at += KERNEL_ROWS) {
    const size_t rows = count - at < KERNEL_ROWS ? count - at : KERNEL_ROWS;
    find_affinities(pass, piece, first + at, rows);
    for (size_t i = 0; pass->distances && i < rows; i++) {
      pass->distances[first + at + i] = sqrt(piece->least[i]);
    }
    (void)divide_by_degrees(pass, piece, rows);
    for (size_t c = 0; c < map->k; c++) {
      double *out = pass->vectors + c * pass->n + first + at;
      memset(out, 0, rows * sizeof *out);
      for (size_t j = 0; j < map->m; j++) {
        least_squares_kernels()->add(map->vectors[c * map->m + j], piece->columns + j * KERNEL_STRIDE, rows, out);
      }
    }
    if (task_cancelled(pass->task)) {
      return error_cancelled(e);
    }
  }
  return STATUS_OK;
}

static Status place(Pass *pass, double *vectors, double *distances, Error *e)
{
  const Reduce reduce = {.block = place_block, .context = pass};
  pass->vectors = vectors;
  pass->distances = distances;
  return rows_reduce(pass->task, pass->n, &reduce, NULL, e);
}

Status spectral_place(Task *task, const SpectralMap *map, const double *values, size_t n, double *vectors,
                      double *distances, Error *e)
{
  Pass pass;
  Status status = pass_new(task, map, values, n, &pass, e);
  if (status == STATUS_OK) {
    status = place(&pass, vectors, distances, e);
  }
  pass_free(&pass);
  return status;
}

/* ---- matrices of landmarks */

/* Different rows, drawn by the seed, in their order. */
static Status draw(const double *values, size_t n, uint64_t seed, SpectralMap *map, Error *e)
{
  Random random = random_new(seed, LANDMARK_STREAM);
  size_t *rows = mem_alloc(n, sizeof *rows);
  if (!rows) {
    return error_memory(e, n * sizeof *rows, _("landmarks"));
  }
  random_subset(&random, n, map->m, rows);
  for (size_t j = 0; j < map->m; j++) {
    memcpy(map->landmarks + j * map->d, values + rows[j] * map->d, map->d * sizeof *values);
  }
  mem_free(rows);
  return STATUS_OK;
}

/* R, of which r rows count: R'R is the inverse of A on its range. */
static Status root_of_inverse(Task *task, const SpectralMap *map, double *matrix, double *values, double *root,
                              size_t *r, Error *e)
{
  const size_t m = map->m;
  for (size_t i = 0; i < m; i++) {
    distance_row(squares, map->landmarks + i * map->d, map->landmarks, m, map->d, matrix + i * m);
    for (size_t j = 0; j < m; j++) {
      matrix[i * m + j] = affinity_of(map, matrix[i * m + j]);
    }
  }
  const Status status = symmetric_eigen(matrix, m, task, values, root, e);
  *r = 0;
  while (status == STATUS_OK && *r < m && values[*r] > RANK_LEAST * values[0]) {
    for (size_t j = 0; j < m; j++) {
      root[*r * m + j] /= sqrt(values[*r]);
    }
    ++*r;
  }
  return status;
}

/* out (r x s) = a (r x m) times b' (s x m). */
static Status times_transposed(Task *task, const double *a, size_t r, const double *b, size_t s, size_t m, double *out,
                               Error *e)
{
  for (size_t i = 0; i < r; i++) {
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
    for (size_t j = 0; j < s; j++) {
      out[i * s + j] = least_squares_kernels()->dot(a + i * m, b + j * m, m);
    }
  }
  return STATUS_OK;
}

/* w = R'(R sums) */
static void weigh(SpectralMap *map, const double *root, size_t r, const double *sums)
{
  const LeastSquaresKernels *kernels = least_squares_kernels();
  memset(map->weights, 0, map->m * sizeof *map->weights);
  for (size_t i = 0; i < r; i++) {
    kernels->add(kernels->dot(root + i * map->m, sums, map->m), root + i * map->m, map->m, map->weights);
  }
}

/* The mean of |R c|^2 over some rows: what of a row's affinity to itself, 1, the landmarks carry. */
static Status judge(const Pass *pass, const double *root, size_t r, double *carried, Error *e)
{
  const LeastSquaresKernels *kernels = least_squares_kernels();
  const size_t m = pass->map->m, d = pass->map->d, judged = pass->n < JUDGED_MOST ? pass->n : JUDGED_MOST;
  double *c = pass->pieces[0].columns;
  *carried = 0;
  for (size_t t = 0; t < judged; t++) {
    const size_t row = t * (pass->n / judged);
    double own = 0;
    if (task_cancelled(pass->task)) {
      return error_cancelled(e);
    }
    distance_row(squares, pass->values + row * d, pass->map->landmarks, m, d, c);
    for (size_t j = 0; j < m; j++) {
      c[j] = affinity_of(pass->map, c[j]);
    }
    for (size_t i = 0; i < r; i++) {
      const double along = kernels->dot(root + i * m, c, m);
      own += along * along;
    }
    *carried += fmin(1, own) / (double)judged;
  }
  return STATUS_OK;
}

/* From the sums over the rows to eigenvalues of the Laplacian, and what takes affinities to eigenvectors. */
static Status solve(Task *task, const Pass *pass, double *gram, const double *root, size_t r, double *room, size_t k,
                    SpectralMap *map, double *eigenvalues, Error *e)
{
  const size_t m = map->m, width = pass->width;
  double *full = room, *half = full + m * m, *values = half + m * m;
  Status status;
  for (size_t i = 0; i < m; i++) {
    for (size_t j = 0; j < m; j++) {
      full[i * m + j] = i <= j ? gram[i * width + j] : gram[j * width + i];
    }
  }
  TRY(times_transposed(task, root, r, full, m, m, half, e));  /* R G */
  TRY(times_transposed(task, half, r, root, r, m, full, e));  /* R G R' */
  for (size_t i = 0; i < r; i++) {
    for (size_t j = 0; j < i; j++) {
      full[i * r + j] = full[j * r + i];
    }
  }
  TRY(symmetric_eigen(full, r, task, values, half, e));
  map->k = k < r ? k : r;
  memset(map->vectors, 0, k * m * sizeof *map->vectors);
  for (size_t c = 0; c < map->k; c++) {
    double *vector = map->vectors + c * m;
    for (size_t i = 0; i < r && values[c] > RANK_LEAST; i++) {
      least_squares_kernels()->add(half[c * r + i] / sqrt(values[c]), root + i * m, m, vector);
    }
    symmetric_fix_sign(vector, m);
    eigenvalues[c] = fmax(0, 1 - values[c]);
  }
done:
  return status;
}

static Status map_new(size_t m, size_t d, size_t k, SpectralMap *out, Error *e)
{
  *out = (SpectralMap){.m = m, .d = d, .k = k};
  out->landmarks = mem_alloc(m, d * sizeof *out->landmarks);
  out->weights = mem_alloc(m, sizeof *out->weights);
  out->vectors = mem_alloc(k, m * sizeof *out->vectors);
  return out->landmarks && out->weights && out->vectors ? STATUS_OK
                                                        : error_memory(e, m * (d + k + 1) * 8, _("landmarks"));
}

Status spectral_landmarks(Task *task, const double *values, size_t n, size_t d, size_t m, double gamma, size_t k,
                          uint64_t seed, SpectralMap *map, SpectralLayout *out, SpectralCarried *carried, Error *e)
{
  Pass pass = {0};
  Status status;
  size_t r;
  m = m < n ? m : n;
  double *root = mem_alloc(3 * m + 1, m * sizeof *root), *sums = mem_alloc(m, 2 * sizeof *sums), *gram = NULL;
  *out = (SpectralLayout){.n = n, .components = 1, .report.converged = true};
  task_phase(task, N_("affinities"));
  TRY(map_new(m, d, k, map, e));
  TRY(root && sums ? STATUS_OK : error_memory(e, (3 * m + 1) * m * 8, _("landmarks")));
  TRY(draw(values, n, seed, map, e));
  map->gamma = gamma;
  TRY(gamma == 0 && m > 1 ? spectral_gamma(task, map->landmarks, m, d, &map->gamma, e) : STATUS_OK);
  TRY(pass_new(task, map, values, n, &pass, e));
  gram = mem_alloc(pass.width * pass.width + 1, sizeof *gram);
  out->eigenvalues = mem_zero(k, sizeof *out->eigenvalues);
  out->vectors = mem_alloc(k, n * sizeof *out->vectors);
  TRY(gram && out->eigenvalues && out->vectors ? STATUS_OK : error_memory(e, k * n * 8, _("eigenvectors")));
  TRY(root_of_inverse(task, map, root + m * m, sums + m, root, &r, e));
  const Reduce summing = {.size = m * sizeof(double), .block = sum_block, .merge = sum_merge, .context = &pass};
  TRY(rows_reduce(task, n, &summing, sums, e));
  weigh(map, root, r, sums);
  TRY(judge(&pass, root, r, &carried->share, e));
  memset(pass.pieces[0].columns, 0, pass.width * KERNEL_STRIDE * sizeof(double));
  const Reduce products = {.size = (pass.width * pass.width + 1) * sizeof(double), .block = gram_block,
                           .merge = gram_merge, .context = &pass};
  TRY(rows_reduce(task, n, &products, gram, e));
  carried->far = (size_t)gram[pass.width * pass.width];
  task_phase(task, N_("eigenvectors"));
  TRY(solve(task, &pass, gram, root, r, root + m * m, k, map, out->eigenvalues, e));
  out->k = map->k;
  status = place(&pass, out->vectors, NULL, e);
done:
  if (status != STATUS_OK) {
    spectral_layout_free(out);
    spectral_map_free(map);
  }
  pass_free(&pass);
  mem_free(root);
  mem_free(sums);
  mem_free(gram);
  return status;
}
