/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_inf: INF files as texts: encodings, lines, quotes, continuations, sections, strings, limits, and that time grows with size only. */
#include "tree.h"

#include "cleanup.h"
#include "inf_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HEAD "[Version]\nSignature=\"$Windows NT$\"\n"

static int parse(const void *data, size_t len, struct vw_inf **inf, struct vw_error *err)
{
	vw_auto_free void *copy = malloc(len); /* no byte more, for AddressSanitizer */

	if (len)
		memcpy(copy, data, len);
	err->msg[0] = '\0';
	return vw_inf_parse(copy, len, inf, err);
}

static struct vw_inf *good(const char *text)
{
	struct vw_error err;
	struct vw_inf *inf;

	if (parse(text, strlen(text), &inf, &err))
		fail_msg("%s: %s", text, err.msg);
	return inf;
}

/* The lines of section [T]: "key=value|value;", and "=" only where the line has one. */
static char *dump(const struct vw_inf *inf)
{
	const struct vw_inf_section *section = vw_inf_section(inf, "T");
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	for (uint32_t i = section ? section->head : VW_INF_NONE; i != VW_INF_NONE;
		i = inf->lines[i].next) {
		const struct vw_inf_line *line = &inf->lines[i];

		fprintf(f, "%s%s", line->key ? line->key : "", line->key ? "=" : "");
		for (uint32_t k = 0; k < line->n; k++)
			fprintf(f, "%s%s", k ? "|" : "", vw_inf_field(inf, line, k));
		fputc(';', f);
	}
	fclose(f);
	return text;
}

static void test_lines(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "a=b", "a=b;" },
		{ "a=b\n", "a=b;" },
		{ "a=b\r\nc=d\re=f\n\r\n\n", "a=b;c=d;e=f;" },
		{ " \t a b \t=\t c d \t", "a b=c d;" },
		{ "a = b , c,d ,, e", "a=b|c|d||e;" },
		{ "a=b,", "a=b|;" },
		{ "a=", "a=;" },
		{ "=a", "=a;" },
		{ "a", "a;" },
		{ "a,b", "a|b;" },
		{ ",", "|;" },
		/* only the first "=", and only before the first comma */
		{ "a=b=c", "a=b=c;" },
		{ "HKR,,x=y", "HKR||x=y;" },
		/* comments */
		{ "; a=b\n\t;c\nd=e;f=g", "d=e;" },
		{ "a=b ;c\nd=e", "a=b;d=e;" },
		{ "a=b,;c\nd", "a=b|;d;" },
		{ "a;b=c", "a;" },
		/* quotes */
		{ "a=\"b;c\"", "a=b;c;" },
		{ "a=\" b \"", "a= b ;" },
		{ "a=\"b,c\",d", "a=b,c|d;" },
		{ "a=\"b\"\"c\"", "a=b\"c;" },
		{ "a=\"\"", "a=;" },
		{ "a=\"\"\"b\"\"\"", "a=\"b\";" },
		{ "a=b\"c d\"e , f", "a=bc de|f;" },
		{ "a= \" b\" ;c", "a= b;" },
		{ "\"a=b\"=c", "a=b=c;" },
		/* a quote that does not end, ends with its line */
		{ "a=\"b;c\nd=e", "a=b;c;d=e;" },
		{ "a=\"b\r\nd=e", "a=b;d=e;" },
		{ "a=\"", "a=;" },
		{ "a=\"b\"\"", "a=b\";" },
		{ "a=\"b\\\nc=d", "a=b\\;c=d;" },
		/* continuation */
		{ "a=b,\\\nc", "a=b|c;" },
		{ "a=b,\\\r\n\t c", "a=b|c;" },
		{ "a=b, \\ ; why\n c ; d", "a=b|c;" },
		{ "a=b\\\nc", "a=bc;" },
		{ "a=b \\\n c", "a=b c;" },
		{ "a=b\\\\\nc", "a=bc;" },
		{ "a=b\\\n\nc=d", "a=b;c=d;" },
		{ "a=b\\", "a=b;" },
		{ "a=\\\nb", "a=b;" },
		{ "a\\\n=b", "a=b;" },
		{ "a=\"x\\\"\\\n,c", "a=x\\|c;" },
		{ "a=b\\\n[c]\nd", "a=b[c];d;" },
		/* a backslash that is one */
		{ "a=%12%\\b.sys", "a=%12%\\b.sys;" },
		{ "a=PCI\\VEN_8086&DEV_10ED", "a=PCI\\VEN_8086&DEV_10ED;" },
		{ "a=b\\\\c\\ \\d\\  e", "a=b\\\\c\\ \\d\\  e;" },
		{ "a=b\\ ,c", "a=b\\|c;" },
		/* repeated keys stay, in order */
		{ "AddReg=a\nAddReg=b\naddreg=a", "AddReg=a;AddReg=b;addreg=a;" },
		/* sections: any order, repeated, without case, with a line behind them */
		{ "a\n[Other]\nb\n[t]\nc\n[T]\n[T]\nd", "a;c;d;" },
		{ "a\n[Other] b\n[t] ; c\nd\n[T]e=f", "a;d;e=f;" },
		{ "a\n  [X]\nb", "a;" },
		{ "a\n[T ]\nb", "a;" },
		{ "a\n[;; b]\nc\n[T", "!7" },
		{ "a\n[T\n]\n", "!5" },
		/* bytes that are no UTF-8 */
		{ "a=\xce\xde\xcf\xdf,\x81\x7c\xff", "a=\xce\xde\xcf\xdf|\x81\x7c\xff;" },
		/* the end of the text */
		{ "a=b\n\x1a\nc=d", "a=b;" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		vw_auto_free char *text = NULL, *got = NULL, *line = NULL;
		struct vw_error err;
		struct vw_inf *inf;
		int rc;

		assert_true(asprintf(&text, "[t]\n%s", cases[i].text) > 0);
		/* [Version] stands in front, so that nothing follows the text */
		assert_true(asprintf(&got, "%s%s", HEAD, text) > 0);
		rc = parse(got, strlen(got), &inf, &err);
		free(got);
		got = NULL;
		if (cases[i].want[0] == '!') {
			assert_int_equal(rc, -EBADMSG);
			assert_true(asprintf(&line, "line %d: ", atoi(cases[i].want + 1)) > 0);
			assert_int_equal(strncmp(err.msg, line, strlen(line)), 0);
			continue;
		}
		assert_int_equal(rc, 0);
		got = dump(inf);
		if (strcmp(got, cases[i].want))
			fail_msg("%s: \"%s\", not \"%s\"", cases[i].text, got, cases[i].want);
		vw_inf_free(inf);
	}
}

