/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_pe: machine and file version of Windows binaries: written here byte by byte, so that each can be wrong, and made by a real toolchain. */
#include "tree.h"

#include "cleanup.h"
#include "pe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where build() puts things. */
#define LFANEW  0x80
#define COFF    (LFANEW + 4)
#define OPT     (COFF + 20)
#define RAW     0x400
#define RVA     0x3000
#define RSRC    0x200
#define LEAF    72 /* in the resources: directories at 0, 24, 48 */
#define VERSION 96 /* in the resources */
#define FIXED   (VERSION + 40)

struct binary {
	unsigned char data[RAW + RSRC];
	size_t directories; /* offset of the data directories */
	size_t section;     /* of the second section's header */
};

static void put16(struct binary *b, size_t at, unsigned int value)
{
	b->data[at] = (unsigned char)value;
	b->data[at + 1] = (unsigned char)(value >> 8);
}

static void put32(struct binary *b, size_t at, uint32_t value)
{
	put16(b, at, value & 0xffff);
	put16(b, at + 2, value >> 16);
}

static void put_resources(struct binary *b)
{
	static const uint32_t ids[] = { 16, 1, 0x409 };

	for (size_t i = 0; i < 3; i++) {
		put16(b, RAW + 24 * i + 14, 1);
		put32(b, RAW + 24 * i + 16, ids[i]);
		put32(b, RAW + 24 * i + 20, i < 2 ? 0x80000000U + 24 * ((uint32_t)i + 1) : LEAF);
	}
	put32(b, RAW + LEAF, RVA + VERSION);
	put32(b, RAW + LEAF + 4, 92);
	put16(b, RAW + VERSION, 92);
	put16(b, RAW + VERSION + 2, 52);
	for (size_t i = 0; i < strlen("VS_VERSION_INFO"); i++)
		put16(b, RAW + VERSION + 6 + 2 * i, (unsigned char)"VS_VERSION_INFO"[i]);
	put32(b, RAW + FIXED, 0xfeef04bd);
	put32(b, RAW + FIXED + 4, 0x10000);
	put32(b, RAW + FIXED + 8, 1U << 16 | 2); /* the file's version: 1.2.179.65535 */
	put32(b, RAW + FIXED + 12, 179U << 16 | 65535);
	put32(b, RAW + FIXED + 16, 6U << 16 | 3); /* the product's */
	put32(b, RAW + FIXED + 20, 9600U << 16 | 16384);
}

static void build(struct binary *b, bool plus, unsigned int machine)
{
	unsigned int optional = plus ? 240 : 224;

	memset(b, 0, sizeof(*b));
	put16(b, 0, 0x5a4d);
	put32(b, 0x3c, LFANEW);
	put32(b, LFANEW, 0x4550);
	put16(b, COFF, machine);
	put16(b, COFF + 2, 2);
	put16(b, COFF + 16, optional);
	put16(b, OPT, plus ? 0x20b : 0x10b);
	b->directories = OPT + (plus ? 112 : 96);
	put32(b, b->directories - 4, 16);
	put32(b, b->directories + 16, RVA);
	put32(b, b->directories + 20, RSRC);
	/* a section before it that has no bytes in the file */
	put32(b, OPT + optional + 8, 0x1000);
	put32(b, OPT + optional + 12, 0x1000);
	b->section = OPT + optional + 40;
	put32(b, b->section + 8, RSRC);
	put32(b, b->section + 12, RVA);
	put32(b, b->section + 16, RSRC);
	put32(b, b->section + 20, RAW);
	put_resources(b);
}

/* From the heap and no byte more, so that AddressSanitizer sees a look behind the end. */
static int parse(const void *data, size_t len, struct vw_pe *pe)
{
	vw_auto_free void *copy = malloc(len);
	struct vw_error err = { "" };
	int rc;

	if (len)
		memcpy(copy, data, len);
	rc = vw_pe_parse(copy, len, pe, &err);
	assert_true(rc == 0 || (rc == -EBADMSG && err.msg[0]));
	return rc;
}

