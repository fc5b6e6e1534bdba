/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tests of hostprep/journal.c, journal_json.c and journal_read.c. */
#include "files.h"

#include "journal.h"

#include <ftw.h>
#include <sys/wait.h>

#define DIR_1 VW_JOURNAL_DIR "/1"

static struct vw_error err;

/* What a request and plan with something in every field look like. */
struct sample {
	struct vw_pf_request pfs[2];
	struct vw_step steps[2];
	char *argv[3], *undo_argv[2], *directories[1];
	struct vw_journal journal;
};

static void make_sample(struct sample *s)
{
	*s = (struct sample){
		.pfs = { { .given = "eth0",
				 .count = 4,
				 .pf = { 1, 2, 3, 4 },
				 .netdev = "eth0",
				 .mac = { { 2, 0, 0, 0, 0, 9 } },
				 .driver = "igb" },
			{ .given = "0000:05:00.0", .count = 7, .pf = { 0, 5, 0, 0 } } },
		.argv = { "/usr/sbin/update-grub", "-v", NULL },
		.undo_argv = { "/usr/bin/undo", NULL },
		.directories = { "/etc/default/grub.d" },
	};
	s->steps[0] = (struct vw_step){ .kind = VW_STEP_FILE,
		.why = "so that \"it\" works",
		.path = "/etc/default/grub.d/zz",
		.existed = true,
		.before = bytes("before\n"),
		.after = { .data = "after\0\377", .len = 7 },
		.mode = 0640,
		.marker = "# vfward",
		.is_ours = true };
	s->steps[1] = (struct vw_step){ .kind = VW_STEP_RUN,
		.why = "why not",
		.path = "/boot/grub/grub.cfg",
		.argv = s->argv,
		.undo_argv = s->undo_argv,
		.makes_entries = true };
	s->journal = (struct vw_journal){
		.boot_id = "11111111-2222-3333-4444-555555555555",
		.request = { .pfs = s->pfs,
			.n_pfs = 2,
			.passthrough = true,
			.blacklist_vf_driver = true,
			.method = VW_METHOD_MODPROBE,
			.bootloader = "grub2" },
		.plan = { .steps = s->steps,
			.n = 2,
			.args = { .intel_iommu = true, .pci_realloc = true },
			.loader = "grub2",
			.reboot = true },
		.directories = { s->directories, 1 },
	};
}

static void create(struct tree *tree, struct sample *s)
{
	int lock = vw_journal_lock(&tree->host, true, &err);

	assert_true(lock >= 0);
	make_sample(s);
	assert_int_equal(vw_journal_create(&tree->host, &s->journal, &err), 0);
	close(lock);
}

static void assert_same_pf(const struct vw_pf_request *a, const struct vw_pf_request *b)
{
	assert_string_equal(a->given, b->given);
	assert_int_equal(a->count, b->count);
	assert_true(vw_pci_equal(&a->pf, &b->pf));
	assert_string_equal(a->netdev, b->netdev);
	assert_true(vw_mac_equal(&a->mac, &b->mac));
	assert_string_equal(a->driver, b->driver);
}

static void test_round_trip(void **state)
{
	vw_auto(vw_journals_free) struct vw_journals journals = { 0 };
	struct tree *tree = *state;
	const struct vw_journal *got;
	struct sample s;
	struct stat st;

	create(tree, &s);
	assert_int_equal(vw_journals_read(&tree->host, &journals, &err), 0);
	assert_int_equal(journals.n, 1);
	got = &journals.v[0];
	assert_int_equal(got->number, 1);
	assert_int_equal(got->state, VW_JOURNAL_APPLYING);
	assert_string_equal(got->boot_id, s.journal.boot_id);
	assert_int_equal(got->request.n_pfs, 2);
	assert_same_pf(&got->request.pfs[0], &s.pfs[0]);
	assert_same_pf(&got->request.pfs[1], &s.pfs[1]);
	assert_true(got->request.passthrough && got->request.blacklist_vf_driver);
	assert_false(got->request.allow_unsupported_sfp);
	assert_int_equal(got->request.method, VW_METHOD_MODPROBE);
	assert_string_equal(got->request.bootloader, "grub2");
	assert_true(got->plan.args.intel_iommu && got->plan.args.pci_realloc);
	assert_false(got->plan.args.passthrough);
	assert_string_equal(got->plan.loader, "grub2");
	assert_true(got->plan.reboot);
	assert_int_equal(got->directories.n, 1);
	assert_string_equal(got->directories.v[0], "/etc/default/grub.d");
	stat(outer(tree, DIR_1), &st);
	assert_int_equal(st.st_mode, S_IFDIR | 0700);
	stat(outer(tree, DIR_1 "/0.before"), &st);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
}

