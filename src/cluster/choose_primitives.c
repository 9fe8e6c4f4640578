/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.choose: a method fitted with every k of a range, judged by every rule there is. */
#include "cluster/choose_primitives.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/refit_primitives.h"
#include "cluster/silhouette.h"
#include "cluster/validity.h"
#include "core/alloc.h"

#define ROW(...) OPTION_ROW_OF(ChooseOptions, __VA_ARGS__)
static const Option choose_options[] = {CHOOSE_OPTIONS(ROW)};
#undef ROW

enum { MOST_KS = 1000, MOST_TRIAL_ROWS = 5000, BOUND_SECONDS = 15 };

/* ---- the range of k */

static Status refuse_range(const Value *k, Error *e)
{
  Text shown = {0};
  value_show(k, &shown);
  error_set(e, STATUS_ARGUMENT, "wrong-type", _("option 'k' is %s, not numbers of clusters"), text_data(&shown));
  error_hint(e, _("k = \"2:10\", or a list such as {2, 3, 5}"));
  text_free(&shown);
  return STATUS_ARGUMENT;
}

static int by_number(const void *a, const void *b)
{
  const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/* "2:10" */
static bool read_range(const char *text, int64_t *low, int64_t *high)
{
  char *end;
  *low = strtoll(text, &end, 10);
  if (end == text) {
    return false;
  }
  *high = *low;
  if (*end == ':') {
    const char *rest = end + 1;
    *high = strtoll(rest, &end, 10);
    if (end == rest) {
      return false;
    }
  }
  return *end == '\0';
}

static bool whole(const Value *value, int64_t *out)
{
  if (value->kind == VALUE_INT) {
    *out = value->integer;
    return true;
  }
  *out = value->kind == VALUE_NUMBER && fabs(value->number) < 1e9 ? (int64_t)value->number : 0;
  return value->kind == VALUE_NUMBER && (double)*out == value->number;
}

static Status read_ks(const Value *k, Choosing *c, Error *e)
{
  int64_t low = 0, high = 0;
  c->ks = mem_alloc(MOST_KS, sizeof *c->ks);
  if (!c->ks) {
    return error_memory(e, 0, _("numbers of clusters"));
  }
  if (k->kind == VALUE_LIST && k->list.n > 0 && k->list.n <= MOST_KS) {
    for (size_t i = 0; i < k->list.n; i++) {
      if (!whole(&k->list.items[i], &c->ks[c->n_ks++])) {
        return refuse_range(k, e);
      }
    }
  } else if ((k->kind == VALUE_TEXT && read_range(k->text.bytes, &low, &high)) || whole(k, &low)) {
    high = k->kind == VALUE_TEXT ? high : low;
    if (high < low || high - low >= MOST_KS) {
      return refuse_range(k, e);
    }
    for (int64_t number = low; number <= high; number++) {
      c->ks[c->n_ks++] = number;
    }
  } else {
    return refuse_range(k, e);
  }
  qsort(c->ks, c->n_ks, sizeof *c->ks, by_number);
  for (size_t i = 0; i < c->n_ks; i++) {
    if (c->ks[i] < 1 || (i > 0 && c->ks[i] == c->ks[i - 1])) {
      return refuse_range(k, e);
    }
  }
  return STATUS_OK;
}

/* ---- fits */

enum { MOST_CHANGES = 5 };

/* The changes to the options of a fit; what the user gave for all fits stays. */
static size_t changes_of(const Choosing *c, int64_t k, ChooseFit kind, RefitChange changes[MOST_CHANGES])
{
  static char none[] = "none";
  const Value refine = {.kind = VALUE_TEXT, .text = {none, sizeof none - 1}};
  const RefitChange quicker[] = {{"starts", value_of_int(CHOOSE_QUICK_STARTS)}, {"refine", refine}};
  size_t n = 0;
  changes[n++] = (RefitChange){"k", value_of_int(k)};
  changes[n++] = (RefitChange){"seed", value_of_int(c->o->seed)};
  if (kind == CHOOSE_FIT_ALL && c->fit_rows < c->input.variables.n) {
    changes[n++] = (RefitChange){"sample", value_of_int((int64_t)c->fit_rows)};
  }
  for (size_t i = 0; kind == CHOOSE_FIT_QUICK && i < 2; i++) {
    if (refit_has_option(c->method, quicker[i].name) && !(c->o->options && value_get(c->o->options, quicker[i].name))) {
      changes[n++] = quicker[i];
    }
  }
  return n;
}

Status choose_fit(Choosing *c, int64_t k, const Frame *data, ChooseFit kind, Model **out, Error *e)
{
  RefitChange changes[MOST_CHANGES];
  const size_t n = changes_of(c, k, kind, changes);
  const size_t all = c->n_ks * (1 + (size_t)c->o->references + (size_t)c->o->resamples);
  const Status status = refit(c->call, c->method, c->o->options, changes, n, data, out, e);
  c->steps++;
  task_phase(c->call->task, "choose");
  task_progress(c->call->task, c->steps, all);
  return status;
}

/* How many rows `fits` fits with each k may have, so that the method forecasts no more than a quarter of a minute for them all. */
static Status bounded_rows(Choosing *c, int64_t fits, ChooseFit kind, size_t least, size_t most, size_t *rows, Error *e)
{
  const size_t for_clusters = 10 * (size_t)c->ks[c->n_ks - 1]; /* a sample must hold clusters that mean something */
  RefitChange changes[MOST_CHANGES];
  const RefitFits wanted = {.method = c->method, .options = c->o->options, .changes = changes, .n = c->n_ks * (size_t)fits,
                            .n_changes = changes_of(c, c->ks[c->n_ks - 1], kind, changes),
                            .least = least > for_clusters ? least : for_clusters, .most = most,
                            .seconds = BOUND_SECONDS};
  return refit_rows(c->call, &wanted, c->data, rows, e);
}

/* Decides how many rows the fits that are compared are of; all, when the method cannot assign the others. */
static Status bound_fits(Choosing *c, Error *e)
{
  enum { LEAST_ROWS = 2000 };
  const size_t n = c->input.variables.n;
  c->fit_rows = n;
  if (!refit_has_option(c->method, "sample")) {
    return STATUS_OK;
  }
  if (c->o->fit_rows > 0) {
    c->fit_rows = (uint64_t)c->o->fit_rows < n ? (size_t)c->o->fit_rows : n;
    return STATUS_OK;
  }
  size_t rows = n;
  const Status status = bounded_rows(c, 1, CHOOSE_FIT_ALL, LEAST_ROWS, 0, &rows, e);
  c->fit_rows = rows;
  return status;
}

/* Decides how many rows gap and stability are of, and how the fits to rows at random are made. */
static Status bound_trials(Choosing *c, Error *e)
{
  enum { QUICK_FROM = 500, LEAST_ROWS = 500 };
  const size_t n = c->input.variables.n;
  const char how = c->o->reference_fits[0];
  RefitChange changes[MOST_CHANGES];
  size_t for_stability = n;
  Status status;
  c->quick = how != 'f' && (how == 'q' || n > QUICK_FROM) && changes_of(c, 1, CHOOSE_FIT_QUICK, changes) > 2;
  c->trial.n = n;
  if (c->o->trial_rows > 0) {
    c->trial.n = (uint64_t)c->o->trial_rows < n ? (size_t)c->o->trial_rows : n;
    return STATUS_OK;
  }
  TRY(bounded_rows(c, c->o->references, c->quick ? CHOOSE_FIT_QUICK : CHOOSE_FIT_TRIAL, LEAST_ROWS, MOST_TRIAL_ROWS, &c->trial.n, e));
  TRY(bounded_rows(c, c->o->resamples, CHOOSE_FIT_TRIAL, LEAST_ROWS, MOST_TRIAL_ROWS, &for_stability, e));
  c->trial.n = for_stability < c->trial.n ? for_stability : c->trial.n;
done:
  return status;
}

/* ---- figures of one k */

static Status judge(Choosing *c, ChooseLevel *level, size_t k, Error *e)
{
  const Rows rows = cluster_rows(&c->input);
  Task *task = c->call->task;
  Validity figures;
  Silhouettes widths = {0};
  Status status;
  TRY(validity(task, &rows, c->labels, k, &figures, e));
  level->withinss = figures.withinss;
  level->explained = figures.totss > 0 ? 1 - figures.withinss / figures.totss : NAN;
  level->calinski_harabasz = figures.calinski_harabasz;
  level->davies_bouldin = figures.davies_bouldin;
  level->bic = figures.bic;
  if (c->pairs.n > 0 && k > 1) {
    const Pairs pairs = pairs_of_values(c->pairs.values, c->pairs.n, rows.d, (Metric){.kind = METRIC_EUCLIDEAN});
    TRY(silhouettes_of(task, &pairs, c->pairs.labels, k, &widths, e));
    level->silhouette = widths.overall;
    level->dunn = validity_dunn(widths.separation, widths.diameter, k);
  }
done:
  silhouettes_free(&widths);
  return status;
}

static void count_smallest(const int32_t *labels, size_t n, size_t k, ChooseLevel *level)
{
  level->smallest = 0;
  for (size_t cluster = 0; cluster < k; cluster++) {
    int64_t size = 0;
    for (size_t i = 0; i < n; i++) {
      size += labels[i] == (int32_t)cluster;
    }
    level->smallest = cluster == 0 || size < level->smallest ? size : level->smallest;
  }
}

static Status try_k(Choosing *c, int64_t k, ChooseLevel *level, Error *e)
{
  Model *model = NULL;
  size_t used = 0;
  Status status;
  *level = (ChooseLevel){.k = k, .silhouette = NAN, .dunn = NAN, .log_w = NAN, .gap = NAN, .gap_se = NAN, .stability = NAN};
  TRY(choose_fit(c, k, c->data, CHOOSE_FIT_ALL, &model, e));
  TRY(refit_labels(c->call, model, c->data, c->labels, &used, e));
  choose_part_labels(c);
  count_smallest(c->labels, c->input.variables.n, used, level);
  TRY(judge(c, level, used, e));
  const double own = model_number(model, "bic"); /* of a method that is a model of the data */
  level->bic = isfinite(own) ? own : level->bic;
  if (c->o->references > 0) {
    TRY(choose_gap(c, level, used, e));
  }
  if (c->o->resamples > 0) {
    TRY(choose_stability(c, level, used, e));
  }
done:
  model_unref(model);
  return status;
}

/* ---- the run */

static Status try_all(Choosing *c, Error *e)
{
  Status status = STATUS_OK;
  for (; status == STATUS_OK && c->done < c->n_ks; c->done += status == STATUS_OK) {
    status = try_k(c, c->ks[c->done], &c->levels[c->done], e);
    task_step(c->call->task, &(TraceStep){.phase = "choose", .start = 1, .iteration = (int64_t)c->done + 1,
                                          .measure = "withinss", .objective = c->levels[c->done].withinss, .changed = -1});
  }
  if (status == STATUS_CANCELLED && c->done > 0) { /* the ks that are complete are an answer */
    error_clear(e);
    status = STATUS_OK;
  } else if (status == STATUS_DATA && c->done > 0) { /* more clusters than different rows, say */
    c->refused = *e;
    error_clear(e);
    status = STATUS_OK;
  }
  c->complete = c->done == c->n_ks;
  return status;
}

static Status tendency_of(Choosing *c, Error *e)
{
  const size_t n = c->input.variables.n, tenth = n / 10 < 500 ? n / 10 : 500;
  c->tendency = (Hopkins){.statistic = NAN, .p_value = NAN};
  return tenth > 0 ? hopkins(c->call->task, c->input.values, n, c->input.variables.d, tenth, (uint64_t)c->o->seed, &c->tendency, e)
                   : STATUS_OK;
}

static void part_free(ChoosePart *part)
{
  mem_free(part->own);
  if (part->rows) {
    mem_free(part->labels);
    mem_free(part->rows);
  }
}

static void choosing_free(Choosing *c)
{
  cluster_input_free(&c->input);
  frame_unref(c->data);
  frame_unref(c->trial_data);
  part_free(&c->pairs);
  part_free(&c->trial);
  mem_free(c->trial_labels);
  mem_free(c->ks);
  mem_free(c->levels);
  mem_free(c->labels);
}

/* The default range ends where the rows do; one that was given must fit. */
static Status check_range(Choosing *c, Error *e)
{
  const size_t n = c->input.variables.n;
  while (!(c->call->given & 1) && c->n_ks > 1 && (uint64_t)c->ks[c->n_ks - 1] > n) {
    c->n_ks--;
  }
  return (uint64_t)c->ks[c->n_ks - 1] <= n
           ? STATUS_OK
           : error_set(e, STATUS_DATA, "out-of-range", _("k goes up to %1$lld, but there are only %2$zu rows"),
                       (long long)c->ks[c->n_ks - 1], n);
}

static const Primitive choose; /* below */

static Status run_choose(Call *call, Value *out, Error *e)
{
  const ChooseOptions *o = call->options;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .missing = o->missing, .sample = o->sample, .seed = (uint64_t)o->seed};
  Choosing c = {.call = call, .o = o};
  Model *model = NULL;
  Status status;
  TRY(read_ks(o->k, &c, e));
  TRY(refit_method(o->method, "k", &c.method, e));
  TRY(cluster_input(call, call->data->frame, &ask, &c.input, e));
  TRY(check_range(&c, e));
  TRY(choose_frame(&c, c.input.values, c.input.variables.n, &c.data, e));
  c.levels = mem_zero(c.n_ks, sizeof *c.levels);
  c.labels = mem_alloc(c.input.variables.n, sizeof *c.labels);
  TRY(c.levels && c.labels ? STATUS_OK : error_memory(e, 0, _("labels")));
  TRY(bound_fits(&c, e));
  TRY(bound_trials(&c, e));
  TRY(choose_parts(&c, e));
  TRY(o->references > 0 ? choose_box(&c, e) : STATUS_OK);
  TRY(tendency_of(&c, e));
  TRY(try_all(&c, e));
  TRY(model_new(&choose, o, &model, e));
  TRY(choose_model(&c, model, call->notes, e));
  text_reset(call->notes); /* the card shows them */
  model_set_data(model, call->data->frame);
  *out = value_of_model(model);
  model = NULL;
done:
  model_unref(model);
  choosing_free(&c);
  return status;
}

