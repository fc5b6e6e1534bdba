/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux_scan: what depmod would have written, from the modules' own files, for kernels where it never ran (images made in containers). */
#include "linux_priv.h"

#include "cleanup.h"

#include <limits.h>
#include <string.h>
#include <time.h>

/* A distribution's kernel has 4000 to 6000 modules in 700 directories, 600 of them network drivers. */
#define DEPTH_MAX   12
#define LISTS_MAX   4096
#define MODULES_MAX 30000
#define FILES_MAX   3000
#define BYTES_MAX   (1ULL << 30)
#define SECONDS_MAX 60

struct scan {
	struct vw_linux_kernel *kernel;
	struct vw_names
		paths; /* of all modules, below the kernel's directory; copies that count first */
	bool *seen;    /* for each: its file was read */
	size_t lists, files;
	uint64_t bytes;
	struct timespec end;
	struct vw_bytes alias, dep;
};

static bool is_module(const char *name)
{
	static const char *const ends[] = { ".ko", ".ko.gz", ".ko.xz", ".ko.zst" };
	size_t len = strlen(name);

	for (size_t i = 0; i < VW_ARRAY_SIZE(ends); i++)
		if (len > strlen(ends[i]) && strcmp(name + len - strlen(ends[i]), ends[i]) == 0)
			return true;
	return false;
}

static int walk(struct scan *scan, const char *dir, int depth);

/* Directories of modules have no dot in their names; build and source lead to the headers. */
static int walk_entry(struct scan *scan, const char *dir, const char *name, int depth)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s%s%s", dir, dir[0] ? "/" : "", name) >= PATH_MAX ||
		scan->paths.n >= MODULES_MAX) {
		scan->kernel->cut = true;
		return 0;
	}
	if (is_module(name))
		return vw_names_add(&scan->paths, path);
	if (strchr(name, '.') || strcmp(path, "build") == 0 || strcmp(path, "source") == 0)
		return 0;
	return walk(scan, path, depth + 1);
}

static int walk(struct scan *scan, const char *dir, int depth)
{
	static const char *const first[] = { "updates", "extra", "weak-updates" };
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc;

	if (depth > DEPTH_MAX || scan->lists >= LISTS_MAX) {
		scan->kernel->cut = true;
		return 0;
	}
	scan->lists++;
	rc = vw_host_listf(&scan->kernel->linux_guest->guest->files, &names, "%s/%s",
		scan->kernel->kernel->dir, dir);
	if (rc < 0) {
		scan->kernel->cut |= !vw_error_absent(rc);
		return rc == -ENOMEM ? rc : 0;
	}
	for (size_t i = 0; depth == 0 && rc == 0 && i < VW_ARRAY_SIZE(first); i++)
		rc = walk_entry(scan, dir, first[i], depth);
	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		bool again = false;

		for (size_t j = 0; depth == 0 && j < VW_ARRAY_SIZE(first); j++)
			again |= strcmp(names.v[i], first[j]) == 0;
		if (!again)
			rc = walk_entry(scan, dir, names.v[i], depth);
	}
	return rc;
}

static bool is_up(struct scan *scan)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return scan->files >= FILES_MAX || scan->bytes >= BYTES_MAX ||
	       now.tv_sec > scan->end.tv_sec;
}

/* "depends=a,b" → " path-of-a path-of-b"; a name without a path is written as it is: it is not there. */
static void add_needs(struct scan *scan, const struct vw_modinfo *info)
{
	const char *names = vw_modinfo_get(info, "depends");

	while (names && *names) {
		size_t len = strcspn(names, ","), i;
		char module[256];
		const char *name;

		snprintf(module, sizeof(module), "%.*s", (int)len, names);
		for (i = 0; len && i < scan->paths.n; i++) {
			const char *path = scan->paths.v[i];
			size_t n = vw_module_path_name(path, strlen(path), &name);

			if (vw_module_is(name, n, module))
				break;
		}
		if (len && i < scan->paths.n)
			vw_bytes_addf(&scan->dep, " %s", scan->paths.v[i]);
		else if (len)
			vw_bytes_addf(&scan->dep, " %.*s", (int)len, names);
		names += len + (names[len] == ',');
	}
}

