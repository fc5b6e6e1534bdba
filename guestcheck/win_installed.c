/* SPDX-License-Identifier: GPL-2.0-or-later */
/* win_installed: the service and the binary of a driver that would serve a device. */
#include "win_judge.h"

#include "cleanup.h"

#include <string.h>

enum { START_DISABLED = 4 }; /* winsvc.h, SERVICE_DISABLED */

/* What is looked at. */
struct installed {
	struct vw_win *win;
	const struct vw_win_hive *system;
	const struct vw_win_driver *driver;
	const char *service;
	struct vw_check *check;
};

static void worsen(struct vw_check *check, enum vw_verdict verdict)
{
	check->verdict = vw_verdict_worse(check->verdict, verdict);
}

/* The version that a binary has should be its INF's: Intel's VF drivers all keep to that. */
static void compare_version(const struct installed *in, const char *path, const struct vw_pe *pe)
{
	struct vw_check *check = in->check;

	if (!pe->has_version)
		return;
	if (!in->driver->has_version) {
		vw_check_setf(check, &check->version, "%u.%u.%u.%u", pe->version[0], pe->version[1],
			pe->version[2], pe->version[3]);
		check->version_source = "pe";
		return;
	}
	if (memcmp(pe->version, in->driver->version, sizeof(pe->version)) == 0)
		return;
	vw_check_evidence(check, "%s is version %u.%u.%u.%u", path, pe->version[0], pe->version[1],
		pe->version[2], pe->version[3]);
	vw_win_lower(check, VW_CONFIDENCE_MEDIUM);
	vw_finding_add(&in->win->system->findings, VW_WARN, "windows-driver-version", path,
		"install the driver anew",
		"the driver's binary is version %u.%u.%u.%u, its package %s", pe->version[0],
		pe->version[1], pe->version[2], pe->version[3], check->version);
}

/* A binary that is there. */
static void check_binary(const struct installed *in, const char *path)
{
	const char *want = in->win->target.arch, *arch;
	struct vw_check *check = in->check;
	struct vw_pe pe;
	int rc = vw_win_binary(&in->win->guest->files, path, &pe);

	if (rc == -EBADMSG) {
		vw_check_evidence(check, "%s is no Windows binary, or is broken", path);
		worsen(check, VW_VERDICT_UNDETERMINED);
		vw_win_lower(check, VW_CONFIDENCE_LOW);
		return;
	}
	if (rc < 0) {
		vw_check_evidence(
			check, "%s is there, but cannot be read: %s", path, strerror(-rc));
		vw_win_lower(check, VW_CONFIDENCE_MEDIUM);
		return;
	}
	arch = vw_pe_machine_name(pe.machine);
	if (!arch || strcmp(arch, want) != 0) {
		vw_check_evidence(check, "%s is for %s, this Windows is %s", path,
			arch ? arch : "another machine", want);
		worsen(check, VW_VERDICT_NOT_APPLICABLE);
		vw_check_setf(check, &check->remedy, "install the driver for %s", want);
		return;
	}
	compare_version(in, path, &pe);
}

/* A package that nobody has installed yet brings its binary along, in most cases right beside its INF. */
static void check_staged(const struct installed *in)
{
	vw_auto_free char *dir = NULL, *path = NULL;
	const struct vw_win_driver *driver = in->driver;
	char *slash;
	int rc;

	vw_check_evidence(
		in->check, "the driver is staged: Plug and Play installs it when the VF appears");
	if (driver->start == START_DISABLED) {
		vw_check_evidence(in->check, "%s installs its service disabled", driver->path);
		worsen(in->check, VW_VERDICT_DISABLED);
	}
	if (!driver->package || !driver->path || !driver->binary)
		return;
	dir = strdup(driver->path);
	slash = dir ? strrchr(dir, '/') : NULL;
	if (!slash) {
		in->check->lost = true;
		return;
	}
	*slash = '\0';
	rc = vw_win_find(&in->win->guest->files, dir, driver->binary, &path);
	if (rc == 0) {
		check_binary(in, path);
		return;
	}
	vw_check_evidence(in->check, "%s is not beside its INF", driver->binary);
	vw_win_lower(in->check, VW_CONFIDENCE_MEDIUM);
}

