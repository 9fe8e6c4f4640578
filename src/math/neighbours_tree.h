/* SPDX-License-Identifier: GPL-3.0-or-later */
/* neighbours_tree.h -- the tree of an index from inside, for methods that walk it themselves (dbscan, hdbscan).
 *
 * A complete binary tree: node 0 is the root, the children of i are 2 i + 1 and 2 i + 2, the last `leaves` nodes are
 * leaves. Leaf l holds the tree positions l n / leaves to (l + 1) n / leaves (at most 32 of them); rows[position] is
 * the row number, ascending within a leaf. tiles + l d 32 are its points column by column; lanes beyond repeat the last
 * point.
 *
 * Bounds of a node: tight corners low[d], high[d] of its points (kd), or centre[d], radius (ball). All bounds are ranks
 * and hold for the ranks as computed: those of boxes because rounding is monotone, those of balls by a margin.
 */
#ifndef ASSAY_MATH_NEIGHBOURS_TREE_H
#define ASSAY_MATH_NEIGHBOURS_TREE_H

#include "math/distance_kernels.h"
#include "math/neighbours.h"

typedef struct NeighbourTree {
  Metric metric;
  FoldKind fold;
  bool ball;
  size_t n, d, leaves;
  size_t stride;    /* numbers of a node's bounds */
  uint32_t *rows;   /* n: tree position to row */
  uint32_t *least;  /* 2 leaves - 1: the lowest row below a node */
  double *tiles;    /* leaves x d x 32 */
  double *bounds;   /* (2 leaves - 1) x stride */
} NeighbourTree;

Status neighbours_tree_build(Task *task, const double *values, size_t n, size_t d, Metric metric, bool ball,
                             NeighbourTree *out, Error *e) MUST_USE;
void neighbours_tree_free(NeighbourTree *tree);

/* The tree of an index, NULL for brute force. */
const NeighbourTree *neighbours_tree(const Neighbours *index);

/* Tree positions first .. end - 1 lie below the node. */
static inline void tree_range(const NeighbourTree *tree, size_t node, size_t *first, size_t *end)
{
  const unsigned level = 63U - (unsigned)__builtin_clzll(node + 1);
  const size_t span = tree->leaves >> level, leaf = (node + 1 - ((size_t)1 << level)) * span;
  *first = leaf * tree->n / tree->leaves;
  *end = (leaf + span) * tree->n / tree->leaves;
}

static inline bool tree_is_leaf(const NeighbourTree *tree, size_t node)
{
  return node + 1 >= tree->leaves;
}

static inline size_t tree_leaf_first(const NeighbourTree *tree, size_t leaf)
{
  return leaf * tree->n / tree->leaves;
}

static inline const double *tree_tile(const NeighbourTree *tree, size_t leaf)
{
  return tree->tiles + leaf * tree->d * DISTANCE_TILE;
}

/* The point at lane i of a leaf into x[d]. */
static inline void tree_point(const NeighbourTree *tree, size_t leaf, size_t lane, double *x)
{
  const double *tile = tree_tile(tree, leaf);
  for (size_t c = 0; c < tree->d; c++) {
    x[c] = tile[c * DISTANCE_TILE + lane];
  }
}

/* At most, at least the rank from x to any point below the node. */
double tree_nearest(const NeighbourTree *tree, size_t node, const double *x);
double tree_farthest(const NeighbourTree *tree, size_t node, const double *x);

/* The same for the 32 points of a tile at once: bounds[32], each at most the rank to any point below the node. */
void tree_nearest_lanes(const NeighbourTree *tree, size_t node, const double *tile, double *bounds);

/* Bits of the points of a leaf. */
static inline uint32_t tree_lanes(const NeighbourTree *tree, size_t leaf)
{
  const size_t count = tree_leaf_first(tree, leaf + 1) - tree_leaf_first(tree, leaf);
  return count >= DISTANCE_TILE ? UINT32_MAX : ((uint32_t)1 << count) - 1;
}

/* At most, at least the rank between any point below a and any below b. */
double tree_gap(const NeighbourTree *tree, size_t a, size_t b);
double tree_reach(const NeighbourTree *tree, size_t a, size_t b);

#endif
