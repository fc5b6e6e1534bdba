/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_linux_sum: which kernel's check counts, by --kernel. */
#include "tree.h"

#include "cleanup.h"
#include "linux.h"

#include <string.h>

#define KERNELS 3
#define OTHER   (-2) /* what boots is none of them */

static const enum vw_verdict P = VW_VERDICT_PASS, F = VW_VERDICT_FAIL, D = VW_VERDICT_DISABLED,
			     U = VW_VERDICT_UNDETERMINED;

/* Sums up one device of three kernels, "4", "5" and "6"; the driver of each is its release. */
static void sum(struct vw_check *out, const enum vw_verdict verdicts[KERNELS], int boots,
	enum vw_kernel_policy policy)
{
	static char *const releases[] = { "4", "5", "6" };
	struct vw_system_kernel kernels[KERNELS] = { 0 };
	struct vw_check checks[KERNELS] = { 0 };
	struct vw_device_result device = { .kernels = checks };
	struct vw_system system = { .kernels = kernels,
		.n_kernels = KERNELS,
		.devices = &device,
		.n_devices = 1,
		.default_confidence = VW_CONFIDENCE_MEDIUM,
		.boots_other = boots == OTHER };

	for (int k = 0; k < KERNELS; k++) {
		kernels[k] = (struct vw_system_kernel){ .release = releases[k],
			.is_default = k == boots };
		checks[k] = (struct vw_check){ .verdict = verdicts[k],
			.driver = releases[k],
			.confidence = VW_CONFIDENCE_HIGH };
	}
	vw_check_set(&device.sum, &device.sum.remedy, "of a sum before");
	vw_linux_sum(&system, policy);
	*out = device.sum;
}

static void test_policies(void **state)
{
	const struct {
		enum vw_verdict verdicts[KERNELS];
		int boots;
		enum vw_kernel_policy policy;
		enum vw_verdict sum;
		const char *kernel;
	} cases[] = {
		{ { P, F, D }, 0, VW_KERNEL_DEFAULT, P, "4" },
		{ { P, F, D }, 1, VW_KERNEL_DEFAULT, F, "5" },
		{ { F, P, D }, 0, VW_KERNEL_ANY, P, "5" },
		{ { F, D, D }, 0, VW_KERNEL_ANY, D, "6" },
		{ { F, D, U }, 0, VW_KERNEL_ANY, U, "6" },
		{ { P, P, P }, 1, VW_KERNEL_ANY, P, "5" },
		{ { P, P, P }, -1, VW_KERNEL_ANY, P, "6" },
		{ { P, F, D }, 0, VW_KERNEL_ALL, F, "5" },
		{ { P, U, P }, 0, VW_KERNEL_ALL, U, "5" },
		{ { P, P, P }, 0, VW_KERNEL_ALL, P, "4" },
		/* the default is not known */
		{ { P, P, P }, -1, VW_KERNEL_DEFAULT, P, "6" },
		{ { F, F, F }, -1, VW_KERNEL_DEFAULT, F, "6" },
		{ { P, F, P }, -1, VW_KERNEL_DEFAULT, U, "6" },
		{ { F, P, P }, -1, VW_KERNEL_DEFAULT, U, "6" },
		/* what boots has none of their modules */
		{ { P, P, P }, OTHER, VW_KERNEL_DEFAULT, U, "6" },
		{ { F, P, P }, OTHER, VW_KERNEL_DEFAULT, U, "6" },
		{ { F, F, F }, OTHER, VW_KERNEL_DEFAULT, F, "6" },
		{ { F, P, F }, OTHER, VW_KERNEL_ANY, P, "5" },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_check check;

		sum(&check, cases[i].verdicts, cases[i].boots, cases[i].policy);
		if (check.verdict != cases[i].sum || strcmp(check.driver, cases[i].kernel) != 0)
			fail_msg("case %zu: %s of kernel %s", i, vw_verdict_name(check.verdict),
				check.driver);
		assert_null(check.remedy);
		vw_check_free(&check);
	}
}

static void test_says_why(void **state)
{
	const enum vw_verdict split[KERNELS] = { P, F, P };
	struct vw_check check;

	(void)state;
	sum(&check, split, -1, VW_KERNEL_DEFAULT);
	assert_int_equal(check.confidence, VW_CONFIDENCE_LOW);
	assert_int_equal(check.evidence.n, 1);
	assert_non_null(strstr(check.evidence.v[0], "not known"));
	vw_check_free(&check);
	sum(&check, split, OTHER, VW_KERNEL_DEFAULT);
	assert_non_null(strstr(check.evidence.v[0], "none of the kernels"));
	vw_check_free(&check);
}

/* Where kernels differ, nothing is surer than which of them boots. */
static void test_confidence(void **state)
{
	const enum vw_verdict split[KERNELS] = { P, F, P }, alike[KERNELS] = { P, P, P };
	const struct {
		const enum vw_verdict *verdicts;
		enum vw_kernel_policy policy;
		enum vw_confidence confidence;
	} cases[] = {
		{ split, VW_KERNEL_DEFAULT, VW_CONFIDENCE_MEDIUM },
		{ alike, VW_KERNEL_DEFAULT, VW_CONFIDENCE_HIGH },
		{ split, VW_KERNEL_ANY, VW_CONFIDENCE_HIGH },
		{ split, VW_KERNEL_ALL, VW_CONFIDENCE_HIGH },
	};

	(void)state;
	for (size_t i = 0; i < VW_ARRAY_SIZE(cases); i++) {
		struct vw_check check;

		sum(&check, cases[i].verdicts, 0, cases[i].policy);
		assert_int_equal(check.confidence, cases[i].confidence);
		vw_check_free(&check);
	}
}

/* Modules of a kernel whose image is gone say nothing, unless no kernel has one. */
static void test_images(void **state)
{
	struct vw_system_kernel kernels[2] = { { .release = "5" }, { .release = "6" } };
	struct vw_check checks[2] = { { .verdict = F }, { .verdict = P } };
	struct vw_device_result device = { .kernels = checks };
	struct vw_system system = {
		.kernels = kernels, .n_kernels = 2, .devices = &device, .n_devices = 1
	};

	(void)state;
	vw_linux_sum(&system, VW_KERNEL_ALL);
	assert_int_equal(device.sum.verdict, F);
	kernels[1].image = "/boot/vmlinuz-6";
	vw_linux_sum(&system, VW_KERNEL_ALL);
	assert_int_equal(device.sum.verdict, P);
	kernels[0].is_default = true;
	vw_linux_sum(&system, VW_KERNEL_ALL);
	assert_int_equal(device.sum.verdict, F);
	vw_check_free(&device.sum);
}

/* Nothing to sum up: what the examination found stays. */
static void test_no_kernels(void **state)
{
	struct vw_device_result device = { .sum = { .verdict = F } };
	struct vw_system system = { .devices = &device, .n_devices = 1 };

	(void)state;
	vw_linux_sum(&system, VW_KERNEL_ALL);
	assert_int_equal(device.sum.verdict, F);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_says_why),
		cmocka_unit_test(test_confidence),
		cmocka_unit_test(test_images),
		cmocka_unit_test(test_no_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
