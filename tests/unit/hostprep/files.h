/* SPDX-License-Identifier: GPL-2.0-or-later */
/* files: for the tests of writer, journal, apply and undo: looking at a tree, and texts as bytes. */
#ifndef VW_TEST_FILES_H
#define VW_TEST_FILES_H

#include "tree.h"

#include "bytes.h"
#include "cleanup.h"

#include <dirent.h>
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

/* The path of something in the tree as this process sees it; four may be in use at once. */
static inline const char *outer(const struct tree *tree, const char *path)
{
	static char bufs[4][PATH_MAX];
	static unsigned int n;
	char *buf = bufs[n++ % 4];

	snprintf(buf, PATH_MAX, "%s%s", tree->root, path);
	return buf;
}

static inline struct vw_bytes bytes(const char *text)
{
	return (struct vw_bytes){ .data = (char *)text, .len = strlen(text) };
}

static inline void assert_content(const struct tree *tree, const char *path, const char *content)
{
	vw_auto_free char *data = NULL;
	size_t len;

	assert_int_equal(vw_host_slurpf(&tree->host, 1 << 20, &data, &len, "%s", path), 0);
	assert_string_equal(data, content);
}

static inline void assert_missing(const struct tree *tree, const char *path)
{
	struct stat st;

	if (lstat(outer(tree, path), &st) == 0)
		fail_msg("%s is there", path);
}

/* How many names a directory has. */
static inline unsigned int count_names(const struct tree *tree, const char *path)
{
	struct vw_names names;
	unsigned int n;

	assert_int_equal(vw_host_listf(&tree->host, &names, "%s", path), 0);
	n = (unsigned int)names.n;
	vw_names_free(&names);
	return n;
}

#endif
