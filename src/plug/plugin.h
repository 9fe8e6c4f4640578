/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plugin.h -- what the source of a plugin in C includes, beside the headers it uses.
 *
 * A plugin is a folder NAME with a manifest (plugin.json), NAME.so and perhaps NAME.lua. Its primitives, formats and
 * help topics are declared as those of the program are, with REGISTER_PRIMITIVE, REGISTER_FORMAT and REGISTER_TOPICS,
 * and one of its files says
 *
 *   ASSAY_PLUGIN(NAME, NULL)
 *
 * or names a function there, `Status open(Error *e)`, that is run once after loading. This makes the only symbol that
 * the .so exports, a block of magic, ABI and sizes. The program reads it from the file and refuses a plugin built for
 * another program before anything of the plugin runs. A plugin is opened with RTLD_NOW | RTLD_LOCAL and never closed.
 *
 * The program's structs that a plugin looks into are those of the installed headers. Sizes catch a struct that grew;
 * raise ASSAY_ABI for what they do not show: an enum or a field that changed its place or meaning.
 */
#ifndef ASSAY_PLUG_PLUGIN_H
#define ASSAY_PLUG_PLUGIN_H

#include "core/api.h"
#include "core/digest.h"
#include "core/reduce.h"
#include "io/format.h"
#include "registry/primitive.h"
#include "registry/topic.h"

#define ASSAY_ABI 1
#define PLUGIN_MAGIC "assay plugin"

/* Types whose size the program and the plugin must agree on. */
#define PLUGIN_TYPES(T)                                                                                 \
  T(Error) T(Text) T(Arena) T(Task) T(Digest) T(Reduce) T(Value) T(OptionTexts) T(OptionTextMap) T(Option) T(Figure) \
  T(Primitive) T(ModelClass) T(Call) T(Cost) T(CsvOptions) T(ReadRequest) T(WriteRequest) T(Format) T(TopicTable)

#define PLUGIN_NUMBER(type) PLUGIN_SIZE_##type,
enum { PLUGIN_TYPES(PLUGIN_NUMBER) PLUGIN_SIZES };
#undef PLUGIN_NUMBER

typedef struct Plugin {
  char magic[16];
  uint32_t abi, size;           /* size: of this struct */
  uint32_t sizes[PLUGIN_SIZES];
  const char *name;
  const Primitive *const *primitives, *const *primitives_end;
  const Format *const *formats, *const *formats_end;
  const TopicTable *const *topics, *const *topics_end;
  Status (*open)(Error *e);     /* NULL: nothing to do */
} Plugin;

#define PLUGIN_SECTION __attribute__((weak, visibility("hidden")))
#define PLUGIN_SIZEOF(type) (uint32_t)sizeof(type),

#define ASSAY_PLUGIN(called, opener)                                                                    \
  extern const Primitive *const __start_assay_primitives[] PLUGIN_SECTION;                             \
  extern const Primitive *const __stop_assay_primitives[] PLUGIN_SECTION;                              \
  extern const Format *const __start_assay_formats[] PLUGIN_SECTION;                                    \
  extern const Format *const __stop_assay_formats[] PLUGIN_SECTION;                                     \
  extern const TopicTable *const __start_assay_topics[] PLUGIN_SECTION;                                 \
  extern const TopicTable *const __stop_assay_topics[] PLUGIN_SECTION;                                  \
  extern const Plugin assay_plugin;                                                                     \
  ASSAY_API const Plugin assay_plugin = {                                                               \
      .magic = PLUGIN_MAGIC, .abi = ASSAY_ABI, .size = sizeof(Plugin), .sizes = {PLUGIN_TYPES(PLUGIN_SIZEOF)}, \
      .name = #called, .primitives = __start_assay_primitives, .primitives_end = __stop_assay_primitives, \
      .formats = __start_assay_formats, .formats_end = __stop_assay_formats,                            \
      .topics = __start_assay_topics, .topics_end = __stop_assay_topics, .open = (opener)};

#endif
