/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xml: what libvirt wants to read for a domain that gets free VFs, or for a network that hands them out. */
#include "cleanup.h"
#include "command.h"
#include "fresh_mac.h"
#include "inventory.h"
#include "json.h"
#include "judge.h"
#include "report.h"
#include "tenant.h"
#include "text.h"

#include <string.h>

#define COUNT_MAX 65535

/* One interface of the answer. */
struct offer {
	const struct vw_vf_entry *vf;
	struct vw_mac mac;
	char *xml;
};

struct search {
	struct vw_context *context;
	struct vw_config config;
	struct vw_registry *registry;
	struct vw_inventory inventory;
	struct vw_used_macs used;
	struct vw_findings findings;
	struct offer *offers;
	size_t n_offers;
	char *network; /* the XML of a network; NULL = interfaces are wanted */
};

static void search_end(struct search *search)
{
	for (size_t i = 0; i < search->n_offers; i++)
		free(search->offers[i].xml);
	free(search->offers);
	free(search->network);
	vw_used_macs_free(&search->used);
	vw_inventory_free(&search->inventory);
	vw_registry_close(search->registry);
	vw_config_free(&search->config);
	vw_findings_free(&search->findings);
}

static char *interface_xml(const struct vw_pci *vf, const struct vw_mac *mac)
{
	char text[VW_MAC_STR], *xml;

	if (asprintf(&xml,
		    "<interface type='hostdev' managed='yes'>\n"
		    "  <mac address='%s'/>\n"
		    "  <source>\n"
		    "    <address type='pci' domain='0x%04x' bus='0x%02x' slot='0x%02x' "
		    "function='0x%x'/>\n"
		    "  </source>\n"
		    "</interface>\n",
		    vw_mac_format(mac, text), vf->domain, vf->bus, vf->slot, vf->function) < 0)
		return NULL;
	return xml;
}

/* Would the hook let a domain start with it? why: the first thing that stands in the way. */
static int judge(struct search *search, const struct offer *offer, char *why, size_t size,
	struct vw_error *err)
{
	vw_auto(vw_domain_free) struct vw_domain domain = { 0 };
	vw_auto(vw_view_free) struct vw_view view = { 0 };
	vw_auto(vw_verdict_free) struct vw_verdict verdict = { 0 };
	vw_auto_free char *xml = NULL;
	int rc;

	why[0] = '\0';
	if (asprintf(&xml, "<domain><name>-</name><devices>%s</devices></domain>", offer->xml) <
		0) {
		xml = NULL;
		return vw_error_set(err, ENOMEM, "out of memory");
	}
	rc = vw_domain_parse(xml, strlen(xml), &domain, err);
	if (rc == 0)
		rc = vw_view_build(&search->context->host, &search->config, search->registry,
			&domain, VW_AT_PREPARE, &view, err);
	if (rc == 0 && (rc = vw_judge(&domain, &view, &search->config, &verdict)))
		vw_error_set(err, -rc, "out of memory");
	for (size_t i = 0; i < verdict.findings.n && rc == 0 && !why[0]; i++)
		if (verdict.findings.v[i].severity == VW_FAIL)
			snprintf(why, size, "%s", verdict.findings.v[i].message);
	return rc;
}

/* Why this VF cannot be had, or "" and it is an offer more. */
static int look_at(struct search *search, const struct vw_vf_entry *vf, char *why, size_t size,
	struct vw_error *err)
{
	struct offer *offer = &search->offers[search->n_offers];
	int rc;

	if (vw_tenant_of(&vf->view) != VW_TENANT_NONE) {
		vw_tenant_text(&vf->view, why, size);
		return 0;
	}
	offer->vf = vf;
	rc = vw_fresh_mac(&search->used, &offer->mac, err);
	if (rc)
		return rc;
	offer->xml = interface_xml(&vf->view.pci, &offer->mac);
	if (!offer->xml)
		return vw_error_set(err, ENOMEM, "out of memory");
	rc = judge(search, offer, why, size, err);
	if (rc || why[0])
		free(offer->xml);
	else
		search->n_offers++;
	return rc;
}

