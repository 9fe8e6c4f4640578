/* SPDX-License-Identifier: GPL-3.0-or-later */
/* References: setrlimit(2), prctl(2), seccomp(2), landlock(7). */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "main/sandbox_child.h"

/* Sanitizers need much address space, and look at their process from another one at its end: with them the first line
 * stands alone. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define WATCHED 1
#else
#define WATCHED 0
#endif

enum { FILES_MOST = 64 };

static void at_most(__rlimit_resource_t resource, rlim_t soft, rlim_t hard)
{
  struct rlimit limit;
  if (getrlimit(resource, &limit) == 0) {
    limit.rlim_max = hard < limit.rlim_max ? hard : limit.rlim_max;
    limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
    (void)setrlimit(resource, &limit);
  }
}

void sandbox_kernel_limits(size_t memory, double seconds, size_t threads)
{
  const rlim_t gigabyte = (rlim_t)1 << 30, per_thread = (rlim_t)160 << 20; /* its stack and its arena of malloc */
  at_most(RLIMIT_CORE, 0, 0);
  at_most(RLIMIT_NOFILE, FILES_MOST, FILES_MOST);
  at_most(RLIMIT_FSIZE, gigabyte, gigabyte); /* of standard output, where that is a file */
  if (isfinite(seconds)) {
    at_most(RLIMIT_CPU, (rlim_t)ceil(seconds) + 2, (rlim_t)ceil(seconds) + 4);
  }
  if (!WATCHED) {
    const rlim_t space = memory + 2 * gigabyte + (threads + 2) * per_thread;
    at_most(RLIMIT_AS, space, space);
  }
  signal(SIGXFSZ, SIG_IGN);
}

/* ---- system calls */

#if defined __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE

static const int refused_calls[] = {
  /* other programs and processes */
  SYS_execve, SYS_execveat, SYS_ptrace, SYS_kill, SYS_process_vm_readv, SYS_process_vm_writev, SYS_setns, SYS_unshare,
#ifdef SYS_fork
  SYS_fork, SYS_vfork,
#endif
#ifdef SYS_pidfd_open
  SYS_pidfd_open, SYS_pidfd_send_signal,
#endif
  /* network, and other ways out of the process */
  SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_shmget, SYS_shmat, SYS_msgget, SYS_semget, SYS_mq_open,
  /* files */
#ifdef SYS_unlink
  SYS_unlink, SYS_rmdir, SYS_rename, SYS_mkdir, SYS_link, SYS_symlink, SYS_chmod, SYS_chown, SYS_mknod, SYS_creat,
#endif
  SYS_unlinkat, SYS_renameat2, SYS_mkdirat, SYS_linkat, SYS_symlinkat, SYS_fchmodat, SYS_fchownat, SYS_mknodat, SYS_truncate,
#ifdef SYS_renameat
  SYS_renameat,
#endif
  SYS_setxattr, SYS_mount, SYS_umount2, SYS_chroot, SYS_pivot_root,
  /* the kernel itself */
  SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl, SYS_add_key, SYS_init_module, SYS_finit_module, SYS_kexec_load,
  SYS_reboot,
#ifdef SYS_io_uring_setup
  SYS_io_uring_setup,
#endif
};

enum { REFUSED = sizeof refused_calls / sizeof *refused_calls, HEAD = 12, OTHER_NUMBERS = 0x40000000 };

#define FAIL(number) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (number))
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))

bool sandbox_kernel_calls(void)
{
  /* Another architecture's calls, and those of x32, have other numbers. clone3 cannot be looked into: the C library then uses clone, which
   * may make threads only. */
  const struct sock_filter head[HEAD] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, OTHER_NUMBERS, 0, 1),
    FAIL(ENOSYS),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
    FAIL(ENOSYS),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
    LOAD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1 + 2 * REFUSED, 0),
    FAIL(EPERM),
  };
  struct sock_filter all[HEAD + 2 * REFUSED + 1];
  size_t n = 0;
  for (size_t i = 0; i < HEAD; i++) {
    all[n++] = head[i];
  }
  for (size_t i = 0; i < REFUSED; i++) {
    all[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)refused_calls[i], 0, 1);
    all[n++] = (struct sock_filter)FAIL(EPERM);
  }
  all[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  const struct sock_fprog program = {.len = (unsigned short)n, .filter = all};
  return WATCHED || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#else

bool sandbox_kernel_calls(void)
{
  return false;
}

#endif

void sandbox_kernel_no_processes(void)
{
  at_most(RLIMIT_NPROC, 0, 0);
}

/* ---- files */

static const uint64_t READS = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t WRITES =
  LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
  LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
  LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

static void allow(int rules, const char *path, uint64_t access)
{
  const int fd = *path ? open(path, O_PATH | O_CLOEXEC) : -1;
  const struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};
  if (fd >= 0) {
    (void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(fd);
  }
}

bool sandbox_kernel_files(const char *folder, const char *home)
{
  /* libraries that are loaded when they are first needed, terminals, time zones */
  static const char *const folders[] = {"/usr", "/lib", "/lib64", "/nix/store", "/gnu/store", "/sys/devices/system"};
  static const char *const files[] = {"/etc/ld.so.cache", "/etc/localtime", "/etc/inputrc", "/proc/cpuinfo", "/proc/stat",
                                      "/proc/meminfo"};
  static const char *const devices[] = {"/dev/null", "/dev/tty", "/dev/full"};
  const struct landlock_ruleset_attr what = {.handled_access_fs = READS | WRITES};
  char path[4096];
  const int rules = WATCHED ? -1 : (int)syscall(SYS_landlock_create_ruleset, &what, sizeof what, 0);
  if (rules < 0) {
    return false;
  }
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
    allow(rules, folders[i], READS);
  }
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    allow(rules, files[i], LANDLOCK_ACCESS_FS_READ_FILE);
  }
  for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
    allow(rules, devices[i], LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
  }
  allow(rules, folder, READS);
  snprintf(path, sizeof path, "%s/datasets", home);
  allow(rules, path, READS);
  snprintf(path, sizeof path, "%s/lua", home);
  allow(rules, path, READS);
  const bool done = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
  close(rules);
  return done;
}
