/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_cpu: can this machine run guests with hardware virtualisation? */
#include "check.h"

#include "cleanup.h"

#include <string.h>

#define CPUINFO "/proc/cpuinfo"

/* The rest of the first line that begins with `key` and a colon, as procfs writes it; NUL-terminated in place. NULL: there is none. */
static char *cpu_line(char *text, const char *key)
{
	size_t len = strlen(key);

	for (char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		if (strncmp(line, key, len) != 0 || !strchr(" \t:", line[len]))
			continue;
		line = strchr(line, ':');
		return line ? line + 1 : NULL;
	}
	return NULL;
}

/* Is this word in the first line of text? */
static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word), end = strcspn(text, "\n");

	for (const char *p = text; (p = strstr(p, word)) && (size_t)(p - text) < end; p += len)
		if ((p == text || strchr(" \t", p[-1])) && strchr(" \t\n", p[len]))
			return true;
	return false;
}

static void check_flags(struct vw_check *check, const char *flags, bool *virt)
{
	const char *remedy =
		check->is_guest ? "this machine is a guest: allow nested virtualisation on its host"
		: check->vendor == VW_CPU_AMD
			? "enable SVM Mode in the firmware setup"
			: "enable Intel Virtualization Technology (VT-x) in the firmware setup";

	*virt = true;
	if (has_word(flags, "vmx"))
		vw_finding_add(
			check->findings, VW_PASS, "cpu-virt", CPUINFO, NULL, "the CPU has VT-x");
	else if (has_word(flags, "svm"))
		vw_finding_add(
			check->findings, VW_PASS, "cpu-virt", CPUINFO, NULL, "the CPU has AMD-V");
	else {
		*virt = false;
		vw_finding_add(check->findings, VW_FAIL, "cpu-virt", CPUINFO, remedy,
			"the CPU shows no hardware virtualisation: neither vmx nor svm is among "
			"its flags");
	}
}

/* The flag comes from CPUID; a firmware that locks VT-x or SVM (IA32_FEATURE_CONTROL, VM_CR) shows only in that kvm refuses to
 * load (arch/x86/kvm/vmx/vmx.c:vmx_disabled_by_bios, "disabled by bios"). */
static void check_kvm(struct vw_check *check)
{
	const char *module = check->vendor == VW_CPU_AMD ? "kvm_amd" : "kvm_intel";
	const char *option = check->vendor == VW_CPU_AMD ? "SVM Mode" : "VT-x";
	char remedy[256];

	if (vw_host_existsf(check->host, "/dev/kvm")) {
		vw_finding_add(check->findings, VW_PASS, "kvm-device", "/dev/kvm", NULL,
			"/dev/kvm is there");
		return;
	}
	if (check->host->recorded && !vw_host_existsf(check->host, "/dev")) {
		vw_finding_add(check->findings, VW_SKIP, "kvm-device", "/dev/kvm", NULL,
			"this root has no /dev");
		return;
	}
	snprintf(remedy, sizeof(remedy),
		"modprobe %s; if that says \"Operation not supported\", the firmware has locked "
		"it: enable %s in the firmware setup and switch the machine off and on",
		module, option);
	vw_finding_add(check->findings, VW_FAIL, "kvm-device", "/dev/kvm", remedy,
		"/dev/kvm is missing although the CPU can virtualise: %s",
		vw_host_existsf(check->host, "/sys/module/%s", module)
			? "the module is loaded, but made no device"
			: "the module is not loaded, or refused by the firmware's lock");
}

int vw_check_cpu(struct vw_check *check, struct vw_error *err)
{
	char text[16384]; /* the first CPU is enough */
	const char *vendor, *flags;
	bool virt = true;

	(void)err;
	if (!vw_check_head(check->host, text, sizeof(text), CPUINFO)) {
		vw_finding_add(check->findings, VW_SKIP, "cpu-virt", CPUINFO, NULL,
			"this root has no " CPUINFO "; run the check on the machine itself");
		vw_check_skip(check, "kvm-device");
		return 0;
	}
	vendor = cpu_line(text, "vendor_id");
	flags = cpu_line(text, "flags");
	if (vendor && (has_word(vendor, "AuthenticAMD") || has_word(vendor, "HygonGenuine")))
		check->vendor = VW_CPU_AMD;
	else if (vendor && has_word(vendor, "GenuineIntel"))
		check->vendor = VW_CPU_INTEL;
	check->is_guest = flags && has_word(flags, "hypervisor");
	if (flags)
		check_flags(check, flags, &virt);
	else
		vw_finding_add(check->findings, VW_SKIP, "cpu-virt", CPUINFO, NULL,
			"this is no x86 CPU; /dev/kvm tells");
	if (vw_check_skip(check, "kvm-device"))
		return 0;
	if (virt)
		check_kvm(check);
	else
		vw_finding_add(check->findings, VW_SKIP, "kvm-device", "/dev/kvm", NULL,
			"without hardware virtualisation there is no /dev/kvm");
	return 0;
}
