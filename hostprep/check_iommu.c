/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_iommu: does the firmware offer an IOMMU, does the kernel use it, and are interrupts remapped? */

/*
 * Neither the kernel's log nor its arguments say whether an IOMMU works: Linux 6.1 logs "DMAR: IOMMU enabled" with iommu=off as well. The groups
 * do: the kernel makes one for each device that it translates (Documentation/ABI/testing/sysfs-kernel-iommu_groups).
 */
#include "check.h"

#include "cleanup.h"
#include "sysfs.h"
#include "text.h"

#include <limits.h>
#include <string.h>

#define TABLES "/sys/firmware/acpi/tables"

/* DMA Remapping Reporting Structure (Intel VT-d specification, 8.1): flags at byte 37, bit 0 INTR_REMAP. */
#define DMAR_FLAGS      37
#define DMAR_INTR_REMAP 0x01
/* Extended Capability Register (VT-d specification, 10.4.3): bit 3 IR. */
#define ECAP_IR (1U << 3)

static const char *firmware_switch(const struct vw_check *check)
{
	if (check->is_guest)
		return "this machine is a guest: give it an IOMMU on its host (QEMU: -device "
		       "intel-iommu,intremap=on)";
	if (check->vendor == VW_CPU_AMD)
		return "enable IOMMU (AMD-Vi) in the firmware setup";
	return "enable VT-d (Intel Virtualization Technology for Directed I/O) in the firmware "
	       "setup";
}

/* The table in which the firmware describes its IOMMUs, or NULL. */
static const char *firmware_table(const struct vw_check *check)
{
	static const char *const tables[] = { "DMAR", "IVRS", "IORT" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(tables); i++)
		if (vw_host_existsf(check->host, TABLES "/%s", tables[i]))
			return tables[i];
	return NULL;
}

static void check_firmware(struct vw_check *check, const char *table)
{
	if (table)
		vw_finding_add(check->findings, VW_PASS, "iommu-firmware", TABLES, NULL,
			"the firmware describes an IOMMU (%s)", table);
	else if (check->iommu_active)
		vw_finding_add(check->findings, VW_PASS, "iommu-firmware", TABLES, NULL,
			"the kernel knows its IOMMU without an ACPI table");
	else if (!vw_host_existsf(check->host, TABLES))
		vw_finding_add(check->findings, VW_SKIP, "iommu-firmware", TABLES, NULL,
			"there are no ACPI tables to look into");
	else
		vw_finding_add(check->findings, VW_FAIL, "iommu-firmware", TABLES,
			firmware_switch(check),
			"the firmware describes no IOMMU: there is neither a DMAR nor an IVRS "
			"table");
}

/* Linux 2.6.32 of Enterprise Linux 6 has neither groups nor the class. */
static bool kernel_tells(const struct vw_check *check)
{
	char release[64];

	return vw_host_readf(check->host, release, sizeof(release), "/proc/sys/kernel/osrelease") <
		       0 ||
	       strncmp(release, "2.6.", 4) != 0;
}

static void check_active(struct vw_check *check, const char *table, int groups)
{
	const char *remedy =
		!table && vw_host_existsf(check->host, TABLES) ? firmware_switch(check)
		: table && !strcmp(table, "IVRS")
			? "take amd_iommu=off and iommu=off out of the kernel's arguments (see "
			  "iommu-argument); vfward-hostprep apply does it"
			: "boot with intel_iommu=on, and nothing against it (see iommu-argument); "
			  "vfward-hostprep apply does it";

	if (groups < 0)
		vw_finding_add(check->findings, VW_SKIP, "iommu-active", "/sys/class/iommu", NULL,
			"it cannot be told whether an IOMMU is active: %s", strerror(-groups));
	else if (groups > 0)
		vw_finding_add(check->findings, VW_PASS, "iommu-active", "/sys/class/iommu", NULL,
			"the IOMMU is active, with %d groups", groups);
	else if (!kernel_tells(check))
		vw_finding_add(check->findings, VW_SKIP, "iommu-active", "/sys/class/iommu", NULL,
			"this kernel does not tell whether an IOMMU is active");
	else
		vw_finding_add(check->findings, VW_FAIL, "iommu-active", "/sys/class/iommu", remedy,
			"no IOMMU is active: VFs cannot be given to guests");
}

/* 1 = interrupts of devices go through the IOMMU: their controllers' names begin with "IR-" (arch/x86/kernel/apic/msi.c, io_apic.c); 0 = they do
 * not; -1 = procfs does not tell. */
