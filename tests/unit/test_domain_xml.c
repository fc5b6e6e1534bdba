/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_domain_xml: domain XML of every spelling, and what is no domain XML.
 *
 * The documents are the files of tests/data/domains, which are the fuzzer's seeds too; what each of them must give stands
 * in tests/data/domains.expect. */
#include "tree.h"

#include "domain_xml.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"
#define HEAD "<domain><name>d</name><uuid>" UUID "</uuid><devices>"
#define TAIL "</devices></domain>"

static const char *const kinds[] = { "vf", "hostdev", "macvtap", "direct", "network", "nic" };
static const char *const teams[] = { "-", "persistent", "transient" };

/* Text as C would spell it, "-" for none. */
static void dump_text(FILE *f, const char *name, const char *text)
{
	fprintf(f, " %s=", name);
	if (!text) {
		fputc('-', f);
		return;
	}
	fputc('"', f);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c >= 0x7f || c == '"')
			fprintf(f, "\\x%02x", c);
		else
			fputc(c, f);
	}
	fputc('"', f);
}

static void dump_device(FILE *f, const struct vw_device *device)
{
	char mac[VW_MAC_STR], pci[VW_PCI_STR];

	assert_in_range(device->kind, 0, VW_DEV_NIC);
	assert_in_range(device->team, 0, VW_TEAM_TRANSIENT);
	fprintf(f, "%s line=%ld kind=%s", device->is_interface ? "interface" : "hostdev",
		device->line, kinds[device->kind]);
	dump_text(f, "type", device->type);
	fprintf(f, " mac=%s", device->has_mac ? vw_mac_format(&device->mac, mac) : "-");
	if (device->bad_mac)
		dump_text(f, "bad-mac", device->bad_mac);
	fprintf(f, " pci=%s", device->has_pci ? vw_pci_format(&device->pci, pci) : "-");
	if (device->bad_pci)
		dump_text(f, "bad-pci", device->bad_pci);
	if (device->managed)
		fputs(" managed", f);
	if (device->source)
		dump_text(f, "source", device->source);
	if (device->alias)
		dump_text(f, "alias", device->alias);
	if (device->team || device->team_peer) {
		fprintf(f, " team=%s", teams[device->team]);
		dump_text(f, "peer", device->team_peer);
	}
	fputc('\n', f);
}

static bool all_zero(const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len > 0 && !*p) {
		p++;
		len--;
	}
	return len == 0;
}

/* What must hold for any bytes at all. */
static void check_rules(int rc, const struct vw_domain *domain, const struct vw_error *err)
{
	if (rc != 0) {
		assert_true(rc == -EBADMSG || rc == -EFBIG);
		assert_true(strlen(err->msg) > 10);
		assert_true(all_zero(domain, sizeof(*domain)));
		return;
	}
	assert_true(domain->name[0] && !strchr(domain->name, '/'));
	assert_true(!domain->uuid[0] || (strlen(domain->uuid) == 36 &&
						strspn(domain->uuid, "0123456789abcdef-") == 36));
	for (size_t i = 0; i < domain->n_devices; i++) {
		const struct vw_device *device = &domain->devices[i];

		assert_non_null(device->type);
		assert_true(device->line > 0);
		assert_false(device->has_mac && device->bad_mac);
		assert_false(device->has_pci && device->bad_pci);
		if (device->kind == VW_DEV_VF_INTERFACE || device->kind == VW_DEV_HOSTDEV)
			assert_true(device->has_pci || device->bad_pci);
		else
			assert_false(device->has_pci || device->bad_pci || device->managed);
		assert_true(device->is_interface != (device->kind == VW_DEV_HOSTDEV));
	}
}

/* Parses a copy that ends where it ends, so that AddressSanitizer sees every look behind it. */
static int parse(const char *xml, size_t len, struct vw_domain *domain, struct vw_error *err)
{
	char *copy = malloc(len);
	int rc;

	assert_true(copy || !len);
	if (len)
		memcpy(copy, xml, len);
	err->msg[0] = '\0';
	memset(domain, 0xff, sizeof(*domain));
	rc = vw_domain_parse(copy, len, domain, err);
	free(copy);
	check_rules(rc, domain, err);
	return rc;
}

/* Why it was refused, where that is in our own words: libxml2's differ from version to version. */
static void dump_reason(FILE *f, const char *message)
{
	static const char *const ours[] = { "a DOCTYPE is not allowed", "the root element is not",
		"too many namespace declarations", "nested too deep", "a NUL byte",
		"does not start with '<'", "is not supported (UTF-8", "declaration is malformed",
		"more than 256 attributes" };
	bool known = strncmp(message, "line ", 5) != 0;

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		known |= strstr(message, ours[i]) != NULL;
	fprintf(f, "refused: %s\n", known ? message : "not well-formed");
}

