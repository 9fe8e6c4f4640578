/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lets the thread sanitizer see Lua's jumps. The Lua of distributions is built with _FORTIFY_SOURCE and jumps by
 * __longjmp_chk, which the sanitizer does not know: its own stack of calls would grow with every error in Lua until it
 * breaks. In other builds there is nothing here. */
#ifdef __SANITIZE_THREAD__
#undef _FORTIFY_SOURCE
#include <setjmp.h>

__attribute__((visibility("default"), noreturn)) void __longjmp_chk(jmp_buf place, int value);

void __longjmp_chk(jmp_buf place, int value)
{
  longjmp(place, value);
}
#else
typedef int thread_sanitizer_is_not_used;
#endif
