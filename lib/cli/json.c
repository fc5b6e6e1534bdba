/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json: a thin layer over json-c that remembers failures and takes any bytes. */
#include "json.h"

#include "cleanup.h"

#include <string.h>

/* Takes over value (NULL = it could not be made). */
static void add(
	struct vw_json *json, struct json_object *to, const char *key, struct json_object *value)
{
	int rc;

	if (!to || !value) {
		json->lost = true;
		json_object_put(value);
		return;
	}
	rc = key ? json_object_object_add(to, key, value) : json_object_array_add(to, value);
	if (rc) {
		json->lost = true;
		json_object_put(value);
	}
}

/* Length of the UTF-8 character at s (n bytes left), 0 if it is none: overlong forms, surrogates and values
 * above U+10FFFF are none (RFC 3629). *code: its value. */
static size_t utf8_char(const unsigned char *s, size_t n, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = s[0] < 0x80                   ? 1
		     : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
		     : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
		     : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
						   : 0;
	uint32_t c;

	if (len == 0 || len > n)
		return 0;
	c = len == 1 ? s[0] : s[0] & (0xffU >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*code = c;
	return len;
}

static struct json_object *new_text(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n = strlen(text), used = 0, len;
	vw_auto_free char *clean = NULL;
	uint32_t code;

	if (n > INT32_MAX / 3)
		return NULL;
	clean = malloc(3 * n + 1); /* U+FFFD takes three bytes */
	if (!clean)
		return NULL;
	for (size_t i = 0; i < n; i += len ? len : 1) {
		len = utf8_char(s + i, n - i, &code);
		if (len) {
			memcpy(clean + used, s + i, len);
			used += len;
		} else {
			memcpy(clean + used, "\xef\xbf\xbd", 3);
			used += 3;
		}
	}
	return json_object_new_string_len(clean, (int)used);
}

void vw_json_begin(struct vw_json *json)
{
	json->lost = false;
	json->top = json_object_new_object();
	vw_json_number(json, json->top, "schema", 1);
}

void vw_json_end(struct vw_json *json)
{
	json_object_put(json->top);
	json->top = NULL;
}

void vw_json_null(struct vw_json *json, struct json_object *to, const char *key)
{
	if (!to || (key ? json_object_object_add(to, key, NULL) : json_object_array_add(to, NULL)))
		json->lost = true;
}

void vw_json_text(struct vw_json *json, struct json_object *to, const char *key, const char *text)
{
	if (text)
		add(json, to, key, new_text(text));
	else
		vw_json_null(json, to, key);
}

void vw_json_name(struct vw_json *json, struct json_object *to, const char *key, const char *text)
{
	vw_json_text(json, to, key, text && *text ? text : NULL);
}

void vw_json_number(struct vw_json *json, struct json_object *to, const char *key, int64_t number)
{
	add(json, to, key, json_object_new_int64(number));
}

void vw_json_bool(struct vw_json *json, struct json_object *to, const char *key, bool value)
{
	add(json, to, key, json_object_new_boolean(value));
}

void vw_json_tristate(struct vw_json *json, struct json_object *to, const char *key, int value)
{
	if (value < 0)
		vw_json_null(json, to, key);
	else
		vw_json_bool(json, to, key, value != 0);
}

struct json_object *vw_json_object(struct vw_json *json, struct json_object *to, const char *key)
{
	struct json_object *object = json_object_new_object();

	add(json, to, key, object);
	return json->lost ? NULL : object;
}

struct json_object *vw_json_array(struct vw_json *json, struct json_object *to, const char *key)
{
	struct json_object *array = json_object_new_array();

	add(json, to, key, array);
	return json->lost ? NULL : array;
}

void vw_json_findings(struct vw_json *json, const struct vw_findings *findings)
{
	vw_json_findings_to(json, json->top, findings);
}

void vw_json_findings_to(
	struct vw_json *json, struct json_object *to, const struct vw_findings *findings)
{
	struct json_object *array = vw_json_array(json, to, "findings");

	for (size_t i = 0; i < findings->n; i++) {
		const struct vw_finding *finding = &findings->v[i];
		struct json_object *object = vw_json_object(json, array, NULL);

		vw_json_text(json, object, "id", finding->id);
		vw_json_text(json, object, "severity", vw_severity_name(finding->severity));
		vw_json_text(json, object, "subject", finding->subject);
		vw_json_text(json, object, "message", finding->message);
		vw_json_text(json, object, "remedy", finding->remedy);
	}
	if (findings->lost)
		json->lost = true;
}

/* What a terminal may obey, or what turns the direction of text: U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069. */
static bool is_active(uint32_t code)
{
	return (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e || code == 0x200f ||
	       (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

int vw_json_write(struct vw_json *json, FILE *out)
{
	const char *text;
	size_t n, len, plain = 0;
	uint32_t code;

	if (json->lost)
		return -ENOMEM;
	text = json_object_to_json_string_ext(json->top,
		JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (!text)
		return -ENOMEM;
	n = strlen(text);
	for (size_t i = 0; i < n; i += len ? len : 1) {
		len = utf8_char((const unsigned char *)text + i, n - i, &code);
		if (!len || !is_active(code))
			continue;
		fwrite(text + plain, 1, i - plain, out);
		fprintf(out, "\\u%04x", (unsigned int)code);
		plain = i + len;
	}
	fwrite(text + plain, 1, n - plain, out);
	fputc('\n', out);
	return 0;
}
