/* SPDX-License-Identifier: GPL-2.0-or-later */
/* request: reading options and arguments, and whether they make sense together. */
#include "request.h"

#include "cleanup.h"
#include "domain_disks.h"
#include "image_format.h"
#include "keys.h"
#include "text.h"

#include <string.h>

#define JOBS_MAX        256
#define TIMEOUT_DEFAULT 300 /* an appliance without KVM on a busy machine takes one of them */
#define TIMEOUT_MAX     86400

static int out_of_memory(struct vw_error *err)
{
	return vw_error_set(err, ENOMEM, "out of memory");
}

struct vw_request_image *vw_request_add_image(struct vw_check_request *request, const char *name)
{
	struct vw_request_image *images =
		reallocarray(request->images, request->n_images + 1, sizeof(*images));
	char *copy = strdup(name);

	if (images)
		request->images = images;
	if (!images || !copy) {
		free(copy);
		return NULL;
	}
	images[request->n_images] = (struct vw_request_image){ .name = copy };
	return &images[request->n_images++];
}

int vw_request_add_disk(struct vw_request_image *image, const char *path, const char *format)
{
	struct vw_disk *disks = reallocarray(image->disks, image->n_disks + 1, sizeof(*disks));
	struct vw_disk *disk;

	if (!disks)
		return -ENOMEM;
	image->disks = disks;
	disk = &disks[image->n_disks++];
	*disk = (struct vw_disk){ .path = strdup(path), .format = format ? strdup(format) : NULL };
	return disk->path && (!format || disk->format) ? 0 : -ENOMEM;
}

static void free_image(struct vw_request_image *image)
{
	for (size_t i = 0; i < image->n_disks; i++) {
		free((char *)image->disks[i].path);
		free((char *)image->disks[i].format);
	}
	free(image->disks);
	free(image->name);
	free(image->dir);
	vw_findings_free(&image->findings);
}

void vw_check_request_free(struct vw_check_request *request)
{
	for (size_t i = 0; i < request->n_images; i++)
		free_image(&request->images[i]);
	free(request->images);
	for (size_t i = 0; i < request->n_strangers; i++)
		free(request->strangers[i]);
	free(request->strangers);
	free(request->wanted.devices);
	for (size_t i = 0; request->keys && request->keys[i]; i++) {
		explicit_bzero(request->keys[i], strlen(request->keys[i]));
		free(request->keys[i]);
	}
	free(request->keys);
	vw_policy_free(&request->policy);
	*request = (struct vw_check_request){ 0 };
}

/* Texts of one option that may be given several times, or the first text that is not the only one. */
static int one_only(const struct vw_options *options, unsigned int flag, const char *name,
	const char **text, struct vw_error *err)
{
	*text = vw_options_value(options, flag);
	for (size_t i = 0; i < options->n_values; i++)
		if (options->values[i].flag == flag && strcmp(options->values[i].text, *text) != 0)
			return vw_error_set(err, EINVAL, "%s is given twice", name);
	if (*text && !**text)
		return vw_error_set(err, EINVAL, "%s needs a value", name);
	return 0;
}

static int read_number(const char *text, const char *name, unsigned int max, unsigned int *number,
	struct vw_error *err)
{
	uint64_t value;
	char safe[64];

	if (!text)
		return 0;
	if (vw_text_u64(text, 10, max, &value) < 0 || value == 0)
		return vw_error_set(err, EINVAL, "%s is a number from 1 to %u, not '%s'", name, max,
			vw_text_escape(safe, sizeof(safe), text));
	*number = (unsigned int)value;
	return 0;
}

static int read_kernels(const char *text, enum vw_kernel_policy *kernels, struct vw_error *err)
{
	static const char *const names[] = {
		[VW_KERNEL_DEFAULT] = "default", [VW_KERNEL_ANY] = "any", [VW_KERNEL_ALL] = "all"
	};
	char safe[64];

	for (size_t i = 0; text && i < VW_ARRAY_SIZE(names); i++) {
		if (strcmp(text, names[i]) == 0) {
			*kernels = (enum vw_kernel_policy)i;
			return 0;
		}
	}
	return text ? vw_error_set(err, EINVAL, "--kernel is default, any or all, not '%s'",
			      vw_text_escape(safe, sizeof(safe), text))
		    : 0;
}

