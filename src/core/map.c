/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/map.h"

#include <string.h>

#include "core/alloc.h"
#include "core/digest.h"

typedef struct Key {
  uint64_t hash;
  size_t offset, length;
} Key;

struct Map {
  char *bytes;           /* all keys, each with a NUL */
  size_t bytes_used, bytes_size;
  Key *keys;
  size_t n, keys_size;
  uint32_t *slots;       /* number + 1, 0 for free */
  size_t mask;           /* slots - 1, a power of two less one */
};

enum { FIRST_SLOTS = 64 };

Map *map_new(void)
{
  Map *map = mem_zero(1, sizeof *map);
  if (map) {
    map->slots = mem_zero(FIRST_SLOTS, sizeof *map->slots);
    map->mask = FIRST_SLOTS - 1;
    if (!map->slots) {
      mem_free(map);
      return NULL;
    }
  }
  return map;
}

void map_free(Map *map)
{
  if (map) {
    mem_free(map->bytes);
    mem_free(map->keys);
    mem_free(map->slots);
    mem_free(map);
  }
}

size_t map_size(const Map *map)
{
  return map->n;
}

/* The slot of the key, or the free slot where it belongs. */
static size_t find(const Map *map, uint64_t hash, const char *key, size_t length)
{
  size_t slot = hash & map->mask;
  while (map->slots[slot]) {
    const Key *k = &map->keys[map->slots[slot] - 1];
    if (k->hash == hash && k->length == length &&
        (length == 0 || memcmp(map->bytes + k->offset, key, length) == 0)) {
      break;
    }
    slot = (slot + 1) & map->mask;
  }
  return slot;
}

static bool grow_slots(Map *map)
{
  const size_t size = (map->mask + 1) * 2;
  uint32_t *slots = mem_zero(size, sizeof *slots);
  if (!slots) {
    return false;
  }
  for (size_t i = 0; i < map->n; i++) {
    size_t slot = map->keys[i].hash & (size - 1);
    while (slots[slot]) {
      slot = (slot + 1) & (size - 1);
    }
    slots[slot] = (uint32_t)i + 1;
  }
  mem_free(map->slots);
  map->slots = slots;
  map->mask = size - 1;
  return true;
}

static bool grow_keys(Map *map, size_t length)
{
  if (map->n == map->keys_size) {
    const size_t size = map->keys_size ? map->keys_size * 2 : 32;
    Key *keys = mem_resize(map->keys, size, sizeof *keys);
    if (!keys) {
      return false;
    }
    map->keys = keys;
    map->keys_size = size;
  }
  if (map->bytes_size - map->bytes_used < length + 1) {
    const size_t size = (map->bytes_size + length + 64) * 2;
    char *bytes = mem_resize(map->bytes, size, 1);
    if (!bytes) {
      return false;
    }
    map->bytes = bytes;
    map->bytes_size = size;
  }
  return true;
}

Status map_put(Map *map, const char *key, size_t length, size_t *number, bool *fresh, Error *e)
{
  const uint64_t hash = digest_hash(key, length);
  size_t slot = find(map, hash, key, length);
  if (fresh) {
    *fresh = map->slots[slot] == 0;
  }
  if (map->slots[slot]) {
    *number = map->slots[slot] - 1;
    return STATUS_OK;
  }
  if (map->n >= UINT32_MAX - 1) {
    return error_set(e, STATUS_LIMIT, "too-many-keys", _("more than %u distinct texts"), UINT32_MAX - 1);
  }
  if (!grow_keys(map, length) || ((map->n + 1) * 2 > map->mask && !grow_slots(map))) {
    return error_memory(e, 0, _("a dictionary"));
  }
  slot = find(map, hash, key, length);
  if (length > 0) {
    memcpy(map->bytes + map->bytes_used, key, length);
  }
  map->bytes[map->bytes_used + length] = '\0';
  map->keys[map->n] = (Key){hash, map->bytes_used, length};
  map->bytes_used += length + 1;
  map->slots[slot] = (uint32_t)++map->n;
  *number = map->n - 1;
  return STATUS_OK;
}

bool map_get(const Map *map, const char *key, size_t length, size_t *number)
{
  const size_t slot = find(map, digest_hash(key, length), key, length);
  if (map->slots[slot] == 0) {
    return false;
  }
  *number = map->slots[slot] - 1;
  return true;
}

const char *map_key(const Map *map, size_t number, size_t *length)
{
  const Key *k = &map->keys[number];
  if (length) {
    *length = k->length;
  }
  return map->bytes + k->offset;
}
