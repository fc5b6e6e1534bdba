/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub_files: finding and reading GRUB 2's files. */
#include "grub_files.h"

#include "boot_file.h"
#include "cleanup.h"
#include "grub_cfg.h"
#include "grub_script.h"
#include "grubenv.h"
#include "sdboot.h"

#include <errno.h>
#include <string.h>

#define GRUB_DEFAULT "/etc/default/grub"
#define STUBS_MAX    4 /* one leads to the next */

/* Where a stub leads to: the argument of its command configfile. 1 = *path, 0. */
static int follow_stub(const struct vw_host *host, const char *text, size_t len, char *path)
{
	vw_auto(vw_grub_script_free) struct vw_grub_script script = { .text = text, .len = len };
	int rc = 0;

	while (rc == 0 && vw_grub_script_next(&script, NULL) == 1) {
		size_t set = script.n_words > 1 && !strcmp(script.words[0], "set");
		const char *word = script.n_words > set ? script.words[set] : "";
		const char *equals = strchr(word, '=');

		if (equals && vw_grub_script_set(&script, word, (size_t)(equals - word), equals + 1,
				      strlen(equals + 1)))
			return 0;
		if (script.n_words > 1 && !strcmp(word, "configfile"))
			rc = vw_boot_find(host, "/boot", script.words[1], path, VW_GRUB_PATH_MAX);
	}
	return rc == 1;
}

static void add_cfg(
	const struct vw_host *host, struct vw_grub_cfgs *cfgs, const char *path, unsigned int depth)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
	char next[VW_GRUB_PATH_MAX];

	for (size_t i = 0; i < cfgs->n; i++)
		if (!strcmp(cfgs->path[i], path))
			return;
	if (cfgs->n == VW_GRUB_CFGS_MAX || strlen(path) >= VW_GRUB_PATH_MAX ||
		vw_host_lookf(host, "%s", path) == 0)
		return;
	/* On the ESP there is often only a stub that leads to the real file. */
	if (vw_boot_read(host, path, &text, NULL) == 1 && text.len &&
		strstr(text.data, "configfile") && !strstr(text.data, "menuentry")) {
		if (depth < STUBS_MAX && follow_stub(host, text.data, text.len, next))
			add_cfg(host, cfgs, next, depth + 1);
		return;
	}
	snprintf(cfgs->path[cfgs->n++], VW_GRUB_PATH_MAX, "%s", path);
}

void vw_grub_cfgs_find(const struct vw_host *host, bool all_esps, struct vw_grub_cfgs *cfgs)
{
	char path[VW_GRUB_PATH_MAX];

	cfgs->n = 0;
	add_cfg(host, cfgs, "/boot/grub2/grub.cfg", 0);
	add_cfg(host, cfgs, "/boot/grub/grub.cfg", 0);
	for (size_t m = 0; vw_sdboot_mounts[m]; m++) {
		vw_auto(vw_names_free) struct vw_names vendors = { 0 };

		if (!all_esps && strcmp(vw_sdboot_mounts[m], "/boot/efi") != 0)
			continue;
		vw_host_listf(host, &vendors, "%s/EFI", vw_sdboot_mounts[m]);
		for (size_t i = 0; i < vendors.n; i++) {
			snprintf(path, sizeof(path), "%s/EFI/%s/grub.cfg", vw_sdboot_mounts[m],
				vendors.v[i]);
			add_cfg(host, cfgs, path, 0);
		}
	}
}

bool vw_grub_cfg_on_esp(const char *path)
{
	return strstr(path, "/EFI/") != NULL;
}

void vw_grub_env_path(
	const struct vw_host *host, const char *cfg, int flags, char *path, size_t size)
{
	if (cfg)
		snprintf(path, size, "%.*s/grubenv", (int)(strrchr(cfg, '/') - cfg), cfg);
	if (!cfg || ((flags & VW_GRUB_BLS) && vw_host_lookf(host, "%s", path) != 1))
		vw_grubenv_find(host, path, size);
}

/* path NULL: the boot loader entries alone. */
static int read_cfg(const struct vw_host *host, const char *path, int flags,
	const struct vw_bytes *text, struct vw_boot_entries *entries, struct vw_error *err)
{
	vw_auto(vw_bls_entries_free) struct vw_bls_entries bls = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes env = { 0 };
	char env_path[VW_GRUB_PATH_MAX];
	struct vw_grub_cfg cfg = { .path = path ? path : VW_BLS_DIR,
		.text = text->data,
		.len = text->len,
		.env_path = env_path,
		.host = path && (flags & VW_GRUB_SOURCE) ? host : NULL,
		.lasting = flags & VW_GRUB_LASTING };
	int rc;

	vw_grub_env_path(host, path, flags, env_path, sizeof(env_path));
	vw_boot_read(
		host, env_path, &env, NULL); /* what cannot be read has nothing for GRUB, too */
	cfg.env = env.data;
	cfg.env_len = env.len;
	if (flags & VW_GRUB_BLS) {
		rc = vw_bls_entries_read(host, VW_BLS_DIR, &bls, err);
		if (rc < 0)
			return rc;
		cfg.bls = &bls;
	}
	return vw_grub_cfg_entries(&cfg, entries, err);
}

