/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways of iterating by name, and which of them is taken.
 *
 * Measured by tests/bench/methods (figures in doc/growth.md): 20,000 to 1,000,000 rows x 2 to 784 of Gaussians, k = 3 to 1000,
 * AVX-512. Up to 16 clusters hamerly is the fastest, as it keeps one number per row and scores all centres at once (exponion
 * and yinyang take 1.3 to 2.3 times as long), up to 32 on few columns by little. From there it is yinyang; but exponion on two
 * to four columns, where balls leave out most centres, as long as finding the neighbours of k centres is little beside n rows:
 * yinyang takes up to 1.7 times as long, though at four columns and 20,000 rows it is 1.2 times as fast. elkan is nowhere the
 * fastest: beside the best from 200 columns on, up to 17 times slower on few, as k bounds per row are more work than scores
 * that come sixteen at a time. */
#include "cluster/kmeans_method.h"

#include <string.h>

static const char *const names[] = {[KMEANS_METHOD_AUTO] = "auto",         [KMEANS_METHOD_LLOYD] = "lloyd",
                                    [KMEANS_METHOD_HAMERLY] = "hamerly",   [KMEANS_METHOD_EXPONION] = "exponion",
                                    [KMEANS_METHOD_ELKAN] = "elkan",       [KMEANS_METHOD_YINYANG] = "yinyang"};

const char *kmeans_method_name(KmeansMethod method)
{
  return names[method];
}

KmeansMethod kmeans_method_of(const char *name)
{
  KmeansMethod method = KMEANS_METHOD_AUTO;
  while (method < KMEANS_METHOD_YINYANG && strcmp(name, names[method]) != 0) {
    method++;
  }
  return method;
}

enum { ROWS_LEAST = 1024, FEW_CENTRES = 16, SOME_CENTRES = 32, MANY_CENTRES = 50, FEW_COLUMNS = 4, SOME_COLUMNS = 8 };

KmeansMethod kmeans_method_for(size_t n, size_t d, size_t k)
{
  if (k == 1 || n < ROWS_LEAST) {
    return KMEANS_METHOD_LLOYD;
  }
  if (k <= FEW_CENTRES || (k <= SOME_CENTRES && d <= SOME_COLUMNS)) {
    return KMEANS_METHOD_HAMERLY;
  }
  return k >= MANY_CENTRES && d <= FEW_COLUMNS && k <= 5 * n / k ? KMEANS_METHOD_EXPONION : KMEANS_METHOD_YINYANG;
}

KmeansMethod kmeans_method_lesser(KmeansMethod method)
{
  return method == KMEANS_METHOD_ELKAN     ? KMEANS_METHOD_YINYANG
         : method == KMEANS_METHOD_HAMERLY ? KMEANS_METHOD_LLOYD
                                           : KMEANS_METHOD_HAMERLY;
}
