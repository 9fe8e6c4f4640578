/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "customer/rfm_model_primitives.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "frame/calendar.h"
#include "shape/join.h"

static const char *const value_names[RFM_DIMENSIONS] = {"recency", "frequency", "monetary"};
static const char *const score_names[RFM_DIMENSIONS] = {"r", "f", "m"};
static const char *const low_names[RFM_DIMENSIONS] = {"r_low", "f_low", "m_low"};
static const char *const high_names[RFM_DIMENSIONS] = {"r_high", "f_high", "m_high"};

static const char other_name[] = "other";

static Status no_memory(Error *e)
{
  return error_memory(e, 0, _("a model"));
}

/* ---- the map of segments */

static Status bad_map(Error *e, const char *why)
{
  (void)error_set(e, STATUS_DATA, "rfm-map", _("the map of segments: %s"), why);
  error_hint(e, _("give a frame with segment and some of r_low r_high f_low f_high m_low m_high; the first "
                  "row that fits counts"));
  return STATUS_DATA;
}

static bool bound(const Frame *frame, const char *name, size_t row, size_t bins, uint8_t otherwise, uint8_t *out)
{
  size_t at;
  *out = otherwise;
  if (!frame_find(frame, name, &at)) {
    return true;
  }
  const Column *column = frame_column(frame, at);
  if (!type_is_numeric(column_type(column))) {
    return false;
  }
  const double x = column_valid(column, row) ? column_float(column, row) : otherwise;
  *out = x >= 1 && x <= (double)bins ? (uint8_t)x : 0;
  return x >= 1 && x <= (double)bins && x == floor(x);
}

Status rfm_map_read(const Frame *frame, size_t bins, Arena *arena, RfmMap *out, Error *e)
{
  size_t at;
  if (!frame_find(frame, "segment", &at) || !type_is_text(column_type(frame_column(frame, at)))) {
    return bad_map(e, _("there is no column 'segment' of texts"));
  }
  const Column *names = frame_column(frame, at);
  const size_t n = frame_rows(frame);
  *out = (RfmMap){arena_alloc(arena, n, sizeof *out->segments), n};
  if (!out->segments) {
    return no_memory(e);
  }
  for (size_t i = 0; i < n; i++) {
    size_t length = 0;
    const char *name = column_valid(names, i) ? column_text(names, i, &length) : "";
    if (length == 0 || length >= RFM_SEGMENT_NAME) {
      return bad_map(e, _("a segment has no name, or one that is too long"));
    }
    snprintf(out->segments[i].name, RFM_SEGMENT_NAME, "%.*s", (int)length, name);
    for (int d = 0; d < RFM_DIMENSIONS; d++) {
      if (!bound(frame, low_names[d], i, bins, 1, &out->segments[i].low[d]) ||
          !bound(frame, high_names[d], i, bins, (uint8_t)bins, &out->segments[i].high[d])) {
        return bad_map(e, _("bounds are whole numbers from 1 to the number of bins"));
      }
    }
  }
  return STATUS_OK;
}

static Status map_frame(const RfmMap *map, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Builder *names = builder_new(TYPE_STRING, map->n);
  int64_t *bounds = mem_alloc(map->n, sizeof *bounds);
  if (!draft || !names || !bounds) {
    draft_free(draft);
    builder_free(names);
    mem_free(bounds);
    return no_memory(e);
  }
  for (size_t i = 0; i < map->n; i++) {
    builder_text(names, map->segments[i].name, strlen(map->segments[i].name));
  }
  draft_builder(draft, "segment", names);
  for (int d = 0; d < RFM_DIMENSIONS; d++) {
    for (int high = 0; high < 2; high++) {
      for (size_t i = 0; i < map->n; i++) {
        bounds[i] = high ? map->segments[i].high[d] : map->segments[i].low[d];
      }
      draft_ints(draft, high ? high_names[d] : low_names[d], bounds, map->n);
    }
  }
  mem_free(bounds);
  return draft_finish(draft, out, e);
}

/* ---- frames */

static void score_code(const uint8_t scores[RFM_DIMENSIONS], char out[4])
{
  for (int d = 0; d < RFM_DIMENSIONS; d++) {
    out[d] = (char)('0' + scores[d]);
  }
  out[RFM_DIMENSIONS] = '\0';
}

