/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data for the regression benchmark: y = 1.5 + x b + 2 e, where each x_j is normal plus half of x_(j-1).
 *
 *   gen_ols STEM ROWS COLUMNS SEED      writes STEM.f64 (row by row), STEM.bin (gretl's matrix) and STEM.csv
 *
 * The files hold x1,x2... and y last. Values are rounded to four decimals before they are written, so that
 * all three hold exactly the same doubles. On its own on purpose: no code is shared with the program that is
 * measured. Generator: splitmix64 (Steele, Lea and Flood 2014); normals by Marsaglia's polar method. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DECIMALS = 10000, NAME_LONGEST = 4096 };

static uint64_t state;

static uint64_t next(void)
{
  uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static double normal(void)
{
  double u, v, s;
  do {
    u = (double)(next() >> 11) * 0x1p-52 - 1;
    v = (double)(next() >> 11) * 0x1p-52 - 1;
    s = u * u + v * v;
  } while (s >= 1 || s == 0);
  return u * sqrt(-2 * log(s) / s);
}

static double rounded(double x)
{
  return (double)llround(x * DECIMALS) / DECIMALS;
}

/* values: column by column, the last one y. */
static void draw(double *values, size_t n, size_t p)
{
  double *b = malloc(p * sizeof *b);
  if (!b) {
    exit(1);
  }
  for (size_t j = 0; j < p; j++) {
    b[j] = normal();
  }
  for (size_t i = 0; i < n; i++) {
    double last = 0, y = 1.5;
    for (size_t j = 0; j < p; j++) {
      const double x = normal();
      values[j * n + i] = rounded(x + 0.5 * last);
      last = x;
      y += values[j * n + i] * b[j];
    }
    values[p * n + i] = rounded(y + 2 * normal());
  }
  free(b);
}

static FILE *begin(const char *stem, const char *ending)
{
  char path[NAME_LONGEST];
  snprintf(path, sizeof path, "%s%s", stem, ending);
  FILE *file = fopen(path, "wb");
  if (!file) {
    perror(path);
    exit(1);
  }
  return file;
}

static void end(FILE *file, const char *ending)
{
  if (ferror(file) || fclose(file) != 0) {
    fprintf(stderr, "gen_ols: the file %s could not be written\n", ending);
    exit(1);
  }
}

static void write_rows(const char *stem, const double *values, size_t n, size_t columns)
{
  FILE *raw = begin(stem, ".f64"), *csv = begin(stem, ".csv");
  for (size_t j = 0; j + 1 < columns; j++) {
    fprintf(csv, "x%zu,", j + 1);
  }
  fprintf(csv, "y\n");
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j < columns; j++) {
      fwrite(&values[j * n + i], sizeof *values, 1, raw);
      fprintf(csv, "%.4f%c", values[j * n + i], j + 1 < columns ? ',' : '\n');
    }
  }
  end(raw, ".f64");
  end(csv, ".csv");
}

static void write_gretl(const char *stem, const double *values, size_t n, size_t columns)
{
  FILE *file = begin(stem, ".bin");
  const int32_t sizes[] = {(int32_t)n, (int32_t)columns};
  fwrite("gretl_binary_matrix", 1, strlen("gretl_binary_matrix"), file);
  fwrite(sizes, sizeof *sizes, 2, file);
  fwrite(values, sizeof *values, n * columns, file);
  end(file, ".bin");
}

int main(int count, char **words)
{
  const size_t n = count == 5 ? strtoull(words[2], NULL, 10) : 0, p = count == 5 ? strtoull(words[3], NULL, 10) : 0;
  if (n == 0 || p == 0 || n > INT32_MAX || p > 10000) {
    fprintf(stderr, "usage: gen_ols STEM ROWS COLUMNS SEED\n");
    return 2;
  }
  state = strtoull(words[4], NULL, 10);
  double *values = malloc(n * (p + 1) * sizeof *values);
  if (!values) {
    perror("gen_ols");
    return 1;
  }
  draw(values, n, p);
  write_rows(words[1], values, n, p + 1);
  write_gretl(words[1], values, n, p + 1);
  free(values);
  return 0;
}
