/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Few rows: Huang's own way, in which a row moves to the nearest prototype at once and both prototypes follow it. It
 * ends in better places than moving all rows together, but cannot be shared among threads, and is used for a single
 * block of rows alone. Of equally frequent classes a prototype keeps the one it has. */
#include <math.h>

#include "cluster/kprototypes_pass.h"
#include "core/reduce.h"

static double weight_of(const KprototypesRun *run, size_t row)
{
  return run->data->weights ? run->data->weights[row] : 1;
}

/* The class of variable v that cluster c has most of; the present one if it is among them. */
static void choose_class(KprototypesRun *run, const KprototypesTotals *totals, size_t c, size_t v)
{
  const double *const counts = totals->classes + c * run->levels + run->offset[v];
  int32_t *const code = &run->state->current.codes[c * run->data->p + v];
  for (size_t other = 0; other < run->data->classes[v].levels; other++) {
    *code = counts[other] > counts[*code] ? (int32_t)other : *code;
  }
  run->state->current.shares[c * run->data->p + v] = totals->weight[c] > 0 ? counts[*code] / totals->weight[c] : 1;
}

/* Adds the row to cluster c, or takes it away (sign -1), and mends the prototype. */
static void shift_row(KprototypesRun *run, const KprototypesTotals *totals, size_t row, size_t c, double sign)
{
  const KprototypesData *const data = run->data;
  const double weight = sign * weight_of(run, row);
  totals->rows[c] += sign;
  totals->weight[c] += weight;
  for (size_t v = 0; v < data->p; v++) {
    totals->classes[c * run->levels + run->offset[v] + (size_t)class_code(&data->classes[v], row)] += weight;
    choose_class(run, totals, c, v);
  }
  for (size_t v = 0; v < data->q; v++) {
    totals->numbers[c * data->q + v] += weight * data->numbers[v * data->n + row];
    if (totals->weight[c] > 0) {
      run->state->current.numbers[c * data->q + v] = totals->numbers[c * data->q + v] / totals->weight[c];
    }
  }
}

static size_t nearest(const KprototypesRun *run, size_t row, size_t own)
{
  double least;
  size_t best = own;
  kprototypes_costs(run, &run->state->current, run->settings->gamma, run->settings->ng, own, row, 1, &least);
  for (size_t c = 0; c < run->settings->k; c++) {
    double cost;
    kprototypes_costs(run, &run->state->current, run->settings->gamma, run->settings->ng, c, row, 1, &cost);
    best = cost < least ? c : best;
    least = cost < least ? cost : least;
  }
  return best;
}

Status kprototypes_move_rows(KprototypesRun *run, size_t *moved, Error *e)
{
  const KprototypesTotals totals = kprototypes_totals(run, run->totals);
  *moved = 0;
  for (size_t row = 0; row < run->data->n; row++) {
    const size_t own = (size_t)run->labels[row], best = nearest(run, row, own);
    if (row % 64 == 0 && task_cancelled(run->task)) {
      return error_cancelled(e);
    }
    if (best != own && totals.rows[own] > 1) {
      shift_row(run, &totals, row, own, -1);
      shift_row(run, &totals, row, best, 1);
      run->labels[row] = (int32_t)best;
      ++*moved;
    }
  }
  return STATUS_OK;
}
