/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/profile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "frame/builder.h"

/* One line of the profile. */
typedef struct Finding {
  size_t column;
  int64_t level;      /* code, -1 for numeric variables */
  double inside, outside, difference;
} Finding;

typedef struct Profile {
  Task *task;
  const Frame *data;
  const int64_t *labels;
  size_t n, k;
  size_t *sizes;      /* k + 1, [0] the rows in no segment */
  Finding *findings;  /* k lists of `columns` */
  size_t *found;      /* findings in each list */
  size_t columns;
} Profile;

/* ---- numeric variables: counts and sums per segment, then the spread around the mean */

typedef struct NumericContext {
  const Profile *p;
  const Column *column;
  double mean;
  double *scratch;    /* BLOCK_ROWS per worker */
} NumericContext;

/* Sums are laid out as k + 1 counts, then k + 1 sums. */
static Status sum_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const NumericContext *c = context;
  double *counts = sum, *sums = counts + c->p->k + 1;
  double *values = c->scratch + worker * BLOCK_ROWS;
  (void)e;
  column_block(c->column, first, count, values, 1);
  for (size_t i = 0; i < count; i++) {
    if (column_valid(c->column, first + i)) {
      const size_t label = (size_t)c->p->labels[first + i];
      counts[label] += 1;
      sums[label] += values[i];
    }
  }
  return STATUS_OK;
}

static void add_sums(void *context, void *sum, const void *other)
{
  const NumericContext *c = context;
  double *to = sum;
  const double *from = other;
  for (size_t i = 0; i < 2 * (c->p->k + 1); i++) {
    to[i] += from[i];
  }
}

static Status spread_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const NumericContext *c = context;
  double *values = c->scratch + worker * BLOCK_ROWS;
  double total = 0;
  (void)e;
  column_block(c->column, first, count, values, 1);
  for (size_t i = 0; i < count; i++) {
    if (column_valid(c->column, first + i)) {
      total += (values[i] - c->mean) * (values[i] - c->mean);
    }
  }
  *(double *)sum = total;
  return STATUS_OK;
}

static void add_spread(void *context, void *sum, const void *other)
{
  (void)context;
  *(double *)sum += *(const double *)other;
}

static void add_finding(Profile *p, size_t segment, Finding finding)
{
  if (isfinite(finding.difference)) {
    p->findings[segment * p->columns + p->found[segment]++] = finding;
  }
}

static void numeric_findings(Profile *p, size_t column, const double *sums, double sd)
{
  double count = 0, total = 0;
  for (size_t label = 0; label <= p->k; label++) {
    count += sums[label];
    total += sums[p->k + 1 + label];
  }
  for (size_t segment = 0; segment < p->k; segment++) {
    const double n = sums[segment + 1], sum = sums[p->k + 2 + segment];
    if (n > 0 && count > n) {
      const double inside = sum / n, outside = (total - sum) / (count - n);
      add_finding(p, segment, (Finding){column, -1, inside, outside, (inside - outside) / sd});
    }
  }
}

/* *compared says whether the column has spread. */
static Status profile_numeric(Profile *p, size_t column, bool *compared, Error *e)
{
  const size_t width = 2 * (p->k + 1);
  NumericContext context = {.p = p, .column = frame_column(p->data, column)};
  context.scratch = mem_buffer(task_threads(p->task) * BLOCK_ROWS, sizeof(double));
  double *sums = mem_zero(width, sizeof *sums);
  double spread = 0, count = 0, total = 0;
  Status status = context.scratch && sums ? STATUS_OK : error_memory(e, 0, _("a profile"));
  if (status == STATUS_OK) {
    const Reduce reduce = {.size = width * sizeof *sums, .block = sum_block, .merge = add_sums, .context = &context};
    status = rows_reduce(p->task, p->n, &reduce, sums, e);
  }
  for (size_t label = 0; status == STATUS_OK && label <= p->k; label++) {
    count += sums[label];
    total += sums[p->k + 1 + label];
  }
  context.mean = total / count;
  if (status == STATUS_OK) {
    const Reduce reduce = {.size = sizeof spread, .block = spread_block, .merge = add_spread, .context = &context};
    status = rows_reduce(p->task, p->n, &reduce, &spread, e);
  }
  *compared = status == STATUS_OK && count > 1 && spread > 0 && isfinite(spread);
  if (*compared) {
    numeric_findings(p, column, sums, sqrt(spread / (count - 1)));
  }
  mem_free(context.scratch);
  mem_free(sums);
  return status;
}

