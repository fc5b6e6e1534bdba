/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs_conf: reading vfs.conf, and setting one section of it. */
#include "vfs_conf.h"

#include "cleanup.h"
#include "ini_file.h"
#include "text.h"

#include <string.h>

/* sriov_numvfs is 16 bits wide (PCI_SRIOV_NUM_VF). */
#define VFS_MAX 0xffff

/* The file on its way. */
struct source {
	struct vw_ini ini; /* the first, so that its callbacks find the rest */
	struct vw_vfs_conf *conf;
	bool open; /* the last one of conf is the section that is being read */
	bool has_mac, has_vfs, has_autoprobe;
	size_t mistakes; /* of the file, when the section began */
};

void vw_vfs_conf_free(struct vw_vfs_conf *conf)
{
	free(conf->v);
	*conf = (struct vw_vfs_conf){ 0 };
}

const struct vw_pf_conf *vw_vfs_conf_find(const struct vw_vfs_conf *conf, const struct vw_pci *pf)
{
	for (size_t i = 0; i < conf->n; i++)
		if (vw_pci_equal(&conf->v[i].pf, pf))
			return &conf->v[i];
	return NULL;
}

/* The section has ended: one with a mistake goes. */
static void close_section(struct source *src)
{
	struct vw_ini *ini = &src->ini;
	unsigned int line = ini->line;

	if (!src->open)
		return;
	src->open = false;
	if (ini->mistakes == src->mistakes && !src->has_vfs) {
		ini->line = src->conf->v[src->conf->n - 1].line;
		vw_ini_mistake(ini, "add \"vfs = N\"", "the section does not say how many VFs");
		ini->line = line;
	}
	if (ini->mistakes != src->mistakes)
		src->conf->n--;
}

static void handle_section(struct vw_ini *ini, const char *name)
{
	struct source *src = (struct source *)ini;
	struct vw_pf_conf entry = { .autoprobe = -1, .line = ini->line }, *v;
	struct vw_error why = { "" };

	close_section(src);
	ini->section_bad = true;
	if (vw_pci_parse(name, &entry.pf, &why) < 0) {
		vw_ini_mistake(ini, "name the PF by its address: [0000:01:00.0]", "[%s]: %s", name,
			why.msg);
		return;
	}
	if (vw_vfs_conf_find(src->conf, &entry.pf)) {
		vw_ini_mistake(ini, NULL, "[%s] is in this file already", name);
		return;
	}
	v = reallocarray(src->conf->v, src->conf->n + 1, sizeof(*v));
	if (!v) {
		ini->rc = -ENOMEM;
		return;
	}
	src->conf->v = v;
	v[src->conf->n++] = entry;
	ini->section_bad = false;
	src->open = true;
	src->has_mac = src->has_vfs = src->has_autoprobe = false;
	src->mistakes = ini->mistakes;
}

static void set_mac(struct vw_ini *ini, struct vw_pf_conf *entry, const char *value)
{
	if (vw_mac_parse(value, &entry->mac) < 0 || vw_mac_is_zero(&entry->mac) ||
		vw_mac_is_multicast(&entry->mac))
		vw_ini_mistake(ini, NULL, "\"%s\" is no MAC of a NIC", value);
}

static void set_vfs(struct vw_ini *ini, struct vw_pf_conf *entry, const char *value)
{
	uint64_t number;

	if (vw_text_u64(value, 10, VFS_MAX, &number) < 0)
		vw_ini_mistake(ini, NULL, "\"%s\" is no number of VFs (0 to %d)", value, VFS_MAX);
	else
		entry->vfs = (unsigned int)number;
}

static void set_autoprobe(struct vw_ini *ini, struct vw_pf_conf *entry, const char *value)
{
	entry->autoprobe = strcmp(value, "yes") == 0;
	if (!entry->autoprobe && strcmp(value, "no") != 0)
		vw_ini_mistake(ini, "possible: yes, no", "\"%s\" is no value for autoprobe", value);
}

static void handle_pair(struct vw_ini *ini, const char *name, const char *value)
{
	struct source *src = (struct source *)ini;
	const struct {
		const char *name;
		bool *seen;
		void (*set)(struct vw_ini *ini, struct vw_pf_conf *entry, const char *value);
	} keys[] = {
		{ "mac", &src->has_mac, set_mac },
		{ "vfs", &src->has_vfs, set_vfs },
		{ "autoprobe", &src->has_autoprobe, set_autoprobe },
	};

	if (!src->open) {
		vw_ini_mistake(ini, "put [ADDRESS] of a PF before it",
			"\"%s\" stands before the first section", name);
		return;
	}
	for (size_t i = 0; i < VW_ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i].name, name) != 0)
			continue;
		if (*keys[i].seen)
			vw_ini_mistake(ini, NULL, "%s is set in this section already", name);
		*keys[i].seen = true;
		keys[i].set(ini, &src->conf->v[src->conf->n - 1], value);
		return;
	}
	vw_ini_mistake(ini, "known: mac vfs autoprobe", "unknown key \"%s\"", name);
}

