/* SPDX-License-Identifier: GPL-2.0-or-later */
/* roots: finding the installed systems, and mounting what belongs to each. */

/*
 * Theory of operation. A guest's files are read by the appliance, whose kernel is the only one that ever mounts them. Each volume that could hold
 * a system is mounted alone at "/", largest first, so that /boot or /usr of a system are known from its fstab before their turn comes.
 * What the fstab puts at /boot, /usr, /var and the ESP is mounted, too, and the system is visited. libguestfs's own inspection, which
 * takes as long as all else together, is only asked when nothing was found.
 */
#include "roots_priv.h"

#include "appliance.h"
#include "cleanup.h"
#include "ntfs_volume.h"
#include "windows.h"

#include <string.h>

/* What of an fstab matters to us, parents first. */
static const char *const mount_points[] = { "/boot", "/efi", "/usr", "/var", "/boot/efi" };
#define N_MOUNT_POINTS (sizeof(mount_points) / sizeof(mount_points[0]))

static bool may_hold_system(const struct vw_volume *volume)
{
	static const char *const types[] = { "ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs",
		"reiserfs", "ntfs" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(types); i++)
		if (!strcmp(volume->type, types[i]))
			return true;
	return false;
}

/* option: NULL, or "subvol" or "subvolid" of btrfs, with its value. */
static int mount_volume(struct vw_roots *roots, const char *device, const char *option,
	const char *value, const char *dir)
{
	char options[512];

	if (!option)
		return guestfs_mount_ro(roots->g, device, dir);
	snprintf(options, sizeof(options), "ro,%s=%s", option, value);
	return guestfs_mount_options(roots->g, options, device, dir);
}

static void cannot_mount(struct vw_roots *roots, const struct vw_volume *volume)
{
	vw_finding_add(&roots->doubts, VW_FAIL, "image-unreadable", roots->image, NULL,
		"cannot mount %s (%s): %s", volume->device, volume->type,
		vw_appliance_reason(roots->g));
}

/* It need not be looked at any more. A btrfs of several devices is on each of them. */
static void use(struct vw_roots *roots, struct vw_volume *used)
{
	used->used = true;
	for (size_t i = 0; i < roots->volumes.n; i++) {
		struct vw_volume *volume = &roots->volumes.v[i];

		if (used->uuid[0] && !strcmp(used->type, "btrfs") &&
			!strcmp(volume->type, "btrfs") && !strcmp(volume->uuid, used->uuid))
			volume->used = true;
	}
}

/* Below "/usr" of another volume everything looks as below a root: etc, lib/modules. */
static bool is_usr_alone(const struct vw_host *files)
{
	return vw_host_lookf(files, "/usr") == 0 && vw_host_lookf(files, "/share") == 1;
}

/* VW_SYSTEM_OTHER: there is none, or none that can be read, which is a doubt. */
static enum vw_system_type detect(
	struct vw_roots *roots, const struct vw_volume *volume, const struct vw_guest *guest)
{
	bool windows = !strcmp(volume->type, "ntfs");
	int rc = windows ? vw_windows_detect(guest) : vw_linux_detect(guest);

	if (rc < 0)
		vw_finding_add(&roots->doubts, VW_FAIL, "image-unreadable", roots->image, NULL,
			"nobody can tell whether there is a system on %s (%s): %s", volume->device,
			volume->type, strerror(-rc));
	if (rc == 1 && windows)
		return VW_SYSTEM_WINDOWS;
	return rc == 1 && !is_usr_alone(&guest->files) ? VW_SYSTEM_LINUX : VW_SYSTEM_OTHER;
}

/* Subvolumes that installers put the root in, where it is not the default one. */
static const char *btrfs_root(const struct vw_guest *guest)
{
	static const char *const names[] = { "@", "root", "@rootfs", "@root" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(names); i++)
		if (vw_host_lookf(&guest->files, "/%s/etc", names[i]) == 1 ||
			vw_host_lookf(&guest->files, "/%s/usr", names[i]) == 1)
			return names[i];
	return NULL;
}

/* Without it nothing that is said of the kernels would be true. */
static bool is_needed(const char *dir)
{
	return !strcmp(dir, "/boot") || !strcmp(dir, "/usr");
}

