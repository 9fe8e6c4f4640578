/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_shape.h -- what a cell's text looks like, loosely: enough to tell a good way of cutting a file from a bad
 * one, and a cell that stands in a wrong column. Values are read elsewhere, and strictly. O(length).
 */
#ifndef ASSAY_IO_CSV_SHAPE_H
#define ASSAY_IO_CSV_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum CsvShape {
  SHAPE_EMPTY,  /* nothing, blanks, or a usual word for missing */
  SHAPE_NUMBER, /* with any decimal mark, thousands, currency, percent; in parentheses */
  SHAPE_TIME,   /* digits and the marks of dates and times */
  SHAPE_BOOL,
  SHAPE_WORD, /* text that reads like text: words, addresses, codes */
  SHAPE_ODD,  /* what is left: marks of a wrong cut */
  SHAPE_COUNT
} CsvShape;

CsvShape csv_shape(const char *text, size_t length);

static inline bool csv_shape_is_value(CsvShape shape)
{
  return shape == SHAPE_NUMBER || shape == SHAPE_TIME || shape == SHAPE_BOOL;
}

/* Whether csv_refine could take the text for a value: "5 EUR", "5 Jan 2024". */
bool csv_may_become_value(const char *text, size_t length);

/* What may part fields, found out from the file; the weak ones also stand in texts, dates and times. */
#define CSV_DELIMITERS ",\t;|\x01\x1E\x1F"
#define CSV_WEAK_DELIMITERS " :^~&#*!@%$"

/* Whether a file that begins so is an archive. */
bool csv_is_packed(const char *head, size_t size);

/* Whether a text must stand in quotes to be read as the same text: it has a character of the grammar, or one that
 * could be taken for a delimiter, or looks like a value, a word for missing, a comment, or the beginning of an archive.
 * alone: in a file of one column. */
bool csv_needs_quotes(const char *text, size_t length, char delimiter, bool alone);

#endif
