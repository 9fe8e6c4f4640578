/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/latent_class.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/labels.h"
#include "core/alloc.h"
#include "core/random.h"
#include "core/reduce.h"

/* ---- memory */

Status latent_classes_new(size_t k, size_t all, LatentClasses *out, Error *e)
{
  *out = (LatentClasses){.k = k, .all = all, .share = mem_zero(k, (1 + all) * sizeof(double))};
  if (!out->share) {
    return error_memory(e, k * (1 + all) * sizeof(double), _("classes"));
  }
  out->probability = out->share + k;
  return STATUS_OK;
}

void latent_classes_free(LatentClasses *classes)
{
  mem_free(classes->share);
  *classes = (LatentClasses){0};
}

void latent_class_state_free(LatentClassState *state)
{
  latent_classes_free(&state->best);
  latent_classes_free(&state->best_start);
  mem_free(state->table);
  mem_free(state->start_sums);
  *state = (LatentClassState){0};
}

void latent_class_result_free(LatentClassResult *result)
{
  latent_classes_free(&result->best);
  mem_free(result->share_error);
  mem_free(result->table);
  mem_free(result->labels);
  mem_free(result->sizes);
  *result = (LatentClassResult){0};
}

static void swap(LatentClasses *a, LatentClasses *b)
{
  const LatentClasses kept = *a;
  *a = *b;
  *b = kept;
}

static size_t all_levels(const Answers *a)
{
  size_t all = 0;
  for (size_t q = 0; q < a->questions; q++) {
    all += a->levels[q];
  }
  return all;
}

/* ---- patterns */

typedef struct Patterns {
  Answers answers;
  int32_t *codes;
  double *weights;
  size_t *of_row; /* the pattern of each row */
} Patterns;

static void patterns_free(Patterns *p)
{
  mem_free(p->codes);
  mem_free(p->weights);
  mem_free(p->of_row);
}

/* Row numbers sorted by their codes, question by question: a stable distribution, last question first. */
static Status sort_rows(const Answers *a, size_t *order, Error *e)
{
  size_t most = 1;
  for (size_t q = 0; q < a->questions; q++) {
    most = a->levels[q] + 1 > most ? a->levels[q] + 1 : most;
  }
  size_t *other = mem_alloc(a->n, sizeof *other), *count = mem_alloc(most + 1, sizeof *count);
  const Status status = other && count ? STATUS_OK : error_memory(e, a->n * sizeof *other, _("row numbers"));
  for (size_t i = 0; i < a->n; i++) {
    order[i] = i;
  }
  for (size_t q = a->questions; status == STATUS_OK && q-- > 0;) {
    memset(count, 0, (most + 1) * sizeof *count);
    for (size_t i = 0; i < a->n; i++) {
      count[a->codes[order[i] * a->questions + q] + 2]++;
    }
    for (size_t c = 1; c <= most; c++) {
      count[c] += count[c - 1];
    }
    for (size_t i = 0; i < a->n; i++) {
      other[count[a->codes[order[i] * a->questions + q] + 1]++] = order[i];
    }
    memcpy(order, other, a->n * sizeof *order);
  }
  mem_free(other);
  mem_free(count);
  return status;
}

static Status find_patterns(const Answers *a, Patterns *p, Error *e)
{
  const size_t q = a->questions;
  size_t *order = mem_alloc(a->n, sizeof *order), m = 0;
  Status status;
  p->codes = mem_alloc(a->n * q, sizeof *p->codes);
  p->weights = mem_zero(a->n, sizeof *p->weights);
  p->of_row = mem_alloc(a->n, sizeof *p->of_row);
  if (!order || !p->codes || !p->weights || !p->of_row) {
    TRY(error_memory(e, a->n * q * sizeof *p->codes, _("answers")));
  }
  TRY(sort_rows(a, order, e));
  for (size_t i = 0; i < a->n; i++) {
    const int32_t *row = a->codes + order[i] * q;
    if (m == 0 || memcmp(row, p->codes + (m - 1) * q, q * sizeof *row) != 0) {
      memcpy(p->codes + m++ * q, row, q * sizeof *row);
    }
    p->of_row[order[i]] = m - 1;
  }
  for (size_t i = 0; i < a->n; i++) {
    p->weights[p->of_row[i]] += a->weights ? a->weights[i] : 1;
  }
  p->answers = (Answers){.n = m, .questions = q, .codes = p->codes, .levels = a->levels, .weights = p->weights};
done:
  mem_free(order);
  return status;
}

