/* SPDX-License-Identifier: GPL-2.0-or-later */
/* persist: VFs at every boot: who makes them, and in which way. */

/*
 * Theory of operation. sriov_numvfs is preferred wherever an installed kernel has it: it counts for one PF, does no harm to the
 * next driver, and can be changed without a reboot. With systemd a udev rule starts a unit for each PF whenever it gets a driver;
 * without, a line of rc.local writes the number. An option of the driver (max_vfs) is written only where nothing else works, in the
 * syntax that the driver of every installed kernel takes: one that does not take it does not load, and the host has lost its
 * network. For the same reason options for the number of VFs that others left are taken out where they stand.
 */
#include "persist.h"

#include "cleanup.h"
#include "foreign.h"
#include "sysfs.h"

#include <string.h>

/* Those with an option come first. "num_vfs" of mlx4_core is its only way: it has no sriov_configure (drivers/net/ethernet/mellanox/mlx4/main.c). */
static const struct driver {
	const char *name, *option, *vf_driver;
	bool no_sysfs;
} drivers[] = {
	{ "ixgbe", "max_vfs", "ixgbevf", false },
	{ "igb", "max_vfs", "igbvf", false },
	{ "be2net", "num_vfs", NULL, false },
	{ "mlx4_core", "num_vfs", NULL, true },
	{ "i40e", NULL, "iavf", false },
	{ "ice", NULL, "iavf", false },
	{ "fm10k", NULL, NULL, false },
};

static const struct driver *find_driver(const char *name)
{
	static const struct driver none = { "", NULL, NULL, false };

	for (size_t i = 0; i < VW_ARRAY_SIZE(drivers); i++)
		if (strcmp(drivers[i].name, name) == 0)
			return &drivers[i];
	return &none;
}

const char *vw_persist_option(const char *driver)
{
	return find_driver(driver)->option;
}

const char *vw_persist_driver(size_t i)
{
	return i < VW_ARRAY_SIZE(drivers) && drivers[i].option ? drivers[i].name : NULL;
}

const char *vw_persist_vf_driver(const char *driver)
{
	return find_driver(driver)->vf_driver;
}

bool vw_persist_first(const struct vw_persist *p, size_t pf)
{
	for (size_t i = 0; i < pf; i++)
		if (strcmp(p->request->pfs[i].driver, p->request->pfs[pf].driver) == 0)
			return false;
	return true;
}

bool vw_persist_any(const struct vw_persist *p, enum vw_persist_way way)
{
	for (size_t i = 0; i < p->request->n_pfs; i++)
		if (p->ways[i] == way)
			return true;
	return false;
}

/* Somebody else makes the VFs of this PF. */
static int look_for_others(struct vw_persist *p, size_t i, struct vw_error *err)
{
	const struct vw_pf_request *pf = &p->request->pfs[i];
	vw_auto(vw_foreigns_free) struct vw_foreigns others = { 0 };
	int rc = vw_foreign_find(p->host, pf, &others, err);

	for (size_t j = 0; j < others.n; j++) {
		const struct vw_foreign *other = &others.v[j];
		char where[512];

		p->ways[i] = VW_PERSIST_NOT;
		if (other->line)
			snprintf(where, sizeof(where), "%s:%u", other->file, other->line);
		else
			snprintf(where, sizeof(where), "%s", other->file);
		if (other->vfs >= 0 && (unsigned long)other->vfs == pf->count)
			vw_finding_add(p->findings, VW_PASS, "vfs-by-others", pf->given, NULL,
				"%s gives %s its %u VFs already (%s)", other->owner, pf->given,
				pf->count, where);
		else
			vw_finding_add(p->findings, VW_FAIL, "vfs-by-others", pf->given,
				other->remedy, "%s decides on the VFs of %s (%s: %s)", other->owner,
				pf->given, where, other->text);
	}
	return rc;
}

static bool some_kernel_has_numvfs(const struct vw_persist *p)
{
	for (size_t i = 0; i < p->kernels.n; i++)
		if (vw_kernel_has_numvfs(p->kernels.v[i].release))
			return true;
	return p->kernels.n == 0; /* nobody knows, and most have */
}

static void fail_method(
	struct vw_persist *p, const struct vw_pf_request *pf, const char *remedy, const char *why)
{
	vw_finding_add(p->findings, VW_FAIL, "method-impossible", pf->given, remedy, "%s: %s",
		pf->given, why);
}

static enum vw_persist_way choose_way(struct vw_persist *p, const struct vw_pf_request *pf)
{
	const struct driver *driver = find_driver(pf->driver);
	bool sysfs = !driver->no_sysfs && some_kernel_has_numvfs(p);
	char why[160];

