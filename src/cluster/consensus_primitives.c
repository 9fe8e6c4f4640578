/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.consensus: columns of clusters in, one clustering out. */
#include "cluster/consensus.h"

#include <math.h>
#include <string.h>

#include "cluster/cluster_model_primitives.h"
#include "cluster/linkage_tree.h"
#include "cluster/labels.h"
#include "cluster/segment_plot_primitives.h"
#include "core/alloc.h"
#include "core/map.h"
#include "registry/registry.h"

#define CONSENSUS_OPTIONS(O) \
  O(by, COLUMNS, OPTION_REQUIRED, 2, 0, "", "", "columns with the clusters of each clustering; 0 and missing cells: none") \
  O(k, INT, "0", 0, 1e9, "", "", "number of clusters; 0: the one that lives longest in the tree") \
  O(linkage, CHOICE, "average", 0, 0, "average|complete|single", "", "how groups of rows are joined")
typedef struct ConsensusOptions {
  CONSENSUS_OPTIONS(OPTION_FIELD)
} ConsensusOptions;
#define ROW(...) OPTION_ROW_OF(ConsensusOptions, __VA_ARGS__)
static const Option consensus_options[] = {CONSENSUS_OPTIONS(ROW)};
#undef ROW

/* Rows as codes of their clusters, and the distinct ones. */
typedef struct Atoms {
  size_t m, a, n;
  Map **names;       /* m: the clusters of a column, by text */
  Map *tuples;       /* rows of codes as bytes */
  size_t *row;       /* n: the atom of each row */
  size_t *first;     /* the first row of each atom; n at most */
  double *weights;   /* rows of each atom */
  int32_t *codes;    /* a x m */
  int32_t *labels;   /* a */
} Atoms;

static void atoms_free(Atoms *t)
{
  for (size_t j = 0; t->names && j < t->m; j++) {
    map_free(t->names[j]);
  }
  mem_free(t->names);
  map_free(t->tuples);
  mem_free(t->row);
  mem_free(t->first);
  mem_free(t->weights);
  mem_free(t->codes);
  mem_free(t->labels);
}

static Status atoms_init(Atoms *t, size_t n, size_t m, Error *e)
{
  *t = (Atoms){.m = m, .n = n, .names = mem_zero(m, sizeof(Map *)), .tuples = map_new()};
  bool made = t->names && t->tuples;
  for (size_t j = 0; made && j < m; j++) {
    made = (t->names[j] = map_new()) != NULL;
  }
  t->row = mem_alloc(n + 1, sizeof *t->row);
  t->first = mem_alloc(n + 1, sizeof *t->first);
  t->weights = mem_zero(n + 1, sizeof *t->weights);
  return made && t->row && t->first && t->weights ? STATUS_OK : error_memory(e, n * sizeof *t->row, _("clusters of the rows"));
}

/* The code of a cell, -1 for none. add: a text that is new gets a number, else -1. */
static Status code_of(Map *names, const Column *cells, size_t row, bool add, Text *text, int32_t *out, Error *e)
{
  size_t number;
  *out = -1;
  if (!column_valid(cells, row) || (type_is_numeric(column_type(cells)) && column_float(cells, row) == 0)) {
    return STATUS_OK;
  }
  text_reset(text);
  column_cell_text(cells, row, text);
  Status status = text_status(text, e);
  if (status == STATUS_OK && add) {
    status = map_put(names, text_data(text), text->size, &number, NULL, e);
    *out = (int32_t)number;
  } else if (status == STATUS_OK) {
    *out = map_get(names, text_data(text), text->size, &number) ? (int32_t)number : -1;
  }
  return status;
}

