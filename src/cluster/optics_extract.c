/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clusters from the order: a cut at one reachability, and valleys by their steep walls. r(i) is the reachability at
 * position i, and infinite behind the last one. */
#include <math.h>

#include "cluster/optics.h"
#include "core/alloc.h"

size_t optics_cut(const OpticsOrder *order, double cut, int32_t *labels)
{
  int32_t k = 0;
  for (size_t i = 0; i < order->n; i++) {
    labels[i] = -1;
  }
  for (size_t i = 0; i < order->done; i++) {
    const uint32_t row = order->order[i];
    if (order->reach[row] <= cut) {
      labels[row] = k - 1;
    } else {
      labels[row] = order->core[row] <= cut ? k++ : -1;
    }
  }
  return (size_t)k;
}

static double r(const OpticsOrder *order, size_t i)
{
  return i < order->done ? order->reach[order->order[i]] : (double)INFINITY;
}

/* How it goes on behind position i: down (the next is lower), up; steep by at least the share xi. */
static bool goes_down(const OpticsOrder *order, size_t i, double left)
{
  const double here = r(order, i), next = r(order, i + 1);
  return here > next && here * left >= next && !(isinf(here) && isinf(next));
}

static bool goes_up(const OpticsOrder *order, size_t i, double left)
{
  const double here = r(order, i), next = r(order, i + 1);
  return here < next && here <= next * left;
}

static bool goes(const OpticsOrder *order, size_t i, double left, bool down)
{
  return down ? goes_down(order, i, left) : goes_up(order, i, left);
}

/* The last steep position of a region that begins at `start`: at most min_points positions in a row are not steep, and
 * none goes the other way. */
static size_t region_end(const OpticsOrder *order, size_t start, double left, bool down, size_t min_points)
{
  size_t end = start, flat = 0;
  for (size_t i = start; i < order->done; i++) {
    if (goes(order, i, left, down)) {
      flat = 0;
      end = i;
    } else if (goes(order, i, 1, !down)) {
      break;
    } else if (++flat > min_points) {
      break;
    }
  }
  return end;
}

/* A steep way down, and the highest reachability since. */
typedef struct Descent {
  size_t start, end;
  double between;
} Descent;

typedef struct Search {
  const OpticsOrder *order;
  double left; /* 1 - xi */
  size_t min_points, min_size;
  Descent *descents;
  size_t n, room;
  OpticsValleys *out;
} Search;

/* Descents from no higher than what came since are over. */
static void filter(Search *s, double highest)
{
  size_t kept = 0;
  for (size_t i = 0; i < s->n; i++) {
    Descent d = s->descents[i];
    if (!isinf(highest) && highest <= r(s->order, d.start) * s->left) {
      d.between = d.between > highest ? d.between : highest;
      s->descents[kept++] = d;
    }
  }
  s->n = kept;
}

/* Ends that were not reached from within do not belong to the valley. False: nothing is left. */
static bool correct_end(const OpticsOrder *order, size_t first, size_t *last)
{
  for (; first < *last; (*last)--) {
    if (r(order, first) > r(order, *last)) {
      return true;
    }
    const uint32_t from = order->from[order->order[*last]];
    if (from != OPTICS_NOBODY && order->position[from] >= first && order->position[from] < *last) {
      return true;
    }
  }
  return false;
}

static Status add_valley(OpticsValleys *valleys, OpticsValley valley, Error *e)
{
  if (valleys->n == valleys->room) {
    const size_t room = 2 * valleys->room + 16;
    OpticsValley *items = mem_resize(valleys->items, room, sizeof *items);
    if (!items) {
      return error_memory(e, room * sizeof *items, _("valleys"));
    }
    valleys->items = items;
    valleys->room = room;
  }
  valleys->items[valleys->n++] = valley;
  return STATUS_OK;
}

/* Definition 11: a descent and a way up from rise to rise_end that are a valley. */
static bool match(const Search *s, const Descent *d, size_t rise, size_t rise_end, OpticsValley *out)
{
  const OpticsOrder *order = s->order;
  const double top = r(order, d->start), after = r(order, rise_end + 1);
  size_t first = d->start, last = rise_end;
  if (after * s->left < d->between) {
    return false;
  }
  if (top * s->left >= after) {
    while (r(order, first + 1) > after && first < d->end) {
      first++;
    }
  } else if (after * s->left >= top) {
    while (last > rise && r(order, last - 1) > top) {
      last--;
    }
  }
  if (!correct_end(order, first, &last)) {
    return false;
  }
  *out = (OpticsValley){first, last};
  return last - first + 1 >= s->min_size && first <= d->end && last >= rise;
}

/* Those that begin later are smaller and come first. */
static Status match_all(Search *s, size_t rise, size_t rise_end, Error *e)
{
  Status status = STATUS_OK;
  for (size_t i = s->n; status == STATUS_OK && i-- > 0;) {
    OpticsValley valley;
    if (match(s, &s->descents[i], rise, rise_end, &valley)) {
      status = add_valley(s->out, valley, e);
    }
  }
  return status;
}

static Status add_descent(Search *s, size_t start, size_t end, Error *e)
{
  if (s->n == s->room) {
    const size_t room = 2 * s->room + 16;
    Descent *descents = mem_resize(s->descents, room, sizeof *descents);
    if (!descents) {
      return error_memory(e, room * sizeof *descents, _("valleys"));
    }
    s->descents = descents;
    s->room = room;
  }
  s->descents[s->n++] = (Descent){start, end, 0};
  return STATUS_OK;
}

Status optics_valleys(const OpticsOrder *order, double xi, size_t min_points, size_t min_size, OpticsValleys *out,
                      Error *e)
{
  Search s = {.order = order, .left = 1 - xi, .min_points = min_points, .min_size = min_size, .out = out};
  double highest = 0;
  Status status = STATUS_OK;
  *out = (OpticsValleys){0};
  for (size_t i = 0; status == STATUS_OK && i < order->done;) {
    const bool down = goes_down(order, i, s.left), up = !down && goes_up(order, i, s.left);
    highest = r(order, i) > highest ? r(order, i) : highest;
    if (!down && !up) {
      i++;
      continue;
    }
    const size_t end = region_end(order, i, s.left, down, min_points);
    filter(&s, highest);
    status = down ? add_descent(&s, i, end, e) : match_all(&s, i, end, e);
    i = end + 1;
    highest = r(order, i);
  }
  mem_free(s.descents);
  if (status != STATUS_OK) {
    mem_free(out->items);
    *out = (OpticsValleys){0};
  }
  return status;
}

size_t optics_label(const OpticsOrder *order, const OpticsValleys *valleys, int32_t *labels)
{
  int32_t k = 0;
  for (size_t i = 0; i < order->n; i++) {
    labels[i] = -1;
  }
  for (size_t v = 0; v < valleys->n; v++) {
    bool free = true;
    for (size_t i = valleys->items[v].first; free && i <= valleys->items[v].last; i++) {
      free = labels[order->order[i]] < 0;
    }
    for (size_t i = valleys->items[v].first; free && i <= valleys->items[v].last; i++) {
      labels[order->order[i]] = k;
    }
    k += free;
  }
  return (size_t)k;
}
