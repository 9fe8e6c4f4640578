/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key_script.h -- keys from a file, screens to a file: the dashboard without a terminal (--keys FILE --save-screen FILE).
 *
 * A line of the file is a key or a command; blank lines and lines from "#" on mean nothing:
 *
 *   Enter            a key, by its name (key.h); several with blanks between: Down Down Enter
 *   text "spend > 1" types the characters; \" and \\ as in C
 *   wait             until no statement, query or job is at work and none waits
 *   wait-job         until a job runs, or nothing is at work any more
 *   screen [NOTE]    adds the screen to what is saved, under a line "== NOTE, 80x24, page data"
 *   pens             from here on screens tell of reverse, bold and inks too
 *   resize 40x10     the screen has another size
 *   page rules       goes to a page by its name: the keys of tabs change when there are more pages
 *
 * After every key but those typed while a job was waited for the script waits by itself, so that a screen does not
 * depend on the machine. At the end the screen is added once more. Figures of time are "-".
 */
#ifndef ASSAY_TUI_KEY_SCRIPT_H
#define ASSAY_TUI_KEY_SCRIPT_H

#include "core/error.h"
#include "core/text.h"

typedef enum ScriptKind { SCRIPT_KEY, SCRIPT_TEXT, SCRIPT_WAIT, SCRIPT_WAIT_JOB, SCRIPT_SCREEN, SCRIPT_PENS,
                          SCRIPT_RESIZE, SCRIPT_PAGE } ScriptKind;

typedef struct ScriptStep {
  ScriptKind kind;
  uint32_t key;
  char *text;         /* of SCRIPT_TEXT, SCRIPT_SCREEN, SCRIPT_PAGE */
  int width, height;
} ScriptStep;

typedef struct Script {
  ScriptStep *steps;
  size_t n;
} Script;

/* Errors: "bad-keys" with file and line. */
Status key_script_read(const char *path, Script *out, Error *e) MUST_USE;
void key_script_free(Script *script);

/* "80x24". */
bool key_script_size(const char *text, int *width, int *height);

#endif
