/* SPDX-License-Identifier: GPL-2.0-or-later */
/* operations: the qemu hook's operations, one function each. Only prepare and start may say no: at started and reconnect a no
 * would kill a guest that runs, and at stopped and release nobody listens. */
#include "hook.h"
#include "adopt.h"
#include "cleanup.h"
#include "release.h"
#include "view.h"

#include <string.h>

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

/* Each returns 0 or -errno: vfward itself does not work. Only a guard sets hook->refused. */
static const struct operation {
	const char *name;
	int (*run)(struct vw_hook *hook, struct vw_registry *registry,
		const struct vw_domain *domain, struct vw_error *err);
	bool may_refuse;
} operations[] = {
	{ "prepare", vw_hook_prepare, true },
	{ "start", vw_hook_start, true },
	{ "started", started, false },
	{ "reconnect", reconnect, false },
	{ "stopped", stopped, false },
	{ "release", release, false },
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

/* A registry that turns out to be damaged, or was deleted, while it was open has been set aside by then: the next one is good. */
static int run(struct vw_hook *hook, const struct operation *operation,
	const struct vw_domain *domain, struct vw_error *err)
{
	int rc = run_once(hook, operation, domain, err);

	return rc == -EBADMSG || rc == -ESTALE ? run_once(hook, operation, domain, err) : rc;
}

bool vw_hook_qemu(struct vw_hook *hook)
{
	const struct operation *operation = find_operation(hook->operation);
	vw_auto(vw_domain_free) struct vw_domain domain = { 0 };
	vw_auto_free char *xml = NULL;
	struct vw_error err = { "" };
	size_t len = 0;

	int unread = vw_hook_read_input(&hook->host, &xml, &len, &err);
	if (unread || vw_domain_parse(xml, len, &domain, &err)) {
		vw_finding_add(&hook->findings, VW_FAIL, "xml-invalid", hook->object,
			unread ? NULL : "see that the definition is valid (virt-xml-validate)",
			"the domain's XML cannot be read: %s", err.msg);
		/* What did not arrive may speak of anything. */
		return hook->config.on_error_warn || (!unread && !vw_domain_may_use_vf(xml, len));
	}
	if (!domain.uuid[0]) /* libvirt's own XML always has one */
		vw_error_set(&err, EBADMSG, "the domain has no <uuid>");
	if (!domain.uuid[0] || run(hook, operation, &domain, &err)) {
		/* vfward itself does not work. What uses no VF is not to suffer from that. */
		vw_finding_add(&hook->findings, VW_FAIL,
			hook->no_registry ? "registry-unavailable" : "internal", domain.name,
			"mend what the message names; [hook] on-error = warn in vfward.conf lets "
			"domains start unguarded",
			"%s", err.msg);
		return hook->config.on_error_warn || !vw_view_uses_vf(&hook->host, &domain);
	}
	return !hook->refused;
}
