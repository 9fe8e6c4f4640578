/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cluster.segment_rules: the rule that finds each segment's rows again, as a frame. */
#include <math.h>
#include <string.h>

#include "cluster/segment_labels_primitives.h"
#include "cluster/segment_rule_primitives.h"
#include "frame/builder.h"

#define RULES_OPTIONS(O) \
  O(data, FRAME, OPTION_REQUIRED, 1, 0, "", "", "the rows; also with columns that were not fitted on") \
  SEGMENT_RULE_OPTIONS(O)
typedef struct RulesOptions {
  RULES_OPTIONS(OPTION_FIELD)
} RulesOptions;
#define ROW(...) OPTION_ROW_OF(RulesOptions, __VA_ARGS__)
static const Option rules_options[] = {RULES_OPTIONS(ROW)};
#undef ROW

Status segment_rules_of(Call *call, const Model *model, const Frame *data, const SegmentLabels *labels, OptionTexts on,
                        int64_t conditions, double gain, SegmentRules *out, Error *e)
{
  Arena *arena = &call->task->arena;
  RuleAsk ask = {.conditions = (size_t)conditions, .gain = gain, .skip = segment_own_column(model, data)};
  bool *use = on.n > 0 ? arena_alloc(arena, frame_columns(data), sizeof *use) : NULL;
  ask.fitted = segment_fitted(model, data, arena);
  ask.use = use;
  if (!ask.fitted || (on.n > 0 && !use)) {
    return error_memory(e, 0, _("a rule"));
  }
  for (size_t i = 0; i < on.n; i++) {
    size_t column;
    const Status status = frame_need(data, on.items[i], &column, e);
    if (status != STATUS_OK) {
      return status;
    }
    use[column] = true;
  }
  return segment_rules_find(call->task, data, labels->labels, labels->k, &ask, out, e);
}

void segment_rules_cost(const Model *model, const Frame *data, OptionTexts on, Cost *cost)
{
  const Frame *tidy = model_frame(model, "tidy");
  const double n = (double)frame_rows(data), k = tidy ? (double)frame_rows(tidy) : 1;
  const double d = (double)(on.n > 0 ? on.n : frame_columns(data));
  cost->bytes += n * d * 12 + n * 24;
  cost->seconds += n * d * (0.5e-7 + k * 0.55e-7) + d * k * 1e-4;
}

static Status rules_cost(const Call *call, Cost *out, Error *e)
{
  const RulesOptions *o = call->options;
  (void)e;
  segment_rules_cost(call->data->model, o->data, o->on, out);
  return STATUS_OK;
}

enum { CLUSTER, NAME, RULE, CONDITIONS, PRECISION, RECALL, F1, SELECTED, SIZE, COLUMNS };

static const struct {
  const char *name;
  Type type;
} layout[COLUMNS] = {{"cluster", TYPE_INT64},    {"name", TYPE_STRING},       {"rule", TYPE_STRING},
                     {"conditions", TYPE_INT64}, {"precision", TYPE_FLOAT64}, {"recall", TYPE_FLOAT64},
                     {"f1", TYPE_FLOAT64},       {"selected", TYPE_INT64},    {"size", TYPE_INT64}};

static void put_number(Builder *builder, double value)
{
  if (isnan(value)) {
    builder_missing(builder);
  } else {
    builder_float(builder, value);
  }
}

static Status put_rule(const SegmentRules *rules, size_t segment, const char *name, Arena *arena, Builder *const *b,
                       Error *e)
{
  const SegmentRule *rule = &rules->rules[segment];
  Text text = {0};
  const Status status = segment_rule_text(rules, rule, arena, &text, e);
  builder_int(b[CLUSTER], (int64_t)segment + 1);
  builder_text(b[NAME], name, strlen(name));
  if (rule->n > 0) {
    builder_text(b[RULE], text_data(&text), text.size);
  } else {
    builder_missing(b[RULE]);
  }
  builder_int(b[CONDITIONS], (int64_t)rule->n);
  put_number(b[PRECISION], rule->n > 0 ? segment_rule_precision(rule) : (double)NAN);
  put_number(b[RECALL], rule->n > 0 ? segment_rule_recall(rule) : (double)NAN);
  put_number(b[F1], rule->n > 0 ? segment_rule_f1(rule) : (double)NAN);
  builder_int(b[SELECTED], rule->n > 0 ? (int64_t)rule->selected : 0);
  builder_int(b[SIZE], (int64_t)rule->size);
  text_free(&text);
  return status;
}

