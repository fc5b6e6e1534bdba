/* SPDX-License-Identifier: GPL-2.0-or-later */
/* list_table: the inventory as a table in which VFs hang below their PF. */
#include "list.h"

#include "cleanup.h"
#include "table.h"
#include "tenant.h"

#include <linux/if_link.h>
#include <string.h>

enum { FUNCTION, DRIVER, NETDEV, MAC, VLAN, FLAGS, NUMA, USED_BY, N_COLUMNS };

static const char *const heads[] = {
	[FUNCTION] = "FUNCTION",
	[DRIVER] = "DRIVER",
	[NETDEV] = "NETDEV",
	[MAC] = "MAC",
	[VLAN] = "VLAN",
	[FLAGS] = "FLAGS",
	[NUMA] = "NUMA",
	[USED_BY] = "USED BY",
};

static void cell_name(struct vw_table *table, size_t column, const char *name)
{
	if (*name)
		vw_table_cell(table, column, "%s", name);
}

static void pf_row(struct vw_table *table, const struct vw_pf_entry *pf)
{
	char address[VW_PCI_STR], mac[VW_MAC_STR];

	vw_table_row(table, false, VW_STYLE_BOLD);
	vw_table_cell(table, FUNCTION, "%s", vw_pci_format(&pf->pci, address));
	cell_name(table, DRIVER, pf->driver);
	cell_name(table, NETDEV, pf->netdev);
	if (pf->link && pf->link->has_mac)
		vw_table_cell(table, MAC, "%s", vw_mac_format(&pf->link->mac, mac));
	if (pf->link)
		vw_table_cell(table, FLAGS, "%s", pf->link->flags & IFF_UP ? "up" : "down");
	if (pf->numa >= 0)
		vw_table_cell(table, NUMA, "%d", pf->numa);
	if (pf->max_vfs >= 0)
		vw_table_cell(table, USED_BY, "%zu of %ld VFs", pf->n_vfs, pf->max_vfs);
}

/* One word more in a list of words; a word that does not fit is left out. */
static void add_word(char *buf, size_t size, const char *word)
{
	size_t used = strlen(buf);

	if (used + strlen(word) + 2 <= size)
		snprintf(buf + used, size - used, "%s%s", used ? "," : "", word);
}

/* Only what is on, or set, is named. */
static void vf_flags(const struct vw_vf_attr *attr, char *buf, size_t size)
{
	char word[48];

	buf[0] = '\0';
	if (attr->spoofchk == 1)
		add_word(buf, size, "spoofchk");
	if (attr->trust == 1)
		add_word(buf, size, "trust");
	if (attr->rss_query == 1)
		add_word(buf, size, "rss-query");
	if (attr->link_state == IFLA_VF_LINK_STATE_ENABLE)
		add_word(buf, size, "link=enable");
	if (attr->link_state == IFLA_VF_LINK_STATE_DISABLE)
		add_word(buf, size, "link=disable");
	if (attr->min_rate) {
		snprintf(word, sizeof(word), "min=%uM", attr->min_rate);
		add_word(buf, size, word);
	}
	if (attr->max_rate) {
		snprintf(word, sizeof(word), "max=%uM", attr->max_rate);
		add_word(buf, size, word);
	}
}

static void attr_cells(struct vw_table *table, const struct vw_vf_attr *attr)
{
	const char *ad = attr->vlan_proto == 0x88a8 ? " ad" : "";
	char mac[VW_MAC_STR], flags[160];

	vw_table_cell(table, MAC, "%s", vw_mac_format(&attr->mac, mac));
	if (attr->qos)
		vw_table_cell(table, VLAN, "%u/%u%s", attr->vlan, attr->qos, ad);
	else if (attr->vlan)
		vw_table_cell(table, VLAN, "%u%s", attr->vlan, ad);
	vf_flags(attr, flags, sizeof(flags));
	cell_name(table, FLAGS, flags);
}

static enum vw_style vf_style(enum vw_tenant_kind kind)
{
	switch (kind) {
	case VW_TENANT_NONE:
		return VW_STYLE_GREEN;
	case VW_TENANT_STALE:
		return VW_STYLE_YELLOW;
	case VW_TENANT_QUARANTINED:
		return VW_STYLE_RED;
	default:
		return VW_STYLE_PLAIN;
	}
}

static void vf_row(struct vw_table *table, const struct vw_vf_entry *vf)
{
	char address[VW_PCI_STR], tenant[640];

	vw_table_row(table, true, vf_style(vw_tenant_of(&vf->view)));
	vw_table_cell(table, FUNCTION, "%u %s", vf->index, vw_pci_format(&vf->view.pci, address));
	cell_name(table, DRIVER, vf->view.driver);
	cell_name(table, NETDEV, vf->view.netdev);
	if (vf->view.attr)
		attr_cells(table, vf->view.attr);
	if (vf->numa >= 0)
		vw_table_cell(table, NUMA, "%d", vf->numa);
	vw_table_cell(table, USED_BY, "%s", vw_tenant_text(&vf->view, tenant, sizeof(tenant)));
}

int vw_list_table(const struct vw_inventory *inventory, const struct vw_output *output)
{
	vw_auto(vw_table_end) struct vw_table table = { 0 };

	if (!inventory->n_pfs) {
		fputs("no network function with SR-IOV\n", output->out);
		return 0;
	}
	vw_table_begin(&table, heads, N_COLUMNS);
	for (size_t i = 0; i < inventory->n_pfs; i++) {
		pf_row(&table, &inventory->pfs[i]);
		for (size_t v = 0; v < inventory->pfs[i].n_vfs; v++)
			vf_row(&table, &inventory->pfs[i].vfs[v]);
	}
	return vw_table_write(&table, output);
}
