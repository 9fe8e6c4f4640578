/* SPDX-License-Identifier: GPL-3.0-or-later */
/* append: frames one below the other. */
#include "core/alloc.h"
#include "frame/append.h"
#include "registry/registry.h"
#include "shape/group_primitives.h"

/* clang-format off */
#define APPEND_OPTIONS(O) \
  O(frames, FRAMES, OPTION_REQUIRED, 1, 0, "", "", "the frame to add below, or several") \
  O(strict, BOOL, "false", 0, 0, "", "", \
    "whether a column that a frame lacks, or a change of type, is an error") \
  O(source, TEXT, OPTION_UNSET, 1, 0, "", "", "name of a column to add that says which frame a row is from") \
  O(names, TEXTS, OPTION_UNSET, 1, 0, "", "", \
    "names of all the frames, the first included, for messages and source")
/* clang-format on */
typedef struct AppendPrimitiveOptions {
  APPEND_OPTIONS(OPTION_FIELD)
} AppendPrimitiveOptions;
#define ROW(...) OPTION_ROW_OF(AppendPrimitiveOptions, __VA_ARGS__)
static const Option append_options[] = {APPEND_OPTIONS(ROW)};
#undef ROW

/* The first argument and those that follow. */
static Status collect_frames(const Call *call, const OptionFrames *given, const Frame ***out, Error *e)
{
  const Frame **frames = arena_alloc(&call->task->arena, given->n + 1, sizeof *frames);
  if (!frames) {
    return error_memory(e, 0, _("frames"));
  }
  frames[0] = call->data->frame;
  for (size_t i = 0; i < given->n; i++) {
    frames[i + 1] = given->items[i];
  }
  *out = frames;
  return STATUS_OK;
}

static Status run_append(Call *call, Value *out, Error *e)
{
  const AppendPrimitiveOptions *given = call->options;
  const Frame **frames = NULL;
  Frame *frame = NULL;
  const size_t n = given->frames.n + 1;
  AppendOptions options = {.strict = given->strict, .source = given->source};
  Status status;
  TRY(collect_frames(call, &given->frames, &frames, e));
  if (given->names.n > 0 && given->names.n != n) {
    TRY(error_set(e, STATUS_ARGUMENT, "out-of-range", _("%1$zu names for %2$zu frames"), given->names.n, n));
  }
  options.labels = given->names.n > 0 ? given->names.items : NULL;
  note_groups_left(call);
  TRY(frames_append(frames, n, &options, call->task, &frame, call->notes, e));
  *out = value_of_frame(frame);
done:
  return status;
}

static const Primitive append_primitive = {
    .size = sizeof(Primitive),
    .family = "frame",
    .name = "append",
    .version = 1,
    .summary = "rows of other frames below those of this one",
    .details = "Columns are matched by name: those of the first frame, then further ones as they appear. A frame "
               "that lacks a column gives missing cells, and that is said. int64 and float64 make float64, "
               "category and string make string; other types that differ, and times of different zones, are an "
               "error, but a column of missing cells only goes with any type. Levels of categories are put "
               "together by their texts.",
    .takes = VALUE_FRAME,
    .main = "frames",
    .options = append_options,
    .n_options = sizeof append_options / sizeof *append_options,
    .options_size = sizeof(AppendPrimitiveOptions),
    .gives = VALUE_FRAME,
    .returns = "a frame with the rows of all",
    .reference = "",
    .example = "a = frame{{\"id\", {1, 2}}, {\"x\", {0.5, 1}}}\nb = frame{{\"x\", {2}}, {\"id\", {3}}, {\"note\", "
               "{\"late\"}}}\n"
               "a:append(b, {source = \"part\"})",
    .where = WHERE_JOB,
    .run = run_append};
REGISTER_PRIMITIVE(append_primitive);
