/* SPDX-License-Identifier: GPL-3.0-or-later */
/* column_layout.h -- how a column lies in memory. Only the layers frame, shape and expr (and their tests) may include it:
 * the kernels of the latter two go over whole columns.
 *
 * A Storage is one reference-counted allocation; a Buffer is a place in it. So a slice holds the same
 * storages at other places, and nothing is copied. What each type keeps, for `rows` cells (a word has 64
 * bits, bit i of word i / 64):
 *
 *   type               values                          offsets             dictionary
 *   float64            double per row
 *   int64, timestamp   int64_t per row
 *   bool               words
 *   category           int32_t code per row                                levels
 *   string             bytes                           int64_t, rows + 1
 *   set                int32_t codes                   int64_t, rows + 1   levels
 *
 * `valid` holds words, or no data when nothing is missing. Bits past the last row are 0, in every bitmap of
 * every column: counting and hashing can go by words. Offsets need not begin at 0 (slices); a missing cell is
 * empty, its value 0.
 */
#ifndef ASSAY_FRAME_COLUMN_LAYOUT_H
#define ASSAY_FRAME_COLUMN_LAYOUT_H

#include <stdatomic.h>

#include "core/map.h"
#include "frame/column.h"

enum { STORAGE_HEAD = 64 }; /* bytes before the data, so that these are aligned to 64 */

typedef struct Storage {
  atomic_size_t refs;
  size_t bytes;             /* of data */
} Storage;

typedef struct Buffer {
  Storage *owner;           /* one reference; NULL when there is no data */
  const void *data;
} Buffer;

/* Texts 0 .. n - 1, no two equal: text i is bytes[offsets[i] .. offsets[i + 1]). */
typedef struct Dictionary {
  atomic_size_t refs;
  size_t n;
  Buffer offsets, bytes;
} Dictionary;

struct Column {
  atomic_size_t refs;
  Type type;
  Role role;
  size_t rows;
  Buffer valid, values, offsets;
  Buffer zone;                     /* NUL-terminated text; no data: wall time */
  Dictionary *dictionary;          /* one reference; category and set */
  atomic_int_fast64_t missing;     /* number of missing cells, -1 when not counted yet */
  atomic_int dates;                /* column_is_dates: 0 not known yet, 1 yes, 2 no */
  atomic_int digest_state;         /* 0 none, 1 being written, 2 there */
  Digest digest;
};

/* One reference to `n * size` bytes, not zeroed but for the padding to 64 bytes; NULL: no memory. */
Storage *storage_new(size_t n, size_t size) MUST_USE;
void storage_unref(Storage *storage);              /* NULL is fine */

static inline void *storage_data(const Storage *storage)
{
  return (char *)storage + STORAGE_HEAD;
}

Buffer buffer_of(Storage *storage);                /* takes the reference */
Buffer buffer_at(Buffer buffer, size_t offset);    /* another reference, `offset` bytes further */
size_t buffer_room(const Buffer *buffer);          /* bytes from data to the end of the storage */
void buffer_drop(Buffer *buffer);

/* The map's keys by their numbers; NULL: no memory. */
Dictionary *dictionary_of(const Map *map) MUST_USE;
Dictionary *dictionary_ref(Dictionary *dictionary);
void dictionary_unref(Dictionary *dictionary);     /* NULL is fine */

/* A column without buffers, or one that shares the template's type, role, zone and dictionary; NULL: no
 * memory. */
Column *column_bare(Type type, size_t rows) MUST_USE;
Column *column_like(const Column *column, size_t rows) MUST_USE;

static inline size_t bitmap_words(size_t rows)
{
  return rows / 64 + (rows % 64 != 0);
}

static inline bool bitmap_get(const uint64_t *words, size_t row)
{
  return words[row / 64] >> (row % 64) & 1;
}

/* The bits of word `word` that stand for one of `rows` rows. */
static inline uint64_t bitmap_mask(size_t rows, size_t word)
{
  const size_t left = rows - word * 64;
  return left >= 64 ? UINT64_MAX : (UINT64_C(1) << left) - 1;
}

#endif
