/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux: a Linux guest from its files: each installed kernel against each device. */
#include "linux_priv.h"

#include "cleanup.h"

#include <string.h>

int vw_linux_detect(const struct vw_guest *guest)
{
	static const char *const signs[] = { "/etc/os-release", "/usr/lib/os-release",
		"/lib/modules", "/usr/lib/modules", "/etc/redhat-release", "/etc/SuSE-release",
		"/etc/debian_version" };
	int failed = 0;

	for (size_t i = 0; i < VW_ARRAY_SIZE(signs); i++) {
		int rc = vw_host_lookf(&guest->files, "%s", signs[i]);

		if (rc > 0)
			return 1;
		if (rc < 0)
			failed = rc;
	}
	return failed;
}

static int fill_kernels(struct vw_system *system, const struct vw_guest_kernels *kernels,
	const struct vw_default_kernel *chosen)
{
	system->kernels = calloc(kernels->n + 1, sizeof(*system->kernels));
	if (!system->kernels)
		return -ENOMEM;
	for (size_t i = 0; i < kernels->n; i++) {
		struct vw_system_kernel *kernel = &system->kernels[system->n_kernels++];

		kernel->release = strdup(kernels->v[i].release);
		kernel->image = kernels->v[i].image ? strdup(kernels->v[i].image) : NULL;
		kernel->is_default = i == chosen->index;
		if (!kernel->release || (kernels->v[i].image && !kernel->image))
			return -ENOMEM;
	}
	system->boots_other = chosen->other;
	if (chosen->index >= kernels->n)
		return 0;
	system->default_rule = strdup(chosen->rule);
	system->default_evidence = chosen->evidence ? strdup(chosen->evidence) : NULL;
	system->default_confidence = chosen->confidence;
	return system->default_rule && (!chosen->evidence || system->default_evidence) ? 0
										       : -ENOMEM;
}

static int fill_devices(struct vw_system *system, const struct vw_wanted *wanted)
{
	system->devices = calloc(wanted->n_devices + 1, sizeof(*system->devices));
	if (!system->devices)
		return -ENOMEM;
	for (size_t i = 0; i < wanted->n_devices; i++) {
		struct vw_device_result *result = &system->devices[system->n_devices++];

		result->device = wanted->devices[i];
		if (!system->n_kernels)
			continue;
		result->kernels = calloc(system->n_kernels, sizeof(*result->kernels));
		if (!result->kernels)
			return -ENOMEM;
	}
	return 0;
}

/* Where no program told it. */
static int set_arch(struct vw_system *system, const struct vw_linux_kernel *kernel)
{
	const char *name = vw_machine_name(kernel->machine, kernel->is_little);

	system->arch = name ? strdup(name) : NULL;
	return name && !system->arch ? -ENOMEM : 0;
}

static int examine_kernel(
	struct vw_linux_guest *g, const struct vw_guest_kernels *kernels, size_t k)
{
	vw_auto(vw_linux_kernel_close) struct vw_linux_kernel kernel = { .linux_guest = g,
		.kernel = &kernels->v[k],
		.is_default = g->system->kernels[k].is_default || g->any_boots };
	int rc = vw_linux_kernel_open(&kernel);

	if (rc == 0 && !g->system->arch)
		rc = set_arch(g->system, &kernel);
	if (rc == 0 && kernel.why.msg[0])
		vw_finding_add(&g->system->findings, VW_WARN, "modules-unreadable",
			kernels->v[k].dir, NULL, "nothing can be told about kernel %s: %s",
			kernels->v[k].release, kernel.why.msg);
	for (size_t i = 0; rc == 0 && i < g->system->n_devices; i++)
		rc = vw_linux_judge(
			&kernel, g->system->devices[i].device, &g->system->devices[i].kernels[k]);
	return rc;
}

