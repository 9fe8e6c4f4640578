/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.gower: dissimilarities of a frame's rows, as a square, as pairs, or their summary. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cluster/medoids_input_primitives.h"
#include "core/alloc.h"
#include "core/reduce.h"
#include "frame/builder.h"
#include "registry/registry.h"

/* clang-format off */
#define GOWER_OPTIONS(O) \
  O(on, COLUMNS, OPTION_UNSET, 0, 0, "", "", \
    "variables; default: every column but labels, sets and texts of their own in each row") \
  MEDOIDS_TYPES(O) \
  O(as, CHOICE, "square", 0, 0, "square|pairs|summary", "", \
    "square: a column for each row; pairs: a row for each pair; summary: one row of figures, for any number of rows") \
  O(missing, CHOICE, "auto", 0, 0, "auto|error|drop", "", \
    "rows with missing values: refuse or leave out; auto: two rows are compared by what both have")
/* clang-format on */
typedef struct GowerOptions {
  GOWER_OPTIONS(OPTION_FIELD)
} GowerOptions;
#define ROW(...) OPTION_ROW_OF(GowerOptions, __VA_ARGS__)
static const Option gower_options[] = {GOWER_OPTIONS(ROW)};
#undef ROW

enum { MOST_COLUMNS = 20000, LINE = 512 };

/* ---- as a square */

static Status square_column(const Gower *gower, size_t j, double *line, Draft *draft, Error *e)
{
  const size_t n = gower_rows(gower);
  char name[24];
  Column *column = NULL;
  gower_distances(gower, j, 0, n, line);
  line[j] = isnan(line[j]) ? line[j] : 0;
  const Status status = column_of_floats(line, n, &column, e);
  if (status == STATUS_OK) {
    snprintf(name, sizeof name, "%zu", j + 1);
    draft_column(draft, name, column);
  }
  return status;
}

