/* SPDX-License-Identifier: GPL-2.0-or-later */
/* persist_units: VFs by sriov_numvfs on a host with systemd: vfs.conf, a udev rule, a unit for each PF. */

/*
 * Theory of operation. The rule knows PFs by their PCI address: names change, drivers are shared with the VFs. Its first part makes a
 * device unit of the PCI function that is up only while a driver is bound; that unit wants vfward-vfs@ADDRESS.service, so the VFs
 * are made when the driver comes, however late, and again when it is reloaded (the unit is stopped when nothing needs it). Kernels before
 * 4.14 do not tell that a driver was bound; there the arrival of the netdev counts, which is the second part. No VF matches: a VF's
 * parent is the bridge, not its PF.
 *
 * apply writes the units to /etc itself, rather than rely on installed ones: so the plan shows all that happens at boot, undo
 * takes all of it back, and an image is prepared no matter how the program got into it. An address needs no escaping in a unit's name (":" and
 * "." are allowed, systemd.unit(5)).
 */
#include "persist.h"

#include "cleanup.h"
#include "vfs_conf.h"

#include <string.h>

#define RULES        "/etc/udev/rules.d/70-vfward-vfs.rules"
#define VFS_UNIT     "/etc/systemd/system/vfward-vfs@.service"
#define VERIFY       "vfward-hostprep-verify.service"
#define VERIFY_UNIT  "/etc/systemd/system/" VERIFY
#define VERIFY_WANTS "/etc/systemd/system/multi-user.target.d/50-vfward.conf"
#define PROGRAM      VFWARD_SBINDIR "/vfward-hostprep"

#define OURS "# Written by vfward-hostprep apply; vfward-hostprep undo removes it.\n"

static const char vfs_unit[] = OURS "[Unit]\n"
				    "Description=VFs of the NIC %I\n"
				    "Documentation=man:vfward-hostprep(8)\n"
				    "DefaultDependencies=no\n"
				    "Conflicts=shutdown.target\n"
				    "Wants=network-pre.target\n"
				    "Before=network-pre.target libvirtd.service virtqemud.service "
				    "virtnetworkd.service shutdown.target\n"
				    "# A driver that is bound anew starts it anew.\n"
				    "StopWhenUnneeded=yes\n"
				    "\n"
				    "[Service]\n"
				    "Type=oneshot\n"
				    "RemainAfterExit=yes\n"
				    "ExecStart=" PROGRAM " vfs --boot %I\n"
				    "TimeoutStartSec=180\n";

static const char verify_unit[] =
	OURS "[Unit]\n"
	     "Description=Is what vfward-hostprep has applied in force?\n"
	     "Documentation=man:vfward-hostprep(8)\n"
	     "After=multi-user.target libvirtd.service virtqemud.service\n"
	     "\n"
	     "[Service]\n"
	     "Type=oneshot\n"
	     "ExecStart=" PROGRAM " verify --boot\n";

/* A drop-in, where `systemctl enable` would make a link: plan, apply and undo know files. */
static const char verify_wants[] = OURS "[Unit]\n"
					"Wants=" VERIFY "\n";

static int plan_text(struct vw_persist *p, const char *path, const struct vw_bytes *text,
	const char *why, struct vw_error *err)
{
	struct vw_step *step;
	int rc = text->lost ? vw_error_set(err, ENOMEM, "out of memory")
			    : vw_plan_file(p->plan, p->host, path, text, why, &step, err);

	if (rc == 1)
		step->is_ours = !step->existed;
	return rc < 0 ? rc : 0;
}

static int plan_constant(struct vw_persist *p, const char *path, const char *text, const char *why,
	struct vw_error *err)
{
	const struct vw_bytes bytes = { .data = (char *)text, .len = strlen(text) };

	return plan_text(p, path, &bytes, why, err);
}

/* vfs.conf after the request. The sections of other PFs stay. */
static int new_vfs_conf(
	struct vw_persist *p, struct vw_bytes *text, struct vw_vfs_conf *conf, struct vw_error *err)
{
	int rc = vw_plan_read(p->plan, p->host, VW_VFS_CONF, text, err);

