/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_domain_xml_limits: domain XML that is large, deep or made to be slow. */
#include "tree.h"

#include "domain_xml.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"
#define HEAD "<domain><name>d</name><uuid>" UUID "</uuid><devices>"
#define TAIL "</devices></domain>"
#define VF                                                                                         \
	"<interface type='hostdev' managed='yes'><mac address='52:54:00:6d:90:02'/><source>"       \
	"<address type='pci' domain='0x0000' bus='0x07' slot='0x10' "                              \
	"function='0x0'/></source></interface>\n"

/* head, n times body, tail; NUL behind it. */
static char *build(const char *head, size_t n, const char *body, const char *tail, size_t *len)
{
	size_t h = strlen(head), b = strlen(body), t = strlen(tail);
	char *xml;

	*len = h + n * b + t;
	xml = malloc(*len + 1);
	assert_non_null(xml);
	memcpy(xml, head, h);
	for (size_t i = 0; i < n; i++)
		memcpy(xml + h + i * b, body, b);
	memcpy(xml + h + n * b, tail, t + 1);
	return xml;
}

static double cpu_seconds(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
}

/* Parses what build() makes, and frees it; returns the CPU time. */
static double parse_built(int expected, size_t devices, const char *head, size_t n,
	const char *body, const char *tail)
{
	struct vw_domain domain;
	struct vw_error err;
	double start, seconds;
	size_t len;
	char *xml = build(head, n, body, tail, &len);
	int rc;

	start = cpu_seconds();
	rc = vw_domain_parse(xml, len, &domain, &err);
	seconds = cpu_seconds() - start;
	if (rc != expected)
		fail_msg("%d instead of %d: %s", rc, expected, err.msg);
	assert_int_equal(domain.n_devices, devices);
	vw_domain_free(&domain);
	free(xml);
	return seconds;
}

static void test_sizes(void **state)
{
	char *closing;
	size_t len;

	(void)state;
	parse_built(0, 10000, HEAD, 10000, VF, TAIL);
	parse_built(-EFBIG, 0, HEAD, 10001, "<interface/>\n", TAIL);
	parse_built(-EFBIG, 0, HEAD, VW_DOMAIN_XML_MAX, " ", TAIL);
	parse_built(0, 0, HEAD, VW_DOMAIN_XML_MAX - 2000, " ", TAIL);
	parse_built(0, 1, HEAD "<a>", 15000000, "x", "</a><interface/>" TAIL);
	parse_built(0, 1, HEAD "<!--", 9000000, "x", "--><interface/>" TAIL);
	parse_built(0, 1, HEAD "<interface type='", 1000000, "&amp;", "'/>" TAIL);
	/* 200 levels are fine, 100,000 are refused, closed or not. */
	closing = build("", 200, "</a>", "<interface/>" TAIL, &len);
	parse_built(0, 2, HEAD "<interface/>", 200, "<a>", closing);
	free(closing);
	closing = build("", 100000, "</a>", TAIL, &len);
	parse_built(-EBADMSG, 0, HEAD, 100000, "<a>", closing);
	free(closing);
	parse_built(-EBADMSG, 0, HEAD, 100000, "<a>", TAIL);
}

/* Eight times the document must not take much more than eight times as long. */
static void test_linear(void **state)
{
	static const struct {
		const char *head, *body, *tail;
		size_t n, devices; /* devices for each body */
		int rc;
	} cases[] = {
		{ HEAD, VF, TAIL, 1250, 1, 0 },
		{ HEAD "<interface>", "<source><address type='pci'/></source>", "</interface>" TAIL,
			20000, 0, 0 },
		{ HEAD "<interface type='", "&#65;", "'/>" TAIL, 100000, 0, 0 },
		{ "<domain><name>d", "<![CDATA[]]>", "</name><uuid>" UUID "</uuid></domain>", 50000,
			0, 0 },
		{ HEAD "<a ", "b='' ", "/>" TAIL, 100000, 0, -EBADMSG },
		{ HEAD, "<a b='' c='", TAIL, 50000, 0, -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double small, large;
		size_t n = cases[i].n, devices = cases[i].devices * n;

		if (strstr(cases[i].tail, "</interface>") || strstr(cases[i].tail, "'/>"))
			devices = 1;
		small = parse_built(
			cases[i].rc, devices, cases[i].head, n, cases[i].body, cases[i].tail);
		if (devices > 1)
			devices *= 8;
		large = parse_built(
			cases[i].rc, devices, cases[i].head, n * 8, cases[i].body, cases[i].tail);
		if (large > 24 * small + 0.2)
			fail_msg("case %zu: %.3f s, and %.3f s for eight times as much", i, small,
				large);
	}
}

/* A refusal ends the parsing too: behind the first 512 of 20,000 namespaces stand elements, for each of which libxml2
 * would look through them all. */
static void test_refusal_ends(void **state)
{
	struct vw_domain domain;
	struct vw_error err;
	char *xml = NULL;
	size_t len;
	FILE *f = open_memstream(&xml, &len);
	double start;

	(void)state;
	assert_non_null(f);
	fputs(HEAD, f);
	for (unsigned int i = 0; i < 20000; i++)
		fprintf(f, "%s xmlns:n%x='u'%s", i % 200 == 0 ? "<a" : "", i,
			i % 200 == 199 ? ">" : "");
	for (unsigned int i = 0; i < 400000; i++)
		fputs("<b/>", f);
	fclose(f);
	start = cpu_seconds();
	assert_int_equal(vw_domain_parse(xml, len, &domain, &err), -EBADMSG);
	assert_true(cpu_seconds() - start < 2);
	assert_non_null(strstr(err.msg, "too many namespace declarations"));
	free(xml);
}

#ifndef __SANITIZE_ADDRESS__
/* The most memory, in KiB, that a child needs to parse this; 0 bytes: to do nothing. */
static long peak_kib(const char *xml, size_t len)
{
	struct rusage usage;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		struct vw_domain domain;

		_exit(len && vw_domain_parse(xml, len, &domain, NULL) < 0);
	}
	assert_int_equal(wait4(pid, &status, 0, &usage), pid);
	assert_int_equal(status, 0);
	return usage.ru_maxrss;
}
#endif

static void test_memory(void **state)
{
	(void)state;
#ifdef __SANITIZE_ADDRESS__
	skip(); /* its shadow memory is what would be measured */
#else
	static const struct {
		const char *head, *body, *tail;
	} cases[] = {
		{ HEAD, VF, TAIL },
		{ HEAD, "<interface type='bridge' />", TAIL },
		{ HEAD, "<a/>", TAIL },
		{ HEAD "<!--", "x", "-->" TAIL },
		{ HEAD "<interface type='", "&amp;", "'/>" TAIL },
		{ HEAD "<hostdev type='pci'>", "<source><address/></source>", "</hostdev>" TAIL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t room = 262144 - strlen(cases[i].head) - strlen(cases[i].tail), len;
		char *xml = build(cases[i].head, room / strlen(cases[i].body), cases[i].body,
			cases[i].tail, &len);
		long idle = peak_kib(xml, 0), busy = peak_kib(xml, len);

		assert_in_range(len, 261900, 262144);
		if (busy - idle > 16384)
			fail_msg("case %zu: %ld KiB", i, busy - idle);
		free(xml);
	}
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_refusal_ends),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
