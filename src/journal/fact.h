/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fact.h -- what a journal says of a step beside its text: files, values, figures of their columns, the run.
 *
 * Each fact is a line of Lua comment that begins with "--= " and the step's number, then a word for its kind:
 *
 *   --= 3 read "customers.csv" bytes=8431 digest=...       a file that was read, or wrote
 *   --= 3 uses customers frame rows=200 columns=5 digest=...   data of a verb that the statement did not make
 *   --= 3 sets seg model class=cluster.kmeans digest=...   a variable that has a new value; shows: the value shown;
 *                                                          gives: the last verb's result, if it is neither
 *   --= 3 . tidy.size int64 n=4 missing=0 sum=200 squares=10854 min=39 max=65 digest=...   a column of the fact above
 *   --= 3 . glance.k int64 value=4 digest=...                  one of a single cell
 *   --= 3 done at=2026-11-22T04:31:09Z wall=0.0031
 *   --= 4 failed unknown-column at=2026-11-22T04:31:15Z wall=0.0001   an error's id; the statement stands above
 *                                                          behind "--! "
 *
 * What results depend on is the same for many steps and stands in a line of its own where it changes:
 *
 *   --@ machine seed=1 threads=2 isa=avx2 libm=2.36-fma blas=none
 *
 * A column is described once, by its digest: later facts leave it out. Of a model tidy and glance are described. n, sum
 * and squares (the sum of the squares) are over the cells that are not missing, added in row order in blocks of
 * 1,024; min and max leave NaN out. Only float64 and int64 columns have sums. Names with other bytes than letters,
 * digits and _ . / + - stand in quotes, with \" \\ \n \r. At most FACT_COLUMNS columns of a value are described; "more"
 * counts the rest. O(cells) for a new value, nothing for one whose digests are known.
 */
#ifndef ASSAY_JOURNAL_FACT_H
#define ASSAY_JOURNAL_FACT_H

#include "core/arena.h"
#include "registry/value.h"

enum { FACT_COLUMNS = 256 };

typedef enum FactKind { FACT_READ, FACT_WROTE, FACT_USES, FACT_SETS, FACT_SHOWS, FACT_GIVES, FACT_KIND_COUNT } FactKind;

extern const char *const fact_words[FACT_KIND_COUNT]; /* "read" ... */

typedef struct ColumnFact {
  const char *name;
  const char *type;        /* "float64" ... */
  bool numeric;            /* has figures */
  const char *value;       /* the one cell as text, "" when there are more */
  uint64_t n, missing;
  double sum, squares, low, high;
  Digest digest;
} ColumnFact;

typedef struct Fact {
  FactKind kind;
  const char *name;        /* variable, or path; "" for a value without a name */
  const char *what;        /* "frame", "model", "number", "table", "closure" ... ; "" for a file */
  const char *class;       /* of a model */
  const char *value;       /* a plain value as Lua writes it, or "" */
  uint64_t rows, columns, bytes;
  int64_t seed;            /* of a model; -1: none */
  bool partial;            /* a fit that was stopped */
  bool digested;
  Digest digest;
  ColumnFact *described;
  size_t n_described, more;
} Fact;

/* How a step went. */
typedef struct RunFact {
  bool failed;
  const char *id;          /* of the error */
  const char *at;          /* "2026-11-22T04:31:09Z" */
  double wall;
  uint64_t seed, threads;
  const char *isa, *libm, *blas; /* kernels of ours, of the C library, of BLAS: "none" when it was not loaded */
} RunFact;

/* The fact about a value without its columns. Texts borrow from `name` and the arena. */
Status fact_of_value(const Value *value, FactKind kind, const char *name, Arena *arena, Fact *out, Error *e) MUST_USE;

/* The columns of a value into fact->described, but for those that `known` says are described already (NULL: none). */
typedef bool (*FactKnown)(void *context, Digest digest);
Status fact_describe(const Value *value, FactKnown known, void *context, Arena *arena, Fact *fact, Error *e) MUST_USE;

/* The lines of a fact. */
void fact_write(uint64_t step, const Fact *fact, Text *out);
void fact_write_run(uint64_t step, const RunFact *run, Text *out);
void fact_write_machine(const RunFact *run, Text *out);
bool fact_same_machine(const RunFact *a, const RunFact *b);

/* A name, in quotes where it needs them. */
void fact_write_name(const char *name, Text *out);

/* One line read back. */
typedef enum LineKind { LINE_OTHER, LINE_FACT, LINE_COLUMN, LINE_RUN } LineKind;
typedef struct FactLine {
  LineKind kind;
  uint64_t step;
  Fact fact;
  ColumnFact column;
  RunFact run;
} FactLine;

/* line[0..length) without its end. LINE_OTHER for what is no fact; unknown keys are passed over. The machine of a run
 * is not in its line. */
Status fact_read_machine(const char *line, size_t length, Arena *arena, RunFact *out,
                         Error *e) MUST_USE; /* "seed=..." */
Status fact_read(const char *line, size_t length, Arena *arena, FactLine *out, Error *e) MUST_USE;

#endif
