/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.h -- one list of options makes the typed struct and the descriptor's rows.
 *
 * Beside an algorithm stands a macro with a row per option:
 *
 *   #define KMEANS_OPTIONS(O) \
 *     O(k,      INT,    OPTION_REQUIRED, 1, 1e9, "",            "", "number of clusters") \
 *     O(scale,  CHOICE, "none",          0, 0,   "none|zscore", "", "how variables are scaled first")
 *   //  field   kind    default          low high choices       unit  help
 *   typedef struct KmeansOptions { KMEANS_OPTIONS(OPTION_FIELD) } KmeansOptions;
 *
 * registry/primitive.h turns the same list into rows with OPTION_ROW. A default is text, read by the same code as a user's
 * value; OPTION_REQUIRED has none, OPTION_UNSET leaves the field at its empty value (0, NULL, an empty list).
 */
#ifndef ASSAY_CORE_OPTIONS_H
#define ASSAY_CORE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct Frame;
struct Value;

typedef enum OptionKind {
  OPTION_INT,          /* int64_t */
  OPTION_NUMBER,       /* double; a column's cell count or NaN is refused */
  OPTION_BOOL,
  OPTION_TEXT,         /* const char * */
  OPTION_TEXTS,        /* OptionTexts */
  OPTION_CHOICE,       /* const char *, one of the choices */
  OPTION_COLUMN,       /* const char *, a column of the data; choices: "", "numeric", "text" */
  OPTION_COLUMNS,      /* OptionTexts, columns of the data; choices as for OPTION_COLUMN */
  OPTION_FRAME,        /* const struct Frame * */
  OPTION_CHOICE_FRAME, /* OptionChoiceFrame: one of the choices, or a frame */
  OPTION_TEXT_MAP,     /* OptionTextMap: one text for all, or texts by name; each one of the choices if there are any */
  OPTION_VALUE,        /* const struct Value *: anything; the primitive looks */
  OPTION_ORDER,        /* OptionTexts, columns of the data, "-x" for falling (unless there is a column "-x") */
  OPTION_EXPRESSION,   /* const char *: an expression, with or without "name =" before it */
  OPTION_EXPRESSIONS,  /* OptionTexts: several */
  OPTION_CONDITION,    /* const struct Value *: an expression (VALUE_TEXT) or a column of booleans; the binder makes the
                        * latter of a function of a row */
  OPTION_FRAMES,       /* OptionFrames: a frame or several */
  OPTION_REST,         /* const struct Value *: a VALUE_MAP of the named arguments that are no options, or NULL; the
                        * primitive refuses those it has no use for */
  OPTION_KIND_COUNT
} OptionKind;

typedef struct OptionTexts {
  const char *const *items;
  size_t n;
} OptionTexts;

typedef struct OptionChoiceFrame {
  const char *choice;        /* NULL when a frame was given */
  const struct Frame *frame;
} OptionChoiceFrame;

typedef struct OptionTextMap {
  const char *all;             /* the text for every name, NULL when a table was given */
  const char *const *names, *const *items;
  size_t n;
} OptionTextMap;

typedef struct OptionFrames {
  const struct Frame *const *items;
  size_t n;
} OptionFrames;

#define OPTION_REQUIRED NULL
#define OPTION_UNSET ""

#define OPTION_TYPE_INT int64_t
#define OPTION_TYPE_NUMBER double
#define OPTION_TYPE_BOOL bool
#define OPTION_TYPE_TEXT const char *
#define OPTION_TYPE_TEXTS OptionTexts
#define OPTION_TYPE_CHOICE const char *
#define OPTION_TYPE_COLUMN const char *
#define OPTION_TYPE_COLUMNS OptionTexts
#define OPTION_TYPE_FRAME const struct Frame *
#define OPTION_TYPE_CHOICE_FRAME OptionChoiceFrame
#define OPTION_TYPE_TEXT_MAP OptionTextMap
#define OPTION_TYPE_VALUE const struct Value *
#define OPTION_TYPE_ORDER OptionTexts
#define OPTION_TYPE_EXPRESSION const char *
#define OPTION_TYPE_EXPRESSIONS OptionTexts
#define OPTION_TYPE_CONDITION const struct Value *
#define OPTION_TYPE_FRAMES OptionFrames
#define OPTION_TYPE_REST const struct Value *

/* Whether the field is an OptionTexts. */
static inline bool option_is_list(OptionKind kind)
{
  return kind == OPTION_TEXTS || kind == OPTION_COLUMNS || kind == OPTION_ORDER || kind == OPTION_EXPRESSIONS;
}

/* Whether several values may be given without a name. */
static inline bool option_takes_several(OptionKind kind)
{
  return option_is_list(kind) || kind == OPTION_FRAMES;
}

/* The field of the typed struct for a row of an option list. */
#define OPTION_FIELD(field, kind, standard, low, high, choices, unit, help) OPTION_TYPE_##kind field;

#endif
