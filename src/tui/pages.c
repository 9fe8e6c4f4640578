/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "tui/page.h"

extern const Page *const __start_assay_pages[], *const __stop_assay_pages[];

size_t pages_count(void)
{
  return (size_t)(__stop_assay_pages - __start_assay_pages);
}

/* The page with `index` pages before it; ties: by name. Few pages, seldom asked. */
const Page *pages_at(size_t index)
{
  const size_t n = pages_count();
  for (size_t i = 0; i < n; i++) {
    const Page *page = __start_assay_pages[i];
    size_t before = 0;
    for (size_t k = 0; k < n; k++) {
      const Page *other = __start_assay_pages[k];
      before += other->order < page->order || (other->order == page->order && strcmp(other->name, page->name) < 0);
    }
    if (before == index) {
      return page;
    }
  }
  return NULL;
}

const Page *pages_find(const char *name)
{
  for (size_t i = 0; i < pages_count(); i++) {
    if (strcmp(__start_assay_pages[i]->name, name) == 0) {
      return __start_assay_pages[i];
    }
  }
  return NULL;
}
