/* SPDX-License-Identifier: GPL-2.0-or-later */
/* win_judge: from the drivers that name a device, and what an installation of it left behind, to an answer. */
#include "win_judge.h"

#include "cleanup.h"

#include <string.h>

void vw_win_lower(struct vw_check *check, enum vw_confidence to)
{
	if (to < check->confidence)
		check->confidence = to;
}

static const struct vw_win_driver *best_of(const struct vw_win_device *device, const char *inf)
{
	const struct vw_win_driver *best = NULL;

	for (size_t i = 0; i < device->n_drivers; i++) {
		const struct vw_win_driver *driver = &device->drivers[i];

		if (inf && (vw_win_driver_worth(driver) != VW_WIN_USABLE ||
				   !vw_win_same(driver->inf, inf)))
			continue;
		if (!best || vw_win_driver_compare(driver, best) > 0)
			best = driver;
	}
	return best;
}

/* "vxn65x64.inf, Intel, 2019-08-02, 2.1.175.0": what is known of it. */
static void describe(const struct vw_win_driver *driver, char *buf, size_t size)
{
	char date[32] = "", version[32] = "";

	if (driver->date)
		snprintf(date, sizeof(date), ", %04u-%02u-%02u", driver->date / 10000,
			driver->date / 100 % 100, driver->date % 100);
	if (driver->has_version)
		snprintf(version, sizeof(version), ", %u.%u.%u.%u", driver->version[0],
			driver->version[1], driver->version[2], driver->version[3]);
	snprintf(buf, size, "%s%s%s%s%s%s",
		driver->original  ? driver->original
		: driver->package ? driver->package
				  : "its INF",
		driver->provider ? ", " : "", driver->provider ? driver->provider : "", date,
		version, driver->compatible ? ", by a compatible id" : "");
}

/* Who names the device, and what its INF says. */
static void show_driver(
	const struct vw_win *win, const struct vw_win_driver *driver, struct vw_check *check)
{
	const struct vw_system *system = win->system;
	const char *section = driver->section ? driver->section : "a models section";
	char text[512];

	describe(driver, text, sizeof(text));
	vw_check_evidence(check, "%s: %s (%s)", driver->source,
		driver->inf ? driver->inf : "a driver package", text);
	if (driver->fit == VW_WIN_FITS)
		vw_check_evidence(check, "%s: [%s] has the device for Windows %s %s", driver->path,
			section, system->version, win->target.arch);
	else if (driver->fit == VW_WIN_OTHER_RELEASE)
		vw_check_evidence(check, "%s: [%s] has the device, but not for Windows %s %s",
			driver->path, section, system->version, win->target.arch);
	else if (driver->fit == VW_WIN_NO_FUNCTION)
		vw_check_evidence(check, "%s installs no service for the device",
			driver->path ? driver->path : "an extension of another driver");
	else if (driver->fit == VW_WIN_CONTRADICTED)
		vw_check_evidence(check, "%s does not name the device", driver->path);
	else if (driver->fit == VW_WIN_UNLISTED)
		vw_check_evidence(check, "it was copied there, but not staged: the driver database "
					 "does not know it");
	else if (driver->fit == VW_WIN_GONE)
		vw_check_evidence(check, "its files are not in the driver store any more");
	else
		vw_check_evidence(check, "its INF cannot be read: whether it serves this release "
					 "is only known from the registry");
}

/* What keeps a driver of a release from being one for every adapter. */
static void show_flaws(
	const struct vw_win *win, const struct vw_win_driver *driver, struct vw_check *check)
{
	if (driver->fit > VW_WIN_FITS_UNREAD)
		return;
	if (driver->conditional)
		vw_check_evidence(
			check, "that is only for adapters with a certain subsystem or revision");
	if (driver->needs)
		vw_check_evidence(check, "it takes its service from another INF file (Needs)");
	if (driver->class == VW_WIN_CLASS_OTHER && !driver->companion)
		vw_check_evidence(check, "it is of another class than network adapters, and no "
					 "driver of an adapter behind it was found");
	if (!driver->no_signature)
		return;
	vw_check_evidence(check, "the driver package is not signed");
	vw_check_set(check, &check->remedy, "stage a signed driver");
	vw_finding_add(&win->system->findings, VW_WARN, "windows-driver-unsigned", driver->inf,
		"stage a signed driver",
		"the driver package %s is not signed: a 64-bit Windows does not load it unless it "
		"is told to",
		driver->package);
}

static void show_doubts(const struct vw_names *doubts, struct vw_check *check)
{
	for (size_t i = 0; i < doubts->n; i++)
		vw_check_evidence(check, "%s", doubts->v[i]);
}

static void show_class(const struct vw_win_device *device, struct vw_check *check)
{
	if (device->class_key)
		vw_check_evidence(check, "%s: the device was installed here with %s%s%s",
			device->class_key, device->class_inf ? device->class_inf : "a driver",
			device->class_version ? ", version " : "",
			device->class_version ? device->class_version : "");
}

