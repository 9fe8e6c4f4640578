/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help.h -- help pages, topic search, the reference manual and editor stubs, all from descriptors and the topics' table. */
#ifndef ASSAY_REGISTRY_HELP_H
#define ASSAY_REGISTRY_HELP_H

#include "registry/registry.h"
#include "registry/topic.h"

/* Topics made at the first use from what the program knows otherwise: the functions of expressions ("function"). */
typedef struct TopicSource {
  const char *kind;
  const TopicTable *(*make)(void); /* the same table each time */
} TopicSource;

#define REGISTER_TOPIC_SOURCE(source)                                                                   \
  static const TopicSource *const source##_registered                                                   \
      __attribute__((used, section("assay_topic_sources"), aligned(sizeof(void *)))) = &(source)

/* Those of a kind, or NULL. */
const TopicTable *topics_of(const char *kind);

/* All topics in order of their names. Main thread only. */
size_t topics_size(void);
const Topic *topics_at(size_t index);

/* Adds those of a plugin, for the rest of the run; names that are taken, and those past the most, are left out. */
void topics_add(const TopicTable *table);

/* One line: "cluster.kmeans(df, k, {on, scale, ...})". */
void help_signature(const Primitive *primitive, Text *out);

/* One line: "number of clusters; whole number 1..1e9; required". */
void help_option(const Option *option, Text *out);

/* The page of "kmeans", "cluster.kmeans", "kmeans.init", "unknown-column", a family, or "" (the first page, which fits 24
 * lines of 80). STATUS_NAME with the nearest names when there is none. Wrapped to width. */
Status help_page(const char *topic, size_t width, Text *out, Error *e) MUST_USE;

/* One line of a list: mark, name, and a text from column `margin` on, wrapped. */
void help_entry(const char *mark, const char *name, size_t margin, const char *text, size_t width, Text *out);

/* The dozen pages that have the words, best first, one line each; false when none has more than half of them (help_search.c). */
bool help_search(const char *words, size_t width, Text *out);

/* A Markdown page for a family; the LuaCATS file for all of the library. */
void help_reference(const char *family, Text *out);
void help_stubs(Text *out);

/* The text of an option's type, range and choices: "whole number 1..1e9", "one of none, zscore". */
void option_type(const Option *option, Text *out);

/* Adds text wrapped at width with a left margin; the first line starts at column `at`. */
void help_wrap(const char *text, size_t width, size_t margin, size_t at, Text *out);

#endif
