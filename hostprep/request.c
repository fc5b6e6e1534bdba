/* SPDX-License-Identifier: GPL-2.0-or-later */
/* request: reading what the admin asked for, and finding the PFs that it names. */
#include "request.h"

#include "cleanup.h"
#include "command.h"
#include "sysfs.h"
#include "text.h"
#include "vf_link.h"

#include <errno.h>
#include <string.h>

/* sriov_numvfs is 16 bits wide (PCI_SRIOV_NUM_VF). */
#define VFS_MAX 0xffff

static int parse_method(const char *text, enum vw_method *method, struct vw_error *err)
{
	static const char *const names[] = { [VW_METHOD_AUTO] = "auto",
		[VW_METHOD_SYSFS] = "sysfs",
		[VW_METHOD_MODPROBE] = "modprobe" };

	for (size_t i = 0; text && i < VW_ARRAY_SIZE(names); i++) {
		if (strcmp(names[i], text) == 0) {
			*method = i;
			return 0;
		}
	}
	return text ? vw_error_set(
			      err, EINVAL, "--method %s: known are auto, sysfs and modprobe", text)
		    : 0;
}

int vw_request_add(struct vw_request *request, const char *text, struct vw_error *err)
{
	const char *equals = strrchr(text, '=');
	struct vw_pf_request *pfs, *pf;
	uint64_t count;

	if (!equals || equals == text)
		return vw_error_set(err, EINVAL, "%s: give PF=COUNT, as in eth0=4", text);
	if (vw_text_u64(equals + 1, 10, VFS_MAX, &count) < 0)
		return vw_error_set(
			err, EINVAL, "%s: \"%s\" is no number of VFs", text, equals + 1);
	pfs = reallocarray(request->pfs, request->n_pfs + 1, sizeof(*pfs));
	if (!pfs)
		return vw_error_set(err, ENOMEM, "out of memory");
	request->pfs = pfs;
	pf = &pfs[request->n_pfs];
	*pf = (struct vw_pf_request){ .given = strndup(text, (size_t)(equals - text)),
		.count = (unsigned int)count };
	if (!pf->given)
		return vw_error_set(err, ENOMEM, "out of memory");
	request->n_pfs++;
	return 0;
}

int vw_request_parse(
	const struct vw_options *options, struct vw_request *request, struct vw_error *err)
{
	int rc;

	*request = (struct vw_request){
		.passthrough = options->own & VW_OWN_PASSTHROUGH,
		.allow_unsupported_sfp = options->own & VW_OWN_UNSUPPORTED_SFP,
		.blacklist_vf_driver = options->own & VW_OWN_BLACKLIST,
		.bootloader = vw_options_value(options, VW_OWN_BOOTLOADER),
	};
	rc = parse_method(vw_options_value(options, VW_OWN_METHOD), &request->method, err);
	for (size_t i = 0; rc == 0 && i < options->n_values; i++)
		if (options->values[i].flag == VW_OWN_PF)
			rc = vw_request_add(request, options->values[i].text, err);
	if (rc < 0)
		vw_request_free(request);
	return rc;
}

void vw_request_free(struct vw_request *request)
{
	for (size_t i = 0; i < request->n_pfs; i++)
		free(request->pfs[i].given);
	free(request->pfs);
	*request = (struct vw_request){ 0 };
}

/* What is known of the host while PFs are looked for. */
struct search {
	const struct vw_host *host;
	struct vw_links links; /* none where they cannot be read: a MAC finds nobody then */
	struct vw_names functions;
	struct vw_findings *findings;
};

static void drop_search(struct search *search)
{
	vw_links_free(&search->links);
	vw_names_free(&search->functions);
}

/* "eth0 (0000:01:00.0, up to 7 VFs), …": for those who named one that is not there. */
static void list_pfs(const struct search *search, char *buf, size_t size)
{
	size_t used = (size_t)snprintf(buf, size, "PFs of this host:");
	bool any = false;

	for (size_t i = 0; i < search->functions.n && used < size; i++) {
		vw_auto(vw_names_free) struct vw_names netdevs = { 0 };
		const char *address = search->functions.v[i];
		struct vw_pci pci;
		long total;

		if (vw_pci_parse(address, &pci, NULL) < 0 ||
			!vw_sysfs_pci_is_network(search->host, &pci) ||
			vw_sysfs_pci_number(search->host, &pci, "sriov_totalvfs", &total) < 0)
			continue;
		vw_sysfs_pci_netdevs(search->host, &pci, &netdevs);
		used += (size_t)snprintf(buf + used, size - used, "%s %s (%s, up to %ld VFs)",
			any ? "," : "", netdevs.n ? netdevs.v[0] : address,
			netdevs.n ? address : "no netdev", total);
		any = true;
	}
	if (!any)
		snprintf(buf, size, "no NIC of this host has SR-IOV");
}

/* Which function does the text name? 1 = *pci, 0 = none. */
static int find_function(const struct search *search, const char *given, struct vw_pci *pci)
{
	struct vw_mac mac;

	if (vw_mac_parse(given, &mac) == 0) {
		for (size_t i = 0; i < search->links.n; i++) {
			const struct vw_link *link = &search->links.v[i];

			/* By its own: a bond gives its address to its ports, and bridges take one. */
			if (!link->kind[0] && link->has_perm && vw_mac_equal(&link->perm, &mac) &&
				vw_sysfs_netdev_pci(search->host, link->name, pci) == 0)
				return 1;
		}
		for (size_t i = 0; i < search->links.n; i++) {
			const struct vw_link *link = &search->links.v[i];

			if (!link->kind[0] && link->has_mac && vw_mac_equal(&link->mac, &mac) &&
				vw_sysfs_netdev_pci(search->host, link->name, pci) == 0)
				return 1;
		}
		return 0;
	}
	if (vw_pci_parse(given, pci, NULL) == 0)
		return vw_sysfs_pci_exists(search->host, pci);
	return vw_sysfs_netdev_pci(search->host, given, pci) == 0;
}

