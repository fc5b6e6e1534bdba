/* SPDX-License-Identifier: GPL-2.0-or-later */
/* process: processes named by pid and start time, so that a reused pid is nobody we know. */
#ifndef VW_PROCESS_H
#define VW_PROCESS_H

#include "host.h"

#include <stdint.h>
#include <sys/types.h>

struct vw_process {
	pid_t pid;      /* 0 = nobody */
	uint64_t start; /* field 22 of /proc/PID/stat: clock ticks after boot */
};

/* This process. On a recorded machine, whose procfs does not know us, start is read from the real one. */
struct vw_process vw_process_self(void);

/* Is that very process alive? Asked of the real machine: workers are always processes of it. Zombies are dead. */
bool vw_process_alive(const struct vw_process *process);

/* The libvirt daemon that called us: the nearest ancestor whose command is libvirtd, virtqemud or virtnetworkd
 * (a dispatcher script may stand between). pid 0: none. */
struct vw_process vw_process_daemon(void);

/* The command name (comm) of a process of the host; "" when it is gone. */
void vw_process_comm(const struct vw_host *host, pid_t pid, char *buf, size_t size);

#endif
