/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_messages.c -- any bytes as a catalogue of messages: refused, or every text of it can be looked up and read. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t word_at(const Messages *messages, size_t at)
{
  uint32_t word;
  memcpy(&word, messages->bytes + at, sizeof word);
  return word;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  Messages messages;
  char *bytes = mem_alloc(size + 1, 1);
  if (!bytes) {
    return 0;
  }
  memcpy(bytes, data, size);
  bytes[size] = '\0';
  if (!messages_take(bytes, size, &messages)) {
    mem_free(bytes);
    return 0;
  }
  for (size_t i = 0; i < messages.n; i++) {
    const char *english = messages.bytes + word_at(&messages, word_at(&messages, 12) + 8 * i + 4);
    const char *other = messages.bytes + word_at(&messages, word_at(&messages, 16) + 8 * i + 4);
    const char *found = messages_find(&messages, english);
    if (*english && *other ? found != other : found != NULL) {
      abort();
    }
  }
  (void)messages_find(&messages, "a row");
  messages_free(&messages);
  return 0;
}