static void fail(const struct search *search, const char *id, const struct vw_pf_request *pf,
	const char *remedy, const char *message)
{
	vw_finding_add(
		search->findings, VW_FAIL, id, pf->given, remedy, "%s %s", pf->given, message);
}

/* Is it a PF that can have so many VFs? */
static bool suits(const struct search *search, const struct vw_pf_request *pf)
{
	const struct vw_host *host = search->host;
	char text[160], physfn[VW_PCI_STR];
	struct vw_pci other;
	long total = 0;
	int rc;

	if (vw_sysfs_pci_function(host, &pf->pf, "physfn", &other) == 0) {
		snprintf(
			text, sizeof(text), "is itself a VF, of %s", vw_pci_format(&other, physfn));
		fail(search, "pf-is-vf", pf, "name its PF", text);
		return false;
	}
	if (!vw_sysfs_pci_is_network(host, &pf->pf)) {
		fail(search, "pf-no-nic", pf, NULL, "is no network controller");
		return false;
	}
	rc = vw_sysfs_pci_number(host, &pf->pf, "sriov_totalvfs", &total);
	if (vw_error_absent(rc)) {
		fail(search, "pf-no-sriov", pf, "choose a NIC with SR-IOV (vfward-hostprep check)",
			"has no SR-IOV capability");
		return false;
	}
	if (rc < 0) {
		fail(search, "pf-unreadable", pf, NULL, "does not tell how many VFs it can have");
		return false;
	}
	if (pf->count > 0 && total == 0) {
		fail(search, "pf-no-sriov", pf,
			"turn SR-IOV on in the NIC's firmware or in the BIOS",
			"has SR-IOV, but its firmware grants it no VF");
		return false;
	}
	if (total >= 0 && pf->count > (unsigned long)total) {
		snprintf(text, sizeof(text), "can have %ld VFs, not %u", total, pf->count);
		fail(search, "pf-too-many-vfs", pf, NULL, text);
		return false;
	}
	return true;
}

static void learn(const struct search *search, struct vw_pf_request *pf)
{
	vw_auto(vw_names_free) struct vw_names netdevs = { 0 };
	const struct vw_link *link;

	if (vw_sysfs_pci_link(search->host, &pf->pf, "driver", pf->driver, sizeof(pf->driver)) < 0)
		pf->driver[0] = '\0';
	if (vw_sysfs_pci_netdevs(search->host, &pf->pf, &netdevs) < 0 || netdevs.n == 0)
		return;
	snprintf(pf->netdev, sizeof(pf->netdev), "%s", netdevs.v[0]);
	link = vw_links_by_name(&search->links, pf->netdev);
	if (link && link->has_perm)
		pf->mac = link->perm;
}

static void resolve_one(const struct search *search, struct vw_request *request, size_t i)
{
	struct vw_pf_request *pf = &request->pfs[i];
	char pfs[2048];

	if (find_function(search, pf->given, &pf->pf) == 0) {
		list_pfs(search, pfs, sizeof(pfs));
		if (vw_sysfs_netdev_exists(search->host, pf->given))
			fail(search, "pf-no-nic", pf, pfs,
				"is no PCI device: bonds, bridges and VLANs have no VFs");
		else
			fail(search, "pf-unknown", pf, pfs, "is not there");
		return;
	}
	for (size_t j = 0; j < i; j++) {
		if (request->pfs[j].given && vw_pci_equal(&request->pfs[j].pf, &pf->pf)) {
			char text[256];

			snprintf(text, sizeof(text), "is the same PF as %.200s",
				request->pfs[j].given);
			fail(search, "pf-twice", pf, "name each PF once", text);
			return;
		}
	}
	if (suits(search, pf))
		learn(search, pf);
}

/* A root without /sys: an address is taken as it is. */
static void take_address(const struct search *search, struct vw_request *request, size_t i)
{
	struct vw_pf_request *pf = &request->pfs[i];

	if (vw_pci_parse(pf->given, &pf->pf, NULL) < 0) {
		fail(search, "pf-unknown", pf, "name it by its PCI address, as in 0000:01:00.0",
			"cannot be looked up: this root has no /sys");
		return;
	}
	for (size_t j = 0; j < i; j++)
		if (vw_pci_equal(&request->pfs[j].pf, &pf->pf))
			fail(search, "pf-twice", pf, "name each PF once", "is named twice");
	vw_finding_add(search->findings, VW_SKIP, "pf-not-looked-up", pf->given, NULL,
		"%s: this root has no /sys, so nobody knows what the address will be and how many "
		"VFs it can have",
		pf->given);
}

int vw_request_resolve(const struct vw_host *host, struct vw_request *request,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(drop_search) struct search search = { .host = host, .findings = findings };
	int rc = vw_sysfs_pci_all(host, &search.functions);

	if (rc < 0 && !vw_error_absent(rc))
		return vw_error_errno(err, -rc, "cannot list the PCI functions");
	if (rc == 0) {
		struct vw_error why = { "" };
		int links = vw_links_get(host, &search.links, &why);

		if (links < 0 && !(host->recorded && vw_error_absent(links)))
			return vw_error_prefix(err, vw_error_set(err, -links, "%s", why.msg),
				"cannot read the network links");
	}
	for (size_t i = 0; i < request->n_pfs; i++) {
		if (rc < 0)
			take_address(&search, request, i);
		else
			resolve_one(&search, request, i);
	}
	return findings->lost ? vw_error_set(err, ENOMEM, "out of memory") : 0;
}
