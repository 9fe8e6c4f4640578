/* SPDX-License-Identifier: GPL-3.0-or-later */
/* group, distinct, count and sample: verbs that look at which rows are alike. */
#include "shape/group_primitives.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/random.h"
#include "frame/builder.h"
#include "shape/groups_items.h"
#include "shape/join_rows.h"

#define SIZED .size = sizeof(Primitive), .family = "frame", .version = 1
#define OPTIONS(list, type) .options = list, .n_options = sizeof list / sizeof *list, .options_size = sizeof(type)
#define CREDIT "df = read \"datasets/credit/credit.csv\"\n"

static const Frame *frame_of(const Call *call)
{
  return call->data->frame;
}

/* ---- shared ---- */

Status groups_of_frame(const Call *call, Groups **out, Error *e)
{
  size_t n;
  const size_t *keys = frame_keys(frame_of(call), &n);
  return n > 0 ? groups_make(frame_of(call), keys, n, call->task, out, e) : groups_whole(frame_rows(frame_of(call)),
                                                                                         out, e);
}

void note_groups_left(const Call *call)
{
  size_t n;
  frame_keys(frame_of(call), &n);
  if (n > 0) {
    text_printf(call->notes, _("%s does not go by groups, and what it gives is not grouped: group that\n"),
                call->primitive->name);
  }
}

Status give_rows(const Call *call, const size_t *rows, size_t n, Value *out, Error *e)
{
  uint32_t *picked = mem_alloc(n, sizeof *picked);
  Frame *frame = NULL;
  Status status;
  if (!picked) {
    TRY(items_no_memory(n, sizeof *picked, e));
  }
  for (size_t i = 0; i < n; i++) {
    picked[i] = (uint32_t)rows[i];
  }
  task_phase(call->task, _("gathering rows"));
  TRY(frame_pick(frame_of(call), picked, n, false, call->task, &frame, e));
  *out = value_of_frame(frame);
done:
  mem_free(picked);
  return status;
}

Status rows_cost(const Call *call, Cost *out, Error *e)
{
  (void)e;
  const double rows = (double)frame_rows(frame_of(call)), columns = (double)frame_columns(frame_of(call));
  /* Two copies of the keys with their rows, and the result; at 100 and 10 ns on one thread. */
  *out = (Cost){.bytes = rows * (44 + 8 * columns), .seconds = rows * (100e-9 + 10e-9 * columns)};
  return STATUS_OK;
}

/* The columns named, after those the frame is grouped by; none twice. `all`: all columns when none is named. */
static Status columns_of(const Call *call, const OptionTexts *names, bool all, size_t **out, size_t *n, Error *e)
{
  const Frame *frame = frame_of(call);
  size_t n_keys;
  const size_t *keys = frame_keys(frame, &n_keys);
  const size_t wanted = names->n > 0 || !all ? names->n : frame_columns(frame);
  size_t *columns = arena_alloc(&call->task->arena, n_keys + wanted, sizeof *columns);
  *out = columns;
  *n = n_keys;
  if (!columns) {
    return error_memory(e, 0, _("columns"));
  }
  if (n_keys > 0) {
    memcpy(columns, keys, n_keys * sizeof *columns);
  }
  for (size_t i = 0; i < wanted; i++) {
    size_t column = i, known = 0;
    const Status status = names->n > 0 ? frame_need(frame, names->items[i], &column, e) : STATUS_OK;
    if (status != STATUS_OK) {
      return status;
    }
    while (known < *n && columns[known] != column) {
      known++;
    }
    if (known == *n) {
      columns[(*n)++] = column;
    }
  }
  return STATUS_OK;
}

/* ---- group ---- */

#define GROUP_OPTIONS(O) O(by, COLUMNS, OPTION_UNSET, 0, 0, "", "", \
                           "columns whose cells make the groups; none: no groups")
typedef struct GroupOptions {
  GROUP_OPTIONS(OPTION_FIELD)
} GroupOptions;
#define ROW(...) OPTION_ROW_OF(GroupOptions, __VA_ARGS__)
static const Option group_options[] = {GROUP_OPTIONS(ROW)};
#undef ROW

