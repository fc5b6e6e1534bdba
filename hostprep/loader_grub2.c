/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loader_grub2: GRUB 2 with a generated grub.cfg: Debian and Ubuntu, RHEL and CentOS 7, SUSE. */
#include "boot_edit.h"
#include "cleanup.h"
#include "grub2_conf.h"
#include "grub_files.h"

#include <string.h>

/* Where both an EFI and a BIOS one are there, the firmware decides. */
static void keep_live(const struct vw_host *host, struct vw_grub_cfgs *cfgs)
{
	int efi = vw_boot_is_efi(host);
	size_t n = 0;

	for (size_t i = 0; i < cfgs->n && efi >= 0; i++)
		if (vw_grub_cfg_on_esp(cfgs->path[i]) == (efi == 1))
			memmove(cfgs->path[n++], cfgs->path[i], VW_GRUB_PATH_MAX);
	if (n)
		cfgs->n = n;
}

static void find_cfgs(const struct vw_host *host, struct vw_grub_cfgs *cfgs)
{
	vw_grub_cfgs_find(host, false, cfgs);
	keep_live(host, cfgs);
}

static int detect(const struct vw_host *host, char *evidence, size_t size, struct vw_error *err)
{
	struct vw_grub_cfgs cfgs;
	char info[64];
	int rc = vw_grub_uses_bls(host, NULL, 0, err);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	if (vw_loader_info(host, info, sizeof(info)) && strncmp(info, "GRUB", 4) != 0)
		return 0;
	find_cfgs(host, &cfgs);
	if (cfgs.n == 0)
		return 0;
	snprintf(evidence, size, "%s exists", cfgs.path[0]);
	return 1;
}

/* Is this line in what one of the scripts for Linux has made (10_linux, 20_linux_xen, 10_linux_zfs, …)? Others, os-prober's and 40_custom's
 * first of all, do not ask GRUB_CMDLINE_LINUX. grub-mkconfig marks what each has made; without marks nobody knows, and all count. */
static bool is_made(const char *text, unsigned int line)
{
	static const char begin[] = "### BEGIN /etc/grub.d/", end[] = "### END ";
	bool in_linux = false, any = false;

	for (unsigned int n = 1; *text; n++, text += strcspn(text, "\n"), text += *text == '\n') {
		if (!strncmp(text, begin, strlen(begin))) {
			const char *name = text + strlen(begin);

			any = true;
			in_linux = !strncmp(name, "10_linux", 8) || !strncmp(name, "20_linux", 8);
		} else if (!strncmp(text, end, strlen(end))) {
			in_linux = false;
		} else if (n == line && in_linux) {
			return true;
		}
	}
	return !any;
}

static int read_entries(const struct vw_host *host, const char *path,
	struct vw_boot_entries *entries, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
	size_t before = entries->n;
	int rc = vw_grub_cfg_read(host, path, 0, &text, entries, err);

	for (size_t i = before; i < entries->n; i++)
		entries->v[i].is_foreign = !is_made(text.data, entries->v[i].line);
	return rc;
}

static int entries(
	const struct vw_host *host, struct vw_boot_entries *entries, struct vw_error *err)
{
	struct vw_grub_cfgs cfgs;
	int rc = 0;

	find_cfgs(host, &cfgs);
	for (size_t i = 0; i < cfgs.n && rc == 0; i++)
		rc = read_entries(host, cfgs.path[i], entries, err);
	return rc;
}

/* Do all entries that a new grub.cfg would change say what is wanted? 1 = yes, or that cannot be told (a FAIL says why), 0, -errno. */
static int entries_say(const struct vw_boot_edit *edit)
{
	vw_auto(vw_boot_entries_free) struct vw_boot_entries all = { 0 };
	int rc = entries(edit->host, &all, edit->err);

	if (rc == -EBADMSG) {
		vw_finding_add(edit->findings, VW_FAIL, "loader-file", "grub.cfg",
			"make it anew with grub-mkconfig", "%s", edit->err->msg);
		edit->err->msg[0] = '\0';
		return 1;
	}
	for (size_t i = 0; i < all.n && rc == 0; i++)
		if (!all.v[i].is_foreign &&
			!vw_cmdline_says(all.v[i].cmdline, strlen(all.v[i].cmdline), edit->want))
			return 0;
	return rc < 0 ? rc : 1;
}

/* The program that makes grub.cfg anew: grub-mkconfig itself, not Debian's update-grub, which cannot be told where to write. */
static int plan_generator(const struct vw_boot_edit *edit)
{
	static const char why[] = "makes the boot entries anew";
	struct vw_step *step;
	struct vw_grub_cfgs cfgs;
	char path[64];

	find_cfgs(edit->host, &cfgs);
	for (size_t i = 0; i < cfgs.n; i++) {
		const char *const argv[] = { path, "-o", cfgs.path[i], NULL };
		int rc = vw_grub2_mkconfig(edit->host, path, sizeof(path), edit->err);

		if (rc == 0)
			vw_finding_add(edit->findings, VW_FAIL, "loader-generator", cfgs.path[i],
				VW_GRUB2_INSTALL, "grub-mkconfig, which makes %s, is not installed",
				cfgs.path[i]);
		if (rc <= 0)
			return rc;
		step = vw_plan_run(edit->plan, argv, cfgs.path[i], why);
		if (!step)
			return vw_error_set(edit->err, ENOMEM, "out of memory");
		step->makes_entries = true;
	}
	return 0;
}

static int plan(const struct vw_host *host, const struct vw_boot_args *want, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err)
{
	const struct vw_boot_edit edit = { host, want, plan, findings, err };
	int changed = vw_grub2_conf_edit(&edit), rc;

	if (changed < 0 || vw_findings_worst(findings) == VW_FAIL)
		return changed < 0 ? changed : 0;
	rc = entries_say(&edit);
	if (rc < 0 || (rc == 1 && !changed))
		return rc < 0 ? rc : 0;
	return plan_generator(&edit);
}

const struct vw_loader vw_loader_grub2 = {
	.name = "grub2",
	.title = "GRUB 2",
	.detect = detect,
	.entries = entries,
	.plan = plan,
};
