/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mkmachine: builds a recorded machine from a short description; what its files share. */
#ifndef MKMACHINE_H
#define MKMACHINE_H

#include "vf_link.h"

#include "pci_address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NONE SIZE_MAX

#define CONFIG_SIZE 4096

/* PCI Express lanes; width 0 = it has none. code: of the speed, as in Link Capabilities. */
struct lanes {
	unsigned int width, code;
};

/* A PCI function. */
struct function {
	struct vw_pci pci;
	char addr[VW_PCI_STR];
	char driver[32]; /* "" = unbound */
	char class_code[16], vendor[16], device[16], vf_device[16];
	int numa, group; /* group -1 = one of its own */
	size_t pf;       /* of a VF: index of its PF, else NONE */
	size_t above;    /* index of the bridge right above, or NONE */
	struct lanes now, max;
	uint8_t secondary, subordinate; /* a bridge's buses */
	bool acs;
	/* a PF */
	bool is_pf;
	uint32_t vfs, total, offset, stride;
	bool no_bars; /* the firmware left no room for its VFs */
	/* a VF */
	struct vw_vf_attr attr;
	bool hole;      /* not in the kernel's list */
	bool elsewhere; /* its netdev is in another network namespace */
	size_t netdev;  /* index, or NONE */
};

struct netdev {
	char name[IFNAMSIZ], kind[16];
	size_t function; /* index, or NONE = virtual */
	struct vw_mac mac;
	bool up;
	unsigned int speed;
	size_t master; /* index, or NONE */
	int ifindex;   /* given when the tree is made */
	bool gone;     /* dropped by a later line */
};

struct address {
	size_t netdev;
	char text[48];
	unsigned int prefix;
	bool dynamic;
};

struct route {
	size_t netdev;
	int family;
	char dst[48]; /* "" = default */
	unsigned int prefix, table;
};

struct process {
	unsigned int pid;
	char comm[32], guest[128];
	int groups
		[16]; /* vfio groups that it has open; < -1: function -2-n, whose group is not known yet */
	size_t n_groups;
};

struct status {
	char name[256], uuid[40], state[24], file[512];
	unsigned int pid;
};

/* Everything is kept in growing arrays that live as long as the program. */
struct machine {
	struct function *functions;
	struct netdev *netdevs;
	struct address *addresses;
	struct route *routes;
	struct process *processes;
	struct status *statuses;
	size_t n_functions, n_netdevs, n_addresses, n_routes, n_processes, n_statuses;
	char *faults; /* lines of vfward-record/faults, or NULL */
	char machine_id[40];
	bool no_iommu;
	unsigned int line; /* of the description, for messages */
};

/* Says what is wrong, with the line where there is one, and exits. */
_Noreturn void die(const struct machine *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* One more element at the end of an array, zeroed. */
void *grow(void **array, size_t *n, size_t size);
#define GROW(array, n) grow((void **)&(array), &(n), sizeof(*(array)))

/* Reads one line of the description. */
void spec_line(struct machine *m, char *line);

size_t find_function(const struct machine *m, const char *addr);
size_t find_netdev(const struct machine *m, const char *name);

/* The function's files that come from the bus: config, resource, …; dir: its directory. */
void put_config(int root, const struct function *f, const char *dir);
void make_config(const struct function *f, unsigned char config[CONFIG_SIZE]);

/* Gives groups and ifindexes, then writes sysfs, procfs, /run, /etc and /dev below the open directory. */
void make_tree(struct machine *m, int root);
/* Writes vfward-record/. */
void make_record(const struct machine *m, int root);

/* Below root: a directory with its parents, a whole file, a symlink. */
void put_dir(int root, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void put_bytes(int root, const char *path, const void *data, size_t len);
void put_text(int root, const char *text, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void put_link(int root, const char *target, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
