/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config: /etc/vfward/vfward.conf and vfward.conf.d/, parsed (inih), never sourced. */

/*
 * Theory of operation. inih splits a line into name and value, trims both and cuts inline comments (" ;"). It forgives
 * what an operator would want to know of: a section without keys, text behind a section's "]", a line that runs on
 * because the next one is indented, "name: value". And it tells only the number of the first bad line. So the
 * lines reach it through a reader of ours, one a call, which counts them, handles section headers, takes away
 * indentation and hides every ':' that stands before the '=' (a PF may be named by its PCI address). A line that was
 * handed over and did not come back as a pair is a mistake. Nothing here depends on how inih was built: its
 * line limit is kept, and should it stop at a bad line, it is started again behind that line.
 */
#include "config.h"

#include "cleanup.h"
#include "pci_address.h"
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <net/if.h>
#include <stdarg.h>
#include <string.h>

#define CONFIG_FILE "/etc/vfward/vfward.conf"
#define CONFIG_DIR  "/etc/vfward/vfward.conf.d"

#define FILE_MAX         (1024 * 1024)
#define LINE_MAX_BYTES   190 /* inih's line buffer may have only 200 bytes */
#define MISTAKES_MAX     100 /* listed for one file */
#define NETWORKS_MAX     1024
#define LABEL_MAX        63
#define DEADLINE_DEFAULT 5
#define DEADLINE_MAX     60
#define KPPS_MAX         1000000

#define HIDDEN_COLON '\1' /* no line that holds a control character gets that far */

enum section {
	SECTION_NONE,
	SECTION_BAD,
	SECTION_HOOK,
	SECTION_MAC,
	SECTION_ADVISE,
	SECTION_NETWORKS
};

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

/* One file on its way through inih. */
struct source {
	const char *path;
	const char *data;
	size_t len, pos;
	unsigned int line;
	enum section section;
	bool pair_pending; /* this line went to inih as a pair, and did not come back yet */
	bool seen[VW_ARRAY_SIZE(keys)];
	size_t first_network; /* where the entries of this file begin */
	size_t mistakes;
	struct vw_config *config;
	struct vw_findings *findings;
	int rc; /* -ENOMEM, for which inih's callbacks have no way out */
};

__attribute__((format(printf, 3, 4))) static void mistake(
	struct source *src, const char *remedy, const char *fmt, ...)
{
	char subject[NAME_MAX + sizeof(CONFIG_DIR) + 16], message[512];
	va_list ap;

	if (++src->mistakes > MISTAKES_MAX + 1)
		return;
	if (src->mistakes > MISTAKES_MAX) {
		remedy = NULL;
		snprintf(message, sizeof(message), "more mistakes from here on are not listed");
	} else {
		va_start(ap, fmt);
		vsnprintf(message, sizeof(message), fmt, ap);
		va_end(ap);
	}
	if (src->line)
		snprintf(subject, sizeof(subject), "%s:%u", src->path, src->line);
	else
		snprintf(subject, sizeof(subject), "%s", src->path);
	vw_finding_add(src->findings, VW_FAIL, "config-invalid", subject, remedy, "%s: %s", subject,
		message);
}

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
		mistake(src, "name a PF by its network device or by DDDD:BB:SS.F",
			"\"%s\" is neither a network device's name nor a PCI address", pf);
		return;
	}
	if (!is_label(label)) {
		mistake(src, "use 1 to 63 letters, digits and . _ : / -",
			"the label \"%s\" of %s cannot be used", label, pf);
		return;
	}
	for (size_t i = src->first_network; i < config->n_networks; i++) {
		if (same_pf(config->networks[i].pf, pf)) {
			mistake(src, NULL, "%s has a label in this file already", pf);
			return;
		}
	}
	if (config->n_networks >= NETWORKS_MAX) {
		mistake(src, NULL, "more than %d PFs", NETWORKS_MAX);
		return;
	}
	if (put_network(config, pf, label) < 0)
		src->rc = -ENOMEM;
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
	mistake(src, remedy, "unknown key \"%s\" in [%s]", name, section_names[src->section]);
}

static void handle_key(struct source *src, const char *name, const char *value)
{
	for (size_t i = 0; i < VW_ARRAY_SIZE(keys); i++) {
		char remedy[128];

		if (keys[i].section != src->section || strcmp(keys[i].name, name) != 0)
			continue;
		snprintf(remedy, sizeof(remedy), "possible: %s", keys[i].values);
		if (src->seen[i])
			mistake(src, NULL, "%s is set in this file already", name);
		else if (!keys[i].set(src->config, value))
			mistake(src, remedy, "\"%s\" is no value for %s", value, name);
		src->seen[i] = true;
		return;
	}
	unknown_key(src, name);
}

/* Called by inih with a pair. Always "fine", for inih may have been built to stop at what is not. */
static int handle_pair(void *user, const char *section, const char *name, const char *value)
{
	char unhidden[LINE_MAX_BYTES + 1];
	struct source *src = user;

	(void)section; /* inih forgets it when started again, and has a limit of its own */
	if (!src->pair_pending || !name || !value || strlen(name) > LINE_MAX_BYTES)
		return 1;
	src->pair_pending = false;
	for (size_t i = 0; i <= strlen(name); i++)
		unhidden[i] = name[i] == HIDDEN_COLON ? ':' : name[i];

	if (src->section == SECTION_NONE)
		mistake(src, "put [hook], [mac] or [networks] before it",
			"\"%s\" stands before the first section", unhidden);
	else if (src->section == SECTION_NETWORKS)
		handle_network(src, unhidden, value);
	else if (src->section != SECTION_BAD)
		handle_key(src, unhidden, value);
	return 1;
}

