/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine: builds the recorded machine of machine.h. */
#include "machine.h"

#include "cleanup.h"
#include "reset.h"

#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

static const char *const vfs0[] = { VF0, VF1, VF2, VF3 };
static const char *const vfs1[] = { VFA, VFB };

static void check(int rc, const char *what, const struct vw_error *err)
{
	if (rc < 0)
		fail_msg("machine: %s: %s", what, err && err->msg[0] ? err->msg : strerror(-rc));
}

struct vw_pci machine_pci(const char *text)
{
	struct vw_error err = { "" };
	struct vw_pci pci = { 0 };

	check(vw_pci_parse(text, &pci, &err), text, &err);
	return pci;
}

struct vw_mac machine_mac(const char *text)
{
	struct vw_mac mac = { { 0 } };

	check(vw_mac_parse(text, &mac), text, NULL);
	return mac;
}

struct machine_link *machine_link(struct machine *m, const char *name)
{
	for (size_t i = 0; i < m->n_links; i++)
		if (!strcmp(m->links[i].name, name))
			return &m->links[i];
	fail_msg("machine: no link %s", name);
	return NULL;
}

void machine_set_mac(struct machine_link *link, const char *mac)
{
	link->mac = mac ? machine_mac(mac) : (struct vw_mac){ { 0 } };
	link->nl.mac = mac ? &link->mac : NULL;
}

void machine_set_perm(struct machine_link *link, const char *mac)
{
	link->perm = machine_mac(mac);
	link->nl.perm = &link->perm;
}

struct machine_link *machine_add_link(
	struct machine *m, const char *name, const char *kind, const char *mac)
{
	struct machine_link *link = &m->links[m->n_links];

	assert_true(m->n_links < VW_ARRAY_SIZE(m->links));
	*link = (struct machine_link){ .nl = { .ifindex = (int)(1 + ++m->n_links),
					       .flags = IFF_UP,
					       .kind = kind,
					       .num_vf = -1 } };
	snprintf(link->name, sizeof(link->name), "%s", name);
	link->nl.name = link->name;
	machine_set_mac(link, mac);
	return link;
}

struct vw_vf_attr *machine_vf(struct machine *m, const char *addr)
{
	for (size_t i = 0; i < VW_ARRAY_SIZE(vfs0); i++)
		if (!strcmp(vfs0[i], addr))
			return &m->vfs0[i];
	for (size_t i = 0; i < VW_ARRAY_SIZE(vfs1); i++)
		if (!strcmp(vfs1[i], addr))
			return &m->vfs1[i];
	fail_msg("machine: no VF %s", addr);
	return NULL;
}

void machine_write(struct machine *m)
{
	struct nlbuf b = { 0 };

	for (size_t i = 0; i < m->n_links; i++)
		if (!m->links[i].gone)
			nlbuf_link(&b, &m->links[i].nl);
	tree_bytes(&m->tree, "/vfward-record/links.nl", b.data ? b.data : "", b.len);
	nlbuf_free(&b);
	tree_bytes(&m->tree, "/vfward-record/addresses.nl",
		m->addresses.data ? m->addresses.data : "", m->addresses.len);
	tree_bytes(&m->tree, "/vfward-record/routes.nl", m->routes.data ? m->routes.data : "",
		m->routes.len);
}

static void build_pf(struct machine *m, const char *pf, const char *netdev, const char *mac,
	const char *const *vfs, struct vw_vf_attr *attrs, size_t n, int group)
{
	struct machine_link *link = machine_add_link(m, netdev, NULL, mac);
	char path[PATH_MAX];

	tree_pf(&m->tree, pf, "igb", vfs, n, "igbvf");
	snprintf(path, sizeof(path), DEVICES "%s/sriov_offset", pf);
	tree_file(&m->tree, path, "128\n");
	snprintf(path, sizeof(path), DEVICES "%s/sriov_stride", pf);
	tree_file(&m->tree, path, "2\n");
	tree_netdev(&m->tree, pf, netdev);
	for (size_t i = 0; i < n; i++) {
		attrs[i] = nl_new_vf((uint32_t)i);
		tree_group(&m->tree, vfs[i], group + (int)i);
	}
	link->nl.num_vf = (int)n;
	link->nl.vfs = attrs;
	link->nl.n_vfs = n;
}

