/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_volumes: which volumes the disks of a machine hold, what a key opens, and why there is nothing. libguestfs is played. */
#include "fake_guestfs.h"

#include "roots_scene.h"

/* A disk without partitions is a volume, one with them is none. */
static void test_whole_disk(void **state)
{
	static const struct fake_device devices[] = {
		FAKE(FAKE_DISK, "/dev/sda", "TYPE=ext4", "/a"),
		FAKE(FAKE_DISK, "/dev/sdb", "TYPE=ext4", "/b"),
		FAKE(FAKE_PART, "/dev/sdb1", "TYPE=ext4", "/c"),
		{ 0 },
	};

	(void)state;
	fake_begin(devices);
	linux_in("/a", NULL);
	linux_in("/b", NULL);
	linux_in("/c", NULL);
	expect("linux /dev/sdb1 [/=/c]; linux /dev/sda [/=/a]");
}

/* Devices that are made of others are asked for where a member was seen. */
static void test_raid(void **state)
{
	static const struct fake_device devices[] = {
		FAKE(FAKE_DISK, "/dev/sda", "TYPE=linux_raid_member", NULL),
		FAKE(FAKE_DISK, "/dev/sdb", "TYPE=linux_raid_member", NULL),
		FAKE(FAKE_RAID, "/dev/md127", "TYPE=LVM2_member", NULL),
		FAKE(FAKE_LV, "/dev/vg-a/lv", "TYPE=ext4", "/a"),
		FAKE(FAKE_LV, "/dev/vg-a/boot", "TYPE=ext4", "/boot"),
		{ 0 },
	};

	(void)state;
	fake_begin(devices);
	linux_in("/a", "/dev/mapper/vg--a-boot /boot ext4 defaults 0 0\n");
	tree_dir(&fake.tree, "/boot/grub");
	expect("linux /dev/vg-a/lv [/=/a /boot=/boot]");
	said("");
	assert_false(fake_asked("lvm_scan")); /* they were active from the start */
}

static const struct fake_device locked[] = {
	FAKE(FAKE_DISK, "/dev/sda", NULL, NULL),
	FAKE(FAKE_PART, "/dev/sda1", "TYPE=ext4 UUID=b0", "/boot"),
	{ .kind = FAKE_PART,
		.name = "/dev/sda2",
		.facts = "TYPE=crypto_LUKS UUID=1c-2d",
		.key = "sesame" },
	FAKE(FAKE_INSIDE, "/dev/sda2", "TYPE=LVM2_member", NULL),
	FAKE(FAKE_LV, "/dev/vg/root", "TYPE=xfs", "/root"),
	{ 0 },
};

static void test_encrypted(void **state)
{
	(void)state;
	fake_begin(locked);
	linux_in("/root", NULL);
	tree_dir(&fake.tree, "/boot/grub");
	expect("");
	said("FAIL image-encrypted");
	says(0, "no key was given");
	assert_false(fake_asked("cryptsetup_open"));
	assert_false(fake_asked("lvs"));
	assert_false(fake_asked("inspect_os"));
	end(NULL);

	begin(NULL);
	fake_begin(locked);
	tree_dir(&fake.tree, "/boot/grub");
	assert_int_equal(look_with("1C-2D", "wrong"), 0);
	assert_string_equal(visited, "");
	said("FAIL image-encrypted");
	says(0, "no key opens it: No key available");
	end(NULL);

	/* beside a system it may be its data */
	begin(NULL);
	fake_begin(locked);
	linux_in("/boot", NULL);
	expect("linux /dev/sda1 [/=/boot]");
	said("WARN image-encrypted");
	end(NULL);

	/* a system is inside; a journal in there may have to be replayed */
	begin(NULL);
	fake_begin(locked);
	linux_in("/root", "UUID=b0 /boot ext4 defaults 0 0\n");
	tree_dir(&fake.tree, "/boot/grub");
	assert_int_equal(look_with("/dev/sda2", "sesame"), 0);
	assert_string_equal(visited, "linux /dev/vg/root [/=/root /boot=/boot]");
	said("");
	assert_true(fake_asked("lvm_scan 1\nlvs"));
	assert_false(fake_asked("cryptsetup_open /dev/sda2 sesame with"));
}

/* A key that is for another device is not tried: each try takes seconds. */
static void test_other_key(void **state)
{
	(void)state;
	fake_begin(locked);
	tree_dir(&fake.tree, "/boot/grub");
	assert_int_equal(look_with("/dev/sda1", "sesame"), 0);
	said("FAIL image-encrypted");
	assert_false(fake_asked("cryptsetup_open"));
}