/* What the document gives, as text; the caller frees it. */
static char *dump(const char *xml, size_t len)
{
	struct vw_domain domain;
	struct vw_error err;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	if (parse(xml, len, &domain, &err) < 0) {
		dump_reason(f, err.msg);
	} else {
		fputs("domain", f);
		dump_text(f, "name", domain.name);
		fprintf(f, " uuid=%s\n", domain.uuid);
		for (size_t i = 0; i < domain.n_devices; i++)
			dump_device(f, &domain.devices[i]);
	}
	vw_domain_free(&domain);
	vw_domain_free(&domain);
	fclose(f);
	return text;
}

static char *slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "re");
	char *text;
	long size;

	if (!f)
		fail_msg("%s: %s", path, strerror(errno));
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	assert_true(size >= 0);
	rewind(f);
	text = malloc((size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)size, f), size);
	text[size] = '\0';
	*len = (size_t)size;
	fclose(f);
	return text;
}

static int is_xml(const struct dirent *entry)
{
	return strlen(entry->d_name) > 4 &&
	       strcmp(entry->d_name + strlen(entry->d_name) - 4, ".xml") == 0;
}

/* Calls `visit` for every document of the corpus; returns how many there were. */
static int walk(
	void (*visit)(const char *name, const char *xml, size_t len, void *data), void *data)
{
	struct dirent **entries;
	int n = scandir(TEST_DATA "/domains", &entries, is_xml, alphasort);

	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		char path[600], *xml;
		size_t len;

		snprintf(path, sizeof(path), TEST_DATA "/domains/%s", entries[i]->d_name);
		xml = slurp(path, &len);
		visit(entries[i]->d_name, xml, len, data);
		free(xml);
		free(entries[i]);
	}
	free(entries);
	return n;
}

static void compare(const char *name, const char *xml, size_t len, void *data)
{
	const char **expected = data, *end;
	char *got = dump(xml, len), head[300];

	snprintf(head, sizeof(head), "== %s\n", name);
	if (strncmp(*expected, head, strlen(head)) != 0)
		fail_msg("domains.expect lacks:\n%s%s", head, got);
	*expected += strlen(head);
	end = strstr(*expected, "\n== ");
	end = end ? end + 1 : *expected + strlen(*expected);
	if (strlen(got) != (size_t)(end - *expected) || memcmp(got, *expected, strlen(got)) != 0)
		fail_msg("%s:\n%sinstead of\n%.*s", name, got, (int)(end - *expected), *expected);
	*expected = end;
	/* Only what is meant to be bad is. */
	if ((strncmp(name, "bad-", 4) == 0) != (strncmp(got, "refused", 7) == 0))
		fail_msg("%s: its name says the opposite of\n%s", name, got);
	free(got);
}

static void test_corpus(void **state)
{
	size_t len;
	char *text = slurp(TEST_DATA "/domains.expect", &len);
	const char *at = text;

	(void)state;
	assert_true(walk(compare, &at) > 80);
	if (*at)
		fail_msg("domains.expect has more than there are documents: %s", at);
	free(text);
}

/* Every beginning of every document, and every document with one byte changed. */
static void mangle(const char *name, const char *xml, size_t len, void *data)
{
	size_t step = 1 + len / 150;
	char *copy = malloc(len + 1);

	(void)name;
	(void)data;
	assert_non_null(copy);
	for (size_t i = 0; i < len; i += step) {
		static const char bytes[] = "<>&'\"/ \xff!";
		struct vw_domain domain;
		struct vw_error err;

		parse(xml, i, &domain, &err);
		vw_domain_free(&domain);
		memcpy(copy, xml, len);
		copy[i] = bytes[i % (sizeof(bytes) - 1)];
		parse(copy, len, &domain, &err);
		vw_domain_free(&domain);
	}
	free(copy);
}

static void test_mangled(void **state)
{
	(void)state;
	assert_true(walk(mangle, NULL) > 80);
}