static void say_too_few(
	struct search *search, const struct vw_pf_entry *pf, size_t wanted, const char *others)
{
	char addr[VW_PCI_STR], remedy[160];
	const char *name = pf->netdev[0] ? pf->netdev : vw_pci_format(&pf->pci, addr);

	snprintf(remedy, sizeof(remedy),
		pf->n_vfs ? "ask for fewer, or free some of the others"
			  : "vfward-hostprep vfs %s=COUNT",
		name);
	vw_finding_add(&search->findings, VW_FAIL, "vf-too-few", vw_pci_format(&pf->pci, addr),
		remedy, "PF %s has %zu VFs; free and wanted: %zu of %zu%s%s", name, pf->n_vfs,
		search->n_offers, wanted, *others ? "; the others: " : "", others);
}

/* As many interfaces as wanted. */
static int find_interfaces(
	struct search *search, const struct vw_pf_entry *pf, size_t wanted, struct vw_error *err)
{
	vw_auto_free char *others = NULL;
	char addr[VW_PCI_STR], why[1024];
	size_t len = 0;
	FILE *list = open_memstream(&others, &len);
	int rc = 0;

	search->offers = calloc(wanted, sizeof(*search->offers));
	if (!list || !search->offers) {
		if (list)
			fclose(list);
		return vw_error_set(err, ENOMEM, "out of memory");
	}
	for (size_t i = 0; i < pf->n_vfs && search->n_offers < wanted && rc == 0; i++) {
		why[0] = '\0';
		rc = look_at(search, &pf->vfs[i], why, sizeof(why), err);
		if (why[0])
			fprintf(list, "%s%s %s", ftell(list) ? ", " : "",
				vw_pci_format(&pf->vfs[i].view.pci, addr), why);
	}
	if (fclose(list))
		return vw_error_set(err, ENOMEM, "out of memory");
	if (rc == 0 && search->n_offers < wanted)
		say_too_few(search, pf, wanted, others);
	return rc;
}

/* As text of an element or in quotes. */
static void put_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '\'':
			fputs("&apos;", out);
			break;
		default:
			fputc(*text, out);
		}
	}
}

/* libvirt takes any name without '/' and newline (network_conf.c, virXMLCheckIllegalChars); what is no text cannot stand in XML. */
static bool is_network_name(const char *name)
{
	char safe[1024];

	return *name && !strpbrk(name, "/\\") &&
	       strcmp(vw_text_escape(safe, sizeof(safe), name), name) == 0;
}

static int make_network(
	struct search *search, const struct vw_pf_entry *pf, const char *name, struct vw_error *err)
{
	char addr[VW_PCI_STR];
	size_t len = 0;
	FILE *out;

	vw_pci_format(&pf->pci, addr);
	if (!pf->netdev[0]) {
		vw_finding_add(&search->findings, VW_FAIL, "pf-no-netdev", addr,
			"bind the PF to its driver",
			"PF %s has no netdev here, and a network names its PF by that", addr);
		return 0;
	}
	if (!pf->n_vfs) {
		say_too_few(search, pf, 1, "");
		return 0;
	}
	out = open_memstream(&search->network, &len);
	if (!out)
		return vw_error_set(err, ENOMEM, "out of memory");
	fputs("<network>\n  <name>", out);
	put_escaped(out, name);
	fputs("</name>\n  <forward mode='hostdev' managed='yes'>\n    <pf dev='", out);
	put_escaped(out, pf->netdev);
	fputs("'/>\n  </forward>\n</network>\n", out);
	return fclose(out) ? vw_error_set(err, ENOMEM, "out of memory") : 0;
}