static void test_version(void **state)
{
	static const struct {
		bool plus;
		unsigned int machine;
		const char *name;
	} cases[] = {
		{ true, 0x8664, "amd64" }, { false, 0x14c, "x86" }, { true, 0xaa64, "arm64" },
		{ true, 0x200, NULL }, /* Itanium */
	};
	struct binary b;
	struct vw_pe pe;

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		const char *name;

		build(&b, cases[i].plus, cases[i].machine);
		assert_int_equal(parse(b.data, sizeof(b.data), &pe), 0);
		assert_int_equal(pe.machine, cases[i].machine);
		assert_true(pe.has_version);
		assert_int_equal(pe.version[0], 1);
		assert_int_equal(pe.version[1], 2);
		assert_int_equal(pe.version[2], 179);
		assert_int_equal(pe.version[3], 65535);
		name = vw_pe_machine_name(pe.machine);
		assert_true(name == cases[i].name || strcmp(name, cases[i].name) == 0);
	}
}

/* One place changed, of a good PE32+ file. */
static const struct {
	const char *what;
	size_t at; /* from: see base */
	enum { FILE_START, DIRECTORIES, SECTION } base;
	unsigned int size;
	uint32_t value;
	enum { BROKEN, NO_VERSION, VERSION_FOUND } result;
} changes[] = {
	{ "no MZ", 0, FILE_START, 2, 0x5a4e, BROKEN },
	{ "the PE header behind the end", 0x3c, FILE_START, 4, 0x10000, BROKEN },
	{ "the PE header at the end of numbers", 0x3c, FILE_START, 4, 0xffffffff, BROKEN },
	{ "the PE header in the last bytes", 0x3c, FILE_START, 4, RAW + RSRC - 4, BROKEN },
	{ "no PE signature", LFANEW, FILE_START, 4, 0x454e, BROKEN },
	{ "another optional header", OPT, FILE_START, 2, 0x107, BROKEN },
	{ "more sections than Windows loads", COFF + 2, FILE_START, 2, 97, BROKEN },
	{ "no sections", COFF + 2, FILE_START, 2, 0, NO_VERSION },
	{ "only the first section", COFF + 2, FILE_START, 2, 1, NO_VERSION },
	{ "two directories", (size_t)-4, DIRECTORIES, 4, 2, NO_VERSION },
	{ "three directories", (size_t)-4, DIRECTORIES, 4, 3, VERSION_FOUND },
	{ "more directories than there are", (size_t)-4, DIRECTORIES, 4, 0xffffffff,
		VERSION_FOUND },
	{ "no resources", 16, DIRECTORIES, 4, 0, NO_VERSION },
	{ "resources outside of all sections", 16, DIRECTORIES, 4, 0x9000, NO_VERSION },
	{ "resources in a section without bytes", 16, DIRECTORIES, 4, 0x1000, NO_VERSION },
	{ "resources at the section's end", 16, DIRECTORIES, 4, RVA + RSRC - 2, NO_VERSION },
	{ "resources of size 0", 20, DIRECTORIES, 4, 0, NO_VERSION },
	{ "resources that end in their first directory", 20, DIRECTORIES, 4, 20, NO_VERSION },
	{ "resources that say more than the section has", 20, DIRECTORIES, 4, 0x7fffffff,
		VERSION_FOUND },
	{ "a section behind the end of the file", 20, SECTION, 4, 0x10000, NO_VERSION },
	{ "a section at the end of numbers", 20, SECTION, 4, 0xfffffff0, NO_VERSION },
	{ "a section larger than the file", 16, SECTION, 4, 0xffffffff, VERSION_FOUND },
	{ "a section that ends before the version", 16, SECTION, 4, VERSION, NO_VERSION },
	{ "a section that ends in the version", 16, SECTION, 4, FIXED + 12, NO_VERSION },
	{ "no version among the types", RAW + 16, FILE_START, 4, 24, NO_VERSION },
	{ "no types", RAW + 14, FILE_START, 2, 0, NO_VERSION },
	{ "65535 types", RAW + 14, FILE_START, 2, 0xffff, VERSION_FOUND },
	{ "65535 types, none of them a version", RAW + 16, FILE_START, 2, 17, NO_VERSION },
	{ "a type that is data", RAW + 20, FILE_START, 4, 24, NO_VERSION },
	{ "a directory that is itself", RAW + 20, FILE_START, 4, 0x80000000, NO_VERSION },
	{ "a directory behind the end", RAW + 20, FILE_START, 4, 0xffffffff, NO_VERSION },
	{ "no language", RAW + 48 + 14, FILE_START, 2, 0, NO_VERSION },
	{ "a language that is a directory", RAW + 48 + 20, FILE_START, 4, 0x80000000 + LEAF,
		NO_VERSION },
	{ "data behind the end", RAW + LEAF, FILE_START, 4, RVA + RSRC, NO_VERSION },
	{ "data at the end of numbers", RAW + LEAF, FILE_START, 4, 0xfffffffc, NO_VERSION },
	{ "data that says less than it is", RAW + LEAF + 4, FILE_START, 4, 40, NO_VERSION },
	{ "data that says more than there is", RAW + LEAF + 4, FILE_START, 4, 0xffffffff,
		VERSION_FOUND },
	{ "a version that says less than it is", RAW + VERSION, FILE_START, 2, 91, NO_VERSION },
	{ "a version without a value", RAW + VERSION + 2, FILE_START, 2, 0, NO_VERSION },
	{ "another key", RAW + VERSION + 6, FILE_START, 2, 'v', NO_VERSION },
	{ "a longer key", RAW + VERSION + 36, FILE_START, 2, 'X', NO_VERSION },
	{ "another signature", RAW + FIXED, FILE_START, 4, 0xfeef04be, NO_VERSION },
};

