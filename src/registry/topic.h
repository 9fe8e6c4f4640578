/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topic.h -- pages of help that are no primitives: an error's id, a piece of the language, a prompt command. */
#ifndef ASSAY_REGISTRY_TOPIC_H
#define ASSAY_REGISTRY_TOPIC_H

#include <stddef.h>

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

#endif