/* ---- a pass */

typedef struct Pass {
  const Task *task;
  const Answers *answers;
  const LatentClasses *classes;
  const double *logs;     /* 1 + all rows of k: of the shares, then of each level */
  const size_t *first;    /* of each question among all levels */
  double *room;           /* k per worker */
  int32_t *labels;        /* wanted of each row, or NULL */
  double *probabilities, *log_density;
  double *moments;        /* the result: log likelihood, doubt, entropy; then k weights; then all x k */
} Pass;

static size_t sums_of(const LatentClasses *c)
{
  return 3 + c->k * (1 + c->all);
}

/* The row's probabilities in p, and its log density. */
static double respond(const Pass *pass, const int32_t *codes, double *p)
{
  const size_t k = pass->classes->k;
  memcpy(p, pass->logs, k * sizeof *p);
  for (size_t q = 0; q < pass->answers->questions; q++) {
    if (codes[q] >= 0) {
      const double *logs = pass->logs + (1 + pass->first[q] + (size_t)codes[q]) * k;
      for (size_t c = 0; c < k; c++) {
        p[c] += logs[c];
      }
    }
  }
  double most = p[0], sum = 0;
  for (size_t c = 1; c < k; c++) {
    most = p[c] > most ? p[c] : most;
  }
  for (size_t c = 0; c < k; c++) {
    p[c] = exp(p[c] - most);
    sum += p[c];
  }
  for (size_t c = 0; c < k; c++) {
    p[c] /= sum;
  }
  return most + (sum > 0 ? log(sum) : 0); /* at least 1: that of `most` */
}

static void add_row(const Pass *pass, const int32_t *codes, double weight, double density, const double *p,
                    double *sums)
{
  const size_t k = pass->classes->k;
  double highest = 0, entropy = 0;
  for (size_t c = 0; c < k; c++) {
    highest = p[c] > highest ? p[c] : highest;
    entropy -= p[c] > 0 ? p[c] * log(p[c]) : 0;
    sums[3 + c] += weight * p[c];
  }
  sums[0] += weight * density;
  sums[1] -= highest > 0 ? weight * log(highest) : 0;
  sums[2] += weight * entropy;
  for (size_t q = 0; q < pass->answers->questions; q++) {
    if (codes[q] >= 0) {
      double *at = sums + 3 + (1 + pass->first[q] + (size_t)codes[q]) * k;
      for (size_t c = 0; c < k; c++) {
        at[c] += weight * p[c];
      }
    }
  }
}

static Status pass_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const Pass *pass = context;
  const Answers *a = pass->answers;
  const size_t k = pass->classes->k;
  double *p = pass->room + worker * k;
  for (size_t i = first; i < first + count; i++) {
    const int32_t *codes = a->codes + i * a->questions;
    const double density = respond(pass, codes, p);
    if (pass->moments) {
      add_row(pass, codes, a->weights ? a->weights[i] : 1, density, p, sum);
      continue;
    }
    size_t best = 0;
    for (size_t c = 1; c < k; c++) {
      best = p[c] > p[best] ? c : best;
    }
    if (pass->labels) {
      pass->labels[i] = (int32_t)best;
    }
    if (pass->probabilities) {
      memcpy(pass->probabilities + i * k, p, k * sizeof *p);
    }
    if (pass->log_density) {
      pass->log_density[i] = density;
    }
    if ((i & 255) == 0 && task_cancelled(pass->task)) {
      return error_cancelled(e);
    }
  }
  return STATUS_OK;
}

