/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_card.h -- the card of any model, made from its frames: headline, glance in a line or two, tidy, notes. */
#ifndef ASSAY_VIEW_MODEL_CARD_H
#define ASSAY_VIEW_MODEL_CARD_H

#include "registry/model.h"
#include "view/style.h"

Status model_card(const Model *model, const ViewStyle *style, Text *out, Error *e) MUST_USE;

#endif
