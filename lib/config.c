/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config: /etc/vfward/vfward.conf and vfward.conf.d/, parsed (inih), never sourced. */

#include "config.h"

#include "cleanup.h"
#include "ini_file.h"
#include "pci_address.h"
#include "text.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>

#define CONFIG_FILE "/etc/vfward/vfward.conf"
#define CONFIG_DIR  "/etc/vfward/vfward.conf.d"

#define NETWORKS_MAX     1024
#define LABEL_MAX        63
#define DEADLINE_DEFAULT 5
#define DEADLINE_MAX     60
#define KPPS_MAX         1000000

enum section { SECTION_NONE, SECTION_HOOK, SECTION_MAC, SECTION_ADVISE, SECTION_NETWORKS };

static const char *const section_names[] = { [SECTION_HOOK] = "hook",
	[SECTION_MAC] = "mac",
	[SECTION_ADVISE] = "advise",
	[SECTION_NETWORKS] = "networks" };

/* Sets *flag by which of two words the value is. */
static bool set_word(bool *flag, const char *value, const char *no, const char *yes)
{
	bool is_yes = strcmp(value, yes) == 0;

	if (!is_yes && strcmp(value, no) != 0)
		return false;
	*flag = is_yes;
	return true;
}

static bool set_on_error(struct vw_config *config, const char *value)
{
	return set_word(&config->on_error_warn, value, "refuse", "warn");
}

static bool set_number(unsigned int *number, const char *value, uint64_t max)
{
	uint64_t given;

	if (vw_text_u64(value, 10, max, &given) < 0 || given == 0)
		return false;
	*number = (unsigned int)given;
	return true;
}

static bool set_deadline(struct vw_config *config, const char *value)
{
	unsigned int seconds;

	if (!set_number(&seconds, value, DEADLINE_MAX))
		return false;
	config->deadline_ms = seconds * 1000;
	return true;
}

static bool set_same_domain(struct vw_config *config, const char *value)
{
	return set_word(&config->same_domain_refuse, value, "warn", "refuse");
}

static bool set_advise_cpu(struct vw_config *config, const char *value)
{
	return set_number(&config->advise_cpu, value, 100);
}

static bool set_advise_busy(struct vw_config *config, const char *value)
{
	return set_number(&config->advise_busy, value, KPPS_MAX);
}

static bool set_advise_any(struct vw_config *config, const char *value)
{
	return set_number(&config->advise_any, value, KPPS_MAX);
}

static const struct key {
	enum section section;
	const char *name;
	bool (*set)(struct vw_config *config, const char *value); /* leaves it alone where false */
	const char *values;
} keys[] = {
	{ SECTION_HOOK, "on-error", set_on_error, "refuse, warn" },
	{ SECTION_HOOK, "deadline", set_deadline, "1 to 60 (seconds)" },
	{ SECTION_MAC, "same-domain", set_same_domain, "warn, refuse" },
	{ SECTION_ADVISE, "cpu", set_advise_cpu, "1 to 100 (percent)" },
	{ SECTION_ADVISE, "kpps-busy", set_advise_busy, "1 to 1000000 (1,000 packets a second)" },
	{ SECTION_ADVISE, "kpps", set_advise_any, "1 to 1000000 (1,000 packets a second)" },
};

static const struct vw_config defaults = {
	.deadline_ms = DEADLINE_DEFAULT * 1000,
	.advise_cpu = 60,
	.advise_busy = 50,
	.advise_any = 100,
};

/* One file on its way. */
struct source {
	struct vw_ini ini; /* the first, so that its callbacks find the rest */
	enum section section;
	bool seen[VW_ARRAY_SIZE(keys)];
	size_t first_network; /* where the entries of this file begin */
	struct vw_config *config;
};

