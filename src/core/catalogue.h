/* SPDX-License-Identifier: GPL-3.0-or-later */
/* catalogue.h -- catalogues of messages that msgfmt made (gettext's .mo), and which of them is wanted.
 *
 * They are read here and not by the C library's gettext, because that one gives English wherever the system has not
 * generated the locale asked for, which is the rule on servers and in containers. The variables mean what they mean there:
 * see message_languages. tools/messages.sh makes the catalogues; it puts in what PRId64 and its like stand for, which the
 * format leaves open.
 * Format of .mo: GNU gettext manual, "The Format of GNU MO Files".
 */
#ifndef ASSAY_CORE_CATALOGUE_H
#define ASSAY_CORE_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>

/* One catalogue in memory. */
typedef struct Messages {
  char *bytes; /* owned */
  size_t size, n;
} Messages;

/* Checks a catalogue of `size` bytes, followed by a NUL: offsets, ends, order. True: *messages owns the bytes. */
bool messages_take(char *bytes, size_t size, Messages *messages);
void messages_free(Messages *messages);

/* NULL when there is no such text, or its translation is empty. O(log n). */
const char *messages_find(const Messages *messages, const char *english);

/* Reads FOLDER/LANGUAGE/LC_MESSAGES/assay.mo and puts it in use; false, and nothing changed, when it is not there or is no
 * catalogue. */
bool message_use(const char *folder, const char *language);

/* The language in use, "en" at first. */
const char *message_language(void);

/* The languages wanted, best first, each with blanks after it ("zh_CN zh "), from the values of LC_ALL, LC_MESSAGES, LANG
 * and LANGUAGE (NULL or "": not set). The first of the first three that is set names the locale; C and POSIX mean English,
 * whatever LANGUAGE says; otherwise the list in LANGUAGE goes before the locale. "ll_CC" is followed by "ll", and zh, zh_SG
 * and zh_Hans by zh_CN. The list ends where English stands. Gives the length, less than `size`. */
typedef struct MessageVariables {
  const char *all, *messages, *lang, *language;
} MessageVariables;
size_t message_languages(const MessageVariables *variables, char *out, size_t size);

#endif
