/* SPDX-License-Identifier: GPL-2.0-or-later */
/* race: many runs of vfward-hook, and some of vfward-hostprep, at the same moment, on a recorded machine with one PF. What the race tests share. */
#ifndef VW_TEST_RACE_H
#define VW_TEST_RACE_H

#include "tree.h"

#include "registry.h"
#include "vf_link.h"

#include <sqlite3.h>

#define PF_NETDEV "eth0"
#define RACERS    64 /* runs at once, and VFs of the PF */

struct track {
	struct tree tree;
	struct vw_host *host; /* the tree's */
	pid_t pid;            /* whose it is */
	int pf_ifindex;
	struct vw_vf_attr clean[RACERS]; /* what the VFs show before anybody has them */
};

int track_setup(void **state);
int track_teardown(void **state);
#define T(name) cmocka_unit_test_setup_teardown(name, track_setup, track_teardown)

/* How often: `all`, or a twentieth of it where VFWARD_RACE=quick is in the environment. */
unsigned int rounds(unsigned int all);

/* [hook] deadline; without it the hook's own. */
void track_deadline(struct track *track, unsigned int seconds);

/* A domain with one interface on VF number `vf`. A MAC is 52:54:00:00 and the number. */
struct entrant {
	unsigned int id; /* its name and uuid */
	unsigned int vf, mac;
};
void entrant_name(unsigned int id, char name[32]);
void entrant_uuid(unsigned int id, char uuid[VW_UUID_STR]);
char *entrant_xml(const struct entrant *entrant); /* the caller frees it */

/* libvirt's live status file comes and goes. */
void track_status(struct track *track, const struct entrant *entrant, bool there);

/* What libvirt (the MAC) and the administrator (the rest) do to a VF that a domain has. */
void track_dirty(struct track *track, const struct entrant *entrant);
struct vw_vf_attr track_look(struct track *track, unsigned int vf);
/* Is it as it was in the beginning? Says what is not. */
bool track_is_clean(struct track *track, unsigned int vf);
bool track_is_dirty(struct track *track, const struct entrant *entrant);
bool same_settings(const char *what, const struct vw_vf_attr *a, const struct vw_vf_attr *b);

/* The VF claims. Caller frees. */
struct vw_vf_claim *track_claims(struct track *track, size_t *n);
/* Nobody claims a VF or a MAC. */
void assert_no_claims(struct track *track);
/* The one VF claim is this domain's, on this VF, and knows what the VF is like without a guest. */
void assert_holder(struct track *track, const struct entrant *entrant, enum vw_claim_state state);

/* The registry's file, without vfward. */
sqlite3 *track_open_database(struct track *track);

/* One run of the hook. */
struct run {
	struct entrant who;
	const char *operation, *sub, *extra; /* sub NULL: begin; extra NULL: - */
	unsigned int vfs; /* not a hook: vfward-hostprep, which is to give the PF so many VFs */
	unsigned int delay_us; /* after the common start */
	int status;            /* when it is over: its exit status */
	unsigned int ms;       /* from the common start to its end */
	char said[4096];       /* its stderr */
	/* while it runs */
	pid_t pid;
	int in, err;
	char *xml;
};

/* Starts all, lets them wait at their standard input until the last of them is there, and then go on. */
void runs_start(struct track *track, struct run *runs, size_t n);
/* The next one that ends. A run that writes to stdout, dies, or says that something is locked or late fails the test, unless `late` allows that. */
struct run *runs_next(struct run *runs, size_t n, bool late);
/* Starts all and waits for all. Returns how many ended with status 0. */
size_t runs_all(struct track *track, struct run *runs, size_t n);
/* One run alone, which must end with status 0. */
void run_one(struct track *track, const struct entrant *who, const char *operation);
/* stopped and release: what libvirt does at the end of a domain, and after a refusal. */
void run_end(struct track *track, const struct entrant *who);

/* The run was refused with a finding whose line begins so, and was told who has what it wanted. */
void assert_refused(const struct run *run, const char *finding, const struct entrant *winner);

/* How long the runs took, for the log: collects, and prints. */
struct times {
	unsigned int *ms;
	size_t n;
};
void times_add(struct times *times, const struct run *runs, size_t n);
void times_say(struct times *times, const char *what);

#endif
