/* SPDX-License-Identifier: GPL-2.0-or-later */
/* persist_host: hosts with kernels and PFs, and what is planned for them. */
#ifndef VW_TEST_PERSIST_HOST_H
#define VW_TEST_PERSIST_HOST_H

#include "koblob.h"

#include "bytes.h"
#include "cleanup.h"
#include "plan.h"

#include <string.h>
#include <unistd.h>

#define DEVICES "/sys/bus/pci/devices/"
#define PF0     "0000:01:00.0"
#define PF1     "0000:01:00.1"

#define NEW  "6.1.0-28-amd64"
#define EL66 "2.6.32-504.el6.x86_64"
#define EL69 "2.6.32-696.el6.x86_64"

#define NUMBER "intree=Y\0parmtype=max_vfs:uint\0parmtype=allow_unsupported_sfp:bool"
#define OLD    "parmtype=max_vfs:uint\0parmtype=allow_unsupported_sfp:uint"
#define LIST                                                                                       \
	"version=4.3.15\0parmtype=max_vfs:array of int\0parmtype=allow_unsupported_sfp:array of "  \
	"int"
#define MLX4 "intree=Y\0parmtype=num_vfs:array of byte\0parmtype=probe_vf:array of byte"

struct machine {
	struct tree tree;
	struct vw_pf_request pfs[4];
	struct vw_request request;
	struct vw_plan plan;
	struct vw_findings findings;
};

static inline int setup(void **state)
{
	struct machine *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	tree_new(&m->tree);
	m->request.pfs = m->pfs;
	*state = m;
	return 0;
}

static inline void forget(struct machine *m)
{
	vw_plan_free(&m->plan);
	vw_findings_free(&m->findings);
}

static inline int teardown(void **state)
{
	struct machine *m = *state;

	forget(m);
	tree_free(&m->tree);
	free(m);
	return 0;
}

static inline void kernel(
	struct machine *m, const char *release, const char *file, const char *info, size_t len)
{
	char path[256];

	snprintf(path, sizeof(path), "/lib/modules/%s/%s", release, file);
	ko_file(&m->tree, path, info, len);
	snprintf(path, sizeof(path), "/lib/modules/%s/kernel", release);
	tree_dir(&m->tree, path);
	ko_depmod(&m->tree, release);
}

#define KERNEL(release, file, info) kernel(m, release, file, info, sizeof(info))

static inline void systemd(struct machine *m)
{
	tree_file(&m->tree, "/usr/lib/systemd/systemd", "");
	tree_file(&m->tree, VFWARD_SBINDIR "/vfward-hostprep", "");
}

static inline void port(struct machine *m, const char *address, const char *driver)
{
	char path[128];

	tree_pf(&m->tree, address, driver, NULL, 0, "");
	snprintf(path, sizeof(path), DEVICES "%s/sriov_totalvfs", address);
	tree_file(&m->tree, path, "63\n");
}

static inline void ask(struct machine *m, const char *address, const char *netdev,
	const char *driver, unsigned int count)
{
	struct vw_pf_request *pf = &m->pfs[m->request.n_pfs++];

	*pf = (struct vw_pf_request){ .given = (char *)netdev, .count = count };
	assert_int_equal(vw_pci_parse(address, &pf->pf, NULL), 0);
	snprintf(pf->netdev, sizeof(pf->netdev), "%s", netdev);
	snprintf(pf->driver, sizeof(pf->driver), "%s", driver);
	pf->mac = (struct vw_mac){ { 0x52, 0x54, 0, 0xaa, 0, pf->pf.function } };
}

static inline void two_ports(
	struct machine *m, const char *driver, unsigned int first, unsigned int second)
{
	port(m, PF0, driver);
	port(m, PF1, driver);
	ask(m, PF0, "eth0", driver, first);
	ask(m, PF1, "eth1", driver, second);
}

static inline void plan(struct machine *m)
{
	struct vw_error err = { "" };

	forget(m);
	if (vw_plan_vfs(&m->tree.host, &m->request, &m->plan, &m->findings, &err) < 0)
		fail_msg("%s", err.msg);
}

/* All steps: the paths of files, and commands. */
static inline void steps(struct machine *m, const char *want)
{
	vw_auto(vw_bytes_free) struct vw_bytes is = { 0 };

	for (size_t i = 0; i < m->plan.n; i++) {
		const struct vw_step *step = &m->plan.steps[i];

		for (char **arg = step->argv; arg && *arg; arg++)
			vw_bytes_addf(&is, "%s ", *arg);
		vw_bytes_addf(&is, "%s%s\n", step->argv ? "-> " : "", step->path ? step->path : "");
	}
	assert_string_equal(is.data ? is.data : "", want);
}

/* "FAIL id subject\n" of each. */
static inline void findings(struct machine *m, const char *want)
{
	vw_auto(vw_bytes_free) struct vw_bytes is = { 0 };

	for (size_t i = 0; i < m->findings.n; i++)
		vw_bytes_addf(&is, "%s %s %s\n", vw_severity_name(m->findings.v[i].severity),
			m->findings.v[i].id, m->findings.v[i].subject);
	if (strcmp(is.data ? is.data : "", want) != 0)
		fail_msg("findings:\n%swanted:\n%s(the last: %s)", is.data ? is.data : "", want,
			m->findings.n ? m->findings.v[m->findings.n - 1].message : "none");
}

static inline const struct vw_step *step(struct machine *m, const char *path)
{
	for (size_t i = m->plan.n; i-- > 0;)
		if (m->plan.steps[i].path && strcmp(m->plan.steps[i].path, path) == 0)
			return &m->plan.steps[i];
	fail_msg("no step for %s", path);
	return NULL;
}

static inline void holds(struct machine *m, const char *path, const char *text)
{
	if (!strstr(step(m, path)->after.data, text))
		fail_msg("%s is:\n%s", path, step(m, path)->after.data);
}

static inline void holds_not(struct machine *m, const char *path, const char *text)
{
	if (strstr(step(m, path)->after.data, text))
		fail_msg("%s is:\n%s", path, step(m, path)->after.data);
}

/* The plan carried out, so that the next one must be empty. */
static inline void carry_out(struct machine *m)
{
	for (size_t i = 0; i < m->plan.n; i++)
		if (m->plan.steps[i].kind == VW_STEP_FILE)
			tree_bytes(&m->tree, m->plan.steps[i].path, m->plan.steps[i].after.data,
				m->plan.steps[i].after.len);
}

static inline void again(struct machine *m)
{
	carry_out(m);
	plan(m);
	steps(m, "");
	assert_false(m->plan.reboot);
}

#define VFS_CONF "/etc/vfward/vfs.conf"
#define UNIT     "/etc/systemd/system/vfward-vfs@.service"
#define RULES    "/etc/udev/rules.d/70-vfward-vfs.rules"
#define VERIFY                                                                                     \
	"/etc/systemd/system/vfward-hostprep-verify.service\n/etc/systemd/system/"                 \
	"multi-user.target.d/50-vfward.conf\n"
#define OWN "/etc/modprobe.d/vfward.conf"

#define M(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
