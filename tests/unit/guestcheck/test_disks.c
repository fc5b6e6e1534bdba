/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_disks: which files are taken for disks, and what may lie behind them. */
#include "tree.h"

#include "disks.h"

#include <endian.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void put32(unsigned char *head, size_t offset, uint32_t value)
{
	value = htobe32(value);
	memcpy(head + offset, &value, sizeof(value));
}

/* A qcow2 file with this behind it; NULL: nothing, no format. */
static void qcow2(struct tree *tree, const char *path, const char *backing, const char *format)
{
	unsigned char head[1024] = "QFI\xfb";

	put32(head, 4, 3);
	put32(head, 20, 16);
	put32(head, 28, 1 << 20);
	put32(head, 100, 104);
	if (format) {
		put32(head, 104, 0xe2792aca);
		put32(head, 108, (uint32_t)strlen(format));
		memcpy(head + 112, format, strlen(format));
	}
	if (backing) {
		put32(head, 12, 256);
		put32(head, 16, (uint32_t)strlen(backing));
		memcpy(head + 256, backing, strlen(backing));
	}
	tree_bytes(tree, path, head, sizeof(head));
}

/* Looks at a file of the tree: the format, or the id of the one finding, which names a file. */
static const char *look(struct tree *tree, const char *path, const char *format, bool allow)
{
	char whole[256];
	struct vw_disk disk = { .path = whole, .format = format };
	struct vw_findings findings = { 0 };
	struct vw_error err;
	const char *said;

	snprintf(whole, sizeof(whole), "%s%s", tree->root, path);
	assert_int_equal(vw_disk_look(&disk, allow, &format, &findings, &err), 0);
	assert_int_equal(findings.n, format ? 0 : 1);
	said = format ? format : findings.v[0].id;
	assert_true(format || findings.v[0].severity == VW_FAIL);
	assert_true(format || strstr(findings.v[0].message, findings.v[0].subject));
	vw_findings_free(&findings);
	return said;
}

static void test_kinds(void **state)
{
	static const char zeros[1024];
	char fifo[128];
	struct tree tree;

	(void)state;
	tree_new(&tree);
	assert_string_equal(look(&tree, "/none", NULL, false), "image-missing");
	tree_dir(&tree, "/dir");
	assert_string_equal(look(&tree, "/dir", NULL, false), "image-no-disk");
	snprintf(fifo, sizeof(fifo), "%s/fifo", tree.root);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_string_equal(look(&tree, "/fifo", NULL, false), "image-no-disk");
	tree_file(&tree, "/empty", "");
	assert_string_equal(look(&tree, "/empty", NULL, false), "image-no-disk");
	tree_bytes(&tree, "/short", zeros, 511);
	assert_string_equal(look(&tree, "/short", NULL, false), "image-no-disk");
	tree_bytes(&tree, "/raw", zeros, 512);
	assert_string_equal(look(&tree, "/raw", NULL, false), "raw");
	assert_string_equal(look(&tree, "/raw", "qcow2", false), "image-format");
	assert_string_equal(look(&tree, "/raw", "qed", false), "image-format");
	tree_link(&tree, "/link", "raw");
	assert_string_equal(look(&tree, "/link", NULL, false), "raw");
	tree_free(&tree);
}

static void test_backing(void **state)
{
	static const char zeros[1024];
	char absolute[128];
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_bytes(&tree, "/a/raw", zeros, sizeof(zeros));
	qcow2(&tree, "/alone", NULL, NULL);
	assert_string_equal(look(&tree, "/alone", NULL, false), "qcow2");
	qcow2(&tree, "/top", "a/raw", "raw");
	assert_string_equal(look(&tree, "/top", NULL, false), "image-backing");
	assert_string_equal(look(&tree, "/top", "qcow2", true), "qcow2");
	assert_string_equal(look(&tree, "/top", "qcow2", false), "image-backing");
	assert_string_equal(look(&tree, "/top", "raw", false), "raw");
	/* by a header that was only found, and that the guest may have written */
	assert_string_equal(look(&tree, "/top", NULL, true), "image-backing");
	snprintf(absolute, sizeof(absolute), "%s/top", tree.root);
	qcow2(&tree, "/a/upper", absolute, "qcow2");
	assert_string_equal(look(&tree, "/a/upper", "qcow2", true), "qcow2");
	qcow2(&tree, "/a/below", "../top", "qcow2");
	assert_string_equal(look(&tree, "/a/below", "qcow2", true), "qcow2");
	/* each member says its own format, and it must be that */
	qcow2(&tree, "/top", "a/raw", NULL);
	assert_string_equal(look(&tree, "/a/upper", "qcow2", true), "image-backing");
	qcow2(&tree, "/top", "a/raw", "qcow2");
	assert_string_equal(look(&tree, "/a/upper", "qcow2", true), "image-format");
	qcow2(&tree, "/top", "a/raw", "luks");
	assert_string_equal(look(&tree, "/a/upper", "qcow2", true), "image-backing");
	qcow2(&tree, "/top", "gone", "raw");
	assert_string_equal(look(&tree, "/a/upper", "qcow2", true), "image-missing");
	tree_free(&tree);
}