/* Mounts what an entry says. */
static void mount_entry(struct vw_roots *roots, const struct vw_fstab_entry *entry, const char *dir)
{
	enum vw_severity severity =
		is_needed(dir) && !strstr(entry->options, "nofail") ? VW_FAIL : VW_WARN;
	size_t index = vw_volumes_find(&roots->volumes, entry->spec);
	const char *option = "subvol";
	char value[256];

	if (index == SIZE_MAX) {
		vw_finding_add(roots->findings, severity, "image-mount-missing", roots->image,
			VW_ALL_DISKS, "/etc/fstab:%u: %s for %s is not among the disks",
			entry->line, entry->spec, dir);
		return;
	}
	use(roots, &roots->volumes.v[index]);
	if (!vw_fstab_option(entry, option, value, sizeof(value)))
		option = vw_fstab_option(entry, "subvolid", value, sizeof(value)) ? "subvolid"
										  : NULL;
	if (mount_volume(roots, roots->volumes.v[index].device, option, value, dir) < 0)
		vw_finding_add(roots->findings, severity, "image-mount-missing", roots->image, NULL,
			"/etc/fstab:%u: cannot mount %s at %s: %s", entry->line,
			roots->volumes.v[index].device, dir, vw_appliance_reason(roots->g));
}

static int mount_fstab(struct vw_roots *roots, const struct vw_guest *guest, struct vw_error *err)
{
	vw_auto(vw_fstab_free) struct vw_fstab fstab = { 0 };
	vw_auto_free char *text = NULL;
	size_t len = 0;
	int rc = vw_host_slurpf(&guest->files, VW_FSTAB_MAX, &text, &len, "/etc/fstab");

	if (rc < 0 && !vw_error_absent(rc))
		vw_finding_add(roots->findings, VW_WARN, "image-mount-missing", roots->image, NULL,
			"cannot read /etc/fstab: %s", strerror(-rc));
	if (rc < 0)
		return 0;
	rc = vw_fstab_parse(text, len, &fstab, err);
	if (rc < 0)
		return rc;
	for (size_t m = 0; m < N_MOUNT_POINTS; m++)
		for (size_t i = 0; i < fstab.n; i++)
			if (!strcmp(fstab.v[i].dir, mount_points[m])) {
				mount_entry(roots, &fstab.v[i], mount_points[m]);
				break;
			}
	return 0;
}

/* Mounts the first unmounted partition of this kind at the first of these directories that is there and empty. */
static void mount_unnamed(struct vw_roots *roots, const struct vw_guest *guest,
	bool (*is_kind)(const struct vw_volume *), const char *const *dirs)
{
	struct vw_volume *volume = NULL;

	for (size_t i = 0; i < roots->volumes.n && !volume; i++)
		if (is_kind(&roots->volumes.v[i]) && !roots->volumes.v[i].used)
			volume = &roots->volumes.v[i];
	for (; volume && *dirs; dirs++) {
		vw_auto(vw_names_free) struct vw_names names = { 0 };

		if (vw_host_listf(&guest->files, &names, "%s", *dirs) < 0 || names.n)
			continue;
		if (mount_volume(roots, volume->device, NULL, NULL, *dirs) == 0)
			volume->used = true;
		return;
	}
}

/* What no fstab names is mounted as systemd-gpt-auto-generator(8) does it: an extended boot partition at /boot, the ESP at /efi, or at /boot. */
static void mount_boot(struct vw_roots *roots, const struct vw_guest *guest)
{
	static const char *const boot[] = { "/boot", NULL }, *const esp[] = { "/efi", "/boot",
		NULL };

	mount_unnamed(roots, guest, vw_volume_is_xbootldr, boot);
	mount_unnamed(roots, guest, vw_volume_is_esp, esp);
}

static bool has_esp(const struct vw_roots *roots)
{
	for (size_t i = 0; i < roots->volumes.n; i++)
		if (vw_volume_is_esp(&roots->volumes.v[i]))
			return true;
	return false;
}

/* Windows has marked it to be checked at its next start. (ntfs-3g.probe tells only whether its journal is clean.) */
static bool is_marked_dirty(struct vw_roots *roots, const char *device)
{
	vw_auto_free char *boot = NULL, *record = NULL;
	uint64_t offset = 0;
	size_t len = 0, size = 0;

	boot = guestfs_pread_device(roots->g, device, VW_NTFS_BOOT, 0, &len);
	if (boot && len == VW_NTFS_BOOT)
		size = vw_ntfs_volume_record(boot, &offset);
	if (size)
		record = guestfs_pread_device(roots->g, device, (int)size, (int64_t)offset, &len);
	return record && vw_ntfs_volume_dirty(record, len);
}

