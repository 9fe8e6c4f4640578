/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules.itemsets and rules.rules: from a frame with a column of sets to models. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "registry/model.h"
#include "registry/registry.h"
#include "rules/rules.h"
#include "rules/rules_plot_primitives.h"

/* clang-format off */
#define ITEMSETS_OPTIONS(O) \
  O(support, VALUE, OPTION_UNSET, 0, 0, "", "", "least share of the baskets, 0.1 when not given; a whole number is a count") \
  O(on, COLUMN, OPTION_UNSET, 0, 0, "", "", "column of sets with the baskets; the only one when not given") \
  O(min_length, INT, "1", 1, 64, "", "items", "least items of a set") \
  O(max_length, INT, OPTION_UNSET, 1, 4096, "", "items", "most items of a set") \
  O(missing, CHOICE, "error", 0, 0, "error|drop", "", "what becomes of rows whose basket is missing")

#define RULES_OPTIONS(O) \
  O(support, VALUE, OPTION_UNSET, 0, 0, "", "", "least share of the baskets, 0.1 when not given; a whole number is a count") \
  O(confidence, NUMBER, "0.8", 0, 1, "", "", "least share of the baskets with the left side that have the right side too") \
  O(lift, NUMBER, "0", 0, 1e308, "", "", "least lift") \
  O(on, COLUMN, OPTION_UNSET, 0, 0, "", "", "column of sets with the baskets; the only one when not given") \
  O(min_length, INT, "2", 1, 64, "", "items", "least items of both sides; 1 brings rules with an empty left side") \
  O(max_length, INT, OPTION_UNSET, 1, 64, "", "items", "most items of both sides") \
  O(max_lhs, INT, OPTION_UNSET, 1, 64, "", "items", "most items of the left side") \
  O(max_rhs, INT, "1", 1, 64, "", "items", "most items of the right side") \
  O(maximum_rules, INT, "1000000", 1, 1e9, "", "rules", "keep so many, the most confident ones") \
  O(missing, CHOICE, "error", 0, 0, "error|drop", "", "what becomes of rows whose basket is missing")
/* clang-format on */

typedef struct ItemsetsOptions {
  ITEMSETS_OPTIONS(OPTION_FIELD)
} ItemsetsOptions;
typedef struct RulesOptions {
  RULES_OPTIONS(OPTION_FIELD)
} RulesOptions;

#define ROW(...) OPTION_ROW_OF(ItemsetsOptions, __VA_ARGS__)
static const Option itemsets_options[] = {ITEMSETS_OPTIONS(ROW)};
#undef ROW
#define ROW(...) OPTION_ROW_OF(RulesOptions, __VA_ARGS__)
static const Option rules_options[] = {RULES_OPTIONS(ROW)};
#undef ROW

/* ---- The baskets ----------------------------------------------------------------------------------------------- */

typedef struct Market {
  const Column *column;
  Column *kept;        /* without missing cells, when some were dropped */
  Baskets baskets;
  size_t count;        /* least baskets of a set */
  size_t dropped;
} Market;

static void market_free(Market *market)
{
  column_unref(market->kept);
}

static Status find_sets(const Frame *frame, const char *name, const Column **out, Error *e)
{
  size_t found = SIZE_MAX, n = 0;
  if (name) {
    const Status status = frame_need(frame, name, &found, e);
    if (status != STATUS_OK) {
      return status;
    }
    n = column_type(frame_column(frame, found)) == TYPE_SET;
  }
  for (size_t i = 0; !name && i < frame_columns(frame); i++) {
    if (column_type(frame_column(frame, i)) == TYPE_SET) {
      found = i;
      n++;
    }
  }
  if (n == 1) {
    *out = frame_column(frame, found);
    return STATUS_OK;
  }
  error_set(e, STATUS_ARGUMENT, "no-baskets",
            name  ? _("column '%s' does not hold sets")
            : n == 0 ? _("the frame has no column of sets%s")
                     : _("the frame has several columns of sets%s"),
            name ? name : "");
  error_hint(e, n > 1 ? _("name one: on = \"items\"")
                      : _("df:baskets{id = \"invoice\", item = \"product\"} makes baskets of a long table, "
                          "read_baskets(path) of lines of items"));
  return STATUS_ARGUMENT;
}

