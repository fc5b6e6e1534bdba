/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy: which files of devices and rules there are, and what they must be together. */
#include "policy_priv.h"

#include "cleanup.h"
#include "datadir.h"
#include "dropins.h"

#include <limits.h>
#include <string.h>

void vw_policy_free(struct vw_policy *policy)
{
	vw_devices_free(&policy->devices);
	for (size_t i = 0; i < policy->n_rules; i++)
		vw_policy_rule_free(&policy->rules[i]);
	free(policy->rules);
	*policy = (struct vw_policy){ 0 };
}

static void complain(struct vw_findings *findings, const char *file, unsigned int line,
	const char *remedy, const char *text)
{
	char subject[512];

	if (line)
		snprintf(subject, sizeof(subject), "%s:%u", file, line);
	else
		snprintf(subject, sizeof(subject), "%s", file);
	vw_finding_add(findings, VW_FAIL, "guest-policy-invalid", subject, remedy, "%s: %s",
		subject, text);
}

/* Is there a device of this id or family? */
static bool is_known(const struct vw_devices *devices, const char *word)
{
	uint16_t vendor, device;

	if (vw_policy_device_id(word, &vendor, &device))
		return vw_devices_find(devices, vendor, device);
	for (size_t i = 0; i < devices->n; i++)
		if (vw_device_in_family(&devices->v[i], word))
			return true;
	return false;
}

void vw_policy_check(const struct vw_policy *policy, struct vw_findings *findings)
{
	for (size_t i = 0; i < policy->n_rules; i++) {
		const struct vw_policy_rule *rule = &policy->rules[i];

		for (char **word = rule->devices; word && *word; word++) {
			char text[256];

			if (is_known(&policy->devices, *word))
				continue;
			snprintf(text, sizeof(text), "no device has the %s \"%s\"",
				strchr(*word, ':') ? "id" : "family", *word);
			complain(findings, rule->file, rule->line,
				"use one of " VW_DEVICES_FILE ", or add a [device] section", text);
		}
	}
}

/* A file that must be there. 0 or -ENOMEM. */
static int read_needed(const struct vw_host *host, const char *path, struct vw_policy *policy,
	struct vw_findings *findings, const char *remedy)
{
	if (vw_host_lookf(host, "%s", path) != 0)
		return vw_policy_read(host, path, policy, findings);
	complain(findings, path, 0, remedy, "there is no such file");
	return findings->lost ? -ENOMEM : 0;
}

static int read_shipped(
	const struct vw_host *running, struct vw_policy *policy, struct vw_findings *findings)
{
	static const char *const names[] = { VW_DEVICES_FILE, VW_POLICY_FILE };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < VW_ARRAY_SIZE(names); i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", vw_datadir(), names[i]);
		rc = read_needed(running, path, policy, findings, "install vfward anew");
	}
	return rc;
}

/* Only a directory that is not there has no files: rules must not get lost because something else is in its place. 1 = list it. */
static int look_for_directory(const struct vw_host *host, struct vw_findings *findings)
{
	vw_auto(vw_names_free) struct vw_names names = { 0 };
	struct vw_error why = { "" };
	char target[PATH_MAX];
	int rc = vw_host_listf(host, &names, VW_POLICY_DIR);

	if (rc >= 0 || rc == -ENOMEM)
		return rc < 0 ? rc : 1;
	if (rc == -ENOENT && vw_host_readlinkf(host, target, sizeof(target), VW_POLICY_DIR) < 0)
		return 0;
	vw_error_errno(&why, -rc, "cannot be read");
	complain(findings, VW_POLICY_DIR, 0, NULL, why.msg);
	return findings->lost ? -ENOMEM : 0;
}

static int read_directory(
	const struct vw_host *host, struct vw_policy *policy, struct vw_findings *findings)
{
	static const char *const directory = VW_POLICY_DIR;
	vw_auto(vw_dropins_free) struct vw_dropins files = { 0 };
	const char *which;
	int rc = look_for_directory(host, findings);

	if (rc > 0)
		rc = vw_dropins_list(host, &directory, 1, ".conf", &files, &which);
	for (size_t i = 0; rc == 0 && i < files.n; i++)
		rc = vw_policy_read(host, files.paths[i], policy, findings);
	return rc;
}

/* The file of --policy, whose name may be relative. */
static int read_extra(const struct vw_host *running, const char *extra, struct vw_policy *policy,
	struct vw_findings *findings)
{
	vw_auto_free char *here = extra[0] == '/' ? strdup("") : getcwd(NULL, 0);
	vw_auto_free char *path = NULL;
	struct vw_error why;

	if (!here && errno != ENOMEM) { /* removed, or out of reach */
		vw_error_errno(&why, errno, "the working directory cannot be told");
		complain(findings, extra, 0, "give the whole path", why.msg);
		return findings->lost ? -ENOMEM : 0;
	}
	if (!here || asprintf(&path, "%s%s%s", here, extra[0] == '/' ? "" : "/", extra) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return read_needed(running, path, policy, findings, NULL);
}

int vw_policy_load(const struct vw_host *host, const char *extra, struct vw_policy *policy,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_host_close) struct vw_host running = { .root_fd = -1 };
	int rc = vw_host_open(&running, NULL, err);

	*policy = (struct vw_policy){ 0 };
	if (rc < 0)
		return rc;
	rc = read_shipped(&running, policy, findings);
	if (rc == 0)
		rc = read_directory(host, policy, findings);
	if (rc == 0 && extra)
		rc = read_extra(&running, extra, policy, findings);
	if (rc == 0)
		vw_policy_check(policy, findings);
	if (rc == 0 && !findings->lost)
		return 0;
	vw_policy_free(policy);
	return vw_error_set(err, ENOMEM, "out of memory");
}
