/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What models of this family show beside tidy and glance. */
#include "registry/model.h"

static Status run_cuts(Call *call, Value *out, Error *e)
{
  return model_give(call, "cuts", out, e);
}

static Status run_segments(Call *call, Value *out, Error *e)
{
  return model_give(call, "segments", out, e);
}

#define SIZED                                                                                                     \
  .size = sizeof(Primitive), .family = "customer", .version = 1, .takes = VALUE_MODEL, .takes_class = "customer", \
  .gives = VALUE_FRAME, .reference = "", .where = WHERE_MAIN
#define RFM \
  "df = read(\"datasets/orders/orders.csv\"):mutate(\"amount = quantity * price\")\n" \
  "m = df:rfm{id = \"customer\", date = \"date\", order = \"order\", amount = \"amount\"}\n"

static const Primitive cuts_primitive = {
    SIZED,
    .name = "cuts",
    .summary = "the cut points of the scores",
    .returns = "a frame: variable cut value above (customers whose value is above the cut)",
    .example = RFM "m:cuts()",
    .run = run_cuts};
REGISTER_PRIMITIVE(cuts_primitive);

static const Primitive segments_primitive = {
    SIZED,
    .name = "segments",
    .summary = "the segments: how many customers, and what they bring",
    .returns = "a frame: segment n share recency frequency monetary (means) revenue revenue_share",
    .example = RFM "m:segments()",
    .run = run_segments};
REGISTER_PRIMITIVE(segments_primitive);
