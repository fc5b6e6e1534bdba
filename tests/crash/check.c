/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check: the stories that are played, and what has to be true after each run and after what comes next.
 *
 * What comes next depends only on what the run left behind. So it is played once for each different state that a story
 * ends in, and not once for each run. */
#include "check.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

/* The deadline of the machines is 2 s, that of a hook that cannot read its configuration 5 s; the rest is for a busy host. */
#define LIMIT_MS 9000

const struct story stories[] = {
	{ "prepare", "prepare", ADMITTED, WEB, "prepare", IDLE, OTHERS, true, 6 },
	{ "prepare-first", "prepare", ADMITTED, WEB, "prepare", IDLE, NONE, true, 3 },
	{ "prepare-again", "prepare", ADMITTED, WEB, "prepare", IDLE, WEB_PREPARED, true, 3 },
	{ "start", "start", ADMITTED, WEB, "start", BOUND, WEB_PREPARED, true, 6 },
	{ "started", "start", CLAIMED, WEB, "started", RUNNING, WEB_PREPARED, true, 6 },
	{ "reconnect", "start", CLAIMED, WEB, "reconnect", RUNNING, WEB_RUNNING, true, 6 },
	{ "reconnect-first", "start", CLAIMED, WEB, "reconnect", RUNNING, NONE, true, 3 },
	{ "stopped", "end", CLAIMED, WEB, "stopped", RUNNING, WEB_RUNNING, true, 6 },
	{ "release", "end", LET_GO, WEB, "release", ENDED, WEB_STOPPING, true, 6 },
	{ "takeover", "takeover", TAKEOVER, NEXT, "prepare", ENDED, WEB_RUNNING, true, 3 },
	{ "no-vf-prepare", "refuse", NO_VF, PLAIN, "prepare", IDLE, OTHERS, true, 6 },
	{ "no-vf-first", "refuse", NO_VF, PLAIN, "prepare", IDLE, NONE, true, 3 },
	{ "no-vf-start", "refuse", NO_VF, PLAIN, "start", IDLE, OTHERS, false, 3 },
	{ "thief-vf", "refuse", REFUSED, THIEF_VF, "prepare", IDLE, OTHERS, true, 3 },
	{ "thief-vf-start", "refuse", REFUSED, THIEF_VF, "start", IDLE, OTHERS, false, 3 },
	{ "thief-vf-first", "refuse", REFUSED, THIEF_VF, "prepare", IDLE, NONE, true, 3 },
	{ "thief-mac", "refuse", REFUSED, THIEF_MAC, "prepare", IDLE, OTHERS, false, 3 },
	{ "thief-nic-mac", "refuse", REFUSED, THIEF_NIC_MAC, "prepare", IDLE, OTHERS, false, 3 },
	{ "thief-nic-mac-first", "refuse", REFUSED, THIEF_NIC_MAC, "prepare", IDLE, NONE, false,
		3 },
	{ "thief-prepared", "refuse", REFUSED, THIEF_PREPARED, "prepare", IDLE, OTHERS, false, 3 },
	{ "thief-plain", "refuse", REFUSED, THIEF_PLAIN, "prepare", IDLE, OTHERS, false, 3 },
	{ "thief-macvtap", "refuse", REFUSED, THIEF_MACVTAP, "prepare", IDLE, OTHERS, false, 3 },
	{ "thief-pf", "refuse", REFUSED, THIEF_PF, "prepare", IDLE, OTHERS, false, 3 },
	{ "host-upper", "host", REFUSED, BUSY_UPPER, "prepare", BUSY, NONE, false, 3 },
	{ "host-address", "host", REFUSED, BUSY_ADDRESS, "prepare", BUSY, NONE, false, 3 },
	{ "host-route", "host", REFUSED, BUSY_ROUTE, "prepare", BUSY, NONE, false, 3 },
	{ "host-cni", "host", REFUSED, BUSY_CNI, "prepare", BUSY, NONE, false, 3 },
	{ "host-mac", "host", REFUSED, BUSY_HOST_MAC, "prepare", BUSY, NONE, false, 3 },
	{ "pool-prepare", "port", ADMITTED, POOLED, "prepare", IDLE, OTHERS, false, 1 },
	{ "port-created", "port", ADMITTED, POOLED, "port-created", IDLE, POOLED_PREPARED, true,
		1 },
	{ "port-deleted", "port", LET_GO, POOLED, "port-deleted", ENDED, WEB_STOPPING, true, 1 },
	{ "port-deleted-used", "port", CLAIMED, POOLED, "port-deleted", RUNNING, WEB_RUNNING, false,
		3 },
	{ "port-deleted-foreign", "port", FOREIGN, THIEF_PORT, "port-deleted", IDLE, OTHERS, false,
		1 },
	{ "port-again", "port", AGAIN, POOLED, "port-created", RUNNING, WEB_RUNNING, false, 3 },
	{ "port-again-first", "port", AGAIN, POOLED, "port-created", RUNNING, NONE, false, 1 },
	{ "port-recorded", "port", AGAIN, POOLED, "port-created", RECORDED, WEB_RUNNING, false, 1 },
	{ "port-recorded-foreign", "port", FOREIGN, THIEF_PORT, "port-created", RECORDED, OTHERS,
		false, 1 },
	{ "thief-pool", "port", REFUSED, THIEF_POOL, "prepare", IDLE, OTHERS, false, 1 },
	{ "thief-port-mac", "port", REFUSED, THIEF_POOL, "port-created", IDLE, OTHERS, false, 1 },
	{ "thief-port", "port", REFUSED, THIEF_PORT_2, "port-created", IDLE, OTHERS, false, 3 },
	{ "thief-port-first", "port", REFUSED, THIEF_PORT, "port-created", IDLE, NONE, false, 1 },
	{ "network-start", "port", NO_VF, NETWORK, "start", IDLE, OTHERS, false, 1 },
};
const unsigned int n_stories = sizeof(stories) / sizeof(stories[0]);

