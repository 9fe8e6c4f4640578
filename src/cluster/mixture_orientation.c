/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The orientation that all components share (EVE, VVE). With V = D W D' (rows of D are the axes), and the volumes and
 * shapes that are best for it, -2 times the log likelihood is, but for constants,
 *
 *   VVE   sum over components of n log(v_1 ... v_d)             (common principal components: Flury 1984)
 *   EVE   d n log(sum over components of (v_1 ... v_d)^(1/d))
 *
 * of which only the diagonals v count. Two axes at a time are turned so that it falls (Flury and Gautschi 1986, SIAM J.
 * Sci. Stat. Comput. 7), by a Newton step, or where that does not lead down by looking around. The steps of Browne and
 * McNicholas 2014, which mclust takes, are as short as the largest eigenvalue dictates: hundreds of them where this
 * needs a few sweeps over the pairs.
 *
 * A maximisation ends when a sweep brings a thousandth of what its first one brought. The next one begins at its axes,
 * so that the likelihood rises at every step all the same; and where that ends, the orientation is the best to the last
 * digits, since what the first sweep brings is nothing there. */
#include <math.h>
#include <string.h>

#include "cluster/mixture_fit.h"
#include "core/alloc.h"
#include "math/symmetric.h"

enum { SWEEPS_MOST = 1000, LOOKS = 16, HALVINGS = 40 };
static const double quarter_turn = 1.5707963267948966; /* changes nothing but the axes' names */
static const double near = 0.1;                        /* a longer Newton step is not believed */
static const double nothing = 0x1p-40; /* times the rows: a fall of -2 log likelihood that does not count */
static const double enough = 1e-3;     /* of the first sweep's fall */
static const double flat = 1e-14;     /* a Cholesky pivot's share of the variance below which a scatter is singular */

typedef struct Turning {
  size_t k, d;
  bool one_volume; /* EVE */
  double total;    /* of the rows */
  double least;    /* what the fall of a sweep must be for another one */
  double *axes;    /* d x d */
  double *turned;  /* k x d x d: V */
  double *part;    /* k: n, or of their total by volume */
  double *plane;   /* k x 3: v_pp, v_pq, v_qq */
  double *matrix;  /* d x d */
} Turning;

/* ---- one plane */

/* What turning axes p and q by an angle adds. */
static double change_at(const Turning *t, double angle)
{
  const double c = cos(angle), s = sin(angle);
  double sum = 0;
  for (size_t j = 0; j < t->k; j++) {
    const double a = t->plane[3 * j], b = t->plane[3 * j + 1], e = t->plane[3 * j + 2];
    const double high = (a * c * c + 2 * b * c * s + e * s * s) / a, low = (a * s * s - 2 * b * c * s + e * c * c) / e;
    if (!(high > 0) || !(low > 0)) {
      return INFINITY; /* beyond what can be told from flat */
    }
    sum += t->part[j] * (t->one_volume ? pow(high * low, 1 / (double)t->d) : log(high * low));
  }
  return t->one_volume ? t->total * (double)t->d * log(sum / t->total) : sum;
}

/* Its first and second derivative at 0. */
static void derivatives(const Turning *t, double *slope, double *curve)
{
  double first = 0, second = 0, squares = 0;
  for (size_t j = 0; j < t->k; j++) {
    const double a = t->plane[3 * j], b = t->plane[3 * j + 1], e = t->plane[3 * j + 2], m = a - e;
    const double r = -2 * (b / a) * (m / e);
    first += t->part[j] * r;
    second += t->part[j] * (2 * (m / a) * (m / e) - 8 * (b / a) * (b / e) - r * r);
    squares += t->part[j] * r * r;
  }
  *slope = first;
  *curve = t->one_volume ? second + (squares - first * first / t->total) / (double)t->d : second;
}

/* The best of some angles all around; 0 when none leads down. */
static double look_around(const Turning *t, double *fall)
{
  double best = 0;
  *fall = 0;
  for (int i = 1 - LOOKS / 2; i <= LOOKS / 2; i++) {
    const double angle = quarter_turn * i / LOOKS, change = i == 0 ? 0 : change_at(t, angle);
    if (-change > *fall) {
      *fall = -change;
      best = angle;
    }
  }
  return best;
}