/* Finds the atoms of a frame's rows; columns: m of them. */
static Status find_atoms(Task *task, const Frame *data, const size_t *columns, Atoms *t, Error *e)
{
  int32_t *codes = mem_alloc(t->m, sizeof *codes);
  Text text = {0};
  Status status = codes ? STATUS_OK : error_memory(e, 0, _("clusters of the rows"));
  for (size_t row = 0; status == STATUS_OK && row < t->n; row++) {
    bool fresh = false;
    for (size_t j = 0; status == STATUS_OK && j < t->m; j++) {
      status = code_of(t->names[j], frame_column(data, columns[j]), row, true, &text, &codes[j], e);
    }
    status = status == STATUS_OK ? map_put(t->tuples, (const char *)codes, t->m * sizeof *codes, &t->row[row], &fresh, e) : status;
    if (status == STATUS_OK && fresh) {
      t->first[t->row[row]] = row;
      t->a++;
    }
    if (status == STATUS_OK) {
      t->weights[t->row[row]]++;
    }
    if (status == STATUS_OK && row % 1024 == 0 && task_cancelled(task)) {
      status = error_cancelled(e);
    }
  }
  if (status == STATUS_OK) {
    t->codes = mem_alloc(t->a * t->m, sizeof *t->codes);
    t->labels = mem_alloc(t->a, sizeof *t->labels);
    status = t->codes && t->labels ? STATUS_OK : error_memory(e, 0, _("clusters of the rows"));
  }
  for (size_t i = 0; status == STATUS_OK && i < t->a; i++) {
    size_t length;
    memcpy(t->codes + i * t->m, map_key(t->tuples, i, &length), t->m * sizeof *t->codes);
  }
  text_free(&text);
  mem_free(codes);
  return status;
}

static Status link_atoms(Call *call, const ConsensusOptions *o, Atoms *t, size_t *k, double *height, Error *e)
{
  LinkageTree tree = {0};
  LinkageKind kind = LINKAGE_AVERAGE;
  double *distances = NULL;
  Status status;
  const double bytes = (double)t->a * (double)t->a * 4;
  TRY(cluster_check_size(call->task, t->a, bytes, _("cluster fewer columns, or coarser clusterings: rows that differ in none of the "
                                                    "columns count once"), e));
  (void)linkage_of_name(o->linkage, &kind);
  distances = mem_alloc(linkage_cells(t->a) + 1, sizeof *distances);
  TRY(distances ? STATUS_OK : error_memory(e, linkage_cells(t->a) * sizeof *distances, _("distances")));
  task_phase(call->task, "association");
  TRY(consensus_distances(call->task, t->codes, t->a, t->m, distances, e));
  TRY(linkage_matrix(call->task, distances, t->a, kind, t->weights, NULL, &tree, e));
  *k = o->k > 0 ? (size_t)o->k : consensus_lifetime(&tree, 100);
  *height = *k > 1 && *k <= t->a ? tree.height[t->a - *k] : NAN;
  TRY(linkage_cut(&tree, *k, t->labels, e));
done:
  linkage_tree_free(&tree);
  mem_free(distances);
  return status;
}

/* ---- the model */

typedef struct Consensus {
  Atoms atoms;
  size_t *columns;
  int32_t *rows;          /* n: labels of the rows */
  double *agreement;      /* a: mean co-association with the own cluster */
  double *of_cluster;     /* k */
  int64_t *sizes;
  size_t k;
  double height;
} Consensus;

static void consensus_free(Consensus *c)
{
  atoms_free(&c->atoms);
  mem_free(c->columns);
  mem_free(c->rows);
  mem_free(c->agreement);
  mem_free(c->of_cluster);
  mem_free(c->sizes);
}

/* Labels of the rows, numbered as all clusters are; and how far rows agree with their cluster. */
static Status settle(Consensus *c, Error *e)
{
  Atoms *t = &c->atoms;
  size_t used;
  int32_t *order = mem_alloc(c->k + 1, sizeof *order), *number = mem_alloc(c->k + 1, sizeof *number);
  double *sums = mem_alloc(2 * c->k + 1, sizeof *sums);
  Status status;
  c->rows = mem_alloc(t->n + 1, sizeof *c->rows);
  c->agreement = mem_alloc(t->a + 1, sizeof *c->agreement);
  c->of_cluster = mem_zero(c->k + 1, sizeof *c->of_cluster);
  c->sizes = mem_alloc(c->k + 1, sizeof *c->sizes);
  TRY(order && number && sums && c->rows && c->agreement && c->of_cluster && c->sizes ? STATUS_OK
                                                                                      : error_memory(e, 0, _("labels")));
  for (size_t i = 0; i < t->n; i++) {
    c->rows[i] = t->labels[t->row[i]];
  }
  TRY(labels_number(c->rows, t->n, c->k, order, c->sizes, &used, e));
  for (size_t i = 0; i < c->k; i++) {
    number[order[i]] = (int32_t)i;
  }
  for (size_t i = 0; i < t->a; i++) {
    t->labels[i] = number[t->labels[i]];
  }
  for (size_t i = 0; i < t->a; i++) {
    const size_t own = (size_t)t->labels[i];
    consensus_affinity(t->codes, t->a, t->m, t->weights, t->labels, c->k, t->codes + i * t->m, sums, sums + c->k);
    c->agreement[i] = sums[c->k + own];
    c->of_cluster[own] += isnan(c->agreement[i]) ? 0 : t->weights[i] * c->agreement[i] / (double)c->sizes[own];
  }
done:
  mem_free(order);
  mem_free(number);
  mem_free(sums);
  return status;
}

