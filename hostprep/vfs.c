/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs: `vfs PF=COUNT…`, and `vfs --boot ADDRESS…` for the unit that makes the VFs of vfs.conf at boot. */
#include "vfs.h"

#include "adopt.h"
#include "cleanup.h"
#include "command.h"
#include "consent.h"
#include "sysfs.h"
#include "vfs_conf.h"

#include <string.h>

/* The kernel may take long: mlx5 with 127 VFs more than a minute, and a guest that does not let go of a VF takes for ever. */
#define SECONDS_DEFAULT 120
#define SECONDS_MAX     3600

/* Registry and netlink answer at once, unless something is wrong. */
#define LOOK_MS 20000

/* How long a PF's netdev may be in coming at boot: its driver may still be loading. */
#define BOOT_WAIT_MS 30000
#define BOOT_STEP_MS 250

static bool failed_since(const struct vw_findings *findings, size_t from)
{
	for (size_t i = from; i < findings->n; i++)
		if (findings->v[i].severity == VW_FAIL)
			return true;
	return findings->lost;
}

/* Which of the PFs have to be changed? Those that are as wanted say so. */
static int look(struct vw_context *context, struct vw_vfs_job *jobs, size_t n, size_t *n_due,
	struct vw_findings *findings, struct vw_error *err)
{
	bool yes = context->options->own & (VW_OWN_YES | VW_OWN_BOOT);
	char addr[VW_PCI_STR];
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		struct vw_vfs_job *job = &jobs[i];

		rc = vw_vfs_list(&context->host, &job->pf->pf, &job->before, &job->n_before, err);
		if (rc)
			return rc;
		job->due = job->n_before != job->pf->count;
		*n_due += job->due;
		if (job->due) {
			rc = yes ? 0
				 : vw_consent_pf(&context->host, job->pf, VW_FAIL, findings, err);
			continue;
		}
		rc = vw_vfs_list(&context->host, &job->pf->pf, &job->after, &job->n_after, err);
		job->looked = rc == 0;
		vw_finding_add(findings, VW_PASS, "vfs-unchanged",
			vw_pci_format(&job->pf->pf, addr), NULL,
			"PF %s (%s) has %zu VFs already: nothing was changed", job->pf->given, addr,
			job->n_before);
	}
	return rc;
}

/* Without it nobody can be kept from a VF. Where there is none yet, at boot, there is nobody to be kept from one. */
static int open_registry(struct vw_context *context, const struct vw_vfs_job *jobs, size_t n,
	struct vw_registry **registry, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_config_free) struct vw_config config = { 0 };
	struct vw_error why = { "" };
	bool needed = !(context->options->own & VW_OWN_BOOT);
	int rc = vw_load_config(context, &config, findings, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++)
		needed |= jobs[i].due && jobs[i].n_before;
	rc = vw_registry_open(&context->host, false, registry, &why);
	if (rc == 0)
		rc = vw_adopt_all(&context->host, *registry, &config, findings, &why);
	if (rc == 0)
		return 0;
	vw_registry_close(*registry);
	*registry = NULL;
	vw_finding_add(findings, needed ? VW_FAIL : VW_WARN, "registry-unavailable", "registry",
		NULL, "the VFs cannot be reserved: %s", why.msg);
	return 0;
}

static int reserve_all(struct vw_context *context, struct vw_registry *registry,
	struct vw_vfs_job *jobs, size_t n, const struct vw_vfs_writer *writer,
	struct vw_findings *findings, struct vw_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		if (jobs[i].due)
			rc = vw_vfs_reserve(
				&context->host, registry, &jobs[i], writer, findings, err);
	return rc;
}

static int change_all(struct vw_context *context, struct vw_registry *registry,
	struct vw_vfs_job *jobs, size_t n, struct vw_vfs_writer *writer,
	struct vw_findings *findings, struct vw_error *err)
{
	int rc = 0;

