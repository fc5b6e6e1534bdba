/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_default_kernel: from the entry that boots to a kernel, which configuration is believed, and what is said where there is none. */
#include "boot_scene.h"

#define CFG "/boot/grub/grub.cfg"

static void put_cfg(struct scene *scene, const char *kernel)
{
	char text[512];

	snprintf(text, sizeof(text), "menuentry 'A' {\nlinux %s root=x\n}\n", kernel);
	tree_file(&scene->tree, CFG, text);
}

/* The ways in which a loader may name the image of one kernel. */
static void test_paths(void **state)
{
	static const char *const names[] = { "/boot/vmlinuz-6.1", "/vmlinuz-6.1",
		"(hd0,gpt2)/vmlinuz-6.1", "($root)/boot/vmlinuz-6.1", "/@/boot/vmlinuz-6.1",
		"/ROOT/os@/boot/vmlinuz-6.1", "/boot/../boot/vmlinuz-6.1", "/boot/link", "/link" };
	struct scene scene;

	(void)state;
	scene_new(&scene);
	put_kernel(&scene, "6.1");
	put_kernel(&scene, "6.2");
	tree_link(&scene.tree, "/boot/link", "vmlinuz-6.1");
	for (size_t i = 0; i < VW_ARRAY_SIZE(names); i++) {
		put_cfg(&scene, names[i]);
		check_default(&scene, "6.1", "grub-first", names[i][0] == '(' ? ")" : names[i]);
		check_confidence(&scene, VW_CONFIDENCE_HIGH);
		check_finding(&scene, NULL, NULL);
		check_cmdline(&scene, "root=x", CFG, 2);
	}
	scene_free(&scene);
}

/* An entry whose kernel is not there is what boots, all the same. */
static void test_missing(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	put_kernel(&scene, "6.1");
	tree_dir(&scene.tree, "/lib/modules/6.2/kernel");
	put_cfg(&scene, "/boot/vmlinuz-6.3");
	check_default(&scene, NULL, "grub-first", "/boot/vmlinuz-6.3");
	check_finding(&scene, "guest-boot-entry", "not there, nor are its modules");
	assert_true(scene.found.other);
	check_cmdline(&scene, "root=x", CFG, 2);
	tree_file(&scene.tree, "/boot/vmlinuz-6.3", "");
	check_default(&scene, NULL, "grub-first", "/boot/vmlinuz-6.3");
	check_finding(&scene, "guest-boot-entry", "no modules are installed");
	/* the modules are there, and the image is not */
	put_cfg(&scene, "/boot/vmlinuz-6.2");
	check_default(&scene, "6.2", "grub-first", "/boot/vmlinuz-6.2");
	check_confidence(&scene, VW_CONFIDENCE_MEDIUM);
	check_finding(&scene, "guest-boot-entry", "/boot/vmlinuz-6.2, which is not there");
	/* nor does a part of a name make it another kernel's */
	put_cfg(&scene, "/boot/vmlinuz-5.6.1");
	check_default(&scene, NULL, "grub-first", "5.6.1");
	put_cfg(&scene, "/boot/vmlinuz-6.1.1");
	check_default(&scene, NULL, "grub-first", "6.1.1");
	scene_free(&scene);
}

/* An image without a release in its name. */
static void test_nameless(void **state)
{
	char image[0x400] = "";
	struct scene scene;

	(void)state;
	scene_new(&scene);
	tree_dir(&scene.tree, "/lib/modules/6.1/kernel");
	tree_file(&scene.tree, "/boot/bzImage", "");
	put_cfg(&scene, "/boot/bzImage");
	check_default(&scene, "6.1", "grub-first", "/boot/bzImage");
	check_confidence(&scene, VW_CONFIDENCE_LOW);
	tree_dir(&scene.tree, "/lib/modules/6.2/kernel");
	check_default(&scene, NULL, "grub-first", "/boot/bzImage");
	check_finding(&scene, "guest-boot-entry", "does not say of which kernel");
	assert_false(scene.found.other);
	/* it says it itself */
	memcpy(image + 0x202, "HdrS", 4);
	image[0x20f] = 1;
	snprintf(image + 0x300, 0x100, "6.2 (x)");
	tree_bytes(&scene.tree, "/boot/bzImage", image, sizeof(image));
	check_default(&scene, "6.2", "grub-first", "/boot/bzImage");
	check_confidence(&scene, VW_CONFIDENCE_HIGH);
	/* of a kernel that is not installed, also where there is only one */
	snprintf(image + 0x300, 0x100, "6.3 (x)");
	tree_bytes(&scene.tree, "/boot/bzImage", image, sizeof(image));
	check_default(&scene, NULL, "grub-first", "/boot/bzImage");
	check_finding(&scene, "guest-boot-entry", "no modules are installed");
	assert_true(scene.found.other);
	scene_free(&scene);

	scene_new(&scene);
	tree_dir(&scene.tree, "/lib/modules/6.1/kernel");
	tree_bytes(&scene.tree, "/boot/bzImage", image, sizeof(image));
	put_cfg(&scene, "/boot/bzImage");
	check_default(&scene, NULL, "grub-first", "/boot/bzImage");
	/* a name with numbers in it is another release's */
	tree_file(&scene.tree, "/boot/vmlinuz-5.10-custom", "");
	put_cfg(&scene, "/boot/vmlinuz-5.10-custom");
	check_default(&scene, NULL, "grub-first", "5.10-custom");
	scene_free(&scene);
}

