/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modules: installed kernels, and by libkmod what each one's module is. */

/*
 * Theory of operation. libkmod is given the real path of the kernel's directory, as found inside the root, and is asked for
 * two things only: which file modules.dep.bin names for a module, and what .modinfo of a file says (it unpacks gz, xz and
 * zstd). Its configuration is never used (modprobe_conf.h says why). A file's path is resolved inside the root before libkmod
 * gets it, because weak-updates/ consists of absolute links, which in an image would lead to the running machine's modules.
 */
#include "modules.h"

#include "cleanup.h"
#include "kernel_dirs.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/* Where a path of the root really is, for libkmod. */
static int real_path(const struct vw_host *host, char buf[PATH_MAX], const char *path)
{
	char proc[64];
	vw_auto_close int fd = vw_host_openf(host, O_PATH, "%s", path);
	ssize_t n;

	if (fd < 0)
		return fd;
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	n = readlink(proc, buf, PATH_MAX - 1);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return 0;
}

static void free_kernel(struct vw_kernel *kernel)
{
	free(kernel->release);
	free(kernel->dir);
}

void vw_kernels_free(struct vw_kernels *kernels)
{
	for (size_t i = 0; i < kernels->n; i++)
		free_kernel(&kernels->v[i]);
	free(kernels->v);
	*kernels = (struct vw_kernels){ 0 };
}

int vw_kernels_list(const struct vw_host *host, struct vw_kernels *kernels, struct vw_error *err)
{
	vw_auto(vw_kernel_dirs_free) struct vw_kernel_dirs dirs = { 0 };
	char running[128] = "";
	int rc = vw_kernel_dirs_list(host, &dirs, err);

	*kernels = (struct vw_kernels){ 0 };
	if (rc < 0 || dirs.n == 0)
		return rc;
	kernels->v = calloc(dirs.n, sizeof(*kernels->v));
	if (!kernels->v)
		return vw_error_set(err, ENOMEM, "out of memory");
	vw_host_readf(host, running, sizeof(running), "/proc/sys/kernel/osrelease");
	for (; kernels->n < dirs.n; kernels->n++) {
		struct vw_kernel_dir *dir = &dirs.v[kernels->n];

		kernels->v[kernels->n] = (struct vw_kernel){ .release = dir->release,
			.dir = dir->dir,
			.running = strcmp(dir->release, running) == 0 };
		*dir = (struct vw_kernel_dir){ 0 };
	}
	return 0;
}

static bool read_version(const char *release, unsigned int version[3])
{
	int n = sscanf(release, "%u.%u.%u", &version[0], &version[1], &version[2]);

	if (n == 2)
		version[2] = 0;
	return n >= 2;
}

bool vw_kernel_at_least(const char *release, unsigned int major, unsigned int minor)
{
	unsigned int v[3];

	if (!read_version(release, v))
		return false;
	return v[0] != major ? v[0] > major : v[1] >= minor;
}

bool vw_kernel_has_numvfs(const char *release)
{
	static const char rhel6[] = "2.6.32-";
	unsigned int build;

	/* Linux: drivers/pci/iov.c since 3.8. RHEL 6.7: the kernel's ixgbe.rst ("max_vfs"). */
	if (vw_kernel_at_least(release, 3, 8))
		return true;
	return strncmp(release, rhel6, strlen(rhel6)) == 0 && strstr(release, ".el6") &&
	       sscanf(release + strlen(rhel6), "%u", &build) == 1 && build >= 573;
}

void vw_module_free(struct vw_module *module)
{
	for (size_t i = 0; i < module->n_parms; i++) {
		free(module->parms[i].name);
		free(module->parms[i].type);
	}
	free(module->parms);
	free(module->path);
	free(module->version);
	*module = (struct vw_module){ 0 };
}

static void drop_ctx(struct kmod_ctx **ctx)
{
	if (*ctx)
		kmod_unref(*ctx);
}

static void drop_kmod(struct kmod_module **kmod)
{
	if (*kmod)
		kmod_module_unref(*kmod);
}

static void drop_info(struct kmod_list **list)
{
	if (*list)
		kmod_module_info_free_list(*list);
}

static void no_log(void *data, int priority, const char *file, int line, const char *fn,
	const char *format, va_list args)
{
	(void)data, (void)priority, (void)file, (void)line, (void)fn, (void)format, (void)args;
}

/* A libkmod without any configuration. dir: a real path. */
static struct kmod_ctx *new_ctx(const char *dir)
{
	static const char *const nothing[] = { NULL };
	struct kmod_ctx *ctx = kmod_new(dir, nothing);

	if (ctx)
		kmod_set_log_fn(ctx, no_log, NULL);
	return ctx;
}

/* "max_vfs:Maximum number …" (parm) or "max_vfs:uint" (parmtype). */
static int add_parm(struct vw_module *module, const char *text, bool is_type)
{
	size_t len = strcspn(text, ":");
	struct vw_module_parm *parm = NULL, *v;

	for (size_t i = 0; i < module->n_parms && !parm; i++)
		if (strlen(module->parms[i].name) == len &&
			strncmp(module->parms[i].name, text, len) == 0)
			parm = &module->parms[i];
	if (!parm) {
		v = reallocarray(module->parms, module->n_parms + 1, sizeof(*v));
		if (!v)
			return -ENOMEM;
		module->parms = v;
		parm = &v[module->n_parms++];
		*parm = (struct vw_module_parm){ .name = strndup(text, len), .type = strdup("") };
	}
	if (is_type && text[len]) {
		free(parm->type);
		parm->type = strdup(text + len + 1);
	}
	return parm->name && parm->type ? 0 : -ENOMEM;
}

