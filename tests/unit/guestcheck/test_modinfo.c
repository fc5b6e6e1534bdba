/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_modinfo: .modinfo of any class and byte order, packed or not; what is broken is said to be. */
#include "tree.h"

#include "cleanup.h"
#include "koblob.h"
#include "modinfo.h"

#include <lzma.h>
#include <string.h>

static const char info_text[] =
	"license=GPL\0version=4.18.7\0alias=pci:v00008086d000010EDsv*sd*bc*sc*i*\0"
	"alias=pci:v00008086d00001515sv*sd*bc*sc*i*\0vermagic=6.1.0 SMP ";

#define X520 "pci:v00008086d000010EDsv00000000sd00000000bc02sc00i00"

static void check(const struct ko_kind *kind)
{
	vw_auto(vw_modinfo_free) struct vw_modinfo info = { 0 };
	struct ko_bytes ko;
	size_t at = 0;

	ko_make(&ko, kind, info_text, sizeof(info_text));
	assert_int_equal(vw_modinfo_parse(ko.data, ko.len, &info, NULL), 0);
	assert_int_equal(info.machine, kind->machine);
	assert_int_equal(info.is_little, !kind->is_big);
	assert_int_equal(info.is_signed, kind->is_signed);
	assert_string_equal(vw_modinfo_get(&info, "version"), "4.18.7");
	assert_string_equal(vw_modinfo_get(&info, "vermagic"), "6.1.0 SMP ");
	assert_null(vw_modinfo_get(&info, "intree"));
	assert_null(vw_modinfo_get(&info, "licens"));
	assert_non_null(vw_modinfo_next(&info, "alias", &at));
	assert_string_equal(
		vw_modinfo_next(&info, "alias", &at), "pci:v00008086d00001515sv*sd*bc*sc*i*");
	assert_null(vw_modinfo_next(&info, "alias", &at));
	assert_true(vw_modinfo_knows(&info, X520));
	assert_false(
		vw_modinfo_knows(&info, "pci:v00008086d00001520sv00000000sd00000000bc02sc00i00"));
}

static void test_kinds(void **state)
{
	(void)state;
	check(&(struct ko_kind){ .machine = EM_X86_64 });
	check(&(struct ko_kind){ .machine = EM_386, .is_32 = true, .is_signed = true });
	check(&(struct ko_kind){ .machine = EM_PPC, .is_32 = true, .is_big = true });
	check(&(struct ko_kind){ .machine = EM_S390, .is_big = true });
	assert_string_equal(vw_machine_name(EM_PPC64, true), "ppc64le");
	assert_string_equal(vw_machine_name(EM_PPC64, false), "ppc64");
	assert_null(vw_machine_name(EM_SPARC, false));
}

/* Cut anywhere, it is refused or tells what is there; never more. */
static void test_cut(void **state)
{
	struct ko_bytes ko;
	struct vw_error err;

	(void)state;
	ko_make(&ko, &(struct ko_kind){ 0 }, info_text, sizeof(info_text));
	for (size_t len = 0; len < ko.len; len++) {
		vw_auto_free char *copy = malloc(len + 1);
		struct vw_modinfo info;

		memcpy(copy, ko.data, len);
		assert_int_equal(vw_modinfo_parse(copy, len, &info, &err), -EBADMSG);
		assert_null(info.text);
	}
}

/* Each byte of the headers wrong in turn: no sanitizer and no limit may be met. */
static void test_damaged(void **state)
{
	struct ko_bytes ko;
	unsigned int refused = 0;

	(void)state;
	ko_make(&ko, &(struct ko_kind){ 0 }, info_text, sizeof(info_text));
	for (size_t at = 0; at < sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Shdr); at++) {
		struct vw_modinfo info;

		ko.data[at] ^= 0xff;
		refused += vw_modinfo_parse(ko.data, ko.len, &info, NULL) < 0;
		assert_true(info.len <= ko.len);
		vw_modinfo_free(&info);
		ko.data[at] ^= 0xff;
	}
	assert_in_range(refused, 20, 200);
}

static void test_read(void **state)
{
	vw_auto(vw_modinfo_free) struct vw_modinfo info = { 0 };
	unsigned char packed[8192];
	struct vw_error err = { "" };
	uint64_t used = 0;
	struct tree tree;
	struct ko_bytes ko;
	size_t len = 0;

	(void)state;
	tree_new(&tree);
	ko_make(&ko, &(struct ko_kind){ 0 }, info_text, sizeof(info_text));
	assert_int_equal(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL, ko.data, ko.len, packed,
				 &len, sizeof(packed)),
		LZMA_OK);
	tree_bytes(&tree, "/x.ko.xz", packed, len);
	assert_int_equal(vw_modinfo_read(&tree.host, "/x.ko.xz", &info, &used, &err), 0);
	assert_int_equal(used, len + ko.len);
	assert_true(vw_modinfo_knows(&info, X520));
	vw_modinfo_free(&info);
	tree_bytes(&tree, "/cut.ko.xz", packed, len / 2);
	assert_int_equal(vw_modinfo_read(&tree.host, "/cut.ko.xz", &info, NULL, &err), -EBADMSG);
	assert_string_equal(err.msg, "/cut.ko.xz: broken or cut xz data");
	assert_int_equal(vw_modinfo_read(&tree.host, "/none.ko", &info, NULL, &err), -ENOENT);
	tree_file(&tree, "/text.ko", "#!/bin/sh\n");
	assert_int_equal(vw_modinfo_read(&tree.host, "/text.ko", &info, NULL, &err), -EBADMSG);
	assert_string_equal(err.msg, "/text.ko: no ELF file");
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
