/* SPDX-License-Identifier: GPL-2.0-or-later */
/* operations: the qemu hook's operations, one function each. Only prepare and start may say no: at started and reconnect a no
 * would kill a guest that runs, and at stopped and release nobody listens. */
#include "hook.h"
#include "adopt.h"
#include "cleanup.h"
#include "release.h"
#include "view.h"

#include <string.h>

struct vw_registry *vw_hook_registry(struct vw_hook *hook)
{
	struct vw_registry *registry = NULL;
	struct vw_error err = { "" };
	int rc = vw_registry_open(&hook->host, false, &registry, &err);

	if (!rc)
		rc = vw_adopt_all(&hook->host, registry, &hook->config, &hook->findings, &err);
	if (!rc)
		return registry;
	vw_finding_add(&hook->findings, VW_FAIL, "registry-unavailable", "registry",
		"make room on /run and see that root can write there",
		"the registry of VFs cannot be used: %s", err.msg);
	vw_registry_close(registry);
	return NULL;
}

static void broken(struct vw_hook *hook, const struct vw_domain *domain, const struct vw_error *err)
{
	vw_finding_add(&hook->findings, VW_FAIL, "internal", domain->name, NULL, "%s", err->msg);
}

static bool prepare(struct vw_hook *hook, const struct vw_domain *domain)
{
	return vw_hook_guard(hook, domain, false);
}

static bool start(struct vw_hook *hook, const struct vw_domain *domain)
{
	return vw_hook_guard(hook, domain, true);
}

static bool adopt(
	struct vw_hook *hook, struct vw_registry *registry, const struct vw_domain *domain)
{
	struct vw_error err = { "" };

	if (vw_adopt_domain(&hook->host, registry, &hook->config, domain, &hook->daemon,
		    &hook->findings, &err))
		broken(hook, domain, &err);
	return true;
}

static bool started(struct vw_hook *hook, const struct vw_domain *domain)
{
	vw_auto(vw_registry_cleanup) struct vw_registry *registry = vw_hook_registry(hook);
	struct vw_error err = { "" };
	int changed;

	if (!registry)
		return true;
	changed = vw_registry_set_state(
		registry, domain->uuid, VW_CLAIM_RUNNING, &hook->daemon, &err);
	if (changed < 0)
		broken(hook, domain, &err);
	else if (!changed && domain->n_devices)
		adopt(hook, registry, domain); /* prepare was let through without a registry */
	return true;
}

static bool reconnect(struct vw_hook *hook, const struct vw_domain *domain)
{
	vw_auto(vw_registry_cleanup) struct vw_registry *registry = vw_hook_registry(hook);

	return registry ? adopt(hook, registry, domain) : true;
}

static bool stopped(struct vw_hook *hook, const struct vw_domain *domain)
{
	vw_auto(vw_registry_cleanup) struct vw_registry *registry = vw_hook_registry(hook);
	struct vw_error err = { "" };

	if (registry && vw_registry_set_state(
				registry, domain->uuid, VW_CLAIM_STOPPING, &hook->daemon, &err) < 0)
		broken(hook, domain, &err);
	return true;
}

static bool release(struct vw_hook *hook, const struct vw_domain *domain)
{
	vw_auto(vw_registry_cleanup) struct vw_registry *registry = vw_hook_registry(hook);
	struct vw_error err = { "" };

	if (registry &&
		vw_release_domain(&hook->host, registry, domain->uuid, &hook->findings, &err))
		broken(hook, domain, &err);
	return true;
}

static const struct operation {
	const char *name;
	bool (*run)(struct vw_hook *hook, const struct vw_domain *domain);
	bool may_refuse;
} operations[] = {
	{ "prepare", prepare, true },
	{ "start", start, true },
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

bool vw_hook_qemu(struct vw_hook *hook)
{
	const struct operation *operation = find_operation(hook->operation);
	vw_auto(vw_domain_free) struct vw_domain domain = { 0 };
	vw_auto_free char *xml = NULL;
	struct vw_error err = { "" };
	size_t len = 0;
	bool allowed;

	if (vw_hook_read_input(&hook->host, &xml, &len, &err) ||
		vw_domain_parse(xml, len, &domain, &err)) {
		vw_finding_add(&hook->findings, VW_FAIL, "xml-invalid", hook->object, NULL,
			"the domain's XML cannot be read: %s", err.msg);
		return !operation->may_refuse || hook->config.on_error_warn ||
		       !vw_domain_may_use_vf(xml, len);
	}
	allowed = operation->run(hook, &domain);
	return allowed || !operation->may_refuse;
}
