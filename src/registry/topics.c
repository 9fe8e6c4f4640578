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
    {"bad-csv", "a CSV file is not well formed",
     "The message names the line. Nothing was read: a row is never shifted, merged or dropped. Mend the line, or read every "
     "column as text with types = \"string\" when only a type is wrong."},
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
