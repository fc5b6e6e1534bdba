/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_roots: which systems are found on the volumes of a machine, and what is mounted for each. libguestfs is played (fake_guestfs.h). */
#include "fake_guestfs.h"

#include "partition_table.h"

#include "roots_scene.h"

#define ESP      "PART_ENTRY_TYPE=c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define XBOOTLDR "PART_ENTRY_TYPE=bc13c2ff-59e6-4262-a352-b275fd6f7172"

static void windows_in(const char *dir)
{
	static const char *const files[] = { "cmd.exe", "config/SOFTWARE", "config/SYSTEM" };
	char path[128];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/Windows/System32/%s", dir, files[i]);
		tree_file(&fake.tree, path, "x");
	}
}

/* A machine that has all apart. */
static const struct fake_device apart[] = {
	FAKE(FAKE_DISK, "/dev/sda", NULL, NULL),
	FAKE(FAKE_PART, "/dev/sda1", "TYPE=vfat UUID=e5-91 " ESP " PART_ENTRY_SIZE=100", "/esp"),
	FAKE(FAKE_PART, "/dev/sda2", "TYPE=ext4 UUID=b0 PART_ENTRY_SIZE=200", "/boot"),
	FAKE(FAKE_PART, "/dev/sda3", "TYPE=xfs UUID=c0 LABEL=top PART_ENTRY_SIZE=9000", "/root"),
	FAKE(FAKE_PART, "/dev/sda4", "TYPE=ext4 LABEL=usr PART_ENTRY_SIZE=99999", "/usr"),
	FAKE(FAKE_PART, "/dev/sda5", "TYPE=swap UUID=50", NULL),
	{ 0 },
};

static void test_plain(void **state)
{
	(void)state;
	fake_begin(plain);
	linux_in("/a", NULL);
	expect("linux /dev/sda1 [/=/a]");
	said("");
	assert_false(fake_asked("inspect_os")); /* as slow as all else together */
	assert_false(fake_asked("lvs"));
	assert_false(fake_asked("list_md_devices"));
}

/* Parents first; what the fstab names is no system of its own, though it may look like one. */
static void test_fstab(void **state)
{
	(void)state;
	fake_begin(apart);
	linux_in("/root", "UUID=E5-91 /boot/efi vfat defaults 0 0\n"
			  "LABEL=usr /usr ext4 ro 0 0\n"
			  "UUID=b0 /boot ext4 defaults 0 0\n"
			  "UUID=b0 /mnt ext4 defaults 0 0\n"
			  "UUID=50 none swap sw 0 0\n");
	tree_file(&fake.tree, "/usr/lib/os-release", "ID=test\n");
	tree_dir(&fake.tree, "/usr/lib/modules");
	tree_dir(&fake.tree, "/usr/share");
	tree_dir(&fake.tree, "/usr/etc");
	linux_in("/boot", NULL);
	tree_dir(&fake.tree, "/esp/EFI");
	expect("linux /dev/sda3 [/=/root /boot=/boot /usr=/usr /boot/efi=/esp] esp");
	said("");
}

static void test_limits(void **state)
{
	(void)state;
	fake_begin(plain);
	linux_in("/a", NULL);
	visit_exhausts = true;
	expect("linux /dev/sda1 [/=/a]");
	said("WARN image-limits");
}

/* Below /usr of another volume it looks as below a root. */
static void test_usr_alone(void **state)
{
	(void)state;
	fake_begin(plain);
	tree_file(&fake.tree, "/a/lib/modules/x", "");
	tree_dir(&fake.tree, "/a/etc");
	tree_file(&fake.tree, "/a/etc/os-release", "ID=test\n");
	tree_dir(&fake.tree, "/a/share");
	expect("");
	said("FAIL image-no-system");
	assert_true(fake_asked("inspect_os"));
}

