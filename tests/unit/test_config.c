/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_config: values, mistakes with their file and line, precedence of files, labels, hostile files. */
#include "tree.h"

#include "cleanup.h"
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define CONF  "/etc/vfward/vfward.conf"
#define CONFD "/etc/vfward/vfward.conf.d"

struct loaded {
	struct tree tree;
	struct vw_config config;
	struct vw_findings findings;
};

static int start(void **state)
{
	struct loaded *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	tree_new(&l->tree);
	*state = l;
	return 0;
}

static void unload(struct loaded *l)
{
	vw_config_free(&l->config);
	vw_findings_free(&l->findings);
}

static int stop(void **state)
{
	struct loaded *l = *state;

	unload(l);
	tree_free(&l->tree);
	free(l);
	return 0;
}

static void load(struct loaded *l)
{
	struct vw_error err = { "" };

	unload(l);
	assert_int_equal(vw_config_load(&l->tree.host, &l->config, &l->findings, &err), 0);
	for (size_t i = 0; i < l->findings.n; i++) {
		assert_string_equal(l->findings.v[i].id, "config-invalid");
		assert_int_equal(l->findings.v[i].severity, VW_FAIL);
	}
}

static void load_text(struct loaded *l, const char *text)
{
	tree_file(&l->tree, CONF, text);
	load(l);
}

static void assert_no_findings(const struct loaded *l, const char *text)
{
	if (l->findings.n)
		fail_msg("%s: %s: %s", text, l->findings.v[0].subject, l->findings.v[0].message);
}

static void assert_finding(const struct loaded *l, size_t i, const char *subject, const char *says)
{
	if (i >= l->findings.n)
		fail_msg("no finding %zu that says \"%s\"", i, says);
	assert_string_equal(l->findings.v[i].subject, subject);
	if (!strstr(l->findings.v[i].message, says))
		fail_msg("\"%s\" does not say \"%s\"", l->findings.v[i].message, says);
}

static void assert_defaults(const struct vw_config *config)
{
	assert_false(config->on_error_warn);
	assert_int_equal(config->deadline_ms, 5000);
	assert_false(config->same_domain_refuse);
	assert_int_equal(config->n_networks, 0);
}

static void test_missing(void **state)
{
	struct loaded *l = *state;

	load(l);
	assert_defaults(&l->config);
	assert_no_findings(l, "nothing");
	tree_dir(&l->tree, CONFD);
	load(l);
	assert_defaults(&l->config);
	assert_no_findings(l, "an empty directory");
}

/* Files that say nothing, in all ways of saying nothing. */
static void test_empty(void **state)
{
	static const char *const cases[] = { "", "\n", "\r\n\r\n", " \t \n", "# a\n; b\n  # c\n",
		"\xef\xbb\xbf", "\xef\xbb\xbf\n", "[hook]", "[hook]\n[mac]\n[networks]\n[hook]\n",
		" [hook] ; comment\n", "[hook];comment", "# \x01 \x1b control, \xff no UTF-8\n" };
	struct loaded *l = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		load_text(l, cases[i]);
		assert_no_findings(l, cases[i]);
		assert_defaults(&l->config);
	}
}

static void test_values(void **state)
{
	static const struct {
		const char *text;
		bool on_error_warn;
		unsigned int deadline_ms;
		bool same_domain_refuse;
	} cases[] = {
		{ "[hook]\non-error = warn\n", true, 5000, false },
		{ "[hook]\non-error = refuse\n", false, 5000, false },
		{ "[hook]\non-error=warn", true, 5000, false },
		{ "[hook]\r\non-error\t=\twarn\r\n", true, 5000, false },
		{ "[hook]\n  on-error = warn ; why\n", true, 5000, false },
		{ "\xef\xbb\xbf[hook]\non-error = warn\n", true, 5000, false },
		{ "[hook]\ndeadline = 1\n", false, 1000, false },
		{ "[hook]\ndeadline = 60\n", false, 60000, false },
		{ "[hook]\ndeadline = 007\n", false, 7000, false },
		{ "[mac]\nsame-domain = refuse\n", false, 5000, true },
		{ "[mac]\nsame-domain = warn\n", false, 5000, false },
		{ "[hook]\ndeadline = 9\n    on-error = warn\n[mac]\nsame-domain = refuse\n"
		  "[networks]\n",
			true, 9000, true },
		{ "[hook]\ndeadline = 9\n[mac]\nsame-domain = refuse\n[hook]\non-error = warn\n",
			true, 9000, true },
	};
	struct loaded *l = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		load_text(l, cases[i].text);
		assert_no_findings(l, cases[i].text);
		assert_int_equal(l->config.on_error_warn, cases[i].on_error_warn);
		assert_int_equal(l->config.deadline_ms, cases[i].deadline_ms);
		assert_int_equal(l->config.same_domain_refuse, cases[i].same_domain_refuse);
	}
}

