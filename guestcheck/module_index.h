/* SPDX-License-Identifier: GPL-2.0-or-later */
/* module_index: what depmod wrote for a kernel: which module drives what, where it is, what it needs; and what is built in.
 *
 * The texts are read. Programs of kmod look into the .bin files beside them only (kmod 30: without modules.alias.bin or modules.dep.bin
 * modprobe finds nothing, without the texts everything); those are not parsed, as depmod writes both at once. module-init-tools and
 * busybox are content with the texts. */
#ifndef VW_MODULE_INDEX_H
#define VW_MODULE_INDEX_H

#include "error.h"
#include "host.h"

struct vw_index_file {
	char *text; /* never NULL once read */
	size_t len;
	bool there;
};
struct vw_module_index {
	struct vw_index_file alias, dep, builtin;
	struct vw_index_file builtin_modinfo; /* since Linux 5.2 */
	bool alias_bin, dep_bin;
};
/* Those of a kernel's directory. What is not there is empty. 0, or -errno with a message that names the file. */
int vw_module_index_read(const struct vw_host *files, const char *dir,
	struct vw_module_index *index, struct vw_error *err);
void vw_module_index_free(struct vw_module_index *index);

/* No more modules than this are taken for one device. */
#define VW_INDEX_MATCHES 32

/* Modules whose alias lines match, each once, "-" as "_", in the file's order. 0 or -ENOMEM. */
int vw_modules_alias_match(
	const char *text, size_t len, const char *modalias, struct vw_names *modules);
/* Does the text have any alias line? */
bool vw_modules_alias_any(const char *text, size_t len);
/* The same of modules.builtin.modinfo: "module.alias=pattern", each with a NUL. 0 or -ENOMEM. */
int vw_modules_builtin_match(
	const char *data, size_t len, const char *modalias, struct vw_names *modules);

/* A module's place, "kernel/drivers/net/x.ko.xz" (absolute where module-init-tools wrote it), in a line of modules.dep or modules.builtin. Points
 * into the text. */
struct vw_module_place {
	const char *path;
	size_t path_len;
	const char
		*needs; /* paths of the modules that have to be loaded first, with blanks between */
	size_t needs_len;
};
/* The first line for this module; false: there is none. */
bool vw_modules_find(
	const char *text, size_t len, const char *module, struct vw_module_place *place);
/* The next path of ->needs, which gets shorter; false: no more. */
bool vw_modules_need(struct vw_module_place *place, const char **path, size_t *len);

/* The module's name in a path: the last component up to its first dot. Its length. */
size_t vw_module_path_name(const char *path, size_t len, const char **name);

#endif
