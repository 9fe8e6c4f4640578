/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triangle_reflect.h -- the code of triangle.h for one type of number, first part: reflections.
 *
 * triangle.c includes the parts for one type after the other, with REAL the type and NAME its names, having made
 * what differs: dot, add, reflect, reflect_all, root, exponent_of, shift_of and eps. */
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
    const REAL factor = NAME(shift_of)(1, -f->exponent[j]);
    for (size_t i = 0; i < f->m; i++) {
      v[i] *= factor;
    }
    f->norm[j] = f->full[j] = norm * factor;
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

#endif
