/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The covariance models and their maximisations: Celeux and Govaert 1995, Gaussian parsimonious clustering models,
 * Pattern Recognition 28. W is a component's scatter, n its weight; a volume is the determinant's d-th root. */
#include <math.h>
#include <string.h>

#include "cluster/mixture_fit.h"
#include "core/alloc.h"
#include "math/symmetric.h"

enum { ROUNDS_MOST = 1000 };
static const double inner_tolerance = 0x1p-26; /* of volumes and shapes that are found in turns */

const char *mixture_model_name(MixtureModel model)
{
#define NAME(name) #name,
  static const char *const names[] = {MIXTURE_MODELS(NAME)};
#undef NAME
  return names[model];
}

bool mixture_is_diagonal(MixtureModel model)
{
  return model <= MIXTURE_VVI;
}

bool mixture_shares_axes(MixtureModel model)
{
  return model == MIXTURE_EVE || model == MIXTURE_VVE;
}

size_t mixture_df(MixtureModel model, size_t k, size_t d)
{
  const char *name = mixture_model_name(model);
  const size_t volumes = name[0] == 'V' ? k : 1;
  const size_t shapes = name[1] == 'I' ? 0 : name[1] == 'V' ? k : 1;
  const size_t orientations = name[2] == 'I' ? 0 : name[2] == 'V' ? k : 1;
  return k - 1 + k * d + volumes + shapes * (d - 1) + orientations * (d * (d - 1) / 2);
}

/* ---- memory */

size_t mixture_parameters_size(size_t k, size_t d)
{
  return k * (1 + d + d * d);
}

Status mixture_parameters_new(size_t k, size_t d, MixtureParameters *out, Error *e)
{
  double *block = mem_zero(mixture_parameters_size(k, d), sizeof *block);
  *out = (MixtureParameters){.k = k, .d = d, .share = block};
  if (!block) {
    return error_memory(e, mixture_parameters_size(k, d) * sizeof *block, _("a mixture"));
  }
  out->mean = block + k;
  out->covariance = out->mean + k * d;
  return STATUS_OK;
}

void mixture_parameters_free(MixtureParameters *p)
{
  mem_free(p->share);
  *p = (MixtureParameters){0};
}

Status mixture_moments_new(size_t k, size_t d, MixtureMoments *out, Error *e)
{
  double *block = mem_zero(mixture_parameters_size(k, d), sizeof *block);
  *out = (MixtureMoments){.weight = block};
  if (!block) {
    return error_memory(e, mixture_parameters_size(k, d) * sizeof *block, _("a mixture"));
  }
  out->mean = block + k;
  out->scatter = out->mean + k * d;
  return STATUS_OK;
}

void mixture_moments_free(MixtureMoments *m)
{
  mem_free(m->weight);
  *m = (MixtureMoments){0};
}

/* ---- parts. All work on out's covariances, k x d x d. */

typedef struct Maximum {
  const MixtureMoments *m;
  const Task *task;
  size_t k, d;
  double total;       /* sum of the weights */
  double *covariance; /* k x d x d */
  double *volume;     /* k */
  double *shape;      /* d: the common shape, or a factor's diagonal */
  double *matrix;     /* d x d */
  double *vectors;    /* k x d x d: rows are eigenvectors of W */
  double *values;     /* k x d: its eigenvalues */
  double *packed;     /* d (d + 1) / 2 */
  double *axes;       /* d x d: see mixture_maximise */
} Maximum;

static const double *scatter_of(const Maximum *x, size_t j)
{
  return x->m->scatter + j * x->d * x->d;
}

static double trace_of(const double *w, size_t d)
{
  double sum = 0;
  for (size_t i = 0; i < d; i++) {
    sum += w[i * d + i];
  }
  return sum;
}

static void set_diagonal(const Maximum *x, size_t j, const double *diagonal, double factor)
{
  double *c = x->covariance + j * x->d * x->d;
  memset(c, 0, x->d * x->d * sizeof *c);
  for (size_t i = 0; i < x->d; i++) {
    c[i * x->d + i] = diagonal ? factor * diagonal[i] : factor;
  }
}

/* The sum of values times the squares of the rows of vectors. */
static void set_turned(const Maximum *x, size_t j, const double *vectors, const double *values, double factor)
{
  const size_t d = x->d;
  double *c = x->covariance + j * d * d;
  memset(c, 0, d * d * sizeof *c);
  for (size_t r = 0; r < d; r++) {
    const double *v = vectors + r * d, value = factor * values[r];
    for (size_t a = 0; a < d; a++) {
      for (size_t b = 0; b < d; b++) {
        c[a * d + b] += value * v[a] * v[b];
      }
    }
  }
}