/* Seconds of that many fits, when a bound or the user decides how many rows they are of: as the method forecasts for the largest k,
 * and no more than the bound. */
static Status fits_cost(Choosing *c, ChooseFit kind, const Frame *data, int64_t fits, bool bounded, Cost *total, Error *e)
{
  RefitChange changes[MOST_CHANGES + 1];
  size_t n_changes = changes_of(c, c->ks[c->n_ks - 1], kind, changes);
  Cost cost = {0};
  changes[n_changes++] = (RefitChange){"sample", value_of_int(c->o->sample)};
  const Status status = refit_cost(c->call, c->method, c->o->options, changes, n_changes, data, &cost, e);
  const double seconds = (double)c->n_ks * (double)fits * cost.seconds;
  total->bytes = fmax(total->bytes, cost.bytes);
  total->seconds += bounded ? fmin(seconds, BOUND_SECONDS) : seconds;
  return status;
}

static Status trials_cost(Choosing *c, const Frame *data, Cost *total, Error *e)
{
  const size_t n = frame_rows(data), want = c->o->trial_rows > 0 ? (size_t)c->o->trial_rows : MOST_TRIAL_ROWS;
  const bool bounded = c->o->trial_rows == 0;
  const ChooseFit kind = c->o->reference_fits[0] == 'f' ? CHOOSE_FIT_TRIAL : CHOOSE_FIT_QUICK;
  Frame *part = NULL;
  Status status = frame_slice(data, 0, want < n ? want : n, &part, e);
  status = status == STATUS_OK ? fits_cost(c, kind, part, c->o->references, bounded, total, e) : status;
  status = status == STATUS_OK ? fits_cost(c, CHOOSE_FIT_TRIAL, part, c->o->resamples, bounded, total, e) : status;
  frame_unref(part);
  return status;
}

