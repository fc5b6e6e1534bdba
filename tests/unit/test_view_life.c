/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_view_life: whether the owner of a claim lives (view_function.c), for every state. */
#include "machine.h"

#include "cleanup.h"

#include <stdio.h>

enum { NONE, ALIVE, DEAD };
enum { NO_STATUS, SAME, OTHER_DEVICES, OTHER_UUID, GARBAGE };
enum { FREE, HELD, BLIND };

static const struct life {
	enum vw_claim_state state;
	int daemon;
	int64_t age;
	int status, holder, worker;
	enum vw_life want;
} lives[] = {
	/* prepared: the daemon vouches, for 10 minutes */
	{ VW_CLAIM_PREPARED, ALIVE, 0, NO_STATUS, FREE, NONE, VW_LIFE_ALIVE },
	{ VW_CLAIM_PREPARED, ALIVE, 590, NO_STATUS, FREE, NONE, VW_LIFE_ALIVE },
	{ VW_CLAIM_PREPARED, ALIVE, 602, NO_STATUS, FREE, NONE, VW_LIFE_GONE },
	{ VW_CLAIM_PREPARED, NONE, 590, NO_STATUS, FREE, NONE, VW_LIFE_ALIVE },
	{ VW_CLAIM_PREPARED, NONE, 602, NO_STATUS, FREE, NONE, VW_LIFE_GONE },
	{ VW_CLAIM_PREPARED, DEAD, 0, NO_STATUS, FREE, NONE, VW_LIFE_GONE },
	/* … or it runs after all, and only `started` was missed */
	{ VW_CLAIM_PREPARED, DEAD, 0, SAME, FREE, NONE, VW_LIFE_ALIVE },
	{ VW_CLAIM_PREPARED, ALIVE, 9999, SAME, FREE, NONE, VW_LIFE_ALIVE },
	{ VW_CLAIM_PREPARED, DEAD, 0, NO_STATUS, HELD, NONE, VW_LIFE_ALIVE },
	{ VW_CLAIM_PREPARED, DEAD, 0, OTHER_UUID, FREE, NONE, VW_LIFE_GONE },
	/* running: libvirt's status or vfio decides, never daemon or age */
	{ VW_CLAIM_RUNNING, ALIVE, 0, NO_STATUS, FREE, NONE, VW_LIFE_GONE },
	{ VW_CLAIM_RUNNING, NONE, 0, NO_STATUS, FREE, NONE, VW_LIFE_GONE },
	{ VW_CLAIM_RUNNING, DEAD, 9999999, SAME, FREE, NONE, VW_LIFE_ALIVE },
	{ VW_CLAIM_RUNNING, ALIVE, 0, OTHER_DEVICES, FREE, NONE, VW_LIFE_GONE },
	{ VW_CLAIM_RUNNING, ALIVE, 0, OTHER_UUID, FREE, NONE, VW_LIFE_GONE },
	{ VW_CLAIM_RUNNING, ALIVE, 0, GARBAGE, FREE, NONE, VW_LIFE_ALIVE },
	{ VW_CLAIM_RUNNING, DEAD, 0, NO_STATUS, HELD, NONE, VW_LIFE_ALIVE },
	{ VW_CLAIM_RUNNING, DEAD, 0, OTHER_DEVICES, HELD, NONE, VW_LIFE_ALIVE },
	{ VW_CLAIM_RUNNING, DEAD, 0, NO_STATUS, BLIND, NONE, VW_LIFE_ALIVE },
	/* stopping: the worker, or where there is none the daemon; or a QEMU that is still there */
	{ VW_CLAIM_STOPPING, DEAD, 9999, NO_STATUS, FREE, ALIVE, VW_LIFE_STOPPING },
	{ VW_CLAIM_STOPPING, ALIVE, 0, NO_STATUS, FREE, DEAD, VW_LIFE_GONE },
	{ VW_CLAIM_STOPPING, ALIVE, 0, SAME, FREE, DEAD, VW_LIFE_GONE },
	{ VW_CLAIM_STOPPING, ALIVE, 0, SAME, HELD, DEAD, VW_LIFE_STOPPING },
	{ VW_CLAIM_STOPPING, ALIVE, 590, SAME, FREE, NONE, VW_LIFE_STOPPING },
	{ VW_CLAIM_STOPPING, ALIVE, 602, SAME, FREE, NONE, VW_LIFE_GONE },
	{ VW_CLAIM_STOPPING, NONE, 590, SAME, FREE, NONE, VW_LIFE_STOPPING },
	{ VW_CLAIM_STOPPING, NONE, 602, SAME, FREE, NONE, VW_LIFE_GONE },
	{ VW_CLAIM_STOPPING, DEAD, 0, SAME, FREE, NONE, VW_LIFE_GONE },
	/* … but a release that should have been has failed */
	{ VW_CLAIM_STOPPING, ALIVE, 50, NO_STATUS, FREE, NONE, VW_LIFE_STOPPING },
	{ VW_CLAIM_STOPPING, ALIVE, 70, NO_STATUS, FREE, NONE, VW_LIFE_GONE },
	{ VW_CLAIM_STOPPING, NONE, 70, OTHER_UUID, FREE, NONE, VW_LIFE_GONE },
	{ VW_CLAIM_STOPPING, ALIVE, 70, NO_STATUS, HELD, NONE, VW_LIFE_STOPPING },
	{ VW_CLAIM_STOPPING, DEAD, 0, SAME, HELD, NONE, VW_LIFE_STOPPING },
	{ VW_CLAIM_STOPPING, DEAD, 0, SAME, BLIND, NONE, VW_LIFE_STOPPING },
	/* quarantined: nobody's */
	{ VW_CLAIM_QUARANTINED, ALIVE, 0, SAME, HELD, ALIVE, VW_LIFE_GONE },
	{ VW_CLAIM_QUARANTINED, NONE, 0, NO_STATUS, FREE, NONE, VW_LIFE_GONE },
};

