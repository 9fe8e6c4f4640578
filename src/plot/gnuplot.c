/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/gnuplot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/file.h"
#include "plot/process.h"

enum { SAID_MOST = 1 << 20, PICTURE_MOST = 1 << 30, FOLDER_BYTES = PATH_MAX - 64 };

/* ---- the folder */

static Status folder_error(const char *path, Error *e)
{
  char reason[128];
  return error_set(e, STATUS_FILE, "file-error", _("cannot write '%1$s': %2$s"), path,
                   _(strerror_r(errno, reason, sizeof reason)));
}

static Status folder_make(char folder[FOLDER_BYTES], Error *e)
{
  const char *place = getenv("TMPDIR");
  const int n = snprintf(folder, FOLDER_BYTES, "%s/assay-plot-XXXXXX", place && *place == '/' ? place : "/tmp");
  if (n >= FOLDER_BYTES) {
    errno = ENAMETOOLONG;
    return folder_error(place, e);
  }
  return mkdtemp(folder) ? STATUS_OK : folder_error(folder, e);
}

static void folder_remove(const char *folder)
{
  char path[PATH_MAX];
  DIR *files = opendir(folder);
  for (const struct dirent *file; files && (file = readdir(files)) != NULL;) {
    if (strcmp(file->d_name, ".") != 0 && strcmp(file->d_name, "..") != 0 &&
        snprintf(path, sizeof path, "%s/%s", folder, file->d_name) < (int)sizeof path) {
      (void)unlink(path);
    }
  }
  if (files) {
    closedir(files);
  }
  (void)rmdir(folder);
}

/* A plain write: no one but gnuplot will read it, so it need not be safe on disk. */
static Status write_data(const char *folder, const Text *data, Error *e)
{
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/%s", folder, GNUPLOT_DATA);
  const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    return folder_error(path, e);
  }
  Status status = STATUS_OK;
  for (size_t from = 0; status == STATUS_OK && from < data->size;) {
    const ssize_t put = write(fd, data->data + from, data->size - from);
    if (put < 0 && errno != EINTR) {
      status = folder_error(path, e);
    }
    from += put > 0 ? (size_t)put : 0;
  }
  if (close(fd) != 0 && status == STATUS_OK) {
    status = folder_error(path, e);
  }
  return status;
}

/* ---- what it says */

static Status no_gnuplot(Error *e)
{
  error_set(e, STATUS_STATE, "no-gnuplot", _("gnuplot was not found, and pictures are drawn with it"));
  return error_hint(
      e, _("install it (apt-get install gnuplot-nox); the chart itself can be seen in the terminal without"));
}

static const char *format_name(PictureFormat format)
{
  static const char *const names[PICTURE_FORMATS] = {"PNG", "SVG", "PDF", "sixel"};
  return names[format];
}

static Status step_failed(const char *step, PictureFormat format, Error *e)
{
  if (strcmp(step, "terminal") == 0) {
    error_set(e, STATUS_STATE, "gnuplot-terminal", _("this gnuplot cannot draw %s pictures"), format_name(format));
    return error_hint(e, _("it was built without; save the picture with another ending: .png .svg .pdf"));
  }
  error_set(e, STATUS_STATE, "gnuplot-failed", _("gnuplot could not draw the chart (at the step '%s')"), step);
  return error_hint(e, _("p:script(\"chart.gp\") writes what it was given; gnuplot chart.gp shows its own words"));
}

/* Reads "@@step errno message" lines. Sets `step` to the first that failed, or to "" and gives whether the last was
 * reached. */
static bool read_steps(const char *said, char step[16])
{
  bool ended = false;
  step[0] = '\0';
  for (const char *line = said; *line; line += strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n')) {
    char name[16];
    int number;
    if (sscanf(line, "@@%15[a-z] %d", name, &number) == 2) {
      if (number != 0 && !step[0]) {
        memcpy(step, name, sizeof name);
      }
      ended = ended || strcmp(name, "end") == 0;
    }
  }
  return ended;
}

static Status judge(const ProcessResult *result, PictureFormat format, double timeout, Error *e)
{
  char step[16];
  if (result->timed_out) {
    error_set(e, STATUS_LIMIT, "gnuplot-timeout", _("gnuplot had not finished after %g s and was stopped"), timeout);
    return error_hint(e, _("allow it more with timeout = seconds, or let it draw less: density = \"density\""));
  }
  const bool ended = read_steps(text_data(&result->out), step);
  if (step[0]) {
    return step_failed(step, format, e);
  }
  if (result->signal) {
    return error_set(e, STATUS_STATE, "gnuplot-died", _("gnuplot was ended by a signal (%1$d, %2$s)"), result->signal,
                     sigabbrev_np(result->signal) ? sigabbrev_np(result->signal) : "?");
  }
  if (!ended || result->code != 0) {
    return error_set(e, STATUS_STATE, "gnuplot-died", _("gnuplot ended before it had drawn the chart (exit status %d)"),
                     result->code);
  }
  return STATUS_OK;
}