static const char *segment_name(const RfmMap *map, const uint8_t scores[RFM_DIMENSIONS])
{
  const size_t i = rfm_segment(map->segments, map->n, scores);
  return i < map->n ? map->segments[i].name : other_name;
}

/* Columns r f m rfm segment for n rows; a score of 0 is missing. role: of all but the segment, which is a label. */
static void draft_scores(Draft *draft, uint8_t *const score[RFM_DIMENSIONS], size_t n, const RfmMap *map, Role role)
{
  Builder *numbers[RFM_DIMENSIONS], *codes = builder_new(TYPE_CATEGORY, n), *names = builder_new(TYPE_CATEGORY, n);
  for (int d = 0; d < RFM_DIMENSIONS; d++) {
    numbers[d] = builder_new(TYPE_INT64, n);
    for (size_t i = 0; numbers[d] && i < n; i++) {
      if (score[d][i]) {
        builder_int(numbers[d], score[d][i]);
      } else {
        builder_missing(numbers[d]);
      }
    }
    if (numbers[d]) {
      builder_role(numbers[d], role);
    }
    draft_builder(draft, score_names[d], numbers[d]);
  }
  for (size_t i = 0; codes && names && i < n; i++) {
    const uint8_t scores[RFM_DIMENSIONS] = {score[0][i], score[1][i], score[2][i]};
    if (!scores[0] || !scores[1] || !scores[2]) {
      builder_missing(codes);
      builder_missing(names);
      continue;
    }
    char code[4];
    score_code(scores, code);
    const char *name = segment_name(map, scores);
    builder_text(codes, code, RFM_DIMENSIONS);
    builder_text(names, name, strlen(name));
  }
  if (codes && names) {
    builder_role(codes, role);
    builder_role(names, ROLE_LABEL);
  }
  draft_builder(draft, "rfm", codes);
  draft_builder(draft, "segment", names);
}

static Builder *whole_numbers(const double *values, size_t n)
{
  Builder *builder = builder_new(TYPE_INT64, n);
  for (size_t i = 0; builder && i < n; i++) {
    builder_int(builder, (int64_t)values[i]);
  }
  return builder;
}

static Builder *dates(const int64_t *days, size_t n)
{
  Builder *builder = builder_new(TYPE_TIMESTAMP, n);
  for (size_t i = 0; builder && i < n; i++) {
    builder_int(builder, days[i] * CALENDAR_DAY);
  }
  return builder;
}

static Status tidy_frame(const Purchases *p, const char *id, const Rfm *r, const RfmMap *map, Frame **out, Error *e)
{
  Column *ids = NULL;
  const Status status = column_take(frame_column(p->keys, 0), p->customers->first, r->n, &ids, e);
  if (status != STATUS_OK) {
    return status;
  }
  Draft *draft = draft_new();
  draft_column(draft, id, ids);
  draft_builder(draft, "last", dates(r->last, r->n));
  draft_builder(draft, value_names[RFM_R], whole_numbers(r->value[RFM_R], r->n));
  draft_builder(draft, value_names[RFM_F], whole_numbers(r->value[RFM_F], r->n));
  draft_floats(draft, value_names[RFM_M], r->value[RFM_M], r->n);
  draft_floats(draft, "revenue", r->revenue, r->n);
  draft_scores(draft, r->score, r->n, map, ROLE_NONE);
  return draft ? draft_finish(draft, out, e) : no_memory(e);
}

static Status cuts_frame(const Rfm *r, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Builder *variables = builder_new(TYPE_CATEGORY, 0), *numbers = builder_new(TYPE_INT64, 0),
          *values = builder_new(TYPE_FLOAT64, 0);
  Builder *above = builder_new(TYPE_INT64, 0);
  if (draft && variables && numbers && values && above) {
    for (int d = 0; d < RFM_DIMENSIONS; d++) {
      for (size_t i = 0; i + 1 < r->bins; i++) {
        int64_t count = 0;
        for (size_t g = 0; g < r->n; g++) {
          count += r->value[d][g] > r->cuts[d][i];
        }
        builder_text(variables, value_names[d], strlen(value_names[d]));
        builder_int(numbers, (int64_t)i + 1);
        builder_float(values, r->cuts[d][i]);
        builder_int(above, count);
      }
    }
  }
  draft_builder(draft, "variable", variables);
  draft_builder(draft, "cut", numbers);
  draft_builder(draft, "value", values);
  draft_builder(draft, "above", above);
  return draft ? draft_finish(draft, out, e) : no_memory(e);
}

