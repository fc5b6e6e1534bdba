/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux_os: which Linux it is: os-release(5), what distributions had before it, and the machine that its programs are for. */
#include "linux_priv.h"

#include "cleanup.h"
#include "lines.h"
#include "shell_vars.h"

#include <ctype.h>
#include <string.h>

#define TEXT_MAX (64U << 10)

static int set(char **field, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return -ENOMEM;
	free(*field);
	*field = copy;
	return 0;
}

struct variable {
	const char *name;
	char **field;
};

/* A file of shell assignments. 1 = it names a distribution, 0 = it is not there or cannot be read, -ENOMEM. */
static int read_variables(
	const struct vw_host *files, const char *path, const struct variable *wanted, size_t n)
{
	vw_auto(vw_shell_free) struct vw_shell shell = { 0 };
	vw_auto(vw_shell_env_free) struct vw_shell_env env = { 0 };
	vw_auto_free char *text = NULL;
	size_t len;
	int rc = vw_host_slurpf(files, TEXT_MAX, &text, &len, "%s", path);

	if (rc == 0)
		rc = vw_shell_parse(text, len, &shell, NULL);
	if (rc == 0)
		rc = vw_shell_eval(&env, text, &shell, path);
	if (rc < 0)
		return rc == -ENOMEM ? rc : 0;
	for (size_t i = 0; i < n; i++) {
		const struct vw_shell_var *var =
			vw_shell_get(&env, wanted[i].name, strlen(wanted[i].name));

		if (var && var->value.len && set(wanted[i].field, var->value.data) < 0)
			return -ENOMEM;
	}
	return *wanted[0].field != NULL;
}

static int from_os_release(struct vw_linux_guest *g)
{
	static const char *const paths[] = { "/etc/os-release", "/usr/lib/os-release" };
	const struct variable wanted[] = {
		{ "ID", &g->system->distro },
		{ "VERSION_ID", &g->system->version },
		{ "PRETTY_NAME", &g->system->name },
		{ "ID_LIKE", &g->like },
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < VW_ARRAY_SIZE(paths); i++)
		rc = read_variables(&g->guest->files, paths[i], wanted, VW_ARRAY_SIZE(wanted));
	return rc;
}

/* Ubuntu had it before os-release. */
static int from_lsb_release(struct vw_linux_guest *g)
{
	const struct variable wanted[] = {
		{ "DISTRIB_ID", &g->system->distro },
		{ "DISTRIB_RELEASE", &g->system->version },
		{ "DISTRIB_DESCRIPTION", &g->system->name },
	};
	int rc =
		read_variables(&g->guest->files, "/etc/lsb-release", wanted, VW_ARRAY_SIZE(wanted));

	for (char *c = rc == 1 ? g->system->distro : NULL; c && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return rc;
}

/* "CentOS release 6.10 (Final)": the name's first word says which one. */
static int from_redhat_release(struct vw_linux_guest *g)
{
	static const struct {
		const char *begin, *id;
	} names[] = {
		{ "Red Hat", "rhel" },
		{ "CentOS", "centos" },
		{ "Scientific", "scientific" },
		{ "Oracle", "ol" },
		{ "Fedora", "fedora" },
	};
	char text[256], *version;
	int rc = 0;

	if (vw_host_readf(&g->guest->files, text, sizeof(text), "/etc/redhat-release") <= 0)
		return 0;
	text[strcspn(text, "\n")] = '\0';
	for (size_t i = 0; i < VW_ARRAY_SIZE(names); i++)
		if (strncmp(text, names[i].begin, strlen(names[i].begin)) == 0)
			rc = set(&g->system->distro, names[i].id);
	if (rc == 0)
		rc = set(&g->system->name, text);
	version = strstr(text, " release ");
	if (rc == 0 && version) {
		version += strlen(" release ");
		version[strspn(version, "0123456789.")] = '\0';
		rc = set(&g->system->version, version);
	}
	return rc < 0 ? rc : 1;
}

/* "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 1" */
static int from_suse_release(struct vw_linux_guest *g)
{
	char text[512], version[16] = "", level[16] = "", both[40];
	const char *at;
	int rc;

	if (vw_host_readf(&g->guest->files, text, sizeof(text), "/etc/SuSE-release") <= 0)
		return 0;
	at = strstr(text, "\nVERSION = ");
	if (at)
		sscanf(at, "\nVERSION = %15[0-9.]", version);
	at = strstr(text, "\nPATCHLEVEL = ");
	if (at)
		sscanf(at, "\nPATCHLEVEL = %15[0-9]", level);
	snprintf(both, sizeof(both), "%s%s%s", version, level[0] ? "." : "", level);
	text[strcspn(text, "\n")] = '\0';
	rc = set(&g->system->name, text);
	if (rc == 0)
		rc = set(&g->system->distro, strstr(text, "openSUSE") ? "opensuse" : "sles");
	if (rc == 0)
		rc = set(&g->system->version, both);
	return rc < 0 ? rc : 1;
}

static int from_debian_version(struct vw_linux_guest *g)
{
	char text[64], name[100];
	int rc;

	if (vw_host_readf(&g->guest->files, text, sizeof(text), "/etc/debian_version") <= 0)
		return 0;
	text[strcspn(text, "\n")] = '\0';
	snprintf(name, sizeof(name), "Debian %s", text);
	rc = set(&g->system->name, name);
	if (rc == 0)
		rc = set(&g->system->distro, "debian");
	if (rc == 0)
		rc = set(&g->system->version, text);
	return rc < 0 ? rc : 1;
}

/* By a program that every system has. */
static int find_arch(struct vw_linux_guest *g)
{
	static const char *const programs[] = { "/bin/sh", "/bin/busybox", "/usr/bin/bash",
		"/sbin/init", "/usr/lib/systemd/systemd" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(programs); i++) {
		unsigned char head[64];
		ssize_t n =
			vw_host_piecef(&g->guest->files, 0, head, sizeof(head), "%s", programs[i]);
		const char *name = n < 0 ? NULL
					 : vw_machine_name(vw_elf_machine(head, (size_t)n),
						   vw_elf_is_little(head, (size_t)n));

		if (name)
			return set(&g->system->arch, name);
	}
	return 0;
}

int vw_linux_identify(struct vw_linux_guest *g)
{
	static int (*const ways[])(struct vw_linux_guest *) = { from_os_release, from_lsb_release,
		from_redhat_release, from_suse_release, from_debian_version };
	struct vw_system *system = g->system;
	int rc = set(&g->like, "");

	for (size_t i = 0; rc == 0 && i < VW_ARRAY_SIZE(ways); i++)
		rc = ways[i](g);
	if (rc >= 0 && !system->name)
		rc = set(&system->name, system->distro ? system->distro : "Linux");
	if (rc >= 0)
		rc = find_arch(g);
	/* Where the firmware's partition is mounted, or, without one, where it would be. */
	system->uefi = g->guest->esp || vw_host_lookf(&g->guest->files, "/boot/efi/EFI") == 1 ||
		       vw_host_lookf(&g->guest->files, "/efi/EFI") == 1;
	return rc < 0 ? rc : 0;
}

bool vw_linux_is(const struct vw_linux_guest *g, const char *distro)
{
	size_t len = strlen(distro);

	if (g->system->distro && strcmp(g->system->distro, distro) == 0)
		return true;
	for (const char *at = g->like; (at = strstr(at, distro)); at += len)
		if ((at == g->like || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
	return false;
}

void vw_linux_guest_free(struct vw_linux_guest *g)
{
	free(g->like);
	vw_load_rules_free(&g->rules);
}
