/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dropins: files of directories that hide each other's names. */
#include "dropins.h"

#include "cleanup.h"

#include "error.h"

#include <string.h>

static const char *base(const char *path)
{
	return strrchr(path, '/') + 1;
}

static int compare(const void *a, const void *b)
{
	return strcmp(base(*(char *const *)a), base(*(char *const *)b));
}

void vw_dropins_free(struct vw_dropins *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->paths[i]);
	free(list->paths);
	*list = (struct vw_dropins){ 0 };
}

static bool is_wanted(
	const struct vw_dropins *list, size_t earlier, const char *name, const char *suffix)
{
	size_t len = strlen(name), end = strlen(suffix);

	if (name[0] == '.' || len <= end || strcmp(name + len - end, suffix) != 0)
		return false;
	for (size_t i = 0; i < earlier; i++)
		if (strcmp(base(list->paths[i]), name) == 0)
			return false;
	return true;
}

static int add_directory(const struct vw_host *host, const char *directory, const char *suffix,
	struct vw_dropins *list)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	size_t earlier = list->n;
	int rc = vw_host_listf(host, &names, "%s", directory);

	if (rc < 0)
		return vw_error_absent(rc) ? 0 : rc;
	for (size_t i = 0; i < names.n; i++) {
		char **paths;

		if (!is_wanted(list, earlier, names.v[i], suffix))
			continue;
		paths = reallocarray(list->paths, list->n + 1, sizeof(*paths));
		if (!paths)
			return -ENOMEM;
		list->paths = paths;
		if (asprintf(&paths[list->n], "%s/%s", directory, names.v[i]) < 0)
			return -ENOMEM;
		list->n++;
	}
	return 0;
}

int vw_dropins_list(const struct vw_host *host, const char *const *directories, size_t n,
	const char *suffix, struct vw_dropins *list, const char **which)
{
	int rc = 0;

	*list = (struct vw_dropins){ 0 };
	for (size_t i = 0; i < n && rc == 0; i++) {
		*which = directories[i];
		rc = add_directory(host, directories[i], suffix, list);
	}
	if (rc < 0)
		vw_dropins_free(list);
	else if (list->n > 1)
		qsort(list->paths, list->n, sizeof(*list->paths), compare);
	return rc;
}
