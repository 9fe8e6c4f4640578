/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help topics that are no primitives: the language's few rules, and the ids of errors. A test sees to it that every id used
 * in the sources has its page here. */
#include "registry/help.h"

static const Topic topics[] = {
    {"columns", "how columns are read and named",
     "df.x is a column, df.x[3] a cell, #df the number of rows. df:col(\"x\") always gives the column, also when a verb has that "
     "name. Rows count from 1. An unknown column is an error that names the nearest one."},
    {"missing", "missing values",
     "A missing cell prints as NA and is the global NA in Lua, never nil. Arithmetic with NA is an error. frame{a = {1, NA, 3}} "
     "makes one. Fits refuse missing cells unless missing = \"drop\"."},
    {"calls", "how primitives are called",
     "verb(data, main, {options}): the second argument without a name fills the main option, so df:kmeans(4) is "
     "df:kmeans{k = 4}. Options are checked: an unknown name, a wrong type or a value out of range is an error that says what is "
     "legal."},
    {"interrupt", "what Ctrl-C does",
     "While a fit runs the first Ctrl-C stops it and keeps its partial result; m:continue() goes on with it. In other code it "
     "ends the statement; variables keep their values. At the prompt it drops the line."},
    {"models", "what a model is",
     "A model is data: m:tidy() has a row per component, m:glance() one row of figures, m:predict(df) and m:augment(df) give its "
     "columns for new rows, m:why(\"inertia\") explains a figure, m:save(path) and model.load(path) keep it."},
    {"bad-data", "the data do not allow this",
     "The message names the column, row or figure. Typical causes: no rows, NaN or infinite values, fewer distinct rows than "
     "clusters."},
    {"bad-model-file", "a model file cannot be used",
     "The file is damaged, not a model, or of a newer version. Models are safetensors files written by m:save(path); nothing in "
     "a file is ever run."},
    {"bad-primitive", "a primitive's declaration is not right",
     "primitive{...} needs family, name, summary and run; options need a name, a kind and one line of help; defaults must pass "
     "their own check."},
    {"column-twice", "a list names a column twice", "Take one of the two names out of the list."},
    {"csv-after-quote", "a quoted field goes on behind its closing quote",
     "Between the quote and the next comma or line end nothing may stand. A quote that belongs to the text is doubled: "
     "\"say \"\"hello\"\"\"."},
    {"csv-blank-line", "an empty line among the rows",
     "Blank lines are passed over at the end of a file only. In a file of one column a blank line is a missing cell."},
    {"csv-carriage-return", "a carriage return stands alone",
     "Lines end in LF or CRLF. Files of old Macs are converted with tr '\\r' '\\n'; inside a field it must be in quotes."},
    {"csv-empty", "a CSV file has no header", "The first line must name the columns, parted by commas."},
    {"csv-header-name", "a column has no name", "Give each column a name in the first line."},
    {"csv-header-twice", "two columns have one name", "Give each column a name of its own in the first line."},
    {"csv-long-field", "a field is longer than a reader takes", "Most often a quote was opened and not closed."},
    {"csv-no-columns", "a frame without columns cannot be written", "A CSV file begins with its columns' names."},
    {"csv-open-quote", "a quote is never closed",
     "The message names the line where it opens. Close it at the end of its field, or double it if it belongs to the text."},
    {"csv-packed", "a file is compressed", "Unpack it first; CSV is read from plain text."},
    {"csv-ragged", "a row has more or fewer fields than the header",
     "Nothing was read: a row is never shifted, merged or dropped. Most often a field with a comma lacks its quotes, or a "
     "separator other than the comma is used."},
    {"csv-type", "a cell does not fit the type asked for",
     "The message has the line and the cell. Mend it, or leave the column out of types = {...} and see in df:report() what it "
     "is read as."},
    {"csv-types", "a fault of ours in finding types", "Please report it, with the file if you can."},
    {"file-changed", "a file changed while it was read", "Read it again once nothing writes to it any more."},
    {"file-error", "the system refused a file", "The message has the path and the system's reason."},
    {"file-too-large", "a file is larger than its reader takes", "The message has the limit."},
    {"interrupted", "the statement was stopped",
     "You pressed Ctrl-C. Variables assigned before keep their values; an iterating fit gives its partial result instead."},
    {"lua-error", "an error of Lua code", "The message is Lua's own; the lines are those of your code."},
    {"memory-budget", "more memory would be needed than allowed",
     "The message has both figures. Raise --memory, or use fewer rows, columns or clusters."},
    {"missing-option", "a required option was left out", "The message says what it is for; ?PRIMITIVE lists all options."},
    {"missing-values", "the data have missing cells",
     "Fits refuse them by default. missing = \"drop\" leaves those rows out and says how many; or fill them in first."},
    {"name-clash", "a name is taken", "Rename the column first; augment replaces only columns that an earlier augment made."},
    {"no-data", "the model does not know the data it was fitted to",
     "A model that was loaded from a file must be given the frame: m:continue(df)."},
    {"no-help", "there is no help page of this name", "Search with ?\"words\"."},
    {"no-such-file", "a file is not there", "Relative paths start at the working directory; Tab completes paths inside quotes."},
    {"not-supported", "a value cannot do this", "The message says what it can do."},
    {"not-utf8", "text is not UTF-8",
     "The message has the place. Convert the file: iconv -f WINDOWS-1252 -t UTF-8 old.csv > new.csv (UTF-16, GBK and so on "
     "likewise)."},
    {"nul-byte", "text has a NUL byte",
     "It is no text, or UTF-16: convert it with iconv -f UTF-16 -t UTF-8 old.csv > new.csv."},
    {"option-twice", "an option is given twice", "Give it either without a name, as the second argument, or by name."},
    {"out-of-memory", "the system or --memory has no more memory",
     "Nothing was lost. Set values you no longer need to nil, or raise --memory."},
    {"out-of-range", "a value is outside its range", "The message has the range."},
    {"syntax-error", "Lua cannot read the statement", "The message points at the place."},
    {"too-many-arguments", "more values than the primitive knows what to do with",
     "Only the main option may be given without a name; write {name = value} for the others."},
    {"too-many-keys", "too many distinct texts", "A dictionary holds about four thousand million texts."},
    {"unknown-choice", "a value is not one of those allowed", "The message lists them; Tab completes them."},
    {"unknown-column", "a frame has no column of this name",
     "The message names the nearest one. Names are case-sensitive; df:schema() lists them."},
    {"unknown-name", "a variable or function is not known",
     "Reading a name that was never assigned is an error here, unlike in plain Lua, so that typing mistakes show."},
    {"unknown-option", "a primitive has no option of this name", "The message names the nearest one and lists them all."},
    {"wrong-column-type", "a column is of a type that the option does not take", "df:schema() shows the types."},
    {"wrong-type", "a value is of a type that does not fit", "The message says what is expected and what came."},
    {"use-methods", "comparison operators do not work on columns",
     "Lua turns the result of < into one boolean. Write df.x:gt(100), lt, ge, le, eq, ne for a column of booleans."},
};

size_t topics_size(void)
{
  return sizeof topics / sizeof *topics;
}

const Topic *topics_at(size_t index)
{
  return &topics[index];
}
