/* SPDX-License-Identifier: GPL-2.0-or-later */
/* win_release: which Windows it is, out of SOFTWARE and SYSTEM, and how it is called. */
#include "win.h"

#include "cleanup.h"
#include "text.h"

#include <string.h>

#define CURRENT_VERSION "Microsoft\\Windows NT\\CurrentVersion"

/* What is newest at the time of writing: Windows Server 2025, Windows 11 25H2. */
enum { NEWEST_SERVER = 26100, NEWEST_CLIENT = 26200 };

static const struct {
	unsigned int major, minor, build; /* build: the first one that is called so; 0 = any */
	const char *server, *client;
} releases[] = {
	{ 6, 0, 0, "Windows Server 2008", "Windows Vista" },
	{ 6, 1, 0, "Windows Server 2008 R2", "Windows 7" },
	{ 6, 2, 0, "Windows Server 2012", "Windows 8" },
	{ 6, 3, 0, "Windows Server 2012 R2", "Windows 8.1" },
	{ 10, 0, 10240, "Windows Server", "Windows 10" },
	{ 10, 0, 14393, "Windows Server 2016", "Windows 10" },
	{ 10, 0, 14394, "Windows Server", "Windows 10" }, /* semi-annual releases */
	{ 10, 0, 17763, "Windows Server 2019", "Windows 10" },
	{ 10, 0, 17764, "Windows Server", "Windows 10" },
	{ 10, 0, 20348, "Windows Server 2022", "Windows 10" },
	{ 10, 0, 20349, "Windows Server", "Windows 10" },
	{ 10, 0, 22000, "Windows Server", "Windows 11" },
	{ 10, 0, 26100, "Windows Server 2025", "Windows 11" },
	{ 10, 0, 26101, "Windows Server", "Windows 11" },
};

const char *vw_win_release_name(
	unsigned int major, unsigned int minor, unsigned int build, bool server, bool *known)
{
	const char *name = "Windows";

	*known = false;
	for (size_t i = 0; i < VW_ARRAY_SIZE(releases); i++) {
		if (releases[i].major != major || releases[i].minor != minor ||
			build < releases[i].build)
			continue;
		name = server ? releases[i].server : releases[i].client;
		*known = major < 10 || build <= (server ? NEWEST_SERVER : NEWEST_CLIENT);
	}
	return name;
}

/* "6.1". 0 or -EBADMSG. */
static int parse_version(const char *text, unsigned int *major, unsigned int *minor)
{
	vw_auto_free char *copy = strdup(text);
	char *dot = copy ? strchr(copy, '.') : NULL;
	uint64_t a, b;

	if (!copy)
		return -ENOMEM;
	if (!dot)
		return -EBADMSG;
	*dot++ = '\0';
	if (vw_text_u64(copy, 10, 99, &a) < 0 || vw_text_u64(dot, 10, 99, &b) < 0)
		return -EBADMSG;
	*major = (unsigned int)a;
	*minor = (unsigned int)b;
	return 0;
}

/* Since Windows 10 CurrentVersion stays at 6.3 for old programs, and the numbers have values of their own. */
static int read_version(
	const struct vw_win_hive *hive, int64_t node, unsigned int *major, unsigned int *minor)
{
	vw_auto_free char *text = NULL;
	uint32_t a, b;
	int rc = vw_win_dword(hive, node, "CurrentMajorVersionNumber", &a);

	if (rc == 0)
		rc = vw_win_dword(hive, node, "CurrentMinorVersionNumber", &b);
	if (rc == 0 && (a > 99 || b > 99))
		rc = -EBADMSG;
	if (rc == 0) {
		*major = a;
		*minor = b;
	}
	if (rc != -ENOENT)
		return rc;
	rc = vw_win_text(hive, node, "CurrentVersion", &text);
	return rc < 0 ? rc : parse_version(text, major, minor);
}

static int read_build(const struct vw_win_hive *hive, int64_t node, unsigned int *build)
{
	vw_auto_free char *text = NULL;
	uint64_t number;
	int rc = vw_win_text(hive, node, "CurrentBuildNumber", &text);

	if (rc < 0)
		return rc;
	if (vw_text_u64(text, 10, 9999999, &number) < 0)
		return -EBADMSG;
	*build = (unsigned int)number;
	return 0;
}

/* A policy against the installation of devices may keep a driver out that is there: which devices it means is for people to judge. */
static int read_policy(struct vw_win *win, const struct vw_win_hive *hive)
{
	static const char *const values[] = { "DenyUnspecified", "DenyDeviceIDs",
		"DenyDeviceClasses", "DenyInstanceIDs" };
	static const char key[] = "Policies\\Microsoft\\Windows\\DeviceInstall\\Restrictions";
	int64_t node;

	if (vw_win_key(hive, hive->root, key, &node) < 0)
		return 0;
	for (size_t i = 0; i < VW_ARRAY_SIZE(values); i++) {
		uint32_t set;

		if (vw_win_dword(hive, node, values[i], &set) < 0 || set == 0)
			continue;
		if (!vw_finding_add(&win->system->findings, VW_WARN, "windows-install-restricted",
			    win->root, "see whether the policy lets network adapters be installed",
			    "a group policy restricts the installation of devices: "
			    "SOFTWARE\\%s\\%s is %u",
			    key, values[i], set))
			return -ENOMEM;
	}
	return 0;
}

