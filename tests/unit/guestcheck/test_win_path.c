/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths without case, and where Windows is. */
#include "../tree.h"

#include "cleanup.h"
#include "win.h"

#include <string.h>

static void is_path(struct tree *tree, const char *base, const char *rest, const char *want)
{
	vw_auto_free char *path = NULL;

	assert_int_equal(vw_win_find(&tree->host, base, rest, &path), 0);
	assert_string_equal(path, want);
}

static void no_path(struct tree *tree, const char *base, const char *rest, int want)
{
	char *path = "x";

	assert_int_equal(vw_win_find(&tree->host, base, rest, &path), want);
	assert_null(path);
}

static void find(void **state)
{
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_file(&tree, "/WINDOWS/system32/Drivers/Vxn65x64.SYS", "x");
	is_path(&tree, "", "Windows/System32/drivers/vxn65x64.sys",
		"/WINDOWS/system32/Drivers/Vxn65x64.SYS");
	is_path(&tree, "/WINDOWS", "SYSTEM32\\DRIVERS", "/WINDOWS/system32/Drivers");
	no_path(&tree, "/WINDOWS", "System32/drivers/vxn.sys", -ENOENT);
	no_path(&tree, "/WINDOWS", "System33/drivers/vxn.sys", -ENOENT);
	no_path(&tree, "/WINDOWS", "system32/Drivers/Vxn65x64.SYS/x", -ENOENT);
	/* the exact name goes first, however they are sorted */
	tree_dir(&tree, "/windows");
	is_path(&tree, "", "windows", "/windows");
	is_path(&tree, "", "WINDOWS", "/WINDOWS");
	tree_free(&tree);
}

/* What names from a registry may try. */
static void hostile(void **state)
{
	struct tree tree;
	char longer[2048];

	(void)state;
	tree_new(&tree);
	tree_file(&tree, "/Windows/x", "x");
	tree_file(&tree, "/secret", "x");
	no_path(&tree, "/Windows", "..\\secret", -EINVAL);
	no_path(&tree, "/Windows", "../secret", -EINVAL);
	no_path(&tree, "/Windows", "./x", -EINVAL);
	no_path(&tree, "/Windows", "/x", -EINVAL);
	no_path(&tree, "/Windows", "a//b", -ENOENT);
	no_path(&tree, "/Windows", "C:\\x", -EINVAL);
	no_path(&tree, "/Windows", "x:stream", -EINVAL);
	no_path(&tree, "/Windows", "*", -EINVAL);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	no_path(&tree, "/Windows", longer, -EINVAL);
	/* no component after the other makes a path that is too long for the host */
	for (size_t i = 1; i < sizeof(longer) - 1; i += 2)
		longer[i] = '/';
	no_path(&tree, "/Windows", longer, -ENOENT);
	tree_free(&tree);
}

/* A compressed file shows up as a symlink to nowhere: it is there, and cannot be read. A directory like that hides what is in it. */
static void unreadable(void **state)
{
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_link(&tree, "/Windows/CMD.EXE", "unsupported reparse tag 0x80000017");
	tree_link(&tree, "/Windows/System32", "unsupported reparse tag 0x80000017");
	is_path(&tree, "/Windows", "cmd.exe", "/Windows/CMD.EXE");
	no_path(&tree, "/Windows", "system32/config", -EIO);
	tree_free(&tree);
}

/* The same through the appliance, which says so: a Windows with CompactOS has its cmd.exe like that. */
static int compact_stat(void *data, const char *path, struct stat *st)
{
	(void)data;
	*st = (struct stat){ .st_mode = S_IFDIR | 0755 };
	if (!strcasecmp(path, "/Windows/System32/cmd.exe"))
		return -EOPNOTSUPP;
	return !strcmp(path, "/Windows") || !strncmp(path, "/Windows/System32", 17) ? 0 : -ENOENT;
}

static int compact_list(void *data, const char *path, struct vw_names *names)
{
	(void)data;
	return strcmp(path, "/Windows/System32/") ? -ENOENT : vw_names_add(names, "cmd.exe");
}

static void compact(void **state)
{
	static const struct vw_host_source source = { .stat = compact_stat, .list = compact_list };
	vw_auto_free char *path = NULL, *found = NULL;
	struct vw_host host;

	(void)state;
	assert_int_equal(vw_host_open_source(&host, &source, NULL, "image", NULL), 0);
	assert_int_equal(vw_win_find(&host, "/Windows", "System32\\CMD.EXE", &path), 0);
	assert_string_equal(path, "/Windows/System32/cmd.exe");
	assert_int_equal(vw_win_find_root(&host, &found), 0);
	assert_string_equal(found, "/Windows");
	vw_host_close(&host);
}

static void root(void **state)
{
	vw_auto_free char *first = NULL, *second = NULL;
	struct tree tree;
	char *none;

	(void)state;
	tree_new(&tree);
	assert_int_equal(vw_win_find_root(&tree.host, &none), -ENOENT);
	tree_dir(&tree, "/WINDOWS/System32/config");
	assert_int_equal(vw_win_find_root(&tree.host, &none), -ENOENT);
	tree_file(&tree, "/WinNT/system32/CMD.exe", "");
	assert_int_equal(vw_win_find_root(&tree.host, &none), -ENOENT);
	tree_dir(&tree, "/WinNT/system32/Config");
	assert_int_equal(vw_win_find_root(&tree.host, &first), 0);
	assert_string_equal(first, "/WinNT");
	tree_file(&tree, "/WINDOWS/System32/ntoskrnl.exe", "");
	assert_int_equal(vw_win_find_root(&tree.host, &second), 0);
	assert_string_equal(second, "/WINDOWS");
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find),
		cmocka_unit_test(hostile),
		cmocka_unit_test(unreadable),
		cmocka_unit_test(compact),
		cmocka_unit_test(root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
