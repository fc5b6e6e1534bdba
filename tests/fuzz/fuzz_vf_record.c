/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_vf_record: a recorded machine with any dump (behind a line "%%") and any file of faults; one attribute of one VF is
 * set there. The first two bytes choose which. */
#include "fuzz_tree.h"

#include "vf_record.h"

#include <errno.h>

#define LINKS "/vfward-record/links.nl"

/* The dump as it is now; the caller frees both. */
static size_t read_links(struct tree *tree, char **data, struct vw_links *links)
{
	struct vw_error err = { "" };
	size_t size;

	MUST(vw_host_slurpf(&tree->host, 1U << 20, data, &size, LINKS) == 0);
	vw_links_parse(*data, size, links, &err);
	return size;
}

static void check_same_vf(const struct vw_vf_attr *a, const struct vw_vf_attr *b)
{
	MUST(a->index == b->index);
	for (int field = 0; field < VW_VF_FIELDS; field++)
		MUST(vw_vf_field_equal((enum vw_vf_field)field, a, b));
}

/* A change of one VF's attribute moves nothing, and changes no other VF. */
static void check_same(
	const struct vw_links *a, const struct vw_links *b, int ifindex, uint32_t index)
{
	MUST(a->n == b->n);
	for (size_t i = 0; i < a->n; i++) {
		const struct vw_link *x = &a->v[i], *y = &b->v[i];

		MUST(x->ifindex == y->ifindex && strcmp(x->name, y->name) == 0);
		MUST(x->n_vfs == y->n_vfs);
		for (size_t k = 0; k < x->n_vfs; k++)
			if (x->ifindex != ifindex || x->vfs[k].index != index)
				check_same_vf(&x->vfs[k], &y->vfs[k]);
	}
}

static void set(struct tree *tree, const struct vw_links *before, size_t size_before, int ifindex,
	const uint8_t *choice)
{
	struct vw_vf_attr want = { .index = choice[1] & 7,
		.mac = { { choice[1] & 0xfe, 1, 2, 3, 4, 5 } },
		.vlan = choice[1],
		.vlan_proto = 0x8100,
		.spoofchk = choice[1] & 1,
		.trust = choice[1] & 1,
		.max_rate = choice[1] };
	struct vw_error err = { "" };
	struct vw_links after;
	char *data;
	int rc = vw_vf_record_set(
		&tree->host, ifindex, (enum vw_vf_field)(choice[0] % VW_VF_FIELDS), &want, &err);
	size_t size = read_links(tree, &data, &after);

	MUST(rc <= 0 && rc > -4096);
	MUST(size == size_before);
	MUST(rc == 0 || err.msg[0]);
	check_same(before, &after, ifindex, want.index);
	vw_links_free(&after);
	free(data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tree *tree = fuzz_tree();
	struct vw_links links;
	struct vw_error err = { "" };
	const uint8_t *dump;
	size_t dump_size, faults_size;
	char *copy;

	if (size < 2)
		return 0;
	faults_size = fuzz_split(data + 2, size - 2, &dump, &dump_size);
	tree_bytes(tree, "/vfward-record/faults", data + 2, faults_size);
	tree_bytes(tree, LINKS, dump, dump_size);
	read_links(tree, &copy, &links);
	set(tree, &links, dump_size, links.n ? links.v[0].ifindex : 1, data);
	vw_vf_record_read(&tree->host, &links, &err);
	for (size_t i = 0; i < links.n; i++)
		MUST(links.v[i].n_vfs <= size);
	vw_links_free(&links);
	free(copy);
	return 0;
}
