/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of grub_cfg.c and grub_script.c: what a grub.cfg would boot. */
#include "tree.h"

#include "bytes.h"
#include "cleanup.h"
#include "grub_cfg.h"

#include <stdio.h>
#include <string.h>

/* All entries as "*LINE TITLE: COMMAND LINE", "*" before the default. */
static void check_env(const char *text, const char *env, const char *expected)
{
	struct vw_grub_cfg cfg = { .path = "grub.cfg",
		.text = text,
		.len = strlen(text),
		.env = env,
		.env_len = env ? strlen(env) : 0 };
	vw_auto(vw_boot_entries_free) struct vw_boot_entries entries = { 0 };
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	struct vw_error err = { "" };

	vw_bytes_addf(&out, "%s", "");
	if (vw_grub_cfg_entries(&cfg, &entries, &err))
		fail_msg("'%s': %s", text, err.msg);
	for (size_t i = 0; i < entries.n; i++) {
		assert_string_equal(entries.v[i].file, "grub.cfg");
		vw_bytes_addf(&out, "%s%u %s: %s\n", entries.v[i].is_default ? "*" : "",
			entries.v[i].line, entries.v[i].title, entries.v[i].cmdline);
	}
	assert_string_equal(out.data, expected);
}

static void check(const char *text, const char *expected)
{
	check_env(text, NULL, expected);
}

#define ENTRY(title, args) "menuentry '" title "' {\nlinux /vmlinuz " args "\n}\n"

static void test_commands(void **ctx)
{
	(void)ctx;
	check("", "");
	check(ENTRY("a", "ro quiet"), "*2 a: ro quiet\n");
	check("menuentry \"a\" --class b --id c {\n linux16 /v x\n initrd16 /i\n}", "*2 a: x\n");
	check("menuentry 'a' { linuxefi (hd0)/v x ; initrd /i }", "*1 a: x\n");
	check("menuentry a\n{\n\tset root=x\n\tlinux\t/v\n}\n", "*4 a: \n");
	/* no Linux */
	check("menuentry 'w' {\nchainloader /x.efi\n}\n" ENTRY("a", "x"), "5 a: x\n");
	/* Xen: the first Linux module */
	check("menuentry 'x' {\nmultiboot2 /boot/xen.gz iommu=off\nmodule2 /boot/ucode.img "
	      "x\nmodule2 /boot/vmlinuz-1 "
	      "/boot/vmlinuz-1 ro\n"
	      "module2 --nounzip /boot/initrd\n}",
		"*4 x: /boot/vmlinuz-1 ro\n");
	/* functions and comments are not entries */
	check("function f {\n menuentry 'n' {\n linux /v n\n }\n}\n# menuentry 'n' {\n" ENTRY(
		      "a", "x"),
		"*8 a: x\n");
	check("if [ a = b ]; then\n" ENTRY("n", "n") "fi\n" ENTRY("a", "x"), "*7 a: x\n");
	/* who knows: both branches count */
	check("if [ -f /x ]; then\n" ENTRY("b", "y") "else\n" ENTRY("a", "x") "fi\n",
		"*3 b: y\n7 a: x\n");
	check("if [ \"$grub_platform\" = efi ]; then\n" ENTRY("b", "y") "fi\n", "*3 b: y\n");
}

static void test_words(void **ctx)
{
	(void)ctx;
	check(ENTRY("it'\\''s", "a\\ b"), "*2 it's: \"a b\"\n");
	check(ENTRY("a", "x=\"b c\" 'd' \"e\\\"f\" g\\\\h"), "*2 a: \"x=b c\" d e\\\"f g\\\\h\n");
	check(ENTRY("a", "b \\\n c#d # e"), "*2 a: b c#d\n");
	check("set v='b  c'\nset w=\"$v d\"\n" ENTRY("a", "$v \"$w\" ${none}x$none"),
		"*4 a: b c \"b  c d\" x\n");
	check("v=b\n" ENTRY("a", "$v 1$"), "*3 a: b 1$\n");
	check_env(ENTRY("a", "$kernelopts $tuned_params x"),
		"# GRUB Environment Block\nkernelopts=root=/dev/a ro\ntuned_params=\n####",
		"*2 a: root=/dev/a ro x\n");
	check("if true; then v=b; fi\nif [ a = b ]; then v=c; fi\n" ENTRY("a", "$v"), "*4 a: b\n");
}

