/* SPDX-License-Identifier: GPL-3.0-or-later */
/* baskets.h -- baskets from the forms they come in, and back.
 *
 * A frame of baskets has a column of sets: one basket per row. It is made from
 *
 *   lines      a text file, a basket per line, its items parted by a separator
 *   long form  a row per item: a column that says which basket, and one with the item
 *   one-hot    a row per basket, a column per item that says whether it is in it
 *
 * Items are texts; one given twice in a basket counts once. Functions that take a frame leave out nothing
 * without counting it, and say in `notes` what they did. All honour a cancel within 20 ms. Errors:
 * STATUS_DATA, STATUS_FORMAT as named below, STATUS_CANCELLED, STATUS_MEMORY.
 */
#ifndef ASSAY_IO_BASKETS_H
#define ASSAY_IO_BASKETS_H

#include "core/task.h"
#include "core/text.h"
#include "frame/frame.h"

/* How lines are read. */
typedef struct BasketLines {
  char separator; /* 0: find out (tab, semicolon, bar, comma, else blanks: what most lines have) */
  char quote;     /* around items that hold the separator, doubled inside; 0: none */
  bool header;    /* the first line is no basket */
} BasketLines;

/* One column "items". Blanks around items do not count unless quoted; empty items (a separator at a line's
 * end) and repeats are dropped and counted; a blank line is an empty basket. The text must be UTF-8. `notes`
 * are lines for the report, or NULL. Errors: "baskets-quote" for a quote that is not closed, or goes on
 * behind its end, with its line. */
Status baskets_of_lines(const char *bytes, size_t size, const char *path, const BasketLines *lines,
                        const Text *notes, Task *task, Frame **out, Error *e) MUST_USE;

/* The id column and "items", in order of first appearance. Rows without an id are left out; missing items
 * too, while their basket stays. The item column may be of sets: then all their items. O(rows). */
Status baskets_of_long(const Frame *frame, size_t id, size_t item, Task *task, Text *notes, Frame **out,
                       Error *e) MUST_USE;

/* The other columns as they are, and "items": the names of the columns whose cell says present: true, 1, or a
 * text such as yes, t, x; a missing cell is absent. With n_present > 0 these texts mean present and all
 * others absent. Errors: "baskets-values" for a cell that says neither. O(cells). */
Status baskets_of_onehot(const Frame *frame, const size_t *columns, size_t n, const char *const *present,
                         size_t n_present, Task *task, Text *notes, Frame **out, Error *e) MUST_USE;

/* Whether a column of a frame is one-hot: all its cells say present, absent or nothing. */
bool baskets_is_onehot(const Column *column);

/* The other columns, and a bool column per item that occurs, in order of the column's dictionary. Errors:
 * "baskets-clash" when an item is called like another column. */
Status baskets_to_onehot(const Frame *frame, size_t column, Task *task, Frame **out, Error *e) MUST_USE;

/* A row per item: the other columns repeated, and the item in a category column `name`, at the place of the
 * sets. */
Status baskets_to_long(const Frame *frame, size_t column, const char *name, Task *task, Text *notes,
                       Frame **out, Error *e) MUST_USE;

#endif
