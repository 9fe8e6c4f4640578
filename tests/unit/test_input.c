/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_input.c -- files as UTF-8: encodings made by glibc's iconv from one text and found out again, what is packed by
 * zlib and libzstd, and all that can be wrong with these. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "core/alloc.h"
#include "core/file.h"
#include "io/csv_input.h"
#include "io/input_encoding.h"
#include "io/input_text.h"

static const char chinese[] =
    "编号,姓名,城市,备注\n1,王小明,上海,首次购买客户,喜欢我们的产品\n2,李芳,北京,退货两次,客服已经联系过了\n"
    "3,张伟,广州,价格太高,希望有更多的优惠\n";
static const char taiwan[] =
    "編號,姓名,城市,備註\n1,王小明,台北,首次購買的客戶,喜歡我們的產品\n2,李芳,高雄,退貨兩次,客服已經聯絡過了\n"
    "3,張偉,台中,價格太高,希望有更多的優惠\n";
static const char japanese[] = "番号,名前,都市,備考\n1,山田太郎,東京,はじめて購入したお客様です\n2,佐藤花子,大阪,"
                               "カスタマーサービスに連絡がありました\n";
static const char korean[] = "번호,이름,도시,비고\n1,김철수,서울,처음으로 구매한 "
                             "고객입니다\n2,이영희,부산,고객센터에 연락했습니다 그리고 환불되었습니다\n";
static const char western[] = "id,naïve,città\n1,Müller,Köln\n2,O’Brien,Montréal\n3,Ñandú,São Paulo\n4,Žižka,5 €\n";

static Task task;
static char path[] = "/tmp/assay-input-XXXXXX";

static int begin(void **state)
{
  (void)state;
  task_init(&task, 1);
  const int fd = mkstemp(path);
  close(fd);
  return fd < 0;
}

static int end(void **state)
{
  (void)state;
  task_free(&task);
  return unlink(path);
}

static void put(const char *bytes, size_t n)
{
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, n, file), n);
  assert_int_equal(fclose(file), 0);
}

static size_t encode(const char *text, const char *encoding, char *out, size_t room)
{
  iconv_t converter = iconv_open(encoding, "UTF-8");
  assert_true(converter != (iconv_t)-1);
  char *in = (char *)text, *to = out;
  size_t in_left = strlen(text), left = room;
  assert_true(iconv(converter, &in, &in_left, &to, &left) != (size_t)-1);
  iconv_close(converter);
  return room - left;
}

/* What the file gives; NULL with the error's id in `id`. */
static char *take(const char *encoding, size_t *size, Text *report, const char *id)
{
  Error e;
  char *bytes;
  error_clear(&e);
  const Status status = input_text(path, encoding, &task, &bytes, size, report, &e);
  if (id) {
    assert_int_not_equal(status, STATUS_OK);
    assert_string_equal(e.id, id);
    assert_true(e.what[0] && e.hint[0]);
    assert_null(bytes);
  } else {
    if (status != STATUS_OK) {
      print_error("%s\n", e.what);
    }
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(bytes[*size], '\0');
  }
  return bytes;
}

static void check_text(const char *wanted, const char *said)
{
  Text report = {0};
  size_t size;
  char *bytes = take(NULL, &size, &report, NULL);
  assert_string_equal(bytes, wanted);
  assert_int_equal(size, strlen(wanted));
  if (said ? !strstr(text_data(&report), said) : report.size > 0) {
    fail_msg("report: %s, wanted: %s", text_data(&report), said ? said : "nothing");
  }
  mem_free(bytes);
  text_free(&report);
}