static Status drop_missing(const Column *column, Market *market, Error *e)
{
  const size_t n = column_rows(column);
  size_t *rows = mem_alloc(n, sizeof *rows), kept = 0;
  if (!rows) {
    return error_memory(e, n * sizeof *rows, _("rows"));
  }
  for (size_t i = 0; i < n; i++) {
    rows[kept] = i;
    kept += column_valid(column, i);
  }
  const Status status = column_take(column, rows, kept, &market->kept, e);
  market->dropped = n - kept;
  market->column = market->kept;
  mem_free(rows);
  return status;
}

/* The least count that the option means: a whole number as it is, a share of the baskets, or 0.1 of them. */
static Status read_support(const Value *support, size_t n, size_t *count, Error *e)
{
  const bool whole = support && support->kind == VALUE_INT;
  const double share = !support ? 0.1 : support->kind == VALUE_NUMBER ? support->number : NAN;
  if (whole && support->integer >= 1) {
    *count = (uint64_t)support->integer > n ? n + 1 : (size_t)support->integer;
    return STATUS_OK;
  }
  if (!whole && share > 0 && share <= 1) {
    *count = itemsets_count_of_share(share, n);
    return STATUS_OK;
  }
  Text shown = {0};
  value_show(support, &shown);
  error_set(e, STATUS_ARGUMENT, "out-of-range", _("option 'support' must be a share in (0, 1] or a whole number from 1 on, not %s"),
            text_data(&shown));
  text_free(&shown);
  return STATUS_ARGUMENT;
}

static Status open_market(Call *call, const char *on, const char *missing, const Value *support, Market *market, Error *e)
{
  *market = (Market){0};
  Status status = find_sets(call->data->frame, on, &market->column, e);
  if (status != STATUS_OK) {
    return status;
  }
  const size_t lost = column_missing(market->column);
  if (lost > 0 && strcmp(missing, "drop") != 0) {
    error_set(e, STATUS_DATA, "missing-values", _("%1$zu of %2$zu baskets are missing"), lost, column_rows(market->column));
    error_hint(e, _("leave them out with missing = \"drop\""));
    return STATUS_DATA;
  }
  status = lost > 0 ? drop_missing(market->column, market, e) : STATUS_OK;
  if (status != STATUS_OK) {
    return status;
  }
  const size_t n = column_rows(market->column);
  if (n == 0) {
    return error_set(e, STATUS_DATA, "no-rows", _("there are no baskets"));
  }
  market->baskets = (Baskets){.n = n, .items = column_levels(market->column)};
  column_sets(market->column, &market->baskets.offsets, &market->baskets.codes);
  if (market->dropped > 0) {
    text_printf(call->notes, _("rows left out for missing baskets: %zu\n"), market->dropped);
  }
  return read_support(support, n, &market->count, e);
}

/* ---- Frames ---------------------------------------------------------------------------------------------------- */

static Status put(Model *model, const char *name, Draft *draft, Error *e)
{
  Frame *frame = NULL;
  const Status status = draft ? draft_finish(draft, &frame, e) : error_memory(e, 0, _("a model"));
  return status == STATUS_OK ? model_set_frame(model, name, frame, e) : status;
}

/* A column of n values; NULL: no memory. */
static Builder *filled(Type type, size_t n, double (*value)(const void *of, size_t i), const void *of)
{
  Builder *builder = builder_new(type, n);
  for (size_t i = 0; builder && i < n; i++) {
    if (type == TYPE_INT64) {
      builder_int(builder, (int64_t)value(of, i));
    } else {
      builder_float(builder, value(of, i));
    }
  }
  return builder;
}