static void build_vf_netdevs(struct machine *m, const char *pf, const char *const *vfs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char name[IFNAMSIZ], mac[VW_MAC_STR];

		snprintf(name, sizeof(name), "%sv%zu", pf, i);
		snprintf(mac, sizeof(mac), "3a:00:00:00:%02x:%02zx", (unsigned char)pf[3], i);
		machine_add_link(m, name, NULL, mac)->nl.num_vf = 0; /* as the kernel says */
		tree_netdev(&m->tree, vfs[i], name);
	}
}

int machine_setup(void **state)
{
	struct machine *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	tree_new(&m->tree);
	m->config.networks = m->networks;
	tree_dir(&m->tree, "/proc/1/fd");
	build_pf(m, PF0, "eth0", "00:1b:21:00:00:00", vfs0, m->vfs0, VW_ARRAY_SIZE(vfs0), 10);
	build_pf(m, PF1, "eth1", "00:1b:21:00:00:01", vfs1, m->vfs1, VW_ARRAY_SIZE(vfs1), 20);
	build_vf_netdevs(m, "eth0", vfs0, VW_ARRAY_SIZE(vfs0));
	build_vf_netdevs(m, "eth1", vfs1, VW_ARRAY_SIZE(vfs1));
	machine_write(m);
	check(vw_registry_open(&m->tree.host, false, &m->registry, &m->err), "registry", &m->err);
	*state = m;
	return 0;
}