static void test_encodings(void **state)
{
  (void)state;
  static const struct {
    const char *text, *encoding, *said;
  } cases[] = {
      {chinese, "UTF-8", NULL},
      {western, "UTF-8", NULL},
      {chinese, "GB18030", "GB18030"},
      {chinese, "GBK", "GB18030"},
      {taiwan, "BIG5", "BIG5"},
      {japanese, "SHIFT_JIS", "CP932"},
      {japanese, "EUC-JP", "EUC-JP"},
      {korean, "EUC-KR", "CP949"},
      {western, "CP1252", "1252"},
      {western, "UTF-16LE", "UTF-16LE, by where"},
      {chinese, "UTF-16LE", "UTF-16LE, by where"},
      {chinese, "UTF-16BE", "UTF-16BE, by where"},
      {western, "UTF-16BE", "UTF-16BE"},
      {western, "UTF-32LE", "UTF-32LE"},
      {chinese, "UTF-32BE", "UTF-32BE"},
      {chinese, "UTF-16", "UTF-16LE by its byte order mark"},
      {western, "UTF-32", "UTF-32LE by its byte order mark"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char coded[4096];
    put(coded, encode(cases[i].text, cases[i].encoding, coded, sizeof coded));
    check_text(cases[i].text, cases[i].said);
  }
  put("\xEF\xBB\xBF"
      "a,b\n",
      7);
  check_text("a,b\n", "byte order mark");
  put("\xFE\xFF\0a\0,\0b\0\n", 10);
  check_text("a,b\n", "UTF-16BE by its");
  put("", 0);
  check_text("", NULL);
}

static void test_forced(void **state)
{
  (void)state;
  char coded[4096];
  size_t size;
  Text report = {0};
  put(coded, encode(western, "CP1252", coded, sizeof coded));
  char *bytes = take("CP1252", &size, &report, NULL);
  assert_string_equal(bytes, western);
  mem_free(bytes);
  (void)take("UTF-8", &size, &report, "file-encoding");
  (void)take("utf8", &size, &report, "file-encoding");
  (void)take("KLINGON", &size, &report, "unknown-encoding");
  put("\xFF\xFE"
      "a\0",
      4);
  bytes = take("UTF-16LE", &size, &report, NULL);
  assert_string_equal(bytes, "a");
  mem_free(bytes);
  put("ab\x81", 3);
  (void)take("SHIFT_JIS", &size, &report, "file-encoding");
  text_free(&report);
}

/* Nearly UTF-8: what is not is one character of Windows-1252 each, and counted. */
static void test_mixed(void **state)
{
  (void)state;
  put("M\xC3\xBCller;K\xC3\xB6ln;\xC3\x84rger;\xC3\x96l;\xC3\x9F;caf\xE9\n", 33);
  check_text("Müller;Köln;Ärger;Öl;ß;café\n", "but for 1 bytes, the first at offset 31");
  put("\xEF\xBB\xBF"
      "a\x80\n",
      6);
  check_text("a€\n", "but for 1 bytes");
  put("\xFF\xFE"
      "a\0\x00\xD8"
      "b\0",
      8);
  check_text("a\xEF\xBF\xBD"
             "b",
             "not valid: 1, the first at offset 2");
  put("\xFF\xFE"
      "a\0b",
      5);
  check_text("a\xEF\xBF\xBD", "not valid: 1");
}

/* Every byte is a character of Windows-1252. */
static void test_1252(void **state)
{
  (void)state;
  char coded[8];
  for (unsigned byte = 0x80; byte < 0x100; byte++) {
    const char from[2] = {(char)byte, '\0'};
    iconv_t converter = iconv_open("UTF-32LE", "CP1252");
    char *in = (char *)from, *out = coded;
    size_t left = 1, room = sizeof coded;
    uint32_t code = byte;
    if (iconv(converter, &in, &left, &out, &room) != (size_t)-1) {
      memcpy(&code, coded, sizeof code);
    }
    iconv_close(converter);
    assert_int_equal(encoding_1252((unsigned char)byte), code);
  }
}

static size_t gzip(const char *text, size_t n, char *out, size_t room)
{
  z_stream stream = {0};
  assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = (Bytef *)text;
  stream.avail_in = (unsigned)n;
  stream.next_out = (Bytef *)out;
  stream.avail_out = (unsigned)room;
  assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
  const size_t size = room - stream.avail_out;
  deflateEnd(&stream);
  return size;
}

/* With a checksum, as the command zstd makes it. */
static size_t zstd(const char *text, size_t n, char *out, size_t room)
{
  ZSTD_CCtx *context = ZSTD_createCCtx();
  assert_false(ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)));
  const size_t size = ZSTD_compress2(context, out, room, text, n);
  assert_false(ZSTD_isError(size));
  ZSTD_freeCCtx(context);
  return size;
}

