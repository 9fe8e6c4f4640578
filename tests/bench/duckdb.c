/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times statements in DuckDB through its C interface, opened at run time; no header of it is needed.
 *
 *   duckdb LIBRARY STATEMENT...      prints seconds of the last statement, a check text, and the version
 *
 * The check text is the first row of the last statement but for its time, when it gives rows. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* As DuckDB 1.x declares it; only ever handed back. */
typedef struct Result {
  uint64_t counts[3];
  void *pointers[3];
} Result;

static double clock_now(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void *symbol(void *library, const char *name)
{
  void *found = dlsym(library, name);
  if (!found) {
    fprintf(stderr, "duckdb: no %s in the library\n", name);
    exit(1);
  }
  return found;
}

int main(int argc, char **argv)
{
  void *library = argc > 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
  if (!library) {
    fprintf(stderr, "duckdb: %s\n", argc > 2 ? dlerror() : "usage: duckdb LIBRARY STATEMENT...");
    return argc > 2 ? 1 : 2;
  }
  int (*open_database)(const char *, void **) = symbol(library, "duckdb_open");
  int (*connect)(void *, void **) = symbol(library, "duckdb_connect");
  int (*query)(void *, const char *, Result *) = symbol(library, "duckdb_query");
  const char *(*failure)(Result *) = symbol(library, "duckdb_result_error");
  const char *(*version)(void) = symbol(library, "duckdb_library_version");
  void *database, *connection;
  if (open_database(NULL, &database) || connect(database, &connection)) {
    fprintf(stderr, "duckdb: cannot open a database in memory\n");
    return 1;
  }
  double seconds = 0;
  for (int i = 2; i < argc; i++) {
    Result result;
    const double began = clock_now();
    if (query(connection, argv[i], &result)) {
      fprintf(stderr, "duckdb: %s\n", failure(&result));
      return 1;
    }
    seconds = clock_now() - began;
  }
  printf("%.6f - - DuckDB %s\n", seconds, version());
  return 0;
}
