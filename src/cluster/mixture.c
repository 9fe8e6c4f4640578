/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search: every number of components with every model, every start of it, its iterations. */
#include "cluster/mixture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/labels.h"
#include "cluster/mixture_fit.h"
#include "core/alloc.h"

typedef struct Search {
  Task *task;
  const Rows *rows;
  const double *weights;
  const MixtureSettings *settings;
  MixtureState *state;
  MixtureStarts *starts;
  double *spread;
  double weight;          /* of all rows */
  size_t constant;        /* columns without spread */
  MixtureWork *work;      /* for the current fit */
  MixtureMoments moments;
  MixtureParameters next;
} Search;

void mixture_state_free(MixtureState *state)
{
  mixture_parameters_free(&state->current);
  mixture_parameters_free(&state->best_start);
  mixture_parameters_free(&state->best);
  mem_free(state->axes);
  mem_free(state->table);
  *state = (MixtureState){0};
}

void mixture_result_free(MixtureResult *result)
{
  mixture_parameters_free(&result->best);
  mem_free(result->table);
  mem_free(result->labels);
  mem_free(result->sizes);
  *result = (MixtureResult){0};
}

static size_t fits_of(const MixtureSettings *settings)
{
  return settings->n_k * settings->n_models;
}

static void swap(MixtureParameters *a, MixtureParameters *b)
{
  const MixtureParameters kept = *a;
  *a = *b;
  *b = kept;
}

/* ---- one start */

static Status begin_start(Search *search, MixtureModel model, size_t k, bool *failed, Error *e)
{
  MixtureState *state = search->state;
  Status status = mixture_start(search->starts, model, k, state->start, &search->moments, failed, e);
  if (status != STATUS_OK || *failed) {
    return status;
  }
  search->next.model = model;
  memset(state->axes, 0, search->rows->d * search->rows->d * sizeof *state->axes);
  status = mixture_maximise(&search->moments, search->settings->reg, search->task, state->axes, &search->next, failed,
                            e);
  if (status != STATUS_OK || *failed) {
    return status;
  }
  mixture_parameters_free(&state->current);
  status = mixture_parameters_new(k, search->rows->d, &state->current, e);
  if (status == STATUS_OK) {
    state->current.model = model;
    swap(&state->current, &search->next);
    state->iteration = 0;
    state->before = -INFINITY;
  }
  return status;
}

static void tell(const Search *search, size_t iteration, double log_likelihood)
{
  const MixtureState *state = search->state;
  const bool kmeans = mixture_start_kind(search->settings, state->start) == MIXTURE_KMEANS;
  const TraceStep step = {.phase = kmeans ? "EM from k-means" : "EM", .start = (int64_t)state->start + 1,
                          .iteration = (int64_t)iteration, .measure = "log_likelihood",
                          .objective = log_likelihood, .changed = -1, .state = state->current.mean,
                          .rows = state->current.k, .columns = state->current.d};
  task_step(search->task, &step);
}

/* The iterations of state->current until they end. The state changes only when an iteration is whole. */
static Status iterate(Search *search, bool *converged, bool *failed, Error *e)
{
  MixtureState *state = search->state;
  const MixtureSettings *settings = search->settings;
  *converged = false;
  while (true) {
    Status status = mixture_pass(search->work, &state->current, NULL, &search->moments, failed, e);
    if (status != STATUS_OK || *failed) {
      return status;
    }
    const double l = search->moments.log_likelihood;
    *failed = !isfinite(l);
    tell(search, state->iteration + 1, l);
    *converged = fabs(l - state->before) <= settings->tolerance * (1 + fabs(l));
    if (*failed || *converged || state->iteration + 1 >= settings->max_iterations) {
      state->iteration++;
      return STATUS_OK;
    }
    search->next.model = state->current.model;
    status = mixture_maximise(&search->moments, settings->reg, search->task, state->axes, &search->next, failed, e);
    if (status != STATUS_OK || *failed) {
      return status;
    }
    swap(&state->current, &search->next);
    state->iteration++;
    state->before = l;
  }
}

/* The start is over: the best of this fit keeps its parameters. */
static void end_start(Search *search, bool converged, bool failed)
{
  MixtureState *state = search->state;
  const double l = search->moments.log_likelihood;
  if (!failed && (state->start_iterations == 0 || l > state->start_sums[0])) {
    state->start_iterations = state->iteration;
    state->start_converged = converged;
    state->start_sums[0] = l;
    state->start_sums[1] = search->moments.doubt;
    swap(&state->best_start, &state->current);
  }
  mixture_parameters_free(&state->current);
  state->iteration = 0;
  state->start++;
}