typedef struct Total {
  int64_t n;
  double value[RFM_DIMENSIONS], revenue;
} Total;

/* A row per segment that has customers, in the order of the map, others last. */
static void draft_segments(Draft *draft, const RfmMap *map, const Total *totals, double n, double revenue)
{
  Builder *names = builder_new(TYPE_CATEGORY, 0), *sizes = builder_new(TYPE_INT64, 0);
  Builder *figures[6];
  static const char *const figure_names[6] = {"share",    "recency", "frequency",
                                              "monetary", "revenue", "revenue_share"};
  for (int f = 0; f < 6; f++) {
    figures[f] = builder_new(TYPE_FLOAT64, 0);
    if (!figures[f] || !names || !sizes) {
      for (int k = 0; k <= f; k++) {
        builder_free(figures[k]);
      }
      builder_free(names);
      builder_free(sizes);
      draft_column(draft, "segment", NULL);
      return;
    }
  }
  for (size_t i = 0; i <= map->n; i++) {
    const Total *t = &totals[i];
    const char *name = i < map->n ? map->segments[i].name : other_name;
    if (t->n == 0) {
      continue;
    }
    const double size = (double)t->n;
    const double row[6] = {size / n,           t->value[0] / size, t->value[1] / size,
                           t->value[2] / size, t->revenue,         t->revenue / revenue};
    builder_text(names, name, strlen(name));
    builder_int(sizes, t->n);
    for (int f = 0; f < 6; f++) {
      builder_float(figures[f], row[f]);
    }
  }
  draft_builder(draft, "segment", names);
  draft_builder(draft, "n", sizes);
  for (int f = 0; f < 6; f++) {
    draft_builder(draft, figure_names[f], figures[f]);
  }
}

static Status segments_frame(const Rfm *r, const RfmMap *map, Frame **out, Error *e)
{
  Total *totals = mem_zero(map->n + 1, sizeof *totals);
  double revenue = 0;
  if (!totals) {
    return no_memory(e);
  }
  for (size_t g = 0; g < r->n; g++) {
    const uint8_t scores[RFM_DIMENSIONS] = {r->score[0][g], r->score[1][g], r->score[2][g]};
    Total *t = &totals[rfm_segment(map->segments, map->n, scores)];
    t->n++;
    t->revenue += r->revenue[g];
    revenue += r->revenue[g];
    for (int d = 0; d < RFM_DIMENSIONS; d++) {
      t->value[d] += r->value[d][g];
    }
  }
  Draft *draft = draft_new();
  draft_segments(draft, map, totals, (double)r->n, revenue);
  mem_free(totals);
  return draft ? draft_finish(draft, out, e) : no_memory(e);
}

static double mean_of(const double *values, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    sum += values[i];
  }
  return sum / (double)n;
}

static double largest(const double *values, size_t n)
{
  double most = values[0];
  for (size_t i = 1; i < n; i++) {
    most = values[i] > most ? values[i] : most;
  }
  return most;
}

static int64_t count_cells(const Rfm *r)
{
  bool seen[RFM_BINS_MOST + 1][RFM_BINS_MOST + 1][RFM_BINS_MOST + 1] = {{{false}}};
  int64_t cells = 0;
  for (size_t g = 0; g < r->n; g++) {
    bool *cell = &seen[r->score[0][g]][r->score[1][g]][r->score[2][g]];
    cells += !*cell;
    *cell = true;
  }
  return cells;
}

