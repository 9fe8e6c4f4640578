/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What models of trees and graphs show beside tidy and glance. */
#include "registry/model.h"

static Status run_merges(Call *call, Value *out, Error *e)
{
  return model_give(call, "merge", out, e);
}

static Status run_leaves(Call *call, Value *out, Error *e)
{
  return model_give(call, "leaves", out, e);
}

static Status run_eigenvalues(Call *call, Value *out, Error *e)
{
  return model_give(call, "eigenvalues", out, e);
}

#define SIZED                                                                                                          \
  .size = sizeof(Primitive), .family = "cluster", .version = 1, .takes = VALUE_MODEL, .takes_class = "cluster",        \
  .gives = VALUE_FRAME, .reference = "", .where = WHERE_MAIN
#define IRIS "df = read \"datasets/iris/iris.csv\"\n"

static const Primitive merges = {
    SIZED,
    .name = "merges",
    .summary = "the merges of a hierarchical clustering, in their order",
    .details =
        "As in R's hclust, a and b below 0 are rows of the fit, above 0 earlier merges. size counts the rows below.",
    .returns = "a frame: merge a b height size",
    .example = IRIS "df:hierarchical(3):merges():tail(3)",
    .run = run_merges};
REGISTER_PRIMITIVE(merges);

static const Primitive leaves = {SIZED,
                                 .name = "leaves",
                                 .summary = "the rows of a hierarchical clustering in the order of its tree",
                                 .details = "Rows that merge early stand near one another: the order in which a "
                                            "dendrogram, or a heat map, shows them. row is "
                                            "the number in the data, at that among the rows of the fit.",
                                 .returns = "a frame: position row at cluster",
                                 .example = IRIS "df:hierarchical(3):leaves():head(3)",
                                 .run = run_leaves};
REGISTER_PRIMITIVE(leaves);

static const Primitive eigenvalues = {SIZED,
                                      .name = "eigenvalues",
                                      .summary = "the smallest eigenvalues of a spectral clustering's graph",
                                      .details = "Of the normalised Laplacian. As many are 0 as the graph has separate "
                                                 "parts; a wide gap behind a number speaks for "
                                                 "that number of clusters.",
                                      .returns = "a frame: number eigenvalue",
                                      .example = IRIS "df:spectral(3):eigenvalues():head(4)",
                                      .run = run_eigenvalues};
REGISTER_PRIMITIVE(eigenvalues);