static bool same_pf(const char *a, const char *b)
{
	struct vw_pci pci_a, pci_b;

	if (strcmp(a, b) == 0)
		return true;
	return vw_pci_parse(a, &pci_a, NULL) == 0 && vw_pci_parse(b, &pci_b, NULL) == 0 &&
	       vw_pci_equal(&pci_a, &pci_b);
}

/* A PCI address, or what the kernel takes for a netdev's name (net/core/dev.c:dev_valid_name). */
static bool is_pf(const char *name)
{
	struct vw_pci pci;

	if (strchr(name, ':'))
		return vw_pci_parse(name, &pci, NULL) == 0;
	return *name && strlen(name) < IFNAMSIZ && !strpbrk(name, "/ \t") &&
	       strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static bool is_label(const char *label)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789._:/-";
	size_t len = strlen(label);

	return len > 0 && len <= LABEL_MAX && strspn(label, set) == len;
}

/* Puts the entry at the end, so that the order of the array is the order of reading. */
static int put_network(struct vw_config *config, const char *pf, const char *label)
{
	struct vw_config_network *v, entry = { .pf = strdup(pf), .label = strdup(label) };
	size_t kept = 0;

	v = reallocarray(config->networks, config->n_networks + 1, sizeof(*v));
	if (v)
		config->networks = v;
	if (!v || !entry.pf || !entry.label) {
		free(entry.pf);
		free(entry.label);
		return -ENOMEM;
	}
	for (size_t i = 0; i < config->n_networks; i++) {
		if (same_pf(v[i].pf, pf)) {
			free(v[i].pf);
			free(v[i].label);
		} else {
			v[kept++] = v[i];
		}
	}
	v[kept++] = entry;
	config->n_networks = kept;
	return 0;
}

static void handle_network(struct source *src, const char *pf, const char *label)
{
	struct vw_config *config = src->config;
	size_t before = config->n_networks;

	if (!is_pf(pf)) {
		vw_ini_mistake(&src->ini, "name a PF by its network device or by DDDD:BB:SS.F",
			"\"%s\" is neither a network device's name nor a PCI address", pf);
		return;
	}
	if (!is_label(label)) {
		vw_ini_mistake(&src->ini, "use 1 to 63 letters, digits and . _ : / -",
			"the label \"%s\" of %s cannot be used", label, pf);
		return;
	}
	for (size_t i = src->first_network; i < config->n_networks; i++) {
		if (same_pf(config->networks[i].pf, pf)) {
			vw_ini_mistake(&src->ini, NULL, "%s has a label in this file already", pf);
			return;
		}
	}
	if (config->n_networks >= NETWORKS_MAX) {
		vw_ini_mistake(&src->ini, NULL, "more than %d PFs", NETWORKS_MAX);
		return;
	}
	if (put_network(config, pf, label) < 0)
		src->ini.rc = -ENOMEM;
	else if (config->n_networks == before)
		src->first_network--; /* it replaced one of an earlier file */
}

static void unknown_key(struct source *src, const char *name)
{
	char remedy[128] = "known there:";

	for (size_t i = 0; i < VW_ARRAY_SIZE(keys); i++)
		if (keys[i].section == src->section)
			snprintf(remedy + strlen(remedy), sizeof(remedy) - strlen(remedy), " %s",
				keys[i].name);
	vw_ini_mistake(
		&src->ini, remedy, "unknown key \"%s\" in [%s]", name, section_names[src->section]);
}

static void handle_key(struct source *src, const char *name, const char *value)
{
	for (size_t i = 0; i < VW_ARRAY_SIZE(keys); i++) {
		char remedy[128];

		if (keys[i].section != src->section || strcmp(keys[i].name, name) != 0)
			continue;
		snprintf(remedy, sizeof(remedy), "possible: %s", keys[i].values);
		if (src->seen[i])
			vw_ini_mistake(&src->ini, NULL, "%s is set in this file already", name);
		else if (!keys[i].set(src->config, value))
			vw_ini_mistake(&src->ini, remedy, "\"%s\" is no value for %s", value, name);
		src->seen[i] = true;
		return;
	}
	unknown_key(src, name);
}

