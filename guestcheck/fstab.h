/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fstab: what a guest mounts where, and which of its volumes that is. */
#ifndef VW_FSTAB_H
#define VW_FSTAB_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A device of the appliance with what blkid(8) knows of it. */
struct vw_volume {
	char *device;  /* "/dev/sda1", "/dev/vg/root" */
	char type[32]; /* "ext4", "crypto_LUKS", "LVM2_member"; "" = nothing was recognised */
	char uuid[64]; /* "" = none, as below */
	char label[128];
	char part_uuid[64];
	char part_label[128];
	char part_type[64]; /* GPT: a GUID in lower case; MBR: "0x83" */
	char inside[64];    /* UUID of the encrypted device that it was opened from */
	uint64_t sectors;   /* of the partition; 0 = not known */
	bool used;          /* somebody's fstab mounts it, or it was looked at */
};
struct vw_volumes {
	struct vw_volume *v;
	size_t n;
};
#define VW_VOLUMES_MAX 256
/* A fresh one, with this device; NULL: no memory, or above VW_VOLUMES_MAX (*full). It moves those that were there. */
struct vw_volume *vw_volumes_add(struct vw_volumes *volumes, const char *device, bool *full);
void vw_volumes_free(struct vw_volumes *volumes);
/* A pair of `blkid -p -o export`, as guestfs_blkid gives them; what is too long is left out. */
void vw_volume_fact(struct vw_volume *volume, const char *key, const char *value);
/* An EFI system partition. */
bool vw_volume_is_esp(const struct vw_volume *volume);
/* An extended boot partition (Boot Loader Specification). */
bool vw_volume_is_xbootldr(const struct vw_volume *volume);

struct vw_fstab_entry {
	char *spec; /* "UUID=…", "/dev/sda2" */
	char *dir;  /* "/boot" */
	char *options;
	unsigned int line;
};
struct vw_fstab {
	struct vw_fstab_entry *v;
	size_t n;
};
#define VW_FSTAB_MAX   (256U << 10) /* bytes */
#define VW_FSTAB_LINES 256          /* entries; later ones are not looked at */

/* fstab(5), with its octal escapes and quoted tags. Entries for swap, none and relative directories are left out. 0 or -ENOMEM. */
int vw_fstab_parse(const char *text, size_t len, struct vw_fstab *fstab, struct vw_error *err);
void vw_fstab_free(struct vw_fstab *fstab);
/* The value of an option ("subvol"), copied to buf; false: there is none, or it does not fit. */
bool vw_fstab_option(const struct vw_fstab_entry *entry, const char *name, char *buf, size_t size);

/* Which volume is it? SIZE_MAX: none of them. Disks that the guest calls sda, vda, xvda, hda, nvme0n1, mmcblk0 … are those of the appliance in
 * the same order; by-id and by-path name partitions of an only disk. */
size_t vw_volumes_find(const struct vw_volumes *volumes, const char *spec);

#endif
