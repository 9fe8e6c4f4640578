/* SPDX-License-Identifier: GPL-3.0-or-later */
/* similarity.h as functions of the expression language. */
#include "expr/similarity.h"

#include "expr/text_functions.h"

typedef struct Pair {
  const uint32_t *a, *b;
  size_t n, m;
} Pair;

static Status decode_pair(const FunctionCall *call, const Cells *in, size_t i, size_t most, Arena *arena, Pair *pair,
                          Error *e)
{
  const Span a = CELL_TEXT(&in[0], i), b = CELL_TEXT(&in[1], i);
  if (stop_asked(call)) {
    return error_cancelled(e);
  }
  pair->a = text_decode(a, arena, &pair->n);
  pair->b = text_decode(b, arena, &pair->m);
  if (!pair->a || !pair->b) {
    return error_memory(e, a.length + b.length, "text");
  }
  if (pair->n > most || pair->m > most) {
    error_set(e, STATUS_LIMIT, "text-too-long", _("a text of %1$zu characters is too long to compare; the most is %2$zu"),
              pair->n > most ? pair->n : pair->m, most);
    error_hint(e, _("compare left(text, %zu)"), most);
    return STATUS_LIMIT;
  }
  return STATUS_OK;
}

static Status apply_levenshtein(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  Status status = STATUS_OK;
  Arena own = {0}; /* what one pair needs is given back before the next */
  FOR_CELLS(i, rows, out) {
    Pair p;
    size_t distance = 0;
    TRY(decode_pair(call, in, i, LEVENSHTEIN_MOST, &own, &p, e));
    if (!levenshtein(p.a, p.n, p.b, p.m, &own, &distance)) {
      TRY(error_memory(e, 0, "text"));
    }
    put_int(out, i, (int64_t)distance);
    arena_free(&own);
  }
done:
  arena_free(&own);
  return status;
}

static Status apply_jaro_kind(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, bool prefix, Error *e)
{
  Status status = STATUS_OK;
  Arena own = {0};
  FOR_CELLS(i, rows, out) {
    Pair p;
    double similarity = 0;
    TRY(decode_pair(call, in, i, JARO_MOST, &own, &p, e));
    if (!jaro(p.a, p.n, p.b, p.m, &own, &similarity)) {
      TRY(error_memory(e, 0, "text"));
    }
    put_float(out, i, prefix ? winkler(p.a, p.n, p.b, p.m, similarity) : similarity);
    arena_free(&own);
  }
done:
  arena_free(&own);
  return status;
}

static Status apply_jaro(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  return apply_jaro_kind(call, in, rows, out, false, e);
}

static Status apply_jaro_winkler(const FunctionCall *call, const Cells *in, size_t rows, Cells *out, Arena *arena, Error *e)
{
  (void)arena;
  return apply_jaro_kind(call, in, rows, out, true, e);
}

static const Function similarity_functions[] = {
    {.name = "levenshtein", .types = "ss:i", .arguments = "a, b",
     .help = "fewest characters to insert, delete or replace to make one text the other", .apply = apply_levenshtein},
    {.name = "jaro", .types = "ss:f", .arguments = "a, b", .help = "Jaro's similarity, 0 to 1", .apply = apply_jaro},
    {.name = "jaro_winkler", .types = "ss:f", .arguments = "a, b",
     .help = "Jaro's similarity raised for equal beginnings, as names want it", .apply = apply_jaro_winkler},
};
REGISTER_FUNCTIONS(similarity_functions);
