/* SPDX-License-Identifier: GPL-3.0-or-later */
/* language.h -- the user's characters and language, from the environment. */
#ifndef ASSAY_MAIN_LANGUAGE_H
#define ASSAY_MAIN_LANGUAGE_H

/* Called once, first of all. Takes the kind of characters from LC_ALL, LC_CTYPE or LANG, and no more: numbers are read and
 * written with a point. A locale of UTF-8 that the system has not generated is replaced by C.UTF-8, here and for the
 * programs that are started. Then puts the first catalogue in use that there is for the languages wanted
 * (core/catalogue.h); where characters are not UTF-8, English stays. Catalogues lie in locale/ beside the program
 * (a build folder) or in ../share/locale. */
void language_begin(void);

#endif
