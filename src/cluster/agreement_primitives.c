/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.agreement: two columns of a frame as partitions of its rows. */
#include "cluster/agreement.h"
#include "core/alloc.h"
#include "core/map.h"
#include "frame/builder.h"
#include "registry/registry.h"

#define AGREEMENT_OPTIONS(O)                                                                 \
  O(a, COLUMN, OPTION_REQUIRED, 1, 0, "", "", "column with the classes of the one partition, such as a model's cluster") \
  O(b, COLUMN, OPTION_REQUIRED, 1, 0, "", "", "column with the classes of the other")
typedef struct AgreementOptions {
  AGREEMENT_OPTIONS(OPTION_FIELD)
} AgreementOptions;
#define ROW(...) OPTION_ROW_OF(AgreementOptions, __VA_ARGS__)
static const Option agreement_options[] = {AGREEMENT_OPTIONS(ROW)};
#undef ROW

/* The number of the class a cell is in; cells are the same class when they read the same. */
static Status class_of(Map *map, const Column *column, size_t row, size_t *out, Error *e)
{
  Text text = {0};
  column_cell_text(column, row, &text);
  Status status = text_status(&text, e);
  if (status == STATUS_OK) {
    status = map_put(map, text_data(&text), text.size, out, NULL, e);
  }
  text_free(&text);
  return status;
}

typedef struct Pair {
  size_t *a, *b;     /* classes of the rows where neither is missing */
  size_t n, missing;
  Map *map_a, *map_b;
} Pair;

static Status read_pair(const Task *task, const Column *a, const Column *b, Pair *pair, Error *e)
{
  const size_t rows = column_rows(a);
  pair->a = mem_alloc(rows, sizeof *pair->a);
  pair->b = mem_alloc(rows, sizeof *pair->b);
  pair->map_a = map_new();
  pair->map_b = map_new();
  if (!pair->a || !pair->b || !pair->map_a || !pair->map_b) {
    return error_memory(e, 2 * rows * sizeof *pair->a, _("classes"));
  }
  for (size_t row = 0; row < rows; row++) {
    if (row % 1024 == 0 && task_cancelled(task)) {
      return error_cancelled(e);
    }
    if (!column_valid(a, row) || !column_valid(b, row)) {
      pair->missing++;
      continue;
    }
    Status status = class_of(pair->map_a, a, row, &pair->a[pair->n], e);
    if (status == STATUS_OK) {
      status = class_of(pair->map_b, b, row, &pair->b[pair->n], e);
    }
    if (status != STATUS_OK) {
      return status;
    }
    pair->n++;
  }
  return pair->n > 0 ? STATUS_OK : error_set(e, STATUS_DATA, "bad-data", _("no row has both classes"));
}

static void pair_free(Pair *pair)
{
  mem_free(pair->a);
  mem_free(pair->b);
  map_free(pair->map_a);
  map_free(pair->map_b);
}

static Status make_frame(const Pair *pair, const Agreement *figures, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  if (!draft) {
    return error_memory(e, 0, _("a frame"));
  }
  draft_int(draft, "n", (int64_t)pair->n);
  draft_int(draft, "missing", (int64_t)pair->missing);
  draft_int(draft, "classes_a", (int64_t)map_size(pair->map_a));
  draft_int(draft, "classes_b", (int64_t)map_size(pair->map_b));
  draft_float(draft, "ari", figures->ari);
  draft_float(draft, "ami", figures->ami);
  draft_float(draft, "nmi", figures->nmi);
  draft_float(draft, "rand", figures->rand);
  draft_float(draft, "fmi", figures->fmi);
  draft_float(draft, "purity", figures->purity);
  draft_float(draft, "homogeneity", figures->homogeneity);
  draft_float(draft, "completeness", figures->completeness);
  draft_float(draft, "v_measure", figures->nmi);
  draft_float(draft, "pairs_both", figures->pairs_both);
  draft_float(draft, "pairs_a", figures->pairs_a);
  draft_float(draft, "pairs_b", figures->pairs_b);
  draft_float(draft, "pairs_neither", figures->pairs_neither);
  return draft_finish(draft, out, e);
}

static Status run_agreement(Call *call, Value *out, Error *e)
{
  const AgreementOptions *options = call->options;
  const Frame *data = call->data->frame;
  Pair pair = {0};
  Agreement figures;
  Frame *frame = NULL;
  size_t a = 0, b = 0;
  Status status;
  TRY(frame_need(data, options->a, &a, e));
  TRY(frame_need(data, options->b, &b, e));
  TRY(read_pair(call->task, frame_column(data, a), frame_column(data, b), &pair, e));
  TRY(agreement(call->task, pair.a, map_size(pair.map_a), pair.b, map_size(pair.map_b), pair.n, &figures, e));
  TRY(make_frame(&pair, &figures, &frame, e));
  *out = value_of_frame(frame);
done:
  pair_free(&pair);
  return status;
}

static const Primitive agreement_primitive = {
  .size = sizeof(Primitive), .family = "cluster", .name = "agreement", .version = 1,
  .summary = "how far two partitions of the rows agree",
  .details = "Compares the classes in two columns, whatever they are called: clusters with a known class, or two clusterings. ari "
             "and ami are 0 for labels drawn at random and 1 for the same partition; nmi, rand, fmi and purity are not adjusted "
             "for chance. homogeneity, completeness and their harmonic mean, the V-measure (which is nmi), take b for the truth. pairs: of "
             "rows, kept together by both partitions, by a or b alone, by neither. Rows where either is missing are left out and counted.",
  .takes = VALUE_FRAME, .options = agreement_options, .n_options = 2, .options_size = sizeof(AgreementOptions),
  .gives = VALUE_FRAME, .returns = "a frame of one row: n missing classes_a classes_b ari ami nmi rand fmi purity homogeneity "
             "completeness v_measure pairs_both pairs_a pairs_b pairs_neither",
  .reference = "Hubert and Arabie 1985 (ari); Vinh, Epps and Bailey 2010 (ami); Rosenberg and Hirschberg 2007 (nmi); "
               "Fowlkes and Mallows 1983 (fmi)",
  .example = "df = read \"datasets/iris/iris.csv\"\ndf = df:kmeans{k = 3}:augment(df)\n"
             "df:agreement{a = \"cluster\", b = \"species\"}",
  .where = WHERE_JOB, .run = run_agreement};
REGISTER_PRIMITIVE(agreement_primitive);