/* An angle that leads down, or 0; *fall: by how much, about. */
static double choose_angle(const Turning *t, double *fall)
{
  const double little = t->least / (double)(t->d * t->d);
  double slope, curve;
  derivatives(t, &slope, &curve);
  const bool newton = curve > 0 && fabs(slope) <= near * curve;
  if (!newton) {
    const double angle = look_around(t, fall);
    if (*fall > little) {
      return angle;
    }
  }
  double step = newton ? -slope / curve : -copysign(near, slope);
  *fall = fabs(slope * step) / 2;
  for (int i = 0; i < HALVINGS && *fall > little; i++) {
    if (change_at(t, step) <= -*fall / 2) {
      return step;
    }
    step /= 2;
    *fall /= 2;
  }
  return 0;
}

static void turn_rows(double *x, double *y, size_t d, double c, double s)
{
  for (size_t i = 0; i < d; i++) {
    const double before = x[i];
    x[i] = c * before + s * y[i];
    y[i] = c * y[i] - s * before;
  }
}

static void turn(const Turning *t, size_t p, size_t q, double angle)
{
  const size_t d = t->d;
  const double c = cos(angle), s = sin(angle);
  double sum = 0;
  turn_rows(t->axes + p * d, t->axes + q * d, d, c, s);
  for (size_t j = 0; j < t->k; j++) {
    double *v = t->turned + j * d * d;
    const double area = v[p * d + p] * v[q * d + q];
    turn_rows(v + p * d, v + q * d, d, c, s);
    for (size_t i = 0; i < d; i++) {
      const double before = v[i * d + p];
      v[i * d + p] = c * before + s * v[i * d + q];
      v[i * d + q] = c * v[i * d + q] - s * before;
    }
    t->part[j] *= t->one_volume ? pow(v[p * d + p] / area * v[q * d + q], 1 / (double)d) : 1;
    sum += t->part[j];
  }
  for (size_t j = 0; j < t->k; j++) {
    t->part[j] *= t->total / sum;
  }
}

/* ---- all of them */

static double turn_pair(const Turning *t, size_t p, size_t q)
{
  double fall;
  for (size_t j = 0; j < t->k; j++) {
    const double *v = t->turned + j * t->d * t->d;
    t->plane[3 * j] = v[p * t->d + p];
    t->plane[3 * j + 1] = v[p * t->d + q];
    t->plane[3 * j + 2] = v[q * t->d + q];
  }
  const double angle = choose_angle(t, &fall);
  if (angle != 0) {
    turn(t, p, q, angle);
  }
  return fall;
}

/* The parts by volume, from the diagonals; false when one of these is not above 0. */
static bool weigh(const Turning *t, const double *weight)
{
  const size_t d = t->d;
  double most = -INFINITY, sum = 0;
  for (size_t j = 0; j < t->k; j++) {
    t->part[j] = 0;
    for (size_t i = 0; i < d; i++) {
      const double v = t->turned[(j * d + i) * d + i];
      if (!(v > 0) || !isfinite(v)) {
        return false;
      }
      t->part[j] += log(v) / (double)d;
    }
    most = fmax(most, t->part[j]);
  }
  for (size_t j = 0; j < t->k; j++) {
    t->part[j] = t->one_volume ? exp(t->part[j] - most) : weight[j];
    sum += t->part[j];
  }
  for (size_t j = 0; j < t->k; j++) {
    t->part[j] *= t->total / sum;
  }
  return true;
}

/* Whether a scatter has no inverse: then some orientation makes it flat, and the likelihood has no bound. */
static bool is_flat(const double *w, size_t d, double *l)
{
  for (size_t i = 0; i < d; i++) {
    for (size_t j = 0; j <= i; j++) {
      double left = w[i * d + j];
      for (size_t c = 0; c < j; c++) {
        left -= l[i * d + c] * l[j * d + c];
      }
      l[i * d + j] = j < i ? left / l[j * d + j] : sqrt(left);
      if (j == i && !(left > flat * w[i * d + i])) {
        return true;
      }
    }
  }
  return false;
}