static void test_no_files(void **state)
{
	static const char *const names[] = { "json:{\"file.filename\":\"/etc/shadow\"}",
		"nbd:localhost:10809", "nbd://host/x", "fd:3" };
	struct tree tree;

	(void)state;
	tree_new(&tree);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		qcow2(&tree, "/top", names[i], "raw");
		assert_string_equal(look(&tree, "/top", "qcow2", true), "image-backing");
	}
	tree_free(&tree);
}

static void test_loop(void **state)
{
	struct tree tree;

	(void)state;
	tree_new(&tree);
	qcow2(&tree, "/a", "b", "qcow2");
	qcow2(&tree, "/b", "a", "qcow2");
	assert_string_equal(look(&tree, "/a", "qcow2", true), "image-backing");
	tree_free(&tree);
}

static void test_elsewhere(void **state)
{
	unsigned char vmdk[32768] = "KDMV";
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_file(&tree, "/x.vmdk", "# Disk DescriptorFile\nversion=1\n");
	assert_string_equal(look(&tree, "/x.vmdk", NULL, true), "image-backing");
	vmdk[13] = 8;
	tree_bytes(&tree, "/x.vmdk", vmdk, sizeof(vmdk));
	assert_string_equal(look(&tree, "/x.vmdk", NULL, true), "vmdk");
	memcpy(vmdk + 0x300, "parentFileNameHint=\"x\"", 22);
	tree_bytes(&tree, "/x.vmdk", vmdk, sizeof(vmdk));
	assert_string_equal(look(&tree, "/x.vmdk", NULL, true), "image-backing");
	memcpy(vmdk, "# Disk DescriptorFile\n", 22);
	tree_bytes(&tree, "/x.vmdk", vmdk, sizeof(vmdk));
	assert_string_equal(look(&tree, "/x.vmdk", NULL, true), "image-backing");
	tree_free(&tree);
}

static void test_cut(void **state)
{
	unsigned char file[2048] = "QFI\xfb";
	struct tree tree;

	(void)state;
	tree_new(&tree);
	put32(file, 4, 2);
	put32(file, 20, 9);
	put32(file, 36, 1);
	put32(file, 44, 512);
	put32(file, 516, 1024);
	put32(file, 1028, 1536);
	tree_bytes(&tree, "/x", file, sizeof(file));
	assert_string_equal(look(&tree, "/x", NULL, false), "qcow2");
	tree_bytes(&tree, "/x", file, 1536);
	assert_string_equal(look(&tree, "/x", NULL, false), "image-truncated");
	put32(file, 36, UINT32_MAX); /* a table of impossible size */
	tree_bytes(&tree, "/x", file, sizeof(file));
	assert_string_equal(look(&tree, "/x", NULL, false), "image-format");
	tree_free(&tree);
}

static void test_encrypted(void **state)
{
	unsigned char head[1024] = "QFI\xfb";
	struct tree tree;

	(void)state;
	tree_new(&tree);
	put32(head, 4, 2);
	put32(head, 20, 16);
	put32(head, 32, 2);
	tree_bytes(&tree, "/x", head, sizeof(head));
	assert_string_equal(look(&tree, "/x", NULL, true), "image-encrypted");
	tree_free(&tree);
}

/* As QEMU holds it: a machine that runs writes, one that was only opened to look does not. */
static void test_in_use(void **state)
{
	static const char zeros[1024];
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 100, .l_len = 1 };
	struct vw_findings findings = { 0 };
	struct vw_disk disk = { 0 };
	const char *format = NULL;
	struct tree tree;
	char path[128];
	int fd;

	(void)state;
	tree_new(&tree);
	tree_bytes(&tree, "/disk", zeros, sizeof(zeros));
	snprintf(path, sizeof(path), "%s/disk", tree.root);
	disk.path = path;
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &lock), 0); /* BLK_PERM_CONSISTENT_READ */
	assert_int_equal(vw_disk_look(&disk, false, &format, &findings, NULL), 0);
	assert_int_equal(findings.n, 0);
	lock.l_start = 101;
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &lock), 0); /* BLK_PERM_WRITE */
	assert_int_equal(vw_disk_look(&disk, false, &format, &findings, NULL), 0);
	assert_string_equal(format, "raw");
	assert_int_equal(findings.n, 1);
	assert_string_equal(findings.v[0].id, "image-in-use");
	assert_int_equal(findings.v[0].severity, VW_WARN);
	vw_findings_free(&findings);
	close(fd);
	tree_free(&tree);
}

/* A name that the virt tools would take for another machine's. */
static void test_remote(void **state)
{
	struct vw_disk disk = { .path = "nbd://host/disk" };
	struct vw_findings findings = { 0 };
	const char *format;

	(void)state;
	assert_int_equal(vw_disk_look(&disk, true, &format, &findings, NULL), 0);
	assert_null(format);
	assert_non_null(strstr(findings.v[0].remedy, "of this host"));
	vw_findings_free(&findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_backing),
		cmocka_unit_test(test_no_files),
		cmocka_unit_test(test_loop),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_encrypted),
		cmocka_unit_test(test_in_use),
		cmocka_unit_test(test_remote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
