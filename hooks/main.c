/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main: vfward-hook as libvirt calls it: NAME OPERATION SUB-OPERATION EXTRA, the domain's (or the network's and its port's) XML on standard input.
 *
 * Nothing is ever written to stdout: libvirt takes what migrate and restore print for a new domain XML. */
#include "hook.h"
#include <stdlib.h>
#include <unistd.h>

/* A session daemon (qemu:///session) calls the same hook as an ordinary user. It cannot pass VFs through, and cannot
 * read what we need to know. */
static bool is_session(void)
{
	return geteuid() != 0;
}

static bool run(struct vw_hook *hook)
{
	struct vw_error err = { "" };

	if (vw_host_open(&hook->host, getenv("VFWARD_ROOT"), &err)) {
		vw_finding_add(&hook->findings, VW_FAIL, "internal", "root", NULL, "%s", err.msg);
		return false;
	}
	if (vw_config_load(&hook->host, &hook->config, &hook->findings, &err))
		vw_finding_add(&hook->findings, VW_WARN, "config-invalid", "configuration", NULL,
			"%s", err.msg);
	for (size_t i = 0; i < hook->findings.n; i++)
		hook->findings.v[i].severity =
			VW_WARN; /* a mistake in the configuration stops no domain */
	hook->host.deadline = vw_deadline_in(hook->config.deadline_ms);
	hook->daemon = vw_process_daemon();
	return vw_hook_run(hook);
}

int main(int argc, char **argv)
{
	struct vw_hook hook = { .host = { .root_fd = -1 } };
	bool allowed;

	if (argc < 3 || !vw_hook_knows(argv[2]) || is_session())
		return 0;
	hook.object = argv[1];
	hook.operation = argv[2];
	allowed = run(&hook) || !vw_hook_may_refuse(hook.operation);
	vw_hook_report(&hook, allowed);
	vw_findings_free(&hook.findings);
	vw_config_free(&hook.config);
	vw_host_close(&hook.host);
	return allowed ? 0 : 1;
}