typedef struct Sets {
  const Itemsets *sets;
  size_t baskets;
} Sets;

static double set_size(const void *of, size_t i)
{
  const Itemsets *sets = ((const Sets *)of)->sets;
  return (double)(sets->offsets[i + 1] - sets->offsets[i]);
}

static double set_support(const void *of, size_t i)
{
  const Sets *sets = of;
  return (double)sets->sets->counts[i] / (double)sets->baskets;
}

static Status itemsets_tidy(Model *model, const Market *market, const Itemsets *sets, Error *e)
{
  Column *items = NULL;
  Status status = column_of_sets(market->column, sets->offsets, sets->codes, sets->n, &items, e);
  if (status != STATUS_OK) {
    return status;
  }
  const Sets of = {sets, market->baskets.n};
  Draft *draft = draft_new();
  draft_column(draft, "items", items);
  draft_builder(draft, "size", filled(TYPE_INT64, sets->n, set_size, &of));
  draft_builder(draft, "support", filled(TYPE_FLOAT64, sets->n, set_support, &of));
  draft_ints(draft, "count", sets->counts, sets->n);
  return put(model, "tidy", draft, e);
}

static const char *reason_of(ItemsetsStop stop)
{
  return stop == ITEMSETS_COMPLETE ? "finished" : stop == ITEMSETS_CANCELLED ? "interrupted" : "memory";
}

static Status itemsets_glance(Model *model, const Market *market, const Itemsets *sets, Error *e)
{
  Draft *draft = draft_new();
  draft_int(draft, "n", (int64_t)market->baskets.n);
  draft_int(draft, "sets", (int64_t)sets->n);
  draft_int(draft, "longest", sets->n ? sets->offsets[sets->n] - sets->offsets[sets->n - 1] : 0);
  draft_int(draft, "items", (int64_t)market->baskets.items);
  draft_int(draft, "frequent_items", (int64_t)sets->frequent);
  draft_int(draft, "least_count", (int64_t)market->count);
  draft_bool(draft, "complete", sets->stop == ITEMSETS_COMPLETE);
  draft_text(draft, "reason", reason_of(sets->stop));
  draft_int(draft, "searched_items", (int64_t)sets->searched);
  draft_int(draft, "dropped", (int64_t)market->dropped);
  return put(model, "glance", draft, e);
}

static void note_stop(const Itemsets *sets, Text *notes)
{
  if (sets->stop != ITEMSETS_COMPLETE) {
    text_printf(notes, _("stopped (%1$s): all sets of the %2$zu most frequent of %3$zu items are there\n"), reason_of(sets->stop),
                sets->searched, sets->frequent);
  }
}

/* What the sets may take of the call's memory. Their lists grow by doubling, and what is made of them in the end is
 * larger than they are: together up to six times this. */
static size_t share_of_budget(const Task *task)
{
  const size_t limit = mem_limit_get(), used = mem_in_use(), rest = limit > used ? limit - used : 1;
  const size_t all = limit == 0 || (task->budget > 0 && task->budget < rest) ? task->budget : rest;
  return all > 0 && all < 6 ? 1 : all / 6;
}

/* Lengths that nothing can have are a slip, not a question. */
static Status check_lengths(int64_t least, int64_t most, Error *e)
{
  if (most > 0 && least > most) {
    error_set(e, STATUS_ARGUMENT, "out-of-range", _("min_length is %1$lld and max_length %2$lld: nothing has such a length"),
              (long long)least, (long long)most);
    return error_hint(e, _("min_length is the smaller of the two"));
  }
  return STATUS_OK;
}

