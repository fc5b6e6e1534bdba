/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge_scene: a domain and what was seen of its host, for the tests of the judge: a case that is fine, changed in one thing. */
#ifndef VW_TEST_JUDGE_SCENE_H
#define VW_TEST_JUDGE_SCENE_H

#include "tree.h"

#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The case: domain "web1" with an interface on VF 0 of eth0 (device 0) and a virtio NIC on a bridge (device 1). */
struct scene {
	struct vw_domain domain;
	struct vw_device devices[3];
	struct vw_view view;
	struct vw_device_view dvs[3];
	struct vw_function_view fn, fn2;
	struct vw_link links[2];
	struct vw_vf_attr vfs[4];
	struct vw_mac_rival rivals[2];
	struct vw_mac_seen seen[2];
	struct vw_config config;
};

static inline struct vw_mac mac_of(const char *text)
{
	struct vw_mac mac = { { 0 } };

	assert_int_equal(vw_mac_parse(text, &mac), 0);
	return mac;
}

static inline struct vw_pci pci_of(const char *text)
{
	struct vw_pci pci = { 0 };

	assert_int_equal(vw_pci_parse(text, &pci, NULL), 0);
	return pci;
}

static inline struct vw_claim_owner owner_of(
	const char *uuid, const char *name, enum vw_claim_state state)
{
	struct vw_claim_owner owner = { .state = state };

	snprintf(owner.uuid, sizeof(owner.uuid), "%s", uuid);
	snprintf(owner.name, sizeof(owner.name), "%s", name);
	return owner;
}

#define OWN   "11111111-1111-1111-1111-111111111111"
#define OTHER "22222222-2222-2222-2222-222222222222"

static inline void scene_new(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	s->vfs[0] = (struct vw_vf_attr){ .index = 0, .vlan_proto = 0x8100, .spoofchk = 1 };
	s->links[0] = (struct vw_link){ .ifindex = 2,
		.name = "eth0",
		.flags = IFF_UP,
		.num_vf = 7,
		.vfs = s->vfs,
		.n_vfs = 1 };
	s->view.links = (struct vw_links){ s->links, 1 };

	s->devices[0] = (struct vw_device){ .kind = VW_DEV_VF_INTERFACE,
		.type = "hostdev",
		.has_mac = true,
		.mac = mac_of("52:54:00:00:00:01"),
		.has_pci = true,
		.pci = pci_of("0000:01:10.0"),
		.managed = true,
		.is_interface = true };
	s->devices[1] = (struct vw_device){ .kind = VW_DEV_NIC,
		.type = "bridge",
		.has_mac = true,
		.mac = mac_of("52:54:00:00:00:02"),
		.source = "br0",
		.is_interface = true };
	s->domain = (struct vw_domain){
		.name = "web1", .uuid = OWN, .devices = s->devices, .n_devices = 2
	};

	s->fn = (struct vw_function_view){ .pci = s->devices[0].pci,
		.kind = VW_FN_VF,
		.driver = "igbvf",
		.pf_known = true,
		.pf = pci_of("0000:01:00.0"),
		.pf_driver = "igb",
		.pf_link = &s->links[0],
		.attr = &s->vfs[0],
		.netdev = "eth4" };
	s->dvs[0] = (struct vw_device_view){ .function = &s->fn,
		.is_vf = true,
		.mac_on_vf = true,
		.has_mac = true,
		.mac = s->devices[0].mac,
		.mac_from_xml = true,
		.over_pf = s->fn.pf,
		.over_pf_known = true };
	s->dvs[1] = (struct vw_device_view){
		.has_mac = true, .mac = s->devices[1].mac, .mac_from_xml = true
	};
	s->view.devices = s->dvs;
	s->view.n_devices = 2;
}

/* ---- one change each, for more than one test ---- */

static inline void nothing(struct scene *s)
{
	(void)s;
}

static inline void is_other(struct scene *s)
{
	s->fn.kind = VW_FN_OTHER;
	s->dvs[0].is_vf = s->dvs[0].mac_on_vf = false;
}

static inline void other_plain(struct scene *s)
{
	is_other(s);
	s->devices[0].kind = VW_DEV_HOSTDEV;
}

static inline void claimed_by(
	struct scene *s, const char *uuid, enum vw_claim_state state, enum vw_life life)
{
	s->fn.claimed = true;
	s->fn.claim.owner = owner_of(uuid, "db", state);
	s->fn.claim.vf = s->fn.pci;
	s->fn.life = life;
}

static inline void claimed(struct scene *s)
{
	claimed_by(s, OTHER, VW_CLAIM_RUNNING, VW_LIFE_ALIVE);
}