	/* What takes minutes is bounded elsewhere. */
	for (size_t i = 0; i < n && rc == 0 && !writer->stuck; i++) {
		context->host.deadline = vw_deadline_in(0);
		if (jobs[i].due)
			rc = vw_vfs_change(
				&context->host, registry, &jobs[i], writer, findings, err);
		jobs[i].looked |= rc == 0 && !writer->stuck;
	}
	context->host.deadline = vw_deadline_in(LOOK_MS);
	return rc;
}

static int change(struct vw_context *context, struct vw_vfs_job *jobs, size_t n,
	struct vw_vfs_writer *writer, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_registry_cleanup) struct vw_registry *registry = NULL;
	struct vw_error why = { "" };
	size_t said = findings->n;
	int rc = open_registry(context, jobs, n, &registry, findings, err);

	if (rc == 0 && !failed_since(findings, said))
		rc = reserve_all(context, registry, jobs, n, writer, findings, err);
	if (rc == 0 && !failed_since(findings, said))
		rc = change_all(context, registry, jobs, n, writer, findings, err);
	/* The one that is stuck still has its hands on the VFs. */
	if (registry && !writer->stuck &&
		vw_registry_unreserve(registry, &writer->process, &why) < 0)
		vw_finding_add(findings, VW_WARN, "registry-unavailable", "registry", NULL,
			"the reservations end with this process: %s", why.msg);
	return rc;
}

/* All of these PFs, or none where one of them must not be touched. */
static int run_jobs(struct vw_context *context, struct vw_vfs_job *jobs, size_t n,
	struct vw_findings *findings, struct vw_error *err)
{
	struct vw_vfs_writer writer = { .fd = -1 };
	size_t said = findings->n, n_due = 0;
	int rc;

	context->host.deadline = vw_deadline_in(LOOK_MS);
	rc = look(context, jobs, n, &n_due, findings, err);
	if (rc || !n_due || failed_since(findings, said))
		return rc;
	if (!vw_vfs_writer_possible(&context->host))
		return vw_error_set(err, EROFS,
			"VFs are made by a running kernel: not below --root (plan and apply write "
			"down which VFs come at boot)");
	rc = vw_vfs_writer_start(&context->host, &writer, err);
	if (rc == 0)
		rc = change(context, jobs, n, &writer, findings, err);
	vw_vfs_writer_stop(&writer);
	return rc;
}

/* All that were named on the command line. -EINVAL: it is wrong. */
static int run_given(struct vw_context *context, const char **args, struct vw_request *request,
	struct vw_vfs_job *jobs, struct vw_findings *findings, struct vw_error *err)
{
	int rc = 0;

	for (size_t i = 0; args[i] && rc == 0; i++)
		rc = vw_request_add(request, args[i], err);
	if (rc == 0)
		rc = vw_request_resolve(&context->host, request, findings, err);
	if (rc || failed_since(findings, 0))
		return rc;
	for (size_t i = 0; i < request->n_pfs; i++) {
		jobs[i].pf = &request->pfs[i];
		jobs[i].autoprobe = -1;
	}
	return run_jobs(context, jobs, request->n_pfs, findings, err);
}

/* Its driver may still be loading. */
static void wait_for_netdev(const struct vw_host *host, const struct vw_pci *pf)
{
	struct vw_deadline end = vw_deadline_in(BOOT_WAIT_MS);

	for (;;) {
		vw_auto(vw_names_free) struct vw_names names = { 0 };

		if (!vw_sysfs_pci_exists(host, pf) ||
			(vw_sysfs_pci_netdevs(host, pf, &names) == 0 && names.n) ||
			!vw_deadline_sleep(&end, BOOT_STEP_MS))
			return;
	}
}

/* Cards move: the MAC says which one is meant, the address only where it was. */
static int find_conf(const struct vw_host *host, const struct vw_pf_conf *section,
	struct vw_request *request, struct vw_findings *findings, struct vw_error *err)
{
	char addr[VW_PCI_STR], now[VW_PCI_STR], mac[VW_MAC_STR], text[64];
	bool by_mac = !vw_mac_is_zero(&section->mac);
	size_t said = findings->n;
	int rc;

