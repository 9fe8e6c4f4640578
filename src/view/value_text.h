/* SPDX-License-Identifier: GPL-3.0-or-later */
/* value_text.h -- the card of any value: what the prompt shows of a frame, column, model or chart, and plain values as
 * they are written in Lua.
 */
#ifndef ASSAY_VIEW_VALUE_TEXT_H
#define ASSAY_VIEW_VALUE_TEXT_H

#include "registry/value.h"
#include "view/style.h"

/* Errors: STATUS_MEMORY, and what a chart says. */
Status value_text_render(const Value *value, const ViewStyle *style, Text *out, Error *e) MUST_USE;

#endif
