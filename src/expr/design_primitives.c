/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The matrix of a formula as a frame, to look at. */
#include <string.h>

#include "core/alloc.h"
#include "core/reduce.h"
#include "core/text.h"
#include "expr/design.h"
#include "frame/builder.h"
#include "registry/primitive.h"

#define DESIGN_OPTIONS(O) \
  O(formula, TEXT, OPTION_REQUIRED, 1, 0, "", "", "the formula; what stands left of the ~ is not looked at") \
  O(missing, CHOICE, "error", 0, 0, "error|drop", "", "rows with missing cells: an error, or left out")
typedef struct DesignCall {
  DESIGN_OPTIONS(OPTION_FIELD)
} DesignCall;
#define ROW(...) OPTION_ROW_OF(DesignCall, __VA_ARGS__)
static const Option design_options[] = {DESIGN_OPTIONS(ROW)};
#undef ROW

/* Blocks of rows, turned into columns. */
static Status matrix_frame(const Design *design, Task *task, Frame **out, Error *e)
{
  const size_t n = design_rows(design), d = design_columns(design);
  double *block = NULL, *values = NULL;
  Draft *draft = NULL;
  Status status;
  *out = NULL;
  TRY(task_reserve(task, n * d * 2 * sizeof(double), _("the matrix"), e));
  values = mem_alloc(n * d, sizeof *values);
  block = mem_alloc(BLOCK_ROWS * d, sizeof *block);
  draft = draft_new();
  if (!values || !block || !draft) {
    TRY(error_memory(e, n * d * sizeof *values, "matrix"));
  }
  for (size_t first = 0; first < n; first += BLOCK_ROWS) {
    const size_t count = n - first < BLOCK_ROWS ? n - first : BLOCK_ROWS;
    if (task_cancelled(task)) {
      TRY(error_cancelled(e));
    }
    design_block(design, first, count, block);
    for (size_t i = 0; i < count; i++) {
      for (size_t j = 0; j < d; j++) {
        values[j * n + first + i] = block[i * d + j];
      }
    }
  }
  for (size_t j = 0; j < d; j++) {
    draft_floats(draft, design_name(design, j), values + j * n, n);
  }
  status = draft_finish(draft, out, e);
  draft = NULL;
done:
  draft_free(draft);
  mem_free(block);
  mem_free(values);
  return status;
}

static void note(const Design *design, Text *notes)
{
  for (size_t i = 0; i < design_factors(design); i++) {
    size_t levels;
    const char *name = design_factor(design, i, &levels);
    text_printf(notes, _("%1$s: %2$zu levels, compared with '%3$s'\n"), name, levels, design_factor_level(design, i, 0));
  }
  if (design_dropped(design) > 0) {
    text_printf(notes, _("dropped %zu rows with missing cells\n"), design_dropped(design));
  }
}

static Status run_design(Call *call, Value *out, Error *e)
{
  const DesignCall *options = call->options;
  const DesignOptions how = {.drop = strcmp(options->missing, "drop") == 0};
  Design *design = NULL;
  Frame *frame = NULL;
  *out = (Value){.kind = VALUE_NONE};
  Status status;
  TRY(design_make(options->formula, call->data->frame, &how, call->task, &design, e));
  if (design_columns(design) == 0) {
    TRY(error_set(e, STATUS_ARGUMENT, "bad-formula", _("this formula has no columns at all")));
  }
  TRY(matrix_frame(design, call->task, &frame, e));
  note(design, call->notes);
  *out = value_of_frame(frame);
done:
  design_free(design);
  return status;
}

static const Primitive design_primitive = {.size = sizeof(Primitive), .family = "frame", .version = 1, .name = "design",
  .summary = "the matrix that a formula makes of the rows",
  .details = "What a model with this formula works on, column by column: numbers as they are, levels of texts as columns of 0 "
             "and 1 for all but the reference, interactions as products, poly() as orthogonal polynomials.",
  .takes = VALUE_FRAME, .main = "formula", .options = design_options,
  .n_options = sizeof design_options / sizeof *design_options, .options_size = sizeof(DesignCall), .gives = VALUE_FRAME,
  .returns = "a frame with a column of numbers per column of the matrix, named as in R",
  .reference = "Chambers and Hastie, Statistical Models in S (1992), chapter 2",
  .example = "df = read \"datasets/iris/iris.csv\"\ndf:design(\"petal_width ~ species * sepal_length\"):head(3)",
  .effects = EFFECT_NONE, .where = WHERE_JOB, .run = run_design};
REGISTER_PRIMITIVE(design_primitive);
