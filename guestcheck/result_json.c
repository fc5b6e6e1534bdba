/* SPDX-License-Identifier: GPL-2.0-or-later */
/* result_json: from what was found out to JSON. */
#include "result_json.h"

static void add_check(struct vw_json *json, struct json_object *to, const struct vw_check *check)
{
	struct json_object *evidence;

	vw_json_text(json, to, "verdict", vw_verdict_name(check->verdict));
	vw_json_text(json, to, "driver", check->driver);
	vw_json_text(json, to, "version", check->version);
	vw_json_text(json, to, "version_source", check->version_source);
	vw_json_text(json, to, "path", check->path);
	vw_json_text(json, to, "confidence", vw_confidence_name(check->confidence));
	evidence = vw_json_array(json, to, "evidence");
	for (size_t i = 0; i < check->evidence.n; i++)
		vw_json_text(json, evidence, NULL, check->evidence.v[i]);
	vw_json_text(json, to, "remedy", check->remedy);
	if (check->lost)
		json->lost = true;
}

static void add_device(struct vw_json *json, struct json_object *devices,
	const struct vw_system *system, const struct vw_device_result *result)
{
	struct json_object *to = vw_json_object(json, devices, NULL), *kernels;
	char id[16];

	snprintf(id, sizeof(id), "%04x:%04x", result->device->vendor, result->device->device);
	vw_json_text(json, to, "device", id);
	vw_json_name(json, to, "name", result->device->name);
	add_check(json, to, &result->sum);
	if (system->type != VW_SYSTEM_LINUX)
		return;
	kernels = vw_json_array(json, to, "kernels");
	for (size_t i = 0; result->kernels && i < system->n_kernels; i++) {
		struct json_object *kernel = vw_json_object(json, kernels, NULL);

		vw_json_text(json, kernel, "release", system->kernels[i].release);
		add_check(json, kernel, &result->kernels[i]);
	}
}

static void add_kernels(
	struct vw_json *json, struct json_object *to, const struct vw_system *system)
{
	struct json_object *kernels = vw_json_array(json, to, "kernels"), *one;
	const char *release = NULL;

	for (size_t i = 0; i < system->n_kernels; i++) {
		const struct vw_system_kernel *kernel = &system->kernels[i];

		one = vw_json_object(json, kernels, NULL);
		vw_json_text(json, one, "release", kernel->release);
		vw_json_text(json, one, "image", kernel->image);
		vw_json_bool(json, one, "default", kernel->is_default);
		if (kernel->is_default)
			release = kernel->release;
	}
	if (!release || !system->default_rule) {
		vw_json_null(json, to, "default_kernel");
		return;
	}
	one = vw_json_object(json, to, "default_kernel");
	vw_json_text(json, one, "release", release);
	vw_json_text(json, one, "rule", system->default_rule);
	vw_json_text(json, one, "evidence", system->default_evidence);
	vw_json_text(json, one, "confidence", vw_confidence_name(system->default_confidence));
}

static void add_system(
	struct vw_json *json, struct json_object *systems, const struct vw_system *system)
{
	static const char *const types[] = { [VW_SYSTEM_LINUX] = "linux",
		[VW_SYSTEM_WINDOWS] = "windows",
		[VW_SYSTEM_OTHER] = "other" };
	struct json_object *to = vw_json_object(json, systems, NULL), *devices;

	vw_json_text(json, to, "type", types[system->type]);
	vw_json_text(json, to, "name", system->name);
	vw_json_text(json, to, "distro", system->distro);
	vw_json_text(json, to, "version", system->version);
	vw_json_text(json, to, "arch", system->arch);
	vw_json_text(json, to, "root", system->root);
	vw_json_text(json, to, "firmware", system->uefi ? "uefi" : "bios");
	if (system->type == VW_SYSTEM_LINUX)
		add_kernels(json, to, system);
	devices = vw_json_array(json, to, "devices");
	for (size_t i = 0; i < system->n_devices; i++)
		add_device(json, devices, system, &system->devices[i]);
	vw_json_findings_to(json, to, &system->findings);
}

/* For an image as a whole a driver that does not work is none. */
static enum vw_verdict image_verdict(const struct vw_image_result *result)
{
	enum vw_verdict verdict = vw_image_verdict(result);

	return verdict == VW_VERDICT_PASS || verdict == VW_VERDICT_UNDETERMINED ? verdict
										: VW_VERDICT_FAIL;
}

void vw_result_json(struct vw_json *json, struct json_object *to, const char *image,
	const struct vw_image_result *result)
{
	struct json_object *systems;

	vw_json_text(json, to, "image", image);
	vw_json_text(json, to, "verdict", vw_verdict_name(image_verdict(result)));
	vw_json_text(json, to, "accelerator", result->accelerator);
	systems = vw_json_array(json, to, "systems");
	for (size_t i = 0; i < result->n_systems; i++)
		add_system(json, systems, &result->systems[i]);
	vw_json_findings_to(json, to, &result->findings);
}
