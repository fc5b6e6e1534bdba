/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot_entries: the list of what can be booted. */
#include "boot_entries.h"

#include "cleanup.h"

#include <string.h>

static void free_entry(struct vw_boot_entry *entry)
{
	free(entry->title);
	free(entry->file);
	free(entry->cmdline);
	free(entry->kernel);
}

void vw_boot_entries_free(struct vw_boot_entries *entries)
{
	for (size_t i = 0; i < entries->n; i++)
		free_entry(&entries->v[i]);
	free(entries->v);
	free(entries->why.file);
	free(entries->why.value);
	*entries = (struct vw_boot_entries){ 0 };
}

static char *copy(const char *text)
{
	return strdup(text ? text : "");
}

int vw_boot_entries_add(struct vw_boot_entries *entries, const struct vw_boot_entry *entry)
{
	struct vw_boot_entry *v = reallocarray(entries->v, entries->n + 1, sizeof(*v));
	struct vw_boot_entry mine = *entry;

	if (!v)
		return -ENOMEM;
	entries->v = v;
	mine.title = copy(entry->title);
	mine.file = copy(entry->file);
	mine.cmdline = copy(entry->cmdline);
	mine.kernel = copy(entry->kernel);
	if (!mine.title || !mine.file || !mine.cmdline || !mine.kernel) {
		free_entry(&mine);
		return -ENOMEM;
	}
	v[entries->n++] = mine;
	return 0;
}

int vw_boot_entries_explain(struct vw_boot_entries *entries, const char *rule, const char *file,
	unsigned int line, const char *value)
{
	struct vw_boot_why why = { rule, copy(file), line, copy(value) };

	if (!why.file || !why.value) {
		free(why.file);
		free(why.value);
		return -ENOMEM;
	}
	free(entries->why.file);
	free(entries->why.value);
	entries->why = why;
	return 0;
}

const struct vw_boot_entry *vw_boot_entries_default(const struct vw_boot_entries *entries)
{
	for (size_t i = 0; i < entries->n; i++)
		if (entries->v[i].is_default)
			return &entries->v[i];
	return NULL;
}