static int scan_file(struct scan *scan, size_t i)
{
	vw_auto(vw_modinfo_free) struct vw_modinfo info = { 0 };
	const char *path = scan->paths.v[i], *alias, *name;
	size_t len = vw_module_path_name(path, strlen(path), &name);
	char whole[PATH_MAX];
	int rc;

	if (scan->seen[i])
		return 0;
	if (is_up(scan) || snprintf(whole, sizeof(whole), "%s/%s", scan->kernel->kernel->dir,
				   path) >= PATH_MAX) {
		scan->kernel->cut = true;
		return 0;
	}
	scan->seen[i] = true;
	scan->files++;
	rc = vw_modinfo_read(
		&scan->kernel->linux_guest->guest->files, whole, &info, &scan->bytes, NULL);
	if (rc == -ENOMEM)
		return rc;
	/* what is broken or leads nowhere has no alias; what cannot be read may have one */
	scan->kernel->cut |= rc == -EFBIG || (rc < 0 && !vw_error_absent(rc));
	for (size_t at = 0; rc == 0 && (alias = vw_modinfo_next(&info, "alias", &at));)
		if (strncmp(alias, "pci:", 4) == 0 && !strpbrk(alias, " \n"))
			vw_bytes_addf(&scan->alias, "alias %s %.*s\n", alias, (int)len, name);
	vw_bytes_addf(&scan->dep, "%s:", path);
	if (rc == 0)
		add_needs(scan, &info);
	vw_bytes_add(&scan->dep, "\n", 1);
	return scan->alias.lost || scan->dep.lost ? -ENOMEM : 0;
}

static bool is_known(const struct vw_wanted *wanted, const char *path)
{
	const char *name;
	size_t len = vw_module_path_name(path, strlen(path), &name);

	for (size_t i = 0; i < wanted->n_devices; i++)
		for (char **known = wanted->devices[i]->linux_modules; *known; known++)
			if (vw_module_is(name, len, *known))
				return true;
	return false;
}

/* Where a network driver may lie: the kernel's own, and all that does not come with the kernel. */
static bool is_net(const char *path)
{
	static const char kernel[] = "kernel/", net[] = "kernel/drivers/net/";

	return strncmp(path, kernel, strlen(kernel)) != 0 || strncmp(path, net, strlen(net)) == 0;
}

static int all_found(const struct scan *scan)
{
	const struct vw_wanted *wanted = scan->kernel->linux_guest->wanted;

	for (size_t i = 0; i < wanted->n_devices; i++) {
		vw_auto(vw_names_free) struct vw_names modules = { 0 };
		char modalias[VW_MODALIAS_MAX];

		vw_modalias_make(modalias, wanted->devices[i]->vendor, wanted->devices[i]->device);
		if (vw_modules_alias_match(scan->alias.data ? scan->alias.data : "",
			    scan->alias.len, modalias, &modules) < 0)
			return -ENOMEM;
		if (!modules.n)
			return 0;
	}
	return 1;
}

static void keep(struct vw_index_file *file, struct vw_bytes *bytes)
{
	free(file->text);
	file->text = bytes->data ? bytes->data : strdup("");
	file->len = bytes->len;
	*bytes = (struct vw_bytes){ 0 };
}

static int scan_files(struct scan *scan)
{
	const struct vw_wanted *wanted = scan->kernel->linux_guest->wanted;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < scan->paths.n; i++)
		if (is_known(wanted, scan->paths.v[i]))
			rc = scan_file(scan, i);
	if (rc == 0)
		rc = all_found(scan);
	for (size_t i = 0; rc == 0 && i < scan->paths.n; i++)
		if (is_net(scan->paths.v[i]))
			rc = scan_file(scan, i);
	for (size_t i = 0; rc >= 0 && i < scan->paths.n; i++)
		if (!scan->seen[i])
			vw_bytes_addf(&scan->dep, "%s:\n", scan->paths.v[i]);
	return rc < 0 || scan->dep.lost ? -ENOMEM : 0;
}

int vw_linux_scan(struct vw_linux_kernel *kernel)
{
	struct scan scan = { .kernel = kernel };
	int rc;

	clock_gettime(CLOCK_MONOTONIC, &scan.end);
	scan.end.tv_sec += SECONDS_MAX;
	rc = walk(&scan, "", 0);
	scan.seen = rc == 0 ? calloc(scan.paths.n + 1, sizeof(*scan.seen)) : NULL;
	rc = scan.seen ? scan_files(&scan) : -ENOMEM;
	if (rc == 0 && !vw_modules_alias_any(kernel->index.alias.text, kernel->index.alias.len)) {
		keep(&kernel->index.alias, &scan.alias);
		kernel->scanned = true;
	}
	if (rc == 0 && !kernel->index.dep.len)
		keep(&kernel->index.dep, &scan.dep);
	if (!kernel->index.alias.text || !kernel->index.dep.text)
		rc = -ENOMEM;
	vw_bytes_free(&scan.alias);
	vw_bytes_free(&scan.dep);
	vw_names_free(&scan.paths);
	free(scan.seen);
	return rc;
}