static void check_service_binary(const struct installed *in, const struct vw_win_service *service)
{
	vw_auto_free char *path = NULL;
	struct vw_check *check = in->check;
	const char *image = service->image ? service->image : "its default path";
	int rc = vw_win_service_binary(in->win, in->service, service, &path);

	if (rc == 0) {
		vw_check_evidence(check, "the service %s runs %s", in->service, path);
		check_binary(in, path);
	} else if (rc == -ENOENT) {
		vw_check_evidence(
			check, "the binary of the service %s is missing: %s", in->service, image);
		worsen(check, VW_VERDICT_FAIL);
		vw_check_set(check, &check->remedy, "install the driver anew");
	} else {
		vw_check_evidence(check, "the binary of the service %s cannot be found: %s",
			in->service, image);
		vw_win_lower(check, VW_CONFIDENCE_MEDIUM);
	}
}

static void check_start(const struct installed *in, const struct vw_win_service *service)
{
	struct vw_check *check = in->check;
	const char *set = in->win->control_set;

	if (!service->start_known) {
		vw_check_evidence(
			check, "SYSTEM\\%s\\Services\\%s: Start cannot be read", set, in->service);
		worsen(check, VW_VERDICT_UNDETERMINED);
		vw_win_lower(check, VW_CONFIDENCE_LOW);
		return;
	}
	vw_check_evidence(check, "SYSTEM\\%s\\Services\\%s: Start is %u%s", set, in->service,
		service->start, service->start == START_DISABLED ? " (disabled)" : "");
	if (service->start != START_DISABLED)
		return;
	worsen(check, VW_VERDICT_DISABLED);
	vw_check_setf(check, &check->remedy,
		"set HKLM\\SYSTEM\\CurrentControlSet\\Services\\%s\\Start to 3", in->service);
}

static void check_service(const struct installed *in)
{
	struct vw_win_service service;
	struct vw_check *check = in->check;
	int rc = vw_win_service_read(in->win, in->system, in->service, &service);

	if (rc == -ENOMEM) {
		check->lost = true;
	} else if (rc == -ENOENT) {
		check_staged(in);
	} else if (rc < 0) {
		vw_check_evidence(check, "the service %s cannot be looked at: %s", in->service,
			strerror(-rc));
		worsen(check, VW_VERDICT_UNDETERMINED);
	} else if (service.deleted) {
		vw_check_evidence(check,
			"SYSTEM\\%s\\Services\\%s is marked for deletion (DeleteFlag)",
			in->win->control_set, in->service);
		vw_win_lower(check, VW_CONFIDENCE_MEDIUM);
		check_staged(in);
	} else {
		check_start(in, &service);
		check_service_binary(in, &service);
	}
	vw_win_service_free(&service);
}

/* The other services of a driver that makes a bus: that of the network adapter on it. */
static void check_others(const struct installed *in, const struct vw_win_device *device)
{
	for (char **name = device->device->windows_services; name && *name; name++) {
		struct installed other = *in;
		struct vw_win_service service;

		other.service = *name;
		if (!vw_win_same(*name, in->service) &&
			vw_win_service_read(in->win, in->system, *name, &service) == 0) {
			if (service.start_known && service.start == START_DISABLED &&
				!service.deleted)
				check_start(&other, &service);
			vw_win_service_free(&service);
		}
	}
}

/* Neither the INF nor the database says how the service is called: one of those that are known, if it is there. NULL: none is. */
static const char *known_service(const struct vw_win *win, const struct vw_win_hive *system,
	const struct vw_win_device *device)
{
	for (char **name = device->device->windows_services; name && *name; name++) {
		struct vw_win_service service;
		int rc = vw_win_service_read(win, system, *name, &service);

		vw_win_service_free(&service);
		if (rc != -ENOENT)
			return *name;
	}
	return NULL;
}

void vw_win_judge_installed(struct vw_win *win, const struct vw_win_hive *system,
	const struct vw_win_device *device, const struct vw_win_driver *driver,
	struct vw_check *check)
{
	struct installed in = { .win = win,
		.system = system,
		.driver = driver,
		.service = driver->service,
		.check = check };

	if (!system->root) {
		vw_check_evidence(check, "whether the driver is disabled cannot be told: the "
					 "registry hive SYSTEM cannot be read");
		worsen(check, VW_VERDICT_UNDETERMINED);
		vw_win_lower(check, VW_CONFIDENCE_LOW);
		return;
	}
	if (!in.service)
		in.service = known_service(win, system, device);
	if (in.service) {
		vw_check_set(check, &check->driver, in.service);
		check_service(&in);
	} else {
		check_staged(&in);
	}
	if (driver->companion)
		check_others(&in, device);
}
