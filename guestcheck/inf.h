/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inf: Windows driver INF files, read by bytes, and whether one applies to a release. */
#ifndef VW_INF_H
#define VW_INF_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VW_INF_MAX (4U << 20)

struct vw_inf;

/* Any bytes: UTF-16 with or without a byte order mark, UTF-8, code pages, several of them in one file. *inf is the caller's to free. -EBADMSG with a
 * message that names the line: no INF ([Version] with Signature is missing, …); -EFBIG above VW_INF_MAX or the limits on sections and lines; -ENOMEM. */
int vw_inf_parse(const void *data, size_t len, struct vw_inf **inf, struct vw_error *err);
void vw_inf_free(struct vw_inf *inf);

/* Values of [Version], with strings put in; NULL = none. Owned by inf. UTF-8; bytes that are none stay as they are. */
const char *vw_inf_class_guid(const struct vw_inf *inf); /* "{4d36e972-…}" */
const char *vw_inf_provider(const struct vw_inf *inf);
const char *vw_inf_driver_version(const struct vw_inf *inf); /* "1.2.179.0"; NULL = only a date */
const char *vw_inf_driver_date(const struct vw_inf *inf);    /* "05/23/2019" as written */

/* The release that asks. */
struct vw_inf_target {
	unsigned int major, minor, build;
	bool server;
	const char *arch;       /* "amd64", "x86", "arm64" */
	bool domain_controller; /* of servers: another product type */
};
struct vw_inf_match {
	/* of the model that matched; owned by inf */
	const char *
		service; /* from AddService of the install section (with its decorations); NULL = none */
	const char *binary;      /* "vxn65x64.sys": ServiceBinary's last component; NULL = none */
	const char *description; /* NULL = none */
	const char *section;     /* the models section that applies: "Intel.NTamd64.10.0" */
	const char *id;     /* the hardware id that matched, as written: "PCI\VEN_8086&DEV_10ED" */
	unsigned int start; /* StartType; 3 where it is not said */
	bool compatible;    /* matched as a compatible id, not a hardware id */
	bool needs; /* no service, but its section needs one of another INF (Include, Needs) */
	/* DriverVer of the model's install section, else of [Version]; NULL = none */
	const char *version, *date;
};
/* Does the INF have a driver for this device on this release? 1 = yes (*match). 0 = it does not know the device at all, or (id is not NULL then, and
 * *match is as for 1) only with a certain subsystem, revision or class, which the id says. -ESRCH: it knows the device, but not for this release
 * or architecture (*match says the section that names it, for the evidence; NULL service). -ENOMEM. */
int vw_inf_match(struct vw_inf *inf, const struct vw_inf_target *target, uint16_t vendor,
	uint16_t device, struct vw_inf_match *match);

/* Has it any driver for this release? */
bool vw_inf_serves(const struct vw_inf *inf, const struct vw_inf_target *target);

#endif
