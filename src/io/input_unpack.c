/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One loop feeds a decoder until the packed bytes are used up; the two formats differ in how a step is made and in what
 * begins another member. A bomb is stopped by the ratio once it has grown large, and by the memory limit before. */
#include "io/input_unpack.h"

#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "core/alloc.h"

enum { STEP_BYTES = 1 << 20, FREE_BYTES = 1 << 28 /* below, any ratio will do */ };

typedef struct Unpack {
  const char *name;
  const char *packed;
  size_t n, used; /* packed bytes, and how many are read */
  char *bytes;
  size_t size, room, most;
  bool ended; /* the last step ended a member */
  bool damaged;
  z_stream inflate;
  ZSTD_DStream *zstd;
} Unpack;

Packing input_packing(const char *head, size_t n)
{
  if (n >= 3 && memcmp(head, "\x1F\x8B\x08", 3) == 0) {
    return PACKING_GZIP;
  }
  return n >= 4 && memcmp(head, "\x28\xB5\x2F\xFD", 4) == 0 ? PACKING_ZSTD : PACKING_NONE;
}

bool input_is_packed(const char *head, size_t n)
{
  return input_packing(head, n) != PACKING_NONE;
}

static void *zlib_alloc(void *context, unsigned n, unsigned size)
{
  (void)context;
  return mem_zero(n, size);
}

static void zlib_free(void *context, void *p)
{
  (void)context;
  mem_free(p);
}

/* Each step reads some packed bytes and makes at most `room` bytes. */
static size_t step_gzip(Unpack *unpack, char *out, size_t room)
{
  z_stream *stream = &unpack->inflate;
  const size_t left = unpack->n - unpack->used;
  const unsigned given = left < STEP_BYTES ? (unsigned)left : STEP_BYTES;
  stream->next_in = (Bytef *)(unpack->packed + unpack->used);
  stream->avail_in = given;
  stream->next_out = (Bytef *)out;
  stream->avail_out = (unsigned)room;
  const int code = inflate(stream, Z_NO_FLUSH);
  unpack->used += given - stream->avail_in;
  unpack->ended = code == Z_STREAM_END;
  unpack->damaged = code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR;
  if (unpack->ended) {
    (void)inflateReset(stream);
  }
  return room - stream->avail_out;
}

static size_t step_zstd(Unpack *unpack, char *out, size_t room)
{
  const size_t left = unpack->n - unpack->used;
  ZSTD_inBuffer in = {unpack->packed + unpack->used, left < STEP_BYTES ? left : STEP_BYTES, 0};
  ZSTD_outBuffer made = {out, room, 0};
  const size_t code = ZSTD_decompressStream(unpack->zstd, &made, &in);
  unpack->used += in.pos;
  unpack->damaged = ZSTD_isError(code);
  unpack->ended = code == 0;
  return made.pos;
}

static Status no_room(const Unpack *unpack, Error *e)
{
  return error_memory(e, unpack->size, unpack->name);
}

static Status begin(Unpack *unpack, Packing packing, Error *e)
{
  if (packing == PACKING_ZSTD) {
    unpack->zstd = ZSTD_createDStream();
    return unpack->zstd ? STATUS_OK : no_room(unpack, e);
  }
  unpack->inflate.zalloc = zlib_alloc;
  unpack->inflate.zfree = zlib_free;
  return inflateInit2(&unpack->inflate, 15 + 16) == Z_OK ? STATUS_OK : no_room(unpack, e);
}

static void end(Unpack *unpack, Packing packing)
{
  if (packing == PACKING_ZSTD) {
    (void)ZSTD_freeDStream(unpack->zstd);
  } else {
    (void)inflateEnd(&unpack->inflate);
  }
}

