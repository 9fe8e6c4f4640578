/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help topics that are no primitives: the language's few rules, and the ids of errors of the lower layers. Others stand in
 * *_topics.c beside their code; the linker collects the tables. A test sees to it that every id used in the sources has its
 * page. */
#include <stdlib.h>
#include <string.h>

#include "registry/help.h"

static const Topic topics[] = {
    {"columns", "how columns are read and named",
     "df.x is a column, df.x[3] a cell, #df the number of rows. for i, v in ipairs(df.x) goes over its cells, missing ones "
     "included, for name, column in pairs(df) over the columns, for i, row in df:rows() over rows. df:col(\"x\") always gives the column, also when a verb has that "
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
    {"bad-column", "a column's insides do not fit together",
     "Columns of model files are checked when they are read. Write the file again with m:save(path)."},
    {"bad-data", "the data do not allow this",
     "The message names the column, row or figure. Typical causes: no rows, NaN or infinite values, fewer distinct rows than "
     "clusters."},
    {"bad-model-file", "a model file cannot be used",
     "The file is damaged, not a model, or of a newer version. Models are safetensors files written by m:save(path); nothing in "
     "a file is ever run."},
    {"bad-primitive", "a primitive's declaration is not right",
     "primitive{...} needs family, name, summary and run; options need a name, a kind and one line of help; defaults must pass "
     "their own check."},
    {"blas-wrong", "the linear algebra library gives wrong results",
     "A small product was computed at the library's first use and came out wrong. Install another "
     "OpenBLAS, or choose its kernel with the variable the message names."},
    {"builder-open", "a fault of ours in making a column",
     "Please report it, with the statement that led to it."},
    {"builder-type", "a fault of ours in making a column",
     "Please report it, with the statement that led to it."},
    {"column-length", "columns of a frame have different lengths",
     "The message has both. Fill the shorter one up with NA."},
    {"column-twice", "a list names a column twice", "Take one of the two names out of the list."},
    {"command-argument", "a command of the prompt takes no argument",
     ".help lists the commands and what they take."},
    {"command-in-statement", "a command of the prompt in the middle of a statement",
     "Complete the statement, or drop it with Ctrl-C. A line of it that begins with a dot needs a blank "
     "in front."},
    {"empty-name", "a column has no name", "Give it one: a text of at least one character."},
    {"file-changed", "a file changed while it was read", "Read it again once nothing writes to it any more."},
    {"file-error", "the system refused a file", "The message has the path and the system's reason."},
    {"file-too-large", "a file is larger than its reader takes", "The message has the limit."},
    {"interrupted", "the statement was stopped",
     "You pressed Ctrl-C. Variables assigned before keep their values; an iterating fit gives its partial result instead."},
    {"kmeans-centre-not-finite", "a starting centre is NaN or infinite",
     "The frame given as init must have a finite number in each cell."},
    {"kmeans-distinct", "fewer distinct rows than clusters",
     "Rows that are equal in all variables count once. Choose a smaller k, or more variables."},
    {"kmeans-k", "k is too small", "At least one cluster is needed."},
    {"kmeans-k-above-n", "more clusters than rows",
     "Each cluster has at least one row: choose a smaller k, or more rows."},
    {"kmeans-no-variables", "there is nothing to cluster by", "Name numeric columns: on = {\"a\", \"b\"}."},
    {"kmeans-settings", "an option of a fit is out of its range",
     "starts and max_iter must be at least 1, tol at least 0."},
    {"kmeans-state", "the state of an interrupted fit does not fit the data",
     "m:continue(df) needs the frame that m was fitted to."},
    {"loop-exists", "a fault of ours: a second event loop",
     "Please report it, with the statement that led to it."},
    {"lua-error", "an error of Lua code", "The message is Lua's own; the lines are those of your code."},
    {"matrix-too-large", "a matrix is too large for the linear algebra library",
     "Use fewer rows or columns at a time."},
    {"memory-budget", "more memory would be needed than allowed",
     "The message has both figures. Raise --memory, or use fewer rows, columns or clusters."},
    {"no-columns", "no column would be left", "A frame without columns has no rows either. Keep at least one."},
    {"missing-option", "a required option was left out", "The message says what it is for; ?PRIMITIVE lists all options."},
    {"missing-values", "the data have missing cells",
     "Fits refuse them by default. missing = \"drop\" leaves those rows out and says how many; or fill them in first."},
    {"name-clash", "a name is taken", "Rename the column first; augment replaces only columns that an earlier augment made."},
    {"name-twice", "two columns have one name", "Names in a frame are unique: rename one of them."},
    {"no-blas", "the linear algebra library is not there",
     "On Debian: apt-get install libopenblas0-pthread. What needs no matrices works without it."},
    {"no-data", "the model does not know the data it was fitted to",
     "A model that was loaded from a file must be given the frame: m:continue(df)."},
    {"no-demos", "the demonstrations are not there",
     "They lie below the program's home, which ASSAY_HOME names if it is not found."},
    {"no-folder", "a folder cannot be made", "The message has the path and the system's reason."},
    {"no-help", "there is no help page of this name", "Search with ?\"words\"."},
    {"no-history", "the prompt's history cannot be kept",
     "The message has the path and the system's reason. The prompt works without it."},
    {"no-home", "the home folder is not known",
     "Set the variable HOME. The prompt works, but keeps no history."},
    {"no-pipe", "the system gives no more file descriptors",
     "Close other programs, or raise the limit with ulimit -n."},
    {"no-such-file", "a file is not there", "Relative paths start at the working directory; Tab completes paths inside quotes."},
    {"no-such-signal", "a fault of ours: a signal that is none",
     "Please report it, with the statement that led to it."},
    {"not-finite", "a cell is NaN or infinite",
     "The message has row and column. Take such rows out, or put NA in their place and use missing = "
     "\"drop\"."},
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
    {"poll-failed", "the system refused to wait for input",
     "The message has the system's reason. Please report it."},
    {"signal-refused", "the system refused a signal handler",
     "The message has the system's reason. Please report it."},
    {"slice-range", "a fault of ours in cutting a frame",
     "Please report it, with the statement that led to it."},
    {"syntax-error", "Lua cannot read the statement", "The message points at the place."},
    {"take-range", "a fault of ours in taking rows of a frame",
     "Please report it, with the statement that led to it."},
    {"too-many-arguments", "more values than the primitive knows what to do with",
     "Only the main option may be given without a name; write {name = value} for the others."},
    {"too-many-keys", "too many distinct texts", "A dictionary holds about four thousand million texts."},
    {"too-many-levels", "too many distinct texts in a column",
     "A dictionary holds about two thousand million texts."},
    {"unknown-choice", "a value is not one of those allowed", "The message lists them; Tab completes them."},
    {"unknown-column", "a frame has no column of this name",
     "The message names the nearest one. Names are case-sensitive; df:schema() lists them."},
    {"no-result", "a result of the prompt is not kept any more, or was never shown",
     ".out lists the values shown. The newest are kept, 256 MB of them together with what .undo needs."},
    {"bad-setting", "a setting has another name, or takes other values", ".set lists the settings and what they take."},
    {"cannot-enter", "a folder cannot be entered", "It is not there, is no folder, or may not be read by you."},
    {"editor-failed", "the editor could not be run, or ended with a failure",
     "The statement is as it was. VISUAL or EDITOR names the editor; vi is taken without them."},
    {"unknown-command", "there is no such command of the prompt",
     ".help lists them. They begin with a dot; all else is Lua."},
    {"unknown-demo", "there is no demonstration of this name", "assay demo --list names them all."},
    {"unknown-name", "a variable or function is not known",
     "Reading a name that was never assigned is an error here, unlike in plain Lua, so that typing mistakes show."},
    {"unknown-option", "a primitive has no option of this name", "The message names the nearest one and lists them all."},
    {"use-methods", "comparison operators do not work on columns",
     "Lua turns the result of < into one boolean. Write df.x:gt(100), lt, ge, le, eq, ne for a column of booleans."},
    {"wrong-column-type", "a column is of a type that the option does not take", "df:schema() shows the types."},
    {"wrong-type", "a value is of a type that does not fit", "The message says what is expected and what came."},
};

REGISTER_TOPICS(topics);

extern const TopicTable *const __start_assay_topics[];
extern const TopicTable *const __stop_assay_topics[];
extern const TopicSource *const __start_assay_topic_sources[] __attribute__((weak, visibility("hidden")));
extern const TopicSource *const __stop_assay_topic_sources[] __attribute__((weak, visibility("hidden")));

enum { TOPICS_MOST = 1024 };

static const Topic *all[TOPICS_MOST];
static size_t count; /* 0: not collected yet */

static int compare(const void *a, const void *b)
{
  const Topic *const *x = a, *const *y = b;
  return strcmp((*x)->name, (*y)->name);
}

static void take_table(const TopicTable *table)
{
  for (size_t i = 0; i < table->n && count < TOPICS_MOST; i++) {
    all[count++] = &table->topics[i];
  }
}

size_t topics_size(void)
{
  if (count == 0) {
    for (const TopicTable *const *t = __start_assay_topics; t < __stop_assay_topics; t++) {
      take_table(*t);
    }
    for (const TopicSource *const *s = __start_assay_topic_sources; s && s < __stop_assay_topic_sources; s++) {
      take_table((*s)->make());
    }
    qsort(all, count, sizeof *all, compare);
  }
  return count;
}

const TopicTable *topics_of(const char *kind)
{
  for (const TopicSource *const *s = __start_assay_topic_sources; s && s < __stop_assay_topic_sources; s++) {
    if (strcmp((*s)->kind, kind) == 0) {
      return (*s)->make();
    }
  }
  return NULL;
}

static bool is_taken(const char *name)
{
  for (size_t i = 0; i < count; i++) {
    if (strcmp(all[i]->name, name) == 0) {
      return true;
    }
  }
  return false;
}

void topics_add(const TopicTable *table)
{
  for (size_t i = 0; i < table->n && topics_size() < TOPICS_MOST; i++) {
    if (!is_taken(table->topics[i].name)) {
      all[count++] = &table->topics[i];
    }
  }
  qsort(all, count, sizeof *all, compare);
}

const Topic *topics_at(size_t index)
{
  return index < topics_size() ? all[index] : NULL;
}
