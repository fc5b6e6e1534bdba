/* SPDX-License-Identifier: GPL-2.0-or-later */
/* operations: what libvirt tells its hooks, one function each. Only prepare, start and a new port may hear a no: at started, at reconnect and for
 * a port that exists already a no would take something from a guest that runs, and at stopped, release and port-deleted nobody listens. */
#include "hook.h"
#include "adopt.h"
#include "cleanup.h"
#include "libvirt_files.h"
#include "release.h"
#include "view.h"

#include <string.h>

/* Each leaves a file behind. */
#define MAX_DAMAGED 3

static int started(struct vw_hook *hook, struct vw_registry *registry,
	const struct vw_domain *domain, struct vw_error *err)
{
	int changed =
		vw_registry_set_state(registry, domain->uuid, VW_CLAIM_RUNNING, &hook->daemon, err);

	if (changed || !domain->n_devices)
		return changed < 0 ? changed : 0;
	/* prepare was let through without a registry */
	return vw_adopt_domain(
		&hook->host, registry, &hook->config, domain, &hook->daemon, &hook->findings, err);
}

static int reconnect(struct vw_hook *hook, struct vw_registry *registry,
	const struct vw_domain *domain, struct vw_error *err)
{
	return vw_adopt_domain(
		&hook->host, registry, &hook->config, domain, &hook->daemon, &hook->findings, err);
}

static int stopped(struct vw_hook *hook, struct vw_registry *registry,
	const struct vw_domain *domain, struct vw_error *err)
{
	int changed = vw_registry_set_state(
		registry, domain->uuid, VW_CLAIM_STOPPING, &hook->daemon, err);

	return changed < 0 ? changed : 0;
}

static int release(struct vw_hook *hook, struct vw_registry *registry,
	const struct vw_domain *domain, struct vw_error *err)
{
	return vw_release_domain(&hook->host, registry, domain->uuid, &hook->findings, err);
}

/* Where libvirt's files do not tell whether the port is new: a domain that has the VF, with this MAC, takes nothing from anybody. 1, 0 or -errno. */
static int has_port(struct vw_hook *hook, struct vw_registry *registry,
	const struct vw_domain *port, struct vw_error *err)
{
	struct vw_vf_claim claim;
	int rc = vw_release_find_port(&hook->host, registry, port, &claim, err);

	if (rc <= 0)
		return rc;
	return (claim.owner.state == VW_CLAIM_PREPARED || claim.owner.state == VW_CLAIM_RUNNING) &&
	       vw_mac_equal(&claim.mac, &port->devices[0].mac);
}

/* A daemon that restarts tells of all ports again (RECLAIM included); a no would only make it forget that they are in use. */
static int port_created(struct vw_hook *hook, struct vw_registry *registry,
	const struct vw_domain *port, struct vw_error *err)
{
	int again = hook->told_again < 0 ? has_port(hook, registry, port, err) : hook->told_again;

	if (again < 0)
		return again;
	if (!again)
		return vw_hook_port(hook, registry, port, err);
	hook->told_again = again;
	return vw_adopt_port(
		&hook->host, registry, &hook->config, port, &hook->daemon, &hook->findings, err);
}

static int port_deleted(struct vw_hook *hook, struct vw_registry *registry,
	const struct vw_domain *port, struct vw_error *err)
{
	return vw_release_port(&hook->host, registry, port, &hook->findings, err);
}

/* Each returns 0 or -errno: vfward itself does not work. Only a guard sets hook->refused. */
static const struct operation {
	const char *name;
	int (*run)(struct vw_hook *hook, struct vw_registry *registry,
		const struct vw_domain *domain, struct vw_error *err);
	bool may_refuse;
	bool is_network; /* of the network hook, whose domain is a port's owner with the one NIC */
} operations[] = {
	{ "prepare", vw_hook_prepare, true, false },
	{ "start", vw_hook_start, true, false },
	{ "started", started, false, false },
	{ "reconnect", reconnect, false, false },
	{ "stopped", stopped, false, false },
	{ "release", release, false, false },
	{ "port-created", port_created, true, true },
	{ "port-deleted", port_deleted, false, true },
};

static const struct operation *find_operation(const char *name)
{
	for (size_t i = 0; i < VW_ARRAY_SIZE(operations); i++)
		if (!strcmp(operations[i].name, name))
			return &operations[i];
	return NULL;
}

bool vw_hook_knows(const char *operation)
{
	return find_operation(operation);
}

bool vw_hook_may_refuse(const char *operation)
{
	return find_operation(operation)->may_refuse;
}

/* Opens the registry, rebuilds it from the running domains if it was lost, and runs the operation on it. */
static int run_once(struct vw_hook *hook, const struct operation *operation,
	const struct vw_domain *domain, struct vw_error *err)
{
	vw_auto(vw_registry_cleanup) struct vw_registry *registry = NULL;
	int rc = vw_registry_open(&hook->host, false, &registry, err);

	if (!rc)
		rc = vw_adopt_all(&hook->host, registry, &hook->config, &hook->findings, err);
	hook->no_registry = rc;
	if (!rc)
		rc = operation->run(hook, registry, domain, err);
	if (rc == -EBADMSG && registry && vw_registry_set_aside(registry))
		vw_finding_add(&hook->findings, VW_WARN, "registry-rebuilt", "registry", NULL, "%s",
			err->msg); /* run() tries again, and would forget it */
	return hook->no_registry ? vw_error_prefix(err, rc, "the registry of VFs cannot be used")
				 : rc;
}

