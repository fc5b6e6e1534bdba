/* SPDX-License-Identifier: GPL-2.0-or-later */
/* windows: a Windows guest, from its root to an answer for each device.
 *
 * Theory of operation. Plug and Play installs a driver when a device appears for the first time, from the packages that are staged in the driver
 * store. So a package that is staged, and made for this release, is enough; whether a VF was ever there does not matter. Windows 8 and later
 * keep an index of the store in the registry (win_database); before, and where it is missing, the INF files are searched (win_store). What
 * an installation has left behind (Services, Class keys, the binary) may spoil the answer, and adds to the evidence (win_judge).
 *
 * One hive is open at a time: SOFTWARE, DRIVERS, and SYSTEM last, which stays open while INF files are read, since they name the services. */
#include "win.h"

#include "cleanup.h"

#include <string.h>

int vw_windows_detect(const struct vw_guest *guest)
{
	vw_auto_free char *root = NULL;
	int rc = vw_win_find_root(&guest->files, &root);

	return rc == 0 ? 1 : rc == -ENOENT ? 0 : rc;
}

static void lower(struct vw_win *win, enum vw_confidence ceiling)
{
	if (ceiling < win->ceiling)
		win->ceiling = ceiling;
}

/* A volume that was not unmounted cleanly may lack what Windows had not yet written. */
static int check_volume(struct vw_win *win)
{
	static const char remedy[] = "boot the guest, shut it down fully (shutdown /s /t 0, "
				     "without Fast Startup), then check again";
	struct vw_findings *findings = &win->system->findings;

	if (win->guest->hibernated) {
		lower(win, VW_CONFIDENCE_LOW);
		vw_finding_add(findings, VW_WARN, "windows-hibernated", win->guest->root, remedy,
			"Windows is hibernated (or was shut down with Fast Startup): its files may "
			"lag behind its memory");
	}
	if (win->guest->dirty) {
		lower(win, VW_CONFIDENCE_MEDIUM);
		vw_finding_add(findings, VW_WARN, "windows-dirty", win->guest->root, remedy,
			"the volume was not unmounted cleanly, or is to be checked: its files may "
			"be older than what Windows has seen");
	}
	return findings->lost ? -ENOMEM : 0;
}

/* The shell is what every edition has; the kernel stands in where it cannot be read. */
static void find_arch(struct vw_win *win)
{
	static const char *const binaries[] = { "System32/cmd.exe", "System32/ntoskrnl.exe" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(binaries) && !win->target.arch; i++) {
		vw_auto_free char *path = NULL;
		struct vw_pe pe;

		if (vw_win_find(&win->guest->files, win->root, binaries[i], &path) == 0 &&
			vw_win_binary(&win->guest->files, path, &pe) == 0)
			win->target.arch = vw_pe_machine_name(pe.machine);
	}
}

/* Opens one, reads it, closes it. */
static int with_hive(struct vw_win *win, const char *name,
	int (*read)(struct vw_win *win, const struct vw_win_hive *hive))
{
	struct vw_win_hive hive;
	int rc = vw_win_hive_open(win, name, &hive);

	if (rc < 0)
		return rc == -ENOENT || rc == -ENOMEM ? rc : 0;
	rc = read(win, &hive);
	vw_win_hive_close(&hive);
	return rc;
}

/* Windows 7 and Server 2008 R2 know no such database: what is in the registry of one is not what it goes by. */
static bool goes_by_database(const struct vw_win *win)
{
	return win->system->nt_major != 6 || win->system->nt_minor >= 2;
}

static int read_system(struct vw_win *win, struct vw_win_hive *system)
{
	int rc = vw_win_hive_open(win, "SYSTEM", system);

	if (rc == -ENOENT)
		rc = vw_win_doubt(win, NULL, "there is no registry hive SYSTEM");
	else if (rc < 0 && rc != -ENOMEM)
		rc = 0;
	if (rc < 0 || !system->root)
		return rc;
	rc = vw_win_release_system(win, system);
	if (rc == 0 && goes_by_database(win))
		rc = vw_win_database(win, system);
	return rc == 0 ? vw_win_class(win, system) : rc;
}