static void test_order(void **state)
{
	static const struct fake_device devices[] = {
		FAKE(FAKE_DISK, "/dev/sda", NULL, NULL),
		FAKE(FAKE_PART, "/dev/sda1", "TYPE=ext4 PART_ENTRY_SIZE=10", "/1"),
		FAKE(FAKE_PART, "/dev/sda2", "TYPE=ext4 PART_ENTRY_SIZE=1000", "/2"),
		FAKE(FAKE_PART, "/dev/sda3", "TYPE=LVM2_member PART_ENTRY_SIZE=5000", NULL),
		FAKE(FAKE_LV, "/dev/vg/one", "TYPE=ext4", "/3"),
		FAKE(FAKE_LV, "/dev/vg/root", "TYPE=ext4", "/4"),
		{ 0 },
	};
	static const char *const trees[] = { "/1", "/2", "/3", "/4" };

	(void)state;
	fake_begin(devices);
	for (size_t i = 0; i < 4; i++)
		linux_in(trees[i], NULL);
	expect("linux /dev/vg/root [/=/4]; linux /dev/vg/one [/=/3]; "
	       "linux /dev/sda2 [/=/2]; linux /dev/sda1 [/=/1]");
}

/* What is missing of what makes the kernels known is a FAIL. */
static void test_missing(void **state)
{
	static const struct {
		const char *line, *said, *words;
	} cases[] = {
		{ "UUID=77 /boot ext4 defaults 0 0\n", "FAIL image-mount-missing",
			"fstab:1: UUID=77 for /boot is not among" },
		{ "UUID=77 /usr ext4 defaults 0 0\n", "FAIL image-mount-missing", "for /usr" },
		{ "UUID=77 /boot ext4 ro,nofail 0 0\n", "WARN image-mount-missing", "for /boot" },
		{ "UUID=77 /var ext4 defaults 0 0\n", "WARN image-mount-missing", "for /var" },
		{ "UUID=77 /boot/efi ext4 defaults 0 0\n", "WARN image-mount-missing", "efi" },
		{ "UUID=77 /home ext4 defaults 0 0\n", "", NULL },
		{ "\nUUID=50 /boot ext4 defaults 0 0\n", "FAIL image-mount-missing",
			"fstab:2: cannot mount /dev/sda5 at /boot: wrong fs type" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(NULL);
		fake_begin(apart);
		linux_in("/root", cases[i].line);
		tree_dir(&fake.tree, "/usr/x");
		tree_dir(&fake.tree, "/boot/x");
		expect("linux /dev/sda3 [/=/root] esp");
		said(cases[i].said);
		if (cases[i].words)
			says(0, cases[i].words);
		if (i + 1 < sizeof(cases) / sizeof(cases[0]))
			end(NULL);
	}
}

static void test_unreadable_fstab(void **state)
{
	(void)state;
	fake_begin(plain);
	linux_in("/a", "");
	fake.failure = (struct fake_failure){ "statns", "/etc/fstab", EIO, 1 };
	expect("linux /dev/sda1 [/=/a]");
	said("WARN image-mount-missing");
}

/* systemd-gpt-auto-generator(8) */
static void test_boot_without_fstab(void **state)
{
	static const struct fake_device devices[] = {
		FAKE(FAKE_DISK, "/dev/sda", NULL, NULL),
		FAKE(FAKE_PART, "/dev/sda1", "TYPE=vfat " ESP, "/esp"),
		FAKE(FAKE_PART, "/dev/sda2", "TYPE=ext4 PART_ENTRY_SIZE=1 " XBOOTLDR, "/xboot"),
		FAKE(FAKE_PART, "/dev/sda3", "TYPE=ext4 PART_ENTRY_SIZE=9", "/root"),
		{ 0 },
	};

	(void)state;
	for (int i = 0; i < 4; i++) {
		static const char *const want[] = {
			"linux /dev/sda3 [/=/root] esp",
			"linux /dev/sda3 [/=/root /boot=/xboot /efi=/esp] esp",
			"linux /dev/sda3 [/=/root /boot=/xboot] esp",
			"linux /dev/sda3 [/=/root] esp",
		};

		begin(NULL);
		fake_begin(devices);
		linux_in("/root", NULL);
		tree_dir(&fake.tree, "/esp/EFI");
		tree_dir(&fake.tree, "/xboot/loader");
		if (i == 1)
			tree_dir(&fake.tree, "/root/efi");
		if (i > 0)
			tree_dir(&fake.tree, "/root/boot");
		if (i == 3)
			tree_file(&fake.tree, "/root/boot/vmlinuz", "");
		expect(want[i]);
		said("");
		if (i < 3)
			end(NULL);
	}
}

static void test_esp_without_fstab(void **state)
{
	static const struct fake_device devices[] = {
		FAKE(FAKE_DISK, "/dev/sda", NULL, NULL),
		FAKE(FAKE_PART, "/dev/sda1", "TYPE=vfat UUID=e5 PART_ENTRY_TYPE=0xef", "/esp"),
		FAKE(FAKE_PART, "/dev/sda2", "TYPE=ext4", "/root"),
		{ 0 },
	};

	(void)state;
	fake_begin(devices);
	linux_in("/root", NULL);
	tree_dir(&fake.tree, "/root/boot");
	tree_dir(&fake.tree, "/esp/EFI");
	expect("linux /dev/sda2 [/=/root /boot=/esp] esp");
	end(NULL);
	begin(NULL);
	fake_begin(devices);
	linux_in("/root", "UUID=e5 /boot/efi vfat defaults 0 0\n");
	tree_dir(&fake.tree, "/root/boot/efi");
	tree_dir(&fake.tree, "/root/efi");
	tree_dir(&fake.tree, "/esp/EFI");
	expect("linux /dev/sda2 [/=/root /boot/efi=/esp] esp");
}

static void test_two_systems(void **state)
{
	static const struct fake_device devices[] = {
		FAKE(FAKE_DISK, "/dev/sda", NULL, NULL),
		FAKE(FAKE_PART, "/dev/sda1", "TYPE=ntfs PART_ENTRY_SIZE=10", "/reserved"),
		{ .kind = FAKE_PART,
			.name = "/dev/sda2",
			.facts = "TYPE=ntfs PART_ENTRY_SIZE=500",
			.tree = "/win",
			.probe = 14 },
		FAKE(FAKE_PART, "/dev/sda3", "TYPE=ext4 PART_ENTRY_SIZE=300", "/lin"),
		{ .kind = FAKE_PART,
			.name = "/dev/sda4",
			.facts = "TYPE=ntfs PART_ENTRY_SIZE=200",
			.tree = "/win",
			.probe = 15 },
		{ 0 },
	};

	(void)state;
	fake_begin(devices);
	tree_dir(&fake.tree, "/reserved/Boot");
	windows_in("/win");
	linux_in("/win", NULL); /* a Linux is no tenant of NTFS */
	linux_in("/lin", NULL);
	expect("windows /dev/sda2 [/=/win] hibernated; linux /dev/sda3 [/=/lin]; "
	       "windows /dev/sda4 [/=/win] dirty");
	said("");
}

/* The journal is clean, and Windows has marked the volume all the same: a boot sector, and $Volume behind it. */
static void test_marked_dirty(void **state)
{
	enum { RECORD = 512 + 3 * 1024, INFO = RECORD + 0x38 };
	static char head[VW_PARTITION_TABLE_HEAD] = { [3] = 'N',
		'T',
		'F',
		'S',
		' ',
		' ',
		' ',
		' ',
		[0x0c] = 2,
		[0x0d] = 1,
		[0x30] = 1,
		[0x40] = (char)0xf6,
		[RECORD] = 'F',
		'I',
		'L',
		'E',
		[RECORD + 0x14] = 0x38,
		[INFO] = 0x70,
		[INFO + 4] = 0x28,
		[INFO + 0x14] = 0x18,
		[INFO + 0x18 + 10] = 1 };
	static const struct fake_device devices[] = {
		FAKE(FAKE_DISK, "/dev/sda", NULL, NULL),
		{ .kind = FAKE_PART,
			.name = "/dev/sda1",
			.facts = "TYPE=ntfs PART_ENTRY_SIZE=500",
			.tree = "/win",
			.head = head },
		{ 0 },
	};

	(void)state;
	fake_begin(devices);
	windows_in("/win");
	expect("windows /dev/sda1 [/=/win] dirty");
	end(NULL);
	begin(NULL);
	fake_begin(devices);
	windows_in("/win");
	head[INFO + 0x18 + 10] = 0;
	expect("windows /dev/sda1 [/=/win]");
}

static void test_btrfs(void **state)
{
	static const struct fake_device devices[] = {
		FAKE(FAKE_DISK, "/dev/sda", NULL, NULL),
		FAKE(FAKE_PART, "/dev/sda1", "TYPE=btrfs UUID=b7", "/top"),
		{ 0 },
	};
	static const struct fake_device snapshot[] = {
		FAKE(FAKE_DISK, "/dev/sda", NULL, NULL),
		{ .kind = FAKE_PART,
			.name = "/dev/sda1",
			.facts = "TYPE=btrfs UUID=b7",
			.tree = "/top",
			.subvol = "@/.snapshots/1/snapshot" },
		{ 0 },
	};

	(void)state;
	fake_begin(devices);
	linux_in("/top/@", "UUID=b7 / btrfs subvol=@ 0 0\nUUID=b7 /var btrfs subvol=/@var,ro 0 0\n"
			   "UUID=b7 /boot btrfs noatime,subvolid=259 0 0\n");
	tree_dir(&fake.tree, "/top/@var");
	expect("linux /dev/sda1[/@] [/=/top/@ /boot=/top /var=/top//@var]");
	said("");
	assert_true(fake_asked("mount_options ro,subvolid=259 /dev/sda1 /boot"));
	end(NULL);

	/* the default subvolume is the root, though "@" looks like one, too */
	begin(NULL);
	fake_begin(snapshot);
	linux_in("/top/@/.snapshots/1/snapshot", NULL);
	linux_in("/top/@", NULL);
	expect("linux /dev/sda1 [/=/top/@/.snapshots/1/snapshot]");
}

/* It is on each of its devices, but one system. */
static void test_btrfs_devices(void **state)
{
	static const struct fake_device devices[] = {
		FAKE(FAKE_DISK, "/dev/sda", "TYPE=btrfs UUID=b7", "/top"),
		FAKE(FAKE_DISK, "/dev/sdb", "TYPE=btrfs UUID=b7", "/top"),
		FAKE(FAKE_DISK, "/dev/sdc", "TYPE=btrfs UUID=b8", "/other"),
		{ 0 },
	};

	(void)state;
	fake_begin(devices);
	linux_in("/top", NULL);
	linux_in("/other", NULL);
	expect("linux /dev/sda [/=/top]; linux /dev/sdc [/=/other]");
}

/* What cannot be looked at leaves it open whether there is a system; "there is none" would be a lie. */
static void test_doubts(void **state)
{
	static const struct fake_device devices[] = {
		FAKE(FAKE_DISK, "/dev/sda", "TYPE=ext4", "/a"),
		FAKE(FAKE_DISK, "/dev/sdb", "TYPE=ext4", NULL),
		FAKE(FAKE_DISK, "/dev/sdc", NULL, NULL),
		{ 0 },
	};

	(void)state;
	fake_begin(devices);
	tree_dir(&fake.tree, "/a/data");
	expect("");
	said("FAIL image-unreadable, FAIL image-unreadable");
	says(0, "cannot look at /dev/sdc");
	says(1, "cannot mount /dev/sdb (ext4): wrong fs type");
	end(NULL);
	begin(NULL);
	fake_begin(devices);
	linux_in("/a", NULL);
	expect("linux /dev/sda [/=/a]");
	said("WARN image-unreadable, WARN image-unreadable");
}

/* A damaged directory is no proof that there is no system. */
static void test_cannot_tell(void **state)
{
	static const struct fake_device devices[] = {
		FAKE(FAKE_DISK, "/dev/sda", "TYPE=ext4", "/a"),
		FAKE(FAKE_DISK, "/dev/sdb", "TYPE=ntfs", "/b"),
		{ 0 },
	};

	(void)state;
	fake_begin(devices);
	linux_in("/a", NULL);
	tree_dir(&fake.tree, "/b");
	fake.failure = (struct fake_failure){ "statns", NULL, EUCLEAN, 1 };
	expect("");
	said("FAIL image-unreadable, FAIL image-unreadable");
	says(0, "nobody can tell whether there is a system on /dev/sda (ext4)");
	assert_false(fake_asked("inspect_os"));
}

static void test_ostree(void **state)
{
	(void)state;
	fake_begin(plain);
	tree_dir(&fake.tree, "/a/ostree/deploy/fedora-coreos");
	expect("");
	said("FAIL image-unreadable");
	says(0, "OSTree");
}

/* libguestfs's own inspection knows kinds of systems that we do not. */
static void test_inspection(void **state)
{
	static const struct fake_device devices[] = {
		FAKE(FAKE_DISK, "/dev/sda", NULL, NULL),
		FAKE(FAKE_PART, "/dev/sda1", "TYPE=squashfs", "/a"),
		FAKE(FAKE_PART, "/dev/sda2", "TYPE=squashfs", "/b"),
		FAKE(FAKE_PART, "/dev/sda3", "TYPE=ufs", "/c"),
		FAKE(FAKE_PART, "/dev/sda4", "TYPE=ufs", NULL),
		{ 0 },
	};
	static const struct fake_root roots[] = {
		{ "linux", "/=/dev/sda1 /boot/efi=/dev/sda4 /boot=/dev/sda2" },
		{ "freebsd", "/=/dev/sda3" },
		{ "linux", "/=/dev/sda4" },
		{ 0 },
	};

	(void)state;
	fake_begin(devices);
	fake.roots = roots;
	tree_dir(&fake.tree, "/a");
	tree_dir(&fake.tree, "/b");
	tree_dir(&fake.tree, "/c");
	expect("linux /dev/sda1 [/=/a /boot=/b]; other /dev/sda3 [/=/c]");
	said("WARN image-mount-missing, WARN image-mount-missing, WARN image-unreadable");
	says(0, "cannot mount /dev/sda4 at /boot/efi");
	end(NULL);
	begin(NULL);
	fake_begin(devices);
	fake.failure = (struct fake_failure){ "inspect_os", NULL, 0, 1 };
	expect("");
	said("FAIL image-unreadable");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_plain, begin, end),
		cmocka_unit_test_setup_teardown(test_fstab, begin, end),
		cmocka_unit_test_setup_teardown(test_limits, begin, end),
		cmocka_unit_test_setup_teardown(test_usr_alone, begin, end),
		cmocka_unit_test_setup_teardown(test_order, begin, end),
		cmocka_unit_test_setup_teardown(test_missing, begin, end),
		cmocka_unit_test_setup_teardown(test_unreadable_fstab, begin, end),
		cmocka_unit_test_setup_teardown(test_boot_without_fstab, begin, end),
		cmocka_unit_test_setup_teardown(test_esp_without_fstab, begin, end),
		cmocka_unit_test_setup_teardown(test_two_systems, begin, end),
		cmocka_unit_test_setup_teardown(test_marked_dirty, begin, end),
		cmocka_unit_test_setup_teardown(test_btrfs, begin, end),
		cmocka_unit_test_setup_teardown(test_btrfs_devices, begin, end),
		cmocka_unit_test_setup_teardown(test_doubts, begin, end),
		cmocka_unit_test_setup_teardown(test_cannot_tell, begin, end),
		cmocka_unit_test_setup_teardown(test_ostree, begin, end),
		cmocka_unit_test_setup_teardown(test_inspection, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