/* Why there is nothing. */
static void test_nothing(void **state)
{
	static char gpt[65536], noise[65536];
	struct fake_device devices[] = { { .kind = FAKE_DISK, .name = "/dev/sda", .facts = "" },
		{ 0 } };
	const struct {
		const char *facts, *head, *words;
	} cases[] = {
		{ "", NULL, "is blank" },
		{ "", noise, "no file system that is known" },
		{ "", gpt, "sectors of 4096 bytes" },
		{ "TYPE=zfs_member", NULL, "no system on it (/dev/sda zfs_member)" },
		{ "TYPE=swap", NULL, "no system on it (/dev/sda swap)" },
	};

	(void)state;
	memset(noise, 'x', sizeof(noise));
	memcpy(gpt + 4096, "EFI PART", 8);
	gpt[510] = 0x55;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		devices[0].facts = cases[i].facts;
		devices[0].head = cases[i].head;
		begin(NULL);
		fake_begin(devices);
		expect("");
		said("FAIL image-no-system");
		says(0, cases[i].words);
		if (i + 1 < sizeof(cases) / sizeof(cases[0]))
			end(NULL);
	}
}

/* The kernel cuts a partition that ends behind the disk off without a word. */
static void test_cut(void **state)
{
	static char mbr[65536];
	struct fake_device devices[] = {
		{ .kind = FAKE_DISK,
			.name = "/dev/sda",
			.facts = "",
			.head = mbr,
			.size = 1 << 20 },
		FAKE(FAKE_PART, "/dev/sda1", "TYPE=ext4", "/a"),
		{ 0 },
	};

	(void)state;
	mbr[510] = 0x55;
	mbr[511] = (char)0xaa;
	mbr[446 + 4] = 0x83;
	mbr[446 + 8] = 1;
	mbr[446 + 13] = 8; /* sectors 1 to 2048 */
	fake_begin(devices);
	linux_in("/a", NULL);
	expect("linux /dev/sda1 [/=/a]");
	said("FAIL image-truncated");
	says(0, "1049088 bytes");
	end(NULL);
	begin(NULL);
	devices[0].size += 512;
	fake_begin(devices);
	linux_in("/a", NULL);
	expect("linux /dev/sda1 [/=/a]");
	said("");
	end(NULL);
	/* or takes the whole table for invalid */
	begin(NULL);
	devices[0].size -= 512;
	devices[1].name = NULL;
	fake_begin(devices);
	expect("");
	said("FAIL image-truncated");
}

/* What the appliance does not do ends the search, and says so. */
static void test_errors(void **state)
{
	static const char *const calls[] = { "list_partitions", "list_devices", "lvs",
		"umount_all" };
	static const struct fake_device devices[] = {
		FAKE(FAKE_DISK, "/dev/sda", "TYPE=ext4", "/a"),
		FAKE(FAKE_DISK, "/dev/sdb", "TYPE=LVM2_member", NULL),
		{ 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		begin(NULL);
		fake_begin(devices);
		linux_in("/a", NULL);
		fake.failure = (struct fake_failure){ calls[i], NULL, EIO, 1 };
		assert_int_equal(look_with(NULL, NULL), -EIO);
		assert_int_equal(visited[0] != '\0', i == 3);
		end(NULL);
	}
	begin(NULL);
	fake_begin(plain);
	linux_in("/a", NULL);
	visit_rc = -ENOMEM;
	assert_int_equal(look_with(NULL, NULL), -ENOMEM);
}

static void test_many(void **state)
{
	static struct fake_device devices[VW_VOLUMES_MAX + 2];
	static char names[VW_VOLUMES_MAX + 1][16];

	(void)state;
	for (size_t i = 0; i <= VW_VOLUMES_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "/dev/sda%zu", i + 1);
		devices[i] = (struct fake_device)FAKE(FAKE_PART, names[i], "", NULL);
	}
	fake_begin(devices);
	assert_int_equal(look_with(NULL, NULL), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole_disk, begin, end),
		cmocka_unit_test_setup_teardown(test_raid, begin, end),
		cmocka_unit_test_setup_teardown(test_encrypted, begin, end),
		cmocka_unit_test_setup_teardown(test_other_key, begin, end),
		cmocka_unit_test_setup_teardown(test_nothing, begin, end),
		cmocka_unit_test_setup_teardown(test_cut, begin, end),
		cmocka_unit_test_setup_teardown(test_errors, begin, end),
		cmocka_unit_test_setup_teardown(test_many, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
