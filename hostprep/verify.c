/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verify: is what was applied in force now, and if not, why.
 *
 * The kernel is asked for what is, not the configuration: /proc/cmdline, the IOMMUs and groups in sysfs, the VFs that hang on each PF. Only where
 * one of these is not as planned, files are looked at for the cause. */
#include "verify.h"

#include "cleanup.h"
#include "loader.h"
#include "sysfs.h"
#include "text.h"

#include <string.h>

#define WAIT_STEP_MS 250

/* All journals together: the newest word counts. */
struct wanted {
	struct vw_boot_args args;
	const char *loader;
	const struct vw_pf_request **pfs;
	size_t n_pfs;
	bool reboot;
};

static void add_pf(struct wanted *wanted, const struct vw_pf_request *pf)
{
	for (size_t i = 0; i < wanted->n_pfs; i++)
		if (vw_pci_equal(&wanted->pfs[i]->pf, &pf->pf)) {
			wanted->pfs[i] = pf;
			return;
		}
	wanted->pfs[wanted->n_pfs++] = pf;
}

static int gather(const struct vw_host *host, const struct vw_journals *journals,
	struct wanted *wanted, struct vw_error *err)
{
	size_t n = 0;

	wanted->reboot = vw_journals_await_reboot(host, journals);
	for (size_t i = 0; i < journals->n; i++)
		n += journals->v[i].request.n_pfs;
	wanted->pfs = calloc(n + 1, sizeof(struct vw_pf_request *));
	if (!wanted->pfs)
		return vw_error_set(err, ENOMEM, "out of memory");
	for (size_t i = 0; i < journals->n; i++) {
		const struct vw_journal *journal = &journals->v[i];
		const struct vw_plan *plan = &journal->plan;

		wanted->args.intel_iommu |= plan->args.intel_iommu;
		wanted->args.passthrough |= plan->args.passthrough;
		wanted->args.pci_realloc |= plan->args.pci_realloc;
		wanted->loader = plan->loader ? plan->loader : wanted->loader;
		for (size_t k = 0; k < journal->request.n_pfs; k++)
			add_pf(wanted, &journal->request.pfs[k]);
	}
	return 0;
}

/* --- the command line --- */

static const struct vw_boot_entry *booted_entry(
	const struct vw_boot_entries *entries, const char *cmdline)
{
	size_t best_len = 0;
	const struct vw_boot_entry *best = NULL;

	/* Loaders put their own in front (BOOT_IMAGE=, initrd=). */
	for (size_t i = 0; i < entries->n; i++) {
		size_t len = strlen(entries->v[i].cmdline);
		const char *at = len > best_len ? strstr(cmdline, entries->v[i].cmdline) : NULL;

		if (at && at[len] == '\0') {
			best = &entries->v[i];
			best_len = len;
		}
	}
	return best;
}

/* Names of the other boot loaders that are here, separated by ", ". */
static void other_loaders(
	const struct vw_host *host, const struct vw_loader *mine, char *buf, size_t size)
{
	char evidence[256];
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; vw_loaders[i] && used < size; i++)
		if (vw_loaders[i] != mine &&
			vw_loaders[i]->detect(host, evidence, sizeof(evidence), NULL) == 1)
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
				vw_loaders[i]->title);
}

/* The running kernel's arguments are not those that were planned: who wrote them? */
static void explain_cmdline(const struct vw_host *host, const struct wanted *wanted,
	const struct vw_loader *loader, const char *cmdline, char *why, size_t size)
{
	vw_auto(vw_boot_entries_free) struct vw_boot_entries entries = { 0 };
	vw_auto(vw_findings_free) struct vw_findings ignored = { 0 };
	vw_auto(vw_plan_free) struct vw_plan again = { 0 };
	struct vw_error err = { "" };
	const struct vw_boot_entry *entry;
	char others[256];

	if (!loader || loader->entries(host, &entries, &err) < 0) {
		snprintf(why, size, "what the boot loader would boot cannot be read%s%s",
			err.msg[0] ? ": " : "", err.msg);
		return;
	}
	entry = booted_entry(&entries, cmdline);
	if (entry && !vw_cmdline_says(entry->cmdline, strlen(entry->cmdline), &wanted->args)) {
		snprintf(why, size,
			"it booted \"%s\" (%s:%u), which does not say so: changed "
			"since apply, or written by something else",
			entry->title, entry->file, entry->line);
		return;
	}
	if (loader->plan(host, &wanted->args, &again, &ignored, &err) == 0 && again.n) {
		snprintf(why, size, "%s was changed since apply, and no longer says so",
			again.steps[0].path ? again.steps[0].path : loader->title);
		return;
	}
	other_loaders(host, loader, others, sizeof(others));
	snprintf(why, size, "all entries of %s say so, so the kernel was started by %s%s",
		loader->title, others[0] ? "another boot loader: " : "something else",
		others[0] ? others
			  : ": another boot loader or disk, kexec, or arguments edited at the "
			    "boot loader's prompt");
}