/* ---- one model with one k */

static Status room_for(Search *search, size_t k, Error *e)
{
  const size_t d = search->rows->d;
  Status status;
  mixture_work_free(search->work);
  search->work = NULL;
  mixture_moments_free(&search->moments);
  mixture_parameters_free(&search->next);
  TRY(mixture_work_new(search->task, search->rows, search->weights, k, search->spread, &search->work, e));
  TRY(mixture_moments_new(k, d, &search->moments, e));
  status = mixture_parameters_new(k, d, &search->next, e);
done:
  return status;
}

static double criterion_of(const MixtureEntry *entry, MixtureCriterion criterion)
{
  return criterion == MIXTURE_BIC ? entry->bic : criterion == MIXTURE_ICL ? entry->icl : entry->aic;
}

/* The best entry of the first `count`, count when all are singular. */
static size_t best_entry(const MixtureEntry *table, size_t count, MixtureCriterion criterion)
{
  size_t best = count;
  for (size_t i = 0; i < count; i++) {
    if (!table[i].singular &&
        (best == count || criterion_of(&table[i], criterion) < criterion_of(&table[best], criterion))) {
      best = i;
    }
  }
  return best;
}

static MixtureEntry entry_of(const Search *search, MixtureModel model, size_t k)
{
  const MixtureState *state = search->state;
  MixtureEntry entry = {.model = model, .k = k, .df = mixture_df(model, k, search->rows->d), .singular = true,
                        .log_likelihood = NAN, .bic = NAN, .aic = NAN, .icl = NAN};
  if (state->start_iterations > 0) {
    entry.singular = false;
    entry.iterations = state->start_iterations;
    entry.converged = state->start_converged;
    entry.log_likelihood = state->start_sums[0];
    entry.bic = -2 * entry.log_likelihood + (double)entry.df * log(search->weight);
    entry.aic = -2 * entry.log_likelihood + 2 * (double)entry.df;
    entry.icl = entry.bic + 2 * state->start_sums[1];
  }
  return entry;
}

static void end_fit(Search *search, MixtureModel model, size_t k)
{
  MixtureState *state = search->state;
  state->table[state->fit] = entry_of(search, model, k);
  if (best_entry(state->table, state->fit + 1, search->settings->criterion) == state->fit) {
    swap(&state->best, &state->best_start);
  }
  mixture_parameters_free(&state->best_start);
  state->start_iterations = 0;
  state->start = 0;
  state->fit++;
}

/* Without reg a constant column leaves only models whose covariances are spheres. */
static bool is_possible(const Search *search, MixtureModel model)
{
  const bool spheres = model == MIXTURE_EII || model == MIXTURE_VII;
  return search->constant == 0 || search->settings->reg > 0 || (spheres && search->constant < search->rows->d);
}

static Status run_fit(Search *search, Error *e)
{
  MixtureState *state = search->state;
  const MixtureSettings *settings = search->settings;
  const size_t k = settings->k[state->fit / settings->n_models];
  const MixtureModel model = settings->models[state->fit % settings->n_models];
  const size_t starts = mixture_starts_of(settings, search->rows->n, search->rows->d, k);
  Status status;
  if (!is_possible(search, model)) {
    end_fit(search, model, k);
    return STATUS_OK;
  }
  TRY(room_for(search, k, e));
  task_phase(search->task, "mixture");
  while (state->start < starts) {
    bool failed = false, converged = false;
    if (!state->current.share) {
      TRY(begin_start(search, model, k, &failed, e));
    }
    if (!failed) {
      TRY(iterate(search, &converged, &failed, e));
    }
    end_start(search, converged, failed);
    task_progress(search->task, state->fit * starts + state->start, fits_of(settings) * starts);
  }
  end_fit(search, model, k);
done:
  return status;
}

/* ---- the whole */