int machine_teardown(void **state)
{
	struct machine *m = *state;

	for (size_t i = 0; i < m->n_domains; i++)
		vw_domain_free(&m->domains[i]);
	vw_findings_free(&m->findings);
	nlbuf_free(&m->addresses);
	nlbuf_free(&m->routes);
	vw_registry_close(m->registry);
	tree_free(&m->tree);
	free(m);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void machine_remove(struct machine *m, const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", m->tree.root, path);
	if (nftw(full, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0)
		fail_msg("machine: cannot remove %s: %s", path, strerror(errno));
}

void machine_vfio(struct machine *m, const char *addr, int cdev)
{
	bool second = machine_vf(m, addr) >= m->vfs1 && machine_vf(m, addr) < m->vfs1 + 2;
	char path[PATH_MAX], name[IFNAMSIZ];

	snprintf(name, sizeof(name), "eth%dv%u", second, machine_vf(m, addr)->index);
	for (size_t i = 0; i < m->n_links; i++)
		if (!strcmp(m->links[i].name, name))
			m->links[i].gone = true;
	snprintf(path, sizeof(path), DEVICES "%s/net", addr);
	machine_remove(m, path);
	snprintf(path, sizeof(path), "/sys/class/net/%s", name);
	machine_remove(m, path);
	snprintf(path, sizeof(path), DEVICES "%s/driver", addr);
	tree_link(&m->tree, path, "../../../../bus/pci/drivers/vfio-pci");
	snprintf(path, sizeof(path), DEVICES "%s/vfio-dev/vfio%d", addr, cdev);
	tree_dir(&m->tree, path);
}

void machine_open(struct machine *m, int pid, const char *comm, const char *file)
{
	char path[PATH_MAX], text[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/31", pid);
	tree_link(&m->tree, path, file);
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	snprintf(text, sizeof(text), "%s\n", comm);
	tree_file(&m->tree, path, text);
}

void machine_label(struct machine *m, char *pf, char *label)
{
	assert_true(m->config.n_networks < VW_ARRAY_SIZE(m->networks));
	m->networks[m->config.n_networks++] = (struct vw_config_network){ pf, label };
}

static char *domain_text(const char *name, const char *uuid, const char *devices)
{
	char *text = NULL;

	if (asprintf(&text,
		    "<domain type='kvm'><name>%s</name><uuid>%s</uuid><devices>%s</devices>"
		    "</domain>",
		    name, uuid, devices) < 0)
		fail_msg("machine: out of memory");
	return text;
}

const struct vw_domain *machine_domain(
	struct machine *m, const char *name, const char *uuid, const char *devices)
{
	vw_auto_free char *text = domain_text(name, uuid, devices);
	struct vw_domain *domain = &m->domains[m->n_domains++];
	struct vw_error err = { "" };

	assert_true(m->n_domains <= VW_ARRAY_SIZE(m->domains));
	check(vw_domain_parse(text, strlen(text), domain, &err), "domain", &err);
	return domain;
}

void machine_status(struct machine *m, const char *name, const char *uuid, const char *devices)
{
	vw_auto_free char *domain = domain_text(name, uuid, devices), *text = NULL;
	char path[PATH_MAX];

	if (asprintf(&text, "<domstatus state='running' pid='4711'>%s</domstatus>", domain) < 0)
		fail_msg("machine: out of memory");
	snprintf(path, sizeof(path), "/run/libvirt/qemu/%s.xml", name);
	tree_file(&m->tree, path, text);
}

void machine_network(struct machine *m, const char *name, const char *forward)
{
	char path[PATH_MAX], text[2048];

	snprintf(path, sizeof(path), "/run/libvirt/network/%s.xml", name);
	snprintf(text, sizeof(text),
		"<networkstatus><network><name>%s</name>%s</network></networkstatus>", name,
		forward);
	tree_file(&m->tree, path, text);
}

struct vw_process machine_spawn(void)
{
	struct vw_process other = { 0 };
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* should the test fail before machine_reap */
		other = vw_process_self();
		if (write(fds[1], &other, sizeof(other)) != sizeof(other))
			_exit(1);
		for (;;)
			pause();
	}
	assert_true(pid > 0);
	assert_int_equal(read(fds[0], &other, sizeof(other)), sizeof(other));
	close(fds[0]);
	close(fds[1]);
	assert_true(vw_process_alive(&other));
	return other;
}

void machine_reap(const struct vw_process *process)
{
	kill(process->pid, SIGKILL);
	waitpid(process->pid, NULL, 0);
	assert_false(vw_process_alive(process));
}

struct vw_process machine_dead(void)
{
	struct vw_process process = machine_spawn();

	machine_reap(&process);
	return process;
}

static const char *uuid_of(const char *name)
{
	return !strcmp(name, "web1") ? WEB1 : !strcmp(name, "web2") ? WEB2 : WEB3;
}

struct vw_claim_owner machine_owner(const char *name, enum vw_claim_state state, int64_t age)
{
	struct vw_claim_owner owner = { .state = state };
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	owner.since = now.tv_sec - age;
	snprintf(owner.name, sizeof(owner.name), "%s", name);
	snprintf(owner.uuid, sizeof(owner.uuid), "%s", uuid_of(name));
	return owner;
}

struct vw_vf_claim machine_claim_of(struct machine *m, const struct vw_claim_owner *owner,
	const char *vf, const char *mac, enum vw_vf_use use)
{
	return (struct vw_vf_claim){
		.owner = *owner,
		.vf = machine_pci(vf),
		.use = use,
		.mac = mac ? machine_mac(mac) : (struct vw_mac){ { 0 } },
		.baseline = *machine_vf(m, vf),
	};
}

void machine_claim_vf(struct machine *m, const struct vw_vf_claim *claim)
{
	struct vw_vf_claim vf = *claim;
	struct vw_mac_claim mac = {
		.owner = claim->owner, .mac = claim->mac, .on_vf = true, .device = "VF"
	};
	struct vw_claims claims = {
		.vfs = &vf, .n_vfs = 1, .macs = &mac, .n_macs = vw_mac_is_zero(&mac.mac) ? 0 : 1
	};

	check(vw_registry_claim(m->registry, &claims, &m->err), "claim", &m->err);
}

void machine_claim_mac(struct machine *m, const struct vw_claim_owner *owner, const char *mac,
	const char *scope, bool on_vf)
{
	struct vw_mac_claim claim = {
		.owner = *owner, .mac = machine_mac(mac), .on_vf = on_vf, .device = "some NIC"
	};
	struct vw_claims claims = { .macs = &claim, .n_macs = 1 };

	snprintf(claim.scope, sizeof(claim.scope), "%s", scope);
	check(vw_registry_claim(m->registry, &claims, &m->err), "claim", &m->err);
}

bool machine_find(struct machine *m, const char *vf, struct vw_vf_claim *claim)
{
	struct vw_pci pci = machine_pci(vf);
	struct vw_vf_claim found;
	int rc = vw_registry_find_vf(m->registry, &pci, &found, &m->err);

	check(rc, "find", &m->err);
	if (claim)
		*claim = found;
	return rc > 0;
}

size_t machine_macs(struct machine *m, const char *uuid)
{
	struct vw_mac_claim *claims = NULL;
	size_t n = 0;

	check(vw_registry_macs(m->registry, uuid, &claims, &n, &m->err), "macs", &m->err);
	free(claims);
	return n;
}

struct vw_vf_attr machine_read(struct machine *m, const char *vf)
{
	struct vw_pci pci = machine_pci(vf);
	struct vw_vf_attr attr;

	check(vw_reset_read(&m->tree.host, &pci, NULL, &attr, &m->err), vf, &m->err);
	return attr;
}

struct vw_vf_claim machine_dirty(struct machine *m, const char *vf, enum vw_vf_use use)
{
	struct vw_claim_owner owner = machine_owner("web1", VW_CLAIM_STOPPING, 5);
	struct vw_vf_claim claim = machine_claim_of(m, &owner, vf, MAC1, use);
	struct vw_vf_attr *now = machine_vf(m, vf);

	machine_claim_vf(m, &claim);
	now->mac = claim.mac;
	now->vlan = 7;
	now->trust = 1;
	now->spoofchk = 0;
	now->max_rate = 100;
	machine_write(m);
	return claim;
}

void machine_assert_mac(struct machine *m, const char *vf, const char *want)
{
	struct vw_vf_attr now = machine_read(m, vf);
	char mac[VW_MAC_STR];

	assert_string_equal(vw_mac_format(&now.mac, mac), want);
}

void machine_assert_new(struct machine *m, const char *vf)
{
	struct vw_vf_attr now = machine_read(m, vf), new = nl_new_vf(now.index);

	machine_assert_mac(m, vf, "00:00:00:00:00:00");
	assert_int_equal(now.vlan, new.vlan);
	assert_int_equal(now.trust, new.trust);
	assert_int_equal(now.spoofchk, new.spoofchk);
	assert_int_equal(now.max_rate, new.max_rate);
}

void machine_assert_dirty(struct machine *m, const char *vf)
{
	struct vw_vf_attr now = machine_read(m, vf);

	machine_assert_mac(m, vf, MAC1);
	assert_int_equal(now.vlan, 7);
	assert_int_equal(now.trust, 1);
	assert_int_equal(now.spoofchk, 0);
	assert_int_equal(now.max_rate, 100);
}

void machine_assert_findings(const struct vw_findings *findings, const char *const *want, size_t n)
{
	for (size_t i = 0; i < findings->n && i < n; i++) {
		const struct vw_finding *finding = &findings->v[i];
		char text[2048];

		snprintf(text, sizeof(text), "%s %s %s: %s", vw_severity_name(finding->severity),
			finding->id, finding->subject, finding->message);
		assert_string_equal(text, want[i]);
	}
	if (findings->n > n)
		fail_msg("one finding too many: %s: %s", findings->v[n].id, findings->v[n].message);
	assert_int_equal(findings->n, n);
}
