/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot_entries: the list of what can be booted. */
#ifndef VW_BOOT_ENTRIES_H
#define VW_BOOT_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>

/* One thing that can be booted. */
struct vw_boot_entry {
	char *title;
	char *file; /* where its command line stands */
	unsigned int line;
	char *cmdline;   /* whole, with variables put in */
	char *kernel;    /* the image as the loader names it; "" = not known */
	bool is_default; /* boots when nobody chooses; unknown = false for all */
	bool is_foreign; /* another system's, or written by hand: not made of what the loader's plan changes */
};
/* What decided on the default. */
struct vw_boot_why {
	const char *rule; /* static: "grub-saved-entry", …; NULL = nothing did */
	char *file;
	unsigned int line;
	char *value; /* as it stands there */
};
struct vw_boot_entries {
	struct vw_boot_entry *v;
	size_t n;
	struct vw_boot_why why; /* with a rule and no default entry: what it names boots no Linux */
};
void vw_boot_entries_free(struct vw_boot_entries *entries);
/* Adds a copy; all strings are copied. 0 or -ENOMEM. */
int vw_boot_entries_add(struct vw_boot_entries *entries, const struct vw_boot_entry *entry);
/* Sets ->why, in place of a former one. 0 or -ENOMEM. */
int vw_boot_entries_explain(struct vw_boot_entries *entries, const char *rule, const char *file,
	unsigned int line, const char *value);
/* NULL: it is not known. */
const struct vw_boot_entry *vw_boot_entries_default(const struct vw_boot_entries *entries);

#endif