static void test_link(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	put_kernel(&scene, "6.1");
	put_kernel(&scene, "6.2");
	check_default(&scene, "6.2", "highest-version", "/lib/modules/6.2 has the highest");
	check_confidence(&scene, VW_CONFIDENCE_LOW);
	tree_link(&scene.tree, "/boot/vmlinuz", "vmlinuz-6.1");
	check_default(&scene, "6.1", "link", "/boot/vmlinuz leads to vmlinuz-6.1");
	check_confidence(&scene, VW_CONFIDENCE_MEDIUM);
	assert_null(scene.found.cmdline);
	tree_link(&scene.tree, "/vmlinuz", "boot/vmlinuz-6.2");
	check_default(&scene, "6.2", "link", "/vmlinuz leads to boot/vmlinuz-6.2");
	check_finding(&scene, NULL, NULL);
	scene_free(&scene);
}

static void test_highest(void **state)
{
	struct scene scene;

	(void)state;
	scene_new(&scene);
	look(&scene);
	assert_null(scene.found.rule);
	put_kernel(&scene, "5.14.0-70.el9");
	check_default(&scene, "5.14.0-70.el9", "highest-version", "is the only kernel");
	check_confidence(&scene, VW_CONFIDENCE_MEDIUM);
	put_kernel(&scene, "5.14.0-70.13.1.el9");
	check_default(&scene, "5.14.0-70.13.1.el9", "highest-version", "has the highest");
	/* without an image it cannot boot */
	tree_dir(&scene.tree, "/lib/modules/6.0/kernel");
	check_default(&scene, "5.14.0-70.13.1.el9", "highest-version", "has the highest");
	scene_free(&scene);
}

/* Configurations for BIOS and for EFI: the one whose GRUB is there. */
static void test_two_firmwares(void **state)
{
	static const char esp[] = "menuentry 'B' {\nlinuxefi /vmlinuz-6.2\n}\n";
	struct scene scene;

	(void)state;
	scene_new(&scene);
	put_kernel(&scene, "6.1");
	put_kernel(&scene, "6.2");
	put_cfg(&scene, "/vmlinuz-6.1");
	tree_file(&scene.tree, "/boot/efi/EFI/os/grub.cfg", esp);
	check_default(&scene, "6.1", "grub-first", CFG);
	check_confidence(&scene, VW_CONFIDENCE_LOW);
	check_finding(&scene, "guest-boot-ambiguous", "B (grub-first), and not A");
	tree_file(&scene.tree, "/boot/efi/EFI/os/grubx64.efi", "");
	check_default(&scene, "6.2", "grub-first", "/boot/efi/EFI/os/grub.cfg:2");
	check_confidence(&scene, VW_CONFIDENCE_MEDIUM);
	check_finding(&scene, "guest-boot-ambiguous", "A (grub-first), and not B");
	tree_file(&scene.tree, "/boot/grub/i386-pc/core.img", "");
	check_default(&scene, "6.1", "grub-first", CFG);
	check_confidence(&scene, VW_CONFIDENCE_LOW);
	check_finding(&scene, "guest-boot-ambiguous", "B (grub-first), and not A");
	/* they agree */
	put_cfg(&scene, "/vmlinuz-6.2");
	check_default(&scene, "6.2", "grub-first", CFG);
	check_confidence(&scene, VW_CONFIDENCE_HIGH);
	check_finding(&scene, NULL, NULL);
	scene_free(&scene);
}

/* A guest whose /boot cannot be read, and one kernel. */
static int broken(const char *path)
{
	return strncmp(path, "/boot", strlen("/boot")) == 0 ? -EIO : -ENOENT;
}

static int broken_stat(void *data, const char *path, struct stat *st)
{
	(void)data;
	memset(st, 0, sizeof(*st));
	st->st_mode = S_IFDIR | 0755;
	return strncmp("/lib/modules/6.1/kernel", path, strlen(path)) == 0 ? 0 : broken(path);
}

static ssize_t broken_read(void *data, const char *path, uint64_t offset, void *buf, size_t size)
{
	(void)data;
	(void)offset;
	(void)buf;
	(void)size;
	return broken(path);
}

static int broken_list(void *data, const char *path, struct vw_names *names)
{
	(void)data;
	return strcmp(path, "/lib/modules") == 0 ? vw_names_add(names, "6.1") : broken(path);
}

static int broken_readlink(void *data, const char *path, char *buf, size_t size)
{
	(void)data;
	(void)buf;
	(void)size;
	return broken(path);
}

static void test_unreadable(void **state)
{
	static const struct vw_host_source source = { broken_stat, broken_read, broken_list,
		broken_readlink };
	struct scene scene = { 0 };
	size_t dirs = 0, files = 0;

	(void)state;
	assert_int_equal(vw_host_open_source(&scene.tree.host, &source, NULL, "broken", NULL), 0);
	check_default(&scene, "6.1", "highest-version", "/lib/modules/6.1");
	check_confidence(&scene, VW_CONFIDENCE_LOW);
	for (size_t i = 0; i < scene.findings.n; i++) {
		assert_string_equal(scene.findings.v[i].id, "guest-boot-config");
		dirs += !strcmp(scene.findings.v[i].subject, "/boot");
		files += !strcmp(scene.findings.v[i].subject, "/boot/grub2/grub.cfg");
	}
	assert_int_equal(dirs, 1);
	assert_int_equal(files, 1);
	scene_forget(&scene);
	vw_host_close(&scene.tree.host);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_nameless),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_highest),
		cmocka_unit_test(test_two_firmwares),
		cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