/* A registry that turns out to be damaged while it is open has been set aside by then, and one that was deleted is gone: the next one is good.
 * Of a file that was deleted others may still be writing the journal, which costs the new one's first users theirs, so
 * once more may not be enough. */
static int run(struct vw_hook *hook, const struct operation *operation,
	const struct vw_domain *domain, struct vw_error *err)
{
	unsigned int damaged = 0;
	int rc;

	do {
		rc = run_once(hook, operation, domain, err);
		damaged += rc == -EBADMSG;
	} while ((rc == -ESTALE || rc == -EBADMSG) && damaged < MAX_DAMAGED &&
		 vw_deadline_sleep(&hook->host.deadline, 1));
	return rc;
}

/* Has libvirt told of this port before: is it on record, or does its owner's live status have the NIC? 1, 0, or -errno where neither says yes and
 * one cannot be read. */
static int is_told_again(
	const struct vw_host *host, const struct vw_network *network, const struct vw_domain *port)
{
	const struct vw_device *nic = &port->devices[0];
	vw_auto(vw_status_free) struct vw_status status = { 0 };
	int recorded = vw_port_is_recorded(host, network->name, network->port_uuid), rc;

	if (recorded > 0)
		return recorded;
	rc = vw_status_read(host, port->name, &status, NULL);
	if (rc)
		return vw_error_absent(rc) ? recorded : rc;
	if (strcmp(status.domain.uuid, port->uuid))
		return recorded;
	for (size_t i = 0; i < status.domain.n_devices; i++) {
		const struct vw_device *device = &status.domain.devices[i];

		if (device->kind == nic->kind && device->has_mac == nic->has_mac &&
			vw_mac_equal(&device->mac, &nic->mac) && device->has_pci == nic->has_pci &&
			vw_pci_equal(&device->pci, &nic->pci) &&
			!strcmp(device->source ? device->source : "",
				nic->source ? nic->source : ""))
			return 1;
	}
	return recorded;
}

/* Standard input as a domain. */
static int parse(struct vw_hook *hook, const struct operation *operation, const char *xml,
	size_t len, struct vw_domain *domain, struct vw_error *err)
{
	struct vw_network network;
	int rc;

	if (!operation->is_network) {
		rc = vw_domain_parse(xml, len, domain, err);
		/* libvirt's own XML always has one */
		return !rc && !domain->uuid[0]
			       ? vw_error_set(err, EBADMSG, "the domain has no <uuid>")
			       : rc;
	}
	rc = vw_network_parse(xml, len, &network, err);
	if (!rc && !network.has_port)
		rc = vw_error_set(err, EBADMSG, "there is no <networkport>");
	if (!rc) {
		hook->told_again = is_told_again(&hook->host, &network, &network.port);
		snprintf(hook->port_owner, sizeof(hook->port_owner), "%s", network.port.name);
		*domain = network.port;
		network.port = (struct vw_domain){ 0 };
	}
	vw_network_free(&network);
	return rc;
}

static bool may_use_vf(const struct operation *operation, const char *xml, size_t len)
{
	return operation->is_network ? vw_network_may_use_vf(xml, len)
				     : vw_domain_may_use_vf(xml, len);
}

bool vw_hook_run(struct vw_hook *hook)
{
	const struct operation *operation = find_operation(hook->operation);
	vw_auto(vw_domain_free) struct vw_domain domain = { 0 };
	vw_auto_free char *xml = NULL;
	struct vw_error err = { "" };
	size_t len = 0;

	hook->is_port = operation->is_network;
	bool whole = vw_hook_read_input(&hook->host, &xml, &len, &err) == 0;

	/* A network's start, started and stopped have the names of a domain's. */
	if (!operation->is_network && vw_network_is_hook_data(xml, len))
		return true;
	if (!whole || parse(hook, operation, xml, len, &domain, &err)) {
		vw_finding_add(&hook->findings, VW_FAIL, "xml-invalid", hook->object,
			whole ? "see that the definition is valid (virt-xml-validate)" : NULL,
			"the XML from libvirt cannot be read: %s", err.msg);
		/* What did not arrive may speak of a VF. */
		return hook->config.on_error_warn || (whole && !may_use_vf(operation, xml, len));
	}
	if (run(hook, operation, &domain, &err)) {
		/* vfward itself does not work. What uses no VF is not to suffer from that. */
		vw_finding_add(&hook->findings, VW_FAIL,
			hook->no_registry ? "registry-unavailable" : "internal", domain.name,
			"mend what the message names; [hook] on-error = warn in vfward.conf lets "
			"domains start unguarded",
			"%s", err.msg);
		return hook->told_again > 0 || hook->config.on_error_warn ||
		       !vw_view_uses_vf(&hook->host, &domain);
	}
	return !hook->refused;
}
