/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_modprobe_conf: the reader says what libkmod says; precedence, lines, the command line; the editor drops one option and nothing else. */
#include "tree.h"

#include "cleanup.h"
#include "modprobe_conf.h"

#include <errno.h>
#include <libkmod.h>
#include <string.h>
#include <sys/stat.h>

static void drop(struct vw_modprobe_conf *conf)
{
	vw_modprobe_free(conf);
}

/* "options ixgbe max_vfs=2 (/etc/…:3)" */
static void assert_line(const struct vw_modprobe_line *line, const char *want)
{
	static const char *const kinds[] = { "options", "blacklist", "install", "alias",
		"unsupported", "forbid", "rd-blacklist", "initcall", "lockdown", "pci" };
	char is[512];

	assert_non_null(line);
	snprintf(is, sizeof(is), "%s %s %s (%s:%u)", kinds[line->kind], line->module, line->value,
		line->file, line->line);
	assert_string_equal(is, want);
}

static void test_lines(void **state)
{
	static const char text[] = "# options ixgbe max_vfs=1\n"
				   "  options ixgbe max_vfs=2\n"
				   "options ix\\\ngbe\\\n max_vfs=3 # x\n"
				   "blacklist snd-hda junk\n"
				   "install foo /bin/true\n"
				   "options ixgbe\n"
				   "optionsixgbe max_vfs=4\n"
				   "install foo-[a-z] x\n"
				   "options i]x max_vfs=5\n"
				   "# comment \\\noptions hidden a=1\n"
				   "options last a=1";
	vw_auto(drop) struct vw_modprobe_conf conf = { 0 };

	(void)state;
	assert_int_equal(vw_modprobe_parse(text, strlen(text), "/f", &conf), 0);
	assert_int_equal(conf.n, 6);
	assert_line(&conf.v[0], "options ixgbe max_vfs=2 (/f:2)");
	assert_line(&conf.v[1], "options ixgbe max_vfs=3 # x (/f:3)");
	assert_line(&conf.v[2], "blacklist snd_hda  (/f:6)");
	assert_line(&conf.v[3], "install foo /bin/true (/f:7)");
	assert_line(&conf.v[4], "install foo_[a-z] x (/f:10)");
	assert_line(&conf.v[5], "options last a=1 (/f:14)");
}

static void test_precedence(void **state)
{
	vw_auto(drop) struct vw_modprobe_conf conf = { 0 };
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_file(&tree, "/lib/modprobe.d/b.conf", "options ixgbe lib-b=1\n");
	tree_file(&tree, "/lib/modprobe.d/hidden.conf", "options ixgbe hidden=1\n");
	tree_file(&tree, "/lib/modprobe.d/null.conf", "options ixgbe null=1\n");
	tree_file(&tree, "/run/modprobe.d/hidden.conf", "options ixgbe run=1\n");
	tree_file(&tree, "/etc/modprobe.d/z.conf", "options ixgbe etc-z=1\n");
	tree_file(&tree, "/etc/modprobe.d/a.conf", "options ixgbe etc-a=1\n");
	tree_file(&tree, "/etc/modprobe.d/old.conf.bak", "options ixgbe bak=1\n");
	tree_file(&tree, "/etc/modprobe.d/.x.conf", "options ixgbe dot=1\n");
	tree_file(&tree, "/usr/local/lib/modprobe.d/m.conf", "options ixgbe local=1\n");
	tree_link(&tree, "/etc/modprobe.d/null.conf", "/dev/null");
	tree_dir(&tree, "/etc/modprobe.d/dir.conf");
	/* leads to the tree's /etc, not to the machine's */
	tree_link(&tree, "/etc/modprobe.d/out.conf", "/etc/elsewhere");
	tree_file(&tree, "/etc/elsewhere", "options ixgbe inside=1\n");
	tree_file(&tree, "/proc/cmdline", "ro ixgbe.max_vfs=3\n");
	assert_int_equal(vw_modprobe_read(&tree.host, &conf, NULL), 0);
	assert_int_equal(conf.n, 7);
	assert_line(&conf.v[0], "options ixgbe etc-a=1 (/etc/modprobe.d/a.conf:1)");
	assert_line(&conf.v[1], "options ixgbe lib-b=1 (/lib/modprobe.d/b.conf:1)");
	assert_line(&conf.v[2], "options ixgbe run=1 (/run/modprobe.d/hidden.conf:1)");
	assert_line(&conf.v[3], "options ixgbe local=1 (/usr/local/lib/modprobe.d/m.conf:1)");
	assert_line(&conf.v[4], "options ixgbe inside=1 (/etc/modprobe.d/out.conf:1)");
	assert_line(&conf.v[5], "options ixgbe etc-z=1 (/etc/modprobe.d/z.conf:1)");
	assert_line(&conf.v[6], "options ixgbe max_vfs=3 (/proc/cmdline:0)");
	tree_free(&tree);
}

