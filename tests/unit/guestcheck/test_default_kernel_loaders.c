/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_default_kernel_loaders: each boot loader's rule for what boots when nobody chooses. */
#include "boot_scene.h"

#define CFG     "/boot/grub2/grub.cfg"
#define ENV     "/boot/grub2/grubenv"
#define ENTRIES "/boot/loader/entries/"
#define OLD     "5.14.0-70.el9"
#define NEW     "5.14.0-70.13.1.el9"

static void scene_two(struct scene *scene)
{
	scene_new(scene);
	put_kernel(scene, OLD);
	put_kernel(scene, NEW);
}

static void put_entry(struct scene *scene, const char *dir, const char *name, const char *release)
{
	char path[256], text[512];

	snprintf(path, sizeof(path), "%s/%s.conf", dir, name);
	snprintf(text, sizeof(text),
		"title Os (%s)\nversion %s\nlinux /vmlinuz-%s\noptions $kernelopts of=%s\n",
		release, release, release, release);
	tree_file(&scene->tree, path, text);
}

static void put_entries(struct scene *scene)
{
	put_entry(scene, ENTRIES, "id-" OLD, OLD);
	put_entry(scene, ENTRIES, "id-" NEW, NEW);
	put_entry(scene, ENTRIES, "id-0-rescue", "0-rescue");
}

static void test_bls(void **state)
{
	struct scene scene;

	(void)state;
	scene_two(&scene);
	put_entries(&scene);
	tree_file(&scene.tree, CFG,
		"if [ \"${next_entry}\" ] ; then\n set default=\"${next_entry}\"\nelse\n "
		"set default=\"${saved_entry}\"\nfi\ninsmod blscfg\nblscfg\n");
	check_default(&scene, NEW, "bls-first", ENTRIES "id-" NEW ".conf:4: Os (" NEW ")");
	check_confidence(&scene, VW_CONFIDENCE_HIGH);
	check_cmdline(&scene, "of=" NEW, ENTRIES "id-" NEW ".conf", 4);
	put_grubenv(&scene, ENV, "kernelopts=root=x ro\nsaved_entry=id-" OLD "\n");
	check_default(&scene, OLD, "bls-saved-entry", ENV ":3: saved_entry=id-" OLD);
	check_cmdline(&scene, "root=x ro of=" OLD, ENTRIES "id-" OLD ".conf", 4);
	put_grubenv(&scene, ENV, "saved_entry=Os (" OLD ")\n");
	check_default(&scene, OLD, "bls-saved-entry", "saved_entry=Os (" OLD ")");
	put_grubenv(&scene, ENV, "saved_entry=1\n");
	check_default(&scene, OLD, "bls-saved-entry", "saved_entry=1");
	put_grubenv(&scene, ENV, "saved_entry=gone\n");
	check_default(&scene, NEW, "bls-first", NEW);
	put_grubenv(&scene, ENV, "saved_entry=\n");
	check_default(&scene, NEW, "bls-first", NEW);
	check_finding(&scene, NULL, NULL);
	/* once is not the default */
	put_grubenv(&scene, ENV, "saved_entry=\nnext_entry=id-" OLD "\n");
	check_default(&scene, NEW, "bls-first", NEW);
	check_finding(&scene, "guest-boot-once", "line 3: the next boot");
	/* a rescue image has no modules of its own */
	put_grubenv(&scene, ENV, "saved_entry=2\n");
	check_default(&scene, NULL, "bls-saved-entry", "rescue");
	check_finding(&scene, "guest-boot-entry", "nor are its modules");
	scene_free(&scene);
}

/* grub.cfg is not there, or cannot be understood. */
static void test_bls_alone(void **state)
{
	struct scene scene;

	(void)state;
	scene_two(&scene);
	put_entries(&scene);
	put_grubenv(&scene, ENV, "saved_entry=id-" OLD "\n");
	check_default(&scene, OLD, "bls-saved-entry", ENV ":2");
	check_confidence(&scene, VW_CONFIDENCE_MEDIUM);
	check_finding(&scene, NULL, NULL);
	tree_file(&scene.tree, CFG, "blscfg\nfi\n");
	check_default(&scene, OLD, "bls-saved-entry", ENV ":2");
	check_confidence(&scene, VW_CONFIDENCE_MEDIUM);
	check_finding(&scene, "guest-boot-config", CFG ": line 2: ");
	tree_file(&scene.tree, CFG, "menuentry 'x' {\n");
	check_default(&scene, NEW, "highest-version", NEW);
	check_finding(&scene, "guest-boot-config", CFG ": line 1: ");
	scene_free(&scene);
}

