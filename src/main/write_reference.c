/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/write_reference.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "core/alloc.h"
#include "core/file.h"
#include "registry/help.h"

static bool is_there(const char *path, const Text *content)
{
  char *bytes = NULL;
  size_t size = 0;
  const bool read = file_exists(path) && file_read(path, 0, &bytes, &size, NULL) == STATUS_OK;
  const bool same = read && size == content->size && memcmp(bytes, text_data(content), size) == 0;
  mem_free(bytes);
  return same;
}

static Status write_file(const char *folder, const char *name, const char *ending, const Text *content,
                         Error *e)
{
  FileWriter *writer = NULL;
  Text path = {0};
  Status status = text_status(content, e);
  text_printf(&path, "%s/%s%s", folder, name, ending);
  TRY(status);
  TRY(text_status(&path, e));
  if (is_there(path.data, content)) {
    goto done;
  }
  TRY(file_create(path.data, &writer, e));
  status = file_write(writer, text_data(content), content->size, e);
  if (status == STATUS_OK) {
    status = file_commit(writer, e);
  } else {
    file_discard(writer);
  }
done:
  text_free(&path);
  return status;
}

static Status write_families(const char *folder, Error *e)
{
  Text page = {0};
  const char *family = "";
  Status status = STATUS_OK;
  for (size_t i = 0; status == STATUS_OK && i < registry_size(); i++) {
    if (strcmp(registry_at(i)->family, family) != 0) { /* they come in order of family */
      family = registry_at(i)->family;
      text_reset(&page);
      help_reference(family, &page);
      status = write_file(folder, family, ".md", &page, e);
    }
  }
  text_free(&page);
  return status;
}

Status write_reference(const char *folder, Error *e)
{
  Text stubs = {0};
  if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
    return error_set(e, STATUS_FILE, "no-folder", _("cannot make the folder %1$s: %2$s"), folder,
                     strerror(errno));
  }
  Status status = write_families(folder, e);
  if (status == STATUS_OK) {
    help_stubs(&stubs);
    status = write_file(folder, "assay", ".lua", &stubs, e);
  }
  text_free(&stubs);
  return status;
}
