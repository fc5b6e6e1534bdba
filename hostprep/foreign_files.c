/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign_files: NetworkManager's keyfiles, systemd's .link files, ifcfg and netplan files: do they make VFs of this PF, and how many? */
#include "foreign_priv.h"

#include "cleanup.h"
#include "text.h"

#include <fnmatch.h>
#include <string.h>

/* One line "key = value" in a section; everything is trimmed. */
struct entry {
	char *section, *key, *value;
	unsigned int line;
};

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t\r");
	for (len = strlen(text); len && strchr(" \t\r", text[len - 1]); len--)
		text[len - 1] = '\0';
	len = strlen(text);
	if (len > 1 && (text[0] == '"' || text[0] == '\'') && text[len - 1] == text[0]) {
		text[len - 1] = '\0';
		text++;
	}
	return text;
}

/* The next pair of a text; *at begins at the text, entry all-zero. */
static bool next_entry(char **at, struct entry *entry)
{
	static char none[] = "";

	if (!entry->section)
		entry->section = none;
	while (*at) {
		char *line = *at, *equals;

		*at = strchr(line, '\n');
		if (*at)
			*(*at)++ = '\0';
		entry->line++;
		line = trim(line);
		if (line[0] == '[' && line[strlen(line) - 1] == ']') {
			line[strlen(line) - 1] = '\0';
			entry->section = line + 1;
			continue;
		}
		equals = strchr(line, '=');
		if (!equals || line[0] == '#' || line[0] == ';')
			continue;
		*equals = '\0';
		entry->key = trim(line);
		entry->value = trim(equals + 1);
		return true;
	}
	return false;
}

static bool is(const struct entry *entry, const char *section, const char *key)
{
	return strcmp(entry->section, section) == 0 && strcmp(entry->key, key) == 0;
}

static long read_count(const char *text)
{
	uint64_t count;

	return vw_text_u64(text, 10, 0xffff, &count) == 0 ? (long)count : -1;
}

/* What a file has said so far. */
struct verdict {
	bool excluded; /* it is about another NIC */
	bool makes_vfs;
	long vfs;
	unsigned int line;
	char text[128];
};

static void makes_vfs(struct verdict *verdict, const struct entry *entry, long vfs)
{
	if (verdict->makes_vfs && vfs < 0)
		return;
	verdict->makes_vfs = true;
	verdict->vfs = vfs;
	verdict->line = entry->line;
	snprintf(verdict->text, sizeof(verdict->text), "%s=%s", entry->key, entry->value);
}

static void conclude(struct vw_foreign_search *search, const struct verdict *verdict,
	const char *owner, const char *remedy, const char *path)
{
	if (verdict->makes_vfs && !verdict->excluded)
		vw_foreign_add(search, owner, remedy, path, verdict->line, verdict->text,
			strlen(verdict->text), verdict->vfs);
}

/* Does one of the words (between these separators) mean the PF? "!x" excludes it. */
static bool any_word(struct vw_foreign_search *search, char *list, const char *separators,
	bool (*matches)(const struct vw_foreign_search *search, const char *word))
{
	bool any = false, only_not = true;
	char *at = NULL;

	for (char *word = strtok_r(list, separators, &at); word;
		word = strtok_r(NULL, separators, &at)) {
		if (word[0] == '!') {
			if (matches(search, word + 1))
				return false;
			continue;
		}
		only_not = false;
		any |= matches(search, word);
	}
	return any || only_not;
}

static bool is_path(const struct vw_foreign_search *search, const char *pattern)
{
	char path[VW_PCI_STR + 4];

	snprintf(path, sizeof(path), "pci-%s", search->address);
	return fnmatch(pattern, path, 0) == 0;
}

static bool is_driver(const struct vw_foreign_search *search, const char *pattern)
{
	return search->pf->driver[0] && fnmatch(pattern, search->pf->driver, 0) == 0;
}

/* nm-settings-keyfile(5) */
void vw_foreign_keyfile(struct vw_foreign_search *search, const char *path, char *text, size_t len)
{
	struct verdict verdict = { .vfs = -1 };
	struct entry e = { 0 };

	(void)len;
	while (next_entry(&text, &e)) {
		if (is(&e, "connection", "interface-name"))
			verdict.excluded |= !vw_foreign_is_netdev(search, e.value);
		else if (is(&e, "ethernet", "mac-address") ||
			 is(&e, "802-3-ethernet", "mac-address"))
			verdict.excluded |= !vw_foreign_is_mac(search, e.value);
		else if (is(&e, "match", "interface-name"))
			verdict.excluded |= !any_word(search, e.value, ";", vw_foreign_is_netdev);
		else if (is(&e, "match", "path"))
			verdict.excluded |= !any_word(search, e.value, ";", is_path);
		else if (is(&e, "match", "driver"))
			verdict.excluded |= !any_word(search, e.value, ";", is_driver);
		else if (is(&e, "sriov", "total-vfs"))
			makes_vfs(&verdict, &e, read_count(e.value));
	}
	conclude(search, &verdict, "NetworkManager",
		"nmcli connection modify …: set sriov.total-vfs to the number, or to 0 and remove "
		"the setting",
		path);
}

/* systemd.link(5). Matches that are not known here are taken for fulfilled. */
void vw_foreign_link_file(
	struct vw_foreign_search *search, const char *path, char *text, size_t len)
{
	struct verdict verdict = { .vfs = -1 };
	struct entry e = { 0 };

