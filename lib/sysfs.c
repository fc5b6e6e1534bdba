/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysfs: the one place that knows where the kernel keeps facts about PCI functions, netdevs and IOMMU groups. */

/*
 * Layout (Documentation/ABI/testing/sysfs-bus-pci, sysfs-class-net, sysfs-kernel-iommu_groups):
 *   /sys/bus/pci/devices/ADDR -> ../../../devices/pci…/ADDR, in it class, driver, physfn, virtfnN, net/NAME …
 *   /sys/class/net/NAME -> ../../devices/pci…/ADDR/net/NAME, and NAME/device -> ../../../ADDR
 *   /sys/kernel/iommu_groups/N/devices/ADDR
 * Nothing here relies on the directories behind the links, so a recorded machine may keep the functions
 * themselves in /sys/bus/pci/devices.
 */
#include "sysfs.h"

#include "cleanup.h"
#include "text.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

#define DEVICES "/sys/bus/pci/devices"
#define NET     "/sys/class/net"
#define GROUPS  "/sys/kernel/iommu_groups"

/* Names come from domain XML and from other people's machines: each must stay one component of a path. */
static bool is_component(const char *name)
{
	return name[0] && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* As the kernel's dev_valid_name() (net/core/dev.c). */
static bool is_netdev_name(const char *name)
{
	return strnlen(name, IFNAMSIZ) < IFNAMSIZ && is_component(name);
}

/* An address exactly as sysfs spells it: "7:10.0" or "0000:07:10.0x" in a hostile tree is no function. */
static bool read_address(const char *name, struct vw_pci *pci)
{
	char text[VW_PCI_STR];
	struct vw_pci read;

	if (vw_pci_parse(name, &read, NULL) < 0 || strcmp(vw_pci_format(&read, text), name) != 0)
		return false;
	*pci = read;
	return true;
}

bool vw_sysfs_pci_exists(const struct vw_host *host, const struct vw_pci *pci)
{
	char addr[VW_PCI_STR];

	return vw_host_existsf(host, DEVICES "/%s", vw_pci_format(pci, addr));
}

int vw_sysfs_pci_attr(const struct vw_host *host, const struct vw_pci *pci, const char *attr,
	char *buf, size_t size)
{
	char addr[VW_PCI_STR];

	return vw_host_readf(host, buf, size, DEVICES "/%s/%s", vw_pci_format(pci, addr), attr);
}

int vw_sysfs_pci_number(
	const struct vw_host *host, const struct vw_pci *pci, const char *attr, long *value)
{
	char buf[32];
	const char *digits = buf;
	uint64_t number;
	int rc = vw_sysfs_pci_attr(host, pci, attr, buf, sizeof(buf));

	if (rc < 0)
		return rc;
	if (strncmp(buf, "0x", 2) == 0) {
		rc = vw_text_u64(buf, 0, LONG_MAX, &number);
	} else {
		if (buf[0] == '-') /* numa_node is -1 where there is none */
			digits++;
		rc = vw_text_u64(digits, 10, LONG_MAX, &number);
	}
	if (rc < 0)
		return rc;
	*value = digits == buf ? (long)number : -(long)number;
	return 0;
}

int vw_sysfs_pci_write(
	const struct vw_host *host, const struct vw_pci *pci, const char *attr, const char *value)
{
	vw_auto_close int fd = -1;
	char addr[VW_PCI_STR];
	ssize_t n;

	if (host->recorded)
		return -EROFS;
	fd = vw_host_openf(host, O_WRONLY, DEVICES "/%s/%s", vw_pci_format(pci, addr), attr);
	if (fd < 0)
		return fd;
	n = write(fd, value, strlen(value));
	return n < 0 ? -errno : (size_t)n == strlen(value) ? 0 : -EIO;
}

int vw_sysfs_pci_link(const struct vw_host *host, const struct vw_pci *pci, const char *link,
	char *buf, size_t size)
{
	char addr[VW_PCI_STR];

	return vw_host_linkf(host, buf, size, DEVICES "/%s/%s", vw_pci_format(pci, addr), link);
}

int vw_sysfs_pci_function(const struct vw_host *host, const struct vw_pci *pci, const char *link,
	struct vw_pci *other)
{
	char name[NAME_MAX + 1];
	int rc = vw_sysfs_pci_link(host, pci, link, name, sizeof(name));

	if (rc < 0)
		return rc;
	return read_address(name, other) ? 0 : -EBADMSG;
}

int vw_sysfs_pci_list(const struct vw_host *host, const struct vw_pci *pci, const char *dir,
	struct vw_names *names)
{
	char addr[VW_PCI_STR];

	return vw_host_listf(host, names, DEVICES "/%s/%s", vw_pci_format(pci, addr), dir);
}

int vw_sysfs_pci_slurp(const struct vw_host *host, const struct vw_pci *pci, const char *name,
	size_t max, char **data, size_t *len)
{
	char addr[VW_PCI_STR];

	return vw_host_slurpf(
		host, max, data, len, DEVICES "/%s/%s", vw_pci_format(pci, addr), name);
}

/* …/pci0000:00/0000:00:01.0/0000:01:00.0: each component is below the one before it. */
int vw_sysfs_pci_parent(const struct vw_host *host, const struct vw_pci *pci, struct vw_pci *parent)
{
	char target[PATH_MAX], addr[VW_PCI_STR], *last, *slash;
	int rc = vw_host_readlinkf(
		host, target, sizeof(target), DEVICES "/%s", vw_pci_format(pci, addr));

	if (rc < 0)
		return rc == -EINVAL ? -ENOENT : rc; /* a directory: its place is not known */
	last = strrchr(target, '/');
	if (!last || strcmp(last + 1, addr) != 0)
		return -EBADMSG;
	*last = '\0';
	slash = strrchr(target, '/');
	return slash && read_address(slash + 1, parent) ? 0 : -ENOENT;
}

int vw_sysfs_pci_all(const struct vw_host *host, struct vw_names *names)
{
	struct vw_pci pci;
	size_t kept = 0;
	int rc = vw_host_listf(host, names, DEVICES);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < names->n; i++) {
		if (read_address(names->v[i], &pci))
			names->v[kept++] = names->v[i];
		else
			free(names->v[i]);
	}
	names->n = kept;
	return 0;
}