static Status run_group(Call *call, Value *out, Error *e)
{
  const GroupOptions *options = call->options;
  size_t *columns = arena_alloc(&call->task->arena, options->by.n, sizeof *columns);
  Frame *frame = NULL;
  Status status = columns ? STATUS_OK : error_memory(e, 0, _("columns"));
  for (size_t i = 0; i < options->by.n && status == STATUS_OK; i++) {
    status = frame_need(frame_of(call), options->by.items[i], &columns[i], e);
  }
  if (status == STATUS_OK) {
    status = frame_with_keys(frame_of(call), columns, options->by.n, &frame, e);
  }
  if (status == STATUS_OK) {
    *out = value_of_frame(frame);
  }
  return status;
}

static const Primitive group_primitive = {SIZED, .name = "group",
                                          .summary = "marks the columns whose equal cells make groups",
  .details = "The rows stay as they are. The next verb works within each group: agg, mutate, filter, top, sample, "
             "count, distinct; what it gives is not grouped. Rows are of one group when all these cells are equal; "
             "missing cells are equal to one another, -0 is 0, NaN is NaN. Groups come in the order of their first "
             "rows.",
  .takes = VALUE_FRAME, .main = "by", OPTIONS(group_options, GroupOptions), .gives = VALUE_FRAME,
  .returns = "the frame, grouped", .reference = "", .example = CREDIT "df:group(\"purpose\"):agg{\"n = count()\"}",
  .where = WHERE_MAIN, .run = run_group};
REGISTER_PRIMITIVE(group_primitive);

/* ---- distinct ---- */

#define DISTINCT_OPTIONS(O) \
  O(on, COLUMNS, OPTION_UNSET, 1, 0, "", "", "columns that are compared; all when not given") \
  O(keep, CHOICE, "first", 0, 0, "first|last", "", "which of several equal rows stays")
typedef struct DistinctOptions {
  DISTINCT_OPTIONS(OPTION_FIELD)
} DistinctOptions;
#define ROW(...) OPTION_ROW_OF(DistinctOptions, __VA_ARGS__)
static const Option distinct_options[] = {DISTINCT_OPTIONS(ROW)};
#undef ROW

/* The rows that are the last of their groups, rising, in the place of the first ones. */
static Status find_last(const Groups *groups, Task *task, Error *e)
{
  size_t n = groups->n;
  bool *seen = mem_zero(groups->n, sizeof *seen);
  if (!seen) {
    return items_no_memory(groups->n, sizeof *seen, e);
  }
  for (size_t row = groups->rows; row-- > 0 && n > 0;) {
    if (row % PIECE_POLL == 0 && task_cancelled(task)) {
      mem_free(seen);
      return error_cancelled(e);
    }
    const size_t group = groups->of_row ? groups->of_row[row] : 0;
    if (!seen[group]) {
      seen[group] = true;
      groups->first[--n] = row;
    }
  }
  mem_free(seen);
  return STATUS_OK;
}

static Status run_distinct(Call *call, Value *out, Error *e)
{
  const DistinctOptions *options = call->options;
  Groups *groups = NULL;
  size_t *columns, n;
  Status status;
  TRY(columns_of(call, &options->on, true, &columns, &n, e));
  TRY(groups_make(frame_of(call), columns, n, call->task, &groups, e));
  if (options->keep[0] == 'l') {
    TRY(find_last(groups, call->task, e));
  }
  /* A frame without columns is one group of no rows. */
  TRY(give_rows(call, groups->first, groups->rows > 0 ? groups->n : 0, out, e));
done:
  groups_free(groups);
  return status;
}

static const Primitive distinct_primitive = {SIZED, .name = "distinct", .summary = "one row of each kind",
  .details = "Of rows that are equal in the columns given, the first (or last) stays, where it stands. In a grouped "
             "frame rows of different groups differ.",
  .takes = VALUE_FRAME, .main = "on", OPTIONS(distinct_options, DistinctOptions), .gives = VALUE_FRAME,
  .returns = "a frame of some of the rows, with all columns", .reference = "",
  .example = CREDIT "df:distinct(\"purpose\", \"housing\"):head(3)", .where = WHERE_JOB, .cost = rows_cost,
  .run = run_distinct};
REGISTER_PRIMITIVE(distinct_primitive);

/* ---- count ---- */