/* The line in a message is the file's, whatever ends lines and however they go on. */
static void test_line_numbers(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		int line;
	} cases[] = {
		{ "a=b", 3, 1 },
		{ "\r\n\n\ra=b", 7, 4 },
		{ "[a]\nb=c,\\ ;d\n e\n[x", 18, 4 },
		{ "[a]\nb=\"c\n\nd\"\n[x", 16, 5 },
		{ "[a]\nb\n\0c", 8, 3 },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_error err;
		struct vw_inf *inf;
		char line[16];

		assert_int_equal(parse(cases[i].text, cases[i].len, &inf, &err), -EBADMSG);
		assert_null(inf);
		snprintf(line, sizeof(line), "line %d: ", cases[i].line);
		if (strncmp(err.msg, line, strlen(line)))
			fail_msg("case %zu: %s", i, err.msg);
	}
}

static void test_signature(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "[Version]\nSignature=\"$Windows NT$\"\n", true },
		{ "[VERSION]\nsignature = $CHICAGO$ ; old\n", true },
		{ "[Strings]\ns=\"$Chicago$\"\n[Version]\nClass=Net\n[x]\n[version]\nSignature=%S%",
			true },
		{ "[Version]\nSignature=\"$Windows 95$\"\n", false },
		{ "[Version]\nSignature=\n", false },
		{ "[Version]\nClass=Net\n", false },
		{ "[Versions]\nSignature=\"$Windows NT$\"\n", false },
		{ "", false },
		{ "\n\n; nothing\n", false },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_error err;
		struct vw_inf *inf;
		int rc = parse(cases[i].text, strlen(cases[i].text), &inf, &err);

		if (rc != (cases[i].good ? 0 : -EBADMSG) || !inf == cases[i].good)
			fail_msg("%s: %d %s", cases[i].text, rc, err.msg);
		vw_inf_free(inf);
	}
}

