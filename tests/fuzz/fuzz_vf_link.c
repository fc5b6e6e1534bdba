/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_vf_link: any bytes as the kernel's answer about links and their VFs. */
#include "fuzz.h"

#include "vf_link.h"
#include "vf_link_priv.h"

#include <errno.h>

static bool is_tri_state(int value)
{
	return value >= VW_UNKNOWN && value <= 1;
}

static void check_vf(
	const char *data, size_t size, const struct vw_link *link, const struct vw_vf_attr *vf)
{
	size_t offset = SIZE_MAX, len = SIZE_MAX;

	MUST(is_tri_state(vf->spoofchk) && is_tri_state(vf->trust) && is_tri_state(vf->rss_query));
	MUST(vf->vlan_proto != 0);
	MUST(vw_link_vf(link, vf->index) && vw_link_vf(link, vf->index)->index == vf->index);
	if (vw_vf_info_find(data, size, link->ifindex, vf->index, &offset, &len) == 0)
		MUST(offset <= size && len <= size - offset);
}

static void check_link(
	const char *data, size_t size, const struct vw_links *links, const struct vw_link *link)
{
	MUST(link->ifindex > 0 && link->name[0]);
	MUST(memchr(link->name, '\0', sizeof(link->name)));
	MUST(memchr(link->kind, '\0', sizeof(link->kind)));
	MUST(link->num_vf >= -1 && (link->vfs || !link->n_vfs));
	MUST(link->n_vfs <= size / 16); /* an IFLA_VF_MAC alone takes more */
	MUST(vw_links_by_name(links, link->name) && vw_links_by_index(links, link->ifindex));
	/* A PF whose list is not what it says is one of which some VFs are unknown. */
	MUST(link->vfs_broken || !link->n_vfs || link->num_vf < 0 ||
		link->n_vfs == (size_t)link->num_vf);
	for (size_t i = 0; i < link->n_vfs && i < 64; i++)
		check_vf(data, size, link, &link->vfs[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vw_error err = { "" };
	struct vw_links links;
	size_t offset, len;
	int rc;

	memset(&links, 0xff, sizeof(links));
	rc = vw_links_parse(data, size, &links, &err);
	if (rc < 0)
		MUST(rc == -EBADMSG && !links.v && !links.n && err.msg[0]);
	for (size_t i = 0; i < links.n; i++)
		check_link((const char *)data, size, &links, &links.v[i]);
	vw_links_free(&links);

	/* It is also asked of a dump that nobody has parsed before. */
	for (int ifindex = 1; ifindex < 4; ifindex++) {
		rc = vw_vf_info_find((const char *)data, size, ifindex, 1, &offset, &len);
		MUST(rc == -ENOENT || rc == -EBADMSG || (rc == 0 && offset <= size));
		MUST(rc || len <= size - offset);
	}
	return 0;
}