static void test_round_trip_of_steps(void **state)
{
	vw_auto(vw_journals_free) struct vw_journals journals = { 0 };
	struct tree *tree = *state;
	const struct vw_step *step;
	struct sample s;

	create(tree, &s);
	assert_int_equal(vw_journals_read(&tree->host, &journals, &err), 0);
	assert_int_equal(journals.v[0].plan.n, 2);
	step = &journals.v[0].plan.steps[0];
	assert_int_equal(step->kind, VW_STEP_FILE);
	assert_string_equal(step->why, s.steps[0].why);
	assert_string_equal(step->path, s.steps[0].path);
	assert_true(step->existed && step->is_ours && !step->makes_entries);
	assert_int_equal(step->mode, 0640);
	assert_string_equal(step->marker, "# vfward");
	assert_null(step->format);
	assert_true(vw_bytes_equal(&step->before, &s.steps[0].before));
	assert_true(vw_bytes_equal(&step->after, &s.steps[0].after));
	step++;
	assert_int_equal(step->kind, VW_STEP_RUN);
	assert_string_equal(step->argv[1], "-v");
	assert_null(step->argv[2]);
	assert_string_equal(step->undo_argv[0], "/usr/bin/undo");
	assert_true(step->makes_entries && !step->existed && !step->is_ours);
	assert_null(step->marker);
}

static void test_state_and_result(void **state)
{
	vw_auto(vw_journals_free) struct vw_journals journals = { 0 };
	struct tree *tree = *state;
	struct sample s;

	create(tree, &s);
	s.steps[1].after = bytes("generated");
	assert_int_equal(vw_journal_save_after(&tree->host, &s.journal, 1, &err), 0);
	s.journal.state = VW_JOURNAL_APPLIED;
	assert_int_equal(vw_journal_save(&tree->host, &s.journal, &err), 0);
	assert_int_equal(vw_journals_read(&tree->host, &journals, &err), 0);
	assert_int_equal(journals.v[0].state, VW_JOURNAL_APPLIED);
	assert_true(vw_bytes_equal(&journals.v[0].plan.steps[1].after, &s.steps[1].after));
}

static void test_order_and_removal(void **state)
{
	vw_auto(vw_journals_free) struct vw_journals journals = { 0 };
	struct tree *tree = *state;
	struct sample s;

	for (unsigned int i = 0; i < 11; i++)
		create(tree, &s);
	tree_dir(tree, VW_JOURNAL_DIR "/012"); /* no number of ours */
	tree_file(tree, VW_JOURNAL_DIR "/notes", "x");
	assert_int_equal(vw_journals_read(&tree->host, &journals, &err), 0);
	assert_int_equal(journals.n, 11);
	for (unsigned int i = 0; i < 11; i++)
		assert_int_equal(journals.v[i].number, i + 1);
	tree_dir(tree, "/etc/default/grub.d");
	assert_int_equal(vw_journal_remove(&tree->host, &s.journal, &err), 0);
	assert_missing(tree, VW_JOURNAL_DIR "/11");
	assert_missing(tree, "/etc/default/grub.d");
	assert_int_equal(vw_journals_tidy(&tree->host, &err), 0);
	assert_int_equal(count_names(tree, VW_JOURNAL_DIR), 12);
}

