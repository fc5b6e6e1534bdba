/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_roots: which systems are found on the volumes of a machine, and what is mounted for each. libguestfs is played (fake_guestfs.h). */
#include "fake_guestfs.h"

#include "roots_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ESP      "PART_ENTRY_TYPE=c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define XBOOTLDR "PART_ENTRY_TYPE=bc13c2ff-59e6-4262-a352-b275fd6f7172"

static struct vw_findings findings;
static char visited[2048];
static int visit_rc;
static bool visit_exhausts; /* the limits of what is read */

static int on_visit(
	void *data, const struct vw_guest *guest, enum vw_system_type type, struct vw_error *err)
{
	size_t len = strlen(visited);
	struct vw_roots *roots = data;

	roots->source.exhausted |= visit_exhausts;
	snprintf(visited + len, sizeof(visited) - len, "%s%s %s [%s]%s%s%s", len ? "; " : "",
		type == VW_SYSTEM_LINUX     ? "linux"
		: type == VW_SYSTEM_WINDOWS ? "windows"
					    : "other",
		guest->root, fake_mounted(), guest->esp ? " esp" : "",
		guest->hibernated ? " hibernated" : "", guest->dirty ? " dirty" : "");
	return visit_rc ? vw_error_set(err, -visit_rc, "told to") : 0;
}

static int begin(void **state)
{
	(void)state;
	visited[0] = '\0';
	visit_rc = 0;
	visit_exhausts = false;
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_end();
	vw_findings_free(&findings);
	return 0;
}

static int look_with(const char *device, const char *secret)
{
	struct vw_key key = { .device = (char *)device, .secret = (char *)secret };
	struct vw_keys keys = { .v = &key, .n = device ? 1 : 0 };
	struct vw_roots roots = { .g = (guestfs_h *)&fake,
		.image = "disk",
		.keys = &keys,
		.findings = &findings,
		.visit = on_visit };
	struct vw_error err = { "" };
	int rc;

	roots.data = &roots;
	rc = vw_roots_visit(&roots, &err);
	assert_int_equal(rc < 0, err.msg[0] != '\0');
	assert_true(rc < 0 || !fake.n_mounts);
	return rc;
}

static void expect(const char *what)
{
	assert_int_equal(look_with(NULL, NULL), 0);
	assert_string_equal(visited, what);
}

/* "FAIL id" of all findings, in their order. */
static void said(const char *what)
{
	char text[1024] = "";

	for (size_t i = 0; i < findings.n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s %s", i ? ", " : "",
			vw_severity_name(findings.v[i].severity), findings.v[i].id);
	assert_string_equal(text, what);
}

static void says(size_t finding, const char *words)
{
	assert_true(finding < findings.n);
	if (!strstr(findings.v[finding].message, words))
		fail_msg("\"%s\" does not say \"%s\"", findings.v[finding].message, words);
}

/* A root in this directory of the tree, with these lines as its fstab. */
static void linux_in(const char *dir, const char *fstab)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/etc/os-release", dir);
	tree_file(&fake.tree, path, "ID=test\n");
	snprintf(path, sizeof(path), "%s/usr/bin", dir);
	tree_dir(&fake.tree, path);
	snprintf(path, sizeof(path), "%s/etc/fstab", dir);
	if (fstab)
		tree_file(&fake.tree, path, fstab);
}

static void windows_in(const char *dir)
{
	static const char *const files[] = { "cmd.exe", "config/SOFTWARE", "config/SYSTEM" };
	char path[128];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/Windows/System32/%s", dir, files[i]);
		tree_file(&fake.tree, path, "x");
	}
}

/* A disk with one partition, and the parts of a machine that has all apart. */
static const struct fake_device plain[] = {
	FAKE(FAKE_DISK, "/dev/sda", NULL, NULL),
	FAKE(FAKE_PART, "/dev/sda1", "TYPE=ext4 UUID=11", "/a"),
	{ 0 },
};
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
		cmocka_unit_test_setup_teardown(test_plain, begin, end),
		cmocka_unit_test_setup_teardown(test_whole_disk, begin, end),
		cmocka_unit_test_setup_teardown(test_fstab, begin, end),
		cmocka_unit_test_setup_teardown(test_raid, begin, end),
		cmocka_unit_test_setup_teardown(test_limits, begin, end),
		cmocka_unit_test_setup_teardown(test_usr_alone, begin, end),
		cmocka_unit_test_setup_teardown(test_order, begin, end),
		cmocka_unit_test_setup_teardown(test_missing, begin, end),
		cmocka_unit_test_setup_teardown(test_unreadable_fstab, begin, end),
		cmocka_unit_test_setup_teardown(test_boot_without_fstab, begin, end),
		cmocka_unit_test_setup_teardown(test_esp_without_fstab, begin, end),
		cmocka_unit_test_setup_teardown(test_two_systems, begin, end),
		cmocka_unit_test_setup_teardown(test_btrfs, begin, end),
		cmocka_unit_test_setup_teardown(test_btrfs_devices, begin, end),
		cmocka_unit_test_setup_teardown(test_encrypted, begin, end),
		cmocka_unit_test_setup_teardown(test_other_key, begin, end),
		cmocka_unit_test_setup_teardown(test_doubts, begin, end),
		cmocka_unit_test_setup_teardown(test_cannot_tell, begin, end),
		cmocka_unit_test_setup_teardown(test_ostree, begin, end),
		cmocka_unit_test_setup_teardown(test_inspection, begin, end),
		cmocka_unit_test_setup_teardown(test_nothing, begin, end),
		cmocka_unit_test_setup_teardown(test_cut, begin, end),
		cmocka_unit_test_setup_teardown(test_errors, begin, end),
		cmocka_unit_test_setup_teardown(test_many, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