static Status make_tidy(const Consensus *c, Frame **out, Error *e)
{
  const ClusterInput input = {.variables = {.n = c->atoms.n}};
  Draft *draft = cluster_tidy_begin(&input, c->sizes, c->k, 0);
  cluster_tidy_floats(draft, "agreement", c->of_cluster, c->k, false);
  return draft_finish(draft, out, e);
}

static Status make_glance(const Consensus *c, Frame **out, Error *e)
{
  double agreement = 0;
  for (size_t k = 0; k < c->k; k++) {
    agreement += c->of_cluster[k] * (double)c->sizes[k] / (double)c->atoms.n;
  }
  Draft *draft = draft_new();
  draft_int(draft, "n", (int64_t)c->atoms.n);
  draft_int(draft, "k", (int64_t)c->k);
  draft_int(draft, "clusterings", (int64_t)c->atoms.m);
  draft_int(draft, "patterns", (int64_t)c->atoms.a);
  draft_float(draft, "agreement", agreement);
  draft_float(draft, "height", c->height);
  draft_bool(draft, "complete", true);
  return draft_finish(draft, out, e);
}

/* A row per atom: its clusters as texts, its own cluster, its rows. */
static Status make_patterns(const Consensus *c, const Frame *data, Frame **out, Error *e)
{
  const Atoms *t = &c->atoms;
  Draft *draft = draft_new();
  Builder *cluster = builder_new(TYPE_INT64, t->a), *rows = builder_new(TYPE_INT64, t->a), *agreement = builder_new(TYPE_FLOAT64, t->a);
  for (size_t i = 0; cluster && rows && agreement && i < t->a; i++) {
    builder_int(cluster, t->labels[i] + 1);
    builder_int(rows, (int64_t)t->weights[i]);
    if (isnan(c->agreement[i])) {
      builder_missing(agreement);
    } else {
      builder_float(agreement, c->agreement[i]);
    }
  }
  for (size_t j = 0; j < t->m; j++) {
    Builder *texts = builder_new(TYPE_STRING, t->a);
    for (size_t i = 0; texts && i < t->a; i++) {
      const int32_t code = t->codes[i * t->m + j];
      size_t length = 0;
      const char *text = code >= 0 ? map_key(t->names[j], (size_t)code, &length) : NULL;
      if (text) {
        builder_text(texts, text, length);
      } else {
        builder_missing(texts);
      }
    }
    if (texts) {
      draft_builder(draft, frame_name(data, c->columns[j]), texts);
    } else {
      draft_column(draft, frame_name(data, c->columns[j]), NULL);
    }
  }
  if (!cluster || !rows || !agreement) {
    builder_free(cluster);
    builder_free(rows);
    builder_free(agreement);
    draft_free(draft);
    return error_memory(e, 0, _("a model"));
  }
  draft_builder(draft, "(cluster)", cluster);
  draft_builder(draft, "(rows)", rows);
  draft_builder(draft, "(agreement)", agreement);
  return draft_finish(draft, out, e);
}

static const Primitive consensus; /* below */

