/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy_apply: rules over what was found out about a system. */

/*
 * Theory of operation. On Linux a rule looks at every kernel's check, and what counts of them is summed up anew afterwards; on Windows there
 * is one check a device. All rules look at what the examination found, not at what a rule before them made of it. A rule only makes a
 * verdict worse.
 */
#include "policy_priv.h"

#include "bytes.h"
#include "cleanup.h"

#include <fnmatch.h>
#include <string.h>

/* One check as rules look at it. */
struct scene {
	const struct vw_system *system;
	const struct vw_vf_device *device;
	const char *kernel; /* its release; NULL = the check is of no kernel */
	enum vw_verdict found;
	struct vw_check *check;
};

enum answer { NO, YES, NOT_KNOWN };

static bool has_device(const struct vw_policy_rule *rule, const struct vw_vf_device *device)
{
	char id[10];

	snprintf(id, sizeof(id), "%04x:%04x", device->vendor, device->device);
	for (char **word = rule->devices; word && *word; word++)
		if (strcmp(*word, id) == 0 || vw_device_in_family(device, *word))
			return true;
	return false;
}

static bool is_release(const struct vw_release *release, const struct vw_system *system)
{
	struct vw_version nt = { { system->nt_major, system->nt_minor, system->build }, 3 };
	struct vw_version version = vw_policy_version_guess(system->version);

	if (!release->distro)
		return vw_version_in_range(&nt, &release->range);
	return system->distro && strcmp(system->distro, release->distro) == 0 &&
	       (!release->versions || vw_version_in_range(&version, &release->range));
}

static bool is_for(const struct vw_policy_rule *rule, const struct vw_system *system)
{
	if (system->type != (rule->windows ? VW_SYSTEM_WINDOWS : VW_SYSTEM_LINUX))
		return false;
	if (rule->server >= 0 && system->server != rule->server)
		return false;
	for (size_t i = 0; i < rule->n_releases; i++)
		if (is_release(&rule->releases[i], system))
			return true;
	return !rule->n_releases;
}

/* Windows does not care about case. */
static bool matches(char **globs, const char *text, bool windows)
{
	for (char **glob = globs; text && glob && *glob; glob++)
		if (fnmatch(*glob, text, FNM_NOESCAPE | (windows ? FNM_CASEFOLD : 0)) == 0)
			return true;
	return false;
}

static enum answer is_below(const struct vw_version *limit, const char *text)
{
	struct vw_version version = vw_policy_version_guess(text);

	if (!version.n)
		return NOT_KNOWN;
	return vw_policy_version_compare(&version, limit) < 0 ? YES : NO;
}

/* Do the rule's conditions hold? */
static enum answer holds(const struct vw_policy_rule *rule, const struct scene *scene)
{
	const struct vw_check *check = scene->check;
	enum answer kernel = YES, driver = YES;

	if (rule->no_driver && scene->found != VW_VERDICT_FAIL &&
		scene->found != VW_VERDICT_NOT_APPLICABLE)
		return NO;
	if (!rule->no_driver && rule->drivers &&
		!matches(rule->drivers, check->driver, rule->windows))
		return NO;
	if (rule->paths && !matches(rule->paths, check->path, rule->windows))
		return NO;
	if (rule->kernel_below.n)
		kernel = is_below(&rule->kernel_below, scene->kernel);
	if (rule->driver_below.n)
		driver = check->driver ? is_below(&rule->driver_below, check->version) : NO;
	if (kernel == NO || driver == NO)
		return NO;
	if (driver == NOT_KNOWN && rule->unknown_fails)
		driver = YES;
	return kernel == YES && driver == YES ? YES : NOT_KNOWN;
}

/* "note (rule x; confidence low; source)", freed by the caller; NULL = no memory. */
static char *describe(const struct vw_policy_rule *rule)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 };

	vw_bytes_addf(&text, "%s (rule %s", rule->note, rule->name);
	if (rule->confidence != VW_CONFIDENCE_HIGH)
		vw_bytes_addf(&text, "; confidence %s", vw_confidence_name(rule->confidence));
	if (rule->source)
		vw_bytes_addf(&text, "; %s", rule->source);
	vw_bytes_addf(&text, ")");
	return text.lost ? NULL : strndup(text.data, text.len);
}

