/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_format_sysconfig: SLES 11's /etc/sysconfig/bootloader. */
#include "format_check.h"

#include "format_augeas.h"

static const struct vw_args_format *const format = &vw_format_sysconfig;

static void test_files(void **state)
{
	(void)state;
	check_text(format,
		"## Path: System/Bootloader\nLOADER_TYPE=\"grub\"\n"
		"DEFAULT_APPEND=\" resume=/dev/sda1 splash=silent showopts\"\n"
		"FAILSAFE_APPEND=\"showopts ide=nodma iommu=off nox2apic\"\n"
		"XEN_KERNEL_APPEND=\"resume=/dev/sda1\"\nXEN_APPEND=\"iommu=off\"\n",
		&want_intel,
		"## Path: System/Bootloader\nLOADER_TYPE=\"grub\"\n"
		"DEFAULT_APPEND=\" resume=/dev/sda1 splash=silent showopts intel_iommu=on\"\n"
		"FAILSAFE_APPEND=\"showopts ide=nodma nox2apic\"\n"
		"XEN_KERNEL_APPEND=\"resume=/dev/sda1 "
		"intel_iommu=on\"\nXEN_APPEND=\"iommu=off\"\n");
	check_text(format, "DEFAULT_APPEND=''\n", &want_intel, "DEFAULT_APPEND='intel_iommu=on'\n");
	check_text(format, "DEFAULT_APPEND=quiet # x\n", &want_intel,
		"DEFAULT_APPEND=\"quiet intel_iommu=on\" # x\n");
	check_text(format, "DEFAULT_APPEND=\"a=\\\"b\\\"\"", &want_intel,
		"DEFAULT_APPEND=\"a=\\\"b\\\" intel_iommu=on\"");
	check_text(format, "#DEFAULT_APPEND=\"\"\nMY_DEFAULT_APPEND=\"\"\n", &want_intel, NULL);
}

static void test_refused(void **state)
{
	(void)state;
	check_refused(format, "LOADER_TYPE=\"grub\"\nDEFAULT_APPEND=\"quiet\n", -EBADMSG, "line 2");
	check_refused(format, "DEFAULT_APPEND=\"quiet\\\"\n", -EBADMSG, "line 1");
	check_refused(format, "DEFAULT_APPEND=a\"b c\"\n", -EBADMSG, "line 1");
}

static void test_generated(void **state)
{
	static const char *const names[] = { "DEFAULT_APPEND", "FAILSAFE_APPEND",
		"XEN_KERNEL_APPEND", "XEN_APPEND", "DEFAULT_VGA", "#DEFAULT_APPEND" };
	size_t changed = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 4000; seed++) {
		vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
		vw_auto(vw_bytes_free) struct vw_bytes after = { 0 };
		const struct vw_boot_args *want;

		draw_seed(seed);
		for (size_t n = 1 + draw(4); n > 0; n--) {
			const char *quote = draw(3) ? "\"" : "'";

			vw_bytes_addf(&text, "%s=%s", PICK(names), quote);
			draw_args(&text);
			vw_bytes_addf(&text, "%s%s\n", quote, draw(4) ? "" : " # iommu=off");
		}
		want = draw_want();
		check_any(
			format, &text, want, "# somebody\nCYCLE=\"no\"\n", "LATER=\"iommu=off\"\n");
		if (edit_text(format, &text, want, &after) == 1) {
			changed++;
			if (seed % 16 == 0)
				check_augeas("Shellvars.lns", &text, &after);
		}
	}
	assert_in_range(changed, 1500, 4000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_generated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