/* A directory without plan.json never began; one with foreign files in it stays. */
static void test_incomplete(void **state)
{
	vw_auto(vw_journals_free) struct vw_journals journals = { 0 };
	struct tree *tree = *state;

	tree_file(tree, VW_JOURNAL_DIR "/3/0.before", "x");
	tree_file(tree, VW_JOURNAL_DIR "/3/.vfward-hostprep.tmp", "x");
	tree_file(tree, VW_JOURNAL_DIR "/4/letter", "x");
	assert_int_equal(vw_journals_read(&tree->host, &journals, &err), 0);
	assert_int_equal(journals.n, 0);
	assert_int_equal(vw_journals_tidy(&tree->host, &err), 0);
	assert_missing(tree, VW_JOURNAL_DIR "/3");
	assert_content(tree, VW_JOURNAL_DIR "/4/letter", "x");
	assert_int_equal(unlink(outer(tree, VW_JOURNAL_DIR "/4/letter")), 0);
	assert_int_equal(vw_journals_tidy(&tree->host, &err), 0);
	assert_missing(tree, "/var/lib/vfward"); /* ours, and nothing is left in it */
	assert_int_equal(vw_journals_tidy(&tree->host, &err), 0);
}

/* Every damage is an error that names the file: each byte cut off, each member taken out or made something else. */
static void test_damage(void **state)
{
	vw_auto_free char *whole = NULL;
	struct tree *tree = *state;
	struct sample s;
	size_t len;

	create(tree, &s);
	assert_int_equal(vw_host_slurpf(&tree->host, 1 << 20, &whole, &len, DIR_1 "/plan.json"), 0);
	for (size_t cut = 0; cut < len - 2; cut++) {
		struct vw_journals journals;

		tree_bytes(tree, DIR_1 "/plan.json", whole, cut);
		assert_int_equal(vw_journals_read(&tree->host, &journals, &err), -EBADMSG);
		assert_non_null(strstr(err.msg, DIR_1 "/plan.json is damaged"));
		assert_int_equal(journals.n, 0);
	}
	for (char *key = strstr(whole, "\":"); key; key = strstr(key + 1, "\":")) {
		struct vw_journals journals;
		char was = key[-1];

		if (!strncmp(key - 9, "undo_argv", 9)) /* may be missing */
			continue;
		key[-1] = '?';
		tree_bytes(tree, DIR_1 "/plan.json", whole, len);
		assert_int_equal(vw_journals_read(&tree->host, &journals, &err), -EBADMSG);
		key[-1] = was;
	}
}

static void test_damaged_content(void **state)
{
	struct vw_journals journals;
	struct tree *tree = *state;
	struct sample s;

	create(tree, &s);
	tree_file(tree, DIR_1 "/0.before", "befor");
	assert_int_equal(vw_journals_read(&tree->host, &journals, &err), -EBADMSG);
	assert_non_null(strstr(err.msg, DIR_1 "/0.before is damaged"));
	assert_int_equal(unlink(outer(tree, DIR_1 "/0.before")), 0);
	assert_int_equal(vw_journals_read(&tree->host, &journals, &err), -ENOENT);
	assert_non_null(strstr(err.msg, DIR_1 "/0.before"));
}

