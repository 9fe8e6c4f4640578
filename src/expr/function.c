/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions of all tables, gathered once in order of their names. */
#include "expr/function.h"

#include <pthread.h>
#include <string.h>

enum { FUNCTIONS_MOST = 1024, TABLES_MOST = 64 };

extern const FunctionTable *const __start_assay_functions[] __attribute__((weak, visibility("hidden")));
extern const FunctionTable *const __stop_assay_functions[] __attribute__((weak, visibility("hidden")));

static const Function *functions[FUNCTIONS_MOST];
static size_t n_functions;
static const FunctionTable *tables[TABLES_MOST];
static size_t n_tables;
static pthread_once_t gathered = PTHREAD_ONCE_INIT;

/* Rows of one name stay in the order of their table. */
static void insert(const Function *function)
{
  size_t at = n_functions < FUNCTIONS_MOST ? n_functions++ : FUNCTIONS_MOST - 1;
  while (at > 0 && strcmp(functions[at - 1]->name, function->name) > 0) {
    functions[at] = functions[at - 1];
    at--;
  }
  functions[at] = function;
}

static void insert_table(const FunctionTable *table)
{
  size_t at = n_tables < TABLES_MOST ? n_tables++ : TABLES_MOST - 1;
  while (at > 0 && strcmp(tables[at - 1]->name, table->name) > 0) {
    tables[at] = tables[at - 1];
    at--;
  }
  tables[at] = table;
}

static void gather(void)
{
  for (const FunctionTable *const *table = __start_assay_functions; table && table < __stop_assay_functions;
       table++) {
    insert_table(*table);
  }
  for (const FunctionTable *const *table = tables; table < tables + n_tables; table++) {
    for (size_t i = 0; i < (*table)->n; i++) {
      insert(&(*table)->functions[i]);
    }
  }
}

const Function *function_at(size_t index)
{
  (void)pthread_once(&gathered, gather);
  return index < n_functions ? functions[index] : NULL;
}

const FunctionTable *function_table_at(size_t index)
{
  (void)pthread_once(&gathered, gather);
  return index < n_tables ? tables[index] : NULL;
}
