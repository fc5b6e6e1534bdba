/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_format_grub_legacy: kernel and module lines, update-grub's options, and what must stay as it is. */
#include "format_check.h"

#include "format_augeas.h"

static const struct vw_args_format *const format = &vw_format_grub_legacy;

static void test_titles(void **state)
{
	(void)state;
	check_text(format,
		"default=1\ntimeout=5\nhiddenmenu\n"
		"title CentOS (2.6.32-573.el6.x86_64)\n\troot (hd0,0)\n"
		"\tkernel /vmlinuz-2.6.32-573.el6.x86_64 ro root=/dev/mapper/vg-root quiet\n"
		"\tinitrd /initramfs-2.6.32-573.el6.x86_64.img\n"
		"title Other\n\trootnoverify (hd0,1)\n\tchainloader +1\n"
		"title Old\n\tkernel   /vmlinuz-2.6.32-504\tro  single \n",
		&want_both,
		"default=1\ntimeout=5\nhiddenmenu\n"
		"title CentOS (2.6.32-573.el6.x86_64)\n\troot (hd0,0)\n"
		"\tkernel /vmlinuz-2.6.32-573.el6.x86_64 ro root=/dev/mapper/vg-root quiet "
		"intel_iommu=on iommu=pt\n"
		"\tinitrd /initramfs-2.6.32-573.el6.x86_64.img\n"
		"title Other\n\trootnoverify (hd0,1)\n\tchainloader +1\n"
		"title Old\n\tkernel   /vmlinuz-2.6.32-504\tro  single intel_iommu=on iommu=pt \n");
}

static void test_forms(void **state)
{
	static const struct {
		const char *line, *after;
	} cases[] = {
		{ "kernel /vmlinuz", "kernel /vmlinuz intel_iommu=on" },
		{ "kernel=/vmlinuz ro", "kernel=/vmlinuz ro intel_iommu=on" },
		{ "  kernel\t(hd0,0)/boot/vmlinuz ro\t",
			"  kernel\t(hd0,0)/boot/vmlinuz ro intel_iommu=on\t" },
		{ "kernel --no-mem-option /vmlinuz ro",
			"kernel --no-mem-option /vmlinuz ro intel_iommu=on" },
		{ "kernel --type=linux /vmlinuz ro",
			"kernel --type=linux /vmlinuz ro intel_iommu=on" },
		{ "kernel$ /vmlinuz ro", "kernel$ /vmlinuz ro intel_iommu=on" },
		{ "kernel /vmlinuz ro -- single", "kernel /vmlinuz ro intel_iommu=on -- single" },
		{ "kernel /vmlinuz a=\"b c\"", "kernel /vmlinuz a=\"b c\" intel_iommu=on" },
		{ "kernel /vmlinuz iommu=off", "kernel /vmlinuz intel_iommu=on" },
		{ "kernel /vmlinuz intel_iommu=off,sm_on x",
			"kernel /vmlinuz intel_iommu=on,sm_on x" },
		{ "kernel /vmlinuz-xen ro\r", "kernel /vmlinuz-xen ro intel_iommu=on\r" },
		/* a backslash takes the next line in; what is wanted is on the first */
		{ "kernel /vmlinuz ro \\\n quiet iommu=off\\\r\n\tsingle",
			"kernel /vmlinuz ro intel_iommu=on \\\n quiet\\\r\n\tsingle" },
		{ "kernel /vmlinuz \\\n iommu=off \\\n x\nkernel /vmlinuz iommu=off",
			"kernel /vmlinuz intel_iommu=on \\\n \\\n x\nkernel /vmlinuz "
			"intel_iommu=on" },
		/* no Linux */
		{ "kernel /memtest86+.bin", NULL },
		{ "kernel --type=netbsd /elf-memtest86+-4.10", NULL },
		{ "kernel --type=freebsd /boot/loader", NULL },
		{ "kernel /boot/grub/core.img", NULL },
		{ "kernel iommu=off x", NULL },
		{ "kernel\t\r\r", NULL },
		{ "kernel \"/vmlinuz ro", NULL },
		{ "kernel /xen.gz iommu=off", NULL },
		{ "kernel /platform/i86pc/kernel/unix -B $ZFS-BOOTFS", NULL },
		{ "module /vmlinuz iommu=off", NULL },
		/* no commands */
		{ "#kernel /vmlinuz iommu=off", NULL },
		{ " # kernel /vmlinuz iommu=off", NULL },
		{ "# x \\\nkernel /vmlinuz iommu=off", NULL },
		{ "title kernel /vmlinuz iommu=off", NULL },
		{ "kernelx /vmlinuz iommu=off", NULL },
		{ "root (hd0,0) iommu=off", NULL },
		{ "initrd /kernel iommu=off", NULL },
		{ "", NULL },
	};
	char text[256], after[256];

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		/* with and without a newline at the end */
		for (int newline = 0; newline < 2; newline++) {
			snprintf(text, sizeof(text), "title T\n%s%s", cases[i].line,
				newline ? "\n" : "");
			if (cases[i].after)
				snprintf(after, sizeof(after), "title T\n%s%s", cases[i].after,
					newline ? "\n" : "");
			check_text(format, text, &want_intel, cases[i].after ? after : NULL);
		}
	}
}