	vw_pci_format(&section->pf, addr);
	vw_mac_format(&section->mac, mac);
	snprintf(text, sizeof(text), "%s=%u", by_mac ? mac : addr, section->vfs);
	rc = vw_request_add(request, text, err);
	if (rc == 0)
		rc = vw_request_resolve(host, request, findings, err);
	if (rc || failed_since(findings, said) || vw_pci_equal(&request->pfs[0].pf, &section->pf))
		return rc;
	vw_finding_add(findings, VW_WARN, "pf-moved", addr,
		"write its new address into " VW_VFS_CONF,
		"the PF with MAC %s was at %s, and is at %s now: it gets the VFs there", mac, addr,
		vw_pci_format(&request->pfs[0].pf, now));
	return 0;
}

static int run_boot_job(struct vw_context *context, const struct vw_vfs_conf *conf,
	const char *address, struct vw_request *request, struct vw_vfs_job *job,
	struct vw_findings *findings, struct vw_error *err)
{
	const struct vw_pf_conf *section;
	size_t said = findings->n;
	struct vw_pci pci;
	int rc;

	if (vw_pci_parse(address, &pci, err))
		return -EINVAL;
	section = vw_vfs_conf_find(conf, &pci);
	if (!section) {
		vw_finding_add(findings, VW_FAIL, "vfs-conf-missing", address,
			"vfward-hostprep apply writes it",
			VW_VFS_CONF " says nothing valid of PF %s", address);
		return 0;
	}
	wait_for_netdev(&context->host, &pci);
	rc = find_conf(&context->host, section, request, findings, err);
	if (rc || failed_since(findings, said))
		return rc;
	job->pf = request->pfs;
	job->autoprobe = section->autoprobe;
	job->boot = true;
	return run_jobs(context, job, 1, findings, err);
}

/* One after the other: what is wrong with one PF is no reason to leave the host without the others. */
static int run_boot(struct vw_context *context, const char **args, struct vw_request *requests,
	struct vw_vfs_job *jobs, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_vfs_conf_free) struct vw_vfs_conf conf = { 0 };
	int rc = vw_vfs_conf_read(&context->host, &conf, findings, err);

	for (size_t i = 0; args[i] && rc == 0; i++) {
		rc = run_boot_job(context, &conf, args[i], &requests[i], &jobs[i], findings, err);
		if (rc == -EINVAL || rc == -ENOMEM)
			return rc;
		if (rc)
			vw_finding_add(
				findings, VW_FAIL, "internal", args[i], NULL, "%s", err->msg);
		err->msg[0] = '\0';
		rc = 0;
	}
	return rc;
}

int vw_vfs_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	unsigned int seconds = SECONDS_DEFAULT;
	vw_auto_free struct vw_request *requests = NULL;
	vw_auto_free struct vw_vfs_job *jobs = NULL;
	size_t n = 0;
	int rc, shown;

	if (vw_seconds_option(context->options, SECONDS_MAX, &seconds, err))
		return VW_EXIT_USAGE;
	while (args[n])
		n++;
	requests = calloc(n, sizeof(*requests));
	jobs = calloc(n, sizeof(*jobs));
	if (!requests || !jobs)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		jobs[i].seconds = seconds;
	rc = context->options->own & VW_OWN_BOOT
		     ? run_boot(context, args, requests, jobs, &findings, err)
		     : run_given(context, args, requests, jobs, &findings, err);
	if (rc != -EINVAL && rc != -ENOMEM) {
		shown = vw_vfs_show(context, jobs, n, &findings);
		rc = rc ? rc : shown;
	}
	for (size_t i = 0; i < n; i++) {
		vw_vfs_job_free(&jobs[i]);
		vw_request_free(&requests[i]);
	}
	if (rc)
		return rc == -EINVAL ? VW_EXIT_USAGE : rc;
	return vw_findings_worst(&findings) == VW_FAIL ? VW_EXIT_FAILED : VW_EXIT_GOOD;
}
