/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_netdev_use: any bytes as the kernel's answer about addresses and routes. */
#include "fuzz_tree.h"

#include "netdev_use.h"

#include <arpa/inet.h>
#include <errno.h>

/* "ADDRESS/LENGTH", or "" */
static void check_address(const char *text, size_t size)
{
	const char *slash = memchr(text, '/', size);
	unsigned char address[16];
	char *host;

	MUST(memchr(text, '\0', size));
	if (!text[0])
		return;
	MUST(slash && strspn(slash + 1, "0123456789") == strlen(slash + 1));
	host = strndup(text, (size_t)(slash - text));
	MUST(host && inet_pton(strchr(host, ':') ? AF_INET6 : AF_INET, host, address) == 1);
	free(host);
}

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
		check_address(use.permanent, sizeof(use.permanent));
		check_address(use.dynamic, sizeof(use.dynamic));
	}
	return 0;
}
