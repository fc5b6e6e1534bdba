/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loader: the boot loaders, and which of them is in charge. */
#include "loader.h"

#include "cleanup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct vw_loader *const vw_loaders[] = { &vw_loader_grub2, &vw_loader_bls,
	&vw_loader_grub_legacy, &vw_loader_sdboot, &vw_loader_uki, &vw_loader_ostree,
	&vw_loader_transactional, &vw_loader_bootc, &vw_loader_proxmox, &vw_loader_zipl, NULL };

static int choose_named(const struct vw_host *host, const char *wanted,
	const struct vw_loader **loader, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes names = { 0 };
	char evidence[256] = "";
	int rc;

	for (size_t i = 0; vw_loaders[i]; i++) {
		vw_bytes_addf(&names, "%s%s", i ? ", " : "one of ", vw_loaders[i]->name);
		if (strcmp(vw_loaders[i]->name, wanted) != 0)
			continue;
		rc = vw_loaders[i]->detect(host, evidence, sizeof(evidence), err);
		if (rc == 0)
			vw_finding_add(findings, VW_FAIL, "loader-none", wanted,
				"leave --bootloader out, or name another one",
				"there is no sign of %s here", vw_loaders[i]->title);
		if (rc == 1)
			*loader = vw_loaders[i];
		return rc < 0 ? rc : 0;
	}
	if (names.lost)
		return vw_error_set(err, ENOMEM, "out of memory");
	vw_finding_add(findings, VW_FAIL, "loader-unknown", wanted, names.data,
		"no boot loader is called %s", wanted);
	return 0;
}

const struct vw_loader *vw_loader_find(const char *name)
{
	for (size_t i = 0; name && vw_loaders[i]; i++)
		if (!strcmp(vw_loaders[i]->name, name))
			return vw_loaders[i];
	return NULL;
}

int vw_loader_choose(const struct vw_host *host, const char *wanted,
	const struct vw_loader **loader, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes found = { 0 }, names = { 0 };
	bool manages = false;
	size_t n = 0;

	*loader = NULL;
	if (wanted)
		return choose_named(host, wanted, loader, findings, err);
	for (size_t i = 0; vw_loaders[i]; i++) {
		const struct vw_loader *one = vw_loaders[i];
		char evidence[256] = "";
		int rc = one->detect(host, evidence, sizeof(evidence), err);

		if (rc < 0)
			return vw_error_prefix(err, rc, "%s", one->title);
		if (rc == 0 || (manages && !one->manages))
			continue;
		if (one->manages && !manages) {
			manages = true;
			found.len = names.len = n = 0;
		}
		*loader = one;
		vw_bytes_addf(&found, "%s%s (%s)", n ? " and " : "", one->title, evidence);
		vw_bytes_addf(&names, "%s--bootloader %s", n ? " or " : "", one->name);
		n++;
	}
	if (found.lost || names.lost)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (n == 1)
		return 0;
	*loader = NULL;
	if (n == 0)
		vw_finding_add(findings, VW_SKIP, "loader-none", "boot loader",
			"put the kernel arguments in by hand",
			"no boot loader that vfward knows was found");
	else
		vw_finding_add(findings, VW_FAIL, "loader-ambiguous", "boot loader", names.data,
			"there is more than one boot loader, and which one starts this host cannot "
			"be "
			"told: %s",
			found.data);
	return 0;
}