/* The standard deviations of columns that are one value in all rows with weight become 0, which sums may miss. */
static Status find_constant(Search *search, Error *e)
{
  enum { AT_ONCE = 4096 };
  const Rows *rows = search->rows;
  const size_t n = rows->n, d = rows->d;
  double *room = mem_alloc(AT_ONCE + 1, d * sizeof *room);
  bool *differs = mem_zero(d, sizeof *differs), begun = false;
  size_t left = d;
  Status status;
  TRY(room && differs ? STATUS_OK : error_memory(e, AT_ONCE * d * sizeof *room, _("a mixture")));
  double *one = room + AT_ONCE * d;
  for (size_t first = 0; first < n && left > 0; first += AT_ONCE) {
    const size_t count = n - first < AT_ONCE ? n - first : AT_ONCE;
    const double *values;
    TRY(task_cancelled(search->task) ? error_cancelled(e) : rows->block(rows, first, count, room, &values, e));
    for (size_t i = 0; i < count && left > 0; i++) {
      if (search->weights && !(search->weights[first + i] > 0)) {
        continue;
      }
      if (!begun) {
        memcpy(one, values + i * d, d * sizeof *one);
        begun = true;
      }
      for (size_t j = 0; j < d; j++) {
        const bool other = !differs[j] && values[i * d + j] != one[j];
        differs[j] = differs[j] || other;
        left -= other;
      }
    }
  }
  for (size_t j = 0; j < d; j++) {
    search->spread[j] = differs[j] ? search->spread[j] : 0;
    search->constant += !(search->spread[j] > 0);
  }
  status = STATUS_OK;
done:
  mem_free(room);
  mem_free(differs);
  return status;
}

/* Standard deviations of the columns, and the sum of the weights. */
static Status measure(Search *search, Error *e)
{
  const size_t d = search->rows->d;
  MixtureWork *work = NULL;
  MixtureParameters p = {0};
  MixtureMoments m = {0};
  bool singular;
  Status status;
  int32_t *labels = mem_zero(search->rows->n, sizeof *labels);
  search->spread = mem_alloc(d, sizeof *search->spread);
  TRY(labels && search->spread ? STATUS_OK : error_memory(e, search->rows->n * sizeof *labels, _("labels")));
  TRY(mixture_parameters_new(1, d, &p, e));
  TRY(mixture_moments_new(1, d, &m, e));
  TRY(mixture_work_new(search->task, search->rows, search->weights, 1, NULL, &work, e));
  p.model = MIXTURE_VVI;
  TRY(mixture_pass(work, &p, labels, &m, &singular, e));
  memcpy(p.mean, m.mean, d * sizeof *p.mean);
  TRY(mixture_pass(work, &p, labels, &m, &singular, e));
  search->weight = m.weight[0];
  for (size_t j = 0; j < d; j++) {
    search->spread[j] = sqrt(fmax(0, m.scatter[j * d + j]) / m.weight[0]);
  }
  status = find_constant(search, e);
done:
  mem_free(labels);
  mixture_work_free(work);
  mixture_parameters_free(&p);
  mixture_moments_free(&m);
  return status;
}

static Status nothing_fits(const Search *search, Error *e)
{
  const MixtureSettings *settings = search->settings;
  for (size_t j = 0; j < search->rows->d; j++) {
    if (!(search->spread[j] > 0) && settings->reg == 0) {
      error_set(e, STATUS_DATA, "singular-covariance",
                _("variable %zu is the same in every row, so no covariance has an inverse"), j + 1);
      return error_hint(e, _("leave it out, or give reg"));
    }
  }
  error_set(e, STATUS_DATA, "singular-covariance",
            _("with k = %1$zu every start ended in a component that is flat or empty, where the likelihood has no "
              "bound"),
            settings->k[0]);
  return error_hint(e, _("fewer components, a model with fewer numbers (EEE, VVI, EII), more starts, or reg = 1e-6"));
}

/* What was found, in the order of the clusters' sizes. */
static Status reorder(const MixtureParameters *from, const int32_t *order, MixtureParameters *to, Error *e)
{
  const size_t d = from->d;
  const Status status = mixture_parameters_new(from->k, d, to, e);
  if (status != STATUS_OK) {
    return status;
  }
  to->model = from->model;
  for (size_t j = 0; j < from->k; j++) {
    const size_t old = (size_t)order[j];
    to->share[j] = from->share[old];
    memcpy(to->mean + j * d, from->mean + old * d, d * sizeof *to->mean);
    memcpy(to->covariance + j * d * d, from->covariance + old * d * d, d * d * sizeof *to->mean);
  }
  return STATUS_OK;
}

static Status assign(const Search *search, const MixtureParameters *best, MixtureResult *out, Error *e)
{
  const size_t n = search->rows->n, k = best->k;
  double *highest = mem_alloc(n, sizeof *highest);
  int32_t *order = mem_alloc(k, sizeof *order);
  size_t used;
  Status status;
  out->labels = mem_alloc(n, sizeof *out->labels);
  out->sizes = mem_zero(k, sizeof *out->sizes);
  if (!highest || !order || !out->labels || !out->sizes) {
    TRY(error_memory(e, n * sizeof *highest, _("labels")));
  }
  const MixtureRows wanted = {.labels = out->labels, .highest = highest};
  TRY(mixture_predict(search->task, search->rows, best, &wanted, e));
  TRY(labels_number(out->labels, n, k, order, NULL, &used, e));
  TRY(reorder(best, order, &out->best, e));
  TRY(mixture_predict(search->task, search->rows, &out->best, &wanted, e));
  for (size_t i = 0; i < n; i++) {
    out->sizes[out->labels[i]]++;
    out->uncertainty += (1 - highest[i]) / (double)n;
  }
done:
  mem_free(highest);
  mem_free(order);
  return status;
}

