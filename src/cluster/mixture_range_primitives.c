/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster/mixture_range_primitives.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "registry/topic.h"

static Status bad_range(const Value *k, Error *e)
{
  Text shown = {0};
  value_show(k, &shown);
  error_set(e, STATUS_ARGUMENT, "bad-k", _("option 'k' is %s, which is no number of components or range of them"),
            text_data(&shown));
  text_free(&shown);
  return error_hint(e, _("such as 3, \"2:9\" or {2, 4, 8}; each from 1 on, at most %d of them"), (int)RANGE_MOST);
}

/* Takes in from .. to; false when they are no counts, or too many. */
static bool add_range(double from, double to, size_t *k, size_t *n)
{
  if (!(from >= 1) || !(to >= from) || to > 1e9 || from != floor(from) || to != floor(to) || to - from >= RANGE_MOST) {
    return false;
  }
  for (double at = from; at <= to; at++) {
    if (*n == RANGE_MOST) {
      return false;
    }
    k[(*n)++] = (size_t)at;
  }
  return true;
}

static bool read_range(const char *text, size_t *k, size_t *n)
{
  while (true) {
    char *end;
    const double from = strtod(text, &end);
    double to = from;
    if (end == text) {
      return false;
    }
    text = end;
    if (*text == ':') {
      to = strtod(text + 1, &end);
      if (end == text + 1) {
        return false;
      }
      text = end;
    }
    text += strspn(text, ", ");
    if (!add_range(from, to, k, n)) {
      return false;
    }
    if (*text == '\0') {
      return true;
    }
  }
}

static bool read_number(const Value *value, size_t *k, size_t *n)
{
  const double number = value->kind == VALUE_INT      ? (double)value->integer
                        : value->kind == VALUE_NUMBER ? value->number
                                                      : 0;
  return add_range(number, number, k, n);
}

Status range_read(const Value *value, size_t most, size_t *k, size_t *n, Error *e)
{
  bool sound = true;
  *n = 0;
  if (!value) {
    return add_range(1, (double)most, k, n) ? STATUS_OK : STATUS_INTERNAL;
  } else if (value->kind == VALUE_TEXT) {
    sound = read_range(value->text.bytes, k, n);
  } else if (value->kind == VALUE_LIST) {
    for (size_t i = 0; i < value->list.n; i++) {
      sound = sound && read_number(&value->list.items[i], k, n);
    }
    sound = sound && value->list.n > 0;
  } else {
    sound = read_number(value, k, n);
  }
  return sound ? STATUS_OK : bad_range(value, e);
}

void range_limit(size_t *k, size_t *n, size_t rows, Text *notes)
{
  size_t kept = 0;
  for (size_t i = 0; i < *n; i++) {
    if (k[i] <= rows) {
      k[kept++] = k[i];
    }
  }
  if (kept < *n && kept > 0) {
    text_printf(notes, _("k is at most %1$zu, the number of rows: %2$zu of %3$zu are tried\n"), rows, kept, *n);
    *n = kept;
  }
}

static const Topic range_topics[] = {
  {"bad-k", "a k that is no number or range",
   "k is a whole number from 1 on, a text with a range (\"2:9\", \"2, 4, 8:10\"), or a list ({2, 4, 8})."},
};
REGISTER_TOPICS(range_topics);
