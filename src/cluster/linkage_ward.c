/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ward's linkage by centres: in each round all pairs of clusters that are each other's nearest merge at once.
 *
 * A merge never brings two clusters nearer than the nearer of its parts was (Bruynooghe 1977), so a pair that is
 * mutually nearest stays so until it merges, whatever merges before it: the rounds make the same tree as one merge
 * after the other. A cluster looks again only when its nearest one has merged; those that look do so on all threads.
 */
#include "cluster/linkage_vector.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"

enum { CHUNK = 128 }; /* clusters that a thread takes at a time */

typedef struct Ward {
  Task *task;
  Centres centres;
  LinkageState *state;
  size_t n;
  uint32_t *nearest; /* the state's: of each cluster, CENTRES_NONE: must look */
  double *distance;  /* the state's */
  uint32_t *first, *next, *back; /* lists of those that a cluster is the nearest of */
  uint32_t *looking;             /* clusters that look in this round, then those that look in the next */
  size_t n_looking;
  uint32_t *pairs; /* lower numbers of the pairs of a round */
  double *centre;  /* d */
} Ward;

static void point_at(Ward *w, uint32_t cluster, uint32_t nearest, double distance)
{
  w->nearest[cluster] = nearest;
  w->distance[cluster] = distance;
  w->next[cluster] = w->first[nearest];
  w->back[cluster] = CENTRES_NONE;
  if (w->first[nearest] != CENTRES_NONE) {
    w->back[w->first[nearest]] = cluster;
  }
  w->first[nearest] = cluster;
}

static void point_away(Ward *w, uint32_t cluster)
{
  const uint32_t next = w->next[cluster], back = w->back[cluster];
  if (back == CENTRES_NONE) {
    w->first[w->nearest[cluster]] = next;
  } else {
    w->next[back] = next;
  }
  if (next != CENTRES_NONE) {
    w->back[next] = back;
  }
  w->nearest[cluster] = CENTRES_NONE;
}

static void look_chunk(void *context, size_t item, size_t worker)
{
  (void)worker;
  Ward *w = context;
  const size_t end = (item + 1) * CHUNK < w->n_looking ? (item + 1) * CHUNK : w->n_looking;
  for (size_t i = item * CHUNK; i < end && !task_cancelled(w->task); i++) {
    const uint32_t cluster = w->looking[i];
    w->nearest[cluster] = centres_nearest(&w->centres, cluster, &w->distance[cluster]);
  }
}

/* All that have no nearest cluster find it. One that is found takes the finder as its own nearest if that is nearer by
 * a rounding, or as near and before it, so that distances along such pointers never rise and end in a pair; and what comes
 * out does not depend on the order in which they look. */
static Status look(Ward *w, Error *e)
{
  pool_run(task_threads(w->task), (w->n_looking + CHUNK - 1) / CHUNK, look_chunk, w);
  if (task_cancelled(w->task)) {
    for (size_t i = 0; i < w->n_looking; i++) {
      w->nearest[w->looking[i]] = CENTRES_NONE;
    }
    return error_cancelled(e);
  }
  for (size_t i = 0; i < w->n_looking; i++) {
    const uint32_t cluster = w->looking[i];
    point_at(w, cluster, w->nearest[cluster], w->distance[cluster]);
  }
  for (size_t i = 0; i < w->n_looking; i++) {
    const uint32_t cluster = w->looking[i], other = w->nearest[cluster];
    const double mine = w->distance[cluster], others = w->distance[other];
    if (mine < others || (mine == others && cluster < w->nearest[other])) {
      point_away(w, other);
      point_at(w, other, cluster, w->distance[cluster]);
    }
  }
  return STATUS_OK;
}

/* Pairs that are each other's nearest; at least one of the two has just looked. */
static size_t find_pairs(const Ward *w)
{
  size_t n = 0;
  for (size_t i = 0; i < w->n_looking; i++) {
    const uint32_t cluster = w->looking[i], other = w->nearest[cluster];
    if (w->nearest[other] == cluster) {
      w->pairs[n++] = cluster < other ? cluster : other;
    }
  }
  return n;
}

static void look_again(Ward *w, uint32_t cluster)
{
  w->looking[w->n_looking++] = cluster;
}

/* Those whose nearest is the cluster must look in the next round. */
static void abandon(Ward *w, uint32_t cluster)
{
  while (w->first[cluster] != CENTRES_NONE) {
    const uint32_t follower = w->first[cluster];
    point_away(w, follower);
    look_again(w, follower);
  }
}

static void join_centres(const double *x, const double *y, double size_x, double size_y, size_t d, double *out)
{
  for (size_t c = 0; c < d; c++) {
    out[c] = (size_x * x[c] + size_y * y[c]) / (size_x + size_y);
  }
}