int vw_grub_cfg_read(const struct vw_host *host, const char *path, int flags, struct vw_bytes *text,
	struct vw_boot_entries *entries, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes mine = { 0 };
	int rc;

	text = text ? text : &mine;
	rc = vw_boot_read(host, path, text, err);
	if (rc == 0)
		rc = vw_error_errno(err, ENOENT, "cannot read %s", path);
	if (rc < 0)
		return rc;
	rc = read_cfg(host, path, flags, text, entries, err);
	return rc < 0 ? vw_error_prefix(err, rc, "%s", path) : 0;
}

int vw_grub_bls_read(const struct vw_host *host, int flags, struct vw_boot_entries *entries,
	struct vw_error *err)
{
	static char command[] = "blscfg\n";
	const struct vw_bytes text = { .data = command, .len = strlen(command) };

	return read_cfg(host, NULL, flags | VW_GRUB_BLS, &text, entries, err);
}

/* The last value of a variable in a file of NAME=VALUE lines, with quotes taken off; "" = none. */
static int read_variable(const struct vw_host *host, const char *path, const char *name, char *buf,
	size_t size, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
	struct vw_line line = { 0 };
	int rc = vw_boot_read(host, path, &text, err);

	buf[0] = '\0';
	while (rc == 1 && vw_line_next(text.data, text.len, &line)) {
		size_t begin = vw_skip_blanks(text.data, line.begin, line.end);
		size_t end = vw_trim_blanks(text.data, begin, line.end),
		       behind = begin + strlen(name);

		if (!vw_begins_with(text.data, begin, end, name) || text.data[behind] != '=')
			continue;
		behind++;
		if (end - behind >= 2 && strchr("'\"", text.data[behind]) &&
			text.data[end - 1] == text.data[behind]) {
			behind++;
			end--;
		}
		snprintf(buf, size, "%.*s", (int)(end - behind), text.data + behind);
	}
	return rc < 0 ? rc : 0;
}

/* Is there a line with the command blscfg? 1, 0, -errno; *there is set if there is such a file. */
static int says_blscfg(
	const struct vw_host *host, const char *path, bool *there, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };
	struct vw_line line = { 0 };
	int rc = vw_boot_read(host, path, &text, err);

	if (rc <= 0)
		return rc;
	*there = true;
	while (vw_line_next(text.data, text.len, &line)) {
		size_t begin = vw_skip_blanks(text.data, line.begin, line.end);
		size_t behind = begin + strlen("blscfg");

		if (vw_begins_with(text.data, begin, line.end, "blscfg") &&
			(behind == line.end || strchr(" \t;", text.data[behind])))
			return 1;
	}
	return 0;
}

/* Looks at every grub.cfg. */
static int find_blscfg(
	const struct vw_host *host, bool *there, char *where, size_t size, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names vendors = { 0 };
	static const char *const paths[] = { "/boot/grub2/grub.cfg", "/boot/grub/grub.cfg" };
	int rc = 0;

	vw_host_listf(host, &vendors, "/boot/efi/EFI");
	for (size_t i = 0; i < VW_ARRAY_SIZE(paths) + vendors.n && rc == 0; i++) {
		if (i < VW_ARRAY_SIZE(paths))
			snprintf(where, size, "%s", paths[i]);
		else
			snprintf(where, size, "/boot/efi/EFI/%s/grub.cfg",
				vendors.v[i - VW_ARRAY_SIZE(paths)]);
		rc = says_blscfg(host, where, there, err);
	}
	return rc;
}

int vw_grub_uses_bls(const struct vw_host *host, char *where, size_t size, struct vw_error *err)
{
	char value[16], path[512];
	bool there = false;
	int rc = read_variable(host, GRUB_DEFAULT, "GRUB_ENABLE_BLSCFG", value, sizeof(value), err);

	if (rc < 0 || !strcmp(value, "false"))
		return rc;
	rc = find_blscfg(host, &there, path, sizeof(path), err);
	if (rc == 0 && !there && !strcmp(value, "true")) {
		snprintf(path, sizeof(path), GRUB_DEFAULT);
		rc = 1;
	}
	if (rc == 1 && where)
		snprintf(where, size, "%s", path);
	return rc;
}
