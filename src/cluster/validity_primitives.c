/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.validity: how good a clustering is by the data alone; cluster.tendency: whether there is one at all. */
#include <math.h>

#include "cluster/cluster_options.h"
#include "cluster/label_column_primitives.h"
#include "cluster/silhouette.h"
#include "cluster/tendency.h"
#include "cluster/validity.h"
#include "core/alloc.h"
#include "frame/builder.h"
#include "registry/registry.h"

#define VALIDITY_OPTIONS(O) \
  O(by, COLUMN, OPTION_REQUIRED, 1, 0, "", "", "column with the clusters; 0 and missing cells are noise") \
  CLUSTER_ON(O) \
  CLUSTER_SCALE(O) \
  CLUSTER_MISSING(O) \
  O(pairs, INT, "50000", 0, 1e9, "", "rows", \
    "most rows for the figures that compare all pairs (silhouette, dunn, separation, diameter); of more rows these are missing")
typedef struct ValidityOptions {
  VALIDITY_OPTIONS(OPTION_FIELD)
} ValidityOptions;
#define ROW(...) OPTION_ROW_OF(ValidityOptions, __VA_ARGS__)
static const Option validity_options[] = {VALIDITY_OPTIONS(ROW)};
#undef ROW

typedef struct Judged {
  ClusterInput input;
  LabelColumn column;
  Validity figures;
  Silhouettes pairs;   /* of all pairs, where that was asked for */
  double silhouette, dunn, separation, diameter;
} Judged;

static void judged_free(Judged *j)
{
  cluster_input_free(&j->input);
  label_column_free(&j->column);
  silhouettes_free(&j->pairs);
}

static Status judge_pairs(Call *call, Judged *j, Error *e)
{
  const Pairs pairs = pairs_of_values(j->input.values, j->input.variables.n, j->input.variables.d,
                                      (Metric){.kind = METRIC_EUCLIDEAN});
  task_phase(call->task, "silhouette");
  const Status status = silhouettes_of(call->task, &pairs, j->column.labels, j->column.k, &j->pairs, e);
  if (status == STATUS_OK) {
    j->silhouette = j->pairs.overall;
    j->dunn = validity_dunn(j->pairs.separation, j->pairs.diameter, j->column.k);
    j->separation = INFINITY;
    j->diameter = 0;
    for (size_t c = 0; c < j->column.k; c++) {
      j->separation = fmin(j->separation, j->pairs.separation[c]); /* fmin and fmax leave NaN out */
      j->diameter = fmax(j->diameter, j->pairs.diameter[c]);
    }
    j->separation = isfinite(j->separation) ? j->separation : NAN;
  }
  return status;
}

static Status judged_frame(const Judged *j, Frame **out, Error *e)
{
  const Validity *f = &j->figures;
  const size_t all = j->input.variables.n;
  Draft *draft = draft_new();
  draft_int(draft, "n", (int64_t)all);
  draft_int(draft, "k", (int64_t)f->k);
  draft_int(draft, "noise", (int64_t)(all - f->n));
  draft_float(draft, "noise_share", (double)(all - f->n) / (double)all);
  draft_float(draft, "withinss", f->withinss);
  draft_float(draft, "totss", f->totss);
  draft_float(draft, "explained", f->totss > 0 ? 1 - f->withinss / f->totss : NAN);
  draft_float(draft, "silhouette", j->silhouette);
  draft_float(draft, "calinski_harabasz", f->calinski_harabasz);
  draft_float(draft, "davies_bouldin", f->davies_bouldin);
  draft_float(draft, "dunn", j->dunn);
  draft_float(draft, "separation", j->separation);
  draft_float(draft, "diameter", j->diameter);
  draft_float(draft, "bic", f->bic);
  return draft_finish(draft, out, e);
}

static Status run_validity(Call *call, Value *out, Error *e)
{
  const ValidityOptions *o = call->options;
  const Frame *data = call->data->frame;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .except = o->by, .missing = o->missing};
  Judged j = {.silhouette = NAN, .dunn = NAN, .separation = NAN, .diameter = NAN};
  Frame *frame = NULL;
  Status status;
  TRY(cluster_input(call, data, &ask, &j.input, e));
  TRY(label_column(data, o->by, &j.input, &j.column, e));
  const Rows rows = cluster_rows(&j.input);
  TRY(validity(call->task, &rows, j.column.labels, j.column.k, &j.figures, e));
  if (j.input.variables.n <= (uint64_t)o->pairs && j.column.k > 0) {
    TRY(judge_pairs(call, &j, e));
  } else if (j.column.k > 0) {
    text_printf(call->notes, _("silhouette, dunn, separation and diameter compare all pairs and were left out: rows %1$zu, pairs = %2$lld\n"),
                j.input.variables.n, (long long)o->pairs);
  }
  TRY(judged_frame(&j, &frame, e));
  *out = value_of_frame(frame);
done:
  judged_free(&j);
  return status;
}

static Status validity_cost(const Call *call, Cost *out, Error *e)
{
  const ValidityOptions *o = call->options;
  const double n = (double)frame_rows(call->data->frame), d = (double)(o->on.n ? o->on.n : frame_columns(call->data->frame));
  (void)e;
  out->bytes = n * d * 8 + n * 8;
  out->seconds = n * d * 4e-9 + (n <= (double)o->pairs ? n * n * (d + 2) * 0.3e-9 : 0);
  return STATUS_OK;
}