static Status run_consensus(Call *call, Value *out, Error *e)
{
  const ConsensusOptions *o = call->options;
  const Frame *data = call->data->frame;
  Consensus c = {.columns = mem_alloc(o->by.n, sizeof *c.columns)};
  Model *model = NULL;
  Frame *frame = NULL;
  Status status;
  TRY(c.columns ? STATUS_OK : error_memory(e, 0, _("columns")));
  for (size_t j = 0; j < o->by.n; j++) {
    TRY(frame_need(data, o->by.items[j], &c.columns[j], e));
    if (column_type(frame_column(data, c.columns[j])) == TYPE_SET) {
      TRY(error_set(e, STATUS_ARGUMENT, "wrong-column-type", _("column '%s' holds sets; clusters are numbers or texts"),
                    o->by.items[j]));
    }
  }
  if (frame_rows(data) == 0) {
    TRY(error_set(e, STATUS_DATA, "bad-data", _("the frame has no rows")));
  }
  TRY(atoms_init(&c.atoms, frame_rows(data), o->by.n, e));
  TRY(find_atoms(call->task, data, c.columns, &c.atoms, e));
  if ((uint64_t)o->k > c.atoms.a) {
    TRY(error_set(e, STATUS_DATA, "out-of-range", _("k = %1$lld, but the rows have only %2$zu different patterns of clusters"),
                  (long long)o->k, c.atoms.a));
  }
  TRY(link_atoms(call, o, &c.atoms, &c.k, &c.height, e));
  TRY(settle(&c, e));
  TRY(model_new(&consensus, o, &model, e));
  TRY(model_set_made(model, "tidy", make_tidy(&c, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", make_glance(&c, &frame, e), &frame, e));
  TRY(model_set_made(model, "patterns", make_patterns(&c, data, &frame, e), &frame, e));
  model_set_data(model, data);
  *out = value_of_model(model);
  model = NULL;
done:
  model_unref(model);
  consensus_free(&c);
  return status;
}

/* ---- new rows */

/* The patterns of the model again, with its clusterings' columns in data. */
static Status read_patterns(Call *call, const Model *model, const Frame *data, Consensus *c, Error *e)
{
  const Frame *patterns = model_frame(model, "patterns");
  const size_t m = frame_columns(patterns) - 3, a = frame_rows(patterns);
  size_t *own = arena_alloc(&call->task->arena, m, sizeof *own);
  Status status;
  c->columns = mem_alloc(m, sizeof *c->columns);
  TRY(own && c->columns ? STATUS_OK : error_memory(e, 0, _("columns")));
  for (size_t j = 0; j < m; j++) {
    own[j] = j;
    TRY(frame_need(data, frame_name(patterns, j), &c->columns[j], e));
  }
  TRY(atoms_init(&c->atoms, a, m, e));
  TRY(find_atoms(call->task, patterns, own, &c->atoms, e));
  c->k = (size_t)model_number(model, "k");
  for (size_t i = 0; i < c->atoms.a; i++) {
    c->atoms.labels[i] = (int32_t)column_int(frame_column(patterns, m), c->atoms.first[i]) - 1;
    c->atoms.weights[i] = column_float(frame_column(patterns, m + 1), c->atoms.first[i]);
  }
done:
  return status;
}

/* A pattern that was seen has its cluster; another one goes where its mean co-association is largest. */
static Status place_row(const Consensus *c, const int32_t *codes, double *sums, int32_t *label, double *agreement)
{
  const Atoms *t = &c->atoms;
  size_t atom;
  double best = -INFINITY;
  consensus_affinity(t->codes, t->a, t->m, t->weights, t->labels, c->k, codes, sums, sums + c->k);
  *label = -1;
  for (size_t k = 0; k < c->k; k++) {
    if (sums[c->k + k] > best) {
      best = sums[c->k + k];
      *label = (int32_t)k;
    }
  }
  if (map_get(t->tuples, (const char *)codes, t->m * sizeof *codes, &atom)) {
    *label = t->labels[atom];
    best = sums[c->k + (size_t)*label];
  }
  *agreement = *label >= 0 && isfinite(best) ? best : NAN;
  return STATUS_OK;
}

static Status place_rows(Call *call, const Consensus *c, const Frame *data, int32_t *labels, double *agreement, Error *e)
{
  const Atoms *t = &c->atoms;
  int32_t *codes = mem_alloc(t->m, sizeof *codes);
  double *sums = mem_alloc(2 * c->k + 1, sizeof *sums), *known = mem_alloc(t->a + 1, sizeof *known);
  Text text = {0};
  Status status = codes && sums && known ? STATUS_OK : error_memory(e, 0, _("clusters of the rows"));
  for (size_t i = 0; status == STATUS_OK && i < t->a; i++) {
    known[i] = NAN; /* of patterns seen: their agreement, once it is known */
  }
  for (size_t row = 0; status == STATUS_OK && row < frame_rows(data); row++) {
    size_t atom;
    for (size_t j = 0; status == STATUS_OK && j < t->m; j++) {
      status = code_of(t->names[j], frame_column(data, c->columns[j]), row, false, &text, &codes[j], e);
    }
    const bool seen = status == STATUS_OK && map_get(t->tuples, (const char *)codes, t->m * sizeof *codes, &atom);
    if (seen && !isnan(known[atom])) {
      labels[row] = t->labels[atom];
      agreement[row] = known[atom];
    } else if (status == STATUS_OK) {
      status = place_row(c, codes, sums, &labels[row], &agreement[row]);
      if (seen) {
        known[atom] = agreement[row];
      }
    }
    if (status == STATUS_OK && row % 256 == 0 && task_cancelled(call->task)) {
      status = error_cancelled(e);
    }
  }
  text_free(&text);
  mem_free(codes);
  mem_free(sums);
  mem_free(known);
  return status;
}

static Status consensus_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  const size_t n = frame_rows(data);
  const ClusterInput input = {.data = data, .variables = {.n = n}};
  int32_t *labels = mem_alloc(n + 1, sizeof *labels);
  double *agreement = mem_alloc(n + 1, sizeof *agreement);
  Consensus c = {0};
  Status status;
  *out = NULL;
  TRY(labels && agreement ? STATUS_OK : error_memory(e, n * sizeof *agreement, _("labels")));
  TRY(read_patterns(call, model, data, &c, e));
  TRY(place_rows(call, &c, data, labels, agreement, e));
  Draft *draft = cluster_predicted(&input, labels);
  TRY(draft ? STATUS_OK : error_memory(e, 0, _("labels")));
  cluster_predicted_floats(draft, "agreement", &input, agreement);
  status = draft_finish(draft, out, e);
done:
  mem_free(labels);
  mem_free(agreement);
  consensus_free(&c);
  return status;
}

static void consensus_headline(const Model *model, Text *out)
{
  text_printf(out, _("%1$.0f clusters of %2$.0f rows, from %3$.0f clusterings"), model_number(model, "k"), model_number(model, "n"),
              model_number(model, "clusterings"));
}

static Status consensus_check(const Model *model, Error *e)
{
  const Frame *patterns = model_frame(model, "patterns"), *tidy = model_frame(model, "tidy");
  size_t k, n, cluster, size;
  if (!patterns || !tidy || frame_columns(patterns) < 5 || frame_rows(patterns) == 0 ||
      !cluster_size_cell(model_frame(model, "glance"), "k", &k) || !cluster_size_cell(model_frame(model, "glance"), "n", &n) ||
      frame_rows(tidy) != k || !frame_find(tidy, "cluster", &cluster) || !frame_find(tidy, "size", &size) ||
      column_type(frame_column(tidy, cluster)) != TYPE_INT64 || column_type(frame_column(tidy, size)) != TYPE_INT64) {
    return cluster_model_broken(e);
  }
  const size_t m = frame_columns(patterns) - 3;
  const Column *own = frame_column(patterns, m), *rows = frame_column(patterns, m + 1);
  bool sound = column_type(own) == TYPE_INT64 && !column_missing(own) && column_type(rows) == TYPE_INT64 && !column_missing(rows);
  for (size_t j = 0; sound && j < m; j++) {
    sound = type_is_text(column_type(frame_column(patterns, j)));
  }
  for (size_t i = 0; sound && i < frame_rows(patterns); i++) {
    sound = column_int(own, i) >= 1 && (uint64_t)column_int(own, i) <= k && column_int(rows, i) >= 1;
  }
  return sound ? STATUS_OK : cluster_model_broken(e);
}

/* ---- forecast */

/* Different patterns among some rows spread over the frame, and how many there may be in all: those, and by Chao's estimate from
 * how many were seen once and twice. */
static Status guess_patterns(const Call *call, double *seen, double *all, Error *e)
{
  enum { LOOKED_AT = 2000 };
  const ConsensusOptions *o = call->options;
  const Frame *data = call->data->frame;
  const size_t n = frame_rows(data), m = n < LOOKED_AT ? n : LOOKED_AT;
  Arena *arena = &call->task->arena;
  size_t *rows = arena_alloc(arena, m + 1, sizeof *rows), *columns = arena_alloc(arena, o->by.n, sizeof *columns);
  double once = 0, twice = 0;
  Atoms atoms = {0};
  Frame *some = NULL;
  Status status;
  TRY(rows && columns ? STATUS_OK : error_memory(e, m * sizeof *rows, _("row numbers")));
  for (size_t i = 0; i < m; i++) {
    rows[i] = (size_t)((double)i * (double)n / (double)m);
  }
  for (size_t j = 0; j < o->by.n; j++) {
    TRY(frame_need(data, o->by.items[j], &columns[j], e));
  }
  TRY(frame_take(data, rows, m, &some, e));
  TRY(atoms_init(&atoms, m, o->by.n, e));
  TRY(find_atoms(call->task, some, columns, &atoms, e));
  for (size_t i = 0; i < atoms.a; i++) {
    once += atoms.weights[i] == 1;
    twice += atoms.weights[i] == 2;
  }
  *seen = (double)atoms.a;
  *all = fmin((double)n, m < n ? *seen + once * once / (2 * fmax(1, twice)) : *seen);
done:
  atoms_free(&atoms);
  frame_unref(some);
  return status;
}

/* Bytes for the patterns that are certain, so that nothing is refused by a guess: the run refuses too many when it has counted them,
 * before it compares any. */
static Status consensus_cost(const Call *call, Cost *out, Error *e)
{
  const ConsensusOptions *o = call->options;
  const double n = (double)frame_rows(call->data->frame), m = (double)o->by.n;
  double seen = 0, all = 0;
  Error ignored = {0};
  Status status = guess_patterns(call, &seen, &all, &ignored);
  out->bytes = n * 40 + seen * seen * 4;
  out->seconds = n * m * 1.8e-7 + all * all * (1.8e-8 + m * 1.4e-9);
  if (status == STATUS_CANCELLED) {
    *e = ignored;
    return status;
  }
  error_clear(&ignored); /* the run says it */
  return STATUS_OK;
}

static const Figure consensus_figures[] = {
  {"n", "rows", "", "the more, the better"},
  {"k", "number of clusters", "", "as asked, or the one that lives longest in the tree"},
  {"clusterings", "columns of clusters that were joined", "", "3 or more, and not all alike"},
  {"patterns", "different rows of clusters", "", "few: the clusterings are alike"},
  {"agreement", "mean over rows of the mean share of clusterings that keep the row with a row of its cluster", "",
   "near 1: they agree; near 1 / k: there is no consensus"},
  {"height", "where the tree was cut: 1 less the mean co-association of the next two groups to be joined", "", "0 to 1"},
  {"complete", "whether the fit ran to its end", "", "true"},
};

static const ModelClass consensus_class = {.size = sizeof(ModelClass), .predict = consensus_predict, .headline = consensus_headline,
                                           .check = consensus_check, .plots = "sizes", .plot = segment_plot};

static const Primitive consensus = {
  .size = sizeof(Primitive), .family = "cluster", .name = "consensus", .version = 1,
  .summary = "one clustering out of several: rows that most of them keep together",
  .details = "Takes columns of clusters, such as several fits left by augment under different names, of whatever methods, scales or "
             "seeds. The distance of two rows is the share of clusterings that part them; a hierarchical tree of these is cut into k "
             "clusters. Without k, into as many as stand for the widest range of heights. Rows without a cluster in some clusterings "
             "are judged by the others. New rows with a pattern of clusters that was seen get its cluster, others that of the largest "
             "mean co-association.",
  .takes = VALUE_FRAME, .main = "by", .options = consensus_options,
  .n_options = sizeof consensus_options / sizeof *consensus_options, .options_size = sizeof(ConsensusOptions), .gives = VALUE_MODEL,
  .returns = "a model; tidy: cluster size share agreement; predict: cluster agreement",
  .reference = "Fred and Jain 2005, IEEE TPAMI 27(6); Strehl and Ghosh 2002",
  .example = "df = read \"datasets/iris/iris.csv\"\n"
             "for seed = 1, 3 do\n"
             "  df = df:kmeans{k = 3, starts = 1, refine = \"none\", seed = seed, on = {\"sepal_length\", \"petal_width\"}}\n"
             "    :augment(df):rename{[\"c\" .. seed] = \"cluster\"}\n"
             "end\n"
             "df:consensus{\"c1\", \"c2\", \"c3\"}",
  .where = WHERE_JOB, .figures = consensus_figures, .n_figures = sizeof consensus_figures / sizeof *consensus_figures,
  .cost = consensus_cost, .run = run_consensus, .model = &consensus_class};
REGISTER_PRIMITIVE(consensus);
