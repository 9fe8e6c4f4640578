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
#include "core/random.h"
#include "frame/builder.h"

#define ROW(...) OPTION_ROW_OF(ChooseOptions, __VA_ARGS__)
static const Option choose_options[] = {CHOOSE_OPTIONS(ROW)};
#undef ROW

enum { MOST_KS = 1000, RESAMPLE_STREAM = 0xb007 };

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

Status choose_fit(Choosing *c, int64_t k, int64_t seed, const Frame *data, Model **out, Error *e)
{
  const RefitChange changes[] = {{"k", value_of_int(k)}, {"seed", value_of_int(seed)}};
  const size_t all = c->n_ks * (1 + (size_t)c->o->references + (size_t)c->o->resamples);
  const Status status = refit(c->call, c->method, c->o->options, changes, 2, data, out, e);
  c->steps++;
  task_phase(c->call->task, "choose");
  task_progress(c->call->task, c->steps, all);
  return status;
}

Status choose_frame(const Choosing *c, const double *values, Frame **out, Error *e)
{
  const Variables *v = &c->input.variables;
  double *cells = mem_alloc(v->n, sizeof *cells);
  Draft *draft = draft_new();
  for (size_t j = 0; cells && j < v->d; j++) {
    for (size_t i = 0; i < v->n; i++) {
      cells[i] = values[i * v->d + j];
    }
    draft_floats(draft, frame_name(c->input.data, v->columns[j]), cells, v->n);
  }
  if (!cells) {
    draft_free(draft);
    return error_memory(e, v->n * sizeof *cells, _("the rows"));
  }
  mem_free(cells);
  return draft_finish(draft, out, e);
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
  if (rows.n <= (uint64_t)c->o->pairs && k > 1) {
    const Pairs pairs = pairs_of_values(c->input.values, rows.n, rows.d, (Metric){.kind = METRIC_EUCLIDEAN});
    TRY(silhouettes_of(task, &pairs, c->labels, k, &widths, e));
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

/* One fit to rows drawn with replacement (each once), its labels of all rows against those of the fit to all. */
static Status resample_once(Choosing *c, int64_t k, size_t k_used, size_t round, size_t *rows, double *out, Error *e)
{
  const size_t n = c->input.variables.n;
  Random random = random_new((uint64_t)c->o->seed, RESAMPLE_STREAM + round);
  int32_t *other = c->labels + n;
  Frame *drawn = NULL;
  Model *model = NULL;
  size_t used = 0, m = 0;
  Status status;
  memset(other, 0, n * sizeof *other); /* a mark for each row drawn, for a while */
  for (size_t i = 0; i < n; i++) {
    other[random_below(&random, n)] = 1;
  }
  for (size_t i = 0; i < n; i++) {
    rows[m] = i;
    m += other[i] != 0;
  }
  TRY(frame_take(c->data, rows, m, &drawn, e));
  TRY(choose_fit(c, k, c->o->seed, drawn, &model, e));
  TRY(refit_labels(c->call, model, c->data, other, &used, e));
  TRY(refit_ari(c->call, c->labels, k_used, other, used, n, out, e));
done:
  frame_unref(drawn);
  model_unref(model);
  return status;
}

static Status resample(Choosing *c, ChooseLevel *level, size_t k_used, Error *e)
{
  size_t *rows = mem_alloc(c->input.variables.n, sizeof *rows);
  double sum = 0;
  size_t fits = 0;
  Status status = rows ? STATUS_OK : error_memory(e, 0, _("row numbers"));
  for (size_t round = 0; status == STATUS_OK && round < (size_t)c->o->resamples; round++) {
    double ari = 0;
    status = resample_once(c, level->k, k_used, round, rows, &ari, e);
    sum += ari;
    fits += status == STATUS_OK;
    if (status == STATUS_DATA) { /* too few different rows were drawn: that round says nothing */
      error_clear(e);
      status = STATUS_OK;
    }
  }
  level->stability = status == STATUS_OK && fits > 0 ? sum / (double)fits : NAN;
  mem_free(rows);
  return status;
}

static Status try_k(Choosing *c, int64_t k, ChooseLevel *level, Error *e)
{
  Model *model = NULL;
  size_t used = 0;
  Status status;
  *level = (ChooseLevel){.k = k, .silhouette = NAN, .dunn = NAN, .log_w = NAN, .gap = NAN, .gap_se = NAN, .stability = NAN};
  TRY(choose_fit(c, k, c->o->seed, c->data, &model, e));
  TRY(refit_labels(c->call, model, c->data, c->labels, &used, e));
  count_smallest(c->labels, c->input.variables.n, used, level);
  TRY(judge(c, level, used, e));
  if (c->o->references > 0) {
    TRY(choose_gap(c, level, used, e));
  }
  if (c->o->resamples > 0) {
    TRY(resample(c, level, used, e));
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

static void choosing_free(Choosing *c)
{
  cluster_input_free(&c->input);
  frame_unref(c->data);
  mem_free(c->ks);
  mem_free(c->levels);
  mem_free(c->labels);
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
  const size_t n = c.input.variables.n;
  if ((uint64_t)c.ks[c.n_ks - 1] > n) {
    TRY(error_set(e, STATUS_DATA, "out-of-range", _("k goes up to %1$lld, but there are only %2$zu rows"),
                  (long long)c.ks[c.n_ks - 1], n));
  }
  TRY(choose_frame(&c, c.input.values, &c.data, e));
  c.levels = mem_zero(c.n_ks, sizeof *c.levels);
  c.labels = mem_alloc(2 * n, sizeof *c.labels);
  TRY(c.levels && c.labels ? STATUS_OK : error_memory(e, 0, _("labels")));
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

/* By k-means' rate: other methods forecast for themselves in each of their fits. */
static Status choose_cost(const Call *call, Cost *out, Error *e)
{
  const ChooseOptions *o = call->options;
  const Frame *data = call->data->frame;
  const double n = (double)frame_rows(data), d = (double)(o->on.n ? o->on.n : frame_columns(data));
  (void)e;
  out->bytes = n * d * 40 + n * 32;
  out->seconds = 9 * (1 + (double)o->references + (double)o->resamples) * n * d * 6 * 300 * 0.25e-9;
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
             "suggests and why; rules often disagree, and then what you can act on decides. hopkins tells whether rows lie in heaps at "
             "all. Ctrl-C keeps the ks that are done. Time grows with references and resamples.",
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
