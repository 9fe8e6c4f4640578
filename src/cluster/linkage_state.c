/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/linkage_state.h"

#include <math.h>

#include "core/alloc.h"

void linkage_state_free(LinkageState *s)
{
  mem_free(s->steps);
  mem_free(s->round);
  mem_free(s->chain);
  mem_free(s->nearest);
  mem_free(s->bound);
  *s = (LinkageState){0};
}

Status linkage_state_new(size_t n, LinkageState *out, Error *e)
{
  *out = (LinkageState){.n = n};
  out->steps = mem_alloc(n, sizeof *out->steps);
  out->round = mem_zero(n, sizeof *out->round);
  out->chain = mem_alloc(n + 1, sizeof *out->chain);
  out->nearest = mem_alloc(n, sizeof *out->nearest);
  out->bound = mem_alloc(n, sizeof *out->bound);
  if (out->steps && out->round && out->chain && out->nearest && out->bound) {
    for (size_t i = 0; i < n; i++) {
      out->nearest[i] = LINKAGE_NOBODY;
      out->bound[i] = (double)INFINITY;
    }
    return STATUS_OK;
  }
  linkage_state_free(out);
  return error_memory(e, n * 36, _("a tree"));
}

Status linkage_state_broken(Error *e)
{
  return error_set(e, STATUS_FORMAT, "bad-model-file", _("the merges that a stopped fit kept do not fit together"));
}

static uint32_t find(uint32_t *parent, uint32_t row)
{
  while (parent[row] != row) {
    parent[row] = parent[parent[row]];
    row = parent[row];
  }
  return row;
}

/* No merge is of a cluster with itself. */
static Status check_forest(const LinkageState *s, Error *e)
{
  uint32_t *parent = mem_alloc(s->n, sizeof *parent);
  if (!parent) {
    return error_memory(e, s->n * sizeof *parent, _("a tree"));
  }
  for (size_t i = 0; i < s->n; i++) {
    parent[i] = (uint32_t)i;
  }
  bool sound = s->done < s->n && s->length <= s->n && s->until < s->n;
  for (size_t i = 0; sound && i < s->done; i++) {
    sound = s->steps[i].a < s->n && s->steps[i].b < s->n;
    if (sound) {
      const uint32_t a = find(parent, s->steps[i].a), b = find(parent, s->steps[i].b);
      sound = a != b;
      parent[a] = b;
    }
  }
  mem_free(parent);
  return sound ? STATUS_OK : linkage_state_broken(e);
}

Status linkage_state_begin(LinkageState *s, size_t n, Error *e)
{
  if (s->n == 0) {
    return linkage_state_new(n, s, e);
  }
  return s->n == n ? check_forest(s, e) : linkage_state_broken(e);
}

/* Each step joins a row to those before it; rows outside point at one inside. */
static bool mark_inside(LinkageState *s, bool *inside, uint32_t *tip)
{
  bool sound = true;
  inside[0] = true;
  *tip = 0;
  for (size_t i = 0; i < s->done && sound; i++) {
    const uint32_t a = s->steps[i].a, b = s->steps[i].b;
    sound = inside[a] != inside[b];
    *tip = inside[a] ? b : a;
    inside[*tip] = true;
  }
  for (size_t i = 0; i < s->n && sound; i++) {
    s->nearest[i] = inside[i] ? (uint32_t)i : s->nearest[i];
    sound = s->nearest[i] < s->n && inside[s->nearest[i]] && (inside[i] || s->bound[i] >= 0);
  }
  return sound;
}

Status linkage_state_tip(LinkageState *s, uint32_t *tip, Error *e)
{
  bool *inside = mem_zero(s->n, sizeof *inside);
  if (!inside) {
    return error_memory(e, s->n, _("a tree"));
  }
  for (size_t i = 0; i < s->n && s->done == 0; i++) {
    s->nearest[i] = 0;
    s->bound[i] = (double)INFINITY;
  }
  const bool sound = s->n == 0 || mark_inside(s, inside, tip);
  mem_free(inside);
  return sound ? STATUS_OK : linkage_state_broken(e);
}

Status linkage_state_end(const LinkageState *s, bool keeps, Status status, Error *e)
{
  if (status != STATUS_CANCELLED || s->done == 0 || (!keeps && s->done + 1 < s->n)) {
    return status;
  }
  error_clear(e);
  return STATUS_OK;
}
