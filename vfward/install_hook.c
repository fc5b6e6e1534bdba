/* SPDX-License-Identifier: GPL-2.0-or-later */
/* install_hook: puts vfward-hook in place for the libvirt that is installed, or takes it away; others' hooks stay as they are. */
#include "cleanup.h"
#include "command.h"
#include "hook_site.h"
#include "json.h"
#include "report.h"

#include <string.h>

struct outcome {
	bool changed;
	const char *links[VW_HOOK_PLACES], *target; /* NULL = none */
	char libvirt[40];                           /* "" = unknown */
	struct vw_findings findings;
};

static int show(struct vw_context *context, const struct outcome *outcome)
{
	vw_auto(vw_json_end) struct vw_json json = { 0 };

	if (!context->options->json)
		return vw_report_findings(&context->output, &outcome->findings);
	vw_json_begin(&json);
	vw_json_bool(&json, json.top, "changed", outcome->changed);
	vw_json_text(&json, json.top, "link", outcome->links[VW_HOOK_QEMU]);
	vw_json_text(&json, json.top, "network_link", outcome->links[VW_HOOK_NETWORK]);
	vw_json_text(&json, json.top, "target", outcome->target);
	vw_json_name(&json, json.top, "libvirt", outcome->libvirt);
	vw_json_findings(&json, &outcome->findings);
	return vw_json_write(&json, context->output.out);
}

static int uninstall_one(const struct vw_host *host, const char *path, const char **link,
	struct outcome *outcome, struct vw_error *err)
{
	int rc = vw_hook_unlink(host, path, err);

	if (rc <= 0)
		return rc;
	outcome->changed = true;
	*link = path;
	vw_finding_add(&outcome->findings, VW_PASS, "hook-removed", path, NULL,
		"%s is removed; domains start without vfward's checks", path);
	return 0;
}

static int uninstall(struct vw_context *context, struct outcome *outcome, struct vw_error *err)
{
	for (size_t i = 0; i < VW_HOOK_PLACES; i++) {
		const struct vw_hook_place *place = &vw_hook_places[i];
		const char **link = &outcome->links[i];
		int rc = uninstall_one(&context->host, place->dropin, link, outcome, err);

		if (!rc)
			rc = uninstall_one(&context->host, place->main, link, outcome, err);
		if (rc)
			return rc;
		if (vw_hook_entry_at(&context->host, place->dropin) == VW_HOOK_FOREIGN)
			vw_finding_add(&outcome->findings, VW_WARN, "hook-foreign", place->dropin,
				NULL, "%s is not vfward's, and stays", place->dropin);
	}
	if (!outcome->changed)
		vw_finding_add(&outcome->findings, VW_PASS, "hook-removed", VW_HOOKS_DIR, NULL,
			"nothing changed: no hook of vfward's is installed");
	return 0;
}

/* libvirt remembers that a driver has no hook at all; only then it has to be told. Once for a daemon that calls both. */
static void say_reload(
	const struct vw_host *host, struct outcome *outcome, const bool news[VW_HOOK_PLACES])
{
	const char *told = NULL;

	for (size_t i = 0; i < VW_HOOK_PLACES; i++) {
		const char *daemon = vw_libvirt_daemon(host, &vw_hook_places[i]);
		char remedy[64];

		if (!daemon || !news[i] || (told && !strcmp(told, daemon)))
			continue;
		told = daemon;
		snprintf(remedy, sizeof(remedy), "systemctl reload %s", daemon);
		vw_finding_add(&outcome->findings, VW_WARN, "hook-reload", daemon, remedy,
			"%s runs and believes that there is no %s hook; until it is reloaded it "
			"calls none",
			daemon, i == VW_HOOK_QEMU ? "qemu" : "network");
	}
}

