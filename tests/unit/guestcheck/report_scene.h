/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report_scene: results of Linux and Windows guests, in the document that all reports are made from. */
#ifndef VW_TEST_REPORT_SCENE_H
#define VW_TEST_REPORT_SCENE_H

#include "tree.h"

#include "cleanup.h"
#include "result_json.h"

#include <stdio.h>
#include <string.h>

/* What a terminal, a log, JSON and XML must not get as it is. */
#define NASTY "\033[31m\xff<&\">'\n\x9b\xef\xbf\xbf\xc2\x85]]>"

static struct vw_vf_device ixgbe = { .vendor = 0x8086, .device = 0x10ed, .name = "82599 VF" };
static struct vw_vf_device stranger = { .vendor = 0x1234, .device = 0xabc, .name = "" };

static inline void fill_check(struct vw_check *check, enum vw_verdict verdict, const char *text)
{
	check->verdict = verdict;
	check->confidence = VW_CONFIDENCE_MEDIUM;
	if (verdict != VW_VERDICT_FAIL) {
		vw_check_set(check, &check->driver, "ixgbevf");
		vw_check_setf(check, &check->path, "/lib/%s.ko", text);
	}
	if (verdict != VW_VERDICT_PASS)
		vw_check_setf(check, &check->remedy, "mend %s", text);
	vw_check_evidence(check, "first %s", text);
	vw_check_evidence(check, "second");
}

/* Two kernels, two devices. */
static inline void fill_linux(
	struct vw_image_result *result, enum vw_verdict verdict, const char *text)
{
	struct vw_system *system = calloc(1, sizeof(*system));

	result->systems = system;
	result->n_systems = 1;
	result->accelerator = "tcg";
	system->type = VW_SYSTEM_LINUX;
	assert_true(asprintf(&system->name, "Debian %s", text) > 0);
	system->distro = strdup("debian");
	system->version = strdup("12");
	system->arch = strdup("x86_64");
	system->root = strdup("/dev/sda1");
	system->uefi = true;
	system->kernels = calloc(2, sizeof(*system->kernels));
	system->n_kernels = 2;
	system->kernels[0].release = strdup("5.10");
	system->kernels[1] =
		(struct vw_system_kernel){ strdup("6.1"), strdup("/boot/vmlinuz-6.1"), true };
	system->default_rule = strdup("grub-default");
	system->default_evidence = strdup("/boot/grub/grub.cfg:3");
	system->default_confidence = VW_CONFIDENCE_HIGH;
	system->devices = calloc(2, sizeof(*system->devices));
	system->n_devices = 2;
	for (size_t i = 0; i < 2; i++) {
		struct vw_device_result *device = &system->devices[i];
		enum vw_verdict own = i ? VW_VERDICT_PASS : verdict;

		device->device = i ? &stranger : &ixgbe;
		fill_check(&device->sum, own, text);
		device->kernels = calloc(2, sizeof(*device->kernels));
		fill_check(&device->kernels[0], VW_VERDICT_PASS, text);
		fill_check(&device->kernels[1], own, text);
	}
	vw_finding_add(
		&system->findings, VW_WARN, "guest-mac", "eth0", "a \\ remedy", "a %s", text);
}

static inline void fill_windows(struct vw_image_result *result)
{
	struct vw_system *system = calloc(1, sizeof(*system));

	result->systems = system;
	result->n_systems = 1;
	system->type = VW_SYSTEM_WINDOWS;
	system->root = strdup("/dev/sda2");
	system->devices = calloc(1, sizeof(*system->devices));
	system->n_devices = 1;
	system->devices[0].device = &ixgbe;
	fill_check(&system->devices[0].sum, VW_VERDICT_NOT_APPLICABLE, "x");
	vw_check_set(&system->devices[0].sum, &system->devices[0].sum.version, "1.2.179.0");
	system->devices[0].sum.version_source = "inf";
}

static struct json_object *top;

static inline void begin(void)
{
	top = json_object_new_object();
	json_object_object_add(top, "schema", json_object_new_int(1));
	json_object_object_add(top, "images", json_object_new_array());
	json_object_object_add(top, "findings", json_object_new_array());
}

/* Takes the result; the image has to come back as it went. */
static inline struct json_object *add(const char *name, struct vw_image_result *result)
{
	vw_auto(vw_json_end) struct vw_json json = { 0 };
	struct json_object *image;

	vw_json_begin(&json);
	vw_result_json(&json, json.top, name, result);
	assert_false(json.lost);
	json_object_object_del(json.top, "schema");
	image = json_object_get(json.top);
	assert_true(vw_result_json_valid(image));
	json_object_array_add(vw_json_get(top, "images"), image);
	vw_image_result_free(result);
	return image;
}

static inline int drop(void **state)
{
	(void)state;
	json_object_put(top);
	top = NULL;
	return 0;
}

#endif