/* D W D' by way of D W. */
static void turn_scatters(const Turning *t, const double *scatter)
{
  const size_t d = t->d;
  for (size_t j = 0; j < t->k; j++) {
    const double *w = scatter + j * d * d;
    double *v = t->turned + j * d * d;
    memset(t->matrix, 0, d * d * sizeof *t->matrix);
    for (size_t r = 0; r < d; r++) {
      for (size_t a = 0; a < d; a++) {
        const double factor = t->axes[r * d + a];
        for (size_t b = 0; b < d; b++) {
          t->matrix[r * d + b] += factor * w[a * d + b];
        }
      }
    }
    for (size_t r = 0; r < d; r++) {
      for (size_t c = 0; c <= r; c++) {
        double sum = 0;
        for (size_t b = 0; b < d; b++) {
          sum += t->matrix[r * d + b] * t->axes[c * d + b];
        }
        v[r * d + c] = v[c * d + r] = sum;
      }
    }
  }
}

/* Axes that were turned often are no longer quite at right angles; false when they are no axes at all. */
static bool straighten(double *axes, size_t d)
{
  for (size_t r = 0; r < d; r++) {
    double *axis = axes + r * d, square = 0;
    for (size_t c = 0; c < r; c++) {
      double along = 0;
      for (size_t i = 0; i < d; i++) {
        along += axis[i] * axes[c * d + i];
      }
      for (size_t i = 0; i < d; i++) {
        axis[i] -= along * axes[c * d + i];
      }
    }
    for (size_t i = 0; i < d; i++) {
      square += axis[i] * axis[i];
    }
    if (!(square > 0.5) || !(square < 2)) {
      return false;
    }
    for (size_t i = 0; i < d; i++) {
      axis[i] /= sqrt(square);
    }
  }
  return true;
}

/* The pooled scatter's eigenvectors. */
static Status first_axes(const Turning *t, const double *scatter, const Task *task, double *values, Error *e)
{
  const size_t cells = t->d * t->d;
  memset(t->matrix, 0, cells * sizeof *t->matrix);
  for (size_t j = 0; j < t->k; j++) {
    for (size_t i = 0; i < cells; i++) {
      t->matrix[i] += scatter[j * cells + i];
    }
  }
  return symmetric_eigen(t->matrix, t->d, task, values, t->axes, e);
}

static Status sweeps(Turning *t, const double *weight, const Task *task, bool *sound, Error *e)
{
  double fall = INFINITY;
  t->least = nothing * t->total;
  *sound = weigh(t, weight);
  for (size_t sweep = 0; sweep < SWEEPS_MOST && *sound && fall > t->least; sweep++) {
    fall = 0;
    for (size_t p = 0; p + 1 < t->d; p++) {
      if (task_cancelled(task)) {
        return error_cancelled(e);
      }
      for (size_t q = p + 1; q < t->d; q++) {
        fall += turn_pair(t, p, q);
      }
    }
    *sound = weigh(t, weight);
    t->least = sweep == 0 ? fmax(t->least, enough * fall) : t->least;
  }
  return STATUS_OK;
}

Status mixture_orientation(const MixtureMoments *m, size_t k, size_t d, bool one_volume, const Task *task, double *axes,
                           double *values, bool *sound, Error *e)
{
  Turning t = {.k = k, .d = d, .one_volume = one_volume};
  Status status;
  double *room = mem_alloc(k * (4 + d * d) + 2 * d * d, sizeof *room);
  TRY(room ? STATUS_OK : error_memory(e, k * d * d * sizeof *room, _("a mixture")));
  t.part = room;
  t.plane = t.part + k;
  t.turned = t.plane + 3 * k;
  t.axes = t.turned + k * d * d;
  t.matrix = t.axes + d * d;
  *sound = true;
  for (size_t j = 0; j < k; j++) {
    t.total += m->weight[j];
    *sound = *sound && !is_flat(m->scatter + j * d * d, d, t.matrix);
  }
  memcpy(t.axes, axes, d * d * sizeof *axes);
  if (*sound && !straighten(t.axes, d)) {
    TRY(first_axes(&t, m->scatter, task, values, e));
  }
  if (*sound) {
    turn_scatters(&t, m->scatter);
    TRY(sweeps(&t, m->weight, task, sound, e));
    memcpy(axes, t.axes, d * d * sizeof *axes);
    for (size_t i = 0; i < k * d; i++) {
      values[i] = t.turned[i * d + i % d];
    }
  }
  status = STATUS_OK;
done:
  mem_free(room);
  return status;
}
