/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_vfs_conf: any bytes as vfs.conf: what is read, and setting and removing a section. */
#include "fuzz.h"

#include "cleanup.h"
#include "vfs_conf.h"

static void parse(
	const char *text, size_t len, struct vw_vfs_conf *conf, struct vw_findings *findings)
{
	*findings = (struct vw_findings){ 0 };
	MUST(vw_vfs_conf_parse(text, len, conf, findings, NULL) == 0);
	fuzz_check_findings(findings);
	MUST(findings->n <= 101);
	for (size_t i = 0; i < conf->n; i++) {
		MUST(conf->v[i].vfs <= 0xffff);
		MUST(conf->v[i].autoprobe >= -1 && conf->v[i].autoprobe <= 1);
		MUST(conf->v[i].line > 0);
		MUST(!vw_mac_is_multicast(&conf->v[i].mac));
		MUST(vw_vfs_conf_find(conf, &conf->v[i].pf) == &conf->v[i]); /* none twice */
	}
}

/* A text without mistakes says what was set, and of other PFs what it said before. */
static void check_set(
	const char *text, size_t len, const struct vw_vfs_conf *before, unsigned int vfs)
{
	struct vw_pf_conf want = { .pf = { 0, 1, 0, 0 }, .vfs = vfs, .autoprobe = -1 };
	vw_auto(vw_bytes_free) struct vw_bytes after = { 0 }, again = { 0 };
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	vw_auto(vw_vfs_conf_free) struct vw_vfs_conf conf = { 0 };
	const struct vw_pf_conf *is;
	size_t others = before->n - !!vw_vfs_conf_find(before, &want.pf);

	MUST(vw_vfs_conf_set(text, len, &want, &after) == 0);
	parse(after.data ? after.data : "", after.len, &conf, &findings);
	MUST(findings.n == 0);
	is = vw_vfs_conf_find(&conf, &want.pf);
	MUST(vfs ? is && is->vfs == vfs && is->autoprobe == -1 : !is);
	MUST(conf.n == others + (vfs ? 1 : 0));
	for (size_t i = 0; i < before->n; i++) {
		const struct vw_pf_conf *other = vw_vfs_conf_find(&conf, &before->v[i].pf);

		if (vw_pci_equal(&before->v[i].pf, &want.pf))
			continue;
		MUST(other && other->vfs == before->v[i].vfs &&
			other->autoprobe == before->v[i].autoprobe &&
			vw_mac_equal(&other->mac, &before->v[i].mac));
	}
	MUST(vw_vfs_conf_set(after.data ? after.data : "", after.len, &want, &again) == 0);
	MUST(vw_bytes_equal(&after, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };
	vw_auto(vw_vfs_conf_free) struct vw_vfs_conf conf = { 0 };

	parse((const char *)data, size, &conf, &findings);
	if (findings.n)
		return 0;
	check_set((const char *)data, size, &conf, 0);
	check_set((const char *)data, size, &conf, 4);
	return 0;
}
