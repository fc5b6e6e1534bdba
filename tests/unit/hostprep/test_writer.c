/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of hostprep/writer.c and settle.c. */
#include "files.h"

#include "writer.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/xattr.h>

#define F "/etc/default/grub"

static struct vw_error err;

static int replace(struct tree *tree, const char *path, const char *from, const char *to)
{
	struct vw_bytes before = bytes(from ? from : ""), after = bytes(to);

	err.msg[0] = '\0';
	return vw_write_file(&tree->host, path, from ? &before : NULL, &after, 0644, &err);
}

/* The call fails for a reason that the message has in it, and changes nothing. */
static void assert_refused(struct tree *tree, const char *path, const char *from, int rc,
	const char *reason, const char *dir, unsigned int names)
{
	assert_int_equal(replace(tree, path, from, "new\n"), rc);
	if (!strstr(err.msg, reason))
		fail_msg("'%s' says nothing of '%s'", err.msg, reason);
	assert_int_equal(count_names(tree, dir), names);
}

static void test_replaces(void **state)
{
	struct tree *tree = *state;
	struct stat before, after;

	tree_file(tree, F, "old\n");
	stat(outer(tree, F), &before);
	assert_int_equal(replace(tree, F, "old\n", "new\n"), 0);
	assert_content(tree, F, "new\n");
	stat(outer(tree, F), &after);
	assert_true(before.st_ino != after.st_ino); /* it was renamed, not written over */
	assert_int_equal(count_names(tree, "/etc/default"), 1);
	assert_int_equal(replace(tree, F, "new\n", ""), 0);
	assert_content(tree, F, "");
}

static void test_creates(void **state)
{
	struct tree *tree = *state;
	mode_t mask = umask(077);
	struct stat st;

	assert_int_equal(replace(tree, "/etc/modprobe.d/x/vfward.conf", NULL, "new\n"), 0);
	umask(mask);
	assert_content(tree, "/etc/modprobe.d/x/vfward.conf", "new\n");
	stat(outer(tree, "/etc/modprobe.d/x/vfward.conf"), &st);
	assert_int_equal(st.st_mode, S_IFREG | 0644); /* whatever the umask */
	stat(outer(tree, "/etc/modprobe.d/x"), &st);
	assert_int_equal(st.st_mode, S_IFDIR | 0755);
	assert_int_equal(count_names(tree, "/etc/modprobe.d/x"), 1);
}

static void test_attributes(void **state)
{
	struct tree *tree = *state;
	char value[16] = "";
	struct stat st;

	tree_file(tree, F, "old\n");
	assert_int_equal(chmod(outer(tree, F), 04751), 0);
	if (geteuid() == 0)
		assert_int_equal(chown(outer(tree, F), 12, 34), 0);
	assert_int_equal(chmod(outer(tree, F), 0640), 0);
	assert_int_equal(setxattr(outer(tree, F), "user.note", "kept", 4, 0), 0);
	assert_int_equal(replace(tree, F, "old\n", "new\n"), 0);
	stat(outer(tree, F), &st);
	assert_int_equal(st.st_mode, S_IFREG | 0640);
	if (geteuid() == 0) {
		assert_int_equal(st.st_uid, 12);
		assert_int_equal(st.st_gid, 34);
	}
	assert_int_equal(getxattr(outer(tree, F), "user.note", value, sizeof(value)), 4);
	assert_string_equal(value, "kept");
}

/* An access list as the kernel stores it (linux/posix_acl_xattr.h): version 2, then tag, permissions, id. */
static const unsigned char acl_of_uid_7[] = { 2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 7,
	0, 7, 0, 0, 0, 4, 0, 4, 0, 255, 255, 255, 255, 16, 0, 7, 0, 255, 255, 255, 255, 32, 0, 0, 0,
	255, 255, 255, 255 };

