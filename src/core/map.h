/* SPDX-License-Identifier: GPL-3.0-or-later */
/* map.h -- from byte strings to numbers 0, 1, 2 ... in order of first appearance: dictionaries, names, keys of groups.
 *
 * Open addressing with XXH3; keys are copied. Expected O(length) per call. Not for several threads at once.
 */
#ifndef ASSAY_CORE_MAP_H
#define ASSAY_CORE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

typedef struct Map Map;

ASSAY_API Map *map_new(void) MUST_USE;   /* NULL: no memory */
ASSAY_API void map_free(Map *map);
ASSAY_API size_t map_size(const Map *map);

/* The number of the key, added if it is new (*fresh, may be NULL, says so). */
ASSAY_API Status map_put(Map *map, const char *key, size_t length, size_t *number, bool *fresh, Error *e) MUST_USE;

/* True and the number when the key is there. */
ASSAY_API bool map_get(const Map *map, const char *key, size_t length, size_t *number);

/* The key with a number, borrowed until the map is freed or grows; NUL-terminated. */
ASSAY_API const char *map_key(const Map *map, size_t number, size_t *length);

#endif
