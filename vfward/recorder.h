/* SPDX-License-Identifier: GPL-2.0-or-later */
/* recorder: copies files and links of one host below the root of another, which is a directory that is being recorded. */
#ifndef VW_RECORDER_H
#define VW_RECORDER_H

#include "finding.h"
#include "host.h"

struct vw_recorder {
	const struct vw_host *from;
	struct vw_host to;
	size_t files;                 /* written so far */
	struct vw_findings *findings; /* what was left out, and why */
};

/* All of them return 0, or -errno with a message only if the copy cannot be *written*. What cannot be read
 * is left out: attributes answer with all sorts of errors, and vfward takes them as missing, too. Paths are absolute and the
 * same on both sides; what is there already is left as it is. */
int vw_record_file(struct vw_recorder *recorder, struct vw_error *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int vw_record_link(struct vw_recorder *recorder, struct vw_error *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int vw_record_dir(struct vw_recorder *recorder, struct vw_error *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Writes data of our own making instead of the file's. */
int vw_record_data(struct vw_recorder *recorder, const void *data, size_t len, struct vw_error *err,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* A symlink with this target. */
int vw_record_symlink(struct vw_recorder *recorder, const char *target, struct vw_error *err,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The chapters. */
int vw_record_sysfs(struct vw_recorder *recorder, struct vw_error *err);
int vw_record_procfs(struct vw_recorder *recorder, struct vw_error *err);
int vw_record_platform(struct vw_recorder *recorder, struct vw_error *err);
int vw_record_libvirt(struct vw_recorder *recorder, struct vw_error *err);

/* Pure: of a domain's XML or status file only what vfward reads: name, uuid, network interfaces and PCI host
 * devices; nothing that could be secret. Fresh memory (free it). 0, -ENOMEM or -EBADMSG. */
int vw_record_reduce(
	const char *xml, size_t len, char **reduced, size_t *reduced_len, struct vw_error *err);

#endif
