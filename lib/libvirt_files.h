/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt_files: what libvirt's daemons leave in /run and /etc: live status of domains and networks, definitions of domains. Read as files, because a hook that calls libvirt deadlocks. */
#ifndef VW_LIBVIRT_FILES_H
#define VW_LIBVIRT_FILES_H

#include "domain_xml.h"
#include "host.h"
#include "network_xml.h"

#include <sys/types.h>

struct vw_status {
	struct vw_domain domain; /* with <actual> in place of unresolved networks */
	pid_t pid;               /* of its QEMU; 0 = unknown */
	char state[24];          /* <domstatus state=>: "running", "paused", "shutdown", … */
};

/* /run/libvirt/qemu/NAME.xml, written from `start` on and removed before `release`. 0, -ENOENT (no such domain is live; also for a name with '/'), -errno with a message. */
int vw_status_read(const struct vw_host *host, const char *name, struct vw_status *status,
	struct vw_error *err);
void vw_status_free(struct vw_status *status);

/* The names of all live domains. Missing directory = none. */
int vw_status_list(const struct vw_host *host, struct vw_names *names);

/* /etc/libvirt/qemu/NAME.xml: a domain that is defined, whether it runs or not. As above. */
int vw_definition_read(const struct vw_host *host, const char *name, struct vw_domain *domain,
	struct vw_error *err);
/* The names of all that are defined. Missing directory = none. */
int vw_definition_list(const struct vw_host *host, struct vw_names *names);

/* /run/libvirt/network/NAME.xml: a network that is active. 0, -ENOENT (it is not; also for a name with '/'), -errno with a message. */
int vw_network_read(const struct vw_host *host, const char *name, struct vw_network *network,
	struct vw_error *err);

/* Does libvirt have this port on record? It writes the file after the hook has accepted the port, so it is there only when an existing port is
 * told of again (network/bridge_driver.c: networkPortCreateXML, networkUpdatePort). 1, 0, or -errno where that cannot be told. */
int vw_port_is_recorded(const struct vw_host *host, const char *network, const char *port_uuid);

#endif