static void pass_merge(void *context, void *sum, const void *other)
{
  const Pass *pass = context;
  double *a = sum;
  const double *b = other;
  for (size_t i = 0; pass->moments && i < sums_of(pass->classes); i++) {
    a[i] += b[i];
  }
}

static Status run_pass(Task *task, Pass *pass, Error *e)
{
  const LatentClasses *c = pass->classes;
  const size_t k = c->k, questions = pass->answers->questions;
  double *logs = mem_alloc((1 + c->all) * k, sizeof *logs);
  size_t *first = mem_alloc(questions, sizeof *first);
  pass->room = mem_alloc(task_threads(task) * k, sizeof *pass->room);
  pass->task = task;
  Status status =
      logs && first && pass->room ? STATUS_OK : error_memory(e, (1 + c->all) * k * sizeof *logs, _("classes"));
  if (status == STATUS_OK) {
    for (size_t q = 0, at = 0; q < questions; at += pass->answers->levels[q++]) {
      first[q] = at;
    }
    for (size_t j = 0; j < k; j++) {
      logs[j] = log(c->share[j]);
      for (size_t l = 0; l < c->all; l++) { /* -inf would make nan of an answer that no class gives */
        logs[(1 + l) * k + j] = c->probability[j * c->all + l] > 1e-300 ? log(c->probability[j * c->all + l]) : -690;
      }
    }
    pass->logs = logs;
    pass->first = first;
    const Reduce reduce = {.size = pass->moments ? sums_of(c) * sizeof(double) : 0,
                           .block = pass_block,
                           .merge = pass_merge,
                           .context = pass};
    status = rows_reduce(task, pass->answers->n, &reduce, pass->moments, e);
  }
  mem_free(logs);
  mem_free(first);
  mem_free(pass->room);
  return status;
}

Status latent_class_predict(Task *task, const Answers *answers, const LatentClasses *classes, int32_t *labels,
                            double *probabilities, Error *e)
{
  Pass pass = {.answers = answers, .classes = classes, .labels = labels, .probabilities = probabilities};
  return run_pass(task, &pass, e);
}

/* ---- EM */

typedef struct Search {
  Task *task;
  const LatentClassSettings *settings;
  LatentClassState *state;
  Patterns patterns;
  size_t n, all;
  double weight;
  LatentClasses current;
  double *moments;
} Search;

/* Each question's numbers in each class made probabilities; those of nobody stay even. */
static void make_probabilities(const Search *search, LatentClasses *c)
{
  const Answers *a = &search->patterns.answers;
  for (size_t j = 0; j < c->k; j++) {
    double *at = c->probability + j * c->all;
    for (size_t q = 0; q < a->questions; at += a->levels[q++]) {
      double sum = 0;
      for (size_t l = 0; l < a->levels[q]; l++) {
        sum += at[l];
      }
      for (size_t l = 0; l < a->levels[q]; l++) {
        at[l] = sum > 0 ? at[l] / sum : 1 / (double)a->levels[q];
      }
    }
  }
}

static void random_classes(const Search *search, LatentClasses *c)
{
  const LatentClassState *state = search->state;
  Random random = random_new(search->settings->seed, state->fit << 32 | state->start);
  for (size_t j = 0; j < c->k; j++) {
    c->share[j] = 1 / (double)c->k;
    for (size_t l = 0; l < c->all; l++) {
      c->probability[j * c->all + l] = 0.05 + random_uniform(&random);
    }
  }
  make_probabilities(search, c);
}

static void maximise(const Search *search, LatentClasses *c)
{
  const double *m = search->moments + 3;
  for (size_t j = 0; j < c->k; j++) {
    c->share[j] = fmax(m[j] / search->weight, 1e-300);
    for (size_t l = 0; l < c->all; l++) {
      c->probability[j * c->all + l] = m[(1 + l) * c->k + j];
    }
  }
  make_probabilities(search, c);
}