__attribute__((format(printf, 1, 2))) static const char *wrong(const char *fmt, ...)
{
	static char text[8000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return text;
}

/* What is true of every run of the hook. */
static const char *check_run(
	const struct command *c, const struct run *run, const struct fault *fault)
{
	bool may_refuse = !strcmp(c->operation, "prepare") || !strcmp(c->operation, "start") ||
			  !strcmp(c->operation, "port-created");
	bool mute = run->hit && (run->nr[fault->call] == SYS_write);
	const char *why;

	if (run->hung)
		return wrong("%s of %s was not over after %d ms", c->operation, c->name, LIMIT_MS);
	if (run->signal && !(run->hit && fault->what == KILL))
		return wrong("%s of %s was ended by signal %d: %s", c->operation, c->name,
			run->signal, run->err);
	if (run->wrote_stdout)
		return wrong("%s of %s wrote to stdout", c->operation, c->name);
	if (run->signal || run->status == 0)
		return NULL;
	if (run->status != 1 || !may_refuse)
		return wrong("%s of %s ended with status %d: %s", c->operation, c->name,
			run->status, run->err);
	why = strstr(run->err, "\nFAIL ");
	if (!mute && (!strstr(run->err, "vfward refuses ") || !why || strlen(why) < 20 ||
			     !strchr(why, ':')))
		return wrong("%s of %s was refused without a reason: %s", c->operation, c->name,
			run->err);
	return NULL;
}

/* A run without a fault, on the machine as it is. status: what it has to end with. */
static const char *next_run(struct world *world, enum machine_id machine, enum guest_id guest,
	const char *operation, int status)
{
	struct command c = world_command(world, machine, guest, operation);
	const struct run *run = trace_hook(&c, NULL, LIMIT_MS);
	const char *bad = check_run(&c, run, NULL);

	if (!bad && run->status != status)
		bad = wrong("then %s of %s: status %d instead of %d: %s", operation, c.name,
			run->status, status, run->err);
	return bad;
}

/* What no run may change, however it ended. */
static const char *check_seen(
	struct world *world, const struct story *story, const struct seen *seen)
{
	static struct seen before;
	static const struct story *of;

	if (of != story) {
		state_restore(world->root[story->machine], &world->registry[story->registry],
			&world->record[story->machine]);
		world_look(world, story->machine, &before);
		of = story;
	}
	if (seen->trouble[0])
		return wrong("%s", seen->trouble);
	if (seen->twice[0])
		return wrong("a MAC %s", seen->twice);
	if (story->registry != NONE && strcmp(seen->others, before.others) != 0)
		return wrong(
			"other domains' claims were\n%sand are\n%s", before.others, seen->others);
	if (story->registry == NONE && story->machine != BUSY && seen->registry && !seen->fresh &&
		!claims_complete(seen, OWNER, "1"))
		return wrong("the registry was not rebuilt: %s", seen->all);
	for (int i = 0; i < 3; i += 2)
		if (strcmp(seen->vf[i], before.vf[i]) != 0)
			return wrong("the VF of %s was [%s] and is [%s]", i ? "starter" : "owner",
				before.vf[i], seen->vf[i]);
	return NULL;
}

/* A claim may only go when the VF is clean. */
static const char *check_not_lost(const struct seen *seen)
{
	if (strcmp(seen->vf[1], PRESET) != 0 && !claims_vf(seen, WEB) && !claims_vf(seen, NEXT))
		return wrong("the VF is dirty, [%s], and nobody claims it", seen->vf[1]);
	return NULL;
}

static const char *check_baseline(const struct seen *seen, enum guest_id guest)
{
	char line[128];

	snprintf(line, sizeof(line), "vf %s 1 ", guest_name(guest));
	const char *vf = strstr(seen->all, line);
	const char *base = vf ? strstr(vf, " was 1 00:00:00:00:00:00 7 0 33024 0 0 ") : NULL;

	if (!base || base > strchr(vf, '\n'))
		return wrong("the VF's settings of before are not those that are claimed: %s",
			seen->all);
	return NULL;
}

static const char *check_admitted(const struct story *story, const struct seen *seen)
{
	bool chosen = story->guest != POOLED || strcmp(story->operation, "prepare") != 0;

	if (chosen ? !claims_complete(seen, WEB, "0") : !claims_macs(seen, WEB, "0"))
		return wrong("yes, but not all is claimed: %s", seen->all);
	return chosen ? check_baseline(seen, WEB) : NULL;
}

static const char *check_claimed(const struct story *story, const struct seen *seen)
{
	if (story->registry == NONE)
		return NULL;
	if (!claims_complete(seen, WEB, "012"))
		return wrong("claims were lost: %s", seen->all);
	return check_baseline(seen, WEB);
}

/* Only a recorded machine's root has to be opened; and XML that did not arrive may say anything. */
static bool says_nothing_of_us(const struct run *run)
{
	return strstr(run->err, "root directory") || strstr(run->err, "openat2") ||
	       strstr(run->err, "standard input");
}

/* Is a port that exists already like a new one: no file at all can be read, or none to put a lost registry together again? */
static bool nothing_tells(
	const struct story *story, const struct fault *fault, const struct run *run)
{
	unsigned int nr = run->nr[fault->call];

	return fault->stays && strstr(run->err, "FAIL registry-unavailable") &&
	       (story->registry == NONE || nr == SYS_openat2 || nr == SYS_newfstatat);
}

static const char *check_end(const struct story *story, const struct fault *fault,
	const struct run *run, const struct seen *seen)
{
	bool yes = !run->signal && run->status == 0;

	switch (story->kind) {
	case ADMITTED:
		return yes ? check_admitted(story, seen) : NULL;
	case REFUSED:
		return yes ? wrong("allowed: %s", run->err) : NULL;
	case NO_VF:
		if (!run->signal && !yes && !says_nothing_of_us(run))
			return wrong("refused: %s", run->err);
		return NULL;
	case TAKEOVER:
		if (yes && (!claims_complete(seen, NEXT, "0") || strcmp(seen->vf[1], PRESET) != 0 ||
				   claims_vf(seen, WEB)))
			return wrong("yes, but [%s] and %s", seen->vf[1], seen->all);
		return yes ? check_baseline(seen, NEXT) : check_not_lost(seen);
	case CLAIMED:
		return check_claimed(story, seen);
	case AGAIN:
		if (!run->signal && !yes && !says_nothing_of_us(run) &&
			!nothing_tells(story, fault, run))
			return wrong("refused: %s", run->err);
		return check_claimed(story, seen);
	case FOREIGN:
		/* Where nobody can tell that its owner is dead, it may claim its own MAC. */
		if (claims_vf(seen, story->guest) ||
			(!fault->call && claims_any(seen, story->guest)))
			return wrong("claimed: %s", seen->all);
		return NULL;
	case LET_GO:
		if (!fault->call && (strcmp(seen->vf[1], PRESET) != 0 || claims_vf(seen, WEB)))
			return wrong("not let go of, [%s]: %s", seen->vf[1], seen->all);
		return check_not_lost(seen);
	}
	return NULL;
}

static void put(struct world *world, enum machine_id machine, const struct state *state, bool moved)
{
	state_restore(world->root[machine], &state->registry,
		moved ? &world->record[machine] : &state->record);
}

/* web, or next, lets go of the VF, which then is as it was before them. */
static const char *release(
	struct world *world, enum machine_id machine, enum guest_id guest, bool stopped)
{
	const char *bad = stopped ? next_run(world, machine, guest, "stopped", 0) : NULL;
	struct seen seen;

	if (!bad)
		bad = next_run(world, machine, guest, "release", 0);
	if (bad)
		return bad;
	world_look(world, machine, &seen);
	if (seen.trouble[0])
		return wrong("after release: %s", seen.trouble);
	if (claims_any(&seen, guest))
		return wrong("after release claims are left: %s", seen.all);
	/* What web left behind, and nobody has taken over, stays claimed. */
	if (strcmp(seen.vf[1], PRESET) != 0 && (guest == WEB || !claims_vf(&seen, WEB)))
		return wrong("after release the VF is [%s]", seen.vf[1]);
	return NULL;
}

/* Another domain gets the VF, clean. */
static const char *taken_by_next(struct world *world, enum machine_id machine)
{
	const char *bad = NULL;
	struct seen seen;

	/* Nobody knows of a daemon that it died when nobody knew it: there is time alone. */
	world_look(world, machine, &seen);
	if (claims_without_daemon(&seen, WEB)) {
		bad = next_run(world, machine, NEXT, "prepare", 1);
		world_age(world, machine);
	}
	if (!bad)
		bad = next_run(world, machine, NEXT, "prepare", 0);
	if (bad)
		return bad;
	world_look(world, machine, &seen);
	if (seen.trouble[0])
		return wrong("after the next domain's prepare: %s", seen.trouble);
	if (!claims_complete(&seen, NEXT, "0") || claims_vf(&seen, WEB))
		return wrong("the next domain's claims: %s", seen.all);
	if (strcmp(seen.vf[1], PRESET) != 0)
		return wrong("the next domain's VF is [%s]", seen.vf[1]);
	return check_baseline(&seen, NEXT);
}

/* The port's end as libvirt has it when the domain ends; release finds nothing to do. */
static const char *unplug(struct world *world, const struct story *story)
{
	const char *bad = next_run(world, story->machine, story->guest, "port-deleted", 0);
	struct seen seen;

	if (bad)
		return bad;
	world_look(world, story->machine, &seen);
	if (claims_vf(&seen, WEB) || strcmp(seen.vf[1], PRESET) != 0)
		return wrong("after port-deleted: [%s], %s", seen.vf[1], seen.all);
	return release(world, story->machine, WEB, true);
}

static const char *after_admitted(struct world *world, const struct story *story,
	const struct run *run, const struct state *state)
{
	const char *bad = NULL;

	/* A no, or a hook that died: libvirt gives up. */
	if (run->signal || run->status) {
		bad = release(world, story->machine, WEB, true);
		if (!bad && story->machine == IDLE)
			bad = next_run(world, IDLE, WEB, "prepare", 0);
		if (bad)
			return bad;
		put(world, story->machine, state, false);
		bad = next_run(world, story->machine, story->guest, story->operation, 0);
	} else if (!strcmp(story->operation, "port-created")) {
		bad = unplug(world, story);
	}
	/* The daemon died as well, or after the yes. */
	if (!bad) {
		put(world, story->machine, state, false);
		bad = taken_by_next(world, story->machine);
	}
	return bad;
}

static const char *after_claimed(
	struct world *world, const struct story *story, const struct state *state)
{
	bool stopped = !strcmp(story->operation, "stopped");
	const char *bad = NULL;

	if (!stopped) {
		bad = next_run(world, story->machine, NEXT, "prepare", 1);
		put(world, story->machine, state, false);
		if (!bad)
			bad = next_run(world, story->machine, story->guest, story->operation, 0);
	}
	if (bad || story->registry == NONE)
		return bad;
	put(world, ENDED, state, true);
	bad = release(world, ENDED, WEB, !stopped);
	if (bad || !stopped)
		return bad;
	put(world, ENDED, state, true);
	return taken_by_next(world, ENDED);
}

/* What libvirt, or somebody else, does next: on this state, and on the same one again and again. */
static const char *check_next(struct world *world, const struct story *story, const struct run *run,
	const struct state *state)
{
	const char *bad = NULL;

	put(world, story->machine, state, false);
	switch (story->kind) {
	case ADMITTED:
		bad = after_admitted(world, story, run, state);
		break;
	case REFUSED:
		bad = next_run(world, story->machine, story->guest, "stopped", 0);
		if (!bad)
			bad = next_run(world, story->machine, story->guest, "release", 0);
		if (!bad)
			bad = next_run(world, story->machine, story->guest, story->operation, 1);
		break;
	case NO_VF:
	case FOREIGN:
		bad = next_run(world, story->machine, story->guest, story->operation, 0);
		break;
	case TAKEOVER:
	case LET_GO:
		bad = taken_by_next(world, story->machine);
		if (bad)
			break;
		put(world, story->machine, state, false);
		bad = release(world, story->machine, story->kind == TAKEOVER ? NEXT : WEB, false);
		if (!bad)
			bad = taken_by_next(world, story->machine);
		break;
	case CLAIMED:
	case AGAIN:
		bad = after_claimed(world, story, state);
		break;
	}
	/* And whatever was left behind, what others have is safe. */
	if (!bad && story->machine != BUSY) {
		put(world, story->machine, state, false);
		bad = next_run(world, story->machine, THIEF_VF, "prepare", 1);
		if (!bad && story->registry != NONE)
			bad = next_run(world, story->machine, THIEF_PREPARED, "prepare", 1);
		if (!bad)
			bad = next_run(world, story->machine, THIEF_NIC_MAC, "prepare", 1);
	}
	return bad;
}

static void mix(uint64_t *hash, const void *data, size_t len)
{
	const unsigned char *c = data;

	while (len--)
		*hash = (*hash ^ *c++) * 0x100000001b3;
}

/* Has what comes next been played for such an end of the story already? */
static bool is_known(const struct story *story, const struct run *run, const struct state *state,
	const struct seen *seen)
{
	static uint64_t known[4096];
	static size_t n;
	uint64_t hash = 0xcbf29ce484222325;
	bool journal = false;

	mix(&hash, story->name, strlen(story->name));
	mix(&hash, run->signal || run->status ? "no" : "yes", 2);
	for (size_t i = 0; i < state->registry.n; i++) {
		mix(&hash, state->registry.v[i].name, strlen(state->registry.v[i].name) + 1);
		journal |= strstr(state->registry.v[i].name, "-journal") != NULL;
	}
	/* Without a journal what counts of the registry is what it says. */
	mix(&hash, seen->all, strlen(seen->all) + 1);
	mix(&hash, seen->vf, sizeof(seen->vf));
	mix(&hash, seen->fresh ? "fresh" : "known", 5);
	for (size_t i = 0; i < state->registry.n && journal; i++)
		mix(&hash, state->registry.v[i].data, state->registry.v[i].len);
	for (size_t i = 0; i < state->record.n; i++) {
		mix(&hash, state->record.v[i].name, strlen(state->record.v[i].name) + 1);
		mix(&hash, state->record.v[i].data, state->record.v[i].len);
	}
	for (size_t i = 0; i < n; i++)
		if (known[i] == hash)
			return true;
	if (n < sizeof(known) / sizeof(known[0]))
		known[n++] = hash;
	return false;
}

const char *check_story(struct world *world, const struct story *story, const struct fault *fault,
	const struct run **run)
{
	struct command c = world_command(world, story->machine, story->guest, story->operation);
	static struct run first;
	struct state state;
	struct seen seen;
	const char *bad;

	state_restore(c.root, &world->registry[story->registry], &world->record[story->machine]);
	first = *trace_hook(&c, fault, LIMIT_MS);
	*run = &first;
	if (first.untraceable)
		return NULL;
	state_capture(c.root, &state);
	world_look(world, story->machine, &seen);
	bad = check_run(&c, &first, fault);
	if (!bad)
		bad = check_end(story, fault, &first, &seen);
	if (!bad)
		bad = check_seen(world, story, &seen);
	if (!bad && !is_known(story, &first, &state, &seen))
		bad = check_next(world, story, &first, &state);
	state_free(&state);
	return bad;
}
