/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan: the steps from the host as it is to the host as it is wanted, in the order in which they are carried out. */
#ifndef VW_PLAN_H
#define VW_PLAN_H

#include "args_file.h"
#include "bytes.h"
#include "finding.h"
#include "host.h"
#include "request.h"

#include <sys/types.h>

enum vw_step_kind {
	VW_STEP_FILE, /* a file gets another content, or is created */
	VW_STEP_RUN, /* a program of the host is run, which makes `path` anew from what the steps before it have changed */
};

struct vw_step {
	enum vw_step_kind kind;
	char *why; /* one line for people */
	char *path; /* FILE: the file; RUN: what the program writes, NULL = nothing that we look at */
	/* FILE */
	bool existed; /* before has what is there now */
	struct vw_bytes before, after;
	mode_t mode; /* of a new file; an existing one keeps its own */
	const struct vw_args_format
		*format; /* how undo finds our tokens in it; NULL: see is_ours */
	const char *
		marker; /* lines that contain it are ours (modprobe.d of others, rc.local); NULL = none */
	bool is_ours; /* the whole file is ours: undo removes it */
	/* RUN */
	char **argv;        /* ends with NULL; argv[0] is absolute */
	bool makes_entries; /* the boot loader's entries must say what is wanted afterwards */
	/* As argv: takes back what it did (rpm-ostree, where no file is ours to restore). NULL: `path` is put back, or argv run
	 * again over the files that were. */
	char **undo_argv;
};

struct vw_plan {
	struct vw_step *steps;
	size_t n;
	struct vw_boot_args args; /* what the command lines will say */
	const char *loader;       /* name of the boot loader concerned, NULL = none */
	bool reboot;              /* only a reboot puts it into force */
	bool lost;                /* out of memory */
};
void vw_plan_free(struct vw_plan *plan);

/* Appends a step that changes a file: reads what is there now. Nothing is appended, and 0 returned, where it has this content already;
 * 1 = appended. A second step for the same path starts from the first one's content. -errno with a message: the file cannot be
 * read, is no regular file, is larger than 4 MiB. *step (may be NULL) is valid until the next one is added. */
int vw_plan_file(struct vw_plan *plan, const struct vw_host *host, const char *path,
	const struct vw_bytes *after, const char *why, struct vw_step **step, struct vw_error *err);

/* The content that a file has after the steps so far: 1 = there is one (a copy), 0 = there is none, -errno with a message. */
int vw_plan_read(const struct vw_plan *plan, const struct vw_host *host, const char *path,
	struct vw_bytes *text, struct vw_error *err);

/* Appends a step that runs a program; argv is copied and ends with NULL. */
struct vw_step *vw_plan_run(
	struct vw_plan *plan, const char *const *argv, const char *path, const char *why);

/* Gives a RUN step the program that takes it back; copied as well. */
void vw_plan_undo_with(struct vw_plan *plan, struct vw_step *step, const char *const *argv);

/* The whole plan for a request: VFs that persist first, boot loader last. Findings say what stands in the way (FAIL), or was left to somebody
 * else. 0 or -errno. */
int vw_plan_make(const struct vw_host *host, struct vw_request *request, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err);

/* Adds the steps that make the VFs come at every boot: udev rule and unit, modprobe.d, rc.local (persist.c). */
int vw_plan_vfs(const struct vw_host *host, const struct vw_request *request, struct vw_plan *plan,
	struct vw_findings *findings, struct vw_error *err);

#endif
