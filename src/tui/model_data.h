/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_data.h -- which variable of the session holds the rows of a model. */
#ifndef ASSAY_TUI_MODEL_DATA_H
#define ASSAY_TUI_MODEL_DATA_H

#include "tui/tui.h"

/* The frame that the model was fitted to, if a variable holds it; else the first frame that has all of the model's variables; NULL:
 * none has. Borrowed until the next statement ends. O(variables of the session x variables of the model). */
const SessionVariable *model_data_variable(Tui *tui, const Model *model);

#endif
