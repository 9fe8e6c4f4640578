/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of the verbs that put frames together and turn them round mean. */
#include "registry/help.h"

static const Topic join_topics[] = {
    {"append-columns", "a frame lacks a column that another one has",
     "append was told to be strict. Rename or add the column; without strict the cells are missing and that is "
     "said."},
    {"append-types", "columns of one name have types that do not go together",
     "int64 goes with float64, category with string; a column of missing cells goes with any. Bring the others to "
     "one type "
     "with cast, or read both files with types = {name = \"string\"}. Times must be of one zone."},
    {"bad-span", "a text is no length of time",
     "A length of time is a unit, with a whole number before it or not: \"month\", \"7 days\", \"15 minutes\"."},
    {"cut-labels", "the labels do not go with the bins",
     "There must be one label per bin, no two alike; df:cut_points{...} shows the bins."},
    {"cut-points", "numbers cannot be cut at these points",
     "Cut points rise, and there are at least two. Equal widths need numbers that differ."},
    {"cut-ties", "quantiles coincide because many numbers are equal",
     "ties = \"merge\" takes such cut points as one and makes fewer bins; ties = \"order\" deals equal numbers to "
     "bins by row, so "
     "that bins are of equal size; fewer bins, or cut points of your own (at = {...}), may fit the data better."},
    {"join-asof", "a join as of a time that cannot be made",
     "asof names a column of times in both frames (both wall time, or both with a zone), or of numbers in both; "
     "the join is "
     "left or inner."},
    {"join-expect", "keys have more partners than expected",
     "expect says how many partners rows may have: in many-to-one a left row has at most one. The message has the "
     "first key "
     "that stands in several rows. Keep one row per key with distinct or group and agg, or leave expect out."},
    {"join-rows", "a frame has more rows than a join takes",
     "Rows of a frame are counted in 32 bits there. Join it in parts."},
    {"join-types", "the keys of a join are of types that cannot be compared",
     "Text goes with text, numbers with numbers, truth values and times with their like. Bring one side to the "
     "other's type with "
     "cast, or read the file with types = {name = \"string\"}."},
    {"pivot-columns", "a pivot would make very many columns",
     "Each group of the columns turned round makes one. Take a column with fewer different cells (cut or relevel "
     "make them "
     "fewer), or raise the limit with most."},
    {"pivot-duplicates", "several rows belong to one cell of a pivot",
     "The message has the first such cell. agg says what to make of them: \"sum\", \"mean\", \"first\", \"count\" "
     "..."},
};
REGISTER_TOPICS(join_topics);
