/* SPDX-License-Identifier: GPL-2.0-or-later */
/* volumes: what the disks of an appliance hold: partitions, RAID, logical volumes, encrypted devices that a key opens. */

/*
 * Theory of operation. guestfs_list_filesystems and guestfs_inspect_os run dozens of programs in the appliance, seconds of them. Here each
 * device costs one blkid, which knows type, UUID, label and the partition's own names; LVM and RAID are asked only where
 * one of their members was seen (the appliance has activated them at its start).
 */
#include "roots_priv.h"

#include "appliance.h"
#include "cleanup.h"
#include "partition_table.h"

#include <ctype.h>
#include <string.h>

void vw_guestfs_list_free(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

static int no_memory(struct vw_error *err)
{
	return vw_error_set(err, ENOMEM, "out of memory");
}

static int add(struct vw_roots *roots, const char *device, struct vw_error *err)
{
	bool full;

	for (size_t i = 0; i < roots->volumes.n; i++)
		if (!strcmp(roots->volumes.v[i].device, device))
			return 0;
	if (vw_volumes_add(&roots->volumes, device, &full))
		return 0;
	if (!full)
		return no_memory(err);
	return vw_error_set(err, E2BIG, "there are more than %d devices", VW_VOLUMES_MAX);
}

/* Adds all of a list, or says why there is none. */
static int add_list(struct vw_roots *roots, char **list, const char *what, struct vw_error *err)
{
	int rc = 0;

	if (!list)
		return vw_error_set(
			err, EIO, "cannot list %s: %s", what, vw_appliance_reason(roots->g));
	for (size_t i = 0; rc == 0 && list[i]; i++)
		rc = add(roots, list[i], err);
	vw_guestfs_list_free(list);
	return rc;
}

/* Is it a partition of this device? "/dev/sda" has "/dev/sda1", "/dev/md0" has "/dev/md0p1". */
static bool is_part_of(const char *part, const char *device)
{
	size_t len = strlen(device);

	if (strncmp(part, device, len) != 0)
		return false;
	part += len;
	part += *part == 'p';
	return isdigit((unsigned char)*part);
}

bool vw_roots_is_cut(struct vw_roots *roots, const char *device)
{
	vw_auto_free char *head = NULL, *last = NULL;
	size_t len = 0;
	uint64_t end;

	head = guestfs_pread_device(roots->g, device, VW_PARTITION_TABLE_HEAD, 0, &len);
	end = head ? vw_partition_table_end(head, len) : 0;
	if (end < 512)
		return false;
	last = guestfs_pread_device(roots->g, device, 512, (int64_t)(end - 512), &len);
	if (last && len == 512)
		return false;
	vw_finding_add(roots->findings, VW_FAIL, "image-truncated", roots->image, NULL,
		"%s ends before its last partition does, which needs %llu bytes: the image is cut "
		"off",
		device, (unsigned long long)end);
	return true;
}

static int add_devices(struct vw_roots *roots, struct vw_error *err)
{
	vw_auto(vw_cleanup_list) char **devices = NULL;
	size_t n_parts;
	int rc = add_list(roots, guestfs_list_partitions(roots->g), "partitions", err);

	if (rc < 0)
		return rc;
	n_parts = roots->volumes.n;
	devices = guestfs_list_devices(roots->g);
	if (!devices)
		return vw_error_set(
			err, EIO, "cannot list the disks: %s", vw_appliance_reason(roots->g));
	for (size_t i = 0; rc == 0 && devices[i]; i++) {
		bool has_parts = false;

		for (size_t p = 0; p < n_parts; p++)
			has_parts |= is_part_of(roots->volumes.v[p].device, devices[i]);
		if (has_parts)
			vw_roots_is_cut(roots, devices[i]);
		else
			rc = add(roots, devices[i], err);
	}
	return rc;
}

static bool is_encrypted(const struct vw_volume *volume)
{
	return !strcmp(volume->type, "crypto_LUKS") || !strcmp(volume->type, "BitLocker");
}

static int open_encrypted(struct vw_roots *roots, size_t index, struct vw_error *err)
{
	const char *device = roots->volumes.v[index].device, *uuid = roots->volumes.v[index].uuid;
	bool bitlocker = !strcmp(roots->volumes.v[index].type, "BitLocker");
	char name[32], path[64], inside[64];
	bool tried = false;
	int rc;

	snprintf(name, sizeof(name), "opened%zu", roots->n_opened);
	for (size_t i = 0; i < roots->keys->n; i++) {
		if (!vw_key_fits(&roots->keys->v[i], device, uuid))
			continue;
		tried = true;
		/* Not read-only: the journal of what is inside may have to be replayed, which changes the appliance's overlay alone. */
		if (guestfs_cryptsetup_open(roots->g, device, roots->keys->v[i].secret, name, -1) <
			0)
			continue;
		roots->n_opened++;
		snprintf(path, sizeof(path), "/dev/mapper/%s", name);
		snprintf(inside, sizeof(inside), "%s", uuid);
		rc = add(roots, path, err); /* moves the volumes */
		if (rc == 0)
			strcpy(roots->volumes.v[roots->volumes.n - 1].inside, inside);
		return rc;
	}
	vw_finding_add(&roots->doubts, VW_FAIL, "image-encrypted", roots->image,
		tried ? NULL : "give its key: --key DEVICE:file:NAME",
		"%s is encrypted (%s), and %s%s", device, bitlocker ? "BitLocker" : "LUKS",
		tried ? "no key opens it: " : "no key was given for it",
		tried ? vw_appliance_reason(roots->g) : "");
	return 0;
}

static void probe(struct vw_roots *roots, struct vw_volume *volume)
{
	vw_auto(vw_cleanup_list) char **facts = guestfs_blkid(roots->g, volume->device);

	for (size_t i = 0; facts && facts[i] && facts[i + 1]; i += 2)
		vw_volume_fact(volume, facts[i], facts[i + 1]);
	/* A logical volume that is not whole is not active. */
	if (!facts)
		vw_finding_add(&roots->doubts, VW_FAIL, "image-unreadable", roots->image,
			strchr(volume->device + strlen("/dev/"), '/') ? VW_ALL_DISKS : NULL,
			"cannot look at %s: %s", volume->device, vw_appliance_reason(roots->g));
}

static bool has_type(const struct vw_roots *roots, const char *type)
{
	for (size_t i = 0; i < roots->volumes.n; i++)
		if (!strcmp(roots->volumes.v[i].type, type))
			return true;
	return false;
}

/* Devices that are made of others, once their members are known. */
static int add_composed(struct vw_roots *roots, struct vw_error *err)
{
	int rc = 0;

	if (has_type(roots, "linux_raid_member"))
		rc = add_list(roots, guestfs_list_md_devices(roots->g), "RAID devices", err);
	if (rc < 0 || !has_type(roots, "LVM2_member"))
		return rc;
	/* Volumes inside of an encrypted device have not been there when the appliance started. */
	if (roots->n_opened)
		guestfs_lvm_scan(roots->g, 1);
	return add_list(roots, guestfs_lvs(roots->g), "logical volumes", err);
}

int vw_roots_discover(struct vw_roots *roots, struct vw_error *err)
{
	size_t done = 0;
	int rc = add_devices(roots, err);

	while (rc == 0 && done < roots->volumes.n) {
		for (; rc == 0 && done < roots->volumes.n; done++) {
			probe(roots, &roots->volumes.v[done]);
			if (is_encrypted(&roots->volumes.v[done]))
				rc = open_encrypted(roots, done, err);
		}
		if (rc == 0)
			rc = add_composed(roots, err);
	}
	return rc;
}
