/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The windows of the expression language. Those that need an order are the ones that mean nothing without: places among
 * equals. All others go by the rows as they stand when no order is given. */
#include "shape/window_parts.h"

/* clang-format off */
static const ShapeFunction windows[] = {
  {"row_number", ":i", "", "1, 2, 3 ... along the order, or the rows", WINDOW_ROW_NUMBER, false},
  {"rank", ":i", "", "the place in the order (rank_of(x): by x); equals share the first of their places", WINDOW_RANK, true},
  {"dense_rank", ":i", "", "the place in the order, without gaps after equals", WINDOW_DENSE_RANK, true},
  {"percent_rank", ":f", "", "(rank - 1) / (rows - 1); 0 for a single row", WINDOW_PERCENT_RANK, true},
  {"cume_dist", ":f", "", "the share of rows that stand at this place or before", WINDOW_CUME_DIST, true},
  {"ntile", "k:i", "n", "n parts of rows along the order, the first ones larger by one", WINDOW_NTILE, true},
  {"rank_of", "a:i", "x", "the place of the cell by size within the group; equals share the first place",
   WINDOW_RANK_OF, false},
  {"rank_of", "aK:f", "x, ties", "the same; ties are 'min', 'max', 'average', 'dense' or 'first'", WINDOW_RANK_OF_TIES,
   false},
  {"lag", "nkk:n", "x, rows, otherwise", "the cell so many rows before, or else the number given", WINDOW_LAG, false},
  {"lag", "skK:s", "x, rows, otherwise", "the cell so many rows before, or else the text given", WINDOW_LAG, false},
  {"lag", "a?k:a", "x, rows", "the cell one row, or so many, before", WINDOW_LAG, false},
  {"lead", "nkk:n", "x, rows, otherwise", "the cell so many rows after, or else the number given", WINDOW_LEAD, false},
  {"lead", "skK:s", "x, rows, otherwise", "the cell so many rows after, or else the text given", WINDOW_LEAD, false},
  {"lead", "a?k:a", "x, rows", "the cell one row, or so many, after", WINDOW_LEAD, false},
  {"first_value", "a:a", "x", "the cell of the group's first row, missing or not", WINDOW_FIRST_VALUE, false},
  {"last_value", "a:a", "x", "the cell of the group's last row, missing or not", WINDOW_LAST_VALUE, false},
  {"nth_value", "ak:a", "x, n", "the cell of the group's n-th row; -1 is the last", WINDOW_NTH_VALUE, false},
  {"fill_down", "a:a", "x", "the cell, or else the last one before that is not missing", WINDOW_FILL_DOWN, false},
  {"fill_up", "a:a", "x", "the cell, or else the next one that is not missing", WINDOW_FILL_UP, false},
  {"cumulative_sum", "n:n", "x", "the sum of the rows so far; a missing cell adds nothing", WINDOW_CUMULATIVE_SUM, false},
  {"cumulative_sum", "b:i", "x", "how many were true so far", WINDOW_CUMULATIVE_SUM, false},
  {"cumulative_mean", "n:f", "x", "the mean of the rows so far", WINDOW_CUMULATIVE_MEAN, false},
  {"cumulative_min", "n:n", "x", "the least so far", WINDOW_CUMULATIVE_MIN, false},
  {"cumulative_min", "t:t", "x", "the earliest so far", WINDOW_CUMULATIVE_MIN, false},
  {"cumulative_max", "n:n", "x", "the largest so far", WINDOW_CUMULATIVE_MAX, false},
  {"cumulative_max", "t:t", "x", "the latest so far", WINDOW_CUMULATIVE_MAX, false},
  {"cumulative_count", "a:i", "x", "how many cells so far are not missing", WINDOW_CUMULATIVE_COUNT, false},
  {"cumulative_product", "n:f", "x", "the product of the rows so far", WINDOW_CUMULATIVE_PRODUCT, false},
  {"rolling_sum", "nk?k:n", "x, rows, least", "the sum of this row and those before, so many in all",
   WINDOW_ROLLING_SUM, false},
  {"rolling_mean", "nk?k:f", "x, rows, least", "the mean of so many rows; least: cells it needs", WINDOW_ROLLING_MEAN,
   false},
  {"rolling_min", "nk?k:n", "x, rows, least", "the least of so many rows; least: cells it needs", WINDOW_ROLLING_MIN,
   false},
  {"rolling_min", "tk?k:t", "x, rows, least", "the earliest of so many rows", WINDOW_ROLLING_MIN, false},
  {"rolling_max", "nk?k:n", "x, rows, least", "the largest of so many rows; least: cells it needs", WINDOW_ROLLING_MAX,
   false},
  {"rolling_max", "tk?k:t", "x, rows, least", "the latest of so many rows", WINDOW_ROLLING_MAX, false},
  {"rolling_sd", "nk?k:f", "x, rows, least", "the standard deviation of so many rows (n - 1); least: cells it needs",
   WINDOW_ROLLING_SD, false},
  {"rolling_count", "ak:i", "x, rows", "how many cells of so many rows are not missing", WINDOW_ROLLING_COUNT, false},
  {"rolling_sum", "nK?k:n", "x, time, least", "the sum of the rows so far within a length of time: '30 days'",
   WINDOW_ROLLING_SUM, false},
  {"rolling_mean", "nK?k:f", "x, time, least", "the mean of the rows so far within a length of time",
   WINDOW_ROLLING_MEAN, false},
  {"rolling_min", "nK?k:n", "x, time, least", "the least of the rows so far within a length of time",
   WINDOW_ROLLING_MIN, false},
  {"rolling_max", "nK?k:n", "x, time, least", "the largest of the rows so far within a length of time",
   WINDOW_ROLLING_MAX, false},
  {"rolling_sd", "nK?k:f", "x, time, least", "the standard deviation of the rows so far within a length of time",
   WINDOW_ROLLING_SD, false},
  {"rolling_count", "aK:i", "x, time", "how many cells of the rows so far within a length of time are not missing",
   WINDOW_ROLLING_COUNT, false},
  {"share", "n:f", "x", "x divided by the group's sum of x", WINDOW_SHARE, false},
  {"difference", "n?k:n", "x, rows", "x less the cell one row, or so many, before", WINDOW_DIFFERENCE, false},
  {"growth", "n?k:f", "x, rows", "x divided by the cell one row, or so many, before, less 1", WINDOW_GROWTH, false},
  {"ewm", "nk:f", "x, alpha", "exponential moving mean: alpha x + (1 - alpha) times the one before; missing cells are passed over", WINDOW_EWM, false},
};
/* clang-format on */

const ShapeFunction *window_at(size_t index)
{
  return index < sizeof windows / sizeof *windows ? &windows[index] : NULL;
}