/* Room for a step and a NUL. */
static Status grow(Unpack *unpack, const Task *task, Error *e)
{
  if (unpack->room - unpack->size > STEP_BYTES) {
    return STATUS_OK;
  }
  const size_t room = unpack->room + unpack->room / 2 + 2 * STEP_BYTES;
  Status status = task_reserve(task, room - unpack->room, unpack->name, e);
  if (status == STATUS_OK) {
    char *bytes = mem_resize(unpack->bytes, room, 1);
    if (!bytes) {
      return no_room(unpack, e);
    }
    unpack->bytes = bytes;
    unpack->room = room;
  }
  return status;
}

static Status damaged(const Unpack *unpack, const char *what, Error *e)
{
  error_set(e, STATUS_FORMAT, "file-packed", _("'%1$s' is %2$s at byte %3$zu, after %4$zu bytes of text"),
            unpack->name, what, unpack->used, unpack->size);
  return error_hint(e, _("fetch or pack the file again; nothing was read"));
}

static Status check_bomb(const Unpack *unpack, Error *e)
{
  if (unpack->size < FREE_BYTES || unpack->size / INPUT_RATIO_MOST < unpack->used) {
    return STATUS_OK;
  }
  error_set(e, STATUS_LIMIT, "file-packed-limit", _("'%1$s' unpacks to more than %2$d times its size"), unpack->name,
            INPUT_RATIO_MOST);
  return error_hint(e, _("if this is meant, unpack it with gzip -d or zstd -d first"));
}

/* What follows a member: another one, padding, or bytes that do not belong. */
static bool another(Unpack *unpack, Packing packing, Text *report)
{
  while (unpack->used < unpack->n && unpack->packed[unpack->used] == '\0') {
    unpack->used++;
  }
  const size_t left = unpack->n - unpack->used;
  const char *rest = unpack->packed + unpack->used;
  const bool skippable = left >= 4 && (rest[0] & 0xF0) == 0x50 && memcmp(rest + 1, "\x2A\x4D\x18", 3) == 0;
  if (left > 0 && input_packing(rest, left) != packing && !(packing == PACKING_ZSTD && skippable)) {
    text_printf(report, _("%1$s: %2$zu bytes behind the packed data were passed over\n"), unpack->name, left);
    return false;
  }
  return left > 0;
}

static Status run(Unpack *unpack, Packing packing, Task *task, Text *report, Error *e)
{
  for (;;) {
    Status status = task_cancelled(task) ? error_cancelled(e) : grow(unpack, task, e);
    if (status != STATUS_OK) {
      return status;
    }
    const size_t before = unpack->used;
    char *out = unpack->bytes + unpack->size;
    const size_t made =
        packing == PACKING_ZSTD ? step_zstd(unpack, out, STEP_BYTES) : step_gzip(unpack, out, STEP_BYTES);
    unpack->size += made;
    if (unpack->most > 0 && (unpack->size >= unpack->most || unpack->damaged)) {
      return STATUS_OK;
    }
    if (unpack->damaged) {
      return damaged(unpack, _("damaged"), e);
    }
    if ((status = check_bomb(unpack, e)) != STATUS_OK) {
      return status;
    }
    if (unpack->ended && !another(unpack, packing, report)) {
      return STATUS_OK;
    }
    if (!unpack->ended && made == 0 && unpack->used == before) {
      return unpack->most > 0 ? STATUS_OK : damaged(unpack, _("cut off"), e);
    }
  }
}

Status input_unpack(const char *name, Packing packing, const char *packed, size_t n, size_t most, Task *task,
                    char **bytes, size_t *size, Text *report, Error *e)
{
  Unpack unpack = {.name = name, .packed = packed, .n = n, .most = most};
  *bytes = NULL;
  *size = 0;
  Status status = begin(&unpack, packing, e);
  if (status == STATUS_OK) {
    status = run(&unpack, packing, task, report, e);
    end(&unpack, packing);
  }
  if (status != STATUS_OK) {
    mem_free(unpack.bytes);
    return status;
  }
  unpack.bytes[unpack.size] = '\0';
  *bytes = unpack.bytes;
  *size = unpack.size;
  return STATUS_OK;
}