static const Primitive validity_primitive = {
  .size = sizeof(Primitive), .family = "cluster", .name = "validity", .version = 1,
  .summary = "how good a clustering is by the data alone: silhouette, Calinski-Harabasz, Davies-Bouldin, Dunn",
  .details = "Judges the clusters in a column, whatever method or person made them, by the variables. silhouette, calinski_harabasz and "
             "dunn: larger is better; davies_bouldin and bic: smaller. separation is the least distance between rows of different "
             "clusters, diameter the largest within one. Distances are Euclidean, in scaled units with scale. Rows of cluster 0 or "
             "without one are noise: counted and left out. Compare figures of one data set and scale only. cluster.choose does so "
             "for a range of k.",
  .takes = VALUE_FRAME, .main = "by", .options = validity_options,
  .n_options = sizeof validity_options / sizeof *validity_options, .options_size = sizeof(ValidityOptions), .gives = VALUE_FRAME,
  .returns = "a frame of one row: n k noise noise_share withinss totss explained silhouette calinski_harabasz davies_bouldin dunn "
             "separation diameter bic",
  .reference = "Rousseeuw 1987; Calinski and Harabasz 1974; Davies and Bouldin 1979; Dunn 1974; Pelleg and Moore 2000 (bic)",
  .example = "df = read \"datasets/iris/iris.csv\"\ndf = df:kmeans{k = 3}:augment(df)\ndf:validity(\"cluster\")\n"
             "df:validity(\"species\")",
  .where = WHERE_JOB, .cost = validity_cost, .run = run_validity};
REGISTER_PRIMITIVE(validity_primitive);

#define TENDENCY_OPTIONS(O) \
  CLUSTER_ON(O) \
  CLUSTER_SCALE(O) \
  O(m, INT, "0", 0, 1e6, "", "rows", "places and rows drawn; 0: a tenth of the rows, at most 500") \
  CLUSTER_SEED(O) \
  CLUSTER_MISSING(O)
typedef struct TendencyOptions {
  TENDENCY_OPTIONS(OPTION_FIELD)
} TendencyOptions;
#define ROW(...) OPTION_ROW_OF(TendencyOptions, __VA_ARGS__)
static const Option tendency_options[] = {TENDENCY_OPTIONS(ROW)};
#undef ROW

static Status tendency_frame(const ClusterInput *input, const Hopkins *h, int64_t seed, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  draft_int(draft, "n", (int64_t)input->variables.n);
  draft_int(draft, "m", (int64_t)h->m);
  draft_float(draft, "hopkins", h->statistic);
  draft_float(draft, "expected", 0.5);
  draft_float(draft, "p_value", h->p_value);
  draft_int(draft, "seed", seed);
  return draft_finish(draft, out, e);
}

static size_t places_for(const TendencyOptions *o, size_t n)
{
  const size_t tenth = n / 10 < 500 ? n / 10 : 500;
  return o->m > 0 ? (size_t)o->m : tenth > 0 ? tenth : 1;
}

/* Processor seconds, measured with 10,000 to a million rows of 2 to 16 columns; with more of these a question looks at most
 * rows. */
static Status tendency_cost(const Call *call, Cost *out, Error *e)
{
  const TendencyOptions *o = call->options;
  const ClusterExtent x = cluster_extent(call->data->frame, o->on, 0, o->missing);
  const double n = (double)x.n, d = (double)x.d;
  (void)e;
  out->bytes = n * (24 * d + 32);
  out->seconds = n * d * (1.4e-7 + (d > 8 ? 6e-10 * (double)places_for(o, x.n) : 0));
  return STATUS_OK;
}

static Status run_tendency(Call *call, Value *out, Error *e)
{
  const TendencyOptions *o = call->options;
  const ClusterAsk ask = {.on = o->on, .scale = o->scale, .missing = o->missing};
  ClusterInput input = {0};
  Hopkins h;
  Frame *frame = NULL;
  Status status;
  TRY(cluster_input(call, call->data->frame, &ask, &input, e));
  const size_t n = input.variables.n, m = places_for(o, n);
  if (n < 2 || m >= n) {
    TRY(error_set(e, STATUS_DATA, "bad-data", _("Hopkins' statistic needs more rows than it draws: rows %1$zu, m %2$zu"), n, m));
  }
  TRY(hopkins(call->task, input.values, n, input.variables.d, m, (uint64_t)o->seed, &h, e));
  TRY(tendency_frame(&input, &h, o->seed, &frame, e));
  *out = value_of_frame(frame);
done:
  cluster_input_free(&input);
  return status;
}

static const Primitive tendency_primitive = {
  .size = sizeof(Primitive), .family = "cluster", .name = "tendency", .version = 1,
  .summary = "whether rows cluster at all: Hopkins' statistic with its null",
  .details = "Compares distances from random places to the nearest row with those between rows. Near 0.5: the rows lie as if at random, "
             "and any clusters found are a convenience; near 1: they lie in heaps. p_value is that of rows at random in the box of the "
             "data, where the statistic follows Beta(m, m). Variables that depend on each other raise it too.",
  .takes = VALUE_FRAME, .main = "on", .options = tendency_options,
  .n_options = sizeof tendency_options / sizeof *tendency_options, .options_size = sizeof(TendencyOptions), .gives = VALUE_FRAME,
  .returns = "a frame of one row: n m hopkins expected p_value seed",
  .reference = "Hopkins and Skellam 1954; Cross and Jain 1982; Wright 2022, R Journal 14(3)",
  .example = "df = read \"datasets/iris/iris.csv\"\ndf:tendency{scale = \"zscore\"}",
  .where = WHERE_JOB, .cost = tendency_cost, .run = run_tendency};
REGISTER_PRIMITIVE(tendency_primitive);
