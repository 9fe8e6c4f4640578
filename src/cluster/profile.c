/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/profile.h"

#include <math.h>
#include <string.h>

#include "cluster/profile_layout.h"
#include "cluster/segment_columns.h"
#include "cluster/segment_tests.h"
#include "core/alloc.h"
#include "core/reduce.h"
#include "math/distributions.h"

static void add_finding(Profile *p, size_t segment, Finding finding)
{
  if (isfinite(finding.difference)) {
    p->findings[segment * p->columns + p->found[segment]++] = finding;
  }
}

/* ---- numeric variables: counts and sums per segment, then squares around each segment's mean */

typedef struct NumericContext {
  const int64_t *labels;
  const Column *column;
  size_t k;
  bool finite;         /* NaN cells are left out as missing ones are */
  const double *means; /* of the labels; NULL in the first pass */
  double *scratch;     /* BLOCK_ROWS per worker */
} NumericContext;

/* The first pass fills k + 1 counts, then k + 1 sums; the second k + 1 sums of squares. */
static Status numeric_block(void *context, void *sum, size_t first, size_t count, size_t worker, Error *e)
{
  const NumericContext *c = context;
  double *counts = sum, *sums = counts + c->k + 1;
  double *values = c->scratch + worker * BLOCK_ROWS;
  const bool whole = column_missing(c->column) == 0;
  const int64_t *labels = c->labels + first;
  (void)e;
  column_block(c->column, first, count, values, 1);
  for (size_t i = 0; i < count; i++) {
    if ((!whole && !column_valid(c->column, first + i)) || (c->finite && isnan(values[i]))) {
      continue;
    }
    if (c->means) {
      const double off = values[i] - c->means[labels[i]];
      counts[labels[i]] += off * off;
    } else {
      counts[labels[i]] += 1;
      sums[labels[i]] += values[i];
    }
  }
  return STATUS_OK;
}

static void numeric_merge(void *context, void *sum, const void *other)
{
  const NumericContext *c = context;
  double *to = sum;
  const double *from = other;
  for (size_t i = 0; i < (c->means ? 1 : 2) * (c->k + 1); i++) {
    to[i] += from[i];
  }
}

static Status numeric_pass(Task *task, NumericContext *context, double *out, Error *e)
{
  const size_t width = (context->means ? 1 : 2) * (context->k + 1);
  const Reduce reduce = {
      .size = width * sizeof *out, .block = numeric_block, .merge = numeric_merge, .context = context};
  context->scratch = mem_buffer(task_threads(task) * BLOCK_ROWS, sizeof(double));
  const Status status = context->scratch ? rows_reduce(task, column_rows(context->column), &reduce, out, e)
                                         : error_memory(e, 0, _("a profile"));
  mem_free(context->scratch);
  return status;
}

Status profile_sums(Task *task, const Column *column, const int64_t *labels, size_t k, double *sums, Error *e)
{
  NumericContext context = {.labels = labels, .column = column, .k = k, .finite = true};
  double *both = mem_zero(2 * (k + 1), sizeof *both);
  Status status = both ? numeric_pass(task, &context, both, e) : error_memory(e, 0, _("a profile"));
  if (status == STATUS_OK) {
    memcpy(sums, both + k + 1, (k + 1) * sizeof *sums);
  }
  mem_free(both);
  return status;
}

/* Count, mean and squares of the rows of each label. */
static Status label_moments(Profile *p, const Column *column, Moments *out, Error *e)
{
  const size_t width = p->k + 1;
  NumericContext context = {.labels = p->labels, .column = column, .k = p->k};
  double *sums = mem_zero(3 * width, sizeof *sums), *means = sums + width;
  Status status;
  TRY(sums ? STATUS_OK : error_memory(e, 0, _("a profile")));
  TRY(numeric_pass(p->task, &context, sums, e));
  for (size_t label = 0; label < width; label++) {
    means[label] = sums[label] > 0 ? means[label] / sums[label] : 0;
    out[label] = (Moments){.n = sums[label], .mean = means[label]};
  }
  context.means = means;
  TRY(numeric_pass(p->task, &context, sums + 2 * width, e));
  for (size_t label = 0; label < width; label++) {
    out[label].m2 = sums[2 * width + label];
  }
done:
  mem_free(sums);
  return status;
}

