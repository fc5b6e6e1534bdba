/* SPDX-License-Identifier: GPL-2.0-or-later */
/* result: what was found out about an image. Text in it is raw: whoever shows it escapes it. */
#ifndef VW_RESULT_H
#define VW_RESULT_H

#include "devices.h"
#include "finding.h"

#include "host.h"

#include <stdint.h>

/* From good to bad, as a sum takes the worst: see vw_verdict_worse. */
enum vw_verdict {
	VW_VERDICT_PASS,
	VW_VERDICT_UNDETERMINED, /* it cannot be told: unreadable, encrypted, unknown */
	VW_VERDICT_NOT_APPLICABLE, /* a driver is there, but not for this system's release, architecture or kernel */
	VW_VERDICT_DISABLED, /* a usable driver is there, and something keeps it from being loaded */
	VW_VERDICT_FAIL,     /* there is no usable driver */
	VW_N_VERDICTS
};
enum vw_confidence { VW_CONFIDENCE_LOW, VW_CONFIDENCE_MEDIUM, VW_CONFIDENCE_HIGH };

/* "pass", "fail", "disabled", "not-applicable", "undetermined"; "low", "medium", "high". */
const char *vw_verdict_name(enum vw_verdict verdict);
const char *vw_confidence_name(enum vw_confidence confidence);
enum vw_verdict vw_verdict_worse(enum vw_verdict a, enum vw_verdict b);

/* One device, in one kernel (Linux) or in the system (Windows). Strings are owned; NULL = none. */
struct vw_check {
	enum vw_verdict verdict;
	enum vw_confidence confidence;
	char *driver;  /* module or service */
	char *version; /* "4.18.7", "2.1.175.0" */
	const char *
		version_source; /* static: "modinfo", "driver-database", "inf", "class-key", "pe" */
	char *path;             /* of the module, INF or binary, as the guest sees it */
	char *remedy;           /* what to do, one line; NULL = nothing */
	struct vw_names evidence; /* one sentence each, most important first */
	bool lost;                /* out of memory: something is missing */
};
/* All of these copy; out of memory sets ->lost. A NULL text changes nothing. */
void vw_check_set(struct vw_check *check, char **field, const char *text);
void vw_check_setf(struct vw_check *check, char **field, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void vw_check_evidence(struct vw_check *check, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same in front of what is there. */
void vw_check_reason(struct vw_check *check, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void vw_check_copy(struct vw_check *to, const struct vw_check *from);
void vw_check_free(struct vw_check *check);

/* A device that was asked for. */
struct vw_device_result {
	const struct vw_vf_device *device; /* of the table that outlives it */
	struct vw_check sum;               /* what counts */
	struct vw_check *kernels;          /* Linux: one for each of vw_system.kernels; else NULL */
};

/* An installed Linux kernel. */
struct vw_system_kernel {
	char *release; /* "6.1.0-28-amd64" */
	char *image;   /* "/boot/vmlinuz-…"; NULL = there is none: it cannot boot */
	bool is_default;
};

enum vw_system_type { VW_SYSTEM_LINUX, VW_SYSTEM_WINDOWS, VW_SYSTEM_OTHER };

struct vw_system {
	enum vw_system_type type;
	char *name; /* for people: "Debian GNU/Linux 12 (bookworm)", "Windows Server 2019 Standard" */
	char *distro;  /* ID of os-release, "debian"; "windows" */
	char *version; /* VERSION_ID "12"; Windows: "10.0.17763" */
	char *arch;    /* "x86_64", "i386", "aarch64", …; NULL = unknown */
	char *root;
	bool uefi;
	/* Windows */
	unsigned int nt_major, nt_minor, build;
	bool server;
	/* Linux */
	struct vw_system_kernel *kernels; /* oldest first */
	size_t n_kernels;
	char *default_rule; /* by which rule the default kernel was found; NULL = it is not known */
	char *default_evidence; /* "/boot/grub2/grubenv: saved_entry=…" */
	enum vw_confidence default_confidence;
	bool boots_other; /* what boots by default is none of these kernels, or cannot be read: what they agree on does not hold for it */
	struct vw_device_result *devices;
	size_t n_devices;
	struct vw_findings
		findings; /* about the system as a whole: warnings, advice (WARN), information (SKIP) */
};
void vw_system_free(struct vw_system *system);

struct vw_image_result {
	struct vw_system *systems;
	size_t n_systems;
	const char *accelerator;     /* static: "kvm", "tcg"; NULL = no appliance was started */
	struct vw_findings findings; /* about the image: FAIL = why nothing can be told; WARN */
};
void vw_image_result_free(struct vw_image_result *result);

/* The worst of all devices of all systems; undetermined where there is none, or a finding of the image is a FAIL. */
enum vw_verdict vw_image_verdict(const struct vw_image_result *result);

#endif
