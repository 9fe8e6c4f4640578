/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/digest.h"

#include <stdio.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t digest_hash(const void *bytes, size_t n)
{
  return XXH3_64bits(bytes, n);
}

Digest digest_bytes(const void *bytes, size_t n)
{
  const XXH128_hash_t hash = XXH3_128bits(bytes, n);
  return (Digest){hash.high64, hash.low64};
}

Digest digest_join(const Digest *parts, size_t n)
{
  return digest_bytes(parts, n * sizeof *parts);
}

void digest_text(Digest digest, char out[33])
{
  snprintf(out, 33, "%016llx%016llx", (unsigned long long)digest.high, (unsigned long long)digest.low);
}
