/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"

enum { READ_BYTES = 1 << 20, WRITE_BYTES = 1 << 18, LINKS_MOST = 40, TEMPORARY_BYTES = 64 };

struct FileWriter {
  int fd;
  bool direct;        /* a pipe or device: no temporary file */
  char *path, *temporary;
  size_t used;
  char buffer[WRITE_BYTES];
};

static Status refused(Error *e, const char *what, const char *path)
{
  char reason[128];
  const int code = errno;
  error_set(e, STATUS_FILE, code == ENOENT ? "no-such-file" : "file-error", _("cannot %1$s '%2$s': %3$s"), what, path,
            _(strerror_r(code, reason, sizeof reason)));
  if (code == ENOENT) {
    error_hint(e, _("check the path; relative paths start at the working directory"));
  }
  return STATUS_FILE;
}

static Status too_large(const char *path, size_t most, Error *e)
{
  return error_set(e, STATUS_LIMIT, "file-too-large", _("'%1$s' has more than %2$zu bytes"), path, most);
}

static FileGuard guard;

void file_set_guard(FileGuard function)
{
  guard = function;
}

Status file_allowed(const char *path, bool writes, Error *e)
{
  return guard ? guard(path, writes, e) : STATUS_OK;
}

/* What was read of standard input ahead. */
static struct {
  char bytes[FILE_PEEK_MOST];
  size_t n;
} ahead;

Status file_peek(char *bytes, size_t *n, Error *e)
{
  while (ahead.n == 0 && !isatty(STDIN_FILENO)) {
    const ssize_t got = read(STDIN_FILENO, ahead.bytes, sizeof ahead.bytes);
    if (got < 0 && errno != EINTR) {
      return refused(e, _("read"), "-");
    }
    if (got == 0) {
      break;
    }
    ahead.n = got > 0 ? (size_t)got : 0;
  }
  memcpy(bytes, ahead.bytes, ahead.n);
  *n = ahead.n;
  return STATUS_OK;
}

/* Takes what was read ahead into a buffer that has room for it. */
static size_t take_ahead(int fd, char *data)
{
  const size_t n = fd == STDIN_FILENO ? ahead.n : 0;
  memcpy(data, ahead.bytes, n);
  ahead.n -= n;
  return n;
}

static Status read_all(int fd, const char *path, size_t most, size_t guess, char **bytes, size_t *size, Error *e)
{
  size_t capacity = guess + 1, used = 0;
  char *data = mem_alloc(capacity, 1);
  if (!data) {
    return error_memory(e, capacity, path);
  }
  Status status = STATUS_OK;
  used = take_ahead(fd, data);
  for (;;) {
    if (capacity - used < 2) {
      capacity = capacity * 2 + READ_BYTES;
      char *grown = mem_resize(data, capacity, 1);
      if (!grown) {
        status = error_memory(e, capacity, path);
        break;
      }
      data = grown;
    }
    const size_t room = capacity - used - 1;
    const ssize_t got = read(fd, data + used, room < READ_BYTES ? room : READ_BYTES);
    if (got == 0) {
      break;
    }
    if (got < 0 && errno != EINTR) {
      status = refused(e, _("read"), path);
      break;
    }
    used += got > 0 ? (size_t)got : 0;
    if (most && used > most) {
      status = too_large(path, most, e);
      break;
    }
  }
  if (status != STATUS_OK) {
    mem_free(data);
    return status;
  }
  data[used] = '\0';
  *bytes = data;
  *size = used;
  return STATUS_OK;
}

Status file_read(const char *path, size_t most, char **bytes, size_t *size, Error *e)
{
  *bytes = NULL;
  *size = 0;
  if (strcmp(path, "-") == 0) {
    return read_all(STDIN_FILENO, path, most, READ_BYTES, bytes, size, e);
  }
  if (file_allowed(path, false, e) != STATUS_OK) {
    return e->status;
  }
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return refused(e, _("open"), path);
  }
  struct stat info;
  Status status;
  if (fstat(fd, &info) != 0) {
    status = refused(e, _("read"), path);
  } else if (S_ISDIR(info.st_mode)) {
    status = error_set(e, STATUS_FILE, "file-error", _("cannot read '%s': it is a folder"), path);
  } else if (most && info.st_size > 0 && (uint64_t)info.st_size > most) {
    status = too_large(path, most, e);
  } else {
    const size_t guess = S_ISREG(info.st_mode) && info.st_size > 0 ? (size_t)info.st_size + 1 : READ_BYTES;
    status = read_all(fd, path, most, guess, bytes, size, e);
  }
  close(fd);
  return status;
}