static Status run_itemsets(Call *call, Value *out, Error *e)
{
  const ItemsetsOptions *o = call->options;
  Market market = {0};
  Itemsets sets = {0};
  Model *model = NULL;
  Status status;
  TRY(check_lengths(o->min_length, o->max_length, e));
  TRY(open_market(call, o->on, o->missing, o->support, &market, e));
  const ItemsetsLimits limits = {market.count, (size_t)o->min_length, (size_t)o->max_length, share_of_budget(call->task)};
  TRY(itemsets_mine(&market.baskets, &limits, call->task, &sets, e));
  TRY(model_new(call->primitive, o, &model, e));
  TRY(itemsets_tidy(model, &market, &sets, e));
  TRY(itemsets_glance(model, &market, &sets, e));
  note_stop(&sets, call->notes);
  *out = value_of_model(model_ref(model));
done:
  model_unref(model);
  itemsets_free(&sets);
  market_free(&market);
  return status;
}

/* ---- Rules ----------------------------------------------------------------------------------------------------- */

typedef struct Ruling {
  const Rules *rules;
  const Itemsets *sets;
  size_t baskets;
} Ruling;

#define MEASURE(name)                                                                                   \
  static double rule_##name(const void *of, size_t i)                                                  \
  {                                                                                                     \
    const Ruling *ruling = of;                                                                          \
    return rule_measures(&ruling->rules->rules[i], ruling->baskets).name;                               \
  }
MEASURE(support)
MEASURE(confidence)
MEASURE(lift)
MEASURE(leverage)
MEASURE(conviction)

static double rule_count(const void *of, size_t i)
{
  return (double)((const Ruling *)of)->rules->rules[i].count;
}

/* The left or the right sides as a column. */
static Status sides(const Market *market, const Ruling *ruling, bool right, Column **out, Error *e)
{
  const Itemsets *sets = ruling->sets;
  const size_t n = ruling->rules->n;
  size_t all = 0;
  for (size_t i = 0; i < n; i++) {
    all += (size_t)(sets->offsets[ruling->rules->rules[i].set + 1] - sets->offsets[ruling->rules->rules[i].set]);
  }
  int64_t *offsets = mem_alloc(n + 1, sizeof *offsets);
  int32_t *codes = mem_alloc(all, sizeof *codes);
  Status status = offsets && codes ? STATUS_OK : error_memory(e, all * sizeof *codes, _("the rules found"));
  size_t used = 0;
  for (size_t i = 0; status == STATUS_OK && i < n; i++) {
    const Rule *rule = &ruling->rules->rules[i];
    const int64_t begin = sets->offsets[rule->set], end = sets->offsets[rule->set + 1];
    offsets[i] = (int64_t)used;
    for (int64_t k = begin; k < end; k++) {
      codes[used] = sets->codes[k];
      used += (rule->right >> (k - begin) & 1) == right;
    }
  }
  if (status == STATUS_OK) {
    offsets[n] = (int64_t)used;
    status = column_of_sets(market->column, offsets, codes, n, out, e);
  }
  mem_free(offsets);
  mem_free(codes);
  return status;
}

static Status rules_tidy(Model *model, const Market *market, const Ruling *of, Error *e)
{
  const size_t n = of->rules->n;
  Column *lhs = NULL, *rhs = NULL;
  Status status = sides(market, of, false, &lhs, e);
  if (status == STATUS_OK) {
    status = sides(market, of, true, &rhs, e);
  }
  if (status != STATUS_OK) {
    column_unref(lhs);
    return status;
  }
  Draft *draft = draft_new();
  draft_column(draft, "lhs", lhs);
  draft_column(draft, "rhs", rhs);
  draft_builder(draft, "support", filled(TYPE_FLOAT64, n, rule_support, of));
  draft_builder(draft, "confidence", filled(TYPE_FLOAT64, n, rule_confidence, of));
  draft_builder(draft, "lift", filled(TYPE_FLOAT64, n, rule_lift, of));
  draft_builder(draft, "leverage", filled(TYPE_FLOAT64, n, rule_leverage, of));
  draft_builder(draft, "conviction", filled(TYPE_FLOAT64, n, rule_conviction, of));
  draft_builder(draft, "count", filled(TYPE_INT64, n, rule_count, of));
  return put(model, "tidy", draft, e);
}

