/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grub_legacy_places: where the arguments stand in grub.conf and menu.lst of GRUB 0.97, with the live comments of Debian's update-grub.
 *
 * GRUB's reader (stage2.c, get_line_from_config) drops every "\r", takes a tab for a blank, and a backslash in front of a newline for a blank as
 * well, even in a comment. A command's name ends at a blank or "=" (cmdline.c, skip_to).
 *
 * A place begins with the image's path: so it is never empty, and there is always a blank in front of what is added. With a
 * multiboot kernel (Xen, tboot) the Linux kernel is the first of the modules that is one.
 *
 * update-grub makes all titles between its two marks anew, from "# NAME=VALUE" lines in the options part: kopt and kopt_X_Y for all
 * titles, and behind it defoptions for the normal ones, xenkopt for those under Xen, altoptions ("(name) options") for the others. */
#include "grub_legacy.h"

#include "lines.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum image { IMAGE_LINUX, IMAGE_MULTIBOOT, IMAGE_OTHER };

/* What a line that ends in a backslash goes on with. */
enum goes_on { ON_NOTHING, ON_OTHER, ON_ARGS };

struct parser {
	const char *text;
	struct vw_places *places;
	struct vw_error *err;
	bool automagic, options; /* between update-grub's marks */
	bool multiboot; /* this title's kernel loads modules, and Linux was not among them yet */
	enum goes_on goes_on;
	size_t title_begin, title_end;
};

/* Does the word [begin, end) hold this, in whatever case? */
static bool has(const char *text, size_t begin, size_t end, const char *what, bool at_begin)
{
	size_t len = strlen(what);

	for (size_t i = begin; i + len <= end; i++) {
		if (!strncasecmp(text + i, what, len))
			return true;
		if (at_begin)
			break;
	}
	return false;
}

/* What kind of image a path names. Whatever is not known as something else is Linux: to miss one is worse than to hand a
 * few words to a tool that does not read them. */
static enum image classify(const char *text, size_t begin, size_t end)
{
	static const char *const multiboot[] = { "xen", "tboot" };
	static const char *const begins[] = { "initr", "ucode", "memdisk", "core.img", "unix",
		"ipxe", "gpxe", "grub", "mboot", "kfreebsd", "gnumach" };
	static const char *const holds[] = { "memtest", ".c32" };

	/* No path at all, but an argument, or a quote that goes on behind it. */
	if ((!strchr("/(", text[begin]) && memchr(text + begin, '=', end - begin)) ||
		memchr(text + begin, '"', end - begin))
		return IMAGE_OTHER;
	for (size_t i = begin; i < end; i++)
		if (text[i] == '/' || text[i] == ')')
			begin = i + 1;
	for (size_t i = 0; i < sizeof(multiboot) / sizeof(multiboot[0]); i++)
		if (has(text, begin, end, multiboot[i], true))
			return IMAGE_MULTIBOOT;
	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (has(text, begin, end, begins[i], true))
			return IMAGE_OTHER;
	for (size_t i = 0; i < sizeof(holds) / sizeof(holds[0]); i++)
		if (has(text, begin, end, holds[i], false))
			return IMAGE_OTHER;
	return IMAGE_LINUX;
}

static size_t word_end(const char *text, size_t begin, size_t end)
{
	while (begin < end && text[begin] != ' ' && text[begin] != '\t')
		begin++;
	return begin;
}

/* Skips "--no-mem-option" and the like in front of the path. *other: "--type=" says that it is no Linux. */
static size_t skip_options(const char *text, size_t begin, size_t end, bool *other)
{
	*other = false;
	while (vw_begins_with(text, begin, end, "--")) {
		size_t behind = word_end(text, begin, end);

		if (vw_begins_with(text, begin, behind, "--type="))
			*other = has(text, begin, behind, "bsd", false);
		begin = vw_skip_blanks(text, behind, end);
	}
	return begin;
}

static int add_place(
	struct parser *p, const struct vw_line *line, size_t begin, size_t end, bool clean_only)
{
	struct vw_place place = {
		.begin = begin, .len = end - begin, .line = line->number, .clean_only = clean_only
	};

	vw_place_label(&place, p->text, p->title_begin, p->title_end);
	return vw_places_add(p->places, &place);
}

/* "kernel" and "module" lines: their arguments are [begin, end). */
static int read_image(
	struct parser *p, const struct vw_line *line, size_t begin, size_t end, bool module)
{
	bool other;
	enum image image;

