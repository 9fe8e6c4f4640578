/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/csv_solve.h"

#include <limits.h>
#include <string.h>

#include "core/alloc.h"
#include "io/csv_shape.h"

enum { COST_LONE = 1, COST_OPEN = 4, COST_BESIDE = 3, COST_BREAK = 2, COST_MISFIT = 6 };

bool csv_cell_fits(unsigned char shape, const char *text, size_t length)
{
  if (shape == SHAPE_WORD || shape == SHAPE_EMPTY) {
    return true;
  }
  const CsvShape own = csv_shape(text, length);
  return own == SHAPE_EMPTY || own == shape;
}

/* A line with the places where its fields may begin and end: field i .. j - 1 of the delimiters is from starts[i]
 * to stops[j]. */
typedef struct Line {
  const CsvGrammar *grammar;
  const char *bytes;
  size_t n; /* delimiters */
  size_t starts[CSV_SOLVE_MOST + 2], stops[CSV_SOLVE_MOST + 2];
} Line;

static bool cut_line(Line *line, size_t begin, size_t end)
{
  line->n = 0;
  line->starts[0] = begin;
  for (size_t at = begin; at < end;) {
    const size_t width = csv_delimiter_at(line->grammar, line->bytes, end, at);
    if (width && line->n == CSV_SOLVE_MOST) {
      return false;
    }
    if (width) {
      line->stops[line->n++] = at;
      line->starts[line->n] = at + width;
    }
    at += width ? width : 1;
  }
  line->stops[line->n] = end;
  return true;
}

/* The costs of what stands inside of quotes, or between no quotes. */
static unsigned inner_cost(const Line *line, size_t begin, size_t end)
{
  const char quote = line->grammar->quote;
  unsigned cost = 0;
  for (size_t i = begin; i < end; i++) {
    const char c = line->bytes[i];
    cost += c == '\n' || (c == '\r' && (i + 1 == end || line->bytes[i + 1] != '\n')) ? COST_BREAK : 0;
    if (c != quote) {
      continue;
    }
    if (i + 1 < end && line->bytes[i + 1] == quote) {
      i++;
      continue;
    }
    const bool behind = i + 1 < end && csv_delimiter_at(line->grammar, line->bytes, end, i + 1);
    const bool before = i > begin && csv_delimiter_at(line->grammar, line->bytes, end, i - 1);
    cost += behind || before ? COST_BESIDE : COST_LONE;
  }
  return cost;
}

/* The cheapest way to take bytes begin .. end - 1 as one field; UINT_MAX: none. `one`: there is no delimiter in it.
 */
static unsigned field_cost(const Line *line, size_t begin, size_t end, bool one, CsvPart *part)
{
  const char *bytes = line->bytes, quote = line->grammar->quote;
  size_t first = begin, last = end;
  while (first < last && bytes[first] == ' ') {
    first++;
  }
  while (last > first && bytes[last - 1] == ' ') {
    last--;
  }
  const bool opens = first < last && bytes[first] == quote;
  const bool closes = first < last && bytes[last - 1] == quote && (!opens || last - first > 1);
  if (opens && closes) {
    *part = (CsvPart){.begin = first + 1, .end = last - 1, .quoted = true, .escaped = true};
    return inner_cost(line, first + 1, last - 1);
  }
  if (opens) {
    *part = (CsvPart){.begin = first + 1, .end = end, .quoted = true, .escaped = true, .open = true};
    return COST_OPEN + (one ? 0 : 2) + inner_cost(line, first + 1, end);
  }
  if (closes && !one) {
    *part = (CsvPart){.begin = begin, .end = last - 1, .quoted = true, .escaped = true};
    return COST_OPEN + 2 + inner_cost(line, begin, last - 1);
  }
  *part = (CsvPart){.begin = begin, .end = end};
  return one ? inner_cost(line, begin, end) : UINT_MAX;
}

/* best[k * (n + 2) + j]: the least cost of k fields that end before start j; from: where the last of them begins.
 */
typedef struct Table {
  unsigned *best;
  unsigned short *from;
  size_t stride;
} Table;

static void relax(const Line *line, const unsigned char *shapes, size_t wanted, const Table *table, size_t i,
                  size_t j)
{
  CsvPart part;
  const unsigned cost = field_cost(line, line->starts[i], line->stops[j], j == i, &part);
  if (cost == UINT_MAX) {
    return;
  }
  const CsvShape own = csv_shape(line->bytes + part.begin, part.end - part.begin);
  for (size_t k = 0; k < wanted && k <= i; k++) {
    const unsigned before = table->best[k * table->stride + i];
    const bool fits = shapes[k] == SHAPE_WORD || shapes[k] == SHAPE_EMPTY || own == SHAPE_EMPTY || own == shapes[k];
    if (before != UINT_MAX) {
      const unsigned sum = before + cost + (fits ? 0 : COST_MISFIT);
      const size_t place = (k + 1) * table->stride + j + 1;
      if (sum < table->best[place]) {
        table->best[place] = sum;
        table->from[place] = (unsigned short)i;
      }
    }
  }
}

static void take_path(const Line *line, const Table *table, size_t wanted, CsvRecord *record)
{
  size_t end = line->n + 1;
  record->n = 0;
  for (size_t k = 0; k < wanted; k++) {
    csv_record_add(record, (CsvPart){.begin = 0});
  }
  for (size_t k = wanted; !record->failed && k > 0; k--) {
    const size_t i = table->from[k * table->stride + end];
    (void)field_cost(line, line->starts[i], line->stops[end - 1], end - 1 == i, &record->parts[k - 1]);
    end = i;
  }
}

unsigned csv_solve(const CsvGrammar *grammar, const char *bytes, size_t begin, size_t end,
                   const unsigned char *shapes, size_t wanted, CsvRecord *record)
{
  unsigned cost = UINT_MAX;
  Line line = {.grammar = grammar, .bytes = bytes};
  if (wanted > CSV_SOLVE_MOST || grammar->blanks || !cut_line(&line, begin, end) || line.n + 1 < wanted) {
    return cost;
  }
  Table table = {.stride = line.n + 2};
  const size_t places = (wanted + 1) * table.stride;
  table.best = mem_alloc(places, sizeof *table.best);
  table.from = mem_alloc(places, sizeof *table.from);
  record->failed = !table.best || !table.from;
  if (!record->failed) {
    memset(table.best, 0xFF, places * sizeof *table.best);
    table.best[0] = 0;
    for (size_t i = 0; i <= line.n; i++) {
      for (size_t j = i; j <= line.n; j++) {
        relax(&line, shapes, wanted, &table, i, j);
      }
    }
    cost = table.best[wanted * table.stride + line.n + 1];
    if (cost != UINT_MAX) {
      take_path(&line, &table, wanted, record);
      record->begin = begin;
      record->end = end;
    }
  }
  mem_free(table.best);
  mem_free(table.from);
  return record->failed ? UINT_MAX : cost;
}