static void test_version(void **state)
{
	struct vw_inf *inf = good("[Version]\nSignature=\"$Windows NT$\"\nProvider=%p%\n"
				  "CLASSGUID={x}\nDriverVer = 10/01/2002 , 6.0.5019.0 ; c\n"
				  "DriverVer=01/01/2001,1\n[Strings]\np=\"A \"\"B\"\"\"\n");

	(void)state;
	assert_string_equal(vw_inf_provider(inf), "A \"B\"");
	assert_string_equal(vw_inf_class_guid(inf), "{x}");
	assert_string_equal(vw_inf_driver_date(inf), "10/01/2002");
	assert_string_equal(vw_inf_driver_version(inf), "6.0.5019.0");
	vw_inf_free(inf);
	inf = good(HEAD "DriverVer=10/01/2002\nProvider=\n");
	assert_string_equal(vw_inf_driver_date(inf), "10/01/2002");
	assert_null(vw_inf_driver_version(inf));
	assert_null(vw_inf_provider(inf));
	assert_null(vw_inf_class_guid(inf));
	vw_inf_free(inf);
	inf = good(HEAD);
	assert_null(vw_inf_driver_date(inf));
	vw_inf_free(inf);
}

static void test_strings(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "%a%", "one" },
		{ "%A%", "one" },
		{ "x%a%y%b%z", "xoneytwo wordsz" },
		{ "%a%%b%", "onetwo words" },
		{ "%%a%%", "%a%" },
		{ "100%%", "100%" },
		{ "%%%a%", "%one" },
		/* no string: a directory's number, or a mistake */
		{ "%12%\\x.sys", "%12%\\x.sys" },
		{ "%no%%a%", "%no%one" },
		{ "%", "%" },
		{ "a%a", "a%a" },
		{ "%a%%", "one%" },
		{ "%ab%", "%ab%" },
		{ "%aa%", "another" },
		/* [Strings] goes before a language's, whatever the order; they are for what it has not, lowest first */
		{ "%both%", "common" },
		{ "%zh%", "de" },
		{ "%first%", "1" },
		{ "%list%", "l" },
		{ "%empty%x", "x" },
		/* once, and not again in what came out */
		{ "%deep%", "%a%" },
		{ "%self%", "%self%" },
	};
	struct vw_inf *inf =
		good(HEAD "[Strings.0804]\nboth=\"\xb9\xb2\"\nzh=\"\xce\xde\"\nfirst=0\n"
			  "[strings]\na=one\nb=\"two words\" ; c\naa=another\n"
			  "[StringsX]\nzz=1\n"
			  "[Strings]\nboth=common\nfirst=1\nFIRST=2\nlist=l,m\nempty=\"\"\n"
			  "deep=\"%a%\"\nself=\"%self%\"\nnokey\n"
			  "[Strings.0407]\nzh=\"de\"\n");
	char buf[64];

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		const char *got = vw_inf_expand(inf, cases[i].text, buf, sizeof(buf));

		if (strcmp(got, cases[i].want))
			fail_msg("%s: %s", cases[i].text, got);
	}
	assert_string_equal(vw_inf_expand(inf, "%zz%", buf, sizeof(buf)), "%zz%");
	/* cut to what there is room for, wherever that is */
	for (size_t size = 1; size < 20; size++) {
		size_t n = strlen(vw_inf_expand(inf, "ab%b%%%%a%\\abcdef", buf, size));

		assert_int_equal(n, size - 1 < 14 ? size - 1 : n);
		assert_int_equal(strncmp(buf, "abtwo words%one\\abcdef", n < 11 ? n : 11), 0);
	}
	assert_string_equal(vw_inf_expand(inf, "abcdef", buf, 4), "abc");
	vw_inf_free(inf);
}

/* A text in every encoding that Windows reads. */
static const char sample[] = HEAD "Provider=%p%\n[Strings]\np=\"Gr\xc3\xbc\xc3\x9f"
				  " \xe2\x82\xac \xf0\x9f\x90\xa7\"\n";

