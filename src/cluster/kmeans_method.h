/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kmeans_method.h -- the ways of iterating. All give the same bits. */
#ifndef ASSAY_CLUSTER_KMEANS_METHOD_H
#define ASSAY_CLUSTER_KMEANS_METHOD_H

#include <stddef.h>

typedef enum KmeansMethod {
  KMEANS_METHOD_AUTO,
  KMEANS_METHOD_LLOYD,    /* every row with every centre */
  KMEANS_METHOD_HAMERLY,  /* one lower bound per row for all other centres */
  KMEANS_METHOD_EXPONION, /* the same, and only centres in a ball around the row's own */
  KMEANS_METHOD_ELKAN,    /* one per row and centre */
  KMEANS_METHOD_YINYANG   /* one per row and group of centres */
} KmeansMethod;

/* A method by its name in lower case (one of those of the option `algorithm`), and back. */
const char *kmeans_method_name(KmeansMethod method);
KmeansMethod kmeans_method_of(const char *name);

/* What AUTO stands for: the fastest by measured laws, by the sizes alone. */
KmeansMethod kmeans_method_for(size_t n, size_t d, size_t k);

/* The method that takes less memory for bounds; in the end LLOYD, without any. Not of LLOYD. */
KmeansMethod kmeans_method_lesser(KmeansMethod method);

#endif
