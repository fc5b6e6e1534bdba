/* SPDX-License-Identifier: GPL-2.0-or-later */
/* linux_sum: from what each kernel says of a device to what counts. */
#include "linux.h"

static bool is_better(const struct vw_check *a, const struct vw_check *b)
{
	return a->verdict < b->verdict;
}

/* Modules without an image are what a removed kernel left behind; unless no kernel has one, as where the host gives it. */
static bool can_boot(const struct vw_system *system, size_t kernel)
{
	if (system->kernels[kernel].image || system->kernels[kernel].is_default)
		return true;
	for (size_t k = 0; k < system->n_kernels; k++)
		if (system->kernels[k].image)
			return false;
	return true;
}

/* The kernel whose check counts: the default one; the best; the worst. Among equals the default, then the newest. */
static size_t choose(
	const struct vw_system *system, const struct vw_check *checks, enum vw_kernel_policy policy)
{
	size_t chosen = system->n_kernels;

	for (size_t k = system->n_kernels; k-- > 0;) {
		const struct vw_check *check = &checks[k], *best = &checks[chosen];
		bool is_default = system->kernels[k].is_default;

		if ((policy == VW_KERNEL_DEFAULT && !is_default) || !can_boot(system, k))
			continue;
		if (chosen == system->n_kernels ||
			(is_default && check->verdict == best->verdict) ||
			(policy == VW_KERNEL_ANY && is_better(check, best)) ||
			(policy == VW_KERNEL_ALL && is_better(best, check)))
			chosen = k;
	}
	return chosen;
}

static bool all_agree(const struct vw_check *checks, size_t n)
{
	for (size_t k = 1; k < n; k++)
		if (checks[k].verdict != checks[0].verdict)
			return false;
	return true;
}

static void sum_device(
	struct vw_system *system, struct vw_device_result *result, enum vw_kernel_policy policy)
{
	size_t chosen = choose(system, result->kernels, policy);
	bool known = chosen < system->n_kernels,
	     agree = all_agree(result->kernels, system->n_kernels);

	if (!known)
		chosen--;
	vw_check_free(&result->sum);
	vw_check_copy(&result->sum, &result->kernels[chosen]);
	if (policy != VW_KERNEL_DEFAULT || (agree && !system->boots_other))
		return;
	/* Which kernel boots matters: the answer is not surer than that. */
	if (result->sum.confidence > system->default_confidence)
		result->sum.confidence = system->default_confidence;
	if (known)
		return;
	result->sum.verdict = agree ? vw_verdict_worse(result->sum.verdict, VW_VERDICT_UNDETERMINED)
				    : VW_VERDICT_UNDETERMINED;
	result->sum.confidence = VW_CONFIDENCE_LOW;
	vw_check_reason(&result->sum,
		system->boots_other
			? "what boots by default is none of the kernels that are installed; this "
			  "is of %s"
			: "which kernel boots by default is not known, and they differ; this is "
			  "of %s",
		system->kernels[chosen].release);
}

void vw_linux_sum(struct vw_system *system, enum vw_kernel_policy policy)
{
	for (size_t i = 0; system->n_kernels && i < system->n_devices; i++)
		if (system->devices[i].kernels)
			sum_device(system, &system->devices[i], policy);
}