/* ntfs-3g.probe(8) */
static void look_at_ntfs(struct vw_roots *roots, const char *device, struct vw_guest *guest)
{
	int status = guestfs_ntfs_3g_probe(roots->g, 1, device);

	guest->hibernated = status == 14;
	guest->dirty = status == 15 || is_marked_dirty(roots, device);
}

static int visit(struct vw_roots *roots, const struct vw_volume *volume, struct vw_guest *guest,
	enum vw_system_type type, struct vw_error *err)
{
	int rc = 0;

	guest->esp = has_esp(roots);
	if (type == VW_SYSTEM_WINDOWS)
		look_at_ntfs(roots, volume->device, guest);
	else
		rc = mount_fstab(roots, guest, err);
	if (rc < 0)
		return rc;
	if (type == VW_SYSTEM_LINUX)
		mount_boot(roots, guest);
	roots->n_systems++;
	return roots->visit(roots->data, guest, type, err);
}

static int open_guest(
	struct vw_roots *roots, struct vw_guest *guest, const char *root, struct vw_error *err)
{
	*guest = (struct vw_guest){
		.hives = &vw_hive_guestfs, .hives_data = &roots->hives, .root = root
	};
	return vw_host_open_source(
		&guest->files, &vw_guest_source, &roots->source, roots->image, err);
}

/* Mounts at "/" what could hold a system; a root that is not in the default subvolume is mounted in its place. */
static enum vw_system_type mount_root(struct vw_roots *roots, const struct vw_volume *volume,
	const struct vw_guest *guest, char *root, size_t size)
{
	enum vw_system_type type;
	const char *subvol;

	snprintf(root, size, "%s", volume->device);
	if (mount_volume(roots, volume->device, NULL, NULL, "/") < 0) {
		cannot_mount(roots, volume);
		return VW_SYSTEM_OTHER;
	}
	type = detect(roots, volume, guest);
	if (type != VW_SYSTEM_OTHER)
		return type;
	if (vw_host_lookf(&guest->files, "/ostree/deploy") == 1)
		vw_finding_add(&roots->doubts, VW_FAIL, "image-unreadable", roots->image, NULL,
			"the systems on %s are deployments of OSTree, which are not looked into",
			volume->device);
	if (strcmp(volume->type, "btrfs") != 0 || !(subvol = btrfs_root(guest)))
		return VW_SYSTEM_OTHER;
	guestfs_umount_all(roots->g);
	snprintf(root, size, "%s[/%s]", volume->device, subvol);
	if (mount_volume(roots, volume->device, "subvol", subvol, "/") < 0) {
		cannot_mount(roots, volume);
		return VW_SYSTEM_OTHER;
	}
	return detect(roots, volume, guest);
}

/* A volume that could hold a system: looks, and visits. */
static int try_volume(struct vw_roots *roots, struct vw_volume *volume, struct vw_error *err)
{
	char root[512] = "";
	struct vw_guest guest;
	enum vw_system_type type;
	int rc = open_guest(roots, &guest, root, err);

	if (rc < 0)
		return rc;
	use(roots, volume);
	type = mount_root(roots, volume, &guest, root, sizeof(root));
	if (type != VW_SYSTEM_OTHER)
		rc = visit(roots, volume, &guest, type, err);
	if (guestfs_umount_all(roots->g) < 0 && rc == 0)
		rc = vw_error_set(err, EIO, "the appliance does not let go of %s: %s",
			volume->device, vw_appliance_reason(roots->g));
	vw_host_close(&guest.files);
	return rc;
}

/* The next one to look at: what is called root before what has no size (logical volumes, whole disks) before the largest. */
static struct vw_volume *next_volume(const struct vw_roots *roots)
{
	struct vw_volume *best = NULL;
	uint64_t best_rank = 0;

	for (size_t i = 0; i < roots->volumes.n; i++) {
		struct vw_volume *volume = &roots->volumes.v[i];
		uint64_t rank = volume->sectors ? volume->sectors : UINT64_MAX - 1;
		size_t len = strlen(volume->device);

		if (volume->used || !may_hold_system(volume))
			continue;
		if (len > 4 && !strcmp(volume->device + len - 4, "root"))
			rank = UINT64_MAX;
		if (!best || rank > best_rank) {
			best = volume;
			best_rank = rank;
		}
	}
	return best;
}