/* ---- category variables: the level that differs most */

static Status count_levels(const Profile *p, const Column *column, size_t levels, double *counts, Error *e)
{
  for (size_t row = 0; row < p->n; row++) {
    if (row % BLOCK_ROWS == 0 && task_cancelled(p->task)) {
      return error_cancelled(e);
    }
    if (column_valid(column, row)) {
      counts[(size_t)p->labels[row] * levels + (size_t)column_code(column, row)] += 1;
    }
  }
  return STATUS_OK;
}

/* counts: k + 1 rows of level counts. The finding of one segment: the level with the largest |difference|. */
static Finding best_level(size_t column, const double *counts, const double *totals, size_t levels, size_t segment)
{
  Finding best = {.column = column, .level = -1, .difference = 0};
  double n = 0, all = 0;
  for (size_t level = 0; level < levels; level++) {
    n += counts[(segment + 1) * levels + level];
    all += totals[level];
  }
  for (size_t level = 0; n > 0 && all > n && level < levels; level++) {
    const double share = totals[level] / all, own = counts[(segment + 1) * levels + level];
    const double inside = own / n, outside = (totals[level] - own) / (all - n);
    const double difference = (inside - outside) / sqrt(share * (1 - share));
    if (isfinite(difference) && fabs(difference) > fabs(best.difference)) {
      best = (Finding){column, (int64_t)level, inside, outside, difference};
    }
  }
  return best;
}

static Status profile_category(Profile *p, size_t column, bool *compared, Error *e)
{
  const Column *values = frame_column(p->data, column);
  const size_t levels = column_levels(values);
  double *counts = mem_zero((p->k + 2) * levels, sizeof *counts);
  *compared = false;
  if (!counts) {
    return error_memory(e, 0, _("a profile"));
  }
  double *totals = counts + (p->k + 1) * levels;
  const Status status = count_levels(p, values, levels, counts, e);
  for (size_t i = 0; i < (p->k + 1) * levels; i++) {
    totals[i % levels] += counts[i];
  }
  size_t used = 0;
  for (size_t level = 0; level < levels; level++) {
    used += totals[level] > 0;
  }
  *compared = status == STATUS_OK && used > 1;
  for (size_t segment = 0; *compared && segment < p->k; segment++) {
    const Finding finding = best_level(column, counts, totals, levels, segment);
    if (finding.level >= 0) {
      add_finding(p, segment, finding);
    }
  }
  mem_free(counts);
  return status;
}

/* ---- all variables, and the frame */

static Status profile_column(Profile *p, size_t column, bool *compared, Error *e)
{
  const Column *values = frame_column(p->data, column);
  const Type type = column_type(values);
  *compared = false;
  if (column_role(values) == ROLE_LABEL) {
    return STATUS_OK;
  }
  if (type_is_numeric(type) || type == TYPE_BOOL) {
    return profile_numeric(p, column, compared, e);
  }
  return type == TYPE_CATEGORY ? profile_category(p, column, compared, e) : STATUS_OK;
}

static int by_difference(const void *a, const void *b)
{
  const Finding *x = a, *y = b;
  const double dx = fabs(x->difference), dy = fabs(y->difference);
  return dx > dy ? -1 : dx < dy ? 1 : x->column < y->column ? -1 : x->column > y->column;
}