static Status make_square(Call *call, const Gower *gower, Frame **out, Error *e)
{
  const size_t n = gower_rows(gower);
  double *const line = mem_alloc(n, sizeof *line);
  Draft *const draft = draft_new();
  Status status = line && draft ? STATUS_OK : error_memory(e, n * sizeof *line, _("dissimilarities"));
  for (size_t j = 0; status == STATUS_OK && j < n; j++) {
    task_progress(call->task, j, n);
    status = task_cancelled(call->task) ? error_cancelled(e) : square_column(gower, j, line, draft, e);
  }
  mem_free(line);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

/* ---- as pairs */

static Status make_pairs(Call *call, const MedoidsInput *input, Frame **out, Error *e)
{
  const size_t n = gower_rows(input->gower), pairs = n * (n - 1) / 2;
  double *const triangle = mem_buffer(pairs, sizeof *triangle);
  int64_t *const rows = mem_alloc(2 * pairs, sizeof *rows);
  Draft *const draft = draft_new();
  Status status;
  TRY(triangle && rows && draft ? STATUS_OK : error_memory(e, pairs * 24, _("dissimilarities")));
  TRY(gower_triangle(call->task, input->gower, triangle, e));
  for (size_t i = 0, at = 0; i < n; i++) {
    for (size_t j = i + 1; j < n; j++, at++) {
      rows[at] = (int64_t)cluster_row_number(&input->input, i);
      rows[pairs + at] = (int64_t)cluster_row_number(&input->input, j);
    }
  }
  draft_ints(draft, "a", rows, pairs);
  draft_ints(draft, "b", rows + pairs, pairs);
  draft_floats(draft, "distance", triangle, pairs);
done:
  mem_free(triangle);
  mem_free(rows);
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

/* ---- a summary */

typedef struct Totals {
  double sum, squares, least, most;
} Totals;

static void totals_init(void *context, void *sum)
{
  (void)context;
  *(Totals *)sum = (Totals){.least = (double)INFINITY};
}

static Status totals_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const MedoidsInput *const input = context;
  const Gower *const gower = input->gower;
  const size_t n = gower_rows(gower);
  Totals *const t = sum;
  double line[LINE];
  (void)worker;
  (void)e;
  for (size_t i = first; i < first + count; i++) {
    for (size_t at = i + 1; at < n; at += LINE) {
      const size_t length = n - at < LINE ? n - at : LINE;
      gower_distances(gower, i, at, length, line);
      for (size_t j = 0; j < length; j++) {
        t->sum += line[j];
        t->squares += line[j] * line[j];
        t->least = line[j] < t->least ? line[j] : t->least;
        t->most = line[j] > t->most ? line[j] : t->most;
      }
    }
  }
  return STATUS_OK;
}

static void totals_merge(void *context, void *sum, const void *other)
{
  Totals *const t = sum;
  const Totals *const o = other;
  (void)context;
  t->sum += o->sum;
  t->squares += o->squares;
  t->least = o->least < t->least ? o->least : t->least;
  t->most = o->most > t->most ? o->most : t->most;
}

static Status make_summary(Call *call, MedoidsInput *input, Frame **out, Error *e)
{
  const Reduce reduce = {
      .size = sizeof(Totals), .init = totals_init, .block = totals_block, .merge = totals_merge, .context = input};
  const double n = (double)gower_rows(input->gower), pairs = n * (n - 1) / 2;
  Totals totals;
  const Status status = rows_reduce(call->task, gower_rows(input->gower), &reduce, &totals, e);
  Draft *const draft = status == STATUS_OK ? draft_new() : NULL;
  if (!draft) {
    return status == STATUS_OK ? error_memory(e, 0, _("a frame")) : status;
  }
  const double mean = totals.sum / pairs, variance = (totals.squares - totals.sum * mean) / (pairs - 1);
  draft_int(draft, "n", (int64_t)n);
  draft_int(draft, "variables", (int64_t)gower_count(input->gower));
  draft_float(draft, "mean", pairs > 0 ? mean : NAN);
  draft_float(draft, "sd", pairs > 1 ? sqrt(variance > 0 ? variance : 0) : NAN);
  draft_float(draft, "min", pairs > 0 ? totals.least : NAN);
  draft_float(draft, "max", pairs > 0 ? totals.most : NAN);
  return draft_finish(draft, out, e);
}

/* ---- the primitive */

static Status check_size(Call *call, size_t n, const char *as, Error *e)
{
  const char *const instead =
      _("as = \"summary\"; pam and clara with metric = \"gower\" compute dissimilarities as they go");
  const double square = (double)n * (double)n * 8;
  if (strcmp(as, "summary") == 0) {
    return STATUS_OK;
  }
  if (strcmp(as, "square") == 0 && n > MOST_COLUMNS) {
    error_set(e, STATUS_LIMIT, "too-large", _("n = %1$zu would make as many columns; %2$d is the most"), n,
              MOST_COLUMNS);
    return error_hint(e, "%s", instead);
  }
  return cluster_check_size(call->task, n, strcmp(as, "pairs") == 0 ? 1.5 * square + 1.5 * square : square, instead,
                            e);
}

static Status run_gower(Call *call, Value *out, Error *e)
{
  const GowerOptions *const o = call->options;
  const MedoidsAsk ask = {.cluster = {.on = o->on, .missing = o->missing},
                          .metric = "gower",
                          .types = o->types,
                          .variable_weights = o->variable_weights};
  MedoidsInput input = {0};
  Frame *frame = NULL;
  Status status;
  TRY(check_size(call, frame_rows(call->data->frame), o->as, e));
  TRY(medoids_input(call, call->data->frame, &ask, &input, e));
  TRY(medoids_check_apart(call, &input, e));
  task_phase(call->task, "dissimilarities");
  TRY(strcmp(o->as, "square") == 0  ? make_square(call, input.gower, &frame, e)
      : strcmp(o->as, "pairs") == 0 ? make_pairs(call, &input, &frame, e)
                                    : make_summary(call, &input, &frame, e));
  *out = value_of_frame(frame);
done:
  medoids_input_free(&input);
  return status;
}

static Status gower_cost(const Call *call, Cost *out, Error *e)
{
  const GowerOptions *const o = call->options;
  const Frame *const data = call->data->frame;
  const double n = (double)frame_rows(data), d = (double)(o->on.n ? o->on.n : frame_columns(data));
  (void)e;
  out->bytes = n * d * 8 + (strcmp(o->as, "square") == 0 ? n * n * 8 : strcmp(o->as, "pairs") == 0 ? n * n * 24 : 0);
  out->seconds = n * n * d * 0.2e-9;
  return STATUS_OK;
}

static const Primitive gower = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "gower",
    .version = 1,
    .summary = "dissimilarities of rows with mixed columns",
    .details =
        "Compares two rows variable by variable: numbers by their difference as a share of the range, classes by "
        "whether they "
        "are equal, ranks as numbers, asymmetric classes only where one of the two has the property; the mean over "
        "the "
        "variables that both rows have is their dissimilarity, between 0 and 1. types says what a column is where "
        "its own "
        "type does not tell. The square can be given to pam (metric = \"given\"); with metric = "
        "\"gower\" they do the same without it.",
    .takes = VALUE_FRAME,
    .options = gower_options,
    .n_options = sizeof gower_options / sizeof *gower_options,
    .options_size = sizeof(GowerOptions),
    .gives = VALUE_FRAME,
    .returns = "a frame: a column 1, 2 ... for each row; or a b distance for each pair (row numbers); or n variables "
               "mean sd "
               "min max",
    .reference = "Gower 1971; Kaufman and Rousseeuw 1990, chapter 1",
    .example = "df = read \"datasets/iris/iris.csv\"\ndf:gower{as = \"summary\"}\ndf:head(5):gower()",
    .where = WHERE_JOB,
    .cost = gower_cost,
    .run = run_gower};
REGISTER_PRIMITIVE(gower);
