/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_format_cmdline: /etc/kernel/cmdline. */
#include "format_check.h"

#include "format_augeas.h"

static const struct vw_args_format *const format = &vw_format_cmdline;

static void test_files(void **state)
{
	static const struct {
		const char *text, *after;
	} cases[] = {
		{ "root=x ro\n", "root=x ro intel_iommu=on\n" },
		{ "root=x ro", "root=x ro intel_iommu=on" },
		{ "  root=x\tro  \r\n", "  root=x\tro intel_iommu=on  \r\n" },
		{ "root=x iommu=off\n", "root=x intel_iommu=on\n" },
		{ "root=x -- 3\n", "root=x intel_iommu=on -- 3\n" },
		{ "", "intel_iommu=on" },
		{ "\n", "intel_iommu=on\n" },
		{ "# made by hand iommu=off\nroot=x\n",
			"# made by hand iommu=off\nroot=x intel_iommu=on\n" },
		/* several lines are one command line; grubby reads the first alone */
		{ "root=x\nquiet iommu=off\n splash\n", "root=x intel_iommu=on\nquiet\n splash\n" },
		{ "root=x\n\nintel_iommu=off\n", "root=x intel_iommu=on\n\n\n" },
		{ "root=x intel_iommu=on\nquiet\n", NULL },
		{ "# root=x iommu=off\n", "# root=x iommu=off\nintel_iommu=on" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++)
		check_text(format, cases[i].text, &want_intel, cases[i].after);
}

static void test_generated(void **state)
{
	static const char *const eols[] = { "\n", "\n", "\n", " \n", "\r\n", "\n# iommu=off\n",
		"\n\n" };
	size_t changed = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 4000; seed++) {
		vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
		vw_auto(vw_bytes_free) struct vw_bytes after = { 0 };
		const struct vw_boot_args *want;

		draw_seed(seed);
		vw_bytes_addf(&text, "root=UUID=1 ");
		draw_args(&text);
		while (draw(3) == 0) {
			vw_bytes_addf(&text, "%s", PICK(eols));
			draw_args(&text);
		}
		if (draw(6))
			vw_bytes_addf(&text, "%s", PICK(eols));
		want = draw_want();
		check_any(format, &text, want, "# somebody\n", "\nmore\n");
		if (edit_text(format, &text, want, &after) == 1) {
			changed++;
			if (seed % 16 == 0)
				check_augeas("Cmdline.lns", &text, &after);
		}
	}
	assert_in_range(changed, 2000, 4000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_generated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
