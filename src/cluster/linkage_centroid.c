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
  size_t n, leaves; /* leaves of the tournament: a power of two */
  bool median;
  LinkageState *state;
  uint32_t *nearest; /* the state's: of each cluster; it may be dead; CENTRES_NONE: only the bound is known */
  uint32_t *stamp;   /* how often a cluster has changed ... */
  uint32_t *seen;    /* ... when it was found nearest */
  double *bound;     /* the state's; infinite: dead */
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
  return found == CENTRES_NONE || t->centres.size[found] == 0 || t->stamp[found] != t->seen[cluster];
}

static void join_means(const double *x, const double *y, double size_x, double size_y, size_t d, double *out)
{
  const double share = size_x / (size_x + size_y), rest = size_y / (size_x + size_y);
  for (size_t c = 0; c < d; c++) {
    out[c] = share * x[c] + rest * y[c];
  }
}

static void join_middles(const double *x, const double *y, double size_x, double size_y, size_t d, double *out)
{
  (void)size_x, (void)size_y;
  for (size_t c = 0; c < d; c++) {
    out[c] = 0.5 * x[c] + 0.5 * y[c];
  }
}

/* Until the new cluster has looked nothing is known of it. */
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
  linkage_record(t->state, low, high, t->bound[a]);
  (t->median ? join_middles : join_means)(c->centre + low * c->d, c->centre + high * c->d, size_a, size_b, c->d, t->centre);
  t->stamp[low]++;
  t->nearest[low] = CENTRES_NONE;
  set_bound(t, low, INFINITY);
  set_bound(t, high, INFINITY);
  const Status status = centres_merge(c, low, high, t->centre, size_a + size_b, e);
  if (status == STATUS_OK) {
    look(t, low);
  }
  return status;
}

static Status centroid_new(Centroid *t, Error *e)
{
  for (t->leaves = 1; t->leaves < t->n;) {
    t->leaves *= 2;
  }
  t->nearest = t->state->nearest;
  t->stamp = mem_zero(t->n, sizeof *t->stamp);
  t->seen = mem_zero(t->n, sizeof *t->seen);
  t->bound = t->state->bound;
  t->winner = mem_alloc(t->leaves, 2 * sizeof *t->winner);
  t->centre = mem_alloc(t->centres.d, sizeof *t->centre);
  if (!t->stamp || !t->seen || !t->winner || !t->centre) {
    return error_memory(e, t->n * 28, _("a tree"));
  }
  for (size_t i = 0; i < t->leaves; i++) {
    t->winner[t->leaves + i] = (uint32_t)i;
  }
  for (size_t i = 0; i < t->n; i++) {
    const bool known = t->state->done > 0 && t->centres.size[i] > 0;
    t->bound[i] = known ? t->bound[i] : (double)INFINITY;
    t->nearest[i] = known ? t->nearest[i] : CENTRES_NONE;
  }
  for (size_t node = t->leaves; node-- > 1;) {
    t->winner[node] = better(t, t->winner[2 * node], t->winner[2 * node + 1]);
  }
  return STATUS_OK;
}

/* What a stopped fit goes on from: of those whose nearest is dead or another by now only the bound holds. */
static void forget_stale(const Centroid *t)
{
  for (uint32_t i = 0; i < t->n; i++) {
    if (t->centres.size[i] > 0 && is_stale(t, i)) {
      t->nearest[i] = CENTRES_NONE;
    }
  }
}

Status linkage_run_centroid(Task *task, double *values, double *sizes, size_t n, size_t d, bool median, LinkageState *state,
                            Error *e)
{
  Centroid t = {.task = task, .n = n, .median = median, .state = state};
  bool ready = false;
  Status status;
  TRY(state->done > 0 ? linkage_merge_again(state, median ? join_middles : join_means, values, sizes, d, e) : STATUS_OK);
  TRY(centres_new(task, values, sizes, n, d, false, &t.centres, e));
  TRY(centroid_new(&t, e));
  ready = true;
  for (uint32_t i = 0; i < n; i++) {
    TRY(i % 64 == 0 && task_cancelled(task) ? error_cancelled(e) : STATUS_OK);
    if (t.centres.size[i] > 0 && t.nearest[i] == CENTRES_NONE && isinf(t.bound[i])) {
      look(&t, i);
    }
  }
  while (state->done + 1 < n) {
    TRY(task_cancelled(task) ? error_cancelled(e) : merge_nearest(&t, e));
    if (state->done % 256 == 0) {
      task_progress(task, state->done, n - 1);
    }
  }
done:
  if (ready) {
    forget_stale(&t);
  }
  centres_free(&t.centres);
  mem_free(t.stamp);
  mem_free(t.seen);
  mem_free(t.winner);
  mem_free(t.centre);
  return status;
}
