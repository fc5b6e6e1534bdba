/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_xml_guard: what must not reach libxml2, and what must not be kept from it. */
#include "tree.h"

#include "xml_guard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX 1000000

static void test_passes(void **state)
{
	static const char *const texts[] = {
		"<a/>",
		" \r\n\t<a/>",
		"\xef\xbb\xbf<a/>",
		"\xef\xbb\xbf",
		"   ",
		"<?xml version='1.0'?><a/>",
		"<?xml version=\"1.0\" encoding='utf-8' standalone='no' ?><a/>",
		"<?xml\nversion = '1.0'\tencoding\r=\"UtF-8\"?><a/>",
		"<?xml version='1.0' encoding='UTF8'?>",
		"<?xml version='1.0' encoding='us-ascii'?>",
		"<?xml version='1.0' encoding='ASCII'?>",
		"<?xml version='1.0' encoding='iso-8859-1'?>",
		"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>",
		/* no declaration, although it looks like one */
		"<?xml version='1.0' notcoded='UTF-7'?>",
		"<?xml-stylesheet encoding='UTF-7'?><a/>",
		"<?xmlencoding='UTF-7'?><a/>",
		"<a><?xml version='1.0' encoding='UTF-7'?></a>",
		"<?xml",
		/* no DOCTYPE, although the word is there */
		"<!-- <!DOCTYPE a> --><a/>",
		"<a><![CDATA[<!DOCTYPE a>]]></a>",
		"<a><?pi <!DOCTYPE a> ?></a>",
		"<!--> <!DOCTYPE a> --><a/>",
		"<a b='<!DOCTYPE a>'/>",
		"<a>DOCTYPE !DOCTYPE a></a>",
		/* broken, which is for libxml2 to say */
		"<",
		"<a",
		"<a b='",
		"<a b=\"'>'",
		"</",
		"<!",
		"<!-",
		"<!--",
		"<!-->",
		"<![CDATA[",
		"<?",
		"<?x",
		"<a<b<c",
		"<!DOCTYP a>",
		"<a>\xff\xfe</a>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct vw_error err = { "" };
		/* Exactly as long as the text, so that a look behind its end is seen. */
		size_t len = strlen(texts[i]);
		char *copy = malloc(len);

		assert_non_null(copy);
		memcpy(copy, texts[i], len);
		if (vw_xml_guard(copy, len, MAX, &err) != 0)
			fail_msg("%s: refused: %s", texts[i], err.msg);
		free(copy);
	}
}

static void test_refuses(void **state)
{
	static const struct {
		const char *text;
		size_t len; /* 0: as the string */
		const char *message;
	} cases[] = {
		{ "", 0, "the XML is empty" },
		{ "<a>\0</a>", 8, "line 1: a NUL byte" },
		{ "<a>\n\n</a>\0", 10, "line 3: a NUL byte" },
		{ "\0", 1, "line 1: a NUL byte" },
		{ "a", 0, "line 1: the text does not start with '<'" },
		{ "\xff\xfe<a/>", 0, "line 1: the text does not start" },
		{ "\xef\xbb<a/>", 0, "line 1: the text does not start" },
		{ "\x4c\x6f\xa7\x94", 0, "line 1: the text does not start" },
		{ "\xef\xbb\xbf\xef\xbb\xbf<a/>", 0, "line 1: the text does not start" },
		{ "<?xml version='1.0' encoding='UTF-7'?>", 0,
			"encoding \"UTF-7\" is not supported" },
		{ "<?xml version='1.0' encoding='UTF-16'?>", 0, "encoding \"UTF-16\"" },
		{ "<?xml version='1.0' encoding=''?>", 0, "encoding \"\"" },
		{ "<?xml version='1.0' encoding='UTF-8 '?>", 0, "encoding \"UTF-8 \"" },
		{ "<?xml version='1.0' encoding='UTF-'?>", 0, "encoding \"UTF-\"" },
		{ "<?xml encoding='utf-8' encoding='x'?>", 0, "encoding \"x\"" },
		{ "<?xml version='encoding=\"utf-8\"' encoding='x'?>", 0, "encoding \"x\"" },
		{ "<?xml version='1.0' encoding='\x1b[2J'?>", 0, "encoding \"\\x1b[2J\"" },
		{ "\xef\xbb\xbf<?xml version='1.0' encoding='x'?>", 0, "encoding \"x\"" },
		{ "<?xml ", 0, "line 1: the XML declaration is malformed" },
		{ "<?xml version='1.0'", 0, "declaration is malformed" },
		{ "<?xml version='1.0", 0, "declaration is malformed" },
		{ "<?xml version=1.0?>", 0, "declaration is malformed" },
		{ "<?xml version?>", 0, "declaration is malformed" },
		{ "<?xml \n= '1.0'?>", 0, "line 2: the XML declaration is malformed" },
		{ "<?xml Encoding='x'?>", 0, "declaration is malformed" },
		{ "<!DOCTYPE a>", 0, "line 1: a DOCTYPE is not allowed" },
		{ "<!-- -->\n<!DOCTYPE a>", 0, "line 2: a DOCTYPE is not allowed" },
		{ "<?x?><!DOCTYPE", 0, "a DOCTYPE is not allowed" },
		{ "<a><!DOCTYPE b></a>", 0, "a DOCTYPE is not allowed" },
		{ "<a><![CDATA[]]><!DOCTYPE b></a>", 0, "a DOCTYPE is not allowed" },
		{ "<a b='>' c=\"'\"><!DOCTYPE b></a>", 0, "a DOCTYPE is not allowed" },
		{ "<a<!DOCTYPE b>", 0, "a DOCTYPE is not allowed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vw_error err = { "" };
		size_t len = cases[i].len ? cases[i].len : strlen(cases[i].text);
		char *copy = malloc(len);

		assert_true(copy || !len);
		if (len)
			memcpy(copy, cases[i].text, len);
		assert_int_equal(vw_xml_guard(copy, len, MAX, &err), -EBADMSG);
		if (!strstr(err.msg, cases[i].message))
			fail_msg("%s: \"%s\" lacks \"%s\"", cases[i].text, err.msg,
				cases[i].message);
		assert_int_equal(vw_xml_guard(copy, len, MAX, NULL), -EBADMSG);
		free(copy);
	}
	assert_int_equal(vw_xml_guard(NULL, 0, MAX, NULL), -EBADMSG);
}

static void test_size(void **state)
{
	struct vw_error err;

	(void)state;
	assert_int_equal(vw_xml_guard("<a/>", 4, 4, &err), 0);
	assert_int_equal(vw_xml_guard("<a/>", 4, 3, &err), -EFBIG);
	assert_string_equal(err.msg, "the XML is larger than 3 bytes");
	/* The size is looked at before the bytes. */
	assert_int_equal(vw_xml_guard(NULL, (size_t)-1, 3, &err), -EFBIG);
}

/* n tags with `attributes` attributes each. */
static int guard_tags(size_t n, unsigned int attributes, const char *attribute)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int rc;

	assert_non_null(f);
	for (size_t i = 0; i < n; i++) {
		fputs("<a", f);
		for (unsigned int j = 0; j < attributes; j++)
			fputs(attribute, f);
		fputs(">=\"'\"'\"'", f);
	}
	fclose(f);
	rc = vw_xml_guard(text, len, MAX, NULL);
	free(text);
	return rc;
}