#define MENU                                                                                       \
	"menuentry 'A' --id a {\n linux /vmlinuz-" NEW " root=x\n}\n"                              \
	"submenu 'More' --id more {\n menuentry 'B' --id b {\n  linux /vmlinuz-" OLD " root=y\n "  \
	"}\n}\n"                                                                                   \
	"menuentry 'Memtest' {\n linux16 /memtest\n}\nmenuentry 'Firmware' {\n fwsetup\n}\n"

static void test_grub(void **state)
{
	struct scene scene;

	(void)state;
	scene_two(&scene);
	tree_file(&scene.tree, CFG, "set default=0\n" MENU);
	check_default(&scene, NEW, "grub-default", CFG ":1: default=0");
	tree_file(&scene.tree, CFG, "set default=\"1>0\"\n" MENU);
	check_default(&scene, OLD, "grub-default", "default=1>0");
	check_cmdline(&scene, "root=y", CFG, 7);
	tree_file(&scene.tree, CFG, "set default=\"${saved_entry}\"\n" MENU);
	check_default(&scene, NEW, "grub-first", CFG ":3: A");
	put_grubenv(&scene, ENV, "saved_entry=more>b\n");
	check_default(&scene, OLD, "grub-saved-entry", ENV ":2: saved_entry=more>b");
	check_finding(&scene, NULL, NULL);
	put_grubenv(&scene, ENV, "saved_entry=Firmware\n");
	check_default(&scene, NULL, "grub-saved-entry", "no Linux");
	check_finding(&scene, "guest-boot-entry", "saved_entry=Firmware");
	assert_true(scene.found.other);
	tree_file(&scene.tree, CFG, "menuentry 'Firmware' {\n fwsetup\n}\n");
	check_default(&scene, NEW, "highest-version", NEW);
	check_finding(&scene, "guest-boot-config", "nothing in " CFG);
	scene_free(&scene);
}

#define SOURCE                                                                                     \
	"if [ -f  ${config_directory}/custom.cfg ]; then\n source "                                \
	"${config_directory}/custom.cfg\n"                                                         \
	"elif [ -z \"${config_directory}\" -a -f  $prefix/custom.cfg ]; then\n"                    \
	" source $prefix/custom.cfg\nfi\n"

/* grub.cfg as 41_custom writes it, and what the admin has put beside it. */
static void test_source(void **state)
{
	static const char custom[] = "/boot/grub2/custom.cfg";
	struct scene scene;

	(void)state;
	scene_two(&scene);
	tree_file(&scene.tree, CFG, "set default=0\n" MENU SOURCE);
	check_default(&scene, NEW, "grub-default", CFG ":1: default=0");
	tree_file(&scene.tree, custom, "# mine\nset default='more>b'\n");
	check_default(&scene, OLD, "grub-default", "/boot/grub2/custom.cfg:2: default=more>b");
	check_cmdline(&scene, "root=y", CFG, 7);
	tree_file(&scene.tree, custom,
		"set default=mine\nmenuentry 'M' --id mine {\n linux /vmlinuz-" OLD " root=m\n}\n");
	check_default(&scene, OLD, "grub-default", "default=mine");
	check_cmdline(&scene, "root=m", custom, 3);
	/* its entries come behind the others */
	tree_file(&scene.tree, CFG, "set default=4\n" MENU SOURCE);
	tree_file(&scene.tree, custom, "menuentry 'M' {\n linux /vmlinuz-" OLD " root=m\n}\n");
	check_default(&scene, OLD, "grub-default", CFG ":1: default=4");
	check_cmdline(&scene, "root=m", custom, 2);
	check_finding(&scene, NULL, NULL);
	/* what is around it is none of its business */
	tree_file(&scene.tree, custom, "fi\n");
	check_default(&scene, NEW, "highest-version", NEW);
	check_finding(&scene, "guest-boot-config", CFG ": /boot/grub2/custom.cfg: line 1: ");
	tree_file(&scene.tree, custom, "if true; then\n");
	check_default(&scene, NEW, "highest-version", NEW);
	check_finding(&scene, "guest-boot-config", "custom.cfg: line 1: ");
	/* as SUSE's does: nobody opens that menu */
	tree_file(
		&scene.tree, custom, "submenu 'S' {\n . $prefix/gone.cfg\n . $prefix/fi.cfg\n}\n");
	tree_file(&scene.tree, "/boot/grub2/fi.cfg", "fi\n");
	check_default(&scene, NULL, "grub-default", "default=4, which boots no Linux");
	check_finding(&scene, "guest-boot-entry", "no Linux kernel: default=4");
	/* it sources itself */
	tree_file(&scene.tree, custom, ". $prefix/custom.cfg\n. $prefix/custom.cfg\n");
	check_default(&scene, NEW, "highest-version", NEW);
	check_finding(&scene, "guest-boot-config", "too many files");
	scene_free(&scene);
}

