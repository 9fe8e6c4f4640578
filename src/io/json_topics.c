/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of JSON mean. */
#include "registry/help.h"

static const Topic json_topics[] = {
    {"json-depth", "JSON values are nested too deep",
     "Objects and arrays may stand 200 deep within one another. Such files are seldom tables; take out the "
     "part you need "
     "first."},
    {"json-empty", "a JSON file is empty",
     "A JSON file begins with [ or {. An empty file of JSON lines is a frame without rows."},
    {"json-many-keys", "a JSON file has too many different keys",
     "Each key makes a column, and there may be 100,000. Most often an object is used as a list, {\"id1\": "
     "{...}, \"id2\": "
     "{...}}; make it an array of objects."},
    {"sparse-file", "a small file that would make a huge table",
     "JSON and sparse ARFF name in a row only what is there, but a frame has a cell for each row and column. Choose "
     "columns = {...}, or make a file of three columns, id, key and value, which pivot and baskets read as well."},
    {"json-no-rows", "a JSON file that is no table",
     "Rows are objects. A file may be an array of objects, objects on lines of their own, one object whose "
     "values are arrays "
     "of one length (columns), or one object (one row). Numbers, texts and arrays alone have no column "
     "names."},
    {"json-ragged", "the arrays of a JSON object differ in length",
     "An object whose values are all arrays is read as columns, and these must have one length. Put the "
     "object in brackets, "
     "[{...}], to read it as one row."},
    {"json-syntax", "a file is not well-formed JSON",
     "The message has line, column and byte, and the text with a caret. JSON is strict: names and texts in "
     "double quotes, no "
     "comma after the last item, no comments, no NaN. In JSON lines such a line goes to df:rejects() "
     "instead."},
    {"json-type", "a JSON value does not fit the type asked for",
     "The message has the place and the value. Ask for string, or mend the file; df:report() of a reading "
     "without types says "
     "what the column is read as."},
};
REGISTER_TOPICS(json_topics);
