/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zone files. Nothing in them is trusted: each count, index and order is checked before it is used. */
#include "frame/zone_read.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/alloc.h"
#include "core/file.h"
#include "core/text.h"

enum { HEADER = 44, NAME_MOST = 64, FILE_MOST = 1 << 20, OFFSET_MOST = 26 * 3600 };

void zone_free(Zone *zone)
{
  if (zone) {
    mem_free(zone->name);
    mem_free(zone->instants);
    mem_free(zone->type_of);
    mem_free(zone->types);
    mem_free(zone->texts);
    mem_free(zone);
  }
}

static Zone *zone_new(const char *name, size_t length, size_t n, size_t types, size_t texts)
{
  Zone *zone = mem_zero(1, sizeof *zone);
  if (zone) {
    zone->n = n;
    zone->name = mem_text(name, length);
    zone->instants = mem_zero(n, sizeof *zone->instants);
    zone->type_of = mem_zero(n, 1);
    zone->types = mem_zero(types, sizeof *zone->types);
    zone->texts = mem_zero(texts, 1);
  }
  if (!zone || !zone->name || !zone->instants || !zone->type_of || !zone->types || !zone->texts) {
    zone_free(zone);
    return NULL;
  }
  return zone;
}

/* ---- The rule: "CET-1CEST,M3.5.0,M10.5.0/3" */

typedef struct Cursor {
  const char *at, *end;
} Cursor;

static bool accept(Cursor *c, char wanted)
{
  const bool there = c->at < c->end && *c->at == wanted;
  c->at += there;
  return there;
}

static bool number(Cursor *c, int most, int *out)
{
  const char *start = c->at;
  *out = 0;
  while (c->at < c->end && *c->at >= '0' && *c->at <= '9' && *out <= most) {
    *out = *out * 10 + (*c->at++ - '0');
  }
  return c->at > start && *out <= most;
}

/* [+-]h[:m[:s]] */
static bool clock_time(Cursor *c, int hours_most, int32_t *seconds)
{
  const int sign = accept(c, '-') ? -1 : (accept(c, '+'), 1);
  int hours, minutes = 0, rest = 0;
  if (!number(c, hours_most, &hours) || (accept(c, ':') && !number(c, 59, &minutes)) ||
      (accept(c, ':') && !number(c, 59, &rest))) {
    return false;
  }
  *seconds = sign * (hours * 3600 + minutes * 60 + rest);
  return true;
}

static bool letter(char c)
{
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* CET or <+08>; copied to *texts, which moves on. */
static bool abbreviation(Cursor *c, char **texts, const char **out)
{
  const bool quoted = accept(c, '<');
  const char *start = c->at;
  while (c->at < c->end && (quoted ? *c->at != '>' : letter(*c->at))) {
    c->at++;
  }
  const size_t length = (size_t)(c->at - start);
  if (length < 3 || length > 16 || (quoted && !accept(c, '>'))) {
    return false;
  }
  *out = memcpy(*texts, start, length);
  (*texts)[length] = '\0';
  *texts += length + 1;
  return true;
}

/* ,M3.5.0/2 ,J60 ,59 */
static bool change(Cursor *c, ZoneChange *out)
{
  *out = (ZoneChange){.kind = 'D', .time = 7200};
  bool good = accept(c, ',');
  if (good && accept(c, 'M')) {
    out->kind = 'M';
    good = number(c, 12, &out->month) && out->month > 0 && accept(c, '.') && number(c, 5, &out->week) &&
           out->week > 0 && accept(c, '.') && number(c, 6, &out->day);
  } else if (good && accept(c, 'J')) {
    out->kind = 'J';
    good = number(c, 365, &out->day) && out->day > 0;
  } else if (good) {
    good = number(c, 365, &out->day);
  }
  return good && (!accept(c, '/') || clock_time(c, 167, &out->time));
}

bool zone_parse_rule(const char *text, size_t length, char *texts, ZoneRule *rule)
{
  Cursor c = {text, text + length};
  int32_t behind;
  *rule = (ZoneRule){0};
  if (!abbreviation(&c, &texts, &rule->standard.abbreviation) || !clock_time(&c, 24, &behind)) {
    return false;
  }
  rule->standard.offset = -behind;
  if (c.at == c.end) {
    return true;
  }
  rule->changes = rule->summer.summer = true;
  rule->summer.offset = rule->standard.offset + 3600;
  if (!abbreviation(&c, &texts, &rule->summer.abbreviation)) {
    return false;
  }
  if (c.at < c.end && *c.at != ',') {
    if (!clock_time(&c, 24, &behind)) {
      return false;
    }
    rule->summer.offset = -behind;
  }
  return change(&c, &rule->start) && change(&c, &rule->end) && c.at == c.end;
}

/* ---- TZif */

typedef struct Block {
  uint32_t utc_marks, standard_marks, leaps, times, types, texts;
  size_t wide;                  /* bytes of an instant */
} Block;

static int64_t big_endian(const char *bytes, size_t n)
{
  uint64_t value = (unsigned char)bytes[0] & 0x80 ? UINT64_MAX : 0;
  for (size_t i = 0; i < n; i++) {
    value = value << 8 | (unsigned char)bytes[i];
  }
  return (int64_t)value;
}

static bool read_header(const char *bytes, size_t size, size_t wide, Block *block)
{
  if (size < HEADER || memcmp(bytes, "TZif", 4) != 0) {
    return false;
  }
  uint32_t counts[6];
  for (size_t i = 0; i < 6; i++) {
    const int64_t count = big_endian(bytes + 20 + 4 * i, 4);
    if (count < 0 || count > FILE_MOST) {
      return false;
    }
    counts[i] = (uint32_t)count;
  }
  *block = (Block){counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], wide};
  return true;
}

