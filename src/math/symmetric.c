/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "math/symmetric.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/random.h"
#include "core/reduce.h"
#include "math/blas.h"

enum { SWEEPS_MOST = 60 };

/* ---- dense */

/* Turns rows and columns p and q so that matrix[p][q] becomes 0. c and s are those of the smaller angle. */
static void rotate(double *matrix, double *vectors, size_t d, size_t p, size_t q)
{
  const double off = matrix[p * d + q];
  const double theta = (matrix[q * d + q] - matrix[p * d + p]) / (2 * off);
  const double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + hypot(theta, 1));
  const double c = 1 / hypot(t, 1), s = t * c;
  matrix[p * d + p] -= t * off;
  matrix[q * d + q] += t * off;
  matrix[p * d + q] = matrix[q * d + p] = 0;
  for (size_t i = 0; i < d; i++) {
    if (i != p && i != q) {
      const double a = matrix[p * d + i], b = matrix[q * d + i];
      matrix[p * d + i] = matrix[i * d + p] = c * a - s * b;
      matrix[q * d + i] = matrix[i * d + q] = s * a + c * b;
    }
    const double a = vectors[p * d + i], b = vectors[q * d + i];
    vectors[p * d + i] = c * a - s * b;
    vectors[q * d + i] = s * a + c * b;
  }
}

/* Whether the element counts for nothing beside both diagonal elements of its row and column. */
static bool is_negligible(const double *matrix, size_t d, size_t p, size_t q)
{
  const double off = fabs(matrix[p * d + q]), product = fabs(matrix[p * d + p]) * fabs(matrix[q * d + q]);
  return off == 0 || off <= DBL_EPSILON * sqrt(product) || off < DBL_MIN;
}

/* One pass over all elements above the diagonal; gives how many were turned away. */
static Status sweep(double *matrix, double *vectors, size_t d, const Task *task, size_t *turned, Error *e)
{
  *turned = 0;
  for (size_t p = 0; p + 1 < d; p++) {
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
    for (size_t q = p + 1; q < d; q++) {
      if (!is_negligible(matrix, d, p, q)) {
        rotate(matrix, vectors, d, p, q);
        ++*turned;
      }
    }
  }
  return STATUS_OK;
}

static void swap_rows(double *vectors, size_t d, size_t a, size_t b)
{
  for (size_t i = 0; a != b && i < d; i++) {
    const double value = vectors[a * d + i];
    vectors[a * d + i] = vectors[b * d + i];
    vectors[b * d + i] = value;
  }
}

/* Largest first. */
static void sort_values(double *values, double *vectors, size_t d)
{
  for (size_t i = 0; i < d; i++) {
    size_t largest = i;
    for (size_t k = i + 1; k < d; k++) {
      largest = values[k] > values[largest] ? k : largest;
    }
    const double value = values[i];
    values[i] = values[largest];
    values[largest] = value;
    swap_rows(vectors, d, i, largest);
  }
}

