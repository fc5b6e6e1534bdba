/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json: documents built with json-c: foreign bytes made UTF-8, allocation failures remembered. */
#ifndef VW_JSON_H
#define VW_JSON_H

#include "finding.h"

#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>

/* A document under construction. Members that could not be allocated set ->lost, and
 * vw_json_write then refuses, so that no caller has to look at every step. */
struct vw_json {
	struct json_object *top; /* {"schema":1, …} */
	bool lost;
};

void vw_json_begin(struct vw_json *json);
void vw_json_end(struct vw_json *json);

/* All of these add a member `key` to object `to`, or an element to it where it is an array (key NULL). `to` may be NULL after
 * a failure: nothing happens. Text is raw; a byte that is no UTF-8 becomes U+FFFD; NULL text becomes null. */
void vw_json_text(struct vw_json *json, struct json_object *to, const char *key, const char *text);
/* As text, but an empty one becomes null: for fields where "" means "none". */
void vw_json_name(struct vw_json *json, struct json_object *to, const char *key, const char *text);
void vw_json_number(struct vw_json *json, struct json_object *to, const char *key, int64_t number);
void vw_json_bool(struct vw_json *json, struct json_object *to, const char *key, bool value);
/* -1 becomes null. */
void vw_json_tristate(struct vw_json *json, struct json_object *to, const char *key, int value);
void vw_json_null(struct vw_json *json, struct json_object *to, const char *key);
/* A new object or array, owned by `to`. */
struct json_object *vw_json_object(struct vw_json *json, struct json_object *to, const char *key);
struct json_object *vw_json_array(struct vw_json *json, struct json_object *to, const char *key);

/* Adds "findings": […] to the top, or to another object. */
void vw_json_findings(struct vw_json *json, const struct vw_findings *findings);
void vw_json_findings_to(
	struct vw_json *json, struct json_object *to, const struct vw_findings *findings);

/* Writes the document and a newline. Characters that a terminal might obey (DEL, C1 controls, bidi
 * marks) are written as \u escapes, which are the same JSON. 0 or -ENOMEM. */
int vw_json_write(struct vw_json *json, FILE *out);

#endif
