/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linkages by a matrix in rounds: all pairs of clusters that are each other's nearest merge at once.
 *
 * For these linkages a merge never brings others nearer, so such pairs merge in the tree whatever merges before them
 * (Bruynooghe 1977), and the rounds make the tree of one merge after the other. A round goes through the memory of the
 * triangle once, from its begin to its end: it reads the rows of the old triangle, writes those of the new one over
 * what is no longer needed, and finds the nearest of each new cluster on the way. Nearest-neighbour chains, which read
 * a number here and there, take over where few pairs merge at once; so the time is O(n^2) for any data.
 *
 * From rows the first round needs no triangle: who is nearest to whom comes from an index, and distances are made when
 * they are read. So the triangle is only that of the clusters after it, about half of the cells of all pairs.
 *
 * A round that is made again merges what the state says in the place of looking; so the triangle has the same bits.
 *
 * Equally near pairs are ordered by their lower places, then by their higher ones. By that order the first pair of all
 * is always each other's nearest.
 */
#include <math.h>
#include <string.h>

#include "cluster/linkage_kernels.h"
#include "cluster/linkage_matrix.h"
#include "core/alloc.h"
#include "core/pool.h"
#include "core/reduce.h"
#include "math/neighbours.h"

enum {
  BATCH = 16,        /* rows that are made before they take their place */
  FEW = 32,          /* chains when less than a 32nd of the clusters can merge at once, ... */
  CHAINED = 8,       /* ... until an eighth of them has */
  SMALL = 256,       /* clusters so few that a round costs nothing */
  ONE_THREAD = 20000 /* cells of a batch that are not worth a second thread */
};

static const uint32_t NONE = UINT32_MAX;

typedef struct Rounds {
  LinkageMatrix *m;
  const LinkageKernels *kernels;
  const LinkageRows *rows;        /* where there is no triangle yet */
  size_t n;                       /* clusters after this round */
  size_t first_row;               /* of the batch */
  uint32_t *first, *second;       /* places of the parts of each; second NONE: it stays as it is */
  uint32_t *with;                 /* of each before the round: the one it merges with, NONE: with none */
  uint32_t *pairs;                /* those of two parts */
  size_t n_pairs;
  bool looking;                   /* whether the round finds who is nearest: one that is made again for the next does not */
  double *sizes, *apart;          /* of each; how far apart its parts are */
  double *least;                  /* distance of its nearest */
  uint32_t *nearest;
  double *batch;                  /* BATCH rows */
  double *lines;                  /* three rows for each worker */
  double *column_least, *column_nearest; /* a row for each worker: what columns know of the rows it made */
  size_t *above; /* of each worker the highest row that it looked at: rows rise but where the order of the work is shuffled */
  size_t workers, most;
} Rounds;

static Status rounds_new(Rounds *r, Error *e)
{
  const size_t n = r->most = r->m->n;
  r->workers = task_threads(r->m->task);
  r->first = mem_alloc(n, sizeof *r->first);
  r->second = mem_alloc(n, sizeof *r->second);
  r->with = mem_alloc(n, sizeof *r->with);
  r->pairs = mem_alloc(n, sizeof *r->pairs);
  r->sizes = mem_alloc(n, sizeof *r->sizes);
  r->apart = mem_alloc(n, sizeof *r->apart);
  r->least = mem_alloc(n, sizeof *r->least);
  r->nearest = mem_alloc(n, sizeof *r->nearest);
  r->batch = mem_alloc(n, BATCH * sizeof *r->batch);
  r->lines = mem_alloc(n, 3 * r->workers * sizeof *r->lines);
  r->column_least = mem_alloc(n, r->workers * sizeof *r->column_least);
  r->column_nearest = mem_alloc(n, r->workers * sizeof *r->column_nearest);
  r->above = mem_zero(r->workers, sizeof *r->above);
  return r->above && r->first && r->second && r->with && r->pairs && r->sizes && r->apart && r->least && r->nearest &&
                 r->batch && r->lines && r->column_least && r->column_nearest
             ? STATUS_OK
             : error_memory(e, n * (BATCH + 5 * r->workers + 6) * 8, _("a tree"));
}

