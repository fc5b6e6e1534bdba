/* SPDX-License-Identifier: GPL-2.0-or-later */
/* foreign: where others that make VFs keep what they know, and lines that write sriov_numvfs. */
#include "foreign_priv.h"

#include "cleanup.h"
#include "dropins.h"
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

void vw_foreigns_free(struct vw_foreigns *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].file);
		free(list->v[i].text);
	}
	free(list->v);
	*list = (struct vw_foreigns){ 0 };
}

void vw_foreign_add(struct vw_foreign_search *search, const char *owner, const char *remedy,
	const char *file, unsigned int line, const char *text, size_t len, long vfs)
{
	struct vw_foreigns *list = search->list;
	struct vw_foreign *v = reallocarray(list->v, list->n + 1, sizeof(*v));

	if (!v) {
		search->lost = true;
		return;
	}
	list->v = v;
	v[list->n] = (struct vw_foreign){ .owner = owner,
		.remedy = remedy,
		.file = strdup(file),
		.line = line,
		.text = strndup(text, len),
		.vfs = vfs };
	search->lost |= !v[list->n].file || !v[list->n].text;
	list->n++;
}

bool vw_foreign_is_netdev(const struct vw_foreign_search *search, const char *pattern)
{
	return search->pf->netdev[0] && fnmatch(pattern, search->pf->netdev, 0) == 0;
}

bool vw_foreign_is_mac(const struct vw_foreign_search *search, const char *text)
{
	struct vw_mac mac;

	return vw_mac_parse(text, &mac) == 0 && !vw_mac_is_zero(&mac) &&
	       vw_mac_equal(&mac, &search->pf->mac);
}

/* Is the word in the line, with no letter, digit, "." or ":" beside it? */
static bool has_word(const char *line, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = line; len && (at = strstr(at, word)); at++)
		if ((at == line || !(isalnum((unsigned char)at[-1]) || strchr(".:", at[-1]))) &&
			!isalnum((unsigned char)at[len]) &&
			(at[len] != '.' || !isalnum((unsigned char)at[len + 1])))
			return true;
	return false;
}

/* The number in `…sriov_numvfs}="10"`, `…sriov_numvfs = 4`, `w …sriov_numvfs - - - - 8` or `echo 8 >…sriov_numvfs`; -1: none. */
static long find_count(const char *line)
{
	const char *at = strstr(line, "sriov_numvfs") + strlen("sriov_numvfs"), *echo;
	char number[8];
	uint64_t count;

	at += strspn(at, "}=\"'- \t");
	if (!isdigit((unsigned char)*at) && (echo = strstr(line, "echo ")))
		at = echo + strlen("echo ");
	snprintf(number, sizeof(number), "%.*s", (int)strspn(at, "0123456789"), at);
	return vw_text_u64(number, 10, 0xffff, &count) == 0 ? (long)count : -1;
}

/* Lines that write sriov_numvfs of this PF: by its address, netdev, or driver. Ours carry our name. */
static void scan_lines(
	struct vw_foreign_search *search, const char *path, char *text, const char *owner)
{
	unsigned int number = 1;

	for (char *line = text, *next; line; line = next, number++) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (line[strspn(line, " \t")] == '#' || !strstr(line, "sriov_numvfs") ||
			strstr(line, "# vfward"))
			continue;
		if (has_word(line, search->address) || has_word(line, search->pf->netdev) ||
			has_word(line, search->pf->driver))
			vw_foreign_add(search, owner,
				"change the number there, or take the line out", path, number, line,
				strlen(line), find_count(line));
	}
}

struct place {
	const char *owner;
	const char *suffix;
	void (*read)(struct vw_foreign_search *search, const char *path, char *text,
		size_t len); /* NULL: scan_lines */
	const char *directories[5];
};

static void read_one(struct vw_foreign_search *search, const char *path, const struct place *place)
{
	vw_auto_free char *text = NULL;
	size_t len;
	int rc = vw_host_slurpf(search->host, VW_FOREIGN_FILE_MAX, &text, &len, "%s", path);

	search->lost |= rc == -ENOMEM;
	if (rc < 0)
		return;
	if (place->read)
		place->read(search, path, text, len);
	else
		scan_lines(search, path, text, place->owner);
}

static const struct place places[] = {
	{ "NetworkManager", "", vw_foreign_keyfile,
		{ "/etc/NetworkManager/system-connections",
			"/run/NetworkManager/system-connections",
			"/usr/lib/NetworkManager/system-connections" } },
	{ "ifcfg", "", vw_foreign_ifcfg, { "/etc/sysconfig/network-scripts" } },
	{ "netplan", ".yaml", vw_foreign_netplan,
		{ "/etc/netplan", "/run/netplan", "/lib/netplan" } },
	{ "systemd", ".link", vw_foreign_link_file,
		{ "/etc/systemd/network", "/run/systemd/network", "/usr/local/lib/systemd/network",
			"/usr/lib/systemd/network", "/lib/systemd/network" } },
	{ "a udev rule", ".rules", NULL,
		{ "/etc/udev/rules.d", "/run/udev/rules.d", "/usr/lib/udev/rules.d",
			"/lib/udev/rules.d" } },
	{ "tmpfiles", ".conf", NULL,
		{ "/etc/tmpfiles.d", "/run/tmpfiles.d", "/usr/lib/tmpfiles.d" } },
	{ "a systemd unit", ".service", NULL,
		{ "/etc/systemd/system", "/usr/local/lib/systemd/system" } },
	{ "sysfsutils", ".conf", NULL, { "/etc/sysfs.d" } },
	{ "ifupdown", "", NULL, { "/etc/network/interfaces.d" } },
};

