/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/file.h"
#include "registry/model.h"

static const char head[] = "-- A journal of assay";

/* ---- Opening */

static Status refuse(JournalFile *file, Error *e)
{
  const char *reason = _(strerror(errno));
  error_set(e, STATUS_FILE, "no-journal", _("no journal is kept: %1$s: %2$s"), text_data(&file->path), reason);
  return error_hint(e, _("the session goes on; .journal on tries again, --no-journal does without"));
}

/* Makes the folders that hold the file. */
static void make_folders(char *path)
{
  for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    mkdir(path, 0700); /* what fails here shows when the file is opened */
    *slash = '/';
  }
}

/* A file that the user named and that is something else must not be lost. */
static Status check_is_journal(JournalFile *file, int fd, Error *e)
{
  char bytes[sizeof head] = "";
  const ssize_t n = pread(fd, bytes, sizeof head - 1, 0);
  if (n == 0 || (n == sizeof head - 1 && memcmp(bytes, head, sizeof head - 1) == 0)) {
    return STATUS_OK;
  }
  error_set(e, STATUS_STATE, "not-a-journal", _("%s is there already and is no journal"), text_data(&file->path));
  return error_hint(e, _("a journal replaces only an older journal: name another file"));
}

static Status open_regular(JournalFile *file, int fd, Error *e)
{
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    error_set(e, STATUS_STATE, "journal-in-use", _("another session writes its journal to %s"), text_data(&file->path));
    return error_hint(e, _("name another file"));
  }
  Status status = file->chosen ? check_is_journal(file, fd, e) : STATUS_OK;
  if (status == STATUS_OK && (ftruncate(fd, 0) != 0 || fchmod(fd, 0600) != 0)) {
    status = refuse(file, e);
  }
  return status;
}