#define MENU                                                                                       \
	ENTRY("A", "a")                                                                            \
	"submenu 'More' --id more {\n" ENTRY(                                                      \
		"B", "b") "menuentry 'C' $menuentry_id_option 'c-id' "                             \
			  "{\nlinux /v c\n}\n}\n" ENTRY("D > E", "d")
#define HEAD                                                                                       \
	"if [ \"${next_entry}\" ] ; then\n set default=\"${next_entry}\"\n set next_entry=\n"      \
	"else\n set default=\"${saved_entry}\"\nfi\n"                                              \
	"if [ x\"${feature_menuentry_id}\" = xy ]; then\n menuentry_id_option=\"--id\"\nelse\n "   \
	"menuentry_id_option=\"\"\nfi\n"

static void check_default(const char *env, const char *title)
{
	const char *text = HEAD MENU;
	struct vw_grub_cfg cfg = { .path = "grub.cfg",
		.text = text,
		.len = strlen(text),
		.env = env,
		.env_len = strlen(env) };
	vw_auto(vw_boot_entries_free) struct vw_boot_entries entries = { 0 };
	size_t count = 0;

	assert_int_equal(vw_grub_cfg_entries(&cfg, &entries, NULL), 0);
	assert_int_equal(entries.n, 4);
	for (size_t i = 0; i < entries.n; i++) {
		if (!entries.v[i].is_default)
			continue;
		count++;
		if (strcmp(entries.v[i].title, title) != 0)
			fail_msg("%s: %s, not %s", env, entries.v[i].title, title);
	}
	assert_int_equal(count, 1);
}

static void test_default(void **ctx)
{
	(void)ctx;
	check_default("", "A");
	check_default("saved_entry=0\n", "A");
	check_default("saved_entry=2\n", "D > E");
	check_default("saved_entry=9\n", "A");
	check_default("saved_entry=gone\n", "A");
	check_default("saved_entry=D >> E\n", "D > E");
	check_default("saved_entry=1\n", "B");
	check_default("saved_entry=1>1\n", "C");
	check_default("saved_entry=More>C\n", "C");
	check_default("saved_entry=more>c-id\n", "C");
	check_default("saved_entry=c-id\n", "A");
	/* once */
	check_default("saved_entry=2\nnext_entry=1>0\n", "B");
	check_default("saved_entry=2\nnext_entry=\n", "D > E");
}

static void check_refused(const char *text, size_t len, const char *message)
{
	struct vw_grub_cfg cfg = { .path = "grub.cfg", .text = text, .len = len };
	vw_auto(vw_boot_entries_free) struct vw_boot_entries entries = { 0 };
	struct vw_error err = { "" };

	assert_int_equal(vw_grub_cfg_entries(&cfg, &entries, &err), -EBADMSG);
	if (strncmp(err.msg, message, strlen(message)) != 0)
		fail_msg("'%s': %s", text, err.msg);
}

static void test_refused(void **ctx)
{
	char deep[1000] = "";

	(void)ctx;
	check_refused("menuentry 'a {\n", 15, "line 1: ");
	check_refused("\nmenuentry 'a' {\nlinux /v\n", 25, "line 2: ");
	check_refused("a\n}\n", 4, "line 2: ");
	check_refused("fi\n", 3, "line 1: ");
	check_refused("\nelse\n", 6, "line 2: ");
	check_refused("if [ a ]; then\n}\n", 17, "line 2: ");
	check_refused("a\0b", 3, "there is a NUL");
	for (int i = 0; i < 100; i++)
		strcat(deep, "a {\n");
	check_refused(deep, strlen(deep), "line ");
}

/* Files that were made to hurt: variables that double, and menus without end. */
static void test_bombs(void **ctx)
{
	vw_auto(vw_bytes_free) struct vw_bytes text = { 0 }, menu = { 0 };

	(void)ctx;
	vw_bytes_addf(&text, "set a=xxxxxxxxxxxxxxxx\n");
	for (int i = 0; i < 19; i++)
		vw_bytes_addf(&text, "set a=$a$a\n");
	check_refused(text.data, text.len, "line 19: its variables come to too much");
	for (int i = 0; i < 4097; i++)
		vw_bytes_addf(&menu, "menuentry x {\n}\n");
	check_refused(menu.data, menu.len, "line 8193: more than 4096 entries");
	text.len = 0;
	for (int i = 0; i < 2000; i++)
		vw_bytes_addf(&text, "set a%d=x\n", i);
	vw_bytes_addf(&text, "menuentry $a1$a1999 {\nlinux /v\n}\n");
	check_env(text.data, NULL, "*2002 x: \n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bombs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
