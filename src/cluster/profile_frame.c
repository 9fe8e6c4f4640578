/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The findings of a profile in order, with adjusted p values, as a frame. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/profile_layout.h"
#include "cluster/segment_tests.h"
#include "core/alloc.h"
#include "frame/builder.h"

static int by_difference(const void *a, const void *b)
{
  const Finding *x = a, *y = b;
  const double dx = fabs(x->difference), dy = fabs(y->difference);
  return dx > dy ? -1 : dx < dy ? 1 : x->column < y->column ? -1 : x->column > y->column;
}

/* All tests of the profile are one family, also those of variables that are not shown. */
static Status adjust_findings(Profile *p, Error *e)
{
  double *values = mem_alloc(p->k * p->columns, sizeof *values);
  size_t n = 0;
  if (!values) {
    return error_memory(e, 0, _("a profile"));
  }
  for (size_t segment = 0; segment < p->k; segment++) {
    for (size_t i = 0; i < p->found[segment]; i++) {
      values[n++] = p->findings[segment * p->columns + i].p;
    }
  }
  const Status status =
      p->ask->adjust == PROFILE_NONE ? STATUS_OK : adjust_p(values, n, p->ask->adjust == PROFILE_HOLM, e);
  n = 0;
  for (size_t segment = 0; segment < p->k; segment++) {
    for (size_t i = 0; i < p->found[segment]; i++) {
      p->findings[segment * p->columns + i].adjusted = values[n++];
    }
  }
  mem_free(values);
  return status;
}

enum {
  CLUSTER,
  VARIABLE,
  LEVEL,
  DIFFERENCE,
  INSIDE,
  OUTSIDE,
  P,
  ADJUSTED,
  FITTED,
  SIZE,
  SHARE,
  VALUE,
  VALUE_SHARE,
  COLUMNS
};

static const struct {
  const char *name;
  Type type;
} layout[COLUMNS] = {{"cluster", TYPE_INT64},      {"variable", TYPE_STRING},    {"level", TYPE_STRING},
                     {"difference", TYPE_FLOAT64}, {"inside", TYPE_FLOAT64},     {"outside", TYPE_FLOAT64},
                     {"p", TYPE_FLOAT64},          {"p_adjusted", TYPE_FLOAT64}, {"fitted", TYPE_BOOL},
                     {"size", TYPE_INT64},         {"share", TYPE_FLOAT64},      {"value", TYPE_FLOAT64},
                     {"value_share", TYPE_FLOAT64}};

static bool has_column(const Profile *p, size_t i)
{
  return i == P || i == ADJUSTED        ? p->ask != NULL
       : i == FITTED                    ? p->ask && p->ask->fitted
       : i == VALUE || i == VALUE_SHARE ? p->values != NULL
                                        : true;
}

static void put_number(Builder *builder, double value)
{
  if (builder && isnan(value)) {
    builder_missing(builder);
  } else if (builder) {
    builder_float(builder, value);
  }
}

static void add_row(const Profile *p, Builder *const *b, size_t segment, double total, const Finding *finding)
{
  const char *name = frame_name(p->data, finding->column);
  builder_int(b[CLUSTER], (int64_t)segment + 1);
  builder_text(b[VARIABLE], name, strlen(name));
  if (finding->level) {
    builder_text(b[LEVEL], finding->level, finding->level_length);
  } else {
    builder_missing(b[LEVEL]);
  }
  builder_float(b[DIFFERENCE], finding->difference);
  builder_float(b[INSIDE], finding->inside);
  builder_float(b[OUTSIDE], finding->outside);
  put_number(b[P], finding->p);
  put_number(b[ADJUSTED], finding->adjusted);
  if (b[FITTED]) {
    builder_bool(b[FITTED], p->ask->fitted[finding->column]);
  }
  builder_int(b[SIZE], (int64_t)p->sizes[segment + 1]);
  builder_float(b[SHARE], (double)p->sizes[segment + 1] / (double)p->n);
  if (b[VALUE]) {
    put_number(b[VALUE], p->values[segment + 1]);
    put_number(b[VALUE_SHARE], total != 0 ? p->values[segment + 1] / total : NAN);
  }
}

static void add_rows(Profile *p, Builder *const *b)
{
  const size_t top = p->ask ? p->ask->top : 0;
  double total = 0;
  for (size_t label = 0; p->values && label <= p->k; label++) {
    total += p->values[label];
  }
  for (size_t segment = 0; segment < p->k; segment++) {
    Finding *list = p->findings + segment * p->columns;
    qsort(list, p->found[segment], sizeof *list, by_difference);
    for (size_t i = 0; i < p->found[segment] && (top == 0 || i < top); i++) {
      add_row(p, b, segment, total, &list[i]);
    }
  }
}

Status profile_frame(Profile *p, Frame **out, Error *e)
{
  Builder *b[COLUMNS] = {NULL};
  Status status = p->ask ? adjust_findings(p, e) : STATUS_OK;
  if (status != STATUS_OK) {
    return status;
  }
  bool made = true;
  for (size_t i = 0; i < COLUMNS; i++) {
    b[i] = has_column(p, i) ? builder_new(layout[i].type, 64) : NULL;
    made = made && (b[i] || !has_column(p, i));
  }
  if (made) {
    add_rows(p, b);
  }
  Draft *draft = made ? draft_new() : NULL;
  for (size_t i = 0; i < COLUMNS; i++) {
    if (draft && b[i]) {
      draft_builder(draft, layout[i].name, b[i]);
    } else {
      builder_free(b[i]);
    }
  }
  return draft ? draft_finish(draft, out, e) : error_memory(e, 0, _("a profile"));
}
