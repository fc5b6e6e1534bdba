/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check: the stories that are played, and what has to be true after each run and after what comes next. */
#ifndef CHECK_H
#define CHECK_H

#include "world.h"

enum kind {
	ADMITTED, /* prepare or start of a domain that may start */
	REFUSED,  /* of one that must not, whatever fails */
	NO_VF,    /* of one that must start, whatever fails */
	TAKEOVER, /* prepare of NEXT, which first has to clean up after web */
	CLAIMED, /* started, reconnect, stopped of web, or the end of a port that it uses: its claims stay */
	AGAIN,   /* a port of web that exists already: never a no, and its claims stay */
	FOREIGN, /* a port whose VF is claimed by another domain than its owner: nothing changes */
	LET_GO   /* release of web, or the end of its port */
};

struct story {
	const char *name, *group;
	enum kind kind;
	enum guest_id guest;
	const char *operation;
	enum machine_id machine;
	enum registry_id registry;
	bool kill; /* is it played with SIGKILL, too? */
	unsigned int
		errors; /* at each call: 6 = all, 3 = EIO, EMFILE+, and the others in turn, 1 = all in turn */
};

extern const struct story stories[];
extern const unsigned int n_stories;

/* Plays a story once, and what libvirt or the next domain does after it. NULL, or what was wrong. */
const char *check_story(struct world *world, const struct story *story, const struct fault *fault,
	const struct run **run);

#endif
