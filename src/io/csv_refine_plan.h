/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_refine_plan.h -- what is to become of one column, and why. Only csv_refine*.c may include it. */
#ifndef ASSAY_IO_CSV_REFINE_PLAN_H
#define ASSAY_IO_CSV_REFINE_PLAN_H

#include "io/csv_evidence.h"
#include "io/csv_refine.h"

typedef enum Outcome {
  OUTCOME_KEEP,
  OUTCOME_BOOL,
  OUTCOME_NUMBER,
  OUTCOME_TIME,
  OUTCOME_TEXT,         /* text, some cells of it missing */
  OUTCOME_BY_VALUE,     /* numbers, some values of it missing: missing = {"-999"} */
  OUTCOME_COMPACT_DATE  /* whole numbers like 20240131 */
} Outcome;

/* Why a column that looks like values stays text. */
typedef enum Doubt {
  DOUBT_NONE,
  DOUBT_FEW_TEXTS,      /* most cells are values */
  DOUBT_QUOTED,         /* all are, and some stand in quotes that they do not need */
  DOUBT_CURRENCIES,
  DOUBT_PERCENTS,
  DOUBT_SYSTEMS,
  DOUBT_GROUPED_CODES,
  DOUBT_ZONES,
  DOUBT_NO_ORDER,
  DOUBT_ORDER
} Doubt;

typedef struct Plan {
  Outcome outcome;
  Doubt doubt;
  Evidence evidence;
  bool looked;            /* evidence is of all cells */
  NumberSystem system;
  bool whole;             /* int64 */
  bool either;            /* the marks could also mean another system, */
  const char *witness;    /* unless this column of the file tells */
  unsigned order, orders; /* the one taken; those possible */
  size_t by_value;        /* OUTCOME_BY_VALUE: cells */
} Plan;

/* What the columns of a file tell about one another: the column that proves each, or NULL. */
typedef struct FileHabits {
  const char *comma, *point;   /* as the decimal mark */
  const char *orders[3];       /* YMD, DMY, MDY */
} FileHabits;

void plan_habits(const CsvRefined *columns, const Plan *plans, size_t n, FileHabits *out);
void plan_decide(const CsvOptions *options, const CsvRefined *column, const FileHabits *habits, Plan *plan);

/* Whether a column of float64 must be read as text before it can be judged. */
bool plan_wants_text(const CsvOptions *options, const CsvRefined *column, const FileHabits *habits);

/* Whether points were taken for decimal marks of a column of float64 in which all could stand between thousands. */
bool plan_points_unsure(const CsvOptions *options, const CsvRefined *column, const FileHabits *habits);
Status plan_make(CsvRefined *column, const Markers *markers, const Plan *plan, Task *task, Error *e) MUST_USE;
void plan_report(CsvRefined *column, const CsvOptions *options, const Markers *markers, const Plan *plan);
void plan_report_points(CsvRefined *column);

#endif
