/* SPDX-License-Identifier: GPL-2.0-or-later */
/* traps: what in a Linux guest goes wrong when a VF with another MAC appears in it. Advice, never a verdict. */

/*
 * Theory of operation. A guest that was installed, or booted once, with some MAC may have written it down: names of interfaces and
 * connections then hang on it. trap_kinds says where such files lie and which lines of them hold a MAC; two more traps are not of lines.
 * Only whole addresses count: "52:54:00:*" is a rule for many. All is capped: what is too large or too much is said to be unread.
 */
#include "linux.h"

#include "cleanup.h"
#include "dropins.h"
#include "lines.h"
#include "mac.h"

#include <ctype.h>
#include <fnmatch.h>
#include <limits.h>
#include <string.h>

#define FILE_MAX  (256U << 10)
#define FILES_MAX 256
#define HITS_MAX  16 /* of one trap; nobody reads more */
#define LINE_SIZE 2048

#define PERSISTENT "/etc/udev/rules.d/70-persistent-net.rules"
#define GENERATOR  "75-persistent-net-generator.rules"

struct reader;

struct trap {
	const char *id;
	const char *directories[6]; /* a name in an earlier one hides it in later ones */
	const char *file;           /* one more; NULL = none */
	const char *names;          /* glob of the files' names */
	void (*name)(struct reader *r, const char *name); /* looks at a file's name; may be NULL */
	void (*line)(struct reader *r, char *line);       /* which may be changed */
	bool continued;                                   /* a backslash joins lines */
	const char *matches; /* what it means that a MAC is asked for; NULL: it never is */
	const char *remedy;
};

/* A file on its way. */
struct reader {
	const struct vw_host *host;
	struct vw_findings *findings;
	const struct trap *trap;
	const char *path;
	unsigned int line; /* 0 = the file as a whole */
	unsigned int hits;
	size_t indent; /* of the line */
	/* of what is around the line */
	bool in_match, in_link;
	size_t match_indent;
};

static bool read_mac(const char *text, size_t len, struct vw_mac *mac)
{
	char copy[VW_MAC_STR];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	for (char *c = copy; (c = strchr(c, '-'));)
		*c = ':';
	return vw_mac_parse(copy, mac) == 0 && !vw_mac_is_zero(mac) && !vw_mac_is_multicast(mac);
}

/* Reports it if the value is a MAC; quotes around it and blanks in front do not count. */
static void check_value(struct reader *r, const char *value, bool sets)
{
	const char *remedy = sets ? "delete the line" : r->trap->remedy;
	char where[PATH_MAX + 16], text[VW_MAC_STR];
	struct vw_mac mac;

	value += strspn(value, " \t\"'");
	if (!read_mac(value, strcspn(value, " \t\"',;|}#"), &mac) || ++r->hits > HITS_MAX)
		return;
	if (r->line)
		snprintf(where, sizeof(where), "%s:%u", r->path, r->line);
	else
		snprintf(where, sizeof(where), "%s", r->path);
	vw_mac_format(&mac, text);
	if (sets)
		vw_finding_add(r->findings, VW_WARN, r->trap->id, where, remedy,
			"%s: sets the MAC %s, and a host refuses any other than its own from the "
			"VF of "
			"a guest that it does not trust",
			where, text);
	else
		vw_finding_add(r->findings, VW_WARN, r->trap->id, where, remedy, "%s: %s", where,
			r->trap->matches);
}

/* The value of "KEY = value"; NULL: the line has another key. */
static const char *value_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	if (strncmp(line, key, len) != 0)
		return NULL;
	line += len;
	line += strspn(line, " \t");
	return *line == '=' ? line + 1 : NULL;
}

static void drop_blanks(char *text)
{
	char *to = text;

	for (; *text; text++)
		if (*text != ' ' && *text != '\t')
			*to++ = *text;
	*to = '\0';
}

/* Udev rules: ATTR{address}=="…" (SYSFS{…} in SLES 10), in one that is about network devices or gives a name. */
static void udev_line(struct reader *r, char *line)
{
	static const char key[] = "{address}==";
	const char *address;

	drop_blanks(line);
	address = strstr(line, key);
	if (*line == '#' || !address)
		return;
	if (strstr(line, "SUBSYSTEM==\"net\"") || strstr(line, "NAME=\"") ||
		strstr(line, "NAME:=\""))
		check_value(r, address + strlen(key), false);
}

