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
	const char *link, *target; /* NULL = none */
	char libvirt[40];          /* "" = unknown */
	struct vw_findings findings;
};

static int show(struct vw_context *context, const struct outcome *outcome)
{
	vw_auto(vw_json_end) struct vw_json json = { 0 };

	if (!context->options->json)
		return vw_report_findings(&context->output, &outcome->findings);
	vw_json_begin(&json);
	vw_json_bool(&json, json.top, "changed", outcome->changed);
	vw_json_text(&json, json.top, "link", outcome->link);
	vw_json_text(&json, json.top, "target", outcome->target);
	vw_json_name(&json, json.top, "libvirt", outcome->libvirt);
	vw_json_findings(&json, &outcome->findings);
	return vw_json_write(&json, context->output.out);
}

static int uninstall(struct vw_context *context, struct outcome *outcome, struct vw_error *err)
{
	static const char *const paths[] = { VW_HOOK_DROPIN, VW_HOOK_MAIN };

	for (size_t i = 0; i < VW_ARRAY_SIZE(paths); i++) {
		int rc = vw_hook_unlink(&context->host, paths[i], err);

		if (rc < 0)
			return rc;
		if (rc == 0)
			continue;
		outcome->changed = true;
		outcome->link = paths[i];
		vw_finding_add(&outcome->findings, VW_PASS, "hook-removed", paths[i], NULL,
			"%s is removed; domains start without vfward's checks", paths[i]);
	}
	if (vw_hook_entry_at(&context->host, VW_HOOK_DROPIN) == VW_HOOK_FOREIGN)
		vw_finding_add(&outcome->findings, VW_WARN, "hook-foreign", VW_HOOK_DROPIN, NULL,
			"%s is not vfward's, and stays", VW_HOOK_DROPIN);
	if (!outcome->changed)
		vw_finding_add(&outcome->findings, VW_PASS, "hook-removed", VW_HOOKS_DIR, NULL,
			"nothing changed: no hook of vfward's is installed");
	return 0;
}

/* Where the hook belongs; NULL with a FAIL finding. */
static const char *find_place(struct vw_context *context, struct outcome *outcome)
{
	struct vw_findings *findings = &outcome->findings;
	struct vw_libvirt_version version;
	const char *place;

	if (vw_libvirt_find(&context->host, &version)) {
		vw_finding_add(findings, VW_FAIL, "libvirt-missing", "libvirt",
			"install libvirt first",
			"there is no libvirt here (no libvirt.so.0 below /usr/lib or /usr/lib64)");
		return NULL;
	}
	snprintf(outcome->libvirt, sizeof(outcome->libvirt), "%u.%u.%u", version.major,
		version.minor, version.micro);
	place = vw_libvirt_has_dropins(&version) ? VW_HOOK_DROPIN : VW_HOOK_MAIN;
	if (vw_hook_entry_at(&context->host, place) != VW_HOOK_FOREIGN)
		return place;
	vw_finding_add(findings, VW_FAIL, "hook-foreign", place,
		strcmp(place, VW_HOOK_MAIN) == 0
			? "call vfward-hook from that hook, with its arguments and "
			  "standard input; see vfward-hook(8)"
			: "move it away, if you know whose it is",
		"%s is there and not vfward's; it is left as it is", place);
	return NULL;
}

/* libvirt remembers that there is no hook at all; only then it has to be told. */
static void say_reload(
	const struct vw_host *host, struct outcome *outcome, bool any_before, bool changed)
{
	const char *daemon = vw_libvirt_daemon(host);
	char remedy[64];

	if (!daemon || any_before || !changed)
		return;
	snprintf(remedy, sizeof(remedy), "systemctl reload %s", daemon);
	vw_finding_add(&outcome->findings, VW_WARN, "hook-reload", daemon, remedy,
		"%s runs and believes that there is no hook; until it is reloaded nothing is "
		"checked",
		daemon);
}

static int install(struct vw_context *context, struct outcome *outcome, struct vw_error *err)
{
	const struct vw_host *host = &context->host;
	const char *place = find_place(context, outcome), *other;
	bool any_before = vw_hook_any(host);
	int rc;

	outcome->target = vw_hook_target(host, &outcome->findings);
	if (!place || !outcome->target)
		return 0;
	outcome->link = place;
	rc = vw_hook_link(host, place, outcome->target, err);
	if (rc < 0)
		return rc;
	outcome->changed = rc > 0;
	vw_finding_add(&outcome->findings, VW_PASS, "hook-installed", place, NULL,
		rc ? "%s leads to %s (libvirt %s)" : "nothing changed: %s leads to %s (libvirt %s)",
		place, outcome->target, outcome->libvirt);
	/* left from an older or newer libvirt: the hook would run twice */
	other = strcmp(place, VW_HOOK_MAIN) == 0 ? VW_HOOK_DROPIN : VW_HOOK_MAIN;
	rc = vw_hook_unlink(host, other, err);
	if (rc < 0)
		return rc;
	if (rc) {
		outcome->changed = true;
		vw_finding_add(&outcome->findings, VW_PASS, "hook-removed", other, NULL,
			"%s, from before, is removed", other);
	}
	if (outcome->changed)
		vw_hook_selinux(host, place, outcome->target, &outcome->findings);
	say_reload(host, outcome, any_before, outcome->changed);
	return 0;
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