static void verify_cmdline(const struct vw_host *host, const struct wanted *wanted,
	const struct vw_loader *loader, struct vw_findings *findings)
{
	char cmdline[4096], why[1024], culprits[256];

	if (vw_host_readf(host, cmdline, sizeof(cmdline), "/proc/cmdline") < 0) {
		vw_finding_add(findings, VW_SKIP, "verify-cmdline", "/proc/cmdline", NULL,
			"the running kernel's arguments cannot be read");
		return;
	}
	if (vw_cmdline_says(cmdline, strlen(cmdline), &wanted->args)) {
		vw_finding_add(findings, VW_PASS, "verify-cmdline", "/proc/cmdline", NULL,
			"the kernel was booted with what was planned");
		return;
	}
	if (wanted->reboot) {
		vw_finding_add(findings, VW_SKIP, "verify-cmdline", "/proc/cmdline", "reboot",
			"the kernel arguments wait for the reboot");
		return;
	}
	vw_cmdline_culprits(cmdline, strlen(cmdline), culprits, sizeof(culprits));
	explain_cmdline(host, wanted, loader, cmdline, why, sizeof(why));
	vw_finding_add(findings, VW_FAIL, "verify-cmdline", "/proc/cmdline",
		"vfward-hostprep apply again, or boot the right entry",
		"the kernel was not booted with what was planned%s%s%s: %s",
		culprits[0] ? " (it has " : "", culprits, culprits[0] ? ")" : "", why);
}

/* --- the IOMMU --- */

static bool has_file(const struct vw_host *host, const char *path)
{
	return vw_host_lookf(host, "%s", path) == 1;
}

static void verify_iommu(
	const struct vw_host *host, const struct wanted *wanted, struct vw_findings *findings)
{
	int groups = vw_sysfs_iommu_groups(host);
	bool firmware = has_file(host, "/sys/firmware/acpi/tables/DMAR") ||
			has_file(host, "/sys/firmware/acpi/tables/IVRS") ||
			has_file(host, "/sys/firmware/acpi/tables/IORT");

	if (groups > 0)
		vw_finding_add(findings, VW_PASS, "verify-iommu", "iommu", NULL,
			"the IOMMU is active, %d groups", groups);
	else if (wanted->reboot)
		vw_finding_add(findings, VW_SKIP, "verify-iommu", "iommu", "reboot",
			"the IOMMU waits for the reboot");
	else
		vw_finding_add(findings, VW_FAIL, "verify-iommu", "iommu",
			firmware ? "see verify-cmdline and vfward-hostprep check"
				 : "switch on VT-d or AMD-Vi (SVM, IOMMU) in the firmware setup",
			"the IOMMU is not active: %s",
			firmware ? "the firmware offers one, the kernel does not use it"
				 : "the firmware offers none");
}

static void verify_passthrough(
	const struct vw_host *host, const struct vw_pf_request *pf, struct vw_findings *findings)
{
	char address[VW_PCI_STR], type[32], group[16];

	vw_pci_format(&pf->pf, address);
	if (vw_sysfs_pci_link(host, &pf->pf, "iommu_group", group, sizeof(group)) < 0 ||
		vw_host_readf(host, type, sizeof(type), "/sys/kernel/iommu_groups/%s/type", group) <
			0)
		return; /* no IOMMU, which has been said; or a kernel that does not tell */
	if (strcmp(type, "identity") == 0)
		vw_finding_add(findings, VW_PASS, "verify-passthrough", address, NULL,
			"%s is not translated for the host (iommu=pt)", address);
	else
		vw_finding_add(findings, VW_FAIL, "verify-passthrough", address,
			"look for iommu.strict, iommu=nopt or iommu.passthrough=0 in /proc/cmdline",
			"%s is translated for the host (%s) although iommu=pt was planned", address,
			type);
}

