/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message.h -- texts in the user's language. What _() of core/error.h stands for.
 *
 * A catalogue (core/catalogue.h) is put in use once, before there are threads; looking texts up changes nothing and may be
 * done by any thread. English costs a comparison with NULL; another language O(log n) comparisons of texts.
 */
#ifndef ASSAY_CORE_MESSAGE_H
#define ASSAY_CORE_MESSAGE_H

#include "core/api.h"

/* The text in the language in use, or `english` itself when the catalogue has no such text. Both live as long as the
 * program. */
ASSAY_API const char *message_in_use(const char *english) __attribute__((format_arg(1)));

#endif
