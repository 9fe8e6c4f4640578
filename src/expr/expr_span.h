/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expr_span.h -- order of texts: by bytes, a beginning before what it begins. */
#ifndef ASSAY_EXPR_EXPR_SPAN_H
#define ASSAY_EXPR_EXPR_SPAN_H

#include <string.h>

#include "expr/function.h"

static inline int span_compare(Span a, Span b)
{
  const size_t shared = a.length < b.length ? a.length : b.length;
  const int order = shared ? memcmp(a.bytes, b.bytes, shared) : 0;
  return order ? order : (a.length > b.length) - (a.length < b.length);
}

static inline bool span_equal(Span a, Span b)
{
  return a.length == b.length && (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

#endif