static void test_advise(void **state)
{
	struct loaded *l = *state;

	load_text(l, "");
	assert_int_equal(l->config.advise_cpu, 60);
	assert_int_equal(l->config.advise_busy, 50);
	assert_int_equal(l->config.advise_any, 100);
	load_text(l, "[advise]\ncpu = 100\nkpps-busy = 7\nkpps = 1000000\n");
	assert_no_findings(l, "advise");
	assert_int_equal(l->config.advise_cpu, 100);
	assert_int_equal(l->config.advise_busy, 7);
	assert_int_equal(l->config.advise_any, 1000000);
}

/* One mistake each; nothing of it takes effect. */
static void test_mistakes(void **state)
{
	static const struct {
		const char *text;
		unsigned int line;
		const char *says;
	} cases[] = {
		{ "[advise]\ncpu = 101\n", 2, "\"101\" is no value for cpu" },
		{ "[advise]\nkpps = 0\n", 2, "\"0\" is no value for kpps" },
		{ "[hook]\ndeadline = 0\n", 2, "\"0\" is no value for deadline" },
		{ "[hook]\ndeadline = 61\n", 2, "no value" },
		{ "[hook]\ndeadline = -1\n", 2, "no value" },
		{ "[hook]\ndeadline = +5\n", 2, "no value" },
		{ "[hook]\ndeadline = 0x5\n", 2, "no value" },
		{ "[hook]\ndeadline = 5s\n", 2, "no value" },
		{ "[hook]\ndeadline = 5 6\n", 2, "no value" },
		{ "[hook]\ndeadline = 5 # s\n", 2, "no value" },
		{ "[hook]\ndeadline = 99999999999999999999\n", 2, "no value" },
		{ "[hook]\ndeadline =\n", 2, "\"\" is no value" },
		{ "[hook]\ndeadline = ; 7\n", 2, "no value" },
		{ "[hook]\ndeadline = \"7\"\n", 2, "no value" },
		{ "[hook]\n\n\n  # x\ndeadline = x\n", 5, "no value" },
		{ "[hook]\non-error = Warn\n", 2, "no value for on-error" },
		{ "[hook]\non-error = warn warn\n", 2, "no value" },
		{ "[hook]\non-error = yes\n", 2, "no value" },
		{ "[hook]\non-error == warn\n", 2, "\"= warn\" is no value" },
		{ "[mac]\nsame-domain = off\n", 2, "no value for same-domain" },
		{ "[hook]\nOn-error = warn\n", 2, "unknown key \"On-error\" in [hook]" },
		{ "[hook]\nonerror = warn\n", 2, "unknown key" },
		{ "[hook]\nsame-domain = refuse\n", 2, "unknown key" },
		{ "[mac]\ndeadline = 7\n", 2, "unknown key \"deadline\" in [mac]" },
		{ "[hook]\n= warn\n", 2, "unknown key \"\"" },
		{ "[hook]\non:error = warn\n", 2, "unknown key \"on:error\"" },
		{ "[hook]\non-error\n", 2, "neither" },
		{ "[hook]\non-error: warn\n", 2, "neither" },
		{ "[hook]\non-error ; = warn\n", 2, "neither" },
		{ "[hook]\n]\n", 2, "neither" },
		{ "[hook]\n\xff\xfe\n", 2, "neither" },
		{ "[hook]\ndeadline = \n  7\n", 2, "no value" },
		{ "deadline = 7\n", 1, "before the first section" },
		{ "\n\n[hooks]\n", 3, "unknown section [hooks]" },
		{ "[Hook]\ndeadline = 7\nx = y\n", 1, "unknown section" },
		{ "[hook ]\n", 1, "unknown section" },
		{ "[]\ndeadline = 7\n", 1, "unknown section []" },
		{ "[hoo]\ndeadline = 7\n", 1, "unknown section" },
		{ "[hook\ndeadline = 7\n", 1, "not a section: \"[hook\"" },
		{ "[hook] deadline = 7\n", 1, "not a section" },
		{ "[hook]]\ndeadline = 7\n", 1, "not a section" },
		{ "[hook # ]\n", 1, "unknown section" },
		{ "[", 1, "not a section" },
		{ "[hook]\ndeadline = 7\x1b\n", 2, "control character" },
		{ "[hook]\ndeadline\x01 = 7\n", 2, "control character" },
		{ "[hook]\ndead\rline = 7\n", 2, "control character" },
		{ "[hook]\ndeadline = 7\x7f\n", 2, "control character" },
		{ "[hook]\n\fdeadline = 7\n", 2, "control character" },
		{ "[networks]\neth0 =\n", 2, "the label \"\" of eth0" },
		{ "[networks]\neth0 = a b\n", 2, "label" },
		{ "[networks]\neth0 = \"a\"\n", 2, "label" },
		{ "[networks]\neth0 = caf\xc3\xa9\n", 2, "label" },
		{ "[networks]\neth0 = a=b\n", 2, "label" },
		{ "[networks]\n= a\n", 2, "neither a network device" },
		{ "[networks]\n. = a\n", 2, "neither a network device" },
		{ "[networks]\n.. = a\n", 2, "neither a network device" },
		{ "[networks]\neth0/1 = a\n", 2, "neither a network device" },
		{ "[networks]\neth 0 = a\n", 2, "neither a network device" },
		{ "[networks]\na123456789012345 = a\n", 2, "neither a network device" },
		{ "[networks]\neth0:1 = a\n", 2, "neither a network device" },
		{ "[networks]\n0000:07:00.8 = a\n", 2, "neither a network device" },
		{ "[networks]\n0000:07:00 = a\n", 2, "neither a network device" },
		{ "[networks]\n: = a\n", 2, "neither a network device" },
		{ "[networks]\n0000:07:00.0: a\n", 2, "neither [section]" },
	};
	struct loaded *l = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		char subject[64];

		load_text(l, cases[i].text);
		/* "deadline = \n  7" has two: the empty value and the line that is no continuation */
		if (l->findings.n != 1 && !strstr(cases[i].text, "\n  7"))
			fail_msg("%zu findings from \"%s\"", l->findings.n, cases[i].text);
		snprintf(subject, sizeof(subject), CONF ":%u", cases[i].line);
		assert_finding(l, 0, subject, cases[i].says);
		assert_defaults(&l->config);
	}
}