static int read_hives(struct vw_win *win, struct vw_win_hive *system)
{
	int rc = with_hive(win, "SOFTWARE", vw_win_release_software);

	if (rc == -ENOENT)
		rc = vw_win_doubt(win, NULL, "there is no registry hive SOFTWARE");
	if (rc == 0 && goes_by_database(win)) {
		rc = with_hive(win, "DRIVERS", vw_win_database);
		if (rc == -ENOENT) /* before Windows 10 all of it may be in SYSTEM */
			rc = 0;
	}
	if (rc == 0)
		rc = read_system(win, system);
	return rc == 0 ? vw_win_release_finish(win) : rc;
}

static int read_store(struct vw_win *win)
{
	bool beside;
	int rc = 0;

	for (size_t d = 0; d < win->n_devices; d++)
		for (size_t i = 0; rc == 0 && i < win->devices[d].n_drivers; i++)
			rc = vw_win_store_settle(
				win, &win->devices[d], &win->devices[d].drivers[i]);
	if (rc < 0 || !win->target.major || !win->target.arch)
		return rc;
	/* A hive that could not be read may be the one that has it. */
	beside = win->database && win->doubts.n == 0;
	if (!beside && goes_by_database(win))
		lower(win, VW_CONFIDENCE_MEDIUM);
	rc = vw_win_store_search(win, beside);
	for (size_t d = 0; rc == 0 && d < win->n_devices; d++)
		rc = vw_win_store_companions(win, &win->devices[d]);
	return rc;
}

static int examine(struct vw_win *win, struct vw_win_hive *system)
{
	int rc = check_volume(win);

	if (rc < 0)
		return rc;
	find_arch(win);
	rc = read_hives(win, system);
	if (rc == 0)
		rc = read_store(win);
	for (size_t i = 0; rc == 0 && i < win->n_devices; i++)
		rc = vw_win_judge(win, system, &win->devices[i], &win->system->devices[i].sum);
	return rc;
}

static void win_free(struct vw_win *win)
{
	for (size_t d = 0; d < win->n_devices; d++) {
		struct vw_win_device *device = &win->devices[d];

		for (size_t i = 0; i < device->n_drivers; i++)
			vw_win_driver_clear(&device->drivers[i]);
		free(device->drivers);
		vw_names_free(&device->doubts);
		free(device->class_key);
		free(device->class_inf);
		free(device->class_version);
	}
	free(win->devices);
	vw_names_free(&win->doubts);
	free(win->product);
	free(win->root);
}

static int prepare(struct vw_win *win, const struct vw_wanted *wanted)
{
	struct vw_system *system = win->system;

	system->type = VW_SYSTEM_WINDOWS;
	system->uefi = win->guest->esp;
	system->distro = strdup("windows");
	system->root = strdup(win->guest->root);
	system->devices = calloc(wanted->n_devices + 1, sizeof(*system->devices));
	win->devices = calloc(wanted->n_devices + 1, sizeof(*win->devices));
	if (!system->distro || !system->root || !system->devices || !win->devices)
		return -ENOMEM;
	system->n_devices = win->n_devices = wanted->n_devices;
	for (size_t i = 0; i < wanted->n_devices; i++)
		system->devices[i].device = win->devices[i].device = wanted->devices[i];
	return 0;
}

int vw_windows_examine(const struct vw_guest *guest, const struct vw_wanted *wanted,
	struct vw_system *system, struct vw_error *err)
{
	struct vw_win win = { .guest = guest, .system = system, .ceiling = VW_CONFIDENCE_HIGH };
	struct vw_win_hive hive = { 0 };
	int rc = vw_win_find_root(&guest->files, &win.root);

	*system = (struct vw_system){ 0 };
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot look for Windows on %s", guest->root);
	rc = prepare(&win, wanted);
	if (rc == 0)
		rc = examine(&win, &hive);
	vw_win_hive_close(&hive);
	win_free(&win);
	return rc < 0 ? vw_error_errno(err, -rc, "cannot examine Windows on %s", guest->root) : 0;
}
