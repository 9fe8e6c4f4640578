/* SPDX-License-Identifier: GPL-3.0-or-later */
/* minizip, reading through our own files: by pread, with errors that name the reason. */
#include "package.h"

#include <string.h>
#include <unzip.h>

#include "core/alloc.h"
#include "core/file.h"

enum { WINDOW = 1 << 16, PIECE = 1 << 16, RATIO_MOST = 400, HEAD = 4096 };
static const uint64_t unpacked_always = UINT64_C(64) << 20;

/* What minizip reads from. It asks for single bytes, so a window of the file is kept. */
typedef struct Source {
  FileReader *file;   /* or bytes in memory */
  const char *bytes;
  uint64_t size, at, window_at;
  size_t window_size;
  bool failed;
  Error error;
  char window[WINDOW];
} Source;

struct Package {
  Source source;
  unzFile zip;
  char *path;
  Task *task;
  char piece[PIECE];
};

/* ---- minizip's view of a file */

static voidpf open_source(voidpf opaque, const void *name, int mode)
{
  (void)name;
  (void)mode;
  return opaque;
}

static bool move_window(Source *s)
{
  const uint64_t rest = s->size - s->at;
  s->window_at = s->at;
  s->window_size = rest < WINDOW ? (size_t)rest : WINDOW;
  s->failed = s->failed || file_read_at(s->file, s->at, s->window, s->window_size, &s->error) != STATUS_OK;
  return !s->failed;
}

static uLong read_source(voidpf opaque, voidpf stream, void *to, uLong n)
{
  Source *s = stream;
  uLong done = 0;
  (void)opaque;
  while (done < n && s->at < s->size) {
    const uint64_t rest = s->size - s->at;
    size_t take = n - done < rest ? n - done : (size_t)rest;
    if (s->bytes) {
      memcpy((char *)to + done, s->bytes + s->at, take);
    } else {
      if ((s->at < s->window_at || s->at >= s->window_at + s->window_size) && !move_window(s)) {
        break;
      }
      const size_t from = (size_t)(s->at - s->window_at);
      take = take < s->window_size - from ? take : s->window_size - from;
      memcpy((char *)to + done, s->window + from, take);
    }
    s->at += take;
    done += take;
  }
  return done;
}

static uLong write_source(voidpf opaque, voidpf stream, const void *from, uLong n)
{
  (void)opaque;
  (void)stream;
  (void)from;
  (void)n;
  return 0;
}

static ZPOS64_T tell_source(voidpf opaque, voidpf stream)
{
  (void)opaque;
  return ((Source *)stream)->at;
}

static long seek_source(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
  Source *s = stream;
  const uint64_t base = origin == ZLIB_FILEFUNC_SEEK_SET ? 0 : origin == ZLIB_FILEFUNC_SEEK_CUR ? s->at : s->size;
  (void)opaque;
  if (offset > s->size || base > s->size - offset) {
    return -1;
  }
  s->at = base + offset;
  return 0;
}

static int close_source(voidpf opaque, voidpf stream)
{
  (void)opaque;
  (void)stream;
  return 0;
}

static int failed_source(voidpf opaque, voidpf stream)
{
  (void)opaque;
  return ((Source *)stream)->failed;
}

/* ---- opening */

static const unsigned char compound[] = {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}; /* OLE: xls, or encrypted */

/* Whether the first bytes hold a name in UTF-16, as OLE's folders do. Only the first 64 KB are looked through. */
static bool has_wide(Source *s, const char *name)
{
  char wide[64];
  const size_t n = strlen(name);
  for (size_t i = 0; i < n; i++) {
    wide[2 * i] = name[i];
    wide[2 * i + 1] = '\0';
  }
  const size_t size = s->size < WINDOW ? (size_t)s->size : WINDOW;
  if (s->bytes) {
    return memmem(s->bytes, size, wide, 2 * n) != NULL;
  }
  s->at = 0;
  return move_window(s) && memmem(s->window, s->window_size, wide, 2 * n);
}

static Status not_a_zip(Package *p, Error *e)
{
  char head[sizeof compound] = "";
  p->source.at = 0;
  (void)read_source(NULL, &p->source, head, sizeof head);
  if (p->source.failed) {
    *e = p->source.error;
    return e->status;
  }
  if (memcmp(head, compound, sizeof compound) != 0) {
    const bool cut = memcmp(head, "PK\3\4", 4) == 0;
    error_set(e, STATUS_FORMAT, "not-a-workbook",
              cut ? _("'%s' is a damaged workbook: its end is missing")
                  : _("'%s' is no workbook: it is not a zip file"),
              p->path);
    return error_hint(e, cut ? _("get the file again") : _("a text file is read with format = \"csv\""));
  }
  if (has_wide(&p->source, "EncryptedPackage") || has_wide(&p->source, "EncryptionInfo")) {
    error_set(e, STATUS_FORMAT, "not-a-workbook", _("'%s' is encrypted with a password"), p->path);
    return error_hint(e, _("save it without a password"));
  }
  error_set(e, STATUS_FORMAT, "not-a-workbook", _("'%s' is a workbook of the old kind (xls)"), p->path);
  return error_hint(e, _("save it as xlsx or as CSV"));
}

