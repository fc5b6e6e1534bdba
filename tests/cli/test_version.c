/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_version: libvirt's version out of the name of its library. */
#include "cmocka_first.h"

#include "hook_site.h"

static void test_parse(void **state)
{
	static const struct {
		const char *name;
		int rc;
		unsigned int major, minor, micro;
		bool dropins;
	} cases[] = {
		{ "libvirt.so.0.11003.0", 0, 11, 3, 0, true },
		{ "libvirt.so.0.9000.0", 0, 9, 0, 0, true },
		{ "libvirt.so.0.6005.0", 0, 6, 5, 0, true },
		{ "libvirt.so.0.6004.99", 0, 6, 4, 99, false },
		{ "libvirt.so.0.5010.0", 0, 5, 10, 0, false },
		{ "libvirt.so.0.1002.9", 0, 1, 2, 9, false },
		{ "libvirt.so.0", -EINVAL, 0, 0, 0, false },
		{ "libvirt.so", -EINVAL, 0, 0, 0, false },
		{ "libvirt.so.0.9000", -EINVAL, 0, 0, 0, false },
		{ "libvirt.so.0.9000.", -EINVAL, 0, 0, 0, false },
		{ "libvirt.so.0..0", -EINVAL, 0, 0, 0, false },
		{ "libvirt.so.0.9000.0.1", -EINVAL, 0, 0, 0, false },
		{ "libvirt.so.0.-9000.0", -EINVAL, 0, 0, 0, false },
		{ "libvirt.so.0.9000.0~", -EINVAL, 0, 0, 0, false },
		{ "libvirt.so.0.99999999999999999999999999999999.0", -EINVAL, 0, 0, 0, false },
		{ "libvirt-qemu.so.0.9000.0", -EINVAL, 0, 0, 0, false },
		{ "", -EINVAL, 0, 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vw_libvirt_version version = { 0 };

		if (vw_libvirt_version_parse(cases[i].name, &version) != cases[i].rc)
			fail_msg("%s", cases[i].name);
		assert_int_equal(version.major, cases[i].major);
		assert_int_equal(version.minor, cases[i].minor);
		assert_int_equal(version.micro, cases[i].micro);
		if (cases[i].rc == 0)
			assert_int_equal(vw_libvirt_has_dropins(&version), cases[i].dropins);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_parse) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
