/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_image_format: headers of disk images, whole, broken and hostile. */
#include "tree.h"

#include "image_format.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

/* A header under construction; bytes that nobody sets are 0. */
static unsigned char head[VW_IMAGE_HEAD];

static void put32(size_t offset, uint32_t value)
{
	value = htobe32(value);
	memcpy(head + offset, &value, sizeof(value));
}

static void put64(size_t offset, uint64_t value)
{
	put32(offset, (uint32_t)(value >> 32));
	put32(offset + 4, (uint32_t)value);
}

static void put_le64(size_t offset, uint64_t value)
{
	value = htole64(value);
	memcpy(head + offset, &value, sizeof(value));
}

static void put_text(size_t offset, const char *text)
{
	memcpy(head + offset, text, strlen(text));
}

static void new_head(const char *magic, size_t len)
{
	memset(head, 0, sizeof(head));
	memcpy(head, magic, len);
}

static void new_qcow2(uint32_t version)
{
	new_head("QFI\xfb", 4);
	put32(4, version);
	put32(20, 16);
	put64(24, 1ULL << 30);
	if (version == 3)
		put32(100, 104);
}

static size_t put_extension(size_t offset, uint32_t type, const char *text)
{
	put32(offset, type);
	put32(offset + 4, (uint32_t)strlen(text));
	put_text(offset + 8, text);
	return offset + 8 + ((strlen(text) + 7) & ~(size_t)7);
}

static void put_backing(size_t offset, const char *name)
{
	put64(8, offset);
	put32(16, (uint32_t)strlen(name));
	put_text(offset, name);
}

static int parse(const char *name, struct vw_image_format *format)
{
	struct vw_error err = { "" };
	int rc;

	memset(format, 0xff, sizeof(*format));
	rc = vw_image_format_parse(head, sizeof(head), name, format, &err);
	assert_true(rc == 0 || err.msg[0]);
	return rc;
}

static void assert_format(const char *name, const char *expected)
{
	struct vw_image_format format;

	assert_int_equal(parse(name, &format), 0);
	assert_string_equal(format.name, expected);
	assert_false(format.encrypted || format.extents || format.has_backing);
}

static void test_magic(void **state)
{
	struct vw_image_format format;

	(void)state;
	new_head("", 0);
	assert_format(NULL, "raw");
	new_head("LUKS\xba\xbe", 6); /* the guest's own encryption, on a whole disk */
	assert_format(NULL, "raw");
	new_qcow2(2);
	assert_format(NULL, "qcow2");
	new_qcow2(3);
	assert_format(NULL, "qcow2");
	assert_int_equal(parse(NULL, &format), 0);
	assert_int_equal(format.size, 1ULL << 30);
	new_head("vhdxfile", 8);
	assert_format(NULL, "vhdx");
	new_head("conectix", 8);
	assert_format(NULL, "vpc");
	new_head("", 0);
	put_text(64, "\x7f\x10\xda\xbe");
	assert_format(NULL, "vdi");
	new_head("KDMV", 4);
	put_le64(12, 2048);
	assert_format(NULL, "vmdk");
	assert_int_equal(parse(NULL, &format), 0);
	assert_int_equal(format.size, 2048 * 512);
}

/* What the operator says counts: a raw disk may have the beginning of anything. */
static void test_given(void **state)
{
	struct vw_image_format format;

	(void)state;
	new_qcow2(3);
	put_backing(200, "/etc/shadow");
	assert_format("raw", "raw");
	assert_int_equal(parse("vmdk", &format), -EBADMSG);
	new_head("", 0);
	assert_int_equal(parse("qcow2", &format), -EBADMSG);
	assert_int_equal(parse("qed", &format), -EOPNOTSUPP);
	assert_null(vw_image_format_known("luks"));
	assert_string_equal(vw_image_format_known("vpc"), "vpc");
}

static void test_unread(void **state)
{
	static const char *const magics[] = { "QED", "COWD", "WithoutFreeSpace",
		"WithouFreSpacExt" };
	struct vw_image_format format;

	(void)state;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		new_head(magics[i], strlen(magics[i]));
		assert_int_equal(parse(NULL, &format), -EOPNOTSUPP);
	}
	new_qcow2(3);
	put32(4, 1);
	assert_int_equal(parse(NULL, &format), -EOPNOTSUPP);
	put32(4, 4);
	assert_int_equal(parse(NULL, &format), -EOPNOTSUPP);
	new_qcow2(3);
	put64(72, 1ULL << 5);
	assert_int_equal(parse(NULL, &format), -EOPNOTSUPP);
	put64(72, 0x1b); /* dirty, corrupt, compression type, extended L2 */
	assert_format(NULL, "qcow2");
}

