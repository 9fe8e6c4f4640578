/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/alloc.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static atomic_size_t in_use;
static atomic_size_t peak;
static atomic_size_t limit;
static atomic_int_fast64_t made;
static atomic_int_fast64_t fail_from = -1;

static bool refused(size_t bytes)
{
  const int_fast64_t number = atomic_fetch_add_explicit(&made, 1, memory_order_relaxed);
  const int_fast64_t from = atomic_load_explicit(&fail_from, memory_order_relaxed);
  if (from >= 0 && number >= from) {
    return true;
  }
  const size_t most = atomic_load_explicit(&limit, memory_order_relaxed);
  if (most == 0) {
    return false;
  }
  const size_t now = atomic_load_explicit(&in_use, memory_order_relaxed);
  return bytes > most || now > most - bytes;
}

static void *counted(void *p)
{
  if (p) {
    const size_t size = malloc_usable_size(p);
    const size_t now = atomic_fetch_add_explicit(&in_use, size, memory_order_relaxed) + size;
    size_t seen = atomic_load_explicit(&peak, memory_order_relaxed);
    while (now > seen &&
           !atomic_compare_exchange_weak_explicit(&peak, &seen, now, memory_order_relaxed, memory_order_relaxed)) {
    }
  }
  return p;
}

static bool product(size_t n, size_t size, size_t *bytes)
{
  return !__builtin_mul_overflow(n, size, bytes) && *bytes <= PTRDIFF_MAX - 64;
}

void *mem_alloc(size_t n, size_t size)
{
  size_t bytes;
  if (!product(n, size, &bytes) || refused(bytes)) {
    return NULL;
  }
  return counted(malloc(bytes ? bytes : 1));
}

void *mem_zero(size_t n, size_t size)
{
  size_t bytes;
  if (!product(n, size, &bytes) || refused(bytes)) {
    return NULL;
  }
  return counted(calloc(bytes ? bytes : 1, 1));
}

/* Large buffers in large pages, where the system gives them to who asks: far fewer faults while they are filled. */
static void ask_huge(void *p, size_t bytes)
{
  enum { PAGE = 4096, LARGE = 8 << 20 };
  if (bytes >= LARGE) {
    const uintptr_t from = ((uintptr_t)p + PAGE - 1) & ~(uintptr_t)(PAGE - 1), to = ((uintptr_t)p + bytes) & ~(uintptr_t)(PAGE - 1);
    (void)madvise((void *)from, to - from, MADV_HUGEPAGE);
  }
}

void *mem_buffer(size_t n, size_t size)
{
  size_t bytes;
  if (!product(n, size, &bytes) || refused(bytes)) {
    return NULL;
  }
  const size_t rounded = (bytes + 63) / 64 * 64 + (bytes == 0 ? 64 : 0);
  void *p = aligned_alloc(64, rounded);
  if (p) {
    ask_huge(p, rounded);
    memset((char *)p + bytes, 0, rounded - bytes);
  }
  return counted(p);
}

static void *resized(void *p, size_t bytes)
{
  const size_t before = p ? malloc_usable_size(p) : 0;
  void *moved = realloc(p, bytes ? bytes : 1);
  if (moved) {
    atomic_fetch_sub_explicit(&in_use, before, memory_order_relaxed);
  }
  return counted(moved);
}

void *mem_resize(void *p, size_t n, size_t size)
{
  size_t bytes;
  return product(n, size, &bytes) && !refused(bytes) ? resized(p, bytes) : NULL;
}

void *mem_resize_past_limit(void *p, size_t n, size_t size)
{
  size_t bytes;
  return product(n, size, &bytes) ? resized(p, bytes) : NULL;
}

void mem_free(void *p)
{
  if (p) {
    atomic_fetch_sub_explicit(&in_use, malloc_usable_size(p), memory_order_relaxed);
    free(p);
  }
}

char *mem_text(const char *bytes, size_t n)
{
  char *copy = n < SIZE_MAX ? mem_alloc(n + 1, 1) : NULL;
  if (copy) {
    if (n > 0) {
      memcpy(copy, bytes, n);
    }
    copy[n] = '\0';
  }
  return copy;
}

char *mem_string(const char *text)
{
  return mem_text(text, strlen(text));
}

size_t mem_in_use(void)
{
  return atomic_load_explicit(&in_use, memory_order_relaxed);
}

size_t mem_peak(void)
{
  return atomic_load_explicit(&peak, memory_order_relaxed);
}

void mem_limit(size_t bytes)
{
  atomic_store(&limit, bytes);
}

size_t mem_limit_get(void)
{
  return atomic_load(&limit);
}

void mem_fail_from(int64_t count)
{
  atomic_store(&fail_from, count < 0 ? -1 : atomic_load(&made) + count);
}

int64_t mem_count(void)
{
  return atomic_load(&made);
}
