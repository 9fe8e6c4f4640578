/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xml.h -- a part of a package as XML: elements and text given to functions while it is unpacked.
 *
 * Names come without their prefix. A document type is refused, so that there are no entities but XML's own; so are
 * elements more than 64 deep.
 */
#ifndef XLSX_XML_H
#define XLSX_XML_H

#include "package.h"

typedef struct XmlHandlers {
  void (*start)(void *context, const char *name, const char **attributes); /* name, value, name, value, NULL */
  void (*end)(void *context, const char *name);
  void (*text)(void *context, const char *text, int length);
  /* Asked after each piece: an error of the handlers' own; *done: no more is needed. May be NULL. */
  Status (*check)(void *context, bool *done, Error *e);
} XmlHandlers;

/* Errors: those of package_read and check; "bad-workbook" with line and column. */
Status xml_read(Package *package, const char *part, const XmlHandlers *handlers, void *context, Error *e) MUST_USE;

/* The value of an attribute, by its name without prefix, or NULL. */
const char *xml_attribute(const char **attributes, const char *name);

#endif
