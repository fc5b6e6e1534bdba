/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journal_json: plan.json as text, and back. */
#include "journal_priv.h"

#include "cleanup.h"
#include "json.h"
#include "loader.h"

#include <string.h>

static const char *const states[] = { "applying", "applied", "undoing" };
static const char *const methods[] = { "auto", "sysfs", "modprobe" };
static const char *const kinds[] = { "file", "run" };

/* --- writing --- */

/* JSON is UTF-8; another name would be read as the name of something else. */
static void add_exact(struct vw_json *json, struct json_object *to, const char *key,
	const char *text, const char **strange)
{
	struct json_object *value;

	vw_json_text(json, to, key, text);
	if (!text || json->lost)
		return;
	value = key ? json_object_object_get(to, key)
		    : json_object_array_get_idx(to, json_object_array_length(to) - 1);
	if (strcmp(json_object_get_string(value), text) != 0)
		*strange = text;
}

static void add_argv(struct vw_json *json, struct json_object *to, const char *key,
	char *const *argv, const char **strange)
{
	struct json_object *array;

	if (!argv)
		return;
	array = vw_json_array(json, to, key);
	for (; *argv; argv++)
		add_exact(json, array, NULL, *argv, strange);
}

static void add_size(struct vw_json *json, struct json_object *to, const char *key, bool there,
	const struct vw_bytes *text)
{
	if (there)
		vw_json_number(json, to, key, (int64_t)text->len);
	else
		vw_json_null(json, to, key);
}

static void add_step(struct vw_json *json, struct json_object *array, const struct vw_step *step,
	const char **strange)
{
	struct json_object *to = vw_json_object(json, array, NULL);

	vw_json_text(json, to, "kind", kinds[step->kind]);
	add_exact(json, to, "path", step->path, strange);
	vw_json_text(json, to, "why", step->why);
	add_size(json, to, "before", step->existed, &step->before);
	add_size(json, to, "after", step->kind == VW_STEP_FILE || step->after.len, &step->after);
	vw_json_number(json, to, "mode", step->mode);
	vw_json_text(json, to, "format", step->format ? step->format->name : NULL);
	vw_json_text(json, to, "marker", step->marker);
	vw_json_bool(json, to, "ours", step->is_ours);
	add_argv(json, to, "argv", step->argv, strange);
	add_argv(json, to, "undo_argv", step->undo_argv, strange);
	vw_json_bool(json, to, "makes_entries", step->makes_entries);
}

static void add_request(struct vw_json *json, const struct vw_request *request)
{
	struct json_object *to = vw_json_object(json, json->top, "request"), *array;

	array = vw_json_array(json, to, "pfs");
	for (size_t i = 0; i < request->n_pfs; i++) {
		const struct vw_pf_request *pf = &request->pfs[i];
		struct json_object *object = vw_json_object(json, array, NULL);
		char text[VW_PCI_STR > VW_MAC_STR ? VW_PCI_STR : VW_MAC_STR];

		vw_json_text(json, object, "given", pf->given);
		vw_json_number(json, object, "count", pf->count);
		vw_json_text(json, object, "pf", vw_pci_format(&pf->pf, text));
		vw_json_text(json, object, "netdev", pf->netdev);
		vw_json_text(json, object, "mac", vw_mac_format(&pf->mac, text));
		vw_json_text(json, object, "driver", pf->driver);
	}
	vw_json_bool(json, to, "passthrough", request->passthrough);
	vw_json_bool(json, to, "allow_unsupported_sfp", request->allow_unsupported_sfp);
	vw_json_bool(json, to, "blacklist_vf_driver", request->blacklist_vf_driver);
	vw_json_text(json, to, "method", methods[request->method]);
	vw_json_text(json, to, "bootloader", request->bootloader);
}

static void add_all(struct vw_json *json, const struct vw_journal *journal, const char **strange)
{
	const struct vw_plan *plan = &journal->plan;
	struct json_object *to;

	vw_json_text(json, json->top, "state", states[journal->state]);
	vw_json_text(json, json->top, "boot_id", journal->boot_id);
	add_request(json, &journal->request);
	to = vw_json_object(json, json->top, "args");
	vw_json_bool(json, to, "intel_iommu", plan->args.intel_iommu);
	vw_json_bool(json, to, "passthrough", plan->args.passthrough);
	vw_json_bool(json, to, "pci_realloc", plan->args.pci_realloc);
	vw_json_text(json, json->top, "loader", plan->loader);
	vw_json_bool(json, json->top, "reboot", plan->reboot);
	to = vw_json_array(json, json->top, "directories");
	for (size_t i = 0; i < journal->directories.n; i++)
		add_exact(json, to, NULL, journal->directories.v[i], strange);
	to = vw_json_array(json, json->top, "steps");
	for (size_t i = 0; i < plan->n; i++)
		add_step(json, to, &plan->steps[i], strange);
}

