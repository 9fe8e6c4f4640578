/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dbscan without a tree: blocks of all distances. Places are rows. */
#include "cluster/dbscan_walk.h"

#include "core/reduce.h"

enum { GROUP = 16, BLOCK = 256 };

/* Calls visit for the rows of a group and every core row from `from` on within eps. */
typedef void (*Visit)(DbscanWalk *w, uint32_t row, uint32_t core, double rank, double *best_rank);

static void visit_group(DbscanWalk *w, size_t group, size_t from, Visit visit)
{
  const size_t first = group * GROUP, rows = w->n - first < GROUP ? w->n - first : GROUP;
  double ranks[GROUP * BLOCK], best[GROUP];
  for (size_t i = 0; i < rows; i++) {
    best[i] = w->limit;
  }
  for (size_t block = from; block < w->n && !task_cancelled(w->task); block += BLOCK) {
    const size_t count = w->n - block < BLOCK ? w->n - block : BLOCK;
    distance_block_rank(w->metric, w->values + first * w->d, rows, w->values + block * w->d, count, w->d, ranks, BLOCK);
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = 0; j < count; j++) {
        if (ranks[i * BLOCK + j] <= best[i] && w->core[block + j]) {
          visit(w, (uint32_t)(first + i), (uint32_t)(block + j), ranks[i * BLOCK + j], &best[i]);
        }
      }
    }
  }
}

static void join_core(DbscanWalk *w, uint32_t row, uint32_t core, double rank, double *best_rank)
{
  (void)rank;
  (void)best_rank;
  if (core > row && w->core[row]) {
    dbscan_join(w, row, core);
  }
}

static void claim_border(DbscanWalk *w, uint32_t row, uint32_t core, double rank, double *best_rank)
{
  if (!w->core[row] && dbscan_better(w, core, rank, w->owner[row], *best_rank)) {
    w->owner[row] = core;
    *best_rank = w->border == DBSCAN_NEAREST ? rank : *best_rank;
  }
}

static void join_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  visit_group(context, item, item * GROUP, join_core);
}

static void border_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  visit_group(context, item, 0, claim_border);
}

Status dbscan_brute_join(DbscanWalk *w, Error *e)
{
  return dbscan_run(w, (w->n + GROUP - 1) / GROUP, join_item, e);
}

Status dbscan_brute_borders(DbscanWalk *w, Error *e)
{
  return dbscan_run(w, (w->n + GROUP - 1) / GROUP, border_item, e);
}
