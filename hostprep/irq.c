/* SPDX-License-Identifier: GPL-2.0-or-later */
/* irq: the interrupts of VFs and the receive queues of host netdevs. */
#include "irq.h"

#include "cleanup.h"
#include "sysfs.h"
#include "text.h"

#include <fcntl.h>
#include <string.h>

#define MASK_MAX (VW_CPUS_MAX / 32 * 9 + 2)

void vw_affinities_free(struct vw_affinities *all)
{
	free(all->v);
	*all = (struct vw_affinities){ 0 };
}

static struct vw_affinity *add(struct vw_affinities *all)
{
	struct vw_affinity *v;

	if ((all->n & (all->n - 1)) == 0) {
		v = reallocarray(all->v, all->n ? 2 * all->n : 1, sizeof(*v));
		if (!v)
			return NULL;
		all->v = v;
	}
	v = &all->v[all->n++];
	memset(v, 0, sizeof(*v));
	return v;
}

/* The interrupt's directory holds one for each action, named after it, beside these files (kernel/irq/proc.c). */
static bool is_action(const char *entry)
{
	static const char *const files[] = { "affinity_hint", "effective_affinity",
		"effective_affinity_list", "node", "smp_affinity", "smp_affinity_list",
		"spurious" };

	for (size_t i = 0; i < VW_ARRAY_SIZE(files); i++)
		if (!strcmp(entry, files[i]))
			return false;
	return true;
}

static void read_name(const struct vw_host *host, struct vw_affinity *irq)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };

	if (vw_host_listf(host, &names, "/proc/irq/%u", irq->number) < 0)
		return;
	for (size_t i = 0; i < names.n; i++)
		if (is_action(names.v[i]))
			snprintf(irq->name, sizeof(irq->name), "%s", names.v[i]);
}

/* -ENOENT: it is gone. */
static int read_affinity(
	const struct vw_host *host, const struct vw_affinity *one, struct vw_cpus *cpus)
{
	char text[MASK_MAX];
	int rc = one->is_rps ? vw_host_readf(host, text, sizeof(text),
				       "/sys/class/net/%s/queues/rx-%u/rps_cpus", one->netdev,
				       one->number)
			     : vw_host_readf(host, text, sizeof(text),
				       "/proc/irq/%u/smp_affinity_list", one->number);

	if (rc < 0)
		return vw_error_absent(rc) ? -ENOENT : rc;
	return one->is_rps ? vw_cpus_parse_mask(text, cpus) : vw_cpus_parse_list(text, cpus);
}

static int add_interrupts(const struct vw_host *host, const struct vw_pci *pf,
	const struct vw_pci *vf, struct vw_affinities *all)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = vw_sysfs_pci_list(host, vf, "msi_irqs", &names);

	/* No driver has asked for interrupts. */
	if (rc < 0)
		return vw_error_absent(rc) ? 0 : rc;
	for (size_t i = 0; i < names.n; i++) {
		uint64_t number;
		struct vw_affinity *irq;

		if (vw_text_u64(names.v[i], 10, UINT32_MAX, &number) < 0)
			continue;
		irq = add(all);
		if (!irq)
			return -ENOMEM;
		irq->pci = *vf;
		irq->pf = *pf;
		irq->number = (unsigned int)number;
		rc = read_affinity(host, irq, &irq->now);
		if (rc == -ENOENT) {
			all->n--;
			continue;
		}
		if (rc < 0)
			return rc;
		read_name(host, irq);
	}
	return 0;
}

