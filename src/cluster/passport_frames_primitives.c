/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frames of a passport. */
#include <math.h>
#include <string.h>

#include "cluster/cluster_input_primitives.h"
#include "cluster/passport_primitives.h"
#include "cluster/segment_rows.h"
#include "core/alloc.h"

enum { SHOWN = 3 };

/* ---- tidy: columns one by one */

static void put_numbers(Draft *draft, const char *name, const double *values, size_t k)
{
  draft_floats(draft, name, values, k);
}

/* "Grocery 14800 against 5400 (+1.2); region = north 80% against 20% (+0.9)": the largest differences of a segment. */
static void largest_differences(const Frame *profile, int64_t segment, size_t most, Text *out)
{
  size_t at[6];
  static const char *const names[] = {"cluster", "variable", "level", "inside", "outside", "difference"};
  const Column *c[6];
  for (size_t i = 0; i < 6; i++) {
    if (!frame_find(profile, names[i], &at[i])) {
      return;
    }
    c[i] = frame_column(profile, at[i]);
  }
  for (size_t row = 0, shown = 0; row < frame_rows(profile) && shown < most; row++) {
    if (column_int(c[0], row) != segment) {
      continue;
    }
    text_puts(out, shown++ > 0 ? "; " : "");
    passport_put_text(c[1], row, out);
    if (column_valid(c[2], row)) {
      text_puts(out, " = ");
      passport_put_text(c[2], row, out);
      text_printf(out, " %.0f%% against %.0f%% (%+.2f)", 100 * column_float(c[3], row),
                  100 * column_float(c[4], row), column_float(c[5], row));
    } else {
      char inside[32], outside[32];
      passport_number(column_float(c[3], row), inside);
      passport_number(column_float(c[4], row), outside);
      text_printf(out, " %s against %s (%+.2f)", inside, outside, column_float(c[5], row));
    }
  }
}

static Status tidy_texts(const Passport *p, Builder *rules, Builder *differences, Error *e)
{
  Text text = {0};
  Status status = rules && differences ? STATUS_OK : error_memory(e, 0, _("a passport"));
  for (size_t i = 0; status == STATUS_OK && i < p->labels.k; i++) {
    text_reset(&text);
    status = segment_rule_text(&p->rules, &p->rules.rules[i], &p->call->task->arena, &text, e);
    if (p->rules.rules[i].n > 0) {
      builder_text(rules, text_data(&text), text.size);
    } else {
      builder_missing(rules);
    }
    text_reset(&text);
    largest_differences(p->profile, (int64_t)i + 1, SHOWN, &text);
    builder_text(differences, text_data(&text), text.size);
  }
  status = status == STATUS_OK ? text_status(&text, e) : status;
  text_free(&text);
  return status;
}

static void tidy_sizes(const Passport *p, Draft *draft, double *cells)
{
  const size_t k = p->labels.k;
  Builder *cluster = builder_new(TYPE_INT64, k), *size = builder_new(TYPE_INT64, k);
  for (size_t i = 0; cluster && size && i < k; i++) {
    builder_int(cluster, (int64_t)i + 1);
    builder_int(size, p->labels.sizes[i + 1]);
    cells[i] = (double)p->labels.sizes[i + 1] / (double)p->labels.n;
  }
  draft_builder(draft, "cluster", cluster);
  draft_texts(draft, "name", p->names, k);
  draft_builder(draft, "size", size);
  put_numbers(draft, "share", cells, k);
  if (p->values) {
    put_numbers(draft, "value", p->values + 1, k);
    for (size_t i = 0; i < k; i++) {
      cells[i] = p->value_total != 0 ? p->values[i + 1] / p->value_total : (double)NAN;
    }
    put_numbers(draft, "value_share", cells, k);
    for (size_t i = 0; i < k; i++) {
      cells[i] = p->labels.sizes[i + 1] > 0 ? p->values[i + 1] / (double)p->labels.sizes[i + 1] : (double)NAN;
    }
    put_numbers(draft, "value_mean", cells, k);
  }
}