static Status pass_moments(Search *search, const LatentClasses *c, Error *e)
{
  Pass pass = {.answers = &search->patterns.answers, .classes = c, .moments = search->moments};
  return run_pass(search->task, &pass, e);
}

static Status run_start(Search *search, size_t *iterations, bool *converged, Error *e)
{
  const LatentClassSettings *settings = search->settings;
  double before = -INFINITY;
  *converged = false;
  *iterations = 0;
  random_classes(search, &search->current);
  while (true) {
    const Status status = pass_moments(search, &search->current, e);
    if (status != STATUS_OK) {
      return status;
    }
    const double l = search->moments[0];
    const TraceStep step = {.phase = "EM",
                            .start = (int64_t)search->state->start + 1,
                            .iteration = (int64_t)++ * iterations,
                            .measure = "log_likelihood",
                            .objective = l,
                            .changed = -1,
                            .state = search->current.probability,
                            .rows = search->current.k,
                            .columns = search->all};
    task_step(search->task, &step);
    *converged = fabs(l - before) <= settings->tolerance * (1 + fabs(l));
    if (*converged || *iterations >= settings->max_iterations) {
      return STATUS_OK;
    }
    before = l;
    maximise(search, &search->current);
  }
}

static void fill_entry(const Search *search, LatentClassEntry *entry, size_t k)
{
  const double l = search->moments[0];
  entry->k = k;
  entry->df = k - 1 + k * (search->all - search->patterns.answers.questions);
  entry->log_likelihood = l;
  entry->bic = -2 * l + (double)entry->df * log(search->weight);
  entry->aic = -2 * l + 2 * (double)entry->df;
  entry->icl = entry->bic + 2 * search->moments[1];
}

static void end_start(Search *search, size_t iterations, bool converged)
{
  LatentClassState *state = search->state;
  LatentClassEntry *entry = &state->table[state->fit];
  state->start_sums[state->start] = search->moments[0];
  if (!state->best_start.share || search->moments[0] > entry->log_likelihood) {
    fill_entry(search, entry, search->current.k);
    entry->iterations = iterations;
    entry->converged = converged;
    swap(&state->best_start, &search->current);
  }
  state->start++;
}

static double criterion_of(const Search *search, const LatentClassEntry *entry)
{
  return search->settings->icl ? entry->icl : entry->bic;
}

static void end_fit(Search *search, size_t starts)
{
  LatentClassState *state = search->state;
  LatentClassEntry *entry = &state->table[state->fit];
  bool best = true;
  for (size_t i = 0; i < state->fit; i++) {
    best = best && criterion_of(search, entry) < criterion_of(search, &state->table[i]);
  }
  for (size_t i = 0; i < starts; i++) {
    entry->starts_at_best +=
        fabs(state->start_sums[i] - entry->log_likelihood) <= 1e-6 * (1 + fabs(entry->log_likelihood));
  }
  if (best) {
    swap(&state->best, &state->best_start);
  }
  latent_classes_free(&state->best_start);
  state->start = 0;
  state->fit++;
}

static Status run_fit(Search *search, Error *e)
{
  LatentClassState *state = search->state;
  const size_t k = search->settings->k[state->fit], starts = k == 1 ? 1 : search->settings->starts;
  Status status;
  mem_free(search->moments);
  search->moments = mem_alloc(3 + k * (1 + search->all), sizeof *search->moments);
  TRY(search->moments ? STATUS_OK : error_memory(e, 0, _("classes")));
  while (state->start < starts) {
    size_t iterations;
    bool converged;
    latent_classes_free(&search->current);
    TRY(latent_classes_new(k, search->all, &search->current, e));
    TRY(run_start(search, &iterations, &converged, e));
    end_start(search, iterations, converged);
    task_progress(search->task, state->fit * starts + state->start, search->settings->n_k * starts);
  }
  end_fit(search, starts);
done:
  return status;
}

/* ---- the result */