/* ifcfg files are shell: KEY=value. */
static void ifcfg_line(struct reader *r, char *line)
{
	static const char *const keys[] = { "HWADDR", "MACADDR", "LLADDR" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(keys); i++) {
		const char *value = value_of(line, keys[i]);

		if (value)
			check_value(r, value, i > 0);
	}
}

/* SLES 9 and 10 put the MAC into the name: ifcfg-eth-id-00:16:3e:…. */
static void ifcfg_name(struct reader *r, const char *name)
{
	const char *id = strstr(name, "-id-");

	if (id)
		check_value(r, id + strlen("-id-"), false);
}

static void keyfile_line(struct reader *r, char *line)
{
	const char *asked = value_of(line, "mac-address");
	const char *set = value_of(line, "cloned-mac-address");

	if (asked)
		check_value(r, asked, false);
	if (set)
		check_value(r, set, true);
}

/* YAML: "match:" with "macaddress:" below it, or both on one line; "macaddress:" elsewhere sets it. */
static void netplan_line(struct reader *r, char *line)
{
	static const char key[] = "macaddress";
	char *address, *comment = strstr(line, " #");

	if (comment)
		*comment = '\0';
	if (*line == '#' || !*line)
		return;
	if (r->in_match && r->indent <= r->match_indent)
		r->in_match = false;
	if (strncmp(line, "match:", strlen("match:")) == 0) {
		r->in_match = true;
		r->match_indent = r->indent;
	}
	address = strstr(line, key);
	if (!address || (address > line && !strchr(" \t{,\"'", address[-1])))
		return;
	address += strlen(key);
	address += strspn(address, "\"' \t");
	if (*address == ':')
		check_value(r, address + 1, !r->in_match);
}

/* systemd's .link and .network: MACAddress= asks in [Match] and sets in [Link]; there may be several. */
static void networkd_line(struct reader *r, char *line)
{
	const char *value = value_of(line, "MACAddress");

	if (*line == '[') {
		r->in_match = strncmp(line, "[Match]", strlen("[Match]")) == 0;
		r->in_link = strncmp(line, "[Link]", strlen("[Link]")) == 0;
	}
	if (!value)
		value = value_of(line, "PermanentMACAddress");
	if (value && (r->in_match || r->in_link))
		check_value(r, value, r->in_link);
}

/* ifupdown: "hwaddress ether MAC" or "hwaddress MAC". */
static void interfaces_line(struct reader *r, char *line)
{
	static const char key[] = "hwaddress", ether[] = "ether";
	size_t len = strlen(key);

	if (strncmp(line, key, len) != 0)
		return;
	line += len;
	line += strspn(line, " \t");
	if (strncmp(line, ether, strlen(ether)) == 0)
		line += strlen(ether);
	check_value(r, line, true);
}

static const struct trap trap_kinds[] = {
	{ .id = "guest-mac-udev",
		.directories = { "/etc/udev/rules.d" },
		.names = "?*.rules",
		.line = udev_line,
		.continued = true,
		.matches =
			"the name of an interface hangs on its MAC; a VF with another one comes up "
			"under another name",
		.remedy = "virt-sysprep --operations udev-persistent-net, or delete the rule" },
	{ .id = "guest-mac-ifcfg",
		.directories = { "/etc/sysconfig/network-scripts", "/etc/sysconfig/network" },
		.names = "ifcfg-?*",
		.name = ifcfg_name,
		.line = ifcfg_line,
		.matches = "the connection is for one MAC; on a VF with another one it does not "
			   "come up",
		.remedy = "virt-sysprep --operations net-hwaddr, or delete the line" },
	{ .id = "guest-mac-networkmanager",
		.directories = { "/etc/NetworkManager/system-connections",
			"/usr/lib/NetworkManager/system-connections" },
		.names = "*",
		.line = keyfile_line,
		.matches = "the connection is for one MAC; on a VF with another one it does not "
			   "come up",
		.remedy = "virt-sysprep --operations net-nmconn, or delete the line" },
	{ .id = "guest-mac-netplan",
		.directories = { "/run/netplan", "/etc/netplan", "/usr/lib/netplan",
			"/lib/netplan" },
		.names = "?*.yaml",
		.line = netplan_line,
		.matches = "the interface is found by one MAC; a VF with another one stays without "
			   "its "
			   "configuration, and its name",
		.remedy = "match by name or driver; after `cloud-init clean` cloud-init writes its "
			  "file anew" },
	{ .id = "guest-mac-systemd",
		.directories = { "/etc/systemd/network", "/run/systemd/network",
			"/usr/local/lib/systemd/network", "/usr/lib/systemd/network",
			"/lib/systemd/network" },
		.names = "?*.@(link|network)",
		.line = networkd_line,
		.matches =
			"the file is for one MAC; a VF with another one stays without its name or "
			"configuration",
		.remedy = "match by Name= or Driver=" },
	{ .id = "guest-mac-interfaces",
		.directories = { "/etc/network/interfaces.d" },
		.file = "/etc/network/interfaces",
		.names = "*",
		.line = interfaces_line },
};