/* All rotations; the matrix's diagonal then holds the eigenvalues. */
static Status jacobi(double *matrix, size_t d, const Task *task, double *values, double *vectors, Error *e)
{
  size_t turned = 1;
  memset(vectors, 0, d * d * sizeof *vectors);
  for (size_t i = 0; i < d; i++) {
    vectors[i * d + i] = 1;
  }
  for (int round = 0; round < SWEEPS_MOST && turned > 0; round++) {
    const Status status = sweep(matrix, vectors, d, task, &turned, e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  for (size_t i = 0; i < d; i++) {
    values[i] = matrix[i * d + i];
  }
  sort_values(values, vectors, d);
  return STATUS_OK;
}

/* LAPACK gives rising values. False: not there, or it failed; the matrix is as it was. */
static bool by_lapack(double *matrix, size_t d, double *values, double *vectors)
{
  memcpy(vectors, matrix, d * d * sizeof *vectors);
  if (blas_eigen(d, vectors, true, values, NULL) != STATUS_OK) {
    return false;
  }
  for (size_t i = 0; i < d / 2; i++) {
    const double value = values[i];
    values[i] = values[d - 1 - i];
    values[d - 1 - i] = value;
    swap_rows(vectors, d, i, d - 1 - i);
  }
  return true;
}

Status symmetric_eigen(double *matrix, size_t d, const Task *task, double *values, double *vectors, Error *e)
{
  if (d > SYMMETRIC_JACOBI) {
    for (size_t i = 0; i < d * d; i++) {
      if (!isfinite(matrix[i])) {
        return error_set(e, STATUS_DATA, "not-finite",
                         _("a matrix whose eigenvalues are wanted holds numbers that are not finite"));
      }
    }
    if (by_lapack(matrix, d, values, vectors)) {
      return STATUS_OK;
    }
  }
  return jacobi(matrix, d, task, values, vectors, e);
}

void symmetric_fix_sign(double *vector, size_t n)
{
  size_t largest = 0;
  for (size_t j = 1; j < n; j++) {
    largest = fabs(vector[j]) > fabs(vector[largest]) * (1 + 1e-9) ? j : largest;
  }
  const bool turn = n > 0 && vector[largest] < 0;
  for (size_t j = 0; turn && j < n; j++) {
    vector[j] = -vector[j] + 0.0;
  }
}

/* ---- Lanczos */

typedef struct Lanczos {
  Task *task;
  const SymmetricOperator *operator;
  size_t n, most;    /* rows; vectors of the basis */
  size_t fixed;      /* eigenvectors kept out: rows 0.. of `basis` */
  double *basis;     /* (fixed + most + 1) x n: the fixed ones, then those of the search */
  double *next;      /* n: A v, then what is left of it */
  double *products;  /* fixed + most + 1 numbers, twice: coefficients, and those of a second pass */
  double *projected; /* most x most */
  double *small, *rotation, *values, *scratch, *strips;
  size_t filled, half; /* vectors in the basis; numbers in each half of products */
  Random random;
  double size; /* the largest |eigenvalue| seen */
  size_t used;
} Lanczos;

typedef struct Projection {
  const Lanczos *lanczos;
  size_t count;       /* basis vectors that take part */
  const double *take; /* NULL, or coefficients to take off first */
} Projection;

/* Eight sums side by side, added up in a fixed order. */
static double dot(const double *a, const double *b, size_t n)
{
  double sums[8] = {0};
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (size_t j = 0; j < 8; j++) {
      sums[j] += a[i + j] * b[i + j];
    }
  }
  for (; i < n; i++) {
    sums[i % 8] += a[i] * b[i];
  }
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

/* next -= basis' take; then sum[i] = basis[i] . next, and last next . next: of a block of rows. */
static Status project_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)worker, (void)e;
  const Projection *p = context;
  const Lanczos *l = p->lanczos;
  double *sums = sum, *next = l->next + first;
  for (size_t i = 0; p->take && i < p->count; i++) {
    const double *vector = l->basis + i * l->n + first, factor = p->take[i];
    for (size_t j = 0; j < count; j++) {
      next[j] -= factor * vector[j];
    }
  }
  for (size_t i = 0; i < p->count; i++) {
    sums[i] = dot(l->basis + i * l->n + first, next, count);
  }
  sums[p->count] = dot(next, next, count);
  return STATUS_OK;
}

static void add_sums(void *context, void *sum, const void *other)
{
  const Projection *p = context;
  double *a = sum;
  const double *b = other;
  for (size_t i = 0; i <= p->count; i++) {
    a[i] += b[i];
  }
}

static Status project(Lanczos *l, size_t count, const double *take, double *sums, Error *e)
{
  Projection p = {.lanczos = l, .count = count, .take = take};
  const Reduce reduce = {.size = (count + 1) * sizeof *sums, .block = project_block, .merge = add_sums, .context = &p};
  return rows_reduce(l->task, l->n, &reduce, sums, e);
}

