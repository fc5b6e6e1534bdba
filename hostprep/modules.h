/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modules: the installed kernels, and what each one's module is and takes (libkmod). */
#ifndef VW_MODULES_H
#define VW_MODULES_H

#include "host.h"
#include "modprobe_conf.h"

/* A directory of /lib/modules or /usr/lib/modules with modules in it: what a removed kernel left behind is none. */
struct vw_kernel {
	char *release; /* "6.1.0-28-amd64" */
	char *dir;     /* "/lib/modules/6.1.0-28-amd64" */
	bool running;  /* by /proc/sys/kernel/osrelease of this root */
};
struct vw_kernels {
	struct vw_kernel *v; /* older versions first */
	size_t n;
};
/* 0 or -errno with a message. No /lib/modules: n = 0. */
int vw_kernels_list(const struct vw_host *host, struct vw_kernels *kernels, struct vw_error *err);
void vw_kernels_free(struct vw_kernels *kernels);

/* Is the release at least major.minor? False where it is no version. */
bool vw_kernel_at_least(const char *release, unsigned int major, unsigned int minor);

/* Does this kernel have sriov_numvfs in sysfs? Linux 3.8, and RHEL 6 from its 6.7 on (2.6.32-573). */
bool vw_kernel_has_numvfs(const char *release);

struct vw_module_parm {
	char *name;
	char *type; /* as modinfo tells it: "uint", "bool", "array of int"; "" = it does not */
};
struct vw_module {
	char *path; /* in the kernel's dir: "updates/dkms/ixgbe.ko"; NULL = built into the kernel */
	char *version; /* "" = it has none */
	bool in_tree; /* built with the kernel: modinfo's intree, or, before Linux 3.2, a path below kernel/ */
	struct vw_module_parm *parms;
	size_t n_parms;
};

/* The module that modprobe would load: what modules.dep names (so updates/, extra/ and weak-updates/ come as depmod.d says).
 * 1 = *module, 0 = this kernel has none, -ENODATA with a message: depmod never ran for this kernel; -errno with a message. */
int vw_module_find(const struct vw_host *host, const struct vw_kernel *kernel, const char *name,
	struct vw_module *module, struct vw_error *err);
void vw_module_free(struct vw_module *module);

/* The type of a parameter; NULL: the module has none of this name. "-" and "_" are alike. */
const char *vw_module_parm_type(const struct vw_module *module, const char *name, size_t len);
bool vw_module_parm_is_list(const struct vw_module *module, const char *name);

/* An option that makes loading the module fail. */
struct vw_bad_option {
	const struct vw_modprobe_line *line; /* where it stands */
	char *option;                        /* "max_vfs=10,10" */
	char why[128];                       /* "is one number in this driver, not a list" */
};
struct vw_bad_options {
	struct vw_bad_option *v;
	size_t n;
};
/* Which effective options for this module this kernel's would not take, so that it would not load. 0 or -ENOMEM.
 * Points into conf. A built-in module is never hurt. */
int vw_module_bad_options(const struct vw_kernel *kernel, const char *name,
	const struct vw_module *module, const struct vw_modprobe_conf *conf,
	struct vw_bad_options *bad);
void vw_bad_options_free(struct vw_bad_options *bad);

/* Would the kernel take this value for a parameter of this type? why (may be NULL) says why not. value NULL: there is no "=". */
bool vw_module_parm_takes(const char *type, const char *value, size_t len, char why[128]);

/* The initramfs image of a kernel, as seen from the root; "" where there is none in the usual places. */
void vw_initramfs_path(const struct vw_host *host, const char *release, char *buf, size_t size);
/* Is it older than a file of modprobe.d, or than the kernel's index of modules? Only a hint: neither has to be inside. 1 (*newer names
 * it), 0, or -errno. */
int vw_initramfs_stale(
	const struct vw_host *host, const struct vw_kernel *kernel, char *newer, size_t size);

#endif
