/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena.h -- temporaries of one call: many small allocations, freed together on success, error and cancel alike.
 *
 * An arena belongs to one thread at a time. arena_alloc gives zeroed memory aligned to 16 bytes (64 for 64 bytes and
 * more), or NULL. Amortised O(1).
 */
#ifndef ASSAY_CORE_ARENA_H
#define ASSAY_CORE_ARENA_H

#include <stddef.h>

#include "core/error.h"

typedef struct Arena {
  struct ArenaChunk *chunk; /* newest first */
} Arena;

/* An Arena that is all zero is empty and ready. */
ASSAY_API void *arena_alloc(Arena *arena, size_t n, size_t size) MUST_USE;
ASSAY_API char *arena_text(Arena *arena, const char *bytes, size_t n) MUST_USE;
ASSAY_API char *arena_string(Arena *arena, const char *text) MUST_USE;
ASSAY_API char *arena_printf(Arena *arena, const char *format, ...) PRINTF(2, 3) MUST_USE;

/* Frees everything and leaves the arena empty and ready. */
ASSAY_API void arena_free(Arena *arena);

#endif