/* Also refuses, before the work begins, so many rows as the method refuses. What is wrong with options is said when it runs. */
static Status choose_cost(const Call *call, Cost *out, Error *e)
{
  const ChooseOptions *o = call->options;
  const Frame *data = call->data->frame;
  const double n = (double)frame_rows(data), d = (double)(o->on.n ? o->on.n : frame_columns(data)), pairs = fmin(n, (double)o->pairs);
  Call own = *call;
  Choosing c = {.call = &own, .o = o};
  Error ignored = {0};
  Cost cost = {0};
  Status status = read_ks(o->k, &c, &ignored);
  status = status == STATUS_OK ? refit_method(o->method, "k", &c.method, &ignored) : status;
  if (status == STATUS_OK) {
    status = fits_cost(&c, CHOOSE_FIT_TRIAL, data, 1, o->fit_rows == 0 && refit_has_option(c.method, "sample"), &cost, &ignored);
    status = status == STATUS_OK ? trials_cost(&c, data, &cost, &ignored) : status;
    const double ks = (double)c.n_ks, k = (double)c.ks[c.n_ks - 1];
    out->bytes = cost.bytes + n * d * 24 + n * 16;
    out->seconds = cost.seconds + ks * (pairs * pairs * d * 0.25e-9 + n * d * (k + 4) * 1e-9) + n * d * 1e-8;
  }
  mem_free(c.ks);
  if (status == STATUS_LIMIT) {
    *e = ignored;
    return status;
  }
  error_clear(&ignored);
  return STATUS_OK;
}

