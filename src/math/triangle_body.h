/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triangle_body.h -- the code of triangle.h for one type of number. triangle.c includes it twice, with REAL the
 * type and NAME its names, having made what differs: dot, add, reflect, reflect_all, root, exponent_of, shift_of
 * and eps. */
#ifdef REAL

/* Makes the reflection that takes (*head, v) to (r, 0): v becomes its vector, *head becomes r; gives beta, 0 for
 * none. */
static REAL NAME(reflector)(REAL *head, REAL *v, size_t m)
{
  const REAL below = NAME(dot)(v, v, m);
  if (below == 0) {
    return 0;
  }
  const REAL norm = NAME(root)(*head * *head + below), r = *head > 0 ? -norm : norm;
  const REAL first = *head - r, inverse = 1 / first;
  for (size_t i = 0; i < m; i++) {
    v[i] *= inverse;
  }
  *head = r;
  return -first / r;
}

void NAME(absorb)(REAL *triangle, size_t p, REAL *chunk, size_t rows, size_t stride, bool triangular, const Task *task)
{
  for (size_t j = 0; j < p && !task_cancelled(task); j++) {
    const size_t m = triangular && j + 1 < rows ? j + 1 : rows;
    REAL *head = triangle + j * p + j, *v = chunk + j * stride;
    const REAL beta = NAME(reflector)(head, v, m);
    if (beta != 0) {
      NAME(reflect)(v, m, beta, head + p, p, v + stride, stride, p - j);
    }
  }
}

/* ---- The pivoted factorisation */

typedef struct NAME(Factors) {
  REAL *a;         /* m x (p + 1), column-major */
  size_t m, p, rank;
  double tolerance;
  size_t *column;  /* which of the p columns stands at each place */
  int *exponent;   /* of each place's column: it was multiplied by two to the minus this */
  REAL *norm, *full; /* norms of the columns' rest: as updated, and when last computed */
  Task *task;
} NAME(Factors);

static REAL NAME(norm_of)(const REAL *v, size_t m)
{
  return NAME(root)(NAME(dot)(v, v, m));
}

/* Norms become 1/2 to 1; all columns are below 2 in their cells when they come, so that no square overflows. */
static void NAME(scale)(NAME(Factors) *f)
{
  for (size_t j = 0; j < f->p; j++) {
    REAL *v = f->a + j * f->m;
    const REAL norm = NAME(norm_of)(v, f->m);
    f->column[j] = j;
    f->exponent[j] = norm > 0 ? NAME(exponent_of)(norm) : 0;
    for (size_t i = 0; i < f->m; i++) {
      v[i] = NAME(shift_of)(v[i], -f->exponent[j]);
    }
    f->norm[j] = f->full[j] = NAME(shift_of)(norm, -f->exponent[j]);
  }
}

static void NAME(exchange)(NAME(Factors) *f, size_t a, size_t b)
{
  if (a == b) {
    return;
  }
  REAL *x = f->a + a * f->m, *y = f->a + b * f->m;
  for (size_t i = 0; i < f->m; i++) {
    const REAL kept = x[i];
    x[i] = y[i];
    y[i] = kept;
  }
  const size_t column = f->column[a];
  f->column[a] = f->column[b];
  f->column[b] = column;
  const int exponent = f->exponent[a];
  f->exponent[a] = f->exponent[b];
  f->exponent[b] = exponent;
  f->norm[b] = f->norm[a]; /* a's own are not needed again */
  f->full[b] = f->full[a];
}

/* Column k is reflected, and the places from next on with it, y among them. */
static void NAME(eliminate)(NAME(Factors) *f, size_t k, size_t next)
{
  REAL *head = f->a + k * f->m + k;
  const REAL beta = NAME(reflector)(head, head + 1, f->m - k - 1);
  if (beta != 0) {
    NAME(reflect_all)(head + 1, f->m - k - 1, beta, f->a + next * f->m + k, f->m, f->p + 1 - next, f->task);
  }
}

/* Row k is done: what is left of the norms. Computed anew when too much was taken off to trust the difference. */
static void NAME(lower_norms)(NAME(Factors) *f, size_t k)
{
  for (size_t j = k + 1; j < f->p; j++) {
    if (f->norm[j] == 0) {
      continue;
    }
    const REAL *v = f->a + j * f->m + k;
    const REAL share = v[0] / f->norm[j], left = share * share < 1 ? 1 - share * share : 0;
    const REAL ratio = f->norm[j] / f->full[j];
    if (left * ratio * ratio < NAME(root)(NAME(eps))) {
      f->norm[j] = f->full[j] = NAME(norm_of)(v + 1, f->m - k - 1);
    } else {
      f->norm[j] *= NAME(root)(left);
    }
  }
}

static Status NAME(pivoted)(NAME(Factors) *f, Error *e)
{
  const size_t most = f->m < f->p ? f->m : f->p;
  REAL first = 0;
  for (f->rank = 0; f->rank < most; f->rank++) {
    const size_t k = f->rank;
    size_t best = k;
    for (size_t j = k + 1; j < f->p; j++) {
      best = f->norm[j] > f->norm[best] ? j : best;
    }
    const REAL size = NAME(norm_of)(f->a + best * f->m + k, f->m - k);
    first = k == 0 ? size : first;
    if (size <= f->tolerance * first) {
      break;
    }
    NAME(exchange)(f, k, best);
    NAME(eliminate)(f, k, k + 1);
    NAME(lower_norms)(f, k);
    if (task_cancelled(f->task)) {
      return error_cancelled(e);
    }
  }
  return STATUS_OK;
}

