/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help.h -- help pages, topic search, the reference manual and editor stubs, all from descriptors and the topics' table. */
#ifndef ASSAY_REGISTRY_HELP_H
#define ASSAY_REGISTRY_HELP_H

#include "registry/registry.h"

/* A topic that is no primitive: an error's id, a piece of the language, a prompt command. */
typedef struct Topic {
  const char *name, *summary, *text;
} Topic;

typedef struct TopicTable {
  const Topic *topics;
  size_t n;
} TopicTable;

/* Puts an array of topics into help at link time; its file is named *_topics.c, or *_primitives.c. */
#define REGISTER_TOPICS(array)                                                                          \
  static const TopicTable array##_table = {array, sizeof array / sizeof *array};                       \
  static const TopicTable *const array##_registered                                                     \
      __attribute__((used, section("assay_topics"), aligned(sizeof(void *)))) = &array##_table

/* All topics in order of their names. Main thread only. */
size_t topics_size(void);
const Topic *topics_at(size_t index);

/* One line: "cluster.kmeans(df, k, {on, scale, ...})". */
void help_signature(const Primitive *primitive, Text *out);

/* The page of "kmeans", "cluster.kmeans", "kmeans.init", "unknown-column", a family, or "" (the first page, which fits 24
 * lines of 80). STATUS_NAME with the nearest names when there is none. Wrapped to width. */
Status help_page(const char *topic, size_t width, Text *out, Error *e) MUST_USE;

/* Pages that have all or most of the words, best first, one line each; false when nothing fits. */
bool help_search(const char *words, size_t width, Text *out);

/* A Markdown page for a family; the LuaCATS file for all of the library. */
void help_reference(const char *family, Text *out);
void help_stubs(Text *out);

/* The text of an option's type, range and choices: "whole number 1..1e9", "one of none, zscore". */
void option_type(const Option *option, Text *out);

/* Adds text wrapped at width with a left margin; the first line starts at column `at`. */
void help_wrap(const char *text, size_t width, size_t margin, size_t at, Text *out);

#endif