	(void)len;
	while (next_entry(&text, &e)) {
		if (is(&e, "Match", "OriginalName"))
			verdict.excluded |= !any_word(search, e.value, " \t", vw_foreign_is_netdev);
		else if (is(&e, "Match", "MACAddress") || is(&e, "Match", "PermanentMACAddress"))
			verdict.excluded |= !any_word(search, e.value, " \t", vw_foreign_is_mac);
		else if (is(&e, "Match", "Path"))
			verdict.excluded |= !any_word(search, e.value, " \t", is_path);
		else if (is(&e, "Match", "Driver"))
			verdict.excluded |= !any_word(search, e.value, " \t", is_driver);
		else if (is(&e, "Link", "SR-IOVVirtualFunctions"))
			makes_vfs(&verdict, &e, read_count(e.value));
		else if (is(&e, "SR-IOV", "VirtualFunction"))
			makes_vfs(&verdict, &e, -1); /* as many as the largest number asks for */
	}
	conclude(search, &verdict, "systemd-udevd",
		"change SR-IOVVirtualFunctions= there, or take it and the [SR-IOV] sections out",
		path);
}

void vw_foreign_ifcfg(struct vw_foreign_search *search, const char *path, char *text, size_t len)
{
	struct verdict verdict = { .vfs = -1 };
	struct entry e = { 0 };

	(void)len;
	if (!strstr(path, "/ifcfg-"))
		return;
	while (next_entry(&text, &e)) {
		if (is(&e, "", "DEVICE"))
			verdict.excluded |= !vw_foreign_is_netdev(search, e.value);
		else if (is(&e, "", "HWADDR"))
			verdict.excluded |= !vw_foreign_is_mac(search, e.value);
		else if (is(&e, "", "SRIOV_TOTAL_VFS"))
			makes_vfs(&verdict, &e, read_count(e.value));
	}
	conclude(search, &verdict, "NetworkManager", "change SRIOV_TOTAL_VFS there, or take it out",
		path);
}

/* --- netplan: YAML in block style, read by its indentation; what is in flow style is not seen --- */

struct yaml_line {
	size_t indent;
	char *key, *value; /* value "" = none */
	unsigned int line;
};

static bool next_yaml(char **at, struct yaml_line *yaml)
{
	while (*at) {
		char *line = *at, *colon, *comment;

		*at = strchr(line, '\n');
		if (*at)
			*(*at)++ = '\0';
		yaml->line++;
		comment = strstr(line, " #");
		if (comment)
			*comment = '\0';
		yaml->indent = strspn(line, " ");
		line += yaml->indent;
		if (*line == '\0' || *line == '#' || *line == '\r')
			continue;
		/* "name: value", "name:"; a MAC has colons without a blank behind them */
		for (colon = strchr(line, ':'); colon && colon[1] && !strchr(" \r\t", colon[1]);)
			colon = strchr(colon + 1, ':');
		if (!colon)
			continue;
		*colon = '\0';
		yaml->key = trim(line);
		yaml->value = trim(colon + 1);
		return true;
	}
	return false;
}

/* One device of netplan's "ethernets". */
struct netplan_device {
	size_t match;  /* indentation of its "match:" while that is being read, else 0 */
	bool named;    /* match: says which NIC it is */
	bool excluded; /* … another one */
	struct verdict verdict;
};

static void end_device(struct vw_foreign_search *search, struct netplan_device *device,
	const char *id, const char *path)
{
	if (!id)
		return;
	if (!device->named)
		device->excluded = !vw_foreign_is_netdev(search, id);
	device->verdict.excluded = device->excluded;
	conclude(search, &device->verdict, "netplan",
		"change virtual-function-count there and run `netplan apply`, or take it out",
		path);
}

static void read_device(struct vw_foreign_search *search, struct netplan_device *device,
	const struct yaml_line *yaml)
{
	const struct entry entry = { .key = yaml->key, .value = yaml->value, .line = yaml->line };
	bool is_match, in_match;

	if (yaml->indent <= device->match)
		device->match = 0;
	in_match = device->match;
	if (strcmp(yaml->key, "match") == 0 && !in_match)
		device->match = yaml->indent;
	if (strcmp(yaml->key, "virtual-function-count") == 0)
		makes_vfs(&device->verdict, &entry, read_count(yaml->value));
	if (strcmp(yaml->key, in_match ? "name" : "set-name") == 0)
		is_match = vw_foreign_is_netdev(search, yaml->value);
	else if (in_match && strcmp(yaml->key, "macaddress") == 0)
		is_match = vw_foreign_is_mac(search, yaml->value);
	else if (in_match && strcmp(yaml->key, "driver") == 0)
		is_match = is_driver(search, yaml->value);
	else
		return;
	device->named = true;
	/* set-name tells the name that it has in the end, whatever it had before */
	if (strcmp(yaml->key, "set-name") == 0 && is_match)
		device->excluded = false;
	else
		device->excluded |= !is_match;
}

void vw_foreign_netplan(struct vw_foreign_search *search, const char *path, char *text, size_t len)
{
	struct netplan_device device = { 0 };
	struct yaml_line yaml = { 0 };
	size_t section = SIZE_MAX, level = 0; /* indentation of "ethernets:" and of its devices */
	char *id = NULL;

	(void)len;
	while (next_yaml(&text, &yaml)) {
		if (section != SIZE_MAX && yaml.indent <= section)
			section = SIZE_MAX;
		if (section == SIZE_MAX) {
			end_device(search, &device, id, path);
			id = NULL;
			level = 0;
			if (strcmp(yaml.key, "ethernets") == 0)
				section = yaml.indent;
			continue;
		}
		if (!level)
			level = yaml.indent;
		if (yaml.indent <= level) {
			end_device(search, &device, id, path);
			device = (struct netplan_device){ .verdict.vfs = -1 };
			id = yaml.key;
		} else {
			read_device(search, &device, &yaml);
		}
	}
	end_device(search, &device, id, path);
}