static void test_changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(changes); i++) {
		struct binary b;
		struct vw_pe pe;
		size_t at;
		int rc;

		build(&b, true, 0x8664);
		at = changes[i].at;
		if (changes[i].base == DIRECTORIES)
			at += b.directories;
		if (changes[i].base == SECTION)
			at += b.section;
		if (changes[i].size == 2)
			put16(&b, at, changes[i].value);
		else
			put32(&b, at, changes[i].value);
		rc = parse(b.data, sizeof(b.data), &pe);
		if ((rc == 0) != (changes[i].result != BROKEN) ||
			pe.has_version != (changes[i].result == VERSION_FOUND))
			fail_msg("%s: %d, version %d", changes[i].what, rc, pe.has_version);
		if (!pe.has_version)
			assert_int_equal(pe.version[0] | pe.version[3], 0);
		if (rc == 0)
			assert_int_equal(pe.machine, 0x8664);
	}
}

/* An optional header that ends in front of the resources' entry: what stands there belongs to the section table. */
static void test_short_header(void **state)
{
	struct binary b;
	struct vw_pe pe;

	(void)state;
	for (size_t entries = 2; entries <= 3; entries++) {
		build(&b, true, 0x8664);
		put16(&b, COFF + 2, 1);
		put16(&b, COFF + 16, (unsigned int)(b.directories - OPT + 8 * entries));
		memmove(b.data + b.directories + 8 * entries, b.data + b.section, 40);
		if (entries ==
			2) { /* the section's name, and as well where the resources would be */
			put32(&b, b.directories + 16, RVA);
			put32(&b, b.directories + 20, RSRC);
		}
		assert_int_equal(parse(b.data, sizeof(b.data), &pe), 0);
		assert_int_equal(pe.has_version, entries == 3);
	}
}