int vw_sysfs_pci_is_network(const struct vw_host *host, const struct vw_pci *pci)
{
	long class_code;
	int rc = vw_sysfs_pci_number(host, pci, "class", &class_code);

	if (rc < 0)
		return vw_error_absent(rc) ? 0 : rc;
	return class_code >> 16 == 0x02; /* PCI_BASE_CLASS_NETWORK */
}

int vw_sysfs_pci_netdevs(
	const struct vw_host *host, const struct vw_pci *pci, struct vw_names *names)
{
	char addr[VW_PCI_STR], driver[NAME_MAX + 1];
	struct vw_names children;
	int rc = vw_sysfs_pci_list(host, pci, "net", names);

	if (rc != -ENOENT)
		return rc;
	/* virtio_net's netdev hangs below the virtio device, whose number only a listing tells. */
	if (vw_sysfs_pci_link(host, pci, "driver", driver, sizeof(driver)) < 0 ||
		strcmp(driver, "virtio-pci") != 0)
		return -ENOENT;
	vw_pci_format(pci, addr);
	rc = vw_host_listf(host, &children, DEVICES "/%s", addr);
	if (rc < 0)
		return rc;
	rc = -ENOENT;
	for (size_t i = 0; i < children.n && rc == -ENOENT; i++)
		if (strncmp(children.v[i], "virtio", 6) == 0)
			rc = vw_host_listf(host, names, DEVICES "/%s/%s/net", addr, children.v[i]);
	vw_names_free(&children);
	return rc;
}

/* The PCI function above a netdev's virtio device: …/ADDR/virtioN/net/NAME, as the class link spells it. */
static int virtio_parent(
	const struct vw_host *host, const char *netdev, const char *virtio, struct vw_pci *pci)
{
	char target[PATH_MAX], *part, *save = NULL, *before = NULL;
	int rc = vw_host_readlinkf(host, target, sizeof(target), NET "/%s", netdev);

	if (rc < 0)
		return rc;
	for (part = strtok_r(target, "/", &save); part; part = strtok_r(NULL, "/", &save)) {
		if (strcmp(part, virtio) == 0 && before && read_address(before, pci))
			return 0;
		before = part;
	}
	return -ENOENT;
}

int vw_sysfs_netdev_pci(const struct vw_host *host, const char *netdev, struct vw_pci *pci)
{
	char parent[NAME_MAX + 1];
	int rc;

	if (!is_netdev_name(netdev))
		return -EINVAL;
	rc = vw_host_linkf(host, parent, sizeof(parent), NET "/%s/device", netdev);
	if (rc < 0)
		return rc;
	if (read_address(parent, pci))
		return 0;
	if (strncmp(parent, "virtio", 6) == 0)
		return virtio_parent(host, netdev, parent, pci);
	return -ENOENT; /* USB, a platform device, a subfunction on the auxiliary bus … */
}

int vw_sysfs_netdev_attr(
	const struct vw_host *host, const char *netdev, const char *attr, char *buf, size_t size)
{
	if (size > 0)
		buf[0] = '\0';
	if (!is_netdev_name(netdev))
		return -EINVAL;
	return vw_host_readf(host, buf, size, NET "/%s/%s", netdev, attr);
}

bool vw_sysfs_netdev_exists(const struct vw_host *host, const char *netdev)
{
	return is_netdev_name(netdev) && vw_host_existsf(host, NET "/%s", netdev);
}

