/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host_hostile: for the tests of host.c: a tree full of links that lead astray. */
#ifndef VW_TEST_HOST_HOSTILE_H
#define VW_TEST_HOST_HOSTILE_H

#include "tree.h"

#include "cleanup.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static inline int setup(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	assert_non_null(tree);
	tree_new(tree);
	*state = tree;
	return 0;
}

static inline int teardown(void **state)
{
	tree_free(*state);
	free(*state);
	return 0;
}

/* The path of something in the tree as this process sees it. */
static inline const char *outer(const struct tree *tree, const char *path)
{
	static char buf[PATH_MAX];

	snprintf(buf, sizeof(buf), "%s%s", tree->root, path);
	return buf;
}

static inline void fifo(struct tree *tree, const char *path)
{
	assert_int_equal(mkfifo(outer(tree, path), 0600), 0);
}

/* Things that no reader may take for a file, and what they give. */
static const struct {
	const char *path;
	int rc;
} bad_files[] = {
	{ "/none", -ENOENT },
	{ "/dir/none", -ENOENT },
	{ "/file/below", -ENOTDIR },
	{ "/loop-a", -ELOOP },
	{ "/loop-self", -ELOOP },
	{ "/dangling", -ENOENT },
	{ "/dangling-up", -ENOENT },
	{ "/dir", -EISDIR },
	{ "/fifo", -EINVAL },
	{ "/to-fifo", -EINVAL },
	{ "relative", -EINVAL },
	{ "", -EINVAL },
	{ "/out-absolute", -ENOENT },
	{ "/out-relative", -ENOENT },
	{ "/dir/out-many", -ENOENT },
	{ "/out-dir/secret", -ENOENT },
};

/* A tree whose links point at a file that really exists outside of it. */
static inline void hostile(struct tree *tree, char secret[PATH_MAX])
{
	char path[PATH_MAX + 64];

	tree_file(tree, "/file", "content\n");
	tree_dir(tree, "/dir");
	tree_link(tree, "/loop-a", "loop-b");
	tree_link(tree, "/loop-b", "/loop-a");
	tree_link(tree, "/loop-self", "loop-self/x");
	tree_link(tree, "/dangling", "nowhere");
	tree_link(tree, "/dangling-up", "../../../../nowhere");
	fifo(tree, "/fifo");
	tree_link(tree, "/to-fifo", "fifo");

	snprintf(secret, PATH_MAX, "%s.secret", tree->root);
	assert_int_equal(mkdir(secret, 0700), 0);
	tree_link(tree, "/out-dir", secret);
	snprintf(path, sizeof(path), "%s/secret", secret);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_int_equal(access(path, R_OK), 0);
	tree_link(tree, "/out-absolute", path);
	snprintf(path, sizeof(path), "../%s/secret", strrchr(secret, '/') + 1);
	tree_link(tree, "/out-relative", path);
	snprintf(path, sizeof(path), "../../../../../../../../..%s/secret", secret);
	tree_link(tree, "/dir/out-many", path);
}

static inline void hostile_end(const char *secret)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/secret", secret);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(secret), 0); /* fails if anything was made in it */
}

#endif
