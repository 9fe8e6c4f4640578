/* SPDX-License-Identifier: GPL-3.0-or-later */
/* similarity.h -- how alike two texts are, by code points.
 *
 * Levenshtein's distance: the fewest code points to insert, delete or replace. O(n m / 64), by bits: Myers, "A fast
 * bit-vector algorithm for approximate string matching based on dynamic programming", J. ACM 46 (1999), in the form of
 * Hyyrö (2003) for texts of any length. Jaro's similarity: Jaro, JASA 84 (1989); O(n m). Winkler's raises it by a tenth
 * of what is missing to 1 for each of up to four equal code points at the beginning (1990), whatever Jaro's is.
 */
#ifndef ASSAY_EXPR_SIMILARITY_H
#define ASSAY_EXPR_SIMILARITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"

/* So that one pair takes milliseconds at most. */
enum { LEVENSHTEIN_MOST = 32768, JARO_MOST = 8192 };

/* false: no memory. */
bool levenshtein(const uint32_t *a, size_t n, const uint32_t *b, size_t m, Arena *arena, size_t *distance);

/* 0 nothing in common to 1 equal; two empty texts are equal. */
bool jaro(const uint32_t *a, size_t n, const uint32_t *b, size_t m, Arena *arena, double *similarity);
double winkler(const uint32_t *a, size_t n, const uint32_t *b, size_t m, double jaro);

#endif
