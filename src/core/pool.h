/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.h -- the process's one pool of threads, made at first use, all signals blocked in it.
 *
 * The number of threads never changes a result (reduce.h); it is the processors this process may use, or what --threads
 * says. pool_run may be called from several threads at once: one of them gets the pool's threads, the others run alone.
 */
#ifndef ASSAY_CORE_POOL_H
#define ASSAY_CORE_POOL_H

#include <stddef.h>
#include <stdint.h>

/* item: 0..n-1; worker: 0..pool_threads()-1, no two running calls share one. */
typedef void (*PoolFunction)(void *context, size_t item, size_t worker);

/* Sets the number of threads (0: as many as processors). Takes effect at the next pool_run. */
void pool_set_threads(size_t threads);
size_t pool_threads(void);

/* Tests: from now on items are handed out in an order drawn from seed and the number of the call, and threads give way now and
 * then; results stay the same. 0: in order, which is how it begins unless ASSAY_SHUFFLE=seed is in the environment. */
void pool_shuffle(uint64_t seed);

/* Runs function for every item, on at most `threads` threads (the caller is one of them), and returns when all are done.
 * Items are handed out in order, unless shuffled. If a thread cannot be made the work is done by those there are. */
void pool_run(size_t threads, size_t n, PoolFunction function, void *context);

/* Ends and joins the threads (at exit, so that leak checkers see a clean end). */
void pool_close(void);

#endif
