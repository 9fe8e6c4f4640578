/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal in help, and what its errors mean. */
#include "registry/help.h"

static const Topic journal_topics[] = {
    {"journal", "the record of a session, and what can be done with it",
     "The prompt keeps a journal: a Lua file with every statement that succeeded as it was typed, failures behind "
     "--!, and behind --= what each read and made: files, and for every column n, sum, sum of squares, min, max "
     "and a digest. Commands of the prompt, help and what print shows are not in it. .journal says where it is, "
     ".journal off stops it, assay --no-journal does without. Each folder has its own, below "
     "~/.local/state/assay/journal, readable by you only. .save seg.lua seg writes the statements that make seg; "
     ".save all.lua the whole session. assay replay FILE --check runs a journal or a saved script again and names "
     "the first step that comes out otherwise; --data other.csv puts another file in the place of its input. "
     "assay resume takes up a session that was ended or broken off. A script keeps a journal only with assay "
     "--journal FILE."},
    {"session", "a text about this session for a problem report",
     "print(session()) gives versions, machine, terminal, locale, loaded plugins, the last error and the last "
     "five statements as they were typed. The home folder is written as ~; nothing else is left out of the "
     "statements. Read it before you pass it on."},
    {"journal-in-use", "another session writes to this journal", "Name another file with --journal."},
    {"no-journal", "the journal cannot be written",
     "The message has the path and the system's reason: a full disk, a folder that may not be written to, no home "
     "folder. The session goes on and its statements are remembered; .journal on tries again and then writes what "
     "is missing."},
    {"no-session", "there is no earlier session to take up",
     "Journals belong to the folder that the session began in. assay resume --list shows those of this folder; a "
     "journal elsewhere can be given by its path."},
    {"no-such-input", "which input file is meant is not plain",
     "assay replay FILE --data other.csv replaces the one file that the journal reads. With several say which: "
     "--data customers.csv=other.csv; its name without folder and ending is enough."},
    {"no-such-object", "no statement made this variable",
     ".save FILE NAME needs a variable of this session that a statement at the prompt, -e or a script gave a value."},
    {"not-a-journal", "the file is something else than a journal",
     "--journal FILE makes a new file or replaces an older journal, never another file. Name another one."},
    {"not-ours", "the file was not made by .save",
     "A script that somebody wrote is not replaced. Name another file."},
};
REGISTER_TOPICS(journal_topics);
