/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_kernels: which directories are kernels, in which order, and which image is whose. */
#include "tree.h"

#include "bytes.h"
#include "cleanup.h"
#include "kernels.h"

#include <string.h>

/* "RELEASE DIR IMAGE\n" for each kernel, in order. */
static void check_list(struct tree *tree, const char *expected)
{
	vw_auto(vw_guest_kernels_free) struct vw_guest_kernels kernels = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
	struct vw_error err = { "" };

	if (vw_guest_kernels_list(&tree->host, &kernels, &err) != 0)
		fail_msg("%s", err.msg);
	vw_bytes_addf(&text, "%s", "");
	for (size_t i = 0; i < kernels.n; i++)
		vw_bytes_addf(&text, "%s %s %s\n", kernels.v[i].release, kernels.v[i].dir,
			kernels.v[i].image ? kernels.v[i].image : "-");
	assert_string_equal(text.data, expected);
}

/* A bzImage of this release (Documentation/arch/x86/boot.rst). */
static void put_bzimage(struct tree *tree, const char *path, const char *release)
{
	char data[0x400] = "";

	memcpy(data + 0x202, "HdrS", 4);
	data[0x20f] = 1; /* the version stands at 0x200 + 0x100 */
	snprintf(data + 0x300, 0x100, "%s (builder@host) #1 SMP", release);
	tree_bytes(tree, path, data, sizeof(data));
}

static void test_dirs(void **state)
{
	struct tree tree;

	(void)state;
	tree_new(&tree);
	check_list(&tree, "");
	tree_dir(&tree, "/lib/modules/6.1.0-9-amd64/kernel");
	tree_dir(&tree, "/lib/modules/6.1.0-28-amd64/kernel");
	/* what is left of a kernel that was removed */
	tree_file(&tree, "/lib/modules/5.10.0-1-amd64/modules.dep", "");
	tree_file(&tree, "/lib/modules/5.10.0-1-amd64/updates/dkms/x.ko", "");
	tree_file(&tree, "/lib/modules/extramodules", "");
	/* all that it has is built in */
	tree_file(&tree, "/usr/lib/modules/6.6.0/modules.builtin", "");
	/* OpenWrt */
	tree_file(&tree, "/lib/modules/5.15.134/ixgbevf.ko", "");
	/* NixOS */
	tree_link(&tree, "/nix/var/nix/profiles/system/kernel-modules", "/nix/store/x");
	tree_dir(&tree, "/nix/store/x/lib/modules/6.7.0/kernel");
	check_list(&tree,
		"5.15.134 /lib/modules/5.15.134 -\n"
		"6.1.0-9-amd64 /lib/modules/6.1.0-9-amd64 -\n"
		"6.1.0-28-amd64 /lib/modules/6.1.0-28-amd64 -\n"
		"6.6.0 /usr/lib/modules/6.6.0 -\n"
		"6.7.0 /nix/var/nix/profiles/system/kernel-modules/lib/modules/6.7.0 -\n");
	tree_free(&tree);
}

/* One directory counts once. */
static void test_merged(void **state)
{
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_dir(&tree, "/usr/lib/modules/5.14.0-70.el9.x86_64/kernel");
	tree_dir(&tree, "/usr/lib/modules/5.14.0-70.13.1.el9.x86_64/kernel");
	tree_link(&tree, "/usr/lib/modules/current", "5.14.0-70.el9.x86_64");
	tree_link(&tree, "/lib", "usr/lib");
	check_list(&tree, "5.14.0-70.el9.x86_64 /lib/modules/5.14.0-70.el9.x86_64 -\n"
			  "5.14.0-70.13.1.el9.x86_64 /lib/modules/5.14.0-70.13.1.el9.x86_64 -\n");
	tree_free(&tree);
}

static void test_named_images(void **state)
{
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_dir(&tree, "/lib/modules/1/kernel");
	tree_dir(&tree, "/lib/modules/2/kernel");
	tree_dir(&tree, "/lib/modules/3/kernel");
	tree_dir(&tree, "/lib/modules/4/kernel");
	tree_dir(&tree, "/lib/modules/5/kernel");
	tree_file(&tree, "/boot/vmlinuz-1", "");
	tree_file(&tree, "/lib/modules/1/vmlinuz", "");
	tree_file(&tree, "/boot/Image-2", "");
	tree_file(&tree, "/lib/modules/3/vmlinuz", "");
	tree_file(&tree, "/efi/0123456789abcdef/4/linux", "");
	tree_dir(&tree, "/boot/vmlinuz-5");
	check_list(&tree, "1 /lib/modules/1 /boot/vmlinuz-1\n2 /lib/modules/2 /boot/Image-2\n"
			  "3 /lib/modules/3 /lib/modules/3/vmlinuz\n"
			  "4 /lib/modules/4 /efi/0123456789abcdef/4/linux\n5 /lib/modules/5 -\n");
	tree_free(&tree);
}

