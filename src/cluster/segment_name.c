/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/segment_name.h"

#include <math.h>
#include <string.h>

enum { FIRST = 2, PHRASES = 4 };

static const double large = 0.3, plain = 0.5;

typedef struct Phrases {
  const char *text[PHRASES];
  size_t n, used;
  bool plain; /* the first difference is so large that it is plain to see */
} Phrases;

static const Column *cells(const Frame *frame, const char *name)
{
  size_t column;
  return frame_find(frame, name, &column) ? frame_column(frame, column) : NULL;
}

static const char *cell_text(const Column *column, size_t row, Arena *arena)
{
  size_t length;
  const char *text = column_text(column, row, &length);
  return arena_text(arena, text, length);
}

/* Names are cells of frames, so English in every language: the same script gives the same data. */
static const char *phrase(const Frame *data, const char *variable, const char *level, double difference, Arena *arena)
{
  size_t column;
  if (level) {
    return arena_printf(arena, difference > 0 ? "%s = %s" : "%s not %s", variable, level);
  }
  if (frame_find(data, variable, &column) && column_type(frame_column(data, column)) == TYPE_BOOL) {
    return difference > 0 ? variable : arena_printf(arena, "not %s", variable);
  }
  const char *rather = fabs(difference) < plain ? "rather " : "";
  return arena_printf(arena, difference > 0 ? "%shigh %s" : "%slow %s", rather, variable);
}

static Status collect(const Frame *profile, const Frame *data, size_t k, Arena *arena, Phrases *all, Error *e)
{
  const Column *cluster = cells(profile, "cluster"), *variable = cells(profile, "variable");
  const Column *level = cells(profile, "level"), *difference = cells(profile, "difference");
  for (size_t row = 0; row < frame_rows(profile); row++) {
    const size_t segment = (size_t)column_int(cluster, row) - 1;
    const double size = column_float(difference, row);
    if (segment >= k || fabs(size) < large || all[segment].n == PHRASES) {
      continue;
    }
    const char *name = cell_text(variable, row, arena);
    const char *value = column_valid(level, row) ? cell_text(level, row, arena) : NULL;
    const char *text = name && (value || !column_valid(level, row)) ? phrase(data, name, value, size, arena) : NULL;
    if (!text) {
      return error_memory(e, 0, _("names"));
    }
    all[segment].plain = all[segment].plain || fabs(size) >= plain;
    all[segment].text[all[segment].n++] = text;
  }
  return STATUS_OK;
}

static const char *join(const Phrases *p, Arena *arena)
{
  const char *text = p->plain ? p->text[0] : "average";
  for (size_t i = p->plain; text && i < p->used; i++) {
    text = arena_printf(arena, "%s, %s", text, p->text[i]);
  }
  return text;
}

/* Gives every segment whose name another has one phrase more; false when there is nothing to give. */
static bool lengthen(Phrases *all, const char **names, size_t k, Arena *arena)
{
  bool any = false;
  for (size_t i = 0; i < k; i++) {
    bool twice = false;
    for (size_t j = 0; j < k; j++) {
      twice = twice || (j != i && names[j] && strcmp(names[i], names[j]) == 0);
    }
    if (twice && all[i].used < all[i].n) {
      all[i].used++;
      any = true;
    }
  }
  for (size_t i = 0; any && i < k; i++) {
    names[i] = join(&all[i], arena);
  }
  return any;
}

static bool taken(const char *const *names, size_t n, const char *name)
{
  for (size_t i = 0; i < n; i++) {
    if (strcmp(names[i], name) == 0) {
      return true;
    }
  }
  return false;
}

/* The second of a name is "name (2)". */
static Status number_names(const char **names, size_t k, Arena *arena, Error *e)
{
  for (size_t i = 0; i < k; i++) {
    const char *name = names[i];
    for (size_t number = 2; name && taken(names, i, name); number++) {
      name = arena_printf(arena, "%s (%zu)", names[i], number);
    }
    names[i] = name;
    if (!name) {
      return error_memory(e, 0, _("names"));
    }
  }
  return STATUS_OK;
}

static bool all_there(const char *const *names, size_t k)
{
  for (size_t i = 0; i < k; i++) {
    if (!names[i]) {
      return false;
    }
  }
  return true;
}

Status segment_names(const Frame *profile, const Frame *data, size_t k, Arena *arena, const char **names, Error *e)
{
  Phrases *all = arena_alloc(arena, k, sizeof *all);
  if (!all) {
    return error_memory(e, 0, _("names"));
  }
  const Status status = collect(profile, data, k, arena, all, e);
  if (status != STATUS_OK) {
    return status;
  }
  for (size_t i = 0; i < k; i++) {
    all[i].used = all[i].n < FIRST ? all[i].n : FIRST;
    names[i] = join(&all[i], arena);
  }
  while (all_there(names, k) && lengthen(all, names, k, arena)) {
  }
  return all_there(names, k) ? number_names(names, k, arena, e) : error_memory(e, 0, _("names"));
}