static void test_packed(void **state)
{
  (void)state;
  char packed[4096], both[4096];
  const size_t zip = gzip(chinese, strlen(chinese), packed, sizeof packed);
  put(packed, zip);
  check_text(chinese, "unpacked from gzip");
  size_t twice = zip;
  memcpy(both, packed, zip);
  memcpy(both + twice, packed, zip);
  twice += zip;
  memset(both + twice, 0, 512);
  put(both, twice + 512);
  char text[4096];
  snprintf(text, sizeof text, "%s%s", chinese, chinese);
  check_text(text, "unpacked from gzip");
  memcpy(both + twice, "rest", 4);
  put(both, twice + 4);
  check_text(text, "4 bytes behind the packed data");
  const size_t zst = zstd(western, strlen(western), packed, sizeof packed);
  put(packed, zst);
  check_text(western, "unpacked from Zstandard");
  char coded[4096];
  const size_t n = encode(chinese, "GB18030", coded, sizeof coded);
  put(packed, gzip(coded, n, packed, sizeof packed));
  check_text(chinese, "GB18030");
}

/* A packed file cut off or changed at any byte is an error, or (a byte of the header that means nothing) the same
 * text. */
static void test_damaged(void **state)
{
  (void)state;
  for (int kind = 0; kind < 2; kind++) {
    char packed[2048], bad[2048];
    const size_t n = kind == 0 ? gzip(western, strlen(western), packed, sizeof packed)
                               : zstd(western, strlen(western), packed, sizeof packed);
    Text report = {0};
    size_t size, refused = 0;
    for (size_t cut = 4; cut < n; cut++) {
      put(packed, cut);
      (void)take(NULL, &size, &report, "file-packed");
    }
    for (size_t at = 4; at < n; at++) {
      Error e;
      char *bytes;
      memcpy(bad, packed, n);
      bad[at] = (char)(bad[at] ^ 0x55);
      put(bad, n);
      error_clear(&e);
      const Status status = input_text(path, NULL, &task, &bytes, &size, &report, &e);
      assert_true(status == STATUS_OK || strcmp(e.id, "file-packed") == 0);
      refused += status != STATUS_OK;
      mem_free(bytes);
    }
    assert_true(refused > n / 2);
    text_free(&report);
  }
}

static void test_limits(void **state)
{
  (void)state;
  enum { BIG = 64 << 20 };
  char *zeros = mem_zero(BIG, 1), *packed = mem_alloc(BIG / 100, 1);
  assert_true(zeros && packed);
  put(packed, gzip(zeros, BIG, packed, BIG / 100));
  mem_free(zeros);
  mem_free(packed);
  Text report = {0};
  size_t size;
  mem_limit(mem_in_use() + (16 << 20));
  (void)take(NULL, &size, &report, "memory-budget");
  mem_limit(0);
  task.budget = 8 << 20;
  (void)take(NULL, &size, &report, "memory-budget");
  task.budget = 0;
  task_cancel(&task);
  Error e;
  char *bytes;
  error_clear(&e);
  assert_int_equal(input_text(path, NULL, &task, &bytes, &size, &report, &e), STATUS_CANCELLED);
  atomic_store(&task.cancel, false);
  text_free(&report);
}

