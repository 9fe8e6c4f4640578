/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_model.c -- any bytes as a model file. They are refused as such, or make a model that is written and
 * read again as itself and bears all that is done with models: card, figures explained, prediction, going
 * on with a stopped fit. Two primitives have models here: cluster.kmeans, which checks what it reads, and
 * test.any, which takes any frames. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "frame/builder.h"
#include "registry/model.h"
#include "registry/registry.h"
#include "view/model_card.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ANY_OPTIONS(O) O(extra, VALUE, OPTION_UNSET, 0, 0, "", "", "anything")
typedef struct AnyOptions {
  ANY_OPTIONS(OPTION_FIELD)
} AnyOptions;
#define ROW(...) OPTION_ROW_OF(AnyOptions, __VA_ARGS__)
static const Option any_options[] = {ANY_OPTIONS(ROW)};
#undef ROW

static Status run_any(Call *call, Value *out, Error *e)
{
  (void)call;
  *out = (Value){.kind = VALUE_NONE};
  return error_set(e, STATUS_INTERNAL, "not-supported", "it is for files only");
}

static const ModelClass any_class = {.size = sizeof(ModelClass)};
static const Primitive any = {.size = sizeof(Primitive), .family = "test", .name = "any", .version = 1,
  .summary = "a model of anything", .takes = VALUE_FRAME, .options = any_options, .n_options = 1,
  .options_size = sizeof(AnyOptions), .gives = VALUE_MODEL, .returns = "", .reference = "", .example = "",
  .run = run_any, .model = &any_class};
REGISTER_PRIMITIVE(any);

static void require(bool holds)
{
  if (!holds) {
    abort();
  }
}

static bool same(const Model *a, const Model *b)
{
  const Digest x = model_digest(a), y = model_digest(b);
  return x.high == y.high && x.low == y.low;
}

static void write_and_read(const Model *model)
{
  Text bytes = {0}, again = {0};
  Model *back = NULL;
  Error e;
  error_clear(&e);
  require(model_to_bytes(model, &bytes, &e) == STATUS_OK);
  require(model_of_bytes(text_data(&bytes), bytes.size, "again", &back, &e) == STATUS_OK);
  require(same(model, back));
  require(model_to_bytes(back, &again, &e) == STATUS_OK);
  require(bytes.size == again.size && memcmp(bytes.data, again.data, bytes.size) == 0);
  text_free(&bytes);
  text_free(&again);
  model_unref(back);
}

static void check_frames(const Model *model)
{
  for (size_t i = 0; i < model_frames(model); i++) {
    const Frame *frame = model_frame(model, model_frame_name(model, i));
    for (size_t j = 0; j < frame_columns(frame); j++) {
      require(column_check(frame_column(frame, j), NULL) == STATUS_OK);
    }
  }
  for (size_t i = 0; i < model_children(model); i++) {
    check_frames(model_child(model, i));
  }
}

static void show(const Model *model)
{
  const Primitive *primitive = model_primitive(model);
  ViewStyle style;
  Text text = {0};
  style_init(&style);
  require(model_card(model, &style, &text, NULL) == STATUS_OK);
  require(utf8_check(text_data(&text), text.size) == text.size);
  for (size_t i = 0; i < primitive->n_figures; i++) {
    require(model_why(model, primitive->figures[i].name, &text, NULL) == STATUS_OK);
  }
  text_free(&text);
}

/* A few rows with the columns a k-means model was fitted on; NULL when it names none. */
static Frame *rows_for(const Model *model)
{
  static const double numbers[] = {0, 1, 2, 10, 11, 12, 1e9, -3};
  const Frame *variables = model_frame(model, "variables");
  size_t name;
  if (!variables || !frame_find(variables, "name", &name) || frame_rows(variables) > 50) {
    return NULL;
  }
  Draft *draft = draft_new();
  for (size_t i = 0; i < frame_rows(variables); i++) {
    size_t length;
    const char *text = column_text(frame_column(variables, name), i, &length);
    char *copy = mem_text(text, length);
    draft_floats(draft, copy, numbers + i % 2, 7);
    mem_free(copy);
  }
  Frame *frame = NULL;
  return draft_finish(draft, &frame, NULL) == STATUS_OK ? frame : NULL;
}

typedef struct Patience {
  Task *task;
  int steps;
} Patience;

static void lose_patience(void *context, const TraceStep *step)
{
  Patience *patience = context;
  (void)step;
  if (++patience->steps > 30) {
    task_cancel(patience->task);
  }
}

static void use(const Model *model)
{
  const ModelClass *class = model_primitive(model)->model;
  Frame *data = rows_for(model), *predicted = NULL;
  Model *further = NULL;
  Task task;
  Text notes = {0};
  Error e;
  if (!data || !class->predict) {
    frame_unref(data);
    return;
  }
  task_init(&task, 1);
  task.threads = 1;
  Patience patience = {&task, 0};
  task.trace = lose_patience;
  task.trace_context = &patience;
  Call call = {.primitive = model_primitive(model), .task = &task, .notes = &notes};
  error_clear(&e);
  const Status status = class->predict(&call, model, data, &predicted, &e);
  require((status == STATUS_OK) == (predicted != NULL) && (status == STATUS_OK || e.what[0]));
  const Column *complete;
  if (model_figure(model, "complete", &complete) && !column_int(complete, 0)) {
    error_clear(&e);
    const Status went_on = class->proceed(&call, model, data, &further, &e);
    require((went_on == STATUS_OK) == (further != NULL) && (went_on == STATUS_OK || e.what[0]));
  }
  frame_unref(data);
  frame_unref(predicted);
  model_unref(further);
  task_free(&task);
  text_free(&notes);
}

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

/* A change of the header's length would end at the first check of the loader, so mostly only the header's
 * text or only the data are changed, and the length is set right. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
  uint64_t length = 0;
  memcpy(&length, data, size < 8 ? size : 8);
  if (size < 8 || length > size - 8 || seed % 8 == 0) {
    return LLVMFuzzerMutate(data, size, most);
  }
  const size_t header = 8 + (size_t)length, rest = size - header;
  if (seed % 8 < 3) {
    return header + LLVMFuzzerMutate(data + header, rest, most - header);
  }
  uint8_t *kept = malloc(rest ? rest : 1);
  if (!kept) {
    return size;
  }
  memcpy(kept, data + header, rest);
  length = LLVMFuzzerMutate(data + 8, header - 8, most - 8 - rest);
  memcpy(data, &length, 8);
  memcpy(data + 8 + length, kept, rest);
  free(kept);
  return 8 + (size_t)length + rest;
}

#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const size_t before = mem_in_use();
  Model *model = (Model *)8;
  Error e;
  error_clear(&e);
  const Status status = model_of_bytes(size ? (const char *)data : "", size, "fuzz.assay", &model, &e);
  if (status == STATUS_OK) {
    check_frames(model);
    write_and_read(model);
    show(model);
    use(model);
    model_unref(model);
  } else {
    require(!model && status == STATUS_FORMAT && strcmp(e.id, "bad-model-file") == 0 &&
            strstr(e.what, "fuzz.assay"));
  }
  require(mem_in_use() == before);
  return 0;
}