static Status rules_glance(Model *model, const Market *market, const Itemsets *sets, const Rules *rules, Error *e)
{
  const bool cut = rules->found > rules->n;
  const ItemsetsStop stop = sets->stop != ITEMSETS_COMPLETE ? sets->stop : rules->stop;
  Draft *draft = draft_new();
  draft_int(draft, "n", (int64_t)market->baskets.n);
  draft_int(draft, "rules", (int64_t)rules->n);
  draft_int(draft, "found", (int64_t)rules->found);
  draft_int(draft, "sets", (int64_t)sets->n);
  draft_int(draft, "items", (int64_t)market->baskets.items);
  draft_int(draft, "frequent_items", (int64_t)sets->frequent);
  draft_int(draft, "least_count", (int64_t)market->count);
  draft_bool(draft, "complete", stop == ITEMSETS_COMPLETE && !cut);
  draft_text(draft, "reason", stop == ITEMSETS_COMPLETE && cut ? "maximum_rules" : reason_of(stop));
  draft_int(draft, "searched_items", (int64_t)sets->searched);
  draft_int(draft, "dropped", (int64_t)market->dropped);
  return put(model, "glance", draft, e);
}

static Status run_rules(Call *call, Value *out, Error *e)
{
  const RulesOptions *o = call->options;
  Market market = {0};
  Itemsets sets = {0};
  Rules rules = {0};
  Model *model = NULL;
  Status status;
  TRY(check_lengths(o->min_length, o->max_length, e));
  TRY(open_market(call, o->on, o->missing, o->support, &market, e));
  const size_t longest = o->max_length > 0 ? (size_t)o->max_length : o->max_lhs > 0 ? (size_t)(o->max_lhs + o->max_rhs) : 0;
  const ItemsetsLimits limits = {market.count, 1, longest, share_of_budget(call->task)};
  TRY(itemsets_mine(&market.baskets, &limits, call->task, &sets, e));
  const RulesLimits wanted = {.confidence = o->confidence,
                              .lift = o->lift,
                              .min_length = (size_t)o->min_length,
                              .max_length = (size_t)o->max_length,
                              .max_lhs = (size_t)o->max_lhs,
                              .max_rhs = (size_t)o->max_rhs,
                              .most = (size_t)o->maximum_rules,
                              .bytes = share_of_budget(call->task)};
  TRY(rules_make(&sets, market.baskets.n, &wanted, call->task, &rules, e));
  TRY(model_new(call->primitive, o, &model, e));
  const Ruling ruling = {&rules, &sets, market.baskets.n};
  TRY(rules_tidy(model, &market, &ruling, e));
  TRY(rules_glance(model, &market, &sets, &rules, e));
  note_stop(&sets, call->notes);
  if (rules.found > rules.n) {
    text_printf(call->notes, _("%1$zu rules were found; the %2$zu most confident ones were kept (maximum_rules)\n"), rules.found,
                rules.n);
  }
  *out = value_of_model(model_ref(model));
done:
  model_unref(model);
  rules_free(&rules);
  itemsets_free(&sets);
  market_free(&market);
  return status;
}

/* ---- Cards and descriptors ------------------------------------------------------------------------------------- */

static void headline(const Model *model, Text *out)
{
  const bool rules = strcmp(model_primitive(model)->name, "rules") == 0;
  text_printf(out, rules ? _("%1$.0f rules of %2$.0f baskets and %3$.0f items") : _("%1$.0f frequent sets of %2$.0f baskets and %3$.0f items"),
              model_number(model, rules ? "rules" : "sets"), model_number(model, "n"), model_number(model, "items"));
}

