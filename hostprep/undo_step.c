/* SPDX-License-Identifier: GPL-2.0-or-later */
/* undo_step: taking one step back from what the host has become since. */
#include "undo_priv.h"

#include "cleanup.h"
#include "writer.h"

#include <string.h>

static void tell(
	struct vw_findings *findings, enum vw_undo_cause cause, const char *path, const char *what)
{
	if (cause == VW_UNDO_WANTED)
		vw_finding_add(findings, VW_PASS, "undone", path, NULL, "%s %s", path, what);
}

/* The file gets the bytes of before. */
static int put_back(const struct vw_host *host, const struct vw_step *step,
	const struct vw_bytes *now, enum vw_undo_cause cause, struct vw_findings *findings,
	struct vw_error *err)
{
	int rc;

	if (step->existed)
		rc = vw_write_file(host, step->path, now, &step->before, step->mode, err);
	else
		rc = now ? vw_remove_file(host, step->path, now, err) : 0;
	if (rc < 0)
		return rc;
	tell(findings, cause, step->path, step->existed ? "is as it was" : "was removed");
	return 1;
}

static int leave_alone(const struct vw_step *step, struct vw_findings *findings, const char *why)
{
	vw_finding_add(findings, VW_WARN, "undo-edited", step->path,
		"Look into it, and take out by hand what is no longer wanted.", "%s stays: %s",
		step->path, why);
	return 0;
}

/* The text without the lines that carry our mark. 1 = there were some. */
static int without_lines(const struct vw_bytes *now, const char *marker, struct vw_bytes *out)
{
	size_t mark = strlen(marker);

	for (size_t at = 0, len; at < now->len; at += len) {
		const char *line = now->data + at, *end = memchr(line, '\n', now->len - at);

		len = end ? (size_t)(end - line) + 1 : now->len - at;
		if (!memmem(line, len, marker, mark))
			vw_bytes_add(out, line, len);
	}
	return out->len != now->len;
}

/* The file is neither as apply left it nor as it was. */
static int undo_edited(const struct vw_host *host, const struct vw_step *step,
	const struct vw_bytes *now, enum vw_undo_cause cause, struct vw_findings *findings,
	struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes out = { 0 };
	int rc;

	if (step->is_ours)
		return leave_alone(step, findings, "it was vfward's, but somebody has edited it");
	if (!step->format && !step->marker)
		return leave_alone(step, findings, "somebody has edited it since");
	if (step->format)
		rc = vw_args_file_undo(step->format, &step->before, &step->after, now, &out, err);
	else
		rc = without_lines(now, step->marker, &out);
	if (rc == -EBADMSG)
		return leave_alone(step, findings, err->msg);
	if (rc == 1 && out.lost)
		rc = vw_error_set(err, ENOMEM, "out of memory");
	if (rc <= 0)
		return rc;
	rc = vw_write_file(host, step->path, now, &out, step->mode, err);
	if (rc < 0)
		return rc;
	tell(findings, cause, step->path,
		"lost what apply had put in; what others have changed stays");
	return 1;
}

int vw_undo_file(const struct vw_host *host, const struct vw_step *step, enum vw_undo_cause cause,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes now = { 0 };
	int rc = vw_remove_temp(host, step->path, err);

	if (rc == 0)
		rc = vw_read_made(host, step->path, &now, err);
	if (rc <= 0) /* who removed it has removed ours, too */
		return rc;
	if (step->existed && vw_bytes_equal(&now, &step->before))
		return 0;
	if (vw_bytes_equal(&now, &step->after))
		return put_back(host, step, &now, cause, findings, err);
	return undo_edited(host, step, &now, cause, findings, err);
}

/* The program makes its file anew from what the other files say now. If it cannot, a run that was cut short leaves its work half done:
 * then the bytes of before are better. Where a failed apply or a run that was cut short is taken back, a program that fails again stands in the
 * way of nothing else: the findings tell of it. */
static int make_anew(const struct vw_host *host, const struct vw_step *step,
	enum vw_undo_cause cause, struct vw_findings *findings, struct vw_error *err)
{
	int rc = vw_run_step(host, step, step->argv, findings, err);

