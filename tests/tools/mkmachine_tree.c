/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mkmachine_tree: the files of the machine: sysfs with the kernel's layout of links, procfs, /dev, /run, /etc. */
#include "mkmachine.h"

#include "cleanup.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#define XML_MAX (16U << 20)

static void format(char path[PATH_MAX], const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void format(char path[PATH_MAX], const char *fmt, va_list ap)
{
	int n = vsnprintf(path, PATH_MAX, fmt, ap);

	if (n < 0 || n >= PATH_MAX)
		die(NULL, "a path is too long");
}

#define FORMAT(path, fmt)                                                                          \
	do {                                                                                       \
		va_list ap_;                                                                       \
		va_start(ap_, fmt);                                                                \
		format(path, fmt, ap_);                                                            \
		va_end(ap_);                                                                       \
	} while (0)

/* Makes path's directories, all of it or all but the last component. */
static void make_dirs(int root, char *path, bool all)
{
	for (char *slash = strchr(path, '/');; slash = strchr(slash + 1, '/')) {
		if (!slash && !all)
			return;
		if (slash)
			*slash = '\0';
		if (mkdirat(root, path, 0755) < 0 && errno != EEXIST)
			die(NULL, "%s: %s", path, strerror(errno));
		if (!slash)
			return;
		*slash = '/';
	}
}

void put_dir(int root, const char *fmt, ...)
{
	char path[PATH_MAX];

	FORMAT(path, fmt);
	make_dirs(root, path, true);
}

void put_bytes(int root, const char *name, const void *data, size_t len)
{
	vw_auto_close int fd = -1;
	const char *p = data;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", name);
	fd = openat(root, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 && errno == ENOENT) {
		make_dirs(root, path, false);
		fd = openat(root, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	}
	while (fd >= 0 && len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0)
			break;
		p += n;
		len -= (size_t)n;
	}
	if (fd < 0 || len > 0)
		die(NULL, "%s: %s", name, strerror(errno));
}

void put_text(int root, const char *text, const char *fmt, ...)
{
	char path[PATH_MAX];

	FORMAT(path, fmt);
	put_bytes(root, path, text, strlen(text));
}

void put_link(int root, const char *target, const char *fmt, ...)
{
	char path[PATH_MAX];

	FORMAT(path, fmt);
	if (symlinkat(target, root, path) == 0)
		return;
	make_dirs(root, path, false);
	if (symlinkat(target, root, path) < 0)
		die(NULL, "%s: %s", path, strerror(errno));
}

/* Where a function is below sys/devices: the bridges above it, then itself. Returns how many components that are. */
static int place(const struct machine *m, const struct function *f, char *buf, size_t size)
{
	char above[512];
	int depth = 1;

	if (f->above == NONE)
		snprintf(above, sizeof(above), "pci%04x:00", f->pci.domain);
	else
		depth = place(m, &m->functions[f->above], above, sizeof(above));
	if (snprintf(buf, size, "%s/%s", above, f->addr) >= (int)size)
		die(NULL, "%s is below too many bridges", f->addr);
	return depth + 1;
}

/* "../" so often. */
static const char *up(int n)
{
	static const char all[] = "../../../../../../../../../../../../../../../../";

	return all + sizeof(all) - 1 - 3 * (size_t)n;
}

static void put_number(int root, long value, const char *dir, const char *name)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld\n", value);
	put_text(root, text, "%s/%s", dir, name);
}

static void put_line(int root, const char *value, const char *dir, const char *name)
{
	char text[64];

	snprintf(text, sizeof(text), "%s\n", value);
	put_text(root, text, "%s/%s", dir, name);
}

static void put_sriov(const struct machine *m, int root, const struct function *f, const char *dir)
{
	char target[64], vf_place[512];
	uint32_t i;

	put_number(root, f->vfs, dir, "sriov_numvfs");
	put_number(root, f->total, dir, "sriov_totalvfs");
	put_number(root, f->offset, dir, "sriov_offset");
	put_number(root, f->stride, dir, "sriov_stride");
	put_number(root, 1, dir, "sriov_drivers_autoprobe");
	put_line(root, f->vf_device + 2, dir, "sriov_vf_device");
	for (i = 0; i < f->vfs; i++) {
		const struct function *vf = f + 1 + i;

		snprintf(target, sizeof(target), "../%s", vf->addr);
		put_link(root, target, "%s/virtfn%u", dir, i);
		snprintf(target, sizeof(target), "../%s", m->functions[vf->pf].addr);
		place(m, vf, vf_place, sizeof(vf_place));
		put_link(root, target, "sys/devices/%s/physfn", vf_place);
	}
}

