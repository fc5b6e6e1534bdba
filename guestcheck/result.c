/* SPDX-License-Identifier: GPL-2.0-or-later */
/* result: filling, summing up and freeing what was found out. */
#include "result.h"

#include "cleanup.h"

#include <string.h>

const char *vw_verdict_name(enum vw_verdict verdict)
{
	static const char *const names[VW_N_VERDICTS] = {
		[VW_VERDICT_PASS] = "pass",
		[VW_VERDICT_UNDETERMINED] = "undetermined",
		[VW_VERDICT_NOT_APPLICABLE] = "not-applicable",
		[VW_VERDICT_DISABLED] = "disabled",
		[VW_VERDICT_FAIL] = "fail",
	};

	return names[verdict];
}

const char *vw_confidence_name(enum vw_confidence confidence)
{
	static const char *const names[] = { "low", "medium", "high" };

	return names[confidence];
}

enum vw_verdict vw_verdict_worse(enum vw_verdict a, enum vw_verdict b)
{
	return a > b ? a : b;
}

void vw_check_set(struct vw_check *check, char **field, const char *text)
{
	char *copy;

	if (!text)
		return;
	copy = strdup(text);
	if (!copy) {
		check->lost = true;
		return;
	}
	free(*field);
	*field = copy;
}

void vw_check_setf(struct vw_check *check, char **field, const char *fmt, ...)
{
	vw_auto_free char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0) {
		text = NULL;
		check->lost = true;
	}
	va_end(ap);
	vw_check_set(check, field, text);
}

__attribute__((format(printf, 2, 0))) static void add_evidence(
	struct vw_check *check, const char *fmt, va_list ap)
{
	vw_auto_free char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	if (!text || vw_names_add(&check->evidence, text) < 0)
		check->lost = true;
}

void vw_check_evidence(struct vw_check *check, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_evidence(check, fmt, ap);
	va_end(ap);
}

void vw_check_reason(struct vw_check *check, const char *fmt, ...)
{
	struct vw_names *all = &check->evidence;
	size_t n = all->n;
	va_list ap;
	char *last;

	va_start(ap, fmt);
	add_evidence(check, fmt, ap);
	va_end(ap);
	if (all->n == n)
		return;
	last = all->v[n];
	memmove(all->v + 1, all->v, n * sizeof(*all->v));
	all->v[0] = last;
}

void vw_check_copy(struct vw_check *to, const struct vw_check *from)
{
	*to = (struct vw_check){ .verdict = from->verdict,
		.confidence = from->confidence,
		.version_source = from->version_source,
		.lost = from->lost };
	vw_check_set(to, &to->driver, from->driver);
	vw_check_set(to, &to->version, from->version);
	vw_check_set(to, &to->path, from->path);
	vw_check_set(to, &to->remedy, from->remedy);
	for (size_t i = 0; i < from->evidence.n; i++)
		vw_check_evidence(to, "%s", from->evidence.v[i]);
}

void vw_check_free(struct vw_check *check)
{
	free(check->driver);
	free(check->version);
	free(check->path);
	free(check->remedy);
	vw_names_free(&check->evidence);
	*check = (struct vw_check){ 0 };
}

void vw_system_free(struct vw_system *system)
{
	for (size_t i = 0; i < system->n_devices; i++) {
		vw_check_free(&system->devices[i].sum);
		for (size_t k = 0; system->devices[i].kernels && k < system->n_kernels; k++)
			vw_check_free(&system->devices[i].kernels[k]);
		free(system->devices[i].kernels);
	}
	free(system->devices);
	for (size_t i = 0; i < system->n_kernels; i++) {
		free(system->kernels[i].release);
		free(system->kernels[i].image);
	}
	free(system->kernels);
	free(system->name);
	free(system->distro);
	free(system->version);
	free(system->arch);
	free(system->root);
	free(system->default_rule);
	free(system->default_evidence);
	vw_findings_free(&system->findings);
	*system = (struct vw_system){ 0 };
}

void vw_image_result_free(struct vw_image_result *result)
{
	for (size_t i = 0; i < result->n_systems; i++)
		vw_system_free(&result->systems[i]);
	free(result->systems);
	vw_findings_free(&result->findings);
	*result = (struct vw_image_result){ 0 };
}

enum vw_verdict vw_image_verdict(const struct vw_image_result *result)
{
	enum vw_verdict worst = VW_VERDICT_PASS;
	bool any = false;

	if (vw_findings_worst(&result->findings) == VW_FAIL)
		worst = VW_VERDICT_UNDETERMINED;
	for (size_t i = 0; i < result->n_systems; i++)
		for (size_t d = 0; d < result->systems[i].n_devices; d++) {
			worst = vw_verdict_worse(worst, result->systems[i].devices[d].sum.verdict);
			any = true;
		}
	return any ? worst : vw_verdict_worse(worst, VW_VERDICT_UNDETERMINED);
}
