/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux_kernel: the modules of one kernel, as far as one look tells. */
#include "linux_priv.h"

#include "cleanup.h"

#include <limits.h>
#include <string.h>

/* The machine of the first of the kernel's own modules that can be read. */
static void find_machine(struct vw_linux_kernel *kernel)
{
	static const char own[] = "kernel/";
	const char *text = kernel->index.dep.text, *end = text + kernel->index.dep.len;
	int left = 3;

	while (left > 0 && text < end) {
		vw_auto(vw_modinfo_free) struct vw_modinfo info = { 0 };
		const char *colon = strchr(text, ':'), *next = strchr(text, '\n');
		char path[PATH_MAX];

		if (colon && strncmp(text, own, strlen(own)) == 0 && left-- > 0 &&
			snprintf(path, sizeof(path), "%s/%.*s", kernel->kernel->dir,
				(int)(colon - text), text) < PATH_MAX &&
			vw_modinfo_read(
				&kernel->linux_guest->guest->files, path, &info, NULL, NULL) == 0) {
			kernel->machine = info.machine;
			kernel->is_little = info.is_little;
			return;
		}
		text = next ? next + 1 : end;
	}
}

int vw_linux_kernel_open(struct vw_linux_kernel *kernel)
{
	struct vw_module_index *index = &kernel->index;
	int rc = vw_module_index_read(
		&kernel->linux_guest->guest->files, kernel->kernel->dir, index, &kernel->why);

	if (rc < 0)
		return rc == -ENOMEM ? rc : 0;
	if (kernel->linux_guest->rules.tools == VW_TOOLS_KMOD)
		kernel->no_depmod = !index->alias_bin || !index->dep_bin;
	else
		kernel->no_depmod = !index->alias.there || !index->dep.there;
	if (!vw_modules_alias_any(index->alias.text, index->alias.len) || !index->dep.len)
		rc = vw_linux_scan(kernel);
	if (rc == 0)
		find_machine(kernel);
	return rc;
}

void vw_linux_kernel_close(struct vw_linux_kernel *kernel)
{
	vw_module_index_free(&kernel->index);
}