static bool on_vfio(const struct function *f)
{
	return strstr(f->driver, "vfio") != NULL;
}

/* vfio enables a function for who opens it, a network driver for as long as it is bound. */
static bool is_enabled(const struct machine *m, const struct function *f)
{
	if (!on_vfio(f))
		return f->driver[0];
	for (size_t i = 0; i < m->n_processes; i++) {
		const struct process *p = &m->processes[i];

		for (size_t k = 0; k < p->n_groups; k++)
			if ((p->groups[k] < -1 ? m->functions[-2 - p->groups[k]].group
					       : p->groups[k]) == f->group)
				return true;
	}
	return false;
}

static void put_driver(int root, const struct function *f, const char *at, int depth)
{
	char target[PATH_MAX], dir[PATH_MAX];

	if (!f->driver[0])
		return;
	snprintf(dir, sizeof(dir), "sys/devices/%s", at);
	snprintf(target, sizeof(target), "%sbus/pci/drivers/%s", up(depth + 1), f->driver);
	put_link(root, target, "%s/driver", dir);
	snprintf(target, sizeof(target), "../../../../devices/%s", at);
	put_link(root, target, "sys/bus/pci/drivers/%s/%s", f->driver, f->addr);
	/* A network driver whose netdev is elsewhere leaves an empty directory. */
	if (f->elsewhere)
		put_dir(root, "%s/net", dir);
}

static void put_function(const struct machine *m, int root, size_t i)
{
	const struct function *f = &m->functions[i];
	char dir[PATH_MAX], target[PATH_MAX], at[512];
	int depth = place(m, f, at, sizeof(at));

	snprintf(dir, sizeof(dir), "sys/devices/%s", at);
	put_config(root, f, dir);
	put_line(root, f->class_code, dir, "class");
	put_line(root, f->vendor, dir, "vendor");
	put_line(root, f->device, dir, "device");
	put_number(root, f->numa, dir, "numa_node");
	put_number(root, is_enabled(m, f), dir, "enable");
	put_line(root, "(null)", dir, "driver_override");
	snprintf(target, sizeof(target), "%sbus/pci", up(depth + 1));
	put_link(root, target, "%s/subsystem", dir);
	snprintf(target, sizeof(target), "../../../devices/%s", at);
	put_link(root, target, "sys/bus/pci/devices/%s", f->addr);
	put_driver(root, f, at, depth);
	if (f->is_pf)
		put_sriov(m, root, f, dir);
	if (m->no_iommu)
		return;
	snprintf(target, sizeof(target), "%skernel/iommu_groups/%d", up(depth + 1), f->group);
	put_link(root, target, "%s/iommu_group", dir);
	snprintf(target, sizeof(target), "../../../../devices/%s", at);
	put_link(root, target, "sys/kernel/iommu_groups/%d/devices/%s", f->group, f->addr);
	if (on_vfio(f)) {
		put_dir(root, "%s/vfio-dev/vfio%zu", dir, i);
		put_text(root, "", "dev/vfio/devices/vfio%zu", i);
		put_text(root, "", "dev/vfio/%d", f->group);
	}
}

/* A netdev's directory, without "sys/devices/"; returns how many components that are. */
static int netdev_dir(const struct machine *m, const struct netdev *d, char *buf, size_t size)
{
	const struct function *f = d->function == NONE ? NULL : &m->functions[d->function];
	char at[512];
	int depth;

	if (!f) {
		snprintf(buf, size, "virtual/net/%s", d->name);
		return 3;
	}
	depth = place(m, f, at, sizeof(at));
	snprintf(buf, size, "%s/net/%s", at, d->name);
	return depth + 2;
}

