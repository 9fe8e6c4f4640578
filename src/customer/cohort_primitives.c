/* SPDX-License-Identifier: GPL-3.0-or-later */
/* customer.cohort, and the wide form of its result. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "customer/cohort.h"
#include "frame/builder.h"
#include "registry/model.h"

/* clang-format off */
#define COHORT_OPTIONS(O) \
  O(id, COLUMN, OPTION_REQUIRED, 1, 0, "", "", "who bought") \
  O(date, COLUMN, OPTION_REQUIRED, 1, 0, "", "", "when: a column of times") \
  O(period, CHOICE, "month", 0, 0, "day|week|month|quarter|year", "", \
    "length of a period; weeks begin on Monday") \
  O(metric, CHOICE, "customers", 0, 0, "customers|orders|revenue", "", "what a cell counts") \
  O(amount, COLUMN, OPTION_UNSET, 1, 0, "numeric", "", "for how much; needed for revenue") \
  O(order, COLUMN, OPTION_UNSET, 1, 0, "", "", \
    "order number; without it a customer's purchases of a day are one order") \
  O(rolling, BOOL, "false", 0, 0, "", "", \
    "whether customers count until their last purchase, not only when they bought") \
  O(at, TEXT, OPTION_UNSET, 1, 0, "", "", "last day to look at, \"2011-12-10\"") \
  O(missing, CHOICE, "error", 0, 0, "error|drop", "", "what becomes of rows with missing cells")
/* clang-format on */
typedef struct CohortOptions {
  COHORT_OPTIONS(OPTION_FIELD)
} CohortOptions;
#define ROW(...) OPTION_ROW_OF(CohortOptions, __VA_ARGS__)
static const Option cohort_options[] = {COHORT_OPTIONS(ROW)};
#undef ROW

static Status no_memory(Error *e)
{
  return error_memory(e, 0, _("a model"));
}

static double share_of(double value, double whole)
{
  return whole != 0 ? value / whole : (double)NAN;
}

/* ---- frames: a row per cohort that has customers, and age */

static void add_time(Builder *builder, int64_t period, CalendarUnit unit)
{
  builder_int(builder, cohort_period_day(period, unit) * CALENDAR_DAY);
}

/* Counts are whole numbers, sums are not. */
static void add_cell(Builder *builder, bool whole, double value)
{
  if (whole) {
    builder_int(builder, (int64_t)value);
  } else {
    builder_float(builder, value);
  }
}

static void add_share(Builder *builder, double share)
{
  if (isnan(share)) {
    builder_missing(builder);
  } else {
    builder_float(builder, share);
  }
}

static Status tidy_frame(const Cohorts *c, const char *metric, bool whole, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Builder *b[6] = {builder_new(TYPE_TIMESTAMP, 0),
                   builder_new(TYPE_TIMESTAMP, 0),
                   builder_new(TYPE_INT64, 0),
                   builder_new(TYPE_INT64, 0),
                   builder_new(whole ? TYPE_INT64 : TYPE_FLOAT64, 0),
                   builder_new(TYPE_FLOAT64, 0)};
  const char *const names[6] = {"cohort", "period", "age", "size", metric, "share"};
  const bool fine = draft && b[0] && b[1] && b[2] && b[3] && b[4] && b[5];
  for (size_t i = 0; fine && i < c->periods; i++) {
    const double *cells = c->cell + i * c->periods;
    for (size_t age = 0; c->size[i] > 0 && age < c->periods - i; age++) {
      add_time(b[0], c->first + (int64_t)i, c->unit);
      add_time(b[1], c->first + (int64_t)(i + age), c->unit);
      builder_int(b[2], (int64_t)age);
      builder_int(b[3], c->size[i]);
      add_cell(b[4], whole, cells[age]);
      add_share(b[5], share_of(cells[age], cells[0]));
    }
  }
  for (int k = 0; k < 6; k++) {
    draft_builder(draft, names[k], b[k]);
  }
  return draft ? draft_finish(draft, out, e) : no_memory(e);
}

/* Of all cohorts that have reached an age, together. */
typedef struct CurvePoint {
  int64_t cohorts;
  double value, begin;
} CurvePoint;

static CurvePoint curve_at(const Cohorts *c, size_t age)
{
  CurvePoint point = {0};
  for (size_t i = 0; i + age < c->periods; i++) {
    point.cohorts += c->size[i] > 0;
    point.value += c->cell[i * c->periods + age];
    point.begin += c->cell[i * c->periods];
  }
  return point;
}