static void set_matrix(const Maximum *x, size_t j, const double *matrix, double factor)
{
  double *c = x->covariance + j * x->d * x->d;
  for (size_t i = 0; i < x->d * x->d; i++) {
    c[i] = factor * matrix[i];
  }
}

/* The numbers' geometric mean, by which they are divided; 0 when one is not above 0. */
static double normalise(double *x, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    if (!(x[i] > 0) || !isfinite(x[i])) {
      return 0;
    }
    sum += log(x[i]);
  }
  const double mean = exp(sum / (double)n);
  for (size_t i = 0; i < n; i++) {
    x[i] /= mean;
  }
  return mean;
}

/* The determinant's d-th root, 0 when the matrix is not positive definite; `packed` gets the Cholesky factor. */
static double volume_of(const double *a, size_t d, double *packed)
{
  double sum = 0;
  for (size_t i = 0; i < d; i++) {
    double *row = packed + i * (i + 1) / 2;
    for (size_t j = 0; j <= i; j++) {
      const double *other = packed + j * (j + 1) / 2;
      double left = a[i * d + j];
      for (size_t c = 0; c < j; c++) {
        left -= row[c] * other[c];
      }
      row[j] = j < i ? left / other[j] : sqrt(left);
    }
    if (!(row[i] > 0) || !isfinite(row[i])) {
      return 0;
    }
    sum += log(row[i]);
  }
  return exp(2 * sum / (double)d);
}

/* tr(A^-1 W) by A's factor: the squares of L^-1 times W's factor would need that; so column by column. */
static double trace_of_quotient(const double *packed, const double *w, size_t d, double *column)
{
  double sum = 0;
  for (size_t c = 0; c < d; c++) { /* solve A y = W's column c, take y[c] */
    for (size_t i = 0; i < d; i++) {
      double left = w[i * d + c];
      for (size_t j = 0; j < i; j++) {
        left -= packed[i * (i + 1) / 2 + j] * column[j];
      }
      column[i] = left / packed[i * (i + 1) / 2 + i];
    }
    for (size_t i = d; i-- > c;) {
      double left = column[i];
      for (size_t j = i + 1; j < d; j++) {
        left -= packed[j * (j + 1) / 2 + i] * column[j];
      }
      column[i] = left / packed[i * (i + 1) / 2 + i];
    }
    sum += column[c];
  }
  return sum;
}

/* ---- diagonal models */

static bool spheres(const Maximum *x, bool varying)
{
  double sum = 0;
  for (size_t j = 0; j < x->k; j++) {
    sum += trace_of(scatter_of(x, j), x->d);
  }
  for (size_t j = 0; j < x->k; j++) {
    const double own = trace_of(scatter_of(x, j), x->d) / (x->m->weight[j] * (double)x->d);
    set_diagonal(x, j, NULL, varying ? own : sum / (x->total * (double)x->d));
  }
  return true;
}

static bool model_eei(const Maximum *x)
{
  for (size_t i = 0; i < x->d; i++) {
    x->shape[i] = 0;
    for (size_t j = 0; j < x->k; j++) {
      x->shape[i] += scatter_of(x, j)[i * x->d + i];
    }
    x->shape[i] /= x->total;
  }
  for (size_t j = 0; j < x->k; j++) {
    set_diagonal(x, j, x->shape, 1);
  }
  return true;
}

/* The diagonals in `values` become shapes of their own, and `volume` the volumes' weighted mean, or each its own. */
static bool shapes_vary(const Maximum *x, bool varying)
{
  double sum = 0;
  for (size_t j = 0; j < x->k; j++) {
    const double volume = normalise(x->values + j * x->d, x->d);
    if (volume == 0) {
      return false;
    }
    x->volume[j] = volume / x->m->weight[j];
    sum += volume;
  }
  for (size_t j = 0; j < x->k && !varying; j++) {
    x->volume[j] = sum / x->total;
  }
  return true;
}

static void take_diagonals(const Maximum *x)
{
  for (size_t j = 0; j < x->k; j++) {
    for (size_t i = 0; i < x->d; i++) {
      x->values[j * x->d + i] = scatter_of(x, j)[i * x->d + i];
    }
  }
}

/* EVI, VVI */
static bool diagonals_vary(const Maximum *x, bool varying)
{
  take_diagonals(x);
  if (!shapes_vary(x, varying)) {
    return false;
  }
  for (size_t j = 0; j < x->k; j++) {
    set_diagonal(x, j, x->values + j * x->d, x->volume[j]);
  }
  return true;
}

