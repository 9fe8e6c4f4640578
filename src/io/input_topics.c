/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the errors of bringing in text mean. */
#include "registry/help.h"

static const Topic input_topics[] = {
    {"file-encoding", "bytes that are not text in this encoding",
     "The message has the offset and the bytes. Without the option encoding the file is looked at as a whole and the "
     "most "
     "likely encoding is taken and reported; 'iconv -l' lists the names there are."},
    {"file-packed", "a packed file is damaged or cut off",
     "The message says where. Nothing was read of it. 'gzip -t' or 'zstd -t' tests a file; fetch or pack it anew."},
    {"file-packed-limit", "a packed file grows beyond measure",
     "Small files can be made that unpack to any size. If this one is meant, unpack it first, and look at it."},
    {"unknown-encoding", "there is no encoding of this name", "Names are those of iconv; 'iconv -l' lists them."},
};
REGISTER_TOPICS(input_topics);
