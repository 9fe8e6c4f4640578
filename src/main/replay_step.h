/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_step.h -- one statement of a journal run again in a recorded session, and what came of it; for replay and
 * resume. */
#ifndef ASSAY_MAIN_REPLAY_STEP_H
#define ASSAY_MAIN_REPLAY_STEP_H

#include "core/map.h"
#include "journal/steps.h"
#include "console/console.h"

typedef struct Replayer {
  Console *console;
  char folder[4096];     /* where the last statement ran, as the journal says */
  Map *tainted;          /* variables made from fits that were stopped then */
  bool *is_tainted;      /* by number in the map */
  size_t room;
  char blas[64], libm[40]; /* kernels now */
  const char *swapped;   /* a file that was replaced */
} Replayer;

typedef struct Replayed {
  Steps steps;           /* what was recorded now */
  const Step *step;      /* of these; NULL when nothing was */
  bool tainted;          /* not to be compared */
} Replayed;

void replayer_open(Replayer *replayer, Console *console);
void replayer_close(Replayer *replayer);

/* Runs step i. now is to be freed. */
RunState replayer_step(Replayer *replayer, const Steps *steps, size_t i, RunOutcome *outcome, Replayed *now);
void replayed_free(Replayed *now);

#endif