int vw_journal_format(const struct vw_journal *journal, struct vw_bytes *text, struct vw_error *err)
{
	vw_auto(vw_json_end) struct vw_json json = { 0 };
	const char *strange = NULL, *all;
	size_t len;

	vw_json_begin(&json);
	add_all(&json, journal, &strange);
	if (strange && !json.lost)
		return vw_error_set(err, EILSEQ, "the name %s is no UTF-8", strange);
	all = json.lost
		      ? NULL
		      : json_object_to_json_string_length(json.top, JSON_C_TO_STRING_PRETTY, &len);
	if (!all)
		return vw_error_set(err, ENOMEM, "out of memory");
	vw_bytes_add(text, all, len);
	vw_bytes_add(text, "\n", 1);
	return text->lost ? vw_error_set(err, ENOMEM, "out of memory") : 0;
}

/* --- reading: what is not as we write it is an error --- */

struct reader {
	const char *wrong; /* the first member that is missing, or not what it should be */
	bool lost;
};

static struct json_object *get(
	struct reader *r, struct json_object *from, const char *key, enum json_type type)
{
	struct json_object *value = NULL;

	if (from && json_object_is_type(from, json_type_object) &&
		json_object_object_get_ex(from, key, &value) && json_object_is_type(value, type))
		return value;
	if (!r->wrong)
		r->wrong = key;
	return NULL;
}

static bool get_bool(struct reader *r, struct json_object *from, const char *key)
{
	return json_object_get_boolean(get(r, from, key, json_type_boolean));
}

static int64_t get_number(struct reader *r, struct json_object *from, const char *key, int64_t max)
{
	struct json_object *value = get(r, from, key, json_type_int);
	int64_t number = json_object_get_int64(value);

	if (value && (number < 0 || number > max) && !r->wrong)
		r->wrong = key;
	return number;
}

/* Lives as long as the document; never NULL. */
static const char *get_text(struct reader *r, struct json_object *from, const char *key)
{
	struct json_object *value = get(r, from, key, json_type_string);

	return value ? json_object_get_string(value) : "";
}

static bool is_null(struct json_object *from, const char *key)
{
	struct json_object *value = NULL;

	return json_object_object_get_ex(from, key, &value) && !value;
}

static const char *get_name(struct reader *r, struct json_object *from, const char *key)
{
	return is_null(from, key) ? NULL : get_text(r, from, key);
}

static char *copy(struct reader *r, const char *text)
{
	char *result = text ? strdup(text) : NULL;

	r->lost |= text && !result;
	return result;
}

static void get_short(
	struct reader *r, struct json_object *from, const char *key, char *buf, size_t size)
{
	const char *text = get_text(r, from, key);

	if (strlen(text) >= size && !r->wrong)
		r->wrong = key;
	snprintf(buf, size, "%s", text);
}

static unsigned int get_choice(struct reader *r, struct json_object *from, const char *key,
	const char *const *choices, unsigned int n)
{
	const char *text = get_text(r, from, key);

	for (unsigned int i = 0; i < n; i++)
		if (!strcmp(choices[i], text))
			return i;
	if (!r->wrong)
		r->wrong = key;
	return 0;
}

static void get_path(struct reader *r, struct json_object *from, const char *key, char **path)
{
	*path = copy(r, get_name(r, from, key));
	if (*path && **path != '/' && !r->wrong)
		r->wrong = key;
}

static char **get_argv(struct reader *r, struct json_object *from, const char *key)
{
	struct json_object *array = get(r, from, key, json_type_array);
	size_t n = array ? json_object_array_length(array) : 0;
	char **argv = calloc(n + 1, sizeof(*argv));

	r->lost |= !argv;
	for (size_t i = 0; argv && i < n; i++) {
		const char *text = json_object_get_string(json_object_array_get_idx(array, i));

		if (!text && !r->wrong)
			r->wrong = key;
		argv[i] = copy(r, text ? text : ""); /* NULL would end the list for who frees it */
	}
	if (argv && (!argv[0] || argv[0][0] != '/') && !r->wrong)
		r->wrong = key;
	return argv;
}

static int64_t get_size(struct reader *r, struct json_object *from, const char *key)
{
	return is_null(from, key) ? -1 : get_number(r, from, key, 1 << 30);
}

static void get_step(
	struct reader *r, struct json_object *from, struct vw_step *step, int64_t sizes[2])
{
	const char *format = get_name(r, from, "format");

	step->kind = (enum vw_step_kind)get_choice(r, from, "kind", kinds, 2);
	get_path(r, from, "path", &step->path);
	step->why = copy(r, get_text(r, from, "why"));
	sizes[0] = get_size(r, from, "before");
	sizes[1] = get_size(r, from, "after");
	step->existed = sizes[0] >= 0;
	step->mode = (mode_t)get_number(r, from, "mode", 07777);
	step->marker = get_name(r, from, "marker");
	step->is_ours = get_bool(r, from, "ours");
	step->makes_entries = get_bool(r, from, "makes_entries");
	step->format = format ? vw_args_format(format) : NULL;
	if (format && !step->format && !r->wrong)
		r->wrong = "format";
	if (step->kind == VW_STEP_RUN)
		step->argv = get_argv(r, from, "argv");
	else if ((!step->path || sizes[1] < 0) && !r->wrong)
		r->wrong = "path";
	if (json_object_object_get_ex(from, "undo_argv", NULL))
		step->undo_argv = get_argv(r, from, "undo_argv");
}

