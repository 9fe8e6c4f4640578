/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cpu.h -- which copy of the hot kernels runs. Each *_kernels.c is compiled once per instruction set and offers a table
 * of pointers; ASSAY_ISA=base|avx2|avx512 in the environment forces a lower one. */
#ifndef ASSAY_CORE_CPU_H
#define ASSAY_CORE_CPU_H

typedef enum Isa { ISA_BASE, ISA_AVX2, ISA_AVX512, ISA_COUNT } Isa;

/* The best instruction set this machine and ASSAY_ISA allow; decided at the first call. */
Isa cpu_isa(void);

/* "base", "avx2", "avx512". */
const char *cpu_isa_name(Isa isa);

/* Tests: forces a lower set from now on. */
void cpu_isa_force(Isa isa);

#endif
