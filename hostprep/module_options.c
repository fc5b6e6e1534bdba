/* SPDX-License-Identifier: GPL-2.0-or-later */
/* module_options: which options a kernel's module would refuse. */
#include "modules.h"

#include "cleanup.h"
#include "text.h"

#include <errno.h>
#include <string.h>

/* Numeric types of kernel/params.c (STANDARD_PARAM_DEF), with the largest value. */
static const struct number_type {
	const char *name;
	uint64_t max;
	bool is_signed;
} number_types[] = {
	{ "byte", UINT8_MAX, false },
	{ "short", INT16_MAX, true },
	{ "ushort", UINT16_MAX, false },
	{ "int", INT32_MAX, true },
	{ "uint", UINT32_MAX, false },
	{ "long", INT64_MAX, true },
	{ "ulong", UINT64_MAX, false },
	{ "ullong", UINT64_MAX, false },
	{ "hexint", UINT32_MAX, false },
};

static bool fits(const struct number_type *type, const char *text)
{
	bool negative = type->is_signed && text[0] == '-';
	uint64_t value;

	if (negative || text[0] == '+')
		text++;
	return vw_text_u64(text, 0, type->max + (negative ? 1 : 0), &value) == 0;
}

/* kstrtobool looks at the first character, of "on" and "off" at the second (lib/kstrtox.c); so "1,1" passes. */
static bool is_bool(const char *text)
{
	if (text[0] == 'o' || text[0] == 'O')
		return text[1] && strchr("nNfF", text[1]);
	return text[0] && strchr("yY1nN0", text[0]);
}

static bool takes_one(const char *type, const char *value, char why[128])
{
	for (size_t i = 0; i < VW_ARRAY_SIZE(number_types); i++) {
		if (strcmp(number_types[i].name, type) != 0)
			continue;
		if (fits(&number_types[i], value))
			return true;
		if (strchr(value, ','))
			snprintf(why, 128,
				"this driver takes one number for all ports there, not a list");
		else
			snprintf(why, 128, "this driver takes only a number (%s) there", type);
		return false;
	}
	if ((strcmp(type, "bool") == 0 || strcmp(type, "invbool") == 0) && !is_bool(value)) {
		snprintf(why, 128, "this driver takes only yes or no there");
		return false;
	}
	return true;
}

bool vw_module_parm_takes(const char *type, const char *value, size_t len, char why[128])
{
	static const char list[] = "array of ";
	vw_auto_free char *copy = value ? strndup(value, len) : NULL;
	char ignored[128], *at = copy, *each;

	why = why ? why : ignored;
	if (!value) {
		if (strcmp(type, "bool") == 0 || strcmp(type, "invbool") == 0 || !*type)
			return true;
		snprintf(why, 128, "it has no value");
		return false;
	}
	if (!copy)
		return true;
	if (strncmp(type, list, strlen(list)) != 0)
		return takes_one(type, copy, why);
	/* kernel/params.c:param_array: how many it takes is not in .modinfo */
	while ((each = strsep(&at, ",")))
		if (!takes_one(type + strlen(list), each, why))
			return false;
	return true;
}

void vw_bad_options_free(struct vw_bad_options *bad)
{
	for (size_t i = 0; i < bad->n; i++)
		free(bad->v[i].option);
	free(bad->v);
	*bad = (struct vw_bad_options){ 0 };
}

static int add_bad(struct vw_bad_options *bad, const struct vw_modprobe_line *line,
	const struct vw_modprobe_option *option, const char *why)
{
	struct vw_bad_option *v = reallocarray(bad->v, bad->n + 1, sizeof(*v));
	size_t len = option->value ? (size_t)(option->value - option->name) + option->value_len
				   : option->name_len;

	if (!v)
		return -ENOMEM;
	bad->v = v;
	v[bad->n] = (struct vw_bad_option){ .line = line, .option = strndup(option->name, len) };
	snprintf(v[bad->n].why, sizeof(v[bad->n].why), "%s", why);
	return v[bad->n++].option ? 0 : -ENOMEM;
}

/* Would this kernel refuse to load the module for it? */
static bool is_bad(const struct vw_kernel *kernel, const struct vw_module *module,
	const struct vw_modprobe_option *option, char why[128])
{
	const char *type = vw_module_parm_type(module, option->name, option->name_len);

	if (type)
		return !vw_module_parm_takes(type, option->value, option->value_len, why);
	/* kernel/module.c:unknown_module_param_cb, since 3.11 */
	if (vw_kernel_at_least(kernel->release, 3, 11))
		return false;
	snprintf(why, 128, "this driver does not know it, and so old a kernel refuses that");
	return true;
}

int vw_module_bad_options(const struct vw_kernel *kernel, const char *name,
	const struct vw_module *module, const struct vw_modprobe_conf *conf,
	struct vw_bad_options *bad)
{
	const struct vw_modprobe_line *line;
	struct vw_modprobe_option option;
	size_t i = 0;
	int rc = 0;

	*bad = (struct vw_bad_options){ 0 };
	if (!module->path)
		return 0;
	while (rc == 0 && (line = vw_modprobe_next(conf, VW_MODPROBE_OPTIONS, name, &i))) {
		for (const char *at = line->value; rc == 0 && vw_modprobe_option(&at, &option);) {
			char why[128];

			if (is_bad(kernel, module, &option, why))
				rc = add_bad(bad, line, &option, why);
		}
	}
	if (rc < 0)
		vw_bad_options_free(bad);
	return rc;
}
