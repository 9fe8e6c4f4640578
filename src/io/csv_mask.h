/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_mask.h -- which of 64 bytes equal a character, as 64 bits: what a CSV scanner asks first.
 *
 * SSE2 is part of every x86-64, so that no choice at run time is needed; elsewhere eight bytes are compared
 * in one word. Both forms are here and give the same bits (tests compare them).
 */
#ifndef ASSAY_IO_CSV_MASK_H
#define ASSAY_IO_CSV_MASK_H

#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { CSV_LANE = 64 }; /* bytes per mask */

/* The top bits of the eight bytes of a word, gathered. */
static inline uint64_t csv_gather(uint64_t tops)
{
  return ((tops >> 7) * UINT64_C(0x0102040810204080)) >> 56;
}

static inline uint64_t csv_word_at(const char *bytes)
{
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

static inline uint64_t csv_equal_portable(const char *bytes, char c)
{
  const uint64_t low = UINT64_C(0x7F7F7F7F7F7F7F7F), ones = UINT64_C(0x0101010101010101);
  uint64_t mask = 0;
  for (int i = 0; i < 8; i++) {
    const uint64_t differs = csv_word_at(bytes + i * 8) ^ (ones * (unsigned char)c);
    mask |= csv_gather(~(((differs & low) + low) | differs | low)) << (i * 8);
  }
  return mask;
}

/* The bytes of 0x80 and more. */
static inline uint64_t csv_high_portable(const char *bytes)
{
  uint64_t mask = 0;
  for (int i = 0; i < 8; i++) {
    mask |= csv_gather(csv_word_at(bytes + i * 8) & UINT64_C(0x8080808080808080)) << (i * 8);
  }
  return mask;
}

#ifdef __SSE2__
static inline uint64_t csv_equal(const char *bytes, char c)
{
  const __m128i wanted = _mm_set1_epi8(c);
  uint64_t mask = 0;
  for (int i = 0; i < 4; i++) {
    const __m128i part = _mm_loadu_si128((const __m128i *)(const void *)(bytes + i * 16));
    mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(part, wanted)) << (i * 16);
  }
  return mask;
}

static inline uint64_t csv_high(const char *bytes)
{
  uint64_t mask = 0;
  for (int i = 0; i < 4; i++) {
    const __m128i part = _mm_loadu_si128((const __m128i *)(const void *)(bytes + i * 16));
    mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(part) << (i * 16);
  }
  return mask;
}

/* Bytes that equal one of four characters. */
static inline uint64_t csv_any_of(const char *bytes, const char c[4])
{
  const __m128i a = _mm_set1_epi8(c[0]), b = _mm_set1_epi8(c[1]);
  const __m128i d = _mm_set1_epi8(c[2]), f = _mm_set1_epi8(c[3]);
  uint64_t mask = 0;
  for (int i = 0; i < 4; i++) {
    const __m128i part = _mm_loadu_si128((const __m128i *)(const void *)(bytes + i * 16));
    const __m128i either = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(part, a), _mm_cmpeq_epi8(part, b)),
                                        _mm_or_si128(_mm_cmpeq_epi8(part, d), _mm_cmpeq_epi8(part, f)));
    mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(either) << (i * 16);
  }
  return mask;
}
#else
#define csv_equal csv_equal_portable
#define csv_high csv_high_portable

static inline uint64_t csv_any_of(const char *bytes, const char c[4])
{
  return csv_equal(bytes, c[0]) | csv_equal(bytes, c[1]) | csv_equal(bytes, c[2]) | csv_equal(bytes, c[3]);
}
#endif

#endif