static void test_access_lists(void **state)
{
	static const char name[] = "system.posix_acl_access";
	struct tree *tree = *state;
	char value[sizeof(acl_of_uid_7) + 8];

	tree_file(tree, "/etc/with", "old\n");
	tree_file(tree, "/etc/without", "old\n");
	if (setxattr(outer(tree, "/etc/with"), name, acl_of_uid_7, sizeof(acl_of_uid_7), 0) < 0)
		skip(); /* a file system without them */
	assert_int_equal(setxattr(outer(tree, "/etc"), "system.posix_acl_default", acl_of_uid_7,
				 sizeof(acl_of_uid_7), 0),
		0);
	assert_int_equal(replace(tree, "/etc/with", "old\n", "new\n"), 0);
	assert_int_equal(getxattr(outer(tree, "/etc/with"), name, value, sizeof(value)),
		sizeof(acl_of_uid_7));
	assert_memory_equal(value, acl_of_uid_7, sizeof(acl_of_uid_7));
	/* what the directory gives to new files is not the old file's */
	assert_int_equal(replace(tree, "/etc/without", "old\n", "new\n"), 0);
	assert_int_equal(getxattr(outer(tree, "/etc/without"), name, value, sizeof(value)), -1);
	assert_int_equal(errno, ENODATA);
}

static void test_links(void **state)
{
	static const struct {
		const char *link, *target;
	} rows[] = {
		{ "/etc/grub.conf", "../boot/grub/grub.conf" },
		{ "/etc/absolute", "/boot/grub/grub.conf" },
		{ "/etc/chain", "absolute" },
		{ "/boot/grub/menu.lst", "./grub.conf" },
		{ "/etc/climbs", "../../../../../../../boot/grub/grub.conf" },
		{ "/etc/through", "dir/grub.conf" },
	};
	struct tree *tree = *state;
	char target[PATH_MAX];

	tree_file(tree, "/boot/grub/grub.conf", "0");
	tree_link(tree, "/etc/dir", "/boot/grub");
	for (size_t i = 0; i < VW_ARRAY_SIZE(rows); i++) {
		char from[2] = { (char)('0' + i), 0 }, to[2] = { (char)('1' + i), 0 };

		tree_link(tree, rows[i].link, rows[i].target);
		assert_int_equal(replace(tree, rows[i].link, from, to), 0);
		assert_content(tree, "/boot/grub/grub.conf", to);
		assert_int_equal(readlink(outer(tree, rows[i].link), target, sizeof(target)),
			strlen(rows[i].target));
	}
	assert_int_equal(count_names(tree, "/boot/grub"), 2);
	assert_int_equal(count_names(tree, "/etc"), 6);
}

static void test_dangling_links(void **state)
{
	struct tree *tree = *state;
	struct stat st;

	tree_link(tree, "/etc/to-file", "/boot/new");
	tree_dir(tree, "/boot");
	assert_int_equal(replace(tree, "/etc/to-file", NULL, "new\n"), 0);
	assert_content(tree, "/boot/new", "new\n");
	tree_link(tree, "/etc/to-deep", "../srv/a/b");
	assert_int_equal(replace(tree, "/etc/to-deep", NULL, "new\n"), 0);
	assert_content(tree, "/srv/a/b", "new\n");
	lstat(outer(tree, "/etc/to-deep"), &st);
	assert_true(S_ISLNK(st.st_mode));
}

/* Nothing is changed, and no temporary file stays. */
static void test_refusals(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/d/file", "old\n");
	assert_refused(tree, "/d/file", "other\n", -ESTALE, "changed by somebody else", "/d", 1);
	assert_refused(tree, "/d/file", "old", -ESTALE, "changed", "/d", 1);
	assert_refused(tree, "/d/file", "old\nand more\n", -ESTALE, "changed", "/d", 1);
	assert_refused(tree, "/d/file", NULL, -ESTALE, "changed", "/d", 1);
	assert_refused(tree, "/d/none", "old\n", -ESTALE, "changed", "/d", 1);
	assert_int_equal(link(outer(tree, "/d/file"), outer(tree, "/d/second")), 0);
	assert_refused(tree, "/d/file", "old\n", -EMLINK, "hard links", "/d", 2);
	assert_content(tree, "/d/file", "old\n");
	tree_dir(tree, "/dir/x");
	assert_refused(tree, "/dir/x", NULL, -EINVAL, "no regular file", "/dir", 1);
	assert_refused(tree, "/dir/..", NULL, -EISDIR, "no name of a file", "/dir", 1);
	assert_refused(tree, "/dir/x/", NULL, -EISDIR, "no name of a file", "/dir", 1);
	assert_refused(tree, "/d/file/below", NULL, -ENOTDIR, "directory", "/d", 2);
	assert_int_equal(mkfifo(outer(tree, "/dir/fifo"), 0600), 0);
	assert_refused(tree, "/dir/fifo", NULL, -EINVAL, "no regular file", "/dir", 2);
	tree_link(tree, "/dir/loop", "loop");
	assert_refused(tree, "/dir/loop", NULL, -ELOOP, "follow the link", "/dir", 3);
	tree_link(tree, "/dir/up", "..");
	assert_refused(tree, "/dir/up", NULL, -EISDIR, "no name of a file", "/dir", 4);
	assert_refused(tree, "relative", NULL, -EINVAL, "no absolute path", "/dir", 4);
}

