/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tree: a temporary recorded machine for unit tests. Any failure to build it fails the test. */
#include "tree.h"

#include "cleanup.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define DEVICES "/sys/bus/pci/devices"

/* Everything is made through the host, so that a test's hostile symlink cannot lead the test itself out of the tree. */
static void check(int rc, const char *what, const char *path)
{
	if (rc < 0)
		fail_msg("tree: %s %s: %s", what, path, strerror(-rc));
}

void tree_new(struct tree *tree)
{
	const char *tmp = getenv("TMPDIR");
	struct vw_error err;

	if (!tmp || tmp[0] != '/' || strlen(tmp) > sizeof(tree->root) - 32)
		tmp = "/tmp";
	snprintf(tree->root, sizeof(tree->root), "%s/vfward-test.XXXXXX", tmp);
	if (!mkdtemp(tree->root))
		fail_msg("tree: mkdtemp %s: %s", tree->root, strerror(errno));
	if (vw_host_open(&tree->host, tree->root, &err) < 0)
		fail_msg("tree: %s", err.msg);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void tree_free(struct tree *tree)
{
	vw_host_close(&tree->host);
	if (nftw(tree->root, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0)
		fail_msg("tree: cannot remove %s: %s", tree->root, strerror(errno));
}

void tree_dir(struct tree *tree, const char *path)
{
	check(vw_host_mkdirf(&tree->host, 0755, "%s", path), "mkdir", path);
}

/* The open parent directory of a path (made if need be); *base is its last component. */
static int open_parent(struct tree *tree, const char *path, const char **base)
{
	const char *slash = strrchr(path, '/');
	int len, fd;

	assert_non_null(slash);
	len = (int)(slash - path);
	if (len > 0)
		check(vw_host_mkdirf(&tree->host, 0755, "%.*s", len, path), "mkdir for", path);
	fd = vw_host_openf(&tree->host, O_PATH | O_DIRECTORY, "%.*s/", len, path);
	check(fd, "open the parent of", path);
	*base = slash + 1;
	return fd;
}

void tree_bytes(struct tree *tree, const char *path, const void *data, size_t len)
{
	const char *base, *p = data;
	int fd;

	close(open_parent(tree, path, &base));
	fd = vw_host_openf(&tree->host, O_WRONLY | O_CREAT | O_TRUNC, "%s", path);
	check(fd, "create", path);
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		check(n < 0 ? -errno : 0, "write", path);
		p += n;
		len -= (size_t)n;
	}
	close(fd);
}

void tree_file(struct tree *tree, const char *path, const char *content)
{
	tree_bytes(tree, path, content, strlen(content));
}

void tree_link(struct tree *tree, const char *path, const char *target)
{
	const char *base;
	int dir = open_parent(tree, path, &base), rc = 0;

	/* Replaces a link that is there, for tests that change a machine. */
	if (symlinkat(target, dir, base) < 0)
		rc = -errno;
	if (rc == -EEXIST) {
		rc = 0;
		if (unlinkat(dir, base, 0) < 0 || symlinkat(target, dir, base) < 0)
			rc = -errno;
	}
	close(dir);
	check(rc, "symlink", path);
}

static const char *join(char buf[PATH_MAX], const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static const char *join(char buf[PATH_MAX], const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, PATH_MAX, fmt, ap);
	va_end(ap);
	assert_in_range(n, 1, PATH_MAX - 1);
	return buf;
}

static void bind_driver(struct tree *tree, const char *addr, const char *driver)
{
	char path[PATH_MAX], target[PATH_MAX];

	if (driver[0] == '\0')
		return;
	tree_dir(tree, join(path, "/sys/bus/pci/drivers/%s", driver));
	tree_link(tree, join(path, DEVICES "/%s/driver", addr),
		join(target, "../../../../bus/pci/drivers/%s", driver));
}

void tree_pci(struct tree *tree, const char *addr, const char *class_code, const char *driver)
{
	char path[PATH_MAX], text[64];

	snprintf(text, sizeof(text), "%s\n", class_code);
	tree_file(tree, join(path, DEVICES "/%s/class", addr), text);
	tree_file(tree, join(path, DEVICES "/%s/vendor", addr), "0x8086\n");
	tree_file(tree, join(path, DEVICES "/%s/device", addr), "0x10c9\n");
	bind_driver(tree, addr, driver);
}

void tree_pf(struct tree *tree, const char *pf, const char *pf_driver, const char *const *vfs,
	size_t n, const char *vf_driver)
{
	char path[PATH_MAX], target[PATH_MAX], text[32];

	tree_pci(tree, pf, "0x020000", pf_driver);
	snprintf(text, sizeof(text), "%zu\n", n);
	tree_file(tree, join(path, DEVICES "/%s/sriov_numvfs", pf), text);
	tree_file(tree, join(path, DEVICES "/%s/sriov_totalvfs", pf), text);
	for (size_t i = 0; i < n; i++) {
		tree_pci(tree, vfs[i], "0x020000", vf_driver);
		tree_file(tree, join(path, DEVICES "/%s/device", vfs[i]), "0x10ca\n");
		tree_link(
			tree, join(path, DEVICES "/%s/physfn", vfs[i]), join(target, "../%s", pf));
		tree_link(tree, join(path, DEVICES "/%s/virtfn%zu", pf, i),
			join(target, "../%s", vfs[i]));
	}
}

void tree_netdev(struct tree *tree, const char *addr, const char *name)
{
	char path[PATH_MAX], target[PATH_MAX];

	tree_link(tree, join(path, DEVICES "/%s/net/%s/device", addr, name),
		join(target, "../../../%s", addr));
	tree_link(tree, join(path, "/sys/class/net/%s", name),
		join(target, "../../bus/pci/devices/%s/net/%s", addr, name));
}

void tree_group(struct tree *tree, const char *addr, int group)
{
	char path[PATH_MAX], target[PATH_MAX];

	tree_link(tree, join(path, DEVICES "/%s/iommu_group", addr),
		join(target, "../../../../kernel/iommu_groups/%d", group));
	tree_link(tree, join(path, "/sys/kernel/iommu_groups/%d/devices/%s", group, addr),
		join(target, "../../../../bus/pci/devices/%s", addr));
}

unsigned long tree_descriptors(unsigned long limit)
{
	struct rlimit rlimit;
	unsigned long old;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &rlimit), 0);
	old = rlimit.rlim_cur;
	rlimit.rlim_cur = limit;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &rlimit), 0);
	return old;
}
