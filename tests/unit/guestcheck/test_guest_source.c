/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_guest_source: a guest's files through libguestfs, which is played: what its errors mean, and where reading ends. */
#include "fake_guestfs.h"

#include "guest_source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct fake_device devices[] = { FAKE(FAKE_DISK, "/dev/sda", "", "/a"), { 0 } };
static struct vw_guest_source source;
static struct vw_host files;

static int begin(void **state)
{
	(void)state;
	source = (struct vw_guest_source){ .g = fake_begin(devices) };
	tree_file(&fake.tree, "/a/dir/file", "0123456789");
	tree_link(&fake.tree, "/a/dir/link", "/dir/file");
	tree_link(&fake.tree, "/a/top", "dir");
	tree_link(&fake.tree, "/a/gone", "nowhere");
	tree_link(&fake.tree, "/a/compact", "unsupported reparse tag 0x80000017");
	assert_int_equal(guestfs_mount_ro(source.g, "/dev/sda", "/"), 0);
	return vw_host_open_source(&files, &vw_guest_source, &source, "image", NULL);
}

static int end(void **state)
{
	(void)state;
	vw_host_close(&files);
	fake_end();
	return 0;
}

static void test_files(void **state)
{
	struct vw_names names = { 0 };
	struct stat st;
	char buf[16];

	(void)state;
	assert_int_equal(vw_host_statf(&files, &st, "/dir/link"), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_size, 10);
	assert_int_equal(vw_host_piecef(&files, 7, buf, sizeof(buf), "/top/link"), 3);
	assert_memory_equal(buf, "789", 3);
	assert_int_equal(source.bytes, 3);
	assert_int_equal(vw_host_piecef(&files, 0, buf, 4, "/dir/file"), 4);
	assert_int_equal(vw_host_piecef(&files, 10, buf, 4, "/dir/file"), 0);
	assert_int_equal(vw_host_listf(&files, &names, "/dir"), 0);
	assert_int_equal(names.n, 2);
	assert_string_equal(names.v[0], "file");
	vw_names_free(&names);
}

static void test_links(void **state)
{
	char buf[64];

	(void)state;
	assert_int_equal(vw_host_readlinkf(&files, buf, sizeof(buf), "/dir/link"), 9);
	assert_string_equal(buf, "/dir/file");
	assert_int_equal(vw_host_readlinkf(&files, buf, sizeof(buf), "/gone"), 7);
	assert_int_equal(vw_host_readlinkf(&files, buf, 7, "/gone"), -ENAMETOOLONG);
	assert_int_equal(vw_host_readlinkf(&files, buf, sizeof(buf), "/dir"), -EINVAL);
	assert_int_equal(vw_host_readlinkf(&files, buf, sizeof(buf), "/none"), -ENOENT);
}

/* A link that leads nowhere is not there; what ntfs-3g cannot read looks like one. */
static void test_unreadable_here(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(vw_host_lookf(&files, "/gone"), 0);
	assert_int_equal(vw_host_statf(&files, &st, "/gone"), -ENOENT);
	assert_int_equal(vw_host_lookf(&files, "/compact"), -EOPNOTSUPP);
}

/* Only what says that there is no such file does; a wrong checksum (EBADMSG) does not. */
static void test_errors(void **state)
{
	static const struct {
		int error, rc;
	} cases[] = {
		{ ENOENT, -ENOENT }, { ENOTDIR, -ENOTDIR }, { ELOOP, -ELOOP },
		{ ENAMETOOLONG, -ENAMETOOLONG }, { EISDIR, -EISDIR }, { EBADMSG, -EIO },
		{ EINVAL, -EIO }, { ENODEV, -EIO }, { ENXIO, -EIO }, { EFBIG, -EIO },
		{ EUCLEAN, -EUCLEAN }, { EACCES, -EACCES }, { 0, -EIO }, /* the appliance is gone */
	};
	static const char *const calls[] = { "statns", "pread", "readdir", "lstatns" };
	struct vw_names names = { 0 };
	struct stat st;
	char buf[16];

	(void)state;
	for (size_t c = 0; c < sizeof(calls) / sizeof(calls[0]); c++)
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			int rc;

			fake.failure = (struct fake_failure){ calls[c], NULL, cases[i].error, 1 };
			switch (c) {
			case 0:
				rc = vw_guest_source.stat(&source, "/dir/file", &st);
				break;
			case 1:
				rc = (int)vw_guest_source.read(
					&source, "/dir/file", 0, buf, sizeof(buf));
				break;
			case 2:
				rc = vw_guest_source.list(&source, "/dir", &names);
				break;
			default:
				rc = vw_guest_source.readlink(
					&source, "/dir/link", buf, sizeof(buf));
			}
			assert_int_equal(rc, cases[i].rc);
		}
	assert_false(source.exhausted);
	assert_int_equal(names.n, 0);
}

static void test_limits(void **state)
{
	static char large[(2U << 20) + 1];
	struct vw_names names = { 0 };
	struct stat st;
	char buf[16];

	(void)state;
	/* a message of the protocol holds 4 MiB */
	assert_int_equal(vw_guest_source.read(&source, "/dir/file", 0, large, sizeof(large)), 10);
	assert_true(fake_asked("pread 2097152\n"));
	assert_int_equal(
		vw_guest_source.read(&source, "/dir/file", UINT64_MAX, buf, 1), -EOVERFLOW);
	fake.n_entries = VW_GUEST_ENTRIES_MAX - 4; /* beside ".", ".." and the two that are there */
	assert_int_equal(vw_guest_source.list(&source, "/dir", &names), 0);
	assert_int_equal(names.n, VW_GUEST_ENTRIES_MAX - 2);
	vw_names_free(&names);
	fake.n_entries++;
	assert_int_equal(vw_guest_source.list(&source, "/dir", &names), -E2BIG);
	assert_int_equal(names.n, 0);
	assert_false(source.exhausted);

	source.bytes = VW_GUEST_BYTES_MAX - 1;
	assert_int_equal(vw_guest_source.read(&source, "/dir/file", 0, buf, 2), 2);
	assert_false(source.exhausted);
	assert_int_equal(vw_guest_source.read(&source, "/dir/file", 0, buf, 2), -E2BIG);
	assert_true(source.exhausted);

	source = (struct vw_guest_source){ .g = source.g, .calls = VW_GUEST_CALLS_MAX - 1 };
	assert_int_equal(vw_guest_source.stat(&source, "/dir/file", &st), 0);
	assert_false(source.exhausted);
	assert_int_equal(vw_guest_source.stat(&source, "/dir/file", &st), -E2BIG);
	assert_int_equal(vw_guest_source.read(&source, "/dir/file", 0, buf, 2), -E2BIG);
	assert_int_equal(vw_guest_source.list(&source, "/dir", &names), -E2BIG);
	assert_int_equal(vw_guest_source.readlink(&source, "/dir/link", buf, sizeof(buf)), -E2BIG);
	assert_true(source.exhausted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_files, begin, end),
		cmocka_unit_test_setup_teardown(test_links, begin, end),
		cmocka_unit_test_setup_teardown(test_unreadable_here, begin, end),
		cmocka_unit_test_setup_teardown(test_errors, begin, end),
		cmocka_unit_test_setup_teardown(test_limits, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