static int read_info(struct vw_module *module, const struct kmod_list *list)
{
	const struct kmod_list *each;
	int rc = 0;

	kmod_list_foreach(each, list)
	{
		const char *key = kmod_module_info_get_key(each);
		const char *value = kmod_module_info_get_value(each);

		if (strcmp(key, "parmtype") == 0 || strcmp(key, "parm") == 0)
			rc = add_parm(module, value, key[4]);
		else if (strcmp(key, "intree") == 0)
			module->in_tree = true;
		else if (strcmp(key, "version") == 0 && !module->version)
			rc = (module->version = strdup(value)) ? 0 : -ENOMEM;
		if (rc < 0)
			return rc;
	}
	if (!module->version)
		module->version = strdup("");
	return module->version ? 0 : -ENOMEM;
}

/* real: of the kernel's directory; file: of the module. */
static int read_file(const char *real, const char *file, struct vw_module *module)
{
	vw_auto(drop_ctx) struct kmod_ctx *ctx = new_ctx(real);
	vw_auto(drop_kmod) struct kmod_module *kmod = NULL;
	vw_auto(drop_info) struct kmod_list *list = NULL;
	int rc = ctx ? kmod_module_new_from_path(ctx, file, &kmod) : -ENOMEM;

	if (rc >= 0)
		rc = kmod_module_get_info(kmod, &list);
	return rc < 0 ? rc : read_info(module, list);
}

/* Is the module in modules.builtin ("kernel/drivers/net/…/igb.ko")? */
static bool is_builtin(const struct vw_host *host, const struct vw_kernel *kernel, const char *name)
{
	vw_auto_free char *text = NULL;
	size_t len;
	char *at = NULL;

	if (vw_host_slurpf(host, 4U << 20, &text, &len, "%s/modules.builtin", kernel->dir) < 0)
		return false;
	for (char *line = strtok_r(text, "\n", &at); line; line = strtok_r(NULL, "\n", &at)) {
		const char *slash = strrchr(line, '/'), *base = slash ? slash + 1 : line;

		if (strlen(base) == strlen(name) + 3 && vw_module_is(base, strlen(name), name) &&
			strcmp(base + strlen(name), ".ko") == 0)
			return true;
	}
	return false;
}

/* modules.dep.bin has to be a file of the directory itself, because libkmod opens it by name. */
static bool has_index(const struct vw_host *host, const struct vw_kernel *kernel, const char *real)
{
	char path[PATH_MAX], want[PATH_MAX], is[PATH_MAX];

	snprintf(path, sizeof(path), "%s/modules.dep.bin", kernel->dir);
	snprintf(want, sizeof(want), "%s/modules.dep.bin", real);
	return real_path(host, is, path) == 0 && strcmp(is, want) == 0;
}

/* The module's path below the kernel's directory, as modules.dep has it: 1, 0 = not there. */
static int find_path(const char *real, const char *name, char path[PATH_MAX])
{
	vw_auto(drop_ctx) struct kmod_ctx *ctx = new_ctx(real);
	vw_auto(drop_kmod) struct kmod_module *kmod = NULL;
	size_t len = strlen(real);
	const char *is;

	if (!ctx || kmod_module_new_from_name(ctx, name, &kmod) < 0)
		return -ENOMEM;
	is = kmod_module_get_path(kmod);
	if (!is)
		return 0;
	/* An absolute one stands in modules.dep of old kernels (module-init-tools). */
	snprintf(path, PATH_MAX, "%s",
		strncmp(is, real, len) == 0 && is[len] == '/' ? is + len + 1 : is);
	return 1;
}

int vw_module_find(const struct vw_host *host, const struct vw_kernel *kernel, const char *name,
	struct vw_module *module, struct vw_error *err)
{
	char real[PATH_MAX], path[PATH_MAX], seen[PATH_MAX * 2], file[PATH_MAX];
	int rc = real_path(host, real, kernel->dir);

	*module = (struct vw_module){ 0 };
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot open %s", kernel->dir);
	if (is_builtin(host, kernel, name)) {
		module->in_tree = true;
		module->version = strdup("");
		return module->version ? 1 : vw_error_set(err, ENOMEM, "out of memory");
	}
	if (!has_index(host, kernel, real))
		return vw_error_set(err, ENODATA, "%s has no modules.dep.bin: run depmod %s",
			kernel->dir, kernel->release);
	rc = find_path(real, name, path);
	if (rc <= 0)
		return rc < 0 ? vw_error_set(err, ENOMEM, "out of memory") : 0;
	if (path[0] == '/')
		snprintf(seen, sizeof(seen), "%s", path);
	else
		snprintf(seen, sizeof(seen), "%s/%s", kernel->dir, path);
	rc = real_path(host, file, seen);
	if (rc == 0)
		rc = read_file(real, file, module);
	if (rc == 0) {
		module->path = strdup(path);
		rc = module->path ? 0 : -ENOMEM;
		module->in_tree |=
			!vw_kernel_at_least(kernel->release, 3, 2) && strstr(seen, "/kernel/");
	}
	if (rc == 0)
		return 1;
	vw_module_free(module);
	return vw_error_errno(err, -rc, "cannot read the module %s", seen);
}

const char *vw_module_parm_type(const struct vw_module *module, const char *name, size_t len)
{
	for (size_t i = 0; i < module->n_parms; i++)
		if (vw_module_is(name, len, module->parms[i].name))
			return module->parms[i].type;
	return NULL;
}

bool vw_module_parm_is_list(const struct vw_module *module, const char *name)
{
	const char *type = vw_module_parm_type(module, name, strlen(name));

	return type && strncmp(type, "array of ", strlen("array of ")) == 0;
}
