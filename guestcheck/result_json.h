/* SPDX-License-Identifier: GPL-2.0-or-later */
/* result_json: the JSON that all output is made from (README.md says what is in it). */
#ifndef VW_RESULT_JSON_H
#define VW_RESULT_JSON_H

#include "json.h"
#include "options.h"
#include "result.h"

#define VW_EXIT_UNDETERMINED 3

/* What a finding of an image is called when it is vfward that failed: exit status 4. */
#define VW_FINDING_INTERNAL "internal"

/* Fills `to` with one image. */
void vw_result_json(struct vw_json *json, struct json_object *to, const char *image,
	const struct vw_image_result *result);

/* Reading a document, of whatever shape: a member that is missing or of another kind is NULL, or an empty text or array. */
struct json_object *vw_json_get(struct json_object *object, const char *key);
const char *vw_json_string(struct json_object *object, const char *key); /* NULL = null, or none */
size_t vw_json_length(struct json_object *array);
/* The findings of an object, with texts that it owns: free ->v alone. */
int vw_json_read_findings(struct json_object *object, struct vw_findings *findings);

/* Is it an image as vw_result_json writes one? */
bool vw_result_json_valid(struct json_object *image);

/* The exit status of one image, and of a document: internal before unsuitable before undetermined before suitable. */
int vw_result_json_exit(struct json_object *image);
int vw_results_json_exit(struct json_object *top);

#endif