static void rounds_free(Rounds *r)
{
  mem_free(r->first);
  mem_free(r->second);
  mem_free(r->with);
  mem_free(r->pairs);
  mem_free(r->sizes);
  mem_free(r->apart);
  mem_free(r->least);
  mem_free(r->nearest);
  mem_free(r->batch);
  mem_free(r->lines);
  mem_free(r->column_least);
  mem_free(r->column_nearest);
  mem_free(r->above);
}

/* ---- a row of the new triangle */

/* The pairs behind a cluster. */
static size_t pairs_after(const Rounds *r, size_t cluster)
{
  size_t low = 0, high = r->n_pairs;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (r->pairs[middle] > cluster) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/* From the distances of an old cluster to old places those to the new clusters behind `cluster`. */
static void take_columns(const Rounds *r, size_t cluster, const double *row, double size, double *out)
{
  const LinkageMatrix *m = r->m;
  for (size_t j = cluster + 1; j < r->n; j++) {
    out[j] = row[r->first[j]];
  }
  for (size_t at = pairs_after(r, cluster); at < r->n_pairs; at++) {
    const size_t j = r->pairs[at], a = r->first[j], b = r->second[j];
    out[j] = linkage_combine(m->kind, out[j], row[b], r->apart[j], size, m->sizes[a], m->sizes[b]);
  }
}

/* The distances of place b to all places behind a, where a < b: those before b stand in their rows. */
static void read_line(const LinkageMatrix *m, size_t a, size_t b, double *line)
{
  const double *cell = m->d + linkage_at(m->n, a + 1, b);
  size_t step = m->n - a - 3; /* from d(i, b) to d(i + 1, b) */
  for (size_t i = a + 1; i < b; i++, step--) {
    line[i] = *cell;
    cell += step;
  }
  if (b + 1 < m->n) {
    memcpy(line + b + 1, m->d + linkage_at(m->n, b, b + 1), (m->n - b - 1) * sizeof *line);
  }
}

/* The same from rows, for b = a too. */
static void measure_line(const Rounds *r, size_t a, size_t b, double *line)
{
  const LinkageRows *rows = r->rows;
  distance_row(rows->metric, rows->values + b * rows->d, rows->values + (a + 1) * rows->d, r->m->n - a - 1, rows->d,
               line + a + 1);
}

/* line[j]: the distance of place a to place j behind it. */
static const double *own_line(const Rounds *r, size_t a, double *room)
{
  if (r->rows) {
    measure_line(r, a, a, room);
    return room;
  }
  return r->m->d + linkage_at(r->m->n, a, a + 1) - (a + 1);
}

static void make_row(const Rounds *r, size_t cluster, double *lines, double *out)
{
  const LinkageMatrix *m = r->m;
  const size_t a = r->first[cluster], b = r->second[cluster], behind = cluster + 1;
  take_columns(r, cluster, own_line(r, a, lines), m->sizes[a], out);
  if (b != NONE) {
    const LinkagePair pair = {m->sizes[a], m->sizes[b], r->apart[cluster]};
    double *line = lines + r->most, *other = line + r->most;
    if (r->rows) {
      measure_line(r, a, b, line);
    } else {
      read_line(m, a, b, line);
    }
    take_columns(r, cluster, line, m->sizes[b], other);
    r->kernels->fold(m->kind, &pair, out + behind, other + behind, r->sizes + behind, r->n - behind);
  }
}

/* ---- nearest clusters */

static void forget_nearest(Rounds *r)
{
  memset(r->above, 0, r->workers * sizeof *r->above);
  for (size_t i = 0; i < r->n; i++) {
    r->least[i] = INFINITY;
    r->nearest[i] = NONE;
    for (size_t w = 0; w < r->workers; w++) {
      r->column_least[w * r->most + i] = INFINITY;
      r->column_nearest[w * r->most + i] = (double)NONE;
    }
  }
}

/* row[j]: the distance of a cluster to cluster j behind it. */
static void look(Rounds *r, size_t cluster, const double *row, size_t worker)
{
  if (!r->looking) {
    return;
  }
  const size_t behind = cluster + 1, learn = worker * r->most + behind;
  size_t at;
  r->least[cluster] = r->kernels->scan(row + behind, r->n - behind, (double)cluster, cluster >= r->above[worker],
                                       r->column_least + learn, r->column_nearest + learn, &at);
  r->above[worker] = cluster > r->above[worker] ? cluster : r->above[worker];
  r->nearest[cluster] = (uint32_t)(behind + at);
}

/* What the columns know, of each worker: equally near ones with lower numbers come before those of the row. */
static void join_columns(Rounds *r)
{
  for (size_t i = 1; i < r->n; i++) {
    double least = INFINITY, nearest = (double)NONE;
    for (size_t w = 0; w < r->workers; w++) {
      const double value = r->column_least[w * r->most + i], by = r->column_nearest[w * r->most + i];
      if (value < least || (value == least && by < nearest)) {
        least = value;
        nearest = by;
      }
    }
    if (least <= r->least[i] && nearest < (double)r->n) {
      r->least[i] = least;
      r->nearest[i] = (uint32_t)nearest;
    }
  }
}

/* ---- a round */

static void make_item(void *context, size_t item, size_t worker)
{
  Rounds *r = context;
  const size_t cluster = r->first_row + item;
  double *row = r->batch + item * r->most;
  make_row(r, cluster, r->lines + 3 * worker * r->most, row);
  look(r, cluster, row, worker);
}

static void put_item(void *context, size_t item, size_t worker)
{
  (void)worker;
  const Rounds *r = context;
  const size_t cluster = r->first_row + item, behind = cluster + 1;
  memcpy(r->m->d + linkage_at(r->n, cluster, behind), r->batch + item * r->most + behind,
         (r->n - behind) * sizeof(double));
}

static double rows_apart(const LinkageRows *rows, size_t a, size_t b)
{
  return distance_pair(rows->metric, rows->values + a * rows->d, rows->values + b * rows->d, rows->d);
}

/* The places that live on, and for each the one that merges into it (`with`, NULL: none does). */
static void list_clusters(Rounds *r, const uint32_t *with)
{
  const LinkageMatrix *m = r->m;
  r->n = r->n_pairs = 0;
  for (uint32_t i = m->next[m->n]; i < m->n; i = m->next[i]) {
    const uint32_t other = with ? with[i] : NONE;
    if (other != NONE && other < i) {
      continue;
    }
    r->first[r->n] = i;
    r->second[r->n] = other;
    r->sizes[r->n] = m->sizes[i] + (other == NONE ? 0 : m->sizes[other]);
    if (other != NONE) {
      r->apart[r->n] = r->rows ? rows_apart(r->rows, i, other) : m->d[linkage_at(m->n, i, other)];
      r->pairs[r->n_pairs++] = (uint32_t)r->n;
    }
    r->n++;
  }
}

/* Rows of the new triangle end before those of the old one that the batches behind need. */
static Status make_triangle(Rounds *r, Error *e)
{
  LinkageMatrix *m = r->m;
  forget_nearest(r);
  for (r->first_row = 0; r->first_row + 1 < r->n; r->first_row += BATCH) {
    const size_t rows = r->n - 1 - r->first_row < BATCH ? r->n - 1 - r->first_row : BATCH;
    const size_t threads = (r->n - r->first_row) * rows < ONE_THREAD ? 1 : r->workers;
    if (task_cancelled(m->task)) {
      return error_cancelled(e);
    }
    pool_run(threads, rows, make_item, r);
    pool_run(threads, rows, put_item, r);
  }
  join_columns(r);
  for (size_t i = 0; i < r->n; i++) {
    m->row[i] = m->row[r->first[i]];
    m->sizes[i] = r->sizes[i];
  }
  m->n = r->n;
  linkage_link(m);
  return STATUS_OK;
}

/* The round that needs no triangle makes one. */
static Status first_triangle(Rounds *r, Error *e)
{
  LinkageMatrix *m = r->m;
  const size_t cells = linkage_cells(r->n);
  Status status = task_reserve(m->task, cells * sizeof *m->d, _("the distances of all pairs"), e);
  if (status == STATUS_OK) {
    m->d = mem_alloc(cells + 1, sizeof *m->d);
    status = m->d ? make_triangle(r, e) : error_memory(e, cells * sizeof *m->d, _("the distances of all pairs"));
  }
  r->rows = NULL;
  return status;
}

/* Rows as they stand in the triangle. */
static void look_item(void *context, size_t item, size_t worker)
{
  Rounds *r = context;
  const size_t cluster = r->first_row + item;
  look(r, cluster, r->m->d + linkage_at(r->n, cluster, cluster + 1) - (cluster + 1), worker);
}

static Status look_at_all(Rounds *r, Error *e)
{
  r->n = r->m->n;
  forget_nearest(r);
  for (r->first_row = 0; r->first_row + 1 < r->n; r->first_row += BATCH) {
    const size_t rows = r->n - 1 - r->first_row < BATCH ? r->n - 1 - r->first_row : BATCH;
    if (task_cancelled(r->m->task)) {
      return error_cancelled(e);
    }
    pool_run((r->n - r->first_row) * rows < ONE_THREAD ? 1 : r->workers, rows, look_item, r);
  }
  join_columns(r);
  return STATUS_OK;
}

/* Gives how many pairs are each other's nearest. */
static size_t find_pairs(Rounds *r)
{
  size_t pairs = 0;
  for (size_t i = 0; i < r->n; i++) {
    const uint32_t other = r->nearest[i];
    r->with[i] = other != NONE && r->nearest[other] == i ? other : NONE;
    pairs += other > i && r->with[i] != NONE;
  }
  return pairs;
}

static void record_pairs(Rounds *r)
{
  LinkageMatrix *m = r->m;
  LinkageState *s = m->state;
  for (size_t at = 0; at < r->n_pairs; at++) {
    const size_t i = r->pairs[at];
    s->round[s->done] = (uint32_t)(2 * s->rounds);
    linkage_record(s, m->row[r->first[i]], m->row[r->second[i]], r->apart[i]);
  }
  s->rounds++;
}

/* On with the chain there is; a new one begins where there is none. */
static Status run_chain(Rounds *r, Error *e)
{
  LinkageState *s = r->m->state;
  const Status status = linkage_run_chains(r->m, (uint32_t)(2 * s->rounds + 1), e);
  if (status == STATUS_OK) {
    list_clusters(r, NULL);
    s->rounds++;
  }
  return status;
}

static Status run_round(Rounds *r, Error *e)
{
  LinkageMatrix *m = r->m;
  LinkageState *s = m->state;
  Status status = STATUS_OK;
  const size_t pairs = s->until > s->done ? 0 : find_pairs(r);
  if (s->until <= s->done && (pairs == 0 || (pairs * FEW < m->n && m->n > SMALL))) {
    s->until = s->done + (pairs == 0 ? m->n : m->n / CHAINED);
    s->until = s->until > m->all ? m->all : s->until;
    s->length = 0;
  }
  if (s->until > s->done) {
    status = run_chain(r, e);
  } else {
    list_clusters(r, r->with);
    record_pairs(r);
  }
  if (status == STATUS_OK) {
    status = make_triangle(r, e);
  }
  return status == STATUS_OK ? linkage_tick(m, e) : status;
}

static Status run_rounds(Rounds *r, Error *e)
{
  Status status = STATUS_OK;
  r->looking = true;
  while (status == STATUS_OK && r->m->state->done < r->m->all) {
    status = run_round(r, e);
  }
  return status;
}

/* ---- rounds again */

/* The two places of a step; each in use once among the pairs of a round. */
static bool find_places(const LinkageMatrix *m, const LinkageStep *step, const uint32_t *place, uint32_t *i, uint32_t *j)
{
  *i = place[step->a];
  *j = place[step->b];
  return *i < *j && *j < m->n;
}

/* Steps from `at` to before `end`, all of one round, merge again; where each row's cluster lives: `place`. */
static Status merge_again(Rounds *r, size_t at, size_t end, uint32_t *place, Error *e)
{
  LinkageMatrix *m = r->m;
  const bool chained = m->state->round[at] % 2 == 1;
  for (size_t row = 0; row <= m->all; row++) {
    place[row] = NONE;
  }
  for (size_t i = 0; i < m->n; i++) {
    place[m->row[i]] = (uint32_t)i;
    r->with[i] = NONE;
  }
  for (; at < end; at++) {
    const LinkageStep *step = &m->state->steps[at];
    uint32_t i, j;
    if (!find_places(m, step, place, &i, &j) || r->with[i] != NONE) {
      return linkage_state_broken(e);
    }
    if (chained) {
      linkage_fold_places(m, i, j, i);
      place[step->b] = NONE;
    } else {
      r->with[i] = j;
      r->with[j] = i;
      place[step->a] = place[step->b] = NONE;
    }
    if (chained && task_cancelled(m->task)) {
      return error_cancelled(e);
    }
  }
  return STATUS_OK;
}

/* One behind the steps of the round that begins with a step. */
static size_t round_end(const LinkageState *s, size_t at)
{
  size_t end = at + 1;
  while (end < s->done && s->round[end] == s->round[at]) {
    end++;
  }
  return end;
}

/* But for a chain that is not at its end. */
static Status rounds_again(Rounds *r, uint32_t *place, Error *e)
{
  LinkageState *s = r->m->state;
  Status status = STATUS_OK;
  size_t at = 0;
  while (status == STATUS_OK && at < s->done) {
    const size_t end = round_end(s, at), number = s->round[at] / 2;
    const bool chained = s->round[at] % 2 == 1, open = chained && end == s->done && number == s->rounds && s->until > s->done;
    r->looking = end == s->done;
    TRY(number <= s->rounds && !(r->rows && chained) ? merge_again(r, at, end, place, e) : linkage_state_broken(e));
    if (!open) {
      list_clusters(r, chained ? NULL : r->with);
      TRY(r->rows ? first_triangle(r, e) : make_triangle(r, e));
      s->rounds = end == s->done && number == s->rounds ? number + 1 : s->rounds;
    }
    at = end;
  }
done:
  return status;
}

/* The rounds that are over; from rows the first makes the triangle. */
static Status take_up(Rounds *r, Error *e)
{
  uint32_t *place = mem_alloc(r->m->all + 1, sizeof *place);
  const Status status = place ? rounds_again(r, place, e) : error_memory(e, r->m->all * sizeof *place, _("a tree"));
  mem_free(place);
  return status;
}

Status linkage_run_rounds(LinkageMatrix *m, Error *e)
{
  Rounds r = {.m = m, .kernels = linkage_kernels(), .looking = true};
  Status status;
  TRY(rounds_new(&r, e));
  if (m->state->done > 0) {
    TRY(take_up(&r, e));
  } else {
    TRY(look_at_all(&r, e));
  }
  TRY(run_rounds(&r, e));
done:
  rounds_free(&r);
  return status;
}

/* ---- from rows */

/* The nearest other row of each, of equally near ones the lowest. */
static Status nearest_rows(Rounds *r, Error *e)
{
  const LinkageRows *rows = r->rows;
  const size_t n = r->n = r->m->n;
  Neighbours *index = NULL;
  uint32_t *found = mem_alloc(n, 2 * sizeof *found);
  Status status;
  TRY(found ? STATUS_OK : error_memory(e, n * 2 * sizeof *found, _("neighbours")));
  TRY(neighbours_new(r->m->task, rows->values, n, rows->d, rows->metric, NEIGHBOURS_AUTO, &index, e));
  TRY(neighbours_nearest(r->m->task, index, NULL, n, 2, found, NULL, e));
  for (size_t i = 0; i < n; i++) {
    r->nearest[i] = found[2 * i] == i ? found[2 * i + 1] : found[2 * i];
  }
done:
  neighbours_free(index);
  mem_free(found);
  return status;
}

Status linkage_run_rows(LinkageMatrix *m, const LinkageRows *rows, Error *e)
{
  Rounds r = {.m = m, .kernels = linkage_kernels(), .looking = true, .rows = rows};
  Status status;
  TRY(rounds_new(&r, e));
  if (m->state->done > 0) {
    TRY(take_up(&r, e));
  } else {
    TRY(nearest_rows(&r, e));
    find_pairs(&r);
    list_clusters(&r, r.with);
    record_pairs(&r);
    TRY(first_triangle(&r, e));
  }
  TRY(run_rounds(&r, e));
done:
  rounds_free(&r);
  mem_free(m->d);
  return status;
}
