/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/fonts.h"

#include <limits.h>
#include <string.h>

#include "plot/process.h"

enum { WORDS = 0x110000 / 64, ANSWER_MOST = 64 << 20 };

static const double patience = 10; /* seconds; a machine's first call may have to make the cache of its fonts */

bool code_set_add(CodeSet *set, const char *text, size_t n)
{
  bool any = false;
  for (size_t at = 0; at < n;) {
    uint32_t code;
    const size_t length = utf8_decode(text + at, n - at, &code);
    if (length > 0 && code >= FONT_FIRST) {
      set->words[code / 64] |= UINT64_C(1) << (code % 64);
      any = true;
    }
    at += length > 0 ? length : 1;
  }
  return any;
}

bool code_set_meets(const CodeSet *set, const char *text, size_t n)
{
  for (size_t at = 0; at < n;) {
    uint32_t code;
    const size_t length = utf8_decode(text + at, n - at, &code);
    if (length > 0 && code_set_has(set, code)) {
      return true;
    }
    at += length > 0 ? length : 1;
  }
  return false;
}

bool code_set_empty(const CodeSet *set)
{
  for (size_t i = 0; i < WORDS; i++) {
    if (set->words[i]) {
      return false;
    }
  }
  return true;
}

bool code_set_is_east_asian(const CodeSet *set)
{
  static const uint32_t ranges[][2] = {{0x1100, 0x11FF}, {0x2E80, 0x9FFF}, {0xA960, 0xA97F}, {0xAC00, 0xD7FF},
                                       {0xF900, 0xFAFF}, {0xFF00, 0xFFEF}, {0x20000, 0x3FFFF}};
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
    for (uint32_t word = ranges[i][0] / 64; word <= ranges[i][1] / 64; word++) {
      if (set->words[word]) {
        return true;
      }
    }
  }
  return false;
}

static int hex_value(char c)
{
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

/* Reads a number in hexadecimal digits; stays put when there is none. */
static size_t read_hex(const char *text, size_t n, uint32_t *value)
{
  size_t at = 0;
  *value = 0;
  for (; at < n && hex_value(text[at]) >= 0; at++) {
    *value = *value > 0x110000 ? *value : *value * 16 + (uint32_t)hex_value(text[at]);
  }
  return at;
}

static void remove_range(CodeSet *set, uint32_t first, uint32_t last)
{
  for (uint32_t code = first; code <= last && code < 0x110000; code++) {
    if (code % 64 == 0 && last - code >= 63) {
      set->words[code / 64] = 0;
      code += 63;
    } else {
      set->words[code / 64] &= ~(UINT64_C(1) << (code % 64));
    }
  }
}

void code_set_remove(CodeSet *set, const char *ranges, size_t n)
{
  for (size_t at = 0; at < n;) {
    uint32_t first, last;
    const size_t digits = read_hex(ranges + at, n - at, &first);
    if (digits == 0) {
      at++;
      continue;
    }
    at += digits;
    last = first;
    if (at < n && ranges[at] == '-') {
      at += 1 + read_hex(ranges + at + 1, n - at - 1, &last);
    }
    remove_range(set, first, last);
  }
}

Status fonts_lacking(CodeSet *wanted, Task *task, bool *asked, Error *e)
{
  char program[PATH_MAX];
  ProcessResult result = {0};
  *asked = false;
  if (!process_find("fc-list", program, sizeof program)) {
    return STATUS_OK;
  }
  const char *const arguments[] = {"fc-list", "--format", "%{charset}\n", NULL};
  const ProcessRequest request = {.program = program, .arguments = arguments, .timeout = patience, .most = ANSWER_MOST};
  Status status = process_run(&request, task, &result, e);
  if (status == STATUS_FILE) {
    error_clear(e);
    status = STATUS_OK;
  } else if (status == STATUS_OK && !result.timed_out && result.signal == 0 && result.code == 0) {
    *asked = true;
    code_set_remove(wanted, text_data(&result.out), result.out.size);
  }
  text_free(&result.out);
  text_free(&result.err);
  return status;
}