/* --format holds for the disks behind it, and the first one also for those in front of it, so that one alone is for all. "auto" is what holds
 * without any. NULL: to be found out. */
static const char *format_at(const struct vw_options *options, size_t place)
{
	const char *format = NULL;

	for (size_t i = 0; i < options->n_values; i++)
		if (options->values[i].flag == VW_OWN_FORMAT && (i < place || !format))
			format = options->values[i].text;
	return format && strcmp(format, "auto") != 0 ? format : NULL;
}

static int check_formats(const struct vw_options *options, struct vw_error *err)
{
	const char *only;
	char safe[64];

	for (size_t i = 0; i < options->n_values; i++) {
		const char *format = options->values[i].text;

		if (options->values[i].flag != VW_OWN_FORMAT || strcmp(format, "auto") == 0 ||
			vw_image_format_known(format))
			continue;
		return vw_error_set(err, EINVAL,
			"--format: '%s' is no format that is read; give raw, qcow2, …, or auto",
			vw_text_escape(safe, sizeof(safe), format));
	}
	return options->n_args ? one_only(options, VW_OWN_FORMAT, "--format", &only, err) : 0;
}

/* "DEVICE:key:TEXT" of a key that was read. */
static char *key_selector(const struct vw_key *key)
{
	char *text;

	return asprintf(&text, "%s:key:%s", key->device, key->secret) < 0 ? NULL : text;
}

/* Key files are read here, once: they may be pipes, and several images may want them. */
static int read_keys(
	const struct vw_options *options, struct vw_check_request *request, struct vw_error *err)
{
	vw_auto_free const char **selectors = calloc(options->n_values + 1, sizeof(*selectors));
	vw_auto(vw_keys_free) struct vw_keys keys = { 0 };
	size_t n = 0;
	int rc;

	for (size_t i = 0; selectors && i < options->n_values; i++)
		if (options->values[i].flag == VW_OWN_KEY)
			selectors[n++] = options->values[i].text;
	rc = selectors ? vw_keys_parse(selectors, &keys, err) : out_of_memory(err);
	if (rc < 0)
		return vw_error_prefix(err, rc, "--key");
	request->keys = calloc(n + 1, sizeof(*request->keys));
	if (!request->keys)
		return out_of_memory(err);
	for (size_t i = 0; i < keys.n; i++) {
		request->keys[i] = key_selector(&keys.v[i]);
		if (!request->keys[i])
			return out_of_memory(err);
	}
	return 0;
}

/* Exactly one kind of image, and nothing that has no meaning for it. */
static int check_sources(const struct vw_options *options, struct vw_error *err)
{
	unsigned int own = options->own;
	int kinds = !!(own & VW_OWN_DISK) + !!(own & VW_OWN_DOMAIN) + !!options->root +
		    !!options->n_args;

	if (kinds == 0)
		return vw_error_set(err, EINVAL,
			"an image is missing: -a DISK, -d DOMAIN, --root DIR or IMAGE...");
	if (kinds > 1)
		return vw_error_set(err, EINVAL,
			"-a, -d, --root and IMAGE... exclude each other: -a names the disks of one "
			"machine, each IMAGE is a machine of its own");
	if ((own & VW_OWN_CONNECT) && !(own & VW_OWN_DOMAIN))
		return vw_error_set(err, EINVAL, "-c goes with -d DOMAIN");
	if ((own & VW_OWN_FORMAT) && (own & VW_OWN_DOMAIN))
		return vw_error_set(
			err, EINVAL, "--format: the domain says which formats its disks have");
	if (options->root && (own & (VW_OWN_FORMAT | VW_OWN_KEY | VW_OWN_BACKING)))
		return vw_error_set(err, EINVAL,
			"--format, --key and --allow-backing are about disks, not about --root");
	for (size_t i = 0; i < options->n_args; i++)
		if (!*options->args[i])
			return vw_error_set(err, EINVAL, "an IMAGE has no name");
	return 0;
}

static int add_dir(struct vw_check_request *request, const char *dir)
{
	struct vw_request_image *image = vw_request_add_image(request, dir);

	if (!image)
		return -ENOMEM;
	image->dir = strdup(dir);
	return image->dir ? 0 : -ENOMEM;
}

