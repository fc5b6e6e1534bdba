/* SPDX-License-Identifier: GPL-2.0-or-later */
/* default_kernel_loaders: the boot loaders' configurations in a guest, and which boot loader's program is there to read them. */
#include "default_kernel_priv.h"

#include "boot_file.h"
#include "cleanup.h"
#include "extlinux.h"
#include "grub_files.h"
#include "grub_legacy.h"
#include "grubenv.h"
#include "sdboot.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

struct reader {
	const struct vw_host *files;
	struct vw_boot_configs *configs;
	struct vw_findings *findings;
	struct vw_error *err;
};

void vw_boot_configs_free(struct vw_boot_configs *configs)
{
	for (size_t i = 0; i < configs->n; i++)
		vw_boot_entries_free(&configs->v[i].entries);
	*configs = (struct vw_boot_configs){ 0 };
}

/* Keeps what was read if it decides on anything; a configuration that cannot be used is a finding. rc is the read's. */
static int keep(struct reader *r, int rc, const char *file, struct vw_boot_entries *entries,
	enum vw_confidence confidence, bool has_code)
{
	if (rc == -ENOMEM)
		return rc;
	if (rc < 0)
		vw_finding_add(r->findings, VW_WARN, "guest-boot-config", file,
			"look at the guest's boot loader", "%s: what it boots is not known",
			r->err->msg);
	else if (entries->why.rule && entries->n == 0)
		vw_finding_add(r->findings, VW_WARN, "guest-boot-config", file,
			"look at the guest's boot loader", "nothing in %s boots Linux", file);
	r->err->msg[0] = '\0';
	if (rc < 0 || entries->n == 0 || !entries->why.rule || r->configs->n == CONFIGS_MAX) {
		vw_boot_entries_free(entries);
		return 0;
	}
	r->configs->v[r->configs->n++] = (struct vw_boot_config){
		.entries = *entries, .confidence = confidence, .has_code = has_code
	};
	*entries = (struct vw_boot_entries){ 0 };
	return 0;
}

/* Is a program with such a name in this directory? */
static bool has_program(const struct vw_host *files, const char *dir, const char *pattern)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };

	if (vw_host_listf(files, &names, "%s", dir) < 0)
		return false;
	for (size_t i = 0; i < names.n; i++)
		if (!fnmatch(pattern, names.v[i], FNM_CASEFOLD | FNM_EXTMATCH))
			return true;
	return false;
}

/* --- GRUB 2 --- */

/* Is GRUB itself there to read this grub.cfg? Beside it on the ESP; else as grub-install puts it for BIOS, or on the ESP with
 * nothing but a stub that leads here. */
static bool has_grub2(const struct vw_host *files, const char *cfg, const struct vw_grub_cfgs *cfgs)
{
	char dir[VW_GRUB_PATH_MAX];

	snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(cfg, '/') - cfg), cfg);
	if (vw_grub_cfg_on_esp(
		    cfg)) /* boot*.efi: in EFI/BOOT, which needs no entry of the firmware's */
		return has_program(files, dir, "@(grub|shim|boot)*.efi");
	if (vw_host_lookf(files, "%s/i386-pc/core.img", dir) == 1)
		return true;
	for (size_t i = 0; i < cfgs->n; i++)
		if (vw_grub_cfg_on_esp(cfgs->path[i]))
			return false;
	for (size_t m = 0; vw_sdboot_mounts[m]; m++) {
		vw_auto(vw_names_free) struct vw_names vendors = { 0 };

		vw_host_listf(files, &vendors, "%s/EFI", vw_sdboot_mounts[m]);
		for (size_t i = 0; i < vendors.n; i++) {
			snprintf(dir, sizeof(dir), "%s/EFI/%s", vw_sdboot_mounts[m], vendors.v[i]);
			if (has_program(files, dir, "grub*.efi"))
				return true;
		}
	}
	return false;
}

static void look_at_next_entry(struct reader *r, const char *cfg)
{
	vw_auto(vw_bytes_free) struct vw_bytes env = { 0 };
	vw_auto_free char *value = NULL;
	char path[VW_GRUB_PATH_MAX];
	unsigned int line = 0;

	vw_grub_env_path(r->files, cfg, VW_GRUB_BLS, path, sizeof(path));
	if (vw_boot_read(r->files, path, &env, NULL) != 1 ||
		vw_grubenv_get(env.data, env.len, "next_entry", &value, &line) || !value || !*value)
		return;
	vw_finding_add(r->findings, VW_WARN, "guest-boot-once", path,
		"unset next_entry in the guest (grub-editenv)",
		"line %u: the next boot, and it alone, takes \"%s\" instead of the default", line,
		value);
}

