/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_fstab: a guest's fstab, and which of an appliance's volumes it means. */
#include "tree.h"

#include "fstab.h"

#include <stdlib.h>
#include <string.h>

static struct vw_fstab parse(const char *text)
{
	struct vw_fstab fstab;
	struct vw_error err;

	assert_int_equal(vw_fstab_parse(text, strlen(text), &fstab, &err), 0);
	return fstab;
}

static void test_lines(void **state)
{
	struct vw_fstab fstab = parse("# a comment\n\n"
				      "UUID=1 / ext4 errors=remount-ro 0 1\n"
				      "\t/dev/sda2\t/boot  ext2\tdefaults,noatime\r\n"
				      "/dev/sda3 none swap sw 0 0\n"
				      "/dev/sda4 /swap swap sw\n"
				      "/dev/sda5\n"
				      "LABEL=x /mnt/a\\040b\\134 vfat"); /* no newline at its end */

	(void)state;
	assert_int_equal(fstab.n, 3);
	assert_string_equal(fstab.v[0].spec, "UUID=1");
	assert_string_equal(fstab.v[0].dir, "/");
	assert_int_equal(fstab.v[0].line, 3);
	assert_string_equal(fstab.v[1].spec, "/dev/sda2");
	assert_string_equal(fstab.v[1].dir, "/boot");
	assert_string_equal(fstab.v[1].options, "defaults,noatime");
	assert_string_equal(fstab.v[2].dir, "/mnt/a b\\");
	assert_string_equal(fstab.v[2].options, "");
	assert_int_equal(fstab.v[2].line, 8);
	vw_fstab_free(&fstab);
}

static void test_many(void **state)
{
	static const char line[] = "/dev/sda1 / ext4\n";
	char *text = malloc(1000 * (sizeof(line) - 1) + 1);
	struct vw_fstab fstab;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < 1000; i++)
		memcpy(text + i * (sizeof(line) - 1), line, sizeof(line));
	fstab = parse(text);
	assert_int_equal(fstab.n, VW_FSTAB_LINES);
	vw_fstab_free(&fstab);
	free(text);
}

static void test_options(void **state)
{
	struct vw_fstab fstab = parse("a / b rw,subvolid=5,subvol=/@boot,x=\n"
				      "a / b subvol\n");
	char buf[16];

	(void)state;
	assert_true(vw_fstab_option(&fstab.v[0], "subvol", buf, sizeof(buf)));
	assert_string_equal(buf, "/@boot");
	assert_true(vw_fstab_option(&fstab.v[0], "subvolid", buf, sizeof(buf)));
	assert_string_equal(buf, "5");
	assert_true(vw_fstab_option(&fstab.v[0], "x", buf, sizeof(buf)));
	assert_string_equal(buf, "");
	assert_false(vw_fstab_option(&fstab.v[0], "sub", buf, sizeof(buf)));
	assert_false(vw_fstab_option(&fstab.v[0], "subvol", buf, 6));
	assert_false(vw_fstab_option(&fstab.v[1], "subvol", buf, sizeof(buf)));
	vw_fstab_free(&fstab);
}

static struct vw_volume *add(struct vw_volumes *volumes, const char *device)
{
	bool full;
	struct vw_volume *volume = vw_volumes_add(volumes, device, &full);

	assert_non_null(volume);
	return volume;
}

