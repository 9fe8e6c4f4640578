/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of text and time functions mean. */
#include "registry/help.h"

static const Topic function_topics[] = {
    {"bad-choice", "a word that is none of those a function knows",
     "Some arguments are one of a few words, such as a unit of time or a form of texts. The message lists them."},
    {"bad-code", "a number that is no character's",
     "char(n) takes the number of a Unicode code point: 1 to 1114111, without 55296 to 57343."},
    {"bad-count", "a negative number of characters", "left, right, substr and repeat take 0 or more."},
    {"bad-format", "a format of times with an unknown sign",
     "Formats are those of C's strftime: %Y year, %m month, %d day, %H hour, %M minute, %S second, %b month's name, %z distance "
     "from UTC, %% a percent sign. A format that reads must have a year."},
    {"bad-padding", "padding with more or less than one character", "pad_left(x, 5, \"0\") fills up with one character."},
    {"bad-pattern", "a regular expression with a mistake",
     "Patterns are Perl's (PCRE2). The caret shows where it went wrong. A backslash makes . * + ? ( ) [ ] { } ^ $ | and \\ "
     "plain; in a text between \"...\" of Lua it must be doubled, in [[...]] not."},
    {"bad-place", "a place or part numbered 0", "Characters and parts count from 1; -1 is the last one."},
    {"bad-separator", "a text cannot be split at nothing", "Give split() a separator of at least one character."},
    {"bad-time", "a text that is no time",
     "The message shows the text and what was expected. The functions that begin with try_ give NA for such texts."},
    {"bad-zone", "a time zone's file is damaged",
     "Files of zones come with the package tzdata, below /usr/share/zoneinfo or where TZDIR points. Install it again."},
    {"no-such-time", "a date or time of day that does not exist",
     "Such as 30 February, month 13 or hour 24. Years go from 1 to 9999."},
    {"not-constant", "an argument that must be the same in all rows",
     "Zones, formats and units are settled before the rows are looked at: write them as a text or a $parameter. For several "
     "zones filter the rows of each."},
    {"not-zoned", "wall times do not say of which zone they are",
     "from_zone(t, \"Europe/Berlin\") says it; then in_zone shows the same instants elsewhere."},
    {"pattern-too-costly", "a regular expression tried too many ways",
     "Repeats within repeats can be matched in a number of ways that doubles with each character. Make the inner ones "
     "possessive, as in (a++)+, or say more exactly what may follow."},
    {"text-too-long", "a text too long for this function",
     "A cell that is made holds up to 16 million bytes. Distances compare up to 32768 characters (Jaro 8192)."},
    {"time-out-of-range", "a time outside of the years 1 to 9999",
     "Sums and parts are defined for the years 1 to 9999. Look for numbers that are no times, or in milliseconds."},
    {"unknown-group", "a group that the pattern does not have",
     "Groups are what stands in ( ) of a regular expression, counted from 1 by their opening brackets; 0 is the whole match."},
    {"unknown-zone", "there is no time zone of this name",
     "Zones are named by region and city, such as Europe/Berlin or Asia/Shanghai; UTC and distances such as +08:00 also work. "
     "They come with the package tzdata; TZDIR names another folder."},
    {"zone-mismatch", "times with and without a zone in one call",
     "wall_time(t) takes the zone away; from_zone(t, \"Europe/Berlin\") says which one wall times are of."},
};
REGISTER_TOPICS(function_topics);
