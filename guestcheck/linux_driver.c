/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux_driver: does one kernel have a driver for a device? */

/*
 * Theory of operation. A kernel asks for a driver by the device's modalias. What is built in takes the device itself. Else udev asks libkmod
 * what to load: alias lines of modprobe.d come first, and where one matches nothing else is looked at; then modules.alias, of which all
 * that match are loaded. So a device has a driver if one of these modules can be loaded, is for this kernel, and knows the
 * device by its own .modinfo. The best of them counts.
 */
#include "linux_priv.h"

#include "cleanup.h"

#include <string.h>

static void not_known(struct vw_check *check, const char *why)
{
	check->verdict = VW_VERDICT_UNDETERMINED;
	check->confidence = VW_CONFIDENCE_LOW;
	vw_check_evidence(check, "%s", why);
}

static void built_in(const struct vw_linux_kernel *kernel, const struct vw_vf_device *device,
	const char *module, struct vw_check *check)
{
	const struct vw_modprobe_line *line =
		kernel->is_default ? vw_load_rules_initcall(&kernel->linux_guest->rules, module)
				   : NULL;

	check->verdict = line ? VW_VERDICT_DISABLED : VW_VERDICT_PASS;
	check->confidence =
		line || !vw_linux_knows(device, module) ? VW_CONFIDENCE_MEDIUM : VW_CONFIDENCE_HIGH;
	vw_check_set(check, &check->driver, module);
	if (line) {
		char where[512];

		vw_modprobe_place(line, where, sizeof(where));
		vw_check_evidence(check,
			"%s: initcall_blacklist=%s keeps the built-in %s from starting", where,
			line->module, module);
		vw_check_setf(check, &check->remedy, "take %s out of initcall_blacklist= in %s",
			line->module, where);
	}
	vw_check_evidence(check, "%s is built into kernel %s (%s/modules.builtin.modinfo)", module,
		kernel->kernel->release, kernel->kernel->dir);
}

/* Kernels before 5.2 tell the names of what is built in, but not its devices. */
static bool built_in_by_name(const struct vw_linux_kernel *kernel,
	const struct vw_vf_device *device, struct vw_check *check)
{
	struct vw_module_place place;

	if (kernel->index.builtin_modinfo.there)
		return false;
	for (char **known = device->linux_modules; *known; known++) {
		if (!vw_modules_find(
			    kernel->index.builtin.text, kernel->index.builtin.len, *known, &place))
			continue;
		vw_check_set(check, &check->driver, *known);
		not_known(check,
			"it is built into the kernel, which does not tell for which devices "
			"(it has no modules.builtin.modinfo)");
		return true;
	}
	return false;
}

/* A better check takes the place of the one so far. */
static void keep_better(struct vw_check *best, struct vw_check *check, bool first)
{
	if (first || check->verdict < best->verdict) {
		vw_check_free(best);
		*best = *check;
		*check = (struct vw_check){ 0 };
	}
	best->lost |= check->lost;
	vw_check_free(check);
}

static int judge_modules(struct vw_linux_kernel *kernel, const struct vw_vf_device *device,
	const struct vw_names *modules, struct vw_check *best)
{
	struct vw_check check = { 0 };
	int rc = 0;

	for (size_t i = 0; i < modules->n && rc == 0; i++) {
		rc = vw_linux_judge_module(kernel, device, modules->v[i], &check);
		keep_better(best, &check, i == 0);
	}
	for (size_t i = 0; i < modules->n && modules->n > 1; i++)
		if (best->driver && strcmp(best->driver, modules->v[i]) != 0)
			vw_check_evidence(best, "%s is for this device, too", modules->v[i]);
	return rc;
}

/* An index that modprobe does not find is as good as none, until depmod runs. */
static void judge_index(const struct vw_linux_kernel *kernel, struct vw_check *check)
{
	const char *dir = kernel->kernel->dir;

	if (kernel->scanned)
		vw_check_evidence(
			check, "%s has no modules.alias; this is by the modules' own files", dir);
	if (!kernel->no_depmod || check->verdict == VW_VERDICT_FAIL)
		return;
	if (check->verdict == VW_VERDICT_PASS)
		check->verdict = VW_VERDICT_DISABLED;
	vw_check_evidence(check, "%s lacks %s: modprobe finds no module before depmod has run", dir,
		kernel->linux_guest->rules.tools == VW_TOOLS_KMOD
			? "modules.alias.bin or modules.dep.bin"
			: "modules.alias or modules.dep");
	vw_check_setf(check, &check->remedy, "run depmod -b ROOT %s", kernel->kernel->release);
}