/* Warnings of gnuplot's in other words, each once. */
static void read_warnings(const char *said, Text *out)
{
  static const struct {
    const char *sign, *words;
  } known[] = {
      {"Fontconfig", NULL},
      {"XDG_RUNTIME_DIR", NULL},
      {"titles into key", N_("the legend did not fit; a larger height shows all of it")},
      {"ould not find/open font", N_("the font was not found, and another one taken")},
      {"no valid points", N_("a part of the chart has no points within the limits")},
      {"adjusting", N_("an axis without an extent was widened")},
      {"warning",
       N_("gnuplot warned of something assay does not know; p:script() gives the script, to look at it by hand")},
  };
  const size_t n = sizeof known / sizeof *known;
  unsigned told = 0;
  for (const char *line = said; *line; line += strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n')) {
    const size_t length = strcspn(line, "\n");
    size_t i = 0;
    while (i < n && !memmem(line, length, known[i].sign, strlen(known[i].sign))) {
      i++;
    }
    if (i < n && known[i].words && !(told & 1u << i)) {
      told |= 1u << i;
      text_printf(out, "%s\n", _(known[i].words));
    }
  }
}

/* ---- the picture */

static bool begins(const Text *picture, const char *bytes, size_t n)
{
  return picture->size >= n && memcmp(picture->data, bytes, n) == 0;
}

/* Whether `bytes` stand among the last 16 bytes. */
static bool ends(const Text *picture, const char *bytes, size_t n)
{
  const size_t last = picture->size < 16 ? picture->size : 16;
  return picture->size >= n && memmem(picture->data + picture->size - last, last, bytes, n) != NULL;
}

/* A full disk leaves a picture without its end, and gnuplot does not say so. */
static bool is_whole(const Text *picture, PictureFormat format)
{
  switch (format) {
  case PICTURE_PNG: return begins(picture, "\x89PNG\r\n\x1a\n", 8) && ends(picture, "IEND", 4);
  case PICTURE_SVG: return begins(picture, "<?xml", 5) && ends(picture, "</svg>", 6);
  case PICTURE_PDF: return begins(picture, "%PDF-", 5) && ends(picture, "%%EOF", 5);
  default: return begins(picture, "\033P", 2) && ends(picture, "\033\\", 2);
  }
}

static Status read_picture(const char *folder, PictureFormat format, Text *picture, Error *e)
{
  char path[PATH_MAX], *bytes = NULL;
  size_t size = 0;
  snprintf(path, sizeof path, "%s/%s", folder, GNUPLOT_PICTURE);
  if (file_read(path, PICTURE_MOST, &bytes, &size, NULL) == STATUS_OK) {
    mem_free(picture->data);
    *picture = (Text){.data = bytes, .size = size, .capacity = size + 1};
  }
  if (!is_whole(picture, format)) {
    text_free(picture);
    error_set(e, STATUS_FILE, "gnuplot-failed", _("gnuplot did not write a whole picture"));
    return error_hint(e, _("is there room on the disk of '%s'?"), folder);
  }
  return STATUS_OK;
}

static Status run_in(const char *folder, const char *program, const Script *script, PictureFormat format,
                     double timeout, Task *task, Text *picture, Text *warnings, Error *e)
{
  static const char *const arguments[] = {"gnuplot", "-d", "-", NULL};
  const ProcessRequest request = {.program = program,
                                  .arguments = arguments,
                                  .folder = folder,
                                  .input = script->text.data,
                                  .input_size = script->text.size,
                                  .timeout = timeout,
                                  .most = SAID_MOST};
  ProcessResult result = {0};
  Status status = STATUS_OK;
  if (script->data.size > 0) {
    TRY(write_data(folder, &script->data, e));
  }
  TRY(process_run(&request, task, &result, e));
  TRY(judge(&result, format, timeout, e));
  TRY(read_picture(folder, format, picture, e));
  read_warnings(text_data(&result.err), warnings);
done:
  text_free(&result.out);
  text_free(&result.err);
  return status;
}

Status gnuplot_run(const Script *script, PictureFormat format, double timeout, Task *task, Text *picture,
                   Text *warnings, Error *e)
{
  char program[PATH_MAX], folder[FOLDER_BYTES];
  if (!process_find("gnuplot", program, sizeof program)) {
    return no_gnuplot(e);
  }
  Status status = folder_make(folder, e);
  if (status == STATUS_OK) {
    status = run_in(folder, program, script, format, timeout, task, picture, warnings, e);
    folder_remove(folder);
  }
  return status;
}
