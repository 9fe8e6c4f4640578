/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/sandbox_child.h"

#include <math.h>
#include <sys/prctl.h>

#include "core/file.h"
#include "core/pool.h"

Status sandbox_enter(const Flags *flags, const char *home, Error *e)
{
  const double seconds = flags->prompt ? INFINITY : flags->time.all; /* at a prompt each statement has its own */
  Status status = STATUS_OK;
  TRY(sandbox_files_set(flags->script ? flags->script[0] : NULL, home, e));
  file_set_guard(sandbox_files_guard);
  sandbox_kernel_limits(flags->memory, seconds, pool_threads());
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
    (void)sandbox_kernel_files(sandbox_files_folder(), home);
    if (!sandbox_kernel_calls()) {
      pool_set_threads(1);
      sandbox_kernel_no_processes();
    }
  }
done:
  return status;
}