static size_t block_size(const Block *block)
{
  return block->times * (block->wide + 1) + (size_t)block->types * 6 + block->texts +
         block->leaps * (block->wide + 4) + block->standard_marks + block->utc_marks;
}

static bool read_times(const Block *block, const char *bytes, Zone *zone)
{
  const char *types = bytes + block->times * block->wide;
  for (size_t i = 0; i < zone->n; i++) {
    zone->instants[i] = big_endian(bytes + i * block->wide, block->wide);
    zone->type_of[i] = (uint8_t)types[i];
    if (zone->type_of[i] >= block->types || (i > 0 && zone->instants[i] <= zone->instants[i - 1])) {
      return false;
    }
  }
  return true;
}

static bool read_types(const Block *block, const char *bytes, Zone *zone)
{
  memcpy(zone->texts, bytes + (size_t)block->types * 6, block->texts); /* a NUL stands behind */
  for (size_t i = 0; i < block->types; i++) {
    const char *type = bytes + 6 * i;
    const int64_t offset = big_endian(type, 4);
    const uint8_t text = (uint8_t)type[5];
    if (offset < -OFFSET_MOST || offset > OFFSET_MOST || text >= block->texts) {
      return false;
    }
    zone->types[i] = (ZoneType){(int32_t)offset, type[4] != 0, zone->texts + text};
  }
  return true;
}

/* The line after the last block: a rule, or nothing. */
static bool read_footer(const char *bytes, size_t size, char *texts, Zone *zone)
{
  const char *end = size > 1 && bytes[0] == '\n' ? memchr(bytes + 1, '\n', size - 1) : NULL;
  if (!end) {
    return false;
  }
  zone->has_rule = end > bytes + 1;
  return !zone->has_rule || zone_parse_rule(bytes + 1, (size_t)(end - bytes) - 1, texts, &zone->rule);
}

static Status damaged(const char *name, Error *e)
{
  return error_set(e, STATUS_FORMAT, "bad-zone", _("the file of the time zone '%s' is damaged"), name);
}

Status zone_parse(const char *name, const char *bytes, size_t size, Zone **out, Error *e)
{
  Block block;
  *out = NULL;
  if (!read_header(bytes, size, 4, &block)) {
    return damaged(name, e);
  }
  const bool footer = bytes[4] >= '2';
  if (footer) { /* the second block has instants of 64 bits */
    const size_t first = HEADER + block_size(&block);
    if (first > size || !read_header(bytes + first, size - first, 8, &block)) {
      return damaged(name, e);
    }
    bytes += first;
    size -= first;
  }
  const size_t need = HEADER + block_size(&block);
  if (need > size || block.types == 0 || block.types > 256 || block.leaps > 0) {
    return damaged(name, e);
  }
  const size_t rest = size - need;
  Zone *zone = zone_new(name, strlen(name), block.times, block.types, block.texts + 1 + rest + 2);
  if (!zone) {
    return error_memory(e, size, _("a time zone"));
  }
  bytes += HEADER;
  if (!read_times(&block, bytes, zone) || !read_types(&block, bytes + block.times * (block.wide + 1), zone) ||
      (footer && !read_footer(bytes + (need - HEADER), rest, zone->texts + block.texts + 1, zone))) {
    zone_free(zone);
    return damaged(name, e);
  }
  *out = zone;
  return STATUS_OK;
}

/* ---- Names */

static const char *folder(void)
{
  const char *given = getenv("TZDIR");
  return given && given[0] ? given : "/usr/share/zoneinfo";
}