static inline void stopping(struct scene *s)
{
	claimed_by(s, OTHER, VW_CLAIM_STOPPING, VW_LIFE_STOPPING);
}

static inline void stale(struct scene *s)
{
	claimed_by(s, OTHER, VW_CLAIM_RUNNING, VW_LIFE_GONE);
}

static inline void permanent(struct scene *s)
{
	snprintf(s->fn.use.permanent, sizeof(s->fn.use.permanent), "192.0.2.1/24");
}

static inline void pf_down(struct scene *s)
{
	s->links[0].flags = 0;
}

static inline void group(struct scene *s)
{
	s->fn.has_blocker = true;
	s->fn.blocker = pci_of("0000:01:00.1");
	snprintf(s->fn.blocker_driver, sizeof(s->fn.blocker_driver), "igb");
}

static inline void rival(struct scene *s, size_t device, bool on_vf, enum vw_life life)
{
	s->rivals[0] = (struct vw_mac_rival){
		.claim = { .owner = owner_of(OTHER, "db", VW_CLAIM_RUNNING),
			.mac = s->dvs[device].mac,
			.on_vf = on_vf,
			.device = "VF 0000:01:10.2" },
		.life = life,
	};
	s->dvs[device].rivals = s->rivals;
	s->dvs[device].n_rivals = 1;
}

static inline void mac_claimed(struct scene *s)
{
	rival(s, 0, false, VW_LIFE_ALIVE);
}

static inline struct vw_mac_seen *seen_on(struct scene *s, int where)
{
	s->seen[0].where = where;
	snprintf(s->seen[0].netdev, sizeof(s->seen[0].netdev), "eth0");
	s->seen[0].index = 3;
	if (where == VW_SEEN_ON_VF) {
		s->seen[0].vf_known = true;
		s->seen[0].vf = pci_of("0000:01:10.6");
	}
	s->dvs[0].seen = s->seen;
	s->dvs[0].n_seen = 1;
	return s->seen;
}

static inline void mac_on_claimed_vf(struct scene *s)
{
	struct vw_mac_seen *seen = seen_on(s, VW_SEEN_ON_VF);

	seen->claimed = true;
	seen->owner = owner_of(OTHER, "db", VW_CLAIM_RUNNING);
}

static inline void mac_on_stale_vf(struct scene *s)
{
	mac_on_claimed_vf(s);
	s->seen[0].life = VW_LIFE_GONE;
	s->seen[0].claim.owner = s->seen[0].owner;
	s->seen[0].claim.vf = s->seen[0].vf;
}

static inline void same_mac(struct scene *s)
{
	s->devices[1].mac = s->devices[0].mac;
	s->dvs[1].mac = s->dvs[0].mac;
}

#define NONE VW_PASS

/* One rule: after this change the judge has this finding, and wants this done, and nothing else. */
struct scene_rule {
	const char *name;
	void (*change)(struct scene *s);
	const char *id; /* NULL: no finding */
	enum vw_severity severity;
	bool wait;
	int action;           /* -1 = none */
	const char *mentions; /* in message or remedy */
};

static inline void assert_rules(const struct scene_rule *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct vw_verdict verdict;
		struct scene s;

		scene_new(&s);
		cases[i].change(&s);
		assert_int_equal(vw_judge(&s.domain, &s.view, &s.config, &verdict), 0);
		if (verdict.findings.n != (cases[i].id ? 1 : 0) ||
			verdict.n_actions != (cases[i].action >= 0)) {
			for (size_t k = 0; k < verdict.findings.n; k++)
				vw_finding_write(stderr, &verdict.findings.v[k]);
			fail_msg("%s: %zu findings, %zu actions", cases[i].name, verdict.findings.n,
				verdict.n_actions);
		}
		if (cases[i].id) {
			const struct vw_finding *f = &verdict.findings.v[0];

			if (strcmp(f->id, cases[i].id) || f->severity != cases[i].severity ||
				f->wait != cases[i].wait)
				fail_msg("%s: %s %s wait=%d", cases[i].name,
					vw_severity_name(f->severity), f->id, f->wait);
			if (!strstr(f->message, cases[i].mentions) &&
				(!f->remedy || !strstr(f->remedy, cases[i].mentions)))
				fail_msg("%s: '%s' / '%s' does not mention '%s'", cases[i].name,
					f->message, f->remedy ? f->remedy : "", cases[i].mentions);
			if (f->severity == VW_FAIL && !f->remedy)
				fail_msg("%s: no remedy", cases[i].name);
		}
		if (cases[i].action >= 0)
			assert_int_equal(verdict.actions[0].what, cases[i].action);
		vw_verdict_free(&verdict);
	}
}

#endif
