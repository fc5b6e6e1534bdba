/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfs_change: gives a PF another number of VFs, through 0, and looks at what has come of it. */
#include "vfs.h"

#include "cleanup.h"
#include "sysfs.h"
#include "vf_link.h"

#include <stdarg.h>
#include <string.h>

/* A PF that is in reset asks to come again; at boot its driver may not have bound yet. */
#define AGAIN_MS      5000
#define AGAIN_BOOT_MS 30000
#define AGAIN_STEP_MS 250

/* The kernel makes the VFs before it answers; their drivers are loaded by udev, and their netdevs come from the drivers. */
#define LINKS_MS  5000
#define NETDEV_MS 5000
#define LOOK_MS   50

/* What a change needs at every step. */
struct change {
	const struct vw_host *host;
	struct vw_registry *registry;
	struct vw_vfs_job *job;
	struct vw_vfs_writer *writer;
	struct vw_findings *findings;
	char pf[96]; /* "PF eth0 (0000:01:00.0, igb)" */
};

static int set_numvfs(struct change *c, unsigned int count)
{
	const struct vw_vfs_job *job = c->job;
	struct vw_deadline end = vw_deadline_in(job->boot ? AGAIN_BOOT_MS : AGAIN_MS);
	int rc;

	do {
		rc = vw_vfs_writer_set(
			c->writer, &job->pf->pf, "sriov_numvfs", count, job->seconds);
	} while ((rc == -EAGAIN || (rc == -ENOENT && job->boot)) &&
		 vw_deadline_sleep(&end, AGAIN_STEP_MS));
	return rc;
}

static void say_stuck(struct change *c, const char *what)
{
	char addr[VW_PCI_STR], remedy[256];
	int pid = (int)c->writer->process.pid;

	vw_pci_format(&c->job->pf->pf, addr);
	snprintf(remedy, sizeof(remedy),
		"see /proc/%d/stack and the kernel log (journalctl -k -g %s) for what it waits "
		"for: a VF that is open, or firmware; only that, or a reboot, ends it",
		pid, addr);
	vw_finding_add(c->findings, VW_FAIL, "vfs-stuck", addr, remedy,
		"%s: the kernel has not come back from %s within %u s; process %d is left alone "
		"in it, and the VFs stay reserved until it ends",
		c->pf, what, c->job->seconds, pid);
}

/* code: a positive errno. rest: what that leaves behind. */
static void say_refused(struct change *c, const char *what, int code, const char *rest)
{
	struct vw_vfs_why why = vw_vfs_explain(c->job->pf->driver, code);
	char addr[VW_PCI_STR], remedy[512];

	vw_pci_format(&c->job->pf->pf, addr);
	snprintf(remedy, sizeof(remedy), "%s; the kernel log may say more: journalctl -k -g %s",
		why.remedy, addr);
	vw_finding_add(c->findings, VW_FAIL, "vfs-refused", addr, remedy,
		"%s: the kernel refuses %s (%s): %s; %s", c->pf, what, strerror(code), why.why,
		rest);
}

/* Claims of domains that are gone become ours: what they left on the VFs goes with the VFs. */
static int take_dead(struct change *c, struct vw_error *err)
{
	char addr[VW_PCI_STR], text[640];

	for (size_t i = 0; i < c->job->n_dead; i++) {
		const struct vw_vf_claim *claim = &c->job->dead[i];
		int rc = vw_registry_take(c->registry, &claim->vf, claim->owner.uuid,
			1U << claim->owner.state, &c->writer->process, err);

		if (rc < 0)
			return rc;
		if (rc == 0)
			return vw_error_set(err, EBUSY, "VF %s was just taken back by %s",
				vw_pci_format(&claim->vf, addr),
				vw_claim_owner_text(&claim->owner, text, sizeof(text)));
	}
	return 0;
}