	if (rc < 0 && cause == VW_UNDO_CUT_SHORT && step->path) {
		vw_auto(vw_bytes_free) struct vw_bytes made = { 0 };

		rc = vw_read_made(host, step->path, &made, err);
		return rc < 0 ? rc : put_back(host, step, rc ? &made : NULL, cause, findings, err);
	}
	if (rc < 0 && cause != VW_UNDO_WANTED && !step->path)
		return 0;
	if (rc == 0 && !host->recorded)
		tell(findings, cause, step->path ? step->path : step->argv[0],
			step->path ? "was made anew" : "was run once more");
	return rc < 0 ? rc : 1;
}

int vw_undo_program(const struct vw_host *host, const struct vw_step *step,
	enum vw_undo_cause cause, struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes now = { 0 };
	int rc;

	if (step->undo_argv) {
		rc = vw_run_step(host, step, step->undo_argv, findings, err);
		if (rc == 0 && !host->recorded)
			tell(findings, cause, step->undo_argv[0], "took the arguments back");
		return rc < 0 ? rc : 1;
	}
	if (!step->path)
		return make_anew(host, step, cause, findings, err);
	rc = vw_remove_temp(host, step->path, err);
	if (rc == 0)
		rc = vw_read_made(host, step->path, &now, err);
	if (rc < 0)
		return rc;
	if (step->existed ? rc == 1 && vw_bytes_equal(&now, &step->before) : rc == 0)
		return 0;
	if (cause == VW_UNDO_FAILED ||
		(rc == 1 && step->after.len && vw_bytes_equal(&now, &step->after)))
		return put_back(host, step, rc ? &now : NULL, cause, findings, err);
	return make_anew(host, step, cause, findings, err);
}

/* Are both in the same directory? */
static bool are_neighbours(const char *a, const char *b)
{
	size_t len = (size_t)(strrchr(a, '/') - a);

	return strlen(b) > len && !strncmp(a, b, len + 1) && !strchr(b + len + 1, '/');
}

/* How much the command lines of a file have in common with those that apply left in another one. */
static size_t likeness(const struct vw_step *step, const struct vw_bytes *now)
{
	vw_auto(vw_places_free) struct vw_places made = { 0 }, here = { 0 };
	size_t sum = 0;

	if (step->format->find(step->after.data, step->after.len, &made, NULL) < 0 ||
		step->format->find(now->data, now->len, &here, NULL) < 0)
		return 0;
	for (size_t i = 0; i < here.n; i++) {
		const struct vw_place *place = &here.v[i];
		struct vw_cmdline_text line = { now->data + place->begin, place->len,
			place->quoting };
		size_t best = 0;

		for (size_t k = 0; k < made.n; k++) {
			struct vw_cmdline_text other = { step->after.data + made.v[k].begin,
				made.v[k].len, made.v[k].quoting };
			size_t like = vw_cmdline_likeness(&other, &line);

			if (line.len == other.len && !memcmp(line.text, other.text, line.len))
				like = VW_CMDLINE_MAX;
			best = like > best ? like : best;
		}
		sum += best;
	}
	return sum;
}

int vw_undo_copy(const struct vw_host *host, const struct vw_plan *plan, const char *path,
	struct vw_findings *findings, struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes now = { 0 }, out = { 0 };
	const struct vw_step *model = NULL;
	size_t best = 0;
	int rc = vw_read_made(host, path, &now, err);

	if (rc <= 0)
		return rc;
	for (size_t i = 0; i < plan->n; i++) {
		const struct vw_step *step = &plan->steps[i];
		size_t like;

		if (step->kind != VW_STEP_FILE || !step->format ||
			!are_neighbours(path, step->path))
			continue;
		like = likeness(step, &now);
		if (like > best) {
			best = like;
			model = step;
		}
	}
	if (!model)
		return 0;
	rc = vw_args_file_undo(model->format, &model->before, &model->after, &now, &out, err);
	if (rc == -EBADMSG || rc == 0)
		return 0;
	if (rc == 1)
		rc = vw_write_file(host, path, &now, &out, 0644, err);
	if (rc < 0)
		return rc;
	tell(findings, VW_UNDO_WANTED, path, "lost the arguments that it had from another one");
	return 1;
}
