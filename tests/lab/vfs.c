/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs: `vfs NETDEV` prints what vfward reads of a PF's VFs, one a line, for scenarios about the reading itself. */
#include "vf_link.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	struct vw_error err = { "" };
	struct vw_host host;
	struct vw_link link;
	char mac[VW_MAC_STR];

	if (argc != 2)
		return 2;
	if (vw_host_open(&host, NULL, &err) || vw_link_get(&host, argv[1], &link, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	for (size_t i = 0; i < link.n_vfs; i++)
		printf("%u %s %u %u %s\n", link.vfs[i].index, vw_mac_format(&link.vfs[i].mac, mac),
			link.vfs[i].vlan, link.vfs[i].qos,
			link.vfs[i].trust == 1 ? "trusted" : "untrusted");
	printf("%d VFs%s\n", link.num_vf, link.vfs_broken ? ", broken" : "");
	vw_link_free(&link);
	vw_host_close(&host);
	return 0;
}
