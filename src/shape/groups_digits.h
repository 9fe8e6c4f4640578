/* SPDX-License-Identifier: GPL-3.0-or-later */
/* groups_digits.h -- key cells as numbers below a known bound, and several of them as one number: as the digits of a
 * clock make one time. Grouping wants equal numbers for equal cells, sorting also their order.
 */
#ifndef ASSAY_SHAPE_GROUPS_DIGITS_H
#define ASSAY_SHAPE_GROUPS_DIGITS_H

#include "frame/column.h"
#include "shape/groups.h"

enum { DIGIT_BLOCK = 1024 }; /* rows that are read at a time */

typedef struct Digit {
  const Column *column;   /* whose cells are read; NULL: codes */
  const uint32_t *codes;  /* of rows, in place of cells; or of levels, when the column is a category */
  uint32_t *owned;        /* codes to be freed with the digit, or NULL */
  uint64_t low;           /* the key that is digit 0 */
  uint64_t range;         /* digits are below it; 0: 2^64 */
  uint64_t missing;       /* the digit of missing cells */
  uint64_t shift;         /* added to all others: 1 when missing cells stand first */
  uint64_t flip;          /* falling: what all others are taken from */
  bool falling, only_missing; /* only_missing: 1 where the cell is missing, else 0 */
} Digit;

/* Digits that tell the column's cells apart: dense where the type allows it. Codes of strings and sets are their
 * groups' numbers. Sets *n to 1, or to 2 when missing cells need a digit of their own. */
Status digits_for_group(const Column *column, Task *task, Digit out[2], size_t *n, Error *e) MUST_USE;

/* Digits that also order as the key's cells. */
Status digits_for_order(const OrderKey *key, Task *task, Digit out[2], size_t *n, Error *e) MUST_USE;
void digit_free(Digit *digit);

/* The digits of rows first .. first + count - 1 (count at most DIGIT_BLOCK) as one number each, the first digit
 * being the highest. Their ranges' product is at most 2^64. */
void digits_read(const Digit *digits, size_t n, size_t first, size_t count, uint64_t *out);

/* The product of ranges: true and *product (0: 2^64) when it is at most 2^64. */
bool digits_product(const Digit *digits, size_t n, uint64_t *product);

/* Row numbers by the bytes of strings and sets (groups_hash.c): codes in order of first appearance. Missing cells
 * are one group. first: the groups' first rows. All out parameters may be NULL but codes and n. */
Status groups_of_lists(const Column *column, Task *task, uint32_t **codes, size_t **first, size_t *n,
                       Error *e) MUST_USE;

/* The same by numbers made of digits whose product fits, by hashing and by a table of all numbers. */
Status groups_of_hashes(const Digit *digits, size_t n, size_t rows, Task *task, uint32_t **codes, size_t **first,
                        size_t *groups, Error *e) MUST_USE;
Status groups_of_slots(const Digit *digits, size_t n, size_t rows, size_t slots, Task *task, uint32_t **codes,
                       size_t **first, size_t *groups, Error *e) MUST_USE;

/* Whichever of the two is faster for digits whose product fits. */
Status groups_of_digits(const Digit *digits, size_t n, size_t rows, Task *task, uint32_t **codes, size_t **first,
                        size_t *groups, Error *e) MUST_USE;

/* Ranks of texts: ranks[i] of text i among n different ones, by bytes; of the sets in the given rows of a column. */
typedef struct ShapeText {
  const char *bytes;
  size_t length;
} ShapeText;
Status rank_texts(const ShapeText *texts, size_t n, Task *task, uint32_t *ranks, Error *e) MUST_USE;
Status rank_levels(const Column *column, Task *task, uint32_t **ranks, Error *e) MUST_USE;
Status rank_lists(const Column *column, Task *task, uint32_t **row_ranks, size_t *n, Error *e) MUST_USE;

/* The order of two sets of one column. */
int compare_sets(const Column *column, size_t a, size_t b);

/* A row and the number it is sorted by. */
typedef struct Sortable {
  uint64_t key;
  uint32_t row;
} Sortable;

/* Sorts by the lowest `bits` bits of the keys, stable; `spare` has the same room, and *sorted is one of the two. */
Status sort_by_radix(Sortable *items, Sortable *spare, size_t n, unsigned bits, Task *task, Sortable **sorted,
                     Error *e) MUST_USE;

/* Rows by digits, the first being the highest, stable. */
Status order_by_digits(const Digit *digits, size_t n, size_t rows, Task *task, size_t **out, Error *e) MUST_USE;

#endif