static void test_all_mistakes_of_a_file(void **state)
{
	struct loaded *l = *state;

	load_text(l, "x = 1\n"
		     "[hook]\n"
		     "deadline = 7\n"
		     "nonsense\n"
		     "deadline = 8\n"
		     "  more nonsense\n"
		     "on-error = maybe\n"
		     "[nope]\n"
		     "deadline = 9\n"
		     "nonsense\n"
		     "[hook]\n"
		     "on-error = warn\n"
		     "[mac]\n"
		     "colour = red");
	assert_int_equal(l->findings.n, 9);
	assert_finding(l, 0, CONF ":1", "before the first section");
	assert_finding(l, 1, CONF ":4", "neither");
	assert_finding(l, 2, CONF ":5", "set in this file already");
	assert_finding(l, 3, CONF ":6", "neither");
	assert_finding(l, 4, CONF ":7", "no value for on-error");
	assert_finding(l, 5, CONF ":8", "unknown section [nope]");
	assert_finding(l, 6, CONF ":10", "neither");
	assert_finding(l, 7, CONF ":12", "set in this file already");
	assert_finding(l, 8, CONF ":14", "unknown key \"colour\" in [mac]");
	assert_int_equal(l->config.deadline_ms, 7000);
	assert_false(l->config.on_error_warn);
	assert_string_equal(l->findings.v[4].remedy, "possible: refuse, warn");
	assert_string_equal(l->findings.v[8].remedy, "known there: same-domain");
}

