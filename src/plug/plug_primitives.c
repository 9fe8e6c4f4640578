/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin.load and plugin.list. */
#include "plug/plug.h"
#include "registry/registry.h"

#define LOAD_OPTIONS(O) O(name, TEXT, OPTION_REQUIRED, 1, 0, "", "", "name of the plugin, as plugin.list() shows it")
typedef struct LoadOptions {
  LOAD_OPTIONS(OPTION_FIELD)
} LoadOptions;
#define ROW(...) OPTION_ROW_OF(LoadOptions, __VA_ARGS__)
static const Option load_options[] = {LOAD_OPTIONS(ROW)};
#undef ROW

static Status run_load(Call *call, Value *out, Error *e)
{
  const LoadOptions *options = call->options;
  *out = (Value){.kind = VALUE_NONE};
  return plug_load(options->name, e);
}

static Status run_list(Call *call, Value *out, Error *e)
{
  (void)call;
  Frame *frame = NULL;
  Status status;
  plug_settle();
  TRY(plug_list(&frame, e));
  *out = value_of_frame(frame);
done:
  return status;
}

static const Primitive load_primitive = {
    .size = sizeof(Primitive),
    .family = "plugin",
    .name = "load",
    .version = 1,
    .summary = "loads a plugin",
    .details = "Rarely needed: a plugin is loaded when a name, a method, a format, a scheme or an extension of its "
               "is first used. Its code runs with the rights of the program. ASSAY_PLUGINS names folders to look "
               "in first, separated by colons; then come ~/.local/share/assay/plugins and those that came with the "
               "program.",
    .takes = VALUE_NONE,
    .main = "name",
    .options = load_options,
    .n_options = 1,
    .options_size = sizeof(LoadOptions),
    .gives = VALUE_NONE,
    .returns = "nothing",
    .reference = "",
    .example = "plugin.load \"example\"",
    .effects = EFFECT_READS | EFFECT_WRITES | EFFECT_PROCESS | EFFECT_NETWORK,
    .where = WHERE_MAIN,
    .run = run_load};
REGISTER_PRIMITIVE(load_primitive);

static const Primitive list_primitive = {
    .size = sizeof(Primitive),
    .family = "plugin",
    .name = "list",
    .version = 1,
    .summary = "the plugins there are",
    .takes = VALUE_NONE,
    .options_size = 0,
    .gives = VALUE_FRAME,
    .returns = "a frame: name summary loaded path missing, the last being what must be built or installed first",
    .reference = "",
    .example = "plugin.list()",
    .effects = EFFECT_READS,
    .where = WHERE_MAIN,
    .run = run_list};
REGISTER_PRIMITIVE(list_primitive);
