/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/migrate.h"

#include <math.h>
#include <string.h>

#include "core/matching.h"
#include "core/text.h"
#include "frame/builder.h"

static size_t shared(const Migrate *m, size_t from, size_t to)
{
  return m->counts[from * (m->to.k + 1) + to];
}

static size_t from_rows(const Migrate *m, size_t from)
{
  size_t rows = 0;
  for (size_t to = 0; to <= m->to.k; to++) {
    rows += shared(m, from, to);
  }
  return rows;
}

static size_t to_rows(const Migrate *m, size_t to)
{
  size_t rows = 0;
  for (size_t from = 0; from <= m->from.k; from++) {
    rows += shared(m, from, to);
  }
  return rows;
}

/* ---- what belongs together */

static void pair_names(Migrate *m)
{
  for (size_t i = 0; i < m->from.k; i++) {
    for (size_t j = 0; m->pair[i] == 0 && j < m->to.k; j++) {
      m->pair[i] = strcmp(m->from.names[i], m->to.names[j]) == 0 ? j + 1 : 0;
    }
  }
}

static Status pair_overlaps(Migrate *m, Error *e)
{
  const size_t a = m->from.k, b = m->to.k;
  size_t *counts = arena_alloc(&m->task->arena, a * b + 1, sizeof *counts);
  size_t *pair = arena_alloc(&m->task->arena, a + 1, sizeof *pair);
  if (!counts || !pair) {
    return error_memory(e, a * b * sizeof *counts, _("pairs of clusters"));
  }
  for (size_t i = 0; i < a; i++) {
    memcpy(counts + i * b, m->counts + (i + 1) * (b + 1) + 1, b * sizeof *counts);
  }
  const Status status = matching_largest(m->task, counts, a, b, pair, e);
  for (size_t i = 0; status == STATUS_OK && i < a; i++) {
    m->pair[i] = pair[i] == SIZE_MAX ? 0 : pair[i] + 1;
  }
  return status;
}

static double pairs(size_t n)
{
  return (double)n * ((double)n - 1) / 2;
}

/* Hubert and Arabie's index of the rows in a segment on both sides, from the table. */
static void compare(Migrate *m)
{
  double together = 0, rows = 0, columns = 0;
  for (size_t from = 1; from <= m->from.k; from++) {
    rows += pairs(from_rows(m, from) - shared(m, from, 0));
    for (size_t to = 1; to <= m->to.k; to++) {
      together += pairs(shared(m, from, to));
    }
  }
  for (size_t to = 1; to <= m->to.k; to++) {
    columns += pairs(to_rows(m, to) - shared(m, 0, to));
  }
  const double expected = m->both > 1 ? rows * columns / pairs(m->both) : (double)NAN;
  const double largest = (rows + columns) / 2;
  m->ari = largest == expected ? 1 : (together - expected) / (largest - expected);
}

static bool has_stayed(const Migrate *m, size_t from, size_t to)
{
  return from > 0 && to > 0 && m->pair[from - 1] == to;
}

static void sum_up(Migrate *m)
{
  for (size_t from = 0; from <= m->from.k; from++) {
    for (size_t to = 0; to <= m->to.k; to++) {
      const size_t rows = shared(m, from, to);
      m->both += from > 0 && to > 0 ? rows : 0;
      m->stayed += has_stayed(m, from, to) ? rows : 0;
      m->entered += from == 0 && to > 0 ? rows : 0;
      m->left += from > 0 && to == 0 ? rows : 0;
    }
  }
}

Status migrate_count(Migrate *m, Error *e)
{
  Arena *arena = &m->task->arena;
  Status status = STATUS_OK;
  m->counts = arena_alloc(arena, (m->from.k + 1) * (m->to.k + 1), sizeof *m->counts);
  m->pair = arena_alloc(arena, m->from.k + 1, sizeof *m->pair);
  if (!m->counts || !m->pair) {
    return error_memory(e, (m->from.k + 1) * (m->to.k + 1) * sizeof *m->counts, _("pairs of clusters"));
  }
  for (size_t row = 0; row < m->n; row++) {
    m->counts[(size_t)m->from.labels[row] * (m->to.k + 1) + (size_t)m->to.labels[row]]++;
  }
  if (m->by_name) {
    pair_names(m);
  } else {
    status = pair_overlaps(m, e);
  }
  sum_up(m);
  compare(m);
  return status;
}

/* ---- frames */

static void put_text(Builder *builder, const char *text)
{
  if (text) {
    builder_text(builder, text, strlen(text));
  } else {
    builder_missing(builder);
  }
}

static const char *side_name(const MigrateSide *side, size_t segment)
{
  return segment > 0 ? side->names[segment - 1] : NULL;
}

static void put_share(Builder *builder, size_t part, size_t whole)
{
  if (whole > 0) {
    builder_float(builder, (double)part / (double)whole);
  } else {
    builder_missing(builder);
  }
}