static void tidy_rules(const Passport *p, Draft *draft, double *cells)
{
  static double (*const figures[])(const SegmentRule *) = {segment_rule_precision, segment_rule_recall,
                                                           segment_rule_f1};
  static const char *const names[] = {"precision", "recall", "f1"};
  for (size_t f = 0; f < 3; f++) {
    for (size_t i = 0; i < p->labels.k; i++) {
      cells[i] = p->rules.rules[i].n > 0 ? figures[f](&p->rules.rules[i]) : (double)NAN;
    }
    put_numbers(draft, names[f], cells, p->labels.k);
  }
}

static void put_positive(Draft *draft, const char *name, const int64_t *values, size_t k)
{
  Builder *builder = builder_new(TYPE_INT64, k);
  for (size_t i = 0; builder && i < k; i++) {
    if (values[i] > 0) {
      builder_int(builder, values[i]);
    } else {
      builder_missing(builder);
    }
  }
  draft_builder(draft, name, builder);
}

static void tidy_history(const Passport *p, Draft *draft, double *cells)
{
  const size_t k = p->labels.k;
  if (p->stability) {
    put_numbers(draft, "stability", p->stability, k);
  }
  if (p->former) {
    put_positive(draft, "former", p->former, k);
    put_numbers(draft, "kept", p->kept, k);
  }
  if (p->share_before) {
    put_numbers(draft, "share_before", p->share_before, k);
    for (size_t i = 0; i < k; i++) {
      cells[i] = (double)p->labels.sizes[i + 1] / (double)p->labels.n - p->share_before[i];
    }
    put_numbers(draft, "share_change", cells, k);
  }
}

Status passport_tidy(const Passport *p, Frame **out, Error *e)
{
  const size_t k = p->labels.k;
  double *cells = arena_alloc(&p->call->task->arena, k, sizeof *cells);
  Builder *rules = builder_new(TYPE_STRING, k), *differences = builder_new(TYPE_STRING, k);
  const Status status = cells ? tidy_texts(p, rules, differences, e) : error_memory(e, 0, _("a passport"));
  Draft *draft = status == STATUS_OK ? draft_new() : NULL;
  if (!draft) {
    builder_free(rules);
    builder_free(differences);
    return status == STATUS_OK ? error_memory(e, 0, _("a passport")) : status;
  }
  tidy_sizes(p, draft, cells);
  draft_builder(draft, "rule", rules);
  tidy_rules(p, draft, cells);
  tidy_history(p, draft, cells);
  draft_builder(draft, "differences", differences);
  if (p->typical) {
    put_positive(draft, "typical", p->typical, k);
  }
  return draft_finish(draft, out, e);
}

/* ---- glance */

/* The mean of the segments' figures, weighted by size; NaN counts `otherwise`, or with NaN is left out. */
static double weighted(const Passport *p, const double *figures, double otherwise)
{
  double sum = 0, weight = 0;
  for (size_t i = 0; i < p->labels.k; i++) {
    const double figure = isnan(figures[i]) ? otherwise : figures[i], size = (double)p->labels.sizes[i + 1];
    if (!isnan(figure) && size > 0) {
      sum += size * figure;
      weight += size;
    }
  }
  return weight > 0 ? sum / weight : (double)NAN;
}

Status passport_glance(const Passport *p, Frame **out, Error *e)
{
  double *f1 = arena_alloc(&p->call->task->arena, p->labels.k, sizeof *f1);
  Draft *draft = f1 ? draft_new() : NULL;
  for (size_t i = 0; f1 && i < p->labels.k; i++) {
    f1[i] = p->rules.rules[i].n > 0 ? segment_rule_f1(&p->rules.rules[i]) : 0;
  }
  if (!draft) {
    return error_memory(e, 0, _("a passport"));
  }
  draft_int(draft, "n", (int64_t)p->labels.n);
  draft_int(draft, "k", (int64_t)p->labels.k);
  draft_int(draft, "unassigned", p->labels.sizes[0]);
  if (p->values) {
    draft_text(draft, "value_of", frame_name(p->data, p->value));
    draft_float(draft, "value_total", p->value_total);
  }
  draft_float(draft, "f1", weighted(p, f1, 0));
  if (p->stability) {
    draft_float(draft, "stability_mean", weighted(p, p->stability, (double)NAN));
  }
  if (p->kept) {
    draft_float(draft, "kept", weighted(p, p->kept, (double)NAN));
  }
  if (p->share_before) {
    draft_float(draft, "drift", p->drift);
  }
  draft_bool(draft, "complete", true);
  return draft_finish(draft, out, e);
}