/* Named types stand before those with numbers. */
static void test_named_type(void **state)
{
	struct binary b;
	struct vw_pe pe;

	(void)state;
	build(&b, true, 0x8664);
	/* the root moves behind everything else, with room for two entries */
	put32(&b, b.directories + 16, RVA);
	put16(&b, RAW + 12, 1);
	put16(&b, RAW + 14, 1);
	put32(&b, RAW + 16, 0x80000000U + 400);
	put32(&b, RAW + 20, 0x80000000U + 48); /* a wrong way: to the languages */
	/* the second entry lies where the directory of names was; that one moves to 420 */
	memcpy(b.data + RAW + 420, b.data + RAW + 24, 24);
	put32(&b, RAW + 24, 16);
	put32(&b, RAW + 28, 0x80000000U + 420);
	assert_int_equal(parse(b.data, sizeof(b.data), &pe), 0);
	assert_true(pe.has_version);
	assert_int_equal(pe.version[2], 179);
}

/* Cut anywhere, it is broken or has no version, and nothing is read behind the cut. */
static void test_cut(void **state)
{
	struct binary b;
	struct vw_pe pe;

	(void)state;
	build(&b, true, 0x8664);
	for (size_t len = 0; len < RAW + FIXED + 16; len++) {
		int rc = parse(b.data, len, &pe);

		assert_int_equal(rc, len < b.directories + 24 ? -EBADMSG : 0);
		assert_false(pe.has_version);
	}
	assert_int_equal(parse(b.data, RAW + FIXED + 16, &pe), 0);
	assert_true(pe.has_version);
}

/* A driver by GNU binutils, of one architecture: another opinion on how such a file looks. False: they are not installed. */
static bool made_by_binutils(struct tree *tree, const char *arch, unsigned int machine)
{
	vw_auto_free char *command = NULL, *data = NULL;
	struct vw_pe pe;
	size_t len;

	assert_true(asprintf(&command,
			    "cd %s && export PATH=$PATH:/usr/bin T=%s-w64-mingw32 &&"
			    " { $T-windres --version && $T-ld --version; } >look 2>&1 || exit 9;"
			    " $T-windres --preprocessor=cat v.rc v.o && $T-as -o d.o d.s &&"
			    " $T-ld --subsystem native -e start -o driver.sys d.o v.o",
			    tree->root, arch) > 0);
	switch (system(command)) {
	case 9 << 8:
		return false;
	case 0:
		break;
	default:
		fail_msg("%s", command);
	}
	assert_int_equal(vw_host_slurpf(&tree->host, VW_PE_MAX, &data, &len, "/driver.sys"), 0);
	assert_int_equal(parse(data, len, &pe), 0);
	assert_int_equal(pe.machine, machine);
	assert_true(pe.has_version);
	assert_int_equal(pe.version[0], 2);
	assert_int_equal(pe.version[1], 1);
	assert_int_equal(pe.version[2], 175);
	assert_int_equal(pe.version[3], 7);
	return true;
}

static void test_binutils(void **state)
{
	struct tree tree;
	int made = 0;

	(void)state;
	tree_new(&tree);
	tree_file(&tree, "/d.s", ".globl start\nstart:\n\tret\n");
	tree_file(&tree, "/v.rc",
		"1 VERSIONINFO\nFILEVERSION 2,1,175,7\nPRODUCTVERSION 10,0,10011,16384\n"
		"BEGIN\nBLOCK \"StringFileInfo\"\nBEGIN\nBLOCK \"040904b0\"\nBEGIN\n"
		"VALUE \"FileVersion\", \"9.9.9.9 built by: nobody\"\nEND\nEND\nEND\n"
		"2 RCDATA\nBEGIN\n\"something else\"\nEND\n");
	made += made_by_binutils(&tree, "x86_64", 0x8664);
	made += made_by_binutils(&tree, "i686", 0x14c);
	tree_free(&tree);
	if (!made)
		skip();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_short_header),
		cmocka_unit_test(test_named_type),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_binutils),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