	begin = skip_options(p->text, begin, end, &other);
	if (begin == end)
		return p->goes_on == ON_NOTHING
			       ? 0
			       : vw_error_set(p->err, EBADMSG,
					 "line %u: the image's path is on another line",
					 line->number);
	image = other ? IMAGE_OTHER : classify(p->text, begin, word_end(p->text, begin, end));
	if (!module)
		p->multiboot = image == IMAGE_MULTIBOOT;
	if (image != IMAGE_LINUX || (module && !p->multiboot))
		return 0;
	p->multiboot = false;
	if (p->goes_on != ON_NOTHING)
		p->goes_on = ON_ARGS;
	return add_place(p, line, begin, end, false);
}

static int read_command(struct parser *p, const struct vw_line *line, size_t begin, size_t end)
{
	size_t name = begin, arguments;

	while (begin < end && !strchr(" \t=", p->text[begin]))
		begin++;
	arguments = begin;
	while (arguments < end && strchr(" \t=", p->text[arguments]))
		arguments++;
	if (begin > name && p->text[begin - 1] == '$') /* kernel$, module$ */
		begin--;
	if (begin - name == strlen("title") && vw_begins_with(p->text, name, end, "title")) {
		p->multiboot = false;
		p->title_begin = arguments;
		p->title_end = end;
	} else if (begin - name == strlen("kernel") &&
		   vw_begins_with(p->text, name, end, "kernel")) {
		return read_image(p, line, arguments, end, false);
	} else if (begin - name == strlen("module") &&
		   vw_begins_with(p->text, name, end, "module")) {
		return read_image(p, line, arguments, end, true);
	}
	return 0;
}

/* One of update-grub's "# NAME=VALUE" lines; its scripts look for exactly this form. */
static int read_option(struct parser *p, const struct vw_line *line)
{
	size_t begin = line->begin + strlen("# "), value, end;
	const char *equals = memchr(p->text + begin, '=', line->end - begin);
	struct vw_place place = { .line = line->number };

	if (!equals)
		return 0;
	value = (size_t)(equals - p->text) + 1;
	vw_place_label(&place, p->text, begin, value - 1);
	place.clean_only =
		strcmp(place.label, "kopt") != 0 && strncmp(place.label, "kopt_", 5) != 0;
	end = place.clean_only ? line->end : vw_trim_blanks(p->text, value, line->end);
	if (!strcmp(place.label, "altoptions")) {
		const char *close = memchr(p->text + value, ')', end - value);

		if (close && p->text[value] == '(')
			value = vw_skip_blanks(p->text, (size_t)(close - p->text) + 1, end);
	} else if (place.clean_only && strcmp(place.label, "defoptions") != 0 &&
		   strcmp(place.label, "xenkopt") != 0) {
		return 0;
	}
	place.begin = value;
	place.len = end - value;
	return vw_places_add(p->places, &place);
}

static bool line_is(const struct parser *p, const struct vw_line *line, const char *what)
{
	return line->end - line->begin == strlen(what) &&
	       !memcmp(p->text + line->begin, what, strlen(what));
}

static int read_comment(struct parser *p, const struct vw_line *line)
{
	if (line_is(p, line, "### BEGIN AUTOMAGIC KERNELS LIST"))
		p->automagic = true;
	else if (line_is(p, line, "### END DEBIAN AUTOMAGIC KERNELS LIST"))
		p->automagic = p->options = false;
	else if (line_is(p, line, "## ## Start Default Options ##"))
		p->options = p->automagic;
	else if (line_is(p, line, "## ## End Default Options ##"))
		p->options = false;
	else if (p->options && vw_begins_with(p->text, line->begin, line->end, "# "))
		return read_option(p, line);
	return 0;
}

static int read_line(struct parser *p, const struct vw_line *line)
{
	enum goes_on before = p->goes_on;
	size_t begin = vw_skip_blanks(p->text, line->begin, line->end), end = line->end;

	p->goes_on = end > line->begin && p->text[end - 1] == '\\' ? ON_OTHER : ON_NOTHING;
	if (p->goes_on != ON_NOTHING)
		end--;
	if (before == ON_ARGS) {
		if (p->goes_on != ON_NOTHING)
			p->goes_on = ON_ARGS;
		/* With its blanks: so it is the same place when nothing is left of it. */
		return add_place(p, line, line->begin, end, true);
	}
	end = vw_trim_blanks(p->text, begin, end < begin ? begin : end);
	if (before == ON_OTHER && !p->options)
		return 0;
	if (begin < line->end && p->text[begin] == '#')
		return read_comment(p, line);
	return before == ON_OTHER ? 0 : read_command(p, line, begin, end);
}

int vw_grub_legacy_places(
	const char *text, size_t len, struct vw_places *places, struct vw_error *err)
{
	struct parser p = { .text = text, .places = places, .err = err };
	struct vw_line line = { 0 };
	int rc = 0;

	while (rc == 0 && vw_line_next(text, len, &line))
		rc = read_line(&p, &line);
	return rc;
}
