/* SPDX-License-Identifier: GPL-2.0-or-later */
/* holder: which process has a VF open through vfio or UIO. */

/*
 * Theory of operation. vfio has no list of its users; only /proc/PID/fd tells. A user has open the character device
 * of the function's group, /dev/vfio/GROUP (noiommu-GROUP in no-IOMMU mode), or its own one,
 * /dev/vfio/devices/NAME, where NAME is the entry in the function's vfio-dev directory
 * (Documentation/driver-api/vfio.rst). QEMU under libvirt has a /dev of its own, in its own mount namespace, yet the
 * link of its descriptor still reads so, because d_path() shows a path from the root of the mounts it is in.
 *
 * For the same reason any user can make a file that reads "/dev/vfio/12", in a mount namespace of his own, and
 * thereby have a VF refused to everybody. So what matches by name must also be that character device.
 *
 * Looking at every open file of a host takes longer than all the rest of a start. vfio enables a PCI function when it is
 * opened and disables it when the last user is gone (vfio_pci_core_enable(), vfio_pci_core_disable()), and the kernel
 * shows how often a function is enabled. Where that is never, for each function of the group, nobody can use the VF and
 * there is nobody to look for. Somebody who has opened the group and not (yet) a function of it is not found then; he has
 * nothing that a reset could break, and the kernel gives a group to one only.
 */
#include "holder.h"

#include "cleanup.h"
#include "process.h"
#include "sysfs.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define DEV         "/dev/"
#define NODES       DEV "vfio/"
#define CMDLINE_MAX (4U << 20)

struct node {
	char path[64];
	dev_t rdev; /* 0 = we have no such node ourselves */
};

struct nodes {
	struct node v[4];
	size_t n;
};

static dev_t node_rdev(const struct vw_host *host, const char *path)
{
	vw_auto_close int fd = vw_host_openf(host, O_PATH, "%s", path);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode))
		return 0;
	return st.st_rdev;
}

__attribute__((format(printf, 3, 4))) static void nodes_add(
	const struct vw_host *host, struct nodes *nodes, const char *fmt, ...)
{
	struct node *node = &nodes->v[nodes->n];
	va_list ap;
	int len;

	if (nodes->n == VW_ARRAY_SIZE(nodes->v))
		return;
	va_start(ap, fmt);
	len = vsnprintf(node->path, sizeof(node->path), fmt, ap);
	va_end(ap);
	if (len < 0 || (size_t)len >= sizeof(node->path))
		return;
	node->rdev = node_rdev(host, node->path);
	nodes->n++;
}

static int nodes_add_listed(const struct vw_host *host, const struct vw_pci *pci, const char *dir,
	const char *prefix, struct nodes *nodes)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = vw_sysfs_pci_list(host, pci, dir, &names);

	for (size_t i = 0; i < names.n; i++)
		nodes_add(host, nodes, "%s%s", prefix, names.v[i]);
	return rc == -ENOENT ? 0 : rc;
}

/* The nodes through which the function can be held. */
static int nodes_find(
	const struct vw_host *host, const struct vw_pci *pci, int group, struct nodes *nodes)
{
	int rc;

	nodes->n = 0;
	if (group >= 0) {
		nodes_add(host, nodes, NODES "%d", group);
		nodes_add(host, nodes, NODES "noiommu-%d", group);
	}
	rc = nodes_add_listed(host, pci, "vfio-dev", NODES "devices/", nodes);
	return rc < 0 ? rc : nodes_add_listed(host, pci, "uio", DEV, nodes);
}

static const struct node *nodes_match(const struct nodes *nodes, const char *target)
{
	if (strncmp(target, DEV, strlen(DEV)) != 0)
		return NULL;
	for (size_t i = 0; i < nodes->n; i++) {
		size_t len = strlen(nodes->v[i].path);

		/* libvirt unlinks the node in QEMU's /dev at detach, maybe before QEMU has closed it. */
		if (strncmp(target, nodes->v[i].path, len) == 0 &&
			(target[len] == '\0' || strcmp(target + len, " (deleted)") == 0))
			return &nodes->v[i];
	}
	return NULL;
}

/* See the theory of operation. A recorded machine has links without the devices behind them. */
static bool is_device(
	const struct vw_host *host, int dir, const char *name, const struct node *node)
{
	struct stat st;

	if (host->recorded)
		return true;
	if (fstatat(dir, name, &st, 0) < 0 || !S_ISCHR(st.st_mode))
		return false;
	return node->rdev == 0 || st.st_rdev == node->rdev;
}

/* 1 = this process has one of the nodes open, 0 = no or gone, -errno. One open directory and one readlinkat for a
 * descriptor; nothing is sorted or kept, because this goes over every open file of the host. Even root may be
 * refused the links of a process, by AppArmor or SELinux (proc_fd_access_allowed(), fs/proc/base.c). */
static int process_holds(const struct vw_host *host, const char *pid, const struct nodes *nodes)
{
	vw_auto_closedir DIR *dir = NULL;
	struct dirent *entry;
	char target[128];
	int fd = vw_host_openf(host, O_RDONLY | O_DIRECTORY, "/proc/%s/fd", pid);

	if (fd < 0)
		return fd == -ENOENT || fd == -ESRCH ? 0 : fd;
	dir = fdopendir(fd);
	if (!dir) {
		int rc = -errno;

		close(fd);
		return rc;
	}
	while (errno = 0, (entry = readdir(dir))) {
		const struct node *node;
		ssize_t len;

		if (entry->d_name[0] == '.')
			continue;
		len = readlinkat(fd, entry->d_name, target, sizeof(target) - 1);
		if (len < 0 && !vw_error_absent(-errno))
			return errno == EPERM ? -EACCES : -errno;
		if (len < 0)
			continue;
		target[len] = '\0';
		node = nodes_match(nodes, target);
		if (node && is_device(host, fd, entry->d_name, node))
			return 1;
	}
	/* A process that ends meanwhile lists nothing (proc_readfd_common()). */
	return errno == ENOENT ? 0 : -errno;
}

