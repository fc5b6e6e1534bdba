/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain: what libvirt says of a domain. The connection is read-only, and closed before anything is examined. */
#include "cleanup.h"
#include "domain_disks.h"
#include "domain_xml.h"
#include "host_devices.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>

static void drop_connect(virConnectPtr *connect)
{
	if (*connect)
		virConnectClose(*connect);
}

static void drop_domain(virDomainPtr *domain)
{
	if (*domain)
		virDomainFree(*domain);
}

/* libvirt would print each error otherwise. */
static void be_silent(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

/* "qemu:///system": no host between the slashes. One whose URI cannot be told is not known to be ours. */
static bool is_local(virConnectPtr connect)
{
	vw_auto_free char *uri = virConnectGetURI(connect);
	const char *host = uri ? strstr(uri, "://") : NULL;

	return host && host[3] == '/';
}

struct said {
	char *xml;
	bool running, local;
};

/* 1 = *said; 0 = a finding says why not. */
static int ask(const char *uri, const char *name, struct said *said, struct vw_findings *findings)
{
	vw_auto(drop_connect) virConnectPtr connect = NULL;
	vw_auto(drop_domain) virDomainPtr domain = NULL;
	char uuid[VW_UUID_STR];

	virSetErrorFunc(NULL, be_silent);
	connect = virConnectOpenReadOnly(uri);
	if (!connect) {
		vw_finding_add(findings, VW_FAIL, "libvirt-unreachable", uri ? uri : "libvirt",
			"name the right libvirt with -c, or the disks with -a",
			"libvirt cannot be asked: %s", virGetLastErrorMessage());
		return 0;
	}
	domain = vw_uuid_parse(name, uuid) ? virDomainLookupByUUIDString(connect, name) : NULL;
	if (!domain)
		domain = virDomainLookupByName(connect, name);
	if (domain)
		said->xml = virDomainGetXMLDesc(domain, 0);
	if (!said->xml) {
		vw_finding_add(findings, VW_FAIL, "domain-unknown", name,
			"virsh list --all shows the domains; -c chooses another libvirt",
			"there is no domain %s: %s", name, virGetLastErrorMessage());
		return 0;
	}
	said->running = virDomainIsActive(domain) != 0;
	said->local = is_local(connect);
	return 1;
}

/* Its VFs, as this host knows them. */
static int add_vfs(const struct vw_host *host, const struct said *said, struct vw_names *vfs,
	struct vw_request_image *image, struct vw_error *err)
{
	vw_auto(vw_domain_free) struct vw_domain domain = { 0 };
	int rc = vw_domain_parse(said->xml, strlen(said->xml), &domain, err);

	for (size_t i = 0; rc == 0 && i < domain.n_devices; i++) {
		const struct vw_device *device = &domain.devices[i];
		char address[VW_PCI_STR];
		int found;

		if (!device->has_pci)
			continue;
		found = said->local ? vw_host_devices_vf(host, &device->pci, vfs) : -ENOENT;
		if (found == -ENOMEM)
			return vw_error_set(err, ENOMEM, "out of memory");
		/* A <hostdev> may be anything: a GPU, a disk. */
		if (found < 0 && device->is_interface)
			vw_finding_add(&image->findings, VW_WARN, "domain-vf-unknown",
				vw_pci_format(&device->pci, address),
				"name its devices with --device or --adapter",
				"the domain has a VF at %s, and this host cannot say which kind it "
				"is",
				address);
	}
	return rc;
}

int vw_domain_add(const struct vw_host *host, struct vw_check_request *request,
	struct vw_names *vfs, struct vw_findings *findings, struct vw_error *err)
{
	struct vw_request_image *image;
	struct said said = { 0 };
	vw_auto_free char *xml = NULL;
	int rc;

	if (!ask(request->uri, request->domain, &said, findings))
		return 0;
	xml = said.xml;
	image = vw_request_add_image(request, request->domain);
	if (!image)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (said.running)
		vw_finding_add(&image->findings, VW_WARN, "domain-running", image->name, NULL,
			"the domain is running: its disks are read as they are this moment, and "
			"what it has not written yet is missing");
	if (!said.local)
		vw_finding_add(&image->findings, VW_WARN, "domain-remote", image->name, NULL,
			"the domain is on another host: its disks are looked for here, under the "
			"same names");
	rc = vw_domain_disks_parse(xml, strlen(xml), image, err);
	return rc < 0 || !vfs ? rc : add_vfs(host, &said, vfs, image, err);
}
