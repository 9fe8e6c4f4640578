/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.h -- runs every path on which memory runs out (the failing-allocator sweep of MODELS.md).
 *
 * A clean run comes first: it must succeed, fills whatever is made once and kept, and counts the
 * allocations. Then, for n = 0, 1, 2 ..., the same run is made with every allocation after the n-th
 * failing, past the clean run's count and until it succeeds. Each run must either succeed or give
 * STATUS_MEMORY with the id that goes with it, and must leave as many bytes in use as it found. What a run
 * made it checks itself: a run that succeeds without its memory must have made the whole of it.
 */
#ifndef ASSAY_TESTS_SWEEP_H
#define ASSAY_TESTS_SWEEP_H

#include <stdbool.h>
#include <string.h>

#include "core/alloc.h"
#include "core/error.h"

typedef Status (*SweepRun)(void *context, Error *e);

/* True when the run's end is an allowed one; says on the error stream what is not. */
static inline bool sweep_point(SweepRun run, void *context, int64_t n, Status *status)
{
  Error e;
  error_clear(&e);
  const size_t before = mem_in_use();
  mem_fail_from(n);
  *status = run(context, &e);
  mem_fail_from(-1);
  const size_t after = mem_in_use();
  if (after != before) {
    print_error("with %lld allocations: %zu bytes in use before, %zu after\n", (long long)n, before, after);
    return false;
  }
  if (*status == STATUS_MEMORY ? strcmp(e.id, "out-of-memory") != 0 : *status != STATUS_OK) {
    print_error("with %lld allocations: status %d, %s: %s\n", (long long)n, (int)*status, e.id, e.what);
    return false;
  }
  return true;
}

/* Sweeps; step: every how many allocations (1: each). Gives the number of allocations of a clean run. */
static inline int64_t sweep_every(SweepRun run, void *context, int64_t step)
{
  Status status;
  int64_t count = mem_count();
  assert_true(sweep_point(run, context, -1, &status));
  assert_int_equal(status, STATUS_OK);
  count = mem_count() - count;
  int64_t bad = 0;
  for (int64_t n = 0; n < count || status != STATUS_OK; n += step) {
    assert_true(n < 2 * count + 1000);
    bad += !sweep_point(run, context, n, &status);
  }
  assert_int_equal(bad, 0);
  return count;
}

static inline int64_t sweep(SweepRun run, void *context)
{
  return sweep_every(run, context, 1);
}

#endif