/* ---- differences, conditions */

Status passport_differences(const Passport *p, size_t top, Frame **out, Error *e)
{
  const size_t n = frame_rows(p->profile);
  size_t cluster, kept = 0, of_segment = 0;
  size_t *rows = mem_alloc(n, sizeof *rows);
  if (!rows || !frame_find(p->profile, "cluster", &cluster)) {
    mem_free(rows);
    return error_memory(e, 0, _("a passport"));
  }
  const Column *segments = frame_column(p->profile, cluster);
  for (size_t row = 0; row < n; row++) {
    of_segment = row > 0 && column_int(segments, row) == column_int(segments, row - 1) ? of_segment + 1 : 0;
    if (of_segment < top) {
      rows[kept++] = row;
    }
  }
  const Status status = frame_take(p->profile, rows, kept, out, e);
  mem_free(rows);
  return status;
}

typedef struct Conditions {
  Builder *cluster, *condition, *variable, *operator, * number, *text;
} Conditions;

static void add_condition(Conditions *b, size_t segment, size_t number, const char *variable, const char *operator,
                          double value, const char *text, size_t length)
{
  builder_int(b->cluster, (int64_t)segment + 1);
  builder_int(b->condition, (int64_t)number + 1);
  builder_text(b->variable, variable, strlen(variable));
  builder_text(b->operator, operator, strlen(operator));
  if (isnan(value)) {
    builder_missing(b->number);
  } else {
    builder_float(b->number, value);
  }
  if (text) {
    builder_text(b->text, text, length);
  } else {
    builder_missing(b->text);
  }
}

static void add_rule(const SegmentRules *rules, size_t segment, Conditions *b)
{
  static const char *const operators[] = {">=", "<=", "in", "true", "false"};
  const SegmentRule *rule = &rules->rules[segment];
  for (size_t i = 0; i < rule->n; i++) {
    const RuleCondition *c = &rule->conditions[i];
    const RuleVariable *variable = &rules->variables[c->variable];
    const char *name = frame_name(rules->data, variable->column.column), *operator= operators[c->operator];
    const bool number = c->operator== RULE_AT_LEAST || c->operator== RULE_AT_MOST;
    for (size_t j = 0; j < c->n_levels && c->operator== RULE_IN; j++) {
      size_t length;
      const char *text = column_level(variable->column.values, c->levels[j], &length);
      add_condition(b, segment, i, name, operator,(double) NAN, text, length);
    }
    if (c->operator!= RULE_IN) {
      add_condition(b, segment, i, name, operator, number ? c->value : (double)NAN, NULL, 0);
    }
  }
}

Status passport_conditions(const Passport *p, Frame **out, Error *e)
{
  Conditions b = {builder_new(TYPE_INT64, 16),  builder_new(TYPE_INT64, 16),   builder_new(TYPE_STRING, 16),
                  builder_new(TYPE_STRING, 16), builder_new(TYPE_FLOAT64, 16), builder_new(TYPE_STRING, 16)};
  const bool made = b.cluster && b.condition && b.variable && b.operator&& b.number && b.text;
  for (size_t i = 0; made && i < p->labels.k; i++) {
    add_rule(&p->rules, i, &b);
  }
  Draft *draft = draft_new();
  draft_builder(draft, "cluster", b.cluster);
  draft_builder(draft, "condition", b.condition);
  draft_builder(draft, "variable", b.variable);
  draft_builder(draft, "operator", b.operator);
  draft_builder(draft, "number", b.number);
  draft_builder(draft, "text", b.text);
  return draft_finish(draft, out, e);
}