static void test_directory(void **state)
{
	struct loaded *l = *state;

	tree_file(&l->tree, CONF, "[hook]\ndeadline = 2\non-error = warn\n");
	tree_file(&l->tree, CONFD "/10-b.conf", "[hook]\ndeadline = 10\n");
	/* bytes, not numbers: 9 stands behind 10 */
	tree_file(&l->tree, CONFD "/9-a.conf", "[hook]\ndeadline = 9\n");
	tree_file(&l->tree, CONFD "/B.conf", "[mac]\nsame-domain = refuse\n");
	tree_file(&l->tree, CONFD "/a.conf", "[mac]\nsame-domain = warn\n");
	/* not read: hidden, editors' and packagers' left-overs, no name before the ending */
	tree_file(&l->tree, CONFD "/.z.conf", "bad\n");
	tree_file(&l->tree, CONFD "/.conf", "bad\n");
	tree_file(&l->tree, CONFD "/c", "bad\n");
	tree_file(&l->tree, CONFD "/z.conf~", "bad\n");
	tree_file(&l->tree, CONFD "/z.conf.rpmnew", "bad\n");
	tree_file(&l->tree, CONFD "/z.CONF", "bad\n");
	tree_file(&l->tree, CONFD "/zconf", "bad\n");
	tree_file(&l->tree, CONFD "/README", "bad\n");
	load(l);
	assert_no_findings(l, "directory");
	assert_int_equal(l->config.deadline_ms, 9000);
	assert_true(l->config.on_error_warn);
	assert_false(l->config.same_domain_refuse);
}

/* The section ends with its file; a mistake in one file does not spoil the next; each has its own lines. */
static void test_files_are_apart(void **state)
{
	struct loaded *l = *state;

	tree_file(&l->tree, CONF, "[hook]\ndeadline = 2");
	tree_file(&l->tree, CONFD "/a.conf", "deadline = 3\n");
	tree_file(&l->tree, CONFD "/b.conf", "\n[hook]\ndeadline = 4\ndeadline = x\n[hook");
	tree_file(&l->tree, CONFD "/c.conf", "[hook]\non-error = warn\ndeadline = 0\n");
	load(l);
	assert_int_equal(l->findings.n, 4);
	assert_finding(l, 0, CONFD "/a.conf:1", "before the first section");
	assert_finding(l, 1, CONFD "/b.conf:4", "set in this file already");
	assert_finding(l, 2, CONFD "/b.conf:5", "not a section");
	assert_finding(l, 3, CONFD "/c.conf:3", "no value");
	assert_int_equal(l->config.deadline_ms, 4000);
	assert_true(l->config.on_error_warn);
}

static void test_unreadable(void **state)
{
	struct loaded *l = *state;

	tree_dir(&l->tree, CONF);
	tree_dir(&l->tree, CONFD "/a.conf");
	tree_link(&l->tree, CONFD "/b.conf", "/nowhere");
	tree_link(&l->tree, CONFD "/c.conf", "c.conf");
	assert_int_equal(
		mkfifoat(l->tree.host.root_fd, "etc/vfward/vfward.conf.d/d.conf", 0600), 0);
	tree_link(&l->tree, CONFD "/e.conf", "/etc/real");
	tree_file(&l->tree, "/etc/real", "[hook]\ndeadline = 3\n");
	tree_file(&l->tree, CONFD "/f\n\x1b.conf", "bad\n");
	load(l);
	assert_int_equal(l->findings.n, 6);
	assert_finding(l, 0, CONF, "cannot be read: Is a directory");
	assert_finding(l, 1, CONFD "/a.conf", "Is a directory");
	assert_finding(l, 2, CONFD "/b.conf", "No such file");
	assert_finding(l, 3, CONFD "/c.conf", "symbolic links");
	assert_finding(l, 4, CONFD "/d.conf", "not a regular file");
	assert_finding(l, 5, CONFD "/f\\x0a\\x1b.conf:1", "neither");
	assert_int_equal(l->config.deadline_ms, 3000);
}

static void test_directory_is_a_file(void **state)
{
	struct loaded *l = *state;

	tree_file(&l->tree, CONFD, "[hook]\n");
	load(l);
	assert_int_equal(l->findings.n, 1);
	assert_finding(l, 0, CONFD, "cannot be read: Not a directory");
}

