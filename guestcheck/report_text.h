/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report_text: the results for people. */
#ifndef VW_REPORT_TEXT_H
#define VW_REPORT_TEXT_H

#include "output.h"

#include <json-c/json.h>

/* top: a document with "images" and "findings". With -q only what is not good; with -v the evidence. 0 or -ENOMEM. */
int vw_report_text(const struct vw_output *output, struct json_object *top);

#endif