static Status open_file(JournalFile *file, Error *e)
{
  struct stat info;
  if (!file->chosen) {
    make_folders(file->path.data);
  }
  const int access = file->chosen ? O_RDWR | O_CREAT : O_RDWR | O_CREAT | O_EXCL;
  int fd = open(file->path.data, access | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
  if (fd < 0 && file->chosen) { /* a pipe's end or a device that can only be written to */
    fd = open(file->path.data, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
  }
  if (fd < 0 || fstat(fd, &info) != 0) {
    const Status status = refuse(file, e);
    if (fd >= 0) {
      close(fd);
    }
    return status;
  }
  file->regular = S_ISREG(info.st_mode);
  const Status status = file->regular ? open_regular(file, fd, e) : STATUS_OK;
  if (status != STATUS_OK) {
    close(fd);
    return status;
  }
  file->fd = fd + 1;
  return STATUS_OK;
}

/* Relative names are of the folder that the session began in. */
Status journal_file_name(JournalFile *file, const char *path, bool chosen, Error *e)
{
  char here[PATH_MAX];
  *file = (JournalFile){.chosen = chosen};
  error_clear(&file->trouble);
  if (!path) {
    return STATUS_OK;
  }
  if (*path != '/' && getcwd(here, sizeof here)) {
    text_printf(&file->path, "%s/", here);
  }
  text_puts(&file->path, path);
  file->on = true;
  const Status status = text_status(&file->path, e);
  return status == STATUS_OK && chosen ? open_file(file, e) : status;
}

/* ---- Writing */

static Status write_all(JournalFile *file, const char *bytes, size_t n, Error *e)
{
  while (n > 0) {
    const ssize_t written = write(file->fd - 1, bytes, n);
    if (written < 0 && errno != EINTR) {
      return refuse(file, e);
    }
    bytes += written > 0 ? written : 0;
    n -= written > 0 ? (size_t)written : 0;
  }
  return STATUS_OK;
}

static Status write_record(JournalFile *file, const char *bytes, size_t n, Error *e)
{
  Status status = file->fd ? STATUS_OK : open_file(file, e);
  if (status == STATUS_OK) {
    status = write_all(file, bytes, n, e);
  }
  if (status == STATUS_OK) {
    file->good += n;
  } else if (file->fd && file->regular && ftruncate(file->fd - 1, (off_t)file->good) != 0) {
    file->good = 0; /* a line cut short stays; steps_read knows it for one */
  }
  return status;
}

void journal_file_append(JournalFile *file, const char *bytes, size_t n)
{
  if (file->on && n > 0 && write_record(file, bytes, n, &file->trouble) != STATUS_OK) {
    file->on = false;
    file->failed = true;
    file->told = false;
    file->written = file->passed;
  }
  file->passed += n;
}

/* The new text is longer than the old: no moment at which a line is missing, should the program die. */
void journal_file_rewrite(JournalFile *file, size_t from, size_t size, const Text *tail)
{
  const bool whole = file->fd && file->regular && file->on && file->good == size && file->passed == size;
  const int fd = file->fd - 1;
  file->passed = from + tail->size;
  if (!whole || from + tail->size < size) {
    return;
  }
  const int flags = fcntl(fd, F_GETFL);
  (void)fcntl(fd, F_SETFL, flags & ~O_APPEND); /* which would write at the end */
  if (pwrite(fd, text_data(tail), tail->size, (off_t)from) == (ssize_t)tail->size) {
    file->good = from + tail->size;
  } else {
    file->passed = 0; /* not the record any more: it is only appended to */
  }
  (void)fcntl(fd, F_SETFL, flags);
}

void journal_file_running(JournalFile *file, const char *text)
{
  if (!file->on || file->chosen) {
    return;
  }
  if (!file->running && *text && file->fd) {
    Text path = {0};
    text_printf(&path, "%s.running", text_data(&file->path));
    file->running = path.failed ? 0 : open(path.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) + 1;
    text_free(&path);
  }
  if (file->running) { /* only of use after a crash: what fails here is lost */
    const size_t n = strlen(text);
    const bool whole = n == 0 || pwrite(file->running - 1, text, n, 0) == (ssize_t)n;
    (void)!ftruncate(file->running - 1, whole ? (off_t)n : 0);
  }
}

bool journal_file_trouble(JournalFile *file, Error *e)
{
  const bool there = file->trouble.status != STATUS_OK && !file->told;
  if (there) {
    *e = file->trouble;
    file->told = true;
  }
  return there;
}

Status journal_file_switch(JournalFile *file, bool on, const char *record, size_t size, Error *e)
{
  static const char off[] = "--@ off\n", again[] = "--@ on\n";
  if (file->path.size == 0) {
    error_set(e, STATUS_STATE, "no-journal", _("this session has no journal"));
    return error_hint(e, _("it was begun with --no-journal, or there is no place for one"));
  }
  if (on == file->on) {
    return STATUS_OK;
  }
  Status status = STATUS_OK;
  if (!on) {
    if (file->fd) {
      (void)!write_record(file, off, sizeof off - 1, NULL);
    }
  } else if (file->failed) {
    status = write_record(file, record + file->written, size - file->written, e);
  } else if (file->fd) {
    status = write_record(file, again, sizeof again - 1, e);
  }
  if (status == STATUS_OK) {
    file->on = on;
    file->failed = false;
    error_clear(&file->trouble);
  }
  return status;
}

bool journal_file_is_on(const JournalFile *file)
{
  return file->on;
}

void journal_file_close(JournalFile *file)
{
  if (file->running) {
    Text path = {0};
    close(file->running - 1);
    text_printf(&path, "%s.running", text_data(&file->path));
    if (!path.failed) {
      unlink(path.data);
    }
    text_free(&path);
  }
  if (file->fd) {
    close(file->fd - 1);
  }
  text_free(&file->path);
  *file = (JournalFile){0};
}

/* ---- Files as facts */

/* Pieces of a file are hashed one by one and their digests together, so that a file is never in memory as a whole. */
static Status digest_file(FileReader *reader, Digest *out)
{
  enum { PIECE = 1 << 20 };
  const uint64_t size = file_size(reader);
  char *bytes = mem_alloc(1, PIECE);
  Digest state = {0, size};
  Status status = bytes ? STATUS_OK : STATUS_MEMORY;
  for (uint64_t at = 0; at < size && status == STATUS_OK; at += PIECE) {
    const size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;
    status = file_read_at(reader, at, bytes, n, NULL);
    const Digest parts[] = {state, status == STATUS_OK ? digest_bytes(bytes, n) : state};
    state = digest_join(parts, 2);
  }
  mem_free(bytes);
  *out = state;
  return status;
}

static const char *resolved(const char *path, char buffer[PATH_MAX])
{
  return file_resolve(path, buffer, PATH_MAX);
}

size_t journal_file_size(const char *path)
{
  char buffer[PATH_MAX];
  struct stat info;
  const bool regular = stat(resolved(path, buffer), &info) == 0 && S_ISREG(info.st_mode);
  return regular ? (size_t)info.st_size : 0;
}

Status journal_file_fact(FactKind kind, const char *path, Fact *out)
{
  char buffer[PATH_MAX];
  struct stat info;
  FileReader *reader = NULL;
  *out = (Fact){.kind = kind, .name = path, .what = "", .class = "", .value = "", .seed = -1};
  if (stat(resolved(path, buffer), &info) != 0 || !S_ISREG(info.st_mode)) {
    return STATUS_OK;
  }
  if (file_open(resolved(path, buffer), &reader, NULL) == STATUS_OK && reader) {
    out->bytes = file_size(reader);
    out->digested = digest_file(reader, &out->digest) == STATUS_OK;
    file_close(reader);
  }
  return STATUS_OK;
}

size_t journal_model_bytes(const Model *model)
{
  return model_bytes(model);
}
