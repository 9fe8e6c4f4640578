/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One pass: every row to its nearest prototype, and the sums that the next prototypes are made of. */
#include "cluster/kprototypes_pass.h"

#include <math.h>
#include <string.h>

#include "core/reduce.h"

KprototypesTotals kprototypes_totals(const KprototypesRun *run, double *values)
{
  const size_t k = run->settings->k;
  double *const rows = values + 1, *const classes = rows + 3 * k;
  return (KprototypesTotals){.cost = values,
                             .rows = rows,
                             .weight = rows + k,
                             .costs = rows + 2 * k,
                             .classes = classes,
                             .numbers = classes + k * run->levels};
}

static void count_differences(const KprototypesRun *run, const int32_t *codes, size_t first, size_t count,
                              double gamma, double *out)
{
  uint16_t counts[KPROTOTYPES_CHUNK];
  memset(counts, 0, count * sizeof *counts);
  for (size_t v = 0; v < run->data->p; v++) {
    const ClassCodes *const classes = &run->data->classes[v];
    if (classes->narrow) {
      run->kernels->differ_narrow(classes->narrow + first, count, (uint8_t)codes[v], counts);
    } else {
      run->kernels->differ_wide(classes->wide + first, count, codes[v], counts);
    }
  }
  run->kernels->add_counts(counts, count, gamma, out);
}

static void add_shares(const KprototypesRun *run, const int32_t *codes, const double *shares, size_t first,
                       size_t count, double gamma, double *out)
{
  double sums[KPROTOTYPES_CHUNK];
  memset(sums, 0, count * sizeof *sums);
  for (size_t v = 0; v < run->data->p; v++) {
    const ClassCodes *const classes = &run->data->classes[v];
    if (classes->narrow) {
      run->kernels->share_narrow(classes->narrow + first, count, (uint8_t)codes[v], shares[v], sums);
    } else {
      run->kernels->share_wide(classes->wide + first, count, codes[v], shares[v], sums);
    }
  }
  for (size_t j = 0; j < count; j++) {
    out[j] += gamma * sums[j];
  }
}

void kprototypes_costs(const KprototypesRun *run, const Prototypes *prototypes, double gamma, bool ng, size_t c,
                       size_t first, size_t count, double *out)
{
  const KprototypesData *const data = run->data;
  const int32_t *const codes = prototypes->codes + c * data->p;
  memset(out, 0, count * sizeof *out);
  for (size_t v = 0; v < data->q; v++) {
    run->kernels->squares(data->numbers + v * data->n + first, count, prototypes->numbers[c * data->q + v], out);
  }
  if (data->p > 0 && ng) {
    add_shares(run, codes, prototypes->shares + c * data->p, first, count, gamma, out);
  } else if (data->p > 0) {
    count_differences(run, codes, first, count, gamma, out);
  }
}

typedef struct Pass {
  KprototypesRun *run;
  const Prototypes *prototypes;
} Pass;

static void assign_chunk(const Pass *pass, size_t first, size_t count)
{
  const KprototypesRun *const run = pass->run;
  double costs[KPROTOTYPES_CHUNK];
  for (size_t j = 0; j < count; j++) {
    run->distance[first + j] = (double)INFINITY;
    run->labels[first + j] = 0;
  }
  for (size_t c = 0; c < run->settings->k; c++) {
    kprototypes_costs(run, pass->prototypes, run->settings->gamma, run->settings->ng, c, first, count, costs);
    run->kernels->nearest(costs, count, (int32_t)c, run->distance + first, run->labels + first);
  }
}

static void add_row(const KprototypesRun *run, const KprototypesTotals *totals, size_t row)
{
  const KprototypesData *const data = run->data;
  const size_t c = (size_t)run->labels[row];
  const double weight = data->weights ? data->weights[row] : 1;
  double *const classes = totals->classes + c * run->levels;
  for (size_t v = 0; v < data->p; v++) {
    classes[run->offset[v] + (size_t)class_code(&data->classes[v], row)] += weight;
  }
  for (size_t v = 0; v < data->q; v++) {
    totals->numbers[c * data->q + v] += weight * data->numbers[v * data->n + row];
  }
  totals->rows[c]++;
  totals->weight[c] += weight;
  totals->costs[c] += weight * run->distance[row];
  *totals->cost += weight * run->distance[row];
}

static Status pass_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *const pass = context;
  const KprototypesTotals totals = kprototypes_totals(pass->run, sum);
  (void)worker;
  for (size_t at = first; at < first + count; at += KPROTOTYPES_CHUNK) {
    const size_t rest = first + count - at;
    if (task_cancelled(pass->run->task)) {
      return error_cancelled(e);
    }
    assign_chunk(pass, at, rest < KPROTOTYPES_CHUNK ? rest : KPROTOTYPES_CHUNK);
  }
  for (size_t row = first; row < first + count; row++) {
    add_row(pass->run, &totals, row);
  }
  return STATUS_OK;
}

static void pass_merge(void *context, void *sum, const void *other)
{
  const Pass *const pass = context;
  double *const to = sum;
  const double *const from = other;
  for (size_t i = 0; i < pass->run->totals_size; i++) {
    to[i] += from[i];
  }
}

Status kprototypes_pass(KprototypesRun *run, const Prototypes *prototypes, Error *e)
{
  Pass pass = {run, prototypes};
  const Reduce reduce = {
      .size = run->totals_size * sizeof(double), .block = pass_block, .merge = pass_merge, .context = &pass};
  return rows_reduce(run->task, run->data->n, &reduce, run->totals, e);
}
