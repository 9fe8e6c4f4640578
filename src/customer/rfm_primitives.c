/* SPDX-License-Identifier: GPL-3.0-or-later */
/* customer.rfm. */
#include <string.h>

#include "customer/rfm_model_primitives.h"
#include "customer/rfm_plot_primitives.h"
#include "registry/registry.h"

/* clang-format off */
#define RFM_OPTIONS(O) \
  O(id, COLUMN, OPTION_REQUIRED, 1, 0, "", "", "who bought") \
  O(date, COLUMN, OPTION_REQUIRED, 1, 0, "", "", "when: a column of times") \
  O(amount, COLUMN, OPTION_REQUIRED, 1, 0, "numeric", "", "for how much") \
  O(order, COLUMN, OPTION_UNSET, 1, 0, "", "", \
    "order number; without it a customer's purchases of a day are one order") \
  O(at, TEXT, OPTION_UNSET, 1, 0, "", "", \
    "day to look back from, \"2011-12-10\"; the day after the last purchase when not given") \
  O(bins, INT, "5", 2, 9, "", "", "highest score") \
  O(ties, CHOICE, "order", 0, 0, "order|cut", "", \
    "deal equal values by order of appearance, or let them share a score") \
  O(count, CHOICE, "orders", 0, 0, "orders|rows", "", "what frequency counts") \
  O(monetary, CHOICE, "sum", 0, 0, "sum|mean", "", "all a customer spent, or the mean per order") \
  O(missing, CHOICE, "error", 0, 0, "error|drop", "", "what becomes of rows with missing cells") \
  O(segments, FRAME, OPTION_UNSET, 1, 0, "", "", \
    "a map of your own: segment, and bounds of scores such as r_low, r_high")
/* clang-format on */
typedef struct RfmOptions {
  RFM_OPTIONS(OPTION_FIELD)
} RfmOptions;
#define ROW(...) OPTION_ROW_OF(RfmOptions, __VA_ARGS__)
static const Option rfm_options[] = {RFM_OPTIONS(ROW)};
#undef ROW

static Status read_map(const RfmOptions *o, Arena *arena, RfmMap *map, Error *e)
{
  if (o->segments) {
    return rfm_map_read(o->segments, (size_t)o->bins, arena, map, e);
  }
  *map = (RfmMap){arena_alloc(arena, RFM_USUAL, sizeof *map->segments), RFM_USUAL};
  if (!map->segments) {
    return error_memory(e, 0, _("segments"));
  }
  rfm_usual_segments((size_t)o->bins, map->segments);
  return STATUS_OK;
}

static void write_notes(const Call *call, const Purchases *p, const Rfm *r)
{
  const RfmOptions *o = call->options;
  if (p->dropped > 0) {
    text_printf(call->notes, _("rows left out for missing cells: %zu\n"), p->dropped);
  }
  if (p->late > 0) {
    text_printf(call->notes, _("rows left out because they lie after 'at': %zu\n"), p->late);
  }
  if (!o->order && strcmp(o->count, "orders") == 0) {
    text_puts(call->notes,
              _("an order is what a customer bought on one day (order = names a column of order numbers)\n"));
  }
  for (int d = 0; d < RFM_DIMENSIONS && strcmp(o->ties, "cut") == 0; d++) {
    static const char *const names[] = {"recency", "frequency", "monetary"};
    bool seen[RFM_BINS_MOST + 1] = {false};
    size_t used = 0;
    for (size_t g = 0; g < r->n; g++) {
      used += !seen[r->score[d][g]];
      seen[r->score[d][g]] = true;
    }
    if (used < r->bins) {
      text_printf(call->notes, _("%1$s has only %2$zu of %3$zu scores, because many values are equal\n"), names[d],
                  used, r->bins);
    }
  }
}

