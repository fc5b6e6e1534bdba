/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_sysfs: PCI functions, their netdevs, IOMMU groups. sriov_numvfs is never read: see lib/sysfs.h. */
#include "recorder.h"

#include "cleanup.h"
#include "sysfs.h"

#include <limits.h>
#include <string.h>

#define DEVICES "/sys/bus/pci/devices"
#define NET     "/sys/class/net"
#define GROUPS  "/sys/kernel/iommu_groups"

/* Where the entry `name` of directory `dir` really is: itself, or what its relative link says. "..": textually, as sysfs has no links
 * on the way. false: no place below /sys. */
static bool real_place(
	const struct vw_host *host, const char *dir, const char *name, char *place, size_t size)
{
	char target[PATH_MAX], *part, *save = NULL;
	int n;

	if (vw_host_readlinkf(host, target, sizeof(target), "%s/%s", dir, name) < 0) {
		n = snprintf(place, size, "%s/%s", dir, name);
		return n > 0 && (size_t)n < size;
	}
	n = snprintf(place, size, "%s", target[0] == '/' ? "" : dir);
	if (n < 0 || (size_t)n >= size)
		return false;
	for (part = strtok_r(target, "/", &save); part; part = strtok_r(NULL, "/", &save)) {
		size_t len = strlen(place);

		if (strcmp(part, "..") == 0) {
			char *slash = strrchr(place, '/');

			if (!slash)
				return false;
			*slash = '\0';
			continue;
		}
		n = snprintf(place + len, size - len, "/%s", part);
		if (n < 0 || (size_t)n >= size - len)
			return false;
	}
	return strncmp(place, "/sys/", 5) == 0;
}

static int record_attrs(struct vw_recorder *recorder, const char *place, const char *const *attrs,
	size_t n, struct vw_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++)
		rc = vw_record_file(recorder, err, "%s/%s", place, attrs[i]);
	return rc;
}

/* Links whose names begin with one of the prefixes. */
static int record_links(struct vw_recorder *recorder, const char *place,
	const char *const *prefixes, size_t n, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = 0;

	if (vw_host_listf(recorder->from, &names, "%s", place))
		return 0;
	for (size_t i = 0; i < names.n; i++)
		for (size_t p = 0; p < n && !rc; p++)
			if (strncmp(names.v[i], prefixes[p], strlen(prefixes[p])) == 0)
				rc = vw_record_link(recorder, err, "%s/%s", place, names.v[i]);
	return rc;
}

static int record_netdev(struct vw_recorder *recorder, const char *place, struct vw_error *err)
{
	static const char *const attrs[] = { "address", "addr_assign_type", "dev_id", "dev_port",
		"flags", "ifindex", "iflink", "mtu", "name_assign_type", "operstate",
		"phys_port_id", "phys_port_name", "phys_switch_id", "tun_flags", "type", "carrier",
		"speed" };
	static const char *const links[] = { "device", "master", "upper_", "lower_" };
	int rc = vw_record_dir(recorder, err, "%s", place);

	if (!rc)
		rc = record_attrs(recorder, place, attrs, VW_ARRAY_SIZE(attrs), err);
	return rc ? rc : record_links(recorder, place, links, VW_ARRAY_SIZE(links), err);
}

/* PLACE/net: the directory counts even if it is empty: then the netdev is in another network namespace. */
static int record_netdevs(struct vw_recorder *recorder, const char *place, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	char net[PATH_MAX], netdev[PATH_MAX];
	int rc;

	if (vw_host_listf(recorder->from, &names, "%s/net", place))
		return 0;
	rc = vw_record_dir(recorder, err, "%s/net", place);
	if (snprintf(net, sizeof(net), "%s/net", place) >= (int)sizeof(net))
		return 0;
	for (size_t i = 0; i < names.n && !rc; i++)
		if (real_place(recorder->from, net, names.v[i], netdev, sizeof(netdev)))
			rc = record_netdev(recorder, netdev, err);
	return rc;
}