static void show_json_interfaces(struct search *search, struct vw_json *json)
{
	struct json_object *list = vw_json_array(json, json->top, "interfaces");
	char text[VW_MAC_STR], addr[VW_PCI_STR];

	for (size_t i = 0; i < search->n_offers; i++) {
		const struct offer *offer = &search->offers[i];
		struct json_object *to = vw_json_object(json, list, NULL);

		vw_json_text(json, to, "address", vw_pci_format(&offer->vf->view.pci, addr));
		vw_json_text(json, to, "mac", vw_mac_format(&offer->mac, text));
		vw_json_text(json, to, "xml", offer->xml);
	}
}

/* XML on stdout, whole or not at all; findings beside it. */
static int show(struct search *search, const char *network)
{
	vw_auto(vw_json_end) struct vw_json json = { 0 };
	struct vw_output notes = search->context->output;
	FILE *out = notes.out;

	if (vw_findings_worst(&search->findings) == VW_FAIL)
		while (search->n_offers)
			free(search->offers[--search->n_offers].xml);
	if (search->context->options->json) {
		vw_json_begin(&json);
		if (network)
			vw_json_text(&json, json.top, "network", search->network);
		else
			show_json_interfaces(search, &json);
		vw_json_findings(&json, &search->findings);
		return vw_json_write(&json, out);
	}
	for (size_t i = 0; i < search->n_offers; i++)
		fputs(search->offers[i].xml, out);
	if (search->network)
		fputs(search->network, out);
	notes.out = stderr;
	return vw_report_findings(&notes, &search->findings);
}

/* Without the claims nobody can say which VF is free; no registry at all means that no domain has used one since boot. */
static void open_registry(struct search *search)
{
	struct vw_error why = { "" };
	int rc = vw_registry_open(&search->context->host, true, &search->registry, &why);

	if (rc && rc != -ENOENT)
		vw_finding_add(&search->findings, VW_FAIL, "registry-unavailable", "registry",
			"run it as root", "it cannot be told which VFs are free: %s", why.msg);
}

static int find(struct search *search, const char *pf, size_t wanted, const char *network,
	struct vw_error *err)
{
	const struct vw_host *host = &search->context->host;
	int rc = vw_load_config(search->context, &search->config, &search->findings, err);

	if (rc)
		return rc;
	open_registry(search);
	if (vw_findings_worst(&search->findings) == VW_FAIL)
		return 0;
	rc = vw_inventory_get(
		host, search->registry, pf, &search->inventory, &search->findings, err);
	if (rc)
		return rc;
	if (network)
		return make_network(search, &search->inventory.pfs[0], network, err);
	rc = vw_used_macs_get(host, search->registry, &search->used, &search->findings, err);
	return rc ? rc : find_interfaces(search, &search->inventory.pfs[0], wanted, err);
}

int vw_xml_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	vw_auto(search_end) struct search search = { .context = context };
	const char *count = vw_options_value(context->options, VW_OWN_COUNT),
		   *network = vw_options_value(context->options, VW_OWN_NETWORK);
	uint64_t wanted = 1;
	char safe[128];
	int rc;

	if (count && (vw_text_u64(count, 10, COUNT_MAX, &wanted) < 0 || !wanted)) {
		vw_error_set(err, EINVAL, "--count is 1 to %d, not '%s'", COUNT_MAX,
			vw_text_escape(safe, sizeof(safe), count));
		return VW_EXIT_USAGE;
	}
	if (count && network) {
		vw_error_set(err, EINVAL, "--count is for interfaces: a network has all VFs");
		return VW_EXIT_USAGE;
	}
	if (network && !is_network_name(network)) {
		vw_error_set(err, EINVAL, "'%s' is no name for a network",
			vw_text_escape(safe, sizeof(safe), network));
		return VW_EXIT_USAGE;
	}
	rc = find(&search, args[0], wanted, network, err);
	if (rc == 0)
		rc = show(&search, network);
	if (rc)
		return rc;
	return vw_findings_worst(&search.findings) == VW_FAIL ? VW_EXIT_FAILED : VW_EXIT_GOOD;
}