static void test_backing(void **state)
{
	struct vw_image_format format;

	(void)state;
	for (uint32_t version = 2; version <= 3; version++) {
		size_t at = version == 3 ? 104 : 72;

		new_qcow2(version);
		at = put_extension(at, 0x6803f857, "feature names"); /* skipped */
		put_extension(at, 0xe2792aca, "raw");
		put_backing(300, "base.img");
		assert_int_equal(parse(NULL, &format), 0);
		assert_true(format.has_backing);
		assert_string_equal(format.backing, "base.img");
		assert_string_equal(format.backing_format, "raw");
	}
	/* QEMU reads extensions only up to the name */
	new_qcow2(3);
	put_backing(104, "x");
	put_extension(112, 0xe2792aca, "raw");
	assert_int_equal(parse(NULL, &format), 0);
	assert_string_equal(format.backing_format, "");
	/* nor behind the end of the list */
	new_qcow2(3);
	put_extension(112, 0xe2792aca, "raw");
	put_backing(300, "x");
	assert_int_equal(parse(NULL, &format), 0);
	assert_string_equal(format.backing_format, "");
}

static void test_backing_broken(void **state)
{
	struct vw_image_format format;
	struct vw_error err;

	(void)state;
	new_qcow2(3);
	put_backing(300, "base.img");
	put32(16, 1024);
	assert_int_equal(parse(NULL, &format), -EBADMSG);
	put32(16, 9); /* a NUL at its end */
	assert_int_equal(parse(NULL, &format), -EBADMSG);
	put32(16, 8);
	put64(8, VW_IMAGE_HEAD - 7);
	assert_int_equal(parse(NULL, &format), -EBADMSG);
	put64(8, UINT64_MAX);
	assert_int_equal(parse(NULL, &format), -EBADMSG);
	new_qcow2(3);
	put_backing(508, "base.img"); /* where the file has ended */
	assert_int_equal(vw_image_format_parse(head, 516, NULL, &format, &err), 0);
	assert_int_equal(vw_image_format_parse(head, 515, NULL, &format, &err), -EBADMSG);
	new_qcow2(3);
	put_extension(104, 0xe2792aca, "a format of too long a name");
	assert_int_equal(parse(NULL, &format), -EBADMSG);
	new_qcow2(3);
	put32(104, 1);
	put32(108, UINT32_MAX);
	assert_int_equal(parse(NULL, &format), -EBADMSG);
}

static void test_elsewhere(void **state)
{
	struct vw_image_format format;

	(void)state;
	new_qcow2(3);
	put64(72, 1 << 2);
	assert_int_equal(parse(NULL, &format), 0);
	assert_true(format.extents);
	new_qcow2(3);
	put_extension(104, 0x44415441, "/etc/shadow");
	assert_int_equal(parse(NULL, &format), 0);
	assert_true(format.extents);
	new_head("# Disk DescriptorFile\n", 22);
	assert_int_equal(parse(NULL, &format), 0);
	assert_true(format.extents);
	assert_string_equal(format.name, "vmdk");
	new_head("KDMV", 4); /* no capacity: the embedded descriptor counts */
	assert_int_equal(parse(NULL, &format), 0);
	assert_true(format.extents);
	put_le64(12, 2048);
	put_text(0x200 + 10200, "parentFileNameHint=");
	assert_int_equal(parse(NULL, &format), 0);
	assert_true(format.has_backing);
	assert_string_equal(format.backing, "");
}

static void test_encrypted(void **state)
{
	struct vw_image_format format;

	(void)state;
	for (uint32_t method = 1; method <= 2; method++) {
		new_qcow2(3);
		put32(32, method);
		assert_int_equal(parse(NULL, &format), 0);
		assert_true(format.encrypted);
	}
}

static void test_impossible(void **state)
{
	struct vw_image_format format;
	struct vw_error err;

	(void)state;
	new_qcow2(3);
	put32(20, 8);
	assert_int_equal(parse(NULL, &format), -EBADMSG);
	put32(20, 22);
	assert_int_equal(parse(NULL, &format), -EBADMSG);
	new_qcow2(3);
	put32(100, 103);
	assert_int_equal(parse(NULL, &format), -EBADMSG);
	put32(100, VW_IMAGE_HEAD + 1);
	assert_int_equal(parse(NULL, &format), -EBADMSG);
	new_qcow2(3);
	assert_int_equal(vw_image_format_parse(head, 103, NULL, &format, &err), -EBADMSG);
	assert_int_equal(vw_image_format_parse(head, 104, NULL, &format, &err), 0);
	new_qcow2(2);
	assert_int_equal(vw_image_format_parse(head, 71, NULL, &format, &err), -EBADMSG);
	assert_int_equal(vw_image_format_parse(head, 72, NULL, &format, &err), 0);
	assert_int_equal(vw_image_format_parse(head, 3, NULL, &format, &err), 0);
	assert_string_equal(format.name, "raw");
	new_head("KDMV", 4);
	assert_int_equal(vw_image_format_parse(head, 511, NULL, &format, &err), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_magic),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_backing),
		cmocka_unit_test(test_backing_broken),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_encrypted),
		cmocka_unit_test(test_impossible),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
