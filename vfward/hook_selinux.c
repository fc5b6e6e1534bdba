/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook_selinux: labels for the hook, and a warning where the policy may forbid it. */
#include "cleanup.h"
#include "hook_site.h"

#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <sys/xattr.h>

/* The label that fedora-selinux gives /etc/libvirt/hooks since 40; before, and in RHEL 9, it was virt_etc_rw_t, and hooks ran. */
#define CONFINED_LABEL "virt_hook_t"

static bool has_confined_label(const struct vw_host *host)
{
	vw_auto_close int fd = vw_host_openf(host, O_RDONLY | O_DIRECTORY, VW_HOOKS_DIR);
	char label[256];
	ssize_t n = fd < 0 ? -1 : fgetxattr(fd, "security.selinux", label, sizeof(label) - 1);

	if (n < 0) /* an image on a file system without labels: nobody knows */
		return true;
	label[n] = '\0';
	return strstr(label, CONFINED_LABEL) != NULL;
}

/* Runs restorecon if there is one; what it has to say goes to stderr. */
static bool restore_labels(const char *link, const char *target)
{
	char *const argv[] = { (char *)"restorecon", (char *)VW_HOOKS_DIR, (char *)link,
		(char *)target, NULL };
	char *const env[] = { (char *)"LC_ALL=C", (char *)"PATH=/usr/sbin:/usr/bin", NULL };
	posix_spawn_file_actions_t files;
	int status = 0, rc;
	pid_t pid;

	if (posix_spawn_file_actions_init(&files))
		return false;
	rc = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!rc)
		rc = posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
	if (!rc)
		rc = posix_spawn(&pid, "/usr/sbin/restorecon", &files, NULL, argv, env);
	posix_spawn_file_actions_destroy(&files);
	if (rc)
		return false;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void vw_hook_selinux(const struct vw_host *host, const char *const links[VW_HOOK_PLACES],
	const char *target, struct vw_findings *findings)
{
	char enforce[8];

	if (vw_host_readf(host, enforce, sizeof(enforce), "/sys/fs/selinux/enforce") < 0)
		return; /* no SELinux */
	for (size_t i = 0; i < VW_HOOK_PLACES; i++) {
		if (!links[i])
			continue;
		if (host->recorded)
			vw_finding_add(findings, VW_WARN, "hook-selinux", links[i],
				"run restorecon on it on the running machine",
				"SELinux is on: %s needs its label", links[i]);
		else if (!restore_labels(links[i], target))
			vw_finding_add(findings, VW_WARN, "hook-selinux", links[i],
				"run restorecon on it (package policycoreutils)",
				"SELinux is on, and %s could not be labelled", links[i]);
	}
	if (strcmp(enforce, "1") == 0 && has_confined_label(host))
		vw_finding_add(findings, VW_WARN, "hook-selinux", "virt_hook_t",
			"start a domain as a test; if it is refused (exit status 126): setsebool "
			"-P virt_hooks_unconfined on, and where that is not enough a policy "
			"module, see vfward-hook(8)",
			"SELinux is enforcing, and its policy may keep libvirt's daemon from "
			"running hooks (Fedora 40 and later); then no domain starts");
}
