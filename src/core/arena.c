/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"

enum { CHUNK_BYTES = 16384 };

typedef struct ArenaChunk {
  struct ArenaChunk *next;
  size_t used, size;
  char *bytes;
} ArenaChunk;

static ArenaChunk *chunk_new(size_t size)
{
  ArenaChunk *chunk = mem_alloc(1, sizeof *chunk);
  if (!chunk) {
    return NULL;
  }
  chunk->bytes = mem_buffer(size, 1);
  if (!chunk->bytes) {
    mem_free(chunk);
    return NULL;
  }
  chunk->used = 0;
  chunk->size = size;
  return chunk;
}

void *arena_alloc(Arena *arena, size_t n, size_t size)
{
  size_t bytes;
  if (__builtin_mul_overflow(n, size, &bytes) || bytes > SIZE_MAX / 2) {
    return NULL;
  }
  const size_t align = bytes >= 64 ? 64 : 16;
  ArenaChunk *chunk = arena->chunk;
  size_t from = chunk ? (chunk->used + align - 1) / align * align : 0;
  if (!chunk || from > chunk->size || bytes > chunk->size - from) {
    chunk = chunk_new(bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES);
    if (!chunk) {
      return NULL;
    }
    chunk->next = arena->chunk;
    arena->chunk = chunk;
    from = 0;
  }
  chunk->used = from + bytes;
  return memset(chunk->bytes + from, 0, bytes);
}

char *arena_text(Arena *arena, const char *bytes, size_t n)
{
  char *copy = n < SIZE_MAX ? arena_alloc(arena, n + 1, 1) : NULL;
  if (copy && n > 0) {
    memcpy(copy, bytes, n);
  }
  return copy;
}

char *arena_string(Arena *arena, const char *text)
{
  return arena_text(arena, text, strlen(text));
}

char *arena_printf(Arena *arena, const char *format, ...)
{
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  const int length = vsnprintf(NULL, 0, format, args);
  va_end(args);
  char *text = length < 0 ? NULL : arena_alloc(arena, (size_t)length + 1, 1);
  if (text) {
    vsnprintf(text, (size_t)length + 1, format, again);
  }
  va_end(again);
  return text;
}

void arena_free(Arena *arena)
{
  while (arena->chunk) {
    ArenaChunk *next = arena->chunk->next;
    mem_free(arena->chunk->bytes);
    mem_free(arena->chunk);
    arena->chunk = next;
  }
}