	if (p->request->method == VW_METHOD_SYSFS && !sysfs) {
		snprintf(why, sizeof(why), "%s",
			driver->no_sysfs ? "its driver takes no number of VFs from sysfs"
					 : "no installed kernel has sriov_numvfs");
		fail_method(p, pf, "use --method modprobe", why);
		return VW_PERSIST_NOT;
	}
	if (p->request->method != VW_METHOD_MODPROBE && sysfs)
		return VW_PERSIST_SYSFS;
	if (driver->option)
		return VW_PERSIST_MODPROBE;
	if (pf->driver[0])
		snprintf(why, sizeof(why), "its driver %s has no option for the number of VFs",
			pf->driver);
	else
		snprintf(why, sizeof(why),
			"its driver is not known here, so neither is its option for VFs");
	fail_method(p, pf,
		sysfs ? "use --method sysfs"
		      : "install a kernel that has sriov_numvfs (Linux 3.8, RHEL 6.7)",
		why);
	return VW_PERSIST_NOT;
}

/* Kernels in which what is planned will make no VFs. */
static void warn_old_kernels(struct vw_persist *p)
{
	for (size_t i = 0; i < p->kernels.n; i++)
		if (!vw_kernel_has_numvfs(p->kernels.v[i].release))
			vw_finding_add(p->findings, VW_WARN, "kernel-no-numvfs",
				p->kernels.v[i].release, "remove it, or do not boot it",
				"the installed kernel %s has no sriov_numvfs: booted with it, the "
				"host has no VFs",
				p->kernels.v[i].release);
}

static bool has_systemd(const struct vw_host *host)
{
	return vw_host_lookf(host, "/usr/lib/systemd/systemd") == 1 ||
	       vw_host_lookf(host, "/lib/systemd/systemd") == 1;
}

bool vw_persist_autoprobe(const struct vw_persist *p, const struct vw_pf_request *pf)
{
	char value[8];

	if (!p->systemd)
		return false;
	if (vw_sysfs_pci_attr(p->host, &pf->pf, "sriov_drivers_autoprobe", value, sizeof(value)) >=
		0)
		return true;
	for (size_t i = 0; i < p->kernels.n; i++) /* drivers/pci/pci-sysfs.c, since 4.12 */
		if (!vw_kernel_at_least(p->kernels.v[i].release, 4, 12))
			return false;
	return true;
}

static int gather(struct vw_persist *p, struct vw_error *err)
{
	int rc = vw_kernels_list(p->host, &p->kernels, err);

	p->systemd = has_systemd(p->host);
	p->ways = calloc(p->request->n_pfs + 1, sizeof(*p->ways));
	if (rc == 0 && !p->ways)
		rc = vw_error_set(err, ENOMEM, "out of memory");
	if (rc == 0)
		rc = vw_modprobe_read(p->host, &p->modprobe, err);
	for (size_t i = 0; i < p->request->n_pfs && rc == 0; i++) {
		p->ways[i] = choose_way(p, &p->request->pfs[i]);
		if (p->ways[i] != VW_PERSIST_NOT)
			rc = look_for_others(p, i, err);
	}
	return rc;
}

static void drop(struct vw_persist *p)
{
	free(p->ways);
	vw_kernels_free(&p->kernels);
	vw_modprobe_free(&p->modprobe);
}

int vw_plan_vfs(const struct vw_host *host, const struct vw_request *request, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(drop) struct vw_persist p = {
		.host = host, .request = request, .plan = plan, .findings = findings
	};
	size_t steps = plan->n;
	int rc;

	if (!request->n_pfs && !request->allow_unsupported_sfp)
		return 0;
	rc = gather(&p, err);
	if (rc == 0)
		rc = vw_persist_modprobe(&p, err);
	if (rc == 0 && plan->n > steps)
		rc = vw_persist_initramfs(&p, err);
	if (rc == 0 && vw_persist_any(&p, VW_PERSIST_SYSFS)) {
		warn_old_kernels(&p);
		rc = p.systemd ? vw_persist_vfs_conf(&p, err) : vw_persist_rc_local(&p, err);
	}
	if (rc == 0 && p.systemd && request->n_pfs && vw_findings_worst(findings) != VW_FAIL)
		rc = vw_persist_verify_unit(&p, err);
	plan->reboot |= plan->n > steps;
	if (rc == 0 && findings->lost)
		rc = vw_error_set(err, ENOMEM, "out of memory");
	return rc;
}
