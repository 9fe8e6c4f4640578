/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rfm_model_primitives.h -- customer.rfm's result as a model, and scores for other data by it. */
#ifndef ASSAY_CUSTOMER_RFM_MODEL_PRIMITIVES_H
#define ASSAY_CUSTOMER_RFM_MODEL_PRIMITIVES_H

#include "customer/rfm.h"
#include "registry/model.h"

typedef struct RfmMap {
  RfmSegment *segments;
  size_t n;
} RfmMap;

/* A map from a frame: segment, and any of r_low r_high f_low f_high m_low m_high. Errors: STATUS_DATA "rfm-map". */
Status rfm_map_read(const Frame *frame, size_t bins, Arena *arena, RfmMap *out, Error *e) MUST_USE;

/* Frames tidy, glance, cuts, segments, map and notes. */
Status rfm_model_fill(Model *model, const Purchases *purchases, const char *id, const Rfm *rfm, const RfmMap *map,
                      bool by_order, const char *notes, Task *task, Error *e) MUST_USE;

Status rfm_predict(Call *call, const Model *model, const Frame *data, Frame **out, Error *e);
void rfm_headline(const Model *model, Text *out);
Status rfm_check(const Model *model, Error *e);

#endif