static int finish(struct source *src, int rc, struct vw_error *err)
{
	close_section(src);
	if (rc == 0 && !src->ini.findings->lost)
		return 0;
	vw_vfs_conf_free(src->conf);
	return vw_error_set(err, ENOMEM, "out of memory");
}

static struct source start(struct vw_vfs_conf *conf, struct vw_findings *findings)
{
	*conf = (struct vw_vfs_conf){ 0 };
	return (struct source){ .ini = { .path = VW_VFS_CONF,
					.id = "vfs-conf-invalid",
					.findings = findings,
					.section = handle_section,
					.pair = handle_pair },
		.conf = conf };
}

int vw_vfs_conf_read(const struct vw_host *host, struct vw_vfs_conf *conf,
	struct vw_findings *findings, struct vw_error *err)
{
	struct source src = start(conf, findings);

	return finish(&src, vw_ini_load(&src.ini, host), err);
}

int vw_vfs_conf_parse(const char *text, size_t len, struct vw_vfs_conf *conf,
	struct vw_findings *findings, struct vw_error *err)
{
	struct source src = start(conf, findings);

	return finish(&src, vw_ini_parse(&src.ini, text, len), err);
}

/* One line of the text with its end. */
static size_t line_length(const char *text, size_t len)
{
	const char *newline = memchr(text, '\n', len);

	return newline ? (size_t)(newline - text) + 1 : len;
}

/* Is this line the header of a section, and if so, whose? As ini_file reads it. */
static bool is_header(const char *line, size_t len, struct vw_pci *pf)
{
	char name[VW_PCI_STR];
	const char *end;

	if (len >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
		line += 3;
		len -= 3;
	}
	while (len > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	if (!len || *line != '[')
		return false;
	end = memchr(line, ']', len);
	*pf = (struct vw_pci){ 0 };
	if (end && (size_t)(end - line) <= sizeof(name)) {
		snprintf(name, sizeof(name), "%.*s", (int)(end - line) - 1, line + 1);
		if (vw_pci_parse(name, pf, NULL) == 0)
			return true;
	}
	*pf = (struct vw_pci){ .function = UINT8_MAX }; /* nobody's */
	return true;
}

static void add_pairs(struct vw_bytes *out, const struct vw_pf_conf *want)
{
	char mac[VW_MAC_STR];

	if (!vw_mac_is_zero(&want->mac))
		vw_bytes_addf(out, "mac = %s\n", vw_mac_format(&want->mac, mac));
	vw_bytes_addf(out, "vfs = %u\n", want->vfs);
	if (want->autoprobe >= 0)
		vw_bytes_addf(out, "autoprobe = %s\n", want->autoprobe ? "yes" : "no");
}

static bool is_pair(const char *line, size_t len)
{
	while (len > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	return len > 0 && !strchr("\n\r#;", *line);
}

/* Writes a line with an end. */
static void add_line(struct vw_bytes *out, const char *line, size_t len)
{
	vw_bytes_add(out, line, len);
	if (len && line[len - 1] != '\n')
		vw_bytes_add(out, "\n", 1);
}

/* Says the section what is wanted, in other words perhaps? */
static bool says(const char *text, size_t len, const struct vw_pf_conf *want)
{
	vw_auto(vw_findings_free) struct vw_findings mistakes = { 0 };
	vw_auto(vw_vfs_conf_free) struct vw_vfs_conf conf = { 0 };
	const struct vw_pf_conf *is;

	if (vw_vfs_conf_parse(text, len, &conf, &mistakes, NULL) < 0)
		return false;
	is = vw_vfs_conf_find(&conf, &want->pf);
	if (!is || want->vfs == 0)
		return !is && want->vfs == 0;
	return is->vfs == want->vfs && is->autoprobe == want->autoprobe &&
	       vw_mac_equal(&is->mac, &want->mac);
}

int vw_vfs_conf_set(
	const char *text, size_t len, const struct vw_pf_conf *want, struct vw_bytes *out)
{
	bool same = says(text, len, want), inside = false, done = same || want->vfs == 0;
	char address[VW_PCI_STR];
	struct vw_pci pf;

	for (size_t pos = 0, n; pos < len; pos += n) {
		const char *line = text + pos;
		bool header;

		n = line_length(line, len - pos);
		header = is_header(line, n, &pf);
		if (header)
			inside = !same && vw_pci_equal(&pf, &want->pf);
		if (!inside) {
			vw_bytes_add(out, line, n);
		} else if (header && !done) {
			add_line(out, line, n);
			add_pairs(out, want);
			done = true;
		} else if (!is_pair(line, n)) {
			vw_bytes_add(out, line, n);
		}
	}
	if (!done) {
		if (out->len)
			vw_bytes_add(out, "\n\n", out->data[out->len - 1] == '\n' ? 1 : 2);
		vw_bytes_addf(out, "[%s]\n", vw_pci_format(&want->pf, address));
		add_pairs(out, want);
	}
	return out->lost ? -ENOMEM : 0;
}
