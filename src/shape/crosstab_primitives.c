/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crosstab. */
#include <string.h>

#include "registry/registry.h"
#include "shape/crosstab.h"
#include "shape/group_primitives.h"

/* clang-format off */
#define CROSSTAB_OPTIONS(O) \
  O(rows, COLUMN, OPTION_REQUIRED, 1, 0, "", "", "column whose cells name the rows of the table") \
  O(columns, COLUMN, OPTION_REQUIRED, 1, 0, "", "", "column whose cells name its columns") \
  O(weight, COLUMN, OPTION_UNSET, 1, 0, "numeric", "", "column to sum instead of counting rows") \
  O(percent, CHOICE, "none", 0, 0, "none|rows|columns|all", "", \
    "percentages of each row, of each column or of the whole") \
  O(margins, BOOL, "false", 0, 0, "", "", "whether a row and a column called total are added") \
  O(missing, CHOICE, "show", 0, 0, "show|drop", "", "missing cells: a row and a column NA, or left out") \
  O(order, CHOICE, "levels", 0, 0, "appearance|sorted|levels", "", \
    "order of rows and columns; levels: categories by their levels, others sorted") \
  O(most, INT, "1000", 1, 1e6, "", "columns", "how many columns at most")
/* clang-format on */
typedef struct CrosstabPrimitiveOptions {
  CROSSTAB_OPTIONS(OPTION_FIELD)
} CrosstabPrimitiveOptions;
#define ROW(...) OPTION_ROW_OF(CrosstabPrimitiveOptions, __VA_ARGS__)
static const Option crosstab_options[] = {CROSSTAB_OPTIONS(ROW)};
#undef ROW

static int choice_number(const char *const *choices, const char *choice)
{
  int i = 0;
  while (strcmp(choices[i], choice) != 0) {
    i++;
  }
  return i;
}

static Status run_crosstab(Call *call, Value *out, Error *e)
{
  static const char *const percents[] = {"none", "rows", "columns", "all"};
  static const char *const orders[] = {"appearance", "sorted", "levels"};
  const CrosstabPrimitiveOptions *o = call->options;
  const Frame *data = call->data->frame;
  CrosstabOptions table = {.percent = (CrosstabPercent)choice_number(percents, o->percent),
                           .margins = o->margins,
                           .drop_missing = strcmp(o->missing, "drop") == 0,
                           .order = (LevelOrder)choice_number(orders, o->order),
                           .most = (size_t)o->most};
  size_t left_out = 0, weight = 0;
  Frame *frame = NULL;
  Status status;
  TRY(frame_need(data, o->rows, &table.rows, e));
  TRY(frame_need(data, o->columns, &table.columns, e));
  if (o->weight) {
    TRY(frame_need(data, o->weight, &weight, e));
    table.weight = frame_column(data, weight);
  }
  note_groups_left(call);
  TRY(frame_crosstab(data, &table, call->task, &frame, &left_out, e));
  if (left_out > 0) {
    text_printf(call->notes, _("rows left out for missing cells: %zu\n"), left_out);
  }
  *out = value_of_frame(frame);
done:
  return status;
}

static const Primitive crosstab_primitive = {
    .size = sizeof(Primitive),
    .family = "frame",
    .name = "crosstab",
    .version = 1,
    .summary = "how often cells of two columns occur together",
    .details = "Counts rows, or sums a weight. The first column has the rows' cells as text; the others are "
               "named by the columns' cells. Cut numbers into bins first.",
    .takes = VALUE_FRAME,
    .options = crosstab_options,
    .n_options = sizeof crosstab_options / sizeof *crosstab_options,
    .options_size = sizeof(CrosstabPrimitiveOptions),
    .gives = VALUE_FRAME,
    .returns = "a frame: the rows' cells, a column per cell of columns, and total with margins",
    .reference = "",
    .example = "df = read \"datasets/credit/credit.csv\"\ndf:crosstab{rows = \"housing\", columns = \"job\", "
               "margins = true}",
    .where = WHERE_JOB,
    .run = run_crosstab};
REGISTER_PRIMITIVE(crosstab_primitive);
