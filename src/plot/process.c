/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"

enum { POLL_MS = 20, READ_BYTES = 1 << 16, NAMES_MOST = 16, VALUE_BYTES = 4096 };

static const double term_patience = 0.25; /* seconds between SIGTERM and SIGKILL */
static const double pipe_patience = 0.5;  /* how long outputs may stay open after the child itself has ended */

bool process_find(const char *name, char *path, size_t size)
{
  const char *folders = getenv("PATH");
  for (const char *from = folders ? folders : ""; *from;) {
    const size_t n = strcspn(from, ":");
    struct stat info;
    const int length = snprintf(path, size, "%.*s/%s", (int)n, from, name);
    if (*from == '/' && length > 0 && (size_t)length < size && stat(path, &info) == 0 && S_ISREG(info.st_mode) &&
        access(path, X_OK) == 0) {
      return true;
    }
    from += n + (from[n] == ':');
  }
  return false;
}

/* ---- the environment */

typedef struct Environment {
  char *names[NAMES_MOST];
  char values[NAMES_MOST][VALUE_BYTES];
  size_t n;
} Environment;

static void environment_add(Environment *environment, const char *name, const char *value)
{
  char *slot = environment->values[environment->n];
  if (value && environment->n + 1 < NAMES_MOST && snprintf(slot, VALUE_BYTES, "%s=%s", name, value) < VALUE_BYTES) {
    environment->names[environment->n++] = slot;
    environment->names[environment->n] = NULL;
  }
}

static void environment_fill(Environment *environment, const char *folder)
{
  static const char *const kept[] = {"PATH",          "HOME",          "XDG_CONFIG_HOME", "XDG_CACHE_HOME",
                                     "XDG_DATA_HOME", "XDG_DATA_DIRS", "FONTCONFIG_FILE", "FONTCONFIG_PATH",
                                     "GDFONTPATH",    "LD_LIBRARY_PATH"};
  environment->n = 0;
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
    environment_add(environment, kept[i], getenv(kept[i]));
  }
  environment_add(environment, "LC_ALL", "C.UTF-8");
  environment_add(environment, "TZ", "UTC");
  environment_add(environment, "TMPDIR", folder);
}

/* ---- starting */

typedef struct Child {
  pid_t pid;
  int input, output, errors;   /* our ends; -1: closed */
  bool ended;
  int status;
} Child;

static void close_end(int *fd)
{
  if (*fd >= 0) {
    close(*fd);
  }
  *fd = -1;
}

/* Signals as a fresh program has them, whatever the thread that starts it blocks; a group of its own. */
static void set_attributes(posix_spawnattr_t *attributes)
{
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_init(attributes);
  posix_spawnattr_setsigmask(attributes, &none);
  posix_spawnattr_setsigdefault(attributes, &all);
  posix_spawnattr_setpgroup(attributes, 0);
  posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

static int spawn(const ProcessRequest *request, const int ends[3], pid_t *pid)
{
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  Environment environment;
  environment_fill(&environment, request->folder);
  set_attributes(&attributes);
  int failed = posix_spawn_file_actions_init(&actions);
  for (int i = 0; i < 3 && !failed; i++) {
    failed = posix_spawn_file_actions_adddup2(&actions, ends[i], i);
  }
  if (!failed && request->folder) {
    failed = posix_spawn_file_actions_addchdir_np(&actions, request->folder);
  }
  if (!failed) {
    failed = posix_spawn(pid, request->program, &actions, &attributes, (char *const *)request->arguments,
                         environment.names);
  }
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return failed;
}

/* Three channels; ours first. The child's ends must not be 0 to 2, or dup2 would leave them closed on exec. */
static int open_channels(int ours[3], int theirs[3])
{
  int pair[2];
  for (int i = 0; i < 3; i++) {
    ours[i] = theirs[i] = -1;
  }
  for (int i = 0; i < 3; i++) {
    if (i == 0 ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) : pipe2(pair, O_CLOEXEC)) {
      return errno;
    }
    ours[i] = pair[0];
    theirs[i] = fcntl(pair[1], F_DUPFD_CLOEXEC, 3);
    close(pair[1]);
    if (theirs[i] < 0 || fcntl(ours[i], F_SETFL, fcntl(ours[i], F_GETFL) | O_NONBLOCK) < 0) {
      return errno;
    }
  }
  return 0;
}

