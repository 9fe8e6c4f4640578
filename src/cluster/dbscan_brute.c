/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dbscan without a tree: blocks of all distances. Places are rows. */
#include "cluster/dbscan_walk.h"

#include <math.h>

#include "core/reduce.h"

enum { GROUP = 16, BLOCK = 256 };

/* Calls visit for the rows of a group and every core row from `from` on that is no farther than best[row of the group],
 * which visit may lower. */
typedef void (*Visit)(DbscanWalk *w, uint32_t row, uint32_t core, double rank, double *best_rank);

static void visit_group(DbscanWalk *w, size_t group, size_t from, double limit, Visit visit)
{
  const size_t first = group * GROUP, rows = w->n - first < GROUP ? w->n - first : GROUP;
  double ranks[GROUP * BLOCK], best[GROUP];
  for (size_t i = 0; i < rows; i++) {
    best[i] = limit;
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

static void claim_nearest(DbscanWalk *w, uint32_t row, uint32_t core, double rank, double *best_rank)
{
  if (!w->core[row] && !dbscan_known(w, row) && dbscan_nearer(w, core, rank, w->owner[row], *best_rank)) {
    w->owner[row] = core;
    w->nearest[row] = *best_rank = rank;
  }
}

static void claim_first(DbscanWalk *w, uint32_t row, uint32_t core, double rank, double *best_rank)
{
  (void)rank;
  (void)best_rank;
  if (!w->core[row] && w->owner[row] != DBSCAN_NOBODY && dbscan_earlier(w, core, w->owner[row])) {
    w->owner[row] = core;
  }
}

static void join_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  const DbscanWalk *w = context;
  visit_group(context, item, item * GROUP, w->limit, join_core);
}

static void border_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  DbscanWalk *w = context;
  const size_t end = (item + 1) * GROUP < w->n ? (item + 1) * GROUP : w->n;
  visit_group(w, item, 0, INFINITY, claim_nearest);
  for (size_t i = item * GROUP; i < end; i++) {
    if (w->core[i] || dbscan_known(w, i)) {
      continue;
    }
    if (task_cancelled(w->task)) { /* a nearer one may not have been met */
      w->owner[i] = DBSCAN_NOBODY;
      w->nearest[i] = INFINITY;
    } else {
      dbscan_settle(w, i);
    }
  }
  if (w->border == DBSCAN_FIRST) {
    visit_group(w, item, 0, w->limit, claim_first);
  }
}

Status dbscan_brute_join(DbscanWalk *w, Error *e)
{
  w->items = (w->n + GROUP - 1) / GROUP;
  return dbscan_run(w, w->items, join_item, e);
}

Status dbscan_brute_borders(DbscanWalk *w, Error *e)
{
  w->items = (w->n + GROUP - 1) / GROUP;
  return dbscan_run(w, w->items, border_item, e);
}
