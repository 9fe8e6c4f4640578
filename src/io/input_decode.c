/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From any encoding to UTF-8. What a byte order mark or the user's option says is held to; a guess that iconv does not
 * bear out gives way to Windows-1252, in which every byte is a character. */
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "io/input_encoding.h"
#include "io/input_text.h"

enum { BLOCK_BYTES = 1 << 20, EXAMPLE_BYTES = 8 };

typedef struct Decode {
  const char *name; /* of the file */
  const char *bytes;
  size_t n;
  Task *task;
  bool replace; /* what is not valid becomes U+FFFD, and is counted */
  size_t bad, first_bad;
  char *out;
  size_t size, room;
} Decode;

/* A grown buffer with room for `more` bytes and a NUL. */
static Status make_room(Decode *decode, size_t more, Error *e)
{
  if (decode->room - decode->size > more) {
    return STATUS_OK;
  }
  const size_t room = decode->size + more + decode->size / 2 + 1;
  Status status = task_reserve(decode->task, room - decode->room, decode->name, e);
  if (status == STATUS_OK) {
    char *grown = mem_resize(decode->out, room, 1);
    if (!grown) {
      return error_memory(e, room, decode->name);
    }
    decode->out = grown;
    decode->room = room;
  }
  return status;
}

static void add_code(Decode *decode, uint32_t code)
{
  char *p = decode->out + decode->size;
  if (code < 0x80) {
    p[0] = (char)code;
    decode->size += 1;
  } else if (code < 0x800) {
    p[0] = (char)(0xC0 | code >> 6);
    p[1] = (char)(0x80 | (code & 0x3F));
    decode->size += 2;
  } else {
    p[0] = (char)(0xE0 | code >> 12);
    p[1] = (char)(0x80 | (code >> 6 & 0x3F));
    p[2] = (char)(0x80 | (code & 0x3F));
    decode->size += 3;
  }
}

static void note_bad(Decode *decode, size_t at)
{
  decode->first_bad = decode->bad == 0 ? at : decode->first_bad;
  decode->bad++;
}

static Status not_in_encoding(const Decode *decode, const char *encoding, size_t at, Error *e)
{
  char shown[EXAMPLE_BYTES * 3 + 1] = "";
  for (size_t i = 0; i < EXAMPLE_BYTES && at + i < decode->n; i++) {
    snprintf(shown + i * 3, 4, "%02X ", (unsigned char)decode->bytes[at + i]);
  }
  error_set(e, STATUS_FORMAT, "file-encoding", _("'%1$s' is not %2$s: the bytes at offset %3$zu are %4$s"),
            decode->name, encoding, at, shown);
  return error_hint(e, _("leave out the option 'encoding' to have it found out, or give another one"));
}

/* One call of iconv; at what is not valid, or is cut off at the end, an error or a mark in its place. */
static Status convert_some(Decode *decode, iconv_t converter, const char *encoding, size_t unit, size_t *at, Error *e)
{
  const size_t left = decode->n - *at, given = left < BLOCK_BYTES ? left : BLOCK_BYTES;
  Status status = make_room(decode, given * 3 / 2 + 64, e);
  if (status != STATUS_OK) {
    return status;
  }
  char *in = (char *)decode->bytes + *at, *out = decode->out + decode->size;
  size_t in_left = given, out_left = decode->room - decode->size - 1;
  const size_t code = iconv(converter, &in, &in_left, &out, &out_left);
  const int reason = code == (size_t)-1 ? errno : 0;
  *at += given - in_left;
  decode->size = (size_t)(out - decode->out);
  const bool cut = reason == EINVAL && given < left; /* by the end of the block */
  if (reason == 0 || reason == E2BIG || cut) {
    return STATUS_OK;
  }
  if (!decode->replace) {
    return not_in_encoding(decode, encoding, *at, e);
  }
  note_bad(decode, *at);
  if ((status = make_room(decode, 4, e)) == STATUS_OK) {
    add_code(decode, 0xFFFD);
    *at += unit < decode->n - *at ? unit : decode->n - *at;
  }
  return status;
}