static void test_fifo(void **state)
{
	vw_auto(drop) struct vw_modprobe_conf conf = { 0 };
	struct vw_error err = { 0 };
	struct tree tree;
	char path[4096];

	(void)state;
	tree_new(&tree);
	tree_dir(&tree, "/etc/modprobe.d");
	snprintf(path, sizeof(path), "%s/etc/modprobe.d/fifo.conf", tree.root);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(vw_modprobe_read_files(&tree.host, false, &conf, &err), -EINVAL);
	assert_non_null(strstr(err.msg, "/etc/modprobe.d/fifo.conf is a FIFO"));
	tree_free(&tree);
}

static void test_cmdline(void **state)
{
	static const char text[] =
		"BOOT_IMAGE=/vmlinuz-6.1.0 root=/dev/x.y modprobe.blacklist=ixgbevf,igb-vf "
		"ix-gbe.max_vfs=\"10,10\" igb.x quiet -- igb.max_vfs=2\n";
	vw_auto(drop) struct vw_modprobe_conf conf = { 0 };
	size_t i = 0;

	(void)state;
	assert_int_equal(
		vw_modprobe_parse_cmdline(text, strlen(text), "/proc/cmdline", 0, &conf), 0);
	assert_line(vw_modprobe_next(&conf, VW_MODPROBE_BLACKLIST, "igb-vf", &i),
		"blacklist igb_vf  (/proc/cmdline:0)");
	i = 0;
	assert_line(vw_modprobe_next(&conf, VW_MODPROBE_OPTIONS, "ix_gbe", &i),
		"options ix_gbe max_vfs=10,10 (/proc/cmdline:0)");
	assert_null(vw_modprobe_next(&conf, VW_MODPROBE_OPTIONS, "ix_gbe", &i));
	i = 0;
	assert_line(vw_modprobe_next(&conf, VW_MODPROBE_OPTIONS, "igb", &i),
		"options igb x (/proc/cmdline:0)");
	assert_null(vw_modprobe_next(&conf, VW_MODPROBE_OPTIONS, "igb", &i));
	i = 0;
	assert_null(vw_modprobe_next(&conf, VW_MODPROBE_OPTIONS, "root=/dev/x", &i));
}

/* Names in lists, each as who reads it takes it. The kernel keeps the last module_blacklist only. */
static void test_cmdline_lists(void **state)
{
	static const char text[] = "module_blacklist=a-b,c module_blacklist=igb-vf,iavf,"
				   " rd.driver.blacklist=x-y initcall_blacklist=ixgbevf_init_module"
				   " modprobe.blacklist=a modprobe.blacklist=b-c"
				   " Lockdown=x lockdown=integrity pci=realloc,nomsi pci=noaer"
				   " initcall-blacklist=a_b modprobe-blacklist=d nomsi";
	vw_auto(drop) struct vw_modprobe_conf conf = { 0 };

	(void)state;
	assert_int_equal(vw_modprobe_parse_cmdline(text, strlen(text), "/f", 3, &conf), 0);
	assert_int_equal(conf.n, 11);
	assert_line(&conf.v[0], "forbid igb-vf  (/f:3)");
	assert_line(&conf.v[1], "forbid iavf  (/f:3)");
	assert_line(&conf.v[2], "rd-blacklist x_y  (/f:3)");
	assert_line(&conf.v[3], "initcall ixgbevf_init_module  (/f:3)");
	assert_line(&conf.v[4], "blacklist a  (/f:3)");
	assert_line(&conf.v[5], "blacklist b_c  (/f:3)");
	assert_line(&conf.v[6], "lockdown integrity  (/f:3)");
	assert_line(&conf.v[7], "pci realloc  (/f:3)");
	assert_line(&conf.v[8], "pci nomsi  (/f:3)");
	assert_line(&conf.v[9], "pci noaer  (/f:3)");
	assert_line(&conf.v[10], "initcall a_b  (/f:3)"); /* the kernel's own names: "-" is "_" */
}