/* text: the line from its "[" on. The keys of a section that is none are not reported as well. */
static void handle_header(struct source *src, const char *text, size_t len)
{
	const char *end = memchr(text, ']', len);
	const char *rest = end ? end + 1 : NULL;

	src->section = SECTION_BAD;
	while (rest && rest < text + len && isblank((unsigned char)*rest))
		rest++;
	if (!end || (rest < text + len && *rest != ';')) {
		mistake(src, NULL, "not a section: \"%.*s\"", (int)len, text);
		return;
	}
	for (size_t i = SECTION_HOOK; i < VW_ARRAY_SIZE(section_names); i++)
		if (strlen(section_names[i]) == (size_t)(end - text) - 1 &&
			strncmp(section_names[i], text + 1, (size_t)(end - text) - 1) == 0)
			src->section = i;
	if (src->section == SECTION_BAD)
		mistake(src, "known: [hook] [mac] [networks]", "unknown section %.*s",
			(int)(end + 1 - text), text);
}

static bool has_control_character(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)text[i] < 0x20 && text[i] != '\t') || text[i] == 0x7f)
			return true;
	return false;
}

/* Takes the next line without its end and its indentation. */
static bool next_line(struct source *src, const char **text, size_t *len)
{
	const char *line = src->data + src->pos, *newline;
	size_t left = src->len - src->pos;

	if (!left)
		return false;
	newline = memchr(line, '\n', left);
	*len = newline ? (size_t)(newline - line) : left;
	src->pos += *len + (newline ? 1 : 0);
	src->line++;
	if (src->line == 1 && *len >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
		line += 3; /* an editor's byte order mark */
		*len -= 3;
	}
	if (*len > 0 && line[*len - 1] == '\r')
		(*len)--;
	while (*len > 0 && isblank((unsigned char)*line)) {
		line++;
		(*len)--;
	}
	*text = line;
	return true;
}

/* A pair went to inih and nothing came back. */
static void check_pending(struct source *src)
{
	if (src->pair_pending)
		mistake(src, NULL, "neither [section] nor key = value");
	src->pair_pending = false;
}

/* inih's reader, fgets-like: one line a call; what is not for inih becomes an empty one. */
static char *read_line(char *buf, int size, void *user)
{
	struct source *src = user;
	const char *text, *equals;
	size_t len;

	check_pending(src);
	if (size < 3 || src->rc < 0 || !next_line(src, &text, &len))
		return NULL;
	memcpy(buf, "\n", 2);
	if (len == 0 || *text == '#' || *text == ';')
		return buf;
	if (has_control_character(text, len)) {
		mistake(src, NULL, "the line holds a control character");
	} else if (len > LINE_MAX_BYTES || len > (size_t)size - 3) {
		mistake(src, NULL, "the line is longer than %d bytes", LINE_MAX_BYTES);
	} else if (*text == '[') {
		handle_header(src, text, len);
	} else {
		memcpy(buf, text, len);
		memcpy(buf + len, "\n", 2);
		equals = memchr(text, '=', len);
		for (char *colon = buf; (colon = strchr(colon, ':')); colon++)
			if (!equals || colon - buf < equals - text)
				*colon = HIDDEN_COLON;
		src->pair_pending = true;
	}
	return buf;
}

/* Returns -ENOMEM or 0. */
static int parse(struct source *src)
{
	while (src->rc == 0 && src->pos < src->len) {
		size_t before = src->pos;
		int rc = ini_parse_stream(read_line, src, handle_pair, src);

		check_pending(src);
		if (rc == -2 || src->findings->lost)
			src->rc = -ENOMEM;
		else if (src->pos == before)
			break;
	}
	return src->rc;
}

static int load_file(const struct vw_host *host, const char *path, struct vw_config *config,
	struct vw_findings *findings)
{
	struct source src = { .path = path,
		.section = SECTION_NONE,
		.first_network = config->n_networks,
		.config = config,
		.findings = findings };
	vw_auto_free char *data = NULL;
	struct vw_error why = { 0 };
	char target[PATH_MAX];
	int rc = vw_host_slurpf(host, FILE_MAX, &data, &src.len, "%s", path);

	if (rc == -ENOMEM)
		return rc;
	if (rc == -ENOENT && vw_host_readlinkf(host, target, sizeof(target), "%s", path) < 0)
		return 0;
	if (rc < 0) {
		if (rc == -EFBIG)
			mistake(&src, NULL, "larger than 1 MiB");
		else if (rc == -EINVAL)
			mistake(&src, NULL, "not a regular file");
		else if (vw_error_errno(&why, -rc, "cannot be read") < 0)
			mistake(&src, NULL, "%s", why.msg);
		return findings->lost ? -ENOMEM : 0;
	}
	src.data = data;
	return parse(&src);
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
