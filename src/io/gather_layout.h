/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gather_layout.h -- the inside of a Gather, for its own files. */
#ifndef ASSAY_IO_GATHER_LAYOUT_H
#define ASSAY_IO_GATHER_LAYOUT_H

#include "core/map.h"
#include "io/gather.h"

typedef struct GatherColumn {
  uint8_t *kinds;
  int64_t *values;        /* ints, times; the bits of floats; numbers of texts */
  size_t n, room;
  Map *texts;
  size_t mended;          /* texts that were not UTF-8 */
  bool expects;
  Type expected;
  char *declared;
} GatherColumn;

struct Gather {
  GatherColumn *columns;
  size_t n, room, rows;
  Error error;            /* the first failure */
};

static inline double gather_real(int64_t bits)
{
  double value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

/* What a column's cells are, from row `first` on. */
typedef struct GatherCensus {
  size_t count[GATHER_KINDS];
  size_t sample[GATHER_KINDS];  /* the first row of each kind */
  size_t markers;               /* texts that stand for missing in a column of values */
  bool large;                   /* whole numbers that float64 does not hold */
  bool fractions;               /* reals that are no whole numbers */
} GatherCensus;

typedef struct GatherChoice {
  Type type;
  bool forced, mixed, dropped;  /* asked for; kinds differ; the expectation was not met */
  size_t misfit;                /* the row that did not meet it */
  bool markers;                 /* texts such as NA are missing */
} GatherChoice;

/* The text of a cell: borrowed, or made in scratch. */
const char *gather_cell(const GatherColumn *column, size_t row, Text *scratch, size_t *length);

/* Whether the text stands for a missing cell among values. */
bool gather_is_marker(const char *text, size_t length);

void gather_census(const GatherColumn *column, size_t first, size_t rows, GatherCensus *out);
GatherChoice gather_choose(const GatherColumn *column, size_t first, size_t rows, const GatherCensus *census,
                           bool markers);

/* The column; *bad is the row of a cell that does not fit, and the status STATUS_DATA then, without an error. */
Status gather_build(const GatherColumn *column, size_t first, size_t rows, const GatherChoice *choice, Task *task,
                    size_t *bad, Column **out, Error *e) MUST_USE;

#endif