/* before: joined moments of the labels below each. */
static void numeric_findings(Profile *p, size_t column, bool flag, const Moments *own, const Moments *before)
{
  const Moments all = moments_join(before[p->k], own[p->k]);
  const double sd = sqrt(all.m2 / (all.n - 1));
  Moments after = {0};
  for (size_t label = p->k; label >= 1; label--) {
    const Moments inside = own[label], rest = moments_join(before[label], after);
    after = moments_join(inside, after);
    if (!(inside.n > 0 && rest.n > 0)) {
      continue;
    }
    const double in[] = {inside.n * inside.mean, inside.n * (1 - inside.mean)};
    const double out[] = {rest.n * rest.mean, rest.n * (1 - rest.mean)};
    const double test = !p->ask ? NAN : flag ? levels_p(in, out, 2) : welch_p(inside, rest);
    add_finding(p, label - 1,
                (Finding){.column = column,
                          .inside = inside.mean,
                          .outside = rest.mean,
                          .difference = (inside.mean - rest.mean) / sd,
                          .p = test});
  }
}

/* *compared says whether the column has spread. */
static Status profile_numeric(Profile *p, const SegmentColumn *column, bool *compared, Error *e)
{
  Moments *own = mem_zero(2 * (p->k + 1), sizeof *own), *before = own + p->k + 1;
  Status status = own ? label_moments(p, column->values, own, e) : error_memory(e, 0, _("a profile"));
  for (size_t label = 1; status == STATUS_OK && label <= p->k; label++) {
    before[label] = moments_join(before[label - 1], own[label - 1]);
  }
  if (status == STATUS_OK) {
    const Moments all = moments_join(before[p->k], own[p->k]);
    *compared = all.n > 1 && all.m2 > 0 && isfinite(all.m2);
    if (*compared) {
      numeric_findings(p, column->column, column->kind == SEGMENT_FLAG, own, before);
    }
  }
  mem_free(own);
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

/* Of two levels that differ as much, as always when there are but two, the one that is more frequent inside is said. */
static bool differs_more(double difference, double best)
{
  const double same = 1e-12 * fabs(best);
  return fabs(difference) > fabs(best) + same || (difference > 0 && best < 0 && fabs(difference) >= fabs(best) - same);
}

/* The level whose share differs most; rest is filled in. SIZE_MAX: none. */
static size_t best_level(const double *own, const double *totals, size_t levels, double *rest, Finding *best)
{
  size_t which = SIZE_MAX;
  double n = 0, all = 0;
  for (size_t level = 0; level < levels; level++) {
    rest[level] = totals[level] - own[level];
    n += own[level];
    all += totals[level];
  }
  for (size_t level = 0; n > 0 && all > n && level < levels; level++) {
    const double share = totals[level] / all, inside = own[level] / n, outside = rest[level] / (all - n);
    const double difference = (inside - outside) / sqrt(share * (1 - share));
    if (isfinite(difference) && (which == SIZE_MAX || differs_more(difference, best->difference))) {
      which = level;
      best->inside = inside;
      best->outside = outside;
      best->difference = difference;
    }
  }
  return which;
}

/* counts: k + 1 rows of level counts, then the totals, then room for a row. */
static void level_findings(Profile *p, const SegmentColumn *column, size_t levels, double *counts)
{
  const double *totals = counts + (p->k + 1) * levels;
  double *rest = counts + (p->k + 2) * levels;
  for (size_t segment = 0; segment < p->k; segment++) {
    const double *own = counts + (segment + 1) * levels;
    Finding finding = {.column = column->column};
    const size_t level = best_level(own, totals, levels, rest, &finding);
    if (level != SIZE_MAX) {
      finding.p = p->ask ? levels_p(own, rest, levels) : NAN;
      finding.level = column_level(column->values, level, &finding.level_length);
      add_finding(p, segment, finding);
    }
  }
}

static Status profile_category(Profile *p, const SegmentColumn *column, bool *compared, Error *e)
{
  const size_t levels = column_levels(column->values);
  double *counts = mem_zero((p->k + 3) * levels, sizeof *counts);
  if (!counts) {
    return error_memory(e, 0, _("a profile"));
  }
  double *totals = counts + (p->k + 1) * levels;
  const Status status = count_levels(p, column->values, levels, counts, e);
  for (size_t i = 0; i < (p->k + 1) * levels; i++) {
    totals[i % levels] += counts[i];
  }
  size_t used = 0;
  for (size_t level = 0; level < levels; level++) {
    used += totals[level] > 0;
  }
  *compared = status == STATUS_OK && used > 1;
  if (*compared) {
    level_findings(p, column, levels, counts);
  }
  mem_free(counts);
  return status;
}

/* ---- all variables */

static Status profile_column(Profile *p, size_t number, bool *compared, Error *e)
{
  const bool keep = !p->ask || (p->ask->fitted && p->ask->fitted[number]);
  SegmentColumn column = {0};
  *compared = false;
  if (p->ask && p->ask->skip == number) {
    return STATUS_OK;
  }
  Status status = segment_column(p->task, p->data, number, keep, &column, e);
  if (status == STATUS_OK && column.kind == SEGMENT_LEVELS) {
    p->texts[number] = column_ref(column.values);
    status = profile_category(p, &column, compared, e);
  } else if (status == STATUS_OK && column.kind != SEGMENT_OTHER) {
    status = profile_numeric(p, &column, compared, e);
  }
  column_unref(column.values);
  return status;
}

static void count_sizes(const Profile *p)
{
  for (size_t row = 0; row < p->n; row++) {
    p->sizes[p->labels[row]]++;
  }
}

static Status profile_begin(Profile *p, Error *e)
{
  const bool valued = p->ask && p->ask->value != SIZE_MAX;
  p->sizes = mem_zero(p->k + 1, sizeof *p->sizes);
  p->found = mem_zero(p->k, sizeof *p->found);
  p->findings = mem_zero(p->k * p->columns, sizeof *p->findings);
  p->texts = mem_zero(p->columns, sizeof *p->texts);
  p->values = valued ? mem_zero(p->k + 1, sizeof *p->values) : NULL;
  if (!p->sizes || !p->found || !p->findings || !p->texts || (valued && !p->values)) {
    return error_memory(e, 0, _("a profile"));
  }
  count_sizes(p);
  Status status = p->ask ? distributions_open(e) : STATUS_OK;
  if (status == STATUS_OK && valued) {
    status = profile_sums(p->task, frame_column(p->data, p->ask->value), p->labels, p->k, p->values, e);
  }
  return status;
}

static void profile_end(Profile *p)
{
  for (size_t i = 0; p->texts && i < p->columns; i++) {
    column_unref(p->texts[i]);
  }
  mem_free(p->texts);
  mem_free(p->sizes);
  mem_free(p->found);
  mem_free(p->findings);
  mem_free(p->values);
}

Status profile_segments(Task *task, const Frame *data, const int64_t *labels, size_t k, const ProfileAsk *ask,
                        ProfileResult *out, Error *e)
{
  Profile p = {.task = task,
               .data = data,
               .ask = ask,
               .labels = labels,
               .n = frame_rows(data),
               .k = k,
               .columns = frame_columns(data)};
  memset(out, 0, sizeof *out);
  Status status = profile_begin(&p, e);
  for (size_t column = 0; status == STATUS_OK && column < p.columns; column++) {
    bool compared;
    status = profile_column(&p, column, &compared, e);
    out->compared += compared;
    out->left_out += !compared && !(ask && ask->skip == column) && column_role(frame_column(data, column)) == ROLE_NONE;
    task_progress(task, column + 1, p.columns);
  }
  if (status == STATUS_OK) {
    status = profile_frame(&p, &out->frame, e);
  }
  profile_end(&p);
  return status;
}