/* The VFs are gone, and all that was on them. */
static void drop_dead(struct change *c)
{
	char addr[VW_PCI_STR];
	struct vw_error why;

	for (size_t i = 0; i < c->job->n_dead; i++) {
		const struct vw_vf_claim *claim = &c->job->dead[i];

		if (vw_registry_release_vf(
			    c->registry, &claim->vf, claim->owner.uuid, &c->writer->process, &why))
			vw_finding_add(c->findings, VW_WARN, "registry-unavailable",
				vw_pci_format(&claim->vf, addr), NULL,
				"the claim of a domain that is gone could not be ended: %s",
				why.msg);
	}
}

static bool is_down(const struct vw_host *host, const char *netdev)
{
	vw_auto(vw_links_free) struct vw_links links = { 0 };
	const struct vw_link *link = NULL;

	if (netdev[0] && vw_links_get(host, &links, NULL) == 0)
		link = vw_links_by_name(&links, netdev);
	return link && !(link->flags & IFF_UP);
}

/* What has to be so before the first VF comes. 0, or -errno of a writer that is of no use any more. */
static int make_ready(struct change *c)
{
	const struct vw_vfs_job *job = c->job;
	char addr[VW_PCI_STR];
	int rc = 0;

	if (job->autoprobe >= 0)
		rc = vw_vfs_writer_set(c->writer, &job->pf->pf, "sriov_drivers_autoprobe",
			(unsigned int)job->autoprobe, job->seconds);
	if (rc && rc != -ETIME && rc != -EPIPE)
		vw_finding_add(c->findings, VW_WARN, "vfs-autoprobe",
			vw_pci_format(&job->pf->pf, addr), NULL,
			"%s: the kernel cannot be told whether to bind new VFs to a driver: %s",
			c->pf, strerror(-rc));
	if (rc == -ETIME || rc == -EPIPE || !vw_vfs_driver_wants_up(job->pf->driver) ||
		!is_down(c->host, job->pf->netdev))
		return rc == -ETIME || rc == -EPIPE ? rc : 0;
	rc = vw_vfs_writer_up(c->writer, job->pf->netdev, job->seconds);
	vw_finding_add(c->findings, VW_WARN, "pf-brought-up", vw_pci_format(&job->pf->pf, addr),
		"see that it is up at boot, too",
		rc ? "%s: its driver makes no VFs while it is down, and it cannot be brought up: "
		     "%s"
		   : "%s: it was brought up, because its driver makes no VFs while it is down%s",
		c->pf, rc ? strerror(-rc) : "");
	return rc == -ETIME || rc == -EPIPE ? rc : 0;
}

static int look(struct change *c, struct vw_error *err)
{
	struct vw_vfs_job *job = c->job;

	free(job->after);
	job->after = NULL;
	return vw_vfs_list(c->host, &job->pf->pf, &job->after, &job->n_after, err);
}

/* Has every VF got its netdev? Not where the host's driver may not bind it, or is none for the network. */
static bool are_ready(const struct change *c)
{
	long autoprobe;
	int rc = vw_sysfs_pci_number(
		c->host, &c->job->pf->pf, "sriov_drivers_autoprobe", &autoprobe);

	if (rc == 0 && autoprobe == 0)
		return true;
	for (size_t i = 0; i < c->job->n_after; i++) {
		vw_auto(vw_names_free) struct vw_names names = { 0 };

		vw_sysfs_pci_netdevs(c->host, &c->job->after[i].pci, &names);
		if (!names.n)
			return false;
	}
	return true;
}

static int wait_for_vfs(struct change *c, struct vw_error *err)
{
	struct vw_deadline links = vw_deadline_in(LINKS_MS), netdevs;
	int rc;

	while ((rc = look(c, err)) == 0 && c->job->n_after != c->job->pf->count)
		if (!vw_deadline_sleep(&links, LOOK_MS))
			break;
	netdevs = vw_deadline_in(NETDEV_MS);
	while (rc == 0 && !are_ready(c) && vw_deadline_sleep(&netdevs, LOOK_MS))
		rc = look(c, err);
	return rc;
}