static void test_nul(void **state)
{
	static const char text[] = "[hook]\ndeadline = 7\0\n#\0\non-error = warn\n\0";
	struct loaded *l = *state;

	tree_bytes(&l->tree, CONF, text, sizeof(text) - 1);
	load(l);
	assert_int_equal(l->findings.n, 2);
	assert_finding(l, 0, CONF ":2", "control character");
	assert_finding(l, 1, CONF ":5", "control character");
	assert_int_equal(l->config.deadline_ms, 5000);
	assert_true(l->config.on_error_warn);
}

static void test_long_lines(void **state)
{
	struct loaded *l = *state;

	for (size_t n = 150; n < 450; n++) {
		char text[600] = "[hook]\n#", pad[500] = "";

		/* a comment of any length is fine */
		memset(pad, 'c', n);
		snprintf(text, sizeof(text), "[hook]\n#%s\ndeadline = 7\n", pad);
		load_text(l, text);
		assert_no_findings(l, text);
		assert_int_equal(l->config.deadline_ms, 7000);

		/* nothing of a line that is too long is taken for another line */
		memset(pad, ' ', n);
		snprintf(text, sizeof(text), "[hook]\ndeadline =%sdeadline = 7\non-error = warn\n",
			pad);
		load_text(l, text);
		assert_int_equal(l->findings.n, 1);
		assert_finding(l, 0, CONF ":2", n + 22 > 190 ? "longer than 190" : "no value");
		assert_int_equal(l->config.deadline_ms, 5000);
		assert_true(l->config.on_error_warn);
	}
}

static void test_size_limit(void **state)
{
	static const char tail[] = "\n[hook]\ndeadline = 7\n";
	struct loaded *l = *state;
	size_t max = 1024 * 1024, at = max - strlen(tail);
	char *text = malloc(max + 1);

	assert_non_null(text);
	memset(text, '#', max);
	memcpy(text + at, tail, strlen(tail));
	tree_bytes(&l->tree, CONF, text, max);
	load(l);
	assert_no_findings(l, "1 MiB");
	assert_int_equal(l->config.deadline_ms, 7000);
	text[max] = '\n';
	tree_bytes(&l->tree, CONF, text, max + 1);
	load(l);
	assert_int_equal(l->findings.n, 1);
	assert_finding(l, 0, CONF, "larger than 1 MiB");
	assert_defaults(&l->config);
	free(text);
}

static void test_too_many_mistakes(void **state)
{
	struct loaded *l = *state;
	char text[2 * 5000 + 64] = "";

	for (size_t i = 0; i < 5000; i++)
		memcpy(text + 2 * i, "x\n", 3);
	strcat(text, "[hook]\ndeadline = 7\n");
	load_text(l, text);
	assert_int_equal(l->findings.n, 101);
	assert_finding(l, 99, CONF ":100", "neither");
	assert_finding(l, 100, CONF ":101", "not listed");
	assert_int_equal(l->config.deadline_ms, 7000);
}

/* Every byte in the place of a key, a value and a section: never a crash, never a silent change. */
static void test_every_byte(void **state)
{
	struct loaded *l = *state;

	for (unsigned int c = 0; c < 256; c++) {
		char text[] = "[ho?k]\nde?dline = ?\n";

		text[3] = text[9] = text[18] = (char)c;
		tree_bytes(&l->tree, CONF, text, sizeof(text) - 1);
		load(l);
		assert_true(l->findings.n > 0);
		assert_defaults(&l->config);
	}
}