static const Figure choose_figures_rows[] = {
  {"n", "rows judged", "", "a few dozen at least"},
  {"d", "variables", "", "1 to some dozen"},
  {"suggested", "the number of clusters that most rules suggest", "", "one among several answers: look at votes"},
  {"votes", "rules that suggest it", "", "rules that disagree say that the data have no single answer"},
  {"rules", "rules that could suggest anything", "", "up to 8"},
  {"hopkins", "Hopkins' statistic: how far rows lie in heaps (cluster.tendency)", "", "near 0.5: at random; near 1: in heaps"},
  {"p_value", "that of rows at random", "", "small: there is something to find"},
  {"references", "sets of rows at random for the gap", "", "20 to 500"},
  {"resamples", "fits to resampled rows for the stability", "", "20 to 100"},
  {"fit_rows", "rows that the fits are to; the others are assigned as new rows", "", "n, or fewer where the method takes long"},
  {"trial_rows", "rows that gap and stability are of", "", "n, or some thousand drawn at random"},
  {"pair_rows", "rows that silhouette and dunn are of", "", "n, or some thousand drawn at random; 0: left out"},
  {"quick", "whether fits to rows at random began three times only and were not refined", "",
   "true from 500 rows on; the gap is then too large by less than its standard error"},
  {"complete", "whether every k was tried", "", "true"},
  {"seed", "seed of all random choices", "", "any; the same seed gives the same result"},
};