/* The last sentence of evidence becomes the first. */
static void to_front(struct vw_names *evidence)
{
	char *last;

	if (!evidence->n)
		return;
	last = evidence->v[evidence->n - 1];
	memmove(evidence->v + 1, evidence->v, (evidence->n - 1) * sizeof(*evidence->v));
	evidence->v[0] = last;
}

static void fail(const struct vw_policy_rule *rule, const char *text, struct vw_check *check)
{
	bool worse = check->verdict != VW_VERDICT_FAIL;

	vw_check_evidence(check, "%s", text);
	vw_check_set(check, &check->remedy, rule->remedy);
	if (!worse)
		return;
	check->verdict = vw_verdict_worse(check->verdict, VW_VERDICT_FAIL);
	check->confidence = rule->confidence;
	to_front(&check->evidence);
}

/* What a rule says of one check. Returns whether it has a warning for it. */
static bool apply(const struct vw_policy_rule *rule, const char *text, struct scene *scene)
{
	enum answer answer = holds(rule, scene);

	if (answer == NOT_KNOWN)
		vw_check_evidence(scene->check,
			"the version of %s is not known: rule %s says nothing",
			scene->check->driver ? scene->check->driver : "the kernel", rule->name);
	if (answer != YES)
		return false;
	if (rule->effect == VW_EFFECT_FAIL)
		fail(rule, text, scene->check);
	else if (rule->effect == VW_EFFECT_INFO)
		vw_check_evidence(scene->check, "%s", text);
	return rule->effect == VW_EFFECT_WARN;
}

static int warn(const struct vw_policy_rule *rule, const char *text,
	const struct vw_vf_device *device, const struct vw_bytes *kernels,
	struct vw_findings *findings)
{
	char id[10];

	snprintf(id, sizeof(id), "%04x:%04x", device->vendor, device->device);
	vw_finding_add(findings, VW_WARN, "guest-policy", id, rule->remedy, "%s%s%s%.*s: %s", id,
		*device->name ? " " : "", device->name, (int)kernels->len,
		kernels->data ? kernels->data : "", text);
	return findings->lost ? -ENOMEM : 0;
}

/* One rule and one device. 0 or -ENOMEM. */
static int apply_rule(const struct vw_policy_rule *rule, struct vw_system *system,
	struct vw_device_result *result, const enum vw_verdict *found)
{
	vw_auto(vw_bytes_free) struct vw_bytes kernels = { 0 };
	vw_auto_free char *text = NULL;
	struct scene scene = { .system = system, .device = result->device };
	bool warned = false;

	if (rule->effect == VW_EFFECT_OFF || !is_for(rule, system) ||
		!has_device(rule, result->device))
		return 0;
	text = describe(rule);
	if (!text)
		return -ENOMEM;
	if (!result->kernels || !system->n_kernels) {
		scene.check = &result->sum;
		scene.found = found[0];
		warned = apply(rule, text, &scene);
	}
	for (size_t k = 0; result->kernels && k < system->n_kernels; k++) {
		scene.kernel = system->kernels[k].release;
		scene.check = &result->kernels[k];
		scene.found = found[k];
		if (!apply(rule, text, &scene))
			continue;
		vw_bytes_addf(&kernels, "%s%s", warned ? ", " : ", kernel ", scene.kernel);
		warned = true;
	}
	if (kernels.lost)
		return -ENOMEM;
	return warned ? warn(rule, text, result->device, &kernels, &system->findings) : 0;
}

static int apply_device(
	const struct vw_policy *policy, struct vw_system *system, struct vw_device_result *result)
{
	vw_auto_free enum vw_verdict *found = calloc(system->n_kernels + 1, sizeof(*found));
	int rc = found ? 0 : -ENOMEM;

	if (rc < 0)
		return rc;
	found[0] = result->sum.verdict;
	for (size_t k = 0; result->kernels && k < system->n_kernels; k++)
		found[k] = result->kernels[k].verdict;
	for (size_t i = 0; rc == 0 && i < policy->n_rules; i++)
		rc = apply_rule(&policy->rules[i], system, result, found);
	return rc;
}

int vw_policy_apply(
	const struct vw_policy *policy, enum vw_kernel_policy kernels, struct vw_system *system)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < system->n_devices; i++)
		rc = apply_device(policy, system, &system->devices[i]);
	if (rc == 0 && system->type == VW_SYSTEM_LINUX)
		vw_linux_sum(system, kernels);
	for (size_t i = 0; rc == 0 && i < system->n_devices; i++)
		if (system->devices[i].sum.lost)
			rc = -ENOMEM;
	return rc;
}
