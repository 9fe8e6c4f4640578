/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"

/* Writes into a field; a text that does not fit is cut after a whole character. */
static PRINTF(3, 0) void fill(char *field, size_t size, const char *format, va_list args)
{
  const int length = vsnprintf(field, size, format, args);
  if (length < 0) {
    field[0] = '\0';
  } else if ((size_t)length >= size) {
    field[utf8_whole(field, size - 1)] = '\0';
  }
}

void error_clear(Error *e)
{
  if (e) {
    memset(e, 0, sizeof *e);
    e->caret = -1;
  }
}

Status error_set(Error *e, Status status, const char *id, const char *format, ...)
{
  if (e && e->status == STATUS_OK) {
    error_clear(e);
    e->status = status;
    snprintf(e->id, sizeof e->id, "%s", id);
    va_list args;
    va_start(args, format);
    fill(e->what, sizeof e->what, format, args);
    va_end(args);
  }
  return status;
}

static PRINTF(4, 0) Status fill_once(Error *e, char *field, size_t size, const char *format, va_list args)
{
  if (field[0] == '\0') {
    fill(field, size, format, args);
  }
  return e->status;
}

Status error_where(Error *e, const char *format, ...)
{
  if (!e) {
    return STATUS_INTERNAL;
  }
  va_list args;
  va_start(args, format);
  const Status status = fill_once(e, e->where, sizeof e->where, format, args);
  va_end(args);
  return status;
}

Status error_hint(Error *e, const char *format, ...)
{
  if (!e) {
    return STATUS_INTERNAL;
  }
  va_list args;
  va_start(args, format);
  const Status status = fill_once(e, e->hint, sizeof e->hint, format, args);
  va_end(args);
  return status;
}

Status error_caret(Error *e, const char *text, size_t length, size_t offset)
{
  if (!e) {
    return STATUS_INTERNAL;
  }
  const size_t room = sizeof e->text - 1;
  const size_t at = offset < length ? offset : length;
  size_t from = length > room && at > room / 2 ? at - room / 2 : 0;
  while (from > 0 && from < at && ((unsigned char)text[from] & 0xC0) == 0x80) {
    from++;
  }
  const size_t rest = length - from;
  const size_t take = rest <= room ? rest : utf8_whole(text + from, room);
  memcpy(e->text, text + from, take);
  e->text[take] = '\0';
  e->caret = (int)(at - from);
  return e->status;
}

Status error_memory(Error *e, size_t size, const char *what)
{
  if (size == 0) {
    error_set(e, STATUS_MEMORY, "out-of-memory", _("no memory for %s"), what);
  } else {
    error_set(e, STATUS_MEMORY, "out-of-memory", _("no memory for %1$s (%2$zu bytes)"), what, size);
  }
  error_hint(e, _("free values you no longer need (x = nil), or raise --memory"));
  return STATUS_MEMORY;
}

Status error_cancelled(Error *e)
{
  return error_set(e, STATUS_CANCELLED, "interrupted", _("interrupted"));
}
