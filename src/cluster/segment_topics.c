/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of the errors of what describes, compares and exports segments. */
#include "registry/topic.h"

static const Topic segment_topics[] = {
    {"grouped-frame", "segments are described over all rows",
     "A frame that was grouped by df:group is refused where the grouping would have no effect. Give the frame itself, "
     "or the rows "
     "of one group by df:filter."},
    {"no-rule-columns", "there is nothing that a rule could be made of",
     "Rules use numbers, booleans, categories and texts of few levels that vary, and that are not ids, times or labels "
     "of models. "
     "on = {...} names the columns; df:cast turns others into such."},
    {"bad-names", "names that do not fit the segments",
     "There must be one name for each segment, in the order of their numbers, none twice and none empty."},
    {"not-exportable", "a model that has no form in other languages",
     "SQL, Lua and JSON say which centre is nearest, so models with centres can leave whole: kmeans, minibatch, "
     "kmedians, pam, clara, "
     "spherical. Of any other model the rules can: p = m:passport(df) and p:export(\"segments.sql\") give a rule for "
     "each segment with "
     "its precision and recall."},
    {"no-sql", "distances that standard SQL cannot say",
     "Standard SQL has neither a largest of several numbers nor, everywhere, a square root. Lua and JSON can: "
     "m:export(\"segments.lua\"). "
     "A passport's rules can always be SQL."},
    {"too-many-segments", "numbers of segments that are too large",
     "Segments are numbered from 1 without large gaps, so a column of larger numbers is hardly one of segments. For a "
     "column of "
     "codes: df:cast{code = \"category\"} and df:segmentation(\"code\")."},
};
REGISTER_TOPICS(segment_topics);