/* Parents first. What is missing is said; without "/" there is nothing to visit. */
static bool mount_inspected(struct vw_roots *roots, char *root)
{
	vw_auto(vw_cleanup_list) char **mounts = guestfs_inspect_get_mountpoints(roots->g, root);
	bool mounted = false;

	for (size_t len = 1; mounts && len < 64; len++)
		for (size_t i = 0; mounts[i] && mounts[i + 1]; i += 2) {
			if (strlen(mounts[i]) != len)
				continue;
			if (guestfs_mount_ro(roots->g, mounts[i + 1], mounts[i]) == 0)
				mounted |= !strcmp(mounts[i], "/");
			else
				vw_finding_add(roots->findings,
					is_needed(mounts[i]) ? VW_FAIL : VW_WARN,
					"image-mount-missing", roots->image, NULL,
					"cannot mount %s at %s: %s", mounts[i + 1], mounts[i],
					vw_appliance_reason(roots->g));
		}
	if (!mounted)
		vw_finding_add(&roots->doubts, VW_FAIL, "image-unreadable", roots->image, NULL,
			"cannot mount %s, on which a system was seen", root);
	return mounted;
}

/* By libguestfs's inspection. */
static int visit_inspected(struct vw_roots *roots, char *root, struct vw_error *err)
{
	vw_auto_free char *name = guestfs_inspect_get_type(roots->g, root);
	enum vw_system_type type = VW_SYSTEM_OTHER;
	struct vw_guest guest;
	int rc = open_guest(roots, &guest, root, err);

	if (rc < 0)
		return rc;
	if (name && !strcmp(name, "linux"))
		type = VW_SYSTEM_LINUX;
	else if (name && !strcmp(name, "windows"))
		type = VW_SYSTEM_WINDOWS;
	if (type == VW_SYSTEM_WINDOWS)
		look_at_ntfs(roots, root, &guest);
	guest.esp = has_esp(roots);
	if (mount_inspected(roots, root)) {
		roots->n_systems++;
		rc = roots->visit(roots->data, &guest, type, err);
	}
	guestfs_umount_all(roots->g);
	vw_host_close(&guest.files);
	return rc;
}

static int inspect(struct vw_roots *roots, struct vw_error *err)
{
	vw_auto(vw_cleanup_list) char **found = guestfs_inspect_os(roots->g);
	int rc = 0;

	if (!found)
		vw_finding_add(&roots->doubts, VW_FAIL, "image-unreadable", roots->image, NULL,
			"it cannot be inspected: %s", vw_appliance_reason(roots->g));
	for (size_t i = 0; rc == 0 && found && found[i]; i++)
		rc = visit_inspected(roots, found[i], err);
	return rc;
}

static bool has_file_system(const struct vw_roots *roots)
{
	for (size_t i = 0; i < roots->volumes.n; i++)
		if (roots->volumes.v[i].type[0] && strcmp(roots->volumes.v[i].type, "swap") != 0)
			return true;
	return false;
}

/* What could not be looked at leaves all open when there is no system; beside one it may be its data. */
static void add_doubts(struct vw_roots *roots)
{
	for (size_t i = 0; i < roots->doubts.n; i++) {
		struct vw_finding *finding = vw_finding_copy(roots->findings, &roots->doubts.v[i]);

		if (finding && roots->n_systems)
			finding->severity = VW_WARN;
	}
	roots->findings->lost |= roots->doubts.lost;
	if (roots->source.exhausted || roots->hives.exhausted)
		vw_finding_add(roots->findings, VW_WARN, "image-limits", roots->image, NULL,
			"so much had to be read that the rest was not looked at");
}

int vw_roots_visit(struct vw_roots *roots, struct vw_error *err)
{
	struct vw_volume *volume;
	int rc;

	roots->source = (struct vw_guest_source){ .g = roots->g };
	roots->hives = (struct vw_hive_guestfs){ .g = roots->g };
	rc = vw_roots_discover(roots, err);
	while (rc == 0 && (volume = next_volume(roots)) != NULL)
		rc = try_volume(roots, volume, err);
	if (rc == 0 && !roots->n_systems && !roots->doubts.n && has_file_system(roots))
		rc = inspect(roots, err);
	if (rc == 0 && !roots->n_systems && !roots->doubts.n)
		vw_roots_explain(roots);
	add_doubts(roots);
	vw_volumes_free(&roots->volumes);
	vw_findings_free(&roots->doubts);
	return rc;
}