static size_t encode(const char *text, bool big, bool mark, unsigned char *to)
{
	size_t n = 0;

	for (const char *c = mark ? "" : text; mark || *c; mark = false) {
		uint32_t value = 0xfeff, units[2];
		size_t n_units = 1;

		if (!mark) {
			unsigned char lead = (unsigned char)*c++;
			int rest = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;

			value = rest ? lead & (0x3f >> rest) : lead;
			for (; rest; rest--)
				value = value << 6 | (*c++ & 0x3f);
		}
		units[0] = value;
		if (value > 0xffff) {
			units[0] = 0xd800 + ((value - 0x10000) >> 10);
			units[1] = 0xdc00 + (value & 0x3ff);
			n_units = 2;
		}
		for (size_t i = 0; i < n_units; i++) {
			to[n++] = (unsigned char)(big ? units[i] >> 8 : units[i]);
			to[n++] = (unsigned char)(big ? units[i] : units[i] >> 8);
		}
		if (mark)
			c = text;
	}
	return n;
}

static void test_encodings(void **state)
{
	static const char *const want = "Gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7";
	unsigned char data[1024];
	struct vw_error err;

	(void)state;
	for (int kind = 0; kind < 5; kind++) {
		struct vw_inf *inf;
		size_t n;

		if (kind < 3) {
			n = encode(sample, kind == 1, kind < 2, data);
		} else {
			n = (size_t)snprintf((char *)data, sizeof(data), "%s%s",
				kind == 3 ? "\xef\xbb\xbf" : "", sample);
		}
		if (parse(data, n, &inf, &err))
			fail_msg("encoding %d: %s", kind, err.msg);
		assert_string_equal(vw_inf_provider(inf), want);
		vw_inf_free(inf);
	}
}

/* Halves of pairs become U+FFFD, and half a unit is left out; neither is a reason to know nothing. */
static void test_utf16_damage(void **state)
{
	static const struct {
		const char *unit; /* little-endian, put in for the "#" */
		const char *want;
	} cases[] = {
		{ "\x41\x00", "A" },
		{ "\x00\xd8", "\xef\xbf\xbd" },
		{ "\xff\xdf", "\xef\xbf\xbd" },
		{ "\xff\xff", "\xef\xbf\xbf" },
	};
	static const char text[] = HEAD "Provider=\"#\"";

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		unsigned char data[256];
		size_t n = encode(text, false, true, data);
		struct vw_error err;
		struct vw_inf *inf;

		memcpy(data + n - 4, cases[i].unit, 2);
		/* whole; without the last byte, and so the quote; and with the half at the very end */
		for (size_t less = 0; less < 3 && less < n; less++) {
			assert_int_equal(parse(data, n - less, &inf, &err), 0);
			assert_string_equal(vw_inf_provider(inf), cases[i].want);
			vw_inf_free(inf);
		}
	}
}

/* HEAD, then n times the text, then the end. */
static char *repeat(const char *text, size_t n, const char *end, size_t *len)
{
	char *data = NULL;
	FILE *f = open_memstream(&data, len);

	fputs(HEAD, f);
	while (n--)
		fputs(text, f);
	fputs(end, f);
	fclose(f);
	return data;
}

static void test_limits(void **state)
{
	static const struct {
		const char *text;
		size_t most; /* how many of it there may be, beside HEAD */
	} cases[] = {
		{ "a\n", VW_INF_LINES_MAX - 1 },
		{ ",,,,\n", (VW_INF_FIELDS_MAX - 1) / 5 },
		{ "[a]\n", VW_INF_SECTIONS_MAX - 1 },
		{ "[Manufacturer]\na=b,c\n", VW_INF_MODELS_MAX / 2 },
	};
	struct vw_error err;
	struct vw_inf *inf;
	char *data;
	size_t len;

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		data = repeat(cases[i].text, cases[i].most, "", &len);
		assert_int_equal(parse(data, len, &inf, &err), 0);
		vw_inf_free(inf);
		free(data);
		data = repeat(cases[i].text, cases[i].most + 1, "", &len);
		assert_int_equal(parse(data, len, &inf, &err), -EFBIG);
		assert_true(err.msg[0]);
		free(data);
	}
	data = calloc(1, VW_INF_MAX + 1);
	memset(data, '\n', VW_INF_MAX + 1);
	assert_int_equal(parse(data, VW_INF_MAX + 1, &inf, &err), -EFBIG);
	memcpy(data, HEAD, strlen(HEAD));
	assert_int_equal(parse(data, VW_INF_MAX, &inf, &err), 0);
	vw_inf_free(inf);
	free(data);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Files of nearly the largest size that would take minutes and more if anything in here were quadratic. */