static void test_immutable(void **state)
{
	struct tree *tree = *state;
	int flags = FS_IMMUTABLE_FL, none = 0, fd;

	tree_file(tree, "/d/file", "old\n");
	fd = open(outer(tree, "/d/file"), O_RDONLY | O_CLOEXEC);
	if (ioctl(fd, FS_IOC_SETFLAGS, &flags) < 0) {
		close(fd);
		skip();
	}
	assert_refused(tree, "/d/file", "old\n", -EPERM, "immutable", "/d", 1);
	assert_int_equal(ioctl(fd, FS_IOC_SETFLAGS, &none), 0);
	close(fd);
	assert_content(tree, "/d/file", "old\n");
}

/* What a killed run left is no obstacle; a directory of that name is. */
static void test_leftovers(void **state)
{
	struct tree *tree = *state;
	struct vw_error ignored;

	tree_file(tree, "/d/file", "old\n");
	tree_file(tree, "/d/" VW_WRITER_TEMP, "half");
	assert_int_equal(replace(tree, "/d/file", "old\n", "new\n"), 0);
	assert_int_equal(count_names(tree, "/d"), 1);
	tree_link(tree, "/d/" VW_WRITER_TEMP, "/d/file");
	assert_int_equal(replace(tree, "/d/file", "new\n", "newer\n"), 0);
	assert_content(tree, "/d/file", "newer\n");
	tree_file(tree, "/d/" VW_WRITER_TEMP, "half");
	assert_int_equal(vw_remove_temp(&tree->host, "/d/file", &ignored), 0);
	assert_int_equal(count_names(tree, "/d"), 1);
	assert_int_equal(vw_remove_temp(&tree->host, "/none/file", &ignored), 0);
	tree_dir(tree, "/d/" VW_WRITER_TEMP);
	assert_refused(tree, "/d/file", "newer\n", -EISDIR, VW_WRITER_TEMP, "/d", 2);
	assert_content(tree, "/d/file", "newer\n");
}

static void test_removes(void **state)
{
	struct vw_bytes text = bytes("old\n"), other = bytes("other\n");
	struct tree *tree = *state;

	tree_file(tree, "/d/file", "old\n");
	tree_link(tree, "/e/link", "/d/file");
	assert_int_equal(vw_remove_file(&tree->host, "/d/file", &other, &err), -ESTALE);
	assert_content(tree, "/d/file", "old\n");
	assert_int_equal(vw_remove_directory(&tree->host, "/d", &err), 0); /* not empty: stays */
	assert_int_equal(vw_remove_file(&tree->host, "/e/link", &text, &err), 0);
	assert_missing(tree, "/d/file");
	assert_int_equal(count_names(tree, "/e"), 1); /* the link stays */
	tree_link(tree, "/e/dir", "/d");
	assert_int_equal(vw_remove_directory(&tree->host, "/e/dir", &err), 0);
	assert_int_equal(count_names(tree, "/d"), 0); /* a link to it: stays */
	assert_int_equal(vw_remove_directory(&tree->host, "/d", &err), 0);
	assert_missing(tree, "/d");
	assert_int_equal(vw_remove_directory(&tree->host, "/d", &err), 0);
}

