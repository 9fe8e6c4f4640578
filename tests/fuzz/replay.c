/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Feeds a fuzz target the files of a folder, one after the other, and prints TAP. This is how `make test` replays
 * tests/fuzz/corpus/NAME without libFuzzer: an input that once broke a parser stays a test. A target that crashes
 * takes the program down, and the test runner counts that as a failure; what a target returns does not matter.
 *
 *   fuzz_NAME FOLDER
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads a whole file into memory that is exactly as long, so that a sanitizer sees a read past the end. */
static uint8_t *read_whole(const char *path, size_t *size)
{
  FILE *file = fopen(path, "rb");
  if (!file) {
    return NULL;
  }
  long length = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
  uint8_t *data = length < 0 ? NULL : malloc(length > 0 ? (size_t)length : 1);
  rewind(file);
  if (data && fread(data, 1, (size_t)length, file) != (size_t)length) {
    free(data);
    data = NULL;
  }
  fclose(file);
  *size = length > 0 ? (size_t)length : 0;
  return data;
}

/* Replays one file as test `number`. */
static int replay(const char *folder, const char *name, int number)
{
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  size_t size = 0;
  uint8_t *data = read_whole(path, &size);
  if (!data) {
    printf("not ok %d - %s: %s\n", number, name, strerror(errno));
    return 1;
  }
  printf("# %s, %zu bytes\n", name, size);
  fflush(stdout);
  LLVMFuzzerTestOneInput(data, size);
  free(data);
  printf("ok %d - %s\n", number, name);
  return 0;
}

static int visible(const struct dirent *entry)
{
  return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
  if (argc != 2) {
    fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  struct dirent **entries = NULL;
  int count = scandir(argv[1], &entries, visible, alphasort);
  if (count <= 0) {
    printf("1..1\nnot ok 1 - no corpus in %s\n", argv[1]);
    free(entries);
    return 1;
  }
  int failed = 0;
  printf("1..%d\n", count);
  for (int i = 0; i < count; i++) {
    failed += replay(argv[1], entries[i]->d_name, i + 1);
    free(entries[i]);
  }
  free(entries);
  return failed != 0;
}
