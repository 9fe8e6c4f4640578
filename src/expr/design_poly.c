/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orthogonal polynomials by Stieltjes' recurrence: each next one needs two sums over the rows. The columns are those of
 * R's poly(), whose QR decomposition of the powers gives the same monic polynomials. */
#include <math.h>

#include "core/reduce.h"
#include "expr/design_layout.h"

/* p(0) .. p(k) at x. */
static void recurrence(const DesignPoly *poly, double x, size_t k, double *p)
{
  p[0] = 1;
  for (size_t i = 0; i < k; i++) {
    p[i + 1] = (x - poly->centre - poly->alpha[i]) * p[i];
    p[i + 1] -= i > 0 ? poly->norm[i] / poly->norm[i - 1] * p[i - 1] : 0;
  }
}

void design_poly_values(const DesignVariable *v, double x, double *out)
{
  const size_t degree = v->formula->degree;
  if (v->formula->raw) {
    double power = 1;
    for (size_t k = 0; k < degree; k++) {
      out[k] = power *= x;
    }
    return;
  }
  double p[FORMULA_DEGREE_MOST + 1];
  recurrence(&v->sketch.poly, x, degree, p);
  for (size_t k = 0; k < degree; k++) {
    out[k] = p[k + 1] / sqrt(v->sketch.poly.norm[k + 1]);
  }
}

typedef struct Sums {
  double squares, weighted;
} Sums;

typedef struct Fit {
  const Design *design;
  const DesignVariable *v;
  const DesignPoly *poly;
  size_t k;
  bool mean;             /* first of all the mean */
} Fit;

static Status sum_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  (void)worker, (void)e;
  const Fit *fit = context;
  Sums *sums = sum;
  for (size_t i = first; i < first + count; i++) {
    const double x = column_float(fit->v->column, design_row(fit->design, i));
    double p[FORMULA_DEGREE_MOST + 1];
    recurrence(fit->poly, x, fit->k, p);
    const double square = p[fit->k] * p[fit->k];
    sums->squares += square;
    sums->weighted += fit->mean ? x : square * (x - fit->poly->centre);
  }
  return STATUS_OK;
}

static void add_sums(void *context, void *sum, const void *other)
{
  (void)context;
  Sums *a = sum;
  const Sums *b = other;
  a->squares += b->squares;
  a->weighted += b->weighted;
}

static bool enough_values(const Design *design, const DesignVariable *v)
{
  double seen[FORMULA_DEGREE_MOST + 1];
  size_t n = 0;
  for (size_t i = 0; i < design->rows && n <= v->formula->degree; i++) {
    const double x = column_float(v->column, design_row(design, i));
    size_t k = 0;
    while (k < n && seen[k] != x) {
      k++;
    }
    if (k == n) {
      seen[n++] = x;
    }
  }
  return n > v->formula->degree;
}

Status design_fit_poly(const Design *design, DesignVariable *v, Task *task, Error *e)
{
  DesignPoly *poly = &v->sketch.poly;
  Fit fit = {.design = design, .v = v, .poly = poly, .mean = true};
  const Reduce reduce = {.size = sizeof(Sums), .block = sum_block, .merge = add_sums, .context = &fit};
  Sums sums;
  Status status = STATUS_OK;
  if (v->formula->raw) {
    return STATUS_OK;
  }
  if (!enough_values(design, v)) {
    error_set(e, STATUS_DATA, "few-values", _("%1$s needs more than %2$zu different values"), v->sketch.label, v->formula->degree);
    TRY(design_error(design, v, STATUS_DATA, e));
  }
  TRY(rows_reduce(task, design->rows, &reduce, &sums, e));
  poly->centre = sums.weighted / (double)design->rows;
  fit.mean = false;
  for (fit.k = 0; fit.k <= v->formula->degree; fit.k++) {
    TRY(rows_reduce(task, design->rows, &reduce, &sums, e));
    poly->norm[fit.k] = sums.squares;
    if (fit.k < v->formula->degree) {
      poly->alpha[fit.k] = sums.weighted / sums.squares;
    }
  }
done:
  return status;
}