/* An ESP that is mounted elsewhere, and GRUB in its place for removable media. */
static void test_esp(void **state)
{
	static const char *const esps[] = { "/boot", "/efi", "/boot/efi" };

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(esps); i++) {
		struct scene scene;
		char path[64];

		scene_two(&scene);
		snprintf(path, sizeof(path), "%s/EFI/BOOT/grub.cfg", esps[i]);
		tree_file(&scene.tree, path, "menuentry 'A' {\nlinux /bzImage-" OLD " root=x\n}\n");
		snprintf(path, sizeof(path), "%s/bzImage-" OLD, esps[i]);
		tree_file(&scene.tree, path, "");
		check_default(&scene, OLD, "grub-first", "EFI/BOOT/grub.cfg:2");
		check_confidence(&scene, VW_CONFIDENCE_HIGH);
		check_finding(&scene, NULL, NULL);
		tree_file(&scene.tree, CFG, "menuentry 'B' {\nlinux /vmlinuz-" NEW " root=x\n}\n");
		check_default(&scene, NEW, "grub-first", CFG);
		snprintf(path, sizeof(path), "%s/EFI/BOOT/BOOTX64.EFI", esps[i]);
		tree_file(&scene.tree, path, "");
		check_default(&scene, OLD, "grub-first", "EFI/BOOT/grub.cfg:2");
		scene_free(&scene);
	}
}

/* The ESP has only a stub that leads on. */
static void test_stub(void **state)
{
	struct scene scene;

	(void)state;
	scene_two(&scene);
	tree_file(&scene.tree, "/boot/efi/EFI/os/grub.cfg",
		"search --set=dev --fs-uuid x\nset prefix=($dev)/grub3\n"
		"configfile $prefix/grub.cfg\n");
	tree_file(&scene.tree, "/boot/grub3/grub.cfg", "set default=0\n" MENU);
	check_default(&scene, NEW, "grub-default", "/boot/grub3/grub.cfg:1");
	/* a byte that no stub has */
	tree_bytes(&scene.tree, "/boot/efi/EFI/os/grub.cfg",
		"x configfile\n\0\nconfigfile /grub3/grub.cfg\n", 42);
	check_default(&scene, NEW, "grub-default", "/boot/grub3/grub.cfg:1");
	/* stubs that lead in a circle */
	tree_file(&scene.tree, "/boot/efi/EFI/os/grub.cfg", "configfile /grub3/grub.cfg\n");
	tree_file(&scene.tree, "/boot/grub3/grub.cfg", "configfile /efi/EFI/os/grub.cfg\n");
	check_default(&scene, NEW, "highest-version", NEW);
	scene_free(&scene);
}

static void test_grub_legacy(void **state)
{
	static const char menu[] = "title A\nkernel /vmlinuz-" OLD " ro\ntitle DOS\n"
				   "chainloader +1\ntitle B\nkernel (hd0,0)/vmlinuz-" NEW " rw\n";
	char text[512];
	struct scene scene;

	(void)state;
	scene_two(&scene);
	tree_file(&scene.tree, "/boot/grub/menu.lst", menu);
	check_default(&scene, OLD, "grub-legacy-first", "/boot/grub/menu.lst: title 0");
	check_cmdline(&scene, "ro", "/boot/grub/menu.lst", 2);
	snprintf(text, sizeof(text), "default=2\n%s", menu);
	tree_file(&scene.tree, "/boot/grub/menu.lst", text);
	check_default(&scene, NEW, "grub-legacy-default", "/boot/grub/menu.lst:1: default 2");
	tree_link(&scene.tree, "/boot/grub/grub.conf", "./menu.lst");
	check_default(&scene, NEW, "grub-legacy-default", "/boot/grub/menu.lst:1: default 2");
	check_finding(&scene, NULL, NULL);
	snprintf(text, sizeof(text), "default saved\n%s", menu);
	tree_file(&scene.tree, "/boot/grub/menu.lst", text);
	tree_file(&scene.tree, "/boot/grub/default", "2\n#\n#\n# WARNING: keep this size\n");
	check_default(&scene, NEW, "grub-legacy-saved", "/boot/grub/default:1: 2");
	snprintf(text, sizeof(text), "default 1\n%s", menu);
	tree_file(&scene.tree, "/boot/grub/menu.lst", text);
	check_default(&scene, NULL, "grub-legacy-default", "no Linux");
	scene_free(&scene);
}

