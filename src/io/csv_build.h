/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_build.h -- columns being made from the pieces of a file, by several threads at once.
 *
 * The number of rows is known, so each piece writes its cells to their final place. Bitmaps are the
 * exception: the first and the last word of a piece's rows are shared with its neighbours and changed by
 * atomic operations. Texts are coded by a dictionary per thread until there are too many distinct ones; from
 * then on a piece collects its texts one after the other. The dictionaries are joined in order of first
 * appearance. So the result depends on the file alone.
 *
 * A cell that does not fit the type tried is noted with its place (CsvSeen), the column's `clash` is set, and
 * a further pass reads it as what all its cells allow. When the type was asked for it is read as text, which
 * csv_refine then casts.
 */
#ifndef ASSAY_IO_CSV_BUILD_H
#define ASSAY_IO_CSV_BUILD_H

#include <stdatomic.h>

#include "core/map.h"
#include "core/task.h"
#include "core/text.h"
#include "frame/column_layout.h"
#include "io/csv_cell.h"
#include "io/csv_scan.h"

/* How often each kind of cell came, and the offset of the first one. */
typedef struct CsvSeen {
  size_t count[CSV_KINDS];
  uint64_t first[CSV_KINDS];
  bool needless;            /* a text with a digit stands in quotes that it does not need: on purpose */
} CsvSeen;

void csv_seen_clear(CsvSeen *seen);
void csv_seen_merge(CsvSeen *seen, const CsvSeen *other);

static inline void csv_see(CsvSeen *seen, CsvKind kind, uint64_t offset)
{
  seen->count[kind]++;
  seen->first[kind] = offset < seen->first[kind] ? offset : seen->first[kind];
}

/* A run of records: whole, the data of one unit of work. */
typedef struct CsvPiece {
  uint64_t begin, end;      /* offsets in the file */
  size_t row, rows;         /* its first row, and how many */
  bool high, nul;           /* as in CsvCensus */
} CsvPiece;

/* The texts of one column in one piece. */
typedef struct CsvTexts {
  char *bytes;              /* raw: the texts, one after the other */
  size_t used, size;
  size_t worker;            /* not raw: whose dictionary the codes are of */
  bool raw;
} CsvTexts;

typedef struct CsvDictionary {
  Map *map;
  size_t *first;            /* the row where each text first came */
  size_t room;
} CsvDictionary;

typedef struct CsvColumn {
  Type type;                /* what cells are read as; text is TYPE_CATEGORY until the end, unless forced */
  bool forced;              /* the user's type */
  bool literal;             /* read as text first, whatever it was guessed or asked to be (`wanted`) */
  Type wanted;
  bool unknown;             /* no cell with a value so far: nothing is stored */
  bool utc;                 /* timestamps: with Z */
  bool turned;              /* a forced timestamp was first tried the other way, */
  uint64_t turned_at;       /* until the cell here */
  bool active;              /* this pass reads it */
  atomic_bool clash;        /* a cell did not fit */
  atomic_bool raw;          /* text: string, the distinct texts are too many */
  size_t rows, pieces, workers, levels_most;
  Storage *values, *valid;  /* text: 32-bit codes, or where the text ends in its piece's bytes */
  CsvTexts *texts;          /* per piece */
  CsvDictionary *dictionaries; /* per worker */
} CsvColumn;

/* Memory for the type; frees what an earlier pass made. */
Status csv_column_begin(CsvColumn *column, const CsvPiece *pieces, size_t n, size_t workers,
                        Error *e) MUST_USE;
void csv_column_free(CsvColumn *column);
size_t csv_column_width(const CsvColumn *column); /* bytes per row, about */

/* Some records of a piece, scanned. */
typedef struct CsvBatch {
  const CsvDialect *dialect;
  const CsvPiece *piece;
  const char *bytes;        /* the piece's text */
  const CsvField *fields;
  size_t piece_number, columns, records, row, worker;
  Text *scratch;            /* for texts with doubled quotes */
} CsvBatch;

/* Reads a batch's cells of one column (number `index`). Sets fault when a cell does not fit a forced type or
 * memory ends. */
void csv_convert(CsvColumn *column, size_t index, const CsvBatch *batch, CsvSeen *seen, CsvFault *fault);
void csv_convert_text(CsvColumn *column, size_t index, const CsvBatch *batch, CsvSeen *seen, CsvFault *fault);

/* Notes a fault of a cell, unless an earlier one is noted. */
void csv_cell_fault(const CsvBatch *batch, const CsvField *field, CsvTrouble trouble, size_t index,
                    CsvFault *fault);

/* The content of a field, unescaped into the scratch text if need be; false: no memory. */
bool csv_content(const CsvBatch *batch, const CsvField *field, const char **text, size_t *length);

/* The finished column; frees what it does not need. */
Status csv_column_finish(CsvColumn *column, const CsvPiece *pieces, Task *task, Column **out,
                         Error *e) MUST_USE;
Status csv_text_finish(CsvColumn *column, const CsvPiece *pieces, Task *task, Column **out,
                       Error *e) MUST_USE;

/* True when the text is a set as column_cell_text writes it; its items go to the builder unless that is
 * NULL. */
struct Builder;
bool csv_set(const char *text, size_t length, struct Builder *builder, Text *scratch);
Status csv_set_finish(const Column *texts, Task *task, Column **out, Error *e) MUST_USE;

/* Bits of rows that may share a word with another piece. */
static inline bool csv_shares_word(const CsvPiece *piece, size_t row)
{
  return row / 64 == piece->row / 64 || row / 64 == (piece->row + piece->rows - 1) / 64;
}

static inline void csv_clear_bit(uint64_t *words, const CsvPiece *piece, size_t row)
{
  const uint64_t bit = UINT64_C(1) << (row % 64);
  if (csv_shares_word(piece, row)) {
    __atomic_fetch_and(&words[row / 64], ~bit, __ATOMIC_RELAXED);
  } else {
    words[row / 64] &= ~bit;
  }
}

static inline void csv_set_missing(CsvColumn *column, const CsvPiece *piece, size_t row)
{
  csv_clear_bit(storage_data(column->valid), piece, row);
}

#endif