static void test_patterns(void **state)
{
	static const char text[] = "alias pci:v00008086d000010ED* off junk\nalias eth-0 ixgbe-vf\n"
				   "alias nothing\ninstall ixgbe* /bin/true\ninstall ixgbevf x\n";
	vw_auto(drop) struct vw_modprobe_conf conf = { 0 };
	size_t i = 0;

	(void)state;
	assert_int_equal(vw_modprobe_parse(text, strlen(text), "/f", &conf), 0);
	assert_int_equal(conf.n, 4);
	assert_line(vw_modprobe_match(&conf, VW_MODPROBE_ALIAS, "pci:v00008086d000010EDsv", &i),
		"alias pci:v00008086d000010ED* off (/f:1)");
	assert_null(vw_modprobe_match(&conf, VW_MODPROBE_ALIAS, "pci:v00008086d000010EDsv", &i));
	i = 0;
	assert_line(vw_modprobe_match(&conf, VW_MODPROBE_ALIAS, "eth_0", &i),
		"alias eth_0 ixgbe_vf (/f:2)");
	i = 0;
	assert_line(vw_modprobe_match(&conf, VW_MODPROBE_INSTALL, "ixgbevf", &i),
		"install ixgbe* /bin/true (/f:4)");
	assert_line(vw_modprobe_match(&conf, VW_MODPROBE_INSTALL, "ixgbevf", &i),
		"install ixgbevf x (/f:5)");
	i = 0;
	assert_null(vw_modprobe_match(&conf, VW_MODPROBE_INSTALL, "igbvf", &i));
}

/* module-init-tools: files of other names count, and those before modprobe.d; no command line is looked at. */
static void test_old_files(void **state)
{
	vw_auto(drop) struct vw_modprobe_conf conf = { 0 };
	struct tree tree;

	(void)state;
	tree_new(&tree);
	tree_file(&tree, "/etc/modprobe.conf", "alias eth0 e1000\n");
	tree_file(&tree, "/etc/modprobe.conf.local", "blacklist ixgbevf\n");
	tree_file(&tree, "/etc/modprobe.d/blacklist", "blacklist igbvf\n");
	tree_file(&tree, "/etc/modprobe.d/x.conf", "blacklist iavf\n");
	tree_file(&tree, "/proc/cmdline", "modprobe.blacklist=mlx5_core\n");
	assert_int_equal(vw_modprobe_read_files(&tree.host, true, &conf, NULL), 0);
	assert_int_equal(conf.n, 4);
	assert_line(&conf.v[0], "alias eth0 e1000 (/etc/modprobe.conf:1)");
	assert_line(&conf.v[1], "blacklist ixgbevf  (/etc/modprobe.conf.local:1)");
	assert_line(&conf.v[2], "blacklist igbvf  (/etc/modprobe.d/blacklist:1)");
	assert_line(&conf.v[3], "blacklist iavf  (/etc/modprobe.d/x.conf:1)");
	drop(&conf);
	assert_int_equal(vw_modprobe_read_files(&tree.host, false, &conf, NULL), 0);
	assert_int_equal(conf.n, 1);
	tree_free(&tree);
}