static void put_netdev(const struct machine *m, int root, const struct netdev *d)
{
	const struct function *f = d->function == NONE ? NULL : &m->functions[d->function];
	char at[600], dir[640], target[640], text[VW_MAC_STR];

	netdev_dir(m, d, at, sizeof(at));
	snprintf(dir, sizeof(dir), "sys/devices/%s", at);
	put_line(root, vw_mac_format(&d->mac, text), dir, "address");
	put_number(root, d->ifindex, dir, "ifindex");
	put_number(root, 1500, dir, "mtu");
	put_number(root, 1, dir, "type");
	put_number(root, d->up && d->speed ? (long)d->speed : -1, dir, "speed");
	put_line(root, d->up ? "up" : "down", dir, "operstate");
	put_line(root, d->up ? "0x1003" : "0x1002", dir, "flags");
	put_number(root, d->up, dir, "carrier");
	if (strcmp(d->kind, "bridge") == 0)
		put_dir(root, "%s/bridge", dir);
	if (strcmp(d->kind, "tun") == 0)
		put_line(root, "0x1002", dir, "tun_flags");
	if (f) {
		snprintf(target, sizeof(target), "../../../%s", f->addr);
		put_link(root, target, "%s/device", dir);
	}
	snprintf(target, sizeof(target), "../../devices/%s", at);
	put_link(root, target, "sys/class/net/%s", d->name);
}

/* As the kernel: lower/master and lower/upper_NAME to the upper, upper/lower_NAME to the lower. */
static void put_master(const struct machine *m, int root, const struct netdev *lower)
{
	const struct netdev *upper = &m->netdevs[lower->master];
	char below[600], above[600], target[1280];
	int low = netdev_dir(m, lower, below, sizeof(below));
	int high = netdev_dir(m, upper, above, sizeof(above));

	snprintf(target, sizeof(target), "%s%s", up(low), above);
	put_link(root, target, "sys/devices/%s/master", below);
	put_link(root, target, "sys/devices/%s/upper_%s", below, upper->name);
	snprintf(target, sizeof(target), "%s%s", up(high), below);
	put_link(root, target, "sys/devices/%s/lower_%s", above, lower->name);
}

static void put_process(const struct machine *m, int root, const struct process *p)
{
	char path[64], text[512];
	int len;
	size_t i;

	snprintf(text, sizeof(text), "%s\n", p->comm);
	put_text(root, text, "proc/%u/comm", p->pid);
	snprintf(text, sizeof(text),
		"%u (%s) S 1 %u %u 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 %u 0 0\n", p->pid, p->comm,
		p->pid, p->pid, 1000 + p->pid);
	put_text(root, text, "proc/%u/stat", p->pid);
	if (p->guest[0])
		len = snprintf(text, sizeof(text),
			"/usr/bin/%s%c-name%cguest=%s,debug-threads=on%c-S", p->comm, 0, 0,
			p->guest, 0);
	else
		len = snprintf(text, sizeof(text), "%s", p->comm);
	snprintf(path, sizeof(path), "proc/%u/cmdline", p->pid);
	put_bytes(root, path, text, (size_t)len + 1);
	put_link(root, "/dev/null", "proc/%u/fd/0", p->pid);
	for (i = 0; i < p->n_groups; i++) {
		int group =
			p->groups[i] < -1 ? m->functions[-2 - p->groups[i]].group : p->groups[i];

		snprintf(text, sizeof(text), "/dev/vfio/%d", group);
		put_link(root, text, "proc/%u/fd/%zu", p->pid, 20 + i);
		put_text(root, "", "dev/vfio/%d", group);
	}
}

static char *read_file(const char *name)
{
	vw_auto_fclose FILE *in = fopen(name, "re");
	char *text = malloc(XML_MAX);
	size_t len;

	if (!in || !text)
		die(NULL, "%s: %s", name, strerror(errno));
	len = fread(text, 1, XML_MAX - 1, in);
	if (ferror(in) || !feof(in) || memchr(text, '\0', len))
		die(NULL, "%s: not a text of less than 16 MiB", name);
	text[len] = '\0';
	return text;
}

