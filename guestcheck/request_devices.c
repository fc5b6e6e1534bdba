/* SPDX-License-Identifier: GPL-2.0-or-later */
/* request_devices: which devices are to be checked: those that are named, this host's, the domain's, or the default set. */
#include "request.h"

#include "cleanup.h"
#include "host_devices.h"
#include "text.h"

#include <ctype.h>
#include <string.h>

#define KNOWN_MAX 2048 /* bytes of a list of families */

static int out_of_memory(struct vw_error *err)
{
	return vw_error_set(err, ENOMEM, "out of memory");
}

int vw_request_parse_device(
	const char *text, uint16_t *vendor, uint16_t *device, struct vw_error *err)
{
	char safe[64];

	if (vw_device_id_parse(text, vendor, device))
		return 0;
	return vw_error_set(err, EINVAL,
		"--device is VENDOR:DEVICE, four hexadecimal digits each, as in 8086:10ed, not "
		"'%s'",
		vw_text_escape(safe, sizeof(safe), text));
}

/* A device that the table does not know: a name of "", and nothing else known of it. */
static const struct vw_vf_device *add_stranger(
	struct vw_check_request *request, uint16_t vendor, uint16_t device)
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
	*stranger = (struct vw_vf_device){ .vendor = vendor,
		.device = device,
		.name = no_name,
		.families = none,
		.linux_modules = none,
		.windows_services = none,
		.windows_infs = none };
	strangers[request->n_strangers++] = stranger;
	return stranger;
}

int vw_request_want(struct vw_check_request *request, uint16_t vendor, uint16_t device)
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

/* Case counts as little in an adapter's name as what stands between its letters and digits. */
static const char *next_character(const char *name)
{
	while (*name && !isalnum((unsigned char)*name))
		name++;
	return name;
}

/* How long is the beginning of a name that is this family's? "X540-AT2" and "82599ES" go on in letters, "X520-2" behind a hyphen; but "BlueField-4" is
 * no BlueField of the first generation, nor "X5500" an X550. 0 = it is another family's. */
static size_t family_length(const char *name, const char *family)
{
	const char *rest;
	char last = '\0';
	size_t len = 0;

	name = next_character(name);
	for (family = next_character(family); *family; family = next_character(family + 1)) {
		if (tolower((unsigned char)*name) != tolower((unsigned char)*family))
			return 0;
		last = *family;
		rest = name + 1;
		name = next_character(rest);
		len++;
	}
	if (!len || !isdigit((unsigned char)*name))
		return len;
	return isdigit((unsigned char)last) && name > rest ? len : 0;
}

/* Of all families of a device the longest. */
static size_t device_length(const struct vw_vf_device *device, const char *name)
{
	size_t longest = 0;

	for (char **family = device->families; *family; family++) {
		size_t len = family_length(name, *family);

		longest = len > longest ? len : longest;
	}
	return longest;
}

/* Of "ConnectX-5" and "ConnectX-5Ex" the longer one is meant by "ConnectX-5 Ex". */
static int want_family(
	struct vw_check_request *request, const char *name, struct vw_findings *findings)
{
	const struct vw_devices *devices = &request->policy.devices;
	char known[KNOWN_MAX];
	size_t longest = 0;

	for (size_t i = 0; i < devices->n; i++) {
		size_t len = device_length(&devices->v[i], name);

		longest = len > longest ? len : longest;
	}
	for (size_t i = 0; longest && i < devices->n; i++) {
		/* What only a Hyper-V host shows is checked for those who name it. */
		if (devices->v[i].hyperv || device_length(&devices->v[i], name) != longest)
			continue;
		if (vw_request_want(request, devices->v[i].vendor, devices->v[i].device) < 0)
			return -ENOMEM;
	}
	if (longest)
		return 0;
	list_families(devices, known, sizeof(known));
	vw_finding_add(findings, VW_FAIL, "adapter-unknown", name, known,
		"there is no adapter family '%s'", name);
	return 0;
}

static int want_ids(
	struct vw_check_request *request, const struct vw_names *ids, struct vw_error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ids->n; i++) {
		uint16_t vendor, device;

		rc = vw_request_parse_device(ids->v[i], &vendor, &device, err);
		if (rc == 0 && vw_request_want(request, vendor, device) < 0)
			rc = out_of_memory(err);
	}
	return rc;
}

static int want_host(const struct vw_host *host, struct vw_check_request *request,
	struct vw_findings *findings, struct vw_error *err)
{
	static const char remedy[] = "name devices with --device or --adapter";
	vw_auto(vw_names_free) struct vw_names ids = { 0 }, unknown = { 0 };
	int rc = vw_host_devices_all(host, &ids, &unknown, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < unknown.n; i++)
		vw_finding_add(findings, VW_FAIL, "host-vf-unknown", unknown.v[i], remedy,
			"%s makes VFs, and neither its kernel nor a VF says which", unknown.v[i]);
	if (ids.n == 0 && unknown.n == 0)
		vw_finding_add(findings, VW_FAIL, "host-no-vfs", host->root, remedy,
			"no network adapter of this host makes VFs");
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

/* --device. What the table does not know may be no VF at all: an adapter's own id is what people see first. */
static int want_device(struct vw_check_request *request, const char *text,
	struct vw_findings *findings, struct vw_error *err)
{
	size_t strangers = request->n_strangers;
	uint16_t vendor, device;
	int rc = vw_request_parse_device(text, &vendor, &device, err);

	if (rc == 0 && vw_request_want(request, vendor, device) < 0)
		rc = out_of_memory(err);
	if (rc == 0 && request->n_strangers > strangers)
		vw_finding_add(findings, VW_WARN, "device-unknown", text,
			"vfward-guestcheck.conf(5) says how to add a VF",
			"no VF is known by the id %s; that of an adapter says nothing about its "
			"VFs, which have an id of their own",
			text);
	return rc;
}

/* One option. */
static int want_option(const struct vw_option_value *value, struct vw_check_request *request,
	struct vw_findings *findings, struct vw_error *err)
{
	if (value->flag == VW_OWN_DEVICE)
		return want_device(request, value->text, findings, err);
	if (value->flag == VW_OWN_ADAPTER && want_family(request, value->text, findings) < 0)
		return out_of_memory(err);
	return 0;
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
	/* A domain with VFs is not asked about others. */
	if (rc == 0 && !named && domain_vfs->n == 0 && !request->vfs_unknown &&
		want_default(request) < 0)
		rc = out_of_memory(err);
	return rc;
}
