/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_boot_config: any bytes as the file of each boot loader that a guest may have, and which kernel is said to boot by it.
 *
 * The first byte chooses the boot loader; what follows a line "%%" is its second file: the environment block, the saved default, an
 * included or sourced file. */
#include "fuzz_tree.h"

#include "kernels.h"

static const struct {
	const char *first, *second;
} loaders[] = {
	{ "/boot/loader/entries/id-6.1.conf", "/boot/grub2/grubenv" },
	{ "/boot/grub2/grub.cfg", "/boot/grub2/grubenv" },
	{ "/boot/efi/EFI/os/grub.cfg", "/boot/loader/entries/id-6.1.conf" },
	{ "/boot/grub/menu.lst", "/boot/grub/default" },
	{ "/efi/loader/loader.conf", "/efi/loader/entries/a-6.2.conf" },
	{ "/boot/extlinux/extlinux.conf", "/boot/extlinux/more.conf" },
	{ "/boot/grub2/grub.cfg", "/boot/grub2/custom.cfg" },
};
#define N_LOADERS (sizeof(loaders) / sizeof(loaders[0]))

static void prepare(struct tree *tree)
{
	static bool done;

	if (done)
		return;
	done = true;
	tree_dir(tree, "/lib/modules/6.1/kernel");
	tree_dir(tree, "/lib/modules/6.2/kernel");
	tree_file(tree, "/boot/vmlinuz-6.1", "");
	tree_file(tree, "/boot/vmlinuz-6.2", "");
	tree_file(tree, "/efi/EFI/systemd/systemd-bootx64.efi", "");
}

static void forget(struct tree *tree, const char *path)
{
	char real[256];

	snprintf(real, sizeof(real), "%s%s", tree->root, path);
	remove(real);
}

static void check(const struct vw_guest_kernels *kernels, const struct vw_default_kernel *found,
	const struct vw_findings *findings)
{
	MUST(found->index == SIZE_MAX || (found->index < kernels->n && !found->other));
	/* there are kernels: something is always said, and what is not known has a reason */
	MUST(found->rule && found->evidence && found->evidence[0]);
	MUST(found->index != SIZE_MAX || findings->n > 0);
	MUST(!found->cmdline == !found->cmdline_file);
	MUST(!found->cmdline || found->cmdline_file[0] == '/');
	fuzz_check_findings(findings);
	for (size_t i = 0; i < findings->n; i++)
		MUST(findings->v[i].severity == VW_WARN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tree *tree = fuzz_tree();
	const char *first_path, *second_path;
	struct vw_guest_kernels kernels;
	struct vw_default_kernel found, again;
	struct vw_findings findings = { 0 };
	struct vw_error err = { "" };
	const uint8_t *second;
	size_t second_size, first;

	if (size == 0)
		return 0;
	first_path = loaders[data[0] % N_LOADERS].first;
	second_path = loaders[data[0] % N_LOADERS].second;
	first = fuzz_split(data + 1, size - 1, &second, &second_size);
	prepare(tree);
	tree_bytes(tree, first_path, data + 1, first);
	tree_bytes(tree, second_path, second, second_size);
	MUST(vw_guest_kernels_list(&tree->host, &kernels, &err) == 0 && kernels.n == 2);
	MUST(vw_default_kernel_find(&tree->host, &kernels, &found, &findings, &err) == 0);
	check(&kernels, &found, &findings);
	vw_findings_free(&findings);
	findings = (struct vw_findings){ 0 };
	MUST(vw_default_kernel_find(&tree->host, &kernels, &again, &findings, &err) == 0);
	MUST(again.index == found.index && again.rule == found.rule);
	vw_default_kernel_free(&again);
	vw_default_kernel_free(&found);
	vw_guest_kernels_free(&kernels);
	vw_findings_free(&findings);
	forget(tree, first_path);
	forget(tree, second_path);
	return 0;
}