/* Foreign types, in places where a reader could be led astray. */
static void test_wrong_values(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "\"schema\":1", "\"schema\":2" },
		{ "\"applying\"", "\"resting\"" },
		{ "\"state\":\"applying\"", "\"state\":7" },
		{ "\"mode\":416", "\"mode\":-1" },
		{ "\"mode\":416", "\"mode\":99999" },
		{ "\"after\":7", "\"after\":null" },
		{ "\"after\":7", "\"after\":-7" },
		{ "\"\\/etc\\/default\\/grub.d\\/zz\"", "\"etc\"" },
		{ "\"\\/etc\\/default\\/grub.d\\/zz\"", "null" },
		{ "\"\\/usr\\/sbin\\/update-grub\"", "\"update-grub\"" },
		{ "\"\\/usr\\/sbin\\/update-grub\"", "null" },
		{ "\"format\":null", "\"format\":\"none-such\"" },
		{ "\"\\/etc\\/default\\/grub.d\"", "\"..\"" },
		{ "\"eth0\",\n        \"mac\"", "\"a-name-that-no-netdev-has\",\n        \"mac\"" },
		{ "\"count\":4", "\"count\":4294967296" },
		{ "0001:02:03.4", "0001:02:03.9" },
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < VW_ARRAY_SIZE(rows); i++) {
		vw_auto_free char *whole = NULL, *text = NULL;
		struct vw_journals journals;
		struct sample s;
		size_t len;
		char *at;

		create(tree, &s);
		assert_int_equal(
			vw_host_slurpf(&tree->host, 1 << 20, &whole, &len, DIR_1 "/plan.json"), 0);
		at = strstr(whole, rows[i].from);
		if (!at)
			fail_msg("no %s in %s", rows[i].from, whole);
		assert_true(asprintf(&text, "%.*s%s%s", (int)(at - whole), whole, rows[i].to,
				    at + strlen(rows[i].from)) > 0);
		tree_file(tree, DIR_1 "/plan.json", text);
		if (vw_journals_read(&tree->host, &journals, &err) != -EBADMSG)
			fail_msg("%s is taken", rows[i].to);
		assert_int_equal(vw_journal_remove(&tree->host, &s.journal, &err), 0);
	}
}

static void test_strange_name(void **state)
{
	struct tree *tree = *state;
	struct sample s;
	int lock = vw_journal_lock(&tree->host, true, &err);

	make_sample(&s);
	s.steps[0].path = "/etc/\377";
	assert_int_equal(vw_journal_create(&tree->host, &s.journal, &err), -EILSEQ);
	assert_missing(tree, DIR_1);
	close(lock);
}

static void test_lock(void **state)
{
	struct tree *tree = *state;
	int lock, again, status;

	assert_int_equal(vw_journal_lock(&tree->host, false, &err), -ENOENT);
	assert_missing(tree, "/var");
	lock = vw_journal_lock(&tree->host, true, &err);
	assert_true(lock >= 0);
	if (fork() == 0)
		_exit(vw_journal_lock(&tree->host, false, &err) == -EBUSY ? 0 : 1);
	wait(&status);
	assert_int_equal(status, 0);
	/* Whoever held it has removed the directory: the lock is worth nothing, and another one is made. */
	assert_int_equal(rmdir(outer(tree, VW_JOURNAL_DIR)), 0);
	again = vw_journal_lock(&tree->host, true, &err);
	assert_true(again >= 0);
	close(again);
	close(lock);
}

static void test_awaits_reboot(void **state)
{
	vw_auto(vw_journals_free) struct vw_journals journals = { 0 };
	struct tree *tree = *state;
	struct vw_host real;
	struct sample s;
	char id[40];

	create(tree, &s);
	assert_int_equal(vw_host_open(&real, NULL, &err), 0);
	vw_boot_id(&real, id);
	assert_int_equal(strlen(id), 36);
	assert_int_equal(vw_journals_read(&tree->host, &journals, &err), 0);
	assert_false(vw_journals_await_reboot(&real, &journals)); /* that was another boot */
	snprintf(journals.v[0].boot_id, 40, "%s", id);
	assert_true(vw_journals_await_reboot(&real, &journals));
	journals.v[0].plan.reboot = false;
	assert_false(vw_journals_await_reboot(&real, &journals));
	vw_boot_id(&tree->host, id);
	assert_string_equal(id, "");
	vw_host_close(&real);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
		cmocka_unit_test_setup_teardown(test_round_trip_of_steps, setup, teardown),
		cmocka_unit_test_setup_teardown(test_state_and_result, setup, teardown),
		cmocka_unit_test_setup_teardown(test_order_and_removal, setup, teardown),
		cmocka_unit_test_setup_teardown(test_incomplete, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damaged_content, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wrong_values, setup, teardown),
		cmocka_unit_test_setup_teardown(test_strange_name, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lock, setup, teardown),
		cmocka_unit_test_setup_teardown(test_awaits_reboot, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