/* Two hives that name other packages under one name cannot both be right. */
static void check_hives(const struct vw_win_device *device, const struct vw_win_driver *best,
	struct vw_check *check)
{
	for (size_t i = 0; i < device->n_drivers; i++) {
		const struct vw_win_driver *other = &device->drivers[i];

		if (!other->hive || !best->hive || strcmp(other->hive, best->hive) == 0 ||
			!vw_win_same(other->inf, best->inf) || !other->package || !best->package ||
			vw_win_same(other->package, best->package))
			continue;
		vw_check_evidence(check, "%s and %s disagree about %s: %s, %s", best->hive,
			other->hive, best->inf, best->package, other->package);
		vw_win_lower(check, VW_CONFIDENCE_LOW);
	}
}

static void take_driver(const struct vw_win_device *device, const struct vw_win_driver *driver,
	struct vw_check *check)
{
	vw_check_set(check, &check->driver, driver->service);
	vw_check_set(check, &check->path, driver->path);
	if (driver->has_version) {
		vw_check_setf(check, &check->version, "%u.%u.%u.%u", driver->version[0],
			driver->version[1], driver->version[2], driver->version[3]);
		check->version_source = driver->version_source;
	} else if (device->class_version && vw_win_same(device->class_inf, driver->inf)) {
		vw_check_set(check, &check->version, device->class_version);
		check->version_source = "class-key";
	}
}

static void remedy_stage(
	const struct vw_win *win, const struct vw_win_device *device, struct vw_check *check)
{
	const struct vw_vf_device *vf = device->device;

	if (win->target.arch && strcmp(win->target.arch, "x86") == 0 && vf->vendor == 0x8086) {
		vw_check_evidence(check,
			"this is a 32-bit Windows: no 32-bit driver is known for Intel's VFs");
		vw_check_set(check, &check->remedy, "use a 64-bit Windows");
		return;
	}
	vw_check_setf(check, &check->remedy,
		"stage the vendor's driver for %s (%04x:%04x) made for this release: in the guest "
		"pnputil -i -a NAME.inf, offline DISM /Image:DIR /Add-Driver /Driver:NAME.inf",
		vf->name && *vf->name ? vf->name : "the VF", vf->vendor, vf->device);
}

/* No driver serves the device for sure; driver is the nearest to it, or NULL. */
static void judge_without(const struct vw_win *win, const struct vw_win_device *device,
	const struct vw_win_driver *driver, struct vw_check *check)
{
	bool doubts = win->doubts.n || device->doubts.n || !win->target.major || !win->target.arch;

	check->verdict = VW_VERDICT_FAIL;
	if (driver) {
		show_driver(win, driver, check);
		take_driver(device, driver, check);
		show_flaws(win, driver, check);
		if (driver->fit == VW_WIN_OTHER_RELEASE)
			check->verdict = VW_VERDICT_NOT_APPLICABLE;
		doubts |= vw_win_driver_worth(driver) == VW_WIN_DOUBTFUL;
	} else {
		vw_check_evidence(check,
			win->database ? "no driver package of the driver database names the device"
				      : "no INF file names the device");
	}
	if (doubts) {
		check->verdict = VW_VERDICT_UNDETERMINED;
		vw_win_lower(check, VW_CONFIDENCE_LOW);
	}
	show_class(device, check);
	show_doubts(&device->doubts, check);
	show_doubts(&win->doubts, check);
	if (!doubts)
		remedy_stage(win, device, check);
}

int vw_win_judge(struct vw_win *win, const struct vw_win_hive *system, struct vw_win_device *device,
	struct vw_check *check)
{
	const struct vw_win_driver *driver = best_of(device, device->class_inf);

	if (!driver)
		driver = best_of(device, NULL);
	check->verdict = VW_VERDICT_PASS;
	check->confidence = win->ceiling;
	if (!driver || vw_win_driver_worth(driver) != VW_WIN_USABLE || !win->target.major ||
		!win->target.arch) {
		judge_without(win, device, driver, check);
		return check->lost ? -ENOMEM : 0;
	}
	show_driver(win, driver, check);
	take_driver(device, driver, check);
	/* The package and whoever published it (the database, or the copy in INF) confirm each other. */
	if (driver->fit != VW_WIN_FITS || !driver->in_store || !driver->inf)
		vw_win_lower(check, VW_CONFIDENCE_MEDIUM);
	if (driver->package && driver->path && !driver->in_store) {
		vw_check_evidence(check,
			"its package %s is not in the driver store, from which "
			"Windows would install it",
			driver->package);
		vw_win_lower(check, VW_CONFIDENCE_LOW);
	}
	if (driver->companion) {
		vw_check_evidence(check, "it makes a bus; %s is for the network adapter on it",
			driver->companion);
		vw_win_lower(check, VW_CONFIDENCE_MEDIUM);
	}
	check_hives(device, driver, check);
	show_class(device, check);
	vw_win_judge_installed(win, system, device, driver, check);
	if (win->doubts.n || device->doubts.n)
		vw_win_lower(check, VW_CONFIDENCE_MEDIUM);
	show_doubts(&device->doubts, check);
	show_doubts(&win->doubts, check);
	return check->lost || win->system->findings.lost ? -ENOMEM : 0;
}