static void test_sdboot(void **state)
{
	static const char dir[] = "/boot/efi/loader/entries";
	struct scene scene;

	(void)state;
	scene_two(&scene);
	put_entry(&scene, dir, "os-" OLD, OLD);
	put_entry(&scene, dir, "os-" NEW, NEW);
	/* GRUB has nothing to do with these, and systemd-boot is not there */
	check_default(&scene, NEW, "highest-version", "");
	tree_file(&scene.tree, "/boot/efi/EFI/systemd/systemd-bootx64.efi", "");
	tree_file(&scene.tree, "/boot/efi/vmlinuz-" OLD, "");
	check_default(&scene, NEW, "systemd-boot-newest", "os-" NEW ".conf:4");
	tree_file(&scene.tree, "/boot/efi/loader/loader.conf", "timeout 3\ndefault os-*.el9\n");
	check_default(&scene, NEW, "systemd-boot-default", "loader.conf:2: default os-*.el9");
	tree_file(&scene.tree, "/boot/efi/loader/loader.conf", "default os-" OLD ".conf\n");
	check_default(&scene, OLD, "systemd-boot-default", "loader.conf:1: default os-" OLD);
	check_confidence(&scene, VW_CONFIDENCE_MEDIUM);
	tree_file(&scene.tree, "/boot/efi/loader/loader.conf", "default @saved\n");
	check_default(&scene, NEW, "systemd-boot-newest", NEW);
	scene_free(&scene);

	/* sort keys go before versions, and what has failed comes last */
	scene_two(&scene);
	tree_file(&scene.tree, "/efi/EFI/systemd/systemd-bootx64.efi", "");
	tree_file(&scene.tree, "/efi/loader/entries/a.conf",
		"version 9\nsort-key b\nlinux /vmlinuz-" OLD "\noptions x\n");
	tree_file(&scene.tree, "/efi/loader/entries/b.conf",
		"version 1\nsort-key a\nlinux /vmlinuz-" NEW "\noptions x\n");
	check_default(&scene, NEW, "systemd-boot-newest", "b.conf");
	tree_file(&scene.tree, "/efi/loader/entries/c+0-3.conf",
		"version 1\nsort-key 0\nlinux /vmlinuz-" OLD "\noptions x\n");
	check_default(&scene, NEW, "systemd-boot-newest", "b.conf");
	scene_free(&scene);
}

static void test_unified(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_dir(&scene.tree, "/lib/modules/" OLD "/kernel");
	tree_dir(&scene.tree, "/lib/modules/" NEW "/kernel");
	tree_file(&scene.tree, "/efi/EFI/Linux/os-" OLD ".efi", "");
	check_default(&scene, OLD, "uki", "/efi/EFI/Linux/os-" OLD ".efi");
	check_confidence(&scene, VW_CONFIDENCE_MEDIUM);
	tree_file(&scene.tree, "/efi/EFI/Linux/os-" NEW "+3.efi", "");
	check_default(&scene, NEW, "uki", NEW);
	check_confidence(&scene, VW_CONFIDENCE_LOW);
	tree_file(&scene.tree, "/efi/EFI/systemd/systemd-bootx64.efi", "");
	tree_file(&scene.tree, "/efi/loader/loader.conf", "default os-" OLD ".efi\n");
	check_default(&scene, OLD, "systemd-boot-default", OLD);
	check_finding(&scene, NULL, NULL);
	scene_free(&scene);
}