static Status run_rfm(Call *call, Value *out, Error *e)
{
  const RfmOptions *o = call->options;
  PurchaseColumns columns = {.id = o->id,
                             .date = o->date,
                             .order = o->order,
                             .amount = o->amount,
                             .drop_missing = strcmp(o->missing, "drop") == 0,
                             .last_day = INT64_MAX};
  int64_t at = INT64_MIN;
  Purchases purchases = {0};
  Rfm rfm = {0};
  RfmMap map;
  Model *model = NULL;
  const bool by_order = strcmp(o->ties, "order") == 0, rows = strcmp(o->count, "rows") == 0;
  Status status;
  if (rows && o->order) {
    return error_set(e, STATUS_ARGUMENT, "option-without-use",
                     _("the option 'order' means nothing with count = \"rows\""));
  }
  if (o->at) {
    TRY(purchases_day(o->at, &at, e));
    columns.last_day = at;
  }
  TRY(read_map(o, &call->task->arena, &map, e));
  TRY(purchases_read(call->data->frame, &columns, call->task, &purchases, e));
  TRY(rfm_make(&purchases, rows ? RFM_ROWS : RFM_ORDERS, strcmp(o->monetary, "mean") == 0, at, (size_t)o->bins,
               by_order, call->task, &rfm, e));
  write_notes(call, &purchases, &rfm);
  TRY(model_new(call->primitive, o, &model, e));
  TRY(rfm_model_fill(model, &purchases, o->id, &rfm, &map, by_order, text_data(call->notes), call->task, e));
  *out = value_of_model(model);
  model = NULL;
done:
  model_unref(model);
  rfm_free(&rfm);
  purchases_free(&purchases);
  return status;
}

static const Figure rfm_figures[] = {
    {"n", "customers", "", "as many as you know"},
    {"rows", "rows of purchases used", "", "at least orders"},
    {"orders", "orders of all customers", "", "at least n"},
    {"revenue", "sum of the amounts", "", ""},
    {"at", "the day that recency is counted to", "", "soon after the last purchase"},
    {"bins", "highest score", "", "5 by custom"},
    {"ties", "how equal values are scored", "", "order: scores of equal size; cut: equal values share a score"},
    {"recency_mean", "mean days since the last purchase", "", "0 to the length of the log"},
    {"recency_median", "median days since the last purchase", "", ""},
    {"recency_max", "most days since the last purchase", "", ""},
    {"frequency_mean", "mean orders of a customer", "{orders} / {n}", "at least 1"},
    {"frequency_median", "median orders of a customer", "", "often 1"},
    {"frequency_max", "most orders of a customer", "", "a reseller, or a test account?"},
    {"monetary_mean", "mean monetary value of a customer", "", ""},
    {"monetary_median", "median monetary value of a customer", "", "well below the mean as a rule"},
    {"monetary_max", "largest monetary value of a customer", "", ""},
    {"repeat_share", "share of customers with more than one order", "", "0 to 1"},
    {"top20_share", "share of the revenue that the best fifth of the customers brings", "", "0.2 (all alike) to 1"},
    {"gini", "Gini's coefficient of the revenue", "", "0 (all alike) to 1 (one customer brings all)"},
    {"cells", "different codes of scores that occur", "", "at most bins cubed"},
    {"dropped", "rows left out for missing cells", "", "0"},
    {"late", "rows left out because they lie after at", "", "0"},
};

static const ModelClass rfm_class = {
    .size = sizeof(ModelClass), .predict = rfm_predict, .headline = rfm_headline, .check = rfm_check,
    .plots = RFM_PLOTS, .plot = rfm_plot};

static const Primitive rfm_primitive = {
    .size = sizeof(Primitive),
    .family = "customer",
    .name = "rfm",
    .version = 1,
    .summary = "recency, frequency and monetary value of each customer, with scores and segments",
    .details = "Recency is whole days from the last purchase to `at`, frequency counts orders, monetary is what "
               "was spent. Each gets a score from 1 to bins, the best the highest. With ties = \"order\" each "
               "score has as many customers, equal values being dealt by order of appearance; with \"cut\" the "
               "score is 1 + the number of quantiles (type 7) below the value, so that equal values share one "
               "and some scores may stay empty. m:cuts() shows the cut points, m:segments() the segments. "
               "augment gives other rows their customer's scores by the id; rows that have recency, frequency "
               "and monetary are scored by the cut points. The usual segments look at recency and frequency: "
               "champions, loyal, potential loyal, promising, new, need attention, about to sleep, cannot lose, "
               "at risk, hibernating.",
    .takes = VALUE_FRAME,
    .options = rfm_options,
    .n_options = sizeof rfm_options / sizeof *rfm_options,
    .options_size = sizeof(RfmOptions),
    .gives = VALUE_MODEL,
    .returns = "a model; tidy: the id, last recency frequency monetary revenue r f m rfm segment",
    .reference = "Hughes 1994, Strategic Database Marketing",
    .example = "df = read(\"datasets/orders/orders.csv\"):mutate(\"amount = quantity * price\")\n"
               "df:rfm{id = \"customer\", date = \"date\", order = \"order\", amount = \"amount\"}:segments()",
    .where = WHERE_JOB,
    .figures = rfm_figures,
    .n_figures = sizeof rfm_figures / sizeof *rfm_figures,
    .run = run_rfm,
    .model = &rfm_class};
REGISTER_PRIMITIVE(rfm_primitive);
