/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session_fixture.h -- sessions without a face: what they print and note is collected, jobs are waited for by
 * sleeping. */
#ifndef ASSAY_TESTS_SESSION_FIXTURE_H
#define ASSAY_TESTS_SESSION_FIXTURE_H

#include "bind/session.h"

typedef struct Played {
  Session *session;
  Text output, notes;
  RunOutcome outcome; /* of the last statement */
} Played;

/* A session at a prompt (its jobs run on threads of their own) or in batch (in place). STATUS as session_new.
 */
typedef enum PlayedAs { PLAYED_PROMPT, PLAYED_PROMPT_IN_PLACE, PLAYED_BATCH } PlayedAs;
Status played_open(Played *played, PlayedAs as, Error *e) MUST_USE;
void played_close(Played *played);

/* The same, failing the test when there is no memory. */
Played *played_new(PlayedAs as);
void played_free(Played *played);

/* Runs a statement as typed at a prompt; output and notes are of this statement only. */
RunState played_run(Played *played, const char *chunk);

/* Runs it and fails the test, with the error, unless it is done. Gives the output. */
const char *played_done(Played *played, const char *chunk);

#endif
