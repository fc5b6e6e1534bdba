/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_inf: any bytes as an INF file, asked for two devices by two releases. Twice the same; the same in UTF-16; the same with
 * comments behind its lines. */
#include "fuzz.h"

#include "inf.h"

#include <errno.h>

#define ASKED 2

static const struct vw_inf_target targets[] = {
	{ 10, 0, 17763, true, "amd64", false },
	{ 6, 1, 7601, false, "x86", false },
};
static const uint16_t devices[ASKED] = { 0x10ed, 0x1889 };

/* Everything that an INF file said, in one text. */
struct said {
	char *text;
	size_t len;
	int rc;
};

static void say(FILE *f, const char *text)
{
	fprintf(f, "%s|", text ? text : "(none)");
	MUST(!text || text[0]);
}

static void say_match(FILE *f, struct vw_inf *inf, const struct vw_inf_target *target, size_t k)
{
	struct vw_inf_match match;
	char id[32];
	int rc = vw_inf_match(inf, target, 0x8086, devices[k], &match);

	MUST(rc == 0 || rc == 1 || rc == -ESRCH);
	MUST(rc == 0 || (match.id && match.section));
	MUST(!match.id == !match.section);
	MUST(rc != -ESRCH || (!match.service && !match.binary));
	MUST(!match.needs || (match.id && rc != -ESRCH && !match.service));
	MUST(!match.id || rc == -ESRCH || vw_inf_serves(inf, target));
	if (match.id) {
		snprintf(id, sizeof(id), "PCI\\VEN_8086&DEV_%04X", devices[k]);
		MUST(strncasecmp(match.id, id, strlen(id)) == 0);
		MUST(rc != 1 || !match.id[strlen(id)]);
		MUST(rc != 0 || match.id[strlen(id)] == '&');
	}
	fprintf(f, "%d %u %d %d ", rc, match.start, match.compatible, match.needs);
	say(f, match.service);
	say(f, match.binary);
	say(f, match.description);
	say(f, match.section);
	say(f, match.id);
	say(f, match.version);
	say(f, match.date);
}

static struct said ask(const void *data, size_t size)
{
	struct said said = { NULL, 0, 0 };
	struct vw_error err = { "" };
	struct vw_inf *inf;
	FILE *f;

	said.rc = vw_inf_parse(data, size, &inf, &err);
	MUST(said.rc == 0 || said.rc == -EBADMSG || said.rc == -EFBIG);
	MUST((said.rc == 0) == !err.msg[0] && (said.rc == 0) == (inf != NULL));
	fuzz_check_printable(err.msg);
	f = open_memstream(&said.text, &said.len);
	MUST(f);
	if (inf) {
		say(f, vw_inf_class_guid(inf));
		say(f, vw_inf_provider(inf));
		say(f, vw_inf_driver_version(inf));
		say(f, vw_inf_driver_date(inf));
		for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
			for (size_t k = 0; k < ASKED; k++)
				say_match(f, inf, &targets[i], k);
	}
	fclose(f);
	vw_inf_free(inf);
	return said;
}

/* Also where it is refused: for the same reason. */
static void must_be_same(const struct said *said, void *data, size_t size)
{
	struct said again = ask(data, size);

	MUST(again.rc == said->rc && again.len == said->len);
	MUST(memcmp(again.text, said->text, said->len) == 0);
	free(again.text);
	free(data);
}

/* UTF-8 of at most three bytes a character as UTF-16LE with a mark; NULL: it is something else. */
static void *utf16(const uint8_t *data, size_t size, size_t *len)
{
	unsigned char *to = malloc(2 * size + 2);
	size_t n = 0, i = 0;

	MUST(to);
	to[n++] = 0xff;
	to[n++] = 0xfe;
	while (i < size) {
		int rest = fuzz_utf8_rest(data[i]);
		uint32_t c = rest > 0 ? data[i] & (0x3fU >> rest) : data[i];
		uint32_t least = rest == 2 ? 0x800 : 0;

		if (rest < 0 || rest > 2)
			break;
		for (i++; rest && i < size && (data[i] & 0xc0) == 0x80; rest--)
			c = c << 6 | (data[i++] & 0x3f);
		if (rest || c < least || (c >= 0xd800 && c < 0xe000))
			break;
		to[n++] = (unsigned char)c;
		to[n++] = (unsigned char)(c >> 8);
	}
	*len = n;
	if (n == 2 || i < size || data[size - 1] >= 0xc0) {
		free(to);
		return NULL;
	}
	return to;
}

/* A comment behind every line that does not end in quotes. (In the name of a section a quote is none: such lines are left alone.) */
static void *commented(const uint8_t *data, size_t size, size_t *len)
{
	bool odd = false, quotes = false, brackets = false;
	char *text = NULL;
	FILE *f = open_memstream(&text, len);

	MUST(f);
	for (size_t i = 0; i < size; i++) {
		bool ends = data[i] == '\n' || data[i] == '\r';

		if (data[i] == '"') {
			odd = !odd;
			quotes = true;
		}
		brackets |= data[i] == '[';
		if (ends && !odd && !(quotes && brackets) &&
			!(i && data[i - 1] == '\r' && data[i] == '\n'))
			fputs(" ; a \"comment\" [x] = , \\ %y%", f);
		fputc(data[i], f);
		if (ends)
			odd = quotes = brackets = false;
	}
	fclose(f);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct said said = ask(data, size);
	size_t len, mark = size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	void *copy = malloc(size + 1);

	MUST(copy);
	memcpy(copy, data, size);
	must_be_same(&said, copy, size);
	if (!memchr(data, '\0', size) && size && data[0] < 0xfe) {
		copy = utf16(data + mark, size - mark, &len);
		if (copy)
			must_be_same(&said, copy, len);
		if (said.rc == 0) {
			copy = commented(data, size, &len);
			must_be_same(&said, copy, len);
		}
	}
	free(said.text);
	return 0;
}