static int add_queues(const struct vw_host *host, const struct vw_pci *pf,
	const struct vw_pci *function, struct vw_affinities *all)
{
	vw_auto(vw_names_free) struct vw_names netdevs = { 0 };
	int rc = vw_sysfs_pci_netdevs(host, function, &netdevs);

	if (rc < 0)
		return vw_error_absent(rc) ? 0 : rc;
	for (size_t i = 0; i < netdevs.n && strlen(netdevs.v[i]) < IFNAMSIZ; i++)
		for (unsigned int queue = 0;; queue++) {
			struct vw_affinity *one = add(all);

			if (!one)
				return -ENOMEM;
			one->pci = *function;
			one->pf = *pf;
			one->is_rps = true;
			one->number = queue;
			snprintf(one->netdev, sizeof(one->netdev), "%s", netdevs.v[i]);
			snprintf(one->name, sizeof(one->name), "%s rx-%u", netdevs.v[i], queue);
			rc = read_affinity(host, one, &one->now);
			if (rc == 0)
				continue;
			all->n--;
			if (rc != -ENOENT)
				return rc;
			break;
		}
	return 0;
}

/* A PF: all of its VFs, through virtfnN. */
static int add_pf(const struct vw_host *host, const struct vw_pci *pf, struct vw_affinities *all)
{
	struct vw_pci vf;
	int rc;

	for (unsigned int i = 0;; i++) {
		rc = vw_sysfs_vf(host, pf, i, &vf);
		if (rc < 0)
			break;
		if (i == 0)
			rc = add_queues(host, pf, pf, all);
		if (rc == 0)
			rc = add_interrupts(host, pf, &vf, all);
		if (rc == 0)
			rc = add_queues(host, pf, &vf, all);
		if (rc < 0)
			return rc;
	}
	return vw_error_absent(rc) ? 0 : rc;
}

int vw_irq_read(const struct vw_host *host, struct vw_affinities *all, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	int rc = vw_sysfs_pci_all(host, &names);

	*all = (struct vw_affinities){ 0 };
	if (vw_error_absent(rc)) /* a machine without PCI */
		return 0;
	for (size_t i = 0; i < names.n && rc == 0; i++) {
		struct vw_pci pci;

		if (vw_pci_parse(names.v[i], &pci, NULL) == 0 &&
			vw_sysfs_pci_is_network(host, &pci) == 1)
			rc = add_pf(host, &pci, all);
	}
	if (rc < 0) {
		vw_affinities_free(all);
		return vw_error_errno(err, -rc, "cannot read the interrupts of VFs");
	}
	return 0;
}

int vw_irq_look(const struct vw_host *host, const struct vw_affinity *one, struct vw_cpus *cpus)
{
	char address[VW_PCI_STR];

	/* An interrupt's number may be somebody else's by now. */
	if (!one->is_rps) {
		int there = vw_host_lookf(host, "/sys/bus/pci/devices/%s/msi_irqs/%u",
			vw_pci_format(&one->pci, address), one->number);

		if (there <= 0)
			return there < 0 ? there : -ENOENT;
	}
	return read_affinity(host, one, cpus);
}

int vw_irq_set(
	const struct vw_host *host, const struct vw_affinity *one, const struct vw_cpus *cpus)
{
	char text[MASK_MAX], netdev[IFNAMSIZ];
	vw_auto_close int fd = -1;
	struct vw_cpus now;
	int rc;

	memcpy(netdev, one->netdev, sizeof(netdev));
	if (one->is_rps)
		fd = vw_host_openf(host, O_WRONLY | O_TRUNC,
			"/sys/class/net/%s/queues/rx-%u/rps_cpus", netdev, one->number);
	else
		fd = vw_host_openf(
			host, O_WRONLY | O_TRUNC, "/proc/irq/%u/smp_affinity_list", one->number);
	if (fd < 0)
		return vw_error_absent(fd) ? -ENOENT : fd;
	if (one->is_rps)
		vw_cpus_format_mask(cpus, text, sizeof(text));
	else
		vw_cpus_format_list(cpus, text, sizeof(text));
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		return errno ? -errno : -EIO;
	rc = vw_irq_look(host, one, &now);
	if (rc < 0)
		return rc;
	return vw_cpus_equal(&now, cpus) ? 0 : -EAGAIN;
}