static Status rules_frame(const SegmentRules *rules, const Model *model, Arena *arena, Frame **out, Error *e)
{
  Builder *b[COLUMNS];
  bool made = true;
  for (size_t i = 0; i < COLUMNS; i++) {
    b[i] = builder_new(layout[i].type, rules->k);
    made = made && b[i];
  }
  Status status = STATUS_OK;
  for (size_t segment = 0; made && status == STATUS_OK && segment < rules->k; segment++) {
    const char *name = segment_name_of(model, segment + 1, arena);
    status = name ? put_rule(rules, segment, name, arena, b, e) : error_memory(e, 0, _("a rule"));
  }
  Draft *draft = draft_new();
  for (size_t i = 0; i < COLUMNS; i++) {
    draft_builder(draft, layout[i].name, b[i]);
  }
  if (status != STATUS_OK) {
    draft_free(draft);
    return status;
  }
  return draft_finish(draft, out, e);
}

static Status run_rules(Call *call, Value *out, Error *e)
{
  const RulesOptions *options = call->options;
  const Model *model = call->data->model;
  SegmentLabels labels = {0};
  SegmentRules rules = {.k = 0};
  Frame *frame = NULL;
  Status status;
  TRY(segment_labels(call, model, options->data, &labels, e));
  TRY(segment_rules_of(call, model, options->data, &labels, options->on, options->conditions, options->gain, &rules,
                       e));
  TRY(rules_frame(&rules, model, &call->task->arena, &frame, e));
  *out = value_of_frame(frame);
done:
  segment_labels_free(&labels);
  segment_rules_free(&rules);
  return status;
}

static const Primitive segment_rules = {
    .size = sizeof(Primitive),
    .family = "cluster",
    .name = "segment_rules",
    .version = 1,
    .summary = "for each segment a rule of at most three conditions that finds its rows again",
    .details =
        "A rule such as spend >= 420 and visits >= 8 is an expression: df:filter(rule) gives exactly the rows "
        "selected. "
        "precision is the share of these that are in the segment, recall the share of the segment that is among them, "
        "f1 "
        "their harmonic mean, which the search makes large: all cuts of all numbers, booleans, and lists of up to five "
        "levels, by a beam of six. Cuts are rounded as far as no row changes sides. A missing cell meets no condition. "
        "The figures are those of the rows given; on new ones they will be a little lower. "
        "Whole numbers that look like ids are not used, unless named in on or fitted on.",
    .takes = VALUE_MODEL,
    .takes_class = "cluster",
    .main = "data",
    .options = rules_options,
    .n_options = sizeof rules_options / sizeof *rules_options,
    .options_size = sizeof(RulesOptions),
    .gives = VALUE_FRAME,
    .returns = "a frame: cluster name rule conditions precision recall f1 selected size; rule is missing where no "
               "condition helps",
    .reference =
        "Friedman and Fisher 1999, Bump hunting in high-dimensional data (rules as boxes); van Rijsbergen 1979 (F)",
    .example = "df = read \"datasets/iris/iris.csv\"\nm = df:kmeans{k = 3}\nrules = m:segment_rules(df)\nprint(rules)\n"
               "df:filter(rules.rule[1]):count(\"species\")",
    .where = WHERE_JOB,
    .cost = rules_cost,
    .run = run_rules};
REGISTER_PRIMITIVE(segment_rules);