static Status reorder(const LatentClasses *from, const int32_t *order, LatentClasses *to, Error *e)
{
  const Status status = latent_classes_new(from->k, from->all, to, e);
  for (size_t j = 0; status == STATUS_OK && j < from->k; j++) {
    const size_t old = (size_t)order[j];
    to->share[j] = from->share[old];
    memcpy(to->probability + j * to->all, from->probability + old * to->all, to->all * sizeof *to->probability);
  }
  return status;
}

/* Labels of patterns, and from them of rows. */
static Status assign(Search *search, const LatentClasses *best, LatentClassResult *out, Error *e)
{
  const Answers *p = &search->patterns.answers;
  const size_t n = search->n, k = best->k;
  int32_t *labels = mem_alloc(p->n, sizeof *labels), *order = mem_alloc(k, sizeof *order);
  double *probabilities = mem_alloc(p->n * k, sizeof *probabilities);
  size_t used;
  Status status;
  out->labels = mem_alloc(n, sizeof *out->labels);
  out->sizes = mem_zero(k, sizeof *out->sizes);
  if (!labels || !order || !probabilities || !out->labels || !out->sizes) {
    TRY(error_memory(e, n * sizeof *labels, _("labels")));
  }
  TRY(latent_class_predict(search->task, p, best, labels, NULL, e));
  for (size_t i = 0; i < n; i++) {
    out->labels[i] = labels[search->patterns.of_row[i]];
  }
  TRY(labels_number(out->labels, n, k, order, NULL, &used, e));
  TRY(reorder(best, order, &out->best, e));
  TRY(latent_class_predict(search->task, p, &out->best, labels, probabilities, e));
  for (size_t i = 0; i < n; i++) {
    const size_t pattern = search->patterns.of_row[i];
    out->labels[i] = labels[pattern];
    out->sizes[labels[pattern]]++;
    out->uncertainty += (1 - probabilities[pattern * k + (size_t)labels[pattern]]) / (double)n;
  }
done:
  mem_free(labels);
  mem_free(order);
  mem_free(probabilities);
  return status;
}

/* G2 and X2 of the rows without a missing answer. */
static Status fit_measures(Search *search, LatentClassResult *out, Error *e)
{
  const Answers *p = &search->patterns.answers;
  double *density = mem_alloc(p->n, sizeof *density), rows = 0, expected_sum = 0, possible = 1;
  Pass pass = {.answers = p, .classes = &out->best, .log_density = density};
  Status status = density ? run_pass(search->task, &pass, e) : error_memory(e, p->n * sizeof *density, _("classes"));
  for (int turn = 0; status == STATUS_OK && turn < 2; turn++) { /* the number of rows first */
    for (size_t i = 0; i < p->n; i++) {
      bool complete = true;
      for (size_t q = 0; q < p->questions; q++) {
        complete = complete && p->codes[i * p->questions + q] >= 0;
      }
      const double seen = p->weights[i], expected = rows * exp(density[i]);
      if (complete && turn == 0) {
        rows += seen;
      } else if (complete && seen > 0) {
        out->g2 += 2 * seen * log(seen / expected);
        out->x2 += (seen - expected) * (seen - expected) / expected;
        expected_sum += expected;
      }
    }
  }
  out->x2 += fmax(0, rows - expected_sum); /* what was expected where there is nothing */
  for (size_t q = 0; q < p->questions; q++) {
    possible *= (double)p->levels[q];
  }
  out->df_residual = fmin(possible - 1, search->weight) - (double)out->entry.df;
  mem_free(density);
  return status;
}

static Status standard_errors(Search *search, LatentClassResult *out, Error *e)
{
  const LatentClasses *c = &out->best;
  if (out->entry.df > LATENT_CLASS_PARAMETERS_MOST) {
    return STATUS_OK;
  }
  out->share_error = mem_zero(c->k * (1 + c->all), sizeof *out->share_error);
  if (!out->share_error) {
    return error_memory(e, 0, _("standard errors"));
  }
  out->probability_error = out->share_error + c->k;
  task_phase(search->task, "standard errors");
  return latent_class_errors(search->task, &search->patterns.answers, c, out->share_error, out->probability_error, e);
}