static Status start(const ProcessRequest *request, Child *child, Error *e)
{
  int ours[3], theirs[3];
  int failed = open_channels(ours, theirs);
  failed = failed ? failed : spawn(request, theirs, &child->pid);
  for (int i = 0; i < 3; i++) {
    close_end(&theirs[i]);
  }
  if (failed) {
    char reason[128];
    for (int i = 0; i < 3; i++) {
      close_end(&ours[i]);
    }
    return error_set(e, STATUS_FILE, "no-process", _("cannot start '%1$s': %2$s"), request->program,
                     _(strerror_r(failed, reason, sizeof reason)));
  }
  child->input = ours[0];
  child->output = ours[1];
  child->errors = ours[2];
  child->ended = false;
  return STATUS_OK;
}

/* ---- ending */

/* Whether it has ended. It is not yet waited for, so that its number still belongs to its group. */
static bool has_ended(Child *child)
{
  siginfo_t info = {0};
  if (!child->ended) {
    const int failed = waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT);
    child->ended = failed ? errno != EINTR : info.si_pid != 0;
  }
  return child->ended;
}

static void nap(void)
{
  const struct timespec pause = {.tv_nsec = 2000000};
  nanosleep(&pause, NULL);
}

/* The whole group, so that what the child has started goes too. */
static void stop(Child *child)
{
  if (!has_ended(child)) {
    kill(-child->pid, SIGTERM);
    for (const double until = clock_wall() + term_patience; !has_ended(child) && clock_wall() < until;) {
      nap();
    }
  }
  kill(-child->pid, SIGKILL);
  while (waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR) {
  }
}

/* ---- talking */

static void feed(const ProcessRequest *request, Child *child, size_t *sent, ProcessResult *result)
{
  while (child->input >= 0 && *sent < request->input_size) {
    const ssize_t put = send(child->input, request->input + *sent, request->input_size - *sent, MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return;
    }
    if (put < 0) {
      result->input_refused = true;
      break;
    }
    *sent += (size_t)put;
  }
  close_end(&child->input);
}

static void take(int *fd, size_t most, Text *out)
{
  char bytes[READ_BYTES];
  for (;;) {
    const ssize_t got = read(*fd, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return;
    }
    if (got <= 0) {
      close_end(fd);
      return;
    }
    const size_t room = out->size < most ? most - out->size : 0;
    text_add(out, bytes, (size_t)got < room ? (size_t)got : room);
  }
}

/* One round: waits until something can be done, or POLL_MS. */
static void exchange(const ProcessRequest *request, Child *child, size_t *sent, ProcessResult *result)
{
  struct pollfd ready[3] = {{child->input, POLLOUT, 0}, {child->output, POLLIN, 0}, {child->errors, POLLIN, 0}};
  if (child->input < 0 && child->output < 0 && child->errors < 0) {
    nap();
    return;
  }
  if (poll(ready, 3, POLL_MS) <= 0) {
    return;
  }
  if (ready[1].revents) {
    take(&child->output, request->most, &result->out);
  }
  if (ready[2].revents) {
    take(&child->errors, request->most, &result->err);
  }
  if (ready[0].revents) {
    feed(request, child, sent, result);
  }
}

Status process_run(const ProcessRequest *request, Task *task, ProcessResult *result, Error *e)
{
  Child child;
  size_t sent = 0;
  *result = (ProcessResult){0};
  Status status = start(request, &child, e);
  if (status != STATUS_OK) {
    return status;
  }
  const double deadline = clock_wall() + request->timeout;
  double gone = 0; /* when it was first seen to have ended */
  if (request->input_size == 0) {
    close_end(&child.input);
  }
  while (child.output >= 0 || child.errors >= 0 || !has_ended(&child)) {
    const double now = clock_wall();
    gone = gone == 0 && has_ended(&child) ? now : gone;
    result->timed_out = now >= deadline && gone == 0;
    if (task_cancelled(task) || result->timed_out || (gone > 0 && now > gone + pipe_patience)) {
      break;
    }
    exchange(request, &child, &sent, result);
  }
  stop(&child);
  result->input_refused = result->input_refused || sent < request->input_size;
  close_end(&child.input);
  close_end(&child.output);
  close_end(&child.errors);
  result->signal = WIFSIGNALED(child.status) ? WTERMSIG(child.status) : 0;
  result->code = WIFEXITED(child.status) ? WEXITSTATUS(child.status) : 0;
  if (task_cancelled(task)) {
    return error_cancelled(e);
  }
  status = text_status(&result->out, e);
  return status == STATUS_OK ? text_status(&result->err, e) : status;
}
