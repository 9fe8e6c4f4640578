/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "repl/pasted.h"

#include <string.h>

#include "repl/command.h"
#include "repl/continuation.h"

enum { TEXT_MOST = 1 << 16 }; /* bytes; a longer text runs as a whole */

void pasted_clean(const char *text, Text *out)
{
  const bool has_prompts = *text == '>' && continuation_skip(text) > 0; /* ">> " in quotes is Lua */
  while (*text) {
    const size_t n = strcspn(text, "\n") + (strchr(text, '\n') != NULL);
    const size_t skip = has_prompts ? continuation_skip(text) : 0;
    text_add(out, text + skip, n - skip);
    text += n;
  }
}

bool pasted_in_pieces(Session *session, const char *before, const char *text)
{
  Text piece = {0};
  bool can = strlen(text) < TEXT_MOST;
  text_puts(&piece, before);
  while (can && *text) {
    const size_t n = strcspn(text, "\n");
    text_add(&piece, text, n);
    text_char(&piece, '\n');
    text += n + (text[n] == '\n');
    const bool command = command_is(text_data(&piece));
    const ChunkState state = command ? CHUNK_COMPLETE : session_chunk_state(session, text_data(&piece));
    can = state != CHUNK_WRONG && strncmp(text_data(&piece), "local", 5) != 0;
    if (state == CHUNK_COMPLETE) {
      text_reset(&piece);
    }
  }
  text_free(&piece);
  return can;
}