static void handle_pair(struct vw_ini *ini, const char *name, const char *value)
{
	struct source *src = (struct source *)ini;

	if (src->section == SECTION_NONE)
		vw_ini_mistake(ini, "put [hook], [mac] or [networks] before it",
			"\"%s\" stands before the first section", name);
	else if (src->section == SECTION_NETWORKS)
		handle_network(src, name, value);
	else
		handle_key(src, name, value);
}

static void handle_section(struct vw_ini *ini, const char *name)
{
	struct source *src = (struct source *)ini;

	src->section = SECTION_NONE;
	for (size_t i = SECTION_HOOK; i < VW_ARRAY_SIZE(section_names); i++)
		if (strcmp(section_names[i], name) == 0)
			src->section = i;
	ini->section_bad = src->section == SECTION_NONE;
	if (ini->section_bad)
		vw_ini_mistake(ini, "known: [hook] [mac] [networks]", "unknown section [%s]", name);
}

static int load_file(const struct vw_host *host, const char *path, struct vw_config *config,
	struct vw_findings *findings)
{
	struct source src = { .ini = { .path = path,
				      .id = "config-invalid",
				      .findings = findings,
				      .section = handle_section,
				      .pair = handle_pair },
		.section = SECTION_NONE,
		.first_network = config->n_networks,
		.config = config };

	return vw_ini_load(&src.ini, host);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int load_directory(
	const struct vw_host *host, struct vw_config *config, struct vw_findings *findings)
{
	static const char suffix[] = ".conf";
	char path[NAME_MAX + sizeof(CONFIG_DIR) + 1];
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	struct vw_error why = { 0 };
	int rc = vw_host_listf(host, &names, "%s", CONFIG_DIR);

	if (rc == -ENOENT)
		return 0;
	if (rc == -ENOMEM)
		return rc;
	if (rc < 0) {
		vw_error_errno(&why, -rc, "cannot be read");
		vw_finding_add(findings, VW_FAIL, "config-invalid", CONFIG_DIR, NULL, "%s: %s",
			CONFIG_DIR, why.msg);
		return findings->lost ? -ENOMEM : 0;
	}
	/* Not in the order of vw_host_listf, which puts 9-x before 10-x: nobody expects that of a .d directory. */
	if (names.n > 1)
		qsort(names.v, names.n, sizeof(*names.v), compare_names);
	for (size_t i = 0; i < names.n && rc == 0; i++) {
		size_t len = strlen(names.v[i]);

		if (names.v[i][0] == '.' || len < sizeof(suffix) ||
			strcmp(names.v[i] + len - strlen(suffix), suffix) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", CONFIG_DIR, names.v[i]);
		rc = load_file(host, path, config, findings);
	}
	return rc;
}

int vw_config_load(const struct vw_host *host, struct vw_config *config,
	struct vw_findings *findings, struct vw_error *err)
{
	int rc;

	*config = defaults;
	rc = load_file(host, CONFIG_FILE, config, findings);
	if (rc == 0)
		rc = load_directory(host, config, findings);
	if (rc == 0)
		return 0;
	vw_config_free(config);
	return vw_error_set(err, -rc, "out of memory while reading the configuration");
}

/* Leaves the defaults behind. */
void vw_config_free(struct vw_config *config)
{
	for (size_t i = 0; i < config->n_networks; i++) {
		free(config->networks[i].pf);
		free(config->networks[i].label);
	}
	free(config->networks);
	*config = defaults;
}

const char *vw_config_label(const struct vw_config *config, const char *netdev, const char *address)
{
	for (size_t i = config->n_networks; i > 0; i--) {
		const struct vw_config_network *entry = &config->networks[i - 1];

		if ((netdev && strcmp(entry->pf, netdev) == 0) ||
			(address && same_pf(entry->pf, address)))
			return entry->label;
	}
	return NULL;
}
