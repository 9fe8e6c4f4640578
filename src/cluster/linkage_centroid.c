/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Centroid and median linkage by centres. A merge may bring clusters nearer than any pair was, so pairs must go one
 * after the other: the nearest of all. Each cluster has a bound below its distance from all that existed when it
 * looked; a new cluster looks at once, so each pair is under the bound of the later one's or both. A tournament keeps
 * the least bound.
 */
#include <math.h>
#include <string.h>

#include "cluster/linkage_vector.h"
#include "core/alloc.h"

typedef struct Centroid {
  Task *task;
  Centres centres;
  size_t n, done, leaves; /* leaves of the tournament: a power of two */
  bool median;
  LinkageStep *steps;
  uint32_t *nearest; /* of each cluster; it may be dead */
  uint32_t *stamp;   /* how often a cluster has changed ... */
  uint32_t *seen;    /* ... when it was found nearest */
  double *bound;     /* infinite: dead */
  uint32_t *winner;  /* 2 leaves: the number with the least bound below each node */
  double *centre;
} Centroid;

static uint32_t better(const Centroid *t, uint32_t a, uint32_t b)
{
  const double x = a < t->n ? t->bound[a] : INFINITY, y = b < t->n ? t->bound[b] : INFINITY;
  return y < x || (y == x && b < a) ? b : a;
}

static void set_bound(Centroid *t, uint32_t cluster, double bound)
{
  t->bound[cluster] = bound;
  for (size_t node = (t->leaves + cluster) / 2; node > 0; node /= 2) {
    t->winner[node] = better(t, t->winner[2 * node], t->winner[2 * node + 1]);
  }
}

static void look(Centroid *t, uint32_t cluster)
{
  double distance;
  const uint32_t found = centres_nearest(&t->centres, cluster, &distance);
  t->nearest[cluster] = found;
  t->seen[cluster] = found == CENTRES_NONE ? 0 : t->stamp[found];
  set_bound(t, cluster, distance);
}

static bool is_stale(const Centroid *t, uint32_t cluster)
{
  const uint32_t found = t->nearest[cluster];
  return found != CENTRES_NONE && (t->centres.size[found] == 0 || t->stamp[found] != t->seen[cluster]);
}

static Status merge_nearest(Centroid *t, Error *e)
{
  uint32_t a = t->winner[1];
  while (is_stale(t, a)) {
    look(t, a);
    a = t->winner[1];
  }
  const uint32_t b = t->nearest[a], low = a < b ? a : b, high = a < b ? b : a;
  Centres *c = &t->centres;
  const double size_a = c->size[low], size_b = c->size[high];
  const double share = t->median ? 0.5 : size_a / (size_a + size_b),
               rest = t->median ? 0.5 : size_b / (size_a + size_b);
  t->steps[t->done++] = (LinkageStep){low, high, t->bound[a]};
  for (size_t j = 0; j < c->d; j++) {
    t->centre[j] = share * c->centre[low * c->d + j] + rest * c->centre[high * c->d + j];
  }
  const Status status = centres_merge(c, low, high, t->centre, size_a + size_b, e);
  if (status == STATUS_OK) {
    t->stamp[low]++;
    set_bound(t, high, INFINITY);
    look(t, low);
  }
  return status;
}

static Status centroid_new(Centroid *t, Error *e)
{
  for (t->leaves = 1; t->leaves < t->n;) {
    t->leaves *= 2;
  }
  t->nearest = mem_alloc(t->n, sizeof *t->nearest);
  t->stamp = mem_zero(t->n, sizeof *t->stamp);
  t->seen = mem_zero(t->n, sizeof *t->seen);
  t->bound = mem_alloc(t->n, sizeof *t->bound);
  t->winner = mem_alloc(t->leaves, 2 * sizeof *t->winner);
  t->centre = mem_alloc(t->centres.d, sizeof *t->centre);
  if (!t->nearest || !t->stamp || !t->seen || !t->bound || !t->winner || !t->centre) {
    return error_memory(e, t->n * 40, _("a tree"));
  }
  for (size_t i = 0; i < t->leaves; i++) {
    t->winner[t->leaves + i] = (uint32_t)i;
  }
  for (size_t i = 0; i < t->n; i++) {
    t->bound[i] = INFINITY;
  }
  for (size_t node = t->leaves; node-- > 1;) {
    t->winner[node] = better(t, t->winner[2 * node], t->winner[2 * node + 1]);
  }
  return STATUS_OK;
}

Status linkage_run_centroid(Task *task, const double *values, const double *sizes, size_t n, size_t d, bool median,
                            LinkageStep *steps, Error *e)
{
  Centroid t = {.task = task, .n = n, .median = median, .steps = steps};
  Status status;
  TRY(centres_new(task, values, sizes, n, d, false, &t.centres, e));
  TRY(centroid_new(&t, e));
  for (size_t i = 0; i < n; i++) {
    TRY(i % 64 == 0 && task_cancelled(task) ? error_cancelled(e) : STATUS_OK);
    look(&t, (uint32_t)i);
  }
  while (t.done + 1 < n) {
    TRY(task_cancelled(task) ? error_cancelled(e) : merge_nearest(&t, e));
    if (t.done % 256 == 0) {
      task_progress(task, t.done, n - 1);
    }
  }
done:
  centres_free(&t.centres);
  mem_free(t.nearest);
  mem_free(t.stamp);
  mem_free(t.seen);
  mem_free(t.bound);
  mem_free(t.winner);
  mem_free(t.centre);
  return status;
}
