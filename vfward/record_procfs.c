/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_procfs: the processes that vfward looks for: libvirt's daemons, QEMUs, and whoever has vfio open. */
#include "recorder.h"

#include "cleanup.h"

#include <string.h>

#define CMDLINE_MAX (4U << 20)

static bool is_interesting(const struct vw_host *host, const char *pid)
{
	static const char *const beginnings[] = { "libvirtd", "virtqemud", "virtnetworkd", "qemu",
		"kvm" };
	char comm[64];

	if (vw_host_readf(host, comm, sizeof(comm), "/proc/%s/comm", pid) < 0)
		return false;
	for (size_t i = 0; i < VW_ARRAY_SIZE(beginnings); i++)
		if (strncmp(comm, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	return false;
}

/* The links to vfio's devices, and no others: the rest is the process's own business. 1 = there were some. */
static int record_vfio_fds(struct vw_recorder *recorder, const char *pid, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names fds = { 0 };
	char target[128];
	int found = 0, rc;

	if (vw_host_listf(recorder->from, &fds, "/proc/%s/fd", pid))
		return 0;
	for (size_t i = 0; i < fds.n; i++) {
		if (vw_host_readlinkf(recorder->from, target, sizeof(target), "/proc/%s/fd/%s", pid,
			    fds.v[i]) < 0 ||
			strncmp(target, "/dev/vfio/", 10) != 0)
			continue;
		rc = vw_record_symlink(recorder, target, err, "/proc/%s/fd/%s", pid, fds.v[i]);
		if (rc)
			return rc;
		found = 1;
	}
	return found;
}

/* A command line may hold passwords: only the program's name and the argument of QEMU's -name are kept. */
static int record_cmdline(struct vw_recorder *recorder, const char *pid, struct vw_error *err)
{
	vw_auto_free char *args = NULL, *kept = NULL;
	const char *arg, *end, *name = NULL;
	size_t len = 0, first, used;

	if (vw_host_slurpf(recorder->from, CMDLINE_MAX, &args, &len, "/proc/%s/cmdline", pid) < 0 ||
		len == 0)
		return 0;
	end = args + len; /* a NUL stands there */
	first = strlen(args);
	for (arg = args + first + 1; arg < end && !name; arg += strlen(arg) + 1) {
		const char *value = arg + strlen(arg) + 1;

		if ((strcmp(arg, "-name") == 0 || strcmp(arg, "--name") == 0) && value < end)
			name = value;
	}
	kept = malloc(first + 1 + sizeof("-name") + (name ? strlen(name) + 1 : 0));
	if (!kept)
		return vw_error_set(err, ENOMEM, "out of memory");
	memcpy(kept, args, first + 1);
	used = first + 1;
	if (name) {
		memcpy(kept + used, "-name", sizeof("-name"));
		used += sizeof("-name");
		memcpy(kept + used, name, strlen(name) + 1);
		used += strlen(name) + 1;
	}
	return vw_record_data(recorder, kept, used, err, "/proc/%s/cmdline", pid);
}

int vw_record_procfs(struct vw_recorder *recorder, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names pids = { 0 };
	int rc = vw_record_dir(recorder, err, "/proc");

	vw_host_listf(recorder->from, &pids, "/proc");
	for (size_t i = 0; i < pids.n && rc >= 0; i++) {
		const char *pid = pids.v[i];

		if (pid[strspn(pid, "0123456789")] != '\0')
			continue;
		rc = record_vfio_fds(recorder, pid, err);
		if (rc < 0 || (rc == 0 && !is_interesting(recorder->from, pid)))
			continue;
		rc = vw_record_dir(recorder, err, "/proc/%s/fd", pid);
		if (!rc)
			rc = vw_record_file(recorder, err, "/proc/%s/comm", pid);
		if (!rc)
			rc = record_cmdline(recorder, pid, err);
	}
	return rc < 0 ? rc : 0;
}