/* A container's image, or a root whose kernel the host gives. */
static void no_kernel(struct vw_system *system)
{
	vw_finding_add(&system->findings, VW_WARN, "no-kernel", system->root,
		"install a kernel, or check the image that has it",
		"no kernel's modules are installed: a container's image, or a kernel that has "
		"none");
	for (size_t i = 0; i < system->n_devices; i++) {
		struct vw_check *sum = &system->devices[i].sum;

		sum->verdict = VW_VERDICT_UNDETERMINED;
		vw_check_evidence(sum, "no kernel's modules are installed, so nothing can be told");
	}
}

static int read_rules(struct vw_linux_guest *g, const struct vw_default_kernel *chosen)
{
	int rc;

	g->any_boots = chosen->index == SIZE_MAX && !chosen->other;
	rc = vw_load_rules_read(&g->guest->files, chosen->cmdline, chosen->cmdline_file,
		chosen->cmdline_line, &g->rules, &g->rules_why);

	if (rc < 0 && rc != -ENOMEM)
		vw_finding_add(&g->system->findings, VW_WARN, "modules-unreadable", "modprobe.d",
			NULL, "whether drivers are disabled cannot be told: %s", g->rules_why.msg);
	return rc == -ENOMEM ? rc : 0;
}

/* What could not be looked for may be what decides: a boot loader, a program, a line against the driver. */
static void doubt(struct vw_system *system, const struct vw_error *unseen)
{
	vw_finding_add(&system->findings, VW_WARN, "guest-unseen", system->root,
		"look at the guest's file systems", "%s, so no driver is certain", unseen->msg);
	for (size_t i = 0; i < system->n_devices; i++)
		for (size_t k = 0; k < system->n_kernels; k++) {
			struct vw_check *check = &system->devices[i].kernels[k];

			if (check->verdict != VW_VERDICT_PASS)
				continue;
			check->verdict = VW_VERDICT_UNDETERMINED;
			check->confidence = VW_CONFIDENCE_LOW;
			vw_check_reason(check, "%s", unseen->msg);
		}
}

static int examine(struct vw_linux_guest *g, struct vw_error *err)
{
	vw_auto(vw_guest_kernels_free) struct vw_guest_kernels kernels = { 0 };
	vw_auto(vw_default_kernel_free) struct vw_default_kernel chosen = { .index = SIZE_MAX };
	int rc = vw_guest_kernels_list(&g->guest->files, &kernels, err);

	if (rc == 0 && kernels.n)
		rc = vw_default_kernel_find(
			&g->guest->files, &kernels, &chosen, &g->system->findings, err);
	if (rc < 0)
		return rc;
	if (fill_kernels(g->system, &kernels, &chosen) < 0 ||
		fill_devices(g->system, g->wanted) < 0 || read_rules(g, &chosen) < 0)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (size_t k = 0; k < kernels.n; k++)
		if (examine_kernel(g, &kernels, k) < 0)
			return vw_error_set(err, ENOMEM, "out of memory");
	if (!kernels.n)
		no_kernel(g->system);
	if (g->guest->files.unseen->msg[0])
		doubt(g->system, g->guest->files.unseen);
	vw_linux_sum(g->system, g->wanted->kernels);
	return 0;
}

int vw_linux_examine(const struct vw_guest *guest, const struct vw_wanted *wanted,
	struct vw_system *system, struct vw_error *err)
{
	struct vw_error unseen = { "" };
	struct vw_guest watched = *guest;
	vw_auto(vw_linux_guest_free) struct vw_linux_guest g = {
		.guest = &watched, .wanted = wanted, .system = system
	};
	int rc;

	watched.files.unseen = &unseen;
	*system = (struct vw_system){ .type = VW_SYSTEM_LINUX };
	system->root = guest->root ? strdup(guest->root) : NULL;
	if ((guest->root && !system->root) || vw_linux_identify(&g) < 0)
		return vw_error_set(err, ENOMEM, "out of memory");
	rc = examine(&g, err);
	if (rc == 0 && vw_linux_traps(&guest->files, &system->findings) < 0)
		return vw_error_set(err, ENOMEM, "out of memory");
	return rc;
}