static void get_pf(struct reader *r, struct json_object *from, struct vw_pf_request *pf)
{
	pf->given = copy(r, get_text(r, from, "given"));
	pf->count = (unsigned int)get_number(r, from, "count", UINT_MAX);
	get_short(r, from, "netdev", pf->netdev, sizeof(pf->netdev));
	get_short(r, from, "driver", pf->driver, sizeof(pf->driver));
	if (vw_pci_parse(get_text(r, from, "pf"), &pf->pf, NULL) < 0 && !r->wrong)
		r->wrong = "pf";
	if (vw_mac_parse(get_text(r, from, "mac"), &pf->mac) < 0 && !r->wrong)
		r->wrong = "mac";
}

static void get_request(struct reader *r, struct json_object *from, struct vw_request *request)
{
	struct json_object *pfs = get(r, from, "pfs", json_type_array);
	size_t n = pfs ? json_object_array_length(pfs) : 0;

	request->pfs = calloc(n + 1, sizeof(*request->pfs));
	r->lost |= !request->pfs;
	for (size_t i = 0; request->pfs && i < n; i++, request->n_pfs++)
		get_pf(r, json_object_array_get_idx(pfs, i), &request->pfs[i]);
	request->passthrough = get_bool(r, from, "passthrough");
	request->allow_unsupported_sfp = get_bool(r, from, "allow_unsupported_sfp");
	request->blacklist_vf_driver = get_bool(r, from, "blacklist_vf_driver");
	request->method = (enum vw_method)get_choice(r, from, "method", methods, 3);
	request->bootloader = get_name(r, from, "bootloader");
}

static void get_steps(
	struct reader *r, struct json_object *from, struct vw_plan *plan, int64_t **sizes)
{
	struct json_object *array = get(r, from, "steps", json_type_array);
	size_t n = array ? json_object_array_length(array) : 0;

	plan->steps = calloc(n + 1, sizeof(*plan->steps));
	*sizes = calloc(2 * n + 1, sizeof(**sizes));
	r->lost |= !plan->steps || !*sizes;
	for (size_t i = 0; !r->lost && i < n; i++, plan->n++)
		get_step(r, json_object_array_get_idx(array, i), &plan->steps[i], &(*sizes)[2 * i]);
}

static void get_directories(struct reader *r, struct json_object *from, struct vw_names *names)
{
	struct json_object *array = get(r, from, "directories", json_type_array);
	size_t n = array ? json_object_array_length(array) : 0;

	names->v = calloc(n + 1, sizeof(*names->v));
	r->lost |= !names->v;
	for (size_t i = 0; names->v && i < n; i++, names->n++) {
		const char *path = json_object_get_string(json_object_array_get_idx(array, i));

		names->v[i] = copy(r, path ? path : "");
		if ((!path || *path != '/') && !r->wrong)
			r->wrong = "directories";
	}
}

static void get_all(struct reader *r, struct vw_journal *journal, int64_t **sizes)
{
	struct vw_plan *plan = &journal->plan;
	struct json_object *top = journal->text, *args;

	if (get_number(r, top, "schema", INT64_MAX) != 1 && !r->wrong)
		r->wrong = "schema";
	journal->state = (enum vw_journal_state)get_choice(r, top, "state", states, 3);
	get_short(r, top, "boot_id", journal->boot_id, sizeof(journal->boot_id));
	get_request(r, get(r, top, "request", json_type_object), &journal->request);
	args = get(r, top, "args", json_type_object);
	plan->args.intel_iommu = get_bool(r, args, "intel_iommu");
	plan->args.passthrough = get_bool(r, args, "passthrough");
	plan->args.pci_realloc = get_bool(r, args, "pci_realloc");
	plan->loader = get_name(r, top, "loader");
	plan->reboot = get_bool(r, top, "reboot");
	get_directories(r, top, &journal->directories);
	get_steps(r, top, plan, sizes);
}

/* Depth 16 is more than we write. Nothing but white space may follow. */
static struct json_object *parse(const struct vw_bytes *text)
{
	struct json_tokener *tokener = json_tokener_new_ex(16);
	struct json_object *top;

	if (!tokener)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	top = text->len ? json_tokener_parse_ex(tokener, text->data, (int)text->len) : NULL;
	if (json_tokener_get_error(tokener) != json_tokener_success) {
		json_object_put(top);
		top = NULL;
	}
	json_tokener_free(tokener);
	return top;
}

int vw_journal_parse(const struct vw_bytes *text, struct vw_journal *journal, int64_t **sizes,
	struct vw_error *err)
{
	struct reader reader = { 0 };

	*sizes = NULL;
	journal->text = parse(text);
	if (!journal->text)
		return vw_error_set(err, EBADMSG, "is no JSON");
	get_all(&reader, journal, sizes);
	if (reader.lost)
		return vw_error_set(err, ENOMEM, "out of memory");
	if (reader.wrong)
		return vw_error_set(
			err, EBADMSG, "\"%s\" is missing, or not as it should be", reader.wrong);
	return 0;
}