static Status open_zip(Package *p, Error *e)
{
  zlib_filefunc64_def functions = {.zopen64_file = open_source,
                                   .zread_file = read_source,
                                   .zwrite_file = write_source,
                                   .ztell64_file = tell_source,
                                   .zseek64_file = seek_source,
                                   .zclose_file = close_source,
                                   .zerror_file = failed_source,
                                   .opaque = &p->source};
  p->zip = unzOpen2_64(p->path, &functions);
  return p->zip ? STATUS_OK : not_a_zip(p, e);
}

static Status new_package(const char *path, Task *task, Package **out, Error *e)
{
  *out = mem_zero(1, sizeof **out);
  char *copy = mem_string(path);
  if (!*out || !copy) {
    mem_free(*out);
    mem_free(copy);
    *out = NULL;
    return error_memory(e, sizeof **out, path);
  }
  (*out)->path = copy;
  (*out)->task = task;
  return STATUS_OK;
}

Status package_open(const char *path, Task *task, Package **out, Error *e)
{
  Package *p = NULL;
  Status status;
  *out = NULL;
  TRY(new_package(path, task, &p, e));
  TRY(file_open(path, &p->source.file, e));
  if (!p->source.file) { /* a folder, a pipe, an empty file */
    char *bytes = NULL;
    size_t size;
    TRY(strcmp(path, "-") == 0 ? STATUS_OK : file_read(path, 1, &bytes, &size, e));
    mem_free(bytes);
    TRY(error_set(e, STATUS_FORMAT, "not-a-workbook", _("'%s' is no file that a workbook could be in"), path));
  }
  p->source.size = file_size(p->source.file);
  TRY(open_zip(p, e));
  *out = p;
  p = NULL;
done:
  package_close(p);
  return status;
}

Status package_open_bytes(const char *bytes, size_t size, Task *task, Package **out, Error *e)
{
  Package *p = NULL;
  Status status;
  *out = NULL;
  TRY(new_package("bytes", task, &p, e));
  p->source.bytes = bytes;
  p->source.size = size;
  TRY(open_zip(p, e));
  *out = p;
  p = NULL;
done:
  package_close(p);
  return status;
}

void package_close(Package *package)
{
  if (package) {
    if (package->zip) {
      unzClose(package->zip);
    }
    file_close(package->source.file);
    mem_free(package->path);
    mem_free(package);
  }
}

const char *package_path(const Package *package)
{
  return package->path;
}

Task *package_task(const Package *package)
{
  return package->task;
}

bool package_has(Package *package, const char *part)
{
  return unzLocateFile(package->zip, part, 2) == UNZ_OK; /* names of parts do not depend on case */
}

/* ---- reading */

static Status damaged(Package *p, const char *part, Error *e)
{
  if (p->source.failed) {
    *e = p->source.error;
    return e->status;
  }
  return error_set(e, STATUS_FORMAT, "bad-workbook", _("'%1$s' is damaged: %2$s cannot be unpacked"), p->path, part);
}

static Status open_part(Package *p, const char *part, unz_file_info64 *info, Error *e)
{
  if (!package_has(p, part)) {
    return error_set(e, STATUS_FORMAT, "bad-workbook", _("'%1$s' is damaged: it has no %2$s"), p->path, part);
  }
  if (unzGetCurrentFileInfo64(p->zip, info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK) {
    return damaged(p, part, e);
  }
  if (info->flag & 1) {
    error_set(e, STATUS_FORMAT, "not-a-workbook", _("'%s' is encrypted"), p->path);
    return error_hint(e, _("save it without a password"));
  }
  return unzOpenCurrentFile(p->zip) == UNZ_OK ? STATUS_OK : damaged(p, part, e);
}

static Status too_much(const Package *p, const char *part, uint64_t unpacked, Error *e)
{
  error_set(e, STATUS_LIMIT, "workbook-limit", _("'%1$s': %2$s unpacks to more than %3$llu MB, %4$d times its size"),
            p->path, part, (unsigned long long)(unpacked >> 20), RATIO_MOST);
  return error_hint(e, _("this is no workbook that a person made; save it again from a spreadsheet if it is"));
}

Status package_read(Package *p, const char *part, PackageSink sink, void *context, Error *e)
{
  unz_file_info64 info;
  uint64_t unpacked = 0;
  bool done = false;
  int n = 0;
  Status status = open_part(p, part, &info, e);
  if (status != STATUS_OK) {
    return status;
  }
  const uint64_t packed = info.compressed_size;
  const uint64_t most = packed < unpacked_always / RATIO_MOST ? unpacked_always : packed * RATIO_MOST;
  do {
    n = unzReadCurrentFile(p->zip, p->piece, PIECE);
    unpacked += n > 0 ? (uint64_t)n : 0;
    status = n < 0                    ? damaged(p, part, e)
             : unpacked > most        ? too_much(p, part, unpacked, e)
             : task_cancelled(p->task) ? error_cancelled(e)
                                      : sink(context, p->piece, (size_t)n, &done, e);
  } while (status == STATUS_OK && n > 0 && !done);
  const int closed = unzCloseCurrentFile(p->zip);
  return status == STATUS_OK && !done && closed != UNZ_OK ? damaged(p, part, e) : status;
}
