/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fake_guestfs: plays libguestfs for unit tests: devices are directories of a tree here, and what is asked of the appliance is written down. */
#ifndef VW_FAKE_GUESTFS_H
#define VW_FAKE_GUESTFS_H

#include "tree.h"

#include <guestfs.h>

enum fake_kind { FAKE_DISK, FAKE_PART, FAKE_RAID, FAKE_LV, FAKE_INSIDE };

struct fake_device {
	enum fake_kind kind;
	const char *name;  /* "/dev/sda1"; what is inside of an encrypted one has that one's name */
	const char *facts; /* what blkid says: "TYPE=ext4 UUID=1"; NULL: it fails */
	const char *tree;  /* its files, a directory of the tree; NULL: it cannot be mounted */
	const char *subvol; /* btrfs: the default subvolume, below ->tree */
	const char *key;    /* what opens it */
	const char *head;   /* its first bytes, VW_PARTITION_TABLE_HEAD and more; NULL = zeros */
	uint64_t size;      /* where reading ends; 0 = never */
	int probe;          /* what ntfs-3g.probe says */
};

/* One with nothing out of the ordinary. */
#define FAKE(kind_, name_, facts_, tree_)                                                          \
	{                                                                                          \
		.kind = (kind_), .name = (name_), .facts = (facts_), .tree = (tree_)               \
	}

/* A call that fails, from the nth (1, 2, …) with this name and first argument on. */
struct fake_failure {
	const char *call, *arg; /* NULL = any argument */
	int error;
	unsigned int nth;
};

/* A root as libguestfs's own inspection would find it: words of "DIR=DEVICE", the first one its "/". */
struct fake_root {
	const char *type, *mounts;
};

#define FAKE_MOUNTS 8

struct fake {
	struct tree tree;
	const struct fake_device *devices; /* up to one without a name */
	const struct fake_root *roots;     /* likewise without a type; NULL = none */
	struct fake_failure failure;
	size_t n_entries; /* of each directory, beside those that it has */
	char log[8192];   /* calls that matter, one a line */

	/* private */
	struct fake_mount {
		char dir[64];
		struct vw_host files;
	} mounts[FAKE_MOUNTS];
	size_t n_mounts;
	const struct fake_device *opened[4];
	char opened_as[4][32];
	size_t n_opened;
	unsigned int n_failed;
	int error;
	char reason[128];
};
extern struct fake fake;

/* A fresh one; fake_end removes its tree. */
guestfs_h *fake_begin(const struct fake_device *devices);
void fake_end(void);
/* What is mounted now: "/=/dev/sda2 /boot=/dev/sda1". */
const char *fake_mounted(void);
/* Was this asked for? A line of the log, or its beginning. */
bool fake_asked(const char *line);

#endif
