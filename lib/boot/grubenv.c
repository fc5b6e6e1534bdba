/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grubenv: reading GRUB's environment block: a head line, NAME=VALUE lines, and '#' up to its size. */
#include "grubenv.h"

#include "cleanup.h"

#include <errno.h>
#include <string.h>

int vw_grubenv_find(const struct vw_host *host, char *path, size_t size)
{
	vw_auto(vw_names_free) struct vw_names vendors = { 0 };

	snprintf(path, size, "/boot/grub2/grubenv");
	if (vw_host_lookf(host, "%s", path) == 1)
		return 1;
	vw_host_listf(host, &vendors, "/boot/efi/EFI");
	for (size_t i = 0; i < vendors.n; i++) {
		snprintf(path, size, "/boot/efi/EFI/%s/grubenv", vendors.v[i]);
		if (vw_host_lookf(host, "%s", path) == 1)
			return 1;
	}
	snprintf(path, size, "/boot/grub2/grubenv");
	return 0;
}

bool vw_grubenv_next(const char *text, size_t len, struct vw_line *line, size_t *equals)
{
	while (vw_line_next(text, len, line)) {
		const char *found = memchr(text + line->begin, '=', line->end - line->begin);

		if (!found || text[line->begin] == '#')
			continue;
		*equals = (size_t)(found - text);
		return true;
	}
	return false;
}

int vw_grubenv_get(
	const char *text, size_t len, const char *name, char **value, unsigned int *number)
{
	struct vw_line line = { 0 };
	size_t equals;

	*value = NULL;
	while (vw_grubenv_next(text, len, &line, &equals)) {
		if (equals - line.begin != strlen(name) ||
			memcmp(text + line.begin, name, strlen(name)) != 0)
			continue;
		if (number)
			*number = line.number;
		*value = strndup(text + equals + 1, line.end - equals - 1);
		return *value ? 0 : -ENOMEM;
	}
	return 0;
}