static void test_flavours(void **state)
{
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_dir(&tree, "/lib/modules/6.6.31-0-lts/kernel");
	tree_dir(&tree, "/lib/modules/6.6.31-0-virt/kernel");
	tree_file(&tree, "/boot/vmlinuz-lts", "");
	tree_file(&tree, "/boot/vmlinuz-virt", "");
	check_list(&tree, "6.6.31-0-lts /lib/modules/6.6.31-0-lts /boot/vmlinuz-lts\n"
			  "6.6.31-0-virt /lib/modules/6.6.31-0-virt /boot/vmlinuz-virt\n");
	/* two of one flavour: nobody can tell, unless the image does */
	tree_dir(&tree, "/lib/modules/6.6.30-0-lts/kernel");
	check_list(&tree, "6.6.30-0-lts /lib/modules/6.6.30-0-lts -\n"
			  "6.6.31-0-lts /lib/modules/6.6.31-0-lts -\n"
			  "6.6.31-0-virt /lib/modules/6.6.31-0-virt /boot/vmlinuz-virt\n");
	put_bzimage(&tree, "/boot/vmlinuz-lts", "6.6.30-0-lts");
	check_list(&tree, "6.6.30-0-lts /lib/modules/6.6.30-0-lts /boot/vmlinuz-lts\n"
			  "6.6.31-0-lts /lib/modules/6.6.31-0-lts -\n"
			  "6.6.31-0-virt /lib/modules/6.6.31-0-virt /boot/vmlinuz-virt\n");
	/* an image of a kernel that is not installed belongs to nobody */
	put_bzimage(&tree, "/boot/vmlinuz-virt", "6.6.30-0-virt");
	check_list(&tree, "6.6.30-0-lts /lib/modules/6.6.30-0-lts /boot/vmlinuz-lts\n"
			  "6.6.31-0-lts /lib/modules/6.6.31-0-lts -\n"
			  "6.6.31-0-virt /lib/modules/6.6.31-0-virt -\n");
	/* Gentoo's genkernel */
	put_bzimage(&tree, "/boot/kernel-genkernel-x86_64-6.6.31-0-virt", "6.6.31-0-virt");
	check_list(&tree, "6.6.30-0-lts /lib/modules/6.6.30-0-lts /boot/vmlinuz-lts\n"
			  "6.6.31-0-lts /lib/modules/6.6.31-0-lts -\n"
			  "6.6.31-0-virt /lib/modules/6.6.31-0-virt "
			  "/boot/kernel-genkernel-x86_64-6.6.31-0-virt\n");
	tree_free(&tree);
}

static void test_package(void **state)
{
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_file(&tree, "/usr/lib/modules/6.12.9-arch1-1/pkgbase", "linux\n");
	tree_dir(&tree, "/usr/lib/modules/6.12.9-arch1-1/kernel");
	tree_file(&tree, "/usr/lib/modules/6.6.70-1-lts/pkgbase", "linux-lts\n");
	tree_dir(&tree, "/usr/lib/modules/6.6.70-1-lts/kernel");
	tree_file(&tree, "/boot/vmlinuz-linux", "");
	tree_file(&tree, "/boot/vmlinuz-linux-lts", "");
	check_list(&tree, "6.6.70-1-lts /usr/lib/modules/6.6.70-1-lts /boot/vmlinuz-linux-lts\n"
			  "6.12.9-arch1-1 /usr/lib/modules/6.12.9-arch1-1 /boot/vmlinuz-linux\n");
	tree_free(&tree);
}

static void test_unified(void **state)
{
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_dir(&tree, "/lib/modules/6.1.0-1/kernel");
	tree_dir(&tree, "/lib/modules/6.1.0-2/kernel");
	tree_dir(&tree, "/lib/modules/6.1.0-3/kernel");
	tree_file(&tree, "/boot/efi/EFI/Linux/0123abcd-6.1.0-1.efi", "");
	tree_file(&tree, "/boot/efi/EFI/Linux/0123abcd-6.1.0-2+3-1.efi", "");
	put_bzimage(&tree, "/boot/efi/EFI/Linux/any.efi", "6.1.0-3");
	check_list(&tree, "6.1.0-1 /lib/modules/6.1.0-1 /boot/efi/EFI/Linux/0123abcd-6.1.0-1.efi\n"
			  "6.1.0-2 /lib/modules/6.1.0-2 "
			  "/boot/efi/EFI/Linux/0123abcd-6.1.0-2+3-1.efi\n"
			  "6.1.0-3 /lib/modules/6.1.0-3 /boot/efi/EFI/Linux/any.efi\n");
	tree_free(&tree);
}

/* A copy of a kernel under another name is no kernel's image. */
static void test_rescue(void **state)
{
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_dir(&tree, "/lib/modules/6.1.0-1/kernel");
	put_bzimage(&tree, "/boot/vmlinuz-0-rescue-0123", "6.1.0-1");
	check_list(&tree, "6.1.0-1 /lib/modules/6.1.0-1 -\n");
	tree_free(&tree);
}

/* Many directories are refused, and links that lead nowhere are none. */
static void test_limits(void **state)
{
	struct vw_guest_kernels kernels;
	struct vw_error err = { "" };
	struct tree tree;
	char path[64];

	(void)state;
	tree_new(&tree);
	tree_link(&tree, "/lib/modules/loop", "loop");
	tree_link(&tree, "/lib/modules/gone", "nowhere");
	check_list(&tree, "");
	for (int i = 0; i < 257; i++) {
		snprintf(path, sizeof(path), "/lib/modules/%d/kernel", i);
		tree_dir(&tree, path);
	}
	assert_int_equal(vw_guest_kernels_list(&tree.host, &kernels, &err), -E2BIG);
	assert_int_equal(kernels.n, 0);
	assert_non_null(strstr(err.msg, "/lib/modules"));
	tree_free(&tree);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dirs),
		cmocka_unit_test(test_merged),
		cmocka_unit_test(test_named_images),
		cmocka_unit_test(test_flavours),
		cmocka_unit_test(test_package),
		cmocka_unit_test(test_unified),
		cmocka_unit_test(test_rescue),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
