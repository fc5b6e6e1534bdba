/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs_users: reserves a PF's VFs, and finds out who uses them. */
#include "vfs.h"

#include "cleanup.h"
#include "iommu.h"
#include "sysfs.h"
#include "tenant.h"

#include <string.h>

/* How long a PF's VFs together are waited for whose netdev may be on its way back from a network namespace. */
#define NETDEV_WAIT_MS 1000

void vw_vfs_job_free(struct vw_vfs_job *job)
{
	free(job->before);
	free(job->after);
	free(job->dead);
	*job = (struct vw_vfs_job){ 0 };
}

int vw_vfs_list(const struct vw_host *host, const struct vw_pci *pf, struct vw_vf_slot **slots,
	size_t *n, struct vw_error *err)
{
	char addr[VW_PCI_STR];
	struct vw_vf_slot *bigger;
	struct vw_pci vf;
	long total;
	int rc = vw_sysfs_pci_number(host, pf, "sriov_totalvfs", &total);

	*slots = NULL;
	*n = 0;
	if (rc < 0)
		return vw_error_errno(
			err, -rc, "cannot read how many VFs %s can have", vw_pci_format(pf, addr));
	/* Not up to the first gap: a VF that is being removed leaves one. */
	for (long i = 0; i < total && i <= UINT16_MAX; i++) {
		rc = vw_sysfs_vf(host, pf, (unsigned int)i, &vf);
		if (vw_error_absent(rc))
			continue;
		if (rc == 0 && (bigger = reallocarray(*slots, *n + 1, sizeof(*bigger)))) {
			*slots = bigger;
			bigger[(*n)++] = (struct vw_vf_slot){ (uint32_t)i, vf };
			continue;
		}
		free(*slots);
		*slots = NULL;
		return rc ? vw_error_errno(err, -rc, "cannot look at VF %ld of %s", i,
				    vw_pci_format(pf, addr))
			  : vw_error_set(err, ENOMEM, "out of memory");
	}
	return 0;
}

/* The VFs to come have the addresses that the capability says (SR-IOV spec 1.1, 2.1.2). Offset and stride may change with the number of
 * VFs; those that come at other addresses are nobody's, and free at once. */
static size_t add_coming(
	const struct vw_host *host, const struct vw_vfs_job *job, struct vw_pci *functions)
{
	const struct vw_pci *pf = &job->pf->pf;
	long offset, stride, id;
	size_t n = 0;

	if (vw_sysfs_pci_number(host, pf, "sriov_offset", &offset) < 0 ||
		vw_sysfs_pci_number(host, pf, "sriov_stride", &stride) < 0 || offset < 1 ||
		offset > UINT16_MAX || stride < 0 || stride > UINT16_MAX)
		return 0;
	for (unsigned int i = 0; i < job->pf->count; i++) {
		id = (pf->bus << 8 | pf->slot << 3 | pf->function) + offset + i * stride;
		if (id > UINT16_MAX)
			break;
		functions[n++] = (struct vw_pci){ .domain = pf->domain,
			.bus = (uint8_t)(id >> 8),
			.slot = id >> 3 & 0x1f,
			.function = id & 7 };
	}
	return n;
}

static int add_dead(struct vw_vfs_job *job, const struct vw_vf_claim *claim, struct vw_error *err)
{
	struct vw_vf_claim *bigger = reallocarray(job->dead, job->n_dead + 1, sizeof(*job->dead));

	if (!bigger)
		return vw_error_set(err, ENOMEM, "out of memory");
	job->dead = bigger;
	bigger[job->n_dead++] = *claim;
	return 0;
}

/* Leaves out what has a claim: the living are found by judge_all(), the dead are taken before the change. */
static int unclaimed(const struct vw_host *host, struct vw_registry *registry,
	struct vw_vfs_job *job, struct vw_pci *functions, size_t *n, struct vw_error *err)
{
	struct vw_vf_claim claim;
	size_t kept = 0;
	int rc = 0;

	job->n_dead = 0;
	for (size_t i = 0; i < *n && rc == 0; i++) {
		int found = vw_registry_find_vf(registry, &functions[i], &claim, err);

		if (found < 0)
			return found;
		if (!found || vw_claim_is_reservation(&claim.owner) ||
			vw_view_life(host, &claim.owner, &claim.worker, &functions[i], NULL) !=
				VW_LIFE_GONE)
			functions[kept++] = functions[i];
		else
			rc = add_dead(job, &claim, err);
	}
	*n = kept;
	return rc;
}

static int compare(const void *a, const void *b)
{
	return vw_pci_compare(a, b);
}

/* 0, -EBUSY with who has one of them, -errno. */
static int reserve(const struct vw_host *host, struct vw_registry *registry, struct vw_vfs_job *job,
	const struct vw_vfs_writer *writer, struct vw_error *err)
{
	vw_auto_free struct vw_pci *functions =
		calloc(1 + job->n_before + job->pf->count, sizeof(*functions));
	const struct vw_process me = vw_process_self();
	size_t n = 0, kept = 0;
	int rc;

	if (!functions)
		return vw_error_set(err, ENOMEM, "out of memory");
	functions[n++] = job->pf->pf;
	for (size_t i = 0; i < job->n_before; i++)
		functions[n++] = job->before[i].pci;
	n += add_coming(host, job, functions + n);
	qsort(functions, n, sizeof(*functions), compare);
	for (size_t i = 0; i < n; i++)
		if (!kept || !vw_pci_equal(&functions[kept - 1], &functions[i]))
			functions[kept++] = functions[i];
	rc = unclaimed(host, registry, job, functions, &kept, err);
	return rc ? rc : vw_registry_reserve(registry, functions, kept, &writer->process, &me, err);
}

