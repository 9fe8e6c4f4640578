/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sandbox is, and what its errors mean. */
#include "registry/help.h"

static const Topic sandbox_topics[] = {
    {"sandbox", "how to run what somebody else wrote",
     "assay --sandbox script.lua runs a script in a process of its own that reads plain files below the script's folder "
     "and those of datasets/, but none with a name that begins with a dot; that writes no file, starts no program, has no "
     "network, loads no plugin and no compiled code, and sees no environment. It may use 1 GB of memory (--memory) and "
     "10 s of processor time, of which 1.2 s in Lua code itself (--time sets both). With -e, a prompt or standard input "
     "the working directory takes the place of the script's folder. At a prompt each statement has its own time."},
    {"sandboxed", "the sandbox does not allow this",
     "The script asked for something that reaches beyond it: a file outside its folder, writing, another program, the "
     "environment, compiled code, or what lies behind a value. The message says what it was. Run the script without "
     "--sandbox if you trust it and need this."},
    {"sandbox-time", "a sandboxed script was stopped because its time was over",
     "It used more processor time than it may, or waited too long for its input. If it was computing rather than going "
     "round in circles, give it more: --time 60."},
    {"sandbox-ended", "the sandboxed process did not end by itself",
     "The system ended it, for its memory or for a fault. The program that watched it is not touched, nor is any file. "
     "The signal is in the message; a lower --memory makes a refusal of it where that was the cause."},
};
REGISTER_TOPICS(sandbox_topics);