static int add_machine(
	struct vw_check_request *request, const struct vw_options *options, struct vw_error *err)
{
	struct vw_request_image *image = NULL;

	for (size_t i = 0; i < options->n_values; i++) {
		const char *path = options->values[i].text;

		if (options->values[i].flag != VW_OWN_DISK)
			continue;
		if (!*path)
			return vw_error_set(err, EINVAL, "-a needs a DISK");
		if (!image)
			image = vw_request_add_image(request, path);
		if (!image || vw_request_add_disk(image, path, format_at(options, i)) < 0)
			return out_of_memory(err);
	}
	return 0;
}

static int add_images(
	struct vw_check_request *request, const struct vw_options *options, struct vw_error *err)
{
	const char *format = format_at(options, options->n_values);

	if (options->root && add_dir(request, options->root) < 0)
		return out_of_memory(err);
	for (size_t i = 0; i < options->n_args; i++) {
		struct vw_request_image *image = vw_request_add_image(request, options->args[i]);

		if (!image || vw_request_add_disk(image, options->args[i], format) < 0)
			return out_of_memory(err);
	}
	return add_machine(request, options, err);
}

/* Options with one value. */
static int read_values(
	const struct vw_options *options, struct vw_check_request *request, struct vw_error *err)
{
	const char *jobs, *timeout, *kernel, *policy;
	const struct {
		unsigned int flag;
		const char *name, **text;
	} values[] = {
		{ VW_OWN_JOBS, "-j", &jobs },
		{ VW_OWN_TIMEOUT, "--timeout", &timeout },
		{ VW_OWN_KERNEL, "--kernel", &kernel },
		{ VW_OWN_POLICY, "--policy", &policy },
		{ VW_OWN_JUNIT, "--junit", &request->junit },
		{ VW_OWN_DOMAIN, "-d", &request->domain },
		{ VW_OWN_CONNECT, "-c", &request->uri },
	};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < VW_ARRAY_SIZE(values); i++)
		rc = one_only(options, values[i].flag, values[i].name, values[i].text, err);
	if (rc == 0)
		rc = read_number(jobs, "-j", JOBS_MAX, &request->jobs, err);
	if (rc == 0)
		rc = read_number(timeout, "--timeout", TIMEOUT_MAX, &request->timeout, err);
	if (rc == 0)
		rc = read_kernels(kernel, &request->wanted.kernels, err);
	return rc < 0 ? rc : check_formats(options, err);
}

int vw_check_request_parse(
	const struct vw_options *options, struct vw_check_request *request, struct vw_error *err)
{
	int rc;

	*request = (struct vw_check_request){ .jobs = 1,
		.timeout = TIMEOUT_DEFAULT,
		.allow_backing = options->own & VW_OWN_BACKING };
	rc = check_sources(options, err);
	if (rc == 0)
		rc = read_values(options, request, err);
	if (rc == 0)
		rc = read_keys(options, request, err);
	if (rc == 0 && options->json && request->junit && strcmp(request->junit, "-") == 0)
		rc = vw_error_set(err, EINVAL, "--json and --junit - would both write to stdout");
	for (size_t i = 0; rc == 0 && i < options->n_values; i++) {
		uint16_t vendor, device;

		if (options->values[i].flag == VW_OWN_DEVICE)
			rc = vw_request_parse_device(
				options->values[i].text, &vendor, &device, err);
	}
	return rc < 0 ? rc : add_images(request, options, err);
}

int vw_check_request_resolve(const struct vw_host *host, const struct vw_options *options,
	struct vw_check_request *request, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_names_free) struct vw_names vfs = { 0 };
	int rc = vw_policy_load(
		host, vw_options_value(options, VW_OWN_POLICY), &request->policy, findings, err);

	if (rc == 0 && vw_findings_worst(findings) == VW_FAIL)
		return 0;
	if (rc == 0 && request->domain)
		rc = vw_domain_add(host, request, vw_request_names_devices(options) ? NULL : &vfs,
			findings, err);
	if (rc == 0 && vw_findings_worst(findings) != VW_FAIL)
		rc = vw_request_resolve_devices(host, options, &vfs, request, findings, err);
	return rc == 0 && findings->lost ? out_of_memory(err) : rc;
}