	if (rc == 0)
		vw_bytes_addf(text, "# The VFs of this host at every boot, by vfward-hostprep: "
				    "vfward-vfs.conf(5).\n");
	if (rc >= 0)
		rc = vw_vfs_conf_parse(text->data, text->len, conf, p->findings, err);
	for (size_t i = 0; rc == 0 && i < p->request->n_pfs; i++) {
		const struct vw_pf_request *pf = &p->request->pfs[i];
		const struct vw_pf_conf *is = vw_vfs_conf_find(conf, &pf->pf);
		struct vw_pf_conf want = { .pf = pf->pf,
			.vfs = pf->count,
			.mac = vw_mac_is_zero(&pf->mac) && is ? is->mac : pf->mac,
			.autoprobe = is ? is->autoprobe : -1 };
		struct vw_bytes out = { 0 };

		if (p->ways[i] != VW_PERSIST_SYSFS)
			continue;
		if (p->request->blacklist_vf_driver && vw_persist_autoprobe(p, pf))
			want.autoprobe = 0;
		rc = vw_vfs_conf_set(text->data, text->len, &want, &out);
		vw_bytes_free(text);
		*text = out;
	}
	vw_vfs_conf_free(conf);
	if (rc == 0)
		rc = vw_vfs_conf_parse(text->data, text->len, conf, p->findings, err);
	return rc;
}

static void make_rules(const struct vw_vfs_conf *conf, struct vw_bytes *rules)
{
	char pci[VW_PCI_STR];

	vw_bytes_addf(rules,
		OURS "# PFs of " VW_VFS_CONF ": whenever one gets a driver, its VFs are made.\n"
		     "ACTION==\"remove\", GOTO=\"vfward_end\"\n");
	for (size_t i = 0; i < conf->n; i++) {
		vw_pci_format(&conf->v[i].pf, pci);
		vw_bytes_addf(rules,
			"\nSUBSYSTEM==\"pci\", KERNEL==\"%s\", TAG+=\"systemd\", "
			"ENV{SYSTEMD_READY}=\"0\"\n"
			"SUBSYSTEM==\"pci\", KERNEL==\"%s\", DRIVER==\"?*\", "
			"ENV{SYSTEMD_READY}=\"1\", ENV{SYSTEMD_WANTS}+=\"vfward-vfs@%s.service\"\n"
			"SUBSYSTEM==\"net\", KERNELS==\"%s\", TAG+=\"systemd\", "
			"ENV{SYSTEMD_WANTS}+=\"vfward-vfs@%s.service\"\n",
			pci, pci, pci, pci, pci);
	}
	vw_bytes_addf(rules, "\nLABEL=\"vfward_end\"\n");
}

static void tell_autoprobe(struct vw_persist *p)
{
	for (size_t i = 0; p->request->blacklist_vf_driver && i < p->request->n_pfs; i++) {
		const struct vw_pf_request *pf = &p->request->pfs[i];

		if (p->ways[i] == VW_PERSIST_SYSFS && vw_persist_autoprobe(p, pf))
			vw_finding_add(p->findings, VW_PASS, "vf-driver-kept-off", pf->given, NULL,
				"new VFs of %s get no driver of this host (autoprobe = no in %s); "
				"a blacklist would concern the VFs of all other NICs as well, and "
				"not hold where the driver is loaded by name",
				pf->given, VW_VFS_CONF);
	}
}

int vw_persist_vfs_conf(struct vw_persist *p, struct vw_error *err)
{
	vw_auto(vw_vfs_conf_free) struct vw_vfs_conf conf = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 }, rules = { 0 };
	int rc = new_vfs_conf(p, &text, &conf, err);

	/* A mistake in it is a FAIL by now. */
	if (rc < 0 || vw_findings_worst(p->findings) == VW_FAIL)
		return rc;
	if (!conf.n && vw_host_lookf(p->host, "%s", VW_VFS_CONF) == 0)
		return 0; /* no VFs were asked for, and none were */
	tell_autoprobe(p);
	rc = plan_text(p, VW_VFS_CONF, &text, "the VFs of each PF", err);
	if (rc == 0)
		rc = plan_constant(p, VFS_UNIT, vfs_unit, "makes the VFs of a PF", err);
	make_rules(&conf, &rules);
	if (rc == 0)
		rc = plan_text(p, RULES, &rules, "starts that whenever a PF gets its driver", err);
	if (rc == 0 && p->host->recorded && vw_host_lookf(p->host, "%s", PROGRAM) <= 0)
		vw_finding_add(p->findings, VW_WARN, "program-missing", PROGRAM,
			"install vfward in this root before it boots",
			"%s is not in this root: its VFs will not be made", PROGRAM);
	return rc;
}

int vw_persist_verify_unit(struct vw_persist *p, struct vw_error *err)
{
	int rc = plan_constant(
		p, VERIFY_UNIT, verify_unit, "verifies all of this after a boot", err);

	if (rc == 0)
		rc = plan_constant(p, VERIFY_WANTS, verify_wants, "enables the verification", err);
	return rc;
}
