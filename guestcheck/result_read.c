/* SPDX-License-Identifier: GPL-2.0-or-later */
/* result_read: reading results from JSON, and the exit status that they make. */
#include "result_json.h"

#include "cleanup.h"

#include <string.h>

struct json_object *vw_json_get(struct json_object *object, const char *key)
{
	struct json_object *member = NULL;

	if (!json_object_is_type(object, json_type_object))
		return NULL;
	json_object_object_get_ex(object, key, &member);
	return member;
}

const char *vw_json_string(struct json_object *object, const char *key)
{
	struct json_object *member = vw_json_get(object, key);

	return json_object_is_type(member, json_type_string) ? json_object_get_string(member)
							     : NULL;
}

size_t vw_json_length(struct json_object *array)
{
	return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

static bool read_severity(const char *text, enum vw_severity *severity)
{
	for (int i = VW_PASS; i <= VW_SKIP; i++) {
		if (strcmp(text, vw_severity_name((enum vw_severity)i)) == 0) {
			*severity = (enum vw_severity)i;
			return true;
		}
	}
	return false;
}

static bool read_finding(struct json_object *object, struct vw_finding *finding)
{
	const char *severity = vw_json_string(object, "severity");

	*finding = (struct vw_finding){ .id = vw_json_string(object, "id"),
		.subject = (char *)vw_json_string(object, "subject"),
		.message = (char *)vw_json_string(object, "message"),
		.remedy = (char *)vw_json_string(object, "remedy") };
	return finding->id && finding->subject && finding->message && severity &&
	       read_severity(severity, &finding->severity);
}

int vw_json_read_findings(struct json_object *object, struct vw_findings *findings)
{
	struct json_object *array = vw_json_get(object, "findings");
	size_t n = vw_json_length(array);

	*findings = (struct vw_findings){ 0 };
	if (n == 0)
		return 0;
	findings->v = calloc(n, sizeof(*findings->v));
	if (!findings->v)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (read_finding(json_object_array_get_idx(array, i), &findings->v[findings->n]))
			findings->n++;
	return 0;
}

static bool valid_findings(struct json_object *object)
{
	struct json_object *array = vw_json_get(object, "findings");
	struct vw_finding finding;

	if (!json_object_is_type(array, json_type_array))
		return false;
	for (size_t i = 0; i < vw_json_length(array); i++)
		if (!read_finding(json_object_array_get_idx(array, i), &finding))
			return false;
	return true;
}

static bool valid_check(struct json_object *check)
{
	const char *verdict = vw_json_string(check, "verdict");

	for (int i = 0; verdict && i < VW_N_VERDICTS; i++)
		if (strcmp(verdict, vw_verdict_name((enum vw_verdict)i)) == 0)
			return json_object_is_type(vw_json_get(check, "evidence"), json_type_array);
	return false;
}

static bool valid_system(struct json_object *system)
{
	struct json_object *devices = vw_json_get(system, "devices");

	for (size_t i = 0; i < vw_json_length(devices); i++) {
		struct json_object *device = json_object_array_get_idx(devices, i);

		if (!vw_json_string(device, "device") || !valid_check(device))
			return false;
	}
	return json_object_is_type(devices, json_type_array) && vw_json_string(system, "type") &&
	       valid_findings(system);
}

bool vw_result_json_valid(struct json_object *image)
{
	struct json_object *systems = vw_json_get(image, "systems");

	for (size_t i = 0; i < vw_json_length(systems); i++)
		if (!valid_system(json_object_array_get_idx(systems, i)))
			return false;
	return json_object_is_type(systems, json_type_array) && vw_json_string(image, "image") &&
	       vw_json_string(image, "verdict") && valid_findings(image);
}

int vw_result_json_exit(struct json_object *image)
{
	const char *verdict = vw_json_string(image, "verdict");
	vw_auto_free struct vw_finding *v = NULL;
	struct vw_findings findings;

	if (!verdict || vw_json_read_findings(image, &findings) < 0)
		return VW_EXIT_INTERNAL;
	v = findings.v;
	for (size_t i = 0; i < findings.n; i++)
		if (strcmp(v[i].id, VW_FINDING_INTERNAL) == 0)
			return VW_EXIT_INTERNAL;
	if (strcmp(verdict, vw_verdict_name(VW_VERDICT_PASS)) == 0)
		return VW_EXIT_GOOD;
	return strcmp(verdict, vw_verdict_name(VW_VERDICT_UNDETERMINED)) == 0 ? VW_EXIT_UNDETERMINED
									      : VW_EXIT_FAILED;
}

int vw_results_json_exit(struct json_object *top)
{
	static const int order[] = { VW_EXIT_INTERNAL, VW_EXIT_FAILED, VW_EXIT_UNDETERMINED };
	struct json_object *images = vw_json_get(top, "images");

	for (size_t o = 0; o < VW_ARRAY_SIZE(order); o++)
		for (size_t i = 0; i < vw_json_length(images); i++)
			if (vw_result_json_exit(json_object_array_get_idx(images, i)) == order[o])
				return order[o];
	return VW_EXIT_GOOD;
}
