/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triangle_solve.h -- the code of triangle.h for one type of number, third part: what follows from R (see
 * triangle_reflect.h). */
#ifdef REAL

/* v goes to M'M v with M's lines (columns or rows) as they lie: of an upper triangle, line k of columns has cells 0
 * .. k, line k of rows has k .. n - 1. w: n numbers of room. Gives the length of M v. */
static REAL NAME(power_step)(const REAL *a, size_t stride, size_t n, bool rows, REAL *v, REAL *w)
{
  memset(w, 0, n * sizeof *w);
  for (size_t k = 0; k < n; k++) {
    const size_t from = rows ? k : 0, to = rows ? n : k + 1;
    NAME(add)(v[k], a + k * stride + from, to - from, w + from);
  }
  for (size_t k = 0; k < n; k++) {
    const size_t from = rows ? k : 0, to = rows ? n : k + 1;
    v[k] = NAME(dot)(a + k * stride + from, w + from, to - from);
  }
  return NAME(root)(NAME(dot)(w, w, n));
}

REAL NAME(largest_singular)(const REAL *a, size_t stride, size_t n, bool rows, REAL *scratch, const Task *task)
{
  enum { STEPS = 24 };
  REAL *v = scratch, *w = scratch + n, most = 0;
  for (size_t k = 0; k < n; k++) {
    v[k] = (k % 2 ? -1 : 1) * (1 + (REAL)(k % 7) / 8); /* a start that lies along nothing in particular */
  }
  for (size_t step = 0; step < STEPS && !task_cancelled(task); step++) {
    const REAL length = NAME(root)(NAME(dot)(v, v, n)), inverse = length > 0 ? 1 / length : 0;
    for (size_t k = 0; k < n; k++) {
      v[k] *= inverse;
    }
    const REAL size = NAME(power_step)(a, stride, n, rows, v, w);
    most = size > most ? size : most;
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
  REAL *inverse = mem_zero(f->rank * f->rank, sizeof *inverse), *scratch = mem_alloc(2 * f->rank, sizeof *scratch);
  if (!inverse || !scratch) {
    TRY(error_memory(e, f->rank * f->rank * sizeof *inverse, _("a triangle")));
  }
  out->rank = f->rank;
  for (size_t j = f->rank; j < f->p; j++) {
    out->dropped[f->column[j]] = true;
  }
  NAME(coefficients)(f, out);
  TRY(NAME(invert)(f, inverse, out, e));
  const REAL condition = NAME(largest_singular)(f->a, f->m, f->rank, false, scratch, f->task) *
                         NAME(largest_singular)(inverse, f->rank, f->rank, false, scratch, f->task);
  out->condition = condition > 1 ? (double)condition : 1;
  status = task_cancelled(f->task) ? error_cancelled(e) : STATUS_OK;
done:
  mem_free(inverse);
  mem_free(scratch);
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
