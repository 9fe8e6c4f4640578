/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What plugins are, and what their errors mean. */
#include "registry/help.h"

static const Topic plug_topics[] = {
    {"plugins", "what plugins add and where they are",
     "A plugin brings primitives and formats, such as those of databases and workbooks. It is loaded when one of "
     "its names, methods, formats, schemes or extensions is first used; until then only its manifest is read. "
     "plugin.list() shows them all and what is missing. plugins/example is the one to copy."},
    {"bad-plugin", "a plugin cannot be used",
     "Its folder, its manifest plugin.json, its library or its Lua file is not as it should be. The message says "
     "what was found. Build it again, or look at plugins/example."},
    {"plugin-abi", "a plugin was built for another version of the program",
     "The sizes of what the program and the plugin share differ. Build the plugin again against the headers of this "
     "program."},
    {"plugin-not-built", "a plugin is there but was not built",
     "The library it needs was not installed when the program was built. The hint names the package; then run make."},
    {"unknown-plugin", "there is no plugin of this name",
     "plugin.list() shows those there are and where they were found."},
};
REGISTER_TOPICS(plug_topics);
