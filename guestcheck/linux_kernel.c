/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux_kernel: the modules of one kernel, as far as one look tells. */
#include "linux_priv.h"

#include "cleanup.h"

#include <limits.h>
#include <string.h>

/* Files of modules that are read of one kernel; an honest one has one or two for a device. */
#define FILES_MAX 1024

const struct vw_module_file *vw_linux_module_file(struct vw_linux_kernel *kernel, const char *path)
{
	struct vw_module_files *files = &kernel->files;
	struct vw_module_file *v, *file;

	for (size_t i = 0; i < files->n; i++)
		if (strcmp(files->v[i].path, path) == 0)
			return &files->v[i];
	v = reallocarray(files->v, files->n + 1, sizeof(*v));
	if (!v)
		return NULL;
	files->v = v;
	file = &v[files->n];
	*file = (struct vw_module_file){ .path = strdup(path) };
	if (!file->path)
		return NULL;
	if (files->n++ >= FILES_MAX)
		file->rc = vw_error_set(&file->why, E2BIG, "%s: too many modules to look at", path);
	else
		file->rc = vw_modinfo_read(
			&kernel->linux_guest->guest->files, path, &file->info, NULL, &file->why);
	return file->rc == -ENOMEM ? NULL : file;
}

/* The machine of the first of the kernel's own modules that can be read. */
static int find_machine(struct vw_linux_kernel *kernel)
{
	static const char own[] = "kernel/";
	const char *text = kernel->index.dep.text, *end = text + kernel->index.dep.len;
	int left = 3;

	while (left > 0 && text < end) {
		const char *colon = strchr(text, ':'), *next = strchr(text, '\n');
		const struct vw_module_file *file;
		char path[PATH_MAX];

		if (colon && strncmp(text, own, strlen(own)) == 0 && left-- > 0 &&
			snprintf(path, sizeof(path), "%s/%.*s", kernel->kernel->dir,
				(int)(colon - text), text) < PATH_MAX) {
			file = vw_linux_module_file(kernel, path);
			if (!file)
				return -ENOMEM;
			if (file->rc == 0) {
				kernel->machine = file->info.machine;
				kernel->is_little = file->info.is_little;
				return 0;
			}
		}
		text = next ? next + 1 : end;
	}
	return 0;
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
	return rc < 0 ? rc : find_machine(kernel);
}

void vw_linux_kernel_close(struct vw_linux_kernel *kernel)
{
	vw_module_index_free(&kernel->index);
	for (size_t i = 0; i < kernel->files.n; i++) {
		free(kernel->files.v[i].path);
		vw_modinfo_free(&kernel->files.v[i].info);
	}
	free(kernel->files.v);
	kernel->files = (struct vw_module_files){ 0 };
}