static void test_messages(void **state)
{
	static const struct {
		const char *xml, *message;
	} cases[] = {
		{ "<domain>\n\n<a></b></domain>", "line 3: Opening and ending tag mismatch" },
		{ "<domain>\n</domain>", "the domain has no <name>" },
		{ "\n<network/>", "line 2: the root element is not <domain>" },
		{ "<domain>&secret;</domain>", "line 1: " },
		{ "<domain>\n<!DOCTYPE x>", "line 2: a DOCTYPE is not allowed" },
		{ "<domain><name>pass\xffword</name></domain>", "line 1: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vw_domain domain;
		struct vw_error err;

		assert_int_equal(
			parse(cases[i].xml, strlen(cases[i].xml), &domain, &err), -EBADMSG);
		if (strncmp(err.msg, cases[i].message, strlen(cases[i].message)) != 0)
			fail_msg("%s: \"%s\"", cases[i].xml, err.msg);
		/* One line, and no byte of the document's text. */
		assert_null(strpbrk(err.msg, "\n\r"));
		assert_null(strstr(err.msg, "0x"));
		assert_null(strstr(err.msg, "word"));
		assert_int_equal(vw_domain_parse(cases[i].xml, strlen(cases[i].xml), &domain, NULL),
			-EBADMSG);
	}
}

static void parse_quietly(const char *name, const char *xml, size_t len, void *data)
{
	struct vw_domain domain;

	(void)name;
	(void)data;
	vw_domain_parse(xml, len, &domain, NULL);
	vw_domain_free(&domain);
}

/* Neither we nor libxml2 say a word: what a hook prints goes to libvirt. */
static void test_silent(void **state)
{
	char path[] = "/tmp/vfward-test.XXXXXX";
	int file = mkstemp(path), out = dup(1), err = dup(2);
	off_t size;

	(void)state;
	assert_true(file >= 0 && out >= 0 && err >= 0);
	unlink(path);
	fflush(NULL);
	dup2(file, 1);
	dup2(file, 2);
	walk(parse_quietly, NULL);
	fflush(NULL);
	size = lseek(file, 0, SEEK_END);
	dup2(out, 1);
	dup2(err, 2);
	close(file);
	close(out);
	close(err);
	assert_int_equal(size, 0);
}

static void test_status(void **state)
{
	static const char good[] =
		"<domstatus state='paused' pid='77'><domain><name>d</name><uuid>" UUID
		"</uuid></domain></domstatus>";
	struct vw_domain_status status;
	struct vw_domain domain;
	struct vw_error err;

	(void)state;
	assert_int_equal(vw_domain_parse_status(good, strlen(good), &domain, &status, &err), 0);
	assert_int_equal(status.pid, 77);
	assert_string_equal(status.state, "paused");
	assert_string_equal(domain.name, "d");
	vw_domain_free(&domain);

	memset(&status, 0xff, sizeof(status));
	assert_int_equal(
		vw_domain_parse_status(HEAD TAIL, strlen(HEAD TAIL), &domain, &status, &err),
		-EBADMSG);
	assert_string_equal(err.msg, "line 1: the root element is not <domstatus>");
	assert_true(all_zero(&status, sizeof(status)));
	assert_true(all_zero(&domain, sizeof(domain)));
	assert_int_equal(vw_domain_parse_status(NULL, 0, &domain, &status, NULL), -EBADMSG);
	/* A status file cut behind its root's start tag gives no pid either. */
	assert_int_equal(vw_domain_parse_status(good, 60, &domain, &status, &err), -EBADMSG);
	assert_int_equal(status.pid, 0);
}

static void test_may_use_vf(void **state)
{
	static const struct {
		bool may;
		const char *text;
		size_t len; /* 0: as the string */
	} cases[] = {
		{ false, "", 0 },
		{ false, "<domain><interface type='bridge'/>", 0 },
		{ false, "hostde", 0 },
		{ false, "ostdev hostde v networ k dirct Hostdev", 0 },
		{ true, "hostdev", 0 },
		{ true, "<interface type='direct", 0 },
		{ true, "\xff\xff<source network='x", 0 },
		{ true, "\0\0\0network\0", 11 },
		{ true, "h\0o\0s\0t\0d\0e\0v\0", 14 },
		{ true, "\0h\0o\0s\0t\0d\0e\0v", 14 },
		{ false, "h\0o\0s\0t\0d\0e\0", 12 },
		{ true, "host&#100;ev", 0 },
		{ true, "hos&#116;&#x64;ev", 0 },
		{ true, "&#x00068;ost&#0100;ev", 0 },
		{ true, "&#x6E;etwor&#x6b;", 0 },
		{ false, "host&#100ev", 0 },
		{ false, "host&#x100;ev", 0 },
		{ false, "host&#356;ev", 0 },
		{ false, "host&#4294967396;ev", 0 },
		{ false, "host&#18446744073709551716;ev", 0 },
		{ true, "&#&#x&#;&#x;&#1hostdev", 0 },
		{ true, "&#100;irect", 0 },
		{ true, "dire&#99;&#116;", 0 },
		{ false, "direc&#116", 0 },
		{ false, "direc&#x", 0 },
		{ true, "<!DOCTYPE d [<!ENTITY a 'host'>", 0 },
		{ false, "<!DOCTYPE d [<!entity", 0 },
	};
	char *big;

	(void)state;
	assert_false(vw_domain_may_use_vf(NULL, 0));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = cases[i].len ? cases[i].len : strlen(cases[i].text);
		char *copy = malloc(n);

		assert_true(copy || !n);
		if (n)
			memcpy(copy, cases[i].text, n);
		if (vw_domain_may_use_vf(copy, n) != cases[i].may)
			fail_msg("case %zu: %s", i, cases[i].text);
		free(copy);
	}
	big = malloc(1000000);
	assert_non_null(big);
	memset(big, '&', 1000000);
	memcpy(big + 1000000 - 12, "#x&#1hostdev", 12);
	assert_true(vw_domain_may_use_vf(big, 1000000));
	assert_false(vw_domain_may_use_vf(big, 1000000 - 1));
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpus),
		cmocka_unit_test(test_mangled),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_may_use_vf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
