/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report: findings to syslog (always) and to stderr (libvirt shows it only when the hook fails). */
#include "hook.h"
#include "log.h"
#include "text.h"

#include <string.h>
#include <syslog.h>

/* Of each severity; a domain with thousands of wrong devices is not to flood the log. */
#define MAX_SAID 50

static int priority_of(enum vw_severity severity)
{
	return severity == VW_FAIL ? LOG_ERR : severity == VW_WARN ? LOG_WARNING : LOG_INFO;
}

static void say_left_out(
	const struct vw_hook *hook, const char *name, enum vw_severity severity, unsigned int n)
{
	if (n <= MAX_SAID)
		return;
	fprintf(stderr, "%s: %u more are left out\n", vw_severity_name(severity), n - MAX_SAID);
	vw_log(&hook->host, "vfward-hook", priority_of(severity), "%s %s: %s: %u more are left out",
		hook->operation, name, vw_severity_name(severity), n - MAX_SAID);
}

void vw_hook_report(const struct vw_hook *hook, bool allowed)
{
	unsigned int said[VW_SKIP + 1] = { 0 };
	char name[1200], who[600];

	vw_text_escape(name, sizeof(name), hook->object);
	if (hook->port_owner[0]) {
		size_t len = strlen(name);

		snprintf(name + len, sizeof(name) - len, ", domain %s",
			vw_text_escape(who, sizeof(who), hook->port_owner));
	}
	if (!allowed)
		fprintf(stderr, "vfward refuses %s %s at %s:\n",
			hook->is_port ? "the port of network" : "domain", name, hook->operation);
	for (size_t i = 0; i < hook->findings.n; i++) {
		const struct vw_finding *finding = &hook->findings.v[i];

		if (++said[finding->severity] > MAX_SAID)
			continue;
		vw_log(&hook->host, "vfward-hook", priority_of(finding->severity),
			"%s %s: %s %s: %s", hook->operation, name,
			vw_severity_name(finding->severity), finding->id, finding->message);
		if (finding->severity == VW_FAIL || finding->severity == VW_WARN)
			vw_finding_write(stderr, finding);
	}
	say_left_out(hook, name, VW_FAIL, said[VW_FAIL]);
	say_left_out(hook, name, VW_WARN, said[VW_WARN]);
	if (!allowed)
		vw_log(&hook->host, "vfward-hook", LOG_ERR, "%s %s: refused", hook->operation,
			name);
}