/* The best so far: of whole fits, else of whole starts, else as far as the first start came. */
static Status report(Search *search, bool complete, MixtureResult *out, Error *e)
{
  MixtureState *state = search->state;
  const MixtureSettings *settings = search->settings;
  const size_t best = best_entry(state->table, state->fit, settings->criterion);
  const MixtureParameters *p = best < state->fit         ? &state->best
                               : state->best_start.share ? &state->best_start
                                                         : &state->current;
  if (!p->share) {
    return complete ? nothing_fits(search, e) : error_cancelled(e);
  }
  out->n = search->rows->n;
  out->d = search->rows->d;
  out->weight = search->weight;
  out->complete = complete;
  out->n_table = state->fit;
  out->table = mem_alloc(state->fit + 1, sizeof *out->table);
  if (!out->table) {
    return error_memory(e, state->fit * sizeof *out->table, _("a mixture"));
  }
  memcpy(out->table, state->table, state->fit * sizeof *out->table);
  for (size_t i = 0; i < state->fit; i++) {
    out->singular += out->table[i].singular;
  }
  if (best < state->fit) {
    out->entry = state->table[best];
  } else {
    out->entry = entry_of(search, p->model, p->k);
    out->entry.singular = false;
  }
  if (!complete) {
    snprintf(out->stopped_at, sizeof out->stopped_at, "fit %zu of %zu, start %zu, iteration %zu", state->fit + 1,
             fits_of(settings), state->start + 1, state->iteration);
  }
  return assign(search, p, out, e);
}

static Status run(Search *search, Error *e)
{
  MixtureState *state = search->state;
  const MixtureSettings *settings = search->settings;
  Status status;
  if (!state->table) {
    state->table = mem_zero(fits_of(settings), sizeof *state->table);
    TRY(state->table ? STATUS_OK : error_memory(e, fits_of(settings) * sizeof *state->table, _("a mixture")));
  }
  if (!state->axes) {
    state->axes = mem_zero(search->rows->d * search->rows->d, sizeof *state->axes);
    TRY(state->axes ? STATUS_OK : error_memory(e, search->rows->d * sizeof *state->axes, _("a mixture")));
  }
  TRY(mixture_starts_new(search->task, search->rows, search->weights, settings, &search->starts, e));
  while (state->fit < fits_of(settings)) {
    TRY(run_fit(search, e));
  }
  status = STATUS_OK;
done:
  return status;
}

Status mixture_fit(Task *task, const Rows *rows, const double *weights, const MixtureSettings *settings,
                   MixtureState *state, MixtureResult *out, Error *e)
{
  Search search = {.task = task, .rows = rows, .weights = weights, .settings = settings, .state = state};
  Status status;
  Error stopped = {0};
  *out = (MixtureResult){0};
  for (size_t i = 0; i < settings->n_k; i++) {
    if (settings->k[i] > rows->n) {
      return error_set(e, STATUS_DATA, "too-few-rows", _("k is %1$zu, but there are %2$zu rows"), settings->k[i],
                       rows->n);
    }
  }
  TRY(measure(&search, e));
  bool possible = false;
  for (size_t i = 0; i < settings->n_models; i++) {
    possible = possible || is_possible(&search, settings->models[i]);
  }
  TRY(possible ? STATUS_OK : nothing_fits(&search, e));
  status = run(&search, &stopped);
  if (status == STATUS_OK) {
    status = report(&search, true, out, e);
  } else if (status == STATUS_CANCELLED) {
    atomic_store(&task->cancel, false); /* a second press stops the assignment too */
    status = report(&search, false, out, e);
    task_cancel(task);
  } else if (e && e->status == STATUS_OK) {
    *e = stopped;
  }
done:
  mixture_starts_free(search.starts);
  mixture_work_free(search.work);
  mixture_moments_free(&search.moments);
  mixture_parameters_free(&search.next);
  mem_free(search.spread);
  if (status != STATUS_OK) {
    mixture_result_free(out);
  }
  return status;
}