/* Boot loader entries without a grub.cfg that could be understood. */
static int read_bls(struct reader *r, bool has_code)
{
	vw_auto(vw_boot_entries_free) struct vw_boot_entries entries = { 0 };
	int rc = vw_grub_bls_read(r->files, VW_GRUB_LASTING, &entries, r->err);

	return keep(r, rc, VW_BLS_DIR, &entries, VW_CONFIDENCE_MEDIUM, has_code);
}

static int read_grub2(struct reader *r)
{
	struct vw_grub_cfgs cfgs;
	struct vw_error err;
	int rc = 0;

	vw_grub_cfgs_find(r->files, true, &cfgs);
	for (size_t i = 0; i < cfgs.n && rc == 0; i++) {
		vw_auto(vw_boot_entries_free) struct vw_boot_entries entries = { 0 };
		const char *cfg = cfgs.path[i];
		bool has_code = has_grub2(r->files, cfg, &cfgs), odd;

		look_at_next_entry(r, cfg);
		rc = vw_grub_cfg_read(r->files, cfg, VW_GRUB_LASTING | VW_GRUB_BLS | VW_GRUB_SOURCE,
			NULL, &entries, r->err);
		odd = rc < 0;
		rc = keep(r, rc, cfg, &entries, VW_CONFIDENCE_HIGH, has_code);
		if (rc == 0 && odd && vw_grub_uses_bls(r->files, NULL, 0, &err) == 1)
			rc = read_bls(r, has_code);
	}
	if (rc == 0 && cfgs.n == 0 && !vw_sdboot_program(r->files, NULL, 0))
		rc = read_bls(r, false);
	return rc;
}

/* --- GRUB legacy --- */

static int read_grub_legacy(struct reader *r)
{
	int rc = 0;

	for (size_t i = 0; vw_grub_legacy_paths[i] && rc == 0; i++) {
		vw_auto(vw_boot_entries_free) struct vw_boot_entries entries = { 0 };
		const char *path = vw_grub_legacy_paths[i];
		char dir[64];

		if (!vw_grub_legacy_is_file(r->files, i))
			continue;
		snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(path, '/') - path), path);
		rc = vw_grub_legacy_read(r->files, path, &entries, r->err);
		rc = keep(r, rc, path, &entries, VW_CONFIDENCE_HIGH,
			has_program(r->files, dir, "stage2") ||
				has_program(r->files, dir, "grub.efi"));
	}
	return rc;
}

/* --- systemd-boot, and unified images that the firmware starts --- */

static int read_sdboot(struct reader *r)
{
	vw_auto(vw_boot_entries_free) struct vw_boot_entries entries = { 0 };
	bool program = vw_sdboot_program(r->files, NULL, 0);
	int rc = vw_sdboot_read(r->files,
		VW_SDBOOT_UNIFIED | VW_SDBOOT_FRESH | (program ? VW_SDBOOT_FILES : 0), &entries,
		r->err);

	/* Which of several images the firmware starts is not on the disk. */
	if (entries.why.rule && !program)
		entries.why.rule = "uki";
	return keep(r, rc, "systemd-boot", &entries,
		program || entries.n == 1 ? VW_CONFIDENCE_MEDIUM : VW_CONFIDENCE_LOW, program);
}

/* --- the Syslinux family --- */

static int read_extlinux(struct reader *r)
{
	int rc = 0;

	for (size_t i = 0; vw_extlinux_paths[i] && rc == 0; i++) {
		vw_auto(vw_boot_entries_free) struct vw_boot_entries entries = { 0 };
		const char *path = vw_extlinux_paths[i];
		bool has_code = false;
		char dir[64];

		snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(path, '/') - path), path);
		rc = vw_extlinux_read(r->files, path, &entries, r->err);
		if (entries.n)
			has_code = has_program(r->files, dir, "ldlinux.sys") ||
				   has_program(r->files, dir, "extlinux.sys");
		rc = keep(r, rc, path, &entries, VW_CONFIDENCE_HIGH, has_code);
	}
	return rc;
}

int vw_boot_configs_read(const struct vw_host *files, struct vw_boot_configs *configs,
	struct vw_findings *findings, struct vw_error *err)
{
	static int (*const readers[])(
		struct reader *) = { read_grub2, read_grub_legacy, read_sdboot, read_extlinux };
	struct vw_error mine = { "" };
	struct reader r = { files, configs, findings, err ? err : &mine };
	int rc = 0;

	for (size_t i = 0; i < VW_ARRAY_SIZE(readers) && rc == 0; i++)
		rc = readers[i](&r);
	return rc;
}
