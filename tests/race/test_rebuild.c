/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_rebuild: the registry is deleted or damaged while hooks run. What running domains have is not given away, and nobody
 * else suffers. */
#include "race.h"

#include "cleanup.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define OWNERS    8 /* domains 1 to 8 run, on VFs 0 to 7 */
#define THIEVES   6 /* want an owner's VF */
#define COPIES    4 /* want an owner's MAC on a VF of their own */
#define NEWCOMERS 4 /* want nothing of anybody's */
#define ADOPTED   2 /* owners whose daemon says again that they run */
#define ALL       (THIEVES + COPIES + NEWCOMERS + ADOPTED)

static struct entrant owner(unsigned int n)
{
	return (struct entrant){ .id = 1 + n, .vf = n, .mac = 1 + n };
}

static void start_owners(struct track *track)
{
	tree_dir(&track->tree, "/run/libvirt/qemu");
	for (unsigned int n = 0; n < OWNERS; n++) {
		struct entrant who = owner(n);

		run_one(track, &who, "prepare");
		track_dirty(track, &who);
		track_status(track, &who, true);
		run_one(track, &who, "started");
	}
}

/* Deletes the registry, or does to its bytes what nobody should. */
static const char *damage(struct track *track)
{
	static const char *const names[] = { "deleted", "emptied", "cut", "overwritten" };
	unsigned int how = (unsigned int)random() % VW_ARRAY_SIZE(names);
	char path[PATH_MAX], noise[3 * 4096];
	struct stat st;

	snprintf(path, sizeof(path), "%s/run/vfward/registry.db", track->tree.root);
	vw_auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return "gone already";
	memset(noise, 0xa5, sizeof(noise));
	if (how == 0)
		unlink(path);
	else if (how < 3)
		assert_int_equal(ftruncate(fd, how == 1 ? 0 : st.st_size / 2), 0);
	else
		assert_int_equal(pwrite(fd, noise, sizeof(noise), 0), sizeof(noise));
	return names[how];
}

static void enter(struct run *runs)
{
	memset(runs, 0, ALL * sizeof(*runs));
	for (unsigned int i = 0; i < ALL; i++) {
		unsigned int victim = (unsigned int)random() % OWNERS;

		runs[i].operation = "prepare";
		runs[i].delay_us = (unsigned int)random() % 20000;
		runs[i].who = (struct entrant){ .id = 100 + i, .vf = 20 + i, .mac = 100 + i };
		if (i < THIEVES)
			runs[i].who.vf = owner(victim).vf;
		else if (i < THIEVES + COPIES)
			runs[i].who.mac = owner(victim).mac;
		else if (i >= ALL - ADOPTED)
			runs[i].who = owner(i % OWNERS);
		if (i >= ALL - ADOPTED)
			runs[i].operation = "reconnect";
	}
}

/* The owner of what the run wanted. */
static struct entrant victim_of(const struct run *run, unsigned int i)
{
	return owner(i < THIEVES ? run->who.vf : run->who.mac - 1);
}

static void check_answers(const struct run *runs, const char *how)
{
	for (unsigned int i = 0; i < ALL; i++) {
		struct entrant victim = victim_of(&runs[i], i);

		if (i < THIEVES + COPIES)
			assert_refused(&runs[i],
				i < THIEVES ? "FAIL vf-claimed" : "FAIL mac-claimed", &victim);
		else if (runs[i].status)
			fail_msg("registry %s: %s of domain %u:\n%s", how, runs[i].operation,
				runs[i].who.id, runs[i].said);
	}
}

/* The next run, whoever's, has brought all owners' claims back. */
static void check_owners(struct track *track, const struct run *runs)
{
	vw_auto_free struct vw_vf_claim *claims = NULL;
	struct entrant first = owner(0);
	char uuid[VW_UUID_STR];
	size_t n;

	run_one(track, &first, "reconnect");
	for (unsigned int i = THIEVES + COPIES; i < ALL - ADOPTED; i++)
		run_end(track, &runs[i].who);
	claims = track_claims(track, &n);
	assert_int_equal(n, OWNERS);
	for (unsigned int i = 0; i < OWNERS; i++) {
		struct entrant who = owner(i);

		entrant_uuid(who.id, uuid);
		assert_string_equal(claims[i].owner.uuid, uuid);
		assert_int_equal(claims[i].owner.state, VW_CLAIM_RUNNING);
		assert_int_equal(claims[i].baseline.index, i);
		assert_true(track_is_dirty(track, &who));
	}
}

static void test_damaged_meanwhile(void **state)
{
	struct track *track = *state;
	static struct run runs[ALL];
	struct times times = { 0 };

	start_owners(track);
	for (unsigned int round = 0; round < rounds(60); round++) {
		const char *how;

		enter(runs);
		runs_start(track, runs, ALL);
		usleep((unsigned int)random() % 20000);
		how = damage(track);
		for (unsigned int i = 0; i < ALL; i++)
			runs_next(runs, ALL, false);
		times_add(&times, runs, ALL);
		check_answers(runs, how);
		check_owners(track, runs);
	}
	times_say(&times, "a registry lost meanwhile");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_damaged_meanwhile),
	};

	srandom(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
