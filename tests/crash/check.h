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
	CLAIMED,  /* started, reconnect, stopped of web: its claims stay */
	LET_GO    /* release of web */
};

struct story {
	const char *name, *group;
	enum kind kind;
	enum guest_id guest;
	const char *operation;
	enum machine_id machine;
	enum registry_id registry;
	bool kill; /* is it played with SIGKILL, too? */
	bool all_errors; /* … and with every error at every call? else with three: EIO, EMFILE+, and the others in turn */
};

extern const struct story stories[];
extern const unsigned int n_stories;

/* Plays a story once, and what libvirt or the next domain does after it. NULL, or what was wrong. */
const char *check_story(struct world *world, const struct story *story, const struct fault *fault,
	const struct run **run);

#endif
