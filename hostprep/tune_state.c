/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tune_state: /run/vfward/tune.json. */
#include "tune.h"

#include "cleanup.h"
#include "json.h"
#include "text.h"
#include "writer.h"

#include <string.h>

#define STATE_PATH "/run/vfward/tune.json"
#define STATE_MAX  (16U << 20)
#define LIST_MAX   4096

static void put_json(struct json_object **object)
{
	json_object_put(*object);
}

void vw_tune_state_free(struct vw_tune_state *state)
{
	vw_affinities_free(&state->changed);
	vw_bans_free(&state->bans);
}

struct vw_affinity *vw_tune_state_find(
	const struct vw_tune_state *state, const struct vw_affinity *one)
{
	for (size_t i = 0; i < state->changed.n; i++) {
		struct vw_affinity *known = &state->changed.v[i];

		if (known->is_rps == one->is_rps && known->number == one->number &&
			vw_pci_equal(&known->pci, &one->pci) && !strcmp(known->netdev, one->netdev))
			return known;
	}
	return NULL;
}

static const char *text_of(struct json_object *from, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(from, key, &value) &&
			       json_object_is_type(value, json_type_string)
		       ? json_object_get_string(value)
		       : NULL;
}

static bool number_of(struct json_object *value, unsigned int *number)
{
	int64_t n = json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : -1;

	*number = (unsigned int)n;
	return n >= 0 && n <= UINT32_MAX;
}

static bool parse_one(struct json_object *from, struct vw_affinity *one)
{
	struct json_object *number;
	const char *pci = text_of(from, "pci"), *netdev = text_of(from, "netdev");
	const char *before = text_of(from, "before"), *after = text_of(from, "after");

	memset(one, 0, sizeof(*one));
	one->is_rps = netdev != NULL;
	if (netdev && strlen(netdev) < sizeof(one->netdev))
		strcpy(one->netdev, netdev);
	return pci && before && after && vw_pci_parse(pci, &one->pci, NULL) == 0 &&
	       json_object_object_get_ex(from, one->is_rps ? "queue" : "irq", &number) &&
	       number_of(number, &one->number) && vw_cpus_parse_list(before, &one->now) == 0 &&
	       vw_cpus_parse_list(after, &one->want) == 0;
}

/* 0, -EBADMSG, -ENOMEM */
static int parse_state(struct json_object *top, struct vw_tune_state *state)
{
	struct json_object *changed, *bans;
	unsigned int irq;

	if (!json_object_object_get_ex(top, "changed", &changed) ||
		!json_object_is_type(changed, json_type_array) ||
		!json_object_object_get_ex(top, "irqbalance", &bans))
		return -EBADMSG;
	state->changed.v = calloc(json_object_array_length(changed) + 1, sizeof(*state->changed.v));
	if (!state->changed.v)
		return -ENOMEM;
	for (size_t i = 0; i < json_object_array_length(changed); i++)
		if (!parse_one(json_object_array_get_idx(changed, i),
			    &state->changed.v[state->changed.n++]))
			return -EBADMSG;
	if (!json_object_is_type(bans, json_type_array))
		return -EBADMSG;
	for (size_t i = 0; i < json_object_array_length(bans); i++) {
		if (!number_of(json_object_array_get_idx(bans, i), &irq))
			return -EBADMSG;
		if (vw_bans_add(&state->bans, irq) < 0)
			return -ENOMEM;
	}
	return 0;
}

int vw_tune_state_read(
	const struct vw_host *host, struct vw_tune_state *state, struct vw_error *err)
{
	vw_auto(put_json) struct json_object *top = NULL;
	vw_auto_free char *text = NULL;
	size_t len;
	int rc = vw_host_slurpf(host, STATE_MAX, &text, &len, STATE_PATH);

	*state = (struct vw_tune_state){ 0 };
	if (vw_error_absent(rc))
		return 0;
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot read " STATE_PATH);
	top = json_tokener_parse(text);
	rc = top ? parse_state(top, state) : -EBADMSG;
	if (rc == 0)
		return 1;
	vw_tune_state_free(state);
	if (rc == -ENOMEM)
		return vw_error_set(err, ENOMEM, "out of memory");
	return vw_error_set(err, EBADMSG,
		STATE_PATH " is damaged; remove it, and what tune has changed stays until the "
			   "next reboot");
}

static void write_one(
	struct vw_json *json, struct json_object *array, const struct vw_affinity *one)
{
	struct json_object *object = vw_json_object(json, array, NULL);
	char text[LIST_MAX], address[VW_PCI_STR];

	vw_json_text(json, object, "pci", vw_pci_format(&one->pci, address));
	if (one->is_rps)
		vw_json_text(json, object, "netdev", one->netdev);
	vw_json_number(json, object, one->is_rps ? "queue" : "irq", one->number);
	vw_json_text(json, object, "before", vw_cpus_format_list(&one->now, text, sizeof(text)));
	vw_json_text(json, object, "after", vw_cpus_format_list(&one->want, text, sizeof(text)));
}

static void build(const struct vw_tune_state *state, struct vw_json *json)
{
	struct json_object *array;

	vw_json_begin(json);
	array = vw_json_array(json, json->top, "changed");
	for (size_t i = 0; i < state->changed.n; i++)
		write_one(json, array, &state->changed.v[i]);
	array = vw_json_array(json, json->top, "irqbalance");
	for (size_t i = 0; i < state->bans.n; i++)
		vw_json_number(json, array, NULL, state->bans.v[i]);
}

int vw_tune_state_write(
	const struct vw_host *host, const struct vw_tune_state *state, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes before = { 0 }, after = { 0 };
	vw_auto(vw_json_end) struct vw_json json = { 0 };
	vw_auto_free char *text = NULL;
	const char *out;
	size_t len;
	int rc = vw_host_slurpf(host, STATE_MAX, &text, &len, STATE_PATH);

	if (rc < 0 && !vw_error_absent(rc))
		return vw_error_errno(err, -rc, "cannot read " STATE_PATH);
	if (rc == 0)
		vw_bytes_add(&before, text, len);
	if (!state->changed.n && !state->bans.n)
		return rc ? 0 : vw_remove_file(host, STATE_PATH, &before, err);
	build(state, &json);
	out = json.lost ? NULL : json_object_to_json_string(json.top);
	if (out)
		vw_bytes_add(&after, out, strlen(out));
	if (!out || after.lost || before.lost)
		return vw_error_set(err, ENOMEM, "out of memory");
	rc = rc ? vw_host_mkdirf(host, 0700, "/run/vfward") : 0;
	if (rc < 0)
		return vw_error_errno(err, -rc, "cannot make /run/vfward");
	return vw_write_file(host, STATE_PATH, text ? &before : NULL, &after, 0600, err);
}