/* Whether two volumes or shapes are the same to inner_tolerance. */
static bool is_near(double a, double b)
{
  return fabs(a - b) <= inner_tolerance * (1 + fabs(b));
}

/* Volumes of their own and one shape of the diagonals in `values` (k x d), found in turns (VEI; VEV with eigenvalues).
 */
static bool volumes_and_shape(const Maximum *x)
{
  const size_t k = x->k, d = x->d;
  bool same = false;
  for (size_t j = 0; j < k; j++) {
    double sum = 0;
    for (size_t i = 0; i < d; i++) {
      sum += x->values[j * d + i];
    }
    x->volume[j] = sum / ((double)d * x->m->weight[j]);
  }
  for (size_t round = 0; round < ROUNDS_MOST && !same; round++) {
    same = true;
    for (size_t i = 0; i < d; i++) {
      x->shape[i] = 0;
      for (size_t j = 0; j < k; j++) {
        x->shape[i] += x->values[j * d + i] / x->volume[j];
      }
    }
    if (normalise(x->shape, d) == 0) {
      return false;
    }
    for (size_t j = 0; j < k; j++) {
      const double before = x->volume[j];
      double sum = 0;
      for (size_t i = 0; i < d; i++) {
        sum += x->values[j * d + i] / x->shape[i];
      }
      x->volume[j] = sum / ((double)d * x->m->weight[j]);
      same = same && is_near(x->volume[j], before);
    }
  }
  return true;
}

static bool model_vei(const Maximum *x)
{
  take_diagonals(x);
  if (!volumes_and_shape(x)) {
    return false;
  }
  for (size_t j = 0; j < x->k; j++) {
    set_diagonal(x, j, x->shape, x->volume[j]);
  }
  return true;
}

/* ---- models with orientation */

/* The sum of the scatters, each divided by its volume (NULL: 1). */
static void pool(const Maximum *x, const double *volume)
{
  memset(x->matrix, 0, x->d * x->d * sizeof *x->matrix);
  for (size_t j = 0; j < x->k; j++) {
    const double *w = scatter_of(x, j);
    for (size_t i = 0; i < x->d * x->d; i++) {
      x->matrix[i] += volume ? w[i] / volume[j] : w[i];
    }
  }
}

static bool model_eee(const Maximum *x)
{
  pool(x, NULL);
  for (size_t j = 0; j < x->k; j++) {
    set_matrix(x, j, x->matrix, 1 / x->total);
  }
  return true;
}

static Status model_vee(const Maximum *x, bool *sound, Error *e)
{
  const size_t k = x->k, d = x->d;
  bool same = false;
  double size = 1;
  for (size_t j = 0; j < k; j++) {
    x->volume[j] = trace_of(scatter_of(x, j), d) / ((double)d * x->m->weight[j]);
  }
  for (size_t round = 0; round < ROUNDS_MOST && !same; round++) {
    if (task_cancelled(x->task)) {
      return error_cancelled(e);
    }
    same = true;
    pool(x, x->volume);
    size = volume_of(x->matrix, d, x->packed);
    *sound = size > 0;
    if (!*sound) {
      return STATUS_OK;
    }
    for (size_t j = 0; j < k; j++) {
      const double before = x->volume[j];
      x->volume[j] = size * trace_of_quotient(x->packed, scatter_of(x, j), d, x->shape) / ((double)d * x->m->weight[j]);
      same = same && is_near(x->volume[j], before);
    }
  }
  for (size_t j = 0; j < k; j++) {
    set_matrix(x, j, x->matrix, x->volume[j] / size);
  }
  *sound = true;
  return STATUS_OK;
}

/* One volume and free forms (EVV), or everything free (VVV). */
static bool forms_vary(const Maximum *x, bool varying)
{
  double sum = 0;
  for (size_t j = 0; j < x->k && !varying; j++) {
    x->volume[j] = volume_of(scatter_of(x, j), x->d, x->packed);
    if (x->volume[j] == 0) {
      return false;
    }
    sum += x->volume[j];
  }
  for (size_t j = 0; j < x->k; j++) {
    set_matrix(x, j, scatter_of(x, j), varying ? 1 / x->m->weight[j] : sum / x->total / x->volume[j]);
  }
  return true;
}