static void test_options(void **state)
{
	struct vw_modprobe_option o;
	const char *at = "max_vfs=10,10  allow-x a=\"b c\"d # e=";

	(void)state;
	assert_true(vw_modprobe_option(&at, &o));
	assert_true(vw_modprobe_option_is(&o, "max-vfs"));
	assert_int_equal(o.value_len, 5);
	assert_true(vw_modprobe_option(&at, &o));
	assert_true(vw_modprobe_option_is(&o, "allow_x"));
	assert_null(o.value);
	assert_true(vw_modprobe_option(&at, &o));
	assert_true(vw_modprobe_option_is(&o, "a"));
	assert_true(vw_modprobe_option(&at, &o));
	assert_true(vw_modprobe_option_is(&o, "#"));
	assert_true(vw_modprobe_option(&at, &o));
	assert_true(vw_modprobe_option_is(&o, "e"));
	assert_int_equal(o.value_len, 0);
	assert_false(vw_modprobe_option(&at, &o));
	at = "max_vfs=\"10,10\"";
	assert_true(vw_modprobe_option(&at, &o));
	assert_int_equal(o.value_len, 5);
	assert_memory_equal(o.value, "10,10", 5);
}

static void test_drop_option(void **state)
{
	static const struct {
		const char *before, *after; /* after NULL: nothing of it is there */
	} cases[] = {
		{ "options ixgbe max_vfs=10,10\n", "# vfward: options ixgbe max_vfs=10,10\n" },
		{ "options ixgbe max_vfs=10,10", "# vfward: options ixgbe max_vfs=10,10" },
		{ "a\n\toptions  ixgbe  max-vfs=10,10\tLRO=0  \nb",
			"a\n\toptions  ixgbe  LRO=0  \nb" },
		{ "options ixgbe LRO=0 max_vfs=1 RSS=1\n", "options ixgbe LRO=0 RSS=1\n" },
		{ "options ixgbe LRO=0   max_vfs=1  \nx\n", "options ixgbe LRO=0\nx\n" },
		{ "options ixgbe max_vfs=1 LRO=0 max_vfs=2\n", "options ixgbe LRO=0\n" },
		{ "options ixgbe max_vfs=1 max_vfs=2\n",
			"# vfward: options ixgbe max_vfs=1 max_vfs=2\n" },
		{ "options ixgbe \\\n  max_vfs=1\nx\n",
			"# vfward: options ixgbe \\\n  max_vfs=1\nx\n" },
		{ "options ixgbe \\\n  max_vfs=1 \\\n LRO=0\nx\n",
			"# vfward: options ixgbe \\\n  max_vfs=1 \\\n LRO=0\noptions ixgbe   "
			"LRO=0\nx\n" },
		{ "options ixgbe LRO=0 \\\n max_vfs=1",
			"# vfward: options ixgbe LRO=0 \\\n max_vfs=1\noptions ixgbe LRO=0" },
		/* a line may run on into the end of the file, and a backslash be one */
		{ "options ixgbe max_vfs=1 a=\\\\b \\\n",
			"# vfward: options ixgbe max_vfs=1 a=\\\\b \\\n\noptions ixgbe a=\\\\b "
			"\n" },
		{ "options igb max_vfs=1\n", NULL },
		{ "#options ixgbe max_vfs=1\n", NULL },
		{ "options ixgbe xmax_vfs=1 max_vfsx=2\n", NULL },
		{ "install ixgbe max_vfs=1\n", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
		const char *want = cases[i].after ? cases[i].after : cases[i].before;

		assert_int_equal(vw_modprobe_drop_option(cases[i].before, strlen(cases[i].before),
					 "ixgbe", "max_vfs", &out),
			cases[i].after != NULL);
		assert_string_equal(out.data ? out.data : "", want);
	}
}

/* --- against libkmod --- */

static unsigned int seed = 1;

static unsigned int dice(unsigned int n)
{
	seed = seed * 1103515245 + 12345;
	return seed >> 16 & 0x7fff ? (seed >> 16 & 0x7fff) % n : 0;
}

/* A text of the pieces of which mistakes are made. It does not end behind a backslash, where libkmod reads a byte 0xff. */
static void random_text(char *buf, size_t size)
{
	static const char *const pieces[] = { "options", "blacklist", "install", "alias", " ", "\t",
		"\n", "\n", "\\\n", "\\", "#", "ixgbe", "igb-vf", "max_vfs=10,10", "a=1", "-",
		"[a-b]", "]", "[", "\"", "options ixgbe ", "options igb-vf " };
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned int n = 1 + dice(24); n > 0; n--)
		used += (size_t)snprintf(
			buf + used, size - used, "%s", pieces[dice(VW_ARRAY_SIZE(pieces))]);
	snprintf(buf + used, size - used, "\n#\n");
}