struct FileReader {
  int fd;
  uint64_t size;
  char *path;
};

void file_close(FileReader *reader)
{
  if (reader) {
    close(reader->fd);
    mem_free(reader->path);
    mem_free(reader);
  }
}

Status file_open(const char *path, FileReader **out, Error *e)
{
  *out = NULL;
  struct stat info;
  if (file_allowed(path, false, e) != STATUS_OK) {
    return e->status;
  }
  if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
    return STATUS_OK; /* opening a pipe twice would lose what is in it */
  }
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return refused(e, _("open"), path);
  }
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0) {
    close(fd);
    return STATUS_OK;
  }
  FileReader *reader = mem_alloc(1, sizeof *reader);
  char *copy = mem_string(path);
  if (!reader || !copy) {
    close(fd);
    mem_free(reader);
    mem_free(copy);
    return error_memory(e, sizeof *reader, path);
  }
  reader->fd = fd;
  reader->size = (uint64_t)info.st_size;
  reader->path = copy;
  *out = reader;
  return STATUS_OK; /* cppcheck-suppress resourceLeak ; the reader has it */
}

uint64_t file_size(const FileReader *reader)
{
  return reader->size;
}

Status file_read_at(const FileReader *reader, uint64_t offset, void *bytes, size_t n, Error *e)
{
  for (size_t used = 0; used < n;) {
    const ssize_t got = pread(reader->fd, (char *)bytes + used, n - used, (off_t)(offset + used));
    if (got < 0 && errno != EINTR) {
      return refused(e, _("read"), reader->path);
    }
    if (got == 0) {
      return error_set(e, STATUS_FILE, "file-changed", _("'%s' became shorter while it was read"),
                       reader->path);
    }
    used += got > 0 ? (size_t)got : 0;
  }
  return STATUS_OK;
}

/* A target that exists and is no plain file is written directly. */
static bool is_direct(const char *path)
{
  struct stat info;
  return stat(path, &info) == 0 && !S_ISREG(info.st_mode);
}

static void writer_free(FileWriter *writer)
{
  mem_free(writer->path);
  mem_free(writer->temporary);
  mem_free(writer);
}

/* Where a write to path ends: links are followed, also those that point to nothing yet, so that a link stays a link.
 * False with errno set when there is no such place. */
static bool follow(const char *path, char out[PATH_MAX])
{
  char at[PATH_MAX], link[PATH_MAX];
  if (strlen(path) >= sizeof at) {
    errno = ENAMETOOLONG;
    return false;
  }
  strcpy(at, path);
  for (int hops = 0; hops < LINKS_MOST; hops++) {
    if (realpath(at, out)) {
      return true;
    }
    const ssize_t length = readlink(at, link, sizeof link - 1);
    if (length <= 0) { /* no link: the name of a file to be made, or an error that opening it will find */
      strcpy(out, at);
      return true;
    }
    link[length] = '\0';
    const char *slash = strrchr(at, '/');
    const size_t folder = slash && link[0] != '/' ? (size_t)(slash - at) + 1 : 0;
    if (folder + (size_t)length >= sizeof at) {
      errno = ENAMETOOLONG;
      return false;
    }
    strcpy(at + folder, link);
  }
  errno = ELOOP;
  return false;
}

/* A new file beside the target, with its permissions or those the umask leaves. Never readable to more people than the
 * target is, not even at first. */
static int open_temporary(FileWriter *writer, size_t room)
{
  static atomic_uint made;
  const char *slash = strrchr(writer->path, '/');
  const int folder = slash ? (int)(slash - writer->path) + 1 : 0;
  struct stat info;
  const bool exists = stat(writer->path, &info) == 0;
  const mode_t mode = exists ? info.st_mode & 07777 : 0666;
  int fd;
  do {
    snprintf(writer->temporary, room, "%.*s.assay-%ld-%u", folder, writer->path, (long)getpid(), atomic_fetch_add(&made, 1));
    fd = open(writer->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0777);
  } while (fd < 0 && errno == EEXIST);
  if (fd >= 0 && exists && fchmod(fd, mode) != 0) {
    close(fd);
    unlink(writer->temporary);
    return -1;
  }
  return fd;
}

