/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report: findings to syslog (always) and to stderr (libvirt shows it only when the hook fails). */
#include "hook.h"
#include "log.h"
#include "text.h"

#include <string.h>
#include <syslog.h>

static int priority_of(enum vw_severity severity)
{
	return severity == VW_FAIL ? LOG_ERR : severity == VW_WARN ? LOG_WARNING : LOG_INFO;
}

void vw_hook_report(const struct vw_hook *hook, bool allowed)
{
	char name[1200], who[600];

	vw_text_escape(name, sizeof(name), hook->object);
	if (hook->port_owner[0]) {
		size_t len = strlen(name);

		snprintf(name + len, sizeof(name) - len, ", domain %s",
			vw_text_escape(who, sizeof(who), hook->port_owner));
	}
	if (!allowed)
		fprintf(stderr, "vfward refuses %s %s at %s:\n",
			hook->port_owner[0] ? "the port of network" : "domain", name,
			hook->operation);
	for (size_t i = 0; i < hook->findings.n; i++) {
		const struct vw_finding *finding = &hook->findings.v[i];

		vw_log(&hook->host, "vfward-hook", priority_of(finding->severity),
			"%s %s: %s %s: %s", hook->operation, name,
			vw_severity_name(finding->severity), finding->id, finding->message);
		if (finding->severity == VW_FAIL || finding->severity == VW_WARN)
			vw_finding_write(stderr, finding);
	}
	if (!allowed)
		vw_log(&hook->host, "vfward-hook", LOG_ERR, "%s %s: refused", hook->operation,
			name);
}