static const struct place single_files[] = {
	{ "rc.local", NULL, NULL, { "/etc/rc.d/rc.local" } },
	{ "rc.local", NULL, NULL, { "/etc/rc.local" } },
	{ "sysfsutils", NULL, NULL, { "/etc/sysfs.conf" } },
	{ "ifupdown", NULL, NULL, { "/etc/network/interfaces" } },
};

static void search_places(struct vw_foreign_search *search)
{
	for (size_t i = 0; i < VW_ARRAY_SIZE(places); i++) {
		vw_auto(vw_dropins_free) struct vw_dropins files = { 0 };
		size_t n = 0;
		const char *which;

		while (n < VW_ARRAY_SIZE(places[i].directories) && places[i].directories[n])
			n++;
		search->lost |= vw_dropins_list(search->host, places[i].directories, n,
					places[i].suffix, &files, &which) == -ENOMEM;
		for (size_t j = 0; j < files.n; j++)
			read_one(search, files.paths[j], &places[i]);
	}
	/* /etc/rc.local is a link to the other one on RHEL. */
	for (size_t i = 0; i < VW_ARRAY_SIZE(single_files); i++) {
		char target[64];

		if (vw_host_readlinkf(search->host, target, sizeof(target), "%s",
			    single_files[i].directories[0]) < 0)
			read_one(search, single_files[i].directories[0], &single_files[i]);
	}
}

static void search_driverctl(struct vw_foreign_search *search)
{
	char path[64], driver[64];

	snprintf(path, sizeof(path), "/etc/driverctl.d/pci-%s", search->address);
	if (vw_host_readf(search->host, driver, sizeof(driver), "%s", path) > 0 &&
		strcmp(driver, search->pf->driver) != 0)
		vw_foreign_add(search, "driverctl",
			"driverctl unset-override, for the PF needs its own driver", path, 1,
			driver, strlen(driver), -1);
}

static void search_operator(struct vw_foreign_search *search)
{
	vw_auto_free char *text = NULL;
	char path[64], number[8] = "";
	const char *at;
	uint64_t count;
	size_t len;

	snprintf(path, sizeof(path), "/etc/sriov-operator/pci/%s", search->address);
	if (vw_host_slurpf(search->host, VW_FOREIGN_FILE_MAX, &text, &len, "%s", path) < 0)
		return;
	at = strstr(text, "\"numVfs\"");
	if (at) {
		at += strlen("\"numVfs\"");
		at += strspn(at, ": \t");
		snprintf(number, sizeof(number), "%.*s", (int)strspn(at, "0123456789"), at);
	}
	vw_foreign_add(search, "the SR-IOV network operator",
		"change its SriovNetworkNodePolicy, or take the PF out of it", path, 0,
		"its record of the PF", strlen("its record of the PF"),
		vw_text_u64(number, 10, 0xffff, &count) == 0 ? (long)count : -1);
}

/* tuned's profiles of this host may write to sysfs, or run scripts that do. */
static void search_tuned(struct vw_foreign_search *search)
{
	static const char *const directories[] = { "/etc/tuned/profiles", "/etc/tuned",
		"/usr/lib/tuned/profiles", "/usr/lib/tuned" };
	static const struct place tuned = { .owner = "tuned" };
	char active[256], *at = NULL;

	if (vw_host_readf(search->host, active, sizeof(active), "/etc/tuned/active_profile") <= 0)
		return;
	for (char *name = strtok_r(active, " \t\n", &at); name;
		name = strtok_r(NULL, " \t\n", &at)) {
		char path[512];

		for (size_t i = 0; i < VW_ARRAY_SIZE(directories); i++) {
			snprintf(path, sizeof(path), "%s/%s/tuned.conf", directories[i], name);
			if (vw_host_lookf(search->host, "%s", path) != 1)
				continue;
			read_one(search, path, &tuned);
			break;
		}
	}
}

int vw_foreign_find(const struct vw_host *host, const struct vw_pf_request *pf,
	struct vw_foreigns *list, struct vw_error *err)
{
	struct vw_foreign_search search = { .host = host, .pf = pf, .list = list };

	*list = (struct vw_foreigns){ 0 };
	vw_pci_format(&pf->pf, search.address);
	search_places(&search);
	search_driverctl(&search);
	search_operator(&search);
	search_tuned(&search);
	if (!search.lost)
		return 0;
	vw_foreigns_free(list);
	return vw_error_set(err, ENOMEM, "out of memory");
}
