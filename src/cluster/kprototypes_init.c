/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting prototypes: rows that are frequent and apart (Cao), rows nearest to classes drawn by frequency (Huang),
 * rows at random, or those given. */
#include <math.h>
#include <string.h>

#include "cluster/kprototypes_pass.h"
#include "core/alloc.h"
#include "core/random.h"

void kprototypes_take_row(const KprototypesRun *run, Prototypes *out, size_t c, size_t row)
{
  const KprototypesData *const data = run->data;
  for (size_t v = 0; v < data->p; v++) {
    out->codes[c * data->p + v] = class_code(&data->classes[v], row);
    out->shares[c * data->p + v] = 1;
  }
  for (size_t v = 0; v < data->q; v++) {
    out->numbers[c * data->q + v] = data->numbers[v * data->n + row];
  }
}

/* Costs of all rows at prototype c; of its classes alone. */
static void all_costs(const KprototypesRun *run, const Prototypes *prototypes, size_t c, double *out)
{
  const size_t n = run->data->n;
  for (size_t first = 0; first < n; first += KPROTOTYPES_CHUNK) {
    const size_t count = n - first < KPROTOTYPES_CHUNK ? n - first : KPROTOTYPES_CHUNK;
    kprototypes_costs(run, prototypes, run->settings->gamma, false, c, first, count, out + first);
  }
}

static void class_costs(const KprototypesRun *run, const Prototypes *prototypes, size_t c, double *out)
{
  KprototypesData classes = *run->data;
  KprototypesRun plain = *run;
  classes.q = 0;
  plain.data = &classes;
  all_costs(&plain, prototypes, c, out);
}

/* How frequent a row's classes are, the mean over its variables. */
static Status densities(const KprototypesRun *run, double *out, Error *e)
{
  const KprototypesData *const data = run->data;
  double *const counts = mem_zero(run->levels, sizeof *counts);
  double all = 0;
  if (!counts) {
    return error_memory(e, run->levels * sizeof *counts, _("prototypes"));
  }
  for (size_t i = 0; i < data->n; i++) {
    const double weight = data->weights ? data->weights[i] : 1;
    all += weight;
    for (size_t v = 0; v < data->p; v++) {
      counts[run->offset[v] + (size_t)class_code(&data->classes[v], i)] += weight;
    }
  }
  for (size_t i = 0; i < data->n; i++) {
    double sum = 0;
    for (size_t v = 0; v < data->p; v++) {
      sum += counts[run->offset[v] + (size_t)class_code(&data->classes[v], i)];
    }
    out[i] = sum / all / (double)data->p;
  }
  mem_free(counts);
  return STATUS_OK;
}

static size_t largest(const double *values, const unsigned char *used, size_t n)
{
  size_t best = n;
  for (size_t i = 0; i < n; i++) {
    best = !used[i] && (best == n || values[i] > values[best]) ? i : best;
  }
  return best;
}

static size_t smallest(const double *values, const unsigned char *used, size_t n)
{
  size_t best = n;
  for (size_t i = 0; i < n; i++) {
    best = !used[i] && (best == n || values[i] < values[best]) ? i : best;
  }
  return best;
}

/* The densest row, then each time the one whose density times distance to the nearest chosen one is largest. */
static Status begin_cao(const KprototypesRun *run, unsigned char *used, Prototypes *out, Error *e)
{
  const size_t n = run->data->n;
  double *const density = mem_alloc(n, sizeof *density), *const costs = mem_alloc(n, sizeof *costs);
  double *const score = mem_alloc(n, sizeof *score);
  Status status;
  TRY(density && costs && score ? STATUS_OK : error_memory(e, 3 * n * sizeof *score, _("prototypes")));
  TRY(densities(run, density, e));
  memcpy(score, density, n * sizeof *score);
  for (size_t c = 0; c < out->k; c++) {
    const size_t row = largest(score, used, n);
    TRY(task_cancelled(run->task) ? error_cancelled(e) : STATUS_OK);
    used[row] = 1;
    kprototypes_take_row(run, out, c, row);
    all_costs(run, out, c, costs);
    for (size_t i = 0; i < n; i++) {
      const double now = density[i] * costs[i];
      score[i] = c == 0 || now < score[i] ? now : score[i];
    }
  }
done:
  mem_free(density);
  mem_free(costs);
  mem_free(score);
  return status;
}

static Status begin_huang(const KprototypesRun *run, Random *random, unsigned char *used, Prototypes *out, Error *e)
{
  const KprototypesData *const data = run->data;
  double *const costs = mem_alloc(data->n, sizeof *costs);
  if (!costs) {
    return error_memory(e, data->n * sizeof *costs, _("prototypes"));
  }
  for (size_t c = 0; c < out->k && !task_cancelled(run->task); c++) {
    for (size_t v = 0; v < data->p; v++) { /* a row's class is drawn as often as it is frequent */
      out->codes[c * data->p + v] = class_code(&data->classes[v], (size_t)random_below(random, data->n));
    }
    class_costs(run, out, c, costs);
    const size_t row = smallest(costs, used, data->n);
    used[row] = 1;
    kprototypes_take_row(run, out, c, row);
  }
  mem_free(costs);
  return task_cancelled(run->task) ? error_cancelled(e) : STATUS_OK;
}

static void begin_random(const KprototypesRun *run, Random *random, unsigned char *used, Prototypes *out)
{
  for (size_t c = 0; c < out->k; c++) {
    size_t row;
    do {
      row = (size_t)random_below(random, run->data->n);
    } while (used[row]);
    used[row] = 1;
    kprototypes_take_row(run, out, c, row);
  }
}

Status kprototypes_begin(KprototypesRun *run, Prototypes *out, Error *e)
{
  const KprototypesSettings *const settings = run->settings;
  Random random = random_new(settings->seed, run->state->start + 1);
  if (settings->init == KPROTOTYPES_GIVEN) {
    prototypes_copy(out, settings->given);
    return STATUS_OK;
  }
  unsigned char *const used = mem_zero(run->data->n, 1);
  Status status = used ? STATUS_OK : error_memory(e, run->data->n, _("prototypes"));
  if (status == STATUS_OK && settings->init == KPROTOTYPES_CAO && run->state->start == 0) {
    status = begin_cao(run, used, out, e);
  } else if (status == STATUS_OK && settings->init == KPROTOTYPES_HUANG && run->data->p > 0) {
    status = begin_huang(run, &random, used, out, e);
  } else if (status == STATUS_OK) {
    begin_random(run, &random, used, out);
  }
  mem_free(used);
  return status;
}
