/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_kernel_image: any bytes as a kernel's image. */
#include "fuzz_tree.h"

#include "kernel_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tree *tree = fuzz_tree();
	char release[VW_RELEASE_MAX] = "";
	char *cmdline;
	int rc;

	tree_bytes(tree, "/image", data, size);
	rc = vw_kernel_image_release(&tree->host, "/image", release, sizeof(release));
	MUST(rc == 0 || rc == 1);
	/* it becomes part of paths */
	if (rc == 1)
		MUST(release[0] && !strchr(release, '/') && !strchr(release, ' '));
	/* what it says stands in it */
	if (rc == 1)
		MUST(memmem(data, size, release, strlen(release)));
	rc = vw_kernel_image_cmdline(&tree->host, "/image", &cmdline);
	MUST(rc == 0 || rc == 1);
	MUST((rc == 1) == (cmdline != NULL));
	if (rc == 1)
		MUST(strlen(cmdline) <= size);
	free(cmdline);
	return 0;
}
