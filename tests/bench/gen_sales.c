/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data for the benchmark of reading and grouping: rows of sales as CSV, eight columns of mixed kinds.
 *
 *   gen_sales FILE ROWS CUSTOMERS pooled|distinct SEED
 *
 * id, customer (skewed: u^1.5), amount (lognormal, 2 decimals), ts (a second of 2021 to 2023), category (12, 1 %
 * empty), qty (3 % empty), discount (30 % empty), note (20 characters; from a pool of 4,096 texts, or all distinct;
 * one in sixteen with a comma, one in sixteen with doubled quotes, 2 % empty). On its own on purpose: no code is
 * shared with the program that is measured. Generator: splitmix64 (Steele, Lea and Flood 2014, "Fast splittable
 * pseudorandom number generators"). */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t state;

static uint64_t next(void)
{
  uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static double unit(void)
{
  return (double)(next() >> 11) * 0x1p-53;
}

static uint64_t below(uint64_t n)
{
  return (uint64_t)(unit() * (double)n);
}

static double normal(void)
{
  return sqrt(-2 * log(1 - unit())) * cos(2 * acos(-1.0) * unit());
}

/* 20 characters that a number makes; every sixteenth has a comma, the one after it quotes. */
static void make_note(uint64_t number, char out[32])
{
  static const char *const words[] = {"blue", "steel", "round", "paper", "light", "green", "heavy", "small"};
  char text[64];
  snprintf(text, sizeof text, "%s %08llx %s xxxxxxxx", words[number % 8], (unsigned long long)(number * 2654435761u % 4294967296u),
           words[number / 8 % 8]);
  text[20] = '\0';
  if (number % 16 == 0) {
    text[5] = ',';
    snprintf(out, 32, "\"%.20s\"", text);
  } else if (number % 16 == 1) {
    snprintf(out, 32, "\"%.4s\"\"%.6s\"\"%.6s\"", text, text + 4, text + 12);
  } else {
    strcpy(out, text);
  }
}

static void make_time(char out[32])
{
  const time_t when = 1609459200 + (time_t)below(94608000);
  struct tm parts;
  gmtime_r(&when, &parts);
  strftime(out, 32, "%Y-%m-%d %H:%M:%S", &parts);
}

int main(int argc, char **argv)
{
  static const char *const categories[] = {"Food", "Drink", "Home", "Garden", "Toys",  "Books",
                                           "Sport", "Beauty", "Pets", "Office", "Auto", "Music"};
  if (argc != 6) {
    fprintf(stderr, "usage: gen_sales FILE ROWS CUSTOMERS pooled|distinct SEED\n");
    return 2;
  }
  FILE *file = fopen(argv[1], "w");
  const uint64_t rows = strtoull(argv[2], NULL, 10), customers = strtoull(argv[3], NULL, 10);
  const int distinct = strcmp(argv[4], "distinct") == 0;
  state = strtoull(argv[5], NULL, 10);
  if (!file) {
    perror(argv[1]);
    return 1;
  }
  fputs("id,customer,amount,ts,category,qty,discount,note\n", file);
  for (uint64_t i = 1; i <= rows; i++) {
    char when[32], note[32], quantity[16] = "", discount[16] = "";
    make_time(when);
    make_note(distinct ? i : below(4096), note);
    if (unit() >= 0.03) {
      snprintf(quantity, sizeof quantity, "%d", 1 + (int)below(39));
    }
    if (unit() >= 0.3) {
      snprintf(discount, sizeof discount, "0.%02d", 1 + (int)below(49));
    }
    fprintf(file, "%llu,%llu,%.2f,%s,%s,%s,%s,%s\n", (unsigned long long)i,
            1 + (unsigned long long)(pow(unit(), 1.5) * (double)customers), exp(3 + 1.1 * normal()), when,
            unit() < 0.01 ? "" : categories[below(12)], quantity, discount, unit() < 0.02 ? "" : note);
  }
  if (fclose(file) != 0) {
    perror(argv[1]);
    return 1;
  }
  return 0;
}
