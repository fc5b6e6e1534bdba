/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modprobe_conf: modprobe.d as libkmod reads it, with file and line, and changing it line by line.
 *
 * libkmod cannot be asked: it tells no file and no line, follows absolute links out of a root, and takes the running
 * machine's /proc/cmdline for that of any root (kmod 30, libkmod-config.c). The unit test holds this reader against it. */
#ifndef VW_MODPROBE_CONF_H
#define VW_MODPROBE_CONF_H

#include "bytes.h"
#include "error.h"
#include "host.h"

#define VW_MODPROBE_OWN "/etc/modprobe.d/vfward.conf"

enum vw_modprobe_kind {
	VW_MODPROBE_OPTIONS,
	VW_MODPROBE_BLACKLIST, /* also the argument modprobe.blacklist= */
	VW_MODPROBE_INSTALL,
	VW_MODPROBE_ALIAS,
	VW_MODPROBE_UNSUPPORTED, /* SUSE's allow_unsupported_modules: module is "0" or "1" */
	/* Arguments of the kernel only. */
	VW_MODPROBE_FORBID,       /* module_blacklist=: the kernel refuses it, whoever asks */
	VW_MODPROBE_RD_BLACKLIST, /* rd.driver.blacklist=: dracut, in the initramfs only */
	VW_MODPROBE_INITCALL, /* initcall_blacklist=: module is a function, which is not called at boot */
	VW_MODPROBE_LOCKDOWN, /* lockdown=: module is "integrity" or "confidentiality" */
	VW_MODPROBE_PCI,      /* pci=: module is one of its words */
};

struct vw_modprobe_line {
	enum vw_modprobe_kind kind;
	char *module; /* "-" written as "_"; a pattern in alias and install; as it is in what the kernel reads itself */
	char *value; /* options: all of them; install: the command; alias: the module; else "" */
	char *file;  /* as seen from the root; "/proc/cmdline" for what stands there */
	unsigned int line; /* where it begins, from 1; 0 in /proc/cmdline */
};
struct vw_modprobe_conf {
	struct vw_modprobe_line *v; /* in the order in which they count */
	size_t n;
};

/* All directives of this host that kmod would obey, in its order: ?*.conf of /etc, /run, /usr/local/lib, /usr/lib and /lib modprobe.d, by
 * name, a name in an earlier directory hides it in later ones; then the kernel's command line, if the root has a /proc. 0, or
 * -errno with a message that names the file. */
int vw_modprobe_read(
	const struct vw_host *host, struct vw_modprobe_conf *conf, struct vw_error *err);
void vw_modprobe_free(struct vw_modprobe_conf *conf);

/* The files' alone. old: as module-init-tools read them: /etc/modprobe.conf and its like, then every file of modprobe.d, whatever its name
 * ends in. 0 or -errno as above. */
int vw_modprobe_read_files(
	const struct vw_host *host, bool old, struct vw_modprobe_conf *conf, struct vw_error *err);

/* Adds the directives of one file's text. 0 or -ENOMEM. */
int vw_modprobe_parse(
	const char *text, size_t len, const char *file, struct vw_modprobe_conf *conf);
/* Adds those of a kernel command line, which stands there: MODULE.PARAM=VALUE, modprobe.blacklist=A,B and its like. 0 or -ENOMEM. */
int vw_modprobe_parse_cmdline(const char *text, size_t len, const char *file, unsigned int line,
	struct vw_modprobe_conf *conf);

/* Adds one that stands elsewhere. 0 or -ENOMEM. */
int vw_modprobe_add(struct vw_modprobe_conf *conf, enum vw_modprobe_kind kind, const char *module,
	size_t len, const char *file, unsigned int line);

/* Do name[0..len) and module name the same module? "-" and "_" are alike. */
bool vw_module_is(const char *name, size_t len, const char *module);

/* Where it stands: "FILE:LINE", or the file alone. Returns buf. */
const char *vw_modprobe_place(const struct vw_modprobe_line *line, char *buf, size_t size);

/* The directive of this kind for a module, from index *i on (start with 0); NULL: no more. "-" and "_" are alike. */
const struct vw_modprobe_line *vw_modprobe_next(const struct vw_modprobe_conf *conf,
	enum vw_modprobe_kind kind, const char *module, size_t *i);

/* The same for lines whose module is a pattern that the name matches: alias, and install (libkmod takes the first install line). The
 * name is written with "_". */
const struct vw_modprobe_line *vw_modprobe_match(const struct vw_modprobe_conf *conf,
	enum vw_modprobe_kind kind, const char *name, size_t *i);

/* One "name=value" (or "name") of an options line, as the kernel splits it: by blanks, not inside "…". */
struct vw_modprobe_option {
	const char *name, *value; /* point into the line; value NULL = there is no "=" */
	size_t name_len, value_len;
};
/* The next one from *at on (start with the line's value); false: no more. */
bool vw_modprobe_option(const char **at, struct vw_modprobe_option *option);
bool vw_modprobe_option_is(const struct vw_modprobe_option *option, const char *name);

/* Takes options away from `options MODULE` lines: where nothing is left the line becomes a comment ("# vfward: options …"), else it
 * keeps the others. Everything else stays byte for byte. 1 = changed (*out), 0 = there is none, -ENOMEM. */
int vw_modprobe_drop_option(
	const char *text, size_t len, const char *module, const char *option, struct vw_bytes *out);

#endif
