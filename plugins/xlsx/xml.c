/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "xml.h"

#include <expat.h>
#include <string.h>

#include "core/alloc.h"

enum { DEPTH_MOST = 64 };

typedef struct Xml {
  XML_Parser parser;
  Package *package;
  const char *part;
  const XmlHandlers *handlers;
  void *context;
  int depth;
  const char *refused; /* what is not allowed */
} Xml;

static void *take(size_t size)
{
  return mem_alloc(size, 1);
}

static void *resize(void *p, size_t size)
{
  return mem_resize(p, size, 1);
}

static const char *local(const char *name)
{
  const char *colon = strchr(name, ':');
  return colon ? colon + 1 : name;
}

static void refuse(Xml *xml, const char *what)
{
  xml->refused = what;
  XML_StopParser(xml->parser, XML_FALSE);
}

static void XMLCALL on_start(void *data, const char *name, const char **attributes)
{
  Xml *xml = data;
  if (++xml->depth > DEPTH_MOST) {
    refuse(xml, _("elements nested too deep"));
  } else {
    xml->handlers->start(xml->context, local(name), attributes);
  }
}

static void XMLCALL on_end(void *data, const char *name)
{
  Xml *xml = data;
  xml->depth--;
  if (xml->handlers->end) {
    xml->handlers->end(xml->context, local(name));
  }
}

static void XMLCALL on_text(void *data, const char *text, int length)
{
  Xml *xml = data;
  xml->handlers->text(xml->context, text, length);
}

static void XMLCALL on_doctype(void *data, const char *name, const char *system, const char *public, int internal)
{
  (void)name;
  (void)system;
  (void)public;
  (void)internal;
  refuse(data, _("a document type, which workbooks do not have"));
}

static Status sink(void *context, const char *bytes, size_t n, bool *done, Error *e)
{
  Xml *xml = context;
  const char *path = package_path(xml->package);
  if (XML_Parse(xml->parser, bytes, (int)n, n == 0) == XML_STATUS_ERROR) {
    const enum XML_Error code = XML_GetErrorCode(xml->parser);
    return code == XML_ERROR_NO_MEMORY
               ? error_memory(e, 0, path)
               : error_set(e, STATUS_FORMAT, "bad-workbook",
                           _("'%1$s' is damaged: %2$s, line %3$lu, column %4$lu: %5$s"), path, xml->part,
                           XML_GetCurrentLineNumber(xml->parser), XML_GetCurrentColumnNumber(xml->parser) + 1,
                           xml->refused ? xml->refused : XML_ErrorString(code));
  }
  return xml->handlers->check ? xml->handlers->check(xml->context, done, e) : STATUS_OK;
}

Status xml_read(Package *package, const char *part, const XmlHandlers *handlers, void *context, Error *e)
{
  const XML_Memory_Handling_Suite memory = {take, resize, mem_free};
  Xml xml = {.package = package, .part = part, .handlers = handlers, .context = context};
  xml.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
  if (!xml.parser) {
    return error_memory(e, 0, package_path(package));
  }
  XML_SetUserData(xml.parser, &xml);
  XML_SetElementHandler(xml.parser, on_start, on_end);
  XML_SetStartDoctypeDeclHandler(xml.parser, on_doctype);
  if (handlers->text) {
    XML_SetCharacterDataHandler(xml.parser, on_text);
  }
  const Status status = package_read(package, part, sink, &xml, e);
  XML_ParserFree(xml.parser);
  return status;
}

const char *xml_attribute(const char **attributes, const char *name)
{
  for (; attributes[0]; attributes += 2) {
    if (strcmp(local(attributes[0]), name) == 0) {
      return attributes[1];
    }
  }
  return NULL;
}