static Status by_iconv(Decode *decode, const char *encoding, size_t unit, Error *e)
{
  iconv_t converter = iconv_open("UTF-8", encoding);
  if (converter == (iconv_t)-1) { /* cppcheck-suppress intToPointerCast */
    error_set(e, STATUS_ARGUMENT, "unknown-encoding", _("there is no encoding '%s'"), encoding);
    return error_hint(
        e, _("names are those of iconv: UTF-8, UTF-16LE, GB18030, BIG5, SHIFT_JIS, EUC-KR, CP1252, LATIN1, "
             "CP1251, KOI8-R; 'iconv -l' lists all"));
  }
  Status status = STATUS_OK;
  for (size_t at = 0; at < decode->n && status == STATUS_OK;) {
    status =
        task_cancelled(decode->task) ? error_cancelled(e) : convert_some(decode, converter, encoding, unit, &at, e);
  }
  if (status == STATUS_OK && (status = make_room(decode, 64, e)) == STATUS_OK) {
    char *out = decode->out + decode->size;
    size_t room = 63;
    (void)iconv(converter, NULL, NULL, &out, &room); /* what a converter with states still holds */
    decode->size = (size_t)(out - decode->out);
  }
  (void)iconv_close(converter);
  return status;
}

/* Windows-1252; with `mixed` only the bytes that are not UTF-8. */
static Status by_bytes(Decode *decode, bool mixed, Error *e)
{
  Status status = STATUS_OK;
  for (size_t i = 0; i < decode->n;) {
    if (i % BLOCK_BYTES == 0 && task_cancelled(decode->task)) {
      return error_cancelled(e);
    }
    if ((status = make_room(decode, 8, e)) != STATUS_OK) {
      return status;
    }
    uint32_t code;
    const unsigned char byte = (unsigned char)decode->bytes[i];
    const size_t length = byte < 0x80 ? 1 : mixed ? utf8_decode(decode->bytes + i, decode->n - i, &code) : 0;
    if (length > 0) {
      memcpy(decode->out + decode->size, decode->bytes + i, length);
      decode->size += length;
      i += length;
    } else {
      note_bad(decode, i);
      add_code(decode, encoding_1252(byte));
      i++;
    }
  }
  return status;
}

static void restart(Decode *decode, Error *e)
{
  decode->size = decode->bad = decode->first_bad = 0;
  error_clear(e);
}

static void report_guess(const Decode *decode, Encoding encoding, Text *report)
{
  if (encoding == ENCODING_UTF8_MOSTLY) {
    text_printf(
        report,
        _("%1$s: UTF-8 but for %2$zu bytes, the first at offset %3$zu, read as Windows-1252; to decide otherwise: "
          "encoding = \"CP1252\"\n"),
        decode->name, decode->bad, decode->first_bad);
    return;
  }
  text_printf(report,
              _("%1$s: not UTF-8 (first at offset %2$zu); read as %3$s, a guess by its bytes; to decide otherwise: "
                "encoding = \"...\"\n"),
              decode->name, decode->first_bad,
              encoding == ENCODING_1252 ? _("Windows-1252 (Latin-1)") : encoding_name(encoding));
}

/* No mark, no option, and not UTF-8. */
static Status decode_guess(Decode *decode, size_t at, bool marked, Text *report, Error *e)
{
  Error reason;
  error_clear(&reason);
  Encoding encoding = marked ? ENCODING_UTF8_MOSTLY : encoding_guess(decode->bytes, decode->n, at);
  Status status;
  if (encoding != ENCODING_1252 && encoding != ENCODING_UTF8_MOSTLY) {
    status = by_iconv(decode, encoding_name(encoding), 1, &reason);
    if (status != STATUS_FORMAT && status != STATUS_ARGUMENT) {
      decode->first_bad = at;
      report_guess(decode, encoding, report);
      if (status != STATUS_OK && e) {
        *e = reason;
      }
      return status;
    }
    restart(decode, &reason);
    encoding = ENCODING_1252;
  }
  status = by_bytes(decode, encoding == ENCODING_UTF8_MOSTLY, e);
  report_guess(decode, encoding, report);
  return status;
}