/* Columns in their order, those that depend on the ones before them being passed over. */
static Status NAME(in_order)(NAME(Factors) *f, Error *e)
{
  REAL first = 0;
  f->rank = 0;
  for (size_t j = 0; j < f->p; j++) {
    first = f->norm[j] > first ? f->norm[j] : first;
  }
  for (size_t j = 0; j < f->p && f->rank < f->m; j++) {
    const size_t k = f->rank;
    if (NAME(norm_of)(f->a + j * f->m + k, f->m - k) <= f->tolerance * first) {
      continue;
    }
    NAME(exchange)(f, k, j);
    NAME(eliminate)(f, k, j + 1);
    f->rank++;
    if (task_cancelled(f->task)) {
      return error_cancelled(e);
    }
  }
  return STATUS_OK;
}

/* ---- What follows from the triangle */

static REAL NAME(largest_column)(const REAL *a, size_t m, size_t n)
{
  REAL most = 0;
  for (size_t j = 0; j < n; j++) {
    REAL sum = 0;
    for (size_t i = 0; i <= j; i++) {
      sum += a[j * m + i] < 0 ? -a[j * m + i] : a[j * m + i];
    }
    most = sum > most ? sum : most;
  }
  return most;
}

/* R b = Q'y, from the last on; Q'y is used up. */
static void NAME(coefficients)(const NAME(Factors) *f, Solution *out)
{
  REAL *z = f->a + f->p * f->m;
  for (size_t j = f->rank; j-- > 0;) {
    const REAL *column = f->a + j * f->m, b = z[j] / column[j];
    NAME(add)(-b, column, j, z);
    out->coefficients[f->column[j]] = ldexpl(b, -f->exponent[j]);
  }
}

/* R^-1 into `inverse` (rank x rank, column-major), then into the factor's rows. */
static Status NAME(invert)(const NAME(Factors) *f, REAL *inverse, Solution *out, Error *e)
{
  const size_t n = f->rank;
  for (size_t j = 0; j < n; j++) {
    REAL *x = inverse + j * n;
    x[j] = 1;
    for (size_t i = j + 1; i-- > 0;) {
      const REAL *column = f->a + i * f->m;
      x[i] /= column[i];
      NAME(add)(-x[i], column, i, x);
    }
    if (task_cancelled(f->task)) {
      return error_cancelled(e);
    }
  }
  for (size_t i = 0; i < n; i++) {
    double *row = out->factor + f->column[i] * f->p;
    for (size_t j = i; j < n; j++) {
      row[j] = (double)ldexpl(inverse[j * n + i], -f->exponent[i]);
    }
  }
  return STATUS_OK;
}

static Status NAME(finish)(const NAME(Factors) *f, Solution *out, Error *e)
{
  Status status = STATUS_OK;
  REAL *inverse = mem_zero(f->rank * f->rank, sizeof *inverse);
  if (!inverse) {
    TRY(error_memory(e, f->rank * f->rank * sizeof *inverse, _("a triangle")));
  }
  out->rank = f->rank;
  for (size_t j = f->rank; j < f->p; j++) {
    out->dropped[f->column[j]] = true;
  }
  NAME(coefficients)(f, out);
  TRY(NAME(invert)(f, inverse, out, e));
  const REAL condition = NAME(largest_column)(f->a, f->m, f->rank) * NAME(largest_column)(inverse, f->rank, f->rank);
  out->condition = condition > 1 ? (double)condition : 1;
done:
  mem_free(inverse);
  return status;
}

/* Pivoted; and when columns must go, once more in their order, so that the later of two equal ones goes. The
 * pivoted one stands if the two do not agree on how many. */
static Status NAME(factor)(NAME(Factors) *f, REAL *spare, Error *e)
{
  REAL *a = f->a;
  const size_t bytes = f->m * (f->p + 1) * sizeof *a;
  Status status = STATUS_OK;
  memcpy(spare, a, bytes);
  NAME(scale)(f);
  TRY(NAME(pivoted)(f, e));
  const size_t rank = f->rank;
  if (rank == f->p) {
    goto done;
  }
  f->a = spare;
  memcpy(a, spare, bytes);
  NAME(scale)(f);
  TRY(NAME(in_order)(f, e));
  if (f->rank != rank) {
    f->a = a;
    NAME(scale)(f);
    TRY(NAME(pivoted)(f, e));
  }
done:
  return status;
}

Status NAME(solve)(REAL *a, size_t m, size_t p, size_t n, Task *task, Solution *out, Error *e)
{
  const double eps = (double)(n > p ? n : p) * DBL_EPSILON;
  NAME(Factors) f = {.a = a, .m = m, .p = p, .task = task, .tolerance = eps > 1e-13 ? eps : 1e-13};
  REAL *spare = mem_alloc(m * (p + 1), sizeof *spare);
  Status status = STATUS_OK;
  f.column = mem_alloc(p, sizeof *f.column);
  f.exponent = mem_alloc(p, sizeof *f.exponent);
  f.norm = mem_alloc(p, sizeof *f.norm);
  f.full = mem_alloc(p, sizeof *f.full);
  if (!spare || !f.column || !f.exponent || !f.norm || !f.full) {
    TRY(error_memory(e, m * (p + 1) * sizeof *spare, _("a triangle")));
  }
  TRY(NAME(factor)(&f, spare, e));
  TRY(NAME(finish)(&f, out, e));
done:
  mem_free(spare);
  mem_free(f.column);
  mem_free(f.exponent);
  mem_free(f.norm);
  mem_free(f.full);
  return status;
}

#endif
