/* SPDX-License-Identifier: GPL-2.0-or-later */
/* request: what the user asks: which images, which devices, by which rules. */
#ifndef VW_CHECK_REQUEST_H
#define VW_CHECK_REQUEST_H

#include "image.h"
#include "options.h"

/* The program's own options. */
enum {
	VW_OWN_DISK = 1 << 0,
	VW_OWN_DOMAIN = 1 << 1,
	VW_OWN_CONNECT = 1 << 2,
	VW_OWN_FORMAT = 1 << 3,
	VW_OWN_JOBS = 1 << 4,
	VW_OWN_DEVICE = 1 << 5,
	VW_OWN_ADAPTER = 1 << 6,
	VW_OWN_FROM_HOST = 1 << 7,
	VW_OWN_KERNEL = 1 << 8,
	VW_OWN_POLICY = 1 << 9,
	VW_OWN_KEY = 1 << 10,
	VW_OWN_BACKING = 1 << 11,
	VW_OWN_TIMEOUT = 1 << 12,
	VW_OWN_JUNIT = 1 << 13,
};

/* One image: a machine's disks, or a directory. */
struct vw_request_image {
	char *name; /* what all output calls it: its first disk, the domain, or the directory */
	struct vw_disk *disks; /* path and format are owned */
	size_t n_disks;
	char *dir;                   /* NULL = there are disks */
	struct vw_findings findings; /* what is known before anybody looks into it */
};

struct vw_check_request {
	struct vw_request_image *images; /* in the order of the command line */
	size_t n_images;
	struct vw_policy policy;
	struct vw_wanted wanted;
	struct vw_vf_device **strangers; /* devices that the table does not know */
	size_t n_strangers;
	char **keys; /* DEVICE:key:TEXT, NULL-terminated */
	bool allow_backing;
	unsigned int jobs, timeout; /* timeout: seconds for an image */
	const char *junit;          /* NULL = none; "-" = stdout */
	const char *domain, *uri;   /* -d and -c */
	bool vfs_unknown;           /* the domain has VFs of which nobody can say what they are */
};

/* Options and arguments, as far as they need nothing but themselves. 0, -EINVAL with a message for the user, -ENOMEM. Texts of options are
 * borrowed. *request is the caller's to free, whatever is returned. */
int vw_check_request_parse(
	const struct vw_options *options, struct vw_check_request *request, struct vw_error *err);

/* The rest: policy, devices (of this host, too) and the domain's disks. What is wrong becomes FAIL findings: then nothing is to be examined.
 * 0 or -errno. */
int vw_check_request_resolve(const struct vw_host *host, const struct vw_options *options,
	struct vw_check_request *request, struct vw_findings *findings, struct vw_error *err);

void vw_check_request_free(struct vw_check_request *request);

/* A new image at the end of the list, or NULL. name is copied. */
struct vw_request_image *vw_request_add_image(struct vw_check_request *request, const char *name);
/* Adds a disk; format may be NULL. 0 or -ENOMEM. */
int vw_request_add_disk(struct vw_request_image *image, const char *path, const char *format);

/* request_devices.c: adds a device that is to be checked, unless it is there. 0 or -ENOMEM. */
int vw_request_want(struct vw_check_request *request, uint16_t vendor, uint16_t device);
/* request_devices.c: "VENDOR:DEVICE", four hexadecimal digits each. 0 or -EINVAL with a message. */
int vw_request_parse_device(
	const char *text, uint16_t *vendor, uint16_t *device, struct vw_error *err);
/* request_devices.c: are devices named on the command line? */
bool vw_request_names_devices(const struct vw_options *options);
/* request_devices.c: --device, --adapter, --from-host; then the domain's VFs; then the default set. */
int vw_request_resolve_devices(const struct vw_host *host, const struct vw_options *options,
	const struct vw_names *domain_vfs, struct vw_check_request *request,
	struct vw_findings *findings, struct vw_error *err);

#endif
