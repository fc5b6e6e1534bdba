/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_show: a plan for people and for programs. */
#include "plan_show.h"

#include "cleanup.h"
#include "diff.h"
#include "json.h"
#include "report.h"
#include "text.h"

#include <string.h>

int vw_escape_error(struct vw_error *err, int rc)
{
	char safe[sizeof(err->msg)];

	memcpy(err->msg, vw_text_escape(safe, sizeof(safe), err->msg), sizeof(safe));
	return rc;
}

static void step_diff(const struct vw_step *step, struct vw_bytes *diff)
{
	vw_diff(diff, step->path, step->existed ? &step->before : NULL, &step->after);
}

/* --- JSON --- */

static void add_step(struct vw_json *json, struct json_object *steps, const struct vw_step *step)
{
	vw_auto(vw_bytes_free) struct vw_bytes diff = { 0 };
	struct json_object *to = vw_json_object(json, steps, NULL), *argv;

	vw_json_text(json, to, "kind", step->kind == VW_STEP_FILE ? "file" : "run");
	vw_json_text(json, to, "path", step->path);
	vw_json_text(json, to, "why", step->why);
	if (step->kind == VW_STEP_FILE) {
		step_diff(step, &diff);
		json->lost |= diff.lost;
		vw_json_text(json, to, "diff", diff.data ? diff.data : "");
		return;
	}
	argv = vw_json_array(json, to, "argv");
	for (char **arg = step->argv; *arg; arg++)
		vw_json_text(json, argv, NULL, *arg);
}

static int show_json(struct vw_context *context, const struct vw_outcome *outcome)
{
	vw_auto(vw_json_end) struct vw_json json = { 0 };
	struct json_object *steps;

	vw_json_begin(&json);
	vw_json_bool(&json, json.top, "changed", outcome->changed);
	vw_json_bool(&json, json.top, "reboot_required", outcome->reboot_required);
	if (outcome->plan) {
		steps = vw_json_array(&json, json.top, "steps");
		for (size_t i = 0; i < outcome->plan->n; i++)
			add_step(&json, steps, &outcome->plan->steps[i]);
	}
	vw_json_findings(&json, outcome->findings);
	return vw_json_write(&json, context->output.out);
}

/* --- text --- */

static enum vw_style line_style(const char *line, size_t len)
{
	if (len >= 4 && (!memcmp(line, "--- ", 4) || !memcmp(line, "+++ ", 4)))
		return VW_STYLE_BOLD;
	if (*line == '-')
		return VW_STYLE_RED;
	return *line == '+' ? VW_STYLE_GREEN : *line == '@' ? VW_STYLE_DIM : VW_STYLE_PLAIN;
}

/* One line of a diff. Tabs and backslashes stay as they are, so that the diff can be read and used; the rest is made safe. */
static int show_line(const struct vw_output *output, const char *line, size_t len)
{
	enum vw_style style = line_style(line, len);
	vw_auto_free char *safe = malloc(4 * len + 1);

	if (!safe)
		return -ENOMEM;
	fputs(vw_style_on(output, style), output->out);
	for (size_t at = 0; at < len;) {
		size_t n = 0;

		while (at + n < len && line[at + n] != '\t' && line[at + n] != '\\')
			n++;
		if (n)
			fputs(vw_text_escape_n(safe, 4 * len + 1, line + at, n), output->out);
		at += n;
		if (at < len)
			putc(line[at++], output->out);
	}
	fprintf(output->out, "%s\n", vw_style_off(output, style));
	return 0;
}

static int show_diff(const struct vw_output *output, const struct vw_step *step)
{
	vw_auto(vw_bytes_free) struct vw_bytes diff = { 0 };
	int rc = 0;

	step_diff(step, &diff);
	if (diff.lost)
		return -ENOMEM;
	for (size_t at = 0; rc == 0 && at < diff.len;) {
		size_t len = (size_t)((char *)memchr(diff.data + at, '\n', diff.len - at) -
				      (diff.data + at));

		rc = show_line(output, diff.data + at, len);
		at += len + 1;
	}
	return rc;
}

static void show_text(const struct vw_output *output, const char *text)
{
	char safe[1024];

	fputs(vw_text_escape(safe, sizeof(safe), text), output->out);
}

static int show_step(
	const struct vw_output *output, size_t number, const struct vw_step *step, bool diffs)
{
	fprintf(output->out, "%s%zu. ", vw_style_on(output, VW_STYLE_BOLD), number);
	if (step->kind == VW_STEP_FILE) {
		fputs(step->existed ? "edit " : "create ", output->out);
		show_text(output, step->path);
	} else {
		fputs("run", output->out);
		for (char **arg = step->argv; *arg; arg++) {
			putc(' ', output->out);
			show_text(output, *arg);
		}
	}
	fprintf(output->out, "%s: ", vw_style_off(output, VW_STYLE_BOLD));
	show_text(output, step->why);
	putc('\n', output->out);
	return diffs && step->kind == VW_STEP_FILE ? show_diff(output, step) : 0;
}

int vw_show_outcome(struct vw_context *context, const struct vw_outcome *outcome)
{
	const struct vw_output *output = &context->output;
	int rc = 0;

	if (context->options->json)
		return show_json(context, outcome);
	for (size_t i = 0;
		outcome->plan && output->verbosity >= 0 && rc == 0 && i < outcome->plan->n; i++)
		rc = show_step(output, i + 1, &outcome->plan->steps[i], outcome->diffs);
	if (rc == 0)
		rc = vw_report_findings(output, outcome->findings);
	if (rc == 0 && output->verbosity >= 0)
		fprintf(output->out, "%s\n", outcome->summary);
	return rc;
}
