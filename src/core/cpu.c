/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/cpu.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_int chosen = -1;

static const char *const names[ISA_COUNT] = {"base", "avx2", "avx512"};

static Isa best(void)
{
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    return ISA_AVX512;
  }
  if (__builtin_cpu_supports("avx2")) {
    return ISA_AVX2;
  }
#endif
  return ISA_BASE;
}

Isa cpu_isa(void)
{
  int isa = atomic_load_explicit(&chosen, memory_order_relaxed);
  if (isa < 0) {
    isa = (int)best();
    const char *forced = getenv("ASSAY_ISA");
    for (int i = 0; forced && i < isa; i++) {
      if (strcmp(forced, names[i]) == 0) {
        isa = i;
      }
    }
    atomic_store(&chosen, isa);
  }
  return (Isa)isa;
}

const char *cpu_isa_name(Isa isa)
{
  return names[isa];
}

void cpu_isa_force(Isa isa)
{
  if (isa <= best()) {
    atomic_store(&chosen, (int)isa);
  }
}
