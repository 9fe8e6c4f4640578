/* SPDX-License-Identifier: GPL-3.0-or-later */
/* digest.h -- 128-bit XXH3 digests of values, so that a journal can say "the same" without keeping the data. Not for
 * hostile inputs. */
#ifndef ASSAY_CORE_DIGEST_H
#define ASSAY_CORE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "core/api.h"

typedef struct Digest {
  uint64_t high, low;
} Digest;

/* 64-bit hash of bytes; the same on every machine. */
ASSAY_API uint64_t digest_hash(const void *bytes, size_t n);

ASSAY_API Digest digest_bytes(const void *bytes, size_t n);

/* The digest of an ordered list of digests. */
ASSAY_API Digest digest_join(const Digest *parts, size_t n);

/* 32 lower-case hexadecimal digits and NUL. */
ASSAY_API void digest_text(Digest digest, char out[33]);

#endif
