/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job_dir: the directory in which one worker keeps its temporary files, and which goes with it. */
#ifndef VW_JOB_DIR_H
#define VW_JOB_DIR_H

#include "error.h"

#include <sys/types.h>

struct vw_job_dir {
	char path[128];       /* "" = none */
	char socket_dir[128]; /* what libguestfs has made outside of it; "" = none is known */
};

/* 0 or -errno with a message. */
int vw_job_dir_make(struct vw_job_dir *dir, struct vw_error *err);
/* In the worker: everything that makes temporary files makes them there from now on. 0 or -ENOMEM. */
int vw_job_dir_enter(const struct vw_job_dir *dir);
/* While the worker lives: looks for the directory of its sockets, unless it is known. */
void vw_job_dir_look(struct vw_job_dir *dir, pid_t worker);
/* With all that is in it. */
void vw_job_dir_remove(struct vw_job_dir *dir);

#endif
