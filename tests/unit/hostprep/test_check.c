/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_check: one thing after the other is not fine: each finding comes then, and only then. */
#include "check_machine.h"

#define NO_IOMMU                                                                                   \
	{ "/sys/class/iommu/dmar0/intel-iommu/ecap", NULL },                                       \
		{ "/sys/class/iommu/dmar0/intel-iommu", NULL },                                    \
	{                                                                                          \
		"/sys/class/iommu/dmar0", NULL                                                     \
	}
#define NO_SRIOV                                                                                   \
	{ PF "sriov_totalvfs", NULL },                                                             \
	{                                                                                          \
		PF "config", NULL                                                                  \
	}
#define OTHER_VF PORT "0000:01:10.2/"

static const struct {
	const char *what;
	struct change changes[8];
	const char *want;
} cases[] = {
	{ "all is well", { { 0 } }, "" },

	{ "no flag", { { "/proc/cpuinfo", FLAGS "sse2\n" } }, "FAIL cpu-virt;SKIP kvm-device;" },
	{ "a flag that only contains the word", { { "/proc/cpuinfo", FLAGS "xvmx vmxx svme\n" } },
		"FAIL cpu-virt;SKIP kvm-device;" },
	{ "the word elsewhere", { { "/proc/cpuinfo", FLAGS "sse2\nvmx flags\t: vmx\n" } },
		"FAIL cpu-virt;SKIP kvm-device;" },
	{ "AMD's flag", { { "/proc/cpuinfo", FLAGS "svm\n" } }, "" },
	{ "the flag at the end of the file", { { "/proc/cpuinfo", FLAGS "vmx" } }, "" },
	{ "no x86", { { "/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\n" } },
		"SKIP cpu-virt;" },
	{ "no cpuinfo", { { "/proc/cpuinfo", NULL } }, "SKIP cpu-virt;" },
	{ "no kvm", { { "/dev/kvm", NULL } }, "FAIL kvm-device;" },
	{ "no /dev", { { "/dev/kvm", NULL }, { "/dev", NULL } }, "SKIP kvm-device;" },

	{ "no table, and no IOMMU", { { "/sys/firmware/acpi/tables/DMAR", NULL }, NO_IOMMU },
		"FAIL iommu-firmware;FAIL iommu-active;SKIP interrupt-remapping;" },
	{ "no table, and an IOMMU", { { "/sys/firmware/acpi/tables/DMAR", NULL } }, "" },
	{ "AMD's table",
		{ { "/sys/firmware/acpi/tables/DMAR", NULL },
			{ "/sys/firmware/acpi/tables/IVRS", "IVRS" }, NO_IOMMU },
		"FAIL iommu-active;SKIP interrupt-remapping;" },
	{ "no tables to look into",
		{ { "/sys/firmware/acpi/tables/DMAR", NULL }, { "/sys/firmware/acpi/tables", NULL },
			NO_IOMMU },
		"SKIP iommu-firmware;FAIL iommu-active;SKIP interrupt-remapping;" },
	{ "no IOMMU in use", { NO_IOMMU }, "FAIL iommu-active;SKIP interrupt-remapping;" },
	{ "a kernel that does not tell",
		{ NO_IOMMU, { "/proc/sys/kernel/osrelease", "2.6.32-573.el6.x86_64\n" } },
		"SKIP iommu-active;SKIP interrupt-remapping;" },

	{ "not remapped", { { "/proc/interrupts", " 24:  1   PCI-MSI  5-edge eth0\n" } },
		"FAIL interrupt-remapping;" },
	{ "not remapped, new names",
		{ { "/proc/interrupts", " 24:  1  PCI-MSIX-0000:01:00.0  5-edge eth0\n" } },
		"FAIL interrupt-remapping;" },
	{ "remapped, new names",
		{ { "/proc/interrupts", " 24:  1  IR-PCI-MSIX-0000:01:00.0  5-edge eth0\n" } },
		"" },
	{ "not remapped, and vfio does not mind",
		{ { "/proc/interrupts", " 24:  1   IO-APIC  5-edge eth0\n" },
			{ "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts",
				"Y\n" } },
		"WARN interrupt-remapping;" },
	{ "not remapped, and vfio minds",
		{ { "/proc/interrupts", " 24:  1   IO-APIC  5-edge eth0\n" },
			{ "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts",
				"N\n" } },
		"FAIL interrupt-remapping;" },
	{ "only the IOMMU tells: it can", { { "/proc/interrupts", NULL } }, "" },
	{ "only the IOMMU tells: it cannot",
		{ { "/proc/interrupts", NULL },
			{ "/sys/class/iommu/dmar0/intel-iommu/ecap", "f7\n" } },
		"FAIL interrupt-remapping;" },
	{ "only the firmware tells: it does not allow it",
		{ { "/proc/interrupts", NULL }, { "/sys/class/iommu/dmar0/intel-iommu/ecap", "x" },
			{ "/sys/firmware/acpi/tables/DMAR",
				"DMAR.................................\xfe.........." } },
		"FAIL interrupt-remapping;" },
	{ "nobody tells",
		{ { "/proc/interrupts", NULL }, { "/sys/class/iommu/dmar0/intel-iommu/ecap", "x" },
			{ "/sys/firmware/acpi/tables/DMAR", "" } },
		"SKIP interrupt-remapping;" },

	{ "an argument against it, and it is active",
		{ { "/proc/cmdline", "ro intel_iommu=off\n" } }, "WARN iommu-argument;" },
	{ "an argument against it, and it is not", { NO_IOMMU, { "/proc/cmdline", "iommu=off\n" } },
		"FAIL iommu-active;SKIP interrupt-remapping;FAIL iommu-argument;" },
	{ "an argument for init", { { "/proc/cmdline", "quiet -- intel_iommu=off\n" } }, "" },
	{ "the default entry has an argument against it",
		{ { "/boot/grub/grub.cfg", GRUB(" intel_iommu=off", "") } },
		"FAIL iommu-argument;" },
	{ "another entry has", { { "/boot/grub/grub.cfg", GRUB("", " iommu=off") } },
		"WARN iommu-argument;" },
	{ "entries that cannot be read", { { "/boot/grub/grub.cfg", "menuentry 'x {\n" } },
		"WARN boot-entries;" },
	{ "no boot loader", { { "/boot/grub/grub.cfg", NULL }, { "/etc/default/grub", NULL } },
		"SKIP loader-none;" },
	{ "no ARI", { { "/proc/cmdline", "pci=realloc,noari\n" } }, "WARN pci-argument;" },

	{ "a variable that cannot be read", { { EFIVAR, "abc" } }, "SKIP secure-boot;" },
	{ "Secure Boot on", { { EFIVAR, "abcd\x01" } }, "" },
	{ "lockdown tells",
		{ { EFIVAR, "abc" },
			{ "/sys/kernel/security/lockdown", "none [integrity] confidentiality\n" } },
		"" },
	{ "no lockdown does not",
		{ { EFIVAR, "abc" },
			{ "/sys/kernel/security/lockdown", "[none] integrity confidentiality\n" } },
		"SKIP secure-boot;" },

	{ "the kernel has no SR-IOV", { { PF "sriov_totalvfs", NULL } }, "FAIL nic-sriov;" },
	{ "the firmware has no VF", { { PF "sriov_totalvfs", "0\n" } }, "FAIL nic-sriov;" },
	{ "no NIC", { { PF "class", "0x010802\n" } }, "FAIL nic-sriov;" },
	{ "an InfiniBand adapter", { { PF "class", "0x020700\n" } }, "" },
	{ "no VFs", { { PF "virtfn0", NULL } }, "WARN nic-vfs;" },

	{ "no driver", { { PF "driver", NULL }, { PF "device", "0x1528\n" } }, "FAIL nic-driver;" },
	{ "no driver for an unknown device", { { PF "driver", NULL }, { PF "device", "0xfffe\n" } },
		"FAIL nic-driver;" },
	{ "the driver is not loaded",
		{ { PF "driver", NULL }, { "/sys/bus/pci/drivers/ixgbe/bind", NULL },
			{ "/sys/bus/pci/drivers/ixgbe", NULL } },
		"FAIL nic-driver;" },
	{ "the driver is there and leaves it alone", { { PF "driver", NULL } }, "FAIL nic-sfp;" },
	{ "the PF is given away", { { PF "driver", "->../../../../bus/pci/drivers/vfio-pci" } },
		"WARN nic-driver;" },

	{ "no VF BAR was placed", { { PF "resource", BARS7 ZERO ZERO ZERO ZERO ZERO ZERO } },
		"FAIL nic-vf-bars;" },
	{ "only the ROM was placed",
		{ { PF "resource",
			PLACED ZERO ZERO ZERO ZERO ZERO PLACED ZERO ZERO ZERO ZERO ZERO ZERO } },
		"FAIL nic-vf-bars;" },
	{ "one VF BAR was not placed",
		{ { PF "resource", BARS7 PLACED ZERO ZERO
			"0x0000000000000000 0x00000000000fffff 0x0000000000140204\n" ZERO ZERO } },
		"FAIL nic-vf-bars;" },
	{ "one VF BAR is unset",
		{ { PF "resource", BARS7 PLACED ZERO ZERO
			"0x00000000e0000000 0x00000000e00fffff 0x0000000020140204\n" ZERO ZERO } },
		"FAIL nic-vf-bars;" },
	{ "too few lines", { { PF "resource", BARS7 } }, "SKIP nic-vf-bars;" },
	{ "no lines", { { PF "resource", BARS7 "\x1b[31m\n" } }, "SKIP nic-vf-bars;" },

	{ "VFs beyond the bridge's buses", { { PF "sriov_offset", "512\n" } },
		"FAIL nic-vf-buses;" },
	{ "some VFs beyond", { { PF "sriov_stride", "16\n" } }, "WARN nic-vf-buses;" },
	{ "just enough room", { { PF "sriov_offset", "387\n" } }, "" },
	{ "one too few", { { PF "sriov_offset", "388\n" } }, "WARN nic-vf-buses;" },

	{ "a slot of one lane",
		{ { PF "current_link_width", "1\n" }, { PF "max_link_width", "1\n" } },
		"WARN nic-link-width;" },
	{ "just enough lanes",
		{ { PF "current_link_width", "2\n" }, { PF "max_link_width", "2\n" } }, "" },
	{ "enough, but less than both can", { { PF "current_link_width", "4\n" } },
		"WARN nic-link-width;" },
	{ "slower than both can", { { PF "current_link_speed", "5.0 GT/s PCIe\n" } },
		"WARN nic-link-width;" },
	{ "the slot has less",
		{ { PF "current_link_width", "4\n" }, { PORT "max_link_width", "4\n" } }, "" },
	{ "the slot is slower",
		{ { PF "current_link_speed", "5 GT/s\n" }, { PORT "max_link_speed", "5 GT/s\n" } },
		"" },
	{ "the card has less",
		{ { PF "current_link_width", "4\n" }, { PF "max_link_width", "4\n" } }, "" },
	{ "config space tells", { { PF "current_link_width", NULL } }, "" },
	{ "nobody knows", { { PF "current_link_width", "255\n" } }, "SKIP nic-link-width;" },
	{ "a speed from the future", { { PF "current_link_speed", "999 GT/s\n" } },
		"SKIP nic-link-width;" },

	{ "a stranger in the VF's group",
		{ { PLACE "0000:00:1f.0/class", "0x010802\n" },
			{ DEVICES "0000:00:1f.0", "->../../../devices/pci0000:00/0000:00:1f.0" },
			{ "/sys/kernel/iommu_groups/3/devices/0000:00:1f.0", "" } },
		"WARN nic-acs;" },
	{ "a stranger in the PF's group, no VFs",
		{ { PLACE "0000:00:1f.0/class", "0x010802\n" },
			{ DEVICES "0000:00:1f.0", "->../../../devices/pci0000:00/0000:00:1f.0" },
			{ "/sys/kernel/iommu_groups/2/devices/0000:00:1f.0", "" },
			{ PF "virtfn0", NULL } },
		"WARN nic-vfs;WARN nic-acs;" },
	{ "a bridge in the group", { { "/sys/kernel/iommu_groups/3/devices/0000:00:01.0", "" } },
		"" },
	{ "two VFs in one group",
		{ { OTHER_VF "class", "0x020000\n" },
			{ DEVICES "0000:01:10.2",
				"->../../../devices/pci0000:00/0000:00:01.0/0000:01:10.2" },
			{ OTHER_VF "physfn", "->../0000:01:00.0" },
			{ PF "virtfn1", "->../0000:01:10.2" },
			{ "/sys/kernel/iommu_groups/3/devices/0000:01:10.2", "" } },
		"WARN nic-acs;" },
	{ "no group", { { PORT "0000:01:10.0/iommu_group", NULL }, { PF "iommu_group", NULL } },
		"SKIP nic-acs;" },

	{ "no node, where there are two",
		{ { PF "numa_node", "-1\n" }, { "/sys/devices/system/node/node0/x", "" },
			{ "/sys/devices/system/node/node1/x", "" } },
		"WARN nic-numa;" },
	{ "no node, where there is one",
		{ { PF "numa_node", "-1\n" }, { "/sys/devices/system/node/node0/x", "" },
			{ "/sys/devices/system/node/possible", "" } },
		"" },
	{ "no attribute", { { PF "numa_node", NULL } }, "" },

	{ "down", { { NETDEV "flags", "0x1002\n" } }, "WARN nic-link;" },
	{ "no carrier", { { NETDEV "carrier", "0\n" } }, "WARN nic-link;" },
	{ "no flags", { { NETDEV "flags", NULL } }, "SKIP nic-link;" },
	{ "nobody knows the routes", { { "/vfward-record/routes.nl", NULL } },
		"SKIP nic-management;" },
	{ "no speed", { { NETDEV "speed", "-1\n" } }, "" },

	{ "a 1 GbE adapter", { { PF "device", "0x1521\n" } }, "WARN nic-gigabit;" },
	{ "an unknown adapter", { { PF "device", "0xfffe\n" } }, "" },

	{ "an adapter without SR-IOV", { NO_SRIOV, { PF "device", "0x10c6\n" } },
		"WARN adapter-no-sriov;FAIL nic-sriov;" },
	{ "an adapter that hides it", { NO_SRIOV }, "WARN adapter-sriov-hidden;FAIL nic-sriov;" },
	{ "a VF in a guest", { NO_SRIOV, { PF "device", "0x10ed\n" } },
		"WARN adapter-is-vf;FAIL nic-sriov;" },
	{ "a VF in a guest of Hyper-V", { NO_SRIOV, { PF "device", "0x152e\n" } },
		"WARN adapter-is-vf;FAIL nic-sriov;" },
	{ "another vendor's", { NO_SRIOV, { PF "vendor", "0x1af4\n" } }, "FAIL nic-sriov;" },
	{ "capability without the kernel's word, another device",
		{ { PF "sriov_totalvfs", NULL }, { PF "device", "0x10c6\n" } }, "FAIL nic-sriov;" },
};

static void test_cases(void **state)
{
	char got[1024];

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct tree tree;

		build(&tree);
		for (size_t k = 0; k < VW_ARRAY_SIZE(cases[i].changes); k++)
			if (cases[i].changes[k].path)
				apply(&tree, &cases[i].changes[k]);
		run(&tree, got, sizeof(got));
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: %s, wanted %s", cases[i].what, got, cases[i].want);
		tree_free(&tree);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, set_datadir, NULL);
}
