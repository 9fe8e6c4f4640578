/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_solve.h -- the best reading of a line whose quotes are wrong.
 *
 * A line is cut at some of its delimiters into exactly the wanted number of fields, such that the cost of all
 * faults this takes for granted is least: a quote in a text 1, a quote without a partner 4, a quote beside a
 * delimiter within a field 3, a line end within a field 2, a cell that its column's kind does not fit 6. Found by
 * dynamic programming over fields and delimiters, O(fields * delimiters^2), so lines with very many are not solved.
 */
#ifndef ASSAY_IO_CSV_SOLVE_H
#define ASSAY_IO_CSV_SOLVE_H

#include "io/csv_lex.h"

enum { CSV_SOLVE_MOST = 256 }; /* delimiters in a line */

/* shapes: of the columns, `wanted` of them. Gives the least cost and the record, or UINT_MAX when there is no
 * reading (or no memory: record->failed). */
unsigned csv_solve(const CsvGrammar *grammar, const char *bytes, size_t begin, size_t end,
                   const unsigned char *shapes, size_t wanted, CsvRecord *record);

/* Whether a cell of this text may stand in a column of this shape. */
bool csv_cell_fits(unsigned char shape, const char *text, size_t length);

#endif