/* UTF-16, UTF-32 or GB18030, told by a mark or by zero bytes. */
static Status decode_wide(Decode *decode, Encoding encoding, bool marked, Text *report, Error *e)
{
  const size_t unit = encoding == ENCODING_GB18030                                   ? 1
                      : encoding == ENCODING_UTF32LE || encoding == ENCODING_UTF32BE ? 4
                                                                                     : 2;
  decode->replace = true;
  const Status status = by_iconv(decode, encoding_name(encoding), unit, e);
  text_printf(report,
              marked ? _("%1$s: %2$s by its byte order mark\n")
                     : _("%1$s: %2$s, by where its zero bytes stand; to decide otherwise: encoding = \"...\"\n"),
              decode->name, encoding_name(encoding));
  if (decode->bad > 0) {
    text_printf(report, _("%1$s: places that are not valid: %2$zu, the first at offset %3$zu; each is U+FFFD\n"),
                decode->name, decode->bad, decode->first_bad);
  }
  return status;
}

static bool is_utf8_name(const char *encoding)
{
  return strcasecmp(encoding, "UTF-8") == 0 || strcasecmp(encoding, "UTF8") == 0;
}

static Status decode_forced(Decode *decode, const char *encoding, Error *e)
{
  Encoding marked;
  const size_t mark = encoding_mark(decode->bytes, decode->n, &marked);
  if (is_utf8_name(encoding)) {
    const size_t at = utf8_check(decode->bytes, decode->n);
    return at < decode->n ? not_in_encoding(decode, "UTF-8", at, e) : STATUS_OK;
  }
  const bool same = mark > 0 && strcasecmp(encoding_name(marked), encoding) == 0;
  decode->bytes += same ? mark : 0;
  decode->n -= same ? mark : 0;
  return by_iconv(decode, encoding, 1, e);
}

static void drop_mark(const char *name, char *bytes, size_t *size, Text *report)
{
  Encoding encoding;
  const size_t mark = encoding_mark(bytes, *size, &encoding);
  if (mark == 3) {
    memmove(bytes, bytes + mark, *size - mark + 1);
    *size -= mark;
    text_printf(report, _("%s: a byte order mark at the start was passed over\n"), name);
  }
}

static Status decode_any(Decode *decode, const char *encoding, Text *report, Error *e)
{
  Encoding told;
  if (encoding) {
    const Status status = decode_forced(decode, encoding, e);
    text_printf(report, _("%1$s: read as %2$s, as asked for\n"), decode->name, encoding);
    return status;
  }
  const size_t mark = encoding_mark(decode->bytes, decode->n, &told);
  if (mark > 0 && told != ENCODING_UTF8) {
    decode->bytes += mark;
    decode->n -= mark;
    return decode_wide(decode, told, true, report, e);
  }
  if (mark == 0 && encoding_wide(decode->bytes, decode->n, &told)) {
    return decode_wide(decode, told, false, report, e);
  }
  const size_t at = utf8_check(decode->bytes, decode->n);
  return at == decode->n ? STATUS_OK : decode_guess(decode, at, mark > 0, report, e);
}

Status input_decode(const char *name, const char *encoding, Task *task, char **bytes, size_t *size, Text *report,
                    Error *e)
{
  Decode decode = {.name = name, .bytes = *bytes, .n = *size, .task = task};
  const Status status = decode_any(&decode, encoding, report, e);
  if (status != STATUS_OK) {
    mem_free(decode.out);
    return status;
  }
  if (decode.out) {
    decode.out[decode.size] = '\0';
    mem_free(*bytes);
    *bytes = decode.out;
    *size = decode.size;
  }
  drop_mark(name, *bytes, size, report);
  return STATUS_OK;
}
