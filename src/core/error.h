/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error.h -- how a failure travels.
 *
 * A fallible function returns a Status that may not be ignored and fills an Error that its caller owns (or passes as NULL
 * when only the status matters). Nothing below the faces prints or exits. An Error has four parts, shown in this order:
 * what happened with which values; where (primitive and option, file:line:column); the text as typed with a caret; what to
 * do. Its id is stable and is explained by `?id`. The first error set stays: later calls on a filled Error change nothing
 * but `where` and `hint` when these are empty, so that outer layers may add what they know.
 */
#ifndef ASSAY_CORE_ERROR_H
#define ASSAY_CORE_ERROR_H

#include <stddef.h>

#include "core/api.h"
#include "core/message.h"

/* Marks a text a user sees, where it is made, and gives it in the user's language (core/message.h); N_ only marks it, for
 * tables, and _() stands where the text is used. Formats use numbered arguments when there is more than one. */
#define _(text) message_in_use(text)
#define N_(text) text

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

/* Bands of ten; numbers never change. */
typedef enum Status {
  STATUS_OK = 0,
  STATUS_MEMORY = 10,    /* the system or --memory has no more */
  STATUS_CANCELLED = 20, /* the user asked to stop */
  STATUS_ARGUMENT = 30,  /* an option or argument has a wrong type or value */
  STATUS_NAME = 31,      /* a name that does not exist */
  STATUS_DATA = 40,      /* the data do not allow what was asked */
  STATUS_FILE = 50,      /* the system refused a file */
  STATUS_FORMAT = 51,    /* a file's content is not what it should be */
  STATUS_LIMIT = 60,     /* a stated limit was reached */
  STATUS_STATE = 70,     /* not possible in this state */
  STATUS_INTERNAL = 90   /* a fault of ours */
} Status;

typedef struct Error {
  Status status;
  int caret;       /* byte offset into text, -1 for none */
  char id[40];     /* stable: "unknown-column" */
  char what[512];
  char where[256];
  char text[256];  /* expression or formula as typed, "" for none */
  char hint[512];
} Error;

/* Clears e to no error. NULL is fine. */
ASSAY_API void error_clear(Error *e);

/* Fills e (unless it already holds an error) and gives back `status`, so that `return error_set(...)` reads well. */
ASSAY_API Status error_set(Error *e, Status status, const char *id, const char *format, ...) PRINTF(4, 5);

/* Adds the place or the cure; each keeps the first text given. Both give e's status. */
ASSAY_API Status error_where(Error *e, const char *format, ...) PRINTF(2, 3);
ASSAY_API Status error_hint(Error *e, const char *format, ...) PRINTF(2, 3);

/* The expression as typed and the offset the caret points at; a long text is cut around the caret. */
ASSAY_API Status error_caret(Error *e, const char *text, size_t length, size_t offset);

/* Out of memory while making `size` bytes (0: unknown) for `what`; gives STATUS_MEMORY. */
ASSAY_API Status error_memory(Error *e, size_t size, const char *what);

/* "interrupted"; gives STATUS_CANCELLED. */
ASSAY_API Status error_cancelled(Error *e);

/* Runs a fallible call; on failure jumps to the function's one exit label `done` with `status` set. */
#define TRY(call)                              \
  do {                                         \
    status = (call);                           \
    if (status != STATUS_OK) { goto done; }    \
  } while (0)

#endif