#define COUNT_OPTIONS(O) O(by, COLUMNS, OPTION_UNSET, 1, 0, "", "", \
                           "columns whose cells are counted; all rows when not given")
typedef struct CountOptions {
  COUNT_OPTIONS(OPTION_FIELD)
} CountOptions;
#define ROW(...) OPTION_ROW_OF(CountOptions, __VA_ARGS__)
static const Option count_options[] = {COUNT_OPTIONS(ROW)};
#undef ROW

/* Counts of the kinds of rows, within the frame's groups. */
typedef struct Counts {
  const Call *call;
  size_t *columns, n_columns;
  Groups *kinds, *groups;
  int64_t *n, *group, *total;  /* by kind: rows, its group, the rows of that group */
  double *share;
  size_t *order;
} Counts;

static size_t group_at(const Groups *groups, size_t row)
{
  return groups->of_row ? groups->of_row[row] : 0;
}

static Status tally(Counts *c, Error *e)
{
  const Groups *kinds = c->kinds;
  const size_t rows = kinds->rows, n = kinds->n;
  Arena *arena = &c->call->task->arena;
  c->n = arena_alloc(arena, n + 1, sizeof *c->n);
  c->group = arena_alloc(arena, n + 1, sizeof *c->group);
  c->total = arena_alloc(arena, c->groups->n + 1, sizeof *c->total);
  c->share = arena_alloc(arena, n + 1, sizeof *c->share);
  if (!c->n || !c->group || !c->total || !c->share) {
    return error_memory(e, n * 8, _("counts"));
  }
  for (size_t row = 0; row < rows; row++) {
    if (row % PIECE_POLL == 0 && task_cancelled(c->call->task)) {
      return error_cancelled(e);
    }
    c->n[group_at(kinds, row)]++;
  }
  for (size_t kind = 0; kind < n && rows > 0; kind++) {
    c->group[kind] = (int64_t)group_at(c->groups, kinds->first[kind]);
    c->total[c->group[kind]] += c->n[kind];
  }
  for (size_t kind = 0; kind < n; kind++) { /* of no rows: missing */
    c->share[kind] = rows > 0 ? (double)c->n[kind] / (double)c->total[c->group[kind]] : (double)NAN;
  }
  return STATUS_OK;
}

/* Kinds by group, the most frequent first, equals as they appear. */
static Status order_counts(Counts *c, Error *e)
{
  Column *group = NULL, *n = NULL;
  Status status;
  TRY(column_of_ints(c->group, c->kinds->n, &group, e));
  TRY(column_of_ints(c->n, c->kinds->n, &n, e));
  const OrderKey keys[] = {{group, false, false}, {n, true, false}};
  TRY(order_rows(keys, 2, c->kinds->n, c->call->task, &c->order, e));
done:
  column_unref(group);
  column_unref(n);
  return status;
}

static Status counted_frame(const Counts *c, Frame **out, Error *e)
{
  Frame *keys = NULL, *counted = NULL;
  const size_t kinds = c->kinds->n;
  Status status;
  TRY(groups_keys(c->kinds, frame_of(c->call), c->columns, c->n_columns, &keys, e));
  Draft *draft = draft_new();
  for (size_t i = 0; draft && i < c->n_columns; i++) {
    draft_column(draft, frame_name(keys, i), column_ref(frame_column(keys, i)));
  }
  draft_ints(draft, "n", c->n, kinds);
  draft_floats(draft, "share", c->share, kinds);
  status = draft_finish(draft, &counted, e);
  if (status == STATUS_DATA) {
    (void)error_hint(e, _("count makes columns n and share: rename yours first"));
  }
  if (status == STATUS_OK) {
    status = frame_take(counted, c->order, kinds, out, e);
  }
done:
  frame_unref(keys);
  frame_unref(counted);
  return status;
}

static Status run_count(Call *call, Value *out, Error *e)
{
  const CountOptions *options = call->options;
  Counts c = {.call = call};
  Frame *frame = NULL;
  Status status;
  TRY(columns_of(call, &options->by, false, &c.columns, &c.n_columns, e));
  TRY(groups_make(frame_of(call), c.columns, c.n_columns, call->task, &c.kinds, e));
  TRY(groups_of_frame(call, &c.groups, e));
  TRY(tally(&c, e));
  TRY(order_counts(&c, e));
  TRY(counted_frame(&c, &frame, e));
  *out = value_of_frame(frame);
done:
  groups_free(c.kinds);
  groups_free(c.groups);
  mem_free(c.order);
  return status;
}