/* Makes `next` orthogonal to the first `count` vectors, in two passes; coefficients (both passes together) in
 * l->products, its squared length after it. */
static Status orthogonalise(Lanczos *l, size_t count, double *before, double *square, Error *e)
{
  double *first = l->products, *second = l->products + l->half;
  Status status;
  TRY(project(l, count, NULL, first, e));
  *before = first[count];
  TRY(project(l, count, first, second, e));
  for (size_t i = 0; i < count; i++) {
    first[i] += second[i];
  }
  TRY(project(l, count, second, l->scratch, e));
  *square = l->scratch[count];
  if (!isfinite(*before) || !isfinite(*square)) {
    TRY(error_set(e, STATUS_DATA, "not-finite",
                  _("a matrix whose eigenvalues are wanted holds numbers that are not finite")));
  }
done:
  return status;
}

static void put_vector(Lanczos *l, size_t at, double square)
{
  const double factor = 1 / sqrt(square);
  double *vector = l->basis + at * l->n;
  for (size_t i = 0; i < l->n; i++) {
    vector[i] = l->next[i] * factor;
  }
}

/* A random vector orthogonal to the `at` vectors there are becomes number `at`. */
static Status random_vector(Lanczos *l, size_t at, Error *e)
{
  double before, square = 0;
  for (int attempt = 0; attempt < 8 && !(square > 1e-10 * (double)l->n); attempt++) {
    for (size_t i = 0; i < l->n; i++) {
      l->next[i] = 2 * random_uniform(&l->random) - 1;
    }
    const Status status = orthogonalise(l, at, &before, &square, e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  put_vector(l, at, square > 0 ? square : 1);
  return STATUS_OK;
}

/* Adds the vectors from..most - 1 to the projected matrix, and makes the one behind. *left is its coupling: 0 when the
 * basis spans all there is. */
static Status extend(Lanczos *l, size_t from, size_t count, double *left, Error *e)
{
  Status status = STATUS_OK;
  for (size_t j = from; j < count; j++) {
    double before, square;
    TRY(l->operator->product(l->operator->context, l->basis + (l->fixed + j) * l->n, l->next, e));
    l->used++;
    TRY(orthogonalise(l, l->fixed + j + 1, &before, &square, e));
    for (size_t i = 0; i <= j; i++) {
      l->projected[i * l->most + j] = l->projected[j * l->most + i] = l->products[l->fixed + i];
    }
    l->size = fmax(l->size, sqrt(before));
    *left = sqrt(square);
    if (l->fixed + j + 1 >= l->n) {
      *left = 0;
      break;
    }
    if (*left > 1e-13 * l->size) {
      put_vector(l, l->fixed + j + 1, square);
    } else {
      *left = 0;
      TRY(random_vector(l, l->fixed + j + 1, e));
    }
  }
done:
  return status;
}

enum { STRIP = 64 };

/* The first vectors of the basis become Ritz vectors, rows of the rotation times the basis, a strip of rows at a time.
 */
static Status rotate_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)sum, (void)e;
  const Projection *p = context;
  const Lanczos *l = p->lanczos;
  double *out = l->strips + worker * l->most * STRIP;
  for (size_t at = 0; at < count; at += STRIP) {
    const size_t wide = count - at < STRIP ? count - at : STRIP;
    double *base = l->basis + l->fixed * l->n + first + at;
    memset(out, 0, p->count * STRIP * sizeof *out);
    for (size_t r = 0; r < p->count; r++) {
      for (size_t i = 0; i < l->filled; i++) {
        const double factor = l->rotation[r * l->filled + i], *vector = base + i * l->n;
        for (size_t j = 0; j < wide; j++) {
          out[r * STRIP + j] += factor * vector[j];
        }
      }
    }
    for (size_t r = 0; r < p->count; r++) {
      memcpy(base + r * l->n, out + r * STRIP, wide * sizeof *out);
    }
  }
  return STATUS_OK;
}