static void test_extlinux(void **state)
{
	struct scene scene;

	(void)state;
	scene_two(&scene);
	tree_file(&scene.tree, "/boot/extlinux.conf",
		"DEFAULT menu.c32\nMENU TITLE x\nLABEL old\n LINUX vmlinuz-" OLD
		"\n APPEND root=x\nLABEL new\n MENU DEFAULT\n kernel vmlinuz-" NEW
		"\n INITRD y\n append root=y z\n");
	check_default(&scene, NEW, "extlinux-default", "/boot/extlinux.conf:7: DEFAULT new");
	check_cmdline(&scene, "root=y z", "/boot/extlinux.conf", 10);
	check_finding(&scene, NULL, NULL);
	scene_free(&scene);

	/* U-Boot's, on a /boot of its own */
	scene_two(&scene);
	tree_file(&scene.tree, "/boot/extlinux/extlinux.conf",
		"default l1\ninclude more.conf\nlabel l0\n\tlinux /vmlinuz-" OLD "\n");
	tree_file(&scene.tree, "/boot/extlinux/more.conf",
		"label l1\n\tlinux ../vmlinuz-" NEW "\n\tappend -\n");
	check_default(&scene, NEW, "extlinux-default", "extlinux.conf:1: DEFAULT l1");
	check_cmdline(&scene, "", "/boot/extlinux/more.conf", 3);
	check_finding(&scene, NULL, NULL);
	tree_file(&scene.tree, "/boot/extlinux/more.conf", "include more.conf\n");
	check_default(&scene, NEW, "highest-version", "");
	check_finding(&scene, "guest-boot-config", "includes too much");
	scene_free(&scene);
}

/* Arguments behind the image and behind the label; what a timeout ends with. */
static void test_extlinux_lines(void **state)
{
	static const char conf[] = "/boot/extlinux.conf",
			  labels[] = "LABEL old\n KERNEL /vmlinuz-" OLD " a=1\n APPEND b\n"
				     "LABEL the new\n KERNEL /vmlinuz-" NEW "\n";
	static const struct {
		const char *head, *release, *evidence, *cmdline;
	} cases[] = {
		{ "DEFAULT old\n", OLD, ":1: DEFAULT old", "a=1 b" },
		{ "DEFAULT old c d=2\n", OLD, ":1: DEFAULT old", "a=1 b c d=2" },
		{ "DEFAULT the new\n", NEW, ":1: DEFAULT the new", "" },
		{ "DEFAULT old\nONTIMEOUT the new\nTIMEOUT 50\n", NEW, ":2: ONTIMEOUT the new",
			"" },
		{ "DEFAULT the new\nONTIMEOUT old x\nTIMEOUT 50\n", OLD, "ONTIMEOUT", "a=1 b x" },
		/* it waits for ever */
		{ "DEFAULT old\nONTIMEOUT the new\nTIMEOUT 0\n", OLD, ":1: DEFAULT old", "a=1 b" },
		{ "DEFAULT old\nONTIMEOUT the new\n", OLD, ":1: DEFAULT old", "a=1 b" },
		{ "DEFAULT older\n", OLD, ":4: LABEL old", "a=1 b" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct scene scene;
		char text[512];

		scene_two(&scene);
		snprintf(text, sizeof(text), "%s%s", cases[i].head, labels);
		tree_file(&scene.tree, conf, text);
		check_default(&scene, cases[i].release,
			strstr(cases[i].evidence, "LABEL") ? "extlinux-first" : "extlinux-default",
			cases[i].evidence);
		assert_string_equal(scene.found.cmdline, cases[i].cmdline);
		scene_free(&scene);
	}
}

/* GRUB 2 comes first, unless another boot loader is there and it is not. */
static void test_order(void **state)
{
	struct scene scene;

	(void)state;
	scene_two(&scene);
	tree_file(&scene.tree, CFG, "set default=0\n" MENU);
	tree_file(&scene.tree, "/boot/grub/menu.lst", "title A\nkernel /vmlinuz-" OLD " ro\n");
	check_default(&scene, NEW, "grub-default", CFG);
	check_confidence(&scene, VW_CONFIDENCE_LOW);
	check_finding(&scene, "guest-boot-ambiguous", "title 0");
	tree_file(&scene.tree, "/boot/grub/stage2", "");
	check_default(&scene, OLD, "grub-legacy-first", "/boot/grub/menu.lst");
	check_confidence(&scene, VW_CONFIDENCE_MEDIUM);
	tree_file(&scene.tree, "/boot/grub2/i386-pc/core.img", "");
	check_default(&scene, NEW, "grub-default", CFG);
	scene_free(&scene);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bls),
		cmocka_unit_test(test_bls_alone),
		cmocka_unit_test(test_grub),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_esp),
		cmocka_unit_test(test_stub),
		cmocka_unit_test(test_grub_legacy),
		cmocka_unit_test(test_sdboot),
		cmocka_unit_test(test_unified),
		cmocka_unit_test(test_extlinux),
		cmocka_unit_test(test_extlinux_lines),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