static Status merge_pair(Ward *w, uint32_t a, Error *e)
{
  const uint32_t b = w->nearest[a];
  Centres *t = &w->centres;
  const double size_a = t->size[a], size_b = t->size[b];
  linkage_record(w->state, a, b, w->distance[a]);
  join_centres(t->centre + a * t->d, t->centre + b * t->d, size_a, size_b, t->d, w->centre);
  abandon(w, a);
  abandon(w, b);
  return centres_merge(t, a, b, w->centre, size_a + size_b, e);
}

/* The dead leave the list of those that look. */
static void drop_dead(Ward *w)
{
  size_t n = 0;
  for (size_t i = 0; i < w->n_looking; i++) {
    if (w->centres.size[w->looking[i]] > 0) {
      w->looking[n++] = w->looking[i];
    }
  }
  w->n_looking = n;
}

static int compare_numbers(const void *one, const void *two)
{
  const uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)two;
  return a < b ? -1 : a > b;
}

/* Without a pair equal distances go round in a circle: everybody looks, which ends at the lowest numbers. */
static void everybody_looks(Ward *w)
{
  w->n_looking = centres_list(&w->centres, w->looking);
  for (size_t i = 0; i < w->n_looking; i++) {
    w->first[w->looking[i]] = CENTRES_NONE;
    w->nearest[w->looking[i]] = CENTRES_NONE;
  }
}

static Status merge_pairs(Ward *w, size_t n, Error *e)
{
  for (size_t i = 0; i < n; i++) {
    const Status status = task_cancelled(w->task) ? error_cancelled(e) : merge_pair(w, w->pairs[i], e);
    if (status != STATUS_OK) {
      return status;
    }
  }
  drop_dead(w);
  task_progress(w->task, w->state->done, w->n - 1);
  return STATUS_OK;
}

static Status run_round(Ward *w, Error *e)
{
  Status status = look(w, e);
  if (status != STATUS_OK) {
    return status;
  }
  size_t n = find_pairs(w), kept = 0;
  qsort(w->pairs, n, sizeof *w->pairs, compare_numbers);
  for (size_t i = 0; i < n; i++) {
    if (kept == 0 || w->pairs[i] != w->pairs[kept - 1]) {
      w->pairs[kept++] = w->pairs[i];
    }
  }
  if (kept == 0) {
    everybody_looks(w);
    return STATUS_OK;
  }
  w->n_looking = 0;
  return merge_pairs(w, kept, e);
}

/* A round that was stopped merges its other pairs; who has no nearest is to look. */
static Status take_up(Ward *w, Error *e)
{
  const Centres *t = &w->centres;
  size_t n = 0;
  w->n_looking = 0;
  for (uint32_t i = 0; i < w->n; i++) {
    w->first[i] = CENTRES_NONE;
  }
  for (uint32_t i = 0; i < w->n; i++) {
    if (t->size[i] > 0 && w->nearest[i] != CENTRES_NONE) {
      const uint32_t other = w->nearest[i];
      point_at(w, i, other, w->distance[i]);
      if (i < other && w->nearest[other] == i) {
        w->pairs[n++] = i;
      }
    } else if (t->size[i] > 0) {
      look_again(w, i);
    }
  }
  return merge_pairs(w, n, e);
}

static Status ward_new(Ward *w, Error *e)
{
  w->nearest = w->state->nearest;
  w->distance = w->state->bound;
  w->first = mem_alloc(w->n, sizeof *w->first);
  w->next = mem_alloc(w->n, sizeof *w->next);
  w->back = mem_alloc(w->n, sizeof *w->back);
  w->looking = mem_alloc(w->n, sizeof *w->looking);
  w->pairs = mem_alloc(w->n, sizeof *w->pairs);
  w->centre = mem_alloc(w->centres.d, sizeof *w->centre);
  return w->first && w->next && w->back && w->looking && w->pairs && w->centre
             ? STATUS_OK
             : error_memory(e, w->n * 32, _("a tree"));
}

static void ward_free(Ward *w)
{
  centres_free(&w->centres);
  mem_free(w->first);
  mem_free(w->next);
  mem_free(w->back);
  mem_free(w->looking);
  mem_free(w->pairs);
  mem_free(w->centre);
}

Status linkage_run_ward(Task *task, double *values, double *sizes, size_t n, size_t d, LinkageState *state, Error *e)
{
  Ward w = {.task = task, .n = n, .state = state};
  const bool begun = state->done > 0;
  Status status;
  TRY(begun ? linkage_merge_again(state, join_centres, values, sizes, d, e) : STATUS_OK);
  TRY(centres_new(task, values, sizes, n, d, true, &w.centres, e));
  TRY(ward_new(&w, e));
  if (begun) {
    TRY(take_up(&w, e));
  } else {
    everybody_looks(&w);
  }
  while (state->done + 1 < n) {
    TRY(run_round(&w, e));
  }
done:
  ward_free(&w);
  return status;
}
