/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot: which kernel arguments this host needs, and the steps to them. */
#include "boot_edit.h"

#include "cleanup.h"
#include "sysfs.h"

#include <string.h>

enum vendor { VENDOR_OTHER, VENDOR_INTEL, VENDOR_AMD };

/* By the firmware's tables, and where there are none (VT-d is off in the firmware, a root without /sys) by the CPU. */
static enum vendor find_vendor(const struct vw_host *host)
{
	vw_auto_free char *cpus = NULL;
	size_t len;

	if (vw_host_lookf(host, "/sys/firmware/acpi/tables/DMAR") == 1)
		return VENDOR_INTEL;
	if (vw_host_lookf(host, "/sys/firmware/acpi/tables/IVRS") == 1)
		return VENDOR_AMD;
	if (vw_host_slurpf(host, 64U << 20, &cpus, &len, "/proc/cpuinfo") < 0)
		return VENDOR_OTHER;
	if (strstr(cpus, "GenuineIntel"))
		return VENDOR_INTEL;
	return strstr(cpus, "AuthenticAMD") || strstr(cpus, "HygonGenuine") ? VENDOR_AMD
									    : VENDOR_OTHER;
}

/* Does this kernel turn VT-d on by itself? */
static bool is_default_on(const struct vw_host *host, const char *release)
{
	vw_auto_free char *config = NULL;
	size_t len;

	return vw_host_slurpf(host, 4U << 20, &config, &len, "/boot/config-%s", release) == 0 &&
	       (strstr(config, "\nCONFIG_INTEL_IOMMU_DEFAULT_ON=y\n") ||
		       strstr(config, "\nCONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF=y\n"));
}

/* Do all that are installed? A rescue image is a copy of one of them. */
static bool are_default_on(const struct vw_host *host)
{
	static const char kernel[] = "vmlinuz-";
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	size_t count = 0;

	if (vw_host_listf(host, &names, "/boot") < 0)
		return false;
	for (size_t i = 0; i < names.n; i++) {
		if (strncmp(names.v[i], kernel, strlen(kernel)) != 0 ||
			strstr(names.v[i], "-rescue-"))
			continue;
		if (!is_default_on(host, names.v[i] + strlen(kernel)))
			return false;
		count++;
	}
	return count > 0;
}

/* Has the firmware left the VFs of this PF without room for their registers? Then none of the six resources of VFs, the lines behind
 * those of the PF's own six BARs and its ROM, has an address (drivers/pci/pci-sysfs.c:resource_show, PCI_IOV_RESOURCES). */
static bool lacks_room(const struct vw_host *host, const struct vw_pci *pf)
{
	static const char nowhere[] = "0x0000000000000000 ";
	char text[4096], *line = text;
	int first = 7, last = 12;

	if (vw_sysfs_pci_attr(host, pf, "resource", text, sizeof(text)) < 0)
		return false;
	for (int i = 0; line && i <= last; i++) {
		if (i >= first && strncmp(line, nowhere, strlen(nowhere)) != 0)
			return false;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
		if (!line && i < last)
			return false;
	}
	return true;
}

/* What the command lines of this host are to say; *no_sys: it does not run. */
static int find_args(const struct vw_host *host, const struct vw_request *request,
	struct vw_boot_args *want, bool *no_sys, struct vw_error *err)
{
	struct vw_cmdline_state running;
	vw_auto_free char *cmdline = NULL;
	enum vendor vendor = find_vendor(host);
	size_t len = 0;
	int active;

	*want = (struct vw_boot_args){ .passthrough = request->passthrough };
	*no_sys = vw_host_lookf(host, "/sys/bus/pci") != 1;
	if (*no_sys) {
		want->intel_iommu = vendor != VENDOR_AMD && !are_default_on(host);
		return 0;
	}
	active = vw_sysfs_iommu_groups(host);
	if (active < 0)
		return vw_error_errno(err, -active, "cannot look at the IOMMU groups");
	if (vw_host_slurpf(host, 65536, &cmdline, &len, "/proc/cmdline") < 0)
		len = 0;
	vw_cmdline_read(cmdline ? cmdline : "", len, &running);
	/* Where it is active, an argument that asks for it stays needed. */
	want->intel_iommu = vendor == VENDOR_INTEL && (!active || running.intel_iommu == 1);
	want->pci_realloc = running.pci_realloc;
	for (size_t i = 0; i < request->n_pfs; i++)
		want->pci_realloc |= lacks_room(host, &request->pfs[i].pf);
	return 0;
}

static void add_good(
	const struct vw_loader *loader, const struct vw_plan *plan, struct vw_findings *findings)
{
	char args[128];

	vw_boot_args_text(&plan->args, args, sizeof(args));
	vw_finding_add(findings, VW_PASS, "boot-args-good", loader->title,
		plan->reboot ? "reboot, so that they are in force" : NULL,
		"the boot entries of %s have %s", loader->title,
		args[0] ? args : "no argument that turns the IOMMU off, and none is needed");
}

int vw_plan_boot(const struct vw_host *host, const struct vw_request *request, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err)
{
	const struct vw_loader *loader;
	size_t steps = plan->n, before = findings->n;
	bool no_sys;
	int rc = vw_loader_choose(host, request->bootloader, &loader, findings, err);

	if (rc < 0 || !loader)
		return rc;
	rc = find_args(host, request, &plan->args, &no_sys, err);
	if (rc == 0) {
		plan->loader = loader->name;
		rc = loader->plan(host, &plan->args, plan, findings, err);
	}
	if (rc < 0)
		return rc;
	if (plan->n > steps || (!no_sys && !vw_running_says(host, &plan->args)))
		plan->reboot = true;
	for (size_t i = before; i < findings->n; i++)
		if (findings->v[i].severity == VW_FAIL || findings->v[i].severity == VW_WARN)
			return 0;
	if (plan->n == steps)
		add_good(loader, plan, findings);
	return 0;
}