/* Parts of letters, digits, + - _, with / between. */
static bool proper(const char *name, size_t length)
{
  for (size_t i = 0; i < length; i++) {
    const char c = name[i];
    const bool edge = i == 0 || i + 1 == length || name[i - 1] == '/';
    if (!letter(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '_' && (c != '/' || edge)) {
      return false;
    }
  }
  const bool other_clock = length > 6 && memcmp(name, "right/", 6) == 0; /* counts leap seconds; 1970 is elsewhere */
  return length > 0 && length <= NAME_MOST && !other_clock;
}

/* UTC, Z, +08:00, -0330, +08: ahead of UTC, unlike in the rules of POSIX. */
static bool fixed(const char *name, size_t length, int32_t *offset)
{
  *offset = 0;
  if ((length == 3 && memcmp(name, "UTC", 3) == 0) || (length == 1 && name[0] == 'Z')) {
    return true;
  }
  Cursor c = {name, name + length};
  const int sign = accept(&c, '-') ? -1 : accept(&c, '+') ? 1 : 0;
  int hours, minutes = 0;
  const char *start = c.at;
  if (sign == 0 || !number(&c, 9999, &hours)) {
    return false;
  }
  if (c.at - start == 4 && c.at == c.end) {
    minutes = hours % 100;
    hours /= 100;
  } else if (c.at - start != 2 || (c.at < c.end && (!accept(&c, ':') || c.end - c.at != 2 || !number(&c, 59, &minutes)))) {
    return false;
  }
  *offset = sign * (hours * 3600 + minutes * 60);
  return c.at == c.end && hours < 24 && minutes < 60;
}

static Status fixed_zone(const char *name, size_t length, int32_t offset, Zone **out, Error *e)
{
  Zone *zone = zone_new(name, length, 0, 1, length + 1);
  if (!zone) {
    return error_memory(e, sizeof *zone, _("a time zone"));
  }
  memcpy(zone->texts, name, length);
  zone->types[0] = (ZoneType){.offset = offset, .abbreviation = zone->texts};
  *out = zone;
  return STATUS_OK;
}

/* ---- The nearest name */

typedef struct Search {
  const char *wanted;
  char best[2 * NAME_MOST + 2];
  size_t distance;
  size_t seen;                  /* zones found */
} Search;

/* "berlin" is meant for Europe/Berlin, "Europe/Brelin" as well. */
static void look_at(Search *search, const char *name)
{
  const char *city = strrchr(name, '/');
  const size_t most = strlen(search->wanted) / 3 + 1;
  size_t distance = text_distance(search->wanted, name, most);
  if (city) {
    const size_t short_distance = text_distance(search->wanted, city + 1, most);
    distance = short_distance + 1 <= distance ? short_distance + 1 : distance;
  }
  search->seen++;
  if (distance <= most + 1 && (distance < search->distance || (distance == search->distance &&
                                                               strcmp(name, search->best) < 0))) {
    search->distance = distance;
    memcpy(search->best, name, strlen(name) + 1);
  }
}

static void search_folder(Search *search, const char *path, const char *prefix, int depth)
{
  DIR *entries = opendir(path);
  const struct dirent *entry;
  while (entries && (entry = readdir(entries)) != NULL) {
    char name[2 * NAME_MOST + 2], below[4096];
    struct stat about;
    const size_t length = strlen(entry->d_name);
    if (!proper(entry->d_name, length) || strlen(prefix) + length > NAME_MOST ||
        strlen(path) + length + 2 > sizeof below || entry->d_name[0] < 'A' || entry->d_name[0] > 'Z') {
      continue;
    }
    snprintf(name, sizeof name, "%s%s", prefix, entry->d_name);
    snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
    if (stat(below, &about) == 0 && S_ISDIR(about.st_mode) && depth < 3) {
      strcat(name, "/");
      search_folder(search, below, name, depth + 1);
    } else {
      look_at(search, name);
    }
  }
  if (entries) {
    closedir(entries);
  }
}

static Status unknown(const char *name, Error *e)
{
  Search search = {.wanted = name, .distance = SIZE_MAX};
  search_folder(&search, folder(), "", 0);
  const Status status = error_set(e, STATUS_NAME, "unknown-zone", _("there is no time zone '%s'"), name);
  if (search.seen == 0) {
    error_hint(e, _("%s has no time zones: install the package tzdata, or set TZDIR"), folder());
  } else if (search.best[0]) {
    error_hint(e, _("did you mean '%s'?"), search.best);
  } else {
    error_hint(e, _("zones are named as in 'Europe/Berlin', 'Asia/Shanghai', 'UTC' or '+08:00'"));
  }
  return status;
}

Status zone_read(const char *name, size_t length, Zone **out, Error *e)
{
  char copy[NAME_MOST + 1], path[4096], *bytes = NULL;
  size_t size;
  int32_t offset;
  *out = NULL;
  if (fixed(name, length, &offset)) {
    return fixed_zone(name, length, offset, out, e);
  }
  snprintf(copy, sizeof copy, "%.*s", (int)utf8_whole(name, length < NAME_MOST ? length : NAME_MOST), name);
  if (!proper(name, length) || (size_t)snprintf(path, sizeof path, "%s/%s", folder(), copy) >= sizeof path ||
      !file_exists(path)) {
    return unknown(copy, e);
  }
  Status status;
  TRY(file_read(path, FILE_MOST, &bytes, &size, e));
  if (size < 4 || memcmp(bytes, "TZif", 4) != 0) {
    TRY(unknown(copy, e));
  }
  TRY(zone_parse(copy, bytes, size, out, e));
done:
  mem_free(bytes);
  return status;
}
