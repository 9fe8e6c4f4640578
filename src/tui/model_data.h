/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_data.h -- which variable of the session holds the rows of a model. */
#ifndef ASSAY_TUI_MODEL_DATA_H
#define ASSAY_TUI_MODEL_DATA_H

#include "tui/tui.h"

/* The frame that the model was fitted to, if a variable holds it; else the first frame that has all of the model's variables; NULL:
 * none has. Borrowed until the next statement ends. O(variables of the session x variables of the model). */
const SessionVariable *model_data_variable(Tui *tui, const Model *model);

/* What was typed as the two columns of a chart of rows, "spend, visits", as arguments of plot: x = "spend", y = "visits"; nothing
 * typed: nothing. false, with the reason behind the input line, and out as it was: not two columns of data (NULL: any names).
 * O(columns). */
bool model_axes(Tui *tui, const char *typed, const Frame *data, Text *out);

/* Whether data, where it is known, have the column; else says so behind the input line, with the nearest name. O(columns). */
bool model_has_column(Tui *tui, const Frame *data, const char *name);

#endif