static Status glance_frame(const Purchases *p, const Rfm *r, bool by_order, Task *task, Frame **out, Error *e)
{
  double medians[RFM_DIMENSIONS], top, gini;
  Status status = rfm_concentration(r->revenue, r->n, task, &top, &gini, e);
  for (int d = 0; status == STATUS_OK && d < RFM_DIMENSIONS; d++) {
    status = rfm_median(r->value[d], r->n, task, &medians[d], e);
  }
  if (status != STATUS_OK) {
    return status;
  }
  Draft *draft = draft_new();
  int64_t repeated = 0;
  for (size_t g = 0; g < r->n; g++) {
    repeated += r->value[RFM_F][g] > 1;
  }
  draft_int(draft, "n", (int64_t)r->n);
  draft_int(draft, "rows", (int64_t)p->n);
  draft_int(draft, "orders", (int64_t)r->orders);
  draft_float(draft, "revenue", mean_of(r->revenue, r->n) * (double)r->n);
  draft_builder(draft, "at", dates(&r->at, 1));
  draft_int(draft, "bins", (int64_t)r->bins);
  draft_text(draft, "ties", by_order ? "order" : "cut");
  for (int d = 0; d < RFM_DIMENSIONS; d++) {
    char name[32];
    snprintf(name, sizeof name, "%s_mean", value_names[d]);
    draft_float(draft, name, mean_of(r->value[d], r->n));
    snprintf(name, sizeof name, "%s_median", value_names[d]);
    draft_float(draft, name, medians[d]);
    snprintf(name, sizeof name, "%s_max", value_names[d]);
    draft_float(draft, name, largest(r->value[d], r->n));
  }
  draft_float(draft, "repeat_share", (double)repeated / (double)r->n);
  draft_float(draft, "top20_share", top);
  draft_float(draft, "gini", gini);
  draft_int(draft, "cells", count_cells(r));
  draft_int(draft, "dropped", (int64_t)p->dropped);
  draft_int(draft, "late", (int64_t)p->late);
  return draft ? draft_finish(draft, out, e) : no_memory(e);
}

Status rfm_model_fill(Model *model, const Purchases *p, const char *id, const Rfm *r, const RfmMap *map,
                      bool by_order, const char *notes, Task *task, Error *e)
{
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", tidy_frame(p, id, r, map, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", glance_frame(p, r, by_order, task, &frame, e), &frame, e));
  TRY(model_set_made(model, "cuts", cuts_frame(r, &frame, e), &frame, e));
  TRY(model_set_made(model, "segments", segments_frame(r, map, &frame, e), &frame, e));
  TRY(model_set_made(model, "map", map_frame(map, &frame, e), &frame, e));
  TRY(model_set_notes(model, notes, e));
done:
  return status;
}

/* ---- other data */

static size_t model_bins(const Model *model)
{
  const Frame *cuts = model_frame(model, "cuts");
  return frame_rows(cuts) / RFM_DIMENSIONS + 1;
}

static bool has_values(const Frame *data, const Column *columns[RFM_DIMENSIONS])
{
  for (int d = 0; d < RFM_DIMENSIONS; d++) {
    size_t at;
    if (!frame_find(data, value_names[d], &at) || !type_is_numeric(column_type(frame_column(data, at)))) {
      return false;
    }
    columns[d] = frame_column(data, at);
  }
  return true;
}

/* Scores of rows that have recency, frequency and monetary, by the cut points. */
static Status score_values(const Model *model, const Column *const columns[RFM_DIMENSIONS], Arena *arena,
                           Frame **out, Error *e)
{
  const Frame *cuts = model_frame(model, "cuts");
  const size_t bins = model_bins(model), n = column_rows(columns[0]);
  uint8_t *score[RFM_DIMENSIONS];
  double points[RFM_BINS_MOST - 1];
  RfmMap map;
  size_t value = 0;
  Status status = rfm_map_read(model_frame(model, "map"), bins, arena, &map, e);
  if (status != STATUS_OK) {
    return status;
  }
  (void)frame_find(cuts, "value", &value);
  for (int d = 0; d < RFM_DIMENSIONS; d++) {
    score[d] = arena_alloc(arena, n, 1);
    if (!score[d]) {
      return no_memory(e);
    }
    for (size_t i = 0; i + 1 < bins; i++) {
      points[i] = column_float(frame_column(cuts, value), (size_t)d * (bins - 1) + i);
    }
    for (size_t row = 0; row < n; row++) {
      const bool known = column_valid(columns[d], row) && !isnan(column_float(columns[d], row));
      score[d][row] = known ? rfm_score(points, bins, column_float(columns[d], row), d == RFM_R) : 0;
    }
  }
  Draft *draft = draft_new();
  draft_scores(draft, score, n, &map, ROLE_PREDICTED);
  return draft ? draft_finish(draft, out, e) : no_memory(e);
}