static int remapped_interrupts(const struct vw_check *check)
{
	static const char *const plain[] = { " IO-APIC", " PCI-MSI" };
	vw_auto_free char *text = NULL;
	size_t len;

	if (vw_host_slurpf(check->host, 64U << 20, &text, &len, "/proc/interrupts") < 0)
		return -1;
	if (strstr(text, " IR-"))
		return 1;
	for (size_t i = 0; i < VW_ARRAY_SIZE(plain); i++)
		if (strstr(text, plain[i]))
			return 0;
	return -1;
}

/* 1 = every VT-d unit can remap interrupts, 0 = one cannot, -1 = not known (AMD's and ARM's do not say). */
static int units_can_remap(const struct vw_check *check)
{
	vw_auto(vw_names_free) struct vw_names units = { 0 };
	int can = -1;

	vw_host_listf(check->host, &units, "/sys/class/iommu");
	for (size_t i = 0; i < units.n; i++) {
		uint64_t ecap;
		char text[32];

		if (vw_host_readf(check->host, text, sizeof(text),
			    "/sys/class/iommu/%s/intel-iommu/ecap", units.v[i]) < 0 ||
			vw_text_u64(text, 16, UINT64_MAX, &ecap) < 0)
			continue;
		if (!(ecap & ECAP_IR))
			return 0;
		can = 1;
	}
	return can;
}

/* As units_can_remap, of the firmware; its table is root's to read. */
static int firmware_can_remap(const struct vw_check *check)
{
	vw_auto_free char *table = NULL;
	size_t len;

	if (vw_host_slurpf(check->host, 1U << 20, &table, &len, TABLES "/DMAR") < 0 ||
		len <= DMAR_FLAGS)
		return -1;
	return table[DMAR_FLAGS] & DMAR_INTR_REMAP;
}

static bool unsafe_allowed(const struct vw_check *check)
{
	char value[8];

	return vw_host_readf(check->host, value, sizeof(value),
		       "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts") > 0 &&
	       value[0] == 'Y';
}

/* Without it vfio refuses a device (drivers/vfio/vfio_iommu_type1.c, "No interrupt remapping support"). */
static void check_remapping(struct vw_check *check)
{
	static const char id[] = "interrupt-remapping";
	int now = remapped_interrupts(check), units, firmware;

	if (!check->iommu_active) {
		vw_finding_add(check->findings, VW_SKIP, id, "/proc/interrupts", NULL,
			"without an active IOMMU no interrupt is remapped");
		return;
	}
	units = units_can_remap(check);
	firmware = firmware_can_remap(check);
	if (now == 1) {
		vw_finding_add(check->findings, VW_PASS, id, "/proc/interrupts", NULL,
			"interrupts are remapped");
	} else if (now < 0 && units != 0 && firmware != 0) {
		vw_finding_add(check->findings, units < 0 && firmware < 0 ? VW_SKIP : VW_PASS, id,
			"/proc/interrupts", NULL,
			units < 0 && firmware < 0
				? "it cannot be told whether interrupts are remapped"
				: "the IOMMU can remap interrupts");
	} else {
		const char *why = units == 0      ? "an IOMMU of this machine cannot"
				  : firmware == 0 ? "the firmware does not allow it"
						  : "the kernel does not do it";
		const char *remedy =
			units != 0 && firmware == 0
				? "enable interrupt remapping (or x2APIC) in the firmware setup"
			: units != 0
				? "take intremap=off out of the kernel's arguments (see "
				  "iommu-argument)"
				: "only if all guests are trusted: put \"options vfio_iommu_type1 "
				  "allow_unsafe_interrupts=1\" into /etc/modprobe.d/vfio.conf";

		vw_finding_add(check->findings, unsafe_allowed(check) ? VW_WARN : VW_FAIL, id,
			"/proc/interrupts", remedy, "interrupts are not remapped (%s): %s", why,
			unsafe_allowed(check)
				? "vfio was told to accept that; a guest can attack the host"
				: "vfio refuses devices");
	}
}

int vw_check_iommu(struct vw_check *check, struct vw_error *err)
{
	const char *table;
	int groups;

	(void)err;
	if (vw_check_skip(check, "iommu-firmware")) {
		vw_check_skip(check, "iommu-active");
		vw_check_skip(check, "interrupt-remapping");
		return 0;
	}
	groups = vw_sysfs_iommu_groups(check->host);
	check->iommu_active = groups > 0;
	table = firmware_table(check);
	check_firmware(check, table);
	check_active(check, table, groups);
	check_remapping(check);
	return 0;
}
