/* SPDX-License-Identifier: GPL-2.0-or-later */
/* request_devices: which devices are to be checked: those that are named, this host's, the domain's, or the default set. */
#include "request.h"

#include "cleanup.h"
#include "host_devices.h"
#include "text.h"

#include <string.h>

#define KNOWN_MAX 2048 /* bytes of a list of families */

static int out_of_memory(struct vw_error *err)
{
	return vw_error_set(err, ENOMEM, "out of memory");
}

/* Four hexadecimal digits. */
static bool read_id(const char *text, unsigned int *id)
{
	char digits[5] = { 0 };
	uint64_t value;

	memcpy(digits, text, 4);
	if (strspn(digits, "0123456789abcdefABCDEF") != 4 ||
		vw_text_u64(digits, 16, UINT16_MAX, &value) < 0)
		return false;
	*id = (unsigned int)value;
	return true;
}

int vw_request_parse_device(
	const char *text, unsigned int *vendor, unsigned int *device, struct vw_error *err)
{
	char safe[64];

	if (strlen(text) == 9 && text[4] == ':' && read_id(text, vendor) &&
		read_id(text + 5, device))
		return 0;
	return vw_error_set(err, EINVAL,
		"--device is VENDOR:DEVICE, four hexadecimal digits each, as in 8086:10ed, not "
		"'%s'",
		vw_text_escape(safe, sizeof(safe), text));
}

/* A device that the table does not know: a name of "", and nothing else known of it. */
static const struct vw_vf_device *add_stranger(
	struct vw_check_request *request, unsigned int vendor, unsigned int device)
{
	static char *none[1], no_name[1];
	struct vw_vf_device **strangers = reallocarray(
		request->strangers, request->n_strangers + 1, sizeof(struct vw_vf_device *));
	struct vw_vf_device *stranger = malloc(sizeof(*stranger));

	if (strangers)
		request->strangers = strangers;
	if (!strangers || !stranger) {
		free(stranger);
		return NULL;
	}
	*stranger = (struct vw_vf_device){ .vendor = (uint16_t)vendor,
		.device = (uint16_t)device,
		.name = no_name,
		.families = none,
		.linux_modules = none,
		.windows_services = none,
		.windows_infs = none };
	strangers[request->n_strangers++] = stranger;
	return stranger;
}

int vw_request_want(struct vw_check_request *request, unsigned int vendor, unsigned int device)
{
	struct vw_wanted *wanted = &request->wanted;
	const struct vw_vf_device *known, **devices;

	for (size_t i = 0; i < wanted->n_devices; i++)
		if (wanted->devices[i]->vendor == vendor && wanted->devices[i]->device == device)
			return 0;
	devices = reallocarray(wanted->devices, wanted->n_devices + 1, sizeof(*devices));
	if (!devices)
		return -ENOMEM;
	wanted->devices = devices;
	known = vw_devices_find(&request->policy.devices, vendor, device);
	if (!known)
		known = add_stranger(request, vendor, device);
	if (!known)
		return -ENOMEM;
	devices[wanted->n_devices++] = known;
	return 0;
}

/* Is this the first device of the table with this family? */
static bool is_first(const struct vw_devices *devices, size_t index, const char *family)
{
	for (size_t i = 0; i < index; i++)
		if (vw_device_in_family(&devices->v[i], family))
			return false;
	return true;
}

/* "82599, X520, …" */
static void list_families(const struct vw_devices *devices, char *buf, size_t size)
{
	size_t used = (size_t)snprintf(buf, size, "known are");

	for (size_t i = 0; i < devices->n; i++)
		for (char **name = devices->v[i].families; *name && used < size; name++)
			if (is_first(devices, i, *name))
				used += (size_t)snprintf(buf + used, size - used, "%s %s",
					i || name != devices->v[i].families ? "," : "", *name);
}

static int want_family(
	struct vw_check_request *request, const char *family, struct vw_findings *findings)
{
	const struct vw_devices *devices = &request->policy.devices;
	char known[KNOWN_MAX];
	bool any = false;

	for (size_t i = 0; i < devices->n; i++) {
		/* What only a Hyper-V host shows is checked for those who name it. */
		if (devices->v[i].hyperv || !vw_device_in_family(&devices->v[i], family))
			continue;
		if (vw_request_want(request, devices->v[i].vendor, devices->v[i].device) < 0)
			return -ENOMEM;
		any = true;
	}
	if (any)
		return 0;
	list_families(devices, known, sizeof(known));
	vw_finding_add(findings, VW_FAIL, "adapter-unknown", family, known,
		"there is no adapter family '%s'", family);
	return 0;
}

static int want_ids(
	struct vw_check_request *request, const struct vw_names *ids, struct vw_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ids->n; i++) {
		unsigned int vendor, device;

		rc = vw_request_parse_device(ids->v[i], &vendor, &device, err);
		if (rc == 0 && vw_request_want(request, vendor, device) < 0)
			rc = out_of_memory(err);
	}
	return rc;
}

static int want_host(const struct vw_host *host, struct vw_check_request *request,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names ids = { 0 };
	int rc = vw_host_devices_all(host, &ids, err);

	if (rc < 0)
		return rc;
	if (ids.n == 0)
		vw_finding_add(findings, VW_FAIL, "host-no-vfs", host->root,
			"name devices with --device or --adapter",
			"no network adapter of this host has SR-IOV, or its kernel does not say "
			"which VFs it makes");
	return want_ids(request, &ids, err);
}

static int want_default(struct vw_check_request *request)
{
	const struct vw_devices *devices = &request->policy.devices;

	for (size_t i = 0; i < devices->n; i++)
		if (devices->v[i].default_set &&
			vw_request_want(request, devices->v[i].vendor, devices->v[i].device) < 0)
			return -ENOMEM;
	return 0;
}

/* One option. */
static int want_option(const struct vw_option_value *value, struct vw_check_request *request,
	struct vw_findings *findings, struct vw_error *err)
{
	unsigned int vendor, device;
	int rc = 0;

	if (value->flag == VW_OWN_DEVICE) {
		rc = vw_request_parse_device(value->text, &vendor, &device, err);
		if (rc == 0 && vw_request_want(request, vendor, device) < 0)
			rc = out_of_memory(err);
	} else if (value->flag == VW_OWN_ADAPTER) {
		if (want_family(request, value->text, findings) < 0)
			rc = out_of_memory(err);
	}
	return rc;
}

bool vw_request_names_devices(const struct vw_options *options)
{
	return options->own & (VW_OWN_DEVICE | VW_OWN_ADAPTER | VW_OWN_FROM_HOST);
}

int vw_request_resolve_devices(const struct vw_host *host, const struct vw_options *options,
	const struct vw_names *domain_vfs, struct vw_check_request *request,
	struct vw_findings *findings, struct vw_error *err)
{
	bool named = vw_request_names_devices(options);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < options->n_values; i++)
		rc = want_option(&options->values[i], request, findings, err);
	if (rc == 0 && (options->own & VW_OWN_FROM_HOST))
		rc = want_host(host, request, findings, err);
	if (rc == 0 && !named)
		rc = want_ids(request, domain_vfs, err);
	if (rc == 0 && !named && request->wanted.n_devices == 0 && want_default(request) < 0)
		rc = out_of_memory(err);
	return rc;
}
