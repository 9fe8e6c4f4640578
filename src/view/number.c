/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MOST = 15, LEFT_MOST = 15 };

void number_begin(NumberFormat *format, int digits)
{
  *format = (NumberFormat){.digits = digits < 1 ? 1 : digits > DIGITS_MOST ? DIGITS_MOST : digits,
                           .left = 1, .mantissa = 1, .exponent = 2};
}

static void raise_to(int *most, int value)
{
  *most = value > *most ? value : *most;
}

void number_see(NumberFormat *format, double value)
{
  if (!isfinite(value) || value == 0) {
    return;
  }
  char text[NUMBER_SIZE];
  snprintf(text, sizeof text, "%.*e", format->digits - 1, fabs(value));
  const char *e = strchr(text, 'e');
  const int power = atoi(e + 1);
  int wanted = format->digits;
  for (const char *last = e - 1; wanted > 1 && *last == '0'; last--) {
    wanted--;
  }
  raise_to(&format->mantissa, wanted);
  raise_to(&format->left, power + 1);
  raise_to(&format->decimals, wanted - 1 - power);
  raise_to(&format->exponent, abs(power) > 99 ? 3 : 2);
  format->negative = format->negative || value < 0;
}

void number_settle(NumberFormat *format)
{
  const int fixed = format->left + (format->decimals > 0 ? format->decimals + 1 : 0);
  const int scientific = format->mantissa + (format->mantissa > 1 ? 1 : 0) + 2 + format->exponent;
  const bool short_enough = format->left <= LEFT_MOST && format->decimals <= format->digits;
  format->scientific = fixed > scientific && !short_enough;
}

void number_text(const NumberFormat *format, double value, char out[NUMBER_SIZE])
{
  if (isnan(value)) {
    strcpy(out, "NaN");
  } else if (isinf(value)) {
    strcpy(out, value > 0 ? "Inf" : "-Inf");
  } else if (format->scientific || fabs(value) >= 1e17) {
    snprintf(out, NUMBER_SIZE, "%.*e", format->mantissa - 1, value == 0 ? 0.0 : value);
  } else {
    snprintf(out, NUMBER_SIZE, "%.*f", format->decimals, value == 0 ? 0.0 : value);
  }
}

void number_one(double value, int digits, char out[NUMBER_SIZE])
{
  NumberFormat format;
  number_begin(&format, digits);
  number_see(&format, value);
  number_settle(&format);
  number_text(&format, value, out);
}

void number_percent(double share, char out[NUMBER_SIZE])
{
  if (!isfinite(share)) {
    number_one(share, 1, out);
  } else if (share > 0 && share < 0.0005) {
    strcpy(out, "<0.1%");
  } else if (share < 1 && share >= 0.9995) {
    strcpy(out, ">99.9%");
  } else if (fabs(share) < 1e6) {
    snprintf(out, NUMBER_SIZE, "%.1f%%", 100 * share);
  } else {
    snprintf(out, NUMBER_SIZE, "%.3g%%", 100 * share);
  }
}

void number_bytes(double bytes, char out[NUMBER_SIZE])
{
  static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  size_t unit = 0;
  while (unit + 1 < sizeof units / sizeof *units && bytes >= (unit == 0 ? 1000 : 999.95)) {
    bytes /= 1000;
    unit++;
  }
  snprintf(out, NUMBER_SIZE, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}

void number_duration(double seconds, char out[NUMBER_SIZE])
{
  const double ms = seconds * 1000;
  if (!(ms >= 0) || isinf(ms)) {
    number_one(seconds, 2, out);
  } else if (ms < 999.5) {
    snprintf(out, NUMBER_SIZE, ms < 0.995 ? "%.2f ms" : ms < 9.95 ? "%.1f ms" : "%.0f ms", ms);
  } else if (seconds < 99.5) {
    snprintf(out, NUMBER_SIZE, seconds < 9.95 ? "%.1f s" : "%.0f s", seconds);
  } else if (seconds < 3599.5) {
    const int whole = (int)lround(seconds);
    snprintf(out, NUMBER_SIZE, "%d min %02d s", whole / 60, whole % 60);
  } else {
    const double minutes = round(seconds / 60);
    snprintf(out, NUMBER_SIZE, "%.0f h %02.0f min", floor(minutes / 60), fmod(minutes, 60));
  }
}
