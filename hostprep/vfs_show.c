/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs_show: what became of the VFs, for people and as JSON. */
#include "vfs.h"

#include "cleanup.h"
#include "json.h"
#include "report.h"
#include "sysfs.h"
#include "table.h"

static const char *const heads[] = { "PF / VF", "ADDRESS", "DRIVER", "NETDEV", "BEFORE", "NOW" };
enum { WHICH, ADDRESS, DRIVER, NETDEV, BEFORE, NOW };

struct vf_facts {
	char address[VW_PCI_STR], driver[32], netdev[IFNAMSIZ];
};

static struct vf_facts facts_of(const struct vw_host *host, const struct vw_pci *vf)
{
	vw_auto(vw_names_free) struct vw_names netdevs = { 0 };
	struct vf_facts facts = { 0 };

	vw_pci_format(vf, facts.address);
	vw_sysfs_pci_link(host, vf, "driver", facts.driver, sizeof(facts.driver));
	vw_sysfs_pci_netdevs(host, vf, &netdevs);
	if (netdevs.n)
		snprintf(facts.netdev, sizeof(facts.netdev), "%s", netdevs.v[0]);
	return facts;
}

static void add_rows(
	struct vw_table *table, const struct vw_host *host, const struct vw_vfs_job *job)
{
	char address[VW_PCI_STR];

	vw_table_row(table, false, job->changed ? VW_STYLE_BOLD : VW_STYLE_PLAIN);
	vw_table_cell(table, WHICH, "%s", job->pf->given);
	vw_table_cell(table, ADDRESS, "%s", vw_pci_format(&job->pf->pf, address));
	vw_table_cell(table, DRIVER, "%s", job->pf->driver);
	vw_table_cell(table, NETDEV, "%s", job->pf->netdev);
	vw_table_cell(table, BEFORE, "%zu", job->n_before);
	vw_table_cell(table, NOW, "%zu", job->n_after);
	for (size_t i = 0; i < job->n_after; i++) {
		struct vf_facts facts = facts_of(host, &job->after[i].pci);

		vw_table_row(table, true, VW_STYLE_PLAIN);
		vw_table_cell(table, WHICH, "%u", job->after[i].index);
		vw_table_cell(table, ADDRESS, "%s", facts.address);
		vw_table_cell(table, DRIVER, "%s", facts.driver);
		vw_table_cell(table, NETDEV, "%s", facts.netdev);
	}
}

static int show_text(struct vw_context *context, const struct vw_vfs_job *jobs, size_t n,
	const struct vw_findings *findings)
{
	vw_auto(vw_table_end) struct vw_table table = { 0 };
	int rc = vw_report_findings(&context->output, findings);

	vw_table_begin(&table, heads, VW_ARRAY_SIZE(heads));
	for (size_t i = 0; i < n; i++)
		if (jobs[i].looked)
			add_rows(&table, &context->host, &jobs[i]);
	if (rc || !table.n_rows || context->output.verbosity < 0)
		return rc;
	return vw_table_write(&table, &context->output);
}

static void add_pf(struct vw_json *json, struct json_object *to, const struct vw_host *host,
	const struct vw_vfs_job *job)
{
	struct json_object *pf = vw_json_object(json, to, NULL), *vfs;
	char address[VW_PCI_STR];

	vw_json_text(json, pf, "address", vw_pci_format(&job->pf->pf, address));
	vw_json_name(json, pf, "netdev", job->pf->netdev);
	vw_json_name(json, pf, "driver", job->pf->driver);
	vw_json_number(json, pf, "wanted", job->pf->count);
	vw_json_number(json, pf, "before", (int64_t)job->n_before);
	vw_json_number(json, pf, "now", (int64_t)job->n_after);
	vw_json_bool(json, pf, "changed", job->changed);
	vfs = vw_json_array(json, pf, "vfs");
	for (size_t i = 0; i < job->n_after; i++) {
		struct vf_facts facts = facts_of(host, &job->after[i].pci);
		struct json_object *vf = vw_json_object(json, vfs, NULL);

		vw_json_number(json, vf, "index", job->after[i].index);
		vw_json_text(json, vf, "address", facts.address);
		vw_json_name(json, vf, "driver", facts.driver);
		vw_json_name(json, vf, "netdev", facts.netdev);
	}
}

int vw_vfs_show(struct vw_context *context, const struct vw_vfs_job *jobs, size_t n,
	const struct vw_findings *findings)
{
	vw_auto(vw_json_end) struct vw_json json = { 0 };
	struct json_object *pfs;

	if (!context->options->json)
		return show_text(context, jobs, n, findings);
	vw_json_begin(&json);
	pfs = vw_json_array(&json, json.top, "pfs");
	for (size_t i = 0; i < n; i++)
		if (jobs[i].looked)
			add_pf(&json, pfs, &context->host, &jobs[i]);
	vw_json_findings(&json, findings);
	return vw_json_write(&json, context->output.out);
}