/* Scores of rows by their customer: those of tidy. */
static Status score_customers(Call *call, const Model *model, const Frame *data, size_t id, Frame **out, Error *e)
{
  const Frame *tidy = model_frame(model, "tidy");
  const char *wanted[] = {frame_name(tidy, 0), "r", "f", "m", "rfm", "segment"};
  const JoinOptions options = {
      .left = wanted, .right = wanted, .n = 1, .how = JOIN_LEFT, .suffix = "_right", .tolerance = -1};
  size_t columns[6];
  Frame *key = NULL, *scores = NULL, *joined = NULL;
  Column *column = NULL;
  Status status;
  for (size_t i = 0; i < 6; i++) {
    TRY(frame_need(tidy, wanted[i], &columns[i], e));
  }
  TRY(frame_select(tidy, columns, 6, &scores, e));
  TRY(frame_select(data, &id, 1, &key, e));
  TRY(frame_join(key, scores, &options, call->task, &joined, NULL, e));
  TRY(frame_select(joined, (const size_t[]){1, 2, 3, 4, 5}, 5, out, e));
  for (size_t i = 0; i < 5; i++) {
    Frame *next = NULL;
    TRY(column_with_role(frame_column(*out, i), i == 4 ? ROLE_LABEL : ROLE_PREDICTED, &column, e));
    TRY(frame_with(*out, frame_name(*out, i), column, &next, e));
    column_unref(column);
    column = NULL;
    frame_unref(*out);
    *out = next;
  }
done:
  column_unref(column);
  frame_unref(key);
  frame_unref(scores);
  frame_unref(joined);
  if (status != STATUS_OK) {
    frame_unref(*out);
    *out = NULL;
  }
  return status;
}

Status rfm_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e)
{
  const Column *columns[RFM_DIMENSIONS];
  const char *name = frame_name(model_frame(model, "tidy"), 0);
  size_t id;
  *out = NULL;
  if (has_values(data, columns)) {
    return score_values(model, columns, &call->task->arena, out, e);
  }
  if (frame_find(data, name, &id)) {
    return score_customers(call, model, data, id, out, e);
  }
  (void)error_set(e, STATUS_NAME, "unknown-column", _("there is no column '%s' to find the customer by"), name);
  error_hint(e, _("rows are scored by their customer, or by columns recency, frequency and monetary"));
  return STATUS_NAME;
}

void rfm_headline(const Model *model, Text *out)
{
  Text at = {0};
  const Column *day;
  if (model_figure(model, "at", &day)) {
    column_cell_text(day, 0, &at);
  }
  text_printf(out, _("%1$.0f customers with %2$.0f orders, seen from %3$s; scores 1 to %4$zu"),
              model_number(model, "n"), model_number(model, "orders"), text_data(&at), model_bins(model));
  text_free(&at);
}

static bool is_score(const Frame *tidy, const char *name, bool text)
{
  size_t at;
  return frame_find(tidy, name, &at) && (text ? type_is_text(column_type(frame_column(tidy, at)))
                                              : column_type(frame_column(tidy, at)) == TYPE_INT64);
}

Status rfm_check(const Model *model, Error *e)
{
  const Frame *tidy = model_frame(model, "tidy"), *cuts = model_frame(model, "cuts"),
              *map = model_frame(model, "map");
  Arena arena = {0};
  RfmMap read;
  size_t value;
  bool sound = tidy && cuts && map && frame_columns(tidy) > 6 && is_score(tidy, "r", false) &&
               is_score(tidy, "f", false) && is_score(tidy, "m", false) && is_score(tidy, "rfm", true) &&
               is_score(tidy, "segment", true) && frame_rows(cuts) % RFM_DIMENSIONS == 0 && frame_rows(cuts) > 0 &&
               frame_rows(cuts) / RFM_DIMENSIONS < RFM_BINS_MOST && frame_find(cuts, "value", &value) &&
               column_type(frame_column(cuts, value)) == TYPE_FLOAT64;
  sound = sound && rfm_map_read(map, model_bins(model), &arena, &read, NULL) == STATUS_OK;
  arena_free(&arena);
  return sound ? STATUS_OK
               : error_set(e, STATUS_FORMAT, "bad-model-file", _("the rfm model lacks frames or columns it needs"));
}