typedef struct Columns {
  Builder *cluster, *variable, *level, *difference, *inside, *outside, *size, *share;
} Columns;

static void add_row(const Profile *p, Columns *c, size_t segment, const Finding *finding)
{
  const char *name = frame_name(p->data, finding->column);
  builder_int(c->cluster, (int64_t)segment + 1);
  builder_int(c->size, (int64_t)p->sizes[segment + 1]);
  builder_float(c->share, (double)p->sizes[segment + 1] / (double)p->n);
  builder_text(c->variable, name, strlen(name));
  if (finding->level < 0) {
    builder_missing(c->level);
  } else {
    size_t length;
    const char *text = column_level(frame_column(p->data, finding->column), (size_t)finding->level, &length);
    builder_text(c->level, text, length);
  }
  builder_float(c->inside, finding->inside);
  builder_float(c->outside, finding->outside);
  builder_float(c->difference, finding->difference);
}

static Builder **column_builders(Columns *c, size_t index)
{
  Builder **const all[] = {&c->cluster, &c->variable, &c->level, &c->difference, &c->inside, &c->outside, &c->size, &c->share};
  return all[index];
}

static Status make_frame(Profile *p, size_t top, Frame **out, Error *e)
{
  static const char *const names[] = {"cluster", "variable", "level", "difference", "inside", "outside", "size", "share"};
  static const Type types[] = {TYPE_INT64,   TYPE_STRING,  TYPE_STRING, TYPE_FLOAT64,
                               TYPE_FLOAT64, TYPE_FLOAT64, TYPE_INT64,  TYPE_FLOAT64};
  Columns c = {0};
  bool made = true;
  for (size_t i = 0; i < 8; i++) {
    *column_builders(&c, i) = builder_new(types[i], 64);
    made = made && *column_builders(&c, i);
  }
  for (size_t segment = 0; made && segment < p->k; segment++) {
    Finding *list = p->findings + segment * p->columns;
    qsort(list, p->found[segment], sizeof *list, by_difference);
    for (size_t i = 0; i < p->found[segment] && (top == 0 || i < top); i++) {
      add_row(p, &c, segment, &list[i]);
    }
  }
  Draft *draft = made ? draft_new() : NULL;
  for (size_t i = 0; i < 8; i++) {
    if (draft) {
      draft_builder(draft, names[i], *column_builders(&c, i));
    } else {
      builder_free(*column_builders(&c, i));
    }
  }
  return draft ? draft_finish(draft, out, e) : error_memory(e, 0, _("a profile"));
}

static void count_sizes(const Profile *p)
{
  for (size_t row = 0; row < p->n; row++) {
    p->sizes[p->labels[row]]++;
  }
}

Status profile_segments(Task *task, const Frame *data, const int64_t *labels, size_t k, size_t top, ProfileResult *out,
                        Error *e)
{
  Profile p = {.task = task, .data = data, .labels = labels, .n = frame_rows(data), .k = k, .columns = frame_columns(data)};
  memset(out, 0, sizeof *out);
  p.sizes = mem_zero(k + 1, sizeof *p.sizes);
  p.found = mem_zero(k, sizeof *p.found);
  p.findings = mem_zero(k * p.columns, sizeof *p.findings);
  Status status = p.sizes && p.found && p.findings ? STATUS_OK : error_memory(e, 0, _("a profile"));
  if (status == STATUS_OK) {
    count_sizes(&p);
  }
  for (size_t column = 0; status == STATUS_OK && column < p.columns; column++) {
    bool compared;
    status = profile_column(&p, column, &compared, e);
    out->compared += compared;
    out->left_out += !compared && column_role(frame_column(data, column)) != ROLE_LABEL;
    task_progress(task, column + 1, p.columns);
  }
  if (status == STATUS_OK) {
    status = make_frame(&p, top, &out->frame, e);
  }
  mem_free(p.sizes);
  mem_free(p.found);
  mem_free(p.findings);
  return status;
}