static void test_facts(void **state)
{
	struct vw_volumes volumes = { 0 };
	struct vw_volume *volume = add(&volumes, "/dev/sda1");
	char longer[300];

	(void)state;
	vw_volume_fact(volume, "TYPE", "ext4");
	vw_volume_fact(volume, "LABEL", "my\\ label\\\\");
	vw_volume_fact(volume, "PART_ENTRY_SIZE", "2048");
	vw_volume_fact(volume, "PART_ENTRY_TYPE", "0x83");
	vw_volume_fact(volume, "UNKNOWN", "x");
	assert_string_equal(volume->type, "ext4");
	assert_string_equal(volume->label, "my label\\");
	assert_int_equal(volume->sectors, 2048);
	assert_false(vw_volume_is_esp(volume));
	vw_volume_fact(volume, "PART_ENTRY_TYPE", "0xef");
	assert_true(vw_volume_is_esp(volume));
	vw_volume_fact(volume, "PART_ENTRY_TYPE", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
	assert_true(vw_volume_is_esp(volume));
	assert_false(vw_volume_is_xbootldr(volume));
	vw_volume_fact(volume, "PART_ENTRY_TYPE", "0xea");
	assert_true(vw_volume_is_xbootldr(volume));
	vw_volume_fact(volume, "PART_ENTRY_TYPE", "bc13c2ff-59e6-4262-a352-b275fd6f7172");
	assert_true(vw_volume_is_xbootldr(volume));
	assert_false(vw_volume_is_esp(volume));
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	vw_volume_fact(volume, "UUID", longer);
	assert_string_equal(volume->uuid, "");
	vw_volumes_free(&volumes);
}

static void test_limit(void **state)
{
	struct vw_volumes volumes = { 0 };
	bool full;

	(void)state;
	for (int i = 0; i < VW_VOLUMES_MAX; i++)
		add(&volumes, "/dev/x");
	assert_null(vw_volumes_add(&volumes, "/dev/x", &full));
	assert_true(full);
	vw_volumes_free(&volumes);
}

static void test_tags(void **state)
{
	struct vw_volumes volumes = { 0 };
	struct vw_volume *volume;

	(void)state;
	add(&volumes, "/dev/sda1"); /* knows nothing */
	volume = add(&volumes, "/dev/sda2");
	vw_volume_fact(volume, "UUID", "12AB-34CD");
	vw_volume_fact(volume, "LABEL", "boot");
	vw_volume_fact(volume, "PART_ENTRY_UUID", "505a1128-02");
	vw_volume_fact(volume, "PART_ENTRY_NAME", "EFI system");
	assert_int_equal(vw_volumes_find(&volumes, "UUID=12AB-34CD"), 1);
	assert_int_equal(vw_volumes_find(&volumes, "UUID=\"12ab-34cd\""), 1);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/disk/by-uuid/12AB-34CD"), 1);
	assert_int_equal(vw_volumes_find(&volumes, "LABEL=boot"), 1);
	assert_int_equal(vw_volumes_find(&volumes, "LABEL=Boot"), SIZE_MAX);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/disk/by-label/boot"), 1);
	assert_int_equal(vw_volumes_find(&volumes, "PARTUUID=505A1128-02"), 1);
	assert_int_equal(vw_volumes_find(&volumes, "PARTLABEL=EFI system"), 1);
	assert_int_equal(vw_volumes_find(&volumes, "UUID="), SIZE_MAX);
	assert_int_equal(vw_volumes_find(&volumes, "LABEL=\"\""), SIZE_MAX);
	assert_int_equal(vw_volumes_find(&volumes, "LABEL=boo"), SIZE_MAX);
	assert_int_equal(vw_volumes_find(&volumes, "tmpfs"), SIZE_MAX);
	vw_volumes_free(&volumes);
}

static void test_names(void **state)
{
	struct vw_volumes volumes = { 0 };

	(void)state;
	add(&volumes, "/dev/sda");
	add(&volumes, "/dev/sda1");
	add(&volumes, "/dev/sdb2");
	add(&volumes, "/dev/my-vg/root");
	add(&volumes, "/dev/my/vg-root");
	strcpy(add(&volumes, "/dev/mapper/opened0")->inside, "AB-CD");
	assert_int_equal(vw_volumes_find(&volumes, "/dev/vda"), 0);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/sda1"), 1);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/vda1"), 1);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/xvdb2"), 2);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/hdb2"), 2);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/nvme1n1p2"), 2);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/mmcblk0p1"), 1);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/sda2"), SIZE_MAX);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/sda1x"), SIZE_MAX);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/nvme1n1p2x"), SIZE_MAX);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/my-vg/root"), 3);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/mapper/my--vg-root"), 3);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/mapper/my-vg--root"), 4);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/mapper/my-vg-root"), SIZE_MAX);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/mapper/my--vg-roo"), SIZE_MAX);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/mapper/luks-ab-cd"), 5);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/mapper/luks-"), SIZE_MAX);
	vw_volumes_free(&volumes);
}

/* What a disk is called by its maker or its adapter is not known here. */
static void test_only_disk(void **state)
{
	static const char by_id[] = "/dev/disk/by-id/ata-QEMU_HARDDISK-part1_x-part2";
	static const char by_path[] = "/dev/disk/by-path/pci-0000:00:07.0-part1";
	struct vw_volumes volumes = { 0 };

	(void)state;
	add(&volumes, "/dev/sda1");
	add(&volumes, "/dev/vg/sda2");
	add(&volumes, "/dev/sda2");
	assert_int_equal(vw_volumes_find(&volumes, by_id), 2);
	assert_int_equal(vw_volumes_find(&volumes, by_path), 0);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/disk/by-id/x-part3"), SIZE_MAX);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/disk/by-id/x-part0"), SIZE_MAX);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/disk/by-id/x-part1 "), SIZE_MAX);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/disk/by-id/x"), SIZE_MAX);
	assert_int_equal(vw_volumes_find(&volumes, "/dev/x-part1"), SIZE_MAX);
	add(&volumes, "/dev/sdb"); /* which of the two? */
	assert_int_equal(vw_volumes_find(&volumes, by_id), SIZE_MAX);
	vw_volumes_free(&volumes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_only_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
