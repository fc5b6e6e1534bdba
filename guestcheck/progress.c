/* SPDX-License-Identifier: GPL-2.0-or-later */
/* progress: the bar and the lines. Names and steps come from outside. */
#include "progress.h"

#include "cleanup.h"
#include "result_json.h"
#include "text.h"

#include <string.h>
#include <sys/ioctl.h>

#define BAR_WIDTH     20
#define COLUMNS_LEAST 40

static size_t columns(FILE *out)
{
	struct winsize size = { 0 };

	if (ioctl(fileno(out), TIOCGWINSZ, &size) < 0 || size.ws_col < COLUMNS_LEAST)
		return 80;
	return size.ws_col;
}

/* One line that the next one overwrites. It must not wrap: the cursor could not come back. */
static void draw(const struct vw_progress *progress, size_t image, const char *what)
{
	size_t total = progress->request->n_images, room = columns(progress->out) - 1;
	size_t full = BAR_WIDTH * progress->done / total;
	char bar[BAR_WIDTH + 1], name[256], step[VW_ARRAY_SIZE(name)], line[1024];

	memset(bar, '-', BAR_WIDTH);
	memset(bar, '#', full);
	bar[BAR_WIDTH] = '\0';
	vw_text_escape(name, sizeof(name), progress->request->images[image].name);
	vw_text_escape(step, sizeof(step), what);
	snprintf(line, sizeof(line), "[%s] %zu/%zu %s: %s", bar, progress->done, total, name, step);
	line[vw_text_cut(line, strlen(line), room)] = '\0';
	fprintf(progress->out, "\r%s\033[K", line);
	fflush(progress->out);
}

static void on_step(void *data, size_t image, const char *what)
{
	const struct vw_progress *progress = data;

	if (progress->bar)
		draw(progress, image, what);
}

static void on_done(void *data, size_t image, struct json_object *result)
{
	struct vw_progress *progress = data;
	const char *verdict = vw_json_string(result, "verdict");
	char name[1024];

	progress->done++;
	if (!verdict)
		verdict = "no result";
	if (progress->bar)
		draw(progress, image, verdict);
	else if (progress->lines)
		fprintf(progress->out, "%zu/%zu %s: %s\n", progress->done,
			progress->request->n_images,
			vw_text_escape(name, sizeof(name), progress->request->images[image].name),
			verdict);
}

static bool is_terminal(FILE *out)
{
	const char *term = getenv("TERM");

	return isatty(fileno(out)) && term && strcmp(term, "dumb") != 0;
}

void vw_progress_begin(
	struct vw_progress *progress, const struct vw_check_request *request, FILE *out, bool quiet)
{
	*progress = (struct vw_progress){ .request = request,
		.out = out,
		.bar = !quiet && is_terminal(out),
		.lines = !quiet && request->n_images > 1,
		.watch = { .data = progress, .step = on_step, .done = on_done } };
}

void vw_progress_end(struct vw_progress *progress)
{
	if (!progress->bar)
		return;
	fputs("\r\033[K", progress->out);
	fflush(progress->out);
}
