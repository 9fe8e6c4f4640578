/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triangle_pivot.h -- the code of triangle.h for one type of number, second part: which columns count (see
 * triangle_reflect.h). */
#ifdef REAL

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

#endif