/* vfio-dev/vfioN, and the virtio child that a virtio network function has. */
static int record_children(struct vw_recorder *recorder, const char *place, struct vw_error *err)
{
	static const char *const links[] = { "driver" };
	vw_auto(vw_names_free) struct vw_names vfio = { 0 }, all = { 0 };
	char child[PATH_MAX];
	int rc = 0;

	vw_host_listf(recorder->from, &vfio, "%s/vfio-dev", place);
	for (size_t i = 0; i < vfio.n && !rc; i++)
		rc = vw_record_dir(recorder, err, "%s/vfio-dev/%s", place, vfio.v[i]);
	vw_host_listf(recorder->from, &all, "%s", place);
	for (size_t i = 0; i < all.n && !rc; i++) {
		if (strncmp(all.v[i], "virtio", 6) != 0 ||
			snprintf(child, sizeof(child), "%s/%s", place, all.v[i]) >=
				(int)sizeof(child))
			continue;
		rc = record_links(recorder, child, links, VW_ARRAY_SIZE(links), err);
		if (!rc)
			rc = record_netdevs(recorder, child, err);
	}
	return rc;
}

static int record_function(struct vw_recorder *recorder, const char *name, struct vw_error *err)
{
	static const char *const attrs[] = { "class", "vendor", "device", "subsystem_vendor",
		"subsystem_device", "revision", "numa_node", "enable", "local_cpulist",
		"driver_override", "sriov_totalvfs", "sriov_offset", "sriov_stride",
		"sriov_vf_device", "sriov_drivers_autoprobe", "ari_enabled", "config", "resource",
		"current_link_speed", "current_link_width", "max_link_speed", "max_link_width" };
	static const char *const links[] = { "driver", "iommu_group", "physfn", "virtfn" };
	char place[PATH_MAX];
	int rc;

	if (!real_place(recorder->from, DEVICES, name, place, sizeof(place)))
		return 0;
	rc = vw_record_link(recorder, err, DEVICES "/%s", name);
	if (!rc)
		rc = vw_record_dir(recorder, err, "%s", place);
	if (!rc)
		rc = record_attrs(recorder, place, attrs, VW_ARRAY_SIZE(attrs), err);
	if (!rc)
		rc = record_links(recorder, place, links, VW_ARRAY_SIZE(links), err);
	if (!rc)
		rc = record_netdevs(recorder, place, err);
	return rc ? rc : record_children(recorder, place, err);
}

static int record_iommu(struct vw_recorder *recorder, const char *name, struct vw_error *err)
{
	char place[PATH_MAX];
	int rc = vw_record_link(recorder, err, "/sys/class/iommu/%s", name);

	if (rc || !real_place(recorder->from, "/sys/class/iommu", name, place, sizeof(place)))
		return rc;
	rc = vw_record_dir(recorder, err, "%s", place);
	return rc ? rc : vw_record_file(recorder, err, "%s/intel-iommu/ecap", place);
}

static int record_groups(struct vw_recorder *recorder, struct vw_error *err)
{
	static const char *const all[] = { "" };
	vw_auto(vw_names_free) struct vw_names groups = { 0 }, iommus = { 0 };
	char devices[PATH_MAX];
	int rc = 0;

	vw_host_listf(recorder->from, &groups, GROUPS);
	for (size_t i = 0; i < groups.n && !rc; i++) {
		rc = vw_record_file(recorder, err, GROUPS "/%s/name", groups.v[i]);
		if (!rc)
			rc = vw_record_file(recorder, err, GROUPS "/%s/type", groups.v[i]);
		snprintf(devices, sizeof(devices), GROUPS "/%s/devices", groups.v[i]);
		if (!rc)
			rc = record_links(recorder, devices, all, 1, err);
	}
	vw_host_listf(recorder->from, &iommus, "/sys/class/iommu");
	for (size_t i = 0; i < iommus.n && !rc; i++)
		rc = record_iommu(recorder, iommus.v[i], err);
	return rc;
}

int vw_record_sysfs(struct vw_recorder *recorder, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names functions = { 0 }, netdevs = { 0 };
	char place[PATH_MAX];
	int rc = vw_record_dir(recorder, err, DEVICES);

	if (!rc)
		rc = vw_record_dir(recorder, err, NET);
	vw_sysfs_pci_all(recorder->from, &functions);
	for (size_t i = 0; i < functions.n && !rc; i++)
		rc = record_function(recorder, functions.v[i], err);
	vw_host_listf(recorder->from, &netdevs, NET);
	for (size_t i = 0; i < netdevs.n && !rc; i++) {
		rc = vw_record_link(recorder, err, NET "/%s", netdevs.v[i]);
		if (!rc && real_place(recorder->from, NET, netdevs.v[i], place, sizeof(place)))
			rc = record_netdev(recorder, place, err);
	}
	return rc ? rc : record_groups(recorder, err);
}
