/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bls_entries: boot loader entries in a directory (UAPI.1), as GRUB's blscfg, systemd-boot and ostree have them. */
#ifndef VW_BLS_ENTRIES_H
#define VW_BLS_ENTRIES_H

#include "boot_entries.h"
#include "host.h"
#include "places.h"

struct vw_bls_entry {
	char *path;
	char *id;       /* the file's name without ".conf", and without a counter "+3-1" */
	char *title;    /* NULL = none */
	char *version;  /* NULL = none */
	char *sort_key; /* NULL = none */
	char *kernel; /* the image, as seen from where the entries directory lies; a unified image's whole path; not NULL */
	char *options;     /* of all lines, with a blank between them; NULL = none */
	unsigned int line; /* of the first options line; 0 = none */
	bool failed;       /* its counter says that no attempts to boot it are left */
};
struct vw_bls_entries {
	struct vw_bls_entry *v;
	size_t n;
};

/* Adds the entries in this directory that boot Linux, in strverscmp's order; a directory that is not there has none. */
int vw_bls_entries_read(const struct vw_host *host, const char *dir, struct vw_bls_entries *entries,
	struct vw_error *err);
void vw_bls_entries_free(struct vw_bls_entries *entries);

/* Adds all of them to what can be booted; one of them is the default (NULL: that is not known). 0 or -ENOMEM with a message. */
int vw_bls_entries_offer(const struct vw_bls_entries *files, const struct vw_bls_entry *chosen,
	struct vw_boot_entries *entries, struct vw_error *err);

/* Adds the unified kernel images of this directory (EFI/Linux); their ids are the files' names. As above. */
int vw_bls_unified_read(const struct vw_host *host, const char *dir, struct vw_bls_entries *entries,
	struct vw_error *err);

/* The first in systemd-boot's order (UAPI.1, "Sorting"): by sort key, then the newest by version, or else by name. Rescue entries come after all
 * others, and what has failed to boot after these. NULL: there is none. */
const struct vw_bls_entry *vw_bls_newest(const struct vw_bls_entries *entries);

/* Where the options stand in an entry's text; as args_file.h has it. */
int vw_bls_places(const char *text, size_t len, struct vw_places *places, struct vw_error *err);

/* The entries as GRUB has them in its menu: by the version in their ids, highest first. sorted has room for all. */
void vw_bls_sort_grub(const struct vw_bls_entries *entries, const struct vw_bls_entry **sorted);

/* RHEL 8: do the options come from grubenv ("$kernelopts $tuned_params")? */
bool vw_bls_shared(const char *options, size_t len);

#endif