static void put_status(struct machine *m, int status)
{
	tree_file(&m->tree, "/run/libvirt/qemu/web1.xml", "");
	machine_remove(m, "/run/libvirt/qemu/web1.xml");
	if (status == SAME)
		machine_status(m, "web1", WEB1, IF_VF(MAC1, "0"));
	else if (status == OTHER_DEVICES)
		machine_status(m, "web1", WEB1, IF_VF(MAC2, "2"));
	else if (status == OTHER_UUID)
		machine_status(m, "web1", WEB2, IF_VF(MAC1, "0"));
	else if (status == GARBAGE)
		tree_file(&m->tree, "/run/libvirt/qemu/web1.xml", "<domstatus><dom");
}

static void put_holder(struct machine *m, int holder)
{
	tree_file(&m->tree, "/proc/4711/x", "");
	machine_remove(m, "/proc/4711");
	if (holder == HELD)
		machine_open(m, 4711, "qemu", "/dev/vfio/10");
	else if (holder == BLIND)
		tree_file(&m->tree, "/proc/4711/fd", "");
}

static void test_life(void **state)
{
	struct machine *m = *state;
	struct vw_process processes[] = {
		[NONE] = { 0 }, [ALIVE] = machine_spawn(), [DEAD] = machine_dead()
	};
	struct vw_pci vf = machine_pci(VF0);
	struct vw_mac mac = machine_mac(MAC1);

	machine_vfio(m, VF0, 0);
	for (size_t i = 0; i < VW_ARRAY_SIZE(lives); i++) {
		const struct life *l = &lives[i];
		struct vw_claim_owner owner = machine_owner("web1", l->state, l->age);
		enum vw_life life;

		owner.daemon = processes[l->daemon];
		put_status(m, l->status);
		put_holder(m, l->holder);
		life = vw_view_life(&m->tree.host, &owner, &processes[l->worker], &vf, NULL);
		if (life != l->want)
			fail_msg("case %zu: life %d, not %d", i, life, l->want);
		if (l->worker != NONE || l->holder != FREE)
			continue;
		/* The MAC's claim knows neither worker nor holder, and sees the same. */
		life = vw_view_life(&m->tree.host, &owner, NULL, NULL, &mac);
		if (life != l->want)
			fail_msg("case %zu, by MAC: life %d, not %d", i, life, l->want);
	}
	machine_reap(&processes[ALIVE]);
}

/* A holder counts only where the function is on vfio. */
static void test_life_not_on_vfio(void **state)
{
	struct machine *m = *state;
	struct vw_claim_owner owner = machine_owner("web1", VW_CLAIM_RUNNING, 0);
	struct vw_pci vf = machine_pci(VF0);

	put_holder(m, HELD);
	assert_int_equal(vw_view_life(&m->tree.host, &owner, NULL, &vf, NULL), VW_LIFE_GONE);
	machine_vfio(m, VF0, 0);
	assert_int_equal(vw_view_life(&m->tree.host, &owner, NULL, &vf, NULL), VW_LIFE_ALIVE);
}

/* What a live status has to name for the claim to be alive. */
static void test_life_names(void **state)
{
	static const struct {
		const char *devices;
		bool by_vf, by_mac;
	} cases[] = {
		{ IF_VF(MAC1, "0"), true, true },
		{ IF_VF(MAC2, "0"), true, false },
		{ IF_VF(MAC1, "2"), false, true },
		{ BRIDGE(MAC1, "br0"), false, true },
		{ BRIDGE(MAC2, "br0"), false, false },
		{ HOSTDEV("0"), true, true },  /* its MAC stands in no XML */
		{ HOSTDEV("2"), false, true }, /* any of its devices may carry it */
		{ BRIDGE(MAC2, "br0") HOSTDEV("2") IF_VF(MAC3, "0"), true, true },
		{ MACVTAP(MAC2, "eth0v0"), true, false },
		{ MACVTAP(MAC1, "eth0v1"), false, true },
		{ DIRECT(MAC2, "eth0v0"), false, false },
		{ MACVTAP(MAC2, "nowhere"), false, false },
		{ "", false, false },
	};
	struct machine *m = *state;
	struct vw_claim_owner owner = machine_owner("web1", VW_CLAIM_RUNNING, 0);
	struct vw_pci vf = machine_pci(VF0);
	struct vw_mac mac = machine_mac(MAC1);

	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		machine_status(m, "web1", WEB1, cases[i].devices);
		if ((vw_view_life(&m->tree.host, &owner, NULL, &vf, NULL) == VW_LIFE_ALIVE) !=
			cases[i].by_vf)
			fail_msg("case %zu by VF", i);
		if ((vw_view_life(&m->tree.host, &owner, NULL, NULL, &mac) == VW_LIFE_ALIVE) !=
			cases[i].by_mac)
			fail_msg("case %zu by MAC", i);
	}
	/* A name that leads out of the directory is no live domain's. */
	snprintf(owner.name, sizeof(owner.name), "../qemu/web1");
	assert_int_equal(vw_view_life(&m->tree.host, &owner, NULL, &vf, NULL), VW_LIFE_GONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_life),
		T(test_life_not_on_vfio),
		T(test_life_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