static const char *id_of(enum vw_tenant_kind kind, const struct vw_function_view *fn)
{
	switch (kind) {
	case VW_TENANT_RESERVED:
		return "vf-reserved";
	case VW_TENANT_CLAIM:
		return fn->life == VW_LIFE_STOPPING ? "vf-stopping" : "vf-claimed";
	case VW_TENANT_NETNS:
		return "vf-other-netns";
	case VW_TENANT_CNI:
		return "vf-cni-allocated";
	case VW_TENANT_HOST:
		return fn->upper[0]           ? "vf-upper-device"
		       : fn->use.permanent[0] ? "vf-permanent-address"
					      : "vf-default-route";
	case VW_TENANT_UNKNOWN:
		return "vf-missing";
	default:
		return "vf-in-use";
	}
}

static const char *remedy_of(enum vw_tenant_kind kind, const struct vw_function_view *fn)
{
	switch (kind) {
	case VW_TENANT_RESERVED:
		return "wait until it is done, and try again";
	case VW_TENANT_CLAIM:
		return fn->life == VW_LIFE_STOPPING ? "try again in a moment"
						    : "shut the domain down first (virsh shutdown)";
	case VW_TENANT_NETNS:
	case VW_TENANT_CNI:
		return "end the container first";
	case VW_TENANT_HOST:
		return fn->upper[0]           ? "take the netdev out of it first"
		       : fn->use.permanent[0] ? "remove the address first"
					      : "remove the route first";
	case VW_TENANT_UNKNOWN:
		return "try again";
	default:
		return "end that process first";
	}
}

/* UIO is none of the hook's business (QEMU does not use it), but DPDK is ours: removing the VF takes it away under its feet. */
static int look_for_uio(
	const struct vw_host *host, struct vw_function_view *fn, struct vw_error *err)
{
	char addr[VW_PCI_STR];
	int rc = fn->on_vfio ? 0 : vw_holder_on_uio(host, &fn->pci);

	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot look at %s", vw_pci_format(&fn->pci, addr));
	if (rc == 0)
		return 0;
	rc = vw_holder_find(host, &fn->pci, vw_iommu_group(host, &fn->pci), &fn->holder);
	fn->held = rc > 0;
	fn->holder_unknown = rc < 0;
	return 0;
}

static int judge_vf(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_links *links, const struct vw_vfs_job *job, const struct vw_pci *vf,
	const struct vw_vfs_writer *writer, struct vw_findings *findings, struct vw_error *err)
{
	char addr[VW_PCI_STR], text[640];
	struct vw_function_view fn;
	enum vw_tenant_kind kind;
	int rc = vw_view_function(host, registry, links, vf, &fn, err);

	if (rc == 0)
		rc = look_for_uio(host, &fn, err);
	if (rc)
		return rc;
	/* Our own reservation, and what the dead have left. */
	if (fn.claimed &&
		(fn.life == VW_LIFE_GONE || (vw_claim_is_reservation(&fn.claim.owner) &&
						    fn.claim.worker.pid == writer->process.pid)))
		fn.claimed = false;
	kind = vw_tenant_of(&fn);
	vw_pci_format(vf, addr);
	if (kind != VW_TENANT_NONE)
		vw_finding_add(findings, VW_FAIL, id_of(kind, &fn), addr, remedy_of(kind, &fn),
			"VF %s of %s is in use: %s", addr, job->pf->given,
			vw_tenant_text(&fn, text, sizeof(text)));
	else if (fn.holder_unknown)
		vw_finding_add(findings, VW_FAIL, "vf-holder-unknown", addr,
			"run it as root, outside of any confinement",
			"VF %s of %s: not every process could be looked into, so somebody may have "
			"it open, and removing it would wait for him",
			addr, job->pf->given);
	else if (fn.use.dynamic[0])
		vw_finding_add(findings, VW_WARN, "vf-dynamic-address", addr, NULL,
			"netdev %s of VF %s has the dynamic address %s; it goes with the VF",
			fn.netdev, addr, fn.use.dynamic);
	return 0;
}

static bool netdev_is_away(const struct vw_host *host, const struct vw_pci *vf)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };

	return vw_sysfs_pci_netdevs(host, vf, &names) == 0 && names.n == 0;
}

static int judge_all(const struct vw_host *host, struct vw_registry *registry,
	const struct vw_vfs_job *job, const struct vw_vfs_writer *writer,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_links_free) struct vw_links links = { 0 };
	struct vw_host impatient = *host;
	int rc = vw_links_get(host, &links, err);

	impatient.deadline = vw_deadline_in(NETDEV_WAIT_MS);
	for (size_t i = 0; i < job->n_before && rc == 0; i++) {
		const struct vw_pci *vf = &job->before[i].pci;

		rc = judge_vf(netdev_is_away(host, vf) ? &impatient : host, registry, &links, job,
			vf, writer, findings, err);
	}
	return rc;
}

int vw_vfs_reserve(const struct vw_host *host, struct vw_registry *registry, struct vw_vfs_job *job,
	const struct vw_vfs_writer *writer, struct vw_findings *findings, struct vw_error *err)
{
	struct vw_error busy = { "" };
	size_t said = findings->n;
	int taken = registry ? reserve(host, registry, job, writer, &busy) : 0, rc;

	if (taken < 0 && taken != -EBUSY) {
		*err = busy;
		return taken;
	}
	rc = judge_all(host, registry, job, writer, findings, err);
	if (rc == 0 && taken == -EBUSY) {
		bool named = false;

		for (size_t i = said; i < findings->n; i++)
			named |= findings->v[i].severity == VW_FAIL;
		if (!named)
			vw_finding_add(findings, VW_FAIL, "vf-reserved", job->pf->given,
				"wait until it is done, and try again", "%s", busy.msg);
	}
	return rc;
}