/* --- the VFs --- */

static void explain_vfs(const struct vw_host *host, const struct vw_pf_request *pf,
	const char *address, char *why, size_t size)
{
	char driver[64];
	long total;

	if (!vw_sysfs_pci_exists(host, &pf->pf))
		snprintf(why, size,
			"there is no PCI function %s any more; addresses change when "
			"cards are added or moved",
			address);
	else if (vw_sysfs_pci_link(host, &pf->pf, "driver", driver, sizeof(driver)) < 0)
		snprintf(why, size,
			"no driver is bound to it; dmesg says why (an unsupported "
			"SFP, a module option)");
	else if (vw_sysfs_pci_number(host, &pf->pf, "sriov_totalvfs", &total) < 0)
		snprintf(why, size,
			"it shows no SR-IOV: switched off in its firmware or the "
			"firmware setup");
	else if (total < (long)pf->count)
		snprintf(why, size, "it can have only %ld", total);
	else
		snprintf(why, size,
			"what makes them at boot failed: journalctl -b -u "
			"'vfward-vfs@%s.service'",
			address);
}

static void verify_pf(const struct vw_host *host, const struct wanted *wanted,
	const struct vw_pf_request *pf, struct vw_findings *findings)
{
	unsigned int n = vw_sysfs_vf_count(host, &pf->pf);
	char address[VW_PCI_STR], why[512];

	vw_pci_format(&pf->pf, address);
	if (n == pf->count) {
		vw_finding_add(findings, VW_PASS, "verify-vfs", address, NULL,
			"%s%s%s has its %u VFs", address, pf->netdev[0] ? " " : "", pf->netdev, n);
	} else if (wanted->reboot) {
		vw_finding_add(findings, VW_SKIP, "verify-vfs", address,
			"reboot, or vfward-hostprep vfs", "%s has %u VFs, %u are to come", address,
			n, pf->count);
	} else {
		explain_vfs(host, pf, address, why, sizeof(why));
		vw_finding_add(findings, VW_FAIL, "verify-vfs", address,
			"mend that; 'vfward-hostprep vfs' makes them now",
			"%s%s%s has %u VFs instead of %u: %s", address, pf->netdev[0] ? " " : "",
			pf->netdev, n, pf->count, why);
	}
}

static void free_wanted(struct wanted *wanted)
{
	free(wanted->pfs);
}

int vw_verify(const struct vw_host *host, const struct vw_journals *journals,
	struct vw_deadline patience, bool *pending, struct vw_findings *findings,
	struct vw_error *err)
{
	vw_auto(free_wanted) struct wanted wanted = { 0 };
	int rc = gather(host, journals, &wanted, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < wanted.n_pfs; i++)
		while (vw_sysfs_vf_count(host, &wanted.pfs[i]->pf) != wanted.pfs[i]->count &&
			vw_deadline_sleep(&patience, WAIT_STEP_MS))
			;
	for (size_t i = 0; i < journals->n; i++)
		if (journals->v[i].state != VW_JOURNAL_APPLIED)
			vw_finding_add(findings, VW_FAIL, "verify-unfinished", "journal",
				"vfward-hostprep apply or undo: either puts it right",
				"a run of apply or undo was cut short");
	verify_cmdline(host, &wanted, vw_loader_find(wanted.loader), findings);
	verify_iommu(host, &wanted, findings);
	for (size_t i = 0; i < wanted.n_pfs; i++) {
		verify_pf(host, &wanted, wanted.pfs[i], findings);
		if (wanted.args.passthrough && !wanted.reboot)
			verify_passthrough(host, wanted.pfs[i], findings);
	}
	*pending = wanted.reboot && vw_findings_worst(findings) != VW_FAIL;
	return 0;
}