/* The value of "guest" in an argument of QEMU's -name: key=value,… where ",," stands for a comma, and a first item
 * without a key is the guest too (qemu-options.hx; util/qemu-option.c). */
static void read_name_option(const char *arg, char *buf, size_t size)
{
	static const char key[] = "guest=";
	const char *p = arg;
	size_t len = 0;

	while (strncmp(p, key, strlen(key)) != 0) {
		size_t item = strcspn(p, ",");

		if (p == arg && !memchr(p, '=', item))
			break;
		for (p += item; p[0] == ',' && p[1] == ','; p += 2 + strcspn(p + 2, ","))
			;
		if (*p++ == '\0')
			return;
	}
	if (strncmp(p, key, strlen(key)) == 0)
		p += strlen(key);
	for (; *p && len + 1 < size; p++) {
		if (*p == ',' && *++p != ',')
			break;
		buf[len++] = *p;
	}
	buf[len] = '\0';
}

void vw_holder_guest(const struct vw_host *host, pid_t pid, char *buf, size_t size)
{
	vw_auto_free char *args = NULL;
	const char *arg, *end, *base;
	size_t len;

	buf[0] = '\0';
	if (vw_host_slurpf(host, CMDLINE_MAX, &args, &len, "/proc/%d/cmdline", (int)pid) < 0)
		return;
	base = strrchr(args, '/');
	base = base ? base + 1 : args;
	if (strncmp(base, "qemu", 4) != 0 && strcmp(base, "kvm") != 0)
		return;
	end = args + len;
	/* The first one: libvirt writes it in front of everything that a domain's definition can add. */
	for (arg = args + strlen(args) + 1; arg < end; arg += strlen(arg) + 1) {
		if (strcmp(arg, "-name") != 0 && strcmp(arg, "--name") != 0)
			continue;
		arg += strlen(arg) + 1;
		if (arg < end)
			read_name_option(arg, buf, size);
		return;
	}
}

static void describe(const struct vw_host *host, const char *pid, struct vw_holder *holder)
{
	holder->pid = (pid_t)strtol(pid, NULL, 10);
	vw_process_comm(host, holder->pid, holder->comm, sizeof(holder->comm));
	vw_holder_guest(host, holder->pid, holder->guest, sizeof(holder->guest));
}

/* A directory of /proc that is a process: digits alone, as many as a pid has. */
static bool is_pid(const char *name)
{
	size_t len = strspn(name, "0123456789");

	return len > 0 && len < 10 && name[len] == '\0';
}

/* Is the function open, as far as the kernel's count tells? Where it does not tell, it may be. */
static bool may_be_open(const struct vw_host *host, const struct vw_pci *pci)
{
	long enabled;

	return vw_sysfs_pci_number(host, pci, "enable", &enabled) < 0 || enabled != 0;
}

static bool group_may_be_open(const struct vw_host *host, const struct vw_pci *pci, int group)
{
	vw_auto(vw_names_free) struct vw_names members = { 0 };
	struct vw_pci member;

	if (may_be_open(host, pci))
		return true;
	if (group < 0)
		return false;
	if (vw_sysfs_iommu_members(host, group, &members) < 0)
		return true;
	for (size_t i = 0; i < members.n; i++)
		if (vw_pci_parse(members.v[i], &member, NULL) < 0 || may_be_open(host, &member))
			return true;
	return false;
}

int vw_holder_find(
	const struct vw_host *host, const struct vw_pci *pci, int group, struct vw_holder *holder)
{
	struct vw_names pids;
	struct nodes nodes;
	int rc, blind = 0;

	memset(holder, 0, sizeof(*holder));
	if (group < 0 && !vw_error_absent(group))
		return group;
	rc = nodes_find(host, pci, group, &nodes);
	if (rc < 0 || nodes.n == 0 || !group_may_be_open(host, pci, group))
		return rc;
	rc = vw_host_listf(host, &pids, "/proc");
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < pids.n && rc <= 0; i++) {
		if (!is_pid(pids.v[i]))
			continue;
		rc = process_holds(host, pids.v[i], &nodes);
		if (rc > 0)
			describe(host, pids.v[i], holder);
		else if (rc < 0)
			blind = rc;
	}
	vw_names_free(&pids);
	/* "Nobody" is said only where every process could be looked into. */
	return rc > 0 ? 1 : blind;
}

int vw_holder_on_vfio(const struct vw_host *host, const struct vw_pci *pci)
{
	char driver[NAME_MAX + 1];
	struct vw_names names;
	int rc = vw_sysfs_pci_link(host, pci, "driver", driver, sizeof(driver));

	if (rc == -ENOENT)
		return 0;
	if (rc < 0 && !vw_error_absent(rc))
		return rc;
	if (rc > 0 && strstr(driver, "vfio"))
		return 1;
	rc = vw_sysfs_pci_list(host, pci, "vfio-dev", &names);
	vw_names_free(&names);
	return rc < 0 && !vw_error_absent(rc) ? rc : rc == 0;
}

int vw_holder_on_uio(const struct vw_host *host, const struct vw_pci *pci)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = vw_sysfs_pci_list(host, pci, "uio", &names);

	return rc < 0 && !vw_error_absent(rc) ? rc : rc == 0;
}
