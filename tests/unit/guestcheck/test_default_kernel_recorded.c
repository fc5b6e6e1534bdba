/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_default_kernel_recorded: the boot loaders of distributions as hostprep's tests have them, and what is left of them. */
#include "boot_scene.h"

#include <unistd.h>

/* What boots was read off the files by eye. */
static const struct {
	const char *name, *rule, *kernel;
} recorded[] = {
	{ "centos6", "grub-legacy-saved", "/vmlinuz-2.6.32-573.el6.x86_64" },
	{ "centos6-xen", "grub-legacy-default", "/vmlinuz-3.18.25-18.el6.x86_64" },
	{ "centos7-bios", "grub-saved-entry", "/vmlinuz-3.10.0-1160.el7.x86_64" },
	{ "centos7-efi", "grub-saved-entry", "/vmlinuz-3.10.0-1160.el7.x86_64" },
	{ "centos7-tuned", "grub-saved-entry", "/vmlinuz-0-rescue-5f0c7d6a2b9e" },
	{ "debian-grub", "grub-default", "/boot/vmlinuz-6.12.0-1-amd64" },
	{ "debian-menu-lst", "grub-legacy-default", "/boot/vmlinuz-custom" },
	{ "el6-efi", "grub-legacy-default", "/vmlinuz-2.6.32-504.el6.x86_64" },
	{ "fedora", "bls-first", "/boot/vmlinuz-6.11.4-301.fc41.x86_64" },
	{ "grub2-bare", "grub-first", "/vmlinuz-3.10.0-1160.el7.x86_64" },
	{ "grub2-crlf", "grub-first", "/vmlinuz-3.10.0-1160.el7.x86_64" },
	{ "proxmox-grub", "grub-default", "/boot/vmlinuz-6.12.0-1-amd64" },
	{ "rhel8", "bls-saved-entry", "/vmlinuz-4.18.0-305.el8.x86_64" },
	{ "rhel9", "bls-saved-entry", "/vmlinuz-5.14.0-427.el9.x86_64" },
	{ "rpm-ostree", "bls-first", "/ostree/fedora-coreos-5a1e/vmlinuz-6.12.9-200.fc41.x86_64" },
	{ "sdboot-counting", "systemd-boot-default", "/vmlinuz-linux" },
	{ "sdboot-debian", "systemd-boot-newest",
		"/3f1e2d4c5b6a798877665544332211ff/6.12.12-amd64/linux" },
	{ "sles11", "grub-legacy-default", "/boot/vmlinuz-3.0.76-0.11-default" },
	{ "sles15", "grub-saved-entry", "/boot/vmlinuz-5.14.21-150500.53-default" },
	{ "two-loaders", "systemd-boot-newest", "/debian/6.1.0-30-amd64/linux" },
	{ "ubuntu-cloud", "grub-default", "/boot/vmlinuz-6.12.0-1-amd64" },
	{ "uki", "systemd-boot-newest", "/efi/EFI/Linux/arch-linux.efi" },
	{ "vfs-debian", "highest-version", NULL },
	{ "vfs-el66-list", "grub-legacy-default", "/vmlinuz-2.6.32-504.el6.x86_64" },
};

static void open_recorded(struct vw_host *host, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), TEST_DATA "/hostprep/%s/before", name);
	assert_int_equal(vw_host_open(host, path, NULL), 0);
}

static void test_recorded(void **state)
{
	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(recorded); i++) {
		struct scene scene = { 0 };
		const char *behind;

		open_recorded(&scene.tree.host, recorded[i].name);
		look(&scene);
		if (strcmp(scene.found.rule, recorded[i].rule) != 0)
			fail_msg("%s: %s: %s", recorded[i].name, scene.found.rule,
				scene.found.evidence);
		behind = strstr(scene.found.evidence, ", which boots ");
		assert_true(!behind == !recorded[i].kernel);
		if (behind && strcmp(behind + strlen(", which boots "), recorded[i].kernel) != 0)
			fail_msg("%s: %s", recorded[i].name, scene.found.evidence);
		scene_forget(&scene);
		vw_host_close(&scene.tree.host);
	}
}

static void copy_tree(struct tree *to, const struct vw_host *from, const char *path)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	char below[512], target[512];
	vw_auto_free char *data = NULL;
	size_t len;

	if (vw_host_readlinkf(from, target, sizeof(target), "%s", path) >= 0) {
		tree_link(to, path, target);
	} else if (vw_host_listf(from, &names, "%s", path) == 0) {
		for (size_t i = 0; i < names.n; i++) {
			snprintf(below, sizeof(below), "%s/%s", path, names.v[i]);
			copy_tree(to, from, below);
		}
	} else if (vw_host_slurpf(from, 1U << 20, &data, &len, "%s", path) == 0) {
		tree_bytes(to, path, data, len);
	}
}

/* Of each file below here every beginning, and none of it; *count counts them. Whatever comes of it, look() knows what must hold. */
static void cut_files(struct scene *scene, const char *path, size_t *count)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	vw_auto_free char *data = NULL;
	char below[512], target[512];
	size_t len;

	if (vw_host_readlinkf(&scene->tree.host, target, sizeof(target), "%s", path) >= 0)
		return;
	if (vw_host_listf(&scene->tree.host, &names, "%s", path) == 0) {
		for (size_t i = 0; i < names.n; i++) {
			snprintf(below, sizeof(below), "%s/%s", path, names.v[i]);
			cut_files(scene, below, count);
		}
		return;
	}
	if (vw_host_slurpf(&scene->tree.host, 1U << 20, &data, &len, "%s", path) < 0 || len == 0)
		return;
	snprintf(below, sizeof(below), "%s%s", scene->tree.root, path);
	for (size_t cut = len; cut-- > 0; (*count)++) {
		assert_int_equal(truncate(below, (off_t)cut), 0);
		look(scene);
	}
	assert_int_equal(unlink(below), 0);
	look(scene);
	tree_bytes(&scene->tree, path, data, len);
}

static void test_cut(void **state)
{
	static const char *const names[] = { "centos6", "debian-grub", "rhel8", "rhel9",
		"sdboot-debian", "sdboot-counting", "sles11", "sles15", "two-loaders" };
	static const char *const releases[] = { "2.6.32-573.el6.x86_64",
		"2.6.32-573.12.1.el6.x86_64", "6.12.0-1-amd64", "4.18.0-305.el8.x86_64",
		"5.14.0-427.el9.x86_64", "6.12.12-amd64", "3.0.76-0.11-default",
		"5.14.21-150500.53-default", "6.1.0-30-amd64" };
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(names); i++) {
		struct vw_host from;
		struct scene scene;

		scene_new(&scene);
		open_recorded(&from, names[i]);
		copy_tree(&scene.tree, &from, "/boot");
		copy_tree(&scene.tree, &from, "/efi");
		for (size_t k = 0; k < VW_ARRAY_SIZE(releases); k++)
			put_kernel(&scene, releases[k]);
		look(&scene);
		if (strcmp(names[i], "sdboot-counting") != 0)
			assert_true(scene.found.index != SIZE_MAX);
		cut_files(&scene, "/boot", &count);
		cut_files(&scene, "/efi", &count);
		vw_host_close(&from);
		scene_free(&scene);
	}
	assert_true(count > 10000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