static void test_missing_directories(void **state)
{
	struct vw_names missing = { 0 };
	struct tree *tree = *state;

	tree_dir(tree, "/etc");
	tree_link(tree, "/etc/link", "../srv/x/y");
	assert_int_equal(vw_missing_directories(&tree->host, "/etc/a/b/file", &missing, &err), 0);
	assert_int_equal(vw_missing_directories(&tree->host, "/etc/a/file", &missing, &err), 0);
	assert_int_equal(vw_missing_directories(&tree->host, "/etc/link", &missing, &err), 0);
	assert_int_equal(vw_missing_directories(&tree->host, "/etc/file", &missing, &err), 0);
	assert_int_equal(missing.n, 4);
	assert_string_equal(missing.v[0], "/etc/a");
	assert_string_equal(missing.v[1], "/etc/a/b");
	assert_string_equal(missing.v[2], "/etc/../srv");
	assert_string_equal(missing.v[3], "/etc/../srv/x");
	vw_names_free(&missing);
	assert_missing(tree, "/etc/a");
}

/* A file system of its own: a tmpfs of 64 KiB, or read-only. */
static void test_full_and_read_only(void **state)
{
	vw_auto_free char *large = malloc(1 << 20);
	struct vw_bytes big = { .data = large, .len = 1 << 20 };
	struct tree *tree = *state;

	memset(large, 'x', 1 << 20);
	tree_dir(tree, "/boot");
	if (mount("none", outer(tree, "/boot"), "tmpfs", 0, "size=64k") < 0)
		skip(); /* not root */
	tree_file(tree, "/boot/file", "old\n");
	assert_int_equal(vw_write_file(&tree->host, "/boot/new", NULL, &big, 0644, &err), -ENOSPC);
	assert_non_null(strstr(err.msg, "full"));
	assert_int_equal(vw_room_for(&tree->host, "/boot/file", 1 << 20, &err), -ENOSPC);
	assert_int_equal(vw_room_for(&tree->host, "/boot/file", 1 << 10, &err), 0);
	assert_int_equal(count_names(tree, "/boot"), 1);
	assert_int_equal(mount("none", outer(tree, "/boot"), NULL, MS_REMOUNT | MS_RDONLY, ""), 0);
	assert_refused(tree, "/boot/file", "old\n", -EROFS, "read-only", "/boot", 1);
	assert_int_equal(vw_room_for(&tree->host, "/boot/file", 1, &err), -EROFS);
	assert_content(tree, "/boot/file", "old\n");
	assert_int_equal(umount(outer(tree, "/boot")), 0);
}

/* A link out of the root leads to the same name inside it. */
static void test_stays_inside(void **state)
{
	struct tree *tree = *state, other;
	char path[PATH_MAX];

	tree_new(&other);
	tree_file(&other, "/secret", "old\n");
	tree_dir(tree, "/etc");
	tree_link(tree, "/etc/a", outer(&other, "/secret"));
	snprintf(path, sizeof(path), "../../../../../../..%s", outer(&other, "/secret"));
	tree_link(tree, "/etc/b", path);
	tree_link(tree, "/dir", other.root);
	assert_int_equal(replace(tree, "/etc/a", NULL, "new\n"), 0);
	assert_content(tree, outer(&other, "/secret"), "new\n");
	assert_int_equal(replace(tree, "/etc/b", "new\n", "newer\n"), 0);
	assert_content(tree, outer(&other, "/secret"), "newer\n");
	assert_int_equal(replace(tree, "/dir/secret", "newer\n", "newest\n"), 0);
	assert_content(tree, outer(&other, "/secret"), "newest\n");
	assert_content(&other, "/secret", "old\n");
	assert_int_equal(count_names(&other, "/"), 1);
	tree_free(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_replaces, setup, teardown),
		cmocka_unit_test_setup_teardown(test_creates, setup, teardown),
		cmocka_unit_test_setup_teardown(test_attributes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_access_lists, setup, teardown),
		cmocka_unit_test_setup_teardown(test_links, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dangling_links, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refusals, setup, teardown),
		cmocka_unit_test_setup_teardown(test_immutable, setup, teardown),
		cmocka_unit_test_setup_teardown(test_leftovers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_removes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_missing_directories, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_and_read_only, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stays_inside, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