static void unread(struct reader *r, const char *path, const char *why)
{
	vw_finding_add(r->findings, VW_SKIP, "guest-mac-unread", path, NULL,
		"%s: %s, so a MAC in it would not be seen", path, why);
}

/* Lines without indentation, joined where they go on; what is longer than LINE_SIZE, or behind a NUL, is cut. */
static void read_lines(struct reader *r, const char *text, size_t len)
{
	struct vw_line line = { 0 };
	char buf[LINE_SIZE];
	size_t used = 0;

	r->in_match = r->in_link = false;
	while (vw_line_next(text, len, &line)) {
		size_t begin = vw_skip_blanks(text, line.begin, line.end), n = line.end - begin;
		bool goes_on = r->trap->continued && n > 0 && text[line.end - 1] == '\\';

		n -= goes_on;
		if (!used) {
			r->line = line.number;
			r->indent = begin - line.begin;
		}
		if (n > sizeof(buf) - used - 1)
			n = sizeof(buf) - used - 1;
		memcpy(buf + used, text + begin, n);
		used += n;
		buf[used] = '\0';
		if (goes_on)
			continue;
		r->trap->line(r, buf);
		used = 0;
	}
}

static int read_file(struct reader *r, const char *path)
{
	vw_auto_free char *text = NULL;
	size_t len;
	int rc = vw_host_slurpf(r->host, FILE_MAX, &text, &len, "%s", path);

	r->path = path;
	if (rc >= 0)
		read_lines(r, text, len);
	else if (rc == -EFBIG)
		unread(r, path, "the file is too large");
	else if (rc != -ENOMEM && !vw_error_absent(rc))
		unread(r, path, "the file cannot be read");
	return rc == -ENOMEM || r->findings->lost ? -ENOMEM : 0;
}

/* Left behind by editors and package managers, and read by nobody. */
static bool is_backup(const char *name)
{
	static const char *const globs[] = { "*~", "*.bak", "*.orig", "*.rpm*", "*.dpkg-*",
		"*.swp" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(globs); i++)
		if (fnmatch(globs[i], name, 0) == 0)
			return true;
	return false;
}

static int look(const struct trap *trap, const struct vw_host *host, struct vw_findings *findings)
{
	struct reader r = { .host = host, .findings = findings, .trap = trap };
	vw_auto(vw_dropins_free) struct vw_dropins list = { 0 };
	size_t directories = 0, files = 0;
	const char *which;
	int rc;

	while (directories < VW_ARRAY_SIZE(trap->directories) && trap->directories[directories])
		directories++;
	rc = trap->file ? read_file(&r, trap->file) : 0;
	if (rc < 0)
		return rc;
	rc = vw_dropins_list(host, trap->directories, directories, "", &list, &which);
	if (rc < 0 && rc != -ENOMEM) {
		unread(&r, which, "the directory cannot be read");
		rc = findings->lost ? -ENOMEM : 0;
	}
	for (size_t i = 0; rc == 0 && i < list.n && r.hits < HITS_MAX; i++) {
		const char *name = strrchr(list.paths[i], '/') + 1;

		if (fnmatch(trap->names, name, FNM_EXTMATCH) != 0 || is_backup(name))
			continue;
		if (++files > FILES_MAX) {
			unread(&r, list.paths[i], "there are too many files");
			break;
		}
		r.path = list.paths[i];
		r.line = 0;
		if (trap->name)
			trap->name(&r, name);
		rc = read_file(&r, list.paths[i]);
	}
	return rc;
}