static Status report(Search *search, bool complete, LatentClassResult *out, Error *e)
{
  LatentClassState *state = search->state;
  size_t best = 0;
  Status status;
  for (size_t i = 1; i < state->fit; i++) {
    best = criterion_of(search, &state->table[i]) < criterion_of(search, &state->table[best]) ? i : best;
  }
  const LatentClasses *classes = state->fit > 0            ? &state->best
                                 : state->best_start.share ? &state->best_start
                                                           : &search->current;
  if (!classes->share || !(classes->share[0] > 0)) {
    return error_cancelled(e);
  }
  out->complete = complete;
  out->weight = search->weight;
  out->patterns = search->patterns.answers.n;
  out->n_table = state->fit;
  out->table = mem_alloc(state->fit + 1, sizeof *out->table);
  TRY(out->table ? STATUS_OK : error_memory(e, 0, _("classes")));
  memcpy(out->table, state->table, state->fit * sizeof *out->table);
  out->entry = state->table[best];
  TRY(assign(search, classes, out, e));
  mem_free(search->moments);
  search->moments = mem_alloc(sums_of(&out->best), sizeof *search->moments);
  TRY(search->moments ? STATUS_OK : error_memory(e, 0, _("classes")));
  TRY(pass_moments(search, &out->best, e));
  if (state->fit == 0) {
    fill_entry(search, &out->entry, out->best.k);
  }
  out->entropy = out->best.k > 1 ? 1 - search->moments[2] / (search->weight * log((double)out->best.k)) : 1;
  TRY(fit_measures(search, out, e));
  if (!complete) {
    snprintf(out->stopped_at, sizeof out->stopped_at, "k = %zu, start %zu", search->settings->k[state->fit],
             state->start + 1);
  } else {
    TRY(standard_errors(search, out, e));
  }
done:
  return status;
}

static Status run(Search *search, const Answers *answers, Error *e)
{
  LatentClassState *state = search->state;
  const LatentClassSettings *settings = search->settings;
  Status status;
  search->n = answers->n;
  search->all = all_levels(answers);
  if (!state->table) {
    state->table = mem_zero(settings->n_k, sizeof *state->table);
    state->start_sums = mem_zero(settings->starts, sizeof *state->start_sums);
    TRY(state->table && state->start_sums ? STATUS_OK : error_memory(e, 0, _("classes")));
  }
  TRY(find_patterns(answers, &search->patterns, e));
  for (size_t i = 0; i < search->patterns.answers.n; i++) {
    search->weight += search->patterns.weights[i];
  }
  while (state->fit < settings->n_k) {
    TRY(run_fit(search, e));
  }
  status = STATUS_OK;
done:
  return status;
}

Status latent_class_fit(Task *task, const Answers *answers, const LatentClassSettings *settings,
                        LatentClassState *state, LatentClassResult *out, Error *e)
{
  Search search = {.task = task, .settings = settings, .state = state};
  Error stopped = {0};
  *out = (LatentClassResult){0};
  for (size_t i = 0; i < settings->n_k; i++) {
    if (settings->k[i] > answers->n) {
      error_set(e, STATUS_DATA, "too-few-rows", _("k is %1$zu, but there are %2$zu rows"), settings->k[i], answers->n);
      return error_hint(e, _("choose k up to %zu"), answers->n);
    }
  }
  Status status = run(&search, answers, &stopped);
  if (status == STATUS_OK) {
    status = report(&search, true, out, e);
  } else if (status == STATUS_CANCELLED && search.weight > 0) {
    atomic_store(&task->cancel, false); /* a second press stops the assignment too */
    status = report(&search, false, out, e);
    task_cancel(task);
  } else if (e && e->status == STATUS_OK) {
    *e = stopped;
  }
  latent_classes_free(&search.current);
  patterns_free(&search.patterns);
  mem_free(search.moments);
  if (status != STATUS_OK) {
    latent_class_result_free(out);
  }
  return status;
}