static void test_xen(void **state)
{
	(void)state;
	check_text(format,
		"title Xen\n kernel /xen.gz-2.6 iommu=1\n module /vmlinuz-2.6xen ro iommu=off\n"
		" module /initrd-2.6xen.img\n"
		"title Measured\n kernel /tboot.gz logging=serial\n module /xen.gz iommu=on\n"
		" module /vmlinuz ro\n module /initrd.img\n module /sinit.bin\n"
		"title Plain\n kernel /vmlinuz ro\n module /vmlinuz ro\n",
		&want_intel,
		"title Xen\n kernel /xen.gz-2.6 iommu=1\n module /vmlinuz-2.6xen ro "
		"intel_iommu=on\n"
		" module /initrd-2.6xen.img\n"
		"title Measured\n kernel /tboot.gz logging=serial\n module /xen.gz iommu=on\n"
		" module /vmlinuz ro intel_iommu=on\n module /initrd.img\n module /sinit.bin\n"
		"title Plain\n kernel /vmlinuz ro intel_iommu=on\n module /vmlinuz ro\n");
}

#define BEGIN "### BEGIN AUTOMAGIC KERNELS LIST\n"
#define START "## ## Start Default Options ##\n"
#define STOP  "## ## End Default Options ##\n"
#define END   "### END DEBIAN AUTOMAGIC KERNELS LIST\n"

static void test_live_comments(void **state)
{
	(void)state;
	check_text(format,
		"# kopt=before\n" BEGIN "# kopt=early\n" START
		"## e.g. kopt=root=/dev/hda1 ro\n##      kopt_2_6_8=root=/dev/hdc1 ro\n"
		"# kopt=root=/dev/sda1 ro iommu=off\n# kopt_2_6=root=/dev/sda1 ro\n"
		"# groot=(hd0,0)\n# alternative=true\n# defoptions=quiet iommu=off\n"
		"# xenhopt=iommu=off\n# xenkopt=console=tty0 intel_iommu=off\n"
		"# altoptions=(single-user mode) single iommu=off\n#kopt=iommu=off\n" STOP
		"# kopt=iommu=off\n\ntitle\tDebian\nkernel\t/vmlinuz ro\n" END "# kopt=iommu=off\n",
		&want_intel,
		"# kopt=before\n" BEGIN "# kopt=early\n" START
		"## e.g. kopt=root=/dev/hda1 ro\n##      kopt_2_6_8=root=/dev/hdc1 ro\n"
		"# kopt=root=/dev/sda1 ro intel_iommu=on\n# kopt_2_6=root=/dev/sda1 ro "
		"intel_iommu=on\n"
		"# groot=(hd0,0)\n# alternative=true\n# defoptions=quiet\n"
		"# xenhopt=iommu=off\n# xenkopt=console=tty0\n"
		"# altoptions=(single-user mode) single\n#kopt=iommu=off\n" STOP
		"# kopt=iommu=off\n\ntitle\tDebian\nkernel\t/vmlinuz ro intel_iommu=on\n" END
		"# kopt=iommu=off\n");
	check_text(format, BEGIN START "# kopt=\n# defoptions=\n", &want_intel,
		BEGIN START "# kopt=intel_iommu=on\n# defoptions=\n");
}

static void test_labels(void **state)
{
	static const char text[] =
		"kernel /vmlinuz\ntitle  A title \nkernel /vmlinuz\n" BEGIN START "# kopt=ro\n";
	vw_auto(vw_places_free) struct vw_places places = { 0 };

	(void)state;
	assert_int_equal(format->find(text, strlen(text), &places, NULL), 0);
	assert_int_equal(places.n, 3);
	assert_string_equal(places.v[0].label, "");
	assert_string_equal(places.v[1].label, "A title");
	assert_int_equal(places.v[1].line, 3);
	assert_string_equal(places.v[2].label, "kopt");
}

static void test_refused_texts(void **state)
{
	char text[4096] = "title T\nkernel /vmlinuz ro";

	(void)state;
	check_refused(format, "title T\nkernel \\\n /vmlinuz\n", -EBADMSG, "line 2");
	/* GRUB would cut it off, and the kernel start without its end */
	while (strlen(text) < 1490)
		strcat(text, " x=12345");
	strcat(text, "\nkernel /vmlinuz\n");
	check_refused(format, text, -E2BIG, "line 2");
}

