/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report_junit: the results as the XML that CI servers read. */
#ifndef VW_REPORT_JUNIT_H
#define VW_REPORT_JUNIT_H

#include "error.h"

#include <json-c/json.h>
#include <stdio.h>

/* A testsuite for each image, a testcase for each device of a system, and one for the image itself. Fail, disabled and not-applicable are a failure,
 * undetermined is skipped, what vfward could not do an error. Any text becomes valid XML 1.0. 0 or -errno with a message. */
int vw_report_junit_write(struct json_object *top, FILE *out, struct vw_error *err);

/* Could the file be written? It is better known before the images are examined. 0 or -errno with a message. */
int vw_report_junit_check(const char *file, struct vw_error *err);

/* To a file, whole or not at all; "-": to stdout. */
int vw_report_junit(struct json_object *top, const char *file, struct vw_error *err);

#endif