int vw_win_release_software(struct vw_win *win, const struct vw_win_hive *software)
{
	struct vw_system *system = win->system;
	vw_auto_free char *type = NULL;
	int64_t node;
	int rc = vw_win_key(software, software->root, CURRENT_VERSION, &node);

	if (rc == 0)
		rc = read_version(software, node, &system->nt_major, &system->nt_minor);
	if (rc == 0)
		rc = read_build(software, node, &system->build);
	if (rc < 0) {
		system->nt_major = 0;
		return rc == -ENOMEM
			       ? rc
			       : vw_win_doubt(win, NULL,
					 "the release of Windows cannot be read from SOFTWARE\\%s",
					 CURRENT_VERSION);
	}
	if (vw_win_text(software, node, "ProductName", &win->product) == -ENOMEM)
		return -ENOMEM;
	rc = vw_win_text(software, node, "InstallationType", &type);
	if (rc == -ENOMEM)
		return rc;
	if (rc == 0) {
		win->kind_known = true;
		system->server = strcasestr(type, "Server") != NULL;
	}
	return read_policy(win, software);
}

/* What was booted last; the first one where nothing says that. */
static int read_control_set(struct vw_win *win, const struct vw_win_hive *system)
{
	uint32_t current = 0;
	int64_t select;
	int rc = vw_win_key(system, system->root, "Select", &select);

	if (rc == 0)
		rc = vw_win_dword(system, select, "Current", &current);
	if (rc == -ENOMEM)
		return rc;
	if (rc < 0 || current > 999)
		current = 0;
	snprintf(win->control_set, sizeof(win->control_set), "ControlSet%03u",
		current ? current : 1);
	if (!current || vw_win_key(system, system->root, win->control_set, &select) < 0)
		win->ceiling = VW_CONFIDENCE_LOW;
	return 0;
}

/* "AMD64", "x86", "ARM64". */
static const char *arch_name(const char *text)
{
	static const char *const names[] = { "amd64", "x86", "arm64" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(names); i++)
		if (strcasecmp(text, names[i]) == 0)
			return names[i];
	return NULL;
}

int vw_win_release_system(struct vw_win *win, const struct vw_win_hive *system)
{
	vw_auto_free char *type = NULL, *arch = NULL;
	int64_t control, node;
	char path[64];
	int rc = read_control_set(win, system);

	if (rc < 0)
		return rc;
	snprintf(path, sizeof(path), "%s\\Control", win->control_set);
	if (vw_win_key(system, system->root, path, &control) < 0)
		return 0;
	if (vw_win_key(system, control, "ProductOptions", &node) == 0) {
		rc = vw_win_text(system, node, "ProductType", &type);
		if (rc == 0 && !win->kind_known) {
			win->kind_known = true;
			win->system->server = strcasecmp(type, "WinNT") != 0;
		}
		win->target.domain_controller = rc == 0 && strcasecmp(type, "LanmanNT") == 0;
	}
	if (rc != -ENOMEM && !win->target.arch &&
		vw_win_key(system, control, "Session Manager\\Environment", &node) == 0) {
		rc = vw_win_text(system, node, "PROCESSOR_ARCHITECTURE", &arch);
		if (rc == 0)
			win->target.arch = arch_name(arch);
	}
	return rc == -ENOMEM ? rc : 0;
}

/* The product's own name, which says the edition. Windows 11 still calls itself 10 there. */
static int set_name(struct vw_win *win, const char *name)
{
	const char *product = win->product && *win->product ? win->product : name;
	struct vw_system *system = win->system;
	bool eleven = strcmp(name, "Windows 11") == 0 && strncmp(product, "Windows 10", 10) == 0;

	if (asprintf(&system->name, "%s%s", eleven ? name : product,
		    eleven ? product + strlen("Windows 10") : "") < 0) {
		system->name = NULL;
		return -ENOMEM;
	}
	if (asprintf(&system->version, "%u.%u.%u", system->nt_major, system->nt_minor,
		    system->build) < 0) {
		system->version = NULL;
		return -ENOMEM;
	}
	return 0;
}

static const char *linux_arch(const char *arch)
{
	return strcmp(arch, "amd64") == 0 ? "x86_64"
	       : strcmp(arch, "x86") == 0 ? "i386"
					  : "aarch64";
}

int vw_win_release_finish(struct vw_win *win)
{
	struct vw_system *system = win->system;
	const char *name;
	bool known;

	if (win->target.arch) {
		system->arch = strdup(linux_arch(win->target.arch));
		if (!system->arch)
			return -ENOMEM;
	} else if (vw_win_doubt(win, NULL, "the architecture of Windows cannot be told") < 0) {
		return -ENOMEM;
	}
	if (system->nt_major == 0) {
		system->name = strdup("Windows");
		return system->name ? 0 : -ENOMEM;
	}
	if (!win->kind_known)
		system->server = win->product && strcasestr(win->product, "Server");
	win->target.major = system->nt_major;
	win->target.minor = system->nt_minor;
	win->target.build = system->build;
	win->target.server = system->server;
	name = vw_win_release_name(
		system->nt_major, system->nt_minor, system->build, system->server, &known);
	if (set_name(win, name) < 0)
		return -ENOMEM;
	if (known)
		return 0;
	return vw_finding_add(&system->findings, VW_WARN, "windows-release-unknown",
		       win->guest->root, NULL,
		       "Windows %s is none of the releases that are known (Windows Server 2008 to "
		       "2025, clients to 11): what holds of its drivers holds of this one as far "
		       "as their INF files say so",
		       system->version)
		       ? 0
		       : -ENOMEM;
}