static void tidy_rows(const Migrate *m, Builder *const *b)
{
  for (size_t from = 0; from <= m->from.k; from++) {
    const size_t whole = from_rows(m, from);
    for (size_t to = 0; to <= m->to.k; to++) {
      const size_t rows = shared(m, from, to);
      if (rows == 0 || (from == 0 && to == 0)) {
        continue;
      }
      put_text(b[0], side_name(&m->from, from));
      put_text(b[1], side_name(&m->to, to));
      builder_int(b[2], (int64_t)rows);
      put_share(b[3], from > 0 ? rows : 0, from > 0 ? whole : 0);
      put_share(b[4], to > 0 ? rows : 0, to > 0 ? to_rows(m, to) : 0);
      builder_bool(b[5], has_stayed(m, from, to));
    }
  }
}

static void match_rows(const Migrate *m, Builder *const *b)
{
  for (size_t from = 1; from <= m->from.k; from++) {
    const size_t to = m->pair[from - 1], rows = to > 0 ? shared(m, from, to) : 0, whole = from_rows(m, from);
    put_text(b[0], side_name(&m->from, from));
    put_text(b[1], side_name(&m->to, to));
    builder_int(b[2], (int64_t)rows);
    put_share(b[3], rows, to > 0 ? whole + to_rows(m, to) - rows : 0);
    put_share(b[4], rows, whole);
  }
}

typedef struct Wanted {
  const char *const *names;
  const Type *types;
  size_t n;
} Wanted;

static Status make_frame(const Migrate *m, const Wanted *wanted, void (*fill)(const Migrate *, Builder *const *),
                         Frame **out, Error *e)
{
  Builder *b[8];
  bool made = true;
  for (size_t i = 0; i < wanted->n; i++) {
    b[i] = builder_new(wanted->types[i], 64);
    made = made && b[i];
  }
  if (made) {
    fill(m, b);
  }
  Draft *draft = draft_new();
  for (size_t i = 0; i < wanted->n; i++) {
    draft_builder(draft, wanted->names[i], b[i]);
  }
  return draft_finish(draft, out, e);
}

Status migrate_tidy(const Migrate *m, Frame **out, Error *e)
{
  static const char *const names[] = {"from", "to", "rows", "share_from", "share_to", "stayed"};
  static const Type types[] = {TYPE_STRING, TYPE_STRING, TYPE_INT64, TYPE_FLOAT64, TYPE_FLOAT64, TYPE_BOOL};
  return make_frame(m, &(Wanted){names, types, 6}, tidy_rows, out, e);
}

Status migrate_matches(const Migrate *m, Frame **out, Error *e)
{
  static const char *const names[] = {"from", "to", "rows", "jaccard", "kept"};
  static const Type types[] = {TYPE_STRING, TYPE_STRING, TYPE_INT64, TYPE_FLOAT64, TYPE_FLOAT64};
  return make_frame(m, &(Wanted){names, types, 5}, match_rows, out, e);
}

static void put_row(Builder *builder, const size_t *rows, size_t row)
{
  const size_t number = rows ? rows[row] : row;
  if (number == SIZE_MAX) {
    builder_missing(builder);
  } else {
    builder_int(builder, (int64_t)number + 1);
  }
}

static void put_id(const Migrate *m, size_t row, Text *text, Builder *builder)
{
  const bool former = m->row_from[row] != SIZE_MAX;
  text_reset(text);
  column_cell_text(former ? m->id_from : m->id_to, former ? m->row_from[row] : m->row_to[row], text);
  builder_text(builder, text_data(text), text->size);
}

static void mover_rows(const Migrate *m, Builder *const *b)
{
  Text text = {0};
  for (size_t row = 0; row < m->n; row++) {
    const size_t from = (size_t)m->from.labels[row], to = (size_t)m->to.labels[row];
    if ((from == 0 && to == 0) || has_stayed(m, from, to)) {
      continue;
    }
    put_text(b[0], side_name(&m->from, from));
    put_text(b[1], side_name(&m->to, to));
    put_row(b[2], m->row_from, row);
    if (m->row_to) {
      put_row(b[3], m->row_to, row);
      put_id(m, row, &text, b[4]);
    }
  }
  text_free(&text);
}

Status migrate_movers(const Migrate *m, Frame **out, Error *e)
{
  static const char *const names[] = {"from", "to", "row", "row_now", "id"};
  static const Type types[] = {TYPE_STRING, TYPE_STRING, TYPE_INT64, TYPE_INT64, TYPE_STRING};
  return make_frame(m, &(Wanted){names, types, m->row_to ? 5 : 3}, mover_rows, out, e);
}

Status migrate_glance(const Migrate *m, Frame **out, Error *e)
{
  Draft *draft = draft_new();
  draft_int(draft, "n", (int64_t)m->both);
  draft_int(draft, "from_segments", (int64_t)m->from.k);
  draft_int(draft, "to_segments", (int64_t)m->to.k);
  draft_int(draft, "stayed", (int64_t)m->stayed);
  draft_int(draft, "moved", (int64_t)(m->both - m->stayed));
  draft_float(draft, "stayed_share", m->both > 0 ? (double)m->stayed / (double)m->both : (double)NAN);
  draft_int(draft, "entered", (int64_t)m->entered);
  draft_int(draft, "left", (int64_t)m->left);
  draft_float(draft, "ari", m->ari);
  draft_bool(draft, "complete", true);
  return draft_finish(draft, out, e);
}
