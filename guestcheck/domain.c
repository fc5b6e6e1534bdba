/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain: what libvirt says of a domain, its volumes and networks. The connection is read-only, and closed before anything is examined. */
#include "cleanup.h"
#include "domain_disks.h"
#include "domain_xml.h"
#include "host_devices.h"
#include "network_xml.h"
#include "sysfs.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>

struct libvirt {
	virConnectPtr connect;
	bool local;
	char *xml; /* the domain's */
	bool running;
};

static void drop_libvirt(struct libvirt *libvirt)
{
	if (libvirt->connect)
		virConnectClose(libvirt->connect);
	free(libvirt->xml);
}

static void drop_domain(virDomainPtr *domain)
{
	if (*domain)
		virDomainFree(*domain);
}

static void drop_network(virNetworkPtr *network)
{
	if (*network)
		virNetworkFree(*network);
}

static void drop_pool(virStoragePoolPtr *pool)
{
	if (*pool)
		virStoragePoolFree(*pool);
}

static void drop_volume(virStorageVolPtr *volume)
{
	if (*volume)
		virStorageVolFree(*volume);
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

/* 1 = *libvirt; 0 = a finding says why not. */
static int ask(
	const char *uri, const char *name, struct libvirt *libvirt, struct vw_findings *findings)
{
	vw_auto(drop_domain) virDomainPtr domain = NULL;
	char uuid[VW_UUID_STR];

	virSetErrorFunc(NULL, be_silent);
	libvirt->connect = virConnectOpenReadOnly(uri);
	if (!libvirt->connect) {
		vw_finding_add(findings, VW_FAIL, "libvirt-unreachable", uri ? uri : "libvirt",
			"name the right libvirt with -c, or the disks with -a",
			"libvirt cannot be asked: %s", virGetLastErrorMessage());
		return 0;
	}
	if (vw_uuid_parse(name, uuid))
		domain = virDomainLookupByUUIDString(libvirt->connect, name);
	if (!domain)
		domain = virDomainLookupByName(libvirt->connect, name);
	if (domain)
		libvirt->xml = virDomainGetXMLDesc(domain, 0);
	if (!libvirt->xml) {
		vw_finding_add(findings, VW_FAIL, "domain-unknown", name,
			"virsh list --all shows the domains; -c chooses another libvirt",
			"there is no domain %s: %s", name, virGetLastErrorMessage());
		return 0;
	}
	libvirt->running = virDomainIsActive(domain) != 0;
	libvirt->local = is_local(libvirt->connect);
	return 1;
}

/* vw_volume_source.path. Volumes on other machines have a name that only looks like a path. */
static char *volume_path(void *data, const char *pool_name, const char *name)
{
	struct libvirt *libvirt = data;
	vw_auto(drop_pool) virStoragePoolPtr pool =
		virStoragePoolLookupByName(libvirt->connect, pool_name);
	vw_auto(drop_volume) virStorageVolPtr volume =
		pool ? virStorageVolLookupByName(pool, name) : NULL;
	virStorageVolInfo info;

	if (!volume || virStorageVolGetInfo(volume, &info) < 0 ||
		(info.type != VIR_STORAGE_VOL_FILE && info.type != VIR_STORAGE_VOL_BLOCK))
		return NULL;
	return virStorageVolGetPath(volume);
}

/* The network as it is defined, or as it runs. 0; -ENOENT: libvirt has none of this name; -errno. */
static int read_network(struct libvirt *libvirt, const char *name, struct vw_network *network)
{
	vw_auto(drop_network) virNetworkPtr found = virNetworkLookupByName(libvirt->connect, name);
	vw_auto_free char *xml = found ? virNetworkGetXMLDesc(found, 0) : NULL;
	vw_auto_free char *document = NULL;

	if (!xml)
		return -ENOENT;
	if (asprintf(&document, "<networkstatus>%s</networkstatus>", xml) < 0) {
		document = NULL;
		return -ENOMEM;
	}
	return vw_network_parse(document, strlen(document), network, NULL);
}

/* A VF that nobody can name is a FAIL: whether the guest has a driver for it cannot be told. certain: it is one. where: "at ADDRESS". */
static void add_unknown(struct vw_check_request *request, const char *where, bool certain)
{
	struct vw_request_image *image = &request->images[request->n_images - 1];

	vw_finding_add(&image->findings, certain ? VW_FAIL : VW_WARN, "domain-vf-unknown", where,
		"name its VFs with --device or --adapter",
		"the domain has a %s %s, and this host cannot say %s", certain ? "VF" : "device",
		where, certain ? "which kind it is" : "whether it is a VF");
	request->vfs_unknown |= certain;
}

/* What the VFs of a pool are: those of its PF, or the first that it lists. As vw_host_devices_vf. */
static int add_pool(
	const struct vw_host *host, const struct vw_network *network, struct vw_names *vfs)
{
	struct vw_pci pf;

	if (network->pf && vw_sysfs_netdev_pci(host, network->pf, &pf) == 0)
		return vw_host_devices_pf(host, &pf, vfs);
	return network->has_pci ? vw_host_devices_vf(host, &network->pci, vfs) : -ENOENT;
}

/* An interface of a network, which may be a pool of VFs. 0 or -ENOMEM. */
static int add_interface(const struct vw_host *host, struct libvirt *libvirt, const char *name,
	struct vw_names *vfs, struct vw_check_request *request)
{
	vw_auto(vw_network_free) struct vw_network network = { 0 };
	int read = read_network(libvirt, name, &network), rc = read;
	char where[512];

	if (rc == 0 && network.forward != VW_FORWARD_HOSTDEV)
		return 0;
	if (rc == 0)
		rc = libvirt->local ? add_pool(host, &network, vfs) : -ENOENT;
	snprintf(where, sizeof(where), "of network %s", name);
	if (rc < 0 && rc != -ENOMEM)
		add_unknown(request, where, read == 0);
	return rc == -ENOMEM ? rc : 0;
}

/* A PCI function: an <interface>'s is a VF, a <hostdev> may be anything, a GPU, a disk. 0 or -ENOMEM. */
static int add_function(const struct vw_host *host, struct libvirt *libvirt,
	const struct vw_device *device, struct vw_names *vfs, struct vw_check_request *request)
{
	bool certain = device->kind == VW_DEV_VF_INTERFACE;
	bool look = device->has_pci && libvirt->local;
	int rc = look ? vw_host_devices_vf(host, &device->pci, vfs) : -ENOENT;
	char where[VW_PCI_STR + 8] = "", address[VW_PCI_STR];

	if (rc == 0 || rc == -ENOMEM)
		return rc;
	if (!certain && look && vw_error_absent(rc) && vw_sysfs_pci_exists(host, &device->pci))
		return 0;
	snprintf(where, sizeof(where), "at %s",
		device->has_pci ? vw_pci_format(&device->pci, address) : "no address");
	add_unknown(request, where, certain);
	return 0;
}

/* Its VFs, as this host knows them. */
static int add_vfs(const struct vw_host *host, struct libvirt *libvirt, struct vw_names *vfs,
	struct vw_check_request *request, struct vw_error *err)
{
	vw_auto(vw_domain_free) struct vw_domain domain = { 0 };
	int rc = vw_domain_parse(libvirt->xml, strlen(libvirt->xml), &domain, err);

	for (size_t i = 0; rc == 0 && i < domain.n_devices; i++) {
		const struct vw_device *device = &domain.devices[i];

		if (device->kind == VW_DEV_NETWORK && device->source)
			rc = add_interface(host, libvirt, device->source, vfs, request);
		else if (device->kind == VW_DEV_VF_INTERFACE || device->kind == VW_DEV_HOSTDEV)
			rc = add_function(host, libvirt, device, vfs, request);
		if (rc < 0)
			return vw_error_set(err, ENOMEM, "out of memory");
	}
	return rc;
}

int vw_domain_add(const struct vw_host *host, struct vw_check_request *request,
	struct vw_names *vfs, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(drop_libvirt) struct libvirt libvirt = { 0 };
	const struct vw_volume_source volumes = { volume_path, &libvirt };
	struct vw_request_image *image;
	int rc;

	if (!ask(request->uri, request->domain, &libvirt, findings))
		return 0;
	image = vw_request_add_image(request, request->domain);
	if (!image)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (libvirt.running)
		vw_finding_add(&image->findings, VW_WARN, "domain-running", image->name, NULL,
			"the domain is running: its disks are read as they are this moment, and "
			"what it has not written yet is missing");
	if (!libvirt.local)
		vw_finding_add(&image->findings, VW_WARN, "domain-remote", image->name, NULL,
			"the domain is on another host: its disks are looked for here, under the "
			"same names");
	rc = vw_domain_disks_parse(libvirt.xml, strlen(libvirt.xml), &volumes, image, err);
	return rc < 0 || !vfs ? rc : add_vfs(host, &libvirt, vfs, request, err);
}