/* A place that somebody else has. Without the network hook a pool's VFs are looked at only when the domain starts. */
static void say_foreign(struct outcome *outcome, const char *path, bool is_dropin, bool is_network)
{
	vw_finding_add(&outcome->findings, is_network ? VW_WARN : VW_FAIL, "hook-foreign", path,
		is_dropin ? "move it away, if you know whose it is"
			  : "call vfward-hook from that hook, with its arguments and "
			    "standard input; see vfward-hook(8)",
		is_network ? "%s is there and not vfward's; it is left as it is, and plugging in "
			     "VFs of network pools is not checked"
			   : "%s is there and not vfward's; it is left as it is",
		path);
}

/* Puts one link in place, and takes away the one that an older or newer libvirt had: the hook would run twice. *news: libvirt did not know of any
 * hook here. */
static int install_one(const struct vw_host *host, const struct vw_hook_place *place,
	bool has_dropins, const char **link, bool *news, struct outcome *outcome,
	struct vw_error *err)
{
	const char *path = has_dropins ? place->dropin : place->main;
	const char *other = has_dropins ? place->main : place->dropin;
	bool any_before = vw_hook_any(host, place);
	int rc, removed;

	if (vw_hook_entry_at(host, path) == VW_HOOK_FOREIGN) {
		say_foreign(outcome, path, has_dropins, place == &vw_hook_places[VW_HOOK_NETWORK]);
		return 0;
	}
	*link = path;
	rc = vw_hook_link(host, path, outcome->target, err);
	if (rc < 0)
		return rc;
	vw_finding_add(&outcome->findings, VW_PASS, "hook-installed", path, NULL,
		rc ? "%s leads to %s (libvirt %s)" : "nothing changed: %s leads to %s (libvirt %s)",
		path, outcome->target, outcome->libvirt);
	removed = vw_hook_unlink(host, other, err);
	if (removed < 0)
		return removed;
	if (removed)
		vw_finding_add(&outcome->findings, VW_PASS, "hook-removed", other, NULL,
			"%s, from before, is removed", other);
	if (rc || removed) {
		outcome->changed = true;
		*news = !any_before;
	}
	return 0;
}

static int install(struct vw_context *context, struct outcome *outcome, struct vw_error *err)
{
	struct vw_findings *findings = &outcome->findings;
	bool news[VW_HOOK_PLACES] = { false };
	struct vw_libvirt_version version;
	bool has_dropins;
	int rc = 0;

	if (vw_libvirt_find(&context->host, &version)) {
		vw_finding_add(findings, VW_FAIL, "libvirt-missing", "libvirt",
			"install libvirt first",
			"there is no libvirt here (no libvirt.so.0 below /usr/lib or /usr/lib64)");
		return 0;
	}
	snprintf(outcome->libvirt, sizeof(outcome->libvirt), "%u.%u.%u", version.major,
		version.minor, version.micro);
	has_dropins = vw_libvirt_has_dropins(&version);
	outcome->target = vw_hook_target(&context->host, findings);
	if (!outcome->target)
		return 0;
	for (size_t i = 0; i < VW_HOOK_PLACES && !rc; i++) {
		rc = install_one(&context->host, &vw_hook_places[i], has_dropins,
			&outcome->links[i], &news[i], outcome, err);
		/* without the qemu hook nothing is guarded */
		if (!outcome->links[VW_HOOK_QEMU])
			return rc;
	}
	if (!rc && outcome->changed)
		vw_hook_selinux(&context->host, outcome->links, outcome->target, findings);
	if (!rc)
		say_reload(&context->host, outcome, news);
	return rc;
}

int vw_install_hook_run(struct vw_context *context, const char **args, struct vw_error *err)
{
	struct outcome outcome = { 0 };
	bool failed;
	int rc;

	(void)args;
	if (context->options->own & VW_OWN_UNINSTALL)
		rc = uninstall(context, &outcome, err);
	else
		rc = install(context, &outcome, err);
	failed = vw_findings_worst(&outcome.findings) == VW_FAIL;
	if (show(context, &outcome))
		rc = -ENOMEM;
	vw_findings_free(&outcome.findings);
	if (rc)
		return rc;
	return failed ? VW_EXIT_FAILED : VW_EXIT_GOOD;
}
