/* SPDX-License-Identifier: GPL-3.0-or-later */
/* som_model_primitives.h -- a self-organising map as the frames of a model, and back.
 *
 *   tidy    cluster size share, and the mean in each variable
 *   units   a row per unit: unit column row x y cluster rows u_distance distance, and the code in the data's units
 *   codes   units x variables, scaled
 *   state, state_codes   of an interrupted fit
 */
#ifndef ASSAY_CLUSTER_SOM_MODEL_PRIMITIVES_H
#define ASSAY_CLUSTER_SOM_MODEL_PRIMITIVES_H

#include "chart/chart.h"
#include "cluster/cluster_model_primitives.h"
#include "cluster/cluster_options.h"
#include "cluster/som.h"

#define SOM_OPTIONS(O)                                                                                            \
  O(x, INT, "0", 0, 1000, "", "", "columns of the grid; 0: about 5 sqrt(n) units in all")                         \
  O(y, INT, "0", 0, 1000, "", "", "rows of the grid")                                                             \
  O(grid, CHOICE, "hexagonal", 0, 0, "hexagonal|rectangular", "", "a unit has six neighbours, or eight")          \
  O(toroidal, BOOL, "false", 0, 0, "", "", "a grid without edges: its sides are joined")                          \
  O(method, CHOICE, "batch", 0, 0, "batch|online", "", "all rows at once in every epoch, or one after the other") \
  O(neighbourhood, CHOICE, "gaussian", 0, 0, "gaussian|bubble", "",                                               \
    "how neighbours move along: less with distance, or alike")                                                    \
  O(epochs, INT, "100", 1, 1e7, "", "", "passes over all rows")                                                   \
  O(radius, NUMBER, "0", 0, 1e4, "", "",                                                                          \
    "of the neighbourhood in the first epoch; 0: two thirds of all pairs are nearer")                             \
  O(radius_end, NUMBER, "0.3", 0, 1e4, "", "", "of the neighbourhood in the last epoch")                          \
  O(alpha, NUMBER, "0.05", 0, 1, "", "", "online: how far a code moves to a row at first")                        \
  O(alpha_end, NUMBER, "0.01", 0, 1, "", "", "online: and in the end")                                            \
  O(init, CHOICE, "pca", 0, 0, "pca|random", "",                                                                  \
    "codes begin on the plane of the principal components, or at random rows")                                    \
  O(k, INT, "0", 0, 1e6, "", "", "clusters the units are cut into; 0: every unit is one")                         \
  CLUSTER_ON(O) CLUSTER_SCALE(O) CLUSTER_WEIGHTS(O) CLUSTER_SEED(O) CLUSTER_MISSING(O) CLUSTER_SAMPLE(O)

typedef struct SomOptions {
  SOM_OPTIONS(OPTION_FIELD)
} SomOptions;

enum { SOM_UNITS_MOST = 10000 };

typedef struct SomFit {
  ClusterInput input;
  SomSettings settings;
  SomState state;
  SomResult result;
  size_t k;
  int32_t *group;  /* of each unit: its cluster */
  int32_t *labels; /* of each row */
  int64_t *sizes;  /* k */
} SomFit;

Status som_model_fill(Model *model, const SomFit *fit, const SomOptions *o, Error *e) MUST_USE;
Status som_model_state(const Model *model, SomFit *fit, Error *e) MUST_USE; /* fills fit->state */
Status som_model_groups(const Model *model, int32_t *group, Error *e) MUST_USE; /* of each row of codes, 0..k-1 */
Status som_model_check(const Model *model, Error *e) MUST_USE;
void som_headline(const Model *model, Text *out);

/* umatrix, counts, planes (x: the variable) on the grid; and those of segment_plot_primitives.h. */
#define SOM_PLOTS "umatrix|counts|planes|segments|sizes|profile"
Status som_plot(Call *call, const Model *model, const PlotRequest *request, Chart **out, Error *e) MUST_USE;

#endif