static Status eigen(const Maximum *x, Error *e)
{
  const size_t d = x->d;
  for (size_t j = 0; j < x->k; j++) {
    memcpy(x->matrix, scatter_of(x, j), d * d * sizeof *x->matrix);
    const Status status = symmetric_eigen(x->matrix, d, x->task, x->values + j * d, x->vectors + j * d * d, e);
    if (status != STATUS_OK) {
      return status;
    }
    for (size_t i = 0; i < d; i++) {
      x->values[j * d + i] = fmax(0, x->values[j * d + i]);
    }
  }
  return STATUS_OK;
}

/* The eigenvalues' sum over components, made a shape: the volume is common. */
static bool one_volume(const Maximum *x)
{
  for (size_t i = 0; i < x->d; i++) {
    x->shape[i] = 0;
    for (size_t j = 0; j < x->k; j++) {
      x->shape[i] += x->values[j * x->d + i];
    }
  }
  const double volume = normalise(x->shape, x->d) / x->total;
  for (size_t j = 0; j < x->k; j++) {
    x->volume[j] = volume;
  }
  return volume > 0;
}

/* EEV, VEV: orientations of their own, one shape. */
static Status orientations_vary(const Maximum *x, bool varying, bool *sound, Error *e)
{
  const size_t d = x->d;
  const Status status = eigen(x, e);
  *sound = status == STATUS_OK && (varying ? volumes_and_shape(x) : one_volume(x));
  for (size_t j = 0; *sound && j < x->k; j++) {
    set_turned(x, j, x->vectors + j * d * d, x->shape, x->volume[j]);
  }
  return status;
}

/* EVE, VVE: one orientation, shapes of their own. */
static Status shapes_about_axes(const Maximum *x, bool varying, bool *sound, Error *e)
{
  const Status status = mixture_orientation(x->m, x->k, x->d, !varying, x->task, x->axes, x->values, sound, e);
  *sound = status == STATUS_OK && *sound && shapes_vary(x, varying);
  for (size_t j = 0; *sound && j < x->k; j++) {
    set_turned(x, j, x->axes, x->values + j * x->d, x->volume[j]);
  }
  return status;
}

static Status covariances(const Maximum *x, MixtureModel model, bool *sound, Error *e)
{
  switch (model) {
    case MIXTURE_EII: *sound = spheres(x, false); break;
    case MIXTURE_VII: *sound = spheres(x, true); break;
    case MIXTURE_EEI: *sound = model_eei(x); break;
    case MIXTURE_VEI: *sound = model_vei(x); break;
    case MIXTURE_EVI: *sound = diagonals_vary(x, false); break;
    case MIXTURE_VVI: *sound = diagonals_vary(x, true); break;
    case MIXTURE_EEE: *sound = model_eee(x); break;
    case MIXTURE_VEE: return model_vee(x, sound, e);
    case MIXTURE_EVE: return shapes_about_axes(x, false, sound, e);
    case MIXTURE_VVE: return shapes_about_axes(x, true, sound, e);
    case MIXTURE_EEV: return orientations_vary(x, false, sound, e);
    case MIXTURE_VEV: return orientations_vary(x, true, sound, e);
    case MIXTURE_EVV: *sound = forms_vary(x, false); break;
    default: *sound = forms_vary(x, true); break;
  }
  return STATUS_OK;
}

Status mixture_maximise(const MixtureMoments *m, double reg, const Task *task, double *axes, MixtureParameters *out,
                        bool *singular, Error *e)
{
  const size_t k = out->k, d = out->d;
  double *room = mem_alloc(k * (1 + d + d * d) + d + d * d + d * (d + 1) / 2, sizeof *room);
  if (!room) {
    return error_memory(e, k * d * d * sizeof *room, _("a mixture"));
  }
  Maximum x = {.m = m, .task = task, .k = k, .d = d, .covariance = out->covariance, .axes = axes};
  bool sound = true;
  x.volume = room;
  x.values = x.volume + k;
  x.vectors = x.values + k * d;
  x.shape = x.vectors + k * d * d;
  x.matrix = x.shape + d;
  x.packed = x.matrix + d * d;
  for (size_t j = 0; j < k; j++) {
    sound = sound && m->weight[j] > 0;
    x.total += m->weight[j];
  }
  Status status = STATUS_OK;
  if (sound) {
    status = covariances(&x, out->model, &sound, e);
  }
  for (size_t j = 0; j < k; j++) {
    out->share[j] = m->weight[j] / x.total;
    for (size_t i = 0; i < d; i++) {
      out->covariance[(j * d + i) * d + i] += reg;
    }
  }
  memcpy(out->mean, m->mean, k * d * sizeof *out->mean);
  *singular = !sound;
  mem_free(room);
  return status;
}