static void test_linear(void **state)
{
	static const struct vw_inf_target target = { 10, 0, 17763, true, "amd64", false };
	char *name = calloc(1, 2001), *value = calloc(1, 1 << 20), *makers = NULL, *sections = NULL,
	     *often = NULL, *needs = NULL;
	size_t used;
	FILE *f;

	(void)state;
	memset(name, 'n', 2000);
	memset(value, 'v', (1 << 20) - 1);
	f = open_memstream(&makers, &used);
	fprintf(f, "[Strings]\nn=%s\nv=%s\n[Manufacturer]\nVersion\n", name, value);
	for (int i = 0; i < 2000; i++)
		fprintf(f, "%%n%%=%%v%%,NTamd64\n");
	fclose(f);
	f = open_memstream(&sections, &used);
	for (int i = 0; i < 1500; i++)
		fprintf(f, "[%.1000s%d]\n", name, i);
	fprintf(f, "[Manufacturer]\n%%m%%=M");
	for (int i = 0; i < 4000; i++)
		fprintf(f, ",NTamd64");
	fprintf(f, "\n[Strings]\nM=%.1000s\n", name);
	fclose(f);
	f = open_memstream(&often, &used);
	fprintf(f, "[Manufacturer]\n");
	for (int i = 0; i < 4000; i++)
		fprintf(f, "Version\n");
	fclose(f);
	f = open_memstream(&needs, &used);
	fprintf(f, "[Manufacturer]\nm=M,NTamd64\n[M.NTamd64]\n");
	for (int i = 0; i < 10; i++)
		fprintf(f, "m=i,PCI\\VEN_8086&DEV_%04X&SUBSYS_1\n", i);
	fprintf(f, "[i]\nExcludeID=x");
	for (int i = 0; i < 100000; i++)
		fprintf(f, ",x");
	fprintf(f, "\n[i.Services]\nNeeds=Version");
	for (int i = 0; i < 100000; i++)
		fprintf(f, ",Version");
	fclose(f);
	/* what is repeated stands in [Version], which is a models section, too, where [Manufacturer] says so */
	const struct {
		const char *what, *text;
		size_t n;
		const char *end;
	} cases[] = {
		{ "backslashes", "\\", 4000000, "x" },
		{ "backslashes and blanks", "\\ ", 2000000, "x" },
		{ "backslashes at line ends", "\\\n", 2000000, "" },
		{ "quotes that do not end", "[a]\n\"\n", 60000, "" },
		{ "quotes", "\"", 4000000, "" },
		{ "percents", "%", 4000000, "\n[Manufacturer]\nx=Version\n" },
		{ "sections of one name", "[a]\nb\n", 60000, "" },
		{ "strings of one name", "a=b\n[Strings]\n", 60000, "[Version]\nProvider=%a%" },
		{ "tokens without a string", "x=i,%y%\n", 200000, "[Manufacturer]\nx=Version\n" },
		{ "long strings, used often", "x=i,%v%,%v%,%v%\n", 100000, makers },
		{ "long names of sections", "", 0, sections },
		{ "a section needed often", "AddService=a\n", 60000, needs },
		{ "a section named often", "x=i,PCI\\VEN_8086&DEV_10ED&SUBSYS_1\n", 60000, often },
	};

	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		size_t len;
		vw_auto_free char *data = repeat(cases[i].text, cases[i].n, cases[i].end, &len);
		struct vw_inf_match match;
		struct vw_error err;
		struct vw_inf *inf;
		double start = seconds();
		int rc = parse(data, len, &inf, &err);

		if (rc)
			fail_msg("%s: %s", cases[i].what, err.msg);
		for (uint16_t device = 0; device < 10; device++)
			assert_true(vw_inf_match(inf, &target, 0x8086, device, &match) == 0);
		vw_inf_free(inf);
		if (seconds() - start > 10)
			fail_msg("%s: %.1f s", cases[i].what, seconds() - start);
		if (getenv("VFWARD_TEST_TIMES"))
			print_message("%s: %.2f s\n", cases[i].what, seconds() - start);
	}
	free(name);
	free(value);
	free(makers);
	free(sections);
	free(often);
	free(needs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_line_numbers),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_utf16_damage),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
