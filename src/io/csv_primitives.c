/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rejects: the rows of a file that could not be read. */
#include "frame/builder.h"
#include "registry/registry.h"

static Status no_rejects(Frame **out, Error *e)
{
  Draft *draft = draft_new();
  draft_ints(draft, "line", NULL, 0);
  draft_ints(draft, "offset", NULL, 0);
  draft_texts(draft, "reason", NULL, 0);
  draft_texts(draft, "text", NULL, 0);
  return draft_finish(draft, out, e);
}

static Status run_rejects(Call *call, Value *out, Error *e)
{
  const Frame *rejects = frame_rejects(call->data->frame);
  Frame *frame = NULL;
  const Status status = rejects ? STATUS_OK : no_rejects(&frame, e);
  if (status == STATUS_OK) {
    *out = value_of_frame(rejects ? frame_ref(rejects) : frame);
  }
  return status;
}

static const Primitive rejects_primitive = {
    .size = sizeof(Primitive), .family = "frame", .version = 1, .name = "rejects",
    .summary = "the rows of the file that could not be read",
    .details = "A row that fits the table in no way is not shifted, merged or dropped in silence: it is here, with its line, the "
               "offset of its first byte, the reason and its text. A frame that was not read from a file, or made from one that "
               "was, has none.",
    .takes = VALUE_FRAME, .gives = VALUE_FRAME, .returns = "a frame of line, offset, reason, text; no rows when all could be read",
    .reference = "", .example = "df = read \"datasets/iris/iris.csv\"\n#df:rejects()", .where = WHERE_MAIN, .run = run_rejects};
REGISTER_PRIMITIVE(rejects_primitive);
