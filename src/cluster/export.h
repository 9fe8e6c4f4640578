/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export.h -- segments as text for other programs: SQL, Lua without dependencies, JSON.
 *
 * Two kinds of segments can leave: those of the nearest centre, and those of rules (the first rule that a row meets).
 * The texts do the same operations on doubles in the same order as predict, with constants of 17 digits, so labels
 * agree to the last bit, ties included (the lower number). A missing variable gives no label for centres, and meets no
 * condition of a rule.
 *
 * SQL is standard: names in double quotes, texts in single ones, constants as 4.2E2 (double precision). For centres a
 * CASE that compares squared distances written out; when that is long (over 4,000 terms), or with a table, distances
 * are written once in a subquery. Columns should be double precision or whole numbers up to 2^53.
 *
 * Lua: a chunk that returns function(row), row being a table by column names; nil where there is no label.
 *
 * JSON, version 1: {"format": "assay-segments", "version": 1, "method", "assign": "nearest centre" | "first rule", then
 * "metric": "sqeuclidean" | "manhattan" | "chebyshev" | "spherical", "variables": [{"name", "shift", "factor"}],
 * "clusters": [{"cluster", "centre": [...]}], where the distance is between (x - shift) / factor and the centre
 * (spherical: both of length 1), or "rules": [{"cluster", "conditions": [{"column", "operator": ">=" "<=" "in" "true"
 * "false", "value"}]}].
 */
#ifndef ASSAY_CLUSTER_EXPORT_H
#define ASSAY_CLUSTER_EXPORT_H

#include <stdint.h>

#include "core/text.h"

typedef enum ExportMetric { EXPORT_SQUARES, EXPORT_ABSOLUTE, EXPORT_LARGEST, EXPORT_SPHERE } ExportMetric;

typedef struct ExportCondition {
  const char *column, *operator; /* ">=" "<=" "in" "true" "false" */
  double value;
  const char **levels; /* of in */
  size_t n_levels;
} ExportCondition;

typedef struct ExportRule {
  int64_t cluster;
  const ExportCondition *conditions;
  size_t n;
} ExportRule;

typedef struct Export {
  const char *method; /* "cluster.kmeans" */
  const char *about;  /* one line for a comment */
  /* of centres */
  ExportMetric metric;
  size_t k, d;
  const char **names;           /* d */
  const double *shift, *factor; /* d */
  const double *centres;        /* k x d */
  /* of rules: in the order in which they are asked */
  const ExportRule *rules; /* NULL: centres */
  size_t n_rules;
} Export;

/* table NULL: an expression; else a query over that table with a column called `column` at the end. Errors:
 * STATUS_STATE "no-sql" for distances that need functions which standard SQL does not have. */
Status export_sql(const Export *x, const char *table, const char *column, Text *out, Error *e) MUST_USE;
void export_lua(const Export *x, Text *out);
void export_json(const Export *x, Text *out);

/* A number with 17 digits and a point or an exponent, so that no language takes it for a whole one. */
void export_number(double value, const char *exponent, Text *out);

#endif