static Status curve_frame(const Cohorts *c, const char *metric, bool whole, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  Builder *b[4] = {builder_new(TYPE_INT64, 0), builder_new(TYPE_INT64, 0),
                   builder_new(whole ? TYPE_INT64 : TYPE_FLOAT64, 0), builder_new(TYPE_FLOAT64, 0)};
  const char *const names[4] = {"age", "cohorts", metric, "share"};
  for (size_t age = 0; draft && b[0] && b[1] && b[2] && b[3] && age < c->periods; age++) {
    const CurvePoint point = curve_at(c, age);
    builder_int(b[0], (int64_t)age);
    builder_int(b[1], point.cohorts);
    add_cell(b[2], whole, point.value);
    add_share(b[3], share_of(point.value, point.begin));
  }
  for (int k = 0; k < 4; k++) {
    draft_builder(draft, names[k], b[k]);
  }
  return draft ? draft_finish(draft, out, e) : no_memory(e);
}

static Status glance_frame(const Cohorts *c, const Purchases *p, const CohortOptions *o, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  int64_t cohorts = 0;
  for (size_t i = 0; i < c->periods; i++) {
    cohorts += c->size[i] > 0;
  }
  const int64_t days[2] = {p->first_day * CALENDAR_DAY, p->last_day * CALENDAR_DAY};
  draft_int(draft, "n", (int64_t)p->customers->n);
  draft_int(draft, "rows", (int64_t)p->n);
  draft_int(draft, "cohorts", cohorts);
  draft_int(draft, "periods", (int64_t)c->periods);
  draft_text(draft, "period", o->period);
  draft_text(draft, "metric", o->metric);
  for (int k = 0; k < 2; k++) {
    Builder *builder = builder_new(TYPE_TIMESTAMP, 1);
    if (builder) {
      builder_int(builder, days[k]);
    }
    draft_builder(draft, k ? "last" : "first", builder);
  }
  for (size_t age = 1; age <= 3; age++) {
    char name[16];
    const CurvePoint point = age < c->periods ? curve_at(c, age) : (CurvePoint){0};
    snprintf(name, sizeof name, "share_%zu", age);
    draft_float(draft, name, share_of(point.value, point.begin));
  }
  draft_int(draft, "dropped", (int64_t)p->dropped);
  draft_int(draft, "late", (int64_t)p->late);
  return draft ? draft_finish(draft, out, e) : no_memory(e);
}

static CalendarUnit unit_of(const char *period)
{
  CalendarUnit unit = UNIT_MONTH;
  (void)calendar_unit(period, strlen(period), &unit);
  return unit;
}

static Status check_options(const CohortOptions *o, CohortMetric metric, Error *e)
{
  if (metric == COHORT_REVENUE && !o->amount) {
    return error_set(e, STATUS_ARGUMENT, "missing-option", _("metric = \"revenue\" needs the option 'amount'"));
  }
  const char *useless = metric != COHORT_REVENUE && o->amount      ? "amount"
                        : metric != COHORT_ORDERS && o->order      ? "order"
                        : metric != COHORT_CUSTOMERS && o->rolling ? "rolling"
                                                                   : NULL;
  return useless ? error_set(e, STATUS_ARGUMENT, "option-without-use",
                             _("the option '%1$s' means nothing with metric = \"%2$s\""), useless, o->metric)
                 : STATUS_OK;
}

static Status fill_model(Model *model, const Cohorts *c, const Purchases *p, const CohortOptions *o,
                         CohortMetric metric, Error *e)
{
  const bool whole = metric != COHORT_REVENUE;
  Frame *frame = NULL;
  Status status;
  TRY(model_set_made(model, "tidy", tidy_frame(c, o->metric, whole, &frame, e), &frame, e));
  TRY(model_set_made(model, "glance", glance_frame(c, p, o, &frame, e), &frame, e));
  TRY(model_set_made(model, "curve", curve_frame(c, o->metric, whole, &frame, e), &frame, e));
done:
  return status;
}

static Status run_cohort(Call *call, Value *out, Error *e)
{
  const CohortOptions *o = call->options;
  const CohortMetric metric = strcmp(o->metric, "orders") == 0    ? COHORT_ORDERS
                              : strcmp(o->metric, "revenue") == 0 ? COHORT_REVENUE
                                                                  : COHORT_CUSTOMERS;
  PurchaseColumns columns = {.id = o->id,
                             .date = o->date,
                             .order = o->order,
                             .amount = o->amount,
                             .drop_missing = strcmp(o->missing, "drop") == 0,
                             .last_day = INT64_MAX};
  Purchases purchases = {0};
  Cohorts cohorts = {0};
  Model *model = NULL;
  Status status;
  TRY(check_options(o, metric, e));
  if (o->at) {
    TRY(purchases_day(o->at, &columns.last_day, e));
  }
  TRY(purchases_read(call->data->frame, &columns, call->task, &purchases, e));
  TRY(cohorts_make(&purchases, unit_of(o->period), metric, o->rolling, call->task, &cohorts, e));
  TRY(model_new(call->primitive, o, &model, e));
  TRY(fill_model(model, &cohorts, &purchases, o, metric, e));
  if (purchases.dropped > 0) {
    text_printf(call->notes, _("rows left out for missing cells: %zu\n"), purchases.dropped);
  }
  if (purchases.late > 0) {
    text_printf(call->notes, _("rows left out because they lie after 'at': %zu\n"), purchases.late);
  }
  *out = value_of_model(model);
  model = NULL;
done:
  model_unref(model);
  cohorts_free(&cohorts);
  purchases_free(&purchases);
  return status;
}

