/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_policy: any bytes as a file of devices and rules, and the rules over systems of all kinds. */
#include "fuzz.h"

#include "cleanup.h"
#include "policy_priv.h"

static void check_list(char **list)
{
	MUST(list);
	for (; *list; list++)
		MUST(**list && !strpbrk(*list, " \t"));
}

static void check_device(const struct vw_devices *devices, const struct vw_vf_device *device)
{
	MUST(device->name && device->name[0]);
	check_list(device->families);
	check_list(device->linux_modules);
	check_list(device->windows_services);
	check_list(device->windows_infs);
	for (char **module = device->linux_modules; *module; module++)
		MUST(!strchr(*module, '-'));
	for (char **family = device->families; *family; family++)
		MUST(!strchr(*family, ':') && vw_device_in_family(device, *family));
	MUST(vw_devices_find(devices, device->vendor, device->device) == device); /* none twice */
}

static void check_rule(const struct vw_policy *policy, const struct vw_policy_rule *rule)
{
	MUST(rule->name[0] && rule->line > 0 && strcmp(rule->file, "policy") == 0);
	for (const struct vw_policy_rule *other = policy->rules; other < rule; other++)
		MUST(strcmp(other->name, rule->name) != 0);
	MUST(rule->effect >= VW_EFFECT_OFF && rule->effect <= VW_EFFECT_FAIL);
	MUST(rule->effect == VW_EFFECT_OFF || (rule->note && rule->note[0] && rule->devices));
	MUST(!rule->devices || rule->devices[0]);
	MUST(rule->effect == VW_EFFECT_OFF || !rule->windows || !rule->kernel_below.n);
	for (size_t i = 0; i < rule->n_releases; i++)
		MUST(rule->windows == !rule->releases[i].distro);
}

/* One check of a guest; its texts are of the kind that guests may have. */
static void make(struct vw_check *check, unsigned int number)
{
	static const char *const drivers[] = { "ixgbevf", NULL, "vxn", "v40e65" };
	static const char *const versions[] = { NULL, "4.18.7-k", "2.1.138.0", "" };

	*check = (struct vw_check){ .verdict = number % VW_N_VERDICTS };
	vw_check_set(check, &check->driver, drivers[number % VW_ARRAY_SIZE(drivers)]);
	vw_check_set(check, &check->version, versions[number / 3 % VW_ARRAY_SIZE(versions)]);
	vw_check_set(check, &check->path, number % 2 ? "/Windows/INF/oem7.inf" : NULL);
}

/* No rule makes a verdict better, nor takes evidence away. */
static void check_apply(
	const struct vw_policy *policy, const struct vw_vf_device *device, unsigned int number)
{
	struct vw_check kernels[2];
	struct vw_system_kernel installed[] = { { .release = (char *)"4.18.0-305.el8" },
		{ .release = (char *)(number % 2 ? "x" : "6.1.0-28-amd64"), .is_default = true } };
	struct vw_device_result result = { .device = device };
	struct vw_system system = { .devices = &result,
		.n_devices = 1,
		.type = number % 2 ? VW_SYSTEM_WINDOWS : VW_SYSTEM_LINUX,
		.distro = (char *)(number % 3 ? "rhel" : NULL),
		.version = (char *)(number % 5 ? "8.4" : NULL),
		.nt_major = 6 + 4 * (number % 4 == 1),
		.nt_minor = number % 4,
		.build = 17763,
		.server = number % 3 };
	enum vw_kernel_policy how = number % 3;
	enum vw_verdict before[3];

	for (unsigned int k = 0; k < 2; k++) {
		make(&kernels[k], number + k);
		before[k] = kernels[k].verdict;
	}
	make(&result.sum, number);
	if (system.type == VW_SYSTEM_LINUX && number % 7) {
		system.kernels = installed;
		system.n_kernels = 2;
		result.kernels = kernels;
		vw_linux_sum(&system, how);
	}
	before[2] = result.sum.verdict;
	MUST(vw_policy_apply(policy, how, &system) == 0);
	for (unsigned int k = 0; k < 2; k++) {
		MUST(kernels[k].verdict == before[k] || kernels[k].verdict == VW_VERDICT_FAIL);
		vw_check_free(&kernels[k]);
	}
	MUST(vw_verdict_worse(before[2], result.sum.verdict) == result.sum.verdict);
	MUST(policy->n_rules || (result.sum.evidence.n <= 1 && !system.findings.n));
	fuzz_check_findings(&system.findings);
	MUST(system.findings.n <= policy->n_rules);
	vw_check_free(&result.sum);
	vw_findings_free(&system.findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	vw_auto(vw_policy_free) struct vw_policy policy = { 0 };
	char *none = NULL;
	struct vw_vf_device unknown = { .vendor = 0x8086,
		.device = 0x10ed,
		.name = (char *)"",
		.families = &none,
		.linux_modules = &none,
		.windows_services = &none,
		.windows_infs = &none };

	MUST(vw_policy_parse((const char *)data, size, "policy", &policy, &findings) == 0);
	MUST(findings.n <= 101);
	vw_policy_check(&policy, &findings);
	fuzz_check_findings(&findings);
	for (size_t i = 0; i < policy.devices.n; i++)
		check_device(&policy.devices, &policy.devices.v[i]);
	for (size_t i = 0; i < policy.n_rules; i++)
		check_rule(&policy, &policy.rules[i]);
	for (unsigned int number = 0; number < 12; number++)
		check_apply(&policy,
			number % 2 && policy.devices.n ? &policy.devices.v[0] : &unknown, number);
	return 0;
}
