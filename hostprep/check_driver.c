/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_driver: the driver of a PF: which one, whose, and why there is none. */
#include "check.h"

#include "cleanup.h"
#include "sysfs.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>

#define LOG_READ_ALL 3  /* SYSLOG_ACTION_READ_ALL, syslog(2) */
#define LOG_SIZE     10 /* SYSLOG_ACTION_SIZE_BUFFER */

/* What ixgbe says before it lets go of a port (drivers/net/ethernet/intel/ixgbe/ixgbe_main.c, ixgbe_probe). */
#define SFP_MESSAGE "because an unsupported SFP+"

/* Does the running kernel's log say so of this function? A hint: the log may be closed, or have wrapped. */
static bool log_blames_module(const struct vw_host *host, const char *addr)
{
	vw_auto_free char *text = NULL;
	char *rest, *line;
	int size, len;

	if (host->recorded)
		return false;
	size = klogctl(LOG_SIZE, NULL, 0);
	if (size <= 0)
		return false;
	text = malloc((size_t)size + 1);
	len = text ? klogctl(LOG_READ_ALL, text, size) : -1;
	if (len < 0)
		return false;
	text[len] = '\0';
	for (rest = text; (line = strsep(&rest, "\n"));)
		if (strstr(line, SFP_MESSAGE) && strstr(line, addr))
			return true;
	return false;
}

static bool takes_any_module(const struct vw_nic *nic)
{
	return nic->adapter && strcmp(nic->adapter->family, "82599") == 0;
}

static void check_unbound(struct vw_check *check, const struct vw_nic *nic)
{
	const char *driver = nic->adapter ? nic->adapter->driver : "";
	bool blamed = log_blames_module(check->host, nic->addr);
	char remedy[256];

	if (*driver && !vw_host_existsf(check->host, "/sys/bus/pci/drivers/%s", driver)) {
		snprintf(remedy, sizeof(remedy),
			"modprobe %s; what keeps it away is said by driver-blacklisted and "
			"module-option",
			driver);
		vw_finding_add(check->findings, VW_FAIL, "nic-driver", nic->addr, remedy,
			"%s has no driver: %s is not loaded", nic->label, driver);
		return;
	}
	/* ixgbe is here and has left this port alone: that is how it refuses an SFP+ module of another vendor. */
	if (blamed || takes_any_module(nic)) {
		vw_finding_add(check->findings, VW_FAIL, "nic-sfp", nic->addr,
			"use an SFP+ module or cable that the adapter's vendor supports, or let "
			"the driver take any: vfward-hostprep apply --allow-unsupported-sfp",
			"%s has no driver although %s is loaded: %s", nic->label,
			*driver ? driver : "ixgbe",
			blamed ? "it refused the SFP+ module in the port"
			       : "it has probably refused the SFP+ module in the port");
		return;
	}
	vw_finding_add(check->findings, VW_FAIL, "nic-driver", nic->addr,
		"look into the kernel's log for its address (dmesg), and at driver_override",
		"%s, %s, has no driver", nic->label, nic->name[0] ? nic->name : "unknown device");
}

/* Attribute of the module behind the driver; false = none (built in, or nothing to say). */
static bool module_attr(
	const struct vw_check *check, const char *driver, const char *attr, char *buf, size_t size)
{
	char module[NAME_MAX + 1];

	if (vw_host_linkf(check->host, module, sizeof(module), "/sys/bus/pci/drivers/%s/module",
		    driver) < 0)
		snprintf(module, sizeof(module), "%s", driver);
	return vw_host_readf(check->host, buf, size, "/sys/module/%s/%s", module, attr) > 0;
}

void vw_check_driver(struct vw_check *check, const struct vw_nic *nic)
{
	char version[64], taint[32];

	if (!nic->driver[0]) {
		check_unbound(check, nic);
		return;
	}
	if (strstr(nic->driver, "vfio") || strcmp(nic->driver, "pci-stub") == 0) {
		vw_finding_add(check->findings, VW_WARN, "nic-driver", nic->addr,
			"give the PF back to its network driver before VFs are wanted",
			"%s is on %s: the PF itself is given to a guest, so it makes no VFs",
			nic->label, nic->driver);
		return;
	}
	if (!module_attr(check, nic->driver, "version", version, sizeof(version)))
		version[0] = '\0';
	/* Documentation/admin-guide/tainted-kernels.rst: O = built outside of the kernel's tree. */
	if (!module_attr(check, nic->driver, "taint", taint, sizeof(taint)))
		taint[0] = '\0';
	vw_finding_add(check->findings, VW_PASS, "nic-driver", nic->addr, NULL,
		"%s is on %s%s%s, %s", nic->label, nic->driver, *version ? " " : "", version,
		strchr(taint, 'O') ? "which does not come with the kernel" : "the kernel's own");
}
