/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy_guest: a policy, and a guest with one device that rules are applied to. */
#ifndef VW_TEST_POLICY_GUEST_H
#define VW_TEST_POLICY_GUEST_H

#include "tree.h"

#include "cleanup.h"
#include "policy_priv.h"

#include <string.h>

static struct vw_policy policy;
static const struct vw_vf_device *device;

/* The policy is the shipped devices and these rules. */
static inline void rules(const char *text, bool shipped)
{
	vw_auto(vw_host_close) struct vw_host host = { .root_fd = -1 };
	vw_auto(vw_findings_free) struct vw_findings findings = { 0 };

	vw_policy_free(&policy);
	assert_int_equal(vw_host_open(&host, NULL, NULL), 0);
	assert_int_equal(
		vw_policy_read(&host, GUESTCHECK_DATA "/" VW_DEVICES_FILE, &policy, &findings), 0);
	if (shipped)
		assert_int_equal(vw_policy_read(&host, GUESTCHECK_DATA "/" VW_POLICY_FILE, &policy,
					 &findings),
			0);
	assert_int_equal(vw_policy_parse(text, strlen(text), "x.conf", &policy, &findings), 0);
	vw_policy_check(&policy, &findings);
	for (size_t i = 0; i < findings.n; i++)
		print_error("%s\n", findings.v[i].message);
	assert_int_equal(findings.n, 0);
}

/* A system with one device. */
struct guest {
	struct vw_system system;
	struct vw_device_result result;
	struct vw_system_kernel kernels[2];
	struct vw_check checks[2];
};

static inline void finish(struct guest *g, unsigned int id)
{
	device = vw_devices_find(&policy.devices, 0x8086, id);
	assert_non_null(device);
	g->result.device = device;
	g->system.devices = &g->result;
	g->system.n_devices = 1;
}

static inline void windows(struct guest *g, unsigned int major, unsigned int minor,
	unsigned int build, bool server, unsigned int id)
{
	*g = (struct guest){ .system = { .type = VW_SYSTEM_WINDOWS,
				     .distro = "windows",
				     .nt_major = major,
				     .nt_minor = minor,
				     .build = build,
				     .server = server } };
	finish(g, id);
}

static inline void check_is(
	struct vw_check *check, enum vw_verdict verdict, const char *driver, const char *version)
{
	*check = (struct vw_check){ .verdict = verdict, .confidence = VW_CONFIDENCE_HIGH };
	vw_check_set(check, &check->driver, driver);
	vw_check_set(check, &check->version, version);
	vw_check_evidence(check, "found so");
}

static inline void linux_guest(struct guest *g, const char *distro, const char *version,
	const char *older, const char *newer)
{
	*g = (struct guest){ .system = { .type = VW_SYSTEM_LINUX,
				     .distro = (char *)distro,
				     .version = (char *)version,
				     .n_kernels = 2 },
		.kernels = { { .release = (char *)older },
			{ .release = (char *)newer, .is_default = true } } };
	g->system.kernels = g->kernels;
	g->result.kernels = g->checks;
	finish(g, 0x10ed);
	for (int k = 0; k < 2; k++)
		check_is(&g->checks[k], VW_VERDICT_PASS, "ixgbevf", NULL);
}

static inline void apply(struct guest *g, enum vw_kernel_policy kernels)
{
	assert_int_equal(vw_policy_apply(&policy, kernels, &g->system), 0);
}

static inline void drop(struct guest *g)
{
	vw_check_free(&g->result.sum);
	vw_check_free(&g->checks[0]);
	vw_check_free(&g->checks[1]);
	vw_findings_free(&g->system.findings);
}

static inline bool says(const struct vw_check *check, const char *words)
{
	for (size_t i = 0; i < check->evidence.n; i++)
		if (strstr(check->evidence.v[i], words))
			return true;
	return false;
}

static inline int free_policy(void **state)
{
	(void)state;
	vw_policy_free(&policy);
	return 0;
}

#endif
