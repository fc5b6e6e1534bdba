/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_netdev_use: any bytes as the kernel's answer about addresses and routes. */
#include "fuzz_tree.h"

#include "netdev_use.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tree *tree = fuzz_tree();
	struct vw_netdev_use use;
	struct vw_error err = { "" };

	tree_bytes(tree, "/vfward-record/addresses.nl", data, size);
	tree_bytes(tree, "/vfward-record/routes.nl", data, size);
	for (int ifindex = 1; ifindex < 4; ifindex++) {
		int rc = vw_netdev_use_get(&tree->host, ifindex, &use, &err);

		MUST(rc == 0 || (rc == -EBADMSG && err.msg[0]));
		if (rc)
			continue;
		MUST(memchr(use.permanent, '\0', sizeof(use.permanent)));
		MUST(memchr(use.dynamic, '\0', sizeof(use.dynamic)));
		fuzz_check_printable(use.permanent);
		fuzz_check_printable(use.dynamic);
	}
	return 0;
}
