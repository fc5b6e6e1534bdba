/* SPDX-License-Identifier: GPL-2.0-or-later */
/* image: from a request to what is known of an image. */
#include "image.h"

#include "appliance.h"
#include "cleanup.h"
#include "disks.h"
#include "roots.h"
#include "windows.h"

#include <string.h>

/* Nobody makes images of this many systems. */
#define SYSTEMS_MAX 16

struct examination {
	const struct vw_image_request *request;
	struct vw_image_result *result;
	const char *image;
};

static void step(const struct vw_image_request *request, const char *what)
{
	if (request->step)
		request->step(request->step_data, what);
}

/* A system of which nothing can be said. */
static int examine_other(
	const struct vw_wanted *wanted, struct vw_system *system, struct vw_error *err)
{
	system->type = VW_SYSTEM_OTHER;
	system->devices = calloc(wanted->n_devices + 1, sizeof(*system->devices));
	if (!system->devices)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (; system->n_devices < wanted->n_devices; system->n_devices++) {
		struct vw_device_result *device = &system->devices[system->n_devices];

		device->device = wanted->devices[system->n_devices];
		device->sum.verdict = VW_VERDICT_UNDETERMINED;
		vw_check_evidence(&device->sum, "neither a Linux nor a Windows system");
	}
	return 0;
}

static int examine_system(const struct vw_image_request *request, const struct vw_guest *guest,
	enum vw_system_type type, struct vw_system *system, struct vw_error *err)
{
	int rc;

	switch (type) {
	case VW_SYSTEM_LINUX:
		step(request, "linux");
		rc = vw_linux_examine(guest, request->wanted, system, err);
		break;
	case VW_SYSTEM_WINDOWS:
		step(request, "windows");
		rc = vw_windows_examine(guest, request->wanted, system, err);
		break;
	default:
		rc = examine_other(request->wanted, system, err);
	}
	if (rc == 0 && !system->root && !(system->root = strdup(guest->root)))
		rc = vw_error_set(err, ENOMEM, "out of memory");
	return rc;
}

static int visit(
	void *data, const struct vw_guest *guest, enum vw_system_type type, struct vw_error *err)
{
	struct examination *examination = data;
	const struct vw_image_request *request = examination->request;
	struct vw_image_result *result = examination->result;
	struct vw_system system = { 0 }, *more;
	struct vw_error why;
	int rc;

	if (result->n_systems >= SYSTEMS_MAX) {
		vw_finding_add(&result->findings, VW_FAIL, "image-limits", examination->image, NULL,
			"there are more than %d systems on it", SYSTEMS_MAX);
		return 0;
	}
	rc = examine_system(request, guest, type, &system, &why);
	if (rc < 0 && rc != -ENOMEM) {
		vw_finding_add(&result->findings, VW_FAIL, "image-unreadable", examination->image,
			NULL, "nothing can be told of the system on %s: %s", guest->root, why.msg);
		vw_system_free(&system);
		return 0;
	}
	if (rc == 0)
		rc = vw_policy_apply(request->policy, request->wanted->kernels, &system);
	more = rc == 0 ? reallocarray(result->systems, result->n_systems + 1, sizeof(*more)) : NULL;
	if (!more) {
		vw_system_free(&system);
		return vw_error_set(err, ENOMEM, "out of memory");
	}
	result->systems = more;
	more[result->n_systems++] = system;
	return 0;
}

static int examine_directory(struct examination *examination, struct vw_error *err)
{
	struct vw_findings *findings = &examination->result->findings;
	const char *dir = examination->request->dir;
	struct vw_guest guest = { .root = dir };
	int is_linux, is_windows = 0;
	struct vw_error why;
	int rc = vw_host_open(&guest.files, dir, &why);

	if (rc == -ENOMEM)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (rc < 0) {
		vw_finding_add(findings, VW_FAIL, "image-missing", dir, NULL, "%s", why.msg);
		return 0;
	}
	is_linux = vw_linux_detect(&guest);
	if (is_linux != 1)
		is_windows = vw_windows_detect(&guest);
	if (is_linux == 1 || is_windows == 1)
		rc = visit(examination, &guest, is_linux == 1 ? VW_SYSTEM_LINUX : VW_SYSTEM_WINDOWS,
			err);
	else if (is_linux < 0 || is_windows < 0)
		vw_finding_add(findings, VW_FAIL, "image-unreadable", dir, NULL,
			"nobody can tell whether there is a system in this directory: %s",
			strerror(is_linux < 0 ? -is_linux : -is_windows));
	else
		vw_finding_add(findings, VW_FAIL, "image-no-system", dir, NULL,
			"there is no system in this directory");
	vw_host_close(&guest.files);
	return rc;
}

static int examine_appliance(struct examination *examination, guestfs_h *g,
	const struct vw_keys *keys, struct vw_error *err)
{
	struct vw_findings *findings = &examination->result->findings;
	struct vw_roots roots = { .g = g,
		.image = examination->image,
		.keys = keys,
		.findings = findings,
		.visit = visit,
		.data = examination };
	struct vw_error why;
	int rc;

	step(examination->request, "inspect");
	rc = vw_roots_visit(&roots, &why);
	if (rc == -ENOMEM)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (rc < 0) /* what an image can do to the appliance is the image's fault */
		vw_finding_add(findings, VW_FAIL, "image-unreadable", examination->image, NULL,
			"it cannot be looked through: %s", why.msg);
	return 0;
}

static int examine_disks(
	struct examination *examination, const struct vw_keys *keys, struct vw_error *err)
{
	const struct vw_image_request *request = examination->request;
	struct vw_findings *findings = &examination->result->findings;
	vw_auto_free struct vw_appliance_disk *disks = calloc(request->n_disks, sizeof(*disks));
	struct vw_error why;
	bool usable = true;
	guestfs_h *g;
	int rc = disks ? 0 : vw_error_set(err, ENOMEM, "out of memory");

	for (size_t i = 0; rc == 0 && i < request->n_disks; i++) {
		disks[i].path = request->disks[i].path;
		rc = vw_disk_look(&request->disks[i], request->allow_backing, &disks[i].format,
			findings, err);
		usable &= disks[i].format != NULL;
	}
	if (rc < 0 || !usable)
		return rc;
	step(request, "launch");
	rc = vw_appliance_start(disks, request->n_disks, request->software, &g,
		&examination->result->accelerator, findings, &why);
	if (rc == -EBADMSG) {
		vw_finding_add(findings, VW_FAIL, "image-unreadable", examination->image, NULL,
			"QEMU cannot open it: %s", why.msg);
		return 0;
	}
	if (rc < 0)
		return vw_error_set(err, -rc, "%s", why.msg);
	rc = examine_appliance(examination, g, keys, err);
	guestfs_close(g);
	return rc;
}

int vw_image_examine(const struct vw_image_request *request, struct vw_image_result *result,
	struct vw_error *err)
{
	struct examination examination = { .request = request, .result = result };
	struct vw_keys keys;
	int rc;

	*result = (struct vw_image_result){ 0 };
	if (!request->dir && !request->n_disks)
		return vw_error_set(err, EINVAL, "there is nothing to look at");
	examination.image = request->dir ? request->dir : request->disks[0].path;
	rc = vw_keys_parse(request->keys, &keys, err);
	if (rc == 0)
		rc = request->dir ? examine_directory(&examination, err)
				  : examine_disks(&examination, &keys, err);
	vw_keys_free(&keys);
	if (rc < 0)
		vw_image_result_free(result);
	return rc;
}
