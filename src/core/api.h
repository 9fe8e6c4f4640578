/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api.h -- marks what plugins may call.
 *
 * tools/api.txt lists the headers that are installed. Each function they declare begins with ASSAY_API; the
 * program exports just these (tools/api makes the linker's list of them), all else stays hidden. A struct or an
 * enum of these headers that changes is a new ABI: see plug/plugin.h.
 */
#ifndef ASSAY_CORE_API_H
#define ASSAY_CORE_API_H

#define ASSAY_API __attribute__((visibility("default")))

#endif
