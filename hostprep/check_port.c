/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_port: a PF as a port: link, firmware, NUMA node, what the host itself uses it for, and what is known of its family. */
#include "check.h"

#include "cleanup.h"
#include "netdev_use.h"
#include "sysfs.h"
#include "text.h"

#include <limits.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define UPPER_MAX 6 /* PF, bond, VLAN, bridge, VLAN, … */

static bool netdev_number(const struct vw_check *check, const char *netdev, const char *attr,
	int base, uint64_t *value)
{
	char text[32];

	return vw_sysfs_netdev_attr(check->host, netdev, attr, text, sizeof(text)) > 0 &&
	       vw_text_u64(text, base, INT_MAX, value) == 0;
}

static void check_link(struct vw_check *check, const struct vw_nic *nic)
{
	uint64_t flags, carrier, speed;
	char remedy[64];

	if (!nic->netdev[0]) {
		if (nic->driver[0] && !strstr(nic->driver, "vfio"))
			vw_finding_add(check->findings, VW_WARN, "nic-link", nic->addr,
				"bring the netdev back into the host's network namespace",
				"%s has a driver, but no netdev here: another network namespace "
				"may have it",
				nic->label);
		return;
	}
	if (!netdev_number(check, nic->netdev, "flags", 16, &flags)) {
		vw_finding_add(check->findings, VW_SKIP, "nic-link", nic->addr, NULL,
			"%s: the link cannot be read", nic->label);
	} else if (!(flags & IFF_UP)) {
		snprintf(remedy, sizeof(remedy), "ip link set %s up", nic->netdev);
		vw_finding_add(check->findings, VW_WARN, "nic-link", nic->addr, remedy,
			"%s is down; so are its VFs", nic->label);
	} else if (!netdev_number(check, nic->netdev, "carrier", 10, &carrier) || !carrier) {
		vw_finding_add(check->findings, VW_WARN, "nic-link", nic->addr,
			"look at the cable, the module and the switch's port",
			"%s has no carrier; nor have its VFs", nic->label);
	} else if (netdev_number(check, nic->netdev, "speed", 10, &speed) && speed) {
		vw_finding_add(check->findings, VW_PASS, "nic-link", nic->addr, NULL,
			"%s has a link of %u Mbit/s", nic->label, (unsigned int)speed);
	} else {
		vw_finding_add(check->findings, VW_PASS, "nic-link", nic->addr, NULL,
			"%s has a link", nic->label);
	}
}

/* ETHTOOL_GDRVINFO, as `ethtool -i`. */
static void check_firmware(struct vw_check *check, const struct vw_nic *nic)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	struct ifreq request = { .ifr_data = (char *)&info };
	vw_auto_close int fd = -1;

	if (!nic->netdev[0])
		return;
	if (check->host->recorded) {
		vw_finding_add(check->findings, VW_SKIP, "nic-firmware", nic->addr, NULL,
			"%s: only the running machine tells its firmware's version", nic->label);
		return;
	}
	strcpy(request.ifr_name, nic->netdev);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCETHTOOL, &request) < 0 || !info.fw_version[0])
		vw_finding_add(check->findings, VW_SKIP, "nic-firmware", nic->addr, NULL,
			"%s does not tell its firmware's version", nic->label);
	else
		vw_finding_add(check->findings, VW_PASS, "nic-firmware", nic->addr, NULL,
			"%s has firmware %.*s", nic->label, (int)sizeof(info.fw_version),
			info.fw_version);
}

static size_t count_nodes(const struct vw_host *host)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	size_t n = 0;

	vw_host_listf(host, &names, "/sys/devices/system/node");
	for (size_t i = 0; i < names.n; i++)
		n += strncmp(names.v[i], "node", 4) == 0 && strchr("0123456789", names.v[i][4]);
	return n;
}

static void check_numa(struct vw_check *check, const struct vw_nic *nic)
{
	char cpus[128];
	long node;

	if (vw_sysfs_pci_number(check->host, &nic->pci, "numa_node", &node) < 0)
		return; /* a kernel without NUMA */
	if (vw_sysfs_pci_attr(check->host, &nic->pci, "local_cpulist", cpus, sizeof(cpus)) <= 0)
		cpus[0] = '\0';
	if (node >= 0)
		vw_finding_add(check->findings, VW_PASS, "nic-numa", nic->addr, NULL,
			"%s is on NUMA node %ld%s%s: guests with its VFs belong there", nic->label,
			node, *cpus ? ", CPUs " : "", cpus);
	else if (count_nodes(check->host) > 1)
		vw_finding_add(check->findings, VW_WARN, "nic-numa", nic->addr,
			"update the machine's firmware; until then find the slot's node in the "
			"board's manual",
			"the firmware does not say to which NUMA node %s belongs", nic->label);
	else
		vw_finding_add(check->findings, VW_PASS, "nic-numa", nic->addr, NULL,
			"%s: the machine has one NUMA node", nic->label);
}

/* The host's way out: over the port itself, or what is built on it. */
static void check_management(struct vw_check *check, const struct vw_nic *nic)
{
	char at[IFNAMSIZ], upper[IFNAMSIZ];
	struct vw_netdev_use use;
	uint64_t ifindex;

	strcpy(at, nic->netdev);
	for (int i = 0; i < UPPER_MAX && at[0]; i++) {
		if (!netdev_number(check, at, "ifindex", 10, &ifindex) ||
			vw_netdev_use_get(check->host, (int)ifindex, &use, NULL) < 0) {
			vw_finding_add(check->findings, VW_SKIP, "nic-management", nic->addr, NULL,
				"%s: it cannot be told whether the host's default route leaves "
				"over it",
				nic->label);
			return;
		}
		if (use.default_route) {
			vw_finding_add(check->findings, VW_WARN, "nic-management", nic->addr,
				"make VFs while a console is at hand, or move the host to another "
				"port; apply asks for --yes",
				"the host's default route leaves over %s%s%s: making VFs resets "
				"the port",
				nic->label, i ? ", by way of " : "", i ? at : "");
			return;
		}
		if (vw_sysfs_netdev_upper(check->host, at, upper, sizeof(upper)) <= 0)
			break;
		strcpy(at, upper);
	}
	if (nic->netdev[0])
		vw_finding_add(check->findings, VW_PASS, "nic-management", nic->addr, NULL,
			"no default route of the host leaves over %s", nic->label);
}

/* 82576 and I350. */
static void check_gigabit(struct vw_check *check, const struct vw_nic *nic)
{
	if (!nic->adapter || strcmp(nic->adapter->driver, "igb") != 0)
		return;
	vw_finding_add(check->findings, VW_WARN, "nic-gigabit", nic->addr,
		"use it for guests with little traffic; count packets on the host, because Windows "
		"may not count those of its VFs",
		"%s is a 1 GbE adapter (%s) with at most %d VFs, which share 1 Gbit/s; an emulated "
		"NIC on a bridge reaches that, too",
		nic->label, nic->adapter->family, nic->adapter->vfs);
}

void vw_check_port(struct vw_check *check, const struct vw_nic *nic)
{
	check_link(check, nic);
	check_firmware(check, nic);
	check_numa(check, nic);
	check_management(check, nic);
	check_gigabit(check, nic);
}