int vw_sysfs_netdev_upper(const struct vw_host *host, const char *netdev, char *buf, size_t size)
{
	static const char prefix[] = "upper_";
	struct vw_names names;
	int rc;

	if (size > 0)
		buf[0] = '\0';
	if (!is_netdev_name(netdev))
		return -EINVAL;
	/* A bridge or bond shows as both links, and this one costs no listing (__netdev_adjacent_dev_insert). */
	rc = vw_host_linkf(host, buf, size, NET "/%s/master", netdev);
	if (rc != -ENOENT)
		return rc;
	rc = vw_host_listf(host, &names, NET "/%s", netdev);
	if (rc < 0)
		return rc;
	rc = -ENOENT;
	for (size_t i = 0; i < names.n && rc == -ENOENT; i++) {
		const char *upper = names.v[i] + strlen(prefix);

		if (strncmp(names.v[i], prefix, strlen(prefix)) != 0 || upper[0] == '\0')
			continue;
		rc = strlen(upper) < size ? (int)strlen(strcpy(buf, upper)) : -ENAMETOOLONG;
	}
	vw_names_free(&names);
	return rc;
}

int vw_sysfs_netdev_uppers(const struct vw_host *host, const char *netdev, struct vw_names *names)
{
	static const char prefix[] = "upper_";
	size_t kept = 0;
	int rc = is_netdev_name(netdev) ? vw_host_listf(host, names, NET "/%s", netdev) : -EINVAL;

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < names->n; i++) {
		char *name = names->v[i];

		if (strncmp(name, prefix, strlen(prefix)) == 0) {
			memmove(name, name + strlen(prefix), strlen(name + strlen(prefix)) + 1);
			names->v[kept++] = name;
		} else {
			free(name);
		}
	}
	names->n = kept;
	return 0;
}

bool vw_sysfs_netdev_is_tap(const struct vw_host *host, const char *netdev)
{
	/* An attribute of drivers/net/tun.c alone. */
	return is_netdev_name(netdev) && vw_host_existsf(host, NET "/%s/tun_flags", netdev);
}

int vw_sysfs_iommu_members(const struct vw_host *host, int group, struct vw_names *names)
{
	return vw_host_listf(host, names, GROUPS "/%d/devices", group);
}

int vw_sysfs_iommu_groups(const struct vw_host *host)
{
	struct vw_names names;
	size_t iommus, groups;
	int rc;

	/* vfio's no-IOMMU mode makes groups too, and an IOMMU that is off still has a class. */
	rc = vw_host_listf(host, &names, "/sys/class/iommu");
	iommus = names.n;
	vw_names_free(&names);
	if (rc < 0 || iommus == 0)
		return rc == -ENOENT ? 0 : rc;
	rc = vw_host_listf(host, &names, GROUPS);
	groups = names.n;
	vw_names_free(&names);
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	return groups > INT_MAX ? INT_MAX : (int)groups;
}

/* Number of the VF in the PF's routing ids (SR-IOV spec 1.1, 2.1.2: First VF Offset, VF Stride); -1 = not known. */
static long index_by_stride(
	const struct vw_host *host, const struct vw_pci *pf, const struct vw_pci *vf)
{
	long offset, stride, from, to;

	if (vw_sysfs_pci_number(host, pf, "sriov_offset", &offset) < 0 ||
		vw_sysfs_pci_number(host, pf, "sriov_stride", &stride) < 0 || stride <= 0)
		return -1;
	from = pf->bus * 256L + pf->slot * 8L + pf->function + offset;
	to = vf->bus * 256L + vf->slot * 8L + vf->function;
	return to < from || (to - from) % stride ? -1 : (to - from) / stride;
}

int vw_sysfs_vf(
	const struct vw_host *host, const struct vw_pci *pf, unsigned int index, struct vw_pci *vf)
{
	char link[24];

	snprintf(link, sizeof(link), "virtfn%u", index);
	return vw_sysfs_pci_function(host, pf, link, vf);
}

unsigned int vw_sysfs_vf_count(const struct vw_host *host, const struct vw_pci *pf)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	unsigned int n = 0;

	vw_sysfs_pci_list(host, pf, ".", &names);
	for (size_t i = 0; i < names.n; i++)
		n += strncmp(names.v[i], "virtfn", 6) == 0;
	return n;
}

static bool is_virtfn(const struct vw_host *host, const struct vw_pci *pf, const struct vw_pci *vf,
	long index, int *rc)
{
	struct vw_pci other;

	*rc = vw_sysfs_vf(host, pf, (unsigned int)index, &other);
	return *rc == 0 && vw_pci_equal(&other, vf);
}

/* The N of the virtfnN that is this VF. The arithmetic only guesses: the link decides. */
int vw_sysfs_vf_index(const struct vw_host *host, const struct vw_pci *pf, const struct vw_pci *vf,
	uint32_t *index)
{
	long guess = index_by_stride(host, pf, vf), i;
	int rc;

	if (guess >= 0 && is_virtfn(host, pf, vf, guess, &rc)) {
		*index = (uint32_t)guess;
		return 0;
	}
	for (i = 0; i <= UINT16_MAX; i++) {
		if (is_virtfn(host, pf, vf, i, &rc)) {
			*index = (uint32_t)i;
			return 0;
		}
		if (rc < 0)
			return rc;
	}
	return -ENOENT;
}