static void test_labels(void **state)
{
	struct loaded *l = *state;
	const struct vw_config *config = &l->config;

	load_text(l, "[networks]\neth0 = blue\n0000:07:00.0 = red/1\n 08:00.1=a:b-c_d.e ; x\n"
		     "abcdefghijklmno = "
		     "123456789012345678901234567890123456789012345678901234567890123\n");
	assert_no_findings(l, "labels");
	assert_int_equal(config->n_networks, 4);
	assert_string_equal(config->networks[1].pf, "0000:07:00.0");
	assert_string_equal(config->networks[2].pf, "08:00.1");
	assert_string_equal(vw_config_label(config, "eth0", NULL), "blue");
	assert_string_equal(vw_config_label(config, "eth0", "0000:99:00.0"), "blue");
	assert_string_equal(vw_config_label(config, NULL, "0000:07:00.0"), "red/1");
	assert_string_equal(vw_config_label(config, "eth9", "07:00.0"), "red/1");
	assert_string_equal(vw_config_label(config, NULL, "0000:08:00.1"), "a:b-c_d.e");
	assert_int_equal(strlen(vw_config_label(config, "abcdefghijklmno", NULL)), 63);
	assert_null(vw_config_label(config, NULL, NULL));
	assert_null(vw_config_label(config, "eth1", NULL));
	assert_null(vw_config_label(config, "ETH0", NULL));
	assert_null(vw_config_label(config, "eth", "eth"));
	assert_null(vw_config_label(config, "", ""));
	assert_null(vw_config_label(config, NULL, "0001:07:00.0"));
	assert_null(vw_config_label(config, NULL, "0000:07:00.1"));
	/* the last one of those that fit */
	assert_string_equal(vw_config_label(config, "eth0", "0000:07:00.0"), "red/1");

	load_text(l, "[networks]\neth0 = "
		     "1234567890123456789012345678901234567890123456789012345678901234\n");
	assert_finding(l, 0, CONF ":2", "label");
	assert_int_equal(config->n_networks, 0);
}

static void test_labels_replaced(void **state)
{
	struct loaded *l = *state;
	const struct vw_config *config = &l->config;

	tree_file(&l->tree, CONF,
		"[networks]\neth0 = a\n07:00.0 = b\neth1 = c\neth0 = x\n"
		"0000:07:00.0 = x\n");
	tree_file(&l->tree, CONFD "/1.conf",
		"[networks]\n0000:07:00.0 = d\neth0 = e\n"
		"07:00.0 = y\neth0 = y\neth2 = f\n");
	tree_file(&l->tree, CONFD "/2.conf", "[networks]\neth1 = g\n");
	load(l);
	assert_int_equal(l->findings.n, 4);
	assert_finding(l, 0, CONF ":5", "eth0 has a label in this file already");
	assert_finding(l, 1, CONF ":6", "0000:07:00.0 has a label in this file already");
	assert_finding(l, 2, CONFD "/1.conf:4", "07:00.0 has a label");
	assert_finding(l, 3, CONFD "/1.conf:5", "eth0 has a label");
	assert_int_equal(config->n_networks, 4);
	assert_string_equal(vw_config_label(config, NULL, "07:00.0"), "d");
	assert_string_equal(vw_config_label(config, "eth0", NULL), "e");
	assert_string_equal(vw_config_label(config, "eth1", NULL), "g");
	assert_string_equal(vw_config_label(config, "eth2", NULL), "f");
	/* eth1 was read last */
	assert_string_equal(vw_config_label(config, "eth1", "07:00.0"), "g");
}

static void test_too_many_networks(void **state)
{
	struct loaded *l = *state;
	char *text = malloc(32 * 1024), *p = text;

	assert_non_null(text);
	p += sprintf(p, "[networks]\n");
	for (unsigned int i = 0; i < 1026; i++)
		p += sprintf(p, "eth%u = n%u\n", i, i);
	load_text(l, text);
	free(text);
	assert_int_equal(l->config.n_networks, 1024);
	assert_int_equal(l->findings.n, 2);
	assert_finding(l, 0, CONF ":1026", "more than 1024 PFs");
	assert_string_equal(vw_config_label(&l->config, "eth1023", NULL), "n1023");
}

static void test_freeing(void **state)
{
	struct vw_config config = { 0 };

	(void)state;
	vw_config_free(&config);
	assert_defaults(&config);
	vw_config_free(&config);
}

#define ON_TREE(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_TREE(test_missing),
		ON_TREE(test_empty),
		ON_TREE(test_values),
		ON_TREE(test_advise),
		ON_TREE(test_mistakes),
		ON_TREE(test_all_mistakes_of_a_file),
		ON_TREE(test_directory),
		ON_TREE(test_files_are_apart),
		ON_TREE(test_unreadable),
		ON_TREE(test_directory_is_a_file),
		ON_TREE(test_nul),
		ON_TREE(test_long_lines),
		ON_TREE(test_size_limit),
		ON_TREE(test_too_many_mistakes),
		ON_TREE(test_every_byte),
		ON_TREE(test_labels),
		ON_TREE(test_labels_replaced),
		ON_TREE(test_too_many_networks),
		cmocka_unit_test(test_freeing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
