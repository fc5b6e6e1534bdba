/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loader_grub2: GRUB 2 with a generated grub.cfg: Debian and Ubuntu, RHEL and CentOS 7, SUSE. */
#include "boot_edit.h"
#include "cleanup.h"
#include "grub2_conf.h"
#include "grub_cfg.h"

#include <string.h>

#define CFG_MAX  (16U << 20)
#define CFGS_MAX 8
#define CFG_PATH 512

/* The files that GRUB may read here. */
struct cfgs {
	char path[CFGS_MAX][CFG_PATH];
	size_t n;
};

static int read_file(const struct vw_host *host, const char *path, char **text, size_t *len,
	struct vw_error *err)
{
	int rc = vw_host_slurpf(host, CFG_MAX, text, len, "%s", path);

	return rc < 0 ? vw_error_errno(err, -rc, "cannot read %s", path) : 0;
}

/* On the ESP there is often only a stub that leads to the real file. */
static bool is_stub(const struct vw_host *host, const char *path)
{
	vw_auto_free char *text = NULL;
	size_t len;

	return vw_host_slurpf(host, CFG_MAX, &text, &len, "%s", path) == 0 &&
	       strstr(text, "configfile") && !strstr(text, "menuentry");
}

static void add_cfg(const struct vw_host *host, struct cfgs *cfgs, const char *path)
{
	for (size_t i = 0; i < cfgs->n; i++)
		if (!strcmp(cfgs->path[i], path))
			return;
	if (cfgs->n < CFGS_MAX && strlen(path) < CFG_PATH && vw_host_lookf(host, "%s", path) == 1 &&
		!is_stub(host, path))
		snprintf(cfgs->path[cfgs->n++], CFG_PATH, "%s", path);
}

/* Where both an EFI and a BIOS one are there, the firmware decides. */
static void keep_live(const struct vw_host *host, struct cfgs *cfgs)
{
	static const char esp[] = "/boot/efi/";
	int efi = vw_boot_is_efi(host);
	size_t n = 0;

	for (size_t i = 0; i < cfgs->n && efi >= 0; i++)
		if ((strncmp(cfgs->path[i], esp, strlen(esp)) == 0) == (efi == 1))
			memmove(cfgs->path[n++], cfgs->path[i], CFG_PATH);
	if (n)
		cfgs->n = n;
}

static void find_cfgs(const struct vw_host *host, struct cfgs *cfgs)
{
	vw_auto(vw_names_free) struct vw_names vendors = { 0 };
	char path[CFG_PATH];

	cfgs->n = 0;
	add_cfg(host, cfgs, "/boot/grub2/grub.cfg");
	add_cfg(host, cfgs, "/boot/grub/grub.cfg");
	vw_host_listf(host, &vendors, "/boot/efi/EFI");
	for (size_t i = 0; i < vendors.n; i++) {
		snprintf(path, sizeof(path), "/boot/efi/EFI/%s/grub.cfg", vendors.v[i]);
		add_cfg(host, cfgs, path);
	}
	keep_live(host, cfgs);
}

static int detect(const struct vw_host *host, char *evidence, size_t size, struct vw_error *err)
{
	struct cfgs cfgs;
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

static int read_entries(const struct vw_host *host, const char *path,
	struct vw_boot_entries *entries, struct vw_error *err)
{
	vw_auto_free char *text = NULL, *env = NULL;
	struct vw_grub_cfg cfg = { .path = path };
	int rc = read_file(host, path, &text, &cfg.len, err);

	if (rc < 0)
		return rc;
	/* The environment block is beside it. */
	if (vw_host_slurpf(host, 65536, &env, &cfg.env_len, "%.*s/grubenv",
		    (int)(strrchr(path, '/') - path), path) == 0)
		cfg.env = env;
	cfg.text = text;
	rc = vw_grub_cfg_entries(&cfg, entries, err);
	return rc < 0 ? vw_error_prefix(err, rc, "%s", path) : 0;
}

static int entries(
	const struct vw_host *host, struct vw_boot_entries *entries, struct vw_error *err)
{
	struct cfgs cfgs;
	int rc = 0;

	find_cfgs(host, &cfgs);
	for (size_t i = 0; i < cfgs.n && rc == 0; i++)
		rc = read_entries(host, cfgs.path[i], entries, err);
	return rc;
}

/* Do all entries say what is wanted? 1 = yes, or that cannot be told (a FAIL says why), 0, -errno. */
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
		if (!vw_cmdline_says(all.v[i].cmdline, strlen(all.v[i].cmdline), edit->want))
			return 0;
	return rc < 0 ? rc : 1;
}

/* The program that makes grub.cfg anew: grub-mkconfig itself, not Debian's update-grub, which cannot be told where to write. */
static int plan_generator(const struct vw_boot_edit *edit)
{
	static const char why[] = "makes the boot entries anew";
	struct vw_step *step;
	struct cfgs cfgs;
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