static void headline(const Model *model, Text *out)
{
  const char *period = model_option_text(model, "period"), *metric = model_option_text(model, "metric");
  text_printf(out, _("%1$.0f customers in %2$.0f cohorts by %3$s; %4$s"), model_number(model, "n"),
              model_number(model, "cohorts"), period ? period : "", metric ? metric : "");
}

static Status check(const Model *model, Error *e)
{
  static const char *const names[] = {"cohort", "period", "age", "size"};
  const Frame *tidy = model_frame(model, "tidy");
  bool sound = tidy && model_frame(model, "curve") && frame_columns(tidy) == 6 &&
               strcmp(frame_name(tidy, 5), "share") == 0 && type_is_numeric(column_type(frame_column(tidy, 4))) &&
               column_type(frame_column(tidy, 5)) == TYPE_FLOAT64;
  for (size_t i = 0; sound && i < 4; i++) {
    const Column *column = frame_column(tidy, i);
    sound = strcmp(frame_name(tidy, i), names[i]) == 0 && column_missing(column) == 0 &&
            column_type(column) == (i < 2 ? TYPE_TIMESTAMP : TYPE_INT64);
  }
  for (size_t row = 0; sound && row < frame_rows(tidy); row++) { /* ages of a cohort count from 0 */
    const int64_t age = column_int(frame_column(tidy, 2), row);
    sound = age == 0 || (row > 0 && age == column_int(frame_column(tidy, 2), row - 1) + 1);
  }
  return sound ? STATUS_OK
               : error_set(e, STATUS_FORMAT, "bad-model-file",
                           _("the cohort model lacks frames or columns it needs"));
}

/* ---- wide */

#define TRIANGLE_OPTIONS(O) O(share, BOOL, "false", 0, 0, "", "", "shares of age 0 instead of counts")
typedef struct TriangleOptions {
  TRIANGLE_OPTIONS(OPTION_FIELD)
} TriangleOptions;
#define ROW(...) OPTION_ROW_OF(TriangleOptions, __VA_ARGS__)
static const Option triangle_options[] = {TRIANGLE_OPTIONS(ROW)};
#undef ROW

/* The rows of tidy that begin cohorts; tidy goes by cohort, then by age from 0. */
static size_t *cohort_rows(const Frame *tidy, Arena *arena, size_t *n, size_t *ages)
{
  const size_t rows = frame_rows(tidy);
  size_t *begin = arena_alloc(arena, rows + 1, sizeof *begin);
  *n = *ages = 0;
  for (size_t row = 0; begin && row < rows; row++) {
    const size_t age = (size_t)column_int(frame_column(tidy, 2), row);
    *ages = age + 1 > *ages ? age + 1 : *ages;
    if (age == 0) {
      begin[(*n)++] = row;
    }
  }
  if (begin) {
    begin[*n] = rows;
  }
  return begin;
}

static Builder *age_column(const Column *cells, const size_t *begin, size_t n, size_t age)
{
  Builder *builder = builder_new(column_type(cells), n);
  for (size_t i = 0; builder && i < n; i++) {
    const size_t row = begin[i] + age;
    if (row >= begin[i + 1] || !column_valid(cells, row)) {
      builder_missing(builder);
    } else if (column_type(cells) == TYPE_INT64) {
      builder_int(builder, column_int(cells, row));
    } else {
      builder_float(builder, column_float(cells, row));
    }
  }
  return builder;
}

