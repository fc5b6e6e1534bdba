/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hook: what the files of vfward-hook share: one run of the hook. */
#ifndef VW_HOOK_H
#define VW_HOOK_H

#include "config.h"
#include "domain_xml.h"
#include "finding.h"
#include "host.h"
#include "registry.h"

struct vw_hook {
	struct vw_host host;
	struct vw_config config;
	const char *object;    /* argv[1]: the domain's or the network's name, as libvirt has it */
	const char *operation; /* argv[2] */
	bool is_port; /* of the network hook: `object` is a network, and a port's owner has the NIC */
	char port_owner
		[256]; /* port-created, port-deleted: the domain's name, cut if longer; "" = not known */
	struct vw_process daemon;
	struct vw_findings findings;
	int told_again; /* a port: has libvirt told of it before? 1, 0, or -errno: its files cannot be read */
	bool refused;     /* the judge says no */
	bool no_registry; /* the registry cannot be had */
};

/* Is this operation of the qemu or network hook one that vfward has something to do at? All others, future ones too, are none of our business. */
bool vw_hook_knows(const char *operation);

/* Does libvirt take no for an answer at this operation, of those that vw_hook_knows? Elsewhere a no kills a running guest, or nobody hears it. */
bool vw_hook_may_refuse(const char *operation);

/* Reads the XML from standard input and carries the operation out. Returns whether libvirt may go on; what there is
 * to say is in hook->findings. */
bool vw_hook_run(struct vw_hook *hook);

/* The guards: judge until the answer stands, then claim. 0 with hook->refused set or not, or -errno: no answer can be had. */
int vw_hook_prepare(struct vw_hook *hook, struct vw_registry *registry,
	const struct vw_domain *domain, struct vw_error *err);
/* At start the VFs are bound and their MACs set; claims that stand keep what they know of before. */
int vw_hook_start(struct vw_hook *hook, struct vw_registry *registry,
	const struct vw_domain *domain, struct vw_error *err);

/* A port is one NIC of a domain: what else the domain has claimed stands. */
int vw_hook_port(struct vw_hook *hook, struct vw_registry *registry, const struct vw_domain *port,
	struct vw_error *err);

/* Says every finding to syslog, and those that stand in the way to libvirt, which shows stderr if the hook fails. */
void vw_hook_report(const struct vw_hook *hook, bool allowed);

/* Reads standard input to its end, at most VW_DOMAIN_XML_MAX bytes and inside the deadline. Caller frees *data,
 * which holds what was read so far on failure too. 0 or -errno with a message. */
int vw_hook_read_input(const struct vw_host *host, char **data, size_t *len, struct vw_error *err);

#endif