/* ---- rows to look at */

typedef struct Looked {
  Builder *cluster, *kind, *row, *distance, *other;
} Looked;

static void add_row(Looked *b, const ClusterInput *input, const SegmentRows *rows, int64_t segment, const char *kind,
                    size_t row)
{
  builder_int(b->cluster, segment);
  builder_text(b->kind, kind, strlen(kind));
  builder_int(b->row, (int64_t)cluster_row_number(input, row));
  builder_float(b->distance, rows->own[row]);
  if (rows->other[row] > 0) {
    builder_int(b->other, rows->other[row]);
  } else {
    builder_missing(b->other);
  }
}

static Status look_at(Passport *p, const ClusterInput *input, const int64_t *labels, size_t most, Frame **out, Error *e)
{
  SegmentRows rows = {.own = NULL};
  size_t *least = arena_alloc(&p->call->task->arena, most + 1, sizeof *least);
  Status status = least ? segment_rows_measure(p->call->task, input->values, input->variables.n, input->variables.d,
                                               labels, p->labels.k, &rows, e)
                        : error_memory(e, 0, _("a passport"));
  if (status != STATUS_OK) {
    return status;
  }
  Looked b = {builder_new(TYPE_INT64, 16), builder_new(TYPE_STRING, 16), builder_new(TYPE_INT64, 16),
              builder_new(TYPE_FLOAT64, 16), builder_new(TYPE_INT64, 16)};
  const bool made = b.cluster && b.kind && b.row && b.distance && b.other;
  for (size_t i = 0; made && i < p->labels.k; i++) {
    const int64_t segment = (int64_t)i + 1;
    size_t n = segment_rows_least(rows.own, labels, input->variables.n, segment, most > 0 ? most : 1, least);
    p->typical[i] = n > 0 ? (int64_t)cluster_row_number(input, least[0]) : 0;
    for (size_t j = 0; j < n && j < most; j++) {
      add_row(&b, input, &rows, segment, "typical", least[j]);
    }
    n = segment_rows_least(rows.gap, labels, input->variables.n, segment, most, least);
    for (size_t j = 0; j < n; j++) {
      add_row(&b, input, &rows, segment, "border", least[j]);
    }
  }
  segment_rows_free(&rows);
  Draft *draft = draft_new();
  draft_builder(draft, "cluster", b.cluster);
  draft_builder(draft, "kind", b.kind);
  draft_builder(draft, "row", b.row);
  draft_builder(draft, "distance", b.distance);
  draft_builder(draft, "other", b.other);
  return draft_finish(draft, out, e);
}

static bool has_numbers(const Model *model)
{
  const Frame *variables = model_frame(model, "variables");
  size_t column;
  return variables && frame_find(variables, "shift", &column) && frame_find(variables, "factor", &column);
}

Status passport_rows(Passport *p, size_t most, Frame **out, Error *e)
{
  ClusterInput input = {0};
  Error quiet = {0};
  *out = NULL;
  if (!has_numbers(p->model)) {
    return STATUS_OK;
  }
  Status status = cluster_input_of_model(p->call, p->model, p->data, &input, &quiet);
  if (status != STATUS_OK) { /* variables that are no numbers have no middle; that is no failure of the passport */
    return status == STATUS_MEMORY    ? error_memory(e, 0, _("a passport"))
         : status == STATUS_CANCELLED ? error_cancelled(e)
                                      : STATUS_OK;
  }
  int64_t *labels = mem_alloc(input.variables.n, sizeof *labels);
  p->typical = arena_alloc(&p->call->task->arena, p->labels.k, sizeof *p->typical);
  status = labels && p->typical ? STATUS_OK : error_memory(e, 0, _("a passport"));
  for (size_t i = 0; status == STATUS_OK && i < input.variables.n; i++) {
    labels[i] = p->labels.labels[cluster_row_number(&input, i) - 1];
  }
  if (status == STATUS_OK) {
    status = look_at(p, &input, labels, most, out, e);
  }
  mem_free(labels);
  cluster_input_free(&input);
  return status;
}
