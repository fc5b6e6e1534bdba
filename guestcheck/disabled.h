/* SPDX-License-Identifier: GPL-2.0-or-later */
/* disabled: what an administrator has written against a module: modprobe.d, and arguments of the kernel. */
#ifndef VW_DISABLED_H
#define VW_DISABLED_H

#include "error.h"
#include "host.h"
#include "modprobe_conf.h"

/* Who loads modules in this guest: it decides which files are read. */
enum vw_module_tools {
	VW_TOOLS_KMOD, /* looks things up in depmod's .bin files; also where nothing is found */
	VW_TOOLS_OLD,  /* module-init-tools, busybox: the texts are enough */
};

struct vw_load_rules {
	enum vw_module_tools tools;
	struct vw_modprobe_conf files;
	struct vw_modprobe_conf
		cmdline; /* of the kernel that boots by default: says nothing of other kernels */
	struct vw_modprobe_conf
		by_name; /* modules that a script loads by name at boot, whatever is blacklisted: kind BLACKLIST, with its file and line */
};
/* cmdline may be NULL. 0, or -errno with a message that names the file. */
int vw_load_rules_read(const struct vw_host *files, const char *cmdline, const char *cmdline_file,
	unsigned int cmdline_line, struct vw_load_rules *rules, struct vw_error *err);
void vw_load_rules_free(struct vw_load_rules *rules);

/* Modules that alias lines give to a device; where there is one, modprobe looks no further. `off` and its like are modules that do not
 * exist. 0 or -ENOMEM; *line (the first one; NULL = none) belongs to rules. */
int vw_load_rules_alias(const struct vw_load_rules *rules, const char *modalias,
	struct vw_names *modules, const struct vw_modprobe_line **line);

struct vw_hindrance {
	const struct vw_modprobe_line *line; /* NULL = there is none */
	bool argument;                       /* it stands on the kernel's command line */
	bool may_load; /* an install line whose command names a loader and the module: it may load it after all */
};
/* What keeps modprobe from loading this module for a device. needed: for a module that needs it, which no blacklist stops. is_default: the
 * kernel's command line counts. by_name (may be NULL): the line that loads it all the same; then a blacklist is no hindrance. */
struct vw_hindrance vw_load_rules_hindrance(const struct vw_load_rules *rules, const char *module,
	bool needed, bool is_default, const struct vw_modprobe_line **by_name);

/* The argument that keeps a built-in driver from starting: initcall_blacklist= with a function that has the name of one of its. A guess. */
const struct vw_modprobe_line *vw_load_rules_initcall(
	const struct vw_load_rules *rules, const char *module);
/* The argument that makes the kernel refuse modules that nobody signed: module.sig_enforce or lockdown=. Kernels that cannot check signatures
 * do not know it. */
const struct vw_modprobe_line *vw_load_rules_signatures(const struct vw_load_rules *rules);
/* pci=nomsi: a VF has no other interrupts (PCI Express Base Specification, "SR-IOV": Interrupt Pin is 0). */
const struct vw_modprobe_line *vw_load_rules_no_msi(const struct vw_load_rules *rules);
/* SUSE's modprobe refuses what has no "supported" in its .modinfo where the last such line says so. NULL: it does not. */
const struct vw_modprobe_line *vw_load_rules_unsupported(const struct vw_load_rules *rules);

/* rd.driver.blacklist= for this module. The initramfs obeys, the system after it does not (dracut.cmdline(7)). */
const struct vw_modprobe_line *vw_load_rules_initramfs(
	const struct vw_load_rules *rules, const char *module);

#endif