static void no_driver(const struct vw_linux_kernel *kernel, const struct vw_vf_device *device,
	const char *modalias, struct vw_check *check)
{
	struct vw_module_place place;

	check->verdict = kernel->cut ? VW_VERDICT_UNDETERMINED : VW_VERDICT_FAIL;
	check->confidence = kernel->cut ? VW_CONFIDENCE_LOW : VW_CONFIDENCE_HIGH;
	vw_check_evidence(
		check, "kernel %s has no module for %s", kernel->kernel->release, modalias);
	for (char **known = device->linux_modules; *known; known++)
		if (vw_modules_find(kernel->index.dep.text, kernel->index.dep.len, *known, &place))
			vw_check_evidence(
				check, "its %s is there, but does not know this device", *known);
	if (kernel->scanned)
		vw_check_evidence(check,
			kernel->cut ? "%s has no modules.alias, and too many modules to look at"
				    : "%s has no modules.alias; this is by the modules' own files",
			kernel->kernel->dir);
	vw_linux_remedy(kernel, device, check);
}

static int judge_aliases(struct vw_linux_kernel *kernel, const struct vw_vf_device *device,
	const char *modalias, struct vw_check *check)
{
	vw_auto(vw_names_free) struct vw_names modules = { 0 };
	int rc = vw_modules_alias_match(
		kernel->index.alias.text, kernel->index.alias.len, modalias, &modules);

	if (rc == 0 && modules.n)
		rc = judge_modules(kernel, device, &modules, check);
	else if (rc == 0)
		no_driver(kernel, device, modalias, check);
	if (rc == 0)
		judge_index(kernel, check);
	return rc;
}

/* Alias lines of modprobe.d give the device to other modules, or to none ("off"). */
static int judge_overridden(struct vw_linux_kernel *kernel, const struct vw_vf_device *device,
	const struct vw_names *modules, const struct vw_modprobe_line *line, struct vw_check *check)
{
	struct vw_check other = { 0 };
	int rc = judge_modules(kernel, device, modules, &other);

	if (rc == 0)
		judge_index(kernel, &other);
	if (other.verdict == VW_VERDICT_PASS) {
		vw_check_evidence(&other, "%s:%u: alias %s %s", line->file, line->line,
			line->module, line->value);
		vw_check_free(check);
		*check = other;
		return rc;
	}
	vw_check_free(&other);
	if (check->verdict != VW_VERDICT_PASS)
		return rc;
	check->verdict = VW_VERDICT_DISABLED;
	vw_check_evidence(check, "%s:%u: alias %s %s: modprobe looks no further", line->file,
		line->line, line->module, line->value);
	vw_check_setf(
		check, &check->remedy, "remove the alias line in %s:%u", line->file, line->line);
	return rc;
}

static int judge_loaded(struct vw_linux_kernel *kernel, const struct vw_vf_device *device,
	const char *modalias, struct vw_check *check)
{
	vw_auto(vw_names_free) struct vw_names modules = { 0 };
	const struct vw_modprobe_line *line;
	int rc = judge_aliases(kernel, device, modalias, check);

	if (rc == 0)
		rc = vw_load_rules_alias(&kernel->linux_guest->rules, modalias, &modules, &line);
	if (rc == 0 && line)
		rc = judge_overridden(kernel, device, &modules, line, check);
	return rc;
}

/* What keeps any driver from working. */
static void judge_interrupts(const struct vw_linux_kernel *kernel, struct vw_check *check)
{
	const struct vw_modprobe_line *line =
		kernel->is_default ? vw_load_rules_no_msi(&kernel->linux_guest->rules) : NULL;
	char where[512];

	if (!line || check->verdict != VW_VERDICT_PASS)
		return;
	check->verdict = VW_VERDICT_DISABLED;
	vw_modprobe_place(line, where, sizeof(where));
	vw_check_reason(check,
		"%s: pci=nomsi on the kernel's command line, and a VF has no other interrupts",
		where);
	vw_check_setf(check, &check->remedy, "take nomsi out of pci= in %s", where);
}

int vw_linux_judge(
	struct vw_linux_kernel *kernel, const struct vw_vf_device *device, struct vw_check *check)
{
	vw_auto(vw_names_free) struct vw_names modules = { 0 };
	char modalias[VW_MODALIAS_MAX];
	int rc = 0;

	vw_modalias_make(modalias, device->vendor, device->device);
	if (kernel->why.msg[0]) {
		not_known(check, kernel->why.msg);
		return 0;
	}
	rc = vw_modules_builtin_match(kernel->index.builtin_modinfo.text,
		kernel->index.builtin_modinfo.len, modalias, &modules);
	if (rc == 0 && modules.n) {
		built_in(kernel, device, modules.v[0], check);
		judge_interrupts(kernel, check);
		return check->lost ? -ENOMEM : 0;
	}
	if (rc == 0 && kernel->linux_guest->rules_why.msg[0]) {
		not_known(check, kernel->linux_guest->rules_why.msg);
		return 0;
	}
	if (rc == 0 && !built_in_by_name(kernel, device, check))
		rc = judge_loaded(kernel, device, modalias, check);
	judge_interrupts(kernel, check);
	return rc < 0 ? rc : check->lost ? -ENOMEM : 0;
}
