/* SPDX-License-Identifier: GPL-2.0-or-later */
/* world: recorded machines in a scratch directory, what the hook leaves in them, and putting that back. */
#ifndef WORLD_H
#define WORLD_H

#include "trace.h"

#include <stdbool.h>
#include <stddef.h>

/* The domains of the story, by number. Each has a VF (web has the second one of the PF) and a bridge NIC, or what guests[] says. */
enum guest_id {
	OWNER,          /* runs, with a status file */
	STARTER,        /* prepared: nothing but the registry knows of it */
	WEB,            /* whose life is played */
	NEXT,           /* wants web's VF */
	PLAIN,          /* has no VF */
	THIEF_VF,       /* wants owner's VF */
	THIEF_MAC,      /* wants the MAC of owner's VF */
	THIEF_NIC_MAC,  /* wants the MAC of owner's bridge NIC, which nothing but a claim shows */
	THIEF_PREPARED, /* wants starter's VF */
	THIEF_PLAIN,    /* wants owner's VF as a plain hostdev */
	THIEF_MACVTAP,  /* wants starter's VF, by its netdev */
	THIEF_PF,       /* wants the PF */
	POOLED,         /* web, with its VF from the pool */
	THIEF_POOL,     /* wants the MAC of owner's bridge NIC for a VF from the pool */
	THIEF_PORT,     /* gets owner's VF from the pool */
	THIEF_PORT_2,   /* gets starter's VF from the pool */
	NETWORK,        /* no domain, but the pool itself */
	BUSY_UPPER,     /* of the machine BUSY: VFs that the host uses itself */
	BUSY_ADDRESS,
	BUSY_ROUTE,
	BUSY_CNI,
	BUSY_HOST_MAC,
	GUESTS
};

/* The machine as libvirt leaves it at each step of web's life. */
enum machine_id {
	IDLE,    /* web's VF has the administrator's preset */
	BOUND,   /* … is on vfio, and has web's MAC */
	RUNNING, /* … is held by web's QEMU */
	ENDED,   /* … is back, with what web left on it */
	BUSY,
	RECORDED, /* RUNNING, where libvirt has the ports of web and THIEF_PORT on record */
	MACHINES
};

/* Which registry a run finds. */
enum registry_id {
	NONE,            /* lost: only status files know */
	OTHERS,          /* owner and starter */
	WEB_PREPARED,    /* and web */
	POOLED_PREPARED, /* … which has no VF yet */
	WEB_RUNNING,
	WEB_STOPPING,
	REGISTRIES
};

/* The contents of one directory. */
struct files {
	bool there;
	size_t n;
	struct file {
		char name[64];
		unsigned int mode;
		size_t len;
		char *data;
	} v[16];
};

/* What a run may change: vfward's registry, and the settings of VFs. */
struct state {
	struct files registry, record;
};

struct world {
	const char *hook, *mkmachine;
	char dir[256];
	char root[MACHINES][300];
	struct files registry[REGISTRIES];
	struct files record[MACHINES];
};

/* Builds all machines and registries. False, with a message on stderr, if that fails. */
bool world_make(struct world *world);
void world_remove(struct world *world);

void state_capture(const char *root, struct state *state);
void state_restore(const char *root, const struct files *registry, const struct files *record);
void state_free(struct state *state);

struct command world_command(
	struct world *world, enum machine_id machine, enum guest_id guest, const char *operation);

/* What can be said of a machine after a run. Looking changes it as the next run would: an unfinished write is rolled back. */
struct seen {
	bool registry, fresh; /* there is one; nobody has put the running domains in yet */
	char trouble[512];    /* not sound, or set aside; "" = all is well */
	char others[2048];    /* the claims of all but web and next, whole */
	char all[4096];       /* all claims, without times and processes */
	char twice[128];      /* a MAC with two owners */
	char vf[3][160];      /* the settings of the VFs of owner, web and starter */
};
void world_look(struct world *world, enum machine_id machine, struct seen *seen);

/* Has the domain all of its claims, one VF and two MACs (the VF's as a VF's), in one of these states? */
bool claims_complete(const struct seen *seen, enum guest_id guest, const char *states);
/* … and those of a domain whose VF libvirt has not chosen yet? */
bool claims_macs(const struct seen *seen, enum guest_id guest, const char *states);
bool claims_any(const struct seen *seen, enum guest_id guest);
bool claims_vf(const struct seen *seen, enum guest_id guest);

/* Is its VF's claim prepared or stopping, and the daemon that asked not known? Then only time tells that it is dead. */
bool claims_without_daemon(const struct seen *seen, enum guest_id guest);
/* As if such claims had been made long ago; starter's stay as they are. */
void world_age(struct world *world, enum machine_id machine);

const char *guest_name(enum guest_id guest);

/* Web's VF as the administrator had preset it. */
extern const char PRESET[];

#endif