/* A kernel update copies the default title: our words go from the copy as well. */
static void test_copied_title(void **state)
{
	static const char before[] = "title A\nkernel /vmlinuz-1 ro iommu=off\n";
	static const char now[] = "title B\nkernel /vmlinuz-2 ro intel_iommu=on crashkernel=auto\n"
				  "title A\nkernel /vmlinuz-1 ro intel_iommu=on\n";
	static const char back[] = "title B\nkernel /vmlinuz-2 ro iommu=off crashkernel=auto\n"
				   "title A\nkernel /vmlinuz-1 ro iommu=off\n";
	vw_auto(vw_bytes_free) struct vw_bytes after = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	struct vw_bytes b = as_bytes(before), n = as_bytes(now);

	(void)state;
	assert_int_equal(edit_text(format, &b, &want_intel, &after), 1);
	assert_int_equal(vw_args_file_undo(format, &b, &after, &n, &out, NULL), 1);
	assert_string_equal(out.data, back);
}

/* Our titles are gone, and what is there now has nothing in common with them. */
static void test_strange_title(void **state)
{
	vw_auto(vw_bytes_free) struct vw_bytes after = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	struct vw_bytes b = as_bytes("title A\nkernel /vmlinuz-1 ro iommu=off\n");
	struct vw_bytes n = as_bytes("title B\nkernel /vmlinuz-2 rw\n");

	(void)state;
	assert_int_equal(edit_text(format, &b, &want_intel, &after), 1);
	assert_int_equal(vw_args_file_undo(format, &b, &after, &n, &out, NULL), 0);
}

/* --- generated files --- */

static void draw_image(struct vw_bytes *text, const char *eol)
{
	static const char *const heads[] = { "kernel ", "\tkernel ", "kernel\t\t",
		"  kernel=", "kernel$ ", "kernel --no-mem-option " };
	static const char *const images[] = { "/vmlinuz-2.6.32-573.el6",
		"(hd0,0)/boot/vmlinuz-3.0.101", "/boot/bzImage", "/memtest86+.bin", "/xen.gz",
		"/vmlinuz-2.6.18xen" };

	vw_bytes_addf(text, "%s%s ", PICK(heads), PICK(images));
	draw_args(text);
	while (draw(8) == 0) {
		vw_bytes_addf(text, " \\%s  ", eol);
		draw_args(text);
	}
	vw_bytes_addf(text, "%s%s", draw(4) ? "" : "  ", eol);
}

static void draw_options(struct vw_bytes *text, const char *eol)
{
	static const char *const names[] = { "kopt", "kopt_2_6", "defoptions", "xenkopt", "xenhopt",
		"altoptions", "altoptions=(single-user)", "groot", "howmany" };

	vw_bytes_addf(text, "### BEGIN AUTOMAGIC KERNELS LIST%s## ## Start Default Options ##%s",
		eol, eol);
	for (size_t i = draw(8); i > 0; i--) {
		vw_bytes_addf(text, "# %s=", PICK(names));
		draw_args(text);
		vw_bytes_addf(text, "%s", eol);
	}
	vw_bytes_addf(text, "## ## End Default Options ##%s", eol);
}

static void draw_file(struct vw_bytes *text)
{
	static const char *const lines[] = { "", "# kernel /vmlinuz iommu=off", "default=saved",
		"timeout 5", "\troot (hd0,0)", "rootnoverify (hd0,1)", "chainloader +1",
		"initrd /initrd.img", "savedefault", "splashimage=(hd0,0)/grub/splash.xpm.gz",
		"password --md5 $1$x",
		"###Don't change this comment - YaST2 identifier: Original name: linux###" };
	const char *eol = draw(6) ? "\n" : "\r\n";

	if (draw(4) == 0)
		draw_options(text, eol);
	for (size_t i = 1 + draw(12); i > 0; i--) {
		switch (draw(5)) {
		case 0:
			vw_bytes_addf(text, "title %s (%zu)%s", draw(2) ? "Linux" : "Xen", i, eol);
			break;
		case 1:
			draw_image(text, eol);
			break;
		case 2:
			vw_bytes_addf(text, "%smodule /vmlinuz-2.6.18xen ", draw(2) ? "" : "\t");
			draw_args(text);
			vw_bytes_addf(text, "%s", eol);
			break;
		default:
			vw_bytes_addf(text, "%s%s", PICK(lines), eol);
		}
	}
	if (draw(10) == 0)
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
		check_any(format, &text, want, "# by somebody else\ntimeout=3\n",
			"\ntitle New\nchainloader +1\n");
		if (edit_text(format, &text, want, &after) == 1) {
			check_places(format, &text, &after, want);
			changed++;
		}
		if (seed % 16 == 0 && after.len)
			check_augeas("Grub.lns", &text, &after);
	}
	assert_in_range(changed, 1000, 4000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_xen),
		cmocka_unit_test(test_live_comments),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_refused_texts),
		cmocka_unit_test(test_copied_title),
		cmocka_unit_test(test_strange_title),
		cmocka_unit_test(test_generated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