static const ModelClass choose_class = {.size = sizeof(ModelClass), .headline = choose_headline, .check = choose_check,
                                        .plots = CHOOSE_PLOTS, .plot = choose_plot, .figures = choose_figures};

static const Primitive choose = {
  .size = sizeof(Primitive), .family = "cluster", .name = "choose", .version = 1,
  .summary = "how many clusters: one table of all criteria for a range of k, and what each rule suggests",
  .details = "Fits the method with every k and judges each fit: sum of squares within clusters, silhouette, gap with its standard error, "
             "Calinski-Harabasz, Davies-Bouldin, Dunn, BIC, and the stability under resampling. m:suggestions() says what each rule "
             "suggests and why; rules often disagree, and then what you can act on decides. BIC is that of equal spheres, for mixture "
             "and latent_class their own. hopkins tells whether rows lie in heaps at "
             "all. Of more than a few thousand rows silhouette, dunn, gap and stability are of a sample of them, and where the method would take "
             "long, fits are to a sample whose clusters the other rows are given; the card says so, and pairs, trial_rows and "
             "fit_rows set it: as many as there are rows make all exact. Ctrl-C keeps the ks that are done. Time grows with references and "
             "resamples.",
  .takes = VALUE_FRAME, .main = "k", .options = choose_options, .n_options = sizeof choose_options / sizeof *choose_options,
  .options_size = sizeof(ChooseOptions), .gives = VALUE_MODEL,
  .returns = "a model; tidy: k withinss explained silhouette calinski_harabasz davies_bouldin dunn bic log_w gap gap_se stability "
             "smallest; suggestions: rule k why",
  .reference = "Tibshirani, Walther and Hastie 2001 (gap); Rousseeuw 1987; Calinski and Harabasz 1974; Davies and Bouldin 1979; Dunn "
               "1974; Satopaa et al. 2011 (elbow)",
  .example = "df = read \"datasets/iris/iris.csv\"\nc = df:choose{k = \"2:6\"}\nc:suggestions()",
  .where = WHERE_JOB, .cost = choose_cost, .figures = choose_figures_rows,
  .n_figures = sizeof choose_figures_rows / sizeof *choose_figures_rows, .run = run_choose, .model = &choose_class};
REGISTER_PRIMITIVE(choose);

static Status run_suggestions(Call *call, Value *out, Error *e)
{
  return model_give(call, "suggestions", out, e);
}

static const Primitive suggestions = {
  .size = sizeof(Primitive), .family = "cluster", .name = "suggestions", .version = 1,
  .summary = "what each rule says about the number of clusters", .takes = VALUE_MODEL, .takes_class = "cluster",
  .gives = VALUE_FRAME, .returns = "a frame: rule k why", .reference = "",
  .details = "Of a model of cluster.choose. A rule that cannot say anything, or whose figure was not computed, has no k.",
  .example = "df = read \"datasets/iris/iris.csv\"\ndf:choose{k = \"2:5\", references = 0, resamples = 0}:suggestions()",
  .where = WHERE_MAIN, .run = run_suggestions};
REGISTER_PRIMITIVE(suggestions);