/* bnxt_en, and whoever is short of resources, say yes and make fewer (drivers/pci/iov.c only warns). */
static void say_result(struct change *c)
{
	const struct vw_vfs_job *job = c->job;
	char addr[VW_PCI_STR], remedy[160];

	vw_pci_format(&job->pf->pf, addr);
	if (job->n_after == job->pf->count) {
		vw_finding_add(c->findings, VW_PASS, "vfs-set", addr, NULL,
			"%s: VFs now: %zu, before: %zu", c->pf, job->n_after, job->n_before);
		return;
	}
	if (is_down(c->host, job->pf->netdev))
		snprintf(remedy, sizeof(remedy), "ip link set %s up, and try again",
			job->pf->netdev);
	else
		snprintf(remedy, sizeof(remedy), "see the kernel log: journalctl -k -g %s", addr);
	vw_finding_add(c->findings, VW_FAIL, "vfs-short", addr, remedy,
		"%s: the kernel took the number %u, but there are %zu VFs", c->pf, job->pf->count,
		job->n_after);
}

/* The former number again, where the new one was refused. */
static int put_back(struct change *c, int code)
{
	unsigned int former = (unsigned int)c->job->n_before;
	char what[48], rest[96];
	int rc = 0;

	snprintf(what, sizeof(what), "%u VFs", c->job->pf->count);
	if (former) {
		rc = set_numvfs(c, former);
		snprintf(rest, sizeof(rest),
			rc ? "it has none now, because the %u of before could not be put back"
			   : "it has the %u of before again",
			former);
	} else {
		snprintf(rest, sizeof(rest), "it has none, as before");
	}
	say_refused(c, what, code, rest);
	return rc;
}

static int write_count(struct change *c)
{
	char what[48];
	int rc = 0;

	if (c->job->n_before) {
		rc = set_numvfs(c, 0);
		if (rc == 0)
			c->job->changed = true;
		else if (rc == -ETIME)
			say_stuck(c, "removing the VFs");
		else if (rc != -EPIPE)
			say_refused(c, "to remove the VFs", -rc, "nothing was changed");
	}
	if (rc)
		return rc;
	if (c->registry)
		drop_dead(c);
	if (!c->job->pf->count)
		return 0;
	rc = set_numvfs(c, c->job->pf->count);
	snprintf(what, sizeof(what), "making %u VFs", c->job->pf->count);
	if (rc == -ETIME)
		say_stuck(c, what);
	else if (rc && rc != -EPIPE)
		put_back(c, -rc);
	else if (rc == 0)
		c->job->changed = true;
	return rc;
}

int vw_vfs_change(const struct vw_host *host, struct vw_registry *registry, struct vw_vfs_job *job,
	struct vw_vfs_writer *writer, struct vw_findings *findings, struct vw_error *err)
{
	struct change c = { .host = host,
		.registry = registry,
		.job = job,
		.writer = writer,
		.findings = findings };
	char addr[VW_PCI_STR];
	int rc = registry ? take_dead(&c, err) : 0;

	if (rc)
		return rc;
	vw_pci_format(&job->pf->pf, addr);
	snprintf(c.pf, sizeof(c.pf), "PF %s (%s, %s)",
		job->pf->netdev[0] ? job->pf->netdev : "without a netdev", addr,
		job->pf->driver[0] ? job->pf->driver : "no driver");
	rc = make_ready(&c);
	if (rc == -ETIME)
		say_stuck(&c, "bringing it up");
	if (rc == 0)
		rc = write_count(&c);
	if (rc == -EPIPE)
		return vw_error_set(err, EPIPE, "the process that writes for us was killed");
	if (rc == -ETIME)
		return 0; /* its VFs are under the kernel's hands */
	if (rc)
		return look(&c, err);
	rc = wait_for_vfs(&c, err);
	if (rc == 0)
		say_result(&c);
	return rc;
}
