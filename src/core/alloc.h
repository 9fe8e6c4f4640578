/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alloc.h -- the only file that calls malloc.
 *
 * Every allocation is counted against the limit of --memory and may be made to fail by the sweep of the tests
 * (mem_fail_from), so that each out-of-memory path is run. All functions give NULL on failure and may be called from any
 * thread. Sizes are n * size bytes; an overflow is a failure. A size of 0 gives a valid pointer.
 */
#ifndef ASSAY_CORE_ALLOC_H
#define ASSAY_CORE_ALLOC_H

#include <stddef.h>
#include <stdint.h>

#include "core/api.h"

ASSAY_API void *mem_alloc(size_t n, size_t size) __attribute__((malloc, alloc_size(1, 2), warn_unused_result));
ASSAY_API void *mem_zero(size_t n, size_t size) __attribute__((malloc, alloc_size(1, 2), warn_unused_result));

/* Aligned to 64 bytes, its length rounded up to 64, the rest zero: buffers of columns and kernels. Not for mem_resize. */
ASSAY_API void *mem_buffer(size_t n, size_t size) __attribute__((malloc, warn_unused_result));

/* Like realloc: on failure NULL and p stays valid. p may be NULL. */
ASSAY_API void *mem_resize(void *p, size_t n, size_t size) __attribute__((warn_unused_result));

/* The same past --memory and the sweep of the tests: for the few bytes without which memory could not be given back. */
ASSAY_API void *mem_resize_past_limit(void *p, size_t n, size_t size) __attribute__((warn_unused_result));

/* Frees what any of the above gave; NULL is fine. */
ASSAY_API void mem_free(void *p);

/* A copy of n bytes with a NUL added; of a C string. */
ASSAY_API char *mem_text(const char *bytes, size_t n) __attribute__((malloc, warn_unused_result));
ASSAY_API char *mem_string(const char *text) __attribute__((malloc, warn_unused_result));

/* Bytes in use now, and at most so far. */
ASSAY_API size_t mem_in_use(void);
ASSAY_API size_t mem_peak(void);

/* Limit for bytes in use; 0 for none. Past it every allocation fails. */
ASSAY_API void mem_limit(size_t bytes);
ASSAY_API size_t mem_limit_get(void);

/* Tests: after `count` more allocations all later ones fail; negative turns this off. mem_count gives the number of
 * allocations made so far. */
ASSAY_API void mem_fail_from(int64_t count);
ASSAY_API int64_t mem_count(void);

#endif
