/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data for the k-means benchmark: a mixture of Gaussians, the same numbers in a raw file of little-endian
 * doubles (row by row) and in a CSV file with header x1,x2...
 *
 *   gen STEM ROWS COLUMNS COMPONENTS CENTRE_SD SEED      writes STEM.f64 and STEM.csv
 *
 * Components have standard deviation 1 and equal probability; their centres are N(0, CENTRE_SD^2). Every
 * value is rounded to six decimals before it is written, so that both files hold exactly the same doubles
 * and the CSV stays small. On its own on purpose: no code is shared with the program that is measured.
 * Generator: xoshiro256** seeded by splitmix64 (Blackman and Vigna 2021, "Scrambled linear pseudorandom
 * number generators", ACM TOMS 47); normals by Marsaglia's polar method. */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DECIMALS = 1000000, LONGEST_CELL = 24 };

static uint64_t state[4];

static uint64_t rotate(uint64_t x, int by)
{
  return (x << by) | (x >> (64 - by));
}

static uint64_t next(void)
{
  uint64_t result = rotate(state[1] * 5, 7) * 9;
  uint64_t shifted = state[1] << 17;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= shifted;
  state[3] = rotate(state[3], 45);
  return result;
}

static void seed_with(uint64_t seed)
{
  for (int i = 0; i < 4; i++) {
    uint64_t z = (seed += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    state[i] = z ^ (z >> 31);
  }
}

/* In [-1, 1). */
static double symmetric(void)
{
  return (double)(next() >> 11) * 0x1p-52 - 1.0;
}

static double normal(void)
{
  static bool have_other;
  static double other;
  if (have_other) {
    have_other = false;
    return other;
  }
  double u, v, s;
  do {
    u = symmetric();
    v = symmetric();
    s = u * u + v * v;
  } while (s >= 1.0 || s == 0.0);
  double factor = sqrt(-2.0 * log(s) / s);
  other = v * factor;
  have_other = true;
  return u * factor;
}

/* Writes `millionths` as a decimal number ending in `end`; returns the characters written. */
static size_t put_decimal(char *at, long long millionths, char end)
{
  char digits[LONGEST_CELL];
  size_t used = 0, length = 0;
  unsigned long long rest = (unsigned long long)(millionths < 0 ? -millionths : millionths);
  if (millionths < 0) {
    at[length++] = '-';
  }
  do {
    if (used == 6) {
      digits[used++] = '.';
    }
    digits[used++] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest > 0 || used < 8);
  while (used > 0) {
    at[length++] = digits[--used];
  }
  at[length++] = end;
  return length;
}

static bool write_rows(FILE *raw, FILE *csv, const double *centres, size_t rows, size_t columns,
                       size_t components)
{
  double *row = malloc(columns * sizeof *row);
  char *line = malloc(columns * LONGEST_CELL);
  if (!row || !line) {
    free(row);
    free(line);
    return false;
  }
  for (size_t i = 0; i < rows; i++) {
    const double *centre = centres + (next() % components) * columns;
    size_t length = 0;
    for (size_t j = 0; j < columns; j++) {
      long long millionths = llround((centre[j] + normal()) * DECIMALS);
      row[j] = (double)millionths / DECIMALS;
      length += put_decimal(line + length, millionths, j + 1 < columns ? ',' : '\n');
    }
    fwrite(row, sizeof *row, columns, raw);
    fwrite(line, 1, length, csv);
  }
  free(row);
  free(line);
  return !ferror(raw) && !ferror(csv);
}

static FILE *open_beside(const char *stem, const char *suffix)
{
  char path[4096];
  snprintf(path, sizeof path, "%s%s", stem, suffix);
  FILE *file = fopen(path, "wb");
  if (!file) {
    fprintf(stderr, "gen: %s: %s\n", path, strerror(errno));
  }
  return file;
}

static bool generate(const char *stem, size_t rows, size_t columns, size_t components, double sd)
{
  double *centres = malloc(components * columns * sizeof *centres);
  FILE *raw = open_beside(stem, ".f64");
  FILE *csv = open_beside(stem, ".csv");
  bool good = centres && raw && csv;
  if (good) {
    for (size_t i = 0; i < components * columns; i++) {
      centres[i] = sd * normal();
    }
    for (size_t j = 1; j <= columns; j++) {
      fprintf(csv, "x%zu%c", j, j < columns ? ',' : '\n');
    }
    good = write_rows(raw, csv, centres, rows, columns, components);
  }
  good = (!raw || fclose(raw) == 0) && good;
  good = (!csv || fclose(csv) == 0) && good;
  free(centres);
  return good;
}

int main(int count, char **words)
{
  if (count != 7) {
    fprintf(stderr, "usage: gen STEM ROWS COLUMNS COMPONENTS CENTRE_SD SEED\n");
    return 2;
  }
  size_t rows = strtoull(words[2], NULL, 10), columns = strtoull(words[3], NULL, 10);
  size_t components = strtoull(words[4], NULL, 10);
  if (rows == 0 || columns == 0 || columns > 10000 || components == 0 || components > 10000) {
    fprintf(stderr, "gen: rows, columns and components must be whole numbers from 1\n");
    return 2;
  }
  seed_with(strtoull(words[6], NULL, 10));
  if (!generate(words[1], rows, columns, components, strtod(words[5], NULL))) {
    fprintf(stderr, "gen: %s could not be written\n", words[1]);
    return 1;
  }
  return 0;
}
