/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_journal.c -- any bytes as a journal. It is taken apart, every statement finds its names, a slice of all
 * variables is made, and the script of the slice is a file of the same statements. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "journal/chunk_names.h"
#include "journal/journal_check.h"
#include "journal/slice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS_MOST = 200 };

static void require(bool holds)
{
  if (!holds) {
    abort();
  }
}

static void compare_all(const Steps *steps)
{
  for (size_t i = 1; i < steps->n; i++) {
    StepCheck check;
    require(check_step(&steps->items[i - 1], &steps->items[i], NULL, &check, NULL) == STATUS_OK);
    check_free(&check);
    require(check_step(&steps->items[i], &steps->items[i], NULL, &check, NULL) == STATUS_OK);
    require(!check.differs || steps->items[i].n > 0); /* a fact twice may differ from its namesake */
    check_free(&check);
  }
}

static void write_and_read(const Steps *steps)
{
  bool *keep = mem_zero(steps->n, sizeof *keep);
  Text script = {0};
  Steps again;
  require(keep != NULL);
  require(slice_steps(steps, NULL, keep, NULL) == STATUS_OK);
  require(slice_write(steps, keep, "1", NULL, &script, NULL) == STATUS_OK);
  require(steps_read(text_data(&script), &again, NULL) == STATUS_OK);
  steps_free(&again);
  text_free(&script);
  mem_free(keep);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  Steps steps;
  char *text = mem_text((const char *)data, size);
  require(text != NULL);
  require(steps_read(text, &steps, NULL) == STATUS_OK);
  if (steps.n < STEPS_MOST) {
    compare_all(&steps);
    write_and_read(&steps);
  }
  steps_free(&steps);
  mem_free(text);
  return 0;
}
