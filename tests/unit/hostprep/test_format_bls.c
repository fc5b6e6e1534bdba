/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_format_bls: options of boot loader entries. */
#include "format_check.h"

#include "format_augeas.h"

static const struct vw_args_format *const format = &vw_format_bls;

static void test_entries(void **state)
{
	static const struct {
		const char *options, *after;
	} cases[] = {
		{ "options root=/dev/sda1 ro",
			"options root=/dev/sda1 ro intel_iommu=on iommu=pt" },
		{ "options  root=x  ro ", "options  root=x  ro intel_iommu=on iommu=pt " },
		{ "\toptions\troot=x", "\toptions\troot=x intel_iommu=on iommu=pt" },
		{ "options root=x ro\r", "options root=x ro intel_iommu=on iommu=pt\r" },
		{ "options root=x a&b \\1", "options root=x a&b \\1 intel_iommu=on iommu=pt" },
		{ "options root=x $tuned_params",
			"options root=x $tuned_params intel_iommu=on iommu=pt" },
		{ "options root=x -- 3", "options root=x intel_iommu=on iommu=pt -- 3" },
		{ "options x=\"a b\" ro", "options x=\"a b\" ro intel_iommu=on iommu=pt" },
		{ "options \"root=x ro\"", "options \"root=x ro intel_iommu=on iommu=pt\"" },
		{ "options ", "options intel_iommu=on iommu=pt" },
		/* RHEL 8: grubenv has what is wanted */
		{ "options $kernelopts $tuned_params", NULL },
		{ "options ${kernelopts}", NULL },
		{ "options $kernelopts iommu=off $tuned_params",
			"options $kernelopts $tuned_params" },
		{ "options $kernelopts_old ro",
			"options $kernelopts_old ro intel_iommu=on iommu=pt" },
		/* several lines: GRUB takes the first alone, systemd-boot all of them */
		{ "options root=x iommu=off\noptions quiet iommu=off\n#options iommu=off\noptions "
		  "ro",
			"options root=x iommu=pt intel_iommu=on\noptions quiet\n#options "
			"iommu=off\noptions ro" },
		{ "options\noptions ro", "options\noptions ro intel_iommu=on iommu=pt" },
		/* other keys */
		{ "options", NULL },
		{ "#options ro", NULL },
		{ "optionsx ro", NULL },
		{ "title options iommu=off", NULL },
		{ "devicetree /iommu=off", NULL },
	};
	char text[256], after[256];

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		for (int newline = 0; newline < 2; newline++) {
			const char *end = newline ? "\ngrub_class rhel\n" : "";

			snprintf(text, sizeof(text), "title T\nlinux /vmlinuz\n%s%s",
				cases[i].options, end);
			if (cases[i].after)
				snprintf(after, sizeof(after), "title T\nlinux /vmlinuz\n%s%s",
					cases[i].after, end);
			check_text(format, text, &want_both, cases[i].after ? after : NULL);
		}
	}
}

/* An EFI program's options are its own. */
static void test_no_linux(void **state)
{
	(void)state;
	check_text(format, "title Shell\nefi /shell.efi\noptions iommu=off\n", &want_both, NULL);
	check_text(format, "title T\n#linux /vmlinuz\noptions iommu=off\n", &want_both, NULL);
	check_text(format, "options iommu=off\nlinux\t/vmlinuz\n", &want_intel,
		"options intel_iommu=on\nlinux\t/vmlinuz\n");
}

static void draw_file(struct vw_bytes *text)
{
	static const char *const lines[] = { "title Linux & more", "version 5.14.0-1",
		"# options iommu=off", "initrd /initramfs.img $tuned_initrd",
		"grub_users $grub_users", "", "grub_class rhel", "id rhel-20200101-4.18.0",
		"options_x iommu=off" };
	static const char *const heads[] = { "options root=UUID=1 ", "options\troot=x ",
		" options  root=x ", "options $kernelopts $tuned_params ",
		"options root=x $tuned_params " };
	const char *eol = draw(6) ? "\n" : "\r\n";

	if (draw(12))
		vw_bytes_addf(text, "linux /vmlinuz%s", eol);
	for (size_t i = 1 + draw(7); i > 0; i--) {
		if (draw(2)) {
			vw_bytes_addf(text, "%s%s", PICK(lines), eol);
			continue;
		}
		vw_bytes_addf(text, "%s", PICK(heads));
		draw_args(text);
		vw_bytes_addf(text, "%s", eol);
	}
	if (draw(8) == 0)
		text->data[--text->len] = '\0';
}

static void test_generated(void **state)
{
	size_t changed = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 4000; seed++) {
		vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
		vw_auto(vw_bytes_free) struct vw_bytes after = { 0 };
		const struct vw_boot_args *want;

		draw_seed(seed);
		draw_file(&text);
		want = draw_want();
		check_any(format, &text, want, "# somebody\nsort-key a\n", "\narchitecture x64\n");
		if (edit_text(format, &text, want, &after) == 1) {
			changed++;
			if (seed % 16 == 0)
				check_augeas("Spacevars.simple_lns", &text, &after);
		}
	}
	assert_in_range(changed, 1500, 4000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_no_linux),
		cmocka_unit_test(test_generated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