static const ModelClass itemsets_class = {
  .size = sizeof(ModelClass), .headline = headline, .plots = ITEMSETS_PLOTS, .plot = itemsets_plot};
static const ModelClass rules_class = {
  .size = sizeof(ModelClass), .headline = headline, .plots = RULES_PLOTS, .plot = rules_plot};

#define SHARED_FIGURES \
  {"n", "baskets", "", "1 or more"}, \
  {"items", "different items of all baskets", "", "0 or more"}, \
  {"frequent_items", "items that are frequent by themselves", "", "0 .. items"}, \
  {"least_count", "baskets that a set must occur in", "", "1 or more"}, \
  {"complete", "whether everything that fits the options is there", "", "true, or reason says why not"}, \
  {"searched_items", "the most frequent items, so many, whose sets are all there", "", "frequent_items when complete"}, \
  {"dropped", "rows left out for missing baskets", "", "0 or more"}

static const Figure itemsets_figures[] = {{"sets", "frequent sets found", "", "0 or more"},
                                          {"longest", "items of the longest set", "", "0 or more"},
                                          {"reason", "why the search ended", "", "finished, interrupted or memory"},
                                          SHARED_FIGURES};
static const Figure rules_figures[] = {{"rules", "rules kept", "", "0 .. maximum_rules"},
                                       {"found", "rules found, before maximum_rules cut them", "", "rules or more"},
                                       {"sets", "frequent sets they come from", "", "0 or more"},
                                       {"reason", "why the search ended", "", "finished, interrupted, memory or maximum_rules"},
                                       SHARED_FIGURES};

#define EXAMPLE "baskets = read(\"datasets/orders/orders.csv\"):baskets{id = \"order\", item = \"product\"}\n"
#define FIGURES(list) .figures = list, .n_figures = sizeof list / sizeof *list

static const Primitive itemsets = {
  .size = sizeof(Primitive), .family = "rules", .name = "itemsets", .version = 1,
  .summary = "frequent itemsets: the sets of items that occur together in many baskets",
  .details = "Finds every set of items that at least a share of the baskets, or a number of them, hold. Ctrl-C and a limit of "
             "memory end the search with all sets of the most frequent items, which glance counts as searched_items.",
  .takes = VALUE_FRAME, .main = "support", .options = itemsets_options, .n_options = sizeof itemsets_options / sizeof(Option),
  .options_size = sizeof(ItemsetsOptions), .gives = VALUE_MODEL, .returns = "a model; tidy: items size support count",
  .reference = "Uno, Kiyomi and Arimura 2004 (LCM ver. 2); Zaki 2000 (Eclat)", .example = EXAMPLE "baskets:itemsets{support = 0.05}",
  .where = WHERE_JOB, FIGURES(itemsets_figures), .run = run_itemsets, .model = &itemsets_class};
REGISTER_PRIMITIVE(itemsets);

static const Primitive rules = {
  .size = sizeof(Primitive), .family = "rules", .name = "rules", .version = 1,
  .summary = "association rules: which items bring which others",
  .details = "Mines the frequent itemsets and makes of them all rules that are confident enough. The right side has one item "
             "unless max_rhs allows more. Lift compares the confidence with how often the right side occurs anyway: 1 means "
             "that the left side tells nothing.",
  .takes = VALUE_FRAME, .main = "support", .options = rules_options, .n_options = sizeof rules_options / sizeof(Option),
  .options_size = sizeof(RulesOptions), .gives = VALUE_MODEL,
  .returns = "a model; tidy: lhs rhs support confidence lift leverage conviction count, the most confident rules first",
  .reference = "Agrawal and Srikant 1994; Hahsler 2024 (measures)",
  .example = EXAMPLE "baskets:rules{support = 0.05, confidence = 0.5}:tidy():head(5)", .where = WHERE_JOB, FIGURES(rules_figures),
  .run = run_rules, .model = &rules_class};
REGISTER_PRIMITIVE(rules);