static Status rotate_basis(Lanczos *l, size_t keep, Error *e)
{
  Projection p = {.lanczos = l, .count = keep};
  const Reduce reduce = {.block = rotate_block, .context = &p};
  return rows_reduce(l->task, l->n, &reduce, NULL, e);
}

/* Eigenvalues of what was projected so far. */
static Status solve_small(Lanczos *l, Error *e)
{
  const size_t m = l->filled;
  for (size_t i = 0; i < m; i++) {
    memcpy(l->small + i * m, l->projected + i * l->most, m * sizeof *l->small);
  }
  return jacobi(l->small, m, l->task, l->values, l->rotation, e);
}

static size_t count_converged(const Lanczos *l, size_t k, double left, double tolerance, double *worst)
{
  const size_t m = l->filled;
  size_t good = 0;
  *worst = 0;
  for (size_t i = 0; i < k; i++) {
    const double residual = left * fabs(l->rotation[i * m + m - 1]) / fmax(l->size, DBL_MIN);
    good += residual <= tolerance;
    *worst = fmax(*worst, residual);
  }
  return good;
}

/* Keeps `keep` Ritz vectors and the vector behind the basis. */
static Status restart(Lanczos *l, size_t keep, Error *e)
{
  const size_t m = l->filled;
  const Status status = rotate_basis(l, keep, e);
  if (status != STATUS_OK) {
    return status;
  }
  memcpy(l->basis + (l->fixed + keep) * l->n, l->basis + (l->fixed + m) * l->n, l->n * sizeof *l->basis);
  memset(l->projected, 0, l->most * l->most * sizeof *l->projected);
  for (size_t i = 0; i < keep; i++) {
    l->projected[i * l->most + i] = l->values[i];
  }
  return STATUS_OK;
}

/* One search from a random vector: k values and vectors of what is not fixed, at the front of the basis. */
static Status search_once(Lanczos *l, size_t k, double tolerance, size_t products_most, SymmetricReport *report,
                          Error *e)
{
  const size_t room = l->n - l->fixed, count = l->most < room ? l->most : room;
  size_t from = 0;
  double left = 0, worst = 0;
  Status status;
  memset(l->projected, 0, l->most * l->most * sizeof *l->projected);
  TRY(random_vector(l, l->fixed, e));
  for (;;) {
    l->filled = count;
    TRY(extend(l, from, count, &left, e));
    TRY(solve_small(l, e));
    const bool done_well = count_converged(l, k, left, tolerance, &worst) == k;
    if (done_well || l->used >= products_most) {
      report->converged = report->converged && done_well;
      break;
    }
    report->restarts++;
    from = k + (count - k) / 2 < count - 1 ? k + (count - k) / 2 : count - 1;
    TRY(restart(l, from, e));
  }
  report->residual = fmax(report->residual, worst);
  TRY(rotate_basis(l, k, e));
done:
  return status;
}

/* Puts a pair among the found ones, largest first; the last falls out. */
static void insert_pair(double value, const double *vector, size_t n, size_t k, double *values, double *vectors)
{
  size_t at = k - 1;
  for (; at > 0 && values[at - 1] < value; at--) {
    values[at] = values[at - 1];
    memcpy(vectors + at * n, vectors + (at - 1) * n, n * sizeof *vectors);
  }
  values[at] = value;
  memcpy(vectors + at * n, vector, n * sizeof *vectors);
}

/* Searches what the found vectors leave for an eigenvalue larger than the last of them: another vector of an
 * eigenspace. */