/* All "module value" of one kind by libkmod, sorted by nothing: it keeps the order in which they count. */
static void by_libkmod(struct kmod_config_iter *iter, struct vw_bytes *out)
{
	while (iter && kmod_config_iter_next(iter)) {
		const char *value = kmod_config_iter_get_value(iter);

		vw_bytes_addf(out, "%s %s\n", kmod_config_iter_get_key(iter), value ? value : "");
	}
	kmod_config_iter_free_iter(iter);
}

static void by_us(
	const struct vw_modprobe_conf *conf, enum vw_modprobe_kind kind, struct vw_bytes *out)
{
	for (size_t i = 0; i < conf->n; i++) {
		if (conf->v[i].kind != kind)
			continue;
		vw_bytes_addf(out, "%s ", conf->v[i].module);
		/* libkmod shows a tab among options as a blank */
		for (const char *c = conf->v[i].value; *c; c++)
			vw_bytes_add(out, *c == '\t' && kind == VW_MODPROBE_OPTIONS ? " " : c, 1);
		vw_bytes_add(out, "\n", 1);
	}
}

static void compare(struct tree *tree, const char *text)
{
	vw_auto(drop) struct vw_modprobe_conf conf = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes ours = { 0 }, theirs = { 0 };
	char path[128];
	const char *paths[] = { path, NULL };
	struct kmod_ctx *ctx;

	tree_file(tree, "/etc/modprobe.d/x.conf", text);
	snprintf(path, sizeof(path), "%s/etc/modprobe.d", tree->root);
	ctx = kmod_new(tree->root, paths);
	assert_non_null(ctx);
	assert_int_equal(vw_modprobe_read(&tree->host, &conf, NULL), 0);
	by_libkmod(kmod_config_get_options(ctx), &theirs);
	by_libkmod(kmod_config_get_blacklists(ctx), &theirs);
	by_libkmod(kmod_config_get_install_commands(ctx), &theirs);
	by_libkmod(kmod_config_get_aliases(ctx), &theirs);
	by_us(&conf, VW_MODPROBE_OPTIONS, &ours);
	by_us(&conf, VW_MODPROBE_BLACKLIST, &ours);
	by_us(&conf, VW_MODPROBE_INSTALL, &ours);
	by_us(&conf, VW_MODPROBE_ALIAS, &ours);
	if (!vw_bytes_equal(&ours, &theirs))
		fail_msg("of:\n%s\nlibkmod makes:\n%s\nwe make:\n%s", text, theirs.data, ours.data);
	kmod_unref(ctx);
}

/* libkmod takes the running machine's command line whatever it is told. So does the tree. */
static void copy_cmdline(struct tree *tree)
{
	struct vw_host host;
	char text[4096];

	assert_int_equal(vw_host_open(&host, NULL, NULL), 0);
	if (vw_host_readf(&host, text, sizeof(text), "/proc/cmdline") > 0)
		tree_file(tree, "/proc/cmdline", text);
	vw_host_close(&host);
}

static void test_against_libkmod(void **state)
{
	struct tree tree;
	char text[2048];

	(void)state;
	setenv("KMOD_LOG", "0", 1); /* what it thinks of the lines is no news */
	tree_new(&tree);
	copy_cmdline(&tree);
	for (int i = 0; i < 3000; i++) {
		random_text(text, sizeof(text));
		compare(&tree, text);
	}
	tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_precedence),
		cmocka_unit_test(test_fifo),
		cmocka_unit_test(test_cmdline),
		cmocka_unit_test(test_cmdline_lists),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_old_files),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_drop_option),
		cmocka_unit_test(test_against_libkmod),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
