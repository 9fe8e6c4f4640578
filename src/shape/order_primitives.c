/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sort and top: rows by the order of some columns. */
#include "shape/group_primitives.h"

#define SIZED .size = sizeof(Primitive), .family = "frame", .version = 1
#define OPTIONS(list, type) .options = list, .n_options = sizeof list / sizeof *list, .options_size = sizeof(type)
#define CREDIT "df = read \"datasets/credit/credit.csv\"\n"

static Status read_order(Call *call, const OptionTexts *texts, const char *missing, OrderKey **keys, Error *e)
{
  *keys = arena_alloc(&call->task->arena, texts->n, sizeof **keys);
  if (!*keys) {
    return error_memory(e, 0, _("columns"));
  }
  return order_keys(call->data->frame, texts, missing[0] == 'f', *keys, e);
}

/* ---- sort ---- */

#define SORT_OPTIONS(O) \
  O(by, ORDER, OPTION_REQUIRED, 1, 0, "", "", "columns; \"-x\" for falling") \
  O(missing, CHOICE, "last", 0, 0, "last|first", "", "where missing cells stand, whether the order rises or falls")
typedef struct SortOptions {
  SORT_OPTIONS(OPTION_FIELD)
} SortOptions;
#define ROW(...) OPTION_ROW_OF(SortOptions, __VA_ARGS__)
static const Option sort_options[] = {SORT_OPTIONS(ROW)};
#undef ROW

static Status run_sort(Call *call, Value *out, Error *e)
{
  const SortOptions *options = call->options;
  const Frame *frame = call->data->frame;
  OrderKey *keys;
  size_t *rows = NULL;
  Status status;
  TRY(read_order(call, &options->by, options->missing, &keys, e));
  note_groups_left(call);
  task_phase(call->task, _("sorting"));
  TRY(order_rows(keys, options->by.n, frame_rows(frame), call->task, &rows, e));
  TRY(give_rows(call, rows, frame_rows(frame), out, e));
done:
  mem_free(rows);
  return status;
}

static const Primitive sort_primitive = {SIZED, .name = "sort", .summary = "puts the rows in the order of some columns",
  .details = "Numbers by size with NaN after all others, texts by bytes, false before true, sets by their items' "
             "texts. Rows that are equal stay in the order they had.",
  .takes = VALUE_FRAME, .main = "by", OPTIONS(sort_options, SortOptions), .gives = VALUE_FRAME,
  .returns = "a frame of the same rows", .reference = "Knuth, The Art of Computer Programming 3, 5.2.5 (sorting by "
                                                      "distribution)",
  .example = CREDIT "df:sort(\"purpose\", \"-credit_amount\"):head(3)", .where = WHERE_JOB, .cost = rows_cost,
      .run = run_sort};
REGISTER_PRIMITIVE(sort_primitive);

/* ---- top ---- */

#define TOP_OPTIONS(O) \
  O(n, INT, OPTION_REQUIRED, 1, 1e15, "", "rows", "how many of each group") \
  O(order, ORDER, OPTION_REQUIRED, 1, 0, "", "", "columns the rows are ordered by; \"-x\" for the largest first") \
  O(ties, CHOICE, "first", 0, 0, "first|all", "", "of rows equal to the n-th: those that stand first, or all") \
  O(missing, CHOICE, "last", 0, 0, "last|first", "", "where missing cells stand")
typedef struct TopOptions {
  TOP_OPTIONS(OPTION_FIELD)
} TopOptions;
#define ROW(...) OPTION_ROW_OF(TopOptions, __VA_ARGS__)
static const Option top_options[] = {TOP_OPTIONS(ROW)};
#undef ROW

/* The end of a group's first n places, and of those equal to the last of them. */
static size_t top_end(const Groups *groups, size_t group, const TopOptions *options, const OrderKey *keys)
{
  const size_t begin = groups->start[group], end = groups->start[group + 1];
  if ((uint64_t)options->n >= end - begin) {
    return end;
  }
  size_t to = begin + (size_t)options->n;
  while (options->ties[0] == 'a' && to < end &&
         order_compare(keys, options->order.n, groups->arranged[to - 1], groups->arranged[to]) == 0) {
    to++;
  }
  return to;
}

/* The rows of all groups, moved together at the front of the arrangement. */
static Status gather_top(Call *call, Groups *groups, const OrderKey *keys, size_t *n, Error *e)
{
  *n = 0;
  for (size_t group = 0; group < groups->n; group++) {
    if (group % 1024 == 0 && task_cancelled(call->task)) {
      return error_cancelled(e);
    }
    const size_t end = top_end(groups, group, call->options, keys);
    for (size_t place = groups->start[group]; place < end; place++) {
      groups->arranged[(*n)++] = groups->arranged[place];
    }
  }
  return STATUS_OK;
}

static Status run_top(Call *call, Value *out, Error *e)
{
  const TopOptions *options = call->options;
  OrderKey *keys;
  Groups *groups = NULL;
  size_t n;
  Status status;
  TRY(read_order(call, &options->order, options->missing, &keys, e));
  TRY(groups_of_frame(call, &groups, e));
  TRY(groups_arrange(groups, call->data->frame, keys, options->order.n, call->task, e));
  TRY(gather_top(call, groups, keys, &n, e));
  TRY(give_rows(call, groups->arranged, n, out, e));
done:
  groups_free(groups);
  return status;
}

static const Primitive top_primitive = {SIZED, .name = "top", .summary = "the first rows of an order, of each group",
  .details = "Groups come in the order of their first rows, the rows of a group in the order asked for.",
  .takes = VALUE_FRAME, .main = "n", OPTIONS(top_options, TopOptions), .gives = VALUE_FRAME,
  .returns = "a frame of at most n rows of each group, more with ties = \"all\"", .reference = "",
  .example = CREDIT "df:group(\"purpose\"):top(2, {order = \"-credit_amount\"}):select(\"purpose\", "
                    "\"credit_amount\"):head(4)",
  .where = WHERE_JOB, .cost = rows_cost, .run = run_top};
REGISTER_PRIMITIVE(top_primitive);
