/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_layout.h -- the inside of a model, for model.c and model_file.c only. */
#ifndef ASSAY_REGISTRY_MODEL_LAYOUT_H
#define ASSAY_REGISTRY_MODEL_LAYOUT_H

#include <stdatomic.h>

#include "registry/model.h"

typedef struct NamedFrame {
  char *name;
  Frame *frame;
} NamedFrame;

typedef struct NamedModel {
  char *name;
  Model *model;
} NamedModel;

struct Model {
  atomic_size_t references;
  const Primitive *primitive;
  char name[96];             /* "cluster.kmeans" */
  Value options;             /* VALUE_MAP */
  NamedFrame *frames;
  size_t n_frames;
  NamedModel *children;
  size_t n_children;
  Frame *data;               /* fitted to; this session only */
  char data_digest[33];      /* of data, "" when not known yet */
};

/* An empty model of a primitive; options stay VALUE_NONE. */
Status model_empty(const Primitive *primitive, Model **out, Error *e) MUST_USE;

/* The digest of the data as text, computed when needed; "" when the data are not known. */
const char *model_data_digest(Model *model);

#endif
