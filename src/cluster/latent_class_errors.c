/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standard errors of latent classes: the information is the sum of the outer products of the patterns' scores on logits
 * (the first class, and each question's first level, being the one the logits are against), and variances of
 * probabilities follow by their derivatives. */
#include <math.h>
#include <string.h>

#include "cluster/latent_class.h"
#include "core/alloc.h"
#include "math/symmetric.h"

typedef struct Scores {
  const Answers *a;
  const LatentClasses *c;
  size_t n;            /* parameters */
  double *information; /* n x n, then its pseudo-inverse */
  double *score, *posterior;
} Scores;

static void row_posterior(const Scores *s, const int32_t *codes)
{
  const LatentClasses *c = s->c;
  double most = -INFINITY, sum = 0;
  for (size_t j = 0; j < c->k; j++) {
    double log_p = log(c->share[j]);
    for (size_t q = 0, at = 0; q < s->a->questions; at += s->a->levels[q++]) {
      log_p += codes[q] >= 0 ? log(fmax(c->probability[j * c->all + at + (size_t)codes[q]], 1e-300)) : 0;
    }
    s->posterior[j] = log_p;
    most = log_p > most ? log_p : most;
  }
  for (size_t j = 0; j < c->k; j++) {
    s->posterior[j] = exp(s->posterior[j] - most);
    sum += s->posterior[j];
  }
  for (size_t j = 0; j < c->k; j++) {
    s->posterior[j] /= sum;
  }
}

static void row_score(const Scores *s, const int32_t *codes)
{
  const LatentClasses *c = s->c;
  size_t at = 0;
  for (size_t j = 1; j < c->k; j++) {
    s->score[at++] = s->posterior[j] - c->share[j];
  }
  for (size_t j = 0; j < c->k; j++) {
    const double *p = c->probability + j * c->all;
    for (size_t q = 0; q < s->a->questions; p += s->a->levels[q++]) {
      for (size_t l = 1; l < s->a->levels[q]; l++) {
        s->score[at++] = codes[q] < 0 ? 0 : s->posterior[j] * ((codes[q] == (int32_t)l) - p[l]);
      }
    }
  }
}

static Status add_scores(const Scores *s, const Task *task, Error *e)
{
  for (size_t i = 0; i < s->a->n; i++) {
    const int32_t *codes = s->a->codes + i * s->a->questions;
    row_posterior(s, codes);
    row_score(s, codes);
    for (size_t r = 0; r < s->n; r++) {
      const double scaled = s->a->weights[i] * s->score[r];
      for (size_t k = r; scaled != 0 && k < s->n; k++) {
        s->information[r * s->n + k] += scaled * s->score[k];
      }
    }
    if (task_cancelled(task)) {
      return error_cancelled(e);
    }
  }
  for (size_t r = 0; r < s->n; r++) {
    for (size_t k = 0; k < r; k++) {
      s->information[r * s->n + k] = s->information[k * s->n + r];
    }
  }
  return STATUS_OK;
}

/* Eigenvalues up to the root of the machine's precision beside the largest count as 0. */
static Status pseudo_inverse(const Scores *s, const Task *task, Error *e)
{
  const size_t n = s->n;
  double *vectors = mem_alloc(n * n + n, sizeof *vectors);
  Status status = vectors ? STATUS_OK : error_memory(e, n * n * sizeof *vectors, _("standard errors"));
  double *values = vectors ? vectors + n * n : NULL;
  if (status == STATUS_OK) {
    status = symmetric_eigen(s->information, n, task, values, vectors, e);
  }
  memset(s->information, 0, n * n * sizeof *s->information);
  for (size_t v = 0; status == STATUS_OK && v < n; v++) {
    for (size_t r = 0; values[v] > 0x1p-26 * values[0] && r < n; r++) {
      for (size_t k = 0; k < n; k++) {
        s->information[r * n + k] += vectors[v * n + r] * vectors[v * n + k] / values[v];
      }
    }
  }
  mem_free(vectors);
  return status;
}

/* Of m probabilities whose m - 1 logits begin at parameter `at`. */
static void carry_over(const Scores *s, size_t at, const double *p, size_t m, double *out)
{
  for (size_t l = 0; l < m; l++) {
    double variance = 0;
    for (size_t a = 1; a < m; a++) {
      for (size_t b = 1; b < m; b++) {
        const double da = p[l] * ((l == a) - p[a]), db = p[l] * ((l == b) - p[b]);
        variance += da * db * s->information[(at + a - 1) * s->n + at + b - 1];
      }
    }
    out[l] = sqrt(fmax(0, variance));
  }
}

Status latent_class_errors(const Task *task, const Answers *patterns, const LatentClasses *c, double *share,
                           double *probability, Error *e)
{
  const size_t n = c->k - 1 + c->k * (c->all - patterns->questions);
  Scores s = {.a = patterns, .c = c, .n = n};
  Status status;
  s.information = mem_zero(n * n + n + c->k, sizeof *s.information);
  TRY(s.information ? STATUS_OK : error_memory(e, n * n * sizeof *s.information, _("standard errors")));
  s.score = s.information + n * n;
  s.posterior = s.score + n;
  if (n > 0) {
    TRY(add_scores(&s, task, e));
    TRY(pseudo_inverse(&s, task, e));
  }
  carry_over(&s, 0, c->share, c->k, share);
  size_t at = c->k - 1;
  for (size_t j = 0; j < c->k; j++) {
    const double *p = c->probability + j * c->all;
    double *out = probability + j * c->all;
    for (size_t q = 0; q < patterns->questions; q++) {
      carry_over(&s, at, p, patterns->levels[q], out);
      at += patterns->levels[q] - 1;
      p += patterns->levels[q];
      out += patterns->levels[q];
    }
  }
  status = STATUS_OK;
done:
  mem_free(s.information);
  return status;
}