Status file_create(const char *path, FileWriter **out, Error *e)
{
  char target[PATH_MAX];
  *out = NULL;
  if (file_allowed(path, true, e) != STATUS_OK) {
    return e->status;
  }
  if (!follow(path, target)) {
    return refused(e, _("write"), path);
  }
  FileWriter *writer = mem_zero(1, sizeof *writer);
  if (!writer) {
    return error_memory(e, sizeof *writer, path);
  }
  const size_t room = strlen(target) + TEMPORARY_BYTES;
  writer->path = mem_string(target);
  writer->temporary = mem_zero(room, 1);
  if (!writer->path || !writer->temporary) {
    writer_free(writer);
    return error_memory(e, room, path);
  }
  writer->direct = is_direct(path);
  writer->fd = writer->direct ? open(path, O_WRONLY | O_CLOEXEC) : open_temporary(writer, room);
  if (writer->fd < 0) {
    const Status status = refused(e, _("write"), path);
    writer_free(writer);
    return status;
  }
  *out = writer;
  return STATUS_OK;
}

static Status flush(FileWriter *writer, Error *e)
{
  size_t from = 0;
  while (from < writer->used) {
    const ssize_t put = write(writer->fd, writer->buffer + from, writer->used - from);
    if (put < 0 && errno != EINTR) {
      return refused(e, _("write"), writer->path);
    }
    from += put > 0 ? (size_t)put : 0;
  }
  writer->used = 0;
  return STATUS_OK;
}

Status file_write(FileWriter *writer, const void *bytes, size_t n, Error *e)
{
  const char *from = bytes;
  while (n > 0) {
    const size_t room = WRITE_BYTES - writer->used;
    const size_t take = n < room ? n : room;
    memcpy(writer->buffer + writer->used, from, take);
    writer->used += take;
    from += take;
    n -= take;
    if (writer->used == WRITE_BYTES) {
      const Status status = flush(writer, e);
      if (status != STATUS_OK) {
        return status;
      }
    }
  }
  return STATUS_OK;
}

/* The rename itself must reach the disk. */
static void sync_folder(const char *path)
{
  const char *slash = strrchr(path, '/');
  char *folder = slash ? mem_text(path, slash == path ? 1 : (size_t)(slash - path)) : mem_string(".");
  const int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  if (fd >= 0) {
    (void)fsync(fd);
    close(fd);
  }
  mem_free(folder);
}

Status file_commit(FileWriter *writer, Error *e)
{
  Status status = flush(writer, e);
  if (status == STATUS_OK && !writer->direct && fsync(writer->fd) != 0) {
    status = refused(e, _("write"), writer->path);
  }
  if (close(writer->fd) != 0 && status == STATUS_OK) {
    status = refused(e, _("write"), writer->path);
  }
  writer->fd = -1;
  if (status == STATUS_OK && !writer->direct) {
    if (rename(writer->temporary, writer->path) != 0) {
      status = refused(e, _("write"), writer->path);
    } else {
      sync_folder(writer->path);
    }
  }
  if (status != STATUS_OK && !writer->direct) {
    unlink(writer->temporary);
  }
  writer_free(writer);
  return status;
}

void file_discard(FileWriter *writer)
{
  if (writer) {
    close(writer->fd);
    if (!writer->direct) {
      unlink(writer->temporary);
    }
    writer_free(writer);
  }
}

bool file_exists(const char *path)
{
  struct stat info;
  return stat(path, &info) == 0 && !S_ISDIR(info.st_mode) && access(path, R_OK) == 0;
}

static const char *home = ".";

void file_set_home(const char *folder)
{
  home = folder;
}

const char *file_home(void)
{
  return home;
}

const char *file_resolve(const char *path, char *buffer, size_t size)
{
  const bool leads_away = strstr(path, "/..") != NULL; /* where no data are shipped */
  if (strncmp(path, "datasets/", 9) == 0 && !leads_away && access(path, F_OK) != 0) {
    const int length = snprintf(buffer, size, "%s/%s", home, path);
    if (length > 0 && (size_t)length < size && access(buffer, F_OK) == 0) {
      return buffer;
    }
  }
  return path;
}
