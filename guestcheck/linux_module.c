/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux_module: would this kernel load this module for a device? By its file, its versions, what it needs, and what was written against it. */
#include "linux_priv.h"

#include "cleanup.h"
#include "text.h"

#include <elf.h>
#include <limits.h>
#include <string.h>

#define WEAK "weak-updates/"

bool vw_linux_knows(const struct vw_vf_device *device, const char *module)
{
	for (char **known = device->linux_modules; *known; known++)
		if (vw_module_is(module, strlen(module), *known))
			return true;
	return false;
}

/* The path of a module as the guest sees it; -ENAMETOOLONG. */
static int guest_path(
	const struct vw_linux_kernel *kernel, const char *path, size_t len, char buf[PATH_MAX])
{
	int n = path[0] == '/'
			? snprintf(buf, PATH_MAX, "%.*s", (int)len, path)
			: snprintf(buf, PATH_MAX, "%s/%.*s", kernel->kernel->dir, (int)len, path);

	return len < PATH_MAX && n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static void worse(struct vw_check *check, enum vw_verdict verdict)
{
	check->verdict = vw_verdict_worse(check->verdict, verdict);
}

static void not_surer(struct vw_check *check, enum vw_confidence confidence)
{
	if (check->confidence > confidence)
		check->confidence = confidence;
}

static bool is_absent(int rc)
{
	return rc != -EBADMSG && rc != -EFBIG && vw_error_absent(rc);
}

/* A broken file is refused by the kernel, too. */
static enum vw_verdict without_file(int rc)
{
	return rc == -EBADMSG || is_absent(rc) ? VW_VERDICT_FAIL : VW_VERDICT_UNDETERMINED;
}

static void not_readable(const struct vw_linux_kernel *kernel, const char *module,
	const struct vw_module_file *file, struct vw_check *check)
{
	const char *path = file->path;
	char target[PATH_MAX];

	worse(check, without_file(file->rc));
	if (!is_absent(file->rc)) {
		vw_check_evidence(check, "%s", file->why.msg);
		return;
	}
	if (vw_host_readlinkf(
		    &kernel->linux_guest->guest->files, target, sizeof(target), "%s", path) > 0)
		vw_check_evidence(check, "%s leads to %s, which is not there", path, target);
	else
		vw_check_evidence(check, "%s/modules.dep lists %s, but the file is not there",
			kernel->kernel->dir, path);
	vw_check_setf(check, &check->remedy, "install the package with %s again", module);
}

/* kernel/module/version.c:same_magic: the release counts, unless symbols have versions; then a module of another release is at home here where
 * weak-modules has put a link to it. */
static void judge_vermagic(const struct vw_linux_kernel *kernel,
	const struct vw_module_place *place, const struct vw_module_file *file,
	struct vw_check *check)
{
	const struct vw_modinfo *info = &file->info;
	const char *release = kernel->kernel->release, *magic = vw_modinfo_get(info, "vermagic");
	size_t n = strlen(release);

	if (!magic || (strncmp(magic, release, n) == 0 && (magic[n] == ' ' || !magic[n])))
		return;
	if (place->path_len > strlen(WEAK) && strncmp(place->path, WEAK, strlen(WEAK)) == 0 &&
		strstr(magic, " modversions")) {
		vw_check_evidence(check,
			"%s was made for kernel %.*s, and linked to this one by weak-updates",
			file->path, (int)strcspn(magic, " "), magic);
		return;
	}
	worse(check, VW_VERDICT_NOT_APPLICABLE);
	vw_check_evidence(check, "%s was made for kernel %.*s: %s refuses it", file->path,
		(int)strcspn(magic, " "), magic, release);
	vw_check_setf(
		check, &check->remedy, "install the driver that was made for kernel %s", release);
}

/* Is the file for this kernel? */
static void judge_origin(const struct vw_linux_kernel *kernel, const struct vw_module_place *place,
	const struct vw_module_file *file, struct vw_check *check)
{
	if (kernel->machine != EM_NONE && file->info.machine != kernel->machine) {
		const char *is = vw_machine_name(file->info.machine, true),
			   *want = vw_machine_name(kernel->machine, true);

		worse(check, VW_VERDICT_NOT_APPLICABLE);
		vw_check_evidence(check, "%s is for another machine: %s, the kernel's is %s",
			file->path, is ? is : "unknown", want ? want : "unknown");
	}
	judge_vermagic(kernel, place, file, check);
}

/* Does the file know the device? */
static bool judge_device(const struct vw_vf_device *device, const struct vw_module_file *file,
	struct vw_check *check)
{
	char modalias[VW_MODALIAS_MAX];

	vw_check_set(check, &check->version, vw_modinfo_get(&file->info, "version"));
	if (check->version)
		check->version_source = "modinfo";
	vw_modalias_make(modalias, device->vendor, device->device);
	if (vw_modinfo_knows(&file->info, modalias))
		return true;
	worse(check, VW_VERDICT_FAIL);
	vw_check_evidence(check, "%s does not know %04x:%04x, whatever the index says", check->path,
		device->vendor, device->device);
	return false;
}

/* The argument that keeps out what nobody signed, and the module that comes without the kernel's and without a signature. */
static void refuse_unsigned(const struct vw_modprobe_line *line, struct vw_check *check)
{
	bool lockdown = line->kind == VW_MODPROBE_LOCKDOWN;
	char where[PATH_MAX + 16];

	vw_modprobe_place(line, where, sizeof(where));
	worse(check, VW_VERDICT_DISABLED);
	not_surer(check, VW_CONFIDENCE_MEDIUM);
	vw_check_evidence(check,
		"%s: %s%s on the kernel's command line, and %s is not signed and does not come "
		"with the kernel",
		where, lockdown ? "lockdown=" : "module.sig_enforce", lockdown ? line->module : "",
		check->path);
	vw_check_setf(check, &check->remedy, "sign it with a key that the kernel knows");
}

/* Secure Boot makes the kernel refuse modules that nobody signed; whether it is on, no disk tells. */
static void warn_unsigned(struct vw_system *system, const struct vw_check *check)
{
	char subject[VW_FINDING_TEXT_MAX];

	vw_text_escape(subject, sizeof(subject), check->path);
	for (size_t i = 0; i < system->findings.n; i++) /* it may drive several devices */
		if (strcmp(system->findings.v[i].id, "module-unsigned") == 0 &&
			strcmp(system->findings.v[i].subject, subject) == 0)
			return;
	vw_finding_add(&system->findings, VW_WARN, "module-unsigned", check->path,
		"sign it with a key that the firmware of the guests knows, or leave Secure Boot "
		"off",
		"%s is not signed and does not come with the kernel: with Secure Boot it does not "
		"load",
		check->path);
}

/* SUSE's modprobe: its kernel packages and certified ones say "supported". */
static void judge_support(
	const struct vw_linux_kernel *kernel, const struct vw_modinfo *info, struct vw_check *check)
{
	const struct vw_modprobe_line *line =
		vw_load_rules_unsupported(&kernel->linux_guest->rules);
	const char *supported = vw_modinfo_get(info, "supported");
	char where[PATH_MAX + 16];

	if (!line || (supported && strcmp(supported, "no") != 0) ||
		!(vw_linux_is(kernel->linux_guest, "suse") ||
			vw_linux_is(kernel->linux_guest, "sles")))
		return;
	vw_modprobe_place(line, where, sizeof(where));
	worse(check, VW_VERDICT_DISABLED);
	not_surer(check, VW_CONFIDENCE_MEDIUM);
	vw_check_evidence(check,
		"%s: allow_unsupported_modules %s, and %s does not say that it is supported", where,
		line->module, check->path);
	vw_check_setf(check, &check->remedy, "allow unsupported modules in %s", where);
}

static void judge_trust(
	const struct vw_linux_kernel *kernel, const struct vw_modinfo *info, struct vw_check *check)
{
	const struct vw_modprobe_line *line =
		kernel->is_default ? vw_load_rules_signatures(&kernel->linux_guest->rules) : NULL;

	judge_support(kernel, info, check);
	if (info->is_signed || vw_modinfo_get(info, "intree"))
		return;
	if (line)
		refuse_unsigned(line, check);
	else if (kernel->linux_guest->system->uefi)
		warn_unsigned(kernel->linux_guest->system, check);
}

static void say_hindrance(
	const struct vw_hindrance *found, const char *module, struct vw_check *check)
{
	const struct vw_modprobe_line *line = found->line;
	char where[PATH_MAX + 16];

	vw_modprobe_place(line, where, sizeof(where));
	if (found->argument) {
		const char *name = line->kind == VW_MODPROBE_FORBID ? "module_blacklist"
								    : "modprobe.blacklist";

		vw_check_evidence(
			check, "%s: %s=%s on the kernel's command line", where, name, line->module);
		vw_check_setf(
			check, &check->remedy, "take %s out of %s= in %s", module, name, where);
	} else if (line->kind == VW_MODPROBE_INSTALL) {
		vw_check_evidence(check, "%s: install %s %s", where, line->module, line->value);
		vw_check_setf(check, &check->remedy, "remove the install line in %s", where);
	} else {
		vw_check_evidence(check, "%s: blacklist %s", where, line->module);
		vw_check_setf(check, &check->remedy, "remove the blacklist in %s", where);
	}
}

static void judge_rules(const struct vw_linux_kernel *kernel, const char *module, bool needed,
	struct vw_check *check)
{
	const struct vw_load_rules *rules = &kernel->linux_guest->rules;
	const struct vw_modprobe_line *by_name = NULL, *rd;
	struct vw_hindrance found = vw_load_rules_hindrance(
		rules, module, needed, kernel->is_default, needed ? NULL : &by_name);
	char where[PATH_MAX + 16];

	if (found.line && !found.may_load) {
		say_hindrance(&found, module, check);
		worse(check, VW_VERDICT_DISABLED);
		return;
	}
	if (found.line) {
		vw_check_evidence(check,
			"%s: a command loads %s (install): it is believed to do so",
			vw_modprobe_place(found.line, where, sizeof(where)), module);
		check->confidence = VW_CONFIDENCE_LOW;
	}
	if (by_name)
		vw_check_evidence(check, "%s loads it by name, though it is blacklisted",
			vw_modprobe_place(by_name, where, sizeof(where)));
	rd = kernel->is_default ? vw_load_rules_initramfs(rules, module) : NULL;
	if (rd)
		vw_check_evidence(check,
			"%s: rd.driver.blacklist=%s: not in the initramfs, but later",
			vw_modprobe_place(rd, where, sizeof(where)), module);
}

/* A module that has to be loaded first. 0 or -ENOMEM. */
static int judge_need(
	struct vw_linux_kernel *kernel, const struct vw_module_place *place, struct vw_check *check)
{
	const struct vw_module_file *file;
	char path[PATH_MAX], module[256];
	const char *name;
	size_t n = vw_module_path_name(place->path, place->path_len, &name);

	if (guest_path(kernel, place->path, place->path_len, path) < 0) {
		worse(check, VW_VERDICT_UNDETERMINED);
		vw_check_evidence(check, "the path of a module that it needs is too long");
		return 0;
	}
	snprintf(module, sizeof(module), "%.*s", (int)n, name);
	for (char *c = module; *c; c++)
		if (*c == '-')
			*c = '_';
	file = vw_linux_module_file(kernel, path);
	if (!file)
		return -ENOMEM;
	if (file->rc < 0) {
		worse(check, without_file(file->rc));
		if (is_absent(file->rc))
			vw_check_evidence(check, "it needs %s, which is not there", path);
		else
			vw_check_evidence(
				check, "it needs a module that is of no use: %s", file->why.msg);
		return 0;
	}
	judge_origin(kernel, place, file, check);
	judge_rules(kernel, module, true, check);
	return 0;
}

/* A blacklist does not keep a module from being loaded for another one. */
static int judge_needs(
	struct vw_linux_kernel *kernel, struct vw_module_place place, struct vw_check *check)
{
	struct vw_module_place need = { 0 };
	int rc = 0;

	/* mlx5_core needs three others; what has more than this is no module */
	for (int left = 64;
		rc == 0 && left > 0 && vw_modules_need(&place, &need.path, &need.path_len); left--)
		rc = judge_need(kernel, &need, check);
	return rc;
}

int vw_linux_judge_module(struct vw_linux_kernel *kernel, const struct vw_vf_device *device,
	const char *module, struct vw_check *check)
{
	const struct vw_module_file *file;
	struct vw_module_place place;
	char path[PATH_MAX];
	bool knows;
	int rc;

	check->verdict = VW_VERDICT_PASS;
	check->confidence = kernel->scanned || !vw_linux_knows(device, module)
				    ? VW_CONFIDENCE_MEDIUM
				    : VW_CONFIDENCE_HIGH;
	vw_check_set(check, &check->driver, module);
	if (!vw_modules_find(kernel->index.dep.text, kernel->index.dep.len, module, &place)) {
		check->verdict = VW_VERDICT_FAIL;
		vw_check_evidence(check, "%s/modules.dep does not list %s: modprobe cannot load it",
			kernel->kernel->dir, module);
		vw_check_setf(check, &check->remedy, "install %s, then run depmod %s", module,
			kernel->kernel->release);
		return 0;
	}
	rc = guest_path(kernel, place.path, place.path_len, path);
	if (rc < 0) {
		check->verdict = VW_VERDICT_UNDETERMINED;
		vw_check_evidence(check, "the path of %s is too long", module);
		return 0;
	}
	vw_check_set(check, &check->path, path);
	file = vw_linux_module_file(kernel, path);
	if (!file)
		return -ENOMEM;
	if (file->rc < 0) {
		not_readable(kernel, module, file, check);
		return 0;
	}
	judge_origin(kernel, &place, file, check);
	knows = judge_device(device, file, check);
	judge_rules(kernel, module, false, check);
	if (check->verdict == VW_VERDICT_PASS)
		judge_trust(kernel, &file->info, check);
	rc = judge_needs(kernel, place, check); /* the file is gone after it */
	if (knows)
		vw_check_evidence(
			check, "%s knows %04x:%04x", path, device->vendor, device->device);
	return rc;
}
