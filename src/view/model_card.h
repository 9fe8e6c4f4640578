/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_card.h -- the card of any model, made from its frames: headline, figures of glance, tidy, notes.
 *
 * A family adds nothing here but the headline of its ModelClass, so a plugin's model shows itself without a line
 * written for it. */
#ifndef ASSAY_VIEW_MODEL_CARD_H
#define ASSAY_VIEW_MODEL_CARD_H

#include "registry/model.h"
#include "view/style.h"

Status model_card(const Model *model, const ViewStyle *style, Text *out, Error *e) MUST_USE;

#endif
