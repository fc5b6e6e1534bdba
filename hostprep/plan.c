/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan: collecting steps. */
#include "plan.h"

#include "boot_file.h"
#include "cleanup.h"

#include <string.h>

static void free_argv(char **argv)
{
	for (char **arg = argv; arg && *arg; arg++)
		free(*arg);
	free(argv);
}

void vw_plan_free(struct vw_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		struct vw_step *step = &plan->steps[i];

		free(step->why);
		free(step->path);
		vw_bytes_free(&step->before);
		vw_bytes_free(&step->after);
		free_argv(step->argv);
		free_argv(step->undo_argv);
	}
	free(plan->steps);
	memset(plan, 0, sizeof(*plan));
}

static struct vw_step *add_step(
	struct vw_plan *plan, enum vw_step_kind kind, const char *path, const char *why)
{
	struct vw_step *steps = reallocarray(plan->steps, plan->n + 1, sizeof(*steps)), *step;

	if (!steps) {
		plan->lost = true;
		return NULL;
	}
	plan->steps = steps;
	step = &steps[plan->n++];
	*step = (struct vw_step){
		.kind = kind, .mode = 0644, .path = path ? strdup(path) : NULL, .why = strdup(why)
	};
	plan->lost |= !step->why || (path && !step->path);
	return step;
}

/* The last step for this path, or NULL. */
static const struct vw_step *find_step(const struct vw_plan *plan, const char *path)
{
	for (size_t i = plan->n; i-- > 0;)
		if (plan->steps[i].kind == VW_STEP_FILE && plan->steps[i].path &&
			!strcmp(plan->steps[i].path, path))
			return &plan->steps[i];
	return NULL;
}

int vw_plan_read(const struct vw_plan *plan, const struct vw_host *host, const char *path,
	struct vw_bytes *text, struct vw_error *err)
{
	const struct vw_step *step = plan ? find_step(plan, path) : NULL;

	*text = (struct vw_bytes){ 0 };
	if (step) {
		vw_bytes_add(text, step->after.data, step->after.len);
		return text->lost ? vw_error_set(err, ENOMEM, "out of memory") : 1;
	}
	return vw_boot_read(host, path, text, err);
}

int vw_plan_file(struct vw_plan *plan, const struct vw_host *host, const char *path,
	const struct vw_bytes *after, const char *why, struct vw_step **result,
	struct vw_error *err)
{
	vw_auto(vw_bytes_free) struct vw_bytes before = { 0 };
	struct vw_step *step;
	int rc = vw_plan_read(plan, host, path, &before, err);

	if (rc < 0)
		return rc;
	if (rc == 1 && vw_bytes_equal(&before, after))
		return 0;
	step = add_step(plan, VW_STEP_FILE, path, why);
	if (step) {
		step->existed = rc == 1;
		vw_bytes_add(&step->before, before.data, before.len);
		vw_bytes_add(&step->after, after->data, after->len);
		plan->lost |= step->before.lost || step->after.lost;
	}
	if (result)
		*result = step;
	return plan->lost ? vw_error_set(err, ENOMEM, "out of memory") : 1;
}

static char **copy_argv(struct vw_plan *plan, const char *const *argv)
{
	char **copy;
	size_t n = 0;

	while (argv[n])
		n++;
	copy = calloc(n + 1, sizeof(*copy));
	for (size_t i = 0; i < n && copy; i++) {
		copy[i] = strdup(argv[i]);
		plan->lost |= !copy[i];
	}
	plan->lost |= !copy;
	return copy;
}

struct vw_step *vw_plan_run(
	struct vw_plan *plan, const char *const *argv, const char *path, const char *why)
{
	struct vw_step *step = add_step(plan, VW_STEP_RUN, path, why);

	if (step)
		step->argv = copy_argv(plan, argv);
	return step;
}

void vw_plan_undo_with(struct vw_plan *plan, struct vw_step *step, const char *const *argv)
{
	if (step)
		step->undo_argv = copy_argv(plan, argv);
}
