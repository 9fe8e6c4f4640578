/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/clock.h"

#include <time.h>

static double read_clock(clockid_t clock)
{
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double clock_wall(void)
{
  return read_clock(CLOCK_MONOTONIC);
}

double clock_processor(void)
{
  return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

int64_t clock_now(void)
{
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