static Status look_again(Lanczos *l, const SymmetricSearch *s, double tolerance, size_t products_most, double *values,
                         double *vectors, SymmetricReport *report, Error *e)
{
  const size_t n = l->n;
  for (size_t round = 0; round < s->k && report->converged && s->n_known + s->k < n; round++) {
    SymmetricReport again = {.converged = true};
    memcpy(l->basis + s->n_known * n, vectors, s->k * n * sizeof *vectors);
    l->fixed = s->n_known + s->k;
    const Status status = search_once(l, 1, fmax(tolerance, 1e-8), l->used + products_most, &again, e);
    if (status != STATUS_OK) {
      return status;
    }
    report->restarts += again.restarts;
    if (!again.converged || !(l->values[0] > values[s->k - 1] + 10 * tolerance * l->size)) {
      break;
    }
    insert_pair(l->values[0], l->basis + l->fixed * n, n, s->k, values, vectors);
  }
  return STATUS_OK;
}

static void lanczos_free(Lanczos *l)
{
  mem_free(l->basis);
  mem_free(l->next);
  mem_free(l->products);
  mem_free(l->projected);
  mem_free(l->strips);
}

static Status lanczos_new(Task *task, const SymmetricOperator *operator, const SymmetricSearch * s, Lanczos *l,
                          Error *e)
{
  const size_t n = operator->n, wanted = 2 * s->k + 50, fixed = s->n_known + s->k;
  const size_t room = n - s->n_known;
  *l = (Lanczos){.task = task, .operator= operator, .n = n, .most = wanted < room ? wanted : room};
  l->fixed = s->n_known;
  l->random = random_new(s->seed, 0);
  size_t cells;
  const size_t square = l->most * l->most;
  if (__builtin_mul_overflow(fixed + l->most + 1, n, &cells)) {
    return error_memory(e, 0, _("eigenvectors"));
  }
  const Status status = task_reserve(task, cells * sizeof(double), _("eigenvectors"), e);
  if (status != STATUS_OK) {
    return status;
  }
  l->basis = mem_buffer(cells, sizeof(double));
  l->next = mem_buffer(n, sizeof(double));
  l->products = mem_zero(3 * (fixed + l->most + 2), sizeof(double));
  l->scratch = l->products + 2 * (fixed + l->most + 2);
  l->projected = mem_zero(3 * square + l->most, sizeof(double));
  l->small = l->projected + square;
  l->rotation = l->small + square;
  l->values = l->rotation + square;
  l->strips = mem_buffer(task_threads(task) * l->most, STRIP * sizeof(double));
  l->half = fixed + l->most + 2;
  return l->basis && l->next && l->products && l->projected && l->strips
             ? STATUS_OK
             : error_memory(e, cells * sizeof(double), _("eigenvectors"));
}

Status symmetric_largest(Task *task, const SymmetricOperator *operator, const SymmetricSearch * s, double *values,
                         double *vectors, SymmetricReport *report, Error *e)
{
  const size_t n = operator->n;
  const double tolerance = s->tolerance > 0 ? s->tolerance : 1e-10;
  const size_t products_most = s->products_most ? s->products_most : 500 * (s->k + 20);
  Lanczos l = {0};
  Status status;
  *report = (SymmetricReport){.converged = true};
  if (s->k < 1 || s->n_known > n || s->k > n - s->n_known) {
    return error_set(e, STATUS_ARGUMENT, "out-of-range", _("%1$zu eigenvalues are wanted of a matrix of %2$zu rows"),
                     s->k + s->n_known, n);
  }
  TRY(lanczos_new(task, operator, s, &l, e));
  for (size_t i = 0; i < s->n_known; i++) {
    memcpy(l.basis + i * n, s->known + i * n, n * sizeof *l.basis);
  }
  TRY(search_once(&l, s->k, tolerance, products_most, report, e));
  memcpy(values, l.values, s->k * sizeof *values);
  memcpy(vectors, l.basis + l.fixed * n, s->k * n * sizeof *vectors);
  TRY(look_again(&l, s, tolerance, products_most, values, vectors, report, e));
done:
  report->products = l.used;
  lanczos_free(&l);
  return status;
}
