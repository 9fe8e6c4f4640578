/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_file.c -- files are read whole and written whole or not at all: full disks, links, modes, folders,
 * pipes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/file.h"
#include "sweep.h"

static char folder[256]; /* of this run */
static char path_buffer[8][600];

static const char *in_folder(const char *name)
{
  static size_t next;
  char *path = path_buffer[next++ % 8];
  snprintf(path, sizeof path_buffer[0], "%s/%s", folder, name);
  return path;
}

static void put_file(const char *path, const char *text)
{
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

/* Reads with the C library, so that the reader under test is not its own witness. */
static void assert_file(const char *path, const char *expected, size_t n)
{
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  char *bytes = malloc(n + 2);
  assert_non_null(bytes);
  assert_int_equal(fread(bytes, 1, n + 2, file), n);
  assert_memory_equal(bytes, expected, n);
  free(bytes);
  fclose(file);
}

/* Entries of the folder but . and .. */
static size_t entries(void)
{
  DIR *dir = opendir(folder);
  size_t n = 0;
  assert_non_null(dir);
  for (const struct dirent *entry; (entry = readdir(dir));) {
    n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
  }
  closedir(dir);
  return n;
}

static Status write_text(const char *path, const char *text, size_t n, Error *e)
{
  FileWriter *writer = (FileWriter *)8;
  Status status = file_create(path, &writer, e);
  if (status != STATUS_OK) {
    assert_null(writer);
    return status;
  }
  status = file_write(writer, text, n, e);
  if (status == STATUS_OK) {
    return file_commit(writer, e);
  }
  file_discard(writer);
  return status;
}

static void assert_written(const char *path, const char *text)
{
  Error e;
  error_clear(&e);
  assert_int_equal(write_text(path, text, strlen(text), &e), STATUS_OK);
  assert_file(path, text, strlen(text));
}

static void assert_read(const char *path, const char *expected, size_t n)
{
  Error e;
  char *bytes = NULL;
  size_t size = 99;
  error_clear(&e);
  assert_int_equal(file_read(path, 0, &bytes, &size, &e), STATUS_OK);
  assert_int_equal(size, n);
  assert_memory_equal(bytes, expected, n);
  assert_int_equal(bytes[n], '\0');
  mem_free(bytes);
}

static void refuse_read(const char *path, size_t most, Status expected, const char *id, const char *word)
{
  Error e;
  char *bytes = (char *)8;
  size_t size = 99;
  error_clear(&e);
  assert_int_equal(file_read(path, most, &bytes, &size, &e), expected);
  assert_null(bytes);
  assert_int_equal(size, 0);
  assert_string_equal(e.id, id);
  assert_non_null(strstr(e.what, path));
  assert_non_null(strstr(e.what, word));
}

static int make_folder(void **state)
{
  (void)state;
  const char *base = getenv("TMPDIR");
  snprintf(folder, sizeof folder, "%s/assay-file.XXXXXX", base ? base : "/tmp");
  return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
  (void)state;
  char command[300];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  return system(command);
}

/* ---- reading */

static void test_read(void **state)
{
  (void)state;
  const char *path = in_folder("read");
  put_file(path, "");
  assert_read(path, "", 0);
  put_file(path, "a,b\n1,2\n");
  assert_read(path, "a,b\n1,2\n", 8);
  enum { BIG = 3 * 1024 * 1024 + 17 };
  char *big = malloc(BIG);
  assert_non_null(big);
  for (size_t i = 0; i < BIG; i++) {
    big[i] = (char)(i * 31 % 251);
  }
  FILE *file = fopen(path, "wb");
  assert_int_equal(fwrite(big, 1, BIG, file), BIG);
  fclose(file);
  assert_read(path, big, BIG);
  free(big);
}

/* A file of the system whose size is said to be 0. */
static void test_read_without_size(void **state)
{
  (void)state;
  char *bytes = NULL;
  size_t size = 0;
  assert_int_equal(file_read("/proc/self/status", 0, &bytes, &size, NULL), STATUS_OK);
  assert_true(size > 100 && strstr(bytes, "VmPeak"));
  mem_free(bytes);
}

static void test_read_limit(void **state)
{
  (void)state;
  const char *path = in_folder("limit");
  put_file(path, "12345678");
  char *bytes;
  size_t size;
  assert_int_equal(file_read(path, 8, &bytes, &size, NULL), STATUS_OK);
  assert_int_equal(size, 8);
  mem_free(bytes);
  refuse_read(path, 7, STATUS_LIMIT, "file-too-large", "more than 7 bytes");
  /* A file of 8 TB with nothing in it: refused for its size, before memory for it is asked for. */
  const int fd = open(in_folder("sparse"), O_WRONLY | O_CREAT, 0600);
  if (ftruncate(fd, (off_t)8 << 40) == 0) {
    refuse_read(in_folder("sparse"), 1 << 20, STATUS_LIMIT, "file-too-large", "more than 1048576 bytes");
  }
  close(fd);
  unlink(in_folder("sparse"));
}

static void test_read_refused(void **state)
{
  (void)state;
  refuse_read(in_folder("nowhere"), 0, STATUS_FILE, "no-such-file", "No such file");
  refuse_read(folder, 0, STATUS_FILE, "file-error", "folder");
  refuse_read("/proc/self/mem", 0, STATUS_FILE, "file-error", "Input/output");
  put_file(in_folder("plain"), "x");
  refuse_read(in_folder("plain/below"), 0, STATUS_FILE, "file-error", "Not a directory");
  assert_int_equal(symlink("circle", in_folder("circle")), 0);
  refuse_read(in_folder("circle"), 0, STATUS_FILE, "file-error", "symbolic links");
  unlink(in_folder("circle"));
  refuse_read("", 0, STATUS_FILE, "no-such-file", "No such file");
}

static void test_read_forbidden(void **state)
{
  (void)state;
  const char *path = in_folder("forbidden");
  put_file(path, "x");
  assert_int_equal(chmod(path, 0), 0);
  const bool root = geteuid() == 0; /* who may read everything: become nobody for a while */
  assert_int_equal(root ? seteuid(65534) : 0, 0);
  const bool readable = access(path, R_OK) == 0, exists = file_exists(path);
  char *bytes;
  size_t size;
  Error e;
  error_clear(&e);
  const Status status = file_read(path, 0, &bytes, &size, &e);
  assert_int_equal(root ? seteuid(0) : 0, 0);
  assert_int_equal(status, STATUS_FILE);
  assert_null(bytes);
  assert_string_equal(e.id, "file-error");
  assert_non_null(strstr(e.what, "Permission denied"));
  assert_true(readable || !exists); /* access() asks for the real user, who is root still */
}

static void test_read_standard_input(void **state)
{
  (void)state;
  int ends[2];
  const int kept = dup(STDIN_FILENO);
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(write(ends[1], "from a pipe", 11), 11);
  close(ends[1]);
  assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
  char *bytes = NULL;
  size_t size = 0;
  const Status status = file_read("-", 0, &bytes, &size, NULL);
  if (kept >= 0) {
    dup2(kept, STDIN_FILENO);
    close(kept);
  } else {
    close(STDIN_FILENO);
  }
  close(ends[0]);
  assert_int_equal(status, STATUS_OK);
  assert_int_equal(size, 11);
  assert_string_equal(bytes, "from a pipe");
  mem_free(bytes);
}

static Status run_read(void *context, Error *e)
{
  char *bytes;
  size_t size;
  Status status = file_read(context, 0, &bytes, &size, e);
  if (status == STATUS_OK && (size != 8 || strcmp(bytes, "12345678") != 0)) {
    status = STATUS_INTERNAL;
  }
  mem_free(bytes);
  return status;
}

static void test_read_memory_fails(void **state)
{
  (void)state;
  char path[600];
  snprintf(path, sizeof path, "%s", in_folder("limit"));
  put_file(path, "12345678");
  assert_true(sweep(run_read, path) >= 1);
}

/* ---- reading at any place */

static void test_read_at(void **state)
{
  (void)state;
  const char *path = in_folder("at");
  put_file(path, "0123456789");
  FileReader *reader = NULL;
  Error e;
  error_clear(&e);
  assert_int_equal(file_open(path, &reader, &e), STATUS_OK);
  assert_true(file_size(reader) == 10);
  char bytes[11] = "----------";
  assert_int_equal(file_read_at(reader, 7, bytes, 3, &e), STATUS_OK);
  assert_int_equal(file_read_at(reader, 0, bytes + 3, 2, &e), STATUS_OK);
  assert_int_equal(file_read_at(reader, 10, bytes, 0, &e), STATUS_OK);
  assert_string_equal(bytes, "78901-----");
  assert_int_equal(truncate(path, 4), 0);
  assert_int_equal(file_read_at(reader, 2, bytes, 2, &e), STATUS_OK);
  assert_int_equal(file_read_at(reader, 2, bytes, 3, &e), STATUS_FILE);
  assert_string_equal(e.id, "file-changed");
  assert_non_null(strstr(e.what, path));
  file_close(reader);
  file_close(NULL);
}

/* What cannot be read at any place is no error: it is read in order. */
static void test_open_without_places(void **state)
{
  (void)state;
  const char *fifo = in_folder("opened-pipe");
  assert_int_equal(mkfifo(fifo, 0600), 0);
  put_file(in_folder("empty"), "");
  const char *const paths[] = {fifo, "/dev/null", "/proc/self/status", folder, in_folder("empty")};
  for (size_t i = 0; i < 5; i++) {
    FileReader *reader = (FileReader *)8;
    assert_int_equal(file_open(paths[i], &reader, NULL), STATUS_OK);
    assert_null(reader);
  }
  FileReader *reader = (FileReader *)8;
  Error e;
  error_clear(&e);
  assert_int_equal(file_open(in_folder("nowhere"), &reader, &e), STATUS_FILE);
  assert_null(reader);
  assert_string_equal(e.id, "no-such-file");
}

static Status run_open(void *context, Error *e)
{
  FileReader *reader;
  char bytes[4];
  Status status = file_open(context, &reader, e);
  if (status == STATUS_OK) {
    status = reader ? file_read_at(reader, 0, bytes, 4, e) : STATUS_INTERNAL;
  }
  file_close(reader);
  return status;
}

static void test_open_memory_fails(void **state)
{
  (void)state;
  char path[600];
  snprintf(path, sizeof path, "%s", in_folder("at"));
  put_file(path, "0123");
  assert_true(sweep(run_open, path) >= 2);
}

/* ---- writing */

static void test_write(void **state)
{
  (void)state;
  const size_t before = mem_in_use(), there = entries();
  const char *path = in_folder("written");
  FileWriter *writer;
  assert_int_equal(file_create(path, &writer, NULL), STATUS_OK);
  assert_int_equal(file_write(writer, "abc", 3, NULL), STATUS_OK);
  assert_false(file_exists(path)); /* nothing is seen before the commit */
  assert_int_equal(file_write(writer, "", 0, NULL), STATUS_OK);
  assert_int_equal(file_write(writer, "def", 3, NULL), STATUS_OK);
  assert_int_equal(file_commit(writer, NULL), STATUS_OK);
  assert_file(path, "abcdef", 6);
  assert_int_equal(entries(), there + 1);
  assert_int_equal(file_create(path, &writer, NULL), STATUS_OK);
  assert_int_equal(file_write(writer, "other", 5, NULL), STATUS_OK);
  assert_file(path, "abcdef", 6);
  file_discard(writer);
  file_discard(NULL);
  assert_file(path, "abcdef", 6);
  assert_written(path, "");
  assert_int_equal(entries(), there + 1);
  assert_int_equal(mem_in_use(), before);
}

static void test_write_much(void **state)
{
  (void)state;
  enum { BIG = 1000003 };
  const char *path = in_folder("much");
  char *big = malloc(BIG);
  assert_non_null(big);
  for (size_t i = 0; i < BIG; i++) {
    big[i] = (char)(i * 17 % 253);
  }
  FileWriter *writer;
  assert_int_equal(file_create(path, &writer, NULL), STATUS_OK);
  for (size_t at = 0, step = 1; at < BIG; at += step, step = step * 3 + 1) {
    step = step < BIG - at ? step : BIG - at;
    assert_int_equal(file_write(writer, big + at, step, NULL), STATUS_OK);
  }
  assert_int_equal(file_commit(writer, NULL), STATUS_OK);
  assert_file(path, big, BIG);
  free(big);
}

static mode_t mode_of(const char *path)
{
  struct stat info;
  assert_int_equal(stat(path, &info), 0);
  return info.st_mode & 07777;
}

static void test_modes(void **state)
{
  (void)state;
  const char *path = in_folder("mode");
  const mode_t mask = umask(027);
  assert_written(path, "new");
  assert_int_equal(mode_of(path), 0640);
  static const mode_t modes[] = {0600, 0644, 0666, 0755, 0444};
  for (size_t i = 0; i < 5; i++) {
    assert_int_equal(chmod(path, modes[i]), 0);
    assert_written(path, "kept");
    assert_int_equal(mode_of(path), modes[i]);
  }
  assert_int_equal(umask(mask), 027); /* not changed by writing */
}

static void assert_link(const char *path, const char *target)
{
  char text[600];
  const ssize_t length = readlink(path, text, sizeof text - 1);
  assert_true(length > 0);
  text[length] = '\0';
  assert_string_equal(text, target);
}

static void test_links(void **state)
{
  (void)state;
  char there[600], absolute[600];
  assert_int_equal(mkdir(in_folder("below"), 0700), 0);
  snprintf(there, sizeof there, "%s/below/real", folder);
  put_file(there, "old");
  assert_int_equal(symlink("below/real", in_folder("link")), 0);
  assert_int_equal(symlink("link", in_folder("link2")), 0);
  assert_written(in_folder("link2"), "through two links");
  assert_file(there, "through two links", 17);
  assert_link(in_folder("link2"), "link");
  assert_link(in_folder("link"), "below/real");
  /* Links to what is not there yet: the target is made, as by any other program. */
  snprintf(absolute, sizeof absolute, "%s/below/made", folder);
  assert_int_equal(symlink("below/new", in_folder("dangling")), 0);
  assert_int_equal(symlink(absolute, in_folder("dangling2")), 0);
  assert_int_equal(symlink("dangling2", in_folder("dangling3")), 0);
  assert_written(in_folder("dangling"), "made");
  assert_link(in_folder("dangling"), "below/new");
  assert_written(in_folder("dangling3"), "made too");
  assert_link(in_folder("dangling2"), absolute);
  assert_file(absolute, "made too", 8);
  Error e;
  error_clear(&e);
  assert_int_equal(symlink("circle", in_folder("circle")), 0);
  assert_int_equal(write_text(in_folder("circle"), "x", 1, &e), STATUS_FILE);
}

/* A name as long as names may be leaves no room for an ending. */
static void test_longest_name(void **state)
{
  (void)state;
  char name[256];
  memset(name, 'n', 255);
  name[255] = '\0';
  assert_written(in_folder(name), "x");
  assert_written(in_folder(name), "again");
}

static void refuse_write(const char *path, const char *id, const char *word)
{
  Error e;
  error_clear(&e);
  const size_t before = mem_in_use(), there = entries();
  assert_int_equal(write_text(path, "x", 1, &e), STATUS_FILE);
  assert_string_equal(e.id, id);
  assert_non_null(strstr(e.what, path));
  assert_non_null(strstr(e.what, word));
  assert_int_equal(mem_in_use(), before);
  assert_int_equal(entries(), there);
}

static void test_write_refused(void **state)
{
  (void)state;
  put_file(in_folder("plain"), "x");
  refuse_write(folder, "file-error", "directory");
  refuse_write(in_folder("no/such/folder"), "no-such-file", "No such file");
  refuse_write(in_folder("plain/below"), "file-error", "Not a directory");
  refuse_write("/proc/nothing-can-be-made-here", "no-such-file", "No such file");
  refuse_write("", "no-such-file", "No such file");
}

/* ---- full disks */

/* Runs the write where no file may grow beyond `most` bytes. */
static Status write_limited(const char *path, const char *text, size_t n, rlim_t most, Error *e)
{
  struct rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const struct rlimit small = {.rlim_cur = most, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const Status status = write_text(path, text, n, e);
  setrlimit(RLIMIT_FSIZE, &before);
  return status;
}

static void test_no_room(void **state)
{
  (void)state;
  enum { BIG = 1 << 20 };
  static const size_t amounts[] = {5000, 300000, BIG}; /* refused at the commit, or when the buffer is full */
  const char *path = in_folder("room");
  char *big = calloc(BIG, 1);
  assert_non_null(big);
  signal(SIGXFSZ, SIG_IGN);
  assert_written(path, "the old content");
  const size_t there = entries(), before = mem_in_use();
  for (size_t i = 0; i < 3; i++) {
    Error e;
    error_clear(&e);
    assert_int_equal(write_limited(path, big, amounts[i], amounts[i] - 1000, &e), STATUS_FILE);
    assert_string_equal(e.id, "file-error");
    assert_non_null(strstr(e.what, "File too large"));
    assert_non_null(strstr(e.what, path));
    assert_file(path, "the old content", 15);
    assert_int_equal(entries(), there);
    assert_int_equal(mem_in_use(), before);
  }
  signal(SIGXFSZ, SIG_DFL);
  free(big);
}

/* A device node. Root could replace those in /dev if the code were wrong, and so makes its own; NULL when it
 * may not. */
static const char *device(const char *name, unsigned minor_number)
{
  if (geteuid() != 0) {
    return strcmp(name, "full") == 0 ? "/dev/full" : "/dev/null";
  }
  const char *path = in_folder(name);
  if (mknod(path, S_IFCHR | 0600, makedev(1, minor_number)) != 0) {
    return NULL;
  }
  const int fd = open(path, O_WRONLY); /* the folder's file system may not allow devices */
  close(fd);
  return fd < 0 ? NULL : path;
}

static void test_devices(void **state)
{
  (void)state;
  const char *full = device("full", 7), *null = device("null", 3);
  if (!full || !null) {
    skip();
  }
  char *big = calloc(1, 1 << 20);
  assert_non_null(big);
  for (size_t n = 1; n <= 1 << 20; n <<= 20) {
    Error e;
    error_clear(&e);
    assert_int_equal(write_text(full, big, n, &e), STATUS_FILE);
    assert_non_null(strstr(e.what, "No space left"));
  }
  free(big);
  assert_int_equal(write_text(null, "x", 1, NULL), STATUS_OK);
  struct stat info;
  assert_true(stat(full, &info) == 0 && S_ISCHR(info.st_mode)); /* they were not replaced by files */
  assert_true(stat(null, &info) == 0 && S_ISCHR(info.st_mode));
}

/* ---- pipes */

static void *read_pipe(void *path)
{
  char *bytes = NULL;
  size_t size;
  return file_read(path, 0, &bytes, &size, NULL) == STATUS_OK ? bytes : NULL;
}

static void test_named_pipe(void **state)
{
  (void)state;
  char path[600];
  snprintf(path, sizeof path, "%s", in_folder("pipe"));
  assert_int_equal(mkfifo(path, 0600), 0);
  pthread_t reader;
  assert_int_equal(pthread_create(&reader, NULL, read_pipe, path), 0);
  const Status status = write_text(path, "through a pipe", 14, NULL);
  void *bytes;
  pthread_join(reader, &bytes);
  assert_int_equal(status, STATUS_OK);
  assert_string_equal(bytes, "through a pipe");
  mem_free(bytes);
  struct stat info;
  assert_true(stat(path, &info) == 0 && S_ISFIFO(info.st_mode)); /* it was not replaced by a file */
}

static Status run_write(void *context, Error *e)
{
  return write_text(context, "new", 3, e);
}

static void test_write_memory_fails(void **state)
{
  (void)state;
  char path[600];
  snprintf(path, sizeof path, "%s", in_folder("swept"));
  put_file(path, "old");
  const size_t there = entries();
  assert_true(sweep(run_write, path) >= 3);
  assert_int_equal(entries(), there);
  assert_file(path, "new", 3);
  assert_int_equal(symlink("swept", in_folder("swept-link")), 0);
  snprintf(path, sizeof path, "%s", in_folder("swept-link"));
  assert_true(sweep(run_write, path) >= 3);
}

/* ---- names */

static void test_resolve(void **state)
{
  (void)state;
  char buffer[600], expected[600];
  const char *const before = file_home();
  assert_int_equal(mkdir(in_folder("datasets"), 0700), 0);
  put_file(in_folder("datasets/only-here.csv"), "a\n");
  file_set_home(folder);
  assert_string_equal(file_home(), folder);
  snprintf(expected, sizeof expected, "%s/datasets/only-here.csv", folder);
  assert_string_equal(file_resolve("datasets/only-here.csv", buffer, sizeof buffer), expected);
  assert_string_equal(file_resolve("datasets/nowhere.csv", buffer, sizeof buffer), "datasets/nowhere.csv");
  assert_string_equal(file_resolve("only-here.csv", buffer, sizeof buffer), "only-here.csv");
  char few[20]; /* no room for the longer name */
  assert_string_equal(file_resolve("datasets/only-here.csv", few, sizeof few), "datasets/only-here.csv");
  file_set_home(before);
}

static void test_exists(void **state)
{
  (void)state;
  put_file(in_folder("there"), "x");
  assert_true(file_exists(in_folder("there")));
  assert_false(file_exists(in_folder("not-there")));
  assert_false(file_exists(folder));
  assert_true(file_exists("/dev/null"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_read),              cmocka_unit_test(test_read_without_size),
    cmocka_unit_test(test_read_limit),        cmocka_unit_test(test_read_refused),
    cmocka_unit_test(test_read_forbidden),    cmocka_unit_test(test_read_standard_input),
    cmocka_unit_test(test_read_memory_fails), cmocka_unit_test(test_read_at),
    cmocka_unit_test(test_open_without_places), cmocka_unit_test(test_open_memory_fails),
    cmocka_unit_test(test_write),
    cmocka_unit_test(test_write_much),        cmocka_unit_test(test_modes),
    cmocka_unit_test(test_links),             cmocka_unit_test(test_longest_name),
    cmocka_unit_test(test_write_refused),     cmocka_unit_test(test_no_room),
    cmocka_unit_test(test_devices),       cmocka_unit_test(test_named_pipe),
    cmocka_unit_test(test_write_memory_fails), cmocka_unit_test(test_resolve),
    cmocka_unit_test(test_exists),
  };
  return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