static const Primitive count_primitive = {SIZED, .name = "count", .summary = "how many rows there are of each kind",
  .details = "The most frequent kind comes first, equally frequent ones in the order they appear. Missing cells "
             "count as a kind. In a grouped frame kinds are counted within each group, and share is that of the "
             "group's rows.",
  .takes = VALUE_FRAME, .main = "by", OPTIONS(count_options, CountOptions), .gives = VALUE_FRAME,
  .returns = "a frame: the columns counted by, n, share", .reference = "", .example = CREDIT "df:count(\"housing\")",
  .where = WHERE_JOB, .cost = rows_cost, .run = run_count};
REGISTER_PRIMITIVE(count_primitive);

/* ---- sample ---- */

#define SAMPLE_OPTIONS(O) \
  O(n, INT, OPTION_UNSET, 0, 1e15, "", "rows", "how many rows; of each group in a grouped frame") \
  O(share, NUMBER, OPTION_UNSET, 0, 1, "", "", "in place of n: the share of rows, rounded to whole rows in each " \
                                               "group") \
  O(replace, BOOL, "false", 0, 0, "", "", "whether a row may be drawn more than once") \
  O(order, CHOICE, "rows", 0, 0, "rows|drawn", "", "whether rows stand as they stood, or as they were drawn") \
  O(seed, INT, "1", 0, 9e15, "", "", "seed of the random choices")
typedef struct SampleOptions {
  SAMPLE_OPTIONS(OPTION_FIELD)
} SampleOptions;
enum {
#define NUMBER_OF(field, ...) SAMPLE_##field,
  SAMPLE_OPTIONS(NUMBER_OF)
#undef NUMBER_OF
};
#define ROW(...) OPTION_ROW_OF(SampleOptions, __VA_ARGS__)
static const Option sample_options[] = {SAMPLE_OPTIONS(ROW)};
#undef ROW

typedef struct Sample {
  const Call *call;
  const SampleOptions *options;
  bool by_share;
  Groups *groups;
  size_t *rows, n;       /* drawn */
  size_t room, small;    /* small: groups of fewer rows than asked for */
} Sample;

static bool is_given(const Call *call, int option)
{
  return call->given >> option & 1;
}

/* How many of a group's rows. */
static size_t wanted_of(const Sample *s, size_t rows)
{
  if (s->by_share) {
    return (size_t)floor(s->options->share * (double)rows + 0.5);
  }
  const bool all = !s->options->replace && (uint64_t)s->options->n > rows;
  return all ? rows : rows == 0 ? 0 : (size_t)s->options->n;
}

static Status check_sample(Sample *s, Error *e)
{
  const bool n = is_given(s->call, SAMPLE_n), share = is_given(s->call, SAMPLE_share);
  if (n == share) {
    (void)error_set(e, STATUS_ARGUMENT, "bad-sample", n ? _("sample takes n or share, not both")
                                                       : _("sample needs the number of rows or their share"));
    (void)error_hint(e, _("write df:sample(100) or df:sample{share = 0.1}"));
    return STATUS_ARGUMENT;
  }
  s->by_share = share;
  const size_t rows = frame_rows(frame_of(s->call));
  if (n && !s->options->replace && !s->groups->of_row && (uint64_t)s->options->n > rows) {
    (void)error_set(e, STATUS_ARGUMENT, "bad-sample", _("%1$" PRId64 " rows cannot be drawn from %2$zu"),
                    s->options->n, rows);
    (void)error_hint(e, _("with replace = true a row may be drawn more than once"));
    return STATUS_ARGUMENT;
  }
  return STATUS_OK;
}

/* The total, or STATUS_LIMIT. */
static Status count_wanted(Sample *s, Error *e)
{
  for (size_t g = 0; g < s->groups->n; g++) {
    const size_t rows = s->groups->start[g + 1] - s->groups->start[g], wanted = wanted_of(s, rows);
    const bool over = __builtin_add_overflow(s->room, wanted, &s->room);
    if (over || s->room >= UINT32_MAX) {
      return groups_check_rows(over ? SIZE_MAX : s->room, e);
    }
    s->small += !s->by_share && !s->options->replace && (uint64_t)s->options->n > rows;
  }
  return task_reserve(s->call->task, s->room * sizeof *s->rows, _("a sample"), e);
}