static void test_attributes(void **state)
{
	(void)state;
	assert_int_equal(guard_tags(1, 256, " a='\"'"), 0);
	assert_int_equal(guard_tags(1, 257, " a='\"'"), -EBADMSG);
	assert_int_equal(guard_tags(1, 257, " a=\"'\""), -EBADMSG);
	assert_int_equal(guard_tags(1, 257, "a=''"), -EBADMSG);
	assert_int_equal(guard_tags(1, 20000, " xmlns:a='u'"), -EBADMSG);
	assert_int_equal(guard_tags(20, 256, " a='>'"), 0);
}

/* ---- bytes that may be no XML ---- */

static void test_root(void **state)
{
	static const struct {
		const char *xml, *root; /* NULL: there is none */
	} cases[] = {
		{ "<hookData>", "hookData>" },
		{ "<hookData/>", "hookData/>" },
		{ " \n\t<hookData", "hookData" },
		{ "\xef\xbb\xbf<a>", "a>" },
		{ "<?xml version='1.0'?>\n<a b='c'>", "a b='c'>" },
		{ "<!-- <b> --><a>", "a>" },
		{ "<!-- one --> <?two <b> ?><!----><a>", "a>" },
		{ "<!-- <b>", NULL },
		{ "<?xml <b>", NULL },
		{ "<", NULL },
		{ "", NULL },
		{ "text", NULL },
		{ "<!DOCTYPE a><a>", "!DOCTYPE a><a>" }, /* nothing that anybody looks for */
		{ "<![CDATA[<a>]]>", "![CDATA[<a>]]>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = strlen(cases[i].xml);
		char *copy = malloc(len + 1); /* exactly as long, for the sanitizers */
		const char *root;

		assert_non_null(copy);
		memcpy(copy, cases[i].xml, len);
		copy = realloc(copy, len ? len : 1);
		root = vw_xml_root(copy, len);
		if (!root != !cases[i].root ||
			(root && (strlen(cases[i].root) != (size_t)(copy + len - root) ||
					 memcmp(root, cases[i].root, (size_t)(copy + len - root)) !=
						 0)))
			fail_msg("case %zu", i);
		free(copy);
	}
	assert_null(vw_xml_root(NULL, 0));
}

static void test_mentions(void **state)
{
	static const char *const words[] = { "hostdev", "<!ENTITY" };
	static const struct {
		const char *bytes;
		size_t len; /* 0: as a string */
		bool mentions;
	} cases[] = {
		{ "<plug type='hostdev-pci'", 0, true },
		{ "hostdev", 0, true },
		{ "hostde", 0, false },
		{ "HOSTDEV", 0, false },
		{ "host dev", 0, false },
		{ "<!ENTITY a 'host'>", 0, true },
		{ "<!entity", 0, false },
		{ "ho&#115;tdev", 0, true },
		{ "ho&#x73;tdev", 0, true },
		{ "ho&#x073;tde&#x76;", 0, true },
		{ "ho&#X73;tdev", 0, false },
		{ "ho&#115tdev", 0, false },
		{ "ho&#371;tdev", 0, false }, /* 115 + 256 */
		{ "ho&#4294967411;tdev", 0, false },
		{ "h\0o\0s\0t\0d\0e\0v\0", 14, true },
		{ "\0h\0o\0s\0t\0d\0e\0v", 14, true },
		{ "\xff\xfeh\0o\0s\0t\0d\0e\0", 14, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = cases[i].len ? cases[i].len : strlen(cases[i].bytes);
		char *copy = malloc(len);

		assert_non_null(copy);
		memcpy(copy, cases[i].bytes, len);
		if (vw_xml_mentions(copy, len, words, 2) != cases[i].mentions)
			fail_msg("case %zu", i);
		free(copy);
	}
	assert_false(vw_xml_mentions(NULL, 0, words, 2));
	assert_false(vw_xml_mentions("hostdev", 7, words, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passes),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_mentions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
