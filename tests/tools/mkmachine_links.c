/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mkmachine_links: the kernel's answers about links, addresses and routes. */
#include "mkmachine.h"

#include "nlcraft.h"

static struct vw_vf_attr *vfs_of(const struct machine *m, size_t pf, size_t *n)
{
	struct vw_vf_attr *v = calloc(m->functions[pf].vfs + 1, sizeof(*v));
	uint32_t i;

	if (!v)
		die(NULL, "out of memory");
	/* They stand right behind their PF. */
	for (*n = 0, i = 1; i <= m->functions[pf].vfs; i++)
		if (!m->functions[pf + i].hole)
			v[(*n)++] = m->functions[pf + i].attr;
	return v;
}

static void put_netdev(const struct machine *m, struct nlbuf *b, const struct netdev *d)
{
	const struct function *f = d->function == NONE ? NULL : &m->functions[d->function];
	struct nl_link link = { .ifindex = d->ifindex,
		.name = d->name,
		.flags = IFF_BROADCAST | IFF_MULTICAST | (d->up ? IFF_UP | IFF_RUNNING : 0),
		.mac = &d->mac,
		.master = d->master == NONE ? 0 : m->netdevs[d->master].ifindex,
		.kind = d->kind[0] ? d->kind : NULL,
		/* Every netdev above a PCI function has this number. */
		.num_vf = f ? (int)f->vfs : -1,
		.perm = f ? &d->mac : NULL };
	struct vw_vf_attr *vfs = NULL;

	if (f && f->vfs) {
		link.vfs = vfs = vfs_of(m, d->function, &link.n_vfs);
		/* A second netdev of the function is no port that lists VFs. */
		link.no_list = f->netdev != (size_t)(d - m->netdevs);
	}
	nlbuf_link(b, &link);
	free(vfs);
}

void make_record(const struct machine *m, int root)
{
	static const struct vw_mac zero;
	struct nlbuf links = { 0 }, addresses = { 0 }, routes = { 0 };
	size_t i;

	nlbuf_link(&links, &(struct nl_link){ .ifindex = 1,
				   .name = "lo",
				   .type = ARPHRD_LOOPBACK,
				   .flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING,
				   .mac = &zero,
				   .num_vf = -1 });
	nlbuf_address(&addresses, 1, "127.0.0.1", 8, RT_SCOPE_HOST, IFA_F_PERMANENT);
	nlbuf_address(&addresses, 1, "::1", 128, RT_SCOPE_HOST, IFA_F_PERMANENT);
	for (i = 0; i < m->n_netdevs; i++)
		if (!m->netdevs[i].gone)
			put_netdev(m, &links, &m->netdevs[i]);
	for (i = 0; i < m->n_addresses; i++) {
		const struct address *a = &m->addresses[i];
		bool local = strncmp(a->text, "fe80:", 5) == 0;

		nlbuf_address(&addresses, m->netdevs[a->netdev].ifindex, a->text, (int)a->prefix,
			local ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
			a->dynamic ? 0 : IFA_F_PERMANENT);
	}
	for (i = 0; i < m->n_routes; i++) {
		const struct route *r = &m->routes[i];

		nlbuf_route(&routes, r->family, r->dst[0] ? r->dst : NULL, (int)r->prefix,
			m->netdevs[r->netdev].ifindex, RTN_UNICAST, r->table);
	}
	put_bytes(root, "vfward-record/links.nl", links.data, links.len);
	put_bytes(root, "vfward-record/addresses.nl", addresses.data, addresses.len);
	put_bytes(root, "vfward-record/routes.nl", routes.data, routes.len);
	if (m->faults)
		put_bytes(root, "vfward-record/faults", m->faults, strlen(m->faults));
	nlbuf_free(&links);
	nlbuf_free(&addresses);
	nlbuf_free(&routes);
}