/* Draws from the front of a random order of the places (Fisher-Yates, as far as needed). Each group has a stream of its
 * own, so that a group's sample does not depend on the others. */
static Status draw_group(Sample *s, size_t group, Error *e)
{
  size_t *places = s->groups->arranged + s->groups->start[group];
  const size_t rows = s->groups->start[group + 1] - s->groups->start[group], wanted = wanted_of(s, rows);
  Random random = random_new((uint64_t)s->options->seed, group);
  for (size_t i = 0; i < wanted; i++) {
    if (i % 4096 == 0 && task_cancelled(s->call->task)) {
      return error_cancelled(e);
    }
    if (s->options->replace) {
      s->rows[s->n++] = places[random_below(&random, rows)];
      continue;
    }
    const size_t other = i + (size_t)random_below(&random, rows - i), row = places[other];
    places[other] = places[i];
    places[i] = row;
    s->rows[s->n++] = row;
  }
  return STATUS_OK;
}

static Status sort_drawn(Sample *s, Error *e)
{
  Column *column = NULL;
  size_t *order = NULL;
  int64_t *numbers = mem_alloc(s->n, sizeof *numbers);
  Status status;
  if (!numbers) {
    TRY(items_no_memory(s->n, sizeof *numbers, e));
  }
  for (size_t i = 0; i < s->n; i++) {
    numbers[i] = (int64_t)s->rows[i];
  }
  TRY(column_of_ints(numbers, s->n, &column, e));
  const OrderKey key = {column, false, false};
  TRY(order_rows(&key, 1, s->n, s->call->task, &order, e));
  for (size_t i = 0; i < s->n; i++) {
    s->rows[i] = (size_t)numbers[order[i]];
  }
done:
  column_unref(column);
  mem_free(order);
  mem_free(numbers);
  return status;
}

static Status draw_all(Sample *s, Error *e)
{
  Status status;
  TRY(count_wanted(s, e));
  s->rows = mem_alloc(s->room, sizeof *s->rows);
  if (!s->rows) {
    TRY(items_no_memory(s->room, sizeof *s->rows, e));
  }
  for (size_t g = 0; g < s->groups->n; g++) {
    TRY(draw_group(s, g, e));
  }
  if (s->options->order[0] == 'r') {
    TRY(sort_drawn(s, e));
  }
done:
  return status;
}

static Status run_sample(Call *call, Value *out, Error *e)
{
  Sample s = {.call = call, .options = call->options};
  Status status;
  TRY(groups_of_frame(call, &s.groups, e));
  TRY(check_sample(&s, e));
  TRY(groups_arrange(s.groups, frame_of(call), NULL, 0, call->task, e));
  TRY(draw_all(&s, e));
  if (s.small > 0) {
    text_printf(call->notes, _("%1$zu of %2$zu groups have fewer than %3$" PRId64 " rows and are taken whole\n"),
                s.small,
                s.groups->n, s.options->n);
  }
  TRY(give_rows(call, s.rows, s.n, out, e));
done:
  groups_free(s.groups);
  mem_free(s.rows);
  return status;
}

static const Primitive sample_primitive = {SIZED, .name = "sample", .summary = "some rows at random",
  .details = "The same seed gives the same rows. In a grouped frame so many, or such a share, of each group's rows "
             "are drawn; a group that has fewer is taken whole, and the number of such groups is said. share = 1 "
             "with order = \"drawn\" shuffles the rows; n with replace = true draws a bootstrap sample.",
  .takes = VALUE_FRAME, .main = "n", OPTIONS(sample_options, SampleOptions), .gives = VALUE_FRAME,
  .returns = "a frame of the rows drawn", .reference = "Fisher and Yates 1938; random numbers: Salmon et al. 2011 "
                                                       "(Philox)",
  .example = CREDIT "df:group(\"class\"):sample(2, {seed = 7}):select(\"age\", \"class\")", .where = WHERE_JOB,
  .cost = rows_cost, .run = run_sample};
REGISTER_PRIMITIVE(sample_primitive);