static Status run_triangle(Call *call, Value *out, Error *e)
{
  const TriangleOptions *o = call->options;
  const Model *model = call->data->model;
  const Frame *tidy = model_frame(model, "tidy");
  if (strcmp(model_name(model), "customer.cohort") != 0) {
    return error_set(e, STATUS_STATE, "not-supported", _("%1$s has no %2$s"), model_name(model), "triangle");
  }
  size_t n, ages;
  const size_t *begin = cohort_rows(tidy, &call->task->arena, &n, &ages);
  if (!begin) {
    return no_memory(e);
  }
  Draft *draft = draft_new();
  for (size_t k = 0; k < 2; k++) {
    Column *column = NULL;
    const Status status = column_take(frame_column(tidy, k ? 3 : 0), begin, n, &column, e);
    if (status != STATUS_OK) {
      draft_free(draft);
      return status;
    }
    draft_column(draft, k ? "size" : "cohort", column);
  }
  for (size_t age = 0; age < ages; age++) {
    char name[24];
    snprintf(name, sizeof name, "%zu", age);
    draft_builder(draft, name, age_column(frame_column(tidy, o->share ? 5 : 4), begin, n, age));
  }
  Frame *frame = NULL;
  const Status status = draft ? draft_finish(draft, &frame, e) : no_memory(e);
  if (status == STATUS_OK) {
    *out = value_of_frame(frame);
  }
  return status;
}

static Status run_curve(Call *call, Value *out, Error *e)
{
  const Model *model = call->data->model;
  const Frame *curve = model_frame(model, "curve");
  if (!curve) {
    return error_set(e, STATUS_STATE, "not-supported", _("%1$s has no %2$s"), model_name(model), "curve");
  }
  *out = value_of_frame(frame_ref(curve));
  return STATUS_OK;
}

static const Figure cohort_figures[] = {
    {"n", "customers", "", ""},
    {"rows", "rows of purchases used", "", "at least n"},
    {"cohorts", "periods in which somebody bought for the first time", "", "at most periods"},
    {"periods", "periods from the first to the last purchase", "", ""},
    {"period", "length of a period", "", ""},
    {"metric", "what a cell counts", "", ""},
    {"first", "day of the first purchase", "", ""},
    {"last", "day of the last purchase", "", "the last period may not be over yet"},
    {"share_1", "the metric at age 1 over that at age 0, of all cohorts that have reached age 1", "",
     "0 to 1 for customers"},
    {"share_2", "the same at age 2", "", "0 to 1 for customers"},
    {"share_3", "the same at age 3", "", "0 to 1 for customers"},
    {"dropped", "rows left out for missing cells", "", "0"},
    {"late", "rows left out because they lie after at", "", "0"},
};

static const ModelClass cohort_class = {.size = sizeof(ModelClass), .headline = headline, .check = check};

#define FIT "df = read \"datasets/orders/orders.csv\"\nm = df:cohort{id = \"customer\", date = \"date\"}\n"

static const Primitive cohort_primitive = {
    .size = sizeof(Primitive),
    .family = "customer",
    .name = "cohort",
    .version = 1,
    .summary = "retention: what becomes of customers by the period of their first purchase",
    .details = "A cohort is all customers who first bought in one period; age counts periods since then. A cell "
               "is how many of them bought (with rolling: bought then or later), how many orders they made, or "
               "what they spent. Cells where nobody bought are there and 0; those after the log's end are not. "
               "share is the cell over that of age 0. m:triangle() is the wide form, m:curve() all cohorts "
               "together.",
    .takes = VALUE_FRAME,
    .options = cohort_options,
    .n_options = sizeof cohort_options / sizeof *cohort_options,
    .options_size = sizeof(CohortOptions),
    .gives = VALUE_MODEL,
    .returns = "a model; tidy: cohort period age size, customers (or orders, revenue) and share",
    .reference = "Fader and Hardie 2009, Probability Models for Customer-Base Analysis",
    .example = FIT "m:tidy():head(3)",
    .where = WHERE_JOB,
    .figures = cohort_figures,
    .n_figures = sizeof cohort_figures / sizeof *cohort_figures,
    .run = run_cohort,
    .model = &cohort_class};
REGISTER_PRIMITIVE(cohort_primitive);

#define VERB                                                                                                      \
  .size = sizeof(Primitive), .family = "customer", .version = 1, .takes = VALUE_MODEL, .takes_class = "customer", \
  .gives = VALUE_FRAME, .reference = "", .where = WHERE_MAIN

static const Primitive triangle_primitive = {
    VERB,
    .name = "triangle",
    .summary = "a cohort model in wide form: a row per cohort, a column per age",
    .main = "share",
    .options = triangle_options,
    .n_options = 1,
    .options_size = sizeof(TriangleOptions),
    .returns = "a frame: cohort size and a column per age, from 0 on; cells after the log's end are missing",
    .example = FIT "m:triangle{share = true}",
    .run = run_triangle};
REGISTER_PRIMITIVE(triangle_primitive);

static const Primitive curve_primitive = {
    VERB,
    .name = "curve",
    .summary = "a cohort model's ages, all cohorts together",
    .returns = "a frame: age, cohorts that have reached it, customers (or orders, revenue) and share of age 0",
    .example = FIT "m:curve()",
    .run = run_curve};
REGISTER_PRIMITIVE(curve_primitive);
