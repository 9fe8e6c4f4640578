/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The aggregates of the expression language. */
#include "shape/aggregate_kinds.h"

/* clang-format off */
static const ShapeFunction aggregates[] = {
  {"count", ":i", "", "the number of rows", AGGREGATE_ROWS, false},
  {"count", "a:i", "x", "the number of cells that are not missing", AGGREGATE_COUNT, false},
  {"distinct", "a:i", "x", "the number of different cells that are not missing, exactly", AGGREGATE_DISTINCT, false},
  {"sum", "n:n", "x", "the sum; 0 of nothing; of booleans, how many are true", AGGREGATE_SUM, false},
  {"sum", "b:i", "x", "how many are true", AGGREGATE_SUM_BOOL, false},
  {"mean", "n:f", "x", "the mean; of booleans, the share that is true", AGGREGATE_MEAN, false},
  {"wmean", "nn:f", "x, weight", "the mean weighted by the second: sum(x * weight) / sum(weight)", AGGREGATE_WMEAN,
    false},
  {"wsum", "nn:f", "x, weight", "the sum of x * weight", AGGREGATE_WSUM, false},
  {"var", "n:f", "x", "the variance, with the divisor n - 1", AGGREGATE_VAR, false},
  {"sd", "n:f", "x", "the standard deviation, with the divisor n - 1", AGGREGATE_SD, false},
  {"min", "n:n", "x", "the least number, time or text (by bytes); NaN only of nothing else", AGGREGATE_MIN, false},
  {"min", "t:t", "x", "the earliest time", AGGREGATE_MIN, false},
  {"min", "s:s", "x", "the first text by bytes", AGGREGATE_MIN_TEXT, false},
  {"min", "b:b", "x", "whether all are true", AGGREGATE_MIN, false},
  {"max", "n:n", "x", "the largest number, time or text (by bytes); NaN only of nothing else", AGGREGATE_MAX, false},
  {"max", "t:t", "x", "the latest time", AGGREGATE_MAX, false},
  {"max", "s:s", "x", "the last text by bytes", AGGREGATE_MAX_TEXT, false},
  {"max", "b:b", "x", "whether any is true", AGGREGATE_MAX, false},
  {"median", "n:f", "x", "the median of the numbers that are no NaN", AGGREGATE_MEDIAN, false},
  {"quantile", "nk?k:f", "x, share, type", "the quantile, of R's type 7 or the type (1 to 9) given; NaN is passed over",
   AGGREGATE_QUANTILE, false},
  {"mode", "a:a", "x", "the most frequent cell; among equals the first to appear", AGGREGATE_MODE, false},
  {"first", "a:a", "x", "the first cell that is not missing, in the order given or of rows", AGGREGATE_FIRST, false},
  {"last", "a:a", "x", "the last cell that is not missing, in the order given or of rows", AGGREGATE_LAST, false},
  {"nth", "ak:a", "x, n", "the n-th cell that is not missing; -1 is the last", AGGREGATE_NTH, false},
  {"skewness", "n:f", "x", "the adjusted skewness G1 (e1071's type 2, SAS, Excel, pandas)", AGGREGATE_SKEWNESS, false},
  {"kurtosis", "n:f", "x", "the adjusted excess kurtosis G2 (e1071's type 2, SAS, Excel, pandas)", AGGREGATE_KURTOSIS,
    false},
  {"cov", "nn:f", "x, y", "the covariance, with the divisor n - 1, of rows that have both", AGGREGATE_COV, false},
  {"cor", "nn:f", "x, y", "Pearson's correlation of rows that have both", AGGREGATE_COR, false},
  {"any", "b:b", "x", "whether any is true", AGGREGATE_ANY, false},
  {"all", "b:b", "x", "whether all are true", AGGREGATE_ALL, false},
  {"string_agg", "s?K:s", "x, between", "the texts one after the other, with ', ' or the text given between",
    AGGREGATE_CONCAT,
   false},
  {"set", "s:e", "x", "the different texts as a set: a basket", AGGREGATE_SET, false},
  {"min_by", "aa:a", "x, y", "the cell of x where y is least; the first of several", AGGREGATE_MIN_BY, false},
  {"max_by", "aa:a", "x, y", "the cell of x where y is largest; the first of several", AGGREGATE_MAX_BY, false},
};
/* clang-format on */

const ShapeFunction *aggregate_at(size_t index)
{
  return index < sizeof aggregates / sizeof *aggregates ? &aggregates[index] : NULL;
}