/* 300 MB of zeros in a few kB of Zstandard: stopped by the ratio. */
static void test_bomb(void **state)
{
  (void)state;
  enum { STEP = 1 << 20, STEPS = 300 };
  char *zeros = mem_zero(STEP, 1), *packed = mem_alloc(STEP, 1);
  ZSTD_CStream *stream = ZSTD_createCStream();
  assert_true(zeros && packed && stream);
  ZSTD_outBuffer out = {packed, STEP, 0};
  for (int i = 0; i < STEPS; i++) {
    ZSTD_inBuffer in = {zeros, STEP, 0};
    while (in.pos < in.size) {
      assert_false(ZSTD_isError(ZSTD_compressStream(stream, &out, &in)));
    }
  }
  while (ZSTD_endStream(stream, &out) > 0) {
  }
  ZSTD_freeCStream(stream);
  put(packed, out.pos);
  mem_free(zeros);
  mem_free(packed);
  Text report = {0};
  size_t size;
  (void)take(NULL, &size, &report, "file-packed-limit");
  text_free(&report);
}

static void test_heads(void **state)
{
  (void)state;
  char head[INPUT_HEAD], packed[4096];
  size_t n;
  put(packed, gzip(western, strlen(western), packed, sizeof packed));
  assert_int_equal(input_head(path, head, &n, NULL), STATUS_OK);
  assert_int_equal(n, strlen(western));
  assert_memory_equal(head, western, n);
  assert_int_equal(input_head("/nowhere/at/all", head, &n, NULL), STATUS_FILE);
  assert_true(input_seems_utf8(chinese, 10));
  assert_false(input_seems_utf8("a\xE9"
                                "b",
                                3));
  assert_false(input_seems_utf8("a\0b", 3));
  assert_false(input_seems_utf8("\xFF\xFE"
                                "a",
                                3));
}

static void test_sources(void **state)
{
  (void)state;
  CsvInput input;
  Text report = {0};
  char coded[4096];
  put(chinese, strlen(chinese));
  assert_int_equal(csv_input_open(path, NULL, &task, &input, &report, NULL), STATUS_OK);
  assert_true(input.file && !input.bytes && !input.decoded && input.source.size == strlen(chinese));
  assert_int_equal(csv_input_decode(&input, &task, &report, NULL), STATUS_OK);
  assert_true(!input.file && input.decoded && strcmp(input.source.bytes, chinese) == 0);
  csv_input_close(&input);
  put(coded, encode(chinese, "GB18030", coded, sizeof coded));
  assert_int_equal(csv_input_open(path, NULL, &task, &input, &report, NULL), STATUS_OK);
  assert_true(input.decoded && strcmp(input.source.bytes, chinese) == 0);
  csv_input_close(&input);
  assert_int_equal(csv_input_open("/nowhere", NULL, &task, &input, &report, NULL), STATUS_FILE);
  text_free(&report);
}

/* Each allocation fails in turn. */
static void test_no_memory(void **state)
{
  (void)state;
  char coded[4096], packed[4096];
  const size_t n = encode(chinese, "GB18030", coded, sizeof coded);
  put(packed, gzip(coded, n, packed, sizeof packed));
  const size_t before = mem_in_use();
  Status status = STATUS_MEMORY;
  int failed = 0;
  for (; status != STATUS_OK && failed < 100; failed++) {
    Text report = {0};
    Error e;
    char *bytes;
    size_t size;
    error_clear(&e);
    mem_fail_from(failed);
    status = input_text(path, NULL, &task, &bytes, &size, &report, &e);
    mem_fail_from(-1);
    assert_true(status == STATUS_OK || status == STATUS_MEMORY);
    mem_free(bytes);
    text_free(&report);
    assert_int_equal(mem_in_use(), before);
  }
  assert_true(failed > 5 && failed < 100);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_encodings), cmocka_unit_test(test_forced),    cmocka_unit_test(test_mixed),
      cmocka_unit_test(test_1252),      cmocka_unit_test(test_packed),    cmocka_unit_test(test_damaged),
      cmocka_unit_test(test_limits),    cmocka_unit_test(test_bomb),      cmocka_unit_test(test_heads),
      cmocka_unit_test(test_sources),   cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, begin, end);
}