/* Writes text with the content of its first <tag>…</tag> replaced by value (NULL: unchanged). Returns what is left. */
static const char *replace_tag(FILE *out, const char *text, const char *tag, const char *value)
{
	char open[32], shut[32];
	const char *from, *to;

	snprintf(open, sizeof(open), "<%s>", tag);
	snprintf(shut, sizeof(shut), "</%s>", tag);
	from = strstr(text, open);
	to = from ? strstr(from, shut) : NULL;
	if (!to || !value)
		return text;
	from += strlen(open);
	fwrite(text, 1, (size_t)(from - text), out);
	fputs(value, out);
	return to;
}

/* As qemuDomainObjSave: the domain inside <domstatus>, without the XML declaration. */
static void put_status(int root, const struct status *s)
{
	vw_auto_free char *xml = read_file(s->file), *text = NULL, *name = NULL;
	const char *rest = strstr(xml, "<domain");
	const char *uuid = strcmp(s->uuid, "-") == 0 ? NULL : s->uuid;
	size_t len, name_len;
	FILE *out = open_memstream(&text, &len), *escaped = open_memstream(&name, &name_len);
	const char *c;

	if (!rest || !out || !escaped)
		die(NULL, "%s: %s", s->file, rest ? "out of memory" : "no <domain>");
	for (c = s->name; *c; c++) {
		if (*c == '<')
			fputs("&lt;", escaped);
		else if (*c == '&')
			fputs("&amp;", escaped);
		else
			fputc(*c, escaped);
	}
	fclose(escaped);
	fprintf(out, "<domstatus state='%s' reason='booted' pid='%u'>\n", s->state, s->pid);
	rest = replace_tag(out, rest, "name", name);
	rest = replace_tag(out, rest, "uuid", uuid);
	fprintf(out, "%s</domstatus>\n", rest);
	fclose(out);
	put_text(root, text, "run/libvirt/qemu/%s.xml", s->name);
	put_text(root, "", "run/libvirt/qemu/%s.pid", s->name);
}

/* Functions without a group get the lowest numbers that nobody asked for. */
static void give_numbers(struct machine *m)
{
	size_t room = 2 * m->n_functions + 2, i;
	vw_auto_free bool *taken = calloc(room, sizeof(*taken));
	int group = 1, ifindex = 2;

	if (!taken)
		die(NULL, "out of memory");
	for (i = 0; i < m->n_functions; i++)
		if (m->functions[i].group >= 0 && (size_t)m->functions[i].group < room)
			taken[m->functions[i].group] = true;
	for (i = 0; i < m->n_functions; i++) {
		if (m->functions[i].group >= 0)
			continue;
		while (taken[group])
			group++;
		m->functions[i].group = group++;
	}
	for (i = 0; i < m->n_netdevs; i++)
		if (!m->netdevs[i].gone)
			m->netdevs[i].ifindex = ifindex++;
}

void make_tree(struct machine *m, int root)
{
	size_t i;

	give_numbers(m);
	put_line(root, m->machine_id, "etc", "machine-id");
	put_line(root, "0e6b5c3a-6d0e-4b3c-9b39-5f0d5b0a7c11", "proc/sys/kernel/random", "boot_id");
	put_dir(root, "sys/bus/pci/devices");
	put_dir(root, "sys/bus/pci/drivers");
	put_dir(root, "sys/class/net");
	put_dir(root, "sys/kernel/iommu_groups");
	put_dir(root, "run/libvirt/qemu");
	put_dir(root, "vfward-record");
	put_text(root, "", "dev/vfio/vfio");
	put_text(root, "", "dev/null");
	if (!m->no_iommu)
		put_dir(root, "sys/class/iommu/dmar0");
	for (i = 0; i < m->n_functions; i++)
		put_function(m, root, i);
	for (i = 0; i < m->n_netdevs; i++)
		if (!m->netdevs[i].gone)
			put_netdev(m, root, &m->netdevs[i]);
	for (i = 0; i < m->n_netdevs; i++)
		if (!m->netdevs[i].gone && m->netdevs[i].master != NONE)
			put_master(m, root, &m->netdevs[i]);
	for (i = 0; i < m->n_processes; i++)
		put_process(m, root, &m->processes[i]);
	for (i = 0; i < m->n_statuses; i++)
		put_status(root, &m->statuses[i]);
}
