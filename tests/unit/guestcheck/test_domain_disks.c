/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_domain_disks: which disks of a domain are examined, and what is said of the others. */
#include "tree.h"

#include "domain_disks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DOMAIN(disks) "<domain type='kvm'><name>web</name><devices>" disks "</devices></domain>"
#define FILE_DISK(path, format)                                                                    \
	"<disk type='file' device='disk'><driver name='qemu' type='" format                        \
	"'/><source file='" path "'/><target dev='vda'/></disk>"
#define CD "<disk type='file' device='cdrom'><driver type='raw'/><source file='/cd.iso'/></disk>"

static struct vw_check_request request;
static const struct vw_volume_source *volumes;

static struct vw_request_image *parse(const char *xml, int expected, struct vw_error *err)
{
	struct vw_request_image *image = vw_request_add_image(&request, "web");
	int rc;

	assert_non_null(image);
	rc = vw_domain_disks_parse(xml, strlen(xml), volumes, image, err);
	assert_int_equal(rc, expected);
	return image;
}

static int drop(void **state)
{
	(void)state;
	vw_check_request_free(&request);
	return 0;
}

static void test_disks(void **state)
{
	struct vw_error err = { "" };
	struct vw_request_image *image = parse(
		DOMAIN(CD FILE_DISK("/a &amp; b.qcow2",
			"qcow2") "<disk type='block'><driver type='raw'/><source "
				 "dev='/dev/vg/x'/></disk>"
				 "<disk type='file' device='floppy'><source file='/f'/></disk>"
				 "<disk type='file'><source file='/plain'/></disk>"),
		0, &err);

	(void)state;
	assert_int_equal(image->n_disks, 3);
	assert_string_equal(image->disks[0].path, "/a & b.qcow2");
	assert_string_equal(image->disks[0].format, "qcow2");
	assert_string_equal(image->disks[1].path, "/dev/vg/x");
	assert_string_equal(image->disks[1].format, "raw");
	assert_string_equal(image->disks[2].path, "/plain");
	assert_null(image->disks[2].format); /* it is probed, under limits */
	assert_int_equal(image->findings.n, 0);
}

/* A source of a backing file or of a mirror is no disk. */
static void test_nested(void **state)
{
	struct vw_error err = { "" };
	struct vw_request_image *image =
		parse(DOMAIN("<disk type='file'><driver type='qcow2'/>"
			     "<backingStore type='file'><format type='raw'/><source file='/base'/>"
			     "</backingStore><mirror type='file'><source file='/copy'/></mirror>"
			     "<source file='/top'/></disk>"),
			0, &err);

	(void)state;
	assert_int_equal(image->n_disks, 1);
	assert_string_equal(image->disks[0].path, "/top");
}

static void expect_finding(const struct vw_findings *findings, size_t i, enum vw_severity severity,
	const char *id, const char *says)
{
	assert_true(i < findings->n);
	assert_string_equal(findings->v[i].id, id);
	assert_int_equal(findings->v[i].severity, severity);
	if (!strstr(findings->v[i].message, says))
		fail_msg("\"%s\" does not say \"%s\"", findings->v[i].message, says);
}

static void test_left_out(void **state)
{
	struct vw_error err = { "" };
	struct vw_request_image *image = parse(
		DOMAIN("<disk type='network'><driver type='raw'/><source protocol='rbd' "
		       "name='p/i'/></disk>"
		       "<disk type='volume'><source pool='default' "
		       "volume='v.img'/></disk>" FILE_DISK("/x", "raw") "<disk type='file'/>"),
		0, &err);

	(void)state;
	assert_int_equal(image->n_disks, 1);
	assert_int_equal(image->findings.n, 3);
	expect_finding(
		&image->findings, 0, VW_WARN, "domain-disk-skipped", "disk 1 is of type network");
	expect_finding(&image->findings, 1, VW_WARN, "domain-disk-skipped",
		"disk 2 is volume v.img of pool default");
	expect_finding(&image->findings, 2, VW_WARN, "domain-disk-skipped", "disk 4");
}

/* "pool/volume" lies in /pools, as long as there is a pool. */
static char *volume_path(void *data, const char *pool, const char *volume)
{
	char *path;

	if (strcmp(pool, data) != 0)
		return NULL;
	return asprintf(&path, "/pools/%s/%s", pool, volume) < 0 ? NULL : path;
}

static void test_volumes(void **state)
{
	static char name[] = "default";
	static const struct vw_volume_source source = { volume_path, name };
	struct vw_error err = { "" };
	struct vw_request_image *image;

	(void)state;
	volumes = &source;
	image = parse(DOMAIN("<disk type='volume'><driver type='qcow2'/>"
			     "<source pool='default' volume='v.img'/></disk>"
			     "<disk type='volume'><source pool='other' volume='w.img'/></disk>"
			     "<disk type='volume' device='cdrom'>"
			     "<source pool='default' volume='cd.iso'/></disk>"
			     "<disk type='volume'><source pool='default'/></disk>"),
		0, &err);
	volumes = NULL;
	assert_int_equal(image->n_disks, 1);
	assert_string_equal(image->disks[0].path, "/pools/default/v.img");
	assert_string_equal(image->disks[0].format, "qcow2");
	assert_int_equal(image->findings.n, 2);
	expect_finding(&image->findings, 0, VW_WARN, "domain-disk-skipped",
		"disk 2 is volume w.img of pool other");
	expect_finding(
		&image->findings, 1, VW_WARN, "domain-disk-skipped", "disk 4 is of type volume");
}

static void test_none(void **state)
{
	struct vw_error err = { "" };
	struct vw_request_image *image = parse(DOMAIN(CD), 0, &err);

	(void)state;
	assert_int_equal(image->n_disks, 0);
	assert_int_equal(image->findings.n, 1);
	expect_finding(&image->findings, 0, VW_FAIL, "domain-no-disks", "no disk");
}

static void test_bad(void **state)
{
	static char many[300 * sizeof(FILE_DISK("/x", "raw")) + 256];
	struct vw_error err = { "" };

	(void)state;
	parse("<network/>", -EBADMSG, &err);
	assert_non_null(strstr(err.msg, "<domain>"));
	parse("<domain><devices>", -EBADMSG, &err);
	strcpy(many, "<domain><devices>");
	for (int i = 0; i < 256; i++)
		strcat(many, FILE_DISK("/x", "raw"));
	strcat(many, "</devices></domain>");
	assert_int_equal(parse(many, 0, &err)->n_disks, 256);
	many[strlen(many) - strlen("</devices></domain>")] = '\0';
	strcat(many, FILE_DISK("/x", "raw") "</devices></domain>");
	parse(many, -EBADMSG, &err);
	assert_non_null(strstr(err.msg, "too many disks"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_disks, drop),
		cmocka_unit_test_teardown(test_nested, drop),
		cmocka_unit_test_teardown(test_left_out, drop),
		cmocka_unit_test_teardown(test_volumes, drop),
		cmocka_unit_test_teardown(test_none, drop),
		cmocka_unit_test_teardown(test_bad, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
