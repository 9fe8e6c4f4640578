/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of ARFF mean. */
#include "registry/help.h"

static const Topic arff_topics[] = {
    {"arff-date", "an ARFF file has a date format that is not known",
     "Formats may have the letters y M d H h m s S a, texts in quotes, and other characters. Read such a "
     "column as text and "
     "take it apart with expressions."},
    {"arff-level", "a value is not among the levels of its attribute",
     "The line @attribute lists the levels in braces. Add the missing one there, or read the column as "
     "string."},
    {"arff-ragged", "a row of an ARFF file has another number of values than there are attributes",
     "Nothing was read. Values with blanks or commas in them stand in quotes; a missing value is written ?."},
    {"arff-relational", "an attribute is a table of its own",
     "A frame has one value in a cell. Weka's filter MultiInstanceToPropositional makes a flat table of such "
     "a file."},
    {"arff-syntax", "an ARFF file is not well formed",
     "A file has a line @relation NAME, a line @attribute NAME TYPE for each column, a line @data, and then "
     "the rows. Types "
     "are numeric, real, integer, string, date with or without a format in quotes, or levels: {red, green, "
     "'dark blue'}. % "
     "begins a comment."},
    {"arff-twice", "a name stands twice in an ARFF file",
     "Attributes have different names, and so have the levels of one."},
    {"arff-type", "a value does not fit its attribute",
     "The message has the line and the value. Mend it, or read the column with types = {NAME = \"string\"}."},
    {"arff-weight", "a row of an ARFF file has a weight",
     "A number in braces behind a row is its weight in Weka. Nothing here would heed it, so make it an "
     "attribute of its own: "
     "methods take such a column by their option weights."},
};
REGISTER_TOPICS(arff_topics);
