/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line_scan.h -- what stands open at the point of a line being typed: which brackets, what was called before each, which
 * option is being given, whether a string is open. One pass over the text; nothing is evaluated. For completion and the
 * argument card.
 */
#ifndef ASSAY_BIND_LINE_SCAN_H
#define ASSAY_BIND_LINE_SCAN_H

#include "registry/registry.h"

enum { LINE_SCAN_OPEN = 64 };

/* A piece of the line; from = to: nothing. */
typedef struct Span {
  size_t from, to;
} Span;

/* An open bracket: what was called with it and the option given in it at this point. */
typedef struct Level {
  Span callee, key;
  Span first;       /* the first argument, where that is a name: plot.scatter(df, ... */
  bool value;       /* the bracket is the value of an option: all in it belongs to that option */
} Level;

typedef struct LineScan {
  const char *line;
  size_t point;
  Level open[LINE_SCAN_OPEN];
  int depth;
  Span path;        /* the last name chain: a.b:c */
  bool path_ends;   /* nothing but blanks since */
  char quote;       /* of the open string, 0 for none */
  size_t string;    /* where its text begins */
  Span string_callee;
  bool comment;
} LineScan;

/* Scans line[0 .. point). */
void line_scan(LineScan *scan, const char *line, size_t point);

/* A character of a name; bytes beyond ASCII count as such. */
bool line_name_char(char c);

/* What the bracket or string at the point belongs to; an empty span for none. */
Span line_scan_callee(const LineScan *scan);

/* The primitive that a chain calls: "kmeans", "cluster.kmeans", "df:kmeans"; NULL: none. kind: of what stands before a
 * colon, since values of several kinds have methods of one name; VALUE_NONE: not known. */
const Primitive *line_scan_primitive(const LineScan *scan, Span callee, ValueKind kind);

/* The option whose value stands at the point: the one named, or the primitive's main one before any name; NULL: none. */
const Option *line_scan_option(const LineScan *scan, const Primitive *primitive);

/* The chain before its last dot or colon; mark says which, 0 for none. */
Span line_before_mark(const char *line, Span span, char *mark);

#endif