/* Is it a link to /dev/null, empty, or a directory: is nothing written to it, and nothing read? */
static bool is_neutral(const struct vw_host *host, const char *path)
{
	char target[PATH_MAX];
	struct stat st;

	if (vw_host_readlinkf(host, target, sizeof(target), "%s", path) >= 0)
		return strcmp(target, "/dev/null") == 0;
	return vw_host_statf(host, &st, "%s", path) == 0 &&
	       (S_ISDIR(st.st_mode) || S_ISCHR(st.st_mode));
}

/* udev once wrote 70-persistent-net.rules at the first boot with a MAC (RHEL 6, SLES 11, Debian up to 8, Ubuntu up to 14.04). It leaves out
 * 52:54:00, 00:0c:29, 00:50:56, 00:15:5d, and locally administered ones. */
static int look_for_generator(const struct vw_host *host, struct vw_findings *findings)
{
	static const char *const directories[] = { "/etc/udev/rules.d", "/usr/lib/udev/rules.d",
		"/lib/udev/rules.d" };
	char path[128];
	struct stat st;

	if (is_neutral(host, PERSISTENT))
		return 0;
	for (size_t i = 0; i < VW_ARRAY_SIZE(directories); i++) {
		snprintf(path, sizeof(path), "%s/%s", directories[i], GENERATOR);
		if (is_neutral(host, path))
			return 0;
		if (vw_host_statf(host, &st, "%s", path) < 0)
			continue;
		if (st.st_size == 0)
			return 0;
		vw_finding_add(findings, VW_WARN, "guest-mac-generator", path,
			"make " PERSISTENT " a directory, or a link to /dev/null",
			"%s: the first boot with a globally unique MAC writes it down; a clone "
			"with "
			"another one comes up as eth1",
			path);
		break;
	}
	return findings->lost ? -ENOMEM : 0;
}

/* Is there a MAC in any bytes? One that is no part of something longer: fingerprints of keys look alike. */
static bool find_mac(const char *data, size_t len, struct vw_mac *mac)
{
	const size_t size = VW_MAC_STR - 1;
	const char *at = data, *end = data + len;

	for (; (at = memchr(at, ':', (size_t)(end - at))); at++) {
		const char *begin = at - 2;

		if (at - data < 2 || (size_t)(end - begin) < size)
			continue;
		if ((begin > data && (begin[-1] == ':' || isalnum((unsigned char)begin[-1]))) ||
			(begin + size < end &&
				(begin[size] == ':' || isalnum((unsigned char)begin[size]))))
			continue;
		if (read_mac(begin, size, mac))
			return true;
	}
	return false;
}

/* What cloud-init keeps of the machine that it last ran on; obj.pkl is what older releases have. */
static int look_for_instance(const struct vw_host *host, struct vw_findings *findings)
{
	static const char *const files[] = { "/var/lib/cloud/instance/network-config.json",
		"/var/lib/cloud/instance/obj.pkl" };
	vw_auto_free char *data = malloc(FILE_MAX);
	char text[VW_MAC_STR];
	struct vw_mac mac;

	if (!data)
		return -ENOMEM;
	for (size_t i = 0; i < VW_ARRAY_SIZE(files); i++) {
		ssize_t len = vw_host_piecef(host, 0, data, FILE_MAX, "%s", files[i]);

		if (len < 0 || !find_mac(data, (size_t)len, &mac))
			continue;
		vw_finding_add(findings, VW_WARN, "guest-mac-cloud-init", files[i],
			"run `cloud-init clean` before the image is taken",
			"%s: cloud-init goes on with MAC %s if it takes the clone for the same "
			"instance",
			files[i], vw_mac_format(&mac, text));
		break;
	}
	return findings->lost ? -ENOMEM : 0;
}

int vw_linux_traps(const struct vw_host *files, struct vw_findings *findings)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < VW_ARRAY_SIZE(trap_kinds); i++)
		rc = look(&trap_kinds[i], files, findings);
	if (rc == 0)
		rc = look_for_generator(files, findings);
	return rc == 0 ? look_for_instance(files, findings) : rc;
}
